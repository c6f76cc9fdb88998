/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/*
 * Flips and tornado (section 11.5): one field's whole column is held at a constant, all else stays as
 * sampled, and the attitude in use picks again. The search begins on few samples and goes on where it found
 * something on more, in the end on all: a flip that is reported was seen there. What a prefix gets wrong with
 * no field held is taken off what it says (a control variate), so that few samples go far; where all samples
 * have a flip is estimated before they are asked, so that they are asked seldom.
 */

#define FEW 64           /* samples of the first search, where means decide          */
#define SOME 256         /* where quantiles do                                       */
#define MIDDLE 1024
#define TORNADO 256
#define STRAIGHT 1e-9    /* relative: columns are summed in an order of their own          */
#define LEVELS 3
#define NEAR_SHARE 0.05  /* of a gate: three standard errors of a share of MIDDLE samples at most */
#define NEAR 0.1         /* relative, of what an arm costs more than the pick             */
#define BEYOND 1.2e-3      /* relative: so far beyond a flip of MIDDLE samples all samples are asked first */
#define SCAN 4           /* values tried between the field in force and its limit on each side */
#define PRECISION 1e-3   /* relative, of a flip as it is searched for                */
#define ACCEPTED 3e-3    /* and of one whose distance is known from the level before */

/* Samples of one number and their ruling, whose memory the next value uses again. */
struct level {
    int n;
    struct ruling ruling;
    unsigned char *holds;
    double score[ARMS_MAX], margin[ARMS_MAX]; /* of all samples less those of this level      */
};

struct search {
    const struct samples *s;
    const struct solve_options *options;
    struct error *err;
    struct trials *trials;
    struct field_ref ref;
    bool log;            /* scan in ratios                                        */
    int status;
    const struct ruling *free; /* on all samples with no field held; NULL               */
    double guess;        /* where all samples are estimated to have a flip; NAN         */
    int base;            /* the arm picked with no field held                      */
    unsigned candidates; /* arms that some figure could make the pick                */
    unsigned arms;       /* and those that their gates look at                      */
    unsigned weighed;    /* candidates that a trial weighs                            */
    unsigned asked;      /* and those that their gates look at                      */
    struct level level[LEVELS];
    int levels;
};

static void
search_release(struct search *q)
{
    for (int k = 0; k < q->levels; k++) {
        ruling_release(&q->level[k].ruling);
        free(q->level[k].holds);
    }
    trials_free(q->trials);
}

/* ---- what is picked when the field is v ------------------------------------------------------ */

/* The arm that is picked (-1: none passes, or an error), what the attitude in use minimises, and by how
 * much each arm passes its gates. */
struct trial_result {
    double at;
    int pick;
    double score[ARMS_MAX], margin[ARMS_MAX];
};

static int
pick_of(const struct trial_result *r, int n_arms)
{
    int pick = -1;

    for (int a = 0; a < n_arms; a++)
        if (isfinite(r->score[a]) && (pick < 0 || r->score[a] < r->score[pick]))
            pick = a;
    return pick;
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

static struct trial_result
try_at(struct search *q, double v, int level)
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

/* The same with no field held. */
static struct trial_result
try_none(struct search *q, int level)
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
    unsigned char *holds = malloc((size_t)q->s->n);
    const struct samples *s;
    int status = holds != NULL ? trials_none(q->trials, l->n, &s, q->err) : error_set(q->err, ERR_BUG, "no memory for the gates");

    if (status == 0)
        status = ruling_make(&l->ruling, s, r->passes, r->failed, r->attitude, true, q->err);
    for (int a = 0; status == 0 && a < s->n_arms; a++) {
        double score = by_mean ? r->mean_loss[a] - l->ruling.mean_loss[a] : r->score[a] - l->ruling.score[a];
        double margin = q->candidates >> a & 1 ? gates_margin(q->s, a, holds) - gates_margin(s, a, holds) : 0;
        l->score[a] = isfinite(score) ? score : 0;
        l->margin[a] = isfinite(margin) ? margin : 0;
    }
    free(holds);
    return status;
}

