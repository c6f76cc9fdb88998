/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_CAPACITY_H
#define BREAKEVEN_CAPACITY_H

/*
 * Capacity: tokens per second, latency and memory of an open model on GPUs, and
 * memory and hours of its training.
 *
 * An analytic model: each decode step is the sum of reading the weights, arithmetic,
 * reading the KV cache, all-reduces and what the engine itself takes; a cycle of O
 * steps and the prefills that stall them gives throughput. The efficiencies are
 * fitted on published measurements (see capacity_constant_rows); a prediction comes
 * with the factor by which measurements lie around it.
 *
 * Everything here is pure and free of allocation. capacity_prepare does what depends
 * on the machine alone, so that the calls after it cost well under a microsecond and
 * may be made for every sample. A replica is tensor x pipeline GPUs. Units: bytes,
 * seconds, tokens, GiB = 2^30 bytes; NAN in an input means "not known".
 */

#include "breakeven/catalog.h"

#define GIB 1073741824.0

/* ---- what can be chosen ---------------------------------------------------------- */

enum capacity_precision {
    PRECISION_FP16,  /* or bf16                                                      */
    PRECISION_FP8,   /* weights and activations where the GPU can, else weights alone */
    PRECISION_INT8,  /* weights and activations (W8A8)                               */
    PRECISION_W8A16, /* weights alone                                                */
    PRECISION_INT4,  /* weights alone, AWQ or GPTQ in groups of 128                  */
    PRECISION_Q4_K_M,/* weights alone                                                */
    PRECISION_FP4,   /* NVFP4                                                        */
    PRECISION_MXFP4, /* a mixture of experts: the experts alone                      */
    PRECISION_COUNT
};

/* The id as in the field "precision" ("fp16"); NULL out of range. */
const char *capacity_precision_name(enum capacity_precision);
/* -1 if unknown. Also takes usual other names: bf16, nvfp4, awq, gptq, q4. */
int capacity_precision_find(const char *name);
double capacity_precision_bytes(enum capacity_precision); /* per weight */

enum capacity_engine {
    ENGINE_TENSORRT_LLM, ENGINE_LMDEPLOY, ENGINE_LLAMA_CPP, ENGINE_SINGLE_STREAM,
    ENGINE_VLLM, ENGINE_SGLANG, ENGINE_VLLM_OLD, ENGINE_DEEPSPEED_MII, ENGINE_TGI, ENGINE_HF,
    ENGINE_VLLM_V0, /* vLLM 0.6 and 0.7, before its second engine */
    ENGINE_COUNT
};

const char *capacity_engine_name(enum capacity_engine);
/* By the kind of a catalog row or an engine's usual name, and, for vLLM, its version: "0.10"
 * is newer than "0.6" because parts are compared as numbers; without a version that is one,
 * a date ("2024-10") before 2025 means the old engine; "0.6 or later" is the current one.
 * version and date may be NULL or "".
 * -1 if unknown. */
int capacity_engine_find(const char *name, const char *version, const char *date);

enum capacity_gpu_class {
    CLASS_AMPERE_HBM, CLASS_HOPPER, CLASS_BLACKWELL_HBM, CLASS_GDDR, CLASS_CDNA3, CLASS_H20,
    CLASS_COUNT
};

const char *capacity_class_name(enum capacity_gpu_class);
int capacity_class_find(const char *name); /* -1 if unknown */

/* ---- what is served on what ------------------------------------------------------- */

struct capacity_shape {
    double params, params_active, params_routed; /* routed: in experts chosen by a router   */
    double layers, hidden, query_heads, kv_heads, head_dim, vocab;
    double kv_elements_per_token;                /* whole model                               */
    double experts, experts_per_token;           /* 0 if dense                                */
    double window_tokens, window_share;          /* sliding windows on that share of layers    */
    double intermediate;                         /* training memory alone; NAN: 4 x hidden     */
    bool tied_embeddings, mla;
};

