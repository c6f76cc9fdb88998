/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>

#include "capacity.h"

/*
 * The constants of the capacity model and what each of them means. Both sets come from
 * tests/data/throughput-public.csv alone: "published" is the set that was printed with
 * the model's first error table (it stays, so that those errors can be computed
 * again), "fitted" is written by tests/fit/fit-capacity.py.
 */

const struct capacity_constants capacity_published = {
    .name = "published",
    .gpu = {
        [CLASS_AMPERE_HBM] = { 0.75, 0.77, 0.74 },
        [CLASS_HOPPER] = { 0.85, 0.75, 0.64 },
        [CLASS_BLACKWELL_HBM] = { 0.88, 0.58, 0.64 },
        [CLASS_GDDR] = { 0.92, 0.62, 0.74 },
        [CLASS_CDNA3] = { 0.57, 0.41, 0.74 },
        [CLASS_H20] = { 0.44, 0.57, 0.64 },
    },
    .engine = {
        [ENGINE_TENSORRT_LLM] = { 52e-6, 5e-6, 2048, 1.40 },
        [ENGINE_LMDEPLOY] = { 52e-6, 5e-6, 256, 1.40 },
        [ENGINE_LLAMA_CPP] = { 52e-6, 5e-6, 256, 1.40 },
        [ENGINE_SINGLE_STREAM] = { 52e-6, 5e-6, 256, 1.40 },
        [ENGINE_VLLM] = { 52e-6, 27e-6, 256, 1.40 },
        [ENGINE_SGLANG] = { 52e-6, 27e-6, 1024, 1.40 },
        [ENGINE_VLLM_OLD] = { 92e-6, 240e-6, 256, 1.40 },
        [ENGINE_DEEPSPEED_MII] = { 92e-6, 240e-6, 512, 1.44 },
        [ENGINE_VLLM_V0] = { 52e-6, 27e-6, 256, 1.40 },
        [ENGINE_TGI] = { 700e-6, 310e-6, 128, 2.0 },
        [ENGINE_HF] = { 890e-6, 50e-6, INFINITY, 2.0 },
    },
    .link = { [LINK_NVLINK] = { 5e-6, 0.47 }, [LINK_PCIE] = { 55e-6, 0.41 } },
    .compute_8bit = 0.86, .compute_fp4 = 0.70, .compute_weights_only = 0.75,
    .compute_int4_step = 0.75, .stream_weights_only = 0.90, .stream_weights_gddr = 0.90,
    .moe_compute = 0.68, .moe_stream = 0.85, .touched_power = 1, .layer_quantised = 1, .deepspeed_latency = 1,
    .amd_layer = 2.6, .amd_sequence = 1, .step_s = 1.1e-3, .static_sequence = 0.4, .admission = 0.8,
    .ttft_floor_s = 36e-3, .lockstep_fixed = 0.20, .lockstep_mixed = 0.12,
    .reserve_bytes = 2.0 * GIB, .reserve_token_bytes = 10,
    .pool_tensorrt = 0.95, .pool_vllm = 0.90, .occupied_output = 0.6,
    .moe_interval = 1.5, .ttft_interval = 2.0,
};

const struct capacity_constants capacity_fitted = {
    .name = "fitted",
#include "capacity_fitted.h"
};

#define FIT "fitted on public measurements (tests/fit/fit-capacity.py)"
#define AT(member) offsetof(struct capacity_constants, member)
#define GPU_ROWS(class_, name) \
    { "e_bw " name, "share", "memory bandwidth that streaming weights and cache reaches, " name, FIT, true, AT(gpu[class_].bandwidth) }, \
    { "m " name, "share", "FLOP/s that matrix products reach, " name, FIT, true, AT(gpu[class_].compute) }, \
    { "a " name, "share", "FLOP/s that prefill attention reaches, " name, FIT, true, AT(gpu[class_].attention) }
#define ENGINE_ROWS(engine_, name) \
    { "t_L " name, "s", "time of the engine per layer and step, " name, FIT, true, AT(engine[engine_].layer_s) }, \
    { "c_s " name, "s", "time of the engine per sequence and step, " name, FIT, true, AT(engine[engine_].sequence_s) }, \
    { "cap " name, "requests", "largest batch of the scheduler, " name, "the engine's documented default", false, AT(engine[engine_].batch_cap) }, \
    { "f80 " name, "x", "factor around tokens/s that holds 80 % of measurements, " name, "cross-validation on public measurements", false, AT(engine[engine_].interval) }
#define LINK_ROWS(link_, name) \
    { "alpha " name, "s", "latency of one all-reduce, " name, FIT, true, AT(link[link_].latency_s) }, \
    { "e_l " name, "share", "rate of the link that all-reduces reach, " name, FIT, true, AT(link[link_].share) }

