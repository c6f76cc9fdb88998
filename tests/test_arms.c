/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "model_support.h"

/* ---- what holds for every arm ------------------------------------------------------------ */

static void
npv_discounts_each_month_at_its_end(void **state)
{
    struct setup *s = plain_setup();
    int a = api_arm(s, "api", 3, 15);
    struct arm_outcome o;
    double npv;

    (void)state;
    put(&s->sc.horizon.months, 36);
    put(&s->sc.horizon.discount_rate_per_year, 0.1);
    put(&s->sc.people.fte_cost_usd_month, 1000);
    put(&s->sc.arms[a].setup_person_months, 1.5);
    put(&s->sc.arms[a].run_fte, 0.25);
    model_evaluate(s, a, &o);
    npv = 1500;
    for (int m = 1; m <= 36; m++)
        npv += 2050 * pow(1.1, -m / 12.0);
    assert_close(o.npv_usd, npv, 1e-12);
    assert_close(o.once_total_usd, 1500, 1e-12);
    assert_close(o.monthly_usd[35], 2050, 1e-12);
    assert_int_equal(o.months, 36);
    assert_close(model_run_month_usd(s, a), 2050, 1e-12);
    free(s);
}

static void
lines_add_up_to_the_month_and_the_once(void **state)
{
    struct setup *s = plain_setup();
    int a = self_arm(s, "tuned", ARM_SELF_TUNED, 320, COUNTS_ALL, 3.67);
    struct arm_outcome o;

    (void)state;
    put(&s->sc.training.retrain_every_months, 3);
    put(&s->sc.training.retrain_share, 0.2);
    put(&s->sc.quality.error_cost_usd, 0.01);
    put(&s->sc.quality.alpha, 0.7);
    put(&s->sc.quality.n_scale, 400);
    put(&s->sc.quality.e_inf_share, 0.3);
    put(&s->sc.arms[a].quality, 0.6);
    put(&s->sc.prices.tax_share, 0.18);
    model_evaluate(s, a, &o);
    for (int m = 0; m < 12; m++) {
        double sum = 0;
        for (int line = 0; line < LINE_COUNT; line++)
            sum += o.line_month_usd[line][m];
        assert_close(o.monthly_usd[m], sum, 1e-14);
    }
    assert_true(o.line_month_usd[LINE_ERRORS][0] > 0 && o.line_month_usd[LINE_GPU][0] > 0);
    assert_close(o.line_month_usd[LINE_GPU][0], 1.18 * 2642.4, 1e-12);
    assert_close(o.once_usd[LINE_LABELS], 1.18 * 5000, 1e-12);
    free(s);
}

static void
a_late_launch_costs_what_it_forgoes_and_people_come_whole(void **state)
{
    struct setup *s = plain_setup();
    int a = api_arm(s, "api", 3, 15);
    struct arm_outcome o;

    (void)state;
    put(&s->sc.people.fte_cost_usd_month, 10000);
    put(&s->sc.people.value_per_month_usd, 4000);
    put(&s->sc.people.hiring_months, 2);
    put(&s->sc.arms[a].setup_person_months, 2);
    put(&s->sc.arms[a].run_fte, 0.2);
    put(&s->sc.arms[a].launch_delay_months, 1.5);
    model_evaluate(s, a, &o);
    assert_close(o.once_usd[LINE_OTHER], 6000, 1e-12);
    assert_close(o.once_usd[LINE_PEOPLE], 20000, 1e-12);
    assert_close(o.line_month_usd[LINE_PEOPLE][5], 2000, 1e-12);
    s->sc.people.whole_people = 1;
    model_evaluate(s, a, &o);
    assert_close(o.once_usd[LINE_OTHER], 4000 * 3.5, 1e-12);
    assert_close(o.line_month_usd[LINE_PEOPLE][5], 10000, 1e-12);
    free(s);
}

