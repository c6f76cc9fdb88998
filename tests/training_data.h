/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_TESTS_TRAINING_DATA_H
#define BREAKEVEN_TESTS_TRAINING_DATA_H

/* The public measurements of training as inputs of the model. */

#include "capacity_data.h"

struct trained {
    struct capacity_shape shape;
    struct capacity_gpu gpu;
    struct training_setup setup;
};

static inline bool
said(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

static inline bool
is(const char *text, const char *word)
{
    return strcmp(text, word) == 0;
}

static inline void
trained_adapters(struct trained *t, const struct csv *rows, size_t r)
{
    const char *note = cell(rows, r, "note"), *framework = cell(rows, r, "framework");
    const char *trainable = strstr(note, " trainable parameters"), *rank = strstr(note, "ank ");

    if (said(framework, "fsdp_qlora") || said(cell(rows, r, "source"), "QwenLM"))
        t->setup.lora_rank = 64;
    if (is(framework, "litgpt"))
        t->setup.lora_rank = 32;
    if (rank != NULL && rank[4] >= '0' && rank[4] <= '9')
        t->setup.lora_rank = strtod(rank + 4, NULL);
    if (trainable != NULL) {
        while (trainable > note && trainable[-1] >= '0' && trainable[-1] <= '9')
            trainable--;
        t->setup.adapter_params = strtod(trainable, NULL);
    }
    if (is(cell(rows, r, "method"), "lora+emb"))
        t->setup.adapter_params = 2 * t->shape.vocab * t->shape.hidden + t->setup.lora_rank *
            t->shape.layers * (8 * t->shape.hidden + 3 * (t->shape.hidden + t->shape.intermediate));
}

static inline int
trained_read(struct trained *t, const struct csv *rows, size_t r, const struct csv *shapes)
{
    const char *method = cell(rows, r, "method"), *bits = cell(rows, r, "base_bits");
    const char *framework = cell(rows, r, "framework"), *note = cell(rows, r, "note");
    const char *gpu = cell(rows, r, "gpu");
    size_t shape = row_named(shapes, "model", cell(rows, r, "model"));
    bool quantised = is(method, "qlora") || is(bits, "4") || is(cell(rows, r, "precision"), "nf4");

    if (shape == 0 || shape_named(&t->shape, shapes, cell(rows, r, "model")) != 0)
        return -1;
    training_setup_init(&t->setup, is(method, "full") ? TRAIN_FULL : quantised ? TRAIN_QLORA : TRAIN_LORA);
    t->setup.ungated = is(cell(shapes, shape, "gated"), "no");
    t->setup.gpus = figure_at(rows, r, "n_gpus");
    t->setup.sequence = figure_at(rows, r, "seq_len");
    t->setup.micro_batch = known(figure_at(rows, r, "micro_batch")) ? figure_at(rows, r, "micro_batch") : 1;
    t->setup.fp8 = is(cell(rows, r, "precision"), "fp8");
    t->setup.stack = STACK_HF;
    if (is(framework, "llm-foundry") || is(framework, "nemo") || is(framework, "torchtitan") || is(framework, "ms-swift"))
        t->setup.stack = STACK_TUNED;
    if (is(framework, "torchtune") || said(framework, "unsloth"))
        t->setup.stack = STACK_TORCH;
    t->gpu = (struct capacity_gpu){ .class_ = said(gpu, "H100") || said(gpu, "H200") || said(gpu, "H20") ? CLASS_HOPPER
                                              : said(gpu, "B200") ? CLASS_BLACKWELL_HBM
                                              : said(gpu, "A100") || said(gpu, "A800") ? CLASS_AMPERE_HBM : CLASS_GDDR,
                                    .usable_gib = 80, .fp16 = figure_at(rows, r, "peak_tflops") * 1e12 };
    trained_adapters(t, rows, r);
    if (said(note, "nf4-dq"))
        t->setup.base_bytes = 0.516;
    t->setup.params_on_host = said(note, "CPU offload");
    return 0;
}

/* The further columns of training-memory.csv; -1 for rows that state too little. */
static inline int
memory_row(struct trained *t, const struct csv *rows, size_t r, const struct csv *shapes)
{
    const char *note = cell(rows, r, "note"), *optimizer = cell(rows, r, "optimizer");
    const char *sharding = cell(rows, r, "sharding"), *checkpoint = cell(rows, r, "grad_ckpt");

    if (*cell(rows, r, "seq_len") == '\0' || *cell(rows, r, "micro_batch") == '\0' || is(optimizer, "config default") ||
        said(note, "below weights") || said(cell(rows, r, "mem_kind"), "upper bound") ||
        trained_read(t, rows, r, shapes) != 0)
        return -1;
    t->setup.sharding = is(sharding, "fsdp") || is(sharding, "zero3") || is(sharding, "tp4+zero1") ? SHARD_FSDP
                        : is(sharding, "zero2") ? SHARD_ZERO2
                        : said(sharding, "tp") ? SHARD_TENSOR : SHARD_NONE;
    t->setup.checkpoint = is(checkpoint, "yes") ? CHECKPOINT_FULL
                          : is(checkpoint, "selective") ? CHECKPOINT_SELECTIVE : CHECKPOINT_NONE;
    t->setup.optimizer_bytes = is(optimizer, "adamw-bf16") ? 8 : is(optimizer, "adamw-bf16-fused") ? 6
                               : is(optimizer, "adamw8bit-fused") ? 4 : 16;
    t->setup.adapter_bytes = is(optimizer, "adamw8bit") || is(optimizer, "adamw-bf16") ? 8 : 16;
    t->setup.fused_loss = said(note, "chunked loss") || said(note, "cut cross entropy") ||
                          said(note, "fused cross entropy") || said(note, "liger");
    t->setup.activations_on_host = said(note, "activations offloaded");
    return 0;
}

#endif
