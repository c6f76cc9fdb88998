/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
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
    node_release(&d->root);
    free(d);
}

const struct node *
document_root(const struct document *d)
{
    return &d->root;
}

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

static long
find_key(const struct node *mapping, const char *key)
{
    if (mapping == NULL || mapping->kind != NODE_MAPPING)
        return -1;
    for (size_t k = 0; k < mapping->n; k++)
        if (strcmp(mapping->keys[k].text, key) == 0)
            return (long)k;
    return -1;
}

const struct node *
node_get(const struct node *mapping, const char *key)
{
    long k = find_key(mapping, key);

    return k >= 0 ? &mapping->items[k] : NULL;
}

const struct node *
node_key(const struct node *mapping, const char *key)
{
    long k = find_key(mapping, key);

    return k >= 0 ? &mapping->keys[k] : NULL;
}

const char *
node_text(const struct node *n, const char *fallback)
{
    return n != NULL && n->kind == NODE_SCALAR ? n->text : fallback;
}

bool
node_number(const struct node *n, double *value)
{
    const char *text = node_text(n, NULL);
    char *end;

    if (text == NULL || *text == '\0' || strchr("0123456789+-.", *text) == NULL || strpbrk(text, "xXnNpP") != NULL)
        return false;
    double x = strtod(text, &end);
    if (*end != '\0' || !isfinite(x))
        return false;
    *value = x;
    return true;
}
