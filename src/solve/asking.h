/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SOLVE_ASKING_H
#define BREAKEVEN_SOLVE_ASKING_H

#include <math.h>
#include <string.h>

#include "stages.h"

/*
 * How an arm comes to its stages: who asks names the key, field by field, and is given the slot that stands or is
 * due. stages.c keeps the slots, stages_stint.c asks for what one stint of an arm needs, stages_arm.c for the
 * arm made of them.
 */

struct asking {
    struct stage_plan *p;
    const struct kernel_job *job;
    const struct kernel_stint *st;
    int place;                    /* of the stint at hand                                     */
    uint64_t mark;                /* two keys that differ in a figure differ here, nearly always */
    struct stage_named named;     /* figures in the list; a key is large, and most need not be written out */
    int n;
    uint16_t at[STAGE_FIGURES];       /* their places in a key                                      */
    struct figure figure[STAGE_FIGURES];
    struct stage_key key;         /* all but its figures                                        */
};

/* A figure into the key; who names one again names the same. */
static inline void
asking_name(struct asking *b, size_t at, struct figure f)
{
    const uint64_t bit = (uint64_t)1 << at % 64;
    uint64_t bits;

    if (b->named.bits[at / 64] & bit)
        return;
    b->named.bits[at / 64] |= bit;
    memcpy(&bits, &f.value, sizeof bits);
    b->mark = (b->mark + (f.x != NULL)) * 0x9e3779b97f4a7c15u ^ (bits + (b->mark >> 29)) * 0xbf58476d1ce4e5b9u;
    b->at[b->n] = (uint16_t)at;
    b->figure[b->n++] = f;
}

static inline void
asking_start(struct asking *b, struct stage_plan *p, const struct kernel_job *job, int place)
{
    b->p = p;
    b->job = job;
    b->st = &job->stint[0];
    b->place = place;
}

/* An empty key of this kind. */
void asking_begin(struct asking *, enum stage_kind);
/* The key at hand, written out. */
void asking_write(const struct asking *, struct stage_key *);
/* The stage of the key at hand; NULL, and the plan says so: no memory. */
const struct stage_slot *asking_slot(struct asking *);

enum { RATE_DISCOUNT, RATE_API, RATE_GPU, RATE_DRIFT };
/* The factor of a month that a rate a year makes, less 1. */
struct figure asking_rate(const struct asking *, int which);

/* A figure of the scenario, of the stint's arm, from another stage, and a fact of the arm into the key. */
#define S(name) asking_name(b, STAGE_FIGURE(s.name), b->p->kernel->scenario.name)
#define A(name) asking_name(b, STAGE_FIGURE(a.name), b->st->arm.name)
#define IN(name, value) asking_name(b, STAGE_FIGURE(in.name), value)
#define IN_OF(k, name, value) asking_name(b, STAGE_FIGURE(in.of[0].name) + (size_t)(k) * STAGE_OF, value)
#define F(name) b->key.facts.name = b->st->facts.name

static inline struct figure
value_of(double v)
{
    return (struct figure){ NULL, v };
}

static inline struct figure
output(const struct stage_slot *slot, int k)
{
    if (slot == NULL)
        return value_of(NAN);
    if (slot->constant)
        return value_of(slot->value[k]);
    return (struct figure){ slot->stage.out[k], (double)(slot->blocks >> k & 1 ? -slot->version : slot->version) };
}

static inline bool
is_known(const struct figure *f)
{
    return f->x != NULL || f->value == f->value;
}

static inline bool
is_zero(const struct figure *f)
{
    return f->x == NULL && f->value == 0;
}

static inline bool
is_tuned(const struct kernel_stint *st)
{
    return (KIND(st->facts.kind) & KINDS_TUNED) != 0;
}

/* ---- stages_stint.c ------------------------------------------------------------------------ */

/* What a stint gives to its arm. */
struct stint_figures {
    struct stage_inputs in;       /* weights and all that the costs take                       */
    struct figure quality, ttft, tpot, memory, tok_s, context, replicas;
};

/* All that a stint's arm needs of it; share: of the requests that reach it. */
void stint_ask(struct asking *, struct stint_figures *, struct figure share);
/* What several stages read, into the key. */
void stint_read_weights(struct asking *);
void stint_read_growth(struct asking *);
void stint_read_requests(struct asking *);
void stint_put_months(struct asking *);
/* The prices, by spans of months; where no tokens are bought one span of the stint. */
void stint_put_spans(struct asking *);
void stint_put_build_flags(struct asking *);

#endif
