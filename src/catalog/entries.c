/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "loader.h"

/* The catalog's arrays, one a kind of entry, and how an entry comes into them. */

#define ENTRIES_AT_FIRST 256 /* room of a kind; what is not used costs nothing */

char *
entries_of(const struct catalog *cat, const struct table *t)
{
    char *entries;

    memcpy(&entries, (const char *)cat + t->entries, sizeof entries);
    return entries;
}

int
count_of(const struct catalog *cat, const struct table *t)
{
    return *(const int *)(const void *)((const char *)cat + t->n_entries);
}

static const char *
id_of(const struct table *t, const char *entry)
{
    return *(const char *const *)(const void *)(entry + t->id);
}

/* FNV-1a. */
static uint32_t
hash_of(const char *id)
{
    uint32_t h = 2166136261u;

    for (; *id != '\0'; id++)
        h = (h ^ (unsigned char)*id) * 16777619u;
    return h;
}

int
place_of_id(const struct loader *l, const struct table *t, int n, const char *id)
{
    const struct known_as *known = l->known[t - catalog_tables];
    const char *entries = entries_of(l->cat, t);
    uint32_t hash = hash_of(id);
    int i = 0;

    while (i < n && (known[i].hash != hash || strcmp(id_of(t, entries + (size_t)i * t->size), id) != 0))
        i++;
    return i;
}

bool
entries_reserve(struct loader *l, const struct table *t)
{
    int kind = (int)(t - catalog_tables), n = count_of(l->cat, t);
    char *entries = entries_of(l->cat, t);

    if (n < l->cap[kind])
        return true;
    int cap = l->cap[kind] > 0 ? 2 * l->cap[kind] : ENTRIES_AT_FIRST;
    struct known_as *known = realloc(l->known[kind], (size_t)cap * sizeof *known);
    if (known == NULL)
        return false;
    l->known[kind] = known;
    char *grown = realloc(entries, (size_t)cap * t->size);
    if (grown == NULL)
        return false;
    memcpy((char *)l->cat + t->entries, &grown, sizeof grown);
    l->cap[kind] = cap;
    return true;
}

/* A price of an imported list waits until all lists are known. */
static void
store_listed(struct loader *l, const struct node *at, const struct cat_price *p)
{
    if (l->n_listed == l->cap_listed) {
        int cap = l->cap_listed > 0 ? 2 * l->cap_listed : 64;
        struct cat_price *listed = realloc(l->listed, (size_t)cap * sizeof *listed);
        if (listed == NULL) {
            loader_complain(l, at, ERR_BUG, "no memory for the catalog");
            return;
        }
        l->listed = listed;
        l->cap_listed = cap;
    }
    l->listed[l->n_listed] = *p;
    l->listed[l->n_listed].list = l->list;
    l->listed[l->n_listed++].imported = true;
    l->sure |= !price_is_doubtful(p);
}

/* An offer of an imported table that is older than the one that is there changes nothing. */
static bool
is_older(const struct loader *l, const struct table *t, const char *entry, const char *there)
{
    const struct origin *mine = (const struct origin *)(const void *)(entry + t->origin);
    const struct origin *its = (const struct origin *)(const void *)(there + t->origin);

    return l->list != NULL && date_compare(mine->as_of, its->as_of) < 0;
}

/* Add it, or let it replace the one of its id from an earlier folder. */
static void
store(struct loader *l, const struct table *t, const struct node *at, const char *entry)
{
    int kind = (int)(t - catalog_tables), n = count_of(l->cat, t), i = place_of_id(l, t, n, id_of(t, entry));
    char *entries = entries_of(l->cat, t);

    if (i < n && l->known[kind][i].folder == l->folder) {
        loader_complain(l, at, ERR_CONFLICT, "%s has \"%s\" twice", t->name, id_of(t, entry));
        return;
    }
    if (i < n && is_older(l, t, entry, entries + (size_t)i * t->size))
        return;
    if (i == n) {
        if (!entries_reserve(l, t)) {
            loader_complain(l, at, ERR_BUG, "no memory for the catalog");
            return;
        }
        *(int *)(void *)((char *)l->cat + t->n_entries) = n + 1;
        entries = entries_of(l->cat, t);
    }
    memcpy(entries + (size_t)i * t->size, entry, t->size);
    l->known[kind][i] = (struct known_as){ l->folder, hash_of(id_of(t, entry)) };
}

/* An imported offer may outlive the description of its card; that is no reason to stop. */
static bool
is_of_unknown_card(const struct loader *l, const struct table *t, const char *entry)
{
    const struct cat_gpu_price *p = (const struct cat_gpu_price *)(const void *)entry;

    return l->list != NULL && t == &catalog_tables[CATALOG_GPU_PRICES] && catalog_gpu(l->cat, p->gpu) == NULL;
}

void
entries_take(struct loader *l, const struct table *t, const struct node *n, char *entry)
{
    struct origin *origin = (struct origin *)(void *)(entry + t->origin);
    char made_up[256] = "";
    struct error e;
    bool bad = false;

    entry_read(l, t, n, entry, &bad);
    if (n->kind != NODE_MAPPING || !entry_read_origin(l, n, origin) || bad)
        return;
    if (t->finish != NULL && t->finish(entry, made_up, sizeof made_up, &e) < 0) {
        loader_complain(l, n, e.code, "%s", e.text);
        return;
    }
    if (made_up[0] != '\0')
        *(const char **)(void *)(entry + t->id) = loader_keep(l, made_up);
    if (is_of_unknown_card(l, t, entry))
        return;
    if (l->list != NULL && t == &catalog_tables[CATALOG_PRICES])
        store_listed(l, n, (const struct cat_price *)(const void *)entry);
    else if (id_of(t, entry) != NULL)
        store(l, t, n, entry);
}
