/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "parts.h"
#include "lanes.h"

/* Sums and comparisons over whole columns, a few samples at a time. The order of additions is the same on every
 * machine that has two lanes, and so are the sums. */

static inline mask
is_finite(lanes x)
{
    return x - x == splat(0);
}

double
column_mean(const double *x, int n)
{
    lanes sum = splat(0), other = sum;
    mask count = { 0 };
    int i = 0;

    for (; i + 2 * LANES <= n; i += 2 * LANES) {
        const lanes a = load(x + i), b = load(x + i + LANES);
        const mask of_a = is_finite(a), of_b = is_finite(b);
        sum += (lanes)((mask)a & of_a);
        other += (lanes)((mask)b & of_b);
        count -= of_a + of_b;
    }
    sum += other;
    double total = 0;
    int64_t known_ones = 0;
    for (int j = 0; j < LANES; j++) {
        total += sum[j];
        known_ones += count[j];
    }
    for (; i < n; i++)
        if (x[i] - x[i] == 0) {
            total += x[i];
            known_ones++;
        }
    return known_ones > 0 ? total / (double)known_ones : NAN;
}

void
column_lower(double *least, const double *x, int n)
{
    int i = 0;

    for (; i + LANES <= n; i += LANES) {
        const lanes a = load(x + i), b = load(least + i);
        put(least + i, either(a < b, a, b));
    }
    for (; i < n; i++)
        least[i] = x[i] < least[i] ? x[i] : least[i];
}

int
column_count_at_most(const double *x, const double *most, int n)
{
    mask count = { 0 };
    int i = 0, total = 0;

    for (; i + LANES <= n; i += LANES)
        count -= load(x + i) <= load(most + i);
    for (int j = 0; j < LANES; j++)
        total += (int)count[j];
    for (; i < n; i++)
        total += x[i] <= most[i];
    return total;
}

/* Two chains side by side; what is not finite turns the sum of differences into NAN. */
bool
column_range(const double *x, int n, double *low, double *high)
{
    double least_of = INFINITY, most_of = -INFINITY, other_least = INFINITY, other_most = -INFINITY, zero = 0, other_zero = 0;
    int i = 0;

    for (; i + 2 <= n; i += 2) {
        least_of = x[i] < least_of ? x[i] : least_of;
        most_of = x[i] > most_of ? x[i] : most_of;
        zero += x[i] - x[i];
        other_least = x[i + 1] < other_least ? x[i + 1] : other_least;
        other_most = x[i + 1] > other_most ? x[i + 1] : other_most;
        other_zero += x[i + 1] - x[i + 1];
    }
    if (i < n) {
        least_of = x[i] < least_of ? x[i] : least_of;
        most_of = x[i] > most_of ? x[i] : most_of;
        zero += x[i] - x[i];
    }
    *low = least_of < other_least ? least_of : other_least;
    *high = most_of > other_most ? most_of : other_most;
    return zero + other_zero == 0;
}
