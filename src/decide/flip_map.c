/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "search.h"

/* The pick over two fields (section 11.5). */

/* A stretch that a person would look at: the field's own range twice over, or a point from a
 * quarter to four times. */
static void
map_range(const struct samples *s, struct field_ref ref, double *low, double *high)
{
    const struct quantity *q = field_value(&s->setup.sc, ref);
    double a = quantity_is_uncertain(q) ? quantity_quantile(q, 0.05) : q->x * 0.5,
           b = quantity_is_uncertain(q) ? quantity_quantile(q, 0.95) : q->x * 2;

    if (a > 0 && b > a) {
        *low = a * sqrt(a / b);
        *high = b * sqrt(b / a);
    } else {
        *low = a - 0.5 * (b - a);
        *high = b + 0.5 * (b - a);
    }
    *low = fmax(*low, ref.field->low);
    *high = fmin(*high, ref.field->high);
}

static int
map_row(struct flip_map *map, const struct samples *base, int r, struct field_ref x, struct field_ref y,
        const struct solve_options *options, struct error *err)
{
    struct search row = { .s = base, .ref = y, .log = map->y_log };
    struct samples *held = NULL;
    double v = search_whole(&row, search_between(&row, map->y_low, map->y_high, (r + 0.5) / FLIP_MAP_ROWS));
    int status = solve_replaced(&held, base, y, v, base->n, options->cancel, err);

    if (status != 0)
        return status;
    struct search cell = { .s = held, .options = options, .err = err, .ref = x, .log = map->x_log };
    search_begin(&cell, NULL);
    if (cell.status == 0)
        trials_hold(cell.trials, x);
    for (int k = 0; cell.status == 0 && k < FLIP_MAP_COLUMNS; k++) {
        double u = search_whole(&cell, search_between(&cell, map->x_low, map->x_high, (k + 0.5) / FLIP_MAP_COLUMNS));
        map->pick[r][k] = (signed char)search_at(&cell, u, 0).pick;
    }
    search_release(&cell);
    samples_free(held);
    return cell.status;
}

int
flip_map(struct flip_map *map, const struct scenario *sc, const struct catalog *catalog, struct field_ref x, struct field_ref y,
         const struct solve_options *options, struct error *err)
{
    struct setup *setup = malloc(sizeof *setup);
    struct samples *base = NULL;
    int status = -1;

    memset(map, 0, sizeof *map);
    if (setup == NULL)
        return error_set(err, ERR_BUG, "no memory for the map");
    scenario_resolve(setup, sc, catalog, NULL);
    if (!field_is_quantity(x.field) || !field_is_quantity(y.field) || (x.field == y.field && x.arm == y.arm))
        error_set(err, ERR_USAGE, "a map needs two different fields that are numbers");
    else
        status = solve_run(&base, setup, options, err);
    if (status == 0) {
        map_range(base, x, &map->x_low, &map->x_high);
        map_range(base, y, &map->y_low, &map->y_high);
        map->x_log = map->x_low > 0;
        map->y_log = map->y_low > 0;
        field_path(sc, x, map->x_path, sizeof map->x_path);
        field_path(sc, y, map->y_path, sizeof map->y_path);
        if (!(map->x_high > map->x_low) || !(map->y_high > map->y_low))
            status = error_set(err, ERR_RANGE, "%s leaves no room for a map", !(map->x_high > map->x_low) ? map->x_path : map->y_path);
    }
    for (int r = 0; status == 0 && r < FLIP_MAP_ROWS; r++)
        status = map_row(map, base, r, x, y, options, err);
    samples_free(base);
    free(setup);
    return status;
}
