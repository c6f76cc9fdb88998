/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>

#include "capacity.h"
#include "parts.h"

/*
 * What one replica gives (section 5) and how long a training run takes (section 7): a
 * measured figure where there is one, else the capacity model's with its own error.
 */

/* ---- the machine ------------------------------------------------------------------- */

/* The field's precisions as the capacity model names them. */
static const enum capacity_precision served_precision[] = {
    [WEIGHTS_FP16] = PRECISION_FP16, [WEIGHTS_FP8] = PRECISION_FP8,
    [WEIGHTS_INT8] = PRECISION_INT8, [WEIGHTS_W8A16] = PRECISION_W8A16,
    [WEIGHTS_INT4] = PRECISION_INT4, [WEIGHTS_NVFP4] = PRECISION_FP4,
    [WEIGHTS_MXFP4] = PRECISION_MXFP4, [WEIGHTS_Q4_K_M] = PRECISION_Q4_K_M,
};

static bool
layout_of(struct capacity_layout *layout, const struct arm *a, const struct cat_engine *engine)
{
    const double gpus = figure_or(&a->gpus_per_replica, 1);
    const double stages = figure_or(&a->pipeline_stages, 1);
    int kind = engine != NULL ? capacity_engine_find(engine->kind, engine->version, NULL) : -1;

    if (kind < 0 || a->precision < 0 || a->precision >= (int)BE_LEN(served_precision))
        return false;
    *layout = (struct capacity_layout){ .engine = (enum capacity_engine)kind,
        .precision = served_precision[a->precision], .kv_8bit = a->kv_precision != WEIGHTS_FP16 };
    capacity_layout_gpus(layout, gpus);
    if (stages > 1) {
        layout->pipeline = stages;
        layout->tensor = gpus > stages ? floor(gpus / stages) : 1;
    }
    return true;
}

/* False with words for what the computation lacks. */
static bool
machine_of(struct capacity_system *sys, const struct setup_arm *sa, const struct arm *a,
           const char **lacks)
{
    struct capacity_shape shape;
    struct capacity_gpu gpu;
    struct capacity_layout layout;

    *lacks = "throughput of a replica: the model's shape is not published";
    if (sa->model == NULL || !sa->model->has_shape ||
        capacity_shape_from_model(&shape, sa->model, NULL) != 0)
        return false;
    *lacks = "throughput of a replica: no GPU with known figures";
    if (sa->gpu == NULL || capacity_gpu_from_catalog(&gpu, sa->gpu, NULL) != 0)
        return false;
    *lacks = "throughput of a replica: this engine or precision on this GPU";
    return layout_of(&layout, a, sa->engine) &&
           capacity_prepare(sys, &shape, &gpu, &layout, &capacity_fitted, NULL) == 0;
}

/* ---- memory ---------------------------------------------------------------------------- */

/* The weights and one long request have to fit, whatever throughput somebody measured. */
static void
judge_memory(struct serving *v, const struct capacity_system *sys, const struct calendar *cal,
             const struct load *l)
{
    v->modelled = true;
    v->weights_gib = sys->weights_gib;
    v->have_gib = sys->have_gib;
    v->need_gib = sys->need_gib;
    if (sys->fits)
        v->need_gib = fmax(sys->need_gib,
                           capacity_need_gib(sys, l->input * cal->long_prompt, l->output, 1));
    v->fits = sys->fits && v->need_gib <= v->have_gib;
    if (sys->tight)
        v->warned |= WARN_TIGHT_MEMORY;
}

/* ---- batch and latency ------------------------------------------------------------------- */

/* How the computation misses the truth in this sample. */
struct miss {
    double tok_s, ttft; /* real over computed */
};

/* Requests at once: typed, else the most that memory and the limits allow; 1 where not even one
 * keeps the limits, which the gate then tells. */
