/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/*
 * What to measure next (section 11.6): what each input is worth knowing, and four
 * studies that a team can really do, with what they cost and what their result is worth.
 */

/* Below a dollar nothing is worth a sentence: it is the dust of the arithmetic. */
#define WORTH_MENTION_USD 1.0

/* ---- inputs ----------------------------------------------------------------------------- */

static int
by_size(const void *a, const void *b)
{
    double x = fabs(((const struct ranked *)a)->value), y = fabs(((const struct ranked *)b)->value);

    return x > y ? -1 : x < y ? 1 : 0;
}

/* Knowing a part is worth no more than knowing all. */
static bool
is_worth_asking(const struct stakes *stakes)
{
    return evpi(stakes) >= WORTH_MENTION_USD;
}

/* Is it more than rounding that what the best two lie apart by differs in? */
static bool
varies(const real *difference, const struct samples *s, const struct ruling *r)
{
    struct column_facts facts;
    double largest = 0;

    for (int a = 0; a < s->n_arms; a++)
        if (a == r->pick || a == r->rival) {
            const struct column_facts *cost = samples_facts(s, a, METRIC_NPV);
            largest = fmax(largest, fmax(fabs(cost->high), fabs(cost->low)));
        }
    column_look(&facts, difference, s->n);
    return !(facts.high - facts.low <= 8 * REAL_EPSILON * largest);
}

static int
rank_inputs(struct answer *an, const struct ruling *r, struct stakes *stakes, struct error *err)
{
    const struct samples *s = r->samples;
    const size_t n = (size_t)s->n;
    double *scratch = malloc(6 * n * sizeof *scratch), rho[INPUTS_MAX] = { 0 };
    const real *x[INPUTS_MAX];
    const struct column_facts *facts[INPUTS_MAX];

    if (scratch == NULL)
        return error_set(err, ERR_BUG, "no memory for %d samples", s->n);
    real *difference = (real *)(void *)(scratch + 5 * n);
    for (int i = 0; i < s->n && r->pick >= 0; i++)
        difference[i] = (r->rival >= 0 ? s->metric[r->rival][METRIC_NPV][i] : 0) - s->metric[r->pick][METRIC_NPV][i];
    for (int k = 0; k < s->n_inputs; k++) {
        const struct input *in = &s->inputs[k];
        x[k] = in->quantity.whole ? in->x : in->z; /* which rises with x */
        facts[k] = in->quantity.whole ? NULL : &in->scores;
    }
    if (r->pick >= 0 && varies(difference, s, r))
        rank_correlations(x, facts, s->n_inputs, difference, s->n, rho, scratch);
    for (int k = 0; k < s->n_inputs && r->pick >= 0; k++) {
        struct ranked *rank = &an->rank_correlation[an->n_rank++], *worth = &an->evppi[an->n_evppi++];
        double error = 0, value = is_worth_asking(stakes) ? evppi(stakes, s->inputs[k].z, &s->inputs[k].scores, WORTH_MENTION_USD, &error, r->cancel) : 0;

        text_copy(rank->path, sizeof rank->path, s->inputs[k].path);
        rank->value = rho[k];
        text_copy(worth->path, sizeof worth->path, s->inputs[k].path);
        worth->value = value < 2 * error || value < WORTH_MENTION_USD ? 0 : value;
    }
    free(scratch);
    qsort(an->rank_correlation, (size_t)an->n_rank, sizeof an->rank_correlation[0], by_size);
    qsort(an->evppi, (size_t)an->n_evppi, sizeof an->evppi[0], by_size);
    return 0;
}

/* ---- the studies --------------------------------------------------------------------------------- */

#define PILOT_LABELS 200
#define PILOT_TEST 100
#define EVALUATION_TEST 500
#define WEEK_NOISE 0.05
#define GPU_NOISE 0.05
#define WORK_DAYS 21.0 /* in a month */

#define RESULTS_MAX 8

struct study {
    const char *id, *words;
    const char *measures[8]; /* ends of the paths of what it measures */
    double person_days; /* judgement */
    /* how many result columns (-1: no memory, or cancelled), each filled for all samples; y NULL: how many there are */
    int (*results)(const struct samples *, real *const y[RESULTS_MAX], struct trials *, struct error *);
    /* labels or hours at the scenario's prices */
    double (*cost)(const struct samples *);
};

/* What a test of so many examples finds in each sample. */
static void
test_quality(const struct samples *s, real *y, const real *quality, int examples, int stream)
{
    struct study_noise e;

    for (int i = 0; i < s->n; i += STUDY_RUN) {
        study_noise(&e, s->seed, (uint64_t)stream, i);
        study_tests(y + i, quality + i, &e, examples);
    }
}

