/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "splice.h"

/* Operations on the entries of a mapping as wholes: rename, move, copy. */

/* Bytes from..to of the text. */
struct span {
    size_t from, to;
};

/* In a block its lines, comments included; between brackets the key and its value. */
static struct span
span_of(const struct work *w, const struct node *mapping, size_t k)
{
    const struct node *key = &mapping->keys[k], *item = &mapping->items[k];

    if (!mapping->flow)
        return (struct span){ entry_start(w, mapping, k), entry_end(w, mapping, k) };
    return (struct span){ key->begin, item->end > key->end ? item->end : key->end };
}

static int
begin_at(struct work *w, struct place *at, const char *bytes, size_t n, const char *path, struct error *err)
{
    struct path p;

    if (work_begin(w, bytes, n, err) < 0 || path_split(&p, path, err) < 0)
        return -1;
    *at = work_find(w, &p);
    if (at->depth < p.n || at->parent->kind != NODE_MAPPING)
        return error_set(err, ERR_UNKNOWN, "the file has no %s", path);
    return 0;
}

/* Lines are to follow entry k; "at" is found again if the text had to be changed for it. */
static int
close_behind(struct work *w, struct place *at, size_t k, const char *path)
{
    struct path p;

    if (work_close_last_line(w, span_of(w, at->parent, k).to) < 0 || path_split(&p, path, w->err) < 0)
        return -1;
    *at = work_find(w, &p);
    return 0;
}

static int
check_new_key(struct work *w, const struct node *mapping, const char *key)
{
    if (node_find(mapping, key) >= 0)
        return error_set(w->err, ERR_CONFLICT, "there is a key %s already", key);
    return 0;
}

/* ---- rename ---------------------------------------------------------------------------------- */

static int
rename_key(struct work *w, const struct place *at, const char *new_key)
{
    struct node *key = &at->parent->keys[at->index];
    struct buffer b;

    if (strcmp(key->text, new_key) == 0)
        return 0;
    if (check_new_key(w, at->parent, new_key) < 0)
        return -1;
    buffer_init(&b);
    put_scalar(&b, new_key, true);
    if (work_replace(w, key->begin, key->end, &b) < 0)
        return -1;
    return node_set_text(key, new_key) ? 0 : work_no_memory(w);
}

int
splice_rename_key(char **out, size_t *out_n, const char *bytes, size_t n, const char *path, const char *new_key,
                  struct error *err)
{
    struct work w;
    struct place at;
    int status = begin_at(&w, &at, bytes, n, path, err);

    if (status == 0)
        status = rename_key(&w, &at, new_key);
    if (status == 0)
        status = work_settle(&w, path);
    return work_finish(&w, status, out, out_n);
}

/* ---- move -------------------------------------------------------------------------------------- */

/* The entries change places; what stands between them, empty lines or commas, stays. */
static int
move_key(struct work *w, struct node *mapping, size_t from, size_t to)
{
    size_t low = from < to ? from : to, high = from < to ? to : from, begin = span_of(w, mapping, low).from,
           last = span_of(w, mapping, high).to, end = last;
    bool ends_open = !mapping->flow && w->bytes[last - 1] != '\n';
    struct buffer b;

    buffer_init(&b);
    for (size_t place = low; place <= high; place++) {
        size_t entry = place == to ? from : from < to ? place + 1 : place - 1;
        struct span s = span_of(w, mapping, entry);
        if (!mapping->flow && !is_first_on_line(w, mapping->keys[entry].begin)) {
            buffer_release(&b);
            return error_set(w->err, ERR_CONFLICT, "the entries in line %d cannot change places; edit them by hand", mapping->line);
        }
        buffer_add(&b, w->bytes + s.from, s.to - s.from);
        if (ends_open && s.to == last) /* the text's last line, without a newline, may not be last now */
            buffer_puts(&b, w->eol);
        size_t gap = span_of(w, mapping, place).to;
        if (!mapping->flow)
            gap = skip_empty_lines(w, &mapping->items[entry], gap);
        if (place < high)
            buffer_add(&b, w->bytes + gap, span_of(w, mapping, place + 1).from - gap);
        else
            end = gap;
    }
    if (work_replace(w, begin, end, &b) < 0)
        return -1;
    node_move(mapping, from, to);
    return 0;
}

int
splice_move_key(char **out, size_t *out_n, const char *bytes, size_t n, const char *path, int to_index, struct error *err)
{
    struct work w;
    struct place at;
    int status = begin_at(&w, &at, bytes, n, path, err);

    if (status == 0 && (to_index < 0 || (size_t)to_index >= at.parent->n))
        status = error_set(err, ERR_RANGE, "there is no place %d for %s", to_index, path);
    if (status == 0 && at.index != (size_t)to_index) {
        status = close_behind(&w, &at, at.index > (size_t)to_index ? at.index : (size_t)to_index, path);
        if (status == 0)
            status = move_key(&w, at.parent, at.index, (size_t)to_index);
        if (status == 0)
            status = work_settle(&w, path);
    }
    return work_finish(&w, status, out, out_n);
}

/* ---- copy ------------------------------------------------------------------------------------------ */

static bool
is_line_break(char c)
{
    return c == '\n' || c == '\r';
}

/* Does an empty line part the entry from the one above, or below if it is the first? */
static bool
stands_apart(const struct work *w, const struct node *mapping, size_t k)
{
    size_t at;

    if (mapping->n < 2)
        return false;
    at = k > 0 ? span_of(w, mapping, k - 1).to : span_of(w, mapping, k).to;
    return at < w->n && is_line_break(w->bytes[at]);
}

static int
copy_key(struct work *w, const struct place *at, const char *new_key)
{
    struct node *mapping = at->parent;
    const struct node *key = &mapping->keys[at->index];
    struct span s = span_of(w, mapping, at->index);
    struct buffer b;

    if (check_new_key(w, mapping, new_key) < 0)
        return -1;
    buffer_init(&b);
    if (mapping->flow)
        buffer_puts(&b, ", ");
    else {
        if (w->bytes[s.to - 1] != '\n')
            buffer_puts(&b, w->eol);
        if (stands_apart(w, mapping, at->index))
            buffer_puts(&b, w->eol);
    }
    buffer_add(&b, w->bytes + s.from, key->begin - s.from);
    put_scalar(&b, new_key, true);
    buffer_add(&b, w->bytes + key->end, s.to - key->end);
    if (!mapping->flow && b.n > 0 && b.text[b.n - 1] != '\n')
        buffer_puts(&b, w->eol);
    if (work_replace(w, s.to, s.to, &b) < 0)
        return -1;
    if (!node_insert(mapping, at->index + 1, new_key) ||
        !node_copy(&mapping->items[at->index + 1], &mapping->items[at->index]))
        return work_no_memory(w);
    return 0;
}

int
splice_copy_key(char **out, size_t *out_n, const char *bytes, size_t n, const char *path, const char *new_key,
                struct error *err)
{
    struct work w;
    struct place at;
    int status = begin_at(&w, &at, bytes, n, path, err);

    if (status == 0)
        status = close_behind(&w, &at, at.index, path);
    if (status == 0)
        status = copy_key(&w, &at, new_key);
    if (status == 0)
        status = work_settle(&w, path);
    return work_finish(&w, status, out, out_n);
}
