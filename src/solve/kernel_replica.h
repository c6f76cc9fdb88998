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
    lanes own;    /* as lone, of a long prompt                                                */
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
lone_of(const struct replica_machine *m, lanes input, lanes cached)
{
    const struct capacity_system *s = &m->sys;
    const lanes fresh = input * (1 - cached), computed = s->pipe * prefill_of(s, input, cached);
    if (!any(~(computed >= splat(s->read_s + s->read_routed_s)))) /* whatever of the experts is read */
        return computed + s->prefill_fixed_s;
    lanes read = s->read_s + s->read_routed_s * touched(m, least(fresh, splat(TOKENS_TOUCHING)));

    return most(computed, read) + s->prefill_fixed_s;
}

static void
cycle_of(struct cycle *c, const struct replica_machine *m, lanes input, lanes output, lanes cached, lanes long_input)
{
    c->m = m;
    c->input = input;
    c->output = output;
    c->cached = cached;
    c->kv = m->sys.kv_token_s * windowed(&m->sys, input + output / 2);
    c->prefill = prefill_of(&m->sys, input, cached);
    c->lone = lone_of(m, input, cached);
    c->own = lone_of(m, long_input, cached);
    c->each_s = 1 / (output - 1);
}

struct steady {
    lanes ttft, tpot;
};

/* A step takes so long, and each request of the batch so much more. */
static inline lanes
first_of_step(const struct capacity_system *s, lanes touched)
{
    return s->pipe * (s->weights_s + touched * s->routed_s + s->network_s + s->engine_s);
}

static inline lanes
each_of_step(const struct capacity_system *s, const struct cycle *c)
{
    return s->compute_seq_s + s->network_seq_s + s->sequence_s + c->kv;
}

#define READ_TO_WRITTEN (0.9 / (1 - 0.9)) /* at most */

/* touched: of a stage's share of the batch. The prefill's share of a cycle, held to 0.9, is to the rest what the
 * prefill of the batch is to its output. */
static inline lanes
steady_with(struct steady *a, const struct cycle *c, lanes batch, lanes touched)
{
    const struct capacity_system *s = &c->m->sys;
    const lanes step = first_of_step(s, touched) + batch * each_of_step(s, c);
    const lanes written = c->output * step, read = batch * c->prefill, cycle = written + read;
    const lanes wait = 0.5 * c->prefill * lowered_to(read / written, splat(READ_TO_WRITTEN));
    const lanes stalled = (cycle - lowered_to(c->lone + wait, 0.9 * cycle)) * c->each_s;

    a->ttft = c->m->ttft_floor_s + c->lone + c->m->admission * step + wait;
    a->tpot = either(c->output > splat(1), raised_to(stalled, step), step);
    return cycle;
}

/* What the first whole batches touch, since searches try many of them over and over. */
#define BATCHES 1024
struct batches {
    int n;
    lanes last;
    double touched[BATCHES];
};

static void
batches_up_to(struct batches *t, const struct replica_machine *m, double most_of)
{
    double at[LANES];

    for (; t->n <= most_of; t->n += LANES) {
        for (int j = 0; j < LANES; j++)
            at[j] = t->n + j;
        put_doubles(t->touched + t->n, touched(m, load_doubles(at) / m->sys.pipe));
    }
}

static lanes
touched_by(struct batches *t, const struct replica_machine *m, lanes batch)
{
    if (!m->sys.moe)
        return splat(1);
    if (any(~(batch < splat(BATCHES)) | (floor_of(batch) != batch)))
        return touched(m, batch / m->sys.pipe);
    if (any(batch >= splat(t->n)))
        for (int j = 0; j < LANES; j++)
            batches_up_to(t, m, batch[j]);
    return pick(t->touched, batch);
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
    bool has_ttft, has_tpot;
    lanes ttft, tpot;
    lanes per_ttft, per_tpot; /* one over each */
};

/* Whether a batch keeps the limits, and by how much it goes beyond the nearer one, as a share of it. */
static inline mask
meets(const struct limits *l, const struct cycle *c, struct batches *t, lanes batch, lanes *beyond)
{
    struct steady a;

    steady_with(&a, c, batch, touched_by(t, c->m, batch));
    const lanes ttft = a.ttft - c->lone + c->own;
    *beyond = raised_to(ttft * l->per_ttft, a.tpot * l->per_tpot) - 1;
    return (ttft <= l->ttft) & (a.tpot <= l->tpot);
}

