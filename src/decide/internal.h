/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_DECIDE_INTERNAL_H
#define BREAKEVEN_DECIDE_INTERNAL_H

#include "breakeven/decide.h"

/* What the rooms of the decision hand to each other: one ruling over one set of
 * samples.  All columns are samples->n long and live in one block. */
struct ruling {
    const struct samples *samples;
    int n, n_arms;
    int attitude;
    bool passes[ARMS_MAX];
    int failed[ARMS_MAX];          /* how many gates fail                                 */
    const unsigned char *meets[ARMS_MAX]; /* sample i: all numeric gates hold; NULL: in every sample */
    const real *loss[ARMS_MAX];  /* NULL: cost unknown; the NPV itself where all gates hold */
    const real *running[ARMS_MAX]; /* loss of the passing arms, NULL for the others      */
    double mean_loss[ARMS_MAX], p_best[ARMS_MAX], regret[ARMS_MAX], max_regret[ARMS_MAX];
    double score[ARMS_MAX];        /* what the attitude in use minimises                   */
    int pick, rival;
    const volatile int *cancel;    /* for what follows from the ruling; NULL                */
    struct trials *trials;         /* its samples' fields held at values, by whoever asks next; NULL */
    void *block;
};

/* gates.c, gates_judge.c */
/* holds: room for a byte a sample. */
int gates_evaluate(const struct samples *, int arm, unsigned char *holds, struct gate_result *out, int max);
/* Of the gates that no figure decides; and by how much the share of samples in which the others hold exceeds
 * what is asked for: of the closest one, negative where it fails, -INFINITY where something has to be known. */
bool gates_of_fact_pass(const struct samples *, int arm);
double gates_margin(const struct samples *, int arm, unsigned char *holds);
unsigned gates_read(const struct samples *, int arm); /* bits of the arms whose metrics its gates look at */
/* All numeric gates, by sample. True: they hold in every one, and holds was left alone. */
bool gates_hold(const struct samples *, int arm, unsigned char *holds);

/* loss.c */
/* The ruling is all zero at first; a later call uses its memory again. whole: with probabilities and
 * regrets, not the scores and the pick alone, for which an arm that does not pass is not looked at. */
int ruling_make(struct ruling *, const struct samples *, const bool passes[ARMS_MAX],
                const int failed[ARMS_MAX], int attitude, bool whole, struct error *);
void ruling_release(struct ruling *);
/* What a ruling's block takes; a caller may bring one, with n and n_arms set, and does not release it then. */
size_t ruling_bytes(const struct samples *);
/* The arm that the attitude picks among the passing ones, given their losses. */
int ruling_pick(struct ruling *);

/* rules.c */
int rules_evaluate(const struct samples *, struct rule_result *out, int max);
void rules_summarise(const struct answer *, const struct ruling *, char *out, size_t size);

/* guard.c */
void guard_quality(struct answer *);
void guard_like_for_like(struct answer *, const struct catalog *);

/* flips.c, choices.c, studies.c, staged.c: the depth that one key need not wait for */
double flip_distance(const struct flip *); /* how far off: the normal score, else 3 and more by the ratio */
int flips_find(struct answer *, const struct ruling *, const struct solve_options *, struct error *);
int choices_find(struct answer *, const struct ruling *, struct error *);
int tornado_find(struct answer *, const struct ruling *, const struct solve_options *, struct error *);
int information_find(struct answer *, const struct ruling *, struct error *);
/* Does this study measure the field at path? */
bool study_measures(const char *id, const char *path);
int staged_find(struct answer *, const struct ruling *, struct error *);

/* reasons.c */
void reasons_write(struct answer *, const struct ruling *);
void answer_warn(struct answer *, const char *fmt, ...) BE_PRINTF(2, 3);
void answer_reason(struct answer *, const char *fmt, ...) BE_PRINTF(2, 3);

/* Words for an arm: "claude (API)". */
char *arm_words(const struct answer *, int arm, char *out, size_t size);

#endif
