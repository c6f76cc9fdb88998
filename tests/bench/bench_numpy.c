/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench.h"
#include "solve/parts.h"

/* The same model in numpy and scipy, on the engine's own draws: its results are held against the
 * engine's, its times against the medians of this run. */

#define NEAR 1e-6   /* of means and quantiles, relative  */
#define NEAR_BEST 3 /* samples that may be counted otherwise */

/* What model_numpy.py does not hold; NULL: it holds all. */
static const char *
not_covered(const struct setup *s)
{
    if (s->sc.workload.batch_share.x > 0)
        return "batches";
    if (isfinite(s->sc.latency.ttft_p95_ms.x) || isfinite(s->sc.quality.floor.x))
        return "limits of latency or quality";
    for (int a = 0; a < s->sc.n_arms; a++) {
        const struct cat_price *p = s->arms[a].price;
        if (s->sc.arms[a].kind == ARM_HOSTED_TUNED)
            return "hosted-tuned arms";
        if (p != NULL && (p->n_steps != 1 || p->steps[0].n_tiers > 0))
            return "prices by steps or tiers";
        if (p != NULL && p->retired.year != 0)
            return "a model that is retired";
        if ((KIND(s->sc.arms[a].kind) & KINDS_SELF) && s->sc.arms[a].scaling != SCALING_ALWAYS_ON)
            return "replicas that follow the load";
        if ((KIND(s->sc.arms[a].kind) & KINDS_SELF) && !isfinite(s->sc.arms[a].throughput_tok_s.x))
            return "throughput that is computed";
    }
    return NULL;
}

static void
write_figures(FILE *f, const struct samples *s, const struct columns *c)
{
    struct field_ref ref;
    char path[128];

    fprintf(f, "samples %d\ncolumns %d\n", s->n, s->n_inputs);
    for (int a = 0; a < s->n_arms; a++) {
        const struct arm *arm = &s->setup.sc.arms[a];
        const char *first = arm->kind == ARM_STAGED ? arm->first : arm->kind == ARM_CASCADE ? arm->small : "-";
        const char *second = arm->kind == ARM_STAGED ? arm->second : arm->kind == ARM_CASCADE ? arm->large : "-";
        fprintf(f, "arm %s %s %s %s %d\n", arm->name, arm_kind_word(arm->kind), first, second,
                (KIND(arm->kind) & KINDS_SERVED) && arm->precision != WEIGHTS_FP16);
    }
    for (int i = 0; field_each(&s->setup.sc, i, &ref); i++) {
        if (!field_is_quantity(ref.field))
            continue;
        field_path(&s->setup.sc, ref, path, sizeof path);
        size_t offset = column_offset(ref);
        int input = -1;
        for (int k = 0; k < c->n_targets; k++)
            if (c->targets[k].offset == offset)
                input = c->targets[k].input;
        const struct quantity *q = field_value(&s->setup.sc, ref);
        if (input >= 0)
            fprintf(f, "column %s %d\n", path, input);
        else
            fprintf(f, "constant %s %.17g\n", path, q->kind == QUANTITY_UNSET ? NAN : q->x);
    }
}

static int
write_inputs(const char *folder, const struct samples *s)
{
    char path[1300];
    struct columns *c = malloc(sizeof *c);
    struct error err;
    bool good = true;

    snprintf(path, sizeof path, "%s/figures.txt", folder);
    FILE *f = fopen(path, "w");
    if (c != NULL && f != NULL && columns_find(c, &s->setup, false, &err) == 0 && c->n_inputs == s->n_inputs)
        write_figures(f, s, c);
    else
        good = false;
    free(c);
    if (f == NULL)
        return -1;
    good &= fclose(f) == 0;
    snprintf(path, sizeof path, "%s/columns", folder);
    f = fopen(path, "wb");
    if (f == NULL)
        return -1;
    for (int k = 0; k < s->n_inputs; k++)
        good &= fwrite(s->inputs[k].x, sizeof(real), (size_t)s->n, f) == (size_t)s->n;
    return fclose(f) == 0 && good ? 0 : -1;
}

/* ---- what came back ------------------------------------------------------------------------- */

struct said {
    char name[64];
    double value;
};

static double
said_of(const struct said *said, int n, const char *kind, const char *name)
{
    char wanted[64];

    snprintf(wanted, sizeof wanted, "%s.%s", kind, name);
    for (int k = 0; k < n; k++)
        if (strcmp(said[k].name, wanted) == 0)
            return said[k].value;
    return NAN;
}

