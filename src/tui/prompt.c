/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actions.h"

/* The command line. One row a command; completion and help read the rows. */

struct prompt_command {
    const char *name, *operand, *help;
    void (*run)(struct app *, const char *rest);
};

/* ---- commands -------------------------------------------------------------------------- */

static void
do_set(struct app *app, const char *rest)
{
    const char *equals = strchr(rest, '=');
    char key[128];
    struct field_ref ref;
    struct error err;

    if (equals == NULL || equals == rest || (size_t)(equals - rest) >= sizeof key) {
        app_say(app, ":set FIELD=VALUE");
        return;
    }
    memcpy(key, rest, (size_t)(equals - rest));
    key[equals - rest] = '\0';
    if (field_find(&app_doc(app)->file.scenario, key, &ref, &err) < 0 ||
        app_set_field(app, ref, equals + 1, false, &err) < 0) {
        app_say(app, "%s", err.text);
        return;
    }
    app_goto(app, ref);
}

static void
do_write(struct app *app, const char *rest)
{
    app_save(app, rest[0] != '\0' ? rest : NULL, false);
}

static void
do_write_over(struct app *app, const char *rest)
{
    app_save(app, rest[0] != '\0' ? rest : NULL, true);
}

static void
do_edit(struct app *app, const char *rest)
{
    struct error err;

    if (rest[0] == '\0') {
        app_say(app, ":e FILE");
        return;
    }
    if (app_open(app, rest, &err) < 0) {
        if (err.line > 0)
            app_say(app, "%s:%d:%d: %s", rest, err.line, err.column, err.text);
        else
            app_say(app, "%s", err.text);
        return;
    }
    app->open_arm = -1;
    app_after_edit(app);
}

static void
do_next(struct app *app, const char *rest)
{
    (void)rest;
    app->doc = (app->doc + 1) % app->n_docs;
    app->open_arm = -1;
    app_say(app, "%s", app_doc(app)->name);
    if (app_doc(app)->answer == NULL)
        app_after_edit(app);
}

static void
do_export(struct app *app, const char *rest)
{
    app_export(app, rest);
}

static void
do_quit(struct app *app, const char *rest)
{
    (void)rest;
    app_quit(app, false);
}

static void
do_quit_anyway(struct app *app, const char *rest)
{
    (void)rest;
    app_quit(app, true);
}

static void
do_write_quit(struct app *app, const char *rest)
{
    app_save(app, rest[0] != '\0' ? rest : NULL, false);
    if (history_unsaved(&app_doc(app)->history) == 0)
        app_quit(app, false);
}

static void
do_help(struct app *app, const char *rest)
{
    (void)rest;
    app->mode = MODE_HELP;
    app->scroll = 0;
}

static void
do_undo(struct app *app, const char *rest)
{
    (void)rest;
    act_undo(app, NULL, 0);
}

static void
do_history(struct app *app, const char *rest)
{
    const struct history *h = &app_doc(app)->history;

    (void)rest;
    if (h->at == 0)
        app_say(app, "no edits");
    else
        app_say(app, "%d edit%s, the last: %s %s %s %s", h->at, h->at == 1 ? "" : "s", h->list[h->at - 1].path,
                h->list[h->at - 1].before, app->glyphs->arrow, h->list[h->at - 1].after);
}

static void
do_map(struct app *app, const char *rest)
{
    char x[112], y[112];
    struct field_ref ref;
    struct error err;

    if (sscanf(rest, "%111s %111s", x, y) != 2) {
        app_say(app, ":map FIELD FIELD");
        return;
    }
    for (int k = 0; k < 2; k++)
        if (field_find(&app_doc(app)->file.scenario, k == 0 ? x : y, &ref, &err) < 0) {
            app_say(app, "%s", err.text);
            return;
        }
    text_copy(app->map_fields[0], sizeof app->map_fields[0], x);
    text_copy(app->map_fields[1], sizeof app->map_fields[1], y);
    if (app_doc(app)->answer != NULL)
        app_doc(app)->answer->has_map = false;
    for (int v = 0; v < app_views_n(); v++)
        if (strcmp(app_view(v)->id, "map") == 0)
            app->view = v;
}

static void
do_rename(struct app *app, const char *rest)
{
    struct pane_row row;
    struct scenario *copy;
    struct error err;
    char what[96];

    if (!app_current(app, &row) || row.ref.arm < 0 || rest[0] == '\0') {
        app_say(app, "put the cursor on an arm, then :rename NAME");
        return;
    }
    if (strlen(rest) >= NAME_MAX_BYTES || strpbrk(rest, ".: \t#{}[],&*!|>'\"%@`") != NULL ||
        scenario_find_arm(&app_doc(app)->file.scenario, rest) >= 0) {
        app_say(app, "%s: a new name of at most 31 letters, digits, - and _", rest);
        return;
    }
    copy = malloc(sizeof *copy);
    if (copy == NULL)
        return;
    *copy = app_doc(app)->file.scenario;
    char *old = app_doc(app)->file.scenario.arms[row.ref.arm].name;
    for (int a = 0; a < copy->n_arms; a++) {
        char *named[] = { copy->arms[a].name, copy->arms[a].first, copy->arms[a].second, copy->arms[a].small, copy->arms[a].large };
        for (size_t k = 0; k < BE_LEN(named); k++)
            if (strcmp(named[k], old) == 0)
                text_copy(named[k], NAME_MAX_BYTES, rest);
    }
    snprintf(what, sizeof what, "renamed arm to %.31s", rest);
    if (history_replace(&app_doc(app)->history, &app_doc(app)->file.scenario, copy, what, &err) < 0)
        app_say(app, "%s", err.text);
    else {
        app_say(app, "%s", what);
        app_after_edit(app);
    }
    free(copy);
}

