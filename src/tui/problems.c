/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "actions.h"

/* What is wrong with the scenario, at its fields: "!" in the gutter, E from one to the next. */

const struct problem *
row_problem(const struct app *app, const struct pane_row *row)
{
    const struct doc *d = app_doc_const(app);
    char path[112];

    if (row->kind != ROW_FIELD)
        return pilot_problem(app, row);
    field_path(&d->file.scenario, row->ref, path, sizeof path);
    for (int k = 0; k < d->problems.n; k++)
        if (strcmp(d->problems.list[k].path, path) == 0)
            return &d->problems.list[k];
    return NULL;
}

void
act_next_problem(struct app *app, const struct key *k, int by)
{
    const struct problems *p = &app_doc(app)->problems;
    struct field_ref ref;
    struct error ignored;

    (void)k;
    if (p->n == 0) {
        app_say(app, "no problem: every value is in its limits and nothing contradicts itself");
        return;
    }
    app->problem = (app->problem + by + p->n) % p->n;
    const struct problem *problem = &p->list[app->problem];
    if (problem->path[0] != '\0' && field_find(&app_doc(app)->file.scenario, problem->path, &ref, &ignored) == 0) {
        app_mark(app);
        app_goto(app, ref);
    } else if (strncmp(problem->path, "pilots", 6) == 0) {
        app_mark(app);
        pilot_goto(app, problem->path[6] == '.' ? atoi(problem->path + 7) - 1 : 0);
    }
    if (problem->error.line > 0)
        app_say(app, "problem %d of %d, line %d column %d: %s", app->problem + 1, p->n, problem->error.line,
                problem->error.column,
                problem->error.text);
    else
        app_say(app, "problem %d of %d: %s", app->problem + 1, p->n, problem->error.text);
}
