/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "voi.h"

/* How far a value of information may be off: the same regression on samples drawn with replacement, in groups. */

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

static struct resampling *
resampling_new(const struct stakes *d)
{
    struct resampling *e = calloc(1, sizeof *e);
    const int most = d->n < BOOT_SAMPLES ? d->n : BOOT_SAMPLES;
    uint64_t state = 0x2545f4914f6cdd1du;
    int order[BOOT_SAMPLES];

    if (e == NULL)
        return NULL;
    e->groups = most < BOOT_GROUPS ? most : BOOT_GROUPS;
    e->size = most / e->groups;
    shuffle(order, most, &state);
    for (int g = 0; g < BOOT_GROUPS; g++)
        for (int s = 0; s < e->size; s++) {
            const int place = (g / GROUPS_ASIDE * e->size + s) * GROUPS_ASIDE + g % GROUPS_ASIDE;
            e->at[place] = g < e->groups ? order[g * e->size + s] : 0;
            for (int a = 0; a < d->arms; a++)
                e->row[a][place] = (double)d->row[(size_t)e->at[place] * (size_t)d->width + (size_t)a];
        }
    for (int round = 0; round < BOOT_ROUNDS; round++)
        for (int k = 0; k < e->groups; k++)
            e->weight[next_random(&state) % (uint64_t)e->groups][round]++;
    return e;
}

/* Each term's values of the groups' samples. */
static void
fill_terms(double *x, const struct regression *r, const struct resampling *e)
{
    const int n = e->size * BOOT_GROUPS;

    for (int i = 0; i < n; i++)
        x[i] = 1;
    for (int t = 1; t < r->terms; t++) {
        const struct binned *c = &r->column[r->of[t].column];
        const double *q = c->q[r->of[t].term];
        double *to = x + (size_t)t * BOOT_SAMPLES;
        for (int i = 0; i < n; i++)
            to[i] = q[c->bin[e->at[i]]];
    }
}

/* The sums by group behind the Gram matrix, by rows up to the diagonal, and behind each arm's right-hand sides. */
static void
sum_groups(double *sum, const double *x, const struct regression *r, const struct resampling *e)
{
    for (int t = 0; t < r->terms; sum += (size_t)++t * BOOT_GROUPS)
        kernel_choose()->group_products(sum, x + (size_t)t * BOOT_SAMPLES, x, t + 1, e->size);
    for (int a = 0; a < r->d->arms; a++, sum += (size_t)r->terms * BOOT_GROUPS)
        kernel_choose()->group_products(sum, e->row[a], x, r->terms, e->size);
}

/* Bootstrap on a prefix, scaled to n by the square root. Where the columns are too poor to be
 * resampled, all of the value is in doubt. */
double
regression_error(const struct regression *r, double value, const volatile int *cancel)
{
    const size_t arms = (size_t)r->d->arms, terms = (size_t)r->terms, sums = terms * (terms + 1) / 2 + terms * arms;
    const size_t fits = arms * (size_t)r->columns * BINS;
    struct resampling *e = r->d->resampling;
    double sum = 0, squares = 0, drawn[BOOT_ROUNDS];
    int done = 0;

    if (e == NULL)
        e = r->d->resampling = resampling_new(r->d);
    double *x = malloc((terms * BOOT_SAMPLES + sums * BOOT_GROUPS + (sums + fits) * LANES_MAX) * sizeof *x);
    if (x != NULL && e != NULL && !solve_cancelled(cancel)) {
        double *products = x + terms * BOOT_SAMPLES;
        fill_terms(x, r, e);
        sum_groups(products, x, r, e);
        kernel_choose()->resampled(drawn, r, e, products, products + sums * BOOT_GROUPS);
        for (int k = 0; k < BOOT_ROUNDS; k++)
            if (isfinite(drawn[k])) {
                sum += drawn[k] - value;
                squares += (drawn[k] - value) * (drawn[k] - value);
                done++;
            }
    }
    free(x);
    if (done < BOOT_ROUNDS / 2)
        return value;
    double mean = sum / done;
    return sqrt(fmax(0, squares / done - mean * mean) * done / (done - 1) * (e->groups * e->size) / r->d->n);
}
