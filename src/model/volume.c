/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

/*
 * An arm's cost as a function of the volume (section 11.4).  Most of a cost does not depend on
 * it, tokens and wrong answers are proportional to it, and the rest is replicas, a vendor's minimum and
 * harvested labels, whose months are summed for each volume anew.
 */

/* One stint. Months it does not pay in weigh nothing. */
struct part {
    int from, to;                  /* months that are paid                                      */
    double growth[HORIZON_MAX];    /* requests a day of a month for one a day in month 1          */
    bool metered;                  /* tokens with a minimum: usage and its weight by month       */
    double minimum_usd;
    double usage[HORIZON_MAX];     /* USD before tax for one request a day                       */
    double usage_weight[HORIZON_MAX];
    bool served;
    struct serving serving;
    double hour_weight[HORIZON_MAX]; /* USD of a replica-hour a day                              */
    bool all_paid;                 /* no replica is committed: each one more costs replica_usd    */
    double replica_usd;
    double busiest;                /* growth of the worst month of the whole stint                */
    double ttft_limit_s;
};

/* Labels taken from the traffic of the months before the second arm. */
struct harvested {
    bool present;
    int months;
    double each, examples, days;
    double usd_each[HORIZON_MAX], usd_missing;
};

/* Searches come back to the ends of ranges, and pairs of arms to the same volumes. */
#define KEPT 128

struct volume_cost {
    bool known;
    double fixed_usd, usd_per_request; /* a day                                                   */
    struct part part[2];
    int n;
    struct harvested harvested;
    double growth[HORIZON_MAX];    /* of all requests, as in a part                               */
    double variability;
    struct {                       /* from here on: what was asked                              */
        double requests, extra[2], usd; /* requests 0: nothing is kept; extra: where not all are paid */
    } kept[KEPT];
    struct {
        double requests, extra[2];
    } kept_extra[KEPT];
};

/* What a calendar says of a month's money, tax aside. */
struct weights {
    bool total;
    const struct calendar *cal;
};

static double
while_alive(const struct weights *w, int m)
{
    return w->cal->alive[m] * (w->total ? w->cal->discount[m] : 1);
}

static double
owed(const struct weights *w, int m)
{
    return w->total ? w->cal->discount[m] : 1;
}

/* ---- making it ------------------------------------------------------------------------------- */

static void
add_tokens(struct volume_cost *c, struct part *p, const struct setup *s, const struct weights *w, const struct stint *st,
           const struct load *l, double tax, struct gaps *g)
{
    const struct arm *a = &s->sc.arms[st->arm];
    const struct stint paid = { .arm = st->arm, .from = p->from, .to = p->to, .share = st->share };
    const double fee = figure_or(&a->platform_fee_usd_month, 0);
    struct token_bill bill;

    if (!(KIND(a->kind) & KINDS_TOKENS))
        return;
    token_bill(&bill, s, w->cal, &paid, l, g);
    p->minimum_usd = figure_or(&a->monthly_minimum_usd, 0);
    p->metered = p->minimum_usd > 0;
    for (int m = p->from - 1; m < p->to; m++) {
        const double weight = while_alive(w, m) * tax;
        c->fixed_usd += fee * weight;
        if (!p->metered)
            c->usd_per_request += bill.usage[m] * weight;
        p->usage[m] = bill.usage[m];
        p->usage_weight[m] = weight;
    }
}

static void
add_replicas(struct volume_cost *c, struct part *p, const struct setup *s, const struct weights *w, const struct stint *st,
             const struct load *l, double tax, struct gaps *g)
{
    const struct calendar *cal = w->cal;
    struct serving *v = &p->serving;

    serving_plan(v, s, cal, st, l, g);
    if (!v->present)
        return;
    p->served = true;
    p->busiest = v->busiest;
    p->ttft_limit_s = figure(&s->sc.latency.ttft_p95_ms) / 1000;
    p->all_paid = !(v->committed > 0 && v->commit_months > 0);
    for (int m = p->from - 1; m < p->to; m++) {
        struct serving_month month;
        p->hour_weight[m] = cal->days * v->usd_replica_h * cal->gpu_path[m] * while_alive(w, m) * tax;
        p->replica_usd += HOURS * p->hour_weight[m];
        serving_month(v, cal, m + 1, 0, &month);
        c->fixed_usd += month.committed_usd * owed(w, m) * tax;
    }
    if (w->total && st->to < cal->months)
        c->fixed_usd += serving_left_over(v, cal, st->to) * owed(w, st->to - 1) * tax;
}

