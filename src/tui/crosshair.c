/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>

#include "actions.h"

/* ---- crosshair ---------------------------------------------------------------------------------------- */

bool
view_over_volume(const struct app *app)
{
    static const char *const views_over_volume[] = { "cost", "unit", "diff" };

    for (size_t k = 0; k < BE_LEN(views_over_volume); k++)
        if (app_view_is(app, views_over_volume[k]))
            return true;
    return false;
}

/* So that the crosshair stands at a volume. */
bool
over_volume(const struct app *app)
{
    return view_over_volume(app) && app_answer(app) != NULL && app->map.area.columns > 0 && !app->table;
}

void
crosshair_home(struct app *app)
{
    app->crosshair = app->map.you_column > 0 ? app->map.you_column : 0;
    if (app->map.you_row >= 0)
        app->row = app->map.you_row;
}

/* To the next labelled tick. */
void
act_cross_tick(struct app *app, const struct key *k, int by)
{
    const struct chart_area *a = &app->map.area;
    struct ticks ticks;
    int best = by < 0 ? 0 : a->columns - 1;

    (void)k;
    if (a->columns == 0 || !app->map.crosshair)
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
    if (app->map.hidden > 0) { /* a table wider than its place */
        app->skip += by;
        if (app->skip < 0)
            app->skip = 0;
        if (app->skip > app->map.hidden)
            app->skip = app->map.hidden;
        return;
    }
    if (!app->map.crosshair)
        return;
    if (app->crosshair < 0)
        crosshair_home(app);
    app->crosshair += by;
    if (app->crosshair < 0)
        app->crosshair = 0;
    if (last > 0 && app->crosshair > last)
        app->crosshair = last;
}

/* The field that the row under the view's cursor is about. */
static bool
row_field(const struct app *app, struct field_ref *ref)
{
    struct chart *c = app->focus == FOCUS_VIEW ? malloc(sizeof *c) : NULL;
    bool found = false;
    struct error ignored;

    if (c != NULL && app_build_view(app, c, 80) == 0 && app->row < chart_cursor_rows(c, app->table)) {
        bool table = app->table || c->kind == CHART_TABLE;
        const char *path = table ? c->rows[app->row].path : c->kind == CHART_BARS ? c->bars[app->row].path : "";
        found = path[0] != '\0' && field_find(&app_doc_const(app)->file.scenario, path, ref, &ignored) == 0;
    }
    free(c);
    return found;
}

/* The flip under the cursor, or that of the bar's field, as the next entry of its field. */
void
act_row_flip(struct app *app, const struct key *k, int by)
{
    struct field_ref ref;

    (void)k, (void)by;
    if (!row_field(app, &ref)) {
        app_say(app, "no field here to turn: Why, Compare and Tornado have them");
        return;
    }
    app_mark(app);
    app_goal(app, ref, -1);
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
        if (!row_field(app, &ref)) {
            find_fields_of_view(app);
            return;
        }
        app_mark(app);
        app_goto(app, ref);
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
