/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/*
 * Flips and tornado (section 11.5): one field's whole column is replaced by a
 * constant, all else stays as sampled, and the attitude in use picks again. The search runs on a
 * prefix of the samples; the value it finds is then settled on all of them.
 */

#define PREFIX 256
#define SCAN 4           /* values tried between the field in force and its limit on each side */
#define PRECISION 1e-3   /* relative, of a flip */

/* Samples with a field replaced and their ruling, whose memory the next search uses again. */
struct trial {
    struct samples *samples;
    struct ruling ruling;
    unsigned char *holds;
};

struct search {
    const struct samples *s;
    const struct solve_options *options;
    struct error *err;
    struct field_ref ref;
    bool log;            /* scan in ratios                                        */
    int status;
    struct trial prefix, all;
};

static void
trial_release(struct trial *t)
{
    samples_free(t->samples);
    ruling_release(&t->ruling);
    free(t->holds);
}

static void
search_release(struct search *q)
{
    trial_release(&q->prefix);
    trial_release(&q->all);
}

/* ---- what is picked when the field is v ------------------------------------------------------ */

/* The arm that is picked (-1: none passes, or an error), and what the attitude in use minimises. */
struct trial_result {
    double at;
    int pick;
    double score[ARMS_MAX];
};

static int
rule_on(struct trial *t, struct error *err)
{
    const struct samples *s = t->samples;
    bool passes[ARMS_MAX] = { false };
    int failed[ARMS_MAX] = { 0 };

    if (t->holds == NULL)
        t->holds = malloc((size_t)s->n);
    if (t->holds == NULL)
        return error_set(err, ERR_BUG, "no memory for the gates");
    for (int a = 0; a < s->n_arms; a++) {
        failed[a] = gates_failed(s, a, t->holds);
        passes[a] = s->known[a] && failed[a] == 0;
    }
    return ruling_make(&t->ruling, s, passes, failed, s->setup.sc.attitude, false, err);
}

static struct trial_result
try_at(struct search *q, double v, int n)
{
    struct trial *t = n <= PREFIX ? &q->prefix : &q->all;
    struct trial_result r = { .at = v, .pick = -1 };

    if (q->status == 0)
        q->status = solve_replaced_again(&t->samples, q->s, q->ref, v, n, q->options->cancel, q->err);
    if (q->status == 0)
        q->status = rule_on(t, q->err);
    if (q->status == 0) {
        r.pick = t->ruling.pick;
        memcpy(r.score, t->ruling.score, sizeof r.score);
    }
    return r;
}

static int
pick_at(struct search *q, double v, int n)
{
    return try_at(q, v, n).pick;
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

/* Where between the two a straight line puts the flip: by the arms picked on either side, if both
 * are in the running on both; else the middle. */
static double
chord(const struct trial_result *in, const struct trial_result *out)
{
    if (in->pick < 0 || out->pick < 0)
        return 0.5;
    double a = in->score[out->pick] - in->score[in->pick], b = out->score[out->pick] - out->score[in->pick];
    double t = a / (a - b);
    return isfinite(t) ? fmin(0.98, fmax(0.02, t)) : 0.5;
}

/* Close in on a flip: the pick at "in" is base, at "out" it is not. A chord that leaves more than half is
 * followed by a halving, a step beyond a chord meets its other side. */
static void
narrow(struct search *q, struct trial_result *in, struct trial_result *out, int base, int n)
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
        struct trial_result r = try_at(q, middle, n);
        *(r.pick == base ? in : out) = r;
        halve = fabs(out->at - in->at) > 0.5 * width;
    }
}

/* How far a value lies from the flip by the slope of the prefix between in and out; NAN: not known. */
static double
distance(const struct trial_result *at, const struct trial_result *in, const struct trial_result *out)
{
    if (in->pick < 0 || out->pick < 0)
        return NAN;
    double slope = (out->score[out->pick] - out->score[in->pick] - in->score[out->pick] + in->score[in->pick]) / (out->at - in->at);
    double gap = at->score[out->pick] - at->score[in->pick];
    return fabs(gap / slope);
}

/* The next value to try from "at" towards "end": what the prefix says is left with something to spare, or
 * a share of the way that grows from step to step. */
