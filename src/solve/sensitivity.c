/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>

#include "parts.h"

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

/* Mean ranks of ties, from 0, of the m values that have a partner. */
static int
ranks(const double *x, const double *partner, int n, struct ranked_value *sorted, double *rank)
{
    int m = 0;

    for (int i = 0; i < n; i++)
        if (isfinite(x[i]) && isfinite(partner[i])) {
            sorted[m] = (struct ranked_value){ x[i], m };
            m++;
        }
    qsort(sorted, (size_t)m, sizeof *sorted, by_value);
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
rank_correlation(const double *x, const double *y, int n, double *scratch)
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