static const struct prompt_command commands[] = {
    { "set", "FIELD=VALUE", "Set a field", do_set },
    { "w", "[FILE]", "Save", do_write },
    { "w!", "[FILE]", "Save over a file that has changed on disk", do_write_over },
    { "e", "FILE", "Open another scenario beside this one", do_edit },
    { "next", "", "The next open scenario", do_next },
    { "export", "FILE", "Write the report; the suffix names the format", do_export },
    { "map", "FIELD FIELD", "Map of the pick over two fields", do_map },
    { "rename", "NAME", "Rename the arm under the cursor", do_rename },
    { "history", "", "How many edits, and the last", do_history },
    { "undo", "", "Take back the last change", do_undo },
    { "help", "", "The keys", do_help },
    { "wq", "[FILE]", "Save and quit", do_write_quit },
    { "q", "", "Quit", do_quit },
    { "q!", "", "Quit and leave unsaved edits in the journal", do_quit_anyway },
};

static const char *
command_at(const void *ctx, int i)
{
    (void)ctx;
    return i < (int)BE_LEN(commands) ? commands[i].name : NULL;
}

void
prompt_run(struct app *app, const char *line)
{
    char word[32];
    size_t n;

    while (*line == ' ')
        line++;
    if (*line == '\0')
        return;
    if (app->n_history == (int)BE_LEN(app->history_lines)) {
        memmove(app->history_lines[0], app->history_lines[1], sizeof app->history_lines - sizeof app->history_lines[0]);
        app->n_history--;
    }
    text_copy(app->history_lines[app->n_history++], LINE_BYTES, line);
    n = strcspn(line, " ");
    if (n >= sizeof word)
        n = sizeof word - 1;
    memcpy(word, line, n);
    word[n] = '\0';
    line += strcspn(line, " ");
    while (*line == ' ')
        line++;
    for (size_t k = 0; k < BE_LEN(commands); k++)
        if (strcmp(commands[k].name, word) == 0) {
            commands[k].run(app, line);
            return;
        }
    const char *nearest = text_nearest(word, command_at, NULL);
    app_say(app, nearest != NULL ? "no command %s, nearest %s" : "no command %s", word, nearest);
}

/* ---- completion ---------------------------------------------------------------------------- */

/* The longest text that all candidates share takes the place of the word. */
static void
complete_word(struct app *app, size_t from, const char *(*candidate)(const struct app *, int, char *, size_t),
              const char *after_unique)
{
    char stem[LINE_BYTES], shared[LINE_BYTES] = "", one[LINE_BYTES], list[300] = "";
    int matches = 0;

    text_copy(stem, sizeof stem, app->edit.text + from);
    for (int i = 0; candidate(app, i, one, sizeof one) != NULL; i++) {
        if (strncmp(one, stem, strlen(stem)) != 0)
            continue;
        if (matches++ == 0)
            text_copy(shared, sizeof shared, one);
        size_t k = 0;
        while (shared[k] != '\0' && shared[k] == one[k])
            k++;
        shared[k] = '\0';
        if (strlen(list) + strlen(one) + 2 < sizeof list) {
            strcat(list, one);
            strcat(list, " ");
        }
    }
    if (matches == 0)
        return;
    app->edit.text[from] = '\0';
    app->edit.n = app->edit.at = (int)from;
    edit_insert(&app->edit, shared);
    if (matches == 1)
        edit_insert(&app->edit, after_unique);
    else
        app_say(app, "%s", list);
}

static const char *
command_candidate(const struct app *app, int i, char *out, size_t size)
{
    (void)app;
    if (i >= (int)BE_LEN(commands))
        return NULL;
    text_copy(out, size, commands[i].name);
    return out;
}

/* The last word where it is unique, else the whole path. */
static const char *
field_candidate(const struct app *app, int i, char *out, size_t size)
{
    const struct scenario *sc = &app_doc_const(app)->file.scenario;
    struct field_ref ref, found;
    struct error err;
    char path[112];

    if (!field_each(sc, i, &ref))
        return NULL;
    field_path(sc, ref, path, sizeof path);
    const char *word = strrchr(path, '.');
    word = word != NULL ? word + 1 : path;
    bool unique = field_find(sc, word, &found, &err) == 0 && found.field == ref.field && found.arm == ref.arm;
    text_copy(out, size, unique ? word : path);
    return out;
}

void
prompt_complete(struct app *app)
{
    char *space = strchr(app->edit.text, ' ');

    if (space == NULL)
        complete_word(app, 0, command_candidate, " ");
    else if (strncmp(app->edit.text, "set ", 4) == 0 && strchr(space, '=') == NULL)
        complete_word(app, (size_t)(space - app->edit.text) + 1, field_candidate, "=");
}
