/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "capacity.h"

/*
 * Names of precisions, engines, GPU classes and loads, and what catalog entries and rows
 * of measurement tables mean to the model.
 */

struct name {
    const char *text;
    int value;
};

static int
name_find(const struct name *names, size_t n, const char *text)
{
    for (size_t i = 0; text != NULL && i < n; i++)
        if (strcasecmp(names[i].text, text) == 0)
            return names[i].value;
    return -1;
}

/* The first name of a value is the one that is printed. */
static const char *
name_of(const struct name *names, size_t n, int value)
{
    for (size_t i = 0; i < n; i++)
        if (names[i].value == value)
            return names[i].text;
    return NULL;
}

/* ---- precisions -------------------------------------------------------------------------- */

static const struct name precisions[] = {
    { "fp16", PRECISION_FP16 }, { "bf16", PRECISION_FP16 }, { "fp8", PRECISION_FP8 },
    { "int8", PRECISION_INT8 }, { "w8a8", PRECISION_INT8 }, { "w8a16", PRECISION_W8A16 },
    { "int4", PRECISION_INT4 }, { "awq", PRECISION_INT4 }, { "gptq", PRECISION_INT4 },
    { "w4a16", PRECISION_INT4 }, { "q4_k_m", PRECISION_Q4_K_M }, { "q4", PRECISION_Q4_K_M },
    { "fp4", PRECISION_FP4 }, { "nvfp4", PRECISION_FP4 }, { "mxfp4", PRECISION_MXFP4 },
};

/* Scales of groups of 128 (INT4), 16 (NVFP4) and 32 (MXFP4) weights included. */
static const double precision_bytes[PRECISION_COUNT] = {
    [PRECISION_FP16] = 2, [PRECISION_FP8] = 1, [PRECISION_INT8] = 1, [PRECISION_W8A16] = 1.02,
    [PRECISION_INT4] = 0.53, [PRECISION_Q4_K_M] = 0.606, [PRECISION_FP4] = 0.5625,
    [PRECISION_MXFP4] = 0.5313,
};

const char *
capacity_precision_name(enum capacity_precision p)
{
    return name_of(precisions, BE_LEN(precisions), (int)p);
}

int
capacity_precision_find(const char *name)
{
    return name_find(precisions, BE_LEN(precisions), name);
}

double
capacity_precision_bytes(enum capacity_precision p)
{
    return p >= 0 && p < PRECISION_COUNT ? precision_bytes[p] : NAN;
}

/* ---- engines ------------------------------------------------------------------------------ */

static const struct name engines[] = {
    { "tensorrt-llm", ENGINE_TENSORRT_LLM }, { "trtllm", ENGINE_TENSORRT_LLM },
    { "lmdeploy", ENGINE_LMDEPLOY }, { "llama.cpp", ENGINE_LLAMA_CPP },
    { "single-stream", ENGINE_SINGLE_STREAM }, { "gpt-fast", ENGINE_SINGLE_STREAM },
    { "exllamav2", ENGINE_SINGLE_STREAM }, { "mlc-llm", ENGINE_SINGLE_STREAM },
    { "mlc", ENGINE_SINGLE_STREAM }, { "autoawq", ENGINE_SINGLE_STREAM },
    { "vllm", ENGINE_VLLM }, { "sglang", ENGINE_SGLANG }, { "vllm-old", ENGINE_VLLM_OLD }, { "vllm-v0", ENGINE_VLLM_V0 },
    { "deepspeed-mii", ENGINE_DEEPSPEED_MII }, { "tgi", ENGINE_TGI },
    { "hf", ENGINE_HF }, { "hf-transformers", ENGINE_HF }, { "hf-generate", ENGINE_HF },
};

const char *
capacity_engine_name(enum capacity_engine e)
{
    return name_of(engines, BE_LEN(engines), (int)e);
}

/* The first "number.number": 0 and 6 of "0.6.3", 4 and 1 of "MLPerf v4.1"; "2024" has none. */
static bool
version_parts(const char *text, long *major, long *minor)
{
    char *end;

    while (text != NULL && *text != '\0') {
        if (*text < '0' || *text > '9') {
            text++;
            continue;
        }
        *major = strtol(text, &end, 10);
        if (*end == '.' && end[1] >= '0' && end[1] <= '9') {
            *minor = strtol(end + 1, NULL, 10);
            return true;
        }
        text = end;
    }
    return false;
}

