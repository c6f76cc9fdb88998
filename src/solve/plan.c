/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <string.h>

#include "kernel.h"
#include "plan.h"

/* What the kernel needs to know of a setup, settled once for all samples. */

/* What stands in each eighth byte of a setup: 1 + the input of its column; FIT + k: the pilots' curve. */
#define PLACES (sizeof(struct setup) / sizeof(double))
#define FIT 0x4000
_Static_assert(INPUTS_MAX < FIT, "inputs and the pilots' curve are told apart");

struct builder {
    const struct plan_source *from;
    uint16_t column[PLACES];
};

static void
find_places(struct builder *b)
{
    const struct plan_source *from = b->from;

    memset(b->column, 0, sizeof b->column);
    for (int k = 0; k < from->columns->n_targets; k++)
        b->column[from->columns->targets[k].offset / sizeof(double)] = (uint16_t)(1 + from->columns->targets[k].input);
    for (int k = 0; k < from->n_fit; k++)
        b->column[from->fit_offset[k] / sizeof(double)] = (uint16_t)(FIT + k);
    for (int k = 0; k < from->n_fixed; k++)
        b->column[from->fixed[k] / sizeof(double)] = 0;
}

/* The column behind a quantity; NULL: it is the same in all samples. */
static const struct plan_column *
column_of(const struct builder *b, const struct quantity *q)
{
    const uint16_t at = b->column[(size_t)((const char *)&q->x - (const char *)b->from->setup) / sizeof(double)];

    return at == 0 ? NULL : at >= FIT ? &b->from->fit[at - FIT] : &b->from->column[at - 1];
}

