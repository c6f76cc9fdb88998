/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "support.h"

#include "training_data.h"

/* Memory and hours of training against published peaks, speeds and the arithmetic behind them. */

static struct csv *memory, *time_rows, *shapes;

static int
read_tables(void **state)
{
    (void)state;
    memory = table_read("training-memory.csv");
    time_rows = table_read("training-time.csv");
    shapes = table_read("training-shapes.csv");
    return memory == NULL || time_rows == NULL || shapes == NULL ? -1 : 0;
}

static int
free_tables(void **state)
{
    (void)state;
    table_free(memory);
    table_free(time_rows);
    table_free(shapes);
    return 0;
}

static int
by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void
published_peaks_lie_near_the_rule(void **state)
{
    static double e[1024];
    int n = 0, near = 0, short_of = 0;

    (void)state;
    for (size_t r = 1; r < memory->n_rows; r++) {
        struct trained t;
        struct training_memory m;
        double real = figure_at(memory, r, "mem_gib");

        if (memory_row(&t, memory, r, shapes) != 0)
            continue;
        assert_int_equal(training_memory(&t.shape, &t.setup, &m, NULL), 0);
        assert_close(m.total_gib - m.state_gib - m.activations_gib - m.logits_gib - m.gather_gib, 1.12, 1e-6);
        e[n] = fabs(m.total_gib / real - 1);
        near += e[n++] <= 0.25;
        short_of += m.safe_gib < real;
    }
    assert_int_equal(n, 235);
    qsort(e, (size_t)n, sizeof e[0], by_size);
    assert_true(e[n / 2] <= 0.10);
    assert_true(e[9 * n / 10] <= 0.31);
    assert_true(near >= 0.86 * n);
    assert_true(short_of <= n / 8); /* with the margin for a yes or no */
}

static void
published_speeds_lie_near_the_rule(void **state)
{
    static double e[1024];
    int n = 0;

    (void)state;
    for (size_t r = 1; r < time_rows->n_rows; r++) {
        struct trained t;
        struct training_speed s;

        if (*cell(time_rows, r, "mfu_pct") == '\0' || said(cell(time_rows, r, "gpu"), "A6000") ||
            trained_read(&t, time_rows, r, shapes) != 0)
            continue;
        assert_int_equal(training_speed(&t.shape, &t.gpu, &t.setup, &s, NULL), 0);
        e[n++] = fabs(s.tok_s / figure_at(time_rows, r, "tok_s") - 1);
    }
    assert_true(n >= 256);
    qsort(e, (size_t)n, sizeof e[0], by_size);
    assert_true(e[n / 2] <= 0.14);
}

static void
shape_of(struct capacity_shape *m, const char *name)
{
    assert_int_equal(shape_named(m, shapes, name), 0);
}

static const struct capacity_gpu a100_80 = { .class_ = CLASS_AMPERE_HBM, .usable_gib = 79.3, .fp16 = 312e12 };
static const struct capacity_gpu a100_40 = { .class_ = CLASS_AMPERE_HBM, .usable_gib = 39.5, .fp16 = 312e12 };

/* 16 bytes a parameter: 1,051 GiB before activations, where the article has 280 GB. */
static void
full_tuning_of_70b_needs_16_cards_and_not_four(void **state)
{
    struct capacity_shape m;
    struct training_setup t;
    struct training_memory need;

    (void)state;
    shape_of(&m, "llama3.1-70b");
    training_setup_init(&t, TRAIN_FULL);
    assert_int_equal(training_memory(&m, &t, &need, NULL), 0);
    assert_close(need.state_gib, 1051, 1e-3);
    t.sharding = SHARD_FSDP;
    t.gpus = 4;
    assert_int_equal(training_memory(&m, &t, &need, NULL), 0);
    assert_true(need.total_gib > 3 * a100_80.usable_gib);
    t.gpus = 16;
    assert_int_equal(training_memory(&m, &t, &need, NULL), 0);
    assert_true(need.total_gib < a100_80.usable_gib);
    assert_true(training_gpus_needed(&m, &a100_80, &t) >= 16);
}