/* ln x of each sample, or of "least" if that is more, as far as so much noise lets it be seen. */
static void
see_logs(const struct samples *s, real *y, const real *x, double least, double noise, int stream)
{
    struct study_noise e;

    for (int i = 0; i < s->n; i += STUDY_RUN) {
        study_noise(&e, s->seed, (uint64_t)stream, i);
        study_logs(y + i, x + i, least, &e, noise);
    }
}

/* x itself. */
static void
see_share(const struct samples *s, real *y, const real *x, double noise, int stream)
{
    struct study_noise e;

    for (int i = 0; i < s->n; i++) {
        if (i % STUDY_RUN == 0)
            study_noise(&e, s->seed, (uint64_t)stream, i);
        y[i] = (real)((double)x[i] + noise * e.z[i % STUDY_RUN]);
    }
}

static unsigned
tuned_arms(const struct samples *s)
{
    unsigned arms = 0;

    for (int a = 0; a < s->n_arms; a++)
        if (arm_kind_is_tuned(s->setup.sc.arms[a].kind))
            arms |= 1u << a;
    return arms;
}

static int
pilot_results(const struct samples *s, real *const y[RESULTS_MAX], struct trials *t, struct error *err)
{
    const unsigned arms = tuned_arms(s);
    const struct samples *pilot;
    struct field_ref ref;
    int n = 0, status = 0;

    if (arms == 0 || y == NULL)
        return __builtin_popcount(arms);
    status = field_find(&s->setup.sc, "labels.examples", &ref, err);
    if (status == 0) {
        trials_hold(t, ref);
        status = trials_at(t, PILOT_LABELS, s->n, arms, &pilot, err);
    }
    for (int a = 0; status == 0 && a < s->n_arms; a++)
        if (arms >> a & 1)
            test_quality(s, y[n++], pilot->metric[a][METRIC_QUALITY], PILOT_TEST, 100 + a);
    return status == 0 ? n : -1;
}

static double
pilot_cost(const struct samples *s)
{
    struct label_cost labels;

    labels_evaluate(&s->setup, &labels);
    return (PILOT_LABELS + PILOT_TEST) * labels.usd_per_example + labels.guideline_usd;
}

static int
evaluation_results(const struct samples *s, real *const y[RESULTS_MAX], struct trials *t, struct error *err)
{
    int n = 0;

    (void)t, (void)err;
    for (int a = 0; a < s->n_arms; a++)
        if ((KIND(s->setup.sc.arms[a].kind) & KINDS_PLAIN) && isfinite(s->median[a].quality)) {
            if (y != NULL)
                test_quality(s, y[n], s->metric[a][METRIC_QUALITY], EVALUATION_TEST, 200 + a);
            n++;
        }
    return n;
}

static double
evaluation_cost(const struct samples *s)
{
    struct label_cost labels;

    labels_evaluate(&s->setup, &labels);
    return EVALUATION_TEST * labels.usd_per_example;
}

/* ln X of each self-hosted arm: what a day on the real GPU shows. */
static int
gpu_results(const struct samples *s, real *const y[RESULTS_MAX], struct trials *t, struct error *err)
{
    int n = 0;

    (void)t, (void)err;
    for (int a = 0; a < s->n_arms; a++) {
        const real *tok_s = s->metric[a][METRIC_THROUGHPUT];
        if (!arm_kind_is_self(s->setup.sc.arms[a].kind))
            continue;
        if (y != NULL)
            see_logs(s, y[n], tok_s, 0, GPU_NOISE, 300 + a);
        for (int i = 0; y != NULL && i < s->n; i++)
            y[n][i] = tok_s[i] > 0 ? y[n][i] : 0;
        n++;
    }
    return n;
}

static double
gpu_cost(const struct samples *s)
{
    double usd = 0;

    for (int a = 0; a < s->n_arms; a++) {
        const struct arm *arm = &s->setup.sc.arms[a];
        double gpus = arm->gpus_per_replica.kind != QUANTITY_UNSET ? arm->gpus_per_replica.x : 1;
        if (arm_kind_is_self(arm->kind) && arm->gpu_price_usd_h.kind != QUANTITY_UNSET)
            usd += 24 * gpus * arm->gpu_price_usd_h.x;
    }
    return usd;
}

/* The column of a scenario's figure; NULL: it is exact. */
static const real *
column_of(const struct samples *s, const struct quantity *q)
{
    for (int k = 0; k < s->n_inputs; k++)
        if (s->inputs[k].ref.arm < 0 && field_value(&s->setup.sc, s->inputs[k].ref) == q)
            return s->inputs[k].x;
    return NULL;
}

