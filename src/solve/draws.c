/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>

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

/* Four points side by side, in the registers that any machine has. */
typedef uint32_t points __attribute__((vector_size(16)));
typedef int32_t signed_points __attribute__((vector_size(16)));

static inline points
reverse_bits(points x)
{
    x = (x >> 1 & 0x55555555u) | (x & 0x55555555u) << 1;
    x = (x >> 2 & 0x33333333u) | (x & 0x33333333u) << 2;
    x = (x >> 4 & 0x0f0f0f0fu) | (x & 0x0f0f0f0fu) << 4;
    x = (x >> 8 & 0x00ff00ffu) | (x & 0x00ff00ffu) << 8;
    return x >> 16 | x << 16;
}

/* Nested uniform (Owen) scrambling by a hash whose bits depend on lower bits only: Laine and Karras
 * 2011, constants of Burley, "Practical Hash-based Owen Scrambling", JCGT 2020. */
static inline points
owen(points x, uint32_t seed)
{
    x = reverse_bits(x) + seed;
    x ^= x * 0x6c50b47cu;
    x ^= x * 0xb82f1e52u;
    x ^= x * 0xc7afe638u;
    x ^= x * 0x8d22f6e6u;
    return reverse_bits(x);
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
#define RUN 256 /* points that share all but the lowest byte of their index */

static void
put_uniform(double *u, points p)
{
    /* A signed conversion is one instruction. */
    const signed_points shifted = (signed_points)(p ^ 0x80000000u);

    for (int j = 0; j < 4; j++)
        u[j] = (shifted[j] + 0x1p31 + 0.5) * 0x1p-32;
}

static void
scramble(double *u, const uint32_t *p, int n, uint32_t key)
{
    double last[4];
    int i;

    for (i = 0; i + 4 <= n; i += 4)
        put_uniform(u + i, owen((points){ p[i], p[i + 1], p[i + 2], p[i + 3] }, key));
    if (i < n)
        put_uniform(last, owen((points){ p[i], p[i + 1], p[i + 2], p[i + 3] }, key));
    for (int j = 0; i + j < n; j++)
        u[i + j] = last[j];
}

void
draws_uniform(double *u, int n, int dimension, uint64_t seed)
{
    int family = dimension < DRAWS_LEADING ? 0 : 1 + (dimension - DRAWS_LEADING) / DRAWS_FAMILY;
    int sobol = family == 0 ? dimension : (dimension - DRAWS_LEADING) % DRAWS_FAMILY;
    uint32_t key = key_of(seed, dimension), order = key_of(~seed, family), p[RUN];
    struct point_table t;

    tabulate(&t, sobol);
    for (int from = 0; from < n; from += RUN) {
        const uint32_t rest = point(&t, (uint32_t)from);
        for (uint32_t i = 0; i < RUN && family == 0; i++)
            p[i] = t.byte[0][i] ^ rest;
        for (uint32_t i = 0; i < RUN && family != 0; i += 4) {
            const uint32_t at = (uint32_t)from + i;
            const points four = owen((points){ at, at + 1, at + 2, at + 3 }, order);
            for (int j = 0; j < 4; j++)
                p[i + (uint32_t)j] = point(&t, four[j]);
        }
        scramble(u + from, p, n - from < RUN ? n - from : RUN, key);
    }
}

/* ---- the normal quantile ------------------------------------------------------------------- */

/* Numerators and denominators: |u - 1/2| up to 0.425, then r up to 5, then beyond. */
static const double centre_above[8] = {
    3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
    4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3
};
static const double centre_below[8] = {
    1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
    2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3
};
static const double near_above[8] = {
    1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
    1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4
};
static const double near_below[8] = {
    1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
    1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9
};
static const double far_above[8] = {
    6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
    2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7
};
static const double far_below[8] = {
    1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
    7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15
};

static inline double
polynomial(const double c[8], double x)
{
    return ((((((c[7] * x + c[6]) * x + c[5]) * x + c[4]) * x + c[3]) * x + c[2]) * x + c[1]) * x + c[0];
}

#define CENTRE 0.425

static inline double
centre(double q)
{
    double r = 0.180625 - q * q;

    return q * polynomial(centre_above, r) / polynomial(centre_below, r);
}

static double
tail(double u)
{
    double r = sqrt(-log(u < 0.5 ? u : 1 - u)), z;

    if (r <= 5)
        z = polynomial(near_above, r - 1.6) / polynomial(near_below, r - 1.6);
    else
        z = polynomial(far_above, r - 5) / polynomial(far_below, r - 5);
    return u < 0.5 ? -z : z;
}

double
draws_normal(double u)
{
    return fabs(u - 0.5) <= CENTRE ? centre(u - 0.5) : tail(u);
}

/* The centre of all, without a branch, so that it is done several at a time; then the tails,
 * three draws of twenty. */
void
draws_scores(double *z, const double *u, int n)
{
    for (int i = 0; i < n; i++)
        z[i] = centre(u[i] - 0.5);
    for (int i = 0; i < n; i++)
        if (fabs(u[i] - 0.5) > CENTRE)
            z[i] = tail(u[i]);
}

void
column_scores(double *z, const double *u, int n)
{
    draws_scores(z, u, n);
}
