/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "breakeven/scenario.h"

void
history_init(struct history *h)
{
    memset(h, 0, sizeof *h);
}

void
history_release(struct history *h)
{
    free(h->list);
    free(h->snapshots);
    memset(h, 0, sizeof *h);
}

/* A place at the end of what is applied; what was undone is forgotten. */
static struct change *
next_change(struct history *h, struct error *err)
{
    if (h->at == h->cap) {
        int cap = h->cap > 0 ? 2 * h->cap : 32;
        struct change *list = realloc(h->list, (size_t)cap * sizeof *list);
        if (list == NULL) {
            error_set(err, ERR_BUG, "no memory for the history");
            return NULL;
        }
        h->list = list;
        h->cap = cap;
    }
    if (h->saved > h->at)
        h->saved = -1; /* the saved state was among what is forgotten */
    h->n = h->at;
    int used = 0; /* snapshots of what is forgotten go with it */
    for (int k = 0; k < h->n; k++)
        if (h->list[k].snapshot >= used)
            used = h->list[k].snapshot + 1;
    h->n_snapshots = 2 * used;
    struct change *c = &h->list[h->at];
    memset(c, 0, sizeof *c);
    c->snapshot = -1;
    return c;
}

int
history_set(struct history *h, struct scenario *sc, struct field_ref ref, const char *text, bool join,
            const struct catalog *catalog, struct error *err)
{
    char path[112], before[512], after[512];

    field_path(sc, ref, path, sizeof path);
    field_get_text(sc, ref, before, sizeof before, catalog);
    if (field_set_text(sc, ref, text, catalog, err) < 0)
        return -1;
    field_get_text(sc, ref, after, sizeof after, catalog);
    if (strcmp(before, after) == 0)
        return 0;
    struct change *last = h->at > 0 ? &h->list[h->at - 1] : NULL;
    if (join && last != NULL && h->at == h->n && h->saved != h->at && last->snapshot < 0 && strcmp(last->path, path) == 0) {
        text_copy(last->after, sizeof last->after, after);
        return 0;
    }
    struct change *c = next_change(h, err);
    if (c == NULL) {
        struct error ignored;
        field_set_text(sc, ref, before, catalog, &ignored);
        return -1;
    }
    text_copy(c->path, sizeof c->path, path);
    text_copy(c->before, sizeof c->before, before);
    text_copy(c->after, sizeof c->after, after);
    c->group = ++h->group;
    h->n = ++h->at;
    return 0;
}

int
history_replace(struct history *h, struct scenario *sc, const struct scenario *after, const char *what, struct error *err)
{
    struct change *c = next_change(h, err);

    if (c == NULL)
        return -1;
    struct scenario *more = realloc(h->snapshots, ((size_t)h->n_snapshots + 2) * sizeof *more);
    if (more == NULL)
        return error_set(err, ERR_BUG, "no memory for the history");
    h->snapshots = more;
    c->snapshot = h->n_snapshots / 2;
    h->snapshots[h->n_snapshots++] = *sc;
    h->snapshots[h->n_snapshots++] = *after;
    text_copy(c->path, sizeof c->path, "arms");
    text_copy(c->after, sizeof c->after, what);
    c->group = ++h->group;
    h->n = ++h->at;
    *sc = *after;
    return 0;
}

static const char *
last_word(const char *path)
{
    const char *dot = strrchr(path, '.');

    return dot != NULL ? dot + 1 : path;
}

static int
apply(struct history *h, struct scenario *sc, const struct catalog *catalog, const struct change *c, bool back, char *what,
      size_t size)
{
    const char *text = back ? c->before : c->after, *from = back ? c->after : c->before;
    struct field_ref ref;
    struct error err;

    if (c->snapshot >= 0) {
        *sc = h->snapshots[2 * c->snapshot + (back ? 0 : 1)];
        text_copy(what, size, c->after);
        return 0;
    }
    if (field_find(sc, c->path, &ref, &err) < 0 || field_set_text(sc, ref, text, catalog, &err) < 0)
        return -1;
    snprintf(what, size, "%s %s -> %s", last_word(c->path), from[0] != '\0' ? from : "unset", text[0] != '\0' ? text : "unset");
    return 0;
}

int
history_undo(struct history *h, struct scenario *sc, const struct catalog *catalog, char *what, size_t size)
{
    if (h->at == 0)
        return 0;
    int group = h->list[h->at - 1].group;
    while (h->at > 0 && h->list[h->at - 1].group == group) {
        if (apply(h, sc, catalog, &h->list[h->at - 1], true, what, size) < 0)
            return -1;
        h->at--;
    }
    return 1;
}

int
history_redo(struct history *h, struct scenario *sc, const struct catalog *catalog, char *what, size_t size)
{
    if (h->at == h->n)
        return 0;
    int group = h->list[h->at].group;
    while (h->at < h->n && h->list[h->at].group == group) {
        if (apply(h, sc, catalog, &h->list[h->at], false, what, size) < 0)
            return -1;
        h->at++;
    }
    return 1;
}

int
history_unsaved(const struct history *h)
{
    return h->saved < 0 ? (h->at > 0 ? h->at : 1) : abs(h->at - h->saved);
}

void
history_mark_saved(struct history *h)
{
    h->saved = h->at;
}
