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

/* What a stint's quality does over the months. */
enum drift_kind { DRIFT_NONE, DRIFT_VENDOR, DRIFT_SINCE_TRAINING };

static enum drift_kind
drift_kind_of(const struct scope *x, const struct kernel_facts *f)
{
    if (f->kind == ARM_API && !is_zero(&x->s->api_drift))
        return DRIFT_VENDOR;
    return (KIND(f->kind) & KINDS_TUNED) && !is_zero(&x->s->drift_points) ? DRIFT_SINCE_TRAINING : DRIFT_NONE;
}

struct drift {
    enum drift_kind kind;
    lanes quality, wrong, keep, points;
    int since;
    const unsigned *trains;
};

static inline struct drift
drift_from(const struct scope *x, enum drift_kind kind, const unsigned trains[4], lanes quality, int first)
{
    const lanes keep = kind == DRIFT_VENDOR ? PATH(drift_keep) : splat(1);

    return (struct drift){ kind, quality, (1 - quality) * power_of(keep, first), keep, SCENARIO(drift_points), 0, trains };
}

static inline lanes
drift_next(struct drift *d, int m)
{
    lanes q = d->quality;

    if (d->kind == DRIFT_VENDOR) {
        q = within_0_to_1(1 - d->wrong);
        d->wrong *= d->keep;
    } else if (d->kind == DRIFT_SINCE_TRAINING) {
        q = within_0_to_1(q - d->points * (double)d->since);
        d->since = since_next(d->since, d->trains, m);
    }
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
answers_of(struct answers *a, const struct scope *x, const struct stage_key *k)
{
    a->job_kind = k->job_kind;
    a->switched = k->switched;
    a->escalation = INPUT(escalation);
    a->caught = INPUT(caught);
    a->stint[0] = drift_from(x, drift_kind_of(x, &k->facts), k->months_set, INPUT(of[0].quality), 0);
    a->stint[1] = drift_from(x, drift_kind_of(x, &k->facts_2), k->months_set_2, INPUT(of[1].quality), k->switched);
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

/* ---- wrong answers over the horizon --------------------------------------------------------------------- */

/* The most months since training of a stint. */
static int
longest_since(const unsigned trains[4], int from, int to)
{
    int since = 0, most = 0;

    for (int m = from; m < to; m++) {
        most = since > most ? since : most;
        since = since_next(since, trains, m);
    }
    return most;
}

/* A stint whose quality meets neither 0 nor 1 on its way: sums alone tell its right answers. */
struct course {
    lanes asked, right;
    lanes high, low; /* quality at most and at least */
    mask straight;
};

static inline struct course
course_of(const struct scope *x, enum drift_kind kind, lanes asked, lanes drifted, lanes q, int first, int last, int longest)
{
    struct course c = { asked, q * asked, q, q, ~(mask){ 0 } };

    if (kind == DRIFT_VENDOR) {
        const lanes keep = PATH(drift_keep), begin = 1 - (1 - q) * power_of(keep, first);
        c.right = asked - (1 - q) * drifted;
        c.high = 1 - (1 - q) * power_of(keep, last);
        c.low = begin;
        c.straight = (keep >= splat(0)) & (keep <= splat(1));
    } else if (kind == DRIFT_SINCE_TRAINING) {
        const lanes points = SCENARIO(drift_points);
        c.right = q * asked - points * drifted;
        c.low = q - points * (double)longest;
        c.straight = (points >= splat(0)) & (c.low >= splat(0));
    }
    return c;
}

/* What the small arm gets wrong and escalates, month by month: as much as is caught, or as is escalated. */
static lanes
kept_by_month(const struct stage_key *k, const struct scope *x, enum drift_kind kind, const double since[HORIZON_MAX], lanes e,
              lanes caught)
{
    const struct pace p = pace_of(x);
    const bool vendor = kind == DRIFT_VENDOR;
    const struct four left = factors_of(vendor ? PATH(drift_keep) : splat(1));
    const lanes more = caught * SCENARIO(drift_points);
    struct asking_months months = asking_months_of(&p, p.keep * p.discount, 0);
    struct four sum = nothing_yet();
    lanes wrong = caught * (1 - INPUT(of[0].quality));
    int m = 0;

    for (; m + 4 <= k->months; m += 4, wrong *= left.d) {
        const struct four now = four_months(&months);
        sum.a += now.a * lowered_to(vendor ? wrong : wrong + more * since[m], e);
        sum.b += now.b * lowered_to(vendor ? wrong * left.a : wrong + more * since[m + 1], e);
        sum.c += now.c * lowered_to(vendor ? wrong * left.b : wrong + more * since[m + 2], e);
        sum.d += now.d * lowered_to(vendor ? wrong * left.c : wrong + more * since[m + 3], e);
    }
    for (; m < k->months; m++, wrong *= left.a)
        sum.a += next_month(&months) * lowered_to(vendor ? wrong : wrong + more * since[m], e);
    return sum_of_four(&sum);
}

/* All conditions of cascaded() are straight lines: what holds at both ends of the small arm's course holds between, that
 * it gets no less right than is escalated in vain above all. Where one of the two cases holds at both ends it does in all
 * months. */
static lanes
cascade_right(const struct stage_key *k, const struct scope *x, enum drift_kind kind, const double since[HORIZON_MAX],
              const struct course *small, const struct course *large, mask *straight)
{
    const lanes e = INPUT(escalation), caught = INPUT(caught);
    const lanes at_high = caught * (1 - small->high), at_low = caught * (1 - small->low);
    const mask all = (at_high >= e) & (at_low >= e), none = (at_high <= e) & (at_low <= e);
    const mask enough = ((at_high >= e) | (e - at_high <= small->high)) & ((at_low >= e) | (e - at_low <= small->low));
    lanes kept = either(all, e * small->asked, caught * (small->asked - small->right));

    *straight = small->straight & large->straight & enough & (e >= splat(0)) & (caught <= splat(1));
    if (any(*straight & ~(all | none)))
        kept = either(all | none, kept, kept_by_month(k, x, kind, since, e, caught));
    return small->right - (e * small->asked - kept) + e * large->right;
}

static lanes
wrong_by_month(const struct stage_key *k, const struct scope *x)
{
    const struct pace p = pace_of(x);
    const lanes ratio = p.keep * p.discount;
    lanes grown = splat(1), weight = p.discount, sum = splat(0);
    struct answers a;

    answers_of(&a, x, k);
    for (int m = 0; m < k->months; m++, grown *= p.growth, weight *= ratio)
        sum += capped(grown, p.cap) * weight * (1 - answers_next(&a, m));
    return sum;
}

static void
run_wrong(const struct stage *t, int from, int to)
{
    const struct stage_key *k = &t->key;
    const bool staged = k->job_kind == ARM_STAGED, cascade = k->job_kind == ARM_CASCADE;
    const int end = staged ? k->switched : k->months;
    struct scope scope = scope_of(t), *x = &scope;
    const enum drift_kind kind = drift_kind_of(x, &k->facts), kind_2 = drift_kind_of(x, &k->facts_2);
    const int longest = longest_since(k->months_set, 0, end), longest_2 = longest_since(k->months_set_2, k->switched, k->months);
    double since[HORIZON_MAX];

    since_of(since, k->months_set, 0, end);
    for (x->i = (size_t)from; x->i < (size_t)to; x->i += LANES) {
        const struct course a = course_of(x, kind, INPUT(of[0].asked), INPUT(of[0].drifted), INPUT(of[0].quality), 0, end - 1, longest);
        mask straight = a.straight;
        lanes wrong = a.asked - a.right;
        if (staged || cascade) {
            const struct course b = course_of(x, kind_2, INPUT(of[1].asked), INPUT(of[1].drifted), INPUT(of[1].quality),
                                              k->switched, k->months - 1, longest_2);
            if (cascade)
                wrong = a.asked - cascade_right(k, x, kind, since, &a, &b, &straight);
            else {
                wrong += b.asked - b.right;
                straight &= b.straight;
            }
        }
        if (any(~straight))
            wrong = wrong_by_month(k, x);
        store(t, 0, x->i, wrong * SCENARIO(days));
    }
}

#endif
