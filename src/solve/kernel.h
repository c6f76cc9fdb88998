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
 * place one after the other, and is less than 0 where x has room for one block of samples (stages.c). */
struct figure {
    const real *x;
    double value;
};

/* member, place in struct scenario, what an absent figure means (NAN: unknown) */
#define SCENARIO_FIGURES(X)                                \
    X(discount_rate, horizon.discount_rate_per_year, 0)    \
    X(days, horizon.days_per_month, 30)                    \
    X(requests, workload.requests_per_day, NAN)            \
    X(input, workload.input_tokens, NAN)                   \
    X(output, workload.output_tokens, NAN)                 \
    X(length_cv, workload.length_cv, 0)                    \
    X(cached, workload.cached_share, 0)                    \
    X(written, workload.cache_write_share, 0)              \
    X(batch_share, workload.batch_share, 0)                \
    X(extra_attempts, workload.extra_attempts, 0)          \
    X(growth, workload.growth_per_month, 0)                \
    X(growth_cap, workload.growth_cap, INFINITY)           \
    X(hazard, workload.hazard_per_month, 0)                \
    X(peak_to_average, workload.peak_to_average, 1)        \
    X(api_change, prices.api_price_change_per_year, 0)     \
    X(gpu_change, prices.gpu_price_change_per_year, 0)     \
    X(tax, prices.tax_share, 0)                            \
    X(examples, labels.examples, NAN)                      \
    X(task_factor, labels.task_factor, 1)                  \
    X(reviewers, labels.reviewers, 1)                      \
    X(per_hour, labels.per_hour, NAN)                      \
    X(reject, labels.reject_share, 0)                      \
    X(guideline_hours, labels.guideline_hours, 0)          \
    X(hourly_rate, labels.hourly_rate, NAN)                \
    X(holdout, labels.holdout_share, 0)                    \
    X(example_tokens, labels.tokens_per_example, NAN)      \
    X(mix_share, labels.general_mix_share, 0)              \
    X(mix_usd, labels.general_mix_usd_mtok, 0)             \
    X(harvest, labels.harvest_per_month, 0)                \
    X(review_minutes, labels.review_minutes, NAN)          \
    X(epochs, training.epochs, 1)                          \
    X(retrain_share, training.retrain_share, 0)            \
    X(test_examples, evaluation.test_examples, NAN)        \
    X(judge_passes, evaluation.judge_passes, 1)            \
    X(judge_usd, evaluation.judge_usd, NAN)                \
    X(human_examples, evaluation.human_examples, NAN)      \
    X(human_minutes, evaluation.human_minutes, NAN)        \
    X(fte_usd, people.fte_cost_usd_month, NAN)             \
    X(migration_months, people.migration_person_months, 0) \
    X(month_value, people.value_per_month_usd, 0)          \
    X(hiring_months, people.hiring_months, 0)              \
    X(error_usd, quality.error_cost_usd, 0)                \
    X(alpha, quality.alpha, NAN)                           \
    X(n_scale, quality.n_scale, NAN)                       \
    X(e_inf_share, quality.e_inf_share, NAN)               \
    X(e_0, quality.e_0, NAN)                               \
    X(lora_points, quality.lora_points, 0)                 \
    X(qlora_relative, quality.qlora_relative, 0)           \
    X(api_drift, quality.api_drift_per_year, 0)            \
    X(drift_points, quality.drift_points_per_month, 0)     \
    X(arrival_scv, serving.arrival_scv, 1)                 \
    X(service_scv, serving.service_scv, 1)                 \
    X(ttft_limit_ms, latency.ttft_p95_ms, NAN)             \
    X(tpot_limit_ms, latency.tpot_ms, NAN)

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
#define MEMBER(name, place, usual) struct figure name;
    SCENARIO_FIGURES(MEMBER)
#undef MEMBER
};

/* A plain arm: its figures, and what of it is no figure. */
struct kernel_arm {
#define MEMBER(name, usual) struct figure name;
    ARM_FIGURES(MEMBER)
#undef MEMBER
};
struct kernel_facts {
    int kind, method;
    bool usable, quantised, follow, counts_all, pilots, whole_people;
    bool has_replicas, published_ttft; /* ttft_ms may be the list's median */
    bool throughput_typed, concurrency_typed, ttft_typed, tpot_typed, hours_typed, rate_typed;
    bool hours_known;
    double published_ttft_ms, hours[3];
};
/* What the machine of a replica is made of, so that two can be told apart. */
struct kernel_identity {
    const void *model, *gpu, *engine;
    int precision, kv_precision;
    double stages;
};

/* One stint of an arm. */
struct kernel_stint {
    struct kernel_arm arm;
    struct kernel_facts facts;
    struct kernel_identity identity;
    struct replica_machine machine;
    int from, to;
    bool shared;                 /* serves the share that escalates                    */
    bool harvested, labelled, test_set;
    struct price_spans spans;
    unsigned trains[4];          /* bit m of month m + 1                                */
};

