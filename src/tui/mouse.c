/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "actions.h"

/* A click goes where it points: field, view, chart, scenario, row of a list. The wheel scrolls and
 * never changes a value, unless Ctrl is held over the focused one. */

#define WHEEL_ROWS 3
#define DOUBLE_MS 400 /* between the clicks of a double one, as most desktops have it */

/* The second of two fast clicks at one place is for what the first chose, even where that has moved since. */
static bool
is_double(struct app *app, const struct key *k)
{
    bool twice = app->click.chose && k->row == app->click.row && k->column == app->click.column &&
        k->at_ms - app->click.at_ms < DOUBLE_MS;

    app->click.row = k->row;
    app->click.column = k->column;
    app->click.at_ms = k->at_ms;
    app->click.chose = false;
    return twice;
}

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

    app->click.chose = index >= 0 && !again;

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

static bool
in_view(const struct app *app, const struct key *k)
{
    const struct screen_map *m = &app->map;

    return k->row >= m->view_row && k->row < m->view_row + m->view_rows && k->column >= m->view_column &&
        k->column < m->view_column + m->view_columns;
}

/* To the row, the bar, the place on the axis; where the cursor was there before, as Enter. */
static void
click_view(struct app *app, const struct key *k)
{
    const struct screen_map *m = &app->map;
    int item = k->row < AREA_ROWS ? m->area.item[k->row] - 1 : -1, row = app->row, crosshair = app->crosshair;
    bool plot = m->crosshair && in_plot(app, k), focused = app->focus == FOCUS_VIEW;

    app->focus = FOCUS_VIEW;
    if (item >= 0)
        row = item;
    if (plot)
        crosshair = k->column - m->area.column;
    else if (crosshair < 0)
        crosshair_home(app);
    if (item < 0 && !plot)
        return;
    if (focused && row == app->row && crosshair == app->crosshair)
        act_take_volume(app, k, 0);
    else {
        app->click.chose = true;
        app->row = row;
        app->crosshair = crosshair >= 0 ? crosshair : app->crosshair;
    }
}

/* To the field of a flip in the list beside the view; false: none is there. */
static bool
click_flip(struct app *app, const struct key *k)
{
    const struct screen_map *m = &app->map;
    const struct answer *an = app_answer(app);
    int flip = k->row >= 0 && k->row < MAP_ROWS ? m->flips[k->row] - 1 : -1;
    struct field_ref ref;
    struct error ignored;

    if (flip < 0 || an == NULL || flip >= an->n_flips || k->column < m->flips_column ||
        k->column >= m->flips_column + m->flips_columns ||
        field_find(&app_doc(app)->file.scenario, an->flips[flip].path, &ref, &ignored) < 0)
        return false;
    app_mark(app);
    app_goto(app, ref);
    return true;
}

static void
click(struct app *app, const struct key *k)
{
    int index;

    if (is_double(app, k)) {
        if (app->focus == FOCUS_VIEW)
            act_take_volume(app, k, 0);
        else
            act_enter(app, k, 0);
    } else if (pane_at(app, k, &index))
        click_pane(app, k, index);
    else if (k->row == app->map.tabs_row && k->column >= app->map.tabs[0] && k->column < app->map.tabs_end) {
        int v = app_views_n() - 1;
        while (v > 0 && k->column < app->map.tabs[v])
            v--;
        act_view(app, k, v);
    } else if (!click_flip(app, k) && in_view(app, k))
        click_view(app, k);
}

/* Elsewhere than in its own row an open entry is kept, as Tab does; one that is refused stays open. */
static void
click_beside_entry(struct app *app, const struct key *k)
{
    int index;

    if (pane_at(app, k, &index) && app->map.rows[k->row].pane == (short)app->pane && index == app->cursor[app->pane])
        return;
    entry_commit(app);
    if (app->mode == MODE_REST)
        click(app, k);
}

/* A row of the open list; on the one under the cursor, Enter; outside of its box the list closes. */
static void
click_list(struct app *app, const struct key *k)
{
    int row = k->row - app->map.list_row + app->map.list_first;

    if (k->column > app->map.list_columns || k->row > app->map.list_row + app->map.list_rows) {
        act_list_leave(app, k, 0);
        return;
    }
    if (k->row < app->map.list_row || k->row >= app->map.list_row + app->map.list_rows || row >= app->map.list_n)
        return;
    if (is_double(app, k) || app->list_at == row)
        act_list_take(app, k, 0);
    else {
        app->list_at = row;
        app->click.chose = true;
    }
}

static void
wheel(struct app *app, const struct key *k, int by)
{
    int index;

    if (in_view(app, k)) {
        if (app->map.cursor_rows > 0) /* whose cursor is seen with the focus alone */
            app->focus = FOCUS_VIEW;
        app_scroll_view(app, by * WHEEL_ROWS);
        return;
    }
    if (!pane_at(app, k, &index))
        return;
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
    else if (app->mode == MODE_HELP && k->button == 1)
        act_page_close(app, k, 0);
    else if (app->mode == MODE_ENTRY && k->button == 1)
        click_beside_entry(app, k);
    else if (app->mode == MODE_REST && k->button == 1)
        click(app, k);
    else if (app->mode == MODE_REST && turned)
        wheel(app, k, by);
}
