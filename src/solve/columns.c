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

static const struct quantity *
quantity_at(const struct setup *s, struct field_ref ref)
{
    return field_value(&s->sc, ref);
}

static void
add_target(struct columns *c, int input, struct field_ref ref)
{
    if (c->n_targets == TARGETS_MAX)
        return;
    c->targets[c->n_targets].offset = column_offset(ref);
    c->targets[c->n_targets++].input = input;
    if (ref.arm >= 0)
        c->inputs[input].arms |= 1u << ref.arm;
}

static void
add_input(struct columns *c, const struct setup *s, struct field_ref ref)
{
    if (c->n_inputs == INPUTS_MAX)
        return;
    struct input *in = &c->inputs[c->n_inputs];
    memset(in, 0, sizeof *in);
    in->ref = ref;
    in->group = ref.field->group;
    in->quantity = *quantity_at(s, ref);
    field_path(&s->sc, ref, in->path, sizeof in->path);
    add_target(c, c->n_inputs++, ref);
}

static bool
same_text(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
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

/* The error of a modelled figure plays no part where the figure itself is typed. */
static bool
is_idle(const struct setup *s, struct field_ref ref)
{
    static const char *const curve[] = { "quality.alpha", "quality.n_scale", "quality.e_inf_share", "quality.e_0" };
    const struct arm *a = ref.arm >= 0 ? &s->sc.arms[ref.arm] : NULL;

    for (size_t k = 0; a == NULL && s->sc.n_pilots > 0 && k < BE_LEN(curve); k++)
        if (same_text(ref.field->key, curve[k]))
            return true; /* the pilots' fit takes their place */
    if (a == NULL)
        return false;
    if (same_text(ref.field->key, "throughput_factor"))
        return a->throughput_tok_s.kind != QUANTITY_UNSET;
    if (same_text(ref.field->key, "training_hours_factor"))
        return a->training_hours.kind != QUANTITY_UNSET || a->training_tok_s.kind != QUANTITY_UNSET;
    if (same_text(ref.field->key, "ttft_factor"))
        return a->ttft_ms.kind != QUANTITY_UNSET;
    return false;
}

void
columns_find(struct columns *c, const struct setup *s)
{
    c->n_inputs = c->n_targets = 0;
    for (int k = 0; k < scenario_fields_n; k++) {
        struct field_ref ref = { &scenario_fields[k], -1 };
        if (field_is_quantity(ref.field) && quantity_is_uncertain(quantity_at(s, ref)) && !is_idle(s, ref))
            add_input(c, s, ref);
    }
    for (int k = 0; k < arm_fields_n; k++)
        for (int a = 0; a < s->sc.n_arms; a++) {
            struct field_ref ref = { &arm_fields[k], a };
            if (!field_is_quantity(ref.field) || !field_applies(ref.field, s->sc.arms[a].kind) ||
                !quantity_is_uncertain(quantity_at(s, ref)) || is_idle(s, ref))
                continue;
            int shared = shared_input(c, s, ref);
            if (shared >= 0)
                add_target(c, shared, ref);
            else
                add_input(c, s, ref);
        }
}

/* ---- drawing ------------------------------------------------------------------------------ */

static double
group_rho(const struct setup *s, enum draw_group g)
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

static void
draw_input(struct input *in, double *z, double *x, int n, double rho, const double *group, uint64_t seed)
{
    double own = sqrt(1 - rho), shared = sqrt(rho);
    bool mixed = rho > 0 && group != NULL, u_wanted = needs_u(&in->quantity);

    draws_uniform(x, n, in->dimension, seed);
    for (int i = 0; i < n; i++) {
        double u = x[i], score = draws_normal(u);
        if (mixed) {
            score = shared * group[i] + own * score;
            u = u_wanted ? normal_cdf(score) : u;
        }
        z[i] = score;
        x[i] = quantity_draw(&in->quantity, score, u);
    }
    in->z = z;
    in->x = x;
}

static int
dimension_of(struct field_ref ref)
{
    if (ref.arm < 0)
        return DIMENSION_SCENARIO + (int)(ref.field - scenario_fields);
    return DIMENSION_ARM + (int)(ref.field - arm_fields) * ARMS_MAX + ref.arm;
}

int
columns_draw(struct columns *c, const struct setup *s, int n, uint64_t seed, double *block, struct error *err)
{
    double *group = block + (size_t)2 * (size_t)n * (size_t)c->n_inputs;

    if (scenario_fields_n > DIMENSION_ARM || DIMENSION_ARM + arm_fields_n * ARMS_MAX > DIMENSION_GROUP)
        return error_set(err, ERR_BUG, "more fields than the draws have dimensions");
    for (int k = 0; k < c->n_inputs; k++)
        c->inputs[k].dimension = dimension_of(c->inputs[k].ref);
    for (int g = GROUP_NONE; g <= GROUP_QUALITY; g++) {
        double rho = group_rho(s, (enum draw_group)g);
        if (rho > 0) {
            draws_uniform(group, n, DIMENSION_GROUP + g, seed);
            for (int i = 0; i < n; i++)
                group[i] = draws_normal(group[i]);
        }
        for (int k = 0; k < c->n_inputs; k++)
            if ((int)c->inputs[k].group == g) {
                double *z = block + (size_t)2 * (size_t)n * (size_t)k;
                draw_input(&c->inputs[k], z, z + n, n, rho, rho > 0 ? group : NULL, seed);
            }
    }
    return 0;
}

void
columns_apply(const struct columns *c, struct setup *work, int i)
{
    char *base = (char *)work;

    for (int k = 0; k < c->n_targets; k++)
        *(double *)(void *)(base + c->targets[k].offset) = c->inputs[c->targets[k].input].x[i];
}
