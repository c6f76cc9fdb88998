/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "breakeven/scenario.h"

/*
 * What was done, so that it can be taken back: the place and both texts of an edit; both
 * scenarios of a step that a text cannot tell.
 */

#define TEXT_BYTES 4096 /* a set of 32 long names */
#define CHANGE_BYTES 512 /* a longer text is kept as the scenarios around it */

void
history_init(struct history *h)
{
    memset(h, 0, sizeof *h);
}

void
history_release(struct history *h)
{
    for (int k = 0; k < h->n; k++)
        free(h->list[k].path);
    free(h->list);
    free(h->snapshots);
    memset(h, 0, sizeof *h);
}

/* ---- remembering ---------------------------------------------------------------------- */

/* Room for one more change and, if it needs them, two more snapshots. Nothing changes yet. */
static int
make_room(struct history *h, bool snapshots, struct error *err)
{
    if (h->at == h->cap) {
        int cap = h->cap > 0 ? 2 * h->cap : 32;
        struct change *list = realloc(h->list, (size_t)cap * sizeof *list);
        if (list == NULL)
            return error_set(err, ERR_BUG, "no memory for the history");
        h->list = list;
        h->cap = cap;
    }
    if (snapshots) {
        struct scenario *more = realloc(h->snapshots, ((size_t)h->n_snapshots + 2) * sizeof *more);
        if (more == NULL)
            return error_set(err, ERR_BUG, "no memory for the history");
        h->snapshots = more;
    }
    return 0;
}

/* What was undone can no longer be redone; its snapshots go with it. */
static void
forget_undone(struct history *h)
{
    int used = 0;

    if (h->saved > h->at)
        h->saved = -1; /* the saved state was among what is forgotten */
    while (h->n > h->at)
        free(h->list[--h->n].path);
    for (int k = h->n - 1; k >= 0 && used == 0; k--)
        used = h->list[k].snapshot + 1; /* of the last that has any */
    h->n_snapshots = 2 * used;
}

/* Texts of three kinds in as many bytes as they have, since there may be thousands of changes. */
static char *
texts_of(const char *path, const char *before, const char *after)
{
    size_t n_path = strlen(path) + 1, n_before = strlen(before) + 1, n_after = strlen(after) + 1;
    char *text = malloc(n_path + n_before + n_after);

    if (text == NULL)
        return NULL;
    memcpy(text, path, n_path);
    memcpy(text + n_path, before, n_before);
    memcpy(text + n_path + n_before, after, n_after);
    return text;
}

static void
set_texts(struct change *c, char *text)
{
    free(c->path);
    c->path = text;
    c->before = text + strlen(text) + 1;
    c->after = c->before + strlen(c->before) + 1;
}

/* A place at the end of what is applied; make_room went before. text is the change's from here on. */
static struct change *
next_change(struct history *h, char *text)
{
    forget_undone(h);
    struct change *c = &h->list[h->at];
    memset(c, 0, sizeof *c);
    set_texts(c, text);
    c->snapshot = -1;
    c->group = ++h->group;
    h->n = ++h->at;
    return c;
}

static void
keep_snapshots(struct history *h, struct change *c, const struct scenario *before, const struct scenario *after)
{
    c->snapshot = h->n_snapshots / 2;
    h->snapshots[h->n_snapshots++] = *before;
    h->snapshots[h->n_snapshots++] = *after;
}

/* The last change, if this edit goes on with it: a run of nudges at one place. */
static struct change *
change_to_join(struct history *h, const char *path)
{
    struct change *last = h->at > 0 ? &h->list[h->at - 1] : NULL;

    return last != NULL && h->at == h->n && h->saved != h->at && strcmp(last->path, path) == 0 ? last : NULL;
}

/* A run that comes back to where it began is no change. */
static int
join_change(struct history *h, struct change *last, const struct scenario *sc, const char *after, struct error *err)
{
    char *text = texts_of(last->path, last->before, after);

    if (text == NULL)
        return error_set(err, ERR_BUG, "no memory for the history");
    set_texts(last, text);
    if (last->snapshot >= 0)
        h->snapshots[2 * last->snapshot + 1] = *sc;
    else if (strcmp(last->before, after) == 0) {
        h->at--;
        forget_undone(h);
    }
    return 0;
}

/* Both texts say all of the edit, unless it changes the kind of an arm, whose other fields
 * come and go with it, or a text is longer than a change holds. */
