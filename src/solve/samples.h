/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SOLVE_SAMPLES_H
#define BREAKEVEN_SOLVE_SAMPLES_H

#include "plan.h"
#include "stages.h"

#define BAND_SAMPLES 2048

/* What a column is made of, for one design: equal keys give equal columns. */
struct column_key {
    int dimension, kind, whole, tail;
    double rho, a, b, c, low, high, f_low, f_high;
};
struct column_slot {
    struct column_key key;
    real *z, *x;     /* one block, z first                                             */
    struct column_facts scores; /* of z                                               */
    int64_t version; /* of x; 0: not filled                                             */
    int64_t mean_version;
    double mean;     /* of x, where it is of that version                               */
    int64_t used;    /* by which update last                                            */
};
/* So many columns that nothing reads any more are kept, and no more than fit in so many bytes. */
#define IDLE_SLOTS 24
#define IDLE_BYTES (3 << 20)

/* One arm's metrics and what is known of them. Versions are those of its total cost. */
struct arm_columns {
    real *block;     /* METRIC_COUNT columns, where the kernel has no part in it         */
    bool banded;     /* cumulative costs stand                                             */
    int64_t band_version;
    int band_months;
};

/* What samples_facts and samples_quantiles found of a column, while it stands. */
struct metric_facts {
    const real *x;
    int64_t version;
    struct column_facts facts;
    bool has_quantiles;
    double quantile[SPREAD_QUANTILES];
};

/* samples plus what it is made of; the public struct comes first. */
struct samples_whole {
    struct samples s;
    struct columns columns;
    struct arm_outcome median[ARMS_MAX];
    unsigned own_medians;       /* arms whose median samples_evaluate_arms has changed    */
    double cumulative[ARMS_MAX][4 * HORIZON_MAX];
    enum solve_path path;
    struct column_slot slots[INPUTS_MAX + IDLE_SLOTS];
    int n_slots;
    int64_t updates;            /* so far                                                */
    int64_t versions;           /* handed out so far                                     */
    struct plan_column column[INPUTS_MAX], fit_column[4];
    bool fitted;                /* pilots: the learning curve is drawn from their fit     */
    struct curve_fit fit;
    struct fit_key {            /* what the fit was made of                               */
        int n_pilots;
        struct pilot pilots[PILOTS_MAX];
        struct quantity priors[4];
    } fit_key;
    real *fit_x;                /* four columns, fit_stride apart: the curve of each sample; then their scores */
    size_t fit_stride;
    struct arm_columns arm[ARMS_MAX];
    double same[ARMS_MAX][METRIC_COUNT]; /* what a metric is in all samples, as exact as it is computed; NAN: it varies */
    struct metric_facts facts[ARMS_MAX][METRIC_COUNT];
    struct crossing_search *crossings; /* of samples_crossings                            */
    void *room;                 /* of samples_room                                        */
    size_t room_bytes;
    struct kernel plan;         /* the jobs of the run at hand                           */
    enum plan_kind kinds[ARMS_MAX];
    unsigned planned;           /* arms whose jobs stand but for the value that is held      */
    struct stage_pool pool;     /* the columns behind the metrics                         */
    struct setup medians_of;    /* the setup behind median                                */
    bool medians_valid;
    struct figure axis[4];      /* what tokens_per_day is made of                            */
    bool axis_made;
    const struct samples_whole *base; /* of what holds one field at a value; else NULL    */
    real *constant;             /* the column of that field                               */
};

static inline struct samples_whole *
samples_whole(struct samples *s)
{
    return (struct samples_whole *)(void *)s;
}

/* What is asked for: which places hold one value, and bands if there is room for them. */
struct request {
    const size_t *fixed;
    int n_fixed;
    double value;
    real *band;                 /* room for every arm, band_n x months each                */
    real *scratch;
    int band_n;
    bool brief;                 /* metrics alone: every value of what is held makes all anew that reads it */
    const struct plan_places *in_plan; /* NULL, or where the value stands in a plan made for another one */
    const volatile int *cancel;
};

/* All of it empty; NULL: no memory. samples_free. */
struct samples_whole *samples_new(int n, uint64_t seed, enum solve_path);
/* Bring the metrics of all arms up to date with setup and columns. 1: cancelled; -1: no memory. */
int samples_evaluate(struct samples_whole *, const struct request *, struct error *);
/* Of samples that hold a field, the metrics of the arms whose bits are set, and of no other, and their medians where not
 * all is known; differ: of which of them another than base's. */
int samples_evaluate_arms(struct samples_whole *, const struct request *, unsigned arms, unsigned *differ, struct error *);
/* The arm's median is base's (again). */
void samples_borrow_median(struct samples_whole *, int arm);
/* Is the arm's cost known at the medians and in four samples of five? */
bool samples_know(struct samples_whole *, int arm);
/* Write sample i of the columns, the pilots' curve included, into a copy of the setup. */
void samples_write(const struct samples_whole *, struct setup *work, int i);

#endif
