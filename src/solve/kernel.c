/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "kernel.h"
#include "lanes.h"

/*
 * The model for a few samples at once, section by section as in src/model, whose files say what
 * each formula is and where it comes from.  This file is compiled once for any machine and once
 * for those with AVX2 and FMA; tests compare both with the plain path.
 */

#if defined KERNEL_AVX2
#define KERNEL_RUN kernel_run_avx2
#else
#define KERNEL_RUN kernel_run_plain
#endif

#define HOURS 24
#define Z90 1.6448536269514722
#define LONGEST_WAIT_S 3600.0

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

/* ---- the calendar --------------------------------------------------------------------------- */

#define MONTHS (HORIZON_MAX + 4)

/* Sums over months 1..m stand at [m]; a weight is the share of products that live times the discount. */
struct calendar {
    int months;
    lanes days, tax, sigma, long_prompt, median_prompt, api_keep;
    lanes grown[MONTHS], requests[MONTHS], alive[MONTHS], discount[MONTHS], weight[MONTHS];
    lanes api_path[MONTHS], gpu_path[MONTHS];
    lanes weights[HORIZON_MAX + 1];  /* of weight                      */
    lanes asked[HORIZON_MAX + 1];    /* of requests x weight           */
    lanes bought[HORIZON_MAX + 1];   /* of requests x api_path x weight */
};

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
        return splat(exp(log1p(-f->value) / 12));
    const lanes drift = of(f, i);
    return either(drift == splat(0), splat(1), exp_of(log_of(1 - drift) / 12));
}

/* Four chains side by side: one alone would wait for each product. Writes up to three months more. */
static void
compound(lanes *out, int months, lanes first, lanes by)
{
    const lanes by_2 = by * by, by_4 = by_2 * by_2;
    lanes a = first, b = first * by, c = first * by_2, d = b * by_2;

    for (int m = 0; m < months; m += 4) {
        out[m] = a;
        out[m + 1] = b;
        out[m + 2] = c;
        out[m + 3] = d;
        a *= by_4;
        b *= by_4;
        c *= by_4;
        d *= by_4;
    }
}

static void
prompts(struct calendar *c, const struct figure *length_cv, size_t i)
{
    if (length_cv->x == NULL) {
        double sigma = length_cv->value > 0 ? sqrt(log1p(length_cv->value * length_cv->value)) : 0;
        double median = exp(-0.5 * sigma * sigma);
        c->sigma = splat(sigma);
        c->median_prompt = splat(median);
        c->long_prompt = splat(median * exp(Z90 * sigma));
        return;
    }
    const lanes cv = of(length_cv, i);
    c->sigma = either(cv > splat(0), root_of(log_of(1 + cv * cv)), splat(0));
    c->median_prompt = exp_of(-0.5 * c->sigma * c->sigma);
    c->long_prompt = c->median_prompt * exp_of(Z90 * c->sigma);
}

/* What a figure says that is the same in all samples is made once, at first. */
static void
calendar_of(struct calendar *c, const struct kernel_scenario *s, int months, unsigned kinds, size_t i, bool first)
{
    const lanes one = splat(1);

#define DUE(member) (first || s->member.x != NULL)
    if (DUE(hazard))
        compound(c->alive, months, one, 1 - of(&s->hazard, i));
    if (DUE(discount_rate)) {
        lanes df = monthly(&s->discount_rate, i, -1);
        compound(c->discount, months, df, df);
    }
    if (DUE(api_change) && (first || (kinds & KINDS_TOKENS)))
        compound(c->api_path, months, one, monthly(&s->api_change, i, 1));
    if (DUE(gpu_change) && (first || (kinds & KINDS_SERVED)))
        compound(c->gpu_path, months, one, monthly(&s->gpu_change, i, 1));
    if (DUE(length_cv))
        prompts(c, &s->length_cv, i);
    if (DUE(api_drift) && (first || (kinds & KIND(ARM_API))))
        c->api_keep = s->api_drift.x == NULL && s->api_drift.value == 0 ? one : drift_keep(&s->api_drift, i);
    const lanes requests = of(&s->requests, i), cap = of(&s->growth_cap, i);
    lanes weights = splat(0), asked = weights, bought = weights;
    if (DUE(growth))
        compound(c->grown, months, one, 1 + of(&s->growth, i));
#undef DUE
    c->months = months;
    c->days = of(&s->days, i);
    c->tax = 1 + of(&s->tax, i);
    c->weights[0] = c->asked[0] = c->bought[0] = weights;
    for (int m = 0; m < months; m++) {
        c->requests[m] = requests * either(c->grown[m] < cap, c->grown[m], cap);
        c->weight[m] = c->alive[m] * c->discount[m];
        lanes share = c->requests[m] * c->weight[m];
        c->weights[m + 1] = weights += c->weight[m];
        c->asked[m + 1] = asked += share;
        c->bought[m + 1] = bought += share * c->api_path[m];
    }
}

/* ---- what one stint costs and delivers ------------------------------------------------------------ */

struct outcome {
    lanes once;
    lanes paid_usd;                 /* all lines after time 0, discounted; tax and hazard in */
    lanes month[HORIZON_MAX];       /* the same by month, where bands are asked for          */
    lanes run;                      /* api, gpu and people of the stint's first month        */
    lanes quality, quality_month[MONTHS];
    bool even;                      /* quality is the same in all months, which are not filled */
    lanes ttft_p95, ttft_p50, tpot;
    lanes paid, busy, replicas;     /* replica-hours; at the peak of the first month         */
    lanes need, have, tok_s;
    lanes labels, context, output;  /* trained; tokens needed; own tokens of an answer       */
    bool sized;                     /* throughput is known                                   */
};

/* What is being computed: one stint of one job for the samples from i on. */
struct scope {
    const struct kernel *k;
    const struct kernel_stint *st;
    const struct kernel_arm *a;
    const struct calendar *cal;
    size_t i;
    lanes share;
    bool bands;
    struct outcome *o;
};

static inline void
pay_month(const struct scope *x, int m, lanes usd)
{
    x->o->paid_usd += usd * x->cal->weight[m];
    if (x->bands)
        x->o->month[m] += usd * x->cal->alive[m];
}

