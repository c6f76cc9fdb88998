/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SOLVE_KERNEL_REGRESSION_H
#define BREAKEVEN_SOLVE_KERNEL_REGRESSION_H

#include <string.h>

#include "voi.h"

/* What the value of information (voi.c, voi_error.c) asks of samples and bins, a few at once. Part of kernel.c alone. */

/* ---- one column, through its bins --------------------------------------------------------------- */

/* Half a row: two adds of it are quicker than one of all where registers are twice as wide as what adds. */
typedef double half_row __attribute__((vector_size(8 * BIN_ROW / 2), may_alias));
typedef real half_row_of_column __attribute__((vector_size(sizeof(real) * BIN_ROW / 2), aligned(sizeof(real)), may_alias));

static inline void
add_half(double *sum, const real *x)
{
#if defined __AVX2__ && !defined COLUMNS_DOUBLE
    *(half_row *)(void *)sum += (half_row)_mm256_cvtps_pd(_mm_loadu_ps(x));
#else
    *(half_row *)(void *)sum += __builtin_convertvector(*(const half_row_of_column *)(const void *)x, half_row);
#endif
}

/* Each sample's row, of BIN_ROW numbers or half as many, added to that of its bin, one after the other. */
static void
bin_sums(double *sum, const bin_number *bin, const real *row, int width, int n)
{
    if (width < BIN_ROW)
        for (int i = 0; i < n; i++)
            add_half(sum + (size_t)bin[i] * BIN_ROW, row + (size_t)i * (BIN_ROW / 2));
    else
        for (int i = 0; i < n; i++) {
            add_half(sum + (size_t)bin[i] * BIN_ROW, row + (size_t)i * BIN_ROW);
            add_half(sum + (size_t)bin[i] * BIN_ROW + BIN_ROW / 2, row + (size_t)i * BIN_ROW + BIN_ROW / 2);
        }
}

/* P5, P20, P40, P60, P80 and P95 of a standard normal: six knots, five terms. */
static const double knots[DF + 1] = { -1.6448536, -0.8416212, -0.2533471, 0.2533471, 0.8416212, 1.6448536 };

static inline lanes
cube(lanes x)
{
    return either(x > splat(0), x * x * x, splat(0));
}

/* Hastie, Tibshirani and Friedman, Elements of Statistical Learning, section 5.2.1. */
static void
spline_terms(lanes z, double (*term)[BINS], int at)
{
    const double last = knots[DF], before = knots[DF - 1];
    const lanes beyond = cube(z - last), tail = (cube(z - before) - beyond) * (1 / (last - before));

    put_doubles(term[0] + at, z);
    for (int k = 0; k + 1 < DF; k++)
        put_doubles(term[k + 1] + at, (cube(z - knots[k]) - beyond) * (1 / (last - knots[k])) - tail);
}

static double
mean_product(const double *count, const double *x, const double *y, int n)
{
    lanes sum = splat(0);

    for (int k = 0; k < BINS; k += LANES)
        sum += load_doubles(count + k) * load_doubles(x + k) * load_doubles(y + k);
    return sum_of(sum) / n;
}

/* Gram-Schmidt, twice for good measure, against the constant and those before. What adds nothing is
 * left out. */
static void
find_terms(struct binned *b, int n)
{
    double term[DF][BINS], one[BINS], step[LANES];

    for (int l = 0; l < LANES; l++)
        step[l] = l + 0.5;
    for (int k = 0; k < BINS; k += LANES) {
        spline_terms(b->low + (load_doubles(step) + k) * b->width, term, k);
        put_doubles(one + k, splat(1));
    }
    b->terms = 0;
    for (int j = 0; j < DF; j++) {
        double *x = term[j], size = sqrt(mean_product(b->count, x, x, n));
        for (int pass = 0; pass < 2; pass++)
            for (int e = -1; e < b->terms; e++) {
                const double *against = e < 0 ? one : b->q[e], share = mean_product(b->count, x, against, n);
                for (int k = 0; k < BINS; k += LANES)
                    put_doubles(x + k, load_doubles(x + k) - share * load_doubles(against + k));
            }
        double left = sqrt(mean_product(b->count, x, x, n));
        if (!(left > 1e-7 * size))
            continue;
        for (int k = 0; k < BINS; k += LANES)
            put_doubles(b->q[b->terms] + k, load_doubles(x + k) * (1 / left));
        b->terms++;
    }
}

/* ---- the regression on all columns -------------------------------------------------------------- */

