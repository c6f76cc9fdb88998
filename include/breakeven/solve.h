/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SOLVE_H
#define BREAKEVEN_SOLVE_H

/*
 * Uncertainty: draws, columns of samples, the evaluation of every arm in every
 * sample, and what follows from the columns alone (quantiles, crossings,
 * sensitivity, value of information).  It knows no gate and no verdict.
 *
 * The draws are one fixed, seedable design (scrambled Sobol net, common random
 * numbers): an unedited input keeps its column, a prefix of the net is a net.
 */

#include <float.h>

#include "breakeven/model.h"

/* One sample's value in a column. 32 bits hold seven digits of what was drawn from a guess, in half the memory;
 * arithmetic is done in doubles. Figures that are the same in all samples stay double. Compiled with
 * COLUMNS_DOUBLE everything is, so that tests can tell the rounding of columns from an error. */
#if defined COLUMNS_DOUBLE
typedef double real;
#define REAL_MAX DBL_MAX
#define REAL_EPSILON DBL_EPSILON
#else
typedef float real;
#define REAL_MAX FLT_MAX
#define REAL_EPSILON ((double)FLT_EPSILON)
#endif

#define SAMPLES_MIN 256
#define SAMPLES_MAX 1048576
#define SAMPLES_DEFAULT 16384
#define INPUTS_MAX 256

/* How samples are evaluated: many at once by the widest registers of this machine, by no wider ones than AVX2 has,
 * by those that any machine has, or one by one as the model is written. All agree; tests compare them. */
enum solve_path { PATH_FASTEST, PATH_AVX2, PATH_PORTABLE, PATH_PLAIN };

struct solve_options {
    int samples;    /* power of two, SAMPLES_MIN..SAMPLES_MAX               */
    uint64_t seed;
    const volatile int *cancel; /* NULL, or non-zero as soon as the answer is not wanted */
    enum solve_path path;
    bool bands;     /* cumulative costs by month, too                        */
};

/* Read so that the thread that sets it needs no lock. */
static inline bool
solve_cancelled(const volatile int *cancel)
{
    return cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED) != 0;
}

/* Of what is finite: how many, the least and the most (infinite, the wrong way round, if none) and the mean (NAN). */
struct column_facts {
    int finite;
    double low, high, mean;
};

/* One uncertain input: a field with its arms, and its column. Fields that are one
 * draw (the same price, the same hardware, ...) are one input. */
struct input {
    struct field_ref ref;  /* the first place                                       */
    unsigned arms;         /* bit a: arm a takes its value from this column; 0: scenario field */
    char path[96];
    int dimension;         /* of the design                                          */
    enum draw_group group;
    struct quantity quantity; /* its distribution                                    */
    const real *z;         /* normal scores, samples long                            */
    struct column_facts scores; /* of z                                              */
    const real *x;         /* values, samples long                                   */
};

enum metric {
    METRIC_NPV, METRIC_ONCE, METRIC_RUN, METRIC_QUALITY, METRIC_TTFT_P95, METRIC_TPOT,
    METRIC_MEMORY, /* have - need, GiB */
    METRIC_REPLICAS, /* at the peak of the first month */
    METRIC_CONTEXT /* tokens a request needs at the P95 prompt */,
    METRIC_THROUGHPUT /* X of a replica, tokens/s as counted */, METRIC_COUNT
};

/* Everything that was sampled. Owned by the caller of solve_run, read-only. */
struct samples {
    int n, n_inputs, n_arms;
    uint64_t seed;
    struct input inputs[INPUTS_MAX];
    struct setup setup;            /* at the medians                                  */
    const real *metric[ARMS_MAX][METRIC_COUNT]; /* n long; NAN unknown; arms may share one */
    int64_t version[ARMS_MAX][METRIC_COUNT]; /* of solve_again: a column at the same place with the same
                                    * version holds what it held                       */
    real *tokens_per_day;          /* n long                                           */
    const real *examples;          /* the column of labels.examples; NULL: it is exact    */
    double *cumulative[ARMS_MAX];  /* months x bands: P5, P50, P95 of cumulative_m, mean; [m*4+k];
                                    * NULL where nobody asked for bands                 */
    struct arm_outcome *median;    /* n_arms, at the medians                            */
    bool known[ARMS_MAX];          /* cost known at the medians and in four samples of five */
};

/* Draw, transform, evaluate. Returns -1 with ERR_BUG only on lack of memory; a
 * cancelled run returns 1 and gives out nothing. */
int solve_run(struct samples **, const struct setup *, const struct solve_options *, struct error *);
void samples_free(struct samples *);
/* The same for one edit after the other: *kept is NULL at first, later what the last call left, which is
 * brought up to date; only what reads an edited field is computed anew. The result is that of a
 * fresh run, bit for bit, whatever came before. Not to be read after a call that returned -1 or 1. */
int solve_again(struct samples **kept, const struct setup *, const struct solve_options *, struct error *);

