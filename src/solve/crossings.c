/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_roots.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "crossings.h"
#include "parts.h"

/*
 * Crossings (section 11.4).  Costs are smooth in volume between replica steps and jump
 * at them, so the search goes from step to step: signs first, a root by Brent where they
 * differ within a piece, the step itself where they differ across it.  Where the dearer cost
 * at the near end of a range exceeds the other at its far end, rising costs cannot cross in
 * between and the whole range is passed over, however many steps it has.
 */

#define PIECES_MAX 4000
#define COSTS_MAX 12000         /* asked for on the way up, and again from the far end: bounds the time   */
#define PIECE_RATIO 1.1        /* a smooth piece is no longer than this                       */
#define SURE 0.5              /* of how far a range would reach if costs rose evenly       */
#define REACH_MAX 16.0         /* nor is a range that is passed over at once                  */
#define JUST_ABOVE (1 + 1e-8)  /* more than the 1e-9 that rounding forgives a replica         */
#define NUDGE 1e-6             /* of a volume, to see which way a difference goes             */

static int
sign(double d)
{
    return d > 0 ? 1 : d < 0 ? -1 : 0;
}

static double
difference(const struct gap *g, double volume)
{
    *g->left -= 2;
    return g->cost(g->ctx, 0, volume) - g->cost(g->ctx, 1, volume);
}

static double
bound(const struct gap *g, int which, double volume, double other)
{
    --*g->left;
    return g->bound != NULL ? g->bound(g->ctx, which, volume, other) : g->cost(g->ctx, which, volume);
}

static double
line(const struct gap *g, int which, double volume)
{
    return g->line != NULL ? g->line(g->ctx, which, volume) : 0;
}

#define ROUNDING 1e-12 /* of a cost: what is left of a difference must be more      */

/* The sign that the difference, "gap" at "from", has all over from..to; 0: the bounds do not tell. The straight parts
 * meet at the same volume, the rest at the far end of each. *used: how much of the gap the bounds took; NAN: all. */
static int
sign_throughout(const struct gap *g, double from, double to, double gap, double *used)
{
    const int s = sign(gap), more = s < 0; /* the dearer one */

    *used = NAN;
    if (!(from >= g->rising_from) || s == 0)
        return 0;
    const double least = bound(g, more, from, to), most = bound(g, !more, to, from);
    const double at_from = line(g, more, from) - line(g, !more, from), at_to = line(g, more, to) - line(g, !more, to);
    const double left = fmin(at_from, at_to) + (least - line(g, more, from)) - (most - line(g, !more, to));
    *used = fabs(gap) - left;
    return left > ROUNDING * (fabs(least) + fabs(most)) ? s : 0;
}

/* The volume up to which the lines beside both costs lie so far apart that the difference keeps the sign it has at
 * "at"; not above "at" if they do not. */
static double
apart_until(const struct gap *g, double at, double high, double gap)
{
    if (g->beside == NULL || !(at >= g->rising_from))
        return at;
    const struct volume_line *more = &g->beside[gap < 0], *less = &g->beside[!(gap < 0)];
    const double apart = more->at_zero - less->at_zero - less->within - ROUNDING * (fabs(more->at_zero) + fabs(less->at_zero));
    const double slope = more->slope - less->slope - ROUNDING * (fabs(more->slope) + fabs(less->slope));
    if (!(apart + slope * at > 0))
        return at;
    /* Well before a root of lines that are the costs themselves, since a piece begins a hair above where it is said to. */
    return slope >= 0 ? high : fmin(high, -apart / slope * (1 - NUDGE));
}

/* ---- within a piece ------------------------------------------------------------------------- */

static double
gap_at(double volume, void *arg)
{
    double d = difference(arg, volume);

    return isfinite(d) ? d : 0;
}