/* About the batch that keeps the limits, were as much touched by any. The time to the first token rises by a step's part of
 * each request and by the wait, which is the lesser of two: as for a cycle that reads as much as it may, or as it is. */
static inline lanes
batch_about(const struct limits *l, const struct cycle *c, lanes touched)
{
    const struct capacity_system *s = &c->m->sys;
    const lanes first = first_of_step(s, touched), each = each_of_step(s, c), admitted = c->m->admission * each;
    lanes about = splat(INFINITY);

    if (l->has_ttft) {
        const lanes left = above(l->ttft - c->m->ttft_floor_s - c->own - c->m->admission * first, 0);
        const lanes square = admitted * each * c->output, half = 0.5 * c->prefill * c->prefill;
        const lanes once = (admitted * first - left * each) * c->output + half;
        const lanes root = root_of(once * once + 4 * square * left * first * c->output);
        about = raised_to((left - 0.5 * READ_TO_WRITTEN * c->prefill) / admitted, (root - once) / (2 * square));
    }
    if (l->has_tpot)
        about = lowered_to(about, lowered_to((l->tpot * (c->output - 1) + c->lone - c->output * first) / (c->output * each + c->prefill),
                                             (l->tpot - first) / each));
    return about;
}

#define ROUNDS_OF_SECANTS 4

/* Both times grow with the batch: low meets the limits, high does not or is not allowed. Two neighbours are looked at
 * side by side, and the line through them says where to look next; where it misleads, halves do. */
static lanes
batch_within(const struct cycle *c, struct batches *t, const struct limits *l)
{
    const struct capacity_system *s = &c->m->sys;
    const lanes most_of = least(batch_max(s, c->input, c->output), splat(s->batch_cap));
    lanes low = splat(0), high = most_of + 1, b = batch_about(l, c, t->last), over, over_2;

    if (!any(b < most_of) && !any(~meets(l, c, t, most_of, &over)))
        return most_of;
    for (int round = 1; any(high - low > splat(1)); round++) {
        b = raised_to(lowered_to(floor_of(b), high - 1), low);
        const mask good = meets(l, c, t, b, &over), good_2 = meets(l, c, t, b + 1, &over_2) & (b + 1 < high);
        const lanes next = b - over / (over_2 - over), from = either(good, b, low), to = either(good, high, b);
        low = raised_to(either(good_2, b + 1, from), low);
        high = lowered_to(either(good_2, to, lowered_to(b + 1, to)), high);
        b = round < ROUNDS_OF_SECANTS ? next : 0.5 * (low + high);
    }
    t->last = touched_by(t, c->m, low);
    return low;
}

/* A figure that was measured is held to its limit as it is, at whatever batch. */
static lanes
batch_of(const struct scope *x, const struct cycle *c, struct batches *t, lanes factor_tok_s, lanes factor_ttft)
{
    const struct kernel_facts *f = x->f;

    if (f->concurrency_typed) {
        lanes typed = ARM(concurrency);
        return f->throughput_typed ? typed : least(typed, batch_max(&c->m->sys, c->input, c->output));
    }
    struct limits l = { .has_ttft = !f->ttft_typed && is_known(&x->s->ttft_limit_ms),
                        .has_tpot = !f->tpot_typed && is_known(&x->s->tpot_limit_ms) };
    if (!l.has_ttft && !l.has_tpot)
        return above(least(batch_max(&c->m->sys, c->input, c->output), splat(c->m->sys.batch_cap)), 1);
    l.ttft = l.has_ttft ? SCENARIO(ttft_limit_ms) / 1000 / factor_ttft : splat(INFINITY);
    l.tpot = l.has_tpot ? SCENARIO(tpot_limit_ms) / 1000 * factor_tok_s : splat(INFINITY);
    l.per_ttft = 1 / l.ttft;
    l.per_tpot = 1 / l.tpot;
    return above(batch_within(c, t, &l), 1);
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

    cycle_of(&c, m, l->input, l->output, ARM(own_cached_share), l->input * lengths->longest);
    r->batch = batch_of(x, &c, t, factor_tok_s, factor_ttft);
    const lanes cycle = steady_with(&at, &c, r->batch, touched_by(t, m, r->batch));
    const lanes factor = x->f->ttft_typed ? ARM(ttft_ms) / 1000 / at.ttft : factor_ttft;
    r->ttft = factor * (at.ttft - c.lone + c.own);
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

    batches.n = 0;
    batches.last = splat(1);
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
