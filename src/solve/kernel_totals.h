/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SOLVE_KERNEL_TOTALS_H
#define BREAKEVEN_SOLVE_KERNEL_TOTALS_H

/* People (section 9) and the sums of a stint and of an arm. Part of kernel.c alone. */

struct people {
    lanes setup, run, delay;
};

static void
people_of(struct people *p, const struct scope *x)
{
    const lanes fte = SCENARIO(fte_usd), setup = ARM(setup_person_months), run = ARM(run_fte);
    lanes delay = ARM(launch_delay_months);

    p->setup = unless_zero(setup, unless_zero(fte, setup * fte));
    p->run = unless_zero(run, unless_zero(fte, run * fte));
    if (x->f->whole_people) {
        mask some = run > splat(0);
        p->run = either(some, p->run * (ceil_of(run - 1e-9) / run), p->run);
        delay = either(some, delay + SCENARIO(hiring_months), delay);
    }
    p->delay = SCENARIO(month_value) * delay;
}

/* USD of a replica-hour a day over a month, taxed. */
static lanes
replica_usd(const struct scope *x)
{
    lanes price = x->f->kind == ARM_HOSTED_TUNED ? ARM(endpoint_usd_h) : ARM(gpu_price_usd_h) * ARM(gpus_per_replica);

    return SCENARIO(days) * (price * (1 + ARM(overhead_share)) * ARM(bill_share)) * (1 + SCENARIO(tax));
}

struct cost {
    lanes once, paid, run;
};

/* The stint's own months begin with month "from"; what is paid once is paid before it. */
static inline struct cost
cost_of(const struct scope *x, int from)
{
    struct people people;
    struct cost c = { splat(0), INPUT(tokens), INPUT(tokens_run) };

    people_of(&people, x);
    const lanes at_once = INPUT(at_once) + people.setup;
    c.paid += INPUT(later) + people.run * INPUT(weights);
    c.run += people.run * INPUT(alive);
    if (x->f->has_replicas) {
        const lanes usd = replica_usd(x);
        c.paid += usd * INPUT(hours);
        c.run += usd * INPUT(hours_run);
        if (commits(x->a)) {
            const lanes kept = usd * HOURS * (1 - ARM(commit_discount));
            c.paid += kept * INPUT(owed);
            c.run += kept * INPUT(owed_run);
        }
    }
    if (from == 1)
        c.once = at_once + people.delay;
    else
        c.paid += at_once * INPUT(before);
    if (!x->f->usable)
        c.once = splat(NAN);
    return c;
}

static void
run_cost(const struct stage *t, int from, int to)
{
    struct scope scope = scope_of(t), *x = &scope;

    for (x->i = (size_t)from; x->i < (size_t)to; x->i += LANES) {
        const struct cost c = cost_of(x, t->key.from);
        store(t, 0, x->i, c.once);
        store(t, 1, x->i, c.paid);
        store(t, 2, x->i, c.run);
    }
}

/* ---- an arm ---------------------------------------------------------------------------------------------- */

static inline void
store_totals(const struct stage *t, const struct scope *x, struct cost c)
{
    const lanes error = SCENARIO(error_usd), nan = splat(NAN);
    const lanes wrong = t->key.even ? (1 - INPUT(of[0].quality)) * SCENARIO(days) * INPUT(of[0].asked) : INPUT(wrong);
    const lanes npv = c.once + c.paid + unless_zero(error, error * (wrong * SCENARIO(requests)));
    const mask lost = ~((npv <= splat((double)REAL_MAX)) & (npv >= splat(-(double)REAL_MAX)));

    store(t, 0, x->i, either(lost, nan, npv));
    store(t, 1, x->i, either(lost, nan, c.once));
    store(t, 2, x->i, either(lost, nan, c.run));
}

static void
run_totals(const struct stage *t, int from, int to)
{
    struct scope scope = scope_of(t), *x = &scope;

    for (x->i = (size_t)from; x->i < (size_t)to; x->i += LANES)
        store_totals(t, x, cost_of(x, t->key.from));
}

static void
run_joined(const struct stage *t, int from, int to)
{
    const bool staged = t->key.job_kind == ARM_STAGED;
    struct scope scope = scope_of(t), *x = &scope;

    for (x->i = (size_t)from; x->i < (size_t)to; x->i += LANES) {
        struct cost c = { INPUT(of[0].once) + INPUT(of[1].once), INPUT(of[0].paid) + INPUT(of[1].paid), INPUT(of[1].run) };
        if (!staged) {
            c.run += INPUT(of[0].run);
            c.once = either(unknown(INPUT(escalation)), splat(NAN), c.once);
        }
        store_totals(t, x, c);
    }
}

/* ---- what two stints look like from outside ------------------------------------------------------------------ */

static void
run_join(const struct stage *t, int from, int to)
{
    const struct stage_key *k = &t->key;
    struct scope scope = scope_of(t), *x = &scope;

    for (x->i = (size_t)from; x->i < (size_t)to; x->i += LANES) {
        const lanes ttft = INPUT(of[0].ttft), ttft_2 = INPUT(of[1].ttft), tpot = INPUT(of[0].tpot), tpot_2 = INPUT(of[1].tpot);
        if (k->job_kind == ARM_STAGED) {
            store(t, 1, x->i, larger_of(ttft_2, ttft));
            store(t, 2, x->i, larger_of(tpot_2, tpot));
        } else {
            const lanes e = INPUT(escalation), output = SCENARIO(output) * (ARM(tokenizer_factor) * ARM(output_factor));
            const lanes answer = either(output > splat(1), output - 1, splat(0)) * tpot;
            const mask often = ~(e <= splat(0.05));
            store(t, 0, x->i, cascaded(INPUT(of[0].quality), INPUT(of[1].quality), e, INPUT(caught)));
            store(t, 1, x->i, either(often, ttft + answer + ttft_2, ttft));
            store(t, 2, x->i, either(often, larger_of(tpot_2, tpot), tpot));
            store(t, 6, x->i, INPUT(of[0].replicas) + INPUT(of[1].replicas));
        }
        /* The machine that is tighter. */
        const lanes memory = INPUT(of[0].memory), memory_2 = INPUT(of[1].memory);
        mask second = ~unknown(memory_2) & (unknown(memory) | (memory_2 < memory));
        if (!k->sized[1])
            second = (mask){ 0 };
        else if (!k->sized[0])
            second = ~(mask){ 0 };
        store(t, 3, x->i, either(second, memory_2, memory));
        store(t, 4, x->i, either(second, INPUT(of[1].tok_s), INPUT(of[0].tok_s)));
        store(t, 5, x->i, larger_of(INPUT(of[1].context), INPUT(of[0].context)));
    }
}

#endif
