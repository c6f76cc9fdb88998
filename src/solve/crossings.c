/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_roots.h>
#include <math.h>
#include <stdlib.h>

#include "crossings.h"
#include "parts.h"

/*
 * Crossings (section 11.4).  Costs are smooth in volume between replica steps and jump
 * at them, so the search goes from step to step: signs first, a root by Brent where they
 * differ within a piece, the step itself where they differ across it.
 */

#define STEPS_MAX 4000     /* beyond, only signs on a grid are compared                  */
#define GRID 200
#define JUST_ABOVE (1 + 1e-8) /* more than the 1e-9 that rounding forgives a replica       */

static int
sign(double d)
{
    return d > 0 ? 1 : d < 0 ? -1 : 0;
}

static double
gap_at(double volume, void *arg)
{
    const struct gap *g = arg;

    return g->difference(g->ctx, volume);
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

struct found {
    double *list;
    int n, max;
    bool truncated;
};

static void
keep(struct found *f, double volume)
{
    if (!isfinite(volume))
        return;
    if (f->n == f->max)
        f->truncated = true;
    else
        f->list[f->n++] = volume;
}

/* One smooth piece from just above "from" to "to". Returns the sign at its end. */
static int
search_piece(const struct gap *g, double from, double to, int before, struct found *f)
{
    double a = from * JUST_ABOVE;
    int sa, sb;

    if (a >= to)
        a = from;
    sa = sign(g->difference(g->ctx, a));
    if (sa != 0 && before != 0 && sa != before)
        keep(f, from);
    if (sa == 0)
        sa = before;
    sb = sign(g->difference(g->ctx, to));
    if (sb == 0)
        return sa;
    if (sa != 0 && sa != sb)
        keep(f, root_between(g, a, to));
    return sb;
}

/* Too many steps to visit: signs alone, and an honest flag if any changes. */
static int
search_grid(const struct gap *g, double from, double high, int before, struct found *f)
{
    for (int k = 1; k <= GRID; k++) {
        int s = sign(g->difference(g->ctx, from * pow(high / from, k / (double)GRID)));
        f->truncated |= s != 0 && before != 0 && s != before;
        before = s != 0 ? s : before;
    }
    return before;
}

int
gap_crossings(const struct gap *g, double low, double high, double *list, int max, bool *truncated, int signs[2])
{
    struct found f = { list, 0, max, false };
    double at = low;
    int now = sign(g->difference(g->ctx, low));

    signs[0] = now;
    for (int steps = 0; at < high; steps++) {
        if (steps == STEPS_MAX) {
            now = search_grid(g, at, high, now, &f);
            break;
        }
        double next = g->next_step(g->ctx, at);
        if (!(next > at * JUST_ABOVE))
            next = at * 1.001; /* a step that does not move on would hang the search */
        if (next > high)
            next = high;
        now = search_piece(g, at, next, now, &f);
        if (signs[0] == 0)
            signs[0] = now;
        at = next;
    }
    signs[1] = now;
    *truncated = f.truncated;
    return f.n;
}

/* ---- over a setup ------------------------------------------------------------------------- */

struct pair {
    struct setup *work;
    struct arm_outcome *out;
    int a, b;
    bool total;
};

static double
cost_of(struct pair *p, int arm)
{
    if (!p->total)
        return model_run_month_usd(p->work, arm);
    model_evaluate(p->work, arm, p->out);
    return p->out->known ? p->out->npv_usd : NAN;
}

static double
pair_difference(void *ctx, double requests)
{
    struct pair *p = ctx;

    p->work->sc.workload.requests_per_day.x = requests;
    return cost_of(p, p->a) - cost_of(p, p->b);
}

static double
pair_step(void *ctx, double requests)
{
    struct pair *p = ctx;

    return fmin(model_next_step(p->work, p->a, requests), model_next_step(p->work, p->b, requests));
}

static void
utilization_there(struct pair *p, double requests, double *out)
{
    *out = NAN;
    if (!isfinite(requests))
        return;
    p->work->sc.workload.requests_per_day.x = requests * JUST_ABOVE;
    model_run_month(p->work, p->a, out, NULL);
    if (!isfinite(*out))
        model_run_month(p->work, p->b, out, NULL);
}

int
crossings_find(const struct setup *s, int a, int b, bool total, struct crossing_set *set)
{
    struct pair p = { malloc(sizeof *p.work), malloc(sizeof *p.out), a, b, total };
    struct gap g = { pair_difference, pair_step, &p };
    int signs[2];

    if (p.work == NULL || p.out == NULL) {
        free(p.work);
        free(p.out);
        return -1;
    }
    *p.work = *s;
    double requests = s->sc.workload.requests_per_day.x, per_request = workload_tokens_per_request(s);
    set->n = 0;
    set->truncated = false;
    set->stays_from = set->utilization = NAN;
    set->cheaper_below = set->cheaper_above = -1;
    if (requests > 0 && isfinite(per_request)) {
        set->n = gap_crossings(&g, requests * 0.001, requests * 1000, set->tokens_per_day, CROSSINGS_MAX, &set->truncated,
                               signs);
        set->cheaper_below = signs[0] < 0 ? a : signs[0] > 0 ? b : -1;
        set->cheaper_above = signs[1] < 0 ? a : signs[1] > 0 ? b : -1;
        if (set->n > 0 && !total)
            utilization_there(&p, set->tokens_per_day[set->n - 1], &set->utilization);
        for (int k = 0; k < set->n; k++)
            set->tokens_per_day[k] *= per_request;
        if (set->n > 0)
            set->stays_from = set->tokens_per_day[set->n - 1];
    }
    free(p.work);
    free(p.out);
    return 0;
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
    struct pair p = { malloc(sizeof *p.work), malloc(sizeof *p.out), arm, arm, total };
    double per_request = workload_tokens_per_request(s);

    for (int i = 0; i < n; i++)
        usd[i] = NAN;
    if (p.work != NULL && p.out != NULL) {
        *p.work = *s;
        for (int i = 0; i < n; i++) {
            p.work->sc.workload.requests_per_day.x = tokens_per_day[i] / per_request;
            usd[i] = cost_of(&p, arm);
            if (total)
                usd[i] /= s->sc.horizon.months.x;
        }
    }
    free(p.work);
    free(p.out);
}
