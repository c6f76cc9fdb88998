/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SOLVE_STAGES_H
#define BREAKEVEN_SOLVE_STAGES_H

#include "kernel.h"
#include "parts.h"

/*
 * The stages of every arm with their columns.  Who asks for a stage names its key; one that stands is
 * taken as it stands, the pool's own or that of the samples which one field was replaced in, so that
 * arms share what they have in common.
 */

/* The figures of a key are in one piece; the place of one within it. */
#define STAGE_FIGURE(member) ((offsetof(struct stage_key, member) - offsetof(struct stage_key, in)) / sizeof(struct figure))
#define STAGE_FIGURES ((offsetof(struct stage_key, spans) - offsetof(struct stage_key, in)) / sizeof(struct figure))
#define STAGE_OF (STAGE_FIGURE(in.of[1].asked) - STAGE_FIGURE(in.of[0].asked))
_Static_assert(offsetof(struct stage_key, a) + sizeof(struct kernel_arm) == offsetof(struct stage_key, spans), "nothing but figures");

/* Bit k: figure k of a key is named; the others are empty. */
struct stage_named {
    uint64_t bits[(STAGE_FIGURES + 63) / 64];
};

static inline struct figure *
stage_figures(struct stage_key *key)
{
    return (struct figure *)(void *)&key->in;
}

struct stage_slot {
    struct stage_named named;
    int at;                       /* in the pool                                              */
    struct stage stage;
    int64_t version;              /* of what the columns hold                              */
    int round;                    /* of the plan that asked for it last                     */
    enum { SLOT_EMPTY, SLOT_DUE, SLOT_DONE } state;
    bool constant;
    unsigned settled;             /* bit k: out[k] is compared with the others by print[k]    */
    uint64_t print[STAGE_OUT];
    unsigned blocks;              /* bit k: out[k] holds one block of samples, and only while stages run */
    double value[STAGE_OUT];      /* of a constant one                                     */
};

#define STAGE_PLACES (ARMS_MAX * 2 * STAGE_COUNT)

struct stage_pool {
    struct stage_slot **slot;
    uint64_t *mark;               /* of each slot's key, so that most others need not be compared    */
    int n, room;
    int round;
    struct stage_slot *place[STAGE_PLACES]; /* who stood here last time gives its room      */
    struct stage_slot **due;      /* to be run, in order; as long as slot                    */
    int n_due;
    const real ***moving;         /* what in the keys of due stages moves along with the block at hand */
    int n_moving, moving_room;
};

/* One evaluation of all arms. */
struct stage_plan {
    const struct kernel *kernel;
    const struct kernel_path *path;
    struct stage_pool *pool;
    const struct stage_pool *base; /* NULL, or where stages may be borrowed                  */
    int samples;
    bool brief;                    /* what lies between the draws and the metrics is kept for a block of samples at
                                    * a time, since no later plan of this pool asks for it; always or never */
    int64_t *versions;             /* handed out so far                                      */
    bool no_memory;
    struct figure rate[4];         /* of RATE_..., once asked for                             */
    bool has_rate[4];
};

void stages_begin(struct stage_plan *);
/* A metric of a job: a column that stands once stages_run is through, and its value if that is the same in all
 * samples; else NAN. */
struct stage_metric {
    struct figure column;
    double same;
};
/* The metrics of a job; and what its bands need, if bands is not NULL. */
void stages_of_job(struct stage_plan *, int job, struct stage_metric metric[METRIC_COUNT], struct kernel_bands *bands);
/* The same of an arm that is the same in all samples. */
void stages_of_values(struct stage_plan *, int job, struct stage_metric metric[METRIC_COUNT], const double value[METRIC_COUNT]);
/* Runs what is due and drops what nobody asked for. 1: cancelled; -1: no memory. */
int stages_run(struct stage_plan *, const volatile int *cancel);
void stages_release(struct stage_pool *);

/* ---- stages_run.c ------------------------------------------------------------------------------ */

#define STAGE_BLOCK 1024 /* samples between two looks at the cancel flag */

/* The outputs of a stage that hold one block of samples, not all. */
unsigned stages_by_blocks(const struct stage_plan *, enum stage_kind);
/* Runs what is due. 1: cancelled; the plan says if there was no memory. */
int stages_go(struct stage_plan *, const volatile int *cancel);

/* ---- stages_fold.c ----------------------------------------------------------------------------- */

/* A column, which several slots may hold: who writes into it holds it alone. NULL: no memory. */
real *stage_column_new(int n);
void stage_column_free(real *);
bool stage_column_is_shared(real *);
/* Once nobody holds a figure of the plan any more: of what was run, equal columns become one, in the metrics too. */
void stages_fold(struct stage_plan *, struct samples *);

#endif
