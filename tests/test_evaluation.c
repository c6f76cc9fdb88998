/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "model_support.h"

static void
two_proportions_need_the_published_sizes(void **state)
{
    (void)state;
    assert_true(sample_size_two_proportions(0.90, 0.88, 0.05, 0.8) == 3841);
    assert_true(sample_size_two_proportions(0.91, 0.84, 0.05, 0.8) == 350);
    /* symmetric in the two and in right and wrong */
    assert_true(sample_size_two_proportions(0.88, 0.90, 0.05, 0.8) == 3841);
    assert_true(sample_size_two_proportions(0.10, 0.12, 0.05, 0.8) == 3841);
}

/* Connor 1987 (Biometrics 43, 207), as worked on open-powersamplesize's page on McNemar's test: 45 %
 * against 5 % discordant pairs need 23. The others by the formula with z = 1.959964 and 0.841621. */
static void
paired_answers_need_fewer(void **state)
{
    double root = 1.9599639845 * sqrt(0.15) + 0.8416212336 * sqrt(0.15 - 0.0004);

    (void)state;
    assert_true(sample_size_paired(0.45 - 0.05, 0.45 + 0.05, 0.05, 0.8) == 23);
    assert_true(sample_size_paired(0.02, 0.15, 0.05, 0.8) == ceil(root * root / 0.0004));
    assert_true(sample_size_paired(0.02, 0.15, 0.05, 0.8) < 3841);
    assert_true(sample_size_paired(0.02, 0.05, 0.05, 0.8) < sample_size_paired(0.02, 0.15, 0.05, 0.8));
}

static void
impossible_questions_have_no_size(void **state)
{
    (void)state;
    assert_true(isnan(sample_size_two_proportions(0.9, 0.9, 0.05, 0.8)));
    assert_true(isnan(sample_size_two_proportions(1.1, 0.9, 0.05, 0.8)));
    assert_true(isnan(sample_size_two_proportions(0.9, 0.8, 0, 0.8)));
    assert_true(isnan(sample_size_paired(0.2, 0.1, 0.05, 0.8)));
    assert_true(isnan(sample_size_paired(0, 0.1, 0.05, 0.8)));
}

/* Newcombe 1998 (Statistics in Medicine 17, 857), method 3: 81 of 263 is 0.2553 to 0.3662. */
static void
the_interval_is_wilsons(void **state)
{
    (void)state;
    assert_true(fabs(2 * interval_half_width(81 / 263.0, 263) - (0.3662 - 0.2553)) < 2e-4);
    assert_true(interval_half_width(1, 200) > 0.005);
    assert_true(interval_half_width(0.9, 200) > 0.04);
    assert_true(isnan(interval_half_width(0.9, 0)));
    assert_true(isnan(interval_half_width(NAN, 200)));
}

static void
a_release_is_judged_by_a_model_and_by_people(void **state)
{
    struct setup *s = plain_setup();
    struct arm_outcome o;
    int a = api_arm(s, "api", 3, 15);

    (void)state;
    put(&s->sc.evaluation.test_examples, 500);
    put(&s->sc.evaluation.judge_passes, 2);
    put(&s->sc.evaluation.judge_usd, 0.03);
    put(&s->sc.evaluation.human_examples, 80);
    put(&s->sc.evaluation.human_minutes, 3);
    put(&s->sc.prices.tax_share, 0.1);
    model_evaluate(s, a, &o);
    /* 500 labels at $1, 1,000 judgements, 4 hours at $40 */
    assert_close(o.once_usd[LINE_EVALUATION], 1.1 * (500 + 30 + 160), 1e-12);
    free(s);
}

static void
unknown_prices_of_a_judge_are_unknown_costs(void **state)
{
    struct setup *s = plain_setup();
    struct arm_outcome o;
    int a = api_arm(s, "api", 3, 15);

    (void)state;
    put(&s->sc.evaluation.test_examples, 500);
    model_evaluate(s, a, &o);
    assert_false(o.known);
    assert_string_equal(o.unknown, "price of one judgement");
    free(s);
}

static void
the_metric_goes_by_the_task(void **state)
{
    (void)state;
    assert_string_equal(evaluation_metric(TASK_CLASSIFICATION), "accuracy");
    assert_string_equal(evaluation_metric(TASK_QA), "exact match");
    assert_string_equal(evaluation_metric(TASK_SUMMARIZATION), "ROUGE");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_proportions_need_the_published_sizes),
        cmocka_unit_test(paired_answers_need_fewer),
        cmocka_unit_test(impossible_questions_have_no_size),
        cmocka_unit_test(the_interval_is_wilsons),
        cmocka_unit_test(a_release_is_judged_by_a_model_and_by_people),
        cmocka_unit_test(unknown_prices_of_a_judge_are_unknown_costs),
        cmocka_unit_test(the_metric_goes_by_the_task),
    };

    return RUN_GROUP(tests);
}
