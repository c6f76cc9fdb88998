/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

/* The plain path: every arm in every sample, one after the other. */

#define BAND_SAMPLES 2048
#define CANCEL_EVERY 32

/* samples plus what it is made of; the public struct comes first. */
struct samples_whole {
    struct samples s;
    struct columns columns;
    struct arm_outcome median[ARMS_MAX];
    double *constant; /* of solve_replaced: the replaced column */
    bool fitted;      /* pilots: the learning curve is drawn from their fit */
    struct curve_fit fit;
    double *fit_z;    /* four scores a sample */
};

const struct columns *
samples_columns(const struct samples *s)
{
    return &((const struct samples_whole *)(const void *)s)->columns;
}

static double
run_of(const struct setup *work, int arm, const struct arm_outcome *o)
{
    double sum = 0;

    if (work->sc.arms[arm].kind == ARM_STAGED)
        return model_run_month_usd(work, arm);
    for (int l = 0; l < LINE_COUNT; l++)
        if (cost_lines[l].in_run)
            sum += o->line_month_usd[l][0];
    return sum;
}

static void
store(struct samples *s, const struct setup *work, int arm, int i, const struct arm_outcome *o)
{
    double *const *m = s->metric[arm];

    m[METRIC_NPV][i] = o->known ? o->npv_usd : NAN;
    m[METRIC_ONCE][i] = o->known ? o->once_total_usd : NAN;
    m[METRIC_RUN][i] = o->known ? run_of(work, arm, o) : NAN;
    m[METRIC_QUALITY][i] = o->quality;
    m[METRIC_TTFT_P95][i] = o->ttft_p95_s;
    m[METRIC_TPOT][i] = o->tpot_s;
    m[METRIC_MEMORY][i] = o->have_gib - o->need_gib;
    m[METRIC_LABELS][i] = o->labels_trained;
    m[METRIC_UTILIZATION][i] = o->utilization;
    m[METRIC_REPLICAS][i] = o->replicas[0];
    m[METRIC_EVENNESS][i] = o->ttft_p95_s / o->ttft_p50_s;
    m[METRIC_PER_ACCEPTED][i] = o->known && o->discounted_accepted > 0 ? o->npv_usd / o->discounted_accepted : NAN;
    m[METRIC_CONTEXT][i] = o->context_need_tokens;
}

/* Cumulative cost by month. Where the horizon itself is drawn, a sample that ends before the
 * median's last month costs nothing more after its end. */
static void
store_band(double *band, int n, int i, int months, const struct arm_outcome *o)
{
    double sum = o->known ? o->once_total_usd : NAN;

    for (int m = 0; m < months; m++) {
        if (m < o->months)
            sum += o->monthly_usd[m];
        band[(size_t)m * (size_t)n + (size_t)i] = sum;
    }
}

static void
finish_bands(struct samples *s, const double *band, int n, int months, double *scratch)
{
    for (int a = 0; a < s->n_arms; a++)
        for (int m = 0; m < months; m++) {
            const double *x = band + ((size_t)a * (size_t)months + (size_t)m) * (size_t)n;
            s->cumulative[a][4 * m] = column_quantile(x, n, 0.05, scratch);
            s->cumulative[a][4 * m + 1] = column_quantile(x, n, 0.50, scratch);
            s->cumulative[a][4 * m + 2] = column_quantile(x, n, 0.95, scratch);
            s->cumulative[a][4 * m + 3] = column_mean(x, n);
        }
}

/* Known at the medians and in at least four samples of five: an arm that outgrows its memory in a
 * rare sample is still an arm, and its gate says how often. */
static void
finish_known(struct samples *s)
{
    for (int a = 0; a < s->n_arms; a++) {
        int unknown = 0;
        for (int i = 0; i < s->n; i++)
            unknown += !isfinite(s->metric[a][METRIC_NPV][i]);
        s->known[a] = s->median[a].known && unknown * 5 <= s->n;
    }
}

