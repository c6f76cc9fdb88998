/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <string.h>

#include "parts.h"

double
column_mean(const double *x, int n)
{
    double sum = 0;
    int count = 0;

    for (int i = 0; i < n; i++)
        if (isfinite(x[i])) {
            sum += x[i];
            count++;
        }
    return count > 0 ? sum / count : NAN;
}

/* Hoare's selection: x[k] is in its place, smaller before, larger behind. */
static double
select_k(double *x, int n, int k)
{
    int low = 0, high = n - 1;

    while (low < high) {
        double pivot = x[low + (high - low) / 2];
        int i = low, j = high;
        while (i <= j) {
            while (x[i] < pivot)
                i++;
            while (x[j] > pivot)
                j--;
            if (i <= j) {
                double t = x[i];
                x[i++] = x[j];
                x[j--] = t;
            }
        }
        if (k <= j)
            high = j;
        else if (k >= i)
            low = i;
        else
            break;
    }
    return x[k];
}

/* Order statistics at (n - 1) u, linear between: type 7 of Hyndman and Fan. */
double
column_quantile(const double *x, int n, double u, double *scratch)
{
    int count = 0;

    for (int i = 0; i < n; i++)
        if (isfinite(x[i]))
            scratch[count++] = x[i];
    if (count == 0)
        return NAN;
    double at = (count - 1) * fmin(1, fmax(0, u));
    int k = (int)floor(at);
    double low = select_k(scratch, count, k), high = low;
    if (at > k) {
        high = INFINITY;
        for (int i = k + 1; i < count; i++)
            if (scratch[i] < high)
                high = scratch[i];
    }
    return low + (at - k) * (at > k ? high - low : 0);
}
