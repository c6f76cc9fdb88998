/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "asking.h"

/* ---- the pool ------------------------------------------------------------------------------ */

static int
outputs_of(const struct stage_key *k, unsigned *wanted)
{
    static const unsigned char n[STAGE_COUNT] = {
        [STAGE_RATE] = 1, [STAGE_WEIGHTS] = 4, [STAGE_ASKED] = 2, [STAGE_TRAININGS] = 3, [STAGE_TOKENS] = 2, [STAGE_REPLICA] = 7, [STAGE_DAY] = 2,
        [STAGE_QUEUE] = 2, [STAGE_HOURS] = 5, [STAGE_LATENCY] = 2, [STAGE_CONTEXT] = 1, [STAGE_HARVEST] = 2, [STAGE_BUILD] = 2,
        [STAGE_QUALITY] = 1, [STAGE_WRONG] = 1, [STAGE_COST] = 3, [STAGE_TOTALS] = 3, [STAGE_JOINED] = 3,
        [STAGE_JOIN] = 7, [STAGE_VALUE] = 1,
    };
    const bool some = (k->months_set[0] | k->months_set[1] | k->months_set[2] | k->months_set[3]) != 0;

    *wanted = ~0u;
    switch (k->kind) {
    case STAGE_WEIGHTS:
        *wanted = 1u | (k->from > 1 ? 6u : 0) | (some ? 8u : 0);
        break;
    case STAGE_ASKED:
        *wanted = k->even ? 1u : 3u;
        break;
    case STAGE_TRAININGS:
        *wanted = (some ? 3u : 0) | (k->from > 1 ? 4u : 0);
        break;
    case STAGE_HOURS:
        *wanted = 3u | (k->a.commit_months.x != NULL || k->a.commit_months.value != 0 ? 12u : 0) | (k->from == 1 ? 16u : 0);
        break;
    case STAGE_LATENCY:
        *wanted = 1u | (k->facts.has_replicas ? 0 : 2u);
        break;
    case STAGE_JOIN:
        *wanted = k->job_kind == ARM_CASCADE ? ~0u : 0x3eu;
        break;
    case STAGE_BOUGHT:
        return 1 + k->spans.n;
    default:
        break;
    }
    return n[k->kind];
}

/* The spans of prices are long, and read by few. */
static bool
has_spans(enum stage_kind kind)
{
    return kind == STAGE_NONE || kind == STAGE_TOKENS || kind == STAGE_BOUGHT;
}

static bool
is_asked(const struct stage_pool *pool, struct stage_slot *slot, const struct asking *b)
{
    if (pool->mark[slot->at] != b->mark || slot->stage.key.kind != b->key.kind)
        return false;
    if (slot->state != SLOT_DONE && !(slot->state == SLOT_DUE && slot->round == pool->round))
        return false;
    const struct figure *figure = stage_figures(&slot->stage.key);
    bool same = memcmp(&slot->named, &b->named, sizeof slot->named) == 0 &&
                memcmp(&slot->stage.key, &b->key, offsetof(struct stage_key, in)) == 0 &&
                (!has_spans(b->key.kind) || memcmp(&slot->stage.key.spans, &b->key.spans, sizeof b->key.spans) == 0);
    for (int k = 0; same && k < b->n; k++)
        same = memcmp(&figure[b->at[k]], &b->figure[k], sizeof b->figure[k]) == 0;
    return same;
}

/* Most often who stood at the same place before. */
static struct stage_slot *
find(const struct stage_pool *pool, const struct asking *b, int place)
{
    struct stage_slot *before = pool->place[place];

    if (before != NULL && is_asked(pool, before, b))
        return before;
    for (int k = 0; k < pool->n; k++)
        if (pool->mark[k] == b->mark && is_asked(pool, pool->slot[k], b))
            return pool->slot[k];
    return NULL;
}

static void
free_columns(struct stage_slot *slot)
{
    for (int k = 0; k < STAGE_OUT && !slot->constant; k++)
        stage_column_free(slot->stage.out[k]);
    memset(slot->stage.out, 0, sizeof slot->stage.out);
}