/* The values of sample i, the learning curve from the pilots' fit included. */
static void
apply(const struct samples_whole *w, struct setup *work, int i)
{
    struct curve curve;

    columns_apply(&w->columns, work, i);
    if (w->fitted) {
        curve_draw(&w->fit, w->fit_z + 4 * (size_t)i, &curve);
        curve_put(work, &curve);
    }
}

/* A scenario's pilots are fitted once. Points that no curve fits are a problem of the scenario,
 * told by its check; the curve is then drawn as without them. */
static void
fit_pilots(struct samples_whole *w)
{
    struct error why;

    w->fitted = w->s.setup.sc.n_pilots > 0 && curve_fit_pilots(&w->fit, &w->s.setup, &why) == 0;
}

/* Four scores a sample, z[4 i + k]; room for two columns beside. */
static void
draw_fit(struct samples_whole *w, double *z, double *u, double *score)
{
    struct samples *s = &w->s;

    w->fit_z = z;
    for (int k = 0; k < 4; k++) {
        draws_uniform(u, s->n, column_fit_dimension(k), s->seed);
        draws_scores(score, u, s->n);
        for (int i = 0; i < s->n; i++)
            z[4 * (size_t)i + (size_t)k] = score[i];
    }
    curve_put(&s->setup, &w->fit.curve);
}

static int
evaluate(struct samples_whole *w, const struct solve_options *o, double *band, int band_n, int months,
         struct setup *work)
{
    struct samples *s = &w->s;
    struct arm_outcome *out = malloc(sizeof *out);

    if (out == NULL)
        return -1;
    *work = s->setup;
    for (int i = 0; i < s->n; i++) {
        if (i % CANCEL_EVERY == 0 && solve_cancelled(o->cancel)) {
            free(out);
            return 1;
        }
        apply(w, work, i);
        s->tokens_per_day[i] = workload_tokens_per_day(work);
        for (int a = 0; a < s->n_arms; a++) {
            model_evaluate(work, a, out);
            store(s, work, a, i, out);
            if (i < band_n)
                store_band(band + (size_t)a * (size_t)months * (size_t)band_n, band_n, i, months, out);
        }
    }
    free(out);
    return 0;
}

/* One block: so many doubles for the inputs, then the metrics of these arms and, if
 * months > 0, the bands of all. */
static int
lay_out(struct samples_whole *w, size_t inputs, unsigned arms, int months)
{
    struct samples *s = &w->s;
    size_t stride = column_stride(s->n), own = 0;

    for (int a = 0; a < s->n_arms; a++)
        own += arms >> a & 1;
    double *p = malloc((inputs + stride * (own * METRIC_COUNT + 1) + (size_t)s->n_arms * 4 * (size_t)months) * sizeof *p);
    if (p == NULL)
        return -1;
    s->arena = p;
    p += inputs;
    s->tokens_per_day = p;
    p += stride;
    for (int a = 0; a < s->n_arms; a++) {
        for (int m = 0; m < METRIC_COUNT && (arms >> a & 1); m++, p += stride)
            s->metric[a][m] = p;
        s->cumulative[a] = months > 0 ? p : NULL;
        p += 4 * (size_t)months;
    }
    s->median = w->median;
    return 0;
}

/* The inputs' columns and, with pilots, the fit's scores behind them. */
static int
draw(struct samples_whole *w, const struct setup *setup, int months, const struct solve_options *o, struct error *err)
{
    struct samples *s = &w->s;
    int status = columns_find(&w->columns, setup, w->fitted, err);

    if (status < 0)
        return -1;
    s->n_inputs = w->columns.n_inputs;
    size_t room = columns_room(s->n_inputs, s->n), scores = w->fitted ? 4 * (size_t)s->n : 0;
    if (lay_out(w, room + scores, ~0u, months) < 0)
        return error_set(err, ERR_BUG, "no memory for %d samples", o->samples);
    double *block = s->arena;
    status = columns_draw(&w->columns, setup, s->n, s->seed, block, o->cancel);
    memcpy(s->inputs, w->columns.inputs, sizeof s->inputs);
    if (status == 0 && w->fitted) /* the group's factor and its uniform draw are done with */
        draw_fit(w, block + room, block + room - column_stride(s->n), block + room - 2 * column_stride(s->n));
    return status;
}

