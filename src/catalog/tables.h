/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_CATALOG_TABLES_H
#define BREAKEVEN_CATALOG_TABLES_H

#include "breakeven/catalog.h"

/*
 * How an entry of a catalog file fills its struct: one row a key, one table a
 * kind.  The loader knows no kind by name; it walks these.
 */

enum value_type {
    VALUE_TEXT,   /* const char *                                              */
    VALUE_NUMBER, /* double within low..high                                   */
    VALUE_RANGE,  /* double[2]: a number or [low, high]                        */
    VALUE_BOOL,   /* bool: yes, no                                             */
    VALUE_DATE,   /* struct date                                               */
    VALUE_WORD,   /* an enum: one of words                                     */
    VALUE_BITS,   /* unsigned: a list of words                                 */
    VALUE_FLAG,   /* bool: true if the one word is given                       */
    VALUE_LIST    /* an array of structs with a table of their own             */
};

struct word {
    const char *text;
    unsigned value;
};

struct table;

struct key {
    const char *name;
    enum value_type type;
    size_t offset;
    bool required;
    double low, high;   /* numbers: the legal range                              */
    double initial;     /* numbers: when absent; NAN is "unknown"                 */
    const struct word *words;  /* ends with a NULL text                           */
    const struct table *list;  /* of its elements                                */
    size_t count;              /* offset of the int that counts them              */
    int first, max;            /* elements go to [first..max)                      */
    const char *help;          /* what it means, for the manual                     */
};

struct table {
    const char *name;     /* the section in the file, as catalog_kind_name        */
    const struct key *keys;
    int n_keys;
    size_t size;          /* of the struct                                        */
    /* Kinds only: where the catalog keeps them, and their common members. */
    size_t entries, n_entries, id, origin;
    /* Fill what follows from the keys (an id, has_shape), or refuse the entry.
     * id is a scratch text of id_size for kinds whose id is made up. */
    int (*finish)(void *entry, char *id, size_t id_size, struct error *);
};

/* Kinds in the order of their files' sections; the last row has no name. */
extern const struct table catalog_tables[];

#endif
