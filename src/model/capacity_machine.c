/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>

#include "capacity.h"

/*
 * One machine: what of a step and of memory depends on model, GPU, engine and layout
 * alone.
 */

#define PREFILL_CHUNK 8192 /* tokens of activations for which servers keep room */
#define LIGHT_RESERVE (0.5 * GIB) /* of engines that are no servers              */
#define LIGHT_SHARE 0.98
#define TIGHT_SHARE 0.05

/* ---- precision ------------------------------------------------------------------------ */

/* What a precision means on a GPU. */
struct arithmetic {
    double peak;         /* FLOP/s of the products, from the sheet        */
    double peak_16;      /* of attention, which is not quantised           */
    double compute, stream; /* d_c, d_w                                     */
    double compute_step;    /* d_c of decode steps                          */
    bool weights_only;
};

static bool
has_int4_kernels(enum capacity_engine e)
{
    return e == ENGINE_TENSORRT_LLM || e == ENGINE_LMDEPLOY || e == ENGINE_LLAMA_CPP ||
           e == ENGINE_SINGLE_STREAM;
}

static struct arithmetic
arithmetic_of(const struct capacity_gpu *g, enum capacity_precision p, enum capacity_engine engine,
              const struct capacity_constants *k)
{
    struct arithmetic a = { g->fp16, g->fp16, 1, 1, 1, false };
    double peak = 0, share = k->compute_8bit;

    if (p == PRECISION_FP16)
        return a;
    if (p == PRECISION_FP8)
        peak = g->fp8;
    if (p == PRECISION_INT8)
        peak = g->int8;
    if (p == PRECISION_FP4 || p == PRECISION_MXFP4) {
        peak = g->fp4;
        share = k->compute_fp4;
    }
    if (peak > 0)
        return (struct arithmetic){ peak, peak / 2, share, 1, share, false };
    a.compute = k->compute_weights_only;
    a.compute_step = p == PRECISION_INT4 && !has_int4_kernels(engine) ? k->compute_int4_step
                                                                     : k->compute_weights_only;
    a.stream = g->class_ == CLASS_GDDR ? k->stream_weights_gddr : k->stream_weights_only;
    a.weights_only = true;
    return a;
}

/* ---- weights ----------------------------------------------------------------------------- */

struct weights {
    double resident, every_step, routed; /* bytes of the whole model */
    double multiplied;                   /* parameters per token      */
};

/* Embedding and head stay in 16 bit; of a MXFP4 mixture of experts all but the experts do. */
static struct weights
weights_of(const struct capacity_shape *m, enum capacity_precision p)
{
    const double bytes = capacity_precision_bytes(p), table = m->vocab * m->hidden;
    const double tables = m->tied_embeddings ? table : 2 * table;
    const double table_bytes = bytes < 2 ? 2 : bytes;
    const double other_bytes = p == PRECISION_MXFP4 && m->experts > 0 ? 2 : bytes;
    const double other = fmax(m->params - m->params_routed - tables, 0);

    return (struct weights){
        .resident = other * other_bytes + m->params_routed * bytes + tables * table_bytes,
        .every_step = other * other_bytes + table * table_bytes,
        .routed = m->params_routed * bytes,
        .multiplied = m->params_active - table,
    };
}

/* ---- memory ------------------------------------------------------------------------------- */

static bool
is_server(enum capacity_engine e)
{
    return e != ENGINE_LLAMA_CPP && e != ENGINE_SINGLE_STREAM;
}

