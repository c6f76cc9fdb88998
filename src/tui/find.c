/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "actions.h"

/* "/" finds fields, views, commands and acts by a few of their letters. */

enum found_kind { FOUND_FIELD, FOUND_VIEW, FOUND_COMMAND, FOUND_ACT, FOUND_KINDS };

static const char *const kind_words[FOUND_KINDS] = { "field", "view", "command", "key" };

/* Name and what stands beside it; false past the end of the kind. */
static bool
item(const struct app *app, struct found f, char *name, size_t size, char *about, size_t about_size)
{
    const struct scenario *sc = &app_doc_const(app)->file.scenario;
    struct field_ref ref;

    switch (f.kind) {
    case FOUND_FIELD:
        if (!field_each(sc, f.index, &ref))
            return false;
        field_path(sc, ref, name, size);
        text_copy(about, about_size, ref.field->label);
        return true;
    case FOUND_VIEW:
        if (f.index >= app_views_n())
            return false;
        text_copy(name, size, app_view(f.index)->name);
        text_copy(about, about_size, app_view(f.index)->help);
        return true;
    case FOUND_COMMAND:
        if (f.index >= prompt_commands_n)
            return false;
        snprintf(name, size, ":%s", prompt_commands[f.index].name);
        text_copy(about, about_size, prompt_commands[f.index].help);
        return true;
    default:
        if (f.index >= app->keymap.n_rows)
            return false;
        text_copy(name, size, app->keymap.rows[f.index].name);
        text_copy(about, about_size, app->keymap.rows[f.index].help);
        return true;
    }
}

static void
keep(struct app *app, int scores[FOUND_MAX], struct found f, int score)
{
    int at = app->n_found < FOUND_MAX ? app->n_found++ : FOUND_MAX - 1;

    while (at > 0 && scores[at - 1] < score) {
        scores[at] = scores[at - 1];
        app->found[at] = app->found[at - 1];
        at--;
    }
    scores[at] = score;
    app->found[at] = f;
}

/* Whether a word of the sentence begins so; small and large letters are alike. */
static bool
has_word(const char *sentence, const char *beginning)
{
    const size_t n = strlen(beginning);

    for (const char *at = sentence; *at != '\0'; at++) {
        size_t k = 0;
        while (k < n && tolower((unsigned char)at[k]) == tolower((unsigned char)beginning[k]))
            k++;
        if (k == n && (at == sentence || !isalnum((unsigned char)at[-1])))
            return true;
    }
    return false;
}

/* Best first; of equals a field before a view before a command. */
void
find_update(struct app *app)
{
    int scores[FOUND_MAX];
    char name[112], about[200];

    app->n_found = 0;
    app->list_at = 0;
    for (int kind = 0; kind < FOUND_KINDS && app->edit.n > 0; kind++) {
        struct found f = { (short)kind, 0 };
        for (; item(app, f, name, sizeof name, about, sizeof about); f.index++) {
            int by_name = text_fuzzy(app->edit.text, name), by_about = text_fuzzy(app->edit.text, about);
            if (kind > FOUND_VIEW) /* a sentence holds the letters of nearly anything */
                by_about = has_word(about, app->edit.text) ? by_about : 0;
            if (kind == FOUND_ACT && !keymap_at_rest(app, f.index)) /* of what is open no more once this is */
                continue;
            int score = by_name > by_about ? by_name : by_about;
            if (score > 0 && (app->n_found < FOUND_MAX || score > scores[FOUND_MAX - 1]))
                keep(app, scores, f, score);
        }
    }
    /* letters scattered over a name are a match only while nothing better is there */
    while (app->n_found > 1 && scores[app->n_found - 1] * 2 < scores[0])
        app->n_found--;
}

static void
go_to(struct app *app, struct found f)
{
    struct field_ref ref;
    char keys[3][KEYS_BYTES];

    switch (f.kind) {
    case FOUND_FIELD:
        if (field_each(&app_doc(app)->file.scenario, f.index, &ref)) {
            app_goto(app, ref);
            app_say(app, "%d of %d  %s %s next, previous  %s back", app->list_at + 1, app->n_found,
                    keymap_key(app, "find-next", keys[0], sizeof keys[0]),
                    keymap_key(app, "find-previous", keys[1], sizeof keys[1]),
                    keymap_key(app, "escape", keys[2], sizeof keys[2]));
        }
        break;
    case FOUND_VIEW:
        app->view = f.index;
        break;
    case FOUND_COMMAND: {
        char text[48];
        snprintf(text, sizeof text, "%s ", prompt_commands[f.index].name);
        prompt_open(app, text);
        break;
    }
    default: {
        const struct action *a = &app->keymap.rows[f.index];
        struct key none = { 0 };
        a->run(app, &none, a->by);
    }
    }
}

