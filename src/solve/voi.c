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
 *
 * All is computed from the differences to the arm that is best on average, which leave out what
 * all arms share, on the samples in which every arm in the running has a cost.
 */

#define DF 5                        /* of one spline                                      */
#define RESULTS_MAX 8               /* study results that are looked at together           */
#define TERMS_MAX (1 + RESULTS_MAX * DF)
#define BOOT_SAMPLES 2048
#define BOOT_ROUNDS 24

/* ---- the differences --------------------------------------------------------------------- */

struct differences {
    int n, arms;             /* samples that are complete; arms besides the best one  */
    double *d[ARMS_MAX - 1]; /* loss of each less the best one's                       */
    int *row;                /* where each sample stands in the columns               */
};

static void
release(struct differences *d)
{
    free(d->row);
    free(d->d[0]);
}

static bool
is_complete(const double *const *loss, int n_arms, int i)
{
    for (int a = 0; a < n_arms; a++)
        if (loss[a] != NULL && !isfinite(loss[a][i]))
            return false;
    return true;
}

static int
best_on_average(const double *const *loss, int n_arms, const int *row, int n)
{
    double least = INFINITY;
    int best = -1;

    for (int a = 0; a < n_arms; a++) {
        double sum = 0;
        for (int i = 0; i < n && loss[a] != NULL; i++)
            sum += loss[a][row[i]];
        if (loss[a] != NULL && sum < least) {
            least = sum;
            best = a;
        }
    }
    return best;
}

/* False: fewer than two arms to choose from, or no memory. */
static bool
take_differences(struct differences *d, const double *const *loss, int n_arms, int n)
{
    int running = 0;

    memset(d, 0, sizeof *d);
    for (int a = 0; a < n_arms; a++)
        running += loss[a] != NULL;
    if (running < 2 || n < 1)
        return false;
    d->row = malloc((size_t)n * sizeof *d->row);
    d->d[0] = malloc((size_t)n * (size_t)(running - 1) * sizeof(double));
    if (d->row == NULL || d->d[0] == NULL) {
        release(d);
        return false;
    }
    for (int i = 0; i < n; i++)
        if (is_complete(loss, n_arms, i))
            d->row[d->n++] = i;
    int best = best_on_average(loss, n_arms, d->row, d->n);
    for (int a = 0; a < n_arms; a++) {
        if (loss[a] == NULL || a == best)
            continue;
        double *out = d->d[0] + (size_t)n * (size_t)d->arms;
        for (int i = 0; i < d->n; i++)
            out[i] = loss[a][d->row[i]] - loss[best][d->row[i]];
        d->d[d->arms++] = out;
    }
    return true;
}

/* The best arm is the cheapest on average, so perfect knowledge saves the mean of what another
 * is cheaper by, where one is. */
static double
perfect(const struct differences *d)
{
    double sum = 0;

    for (int i = 0; i < d->n; i++) {
        double least = 0;
        for (int a = 0; a < d->arms; a++)
            least = fmin(least, d->d[a][i]);
        sum -= least;
    }
    return d->n > 0 ? sum / d->n : 0;
}

/* ---- the spline ------------------------------------------------------------------------------ */

/* P5, P20, P40, P60, P80 and P95 of a standard normal: six knots, five terms. */
static const double knots[DF + 1] = { -1.6448536, -0.8416212, -0.2533471, 0.2533471, 0.8416212, 1.6448536 };

static double
cube(double x)
{
    return x > 0 ? x * x * x : 0;
}

/* Hastie, Tibshirani and Friedman, Elements of Statistical Learning, section 5.2.1. Term k lies
 * n behind term k - 1. */
static void
spline_terms(const double *z, int n, double *out)
{
    const double last = knots[DF], before = knots[DF - 1];

    for (int i = 0; i < n; i++) {
        double beyond = cube(z[i] - last), tail = (cube(z[i] - before) - beyond) / (last - before);
        out[i] = z[i];
        for (int k = 0; k + 1 < DF; k++)
            out[(size_t)(k + 1) * (size_t)n + (size_t)i] = (cube(z[i] - knots[k]) - beyond) / (last - knots[k]) - tail;
    }
}

