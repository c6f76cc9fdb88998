/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <string.h>

#include "recompute.h"

/* Sections 2 and 5 of the model a second time: traffic, tokens, replicas, waiting. */

static double
or_else(const struct quantity *q, double otherwise)
{
    return isfinite(q->x) && q->kind != QUANTITY_UNSET ? q->x : otherwise;
}

/* ---- traffic -------------------------------------------------------------------------------- */

double
recompute_requests(const struct setup *s, int month)
{
    double grown = 1;

    for (int m = 1; m < month; m++)
        grown *= 1 + s->sc.workload.growth_per_month.x;
    return s->sc.workload.requests_per_day.x * fmin(grown, or_else(&s->sc.workload.growth_cap, INFINITY));
}

double
recompute_survival(const struct setup *s, int month)
{
    double alive = 1;

    for (int m = 1; m < month; m++)
        alive *= 1 - s->sc.workload.hazard_per_month.x;
    return alive;
}

void
recompute_tokens(const struct setup *s, int arm, struct recompute_tokens *t)
{
    const struct arm *a = &s->sc.arms[arm];
    double tau = or_else(&a->tokenizer_factor, 1), input = s->sc.workload.input_tokens.x;
    double saved = KIND(a->kind) & KINDS_TUNED ? fmin(or_else(&a->prompt_saved_tokens, 0), input) : 0;

    t->input = tau * (input - saved);
    t->output = tau * or_else(&a->output_factor, 1) * s->sc.workload.output_tokens.x;
    t->attempts = 1 + or_else(&a->extra_attempts, or_else(&s->sc.workload.extra_attempts, 0));
    t->cached = s->sc.workload.cached_share.x;
    t->written = s->sc.workload.cache_write_share.x;
    if (saved > 0) {
        double left = input - saved;
        t->cached = left > 0 ? fmax(0, t->cached * input - saved) / left : 0;
    }
}

/* ---- the day ---------------------------------------------------------------------------------- */

static double
bell(int hour, double p)
{
    return pow((1 + cos(2 * 3.14159265358979323846 * hour / 24)) / 2, p);
}

static void
shape_day(double k, double b, double shape[24])
{
    if (k <= 2) {
        for (int h = 0; h < 24; h++)
            shape[h] = 1 + (k - 1) * cos(2 * 3.14159265358979323846 * h / 24);
    } else {
        double low = 0, high = 1e4;
        for (int i = 0; i < 200; i++) {
            double p = (low + high) / 2, sum = 0;
            for (int h = 0; h < 24; h++)
                sum += k * bell(h, p) / 24;
            *(sum > 1 ? &low : &high) = p;
        }
        for (int h = 0; h < 24; h++)
            shape[h] = k * bell(h, (low + high) / 2);
    }
    /* The level to which the batches fill the valleys, by halving. */
    double low = 0, high = 1;
    for (int i = 0; b > 0 && i < 200; i++) {
        double level = (low + high) / 2, sum = 0;
        for (int h = 0; h < 24; h++)
            sum += fmax((1 - b) * shape[h], level) / 24;
        *(sum < 1 ? &low : &high) = level;
    }
    for (int h = 0; b > 0 && h < 24; h++)
        shape[h] = fmax((1 - b) * shape[h], (low + high) / 2);
}

/* The last one is remembered: crossings ask for the same day many times. */
static void
day(const struct setup *s, double shape[24])
{
    static double last_k = -1, last_b, last[24];

    if (s->sc.workload.peak_to_average.x != last_k || s->sc.workload.batch_share.x != last_b) {
        last_k = s->sc.workload.peak_to_average.x;
        last_b = s->sc.workload.batch_share.x;
        shape_day(last_k, last_b, last);
    }
    memcpy(shape, last, sizeof last);
}

/* ---- one replica ------------------------------------------------------------------------------ */

