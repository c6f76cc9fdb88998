/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SOLVE_KERNEL_QUALITY_H
#define BREAKEVEN_SOLVE_KERNEL_QUALITY_H

/* Quality and the answers that are wrong (section 10). Part of kernel.c alone. */

static lanes
learned_error(const struct scope *x, lanes n)
{
    const lanes e_0 = is_known(&x->s->e_0) ? SCENARIO(e_0) : 1 - ARM(quality), floor_share = SCENARIO(e_inf_share);
    const lanes power = exp_of(-SCENARIO(alpha) * log_of(1 + n / SCENARIO(n_scale)));
    const lanes left = either(n > splat(0), power, splat(1));
    const lanes few = either((n > splat(0)) & (n < splat(500)), 1 + 0.1 * (1 - n / 500), splat(1));

    return e_0 * (floor_share + (1 - floor_share) * left) * few;
}

static void
run_quality(const struct stage *t, int from, int to)
{
    struct scope scope = scope_of(t), *x = &scope;

    for (x->i = (size_t)from; x->i < (size_t)to; x->i += LANES) {
        lanes q = ARM(quality);
        if (KIND(x->f->kind) & KINDS_TUNED) {
            const lanes trained = trained_of(x);
            const mask some = trained > splat(0);
            q = 1 - learned_error(x, trained);
            if (!x->f->pilots && x->f->method != METHOD_FULL) {
                q -= either(some, SCENARIO(lora_points), splat(0));
                if (x->f->method == METHOD_QLORA)
                    q *= 1 - either(some, SCENARIO(qlora_relative), splat(0));
            }
        }
        if (x->f->quantised)
            q -= ARM(quant_points);
        store(t, 0, x->i, within_0_to_1(q));
    }
}

/* ---- month by month ---------------------------------------------------------------------------------- */

/* A stint's quality on its way through the months. */
struct drift {
    lanes quality, wrong, keep, points;
    int kind, since;
    const unsigned *trains;
};

static struct drift
drift_from(const struct scope *x, const struct kernel_facts *f, const unsigned trains[4], lanes quality, lanes keep, int first)
{
    struct drift d = { quality, (1 - quality) * power_of(keep, first), keep, SCENARIO(drift_points), f->kind, 0, trains };

    if ((f->kind == ARM_API && is_zero(&x->s->api_drift)) || ((KIND(f->kind) & KINDS_TUNED) && is_zero(&x->s->drift_points)) ||
        (f->kind != ARM_API && !(KIND(f->kind) & KINDS_TUNED)))
        d.kind = -1;
    return d;
}

static inline lanes
drift_next(struct drift *d, int m)
{
    lanes q = d->quality;

    if (d->kind < 0)
        return q;
    if (d->kind == ARM_API) {
        q = within_0_to_1(1 - d->wrong);
        d->wrong *= d->keep;
        return q;
    }
    q = within_0_to_1(q - d->points * (double)d->since);
    d->since = month_bit(d->trains, m) ? 0 : d->since + 1;
    return q;
}

static lanes
cascaded(lanes small, lanes large, lanes escalated, lanes caught)
{
    lanes k = caught * (1 - small);

    k = either(k > escalated, escalated, k);
    k = either(escalated - k > small, escalated - small, k);
    return within_0_to_1(small - (escalated - k) + escalated * large);
}

/* An arm's months: one stint, one after the other, or both at once. */
struct answers {
    struct drift stint[2];
    lanes escalation, caught;
    int job_kind, switched;
};

static void
answers_of(struct answers *a, const struct scope *x, const struct stage_key *k, lanes keep)
{
    a->job_kind = k->job_kind;
    a->switched = k->switched;
    a->escalation = INPUT(escalation);
    a->caught = INPUT(caught);
    a->stint[0] = drift_from(x, &k->facts, k->months_set, INPUT(of[0].quality), keep, 0);
    a->stint[1] = drift_from(x, &k->facts_2, k->months_set_2, INPUT(of[1].quality), keep, k->switched);
}

static inline lanes
answers_next(struct answers *a, int m)
{
    if (a->job_kind == ARM_CASCADE) {
        const lanes small = drift_next(&a->stint[0], m);
        return cascaded(small, drift_next(&a->stint[1], m), a->escalation, a->caught);
    }
    return drift_next(&a->stint[a->job_kind == ARM_STAGED && m >= a->switched], m);
}

static void
run_wrong(const struct stage *t, int from, int to)
{
    const struct stage_key *k = &t->key;
    struct scope scope = scope_of(t), *x = &scope;
    struct pace p = { .made = false };
    struct answers a;
    lanes keep = splat(1);

    for (x->i = (size_t)from; x->i < (size_t)to; x->i += LANES) {
        if (x->i == (size_t)from || x->s->api_drift.x != NULL)
            keep = drift_keep(&x->s->api_drift, x->i);
        pace_of(&p, x, NULL);
        answers_of(&a, x, k, keep);
        const lanes ratio = p.keep * p.discount;
        lanes grown = splat(1), weight = p.discount, sum = splat(0);
        for (int m = 0; m < k->months; m++, grown *= p.growth, weight *= ratio)
            sum += capped(grown, p.cap) * weight * (1 - answers_next(&a, m));
        store(t, 0, x->i, SCENARIO(requests) * SCENARIO(days) * sum);
    }
}

#endif