static void
hold_against(struct bench *b, const struct samples *s, const struct said *said, int n)
{
    struct ruling { double best[ARMS_MAX]; } r = { { 0 } };
    real *scratch = malloc(quantile_room(s->n) * sizeof *scratch);
    double worst = 0, best = 0;

    if (scratch == NULL)
        return;
    for (int i = 0; i < s->n; i++) {
        int cheapest = 0;
        for (int a = 1; a < s->n_arms; a++)
            if (s->metric[a][METRIC_NPV][i] < s->metric[cheapest][METRIC_NPV][i])
                cheapest = a;
        r.best[cheapest] += 1.0 / s->n;
    }
    for (int a = 0; a < s->n_arms; a++) {
        const char *name = s->setup.sc.arms[a].name;
        const real *npv = s->metric[a][METRIC_NPV];
        double engine[] = { column_mean(npv, s->n), column_quantile(npv, s->n, 0.05, scratch), column_quantile(npv, s->n, 0.95, scratch) };
        double other[] = { said_of(said, n, "mean", name), said_of(said, n, "p5", name), said_of(said, n, "p95", name) };
        for (int k = 0; k < 3; k++)
            worst = isfinite(other[k]) ? fmax(worst, fabs(engine[k] / other[k] - 1)) : INFINITY;
        best = fmax(best, fabs(r.best[a] - said_of(said, n, "best", name)));
    }
    free(scratch);
    struct row *row = row_new(b, "", "numpy against the engine: mean, P5, P95", "wide", "");
    row->n = s->n;
    row->median = worst;
    row_goal(row, GOAL_AT_MOST, NEAR, NAN);
    if (!(worst <= NEAR))
        text_copy(row->note, sizeof row->note, "FAILED: they differ, so the ratios below compare two models");
    row_print(row);
    row = row_new(b, "", "numpy against the engine: P(best)", "wide", "");
    row->n = s->n;
    row->median = best;
    row_goal(row, GOAL_AT_MOST, (double)NEAR_BEST / s->n, NAN);
    row_print(row);
}

static void
ratio(struct bench *b, const char *goal, const char *what, const char *kind, double ours_ms, const struct said *said, int n)
{
    char words[64];
    struct row *r;

    snprintf(words, sizeof words, "numpy: %s, 16,384 samples", what);
    r = row_new(b, "", words, "wide", "ms");
    r->n = (int)said_of(said, n, "times", kind);
    r->median = said_of(said, n, "seconds", kind) * 1e3;
    r->p99 = said_of(said, n, "seconds_p99", kind) * 1e3;
    double theirs_ms = r->median;
    row_print(r);
    snprintf(words, sizeof words, "times faster than numpy: %s", what);
    if (!isfinite(ours_ms)) {
        row_missing(b, goal, words, "the engine's own was not timed in this run");
        return;
    }
    r = row_new(b, goal, words, "wide", "x");
    r->n = 1;
    r->median = theirs_ms / ours_ms;
    row_goal(r, GOAL_AT_LEAST, 45, NAN);
    row_print(r);
}

static void
run_python(struct bench *b, const char *folder, const struct samples *s)
{
    static struct said said[256];
    char command[4000], line[200];
    int n = 0;

    snprintf(command, sizeof command, "OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 '%s' '%s/tests/bench/model_numpy.py' '%s' %g",
             b->python, b->source, folder, b->budget_s / 2);
    FILE *f = popen(command, "r");
    if (f == NULL) {
        row_missing(b, "G1", "times faster than numpy", "%s does not start", b->python);
        return;
    }
    while (fgets(line, sizeof line, f) != NULL && n < (int)BE_LEN(said))
        if (sscanf(line, "%63s %lf", said[n].name, &said[n].value) == 2)
            n++;
    if (pclose(f) != 0) {
        row_missing(b, "G1", "times faster than numpy", "model_numpy.py ended with an error");
        return;
    }
    hold_against(b, s, said, n);
    ratio(b, "G1", "verdict", "verdict", b->g1_ms, said, n);
    ratio(b, "G2", "everything", "everything", b->g2_ms, said, n);
}

void
bench_numpy(struct bench *b)
{
    struct bench_app a;
    struct samples *s = NULL;
    struct setup *setup = malloc(sizeof *setup);
    struct solve_options o = { .samples = SAMPLES_DEFAULT, .seed = 1 };
    struct error err;
    char folder[1100];

    if (b->python[0] == '\0') {
        row_missing(b, "G1", "times faster than numpy", "no python3 on PATH has numpy and scipy");
        free(setup);
        return;
    }
    if (setup == NULL || bench_open(b, &a, "tests/bench/wide.yaml", &err) < 0) {
        free(setup);
        return;
    }
    scenario_resolve(setup, &app_doc(a.app)->file.scenario, b->catalog, NULL);
    const char *missing = not_covered(setup);
    snprintf(folder, sizeof folder, "%s/bench-numpy", b->build);
    mkdir(folder, 0777);
    if (missing != NULL)
        row_missing(b, "G1", "times faster than numpy", "the scenario has %s, which model_numpy.py does not hold", missing);
    else if (solve_run(&s, setup, &o, &err) != 0)
        row_missing(b, "G1", "times faster than numpy", "%s", err.text);
    else if (write_inputs(folder, s) < 0)
        row_missing(b, "G1", "times faster than numpy", "%s cannot be written", folder);
    else
        run_python(b, folder, s);
    samples_free(s);
    bench_close(&a);
    free(setup);
}
