/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_MODEL_CAPACITY_PRIVATE_H
#define BREAKEVEN_MODEL_CAPACITY_PRIVATE_H

#include "breakeven/capacity.h"

/* Links between GPUs: what a machine has decides latency and share of the sheet's rate. */
enum capacity_link { LINK_NVLINK, LINK_PCIE, LINK_COUNT };

/* The numbers of the model; each member has a row in capacity_constant_rows, which says
 * what it means and where it comes from. Seconds, bytes and shares. */
struct capacity_constants {
    const char *name;
    struct {
        double bandwidth; /* e_bw: share of the sheet's memory bandwidth that streams reach */
        double compute;   /* m: share of the sheet's FLOP/s that GEMMs reach                */
        double attention; /* a: the same for prefill attention                              */
    } gpu[CLASS_COUNT];
    struct {
        double layer_s;    /* t_L: engine's time per layer and step                         */
        double sequence_s; /* c_s: engine's time per sequence and step                      */
        double batch_cap;  /* largest batch of its scheduler; INFINITY: none                */
        double interval;   /* factor around tokens/s that holds 80 % of measurements        */
    } engine[ENGINE_COUNT];
    struct {
        double latency_s;  /* alpha: of one all-reduce                                       */
        double share;      /* e_l: of the link's rate that all-reduces reach                  */
    } link[LINK_COUNT];
    double compute_8bit;         /* d_c: of the doubled peak                                  */
    double compute_fp4;          /* d_c: of the FP4 peak                                      */
    double compute_weights_only; /* d_c: of the 16-bit peak                                   */
    double compute_int4_step;    /* d_c of INT4 decode steps in batches, but for kernels of
                                  * TensorRT-LLM and LMDeploy                                  */
    double stream_weights_only;  /* d_w: of e_bw, on HBM                                       */
    double stream_weights_gddr;  /* d_w: of e_bw, on GDDR, which unpacking keeps up with        */
    double moe_compute, moe_stream;
    double touched_power;        /* routing is skewed: b tokens touch what b to this power would */
    double moe_layer_s;          /* added to t_L: router, sorting tokens by expert             */
    double moe_prefill_layer_s;  /* the same in a lone prefill                                 */
    double layer_tensor;         /* t_L grows by this share with each doubling of T            */
    double layer_quantised;      /* on t_L of TGI and HF generate() with quantised weights      */
    double repeat_heads;         /* HF generate() moves the cache 1 + this x n_q/n_kv times     */
    double deepspeed_latency;    /* on alpha for DeepSpeed-MII                                  */
    double amd_layer, amd_sequence; /* on t_L and c_s for ROCm                                  */
    double cap_per_rank;         /* 1: each rank of data-parallel attention has a scheduler, 0  */
    double step_s;               /* t_0                                                       */
    double static_sequence;      /* on c_s where no scheduler runs                             */
    double admission;            /* kappa: part of a step that a new request waits             */
    double ttft_floor_s;         /* HTTP, tokeniser, scheduler                                 */
    double lockstep_fixed, lockstep_mixed; /* s: share of the other prefills that a closed loop waits for */
    double reserve_bytes, reserve_token_bytes; /* R = a + 8192 h b / sqrt(T)                     */
    double pool_tensorrt, pool_vllm;           /* share of memory for weights and cache            */
    double occupied_output;                    /* share of the output that a request holds          */
    double moe_interval;         /* least factor for mixtures of experts                         */
    double ttft_interval;
};

#endif
