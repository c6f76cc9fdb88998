/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../src/model/capacity.h"
#include "../src/model/training.h"
#include "capacity_data.h"
#include "training_data.h"

/*
 * `make validate`: how far the capacity model lies from published measurements.
 *
 * "fitted" are the constants in force on the rows they were fitted on. "left out" is the
 * honest column: each (model, GPU) group is predicted with constants fitted on all other
 * groups (or GPUs, or models), which tests/fit/fit-capacity.py has stored in tests/data/capacity-folds.csv
 * (training: each source, tests/fit/fit-training.py, tests/data/training-folds.csv).
 */

#define ROWS_MAX 4096
#define KEYS_MAX 128

/* Whose constants: published, fitted, or fitted without the row's group, its GPU, its model. */
enum { PUBLISHED, FITTED, WITHOUT_GROUP, WITHOUT_GPU, WITHOUT_MODEL, CASES };

struct row {
    const char *gpu, *engine, *precision, *load, *kind, *regime, *parallel, *group;
    const char *model;
    double tok_s[CASES], tpot[CASES], ttft[CASES]; /* predicted / measured */
    double factor, ttft_factor;        /* stated 80 % interval                                */
    double per_gpu, predicted;         /* tokens/s per GPU, measured and left out              */
    bool usual;
};

static struct row rows[ROWS_MAX];
static size_t n_rows;

/* ---- statistics ------------------------------------------------------------------------- */

static int
by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

struct spread {
    int n;
    double median, p90, in25, in50, twice;
};

static double
at(const double *x, int n, double p)
{
    double where = p * (n - 1), low = floor(where);
    int i = (int)low;

    return n == 0 ? NAN : x[i] + (where - low) * (x[i + 1 < n ? i + 1 : i] - x[i]);
}

/* Of ratios predicted / measured; unknown ones are left out. */
static struct spread
spread_of(const double *ratio, size_t n)
{
    static double e[ROWS_MAX];
    struct spread s = { .n = 0 };

    for (size_t i = 0; i < n; i++) {
        if (!known(ratio[i]))
            continue;
        e[s.n] = fabs(ratio[i] - 1);
        s.in25 += e[s.n] <= 0.25;
        s.in50 += e[s.n] <= 0.5;
        s.twice += fabs(log(ratio[i])) <= log(2);
        s.n++;
    }
    qsort(e, (size_t)s.n, sizeof e[0], by_size);
    s.median = 100 * at(e, s.n, 0.5);
    s.p90 = 100 * at(e, s.n, 0.9);
    s.in25 *= 100.0 / s.n;
    s.in50 *= 100.0 / s.n;
    s.twice *= 100.0 / s.n;
    return s;
}

/* ---- throughput ------------------------------------------------------------------------------ */

static void
fold_of(struct capacity_constants *k, const struct csv *folds, const char *left_out)
{
    size_t r = row_named(folds, "left_out", left_out);

    for (int i = 0; r > 0 && i < capacity_n_constant_rows; i++) {
        const struct capacity_constant_row *c = &capacity_constant_rows[i];
        double x = figure_at(folds, r, c->symbol);

        if (known(x))
            memcpy((char *)k + c->offset, &x, sizeof x);
    }
}

static const char *
regime_of(const struct measured *m, const struct capacity_answer *a)
{
    if (m->load.mode == LOAD_OFFLINE)
        return "maximum throughput";
    if (a->batch < 1.5)
        return "one stream";
    return a->batch < 8.5 ? "2-8 streams" : a->batch < 64.5 ? "9-64 streams" : "more than 64 streams";
}

static bool
is_usual(const char *gpu, enum capacity_engine e)
{
    static const char *const gpus[] = { "A100-40G-SXM", "A100-80G-SXM", "A100-80G-PCIe", "H100-SXM",
                                        "H100-PCIe", "H200", "L4", "L40S", "A10G", "RTX4090" };

    for (size_t i = 0; i < BE_LEN(gpus); i++)
        if (is(gpus[i], gpu))
            return e == ENGINE_TENSORRT_LLM || e == ENGINE_VLLM || e == ENGINE_VLLM_OLD ||
                   e == ENGINE_VLLM_V0 || e == ENGINE_SGLANG || e == ENGINE_LMDEPLOY;
    return false;
}

