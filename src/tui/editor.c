/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "actions.h"

/* ^E: the scenario as YAML in the person's editor. What comes back is one step of the history; if it
 * does not parse, the line is shown and everything stays as it was. */

/* The text in its new form; the scenario it holds goes into *sc. */
static int
parse_back(struct app *app, const char *bytes, size_t n, struct scenario *sc, struct error *err)
{
    struct problems *found = malloc(sizeof *found);
    int status = -1;

    if (found == NULL)
        return error_set(err, ERR_BUG, "no memory to read it back");
    problems_init(found);
    status = scenario_parse(sc, bytes, n, app->catalog, found, err);
    for (int k = 0; status == 0 && k < found->n; k++)
        if (found->list[k].level == PROBLEM_ERROR) {
            *err = found->list[k].error;
            status = -1;
        }
    free(found);
    return status;
}

static void
take_text(struct app *app, char **bytes, size_t n)
{
    struct doc *d = app_doc(app);
    struct scenario *sc = malloc(sizeof *sc);
    struct error err;

    if (sc == NULL)
        return;
    if (parse_back(app, *bytes, n, sc, &err) < 0) {
        app_say(app, "not taken, line %d column %d: %s", err.line, err.column, err.text);
        free(sc);
        return;
    }
    /* its comments and order are kept when it is saved */
    char *old = d->file.text;
    d->file.text = *bytes;
    d->file.n = n;
    *bytes = old;
    if (scenario_equal(sc, &d->file.scenario))
        app_say(app, "no value was changed; :w writes the new comments and order");
    else
        app_replace(app, sc, "edited as YAML");
    free(sc);
}

void
act_editor(struct app *app, const struct key *k, int by)
{
    struct doc *d = app_doc(app);
    struct error err;
    char *text = NULL, *edited = NULL;
    size_t n, m;

    (void)k, (void)by;
    if (app->run_editor == NULL) {
        app_say(app, "there is no terminal to run an editor on");
        return;
    }
    if (scenario_splice(&d->file.scenario, d->file.text, d->file.n, app->catalog, &text, &n, &err) < 0) {
        app_say(app, "%s", err.text);
        return;
    }
    if (app->run_editor(text, n, &edited, &m, &err) < 0)
        app_say(app, "%s", err.text);
    else if (m == n && memcmp(text, edited, n) == 0)
        app_say(app, "nothing was changed in the editor");
    else
        take_text(app, &edited, m);
    app->redraw = true;
    free(text);
    free(edited);
}
