/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "actions.h"

/* A click goes where it points: field, view, chart, scenario, row of a list. The wheel scrolls and
 * never changes a value, unless Ctrl is held over the focused one. */

#define WHEEL_ROWS 3

static bool
pane_at(struct app *app, const struct key *k, int *index)
{
    if (k->row < 0 || k->row >= MAP_ROWS || app->map.rows[k->row].pane < 0 || k->column >= app->map.panes_columns)
        return false;
    *index = app->map.rows[k->row].index;
    return true;
}

static void
click_pane(struct app *app, const struct key *k, int index)
{
    struct pane_row rows[ROWS_MAX];
    enum pane pane = (enum pane)app->map.rows[k->row].pane;
    bool again = app->focus == FOCUS_PANE && app->pane == pane && index >= 0 && app->cursor[pane] == index;

    app->focus = FOCUS_PANE;
    app->crosshair = -1;
    app->pane = pane;
    int n = pane_rows(app, pane, rows, ROWS_MAX);
    if (index >= 0 && index < n && row_is_stop(&rows[index]))
        app->cursor[pane] = index;
    if (again)
        act_enter(app, k, 0);
}

static bool
in_plot(const struct app *app, const struct key *k)
{
    const struct chart_area *a = &app->map.area;

    return a->columns > 0 && k->row >= a->row && k->row < a->row + a->rows && k->column >= a->column &&
        k->column < a->column + a->columns;
}

static void
click(struct app *app, const struct key *k)
{
    int index;

    if (k->row == app->map.tabs_row && k->column >= app->map.tabs[0] && !pane_at(app, k, &index)) {
        for (int v = app_views_n() - 1; v >= 0; v--)
            if (k->column >= app->map.tabs[v]) {
                act_view(app, k, v);
                return;
            }
    } else if (in_plot(app, k)) {
        app->focus = FOCUS_VIEW;
        app->crosshair = k->column - app->map.area.column;
    } else if (pane_at(app, k, &index))
        click_pane(app, k, index);
}

/* A row of the open list; on the one under the cursor, Enter. */
static void
click_list(struct app *app, const struct key *k)
{
    int row = k->row - app->map.list_row + app->map.list_first;

    if (k->row < app->map.list_row || row >= app->map.list_n)
        return;
    if (app->list_at == row)
        act_list_take(app, k, 0);
    else
        app->list_at = row;
}

static void
wheel(struct app *app, const struct key *k, int by)
{
    int index;

    if (!pane_at(app, k, &index)) {
        app_scroll_view(app, by * WHEEL_ROWS);
        return;
    }
    enum pane pane = (enum pane)app->map.rows[k->row].pane;
    bool focused = app->focus == FOCUS_PANE && app->pane == pane && app->cursor[pane] == index;
    if (k->ctrl && focused)
        act_nudge(app, k, -by);
    else if (!k->ctrl) {
        app->focus = FOCUS_PANE;
        app->pane = pane;
        act_move(app, k, by * WHEEL_ROWS);
    }
}

void
mouse_key(struct app *app, const struct key *k)
{
    bool list = app->mode == MODE_LIST || app->mode == MODE_FIND || app->mode == MODE_HISTORY;
    bool turned = k->button == 4 || k->button == 5;
    int by = k->button == 4 ? -1 : 1;

    app->goal_waits = false;
    if (list && turned)
        act_list_move(app, k, by);
    else if (app->mode == MODE_HELP && turned)
        act_page(app, k, by * WHEEL_ROWS);
    else if (list && k->button == 1)
        click_list(app, k);
    else if (app->mode == MODE_REST && k->button == 1)
        click(app, k);
    else if (app->mode == MODE_REST && turned)
        wheel(app, k, by);
}
