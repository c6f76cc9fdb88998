/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_MODEL_H
#define BREAKEVEN_MODEL_H

/*
 * The decision model: what each arm costs and delivers at the values in force
 * (x of every quantity of a struct setup).  One file per section of the model's
 * description; every equation is stated with its source where it stands.
 *
 * Money is USD, time is months (of days_per_month days) unless a name says
 * otherwise. All functions are pure: no allocation, no state.
 */

#include "breakeven/capacity.h"
#include "breakeven/scenario.h"

/* ---- cost lines: one row each, read by screen, report and JSON -------------- */

enum cost_line {
    LINE_API, LINE_GPU, LINE_LABELS, LINE_TRAINING, LINE_EVALUATION, LINE_PEOPLE,
    LINE_ERRORS, LINE_OTHER, LINE_COUNT
};
struct cost_line_row {
    const char *id, *label, *help;
    bool in_run; /* counted by "run" crossings: api, gpu, people */
    bool external; /* bought from outside: tax_share applies */
};
extern const struct cost_line_row cost_lines[LINE_COUNT];

/* ---- metrics that gates, rules and charts read ---------------------------------- */

/* What the cost rests on that a reader should know; bits of arm_outcome.warned. */
enum {
    WARN_CACHE_READ = 0x01, WARN_CACHE_WRITE = 0x02, WARN_NO_SUCCESSOR = 0x04,
    WARN_ENDPOINT_UNSIZED = 0x08, WARN_FEW_LABELS = 0x10, WARN_TRAINING_MEMORY = 0x20,
    WARN_TIGHT_MEMORY = 0x40, WARN_SATURATED = 0x80
};
/* Warning i in words with its bit; NULL past the last. */
const char *model_warning(int i, unsigned *bit);

enum throughput_how { THROUGHPUT_NONE, THROUGHPUT_MEASURED, THROUGHPUT_MODELLED };

struct arm_outcome {
    bool known;          /* false: a figure that the cost needs is missing         */
    char unknown[96];    /* which, in words                                        */
    int months;

    double once_usd[LINE_COUNT];                 /* at time 0                      */
    double monthly_usd[HORIZON_MAX];             /* month m+1 at [m], all lines    */
    double line_month_usd[LINE_COUNT][HORIZON_MAX];
    double once_total_usd;
    double npv_usd;                              /* section 11                     */
    double gpu_for_latency_usd;                  /* undiscounted, within LINE_GPU  */

    double requests[HORIZON_MAX];                /* asked in the month (not attempts) */
    double discounted_requests, discounted_accepted, discounted_tokens; /* for levelised costs */

    double quality;                              /* month 1; NAN unknown            */
    double quality_month[HORIZON_MAX];
    double ttft_p95_s, ttft_p50_s, tpot_s;       /* worst month's peak; NAN unknown  */
    double output_tok_s;                         /* what one caller sees: 1/TPOT     */
    double utilization;                          /* NAN: no replicas                 */
    int replicas[HORIZON_MAX];                   /* at the peak hour, spares included */

    enum throughput_how throughput_how;
    double replica_tok_s;                        /* X per replica, as counted         */
    int throughput_counts;                       /* COUNTS_OUTPUT or COUNTS_ALL        */
    double requests_per_s;                       /* mu, attempts per second and replica at 100 % */
    double batch;                                /* B; NAN unknown                     */
    bool fits;                                   /* memory                             */
    double need_gib, have_gib;                   /* per GPU; NAN where not modelled     */
    double weights_gib, usable_gib;              /* per GPU: of these the weights, and all memory */
    double context_need_tokens;                  /* P95 prompt + output                 */
    double labels_trained;                       /* n of the learning curve; 0 untuned  */
    double labels_usd;
    bool latency_conditional;                    /* B unknown: wait unknown              */
    bool latency_impossible;                     /* TTFT or TPOT alone misses the limit  */
    double wait_p95_s;                           /* for a slot, at the worst month's peak; NAN unknown */
    double paid_replica_hours, busy_replica_hours; /* over the months served               */
    unsigned warned;                             /* WARN_ bits                            */
};

