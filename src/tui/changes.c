/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actions.h"

static void
step_history(struct app *app, bool back)
{
    struct doc *d = app_doc(app);
    char what[200] = "";
    int done = back ? history_undo(&d->history, &d->file.scenario, app->catalog, what, sizeof what)
                    : history_redo(&d->history, &d->file.scenario, app->catalog, what, sizeof what);

    if (done <= 0) {
        app_say(app, back ? "nothing to undo" : "nothing to redo");
        return;
    }
    app_say(app, "%s %s", back ? "undone:" : "redone:", what);
    app->open_arm = app->open_arm < d->file.scenario.n_arms ? app->open_arm : -1;
    write_journal(app);
    app_after_edit(app);
}

void
act_undo(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    step_history(app, true);
}

void
act_redo(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    step_history(app, false);
}

void
act_base(struct app *app, const struct key *k, int by)
{
    struct doc *d = app_doc(app);

    (void)k, (void)by;
    d->base = d->file.scenario;
    d->has_base = true;
    answer_free(d->base_answer);
    d->base_answer = malloc(sizeof *d->base_answer);
    if (d->base_answer != NULL && d->answer != NULL)
        *d->base_answer = *d->answer;
    text_copy(d->base_name, sizeof d->base_name, d->name);
    app_say(app, "base set: differences are shown against the scenario as it is now");
}
