/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "samples.h"

/* Samples of every arm: by the kernel where a plan can be made of it, else by the plain path, one
 * after the other. What nothing has changed for stands as it stood (stages.c). */

#define CANCEL_EVERY 32

/* ---- the plain path ------------------------------------------------------------------------ */

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
metrics_of(double m[METRIC_COUNT], const struct setup *work, int arm, const struct arm_outcome *o)
{
    const bool known = o->known && fabs(o->npv_usd) <= (double)REAL_MAX;

    m[METRIC_NPV] = known ? o->npv_usd : NAN;
    m[METRIC_ONCE] = known ? o->once_total_usd : NAN;
    m[METRIC_RUN] = known ? run_of(work, arm, o) : NAN;
    m[METRIC_QUALITY] = o->quality;
    m[METRIC_TTFT_P95] = o->ttft_p95_s;
    m[METRIC_TPOT] = o->tpot_s;
    m[METRIC_MEMORY] = o->have_gib - o->need_gib;
    m[METRIC_REPLICAS] = o->replicas[0];
    m[METRIC_CONTEXT] = o->context_need_tokens;
    m[METRIC_THROUGHPUT] = o->replica_tok_s;
}

static real *
band_of(const struct samples_whole *w, const struct request *q, int arm)
{
    return q->band != NULL ? q->band + (size_t)arm * (size_t)w->plan.months * (size_t)q->band_n : NULL;
}

/* Cumulative cost by month. Where the horizon itself is drawn, a sample that ends before the
 * median's last month costs nothing more after its end. */
static void
store_band(real *band, int n, int i, int months, const struct arm_outcome *o)
{
    double sum = o->known ? o->once_total_usd : NAN;

    for (int m = 0; m < months; m++) {
        if (m < o->months)
            sum += o->monthly_usd[m];
        band[(size_t)m * (size_t)n + (size_t)i] = (real)sum;
    }
}

static void
set_places(struct setup *work, const size_t *offsets, int n, double v)
{
    for (int k = 0; k < n; k++)
        *(double *)(void *)((char *)work + offsets[k]) = v;
}

static int
evaluate_plain(struct samples_whole *w, const struct request *q, int arm)
{
    struct samples *s = &w->s;
    const size_t stride = column_stride(s->n);
    struct setup *work = malloc(sizeof *work);
    struct arm_outcome *out = malloc(sizeof *out);
    double m[METRIC_COUNT];
    int status = work != NULL && out != NULL ? 0 : -1;

    if (status == 0)
        *work = s->setup;
    for (int i = 0; status == 0 && i < s->n; i++) {
        if (i % CANCEL_EVERY == 0 && solve_cancelled(q->cancel))
            status = 1;
        samples_write(w, work, i);
        set_places(work, q->fixed, q->n_fixed, q->value);
        model_evaluate(work, arm, out);
        metrics_of(m, work, arm, out);
        for (int k = 0; k < METRIC_COUNT; k++)
            w->arm[arm].block[(size_t)k * stride + (size_t)i] = (real)m[k];
        if (q->band != NULL && i < q->band_n)
            store_band(band_of(w, q, arm), q->band_n, i, w->plan.months, out);
    }
    free(work);
    free(out);
    return status;
}

/* ---- one arm --------------------------------------------------------------------------------- */

static void
finish_bands(struct samples_whole *w, const struct request *q, int arm)
{
    static const double u[] = { 0.05, 0.50, 0.95 };

    for (int m = 0; m < w->plan.months; m++) {
        const real *x = band_of(w, q, arm) + (size_t)m * (size_t)q->band_n;
        column_quantiles(x, q->band_n, u, 3, &w->cumulative[arm][4 * m], q->scratch);
        w->cumulative[arm][4 * m + 3] = column_mean(x, q->band_n);
    }
}

/* Known at the medians and in at least four samples of five: an arm that outgrows its memory in a
 * rare sample is still an arm, and its gate says how often. */
bool
samples_know(struct samples_whole *w, int arm)
{
    return w->s.median[arm].known && (w->s.n - samples_facts(&w->s, arm, METRIC_NPV)->finite) * 5 <= w->s.n;
}

static int
own_metrics(struct samples_whole *w, int arm)
{
    const size_t stride = column_stride(w->s.n);
    struct arm_columns *c = &w->arm[arm];

    if (c->block == NULL)
        c->block = malloc(METRIC_COUNT * stride * sizeof *c->block);
    if (c->block == NULL)
        return -1;
    w->versions++;
    for (int m = 0; m < METRIC_COUNT; m++) {
        w->s.metric[arm][m] = c->block + (size_t)m * stride;
        w->s.version[arm][m] = w->versions;
        w->same[arm][m] = NAN;
    }
    return 0;
}

