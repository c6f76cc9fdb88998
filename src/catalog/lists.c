/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "loader.h"

/* What imported price lists change. */

struct listed {
    const struct cat_price *p;
    int at;
};

/* By id; of one id the one that goes first: the newest, doubtful ones last, then the first read. */
static int
by_precedence(const void *a, const void *b)
{
    const struct listed *x = a, *y = b;
    int order = strcmp(x->p->id, y->p->id);

    if (order == 0)
        order = (int)price_is_doubtful(x->p) - (int)price_is_doubtful(y->p);
    if (order == 0)
        order = date_compare(y->p->origin.as_of, x->p->origin.as_of);
    return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

static double
first_known(double a, double b)
{
    return known(a) ? a : b;
}

/* What lists never say stays as it was; likewise batch prices of a price that is the same, and
 * changes announced for later than the list's day. */
static void
inherit(struct cat_price *p, const struct cat_price *from)
{
    struct token_price *mine = &p->steps[price_on(p, p->origin.as_of) - p->steps].price;
    const struct token_price *its = &price_on(from, p->origin.as_of)->price;

    p->training_usd_mtok = first_known(p->training_usd_mtok, from->training_usd_mtok);
    p->tuned_input = first_known(p->tuned_input, from->tuned_input);
    p->tuned_output = first_known(p->tuned_output, from->tuned_output);
    p->endpoint_usd_h = first_known(p->endpoint_usd_h, from->endpoint_usd_h);
    p->monthly_minimum_usd = first_known(p->monthly_minimum_usd, from->monthly_minimum_usd);
    p->ttft_ms = first_known(p->ttft_ms, from->ttft_ms);
    p->output_tokens_per_s = first_known(p->output_tokens_per_s, from->output_tokens_per_s);
    if (p->successor == NULL)
        p->successor = from->successor;
    if (p->retired.year == 0)
        p->retired = from->retired;
    bool same = fabs(mine->input - its->input) <= 1e-9 * its->input && fabs(mine->output - its->output) <= 1e-9 * its->output;
    if (same && !known(mine->batch_input) && !known(mine->batch_output)) {
        mine->batch_input = its->batch_input;
        mine->batch_output = its->batch_output;
    }
    if (same)
        mine->cache_write = first_known(mine->cache_write, its->cache_write);
    for (int k = 1; k < from->n_steps && p->n_steps < PRICE_STEPS_MAX; k++)
        if (date_compare(from->steps[k].from, p->origin.as_of) > 0 &&
            date_compare(from->steps[k].from, p->steps[p->n_steps - 1].from) > 0)
            p->steps[p->n_steps++] = from->steps[k];
}

static int
by_model(const void *a, const void *b)
{
    const struct cat_price *const *x = a, *const *y = b;
    int order = strcmp((*x)->model, (*y)->model);

    return order != 0 ? order : strcmp((*x)->host, (*y)->host);
}

static int
by_host(const void *a, const void *b)
{
    const struct cat_price *const *x = a, *const *y = b;

    return strcmp((*x)->host, (*y)->host);
}

/* An entry of a kind that is known by its name alone. */
static void
add_named(struct loader *l, enum catalog_kind kind, const struct cat_price *p)
{
    const struct table *t = &catalog_tables[kind];

    if (!entries_reserve(l, t)) {
        loader_complain(l, NULL, ERR_BUG, "no memory for the catalog");
        return;
    }
    int n = count_of(l->cat, t);
    char *entry = entries_of(l->cat, t) + (size_t)n * t->size;
    entry_set_initial(t, entry);
    if (kind == CATALOG_MODELS) {
        struct cat_model *m = (struct cat_model *)(void *)entry;
        m->id = m->name = p->model;
        m->vendor = "unknown";
        m->context_tokens = p->context_tokens;
        m->max_output_tokens = p->max_output_tokens;
        m->imported = true;
        m->origin = p->origin;
    } else {
        struct cat_host *h = (struct cat_host *)(void *)entry;
        h->id = h->name = p->host;
        h->origin = p->origin;
    }
    *(int *)(void *)((char *)l->cat + t->n_entries) = n + 1;
}

/* Models and hosts that only lists name. */
static void
name_the_new(struct loader *l, int first_new)
{
    struct catalog *cat = l->cat;
    int n = cat->n_prices - first_new, own_models = cat->n_models, own_hosts = cat->n_hosts;
    const struct cat_price **p = malloc(((size_t)n + 1) * sizeof *p);

    if (p == NULL) {
        loader_complain(l, NULL, ERR_BUG, "no memory for the catalog");
        return;
    }
    for (int i = 0; i < n; i++)
        p[i] = &cat->prices[first_new + i];
    qsort(p, (size_t)n, sizeof *p, by_model);
    for (int i = 0; i < n; i++) {
        bool there = i > 0 && strcmp(p[i]->model, p[i - 1]->model) == 0;
        if (!there && place_of_id(l, &catalog_tables[CATALOG_MODELS], own_models, p[i]->model) == own_models)
            add_named(l, CATALOG_MODELS, p[i]);
    }
    qsort(p, (size_t)n, sizeof *p, by_host);
    for (int i = 0; i < n; i++) {
        bool there = i > 0 && strcmp(p[i]->host, p[i - 1]->host) == 0;
        if (!there && place_of_id(l, &catalog_tables[CATALOG_HOSTS], own_hosts, p[i]->host) == own_hosts)
            add_named(l, CATALOG_HOSTS, p[i]);
    }
    free(p);
}

/* One price of a list into the catalog: over the one in force, beside it, or as a new one. */
static void
place(struct loader *l, int own, const struct cat_price *p, bool best)
{
    struct catalog *cat = l->cat;
    int at = place_of_id(l, &catalog_tables[CATALOG_PRICES], own, p->id);
    struct cat_price *base = at < own ? &cat->prices[at] : NULL;

    if (base == NULL && best) {
        if (!entries_reserve(l, &catalog_tables[CATALOG_PRICES])) {
            loader_complain(l, NULL, ERR_BUG, "no memory for the catalog");
            return;
        }
        cat->prices[cat->n_prices++] = *p;
        return;
    }
    int surer = base != NULL ? (int)price_is_doubtful(base) - (int)price_is_doubtful(p) : 0;
    if (base != NULL && best &&
        (surer > 0 || (surer == 0 && date_compare(p->origin.as_of, base->origin.as_of) >= 0))) {
        struct cat_price was = *base;

        *base = *p;
        inherit(base, &was);
        cat->others[cat->n_others++] = was;
        return;
    }
    cat->others[cat->n_others++] = *p;
}

void
lists_apply(struct loader *l)
{
    int n = l->n_listed, own = l->cat->n_prices;
    struct listed *order = malloc((size_t)n * sizeof *order);

    l->cat->others = malloc((size_t)n * sizeof *l->cat->others);
    if (order == NULL || l->cat->others == NULL) {
        loader_complain(l, NULL, ERR_BUG, "no memory for the catalog");
        free(order);
        return;
    }
    for (int i = 0; i < n; i++)
        order[i] = (struct listed){ &l->listed[i], i };
    qsort(order, (size_t)n, sizeof *order, by_precedence);
    for (int i = 0; i < n; i++)
        place(l, own, order[i].p, i == 0 || strcmp(order[i].p->id, order[i - 1].p->id) != 0);
    free(order);
    name_the_new(l, own);
}
