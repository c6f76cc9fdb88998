/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "search.h"

/* What is picked when one field is held at a value. */

#define FEW 64   /* samples of the first search, where means decide */
#define SOME 256 /* where quantiles do                              */

static int
pick_of(const struct trial_result *r, int n_arms)
{
    int pick = -1;

    for (int a = 0; a < n_arms; a++)
        if (isfinite(r->score[a]) && (pick < 0 || r->score[a] < r->score[pick]))
            pick = a;
    return pick;
}

int
search_rival(const struct trial_result *r, int base, int n_arms)
{
    int rival = -1;

    for (int a = 0; a < n_arms; a++)
        if (a != base && isfinite(r->score[a]) && (rival < 0 || r->score[a] < r->score[rival]))
            rival = a;
    return rival;
}

void
search_guess(struct search *q, double at, bool of_gate, double slope, double error)
{
    q->guess = at;
    q->of_gate = of_gate;
    q->slope = slope;
    q->error = fabs(error / slope);
}

void
search_weigh(struct search *q, unsigned candidates)
{
    q->weighed = candidates;
    q->asked = 0;
    for (int a = 0; a < q->s->n_arms; a++)
        if (candidates >> a & 1)
            q->asked |= gates_read(q->s, a);
}

static int
rule_on(const struct search *q, struct level *l, const struct samples *s, struct trial_result *r)
{
    bool passes[ARMS_MAX] = { false };
    int failed[ARMS_MAX] = { 0 };

    for (int a = 0; a < s->n_arms; a++) {
        r->margin[a] = q->weighed >> a & 1 ? gates_margin(s, a, l->holds) + l->margin[a] : -INFINITY;
        passes[a] = s->known[a] && r->margin[a] >= 0;
        failed[a] = !passes[a];
    }
    if (ruling_make(&l->ruling, s, passes, failed, s->setup.sc.attitude, false, q->err) < 0)
        return -1;
    for (int a = 0; a < s->n_arms; a++)
        r->score[a] = l->ruling.score[a] + l->score[a];
    r->pick = pick_of(r, s->n_arms);
    return 0;
}

struct trial_result
search_at(struct search *q, double v, int level)
{
    struct level *l = &q->level[level];
    struct trial_result r = { .at = v, .pick = -1 };
    const struct samples *s;

    if (q->status == 0)
        q->status = trials_at(q->trials, v, l->n, q->asked, &s, q->err);
    if (q->status == 0)
        q->status = rule_on(q, l, s, &r);
    return r;
}

struct trial_result
search_none(struct search *q, int level)
{
    struct level *l = &q->level[level];
    struct trial_result r = { .at = NAN, .pick = -1 };
    const struct samples *s;

    if (q->status == 0)
        q->status = trials_none(q->trials, l->n, &s, q->err);
    if (q->status == 0)
        q->status = rule_on(q, l, s, &r);
    return r;
}

/* What all samples say with no field held, less what these say. r: the ruling on all of them. */
static int
compare_with_all(struct search *q, struct level *l, const struct ruling *r)
{
    const bool by_mean = r->attitude != ATTITUDE_P90 && r->attitude != ATTITUDE_MINIMAX;
    const struct samples *s;
    int status = trials_none(q->trials, l->n, &s, q->err);

    if (status == 0)
        status = ruling_make(&l->ruling, s, r->passes, r->failed, r->attitude, true, q->err);
    for (int a = 0; status == 0 && a < s->n_arms; a++) {
        double score = by_mean ? r->mean_loss[a] - l->ruling.mean_loss[a] : r->score[a] - l->ruling.score[a];
        double margin = q->candidates >> a & 1 ? q->margin[a] - gates_margin(s, a, l->holds) : 0;
        l->score[a] = isfinite(score) ? score : 0;
        l->margin[a] = isfinite(margin) ? margin : 0;
    }
    return status;
}

