/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "tree.h"

struct document *
document_new(void)
{
    return calloc(1, sizeof(struct document));
}

/* Depth is limited by the parsers, so recursion is. */
void
node_release(struct node *n)
{
    for (size_t k = 0; k < n->n; k++) {
        if (n->keys != NULL)
            node_release(&n->keys[k]);
        node_release(&n->items[k]);
    }
    free(n->keys);
    free(n->items);
    free(n->text);
    memset(n, 0, sizeof *n);
}

void
document_free(struct document *d)
{
    if (d == NULL)
        return;
    if (d->room == NULL)
        node_release(&d->root);
    room_free(d->room);
    free(d);
}

/* ---- many small pieces ------------------------------------------------------------------- */

#define ROOM_BYTES 16384

struct room {
    struct room *before;
    size_t used, size;
    max_align_t bytes[];
};

void *
room_take(struct room **room, size_t bytes)
{
    struct room *r = *room;

    bytes = (bytes + sizeof(void *) - 1) / sizeof(void *) * sizeof(void *);
    if (r == NULL || r->size - r->used < bytes) {
        size_t size = r != NULL && r->size < 16 * ROOM_BYTES ? 2 * r->size : ROOM_BYTES;

        size = size < bytes ? bytes : size;
        r = malloc(sizeof *r + size);
        if (r == NULL)
            return NULL;
        *r = (struct room){ *room, 0, size };
        *room = r;
    }
    void *taken = (char *)r->bytes + r->used;
    r->used += bytes;
    return taken;
}

void
room_empty(struct room **room)
{
    if (*room == NULL)
        return;
    room_free((*room)->before);
    (*room)->before = NULL;
    (*room)->used = 0;
}

void
room_free(struct room *r)
{
    while (r != NULL) {
        struct room *before = r->before;

        free(r);
        r = before;
    }
}

const struct node *
document_root(const struct document *d)
{
    return &d->root;
}

/* Grows by doubling; cap is the caller's to keep. */
struct node *
node_append(struct node *c, size_t *cap, struct node **key)
{
    if (c->n == *cap) {
        size_t more = *cap > 0 ? 2 * *cap : 8;
        struct node *items = realloc(c->items, more * sizeof *items);
        if (items == NULL)
            return NULL;
        c->items = items;
        if (c->kind == NODE_MAPPING) {
            struct node *keys = realloc(c->keys, more * sizeof *keys);
            if (keys == NULL)
                return NULL;
            c->keys = keys;
        }
        *cap = more;
    }
    memset(&c->items[c->n], 0, sizeof c->items[0]);
    if (c->kind == NODE_MAPPING) {
        memset(&c->keys[c->n], 0, sizeof c->keys[0]);
        if (key != NULL)
            *key = &c->keys[c->n];
    }
    return &c->items[c->n++];
}

long
node_find(const struct node *mapping, const char *key)
{
    if (mapping == NULL || mapping->kind != NODE_MAPPING)
        return -1;
    for (size_t k = 0; k < mapping->n; k++)
        if (mapping->keys[k].text[0] == key[0] && strcmp(mapping->keys[k].text, key) == 0)
            return (long)k;
    return -1;
}

long
node_child(const struct node *n, const char *part)
{
    char *end;

    if (n->kind != NODE_SEQUENCE)
        return node_find(n, part);
    if (strspn(part, "0123456789") == 0)
        return -1;
    unsigned long k = strtoul(part, &end, 10);
    return *end == '\0' && k < n->n ? (long)k : -1;
}

int
path_split(struct path *p, const char *text, struct error *err)
{
    p->n = 0;
    if (!text_copy(p->text, sizeof p->text, text))
        return error_set(err, ERR_BUG, "the path %s is too long", text);
    for (char *at = p->text; at != NULL;) {
        if (p->n == PATH_PARTS)
            return error_set(err, ERR_BUG, "the path %s is too deep", text);
        p->part[p->n++] = at;
        at = strchr(at, '.');
        if (at != NULL)
            *at++ = '\0';
    }
    return 0;
}

const struct node *
node_at(const struct node *root, const char *path)
{
    struct path p;
    struct error ignored;

    if (path_split(&p, path, &ignored) < 0)
        return NULL;
    for (int k = 0; root != NULL && k < p.n; k++) {
        const long i = node_child(root, p.part[k]);
        root = i >= 0 ? &root->items[i] : NULL;
    }
    return root;
}

const struct node *
node_get(const struct node *mapping, const char *key)
{
    long k = node_find(mapping, key);

    return k >= 0 ? &mapping->items[k] : NULL;
}

const struct node *
node_key(const struct node *mapping, const char *key)
{
    long k = node_find(mapping, key);

    return k >= 0 ? &mapping->keys[k] : NULL;
}

const char *
node_text(const struct node *n, const char *fallback)
{
    return n != NULL && n->kind == NODE_SCALAR ? n->text : fallback;
}

/* Up to 15 digits with a point among them, as most numbers are: an integer and a power of ten that a double both
 * holds exactly, so that their quotient is the nearest double, as strtod's. */
