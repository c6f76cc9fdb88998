/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>

#include "training.h"

/*
 * Time of training: arithmetic over the share of the GPU's FLOP/s that a stack reaches,
 * and a time per layer and micro-batch. How well a stack is tuned decides more than
 * anything here, so a team's own rate, once known, must override this.
 */

/* Share of the 16-bit peak on Ampere, and seconds per layer and micro-batch; fitted on
 * tests/data/training-time.csv. */
static const struct {
    double mfu, layer_s;
} stacks[] = {
    [STACK_TUNED] = { 0.51, 0 }, /* Megatron, NeMo, llm-foundry, torchtitan   */
    [STACK_TORCH] = { 0.48, 0 }, /* torchtune, Unsloth                         */
    [STACK_HF] = { 0.39, 5.1e-3 }, /* Trainer, PEFT, FSDP with QLoRA            */
};

#define HOPPER 0.73 /* and later: more FLOP/s than stacks keep busy      */
#define FP8 1.65    /* against the 16-bit peak                            */
#define QLORA 0.87  /* weights are unpacked first                         */

int
training_speed(const struct capacity_shape *m, const struct capacity_gpu *g,
               const struct training_setup *t, struct training_speed *out, struct error *err)
{
    const double tokens = t->sequence * t->micro_batch, active = m->params_active;
    double flop, mfu, micro_s;

    if (training_check(m, t, err) != 0)
        return -1;
    if (!(g->fp16 > 0) || !(active > 0) || t->stack < 0 || (size_t)t->stack >= BE_LEN(stacks))
        return error_set(err, ERR_UNKNOWN, "the GPU's FLOP/s or the model's active parameters: not known");
    /* Frozen weights need no gradient of their own. */
    flop = (t->method == TRAIN_FULL ? 6 : 4) * active + 6 * m->layers * m->hidden * t->sequence;
    mfu = stacks[t->stack].mfu;
    if (g->class_ != CLASS_AMPERE_HBM && g->class_ != CLASS_GDDR)
        mfu *= HOPPER;
    if (t->fp8)
        mfu *= FP8;
    if (t->method == TRAIN_QLORA)
        mfu *= QLORA;
    micro_s = tokens * flop / (g->fp16 * mfu) + m->layers * stacks[t->stack].layer_s;
    *out = (struct training_speed){ t->gpus * tokens / micro_s, flop, mfu };
    return 0;
}

double
training_hours(const struct training_speed *speed, double tokens)
{
    return tokens / speed->tok_s / 3600;
}

/* Published speeds lie this factor around the rule, another source than those fitted. */
double
training_interval_hours(double probability)
{
    if (!(probability > 0 && probability < 1))
        return NAN;
    return exp(log(1.8) * normal_quantile(0.5 + probability / 2) / normal_quantile(0.9));
}
