/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <string.h>

#include "kernel.h"
#include "plan.h"

/* What the kernel needs to know of a setup, settled once for all samples. */

struct builder {
    const struct plan_source *from;
    bool uncertain; /* a column was read since this was last cleared */
};

static size_t
place_of(const struct builder *b, const void *quantity)
{
    return (size_t)((const char *)quantity - (const char *)b->from->setup);
}

static bool
is_fixed(const struct plan_source *from, size_t offset)
{
    for (int k = 0; k < from->n_fixed; k++)
        if (from->fixed[k] == offset)
            return true;
    return false;
}

/* The column behind a quantity; NULL: it is the same in all samples. */
static const struct plan_column *
column_of(const struct builder *b, const struct quantity *q)
{
    const struct plan_source *from = b->from;
    const size_t offset = place_of(b, q) + offsetof(struct quantity, x);

    if (is_fixed(from, offset))
        return NULL;
    for (int k = 0; k < from->n_fit; k++)
        if (from->fit_offset[k] == offset)
            return &from->fit[k];
    for (int k = 0; k < from->columns->n_targets; k++)
        if (from->columns->targets[k].offset == offset)
            return &from->column[from->columns->targets[k].input];
    return NULL;
}

static struct figure
figure_of(struct builder *b, const struct quantity *q, double usual)
{
    const struct plan_column *c = column_of(b, q);

    if (c != NULL) {
        b->uncertain = true;
        return (struct figure){ c->x, (double)c->version };
    }
    return (struct figure){ NULL, q->kind == QUANTITY_UNSET || q->x != q->x ? usual : q->x };
}

static bool
is_uncertain(const struct builder *b, const struct quantity *q)
{
    return column_of(b, q) != NULL;
}

static bool
has_figure(const struct figure *f)
{
    return f->x != NULL || f->value == f->value;
}

/* ---- a plain arm ------------------------------------------------------------------------------- */

static void
arm_facts(struct kernel_arm *k, const struct setup *s, int arm)
{
    const struct arm *a = &s->sc.arms[arm];
    const struct setup_arm *sa = &s->arms[arm];

    k->kind = a->kind;
    k->method = a->method;
    k->usable = sa->usable;
    k->quantised = (KIND(a->kind) & KINDS_SERVED) && a->precision != WEIGHTS_FP16;
    k->follow = a->scaling == SCALING_FOLLOW_LOAD;
    k->counts_all = a->throughput_counts == COUNTS_ALL;
    k->pilots = s->sc.n_pilots > 0;
    k->whole_people = s->sc.people.whole_people;
    k->throughput_typed = has_figure(&k->throughput_tok_s);
    k->concurrency_typed = has_figure(&k->concurrency);
    k->ttft_typed = has_figure(&k->ttft_ms);
    k->tpot_typed = has_figure(&k->tpot_ms);
    k->hours_typed = has_figure(&k->training_hours);
    k->rate_typed = has_figure(&k->training_tok_s);
    k->has_replicas = (KIND(a->kind) & KINDS_SELF) || (a->kind == ARM_HOSTED_TUNED && has_figure(&k->endpoint_usd_h));
    k->published_ttft = sa->price != NULL && known(sa->price->ttft_ms);
    k->published_ttft_ms = k->published_ttft ? sa->price->ttft_ms : 0;
    if (a->kind == ARM_SELF_TUNED && !k->hours_typed && !k->rate_typed)
        k->hours_known = training_hours_terms(s, arm, k->hours);
    k->model = sa->model;
    k->gpu = sa->gpu;
    k->engine = sa->engine;
    k->precision = a->precision;
    k->kv_precision = a->kv_precision;
    k->stages = a->pipeline_stages.kind == QUANTITY_UNSET ? 1 : a->pipeline_stages.x;
}

/* Columns that decide what no plan can say for all samples. */
static bool
arm_is_simple(const struct builder *b, const struct kernel_arm *k, int arm)
{
    const struct arm *a = &b->from->setup->sc.arms[arm];

    if (k->has_replicas && (is_uncertain(b, &a->gpus_per_replica) || is_uncertain(b, &a->pipeline_stages)))
        return false;
    return !(k->hours_known && is_uncertain(b, &a->training_gpus));
}

static bool
prices_are_simple(const struct builder *b, const struct price_spans *p, int arm)
{
    const struct arm *a = &b->from->setup->sc.arms[arm];

    if (p->n < 0)
        return false;
    return !p->stepped || !(is_uncertain(b, &a->input_usd_mtok) || is_uncertain(b, &a->output_usd_mtok) ||
                            is_uncertain(b, &a->cache_read_usd_mtok) || is_uncertain(b, &a->cache_write_usd_mtok) ||
                            is_uncertain(b, &a->batch_input_usd_mtok) || is_uncertain(b, &a->batch_output_usd_mtok));
}

