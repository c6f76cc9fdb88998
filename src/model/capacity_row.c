/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "capacity.h"

/*
 * A row of a table of measurements: how the run was driven, in the words of its
 * columns. Source and note matter where a table's runs have something in common that
 * the columns cannot say.
 */

static bool
has(const char *text, const char *part)
{
    return text != NULL && strstr(text, part) != NULL;
}

static bool
blank(const char *text)
{
    return text == NULL || *text == '\0';
}

/* A plain number; a blank gives "usual" (NAN: refused). */
static int
number(double *x, const char *column, const char *text, double usual, struct error *err)
{
    char *end;
    double value = usual;

    if (!blank(text)) {
        value = strtod(text, &end);
        if (end == text || *end != '\0' || !(value >= 0 && value <= 1e9))
            return error_set(err, ERR_RANGE, "%s: \"%s\" is not a number in 0..1e9", column, text);
    }
    if (!isfinite(value))
        return error_set(err, ERR_RANGE, "%s: missing", column);
    *x = value;
    return 0;
}

static int
choose(int *out, int found, const char *column, const char *text, struct error *err)
{
    if (found < 0)
        return error_set(err, ERR_UNKNOWN, "%s: \"%s\" is not known", column, blank(text) ? "" : text);
    *out = found;
    return 0;
}

static int
read_layout(const struct capacity_row *r, struct capacity_layout *l, double *replicas, struct error *err)
{
    const char *kv = blank(r->kv_precision) ? "fp16" : r->kv_precision;
    double gpus;
    int engine = -1, precision = -1, cache = -1;

    if (choose(&engine, capacity_engine_find(r->engine, r->engine_version, r->date), "engine", r->engine, err) != 0 ||
        choose(&precision, capacity_precision_find(r->weight_precision), "weight_precision", r->weight_precision, err) != 0 ||
        choose(&cache, capacity_precision_find(kv), "kv_precision", kv, err) != 0 ||
        number(&gpus, "n_gpus", r->n_gpus, 1, err) != 0 ||
        number(&l->pipeline, "pp", r->pp, 1, err) != 0 ||
        number(&l->tensor, "tp", r->tp, gpus / fmax(l->pipeline, 1), err) != 0)
        return -1;
    /* Only a few int8 runs also quantise activations; files of GPTQ never do. */
    if (precision == PRECISION_INT8 && (has(r->note, "GPTQ") || engine == ENGINE_HF || engine == ENGINE_SINGLE_STREAM))
        precision = PRECISION_W8A16;
    if (cache != PRECISION_FP16 && cache != PRECISION_FP8 && cache != PRECISION_INT8)
        return error_set(err, ERR_UNKNOWN, "kv_precision: \"%s\" is not fp16, fp8 or int8", kv);
    l->engine = (enum capacity_engine)engine;
    l->precision = (enum capacity_precision)precision;
    l->kv_8bit = cache != PRECISION_FP16;
    l->attention_parallel = has(r->note, "attention DP");
    if (!(l->tensor >= 1 && l->pipeline >= 1 && gpus >= 1))
        return error_set(err, ERR_RANGE, "n_gpus, tp and pp must be at least 1");
    *replicas = fmax(1, gpus / (l->tensor * l->pipeline));
    return 0;
}

static int
read_load(const struct capacity_row *r, struct capacity_load *l, double replicas, struct error *err)
{
    const char *usual = blank(r->concurrency) ? "offline" : "closed";
    const char *load = blank(r->load) ? usual : r->load;
    int mode = -1;

    if (choose(&mode, capacity_mode_find(load), "load", load, err) != 0 ||
        number(&l->input, "isl", r->isl, NAN, err) != 0 ||
        number(&l->output, "osl", r->osl, NAN, err) != 0 ||
        number(&l->output_max, "osl_max", r->osl_max, 0, err) != 0 ||
        number(&l->concurrency, "concurrency", r->concurrency, 0, err) != 0)
        return -1;
    l->mode = (enum capacity_mode)mode;
    l->concurrency /= replicas;
    return 0;
}

/* Synthetic runs in which all requests are alike; lengths that are drawn from a range or
 * come from conversations mix, and so they do where nothing is said. */
static bool
fixed_by_note(const char *note)
{
    return has(note, "NVIDIA silicon") || has(note, "osl from tok/s over req/s");
}

int
capacity_row_read(const struct capacity_row *r, struct capacity_layout *layout,
                  struct capacity_load *load, double *replicas, struct error *err)
{
    struct capacity_layout l = { 0 };
    struct capacity_load d = { 0 };
    double n = 1;

    if (read_layout(r, &l, &n, err) != 0 || read_load(r, &d, n, err) != 0)
        return -1;
    d.fixed_lengths = d.mode == LOAD_CLOSED && fixed_by_note(r->note);
    /* Its "batches" ran on servers, which take what their memory holds. */
    d.server = has(r->source, "LLM-Inference-Bench");
    if (has(r->source, "mlcommons/"))
        d.batch_cap = 3072;
    if (has(r->source, "qserve"))
        d.batch_cap = 256;
    *layout = l;
    *load = d;
    *replicas = n;
    return 0;
}