/* The first n samples again with one field's whole column replaced by the constant v, all else
 * as sampled (section 11.5). The result borrows
 * from base, which must outlive it; samples_free. n is at most base->n. */
int solve_replaced(struct samples **, const struct samples *base, struct field_ref, double v, int n,
                   const volatile int *cancel, struct error *);
/* For a search: field after field held at value after value, of which each costs no more than the arms
 * that read the field, in memory that is used again. Borrows from base, which must outlive it and stay as it is. */
struct trials;
int trials_new(struct trials **, const struct samples *base, const volatile int *cancel, struct error *);
void trials_free(struct trials *);
/* The field that is held from now on. */
void trials_hold(struct trials *, struct field_ref);
/* The first n samples with the field at v: metrics, known and examples as solve_replaced gives them,
 * of the arms whose bits are set (medians only where not all is known); another arm has those of an earlier value, or base's. No later call asks for
 * more arms than the first for the field that is held. *out is the handle's, until the next call with the same n, of which there
 * are five at most. 1: cancelled. */
int trials_at(struct trials *, double v, int n, unsigned arms, const struct samples **out, struct error *);
/* The first n samples with no field held. */
int trials_none(struct trials *, int n, const struct samples **out, struct error *);
/* Of an input's values; found when first asked for, as samples_facts. */
double samples_input_mean(const struct samples *, int input);
/* Room for who reads the samples, theirs to fill: it stays until more is asked for, and goes with them. NULL: no
 * memory. */
void *samples_room(const struct samples *, size_t bytes);
/* Set the values of sample i in a copy of samples->setup. */
void samples_apply(const struct samples *, struct setup *work, int i);

/* Quantiles of n values (exact order statistics, linear between), ignoring what is not finite; of up to
 * 8 ascending u at once, and of one. scratch of quantile_room(n) values. */
static inline size_t
quantile_room(int n)
{
    return 2 * (size_t)n + 2;
}
void column_quantiles(const real *x, int n, const double *u, int n_u, double *out, real *scratch);
double column_quantile(const real *x, int n, double u, real *scratch);
double column_mean(const real *x, int n);
/* The standard normal scores of uniform draws; z and u lie apart. */
void column_scores(double *z, const double *u, int n);

void column_look(struct column_facts *, const real *x, int n);
/* column_quantiles of a column that was looked at. */
void column_quantiles_of(const struct column_facts *, const real *x, int n, const double *u, int n_u, double *out, real *scratch);
/* A figure of a column without the digits that a column does not hold: to seven decimal digits where columns are of 32 bits. */
double column_digits(double x);
/* The figure that no sample changes, as exact as it was computed; NAN: it varies, or may. */
double samples_same(const struct samples *, int arm, enum metric);
/* Of an arm's metric, which has a column: these, and P5, P25, P50, P75, P95 (scratch as above). Found when first
 * asked for and kept as long as the column stands, from one solve_again to the next; so one thread at a
 * time may ask. */
#define SPREAD_QUANTILES 5
const struct column_facts *samples_facts(const struct samples *, int arm, enum metric);
const double *samples_quantiles(const struct samples *, int arm, enum metric, real *scratch);

/* Each value lowered to that of x where x is less. */
void column_lower(real *least, const real *x, int n);
/* x - from. */
void column_gap(real *gap, const real *x, const real *from, int n);
/* A quantile of that, as column_quantile finds it. scratch of n + quantile_room(n) values. */
double column_gap_quantile(const real *x, const real *from, int n, double u, real *scratch);
/* How many lie within low..high, both included. */
int column_count(const real *x, int n, double low, double high);
/* holds, a byte of 0 or 1 a sample, stays 1 where x keeps the limit, which is rounded as a column is; known: and is finite, else
 * what is not finite keeps it. Returns how many are left. */
int column_narrow(unsigned char *holds, const real *x, int n, double limit, bool at_least, bool known);
/* As column_lower in samples that hold. */
void column_lower_where(real *least, const real *x, const unsigned char *holds, int n);
/* cost in samples that hold or where nothing is to fall back on (an infinity); else once + fallback. */
void column_fall_back(real *loss, const real *cost, const real *once, const real *fallback, const unsigned char *holds, int n);
/* In how many samples each column is at most "least"; those that are so together share the sample. x[k] NULL: none.
 * At most ARMS_MAX columns. */
void columns_share(double *wins, const real *least, const real *const *x, int columns, int n);
/* Of each column with y the sum of products of what is left of them beside their means; "columns" of them, n long. */
void columns_products(double *sum, const real *const *x, const double *means, int columns, const real *y, double mean_y, int n);

/* ---- crossings (section 11.4) ------------------------------------------------------- */

#define CROSSINGS_MAX 200
#define CROSSINGS_REACH 1000 /* times the volume typed, and so far below it: what is searched */