int
solve_run(struct samples **out, const struct setup *setup, const struct solve_options *o, struct error *err)
{
    struct samples_whole *w = calloc(1, sizeof *w);
    struct setup *work = malloc(sizeof *work);
    int months = (int)lround(setup->sc.horizon.months.x), band_n = o->samples < BAND_SAMPLES ? o->samples : BAND_SAMPLES;
    double *band = NULL;
    int status = -1;

    if (w == NULL || work == NULL)
        goto no_memory;
    struct samples *s = &w->s;
    s->n = o->samples;
    s->seed = o->seed;
    s->n_arms = setup->sc.n_arms;
    s->setup = *setup;
    fit_pilots(w);
    size_t band_size = (size_t)band_n * (size_t)months * (size_t)s->n_arms;
    band = malloc((band_size + (size_t)band_n) * sizeof *band);
    if (band == NULL)
        goto no_memory;
    status = draw(w, setup, months, o, err);
    for (int a = 0; status == 0 && a < s->n_arms; a++)
        model_evaluate(&s->setup, a, &s->median[a]);
    if (status == 0) {
        status = evaluate(w, o, band, band_n, months, work);
        if (status < 0)
            goto no_memory;
    }
    if (status == 0) {
        finish_bands(s, band, band_n, months, band + band_size);
        finish_known(s);
        *out = s;
        w = NULL;
    }
    goto done;

no_memory:
    status = error_set(err, ERR_BUG, "no memory for %d samples", o->samples);
done:
    free(band);
    free(work);
    if (w != NULL)
        samples_free(&w->s);
    return status;
}

void
samples_free(struct samples *s)
{
    if (s == NULL)
        return;
    free(((struct samples_whole *)(void *)s)->constant);
    free(s->arena);
    free(s);
}

void
samples_apply(const struct samples *s, struct setup *work, int i)
{
    apply((const struct samples_whole *)(const void *)s, work, i);
}

/* ---- one column replaced ------------------------------------------------------------------- */

/* Every place that takes its value from this field: its own, and what inherits it. */
static int
places_of(const struct setup *s, struct field_ref ref, size_t *offsets, int max)
{
    int n = 0;

    offsets[n++] = column_offset(ref);
    for (int k = 0; k < arm_fields_n; k++)
        for (int a = 0; a < s->sc.n_arms && n < max; a++) {
            struct field_ref place = { &arm_fields[k], a }, from;
            if (field_is_quantity(place.field) && field_inherits(s, place, &from) && from.field == ref.field &&
                from.arm == ref.arm)
                offsets[n++] = column_offset(place);
        }
    return n;
}

/* The input that this place takes part in; -1: an exact field. */
static int
input_of(const struct columns *c, size_t offset)
{
    for (int k = 0; k < c->n_targets; k++)
        if (c->targets[k].offset == offset)
            return c->targets[k].input;
    return -1;
}

static void
set_places(struct setup *work, const size_t *offsets, int n, double v)
{
    for (int k = 0; k < n; k++)
        *(double *)(void *)((char *)work + offsets[k]) = v;
}

/* The arms that read any of these places: those they lie in, and what is composed of
 * them; a scenario-wide field concerns all. */
