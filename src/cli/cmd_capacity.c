/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define INTERVAL 0.80 /* of measurements lie between low and high */

/* One machine and load with what the model says of it. A row of a table and the options of the
 * command line both become the words of a row, so that they are read alike. */
struct run {
    const struct cat_model *model;
    const struct cat_gpu *gpu;
    struct capacity_shape shape;
    struct capacity_gpu card;
    struct capacity_layout layout;
    struct capacity_load load;
    double replicas;
    struct capacity_system system;
    struct capacity_answer answer;
};

/* ---- from words to a run ------------------------------------------------------------- */

static const char *
precision_name(const void *ctx, int i)
{
    (void)ctx;
    return i < PRECISION_COUNT ? capacity_precision_name((enum capacity_precision)i) : NULL;
}

static int
check_precision(const char *where, const char *word, bool of_cache, struct error *err)
{
    const int found = capacity_precision_find(word);

    if (word[0] == '\0' && of_cache)
        return 0;
    if (word[0] == '\0')
        return error_set(err, ERR_RANGE, "%s: missing", where);
    if (of_cache && found != PRECISION_FP16 && found != PRECISION_FP8 && found != PRECISION_INT8)
        return error_set(err, ERR_UNKNOWN, "%s: a KV cache is fp16, fp8 or int8, not %s", where, word);
    if (found >= 0)
        return 0;
    const char *nearest = text_nearest(word, precision_name, NULL);
    return error_set(err, ERR_UNKNOWN, nearest != NULL ? "%s: no precision %s, nearest %s" : "%s: no precision %s",
                     where, word, nearest);
}

/* The model knows kinds of engine; the catalog knows more names for them. */
static int
settle_engine(struct capacity_row *words, const struct catalog *cat, struct error *err)
{
    if (words->engine[0] == '\0')
        return error_set(err, ERR_RANGE, "engine: missing");
    if (capacity_engine_find(words->engine, words->engine_version, words->date) >= 0)
        return 0;
    const struct cat_engine *e = catalog_engine(cat, words->engine);
    if (e == NULL)
        return unknown_name(cat, CATALOG_ENGINES, "engine", words->engine, err);
    words->engine = e->kind;
    return 0;
}

static int
find_names(struct run *r, const struct catalog *cat, const char *model, const char *gpu, struct error *err)
{
    if (model[0] == '\0' || gpu[0] == '\0')
        return error_set(err, ERR_RANGE, "%s: missing", model[0] == '\0' ? "model" : "gpu");
    r->model = catalog_model(cat, model);
    if (r->model == NULL)
        return unknown_name(cat, CATALOG_MODELS, "model", model, err);
    r->gpu = catalog_gpu(cat, gpu);
    if (r->gpu == NULL)
        return unknown_name(cat, CATALOG_GPUS, "GPU", gpu, err);
    if (capacity_shape_from_model(&r->shape, r->model, err) < 0)
        return -1;
    return capacity_gpu_from_catalog(&r->card, r->gpu, err);
}

static int
run_words(struct run *r, const struct catalog *cat, const char *model, const char *gpu,
          struct capacity_row *words, struct error *err)
{
    memset(r, 0, sizeof *r);
    if (find_names(r, cat, model, gpu, err) < 0 || settle_engine(words, cat, err) < 0 ||
        check_precision("weight_precision", words->weight_precision, false, err) < 0 ||
        check_precision("kv_precision", words->kv_precision, true, err) < 0 ||
        capacity_row_read(words, &r->layout, &r->load, &r->replicas, err) < 0 ||
        capacity_prepare(&r->system, &r->shape, &r->card, &r->layout, &capacity_fitted, err) < 0)
        return -1;
    return capacity_predict(&r->system, &r->load, &r->answer, err);
}

/* ---- from a run to figures ------------------------------------------------------------- */

struct figures {
    bool fits;
    double tok_s, low, high, ttft_ms, tpot_ms, need_gib, have_gib, batch;
    const char *limit; /* NULL: does not fit */
};

