/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SOLVE_KERNEL_H
#define BREAKEVEN_SOLVE_KERNEL_H

#include "breakeven/solve.h"

/*
 * The fast path: what model_evaluate computes for one sample, for many.  A plan says for each
 * figure whether it is a column of samples or one value for all; everything that is no number (kinds,
 * names, months with training, price lists) was settled when the plan was made. What a plan cannot say
 * (an uncertain horizon, an uncertain number of GPUs) goes to the plain path, arm by arm.
 */

#define LANES_MAX 8 /* a column may be read and written so far beyond its end */

/* x NULL: the value, for all samples; else value tells columns apart that have stood at the same
 * place one after the other. */
struct figure {
    const double *x;
    double value;
};

/* member, place in struct scenario, what an absent figure means (NAN: unknown), and the kinds of plain
 * arm that read it: to the others a change of it is none */
#define SCENARIO_FIGURES(X)                                                        \
    X(discount_rate, horizon.discount_rate_per_year, 0, KINDS_PLAIN)               \
    X(days, horizon.days_per_month, 30, KINDS_PLAIN)                               \
    X(requests, workload.requests_per_day, NAN, KINDS_PLAIN)                       \
    X(input, workload.input_tokens, NAN, KINDS_PLAIN)                              \
    X(output, workload.output_tokens, NAN, KINDS_PLAIN)                            \
    X(length_cv, workload.length_cv, 0, KINDS_PLAIN)                               \
    X(cached, workload.cached_share, 0, KINDS_TOKENS)                              \
    X(written, workload.cache_write_share, 0, KINDS_TOKENS)                        \
    X(batch_share, workload.batch_share, 0, KINDS_PLAIN)                           \
    X(extra_attempts, workload.extra_attempts, 0, KINDS_PLAIN)                     \
    X(growth, workload.growth_per_month, 0, KINDS_PLAIN)                           \
    X(growth_cap, workload.growth_cap, INFINITY, KINDS_PLAIN)                      \
    X(hazard, workload.hazard_per_month, 0, KINDS_PLAIN)                           \
    X(peak_to_average, workload.peak_to_average, 1, KINDS_SERVED)                  \
    X(api_change, prices.api_price_change_per_year, 0, KINDS_TOKENS)               \
    X(gpu_change, prices.gpu_price_change_per_year, 0, KINDS_SERVED)               \
    X(tax, prices.tax_share, 0, KINDS_PLAIN)                                       \
    X(examples, labels.examples, NAN, KINDS_TUNED)                                 \
    X(task_factor, labels.task_factor, 1, KINDS_PLAIN)                             \
    X(reviewers, labels.reviewers, 1, KINDS_PLAIN)                                 \
    X(per_hour, labels.per_hour, NAN, KINDS_PLAIN)                                 \
    X(reject, labels.reject_share, 0, KINDS_PLAIN)                                 \
    X(guideline_hours, labels.guideline_hours, 0, KINDS_TUNED)                     \
    X(hourly_rate, labels.hourly_rate, NAN, KINDS_PLAIN)                           \
    X(holdout, labels.holdout_share, 0, KINDS_TUNED)                               \
    X(example_tokens, labels.tokens_per_example, NAN, KINDS_TUNED)                 \
    X(mix_share, labels.general_mix_share, 0, KINDS_TUNED)                         \
    X(mix_usd, labels.general_mix_usd_mtok, 0, KINDS_TUNED)                        \
    X(harvest, labels.harvest_per_month, 0, KINDS_TUNED)                           \
    X(review_minutes, labels.review_minutes, NAN, KINDS_TUNED)                     \
    X(epochs, training.epochs, 1, KINDS_TUNED)                                     \
    X(retrain_share, training.retrain_share, 0, KINDS_TUNED)                       \
    X(test_examples, evaluation.test_examples, NAN, KINDS_PLAIN)                   \
    X(judge_passes, evaluation.judge_passes, 1, KINDS_PLAIN)                       \
    X(judge_usd, evaluation.judge_usd, NAN, KINDS_PLAIN)                           \
    X(human_examples, evaluation.human_examples, NAN, KINDS_PLAIN)                 \
    X(human_minutes, evaluation.human_minutes, NAN, KINDS_PLAIN)                   \
    X(fte_usd, people.fte_cost_usd_month, NAN, KINDS_PLAIN)                        \
    X(migration_months, people.migration_person_months, 0, KINDS_TOKENS)           \
    X(month_value, people.value_per_month_usd, 0, KINDS_PLAIN)                     \
    X(hiring_months, people.hiring_months, 0, KINDS_PLAIN)                         \
    X(error_usd, quality.error_cost_usd, 0, KINDS_PLAIN)                           \
    X(alpha, quality.alpha, NAN, KINDS_TUNED)                                      \
    X(n_scale, quality.n_scale, NAN, KINDS_TUNED)                                  \
    X(e_inf_share, quality.e_inf_share, NAN, KINDS_TUNED)                          \
    X(e_0, quality.e_0, NAN, KINDS_TUNED)                                          \
    X(lora_points, quality.lora_points, 0, KINDS_TUNED)                            \
    X(qlora_relative, quality.qlora_relative, 0, KINDS_TUNED)                      \
    X(api_drift, quality.api_drift_per_year, 0, KIND(ARM_API))                     \
    X(drift_points, quality.drift_points_per_month, 0, KINDS_TUNED)                \
    X(arrival_scv, serving.arrival_scv, 1, KINDS_SERVED)                           \
    X(service_scv, serving.service_scv, 1, KINDS_SERVED)                           \
    X(ttft_limit_ms, latency.ttft_p95_ms, NAN, KINDS_PLAIN)                        \
    X(tpot_limit_ms, latency.tpot_ms, NAN, KINDS_SERVED)

