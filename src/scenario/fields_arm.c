/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "rows.h"

/*
 * One row for every member of struct arm that a person can set.  A row without
 * a default is unset at first: then the catalog, the scenario-wide field named
 * by fallback, or the kind of arm supplies the figure (resolve.c).
 */

#define ROW_OF struct arm

static const struct choice kinds[] = {
    { "api", "a vendor's model, paid per token" },
    { "hosted-open", "an open model at a host, paid per token" },
    { "hosted-tuned", "a tuned model at a host" },
    { "self-open", "an open model on own or rented GPUs" },
    { "self-tuned", "a tuned model on own or rented GPUs" },
    { "staged", "one arm first, another from a month on" },
    { "cascade", "a small arm answers, hard cases go to a large one" },
    { NULL, NULL }
};
static const struct choice precisions[] = {
    { "fp16", "16 bit (fp16 or bf16)" },
    { "fp8", "8-bit floating point" },
    { "int8", "8-bit whole numbers, weights and activations" },
    { "w8a16", "8-bit weights, 16-bit arithmetic" },
    { "int4", "4-bit weights (AWQ, GPTQ)" },
    { "nvfp4", "4-bit floating point of Blackwell" },
    { "mxfp4", "4-bit microscaling" },
    { "q4_k_m", "4-bit llama.cpp" },
    { NULL, NULL }
};
static const struct choice kv_precisions[] = {
    { "fp16", "16 bit" }, { "fp8", "8-bit floating point" }, { "int8", "8-bit whole numbers" },
    { NULL, NULL }
};
static const struct choice counts[] = {
    { "output", "output tokens alone" },
    { "all", "input and output tokens" },
    { NULL, NULL }
};
static const struct choice scalings[] = {
    { "as-scenario", "as serving.scaling says" },
    { "always-on", "the replicas of the peak hour run all day" },
    { "follow-load", "each hour runs what it needs" },
    { NULL, NULL }
};
static const struct choice methods[] = {
    { "lora", "adapters beside frozen weights" },
    { "qlora", "adapters beside frozen 4-bit weights" },
    { "full", "all weights" },
    { NULL, NULL }
};
static const struct choice states[] = {
    { "catalog", "as the catalog has it for this host" },
    { "no", "no" },
    { "yes", "yes" },
    { "on-contract", "under a contract or setting that must be arranged" },
    { "unknown", "nobody has confirmed it" },
    { NULL, NULL }
};
static const struct choice keeps[] = {
    { "catalog", "as the catalog has it for this host" },
    { "standard", "kept for the vendor's usual time" },
    { "limited", "kept for a short, stated time" },
    { "zero-on-contract", "not kept, if that is agreed" },
    { "zero", "not kept" },
    { "unknown", "nobody has confirmed it" },
    { NULL, NULL }
};

#define AFFECTS_CAPACITY (AFFECTS_GPU | AFFECTS_LATENCY | AFFECTS_GATES)