static void
predict(struct row *row, int which, const struct measured *m, const struct capacity_constants *k)
{
    struct capacity_system s;
    struct capacity_answer a;

    row->tok_s[which] = row->tpot[which] = row->ttft[which] = NAN;
    if (capacity_prepare(&s, &m->shape, &m->gpu, &m->layout, k, NULL) != 0 ||
        capacity_predict(&s, &m->load, &a, NULL) != 0 || !a.fits)
        return;
    row->tpot[which] = a.tpot_s / m->tpot_s;
    row->ttft[which] = (a.ttft_s + a.queue_s) / m->ttft_s;
    row->tok_s[which] = known(m->output_tok_s) ? a.replica_tok_s * m->replicas / m->output_tok_s
                                               : row->tpot[which];
    if (which == FITTED) {
        row->regime = regime_of(m, &a);
        row->factor = capacity_interval_tok_s(&s, 0.8);
        row->ttft_factor = capacity_interval_ttft(&s, 0.8);
    }
    if (which == WITHOUT_GROUP) {
        row->per_gpu = m->output_tok_s / (m->replicas * s.gpus);
        row->predicted = a.replica_tok_s / s.gpus;
    }
}

static void
predict_without(struct row *row, int which, const struct measured *m, const struct csv *folds, const char *left_out)
{
    struct capacity_constants k = capacity_fitted;

    fold_of(&k, folds, left_out);
    predict(row, which, m, &k);
}

static void
describe(struct row *row, const struct measured *m, const struct csv *t, size_t r)
{
    static char groups[ROWS_MAX][64];
    static const char *const widths[] = { "T=1", "T=2", "T=4", "T=8" };

    row->gpu = cell(t, r, "gpu");
    row->engine = capacity_engine_name(m->layout.engine);
    row->precision = capacity_precision_name(m->layout.precision);
    row->load = capacity_mode_name(m->load.mode);
    row->kind = m->shape.experts > 0 ? "mixture of experts" : "dense";
    row->parallel = m->layout.pipeline > 1 ? "pipeline or layer split" : widths[(int)log2(m->layout.tensor) & 3];
    snprintf(groups[n_rows], sizeof groups[0], "%s|%s", cell(t, r, "model"), row->gpu);
    row->group = groups[n_rows];
    row->model = cell(t, r, "model");
    row->usual = is_usual(row->gpu, m->layout.engine);
}

static int
read_throughput(struct csv *t, struct csv *models, struct csv *gpus, struct csv *folds)
{
    for (size_t r = 1; r < t->n_rows && n_rows < ROWS_MAX; r++) {
        struct row *row = &rows[n_rows];
        struct measured m;
        struct error err;

        if (measured_read(&m, t, r, models, gpus, &err) != 0) {
            fprintf(stderr, "%s: %s\n", cell(t, r, "id"), err.text);
            return -1;
        }
        describe(row, &m, t, r);
        predict(row, PUBLISHED, &m, &capacity_published);
        predict(row, FITTED, &m, &capacity_fitted);
        predict_without(row, WITHOUT_GROUP, &m, folds, row->group);
        predict_without(row, WITHOUT_GPU, &m, folds, row->gpu);
        predict_without(row, WITHOUT_MODEL, &m, folds, row->model);
        n_rows++;
    }
    return 0;
}

/* ---- tables ------------------------------------------------------------------------------------- */

static void
print_head(const char *what)
{
    printf("\n%-28s %5s   %-27s %-27s\n", what, "rows", "fitted", "left out");
    printf("%-28s %5s   %-27s %-27s\n", "", "", "median   P90  <=25%  <=50%", "median   P90  <=25%  <=50%");
}

static void
print_line(const char *name, const double *fitted, const double *left_out, size_t n)
{
    struct spread a = spread_of(fitted, n), b = spread_of(left_out, n);

    if (a.n > 0)
        printf("%-28s %5d   %5.1f %6.1f %6.1f %6.1f   %5.1f %6.1f %6.1f %6.1f\n", name, a.n,
               a.median, a.p90, a.in25, a.in50, b.median, b.p90, b.in25, b.in50);
}

/* One line a value of the key, in the order of first appearance. */
static void
print_by(const char *what, const char *(*key)(const struct row *))
{
    static double fitted[ROWS_MAX], left_out[ROWS_MAX];
    const char *seen[KEYS_MAX];
    size_t n_seen = 0;

    print_head(what);
    for (size_t i = 0; i < n_rows; i++) {
        const char *value = key(&rows[i]);
        size_t k = 0, n = 0;

        while (k < n_seen && strcmp(seen[k], value) != 0)
            k++;
        if (k < n_seen || n_seen == KEYS_MAX)
            continue;
        seen[n_seen++] = value;
        for (size_t j = 0; j < n_rows; j++)
            if (strcmp(key(&rows[j]), value) == 0) {
                fitted[n] = rows[j].tok_s[FITTED];
                left_out[n++] = rows[j].tok_s[WITHOUT_GROUP];
            }
        print_line(value, fitted, left_out, n);
    }
}

