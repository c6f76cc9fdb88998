/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SOLVE_DRAWS_LANES_H
#define BREAKEVEN_SOLVE_DRAWS_LANES_H

#include <stdint.h>

/*
 * What is done to each point of the net by itself, several points at once.  Compiled for any machine, for those
 * with AVX2 and for AVX-512, all without products and sums made in one: a draw is the same bits on every machine.
 */

#define DRAWS_RUN 256 /* points that share all but the lowest byte of their index */

struct draws_path {
    /* The scrambled from, from + 1, ...: DRAWS_RUN of them. */
    void (*order)(uint32_t *p, uint32_t from, uint32_t key);
    /* n points (DRAWS_RUN are there), each first without carry added to "with": scrambled, in (0, 1). */
    void (*uniform)(double *u, const uint32_t *p, int n, uint32_t with, uint32_t key);
    /* Normal quantiles as if all u lay in DRAWS_CENTRE of 1/2. */
    void (*centre)(double *z, const double *u, int n);
    /* Those that lie beyond it, and where; room for DRAWS_RUN. */
    int (*far)(double *far, int64_t *at, const double *u, int n);
    /* Of u that lie beyond it. */
    void (*tails)(double *z, const double *u, int n);
    /* e^(a + b z), and the share that has this for odds. x may be z. */
    void (*powers)(double *x, const double *z, int n, double a, double b);
    void (*shares)(double *x, const double *z, int n, double a, double b);
};
#define DRAWS_CENTRE 0.425

extern const struct draws_path draws_plain, draws_avx2, draws_avx512;

#endif
