/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_DECIDE_SEARCH_H
#define BREAKEVEN_DECIDE_SEARCH_H

#include "internal.h"

/*
 * One field's whole column is held at a constant, all else stays as sampled, and the attitude in use picks
 * again (section 11.5): what flips, tornado and the map of two fields ask of the samples. What a level of few
 * samples gets wrong with no field held is taken off what it says (a control variate).
 */

#define MIDDLE 1024 /* samples of the second level */
#define MANY 4096   /* and of the third, where most flips are settled */
#define LEVELS 4

/* Columns whose means in all samples are known, for what few samples say of a trial (estimate.c). */
#define STRONGEST 12 /* inputs that move what the two best arms lie apart by most */
#define CONTROL_PARTS 2 /* of the cost of each of these two                                     */
#define CONTROLS (ARMS_MAX + 2 * CONTROL_PARTS + STRONGEST + 3)
struct controls {
    int n, common;               /* the first ones serve any field                            */
    int own;                     /* the input that the others are of; -1: none                 */
    const real *x[CONTROLS];
    double mean[CONTROLS];       /* in these samples                                          */
    double more[CONTROLS];       /* in all samples; what those before it do not explain, on factor's scale */
    double factor[CONTROLS][CONTROLS]; /* of their products, by Cholesky                      */
};

/* Samples of one number and their ruling, whose memory the next value uses again. */
struct level {
    int n;
    struct ruling ruling;
    unsigned char *holds;
    real *gap;                   /* room for a column                                         */
    struct controls controls;
    double score[ARMS_MAX], margin[ARMS_MAX]; /* of all samples less those of this level      */
};

struct search {
    const struct samples *s;
    const struct solve_options *options;
    struct error *err;
    struct trials *trials;
    bool lent;           /* trials are the ruling's                                 */
    struct field_ref ref;
    bool log;            /* scan in ratios                                        */
    int status;
    const struct ruling *free; /* on all samples with no field held; NULL               */
    double guess;        /* where all samples are estimated to have a flip; NAN         */
    bool of_gate;        /* where an arm's gates turn, not between costs; slope is that of its margin */
    double slope;        /* and what the lead of the arm picked there grows by per unit */
    double error;        /* standard error of guess as if the samples were independent    */
    int base;            /* the arm picked with no field held                      */
    double margin[ARMS_MAX]; /* of the candidates with no field held, by all samples      */
    unsigned candidates; /* arms that some figure could make the pick                */
    unsigned arms;       /* and those that their gates look at                      */
    unsigned weighed;    /* candidates that a trial weighs                            */
    unsigned asked;      /* and those that their gates look at                      */
    struct level level[LEVELS];
    int levels;
};

/* The arm that is picked (-1: none passes, or an error), what the attitude in use minimises, and by how
 * much each arm passes its gates. */
struct trial_result {
    double at;
    int pick;
    double score[ARMS_MAX], margin[ARMS_MAX];
};

/* Trials on all samples; with the ruling on them (NULL: without) on fewer before. q->s, options and err are set. */
void search_begin(struct search *, const struct ruling *);
void search_release(struct search *);
/* What is picked among a level's samples with the field (trials_hold) at v, or with none held. Once q->status is
 * not 0 nothing is, and the pick is -1. */
struct trial_result search_at(struct search *, double v, int level);
struct trial_result search_none(struct search *, int level);
/* The arm that is picked where base is not; -1: none. */
int search_rival(const struct trial_result *, int base, int n_arms);
/* Where all samples are estimated to have the flip, by what changes its sign there: its slope and standard error. */
void search_guess(struct search *, double at, bool of_gate, double slope, double error);
/* From now on trials weigh no other candidates. */
void search_weigh(struct search *, unsigned candidates);
/* A share f of the way from a to b, in ratios where the search is. */
double search_between(const struct search *, double a, double b, double f);
/* v, or the nearest whole number of a field that counts. */
double search_whole(const struct search *, double v);
/* The field's own distribution, or the point it is. */
const struct quantity *search_quantity(const struct search *);
/* The input that the field takes its value from; -1: it is exact. */
int search_input(const struct samples *, struct field_ref);
/* False: fields that no search can read a flip from, which belong to the sampling itself. */
bool field_is_searchable(const struct samples *, struct field_ref);

/* Close in on a flip among a level's samples: at "in" base is picked, at "out" it is not. */
void flip_narrow(struct search *, struct trial_result *in, struct trial_result *out, int level, double precision);

#define PRECISION 1e-3    /* relative, of a flip */
#define SETTLED 3e-3      /* relative: an estimate by MANY samples whose standard error is no larger stands */
#define SETTLED_SOON 2e-3 /* and one by MIDDLE, or of a gate, whose share no control explains                  */

/* ---- estimate.c, estimate_gate.c ------------------------------------------------------------------- */

/* Where all samples have a flip between costs, from few trials of a level, given what the one before saw on both sides of
 * it (in: base is picked): q->guess, error and slope, and out a trial near it with the arm that is picked beyond it.
 * Begins at q->guess if that is known. False: it is none between costs, or lies too far from where it was seen; in and
 * out are left alone. */
bool flip_estimate(struct search *, const struct trial_result *in, struct trial_result *out, double now, double end, int level);
/* The same of one where an arm's gates turn, from those on both sides of it: seen, which the level before may have set,
 * becomes a trial near it with the arm that is picked beyond. */
bool gate_estimate(struct search *, const struct trial_result *in, const struct trial_result *out, struct trial_result *seen,
                   double now, double end, int level);
/* The same where the share drops at one value, from clearly enough to clearly too few: out is then beyond. */
bool gate_drops(struct search *, const struct trial_result *in, struct trial_result *out);
/* Relative: an estimate by a level whose standard error is no larger needs no more samples. */
double flip_settles(const struct search *, int level);

#endif
