/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>

#include "kernel.h"

/* Rank correlation (Spearman): what moves with what, whatever the shape. */

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

#define SLICES 4096
#define CROWDED 24 /* in one slice: sorted by the library instead */

static void
sort_few(struct ranked_value *v, int n)
{
    if (n > CROWDED) {
        qsort(v, (size_t)n, sizeof *v, by_value);
        return;
    }
    for (int i = 1; i < n; i++) {
        struct ranked_value x = v[i];
        int j = i;
        for (; j > 0 && v[j - 1].value > x.value; j--)
            v[j] = v[j - 1];
        v[j] = x;
    }
}

/* Sorted into out: counted into equal slices of the range, which keep the order, then slice by slice.
 * (A sort by comparisons takes ten times as long.) */
static void
sort_values(const double *x, int n, struct ranked_value *out)
{
    double low = INFINITY, high = -INFINITY;
    int at[SLICES + 1] = { 0 };

    for (int i = 0; i < n; i++) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
    }
    double scale = (SLICES - 1) / (high - low);
    if (!isfinite(scale) || !(scale > 0)) { /* all alike, or further apart than a number holds */
        for (int i = 0; i < n; i++)
            out[i] = (struct ranked_value){ x[i], i };
        sort_few(out, n);
        return;
    }
    for (int i = 0; i < n; i++)
        at[(int)((x[i] - low) * scale) + 1]++;
    for (int k = 0; k < SLICES; k++)
        at[k + 1] += at[k];
    for (int i = 0; i < n; i++)
        out[at[(int)((x[i] - low) * scale)]++] = (struct ranked_value){ x[i], i };
    for (int k = 0, from = 0; k < SLICES; from = at[k++])
        sort_few(out + from, at[k] - from);
}

/* Mean ranks of ties, from 0, of the m values that have a partner. */
static int
ranks(const real *x, const real *partner, int n, struct ranked_value *sorted, double *rank)
{
    int m = 0;

    /* the values lie where their ranks come to lie */
    for (int i = 0; i < n; i++)
        if (isfinite(x[i]) && isfinite(partner[i]))
            rank[m++] = x[i];
    sort_values(rank, m, sorted);
    for (int i = 0; i < m;) {
        int j = i;
        while (j + 1 < m && sorted[j + 1].value == sorted[i].value)
            j++;
        for (int k = i; k <= j; k++)
            rank[sorted[k].index] = (i + j) / 2.0;
        i = j + 1;
    }
    return m;
}

double
rank_correlation(const real *x, const real *y, int n, double *scratch)
{
    struct ranked_value *sorted = (struct ranked_value *)(void *)(scratch + 2 * (size_t)n);
    double xy = 0, xx = 0, yy = 0;

    ranks(x, y, n, sorted, scratch);
    int m = ranks(y, x, n, sorted, scratch + n);
    double mean = (m - 1) / 2.0;
    for (int i = 0; i < m; i++) {
        double a = scratch[i] - mean, b = scratch[n + i] - mean;
        xy += a * b;
        xx += a * a;
        yy += b * b;
    }
    return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : 0;
}

/* Spearman from the slices that x falls into: their mean ranks, at which x stands in for its own. rank: of y,
 * m of them; squares: the sum of their squares beside their mean. */
static double
correlate_slices(const real *x, const struct column_facts *facts, const rank_count *rank, double squares, int m, bin_number *slice)
{
    rank_count sum[SLICES] = { 0 };
    const double scale = (SLICES - 1) / (facts->high - facts->low);
    double xy, xx;

    if (!isfinite(scale) || !(scale > 0))
        return 0;
    kernel_choose()->bins(slice, x, m, facts->low, scale, SLICES - 1);
    for (int i = 0; i < m; i++)
        sum[slice[i]] += rank[i];
    kernel_choose()->ranks(&xy, &xx, sum, SLICES, m);
    return xx > 0 && squares > 0 ? xy / sqrt(xx * squares) : 0;
}

void
rank_correlations(const real *const *x, const struct column_facts *const *facts, int n_x, const real *y, int n, double *out, double *scratch)
{
    double *ranks_of_y = scratch, squares = 0;
    rank_count *rank = (rank_count *)(void *)(scratch + n);
    struct ranked_value *sorted = (struct ranked_value *)(void *)(scratch + n);
    real *some = (real *)(void *)(scratch + 2 * (size_t)n);
    bin_number *slice = (bin_number *)(void *)(scratch + 3 * (size_t)n);
    const int m = ranks(y, y, n, sorted, ranks_of_y);

    for (int i = 0; i < m; i++) {
        const double less = ranks_of_y[i] - (m - 1) / 2.0;
        rank[i] = (rank_count)(2 * ranks_of_y[i]) << RANK_SHIFT | 1;
        squares += less * less;
    }
    for (int c = 0; c < n_x; c++) {
        struct column_facts found;
        for (int i = 0, k = 0; m < n && i < n; i++)
            if (isfinite(y[i]))
                some[k++] = x[c][i];
        const bool known = m == n && facts[c] != NULL;
        if (!known)
            column_look(&found, m < n ? some : x[c], m);
        out[c] = correlate_slices(m < n ? some : x[c], known ? facts[c] : &found, rank, squares, m, slice);
    }
}
