/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SOLVE_KERNEL_BANDS_H
#define BREAKEVEN_SOLVE_KERNEL_BANDS_H

/* Cumulative cost by month: the pieces of the sums again, month by month. Part of kernel.c alone. */

struct band {
    lanes once, month[HORIZON_MAX];
    lanes alive[HORIZON_MAX], requests[HORIZON_MAX], api_path[HORIZON_MAX], gpu_path[HORIZON_MAX];
};

static void
band_begin(struct band *b, const struct scope *x, int months)
{
    const lanes keep = 1 - SCENARIO(hazard), growth = 1 + SCENARIO(growth), cap = SCENARIO(growth_cap);
    const lanes api = PATH(api_path), gpu = PATH(gpu_path);
    lanes alive = splat(1), grown = alive, api_path = alive, gpu_path = alive;

    b->once = splat(0);
    for (int m = 0; m < months; m++, alive *= keep, grown *= growth, api_path *= api, gpu_path *= gpu) {
        b->month[m] = splat(0);
        b->alive[m] = alive;
        b->requests[m] = SCENARIO(requests) * capped(grown, cap);
        b->api_path[m] = api_path;
        b->gpu_path[m] = gpu_path;
    }
}

static inline void
band_pay(struct band *b, int m, lanes usd)
{
    b->month[m] += usd * b->alive[m];
}

static inline void
band_pay_once(struct band *b, int from, lanes usd)
{
    if (from == 1)
        b->once += usd;
    else
        band_pay(b, from - 2, usd);
}

static void
band_tokens(struct band *b, const struct scope *x, const struct stage_key *k)
{
    const lanes minimum = ARM(monthly_minimum_usd), fee = ARM(platform_fee_usd_month), tax = 1 + SCENARIO(tax);
    struct lengths lengths = { .made = false };
    struct attempt l;

    lengths_of(&lengths, x);
    attempt_of(&l, x);
    for (int span = 0, m = k->from - 1; span < k->spans.n; span++) {
        const lanes unit = k->spans.tokens ? unit_usd(x, &k->spans.list[span], &l, lengths.sigma) : splat(0);
        for (; m < k->spans.list[span].to; m++)
            band_pay(b, m, (larger_of(b->requests[m] * b->api_path[m] * unit, minimum) + fee) * tax);
    }
    for (int m = k->from - 1; m < k->to; m++)
        if (month_bit(k->spans.migrations, m))
            band_pay(b, m, migration_usd(x) + release_of(x) * tax);
}

static void
band_replicas(struct band *b, const struct scope *x, const struct stage_key *k)
{
    const bool owes = commits(x->a);
    const lanes usd = replica_usd(x), kept = usd * HOURS * (1 - ARM(commit_discount)) * b->gpu_path[k->from - 1];
    struct serving v = { .shaped = false };
    lanes committed = splat(0);

    serving_of(&v, x);
    for (int m = k->from - 1; m < k->to; m++) {
        if (owes) {
            committed = committed_in(x, m, k->from - 1);
            b->month[m] += committed * kept;
        }
        band_pay(b, m, usd * b->gpu_path[m] * day_of(&v, x->f->follow, b->requests[m] * INPUT(share), committed));
    }
    if (owes && k->to < k->months) {
        const lanes left = ARM(commit_months) - (k->to - k->from + 1), held = ARM(commit_replicas);
        b->month[k->to - 1] += either((left > splat(0)) & (held > splat(0)), left * held * kept, splat(0));
    }
}

static void
band_build(struct band *b, const struct scope *x, const struct stage_key *k)
{
    const bool tuned = KIND(x->f->kind) & KINDS_TUNED;
    const lanes *path = x->f->kind == ARM_SELF_TUNED ? b->gpu_path : b->api_path;
    const lanes tax = 1 + SCENARIO(tax);
    struct build made;

    build_of(&made, x, k, k->from > 1 ? path[k->from - 2] : splat(1));
    if (tuned && k->harvested && !k->labelled) {
        const lanes usd = review_usd(x);
        struct harvest h = harvest_of(x);
        for (int m = 0; m < k->from - 1; m++) {
            const lanes reviewed = harvest_month(&h, b->requests[m] * SCENARIO(days));
            band_pay(b, m, unless_zero(reviewed, reviewed * usd) * tax);
        }
        made.at_once += harvest_rest(x, h.missing, &made.labels);
    }
    band_pay_once(b, k->from, made.at_once * tax);
    for (int m = k->from - 1; tuned && m < k->to - 1; m++)
        if (month_bit(k->months_set, m))
            band_pay(b, m, (made.run * path[m] + made.again) * tax);
}

static void
band_stint(struct band *b, const struct scope *x, const struct stage_key *k)
{
    struct people people;

    if (KIND(x->f->kind) & KINDS_TOKENS)
        band_tokens(b, x, k);
    if (x->f->has_replicas)
        band_replicas(b, x, k);
    band_build(b, x, k);
    people_of(&people, x);
    band_pay_once(b, k->from, people.setup);
    for (int m = k->from - 1; m < k->to; m++)
        band_pay(b, m, people.run);
    if (k->from == 1)
        b->once += people.delay;
}

static void
band_errors(struct band *b, const struct scope *x, const struct stage_key *k)
{
    const lanes error = SCENARIO(error_usd);
    struct answers a;

    answers_of(&a, x, k);
    for (int m = 0; m < k->months; m++)
        band_pay(b, m, unless_zero(error, error * (1 - answers_next(&a, m)) * b->requests[m] * SCENARIO(days)));
}

static void
run_bands(const struct kernel_bands *job)
{
    const int months = job->stint[0].months;
    struct band b;

    for (size_t i = 0; i < (size_t)job->n; i += LANES) {
        for (int st = 0; st < job->n_stints; st++) {
            const struct stage_key *k = &job->stint[st];
            const struct scope x = { &k->s, &k->a, &k->facts, &k->in, i };
            if (st == 0) {
                band_begin(&b, &x, months);
                band_errors(&b, &x, k);
            }
            band_stint(&b, &x, k);
        }
        const mask lost = unknown(load(job->npv + i));
        lanes sum = either(lost, splat(NAN), b.once);
        for (int m = 0; m < months; m++) {
            sum += b.month[m];
            put(job->band + (size_t)m * (size_t)job->n + i, sum);
        }
    }
}

#endif
