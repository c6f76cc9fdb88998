/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
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
    prompt_open(app, "");
}

void
act_add_file(struct app *app, const struct key *k, int by)
{
    char text[LINE_BYTES];
    const char *path = app_doc(app)->file.path, *slash = strrchr(path, '/');

    (void)k, (void)by;
    snprintf(text, sizeof text, "add %.*s", slash != NULL && slash - path < 200 ? (int)(slash - path + 1) : 0, path);
    prompt_open(app, text);
}

void
act_next_doc(struct app *app, const struct key *k, int by)
{
    (void)k;
    app_show_doc(app, (app->doc + by + app->n_docs) % app->n_docs);
}

void
act_scroll(struct app *app, const struct key *k, int by)
{
    (void)k;
    app_scroll_view(app, by);
}

/* Leaves what was begun: a find, the large view. */
void
act_escape(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    if (app->finding)
        app_return(app, app->find_from);
    else if (app->zoom)
        app->zoom = false;
    else if (app->presentation)
        app->presentation = false;
}

void
act_interrupt(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    char key[KEYS_BYTES];
    app_say(app, "%s quits", keymap_key(app, "quit", key, sizeof key));
}

/* The help. */
void
act_page(struct app *app, const struct key *k, int by)
{
    (void)k;
    app->scroll += by;
    if (app->scroll > help_lines(app) - 5)
        app->scroll = help_lines(app) - 5;
    if (app->scroll < 0)
        app->scroll = 0;
}

void
act_page_close(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    app->mode = MODE_REST;
    app->scroll = 0;
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