static double
reach_for(const struct search *q, double at, double end, double left, double share)
{
    double step = 1.3 * left + 0.5 * PRECISION * fabs(at);

    if (isfinite(step) && step < 0.2 * fabs(at) && step < fabs(end - at))
        return whole(q, end > at ? at + step : at - step);
    return whole(q, between(q, at, end, fmin(1, share)));
}

/* The prefix and the whole may disagree a little: bracket on all samples, from the prefix's answer
 * outwards, and close in again. */
static double
confirm(struct search *q, const struct trial_result *prefix_in, const struct trial_result *prefix_out, double now, double end,
        int base, int *pick)
{
    const int n = q->s->n;
    struct trial_result in, out, at = try_at(q, prefix_out->at, n);
    double reach = 0.004;
    bool has_in = at.pick == base, has_out = !has_in;

    in = out = at;
    for (int k = 0; k < 8 && q->status == 0 && !(has_in && has_out); k++, reach *= 2.5) {
        double from = has_in ? in.at : out.at, left = k < 2 ? distance(&at, prefix_in, prefix_out) : NAN;
        double next = reach_for(q, from, has_in ? end : now, left, reach);
        if (next == from)
            continue;
        at = try_at(q, next, n);
        if (at.pick == base)
            in = at, has_in = true;
        else
            out = at, has_out = true;
    }
    if (!has_out || q->status != 0)
        return NAN;
    if (!has_in)
        in = try_at(q, now, n);
    narrow(q, &in, &out, base, n);
    *pick = out.pick;
    return out.at;
}

static double
search_side(struct search *q, double now, bool up, const struct trial_result *base_prefix, int base, int *pick)
{
    const double end = far_end(q, now, up);
    struct trial_result in = *base_prefix;

    if (!isfinite(end) || end == now)
        return NAN;
    for (int k = 1; k <= SCAN && q->status == 0; k++) {
        double v = whole(q, between(q, now, end, pow(k / (double)SCAN, 2)));
        if (v == in.at)
            continue;
        struct trial_result at = try_at(q, v, PREFIX);
        if (at.pick != base_prefix->pick) {
            narrow(q, &in, &at, base_prefix->pick, PREFIX);
            return confirm(q, &in, &at, now, end, base, pick);
        }
        in = at;
    }
    return NAN;
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

int
flips_find(struct answer *an, const struct ruling *r, const struct solve_options *options, struct error *err)
{
    struct search q = { .s = r->samples, .options = options, .err = err };
    struct field_ref ref;

    if (r->n_arms < 1)
        return 0;
    for (int i = 0; field_each(&r->samples->setup.sc, i, &ref) && q.status == 0; i++) {
        q.ref = ref;
        if (!is_searchable(r->samples, ref))
            continue;
        double now = quantity_in_force(&q)->x;
        q.log = now > 0 && ref.field->low >= 0 && ref.field->form != FORM_SHARE;
        const struct trial_result base = try_at(&q, now, PREFIX);
        for (int up = 0; up < 2 && q.status == 0; up++) {
            int pick = -1;
            double to = search_side(&q, now, up, &base, r->pick, &pick);
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
        q->status = solve_replaced_again(&q->prefix.samples, q->s, q->ref, v, PREFIX, q->options->cancel, q->err);
    if (q->status != 0)
        return NAN;
    s = q->prefix.samples;
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
    for (int r = 0; status == 0 && r < FLIP_MAP_ROWS; r++) {
        struct search row = { .s = base, .options = options, .err = err, .ref = y, .log = map->y_log };
        struct samples *fixed = NULL;
        double v = whole(&row, between(&row, map->y_low, map->y_high, (r + 0.5) / FLIP_MAP_ROWS));
        status = solve_replaced(&fixed, base, y, v, base->n, options->cancel, err);
        struct search cell = { .s = fixed, .options = options, .err = err, .ref = x, .log = map->x_log };
        for (int k = 0; status == 0 && k < FLIP_MAP_COLUMNS; k++) {
            double u = whole(&cell, between(&cell, map->x_low, map->x_high, (k + 0.5) / FLIP_MAP_COLUMNS));
            map->pick[r][k] = (signed char)pick_at(&cell, u, fixed->n);
            status = cell.status;
        }
        search_release(&cell);
        samples_free(fixed);
    }
    samples_free(base);
    free(setup);
    return status;
}
