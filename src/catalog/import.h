/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_CATALOG_IMPORT_H
#define BREAKEVEN_CATALOG_IMPORT_H

#include "breakeven/catalog.h"
#include "breakeven/document.h"

#include "arena.h"

/*
 * What the importers share.  An importer fills one cat_price after another and says
 * for each key whether it took, doubted or skipped it.
 */

struct importer {
    struct price_import *out;
    struct arena *arena;
    const char *source;   /* owned by the arena                                */
    struct date as_of;
    int cap, cap_notes;
    bool no_memory;
    struct buffer doubts; /* about the entry at hand                            */
};

void import_begin(struct importer *, struct price_import *, const char *list, const char *source,
                  struct date as_of);
/* Hand over the result, or free everything if memory ran out. */
int import_finish(struct importer *, struct error *);
const char *import_keep(struct importer *, const char *text);

/* A price whose every figure is unknown. */
void import_clear(struct cat_price *);
/* Say what is odd about the entry at hand. */
void import_doubt(struct importer *, const char *fmt, ...) BE_PRINTF(2, 3);
/* Add it under its key; the doubts said since the last entry become its note. */
void import_take(struct importer *, const struct cat_price *);
void import_skip(struct importer *, const char *key, const char *why);
/* Checks that hold for every list: unit, one-sided and zero prices. */
void import_doubt_figures(struct importer *, const struct cat_price *);

/* One entry of litellm's list; the tree is not kept. */
void import_litellm_entry(struct importer *, const char *key, const struct node *entry);

#endif
