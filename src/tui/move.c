/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>

#include "actions.h"

/* ---- fields ----------------------------------------------------------------------------- */

static void
move(struct app *app, int by)
{
    struct pane_row rows[ROWS_MAX];
    int n = pane_rows(app, app->pane, rows, ROWS_MAX), at = app->cursor[app->pane];

    for (int step = by < 0 ? -1 : 1, left = abs(by); left > 0;) {
        int next = at + step;
        while (next >= 0 && next < n && !row_is_stop(&rows[next]))
            next += step;
        if (next < 0 || next >= n)
            break;
        at = next;
        left--;
    }
    app->cursor[app->pane] = at;
    if (app->pane == PANE_ARMS && at >= 0 && at < n && rows[at].ref.arm >= 0 && app->open_arm != rows[at].ref.arm) {
        /* unfold the arm under the cursor and stay on its heading */
        int arm = rows[at].ref.arm;
        app->open_arm = arm;
        n = pane_rows(app, app->pane, rows, ROWS_MAX);
        for (int k = 0; k < n; k++)
            if (rows[k].kind == ROW_ARM && rows[k].ref.arm == arm)
                app->cursor[app->pane] = k;
    }
}

void
act_move(struct app *app, const struct key *k, int by)
{
    (void)k;
    move(app, by);
}

void
act_first_last(struct app *app, const struct key *k, int by)
{
    (void)k;
    if (app->focus == FOCUS_VIEW)
        app_scroll_view(app, by * TABLE_ROWS_MAX);
    else
        move(app, by * ROWS_MAX);
}

/* ---- panes -------------------------------------------------------------------------------- */

void
act_cycle_pane(struct app *app, const struct key *k, int by)
{
    int at = app->focus == FOCUS_VIEW ? PANE_COUNT : (int)app->pane;

    (void)k;
    at = (at + by + PANE_COUNT + 1) % (PANE_COUNT + 1);
    app->focus = at == PANE_COUNT ? FOCUS_VIEW : FOCUS_PANE;
    if (at < PANE_COUNT)
        app->pane = (enum pane)at;
    if (app->focus == FOCUS_VIEW && app->crosshair < 0)
        crosshair_home(app);
    if (app->focus == FOCUS_PANE)
        app->crosshair = -1;
}

void
act_pane(struct app *app, const struct key *k, int by)
{
    (void)k;
    app->focus = FOCUS_PANE;
    app->pane = (enum pane)by;
    app->crosshair = -1;
}

void
act_jump_back(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    if (app->n_places > 0)
        app_return(app, app->places[--app->n_places]);
    else
        app_say(app, "no earlier place");
}
