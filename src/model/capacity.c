/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>

#include "capacity.h"

/*
 * Serving: one decode step, one prefill, and continuous batching of both.
 *
 * A step of B sequences takes the plain sum of its parts: reading the weights,
 * arithmetic, reading the cache, all-reduces, and the engine. (On measured data the sum
 * beat every kind of maximum.) A request costs O steps shared with B - 1 others and one
 * prefill that stalls them all.
 */

/* Long prompts touch every expert. */
#define TOKENS_TOUCHING 1e4

/* ---- a step and a prefill ---------------------------------------------------------- */

/* Tokens of context that attention reads; windows cap it on their share of layers. */
static double
effective(const struct capacity_system *s, double tokens)
{
    if (s->window_share == 0)
        return tokens;
    return (1 - s->window_share) * tokens + s->window_share * fmin(tokens, s->window_tokens);
}

/* Share of the routed experts that b tokens touch: each picks at random, but not evenly. */
static double
touched(const struct capacity_system *s, double b)
{
    return s->moe ? -expm1(s->touched_log * pow(fmax(b, 1), s->k->touched_power)) : 1;
}

static double
step_s(const struct capacity_system *s, double batch, double context, double sequence_s)
{
    const double b = batch / s->pipe;

    return s->pipe * (s->weights_s + touched(s, b) * s->routed_s + s->network_s + s->engine_s +
                      b * (s->compute_seq_s + s->network_seq_s + sequence_s +
                           s->kv_token_s * effective(s, context)));
}

/* Occupancy of one prompt; a cached prefix is attended to but not computed. */
static double
prefill_s(const struct capacity_system *s, double input, double cached)
{
    const double fresh = input * (1 - cached), old = input * cached;

    return (s->prefill_token_s + s->prefill_net_s) * fresh +
           s->prefill_square_s * (input * input - old * old);
}

/* Latency of a prompt alone: through all stages, the weights at least once. */
static double
lone_prefill_s(const struct capacity_system *s, double input, double cached, double occupancy)
{
    const double fresh = input * (1 - cached);
    const double read = s->read_s + s->read_routed_s * touched(s, fmin(fresh, TOKENS_TOUCHING));

    return fmax(s->pipe * occupancy, read) + s->prefill_fixed_s;
}

/* ---- continuous batching ------------------------------------------------------------- */

/* How requests wait for each other's prefills. */
struct waiting {
    double lockstep; /* s: share of the others' prefills met head on */
    double queueing; /* 1: the rest is met as a queue meets it, 0: not at all */
    double floor_s;  /* before the model sees the prompt                */
    double admission;
    double sequence_s;
};

static struct waiting
waiting_of(const struct capacity_system *s, const struct capacity_load *load)
{
    struct waiting w = { 0, 1, s->k->ttft_floor_s, s->k->admission, s->sequence_s };

    if (load->mode == LOAD_CLOSED)
        w.lockstep = load->fixed_lengths ? s->k->lockstep_fixed : s->k->lockstep_mixed;
    if (load->mode == LOAD_STATIC) {
        w.floor_s = w.admission = w.queueing = 0;
        w.sequence_s *= s->k->static_sequence;
    }
    return w;
}

static double
wait_s(const struct waiting *w, double batch, double prefill, double share)
{
    return w->lockstep * (batch - 1) * prefill +
           (1 - w->lockstep) * w->queueing * share * prefill / (2 * (1 - share));
}

static void
steady(const struct capacity_system *s, const struct waiting *w, double input, double output,
       double cached, double batch, struct capacity_answer *a)
{
    const double step = step_s(s, batch, input + output / 2, w->sequence_s);
    const double prefill = prefill_s(s, input, cached);
    const double lone = lone_prefill_s(s, input, cached, prefill);
    const double cycle = output * step + batch * prefill;
    const double share = fmin(0.9, batch * prefill / cycle);
    const double wait = wait_s(w, fmax(batch, 1), prefill, share);

    a->fits = true;
    a->batch = batch;
    a->step_s = step;
    a->prefill_s = prefill;
    a->lone_prefill_s = lone;
    a->prefill_share = share;
    a->replica_tok_s = batch * output / cycle;
    a->ttft_s = w->floor_s + lone + w->admission * step + wait;
    a->queue_s = 0;
    a->tpot_s = step;
    if (output > 1)
        a->tpot_s = fmax(step, (cycle - fmin(lone + wait, 0.9 * cycle)) / (output - 1));
}

