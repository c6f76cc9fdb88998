/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>

#include "actions.h"

/* ---- arms ------------------------------------------------------------------------------------- */

/* One structural step: the edited copy replaces the scenario. */
void
app_replace(struct app *app, const struct scenario *copy, const char *what)
{
    struct doc *d = app_doc(app);
    struct error err;

    if (history_replace(&d->history, &d->file.scenario, copy, what, &err) < 0) {
        app_say(app, "%s", err.text);
        return;
    }
    app_say(app, "%s", what);
    write_journal(app);
    app_after_edit(app);
}

void
fresh_name(const struct scenario *sc, const char *stem, char out[NAME_MAX_BYTES])
{
    text_copy(out, NAME_MAX_BYTES, stem);
    for (int n = 2; scenario_find_arm(sc, out) >= 0; n++)
        snprintf(out, NAME_MAX_BYTES, "%.24s-%u", stem, (unsigned)n % 1000);
}

static int
arm_under_cursor(const struct app *app)
{
    struct pane_row row;

    return app_current(app, &row) ? row.ref.arm : -1;
}

static struct scenario *
copy_of(struct app *app)
{
    struct scenario *copy = malloc(sizeof *copy);

    if (copy != NULL)
        *copy = app_doc(app)->file.scenario;
    return copy;
}

/* The edited copy comes into force, the cursor on arm at; or the reason why not. Frees it. */
void
arms_take(struct app *app, struct scenario *copy, int status, int at, const char *what, const struct error *err)
{
    struct pane_row rows[ROWS_MAX];

    if (status < 0)
        app_say(app, "%s", err->text);
    else {
        app_replace(app, copy, what);
        app->open_arm = at;
        int n = pane_rows(app, PANE_ARMS, rows, ROWS_MAX);
        for (int k = 0; k < n; k++)
            if (rows[k].kind == ROW_ARM && rows[k].ref.arm == at)
                app->cursor[PANE_ARMS] = k;
    }
    free(copy);
}

static bool
on_an_arm(struct app *app, int *arm)
{
    *arm = arm_under_cursor(app);
    if (*arm < 0)
        app_say(app, "put the cursor on an arm first");
    return *arm >= 0;
}

void
act_arm_add(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    edit_set(&app->edit, "");
    app->mode = MODE_LIST;
    app->list_of = LIST_OFFERS;
    app->list_at = 0;
}

void
act_arm_copy(struct app *app, const struct key *k, int by)
{
    struct scenario *copy;
    struct error err;
    char name[NAME_MAX_BYTES], what[96];
    int arm;

    (void)k, (void)by;
    if (!on_an_arm(app, &arm) || (copy = copy_of(app)) == NULL)
        return;
    fresh_name(copy, copy->arms[arm].name, name);
    snprintf(what, sizeof what, "copied arm %.24s to %s", copy->arms[arm].name, name);
    int at = scenario_copy_arm(copy, arm, name, &err);
    arms_take(app, copy, at, at, what, &err);
}

void
act_arm_remove(struct app *app, const struct key *k, int by)
{
    struct scenario *copy;
    struct error err;
    char what[96];
    int arm;

    (void)k, (void)by;
    if (!on_an_arm(app, &arm) || (copy = copy_of(app)) == NULL)
        return;
    snprintf(what, sizeof what, "removed arm %s", copy->arms[arm].name);
    int status = scenario_remove_arm(copy, arm, &err);
    arms_take(app, copy, status, arm > 0 ? arm - 1 : 0, what, &err);
}

void
act_arm_move(struct app *app, const struct key *k, int by)
{
    struct scenario *copy;
    struct error err;
    char what[96];
    int arm;

    (void)k;
    if (!on_an_arm(app, &arm) || (copy = copy_of(app)) == NULL)
        return;
    snprintf(what, sizeof what, "moved arm %s", copy->arms[arm].name);
    int status = scenario_move_arm(copy, arm, arm + by, &err);
    arms_take(app, copy, status, arm + by, what, &err);
}
