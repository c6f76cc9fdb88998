/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

/* What a second core and a key in the middle of work bring: how long everything behind the verdict goes
 * on once it is cancelled, and how "sweep --jobs" scales. */

/* ---- cancelling ------------------------------------------------------------------------------------- */

#define CANCELS 60

struct answer_request {
    const struct scenario *scenario;
    const struct catalog *catalog;
    int samples;
};

static void *
answer_all(void *request, const volatile int *cancel)
{
    const struct answer_request *r = request;
    struct solve_options o = { .samples = r->samples, .seed = 1, .cancel = cancel };
    struct answer *an = NULL;
    struct error err;

    return decide(&an, r->scenario, r->catalog, "wide", &o, DEPTH_ALL, NULL, &err) == 0 ? an : NULL;
}

static void
keep_request(void *request)
{
    (void)request;
}

static void
free_answer(void *result)
{
    answer_free(result);
}

static void
sleep_s(double s)
{
    usleep((useconds_t)(s * 1e6));
}

/* Cancelled at moments spread evenly, by the golden ratio, over the first half second of the work. */
static void
cancel_at(struct bench *b, const struct scenario *sc, int samples)
{
    static const struct refine_job job = { answer_all, keep_request, free_answer };
    struct answer_request request = { sc, b->catalog, samples };
    struct refine *worker = NULL;
    struct times t = { 0 };
    struct error err;
    char what[64];

    snprintf(what, sizeof what, "cancelling everything, %d samples", samples);
    if (refine_start(&worker, &job, &err) < 0) {
        row_missing(b, "", what, "%s", err.text);
        return;
    }
    for (int k = 0; k < CANCELS; k++) {
        refine_submit(worker, &request);
        sleep_s(0.001 + 0.5 * fmod(0.6180339887 * k, 1));
        double start = now_s();
        refine_rest(worker);
        times_add(&t, now_s() - start);
    }
    refine_stop(worker);
    struct row *r = row_new(b, "", what, "wide", "ms");
    row_times(r, &t, 1e3);
    snprintf(r->note, sizeof r->note, "longest %.3g ms", times_quantile(&t, 1) * 1e3);
    row_print(r);
    times_clear(&t);
}

/* ---- sweeps ------------------------------------------------------------------------------------------- */

#define SWEEPS 5

/* Seconds of a sweep with so many jobs; NAN if it failed. */
static double
sweep_s(const struct bench *b, int jobs)
{
    char command[4096];

    snprintf(command, sizeof command,
             "BREAKEVEN_DATADIR='%s' '%s' sweep '%s/scenarios/support-intents.yaml' --over requests_per_day=1k:1M:32:log "
             "--samples 16384 --jobs %d >/dev/null", b->source, b->program, b->source, jobs);
    double start = now_s();
    return system(command) == 0 ? now_s() - start : NAN;
}

static void
compare_jobs(struct bench *b)
{
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    struct times one = { 0 }, all = { 0 }, gain = { 0 };

    if (cores < 2) {
        row_missing(b, "", "sweep --jobs 0 over --jobs 1", "one processor only");
        return;
    }
    for (int k = 0; k < SWEEPS; k++) {
        double s = sweep_s(b, 1), several = sweep_s(b, 0);
        if (isfinite(s) && isfinite(several)) {
            times_add(&one, s);
            times_add(&all, several);
            times_add(&gain, s / several);
        }
    }
    struct row *r = row_new(b, "", "sweep of 32 cells, --jobs 1", "support-intents", "ms");
    row_times(r, &one, 1e3);
    row_print(r);
    r = row_new(b, "", "the same, --jobs 0", "support-intents", "ms");
    row_times(r, &all, 1e3);
    row_print(r);
    r = row_new(b, "", "times faster, pair by pair", "support-intents", "x");
    row_times(r, &gain, 1);
    snprintf(r->note, sizeof r->note, "%ld processors", cores);
    row_print(r);
    times_clear(&one);
    times_clear(&all);
    times_clear(&gain);
}

void
bench_threads(struct bench *b)
{
    struct bench_app a;
    struct error err;

    if (bench_open(b, &a, "tests/bench/wide.yaml", &err) < 0)
        row_missing(b, "", "cancelling", "%s", err.text);
    else {
        cancel_at(b, &app_doc(a.app)->file.scenario, SAMPLES_DEFAULT);
        cancel_at(b, &app_doc(a.app)->file.scenario, 4 * SAMPLES_DEFAULT);
        bench_close(&a);
    }
    compare_jobs(b);
}
