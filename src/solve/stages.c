/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stages.h"

#define BLOCK 1024 /* samples between two looks at the cancel flag; the columns of a block stay in the cache */

/* ---- the pool ------------------------------------------------------------------------------ */

static int
outputs_of(const struct stage_key *k, unsigned *wanted)
{
    static const unsigned char n[STAGE_COUNT] = {
        [STAGE_RATE] = 1, [STAGE_WEIGHTS] = 4, [STAGE_ASKED] = 2, [STAGE_TRAININGS] = 3, [STAGE_TOKENS] = 2, [STAGE_REPLICA] = 6,
        [STAGE_QUEUE] = 2, [STAGE_HOURS] = 5, [STAGE_LATENCY] = 2, [STAGE_CONTEXT] = 1, [STAGE_BUILD] = 2,
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

static struct stage_slot *
find(const struct stage_pool *pool, const struct stage_key *key)
{
    const size_t size = key_size(key);

    for (int k = 0; k < pool->n; k++) {
        struct stage_slot *slot = pool->slot[k];
        const bool stands = slot->state == SLOT_DONE || (slot->state == SLOT_DUE && slot->round == pool->round);
        if (stands && slot->stage.key.kind == key->kind && memcmp(&slot->stage.key, key, size) == 0)
            return slot;
    }
    return NULL;
}

static void
free_columns(struct stage_slot *slot)
{
    for (int k = 0; k < STAGE_OUT && !slot->constant; k++)
        free(slot->stage.out[k]);
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

/* Columns for what is wanted; those that stand are kept. */
static bool
take_columns(struct stage_slot *slot, int samples)
{
    unsigned wanted;
    const int n = outputs_of(&slot->stage.key, &wanted);

    for (int k = 0; k < STAGE_OUT; k++) {
        if (k < n && (wanted >> k & 1)) {
            if (slot->stage.out[k] == NULL)
                slot->stage.out[k] = malloc(column_stride(samples) * sizeof(double));
            if (slot->stage.out[k] == NULL)
                return false;
        } else {
            free(slot->stage.out[k]);
            slot->stage.out[k] = NULL;
        }
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

int
stages_run(struct stage_plan *p, const volatile int *cancel)
{
    struct stage_pool *pool = p->pool;

    for (int i = 0; !p->no_memory && pool->n_due > 0 && i < p->samples; i += BLOCK) {
        const int to = i + BLOCK < p->samples ? i + BLOCK : p->samples;
        if (solve_cancelled(cancel))
            return 1;
        for (int k = 0; k < pool->n_due; k++)
            p->path->run(&pool->due[k]->stage, i, to);
    }
    for (int k = 0; !p->no_memory && k < pool->n_due; k++)
        pool->due[k]->state = SLOT_DONE;
    drop_unused(pool);
    return p->no_memory ? -1 : 0;
}

/* ---- asking for a stage ----------------------------------------------------------------------- */

struct asking {
    struct stage_plan *p;
    const struct kernel_job *job;
    const struct kernel_stint *st;
    int place;                    /* of the stint at hand                                     */
    struct stage_key key;
};

static void
begin(struct asking *b, enum stage_kind kind)
{
    memset(&b->key, 0, sizeof b->key);
    b->key.kind = kind;
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
    for (int k = 0; k < STAGE_OUT; k++)
        slot->stage.out[k] = slot->value[k];
    p->path->run(&slot->stage, 0, LANES_MAX);
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
    slot->stage.key = b->key;
    slot->version = ++*b->p->versions;
    if (b->key.kind == STAGE_REPLICA)
        slot->stage.machine = b->st->machine;
    if (constant)
        run_constant(b->p, slot);
    else {
        if (!take_columns(slot, b->p->samples)) {
            b->p->no_memory = true;
            return NULL;
        }
        slot->state = SLOT_DUE;
        pool->due[pool->n_due++] = slot;
    }
    return slot;
}

static const struct stage_slot *
ask(struct asking *b)
{
    struct stage_pool *pool = b->p->pool;
    struct stage_slot *slot = find(pool, &b->key);
    const struct stage_slot *lent = slot == NULL && b->p->base != NULL ? find(b->p->base, &b->key) : NULL;

    if (lent != NULL)
        return lent;
    if (slot == NULL)
        slot = claim(b);
    if (slot != NULL) {
        slot->round = pool->round;
        pool->place[b->place + (int)b->key.kind] = slot;
    }
    return slot;
}

static struct figure
value_of(double v)
{
    return (struct figure){ NULL, v };
}

static struct figure
output(const struct stage_slot *slot, int k)
{
    if (slot == NULL)
        return value_of(NAN);
    if (slot->constant)
        return value_of(slot->value[k][0]);
    return (struct figure){ slot->stage.out[k], (double)slot->version };
}

static bool
is_known(const struct figure *f)
{
    return f->x != NULL || f->value == f->value;
}

static bool
is_zero(const struct figure *f)
{
    return f->x == NULL && f->value == 0;
}

/* ---- rates --------------------------------------------------------------------------------------- */

enum { RATE_DISCOUNT, RATE_API, RATE_GPU, RATE_DRIFT };

/* The factor of a month that a rate a year makes. */
static struct figure
rate(const struct asking *of, int which)
{
    static const int sign[] = { -1, 1, 1, 0 };
    struct stage_plan *p = of->p;
    const struct kernel_scenario *s = &p->kernel->scenario;
    const struct figure yearly[] = { s->discount_rate, s->api_change, s->gpu_change, s->api_drift };
    struct asking b = { .p = p, .st = of->st, .place = of->place };

    if (!p->has_rate[which]) {
        begin(&b, STAGE_RATE);
        b.key.sign = sign[which];
        b.key.in.share = yearly[which];
        p->rate[which] = output(ask(&b), 0);
        p->has_rate[which] = true;
    }
    return p->rate[which];
}

/* ---- what each stage reads ------------------------------------------------------------------------ */

#define S(name) b->key.s.name = b->p->kernel->scenario.name
#define A(name) b->key.a.name = b->st->arm.name
#define F(name) b->key.facts.name = b->st->facts.name

static bool
is_tuned(const struct kernel_stint *st)
{
    return (KIND(st->facts.kind) & KINDS_TUNED) != 0;
}

static bool
buys(const struct kernel_stint *st)
{
    return (KIND(st->facts.kind) & KINDS_TOKENS) != 0;
}

static void
read_weights(struct asking *b)
{
    S(hazard);
    b->key.in.discount = rate(b, RATE_DISCOUNT);
}

static void
read_requests(struct asking *b)
{
    S(requests), S(growth), S(growth_cap);
}

static void
read_tokens(struct asking *b)
{
    F(kind);
    S(input), S(output);
    A(tokenizer_factor), A(output_factor);
    if (is_tuned(b->st))
        A(prompt_saved_tokens);
}

static void
read_release(struct asking *b)
{
    S(test_examples), S(judge_passes), S(judge_usd), S(human_examples), S(human_minutes), S(hourly_rate);
}

static void
read_label(struct asking *b)
{
    S(task_factor), S(reviewers), S(per_hour), S(reject), S(hourly_rate);
}

static void
months_of(struct asking *b)
{
    b->key.from = b->st->from;
    b->key.to = b->st->to;
}

/* What a stint gives to its arm. */
struct stint_figures {
    struct stage_inputs in;       /* weights and all that the costs take                       */
    struct figure quality, ttft, tpot, memory, tok_s, context, replicas;
};

static void
ask_weights(struct asking *b, struct stage_inputs *in)
{
    begin(b, STAGE_WEIGHTS);
    months_of(b);
    read_weights(b);
    if (b->st->spans.tokens)
        memcpy(b->key.months_set, b->st->spans.migrations, sizeof b->key.months_set);
    const struct stage_slot *slot = ask(b);
    in->weights = output(slot, 0);
    in->before = b->st->from > 1 ? output(slot, 1) : value_of(1);
    in->alive = b->st->from > 1 ? output(slot, 2) : value_of(1);
    unsigned any = 0;
    for (int k = 0; k < 4; k++)
        any |= b->key.months_set[k];
    in->migrations = any ? output(slot, 3) : value_of(0);
}

static void
ask_bought(struct asking *b, struct stage_inputs *in)
{
    const struct price_spans *spans = &b->st->spans;

    begin(b, STAGE_BOUGHT);
    b->key.from = b->st->from;
    b->key.spans.n = spans->n;
    for (int k = 0; k < spans->n; k++)
        b->key.spans.list[k].to = spans->list[k].to;
    read_weights(b), read_requests(b);
    b->key.in.api_path = rate(b, RATE_API);
    const struct stage_slot *slot = ask(b);
    in->bought_first = output(slot, 0);
    for (int k = 0; k < spans->n; k++)
        in->bought[k] = output(slot, 1 + k);
}

/* The prices, by spans of months; where no tokens are bought one span of the stint. */
static void
put_spans(struct asking *b)
{
    if (b->st->spans.tokens) {
        memcpy(&b->key.spans, &b->st->spans, sizeof b->key.spans);
        return;
    }
    b->key.spans.n = 1;
    b->key.spans.list[0].to = b->st->to;
}

static void
read_prices(struct asking *b)
{
    bool own = false, tiers = false;

    for (int k = 0; k < b->st->spans.n; k++) {
        own |= b->st->spans.list[k].own;
        tiers |= b->st->spans.list[k].n_tiers > 0;
    }
    if (own) {
        A(input_usd_mtok), A(output_usd_mtok), A(cache_read_usd_mtok), A(cache_write_usd_mtok);
        A(batch_input_usd_mtok), A(batch_output_usd_mtok);
    }
    if (tiers)
        S(length_cv);
}

static void
ask_tokens(struct asking *b, struct stage_inputs *in, struct figure share)
{
    const bool tokens = b->st->spans.tokens;

    begin(b, STAGE_TOKENS);
    b->key.from = b->st->from;
    put_spans(b);
    F(kind);
    S(tax);
    A(monthly_minimum_usd), A(platform_fee_usd_month);
    b->key.in.weights = in->weights;
    b->key.in.alive = in->alive;
    if (tokens) {
        read_tokens(b), read_prices(b);
        S(cached), S(written), S(batch_share), S(extra_attempts), S(days);
        A(extra_attempts), A(committed_discount);
        b->key.in.share = share;
        b->key.in.bought_first = in->bought_first;
        memcpy(b->key.in.bought, in->bought, sizeof in->bought);
    }
    if (!is_zero(&b->st->arm.monthly_minimum_usd)) {
        read_weights(b), read_requests(b);
        b->key.in.api_path = rate(b, RATE_API);
    }
    b->key.in.migrations = in->migrations;
    if (!is_zero(&in->migrations)) {
        read_release(b);
        S(migration_months), S(fte_usd);
    }
    const struct stage_slot *slot = ask(b);
    in->tokens = output(slot, 0);
    in->tokens_run = output(slot, 1);
}

static void
ask_replica(struct asking *b, struct stint_figures *f)
{
    const struct kernel_facts *facts = &b->st->facts;

    begin(b, STAGE_REPLICA);
    read_tokens(b);
    S(length_cv);
    A(throughput_tok_s), A(throughput_factor), A(concurrency), A(ttft_ms), A(ttft_factor), A(tpot_ms), A(own_cached_share);
    A(gpus_per_replica);
    F(throughput_typed), F(concurrency_typed), F(ttft_typed), F(tpot_typed), F(counts_all);
    if (!facts->concurrency_typed && !facts->ttft_typed)
        S(ttft_limit_ms);
    if (!facts->concurrency_typed && !facts->tpot_typed)
        S(tpot_limit_ms);
    memcpy(&b->key.identity, &b->st->identity, sizeof b->key.identity);
    const struct stage_slot *slot = ask(b);
    f->in.mu = output(slot, 0);
    f->in.batch = output(slot, 1);
    f->in.ttft = output(slot, 2);
    f->tpot = output(slot, 3);
    f->memory = output(slot, 4);
    f->tok_s = output(slot, 5);
}

static void
ask_queue(struct asking *b, struct stage_inputs *in, struct figure share)
{
    begin(b, STAGE_QUEUE);
    months_of(b);
    read_requests(b);
    S(peak_to_average), S(batch_share), S(extra_attempts), S(arrival_scv), S(service_scv), S(ttft_limit_ms);
    A(extra_attempts), A(min_replicas), A(utilization_target);
    b->key.in.share = share;
    b->key.in.mu = in->mu;
    b->key.in.batch = in->batch;
    if (is_known(&b->p->kernel->scenario.ttft_limit_ms))
        b->key.in.ttft = in->ttft;
    const struct stage_slot *slot = ask(b);
    in->extra = output(slot, 0);
    in->wait = output(slot, 1);
}

static void
ask_hours(struct asking *b, struct stint_figures *f, struct figure share)
{
    begin(b, STAGE_HOURS);
    months_of(b);
    F(kind), F(follow);
    read_weights(b), read_requests(b);
    b->key.in.gpu_path = rate(b, RATE_GPU);
    S(peak_to_average), S(batch_share), S(extra_attempts);
    A(extra_attempts), A(min_replicas), A(spare_replicas), A(utilization_target);
    if (b->st->facts.follow)
        A(startup_minutes);
    if (!is_zero(&b->st->arm.commit_replicas) && !is_zero(&b->st->arm.commit_months)) {
        A(commit_replicas), A(commit_months);
        b->key.months = b->p->kernel->months;
    }
    b->key.in.share = share;
    b->key.in.mu = f->in.mu;
    b->key.in.extra = f->in.extra;
    const struct stage_slot *slot = ask(b);
    f->in.hours = output(slot, 0);
    f->in.hours_run = output(slot, 1);
    f->in.owed = b->key.months > 0 ? output(slot, 2) : value_of(0);
    f->in.owed_run = b->key.months > 0 ? output(slot, 3) : value_of(0);
    f->replicas = b->st->from == 1 ? output(slot, 4) : value_of(0);
}

static void
ask_latency(struct asking *b, struct stint_figures *f)
{
    begin(b, STAGE_LATENCY);
    F(has_replicas);
    if (b->st->facts.has_replicas) {
        b->key.in.ttft = f->in.ttft;
        b->key.in.wait = f->in.wait;
    } else {
        F(published_ttft), F(published_ttft_ms);
        A(ttft_ms), A(tpot_ms);
        if (b->st->facts.published_ttft)
            S(ttft_limit_ms);
    }
    const struct stage_slot *slot = ask(b);
    f->ttft = output(slot, 0);
    if (!b->st->facts.has_replicas)
        f->tpot = output(slot, 1);
}

static void
ask_trainings(struct asking *b, struct stage_inputs *in)
{
    unsigned any = 0;

    for (int k = 0; k < 4; k++)
        any |= b->st->trains[k];
    in->trained = in->released = value_of(0);
    in->ahead = value_of(1);
    if (!is_tuned(b->st) || (!any && b->st->from == 1))
        return;
    begin(b, STAGE_TRAININGS);
    months_of(b);
    F(kind);
    read_weights(b);
    if (b->st->facts.kind == ARM_SELF_TUNED)
        b->key.in.gpu_path = rate(b, RATE_GPU);
    else
        b->key.in.api_path = rate(b, RATE_API);
    memcpy(b->key.months_set, b->st->trains, sizeof b->key.months_set);
    const struct stage_slot *slot = ask(b);
    if (any) {
        in->trained = output(slot, 0);
        in->released = output(slot, 1);
    }
    if (b->st->from > 1)
        in->ahead = output(slot, 2);
}

static void
read_training(struct asking *b)
{
    const struct kernel_facts *f = &b->st->facts;

    read_label(b);
    S(examples), S(guideline_hours), S(holdout), S(example_tokens), S(mix_share), S(mix_usd), S(epochs), S(retrain_share);
    if (!is_known(&b->p->kernel->scenario.example_tokens))
        S(input), S(output);
    A(experiments);
    if (f->kind != ARM_SELF_TUNED) {
        A(training_usd_mtok);
        return;
    }
    A(training_gpus), A(training_gpu_price_usd_h);
    F(hours_typed), F(rate_typed), F(hours_known);
    memcpy(b->key.facts.hours, f->hours, sizeof f->hours);
    if (f->hours_typed)
        A(training_hours);
    else if (f->rate_typed)
        A(training_tok_s);
    else
        A(training_hours_factor);
}

static void
put_build_flags(struct asking *b)
{
    b->key.test_set = b->st->test_set;
    if (is_tuned(b->st)) {
        b->key.harvested = b->st->harvested;
        b->key.labelled = b->st->labelled;
    }
}

static void
ask_build(struct asking *b, struct stage_inputs *in)
{
    begin(b, STAGE_BUILD);
    put_build_flags(b);
    F(kind);
    S(tax);
    read_release(b);
    if (b->st->test_set)
        read_label(b);
    if (is_tuned(b->st)) {
        read_training(b);
        b->key.in.ahead = in->ahead;
        b->key.in.trained = in->trained;
        b->key.in.released = in->released;
        if (b->st->harvested && !b->st->labelled) {
            read_weights(b), read_requests(b);
            S(days), S(harvest), S(review_minutes);
            b->key.from = b->st->from;
        }
    }
    const struct stage_slot *slot = ask(b);
    in->at_once = output(slot, 0);
    in->later = output(slot, 1);
}

static struct figure
ask_quality(struct asking *b)
{
    begin(b, STAGE_QUALITY);
    F(kind), F(quantised);
    if (!is_tuned(b->st) || !is_known(&b->p->kernel->scenario.e_0))
        A(quality);
    if (b->st->facts.quantised)
        A(quant_points);
    if (is_tuned(b->st)) {
        F(method), F(pilots);
        S(alpha), S(n_scale), S(e_inf_share), S(e_0), S(examples), S(holdout), S(lora_points), S(qlora_relative);
    }
    return output(ask(b), 0);
}

static struct figure
ask_context(struct asking *b)
{
    begin(b, STAGE_CONTEXT);
    read_tokens(b);
    S(length_cv);
    return output(ask(b), 0);
}

static void
stint_of(struct asking *b, struct stint_figures *f, struct figure share)
{
    const struct figure none = value_of(NAN);

    memset(f, 0, sizeof *f);
    f->memory = f->tok_s = none;
    f->in.share = share;
    ask_weights(b, &f->in);
    if (buys(b->st)) {
        if (b->st->spans.tokens)
            ask_bought(b, &f->in);
        ask_tokens(b, &f->in, share);
    }
    if (b->st->facts.has_replicas) {
        ask_replica(b, f);
        ask_queue(b, &f->in, share);
        ask_hours(b, f, share);
    }
    ask_latency(b, f);
    ask_trainings(b, &f->in);
    ask_build(b, &f->in);
    f->quality = ask_quality(b);
    f->context = ask_context(b);
}

/* ---- an arm --------------------------------------------------------------------------------------- */

/* What a stint's own costs are made of; of STAGE_COST and STAGE_TOTALS. */
static void
put_cost(struct asking *b, const struct stint_figures *f)
{
    const struct stage_inputs *in = &f->in;

    b->key.from = b->st->from;
    F(kind), F(has_replicas), F(usable), F(whole_people);
    S(fte_usd), S(month_value);
    if (b->st->facts.whole_people)
        S(hiring_months);
    A(setup_person_months), A(run_fte), A(launch_delay_months);
    b->key.in.weights = in->weights;
    b->key.in.before = in->before;
    b->key.in.alive = in->alive;
    b->key.in.tokens = in->tokens;
    b->key.in.tokens_run = in->tokens_run;
    b->key.in.at_once = in->at_once;
    b->key.in.later = in->later;
    if (!b->st->facts.has_replicas)
        return;
    S(days), S(tax);
    A(overhead_share), A(bill_share);
    if (b->st->facts.kind == ARM_HOSTED_TUNED)
        A(endpoint_usd_h);
    else
        A(gpu_price_usd_h), A(gpus_per_replica);
    b->key.in.hours = in->hours;
    b->key.in.hours_run = in->hours_run;
    if (!is_zero(&b->st->arm.commit_replicas) && !is_zero(&b->st->arm.commit_months)) {
        A(commit_replicas), A(commit_months), A(commit_discount);
        b->key.in.owed = in->owed;
        b->key.in.owed_run = in->owed_run;
    }
}

static bool
drifts(const struct asking *b, const struct kernel_stint *st)
{
    const struct kernel_scenario *s = &b->p->kernel->scenario;

    return (st->facts.kind == ARM_API && !is_zero(&s->api_drift)) || (is_tuned(st) && !is_zero(&s->drift_points));
}

/* Quality by month: of STAGE_WRONG, and of the bands. */
static void
put_answers(struct asking *b, const struct stint_figures f[2])
{
    const struct kernel_job *j = b->job;

    b->key.job_kind = j->kind;
    b->key.months = b->p->kernel->months;
    b->key.facts.kind = j->stint[0].facts.kind;
    b->key.in.of[0].quality = f[0].quality;
    memcpy(b->key.months_set, j->stint[0].trains, sizeof b->key.months_set);
    if (j->n_stints > 1) {
        b->key.switched = j->kind == ARM_STAGED ? j->stint[0].to : 0;
        b->key.facts_2.kind = j->stint[1].facts.kind;
        b->key.in.of[1].quality = f[1].quality;
        memcpy(b->key.months_set_2, j->stint[1].trains, sizeof b->key.months_set_2);
        b->key.in.escalation = j->escalation;
        b->key.in.caught = j->caught;
    }
    for (int k = 0; k < j->n_stints; k++)
        if (drifts(b, &j->stint[k])) {
            if (j->stint[k].facts.kind == ARM_API) {
                S(api_drift);
                b->key.in.drift_keep = rate(b, RATE_DRIFT);
            } else
                S(drift_points);
        }
}

/* Where quality is the same in all months two factors are enough. */
static bool
is_even(const struct asking *b)
{
    return b->job->kind != ARM_STAGED && !drifts(b, &b->job->stint[0]) && (b->job->n_stints == 1 || !drifts(b, &b->job->stint[1]));
}

/* Requests of a stint's months, and the same times what its quality drifts by. */
static void
ask_asked(struct asking *b, const struct kernel_stint *st, struct figure *asked, struct figure *drifted)
{
    begin(b, STAGE_ASKED);
    b->key.from = st->from;
    b->key.to = st->to;
    b->key.even = !drifts(b, st);
    read_weights(b), read_requests(b);
    if (!b->key.even) {
        b->key.facts.kind = st->facts.kind;
        if (st->facts.kind == ARM_API)
            b->key.in.drift_keep = rate(b, RATE_DRIFT);
        else
            memcpy(b->key.months_set, st->trains, sizeof b->key.months_set);
    }
    const struct stage_slot *slot = ask(b);
    *asked = output(slot, 0);
    *drifted = b->key.even ? value_of(0) : output(slot, 1);
}

static struct figure
ask_wrong(struct asking *b, const struct stint_figures f[2])
{
    struct figure asked[2] = { { 0 } }, drifted[2] = { { 0 } };

    for (int k = 0; k < b->job->n_stints; k++)
        ask_asked(b, &b->job->stint[k], &asked[k], &drifted[k]);
    begin(b, STAGE_WRONG);
    put_answers(b, f);
    read_weights(b), read_requests(b);
    S(days);
    for (int k = 0; k < b->job->n_stints; k++) {
        b->key.in.of[k].asked = asked[k];
        b->key.in.of[k].drifted = drifted[k];
    }
    return output(ask(b), 0);
}

/* Errors cost nothing where nobody says what one costs. */
struct errors {
    bool even;
    struct figure quality, asked, wrong;
};

static struct errors
errors_of(struct asking *b, const struct stint_figures f[2], struct figure quality)
{
    struct errors e = { .even = is_even(b) };
    struct figure none;

    if (is_zero(&b->p->kernel->scenario.error_usd))
        return e;
    if (e.even) {
        e.quality = quality;
        ask_asked(b, &b->job->stint[0], &e.asked, &none);
    } else
        e.wrong = ask_wrong(b, f);
    return e;
}

static void
put_errors(struct asking *b, const struct errors *e)
{
    b->key.even = e->even;
    S(error_usd);
    if (is_zero(&b->key.s.error_usd))
        return;
    if (e->even)
        S(days);
    b->key.in.of[0].quality = e->quality;
    b->key.in.of[0].asked = e->asked;
    b->key.in.wrong = e->wrong;
}

static void
totals_of(struct figure metric[METRIC_COUNT], const struct stage_slot *slot)
{
    metric[METRIC_NPV] = output(slot, 0);
    metric[METRIC_ONCE] = output(slot, 1);
    metric[METRIC_RUN] = output(slot, 2);
}

static void
one_stint(struct asking *b, const struct stint_figures *f, struct figure metric[METRIC_COUNT])
{
    const struct errors e = errors_of(b, f, f->quality);

    begin(b, STAGE_TOTALS);
    put_cost(b, f);
    put_errors(b, &e);
    totals_of(metric, ask(b));
    metric[METRIC_QUALITY] = f->quality;
    metric[METRIC_TTFT_P95] = f->ttft;
    metric[METRIC_TPOT] = f->tpot;
    metric[METRIC_MEMORY] = f->memory;
    metric[METRIC_THROUGHPUT] = f->tok_s;
    metric[METRIC_CONTEXT] = f->context;
    metric[METRIC_REPLICAS] = f->replicas;
}

static bool
is_sized(const struct kernel_stint *st)
{
    return st->facts.has_replicas && (st->facts.throughput_typed || (st->machine.present && st->machine.sys.fits));
}

static void
look_from_outside(struct asking *b, const struct stint_figures f[2], struct figure metric[METRIC_COUNT])
{
    const struct kernel_job *j = b->job;

    begin(b, STAGE_JOIN);
    b->key.job_kind = j->kind;
    for (int k = 0; k < 2; k++) {
        b->key.sized[k] = is_sized(&j->stint[k]);
        b->key.in.of[k].ttft = f[k].ttft;
        b->key.in.of[k].tpot = f[k].tpot;
        b->key.in.of[k].memory = f[k].memory;
        b->key.in.of[k].tok_s = f[k].tok_s;
        b->key.in.of[k].context = f[k].context;
        if (j->kind == ARM_CASCADE) {
            b->key.in.of[k].quality = f[k].quality;
            b->key.in.of[k].replicas = f[k].replicas;
        }
    }
    if (j->kind == ARM_CASCADE) {
        b->st = &j->stint[0];
        b->key.in.escalation = j->escalation;
        b->key.in.caught = j->caught;
        S(output);
        A(tokenizer_factor), A(output_factor);
    }
    const struct stage_slot *slot = ask(b);
    metric[METRIC_QUALITY] = j->kind == ARM_CASCADE ? output(slot, 0) : f[0].quality;
    metric[METRIC_TTFT_P95] = output(slot, 1);
    metric[METRIC_TPOT] = output(slot, 2);
    metric[METRIC_MEMORY] = output(slot, 3);
    metric[METRIC_THROUGHPUT] = output(slot, 4);
    metric[METRIC_CONTEXT] = output(slot, 5);
    metric[METRIC_REPLICAS] = j->kind == ARM_CASCADE ? output(slot, 6) : f[0].replicas;
}

static void
two_stints(struct asking *b, const struct stint_figures f[2], struct figure metric[METRIC_COUNT])
{
    const struct kernel_job *j = b->job;
    struct figure cost[2][3];
    const int place = b->place;

    look_from_outside(b, f, metric);
    for (int k = 0; k < 2; k++) {
        b->st = &j->stint[k];
        b->place = place + k * STAGE_COUNT;
        begin(b, STAGE_COST);
        put_cost(b, &f[k]);
        const struct stage_slot *slot = ask(b);
        for (int i = 0; i < 3; i++)
            cost[k][i] = output(slot, i);
    }
    b->place = place;
    const struct errors e = errors_of(b, f, metric[METRIC_QUALITY]);
    begin(b, STAGE_JOINED);
    b->key.job_kind = j->kind;
    for (int k = 0; k < 2; k++) {
        b->key.in.of[k].once = cost[k][0];
        b->key.in.of[k].paid = cost[k][1];
        b->key.in.of[k].run = cost[k][2];
    }
    if (j->kind == ARM_CASCADE)
        b->key.in.escalation = j->escalation;
    put_errors(b, &e);
    totals_of(metric, ask(b));
}

/* Everything that a stint reads, for its months one by one. */
static void
put_bands(struct asking *b, const struct stint_figures *f)
{
    b->key.s = b->p->kernel->scenario;
    b->key.a = b->st->arm;
    months_of(b);
    put_spans(b);
    put_build_flags(b);
    b->key.in.share = f->in.share;
    b->key.in.mu = f->in.mu;
    b->key.in.extra = f->in.extra;
    b->key.in.api_path = rate(b, RATE_API);
    b->key.in.gpu_path = rate(b, RATE_GPU);
}

static void
bands_of(struct asking *b, const struct stint_figures f[2], struct kernel_bands *bands)
{
    const struct kernel_job *j = b->job;

    bands->n_stints = j->n_stints;
    for (int k = 0; k < j->n_stints; k++) {
        b->st = &j->stint[k];
        begin(b, STAGE_NONE);
        if (k == 0)
            put_answers(b, f);
        put_bands(b, &f[k]);
        b->key.months = b->p->kernel->months;
        b->key.facts = b->st->facts;
        memcpy(b->key.months_set, b->st->trains, sizeof b->key.months_set);
        bands->stint[k] = b->key;
    }
}

/* Who reads a metric finds a column. */
static void
as_column(struct asking *b, struct figure *f)
{
    if (f->x != NULL)
        return;
    begin(b, STAGE_VALUE);
    b->key.in.share = *f;
    *f = output(ask(b), 0);
}

void
stages_of_job(struct stage_plan *p, int job, struct figure metric[METRIC_COUNT], struct kernel_bands *bands)
{
    const struct kernel_job *j = &p->kernel->job[job];
    struct asking b = { .p = p, .job = j };
    struct stint_figures f[2];

    for (int k = 0; k < j->n_stints; k++) {
        b.st = &j->stint[k];
        b.place = (job * 2 + k) * STAGE_COUNT;
        stint_of(&b, &f[k], b.st->shared ? j->escalation : value_of(1));
    }
    b.place = job * 2 * STAGE_COUNT;
    b.st = &j->stint[0];
    if (j->n_stints > 1)
        two_stints(&b, f, metric);
    else
        one_stint(&b, f, metric);
    for (int m = 0; m < METRIC_COUNT; m++)
        as_column(&b, &metric[m]);
    if (bands != NULL)
        bands_of(&b, f, bands);
}

void
stages_of_values(struct stage_plan *p, int job, struct figure metric[METRIC_COUNT], const double value[METRIC_COUNT])
{
    struct asking b = { .p = p, .job = &p->kernel->job[job], .place = job * 2 * STAGE_COUNT };

    for (int m = 0; m < METRIC_COUNT; m++) {
        metric[m] = value_of(value[m]);
        as_column(&b, &metric[m]);
    }
}
