/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_MODEL_PARTS_H
#define BREAKEVEN_MODEL_PARTS_H

#include "breakeven/model.h"

/*
 * What the sections of the model hand to each other.  Months count from 1 in
 * the model's description; arrays hold month m at [m - 1].
 */

#define HOURS 24
#define Z90 1.6448536269514722 /* P95 of the standard normal */

/* ---- figures: unknown is NAN, and the first one that was needed is remembered ---- */

struct gaps {
    const char *first; /* words for what is missing; NULL: nothing */
};

static inline double
figure(const struct quantity *q)
{
    return q->kind == QUANTITY_UNSET ? NAN : q->x;
}

/* For figures whose absence means "as usual", not "nobody knows". */
static inline double
figure_or(const struct quantity *q, double usual)
{
    double x = figure(q);

    return known(x) ? x : usual;
}

static inline double
need_value(struct gaps *g, double x, const char *words)
{
    if (!known(x) && g->first == NULL)
        g->first = words;
    return x;
}

static inline double
need(struct gaps *g, const struct quantity *q, const char *words)
{
    return need_value(g, figure(q), words);
}

/* Unknown stays unknown, unlike fmax and fmin, which drop a NAN. */
static inline double
larger(double a, double b)
{
    return a > b || !(a == a) ? a : b;
}

/* ---- the calendar: what all arms share in one evaluation ---------------------------- */

struct calendar {
    int months;
    double days;                       /* in a month                                  */
    double requests[HORIZON_MAX];      /* a day, hazard excluded                       */
    double alive[HORIZON_MAX];         /* share of products that still run             */
    double discount[HORIZON_MAX];      /* of a cost at the month's end                  */
    double api_path[HORIZON_MAX], gpu_path[HORIZON_MAX]; /* price against month 1       */
    double sigma;                      /* of the log of request lengths                 */
    double long_prompt, median_prompt; /* P95 and median length over the mean           */
};
void calendar_make(struct calendar *, const struct setup *);
/* With so many requests a day in month 1. */
void calendar_at(struct calendar *, const struct setup *, double requests_per_day);

/* One request of an arm in its own tokens (section 2). */
struct load {
    double input, output;         /* tokens of an attempt                                */
    double read, write;           /* shares of the input                                 */
    double attempts;              /* 1 + r                                               */
    double batch;                 /* share of the requests                               */
};
void load_of_arm(struct load *, const struct setup *, int arm, struct gaps *);
/* The same day's shape for arms that only pay its peak hour. */
double peak_of_day(double peak_to_average, double batch_share);

/* ---- price.c ------------------------------------------------------------------------- */

/* USD of one request, retries included, at these prices; tiers apply to the part that
 * is not in batches. warned takes WARN_ bits. */
double request_usd(const struct token_price *, const struct price_tier *, int n_tiers,
                   const struct load *, double sigma, unsigned *warned);
struct token_bill {
    double usd[HORIZON_MAX];  /* month m at [m - 1], growth and path in, hazard out         */
    double usage[HORIZON_MAX]; /* of it, before minimum and fee                             */
    unsigned migrations[4];   /* bit m of month m: a forced migration (HORIZON_MAX bits)    */
    unsigned warned;
};
bool bill_migrates(const struct token_bill *, int month);
void token_bill(struct token_bill *, const struct setup *, const struct calendar *,
                const struct stint *, const struct load *, struct gaps *);

/* ---- serving.c, latency.c ---------------------------------------------------------------- */

struct serving {
    bool present;               /* the arm has replicas at all                              */
    bool sized;                 /* mu is known; else min_replicas always                     */
    enum throughput_how how;
    double tok_s;               /* X of a replica                                             */
    int counts;
    double mu;                  /* attempts a second of a replica at full use                 */
    double batch;               /* B; NAN                                                      */
    double ttft_s, ttft_p50_s;  /* without waiting for a slot: at the P95 and median prompt     */
    double tpot_s;
    bool fits, modelled;        /* memory; was it modelled at all                               */
    double need_gib, have_gib, weights_gib, usable_gib;
    bool impossible, conditional;

