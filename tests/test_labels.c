/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "model_support.h"

static void
the_articles_labels_cost_3000_to_8333_dollars(void **state)
{
    struct setup *s = plain_setup();
    struct label_cost c;

    (void)state;
    put(&s->sc.labels.per_hour, 50);
    put(&s->sc.labels.hourly_rate, 30);
    labels_evaluate(s, &c);
    assert_close(c.usd, 3000, 1e-12);
    put(&s->sc.labels.per_hour, 30);
    put(&s->sc.labels.hourly_rate, 50);
    labels_evaluate(s, &c);
    assert_close(c.usd, 25000 / 3.0, 1e-12);
    free(s);
}

static void
reviews_rejects_difficulty_and_guidelines_all_take_hours(void **state)
{
    struct setup *s = plain_setup();
    struct label_cost c;

    (void)state;
    put(&s->sc.labels.task_factor, 4);
    put(&s->sc.labels.reviewers, 1.2);
    put(&s->sc.labels.reject_share, 0.2);
    put(&s->sc.labels.guideline_hours, 30);
    labels_evaluate(s, &c);
    assert_close(c.hours, 5000 * 4 * 1.2 / (40 * 0.8) + 30, 1e-12);
    assert_close(c.usd, c.hours * 40, 1e-12);
    assert_close(c.guideline_usd, 1200, 1e-12);
    assert_close(c.usd_per_example, 4 * 1.2 / (40 * 0.8) * 40, 1e-12);
    free(s);
}

static void
what_is_held_out_is_not_trained_on_and_the_mix_comes_on_top(void **state)
{
    struct setup *s = plain_setup();
    struct label_cost c;

    (void)state;
    put(&s->sc.labels.holdout_share, 0.2);
    put(&s->sc.labels.general_mix_share, 0.1);
    labels_evaluate(s, &c);
    assert_close(c.trained, 4000, 1e-12);
    assert_close(c.training_tokens, 4000 * 512 / 0.9, 1e-12);
    s->sc.labels.tokens_per_example.kind = QUANTITY_UNSET;
    labels_evaluate(s, &c);
    assert_close(c.training_tokens, 4000 * 600 / 0.9, 1e-12); /* a request and its answer */
    free(s);
}

static void
only_tuned_arms_buy_labels_but_all_buy_the_test_set(void **state)
{
    struct setup *s = plain_setup();
    struct arm_outcome o;
    int api = api_arm(s, "api", 3, 15);
    int tuned = self_arm(s, "tuned", ARM_SELF_TUNED, 320, COUNTS_ALL, 3.67);

    (void)state;
    put(&s->sc.evaluation.test_examples, 300);
    put(&s->sc.evaluation.judge_usd, 0);
    put(&s->sc.labels.guideline_hours, 10);
    model_evaluate(s, api, &o);
    assert_true(o.known && o.once_usd[LINE_LABELS] == 0 && o.labels_trained == 0);
    assert_close(o.once_usd[LINE_EVALUATION], 300, 1e-12); /* $1 an example, no guidelines */
    model_evaluate(s, tuned, &o);
    assert_close(o.once_usd[LINE_LABELS], 5000 + 400, 1e-12);
    assert_close(o.labels_usd, 5400, 1e-12);
    assert_close(o.once_usd[LINE_EVALUATION], 300, 1e-12);
    free(s);
}

static void
unknown_label_prices_make_a_tuned_arm_unknown_and_leave_the_api_alone(void **state)
{
    struct setup *s = plain_setup();
    struct arm_outcome o;
    int api = api_arm(s, "api", 3, 15);
    int tuned = self_arm(s, "tuned", ARM_SELF_TUNED, 320, COUNTS_ALL, 3.67);

    (void)state;
    s->sc.labels.per_hour.kind = QUANTITY_UNSET;
    model_evaluate(s, api, &o);
    assert_true(o.known);
    model_evaluate(s, tuned, &o);
    assert_false(o.known);
    assert_string_equal(o.unknown, "labels per hour");
    free(s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_articles_labels_cost_3000_to_8333_dollars),
        cmocka_unit_test(reviews_rejects_difficulty_and_guidelines_all_take_hours),
        cmocka_unit_test(what_is_held_out_is_not_trained_on_and_the_mix_comes_on_top),
        cmocka_unit_test(only_tuned_arms_buy_labels_but_all_buy_the_test_set),
        cmocka_unit_test(unknown_label_prices_make_a_tuned_arm_unknown_and_leave_the_api_alone),
    };

    return RUN_GROUP(tests);
}
