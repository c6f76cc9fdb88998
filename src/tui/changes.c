/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actions.h"

static void
step_history(struct app *app, bool back)
{
    struct doc *d = app_doc(app);
    char what[200] = "";
    d->history.arrow = app->glyphs->arrow;
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
    d->n_changes = 0;
    answer_free(d->base_answer);
    d->base_answer = malloc(sizeof *d->base_answer);
    if (d->base_answer != NULL && d->answer != NULL)
        *d->base_answer = *d->answer;
    text_copy(d->base_name, sizeof d->base_name, d->name);
    app_say(app, "base set: differences are shown against the scenario as it is now");
}

/* The person's own source of a value, as sources: of the file has it; one step. */
void
app_set_source(struct app *app, struct field_ref ref, const char *text)
{
    struct scenario *copy = malloc(sizeof *copy);
    char path[112], what[200];
    int at = 0;

    if (copy == NULL)
        return;
    *copy = app_doc(app)->file.scenario;
    field_path(copy, ref, path, sizeof path);
    const char *dot = strrchr(path, '.');
    while (at < copy->n_sources && strcmp(copy->sources[at].path, path) != 0 &&
           (dot == NULL || strcmp(copy->sources[at].path, dot + 1) != 0))
        at++;
    if (strlen(text) >= sizeof copy->sources[0].text || strlen(path) >= sizeof copy->sources[0].path ||
        (at == SOURCES_MAX && text[0] != '\0'))
        app_say(app, "a source has at most %d characters, and a file at most %d of them",
                (int)sizeof copy->sources[0].text - 1,
                SOURCES_MAX);
    else if (text[0] == '\0' && at == copy->n_sources)
        app_say(app, "%s has no source of its own", ref.field->label);
    else {
        if (text[0] == '\0') {
            copy->n_sources--;
            memmove(&copy->sources[at], &copy->sources[at + 1], (size_t)(copy->n_sources - at) * sizeof copy->sources[0]);
        } else {
            if (at == copy->n_sources) {
                copy->n_sources++;
                text_copy(copy->sources[at].path, sizeof copy->sources[at].path, path);
            }
            text_copy(copy->sources[at].text, sizeof copy->sources[at].text, text);
        }
        snprintf(what, sizeof what, "source of %.60s: %.96s", ref.field->label, text[0] != '\0' ? text : "none");
        app_replace(app, copy, what);
    }
    free(copy);
}
