/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>

#include "stages.h"

/*
 * Due stages, one after the other for a block of samples at a time, so that the columns of a block stay in the
 * cache. Where what lies between the draws and the metrics is not asked for again, no more than a block of it
 * is kept: then every block is run as if it were the first, and the columns of all samples move past it.
 */

/* What an arm may show as it is, of the outputs of a stage. */
static unsigned
shown_of(enum stage_kind kind)
{
    switch (kind) {
    case STAGE_REPLICA:
        return 0x38u;
    case STAGE_HOURS:
        return 0x10u;
    case STAGE_LATENCY:
    case STAGE_CONTEXT:
    case STAGE_QUALITY:
    case STAGE_TOTALS:
    case STAGE_JOINED:
    case STAGE_JOIN:
    case STAGE_VALUE:
        return ~0u;
    default:
        return 0;
    }
}

static bool
goes_by_blocks(const struct stage_plan *p)
{
    return p->brief && p->samples > STAGE_BLOCK;
}

unsigned
stages_by_blocks(const struct stage_plan *p, enum stage_kind kind)
{
    return goes_by_blocks(p) ? ~shown_of(kind) : 0;
}

static bool
note_moving(struct stage_pool *pool, const real **x)
{
    if (pool->n_moving == pool->moving_room) {
        const int room = pool->moving_room > 0 ? 2 * pool->moving_room : 512;
        const real ***moving = realloc(pool->moving, (size_t)room * sizeof *moving);
        if (moving == NULL)
            return false;
        pool->moving = moving;
        pool->moving_room = room;
    }
    pool->moving[pool->n_moving++] = x;
    return true;
}

/* The columns of all samples among what due stages read. */
static bool
find_moving(struct stage_pool *pool)
{
    pool->n_moving = 0;
    for (int k = 0; k < pool->n_due; k++) {
        struct figure *f = stage_figures(&pool->due[k]->stage.key);
        for (size_t i = 0; i < STAGE_FIGURES; i++)
            if (f[i].x != NULL && f[i].value >= 0 && !note_moving(pool, &f[i].x))
                return false;
    }
    return true;
}

/* So that sample 0 of every column is another one. */
static void
move(struct stage_pool *pool, ptrdiff_t by)
{
    for (int k = 0; k < pool->n_moving; k++)
        *pool->moving[k] += by;
    for (int k = 0; k < pool->n_due; k++) {
        struct stage_slot *slot = pool->due[k];
        for (int i = 0; i < STAGE_OUT; i++)
            if (slot->stage.out[i] != NULL && !(slot->blocks >> i & 1))
                slot->stage.out[i] += by;
    }
}

static int
run_by_blocks(struct stage_plan *p, const volatile int *cancel)
{
    struct stage_pool *pool = p->pool;
    int at = 0;

    if (!find_moving(pool)) {
        p->no_memory = true;
        return 0;
    }
    for (; at < p->samples && !solve_cancelled(cancel); at += STAGE_BLOCK) {
        const int n = p->samples - at < STAGE_BLOCK ? p->samples - at : STAGE_BLOCK;
        for (int k = 0; k < pool->n_due; k++)
            p->path->run(&pool->due[k]->stage, 0, n);
        move(pool, STAGE_BLOCK);
    }
    move(pool, -at);
    return at < p->samples ? 1 : 0;
}

static int
run_whole(struct stage_plan *p, const volatile int *cancel)
{
    struct stage_pool *pool = p->pool;

    for (int i = 0; i < p->samples; i += STAGE_BLOCK) {
        const int to = i + STAGE_BLOCK < p->samples ? i + STAGE_BLOCK : p->samples;
        if (solve_cancelled(cancel))
            return 1;
        for (int k = 0; k < pool->n_due; k++)
            p->path->run(&pool->due[k]->stage, i, to);
    }
    return 0;
}

int
stages_go(struct stage_plan *p, const volatile int *cancel)
{
    return goes_by_blocks(p) ? run_by_blocks(p, cancel) : run_whole(p, cancel);
}
