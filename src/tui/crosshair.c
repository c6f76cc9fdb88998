/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>

#include "actions.h"

/* ---- crosshair ---------------------------------------------------------------------------------------- */

/* Is volume along x, so that the crosshair stands at one? */
bool
over_volume(const struct app *app)
{
    static const char *const views_over_volume[] = { "cost", "unit", "diff" };

    for (size_t k = 0; k < BE_LEN(views_over_volume); k++)
        if (app_view_is(app, views_over_volume[k]))
            return app_answer(app) != NULL && app->map.area.columns > 0 && !app->table;
    return false;
}

void
crosshair_home(struct app *app)
{
    const struct answer *an = app_answer(app);
    const struct chart_area *a = &app->map.area;

    app->crosshair = 0;
    if (over_volume(app) && an->tokens_per_day > a->x_low && an->tokens_per_day < a->x_high)
        app->crosshair = chart_column_of(a, an->tokens_per_day) - a->column;
}

/* To the next labelled tick. */
void
act_cross_tick(struct app *app, const struct key *k, int by)
{
    const struct chart_area *a = &app->map.area;
    struct ticks ticks;
    int best = by < 0 ? 0 : a->columns - 1;

    (void)k;
    if (a->columns == 0)
        return;
    if (a->x_log)
        ticks_log(&ticks, a->x_low, a->x_high, a->columns, 2, "");
    else
        ticks_linear(&ticks, a->x_low, a->x_high, a->columns, 2, "");
    for (int i = 0; i < ticks.n; i++) {
        int column = chart_column_of(a, ticks.at[i]) - a->column;
        if (by > 0 ? column > app->crosshair && column < best : column < app->crosshair && column > best)
            best = column;
    }
    app->crosshair = best;
}

void
act_crosshair(struct app *app, const struct key *k, int by)
{
    int last = app->map.area.columns - 1;

    (void)k;
    app->crosshair += by;
    if (app->crosshair < 0)
        app->crosshair = 0;
    if (last > 0 && app->crosshair > last)
        app->crosshair = last;
}

/* The volume under the crosshair becomes the scenario's; where there is none, the fields that the
 * view is about are listed to go to. */
void
act_take_volume(struct app *app, const struct key *k, int by)
{
    const struct answer *an = app_answer(app);
    struct field_ref ref;
    struct quantity_rules how;
    struct error err;
    char text[64];

    (void)k, (void)by;
    if (!over_volume(app)) {
        find_fields_of_view(app);
        return;
    }
    if (app->crosshair < 0 || field_find(&app_doc(app)->file.scenario, "workload.requests_per_day", &ref, &err) < 0)
        return;
    double requests = chart_x_at(&app->map.area, app->map.area.column + app->crosshair) /
                      workload_tokens_per_request(&an->setup);
    double digits = pow(10, floor(log10(requests)) - 2);
    field_rules(ref.field, &app_doc(app)->file.scenario, &how);
    quantity_print(text, sizeof text, rint(requests / digits) * digits, &how);
    if (app_set_field(app, ref, text, false, &err) < 0)
        app_say(app, "%s", err.text);
}

void
act_next_crossing(struct app *app, const struct key *k, int by)
{
    const struct answer *an = app_answer(app);
    double here, next = INFINITY;

    (void)k, (void)by;
    if (an == NULL || app->map.area.columns == 0)
        return;
    if (!over_volume(app)) {
        app_say(app, "crossings lie on the views over volume: C, U and D");
        return;
    }
    here = app->crosshair >= 0 ? chart_x_at(&app->map.area, app->map.area.column + app->crosshair) : 0;
    for (int i = 0; i < an->n_crossings; i++)
        for (int j = 0; j < an->crossings[i].run.n; j++) {
            double x = an->crossings[i].run.tokens_per_day[j];
            if (x > here * 1.02 && x < next && x <= app->map.area.x_high)
                next = x;
        }
    if (isfinite(next)) {
        app->focus = FOCUS_VIEW;
        app->crosshair = chart_column_of(&app->map.area, next) - app->map.area.column;
    } else if (app->crosshair > 0) {
        app->crosshair = 0;
        act_next_crossing(app, k, by);
    } else
        app_say(app, "no crossing on this chart");
}