static struct figures
figures_of(const struct run *r)
{
    const struct capacity_answer *a = &r->answer;
    const double factor = capacity_interval_tok_s(&r->system, INTERVAL);
    struct figures f = { r->answer.fits, NAN, NAN, NAN, NAN, NAN, r->system.need_gib, r->system.have_gib, NAN, NULL };

    if (!f.fits)
        return f;
    f.tok_s = a->replica_tok_s * r->replicas;
    f.low = f.tok_s / factor;
    f.high = f.tok_s * factor;
    f.ttft_ms = 1000 * (a->ttft_s + a->queue_s);
    f.tpot_ms = 1000 * a->tpot_s;
    f.batch = a->batch;
    f.need_gib = capacity_need_gib(&r->system, r->load.input, r->load.output, a->batch);
    f.limit = capacity_limit_words(capacity_limiting(&r->system, &r->load, a));
    return f;
}

static void
put_layout(struct buffer *b, const struct capacity_layout *l)
{
    double gpus = l->tensor * l->pipeline;

    buffer_printf(b, "%s on %g GPU%s", capacity_precision_name(l->precision), gpus, gpus == 1 ? "" : "s");
}

/* What is missing, and the nearest machines that would do. */
static void
put_reason(struct buffer *b, const struct run *r)
{
    const struct capacity_system *s = &r->system;
    struct capacity_nearest near;

    capacity_nearest(&r->shape, &r->card, &r->layout, r->load.input, r->load.output, &capacity_fitted, &near);
    buffer_printf(b, "does not fit: needs %.1f GiB per GPU, %.1f of %.1f usable; %.1f missing", s->need_gib, s->have_gib,
                  r->card.usable_gib, s->need_gib - s->have_gib);
    if (!near.more_gpus && !near.fewer_bits) {
        buffer_puts(b, "; nor does it on up to 64 GPUs or in fewer bits");
        return;
    }
    buffer_puts(b, "; fits in ");
    if (near.fewer_bits)
        put_layout(b, &near.bits_layout);
    if (near.fewer_bits && near.more_gpus)
        buffer_puts(b, ", or in ");
    if (near.more_gpus)
        put_layout(b, &near.gpus_layout);
}

/* ---- one run ------------------------------------------------------------------------------ */

static void
put_json(struct buffer *b, const struct run *r)
{
    struct figures f = figures_of(r);
    struct buffer reason;
    struct json j;

    buffer_init(&reason);
    if (!f.fits)
        put_reason(&reason, r);
    json_init(&j, b, 0);
    json_object(&j);
    json_put_number(&j, "output_tok_s", f.tok_s);
    json_put_number(&j, "low", f.low);
    json_put_number(&j, "high", f.high);
    json_put_number(&j, "ttft_ms", f.ttft_ms);
    json_put_number(&j, "tpot_ms", f.tpot_ms);
    json_put_string(&j, "limit", f.limit);
    json_put_bool(&j, "fits", f.fits);
    json_put_number(&j, "need_gib", f.need_gib);
    json_put_number(&j, "have_gib", f.have_gib);
    json_put_number(&j, "batch", f.batch);
    json_put_string(&j, "reason", f.fits ? NULL : reason.text);
    json_end(&j, '}');
    buffer_putc(b, '\n');
    buffer_release(&reason);
}

/* Three digits below a hundred, whole above: never a power of ten, which readers trip over. */
static char *
plain(char out[32], double x)
{
    if (fabs(x) >= 100)
        return number_full(out, 32, x, 0);
    snprintf(out, 32, "%.3g", x);
    return out;
}

