/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "import.h"

/* A list against the catalog in use. */

/* Everything that the catalog holds of prices, by id. */
struct ids {
    const struct cat_price **p;
    size_t n;
};

static int
by_id(const void *a, const void *b)
{
    const struct cat_price *const *x = a, *const *y = b;

    return strcmp((*x)->id, (*y)->id);
}

static int
collect(struct ids *ids, const struct catalog *cat)
{
    ids->n = (size_t)cat->n_prices + (size_t)cat->n_others;
    ids->p = malloc((ids->n + 1) * sizeof *ids->p);
    if (ids->p == NULL)
        return -1;
    for (int i = 0; i < cat->n_prices; i++)
        ids->p[i] = &cat->prices[i];
    for (int i = 0; i < cat->n_others; i++)
        ids->p[cat->n_prices + i] = &cat->others[i];
    qsort(ids->p, ids->n, sizeof *ids->p, by_id);
    return 0;
}

/* The first of an id; the rest follow it. */
static size_t
find_first(const struct ids *ids, const char *id)
{
    size_t low = 0, high = ids->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (strcmp(ids->p[mid]->id, id) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static bool
in_use(const struct catalog *cat, const struct cat_price *p)
{
    return p >= cat->prices && p < cat->prices + cat->n_prices;
}

static bool
from_list(const struct cat_price *p, const char *list)
{
    return p->imported && p->list != NULL && strcmp(p->list, list) == 0;
}

/* As the loader orders them: the catalog's own gives way on the same day, lists go by name. */
static bool
goes_before(const struct cat_price *a, const struct cat_price *b)
{
    int newer = date_compare(a->origin.as_of, b->origin.as_of);

    if (price_is_doubtful(a) != price_is_doubtful(b))
        return price_is_doubtful(b);
    if (newer != 0)
        return newer > 0;
    return !b->imported || (a->imported && strcmp(a->list, b->list) <= 0);
}

static void
compare_one(struct price_change *c, const struct catalog *cat, const struct ids *ids, const char *list)
{
    struct cat_price mine = *c->now;

    mine.imported = true;
    for (size_t i = find_first(ids, mine.id); i < ids->n && strcmp(ids->p[i]->id, mine.id) == 0; i++) {
        const struct cat_price *p = ids->p[i];

        if (in_use(cat, p))
            c->was = p;
        if (!from_list(p, list) && (c->rival == NULL || goes_before(p, c->rival)))
            c->rival = p;
    }
    c->differs = c->was != NULL && price_differs(&mine, c->was);
    c->in_force = c->rival == NULL || goes_before(&mine, c->rival);
}

static int
by_now(const void *a, const void *b)
{
    return strcmp(((const struct price_change *)a)->now->id, ((const struct price_change *)b)->now->id);
}

int
price_import_compare(const struct price_import *list, const struct catalog *cat, struct price_change **rows,
                     const struct cat_price ***gone_prices, int *gone, struct error *err)
{
    struct price_change *c = calloc((size_t)list->n + 1, sizeof *c), *sorted = malloc(((size_t)list->n + 1) * sizeof *c);
    struct ids ids = { NULL, 0 };
    const struct cat_price **lost = NULL;
    int n = 0;

    if (c != NULL && sorted != NULL && collect(&ids, cat) == 0)
        lost = malloc((ids.n + 1) * sizeof *lost);
    if (lost == NULL) {
        free(c);
        free(sorted);
        free(ids.p);
        return error_set(err, ERR_BUG, "no memory for the price list");
    }
    for (int i = 0; i < list->n; i++) {
        c[i].now = &list->prices[i];
        compare_one(&c[i], cat, &ids, list->list);
    }
    memcpy(sorted, c, (size_t)list->n * sizeof *c);
    qsort(sorted, (size_t)list->n, sizeof *sorted, by_now);
    for (size_t i = 0; i < ids.n; i++) {
        const struct price_change key = { .now = ids.p[i] };

        if (from_list(ids.p[i], list->list) && bsearch(&key, sorted, (size_t)list->n, sizeof *sorted, by_now) == NULL)
            lost[n++] = ids.p[i];
    }
    free(sorted);
    free(ids.p);
    *rows = c;
    *gone_prices = lost;
    *gone = n;
    return 0;
}