static void
unknown_people_are_unknown_costs_only_where_people_cost(void **state)
{
    struct setup *s = plain_setup();
    int a = api_arm(s, "api", 3, 15);
    struct arm_outcome o;

    (void)state;
    model_evaluate(s, a, &o);
    assert_true(o.known);
    put(&s->sc.people.fte_cost_usd_month, 10000);
    model_evaluate(s, a, &o);
    assert_false(o.known);
    free(s);
}

static void
an_arm_with_an_unknown_name_has_no_cost(void **state)
{
    struct setup *s = plain_setup();
    int a = api_arm(s, "api", 3, 15);
    struct arm_outcome o;

    (void)state;
    s->arms[a].usable = false;
    model_evaluate(s, a, &o);
    assert_false(o.known);
    assert_true(isnan(o.npv_usd) && isnan(o.once_total_usd) && isnan(model_run_month_usd(s, a)));
    free(s);
}

/* Everything in money times a factor: so is the answer. */
static void
costs_scale_with_the_currency(void **state)
{
    struct setup *s = plain_setup();
    int api = api_arm(s, "api", 3, 15);
    int own = self_arm(s, "own", ARM_SELF_OPEN, 320, COUNTS_ALL, 3.67);
    struct arm_outcome a, b;

    (void)state;
    put(&s->sc.horizon.discount_rate_per_year, 0.1);
    for (int i = 0; i < 2; i++) {
        model_evaluate(s, i == 0 ? api : own, &a);
        put(&s->sc.arms[api].input_usd_mtok, 3 * 83.0);
        put(&s->sc.arms[api].output_usd_mtok, 15 * 83.0);
        put(&s->sc.arms[own].gpu_price_usd_h, 3.67 * 83);
        put(&s->sc.labels.hourly_rate, 40 * 83.0);
        model_evaluate(s, i == 0 ? api : own, &b);
        assert_close(b.npv_usd, 83 * a.npv_usd, 1e-12);
        put(&s->sc.arms[api].input_usd_mtok, 3);
        put(&s->sc.arms[api].output_usd_mtok, 15);
        put(&s->sc.arms[own].gpu_price_usd_h, 3.67);
        put(&s->sc.labels.hourly_rate, 40);
    }
    free(s);
}

/* ---- staged ---------------------------------------------------------------------------------- */

struct staged {
    struct setup *s;
    int api, tuned, staged;
};

static struct staged
staged_setup(void)
{
    struct staged t = { plain_setup(), 0, 0, 0 };
    struct setup *s = t.s;

    t.api = api_arm(s, "api", 3, 15);
    t.tuned = self_arm(s, "tuned", ARM_SELF_TUNED, 320, COUNTS_ALL, 3.67);
    t.staged = plain_arm(s, ARM_STAGED, "staged");
    s->arms[t.staged].first = t.api;
    s->arms[t.staged].second = t.tuned;
    put(&s->sc.arms[t.staged].switch_month, 4);
    put(&s->sc.horizon.discount_rate_per_year, 0.1);
    put(&s->sc.people.fte_cost_usd_month, 10000);
    put(&s->sc.arms[t.api].setup_person_months, 0.5);
    put(&s->sc.arms[t.api].run_fte, 0.05);
    put(&s->sc.arms[t.tuned].setup_person_months, 3);
    put(&s->sc.arms[t.tuned].run_fte, 0.2);
    put(&s->sc.evaluation.test_examples, 300);
    put(&s->sc.evaluation.judge_usd, 0.1); /* a release costs $30, the test set $300 */
    put(&s->sc.labels.guideline_hours, 20);
    put(&s->sc.labels.harvest_per_month, 1000);
    put(&s->sc.labels.review_minutes, 1.5); /* $1 a review at $40 an hour */
    put(&s->sc.training.experiments, 2);
    put(&s->sc.training.retrain_every_months, 3);
    put(&s->sc.training.retrain_share, 0.1);
    put(&s->sc.prices.api_price_change_per_year, -0.1);
    put(&s->sc.prices.gpu_price_change_per_year, 0.1);
    put(&s->sc.workload.growth_per_month, 0.02);
    put(&s->sc.workload.hazard_per_month, 0.01);
    return t;
}