static int
add_level(struct search *q, int n, const struct ruling *r)
{
    struct level *l = &q->level[q->levels++];

    l->n = n;
    l->holds = malloc((size_t)n);
    if (l->holds == NULL)
        return error_set(q->err, ERR_BUG, "no memory for the gates");
    return n < q->s->n ? compare_with_all(q, l, r) : 0;
}

/* Trials on all samples; r: the ruling on them, for levels of fewer before, or NULL. */
static void
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
    q->status = trials_new(&q->trials, q->s, q->options->cancel, q->err);
    if (r != NULL) {
        const int few = r->attitude == ATTITUDE_P90 || r->attitude == ATTITUDE_MINIMAX ? SOME : FEW;
        q->base = r->pick;
        q->free = r;
        if (q->status == 0 && few < n)
            q->status = add_level(q, few, r);
        if (q->status == 0 && 4 * MIDDLE <= n)
            q->status = add_level(q, MIDDLE, r);
    }
    if (q->status == 0)
        q->status = add_level(q, n, NULL);
}

static double
between(const struct search *q, double a, double b, double f)
{
    return q->log ? a * pow(b / a, f) : a + f * (b - a);
}

/* The field's own distribution, or the point it is. */
static const struct quantity *
quantity_in_force(const struct search *q)
{
    return field_value(&q->s->setup.sc, q->ref);
}

static double
whole(const struct search *q, double v)
{
    return q->ref.field->whole ? rint(v) : v;
}

/* ---- one side ------------------------------------------------------------------------------------ */

/* Ends of the scan: the legal limit, but no further than a thousandfold, since what
 * lies beyond is no plan of anybody's. */
static double
far_end(const struct search *q, double now, bool up)
{
    double low = q->ref.field->low, high = q->ref.field->high;

    if (q->log)
        return up ? fmin(high, now * 1000) : fmax(fmax(low, 1e-12), now / 1000);
    return up ? high : low;
}

/* What has to fall below zero for the pick to change between in and out: the lead over the arm that takes its
 * place, or by how much one of the two passes its gates. NAN: not known. */
static double
lead(const struct trial_result *r, const struct trial_result *in, const struct trial_result *out)
{
    if (in->pick >= 0 && !(out->margin[in->pick] >= 0))
        return r->margin[in->pick];
    if (out->pick >= 0 && !(in->margin[out->pick] >= 0))
        return -r->margin[out->pick];
    return in->pick >= 0 && out->pick >= 0 ? r->score[out->pick] - r->score[in->pick] : NAN;
}

/* Where between the two a straight line puts the flip; the middle if there is none. */
static double
chord(const struct trial_result *in, const struct trial_result *out)
{
    double a = lead(in, in, out), b = lead(out, in, out), t = a / (a - b);

    return isfinite(t) ? fmin(0.98, fmax(0.02, t)) : 0.5;
}

/* Close in on a flip: the pick at "in" is base, at "out" it is not. A chord that leaves more than half is
 * followed by a halving, a step beyond a chord meets its other side. */
static void
narrow(struct search *q, struct trial_result *in, struct trial_result *out, int level)
{
    bool halve = false;

    for (int k = 0; k < 40 && q->status == 0; k++) {
        double width = fabs(out->at - in->at), size = fmax(fabs(in->at), fabs(out->at));
        if (width <= PRECISION * size)
            return;
        double t = halve ? 0.5 : chord(in, out), margin = 0.4 * PRECISION * size / width;
        t = t < 0.5 ? fmin(0.5, t + margin) : fmax(0.5, t - margin);
        double middle = whole(q, between(q, in->at, out->at, t));
        if (middle == in->at || middle == out->at)
            middle = whole(q, between(q, in->at, out->at, 0.5));
        if (middle == in->at || middle == out->at)
            return;
        struct trial_result r = try_at(q, middle, level);
        *(r.pick == q->base ? in : out) = r;
        halve = fabs(out->at - in->at) > 0.5 * width;
    }
}