static double
dot(const double *a, const double *b, int n)
{
    double sum = 0;

    for (int i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Gram-Schmidt, twice for good measure: columns of mean square 1, each orthogonal to those before.
 * One that adds nothing is left out. Returns how many remain. */
static int
orthonormalise(double *q, int n, int terms, const volatile int *cancel)
{
    int kept = 0;

    for (int t = 0; t < terms && !solve_cancelled(cancel); t++) {
        double *x = q + (size_t)t * (size_t)n, *to = q + (size_t)kept * (size_t)n;
        double size = sqrt(dot(x, x, n));
        for (int pass = 0; pass < 2; pass++)
            for (int k = 0; k < kept; k++) {
                const double *e = q + (size_t)k * (size_t)n;
                double share = dot(x, e, n) / n;
                for (int i = 0; i < n; i++)
                    x[i] -= share * e[i];
            }
        double left = sqrt(dot(x, x, n));
        if (!(left > 1e-7 * size))
            continue;
        for (int i = 0; i < n; i++)
            to[i] = x[i] * (sqrt(n) / left);
        kept++;
    }
    return kept;
}

/* ---- the value of knowing what the columns q tell ------------------------------------------------ */

static double
value_of_fit(const struct differences *d, const double *q, int terms, double *fit, const volatile int *cancel)
{
    double sum = 0;

    memset(fit, 0, 2 * (size_t)d->n * sizeof *fit);
    double *least = fit + d->n;
    for (int a = 0; a < d->arms && !solve_cancelled(cancel); a++) {
        memset(fit, 0, (size_t)d->n * sizeof *fit);
        for (int t = 0; t < terms; t++) {
            const double *e = q + (size_t)t * (size_t)d->n;
            double c = dot(e, d->d[a], d->n) / d->n;
            for (int i = 0; i < d->n; i++)
                fit[i] += c * e[i];
        }
        for (int i = 0; i < d->n; i++)
            least[i] = fmin(least[i], fit[i]);
    }
    for (int i = 0; i < d->n; i++)
        sum -= least[i];
    return sum / d->n;
}

/* ---- its standard error ----------------------------------------------------------------------------- */

/* Solve g x = b for each of "sides" right-hand sides, TERMS_MAX apart; g is symmetric. */
static bool
solve_positive(double *g, int n, double *b, int sides)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++) {
            double sum = g[i * n + j];
            for (int k = 0; k < j; k++)
                sum -= g[i * n + k] * g[j * n + k];
            if (i == j && !(sum > 1e-9))
                return false;
            g[i * n + j] = i == j ? sqrt(sum) : sum / g[j * n + j];
        }
    for (int s = 0; s < sides; s++, b += TERMS_MAX) {
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < i; k++)
                b[i] -= g[i * n + k] * b[k];
            b[i] /= g[i * n + i];
        }
        for (int i = n - 1; i >= 0; i--) {
            for (int k = i + 1; k < n; k++)
                b[i] -= g[k * n + i] * b[k];
            b[i] /= g[i * n + i];
        }
    }
    return true;
}

/* The value from the first m samples, each counted times[i] times; NAN: too few are different. rows
 * holds the columns sample by sample. */
static double
value_resampled(const struct differences *d, const double *rows, int terms, const unsigned char *times, int m)
{
    double g[TERMS_MAX * TERMS_MAX] = { 0 }, b[(ARMS_MAX - 1) * TERMS_MAX] = { 0 }, mean[ARMS_MAX - 1] = { 0 };
    double cheapest = 0, sum = 0;

    for (int i = 0; i < m; i++) {
        const double *t = rows + (size_t)i * (size_t)terms;
        if (times[i] == 0)
            continue;
        for (int r = 0; r < terms; r++)
            for (int c = 0; c <= r; c++)
                g[r * terms + c] += times[i] * t[r] * t[c] / m;
        for (int a = 0; a < d->arms; a++) {
            double w = times[i] * d->d[a][i] / m;
            mean[a] += w;
            for (int r = 0; r < terms; r++)
                b[a * TERMS_MAX + r] += w * t[r];
        }
    }
    if (!solve_positive(g, terms, b, d->arms))
        return NAN;
    for (int a = 0; a < d->arms; a++)
        cheapest = fmin(cheapest, mean[a]);
    for (int i = 0; i < m; i++) {
        double least = 0;
        for (int a = 0; a < d->arms && times[i] > 0; a++)
            least = fmin(least, dot(b + a * TERMS_MAX, rows + (size_t)i * (size_t)terms, terms));
        sum += times[i] * least;
    }
    return cheapest - sum / m;
}

static void
resample(unsigned char *times, int m, uint64_t *state)
{
    memset(times, 0, (size_t)m);
    for (int i = 0; i < m; i++) {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        times[(*state >> 11) % (uint64_t)m]++;
    }
}

/* Bootstrap on a prefix, scaled to n by the square root. Where the columns are too poor to be
 * resampled, all of the value is in doubt. */
