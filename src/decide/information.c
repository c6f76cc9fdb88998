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
#define CANCEL_EVERY 512 /* samples of a study between two looks at the cancel flag */

/* ---- inputs ----------------------------------------------------------------------------- */

static int
by_size(const void *a, const void *b)
{
    double x = fabs(((const struct ranked *)a)->value), y = fabs(((const struct ranked *)b)->value);

    return x > y ? -1 : x < y ? 1 : 0;
}

static int
rank_inputs(struct answer *an, const struct ruling *r, struct error *err)
{
    const struct samples *s = r->samples;
    size_t n = (size_t)s->n;
    double *difference = malloc(5 * n * sizeof *difference);

    if (difference == NULL)
        return error_set(err, ERR_BUG, "no memory for %d samples", s->n);
    for (int i = 0; i < s->n && r->pick >= 0; i++)
        difference[i] = (r->rival >= 0 ? s->metric[r->rival][METRIC_NPV][i] : 0) - s->metric[r->pick][METRIC_NPV][i];
    for (int k = 0; k < s->n_inputs && r->pick >= 0 && !solve_cancelled(r->cancel); k++) {
        double se, value = evppi(r->running, r->n_arms, s->n, s->inputs[k].z, &se, r->cancel);
        struct ranked *rank = &an->rank_correlation[an->n_rank++], *worth = &an->evppi[an->n_evppi++];

        text_copy(rank->path, sizeof rank->path, s->inputs[k].path);
        rank->value = rank_correlation(s->inputs[k].x, difference, s->n, difference + n);
        text_copy(worth->path, sizeof worth->path, s->inputs[k].path);
        worth->value = value < 2 * se || value < WORTH_MENTION_USD ? 0 : value;
    }
    free(difference);
    if (solve_cancelled(r->cancel))
        return 1;
    qsort(an->rank_correlation, (size_t)an->n_rank, sizeof an->rank_correlation[0], by_size);
    qsort(an->evppi, (size_t)an->n_evppi, sizeof an->evppi[0], by_size);
    return 0;
}

/* ---- noise: the same for the same seed, sample and study ------------------------------------ */

static double
uniform_at(uint64_t seed, uint64_t stream, uint64_t i)
{
    uint64_t x = seed * 0x9e3779b97f4a7c15u + stream * 0xd1b54a32d192ed03u + (i + 1) * 0x8cb92ba72f3d8dd7u;

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    x ^= x >> 31;
    return ((double)(x >> 11) + 0.5) * 0x1p-53;
}

/* Binomial(n, p) / n by inversion. */
static double
binomial_share(int n, double p, double u)
{
    double mass, sum;

    if (!(p > 0))
        return 0;
    if (!(p < 1))
        return 1;
    bool mirror = p > 0.5;
    double q = mirror ? 1 - p : p;
    mass = sum = pow(1 - q, n);
    int k = 0;
    while (sum < u && k < n) {
        k++;
        mass *= (double)(n - k + 1) / k * q / (1 - q);
        sum += mass;
    }
    return (double)(mirror ? n - k : k) / n;
}

/* ---- the studies --------------------------------------------------------------------------------- */

#define PILOT_LABELS 200
#define PILOT_TEST 100
#define EVALUATION_TEST 500
#define WEEK_NOISE 0.05
#define GPU_NOISE 0.05
#define WORK_DAYS 21.0 /* in a month */

struct study {
    const char *id, *words;
    const char *measures[8]; /* ends of the paths of what it measures */
    double person_days; /* judgement */
    /* how many result columns, filled for sample i of a work setup that holds that sample */
    int (*results)(const struct samples *, struct setup *work, int i, double *y);
    /* labels or hours at the scenario's prices */
    double (*cost)(const struct samples *);
};

static double
noise(const struct samples *s, int stream, int i, double sd)
{
    return sd * normal_quantile(uniform_at(s->seed, (uint64_t)stream, (uint64_t)i));
}

static int
pilot_results(const struct samples *s, struct setup *work, int i, double *y)
{
    double examples = work->sc.labels.examples.x;
    int n = 0;

    work->sc.labels.examples.x = PILOT_LABELS;
    for (int a = 0; a < s->n_arms && n < 8; a++)
        if (arm_kind_is_tuned(work->sc.arms[a].kind)) {
            y[n] = binomial_share(PILOT_TEST, quality_month1(work, a), uniform_at(s->seed, 100 + (uint64_t)a, (uint64_t)i));
            n++;
        }
    work->sc.labels.examples.x = examples;
    return n;
}