/* How far a value lies from the flip by the slope of the level before, between in and out; NAN: not known. */
static double
distance(const struct trial_result *at, const struct trial_result *in, const struct trial_result *out)
{
    double slope = (lead(out, in, out) - lead(in, in, out)) / (out->at - in->at);

    return fabs(lead(at, in, out) / slope);
}

/* The next value to try from "at" towards "end": what the level before says is left with something to spare,
 * or a share of the way that grows from step to step. */
static double
reach_for(const struct search *q, double at, double end, double left, double share)
{
    double step = 1.3 * left + 0.5 * PRECISION * fabs(at);

    if (isfinite(step) && step < 0.2 * fabs(at) && step < fabs(end - at))
        return whole(q, end > at ? at + step : at - step);
    return whole(q, between(q, at, end, fmin(1, share)));
}

/* This level and the one before may disagree a little: bracket here, from the other's answer outwards, and
 * close in again. sure: the other had many samples; then what is seen beyond the flip and near it by the other's
 * slope is near enough. */
static bool
confirm(struct search *q, struct trial_result *in, struct trial_result *out, double now, double end, int level, bool sure)
{
    const struct trial_result before_in = *in, before_out = *out;
    const double found = isfinite(q->guess) ? q->guess : before_out.at;
    double first = sure ? reach_for(q, found, end, BEYOND / 1.3 * fabs(found), 0) : found, reach = 0.004;
    struct trial_result at = try_at(q, first, level);
    bool has_in = at.pick == q->base, has_out = !has_in;

    *in = *out = at;
    for (int k = 0; k < 8 && q->status == 0 && !(has_in && has_out); k++, reach *= 2.5) {
        double left = k < 3 ? distance(&at, &before_in, &before_out) : NAN, from = has_in ? in->at : out->at;
        if (has_out && sure && left <= ACCEPTED * fabs(at.at))
            return true;
        double next = reach_for(q, from, has_in ? end : now, left, reach);
        if (next == from)
            continue;
        at = try_at(q, next, level);
        if (at.pick == q->base)
            *in = at, has_in = true;
        else
            *out = at, has_out = true;
    }
    if (!has_out || q->status != 0)
        return false;
    if (!has_in) {
        *in = try_at(q, now, level);
        if (in->pick != q->base)
            return false;
    }
    narrow(q, in, out, level);
    return q->status == 0;
}

/* By how much other's mean loss exceeds arm's in all samples, from the trial last made at a level. Their losses
 * with no field held are known of all samples: what of the difference a straight line in these two explains is
 * taken from all of them. */
static double
lead_of_all(const struct search *q, const struct level *l, int arm, int other)
{
    const double *x = q->free->loss[arm], *y = q->free->loss[other], *a = l->ruling.loss[arm], *b = l->ruling.loss[other];
    const double mx = column_mean(x, l->n), my = column_mean(y, l->n), mz = column_mean(b, l->n) - column_mean(a, l->n);
    double xx = 0, xy = 0, yy = 0, xz = 0, yz = 0;

    for (int i = 0; i < l->n; i++) {
        double u = x[i] - mx, v = y[i] - my, w = b[i] - a[i] - mz;
        xx += u * u, xy += u * v, yy += v * v, xz += u * w, yz += v * w;
    }
    double det = xx * yy - xy * xy, of_x = -1, of_y = 1;
    if (det > 1e-9 * xx * yy)
        of_x = (xz * yy - yz * xy) / det, of_y = (yz * xx - xz * xy) / det;
    return mz + of_x * (q->free->mean_loss[arm] - mx) + of_y * (q->free->mean_loss[other] - my);
}

