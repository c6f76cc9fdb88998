/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <string.h>

#include "draw.h"

/* What lies where in a window of this size. */

/* From this width on, a column at the right holds verdict, flips and tornado. */
#define SIDE_FROM 180
#define SIDE_COLUMNS 60
#define CHANGES_FROM 30 /* rows of the body */

#define VERDICT_LEAST 7

/* Of the verdict in a low window: each arm and what there is to say of them, if that leaves a view. */
static int
few_rows(int want, int most)
{
    return want <= VERDICT_LEAST || most <= VERDICT_LEAST ? VERDICT_LEAST : want < most ? want : most;
}

void
app_layout(const struct app *app, int columns, int rows, struct layout *l)
{
    int arms = app_answer(app) != NULL ? app_answer(app)->n_arms : 0;

    memset(l, 0, sizeof *l);
    l->columns = columns;
    l->rows = rows;
    l->tiny = columns < 40 || rows < 10;
    l->single = columns < 78 || rows < 20;
    l->bottom_rows = rows < 16 ? 2 : 3;
    l->body_top = 1;
    l->body_rows = rows - 1 - l->bottom_rows;
    l->left = columns >= 200 ? 72 : columns >= 180 ? 65 : columns >= 160 ? 70 : columns >= 110 ? 46 : columns >= 96 ? 40 : 31;
    if (app->zoom || (l->single && app->focus == FOCUS_VIEW))
        l->left = 0;
    else if (l->single)
        l->left = columns;
    l->view_left = l->left > 0 ? l->left + 1 : 0;
    l->view_columns = columns - l->view_left;
    l->flips = l->left >= 40;
    l->strips = l->left >= 46;
    l->sources = l->left >= 62;
    if (l->single)
        l->verdict_rows = rows < 16 ? 1 : 3;
    else if (l->left == 0)
        l->verdict_rows = arms + 2 < l->body_rows / 2 ? arms + 2 : l->body_rows / 2;
    else
        l->verdict_rows = rows >= 36 ? l->body_rows * 4 / 9 : few_rows(arms + 3, l->body_rows * 2 / 5);
    int changes = l->flips && !l->single && l->body_rows >= CHANGES_FROM ? app_doc_const(app)->n_changes : 0;
    int most = l->body_rows / 8;
    l->changes_rows = changes > 0 ? 1 + (changes < most ? changes : most) : 0;
    l->view_top = l->body_top;
    l->view_rows = l->body_rows - l->verdict_rows;
    l->verdict_top = l->view_top + l->view_rows;
    l->verdict_left = l->view_left;
    l->verdict_columns = l->view_columns;
    if (!l->single && l->left > 0 && columns >= SIDE_FROM && rows >= 36) {
        l->side_columns = SIDE_COLUMNS;
        l->side_left = columns - SIDE_COLUMNS;
        l->view_columns = l->side_left - 1 - l->view_left;
        l->view_rows = l->body_rows * 8 / 15; /* what the view is compared with and read by lies below */
        l->verdict_top = l->body_top;
        l->verdict_left = l->side_left;
        l->verdict_columns = l->side_columns;
        l->verdict_rows = arms + 11 < l->body_rows / 2 ? arms + 11 : l->body_rows / 2;
    }
}