static double
root_between(const struct gap *g, double low, double high)
{
    gsl_function f = { gap_at, (void *)(uintptr_t)g };
    gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    double root = NAN;

    if (solver == NULL)
        return NAN;
    if (gsl_root_fsolver_set(solver, &f, low, high) == GSL_SUCCESS)
        for (int k = 0; k < 100; k++) {
            if (gsl_root_fsolver_iterate(solver) != GSL_SUCCESS)
                break;
            root = gsl_root_fsolver_root(solver);
            if (gsl_root_test_interval(gsl_root_fsolver_x_lower(solver), gsl_root_fsolver_x_upper(solver), 0, 1e-12) ==
                GSL_SUCCESS)
                break;
        }
    gsl_root_fsolver_free(solver);
    return root;
}

static void
keep(struct gap_roots *r, double volume)
{
    if (!isfinite(volume))
        return;
    r->last = volume;
    if (r->n == r->max)
        r->truncated = true;
    else
        r->list[r->n++] = volume;
}

/* Where a difference of this sign at both ends has the other one in between (a minimum fee, say);
 * NAN if nowhere. It can only if it goes towards zero from either end. */
static double
dip_between(const struct gap *g, double low, double high, int s)
{
    const double golden = 0.6180339887498949;

    if (!(s * (difference(g, low * (1 + NUDGE)) - difference(g, low)) < 0) ||
        !(s * (difference(g, high * (1 - NUDGE)) - difference(g, high)) < 0))
        return NAN;
    double a = high - golden * (high - low), b = low + golden * (high - low);
    double da = s * difference(g, a), db = s * difference(g, b);
    while (high - low > 1e-9 * high) {
        if (da < 0)
            return a;
        if (db < 0)
            return b;
        if (da < db) {
            high = b;
            b = a;
            db = da;
            a = high - golden * (high - low);
            da = s * difference(g, a);
        } else {
            low = a;
            a = b;
            da = db;
            b = low + golden * (high - low);
            db = s * difference(g, b);
        }
    }
    return NAN;
}

/* One smooth piece from just above "from" to "to". Returns the sign at its end. */
static int
search_piece(const struct gap *g, double from, double to, int before, struct gap_roots *r)
{
    double a = from * JUST_ABOVE < to ? from * JUST_ABOVE : from;
    int sa = sign(difference(g, a)), sb = sign(difference(g, to));

    if (sa != 0 && before != 0 && sa != before)
        keep(r, from);
    if (sa == 0)
        sa = before;
    if (sb == 0)
        return sa;
    if (sa != 0 && sa != sb)
        keep(r, root_between(g, a, to));
    else if (sa != 0 && !g->straight) {
        double dip = dip_between(g, a, to, sa);
        if (isfinite(dip)) {
            keep(r, root_between(g, a, dip));
            keep(r, root_between(g, dip, to));
        }
    }
    return sb;
}

/* ---- from piece to piece ------------------------------------------------------------------------ */

/* The end of the piece that begins at "at". */
static double
piece_end(const struct gap *g, double at, double high)
{
    double next = g->next_step(g->ctx, at);

    if (!(next > at * JUST_ABOVE)) /* two steps in one place, or the one that "at" stands on */
        next = g->next_step(g->ctx, at * JUST_ABOVE);
    if (!(next > at * JUST_ABOVE))
        next = at * PIECE_RATIO;
    return fmin(fmin(next, at * PIECE_RATIO), high);
}

/* The last crossing in low..high, by halves from the far end. */
static double
last_crossing(const struct gap *g, double low, double high)
{
    double used;

    if (*g->left <= 0 || sign_throughout(g, low, high, difference(g, low), &used) != 0)
        return NAN;
    if (piece_end(g, low, high) >= high) {
        double two[2];
        struct gap_roots r = { .list = two, .max = 2, .last = NAN };
        search_piece(g, low, high, sign(difference(g, low)), &r);
        return r.last;
    }
    double middle = sqrt(low * high), found = last_crossing(g, middle, high);
    return isfinite(found) ? found : last_crossing(g, low, middle);
}

/* On the way up. */
struct way {
    double at, end; /* end: of the piece at "at", if beyond it                                         */
    double piece;   /* how long the last one was                                                        */
    double reach;   /* a range is no longer than this                                                   */
    double rate;    /* what bounds took of the difference for a unit of volume                           */
    int now;
};

