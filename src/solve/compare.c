/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "kernel.h"

/* Columns against each other and against limits: as wide as this machine can (kernel_columns.h). */

void
column_lower(double *least_of, const double *x, int n)
{
    kernel_choose()->lower(least_of, x, n);
}

void
column_gap(double *gap, const double *x, const double *from, int n)
{
    kernel_choose()->gap(gap, x, from, n);
}

int
column_count(const double *x, int n, double low, double high)
{
    return kernel_choose()->count(x, n, low, high);
}

void
columns_share(double *wins, const double *least_of, const double *const *x, int columns, int n)
{
    kernel_choose()->share(wins, least_of, x, columns, n);
}
