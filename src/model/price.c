/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <string.h>

#include "parts.h"

/*
 * API cost (section 4).  Input falls into three disjoint parts: fresh, read from
 * the cache and written to it.  Prices are USD per million tokens.
 */

/* ---- one request ------------------------------------------------------------------ */

/* USD per million tokens of input of this mixture. */
static double
input_price(const struct token_price *p, const struct load *l, unsigned *warned)
{
    double read = p->input, write = p->input;

    if (l->read > 0) {
        if (known(p->cache_read))
            read = p->cache_read;
        else
            *warned |= WARN_CACHE_READ;
    }
    if (l->write > 0) {
        if (known(p->cache_write))
            write = p->cache_write;
        else
            *warned |= WARN_CACHE_WRITE;
    }
    return (1 - l->read - l->write) * p->input + l->read * read + l->write * write;
}

/* A price that the tier does not name keeps the base price. */
static struct token_price
tier_price(const struct token_price *base, const struct price_tier *tier)
{
    struct token_price p = *base;

    if (known(tier->price.input))
        p.input = tier->price.input;
    if (known(tier->price.output))
        p.output = tier->price.output;
    if (known(tier->price.cache_read))
        p.cache_read = tier->price.cache_read;
    if (known(tier->price.cache_write))
        p.cache_write = tier->price.cache_write;
    return p;
}

/* All requests have the mean length: the highest tier that it reaches prices it whole. */
static double
equal_lengths_usd(const struct token_price *base, const struct price_tier *tiers, int n,
                  const struct load *l, unsigned *warned)
{
    struct token_price p = *base;

    for (int i = 0; i < n; i++)
        if (tiers[i].inclusive ? l->input >= tiers[i].above_tokens : l->input > tiers[i].above_tokens)
            p = tier_price(base, &tiers[i]);
    return l->input * input_price(&p, l, warned) + l->output * p.output;
}

/* Lognormal lengths with mean I and sigma of the log: the share above T is
 * Phi((mu - ln T)/sigma), the tokens in it I Phi((mu - ln T)/sigma + sigma), with
 * mu = ln I - sigma^2/2.  Tiers ascend. */
static double
spread_lengths_usd(const struct token_price *base, const struct price_tier *tiers, int n,
                   const struct load *l, double sigma, unsigned *warned)
{
    const double mu = log(l->input) - 0.5 * sigma * sigma;
    struct token_price p = *base;
    double share = 1, tokens = l->input, usd = 0;

    for (int i = 0; i < n; i++) {
        double t = tiers[i].above_tokens;
        double score = t > 0 ? (mu - log(t)) / sigma : HUGE_VAL;
        double share_above = t > 0 ? normal_cdf(score) : 1;
        double tokens_above = t > 0 ? l->input * normal_cdf(score + sigma) : l->input;

        usd += (tokens - tokens_above) * input_price(&p, l, warned) +
               (share - share_above) * l->output * p.output;
        share = share_above;
        tokens = tokens_above;
        p = tier_price(base, &tiers[i]);
    }
    return usd + tokens * input_price(&p, l, warned) + share * l->output * p.output;
}

/* The whole input at the batch price (no cache discount there), no tiers; a side without
 * a batch price pays the full one. */
static double
batch_usd(const struct token_price *p, const struct load *l, unsigned *warned)
{
    double input = known(p->batch_input) ? p->batch_input : input_price(p, l, warned);
    double output = known(p->batch_output) ? p->batch_output : p->output;

    return l->input * input + l->output * output;
}

double
request_usd(const struct token_price *p, const struct price_tier *tiers, int n_tiers,
            const struct load *l, double sigma, unsigned *warned)
{
    /* Who sells no batches answers them like any other request. */
    bool sold = known(p->batch_input) || known(p->batch_output);
    double batch = sold ? l->batch : 0, usd = 0;

    if (batch < 1) {
        if (n_tiers == 0)
            usd = l->input * input_price(p, l, warned) + l->output * p->output;
        else if (sigma > 0 && l->input > 0)
            usd = spread_lengths_usd(p, tiers, n_tiers, l, sigma, warned);
        else
            usd = equal_lengths_usd(p, tiers, n_tiers, l, warned);
        usd *= 1 - batch;
    }
    if (batch > 0)
        usd += batch * batch_usd(p, l, warned);
    return l->attempts * usd * 1e-6;
}

/* ---- the list price in force in a month ---------------------------------------------- */

/* Months from the start to the first month whose first day is on or after the date:
 * negative or 0 if the date had passed when month 1 began. */
static int
months_until(struct date start, struct date d)
{
    return (d.year - start.year) * 12 + d.month - start.month + (d.day > 1);
}

/* The month (0: the first) in which the date lies. */
static int
month_of(struct date start, struct date d)
{
    return (d.year - start.year) * 12 + d.month - start.month;
}

