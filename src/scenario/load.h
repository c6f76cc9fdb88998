/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SCENARIO_LOAD_H
#define BREAKEVEN_SCENARIO_LOAD_H

#include "breakeven/scenario.h"

/* One file being read. */
struct loader {
    struct scenario *sc;
    const struct catalog *catalog;
    struct problems *problems;
    const char *bytes; /* the file; the tree's offsets point into it */
    bool units_pass;   /* first: currency and days a month, which other texts need */
};

/* A problem of level ERROR at the place of this node. */
void problem_at(struct loader *, const struct node *, const char *path, enum error_code, const char *fmt, ...)
    BE_PRINTF(5, 6);

/* The nearest of these names, for the words of a problem that is kept; NULL if none is near or
 * the list of problems is full: a file of 100,000 wrong keys must not take seconds. */
const char *nearest_name(const struct loader *, const char *word, const char *(*next)(const void *ctx, int i), const void *ctx);

/* What is no field. */
void load_pilots(struct loader *, const struct node *);
void load_sources(struct loader *, const struct node *);
void load_decision(struct loader *, const struct node *);

/* The section of a field: its key up to the first dot; "" for a field at the top. */
char *field_section(const struct field *, char *out, size_t size);

#endif
