/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SOLVE_LANES_H
#define BREAKEVEN_SOLVE_LANES_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "breakeven/solve.h"

/*
 * A few samples at once, written like one number: what GCC and Clang call vector extensions, as
 * wide as the registers of the machine that this is compiled for.  A comparison gives a mask. An
 * unknown figure is NAN and stays NAN, as on the plain path.
 */

#if defined __AVX512DQ__
#include <immintrin.h>
#define LANES 8
#elif defined __AVX2__
#include <immintrin.h>
#define LANES 4
#else
#define LANES 2
#endif
#define LANE_BYTES (8 * LANES)

typedef double lanes __attribute__((vector_size(LANE_BYTES)));
typedef int64_t mask __attribute__((vector_size(LANE_BYTES)));
typedef uint64_t lane_bits __attribute__((vector_size(LANE_BYTES)));
/* At any address of a column. */
typedef real column_lanes __attribute__((vector_size(LANES * sizeof(real))));
typedef real lanes_at __attribute__((vector_size(LANES * sizeof(real)), aligned(sizeof(real)), may_alias));

static inline lanes
splat(double x)
{
#if LANES == 8
    return (lanes){ x, x, x, x, x, x, x, x };
#elif LANES == 4
    return (lanes){ x, x, x, x };
#else
    return (lanes){ x, x };
#endif
}

static inline lanes
load(const real *x)
{
#if defined __AVX512DQ__ && !defined COLUMNS_DOUBLE /* by halves otherwise */
    return (lanes)_mm512_cvtps_pd(_mm256_loadu_ps(x));
#elif defined __AVX2__ && !defined COLUMNS_DOUBLE
    return (lanes)_mm256_cvtps_pd(_mm_loadu_ps(x));
#else
    return __builtin_convertvector(*(const lanes_at *)(const void *)x, lanes);
#endif
}

static inline void
put(real *x, lanes v)
{
    *(lanes_at *)(void *)x = __builtin_convertvector(v, column_lanes);
}

/* The same of numbers that are no column's. */
typedef double doubles_at __attribute__((vector_size(LANE_BYTES), aligned(8), may_alias));

static inline lanes
load_doubles(const double *x)
{
    return *(const doubles_at *)(const void *)x;
}

static inline void
put_doubles(double *x, lanes v)
{
    *(doubles_at *)(void *)x = v;
}

/* Of a table, by whole numbers from 0 on. */
static inline lanes
pick(const double *table, lanes index)
{
#if defined __AVX512DQ__
    return (lanes)_mm512_i32gather_pd(_mm512_cvttpd_epi32((__m512d)index), table, 8);
#elif defined __AVX2__
    return (lanes)_mm256_i32gather_pd(table, _mm256_cvttpd_epi32((__m256d)index), 8);
#else
    return (lanes){ table[(int)index[0]], table[(int)index[1]] };
#endif
}

/* (By bits where a comparison does not leave a mask in a register like any other: the compiler makes them what it likes.) */
static inline lanes
either(mask m, lanes yes, lanes no)
{
#if defined __AVX2__ && !defined __AVX512DQ__
    return (lanes)_mm256_blendv_pd((__m256d)no, (__m256d)yes, (__m256d)m);
#else
    return (lanes)(((mask)yes & m) | ((mask)no & ~m));
#endif
}

static inline bool
any(mask m)
{
#if defined __AVX512DQ__
    return _mm512_movepi64_mask((__m512i)m) != 0;
#elif defined __AVX2__
    return _mm256_movemask_pd((__m256d)m) != 0;
#else
    return (m[0] | m[1]) != 0;
#endif
}

static inline mask
unknown(lanes x)
{
    return x != x;
}

/* The other one where one is NAN, as fmax and fmin. */
static inline lanes
most(lanes a, lanes b)
{
    return either((a > b) | unknown(b), a, b);
}

static inline lanes
least(lanes a, lanes b)
{
    return either((a < b) | unknown(b), a, b);
}

/* Of two known numbers. */
static inline lanes
above(lanes a, double low)
{
    return either(a > splat(low), a, splat(low));
}

/* NAN where one is NAN. */
static inline lanes
larger_of(lanes a, lanes b)
{
    return either((a > b) | unknown(a), a, b);
}

static inline lanes
within_0_to_1(lanes x)
{
    return either(x < splat(0), splat(0), either(x > splat(1), splat(1), x));
}

/* The larger one; low where x is NAN. */
static inline lanes
raised_to(lanes x, lanes low)
{
#if defined __AVX512DQ__
    return (lanes)_mm512_max_pd((__m512d)x, (__m512d)low);
#elif defined __AVX2__
    return (lanes)_mm256_max_pd((__m256d)x, (__m256d)low);
#else
    return either(x > low, x, low);
#endif
}

