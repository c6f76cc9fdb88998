/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "term.h"

/* Three calls in one loop: apply the key, ask for an answer, draw it. */

/* ---- the loop ------------------------------------------------------------------------------------ */

static void
show(struct app *app, struct canvas *c)
{
    int columns, rows, cursor_row, cursor_column;

    term_size(&columns, &rows);
    if (c->columns != columns || c->rows != rows) {
        canvas_release(c);
        if (canvas_init(c, columns, rows) < 0)
            return;
    }
    if (app->redraw) {
        term_redraw();
        app->redraw = false;
    }
    term_theme(app->theme);
    app_make_view(app);
    app_draw(app, c, &app->map, &cursor_row, &cursor_column);
    term_show(c, cursor_row, cursor_column);
}

static void
read_keys(struct app *app)
{
    for (struct key k = term_key(); k.code != KEY_NONE && !app->quit; k = term_key()) {
        app->last_key_ms = app->clock_ms();
        if (k.code == KEY_MOUSE_)
            mouse_key(app, &k);
        else
            app_key(app, &k);
        if (app->copy_due) {
            app->copy_due = false;
            term_copy(app->copied.text, app->copied.n);
        }
        if (app->suspend) {
            app->suspend = false;
            term_suspend();
        }
    }
}

static void
last_words(const struct app *app)
{
    char text[400], name[300];

    if (app->options->state_folder == NULL || app->n_docs == 0) {
        term_last_words("\r\nbreakeven: a fault of the program; no journal was kept\r\n");
        return;
    }
    journal_name(app->options->state_folder, app->docs[0].file.path, name, sizeof name);
    snprintf(text, sizeof text, "\r\nbreakeven: a fault of the program. Unsaved edits are in %s\r\n", name);
    term_last_words(text);
}

/* ---- a catalog of which a part was read ----------------------------------------------------------- */

static bool
is_unknown(const struct problems *p)
{
    for (int k = 0; k < p->n; k++)
        if (p->list[k].error.code == ERR_UNKNOWN)
            return true;
    return false;
}

/* A name that nobody knows may stand in what was not read. */
static bool
names_the_unread(struct app *app)
{
    bool unknown = false;

    for (int k = 0; k < app->n_docs && app->catalog->partial && !unknown; k++) {
        app_check_doc(app, &app->docs[k]);
        unknown = is_unknown(&app->docs[k].problems);
    }
    return unknown;
}

static int
whole_catalog(const struct tui_options *o, const struct catalog **catalog, struct error *err)
{
    return (*catalog)->partial && o->whole_catalog != NULL ? o->whole_catalog(o->whole_ctx, catalog, err) : 0;
}

/* The app with the files open; *whole: the options that it keeps. */
static int
begin(struct app *app, struct tui_options *whole, struct error *err)
{
    if (app_init(app, whole, err) < 0)
        return -1;
    if (!names_the_unread(app))
        return 0;
    app_release(app);
    return whole_catalog(whole, &whole->catalog, err) < 0 ? -1 : app_init(app, whole, err);
}

int
tui_run(const struct tui_options *o, struct error *err)
{
    struct app *app = calloc(1, sizeof *app);
    struct canvas canvas = { 0 };
    struct tui_options options = *o;
    struct term_options term = { o->color, o->mouse, o->term };
    int status = -1, died = 0;

    if (app == NULL)
        return error_set(err, ERR_BUG, "no memory for the workbench");
    if (begin(app, &options, err) == 0 && term_open(&term, err) == 0) {
        status = refining_start(app, err);
        if (status == 0) {
            last_words(app);
            app->clock_ms = term_now_ms;
            app->run_editor = term_edit;
            app_after_edit(app);
            while (!app->quit && (died = term_signal()) == 0) {
                note_journals(app);
                app_solve_due(app);
                show(app, &canvas);
                if ((status = whole_catalog(o, &app->catalog, err)) < 0)
                    break;
                settle_journals(app);
                int wait_ms = refining_ask(app);
                if (term_wait(refine_descriptor(app->refine), wait_ms))
                    refining_take(app);
                read_keys(app);
            }
        }
        note_journals(app);
        settle_journals(app);
        refining_stop(app);
        term_close();
    }
    app_release(app);
    canvas_release(&canvas);
    free(app);
    if (died != 0)
        term_die(died);
    return status;
}