/* One arm of the scenario: one or two stints. */
struct kernel_job {
    int kind, n_stints;
    struct kernel_stint stint[2];
    struct figure escalation, caught;
};

struct kernel {
    int months;
    struct kernel_scenario scenario;
    struct kernel_job job[ARMS_MAX];
};

/* ---- stages ------------------------------------------------------------------------------------
 *
 * The model in steps that read few figures each, so that an edit computes anew what reads it and takes
 * the rest as it stands. A stage sees nothing but its key; equal keys give equal columns, bit for bit.
 */

enum stage_kind {
    STAGE_NONE,
    STAGE_RATE,      /* what a rate a year makes in a month, less 1: its powers magnify what a column rounds */
    STAGE_WEIGHTS,   /* weights, before, alive, migrations                             */
    STAGE_BOUGHT,    /* of a request a day: of the first month, then of each span of prices */
    STAGE_ASKED,     /* of a request a day: asked, the same times what drifts            */
    STAGE_TRAININGS, /* trained, released, ahead                                         */
    STAGE_TOKENS,    /* paid, in the first month                                        */
    STAGE_REPLICA,   /* mu, batch, ttft, tpot, spare memory, tokens a second, the rest of mu */
    STAGE_DAY,       /* the exponent of the hours of a day that follows its load, and the rest of it */
    STAGE_QUEUE,     /* extra replicas, P95 wait                                         */
    STAGE_HOURS,     /* hours, of the first month, owed, owed at first, replicas         */
    STAGE_LATENCY,   /* P95 TTFT, TPOT                                                   */
    STAGE_CONTEXT,   /* tokens                                                           */
    STAGE_HARVEST,   /* labels reviewed before a stint, discounted; labels still missing then */
    STAGE_BUILD,     /* at once, later                                                   */
    STAGE_QUALITY,   /* share of right answers                                           */
    STAGE_WRONG,     /* of a request a day: wrong answers, discounted                    */
    STAGE_COST,      /* once, paid, run                                                  */
    STAGE_TOTALS,    /* NPV, once, run of an arm of one stint                            */
    STAGE_JOINED,    /* the same of two                                                  */
    STAGE_JOIN,      /* quality, P95 TTFT, TPOT, spare memory, tokens a second, context, replicas */
    STAGE_VALUE,     /* a value, for who needs a column of it                            */
    STAGE_COUNT
};
#define STAGE_OUT (PRICE_SPANS_MAX + 1)

/* What a stage takes from others. A weight is the share of products that live times the discount. */
struct stage_inputs {
    struct figure share;             /* of the requests that the stint serves             */
    struct figure discount, api_path, gpu_path, drift_keep; /* factors of a month, less 1    */
    struct figure escalation, caught;
    struct figure weights;           /* sum over the stint's months                        */
    struct figure before;            /* weight of the month before the stint; 1 at the start */
    struct figure alive;             /* products that live in the stint's first month       */
    struct figure migrations;        /* weights of the months with a forced migration       */
    struct figure bought_first, bought[PRICE_SPANS_MAX]; /* growth x price path (x weight) */
    struct figure trained, released; /* sums of weight x price path and of weight over months with training */
    struct figure ahead;             /* price path of the month before the stint            */
    struct figure mu, mu_rest;       /* and what a column does not hold of it: a load of exactly two replicas takes two */
    struct figure day, day_rest;     /* the exponent of a day, in the same way            */
    struct figure batch, ttft, extra, wait;
    struct figure tokens, tokens_run;
    struct figure hours, hours_run;  /* replica-hours a day x price path (x weight), and in the first month */
    struct figure owed, owed_run;    /* committed replicas x price path, over their months  */
    struct figure reviewed, missing; /* labels from the traffic before the stint            */
    struct figure at_once, later;    /* labels, training, evaluation                         */
    struct figure wrong;
    struct {                         /* of each stint; growth x weight over its months, and that
                                      * times months since training or what is left of errors */
        struct figure asked, drifted, quality, once, paid, run, ttft, tpot, memory, tok_s, context, replicas;
    } of[2];
};

struct stage_key {
    enum stage_kind kind;
    int job_kind, months, from, to, switched; /* switched: last month of the first stint       */
    bool harvested, labelled, test_set, even;
    int sign;                        /* of a rate: a price's path, a discount, 0: what is left of errors */
    bool sized[2];                   /* throughput of each stint is known                     */
    unsigned months_set[4], months_set_2[4]; /* with training (of each stint), or migrations  */
    struct kernel_facts facts, facts_2;
    struct kernel_identity identity;
    struct stage_inputs in;
    struct kernel_scenario s;        /* what the stage reads; the rest is zero                  */
    struct kernel_arm a;
    struct price_spans spans;        /* last: of tokens alone                                    */
};

