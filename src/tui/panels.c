/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "app.h"

/* What a large window shows beside the view: a second view below it, the nearest flips and the
 * tornado at the right. */

#define FLIP_ROWS 8

void
draw_heading(const struct app *app, struct canvas *c, int row, int left, int columns, const char *title)
{
    for (int k = left; k < left + columns; k++)
        canvas_text(c, row, k, app->glyphs->horizontal, INK_FRAME, 0);
    canvas_printf(c, row, left + 1, INK_TITLE, PEN_BOLD, " %s ", title);
}

static void
draw_other_view(const struct app *app, struct canvas *c, const char *id, int top, int left, int rows, int columns)
{
    const struct view *v = view_find(id);
    struct chart *chart = malloc(sizeof *chart);
    struct chart_place at = { .row = top + 1, .column = left, .rows = rows - 1, .columns = columns, .crosshair = -1,
                              .heavy = app->presentation, .cursor = -1 };
    struct chart_area ignored;
    char title[80];

    if (chart != NULL && v != NULL && v->build(chart, app_answer(app), app->catalog, columns) == 0) {
        snprintf(title, sizeof title, "%c %s", v->key, v->name);
        draw_heading(app, c, top, left, columns, title);
        chart_draw(c, chart, &at, app->glyphs, &ignored);
    }
    free(chart);
}

/* One row a field that turns the pick by itself; the answer has them nearest first. */
static int
draw_flips(const struct app *app, struct canvas *c, int top, int left, int rows, int columns)
{
    const struct answer *an = app_answer(app);
    const struct scenario *sc = &app_doc_const(app)->file.scenario;
    int row = top + 1;

    draw_heading(app, c, top, left, columns, "Nearest flips, one change at a time");
    for (int k = 0; k < an->n_flips && row < top + rows; k++) {
        const struct flip *f = &an->flips[k];
        struct quantity_rules how;
        struct field_ref ref;
        struct error ignored;
        char name[64], from[24], to[24];
        if (!isfinite(f->to) || field_find(sc, f->path, &ref, &ignored) < 0)
            continue;
        field_rules(ref.field, sc, &how);
        canvas_text_fit(c, row, left + 1, 24, field_caption(sc, ref, name, sizeof name), INK_PLAIN, 0, app->glyphs->ascii);
        int at = left + 26;
        at += canvas_printf(c, row, at, INK_PLAIN, 0, "%8s %s ", quantity_show(from, sizeof from, f->from, &how),
                            app->glyphs->arrow);
        at += canvas_printf(c, row, at, INK_DELTA, PEN_BOLD, "%-8s", quantity_show(to, sizeof to, f->to, &how));
        canvas_text_fit(c, row, at + 1, left + columns - at - 1, f->pick >= 0 ? an->arms[f->pick].name : "no arm passes",
                        f->pick >= 0 ? (enum ink)(INK_SERIES_0 + f->pick) : INK_PROBLEM, 0, app->glyphs->ascii);
        row++;
    }
    if (row == top + 1)
        canvas_text(c, row++, left + 1, app_refining(app) ? "computing" : "no single change turns the pick",
                    INK_FAINT, 0);
    return row;
}

void
draw_panels(const struct app *app, struct canvas *c, const struct layout *l, struct screen_map *map)
{
    const char *below_it = app_view_is(app, "diff") ? "cost" : "diff";

    if (app_answer(app) == NULL)
        return;
    int below = l->view_top + l->view_rows, rows = l->body_top + l->body_rows - below;
    map->bands = view_find(below_it)->bands;
    draw_other_view(app, c, below_it, below, l->view_left, rows, l->view_columns);
    for (int r = l->body_top; r < l->body_top + l->body_rows; r++)
        canvas_text(c, r, l->side_left - 1, app->glyphs->vertical, INK_FRAME, 0);
    int row = draw_flips(app, c, l->verdict_top + l->verdict_rows, l->side_left, FLIP_ROWS + 1, l->side_columns);
    int left_over = l->body_top + l->body_rows - row;
    if (left_over >= 6)
        draw_other_view(app, c, app_view_is(app, "tornado") ? "spread" : "tornado", row, l->side_left, left_over,
                        l->side_columns);
}
