/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SOLVE_KERNEL_REPLICA_H
#define BREAKEVEN_SOLVE_KERNEL_REPLICA_H

/* One replica: batch, throughput, latency, memory (section 5). Part of kernel.c alone. */

/* Tokens that windows cap on their share of the layers. */
static lanes
windowed(const struct capacity_system *s, lanes tokens)
{
    if (s->window_share == 0)
        return tokens;
    lanes window = splat(s->window_tokens);
    return (1 - s->window_share) * tokens + s->window_share * either(tokens < window, tokens, window);
}

static lanes
touched(const struct replica_machine *m, lanes b)
{
    if (!m->sys.moe)
        return splat(1);
    if (!(m->sys.touched_log > -INFINITY))
        return splat(1);
    return 1 - exp_of(m->sys.touched_log * exp_of(m->touched_power * log_of(above(b, 1))));
}

/* The parts of a cycle that the batch does not change. */
struct cycle {
    const struct replica_machine *m;
    lanes input, output, cached, kv, prefill, lone;
    lanes each_s; /* one over the tokens after the first                                    */
};

static lanes
prefill_of(const struct capacity_system *s, lanes input, lanes cached)
{
    lanes fresh = input * (1 - cached), old = input * cached;

    return (s->prefill_token_s + s->prefill_net_s) * fresh + s->prefill_square_s * (input * input - old * old);
}

#define TOKENS_TOUCHING 1e4

static lanes
lone_of(const struct replica_machine *m, lanes input, lanes cached, lanes occupancy)
{
    const struct capacity_system *s = &m->sys;
    const lanes fresh = input * (1 - cached), computed = s->pipe * occupancy;
    if (!any(~(computed >= splat(s->read_s + s->read_routed_s)))) /* whatever of the experts is read */
        return computed + s->prefill_fixed_s;
    lanes read = s->read_s + s->read_routed_s * touched(m, least(fresh, splat(TOKENS_TOUCHING)));

    return most(computed, read) + s->prefill_fixed_s;
}

static void
cycle_of(struct cycle *c, const struct replica_machine *m, lanes input, lanes output, lanes cached)
{
    c->m = m;
    c->input = input;
    c->output = output;
    c->cached = cached;
    c->kv = m->sys.kv_token_s * windowed(&m->sys, input + output / 2);
    c->prefill = prefill_of(&m->sys, input, cached);
    c->lone = lone_of(m, input, cached, c->prefill);
    c->each_s = 1 / (output - 1);
}

struct steady {
    lanes ttft, tpot;
};

/* touched: of a stage's share of the batch. The prefill's share of a cycle, held to 0.9, is to the rest what the
 * prefill of the batch is to its output. */
static inline lanes
steady_with(struct steady *a, const struct cycle *c, lanes batch, lanes touched)
{
    const struct capacity_system *s = &c->m->sys;
    const lanes step = s->pipe * (s->weights_s + touched * s->routed_s + s->network_s + s->engine_s) +
                       batch * (s->compute_seq_s + s->network_seq_s + s->sequence_s + c->kv);
    const lanes written = c->output * step, read = batch * c->prefill, cycle = written + read;
    const lanes wait = 0.5 * c->prefill * least(splat(0.9 / (1 - 0.9)), read / written);
    const lanes stalled = (cycle - least(c->lone + wait, 0.9 * cycle)) * c->each_s;

    a->ttft = c->m->ttft_floor_s + c->lone + c->m->admission * step + wait;
    a->tpot = either(c->output > splat(1), most(step, stalled), step);
    return cycle;
}

/* What the first whole batches touch, since a search tries many of them over and over. */
#define BATCHES 256
struct batches {
    bool made;
    double touched[BATCHES];
};

static void
batches_of(struct batches *t, const struct replica_machine *m)
{
    double at[LANES];

    t->made = true;
    for (int k = 0; k < BATCHES; k += LANES) {
        for (int j = 0; j < LANES; j++)
            at[j] = k + j;
        put_doubles(t->touched + k, touched(m, load_doubles(at) / m->sys.pipe));
    }
}

static lanes
touched_by(struct batches *t, const struct replica_machine *m, lanes batch)
{
    if (!m->sys.moe)
        return splat(1);
    if (any(~(batch < splat(BATCHES)) | (floor_of(batch) != batch)))
        return touched(m, batch / m->sys.pipe);
    if (!t->made)
        batches_of(t, m);
    return pick(t->touched, batch);
}

static lanes
ttft_of(const struct steady *a, const struct cycle *c, lanes input)
{
    return a->ttft - c->lone + lone_of(c->m, input, c->cached, prefill_of(&c->m->sys, input, c->cached));
}

static lanes
occupied(const struct capacity_system *s, lanes input, lanes output)
{
    return windowed(s, input + s->occupied_output * output);
}

static lanes
batch_max(const struct capacity_system *s, lanes input, lanes output)
{
    return above(floor_of(s->pool_bytes / (s->kv_bytes_token * occupied(s, input, output))), 1);
}

struct limits {
    lanes own, ttft, tpot; /* own: a long prompt alone                                       */
};

static inline mask
meets(const struct limits *l, const struct cycle *c, struct batches *t, lanes batch)
{
    struct steady a;

    steady_with(&a, c, batch, touched_by(t, c->m, batch));
    return (a.ttft - c->lone + l->own <= l->ttft) & (a.tpot <= l->tpot);
}

/* Both times grow with the batch: low meets the limits, high does not or is not allowed. Three batches in between
 * are looked at side by side, since each answer is waited for. */
