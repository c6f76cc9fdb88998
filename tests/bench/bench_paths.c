/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined __x86_64__
#include <immintrin.h>
#endif

#include "bench.h"
#include "solve/parts.h"

/* The machine's limit, the two compiled paths beside each other, and the same model one sample at a time
 * with GSL's generators, quantiles and sorting. */

#define PAIRS 15

/* ---- what the core could do at most ------------------------------------------------------------ */

#if defined __x86_64__
/* Twelve chains hide the latency of two units of any core so far. The sum is used, so that the loop is not dropped. */
#define PEAK_OF(isa, width, vector, of)                                                                               \
    __attribute__((target(isa))) static double peak_of_##width(void)                                                  \
    {                                                                                                                 \
        const long rounds = 2000000;                                                                                  \
        const vector m = of##_set1_ps(0.999999f), c = of##_set1_ps(1e-7f);                                            \
        vector a0 = c, a1 = c, a2 = c, a3 = c, a4 = c, a5 = c, a6 = c, a7 = c, a8 = c, a9 = c, a10 = c, a11 = c;      \
        double best = 0;                                                                                              \
        float sum = 0;                                                                                                \
        for (int run = 0; run < 9; run++) {                                                                           \
            double start = cpu_s();                                                                                   \
            for (long i = 0; i < rounds; i++) {                                                                       \
                a0 = of##_fmadd_ps(a0, m, c), a1 = of##_fmadd_ps(a1, m, c), a2 = of##_fmadd_ps(a2, m, c);             \
                a3 = of##_fmadd_ps(a3, m, c), a4 = of##_fmadd_ps(a4, m, c), a5 = of##_fmadd_ps(a5, m, c);             \
                a6 = of##_fmadd_ps(a6, m, c), a7 = of##_fmadd_ps(a7, m, c), a8 = of##_fmadd_ps(a8, m, c);             \
                a9 = of##_fmadd_ps(a9, m, c), a10 = of##_fmadd_ps(a10, m, c), a11 = of##_fmadd_ps(a11, m, c);         \
            }                                                                                                         \
            best = fmax(best, 12.0 * (width) * 2 * (double)rounds / (cpu_s() - start) / 1e9);                         \
        }                                                                                                             \
        const vector all = a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11;                               \
        for (int l = 0; l < (width); l++)                                                                             \
            sum += all[l];                                                                                            \
        return sum < 1e30f ? best : NAN;                                                                              \
    }
PEAK_OF("avx2,fma", 8, __m256, _mm256)
PEAK_OF("avx512f", 16, __m512, _mm512)

static double
peak_gflops(void)
{
    const double narrow = peak_of_8();

    return __builtin_cpu_supports("avx512f") ? fmax(narrow, peak_of_16()) : narrow;
}

static bool
has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#else
static double
peak_gflops(void)
{
    return NAN;
}

static bool
has_avx2(void)
{
    return false;
}
#endif

static void
show_peak(struct bench *b)
{
    if (!has_avx2()) {
        row_missing(b, "G4", "FMA peak of this core", "no AVX2 with FMA on this machine");
        return;
    }
    struct row *r = row_new(b, "", "FMA peak of this core, 32 bits", "", "GF/s");
    r->n = 9;
    r->median = peak_gflops();
    row_print(r);
    bench_share(b, r->median);
}

/* ---- both compiled paths ------------------------------------------------------------------------- */

static double
solve_s(const struct setup *setup, enum solve_path path, int n, struct samples **out)
{
    struct solve_options o = { .samples = n, .seed = 1, .path = path };
    struct error err;
    double start = now_s();

    if (solve_run(out, setup, &o, &err) != 0) {
        *out = NULL;
        return NAN;
    }
    return now_s() - start;
}

/* The largest relative difference of the total costs. */
static double
difference(const struct samples *a, const struct samples *b)
{
    double worst = 0;

    for (int arm = 0; arm < a->n_arms; arm++)
        for (int i = 0; i < a->n; i++) {
            double x = a->metric[arm][METRIC_NPV][i], y = b->metric[arm][METRIC_NPV][i];
            if (isfinite(x) && isfinite(y))
                worst = fmax(worst, fabs(x - y) / fmax(fabs(x), 1));
        }
    return worst;
}

