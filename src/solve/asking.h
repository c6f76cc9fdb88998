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
    uint64_t mark;                /* of what was put into the key by the names below            */
    struct stage_key key;
};

/* Two keys asked for in the same way that differ in a figure differ here, nearly always. */
static inline uint64_t
mark_of(uint64_t mark, struct figure f)
{
    uint64_t bits;

    memcpy(&bits, &f.value, sizeof bits);
    return (mark + (uintptr_t)f.x) * 0x9e3779b97f4a7c15u ^ (bits + (mark >> 29)) * 0xbf58476d1ce4e5b9u;
}

/* An empty key of this kind. */
void asking_begin(struct asking *, enum stage_kind);
/* The stage of the key at hand; NULL, and the plan says so: no memory. */
const struct stage_slot *asking_slot(struct asking *);

enum { RATE_DISCOUNT, RATE_API, RATE_GPU, RATE_DRIFT };
/* The factor of a month that a rate a year makes, less 1. */
struct figure asking_rate(const struct asking *, int which);

/* A figure of the scenario, of the stint's arm and a fact of it into the key. */
#define S(name) b->mark = mark_of(b->mark, b->key.s.name = b->p->kernel->scenario.name)
#define A(name) b->mark = mark_of(b->mark, b->key.a.name = b->st->arm.name)
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