struct capacity_gpu {
    enum capacity_gpu_class class_;
    double usable_gib, bandwidth;       /* bytes/s                                            */
    double fp16, fp8, int8, fp4;        /* dense FLOP/s; 0: the card has none                 */
    double nvlink, pcie;                /* bytes/s per direction; 0: none                      */
};

/* -1 (ERR_UNKNOWN) if a figure that the model needs is missing, named in the words. */
int capacity_shape_from_model(struct capacity_shape *, const struct cat_model *, struct error *);
int capacity_gpu_from_catalog(struct capacity_gpu *, const struct cat_gpu *, struct error *);

struct capacity_layout {
    enum capacity_engine engine;
    enum capacity_precision precision;
    bool kv_8bit;             /* fp8 or int8 KV cache, else 16 bit                            */
    bool attention_parallel;  /* data-parallel attention: attention weights on each GPU       */
    double tensor, pipeline;  /* GPUs of a replica = tensor x pipeline                         */
};
/* tensor = gpus up to 8 within a replica, pipeline the rest. */
void capacity_layout_gpus(struct capacity_layout *, double gpus_per_replica);

enum capacity_mode {
    LOAD_STATIC,  /* one batch at a time, no server                                            */
    LOAD_OFFLINE, /* all prompts at once: maximum throughput                                   */
    LOAD_CLOSED,  /* each of "concurrency" clients sends its next request when one ends        */
    LOAD_BURST,   /* "concurrency" prompts at once, then drain                                 */
    LOAD_OPEN     /* arrivals at random; concurrency is the mean number in the replica         */
};
const char *capacity_mode_name(enum capacity_mode);
int capacity_mode_find(const char *name); /* -1 if unknown */

struct capacity_load {
    enum capacity_mode mode;
    double input, output;     /* mean tokens of a request                                      */
    double output_max;        /* longest output, bursts alone; 0: the mean                     */
    double concurrency;       /* per replica; 0: as many as fit                                 */
    double cached_share;      /* of the input whose prefill the prefix cache saves              */
    double batch_cap;         /* of the engine's scheduler; 0: its default                       */
    bool fixed_lengths;       /* all requests alike (closed loads), as in synthetic runs         */
    bool server;              /* a static batch that a server ran: within its memory              */
};

/* ---- constants ----------------------------------------------------------------------- */

/* Two sets: as first published, and as fitted since. Both are fitted on
 * tests/data/throughput-public.csv alone. */
struct capacity_constants;
extern const struct capacity_constants capacity_published, capacity_fitted;

/* One row a constant: for the manual and the list of fitted figures. */
struct capacity_constant_row {
    const char *symbol, *unit, *meaning, *source;
    bool fitted;     /* on the public measurements; else a data sheet, a default or arithmetic */
    size_t offset;
};
extern const struct capacity_constant_row capacity_constant_rows[];
extern const int capacity_n_constant_rows;
double capacity_constant(const struct capacity_constants *, int row);

/* ---- one machine ------------------------------------------------------------------------ */

/* What capacity_prepare derives; plain data, read-only for callers. */
struct capacity_system {
    const struct capacity_constants *k;
    bool fits;                   /* memory for at least the weights and the reserve             */
    bool tight;                  /* KV pool under 5 % of memory: 1-2 GiB decide                  */
    bool weights_only;           /* fewer bits stored than computed in                           */
    double gpus;                 /* of a replica                                                 */
    double weights_gib;          /* per GPU                                                       */
    double need_gib, have_gib;   /* per GPU: weights, reserve and (others' share of) the limit     */
    double pool_bytes;           /* per GPU, for the KV cache                                      */
    double kv_bytes_token;       /* per GPU                                                         */
    double batch_cap;            /* of the engine; INFINITY if it has none                           */
    double occupied_output;      /* share of the output that a request occupies on average            */
    double window_tokens, window_share;
    /* seconds of a step: fixed parts, and per sequence of the batch */
    double weights_s, routed_s, touched_log, network_s, engine_s;
    double compute_seq_s, network_seq_s, kv_token_s, sequence_s;
    double pipe;                 /* stages that work at the same time                                 */
    /* seconds of a prefill: per token, per token squared, and the floor of reading the weights */
    double prefill_token_s, prefill_square_s, prefill_net_s, prefill_fixed_s;
    double read_s, read_routed_s;
    enum capacity_engine engine;
    bool moe;
};