static void
memory(struct capacity_system *s, const struct capacity_shape *m, const struct capacity_gpu *g,
       const struct capacity_layout *l, const struct weights *w)
{
    const struct capacity_constants *k = s->k;
    const double have = g->usable_gib * GIB, gpus = l->tensor * l->pipeline;
    const double reserve = k->reserve_bytes +
                           PREFILL_CHUNK * m->hidden * k->reserve_token_bytes / sqrt(l->tensor);
    double held = w->resident / gpus;

    if (l->attention_parallel)
        held += w->every_step * (1 - 1 / l->tensor) / l->pipeline;
    s->gpus = gpus;
    s->weights_gib = held / GIB;
    if (l->engine == ENGINE_TENSORRT_LLM) {
        s->pool_bytes = k->pool_tensorrt * (have - held - reserve);
        s->have_gib = g->usable_gib;
    } else {
        s->pool_bytes = k->pool_vllm * have - held - reserve;
        s->have_gib = k->pool_vllm * g->usable_gib;
    }
    s->need_gib = (held + reserve) / GIB;
    s->fits = s->pool_bytes > 0;
    if (!is_server(l->engine)) {
        s->need_gib = (held + LIGHT_RESERVE) / GIB;
        s->have_gib = LIGHT_SHARE * g->usable_gib;
        s->fits = s->need_gib <= s->have_gib;
    }
    s->tight = s->fits && s->pool_bytes < TIGHT_SHARE * have;
}

double
capacity_batch_max(const struct capacity_system *s, double input, double output)
{
    double occupied = input + s->occupied_output * output;

    if (!s->fits)
        return 0;
    if (s->window_share > 0)
        occupied = (1 - s->window_share) * occupied +
                   s->window_share * fmin(occupied, s->window_tokens);
    return fmax(1, floor(s->pool_bytes / (s->kv_bytes_token * occupied)));
}

double
capacity_need_gib(const struct capacity_system *s, double input, double output, double batch)
{
    double occupied = input + s->occupied_output * output;

    if (s->window_share > 0)
        occupied = (1 - s->window_share) * occupied +
                   s->window_share * fmin(occupied, s->window_tokens);
    return s->need_gib + batch * s->kv_bytes_token * occupied / GIB;
}

/* ---- time ------------------------------------------------------------------------------------ */

static double
engine_layer_s(const struct capacity_system *s, const struct capacity_gpu *g, const struct capacity_layout *l)
{
    const struct capacity_constants *k = s->k;
    double x = k->engine[l->engine].layer_s * (1 + k->layer_tensor * log2(l->tensor));

    if (g->class_ == CLASS_CDNA3)
        x *= k->amd_layer;
    if ((l->engine == ENGINE_TGI || l->engine == ENGINE_HF) && l->precision != PRECISION_FP16)
        x *= k->layer_quantised;
    return x + (s->moe ? k->moe_layer_s : 0);
}

static void
decode_parts(struct capacity_system *s, const struct capacity_shape *m, const struct capacity_gpu *g,
             const struct capacity_layout *l, const struct weights *w, const struct arithmetic *a)
{
    const struct capacity_constants *k = s->k;
    const double t = l->tensor, pipe = s->pipe, bandwidth = g->bandwidth * k->gpu[g->class_].bandwidth;
    const double stream = bandwidth * a->stream * (s->moe ? k->moe_stream : 1);
    const double compute = a->peak * k->gpu[g->class_].compute * (s->moe ? k->moe_compute : 1);
    const double layer_s = engine_layer_s(s, g, l);
    const double latency_s = (g->nvlink > 0 ? k->link[LINK_NVLINK] : k->link[LINK_PCIE]).latency_s *
                             (l->engine == ENGINE_DEEPSPEED_MII ? k->deepspeed_latency : 1);
    const enum capacity_link link = g->nvlink > 0 ? LINK_NVLINK : LINK_PCIE;
    const double wire = (link == LINK_NVLINK ? g->nvlink : g->pcie) * k->link[link].share;
    const double reduces = t > 1 ? 2 * m->layers : 0, moved = 2 * (t - 1) / t * m->hidden * 2;
    const double token_net_s = t > 1 ? reduces * moved / wire / pipe : 0;

    s->weights_s = w->every_step / (l->attention_parallel ? 1 : t) / pipe / stream;
    s->routed_s = w->routed / t / pipe / stream;
    s->compute_seq_s = 2 * w->multiplied / (compute * a->compute_step * t * pipe);
    s->kv_token_s = s->kv_bytes_token * l->pipeline / pipe / bandwidth;
    if (l->engine == ENGINE_HF)
        s->kv_token_s *= 1 + k->repeat_heads * m->query_heads / m->kv_heads;
    s->network_s = reduces * latency_s / pipe;
    s->network_seq_s = token_net_s;
    s->engine_s = (m->layers * layer_s + k->step_s) / pipe;
    s->sequence_s = k->engine[l->engine].sequence_s * (g->class_ == CLASS_CDNA3 ? k->amd_sequence : 1);

    s->prefill_token_s = 2 * w->multiplied / (compute * a->compute * t * pipe);
    s->prefill_net_s = token_net_s;
    s->prefill_square_s = 2 * m->layers * m->query_heads * m->head_dim /
                          (a->peak_16 * k->gpu[g->class_].compute * k->gpu[g->class_].attention * t * pipe);
    s->prefill_fixed_s = reduces * latency_s + m->layers * (layer_s + (s->moe ? k->moe_prefill_layer_s : 0));
    s->read_s = w->every_step / (t * stream);
    s->read_routed_s = w->routed / (t * stream);
}

