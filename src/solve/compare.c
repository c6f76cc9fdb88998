/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "kernel.h"

/* Columns against each other and against limits: as wide as this machine can (kernel_columns.h). */

void
column_lower(real *least_of, const real *x, int n)
{
    kernel_choose()->lower(least_of, x, n);
}

void
column_gap(real *gap, const real *x, const real *from, int n)
{
    kernel_choose()->gap(gap, x, from, n);
}

int
column_count(const real *x, int n, double low, double high)
{
    return kernel_choose()->count(x, n, low, high);
}

void
columns_share(double *wins, const real *least_of, const real *const *x, int columns, int n)
{
    kernel_choose()->share(wins, least_of, x, columns, n);
}

void
columns_products(double *sum, const real *const *x, const double *means, int columns, const real *y, double mean_y, int n)
{
    kernel_choose()->products(sum, x, means, columns, y, mean_y, n);
}

int
column_narrow(unsigned char *holds, const real *x, int n, double limit, bool at_least, bool known)
{
    return kernel_choose()->narrow(holds, x, n, limit, at_least, known);
}

void
column_lower_where(real *least_of, const real *x, const unsigned char *holds, int n)
{
    kernel_choose()->lower_where(least_of, x, holds, n);
}

void
column_fall_back(real *loss, const real *cost, const real *once, const real *fallback, const unsigned char *holds, int n)
{
    kernel_choose()->fall_back(loss, cost, once, fallback, holds, n);
}
