/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <string.h>

#include "asking.h"

/* What each stage of a stint reads. */

static bool
buys(const struct kernel_stint *st)
{
    return (KIND(st->facts.kind) & KINDS_TOKENS) != 0;
}

void
stint_read_weights(struct asking *b)
{
    S(hazard);
    IN(discount, asking_rate(b, RATE_DISCOUNT));
}

void
stint_read_growth(struct asking *b)
{
    S(growth), S(growth_cap);
}

void
stint_read_requests(struct asking *b)
{
    S(requests);
    stint_read_growth(b);
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

void
stint_put_months(struct asking *b)
{
    b->key.from = b->st->from;
    b->key.to = b->st->to;
}

static void
ask_weights(struct asking *b, struct stage_inputs *in)
{
    asking_begin(b, STAGE_WEIGHTS);
    stint_put_months(b);
    stint_read_weights(b);
    if (b->st->spans.tokens)
        memcpy(b->key.months_set, b->st->spans.migrations, sizeof b->key.months_set);
    const struct stage_slot *slot = asking_slot(b);
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

    asking_begin(b, STAGE_BOUGHT);
    b->key.from = b->st->from;
    b->key.spans.n = spans->n;
    for (int k = 0; k < spans->n; k++)
        b->key.spans.list[k].to = spans->list[k].to;
    stint_read_weights(b), stint_read_growth(b);
    IN(api_path, asking_rate(b, RATE_API));
    const struct stage_slot *slot = asking_slot(b);
    in->bought_first = output(slot, 0);
    for (int k = 0; k < spans->n; k++)
        in->bought[k] = output(slot, 1 + k);
}

void
stint_put_spans(struct asking *b)
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

    asking_begin(b, STAGE_TOKENS);
    b->key.from = b->st->from;
    stint_put_spans(b);
    F(kind);
    S(tax);
    A(monthly_minimum_usd), A(platform_fee_usd_month);
    IN(weights, in->weights);
    IN(alive, in->alive);
    if (tokens) {
        read_tokens(b), read_prices(b);
        S(requests), S(cached), S(written), S(batch_share), S(extra_attempts), S(days);
        A(extra_attempts), A(committed_discount);
        IN(share, share);
        IN(bought_first, in->bought_first);
        for (int k = 0; k < b->st->spans.n; k++)
            IN(bought[k], in->bought[k]);
    }
    if (!is_zero(&b->st->arm.monthly_minimum_usd)) {
        stint_read_weights(b), stint_read_requests(b);
        IN(api_path, asking_rate(b, RATE_API));
    }
    IN(migrations, in->migrations);
    if (!is_zero(&in->migrations)) {
        read_release(b);
        S(migration_months), S(fte_usd);
    }
    const struct stage_slot *slot = asking_slot(b);
    in->tokens = output(slot, 0);
    in->tokens_run = output(slot, 1);
}

static void
ask_replica(struct asking *b, struct stint_figures *f)
{
    const struct kernel_facts *facts = &b->st->facts;

    asking_begin(b, STAGE_REPLICA);
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
    const struct stage_slot *slot = asking_slot(b);
    f->in.mu = output(slot, 0);
    f->in.mu_rest = output(slot, 6);
    f->in.batch = output(slot, 1);
    f->in.ttft = output(slot, 2);
    f->tpot = output(slot, 3);
    f->memory = output(slot, 4);
    f->tok_s = output(slot, 5);
}

static void
ask_queue(struct asking *b, struct stage_inputs *in, struct figure share)
{
    asking_begin(b, STAGE_QUEUE);
    stint_put_months(b);
    stint_read_requests(b);
    S(peak_to_average), S(batch_share), S(extra_attempts), S(arrival_scv), S(service_scv), S(ttft_limit_ms);
    A(extra_attempts), A(min_replicas), A(utilization_target);
    IN(share, share);
    IN(mu, in->mu);
    IN(mu_rest, in->mu_rest);
    IN(batch, in->batch);
    if (is_known(&b->p->kernel->scenario.ttft_limit_ms))
        IN(ttft, in->ttft);
    const struct stage_slot *slot = asking_slot(b);
    in->extra = output(slot, 0);
    in->wait = output(slot, 1);
}

/* Of all arms alike. */
static void
ask_day(struct asking *b, struct stage_inputs *in)
{
    asking_begin(b, STAGE_DAY);
    S(peak_to_average);
    const struct stage_slot *slot = asking_slot(b);
    in->day = output(slot, 0);
    in->day_rest = output(slot, 1);
}