static void
compare_paths(struct bench *b, const struct setup *setup, int n)
{
    struct times fast = { 0 }, portable = { 0 }, ratio = { 0 };
    struct samples *x = NULL, *y = NULL;
    double worst = NAN;

    for (int k = 0; k < PAIRS; k++) {
        double f = solve_s(setup, PATH_AVX2, n, &x), p = solve_s(setup, PATH_PORTABLE, n, &y);
        if (x == NULL || y == NULL)
            break;
        times_add(&fast, f);
        times_add(&portable, p);
        times_add(&ratio, p / f);
        worst = difference(x, y);
        samples_free(x);
        samples_free(y);
    }
    struct row *r = row_new(b, "", "solve afresh, AVX2, 16,384", "wide", "ms");
    row_times(r, &fast, 1e3);
    row_print(r);
    r = row_new(b, "", "solve afresh, plain x86-64, 16,384", "wide", "ms");
    row_times(r, &portable, 1e3);
    row_print(r);
    r = row_new(b, "G5", "plain over AVX2, pair by pair", "wide", "x");
    row_times(r, &ratio, 1);
    row_goal(r, GOAL_AT_MOST, 2, NAN);
    if (!has_avx2())
        text_copy(r->note, sizeof r->note, "no AVX2 here: both are the plain path");
    row_print(r);
    r = row_new(b, "G5", "largest relative difference of the two", "wide", "");
    r->n = n;
    r->median = worst;
    row_goal(r, GOAL_AT_MOST, 1e-5, NAN);
    row_print(r);
    times_clear(&fast);
    times_clear(&portable);
    times_clear(&ratio);
}

/* ---- one sample at a time, with GSL ----------------------------------------------------------------- */

/* Independent draws, one quantile a figure, the model as written, then sorting. */
static double
gsl_s(struct bench *b, const struct setup *setup, int n, int *done)
{
    struct columns *c = calloc(1, sizeof *c);
    struct setup *work = malloc(sizeof *work);
    struct arm_outcome *out = malloc(sizeof *out);
    double *npv = malloc((size_t)n * ARMS_MAX * sizeof *npv), spent = NAN;
    real z[INPUTS_MAX], x[INPUTS_MAX];
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    struct error err;

    *done = 0;
    if (c != NULL && work != NULL && out != NULL && npv != NULL && rng != NULL && columns_find(c, setup, false, &err) == 0) {
        double start = now_s();
        *work = *setup;
        for (int k = 0; k < c->n_inputs; k++) {
            c->inputs[k].z = &z[k];
            c->inputs[k].x = &x[k];
        }
        int i;
        for (i = 0; i < n && (i % 64 != 0 || now_s() - start < b->budget_s); i++) {
            for (int k = 0; k < c->n_inputs; k++) {
                const double score = gsl_ran_ugaussian(rng);
                z[k] = (real)score;
                x[k] = (real)quantity_draw(&c->inputs[k].quantity, score, gsl_cdf_ugaussian_P(score));
            }
            columns_apply(c, work, 0);
            for (int a = 0; a < setup->sc.n_arms; a++) {
                model_evaluate(work, a, out);
                npv[(size_t)a * (size_t)n + (size_t)i] = out->npv_usd;
            }
        }
        *done = i;
        double sum = 0;
        for (int a = 0; a < setup->sc.n_arms; a++) {
            double *column = npv + (size_t)a * (size_t)n;
            gsl_sort(column, 1, (size_t)i);
            for (double u = 0.05; u < 1; u += 0.225)
                sum += gsl_stats_quantile_from_sorted_data(column, 1, (size_t)i, u);
        }
        spent = sum == sum ? (now_s() - start) * n / i : NAN; /* all that was computed is used */
    }
    if (rng != NULL)
        gsl_rng_free(rng);
    free(c);
    free(work);
    free(out);
    free(npv);
    return spent;
}

static void
compare_gsl(struct bench *b, const struct setup *setup, int n)
{
    int done;
    double s = gsl_s(b, setup, n, &done);
    struct row *r = row_new(b, "", "verdict sample by sample with GSL, 16,384", "wide", "ms");

    r->n = 1;
    r->median = s * 1e3;
    if (done < n)
        snprintf(r->note, sizeof r->note, "from %d samples", done);
    row_print(r);
    if (!isfinite(b->g1_ms)) {
        row_missing(b, "G1", "times faster than per-sample GSL", "no verdict was timed in this run");
        return;
    }
    r = row_new(b, "G1", "times faster than per-sample GSL", "wide", "x");
    r->n = 1;
    r->median = s * 1e3 / b->g1_ms;
    row_goal(r, GOAL_AT_LEAST, 100, NAN);
    row_print(r);
}

