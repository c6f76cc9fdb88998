/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

/*
 * Value of information (section 11.6), from the columns alone.  The conditional
 * mean of each loss given an input is a regression on a natural cubic spline of the input's
 * normal score (Strong, Oakley and Brennan, Medical Decision Making 34, 2014).
 */

#define DF 5                   /* of one spline                                     */
#define TERMS_MAX (1 + 8 * DF) /* intercept and up to eight splines                   */
#define BOOT_SAMPLES 2048
#define BOOT_ROUNDS 24

/* Knots at equal shares of a standard normal: a spline with DF + 1 knots has DF terms
 * besides the intercept. */
static const double knots[DF + 1] = { -1.6448536, -0.8416212, -0.2533471, 0.2533471, 0.8416212, 1.6448536 };

static double
cube(double x)
{
    return x > 0 ? x * x * x : 0;
}

/* The truncated-power form of Hastie, Tibshirani and Friedman, section 5.2.1. */
static void
spline_terms(double z, double *out)
{
    double last = knots[DF], before = knots[DF - 1];
    double tail = (cube(z - before) - cube(z - last)) / (last - before);

    out[0] = z;
    for (int k = 0; k + 1 < DF; k++)
        out[k + 1] = (cube(z - knots[k]) - cube(z - last)) / (last - knots[k]) - tail;
}

/* ---- least squares by Cholesky, with a ridge far below the data's own scale ------------- */

static bool
factorise(double *a, int n)
{
    double trace = 0;

    for (int i = 0; i < n; i++)
        trace += a[i * n + i];
    for (int i = 0; i < n; i++)
        a[i * n + i] += 1e-10 * trace / n;
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++) {
            double sum = a[i * n + j];
            for (int k = 0; k < j; k++)
                sum -= a[i * n + k] * a[j * n + k];
            if (i == j) {
                if (!(sum > 0))
                    return false;
                a[i * n + i] = sqrt(sum);
            } else
                a[i * n + j] = sum / a[j * n + j];
        }
    return true;
}

static void
back_solve(const double *a, int n, double *b)
{
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < i; k++)
            b[i] -= a[i * n + k] * b[k];
        b[i] /= a[i * n + i];
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int k = i + 1; k < n; k++)
            b[i] -= a[k * n + i] * b[k];
        b[i] /= a[i * n + i];
    }
}

/* min_a mean(L_a) - mean(min_a g_a) over the samples pick[0..n); pick NULL: all in order. */
static double
partial_value(const double *const *loss, int n_arms, int n, const double *basis, int terms, const int *pick)
{
    double gram[TERMS_MAX * TERMS_MAX], beta[8][TERMS_MAX], least_mean = INFINITY, sum = 0;

    memset(gram, 0, sizeof gram);
    memset(beta, 0, sizeof beta);
    for (int i = 0; i < n; i++) {
        int at = pick != NULL ? pick[i] : i;
        const double *t = basis + (size_t)at * (size_t)terms;
        for (int r = 0; r < terms; r++) {
            for (int c = 0; c <= r; c++)
                gram[r * terms + c] += t[r] * t[c];
            for (int a = 0; a < n_arms; a++)
                if (loss[a] != NULL)
                    beta[a][r] += t[r] * loss[a][at];
        }
    }
    for (int a = 0; a < n_arms; a++)
        if (loss[a] != NULL)
            least_mean = fmin(least_mean, beta[a][0] / n); /* the intercept's row is the sum */
    if (!factorise(gram, terms))
        return 0;
    for (int a = 0; a < n_arms; a++)
        if (loss[a] != NULL)
            back_solve(gram, terms, beta[a]);
    for (int i = 0; i < n; i++) {
        const double *t = basis + (size_t)(pick != NULL ? pick[i] : i) * (size_t)terms;
        double least = INFINITY;
        for (int a = 0; a < n_arms; a++) {
            double g = 0;
            if (loss[a] == NULL)
                continue;
            for (int r = 0; r < terms; r++)
                g += beta[a][r] * t[r];
            least = fmin(least, g);
        }
        sum += least;
    }
    return isfinite(least_mean) ? fmax(0, least_mean - sum / n) : 0;
}

/* Bootstrap on a prefix, scaled to n by the square root. */
static double
bootstrap(const double *const *loss, int n_arms, int n, const double *basis, int terms)
{
    int m = n < BOOT_SAMPLES ? n : BOOT_SAMPLES;
    int *pick = malloc((size_t)m * sizeof *pick);
    uint64_t state = 0x2545f4914f6cdd1du;
    double sum = 0, squares = 0;

    if (pick == NULL)
        return INFINITY;
    for (int round = 0; round < BOOT_ROUNDS; round++) {
        for (int i = 0; i < m; i++) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            pick[i] = (int)((state >> 11) % (uint64_t)m);
        }
        double v = partial_value(loss, n_arms, m, basis, terms, pick);
        sum += v;
        squares += v * v;
    }
    free(pick);
    double mean = sum / BOOT_ROUNDS, variance = squares / BOOT_ROUNDS - mean * mean;
    return sqrt(fmax(0, variance) * BOOT_ROUNDS / (BOOT_ROUNDS - 1) * m / n);
}