void
act_find(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    edit_set(&app->edit, "");
    app->mode = MODE_FIND;
    app->find_title = "Find a field, a view or a command";
    app->find_from = app_place(app);
    app->finding = false;
    find_update(app);
}

/* The next or previous field that was found. */
void
act_find_again(struct app *app, const struct key *k, int by)
{
    (void)k;
    for (int tries = 0; tries < app->n_found; tries++) {
        app->list_at = (app->list_at + by + app->n_found) % app->n_found;
        if (app->found[app->list_at].kind != FOUND_FIELD)
            continue;
        app->finding = true;
        go_to(app, app->found[app->list_at]);
        return;
    }
    char key[KEYS_BYTES];
    app_say(app, "nothing was found yet; %s finds", keymap_key(app, "find", key, sizeof key));
}

static int
index_of(const struct scenario *sc, const char *path)
{
    struct field_ref ref;
    char one[112];

    for (int i = 0; field_each(sc, i, &ref); i++)
        if (strcmp(field_path(sc, ref, one, sizeof one), path) == 0)
            return i;
    return -1;
}

static void
keep_path(struct app *app, const char *path)
{
    int i = index_of(&app_doc(app)->file.scenario, path);

    for (int k = 0; k < app->n_found; k++)
        if (app->found[k].index == i)
            return;
    if (i >= 0 && app->n_found < FOUND_MAX)
        app->found[app->n_found++] = (struct found){ FOUND_FIELD, (short)i };
}

void
find_fields_of_view(struct app *app)
{
    const struct answer *an = app_answer(app);

    if (an == NULL)
        return;
    act_find(app, NULL, 0);
    app->find_title = "What this view turns on";
    for (int k = 0; k < an->n_tornado && app_view_is(app, "tornado"); k++)
        keep_path(app, an->tornado[k].path);
    for (int k = 0; k < an->n_flips; k++)
        keep_path(app, an->flips[k].path);
    for (int k = 0; k < app_doc(app)->problems.n; k++)
        keep_path(app, app_doc(app)->problems.list[k].path);
}

void
find_take(struct app *app)
{
    app->mode = MODE_REST;
    if (app->n_found == 0) {
        app_say(app, "nothing of that name");
        return;
    }
    app_mark(app);
    app->finding = app->found[app->list_at].kind == FOUND_FIELD;
    go_to(app, app->found[app->list_at]);
}

void
draw_find(const struct app *app, struct canvas *c, const struct layout *l, struct screen_map *map)
{
    const struct scenario *sc = &app_doc_const(app)->file.scenario;
    int rows = app->n_found + 3 < l->body_rows ? app->n_found + 3 : l->body_rows;
    int columns = l->columns < 100 ? l->columns - 2 : 98, first = 0, inside = rows - 3;
    int names = columns < 60 ? columns - 12 : 40;

    draw_box(app, c, l->body_top, 1, rows, columns, app->find_title);
    draw_sought(app, c, l);
    if (app->list_at >= inside)
        first = app->list_at - inside + 1;
    map->list_row = l->body_top + 2;
    map->list_rows = inside;
    map->list_columns = columns;
    map->list_first = first;
    map->list_n = app->n_found;
    for (int i = 0; i < inside && first + i < app->n_found; i++) {
        struct found f = app->found[first + i];
        char name[112], about[200], value[64];
        bool here = first + i == app->list_at;
        int y = l->body_top + 2 + i;
        if (!item(app, f, name, sizeof name, about, sizeof about))
            continue;
        canvas_text(c, y, 2, here ? app->glyphs->focus : " ", INK_FOCUS, 0);
        canvas_text_fit(c, y, 3, names, name, here ? INK_FOCUS : INK_PLAIN, here ? PEN_REVERSE : 0, app->glyphs->ascii);
        canvas_text_fit(c, y, 4 + names, 8, kind_words[f.kind], INK_FAINT, 0, app->glyphs->ascii);
        if (columns < 60)
            continue;
        canvas_text_fit(c, y, 13 + names, f.kind == FOUND_FIELD ? 18 : columns - names - 13, about, INK_PLAIN, 0,
                        app->glyphs->ascii);
        struct field_ref ref;
        if (f.kind != FOUND_FIELD || !field_each(sc, f.index, &ref))
            continue;
        field_get_text(sc, ref, value, sizeof value, app->catalog);
        canvas_text_fit(c, y, 32 + names, columns - 32 - names, value, INK_FAINT, 0, app->glyphs->ascii);
    }
    if (app->edit.n > 0 && app->n_found == 0)
        canvas_text(c, l->body_top + 1, 4 + text_width(app->edit.text), "  nothing has these letters", INK_FAINT, 0);
}