static void
put_text(struct buffer *b, const struct run *r)
{
    struct figures f = figures_of(r);
    const double gpus = r->layout.tensor * r->layout.pipeline * r->replicas;
    const double ttft = capacity_interval_ttft(&r->system, INTERVAL);

    buffer_printf(b, "%-12s %s in %s on %g x %s, %s\n", "machine", r->model->name, capacity_precision_name(r->layout.precision),
                  gpus, r->gpu->name, capacity_engine_name(r->layout.engine));
    buffer_printf(b, "%-12s %g tokens in, %g out; ", "requests", r->load.input, r->load.output);
    if (r->load.concurrency > 0)
        buffer_printf(b, "%g at once\n", r->load.concurrency * r->replicas);
    else
        buffer_puts(b, "as many at once as fit\n");
    if (!f.fits) {
        put_reason(b, r);
        buffer_putc(b, '\n');
        return;
    }
    char x[3][32];
    buffer_printf(b, "%-12s %s tokens/s; %.0f%% of measurements lie in %s to %s\n", "output", plain(x[0], f.tok_s),
                  100 * INTERVAL, plain(x[1], f.low), plain(x[2], f.high));
    buffer_printf(b, "%-12s %s ms", "first token", plain(x[0], f.ttft_ms));
    if (r->answer.queue_s > 0)
        buffer_printf(b, ", %s ms of it waiting for a slot", plain(x[0], 1000 * r->answer.queue_s));
    buffer_printf(b, "; %s to %s\n", plain(x[0], f.ttft_ms / ttft), plain(x[1], f.ttft_ms * ttft));
    buffer_printf(b, "%-12s %s ms: %s tokens/s for each reader\n", "next tokens", plain(x[0], f.tpot_ms),
                  plain(x[1], 1000 / f.tpot_ms));
    buffer_printf(b, "%-12s %.1f of %.1f GiB per GPU with %g at once; at most %g\n", "memory", f.need_gib, f.have_gib,
                  f.batch, r->answer.batch_max);
    buffer_printf(b, "%-12s %s\n", "limited by", f.limit);
    for (int k = 0; capacity_warning(&r->system, k) != NULL; k++)
        buffer_printf(b, "%-12s %s\n", "warning", capacity_warning(&r->system, k));
}

static const char *
value_or(const struct args *a, const char *name, const char *usual)
{
    const char *value = args_value(a, name);

    return value != NULL ? value : usual;
}

/* A number of the command line ("2k") in the plain form of a table's cell. */
static int
plain_number(char *out, size_t size, const struct args *a, const char *name, double low, double high,
             struct error *err)
{
    double x = 0;

    out[0] = '\0';
    if (!args_has(a, name))
        return 0;
    if (args_number(a, name, low, high, &x, err) < 0)
        return -1;
    number_exact(out, size, x);
    return 0;
}

static int
check_gpus(const struct args *a, struct capacity_layout *l, struct error *err)
{
    double gpus = 1;

    if (args_number(a, "gpus", 1, 1024, &gpus, err) < 0)
        return -1;
    if (gpus != floor(gpus))
        return error_set(err, ERR_RANGE, "--gpus %g is not a whole number", gpus);
    capacity_layout_gpus(l, gpus);
    return 0;
}

static int
run_options(struct run *r, const struct catalog *cat, const struct args *a, struct error *err)
{
    char input[40], output[40], concurrency[40], gpus[40], tp[40], pp[40];
    struct capacity_layout layout = { .tensor = 1, .pipeline = 1 };
    const struct cat_engine *engine = catalog_engine(cat, value_or(a, "engine", "vllm"));
    struct capacity_row words = {
        .engine = engine != NULL ? engine->kind : value_or(a, "engine", "vllm"),
        .engine_version = engine != NULL ? engine->version : "",
        .weight_precision = value_or(a, "precision", "fp16"), .kv_precision = value_or(a, "kv-precision", ""),
        .n_gpus = gpus, .tp = tp, .pp = pp, .isl = input, .osl = output, .concurrency = concurrency,
    };

    if (plain_number(input, sizeof input, a, "input", 1, 1e7, err) < 0 ||
        plain_number(output, sizeof output, a, "output", 1, 1e7, err) < 0 ||
        plain_number(concurrency, sizeof concurrency, a, "concurrency", 1, 1e6, err) < 0 ||
        check_gpus(a, &layout, err) < 0 || check_precision("--precision", words.weight_precision, false, err) < 0 ||
        check_precision("--kv-precision", words.kv_precision, true, err) < 0)
        return -1;
    number_exact(tp, sizeof tp, layout.tensor);
    number_exact(pp, sizeof pp, layout.pipeline);
    number_exact(gpus, sizeof gpus, layout.tensor * layout.pipeline);
    return run_words(r, cat, args_value(a, "model"), args_value(a, "gpu"), &words, err);
}

/* ---- a table of runs ------------------------------------------------------------------------ */