/* Where all samples have a flip between costs that this level found, if that is near. */
static void
guess(struct search *q, const struct trial_result *in, const struct trial_result *out, double now, double end, int level)
{
    const int base = q->base, pick = out->pick, attitude = q->s->setup.sc.attitude;

    q->guess = NAN;
    if (attitude == ATTITUDE_P90 || attitude == ATTITUDE_MINIMAX || base < 0 || pick < 0 || !isfinite(out->score[base]) ||
        !isfinite(in->score[pick]) || q->free->loss[base] == NULL || q->free->loss[pick] == NULL)
        return;
    const double v = out->at, slope = fabs((lead(out, in, out) - lead(in, in, out)) / (v - in->at));
    try_at(q, v, level);
    if (q->status != 0)
        return;
    const double left = lead_of_all(q, &q->level[level], pick, base) / slope, at = end > v ? v - left : v + left;
    if (fabs(left) <= NEAR / 2 * fabs(v) && (at - now) * (end - at) > 0)
        q->guess = at;
}

/* The arms that may be picked near a flip which the level before found: where what they cost decides, those that
 * come near the two in question. */
static unsigned
in_question(const struct search *q, const struct trial_result *out, int level)
{
    const struct ruling *r = &q->level[level].ruling;
    const int base = q->base, pick = out->pick, attitude = q->s->setup.sc.attitude;
    unsigned arms = 0;

    if (attitude == ATTITUDE_MINIMAX || base < 0 || pick < 0 || r->meets[base] != NULL || r->meets[pick] != NULL)
        return q->candidates;
    for (int a = 0; a < q->s->n_arms; a++)
        if (a == base || a == pick || (out->margin[a] >= -NEAR_SHARE && out->score[a] - out->score[pick] < NEAR * fabs(out->score[pick])))
            arms |= 1u << a & q->candidates;
    return arms;
}

static void
weigh(struct search *q, unsigned candidates)
{
    q->weighed = candidates;
    q->asked = 0;
    for (int a = 0; a < q->s->n_arms; a++)
        if (candidates >> a & 1)
            q->asked |= gates_read(q->s, a);
}

/* All samples' word on a flip of the level before: of the arms in question, or of all if it lies elsewhere. */
static bool
confirm_by_all(struct search *q, struct trial_result *in, struct trial_result *out, double now, double end, int from)
{
    const struct trial_result before_in = *in, before_out = *out;
    const unsigned arms = in_question(q, out, from);
    const int last = q->levels - 1;
    const bool sure = q->level[from].n >= MIDDLE;

    weigh(q, sure ? arms : q->candidates);
    bool found = confirm(q, in, out, now, end, last, sure);
    const bool there = found && fabs(out->at - before_out.at) <= NEAR / 2 * fabs(before_out.at);
    const bool others = q->weighed != q->candidates;
    weigh(q, q->candidates);
    if (there || !others || q->status != 0)
        return found;
    *in = before_in, *out = before_out;
    return confirm(q, in, out, now, end, last, sure);
}

/* A field's values as the first level sees them: the one in force and the ends. */
struct stretch {
    struct trial_result now, end[2]; /* below, above                                          */
    bool has_end[2];
};

/* What every arm's figures do between two values is known where all three lie on one line: whatever is
 * picked at both of two values is then picked between them. */
static bool
is_straight(const struct search *q, const struct stretch *t)
{
    const struct trial_result *a = &t->end[0], *b = &t->now, *c = &t->end[1];

    if (!t->has_end[0])
        a = b;
    if (!t->has_end[1])
        c = b;
    for (int k = 0; k < q->s->n_arms; k++) {
        if (a->margin[k] != b->margin[k] || c->margin[k] != b->margin[k] || isfinite(a->score[k]) != isfinite(b->score[k]) ||
            isfinite(c->score[k]) != isfinite(b->score[k]))
            return false;
        if (!isfinite(b->score[k]))
            continue;
        double bend = a == b || c == b ? fmax(fabs(a->score[k] - b->score[k]), fabs(c->score[k] - b->score[k]))
                                       : b->score[k] - a->score[k] - (c->score[k] - a->score[k]) * ((b->at - a->at) / (c->at - a->at));
        if (!(fabs(bend) <= STRAIGHT * fmax(fabs(a->score[k]), fmax(fabs(b->score[k]), fabs(c->score[k])))))
            return false;
    }
    return true;
}

