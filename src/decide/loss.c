/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "internal.h"

/*
 * Loss (section 11.2).  An arm costs its NPV in the samples where it meets its
 * floors and limits.  Where it falls short it was built, found short and
 * replaced: its once costs, then the cheapest arm that does meet them. Without
 * this a pilot would look worthless exactly when it is the decision.
 */

static void
loss_sample(struct ruling *r, int i)
{
    const struct samples *s = r->samples;
    double fallback = NAN;

    for (int a = 0; a < r->n_arms; a++) {
        if (r->loss[a] == NULL || !r->passes[a] || !r->meets[a][i])
            continue;
        double npv = s->metric[a][METRIC_NPV][i];
        if (!(npv >= fallback))
            fallback = npv;
    }
    for (int a = 0; a < r->n_arms; a++) {
        if (r->loss[a] == NULL)
            continue;
        double npv = s->metric[a][METRIC_NPV][i];
        if (r->meets[a][i] || !isfinite(fallback))
            r->loss[a][i] = npv;
        else
            r->loss[a][i] = s->metric[a][METRIC_ONCE][i] + fallback;
    }
}

/* P(best), ties sharing; regret against the best of the sample. */
static void
count_best(struct ruling *r, double *least)
{
    double wins[ARMS_MAX] = { 0 };

    for (int i = 0; i < r->n; i++) {
        double low = INFINITY;
        int ties = 0;

        for (int a = 0; a < r->n_arms; a++)
            if (r->running[a] != NULL && r->running[a][i] < low)
                low = r->running[a][i];
        least[i] = low;
        for (int a = 0; a < r->n_arms; a++)
            ties += r->running[a] != NULL && r->running[a][i] <= low;
        for (int a = 0; a < r->n_arms; a++)
            if (r->running[a] != NULL && r->running[a][i] <= low)
                wins[a] += 1.0 / ties;
    }
    for (int a = 0; a < r->n_arms; a++)
        r->p_best[a] = r->running[a] != NULL ? wins[a] / r->n : 0;
}

static void
score_arms(struct ruling *r, const double *least, double *gap, double *scratch)
{
    double best = column_mean(least, r->n);

    for (int a = 0; a < r->n_arms; a++) {
        r->mean_loss[a] = r->regret[a] = r->max_regret[a] = r->score[a] = NAN;
        if (r->loss[a] == NULL)
            continue;
        r->mean_loss[a] = column_mean(r->loss[a], r->n);
        if (r->running[a] == NULL)
            continue;
        for (int i = 0; i < r->n; i++)
            gap[i] = r->loss[a][i] - least[i];
        r->regret[a] = r->mean_loss[a] - best;
        r->max_regret[a] = column_quantile(gap, r->n, 0.95, scratch);
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
            const int failed[ARMS_MAX], int attitude, struct error *err)
{
    size_t n = (size_t)s->n;
    size_t columns = (size_t)s->n_arms + 5;
    char *block = malloc(n * columns * sizeof(double) + n * (size_t)s->n_arms);

    if (block == NULL)
        return error_set(err, ERR_BUG, "no memory for %d samples", s->n);
    memset(r, 0, sizeof *r);
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
    for (int i = 0; i < s->n; i++)
        loss_sample(r, i);
    count_best(r, least);
    score_arms(r, least, gap, scratch);
    ruling_pick(r);
    return 0;
}

void
ruling_release(struct ruling *r)
{
    free(r->block);
    memset(r, 0, sizeof *r);
}
