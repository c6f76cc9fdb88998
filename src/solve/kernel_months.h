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

static void
run_rate(const struct stage *t, int from, int to)
{
    const struct figure *rate = &t->key.in.share;

    for (size_t i = (size_t)from; i < (size_t)to; i += LANES)
        store(t, 0, i, (t->key.sign == 0 ? drift_keep(rate, i) : monthly(rate, i, t->key.sign)) - 1);
}

/* Factors of a month. */
struct pace {
    lanes keep, discount, growth, cap;
};

static inline struct pace
pace_of(const struct scope *x)
{
    return (struct pace){ 1 - SCENARIO(hazard), PATH(discount), 1 + SCENARIO(growth), SCENARIO(growth_cap) };
}

static inline lanes
capped(lanes grown, lanes cap)
{
    return lowered_to(grown, cap);
}

/* Four months at once, since a factor of a month waits for the one before. (No array: it would lie in memory.) */
struct four {
    lanes a, b, c, d;
};

/* Factors of one to four months. */
static inline struct four
factors_of(lanes x)
{
    const lanes two = x * x;

    return (struct four){ x, two, two * x, two * two };
}

static inline struct four
nothing_yet(void)
{
    return (struct four){ splat(0), splat(0), splat(0), splat(0) };
}

static inline lanes
sum_of_four(const struct four *f)
{
    return (f->a + f->b) + (f->c + f->d);
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

/* 1 + x + ... + x^(n - 1), by doubling. */
static inline lanes
series_of(lanes x, int n)
{
    lanes sum = splat(0), power = splat(1);
    int bit = 1;

    while (bit <= n / 2)
        bit *= 2;
    for (; bit > 0; bit /= 2) {
        sum *= 1 + power;
        power *= power;
        if (n & bit) {
            sum = sum * x + 1;
            power *= x;
        }
    }
    return sum;
}

/* Months whose bits are set, each as its distance from the one before; most come at even intervals. */
struct some_months {
    int n, after[HORIZON_MAX];
};

static void
months_set(struct some_months *some, const unsigned bits[4], int to)
{
    some->n = 0;
    for (int m = 0, last = 0; m < to; m++)
        if (month_bit(bits, m)) {
            some->after[some->n++] = m - last;
            last = m;
        }
}

/* The sum of x^m over them. */
static inline lanes
sum_of_months(lanes x, const struct some_months *some)
{
    lanes sum = splat(0), power = splat(1), step = power;

    for (int k = 0, after = 0; k < some->n; k++) {
        if (some->after[k] != after)
            step = power_of(x, some->after[k]);
        after = some->after[k];
        power *= step;
        sum += power;
    }
    return sum;
}

static void
run_weights(const struct stage *t, int from, int to)
{
    const struct stage_key *k = &t->key;
    struct scope scope = scope_of(t), *x = &scope;
    struct some_months migrations;

    months_set(&migrations, k->months_set, k->to);
    for (x->i = (size_t)from; x->i < (size_t)to; x->i += LANES) {
        const struct pace p = pace_of(x);
        const lanes ratio = p.keep * p.discount, before = k->from > 1 ? p.discount * power_of(ratio, k->from - 2) : splat(1);
        store(t, 0, x->i, p.discount * power_of(ratio, k->from - 1) * series_of(ratio, k->to - k->from + 1));
        store(t, 1, x->i, before);
        store(t, 2, x->i, power_of(p.keep, k->from - 1));
        store(t, 3, x->i, p.discount * sum_of_months(ratio, &migrations));
    }
}

/* Growth times factor^m over months first..to - 1, where no month reaches the cap; false: some may. */
static inline bool
grown_sum(lanes *sum, const struct pace *p, lanes factor, int first, int to)
{
    const lanes begin = power_of(p->growth, first), end = power_of(p->growth, to - 1), by = p->growth * factor;

    if (any(~((begin <= p->cap) & (end <= p->cap))))
        return false;
    *sum = begin * power_of(factor, first) * series_of(by, to - first);
    return true;
}

/* Months of requests with their weights: what growth makes of each, and what it may make at most. */
struct asking_months {
    lanes free, most;
    struct four of_free, of_most;
};

static inline struct asking_months
asking_months_of(const struct pace *p, lanes ratio, int first)
{
    const lanes at = p->discount * power_of(ratio, first);

    return (struct asking_months){ at * power_of(p->growth, first), at * lowered_to(p->cap, splat(1e300)),
                                   factors_of(p->growth * ratio), factors_of(ratio) };
}

static inline struct four
four_months(struct asking_months *m)
{
    const struct four now = { lowered_to(m->free, m->most), lowered_to(m->free * m->of_free.a, m->most * m->of_most.a),
                              lowered_to(m->free * m->of_free.b, m->most * m->of_most.b),
                              lowered_to(m->free * m->of_free.c, m->most * m->of_most.c) };

    m->free *= m->of_free.d;
    m->most *= m->of_most.d;
    return now;
}

static inline lanes
next_month(struct asking_months *m)
{
    const lanes now = lowered_to(m->free, m->most);

    m->free *= m->of_free.a;
    m->most *= m->of_most.a;
    return now;
}

static inline lanes
asked_over(int months, struct asking_months *m)
{
    struct four sum = nothing_yet();

    for (; months >= 4; months -= 4) {
        const struct four now = four_months(m);
        sum.a += now.a;
        sum.b += now.b;
        sum.c += now.c;
        sum.d += now.d;
    }
    for (; months > 0; months--)
        sum.a += next_month(m);
    return sum_of_four(&sum);
}

static void
run_bought(const struct stage *t, int from, int to)
{
    const struct stage_key *k = &t->key;
    struct scope scope = scope_of(t), *x = &scope;

    for (x->i = (size_t)from; x->i < (size_t)to; x->i += LANES) {
        const struct pace p = pace_of(x);
        const lanes lives = p.keep * PATH(api_path), ratio = lives * p.discount;
        lanes sum;
        store(t, 0, x->i, capped(power_of(p.growth, k->from - 1), p.cap) * power_of(lives, k->from - 1));
        if (k->spans.n == 1 && grown_sum(&sum, &p, ratio, k->from - 1, k->spans.list[0].to)) {
            store(t, 1, x->i, p.discount * sum);
            continue;
        }
        struct asking_months a = asking_months_of(&p, ratio, k->from - 1);
        for (int span = 0, m = k->from - 1; span < k->spans.n; m = k->spans.list[span++].to)
            store(t, 1 + span, x->i, asked_over(k->spans.list[span].to - m, &a));
    }
}

/* Months from the last training before each month on; the first month of a stint is one after. */
static inline int
since_next(int since, const unsigned trains[4], int m)
{
    return month_bit(trains, m) ? 0 : since + 1;
}

/* Months from the last training before each month on. */
static void
since_of(double since[HORIZON_MAX], const unsigned trains[4], int from, int to)
{
    for (int m = from, n = 0; m < to; n = since_next(n, trains, m), m++)
        since[m] = n;
}

/* The same, and that times what drifts: what is left of a vendor's errors, or the months since training. */
static inline void
drifted_over(int first, int to, struct asking_months *m, bool vendor, lanes keep, const double since[HORIZON_MAX], lanes *asked,
             lanes *drifted)
{
    const struct four left = factors_of(keep);
    struct four sum = nothing_yet(), by = sum;
    lanes drift = power_of(keep, first);
    int i = first;

    for (; i + 4 <= to; i += 4, drift *= left.d) {
        const struct four now = four_months(m);
        sum.a += now.a;
        sum.b += now.b;
        sum.c += now.c;
        sum.d += now.d;
        by.a += now.a * (vendor ? drift : splat(since[i]));
        by.b += now.b * (vendor ? drift * left.a : splat(since[i + 1]));
        by.c += now.c * (vendor ? drift * left.b : splat(since[i + 2]));
        by.d += now.d * (vendor ? drift * left.c : splat(since[i + 3]));
    }
    for (; i < to; i++, drift *= keep) {
        const lanes now = next_month(m);
        sum.a += now;
        by.a += now * (vendor ? drift : splat(since[i]));
    }
    *asked = sum_of_four(&sum);
    *drifted = sum_of_four(&by);
}

static void
run_asked(const struct stage *t, int from, int to)
{
    const struct stage_key *k = &t->key;
    const bool vendor = k->facts.kind == ARM_API;
    const int first = k->from - 1;
    struct scope scope = scope_of(t), *x = &scope;
    double since[HORIZON_MAX];

    since_of(since, k->months_set, first, k->to);
    for (x->i = (size_t)from; x->i < (size_t)to; x->i += LANES) {
        const struct pace p = pace_of(x);
        const lanes ratio = p.keep * p.discount;
        lanes all, drifted = splat(0);
        if ((k->even || vendor) && grown_sum(&all, &p, ratio, first, k->to)) {
            if (!k->even)
                grown_sum(&drifted, &p, ratio * PATH(drift_keep), first, k->to);
            store(t, 0, x->i, p.discount * all);
            store(t, 1, x->i, p.discount * drifted);
            continue;
        }
        struct asking_months a = asking_months_of(&p, ratio, first);
        if (k->even)
            all = asked_over(k->to - first, &a);
        else
            drifted_over(first, k->to, &a, vendor, vendor ? PATH(drift_keep) : splat(1), since, &all, &drifted);
        store(t, 0, x->i, all);
        store(t, 1, x->i, drifted);
    }
}

/* A month with training pays the price of that month; the last month of a stint trains no more. */
static void
run_trainings(const struct stage *t, int from, int to)
{
    const struct stage_key *k = &t->key;
    const bool own = k->facts.kind == ARM_SELF_TUNED;
    struct scope scope = scope_of(t), *x = &scope;
    struct some_months trains;

    months_set(&trains, k->months_set, k->to - 1);
    for (x->i = (size_t)from; x->i < (size_t)to; x->i += LANES) {
        const struct pace p = pace_of(x);
        const lanes ratio = p.keep * p.discount, by = own ? PATH(gpu_path) : PATH(api_path);
        store(t, 0, x->i, p.discount * sum_of_months(ratio * by, &trains));
        store(t, 1, x->i, p.discount * sum_of_months(ratio, &trains));
        store(t, 2, x->i, k->from > 1 ? power_of(by, k->from - 2) : splat(1));
    }
}

#endif