static double
search_side(struct search *q, double now, bool up, const struct stretch *t, int *pick)
{
    const double end = far_end(q, now, up);
    struct trial_result in = t->now, out;
    bool found = false;

    for (int k = 1; k <= SCAN && q->status == 0 && !found; k++) {
        double v = whole(q, between(q, now, end, pow(k / (double)SCAN, 2)));
        if (v == in.at)
            continue;
        out = v == t->end[up].at ? t->end[up] : try_at(q, v, 0);
        if (in.pick == q->base && out.pick != q->base)
            found = true;
        else
            in = out;
    }
    if (!found || q->status != 0)
        return NAN;
    narrow(q, &in, &out, 0);
    int from = 0;
    q->guess = NAN;
    for (int level = 1; level < q->levels - 1; level++) { /* one that finds nothing is passed over */
        struct trial_result here_in = in, here_out = out;
        if (!confirm(q, &here_in, &here_out, now, end, level, q->level[from].n >= MIDDLE))
            continue;
        in = here_in, out = here_out, from = level;
        guess(q, &in, &out, now, end, level);
    }
    if (q->levels > 1 && !confirm_by_all(q, &in, &out, now, end, from))
        return NAN;
    *pick = out.pick;
    return out.at;
}

/* ---- all fields ---------------------------------------------------------------------------------- */

/* Fields that no search can read a flip from: they belong to the sampling itself. */
static bool
is_searchable(const struct samples *s, struct field_ref ref)
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

static void
add_flip(struct answer *an, const struct search *q, double to, int pick)
{
    const struct quantity *in_force = quantity_in_force(q);
    struct flip *f = &an->flips[an->n_flips];

    if (an->n_flips == FLIPS_MAX || !isfinite(to))
        return;
    an->n_flips++;
    field_path(&q->s->setup.sc, q->ref, f->path, sizeof f->path);
    f->from = in_force->x;
    f->to = to;
    f->pick = pick;
    f->z = NAN;
    if (quantity_is_uncertain(in_force)) {
        double u = quantity_cdf(in_force, to);
        f->z = fabs(normal_quantile(fmin(1 - 1e-9, fmax(1e-9, u))));
    }
}

static double
nearness(const struct flip *f)
{
    return isfinite(f->z) ? f->z : 3 + fabs(log(fmax(1e-9, fabs(f->to) + 1e-12) / fmax(1e-9, fabs(f->from) + 1e-12)));
}

static int
by_nearness(const void *a, const void *b)
{
    double x = nearness(a), y = nearness(b);

    return x < y ? -1 : x > y ? 1 : 0;
}

/* none: with no field held, as an exact one is at its value in force. */
static void
look_ahead(struct search *q, struct stretch *t, double now, const struct trial_result *none)
{
    for (int up = 0; up < 2; up++) {
        double end = far_end(q, now, up);
        t->has_end[up] = isfinite(end) && end != now;
        t->end[up] = (struct trial_result){ .at = NAN, .pick = -1 };
        if (t->has_end[up])
            t->end[up] = try_at(q, whole(q, between(q, now, end, 1)), 0);
    }
    t->now = *none;
    t->now.at = now;
    if (quantity_is_uncertain(quantity_in_force(q)))
        t->now = try_at(q, now, 0);
}

