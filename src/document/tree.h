/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_DOCUMENT_TREE_H
#define BREAKEVEN_DOCUMENT_TREE_H

#include "breakeven/document.h"

struct document {
    struct node root;
};

struct document *document_new(void);
void node_release(struct node *);
/* Append an empty node to a collection; for a mapping the key's node too. NULL: no memory. */
struct node *node_append(struct node *collection, size_t *cap, struct node **key);

#endif
