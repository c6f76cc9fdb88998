/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <string.h>

#include "breakeven/catalog.h"

/*
 * Finding entries.  A catalog has a few hundred; a linear search costs less than a
 * microsecond and is read-only, so threads may share it.
 */

static bool
same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

const struct cat_model *
catalog_model(const struct catalog *cat, const char *id)
{
    for (int i = 0; i < cat->n_models; i++)
        if (same(cat->models[i].id, id))
            return &cat->models[i];
    for (int i = 0; i < cat->n_models; i++)
        if (same(cat->models[i].alias, id))
            return &cat->models[i];
    return NULL;
}

const struct cat_gpu *
catalog_gpu(const struct catalog *cat, const char *id)
{
    for (int i = 0; i < cat->n_gpus; i++)
        if (same(cat->gpus[i].id, id))
            return &cat->gpus[i];
    for (int i = 0; i < cat->n_gpus; i++)
        if (same(cat->gpus[i].alias, id))
            return &cat->gpus[i];
    return NULL;
}

const struct cat_host *
catalog_host(const struct catalog *cat, const char *id)
{
    for (int i = 0; i < cat->n_hosts; i++)
        if (same(cat->hosts[i].id, id))
            return &cat->hosts[i];
    return NULL;
}

const struct cat_engine *
catalog_engine(const struct catalog *cat, const char *id)
{
    for (int i = 0; i < cat->n_engines; i++)
        if (same(cat->engines[i].id, id))
            return &cat->engines[i];
    for (int i = 0; i < cat->n_engines; i++)
        if (same(cat->engines[i].alias, id))
            return &cat->engines[i];
    return NULL;
}

const struct cat_regime *
catalog_regime(const struct catalog *cat, const char *id)
{
    for (int i = 0; i < cat->n_regimes; i++)
        if (same(cat->regimes[i].id, id))
            return &cat->regimes[i];
    return NULL;
}

const struct cat_prior *
catalog_prior(const struct catalog *cat, const char *task)
{
    for (int i = 0; i < cat->n_priors; i++)
        if (same(cat->priors[i].task, task))
            return &cat->priors[i];
    return NULL;
}

/* ---- token prices ---------------------------------------------------------------- */

static const struct cat_price *
price_at_host(const struct catalog *cat, const char *model, const char *host)
{
    for (int i = 0; i < cat->n_prices; i++)
        if (same(cat->prices[i].model, model) && same(cat->prices[i].host, host))
            return &cat->prices[i];
    return NULL;
}

/* Real prices end at $150 per million tokens of input; what lies above this has always been
 * a price per thousand or per hundred thousand. */
#define INPUT_USD_MTOK_SANE 200
#define OUTPUT_USD_MTOK_SANE 800

bool
price_is_doubtful(const struct cat_price *p)
{
    const struct token_price *t = &price_on(p, p->origin.as_of)->price;
    double in = t->input, out = t->output;

    return !(in > 0) || !(out > 0) || in > INPUT_USD_MTOK_SANE || out > OUTPUT_USD_MTOK_SANE;
}

/* What one host of many costs; unknown where nobody should rely on it. */
static double
price_weight(const struct cat_price *p)
{
    if (p->imported && price_is_doubtful(p))
        return NAN;
    const struct token_price *t = &price_on(p, p->origin.as_of)->price;
    return t->input + t->output;
}

/* How many of the model's priced hosts come before this one by price, then by place. */
static int
price_rank(const struct catalog *cat, const struct cat_price *of)
{
    int before = 0;

    for (int i = 0; i < cat->n_prices; i++) {
        const struct cat_price *p = &cat->prices[i];
        double w = price_weight(p), mine = price_weight(of);

        if (same(p->model, of->model) && known(w) && (w < mine || (w == mine && p < of)))
            before++;
    }
    return before;
}

static const struct cat_price *
price_median(const struct catalog *cat, const char *model)
{
    int n = 0;

    for (int i = 0; i < cat->n_prices; i++)
        n += same(cat->prices[i].model, model) && known(price_weight(&cat->prices[i]));
    for (int i = 0; i < cat->n_prices; i++) {
        const struct cat_price *p = &cat->prices[i];

        if (same(p->model, model) && known(price_weight(p)) && price_rank(cat, p) == (n - 1) / 2)
            return p;
    }
    return NULL;
}