static struct figure
figure_of(const struct builder *b, const struct quantity *q, double usual)
{
    const struct plan_column *c = column_of(b, q);

    if (c != NULL)
        return (struct figure){ c->x, (double)c->version };
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
facts_of(struct kernel_facts *f, const struct kernel_arm *k, const struct setup *s, int arm)
{
    const struct arm *a = &s->sc.arms[arm];
    const struct setup_arm *sa = &s->arms[arm];

    f->kind = a->kind;
    f->method = a->method;
    f->usable = sa->usable;
    f->quantised = (KIND(a->kind) & KINDS_SERVED) && a->precision != WEIGHTS_FP16;
    f->follow = a->scaling == SCALING_FOLLOW_LOAD;
    f->counts_all = a->throughput_counts == COUNTS_ALL;
    f->pilots = s->sc.n_pilots > 0;
    f->whole_people = s->sc.people.whole_people;
    f->throughput_typed = has_figure(&k->throughput_tok_s);
    f->concurrency_typed = has_figure(&k->concurrency);
    f->ttft_typed = has_figure(&k->ttft_ms);
    f->tpot_typed = has_figure(&k->tpot_ms);
    f->hours_typed = has_figure(&k->training_hours);
    f->rate_typed = has_figure(&k->training_tok_s);
    f->has_replicas = (KIND(a->kind) & KINDS_SELF) || (a->kind == ARM_HOSTED_TUNED && has_figure(&k->endpoint_usd_h));
    f->published_ttft = sa->price != NULL && known(sa->price->ttft_ms);
    f->published_ttft_ms = f->published_ttft ? sa->price->ttft_ms : 0;
    if (a->kind == ARM_SELF_TUNED && !f->hours_typed && !f->rate_typed)
        f->hours_known = training_hours_terms(s, arm, f->hours);
}

static void
identity_of(struct kernel_identity *k, const struct arm *a, const struct setup_arm *sa)
{
    k->model = sa->model;
    k->gpu = sa->gpu;
    k->engine = sa->engine;
    k->precision = a->precision;
    k->kv_precision = a->kv_precision;
    k->stages = a->pipeline_stages.kind == QUANTITY_UNSET ? 1 : a->pipeline_stages.x;
}

/* Columns that decide what no plan can say for all samples. */
static bool
arm_is_simple(const struct builder *b, const struct kernel_facts *k, int arm)
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
stint_make(const struct builder *b, struct kernel_stint *k, const struct stint *st)
{
    const struct setup *s = b->from->setup;
    const struct arm *a = &s->sc.arms[st->arm];

    memset(k, 0, sizeof *k);
#define MEMBER(name, usual) k->arm.name = figure_of(b, &a->name, usual);
    ARM_FIGURES(MEMBER)
#undef MEMBER
    facts_of(&k->facts, &k->arm, s, st->arm);
    if (k->facts.has_replicas) {
        identity_of(&k->identity, a, &s->arms[st->arm]);
        replica_machine_of(&k->machine, s, st->arm);
    }
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
    return arm_is_simple(b, &k->facts, st->arm) && prices_are_simple(b, &k->spans, st->arm);
}

static enum plan_kind
job_make(const struct builder *b, struct kernel_job *j, int arm, int months)
{
    const struct setup *s = b->from->setup;
    const struct arm *a = &s->sc.arms[arm];
    struct stint st[2];
    bool simple = true;

    memset(j, 0, sizeof *j);
    j->kind = a->kind;
    j->n_stints = stints_of(s, arm, months, st);
    if (j->n_stints == 0)
        return PLAN_NOTHING;
    for (int k = 0; k < j->n_stints; k++)
        simple &= stint_make(b, &j->stint[k], &st[k]);
    if (a->kind == ARM_CASCADE) {
        j->stint[1].shared = true;
        j->escalation = j->caught = figure_of(b, &a->escalation_share, NAN);
        if (a->error_catch.kind != QUANTITY_UNSET)
            j->caught = figure_of(b, &a->error_catch, NAN);
    }
    /* Schedules are the same in all samples, or the job is not the kernel's. */
    if (is_uncertain(b, &s->sc.horizon.months) || is_uncertain(b, &s->sc.training.retrain_every_months) ||
        is_uncertain(b, &s->sc.training.base_upgrade_every_months) ||
        (a->kind == ARM_STAGED && is_uncertain(b, &a->switch_month)))
        return PLAN_PLAIN;
    if (!simple)
        return PLAN_PLAIN;
    return PLAN_KERNEL;
}

void
plan_make(struct kernel *k, enum plan_kind kinds[ARMS_MAX], const struct plan_source *from, unsigned arms)
{
    const struct setup *s = from->setup;
    struct builder b;

    b.from = from;
    find_places(&b);
    k->months = horizon_months(s);
#define MEMBER(name, place, usual) k->scenario.name = figure_of(&b, &s->sc.place, usual);
    SCENARIO_FIGURES(MEMBER)
#undef MEMBER
    for (int a = 0; a < s->sc.n_arms; a++)
        if (arms >> a & 1)
            kinds[a] = job_make(&b, &k->job[a], a, k->months);
}

/* ---- another value ----------------------------------------------------------------------------------- */

static bool
add_place(struct plan_places *p, size_t at)
{
    if (p->n == PLAN_PLACES_MAX)
        return false;
    p->at[p->n++] = at;
    return true;
}

static bool
add_of_scenario(struct plan_places *p, size_t offset)
{
#define MEMBER(name, place, usual)                                                                            \
    if (offset == offsetof(struct setup, sc.place.x))                                                         \
        return add_place(p, offsetof(struct kernel, scenario.name));
    SCENARIO_FIGURES(MEMBER)
#undef MEMBER
    return false;
}

/* The figure of an arm at an offset within it; -1: it is none, or machines or spans of prices are made of it. */
static ptrdiff_t
figure_within(size_t offset)
{
    static const size_t others[] = {
        offsetof(struct arm, input_usd_mtok.x), offsetof(struct arm, output_usd_mtok.x), offsetof(struct arm, cache_read_usd_mtok.x),
        offsetof(struct arm, cache_write_usd_mtok.x), offsetof(struct arm, batch_input_usd_mtok.x),
        offsetof(struct arm, batch_output_usd_mtok.x), offsetof(struct arm, gpus_per_replica.x), offsetof(struct arm, training_gpus.x),
    };

    for (size_t k = 0; k < BE_LEN(others); k++)
        if (offset == others[k])
            return -1;
#define MEMBER(name, usual)                                                                                   \
    if (offset == offsetof(struct arm, name.x))                                                               \
        return (ptrdiff_t)offsetof(struct kernel_arm, name);
    ARM_FIGURES(MEMBER)
#undef MEMBER
    return -1;
}

/* In every stint of the arm. */
static bool
add_of_arm(struct plan_places *p, const struct setup *s, int arm, ptrdiff_t figure)
{
    bool room = figure >= 0;

    for (int a = 0; room && a < s->sc.n_arms; a++) {
        struct stint st[2];
        const int n = stints_of(s, a, horizon_months(s), st);
        for (int k = 0; room && k < n; k++)
            if (st[k].arm == arm)
                room = add_place(p, (size_t)a * sizeof(struct kernel_job) + (size_t)k * sizeof(struct kernel_stint) +
                                        offsetof(struct kernel, job[0].stint[0].arm) + (size_t)figure);
    }
    return room;
}

bool
plan_find(struct plan_places *p, const struct setup *s, const size_t *offsets, int n)
{
    bool found = true;

    p->n = 0;
    for (int k = 0; found && k < n; k++) {
        const int arm = setup_arm_at(offsets[k]);
        if (arm < 0)
            found = add_of_scenario(p, offsets[k]);
        else
            found = add_of_arm(p, s, arm, figure_within(offsets[k] - offsetof(struct setup, sc.arms) - (size_t)arm * sizeof(struct arm)));
    }
    return found;
}

void
plan_put(struct kernel *k, const struct plan_places *p, double v)
{
    for (int i = 0; i < p->n; i++)
        *(struct figure *)(void *)((char *)k + p->at[i]) = (struct figure){ NULL, v };
}