static struct stage_slot *
new_slot(struct stage_pool *pool)
{
    if (pool->n == pool->room) {
        const int room = pool->room > 0 ? 2 * pool->room : 64;
        struct stage_slot **slot = realloc(pool->slot, (size_t)room * sizeof(struct stage_slot *));
        if (slot == NULL)
            return NULL;
        pool->slot = slot;
        struct stage_slot **due = realloc(pool->due, (size_t)room * sizeof(struct stage_slot *));
        if (due == NULL)
            return NULL;
        pool->due = due;
        uint64_t *mark = realloc(pool->mark, (size_t)room * sizeof *mark);
        if (mark == NULL)
            return NULL;
        pool->mark = mark;
        pool->room = room;
    }
    struct stage_slot *slot = calloc(1, sizeof *slot);
    if (slot == NULL)
        return NULL;
    slot->at = pool->n;
    pool->mark[pool->n] = 0;
    pool->slot[pool->n++] = slot;
    return slot;
}

/* Columns for what is wanted; those that stand are kept, since a slot's kind and its pool's samples never change. */
static bool
take_columns(struct stage_slot *slot, const struct stage_plan *p)
{
    unsigned wanted;
    const int n = outputs_of(&slot->stage.key, &wanted);

    slot->settled = 0;
    slot->blocks = stages_by_blocks(p, slot->stage.key.kind);
    for (int k = 0; k < STAGE_OUT; k++) {
        real **x = &slot->stage.out[k];
        const bool want = k < n && (wanted >> k & 1);
        if (*x != NULL && (!want || stage_column_is_shared(*x))) {
            stage_column_free(*x);
            *x = NULL;
        }
        if (want && *x == NULL)
            *x = stage_column_new(slot->blocks >> k & 1 ? STAGE_BLOCK : p->samples);
        if (want && *x == NULL)
            return false;
    }
    return true;
}

void
stages_release(struct stage_pool *pool)
{
    for (int k = 0; k < pool->n; k++) {
        free_columns(pool->slot[k]);
        free(pool->slot[k]);
    }
    free(pool->slot);
    free(pool->mark);
    free(pool->due);
    free(pool->moving);
    memset(pool, 0, sizeof *pool);
}

void
stages_begin(struct stage_plan *p)
{
    p->pool->round++;
    p->pool->n_due = 0;
    p->no_memory = false;
    memset(p->has_rate, 0, sizeof p->has_rate);
}

static void
drop_unused(struct stage_pool *pool)
{
    int kept = 0;

    for (int k = 0; k < pool->n; k++)
        if (pool->slot[k]->round == pool->round) {
            pool->slot[k]->at = kept;
            pool->mark[kept] = pool->mark[k];
            pool->slot[kept++] = pool->slot[k];
        } else {
            for (int i = 0; i < STAGE_PLACES; i++)
                if (pool->place[i] == pool->slot[k])
                    pool->place[i] = NULL;
            free_columns(pool->slot[k]);
            free(pool->slot[k]);
        }
    pool->n = kept;
}

/* What was kept for a block at a time does not stand. */
static void
settle(struct stage_slot *slot)
{
    bool stands = true;

    for (int k = 0; k < STAGE_OUT; k++)
        stands &= slot->stage.out[k] == NULL || !(slot->blocks >> k & 1);
    slot->state = stands ? SLOT_DONE : SLOT_EMPTY;
}

int
stages_run(struct stage_plan *p, const volatile int *cancel)
{
    struct stage_pool *pool = p->pool;

    if (!p->no_memory && pool->n_due > 0 && stages_go(p, cancel) != 0)
        return 1;
    for (int k = 0; !p->no_memory && k < pool->n_due; k++)
        settle(pool->due[k]);
    drop_unused(pool);
    return p->no_memory ? -1 : 0;
}

/* ---- asking for a stage ----------------------------------------------------------------------- */

