/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "loader.h"

/* An entry of a catalog file: each key is a row of its kind's table. */

#define WORDS_BYTES 320

/* ---- problems ------------------------------------------------------------------------ */

void
loader_complain(struct loader *l, const struct node *at, enum error_code code, const char *fmt, ...)
{
    char words[WORDS_BYTES];
    struct error e;
    va_list args;
    int line = at != NULL ? at->line : 0, column = at != NULL ? at->column : 0;

    va_start(args, fmt);
    vsnprintf(words, sizeof words, fmt, args);
    va_end(args);
    error_at(&e, code, line, column, "%s:%d:%d: %s", l->file, line, column, words);
    if (!l->failed)
        l->first = e;
    l->failed = true;
    if (l->problems != NULL)
        problems_add(l->problems, PROBLEM_ERROR, "", &e);
}

const char *
loader_keep(struct loader *l, const char *text)
{
    const char *copy = arena_copy(&l->arena, text, strlen(text));

    if (copy == NULL)
        loader_complain(l, NULL, ERR_BUG, "no memory for the catalog");
    return copy;
}

/* ---- values ----------------------------------------------------------------------------- */

static void
set_number(char *base, size_t offset, double x)
{
    memcpy(base + offset, &x, sizeof x);
}

static bool
read_number(struct loader *l, const struct key *key, const struct node *n, double *x)
{
    double value;

    if (!node_number(n, &value)) {
        loader_complain(l, n, ERR_SYNTAX, "%s: expected a number, found \"%s\"", key->name,
                 node_text(n, "a collection"));
        return false;
    }
    if (!(value >= key->low && value <= key->high)) {
        loader_complain(l, n, ERR_RANGE, "%s: %g is not in %g..%g", key->name, value, key->low, key->high);
        return false;
    }
    *x = value;
    return true;
}

static bool
read_range(struct loader *l, const struct key *key, const struct node *n, char *base)
{
    double x[2];

    if (n->kind == NODE_SEQUENCE) {
        if (n->n != 2) {
            loader_complain(l, n, ERR_SYNTAX, "%s: expected a number or [low, high]", key->name);
            return false;
        }
        if (!read_number(l, key, &n->items[0], &x[0]) || !read_number(l, key, &n->items[1], &x[1]))
            return false;
        if (x[0] > x[1]) {
            loader_complain(l, n, ERR_RANGE, "%s: [low, high] must ascend", key->name);
            return false;
        }
    } else {
        if (!read_number(l, key, n, &x[0]))
            return false;
        x[1] = x[0];
    }
    memcpy(base + key->offset, x, sizeof x);
    return true;
}

static const char *
next_word(const void *ctx, int i)
{
    return ((const struct word *)ctx)[i].text;
}

static bool
find_word(struct loader *l, const struct key *key, const struct node *n, unsigned *value)
{
    const char *text = node_text(n, NULL);

    for (const struct word *w = key->words; w->text != NULL; w++)
        if (text != NULL && strcmp(w->text, text) == 0) {
            *value = w->value;
            return true;
        }
    const char *nearest = text != NULL ? text_nearest(text, next_word, key->words) : NULL;
    loader_complain(l, n, ERR_UNKNOWN, "%s: \"%s\" is not one of its words; nearest \"%s\"", key->name,
             text != NULL ? text : "a collection", nearest != NULL ? nearest : key->words[0].text);
    return false;
}

static bool
read_words(struct loader *l, const struct key *key, const struct node *n, char *base)
{
    unsigned value = 0;

    if (key->type == VALUE_BITS && n->kind == NODE_SEQUENCE) {
        for (size_t i = 0; i < n->n; i++) {
            unsigned bit;
            if (!find_word(l, key, &n->items[i], &bit))
                return false;
            value |= bit;
        }
    } else if (!find_word(l, key, n, &value)) {
        return false;
    }
    if (key->type == VALUE_FLAG)
        *(bool *)(base + key->offset) = value != 0;
    else
        memcpy(base + key->offset, &value, sizeof value);
    return true;
}