int
flips_find(struct answer *an, const struct ruling *r, const struct solve_options *options, struct error *err)
{
    struct search q = { .s = r->samples, .options = options, .err = err };
    struct stretch t;
    struct field_ref ref;

    if (r->n_arms < 1)
        return 0;
    search_begin(&q, r);
    const struct trial_result none = try_none(&q, 0);
    for (int i = 0; field_each(&r->samples->setup.sc, i, &ref) && q.status == 0; i++) {
        q.ref = ref;
        if (!is_searchable(r->samples, ref))
            continue;
        double now = quantity_in_force(&q)->x;
        q.log = now > 0 && ref.field->low >= 0 && ref.field->form != FORM_SHARE;
        trials_hold(q.trials, ref);
        look_ahead(&q, &t, now, &none);
        const bool straight = is_straight(&q, &t);
        for (int up = 0; up < 2 && q.status == 0; up++) {
            int pick = -1;
            if (!t.has_end[up] || (straight && t.now.pick == t.end[up].pick))
                continue;
            double to = search_side(&q, now, up, &t, &pick);
            add_flip(an, &q, to, pick);
        }
    }
    search_release(&q);
    qsort(an->flips, (size_t)an->n_flips, sizeof an->flips[0], by_nearness);
    return q.status;
}

/* ---- tornado ------------------------------------------------------------------------------------------ */

static double
difference_at(struct search *q, int pick, int rival, double v)
{
    const struct samples *s;

    if (q->status == 0)
        q->status = trials_at(q->trials, v, TORNADO, 1u << pick | 1u << rival, &s, q->err);
    if (q->status != 0)
        return NAN;
    if (!s->known[pick] || !s->known[rival])
        return NAN;
    return column_mean(s->metric[rival][METRIC_NPV], s->n) - column_mean(s->metric[pick][METRIC_NPV], s->n);
}

static int
by_width(const void *a, const void *b)
{
    const struct tornado_bar *x = a, *y = b;
    double wx = fabs(x->high_usd - x->low_usd), wy = fabs(y->high_usd - y->low_usd);

    return wx > wy ? -1 : wx < wy ? 1 : 0;
}

static bool
is_input(const struct samples *s, struct field_ref ref)
{
    for (int k = 0; k < s->n_inputs; k++)
        if (s->inputs[k].ref.field == ref.field &&
            (s->inputs[k].ref.arm == ref.arm || (ref.arm >= 0 && (s->inputs[k].arms >> ref.arm & 1))))
            return true;
    return false;
}

static void
add_bar(struct answer *an, struct search *q, const struct ruling *r, const char *path, double low, double high)
{
    struct tornado_bar bar = { .low = whole(q, low), .high = whole(q, high) };

    if (an->n_tornado == FLIPS_MAX || !(bar.high > bar.low))
        return;
    text_copy(bar.path, sizeof bar.path, path);
    trials_hold(q->trials, q->ref);
    bar.low_usd = difference_at(q, r->pick, r->rival, bar.low);
    bar.high_usd = difference_at(q, r->pick, r->rival, bar.high);
    if (isfinite(bar.low_usd) && isfinite(bar.high_usd) && fabs(bar.low_usd - bar.high_usd) > 1e-9 * fabs(bar.low_usd))
        an->tornado[an->n_tornado++] = bar;
}

/* Uncertain inputs between their P5 and P95, points 20 % either way. */
int
tornado_find(struct answer *an, const struct ruling *r, const struct solve_options *options, struct error *err)
{
    struct search q = { .s = r->samples, .options = options, .err = err };
    struct field_ref ref;
    char path[112];

    if (r->pick < 0 || r->rival < 0)
        return 0;
    q.status = trials_new(&q.trials, q.s, options->cancel, err);
    for (int k = 0; k < r->samples->n_inputs && q.status == 0; k++) {
        const struct input *in = &r->samples->inputs[k];
        q.ref = in->ref;
        add_bar(an, &q, r, in->path, quantity_quantile(&in->quantity, 0.05), quantity_quantile(&in->quantity, 0.95));
    }
    for (int i = 0; field_each(&r->samples->setup.sc, i, &ref) && q.status == 0; i++) {
        if (!is_searchable(r->samples, ref) || is_input(r->samples, ref))
            continue;
        q.ref = ref;
        double x = quantity_in_force(&q)->x;
        add_bar(an, &q, r, field_path(&r->samples->setup.sc, ref, path, sizeof path), fmax(ref.field->low, fmin(x * 0.8, x * 1.2)),
                fmin(ref.field->high, fmax(x * 0.8, x * 1.2)));
    }
    qsort(an->tornado, (size_t)an->n_tornado, sizeof an->tornado[0], by_width);
    search_release(&q);
    return q.status;
}