#define KEY(member) \
    static const char * \
    key_##member(const struct row *r) \
    { \
        return r->member; \
    }
KEY(gpu)
KEY(engine)
KEY(regime)
KEY(precision)
KEY(load)
KEY(kind)
KEY(parallel)

/* Which quantity, of all rows or of the usual stacks alone. */
static size_t
ratios(double *out, int which, double (*of)(const struct row *, int), bool usual)
{
    size_t n = 0;

    for (size_t i = 0; i < n_rows; i++)
        if (!usual || rows[i].usual)
            out[n++] = of(&rows[i], which);
    return n;
}

#define RATIO(member) \
    static double \
    ratio_##member(const struct row *r, int which) \
    { \
        return r->member[which]; \
    }
RATIO(tok_s)
RATIO(tpot)
RATIO(ttft)

static void
print_overall(const char *title, int which)
{
    static double a[ROWS_MAX], b[ROWS_MAX];
    size_t n = ratios(a, FITTED, ratio_tok_s, false);

    print_head(title);
    ratios(b, which, ratio_tok_s, false);
    print_line("output tokens/s", a, b, n);
    n = ratios(a, FITTED, ratio_tok_s, true);
    ratios(b, which, ratio_tok_s, true);
    print_line("  usual serving stacks", a, b, n);
    n = ratios(a, FITTED, ratio_tpot, false);
    ratios(b, which, ratio_tpot, false);
    print_line("TPOT", a, b, n);
    n = ratios(a, FITTED, ratio_ttft, false);
    ratios(b, which, ratio_ttft, false);
    print_line("TTFT", a, b, n);
    printf("TTFT within a factor two: fitted %.1f %%, left out %.1f %%\n",
           spread_of(a, n).twice, spread_of(b, n).twice);
}

static void
print_published(void)
{
    static double x[ROWS_MAX];
    struct spread s = spread_of(x, ratios(x, PUBLISHED, ratio_tok_s, false));

    printf("published constants: %d rows, median %.1f %%, P90 %.1f %%, within 25 %%: %.1f %%\n",
           s.n, s.median, s.p90, s.in25);
}

/* Left-out pairs of one model and load whose measured tokens/s per GPU differ by over 25 %: how many
 * come out in the right order. */
static void
print_order(struct csv *t)
{
    long pairs = 0, right = 0;

    for (size_t i = 0; i < n_rows; i++)
        for (size_t j = i + 1; j < n_rows; j++) {
            double real = log(rows[i].per_gpu / rows[j].per_gpu);

            if (!(fabs(real) > log(1.25)) || strcmp(cell(t, i + 1, "model"), cell(t, j + 1, "model")) != 0 ||
                strcmp(cell(t, i + 1, "isl"), cell(t, j + 1, "isl")) != 0 ||
                strcmp(cell(t, i + 1, "osl"), cell(t, j + 1, "osl")) != 0)
                continue;
            pairs++;
            right += (rows[i].predicted > rows[j].predicted) == (real > 0);
        }
    printf("\norder of %ld pairs of one model and lengths that differ by over 25 %%: %.1f %% right (left out)\n",
           pairs, 100.0 * right / pairs);
}

static void
print_coverage(const char *what, int which)
{
    int n = 0, in = 0, n_ttft = 0, in_ttft = 0;

    for (size_t i = 0; i < n_rows; i++) {
        if (known(rows[i].tok_s[which])) {
            n++;
            in += fabs(log(rows[i].tok_s[which])) <= log(rows[i].factor);
        }
        if (known(rows[i].ttft[which])) {
            n_ttft++;
            in_ttft += fabs(log(rows[i].ttft[which])) <= log(rows[i].ttft_factor);
        }
    }
    printf("stated 80 %% interval holds, %s left out: tokens/s %.1f %% of %d, TTFT %.1f %% of %d\n", what,
           100.0 * in / n, n, 100.0 * in_ttft / n_ttft, n_ttft);
}

/* ---- training ---------------------------------------------------------------------------------------- */

static void
training_fold(struct training_constants *k, const struct csv *folds, const char *what, const char *source)
{
    double *const memory[] = { &k->kept, &k->selective, &k->again, &k->logit_bytes, &k->gathered, &k->constant_gib };
    double *const time[] = { &k->mfu_tuned, &k->mfu_torch, &k->mfu_hf, &k->layer_hf_s, &k->hopper, &k->fp8 };
    const bool is_memory = is(what, "memory");
    const size_t n = is_memory ? BE_LEN(memory) : BE_LEN(time);

    for (size_t r = 1; folds != NULL && r < folds->n_rows; r++) {
        const char *left_out = cell(folds, r, "left_out");

        if (!is(cell(folds, r, "what"), what) || strncmp(source, left_out, strlen(left_out)) != 0)
            continue;
        for (size_t i = 0; i < n; i++) {
            char column[8];

            snprintf(column, sizeof column, "c%d", (int)i);
            *(is_memory ? memory[i] : time[i]) = figure_at(folds, r, column);
        }
    }
}

