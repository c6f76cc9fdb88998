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

/* Price spans are the longest part, and read by few. */
static size_t
key_size(const struct stage_key *k)
{
    return k->kind == STAGE_TOKENS || k->kind == STAGE_BOUGHT ? sizeof *k : offsetof(struct stage_key, spans);
}

static bool
is_asked(const struct stage_pool *pool, const struct stage_slot *slot, const struct stage_key *key, uint64_t mark)
{
    if (slot->mark != mark || slot->stage.key.kind != key->kind)
        return false;
    const bool stands = slot->state == SLOT_DONE || (slot->state == SLOT_DUE && slot->round == pool->round);
    return stands && memcmp(&slot->stage.key, key, key_size(key)) == 0;
}

/* Most often who stood at the same place before. */
static struct stage_slot *
find(const struct stage_pool *pool, const struct stage_key *key, uint64_t mark, int place)
{
    struct stage_slot *before = pool->place[place];

    if (before != NULL && is_asked(pool, before, key, mark))
        return before;
    for (int k = 0; k < pool->n; k++)
        if (is_asked(pool, pool->slot[k], key, mark))
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
        pool->room = room;
    }
    struct stage_slot *slot = calloc(1, sizeof *slot);
    if (slot != NULL)
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
        if (pool->slot[k]->round == pool->round)
            pool->slot[kept++] = pool->slot[k];
        else {
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
    /* The last one's spans of prices are left to who does not look at them. */
    memset(&b->key, 0, kind == STAGE_NONE || kind == STAGE_TOKENS || kind == STAGE_BOUGHT ? sizeof b->key : offsetof(struct stage_key, spans));
    b->key.kind = kind;
    b->mark = (uint64_t)kind;
}

static bool
holds_column(const void *figures, size_t size)
{
    const struct figure *f = figures;

    for (size_t k = 0; k < size / sizeof *f; k++)
        if (f[k].x != NULL)
            return true;
    return false;
}

static bool
is_constant(const struct stage_key *k)
{
    return k->kind != STAGE_VALUE && !holds_column(&k->s, sizeof k->s) && !holds_column(&k->a, sizeof k->a) &&
           !holds_column(&k->in, sizeof k->in);
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
    const bool constant = is_constant(&b->key);

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
    memcpy(&slot->stage.key, &b->key, key_size(&b->key));
    slot->mark = b->mark;
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

    if (lent != NULL && is_asked(b->p->base, lent, &b->key, b->mark))
        return lent;
    slot = find(pool, &b->key, b->mark, place);
    lent = slot == NULL && b->p->base != NULL ? find(b->p->base, &b->key, b->mark, place) : NULL;
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

/* (Apart from who asks most often, since a key is large to clear.) */
static struct figure
ask_rate(const struct asking *of, int which)
{
    static const int sign[] = { -1, 1, 1, 0 };
    const struct kernel_scenario *s = &of->p->kernel->scenario;
    const struct figure yearly[] = { s->discount_rate, s->api_change, s->gpu_change, s->api_drift };
    struct asking b;

    b.p = of->p;
    b.job = of->job;
    b.st = of->st;
    b.place = of->place;
    asking_begin(&b, STAGE_RATE);
    b.key.sign = sign[which];
    b.key.in.share = yearly[which];
    return output(asking_slot(&b), 0);
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