static void
a_staged_arm_pays_first_then_second_on_the_same_calendar(void **state)
{
    struct staged t = staged_setup();
    struct setup *s = t.s;
    struct arm_outcome o;
    double npv;

    (void)state;
    model_evaluate(s, t.staged, &o);
    assert_true(o.known);
    npv = 5000 + 300 + 30;
    assert_close(o.once_total_usd, npv, 1e-12);
    for (int m = 1; m <= 12; m++) {
        double alive = pow(0.99, m - 1), usd;
        if (m <= 4)
            usd = 1800 * pow(1.02, m - 1) * pow(0.9, (m - 1) / 12.0) + 500 + 1000;
        else
            usd = 2642.4 * pow(1.1, (m - 1) / 12.0) + 2000;
        if (m == 4) /* 1,000 of 5,000 are missing, guidelines, 2 runs, a release, set-up */
            usd += 1000 + 800 + 2 * 8 * 3.67 * pow(1.1, 3 / 12.0) + 30 + 30000;
        if (m == 7 || m == 10)
            usd += 8 * 3.67 * pow(1.1, (m - 1) / 12.0) + 30 + 500;
        assert_close(o.monthly_usd[m - 1], usd * alive, 1e-11);
        npv += usd * alive * pow(1.1, -m / 12.0);
    }
    assert_close(o.npv_usd, npv, 1e-12);
    assert_close(o.labels_usd, 4000 + 1000 + 800, 1e-12);
    assert_int_equal(o.replicas[3], 0);
    assert_int_equal(o.replicas[4], 1);
    /* its run cost is the second's, in its first month */
    assert_close(model_run_month_usd(s, t.staged), (2642.4 * pow(1.1, 4 / 12.0) + 2000) * pow(0.99, 4),
                 1e-12);
    free(s);
}

static void
no_more_is_harvested_than_is_asked_or_missing(void **state)
{
    struct staged t = staged_setup();
    struct setup *s = t.s;
    struct arm_outcome o;

    (void)state;
    put(&s->sc.labels.harvest_per_month, 2000);
    put(&s->sc.workload.hazard_per_month, 0);
    model_evaluate(s, t.staged, &o);
    assert_close(o.line_month_usd[LINE_LABELS][1], 2000, 1e-12);
    assert_close(o.line_month_usd[LINE_LABELS][2], 1000, 1e-12); /* 5,000 are enough */
    assert_close(o.line_month_usd[LINE_LABELS][3], 800, 1e-12);  /* the guidelines alone */
    put(&s->sc.workload.growth_per_month, 0);
    put(&s->sc.workload.requests_per_day, 10); /* 300 a month */
    model_evaluate(s, t.staged, &o);
    assert_close(o.line_month_usd[LINE_LABELS][0], 300, 1e-12);
    assert_close(o.line_month_usd[LINE_LABELS][3], 300 + (5000 - 1200) + 800, 1e-12);
    free(s);
}

static void
leaving_a_commitment_pays_its_remaining_term(void **state)
{
    struct staged t = staged_setup();
    struct setup *s = t.s;
    struct arm_outcome o;

    (void)state;
    s->arms[t.staged].first = self_arm(s, "rented", ARM_SELF_OPEN, 320, COUNTS_ALL, 2);
    struct arm *rented = &s->sc.arms[s->arms[t.staged].first];
    put(&rented->commit_replicas, 1);
    put(&rented->commit_months, 10);
    put(&rented->commit_discount, 0.25);
    put(&rented->setup_person_months, 0);
    put(&rented->run_fte, 0);
    model_evaluate(s, t.staged, &o);
    assert_close(o.line_month_usd[LINE_GPU][0], 720 * 2 * 0.75, 1e-12);
    assert_close(o.line_month_usd[LINE_GPU][3], 720 * 2 * 0.75 * (1 + 6), 1e-12);
    free(s);
}