static void
crossed(double products[DF][DF], const struct binned *x, const struct binned *y, const int (*met)[BINS], int n)
{
    typedef int counts __attribute__((vector_size(LANES * sizeof(int)), aligned(sizeof(int)), may_alias));
    lanes sum[DF][DF];

    memset(sum, 0, sizeof sum);
    for (int m = 0; m < BINS; m += LANES) {
        lanes s[DF] = { splat(0), splat(0), splat(0), splat(0), splat(0) };
        for (int k = 0; k < BINS; k++) {
            const lanes count = __builtin_convertvector(*(const counts *)(const void *)(met[k] + m), lanes);
            for (int t = 0; t < DF; t++)
                s[t] += x->q[t][k] * count;
        }
        for (int t = 0; t < x->terms; t++)
            for (int u = 0; u < y->terms; u++)
                sum[t][u] += s[t] * load_doubles(y->q[u] + m);
    }
    for (int t = 0; t < x->terms; t++)
        for (int u = 0; u < y->terms; u++)
            products[t][u] = sum_of(sum[t][u]) / n;
}

/* Of each arm the sum of what a column's bins hold times a function of the bin. */
static void
sides(double side[BIN_ROW], const double *sum, const double *q)
{
    for (int l = 0; l < BIN_ROW; l += LANES) {
        lanes even = splat(0), odd = even;
        for (int k = 0; k < BINS; k += 2) {
            even += q[k] * load_doubles(sum + k * BIN_ROW + l);
            odd += q[k + 1] * load_doubles(sum + (k + 1) * BIN_ROW + l);
        }
        put_doubles(side + l, even + odd);
    }
}

/* To each bin's row a function of the bin is added, times each arm's coefficient. */
static void
add_term(double *row, const double coefficient[BIN_ROW], const double *q)
{
    for (int l = 0; l < BIN_ROW; l += LANES) {
        const lanes c = load_doubles(coefficient + l);
        for (int k = 0; k < BINS; k++)
            put_doubles(row + k * BIN_ROW + l, load_doubles(row + k * BIN_ROW + l) + c * q[k]);
    }
}

static inline double
least_lane(lanes x)
{
#if LANES == 8
    return _mm512_reduce_min_pd((__m512d)x);
#else
    double least_of = x[0];

    for (int l = 1; l < LANES; l++)
        least_of = x[l] < least_of ? x[l] : least_of;
    return least_of;
#endif
}

/* Of the sums of a sample's rows, one of each column, the least number; added up, each times its weight (NULL: 1). */
static double
least_sums(const double *row, const bin_number *const *bin, int columns, const double *weight, int n)
{
    double sum = 0;

    for (int i = 0; i < n; i++) {
        lanes lowest = splat(0);
        for (int l = 0; l < BIN_ROW; l += LANES) {
            lanes fit = load_doubles(row + bin[0][i] * BIN_ROW + l);
            for (int c = 1; c < columns; c++)
                fit += load_doubles(row + (c * BINS + bin[c][i]) * BIN_ROW + l);
            lowest = lowered_to(fit, lowest);
        }
        sum += weight != NULL ? weight[i] * least_lane(lowest) : least_lane(lowest);
    }
    return sum;
}

/* ---- its standard error ----------------------------------------------------------------------------- */

/* Of each group the sum of x times each of some columns y. */
static void
group_products(double *sum, const double *x, const double *y, int columns, int size)
{
    for (int g = 0; g < BOOT_GROUPS; g += LANES) {
        const double *from = x + g / GROUPS_ASIDE * GROUPS_ASIDE * size + g % GROUPS_ASIDE;
        int c = 0;
        for (; c + 4 <= columns; c += 4) {
            const double *with = y + (size_t)c * BOOT_SAMPLES + (from - x);
            lanes s0 = splat(0), s1 = s0, s2 = s0, s3 = s0;
            for (int s = 0; s < size * GROUPS_ASIDE; s += GROUPS_ASIDE) {
                const lanes v = load_doubles(from + s);
                s0 += v * load_doubles(with + s);
                s1 += v * load_doubles(with + BOOT_SAMPLES + s);
                s2 += v * load_doubles(with + 2 * BOOT_SAMPLES + s);
                s3 += v * load_doubles(with + 3 * BOOT_SAMPLES + s);
            }
            put_doubles(sum + c * BOOT_GROUPS + g, s0);
            put_doubles(sum + (c + 1) * BOOT_GROUPS + g, s1);
            put_doubles(sum + (c + 2) * BOOT_GROUPS + g, s2);
            put_doubles(sum + (c + 3) * BOOT_GROUPS + g, s3);
        }
        for (; c < columns; c++) {
            const double *with = y + (size_t)c * BOOT_SAMPLES + (from - x);
            lanes s0 = splat(0);
            for (int s = 0; s < size * GROUPS_ASIDE; s += GROUPS_ASIDE)
                s0 += load_doubles(from + s) * load_doubles(with + s);
            put_doubles(sum + c * BOOT_GROUPS + g, s0);
        }
    }
}

/* A figure of each round in a lane. */
typedef doubles_at rounds;