void
bench_paths(struct bench *b)
{
    struct bench_app a;
    struct setup *setup = malloc(sizeof *setup);
    struct error err;

    show_peak(b);
    if (setup == NULL || bench_open(b, &a, "tests/bench/wide.yaml", &err) < 0) {
        row_missing(b, "G5", "plain over widest", "%s", setup == NULL ? "no memory" : err.text);
        free(setup);
        return;
    }
    scenario_resolve(setup, &app_doc(a.app)->file.scenario, b->catalog, NULL);
    compare_paths(b, setup, SAMPLES_DEFAULT);
    compare_gsl(b, setup, SAMPLES_DEFAULT);
    bench_close(&a);
    free(setup);
}

/* ---- accuracy over scramblings --------------------------------------------------------------------- */

#define SCRAMBLINGS 64
enum { EST_MEAN, EST_P5, EST_P95, EST_BEST, EST_COUNT };

/* Worst arm's root mean square distance from the scramblings' own mean, relative but for P(best). */
static double
spread_of(double est[SCRAMBLINGS][ARMS_MAX][EST_COUNT], int n, int n_arms, int which)
{
    double worst = 0;

    for (int a = 0; a < n_arms; a++) {
        double mean = 0, square = 0;
        for (int k = 0; k < n; k++)
            mean += est[k][a][which] / n;
        for (int k = 0; k < n; k++)
            square += (est[k][a][which] - mean) * (est[k][a][which] - mean) / (n - 1);
        worst = fmax(worst, sqrt(square) / (which == EST_BEST ? 1 : fabs(mean)));
    }
    return worst;
}

void
bench_accuracy(struct bench *b)
{
    static double est[SCRAMBLINGS][ARMS_MAX][EST_COUNT];
    static const struct {
        int which[2];
        const char *what, *unit;
        double goal, scale;
    } rows[] = {
        { { EST_MEAN, EST_MEAN }, "RMSE of means over scramblings, 16,384", "%", 0.1, 100 },
        { { EST_P5, EST_P95 }, "RMSE of P5 and P95", "%", 0.8, 100 },
        { { EST_BEST, EST_BEST }, "RMSE of P(best)", "", 0.0025, 1 },
    };
    struct bench_app a;
    struct error err;
    int n = 0, n_arms = 0;
    double start = now_s();

    if (bench_open(b, &a, "tests/bench/wide.yaml", &err) < 0) {
        row_missing(b, "G6", "accuracy", "%s", err.text);
        return;
    }
    for (; n < SCRAMBLINGS && (n < 8 || now_s() - start < 3 * b->budget_s); n++) {
        struct solve_options o = { .samples = SAMPLES_DEFAULT, .seed = (uint64_t)n + 1 };
        struct answer *an = NULL;
        if (decide(&an, &app_doc(a.app)->file.scenario, b->catalog, "wide", &o, DEPTH_VERDICT, NULL, &err) != 0)
            break;
        n_arms = an->n_arms;
        for (int k = 0; k < n_arms; k++) {
            est[n][k][EST_MEAN] = an->arms[k].tco_usd.mean;
            est[n][k][EST_P5] = an->arms[k].tco_usd.p5;
            est[n][k][EST_P95] = an->arms[k].tco_usd.p95;
            est[n][k][EST_BEST] = an->arms[k].p_best;
        }
        answer_free(an);
    }
    for (size_t k = 0; k < BE_LEN(rows) && n > 1; k++) {
        struct row *r = row_new(b, "G6", rows[k].what, "wide", rows[k].unit);
        r->n = n;
        r->median = rows[k].scale * fmax(spread_of(est, n, n_arms, rows[k].which[0]), spread_of(est, n, n_arms, rows[k].which[1]));
        row_goal(r, GOAL_AT_MOST, rows[k].goal, NAN);
        text_copy(r->note, sizeof r->note, n < SCRAMBLINGS ? "worst arm; fewer than 64 scramblings in the time" : "worst arm");
        row_print(r);
    }
    bench_close(&a);
}
