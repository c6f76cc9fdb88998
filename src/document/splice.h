/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_DOCUMENT_SPLICE_H
#define BREAKEVEN_DOCUMENT_SPLICE_H

#include "tree.h"

/*
 * An edit has three parts: the bytes are changed at places that the tree gives; the tree
 * itself is changed as the edit says; then the new bytes are parsed and must give that
 * same tree.  What cannot be written without harm to the rest is refused so.
 */

/* One text being edited. */
struct work {
    char *bytes;
    size_t n;
    const char *eol; /* as the file's first line ends */
    struct document *doc;
    struct error *err;
};

/* Where a path leads: "depth" parts of it exist, the last of them is node. */
struct place {
    struct node *node, *parent;
    size_t index; /* of node in parent */
    int depth;
};

int work_begin(struct work *, const char *bytes, size_t n, struct error *);
/* Give out the text, or free it if status tells of an error. */
int work_finish(struct work *, int status, char **out, size_t *out_n);
struct place work_find(struct work *, const struct path *);
/* The new bytes in place of from..to; frees b. The tree's offsets are stale then. */
int work_replace(struct work *, size_t from, size_t to, struct buffer *b);
/* Parse the new bytes: they must give the tree that is expected; its offsets are right again. */
int work_settle(struct work *, const char *path);
int work_no_memory(struct work *);
/* Lines are to be written at "behind": if this is the text's end, and a block scalar ends
 * there without a newline, its header has to say so. The tree is then a new one. */
int work_close_last_line(struct work *, size_t behind);

/* ---- places in the text: offsets ------------------------------------------------------ */

size_t line_start(const struct work *, size_t at);
/* Behind the newline of the line that holds "at"; the text's end if it has none. */
size_t line_end(const struct work *, size_t at);
/* The key, or what stands in its place in a list: "- ". */
bool is_first_on_line(const struct work *, size_t at);
/* Where entry k of a block mapping begins and ends, in whole lines: comment lines directly
 * above are its own, so are deeper comment lines below. */
size_t entry_start(const struct work *, const struct node *mapping, size_t k);
size_t entry_end(const struct work *, const struct node *mapping, size_t k);
/* Where the lines of the value end: the comment behind it is included. */
size_t value_end(const struct work *, const struct node *key, const struct node *item);
/* The lines at "at" are to follow this value: if it is a text that keeps the empty lines
 * below it, those would become part of it, and are passed over. */
size_t skip_empty_lines(const struct work *, const struct node *item, size_t at);
/* From "at", a line's beginning, over comment lines that begin at this column or later. */
size_t skip_comments(const struct work *, size_t at, size_t column);

/* ---- scalars ----------------------------------------------------------------------------- */

/* Plain if this reads back as the same text there, else double-quoted. */
void put_scalar(struct buffer *, const char *value, bool flow);

#endif