/* The article tunes it with LoRA on one card of 80 GB and with QLoRA on one of 40. */
static void
adapters_of_70b_do_not_fit_where_the_article_puts_them(void **state)
{
    struct capacity_shape m;
    struct training_setup t;
    struct training_memory need;

    (void)state;
    shape_of(&m, "llama3.1-70b");
    training_setup_init(&t, TRAIN_LORA);
    assert_int_equal(training_memory(&m, &t, &need, NULL), 0);
    assert_true(need.total_gib > 131 && need.total_gib > a100_80.usable_gib);
    assert_true(training_gpus_needed(&m, &a100_80, &t) >= 2);
    training_setup_init(&t, TRAIN_QLORA);
    assert_int_equal(training_memory(&m, &t, &need, NULL), 0);
    assert_true(need.total_gib > a100_40.usable_gib && need.total_gib < 50);
}

static void
more_of_anything_needs_more_memory(void **state)
{
    (void)state;
    for (int method = 0; method < TRAIN_METHODS; method++) {
        struct capacity_shape m;
        struct training_setup t;
        struct training_memory now, before = { .total_gib = 0 };

        shape_of(&m, "llama3.1-8b");
        training_setup_init(&t, (enum training_method)method);
        for (t.sequence = 128; t.sequence < 1e5; t.sequence *= 2) {
            assert_int_equal(training_memory(&m, &t, &now, NULL), 0);
            assert_true(now.total_gib > before.total_gib);
            before = now;
        }
        training_setup_init(&t, (enum training_method)method);
        before.total_gib = INFINITY;
        t.sharding = SHARD_FSDP;
        for (t.gpus = 1; t.gpus <= 64; t.gpus *= 2) {
            assert_int_equal(training_memory(&m, &t, &now, NULL), 0);
            assert_true(now.total_gib < before.total_gib);
            before = now;
        }
    }
}

/* 50,000 examples of 512 tokens, three times: 76.8 M tokens; measured from 49 GPU-hours on. */
static void
hours_of_the_articles_run_are_not_six_to_ten(void **state)
{
    struct capacity_shape m;
    struct training_setup t;
    struct training_speed s;

    (void)state;
    shape_of(&m, "llama3.1-70b");
    training_setup_init(&t, TRAIN_LORA);
    t.stack = STACK_TORCH;
    t.micro_batch = 4;
    assert_int_equal(training_speed(&m, &a100_80, &t, &s, NULL), 0);
    assert_true(training_hours(&s, 76.8e6) > 35 && training_hours(&s, 76.8e6) < 60);
    assert_close(training_hours(&s, 2 * 76.8e6), 2 * training_hours(&s, 76.8e6), 1e-12);
    t.gpus = 4;
    struct training_speed four;
    assert_int_equal(training_speed(&m, &a100_80, &t, &four, NULL), 0);
    assert_close(four.tok_s, 4 * s.tok_s, 1e-12);
}

static void
impossible_setups_are_refused(void **state)
{
    struct capacity_shape m;
    struct training_setup t;
    struct training_memory need;
    struct training_speed s;
    struct error err;
    struct capacity_gpu none = a100_80;

    (void)state;
    shape_of(&m, "llama3.1-8b");
    training_setup_init(&t, TRAIN_LORA);
    t.gpus = 0;
    assert_int_equal(training_memory(&m, &t, &need, &err), -1);
    assert_int_equal(err.code, ERR_RANGE);
    training_setup_init(&t, TRAIN_LORA);
    t.sequence = NAN;
    assert_int_equal(training_memory(&m, &t, &need, &err), -1);
    training_setup_init(&t, TRAIN_LORA);
    none.fp16 = NAN;
    assert_int_equal(training_speed(&m, &none, &t, &s, &err), -1);
    assert_int_equal(err.code, ERR_UNKNOWN);
    assert_true(training_interval_hours(0.8) > training_interval_memory(0.8));
    assert_true(training_interval_memory(0.8) > 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_peaks_lie_near_the_rule),
        cmocka_unit_test(published_speeds_lie_near_the_rule),
        cmocka_unit_test(full_tuning_of_70b_needs_16_cards_and_not_four),
        cmocka_unit_test(adapters_of_70b_do_not_fit_where_the_article_puts_them),
        cmocka_unit_test(more_of_anything_needs_more_memory),
        cmocka_unit_test(hours_of_the_articles_run_are_not_six_to_ten),
        cmocka_unit_test(impossible_setups_are_refused),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, read_tables, free_tables);
}