void
asking_begin(struct asking *b, enum stage_kind kind)
{
    memset(&b->key, 0, offsetof(struct stage_key, in));
    if (has_spans(kind))
        memset(&b->key.spans, 0, sizeof b->key.spans);
    memset(&b->named, 0, sizeof b->named);
    b->key.kind = kind;
    b->mark = (uint64_t)kind;
    b->n = 0;
}

void
asking_write(const struct asking *b, struct stage_key *key)
{
    struct figure *figure = stage_figures(key);

    memcpy(key, &b->key, offsetof(struct stage_key, in));
    memset(figure, 0, STAGE_FIGURES * sizeof *figure);
    for (int k = 0; k < b->n; k++)
        figure[b->at[k]] = b->figure[k];
    if (has_spans(b->key.kind))
        key->spans = b->key.spans;
}

static bool
is_constant(const struct asking *b)
{
    bool constant = b->key.kind != STAGE_VALUE;

    for (int k = 0; constant && k < b->n; k++)
        constant = b->figure[k].x == NULL;
    return constant;
}

static void
run_constant(const struct stage_plan *p, struct stage_slot *slot)
{
    slot->stage.value = slot->value;
    p->path->run(&slot->stage, 0, 1);
    slot->stage.value = NULL;
    slot->state = SLOT_DONE;
}

static struct stage_slot *
claim(struct asking *b)
{
    struct stage_pool *pool = b->p->pool;
    struct stage_slot **place = &pool->place[b->place + (int)b->key.kind], *slot = *place;
    const bool constant = is_constant(b);

    if (slot == NULL || slot->round == pool->round)
        slot = new_slot(pool);
    if (slot == NULL) {
        b->p->no_memory = true;
        return NULL;
    }
    if (slot->constant != constant)
        free_columns(slot);
    slot->constant = constant;
    slot->state = SLOT_EMPTY;
    asking_write(b, &slot->stage.key);
    slot->named = b->named;
    pool->mark[slot->at] = b->mark;
    slot->version = ++*b->p->versions;
    if (b->key.kind == STAGE_REPLICA)
        slot->stage.machine = b->st->machine;
    if (constant)
        run_constant(b->p, slot);
    else {
        if (!take_columns(slot, b->p)) {
            b->p->no_memory = true;
            return NULL;
        }
        slot->state = SLOT_DUE;
        pool->due[pool->n_due++] = slot;
    }
    return slot;
}

const struct stage_slot *
asking_slot(struct asking *b)
{
    struct stage_pool *pool = b->p->pool;
    const int place = b->place + (int)b->key.kind;
    struct stage_slot *slot, *lent = b->p->base != NULL ? b->p->base->place[place] : NULL;

    if (lent != NULL && is_asked(b->p->base, lent, b))
        return lent;
    slot = find(pool, b, place);
    lent = slot == NULL && b->p->base != NULL ? find(b->p->base, b, place) : NULL;
    if (lent != NULL)
        return lent;
    if (slot == NULL)
        slot = claim(b);
    if (slot != NULL) {
        slot->round = pool->round;
        pool->place[place] = slot;
    }
    return slot;
}

/* ---- rates --------------------------------------------------------------------------------------- */

/* (Apart from who asks, whose key is half made.) */
static struct figure
ask_rate(const struct asking *of, int which)
{
    static const int sign[] = { -1, 1, 1, 0 };
    const struct kernel_scenario *s = &of->p->kernel->scenario;
    const struct figure yearly[] = { s->discount_rate, s->api_change, s->gpu_change, s->api_drift };
    struct asking rate, *b = &rate;

    asking_start(b, of->p, of->job, of->place);
    asking_begin(b, STAGE_RATE);
    b->key.sign = sign[which];
    IN(share, yearly[which]);
    return output(asking_slot(b), 0);
}

struct figure
asking_rate(const struct asking *of, int which)
{
    struct stage_plan *p = of->p;

    if (!p->has_rate[which]) {
        p->rate[which] = ask_rate(of, which);
        p->has_rate[which] = true;
    }
    return p->rate[which];
}