/* ---- a map of two fields -------------------------------------------------------------------------------- */

/* A stretch that a person would look at: the field's own range twice over, or a point from a
 * quarter to four times. */
static void
map_range(const struct samples *s, struct field_ref ref, double *low, double *high)
{
    const struct quantity *q = field_value(&s->setup.sc, ref);
    double a = quantity_is_uncertain(q) ? quantity_quantile(q, 0.05) : q->x * 0.5,
           b = quantity_is_uncertain(q) ? quantity_quantile(q, 0.95) : q->x * 2;

    if (a > 0 && b > a) {
        *low = a * sqrt(a / b);
        *high = b * sqrt(b / a);
    } else {
        *low = a - 0.5 * (b - a);
        *high = b + 0.5 * (b - a);
    }
    *low = fmax(*low, ref.field->low);
    *high = fmin(*high, ref.field->high);
}

static int
map_row(struct flip_map *map, const struct samples *base, int r, struct field_ref x, struct field_ref y,
        const struct solve_options *options, struct error *err)
{
    struct search row = { .s = base, .ref = y, .log = map->y_log };
    struct samples *held = NULL;
    double v = whole(&row, between(&row, map->y_low, map->y_high, (r + 0.5) / FLIP_MAP_ROWS));
    int status = solve_replaced(&held, base, y, v, base->n, options->cancel, err);

    if (status != 0)
        return status;
    struct search cell = { .s = held, .options = options, .err = err, .ref = x, .log = map->x_log };
    search_begin(&cell, NULL);
    if (cell.status == 0)
        trials_hold(cell.trials, x);
    for (int k = 0; cell.status == 0 && k < FLIP_MAP_COLUMNS; k++) {
        double u = whole(&cell, between(&cell, map->x_low, map->x_high, (k + 0.5) / FLIP_MAP_COLUMNS));
        map->pick[r][k] = (signed char)try_at(&cell, u, 0).pick;
    }
    search_release(&cell);
    samples_free(held);
    return cell.status;
}

int
flip_map(struct flip_map *map, const struct scenario *sc, const struct catalog *catalog, struct field_ref x, struct field_ref y,
         const struct solve_options *options, struct error *err)
{
    struct setup *setup = malloc(sizeof *setup);
    struct samples *base = NULL;
    int status = -1;

    memset(map, 0, sizeof *map);
    if (setup == NULL)
        return error_set(err, ERR_BUG, "no memory for the map");
    scenario_resolve(setup, sc, catalog, NULL);
    if (!field_is_quantity(x.field) || !field_is_quantity(y.field) || (x.field == y.field && x.arm == y.arm))
        error_set(err, ERR_USAGE, "a map needs two different fields that are numbers");
    else
        status = solve_run(&base, setup, options, err);
    if (status == 0) {
        map_range(base, x, &map->x_low, &map->x_high);
        map_range(base, y, &map->y_low, &map->y_high);
        map->x_log = map->x_low > 0;
        map->y_log = map->y_low > 0;
        field_path(sc, x, map->x_path, sizeof map->x_path);
        field_path(sc, y, map->y_path, sizeof map->y_path);
        if (!(map->x_high > map->x_low) || !(map->y_high > map->y_low))
            status = error_set(err, ERR_RANGE, "%s leaves no room for a map", !(map->x_high > map->x_low) ? map->x_path : map->y_path);
    }
    for (int r = 0; status == 0 && r < FLIP_MAP_ROWS; r++)
        status = map_row(map, base, r, x, y, options, err);
    samples_free(base);
    free(setup);
    return status;
}