/* The same in each month of the stint. */
static void
pay_months(const struct scope *x, lanes usd)
{
    x->o->paid_usd += usd * (x->cal->weights[x->st->to] - x->cal->weights[x->st->from - 1]);
    for (int m = x->st->from - 1; x->bands && m < x->st->to; m++)
        x->o->month[m] += usd * x->cal->alive[m];
}

/* Owed whether the product lives or not. */
static inline void
pay_owed(const struct scope *x, int m, lanes usd)
{
    x->o->paid_usd += usd * x->cal->discount[m];
    if (x->bands)
        x->o->month[m] += usd;
}

static inline void
pay_once(const struct scope *x, lanes usd)
{
    if (x->st->from == 1)
        x->o->once += usd;
    else
        pay_month(x, x->st->from - 2, usd);
}

/* ---- an attempt in own tokens (section 2) ------------------------------------------------------ */

struct attempt {
    lanes input, output, read, write, attempts, batch;
};

static void
attempt_of(struct attempt *l, const struct scope *x)
{
    const struct kernel_scenario *s = &x->k->scenario;
    const struct kernel_arm *a = x->a;
    const lanes tau = of(&a->tokenizer_factor, x->i);

    l->read = of(&s->cached, x->i);
    l->write = of(&s->written, x->i);
    l->batch = of(&s->batch_share, x->i);
    l->attempts = 1 + (is_known(&a->extra_attempts) ? of(&a->extra_attempts, x->i) : of(&s->extra_attempts, x->i));
    l->input = of(&s->input, x->i);
    l->output = of(&s->output, x->i);
    if ((KIND(a->kind) & KINDS_TUNED) && !is_zero(&a->prompt_saved_tokens)) {
        lanes saved = of(&a->prompt_saved_tokens, x->i), cached = l->read * l->input, input;
        mask saves = saved > splat(0);
        saved = either(saved < l->input, saved, l->input);
        cached = either(cached > saved, cached - saved, splat(0));
        input = l->input - saved;
        l->read = either(saves, either(input > splat(0), cached / input, splat(0)), l->read);
        l->input = either(saves, input, l->input);
    }
    l->input *= tau;
    l->output *= tau * of(&a->output_factor, x->i);
}

/* ---- tokens (section 4) --------------------------------------------------------------------------- */

struct prices {
    lanes input, output, read, write, batch_input, batch_output;
    bool has_read, has_write, has_batch_input, has_batch_output;
};

static void
prices_of(struct prices *p, const struct price_span *span, const struct kernel_arm *a, size_t i)
{
    const struct token_price *t = &span->price;

#define PRICE(member, of_arm, of_list) \
    p->member = span->own ? of(&a->of_arm, i) : splat(t->of_list)
    PRICE(input, input_usd_mtok, input);
    PRICE(output, output_usd_mtok, output);
    PRICE(read, cache_read_usd_mtok, cache_read);
    PRICE(write, cache_write_usd_mtok, cache_write);
    PRICE(batch_input, batch_input_usd_mtok, batch_input);
    PRICE(batch_output, batch_output_usd_mtok, batch_output);
#undef PRICE
    p->has_read = span->own ? is_known(&a->cache_read_usd_mtok) : t->cache_read == t->cache_read;
    p->has_write = span->own ? is_known(&a->cache_write_usd_mtok) : t->cache_write == t->cache_write;
    p->has_batch_input = span->own ? is_known(&a->batch_input_usd_mtok) : t->batch_input == t->batch_input;
    p->has_batch_output = span->own ? is_known(&a->batch_output_usd_mtok) : t->batch_output == t->batch_output;
}

/* Lanes whose prompts may reach a tier, one by one. */
static lanes
with_tiers(const struct price_span *span, const struct prices *p, const struct attempt *l, lanes sigma)
{
    lanes usd = splat(0);

    for (int j = 0; j < LANES; j++) {
        const struct token_price t = { p->input[j], p->output[j], p->read[j], p->write[j],
                                       p->has_batch_input ? p->batch_input[j] : NAN,
                                       p->has_batch_output ? p->batch_output[j] : NAN };
        const struct priced_attempt a = { l->input[j], l->output[j], l->read[j], l->write[j], l->batch[j], sigma[j] };
        usd[j] = attempt_price_usd(&t, span->tiers, span->n_tiers, &a);
    }
    return usd;
}

/* Is every prompt so far below the lowest tier that none in 10^18 reaches it? */
static bool
below_tiers(const struct price_span *span, const struct attempt *l, lanes sigma)
{
    const double lowest = span->tiers[0].above_tokens;
    mask near;

    if (!(lowest > 0))
        return false;
    lanes distance = log_of(splat(lowest) / l->input) - 0.5 * sigma * sigma; /* mu + sigma^2 = ln I + sigma^2/2 */
    near = ~(distance > 9 * sigma) | ~(l->input < splat(lowest));
    return !any(near);
}

static lanes
attempt_price(const struct price_span *span, const struct prices *p, const struct attempt *l, lanes sigma)
{
    if (span->n_tiers > 0 && !below_tiers(span, l, sigma))
        return with_tiers(span, p, l, sigma);
    lanes read = p->has_read ? p->read : p->input, write = p->has_write ? p->write : p->input;
    lanes input = (1 - l->read - l->write) * p->input + either(l->read > splat(0), l->read * read, splat(0)) +
                  either(l->write > splat(0), l->write * write, splat(0));
    lanes usd = 1e-6 * (l->input * input + l->output * p->output);
    if (!p->has_batch_input && !p->has_batch_output)
        return usd;
    lanes in_batch = 1e-6 * (l->input * (p->has_batch_input ? p->batch_input : input) +
                             l->output * (p->has_batch_output ? p->batch_output : p->output));
    return either(l->batch < splat(1), usd * (1 - l->batch), splat(0)) +
           either(l->batch > splat(0), in_batch * l->batch, splat(0));
}

