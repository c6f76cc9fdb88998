/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actions.h"

void
app_save(struct app *app, const char *path, bool force)
{
    struct doc *d = app_doc(app);
    struct error err;

    if (scenario_save(&d->file, path, force, app->catalog, &err) < 0) {
        app_say(app, "not saved: %s%s", err.text, err.code == ERR_CONFLICT ? "  (:w! writes over it)" : "");
        return;
    }
    history_mark_saved(&d->history);
    if (app->options->state_folder != NULL)
        journal_clear(app->options->state_folder, d->file.path, &err);
    const char *slash = strrchr(d->file.path, '/');
    text_clean(d->name, sizeof d->name, slash != NULL ? slash + 1 : d->file.path);
    app_say(app, "saved %s", d->name);
}

void
app_export(struct app *app, const char *path)
{
    const char *dot = strrchr(path, '.');
    enum report_format format;
    struct buffer out;
    struct error err;
    char command[256];
    struct doc *d = app_doc(app);

    if (dot == NULL || report_format_parse(dot + 1, &format) < 0) {
        app_say(app, ":export FILE.md, .html, .json, .csv or .txt");
        return;
    }
    app_solve(app, app->options->samples > 0 ? app->options->samples : SAMPLES_DEFAULT, DEPTH_ALL);
    if (d->answer == NULL)
        return;
    const char *slash = strrchr(path, '/');
    snprintf(command, sizeof command, "breakeven report %s --samples %d --seed %llu -o %s", d->name, d->answer->samples,
             (unsigned long long)d->answer->seed, slash != NULL ? slash + 1 : path);
    struct report_input input = { d->answer, &d->file.scenario, app->catalog, command };
    buffer_init(&out);
    if (report_write(&out, format, &input, &err) < 0 || file_write(path, out.text, out.n, NULL, NULL, &err) < 0)
        app_say(app, "not written: %s", err.text);
    else
        app_say(app, "wrote %s%s", path, history_unsaved(&d->history) > 0 ? " (from unsaved edits)" : "");
    buffer_release(&out);
}

void
app_quit(struct app *app, bool force)
{
    int unsaved = 0;

    for (int k = 0; k < app->n_docs; k++)
        unsaved += history_unsaved(&app->docs[k].history);
    if (unsaved == 0 || force) {
        app->quit = true;
        return;
    }
    app->mode = MODE_ASK;
    app->ask = ASK_QUIT;
    app_say(app, "%d unsaved edit%s: save before leaving? y n, Esc stays", unsaved, unsaved == 1 ? "" : "s");
}

static void
drop_journals(struct app *app)
{
    struct error err;

    for (int k = 0; k < app->n_docs && app->options->state_folder != NULL; k++)
        journal_clear(app->options->state_folder, app->docs[k].file.path, &err);
}

static void
recover(struct app *app)
{
    struct doc *d = app_doc(app);
    struct scenario *copy = malloc(sizeof *copy);
    struct error err;
    int n = 0;

    if (copy == NULL)
        return;
    *copy = d->file.scenario;
    if (journal_read(app->options->state_folder, d->file.path, copy, app->catalog, &n, &err) < 0 ||
        history_replace(&d->history, &d->file.scenario, copy, "recovered edits", &err) < 0)
        app_say(app, "not recovered: %s", err.text);
    else {
        app_say(app, "%d edit%s recovered; :w keeps them", n, n == 1 ? "" : "s");
        app_after_edit(app);
    }
    free(copy);
}

void
ask_key(struct app *app, const struct key *k)
{
    enum ask ask = app->ask;

    if (k->code != 'y' && k->code != 'n' && k->code != KEY_ESC && k->code != 'q' && k->code != KEY_CTRL('c'))
        return;
    app->mode = MODE_REST;
    app->ask = ASK_NONE;
    app_say(app, "%s", "");
    if (ask == ASK_RECOVER && k->code == 'y')
        recover(app);
    if (ask == ASK_RECOVER && k->code != 'y')
        app_say(app, "the edits are kept until this file is saved; :recover takes them back");
    if (ask == ASK_QUIT && k->code == 'n') {
        drop_journals(app);
        app->quit = true;
    }
    if (ask == ASK_QUIT && k->code == 'y') {
        for (int d = 0; d < app->n_docs; d++)
            if (history_unsaved(&app->docs[d].history) > 0) {
                app->doc = d;
                app_save(app, NULL, false);
            }
        bool saved = true;
        for (int d = 0; d < app->n_docs; d++)
            saved &= history_unsaved(&app->docs[d].history) == 0;
        app->quit = saved;
    }
}

/* ---- keys ---------------------------------------------------------------------------------- */

void
act_save(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    app_save(app, NULL, false);
}

void
act_quit(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    app_quit(app, false);
}

void
act_save_quit(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    app_save(app, NULL, false);
    if (history_unsaved(&app_doc(app)->history) == 0)
        app_quit(app, false);
}