static void
add_stint(struct volume_cost *c, const struct setup *s, const struct weights *w, const struct stint *st, struct gaps *g)
{
    const double tax = 1 + figure_or(&s->sc.prices.tax_share, 0);
    struct part *p = &c->part[c->n++];
    struct load l;

    p->from = st->from;
    p->to = w->total ? st->to : st->from;
    for (int m = st->from - 1; m < st->to; m++)
        p->growth[m] = c->growth[m] * st->share;
    load_of_arm(&l, s, st->arm, g);
    add_tokens(c, p, s, w, st, &l, tax, g);
    add_replicas(c, p, s, w, st, &l, tax, g);
}

/* Lines that no volume changes, and the wrong answers, which are proportional to it. */
static void
add_rest(struct volume_cost *c, const struct setup *s, int arm, const struct weights *w, bool harvests, struct arm_outcome *o)
{
    const struct calendar *cal = w->cal;
    const double error = figure_or(&s->sc.quality.error_cost_usd, 0);

    model_evaluate(s, arm, o);
    c->known = o->known;
    for (int line = 0; line < LINE_COUNT; line++) {
        if (line == LINE_API || line == LINE_GPU || line == LINE_ERRORS || (line == LINE_LABELS && harvests))
            continue;
        c->fixed_usd += o->once_usd[line];
        for (int m = 0; m < cal->months; m++)
            c->fixed_usd += o->line_month_usd[line][m] * cal->discount[m];
    }
    for (int m = 0; m < cal->months && error != 0; m++)
        c->usd_per_request += error * (1 - o->quality_month[m]) * c->growth[m] * cal->days * while_alive(w, m);
}

static double
harvest_usd(const struct volume_cost *c, double requests)
{
    const struct harvested *h = &c->harvested;
    double missing = h->examples, usd = 0;

    for (int m = 0; m < h->months && h->each > 0 && missing > 0; m++) {
        double reviewed = fmin(fmin(h->each, missing), requests * c->growth[m] * h->days);
        usd += reviewed * h->usd_each[m];
        missing -= reviewed;
    }
    return usd + missing * h->usd_missing;
}

/* The labels' line of the outcome stands for the setup's own volume. */
static void
add_harvest(struct volume_cost *c, const struct setup *s, const struct weights *w, const struct stint *st,
            const struct arm_outcome *o)
{
    const double tax = 1 + figure_or(&s->sc.prices.tax_share, 0);
    struct harvested *h = &c->harvested;
    struct label_cost labels;

    labels_evaluate(s, &labels);
    h->present = true;
    h->months = st->from - 1;
    h->each = figure_or(&s->sc.labels.harvest_per_month, 0);
    h->examples = figure(&s->sc.labels.examples);
    h->days = w->cal->days;
    for (int m = 0; m < h->months; m++)
        h->usd_each[m] = figure(&s->sc.labels.review_minutes) / 60 * figure(&s->sc.labels.hourly_rate) *
                         while_alive(w, m) * tax;
    h->usd_missing = labels.usd_per_example * while_alive(w, st->from - 2) * tax;
    c->fixed_usd += o->once_usd[LINE_LABELS] - harvest_usd(c, figure(&s->sc.workload.requests_per_day));
    for (int m = 0; m < w->cal->months; m++)
        c->fixed_usd += o->line_month_usd[LINE_LABELS][m] * w->cal->discount[m];
}

static void
add_people(struct volume_cost *c, const struct setup *s, const struct weights *w, const struct stint *st, struct gaps *g)
{
    struct people_cost people;

    if (!s->arms[st->arm].usable)
        need_value(g, NAN, "a name that the catalog lacks");
    people_evaluate(&people, s, st->arm, g);
    c->fixed_usd += people.run_usd_month * w->cal->alive[st->from - 1];
}

static bool
harvests(const struct setup *s, const struct stint *st)
{
    return st->harvested && !st->labelled && (KIND(s->sc.arms[st->arm].kind) & KINDS_TUNED);
}

