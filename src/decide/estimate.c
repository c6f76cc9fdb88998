/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <string.h>

#include "search.h"

/*
 * Where all samples have a flip between costs, from few of them: what these say of it is corrected by what
 * is known of all samples without a trial (control variates): the losses of the arms with no field held, what those of
 * the best two are made of, the inputs that move their difference most, and the held field's own column, which no longer
 * moves the losses once it is held.
 */

#define TRIALS 5  /* each begins where the one before estimates the flip              */
#define NEAR 0.03 /* relative: so far from a trial its estimate is believed            */
#define LOCAL 0.3 /* and by the slope from one before that is no farther off, since a cost may grow by powers */

/* ---- what is known of all samples ---------------------------------------------------------------- */

static void
add_control(struct controls *c, const real *x, double mean, int few)
{
    c->x[c->n] = x;
    c->mean[c->n] = column_mean(x, few);
    c->more[c->n] = mean - c->mean[c->n];
    c->n++;
}

/* Cholesky's factor goes on by one row: what of a column y those before place "at" explain. Returns the square of what they
 * leave of it, and in whole that of all. */
static double
factor(double row[], const struct controls *c, int at, const real *y, double mean, int n, double *whole)
{
    const real *x[CONTROLS + 1];
    double means[CONTROLS + 1], sum[CONTROLS + 1];

    memcpy(x, c->x, (size_t)at * sizeof *x);
    memcpy(means, c->mean, (size_t)at * sizeof *means);
    x[at] = y;
    means[at] = mean;
    columns_products(sum, x, means, at + 1, y, mean, n);
    double left = *whole = sum[at];
    for (int k = 0; k < at; k++) {
        for (int j = 0; j < k; j++)
            sum[k] -= row[j] * c->factor[k][j];
        row[k] = sum[k] / c->factor[k][k];
        left -= row[k] * row[k];
    }
    return left;
}

/* A control that those before it explain already adds nothing. */
static void
factor_control(struct controls *c, int at, int n)
{
    double whole, left = factor(c->factor[at], c, at, c->x[at], c->mean[at], n, &whole);

    for (int k = 0; k < at; k++)
        c->more[at] -= c->factor[at][k] * c->more[k];
    c->factor[at][at] = left > 1e-9 * whole ? sqrt(left) : INFINITY;
    c->more[at] /= c->factor[at][at];
}

struct strong {
    int input;
    double share; /* of the difference's squares that the input explains                  */
};

/* The strongest first; list has room for one more than are kept. */
static int
keep_strong(struct strong *list, int n, struct strong x)
{
    int at = n;

    for (; at > 0 && list[at - 1].share < x.share; at--)
        list[at] = list[at - 1];
    list[at] = x;
    return n < STRONGEST ? n + 1 : n;
}

/* The inputs that explain most of what the best two arms lie apart by; gap: room for it. */
static void
add_strongest(struct controls *c, const struct search *q, real *gap, int few)
{
    const struct samples *s = q->s;
    const struct ruling *r = q->free;
    struct strong list[STRONGEST + 1];
    int n = 0;

    if (r->pick < 0 || r->rival < 0)
        return;
    column_gap(gap, r->loss[r->rival], r->loss[r->pick], few);
    const double mean = column_mean(gap, few);
    for (int k = 0; k < s->n_inputs; k++) {
        const real *x = s->inputs[k].x, *const with[] = { gap, x };
        const double mean_x = column_mean(x, few), means[] = { mean, mean_x };
        double sum[2];
        columns_products(sum, with, means, 2, x, mean_x, few);
        if (sum[1] > 0 && isfinite(sum[0] * sum[0] / sum[1]))
            n = keep_strong(list, n, (struct strong){ k, sum[0] * sum[0] / sum[1] });
    }
    for (int k = 0; k < n; k++)
        add_control(c, s->inputs[list[k].input].x, samples_input_mean(s, list[k].input), few);
}

/* What an arm's cost is made of. */
static void
add_parts(struct controls *c, const struct samples *s, int arm, int few)
{
    static const enum metric parts[CONTROL_PARTS] = { METRIC_ONCE, METRIC_RUN };

    for (int k = 0; arm >= 0 && k < CONTROL_PARTS; k++)
        if (samples_facts(s, arm, parts[k])->finite == s->n)
            add_control(c, s->metric[arm][parts[k]], samples_facts(s, arm, parts[k])->mean, few);
}

