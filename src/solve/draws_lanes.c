/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <string.h>

#include "draws_lanes.h"
#include "lanes.h"

#if defined DRAWS_AVX2
#define DRAWS_PATH draws_avx2
#else
#define DRAWS_PATH draws_plain
#endif

/* ---- scrambling ------------------------------------------------------------------------------------ */

/* Points side by side: as many as fill a register. */
#define POINTS (2 * LANES)
typedef uint32_t points __attribute__((vector_size(LANE_BYTES)));
typedef int32_t half_points __attribute__((vector_size(LANE_BYTES / 2)));

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

static void
order(uint32_t *p, uint32_t from, uint32_t key)
{
    for (uint32_t i = 0; i < DRAWS_RUN; i += POINTS) {
        points at = { 0 };
        for (uint32_t j = 0; j < POINTS; j++)
            at[j] = from + i + j;
        at = owen(at, key);
        memcpy(p + i, &at, sizeof at);
    }
}

static inline void
put_uniform(double *u, points p)
{
    half_points half[2];

    p ^= 0x80000000u; /* a signed conversion is one instruction */
    memcpy(half, &p, sizeof half);
    for (int k = 0; k < 2; k++)
        put_doubles(u + k * LANES, (__builtin_convertvector(half[k], lanes) + 0x1p31 + 0.5) * 0x1p-32);
}

static void
uniform(double *u, const uint32_t *p, int n, uint32_t with, uint32_t key)
{
    double last[POINTS] = { 0 };

    for (int i = 0; i < n; i += POINTS) {
        points at = { 0 };
        memcpy(&at, p + i, sizeof at);
        at = owen(at ^ with, key);
        put_uniform(i + POINTS <= n ? u + i : last, at);
        if (i + POINTS > n)
            memcpy(u + i, last, (size_t)(n - i) * sizeof *u);
    }
}

/* ---- the normal quantile ------------------------------------------------------------------------- */

/* Numerator and denominator of Wichura's AS 241. */
static const double centre_above[8] = {
    3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
    4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3
};
static const double centre_below[8] = {
    1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
    2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3
};
static inline lanes
polynomial(const double c[8], lanes x)
{
    return ((((((c[7] * x + c[6]) * x + c[5]) * x + c[4]) * x + c[3]) * x + c[2]) * x + c[1]) * x + c[0];
}

static inline lanes
centre_of(lanes u)
{
    const lanes q = u - 0.5, r = 0.180625 - q * q;

    return q * polynomial(centre_above, r) / polynomial(centre_below, r);
}

static void
centre(double *z, const double *u, int n)
{
    int i = 0;

    for (; i + LANES <= n; i += LANES)
        put_doubles(z + i, centre_of(load_doubles(u + i)));
    for (; i < n; i++)
        z[i] = centre_of(splat(u[i]))[0];
}

const struct draws_path DRAWS_PATH = { order, uniform, centre };