static bool
needs_snapshot(struct field_ref ref, const char *before, const char *after)
{
    return (ref.arm >= 0 && ref.field->offset == offsetof(struct arm, kind)) || strlen(before) >= CHANGE_BYTES ||
           strlen(after) >= CHANGE_BYTES;
}

static int
remember(struct history *h, const struct scenario *old, const struct scenario *sc, struct field_ref ref, bool join,
         const struct catalog *catalog, struct error *err)
{
    char path[112], before[TEXT_BYTES], after[TEXT_BYTES], *text;
    struct change *c;

    field_path(sc, ref, path, sizeof path);
    field_get_text(old, ref, before, sizeof before, catalog);
    field_get_text(sc, ref, after, sizeof after, catalog);
    if (strcmp(before, after) == 0)
        return 0;
    bool whole = needs_snapshot(ref, before, after);
    if (join && (c = change_to_join(h, path)) != NULL && whole == (c->snapshot >= 0))
        return join_change(h, c, sc, after, err);
    if (make_room(h, whole, err) < 0)
        return -1;
    if ((text = texts_of(path, before, after)) == NULL)
        return error_set(err, ERR_BUG, "no memory for the history");
    c = next_change(h, text);
    if (whole)
        keep_snapshots(h, c, old, sc);
    return 0;
}

int
history_set(struct history *h, struct scenario *sc, struct field_ref ref, const char *text, bool join,
            const struct catalog *catalog, struct error *err)
{
    struct scenario *old = malloc(sizeof *old);

    if (old == NULL)
        return error_set(err, ERR_BUG, "no memory for the history");
    *old = *sc;
    int status = field_set_text(sc, ref, text, catalog, err);
    if (status == 0 && remember(h, old, sc, ref, join, catalog, err) < 0) {
        *sc = *old; /* what could not be taken back is not done */
        status = -1;
    }
    free(old);
    return status;
}

int
history_step(struct history *h, struct scenario *sc, const struct scenario *after, const char *place, const char *from,
             const char *to, bool join, struct error *err)
{
    char *text;
    struct change *c = join ? change_to_join(h, place) : NULL;

    if (c != NULL && c->snapshot >= 0) {
        if (join_change(h, c, after, to, err) < 0)
            return -1;
        *sc = *after;
        return 0;
    }
    if (make_room(h, true, err) < 0)
        return -1;
    if ((text = texts_of(place, from, to)) == NULL)
        return error_set(err, ERR_BUG, "no memory for the history");
    keep_snapshots(h, next_change(h, text), sc, after);
    *sc = *after;
    return 0;
}

int
history_replace(struct history *h, struct scenario *sc, const struct scenario *after, const char *what, struct error *err)
{
    return history_step(h, sc, after, "arms", "", what, false, err);
}

/* ---- back and forth ------------------------------------------------------------------- */

/* The field as the panes call it, with its arm. */
static void
name_field(const struct change *c, const struct scenario *sc, char *out, size_t size)
{
    struct field_ref ref;
    struct error ignored;

    if (field_find(sc, c->path, &ref, &ignored) < 0)
        text_copy(out, size, c->path);
    else
        field_words(sc, ref, out, size);
}

/* "Requests/day 14M -> 12M", or a structural step's own words. */
static void
say_what(const struct history *h, const struct change *c, const struct scenario *sc, bool back, char *what, size_t size)
{
    const char *from = back ? c->after : c->before, *to = back ? c->before : c->after;
    char words[3 * TEXT_BYTES], name[TEXT_BYTES];

    name_field(c, sc, name, sizeof name);
    if (strcmp(c->path, "arms") == 0)
        text_copy(words, sizeof words, c->after);
    else
        snprintf(words, sizeof words, "%s %s %s %s", name, from[0] != '\0' ? from : "unset",
                 h->arrow != NULL ? h->arrow : "->", to[0] != '\0' ? to : "unset");
    text_clean(what, size, words);
}

static int
apply(struct history *h, struct scenario *sc, const struct catalog *catalog, const struct change *c, bool back, char *what,
      size_t size)
{
    struct field_ref ref;
    struct error err;

    if (c->snapshot >= 0)
        *sc = h->snapshots[2 * c->snapshot + (back ? 0 : 1)];
    else if (field_find(sc, c->path, &ref, &err) < 0 ||
             field_set_text(sc, ref, back ? c->before : c->after, catalog, &err) < 0)
        return -1;
    say_what(h, c, sc, back, what, size);
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