struct crossing_set {
    int n;
    bool truncated;
    double tokens_per_day[CROSSINGS_MAX];
    double stays_from;      /* last crossing, NAN if none                            */
    int cheaper_below;      /* arm that is cheaper before the first crossing (or everywhere) */
    int cheaper_above;      /* arm that is cheaper after the last                    */
    double utilization;     /* of the self-hosted arm's replicas at stays_from; NAN  */
};

/* Every volume where the sign of (cost of a - cost of b) changes, over a CROSSINGS_REACH-th to as many times the
 * typed volume, at the values in force of the setup. total false: "run". */
int crossings_find(const struct setup *, int a, int b, bool total, struct crossing_set *);
/* The same for several pairs of one setup, which outlives the search. NULL, -1: no memory; ending NULL is
 * harmless. */
struct crossing_search;
struct crossing_search *crossings_begin(const struct setup *);
int crossings_of(struct crossing_search *, int a, int b, bool total, struct crossing_set *);
void crossings_end(struct crossing_search *);
/* That of the samples' setup: what stood for the setup before and has not changed is not searched again. It
 * belongs to the samples. NULL: no memory. */
struct crossing_search *samples_crossings(const struct samples *);
/* First month from which the arm with the larger once cost is and stays cheaper in
 * undiscounted cumulative cost; 0 if never. */
int payback_month(const struct arm_outcome *a, const struct arm_outcome *b);

/* The same cost curves for charts: n volumes (tokens a day) -> USD per month of each arm. */
void cost_curve(const struct setup *, int arm, bool total, const double *tokens_per_day, int n,
                double *usd_per_month);

/* ---- sensitivity and value of information (sections 11.5, 11.6) ----------------------- */

/* Spearman rank correlation of two columns; scratch 6n doubles. */
double rank_correlation(const real *x, const real *y, int n, double *scratch);
/* The same of n_x columns with one, whose ranks are made once. Values of x within a 4,096th of their range
 * count as equal; every x is known. facts: of each, or NULL. scratch 5n doubles. */
void rank_correlations(const real *const *x, const struct column_facts *const *facts, int n_x, const real *y, int n, double *out, double *scratch);

/* What is at stake between arms: their losses, n long; loss[a] NULL: arm not in the running. The losses are no longer
 * read when stakes_new is back. NULL: fewer than two arms to choose from, or no memory; then nothing is
 * worth knowing. */
struct stakes;
struct stakes *stakes_new(const real *const *loss, int n_arms, int n);
void stakes_free(struct stakes *);
/* min_a E[L_a] - E[min_a L_a]. */
double evpi(const struct stakes *);
/* Value of knowing the column z (normal scores; its facts, or NULL) alone: natural cubic spline with 5
 * degrees of freedom on z. standard_error may be NULL (bootstrap, seeded); that of a value below "least" is not made
 * (0). cancel may be NULL; once it is set a call returns soon, and what it returns means nothing. One call at a time. */
double evppi(struct stakes *, const real *z, const struct column_facts *, double least, double *standard_error, const volatile int *cancel);
/* The same for several simulated study results at once (columns y_k, k < n_y): EVSI. */
double evsi(struct stakes *, const real *const *y, int n_y, double *standard_error, const volatile int *cancel);

/* ---- what a study would find (section 11.6) ------------------------------------------------ */

/* Of so many samples at a time, whose columns have room for them. */
#define STUDY_RUN 256

/* Uniform draws and their normal scores: the same for the same seed, stream and sample. */
struct study_noise {
    double u[STUDY_RUN], z[STUDY_RUN];
};
void study_noise(struct study_noise *, uint64_t seed, uint64_t stream, int from);
/* The share of so many examples that a test finds right where p are: binomial. */
void study_tests(real *y, const real *p, const struct study_noise *, int examples);
/* The logarithm of x, or of "least" if that is more, and so many times the scores. */
void study_logs(real *y, const real *x, double least, const struct study_noise *, double times);

/* ---- refinement in the background ------------------------------------------------------- */

/* A worker that owns the only thread, mutex and condition. work() runs in it, looks at cancel by
 * solve_cancelled() and often, and gives out NULL when it gave up; a result is posted and one byte
 * written to the pipe. Submitting and cancelling begin a new generation: what waits, runs or was
 * not collected yet is of an older one, never given out, and freed. All calls are one thread's. */
struct refine;
struct refine_job {
    void *(*work)(void *request, const volatile int *cancel); /* NULL result: cancelled */
    void (*free_request)(void *);
    void (*free_result)(void *);
};
int refine_start(struct refine **, const struct refine_job *, struct error *);
int refine_descriptor(const struct refine *);           /* to poll for reading         */
void refine_submit(struct refine *, void *request);      /* owned from here on          */
void refine_cancel(struct refine *);
/* refine_cancel, and back when work() has returned: what a request lent to it is the caller's again. */
void refine_rest(struct refine *);
void *refine_collect(struct refine *);                   /* the result or NULL; the caller's */
void refine_stop(struct refine *);                       /* waits for work() to return */

#endif
