/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"

/* config.yaml: one row a setting; checked like a scenario. */

#define CONFIG_BYTES_MAX (64 * 1024)

struct setting {
    const char *key, *expected, *help;
    bool (*take)(struct tui_config *, const char *text);
};

static bool
yes_no(const char *text, int *out)
{
    static const char *const yes[] = { "on", "yes", "true" }, *const no[] = { "off", "no", "false" };

    for (size_t k = 0; k < BE_LEN(yes); k++)
        if (strcmp(text, yes[k]) == 0 || strcmp(text, no[k]) == 0) {
            *out = strcmp(text, yes[k]) == 0;
            return true;
        }
    return false;
}

static bool
take_theme(struct tui_config *c, const char *text)
{
    return theme_find(text) != NULL && text_copy(c->theme, sizeof c->theme, text);
}

static bool
take_glyphs(struct tui_config *c, const char *text)
{
    enum glyph_set set;

    if (glyphs_parse(text, &set) < 0)
        return false;
    c->glyphs = (int)set;
    return true;
}

static bool
take_mouse(struct tui_config *c, const char *text)
{
    return yes_no(text, &c->mouse);
}

static bool
take_plain(struct tui_config *c, const char *text)
{
    return yes_no(text, &c->plain);
}

static const struct setting settings[] = {
    { "theme", "auto, dark, light, okabe or mono", "Colours; auto is readable on a dark and on a light ground", take_theme },
    { "glyphs", "braille, block, line, ascii or linux", "Characters of charts and frames; else what the terminal can show", take_glyphs },
    { "mouse", "on or off", "Mouse reports; off leaves the mouse to the terminal", take_mouse },
    { "plain", "on or off", "Linear mode for screen readers, as --plain", take_plain },
    { "keys", "a mapping of acts to keys", "An act of the key table and its keys, separated by spaces, as \"help: F3 ?\"", NULL },
};

static const char *
setting_at(const void *ctx, int i)
{
    (void)ctx;
    return i < (int)BE_LEN(settings) ? settings[i].key : NULL;
}

static void
complain(struct problems *found, const char *path, const struct node *at, enum error_code code, const char *text)
{
    struct error err;

    error_at(&err, code, at->line, at->column, "%s", text);
    problems_add(found, PROBLEM_ERROR, path, &err);
}

static void
read_keys(struct tui_config *c, const struct node *keys, struct problems *found)
{
    if (keys->kind != NODE_MAPPING) {
        complain(found, "keys", keys, ERR_SYNTAX, "keys: expected a mapping, as \"help: F3\"");
        return;
    }
    for (size_t k = 0; k < keys->n; k++) {
        const struct node *name = &keys->keys[k], *value = &keys->items[k];
        char text[160];
        if (value->kind != NODE_SCALAR || c->n_keys == TUI_KEYS_MAX || strlen(name->text) >= sizeof c->keys[0].name ||
            strlen(value->text) >= sizeof c->keys[0].keys) {
            snprintf(text, sizeof text, "%.40s: expected a few keys separated by spaces, as \"F3 ?\"", name->text);
            complain(found, "keys", value, ERR_SYNTAX, text);
            continue;
        }
        struct tui_key *own = &c->keys[c->n_keys++];
        text_copy(own->name, sizeof own->name, name->text);
        text_copy(own->keys, sizeof own->keys, value->text);
        own->line = name->line;
        own->column = name->column;
    }
}

static void
read_setting(struct tui_config *c, const struct node *key, const struct node *value, struct problems *found)
{
    char text[200];

    for (size_t k = 0; k < BE_LEN(settings); k++) {
        if (strcmp(settings[k].key, key->text) != 0)
            continue;
        if (settings[k].take == NULL)
            read_keys(c, value, found);
        else if (value->kind != NODE_SCALAR || !settings[k].take(c, value->text)) {
            snprintf(text, sizeof text, "%s: %.60s: expected %s", key->text, node_text(value, "nothing"),
                     settings[k].expected);
            complain(found, key->text, value, ERR_UNKNOWN, text);
        }
        return;
    }
    const char *nearest = text_nearest(key->text, setting_at, NULL);
    snprintf(text, sizeof text, "no setting %.60s%s%s", key->text,
             nearest != NULL ? ", nearest " : "; there are theme, glyphs, mouse, plain and keys",
             nearest != NULL ? nearest : "");
    complain(found, "", key, ERR_UNKNOWN, text);
}

static int
by_place(const void *a, const void *b)
{
    const struct error *x = &((const struct problem *)a)->error, *y = &((const struct problem *)b)->error;

    return x->line != y->line ? (x->line > y->line) - (x->line < y->line) : (x->column > y->column) - (x->column < y->column);
}

static void
first_problem(struct tui_config *c, const struct error *e)
{
    if (e->line > 0)
        snprintf(c->problem, sizeof c->problem, "config.yaml:%d:%d: %.260s", e->line, e->column, e->text);
    else
        snprintf(c->problem, sizeof c->problem, "config.yaml: %.280s", e->text);
}

int
tui_settings(const struct tui_row **rows)
{
    static struct tui_row list[BE_LEN(settings)];

    for (size_t k = 0; k < BE_LEN(settings); k++)
        list[k] = (struct tui_row){ settings[k].key, settings[k].expected, settings[k].help };
    *rows = list;
    return (int)BE_LEN(settings);
}

int
tui_config_read(struct tui_config *c, const char *folder, struct problems *found, struct error *err)
{
    char *bytes = NULL;
    size_t n;
    struct document *d = NULL;

    memset(c, 0, sizeof *c);
    c->glyphs = c->mouse = c->plain = -1;
    if (folder[0] == '\0')
        return 0;
    snprintf(c->path, sizeof c->path, "%s/config.yaml", folder);
    struct file_stamp none = { .exists = false };
    if (file_changed(c->path, &none) == 0)
        return 0;
    int status = file_read(c->path, CONFIG_BYTES_MAX, &bytes, &n, NULL, err);
    if (status == 0)
        status = document_parse_yaml(&d, bytes, n, err);
    free(bytes);
    if (status < 0) {
        first_problem(c, err);
        return -1;
    }
    const struct node *root = document_root(d);
    if (root->kind == NODE_MAPPING)
        for (size_t k = 0; k < root->n; k++)
            read_setting(c, &root->keys[k], &root->items[k], found);
    else if (root->kind != NODE_NULL)
        complain(found, "", root, ERR_SYNTAX, "expected settings, as \"theme: dark\"");
    document_free(d);
    /* a binding that names no act or no key is a problem of the file */
    struct keymap *map = malloc(sizeof *map);
    if (map != NULL)
        keymap_init(map, c, found);
    free(map);
    qsort(found->list, (size_t)found->n, sizeof found->list[0], by_place);
    if (found->n > 0)
        first_problem(c, &found->list[0].error);
    return 0;
}