struct stage {
    struct stage_key key;
    struct replica_machine machine;  /* follows from the key                                    */
    real *out[STAGE_OUT];            /* NULL: not wanted                                          */
    double *value;                   /* NULL, or room for the first sample of each, as exact as it is computed; then out is not read */
};

/* Cumulative cost by month, not discounted, [month][sample]: what stands behind STAGE_TOTALS and
 * STAGE_JOINED. The keys hold all figures of each stint; in: share, mu, extra, what joins the stints. */
struct kernel_bands {
    struct stage_key stint[2];
    int n_stints;
    const real *npv;                 /* unknown where it is                                        */
    real *band;
    int n;                           /* samples                                                     */
};

/* Which of equal slices of a range a value lies in; written over room for a column. */
typedef uint16_t bin_number __attribute__((may_alias));
#define BIN_ROW 8
/* Twice a rank, which is a whole number, and above how many there are of it: what samples of a slice add up to. */
typedef uint64_t rank_count __attribute__((may_alias));
#define RANK_SHIFT 21
struct binned;
struct regression;
struct resampling;

/* Samples from..to - 1; from is a multiple of LANES_MAX. */
struct kernel_path {
    void (*run)(const struct stage *, int from, int to);
    void (*bands)(const struct kernel_bands *);
    /* Of columns of any length, as breakeven/solve.h says of column_lower, column_gap, column_count, columns_share,
     * columns_products. */
    void (*lower)(real *least, const real *x, int n);
    void (*gap)(real *gap, const real *x, const real *from, int n);
    int (*count)(const real *x, int n, double low, double high);
    void (*share)(double *wins, const real *least, const real *const *x, int columns, int n);
    /* column_narrow, column_lower_where and column_fall_back alike. */
    int (*narrow)(unsigned char *holds, const real *x, int n, double limit, bool at_least, bool known);
    void (*lower_where)(real *least, const real *x, const unsigned char *holds, int n);
    void (*fall_back)(real *loss, const real *cost, const real *once, const real *fallback, const unsigned char *holds, int n);
    void (*products)(double *sum, const real *const *x, const double *means, int columns, const real *y, double mean_y, int n);
    /* As column_look; false: perhaps not all are finite, and nothing is known. */
    bool (*look)(struct column_facts *, const real *x, int n);
    /* room: for LANES_MAX more than n. How many of x - from lie within low..high, and how many below; those within are kept in room unless they are
     * one value. -1: not all are finite. n is a multiple of LANES_MAX. */
    int (*gap_within)(const real *x, const real *from, int n, double low, double high, real *room, int *below);
    /* The whole part of (x - low) scale, or 0 and last where it lies beyond them. */
    void (*bins)(bin_number *, const real *x, int n, double low, double scale, int last);
    /* The places of bins that are among those wanted (no two alike); at: room for n. */
    int (*among)(int *at, const bin_number *, int n, const bin_number *wanted, int n_wanted);
    /* The sums over n slices in order, which hold m samples in all: of each sample's rank times its slice's mean rank, less their
     * mean, and of that mean rank squared. */
    void (*ranks)(double *xy, double *xx, const rank_count *, int n, int m);
    /* Of a study (kernel_study.h). */
    void (*noise)(double *u, uint64_t state, uint64_t step, int n);
    void (*tests)(real *y, const real *p, const double *u, const double *z, int examples, int n);
    void (*noisy_logs)(real *y, const real *x, double least, const double *z, double times, int n);
    /* Of a regression (voi.h): rows (of BIN_ROW or half of it) added up by bin, where sum lies at whole rows; the functions of a bin; means of products of those of two columns whose bins met so
     * often; sums of a function times the bins' rows; a function added to the bins' rows; sums of the least of a sample's rows. */
    void (*bin_sums)(double *sum, const bin_number *, const real *row, int width, int n);
    void (*terms)(struct binned *, int n);
    void (*crossed)(double (*products)[5], const struct binned *, const struct binned *, const int (*met)[128], int n);
    void (*sides)(double *side, const double *sum, const double *q);
    void (*add_term)(double *row, const double *coefficient, const double *q);
    double (*least_sums)(const double *row, const bin_number *const *, int columns, const double *weight, int n);
    /* Of its bootstrap: sums of products by group, and the values of all rounds; room for what voi_error.c says. */
    void (*group_products)(double *sum, const double *x, const double *y, int columns, int size);
    void (*resampled)(double *value, const struct regression *, const struct resampling *, const double *products, double *room);
};
extern const struct kernel_path kernel_plain, kernel_avx2, kernel_avx512;
/* What this machine can run. */
const struct kernel_path *kernel_choose(void);
const struct kernel_path *kernel_choose_avx2(void); /* no wider than that */

#endif