static bool
prepare(const struct setup *s, int arm, struct capacity_system *system)
{
    static const enum capacity_precision precisions[] = {
        [WEIGHTS_FP16] = PRECISION_FP16, [WEIGHTS_FP8] = PRECISION_FP8, [WEIGHTS_INT8] = PRECISION_INT8,
        [WEIGHTS_W8A16] = PRECISION_W8A16, [WEIGHTS_INT4] = PRECISION_INT4, [WEIGHTS_NVFP4] = PRECISION_FP4,
        [WEIGHTS_MXFP4] = PRECISION_MXFP4, [WEIGHTS_Q4_K_M] = PRECISION_Q4_K_M,
    };
    const struct arm *a = &s->sc.arms[arm];
    const struct setup_arm *sa = &s->arms[arm];
    struct capacity_shape shape;
    struct capacity_gpu gpu;
    struct capacity_layout layout = { 0 };
    struct error err;

    if (sa->model == NULL || sa->gpu == NULL || sa->engine == NULL ||
        capacity_shape_from_model(&shape, sa->model, &err) != 0 || capacity_gpu_from_catalog(&gpu, sa->gpu, &err) != 0)
        return false;
    int engine = capacity_engine_find(sa->engine->kind, sa->engine->version, NULL);
    if (engine < 0)
        return false;
    layout.engine = (enum capacity_engine)engine;
    layout.precision = precisions[a->precision];
    layout.kv_8bit = a->kv_precision != 0;
    capacity_layout_gpus(&layout, or_else(&a->gpus_per_replica, 1));
    if (a->pipeline_stages.x > 1) {
        layout.pipeline = a->pipeline_stages.x;
        layout.tensor = fmax(1, floor(or_else(&a->gpus_per_replica, 1) / layout.pipeline));
    }
    return capacity_prepare(system, &shape, &gpu, &layout, &capacity_fitted, &err) == 0;
}

static double
long_prompt(const struct setup *s, double mean)
{
    double cv = s->sc.workload.length_cv.x, sigma = sqrt(log(1 + cv * cv));

    return mean * exp(1.6448536269514722 * sigma - sigma * sigma / 2);
}

void
recompute_machine(const struct setup *s, int arm, struct recompute_machine *m)
{
    const struct arm *a = &s->sc.arms[arm];
    struct recompute_tokens t;
    struct capacity_system system;
    struct capacity_answer at;
    double cached = or_else(&a->own_cached_share, 0), tok_s = or_else(&a->throughput_tok_s, NAN);
    double real_tok_s = or_else(&a->throughput_factor, 1), real_ttft = or_else(&a->ttft_factor, 1);
    double ttft = or_else(&a->ttft_ms, NAN) / 1000, tpot = or_else(&a->tpot_ms, NAN) / 1000, prompt;
    bool measured = isfinite(tok_s), modelled = prepare(s, arm, &system) && system.fits;

    recompute_tokens(s, arm, &t);
    *m = (struct recompute_machine){ .requests_per_s = NAN, .batch = or_else(&a->concurrency, NAN), .ttft_s = ttft, .tpot_s = tpot };
    day(s, m->day);
    prompt = long_prompt(s, t.input);
    if (modelled) {
        /* A time that was measured is held to its limit as it is, at any batch. */
        double ttft_limit = isfinite(ttft) ? INFINITY : or_else(&s->sc.latency.ttft_p95_ms, INFINITY) / 1000 / real_ttft;
        double tpot_limit = isfinite(tpot) ? INFINITY : or_else(&s->sc.latency.tpot_ms, INFINITY) / 1000 * real_tok_s;
        if (!isfinite(m->batch))
            m->batch = fmax(1, capacity_batch_within(&system, t.input, t.output, cached, prompt, ttft_limit, tpot_limit));
        else if (!measured)
            m->batch = fmin(m->batch, capacity_batch_max(&system, t.input, t.output));
        capacity_at(&system, t.input, t.output, cached, m->batch, &at);
        /* A measured time is that of a mean prompt. */
        if (isfinite(ttft))
            real_ttft = ttft / capacity_ttft_s(&system, &at, t.input, cached);
        m->ttft_s = capacity_ttft_s(&system, &at, prompt, cached) * real_ttft;
        m->tpot_s = isfinite(tpot) ? tpot : at.tpot_s / real_tok_s;
    }
    m->known = measured || modelled;
    if (measured)
        m->requests_per_s = tok_s / (a->throughput_counts == COUNTS_ALL ? t.input + t.output : t.output);
    else if (modelled)
        m->requests_per_s = at.replica_tok_s * real_tok_s / t.output;
}

/* ---- replicas ---------------------------------------------------------------------------------- */

static double
at_least(const struct setup *s, int arm)
{
    return or_else(&s->sc.arms[arm].min_replicas, or_else(&s->sc.serving.min_replicas, 1));
}

static double
spares(const struct setup *s, int arm)
{
    return or_else(&s->sc.arms[arm].spare_replicas, or_else(&s->sc.serving.spare_replicas, 1));
}

