/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "model_support.h"

static int
tuned_arm(struct setup *s)
{
    return self_arm(s, "tuned", ARM_SELF_TUNED, 320, COUNTS_ALL, 3.67);
}

static void
experiments_pay_gpu_hours_at_first(void **state)
{
    struct setup *s = plain_setup();
    struct arm_outcome o;
    int a = tuned_arm(s);

    (void)state;
    put(&s->sc.arms[a].training_gpus, 4);
    put(&s->sc.arms[a].experiments, 2.5);
    model_evaluate(s, a, &o);
    assert_close(o.once_usd[LINE_TRAINING], 2.5 * 8 * 4 * 3.67, 1e-12);
    s->sc.arms[a].experiments.kind = QUANTITY_UNSET; /* the scenario's */
    model_evaluate(s, a, &o);
    assert_close(o.once_usd[LINE_TRAINING], 8 * 4 * 3.67, 1e-12);
    free(s);
}

static void
a_teams_own_rate_gives_the_hours(void **state)
{
    struct setup *s = plain_setup();
    struct arm_outcome o;
    int a = tuned_arm(s);

    (void)state;
    s->sc.arms[a].training_hours.kind = QUANTITY_UNSET;
    put(&s->sc.arms[a].training_tok_s, 1000);
    put(&s->sc.arms[a].training_hours_factor, 7); /* of the modelled hours only */
    model_evaluate(s, a, &o);
    assert_close(o.once_usd[LINE_TRAINING], 5000 * 512 * 3 / 1000.0 / 3600 * 3.67, 1e-12);
    free(s);
}

static void
unknown_hours_are_unknown(void **state)
{
    struct setup *s = plain_setup();
    struct arm_outcome o;
    int a = tuned_arm(s);

    (void)state;
    s->sc.arms[a].training_hours.kind = QUANTITY_UNSET;
    model_evaluate(s, a, &o);
    assert_false(o.known);
    assert_non_null(strstr(o.unknown, "training"));
    free(s);
}

static void
the_bought_mix_is_paid_once(void **state)
{
    struct setup *s = plain_setup();
    struct arm_outcome o;
    int a = tuned_arm(s);

    (void)state;
    put(&s->sc.labels.general_mix_share, 0.2);
    put(&s->sc.labels.general_mix_usd_mtok, 5);
    put(&s->sc.training.experiments, 3);
    model_evaluate(s, a, &o);
    /* 5,000 x 512 tokens are 80 % of the text */
    assert_close(o.once_usd[LINE_TRAINING], 3 * 8 * 3.67 + 5000 * 512 / 4.0 * 5e-6, 1e-12);
    free(s);
}

/* Every 4 months and a new base every 6, over 12 months: 4, 6, 8; month 12 is the last. */
static void
retraining_and_upgrades_share_a_month_and_skip_the_last(void **state)
{
    struct setup *s = plain_setup();
    struct arm_outcome o;
    int a = tuned_arm(s);

    (void)state;
    put(&s->sc.training.retrain_every_months, 4);
    put(&s->sc.training.base_upgrade_every_months, 6);
    put(&s->sc.training.retrain_share, 0.1);
    put(&s->sc.prices.gpu_price_change_per_year, 0.2);
    put(&s->sc.evaluation.human_examples, 60);
    put(&s->sc.evaluation.human_minutes, 3);
    model_evaluate(s, a, &o);
    for (int m = 1; m <= 12; m++) {
        bool pays = m == 4 || m == 6 || m == 8;
        assert_close(o.line_month_usd[LINE_TRAINING][m - 1],
                     pays ? 8 * 3.67 * pow(1.2, (m - 1) / 12.0) : 0, 1e-12);
        assert_close(o.line_month_usd[LINE_EVALUATION][m - 1], pays ? 120 : 0, 1e-12);
        assert_close(o.line_month_usd[LINE_LABELS][m - 1], pays ? 500 : 0, 1e-12);
    }
    put(&s->sc.training.base_upgrade_every_months, 4);
    model_evaluate(s, a, &o);
    assert_close(o.line_month_usd[LINE_EVALUATION][3], 120, 1e-12); /* one run, not two */
    put(&s->sc.training.retrain_every_months, 0);
    put(&s->sc.training.base_upgrade_every_months, 0);
    model_evaluate(s, a, &o);
    for (int m = 0; m < 12; m++)
        assert_true(o.line_month_usd[LINE_TRAINING][m] == 0);
    free(s);
}

static void
hosted_tuning_pays_tokens_of_all_epochs(void **state)
{
    struct setup *s = plain_setup();
    struct arm_outcome o;
    int a = plain_arm(s, ARM_HOSTED_TUNED, "hosted");

    (void)state;
    put(&s->sc.arms[a].input_usd_mtok, 0.5);
    put(&s->sc.arms[a].output_usd_mtok, 1.5);
    put(&s->sc.arms[a].training_usd_mtok, 3);
    put(&s->sc.training.experiments, 2);
    model_evaluate(s, a, &o);
    assert_close(o.once_usd[LINE_TRAINING], 2 * 5000 * 512 * 3 * 3e-6, 1e-12);
    s->sc.arms[a].training_usd_mtok.kind = QUANTITY_UNSET;
    model_evaluate(s, a, &o);
    assert_false(o.known);
    assert_string_equal(o.unknown, "price per training token");
    free(s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(experiments_pay_gpu_hours_at_first),
        cmocka_unit_test(a_teams_own_rate_gives_the_hours),
        cmocka_unit_test(unknown_hours_are_unknown),
        cmocka_unit_test(the_bought_mix_is_paid_once),
        cmocka_unit_test(retraining_and_upgrades_share_a_month_and_skip_the_last),
        cmocka_unit_test(hosted_tuning_pays_tokens_of_all_epochs),
    };

    return RUN_GROUP(tests);
}
