/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SOLVE_PARTS_H
#define BREAKEVEN_SOLVE_PARTS_H

#include "breakeven/solve.h"

/* ---- draws.c ---------------------------------------------------------------------- */

/* The leading dimensions are one net; the rest come in families, each a net of its own in an
 * order of its own, so that there is no last one. */
#define DRAWS_LEADING 112
#define DRAWS_FAMILY 32

/* Dimension d of the scrambled net: n points in (0, 1). Each prefix of 2^k points is a
 * net; a point does not depend on n. */
void draws_uniform(double *u, int n, int dimension, uint64_t seed);
/* Normal quantile by Wichura's AS 241 (1988), relative error below 1e-15; of one, and of n
 * (z and u lie apart). */
double draws_normal(double u);
void draws_scores(double *z, const double *u, int n);
/* e^(a + b z) of n scores, and the share that has this for odds; x may be z. */
void draws_powers(double *x, const double *z, int n, double a, double b);
void draws_shares(double *x, const double *z, int n, double a, double b);

/* ---- columns.c ---------------------------------------------------------------------- */

/* Where an input's value goes: x of a quantity within a setup, by offset. */
struct target {
    size_t offset;
    int input;
};
#define TARGETS_MAX 1024
struct columns {
    struct input inputs[INPUTS_MAX];
    int n_inputs;
    struct target targets[TARGETS_MAX];
    int n_targets;
};
/* Columns are a power of two long; so far apart they do not fall on the same lines of a cache. */
static inline size_t
column_stride(int n)
{
    return (size_t)n + 8;
}

/* The uncertain inputs of a setup that have an effect, and the places that each one sets. fitted:
 * the learning curve is drawn from the fit of pilot points. -1: more than fit. */
int columns_find(struct columns *, const struct setup *, bool fitted, struct error *);
/* Correlation within a group; its factor's scores (u is room for a column). */
double column_rho(const struct setup *, enum draw_group);
void column_group(double *group, double *u, int n, enum draw_group, uint64_t seed);
/* Scores z and values x of one input, the values those of the scores as they are kept. group: the factor's scores where
 * rho > 0. z_kept: z stands already and only the distribution is another. room: two columns of doubles, one
 * column_stride behind the other. */
void column_draw(const struct quantity *, real *z, real *x, double *room, int n, int dimension, double rho, const double *group,
                 uint64_t seed, bool z_kept);
/* Doubles as a column holds them, and back; up to 7 more than n are read and written. */
void column_put(real *x, const double *v, int n);
void column_get(double *v, const real *x, int n);
/* The dimension of a field's draw: its own, whatever else is uncertain, so that an edit of one
 * field leaves every other column as it was. */
int column_dimension(struct field_ref);
/* The dimension of score k (0 to 3) of the pilots' fit: that of the prior which it replaces. */
int column_fit_dimension(int k);
/* Where x of a field lies within a setup; whose an offset is: -1: no arm's. */
size_t column_offset(struct field_ref);
int setup_arm_at(size_t offset);
/* Write sample i into a private copy of the setup. */
void columns_apply(const struct columns *, struct setup *work, int i);

#endif
