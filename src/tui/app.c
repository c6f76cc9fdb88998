/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"

void
app_say(struct app *app, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(app->status, sizeof app->status, fmt, ap);
    va_end(ap);
}

struct doc *
app_doc(struct app *app)
{
    return &app->docs[app->doc];
}

const struct doc *
app_doc_const(const struct app *app)
{
    return &app->docs[app->doc];
}

const struct answer *
app_answer(const struct app *app)
{
    return app->n_docs > 0 ? app->docs[app->doc].answer : NULL;
}

/* ---- opening ---------------------------------------------------------------------- */

static void
name_of(char *out, size_t size, const char *path)
{
    const char *slash = strrchr(path, '/');

    text_clean(out, size, slash != NULL ? slash + 1 : path);
}

/* How many edits a person's journal of this file holds. */
static int
edits_before(const struct app *app, const struct doc *d)
{
    struct scenario *copy = malloc(sizeof *copy);
    struct error err;
    int n = 0;

    if (copy == NULL || app->options->state_folder == NULL) {
        free(copy);
        return 0;
    }
    *copy = d->file.scenario;
    if (journal_read(app->options->state_folder, d->file.path, copy, app->catalog, &n, &err) < 0)
        n = 0;
    free(copy);
    return n;
}

/* One question a file that has a journal, each with its file in sight; never applied unasked. */
void
app_offer_recovery(struct app *app)
{
    while (app->ask == ASK_NONE && app->offered < app->n_docs) {
        int k = app->offered++, n = edits_before(app, &app->docs[k]);
        if (n == 0)
            continue;
        app_show_doc(app, k);
        app->mode = MODE_ASK;
        app->ask = ASK_RECOVER;
        app_say(app, "%d unsaved edit%s from before%s: take them back? y n", n, n == 1 ? "" : "s",
                journal_base_changed(app->options->state_folder, app->docs[k].file.path) == 1
                    ? " (the file has changed since)" : "");
    }
}

int
app_open(struct app *app, const char *path, struct error *err)
{
    struct problems *found;
    struct scenario_file *file;

    for (int k = 0; k < app->n_docs; k++)
        if (strcmp(app->docs[k].file.path, path) == 0) {
            app->doc = k;
            app_say(app, "%s is open already", app->docs[k].name);
            return 0;
        }
    if (app->n_docs == DOCS_MAX)
        return error_set(err, ERR_RANGE, "%d scenarios are open; no room for another", DOCS_MAX);
    found = malloc(sizeof *found);
    file = calloc(1, sizeof *file);
    if (found == NULL || file == NULL) {
        free(found);
        free(file);
        return error_set(err, ERR_BUG, "no memory for %s", path);
    }
    problems_init(found);
    int status = scenario_open(file, path, app->catalog, found, err);
    if (status == 0) {
        app->doc = app->n_docs++;
        struct doc *d = app_doc(app);
        memset(d, 0, sizeof *d);
        d->file = *file;
        history_init(&d->history);
        problems_init(&d->loaded);
        for (int k = 0; k < found->n; k++)
            if (found->list[k].level == PROBLEM_ERROR)
                problems_add(&d->loaded, PROBLEM_ERROR, found->list[k].path, &found->list[k].error);
        name_of(d->name, sizeof d->name, path);
        d->read_only_name = app->options->example;
        if (d->read_only_name)
            app_say(app, "The article's example. Type a number to change it; ? lists keys, :tour guides");
        else if (found->errors > 0)
            app_say(app, "%s:%d:%d: %s%s", d->name, found->list[0].error.line, found->list[0].error.column,
                    found->list[0].error.text, found->errors > 1 ? " (and more)" : "");
        else
            app_say(app, "Opened %s. Nothing is written until :w", d->name);
    }
    free(found);
    free(file);
    return status;
}

/* ---- several at once ------------------------------------------------------------------- */

void
app_show_doc(struct app *app, int doc)
{
    struct doc *d;

    app_hold(app);
    if (doc != app->doc)
        app->open_arm = -1;
    app->doc = doc;
    d = app_doc(app);
    app->cursor[PANE_ARMS] = 0;
    if (d->answer == NULL || d->stale)
        app_after_edit(app);
    app_say(app, "%s, %d of %d", d->name, doc + 1, app->n_docs);
}

static void doc_release(struct doc *);

void
app_close_doc(struct app *app)
{
    struct doc *d = app_doc(app);
    int unsaved = history_unsaved(&d->history);

    if (unsaved > 0 || app->n_docs == 1) {
        if (unsaved > 0)
            app_say(app, "%d unsaved edit%s: :w first, or u takes them back", unsaved, unsaved == 1 ? "" : "s");
        else
            app_quit(app, false);
        return;
    }
    app_hold(app);
    doc_release(d);
    memmove(d, d + 1, (size_t)(app->n_docs - app->doc - 1) * sizeof *d);
    memset(&app->docs[--app->n_docs], 0, sizeof *d);
    app->n_places = 0;
    app->offered = app->n_docs;
    app_show_doc(app, app->doc < app->n_docs ? app->doc : app->n_docs - 1);
}

static void
doc_release(struct doc *d)
{
    scenario_file_release(&d->file);
    history_release(&d->history);
    answer_free(d->answer);
    answer_free(d->whole);
    answer_free(d->base_answer);
}

/* UTF-8 terminals get braille, the Linux console its poorer blocks, everything else ASCII. */
static enum glyph_set
choose_glyphs(const struct tui_options *o)
{
    if (o->glyphs >= 0)
        return (enum glyph_set)o->glyphs;
    if (o->config != NULL && o->config->glyphs >= 0)
        return (enum glyph_set)o->config->glyphs;
    if (o->locale_codeset == NULL || strcmp(o->locale_codeset, "UTF-8") != 0)
        return GLYPHS_ASCII;
    if (o->term != NULL && strcmp(o->term, "linux") == 0)
        return GLYPHS_LINUX;
    return GLYPHS_BRAILLE;
}

int
app_init(struct app *app, const struct tui_options *options, struct error *err)
{
    refining_tune_memory();
    app->options = options;
    app->catalog = options->catalog;
    app->glyphs = glyphs_of(choose_glyphs(options));
    app->theme = options->config != NULL && options->config->theme[0] != '\0' ? theme_find(options->config->theme)
                                                                              : &themes[0];
    app->crosshair = -1;
    app->open_arm = -1;
    app->problem = -1;
    struct problems found;
    problems_init(&found);
    keymap_init(&app->keymap, options->config, &found);
    for (int k = 0; k < options->n_files; k++)
        if (app_open(app, options->files[k], err) < 0)
            return -1;
    app->doc = 0;
    app_offer_recovery(app);
    if (options->config != NULL && options->config->problem[0] != '\0' && app->ask == ASK_NONE)
        app_say(app, "%s", options->config->problem);
    return 0;
}

void
app_release(struct app *app)
{
    for (int k = 0; k < app->n_docs; k++)
        doc_release(&app->docs[k]);
    answer_free(app->preview);
    free(app->checked);
    for (int k = 0; k < SETS; k++)
        samples_free(app->sets[k]);
    buffer_release(&app->report);
    buffer_release(&app->copied);
    memset(app, 0, sizeof *app);
}
