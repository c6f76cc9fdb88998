/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SOLVE_KERNEL_STUDY_H
#define BREAKEVEN_SOLVE_KERNEL_STUDY_H

/* What a study would find in each sample, a few at once. Part of kernel.c alone. */

/* Uniform draws: of "state" and what each further sample adds to it (SplitMix64). n is a multiple of LANES_MAX. */
static void
noise(double *u, uint64_t state, uint64_t step, int n)
{
    lane_bits at = { 0 }, more = at + LANES * step;

    for (int l = 0; l < LANES; l++)
        at[l] = state + (uint64_t)l * step;
    for (int i = 0; i < n; i += LANES, at += more) {
        lane_bits x = (at ^ at >> 30) * 0xbf58476d1ce4e5b9u;
        x = (x ^ x >> 27) * 0x94d049bb133111ebu;
        x ^= x >> 31;
        put_doubles(u + i, (whole(x >> 43) * 0x1p32 + whole(x >> 11 & 0xffffffffu) + 0.5) * 0x1p-53);
    }
}

#define WIDE 10.0 /* variance */

/* Binomial(n, q) by inversion of u, q at most a half, in the lanes asked for. */
static lanes
inverted(double n, lanes q, lanes u, mask asked)
{
    const lanes odds = q / (1 - q);
    lanes mass = exp_of(n * log_of(1 - q)), sum = mass, k = splat(0);
    mask on = asked & (sum < u);

    while (any(on)) {
        k = either(on, k + 1, k);
        mass = either(on, mass * ((n - k + 1) / k * odds), mass);
        sum += (lanes)((mask)mass & on);
        on &= (sum < u) & (k < splat(n));
    }
    return k;
}

/* Binomial(n, p) / n by inversion of u, whose normal score is z; where it is wide by the normal quantile with a correction for its
 * skewness (Cornish and Fisher 1937), which is nearly always the same whole number. */
static void
tests(real *y, const real *p_of, const double *u, const double *z, int examples, int count)
{
    const double n = examples;

    for (int i = 0; i < count; i += LANES) {
        const lanes p = load(p_of + i), score = load_doubles(z + i);
        const lanes variance = n * p * (1 - p);
        const mask mirror = p > splat(0.5), inside = (p > splat(0)) & (p < splat(1)), narrow = inside & (variance <= splat(WIDE));
        lanes x = n * p + root_of(variance) * either(mirror, -score, score) + (1 - 2 * p) * (score * score - 1) * (1.0 / 6);
        x = within_0_to_1(((x + ROUNDER) - ROUNDER) * (1 / n));
        if (any(narrow)) {
            const lanes k = inverted(n, either(mirror, 1 - p, p), load_doubles(u + i), narrow);
            x = either(narrow, either(mirror, n - k, k) / n, x);
        }
        put(y + i, either(inside, x, either(p >= splat(1), splat(1), splat(0))));
    }
}

/* The logarithm of x, or of the least that it counts as, and so many times z. */
static void
noisy_logs(real *y, const real *x, double least_of, const double *z, double times, int n)
{
    for (int i = 0; i < n; i += LANES)
        put(y + i, log_of(raised_to(load(x + i), splat(least_of))) + times * load_doubles(z + i));
}

#endif