static void
a_staged_arm_has_the_quality_of_the_arm_in_use(void **state)
{
    struct staged t = staged_setup();
    struct setup *s = t.s;
    struct arm_outcome o, second;

    (void)state;
    put(&s->sc.quality.alpha, 0.7);
    put(&s->sc.quality.n_scale, 400);
    put(&s->sc.quality.e_inf_share, 0.3);
    put(&s->sc.quality.drift_points_per_month, 0.01);
    put(&s->sc.arms[t.api].quality, 0.9);
    put(&s->sc.arms[t.tuned].quality, 0.6);
    model_evaluate(s, t.tuned, &second);
    model_evaluate(s, t.staged, &o);
    assert_close(o.quality, 0.9, 1e-15);
    assert_close(quality_month1(s, t.staged), 0.9, 1e-15);
    assert_close(o.quality_month[3], 0.9, 1e-15);
    assert_close(o.quality_month[4], second.quality, 1e-12); /* freshly trained */
    assert_close(o.quality_month[6], second.quality - 0.02, 1e-12);
    assert_close(o.quality_month[7], second.quality, 1e-12); /* trained in month 7 */
    free(s);
}

static void
a_staged_arm_without_its_arms_is_unknown(void **state)
{
    struct staged t = staged_setup();
    struct arm_outcome o;

    (void)state;
    t.s->arms[t.staged].second = -1;
    model_evaluate(t.s, t.staged, &o);
    assert_false(o.known);
    assert_true(isnan(o.npv_usd) && isnan(quality_month1(t.s, t.staged)));
    t.s->arms[t.staged].second = t.staged; /* itself */
    model_evaluate(t.s, t.staged, &o);
    assert_false(o.known);
    assert_true(isinf(next_step(t.s, t.staged, 100)));
    free(t.s);
}

/* ---- cascade ------------------------------------------------------------------------------------ */

static void
a_cascade_pays_both_arms_for_what_escalates(void **state)
{
    struct setup *s = plain_setup();
    int small = self_arm(s, "small", ARM_SELF_OPEN, 320, COUNTS_ALL, 3.67);
    int large = api_arm(s, "large", 3, 15);
    int c = plain_arm(s, ARM_CASCADE, "cascade");
    struct arm_outcome o;
    double utilization;
    int replicas;

    (void)state;
    s->arms[c].small = small;
    s->arms[c].large = large;
    put(&s->sc.arms[c].escalation_share, 0.3);
    put(&s->sc.people.fte_cost_usd_month, 10000);
    put(&s->sc.arms[small].setup_person_months, 2);
    put(&s->sc.arms[small].run_fte, 0.2);
    put(&s->sc.arms[large].setup_person_months, 1);
    put(&s->sc.arms[large].run_fte, 0.1);
    put(&s->sc.evaluation.test_examples, 300);
    put(&s->sc.evaluation.judge_usd, 0.1);
    model_evaluate(s, c, &o);
    assert_true(o.known);
    assert_close(o.once_total_usd, 30000 + 2 * 330, 1e-12);
    assert_close(o.line_month_usd[LINE_API][0], 0.3 * 1800, 1e-12);
    assert_close(o.line_month_usd[LINE_GPU][0], 2642.4, 1e-12);
    assert_close(o.line_month_usd[LINE_PEOPLE][0], 3000, 1e-12);
    assert_close(o.npv_usd, 30660 + 12 * (540 + 2642.4 + 3000), 1e-12);
    assert_close(model_run_month(s, c, &utilization, &replicas), 540 + 2642.4 + 3000, 1e-12);
    assert_close(utilization, 20000 / 46080.0, 1e-12);
    assert_int_equal(replicas, 1);
    assert_close(o.requests[0], 600000, 1e-15); /* asked once */
    put(&s->sc.arms[large].monthly_minimum_usd, 1000);
    model_evaluate(s, c, &o);
    assert_close(o.line_month_usd[LINE_API][0], 1000, 1e-12);
    s->sc.arms[c].escalation_share.kind = QUANTITY_UNSET;
    model_evaluate(s, c, &o);
    assert_false(o.known);
    free(s);
}