static void
make(struct volume_cost *c, const struct setup *s, int arm, bool total, struct arm_outcome *o)
{
    struct calendar one;
    struct stint st[2];
    struct gaps g = { NULL };
    const struct weights w = { total, &one };

    calendar_at(&one, s, 1);
    for (int m = 0; m < one.months; m++)
        c->growth[m] = one.requests[m];
    c->variability = 0.5 * (figure_or(&s->sc.serving.arrival_scv, 1) + figure_or(&s->sc.serving.service_scv, 1));
    int n = stints_of(s, arm, one.months, st);
    /* A month of a staged arm is one of the arm that serves in the end. */
    for (int i = !total && s->sc.arms[arm].kind == ARM_STAGED ? n - 1 : 0; i >= 0 && i < n; i++) {
        add_stint(c, s, &w, &st[i], &g);
        if (!total)
            add_people(c, s, &w, &st[i], &g);
    }
    c->known = n > 0 && g.first == NULL;
    if (!total || n == 0)
        return;
    const bool harvested = n > 1 && harvests(s, &st[1]);
    add_rest(c, s, arm, &w, harvested, o);
    if (harvested)
        add_harvest(c, s, &w, &st[1], o);
}

struct volume_cost *
volume_cost_new(const struct setup *s, int arm, bool total)
{
    struct volume_cost *c = calloc(1, sizeof *c);
    struct arm_outcome *o = malloc(sizeof *o);

    if (c != NULL && o != NULL)
        make(c, s, arm, total, o);
    else {
        free(c);
        c = NULL;
    }
    free(o);
    return c;
}

void
volume_cost_free(struct volume_cost *c)
{
    free(c);
}

/* ---- asking it ------------------------------------------------------------------------------------ */

static struct replica_queue
queue_at(const struct volume_cost *c, const struct part *p, double requests)
{
    const struct serving *v = &p->serving;

    return (struct replica_queue){ .requests_day = requests * p->busiest, .attempt_s = v->attempt_s,
        .per_request = v->per_request, .peak = v->peak, .least = v->least, .mu = v->mu, .batch = v->batch,
        .variability = c->variability };
}

/* Whether replicas are added until nobody waits too long. */
static bool
watches_latency(const struct part *p)
{
    const struct serving *v = &p->serving;

    return v->sized && !v->conditional && known(p->ttft_limit_s) && known(v->ttft_s) && v->ttft_s <= p->ttft_limit_s;
}

static double
extra_for_latency(const struct volume_cost *c, const struct part *p, double requests)
{
    const struct serving *v = &p->serving;
    const struct replica_queue q = queue_at(c, p, requests);
    double wait;

    if (!watches_latency(p) || !known(q.requests_day))
        return 0;
    return queue_replicas_for(&q, p->ttft_limit_s, v->ttft_s, &wait);
}

/* So many more are enough. */
static bool
extra_suffices(const struct volume_cost *c, const struct part *p, double requests, double extra)
{
    const struct replica_queue q = queue_at(c, p, requests);
    double wait, median;

    queue_waits_at(&q, extra, &wait, &median);
    return p->serving.ttft_s + wait <= p->ttft_limit_s;
}

/* A place for what is kept of a volume: any bits of it that differ between neighbours. */
static size_t
place_of(double requests)
{
    uint64_t bits;

    memcpy(&bits, &requests, sizeof bits);
    return (size_t)((bits * 0x9e3779b97f4a7c15u) >> 57);
}
_Static_assert(KEPT == 1 << (64 - 57), "a place for every hash");

static const double *
extra_of_parts(struct volume_cost *c, double requests)
{
    const size_t at = place_of(requests);

    if (c->kept_extra[at].requests != requests || requests == 0) {
        for (int i = 0; i < c->n; i++)
            c->kept_extra[at].extra[i] = c->part[i].served ? extra_for_latency(c, &c->part[i], requests) : 0;
        c->kept_extra[at].requests = requests;
    }
    return c->kept_extra[at].extra;
}

/* Two months side by side, in the registers that any machine has. */
typedef double two __attribute__((vector_size(16)));
typedef double two_at __attribute__((vector_size(16), aligned(8), may_alias));
typedef int64_t two_bits __attribute__((vector_size(16)));
#define ROUNDER 0x1.8p52 /* added to a number it leaves no room for a fraction */

