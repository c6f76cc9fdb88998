/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "parts.h"

/*
 * Inputs: every uncertain quantity that is in force, once.  Facts shared by arms are
 * one draw: an arm's figure that comes from a scenario-wide field shares that field's
 * column; two arms on the same hardware share its throughput, and so on by scope.
 */

/* ---- finding -------------------------------------------------------------------------- */

static size_t
offset_of_field(struct field_ref ref)
{
    size_t base = offsetof(struct setup, sc);

    if (ref.arm >= 0)
        base += offsetof(struct scenario, arms) + (size_t)ref.arm * sizeof(struct arm);
    return base + ref.field->offset;
}

size_t
column_offset(struct field_ref ref)
{
    return offset_of_field(ref) + offsetof(struct quantity, x);
}

int
setup_arm_at(size_t offset)
{
    const size_t first = offsetof(struct setup, sc.arms);

    return offset < first || offset >= first + ARMS_MAX * sizeof(struct arm) ? -1 : (int)((offset - first) / sizeof(struct arm));
}

static const struct quantity *
quantity_at(const struct setup *s, struct field_ref ref)
{
    return field_value(&s->sc, ref);
}

static void
add_target(struct columns *c, int input, struct field_ref ref)
{
    c->targets[c->n_targets].offset = column_offset(ref);
    c->targets[c->n_targets++].input = input;
    if (ref.arm >= 0)
        c->inputs[input].arms |= 1u << ref.arm;
}

static void
add_input(struct columns *c, const struct setup *s, struct field_ref ref)
{
    struct input *in = &c->inputs[c->n_inputs];
    memset(in, 0, sizeof *in);
    in->ref = ref;
    in->group = ref.field->group;
    in->dimension = column_dimension(ref);
    in->quantity = *quantity_at(s, ref);
    field_path(&s->sc, ref, in->path, sizeof in->path);
    add_target(c, c->n_inputs++, ref);
}

