/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SOLVE_KERNEL_MONTHS_H
#define BREAKEVEN_SOLVE_KERNEL_MONTHS_H

/*
 * Sums over months. Part of kernel.c alone.  Everything that goes on by months is a geometric series:
 * who lives, the discount, the price path, the growth (until its cap).
 */

/* What a rate a year makes of a price in a month. */
static lanes
monthly(const struct figure *f, size_t i, double sign)
{
    if (f->x == NULL)
        return splat(exp(sign * log1p(f->value) / 12));
    return exp_of(log_of(1 + of(f, i)) * (sign / 12));
}

/* What is left of a vendor's errors after a month. */
static lanes
drift_keep(const struct figure *f, size_t i)
{
    if (f->x == NULL)
        return splat(f->value == 0 ? 1 : exp(log1p(-f->value) / 12));
    const lanes drift = of(f, i);
    return either(drift == splat(0), splat(1), exp_of(log_of(1 - drift) / 12));
}

/* Factors of a month. What is the same in all samples is made once, at first. */
struct pace {
    lanes keep, discount, path, growth, cap;
    bool made;
};

/* change: of the price whose path is wanted, or NULL */
static inline void
pace_of(struct pace *p, const struct scope *x, const struct figure *change)
{
#define DUE(figure) (!p->made || (figure)->x != NULL)
    if (DUE(&x->s->hazard))
        p->keep = 1 - SCENARIO(hazard);
    if (DUE(&x->s->discount_rate))
        p->discount = monthly(&x->s->discount_rate, x->i, -1);
    if (change != NULL && DUE(change))
        p->path = monthly(change, x->i, 1);
    if (DUE(&x->s->growth))
        p->growth = 1 + SCENARIO(growth);
    p->cap = SCENARIO(growth_cap);
#undef DUE
    p->made = true;
}

static inline lanes
capped(lanes grown, lanes cap)
{
    return either(grown < cap, grown, cap);
}

/* x^n of a whole n. */
static inline lanes
power_of(lanes x, int n)
{
    lanes r = splat(1);

    for (; n > 0; n >>= 1, x *= x)
        if (n & 1)
            r *= x;
    return r;
}

static void
run_weights(const struct stage *t, int from, int to)
{
    const struct stage_key *k = &t->key;
    struct scope x = scope_of(t);
    struct pace p = { .made = false };

    for (x.i = (size_t)from; x.i < (size_t)to; x.i += LANES) {
        pace_of(&p, &x, NULL);
        const lanes ratio = p.keep * p.discount;
        lanes weight = p.discount, weights = splat(0), before = splat(1), migrations = weights;
        for (int m = 0; m < k->to; m++, weight *= ratio) {
            if (m == k->from - 2)
                before = weight;
            if (m >= k->from - 1)
                weights += weight;
            if (month_bit(k->months_set, m))
                migrations += weight;
        }
        store(t, 0, x.i, weights);
        store(t, 1, x.i, before);
        store(t, 2, x.i, power_of(p.keep, k->from - 1));
        store(t, 3, x.i, migrations);
    }
}

static void
run_bought(const struct stage *t, int from, int to)
{
    const struct stage_key *k = &t->key;
    struct scope x = scope_of(t);
    struct pace p = { .made = false };

    for (x.i = (size_t)from; x.i < (size_t)to; x.i += LANES) {
        pace_of(&p, &x, &x.s->api_change);
        const lanes requests = of(&x.s->requests, x.i), lives = p.keep * p.path, ratio = lives * p.discount;
        lanes grown = power_of(p.growth, k->from - 1), at = p.discount * power_of(ratio, k->from - 1);
        store(t, 0, x.i, requests * capped(grown, p.cap) * power_of(lives, k->from - 1));
        for (int span = 0, m = k->from - 1; span < k->spans.n; span++) {
            lanes sum = splat(0);
            for (; m < k->spans.list[span].to; m++, grown *= p.growth, at *= ratio)
                sum += capped(grown, p.cap) * at;
            store(t, 1 + span, x.i, requests * sum);
        }
    }
}

static void
run_asked(const struct stage *t, int from, int to)
{
    struct scope x = scope_of(t);
    struct pace p = { .made = false };

    for (x.i = (size_t)from; x.i < (size_t)to; x.i += LANES) {
        pace_of(&p, &x, NULL);
        const lanes ratio = p.keep * p.discount;
        lanes grown = splat(1), weight = p.discount, sum = splat(0);
        for (int m = 0; m < t->key.months; m++, grown *= p.growth, weight *= ratio)
            sum += capped(grown, p.cap) * weight;
        store(t, 0, x.i, of(&x.s->requests, x.i) * sum);
    }
}

/* A month with training pays the price of that month; the last month of a stint trains no more. */
static void
run_trainings(const struct stage *t, int from, int to)
{
    const struct stage_key *k = &t->key;
    struct scope x = scope_of(t);
    struct pace p = { .made = false };
    const struct figure *change = k->facts.kind == ARM_SELF_TUNED ? &x.s->gpu_change : &x.s->api_change;

    for (x.i = (size_t)from; x.i < (size_t)to; x.i += LANES) {
        pace_of(&p, &x, change);
        const lanes ratio = p.keep * p.discount;
        lanes weight = p.discount, path = splat(1), ahead = path, trained = splat(0), released = trained;
        for (int m = 0; m < k->to - 1; m++, weight *= ratio, path *= p.path) {
            if (m == k->from - 2)
                ahead = path;
            if (m >= k->from - 1 && month_bit(k->months_set, m)) {
                trained += weight * path;
                released += weight;
            }
        }
        store(t, 0, x.i, trained);
        store(t, 1, x.i, released);
        store(t, 2, x.i, ahead);
    }
}

#endif