static int
check_shape(const struct capacity_shape *m, struct error *err)
{
    const struct { double x; const char *name; } needed[] = {
        { m->params, "parameters" }, { m->params_active, "active parameters" },
        { m->layers, "layers" }, { m->hidden, "hidden size" }, { m->query_heads, "query heads" },
        { m->kv_heads, "KV heads" }, { m->head_dim, "head size" }, { m->vocab, "vocabulary" },
        { m->kv_elements_per_token, "KV elements per token" },
    };

    for (size_t i = 0; i < BE_LEN(needed); i++)
        if (!(needed[i].x > 0 && needed[i].x < 1e15))
            return error_set(err, ERR_UNKNOWN, "the model's %s: not known", needed[i].name);
    if (!(m->params_active > m->vocab * m->hidden && m->params_active <= m->params))
        return error_set(err, ERR_RANGE, "the model's active parameters do not go with its other counts");
    if (!(m->params_routed >= 0 && m->params_routed < m->params) || !(m->experts >= 0) ||
        !(m->experts_per_token >= 0 && m->experts_per_token <= m->experts) ||
        (m->experts > 0 && m->experts_per_token == 0))
        return error_set(err, ERR_RANGE, "the model's experts do not go with its other counts");
    if (!(m->window_share >= 0 && m->window_share <= 1) || !(m->window_tokens >= 0))
        return error_set(err, ERR_RANGE, "the model's sliding window is no share of its layers");
    return 0;
}

static int
check_machine(const struct capacity_gpu *g, const struct capacity_layout *l, struct error *err)
{
    if (!(g->usable_gib > 0 && g->usable_gib < 1e6) || !(g->bandwidth > 0 && isfinite(g->bandwidth)) ||
        !(g->fp16 > 0 && isfinite(g->fp16)) || !(g->fp8 >= 0 && g->int8 >= 0 && g->fp4 >= 0))
        return error_set(err, ERR_UNKNOWN, "the GPU's memory, bandwidth or FLOP/s: not known");
    if (g->class_ < 0 || g->class_ >= CLASS_COUNT || l->engine < 0 || l->engine >= ENGINE_COUNT ||
        l->precision < 0 || l->precision >= PRECISION_COUNT)
        return error_set(err, ERR_UNKNOWN, "no such GPU class, engine or precision");
    if (!(l->tensor >= 1 && l->tensor <= 1024) || !(l->pipeline >= 1 && l->pipeline <= 1024))
        return error_set(err, ERR_RANGE, "tensor and pipeline width must lie in 1..1024");
    if (l->tensor > 1 && !(g->nvlink > 0) && !(g->pcie > 0))
        return error_set(err, ERR_UNKNOWN, "the GPU's link to other GPUs: not known");
    return 0;
}