/* Evaluate one arm at the values in force. Staged and cascade arms evaluate the
 * arms they use. out is filled completely; unknown figures are never zero. */
void model_evaluate(const struct setup *, int arm, struct arm_outcome *out);

/* Month-1 running cost at month-1 prices, lines api + gpu + people (the "run"
 * curve); staged: month s+1. NAN if unknown. Only requests_per_day may be scaled by callers. */
double model_run_month_usd(const struct setup *, int arm);
/* The same, with utilization of the paid replicas in that month (NAN: none). */
double model_run_month(const struct setup *, int arm, double *utilization, int *replicas);

/* ---- an arm's cost as a function of the volume (section 11.4) ---------------------- */

/* What model_evaluate and model_run_month_usd give at other volumes, for searches that ask for thousands: all
 * that does not depend on requests_per_day is settled once. The same figures but for rounding. It keeps no
 * pointer to the setup, and one thread at a time may use it; the caller frees it (NULL is harmless). NULL: no memory. */
struct volume_cost;
struct volume_cost *volume_cost_new(const struct setup *, int arm, bool total); /* total: NPV; else month 1's running cost */
void volume_cost_free(struct volume_cost *);
double volume_cost_usd(struct volume_cost *, double requests_per_day); /* NAN unknown                     */
/* Bounds by the ends alone: at least what the arm costs at any volume from here to a larger "other", at
 * most what it costs from here to a smaller one. Almost always that is the cost itself, which rises;
 * but replicas for latency are sized at the worst peak, so that quieter months and hours can have
 * one less at a step. Labels that a staged arm harvests are left out of it: more traffic can make
 * them cheaper. */
double volume_cost_bound_usd(struct volume_cost *, double requests_per_day, double other);
/* What of it is a straight line over the volume: all but replicas, a vendor's minimum and harvested labels. */
double volume_cost_line_usd(const struct volume_cost *, double requests_per_day);
/* Is all of it one between two steps? */
bool volume_cost_is_straight(const struct volume_cost *);
/* The cost lies at or above this line over the volume by no more than "within", which is what replicas cost that are begun and
 * not full; INFINITY: it may lie anywhere above. */
struct volume_line {
    double at_zero, slope, within;
};
struct volume_line volume_cost_beside(const struct volume_cost *);
/* Requests per day (month 1) at which one replica more is needed, nearest above the given volume: the
 * next jump of the cost; INFINITY if it never jumps. No jump is passed over; where a replica that
 * the load needs takes the place of one that was there for latency the cost stays. */
double volume_cost_next_step(struct volume_cost *, double requests_per_day);
/* Were both made of the same figures, so that they give the same costs? */
bool volume_costs_are_equal(const struct volume_cost *, const struct volume_cost *);
/* Do both rise in the same way, so that their difference is the same at every volume? Then it is in *usd. */
bool volume_costs_differ_by(const struct volume_cost *, const struct volume_cost *, double *usd);

/* ---- workload (section 2) --------------------------------------------------------- */

/* Reference tokens a day in month 1, all attempts: the axis of every chart. */
double workload_tokens_per_day(const struct setup *);
double workload_tokens_per_request(const struct setup *); /* (1+r)(I+O) */
/* Requests a day by month, hazard excluded; so many months from the first. */
void workload_requests_by_month(const struct setup *, int months, double *per_day);
/* Mean of the hourly values is 1; [0] is the peak. */
void workload_day_shape(double peak_to_average, double shape[24]);
/* cos(2 pi h/24) of h = 0..12, and ln((1 + cos(2 pi h/24))/2) of h = 0..11, of which it is made. */
extern const double day_cosine[13], day_log_base[12];
/* Valleys filled by the batch share. */
void workload_fill_valleys(const double shape[24], double batch_share, double filled[24]);

/* ---- labels, training, evaluation, quality (sections 6, 7, 8, 10) -------------------- */