static void
buy_tokens(const struct scope *x, const struct attempt *l, lanes migration_usd, lanes release)
{
    const struct kernel_stint *st = x->st;
    const struct calendar *cal = x->cal;
    const lanes minimum = of(&x->a->monthly_minimum_usd, x->i), fee = of(&x->a->platform_fee_usd_month, x->i);
    const lanes keep = 1 - of(&x->a->committed_discount, x->i), scale = x->share * cal->days * keep * l->attempts;
    const int spans = st->spans.tokens ? st->spans.n : 1;
    const bool no_minimum = is_zero(&x->a->monthly_minimum_usd);
    struct prices p;

    for (int k = 0, m = st->from - 1; k < spans; k++) {
        const struct price_span *span = &st->spans.list[k];
        lanes unit = splat(0);
        if (st->spans.tokens) {
            prices_of(&p, span, x->a, x->i);
            unit = attempt_price(span, &p, l, cal->sigma) * scale;
        }
        const int from = m, to = st->spans.tokens ? span->to : st->to;
        m = to;
        if (from == st->from - 1)
            x->o->run += (larger_of(cal->requests[from] * cal->api_path[from] * unit, minimum) + fee) * cal->tax * cal->alive[from];
        if (no_minimum && !x->bands) {
            x->o->paid_usd += (unit * (cal->bought[to] - cal->bought[from]) + fee * (cal->weights[to] - cal->weights[from])) * cal->tax;
            continue;
        }
        for (int t = from; t < to; t++)
            pay_month(x, t, (larger_of(cal->requests[t] * cal->api_path[t] * unit, minimum) + fee) * cal->tax);
    }
    for (int m = st->from - 1; m < st->to; m++)
        if (month_bit(st->spans.migrations, m)) {
            pay_month(x, m, migration_usd + release * cal->tax);
            if (m == 0)
                x->o->run += migration_usd;
        }
}

/* ---- one replica (section 5) ------------------------------------------------------------------------ */

struct replica {
    lanes tok_s, mu, batch, ttft, ttft_p50, tpot, need, have;
    bool rated; /* mu is known unless a lane lacks tokens */
};

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
    lanes fresh = input * (1 - cached);
    lanes read = s->read_s + s->read_routed_s * touched(m, least(fresh, splat(TOKENS_TOUCHING)));

    return most(s->pipe * occupancy, read) + s->prefill_fixed_s;
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
}

struct steady {
    lanes tok_s, ttft, tpot;
};