static double
pilot_cost(const struct samples *s)
{
    struct label_cost labels;

    labels_evaluate(&s->setup, &labels);
    return (PILOT_LABELS + PILOT_TEST) * labels.usd_per_example + labels.guideline_usd;
}

static int
evaluation_results(const struct samples *s, struct setup *work, int i, double *y)
{
    int n = 0;

    (void)work;
    for (int a = 0; a < s->n_arms && n < 8; a++) {
        double q = s->metric[a][METRIC_QUALITY][i];
        if (!isfinite(q) || !(KIND(s->setup.sc.arms[a].kind) & KINDS_PLAIN))
            continue;
        y[n++] = binomial_share(EVALUATION_TEST, q, uniform_at(s->seed, 200 + (uint64_t)a, (uint64_t)i));
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
gpu_results(const struct samples *s, struct setup *work, int i, double *y)
{
    int n = 0;

    for (int a = 0; a < s->n_arms && n < 8; a++) {
        double tok_s = s->metric[a][METRIC_THROUGHPUT][i];
        if (arm_kind_is_self(work->sc.arms[a].kind))
            y[n++] = tok_s > 0 ? log(tok_s) + noise(s, 300 + a, i, GPU_NOISE) : 0;
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

static double
log_of(double x)
{
    return log(fmax(x, 1e-12));
}

static int
logs_results(const struct samples *s, struct setup *work, int i, double *y)
{
    y[0] = log_of(work->sc.workload.requests_per_day.x) + noise(s, 400, i, WEEK_NOISE);
    y[1] = log_of(work->sc.workload.input_tokens.x) + noise(s, 401, i, WEEK_NOISE);
    y[2] = log_of(work->sc.workload.output_tokens.x) + noise(s, 402, i, WEEK_NOISE);
    y[3] = log_of(work->sc.workload.peak_to_average.x) + noise(s, 403, i, WEEK_NOISE);
    y[4] = work->sc.workload.cached_share.x + noise(s, 404, i, WEEK_NOISE);
    return 5;
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
value_study(struct answer *an, const struct ruling *r, const struct study *study, struct setup *work, double *block)
{
    const struct samples *s = r->samples;
    double y[8] = { 0 };
    const double *columns[8];
    int n_y = 0;

    for (int i = 0; i < s->n; i++) {
        if (i % CANCEL_EVERY == 0 && solve_cancelled(r->cancel))
            return 1;
        samples_apply(s, work, i);
        n_y = study->results(s, work, i, y);
        for (int k = 0; k < n_y; k++)
            block[(size_t)k * (size_t)s->n + (size_t)i] = y[k];
    }
    if (n_y == 0)
        return 0;
    for (int k = 0; k < n_y; k++)
        columns[k] = block + (size_t)k * (size_t)s->n;
    struct study_result *out = &an->studies[an->n_studies++];
    out->id = study->id;
    out->words = study->words;
    double fte = s->setup.sc.people.fte_cost_usd_month.x;
    out->cost_usd = study->cost(s) + study->person_days * (isfinite(fte) ? fte : 0) / WORK_DAYS;
    out->evsi_usd = evsi(r->running, r->n_arms, s->n, columns, n_y, &out->standard_error_usd, r->cancel);
    if (out->evsi_usd < 2 * out->standard_error_usd || out->evsi_usd < WORTH_MENTION_USD)
        out->evsi_usd = 0;
    out->net_usd = out->evsi_usd - out->cost_usd;
    return solve_cancelled(r->cancel);
}

int
information_find(struct answer *an, const struct ruling *r, struct error *err)
{
    const struct samples *s = r->samples;
    struct setup *work = malloc(sizeof *work);
    double *block = malloc(8 * (size_t)s->n * sizeof *block);
    int status = 0;

    if (work == NULL || block == NULL)
        status = error_set(err, ERR_BUG, "no memory for the studies");
    else {
        an->evpi_usd = evpi(r->running, r->n_arms, s->n);
        status = rank_inputs(an, r, err);
        *work = s->setup;
        for (size_t k = 0; status == 0 && r->pick >= 0 && k < BE_LEN(studies); k++) {
            *work = s->setup;
            status = value_study(an, r, &studies[k], work, block);
        }
    }
    free(work);
    free(block);
    return status;
}
