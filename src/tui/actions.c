/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actions.h"

/* ---- modes and the screen ------------------------------------------------------------------ */

void
act_help(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    app->mode = MODE_HELP;
    app->scroll = 0;
}

void
act_prompt(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    app->mode = MODE_PROMPT;
    app->history_at = app->n_history;
    edit_set(&app->edit, "");
}

void
act_find(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    find_open(app);
}

void
act_find_again(struct app *app, const struct key *k, int by)
{
    (void)k;
    if (app->n_found == 0)
        return;
    app->list_at = (app->list_at + (by > 0 ? 1 : app->n_found - 1)) % app->n_found;
    struct field_ref ref;
    if (field_each(&app_doc(app)->file.scenario, app->found[app->list_at], &ref))
        app_goto(app, ref);
}

void
act_interrupt(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    app_say(app, "q quits");
}

void
act_redraw(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    app->redraw = true;
}

void
act_suspend(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    app->suspend = true;
}
