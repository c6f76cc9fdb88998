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
        const real *row = s->row + (size_t)i * (size_t)s->width;
        real least = 0;
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
        real *row = s->row + (size_t)i * (size_t)s->width;
        for (int a = 0; a < s->arms; a++)
            row[a] = from[a][at] - least[at];
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
    free(s->resampling);
    free(s);
}

/* ---- one column, through its bins --------------------------------------------------------------- */

/* A column that tells something: z = (x - mean) / unit lies where the knots do. facts: of x; NULL: not known. */
struct told {
    const real *x;
    const struct column_facts *facts;
    double mean, unit;
};

static void
find_bins(struct binned *b, const struct stakes *s, const struct told *t)
{
    const real *x = values_of(s, t->x);
    const struct kernel_path *path = kernel_choose();
    _Alignas(BIN_ROW * sizeof(double)) double sum[BINS * BIN_ROW] = { 0 };
    struct column_facts facts;

    if (t->facts != NULL && s->at == NULL)
        facts = *t->facts;
    else
        column_look(&facts, x, s->n);
    b->low = fmax((facts.low - t->mean) / t->unit, -FURTHEST);
    b->width = fmax(1e-9, fmin((facts.high - t->mean) / t->unit, FURTHEST) - b->low) / BINS;
    path->bins(b->bin, x, s->n, t->mean + b->low * t->unit, 1 / (b->width * t->unit), BINS - 1);
    path->bin_sums(sum, b->bin, s->row, s->width, s->n);
    memcpy(b->sum, sum, sizeof b->sum);
    for (int k = 0; k < BINS; k++)
        b->count[k] = sum[k * BIN_ROW + s->width - 1];
    path->terms(b, s->n);
}

/* ---- the regression on all columns -------------------------------------------------------------- */

/* Means of products of two columns' terms, from how often their bins meet. */
static void
cross(const struct binned *x, const struct binned *y, int n, double out[DF][DF])
{
    int (*met)[BINS] = calloc(BINS, sizeof *met);

    memset(out, 0, DF * sizeof out[0]);
    for (int i = 0; i < n && met != NULL; i++)
        met[x->bin[i]][y->bin[i]]++;
    if (met != NULL)
        kernel_choose()->crossed(out, x, y, (const int (*)[BINS])met, n);
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
    double one[BINS], side[BIN_ROW];

    for (int k = 0; k < BINS; k++)
        one[k] = 1;
    for (int t = 0; t < r->terms; t++) {
        const struct binned *column = &r->column[t > 0 ? r->of[t].column : r->columns - 1];
        kernel_choose()->sides(side, column->sum, t > 0 ? column->q[r->of[t].term] : one);
        for (int a = 0; a < r->d->arms; a++)
            r->b[a * TERMS_MAX + t] = side[a] / r->d->n;
    }
}

/* Solve g x = b for each of "sides" right-hand sides, TERMS_MAX apart; g is symmetric. False: it is singular. */
static bool
solve(double *g, int n, double *b, int sides)
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

/* The sum of the least fits of all samples, or of the best arm where that is less; row: room for BINS rows of a column. */
static double
least_fits(const struct regression *r, double *row)
{
    const struct kernel_path *path = kernel_choose();
    const bin_number *bin[RESULTS_MAX];
    bin_number each[BINS];

    for (int t = 0; t < r->terms; t++) {
        const int column = t > 0 ? r->of[t].column : 0;
        double coefficient[BIN_ROW] = { 0 };
        for (int a = 0; a < r->d->arms; a++)
            coefficient[a] = r->b[a * TERMS_MAX + t];
        for (int k = 0; k < BINS && t == 0; k++)
            memcpy(row + k * BIN_ROW, coefficient, sizeof coefficient);
        if (t > 0)
            path->add_term(row + column * BINS * BIN_ROW, coefficient, r->column[column].q[r->of[t].term]);
    }
    for (int k = 0; k < BINS; k++)
        each[k] = (bin_number)k;
    for (int c = 0; c < r->columns; c++)
        bin[c] = r->columns > 1 ? r->column[c].bin : each;
    return r->columns > 1 ? path->least_sums(row, bin, r->columns, NULL, r->d->n)
                          : path->least_sums(row, bin, 1, r->column[0].count, BINS);
}

static double
value_of_fit(struct regression *r)
{
    double g[TERMS_MAX * TERMS_MAX], *row = calloc((size_t)r->columns * BINS * BIN_ROW, sizeof *row), sum = 0;

    memcpy(g, r->gram, (size_t)r->terms * (size_t)r->terms * sizeof *g);
    if (row != NULL && solve(g, r->terms, r->b, r->d->arms))
        sum = least_fits(r, row);
    free(row);
    return -sum / r->d->n;
}

/* ---- what callers ask for ----------------------------------------------------------------------------- */

/* What so many columns, as long as the losses, tell. Knowing a part is worth no more than
 * knowing all. No standard error is made of a value below "least", and none if it is NULL. */
static double
regression_value(struct stakes *d, const struct told *told, int n, double least, double *standard_error,
                 const volatile int *cancel)
{
    struct binned *column = malloc((size_t)n * sizeof *column);
    struct regression *r = malloc(sizeof *r);
    bin_number *bins = malloc((size_t)n * (size_t)d->n * sizeof *bins + 1);
    double value = 0;

    if (column != NULL && r != NULL && bins != NULL && d->n > 0) {
        for (int k = 0; k < n; k++) {
            column[k].bin = bins + (size_t)k * (size_t)d->n;
            find_bins(&column[k], d, &told[k]);
        }
        r->d = d;
        r->column = column;
        r->columns = n;
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
evppi(struct stakes *s, const real *z, const struct column_facts *facts, double least, double *standard_error, const volatile int *cancel)
{
    const struct told told = { z, facts, 0, 1 };

    if (standard_error != NULL)
        *standard_error = 0;
    return s != NULL && !solve_cancelled(cancel) ? regression_value(s, &told, 1, least, standard_error, cancel) : 0;
}

/* On a standard scale, so that the knots lie where the results do. False: a result that is not
 * known everywhere or always the same tells nothing. */
static bool
standardise(struct told *t, struct column_facts *facts, const real *y, int n)
{
    double squares;

    column_look(facts, y, n);
    columns_products(&squares, &y, &facts->mean, 1, y, facts->mean, n);
    *t = (struct told){ y, facts, facts->mean, sqrt(squares / n) };
    return t->unit > 1e-12 * fabs(facts->mean) && isfinite(t->unit);
}

double
evsi(struct stakes *s, const real *const *y, int n_y, double *standard_error, const volatile int *cancel)
{
    struct told told[RESULTS_MAX];
    struct column_facts facts[RESULTS_MAX];
    int kept = 0;

    if (standard_error != NULL)
        *standard_error = 0;
    for (int k = 0; s != NULL && k < n_y && kept < RESULTS_MAX; k++)
        kept += standardise(&told[kept], &facts[kept], y[k], s->all);
    return kept > 0 ? regression_value(s, told, kept, 0, standard_error, cancel) : 0;
}