static void
print_training(const char *what, struct csv *t, struct csv *shapes, struct csv *folds, const char *const *methods)
{
    static double fitted[ROWS_MAX], left_out[ROWS_MAX], some[2][ROWS_MAX];
    static const char *method[ROWS_MAX];
    const bool memory = is(what, "memory");
    size_t n = 0;
    int in = 0;

    for (size_t r = 1; r < t->n_rows && n < ROWS_MAX; r++) {
        struct training_constants k = training_fitted;
        struct training_memory m;
        struct training_speed s;
        struct trained row;

        if (memory ? memory_row(&row, t, r, shapes) != 0
                   : *cell(t, r, "mfu_pct") == '\0' || said(cell(t, r, "gpu"), "A6000") ||
                         trained_read(&row, t, r, shapes) != 0)
            continue;
        training_fold(&k, folds, what, cell(t, r, "source"));
        if (memory) {
            double real = figure_at(t, r, "mem_gib");

            training_memory_by(&training_fitted, &row.shape, &row.setup, &m);
            fitted[n] = m.total_gib / real;
            training_memory_by(&k, &row.shape, &row.setup, &m);
            left_out[n] = m.total_gib / real;
        } else {
            double real = figure_at(t, r, "tok_s");

            training_speed_by(&training_fitted, &row.shape, &row.gpu, &row.setup, &s);
            fitted[n] = s.tok_s / real;
            training_speed_by(&k, &row.shape, &row.gpu, &row.setup, &s);
            left_out[n] = s.tok_s / real;
        }
        in += fabs(log(left_out[n])) <= log(memory ? training_interval_memory(0.8) : training_interval_hours(0.8));
        method[n++] = cell(t, r, "method");
    }
    print_head(memory ? "training memory" : "training time");
    print_line("all (a source left out)", fitted, left_out, n);
    for (int i = 0; methods[i] != NULL; i++) {
        size_t k = 0;

        for (size_t r = 0; r < n; r++)
            if (is(method[r], methods[i])) {
                some[0][k] = fitted[r];
                some[1][k++] = left_out[r];
            }
        print_line(methods[i], some[0], some[1], k);
    }
    printf("stated 80 %% interval holds (left out): %.1f %% of %d\n", 100.0 * in / (double)n, (int)n);
}

int
main(void)
{
    static const char *const methods[] = { "full", "lora", "lora+emb", "qlora", "adapter", NULL };
    struct csv *t = table_read("throughput-public.csv"), *models = table_read("throughput-models.csv");
    struct csv *gpus = table_read("throughput-gpus.csv"), *folds = table_read("capacity-folds.csv");
    struct csv *memory = table_read("training-memory.csv"), *time = table_read("training-time.csv");
    struct csv *shapes = table_read("training-shapes.csv"), *training_folds = table_read("training-folds.csv");

    if (t == NULL || models == NULL || gpus == NULL || memory == NULL || time == NULL || shapes == NULL ||
        folds == NULL || training_folds == NULL || read_throughput(t, models, gpus, folds) != 0) {
        fprintf(stderr, "validate: tests/data cannot be read below $srcdir\n");
        return 3;
    }
    printf("|predicted/measured - 1| in %%. \"left out\": each (model, GPU) group by constants fitted on the others;\n"
           "these are stored and written again by tests/fit/fit-capacity.py --write.\n\n");
    print_published();
    print_overall("overall, a group left out", WITHOUT_GROUP);
    print_overall("overall, a GPU left out", WITHOUT_GPU);
    print_overall("overall, a model left out", WITHOUT_MODEL);
    print_by("GPU", key_gpu);
    print_by("engine", key_engine);
    print_by("regime", key_regime);
    print_by("load", key_load);
    print_by("weights", key_precision);
    print_by("kind", key_kind);
    print_by("parallel", key_parallel);
    print_order(t);
    print_coverage("a group", WITHOUT_GROUP);
    print_coverage("a GPU", WITHOUT_GPU);
    print_coverage("a model", WITHOUT_MODEL);
    print_training("memory", memory, shapes, training_folds, methods);
    print_training("time", time, shapes, training_folds, methods);
    table_free(t), table_free(models), table_free(gpus), table_free(folds);
    table_free(memory), table_free(time), table_free(shapes), table_free(training_folds);
    return 0;
}
