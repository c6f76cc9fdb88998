/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actions.h"

/* ---- views ---------------------------------------------------------------------------------------- */

void
act_view(struct app *app, const struct key *k, int by)
{
    (void)k;
    app->view = by;
    app->scroll = 0;
}

void
act_next_view(struct app *app, const struct key *k, int by)
{
    (void)k;
    app->view = (app->view + by + app_views_n()) % app_views_n();
    app->scroll = 0;
}

void
act_table(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    app->table = !app->table;
    app_say(app, app->table ? "the same figures as a table; # draws them again" : "");
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

/* The volume under the crosshair becomes the scenario's. */
void
act_take_volume(struct app *app, const struct key *k, int by)
{
    const struct answer *an = app_answer(app);
    struct field_ref ref;
    struct quantity_rules how;
    struct error err;
    char text[64];

    (void)k, (void)by;
    if (an == NULL || app->crosshair < 0 || app->map.area.columns == 0 || !app->map.area.x_log ||
        field_find(&app_doc(app)->file.scenario, "workload.requests_per_day", &ref, &err) < 0)
        return;
    double requests = chart_x_at(&app->map.area, app->map.area.column + app->crosshair) / workload_tokens_per_request(&an->setup);
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
    here = app->crosshair >= 0 ? chart_x_at(&app->map.area, app->map.area.column + app->crosshair) : 0;
    for (int i = 0; i < an->n_crossings; i++)
        for (int j = 0; j < an->crossings[i].run.n; j++) {
            double x = an->crossings[i].run.tokens_per_day[j];
            if (x > here * 1.02 && x < next && x <= app->map.area.x_high)
                next = x;
        }
    if (isfinite(next))
        app->crosshair = chart_column_of(&app->map.area, next) - app->map.area.column;
    else
        app_say(app, "no further crossing on this chart");
}

void
act_present(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    app->presentation = !app->presentation;
    app_say(app, app->presentation ? "presentation: heavy lines, the last key is shown" : "");
}