struct label_cost {
    double hours, usd, guideline_usd, usd_per_example;
    double trained;         /* n = examples (1 - holdout) */
    double training_tokens; /* per epoch, mix included    */
};
void labels_evaluate(const struct setup *, struct label_cost *);

/* Two-proportion sample size per arm, pooled under the null, two-sided alpha. */
double sample_size_two_proportions(double p1, double p2, double alpha, double power);
/* Paired (McNemar): delta difference, psi disagreement. */
double sample_size_paired(double delta, double psi, double alpha, double power);
/* Half-width of the 95 % interval of a share p from n. */
double interval_half_width(double p, double n);

struct curve {
    double e_inf_share, e_0, n_scale, alpha; /* error(n) = e_inf + (e_0-e_inf)(1+n/n_scale)^-alpha, e_inf = share e_0 */
};
double curve_error(const struct curve *, double n);

struct curve_point {
    double n, right, total;
};
/* Weighted nonlinear least squares with the priors as residuals; cov is the covariance of
 * (log alpha, log n_scale, logit e_inf_share, logit e_0). */
struct curve_fit {
    struct curve curve;
    double cov[4][4];
    double chi2;
    bool converged;
    char warning[160]; /* points that no curve fits, n too few, ... */
};
int curve_fit_points(struct curve_fit *, const struct curve_point *, int n,
                     const struct setup *priors, struct error *);
/* The scenario's pilots. */
int curve_fit_pilots(struct curve_fit *, const struct setup *, struct error *);
/* Accuracy at n with its 90 % interval (from the covariance, seeded). */
void curve_predict(const struct curve_fit *, double n, double *accuracy, double *low, double *high);
/* n curves of the fit's uncertainty: the scores in four columns, independent and standard normal, give way to the logarithms
 * of alpha and n_scale and the log odds of e_inf_share and e_0. Up to 7 more than n are read and written. */
void curve_draws(const struct curve_fit *, double *const column[4], int n);
/* Put a fitted or drawn curve in force (x of quality.alpha, n_scale, e_inf_share, e_0). With
 * pilot points in the scenario the model takes no tuning penalty; the fit is the
 * caller's, since it costs more than an evaluation, and from the setup as resolved: once
 * put, a curve's e_0 is an exact figure. */
void curve_put(struct setup *, const struct curve *);

/* The number of labels that minimises labels + error line over the horizon for
 * a tuned arm, and what it saves against the typed number. NAN if nothing applies. */
struct label_budget {
    double n, saves_usd;
};
void label_budget(const struct setup *, int arm, struct label_budget *);

/* Metric recommended for a task type, as the article has it. */
const char *evaluation_metric(int task_type);

/* Quality of an arm in month 1 at the values in force, and what it was made of. */
double quality_month1(const struct setup *, int arm);

/* ---- queueing (section 5) ---------------------------------------------------------------- */

/* Probability that an arrival waits: c servers, offered load a < c. */
double erlang_c(double servers, double load);
/* P95 wait in units of the service time. */
double p95_wait_s(double servers, double load, double service_s, double ca2, double cs2);

/* Waits of replicas as one queue, and of those beyond the load's own that a limit asks for. */
struct replica_queue {
    double requests_day;  /* of the month                                              */
    double attempt_s;     /* attempts a second for one request a day                    */
    double per_request;   /* replicas for one request a day at a shape of 1             */
    double peak, least;   /* of the day's shape; replicas                               */
    double mu, batch;     /* attempts a second of a replica, requests in it at once     */
    double variability;   /* (ca^2 + cs^2)/2                                            */
};
/* With "more" replicas beyond the load's own: P95 and median wait in seconds. */
void queue_waits_at(const struct replica_queue *, double more, double *p95_s, double *p50_s);
/* The replicas to be added so that ttft_s + P95 wait keeps limit_s (known, and not below ttft_s), and the wait then. */
double queue_replicas_for(const struct replica_queue *, double limit_s, double ttft_s, double *p95_s);

