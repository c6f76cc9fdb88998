/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "voi.h"

/*
 * Value of information (section 11.6), from the columns alone.  The conditional
 * mean of each loss given an input is a regression on a natural cubic spline of the input's
 * normal score (Strong, Oakley and Brennan, Medical Decision Making 34, 2014).
 *
 * All is computed from the differences to the arm that is best on average, which leave out what
 * all arms share, on the samples in which every arm in the running has a cost.
 *
 * A column is read through bins of its range, each about a sixteenth of a standard deviation wide: what a
 * regression needs of the samples are sums over a bin, or over the bins of two columns, and its fit is one value
 * a bin.
 */

/* ---- the differences --------------------------------------------------------------------- */

static bool
is_complete(const real *const *loss, int n_arms, int i)
{
    for (int a = 0; a < n_arms; a++)
        if (loss[a] != NULL && !isfinite(loss[a][i]))
            return false;
    return true;
}

/* The samples that are complete. False: no memory. */
static bool
find_complete(struct stakes *s, const real *const *loss, int n_arms)
{
    struct column_facts facts;

    s->n = s->all;
    for (int a = 0; a < n_arms && s->n == s->all; a++)
        if (loss[a] != NULL) {
            column_look(&facts, loss[a], s->all);
            s->n = facts.finite;
        }
    if (s->n == s->all)
        return true;
    s->at = malloc((size_t)s->all * sizeof *s->at);
    s->gathered = malloc((size_t)s->all * sizeof *s->gathered);
    if (s->at == NULL || s->gathered == NULL)
        return false;
    s->n = 0;
    for (int i = 0; i < s->all; i++)
        if (is_complete(loss, n_arms, i))
            s->at[s->n++] = i;
    return true;
}

/* A column's values of the samples that are complete. */
static const real *
values_of(const struct stakes *s, const real *x)
{
    if (s->at == NULL)
        return x;
    for (int i = 0; i < s->n; i++)
        s->gathered[i] = x[s->at[i]];
    return s->gathered;
}

static int
best_on_average(const struct stakes *s, const real *const *loss, int n_arms)
{
    double least = INFINITY;
    int best = -1;

    for (int a = 0; a < n_arms; a++) {
        double mean = loss[a] != NULL ? column_mean(values_of(s, loss[a]), s->n) : INFINITY;
        if (mean < least) {
            least = mean;
            best = a;
        }
    }
    return best;
}

/* The best arm is the cheapest on average, so perfect knowledge saves the mean of what another
 * is cheaper by, where one is. */
static double
perfect(const struct stakes *s)
{
    double sum = 0;

    for (int i = 0; i < s->n; i++) {
        const double *row = s->row + (size_t)i * (size_t)s->width;
        double least = 0;
        for (int a = 0; a < s->arms; a++)
            least = row[a] < least ? row[a] : least;
        sum -= least;
    }
    return s->n > 0 ? sum / s->n : 0;
}

static void
fill_rows(struct stakes *s, const real *const *loss, int n_arms, int best)
{
    const real *from[BIN_ROW], *least = best >= 0 ? loss[best] : NULL;

    s->arms = 0;
    for (int a = 0; a < n_arms; a++)
        if (loss[a] != NULL && a != best)
            from[s->arms++] = loss[a];
    for (int i = 0; i < s->n; i++) {
        const int at = s->at != NULL ? s->at[i] : i;
        double *row = s->row + (size_t)i * (size_t)s->width;
        for (int a = 0; a < s->arms; a++)
            row[a] = (double)from[a][at] - (double)least[at];
        for (int a = s->arms; a < s->width; a++)
            row[a] = a == s->width - 1;
    }
}

_Static_assert(ARMS_MAX <= BIN_ROW, "a row holds all arms but the best one, and the count");

struct stakes *
stakes_new(const real *const *loss, int n_arms, int n)
{
    struct stakes *s;
    int running = 0;

    for (int a = 0; a < n_arms; a++)
        running += loss[a] != NULL;
    if (running < 2 || n < 1)
        return NULL;
    s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->all = n;
    s->width = running <= BIN_ROW / 2 ? BIN_ROW / 2 : BIN_ROW;
    s->row = malloc((size_t)n * (size_t)s->width * sizeof *s->row);
    if (s->row == NULL || !find_complete(s, loss, n_arms)) {
        stakes_free(s);
        return NULL;
    }
    fill_rows(s, loss, n_arms, best_on_average(s, loss, n_arms));
    s->perfect = perfect(s);
    return s;
}

