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

#define BOOT_SAMPLES 2048
#define BOOT_ROUNDS 24
#define BOOT_GROUPS 64
#define GROUPS_ASIDE 8

/* Groups of samples, and how often each round of the bootstrap draws them. Sample s of group g stands at
 * (g / GROUPS_ASIDE * size + s) * GROUPS_ASIDE + g % GROUPS_ASIDE; a group beyond those that there are is never drawn. */
struct resampling {
    int groups, size;        /* samples of each                                                 */
    int at[BOOT_SAMPLES];    /* which one stands here                                           */
    double weight[BOOT_GROUPS][BOOT_ROUNDS];
    double row[ARMS_MAX - 1][BOOT_SAMPLES]; /* of the stakes                                   */
};

/* A row of a sample: the loss of each arm less the best one's, none, and a one to count by. */
struct stakes {
    int n, all, arms;        /* samples that are complete, and all; arms besides the best one  */
    int width;               /* of a row: BIN_ROW or half of it                                */
    real *row;
    int *at;                 /* where each row's sample stands in the columns; NULL: where it stands here */
    real *gathered;          /* room for a column's values of these samples; NULL where at is  */
    double perfect;          /* what knowing everything saves                                  */
    struct resampling *resampling; /* NULL: nothing has asked for it                           */
};

/* q: functions of the bin, each of mean 0 and mean square 1 and orthogonal to the others. */
struct binned {
    bin_number *bin;             /* of each sample                                      */
    double low, width;           /* of the first bin                                     */
    double count[BINS];
    double sum[BINS * BIN_ROW];  /* of the stakes' rows                                  */
    int terms;
    double q[DF][BINS];
};

/* Term 0 is the constant; then those of one column after the other, without the ones that columns
 * before say already. */
struct regression {
    struct stakes *d;
    const struct binned *column;
    int columns, terms;
    struct {
        int column, term;
    } of[TERMS_MAX];
    double gram[TERMS_MAX * TERMS_MAX]; /* rows of "terms"                               */
    double b[(ARMS_MAX - 1) * TERMS_MAX]; /* right-hand sides, then the coefficients        */
};

/* The standard error of its value, by a bootstrap on a prefix, scaled to all samples. */
double regression_error(const struct regression *, double value, const volatile int *cancel);

#endif