/* 0, or -1 with ERR_RANGE or ERR_UNKNOWN for inputs that are not a machine. A machine whose
 * memory is too small is no error: fits is false, need_gib and have_gib say by how much,
 * and nothing is ever predicted for it. */
int capacity_prepare(struct capacity_system *, const struct capacity_shape *,
                     const struct capacity_gpu *, const struct capacity_layout *,
                     const struct capacity_constants *, struct error *);

/* Requests that the KV cache holds at once; at least 1 where the machine fits. */
double capacity_batch_max(const struct capacity_system *, double input, double output);
/* GiB per GPU for a batch: weights, reserve and KV cache. */
double capacity_need_gib(const struct capacity_system *, double input, double output, double batch);

/* ---- answers ------------------------------------------------------------------------------ */

enum capacity_limit {
    LIMIT_WEIGHTS, LIMIT_COMPUTE, LIMIT_KV, LIMIT_NETWORK, LIMIT_ENGINE, LIMIT_MEMORY, LIMIT_COUNT
};
/* In words: "reading the weights", ... */
const char *capacity_limit_words(enum capacity_limit);

struct capacity_answer {
    bool fits;             /* false: every figure below is NAN                                    */
    double batch_max, batch;
    double step_s;         /* one decode step of the batch                                          */
    double prefill_s;      /* occupancy of one prompt                                                */
    double lone_prefill_s; /* latency of a prompt alone                                               */
    double replica_tok_s;  /* output tokens/s of one replica                                            */
    double ttft_s;         /* without waiting for a slot                                                */
    double queue_s;        /* wait for a slot of clients beyond batch_max                                 */
    double tpot_s;
    double prefill_share;  /* rho: of the time, in prefill                                                 */
};

/* The load's batch, throughput and latency. -1 (ERR_RANGE) for a load that is none. */
int capacity_predict(const struct capacity_system *, const struct capacity_load *,
                     struct capacity_answer *, struct error *);

/* The same at exactly "batch" requests in a replica, arrivals at random, whatever memory
 * says (batch may be fractional): the engine room of sweeps, no checks, no errors.
 * cached: share of the input that needs no prefill. */
void capacity_at(const struct capacity_system *, double input, double output, double cached,
                 double batch, struct capacity_answer *);
/* TTFT of one prompt of another length among the requests of an answer by capacity_at. */
double capacity_ttft_s(const struct capacity_system *, const struct capacity_answer *,
                       double input, double cached);
/* The largest whole batch up to batch_max and the engine's cap at which TTFT of a prompt of
 * long_input and TPOT meet their limits (INFINITY: none); 0 if not even one does. */
double capacity_batch_within(const struct capacity_system *, double input, double output,
                             double cached, double long_input, double ttft_limit_s,
                             double tpot_limit_s);

/* What limits throughput at this batch: the largest part of a cycle, or memory, where
 * twice the KV cache would raise throughput by more than a tenth. */
enum capacity_limit capacity_limiting(const struct capacity_system *, const struct capacity_load *,
                                      const struct capacity_answer *);

/* Factor f of the interval [x/f, x*f] that holds a measurement with this probability (0.8 or
 * 0.9; others by the normal law between). */
double capacity_interval_tok_s(const struct capacity_system *, double probability);
double capacity_interval_ttft(const struct capacity_system *, double probability);