/* All anew each time, since no plan says what it depends on. */
static int
evaluate_alone(struct samples_whole *w, const struct request *q, int arm)
{
    int status = own_metrics(w, arm);

    w->arm[arm].banded = false;
    if (status == 0)
        status = evaluate_plain(w, q, arm);
    if (status == 0 && q->band != NULL)
        finish_bands(w, q, arm);
    return status;
}

/* ---- the kernel's arms ------------------------------------------------------------------------------ */

static void
take_metrics(struct samples_whole *w, int arm, const struct stage_metric metric[METRIC_COUNT])
{
    for (int m = 0; m < METRIC_COUNT; m++) {
        w->s.metric[arm][m] = metric[m].column.x;
        w->s.version[arm][m] = (int64_t)metric[m].column.value;
        w->same[arm][m] = metric[m].same;
    }
    free(w->arm[arm].block);
    w->arm[arm].block = NULL;
}

/* Bands belong to the total cost that they stand behind. */
static void
bring_bands(struct samples_whole *w, const struct request *q, int arm, const struct kernel_path *path, struct kernel_bands *bands)
{
    struct arm_columns *c = &w->arm[arm];

    if (c->banded && c->band_version == w->s.version[arm][METRIC_NPV] && c->band_months == w->plan.months)
        return;
    bands->npv = w->s.metric[arm][METRIC_NPV];
    bands->band = band_of(w, q, arm);
    bands->n = q->band_n;
    path->bands(bands);
    finish_bands(w, q, arm);
    c->banded = true;
    c->band_version = w->s.version[arm][METRIC_NPV];
    c->band_months = w->plan.months;
}

/* An arm that names one which is missing: what is known of it is the same in all samples. */
static void
constant_bands(struct samples_whole *w, const struct request *q, int arm)
{
    for (int i = 0; i < q->band_n; i++)
        store_band(band_of(w, q, arm), q->band_n, i, w->plan.months, &w->s.median[arm]);
    finish_bands(w, q, arm);
    w->arm[arm].banded = false;
}

static int
evaluate_kernel(struct samples_whole *w, const struct request *q, unsigned arms, unsigned of_none)
{
    struct samples *s = &w->s;
    struct kernel_bands *bands = q->band != NULL ? malloc((size_t)s->n_arms * sizeof *bands) : NULL;
    const struct kernel_path *path = w->path == PATH_FASTEST ? kernel_choose()
                                     : w->path == PATH_AVX2  ? kernel_choose_avx2()
                                                             : &kernel_plain;
    struct stage_plan p = { .kernel = &w->plan, .path = path, .pool = &w->pool, .samples = s->n, .versions = &w->versions,
                            .brief = q->brief, .base = w->base != NULL ? &w->base->pool : NULL };
    struct stage_metric metric[ARMS_MAX][METRIC_COUNT];
    double m[METRIC_COUNT];
    int status = q->band != NULL && bands == NULL ? -1 : 0;

    stages_begin(&p);
    for (int a = 0; status == 0 && a < s->n_arms; a++)
        if (arms >> a & 1)
            stages_of_job(&p, a, metric[a], bands != NULL ? &bands[a] : NULL);
        else if (of_none >> a & 1) {
            metrics_of(m, &s->setup, a, &s->median[a]);
            stages_of_values(&p, a, metric[a], m);
        }
    if (status == 0)
        status = stages_run(&p, q->cancel);
    for (int a = 0; status == 0 && a < s->n_arms; a++)
        if ((arms | of_none) >> a & 1) {
            take_metrics(w, a, metric[a]);
            if (bands != NULL && (arms >> a & 1))
                bring_bands(w, q, a, path, &bands[a]);
            else if (bands != NULL)
                constant_bands(w, q, a);
        }
    if (status == 0)
        stages_fold(&p, s);
    free(bands);
    return status;
}

/* ---- all ------------------------------------------------------------------------------------------------ */

static bool
is_fixed(const struct request *q, size_t offset)
{
    for (int k = 0; k < q->n_fixed; k++)
        if (q->fixed[k] == offset)
            return true;
    return false;
}