/* What is exact is known without a log: noise alone would tell nothing. */
static int
logs_results(const struct samples *s, real *const y[RESULTS_MAX], struct trials *t, struct error *err)
{
    const struct scenario *sc = &s->setup.sc;
    const struct quantity *const logged[] = { &sc->workload.requests_per_day, &sc->workload.input_tokens, &sc->workload.output_tokens,
                                              &sc->workload.peak_to_average, &sc->workload.cached_share };
    int n = 0;

    (void)t, (void)err;
    for (size_t k = 0; k < BE_LEN(logged); k++) {
        const real *x = column_of(s, logged[k]);
        if (x == NULL)
            continue;
        if (y != NULL && logged[k] == &sc->workload.cached_share)
            see_share(s, y[n], x, WEEK_NOISE, 400 + (int)k);
        else if (y != NULL)
            see_logs(s, y[n], x, 1e-12, WEEK_NOISE, 400 + (int)k);
        n++;
    }
    for (int i = 0; n == 0 && y != NULL && i < s->n; i++)
        y[0][i] = 0;
    return n > 0 ? n : 1;
}

static double
no_cost(const struct samples *s)
{
    (void)s;
    return 0;
}

static const struct study studies[] = {
    { "pilot", "label 200 examples, tune once and test on 100",
      { "quality.alpha", "quality.n_scale", "quality.e_inf_share", "quality.e_0", "quality.lora_points", "quality.qlora_relative" }, 5, pilot_results, pilot_cost },
    { "evaluation", "test every arm on the same 500 examples", { ".quality", ".quant_points" }, 3, evaluation_results, evaluation_cost },
    { "gpu-day", "run the model for a day on the GPU it would have",
      { ".throughput_factor", ".throughput_tok_s", ".ttft_factor", ".ttft_ms", ".tpot_ms" }, 2, gpu_results, gpu_cost },
    { "logs", "read a week of usage logs",
      { "workload.requests_per_day", "workload.input_tokens", "workload.output_tokens", "workload.peak_to_average",
        "workload.cached_share" }, 1, logs_results, no_cost },
};

bool
study_measures(const char *id, const char *path)
{
    size_t n = strlen(path);

    for (size_t k = 0; k < BE_LEN(studies); k++)
        for (size_t i = 0; strcmp(studies[k].id, id) == 0 && i < BE_LEN(studies[k].measures) && studies[k].measures[i] != NULL; i++) {
            size_t m = strlen(studies[k].measures[i]);
            if (n >= m && strcmp(path + n - m, studies[k].measures[i]) == 0)
                return true;
        }
    return false;
}

static int
value_study(struct answer *an, const struct ruling *r, struct stakes *stakes, const struct study *study,
            real *const columns[RESULTS_MAX], struct error *err)
{
    const struct samples *s = r->samples;
    const bool asked = is_worth_asking(stakes);
    const int n_y = study->results(s, asked ? columns : NULL, r->trials, err);

    if (solve_cancelled(r->cancel))
        return 1;
    if (n_y < 0)
        return -1;
    if (n_y == 0)
        return 0;
    struct study_result *out = &an->studies[an->n_studies++];
    out->id = study->id;
    out->words = study->words;
    double fte = s->setup.sc.people.fte_cost_usd_month.x;
    out->cost_usd = study->cost(s) + study->person_days * (isfinite(fte) ? fte : 0) / WORK_DAYS;
    if (asked)
        out->evsi_usd = evsi(stakes, (const real *const *)columns, n_y, &out->standard_error_usd, r->cancel);
    if (out->evsi_usd < 2 * out->standard_error_usd || out->evsi_usd < WORTH_MENTION_USD)
        out->evsi_usd = 0;
    out->net_usd = out->evsi_usd - out->cost_usd;
    return 0;
}

int
information_find(struct answer *an, const struct ruling *r, struct error *err)
{
    const struct samples *s = r->samples;
    const size_t n = (size_t)s->n;
    real *block = malloc(RESULTS_MAX * n * sizeof *block), *columns[RESULTS_MAX];
    struct stakes *stakes;
    int status = 0;

    if (block == NULL)
        return error_set(err, ERR_BUG, "no memory for the studies");
    for (int k = 0; k < RESULTS_MAX; k++)
        columns[k] = block + (size_t)k * n;
    stakes = stakes_new(r->running, r->n_arms, s->n);
    an->evpi_usd = evpi(stakes);
    status = rank_inputs(an, r, stakes, err);
    for (size_t k = 0; status == 0 && r->pick >= 0 && k < BE_LEN(studies); k++)
        status = value_study(an, r, stakes, &studies[k], columns, err);
    stakes_free(stakes);
    free(block);
    return status == 0 ? solve_cancelled(r->cancel) : status;
}
