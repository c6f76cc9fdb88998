/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SOLVE_PLAN_H
#define BREAKEVEN_SOLVE_PLAN_H

#include "kernel.h"
#include "parts.h"

/* A column of samples; its version is another each time that it is written anew. */
struct plan_column {
    const real *x;
    int64_t version;
};

struct plan_source {
    const struct setup *setup;        /* at the medians; a fixed place holds its value       */
    const struct columns *columns;
    const struct plan_column *column; /* of each input                                       */
    const struct plan_column *fit;    /* of the pilots' curve, n_fit of them, and their places */
    const size_t *fit_offset;
    int n_fit;
    const size_t *fixed;              /* places that hold one value in spite of their column */
    int n_fixed;
};

/* Who evaluates an arm: the kernel; nobody, since an arm that it names is missing; the plain path. */
enum plan_kind { PLAN_KERNEL, PLAN_NOTHING, PLAN_PLAIN };

/* The jobs of the arms whose bits are set, without the places where their results go, and who does them. */
void plan_make(struct kernel *, enum plan_kind kinds[ARMS_MAX], const struct plan_source *, unsigned arms);

/* Where in a plan the value stands that a setup has at some offsets. */
#define PLAN_PLACES_MAX 64
struct plan_places {
    int n;
    size_t at[PLAN_PLACES_MAX];
};
/* False: something else in a plan follows from what stands at one of the offsets, which are those of x of quantities. */
bool plan_find(struct plan_places *, const struct setup *, const size_t *offsets, int n);
/* As if the plan were made anew with another value at the offsets, known like the one before. */
void plan_put(struct kernel *, const struct plan_places *, double v);

#endif