static struct figure
figure_at(const struct samples_whole *w, const struct request *q, const struct quantity *place, double absent)
{
    const size_t offset = (size_t)((const char *)&place->x - (const char *)&w->s.setup);

    for (int k = 0; k < w->columns.n_targets && !is_fixed(q, offset); k++)
        if (w->columns.targets[k].offset == offset) {
            const struct plan_column *c = &w->column[w->columns.targets[k].input];
            return (struct figure){ c->x, (double)c->version };
        }
    return (struct figure){ NULL, place->kind == QUANTITY_UNSET ? absent : place->x };
}

static inline double
figure_in(const struct figure *f, int i)
{
    return f->x != NULL ? (double)f->x[i] : f->value;
}

/* What is no arm's: the axis of every chart, and the labels. */
static void
note_columns(struct samples_whole *w, const struct request *q)
{
    struct samples *s = &w->s;
    const struct scenario *sc = &s->setup.sc;
    const struct figure axis[4] = { figure_at(w, q, &sc->workload.requests_per_day, NAN), figure_at(w, q, &sc->workload.input_tokens, NAN),
                                    figure_at(w, q, &sc->workload.output_tokens, NAN), figure_at(w, q, &sc->workload.extra_attempts, 0) };

    s->examples = figure_at(w, q, &sc->labels.examples, NAN).x;
    if (w->axis_made && memcmp(axis, w->axis, sizeof axis) == 0)
        return;
    memcpy(w->axis, axis, sizeof axis);
    w->axis_made = true;
    for (int i = 0; i < s->n; i++) {
        double attempts = 1 + figure_in(&axis[3], i), tokens = figure_in(&axis[1], i) + figure_in(&axis[2], i);
        s->tokens_per_day[i] = (real)(figure_in(&axis[0], i) * (attempts * tokens));
    }
}

static void
plan_arms(struct samples_whole *w, const struct request *q, unsigned arms)
{
    enum plan_kind *kinds = w->kinds;
    const struct scenario *sc = &w->s.setup.sc;
    const struct quantity *const curve[4] = { &sc->quality.alpha, &sc->quality.n_scale, &sc->quality.e_inf_share,
                                              &sc->quality.e_0 };
    size_t offset[4];

    for (int k = 0; k < 4; k++)
        offset[k] = (size_t)((const char *)&curve[k]->x - (const char *)&w->s.setup);
    const struct plan_source from = { .setup = &w->s.setup, .columns = &w->columns, .column = w->column,
        .fit = w->fit_column, .fit_offset = offset, .n_fit = w->fitted ? 4 : 0, .fixed = q->fixed, .n_fixed = q->n_fixed };
    plan_make(&w->plan, kinds, &from, arms);
    for (int a = 0; w->path == PATH_PLAIN && a < w->s.n_arms; a++)
        kinds[a] = PLAN_PLAIN;
}

/* What every arm reads of a scenario. */
static bool
common_stands(const struct setup *was, const struct setup *now)
{
    return was->catalog == now->catalog && was->sc.n_pilots == now->sc.n_pilots &&
           memcmp(&was->sc, &now->sc, offsetof(struct scenario, arms)) == 0 &&
           memcmp(was->sc.pilots, now->sc.pilots, sizeof now->sc.pilots) == 0;
}

static bool
arm_stands(const struct setup *was, const struct setup *now, int arm)
{
    return memcmp(&was->sc.arms[arm], &now->sc.arms[arm], sizeof now->sc.arms[arm]) == 0 &&
           memcmp(&was->arms[arm], &now->arms[arm], sizeof now->arms[arm]) == 0;
}

/* And what one arm adds: its own figures and those of the arms that it names. */
static bool
median_stands(const struct setup *was, const struct setup *now, int arm)
{
    struct stint st[2], before[2];
    const int n = stints_of(now, arm, horizon_months(now), st);
    bool stands = n > 0 && stints_of(was, arm, horizon_months(was), before) == n && arm_stands(was, now, arm);

    for (int k = 0; stands && k < n; k++)
        stands = before[k].arm == st[k].arm && arm_stands(was, now, st[k].arm);
    return stands;
}

static void
bring_medians(struct samples_whole *w)
{
    const bool common = w->medians_valid && common_stands(&w->medians_of, &w->s.setup);
    bool all = common && w->medians_of.sc.n_arms == w->s.setup.sc.n_arms;

    for (int a = 0; a < w->s.n_arms; a++)
        if (!common || !median_stands(&w->medians_of, &w->s.setup, a)) {
            model_evaluate(&w->s.setup, a, &w->s.median[a]);
            all = false;
        }
    if (!all)
        w->medians_of = w->s.setup;
    w->medians_valid = true;
}

