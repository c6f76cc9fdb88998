/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "samples.h"

/* Samples of every arm: by the kernel where a plan can be made of it, else by the plain path, one
 * after the other. An arm whose job is what it was keeps its metrics. */

#define CANCEL_EVERY 32
#define BLOCK 512 /* samples of the kernel between two looks at the cancel flag */

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
    m[METRIC_NPV] = o->known ? o->npv_usd : NAN;
    m[METRIC_ONCE] = o->known ? o->once_total_usd : NAN;
    m[METRIC_RUN] = o->known ? run_of(work, arm, o) : NAN;
    m[METRIC_QUALITY] = o->quality;
    m[METRIC_TTFT_P95] = o->ttft_p95_s;
    m[METRIC_TPOT] = o->tpot_s;
    m[METRIC_MEMORY] = o->have_gib - o->need_gib;
    m[METRIC_LABELS] = o->labels_trained;
    m[METRIC_UTILIZATION] = o->utilization;
    m[METRIC_REPLICAS] = o->replicas[0];
    m[METRIC_EVENNESS] = o->ttft_p95_s / o->ttft_p50_s;
    m[METRIC_PER_ACCEPTED] = o->known && o->discounted_accepted > 0 ? o->npv_usd / o->discounted_accepted : NAN;
    m[METRIC_CONTEXT] = o->context_need_tokens;
    m[METRIC_THROUGHPUT] = o->replica_tok_s;
}

static double *
band_of(const struct samples_whole *w, const struct request *q, int arm)
{
    return q->band != NULL ? q->band + (size_t)arm * (size_t)w->plan.months * (size_t)q->band_n : NULL;
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
set_places(struct setup *work, const size_t *offsets, int n, double v)
{
    for (int k = 0; k < n; k++)
        *(double *)(void *)((char *)work + offsets[k]) = v;
}

static int
evaluate_plain(struct samples_whole *w, const struct request *q, int arm)
{
    struct samples *s = &w->s;
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
            s->metric[arm][k][i] = m[k];
        if (q->band != NULL && i < q->band_n)
            store_band(band_of(w, q, arm), q->band_n, i, w->plan.months, out);
    }
    free(work);
    free(out);
    return status;
}

/* No column has a part in it. */
static void
evaluate_constant(struct samples_whole *w, const struct request *q, int arm)
{
    struct samples *s = &w->s;
    double m[METRIC_COUNT];

    metrics_of(m, &s->setup, arm, &s->median[arm]);
    for (int k = 0; k < METRIC_COUNT; k++)
        for (int i = 0; i < s->n; i++)
            s->metric[arm][k][i] = m[k];
    for (int i = 0; q->band != NULL && i < q->band_n; i++)
        store_band(band_of(w, q, arm), q->band_n, i, w->plan.months, &s->median[arm]);
}

static int
evaluate_kernel(struct samples_whole *w, const struct request *q, unsigned arms)
{
    const struct samples *s = &w->s;
    kernel_run *run = w->path == PATH_FASTEST ? kernel_choose() : kernel_run_plain;
    struct kernel *k = &w->plan;

    k->band_n = q->band_n;
    for (int a = 0; a < s->n_arms; a++) {
        memcpy(k->out[a].metric, s->metric[a], sizeof k->out[a].metric);
        k->out[a].band = band_of(w, q, a);
    }
    for (int i = 0; arms != 0 && i < s->n; i += BLOCK) {
        if (solve_cancelled(q->cancel))
            return 1;
        run(k, arms, i, i + BLOCK < s->n ? i + BLOCK : s->n);
    }
    return 0;
}

/* ---- one arm --------------------------------------------------------------------------------- */

static void
finish_bands(struct samples_whole *w, const struct request *q, int arm)
{
    static const double u[] = { 0.05, 0.50, 0.95 };

    for (int m = 0; m < w->plan.months; m++) {
        const double *x = band_of(w, q, arm) + (size_t)m * (size_t)q->band_n;
        column_quantiles(x, q->band_n, u, 3, &w->cumulative[arm][4 * m], q->scratch);
        w->cumulative[arm][4 * m + 3] = column_mean(x, q->band_n);
    }
}

/* Known at the medians and in at least four samples of five: an arm that outgrows its memory in a
 * rare sample is still an arm, and its gate says how often. */
static bool
is_mostly_known(const struct samples *s, int arm)
{
    const double *x = s->metric[arm][METRIC_NPV];
    int unknown = 0;

    for (int i = 0; i < s->n; i++)
        unknown += !(x[i] - x[i] == 0);
    return s->median[arm].known && unknown * 5 <= s->n;
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
    for (int m = 0; m < METRIC_COUNT; m++)
        w->s.metric[arm][m] = c->block + (size_t)m * stride;
    return 0;
}

