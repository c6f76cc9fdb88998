/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_MODEL_TRAINING_PRIVATE_H
#define BREAKEVEN_MODEL_TRAINING_PRIVATE_H

#include "breakeven/capacity.h"

/* What is fitted on published measurements of training (tests/fit/fit-training.py). */
struct training_constants {
    double kept;         /* share of a layer's activations kept without checkpointing   */
    double selective;    /* the same with selective checkpointing                        */
    double again;        /* layers recomputed at a time with checkpointing               */
    double logit_bytes;  /* per logit: fp32 logits, their copy and gradient               */
    double gathered;     /* unsharded layers in flight                                    */
    double constant_gib; /* context, kernels, fragments                                   */
    double mfu_tuned, mfu_torch, mfu_hf; /* share of the 16-bit peak on Ampere, by stack   */
    double layer_hf_s;   /* per layer and micro-batch, Hugging Face Trainer                */
    double hopper;       /* on Hopper and later: more FLOP/s than stacks keep busy         */
    double fp8;          /* against the 16-bit peak                                        */
    double qlora;        /* weights are unpacked first                                     */
    double memory_interval, hours_interval; /* factors that hold 80 % of left-out sources  */
};
extern const struct training_constants training_fitted;

/* Bytes by the rule; speed by the rule: for any set of constants. Inputs are checked. */
void training_memory_by(const struct training_constants *, const struct capacity_shape *,
                        const struct training_setup *, struct training_memory *);
void training_speed_by(const struct training_constants *, const struct capacity_shape *,
                       const struct capacity_gpu *, const struct training_setup *, struct training_speed *);

/* Refuses a setup that no machine could run. */
int training_check(const struct capacity_shape *, const struct training_setup *, struct error *);
/* Adapter parameters: as typed, else of this rank on every linear layer. */
double training_adapter_params(const struct capacity_shape *, const struct training_setup *);

#endif