static lanes
batch_within(const struct cycle *c, struct batches *t, lanes long_input, lanes ttft_limit, lanes tpot_limit)
{
    const struct capacity_system *s = &c->m->sys;
    const struct limits l = { lone_of(c->m, long_input, c->cached, prefill_of(s, long_input, c->cached)), ttft_limit, tpot_limit };
    const lanes most_of = least(batch_max(s, c->input, c->output), splat(s->batch_cap));
    const mask all = meets(&l, c, t, most_of);
    lanes low = either(all, most_of, splat(0)), high = either(all, most_of + 1, most_of);

    for (mask open = high - low > splat(1); any(open); open = high - low > splat(1)) {
        const lanes b = floor_of((low + high) / 2), a = floor_of((low + b) / 2), d = floor_of((b + high) / 2);
        const mask good_a = meets(&l, c, t, a), good_b = meets(&l, c, t, b), good_d = meets(&l, c, t, d);
        const lanes from = either(good_d, d, either(good_b, b, either(good_a, a, low)));
        const lanes to = either(good_a, either(good_b, either(good_d, high, d), b), a);
        low = either(open, from, low);
        high = either(open, to, high);
    }
    return low;
}

/* A figure that was measured is held to its limit as it is, at whatever batch. */
static lanes
batch_of(const struct scope *x, const struct cycle *c, struct batches *t, const struct lengths *lengths, lanes factor_tok_s,
         lanes factor_ttft)
{
    const struct kernel_facts *f = x->f;

    if (f->concurrency_typed) {
        lanes typed = ARM(concurrency);
        return f->throughput_typed ? typed : least(typed, batch_max(&c->m->sys, c->input, c->output));
    }
    bool ttft_free = f->ttft_typed || !is_known(&x->s->ttft_limit_ms), tpot_free = f->tpot_typed || !is_known(&x->s->tpot_limit_ms);
    if (ttft_free && tpot_free)
        return above(least(batch_max(&c->m->sys, c->input, c->output), splat(c->m->sys.batch_cap)), 1);
    lanes ttft = ttft_free ? splat(INFINITY) : SCENARIO(ttft_limit_ms) / 1000 / factor_ttft;
    lanes tpot = tpot_free ? splat(INFINITY) : SCENARIO(tpot_limit_ms) / 1000 * factor_tok_s;
    return above(batch_within(c, t, c->input * lengths->longest, ttft, tpot), 1);
}

struct replica {
    lanes tok_s, mu, batch, ttft, tpot, need;
};

static lanes
rate_of(lanes tok_s, const struct attempt *l, bool all)
{
    lanes tokens = all ? l->input + l->output : l->output;

    return either(tokens > splat(0), tok_s / tokens, splat(NAN));
}

static void
compute_replica(struct replica *r, const struct scope *x, const struct replica_machine *m, const struct attempt *l,
                const struct lengths *lengths, struct batches *t)
{
    const lanes factor_tok_s = ARM(throughput_factor), factor_ttft = ARM(ttft_factor);
    struct cycle c;
    struct steady at;

    cycle_of(&c, m, l->input, l->output, ARM(own_cached_share));
    r->batch = batch_of(x, &c, t, lengths, factor_tok_s, factor_ttft);
    const lanes cycle = steady_with(&at, &c, r->batch, touched_by(t, m, r->batch));
    lanes factor = x->f->ttft_typed ? ARM(ttft_ms) / 1000 / ttft_of(&at, &c, l->input) : factor_ttft;
    r->ttft = factor * ttft_of(&at, &c, l->input * lengths->longest);
    r->tpot = either(unknown(r->tpot), at.tpot / factor_tok_s, r->tpot);
    if (x->f->throughput_typed)
        return;
    r->tok_s = r->batch * l->output / cycle * factor_tok_s;
    r->mu = rate_of(r->tok_s, l, false);
}

static void
run_replica(const struct stage *t, int from, int to)
{
    const struct replica_machine *m = &t->machine;
    const struct capacity_system *s = &m->sys;
    struct scope scope = scope_of(t), *x = &scope;
    struct lengths lengths = { .made = false };
    struct batches batches;
    struct attempt l;
    struct replica r;

    batches.made = false;
    for (x->i = (size_t)from; x->i < (size_t)to; x->i += LANES) {
        lengths_of(&lengths, x);
        attempt_of(&l, x);
        r.tok_s = ARM(throughput_tok_s);
        r.batch = ARM(concurrency);
        r.ttft = ARM(ttft_ms) / 1000;
        r.tpot = ARM(tpot_ms) / 1000;
        r.mu = r.need = splat(NAN);
        if (m->present) {
            r.need = splat(s->need_gib);
            if (s->fits)
                r.need = most(r.need, s->need_gib + s->kv_bytes_token * occupied(s, l.input * lengths.longest, l.output) / GIB);
        }
        if (x->f->throughput_typed) {
            r.mu = rate_of(r.tok_s, &l, x->f->counts_all);
            if (!x->f->tpot_typed && x->f->concurrency_typed)
                r.tpot = either(l.output > splat(0), r.batch / (r.mu * l.output), r.tpot);
        }
        if (m->present && s->fits)
            compute_replica(&r, x, m, &l, &lengths, &batches);
        store(t, 0, x->i, r.mu);
        store(t, 1, x->i, r.batch);
        store(t, 2, x->i, r.ttft);
        store(t, 3, x->i, r.tpot);
        store(t, 4, x->i, (m->present ? splat(s->have_gib) : splat(NAN)) - r.need);
        store(t, 5, x->i, r.tok_s);
        store(t, 6, x->i, t->value != NULL ? splat(0) : lost_of(r.mu));
    }
}

#endif