static bool
short_number(const char *text, double *value)
{
    static const double tens[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15 };
    const char *p = text + (*text == '-');
    int64_t digits = 0;
    int n = 0, behind = -1;

    for (; n <= 15; p++)
        if (*p >= '0' && *p <= '9') {
            digits = 10 * digits + (*p - '0');
            behind += behind >= 0;
            n++;
        } else if (*p == '.' && behind < 0)
            behind = 0;
        else
            break;
    if (*p != '\0' || n == 0 || n > 15)
        return false;
    double x = (double)digits / tens[behind > 0 ? behind : 0];
    *value = *text == '-' ? -x : x;
    return true;
}

bool
node_number(const struct node *n, double *value)
{
    const char *text = node_text(n, NULL);
    char *end;

    if (text != NULL && short_number(text, value))
        return true;
    if (text == NULL || *text == '\0' || strchr("0123456789+-.", *text) == NULL || strpbrk(text, "xXnNpP") != NULL)
        return false;
    double x = strtod(text, &end);
    if (*end != '\0' || !isfinite(x))
        return false;
    *value = x;
    return true;
}

/* ---- changing -------------------------------------------------------------------------- */

bool
node_set_text(struct node *n, const char *text)
{
    char *copy = strdup(text);

    if (copy == NULL)
        return false;
    node_release(n);
    n->kind = NODE_SCALAR;
    n->text = copy;
    return true;
}

bool
node_copy(struct node *to, const struct node *from)
{
    *to = *from;
    to->text = NULL;
    to->keys = to->items = NULL;
    to->n = 0;
    if (from->text != NULL && (to->text = strdup(from->text)) == NULL)
        return false;
    if (from->n == 0)
        return true;
    to->items = calloc(from->n, sizeof *to->items);
    to->keys = from->keys != NULL ? calloc(from->n, sizeof *to->keys) : NULL;
    if (to->items == NULL || (from->keys != NULL && to->keys == NULL))
        return false;
    for (; to->n < from->n; to->n++)
        if ((from->keys != NULL && !node_copy(&to->keys[to->n], &from->keys[to->n])) ||
            !node_copy(&to->items[to->n], &from->items[to->n])) {
            to->n++; /* so that the half-made one is released too */
            return false;
        }
    return true;
}

bool
node_extend(struct node *sequence)
{
    struct node *items = realloc(sequence->items, (sequence->n + 1) * sizeof *items);

    if (items == NULL)
        return false;
    sequence->items = items;
    memset(&items[sequence->n++], 0, sizeof items[0]);
    return true;
}

bool
node_insert(struct node *m, size_t at, const char *key)
{
    struct node made = { 0 };
    size_t behind = (m->n - at) * sizeof made;

    struct node *items = realloc(m->items, (m->n + 1) * sizeof *items);
    if (items == NULL)
        return false;
    m->items = items;
    struct node *keys = realloc(m->keys, (m->n + 1) * sizeof *keys);
    if (keys == NULL)
        return false;
    m->keys = keys;
    if (!node_set_text(&made, key))
        return false;
    memmove(&items[at + 1], &items[at], behind);
    memmove(&keys[at + 1], &keys[at], behind);
    memset(&items[at], 0, sizeof items[at]);
    keys[at] = made;
    m->n++;
    return true;
}

void
node_remove(struct node *c, size_t at)
{
    size_t behind = (c->n - at - 1) * sizeof c->items[0];

    node_release(&c->items[at]);
    memmove(&c->items[at], &c->items[at + 1], behind);
    if (c->keys != NULL) {
        node_release(&c->keys[at]);
        memmove(&c->keys[at], &c->keys[at + 1], behind);
    }
    c->n--;
}

static void
shift(struct node *list, size_t from, size_t to)
{
    struct node moved = list[from];

    if (to > from)
        memmove(&list[from], &list[from + 1], (to - from) * sizeof moved);
    else
        memmove(&list[to + 1], &list[to], (from - to) * sizeof moved);
    list[to] = moved;
}

void
node_move(struct node *m, size_t from, size_t to)
{
    shift(m->keys, from, to);
    shift(m->items, from, to);
}

static bool
is_empty(const struct node *n)
{
    return n->kind == NODE_NULL || (n->kind != NODE_SCALAR && n->n == 0);
}

bool
node_same(const struct node *a, const struct node *b)
{
    if (is_empty(a) || is_empty(b))
        return is_empty(a) && is_empty(b);
    if (a->kind != b->kind || a->n != b->n)
        return false;
    if (a->kind == NODE_SCALAR)
        return strcmp(a->text, b->text) == 0;
    for (size_t k = 0; k < a->n; k++)
        if ((a->kind == NODE_MAPPING && strcmp(a->keys[k].text, b->keys[k].text) != 0) ||
            !node_same(&a->items[k], &b->items[k]))
            return false;
    return true;
}

/* ---- places ------------------------------------------------------------------------------ */

void
place_of(const char *bytes, size_t at, int *line, int *column)
{
    *line = *column = 1;
    for (size_t k = bom_length(bytes, at); k < at; k++)
        if (bytes[k] == '\n' || (bytes[k] == '\r' && (k + 1 == at || bytes[k + 1] != '\n')))
            ++*line, *column = 1;
        else if (((unsigned char)bytes[k] & 0xc0) != 0x80 && bytes[k] != '\r')
            ++*column;
}

size_t
bom_length(const char *bytes, size_t n)
{
    return n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}
