/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>

#include "lanes.h"
#include "parts.h"

/* Columns against each other and against limits, a few samples at once. */

/* Columns of any length: what is left over behind whole lanes goes one by one. */
static int
whole_lanes(int n)
{
    return n - n % LANES;
}

void
column_lower(double *least_of, const double *x, int n)
{
    int i = 0;

    for (; i < whole_lanes(n); i += LANES) {
        lanes v = load(x + i), was = load(least_of + i);
        put(least_of + i, either(v < was, v, was));
    }
    for (; i < n; i++)
        least_of[i] = x[i] < least_of[i] ? x[i] : least_of[i];
}

void
column_gap(double *gap, const double *x, const double *from, int n)
{
    int i = 0;

    for (; i < whole_lanes(n); i += LANES)
        put(gap + i, load(x + i) - load(from + i));
    for (; i < n; i++)
        gap[i] = x[i] - from[i];
}

int
column_count(const double *x, int n, double low, double high)
{
    mask inside = { 0 };
    int64_t count = 0;
    int i = 0;

    for (; i < whole_lanes(n); i += LANES) {
        lanes v = load(x + i);
        inside -= (v >= splat(low)) & (v <= splat(high));
    }
    for (int l = 0; l < LANES; l++)
        count += inside[l];
    for (; i < n; i++)
        count += x[i] >= low && x[i] <= high;
    return (int)count;
}

static void
share_one(double *wins, const double *least_of, const double *const *x, int columns, int i)
{
    int ties = 0;

    for (int k = 0; k < columns; k++)
        ties += x[k] != NULL && x[k][i] <= least_of[i];
    for (int k = 0; k < columns; k++)
        if (x[k] != NULL && x[k][i] <= least_of[i])
            wins[k] += 1.0 / ties;
}

void
columns_share(double *wins, const double *least_of, const double *const *x, int columns, int n)
{
    lanes sum[ARMS_MAX], one = splat(1);
    int i = 0;

    for (int k = 0; k < columns; k++)
        sum[k] = splat(0);
    for (; i < whole_lanes(n); i += LANES) {
        lanes best = load(least_of + i), ties = splat(0);
        for (int k = 0; k < columns; k++)
            if (x[k] != NULL)
                ties += (lanes)((mask)one & (load(x[k] + i) <= best));
        lanes share = one / either(ties > splat(0), ties, one);
        for (int k = 0; k < columns; k++)
            if (x[k] != NULL)
                sum[k] += (lanes)((mask)share & (load(x[k] + i) <= best));
    }
    for (int k = 0; k < columns; k++) {
        wins[k] = 0;
        for (int l = 0; l < LANES; l++)
            wins[k] += sum[k][l];
    }
    for (; i < n; i++)
        share_one(wins, least_of, x, columns, i);
}