/* ---- stints and jobs ----------------------------------------------------------------------------- */

static bool
stint_make(struct builder *b, struct kernel_stint *k, const struct stint *st)
{
    const struct setup *s = b->from->setup;
    const struct arm *a = &s->sc.arms[st->arm];

    memset(k, 0, sizeof *k);
#define MEMBER(name, usual) k->arm.name = figure_of(b, &a->name, usual);
    ARM_FIGURES(MEMBER)
#undef MEMBER
    arm_facts(&k->arm, s, st->arm);
    if (k->arm.has_replicas)
        replica_machine_of(&k->machine, s, st->arm);
    k->from = st->from;
    k->to = st->to;
    k->harvested = st->harvested;
    k->labelled = st->labelled;
    k->test_set = st->test_set;
    if (KIND(a->kind) & KINDS_TOKENS)
        price_spans_of(&k->spans, s, st);
    for (int m = st->from; m <= st->to; m++)
        if (stint_trains(s, st, m))
            k->trains[(m - 1) / 32] |= 1u << (m - 1) % 32;
    return arm_is_simple(b, &k->arm, st->arm) && prices_are_simple(b, &k->spans, st->arm);
}

static unsigned
kinds_of(const struct kernel_job *j)
{
    unsigned kinds = 0;

    for (int k = 0; k < j->n_stints; k++)
        kinds |= KIND(j->stint[k].arm.kind);
    return kinds;
}

/* What the scenario says to arms of these kinds. */
static void
reads_make(struct builder *b, struct kernel_job *j)
{
    const struct scenario *sc = &b->from->setup->sc;
    const unsigned of_job = kinds_of(j);

#define MEMBER(name, place, usual, kinds) \
    if (of_job & (kinds))                 \
        j->reads.name = figure_of(b, &sc->place, usual);
    SCENARIO_FIGURES(MEMBER)
#undef MEMBER
}

static enum plan_kind
job_make(struct builder *b, struct kernel_job *j, int arm, int months)
{
    const struct setup *s = b->from->setup;
    const struct arm *a = &s->sc.arms[arm];
    struct stint st[2];
    bool simple = true;

    memset(j, 0, sizeof *j);
    b->uncertain = false;
    j->kind = a->kind;
    j->n_stints = stints_of(s, arm, months, st);
    if (j->n_stints == 0)
        return PLAN_CONSTANT;
    for (int k = 0; k < j->n_stints; k++)
        simple &= stint_make(b, &j->stint[k], &st[k]);
    if (a->kind == ARM_CASCADE) {
        j->stint[1].shared = true;
        j->escalation = j->caught = figure_of(b, &a->escalation_share, NAN);
        if (a->error_catch.kind != QUANTITY_UNSET)
            j->caught = figure_of(b, &a->error_catch, NAN);
    }
    reads_make(b, j);
    /* Schedules are the same in all samples, or the job is not the kernel's. */
    if (is_uncertain(b, &s->sc.horizon.months) || is_uncertain(b, &s->sc.training.retrain_every_months) ||
        is_uncertain(b, &s->sc.training.base_upgrade_every_months) ||
        (a->kind == ARM_STAGED && is_uncertain(b, &a->switch_month)))
        return PLAN_PLAIN;
    if (!simple)
        return PLAN_PLAIN;
    return b->uncertain ? PLAN_KERNEL : PLAN_CONSTANT;
}

bool
jobs_are_alike(const struct kernel_job *a, const struct kernel_job *b)
{
    if (a->kind != b->kind || a->n_stints != b->n_stints || memcmp(&a->escalation, &b->escalation, sizeof a->escalation) != 0 ||
        memcmp(&a->caught, &b->caught, sizeof a->caught) != 0 || memcmp(&a->reads, &b->reads, sizeof a->reads) != 0)
        return false;
    for (int k = 0; k < a->n_stints; k++)
        if (memcmp(&a->stint[k], &b->stint[k], offsetof(struct kernel_stint, machine)) != 0)
            return false;
    return true;
}

void
plan_make(struct kernel *k, enum plan_kind kinds[ARMS_MAX], const struct plan_source *from)
{
    const struct setup *s = from->setup;
    struct builder b = { from, false };

    k->months = horizon_months(s);
    k->n_jobs = 0;
#define MEMBER(name, place, usual, of_kinds) k->scenario.name = figure_of(&b, &s->sc.place, usual);
    SCENARIO_FIGURES(MEMBER)
#undef MEMBER
    for (int a = 0; a < s->sc.n_arms; a++) {
        kinds[a] = job_make(&b, &k->job[a], a, k->months);
        k->job[a].arm = a;
    }
    k->n_jobs = s->sc.n_arms;
}
