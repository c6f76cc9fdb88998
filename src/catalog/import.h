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
    int cap, cap_gpus, cap_notes;
    bool no_memory, too_many;
    struct buffer doubts; /* about the entry at hand                            */
};

/* A list that is a tree of JSON: how to know it, and how to read it. One row a list. */
struct list_format {
    const char *name;
    const char *about; /* words for "source" when nobody gives better ones          */
    bool (*is)(const struct node *root);
    /* -1: this is not such a list after all. */
    int (*read)(struct importer *, const struct node *root, struct error *);
};
extern const struct list_format list_formats[]; /* ends with a NULL name */

void import_begin(struct importer *, struct price_import *, const char *list, const char *source,
                  struct date as_of);
/* Hand over the result, or free everything if memory ran out. */
int import_finish(struct importer *, struct error *);
const char *import_keep(struct importer *, const char *text);

/* A price whose every figure is unknown. */
void import_clear(struct cat_price *);
/* Give it its names, or skip it if they cannot be names. */
bool import_name(struct importer *, struct cat_price *, const char *key, const char *provider);
/* Say what is odd about the entry at hand. */
void import_doubt(struct importer *, const char *fmt, ...) BE_PRINTF(2, 3);
/* Add it under its key; the doubts said since the last entry become its note. Skipped instead:
 * one without a price per token, or with one that cannot be. */
void import_take(struct importer *, const struct cat_price *);
void import_take_gpu(struct importer *, const struct cat_gpu_price *);
void import_skip(struct importer *, const char *key, const char *why);

/* ---- reading trees ------------------------------------------------------------------- */

/* The last of equal keys: later ones replace earlier ones where the lists come from. */
const struct node *import_last(const struct node *mapping, const char *key);
/* The number of a key times factor; NAN if it is absent or null. What is no number, or is
 * negative, is NAN and doubted. */
double import_number(struct importer *, const struct node *mapping, const char *key, double factor);
/* A count of tokens: NAN for 0, as lists write what they do not know. */
double import_tokens(const struct node *mapping, const char *key);
/* Doubt an entry that says one thing twice. */
void import_doubt_twice(struct importer *, const struct node *mapping);
/* Which of n names stand again further down. NULL: no memory. The caller frees it. */
bool *import_replaced(const char *const *names, size_t n);
/* Sort by threshold; of equal ones the last stays. */
void import_sort_tiers(struct importer *, struct price_step *);
/* Room for one more tier, or a doubt. */
bool import_room_for_tier(struct importer *, const struct price_step *);
void import_retired(struct importer *, struct cat_price *, const char *date, const char *what);
/* Doubt thinking tokens that have a price of their own. */
void import_doubt_reasoning(struct importer *, double usd_mtok, double output_usd_mtok);

/* ---- the lists --------------------------------------------------------------------------- */

bool import_is_litellm(const struct node *root);
bool import_is_models_dev(const struct node *root);
bool import_is_openrouter(const struct node *root);
bool import_is_genai(const struct node *root);
int import_read_litellm(struct importer *, const struct node *root, struct error *);
int import_read_models_dev(struct importer *, const struct node *root, struct error *);
int import_read_openrouter(struct importer *, const struct node *root, struct error *);
int import_read_genai(struct importer *, const struct node *root, struct error *);
bool import_is_gpu_table(const char *bytes, size_t n);
int import_read_gpu_table(struct importer *, const char *bytes, size_t n, struct error *);

#endif