/* The nearest layouts that fit, from the one given: more GPUs in the same precision, and
 * fewer bits on the same GPUs. have: false if there is none (up to 64 GPUs). */
struct capacity_nearest {
    bool more_gpus, fewer_bits;
    struct capacity_layout gpus_layout, bits_layout;
    double gpus_need_gib, bits_need_gib;
};
void capacity_nearest(const struct capacity_shape *, const struct capacity_gpu *,
                      const struct capacity_layout *, double input, double output,
                      const struct capacity_constants *, struct capacity_nearest *);

/* Warning i of a prepared machine in words; NULL past the last. */
const char *capacity_warning(const struct capacity_system *, int i);

/* ---- a row of a table of measurements ------------------------------------------------------- */

/* The words of a CSV row with the columns of tests/data/throughput-public.csv; NULL or "" where
 * a column is absent. */
struct capacity_row {
    const char *engine, *engine_version, *date, *weight_precision, *kv_precision, *load;
    const char *n_gpus, *tp, *pp, *isl, *osl, *osl_max, *concurrency, *source, *note;
};
/* -1 with the column named. replicas: n_gpus / (tp x pp). */
int capacity_row_read(const struct capacity_row *, struct capacity_layout *,
                      struct capacity_load *, double *replicas, struct error *);

/* ---- training: memory and hours (sections 7.2 and 8) ------------------------------------------ */

enum training_method { TRAIN_FULL, TRAIN_LORA, TRAIN_QLORA, TRAIN_METHODS };
enum training_sharding { SHARD_NONE, SHARD_ZERO2, SHARD_FSDP, SHARD_TENSOR };
enum training_checkpoint { CHECKPOINT_FULL, CHECKPOINT_NONE, CHECKPOINT_SELECTIVE };
enum training_stack { STACK_TUNED, STACK_TORCH, STACK_HF };

struct training_setup {
    enum training_method method;
    enum training_sharding sharding;
    enum training_checkpoint checkpoint;
    enum training_stack stack;
    double gpus;
    double sequence, micro_batch;
    double lora_rank;            /* of all linear layers; or                                    */
    double adapter_params;       /* their number; NAN: from the rank                              */
    double optimizer_bytes;      /* per parameter, weights and gradients included: 16, 8, 6, 4      */
    double adapter_bytes;        /* per adapter parameter: 16, or 8 with an 8-bit optimizer         */
    double base_bytes;           /* per frozen parameter of QLoRA: 0.5625 NF4, 0.516 doubly quantised */
    bool ungated;                /* the MLP has no gate                                              */
    bool fused_loss;             /* logits in chunks                                                  */
    bool params_on_host, activations_on_host, fp8;
};
/* One GPU, HF stack, sequence 512, micro-batch 1, checkpointing, rank 16. */
void training_setup_init(struct training_setup *, enum training_method);

struct training_memory {
    double state_gib, activations_gib, logits_gib, gather_gib, total_gib; /* per GPU            */
    double safe_gib;      /* with the margin for a yes or no                                       */
};
int training_memory(const struct capacity_shape *, const struct training_setup *,
                    struct training_memory *, struct error *);
/* The fewest GPUs (1, 2, 4, ... 1024) on which it fits with the margin, with sharding where
 * there is more than one; 0 if none does. */
double training_gpus_needed(const struct capacity_shape *, const struct capacity_gpu *,
                            const struct training_setup *);

struct training_speed {
    double tok_s;         /* all GPUs                                                              */
    double flop_per_token, mfu;
};
int training_speed(const struct capacity_shape *, const struct capacity_gpu *,
                   const struct training_setup *, struct training_speed *, struct error *);
/* Hours for so many tokens as the GPUs process them (padding and epochs counted). */
double training_hours(const struct training_speed *, double tokens);
/* Factor of the interval around the hours, or the memory, that holds with this probability. */
double training_interval_hours(double probability);
double training_interval_memory(double probability);

#endif