/* A range that is free of crossings, or, where none is known that reaches as far, a piece. False: neither yet. */
static bool
go_on(const struct gap *g, struct way *w, double high, struct gap_roots *r, int *pieces)
{
    const double at = w->at, gap = difference(g, at), apart = apart_until(g, at, high, gap);
    double to = fmin(fmin(at * w->reach, at + SURE * fabs(gap) / w->rate), high), used;

    if (apart > at) {
        w->at = apart;
        w->now = sign(gap);
        return true;
    }
    if (w->end <= at && to < at + w->piece)
        w->end = piece_end(g, at, high);
    if (to >= w->end) {
        const int all = sign_throughout(g, at, to, gap, &used);
        if (all != 0) {
            w->at = to;
            w->now = all;
            w->rate = fmax(used / (to - at), 0.5 * w->rate);
            w->reach = fmin(w->reach * w->reach, REACH_MAX);
            return true;
        }
        if (used > 0) {
            w->rate = used / (to - at);
            w->reach = 1 + SURE * (to / at - 1);
            return false;
        }
    }
    if (w->end <= at)
        w->end = piece_end(g, at, high);
    w->now = search_piece(g, at, w->end, w->now, r);
    w->at = w->end;
    w->piece = w->end - at;
    w->rate *= 0.5;
    w->reach = fmax(w->reach, w->end / at);
    ++*pieces;
    return true;
}

void
gap_crossings(const struct gap *of, double low, double high, struct gap_roots *r)
{
    long left = COSTS_MAX;
    struct gap counted = *of, *g = &counted;
    g->left = &left;
    struct way w = { low, low, low * (PIECE_RATIO - 1), PIECE_RATIO, 0, sign(difference(g, low)) };
    int pieces = 0;

    r->n = 0;
    r->truncated = false;
    r->last = NAN;
    r->signs[0] = w.now;
    while (w.at < high && pieces < PIECES_MAX && left > 0)
        if (go_on(g, &w, high, r, &pieces) && r->signs[0] == 0)
            r->signs[0] = w.now;
    if (w.at < high) { /* too many steps to visit: how it ends, and from where on */
        left = COSTS_MAX;
        double last = last_crossing(g, w.at, high);
        r->truncated = r->truncated || isfinite(last) || left <= 0;
        r->last = isfinite(last) ? last : r->last;
        w.now = sign(difference(g, high));
    }
    r->signs[1] = w.now;
}

/* ---- over a setup ------------------------------------------------------------------------- */

struct pair {
    const struct setup *setup;
    struct volume_cost *cost[2];
    int arm[2];
    bool total;
};

static double
pair_cost(void *ctx, int which, double requests)
{
    const struct pair *p = ctx;

    return volume_cost_usd(p->cost[which], requests);
}

static double
pair_bound(void *ctx, int which, double requests, double other)
{
    const struct pair *p = ctx;

    return volume_cost_bound_usd(p->cost[which], requests, other);
}

static double
pair_line(void *ctx, int which, double requests)
{
    const struct pair *p = ctx;

    return volume_cost_line_usd(p->cost[which], requests);
}

/* More traffic costs more, but for the labels of a staged arm: what it harvests it need not buy,
 * until each month has as many requests as it can review or use. */
static double
harvest_is_full_at(const struct setup *s, int arm)
{
    const struct scenario *sc = &s->sc;
    double wanted = fmin(sc->labels.harvest_per_month.x, sc->labels.examples.x);
    double month = fmin(1, 1 + sc->workload.growth_per_month.x) * (1 - sc->workload.hazard_per_month.x);
    double least = pow(month, sc->arms[arm].switch_month.x) * sc->horizon.days_per_month.x;

    if (sc->arms[arm].kind != ARM_STAGED || sc->labels.harvest_per_month.kind == QUANTITY_UNSET || wanted <= 0)
        return 0;
    return least > 0 ? wanted / least : INFINITY;
}

