/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "splice.h"

/* The text under the knife: finding, places, replacing, checking. */

int
work_no_memory(struct work *w)
{
    return error_set(w->err, ERR_BUG, "no memory for the edit");
}

int
work_begin(struct work *w, const char *bytes, size_t n, struct error *err)
{
    memset(w, 0, sizeof *w);
    w->err = err;
    w->n = n;
    w->bytes = malloc(n + 1);
    if (w->bytes == NULL)
        return work_no_memory(w);
    if (n > 0)
        memcpy(w->bytes, bytes, n);
    w->bytes[n] = '\0';
    const char *newline = memchr(w->bytes, '\n', n);
    w->eol = newline != NULL && newline > w->bytes && newline[-1] == '\r' ? "\r\n" : "\n";
    return document_parse_to_change(&w->doc, w->bytes, n, err);
}

int
work_finish(struct work *w, int status, char **out, size_t *out_n)
{
    document_free(w->doc);
    if (status < 0) {
        free(w->bytes);
        return -1;
    }
    *out = w->bytes;
    *out_n = w->n;
    return 0;
}

/* ---- the tree ----------------------------------------------------------------------------- */

struct place
work_find(struct work *w, const struct path *p)
{
    struct place at = { .node = &w->doc->root };

    for (; at.depth < p->n; at.depth++) {
        long k = node_child(at.node, p->part[at.depth]);
        if (k < 0)
            break;
        at.parent = at.node;
        at.index = (size_t)k;
        at.node = &at.node->items[k];
    }
    return at;
}

int
work_replace(struct work *w, size_t from, size_t to, struct buffer *b)
{
    char *made = b->failed ? NULL : malloc(w->n - (to - from) + b->n + 1);

    if (made != NULL) {
        memcpy(made, w->bytes, from);
        memcpy(made + from, b->text, b->n);
        memcpy(made + from + b->n, w->bytes + to, w->n - to);
        w->n = w->n - (to - from) + b->n;
        made[w->n] = '\0';
        free(w->bytes);
        w->bytes = made;
    }
    buffer_release(b);
    return made != NULL ? 0 : work_no_memory(w);
}

int
work_settle(struct work *w, const char *path)
{
    struct document *made;
    struct error why;

    if (document_parse_to_change(&made, w->bytes, w->n, &why) < 0)
        return error_set(w->err, ERR_CONFLICT, "%s cannot be written into this file without harm (%s); edit it by hand", path,
                         why.text);
    bool same = node_same(&w->doc->root, &made->root);
    document_free(w->doc);
    w->doc = made;
    return same ? 0
                : error_set(w->err, ERR_CONFLICT, "%s cannot be written into this file without harm to the rest; edit it by hand",
                            path);
}

/* ---- lines ---------------------------------------------------------------------------------- */

size_t
line_start(const struct work *w, size_t at)
{
    size_t first = bom_length(w->bytes, w->n);

    while (at > first && w->bytes[at - 1] != '\n')
        at--;
    return at;
}

size_t
line_end(const struct work *w, size_t at)
{
    while (at < w->n && w->bytes[at] != '\n')
        at++;
    return at < w->n ? at + 1 : at;
}

static size_t
skip_spaces(const struct work *w, size_t at)
{
    while (at < w->n && (w->bytes[at] == ' ' || w->bytes[at] == '\t'))
        at++;
    return at;
}

bool
is_first_on_line(const struct work *w, size_t at)
{
    return skip_spaces(w, line_start(w, at)) == at;
}

/* Spaces and a line end, at a line's beginning. */
static bool
is_empty_line(const struct work *w, size_t at)
{
    at = skip_spaces(w, at);
    return at < w->n && (w->bytes[at] == '\n' || (w->bytes[at] == '\r' && w->bytes[at + 1] == '\n'));
}

size_t
skip_comments(const struct work *w, size_t at, size_t column)
{
    for (size_t line = at; line < w->n && (line == 0 || w->bytes[line - 1] == '\n');) {
        size_t mark = skip_spaces(w, line), next = line_end(w, line);
        if (is_empty_line(w, line)) {
            line = next; /* counts only if such a comment follows */
            continue;
        }
        if (w->bytes[mark] != '#' || mark - line + 1 < column)
            break;
        at = line = next;
    }
    return at;
}

/* Does the header of this block scalar, as "|2+", say that empty lines below are part of it? */
static bool
is_kept(const struct work *w, const struct node *n)
{
    size_t at = n->begin + 1;

    return w->bytes[at + strspn(w->bytes + at, "123456789")] == '+';
}

/* A block scalar's mark lies behind the empty lines that follow it, its own or not. */
static size_t
block_end(const struct work *w, const struct node *n)
{
    size_t end = n->end;

    if (is_kept(w, n))
        return end;
    while (end > line_end(w, n->begin) && w->bytes[end - 1] == '\n' && is_empty_line(w, line_start(w, end - 1)))
        end = line_start(w, end - 1);
    return end;
}

/* The last scalar, or whatever has no end of its own, below n; NULL in a flow collection. */
static const struct node *
last_leaf(const struct node *n)
{
    while (n->n > 0 && !n->flow)
        n = &n->items[n->n - 1];
    return n->kind == NODE_SCALAR ? n : NULL;
}

size_t
value_end(const struct work *w, const struct node *key, const struct node *item)
{
    const struct node *leaf = last_leaf(item);
    size_t end = key != NULL && item->end < key->end ? key->end : item->end;

    if (leaf != NULL && leaf->style == SCALAR_BLOCK) {
        end = block_end(w, leaf);
        if (end > 0 && w->bytes[end - 1] == '\n')
            return end;
    }
    return line_end(w, end);
}

/* ---- entries ----------------------------------------------------------------------------------- */

size_t
entry_start(const struct work *w, const struct node *mapping, size_t k)
{
    const struct node *key = &mapping->keys[k];
    size_t start = line_start(w, key->begin), first = bom_length(w->bytes, w->n);

    while (start > first) {
        size_t above = line_start(w, start - 1), mark = skip_spaces(w, above);
        if (w->bytes[mark] != '#' || mark - above != (size_t)key->column - 1)
            break;
        start = above;
    }
    return start;
}

size_t
entry_end(const struct work *w, const struct node *mapping, size_t k)
{
    const struct node *key = &mapping->keys[k];

    return skip_comments(w, value_end(w, key, &mapping->items[k]), (size_t)key->column + 1);
}

size_t
skip_empty_lines(const struct work *w, const struct node *item, size_t at)
{
    const struct node *leaf = last_leaf(item);

    if (leaf == NULL || leaf->style != SCALAR_BLOCK || !is_kept(w, leaf))
        return at;
    while (at < w->n && is_empty_line(w, at))
        at = line_end(w, at);
    return at;
}

int
work_close_last_line(struct work *w, size_t behind)
{
    const struct node *last = last_leaf(&w->doc->root);
    struct buffer b;

    if (behind < w->n || w->n == 0 || strchr("\r\n", w->bytes[w->n - 1]) != NULL || last == NULL || last->style != SCALAR_BLOCK || last->end < w->n)
        return 0;
    size_t at = last->begin + 1;
    at += strspn(w->bytes + at, "123456789");
    if (w->bytes[at] == '-')
        return 0;
    buffer_init(&b);
    buffer_putc(&b, '-');
    if (work_replace(w, at, at + (w->bytes[at] == '+'), &b) < 0)
        return -1;
    return work_settle(w, "the last line");
}