static bool
same_text(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static int
place_in(const char *key, const char *const *keys, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (same_text(key, keys[k]))
            return (int)k;
    return -1;
}

/* Do two arms mean one fact by this field? */
static bool
same_scope(const struct setup *s, enum draw_scope scope, int a, int b)
{
    const struct arm *x = &s->sc.arms[a], *y = &s->sc.arms[b];

    switch (scope) {
    case SCOPE_HARDWARE:
        return same_text(x->model, y->model) && same_text(x->gpu, y->gpu) && same_text(x->engine, y->engine) &&
               x->precision == y->precision && same_text(x->gpus_per_replica.text, y->gpus_per_replica.text);
    case SCOPE_MODEL:
        return same_text(x->model, y->model) && arm_kind_is_tuned(x->kind) == arm_kind_is_tuned(y->kind) &&
               (!arm_kind_is_tuned(x->kind) || x->method == y->method);
    case SCOPE_PRICE:
        return same_text(x->model, y->model) && same_text(x->host, y->host);
    case SCOPE_GPU:
        return same_text(x->gpu, y->gpu) && same_text(x->instance, y->instance);
    default:
        return false;
    }
}

/* The input that already stands for this figure of this arm; -1 if none does. */
static int
shared_input(const struct columns *c, const struct setup *s, struct field_ref ref)
{
    const struct quantity *q = quantity_at(s, ref);
    struct field_ref from = { NULL, -1 };
    bool inherits = field_inherits(s, ref, &from);

    for (int k = 0; k < c->n_inputs; k++) {
        const struct input *in = &c->inputs[k];
        if (inherits && in->ref.field == from.field && (from.arm < 0 ? in->ref.arm < 0 : in->arms >> from.arm & 1))
            return k;
        if (same_text(in->quantity.text, q->text) && in->ref.arm >= 0 && in->ref.field == ref.field &&
            same_scope(s, ref.field->scope, in->ref.arm, ref.arm))
            return k;
    }
    return -1;
}

/* ---- what has an effect ----------------------------------------------------------------- */

/* Scenario fields that only some kinds of arm read. */
static const struct {
    const char *key;
    unsigned kinds;
} readers[] = {
    { "prices.api_price_change_per_year", KINDS_TOKENS },
    { "prices.gpu_price_change_per_year", KINDS_SERVED },
    { "labels.guideline_hours", KINDS_TUNED },
    { "labels.holdout_share", KINDS_TUNED },
    { "labels.general_mix_share", KINDS_TUNED },
    { "labels.general_mix_usd_mtok", KINDS_TUNED },
    { "labels.harvest_per_month", KIND(ARM_STAGED) },
    { "labels.review_minutes", KIND(ARM_STAGED) },
    { "training.epochs", KINDS_TUNED },
    { "training.retrain_every_months", KINDS_TUNED },
    { "training.retrain_share", KINDS_TUNED },
    { "training.base_upgrade_every_months", KINDS_TUNED },
    { "people.migration_person_months", KINDS_TOKENS },
    { "quality.alpha", KINDS_TUNED },
    { "quality.n_scale", KINDS_TUNED },
    { "quality.e_inf_share", KINDS_TUNED },
    { "quality.e_0", KINDS_TUNED },
    { "quality.lora_points", KINDS_TUNED },
    { "quality.qlora_relative", KINDS_TUNED },
    { "quality.api_drift_per_year", KIND(ARM_API) },
    { "quality.drift_points_per_month", KINDS_TUNED },
};

static bool
is_curve(const struct field *f)
{
    static const char *const keys[] = { "quality.alpha", "quality.n_scale", "quality.e_inf_share", "quality.e_0" };

    return place_in(f->key, keys, BE_LEN(keys)) >= 0;
}

/* Pilot points show the method's penalty already. */
static bool
penalty_applies(const struct setup *s, const struct field *f)
{
    bool qlora = same_text(f->key, "quality.qlora_relative");

    if (!qlora && !same_text(f->key, "quality.lora_points"))
        return true;
    for (int a = 0; s->sc.n_pilots == 0 && a < s->sc.n_arms; a++)
        if (arm_kind_is_tuned(s->sc.arms[a].kind) &&
            (qlora ? s->sc.arms[a].method == METHOD_QLORA : s->sc.arms[a].method != METHOD_FULL))
            return true;
    return false;
}

/* A scenario-wide figure for arms is read through the arms that have none of their own. */
static bool
is_only_a_fallback(const struct setup *s, const struct field *f)
{
    bool supplies = false;

    for (int k = 0; k < arm_fields_n; k++) {
        if (arm_fields[k].fallback == NULL || !same_text(arm_fields[k].fallback, f->key))
            continue;
        supplies = true;
        for (int a = 0; a < s->sc.n_arms; a++) {
            struct field_ref from;
            if (field_inherits(s, (struct field_ref){ &arm_fields[k], a }, &from))
                return false;
        }
    }
    /* the workload's own attempts are those of the axis */
    return supplies && !same_text(f->key, "workload.extra_attempts");
}

static bool
scenario_field_is_idle(const struct setup *s, const struct field *f, bool fitted)
{
    unsigned kinds = 0;

    if (fitted && is_curve(f))
        return true; /* the pilots' fit takes their place */
    for (int a = 0; a < s->sc.n_arms; a++)
        kinds |= KIND(s->sc.arms[a].kind);
    for (size_t k = 0; k < BE_LEN(readers); k++)
        if (same_text(readers[k].key, f->key) && !(readers[k].kinds & kinds))
            return true;
    return !penalty_applies(s, f) || is_only_a_fallback(s, f);
}

/* The error of a modelled figure plays no part where the figure itself is typed. */
static bool
arm_field_is_idle(const struct setup *s, const struct field *f, const struct arm *a, bool fitted)
{
    if (same_text(f->key, "throughput_factor"))
        return a->throughput_tok_s.kind != QUANTITY_UNSET;
    if (same_text(f->key, "training_hours_factor"))
        return a->training_hours.kind != QUANTITY_UNSET || a->training_tok_s.kind != QUANTITY_UNSET;
    if (same_text(f->key, "ttft_factor"))
        return a->ttft_ms.kind != QUANTITY_UNSET;
    if (same_text(f->key, "quality")) /* of a tuned arm: of its base model, where no curve says it */
        return arm_kind_is_tuned(a->kind) && (fitted || s->sc.quality.e_0.kind != QUANTITY_UNSET);
    return false;
}

/* Uncertain, read by something, and the figure in force. */
static bool
is_drawn(const struct setup *s, struct field_ref ref, bool fitted)
{
    if (!field_is_quantity(ref.field) || !quantity_is_uncertain(quantity_at(s, ref)))
        return false;
    if (ref.arm < 0)
        return !scenario_field_is_idle(s, ref.field, fitted);
    const struct arm *a = &s->sc.arms[ref.arm];
    return field_applies(ref.field, a->kind) && !arm_field_is_idle(s, ref.field, a, fitted);
}

int
columns_find(struct columns *c, const struct setup *s, bool fitted, struct error *err)
{
    c->n_inputs = c->n_targets = 0;
    for (int k = 0; k < scenario_fields_n; k++) {
        struct field_ref ref = { &scenario_fields[k], -1 };
        if (is_drawn(s, ref, fitted))
            add_input(c, s, ref);
    }
    for (int k = 0; k < arm_fields_n; k++)
        for (int a = 0; a < s->sc.n_arms; a++) {
            struct field_ref ref = { &arm_fields[k], a };
            if (!is_drawn(s, ref, fitted))
                continue;
            int shared = shared_input(c, s, ref);
            if (shared < 0 && c->n_inputs == INPUTS_MAX)
                return error_set(err, ERR_SIZE, "more than %d uncertain inputs", INPUTS_MAX);
            if (c->n_targets == TARGETS_MAX)
                return error_set(err, ERR_BUG, "more than %d uncertain figures", TARGETS_MAX);
            if (shared >= 0)
                add_target(c, shared, ref);
            else
                add_input(c, s, ref);
        }
    return 0;
}

/* What moves most decisions most comes first. */
static const char *const leading_scenario[] = {
    "workload.requests_per_day", "people.fte_cost_usd_month", "workload.input_tokens", "workload.output_tokens",
    "workload.hazard_per_month", "quality.error_cost_usd", "workload.growth_per_month", "serving.overhead_share",
    "prices.api_price_change_per_year", "prices.gpu_price_change_per_year", "workload.cached_share",
    "workload.peak_to_average", "quality.alpha", "quality.n_scale", "quality.e_inf_share", "quality.e_0",
    "labels.per_hour", "labels.hourly_rate", "labels.reject_share", "labels.examples", "evaluation.test_examples",
    "evaluation.human_minutes", "evaluation.human_examples", "quality.api_drift_per_year",
};
static const char *const leading_arm[] = {
    "quality", "throughput_factor", "gpu_price_usd_h", "ttft_factor", "throughput_tok_s", "output_factor",
    "escalation_share", "input_usd_mtok", "output_usd_mtok", "run_fte",
};
#define LEADING_GROUPS ((int)BE_LEN(leading_scenario))
#define LEADING_ARMS (LEADING_GROUPS + GROUP_QUALITY)
_Static_assert(BE_LEN(leading_scenario) + GROUP_QUALITY + BE_LEN(leading_arm) * ARMS_MAX <= DRAWS_LEADING,
               "more leading fields than dimensions");

/* ---- drawing ------------------------------------------------------------------------------ */

double
column_rho(const struct setup *s, enum draw_group g)
{
    const struct quantity *q = g == GROUP_PRICE    ? &s->sc.prices.price_correlation
                               : g == GROUP_LENGTH ? &s->sc.prices.length_correlation
                                                   : &s->sc.prices.quality_correlation;

    return g == GROUP_NONE || q->kind == QUANTITY_UNSET ? 0 : fmin(1, fmax(0, q->x));
}

static bool
needs_u(const struct quantity *q)
{
    return q->kind == QUANTITY_UNIFORM || q->kind == QUANTITY_PERT || q->f_low > 1e-12 || q->f_high < 1 - 1e-12;
}

/* A Beta quantile takes microseconds, so it is tabulated over the score and read by the cubic
 * through four nodes: within 1e-7 of the distribution's width. */
#define NODES_A_UNIT 32
#define NODES_FROM (-6.5)
#define NODES (13 * NODES_A_UNIT + 1)

/* As far as these scores reach: a node takes as long as a hundred draws. */
static void
tabulate(const struct quantity *q, double node[NODES], const double *z, int n)
{
    struct quantity smooth = *q;
    double low = z[0], high = z[0];

    for (int i = 0; i < n; i++) {
        low = z[i] < low ? z[i] : low;
        high = z[i] > high ? z[i] : high;
    }
    const int from = (int)fmax(0, (low - NODES_FROM) * NODES_A_UNIT - 1),
              to = (int)fmin(NODES, (high - NODES_FROM) * NODES_A_UNIT + 3);
    smooth.whole = false;
    for (int k = from; k < to; k++)
        node[k] = quantity_quantile(&smooth, normal_cdf(NODES_FROM + k / (double)NODES_A_UNIT));
}

static double
read_table(const struct quantity *q, const double node[NODES], double z)
{
    double at = (z - NODES_FROM) * NODES_A_UNIT, low = q->whole ? ceil(q->low) : q->low,
           high = q->whole ? floor(q->high) : q->high;

    if (!(at >= 1 && at < NODES - 2))
        return quantity_quantile(q, normal_cdf(z));
    const double *p = node + (int)at;
    double t = at - (int)at, a = t + 1, b = t - 1, c = t - 2;
    double x = -p[-1] * t * b * c / 6 + p[0] * a * b * c / 2 - p[1] * a * t * c / 2 + p[2] * a * t * b / 6;
    x = fmin(q->c, fmax(q->a, x));
    return fmin(high, fmax(low, q->whole ? rint(x) : x));
}

static void
bound(double *x, int n, double low, double high)
{
    for (int i = 0; i < n; i++) {
        x[i] = x[i] < low ? low : x[i];
        x[i] = x[i] > high ? high : x[i];
    }
}

/* Of what is not cut, from the scores; several at a time where the kind is a common one. x holds the uniform draws. */
static void
draw_scored(const struct quantity *q, const double *z, double *x, int n)
{
    if (q->whole || (q->kind != QUANTITY_LOGNORMAL && q->kind != QUANTITY_LOGITNORMAL)) {
        quantity_draws(q, z, x, x, n);
        return;
    }
    (q->kind == QUANTITY_LOGNORMAL ? draws_powers : draws_shares)(x, z, n, q->a, q->b);
    bound(x, n, q->low, q->high);
}

#define DRAWS_CUT 256

static void
draw_pert(const struct quantity *q, const double *z, double *x, int n)
{
    double node[NODES];

    tabulate(q, node, z, n);
    for (int i = 0; i < n; i++)
        x[i] = read_table(q, node, z[i]);
}

/* A score of what is left between the bounds, several at a time; x holds the uniform draws. */
static void
draw_cut(const struct quantity *q, double *x, int n)
{
    struct quantity whole = *q;
    double u[DRAWS_CUT], z[DRAWS_CUT];

    whole.f_low = 0;
    whole.f_high = 1;
    for (int from = 0; from < n; from += DRAWS_CUT) {
        const int count = n - from < DRAWS_CUT ? n - from : DRAWS_CUT;
        for (int i = 0; i < count; i++)
            u[i] = fmin(1 - 1e-16, fmax(1e-300, q->f_low + x[from + i] * (q->f_high - q->f_low)));
        draws_scores(z, u, count);
        memcpy(x + from, u, (size_t)count * sizeof *u);
        draw_scored(&whole, z, x + from, count);
    }
}

void
column_group(double *group, double *u, int n, enum draw_group g, uint64_t seed)
{
    draws_uniform(u, n, LEADING_GROUPS + (int)g - 1, seed);
    draws_scores(group, u, n);
}

/* The values, from the scores; x holds the uniform draw first. */
static void
draw_values(const struct quantity *q, const double *z, double *x, int n, double rho)
{
    if (q->kind == QUANTITY_PERT)
        draw_pert(q, z, x, n);
    else {
        for (int i = 0; rho > 0 && needs_u(q) && i < n; i++)
            x[i] = normal_cdf(z[i]);
        if (q->kind != QUANTITY_UNIFORM && needs_u(q))
            draw_cut(q, x, n);
        else
            draw_scored(q, z, x, n);
    }
}

/* So many at a time that a compiler takes them side by side; columns have room for it. */
#define AT_ONCE 8

void
column_put(real *x, const double *v, int n)
{
    for (int i = 0; i < n; i += AT_ONCE)
        for (int k = 0; k < AT_ONCE; k++)
            x[i + k] = (real)v[i + k];
}

void
column_get(double *v, const real *x, int n)
{
    for (int i = 0; i < n; i += AT_ONCE)
        for (int k = 0; k < AT_ONCE; k++)
            v[i + k] = (double)x[i + k];
}

void
column_draw(const struct quantity *q, real *z, real *x, double *room, int n, int dimension, double rho, const double *group,
            uint64_t seed, bool z_kept)
{
    const double own = sqrt(1 - rho), shared = sqrt(rho);
    double *score = room, *value = room + column_stride(n);

    if (!z_kept || (rho == 0 && q->kind != QUANTITY_PERT && needs_u(q)))
        draws_uniform(value, n, dimension, seed);
    if (!z_kept) {
        draws_scores(score, value, n);
        for (int i = 0; rho > 0 && i < n; i++)
            score[i] = shared * group[i] + own * score[i];
        column_put(z, score, n);
    }
    column_get(score, z, n);
    draw_values(q, score, value, n, rho);
    column_put(x, value, n);
}

int
column_dimension(struct field_ref ref)
{
    int k;

    if (ref.arm < 0) {
        k = place_in(ref.field->key, leading_scenario, BE_LEN(leading_scenario));
        return k >= 0 ? k : DRAWS_LEADING + (int)(ref.field - scenario_fields);
    }
    k = place_in(ref.field->key, leading_arm, BE_LEN(leading_arm));
    if (k >= 0)
        return LEADING_ARMS + k * ARMS_MAX + ref.arm;
    return DRAWS_LEADING + scenario_fields_n + (int)(ref.field - arm_fields) * ARMS_MAX + ref.arm;
}

/* alpha, n_scale, e_inf_share, e_0: a fit gives these in the same order. */
int
column_fit_dimension(int k)
{
    return place_in("quality.alpha", leading_scenario, BE_LEN(leading_scenario)) + k;
}

void
columns_apply(const struct columns *c, struct setup *work, int i)
{
    char *base = (char *)work;

    for (int k = 0; k < c->n_targets; k++)
        *(double *)(void *)(base + c->targets[k].offset) = c->inputs[c->targets[k].input].x[i];
}
