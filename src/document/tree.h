/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_DOCUMENT_TREE_H
#define BREAKEVEN_DOCUMENT_TREE_H

#include "breakeven/document.h"

struct room;
struct document {
    struct node root;
    struct room *room; /* where the nodes lie, which are then read alone; NULL: each by itself */
};

/* A path in its parts: "arms.own.gpu". */
#define PATH_PARTS 8
struct path {
    char text[256];
    const char *part[PATH_PARTS];
    int n;
};

int path_split(struct path *, const char *text, struct error *);

/* Memory that is given back as a whole; NULL: none is left. */
void *room_take(struct room **, size_t bytes);
void room_empty(struct room **); /* one block stays, to be used again */
void room_free(struct room *);

struct document *document_new(void);
void node_release(struct node *);
/* Append an empty node to a collection; for a mapping the key's node too. NULL: no memory. */
struct node *node_append(struct node *collection, size_t *cap, struct node **key);

/* ---- changing a tree that has been read; false: no memory -------------------------- */

/* Where a key stands; -1 if absent or not a mapping. */
long node_find(const struct node *mapping, const char *key);
/* The same of a part of a path: of a sequence, its number from 0. */
long node_child(const struct node *collection, const char *part);
/* Make n this scalar, whatever it was. */
bool node_set_text(struct node *n, const char *text);
/* A deep copy into *to, which holds nothing; places are copied too. */
bool node_copy(struct node *to, const struct node *from);
/* An empty value for key before place "at" of a mapping. */
bool node_extend(struct node *sequence); /* an item of nothing */
bool node_insert(struct node *mapping, size_t at, const char *key);
void node_remove(struct node *collection, size_t at);
void node_move(struct node *mapping, size_t from, size_t to);
/* Same kinds, texts and order. An empty collection and nothing at all are the same:
 * a section that lost its last line reads as nothing. */
bool node_same(const struct node *, const struct node *);

/* document_parse_yaml, as a tree that may be changed. */
int document_parse_to_change(struct document **, const char *bytes, size_t n, struct error *);
/* document_parse_yaml is the two, the second where the first says no. Plain text that means nothing: ~, null. */
bool document_parse_simple(struct document **, const char *bytes, size_t n);
int document_parse_all_yaml(struct document **, const char *bytes, size_t n, struct error *);
bool yaml_means_nothing(const char *text);

/* Line and column of a byte, both from 1; the column counts characters. */
void place_of(const char *bytes, size_t at, int *line, int *column);
/* Bytes of a byte order mark: 3 or 0. */
size_t bom_length(const char *bytes, size_t n);

#endif
