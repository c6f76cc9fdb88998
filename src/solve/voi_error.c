/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "voi.h"

/* How far a value of information may be off: the same regression on samples drawn with replacement, in groups. */

#define BOOT_SAMPLES 2048
#define BOOT_ROUNDS 24
#define BOOT_GROUPS 64

/* Sums over the samples of one group, as many of them as the bootstrap draws from. */
struct group {
    double gram[TERMS_MAX * (TERMS_MAX + 1) / 2], b[(ARMS_MAX - 1) * TERMS_MAX];
    double count[BINS];          /* of the first column                                   */
};

static uint64_t
next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state >> 11;
}

/* The first m samples in an order of no meaning: neighbours in the design are no independent draws. */
static void
shuffle(int *order, int m, uint64_t *state)
{
    for (int i = 0; i < m; i++)
        order[i] = i;
    for (int i = m - 1; i > 0; i--) {
        int k = (int)(next_random(state) % (uint64_t)(i + 1)), t = order[i];
        order[i] = order[k];
        order[k] = t;
    }
}

static void
add_up(struct group *g, const struct regression *r, const int *of, int n)
{
    double t[TERMS_MAX] = { 1 };

    memset(g, 0, sizeof *g);
    for (int i = 0; i < n; i++) {
        for (int k = 1; k < r->terms; k++) {
            const struct binned *c = &r->column[r->of[k].column];
            t[k] = c->q[r->of[k].term][c->bin[of[i]]];
        }
        const double *row = r->d->row + (size_t)of[i] * (size_t)r->d->width;
        double *to = g->gram;
        for (int k = 0; k < r->terms; k++)
            for (int j = 0; j <= k; j++)
                *to++ += t[k] * t[j];
        for (int a = 0; a < r->d->arms; a++)
            for (int k = 0; k < r->terms; k++)
                g->b[a * TERMS_MAX + k] += t[k] * row[a];
        g->count[r->column[0].bin[of[i]]]++;
    }
}

/* The value from groups drawn with replacement; NAN: too few are different. */
static double
value_resampled(const struct regression *r, const struct group *group, int groups, const int *order, int size, uint64_t *state)
{
    double g[TERMS_MAX * TERMS_MAX], b[(ARMS_MAX - 1) * TERMS_MAX] = { 0 }, packed[TERMS_MAX * (TERMS_MAX + 1) / 2] = { 0 };
    double count[BINS] = { 0 }, cheapest = 0, sum = 0;
    const int terms = r->terms, n = groups * size;
    int drawn[BOOT_GROUPS];
    struct fits f;

    for (int k = 0; k < groups; k++) {
        const struct group *x = &group[drawn[k] = (int)(next_random(state) % (uint64_t)groups)];
        for (int i = 0; i < terms * (terms + 1) / 2; i++)
            packed[i] += x->gram[i];
        for (int a = 0; a < r->d->arms; a++)
            for (int i = 0; i < terms; i++)
                b[a * TERMS_MAX + i] += x->b[a * TERMS_MAX + i];
        for (int i = 0; i < BINS; i++)
            count[i] += x->count[i];
    }
    for (int i = 0, k = 0; i < terms; i++)
        for (int j = 0; j <= i; j++)
            g[i * terms + j] = packed[k++] / n;
    for (int a = 0; a < r->d->arms; a++) {
        cheapest = fmin(cheapest, b[a * TERMS_MAX] / n);
        for (int i = 0; i < terms; i++)
            b[a * TERMS_MAX + i] /= n;
    }
    if (!regression_solve(g, terms, b, r->d->arms))
        return NAN;
    regression_fits(&f, r, b);
    if (r->columns == 1)
        return cheapest - fits_least_by_bin(r, &f, count) / n;
    for (int k = 0; k < groups; k++)
        sum += fits_least_by_sample(r, &f, order + drawn[k] * size, size);
    return cheapest - sum / n;
}

/* Bootstrap on a prefix, scaled to n by the square root. Where the columns are too poor to be
 * resampled, all of the value is in doubt. */
double
regression_error(const struct regression *r, double value, const volatile int *cancel)
{
    const int most = r->d->n < BOOT_SAMPLES ? r->d->n : BOOT_SAMPLES, groups = most < BOOT_GROUPS ? most : BOOT_GROUPS;
    const int size = most / groups, m = groups * size;
    struct group *group = malloc((size_t)groups * sizeof *group);
    double sum = 0, squares = 0;
    uint64_t state = 0x2545f4914f6cdd1du;
    int order[BOOT_SAMPLES], done = 0;

    shuffle(order, most, &state);
    for (int k = 0; group != NULL && k < groups; k++)
        add_up(&group[k], r, order + k * size, size);
    for (int round = 0; group != NULL && round < BOOT_ROUNDS && !solve_cancelled(cancel); round++) {
        double v = value_resampled(r, group, groups, order, size, &state) - value;
        if (!isfinite(v))
            continue;
        sum += v;
        squares += v * v;
        done++;
    }
    free(group);
    if (done < BOOT_ROUNDS / 2)
        return value;
    double mean = sum / done;
    return sqrt(fmax(0, squares / done - mean * mean) * done / (done - 1) * m / r->d->n);
}