static double
pair_rises_from(const struct pair *p)
{
    return p->total ? fmax(harvest_is_full_at(p->setup, p->arm[0]), harvest_is_full_at(p->setup, p->arm[1])) : 0;
}

static double
pair_step(void *ctx, double requests)
{
    const struct pair *p = ctx;

    return fmin(volume_cost_next_step(p->cost[0], requests), volume_cost_next_step(p->cost[1], requests));
}

/* Of the self-hosted arm just above the volume. */
static double
utilization_at(const struct pair *p, double requests)
{
    struct setup *work = malloc(sizeof *work);
    double utilization = NAN;

    if (work == NULL)
        return NAN;
    *work = *p->setup;
    work->sc.workload.requests_per_day.x = requests * JUST_ABOVE;
    for (int k = 0; k < 2 && !isfinite(utilization); k++)
        model_run_month(work, p->arm[k], &utilization, NULL);
    free(work);
    return utilization;
}

static int
arm_of_sign(const struct pair *p, int s)
{
    return s < 0 ? p->arm[0] : s > 0 ? p->arm[1] : -1;
}

/* What was found of a pair, and of what. */
struct found {
    int64_t version[2];
    double low, high, rising_from;
    struct gap_roots roots;
    double list[CROSSINGS_MAX];
};

struct crossing_search {
    const struct setup *setup;
    struct volume_cost *cost[ARMS_MAX][2]; /* [arm][total], made when first asked for        */
    bool fresh[ARMS_MAX][2];               /* of this setup                                    */
    int64_t version[ARMS_MAX][2], versions;
    struct found *found[ARMS_MAX][ARMS_MAX][2];
};

/* The roots of a pair's gap; those that stand from the setup before are taken as they stand. */
static void
find_roots(struct crossing_search *c, struct pair *p, double low, double high, struct gap_roots *r)
{
    const struct volume_line beside[2] = { volume_cost_beside(p->cost[0]), volume_cost_beside(p->cost[1]) };
    struct gap g = { .cost = pair_cost, .next_step = pair_step, .rising_from = pair_rises_from(p), .ctx = p, .bound = pair_bound,
                     .line = pair_line, .beside = beside,
                     .straight = volume_cost_is_straight(p->cost[0]) && volume_cost_is_straight(p->cost[1]) };
    struct found **kept = &c->found[p->arm[0]][p->arm[1]][p->total], *f = *kept;
    const int64_t version[2] = { c->version[p->arm[0]][p->total], c->version[p->arm[1]][p->total] };

    if (f == NULL)
        f = *kept = calloc(1, sizeof *f);
    if (f == NULL) { /* found without being kept */
        gap_crossings(&g, low, high, r);
        return;
    }
    if (f->version[0] != version[0] || f->version[1] != version[1] || !(f->low == low && f->high == high) ||
        !(f->rising_from == g.rising_from)) {
        f->roots = (struct gap_roots){ .list = f->list, .max = r->max, .last = NAN };
        gap_crossings(&g, low, high, &f->roots);
        memcpy(f->version, version, sizeof version);
        f->low = low;
        f->high = high;
        f->rising_from = g.rising_from;
    }
    double *list = r->list;
    memcpy(list, f->list, (size_t)f->roots.n * sizeof *list);
    *r = f->roots;
    r->list = list;
}

static void
find(struct crossing_search *c, struct pair *p, double requests, double tokens_per_request, struct crossing_set *set)
{
    struct gap_roots r = { .list = set->tokens_per_day, .max = CROSSINGS_MAX, .last = NAN };
    double always;

    if (volume_costs_differ_by(p->cost[0], p->cost[1], &always))
        r.signs[0] = r.signs[1] = sign(always);
    else
        find_roots(c, p, requests / CROSSINGS_REACH, requests * CROSSINGS_REACH, &r);
    set->n = r.n;
    set->truncated = r.truncated;
    set->cheaper_below = arm_of_sign(p, r.signs[0]);
    set->cheaper_above = arm_of_sign(p, r.signs[1]);
    if (!p->total && isfinite(r.last))
        set->utilization = utilization_at(p, r.last);
    for (int k = 0; k < r.n; k++)
        set->tokens_per_day[k] *= tokens_per_request;
    set->stays_from = r.last * tokens_per_request;
}

