/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>

#include "training.h"

/*
 * Memory of training, per GPU: state (weights, gradients, optimizer), activations, logits,
 * layers gathered while sharded, and a constant. Six numbers are fitted on the published
 * peaks of tests/data/training-memory.csv; the rest is arithmetic.
 */

const struct training_constants training_fitted = {
#include "training_fitted.h"
};

#define MARGIN 1.25 /* for a yes or no: then 1 published peak in 10 still lies above */

/* Optimizer state of mixed precision: 4 master + 8 moments. */
#define ZERO_STATE 12

void
training_setup_init(struct training_setup *t, enum training_method method)
{
    *t = (struct training_setup){
        .method = method, .sharding = SHARD_NONE, .checkpoint = CHECKPOINT_FULL, .stack = STACK_HF,
        .gpus = 1, .sequence = 512, .micro_batch = 1, .lora_rank = 16, .adapter_params = NAN,
        .optimizer_bytes = 16, .adapter_bytes = 16, .base_bytes = 0.5625,
    };
}

int
training_check(const struct capacity_shape *m, const struct training_setup *t, struct error *err)
{
    if (!(m->params > 0 && m->layers > 0 && m->hidden > 0 && m->vocab > 0))
        return error_set(err, ERR_UNKNOWN, "the model's shape is not published");
    if (t->method < 0 || t->method >= TRAIN_METHODS || !(t->gpus >= 1 && t->gpus <= 1e6))
        return error_set(err, ERR_RANGE, "training needs a method and at least one GPU");
    if (!(t->sequence >= 1 && t->sequence <= 1e8) || !(t->micro_batch >= 1 && t->micro_batch <= 1e6))
        return error_set(err, ERR_RANGE, "sequence and micro-batch must be at least 1");
    if (t->method != TRAIN_FULL && !known(t->adapter_params) && !(t->lora_rank >= 1))
        return error_set(err, ERR_RANGE, "the adapters' rank must be at least 1");
    return 0;
}

static double
tables(const struct capacity_shape *m)
{
    return m->vocab * m->hidden * (m->tied_embeddings ? 1 : 2);
}

static double
intermediate(const struct capacity_shape *m)
{
    return known(m->intermediate) && m->intermediate > 0 ? m->intermediate : 4 * m->hidden;
}

double
training_adapter_params(const struct capacity_shape *m, const struct training_setup *t)
{
    const double h = m->hidden, q = m->query_heads * m->head_dim, kv = m->kv_heads * m->head_dim;
    const double products = t->ungated ? 2 : 3;

    if (t->method == TRAIN_FULL)
        return 0;
    if (known(t->adapter_params))
        return t->adapter_params;
    return t->lora_rank * m->layers *
           (2 * (h + q) + 2 * (h + kv) + products * (h + intermediate(m)));
}

/* GPUs among which the state is divided. */
static double
shards(const struct training_setup *t)
{
    return t->sharding == SHARD_FSDP || t->sharding == SHARD_TENSOR ? t->gpus : 1;
}

static double
state_bytes(const struct capacity_shape *m, const struct training_setup *t)
{
    const double n = m->params, s = shards(t);
    const double adapters = t->adapter_bytes * training_adapter_params(m, t);
    const double on_gpu = t->params_on_host ? 0 : 1;

    switch (t->method) {
    case TRAIN_FULL:
        if (t->sharding == SHARD_ZERO2)
            return n * (4 + ZERO_STATE / t->gpus);
        return on_gpu * n * t->optimizer_bytes / s;
    case TRAIN_LORA:
        return (on_gpu * 2 * n + adapters) / s;
    default:
        return (on_gpu * ((n - tables(m)) * t->base_bytes + 2 * tables(m)) + adapters) / s +
               2 * n / m->layers;
    }
}

/* One layer of a gated MLP with flash attention keeps so much for the way back. */
static double
layer_bytes(const struct capacity_shape *m, const struct training_setup *t)
{
    return t->sequence * t->micro_batch *
           (16 * m->hidden + 4 * m->kv_heads * m->head_dim + (t->ungated ? 5 : 8) * intermediate(m));
}

static double
activation_bytes(const struct training_constants *k, const struct capacity_shape *m,
                 const struct training_setup *t)
{
    const double kept = 2 * t->sequence * t->micro_batch * m->hidden * m->layers;

    if (t->checkpoint == CHECKPOINT_NONE)
        return k->kept * m->layers * layer_bytes(m, t);
    if (t->checkpoint == CHECKPOINT_SELECTIVE)
        return k->selective * m->layers * layer_bytes(m, t);
    return (t->activations_on_host ? 0 : kept) + k->again * layer_bytes(m, t);
}

static double
gather_bytes(const struct training_constants *k, const struct capacity_shape *m,
             const struct training_setup *t)
{
    const double table = t->method == TRAIN_FULL ? m->vocab * m->hidden : tables(m);
    const double weight = t->method == TRAIN_QLORA ? 1.2 : 4;

    if (t->sharding != SHARD_FSDP && !t->params_on_host)
        return 0;
    return k->gathered * (weight * (m->params - tables(m)) / m->layers + 2 * table);
}

void
training_memory_by(const struct training_constants *k, const struct capacity_shape *m,
                   const struct training_setup *t, struct training_memory *out)
{
    const double state = state_bytes(m, t), activations = activation_bytes(k, m, t);
    const double logits = t->fused_loss ? 0 : k->logit_bytes * t->sequence * t->micro_batch * m->vocab;
    const double gather = gather_bytes(k, m, t);
    const double total = state + activations + logits + gather + k->constant_gib * GIB;

    *out = (struct training_memory){ state / GIB, activations / GIB, logits / GIB, gather / GIB,
                                     total / GIB, MARGIN * total / GIB };
}

int
training_memory(const struct capacity_shape *m, const struct training_setup *t,
                struct training_memory *out, struct error *err)
{
    if (training_check(m, t, err) != 0)
        return -1;
    training_memory_by(&training_fitted, m, t, out);
    return 0;
}

double
training_gpus_needed(const struct capacity_shape *m, const struct capacity_gpu *g,
                     const struct training_setup *from)
{
    struct training_setup t = *from;
    struct training_memory need;

    for (t.gpus = 1; t.gpus <= 1024; t.gpus *= 2) {
        t.sharding = t.gpus > 1 ? SHARD_FSDP : SHARD_NONE;
        if (training_memory(m, &t, &need, NULL) == 0 && need.safe_gib <= g->usable_gib)
            return t.gpus;
    }
    return 0;
}

/* Published peaks lie this factor around the rule (leave one source out). */
double
training_interval_memory(double probability)
{
    if (!(probability > 0 && probability < 1))
        return NAN;
    return exp(log(training_fitted.memory_interval) * normal_quantile(0.5 + probability / 2) / normal_quantile(0.9));
}