static void
routing_quality_lies_between_a_guess_and_a_perfect_router(void **state)
{
    struct setup *s = plain_setup();
    int small = api_arm(s, "small", 1, 2), large = api_arm(s, "large", 3, 15);
    int c = plain_arm(s, ARM_CASCADE, "cascade");

    (void)state;
    s->arms[c].small = small;
    s->arms[c].large = large;
    put(&s->sc.arms[small].quality, 0.7);
    put(&s->sc.arms[large].quality, 0.9);
    put(&s->sc.arms[c].escalation_share, 0.2);
    /* random: 0.7 x 0.8 + 0.9 x 0.2 */
    assert_close(quality_month1(s, c), 0.74, 1e-12);
    put(&s->sc.arms[c].error_catch, 1);
    /* 20 of 30 wrong answers escalate, no right one: 0.7 + 0.18 */
    assert_close(quality_month1(s, c), 0.88, 1e-12);
    put(&s->sc.arms[c].escalation_share, 0.4);
    /* all 30 wrong and 10 right ones */
    assert_close(quality_month1(s, c), 0.6 + 0.36, 1e-12);
    put(&s->sc.arms[c].error_catch, 0.5);
    assert_close(quality_month1(s, c), 0.7 - (0.4 - 0.15) + 0.36, 1e-12);
    put(&s->sc.arms[c].escalation_share, 0);
    put(&s->sc.arms[c].error_catch, 1);
    assert_close(quality_month1(s, c), 0.7, 1e-12);
    put(&s->sc.arms[c].escalation_share, 1);
    assert_close(quality_month1(s, c), 0.9, 1e-12);
    free(s);
}

static void
an_escalated_request_waits_for_smalls_whole_answer(void **state)
{
    struct setup *s = plain_setup();
    int small = api_arm(s, "small", 1, 2), large = api_arm(s, "large", 3, 15);
    int c = plain_arm(s, ARM_CASCADE, "cascade");
    struct arm_outcome o;

    (void)state;
    s->arms[c].small = small;
    s->arms[c].large = large;
    put(&s->sc.arms[small].ttft_ms, 200);
    put(&s->sc.arms[small].tpot_ms, 10);
    put(&s->sc.arms[large].ttft_ms, 700);
    put(&s->sc.arms[large].tpot_ms, 20);
    put(&s->sc.arms[c].escalation_share, 0.05);
    model_evaluate(s, c, &o);
    assert_close(o.ttft_p95_s, 0.2, 1e-12);
    assert_close(o.tpot_s, 0.01, 1e-12);
    put(&s->sc.arms[c].escalation_share, 0.06);
    model_evaluate(s, c, &o);
    assert_close(o.ttft_p95_s, 0.2 + 99 * 0.01 + 0.7, 1e-12);
    assert_close(o.ttft_p50_s, 0.2, 1e-12);
    assert_close(o.output_tok_s, 50, 1e-12);
    free(s);
}

/* ---- hosted and tuned ----------------------------------------------------------------------------- */

static int
hosted_arm(struct setup *s)
{
    int a = plain_arm(s, ARM_HOSTED_TUNED, "hosted");

    put(&s->sc.arms[a].training_usd_mtok, 2);
    put(&s->sc.arms[a].utilization_target, 1);
    put(&s->sc.arms[a].min_replicas, 1);
    put(&s->sc.arms[a].spare_replicas, 1);
    put(&s->sc.arms[a].gpus_per_replica, 1);
    return a;
}

