/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "support.h"

#include "capacity_data.h"

/* The capacity model against worked rows, its published errors and what no machine can do. */

static struct csv *rows, *models, *gpus;

static int
read_tables(void **state)
{
    (void)state;
    rows = table_read("throughput-public.csv");
    models = table_read("throughput-models.csv");
    gpus = table_read("throughput-gpus.csv");
    return rows == NULL || models == NULL || gpus == NULL ? -1 : 0;
}

static int
free_tables(void **state)
{
    (void)state;
    table_free(rows);
    table_free(models);
    table_free(gpus);
    return 0;
}

static void
predict_row(size_t r, const struct capacity_constants *k, struct measured *m,
            struct capacity_system *s, struct capacity_answer *a)
{
    struct error err;

    assert_int_equal(measured_read(m, rows, r, models, gpus, &err), 0);
    assert_int_equal(capacity_prepare(s, &m->shape, &m->gpu, &m->layout, k, &err), 0);
    assert_int_equal(capacity_predict(s, &m->load, a, &err), 0);
}

/* ---- what was worked by hand ------------------------------------------------------------- */

/* Equal when printed with so many digits after the point. */
#define assert_printed(got, want, digits) \
    do { \
        if (!(fabs((got) - (want)) <= 0.5000001 * pow(10, -(digits)))) { \
            print_error("%s: " #got " is %.6f, printed %.6f\n", worked[i].id, (double)(got), (double)(want)); \
            fail(); \
        } \
    } while (0)

static const struct {
    const char *id;
    double weights_gib, batch_max, batch, step_ms, prefill_ms, tok_s, tpot_ms, ttft_ms;
} worked[] = {
    { "t0705", 8.46, 4184, 2048, 48.956, 1.514, 27985.1, 73.72, 80.0 },
    { "t0752", 16.92, 690, 690, 58.752, 5.876, 11361.4, 60.76, 94.3 },
    { "t3286", 16.92, 128, 16, 15.541, 42.830, 1023.4, 15.62, 173.4 },
    { "t0318", 65.71, 34, 34, 67.612, 311.586, 434.8, 77.94, 431.0 },
    { "t4372", 42.55, 139, 1, 37.810, 0.771, 26.4, 37.81, 35.8 },
    { "t0489", 21.87, 1810, 1810, 71.742, 17.442, 17519.8, 103.39, 116.7 },
    { "t3022", 30.39, 678, 32, 12.530, 120.040, 1916.6, 16.08, 632.4 },
    { "t3063", 78.33, 834, 8, 8.873, 13.346, 890.0, 8.97, 72.7 },
    { "t3917", 3.14, 2917, 5, 35.279, 1.633, 141.1, 35.50, 96.9 },
    { "t1925", 7.48, 12976, 1, 11.676, 2.206, 85.5, 11.70, 10.5 },
    { "t1324", 12.55, 12, 1, 16.906, 118.830, 58.9, 16.91, 121.8 },
    { "t4055", 14.19, 836, 1, 11.912, 0.059, 84.0, 11.91, 10.7 },
    { "t4716", 16.43, 147, 100, 70.674, 133.136, 692.9, 90.08, 6895.5 },
    { "t4461", 12.55, 33, 33, 85.713, 45.401, 338.7, 97.76, 158.5 },
};

static void
worked_rows_come_out_to_the_printed_digit(void **state)
{
    (void)state;
    for (size_t i = 0; i < BE_LEN(worked); i++) {
        size_t r = row_named(rows, "id", worked[i].id);
        struct measured m;
        struct capacity_system s;
        struct capacity_answer a;

        assert_true(r > 0);
        predict_row(r, &capacity_published, &m, &s, &a);
        assert_printed(s.weights_gib, worked[i].weights_gib, 2);
        assert_printed(a.batch_max, worked[i].batch_max, 0);
        assert_printed(a.batch, worked[i].batch, 0);
        assert_printed(a.step_s * 1e3, worked[i].step_ms, 3);
        assert_printed(a.prefill_s * 1e3, worked[i].prefill_ms, 3);
        assert_printed(a.replica_tok_s * m.replicas, worked[i].tok_s, 1);
        assert_printed(a.tpot_s * 1e3, worked[i].tpot_ms, 2);
        assert_printed((a.ttft_s + a.queue_s) * 1e3, worked[i].ttft_ms, 1);
    }
}

/* ---- errors on the public rows --------------------------------------------------------------- */

struct errors {
    double x[4096];
    int n;
};

static void
note(struct errors *e, double got, double want)
{
    if (known(want))
        e->x[e->n++] = fabs(got / want - 1);
}

static int
by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Linear between order statistics. */
static double
quantile_of(struct errors *e, double p)
{
    double at = p * (e->n - 1), low = floor(at);
    int i = (int)low;

    qsort(e->x, (size_t)e->n, sizeof e->x[0], by_size);
    return e->x[i] + (at - low) * (e->x[i + 1 < e->n ? i + 1 : i] - e->x[i]);
}

static double
within(const struct errors *e, double limit)
{
    int n = 0;

    for (int i = 0; i < e->n; i++)
        n += e->x[i] <= limit;
    return (double)n / e->n;
}

static void
errors_of(const struct capacity_constants *k, struct errors *tok, struct errors *tpot, struct errors *ttft)
{
    *tok = *tpot = *ttft = (struct errors){ .n = 0 };
    for (size_t r = 1; r < rows->n_rows; r++) {
        struct measured m;
        struct capacity_system s;
        struct capacity_answer a;

        predict_row(r, k, &m, &s, &a);
        assert_true(a.fits); /* they all ran */
        if (known(m.output_tok_s))
            note(tok, a.replica_tok_s * m.replicas, m.output_tok_s);
        else
            note(tok, a.tpot_s, m.tpot_s);
        note(tpot, a.tpot_s, m.tpot_s);
        note(ttft, a.ttft_s + a.queue_s, m.ttft_s);
    }
}

static struct errors tok_s, tpot, ttft;

static void
the_published_constants_give_the_published_errors(void **state)
{
    (void)state;
    errors_of(&capacity_published, &tok_s, &tpot, &ttft);
    assert_int_equal(tok_s.n, 1554);
    assert_int_equal(lround(1000 * quantile_of(&tok_s, 0.5)), 101);
    assert_int_equal(lround(1000 * quantile_of(&tok_s, 0.9)), 332);
    assert_int_equal(lround(1000 * within(&tok_s, 0.25)), 840);
    assert_int_equal(tpot.n, 475);
    assert_int_equal(lround(1000 * quantile_of(&tpot, 0.5)), 113);
    assert_int_equal(ttft.n, 337);
    assert_int_equal(lround(1000 * quantile_of(&ttft, 0.5)), 338);
}

static void
the_fitted_constants_are_better_than_the_published_ones(void **state)
{
    (void)state;
    errors_of(&capacity_fitted, &tok_s, &tpot, &ttft);
    assert_true(quantile_of(&tok_s, 0.5) <= 0.082);
    assert_true(quantile_of(&tok_s, 0.9) <= 0.27);
    assert_true(within(&tok_s, 0.25) >= 0.88);
    assert_true(quantile_of(&tpot, 0.5) <= 0.09);
    assert_true(quantile_of(&ttft, 0.5) <= 0.32);
}

/* ---- what no machine can do ------------------------------------------------------------------- */

static const struct capacity_layout plain = { .engine = ENGINE_VLLM, .precision = PRECISION_FP16, .tensor = 1, .pipeline = 1 };

static void
machine(struct capacity_shape *m, struct capacity_gpu *g, const char *model, const char *gpu)
{
    assert_int_equal(shape_named(m, models, model), 0);
    assert_int_equal(gpu_named(g, gpus, gpu), 0);
}

static double
tok_s_of(const struct capacity_shape *m, const struct capacity_gpu *g, const struct capacity_layout *l,
         double input, double output, double batch)
{
    struct capacity_system s;
    struct capacity_answer a;

    assert_int_equal(capacity_prepare(&s, m, g, l, &capacity_fitted, NULL), 0);
    assert_true(s.fits);
    capacity_at(&s, input, output, 0, batch, &a);
    assert_true(isfinite(a.replica_tok_s) && isfinite(a.ttft_s) && isfinite(a.tpot_s));
    assert_true(a.replica_tok_s > 0 && a.ttft_s > 0 && a.tpot_s > 0);
    return a.replica_tok_s;
}

static const char *const names[] = { "llama3-8b", "mixtral-8x7b", "gpt-oss-20b", "qwen3-30b-a3b", "deepseek-r1" };

static void
more_bandwidth_is_never_slower(void **state)
{
    (void)state;
    for (size_t i = 0; i < BE_LEN(names); i++) {
        struct capacity_shape m;
        struct capacity_gpu g;
        struct capacity_layout l = plain;
        double before = 0;

        machine(&m, &g, names[i], "H200");
        l.precision = PRECISION_FP8;
        l.tensor = 8;
        for (double times = 0.25; times < 5; times *= 1.3) {
            struct capacity_gpu faster = g;

            faster.bandwidth *= times;
            double now = tok_s_of(&m, &faster, &l, 500, 200, 32);
            assert_true(now > before);
            before = now;
        }
        before = 0;
        for (double times = 0.25; times < 5; times *= 1.3) {
            struct capacity_gpu faster = g;

            faster.fp8 *= times;
            faster.fp16 *= times;
            double now = tok_s_of(&m, &faster, &l, 500, 200, 32);
            assert_true(now > before);
            before = now;
        }
    }
}

static void
longer_prompts_never_raise_throughput(void **state)
{
    (void)state;
    for (size_t i = 0; i < BE_LEN(names); i++)
        for (double batch = 1; batch <= 256; batch *= 4) {
            struct capacity_shape m;
            struct capacity_gpu g;
            struct capacity_layout l = plain;
            double before = INFINITY;

            machine(&m, &g, names[i], "B200");
            l.tensor = 8;
            l.precision = PRECISION_FP8;
            for (double input = 1; input < 1e6; input *= 3) {
                double now = tok_s_of(&m, &g, &l, input, 100, batch);
                assert_true(now < before);
                before = now;
            }
        }
}

static void
more_requests_at_once_give_more_tokens_and_each_waits_longer(void **state)
{
    struct capacity_shape m;
    struct capacity_gpu g;
    struct capacity_system s;
    struct capacity_answer now, before = { .replica_tok_s = 0 };

    (void)state;
    for (size_t i = 0; i < BE_LEN(names); i++)
        for (int engine = 0; engine < ENGINE_COUNT; engine++) {
            struct capacity_layout l = plain;

            machine(&m, &g, names[i], "B200");
            l.engine = (enum capacity_engine)engine;
            l.precision = PRECISION_FP8;
            l.tensor = 8;
            assert_int_equal(capacity_prepare(&s, &m, &g, &l, &capacity_fitted, NULL), 0);
            before = (struct capacity_answer){ .replica_tok_s = 0 };
            for (double batch = 1; batch < 4096; batch = ceil(batch * 1.2)) {
                capacity_at(&s, 700, 150, 0, batch, &now);
                assert_true(now.replica_tok_s > before.replica_tok_s);
                assert_true(now.ttft_s >= before.ttft_s && now.tpot_s >= before.tpot_s);
                before = now;
            }
        }
}

static void
what_does_not_fit_is_never_predicted(void **state)
{
    struct capacity_shape m;
    struct capacity_gpu g;
    struct capacity_system s;
    struct capacity_answer a;
    struct capacity_nearest near;
    struct capacity_layout l = plain;
    const struct capacity_load load = { .mode = LOAD_OFFLINE, .input = 500, .output = 100 };

    (void)state;
    machine(&m, &g, "llama3-70b", "A100-80G-SXM");
    assert_int_equal(capacity_prepare(&s, &m, &g, &l, &capacity_fitted, NULL), 0);
    assert_false(s.fits);
    assert_close(s.weights_gib, 131.4, 1e-3);
    assert_true(s.need_gib > s.have_gib);
    assert_int_equal(capacity_predict(&s, &load, &a, NULL), 0);
    assert_false(a.fits);
    assert_true(isnan(a.replica_tok_s) && isnan(a.ttft_s) && isnan(a.batch));
    capacity_at(&s, 500, 100, 0, 1, &a);
    assert_true(isnan(a.replica_tok_s));
    assert_true(capacity_batch_max(&s, 500, 100) == 0);
    assert_true(capacity_batch_within(&s, 500, 100, 0, 500, INFINITY, INFINITY) == 0);

    capacity_nearest(&m, &g, &l, 500, 100, &capacity_fitted, &near);
    assert_true(near.more_gpus && near.fewer_bits);
    assert_true(near.gpus_layout.tensor == 2 && near.gpus_layout.pipeline == 1);
    assert_true(near.gpus_layout.precision == PRECISION_FP16);
    assert_true(near.bits_layout.tensor == 1);
    assert_true(near.bits_layout.precision == PRECISION_W8A16 || near.bits_layout.precision == PRECISION_INT4);
}

/* The article's card under the published constants: 37.7 GiB of INT4 weights, 181 requests, 201 tokens/s. */
static void
the_articles_card_serves_what_the_model_was_published_with(void **state)
{
    struct capacity_shape m;
    struct capacity_gpu g;
    struct capacity_system s;
    struct capacity_answer a;
    struct capacity_layout l = plain;
    struct capacity_load load = { .mode = LOAD_OFFLINE, .input = 500, .output = 100 };

    (void)state;
    machine(&m, &g, "llama3-70b", "A100-80G-SXM");
    l.precision = PRECISION_INT4;
    assert_int_equal(capacity_prepare(&s, &m, &g, &l, &capacity_published, NULL), 0);
    assert_close(s.weights_gib, 37.7, 2e-3);
    assert_int_equal(capacity_predict(&s, &load, &a, NULL), 0);
    assert_true(a.batch == 181);
    assert_close(a.replica_tok_s, 201, 3e-3);
    load.mode = LOAD_CLOSED;
    load.concurrency = 8;
    assert_int_equal(capacity_predict(&s, &load, &a, NULL), 0);
    assert_close(a.replica_tok_s, 112, 5e-3);
    l = plain;
    l.tensor = 4;
    assert_int_equal(capacity_prepare(&s, &m, &g, &l, &capacity_published, NULL), 0);
    load.mode = LOAD_OFFLINE;
    load.concurrency = 0;
    assert_int_equal(capacity_predict(&s, &load, &a, NULL), 0);
    assert_true(a.batch_max == 847);
    assert_close(a.replica_tok_s, 827, 2e-3);
}

static void
the_largest_batch_within_limits_is_the_largest(void **state)
{
    struct capacity_shape m;
    struct capacity_gpu g;
    struct capacity_system s;
    struct capacity_layout l = plain;

    (void)state;
    machine(&m, &g, "llama3-8b", "H100-SXM");
    assert_int_equal(capacity_prepare(&s, &m, &g, &l, &capacity_fitted, NULL), 0);
    for (double limit = 0.005; limit < 0.2; limit *= 1.1) {
        double b = capacity_batch_within(&s, 500, 100, 0, 1500, INFINITY, limit);
        struct capacity_answer a;

        if (b > 0) {
            capacity_at(&s, 500, 100, 0, b, &a);
            assert_true(a.tpot_s <= limit);
        }
        if (b < fmin(s.batch_cap, capacity_batch_max(&s, 500, 100))) {
            capacity_at(&s, 500, 100, 0, b + 1, &a);
            assert_true(a.tpot_s > limit);
        }
    }
    assert_true(capacity_batch_within(&s, 500, 100, 0, 500, INFINITY, INFINITY) == 256);
    assert_true(capacity_batch_within(&s, 500, 100, 0, 500, 1e-6, INFINITY) == 0);
}

static void
a_cached_prefix_saves_prefill_and_nothing_else(void **state)
{
    struct capacity_shape m;
    struct capacity_gpu g;
    struct capacity_system s;
    struct capacity_answer all, half;

    (void)state;
    machine(&m, &g, "llama3-8b", "H100-SXM");
    assert_int_equal(capacity_prepare(&s, &m, &g, &plain, &capacity_fitted, NULL), 0);
    capacity_at(&s, 2000, 100, 0, 16, &all);
    capacity_at(&s, 2000, 100, 0.5, 16, &half);
    assert_true(half.step_s == all.step_s);
    assert_true(half.prefill_s < 0.6 * all.prefill_s && half.prefill_s > 0.45 * all.prefill_s);
    assert_true(half.ttft_s < all.ttft_s && half.replica_tok_s > all.replica_tok_s);
}

/* ---- names and bad input -------------------------------------------------------------------------- */

static void
versions_compare_by_their_numbers(void **state)
{
    (void)state;
    assert_int_equal(capacity_engine_find("vllm", "0.10", NULL), ENGINE_VLLM);
    assert_int_equal(capacity_engine_find("vllm", "0.8.5", NULL), ENGINE_VLLM);
    assert_int_equal(capacity_engine_find("vllm", "0.6", NULL), ENGINE_VLLM_V0);
    assert_int_equal(capacity_engine_find("vllm", "0.7.3", "2025-03"), ENGINE_VLLM_V0);
    assert_int_equal(capacity_engine_find("vllm", "0.5.4", "2026"), ENGINE_VLLM_OLD);
    assert_int_equal(capacity_engine_find("vllm", "0.5.0-nm", NULL), ENGINE_VLLM_OLD);
    assert_int_equal(capacity_engine_find("vllm", "1.0", "2024"), ENGINE_VLLM);
    assert_int_equal(capacity_engine_find("vllm", "2024", "2024-10"), ENGINE_VLLM_OLD);
    assert_int_equal(capacity_engine_find("vllm", "", "2025-10-29"), ENGINE_VLLM);
    assert_int_equal(capacity_engine_find("vLLM", NULL, NULL), ENGINE_VLLM);
    assert_int_equal(capacity_engine_find("vllm", "0.6 or later", NULL), ENGINE_VLLM);
    assert_int_equal(capacity_engine_find("tensorrt-llm", "0.9.0", "2024"), ENGINE_TENSORRT_LLM);
    assert_int_equal(capacity_engine_find("nope", NULL, NULL), -1);
    for (int i = 0; i < ENGINE_COUNT; i++)
        assert_int_equal(capacity_engine_find(capacity_engine_name((enum capacity_engine)i), NULL, NULL), i);
    for (int i = 0; i < PRECISION_COUNT; i++)
        assert_int_equal(capacity_precision_find(capacity_precision_name((enum capacity_precision)i)), i);
}

static void
impossible_inputs_are_refused_in_words(void **state)
{
    struct capacity_shape m;
    struct capacity_gpu g;
    struct capacity_system s;
    struct capacity_answer a;
    struct error err;
    struct capacity_row row = { .engine = "vllm", .weight_precision = "fp16", .isl = "100", .osl = "x" };
    struct capacity_layout l = plain;
    struct capacity_load load = { .mode = LOAD_BURST, .input = 10, .output = 10 };
    double replicas;

    (void)state;
    machine(&m, &g, "llama3-8b", "H100-SXM");
    assert_int_equal(capacity_prepare(&s, &m, &g, &l, &capacity_fitted, NULL), 0);
    assert_int_equal(capacity_predict(&s, &load, &a, &err), -1);
    assert_int_equal(err.code, ERR_RANGE);
    load = (struct capacity_load){ .mode = LOAD_OFFLINE, .input = NAN, .output = 10 };
    assert_int_equal(capacity_predict(&s, &load, &a, &err), -1);
    l.tensor = 0;
    assert_int_equal(capacity_prepare(&s, &m, &g, &l, &capacity_fitted, &err), -1);
    l = plain;
    m.layers = NAN;
    assert_int_equal(capacity_prepare(&s, &m, &g, &l, &capacity_fitted, &err), -1);
    assert_int_equal(err.code, ERR_UNKNOWN);
    assert_non_null(strstr(err.text, "layers"));
    assert_int_equal(capacity_row_read(&row, &l, &load, &replicas, &err), -1);
    assert_non_null(strstr(err.text, "osl"));
    row.osl = "100";
    row.engine = "vlm";
    assert_int_equal(capacity_row_read(&row, &l, &load, &replicas, &err), -1);
    assert_int_equal(err.code, ERR_UNKNOWN);
}

static void
constants_are_few_and_each_says_what_it_means(void **state)
{
    int fitted = 0, different = 0;

    (void)state;
    for (int i = 0; i < capacity_n_constant_rows; i++) {
        const struct capacity_constant_row *row = &capacity_constant_rows[i];

        assert_true(*row->symbol != '\0' && *row->unit != '\0' && *row->meaning != '\0' && *row->source != '\0');
        assert_true(capacity_constant(&capacity_fitted, i) > 0);
        assert_true(capacity_constant(&capacity_published, i) >= 0);
        fitted += row->fitted;
    }
    /* Rows that share a number (t_L of several engines) were fitted as one. */
    for (int i = 0; i < capacity_n_constant_rows; i++) {
        bool seen = !capacity_constant_rows[i].fitted;

        for (int j = 0; j < i && !seen; j++)
            seen = capacity_constant(&capacity_fitted, j) == capacity_constant(&capacity_fitted, i) &&
                   strncmp(capacity_constant_rows[j].symbol, capacity_constant_rows[i].symbol, 3) == 0;
        different += !seen;
    }
    assert_true(fitted > 0 && different <= 50);
    assert_true(isnan(capacity_constant(&capacity_fitted, capacity_n_constant_rows)));
}

static void
intervals_widen_with_their_probability(void **state)
{
    struct capacity_shape m;
    struct capacity_gpu g;
    struct capacity_system s;

    (void)state;
    machine(&m, &g, "llama3-8b", "H100-SXM");
    assert_int_equal(capacity_prepare(&s, &m, &g, &plain, &capacity_fitted, NULL), 0);
    assert_true(capacity_interval_tok_s(&s, 0.5) > 1);
    assert_true(capacity_interval_tok_s(&s, 0.8) > capacity_interval_tok_s(&s, 0.5));
    assert_true(capacity_interval_tok_s(&s, 0.95) > capacity_interval_tok_s(&s, 0.8));
    assert_true(capacity_interval_ttft(&s, 0.8) >= 1.5);
    assert_true(isnan(capacity_interval_tok_s(&s, 1)));
}

static void
memory_limits_a_full_card_and_arithmetic_long_prompts(void **state)
{
    struct capacity_shape m;
    struct capacity_gpu g;
    struct capacity_system s;
    struct capacity_answer a;
    struct capacity_layout l = plain;
    struct capacity_load load = { .mode = LOAD_CLOSED, .input = 500, .output = 500, .concurrency = 1 };

    (void)state;
    machine(&m, &g, "llama3-70b", "A100-80G-SXM");
    l.tensor = 2;
    assert_int_equal(capacity_prepare(&s, &m, &g, &l, &capacity_fitted, NULL), 0);
    assert_int_equal(capacity_predict(&s, &load, &a, NULL), 0);
    assert_int_equal(capacity_limiting(&s, &load, &a), LIMIT_WEIGHTS);
    load = (struct capacity_load){ .mode = LOAD_OFFLINE, .input = 1000, .output = 1000 };
    assert_int_equal(capacity_predict(&s, &load, &a, NULL), 0);
    assert_true(a.batch == a.batch_max);
    assert_int_equal(capacity_limiting(&s, &load, &a), LIMIT_MEMORY);
    machine(&m, &g, "llama3-8b", "A100-80G-SXM");
    assert_int_equal(capacity_prepare(&s, &m, &g, &plain, &capacity_fitted, NULL), 0);
    load = (struct capacity_load){ .mode = LOAD_CLOSED, .input = 4000, .output = 50, .concurrency = 16 };
    assert_int_equal(capacity_predict(&s, &load, &a, NULL), 0);
    assert_int_equal(capacity_limiting(&s, &load, &a), LIMIT_COMPUTE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worked_rows_come_out_to_the_printed_digit),
        cmocka_unit_test(the_published_constants_give_the_published_errors),
        cmocka_unit_test(the_fitted_constants_are_better_than_the_published_ones),
        cmocka_unit_test(more_bandwidth_is_never_slower),
        cmocka_unit_test(longer_prompts_never_raise_throughput),
        cmocka_unit_test(more_requests_at_once_give_more_tokens_and_each_waits_longer),
        cmocka_unit_test(what_does_not_fit_is_never_predicted),
        cmocka_unit_test(the_articles_card_serves_what_the_model_was_published_with),
        cmocka_unit_test(the_largest_batch_within_limits_is_the_largest),
        cmocka_unit_test(a_cached_prefix_saves_prefill_and_nothing_else),
        cmocka_unit_test(versions_compare_by_their_numbers),
        cmocka_unit_test(impossible_inputs_are_refused_in_words),
        cmocka_unit_test(constants_are_few_and_each_says_what_it_means),
        cmocka_unit_test(intervals_widen_with_their_probability),
        cmocka_unit_test(memory_limits_a_full_card_and_arithmetic_long_prompts),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, read_tables, free_tables);
}