static void
steady_at(struct steady *a, const struct cycle *c, lanes batch)
{
    const struct capacity_system *s = &c->m->sys;
    const lanes b = batch / s->pipe;
    const lanes step = s->pipe * (s->weights_s + touched(c->m, b) * s->routed_s + s->network_s + s->engine_s +
                                  b * (s->compute_seq_s + s->network_seq_s + s->sequence_s + c->kv));
    const lanes cycle = c->output * step + batch * c->prefill;
    const lanes share = least(splat(0.9), batch * c->prefill / cycle);
    const lanes wait = share * c->prefill / (2 * (1 - share));
    const lanes stalled = (cycle - least(c->lone + wait, 0.9 * cycle)) / (c->output - 1);

    a->tok_s = batch * c->output / cycle;
    a->ttft = c->m->ttft_floor_s + c->lone + c->m->admission * step + wait;
    a->tpot = either(c->output > splat(1), most(step, stalled), step);
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

/* Both times grow with the batch: low meets the limits, high does not or is not allowed. */
static lanes
batch_within(const struct cycle *c, lanes long_input, lanes ttft_limit, lanes tpot_limit)
{
    const struct capacity_system *s = &c->m->sys;
    lanes low = splat(0), high = least(batch_max(s, c->input, c->output), splat(s->batch_cap)) + 1, at = high - 1;
    lanes own = lone_of(c->m, long_input, c->cached, prefill_of(s, long_input, c->cached));
    struct steady a;

    for (mask open; open = high - low > splat(1), any(open); at = floor_of((low + high) / 2)) {
        steady_at(&a, c, at);
        mask good = (a.ttft - c->lone + own <= ttft_limit) & (a.tpot <= tpot_limit);
        low = either(open & good, at, low);
        high = either(open & ~good, at, high);
    }
    return low;
}

static void
rate(struct replica *r, const struct attempt *l, bool all)
{
    lanes tokens = all ? l->input + l->output : l->output;

    r->mu = either(tokens > splat(0), r->tok_s / tokens, splat(NAN));
    r->rated = true;
}

/* A figure that was measured is held to its limit as it is, at whatever batch. */
static lanes
batch_of(const struct scope *x, const struct cycle *c, lanes factor_tok_s, lanes factor_ttft)
{
    const struct kernel_scenario *s = &x->k->scenario;
    const struct kernel_arm *a = x->a;

    if (a->concurrency_typed) {
        lanes typed = of(&a->concurrency, x->i);
        return a->throughput_typed ? typed : least(typed, batch_max(&c->m->sys, c->input, c->output));
    }
    bool ttft_free = a->ttft_typed || !is_known(&s->ttft_limit_ms), tpot_free = a->tpot_typed || !is_known(&s->tpot_limit_ms);
    if (ttft_free && tpot_free)
        return above(least(batch_max(&c->m->sys, c->input, c->output), splat(c->m->sys.batch_cap)), 1);
    lanes ttft = ttft_free ? splat(INFINITY) : of(&s->ttft_limit_ms, x->i) / 1000 / factor_ttft;
    lanes tpot = tpot_free ? splat(INFINITY) : of(&s->tpot_limit_ms, x->i) / 1000 * factor_tok_s;
    return above(batch_within(c, c->input * x->cal->long_prompt, ttft, tpot), 1);
}

static void
compute_replica(struct replica *r, const struct scope *x, const struct attempt *l)
{
    const struct kernel_arm *a = x->a;
    const lanes factor_tok_s = of(&a->throughput_factor, x->i), factor_ttft = of(&a->ttft_factor, x->i);
    struct cycle c;
    struct steady at;

    cycle_of(&c, &x->st->machine, l->input, l->output, of(&a->own_cached_share, x->i));
    r->batch = batch_of(x, &c, factor_tok_s, factor_ttft);
    steady_at(&at, &c, r->batch);
    lanes factor = a->ttft_typed ? of(&a->ttft_ms, x->i) / 1000 / ttft_of(&at, &c, l->input) : factor_ttft;
    r->ttft = factor * ttft_of(&at, &c, l->input * x->cal->long_prompt);
    r->ttft_p50 = factor * ttft_of(&at, &c, l->input * x->cal->median_prompt);
    r->tpot = either(unknown(r->tpot), at.tpot / factor_tok_s, r->tpot);
    if (a->throughput_typed)
        return;
    r->tok_s = at.tok_s * factor_tok_s;
    rate(r, l, false);
}

static void
replica_of(struct replica *r, const struct scope *x, const struct attempt *l)
{
    const struct kernel_arm *a = x->a;
    const struct capacity_system *s = &x->st->machine.sys;

    r->tok_s = of(&a->throughput_tok_s, x->i);
    r->batch = of(&a->concurrency, x->i);
    r->ttft = r->ttft_p50 = of(&a->ttft_ms, x->i) / 1000;
    r->tpot = of(&a->tpot_ms, x->i) / 1000;
    r->mu = r->need = r->have = splat(NAN);
    r->rated = false;
    if (x->st->machine.present) {
        r->have = splat(s->have_gib);
        r->need = splat(s->need_gib);
        if (s->fits)
            r->need = most(r->need, s->need_gib + s->kv_bytes_token *
                                        occupied(s, l->input * x->cal->long_prompt, l->output) / GIB);
    }
    if (a->throughput_typed) {
        rate(r, l, a->counts_all);
        if (!a->tpot_typed && a->concurrency_typed)
            r->tpot = either(l->output > splat(0), r->batch / (r->mu * l->output), r->tpot);
    }
    if (x->st->machine.present && s->fits)
        compute_replica(r, x, l);
}

/* ---- waiting for a slot ------------------------------------------------------------------------------ */

/* Where nobody waits for long whatever the distribution: 2 Poisson(c; a)/(1 - a/c) <= 0.05, with
 * Stirling's series, which needs c >= 12. */
static mask
hardly_waits(lanes c, lanes a)
{
    lanes i = 1 / c, i2 = i * i;
    lanes series = i * (1.0 / 12 - i2 * (1.0 / 360 - i2 * (1.0 / 1260 - i2 / 1680)));
    lanes density = c * log_of(a / c) + (c - a) - 0.5 * log_of(6.28318530717958648 * c) - series;
    mask many = (c >= splat(12)) & (a > splat(0)) & (a < c);

    /* Of a hair above the bound the waits themselves decide. */
    return (many & (2 * exp_of(density) <= 0.0499999 * (1 - a / c))) | (a <= splat(0));
}

struct serving {
    struct replica r;
    lanes least, spare, extra, per_request, attempt_s, peak;
    mask sized; /* lanes whose throughput is known */
    lanes shape[13];
    mask slow;
};

static inline lanes
replicas_of(const struct serving *v, lanes requests, lanes shape)
{
    /* Without a throughput: the least. */
    return raised_to(ceil_of(requests * v->per_request * shape - 1e-9), v->least);
}

/* Replicas for latency, and the waits that are left, at the worst month's peak. */
static void
queue_up(struct serving *v, const struct scope *x, lanes busiest, lanes *p95, lanes *p50)
{
    const struct kernel_scenario *s = &x->k->scenario;
    const struct replica *r = &v->r;
    const lanes n = replicas_of(v, busiest, v->peak), limit = of(&s->ttft_limit_ms, x->i) / 1000;
    const lanes spread = 0.5 * (of(&s->arrival_scv, x->i) + of(&s->service_scv, x->i));
    const mask asked = v->sized & ~unknown(r->batch) & ~unknown(busiest);
    const mask quick = hardly_waits(n * r->batch, busiest * v->attempt_s * v->peak * r->batch / r->mu);

    v->extra = splat(0);
    *p95 = *p50 = either(asked, splat(0), splat(NAN));
    if (!any(asked & ~quick))
        return;
    for (int j = 0; j < LANES; j++) {
        const struct replica_queue q = { busiest[j], v->attempt_s[j], v->per_request[j], v->peak[j], v->least[j],
                                         r->mu[j], r->batch[j], spread[j] };
        double a, b;
        if (!asked[j] || quick[j])
            continue;
        if (limit[j] == limit[j] && r->ttft[j] <= limit[j])
            v->extra[j] = queue_replicas_for(&q, limit[j], r->ttft[j]);
        queue_waits_at(&q, v->extra[j], &a, &b);
        (*p95)[j] = a;
        (*p50)[j] = b;
    }
}

/* ---- replicas and their hours --------------------------------------------------------------------------- */

static void
shape_of(struct serving *v, const struct scope *x, const struct attempt *l)
{
    const lanes k = of(&x->k->scenario.peak_to_average, x->i);
    const lanes top = (1 - l->batch) * either(k > splat(1), k, splat(1));

    v->peak = either(top > splat(1), top, splat(1));
    v->slow = of(&x->a->startup_minutes, x->i) > splat(10);
    for (int j = 0; x->a->follow && j < LANES; j++) {
        double day[HOURS], filled[HOURS];
        workload_day_shape(k[j], day);
        workload_fill_valleys(day, l->batch[j], filled);
        for (int h = 0; h <= HOURS / 2; h++)
            v->shape[h][j] = filled[h];
    }
}

struct day {
    lanes paid, beyond;
};

static inline void
day_add(struct day *d, const struct serving *v, lanes n, double hours, lanes committed)
{
    lanes all = n + v->extra + v->spare;

    d->paid += hours * larger_of(all, committed);
    d->beyond += hours * either((all > committed) | unknown(all), all - committed, splat(0));
}

static struct day
day_of(const struct serving *v, bool follow, lanes requests, lanes committed)
{
    struct day d = { splat(0), splat(0) };

    if (!follow) {
        day_add(&d, v, replicas_of(v, requests, v->peak), HOURS, committed);
        return d;
    }
    lanes now = replicas_of(v, requests, v->shape[0]);
    for (int h = 1; h <= HOURS / 2; h++) {
        lanes next = replicas_of(v, requests, v->shape[h]), busier = either(next > now, next, now);
        day_add(&d, v, either(v->slow, busier, now), 1, committed);
        day_add(&d, v, either(v->slow, busier, next), 1, committed);
        now = next;
    }
    return d;
}

static lanes
replica_price(const struct kernel_arm *a, size_t i)
{
    lanes price = a->kind == ARM_HOSTED_TUNED ? of(&a->endpoint_usd_h, i) : of(&a->gpu_price_usd_h, i) * of(&a->gpus_per_replica, i);

    return price * (1 + of(&a->overhead_share, i)) * of(&a->bill_share, i);
}

static void
run_months(const struct scope *x, const struct serving *v)
{
    const struct calendar *cal = x->cal;
    const struct kernel_stint *st = x->st;
    const struct kernel_arm *a = x->a;
    const bool commits = !is_zero(&a->commit_replicas) && !is_zero(&a->commit_months);
    const lanes hour = replica_price(a, x->i), price = cal->days * hour * cal->tax;
    const lanes held = of(&a->commit_replicas, x->i), term = of(&a->commit_months, x->i);
    const lanes owed = either(held > splat(0), held * HOURS * price * (1 - of(&a->commit_discount, x->i)) *
                                                   cal->gpu_path[st->from - 1], splat(0));
    const lanes work = HOURS * cal->days * v->attempt_s * x->share / v->r.mu;
    lanes committed = splat(0);

    const lanes idle = v->extra + v->spare;
    lanes paid = splat(0), asked = paid, usd = paid;
    if (!commits && !a->follow) {
        const lanes scale = x->share * v->per_request * v->peak, month = price * HOURS;
        for (int m = st->from - 1; m < st->to; m++) {
            lanes all = raised_to(ceil_of(cal->requests[m] * scale - 1e-9), v->least) + idle;
            asked += cal->requests[m];
            paid += all;
            usd += cal->gpu_path[m] * all * cal->weight[m];
            if (x->bands)
                x->o->month[m] += month * cal->gpu_path[m] * all * cal->alive[m];
        }
        x->o->paid_usd += usd * month;
    }
    for (int m = st->from - 1; (commits || a->follow) && m < st->to; m++) {
        const lanes requests = cal->requests[m] * x->share;
        asked += cal->requests[m];
        if (commits) {
            mask runs = splat(m + 1 - st->from) < term;
            committed = either(runs, held, splat(0));
            pay_owed(x, m, either(runs, owed, splat(0)));
        }
        const struct day d = day_of(v, a->follow, requests, committed);
        pay_month(x, m, price * cal->gpu_path[m] * d.beyond);
        paid += d.paid / HOURS;
    }
    const int first = st->from - 1;
    committed = either((splat(0) < term) & (held > splat(0)), held, splat(0));
    x->o->run += price * cal->gpu_path[first] * cal->alive[first] *
                     day_of(v, a->follow, cal->requests[first] * x->share, committed).beyond +
                 either(splat(0) < term, owed, splat(0));
    x->o->paid += HOURS * cal->days * paid;
    x->o->busy += asked * work;
    if (commits && st->to < cal->months) {
        lanes left = term - (st->to - st->from + 1);
        pay_owed(x, st->to - 1, either((left > splat(0)) & (held > splat(0)), left * owed, splat(0)));
    }
    if (st->from == 1) {
        lanes n = replicas_of(v, cal->requests[0] * x->share, a->follow ? v->shape[0] : v->peak) + v->extra + v->spare;
        x->o->replicas = either(n > splat(0), either(n < splat(2147483647), floor_of(n + 0.5), splat(2147483647)), splat(0));
    }
}

static void
run_replicas(const struct scope *x, const struct attempt *l)
{
    const struct kernel_arm *a = x->a;
    struct outcome *o = x->o;
    struct serving v;
    lanes busiest = x->cal->requests[x->st->from - 1], p95, p50;

    v.least = of(&a->min_replicas, x->i);
    v.spare = of(&a->spare_replicas, x->i);
    shape_of(&v, x, l);
    replica_of(&v.r, x, l);
    v.sized = ~unknown(v.r.mu);
    /* Nobody knows what an endpoint without throughput holds, and no spare is bought beside it. */
    v.spare = either(v.sized, v.spare, splat(0));
    v.attempt_s = l->attempts / 86400;
    v.per_request = v.attempt_s / (v.r.mu * of(&a->utilization_target, x->i));
    for (int m = x->st->from; m < x->st->to; m++)
        busiest = larger_of(x->cal->requests[m], busiest);
    queue_up(&v, x, busiest * x->share, &p95, &p50);
    if (a->kind != ARM_HOSTED_TUNED)
        o->once += either(v.sized, splat(0), splat(NAN));
    o->once += either(v.sized & unknown(v.per_request * v.peak * busiest), splat(NAN), splat(0));
    o->sized = a->throughput_typed || (x->st->machine.present && x->st->machine.sys.fits);
    o->tok_s = v.r.tok_s;
    o->need = v.r.need;
    o->have = v.r.have;
    o->ttft_p95 = v.r.ttft + p95;
    o->ttft_p50 = v.r.ttft_p50 + p50;
    o->tpot = v.r.tpot;
    run_months(x, &v);
}

/* A list publishes the median of one request and says nothing of its P95. */
static void
vendor_latency(const struct scope *x)
{
    const lanes ms = of(&x->a->ttft_ms, x->i), limit = of(&x->k->scenario.ttft_limit_ms, x->i) / 1000;
    const lanes ttft = ms / 1000, published = splat(x->a->published_ttft_ms), apart = ms - published;

    x->o->ttft_p50 = x->o->ttft_p95 = ttft;
    if (x->a->published_ttft) {
        mask listed = (apart <= 1e-9 * published) & (apart >= -1e-9 * published) & ~(ttft > limit);
        x->o->ttft_p95 = either(listed, splat(NAN), ttft);
    }
    x->o->tpot = of(&x->a->tpot_ms, x->i) / 1000;
}

/* ---- labels, training, evaluation, people (sections 6 to 9) ------------------------------------------------- */

struct labels {
    lanes usd, guideline, each, trained, tokens;
};

static void
labels_of(struct labels *c, const struct kernel_scenario *s, size_t i)
{
    const lanes examples = of(&s->examples, i), rate_usd = of(&s->hourly_rate, i), hours = of(&s->guideline_hours, i);
    const lanes each = of(&s->task_factor, i) * of(&s->reviewers, i) / (of(&s->per_hour, i) * (1 - of(&s->reject, i)));
    const lanes request = is_known(&s->example_tokens) ? of(&s->example_tokens, i) : of(&s->input, i) + of(&s->output, i);

    c->usd = (examples * each + hours) * rate_usd;
    c->guideline = hours * rate_usd;
    c->each = each * rate_usd;
    c->trained = examples * (1 - of(&s->holdout, i));
    c->tokens = c->trained * request / (1 - of(&s->mix_share, i));
}

/* Nothing needs to be known of a product one of whose factors is zero. */
static lanes
unless_zero(lanes a, lanes product)
{
    return either(a == splat(0), splat(0), product);
}

static lanes
release_of(const struct kernel_scenario *s, size_t i)
{
    const lanes judged = of(&s->test_examples, i) * of(&s->judge_passes, i), by_people = of(&s->human_examples, i);

    return unless_zero(judged, judged * of(&s->judge_usd, i)) +
           unless_zero(by_people, by_people * of(&s->human_minutes, i) / 60 * of(&s->hourly_rate, i));
}

static void
harvest(const struct scope *x, const struct labels *c)
{
    const struct kernel_scenario *s = &x->k->scenario;
    const lanes each = of(&s->harvest, x->i);
    lanes missing = of(&s->examples, x->i), usd = of(&s->review_minutes, x->i) / 60 * of(&s->hourly_rate, x->i);

    for (int k = 1; k < x->st->from; k++) {
        lanes reviewed = least(least(each, missing), x->cal->requests[k - 1] * x->cal->days);
        mask some = (each > splat(0)) & (missing > splat(0));
        pay_month(x, k - 1, either(some, reviewed * usd * x->cal->tax, splat(0)));
        missing = either(some, missing - reviewed, missing);
    }
    /* Who harvests must know what it costs, even where there is nothing left to harvest. */
    lanes poison = either((each > splat(0)) & unknown(usd), splat(NAN), splat(0));
    pay_once(x, (missing * c->each + c->guideline + poison) * x->cal->tax);
}

static lanes
run_usd(const struct scope *x, lanes tokens)
{
    const struct kernel_arm *a = x->a;
    const struct kernel_scenario *s = &x->k->scenario;
    lanes hours = splat(NAN);

    if (a->kind != ARM_SELF_TUNED)
        return tokens * 1e-6 * of(&a->training_usd_mtok, x->i);
    if (a->hours_typed)
        hours = of(&a->training_hours, x->i);
    else if (a->rate_typed)
        hours = tokens / of(&a->training_tok_s, x->i) / 3600;
    else if (a->hours_known) {
        lanes sequence = is_known(&s->example_tokens) ? of(&s->example_tokens, x->i)
                                                      : of(&s->input, x->i) + of(&s->output, x->i);
        mask legal = (sequence >= splat(1)) & (sequence <= splat(1e8));
        hours = tokens * (a->hours[0] + a->hours[1] * sequence + a->hours[2] / sequence) *
                of(&a->training_hours_factor, x->i);
        hours = either(legal, hours, splat(NAN));
    }
    return hours * of(&a->training_gpus, x->i) * of(&a->training_gpu_price_usd_h, x->i);
}

static void
build_tuned(const struct scope *x, const struct labels *c, lanes release)
{
    const struct kernel_stint *st = x->st;
    const struct kernel_scenario *s = &x->k->scenario;
    const struct calendar *cal = x->cal;
    const lanes *path = x->a->kind == ARM_SELF_TUNED ? cal->gpu_path : cal->api_path;

    if (!(KIND(x->a->kind) & KINDS_TUNED))
        return;
    if (st->harvested && !st->labelled)
        harvest(x, c);
    else if (!st->labelled)
        pay_once(x, c->usd * cal->tax);
    const lanes run = run_usd(x, c->tokens * of(&s->epochs, x->i));
    const lanes share = of(&s->mix_share, x->i), mix_price = of(&s->mix_usd, x->i);
    const lanes mix = unless_zero(share, unless_zero(mix_price, c->tokens * share * 1e-6 * mix_price));
    const lanes first = st->from > 1 ? path[st->from - 2] : splat(1);
    pay_once(x, (of(&x->a->experiments, x->i) * run * first + mix) * cal->tax);
    const lanes again = of(&s->retrain_share, x->i) * of(&s->examples, x->i) * c->each;
    for (int m = st->from - 1; m < st->to - 1; m++)
        if (month_bit(st->trains, m))
            pay_month(x, m, (run * path[m] + release + again) * cal->tax);
}

struct people {
    lanes setup, run, migration, delay;
};

static void
people_of(struct people *p, const struct scope *x)
{
    const struct kernel_scenario *s = &x->k->scenario;
    const struct kernel_arm *a = x->a;
    const lanes fte = of(&s->fte_usd, x->i), setup = of(&a->setup_person_months, x->i), run = of(&a->run_fte, x->i);
    lanes delay = of(&a->launch_delay_months, x->i);

    p->setup = unless_zero(setup, unless_zero(fte, setup * fte));
    p->run = unless_zero(run, unless_zero(fte, run * fte));
    p->migration = of(&s->migration_months, x->i) * fte;
    if (a->whole_people) {
        mask some = run > splat(0);
        p->run = either(some, p->run * (ceil_of(run - 1e-9) / run), p->run);
        delay = either(some, delay + of(&s->hiring_months, x->i), delay);
    }
    p->delay = of(&s->month_value, x->i) * delay;
}

/* ---- quality (section 10) --------------------------------------------------------------------------------------- */

static lanes
learned_error(const struct kernel_scenario *s, const struct kernel_arm *a, lanes n, size_t i)
{
    const lanes e_0 = is_known(&s->e_0) ? of(&s->e_0, i) : 1 - of(&a->quality, i), floor_share = of(&s->e_inf_share, i);
    const lanes power = exp_of(-of(&s->alpha, i) * log_of(1 + n / of(&s->n_scale, i)));
    const lanes left = either(n > splat(0), power, splat(1));
    const lanes few = either((n > splat(0)) & (n < splat(500)), 1 + 0.1 * (1 - n / 500), splat(1));

    return e_0 * (floor_share + (1 - floor_share) * left) * few;
}

static lanes
quality_of(const struct scope *x, lanes trained)
{
    const struct kernel_scenario *s = &x->k->scenario;
    const struct kernel_arm *a = x->a;
    lanes q = of(&a->quality, x->i);

    if (KIND(a->kind) & KINDS_TUNED) {
        q = 1 - learned_error(s, a, trained, x->i);
        if (!a->pilots && a->method != METHOD_FULL) {
            mask some = trained > splat(0);
            q -= either(some, of(&s->lora_points, x->i), splat(0));
            if (a->method == METHOD_QLORA)
                q *= 1 - either(some, of(&s->qlora_relative, x->i), splat(0));
        }
    }
    if (a->quantised)
        q -= of(&a->quant_points, x->i);
    return within_0_to_1(q);
}

static void
quality_months(const struct scope *x, lanes q)
{
    const struct kernel_stint *st = x->st;
    const struct kernel_scenario *s = &x->k->scenario;
    lanes *out = x->o->quality_month;
    int since = 0;

    x->o->quality = q;
    if (x->a->kind == ARM_API && !is_zero(&s->api_drift)) {
        compound(out, st->to, 1 - q, x->cal->api_keep);
        for (int m = st->from - 1; m < st->to; m++)
            out[m] = within_0_to_1(1 - out[m]);
        x->o->even = false;
    } else if ((KIND(x->a->kind) & KINDS_TUNED) && !is_zero(&s->drift_points)) {
        const lanes points = of(&s->drift_points, x->i);
        for (int m = st->from - 1; m < st->to; m++, since++) {
            out[m] = within_0_to_1(q - points * (double)since);
            if (month_bit(st->trains, m))
                since = -1;
        }
        x->o->even = false;
    }
}

static void
spread_quality(struct outcome *o, int from, int to)
{
    for (int m = from; o->even && m < to; m++)
        o->quality_month[m] = o->quality;
}

static lanes
cascaded(lanes small, lanes large, lanes escalated, lanes caught)
{
    lanes k = caught * (1 - small);

    k = either(k > escalated, escalated, k);
    k = either(escalated - k > small, escalated - small, k);
    return within_0_to_1(small - (escalated - k) + escalated * large);
}

/* ---- one stint ------------------------------------------------------------------------------------------------------ */

static void
outcome_init(struct outcome *o, int months)
{
    for (int m = 0; m < months; m++)
        o->month[m] = splat(0);
    o->once = o->paid_usd = o->run = o->paid = o->busy = o->replicas = splat(0);
    o->even = true;
    o->labels = splat(0);
    o->ttft_p95 = o->ttft_p50 = o->tpot = o->need = o->have = o->tok_s = splat(NAN);
    o->sized = false;
}

static void
stint(const struct kernel *k, const struct kernel_stint *st, const struct calendar *cal, lanes share, size_t i,
      bool bands, struct outcome *o)
{
    const struct scope x = { k, st, &st->arm, cal, i, share, bands, o };
    const struct kernel_scenario *s = &k->scenario;
    struct attempt l;
    struct labels labels;
    struct people people;

    outcome_init(o, bands ? k->months : 0);
    if (!st->arm.usable)
        o->once = splat(NAN);
    attempt_of(&l, &x);
    labels_of(&labels, s, i);
    people_of(&people, &x);
    const lanes release = release_of(s, i), tests = of(&s->test_examples, i);
    if (KIND(st->arm.kind) & KINDS_TOKENS)
        buy_tokens(&x, &l, people.migration, release);
    if (st->arm.has_replicas)
        run_replicas(&x, &l);
    else
        vendor_latency(&x);
    build_tuned(&x, &labels, release);
    pay_once(&x, (release + (st->test_set ? unless_zero(tests, tests * labels.each) : splat(0))) * cal->tax);
    pay_once(&x, people.setup);
    pay_months(&x, people.run);
    o->run += people.run * cal->alive[st->from - 1];
    if (st->from == 1)
        o->once += people.delay;
    o->context = l.input * cal->long_prompt + l.output;
    o->output = l.output;
    if (KIND(st->arm.kind) & KINDS_TUNED)
        o->labels = labels.trained;
    quality_months(&x, quality_of(&x, labels.trained));
}

/* ---- two stints together ---------------------------------------------------------------------------------------------- */

static void
add_replica(struct outcome *o, const struct outcome *b)
{
    mask tighter = ~unknown(b->need) & (unknown(o->need) | (b->have - b->need < o->have - o->need));

    if (!b->sized)
        return;
    if (!o->sized)
        tighter = ~(mask){ 0 };
    o->need = either(tighter, b->need, o->need);
    o->have = either(tighter, b->have, o->have);
    o->tok_s = either(tighter, b->tok_s, o->tok_s);
    o->sized = true;
}

static void
join(const struct kernel_job *j, struct outcome *o, struct outcome *b, int months, size_t i, bool bands)
{
    o->once += b->once;
    o->paid_usd += b->paid_usd;
    for (int m = 0; bands && m < months; m++)
        o->month[m] += b->month[m];
    o->run = j->kind == ARM_STAGED ? b->run : o->run + b->run;
    o->paid += b->paid;
    o->busy += b->busy;
    o->replicas += b->replicas;
    o->labels = most(o->labels, b->labels);
    o->context = larger_of(b->context, o->context);
    add_replica(o, b);
    if (j->kind == ARM_STAGED) {
        o->ttft_p95 = larger_of(b->ttft_p95, o->ttft_p95);
        o->ttft_p50 = larger_of(b->ttft_p50, o->ttft_p50);
        o->tpot = larger_of(b->tpot, o->tpot);
        const int from = j->stint[1].from - 1;
        spread_quality(o, 0, from);
        spread_quality(b, from, months);
        for (int m = from; m < months; m++)
            o->quality_month[m] = b->quality_month[m];
        o->even = false;
        return;
    }
    const lanes e = of(&j->escalation, i), caught = of(&j->caught, i);
    const lanes answer = either(o->output > splat(1), o->output - 1, splat(0)) * o->tpot;
    const mask often = ~(e <= splat(0.05)), mostly = ~(e <= splat(0.5));
    o->ttft_p95 = either(often, o->ttft_p95 + answer + b->ttft_p95, o->ttft_p95);
    o->tpot = either(often, larger_of(b->tpot, o->tpot), o->tpot);
    o->ttft_p50 = either(mostly, o->ttft_p50 + answer + b->ttft_p50, o->ttft_p50);
    o->once += either(unknown(e), splat(NAN), splat(0));
    if (!o->even || !b->even) {
        spread_quality(o, 0, months);
        spread_quality(b, 0, months);
        for (int m = 0; m < months; m++)
            o->quality_month[m] = cascaded(o->quality_month[m], b->quality_month[m], e, caught);
        o->even = false;
    }
    o->quality = cascaded(o->quality, b->quality, e, caught);
}

/* ---- the sums -------------------------------------------------------------------------------------------------------------- */

/* Discounted requests by how they are answered; with bands the cost of the wrong ones by month. */
static void
count_answers(const struct calendar *cal, struct outcome *o, lanes error, bool bands, lanes *right, lanes *wrong)
{
    lanes r = splat(0), w = r;

    if (o->even && !bands) {
        *right = o->quality * cal->days * cal->asked[cal->months];
        *wrong = (1 - o->quality) * cal->days * cal->asked[cal->months];
        return;
    }
    spread_quality(o, 0, cal->months);
    for (int m = 0; m < cal->months; m++) {
        const lanes asked = cal->requests[m] * cal->weight[m], missed = 1 - o->quality_month[m];
        r += asked * o->quality_month[m];
        w += asked * missed;
        if (bands)
            o->month[m] += unless_zero(error, error * missed * cal->requests[m] * cal->days * cal->alive[m]);
    }
    *right = r * cal->days;
    *wrong = w * cal->days;
}

static void
write_band(const struct kernel *k, double *band, const struct outcome *o, mask lost, size_t i)
{
    lanes sum = either(lost, splat(NAN), o->once);

    for (int m = 0; m < k->months; m++) {
        sum += o->month[m];
        put(band + (size_t)m * (size_t)k->band_n + i, sum);
    }
}

static void
write_out(const struct kernel *k, const struct kernel_out *j, const struct calendar *cal, struct outcome *o, size_t i, bool bands)
{
    const lanes error = of(&k->scenario.error_usd, i);
    lanes accepted, wrong;

    count_answers(cal, o, error, bands, &accepted, &wrong);
    const lanes npv = o->once + o->paid_usd + unless_zero(error, error * wrong);

    const mask lost = unknown(npv) | ~(npv - npv == splat(0));
    const lanes nan = splat(NAN);
    put(j->metric[METRIC_NPV] + i, either(lost, nan, npv));
    put(j->metric[METRIC_ONCE] + i, either(lost, nan, o->once));
    put(j->metric[METRIC_RUN] + i, either(lost, nan, o->run));
    put(j->metric[METRIC_QUALITY] + i, o->quality);
    put(j->metric[METRIC_TTFT_P95] + i, o->ttft_p95);
    put(j->metric[METRIC_TPOT] + i, o->tpot);
    put(j->metric[METRIC_MEMORY] + i, o->have - o->need);
    put(j->metric[METRIC_LABELS] + i, o->labels);
    put(j->metric[METRIC_UTILIZATION] + i, either(o->paid > splat(0), o->busy / o->paid, nan));
    put(j->metric[METRIC_REPLICAS] + i, o->replicas);
    put(j->metric[METRIC_EVENNESS] + i, o->ttft_p95 / o->ttft_p50);
    put(j->metric[METRIC_PER_ACCEPTED] + i, either(~lost & (accepted > splat(0)), npv / accepted, nan));
    put(j->metric[METRIC_CONTEXT] + i, o->context);
    put(j->metric[METRIC_THROUGHPUT] + i, o->tok_s);
    if (bands)
        write_band(k, j->band, o, lost, i);
}

static unsigned
kinds_of(const struct kernel *k, unsigned jobs)
{
    unsigned kinds = 0;

    for (int n = 0; n < k->n_jobs; n++)
        for (int st = 0; (jobs >> n & 1) && st < k->job[n].n_stints; st++)
            kinds |= KIND(k->job[n].stint[st].arm.kind);
    return kinds;
}

static void
run_job(const struct kernel *k, int job, const struct calendar *cal, size_t i)
{
    const struct kernel_job *j = &k->job[job];
    const bool bands = k->out[job].band != NULL && i < (size_t)k->band_n;
    struct outcome o, other;

    stint(k, &j->stint[0], cal, splat(1), i, bands, &o);
    if (j->n_stints > 1) {
        lanes share = j->stint[1].shared ? of(&j->escalation, i) : splat(1);
        stint(k, &j->stint[1], cal, share, i, bands, &other);
        join(j, &o, &other, k->months, i, bands);
    }
    write_out(k, &k->out[job], cal, &o, i, bands);
}

void
KERNEL_RUN(const struct kernel *k, unsigned jobs, int from, int to)
{
    const unsigned kinds = kinds_of(k, jobs);
    struct calendar cal;

    for (size_t i = (size_t)from; i < (size_t)to; i += LANES) {
        calendar_of(&cal, &k->scenario, k->months, kinds, i, i == (size_t)from);
        for (int n = 0; n < k->n_jobs; n++)
            if (jobs >> n & 1)
                run_job(k, n, &cal, i);
    }
}