static double
batch_of(const struct setup *s, const struct arm *a, const struct capacity_system *sys,
         const struct calendar *cal, const struct load *l, double cached, const struct miss *miss)
{
    const double ttft = figure_or(&s->sc.latency.ttft_p95_ms, INFINITY) / 1000;
    const double tpot = figure_or(&s->sc.latency.tpot_ms, INFINITY) / 1000;
    double typed = figure(&a->concurrency), most;

    if (known(typed)) {
        most = known(figure(&a->throughput_tok_s)) ? typed
                                                   : capacity_batch_max(sys, l->input, l->output);
        return typed < most ? typed : most;
    }
    /* A figure that was measured is held to its limit as it is, at whatever batch. */
    most = capacity_batch_within(sys, l->input, l->output, cached, l->input * cal->long_prompt,
                                 known(figure(&a->ttft_ms)) ? INFINITY : ttft / miss->ttft,
                                 known(figure(&a->tpot_ms)) ? INFINITY : tpot * miss->tok_s);
    return most >= 1 ? most : 1;
}

/* Computed times at this batch; a measured TTFT is that of a mean prompt and grows with the
 * prompt as the computed one does. */
static void
times_at(struct serving *v, const struct arm *a, const struct capacity_system *sys,
         const struct calendar *cal, const struct load *l, double cached,
         const struct capacity_answer *at, const struct miss *miss)
{
    double mean = capacity_ttft_s(sys, at, l->input, cached);
    double typed = figure(&a->ttft_ms) / 1000, factor = known(typed) ? typed / mean : miss->ttft;

    v->ttft_s = factor * capacity_ttft_s(sys, at, l->input * cal->long_prompt, cached);
    v->ttft_p50_s = factor * capacity_ttft_s(sys, at, l->input * cal->median_prompt, cached);
    if (!known(v->tpot_s))
        v->tpot_s = at->tpot_s / miss->tok_s;
}

/* ---- one replica ----------------------------------------------------------------------------- */

/* mu from X: attempts a second. */
static void
rate(struct serving *v, const struct load *l)
{
    double tokens = v->counts == COUNTS_ALL ? l->input + l->output : l->output;

    v->mu = tokens > 0 ? v->tok_s / tokens : NAN;
}

/* A measured throughput at a stated concurrency says by Little's law how long a token takes. */
static void
measured_replica(struct serving *v, const struct load *l)
{
    v->how = THROUGHPUT_MEASURED;
    rate(v, l);
    if (!known(v->tpot_s) && known(v->batch) && l->output > 0)
        v->tpot_s = v->batch / (v->mu * l->output);
}

static void
compute_capacity(struct serving *v, const struct setup *s, const struct calendar *cal, int arm,
                 const struct load *l, const char **missing)
{
    const struct arm *a = &s->sc.arms[arm];
    const double cached = figure_or(&a->own_cached_share, 0);
    const struct miss miss = { figure_or(&a->throughput_factor, 1), figure_or(&a->ttft_factor, 1) };
    struct capacity_system sys;
    struct capacity_answer at;
    const char *lacks;

    v->tok_s = figure(&a->throughput_tok_s);
    v->counts = a->throughput_counts;
    v->batch = figure(&a->concurrency);
    v->ttft_s = v->ttft_p50_s = figure(&a->ttft_ms) / 1000;
    v->tpot_s = figure(&a->tpot_ms) / 1000;
    const bool measured = known(v->tok_s), machine = machine_of(&sys, &s->arms[arm], a, &lacks);

    if (machine) {
        judge_memory(v, &sys, cal, l);
        v->usable_gib = s->arms[arm].gpu->usable_gib;
    }
    if (measured)
        measured_replica(v, l);
    if (machine && sys.fits && known(l->input) && known(l->output)) {
        v->batch = batch_of(s, a, &sys, cal, l, cached, &miss);
        capacity_at(&sys, l->input, l->output, cached, v->batch, &at);
        times_at(v, a, &sys, cal, l, cached, &at, &miss);
        if (!measured) {
            v->how = THROUGHPUT_MODELLED;
            v->counts = COUNTS_OUTPUT;
            v->tok_s = at.replica_tok_s * miss.tok_s;
            rate(v, l);
        }
    }
    /* An endpoint's least replicas can be priced without; own GPUs cannot. */
    *missing = NULL;
    if (!known(v->mu) && a->kind != ARM_HOSTED_TUNED)
        *missing = machine && !sys.fits ? "throughput of a replica: it does not fit in GPU memory" : lacks;
}