static const struct price_step *
step_in_month(const struct cat_price *price, struct date start, int m)
{
    const struct price_step *step = &price->steps[0];

    for (int i = 1; i < price->n_steps; i++)
        if (months_until(start, price->steps[i].from) <= m)
            step = &price->steps[i];
    return step;
}

/* A figure that equals the list's of today moves with the list; another one was
 * typed and stands. */
static double
moved(double in_force, double listed, double then)
{
    if (!known(in_force))
        return known(listed) ? in_force : then;
    if (known(listed) && fabs(in_force - listed) <= 1e-9 * fabs(listed))
        return then;
    return in_force;
}

/* The prices of an arm as they stand month by month. */
struct list {
    struct token_price own;        /* the figures in force at the start                 */
    const struct cat_price *price; /* whose steps and tiers apply; NULL: own alone        */
    const struct price_step *first; /* the step that own was taken from; NULL: the list alone */
    struct date start;
    int changes;                   /* how often a successor took over                      */
};

static struct token_price
list_at(const struct list *list, const struct price_step *step)
{
    struct token_price p = list->own;

    if (step == NULL || step == list->first)
        return p;
    if (list->first == NULL)
        return step->price;
    const struct token_price *was = &list->first->price, *now = &step->price;
    p.input = moved(p.input, was->input, now->input);
    p.output = moved(p.output, was->output, now->output);
    p.cache_read = moved(p.cache_read, was->cache_read, now->cache_read);
    p.cache_write = moved(p.cache_write, was->cache_write, now->cache_write);
    p.batch_input = moved(p.batch_input, was->batch_input, now->batch_input);
    p.batch_output = moved(p.batch_output, was->batch_output, now->batch_output);
    return p;
}

static void
list_of_arm(struct list *list, const struct setup *s, int arm, struct gaps *g)
{
    const struct arm *a = &s->sc.arms[arm];
    const struct setup_arm *sa = &s->arms[arm];

    list->own = (struct token_price){
        .input = need(g, &a->input_usd_mtok, "price per input token"),
        .output = need(g, &a->output_usd_mtok, "price per output token"),
        .cache_read = figure(&a->cache_read_usd_mtok),
        .cache_write = figure(&a->cache_write_usd_mtok),
        .batch_input = figure(&a->batch_input_usd_mtok),
        .batch_output = figure(&a->batch_output_usd_mtok),
    };
    /* Steps and tiers belong to the untuned model's list price. */
    bool listed = sa->price != NULL && sa->price->n_steps > 0 && !sa->own_prices &&
                  a->kind != ARM_HOSTED_TUNED;
    list->price = listed ? sa->price : NULL;
    list->start = s->start;
    list->first = listed ? step_in_month(sa->price, s->start, 0) : NULL;
    list->changes = 0;
}

/* ---- retirement ------------------------------------------------------------------------ */

static const struct cat_price *
successor_of(const struct setup *s, const struct cat_price *price)
{
    const struct cat_price *next = NULL;

    if (price->successor == NULL || s->catalog == NULL)
        return NULL;
    if (price->host != NULL)
        next = catalog_price(s->catalog, price->successor, price->host);
    if (next == NULL)
        next = catalog_price(s->catalog, price->successor, NULL);
    return next == price ? NULL : next;
}

static bool
priced_for(const struct cat_price *p, bool tuned)
{
    if (p == NULL)
        return false;
    if (tuned)
        return known(p->tuned_input) && known(p->tuned_output);
    return p->n_steps > 0 && known(p->steps[0].price.input) && known(p->steps[0].price.output);
}

static void
replace_list(struct list *list, const struct setup *s, const struct cat_price *next, bool tuned)
{
    list->start = s->start;
    list->first = NULL;
    list->changes++;
    list->price = tuned ? NULL : next;
    if (tuned)
        list->own = (struct token_price){ next->tuned_input, next->tuned_output, NAN, NAN, NAN, NAN };
}

bool
bill_migrates(const struct token_bill *bill, int month)
{
    return bill->migrations[(month - 1) / 32] >> (month - 1) % 32 & 1;
}

/* Follow retirements up to month m (0: the first): the migration is paid in the month in which
 * the model ends, the successor's price from the next month on. */
static const struct cat_price *
retire(struct token_bill *bill, struct list *list, const struct setup *s,
       const struct cat_price *now, int m, int first, bool tuned)
{
    for (int hops = 0; hops < 4 && now != NULL && now->retired.year != 0; hops++) {
        int end = month_of(s->start, now->retired);
        if (end > m)
            break;
        /* A model that had ended before the arm began was never built on. */
        if (end == m && end >= first) {
            bill->migrations[m / 32] |= 1u << m % 32;
            break;
        }
        const struct cat_price *next = successor_of(s, now);
        if (priced_for(next, tuned))
            replace_list(list, s, next, tuned);
        else
            bill->warned |= WARN_NO_SUCCESSOR;
        now = priced_for(next, tuned) ? next : NULL;
    }
    return now;
}

