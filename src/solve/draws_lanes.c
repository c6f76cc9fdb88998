/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <string.h>

#include "draws_lanes.h"
#include "lanes.h"

#if defined DRAWS_AVX512
#define DRAWS_PATH draws_avx512
#elif defined DRAWS_AVX2
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
/* The same for the tails: r up to 5, then beyond. */
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

static int
far(double *far, int64_t *at, const double *u, int n)
{
    int count = 0, i = 0;

#if LANES == 8
    const __m512d half = _mm512_set1_pd(0.5), most = _mm512_set1_pd(DRAWS_CENTRE);
    __m512i here = _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0);
    for (; i + LANES <= n; i += LANES, here = _mm512_add_epi64(here, _mm512_set1_epi64(LANES))) {
        const __m512d x = _mm512_loadu_pd(u + i);
        const __mmask8 beyond = _mm512_cmp_pd_mask(_mm512_abs_pd(_mm512_sub_pd(x, half)), most, _CMP_GT_OQ);
        _mm512_storeu_pd(far + count, _mm512_maskz_compress_pd(beyond, x));
        _mm512_storeu_si512(at + count, _mm512_maskz_compress_epi64(beyond, here));
        count += __builtin_popcount(beyond);
    }
#endif
    for (; i < n; i++) {
        at[count] = i;
        far[count] = u[i];
        count += fabs(u[i] - 0.5) > DRAWS_CENTRE;
    }
    return count;
}

static inline lanes
tail_of(lanes u)
{
    const mask below = u < splat(0.5);
    const lanes r = root_of(-log_of(either(below, u, 1 - u))), near = r - 1.6;
    lanes z = polynomial(near_above, near) / polynomial(near_below, near);

    if (any(r > splat(5)))
        z = either(r > splat(5), polynomial(far_above, r - 5) / polynomial(far_below, r - 5), z);
    return either(below, -z, z);
}

static void
tails(double *z, const double *u, int n)
{
    int i = 0;

    for (; i + LANES <= n; i += LANES)
        put_doubles(z + i, tail_of(load_doubles(u + i)));
    for (; i < n; i++)
        z[i] = tail_of(splat(u[i]))[0];
}

/* ---- from a score ---------------------------------------------------------------------------------- */

static void
powers(double *x, const double *z, int n, double a, double b)
{
    int i = 0;

    for (; i + LANES <= n; i += LANES)
        put_doubles(x + i, exp_of(a + b * load_doubles(z + i)));
    for (; i < n; i++)
        x[i] = exp_of(splat(a + b * z[i]))[0];
}

static void
shares(double *x, const double *z, int n, double a, double b)
{
    int i = 0;

    for (; i + LANES <= n; i += LANES)
        put_doubles(x + i, 1 / (1 + exp_of(-(a + b * load_doubles(z + i)))));
    for (; i < n; i++)
        x[i] = 1 / (1 + exp_of(splat(-(a + b * z[i])))[0]);
}

const struct draws_path DRAWS_PATH = { order, uniform, centre, far, tails, powers, shares };