/* The arm's metrics stand now. */
static void
finish_arm(struct samples_whole *w, const struct request *q, int arm, enum plan_kind kind)
{
    if (q->band != NULL)
        finish_bands(w, q, arm);
    w->s.known[arm] = is_mostly_known(&w->s, arm);
    w->arm[arm].valid = true;
    w->arm[arm].kind = kind;
    w->kernel.job[arm] = w->plan.job[arm];
}

static int
evaluate_arms(struct samples_whole *w, const struct request *q, unsigned arms, const enum plan_kind *kinds)
{
    unsigned jobs = 0;
    int status = 0;

    for (int a = 0; status == 0 && a < w->s.n_arms; a++) {
        if (!(arms >> a & 1))
            continue;
        w->arm[a].valid = false;
        status = own_metrics(w, a);
        if (status == 0 && kinds[a] == PLAN_CONSTANT)
            evaluate_constant(w, q, a);
        if (status == 0 && kinds[a] == PLAN_PLAIN)
            status = evaluate_plain(w, q, a);
        if (kinds[a] == PLAN_KERNEL)
            jobs |= 1u << a;
    }
    if (status == 0)
        status = evaluate_kernel(w, q, jobs);
    for (int a = 0; status == 0 && a < w->s.n_arms; a++)
        if (arms >> a & 1)
            finish_arm(w, q, a, kinds[a]);
    return status;
}

/* ---- what stands already -------------------------------------------------------------------------- */

/* The metrics that stand for this arm belong to the same job: its own, or those of the samples that one
 * field was replaced in. Only the kernel's jobs say all that an arm depends on. */
static bool
stands(const struct samples_whole *of, const struct samples_whole *w, int arm, enum plan_kind kind)
{
    return of != NULL && kind == PLAN_KERNEL && of->arm[arm].kind == PLAN_KERNEL && of->arm[arm].valid &&
           of->kernel.months == w->plan.months && jobs_are_alike(&of->kernel.job[arm], &w->plan.job[arm]);
}

static void
borrow(struct samples_whole *w, int arm)
{
    memcpy(w->s.metric[arm], w->base->s.metric[arm], sizeof w->s.metric[arm]);
    w->s.known[arm] = w->base->s.known[arm];
    if (w->s.n < w->base->s.n)
        w->s.known[arm] = is_mostly_known(&w->s, arm);
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

static const double *
column_at(const struct samples_whole *w, const struct request *q, const struct quantity *place)
{
    const size_t offset = (size_t)((const char *)&place->x - (const char *)&w->s.setup);

    for (int k = 0; k < w->columns.n_targets && !is_fixed(q, offset); k++)
        if (w->columns.targets[k].offset == offset)
            return w->column[w->columns.targets[k].input].x;
    return NULL;
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

static void
plan_all(struct samples_whole *w, const struct request *q, enum plan_kind kinds[ARMS_MAX])
{
    const struct scenario *sc = &w->s.setup.sc;
    const struct quantity *const curve[4] = { &sc->quality.alpha, &sc->quality.n_scale, &sc->quality.e_inf_share,
                                              &sc->quality.e_0 };
    size_t offset[4];

    for (int k = 0; k < 4; k++)
        offset[k] = (size_t)((const char *)&curve[k]->x - (const char *)&w->s.setup);
    const struct plan_source from = { .setup = &w->s.setup, .columns = &w->columns, .column = w->column,
        .fit = w->fit_column, .fit_offset = offset, .n_fit = w->fitted ? 4 : 0, .fixed = q->fixed, .n_fixed = q->n_fixed };
    plan_make(&w->plan, kinds, &from);
    for (int a = 0; w->path == PATH_PLAIN && a < w->s.n_arms; a++)
        kinds[a] = PLAN_PLAIN;
}

int
samples_evaluate(struct samples_whole *w, const struct request *q, struct error *err)
{
    struct samples *s = &w->s;
    enum plan_kind kinds[ARMS_MAX];
    unsigned arms = 0;
    int status = solve_cancelled(q->cancel);

    if (status != 0)
        return status;
    plan_all(w, q, kinds);
    note_columns(w, q);
    for (int a = 0; a < s->n_arms; a++) {
        model_evaluate(&s->setup, a, &s->median[a]);
        if (stands(w->base, w, a, kinds[a]))
            borrow(w, a);
        else if (w->base != NULL || !stands(w, w, a, kinds[a]))
            arms |= 1u << a;
        else
            s->known[a] = is_mostly_known(s, a);
    }
    status = evaluate_arms(w, q, arms, kinds);
    w->kernel.months = w->plan.months;
    if (status < 0)
        error_set(err, ERR_BUG, "no memory for %d samples", s->n);
    return status;
}