int
samples_evaluate(struct samples_whole *w, const struct request *q, struct error *err)
{
    struct samples *s = &w->s;
    const enum plan_kind *kinds = w->kinds;
    unsigned of_kernel = 0, of_none = 0;
    int status = solve_cancelled(q->cancel);

    if (status != 0)
        return status;
    plan_arms(w, q, ~0u);
    note_columns(w, q);
    bring_medians(w);
    for (int a = 0; status == 0 && a < s->n_arms; a++)
        if (kinds[a] == PLAN_PLAIN)
            status = evaluate_alone(w, q, a);
        else
            *(kinds[a] == PLAN_KERNEL ? &of_kernel : &of_none) |= 1u << a;
    if (status == 0)
        status = evaluate_kernel(w, q, of_kernel, of_none);
    for (int a = 0; status == 0 && a < s->n_arms; a++)
        s->known[a] = samples_know(w, a);
    if (status < 0)
        error_set(err, ERR_BUG, "no memory for %d samples", s->n);
    return status;
}

/* Where every metric is base's, the arm does not read what is held, and its medians are base's, too. */
static bool
is_base_s(const struct samples_whole *w, int arm)
{
    return memcmp(w->s.metric[arm], w->base->s.metric[arm], sizeof w->s.metric[arm]) == 0 &&
           memcmp(w->s.version[arm], w->base->s.version[arm], sizeof w->s.version[arm]) == 0;
}

/* What is known in every sample is known at the medians, which need not be computed to tell. (What else trials
 * look at there is whether quality is known.) */
static bool
is_known_throughout(struct samples_whole *w, int arm)
{
    return samples_facts(&w->s, arm, METRIC_NPV)->finite == w->s.n && samples_facts(&w->s, arm, METRIC_QUALITY)->finite == w->s.n &&
           isfinite(w->s.median[arm].quality);
}

static void
evaluate_median(struct samples_whole *w, int arm)
{
    if (w->s.median != w->median) /* lent by base until one differs */
        memcpy(w->median, w->s.median, (size_t)w->s.n_arms * sizeof w->median[0]);
    w->s.median = w->median;
    model_evaluate(&w->s.setup, arm, &w->median[arm]);
    w->own_medians |= 1u << arm;
}

void
samples_borrow_median(struct samples_whole *w, int arm)
{
    if (w->own_medians >> arm & 1)
        w->median[arm] = w->base->median[arm];
    w->own_medians &= ~(1u << arm);
}

int
samples_evaluate_arms(struct samples_whole *w, const struct request *q, unsigned arms, unsigned *differ, struct error *err)
{
    struct samples *s = &w->s;
    const enum plan_kind *kinds = w->kinds;
    unsigned of_kernel = 0, of_none = 0;
    int status = solve_cancelled(q->cancel);

    *differ = 0;
    if (status != 0)
        return status;
    if (q->in_plan != NULL && (arms & ~w->planned) == 0)
        plan_put(&w->plan, q->in_plan, q->value);
    else
        plan_arms(w, q, arms);
    w->planned = arms;
    for (int a = 0; status == 0 && a < s->n_arms; a++) {
        if (!(arms >> a & 1))
            continue;
        if (kinds[a] == PLAN_KERNEL) {
            of_kernel |= 1u << a;
            continue;
        }
        evaluate_median(w, a);
        *differ |= 1u << a;
        if (kinds[a] == PLAN_PLAIN)
            status = evaluate_alone(w, q, a);
        else
            of_none |= 1u << a;
    }
    if (status == 0)
        status = evaluate_kernel(w, q, of_kernel, of_none);
    for (int a = 0; status == 0 && a < s->n_arms; a++) {
        if (!(arms >> a & 1))
            continue;
        const bool same = of_kernel >> a & 1 && is_base_s(w, a);
        if (of_kernel >> a & 1 && !same)
            *differ |= 1u << a;
        s->known[a] = true;
        if (is_known_throughout(w, a))
            continue;
        if (same)
            samples_borrow_median(w, a);
        else if (of_kernel >> a & 1)
            evaluate_median(w, a);
        s->known[a] = samples_know(w, a);
    }
    if (status < 0)
        error_set(err, ERR_BUG, "no memory for %d samples", s->n);
    return status;
}
