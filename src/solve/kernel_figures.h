/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SOLVE_KERNEL_FIGURES_H
#define BREAKEVEN_SOLVE_KERNEL_FIGURES_H

/* Reading the figures of a stage, a few samples at once. Part of kernel.c alone. */

static inline lanes
of(const struct figure *f, size_t i)
{
    return f->x != NULL ? load(f->x + i) : splat(f->value);
}

static inline bool
is_zero(const struct figure *f)
{
    return f->x == NULL && f->value == 0;
}

static inline bool
is_known(const struct figure *f)
{
    return f->x != NULL || f->value == f->value;
}

static inline bool
month_bit(const unsigned bits[4], int m)
{
    return bits[m / 32] >> m % 32 & 1;
}

/* Nothing needs to be known of a product one of whose factors is zero. */
static inline lanes
unless_zero(lanes a, lanes product)
{
    return either(a == splat(0), splat(0), product);
}

/* What is being computed, for the samples from i on. */
struct scope {
    const struct kernel_scenario *s;
    const struct kernel_arm *a;
    const struct kernel_facts *f;
    const struct stage_inputs *in;
    size_t i;
};
#define SCENARIO(name) of(&x->s->name, x->i)
#define ARM(name) of(&x->a->name, x->i)
#define INPUT(name) of(&x->in->name, x->i)
/* The factor of a month. */
#define PATH(name) (1 + INPUT(name))

static inline struct scope
scope_of(const struct stage *t)
{
    return (struct scope){ &t->key.s, &t->key.a, &t->key.facts, &t->key.in, 0 };
}

static inline void
store(const struct stage *t, int out, size_t i, lanes v)
{
    if (t->value != NULL)
        t->value[out] = v[0];
    else if (t->out[out] != NULL)
        put(t->out[out] + i, v);
}

#endif