int
capacity_prepare(struct capacity_system *out, const struct capacity_shape *m,
                 const struct capacity_gpu *g, const struct capacity_layout *l,
                 const struct capacity_constants *k, struct error *err)
{
    const double kv_bytes = l->kv_8bit ? 1 : 2;
    struct capacity_system s = { .k = k, .engine = l->engine };
    struct arithmetic a;
    struct weights w;
    double held;

    if (check_shape(m, err) != 0 || check_machine(g, l, err) != 0)
        return -1;
    a = arithmetic_of(g, l->precision, l->engine, k);
    w = weights_of(m, l->precision);
    s.weights_only = a.weights_only;
    s.moe = m->experts > 0;
    s.touched_log = s.moe && m->experts_per_token < m->experts
                        ? log1p(-m->experts_per_token / m->experts) : -INFINITY;
    s.window_tokens = m->window_tokens;
    s.window_share = m->window_share;
    /* A layer split runs its GPUs one after another. */
    s.pipe = l->engine == ENGINE_LLAMA_CPP || l->engine == ENGINE_SINGLE_STREAM ||
             l->engine == ENGINE_HF ? 1 : l->pipeline;
    s.batch_cap = k->engine[l->engine].batch_cap;
    if (l->attention_parallel && k->cap_per_rank > 0)
        s.batch_cap *= l->tensor;
    s.occupied_output = l->engine == ENGINE_TENSORRT_LLM ? 1 : k->occupied_output;
    /* A KV head is never cut in two. */
    held = l->attention_parallel || m->kv_heads >= l->tensor ? 1 / l->tensor : 1 / m->kv_heads;
    s.kv_bytes_token = m->kv_elements_per_token * kv_bytes * (m->mla && !l->attention_parallel ? 1 : held) /
                       l->pipeline;
    memory(&s, m, g, l, &w);
    decode_parts(&s, m, g, l, &w, &a);
    *out = s;
    return 0;
}

/* ---- layouts ------------------------------------------------------------------------------ */

#define WITHIN_SERVER 8 /* GPUs that share fast links */

void
capacity_layout_gpus(struct capacity_layout *l, double gpus)
{
    l->tensor = gpus < WITHIN_SERVER ? fmax(gpus, 1) : WITHIN_SERVER;
    l->pipeline = fmax(1, ceil(gpus / WITHIN_SERVER));
}

static bool
layout_fits(const struct capacity_shape *m, const struct capacity_gpu *g,
            const struct capacity_layout *l, double input, double output,
            const struct capacity_constants *k, double *need_gib)
{
    struct capacity_system s;

    if (capacity_prepare(&s, m, g, l, k, NULL) != 0 || !s.fits)
        return false;
    *need_gib = capacity_need_gib(&s, input, output, 1);
    return *need_gib <= s.have_gib;
}

void
capacity_nearest(const struct capacity_shape *m, const struct capacity_gpu *g,
                 const struct capacity_layout *from, double input, double output,
                 const struct capacity_constants *k, struct capacity_nearest *out)
{
    static const enum capacity_precision fewer[] = { PRECISION_FP8, PRECISION_INT4 };
    const double have = from->tensor * from->pipeline;
    const double bytes = capacity_precision_bytes(from->precision);

    *out = (struct capacity_nearest){ .gpus_layout = *from, .bits_layout = *from };
    for (double gpus = 1; gpus <= 64 && !out->more_gpus; gpus *= 2) {
        if (gpus <= have)
            continue;
        capacity_layout_gpus(&out->gpus_layout, gpus);
        out->more_gpus = layout_fits(m, g, &out->gpus_layout, input, output, k, &out->gpus_need_gib);
    }
    for (size_t i = 0; i < BE_LEN(fewer) && !out->fewer_bits; i++) {
        if (capacity_precision_bytes(fewer[i]) >= bytes)
            continue;
        out->bits_layout.precision = fewer[i] == PRECISION_FP8 && !(g->fp8 > 0) ? PRECISION_W8A16
                                                                                 : fewer[i];
        out->fewer_bits = layout_fits(m, g, &out->bits_layout, input, output, k, &out->bits_need_gib);
    }
}

const char *
capacity_warning(const struct capacity_system *s, int i)
{
    const char *words[2];
    int n = 0;

    if (s->tight)
        words[n++] = "the KV cache gets under 5 % of memory: 1-2 GiB that nobody publishes decide the batch";
    if (s->weights_only)
        words[n++] = "weights are stored in fewer bits than this GPU computes in: they save reading, not arithmetic";
    return i >= 0 && i < n ? words[i] : NULL;
}
