/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/*
 * The staged plan (section 11.7): which month, or which volume seen, is the best moment to
 * move, and what waiting is worth against committing now.
 */

#define PREFIX 1024
#define VOLUMES 20

struct plan {
    const struct ruling *r;
    const struct samples *s;
    int arm;                 /* the staged arm                                        */
    int months, n;
    double *loss;            /* [s - 1][i]: switch at the end of month s               */
};

static int
staged_arm(const struct ruling *r)
{
    for (int a = 0; a < r->n_arms; a++)
        if (r->samples->setup.sc.arms[a].kind == ARM_STAGED && r->passes[a])
            return a;
    return -1;
}

static int
fill_losses(struct plan *p)
{
    struct setup *work = malloc(sizeof *work);
    struct arm_outcome *out = malloc(sizeof *out);

    if (work == NULL || out == NULL) {
        free(work);
        free(out);
        return -1;
    }
    *work = p->s->setup;
    for (int i = 0; i < p->n && !solve_cancelled(p->r->cancel); i++) {
        samples_apply(p->s, work, i);
        for (int m = 1; m < p->months; m++) {
            work->sc.arms[p->arm].switch_month.x = m;
            model_evaluate(work, p->arm, out);
            p->loss[(size_t)(m - 1) * (size_t)p->n + (size_t)i] = out->known ? out->npv_usd : NAN;
        }
    }
    free(work);
    free(out);
    return 0;
}

/* The month at whose end the volume T has been seen, at most the last but one. */
static int
month_of_volume(const struct setup *work, double tokens_per_day, int months)
{
    double per_request = workload_tokens_per_request(work);

    for (int m = 1; m < months - 1; m++)
        if (workload_requests_per_day(work, m) * per_request >= tokens_per_day)
            return m;
    return months - 1;
}

static void
best_month(struct answer *an, const struct plan *p, double *least)
{
    *least = INFINITY;
    for (int m = 1; m < p->months; m++) {
        double mean = column_mean(p->loss + (size_t)(m - 1) * (size_t)p->n, p->n);
        if (mean < *least) {
            *least = mean;
            an->switch_month = m;
        }
    }
}

static int
best_volume(struct answer *an, const struct plan *p, double *least)
{
    struct setup *work = malloc(sizeof *work);
    double sum[VOLUMES] = { 0 }, now = an->tokens_per_day;

    if (work == NULL)
        return -1;
    *work = p->s->setup;
    *least = INFINITY;
    for (int i = 0; i < p->n; i++) {
        samples_apply(p->s, work, i);
        for (int k = 0; k < VOLUMES; k++) {
            int m = month_of_volume(work, now * pow(100, k / (double)(VOLUMES - 1)), p->months);
            sum[k] += p->loss[(size_t)(m - 1) * (size_t)p->n + (size_t)i];
        }
    }
    for (int k = 0; k < VOLUMES; k++)
        if (isfinite(sum[k]) && sum[k] / p->n < *least) {
            *least = sum[k] / p->n;
            an->trigger_tokens_per_day = now * pow(100, k / (double)(VOLUMES - 1));
        }
    free(work);
    return 0;
}

int
staged_find(struct answer *an, const struct ruling *r, struct error *err)
{
    struct plan p = { .r = r, .s = r->samples, .arm = staged_arm(r), .months = an->horizon_months };
    double by_month, by_volume, commit = INFINITY;

    p.n = p.s->n < PREFIX ? p.s->n : PREFIX;
    if (p.arm < 0 || p.months < 2)
        return 0;
    p.loss = malloc((size_t)(p.months - 1) * (size_t)p.n * sizeof *p.loss);
    if (p.loss == NULL || fill_losses(&p) < 0) {
        free(p.loss);
        return error_set(err, ERR_BUG, "no memory for the staged plan");
    }
    if (solve_cancelled(r->cancel)) {
        free(p.loss);
        return 1;
    }
    best_month(an, &p, &by_month);
    if (best_volume(an, &p, &by_volume) < 0) {
        free(p.loss);
        return error_set(err, ERR_BUG, "no memory for the staged plan");
    }
    for (int a = 0; a < r->n_arms; a++)
        if (a != p.arm && r->running[a] != NULL)
            commit = fmin(commit, column_mean(r->loss[a], p.n));
    if (isfinite(commit))
        an->value_of_waiting_usd = commit - fmin(by_month, by_volume);
    free(p.loss);
    return 0;
}