/* vLLM's scheduler was rewritten in 0.6 (September 2024), its engine in 0.8 (March 2025). */
static enum capacity_engine
vllm_of(const char *version, const char *date)
{
    long major, minor, year;

    if (version_parts(version, &major, &minor)) {
        if (strstr(version, "later") != NULL || major > 0 || minor >= 8)
            return ENGINE_VLLM;
        return minor < 6 ? ENGINE_VLLM_OLD : ENGINE_VLLM_V0;
    }
    year = date != NULL ? strtol(date, NULL, 10) : 0;
    return year >= 2000 && year < 2025 ? ENGINE_VLLM_OLD : ENGINE_VLLM;
}

int
capacity_engine_find(const char *name, const char *version, const char *date)
{
    int engine = name_find(engines, BE_LEN(engines), name);

    return engine == ENGINE_VLLM ? (int)vllm_of(version, date) : engine;
}

/* ---- GPU classes and loads ------------------------------------------------------------------ */

static const struct name classes[] = {
    { "ampere-hbm", CLASS_AMPERE_HBM }, { "hopper", CLASS_HOPPER },
    { "blackwell-hbm", CLASS_BLACKWELL_HBM }, { "gddr", CLASS_GDDR }, { "cdna3", CLASS_CDNA3 },
    { "h20", CLASS_H20 },
};

const char *
capacity_class_name(enum capacity_gpu_class c)
{
    return name_of(classes, BE_LEN(classes), (int)c);
}

int
capacity_class_find(const char *name)
{
    return name_find(classes, BE_LEN(classes), name);
}

static const struct name modes[] = {
    { "static", LOAD_STATIC }, { "offline", LOAD_OFFLINE }, { "closed", LOAD_CLOSED },
    { "burst", LOAD_BURST }, { "open", LOAD_OPEN },
};

const char *
capacity_mode_name(enum capacity_mode m)
{
    return name_of(modes, BE_LEN(modes), (int)m);
}

int
capacity_mode_find(const char *name)
{
    return name_find(modes, BE_LEN(modes), name);
}

/* ---- catalog entries --------------------------------------------------------------------------- */

static double
or_zero(double x)
{
    return known(x) ? x : 0;
}

int
capacity_shape_from_model(struct capacity_shape *out, const struct cat_model *m, struct error *err)
{
    struct capacity_shape s = {
        .params = m->params, .params_active = known(m->params_active) ? m->params_active : m->params,
        .params_routed = or_zero(m->params_routed), .layers = m->layers, .hidden = m->hidden,
        .query_heads = m->query_heads, .kv_heads = m->kv_heads, .head_dim = m->head_dim,
        .vocab = m->vocab, .kv_elements_per_token = m->kv_elements_per_token,
        .experts = or_zero(m->experts), .experts_per_token = or_zero(m->experts_per_token),
        .window_tokens = or_zero(m->window_tokens), .window_share = or_zero(m->window_share),
        .intermediate = m->intermediate, .tied_embeddings = m->tied_embeddings, .mla = m->mla,
    };

    if (!known(s.kv_elements_per_token))
        s.kv_elements_per_token = 2 * s.layers * s.kv_heads * s.head_dim;
    if (!known(s.params) || !known(s.layers) || !known(s.hidden) || !known(s.query_heads) ||
        !known(s.kv_heads) || !known(s.head_dim) || !known(s.vocab) || !known(s.kv_elements_per_token))
        return error_set(err, ERR_UNKNOWN, "%s: the model's shape is not published", m->id);
    *out = s;
    return 0;
}

int
capacity_gpu_from_catalog(struct capacity_gpu *out, const struct cat_gpu *g, struct error *err)
{
    int class_ = capacity_class_find(g->class_name);
    struct capacity_gpu gpu = {
        .class_ = (enum capacity_gpu_class)(class_ < 0 ? 0 : class_),
        .usable_gib = g->usable_gib, .bandwidth = g->bandwidth_gbs * 1e9,
        .fp16 = g->fp16_tflops * 1e12, .fp8 = or_zero(g->fp8_tflops) * 1e12,
        .int8 = or_zero(g->int8_tops) * 1e12, .fp4 = or_zero(g->fp4_tflops) * 1e12,
        .nvlink = or_zero(g->nvlink_gbs) * 1e9, .pcie = or_zero(g->pcie_gbs) * 1e9,
    };

    if (class_ < 0)
        return error_set(err, ERR_UNKNOWN, "%s: the GPU's class is not known", g->id);
    if (!known(gpu.usable_gib) || !known(gpu.bandwidth) || !known(gpu.fp16))
        return error_set(err, ERR_UNKNOWN, "%s: the GPU's memory, bandwidth or FLOP/s: not known", g->id);
    *out = gpu;
    return 0;
}
