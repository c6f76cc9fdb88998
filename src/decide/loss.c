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
find_fallback(const struct ruling *r, real *fallback)
{
    for (int i = 0; i < r->n; i++)
        fallback[i] = (real)INFINITY;
    for (int a = 0; a < r->n_arms; a++) {
        const real *npv = r->samples->metric[a][METRIC_NPV];
        const unsigned char *meets = r->meets[a];
        if (!r->passes[a])
            continue;
        if (meets == NULL)
            column_lower(fallback, npv, r->n);
        else
            column_lower_where(fallback, npv, meets, r->n);
    }
}

/* loss[a]: room where an arm needs a column of its own. */
static void
find_losses(struct ruling *r, real *const loss[ARMS_MAX], real *fallback)
{
    bool fallen = false;

    for (int a = 0; a < r->n_arms; a++)
        fallen |= loss[a] != NULL && r->meets[a] != NULL;
    if (fallen)
        find_fallback(r, fallback);
    for (int a = 0; a < r->n_arms; a++) {
        r->loss[a] = NULL;
        if (loss[a] != NULL && r->meets[a] != NULL)
            column_fall_back(loss[a], r->samples->metric[a][METRIC_NPV], r->samples->metric[a][METRIC_ONCE], fallback, r->meets[a], r->n);
        if (loss[a] != NULL)
            r->loss[a] = r->meets[a] != NULL ? loss[a] : r->samples->metric[a][METRIC_NPV];
        r->running[a] = r->passes[a] ? r->loss[a] : NULL;
    }
}

/* P(best), ties sharing; regret against the best of the sample. */
static void
count_best(struct ruling *r, const real *least)
{
    columns_share(r->p_best, least, r->running, r->n_arms, r->n);
    for (int a = 0; a < r->n_arms; a++)
        r->p_best[a] /= r->n;
}

/* The least loss of each sample among the arms in the running. */
static void
find_least(const struct ruling *r, real *least)
{
    for (int i = 0; i < r->n; i++)
        least[i] = (real)INFINITY;
    for (int a = 0; a < r->n_arms; a++)
        if (r->running[a] != NULL)
            column_lower(least, r->running[a], r->n);
}

static double
mean_loss(const struct ruling *r, int arm)
{
    return r->meets[arm] == NULL ? samples_facts(r->samples, arm, METRIC_NPV)->mean : column_mean(r->loss[arm], r->n);
}

/* whole: all that is shown of the arms, not only what decides. */
static void
score_arms(struct ruling *r, bool whole, const real *least, real *scratch)
{
    double best = whole ? column_mean(least, r->n) : NAN;

    for (int a = 0; a < r->n_arms; a++) {
        r->mean_loss[a] = r->regret[a] = r->max_regret[a] = r->score[a] = NAN;
        if (r->loss[a] == NULL)
            continue;
        if (whole || r->running[a] != NULL)
            r->mean_loss[a] = mean_loss(r, a);
        if (r->running[a] == NULL)
            continue;
        r->regret[a] = r->mean_loss[a] - best;
        if (whole || r->attitude == ATTITUDE_MINIMAX)
            r->max_regret[a] = column_gap_quantile(r->loss[a], least, r->n, 0.95, scratch);
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

#define RULING_COLUMNS 5 /* the least, and four to pick quantiles in, or what an arm falls back on */

size_t
ruling_bytes(const struct samples *s)
{
    const size_t n = (size_t)s->n, arms = (size_t)s->n_arms;

    return n * (RULING_COLUMNS + arms) * sizeof(real) + n * arms;
}

int
ruling_make(struct ruling *r, const struct samples *s, const bool passes[ARMS_MAX],
            const int failed[ARMS_MAX], int attitude, bool whole, struct error *err)
{
    const size_t n = (size_t)s->n, columns = RULING_COLUMNS + (size_t)s->n_arms;
    char *block = r->block;

    if (block == NULL || r->n != s->n || r->n_arms != s->n_arms) {
        free(block);
        block = malloc(ruling_bytes(s));
    }
    memset(r, 0, sizeof *r);
    if (block == NULL)
        return error_set(err, ERR_BUG, "no memory for %d samples", s->n);
    r->samples = s;
    r->n = s->n;
    r->n_arms = s->n_arms;
    r->attitude = attitude;
    r->block = block;

    real *column = (real *)(void *)block;
    unsigned char *flags = (unsigned char *)(column + n * columns);
    real *least = column, *scratch = column + n;
    real *loss[ARMS_MAX];
    for (int a = 0; a < s->n_arms; a++) {
        unsigned char *meets = flags + n * (size_t)a;
        r->passes[a] = passes[a] && s->known[a];
        r->failed[a] = failed[a];
        const bool asked = whole ? s->known[a] : r->passes[a];
        loss[a] = asked ? column + n * (RULING_COLUMNS + (size_t)a) : NULL;
        r->meets[a] = (!whole && !asked) || gates_hold(s, a, meets) ? NULL : meets;
    }
    find_losses(r, loss, scratch);
    if (whole || attitude == ATTITUDE_MINIMAX)
        find_least(r, least);
    if (whole)
        count_best(r, least);
    score_arms(r, whole, least, scratch);
    ruling_pick(r);
    return 0;
}

void
ruling_release(struct ruling *r)
{
    free(r->block);
    memset(r, 0, sizeof *r);
}
