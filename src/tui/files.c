/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actions.h"

/* The status line has room for a reason, not for the folder before it. */
static void
drop_folder(char *text, const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t n = slash != NULL ? (size_t)(slash - path) + 1 : 0;
    char folder[1024], *at;

    if (n == 0 || n >= sizeof folder)
        return;
    memcpy(folder, path, n);
    folder[n] = '\0';
    if ((at = strstr(text, folder)) != NULL)
        memmove(at, at + n, strlen(at + n) + 1);
}

void
app_save(struct app *app, const char *path, bool force)
{
    struct doc *d = app_doc(app);
    struct error err;

    if (d->read_only_name && path == NULL) {
        app_say(app, "this is the shipped example: give your copy a name");
        prompt_open(app, "w my-scenario.yaml");
        return;
    }
    if (scenario_save(&d->file, path, force, app->catalog, &err) < 0) {
        drop_folder(err.text, path != NULL ? path : d->file.path);
        app_say(app, "not saved%s: %s", err.code == ERR_CONFLICT ? " (:w! would)" : "", err.text);
        return;
    }
    history_mark_saved(&d->history);
    d->read_only_name = d->journal_due = d->journal_noted = false;
    if (app->options->state_folder != NULL)
        journal_clear(app->options->state_folder, d->file.path, &err);
    const char *slash = strrchr(d->file.path, '/');
    text_clean(d->name, sizeof d->name, slash != NULL ? slash + 1 : d->file.path);
    app_say(app, "saved %s", d->name);
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

/* Edits given up on leaving; what was set aside before stays until the file is saved. */
static void
drop_journals(struct app *app)
{
    struct error err;

    for (int k = 0; k < app->n_docs; k++)
        app->docs[k].journal_due = app->docs[k].journal_noted = false;
    for (int k = 0; k < app->n_docs && app->options->state_folder != NULL; k++)
        journal_write(app->options->state_folder, app->docs[k].file.path, &app->docs[k].file.scenario, 0,
                      app->catalog, &err);
}

/* One step of the history brings the edits of a journal back. */
static void
take_journal(struct app *app, int (*read)(const char *, const char *, struct scenario *, const struct catalog *,
                                          int *, struct error *),
             const char *none)
{
    struct doc *d = app_doc(app);
    struct scenario *copy = malloc(sizeof *copy);
    struct error err;
    int n = 0;
    char what[80];

    if (copy == NULL)
        return;
    *copy = d->file.scenario;
    if (read(app->options->state_folder, d->file.path, copy, app->catalog, &n, &err) < 0)
        app_say(app, "not recovered: %s", err.text);
    else if (n == 0)
        app_say(app, "%s", none);
    else {
        snprintf(what, sizeof what, "%d edit%s recovered; :w keeps them", n, n == 1 ? "" : "s");
        app_replace(app, copy, what);
    }
    free(copy);
}

void
app_recover(struct app *app)
{
    if (app->options->state_folder == NULL)
        app_say(app, "no journals are kept");
    else
        take_journal(app, journal_read_aside, "no edits were set aside for this file");
}

/* The decision as the answer has it, with the prices it rests on, so that "check" can watch it. */
void
app_decide(struct app *app, const char *arm)
{
    struct doc *d = app_doc(app);
    const struct answer *an = d->answer;
    int pick = arm[0] != '\0' ? scenario_find_arm(&d->file.scenario, arm) : an != NULL ? an->verdict.pick : -1;
    struct scenario *copy;
    char what[128];

    if (an == NULL || d->stale || pick < 0 || pick >= an->n_arms) {
        app_say(app, arm[0] != '\0' && pick < 0 ? "no arm %s" : "there is no pick to record yet%.0s", arm);
        return;
    }
    if ((copy = malloc(sizeof *copy)) == NULL)
        return;
    *copy = d->file.scenario;
    struct decision *to = &copy->decision;
    memset(to, 0, sizeof *to);
    to->present = true;
    text_copy(to->pick, sizeof to->pick, an->arms[pick].name);
    to->on = app->options->today;
    to->p_best = an->arms[pick].p_best;
    to->tco_usd = an->arms[pick].tco_usd.mean;
    decision_keep_prices(to, &an->setup);
    int n = snprintf(what, sizeof what, "decided for %.31s", an->arms[pick].name);
    if (pick != an->verdict.pick)
        n += snprintf(what + n, sizeof what - (size_t)n, an->verdict.pick >= 0 ? ", though the pick is %.31s" : ", though no arm passes%.0s",
                      an->verdict.pick >= 0 ? an->arms[an->verdict.pick].name : "");
    snprintf(what + n, sizeof what - (size_t)n, "; :w writes it into the file");
    app_replace(app, copy, what);
    free(copy);
}

static void
set_aside(struct app *app, bool declined)
{
    struct error err;

    if (declined && journal_set_aside(app->options->state_folder, app_doc(app)->file.path, &err) < 0)
        app_say(app, "%s", err.text);
    else
        app_say(app, declined ? "set aside until this file is saved; :recover takes them back"
                : "kept until the next edit");
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
        take_journal(app, journal_read, "the journal is empty");
    if (ask == ASK_RECOVER && k->code != 'y')
        set_aside(app, k->code == 'n');
    if (ask == ASK_RECOVER)
        app_offer_recovery(app);
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