static int
run_row(struct run *r, const struct catalog *cat, const struct csv *t, size_t row, struct error *err)
{
    struct capacity_row words = {
        .engine = table_cell(t, row, "engine"), .engine_version = table_cell(t, row, "engine_version"),
        .date = table_cell(t, row, "date"), .weight_precision = table_cell(t, row, "weight_precision"),
        .kv_precision = table_cell(t, row, "kv_precision"), .load = table_cell(t, row, "load"),
        .n_gpus = table_cell(t, row, "n_gpus"), .tp = table_cell(t, row, "tp"), .pp = table_cell(t, row, "pp"),
        .isl = table_cell(t, row, "isl"), .osl = table_cell(t, row, "osl"),
        .osl_max = table_cell(t, row, "osl_max"), .concurrency = table_cell(t, row, "concurrency"),
        .source = table_cell(t, row, "source"), .note = table_cell(t, row, "note"),
    };

    return run_words(r, cat, table_cell(t, row, "model"), table_cell(t, row, "gpu"), &words, err);
}

static void
put_row(struct buffer *out, const char *id, const struct figures *f, const char *reason)
{
    csv_put(out, id);
    table_put_number(out, f->tok_s);
    table_put_number(out, f->low);
    table_put_number(out, f->high);
    table_put_number(out, f->ttft_ms);
    table_put_number(out, f->tpot_ms);
    buffer_putc(out, ',');
    csv_put(out, f->limit != NULL ? f->limit : "");
    buffer_putc(out, ',');
    csv_put(out, reason);
    buffer_putc(out, '\n');
}

static int
capacity_table(struct buffer *out, const struct catalog *cat, const char *path, struct error *err)
{
    static const char *const needed[] = { "id", "model", "gpu", "weight_precision", "engine", "isl", "osl", NULL };
    static const char *const written[] = { "id", "output_tok_s", "low", "high", "ttft_ms", "tpot_ms", "limit",
                                           "reason", NULL };
    const struct figures none = { false, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NULL };
    struct csv t;

    if (table_open(&t, path, needed, err) < 0)
        return -1;
    table_header(out, written);
    for (size_t row = 1; row < t.n_rows; row++) {
        const char *id = table_cell(&t, row, "id");
        struct error why = { .text = "" };
        struct run r;
        struct buffer reason;

        buffer_init(&reason);
        if (run_row(&r, cat, &t, row, &why) < 0)
            put_row(out, id, &none, why.text);
        else {
            struct figures f = figures_of(&r);
            if (!f.fits)
                put_reason(&reason, &r);
            put_row(out, id, &f, reason.text);
        }
        buffer_release(&reason);
    }
    csv_release(&t);
    return 0;
}

/* ---- the command ------------------------------------------------------------------------------ */

static int
check_usage(const struct args *a, struct error *err)
{
    static const char *const needed[] = { "model", "gpu", "input", "output" };

    if (a->n_operands > 0)
        return error_set(err, ERR_USAGE, "capacity takes options only, not %s", a->operands[0]);
    if (args_has(a, "csv")) {
        for (int k = 0; k < a->n_given; k++)
            if (strcmp(a->given[k].row->name, "csv") != 0)
                return error_set(err, ERR_USAGE, "--%s does not go with --csv", a->given[k].row->name);
        return 0;
    }
    for (size_t k = 0; k < BE_LEN(needed); k++)
        if (!args_has(a, needed[k]))
            return error_set(err, ERR_USAGE, "capacity needs --%s, or --csv FILE", needed[k]);
    return 0;
}

int
cmd_capacity(const struct args *a, struct error *err)
{
    struct catalog *cat = NULL;
    struct buffer out;
    struct run r;
    int status;

    if (check_usage(a, err) < 0 || catalog_open(&cat, err) < 0)
        return -1;
    buffer_init(&out);
    if (args_has(a, "csv"))
        status = capacity_table(&out, cat, args_value(a, "csv"), err);
    else {
        status = run_options(&r, cat, a, err);
        if (status == 0 && args_has(a, "json"))
            put_json(&out, &r);
        else if (status == 0)
            put_text(&out, &r);
    }
    if (status == 0)
        status = write_out(NULL, &out, err);
    buffer_release(&out);
    catalog_free(cat);
    return status;
}