void
stakes_free(struct stakes *s)
{
    if (s == NULL)
        return;
    free(s->row);
    free(s->at);
    free(s->gathered);
    free(s);
}

/* ---- the spline ------------------------------------------------------------------------------ */

/* P5, P20, P40, P60, P80 and P95 of a standard normal: six knots, five terms. */
static const double knots[DF + 1] = { -1.6448536, -0.8416212, -0.2533471, 0.2533471, 0.8416212, 1.6448536 };

static double
cube(double x)
{
    return x > 0 ? x * x * x : 0;
}

/* Hastie, Tibshirani and Friedman, Elements of Statistical Learning, section 5.2.1. */
static void
spline_terms(double z, double out[DF])
{
    const double last = knots[DF], before = knots[DF - 1];
    const double beyond = cube(z - last), tail = (cube(z - before) - beyond) / (last - before);

    out[0] = z;
    for (int k = 0; k + 1 < DF; k++)
        out[k + 1] = (cube(z - knots[k]) - beyond) / (last - knots[k]) - tail;
}

static double
dot(const double *a, const double *b, int n)
{
    double sum = 0;

    for (int i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* ---- one column, through its bins --------------------------------------------------------------- */

static void
find_bins(struct binned *b, const struct stakes *s, const real *z)
{
    const real *x = values_of(s, z);
    const struct kernel_path *path = kernel_choose();
    double total[BINS * BIN_ROW];
    struct column_facts facts;

    column_look(&facts, x, s->n);
    b->low = fmax(facts.low, -FURTHEST);
    b->width = fmax(1e-9, fmin(facts.high, FURTHEST) - b->low) / BINS;
    path->bins(b->bin, x, s->n, b->low, 1 / b->width, BINS - 1);
    memset(total, 0, sizeof total);
    path->bin_sums(total, b->bin, s->row, s->width, s->n);
    for (int k = 0; k < BINS; k++) {
        const double *row = total + k * s->width;
        for (int a = 0; a < s->arms; a++)
            b->sum[a][k] = row[a];
        b->count[k] = row[s->width - 1];
    }
}

static double
mean_product(const struct binned *b, const double *x, const double *y, int n)
{
    double sum = 0;

    for (int k = 0; k < BINS; k++)
        sum += b->count[k] * x[k] * y[k];
    return sum / n;
}

/* Gram-Schmidt, twice for good measure, against the constant and those before. What adds nothing is
 * left out. */
static void
find_terms(struct binned *b, int n)
{
    double term[DF][BINS], one[BINS];

    for (int k = 0; k < BINS; k++) {
        double t[DF];
        spline_terms(b->low + (k + 0.5) * b->width, t);
        one[k] = 1;
        for (int j = 0; j < DF; j++)
            term[j][k] = t[j];
    }
    b->terms = 0;
    for (int j = 0; j < DF; j++) {
        double *x = term[j], size = sqrt(mean_product(b, x, x, n));
        for (int pass = 0; pass < 2; pass++)
            for (int e = -1; e < b->terms; e++) {
                const double *against = e < 0 ? one : b->q[e], share = mean_product(b, x, against, n);
                for (int k = 0; k < BINS; k++)
                    x[k] -= share * against[k];
            }
        double left = sqrt(mean_product(b, x, x, n));
        if (!(left > 1e-7 * size))
            continue;
        for (int k = 0; k < BINS; k++)
            b->q[b->terms][k] = x[k] / left;
        b->terms++;
    }
}

/* ---- the regression on all columns -------------------------------------------------------------- */

/* Means of products of two columns' terms, from how often their bins meet. */
static void
cross(const struct binned *x, const struct binned *y, int n, double out[DF][DF])
{
    static const double none[BINS] = { 0 };
    double (*met)[BINS] = malloc(BINS * sizeof *met), half[DF][BINS];

    memset(out, 0, DF * sizeof out[0]);
    if (met == NULL)
        return;
    for (int k = 0; k < BINS; k++)
        memcpy(met[k], none, sizeof met[k]);
    for (int i = 0; i < n; i++)
        met[x->bin[i]][y->bin[i]]++;
    memset(half, 0, sizeof half);
    for (int k = 0; k < BINS; k++)
        for (int t = 0; t < x->terms && x->count[k] > 0; t++)
            for (int m = 0; m < BINS; m++)
                half[t][m] += x->q[t][k] * met[k][m];
    for (int t = 0; t < x->terms; t++)
        for (int u = 0; u < y->terms; u++)
            out[t][u] = dot(half[t], y->q[u], BINS) / n;
    free(met);
}

static void
find_gram(struct regression *r, const volatile int *cancel)
{
    double products[DF][DF];

    r->terms = 1;
    for (int c = 0; c < r->columns; c++)
        for (int t = 0; t < r->column[c].terms; t++) {
            r->of[r->terms].column = c;
            r->of[r->terms++].term = t;
        }
    for (int i = 0; i < r->terms; i++)
        for (int j = 0; j < r->terms; j++)
            r->gram[i * r->terms + j] = i == j;
    for (int x = 0; x < r->columns; x++)
        for (int y = 0; y < x && !solve_cancelled(cancel); y++) {
            cross(&r->column[x], &r->column[y], r->d->n, products);
            for (int i = 1; i < r->terms; i++)
                for (int j = 1; j < i; j++)
                    if (r->of[i].column == x && r->of[j].column == y)
                        r->gram[i * r->terms + j] = r->gram[j * r->terms + i] = products[r->of[i].term][r->of[j].term];
        }
}

/* Terms that those before them give already are left out: what is left of their square is dust. */
static void
drop_dependent(struct regression *r)
{
    const int n = r->terms;
    double l[TERMS_MAX * TERMS_MAX];
    int kept[TERMS_MAX], m = 0;

    for (int i = 0; i < n; i++) {
        double left = r->gram[i * n + i];
        for (int k = 0; k < m; k++) {
            double sum = r->gram[i * n + kept[k]];
            for (int e = 0; e < k; e++)
                sum -= l[m * n + e] * l[k * n + e];
            l[m * n + k] = sum / l[k * n + k];
            left -= l[m * n + k] * l[m * n + k];
        }
        if (!(left > 1e-7))
            continue;
        l[m * n + m] = sqrt(left);
        kept[m++] = i;
    }
    for (int i = 0; i < m; i++)
        for (int j = 0; j < m; j++)
            l[i * m + j] = r->gram[kept[i] * n + kept[j]];
    memcpy(r->gram, l, (size_t)m * (size_t)m * sizeof *l);
    for (int i = 0; i < m; i++)
        r->of[i] = r->of[kept[i]];
    r->terms = m;
}

static void
find_sides(struct regression *r)
{
    const int n = r->d->n;

    for (int a = 0; a < r->d->arms; a++) {
        double *b = r->b + a * TERMS_MAX;
        for (int c = 0; c < r->columns; c++) {
            const struct binned *column = &r->column[c];
            const double *sum = column->sum[a];
            b[0] = 0;
            for (int k = 0; k < BINS; k++)
                b[0] += sum[k] / n;
            for (int t = 1; t < r->terms; t++)
                if (r->of[t].column == c)
                    b[t] = dot(sum, column->q[r->of[t].term], BINS) / n;
        }
    }
}

bool
regression_solve(double *g, int n, double *b, int sides)
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

void
regression_fits(struct fits *f, const struct regression *r, const double *coefficients)
{
    for (int a = 0; a < r->d->arms; a++) {
        const double *coefficient = coefficients + a * TERMS_MAX;
        for (int c = 0; c < r->columns; c++)
            for (int k = 0; k < BINS; k++)
                f->of[a][c][k] = c == 0 ? coefficient[0] : 0;
        for (int t = 1; t < r->terms; t++) {
            const double *q = r->column[r->of[t].column].q[r->of[t].term];
            double *to = f->of[a][r->of[t].column];
            for (int k = 0; k < BINS; k++)
                to[k] += coefficient[t] * q[k];
        }
    }
}

double
fits_least_by_bin(const struct regression *r, const struct fits *f, const double *count)
{
    double sum = 0;

    for (int k = 0; k < BINS; k++) {
        double least = 0;
        for (int a = 0; a < r->d->arms; a++)
            least = f->of[a][0][k] < least ? f->of[a][0][k] : least;
        sum += count[k] * least;
    }
    return sum;
}

double
fits_least_by_sample(const struct regression *r, const struct fits *f, const int *named, int n)
{
    double sum = 0;

    for (int i = 0; i < n; i++) {
        const int at = named != NULL ? named[i] : i;
        double least = 0;
        for (int a = 0; a < r->d->arms; a++) {
            double fit = 0;
            for (int c = 0; c < r->columns; c++)
                fit += f->of[a][c][r->column[c].bin[at]];
            least = fit < least ? fit : least;
        }
        sum += least;
    }
    return sum;
}

static double
value_of_fit(struct regression *r)
{
    double g[TERMS_MAX * TERMS_MAX];
    struct fits f;

    memcpy(g, r->gram, (size_t)r->terms * (size_t)r->terms * sizeof *g);
    if (!regression_solve(g, r->terms, r->b, r->d->arms))
        return 0;
    regression_fits(&f, r, r->b);
    double sum = r->columns == 1 ? fits_least_by_bin(r, &f, r->column[0].count) : fits_least_by_sample(r, &f, NULL, r->d->n);
    return -sum / r->d->n;
}

/* ---- what callers ask for ----------------------------------------------------------------------------- */

/* What the columns z, n_z of them and as long as the losses, tell. Knowing a part is worth no more than
 * knowing all. No standard error is made of a value below "least", and none if it is NULL. */
static double
regression_value(const struct stakes *d, const real *const *z, int n_z, double least, double *standard_error,
                 const volatile int *cancel)
{
    struct binned *column = malloc((size_t)n_z * sizeof *column);
    struct regression *r = malloc(sizeof *r);
    bin_number *bins = malloc((size_t)n_z * (size_t)d->n * sizeof *bins + 1);
    double value = 0;

    if (column != NULL && r != NULL && bins != NULL && d->n > 0) {
        for (int k = 0; k < n_z; k++) {
            column[k].bin = bins + (size_t)k * (size_t)d->n;
            find_bins(&column[k], d, z[k]);
            find_terms(&column[k], d->n);
        }
        r->d = d;
        r->column = column;
        r->columns = n_z;
        find_gram(r, cancel);
        drop_dependent(r);
        find_sides(r);
        value = fmin(value_of_fit(r), d->perfect);
        if (standard_error != NULL && value > 0 && value >= least)
            *standard_error = regression_error(r, value, cancel);
    }
    free(column);
    free(r);
    free(bins);
    return value > 0 ? value : 0;
}

double
evpi(const struct stakes *s)
{
    return s != NULL ? s->perfect : 0;
}

double
evppi(const struct stakes *s, const real *z, double least, double *standard_error, const volatile int *cancel)
{
    if (standard_error != NULL)
        *standard_error = 0;
    return s != NULL && !solve_cancelled(cancel) ? regression_value(s, &z, 1, least, standard_error, cancel) : 0;
}

/* On a standard scale, so that the knots lie where the results do. False: a result that is not
 * known everywhere or always the same tells nothing. */
static bool
standardise(const real *y, int n, real *out)
{
    double mean = column_mean(y, n), squares = 0;

    for (int i = 0; i < n; i++)
        squares += ((double)y[i] - mean) * ((double)y[i] - mean);
    double sd = sqrt(squares / n);
    if (!(sd > 1e-12 * fabs(mean)) || !isfinite(sd))
        return false;
    for (int i = 0; i < n; i++)
        out[i] = (real)(((double)y[i] - mean) / sd);
    return true;
}

double
evsi(const struct stakes *s, const real *const *y, int n_y, double *standard_error, const volatile int *cancel)
{
    const real *z[RESULTS_MAX];
    const size_t n = s != NULL ? (size_t)s->all : 0;
    real *block = malloc(n * RESULTS_MAX * sizeof *block + 1);
    double value = 0;
    int kept = 0;

    if (standard_error != NULL)
        *standard_error = 0;
    for (int k = 0; s != NULL && block != NULL && k < n_y && kept < RESULTS_MAX; k++)
        if (standardise(y[k], s->all, block + n * (size_t)kept)) {
            z[kept] = block + n * (size_t)kept;
            kept++;
        }
    if (kept > 0)
        value = regression_value(s, z, kept, 0, standard_error, cancel);
    free(block);
    return value;
}
