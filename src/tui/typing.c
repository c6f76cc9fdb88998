/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "actions.h"

/* What keys do in a line of text: an entry, the command line, the letters of a list. */

/* What depends on the text follows it. */
void
text_changed(struct app *app)
{
    if (app->mode == MODE_ENTRY)
        entry_changed(app);
    else if (app->mode == MODE_FIND)
        find_update(app);
    else if (app->mode == MODE_LIST)
        app->list_at = 0;
    else
        app->hint[0] = '\0';
}

void
act_text(struct app *app, const struct key *k, int by)
{
    (void)k;
    if (app->mode == MODE_PROMPT && by == EDIT_BACK && app->edit.n == 0) { /* the colon goes too */
        app->mode = MODE_REST;
        return;
    }
    edit_do(&app->edit, (enum edit_op)by);
    text_changed(app);
}

/* ---- an entry ------------------------------------------------------------------------------------ */

void
act_entry_keep(struct app *app, const struct key *k, int by)
{
    entry_commit(app);
    if (app->mode != MODE_REST)
        return;
    app->finding = app->finding && by == ENTRY_STAY;
    if (by == ENTRY_UP || by == ENTRY_DOWN)
        act_move(app, k, by == ENTRY_UP ? -1 : 1);
    else if (by == ENTRY_NEXT_PANE)
        act_cycle_pane(app, k, 1);
    else if (by == ENTRY_SAVE)
        act_save(app, k, 0);
}

void
act_entry_leave(struct app *app, const struct key *k, int by)
{
    (void)by;
    app->mode = MODE_REST;
    app->complaint[0] = '\0';
    if (k->code == KEY_CTRL('c'))
        app_say(app, "entry closed, nothing changed");
}

void
act_entry_swap(struct app *app, const struct key *k, int by)
{
    char *to = strstr(app->edit.text, " to "), swapped[LINE_BYTES];

    (void)k, (void)by;
    if (to == NULL)
        return;
    int n = snprintf(swapped, sizeof swapped, "%s to %.*s", to + 4, (int)(to - app->edit.text), app->edit.text);
    if (n > 0 && n < LINE_BYTES)
        edit_set(&app->edit, swapped);
    entry_changed(app);
}

/* ---- the command line ------------------------------------------------------------------------------ */

void
act_line_run(struct app *app, const struct key *k, int by)
{
    char line[LINE_BYTES];

    (void)k, (void)by;
    text_copy(line, sizeof line, app->edit.text);
    app->mode = MODE_REST;
    prompt_run(app, line);
}

void
act_line_leave(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    app->mode = MODE_REST;
}

void
act_line_complete(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    prompt_complete(app);
}

void
act_line_older(struct app *app, const struct key *k, int by)
{
    (void)k;
    if (app->history_at + by < 0)
        return;
    if (app->history_at + by <= app->n_history)
        app->history_at += by;
    edit_set(&app->edit, app->history_at < app->n_history ? app->history_lines[app->history_at] : "");
}