struct crossing_search *
crossings_begin(const struct setup *s)
{
    struct crossing_search *c = calloc(1, sizeof *c);

    if (c != NULL)
        c->setup = s;
    return c;
}

void
crossings_renew(struct crossing_search *c, const struct setup *s)
{
    c->setup = s;
    memset(c->fresh, 0, sizeof c->fresh);
}

void
crossings_end(struct crossing_search *c)
{
    for (int k = 0; c != NULL && k < 2 * ARMS_MAX; k++)
        volume_cost_free(c->cost[k / 2][k % 2]);
    for (int k = 0; c != NULL && k < 2 * ARMS_MAX * ARMS_MAX; k++)
        free(c->found[k / 2 / ARMS_MAX][k / 2 % ARMS_MAX][k % 2]);
    free(c);
}

/* A cost that is the same as before stands, with what it keeps. */
static struct volume_cost *
cost_of(struct crossing_search *c, int arm, bool total)
{
    struct volume_cost **stands = &c->cost[arm][total], *made;

    if (c->fresh[arm][total])
        return *stands;
    made = volume_cost_new(c->setup, arm, total);
    if (made == NULL)
        return NULL;
    if (*stands != NULL && volume_costs_are_equal(*stands, made))
        volume_cost_free(made);
    else {
        volume_cost_free(*stands);
        *stands = made;
        c->version[arm][total] = ++c->versions;
    }
    c->fresh[arm][total] = true;
    return *stands;
}

int
crossings_of(struct crossing_search *c, int a, int b, bool total, struct crossing_set *set)
{
    struct pair p = { c->setup, { cost_of(c, a, total), cost_of(c, b, total) }, { a, b }, total };
    double requests = c->setup->sc.workload.requests_per_day.x, per_request = workload_tokens_per_request(c->setup);

    set->n = 0;
    set->truncated = false;
    set->stays_from = set->utilization = NAN;
    set->cheaper_below = set->cheaper_above = -1;
    if (p.cost[0] == NULL || p.cost[1] == NULL)
        return -1;
    if (requests > 0 && isfinite(per_request))
        find(c, &p, requests, per_request, set);
    return 0;
}

int
crossings_find(const struct setup *s, int a, int b, bool total, struct crossing_set *set)
{
    struct crossing_search *c = crossings_begin(s);
    int status = c != NULL ? crossings_of(c, a, b, total, set) : -1;

    crossings_end(c);
    return status;
}

int
payback_month(const struct arm_outcome *a, const struct arm_outcome *b)
{
    const struct arm_outcome *dear = a->once_total_usd > b->once_total_usd ? a : b, *other = dear == a ? b : a;
    double gap;
    int month = 0;

    if (!a->known || !b->known)
        return 0;
    gap = dear->once_total_usd - other->once_total_usd;
    if (!(gap > 1e-9 * fabs(dear->once_total_usd)))
        return 0; /* nothing was paid that could come back */
    for (int m = 0; m < a->months && m < b->months; m++) {
        gap += dear->monthly_usd[m] - other->monthly_usd[m];
        if (gap < 0 && month == 0)
            month = m + 1;
        if (gap >= 0)
            month = 0;
    }
    return month;
}

void
cost_curve(const struct setup *s, int arm, bool total, const double *tokens_per_day, int n, double *usd)
{
    struct volume_cost *cost = volume_cost_new(s, arm, total);
    const double per_request = workload_tokens_per_request(s), months = total ? s->sc.horizon.months.x : 1;

    for (int i = 0; i < n; i++)
        usd[i] = cost != NULL ? volume_cost_usd(cost, tokens_per_day[i] / per_request) / months : NAN;
    volume_cost_free(cost);
}