/* member and place in struct arm alike, then as above */
#define ARM_FIGURES(X)                                                   \
    X(tokenizer_factor, 1) X(output_factor, 1) X(extra_attempts, NAN) X(prompt_saved_tokens, 0)      \
    X(input_usd_mtok, NAN) X(output_usd_mtok, NAN) X(cache_read_usd_mtok, NAN)                       \
    X(cache_write_usd_mtok, NAN) X(batch_input_usd_mtok, NAN) X(batch_output_usd_mtok, NAN)          \
    X(monthly_minimum_usd, 0) X(committed_discount, 0) X(platform_fee_usd_month, 0)                  \
    X(training_usd_mtok, NAN) X(endpoint_usd_h, NAN) X(throughput_tok_s, NAN)                        \
    X(throughput_factor, 1) X(concurrency, NAN) X(ttft_ms, NAN) X(ttft_factor, 1) X(tpot_ms, NAN)    \
    X(own_cached_share, 0) X(gpu_price_usd_h, NAN) X(gpus_per_replica, 1) X(utilization_target, NAN) \
    X(min_replicas, 1) X(spare_replicas, 0) X(overhead_share, 0) X(startup_minutes, 0)               \
    X(commit_replicas, 0) X(commit_months, 0) X(commit_discount, 0) X(bill_share, 1)                 \
    X(training_gpus, 1) X(training_gpu_price_usd_h, NAN) X(training_hours, NAN)                      \
    X(training_tok_s, NAN) X(training_hours_factor, 1) X(experiments, NAN) X(quality, NAN)           \
    X(quant_points, 0) X(setup_person_months, NAN) X(run_fte, NAN) X(launch_delay_months, 0)

struct kernel_scenario {
#define MEMBER(name, place, usual, kinds) struct figure name;
    SCENARIO_FIGURES(MEMBER)
#undef MEMBER
};

/* A plain arm. */
struct kernel_arm {
#define MEMBER(name, usual) struct figure name;
    ARM_FIGURES(MEMBER)
#undef MEMBER
    int kind, method;
    bool usable, quantised, follow, counts_all, pilots, whole_people;
    bool has_replicas, buys_tokens, published_ttft; /* ttft_ms may be the list's median */
    bool throughput_typed, concurrency_typed, ttft_typed, tpot_typed, hours_typed, rate_typed;
    bool hours_known;
    double published_ttft_ms, hours[3];
    /* what the machine of a replica is made of, so that two can be told apart */
    const void *model, *gpu, *engine;
    int precision, kv_precision;
    double stages;
};

/* One stint of an arm. */
struct kernel_stint {
    struct kernel_arm arm;
    int from, to;
    bool shared;                 /* serves the share that escalates                    */
    bool harvested, labelled, test_set;
    struct price_spans spans;
    unsigned trains[4];          /* bit m of month m + 1                                */
    struct replica_machine machine; /* last: it follows from what stands before it      */
};

/* One arm of the scenario: one or two stints, and what of the scenario it reads (the rest is zero).
 * Equal jobs have equal results. */
struct kernel_job {
    int arm, kind, n_stints;
    struct kernel_stint stint[2];
    struct figure escalation, caught;
    struct kernel_scenario reads;
};

/* Where the results of a job go. */
struct kernel_out {
    double *metric[METRIC_COUNT];
    double *band;                /* NULL: none asked for                                */
};

struct kernel {
    int months;
    struct kernel_scenario scenario;
    struct kernel_job job[ARMS_MAX];
    struct kernel_out out[ARMS_MAX];
    int n_jobs;
    int band_n;                  /* samples of which cumulative costs are kept: [month][sample] */
};

/* Samples from..to - 1 (from a multiple of LANES_MAX) of the jobs whose bits are set. What one job
 * gives does not depend on the others. */
typedef void kernel_run(const struct kernel *, unsigned jobs, int from, int to);
kernel_run kernel_run_plain, kernel_run_avx2;
/* What this machine can run. */
kernel_run *kernel_choose(void);

#endif