/* ---- the bill ---------------------------------------------------------------------------- */

/* Has the arm prices per token at all? A tuned arm on a dedicated endpoint need not. */
static bool
buys_tokens(const struct arm *a)
{
    if (!(KIND(a->kind) & KINDS_TOKENS))
        return false;
    return a->kind != ARM_HOSTED_TUNED || known(figure(&a->input_usd_mtok)) ||
           known(figure(&a->output_usd_mtok)) || !known(figure(&a->endpoint_usd_h));
}

void
token_bill(struct token_bill *bill, const struct setup *s, const struct calendar *cal,
           const struct stint *st, const struct load *l, struct gaps *g)
{
    const struct arm *a = &s->sc.arms[st->arm];
    const double minimum = figure_or(&a->monthly_minimum_usd, 0);
    const double fee = figure_or(&a->platform_fee_usd_month, 0);
    const double keep = 1 - figure_or(&a->committed_discount, 0);
    const bool tuned = a->kind == ARM_HOSTED_TUNED, tokens = buys_tokens(a);
    const struct cat_price *now =
        s->sc.prices.retirement == RETIREMENT_HONOUR ? s->arms[st->arm].price : NULL;
    const struct price_step *was = NULL;
    struct list list = { .price = NULL };
    double request = 0;
    int changes = -1;

    bill->warned = 0;
    for (size_t i = 0; i < BE_LEN(bill->migrations); i++)
        bill->migrations[i] = 0;
    if (tokens)
        list_of_arm(&list, s, st->arm, g);
    for (int m = st->from - 1; m < st->to; m++) {
        if (!(KIND(a->kind) & KINDS_TOKENS)) {
            bill->usd[m] = bill->usage[m] = 0;
            continue;
        }
        if (tokens && now != NULL)
            now = retire(bill, &list, s, now, m, st->from - 1, tuned);
        const struct price_step *step =
            list.price != NULL ? step_in_month(list.price, list.start, m) : NULL;
        if (tokens && (step != was || changes != list.changes)) {
            struct token_price p = list_at(&list, step);
            request = request_usd(&p, step != NULL ? step->tiers : NULL,
                                  step != NULL ? step->n_tiers : 0, l, cal->sigma, &bill->warned);
            was = step;
            changes = list.changes;
        }
        bill->usage[m] = cal->requests[m] * st->share * cal->days * request * cal->api_path[m] * keep;
        bill->usd[m] = larger(bill->usage[m], minimum) + fee;
    }
}

/* ---- the same for many samples ------------------------------------------------------------ */

static void
add_span(struct price_spans *out, const struct list *list, const struct price_step *step, int month)
{
    if (out->n == PRICE_SPANS_MAX || out->n < 0) {
        out->n = -1;
        return;
    }
    bool stepped = list->first != NULL && step != NULL && step != list->first;
    out->stepped |= stepped;
    struct price_span *span = &out->list[out->n++];
    span->to = month;
    span->price = list_at(list, step);
    span->own = list->changes == 0 && !stepped;
    span->tiers = step != NULL ? step->tiers : NULL;
    span->n_tiers = step != NULL ? step->n_tiers : 0;
}

void
price_spans_of(struct price_spans *out, const struct setup *s, const struct stint *st)
{
    const struct arm *a = &s->sc.arms[st->arm];
    const struct cat_price *now = s->sc.prices.retirement == RETIREMENT_HONOUR ? s->arms[st->arm].price : NULL;
    const struct price_step *was = NULL;
    struct token_bill bill = { .warned = 0 };
    struct gaps unpriced = { NULL };
    struct list list;
    int changes = -1;

    memset(out, 0, sizeof *out); /* callers compare the bytes */
    out->tokens = buys_tokens(a);
    if (!out->tokens)
        return;
    list_of_arm(&list, s, st->arm, &unpriced);
    for (int m = st->from - 1; m < st->to; m++) {
        if (now != NULL)
            now = retire(&bill, &list, s, now, m, st->from - 1, a->kind == ARM_HOSTED_TUNED);
        const struct price_step *step = list.price != NULL ? step_in_month(list.price, list.start, m) : NULL;
        if (step != was || changes != list.changes)
            add_span(out, &list, step, m + 1);
        was = step;
        changes = list.changes;
        if (out->n > 0)
            out->list[out->n - 1].to = m + 1;
    }
    for (size_t i = 0; i < BE_LEN(bill.migrations); i++)
        out->migrations[i] = bill.migrations[i];
}

double
attempt_price_usd(const struct token_price *p, const struct price_tier *tiers, int n_tiers, const struct priced_attempt *a)
{
    const struct load l = { .input = a->input, .output = a->output, .read = a->read, .write = a->write, .attempts = 1,
                            .batch = a->batch };
    unsigned warned = 0;

    return request_usd(p, tiers, n_tiers, &l, a->sigma, &warned);
}