static void
ask_hours(struct asking *b, struct stint_figures *f, struct figure share)
{
    if (b->st->facts.follow)
        ask_day(b, &f->in);
    asking_begin(b, STAGE_HOURS);
    stint_put_months(b);
    F(kind), F(follow);
    stint_read_weights(b), stint_read_requests(b);
    IN(gpu_path, asking_rate(b, RATE_GPU));
    S(peak_to_average), S(batch_share), S(extra_attempts);
    A(extra_attempts), A(min_replicas), A(spare_replicas), A(utilization_target);
    if (b->st->facts.follow) {
        A(startup_minutes);
        IN(day, f->in.day);
        IN(day_rest, f->in.day_rest);
    }
    if (!is_zero(&b->st->arm.commit_replicas) && !is_zero(&b->st->arm.commit_months)) {
        A(commit_replicas), A(commit_months);
        b->key.months = b->p->kernel->months;
    }
    IN(share, share);
    IN(mu, f->in.mu);
    IN(mu_rest, f->in.mu_rest);
    IN(extra, f->in.extra);
    const struct stage_slot *slot = asking_slot(b);
    f->in.hours = output(slot, 0);
    f->in.hours_run = output(slot, 1);
    f->in.owed = b->key.months > 0 ? output(slot, 2) : value_of(0);
    f->in.owed_run = b->key.months > 0 ? output(slot, 3) : value_of(0);
    f->replicas = b->st->from == 1 ? output(slot, 4) : value_of(0);
}

static void
ask_latency(struct asking *b, struct stint_figures *f)
{
    asking_begin(b, STAGE_LATENCY);
    F(has_replicas);
    if (b->st->facts.has_replicas) {
        IN(ttft, f->in.ttft);
        IN(wait, f->in.wait);
    } else {
        F(published_ttft), F(published_ttft_ms);
        A(ttft_ms), A(tpot_ms);
        if (b->st->facts.published_ttft)
            S(ttft_limit_ms);
    }
    const struct stage_slot *slot = asking_slot(b);
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
    asking_begin(b, STAGE_TRAININGS);
    stint_put_months(b);
    F(kind);
    stint_read_weights(b);
    if (b->st->facts.kind == ARM_SELF_TUNED)
        IN(gpu_path, asking_rate(b, RATE_GPU));
    else
        IN(api_path, asking_rate(b, RATE_API));
    memcpy(b->key.months_set, b->st->trains, sizeof b->key.months_set);
    const struct stage_slot *slot = asking_slot(b);
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

void
stint_put_build_flags(struct asking *b)
{
    b->key.test_set = b->st->test_set;
    if (is_tuned(b->st)) {
        b->key.harvested = b->st->harvested;
        b->key.labelled = b->st->labelled;
    }
}

static void
ask_harvest(struct asking *b, struct stage_inputs *in)
{
    asking_begin(b, STAGE_HARVEST);
    stint_read_weights(b), stint_read_requests(b);
    S(days), S(harvest), S(examples);
    b->key.from = b->st->from;
    const struct stage_slot *slot = asking_slot(b);
    in->reviewed = output(slot, 0);
    in->missing = output(slot, 1);
}

static void
ask_build(struct asking *b, struct stage_inputs *in)
{
    const bool harvests = is_tuned(b->st) && b->st->harvested && !b->st->labelled;

    if (harvests)
        ask_harvest(b, in);
    asking_begin(b, STAGE_BUILD);
    stint_put_build_flags(b);
    F(kind);
    S(tax);
    read_release(b);
    if (b->st->test_set)
        read_label(b);
    if (is_tuned(b->st)) {
        read_training(b);
        IN(ahead, in->ahead);
        IN(trained, in->trained);
        IN(released, in->released);
        if (harvests) {
            S(harvest), S(review_minutes);
            IN(reviewed, in->reviewed);
            IN(missing, in->missing);
        }
    }
    const struct stage_slot *slot = asking_slot(b);
    in->at_once = output(slot, 0);
    in->later = output(slot, 1);
}

static struct figure
ask_quality(struct asking *b)
{
    asking_begin(b, STAGE_QUALITY);
    F(kind), F(quantised);
    if (!is_tuned(b->st) || !is_known(&b->p->kernel->scenario.e_0))
        A(quality);
    if (b->st->facts.quantised)
        A(quant_points);
    if (is_tuned(b->st)) {
        F(method), F(pilots);
        S(alpha), S(n_scale), S(e_inf_share), S(e_0), S(examples), S(holdout), S(lora_points), S(qlora_relative);
    }
    return output(asking_slot(b), 0);
}

static struct figure
ask_context(struct asking *b)
{
    asking_begin(b, STAGE_CONTEXT);
    read_tokens(b);
    S(length_cv);
    return output(asking_slot(b), 0);
}

void
stint_ask(struct asking *b, struct stint_figures *f, struct figure share)
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
