/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <string.h>

#include "kernel.h"

/* Rank correlation (Spearman): what moves with what, whatever the shape. */

/* Keys in the order of the numbers that they are made of. */
#if defined COLUMNS_DOUBLE
typedef uint64_t sort_key;
#else
typedef uint32_t sort_key;
#endif
#define KEY_BITS (8 * (int)sizeof(sort_key))
#define DIGIT_BITS 11
#define DIGITS ((KEY_BITS + DIGIT_BITS - 1) / DIGIT_BITS)

struct ranked_value {
    sort_key key;
    int index;
};

static sort_key
key_of(real x)
{
    const real value = x + (real)0; /* there is one zero only */
    const sort_key sign = (sort_key)1 << (KEY_BITS - 1);
    sort_key key;

    memcpy(&key, &value, sizeof key);
    return key & sign ? ~key : key | sign;
}

static int
digit_of(sort_key key, int d)
{
    return (int)(key >> (d * DIGIT_BITS) & ((1 << DIGIT_BITS) - 1));
}

/* By one digit after the other, the last one first. Returns where the result lies: v or other, room for n too. */
static struct ranked_value *
sort_values(struct ranked_value *v, struct ranked_value *other, int n)
{
    int at[DIGITS][1 << DIGIT_BITS] = { { 0 } };

    for (int i = 0; i < n; i++)
        for (int d = 0; d < DIGITS; d++)
            at[d][digit_of(v[i].key, d)]++;
    for (int d = 0; d < DIGITS; d++) {
        struct ranked_value *from = v;
        for (int k = 0, before = 0; k < 1 << DIGIT_BITS; k++) {
            const int count = at[d][k];
            at[d][k] = before;
            before += count;
        }
        for (int i = 0; i < n; i++)
            other[at[d][digit_of(from[i].key, d)]++] = from[i];
        v = other;
        other = from;
    }
    return v;
}

/* Mean ranks of ties, from 0, of the m values that have a partner. */
static int
ranks(const real *x, const real *partner, int n, struct ranked_value *room, double *rank)
{
    int m = 0;

    for (int i = 0; i < n; i++)
        if (isfinite(x[i]) && isfinite(partner[i])) {
            room[m] = (struct ranked_value){ key_of(x[i]), m };
            m++;
        }
    const struct ranked_value *sorted = sort_values(room, room + n, m);
    for (int i = 0; i < m;) {
        int j = i;
        while (j + 1 < m && sorted[j + 1].key == sorted[i].key)
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
    struct ranked_value *room = (struct ranked_value *)(void *)(scratch + 2 * (size_t)n);
    double xy = 0, xx = 0, yy = 0;

    ranks(x, y, n, room, scratch);
    int m = ranks(y, x, n, room, scratch + n);
    double mean = (m - 1) / 2.0;
    for (int i = 0; i < m; i++) {
        double a = scratch[i] - mean, b = scratch[n + i] - mean;
        xy += a * b;
        xx += a * a;
        yy += b * b;
    }
    return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : 0;
}

#define SLICES 4096

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
    struct ranked_value *room = (struct ranked_value *)(void *)(scratch + n);
    real *some = (real *)(void *)(scratch + 2 * (size_t)n);
    bin_number *slice = (bin_number *)(void *)(scratch + 3 * (size_t)n);
    const int m = ranks(y, y, n, room, ranks_of_y);

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