/* ---- pieces for a path that evaluates many samples at once (solve/kernel.c) ----------------- */

/* The months in which a plain arm serves, and what share of the requests it gets. */
struct stint {
    int arm;
    int from, to;      /* from 1                                                        */
    double share;
    bool harvested;    /* labels come from the traffic before "from" (staged)           */
    bool labelled;     /* an earlier arm has bought the labels already                  */
    bool test_set;     /* buys it                                                       */
};
/* The stints of an arm over so many months: one for a plain arm, two for staged and cascade. 0 if an
 * arm that it names is missing. */
int stints_of(const struct setup *, int arm, int months, struct stint out[2]);
/* Is there a training run in month m of a stint? A month with a retraining and an upgrade pays one. */
bool stint_trains(const struct setup *, const struct stint *, int month);
/* The horizon in whole months. */
int horizon_months(const struct setup *);

/* Months in which one list price of tokens holds. */
#define PRICE_SPANS_MAX 16
struct price_span {
    int to;                         /* last month                                        */
    struct token_price price;
    bool own;                       /* the arm's own figures as they stand                */
    const struct price_tier *tiers;
    int n_tiers;
};
struct price_spans {
    bool tokens;                    /* the arm pays for tokens; else minimum and fee alone */
    bool stepped;                   /* a later price was derived from the arm's own         */
    int n;                          /* -1: more than PRICE_SPANS_MAX                         */
    struct price_span list[PRICE_SPANS_MAX];
    unsigned migrations[4];         /* bit m of month m + 1: a forced migration               */
};
void price_spans_of(struct price_spans *, const struct setup *, const struct stint *);

/* One attempt in the arm's own tokens: USD at these prices, tiers included (section 4). */
struct priced_attempt {
    double input, output, read, write, batch; /* tokens, shares of the input, share of the requests */
    double sigma;                             /* of the log of lengths                              */
};
double attempt_price_usd(const struct token_price *, const struct price_tier *, int n_tiers, const struct priced_attempt *);

/* The machine of a replica, if it can be computed, with the constants that its times need. */
struct replica_machine {
    bool present;
    struct capacity_system sys;
    double ttft_floor_s, admission, touched_power;
};
void replica_machine_of(struct replica_machine *, const struct setup *, int arm);
/* Modelled hours of a run per token: t[0] + t[1] sequence + t[2] / sequence, for sequences of 1 to
 * 1e8 tokens. False: not known. */
bool training_hours_terms(const struct setup *, int arm, double t[3]);

/* ---- compliance (section 13) --------------------------------------------------------------- */

enum gate_state { GATE_MET, GATE_CONDITIONAL, GATE_UNKNOWN, GATE_BREACHED };
const char *gate_state_word(enum gate_state);

/* One requirement of one regime against one arm. Staged and cascade: the worst
 * of the arms they use. */
struct compliance_finding {
    const struct cat_regime *regime;
    const struct requirement *requirement;
    enum gate_state state;
};
int compliance_evaluate(const struct setup *, int arm, struct compliance_finding *out, int max);

/* ---- one request ------------------------------------------------------------------- */

/* What one request costs by the rules by which price lists are read (litellm's,
 * restated; MODEL.md section 4). The model of a whole month is another one. */
struct price_parts {
    double input_usd, output_usd;
    const char *rule; /* base, tier, batch_price, batch_half */
};

/* prompt_tokens includes cached_tokens. Long prompts are priced whole by the highest
 * tier they reach; batches have no tiers, and no discount for cached tokens where
 * they have a price of their own, else they cost half. A cached token
 * without a price of its own costs what a fresh one does. -1 and *parts untouched if
 * a price that is needed is unknown (it is never taken for 0) or a count is
 * negative, not finite, or more cached than sent. */
int price_request(struct price_parts *parts, const struct price_step *, double prompt_tokens,
                  double cached_tokens, double completion_tokens, bool batch, struct error *);

#endif
