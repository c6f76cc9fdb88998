/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <string.h>

#include "asking.h"

/* An arm of one stint or two, and its metrics. */

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
    IN(weights, in->weights);
    IN(before, in->before);
    IN(alive, in->alive);
    IN(tokens, in->tokens);
    IN(tokens_run, in->tokens_run);
    IN(at_once, in->at_once);
    IN(later, in->later);
    if (!b->st->facts.has_replicas)
        return;
    S(days), S(tax);
    A(overhead_share), A(bill_share);
    if (b->st->facts.kind == ARM_HOSTED_TUNED)
        A(endpoint_usd_h);
    else
        A(gpu_price_usd_h), A(gpus_per_replica);
    IN(hours, in->hours);
    IN(hours_run, in->hours_run);
    if (!is_zero(&b->st->arm.commit_replicas) && !is_zero(&b->st->arm.commit_months)) {
        A(commit_replicas), A(commit_months), A(commit_discount);
        IN(owed, in->owed);
        IN(owed_run, in->owed_run);
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
    IN_OF(0, quality, f[0].quality);
    memcpy(b->key.months_set, j->stint[0].trains, sizeof b->key.months_set);
    if (j->n_stints > 1) {
        b->key.switched = j->kind == ARM_STAGED ? j->stint[0].to : 0;
        b->key.facts_2.kind = j->stint[1].facts.kind;
        IN_OF(1, quality, f[1].quality);
        memcpy(b->key.months_set_2, j->stint[1].trains, sizeof b->key.months_set_2);
        IN(escalation, j->escalation);
        IN(caught, j->caught);
    }
    for (int k = 0; k < j->n_stints; k++)
        if (drifts(b, &j->stint[k])) {
            if (j->stint[k].facts.kind == ARM_API) {
                S(api_drift);
                IN(drift_keep, asking_rate(b, RATE_DRIFT));
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

/* Requests of a stint's months over those of a day today, and the same times what its quality drifts by. */
static void
ask_asked(struct asking *b, const struct kernel_stint *st, struct figure *asked, struct figure *drifted)
{
    asking_begin(b, STAGE_ASKED);
    b->key.from = st->from;
    b->key.to = st->to;
    b->key.even = !drifts(b, st);
    stint_read_weights(b), stint_read_growth(b);
    if (!b->key.even) {
        b->key.facts.kind = st->facts.kind;
        if (st->facts.kind == ARM_API)
            IN(drift_keep, asking_rate(b, RATE_DRIFT));
        else
            memcpy(b->key.months_set, st->trains, sizeof b->key.months_set);
    }
    const struct stage_slot *slot = asking_slot(b);
    *asked = output(slot, 0);
    *drifted = b->key.even ? value_of(0) : output(slot, 1);
}

static struct figure
ask_wrong(struct asking *b, const struct stint_figures f[2])
{
    struct figure asked[2] = { { 0 } }, drifted[2] = { { 0 } };

    for (int k = 0; k < b->job->n_stints; k++)
        ask_asked(b, &b->job->stint[k], &asked[k], &drifted[k]);
    asking_begin(b, STAGE_WRONG);
    put_answers(b, f);
    stint_read_weights(b), stint_read_growth(b);
    S(days);
    for (int k = 0; k < b->job->n_stints; k++) {
        IN_OF(k, asked, asked[k]);
        IN_OF(k, drifted, drifted[k]);
    }
    return output(asking_slot(b), 0);
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
    if (is_zero(&b->p->kernel->scenario.error_usd))
        return;
    S(requests);
    if (e->even)
        S(days);
    IN_OF(0, quality, e->quality);
    IN_OF(0, asked, e->asked);
    IN(wrong, e->wrong);
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

    asking_begin(b, STAGE_TOTALS);
    put_cost(b, f);
    put_errors(b, &e);
    totals_of(metric, asking_slot(b));
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

    asking_begin(b, STAGE_JOIN);
    b->key.job_kind = j->kind;
    for (int k = 0; k < 2; k++) {
        b->key.sized[k] = is_sized(&j->stint[k]);
        IN_OF(k, ttft, f[k].ttft);
        IN_OF(k, tpot, f[k].tpot);
        IN_OF(k, memory, f[k].memory);
        IN_OF(k, tok_s, f[k].tok_s);
        IN_OF(k, context, f[k].context);
        if (j->kind == ARM_CASCADE) {
            IN_OF(k, quality, f[k].quality);
            IN_OF(k, replicas, f[k].replicas);
        }
    }
    if (j->kind == ARM_CASCADE) {
        b->st = &j->stint[0];
        IN(escalation, j->escalation);
        IN(caught, j->caught);
        S(output);
        A(tokenizer_factor), A(output_factor);
    }
    const struct stage_slot *slot = asking_slot(b);
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
        asking_begin(b, STAGE_COST);
        put_cost(b, &f[k]);
        const struct stage_slot *slot = asking_slot(b);
        for (int i = 0; i < 3; i++)
            cost[k][i] = output(slot, i);
    }
    b->place = place;
    const struct errors e = errors_of(b, f, metric[METRIC_QUALITY]);
    asking_begin(b, STAGE_JOINED);
    b->key.job_kind = j->kind;
    for (int k = 0; k < 2; k++) {
        IN_OF(k, once, cost[k][0]);
        IN_OF(k, paid, cost[k][1]);
        IN_OF(k, run, cost[k][2]);
    }
    if (j->kind == ARM_CASCADE)
        IN(escalation, j->escalation);
    put_errors(b, &e);
    totals_of(metric, asking_slot(b));
}

/* Everything that a stint reads, for its months one by one. */
static void
put_bands(struct asking *b, const struct stint_figures *f)
{
    stint_put_months(b);
    stint_put_spans(b);
    stint_put_build_flags(b);
    IN(share, f->in.share);
    IN(mu, f->in.mu);
    IN(mu_rest, f->in.mu_rest);
    IN(day, f->in.day);
    IN(day_rest, f->in.day_rest);
    IN(extra, f->in.extra);
    IN(api_path, asking_rate(b, RATE_API));
    IN(gpu_path, asking_rate(b, RATE_GPU));
}

static void
bands_of(struct asking *b, const struct stint_figures f[2], struct kernel_bands *bands)
{
    const struct kernel_job *j = b->job;

    bands->n_stints = j->n_stints;
    for (int k = 0; k < j->n_stints; k++) {
        b->st = &j->stint[k];
        asking_begin(b, STAGE_NONE);
        if (k == 0)
            put_answers(b, f);
        put_bands(b, &f[k]);
        b->key.months = b->p->kernel->months;
        b->key.facts = b->st->facts;
        memcpy(b->key.months_set, b->st->trains, sizeof b->key.months_set);
        asking_write(b, &bands->stint[k]);
        bands->stint[k].s = b->p->kernel->scenario;
        bands->stint[k].a = b->st->arm;
    }
}

/* Who reads a metric finds a column. */
static struct stage_metric
as_column(struct asking *b, struct figure f)
{
    if (f.x != NULL)
        return (struct stage_metric){ f, NAN };
    asking_begin(b, STAGE_VALUE);
    IN(share, f);
    return (struct stage_metric){ output(asking_slot(b), 0), f.value };
}

void
stages_of_job(struct stage_plan *p, int job, struct stage_metric metric[METRIC_COUNT], struct kernel_bands *bands)
{
    const struct kernel_job *j = &p->kernel->job[job];
    struct asking b;
    struct stint_figures f[2];
    struct figure shown[METRIC_COUNT];

    asking_start(&b, p, j, job * 2 * STAGE_COUNT);
    for (int k = 0; k < j->n_stints; k++) {
        b.st = &j->stint[k];
        b.place = (job * 2 + k) * STAGE_COUNT;
        stint_ask(&b, &f[k], b.st->shared ? j->escalation : value_of(1));
    }
    b.place = job * 2 * STAGE_COUNT;
    b.st = &j->stint[0];
    if (j->n_stints > 1)
        two_stints(&b, f, shown);
    else
        one_stint(&b, f, shown);
    for (int m = 0; m < METRIC_COUNT; m++)
        metric[m] = as_column(&b, shown[m]);
    if (bands != NULL)
        bands_of(&b, f, bands);
}

void
stages_of_values(struct stage_plan *p, int job, struct stage_metric metric[METRIC_COUNT], const double value[METRIC_COUNT])
{
    struct asking b;

    asking_start(&b, p, &p->kernel->job[job], job * 2 * STAGE_COUNT);
    for (int m = 0; m < METRIC_COUNT; m++)
        metric[m] = as_column(&b, value_of(value[m]));
}