static unsigned
arms_concerned(const struct setup *s, struct field_ref ref, const struct columns *c, int input)
{
    unsigned arms = input >= 0 ? c->inputs[input].arms : 0;

    if (ref.arm < 0)
        return ~0u;
    arms |= 1u << ref.arm;
    for (int a = 0; a < s->sc.n_arms; a++) {
        const int used[] = { s->arms[a].first, s->arms[a].second, s->arms[a].small, s->arms[a].large };
        for (size_t k = 0; k < BE_LEN(used); k++)
            if (used[k] >= 0 && (arms >> used[k] & 1) &&
                (s->sc.arms[a].kind == ARM_STAGED || s->sc.arms[a].kind == ARM_CASCADE))
                arms |= 1u << a;
    }
    return arms;
}

static int
evaluate_replaced(struct samples_whole *w, unsigned arms, const size_t *offsets, int n_places, double v,
                  const volatile int *cancel, struct setup *work)
{
    struct samples *s = &w->s;
    struct arm_outcome *out = malloc(sizeof *out);

    if (out == NULL)
        return -1;
    *work = s->setup;
    for (int i = 0; i < s->n; i++) {
        if (i % CANCEL_EVERY == 0 && solve_cancelled(cancel)) {
            free(out);
            return 1;
        }
        apply(w, work, i);
        set_places(work, offsets, n_places, v);
        s->tokens_per_day[i] = workload_tokens_per_day(work);
        for (int a = 0; a < s->n_arms; a++) {
            if (!(arms >> a & 1))
                continue;
            model_evaluate(work, a, out);
            store(s, work, a, i, out);
        }
    }
    free(out);
    return 0;
}

int
solve_replaced(struct samples **out, const struct samples *base, struct field_ref ref, double v, int n,
               const volatile int *cancel, struct error *err)
{
    struct samples_whole *w = calloc(1, sizeof *w);
    struct setup *work = malloc(sizeof *work);
    size_t offsets[ARMS_MAX * 4 + 1];
    int status = -1;

    if (w == NULL || work == NULL)
        goto no_memory;
    struct samples *s = &w->s;
    const struct columns *c = samples_columns(base);
    const struct samples_whole *from = (const struct samples_whole *)(const void *)base;
    w->columns = *c;
    w->fitted = from->fitted;
    w->fit = from->fit;
    w->fit_z = from->fit_z;
    s->n = n < base->n ? n : base->n;
    s->seed = base->seed;
    s->n_arms = base->n_arms;
    s->setup = base->setup;
    int n_places = places_of(&base->setup, ref, offsets, (int)BE_LEN(offsets)), input = input_of(c, offsets[0]);
    for (int k = 0; k < c->n_targets && n_places < (int)BE_LEN(offsets); k++)
        if (input >= 0 && c->targets[k].input == input && c->targets[k].offset != offsets[0])
            offsets[n_places++] = c->targets[k].offset;
    /* the columns stay base's, and so do the metrics of arms that do not read the field */
    unsigned arms = arms_concerned(&base->setup, ref, c, input);
    memcpy(s->metric, base->metric, sizeof s->metric);
    if (lay_out(w, 0, arms, 0) < 0)
        goto no_memory;
    s->n_inputs = base->n_inputs;
    memcpy(s->inputs, base->inputs, sizeof s->inputs);
    if (input >= 0) {
        w->constant = malloc((size_t)s->n * sizeof *w->constant);
        if (w->constant == NULL)
            goto no_memory;
        for (int i = 0; i < s->n; i++)
            w->constant[i] = v;
        s->inputs[input].x = w->columns.inputs[input].x = w->constant;
    }
    set_places(&s->setup, offsets, n_places, v);
    for (int a = 0; a < s->n_arms; a++)
        model_evaluate(&s->setup, a, &s->median[a]);
    status = evaluate_replaced(w, arms, offsets, n_places, v, cancel, work);
    if (status < 0)
        goto no_memory;
    if (status == 0) {
        finish_known(s);
        *out = s;
        w = NULL;
    }
    goto done;

no_memory:
    status = error_set(err, ERR_BUG, "no memory for %d samples", n);
done:
    free(work);
    if (w != NULL)
        samples_free(&w->s);
    return status;
}