static void
draw_groups(rounds *out, const double *products, int n, const struct resampling *e, int round)
{
    for (int p = 0; p < n; p++) {
        const double *x = products + (size_t)p * BOOT_GROUPS;
        lanes a = splat(0), b = a, c = a, d = a;
        for (int g = 0; g < BOOT_GROUPS; g += 4) {
            a += x[g] * load_doubles(e->weight[g] + round);
            b += x[g + 1] * load_doubles(e->weight[g + 1] + round);
            c += x[g + 2] * load_doubles(e->weight[g + 2] + round);
            d += x[g + 3] * load_doubles(e->weight[g + 3] + round);
        }
        out[p] = ((a + b) + (c + d)) * (1.0 / (e->groups * e->size));
    }
}

/* g x = b as regression_solve solves it, g by rows up to the diagonal; NAN where it is singular. */
static void
solve_rounds(rounds *g, int n, rounds *b, int sides_of)
{
    for (int i = 0; i < n; i++) {
        rounds *row = g + i * (i + 1) / 2;
        for (int j = 0; j <= i; j++) {
            const rounds *other = g + j * (j + 1) / 2;
            lanes sum = row[j];
            for (int k = 0; k < j; k++)
                sum -= row[k] * other[k];
            row[j] = i == j ? root_of(either(sum > splat(1e-9), sum, splat(NAN))) : sum / other[j];
        }
    }
    for (int s = 0; s < sides_of; s++, b += n) {
        for (int i = 0; i < n; i++) {
            const rounds *row = g + i * (i + 1) / 2;
            lanes left = b[i];
            for (int k = 0; k < i; k++)
                left -= row[k] * b[k];
            b[i] = left / row[i];
        }
        for (int i = n - 1; i >= 0; i--) {
            lanes left = b[i];
            for (int k = i + 1; k < n; k++)
                left -= g[k * (k + 1) / 2 + i] * b[k];
            b[i] = left / g[i * (i + 1) / 2 + i];
        }
    }
}

/* What the bins of each column add to the fit of each arm, one arm after the other. */
static void
fit_rounds(rounds *fit, const struct regression *r, const rounds *b)
{
    for (int a = 0; a < r->d->arms; a++, b += r->terms) {
        rounds *of_arm = fit + a * r->columns * BINS;
        memset(of_arm, 0, (size_t)r->columns * BINS * sizeof *of_arm);
        for (int k = 0; k < BINS; k++)
            of_arm[k] = b[0];
        for (int t = 1; t < r->terms; t++) {
            const double *q = r->column[r->of[t].column].q[r->of[t].term];
            rounds *to = of_arm + r->of[t].column * BINS;
            const lanes c = b[t];
            for (int k = 0; k < BINS; k++)
                to[k] += c * q[k];
        }
    }
}

/* The least fit of each sample, or that of the best arm, added up. */
static lanes
least_rounds(rounds *fit, const struct regression *r, const struct resampling *e, int round)
{
    const int arms = r->d->arms, columns = r->columns;
    lanes sum = splat(0);

    for (int k = 0; k < BINS && columns == 1; k++) { /* of a bin, and kept in the first arm's place */
        lanes lowest = splat(0);
        for (int a = 0; a < arms; a++)
            lowest = lowered_to(fit[a * BINS + k], lowest);
        fit[k] = lowest;
    }
    for (int i = 0; i < e->size * BOOT_GROUPS; i++) {
        const int group = i / (GROUPS_ASIDE * e->size) * GROUPS_ASIDE + i % GROUPS_ASIDE;
        lanes lowest = splat(0);
        if (columns == 1)
            lowest = fit[r->column[0].bin[e->at[i]]];
        for (int a = 0; a < arms && columns > 1; a++) {
            const rounds *of = fit + a * columns * BINS;
            lanes v = of[r->column[0].bin[e->at[i]]];
            for (int c = 1; c < columns; c++)
                v += of[c * BINS + r->column[c].bin[e->at[i]]];
            lowest = lowered_to(v, lowest);
        }
        sum += lowest * load_doubles(e->weight[group] + round);
    }
    return sum;
}

static void
resampled(double value[BOOT_ROUNDS], const struct regression *r, const struct resampling *e, const double *products, double *room)
{
    const int squares = r->terms * (r->terms + 1) / 2, all = squares + r->terms * r->d->arms;
    rounds *g = (rounds *)(void *)room, *b = g + squares, *fit = g + all;

    for (int round = 0; round < BOOT_ROUNDS; round += LANES) {
        lanes cheapest = splat(0);
        draw_groups(g, products, all, e, round);
        for (int a = 0; a < r->d->arms; a++)
            cheapest = lowered_to(b[a * r->terms], cheapest);
        solve_rounds(g, r->terms, b, r->d->arms);
        fit_rounds(fit, r, b);
        const lanes last = b[-1]; /* unknown where any is */
        put_doubles(value + round, cheapest - least_rounds(fit, r, e, round) * (1.0 / (e->groups * e->size)) + (last - last));
    }
}

#endif
