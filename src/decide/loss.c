/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/*
 * Loss (section 11.2).  An arm costs its NPV in the samples where it meets its
 * floors and limits.  Where it falls short it was built, found short and
 * replaced: its once costs, then the cheapest arm that does meet them. Without
 * this a pilot would look worthless exactly when it is the decision.
 */

/* What an arm that falls short falls back on: the cheapest that meets its limits, by sample; infinite where
 * none does. */
static void
find_fallback(const struct ruling *r, double *fallback)
{
    for (int i = 0; i < r->n; i++)
        fallback[i] = INFINITY;
    for (int a = 0; a < r->n_arms; a++) {
        const double *npv = r->samples->metric[a][METRIC_NPV];
        const unsigned char *meets = r->meets[a];
        for (int i = 0; i < r->n && r->loss[a] != NULL && r->passes[a]; i++) {
            double x = meets[i] ? npv[i] : INFINITY;
            fallback[i] = x < fallback[i] ? x : fallback[i];
        }
    }
}

static void
find_losses(struct ruling *r, double *fallback)
{
    find_fallback(r, fallback);
    for (int a = 0; a < r->n_arms; a++) {
        const double *npv = r->samples->metric[a][METRIC_NPV], *once = r->samples->metric[a][METRIC_ONCE];
        const unsigned char *meets = r->meets[a];
        for (int i = 0; i < r->n && r->loss[a] != NULL; i++) {
            double replaced = once[i] + fallback[i];
            r->loss[a][i] = meets[i] || !(fallback[i] < INFINITY) ? npv[i] : replaced;
        }
    }
}

/* P(best), ties sharing; regret against the best of the sample. */
static void
count_best(struct ruling *r, const double *least)
{
    double wins[ARMS_MAX] = { 0 };

    for (int i = 0; i < r->n; i++) {
        int ties = 0;

        for (int a = 0; a < r->n_arms; a++)
            ties += r->running[a] != NULL && r->running[a][i] <= least[i];
        for (int a = 0; a < r->n_arms; a++)
            if (r->running[a] != NULL && r->running[a][i] <= least[i])
                wins[a] += 1.0 / ties;
    }
    for (int a = 0; a < r->n_arms; a++)
        r->p_best[a] = r->running[a] != NULL ? wins[a] / r->n : 0;
}

/* The least loss of each sample among the arms in the running. */
static void
find_least(const struct ruling *r, double *least)
{
    for (int i = 0; i < r->n; i++)
        least[i] = INFINITY;
    for (int a = 0; a < r->n_arms; a++)
        for (int i = 0; i < r->n && r->running[a] != NULL; i++)
            least[i] = r->running[a][i] < least[i] ? r->running[a][i] : least[i];
}

static double
max_regret(const struct ruling *r, int arm, const double *least, double *gap, double *scratch)
{
    for (int i = 0; i < r->n; i++)
        gap[i] = r->loss[arm][i] - least[i];
    return column_quantile(gap, r->n, 0.95, scratch);
}

/* whole: all that is shown of the arms, not only what decides. */
static void
score_arms(struct ruling *r, bool whole, const double *least, double *gap, double *scratch)
{
    double best = whole ? column_mean(least, r->n) : NAN;

    for (int a = 0; a < r->n_arms; a++) {
        r->mean_loss[a] = r->regret[a] = r->max_regret[a] = r->score[a] = NAN;
        if (r->loss[a] == NULL)
            continue;
        if (whole || r->running[a] != NULL)
            r->mean_loss[a] = column_mean(r->loss[a], r->n);
        if (r->running[a] == NULL)
            continue;
        r->regret[a] = r->mean_loss[a] - best;
        if (whole || r->attitude == ATTITUDE_MINIMAX)
            r->max_regret[a] = max_regret(r, a, least, gap, scratch);
        switch (r->attitude) {
        case ATTITUDE_P90:
            r->score[a] = column_quantile(r->loss[a], r->n, 0.90, scratch);
            break;
        case ATTITUDE_MINIMAX:
            r->score[a] = r->max_regret[a];
            break;
        default:
            r->score[a] = r->mean_loss[a];
        }
    }
}

int
ruling_pick(struct ruling *r)
{
    r->pick = r->rival = -1;
    for (int a = 0; a < r->n_arms; a++)
        if (isfinite(r->score[a]) && (r->pick < 0 || r->score[a] < r->score[r->pick]))
            r->pick = a;
    for (int a = 0; a < r->n_arms; a++)
        if (a != r->pick && isfinite(r->score[a]) &&
            (r->rival < 0 || r->score[a] < r->score[r->rival]))
            r->rival = a;
    return r->pick;
}

int
ruling_make(struct ruling *r, const struct samples *s, const bool passes[ARMS_MAX],
            const int failed[ARMS_MAX], int attitude, bool whole, struct error *err)
{
    const size_t n = (size_t)s->n, columns = (size_t)s->n_arms + 5;
    char *block = r->block;

    if (block == NULL || r->n != s->n || r->n_arms != s->n_arms) {
        free(block);
        block = malloc(n * columns * sizeof(double) + n * (size_t)s->n_arms);
    }
    memset(r, 0, sizeof *r);
    if (block == NULL)
        return error_set(err, ERR_BUG, "no memory for %d samples", s->n);
    r->samples = s;
    r->n = s->n;
    r->n_arms = s->n_arms;
    r->attitude = attitude;
    r->block = block;

    double *column = (double *)(void *)block;
    unsigned char *flags = (unsigned char *)(column + n * columns);
    double *least = column, *gap = column + n, *scratch = column + 2 * n; /* of three */
    for (int a = 0; a < s->n_arms; a++) {
        r->meets[a] = flags + n * (size_t)a;
        r->loss[a] = s->known[a] ? column + n * (size_t)(a + 5) : NULL;
        r->passes[a] = passes[a] && s->known[a];
        r->failed[a] = failed[a];
        r->running[a] = r->passes[a] ? r->loss[a] : NULL;
        gates_hold(s, a, r->meets[a]);
    }
    find_losses(r, gap);
    if (whole || attitude == ATTITUDE_MINIMAX)
        find_least(r, least);
    if (whole)
        count_best(r, least);
    score_arms(r, whole, least, gap, scratch);
    ruling_pick(r);
    return 0;
}

void
ruling_release(struct ruling *r)
{
    free(r->block);
    memset(r, 0, sizeof *r);
}