/* With no field held, by all samples. */
static int
find_margins(struct search *q)
{
    unsigned char *holds = malloc((size_t)q->s->n);

    if (holds == NULL)
        return error_set(q->err, ERR_BUG, "no memory for the gates");
    for (int a = 0; a < q->s->n_arms; a++)
        if (q->candidates >> a & 1)
            q->margin[a] = gates_margin(q->s, a, holds);
    free(holds);
    return 0;
}

static int
add_level(struct search *q, int n, const struct ruling *r)
{
    struct level *l = &q->level[q->levels++];

    l->n = n;
    l->holds = malloc((size_t)n);
    l->gap = malloc((size_t)n * sizeof *l->gap);
    if (l->holds == NULL || l->gap == NULL)
        return error_set(q->err, ERR_BUG, "no memory for the gates");
    return n < q->s->n ? compare_with_all(q, l, r) : 0;
}

void
search_begin(struct search *q, const struct ruling *r)
{
    const int n = q->s->n;

    for (int a = 0; a < q->s->n_arms; a++)
        if (gates_of_fact_pass(q->s, a)) {
            q->candidates |= 1u << a;
            q->arms |= gates_read(q->s, a);
        }
    q->weighed = q->candidates;
    q->asked = q->arms;
    q->lent = r != NULL && r->trials != NULL;
    q->trials = q->lent ? r->trials : NULL;
    q->status = q->lent ? 0 : trials_new(&q->trials, q->s, q->options->cancel, q->err);
    if (r != NULL) {
        const int few = r->attitude == ATTITUDE_P90 || r->attitude == ATTITUDE_MINIMAX ? SOME : FEW;
        q->base = r->pick;
        q->free = r;
        if (q->status == 0 && few < n)
            q->status = find_margins(q);
        if (q->status == 0 && few < n)
            q->status = add_level(q, few, r);
        if (q->status == 0 && 4 * MIDDLE <= n)
            q->status = add_level(q, MIDDLE, r);
        if (q->status == 0 && 4 * MANY <= n)
            q->status = add_level(q, MANY, r);
    }
    if (q->status == 0)
        q->status = add_level(q, n, NULL);
}

double
search_between(const struct search *q, double a, double b, double f)
{
    return q->log ? a * pow(b / a, f) : a + f * (b - a);
}

const struct quantity *
search_quantity(const struct search *q)
{
    return field_value(&q->s->setup.sc, q->ref);
}

double
search_whole(const struct search *q, double v)
{
    return q->ref.field->whole ? rint(v) : v;
}

int
search_input(const struct samples *s, struct field_ref ref)
{
    for (int k = 0; k < s->n_inputs; k++)
        if (s->inputs[k].ref.field == ref.field &&
            (s->inputs[k].ref.arm == ref.arm || (ref.arm >= 0 && (s->inputs[k].arms >> ref.arm & 1))))
            return k;
    return -1;
}

bool
field_is_searchable(const struct samples *s, struct field_ref ref)
{
    const struct quantity *q = field_value(&s->setup.sc, ref);
    struct field_ref from;

    if (s->setup.sc.n_pilots > 0 && ref.arm < 0 && study_measures("pilot", ref.field->key) &&
        strstr(ref.field->key, "lora") == NULL)
        return false; /* the pilots' fit takes the place of the curve's fields */
    if (!field_is_quantity(ref.field) || q->kind == QUANTITY_UNSET || ref.field->affects == AFFECTS_NOTHING)
        return false;
    if (ref.arm >= 0 && (!field_applies(ref.field, s->setup.sc.arms[ref.arm].kind) || field_inherits(&s->setup, ref, &from)))
        return false;
    return strstr(ref.field->key, "_correlation") == NULL && strcmp(ref.field->key, "horizon.months") != 0;
}

void
search_release(struct search *q)
{
    for (int k = 0; k < q->levels; k++) {
        ruling_release(&q->level[k].ruling);
        free(q->level[k].holds);
        free(q->level[k].gap);
    }
    if (!q->lent)
        trials_free(q->trials);
}