static double
bootstrap(const struct differences *d, const double *q, int terms, double value, const volatile int *cancel)
{
    int m = d->n < BOOT_SAMPLES ? d->n : BOOT_SAMPLES, done = 0;
    double *rows = malloc((size_t)m * (size_t)terms * sizeof *rows), sum = 0, squares = 0;
    unsigned char times[BOOT_SAMPLES];
    uint64_t state = 0x2545f4914f6cdd1du;

    for (int i = 0; rows != NULL && i < m; i++)
        for (int t = 0; t < terms; t++)
            rows[(size_t)i * (size_t)terms + (size_t)t] = q[(size_t)t * (size_t)d->n + (size_t)i];
    for (int round = 0; rows != NULL && round < BOOT_ROUNDS && !solve_cancelled(cancel); round++) {
        resample(times, m, &state);
        double v = value_resampled(d, rows, terms, times, m) - value;
        if (!isfinite(v))
            continue;
        sum += v;
        squares += v * v;
        done++;
    }
    free(rows);
    if (done < BOOT_ROUNDS / 2)
        return value;
    double mean = sum / done;
    return sqrt(fmax(0, squares / done - mean * mean) * done / (done - 1) * m / d->n);
}

/* ---- what callers ask for ----------------------------------------------------------------------------- */

/* columns: n_z of them, as long as the losses. Knowing a part is worth no more than knowing all. */
static double
regression_value(const struct differences *d, const double *const *z, int n_z, double *standard_error, const volatile int *cancel)
{
    size_t n = (size_t)d->n;
    double *q = malloc(n * (size_t)(1 + DF * n_z) * sizeof *q), *room = malloc(2 * n * sizeof *room), value = 0;

    if (q != NULL && room != NULL && n > 0) {
        for (size_t i = 0; i < n; i++)
            q[i] = 1;
        for (int k = 0; k < n_z; k++) {
            for (size_t i = 0; i < n; i++)
                room[i] = z[k][d->row[i]];
            spline_terms(room, d->n, q + n * (size_t)(1 + DF * k));
        }
        int terms = orthonormalise(q, d->n, 1 + DF * n_z, cancel);
        value = fmin(value_of_fit(d, q, terms, room, cancel), perfect(d));
        if (standard_error != NULL && value > 0)
            *standard_error = bootstrap(d, q, terms, value, cancel);
    }
    free(q);
    free(room);
    return value > 0 ? value : 0;
}

double
evpi(const double *const *loss, int n_arms, int n)
{
    struct differences d;
    double value = 0;

    if (take_differences(&d, loss, n_arms, n)) {
        value = perfect(&d);
        release(&d);
    }
    return value;
}

double
evppi(const double *const *loss, int n_arms, int n, const double *z, double *standard_error, const volatile int *cancel)
{
    struct differences d;
    double value = 0;

    if (standard_error != NULL)
        *standard_error = 0;
    if (take_differences(&d, loss, n_arms, n)) {
        value = regression_value(&d, &z, 1, standard_error, cancel);
        release(&d);
    }
    return value;
}

/* On a standard scale, so that the knots lie where the results do. False: a result that is not
 * known everywhere or always the same tells nothing. */
static bool
standardise(const double *y, int n, double *out)
{
    double mean = column_mean(y, n), squares = 0;

    for (int i = 0; i < n; i++)
        squares += (y[i] - mean) * (y[i] - mean);
    double sd = sqrt(squares / n);
    if (!(sd > 1e-12 * fabs(mean)) || !isfinite(sd))
        return false;
    for (int i = 0; i < n; i++)
        out[i] = (y[i] - mean) / sd;
    return true;
}

double
evsi(const double *const *loss, int n_arms, int n, const double *const *y, int n_y, double *standard_error,
     const volatile int *cancel)
{
    const double *z[RESULTS_MAX];
    struct differences d;
    double *block = malloc((size_t)n * RESULTS_MAX * sizeof *block), value = 0;
    int kept = 0;

    if (standard_error != NULL)
        *standard_error = 0;
    for (int k = 0; block != NULL && k < n_y && kept < RESULTS_MAX; k++)
        if (standardise(y[k], n, block + (size_t)n * (size_t)kept)) {
            z[kept] = block + (size_t)n * (size_t)kept;
            kept++;
        }
    if (kept > 0 && take_differences(&d, loss, n_arms, n)) {
        value = regression_value(&d, z, kept, standard_error, cancel);
        release(&d);
    }
    free(block);
    return value;
}