/* All at once, then drain to the longest; beyond the batch, slots refill first. */
static void
burst(const struct capacity_system *s, const struct waiting *w, const struct capacity_load *l,
      double asked, struct capacity_answer *a)
{
    const double output = l->output, most = fmax(l->output_max, output);
    const double context = l->input + output / 2, batch = a->batch;
    double time, requests = batch;

    if (asked <= batch) {
        /* On average so many are still running. */
        a->step_s = step_s(s, fmax(1, batch * output / most), context, w->sequence_s);
        time = most * a->step_s + batch * a->prefill_s;
    } else {
        requests = asked;
        time = asked / batch * (output * a->step_s + batch * a->prefill_s) +
               (most - output) * step_s(s, fmax(1, batch / 4), context, w->sequence_s);
    }
    a->replica_tok_s = requests * output / time;
    a->ttft_s = w->floor_s + a->lone_prefill_s + w->admission * a->step_s + batch * a->prefill_s / 2;
    a->tpot_s = a->step_s + batch * a->prefill_s / (2 * output);
}

static const struct capacity_answer no_answer = {
    false, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN
};

static int
check_load(const struct capacity_load *l, struct error *err)
{
    if (!(l->input >= 1 && l->input <= 1e9) || !(l->output >= 1 && l->output <= 1e9))
        return error_set(err, ERR_RANGE, "input and output tokens must be at least 1");
    if (!(l->concurrency >= 0 && l->concurrency <= 1e9) || !(l->batch_cap >= 0))
        return error_set(err, ERR_RANGE, "concurrency must not be negative");
    if (!(l->cached_share >= 0 && l->cached_share <= 1) || !(l->output_max >= 0))
        return error_set(err, ERR_RANGE, "cached_share must lie in 0..1");
    if (l->mode < LOAD_STATIC || l->mode > LOAD_OPEN)
        return error_set(err, ERR_RANGE, "load is not a known kind");
    if (l->concurrency == 0 && l->mode != LOAD_OFFLINE && l->mode != LOAD_OPEN && l->mode != LOAD_CLOSED)
        return error_set(err, ERR_RANGE, "a %s load needs a concurrency", capacity_mode_name(l->mode));
    return 0;
}

/* What is asked for: the load's own number, else the scheduler's cap. */
static double
batch_asked(const struct capacity_system *s, const struct capacity_load *l)
{
    if (l->concurrency > 0)
        return l->concurrency;
    return l->batch_cap > 0 ? l->batch_cap : s->batch_cap;
}

int
capacity_predict(const struct capacity_system *s, const struct capacity_load *l,
                 struct capacity_answer *a, struct error *err)
{
    double asked, most;
    struct waiting w;

    if (check_load(l, err) != 0)
        return -1;
    *a = no_answer;
    if (!s->fits)
        return 0;
    w = waiting_of(s, l);
    asked = batch_asked(s, l);
    most = capacity_batch_max(s, l->input, l->output);
    a->batch_max = most;
    steady(s, &w, l->input, l->output, l->cached_share,
           l->mode == LOAD_STATIC && !l->server ? asked : fmin(asked, most), a);
    if (l->mode == LOAD_BURST)
        burst(s, &w, l, asked, a);
    if (l->mode == LOAD_CLOSED && asked > a->batch && l->concurrency > 0)
        a->queue_s = (asked - a->batch) * l->output / a->replica_tok_s;
    return 0;
}

void
capacity_at(const struct capacity_system *s, double input, double output, double cached,
            double batch, struct capacity_answer *a)
{
    const struct waiting w = { 0, 1, s->k->ttft_floor_s, s->k->admission, s->sequence_s };

    if (!s->fits) {
        *a = no_answer;
        return;
    }
    a->batch_max = capacity_batch_max(s, input, output);
    steady(s, &w, input, output, cached, batch, a);
}

