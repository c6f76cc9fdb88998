/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "stages.h"

/*
 * What two stages give may be the same in each sample (an arm without people pays once what its build costs): they keep
 * one column between them.
 */

/* ---- columns ------------------------------------------------------------------------------------ */

#define LINE 64 /* of the cache: where a column begins */

struct column_head {
    void *block;
    int holders;
};

static struct column_head *
head_of(real *x)
{
    return (struct column_head *)(void *)x - 1;
}

real *
stage_column_new(int n)
{
    char *block = malloc(LINE + sizeof(struct column_head) + column_stride(n) * sizeof(real));

    if (block == NULL)
        return NULL;
    char *x = block + sizeof(struct column_head);
    x += (LINE - (uintptr_t)x % LINE) % LINE;
    *head_of((real *)(void *)x) = (struct column_head){ block, 1 };
    return (real *)(void *)x;
}

void
stage_column_free(real *x)
{
    if (x != NULL && --head_of(x)->holders == 0)
        free(head_of(x)->block);
}

bool
stage_column_is_shared(real *x)
{
    return head_of(x)->holders > 1;
}

/* ---- equal ones --------------------------------------------------------------------------------- */

/* Another column in the place of x: what a stage is asked for by from now on. What was due along with it is all that
 * can have read it, and among what it takes from other stages. */
static void
replace(struct stage_pool *pool, const real *x, const real *by)
{
    for (int k = 0; k < pool->n_due; k++) {
        struct figure *f = stage_figures(&pool->due[k]->stage.key);
        for (size_t i = 0; i < sizeof pool->due[k]->stage.key.in / sizeof *f; i++)
            if (f[i].x == x)
                f[i].x = by;
    }
}

/* Equal columns have the same. */
static uint64_t
print_of(const real *x, int n)
{
    uint64_t print = 1, bits = 0;

    for (int k = 0; k < 8; k++) {
        memcpy(&bits, &x[(size_t)k * (size_t)(n - 1) / 7], sizeof x[0]);
        print = (print ^ bits) * 0x9e3779b97f4a7c15u;
        print ^= print >> 32;
    }
    return print;
}

/* The column of an earlier slot, or an earlier one of this slot, that holds the same; NULL: none. */
static real *
equal_of(const struct stage_pool *pool, const struct stage_slot *slot, int out, int n)
{
    const real *x = slot->stage.out[out];

    for (int k = 0; k < pool->n; k++) {
        const struct stage_slot *other = pool->slot[k];
        if (other->constant)
            continue;
        for (int i = 0; other->settled >> i != 0; i++) {
            real *y = other->settled >> i & 1 ? other->stage.out[i] : NULL;
            if (y != NULL && y != x && other->print[i] == slot->print[out] && memcmp(x, y, (size_t)n * sizeof *x) == 0)
                return y;
        }
    }
    return NULL;
}

static void
share(struct stage_pool *pool, struct stage_slot *slot, int out, real *with, struct samples *s)
{
    real *x = slot->stage.out[out];

    head_of(with)->holders++;
    slot->stage.out[out] = with;
    replace(pool, x, with);
    for (int a = 0; a < s->n_arms; a++)
        for (int m = 0; m < METRIC_COUNT; m++)
            if (s->metric[a][m] == x)
                s->metric[a][m] = with;
    stage_column_free(x);
}

static void
settle(struct stage_pool *pool, struct stage_slot *slot, int out, struct samples *s)
{
    const real *x = slot->stage.out[out];

    slot->print[out] = print_of(x, s->n);
    real *with = equal_of(pool, slot, out, s->n);
    if (with != NULL)
        share(pool, slot, out, with, s);
    slot->settled |= 1u << out;
}

void
stages_fold(struct stage_plan *p, struct samples *s)
{
    for (int k = 0; !p->brief && k < p->pool->n_due; k++)
        for (int i = 0; i < STAGE_OUT; i++)
            if (p->pool->due[k]->stage.out[i] != NULL)
                settle(p->pool, p->pool->due[k], i, s);
}