/* The smaller one; "high" where x is NAN. */
static inline lanes
lowered_to(lanes x, lanes high)
{
#if defined __AVX512DQ__
    return (lanes)_mm512_min_pd((__m512d)x, (__m512d)high);
#elif defined __AVX2__
    return (lanes)_mm256_min_pd((__m256d)x, (__m256d)high);
#else
    return either(x < high, x, high);
#endif
}

/* Adding 1.5 * 2^52 leaves no room for a fraction, and beyond that there is none. */
#define ROUNDER 0x1.8p52

static inline lanes
floor_of(lanes x)
{
#if defined __AVX512DQ__
    return (lanes)_mm512_floor_pd((__m512d)x);
#elif defined __AVX2__
    return (lanes)_mm256_floor_pd((__m256d)x);
#else
    lanes big = splat(ROUNDER), n = (x + big) - big;

    return either(n > x, n - 1, n);
#endif
}

static inline lanes
ceil_of(lanes x)
{
#if defined __AVX512DQ__
    return (lanes)_mm512_ceil_pd((__m512d)x);
#elif defined __AVX2__
    return (lanes)_mm256_ceil_pd((__m256d)x);
#else
    lanes big = splat(ROUNDER), n = (x + big) - big;

    return either(n < x, n + 1, n);
#endif
}

/* What a column does not hold of x. */
static inline lanes
lost_of(lanes x)
{
    return x - __builtin_convertvector(__builtin_convertvector(x, column_lanes), lanes);
}

/* ---- exponential and logarithm: relative error below 1e-15 --------------------------------- */

/* Polynomials by halves: a sum waits for the one before. */
static inline lanes
first_four(const double *c, lanes x, lanes x2)
{
    return (c[0] + c[1] * x) + (c[2] + c[3] * x) * x2;
}

/* 2^k e^r with |r| up to ln 2 / 2, by Taylor's series. Beyond what a double holds: 0 and about 1e308. */
static inline lanes
exp_of(lanes x)
{
    static const double c[] = { 1.0, 1.0, 1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040, 1.0 / 40320,
                                1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800 };
    lanes bounded = raised_to(splat(-708), lowered_to(splat(708), x)); /* this way round NAN stays */
    lanes shifted = bounded * 1.4426950408889634 + ROUNDER, k = shifted - ROUNDER;
    lanes r = bounded - k * 0x1.62e42fefa3800p-1 - k * 0x1.ef35793c76730p-45;
    lanes r2 = r * r, r4 = r2 * r2, power = (lanes)(((lane_bits)shifted + 1023) << 52);
    lanes sum = (first_four(c, r, r2) + first_four(c + 4, r, r2) * r4) + (first_four(c + 8, r, r2) + (c[12] + c[13] * r) * r4) * (r4 * r4);

    return either(x < splat(-708), splat(0), sum * power);
}

/* x = 2^k m with m around 1; ln m = 2 artanh((m - 1)/(m + 1)). x is positive and no denormal. */
static inline lanes
log_of(lanes x)
{
    static const double c[] = { 1.0 / 3, 1.0 / 5, 1.0 / 7, 1.0 / 9, 1.0 / 11, 1.0 / 13, 1.0 / 15, 1.0 / 17, 1.0 / 19, 1.0 / 21 };
    lane_bits bits = (lane_bits)x, exponent = bits >> 52;
    lanes m = (lanes)((bits & 0xfffffffffffffu) | 0x3ff0000000000000u);
    lanes k = (lanes)(exponent | 0x4330000000000000u) - (0x1p52 + 1023);
    mask high = m > splat(1.4142135623730951);

    m = either(high, m * 0.5, m);
    k = either(high, k + 1, k);
    lanes f = (m - 1) / (m + 1), s = f * f, s2 = s * s, s4 = s2 * s2;
    lanes sum = (first_four(c, s, s2) + first_four(c + 4, s, s2) * s4) + (c[8] + c[9] * s) * (s4 * s4);
    lanes l = 2 * f + 2 * f * s * sum + k * 0x1.ef35793c76730p-45 + k * 0x1.62e42fefa3800p-1;
    return either(x > splat(0), l, either(x == splat(0), splat(-INFINITY), splat(NAN)));
}

static inline lanes
root_of(lanes x)
{
#if defined __AVX512DQ__
    return (lanes)_mm512_sqrt_pd((__m512d)x);
#elif defined __AVX2__
    return (lanes)_mm256_sqrt_pd((__m256d)x);
#else
    return (lanes){ sqrt(x[0]), sqrt(x[1]) };
#endif
}

#endif