double
capacity_ttft_s(const struct capacity_system *s, const struct capacity_answer *a, double input,
                double cached)
{
    const double own = lone_prefill_s(s, input, cached, prefill_s(s, input, cached));

    return a->ttft_s - a->lone_prefill_s + own;
}

double
capacity_batch_within(const struct capacity_system *s, double input, double output, double cached,
                      double long_input, double ttft_limit_s, double tpot_limit_s)
{
    double low = 0, high;
    struct capacity_answer a;

    if (!s->fits)
        return 0;
    high = fmin(capacity_batch_max(s, input, output), s->batch_cap) + 1;
    /* Both times grow with the batch: low meets the limits, high does not or is not allowed. */
    for (double at = high - 1; high - low > 1; at = floor((low + high) / 2)) {
        capacity_at(s, input, output, cached, at, &a);
        if (capacity_ttft_s(s, &a, long_input, cached) <= ttft_limit_s && a.tpot_s <= tpot_limit_s)
            low = at;
        else
            high = at;
    }
    return low;
}

/* ---- what limits ------------------------------------------------------------------------ */

static const char *const limit_words[LIMIT_COUNT] = {
    [LIMIT_WEIGHTS] = "reading the weights", [LIMIT_COMPUTE] = "arithmetic",
    [LIMIT_KV] = "reading the KV cache", [LIMIT_NETWORK] = "links between GPUs",
    [LIMIT_ENGINE] = "the engine's own time", [LIMIT_MEMORY] = "memory for the KV cache",
};

const char *
capacity_limit_words(enum capacity_limit limit)
{
    return limit >= 0 && limit < LIMIT_COUNT ? limit_words[limit] : "unknown";
}

enum capacity_limit
capacity_limiting(const struct capacity_system *s, const struct capacity_load *l,
                  const struct capacity_answer *a)
{
    const double b = a->batch / s->pipe, context = l->input + l->output / 2;
    const double fresh = l->input * (1 - l->cached_share), prompts = b / l->output;
    const struct waiting w = waiting_of(s, l);
    struct capacity_answer twice = *a;
    double part[LIMIT_COUNT] = { 0 };
    enum capacity_limit most = LIMIT_WEIGHTS;

    part[LIMIT_WEIGHTS] = s->weights_s + touched(s, b) * s->routed_s;
    part[LIMIT_COMPUTE] = b * s->compute_seq_s +
                          prompts * (a->prefill_s - s->prefill_net_s * fresh);
    part[LIMIT_KV] = b * s->kv_token_s * effective(s, context);
    part[LIMIT_NETWORK] = s->network_s + b * s->network_seq_s + prompts * s->prefill_net_s * fresh;
    part[LIMIT_ENGINE] = s->engine_s + b * w.sequence_s;
    for (int i = 0; i < LIMIT_COUNT; i++)
        if (part[i] > part[most])
            most = (enum capacity_limit)i;
    if (a->batch >= a->batch_max && a->batch < batch_asked(s, l)) {
        steady(s, &w, l->input, l->output, l->cached_share, 2 * a->batch, &twice);
        if (twice.replica_tok_s > 1.1 * a->replica_tok_s)
            most = LIMIT_MEMORY;
    }
    return most;
}

/* ---- how sure -------------------------------------------------------------------------------- */

/* From the factor at 80 % to another probability, as if the log error were normal. */
static double
interval_at(double factor, double probability)
{
    const double z80 = 1.2815515655446004;

    if (!(probability > 0 && probability < 1))
        return NAN;
    return exp(log(factor) * normal_quantile(0.5 + probability / 2) / z80);
}

double
capacity_interval_tok_s(const struct capacity_system *s, double probability)
{
    double factor = s->k->engine[s->engine].interval;

    return interval_at(s->moe ? fmax(factor, s->k->moe_interval) : factor, probability);
}

double
capacity_interval_ttft(const struct capacity_system *s, double probability)
{
    return interval_at(s->k->ttft_interval, probability);
}