static void
hosted_tuning_pays_tokens_an_endpoint_or_both(void **state)
{
    struct setup *s = plain_setup();
    int a = hosted_arm(s);
    struct arm *arm = &s->sc.arms[a];
    struct arm_outcome o;

    (void)state;
    model_evaluate(s, a, &o);
    assert_false(o.known); /* neither */
    put(&arm->input_usd_mtok, 1);
    put(&arm->output_usd_mtok, 2);
    model_evaluate(s, a, &o);
    assert_close(o.monthly_usd[0], 600000 * (500 + 200) * 1e-6, 1e-12);
    assert_true(isnan(o.utilization));
    put(&arm->endpoint_usd_h, 5);
    put(&arm->throughput_tok_s, 320);
    arm->throughput_counts = COUNTS_ALL;
    model_evaluate(s, a, &o);
    assert_close(o.monthly_usd[0], 420 + 2 * 720 * 5, 1e-12); /* one and a spare */
    arm->input_usd_mtok.kind = arm->output_usd_mtok.kind = QUANTITY_UNSET;
    model_evaluate(s, a, &o);
    assert_true(o.known);
    assert_close(o.monthly_usd[0], 2 * 720 * 5, 1e-12);
    put(&s->sc.prices.gpu_price_change_per_year, 0.21);
    model_evaluate(s, a, &o);
    assert_close(o.monthly_usd[6], 2 * 720 * 5 * 1.1, 1e-12);
    free(s);
}

static void
an_endpoint_of_unknown_throughput_is_its_least_replicas_with_a_warning(void **state)
{
    struct setup *s = plain_setup();
    int a = hosted_arm(s);
    struct arm_outcome o;

    (void)state;
    put(&s->sc.arms[a].endpoint_usd_h, 5);
    put(&s->sc.arms[a].min_replicas, 2);
    put(&s->sc.workload.requests_per_day, 1e9);
    model_evaluate(s, a, &o);
    assert_true(o.known);
    assert_close(o.monthly_usd[0], 2 * 720 * 5, 1e-12);
    assert_true(o.warned & WARN_ENDPOINT_UNSIZED);
    assert_true(isnan(o.utilization));
    assert_true(isinf(next_step(s, a, 1000)));
    free(s);
}

static void
every_warning_has_words(void **state)
{
    unsigned seen = 0, bit;
    int n = 0;

    (void)state;
    for (; model_warning(n, &bit) != NULL; n++) {
        assert_true(bit != 0 && (bit & (bit - 1)) == 0 && !(seen & bit));
        seen |= bit;
        assert_true(strlen(model_warning(n, &bit)) > 10);
    }
    assert_int_equal(seen, (1u << n) - 1);
    assert_null(model_warning(-1, &bit));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(npv_discounts_each_month_at_its_end),
        cmocka_unit_test(lines_add_up_to_the_month_and_the_once),
        cmocka_unit_test(a_late_launch_costs_what_it_forgoes_and_people_come_whole),
        cmocka_unit_test(unknown_people_are_unknown_costs_only_where_people_cost),
        cmocka_unit_test(an_arm_with_an_unknown_name_has_no_cost),
        cmocka_unit_test(costs_scale_with_the_currency),
        cmocka_unit_test(a_staged_arm_pays_first_then_second_on_the_same_calendar),
        cmocka_unit_test(no_more_is_harvested_than_is_asked_or_missing),
        cmocka_unit_test(leaving_a_commitment_pays_its_remaining_term),
        cmocka_unit_test(a_staged_arm_has_the_quality_of_the_arm_in_use),
        cmocka_unit_test(a_staged_arm_without_its_arms_is_unknown),
        cmocka_unit_test(a_cascade_pays_both_arms_for_what_escalates),
        cmocka_unit_test(routing_quality_lies_between_a_guess_and_a_perfect_router),
        cmocka_unit_test(an_escalated_request_waits_for_smalls_whole_answer),
        cmocka_unit_test(hosted_tuning_pays_tokens_an_endpoint_or_both),
        cmocka_unit_test(an_endpoint_of_unknown_throughput_is_its_least_replicas_with_a_warning),
        cmocka_unit_test(every_warning_has_words),
    };

    return RUN_GROUP(tests);
}