    double least, spare, extra; /* replicas: the least, idle ones, added for latency             */
    double per_request;         /* replicas for one request a day at a shape of 1                 */
    double attempt_s;           /* attempts a second for one request a day                        */
    double peak;                /* of the day's shape, valleys filled                             */
    bool follow, slow_start;
    double shape[HOURS];        /* only for follow                                                */
    double usd_replica_h;       /* month 1, overhead and bill share in                            */
    double committed, commit_months, commit_keep; /* replicas, months, 1 - discount               */
    int from;                   /* first month served                                             */
    double busiest;             /* requests a day of the worst month                               */
    double wait_p95_s, wait_p50_s;
    unsigned warned;
};
void serving_plan(struct serving *, const struct setup *, const struct calendar *,
                  const struct stint *, const struct load *, struct gaps *);
/* The waits at the worst month's peak hour, which costs need not know. */
void serving_waits(struct serving *, const struct setup *);
/* Capacity: X, mu, batch, latency and memory of one replica. */
void serving_capacity(struct serving *, const struct setup *, const struct calendar *, int arm,
                      const struct load *, struct gaps *);

struct serving_month {
    double usd;              /* on demand, at that month's price                     */
    double committed_usd;    /* owed whether used or not                              */
    double latency_usd;      /* of both, what the replicas for latency cost            */
    double paid_hours, busy_hours; /* replica-hours                                     */
    double replicas;         /* at the peak hour, spares included                       */
};
/* A month m of requests_day requests; price_path is its price against month 1. */
void serving_month(const struct serving *, const struct calendar *, int month, double requests_day,
                   struct serving_month *);
/* Replica-hours of a day of such a month beyond those committed. */
double serving_beyond_hours(const struct serving *, int month, double requests_day);
/* What is left of the commitment after the last month served, in USD. */
double serving_left_over(const struct serving *, const struct calendar *, int last);
/* Whole replicas for a load in replicas; at least so many. */
double replicas_of_load(double load, double least);
/* Replicas that the load itself needs, without spares and latency. */
double replicas_for(const struct serving *, double requests_day, double shape);
/* Wait at the peak hour of requests_day with "more" replicas beyond the load's own. */
void waits_at(const struct serving *, const struct setup *, double requests_day, double more,
              double *p95_s, double *p50_s);
/* How many replicas the latency limit adds at this load; 0 if none or hopeless. */
double replicas_for_latency(const struct serving *, const struct setup *, double requests_day);
void queue_waits(double servers, double load, double service_s, double variability, double *p95_s,
                 double *p50_s);

/* ---- once costs and their repetition -------------------------------------------------------- */

/* Runs one training cycle of an arm. Prices are those of month 1. */
struct training_cost {
    double run_usd;          /* one run                                               */
    double experiments;      /* how many at first                                      */
    double mix_usd;          /* the bought part of the training text                   */
    bool on_gpus;            /* follows the GPU price; else the token price             */
    unsigned warned;
};
void training_evaluate(struct training_cost *, const struct setup *, int arm,
                       const struct label_cost *, struct gaps *);
/* Hours of one run on the arm's training GPUs by the capacity model. */
double training_hours_modelled(const struct setup *, int arm, double tokens, struct gaps *);
/* Warns where a run does not fit in the memory of its GPUs, as far as that is known. */
void training_fits(struct training_cost *, const struct setup *, int arm);

void labels_need(const struct setup *, struct label_cost *, struct gaps *);
double test_set_usd(const struct setup *, const struct label_cost *, struct gaps *);
double release_usd(const struct setup *, struct gaps *);

struct people_cost {
    double setup_usd, run_usd_month, migration_usd, delay_usd;
};
void people_evaluate(struct people_cost *, const struct setup *, int arm, struct gaps *);

/* ---- quality.c -------------------------------------------------------------------------------- */

/* Below 500 examples a model memorises: its error is up to a tenth larger. 1 for n = 0. */
double memorisation(double n);
/* q of month 1 of the arm's own service; n of the curve for the outcome. NAN unknown. */
double quality_plain(const struct setup *, int arm, double *labels_trained, unsigned *warned);
/* Fill out[from-1..to-1]. */
void quality_months(const struct setup *, const struct stint *, double q1, double *out);
double quality_of_cascade(double small, double large, double escalated, double caught);
/* Share of right answers in month 1 with n examples trained on. */
double quality_with(const struct setup *, int arm, double n);

#endif
