/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_CATALOG_LOADER_H
#define BREAKEVEN_CATALOG_LOADER_H

#include "breakeven/document.h"

#include "arena.h"
#include "names.h"
#include "tables.h"

/* A catalog while its files are read: load.c goes through folders and files, entry.c reads an entry by its
 * table, entries.c keeps the arrays, lists.c lays imported price lists over them. */

#define KINDS_MAX 16

/* Of an entry, to find it by its id. */
struct known_as {
    int folder;
    uint32_t hash; /* of the id */
};

struct loader {
    struct catalog *cat;
    struct arena *arena;
    struct problems *problems;
    struct error first;       /* the first that makes an entry unusable              */
    bool failed;
    const char *file;         /* base name, owned by the arena                         */
    const char *bytes;
    size_t n_bytes;
    struct node sources;      /* of the file                                            */
    struct {
        const char *name, *words;
        struct date as_of;
    } last;                   /* source of the file that an entry named alone            */
    int folder;               /* which of the folders is being read                     */
    int cap[KINDS_MAX];
    struct known_as *known[KINDS_MAX]; /* of each entry                                   */
    const struct table *table; /* of the section at hand; NULL: unknown                   */
    char *entry;              /* room for an entry of any kind                           */
    /* How much of the file has been read, this time and the time before. */
    struct progress {
        int sections, entries;
    } read, before;
    struct { /* what had been complained of before the file */
        bool failed;
        int n, dropped, errors;
    } told;
    const char *list;         /* the price list that the file was imported from, or NULL  */
    struct later {            /* price lists that wait until all other files are read      */
        char *bytes;
        size_t n;
        const char *file;
        int folder;
    } *later;
    int n_later;
    const struct names *asked; /* models that are asked for; NULL: all                      */
    bool skips;               /* what is not asked for in the file at hand is passed over   */
    bool sure;                /* a price of the file at hand was read that is not doubtful   */
    struct cat_price *listed; /* prices of such files, in the order of reading             */
    int n_listed, cap_listed;
};

/* ---- entry.c: an entry by its table ---------------------------------------------------- */

/* A problem at a place of the file at hand; NULL: of the catalog. The first one is what loading fails with. */
void loader_complain(struct loader *, const struct node *at, enum error_code, const char *fmt, ...) BE_PRINTF(4, 5);
/* A copy that lives as long as the catalog; NULL and a complaint: no memory. */
const char *loader_keep(struct loader *, const char *text);
/* An entry of which the file says nothing yet. */
void entry_set_initial(const struct table *, char *base);
/* Every key of a mapping into its place in base; *bad: something was complained of. */
void entry_read(struct loader *, const struct table *, const struct node *, char *base, bool *bad);
/* Its source and date; false: one is missing or wrong, and was complained of. */
bool entry_read_origin(struct loader *, const struct node *, struct origin *);

/* ---- entries.c: the catalog's arrays --------------------------------------------------- */

char *entries_of(const struct catalog *, const struct table *);
int count_of(const struct catalog *, const struct table *);
/* Where the entry of this id stands among the first n of its kind; n: nowhere. */
int place_of_id(const struct loader *, const struct table *, int n, const char *id);
/* Room for one more; false: no memory. */
bool entries_reserve(struct loader *, const struct table *);
/* Read an entry and add it, or let it replace the one of its id from an earlier folder. "entry": room for one. */
void entries_take(struct loader *, const struct table *, const struct node *, char *entry);

/* ---- lists.c ------------------------------------------------------------------------------ */

/* The prices of imported lists, over those in force, beside them or as new ones. */
void lists_apply(struct loader *);

#endif