static bool
read_bool(struct loader *l, const struct key *key, const struct node *n, char *base)
{
    const char *text = node_text(n, "a collection");
    bool yes = strcmp(text, "yes") == 0 || strcmp(text, "true") == 0;

    if (!yes && strcmp(text, "no") != 0 && strcmp(text, "false") != 0) {
        loader_complain(l, n, ERR_SYNTAX, "%s: expected yes or no, found \"%s\"", key->name, text);
        return false;
    }
    *(bool *)(base + key->offset) = yes;
    return true;
}

static bool
read_date(struct loader *l, const char *key, const struct node *n, struct date *out)
{
    struct error e;

    if (date_parse(out, node_text(n, ""), &e) < 0) {
        loader_complain(l, n, ERR_SYNTAX, "%s: %s", key, e.text);
        return false;
    }
    return true;
}

static bool
read_text(struct loader *l, const struct key *key, const struct node *n, char *base)
{
    const char *text = node_text(n, NULL);

    if (text == NULL || text[0] == '\0') {
        loader_complain(l, n, ERR_SYNTAX, "%s: expected a text", key->name);
        return false;
    }
    *(const char **)(base + key->offset) = loader_keep(l, text);
    return true;
}

static bool
read_list(struct loader *l, const struct key *key, const struct node *n, char *base)
{
    bool bad = false;

    if (n->kind != NODE_SEQUENCE) {
        loader_complain(l, n, ERR_SYNTAX, "%s: expected a list", key->name);
        return false;
    }
    if (n->n > (size_t)(key->max - key->first)) {
        loader_complain(l, n, ERR_SIZE, "%s: at most %d entries", key->name, key->max - key->first);
        return false;
    }
    for (size_t i = 0; i < n->n; i++)
        entry_read(l, key->list, &n->items[i],
                     base + key->offset + ((size_t)key->first + i) * key->list->size, &bad);
    int count = key->first + (int)n->n;
    memcpy(base + key->count, &count, sizeof count);
    return !bad;
}

static bool
read_value(struct loader *l, const struct key *key, const struct node *n, char *base)
{
    double x;

    switch (key->type) {
    case VALUE_TEXT:
        return read_text(l, key, n, base);
    case VALUE_NUMBER:
        if (!read_number(l, key, n, &x))
            return false;
        set_number(base, key->offset, x);
        return true;
    case VALUE_RANGE:
        return read_range(l, key, n, base);
    case VALUE_BOOL:
        return read_bool(l, key, n, base);
    case VALUE_DATE:
        return read_date(l, key->name, n, (struct date *)(void *)(base + key->offset));
    case VALUE_WORD:
    case VALUE_BITS:
    case VALUE_FLAG:
        return read_words(l, key, n, base);
    case VALUE_LIST:
        return read_list(l, key, n, base);
    }
    return false;
}

/* ---- a mapping by its table -------------------------------------------------------------- */

void
entry_set_initial(const struct table *t, char *base)
{
    memset(base, 0, t->size);
    for (int i = 0; i < t->n_keys; i++) {
        const struct key *key = &t->keys[i];

        if (key->type == VALUE_NUMBER || key->type == VALUE_RANGE)
            set_number(base, key->offset, key->initial);
        if (key->type == VALUE_RANGE)
            set_number(base, key->offset + sizeof(double), key->initial);
        if (key->type == VALUE_LIST)
            memcpy(base + key->count, &key->first, sizeof key->first);
    }
}

static const char *
next_key(const void *ctx, int i)
{
    const struct table *t = ctx;

    return i < t->n_keys ? t->keys[i].name : NULL;
}

/* From *at on, where the next is to be looked for: entries are mostly written in the table's order. */
static const struct key *
find_key(const struct table *t, const char *name, int *at)
{
    for (int k = 0, i = *at; k < t->n_keys; k++, i++) {
        if (i >= t->n_keys)
            i = 0;
        if (t->keys[i].name[0] == name[0] && strcmp(t->keys[i].name, name) == 0) {
            *at = i + 1;
            return &t->keys[i];
        }
    }
    return NULL;
}