/* A month's replicas, as replicas_for, times what one costs there; of replicas that run all day. */
static double
all_day_usd(const struct part *p, double requests)
{
    const struct serving *v = &p->serving;
    const two one = { 1, 1 }, least = { v->least, v->least };
    two sum = { 0, 0 };
    double rest = 0;
    int m = p->from - 1;

    for (; m + 2 <= p->to; m += 2) {
        const two x = requests * *(const two_at *)(const void *)&p->growth[m] * v->per_request * v->peak - 1e-9;
        two n = (x + ROUNDER) - ROUNDER;
        n += (two)((two_bits)one & (n < x));
        const two_bits few = least > n;
        n = (two)(((two_bits)least & few) | ((two_bits)n & ~few));
        sum += n * *(const two_at *)(const void *)&p->hour_weight[m];
    }
    if (m < p->to)
        rest = replicas_for(v, requests * p->growth[m], v->peak) * p->hour_weight[m];
    return HOURS * (sum[0] + sum[1] + rest);
}

/* Replica-hours of a day whose replicas follow its load. The load falls from the peak on: behind an hour of the least
 * there are no more. */
static double
following_hours(const struct serving *v, double requests_day)
{
    double now = replicas_for(v, requests_day, v->shape[0]), sum = 0;

    for (int h = 0; h < HOURS / 2; h++) {
        if (now == v->least)
            return sum + now * (HOURS - 2 * h);
        const double next = replicas_for(v, requests_day, v->shape[h + 1]);
        sum += v->slow_start ? 2 * larger(now, next) : now + next;
        now = next;
    }
    return sum;
}

static double
following_usd(const struct part *p, double requests)
{
    double usd = 0, hours = 0, last = NAN;

    for (int m = p->from - 1; m < p->to; m++) {
        if (p->growth[m] != last)
            hours = following_hours(&p->serving, requests * p->growth[m]);
        usd += p->hour_weight[m] * hours;
        last = p->growth[m];
    }
    return usd;
}

/* extra: of a part where replicas are committed; elsewhere each of them costs the same. */
static double
replicas_usd(struct part *p, double requests, double extra)
{
    double usd = 0;

    if (!p->served)
        return 0;
    if (p->all_paid && p->serving.sized)
        return (p->serving.follow ? following_usd : all_day_usd)(p, requests) + p->serving.spare * p->replica_usd;
    const double own = p->serving.extra;
    p->serving.extra = extra;
    for (int m = p->from - 1; m < p->to; m++)
        usd += p->hour_weight[m] * serving_beyond_hours(&p->serving, m + 1, requests * p->growth[m]);
    p->serving.extra = own;
    return usd;
}

static double
sum_at(struct volume_cost *c, double requests, const double extra[2])
{
    double usd = c->fixed_usd + c->usd_per_request * requests;

    for (int i = 0; i < c->n; i++) {
        struct part *p = &c->part[i];
        for (int m = p->from - 1; p->metered && m < p->to; m++)
            usd += larger(p->usage[m] * requests, p->minimum_usd) * p->usage_weight[m];
        usd += replicas_usd(p, requests, extra[i]);
    }
    return c->harvested.present ? usd + harvest_usd(c, requests) : usd;
}

/* With another volume, as many replicas less or more for latency as the worst peak's load needs more or
 * less there. */
static double
cost_at(struct volume_cost *c, double requests, double other)
{
    const size_t at = place_of(requests);
    double extra[2] = { 0, 0 }, beside = 0;

    if (!c->known)
        return NAN;
    const double *of_latency = extra_of_parts(c, requests);
    for (int i = 0; i < c->n; i++) {
        const struct part *p = &c->part[i];
        const struct serving *v = &p->serving;
        double n = of_latency[i];
        if (other > 0 && p->served && v->sized && !v->conditional)
            n += replicas_for(v, requests * p->busiest, v->peak) - replicas_for(v, other * p->busiest, v->peak);
        if (n > 0 && p->all_paid)
            beside += n * p->replica_usd;
        else if (n > 0)
            extra[i] = n;
    }
    if (c->kept[at].requests != requests || requests == 0 || memcmp(c->kept[at].extra, extra, sizeof extra) != 0) {
        c->kept[at].requests = requests;
        memcpy(c->kept[at].extra, extra, sizeof extra);
        c->kept[at].usd = sum_at(c, requests, extra);
    }
    return c->kept[at].usd + beside;
}

double
volume_cost_usd(struct volume_cost *c, double requests_per_day)
{
    return cost_at(c, requests_per_day, 0);
}

double
volume_cost_bound_usd(struct volume_cost *c, double requests_per_day, double other)
{
    return cost_at(c, requests_per_day, other);
}