/* Those of every field: they are taken up once. */
static void
find_common(struct controls *c, const struct search *q, real *gap, int few)
{
    const struct samples *s = q->s;

    for (int a = 0; a < s->n_arms; a++)
        if (q->free->loss[a] != NULL && isfinite(q->free->mean_loss[a]) && samples_facts(s, a, METRIC_NPV)->finite == s->n)
            add_control(c, q->free->loss[a], q->free->mean_loss[a], few);
    add_parts(c, s, q->free->pick, few);
    add_parts(c, s, q->free->rival, few);
    add_control(c, s->tokens_per_day, column_mean(s->tokens_per_day, s->n), few);
    add_strongest(c, q, gap, few);
    for (int k = 0; k < c->n; k++)
        factor_control(c, k, few);
    c->common = c->n;
    c->own = -1;
}

/* Those of the field at hand, as long as it is. */
static void
find_own(struct controls *c, const struct search *q, int few)
{
    const struct samples *s = q->s;
    const int input = search_input(s, q->ref);

    if (input == c->own)
        return;
    c->own = input;
    c->n = c->common;
    if (input < 0)
        return;
    add_control(c, s->inputs[input].x, samples_input_mean(s, input), few);
    add_control(c, s->inputs[input].z, s->inputs[input].scores.mean, few);
    for (int k = c->common; k < c->n; k++)
        factor_control(c, k, few);
}

/* By how much other's mean loss exceeds arm's in all samples, from the trial last made at a level; gap: room for its
 * samples. error: its standard error, as if what the controls do not explain were of independent samples. */
static double
lead_of_all(const struct search *q, struct level *l, int arm, int other, double *error)
{
    struct controls *c = &l->controls;
    double row[CONTROLS], lead, whole;

    if (c->n == 0)
        find_common(c, q, l->gap, l->n);
    find_own(c, q, l->n);
    column_gap(l->gap, l->ruling.loss[other], l->ruling.loss[arm], l->n);
    lead = column_mean(l->gap, l->n);
    const double left = factor(row, c, c->n, l->gap, lead, l->n, &whole);
    for (int k = 0; k < c->n; k++)
        lead += row[k] * c->more[k];
    *error = sqrt(fmax(0, left)) / l->n;
    return lead;
}

/* The same of all samples themselves, or estimated from few: how far they err is known of means alone. */
static double
lead_of(struct search *q, const struct trial_result *r, int level, int arm, int other, double *error)
{
    const int attitude = q->s->setup.sc.attitude;

    if (q->level[level].n < q->s->n && attitude != ATTITUDE_P90 && attitude != ATTITUDE_MINIMAX)
        return lead_of_all(q, &q->level[level], arm, other, error);
    *error = q->level[level].n < q->s->n ? INFINITY : 0;
    return r->score[other] - r->score[arm];
}

/* ---- trials ----------------------------------------------------------------------------------------- */

/* What the rival's lead grows by for each unit of the field. */
static double
slope_of(const struct trial_result *x, const struct trial_result *y, int base, int rival)
{
    return (y->score[rival] - y->score[base] - (x->score[rival] - x->score[base])) / (y->at - x->at);
}

double
flip_settles(const struct search *q, int level)
{
    return q->level[level].n >= MANY && !q->of_gate ? SETTLED : SETTLED_SOON;
}

bool
flip_estimate(struct search *q, const struct trial_result *in, struct trial_result *out, double now, double end, int level)
{
    const int base = q->base;
    struct trial_result before = { .at = NAN };
    double v = isfinite(q->guess) ? search_whole(q, q->guess) : out->at, error;

    if (base < 0 || out->pick < 0 || !isfinite(out->score[base]) || !isfinite(in->score[out->pick]))
        return false;
    for (int k = 0; k < TRIALS; k++) {
        struct trial_result r = search_at(q, v, level);
        const int rival = search_rival(&r, base, q->s->n_arms);
        if (q->status != 0 || rival < 0 || !isfinite(r.score[base]) || q->free->loss[base] == NULL || q->free->loss[rival] == NULL)
            return false;
        const double slope = k > 0 ? slope_of(&before, &r, base, rival) : isfinite(q->guess) && !q->of_gate ? q->slope : slope_of(in, out, base, rival);
        const double left = -lead_of(q, &r, level, base, rival, &error) / slope, at = v + left;
        if (!isfinite(left) || (at - now) * (end - at) <= 0)
            return false;
        const bool settles = fabs(error / slope) <= flip_settles(q, level) * fabs(at);
        const bool local = k == 0 || fabs(v - before.at) <= LOCAL * fabs(v);
        if (local && fabs(left) <= (settles && k < TRIALS - 1 && !q->ref.field->whole ? SETTLED : NEAR) * fabs(v)) {
            r.pick = rival;
            *out = r;
            search_guess(q, at, false, slope, error);
            return true;
        }
        before = r;
        v = search_whole(q, at);
    }
    return false;
}
