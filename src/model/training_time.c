/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>

#include "training.h"

/*
 * Time of training: arithmetic over the share of the GPU's FLOP/s that a stack reaches,
 * and a time per layer and micro-batch. How well a stack is tuned decides more than
 * anything here, so a team's own rate, once known, must override this.
 */

static double
mfu_of(const struct training_constants *k, enum training_stack stack)
{
    if (stack == STACK_TUNED) /* Megatron, NeMo, llm-foundry, torchtitan */
        return k->mfu_tuned;
    return stack == STACK_TORCH ? k->mfu_torch : k->mfu_hf;
}

void
training_speed_by(const struct training_constants *k, const struct capacity_shape *m,
                  const struct capacity_gpu *g, const struct training_setup *t, struct training_speed *out)
{
    const double tokens = t->sequence * t->micro_batch;
    /* Frozen weights need no gradient of their own. */
    const double flop = (t->method == TRAIN_FULL ? 6 : 4) * m->params_active +
                        6 * m->layers * m->hidden * t->sequence;
    double mfu = mfu_of(k, t->stack), micro_s;

    if (g->class_ != CLASS_AMPERE_HBM && g->class_ != CLASS_GDDR)
        mfu *= k->hopper;
    if (t->fp8)
        mfu *= k->fp8;
    if (t->method == TRAIN_QLORA)
        mfu *= k->qlora;
    micro_s = tokens * flop / (g->fp16 * mfu) + (t->stack == STACK_HF ? m->layers * k->layer_hf_s : 0);
    *out = (struct training_speed){ t->gpus * tokens / micro_s, flop, mfu };
}

int
training_speed(const struct capacity_shape *m, const struct capacity_gpu *g,
               const struct training_setup *t, struct training_speed *out, struct error *err)
{
    if (training_check(m, t, err) != 0)
        return -1;
    if (!(g->fp16 > 0) || !(m->params_active > 0) || t->stack < STACK_TUNED || t->stack > STACK_HF)
        return error_set(err, ERR_UNKNOWN, "the GPU's FLOP/s or the model's active parameters: not known");
    training_speed_by(&training_fitted, m, g, t, out);
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
    return exp(log(training_fitted.hours_interval) * normal_quantile(0.5 + probability / 2) / normal_quantile(0.9));
}