static double
arrivals_per_s(const struct setup *s, int arm, double share, int month, double hourly)
{
    struct recompute_tokens t;

    recompute_tokens(s, arm, &t);
    return recompute_requests(s, month) * share * t.attempts / 86400 * hourly;
}

/* Replicas that the load needs, without spares. */
static double
needed(const struct setup *s, int arm, const struct recompute_machine *m, double rate)
{
    double target = or_else(&s->sc.arms[arm].utilization_target, or_else(&s->sc.serving.utilization_target, 0.7));

    if (!m->known)
        return at_least(s, arm);
    return fmax(at_least(s, arm), ceil(rate / (m->requests_per_s * target) - 1e-9));
}

/* Erlang C from Erlang B: 1 / B = sum over j of n (n - 1) ... (n - j + 1) / a^j. */
static double
waits(double n, double a)
{
    double term = 1, sum = 1;

    if (a <= 0)
        return 0;
    if (a >= n)
        return 1;
    for (double j = 1; j <= n; j++) {
        term *= (n - j + 1) / a;
        sum += term;
        if (sum > 1e12)
            return 0; /* C is below 1e-12 n */
        if (term < 1e-18 * sum)
            break;
    }
    double blocked = 1 / sum;
    return blocked / (1 - a / n * (1 - blocked));
}

static double
wait_p95(const struct setup *s, double servers, double load, double service_s)
{
    double ca2 = or_else(&s->sc.serving.arrival_scv, 1), cs2 = or_else(&s->sc.serving.service_scv, 1);
    double c = waits(servers, load);

    if (load >= servers)
        return 3600;
    if (c <= 0.05)
        return 0;
    return fmin(3600, (ca2 + cs2) / 2 * service_s / (servers - load) * log(c / 0.05));
}

double
recompute_latency_replicas(const struct setup *s, const struct setup *other, int arm,
                           const struct recompute_machine *m, const struct recompute_span *span, double *wait_s)
{
    double limit = or_else(&s->sc.latency.ttft_p95_ms, NAN) / 1000, rate = 0, other_rate = 0, n, first, wait;

    if (wait_s != NULL)
        *wait_s = NAN;
    if (!m->known || !isfinite(m->batch))
        return 0;
    for (int month = span->first; month <= span->last; month++) {
        rate = fmax(rate, arrivals_per_s(s, arm, span->share, month, m->day[0]));
        if (other != NULL)
            other_rate = fmax(other_rate, arrivals_per_s(other, arm, span->share, month, m->day[0]));
    }
    double service_s = m->batch / m->requests_per_s;
    first = n = needed(s, arm, m, rate);
    wait = wait_p95(s, n * m->batch, rate * service_s, service_s);
    if (isfinite(limit) && isfinite(m->ttft_s) && m->ttft_s <= limit)
        while (m->ttft_s + wait > limit)
            wait = wait_p95(s, ++n * m->batch, rate * service_s, service_s);
    if (wait_s != NULL)
        *wait_s = wait;
    return fmax(0, n - (other != NULL ? needed(s, arm, m, other_rate) : first));
}

void
recompute_replicas(const struct setup *s, int arm, const struct recompute_machine *m,
                   const struct recompute_span *span, int month, double added, struct recompute_replicas *r)
{
    const struct arm *a = &s->sc.arms[arm];
    double need[24], committed = 0, days = s->sc.horizon.days_per_month.x;
    double startup = or_else(&a->startup_minutes, or_else(&s->sc.serving.startup_minutes, 15));
    double mean = arrivals_per_s(s, arm, span->share, month, 1), spare = m->known ? spares(s, arm) : 0;

    *r = (struct recompute_replicas){ 0 };
    for (int h = 0; h < 24; h++)
        need[h] = needed(s, arm, m, mean * m->day[h]);
    if (month - span->first < or_else(&a->commit_months, 0))
        committed = or_else(&a->commit_replicas, 0);
    for (int h = 0; h < 24; h++) {
        double n = a->scaling == SCALING_ALWAYS_ON ? need[0] : startup > 10 ? fmax(need[h], need[(h + 1) % 24]) : need[h];
        double plain = n + spare, all = plain + added;
        r->hours += days * fmax(all, committed);
        r->on_demand_hours += days * fmax(all - committed, 0);
        r->latency_hours += days * (fmax(all - committed, 0) - fmax(plain - committed, 0));
        r->busy_hours += days * mean * m->day[h] / m->requests_per_s;
        r->peak = fmax(r->peak, all);
    }
    r->committed_hours = days * 24 * committed;
}