const struct capacity_constant_row capacity_constant_rows[] = {
    GPU_ROWS(CLASS_AMPERE_HBM, "ampere-hbm"),
    GPU_ROWS(CLASS_HOPPER, "hopper"),
    GPU_ROWS(CLASS_BLACKWELL_HBM, "blackwell-hbm"),
    GPU_ROWS(CLASS_GDDR, "gddr"),
    GPU_ROWS(CLASS_CDNA3, "cdna3"),
    GPU_ROWS(CLASS_H20, "h20"),
    ENGINE_ROWS(ENGINE_TENSORRT_LLM, "tensorrt-llm"),
    ENGINE_ROWS(ENGINE_LMDEPLOY, "lmdeploy"),
    ENGINE_ROWS(ENGINE_LLAMA_CPP, "llama.cpp"),
    ENGINE_ROWS(ENGINE_SINGLE_STREAM, "single-stream"),
    ENGINE_ROWS(ENGINE_VLLM, "vllm"),
    ENGINE_ROWS(ENGINE_SGLANG, "sglang"),
    ENGINE_ROWS(ENGINE_VLLM_OLD, "vllm-old"),
    ENGINE_ROWS(ENGINE_DEEPSPEED_MII, "deepspeed-mii"),
    ENGINE_ROWS(ENGINE_VLLM_V0, "vllm-v0"),
    ENGINE_ROWS(ENGINE_TGI, "tgi"),
    ENGINE_ROWS(ENGINE_HF, "hf"),
    LINK_ROWS(LINK_NVLINK, "nvlink"),
    LINK_ROWS(LINK_PCIE, "pcie"),
    { "d_c 8 bit", "share", "of m that FP8 and INT8 products reach, of the doubled peak", FIT, true, AT(compute_8bit) },
    { "d_c fp4", "share", "of m that FP4 products reach, of the FP4 peak", FIT, true, AT(compute_fp4) },
    { "d_c weight-only", "share", "of m where weights are unpacked to 16 bit first", "assumed: unpacked weights multiply as 16-bit ones do", false, AT(compute_weights_only) },
    { "d_w weight-only", "share", "of e_bw where weights are unpacked to 16 bit first", FIT, true, AT(stream_weights_only) },
    { "d_c int4 step", "share", "of m in decode steps with INT4 weights, kernels of TensorRT-LLM, LMDeploy and single streams apart", FIT, true, AT(compute_int4_step) },
    { "d_w gddr", "share", "of e_bw where weights are unpacked first on cards with GDDR", FIT, true, AT(stream_weights_gddr) },
    { "d_c moe", "share", "of m that mixtures of experts reach", FIT, true, AT(moe_compute) },
    { "d_w moe", "share", "of e_bw that mixtures of experts reach", "assumed: experts stream as other weights do", false, AT(moe_stream) },
    { "touched power", "power", "skew of routing: b tokens touch as many experts as b to this power at random would", FIT, true, AT(touched_power) },
    { "t_L moe", "s", "added to t_L for mixtures of experts: router, sorting", FIT, true, AT(moe_layer_s) },
    { "t_p moe", "s", "per layer of a lone prefill, mixtures of experts", FIT, true, AT(moe_prefill_layer_s) },
    { "t_L tensor", "share", "by which t_L grows with each doubling of T", FIT, true, AT(layer_tensor) },
    { "t_L quantised", "x", "on t_L of TGI and HF generate() with quantised weights", FIT, true, AT(layer_quantised) },
    { "KV repeat", "x", "times n_q/n_kv that HF generate() moves the cache beyond once", FIT, true, AT(repeat_heads) },
    { "alpha deepspeed-mii", "x", "on alpha for DeepSpeed-MII", FIT, true, AT(deepspeed_latency) },
    { "t_L amd", "x", "on t_L under ROCm", FIT, true, AT(amd_layer) },
    { "c_s amd", "x", "on c_s under ROCm", "the same number as t_L amd", false, AT(amd_sequence) },
    { "cap per rank", "0 or 1", "each rank of data-parallel attention schedules its own batch", "how the engines work", false, AT(cap_per_rank) },
    { "t_0", "s", "time of a step that no model shape explains", FIT, true, AT(step_s) },
    { "c_s static", "x", "on c_s where no scheduler runs", FIT, true, AT(static_sequence) },
    { "kappa", "steps", "that a new request waits for the running one", FIT, true, AT(admission) },
    { "TTFT floor", "s", "HTTP, tokeniser and scheduler before a first token", FIT, true, AT(ttft_floor_s) },
    { "s fixed", "share", "of the other requests' prefills that one waits for, closed loop, equal lengths", FIT, true, AT(lockstep_fixed) },
    { "s mixed", "share", "the same for mixed lengths", FIT, true, AT(lockstep_mixed) },
    { "R", "bytes", "reserve per GPU: context, graphs, workspace", "engines' start-up logs", false, AT(reserve_bytes) },
    { "R h", "bytes", "reserve per token of an 8,192-token prefill and hidden unit, over sqrt(T)", "arithmetic", false, AT(reserve_token_bytes) },
    { "pool tensorrt-llm", "share", "of what weights and reserve leave that the cache gets", "the engine's documented default", false, AT(pool_tensorrt) },
    { "pool others", "share", "of memory for weights, reserve and cache", "the engines' documented default", false, AT(pool_vllm) },
    { "occupied", "share", "of its output that a request holds in a paged cache, ages mixed", "arithmetic: ages mixed evenly hold half", false, AT(occupied_output) },
    { "f80 moe", "x", "least factor around tokens/s for mixtures of experts", "cross-validation on public measurements", false, AT(moe_interval) },
    { "f80 TTFT", "x", "factor around TTFT that holds 80 % of measurements", "cross-validation on public measurements", false, AT(ttft_interval) },
};
const int capacity_n_constant_rows = BE_LEN(capacity_constant_rows);

double
capacity_constant(const struct capacity_constants *k, int row)
{
    if (row < 0 || row >= capacity_n_constant_rows)
        return NAN;
    return *(const double *)(const void *)((const char *)k + capacity_constant_rows[row].offset);
}
