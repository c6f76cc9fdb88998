/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
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
    real *loss;              /* [s - 1][i]: switch at the end of month s               */
};

static int
staged_arm(const struct ruling *r)
{
    for (int a = 0; a < r->n_arms; a++)
        if (r->samples->setup.sc.arms[a].kind == ARM_STAGED && r->passes[a])
            return a;
    return -1;
}

/* 0, -1, or 1 if it was cancelled. */
static int
fill_losses(struct plan *p, struct error *err)
{
    const struct scenario *sc = &p->s->setup.sc;
    struct trials *t = p->r->trials;
    const struct samples *held;
    struct field_ref ref;
    char path[112];

    snprintf(path, sizeof path, "arms.%s.switch_month", sc->arms[p->arm].name);
    int status = field_find(sc, path, &ref, err);
    if (status == 0)
        trials_hold(t, ref);
    for (int m = 1; m < p->months && status == 0; m++) {
        status = trials_at(t, m, p->n, 1u << p->arm, &held, err);
        if (status == 0)
            memcpy(p->loss + (size_t)(m - 1) * (size_t)p->n, held->metric[p->arm][METRIC_NPV], (size_t)p->n * sizeof *p->loss);
    }
    return status;
}

static void
best_month(struct answer *an, const struct plan *p, double *least)
{
    for (int m = 1; m < p->months; m++) {
        double mean = column_mean(p->loss + (size_t)(m - 1) * (size_t)p->n, p->n);
        if (mean < *least) {
            *least = mean;
            an->switch_month = m;
        }
    }
}

static int
best_volume(struct answer *an, const struct plan *p, double *least, struct error *err)
{
    struct setup *work = malloc(sizeof *work);
    double sum[VOLUMES] = { 0 }, volume[VOLUMES], seen[HORIZON_MAX];

    if (work == NULL)
        return error_set(err, ERR_BUG, "no memory for the staged plan");
    *work = p->s->setup;
    for (int k = 0; k < VOLUMES; k++)
        volume[k] = an->tokens_per_day * pow(100, k / (double)(VOLUMES - 1));
    for (int i = 0; i < p->n; i++) {
        samples_apply(p->s, work, i);
        workload_requests_by_month(work, p->months, seen);
        const double per_request = workload_tokens_per_request(work);
        for (int k = 0, m = 1; k < VOLUMES; k++) { /* the volumes rise: the month by whose end one has been seen, at most the last but one */
            while (m < p->months - 1 && !(seen[m - 1] * per_request >= volume[k]))
                m++;
            sum[k] += p->loss[(size_t)(m - 1) * (size_t)p->n + (size_t)i];
        }
    }
    for (int k = 0; k < VOLUMES; k++)
        if (isfinite(sum[k]) && sum[k] / p->n < *least) {
            *least = sum[k] / p->n;
            an->trigger_tokens_per_day = volume[k];
        }
    free(work);
    return 0;
}

int
staged_find(struct answer *an, const struct ruling *r, struct error *err)
{
    struct plan p = { .r = r, .s = r->samples, .arm = staged_arm(r), .months = an->horizon_months };
    double by_month = INFINITY, by_volume = INFINITY, commit = INFINITY;

    p.n = p.s->n < PREFIX ? p.s->n : PREFIX;
    if (p.arm < 0 || p.months < 2)
        return 0;
    p.loss = malloc((size_t)(p.months - 1) * (size_t)p.n * sizeof *p.loss);
    int status = p.loss != NULL ? fill_losses(&p, err) : error_set(err, ERR_BUG, "no memory for the staged plan");
    if (status == 0) {
        best_month(an, &p, &by_month);
        status = best_volume(an, &p, &by_volume, err);
    }
    for (int a = 0; a < r->n_arms && status == 0; a++)
        if (a != p.arm && r->running[a] != NULL)
            commit = fmin(commit, column_mean(r->loss[a], p.n));
    if (status == 0 && isfinite(commit))
        an->value_of_waiting_usd = commit - fmin(by_month, by_volume);
    free(p.loss);
    return status;
}