static bool
is_origin_key(const char *name)
{
    return strcmp(name, "source") == 0 || strcmp(name, "as_of") == 0;
}

void
entry_read(struct loader *l, const struct table *t, const struct node *n, char *base, bool *bad)
{
    const bool is_kind = t->name != NULL;
    uint64_t seen = 0;
    int next = 0;

    entry_set_initial(t, base);
    if (n->kind != NODE_MAPPING) {
        loader_complain(l, n, ERR_SYNTAX, "expected an entry with keys");
        *bad = true;
        return;
    }
    for (size_t i = 0; i < n->n; i++) {
        const char *name = node_text(&n->keys[i], "");
        const struct key *key = find_key(t, name, &next);

        if (key == NULL) {
            if (is_kind && is_origin_key(name))
                continue;
            const char *nearest = text_nearest(name, next_key, t);
            if (nearest != NULL)
                loader_complain(l, &n->keys[i], ERR_UNKNOWN, "unknown key \"%s\", nearest \"%s\"", name, nearest);
            else
                loader_complain(l, &n->keys[i], ERR_UNKNOWN, "unknown key \"%s\"", name);
            *bad = true;
        } else if (n->items[i].kind != NODE_NULL) {
            seen |= (uint64_t)1 << (key - t->keys);
            if (!read_value(l, key, &n->items[i], base))
                *bad = true;
        }
    }
    for (int i = 0; i < t->n_keys; i++)
        if (t->keys[i].required && !(seen >> i & 1)) {
            loader_complain(l, n, ERR_SYNTAX, "the entry has no \"%s\"", t->keys[i].name);
            *bad = true;
        }
}

/* ---- where a figure comes from --------------------------------------------------------------- */

/* The words of one source: an entry of the file's "sources", or the text itself. */
static const char *
source_words(struct loader *l, const struct node *n, struct date *as_of)
{
    const char *name = node_text(n, "");
    const struct node *row = node_get(&l->sources, name);

    if (row == NULL)
        return name;
    const struct node *date = node_get(row, "as_of");
    if (date != NULL && as_of->year == 0)
        read_date(l, "as_of", date, as_of);
    return node_text(node_get(row, "text"), "");
}

bool
entry_read_origin(struct loader *l, const struct node *n, struct origin *o)
{
    const struct node *source = node_get(n, "source"), *as_of = node_get(n, "as_of");
    const char *alone = node_text(source, NULL);
    struct buffer words;

    o->file = l->file;
    o->line = n->line;
    if (as_of == NULL && alone != NULL && l->last.name != NULL && strcmp(l->last.name, alone) == 0) {
        o->text = l->last.words;
        o->as_of = l->last.as_of;
        return true;
    }
    if (as_of != NULL && !read_date(l, "as_of", as_of, &o->as_of))
        return false;
    buffer_init(&words);
    if (source != NULL && source->kind == NODE_SEQUENCE) {
        for (size_t i = 0; i < source->n; i++) {
            if (i > 0)
                buffer_puts(&words, "; ");
            buffer_puts(&words, source_words(l, &source->items[i], &o->as_of));
        }
    } else if (source != NULL) {
        buffer_puts(&words, source_words(l, source, &o->as_of));
    }
    o->text = loader_keep(l, words.text != NULL ? words.text : "");
    bool empty = words.n == 0 || words.failed;
    buffer_release(&words);
    if (empty) {
        loader_complain(l, n, ERR_SYNTAX, "the entry has no source");
        return false;
    }
    if (o->as_of.year == 0) {
        loader_complain(l, n, ERR_SYNTAX, "the entry has no date: add \"as_of: YYYY-MM-DD\"");
        return false;
    }
    if (as_of == NULL && alone != NULL && o->text != NULL) {
        l->last.name = loader_keep(l, alone);
        l->last.words = o->text;
        l->last.as_of = o->as_of;
    }
    return true;
}
