/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SOLVE_VOI_H
#define BREAKEVEN_SOLVE_VOI_H

#include "kernel.h"

/* The regression behind the value of information (voi.c), as its standard error reads it (voi_error.c). */

#define DF 5                        /* of one spline                                      */
#define RESULTS_MAX 8               /* study results that are looked at together           */
#define TERMS_MAX (1 + RESULTS_MAX * DF)
#define BINS 128
#define FURTHEST 8.0                /* standard deviations from the mean; what lies beyond counts as there */

/* A row of a sample: the loss of each arm less the best one's, none, and a one to count by. */
struct stakes {
    int n, all, arms;        /* samples that are complete, and all; arms besides the best one  */
    int width;               /* of a row                                                       */
    double *row;
    int *at;                 /* where each row's sample stands in the columns; NULL: where it stands here */
    real *gathered;          /* room for a column's values of these samples; NULL where at is  */
    double perfect;          /* what knowing everything saves                                  */
};

/* q: functions of the bin, each of mean 0 and mean square 1 and orthogonal to the others. */
struct binned {
    bin_number *bin;             /* of each sample                                      */
    double low, width;           /* of the first bin                                     */
    double count[BINS];
    double sum[ARMS_MAX - 1][BINS]; /* of the stakes                                     */
    int terms;
    double q[DF][BINS];
};

/* Term 0 is the constant; then those of one column after the other, without the ones that columns
 * before say already. */
struct regression {
    const struct stakes *d;
    const struct binned *column;
    int columns, terms;
    struct {
        int column, term;
    } of[TERMS_MAX];
    double gram[TERMS_MAX * TERMS_MAX]; /* rows of "terms"                               */
    double b[(ARMS_MAX - 1) * TERMS_MAX]; /* right-hand sides, then the coefficients        */
};

/* What each bin of each column adds to the fit of each arm; the constant is in the first column's. */
struct fits {
    double of[ARMS_MAX - 1][RESULTS_MAX][BINS];
};

/* Solve g x = b for each of "sides" right-hand sides, TERMS_MAX apart; g is symmetric. False: it is singular. */
bool regression_solve(double *g, int n, double *b, int sides);
void regression_fits(struct fits *, const struct regression *, const double *coefficients);
/* Sums of the least fit, which is that of the best arm or below: of one column over its bins, and of several over n
 * samples, the first ones or those named. */
double fits_least_by_bin(const struct regression *, const struct fits *, const double *count);
double fits_least_by_sample(const struct regression *, const struct fits *, const int *named, int n);
/* The standard error of its value, by a bootstrap on a prefix, scaled to all samples. */
double regression_error(const struct regression *, double value, const volatile int *cancel);

#endif