static const struct cat_price *
price_of_id(const struct catalog *cat, const char *model, const char *host)
{
    const struct cat_model *m = catalog_model(cat, model);

    if (host != NULL && host[0] != '\0')
        return price_at_host(cat, model, host);
    const struct cat_price *own = m != NULL ? price_at_host(cat, model, m->vendor) : NULL;
    return own != NULL ? own : price_median(cat, model);
}

const struct cat_price *
catalog_price(const struct catalog *cat, const char *model, const char *host)
{
    const struct cat_price *p = price_of_id(cat, model, host);

    /* A name of the throughput tables stands for models of one shape: the first that is sold. */
    for (int i = 0; p == NULL && i < cat->n_models; i++)
        if (same(cat->models[i].alias, model))
            p = price_of_id(cat, cat->models[i].id, host);
    return p;
}

/* ---- the same price ---------------------------------------------------------------- */

#define SAME 1e-9 /* lists are written in decimal */

static bool
figure_differs(double a, double b)
{
    return known(a) && known(b) && fabs(a - b) > SAME * fmax(fabs(a), fabs(b));
}

static bool
token_price_differs(const struct token_price *a, const struct token_price *b)
{
    return figure_differs(a->input, b->input) || figure_differs(a->output, b->output) ||
           figure_differs(a->cache_read, b->cache_read) || figure_differs(a->cache_write, b->cache_write) ||
           figure_differs(a->batch_input, b->batch_input) || figure_differs(a->batch_output, b->batch_output);
}

bool
price_differs(const struct cat_price *a, const struct cat_price *b)
{
    struct date day = date_compare(a->origin.as_of, b->origin.as_of) > 0 ? a->origin.as_of : b->origin.as_of;
    const struct price_step *x = price_on(a, day), *y = price_on(b, day);

    if (x->n_tiers != y->n_tiers || token_price_differs(&x->price, &y->price))
        return true;
    for (int i = 0; i < x->n_tiers; i++)
        if (x->tiers[i].above_tokens != y->tiers[i].above_tokens ||
            token_price_differs(&x->tiers[i].price, &y->tiers[i].price))
            return true;
    return false;
}

const struct price_step *
price_on(const struct cat_price *p, struct date day)
{
    const struct price_step *step = &p->steps[0];

    for (int i = 1; i < p->n_steps; i++)
        if (date_compare(p->steps[i].from, day) <= 0)
            step = &p->steps[i];
    return step;
}

/* ---- GPU prices -------------------------------------------------------------------- */

static bool
offers(const struct cat_gpu_price *p, const char *gpu)
{
    return same(p->gpu, gpu) && known(p->on_demand_usd_h);
}

static int
offer_rank(const struct catalog *cat, const struct cat_gpu_price *of)
{
    int before = 0;

    for (int i = 0; i < cat->n_gpu_prices; i++) {
        const struct cat_gpu_price *p = &cat->gpu_prices[i];

        if (offers(p, of->gpu) && (p->on_demand_usd_h < of->on_demand_usd_h ||
                                   (p->on_demand_usd_h == of->on_demand_usd_h && p < of)))
            before++;
    }
    return before;
}

const struct cat_gpu_price *
catalog_gpu_price(const struct catalog *cat, const char *gpu, const char *instance)
{
    const struct cat_gpu *g = gpu != NULL ? catalog_gpu(cat, gpu) : NULL;
    const bool named = instance != NULL && instance[0] != '\0';
    int n = 0;

    if (g != NULL)
        gpu = g->id;
    for (int i = 0; i < cat->n_gpu_prices; i++) {
        const struct cat_gpu_price *p = &cat->gpu_prices[i];

        if (named && same(p->id, instance) && (gpu == NULL || same(p->gpu, gpu)))
            return p;
        n += offers(p, gpu);
    }
    for (int i = 0; !named && i < cat->n_gpu_prices; i++)
        if (offers(&cat->gpu_prices[i], gpu) && offer_rank(cat, &cat->gpu_prices[i]) == (n - 1) / 2)
            return &cat->gpu_prices[i];
    return NULL;
}
