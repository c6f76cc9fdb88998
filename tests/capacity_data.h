/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_TESTS_CAPACITY_DATA_H
#define BREAKEVEN_TESTS_CAPACITY_DATA_H

/* The public measurements of tests/data as inputs of the capacity model: tables, the
 * shapes and GPUs beside them, and one row's words. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "breakeven/capacity.h"
#include "breakeven/document.h"

/* The whole table below the source tree, or NULL. */
static inline struct csv *
table_read(const char *name)
{
    const char *dir = getenv("srcdir");
    char path[1024];
    FILE *f;
    struct csv *table = calloc(1, sizeof *table);
    char *bytes = NULL;
    size_t n = 0, cap = 0, got;

    snprintf(path, sizeof path, "%s/tests/data/%s", dir != NULL ? dir : ".", name);
    f = fopen(path, "rb");
    if (f == NULL || table == NULL) {
        free(table);
        return NULL;
    }
    do {
        cap = cap == 0 ? 1 << 16 : 2 * cap;
        bytes = realloc(bytes, cap);
        got = bytes != NULL ? fread(bytes + n, 1, cap - n, f) : 0;
        n += got;
    } while (n == cap);
    fclose(f);
    if (bytes == NULL || csv_parse(table, bytes, n, NULL) != 0) {
        free(table);
        table = NULL;
    }
    free(bytes);
    return table;
}

static inline void
table_free(struct csv *table)
{
    if (table != NULL)
        csv_release(table);
    free(table);
}

static inline const char *
cell(const struct csv *t, size_t row, const char *column)
{
    int c = csv_column(t, column);

    return c < 0 ? "" : t->rows[row][c];
}

/* NAN where blank. */
static inline double
figure_at(const struct csv *t, size_t row, const char *column)
{
    const char *text = cell(t, row, column);

    return *text == '\0' ? NAN : strtod(text, NULL);
}

/* 0: not there. */
static inline size_t
row_named(const struct csv *t, const char *column, const char *name)
{
    for (size_t r = 1; r < t->n_rows; r++)
        if (strcmp(cell(t, r, column), name) == 0)
            return r;
    return 0;
}

static inline double
or_0(double x)
{
    return known(x) ? x : 0;
}

/* The names of throughput-models.csv and throughput-gpus.csv by way of the catalog's
 * structs, so that the converters are tried too. */
static inline int
shape_named(struct capacity_shape *out, const struct csv *models, const char *name)
{
    size_t r = row_named(models, "model", name);
    struct cat_model m = { 0 };

    if (r == 0)
        return -1;
    m.id = name;
    m.has_shape = true;
    m.params = figure_at(models, r, "total_b") * 1e9;
    m.params_active = figure_at(models, r, "active_b") * 1e9;
    m.params_routed = figure_at(models, r, "routed_b") * 1e9;
    m.layers = figure_at(models, r, "layers");
    m.hidden = figure_at(models, r, "hidden");
    m.query_heads = figure_at(models, r, "q_heads");
    m.kv_heads = figure_at(models, r, "kv_heads");
    m.head_dim = figure_at(models, r, "head_dim");
    m.vocab = figure_at(models, r, "vocab");
    m.tied_embeddings = strcmp(cell(models, r, "tied"), "yes") == 0;
    m.experts = figure_at(models, r, "experts");
    m.experts_per_token = figure_at(models, r, "experts_per_token");
    m.kv_elements_per_token = figure_at(models, r, "kv_elements_per_token");
    m.window_tokens = figure_at(models, r, "swa_window");
    m.window_share = figure_at(models, r, "swa_share");
    m.intermediate = figure_at(models, r, "intermediate");
    m.mla = m.kv_heads == 1 && m.head_dim > 256;
    return capacity_shape_from_model(out, &m, NULL);
}

static inline int
gpu_named(struct capacity_gpu *out, const struct csv *gpus, const char *name)
{
    size_t r = row_named(gpus, "gpu", name);
    struct cat_gpu g = { 0 };

    if (r == 0)
        return -1;
    g.id = name;
    g.class_name = cell(gpus, r, "class");
    g.usable_gib = figure_at(gpus, r, "usable_gib");
    g.bandwidth_gbs = figure_at(gpus, r, "bw_gbs");
    g.fp16_tflops = figure_at(gpus, r, "fp16_tflops");
    g.fp8_tflops = figure_at(gpus, r, "fp8_tflops");
    g.int8_tops = figure_at(gpus, r, "int8_tops");
    g.fp4_tflops = figure_at(gpus, r, "fp4_tflops");
    g.nvlink_gbs = figure_at(gpus, r, "nvlink_gbs_per_direction");
    g.pcie_gbs = figure_at(gpus, r, "pcie_gbs_per_direction");
    return capacity_gpu_from_catalog(out, &g, NULL);
}

static inline struct capacity_row
row_words(const struct csv *t, size_t r)
{
    return (struct capacity_row){
        .engine = cell(t, r, "engine"), .engine_version = cell(t, r, "engine_version"),
        .date = cell(t, r, "date"), .weight_precision = cell(t, r, "weight_precision"),
        .kv_precision = cell(t, r, "kv_precision"), .load = cell(t, r, "load"),
        .n_gpus = cell(t, r, "n_gpus"), .tp = cell(t, r, "tp"), .pp = cell(t, r, "pp"),
        .isl = cell(t, r, "isl"), .osl = cell(t, r, "osl"), .osl_max = cell(t, r, "osl_max"),
        .concurrency = cell(t, r, "concurrency"), .source = cell(t, r, "source"),
        .note = cell(t, r, "note"),
    };
}

/* A measured row, ready to be predicted. */
struct measured {
    struct capacity_shape shape;
    struct capacity_gpu gpu;
    struct capacity_layout layout;
    struct capacity_load load;
    double replicas;
    double output_tok_s, ttft_s, tpot_s; /* measured; NAN */
};

static inline int
measured_read(struct measured *m, const struct csv *rows, size_t r, const struct csv *models,
              const struct csv *gpus, struct error *err)
{
    struct capacity_row words = row_words(rows, r);

    if (shape_named(&m->shape, models, cell(rows, r, "model")) != 0 ||
        gpu_named(&m->gpu, gpus, cell(rows, r, "gpu")) != 0)
        return error_set(err, ERR_UNKNOWN, "no such model or GPU");
    m->output_tok_s = figure_at(rows, r, "output_tok_s");
    m->ttft_s = figure_at(rows, r, "ttft_ms") / 1000;
    m->tpot_s = figure_at(rows, r, "tpot_ms") / 1000;
    return capacity_row_read(&words, &m->layout, &m->load, &m->replicas, err);
}

#endif