const struct field arm_fields[] = {
    { CHOICE(kind, kinds), .pane = PANE_ARMS, .kinds = KINDS_ALL, .initial = "api",
      .affects = ~0u, .label = "Kind", .help = "What is paid for: tokens, GPU hours, or two arms together.",
      .source = "team" },
    { NAME(model, CATALOG_MODELS), .pane = PANE_ARMS, .kinds = KINDS_PLAIN, .affects = ~0u,
      .label = "Model", .help = "Which model answers, as the catalog names it.", .source = "team" },
    { NAME(host, CATALOG_HOSTS), .pane = PANE_ARMS, .kinds = KINDS_PLAIN,
      .affects = AFFECTS_API | AFFECTS_GATES, .label = "Host",
      .help = "Who runs the model and so processes the data. Unset: the model's vendor, a host with a middle price, or yourself.",
      .source = "catalog" },

    /* ---- staged and cascade ------------------------------------------------------ */
    { ARM(first), .pane = PANE_ARMS, .kinds = KIND(ARM_STAGED), .affects = ~0u, .label = "First arm",
      .help = "The arm in use until the switch.", .source = "team" },
    { ARM(second), .pane = PANE_ARMS, .kinds = KIND(ARM_STAGED), .affects = ~0u, .label = "Second arm",
      .help = "The arm in use after the switch.", .source = "team" },
    { QUANTITY(switch_month), .pane = PANE_ARMS, .kinds = KIND(ARM_STAGED), .low = 1,
      .high = HORIZON_MAX - 1, .step = 1, .whole = true, .initial = "6", .scope = SCOPE_ARM,
      .affects = ~0u, .label = "Switch after", .unit = "months",
      .help = "The last month of the first arm. The second is built and paid at its end.",
      .source = "assumed" },
    { ARM(small), .pane = PANE_ARMS, .kinds = KIND(ARM_CASCADE), .affects = ~0u, .label = "Small arm",
      .help = "The arm that gets every request first.", .source = "team" },
    { ARM(large), .pane = PANE_ARMS, .kinds = KIND(ARM_CASCADE), .affects = ~0u, .label = "Large arm",
      .help = "The arm that gets the requests that the small one passes on.", .source = "team" },
    { QUANTITY(escalation_share), .pane = PANE_ARMS, .kinds = KIND(ARM_CASCADE), .form = FORM_SHARE,
      .low = 0, .high = 1, .step = 0.05, .initial = "10%..30%", .scope = SCOPE_ARM, .affects = ~0u,
      .label = "Passed on", .unit = "share",
      .help = "Share of the requests that the small arm passes on. Both arms are paid for these.",
      .source = "assumed" },
    { QUANTITY(error_catch), .pane = PANE_ARMS, .kinds = KIND(ARM_CASCADE), .form = FORM_SHARE,
      .low = 0, .high = 1, .step = 0.05, .scope = SCOPE_ARM, .affects = AFFECTS_QUALITY | AFFECTS_GATES,
      .label = "Errors caught", .unit = "share",
      .help = "Share of the small arm's wrong answers that are passed on. Unset: as many as of the right ones, a router that guesses.",
      .source = "computed: equal to the share passed on" },

    /* ---- the arm's own tokens ----------------------------------------------------- */
    { QUANTITY(tokenizer_factor), .pane = PANE_ARMS, .kinds = KINDS_PLAIN, .low = 0.1, .high = 10,
      .step = 0.05, .initial = "1", .scope = SCOPE_MODEL,
      .affects = AFFECTS_API | AFFECTS_CAPACITY, .label = "Tokenizer", .unit = "x",
      .help = "This model's tokens for the same text over the reference tokens.",
      .source = "assumed" },
    { QUANTITY(output_factor), .pane = PANE_ARMS, .kinds = KINDS_PLAIN, .low = 0.01, .high = 100,
      .step = 0.1, .initial = "1", .scope = SCOPE_MODEL,
      .affects = AFFECTS_API | AFFECTS_CAPACITY, .label = "Verbosity", .unit = "x",
      .help = "Length of this model's answers, hidden reasoning included, over the reference. Often the largest cost factor: 2 to 10.",
      .source = "assumed" },
    { QUANTITY(extra_attempts), .pane = PANE_ARMS, .kinds = KINDS_PLAIN, .low = 0, .high = 100,
      .step = 0.1, .fallback = "workload.extra_attempts", .scope = SCOPE_ARM,
      .affects = AFFECTS_API | AFFECTS_CAPACITY, .label = "Extra attempts", .unit = "per request",
      .help = "Retries per request of this arm alone.", .source = "scenario" },
    { QUANTITY(prompt_saved_tokens), .pane = PANE_ARMS, .kinds = KINDS_TUNED, .low = 0, .high = 1e8,
      .step = 100, .initial = "0", .scope = SCOPE_ARM, .affects = AFFECTS_API | AFFECTS_CAPACITY,
      .label = "Prompt saved", .unit = "tokens",
      .help = "Input tokens that tuning makes unnecessary: instructions and examples of the fixed prefix.",
      .source = "assumed: none" },

    /* ---- token prices --------------------------------------------------------------- */
    { QUANTITY(input_usd_mtok), .pane = PANE_ARMS, .kinds = KINDS_TOKENS, .form = FORM_USD, .low = 0,
      .high = 1e5, .step = 0.1, .group = GROUP_PRICE, .scope = SCOPE_PRICE, .affects = AFFECTS_API,
      .label = "Price in", .unit = "USD/Mtok", .supply = supply_input_price,
      .help = "Price per million input tokens.", .source = "catalog" },
    { QUANTITY(output_usd_mtok), .pane = PANE_ARMS, .kinds = KINDS_TOKENS, .form = FORM_USD, .low = 0,
      .high = 1e5, .step = 0.1, .group = GROUP_PRICE, .scope = SCOPE_PRICE, .affects = AFFECTS_API,
      .label = "Price out", .unit = "USD/Mtok", .supply = supply_output_price,
      .help = "Price per million output tokens.", .source = "catalog" },
    { QUANTITY(cache_read_usd_mtok), .pane = PANE_ARMS, .kinds = KINDS_TOKENS, .form = FORM_USD,
      .low = 0, .high = 1e5, .step = 0.1, .group = GROUP_PRICE, .scope = SCOPE_PRICE,
      .affects = AFFECTS_API, .label = "Price cached", .unit = "USD/Mtok",
      .supply = supply_cache_read_price,
      .help = "Price per million input tokens read from the prompt cache. Unknown: the input price.",
      .source = "catalog" },
    { QUANTITY(cache_write_usd_mtok), .pane = PANE_ARMS, .kinds = KINDS_TOKENS, .form = FORM_USD,
      .low = 0, .high = 1e5, .step = 0.1, .group = GROUP_PRICE, .scope = SCOPE_PRICE,
      .affects = AFFECTS_API, .label = "Price to cache", .unit = "USD/Mtok",
      .supply = supply_cache_write_price,
      .help = "Price per million input tokens written to the prompt cache. Unknown: the input price.",
      .source = "catalog" },
    { QUANTITY(batch_input_usd_mtok), .pane = PANE_ARMS, .kinds = KINDS_TOKENS, .form = FORM_USD,
      .low = 0, .high = 1e5, .step = 0.1, .group = GROUP_PRICE, .scope = SCOPE_PRICE,
      .affects = AFFECTS_API, .label = "Batch price in", .unit = "USD/Mtok",
      .supply = supply_batch_input_price,
      .help = "Price per million input tokens of batches. Unknown: the full price.",
      .source = "catalog" },
    { QUANTITY(batch_output_usd_mtok), .pane = PANE_ARMS, .kinds = KINDS_TOKENS, .form = FORM_USD,
      .low = 0, .high = 1e5, .step = 0.1, .group = GROUP_PRICE, .scope = SCOPE_PRICE,
      .affects = AFFECTS_API, .label = "Batch price out", .unit = "USD/Mtok",
      .supply = supply_batch_output_price,
      .help = "Price per million output tokens of batches. Unknown: the full price.",
      .source = "catalog" },
    { QUANTITY(monthly_minimum_usd), .pane = PANE_ARMS, .kinds = KINDS_TOKENS, .form = FORM_USD,
      .low = 0, .high = 1e9, .step = 100, .scope = SCOPE_ARM, .affects = AFFECTS_API,
      .label = "Monthly minimum", .unit = "USD/month", .supply = supply_monthly_minimum,
      .help = "What is billed in a month however little is used. Unknown: none.",
      .source = "catalog" },
    { QUANTITY(committed_discount), .pane = PANE_ARMS, .kinds = KINDS_TOKENS, .form = FORM_SHARE,
      .low = 0, .high = 0.99, .step = 0.01, .initial = "0%", .scope = SCOPE_ARM,
      .affects = AFFECTS_API, .label = "Usage discount", .unit = "share",
      .help = "Discount on usage that the vendor grants for a committed spend.",
      .source = "assumed: none" },
    { QUANTITY(platform_fee_usd_month), .pane = PANE_ARMS, .kinds = KINDS_TOKENS, .form = FORM_USD,
      .low = 0, .high = 1e9, .step = 100, .initial = "$0", .scope = SCOPE_ARM, .affects = AFFECTS_API,
      .label = "Platform fee", .unit = "USD/month",
      .help = "A fixed fee per month beside usage.", .source = "assumed: none" },
    { QUANTITY(training_usd_mtok), .pane = PANE_ARMS, .kinds = KIND(ARM_HOSTED_TUNED),
      .form = FORM_USD, .low = 0, .high = 1e5, .step = 0.1, .group = GROUP_PRICE,
      .scope = SCOPE_PRICE, .affects = AFFECTS_TRAINING, .label = "Training price",
      .unit = "USD/Mtok", .supply = supply_training_price,
      .help = "What the host charges per million training tokens, each epoch counted.",
      .source = "catalog" },
    { QUANTITY(endpoint_usd_h), .pane = PANE_ARMS, .kinds = KIND(ARM_HOSTED_TUNED), .form = FORM_USD,
      .low = 0, .high = 1e4, .step = 0.1, .group = GROUP_PRICE, .scope = SCOPE_PRICE,
      .affects = AFFECTS_GPU, .label = "Endpoint price", .unit = "USD/h",
      .supply = supply_endpoint_price,
      .help = "Price per hour of one replica of a dedicated endpoint, paid besides tokens where both are given.",
      .source = "catalog" },

    /* ---- GPUs and engine ----------------------------------------------------------- */
    { NAME(gpu, CATALOG_GPUS), .pane = PANE_ARMS, .kinds = KINDS_SERVED, .affects = ~0u,
      .label = "GPU", .help = "Which GPU serves, as the catalog names it.", .source = "team" },
    { NAME(instance, CATALOG_GPU_PRICES), .pane = PANE_ARMS, .kinds = KINDS_SELF,
      .affects = AFFECTS_GPU, .label = "Instance",
      .help = "Which offer of that GPU is rented. Unset: the offer with the middle price.",
      .source = "catalog" },
    { NAME(engine, CATALOG_ENGINES), .pane = PANE_ARMS, .kinds = KINDS_SERVED,
      .affects = AFFECTS_CAPACITY, .label = "Engine",
      .help = "Which program serves the model. Unset: vLLM.", .source = "assumed: vLLM" },
    { CHOICE(precision, precisions), .pane = PANE_ARMS, .kinds = KINDS_SERVED, .initial = "fp16",
      .affects = AFFECTS_CAPACITY | AFFECTS_QUALITY, .label = "Precision",
      .help = "How the weights are kept: fewer bits need less memory and cost some quality.",
      .source = "assumed" },
    { CHOICE(kv_precision, kv_precisions), .pane = PANE_ARMS, .kinds = KINDS_SERVED,
      .initial = "fp16", .affects = AFFECTS_CAPACITY, .label = "Cache precision",
      .help = "How keys and values of the tokens in work are kept.", .source = "assumed" },
    { QUANTITY(gpus_per_replica), .pane = PANE_ARMS, .kinds = KINDS_SERVED, .low = 1, .high = 64,
      .step = 1, .whole = true, .initial = "1", .scope = SCOPE_ARM,
      .affects = AFFECTS_CAPACITY | AFFECTS_TRAINING, .label = "GPUs/replica", .unit = "GPUs", .claim = "serve-memory",
      .help = "GPUs that hold the model together.", .source = "assumed" },
    { QUANTITY(pipeline_stages), .pane = PANE_ARMS, .kinds = KINDS_SERVED, .low = 1, .high = 64,
      .step = 1, .whole = true, .initial = "1", .scope = SCOPE_ARM, .affects = AFFECTS_CAPACITY,
      .label = "Pipeline", .unit = "stages",
      .help = "Stages that the layers are split into. The rest of the GPUs work in parallel within each.",
      .source = "assumed" },
    { QUANTITY(throughput_tok_s), .pane = PANE_ARMS, .kinds = KINDS_SERVED, .low = 1e-3, .high = 1e7,
      .step = 10, .scope = SCOPE_HARDWARE, .affects = AFFECTS_CAPACITY, .label = "Throughput",
      .unit = "tokens/s", .claim = "capacity-day",
      .help = "Measured tokens per second of one replica at full use. Unset: computed from model, GPU and engine.",
      .source = "computed from model, GPU and engine" },
    { CHOICE(throughput_counts, counts), .pane = PANE_ARMS, .kinds = KINDS_SERVED, .initial = "output",
      .affects = AFFECTS_CAPACITY, .label = "Tokens counted",
      .help = "Which tokens the measured throughput counts.", .source = "assumed" },
    { QUANTITY(throughput_factor), .pane = PANE_ARMS, .kinds = KINDS_SERVED, .low = 0.01, .high = 100,
      .step = 0.1, .scope = SCOPE_HARDWARE, .affects = AFFECTS_CAPACITY, .label = "Speed error",
      .unit = "x", .supply = supply_throughput_factor,
      .help = "Real throughput over computed: the computation's own error. Counts only where throughput is computed.",
      .source = "published measurements against the capacity model" },
    { QUANTITY(concurrency), .pane = PANE_ARMS, .kinds = KINDS_SERVED, .low = 1, .high = 1e5, .step = 1,
      .whole = true, .scope = SCOPE_ARM, .affects = AFFECTS_CAPACITY, .label = "Concurrency",
      .unit = "requests",
      .help = "Requests that one replica works on at once. Unset: as many as memory and latency limits allow.",
      .source = "computed from memory and latency limits" },
    { QUANTITY(ttft_ms), .pane = PANE_ARMS, .kinds = KINDS_PLAIN, .low = 0.1, .high = 1e6, .step = 10,
      .scope = SCOPE_ARM, .affects = AFFECTS_LATENCY | AFFECTS_GATES, .label = "First token",
      .unit = "ms", .supply = supply_ttft,
      .help = "Measured time to the first token of a mean prompt, without waiting for a free slot.",
      .source = "catalog" },
    { QUANTITY(ttft_factor), .pane = PANE_ARMS, .kinds = KINDS_SERVED, .low = 0.01, .high = 100,
      .step = 0.1, .scope = SCOPE_HARDWARE, .affects = AFFECTS_LATENCY | AFFECTS_GATES,
      .label = "1st-token error", .unit = "x", .supply = supply_ttft_factor,
      .help = "Real time to the first token over computed. Counts only where that time is computed.",
      .source = "published measurements against the capacity model" },
    { QUANTITY(tpot_ms), .pane = PANE_ARMS, .kinds = KINDS_PLAIN, .low = 0.01, .high = 1e5, .step = 1,
      .scope = SCOPE_ARM, .affects = AFFECTS_LATENCY | AFFECTS_GATES, .label = "Next token",
      .unit = "ms", .supply = supply_tpot,
      .help = "Measured mean time from one token of an answer to the next.", .source = "catalog" },
    { QUANTITY(own_cached_share), .pane = PANE_ARMS, .kinds = KINDS_SERVED, .form = FORM_SHARE,
      .low = 0, .high = 1, .step = 0.05, .initial = "0%", .scope = SCOPE_ARM,
      .affects = AFFECTS_CAPACITY, .label = "Prefix cached", .unit = "share",
      .help = "Share of the input that the engine's own prefix cache saves from being computed again.",
      .source = "assumed: none" },
    { QUANTITY(gpu_price_usd_h), .pane = PANE_ARMS, .kinds = KINDS_SELF, .form = FORM_USD, .low = 0,
      .high = 1e4, .step = 0.1, .group = GROUP_PRICE, .scope = SCOPE_GPU, .affects = AFFECTS_GPU,
      .label = "GPU price", .unit = "USD/h", .claim = "gpu-sku", .supply = supply_gpu_price,
      .help = "Price of one GPU for an hour, on demand.", .source = "catalog" },

    /* ---- replicas ---------------------------------------------------------------------- */
    { QUANTITY(utilization_target), .pane = PANE_ARMS, .kinds = KINDS_SERVED, .form = FORM_SHARE,
      .low = 0.01, .high = 1, .step = 0.05, .fallback = "serving.utilization_target",
      .scope = SCOPE_ARM, .affects = AFFECTS_CAPACITY, .label = "Max utilisation", .unit = "share",
      .help = "Up to which share of its throughput a replica of this arm is planned.",
      .source = "scenario" },
    { QUANTITY(min_replicas), .pane = PANE_ARMS, .kinds = KINDS_SERVED, .low = 0, .high = 1e4,
      .step = 1, .whole = true, .fallback = "serving.min_replicas", .scope = SCOPE_ARM,
      .affects = AFFECTS_CAPACITY, .label = "Min. replicas", .unit = "replicas",
      .help = "Replicas of this arm that run however small the load is.", .source = "scenario" },
    { QUANTITY(spare_replicas), .pane = PANE_ARMS, .kinds = KINDS_SERVED, .low = 0, .high = 1e3,
      .step = 1, .whole = true, .fallback = "serving.spare_replicas", .scope = SCOPE_ARM,
      .affects = AFFECTS_GPU, .label = "Spare replicas", .unit = "replicas",
      .help = "Replicas of this arm beyond the need.", .source = "scenario" },
    { QUANTITY(overhead_share), .pane = PANE_ARMS, .kinds = KINDS_SERVED, .form = FORM_SHARE,
      .low = 0, .high = 5, .step = 0.05, .fallback = "serving.overhead_share", .scope = SCOPE_ARM,
      .affects = AFFECTS_GPU, .label = "GPU overhead", .unit = "share",
      .help = "What storage, egress and management add to this arm's GPU hours.",
      .source = "scenario" },
    { CHOICE(scaling, scalings), .pane = PANE_ARMS, .kinds = KINDS_SERVED, .initial = "as-scenario",
      .fallback = "serving.scaling", .affects = AFFECTS_GPU | AFFECTS_LATENCY, .label = "Replica scaling",
      .help = "Whether this arm's replicas run all day or follow the load.", .source = "scenario" },
    { QUANTITY(startup_minutes), .pane = PANE_ARMS, .kinds = KINDS_SERVED, .low = 0, .high = 1440,
      .step = 1, .fallback = "serving.startup_minutes", .scope = SCOPE_ARM, .affects = AFFECTS_GPU,
      .label = "Start-up time", .unit = "minutes",
      .help = "Minutes until a new replica of this arm serves.", .source = "scenario" },
    { QUANTITY(commit_replicas), .pane = PANE_ARMS, .kinds = KINDS_SERVED, .low = 0, .high = 1e4,
      .step = 1, .whole = true, .initial = "0", .scope = SCOPE_ARM, .affects = AFFECTS_GPU,
      .label = "Committed", .unit = "replicas",
      .help = "Replicas that are rented under a commitment, used or not.", .source = "assumed: none" },
    { QUANTITY(commit_months), .pane = PANE_ARMS, .kinds = KINDS_SERVED, .low = 0,
      .high = HORIZON_MAX, .step = 1, .whole = true, .initial = "0", .scope = SCOPE_ARM,
      .affects = AFFECTS_GPU, .label = "Committed for", .unit = "months",
      .help = "How long the commitment lasts. Leaving earlier pays what remains.",
      .source = "assumed: none" },
    { QUANTITY(commit_discount), .pane = PANE_ARMS, .kinds = KINDS_SERVED, .form = FORM_SHARE,
      .low = 0, .high = 0.99, .step = 0.01, .scope = SCOPE_ARM, .affects = AFFECTS_GPU,
      .label = "Commit discount", .unit = "share", .supply = supply_commit_discount,
      .help = "What the commitment takes off the price of month 1. Unknown: nothing.",
      .source = "catalog" },
    { QUANTITY(bill_share), .pane = PANE_ARMS, .kinds = KINDS_SERVED, .form = FORM_SHARE, .low = 0,
      .high = 1, .step = 0.05, .initial = "100%", .scope = SCOPE_ARM, .affects = AFFECTS_GPU,
      .label = "Share of bill", .unit = "share",
      .help = "This arm's share of the replicas' cost where several adapters on one base share them.",
      .source = "assumed: not shared" },

    /* ---- training ------------------------------------------------------------------------ */
    { CHOICE(method, methods), .pane = PANE_ARMS, .kinds = KINDS_TUNED, .initial = "lora",
      .affects = AFFECTS_TRAINING | AFFECTS_QUALITY | AFFECTS_GATES, .label = "Method",
      .help = "How the model is tuned.", .source = "article" },
    { NAME(training_gpu, CATALOG_GPUS), .pane = PANE_ARMS, .kinds = KIND(ARM_SELF_TUNED),
      .affects = AFFECTS_TRAINING, .label = "Training GPU",
      .help = "Which GPU trains. Unset: the one that serves.", .source = "assumed: the one that serves" },
    { QUANTITY(training_gpus), .pane = PANE_ARMS, .kinds = KIND(ARM_SELF_TUNED), .low = 1, .high = 4096,
      .step = 1, .whole = true, .scope = SCOPE_ARM, .affects = AFFECTS_TRAINING,
      .label = "Training GPUs", .unit = "GPUs", .claim = "lora-memory",
      .supply = supply_training_gpus,
      .help = "GPUs that train together. Unset: as many as hold one replica.",
      .source = "assumed: as many as hold one replica" },
    { QUANTITY(training_gpu_price_usd_h), .pane = PANE_ARMS, .kinds = KIND(ARM_SELF_TUNED),
      .form = FORM_USD, .low = 0, .high = 1e4, .step = 0.1, .group = GROUP_PRICE, .scope = SCOPE_GPU,
      .affects = AFFECTS_TRAINING, .label = "Train GPU price", .unit = "USD/h",
      .supply = supply_training_gpu_price,
      .help = "Price of one training GPU for an hour.", .source = "catalog" },
    { QUANTITY(training_hours), .pane = PANE_ARMS, .kinds = KIND(ARM_SELF_TUNED), .low = 0, .high = 1e5,
      .step = 1, .scope = SCOPE_ARM, .affects = AFFECTS_TRAINING, .label = "Hours per run",
      .unit = "hours", .claim = "lora-hours",
      .help = "Measured hours of one training run on all its GPUs. Unset: computed.",
      .source = "computed from model, method and GPU" },
    { QUANTITY(training_tok_s), .pane = PANE_ARMS, .kinds = KIND(ARM_SELF_TUNED), .low = 1e-3,
      .high = 1e9, .step = 100, .scope = SCOPE_ARM, .affects = AFFECTS_TRAINING,
      .label = "Training speed", .unit = "tokens/s",
      .help = "Your own measured training tokens per second, all GPUs together. It overrides the computed rate.",
      .source = "computed from model, method and GPU" },
    { QUANTITY(training_hours_factor), .pane = PANE_ARMS, .kinds = KIND(ARM_SELF_TUNED), .low = 0.01,
      .high = 100, .step = 0.1, .scope = SCOPE_ARM, .affects = AFFECTS_TRAINING,
      .label = "Run hours error", .unit = "x", .supply = supply_training_hours_factor,
      .help = "Real training hours over computed: the computation's own error.",
      .source = "published training speeds against the capacity model" },
    { QUANTITY(experiments), .pane = PANE_ARMS, .kinds = KINDS_TUNED, .low = 0, .high = 1000,
      .step = 1, .fallback = "training.experiments", .scope = SCOPE_ARM, .affects = AFFECTS_TRAINING,
      .label = "Training runs", .unit = "runs",
      .help = "Training runs of this arm until one is good enough, as a mean.", .source = "scenario" },

    /* ---- quality -------------------------------------------------------------------------- */
    { QUANTITY(quality), .pane = PANE_ARMS, .kinds = KINDS_PLAIN, .form = FORM_SHARE, .low = 0,
      .high = 1, .step = 0.01, .group = GROUP_QUALITY, .scope = SCOPE_MODEL,
      .affects = AFFECTS_QUALITY | AFFECTS_GATES, .label = "Right answers", .unit = "share",
      .supply = supply_quality,
      .help = "Share of right answers on this task, before any tuning. What tuning adds comes from the learning curve.",
      .source = "published results by kind of task" },
    { QUANTITY(quant_points), .pane = PANE_ARMS, .kinds = KINDS_SERVED, .form = FORM_SHARE, .low = 0,
      .high = 0.5, .step = 0.01, .scope = SCOPE_HARDWARE, .affects = AFFECTS_QUALITY | AFFECTS_GATES,
      .label = "Fewer bits lose", .unit = "points", .supply = supply_quant_points,
      .help = "Points of quality that serving in fewer bits loses.", .source = "assumed, by precision" },

    /* ---- people --------------------------------------------------------------------------- */
    { QUANTITY(setup_person_months), .pane = PANE_ARMS, .kinds = KINDS_PLAIN, .low = 0, .high = 1000,
      .step = 0.5, .scope = SCOPE_ARM, .affects = AFFECTS_PEOPLE, .label = "Set-up work",
      .unit = "person-months", .supply = supply_setup_person_months,
      .help = "Work to bring this arm into use, once.", .source = "assumed, by kind of arm" },
    { QUANTITY(run_fte), .pane = PANE_ARMS, .kinds = KINDS_PLAIN, .low = 0, .high = 1000, .step = 0.05,
      .scope = SCOPE_ARM, .affects = AFFECTS_PEOPLE, .label = "People to run", .unit = "FTE",
      .supply = supply_run_fte,
      .help = "Full-time people that keep this arm running.", .source = "assumed, by kind of arm" },
    { QUANTITY(launch_delay_months), .pane = PANE_ARMS, .kinds = KINDS_PLAIN, .low = 0, .high = 24,
      .step = 0.5, .scope = SCOPE_ARM, .affects = AFFECTS_PEOPLE, .label = "Launch delay",
      .unit = "months", .supply = supply_launch_delay,
      .help = "Months of labels, training and set-up before launch. Counts only where a launch is worth money.",
      .source = "assumed, by kind of arm" },

    /* ---- who processes the data -------------------------------------------------------------- */
    { CHOICE(in_country, states), .pane = PANE_ARMS, .kinds = KINDS_PLAIN, .initial = "catalog",
      .affects = AFFECTS_GATES | AFFECTS_RULES, .label = "Kept in country",
      .help = "Whether data is kept in the country or region that the regimes ask for.",
      .source = "catalog" },
    { CHOICE(retention, keeps), .pane = PANE_ARMS, .kinds = KINDS_PLAIN, .initial = "catalog",
      .affects = AFFECTS_GATES | AFFECTS_RULES, .label = "Data retention",
      .help = "How long the processor keeps inputs and outputs.", .source = "catalog" },
    { CHOICE(soc2, states), .pane = PANE_ARMS, .kinds = KINDS_PLAIN, .initial = "catalog",
      .affects = AFFECTS_GATES | AFFECTS_RULES, .label = "SOC 2 Type II",
      .help = "Whether an attestation is present.", .source = "catalog" },
    { CHOICE(iso27001, states), .pane = PANE_ARMS, .kinds = KINDS_PLAIN, .initial = "catalog",
      .affects = AFFECTS_GATES | AFFECTS_RULES, .label = "ISO 27001",
      .help = "Whether a certificate is present.", .source = "catalog" },
    { CHOICE(dpa, states), .pane = PANE_ARMS, .kinds = KINDS_PLAIN, .initial = "catalog",
      .affects = AFFECTS_GATES | AFFECTS_RULES, .label = "Signed DPA",
      .help = "Whether a data processing agreement is signed.", .source = "catalog" },
    { CHOICE(baa, states), .pane = PANE_ARMS, .kinds = KINDS_PLAIN, .initial = "catalog",
      .affects = AFFECTS_GATES | AFFECTS_RULES, .label = "Signed BAA",
      .help = "Whether a business associate agreement is signed.", .source = "catalog" },
    { CHOICE(transfer_clauses, states), .pane = PANE_ARMS, .kinds = KINDS_PLAIN, .initial = "catalog",
      .affects = AFFECTS_GATES | AFFECTS_RULES, .label = "Transfer terms",
      .help = "Whether there is a basis for the transfer of personal data out of the EU.",
      .source = "catalog" },
};
const int arm_fields_n = BE_LEN(arm_fields);

/* ---- kinds ---------------------------------------------------------------------------------- */

const struct choice *
arm_kind_choices(void)
{
    return kinds;
}

const char *
arm_kind_word(int kind)
{
    return kind >= 0 && kind < ARM_KINDS ? kinds[kind].word : "?";
}

bool
arm_kind_is_self(int kind)
{
    return kind >= 0 && kind < ARM_KINDS && (KIND(kind) & KINDS_SELF) != 0;
}

bool
arm_kind_is_tuned(int kind)
{
    return kind >= 0 && kind < ARM_KINDS && (KIND(kind) & KINDS_TUNED) != 0;
}