double
volume_cost_line_usd(const struct volume_cost *c, double requests_per_day)
{
    return c->fixed_usd + c->usd_per_request * requests_per_day;
}

/* Replicas a day of a month over its load. */
static double
hours_for_load(const struct serving *v)
{
    double hours = 0;

    if (!v->follow)
        return HOURS * v->peak;
    for (int h = 0; h < HOURS / 2; h++)
        hours += v->slow_start ? 2 * larger(v->shape[h], v->shape[h + 1]) : v->shape[h] + v->shape[h + 1];
    return hours;
}

/* No more replicas than this are added for latency at any volume: with so many nobody waits for long, as queue_waits
 * knows without looking. */
static double
extra_at_most(const struct part *p)
{
    const struct serving *v = &p->serving;
    const double idle = 1 - v->attempt_s / (v->mu * v->per_request) - 1e-6; /* at least, since a load has its replicas */

    if (!watches_latency(p))
        return 0;
    return idle >= 0.25 ? larger(0, ceil(larger(12, 6 / (idle * idle)) / v->batch - v->least)) : INFINITY;
}

/* As many replicas as a load has, or up to one more, or the least; 1e-9 of one is forgiven. */
struct volume_line
volume_cost_beside(const struct volume_cost *c)
{
    struct volume_line l = { c->fixed_usd, c->usd_per_request, c->harvested.present ? INFINITY : 0 };

    for (int i = 0; i < c->n; i++) {
        const struct part *p = &c->part[i];
        const struct serving *v = &p->serving;
        for (int m = p->from - 1; p->metered && m < p->to; m++) {
            l.slope += p->usage[m] * p->usage_weight[m];
            l.within += p->minimum_usd * p->usage_weight[m];
        }
        if (p->served && !(p->all_paid && v->sized)) /* at least nothing */
            l.within = INFINITY;
        else if (p->served) {
            l.at_zero += (v->spare - 1e-9) * p->replica_usd;
            l.within += (larger(1, v->least) + 1e-9 + extra_at_most(p)) * p->replica_usd;
            for (int m = p->from - 1; m < p->to; m++)
                l.slope += p->hour_weight[m] * v->per_request * p->growth[m] * hours_for_load(v);
        }
    }
    return l;
}

bool
volume_cost_is_straight(const struct volume_cost *c)
{
    return !c->harvested.present && !c->part[0].metered && !c->part[1].metered;
}

static bool
same_months(const double *a, const double *b, const struct part *p)
{
    const size_t from = (size_t)p->from - 1;

    return memcmp(a + from, b + from, ((size_t)p->to - from) * sizeof *a) == 0;
}

/* Do both pay the same for replicas at every volume? */
static bool
same_replicas(const struct part *a, const struct part *b)
{
    const struct serving *v = &a->serving, *w = &b->serving;

    if (!a->served || !b->served)
        return a->served == b->served;
    return same_months(a->growth, b->growth, a) && same_months(a->hour_weight, b->hour_weight, a) &&
           a->busiest == b->busiest && v->sized == w->sized && v->conditional == w->conditional && v->least == w->least &&
           v->spare == w->spare && v->peak == w->peak && v->follow == w->follow && v->slow_start == w->slow_start &&
           v->committed == w->committed && v->commit_months == w->commit_months &&
           memcmp(v->shape, w->shape, sizeof v->shape) == 0 &&
           (!v->sized || (v->per_request == w->per_request && v->attempt_s == w->attempt_s && v->mu == w->mu &&
                          (v->conditional || (v->batch == w->batch && v->ttft_s == w->ttft_s))));
}

bool
volume_costs_are_equal(const struct volume_cost *a, const struct volume_cost *b)
{
    return memcmp(a, b, offsetof(struct volume_cost, kept)) == 0;
}

bool
volume_costs_differ_by(const struct volume_cost *a, const struct volume_cost *b, double *usd)
{
    if (!a->known || !b->known || a->n != b->n || a->usd_per_request != b->usd_per_request || a->harvested.present ||
        b->harvested.present)
        return false;
    for (int i = 0; i < a->n; i++) {
        const struct part *p = &a->part[i], *q = &b->part[i];
        if (p->metered || q->metered || p->from != q->from || p->to != q->to || !same_replicas(p, q))
            return false;
    }
    *usd = a->fixed_usd - b->fixed_usd;
    return true;
}

/* ---- steps ------------------------------------------------------------------------------------------- */

