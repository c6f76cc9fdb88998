/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Written by tests/fit/fit-training.py. */
    .kept = 0.905, /* share of a layer's activations kept without checkpointing */
    .selective = 0.325, /* the same with selective checkpointing */
    .again = 1.19, /* layers recomputed at a time with checkpointing */
    .logit_bytes = 13.1, /* bytes per logit: fp32 logits, their copy and gradient */
    .gathered = 2.09, /* unsharded layers in flight */
    .constant_gib = 1.12, /* context, kernels, fragments */
    .mfu_tuned = 0.499, /* share of the 16-bit peak, tuned stacks on Ampere */
    .mfu_torch = 0.477, /* the same, native torch */
    .mfu_hf = 0.39, /* the same, Hugging Face Trainer */
    .layer_hf_s = 0.00504, /* seconds per layer and micro-batch, Hugging Face Trainer */
    .hopper = 0.759, /* on Hopper and later */
    .fp8 = 1.75, /* FP8, against the 16-bit peak */
    .qlora = 0.87, /* weights unpacked first; not fitted */
    .memory_interval = 1.26, .hours_interval = 2.07, /* 80 % of left-out sources */