static int
in_running(const double *const *loss, int n_arms)
{
    int n = 0;

    for (int a = 0; a < n_arms; a++)
        n += loss[a] != NULL;
    return n;
}

static double
regression_value(const double *const *loss, int n_arms, int n, const double *const *z, int n_z, double *standard_error)
{
    int terms = 1 + DF * n_z;
    double *basis, value;

    if (standard_error != NULL)
        *standard_error = 0;
    if (in_running(loss, n_arms) < 2 || n_z < 1 || terms > TERMS_MAX)
        return 0;
    basis = malloc((size_t)n * (size_t)terms * sizeof *basis);
    if (basis == NULL)
        return 0;
    for (int i = 0; i < n; i++) {
        double *t = basis + (size_t)i * (size_t)terms;
        t[0] = 1;
        for (int k = 0; k < n_z; k++)
            spline_terms(z[k][i], t + 1 + DF * k);
    }
    value = partial_value(loss, n_arms, n, basis, terms, NULL);
    if (standard_error != NULL && value > 0)
        *standard_error = bootstrap(loss, n_arms, n, basis, terms);
    free(basis);
    return value;
}

double
evppi(const double *const *loss, int n_arms, int n, const double *z, double *standard_error)
{
    return regression_value(loss, n_arms, n, &z, 1, standard_error);
}

/* Study results are put on a standard scale first; a constant result tells nothing. */
double
evsi(const double *const *loss, int n_arms, int n, const double *const *y, int n_y, double *standard_error)
{
    const double *z[8];
    double *block = malloc((size_t)n * 8 * sizeof *block), value;
    int kept = 0;

    if (standard_error != NULL)
        *standard_error = 0;
    if (block == NULL)
        return 0;
    for (int k = 0; k < n_y && kept < 8; k++) {
        double mean = column_mean(y[k], n), squares = 0, *out = block + (size_t)n * (size_t)kept;
        for (int i = 0; i < n; i++)
            squares += (y[k][i] - mean) * (y[k][i] - mean);
        double sd = sqrt(squares / n);
        if (!(sd > 0) || !isfinite(sd))
            continue;
        for (int i = 0; i < n; i++)
            out[i] = (y[k][i] - mean) / sd;
        z[kept++] = out;
    }
    value = kept > 0 ? regression_value(loss, n_arms, n, z, kept, standard_error) : 0;
    free(block);
    return value;
}

double
evpi(const double *const *loss, int n_arms, int n)
{
    double least_mean = INFINITY, sum = 0;

    if (in_running(loss, n_arms) < 2)
        return 0;
    for (int a = 0; a < n_arms; a++)
        if (loss[a] != NULL)
            least_mean = fmin(least_mean, column_mean(loss[a], n));
    for (int i = 0; i < n; i++) {
        double least = INFINITY;
        for (int a = 0; a < n_arms; a++)
            if (loss[a] != NULL)
                least = fmin(least, loss[a][i]);
        sum += least;
    }
    return fmax(0, least_mean - sum / n);
}

/* ---- rank correlation ------------------------------------------------------------------------ */

struct ranked_value {
    double value;
    int index;
};

static int
by_value(const void *a, const void *b)
{
    const struct ranked_value *x = a, *y = b;

    return x->value < y->value ? -1 : x->value > y->value ? 1 : 0;
}

/* Mean ranks of ties. */
static void
ranks(const double *x, int n, struct ranked_value *sorted, double *rank)
{
    for (int i = 0; i < n; i++)
        sorted[i] = (struct ranked_value){ x[i], i };
    qsort(sorted, (size_t)n, sizeof *sorted, by_value);
    for (int i = 0; i < n;) {
        int j = i;
        while (j + 1 < n && sorted[j + 1].value == sorted[i].value)
            j++;
        for (int k = i; k <= j; k++)
            rank[sorted[k].index] = (i + j) / 2.0;
        i = j + 1;
    }
}

double
rank_correlation(const double *x, const double *y, int n, double *scratch)
{
    struct ranked_value *sorted = (struct ranked_value *)(void *)(scratch + 2 * (size_t)n);
    double mean = (n - 1) / 2.0, xy = 0, xx = 0, yy = 0;

    ranks(x, n, sorted, scratch);
    ranks(y, n, sorted, scratch + n);
    for (int i = 0; i < n; i++) {
        double a = scratch[i] - mean, b = scratch[n + i] - mean;
        xy += a * b;
        xx += a * a;
        yy += b * b;
    }
    return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : 0;
}
