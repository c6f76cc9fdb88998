/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "model_support.h"

static double
mean24(const double x[24])
{
    double sum = 0;

    for (int h = 0; h < 24; h++)
        sum += x[h];
    return sum / 24;
}

static void
tokens_a_day_count_all_attempts(void **state)
{
    struct setup *s = plain_setup();

    (void)state;
    assert_close(workload_tokens_per_day(s), 12e6, 1e-15);
    put(&s->sc.workload.extra_attempts, 0.25);
    assert_close(workload_tokens_per_request(s), 750, 1e-15);
    assert_close(workload_tokens_per_day(s), 15e6, 1e-15);
    free(s);
}

static void
growth_compounds_until_its_cap(void **state)
{
    struct setup *s = plain_setup();
    double per_day[12];

    (void)state;
    put(&s->sc.workload.growth_per_month, 0.1);
    put(&s->sc.workload.growth_cap, 2);
    workload_requests_by_month(s, 12, per_day);
    assert_close(per_day[0], 20000, 1e-15);
    assert_close(per_day[2], 20000 * 1.21, 1e-14);
    assert_close(per_day[11], 40000, 1e-15);
    free(s);
}

static void
every_day_shape_has_mean_one_and_the_asked_peak(void **state)
{
    static const double peaks[] = { 1, 1.3, 1.999999, 2, 2.000001, 2.5, 3, 5, 8, 12, 16, 20, 23, 23.9, 23.999999, 24 };
    double shape[24];

    (void)state;
    for (size_t i = 0; i < BE_LEN(peaks); i++) {
        workload_day_shape(peaks[i], shape);
        assert_close(shape[0], peaks[i], 1e-14);
        assert_close(mean24(shape), 1, 1e-10);
        for (int h = 0; h < 24; h++)
            assert_true(shape[h] >= 0 && shape[h] <= shape[0]);
        for (int h = 1; h < 12; h++) {
            assert_true(shape[h] >= shape[h + 1]);
            assert_close(shape[h], shape[24 - h], 1e-15);
        }
    }
}

static void
low_peaks_follow_a_cosine(void **state)
{
    double shape[24];

    (void)state;
    workload_day_shape(1.5, shape);
    assert_close(shape[4], 1.25, 1e-14);
    assert_close(shape[6], 1, 1e-14);
    assert_close(shape[12], 0.5, 1e-14);
}

/* p of ((1 + cos)/2)^p = 1/3 on 24 points, from a bisection at 30 digits. */
static void
a_peak_of_three_has_the_power_of_an_independent_root(void **state)
{
    double shape[24];

    (void)state;
    workload_day_shape(3, shape);
    assert_close(log(shape[6] / 3) / log(0.5), 2.6040174399933524, 1e-11);
}

static void
batches_fill_the_valleys(void **state)
{
    double shape[24], filled[24];

    (void)state;
    for (double k = 1; k <= 24; k += 1.15)
        for (double b = 0; b <= 1; b += 0.05) {
            workload_day_shape(k, shape);
            workload_fill_valleys(shape, b, filled);
            assert_close(mean24(filled), 1, 1e-10);
            double level = HUGE_VAL;
            for (int h = 0; h < 24; h++)
                level = fmin(level, filled[h]);
            for (int h = 0; h < 24; h++)
                assert_close(filled[h], fmax((1 - b) * shape[h], level), 1e-12);
        }
}

static void
without_batches_nothing_is_filled(void **state)
{
    double shape[24], filled[24];

    (void)state;
    workload_day_shape(4, shape);
    workload_fill_valleys(shape, 0, filled);
    for (int h = 0; h < 24; h++)
        assert_true(fabs(filled[h] - shape[h]) < 1e-10);
    workload_fill_valleys(shape, 1, filled);
    for (int h = 0; h < 24; h++)
        assert_close(filled[h], 1, 1e-15);
}

/* Fresh, read and written input: 500 tokens, 60 % read, 10 % written; 200 tokens of the prefix
 * are saved, so 100 of 300 are read. */
static void
a_saved_prompt_takes_the_cached_tokens_first(void **state)
{
    struct setup *s = plain_setup();
    struct arm_outcome o;
    int a = plain_arm(s, ARM_HOSTED_TUNED, "tuned");
    struct arm *arm = &s->sc.arms[a];

    (void)state;
    put(&arm->input_usd_mtok, 10);
    put(&arm->output_usd_mtok, 0);
    put(&arm->cache_read_usd_mtok, 1);
    put(&arm->cache_write_usd_mtok, 12);
    put(&arm->training_usd_mtok, 0);
    put(&arm->prompt_saved_tokens, 200);
    put(&s->sc.workload.cached_share, 0.6);
    put(&s->sc.workload.cache_write_share, 0.1);
    model_evaluate(s, a, &o);
    assert_true(o.known);
    /* 300 tokens: 100 read, 30 written, 170 fresh. */
    assert_close(o.line_month_usd[LINE_API][0], 600000 * (170 * 10 + 100 * 1 + 30 * 12) * 1e-6, 1e-12);
    put(&arm->prompt_saved_tokens, 9999); /* no more than there is */
    model_evaluate(s, a, &o);
    assert_true(o.known);
    assert_true(o.line_month_usd[LINE_API][0] == 0);
    free(s);
}

static void
an_arm_counts_in_its_own_tokens(void **state)
{
    struct setup *s = plain_setup();
    struct arm_outcome o;
    int a = api_arm(s, "api", 3, 15);

    (void)state;
    put(&s->sc.arms[a].tokenizer_factor, 1.2);
    put(&s->sc.arms[a].output_factor, 3);
    put(&s->sc.arms[a].extra_attempts, 0.5);
    put(&s->sc.workload.extra_attempts, 0.1);
    model_evaluate(s, a, &o);
    assert_close(o.line_month_usd[LINE_API][0], 600000 * 1.5 * (600 * 3 + 360 * 15) * 1e-6, 1e-12);
    assert_close(o.context_need_tokens, 960, 1e-12);
    /* The axis counts reference tokens. */
    assert_close(o.discounted_tokens, 12 * 600000 * 1.1 * 600.0, 1e-12);
    free(s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_a_day_count_all_attempts),
        cmocka_unit_test(growth_compounds_until_its_cap),
        cmocka_unit_test(every_day_shape_has_mean_one_and_the_asked_peak),
        cmocka_unit_test(low_peaks_follow_a_cosine),
        cmocka_unit_test(a_peak_of_three_has_the_power_of_an_independent_root),
        cmocka_unit_test(batches_fill_the_valleys),
        cmocka_unit_test(without_batches_nothing_is_filled),
        cmocka_unit_test(a_saved_prompt_takes_the_cached_tokens_first),
        cmocka_unit_test(an_arm_counts_in_its_own_tokens),
    };

    return RUN_GROUP(tests);
}
