/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>

#include "draws_lanes.h"
#include "joe_kuo.h"
#include "parts.h"

/* ---- directions and scrambling ----------------------------------------------------------- */

#define BITS 32

/* Direction numbers of one dimension, from the recurrence of its polynomial. */
static void
directions(int dimension, uint32_t v[BITS])
{
    int degree = joe_kuo[dimension].degree;

    if (degree == 0) {
        for (int k = 0; k < BITS; k++)
            v[k] = 1u << (BITS - 1 - k);
        return;
    }
    for (int k = 0; k < BITS; k++) {
        if (k < degree) {
            v[k] = (uint32_t)joe_kuo[dimension].initial[k] << (BITS - 1 - k);
            continue;
        }
        v[k] = v[k - degree] ^ (v[k - degree] >> degree);
        for (int i = 1; i < degree; i++)
            if (joe_kuo[dimension].inner >> (degree - 1 - i) & 1)
                v[k] ^= v[k - i];
    }
}

/* Asked for each time: the library keeps nothing writable. */
static const struct draws_path *
choose(void)
{
#if defined HAVE_AVX512
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
        return &draws_avx512;
#endif
#if defined HAVE_AVX2
    if (__builtin_cpu_supports("avx2"))
        return &draws_avx2;
#endif
    return &draws_plain;
}

/* SplitMix64 (Vigna): one independent key a purpose. */
static uint32_t
key_of(uint64_t seed, int purpose)
{
    uint64_t x = seed + 0x9e3779b97f4a7c15u * ((uint64_t)purpose + 1);

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return (uint32_t)((x ^ x >> 31) >> 16);
}

/* ---- the net -------------------------------------------------------------------------- */

/* The sum (without carry) of the directions of an index's bits, a byte at a time. */
struct point_table {
    uint32_t byte[4][256];
};

static void
tabulate(struct point_table *t, int sobol)
{
    uint32_t v[BITS];

    directions(sobol, v);
    for (int b = 0; b < 4; b++) {
        t->byte[b][0] = 0;
        for (int k = 0; k < 8; k++)
            for (int i = 0; i < 1 << k; i++)
                t->byte[b][(1 << k) + i] = t->byte[b][i] ^ v[8 * b + k];
    }
}

static uint32_t
point(const struct point_table *t, uint32_t i)
{
    return t->byte[0][i & 255] ^ t->byte[1][i >> 8 & 255] ^ t->byte[2][i >> 16 & 255] ^ t->byte[3][i >> 24];
}

/* Behind the leading dimensions, whose pairs are good from few points on, each family takes the
 * first dimensions again with the points in an order of its own. The order is itself an Owen
 * scrambling, so it keeps each 2^k points together, and those are a net: Burley's shuffled
 * scrambled Sobol. Sobol's own later dimensions would do worse: of pairs beyond the hundredth
 * some are correlated by 0.6 over 2,048 points. */
void
draws_uniform(double *u, int n, int dimension, uint64_t seed)
{
    int family = dimension < DRAWS_LEADING ? 0 : 1 + (dimension - DRAWS_LEADING) / DRAWS_FAMILY;
    int sobol = family == 0 ? dimension : (dimension - DRAWS_LEADING) % DRAWS_FAMILY;
    uint32_t key = key_of(seed, dimension), order = key_of(~seed, family), p[DRAWS_RUN];
    const struct draws_path *path = choose();
    struct point_table t;

    tabulate(&t, sobol);
    for (int from = 0; from < n; from += DRAWS_RUN) {
        const int count = n - from < DRAWS_RUN ? n - from : DRAWS_RUN;
        if (family == 0) {
            path->uniform(u + from, t.byte[0], count, point(&t, (uint32_t)from), key);
            continue;
        }
        path->order(p, (uint32_t)from, order);
        for (int i = 0; i < DRAWS_RUN; i++)
            p[i] = point(&t, p[i]);
        path->uniform(u + from, p, count, 0, key);
    }
}

/* ---- the normal quantile ------------------------------------------------------------------- */

double
draws_normal(double u)
{
    double z = 0;

    (fabs(u - 0.5) > DRAWS_CENTRE ? draws_plain.tails : draws_plain.centre)(&z, &u, 1);
    return z;
}

/* The centre of all, without a branch, so that it is done several at a time; then the tails, three draws of
 * twenty, side by side. */
void
draws_scores(double *z, const double *u, int n)
{
    const struct draws_path *path = choose();
    double far[DRAWS_RUN];
    int64_t at[DRAWS_RUN];

    path->centre(z, u, n);
    for (int from = 0; from < n; from += DRAWS_RUN) {
        const int tails = path->far(far, at, u + from, n - from < DRAWS_RUN ? n - from : DRAWS_RUN);
        path->tails(far, far, tails);
        for (int k = 0; k < tails; k++)
            z[from + at[k]] = far[k];
    }
}

void
draws_powers(double *x, const double *z, int n, double a, double b)
{
    choose()->powers(x, z, n, a, b);
}

void
draws_shares(double *x, const double *z, int n, double a, double b)
{
    choose()->shares(x, z, n, a, b);
}

void
column_scores(double *z, const double *u, int n)
{
    draws_scores(z, u, n);
}