void
serving_capacity(struct serving *v, const struct setup *s, const struct calendar *cal, int arm,
                 const struct load *l, struct gaps *g)
{
    const char *lacks;

    compute_capacity(v, s, cal, arm, l, &lacks);
    if (lacks != NULL)
        need_value(g, NAN, lacks);
}

void
replica_machine_of(struct replica_machine *m, const struct setup *s, int arm)
{
    const char *lacks;

    *m = (struct replica_machine){ .present = false };
    m->present = machine_of(&m->sys, &s->arms[arm], &s->sc.arms[arm], &lacks);
    if (!m->present)
        return;
    m->ttft_floor_s = m->sys.k->ttft_floor_s;
    m->admission = m->sys.k->admission;
    m->touched_power = m->sys.k->touched_power;
}

/* ---- training ----------------------------------------------------------------------------------- */

static void
training_of(struct training_setup *t, const struct setup *s, const struct arm *a)
{
    static const enum training_method by_method[] = {
        [METHOD_LORA] = TRAIN_LORA, [METHOD_QLORA] = TRAIN_QLORA, [METHOD_FULL] = TRAIN_FULL,
    };
    const double request = figure(&s->sc.workload.input_tokens) + figure(&s->sc.workload.output_tokens);

    training_setup_init(t, by_method[a->method]);
    t->gpus = figure_or(&a->training_gpus, 1);
    if (t->gpus > 1)
        t->sharding = SHARD_FSDP;
    t->sequence = figure_or(&s->sc.labels.tokens_per_example, request);
}

void
training_fits(struct training_cost *c, const struct setup *s, int arm)
{
    const struct setup_arm *sa = &s->arms[arm];
    struct capacity_shape shape;
    struct training_memory memory;
    struct training_setup t;

    if (sa->model == NULL || !sa->model->has_shape || sa->training_gpu == NULL ||
        !known(sa->training_gpu->usable_gib) ||
        capacity_shape_from_model(&shape, sa->model, NULL) != 0)
        return;
    training_of(&t, s, &s->sc.arms[arm]);
    if (training_memory(&shape, &t, &memory, NULL) == 0 &&
        memory.total_gib > sa->training_gpu->usable_gib)
        c->warned |= WARN_TRAINING_MEMORY;
}

static bool
trainer_of(struct capacity_shape *shape, struct capacity_gpu *gpu, const struct setup_arm *sa)
{
    return sa->model != NULL && sa->model->has_shape && sa->training_gpu != NULL &&
           capacity_shape_from_model(shape, sa->model, NULL) == 0 &&
           capacity_gpu_from_catalog(gpu, sa->training_gpu, NULL) == 0;
}

/* Time of a micro-batch is a square of its length, which two speeds tell. */
bool
training_hours_terms(const struct setup *s, int arm, double terms[3])
{
    const double one = 1000, two = 2000;
    struct capacity_shape shape;
    struct capacity_gpu gpu;
    struct training_setup t;
    struct training_speed a, b;

    if (!trainer_of(&shape, &gpu, &s->arms[arm]))
        return false;
    training_of(&t, s, &s->sc.arms[arm]);
    t.sequence = one;
    if (training_speed(&shape, &gpu, &t, &a, NULL) != 0)
        return false;
    t.sequence = two;
    if (training_speed(&shape, &gpu, &t, &b, NULL) != 0)
        return false;
    const double flops = gpu.fp16 * a.mfu * t.gpus * 3600;
    const double slope = (b.flop_per_token - a.flop_per_token) / (two - one);
    terms[0] = (a.flop_per_token - one * slope) / flops;
    terms[1] = slope / flops;
    terms[2] = one * (1 / (a.tok_s * 3600) - a.flop_per_token / flops);
    return true;
}

double
training_hours_modelled(const struct setup *s, int arm, double tokens, struct gaps *g)
{
    struct capacity_shape shape;
    struct capacity_gpu gpu;
    struct training_setup t;
    struct training_speed speed;

    if (!trainer_of(&shape, &gpu, &s->arms[arm]))
        return need_value(g, NAN, "hours of a training run");
    training_of(&t, s, &s->sc.arms[arm]);
    if (training_speed(&shape, &gpu, &t, &speed, NULL) != 0)
        return need_value(g, NAN, "hours of a training run");
    return need_value(g, training_hours(&speed, tokens), "hours of a training run");
}
