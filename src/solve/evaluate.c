/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

/* Samples of every arm: by the kernel where a plan can be made of it, else by the plain path, one
 * after the other. */

#define BAND_SAMPLES 2048
#define CANCEL_EVERY 32
#define BLOCK 512 /* samples of the kernel between two looks at the cancel flag */

/* samples plus what it is made of; the public struct comes first. */
struct samples_whole {
    struct samples s;
    struct columns columns;
    struct arm_outcome median[ARMS_MAX];
    double *constant; /* of solve_replaced: the replaced column */
    enum solve_path path;
    bool fitted;      /* pilots: the learning curve is drawn from their fit */
    struct curve_fit fit;
    double *fit_x;    /* four columns, fit_stride apart: the curve of each sample */
    size_t fit_stride;
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
    m[METRIC_THROUGHPUT][i] = o->replica_tok_s;
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
            column_quantiles(x, n, (const double[]){ 0.05, 0.50, 0.95 }, 3, &s->cumulative[a][4 * m], scratch);
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
    columns_apply(&w->columns, work, i);
    if (w->fitted) {
        const double *x = w->fit_x + i;
        const size_t stride = w->fit_stride;
        const struct curve curve = { .alpha = x[0], .n_scale = x[stride], .e_inf_share = x[2 * stride], .e_0 = x[3 * stride] };
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

/* Four columns from four scores a sample; room for a uniform draw beside. */
static void
draw_fit(struct samples_whole *w, double *x, double *u)
{
    struct samples *s = &w->s;
    const size_t stride = column_stride(s->n);

    w->fit_x = x;
    w->fit_stride = stride;
    for (int k = 0; k < 4; k++) {
        draws_uniform(u, s->n, column_fit_dimension(k), s->seed);
        draws_scores(x + (size_t)k * stride, u, s->n);
    }
    for (int i = 0; i < s->n; i++) {
        struct curve curve;
        curve_draw(&w->fit, (const double[]){ x[i], x[stride + (size_t)i], x[2 * stride + (size_t)i], x[3 * stride + (size_t)i] }, &curve);
        x[i] = curve.alpha;
        x[stride + (size_t)i] = curve.n_scale;
        x[2 * stride + (size_t)i] = curve.e_inf_share;
        x[3 * stride + (size_t)i] = curve.e_0;
    }
    curve_put(&s->setup, &w->fit.curve);
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

/* ---- who evaluates what ------------------------------------------------------------------------ */

/* What is asked for: which arms, which places hold one value, and bands if there is room for them. */
struct request {
    unsigned arms;
    const size_t *fixed;
    int n_fixed;
    double value;
    double *band;
    int band_n, months;
    const volatile int *cancel;
};

static double *
band_of(const struct request *q, int arm)
{
    return q->band != NULL ? q->band + (size_t)arm * (size_t)q->months * (size_t)q->band_n : NULL;
}

static void
set_places(struct setup *work, const size_t *offsets, int n, double v)
{
    for (int k = 0; k < n; k++)
        *(double *)(void *)((char *)work + offsets[k]) = v;
}

static const double *
column_at(const struct samples_whole *w, const struct request *q, const struct quantity *place)
{
    size_t offset = (size_t)((const char *)&place->x - (const char *)&w->s.setup);
    int input = input_of(&w->columns, offset);

    for (int k = 0; k < q->n_fixed; k++)
        if (q->fixed[k] == offset)
            return NULL;
    return input >= 0 ? w->columns.inputs[input].x : NULL;
}

/* One by one, the arms whose bits are set. */
static int
evaluate_plain(struct samples_whole *w, const struct request *q, unsigned arms, struct setup *work, struct arm_outcome *out)
{
    struct samples *s = &w->s;

    *work = s->setup;
    for (int i = 0; i < s->n; i++) {
        if (i % CANCEL_EVERY == 0 && solve_cancelled(q->cancel))
            return 1;
        apply(w, work, i);
        set_places(work, q->fixed, q->n_fixed, q->value);
        for (int a = 0; a < s->n_arms; a++) {
            if (!(arms >> a & 1))
                continue;
            model_evaluate(work, a, out);
            store(s, work, a, i, out);
            if (q->band != NULL && i < q->band_n)
                store_band(band_of(q, a), q->band_n, i, q->months, out);
        }
    }
    return 0;
}

/* No column has a part in it. */
static void
evaluate_constant(struct samples *s, const struct request *q, int arm)
{
    store(s, &s->setup, arm, 0, &s->median[arm]);
    for (int m = 0; m < METRIC_COUNT; m++)
        for (int i = 1; i < s->n; i++)
            s->metric[arm][m][i] = s->metric[arm][m][0];
    for (int i = 0; q->band != NULL && i < q->band_n; i++)
        store_band(band_of(q, arm), q->band_n, i, q->months, &s->median[arm]);
}

static int
evaluate_kernel(const struct samples *s, const struct kernel *k, enum solve_path path, const volatile int *cancel)
{
    kernel_run *run = path == PATH_FASTEST ? kernel_choose() : kernel_run_plain;

    if (solve_cancelled(cancel))
        return 1;
    for (int i = 0; k->n_jobs > 0 && i < s->n; i += BLOCK) {
        if (solve_cancelled(cancel))
            return 1;
        run(k, i, i + BLOCK < s->n ? i + BLOCK : s->n);
    }
    return 0;
}

static void
attach(struct kernel *k, const struct samples *s, const struct request *q)
{
    k->band_n = q->band_n;
    for (int n = 0; n < k->n_jobs; n++) {
        struct kernel_job *j = &k->job[n];
        memcpy(j->metric, s->metric[j->arm], sizeof j->metric);
        j->band = band_of(q, j->arm);
    }
}

static void
fit_places(const struct samples_whole *w, struct plan_column column[4], size_t offset[4])
{
    const struct setup *s = &w->s.setup;
    const struct quantity *const q[4] = { &s->sc.quality.alpha, &s->sc.quality.n_scale, &s->sc.quality.e_inf_share,
                                          &s->sc.quality.e_0 };

    for (int k = 0; k < 4; k++) {
        column[k] = (struct plan_column){ w->fit_x + (size_t)k * w->fit_stride, 0 };
        offset[k] = (size_t)((const char *)&q[k]->x - (const char *)s);
    }
}

static unsigned
plan(const struct samples_whole *w, const struct request *q, struct kernel *k, enum plan_kind kinds[ARMS_MAX])
{
    struct plan_column column[INPUTS_MAX], fit[4];
    size_t offset[4];
    unsigned one_by_one = 0;

    for (int i = 0; i < w->columns.n_inputs; i++)
        column[i] = (struct plan_column){ w->columns.inputs[i].x, 0 };
    if (w->fitted)
        fit_places(w, fit, offset);
    const struct plan_source from = { .setup = &w->s.setup, .columns = &w->columns, .column = column, .fit = fit,
        .fit_offset = offset, .n_fit = w->fitted ? 4 : 0, .fixed = q->fixed, .n_fixed = q->n_fixed, .arms = q->arms };
    plan_make(k, kinds, &from);
    for (int a = 0; a < w->s.n_arms; a++)
        if (q->arms >> a & 1 && kinds[a] == PLAN_PLAIN)
            one_by_one |= 1u << a;
    attach(k, &w->s, q);
    return one_by_one;
}

/* What is no arm's: the axis of every chart, and the labels. */
static void
note_columns(struct samples_whole *w, const struct request *q)
{
    struct samples *s = &w->s;
    const struct scenario *sc = &s->setup.sc;
    const double *requests = column_at(w, q, &sc->workload.requests_per_day), *input = column_at(w, q, &sc->workload.input_tokens);
    const double *output = column_at(w, q, &sc->workload.output_tokens), *extra = column_at(w, q, &sc->workload.extra_attempts);
    const double extra_now = sc->workload.extra_attempts.kind == QUANTITY_UNSET ? 0 : sc->workload.extra_attempts.x;

    s->examples = column_at(w, q, &sc->labels.examples);
    for (int i = 0; i < s->n; i++) {
        double attempts = 1 + (extra != NULL ? extra[i] : extra_now);
        double tokens = (input != NULL ? input[i] : sc->workload.input_tokens.x) +
                        (output != NULL ? output[i] : sc->workload.output_tokens.x);
        s->tokens_per_day[i] = (requests != NULL ? requests[i] : sc->workload.requests_per_day.x) * (attempts * tokens);
    }
}

/* The medians first. 1: cancelled; -1: no memory. */
static int
evaluate(struct samples_whole *w, const struct request *q, struct error *err)
{
    struct samples *s = &w->s;
    struct kernel *k = malloc(sizeof *k);
    struct setup *work = malloc(sizeof *work);
    struct arm_outcome *out = malloc(sizeof *out);
    enum plan_kind kinds[ARMS_MAX];
    unsigned one_by_one = q->arms;
    int status = -1;

    if (k != NULL && work != NULL && out != NULL) {
        for (int a = 0; a < s->n_arms; a++)
            model_evaluate(&s->setup, a, &s->median[a]);
        note_columns(w, q);
        status = 0;
        if (w->path != PATH_PLAIN) {
            one_by_one = plan(w, q, k, kinds);
            for (int a = 0; a < s->n_arms; a++)
                if (q->arms >> a & 1 && kinds[a] == PLAN_CONSTANT)
                    evaluate_constant(s, q, a);
            status = evaluate_kernel(s, k, w->path, q->cancel);
        }
        if (status == 0 && one_by_one != 0)
            status = evaluate_plain(w, q, one_by_one, work, out);
    } else
        error_set(err, ERR_BUG, "no memory for %d samples", s->n);
    free(k);
    free(work);
    free(out);
    return status;
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
    size_t room = columns_room(s->n_inputs, s->n), scores = w->fitted ? 4 * column_stride(s->n) : 0;
    if (lay_out(w, room + scores, ~0u, months) < 0)
        return error_set(err, ERR_BUG, "no memory for %d samples", o->samples);
    double *block = s->arena;
    status = columns_draw(&w->columns, setup, s->n, s->seed, block, o->cancel);
    memcpy(s->inputs, w->columns.inputs, sizeof s->inputs);
    if (status == 0 && w->fitted) /* the group's uniform draw is done with */
        draw_fit(w, block + room, block + room - column_stride(s->n));
    return status;
}

int
solve_run(struct samples **out, const struct setup *setup, const struct solve_options *o, struct error *err)
{
    struct samples_whole *w = calloc(1, sizeof *w);
    struct request q = { .arms = ~0u, .months = horizon_months(setup), .cancel = o->cancel,
                         .band_n = o->samples < BAND_SAMPLES ? o->samples : BAND_SAMPLES };
    int status = -1;

    if (w == NULL)
        return error_set(err, ERR_BUG, "no memory for %d samples", o->samples);
    struct samples *s = &w->s;
    s->n = o->samples;
    s->seed = o->seed;
    s->n_arms = setup->sc.n_arms;
    s->setup = *setup;
    w->path = o->path;
    fit_pilots(w);
    size_t band_size = (size_t)q.band_n * (size_t)q.months * (size_t)s->n_arms;
    q.band = malloc((band_size + quantile_room(q.band_n)) * sizeof *q.band);
    if (q.band == NULL)
        error_set(err, ERR_BUG, "no memory for %d samples", o->samples);
    else
        status = draw(w, setup, q.months, o, err);
    if (status == 0)
        status = evaluate(w, &q, err);
    if (status == 0) {
        finish_bands(s, q.band, q.band_n, q.months, q.band + band_size);
        finish_known(s);
        *out = s;
    } else
        samples_free(s);
    free(q.band);
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
fill_constant(struct samples_whole *w, int input, double v)
{
    w->constant = malloc(column_stride(w->s.n) * sizeof *w->constant);
    if (w->constant == NULL)
        return -1;
    for (int i = 0; i < w->s.n; i++)
        w->constant[i] = v;
    w->s.inputs[input].x = w->columns.inputs[input].x = w->constant;
    return 0;
}

int
solve_replaced(struct samples **out, const struct samples *base, struct field_ref ref, double v, int n,
               const volatile int *cancel, struct error *err)
{
    struct samples_whole *w = calloc(1, sizeof *w);
    size_t offsets[ARMS_MAX * 4 + 1];
    int status = -1;

    if (w == NULL)
        return error_set(err, ERR_BUG, "no memory for %d samples", n);
    struct samples *s = &w->s;
    const struct columns *c = samples_columns(base);
    const struct samples_whole *from = (const struct samples_whole *)(const void *)base;
    w->columns = *c;
    w->path = from->path;
    w->fitted = from->fitted;
    w->fit = from->fit;
    w->fit_x = from->fit_x;
    w->fit_stride = from->fit_stride;
    s->n = n < base->n ? n : base->n;
    s->seed = base->seed;
    s->n_arms = base->n_arms;
    s->setup = base->setup;
    int n_places = places_of(&base->setup, ref, offsets, (int)BE_LEN(offsets)), input = input_of(c, offsets[0]);
    for (int k = 0; k < c->n_targets && n_places < (int)BE_LEN(offsets); k++)
        if (input >= 0 && c->targets[k].input == input && c->targets[k].offset != offsets[0])
            offsets[n_places++] = c->targets[k].offset;
    const struct request q = { .arms = arms_concerned(&base->setup, ref, c, input), .fixed = offsets,
                               .n_fixed = n_places, .value = v, .cancel = cancel };
    /* the columns stay base's, and so do the metrics of arms that do not read the field */
    memcpy(s->metric, base->metric, sizeof s->metric);
    s->n_inputs = base->n_inputs;
    memcpy(s->inputs, base->inputs, sizeof s->inputs);
    if (lay_out(w, 0, q.arms, 0) == 0 && (input < 0 || fill_constant(w, input, v) == 0)) {
        set_places(&s->setup, offsets, n_places, v);
        status = evaluate(w, &q, err);
    } else
        error_set(err, ERR_BUG, "no memory for %d samples", n);
    if (status == 0) {
        finish_known(s);
        *out = s;
    } else
        samples_free(s);
    return status;
}