/* The volume R above "now" at which R * k reaches the next whole number of at least
 * "least" replicas; a volume that lies on a step asks for the one after it. "nearest" if that is not above. */
static double
step_above(double now, double k, double least, double nearest)
{
    const double load = now * k * (1 + 1e-9) + 1e-9;

    if (!(k > 0))
        return nearest;
    /* floor() is a call on a plain x86-64, and this runs for every month of every step. */
    double next = (load < 1e15 ? (double)(int64_t)load : floor(load)) + 1;
    next = next > least ? next : least > 1 ? least : 1;
    return next < nearest * k ? next / k : nearest;
}

static double
step_of_load(const struct serving *v, double growth, double now, double nearest)
{
    const double load = v->per_request * growth;

    if (!v->follow)
        return step_above(now, load * v->peak, v->least, nearest);
    for (int h = 0; h <= HOURS / 2; h++) {
        const double k = load * v->shape[h], at = now * k * (1 + 1e-9) + 1e-9;
        nearest = step_above(now, k, v->least, nearest);
        if (at < 1 || at + 1 <= v->least) /* the first step of this hour, and of those that follow with less load */
            break;
    }
    return nearest;
}

/* The same as month by month, of replicas that run all day. A load is less than 1e15. */
static double
all_day_step(const struct part *p, double now, double nearest)
{
    const struct serving *v = &p->serving;
    const two one = { 1, 1 }, few = { larger(v->least, 1), larger(v->least, 1) };
    two first = { nearest, nearest };
    int m = p->from - 1;

    for (; m + 2 <= p->to; m += 2) {
        const two k = v->per_request * *(const two_at *)(const void *)&p->growth[m] * v->peak;
        const two load = now * k * (1 + 1e-9) + 1e-9;
        two n = (load + ROUNDER) - ROUNDER;
        n += one - (two)((two_bits)one & (n > load)); /* the next whole number */
        n = (two)(((two_bits)few & (few > n)) | ((two_bits)n & ~(few > n)));
        const two at = n / k;
        const two_bits nearer = (at < first) & (k > 0);
        first = (two)(((two_bits)at & nearer) | ((two_bits)first & ~nearer));
    }
    nearest = first[0] < first[1] ? first[0] : first[1];
    return m < p->to ? step_of_load(v, p->growth[m], now, nearest) : nearest;
}

/* Of the months that are paid, and of the worst one, whose load decides on the replicas for latency. */
static double
capacity_step(const struct part *p, double now)
{
    const struct serving *v = &p->serving;
    double nearest, last = p->busiest;

    if (!p->served || !v->sized)
        return INFINITY;
    nearest = step_of_load(v, last, now, step_above(now, v->per_request * last * v->peak, v->least, INFINITY));
    if (!v->follow && now * v->per_request * last * v->peak < 1e14)
        return all_day_step(p, now, nearest);
    for (int m = p->from - 1; m < p->to; m++) {
        if (p->growth[m] != last)
            nearest = step_of_load(v, p->growth[m], now, nearest);
        last = p->growth[m];
    }
    return nearest;
}

/* Between two capacity steps the replicas for latency only rise: where they rise first is
 * found by halving. */
static double
latency_step(const struct volume_cost *c, const struct part *p, double now, double end)
{
    /* A volume on a step is looked at from above, as its next step is asked for. */
    double low = now * (1 + 3e-9), high = isfinite(end) ? end * (1 - 1e-12) : 4 * now;
    double extra = extra_for_latency(c, p, low);

    if (!(high > low) || extra_for_latency(c, p, high) == extra)
        return end;
    for (int i = 0; i < 60 && high - low > 1e-12 * high; i++) {
        double middle = 0.5 * (low + high);
        if (extra_suffices(c, p, middle, extra))
            low = middle;
        else
            high = middle;
    }
    return high;
}

double
volume_cost_next_step(struct volume_cost *c, double requests_per_day)
{
    double nearest = INFINITY;

    if (!(requests_per_day >= 0))
        return INFINITY;
    for (int i = 0; i < c->n; i++) {
        const struct part *p = &c->part[i];
        double step = capacity_step(p, requests_per_day);
        if (p->served && p->serving.sized && !p->serving.conditional && known(p->ttft_limit_s))
            step = latency_step(c, p, requests_per_day, step);
        nearest = fmin(nearest, step);
    }
    return nearest;
}
