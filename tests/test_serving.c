/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "model_support.h"

/* 100 output tokens a request at 100 tokens/s: one replica answers 1 request a second. */
static int
one_a_second(struct setup *s)
{
    return self_arm(s, "own", ARM_SELF_OPEN, 100, COUNTS_OUTPUT, 2);
}

static void
at_rate(struct setup *s, double requests_per_s)
{
    put(&s->sc.workload.requests_per_day, requests_per_s * 86400);
}

static void
replicas_come_whole_and_exact_fit_needs_no_more(void **state)
{
    struct setup *s = plain_setup();
    struct arm_outcome o;
    int a = one_a_second(s);

    (void)state;
    at_rate(s, 3);
    model_evaluate(s, a, &o);
    assert_int_equal(o.replicas[0], 3);
    assert_close(o.utilization, 1, 1e-12);
    at_rate(s, 3.0001);
    model_evaluate(s, a, &o);
    assert_int_equal(o.replicas[0], 4);
    assert_close(o.line_month_usd[LINE_GPU][0], 4 * 720 * 2.0, 1e-12);
    free(s);
}

static void
target_spare_minimum_gpus_and_overhead_enter_the_bill(void **state)
{
    struct setup *s = plain_setup();
    struct arm_outcome o;
    int a = one_a_second(s);
    struct arm *arm = &s->sc.arms[a];

    (void)state;
    put(&arm->utilization_target, 0.7);
    put(&arm->spare_replicas, 1);
    put(&arm->gpus_per_replica, 4);
    put(&arm->overhead_share, 0.4);
    put(&arm->bill_share, 0.5);
    at_rate(s, 3);
    model_evaluate(s, a, &o);
    /* 3/0.7 = 4.29: 5 and a spare one */
    assert_int_equal(o.replicas[0], 6);
    assert_close(o.line_month_usd[LINE_GPU][0], 6 * 720 * 4 * 2 * 1.4 * 0.5, 1e-12);
    assert_close(o.utilization, 3.0 / 6, 1e-12);
    put(&arm->min_replicas, 8);
    model_evaluate(s, a, &o);
    assert_int_equal(o.replicas[0], 9);
    free(s);
}

static void
always_on_pays_the_peak_all_day(void **state)
{
    struct setup *s = plain_setup();
    struct arm_outcome o;
    int a = one_a_second(s);

    (void)state;
    at_rate(s, 4);
    put(&s->sc.workload.peak_to_average, 3);
    model_evaluate(s, a, &o);
    assert_int_equal(o.replicas[0], 12);
    assert_close(o.line_month_usd[LINE_GPU][0], 12 * 720 * 2.0, 1e-12);
    put(&s->sc.workload.batch_share, 0.5); /* half of the requests can wait for the night */
    model_evaluate(s, a, &o);
    assert_int_equal(o.replicas[0], 6);
    put(&s->sc.workload.batch_share, 0.9);
    model_evaluate(s, a, &o);
    assert_int_equal(o.replicas[0], 4);
    free(s);
}

static void
followed_load_pays_each_hour_and_a_slow_start_pays_the_hour_before(void **state)
{
    struct setup *s = plain_setup();
    struct arm_outcome o;
    int a = one_a_second(s);
    struct arm *arm = &s->sc.arms[a];
    double shape[24], quick = 0, slow = 0;

    (void)state;
    at_rate(s, 5.3);
    put(&s->sc.workload.peak_to_average, 2.6);
    put(&arm->spare_replicas, 1);
    arm->scaling = SCALING_FOLLOW_LOAD;
    workload_day_shape(2.6, shape);
    for (int h = 0; h < 24; h++) {
        double now = fmax(1, ceil(5.3 * shape[h])), next = fmax(1, ceil(5.3 * shape[(h + 1) % 24]));
        quick += now + 1;
        slow += fmax(now, next) + 1;
    }
    put(&arm->startup_minutes, 10);
    model_evaluate(s, a, &o);
    assert_close(o.line_month_usd[LINE_GPU][0], quick * 30 * 2, 1e-12);
    assert_close(o.utilization, 5.3 * 24 / quick, 1e-12);
    assert_int_equal(o.replicas[0], 15); /* ceil(5.3 x 2.6) and the spare */
    put(&arm->startup_minutes, 10.5);
    model_evaluate(s, a, &o);
    assert_close(o.line_month_usd[LINE_GPU][0], slow * 30 * 2, 1e-12);
    assert_true(slow > quick);
    free(s);
}

static void
a_commitment_is_paid_used_or_not_and_does_not_drift(void **state)
{
    struct setup *s = plain_setup();
    struct arm_outcome o;
    int a = one_a_second(s);
    struct arm *arm = &s->sc.arms[a];

    (void)state;
    at_rate(s, 3);
    put(&s->sc.prices.gpu_price_change_per_year, 0.21);
    put(&s->sc.workload.hazard_per_month, 0.05);
    put(&arm->commit_replicas, 2);
    put(&arm->commit_months, 6);
    put(&arm->commit_discount, 0.4);
    model_evaluate(s, a, &o);
    double owed = 2 * 720 * 2 * 0.6;
    assert_close(o.line_month_usd[LINE_GPU][0], owed + 1 * 720 * 2.0, 1e-12);
    assert_close(o.line_month_usd[LINE_GPU][5],
                 owed + 720 * 2 * pow(1.21, 5 / 12.0) * pow(0.95, 5), 1e-12);
    assert_close(o.line_month_usd[LINE_GPU][6], 3 * 720 * 2 * pow(1.21, 0.5) * pow(0.95, 6), 1e-12);
    put(&arm->commit_replicas, 5); /* more than is used */
    model_evaluate(s, a, &o);
    assert_close(o.line_month_usd[LINE_GPU][0], 5 * 720 * 2 * 0.6, 1e-12);
    assert_int_equal(o.replicas[0], 3);
    /* 6 months of 5 paid replicas, 6 of 3 */
    assert_close(o.utilization, 36.0 / (30 + 18), 1e-12);
    free(s);
}

static void
throughput_that_counts_all_tokens_is_shared_by_input_and_output(void **state)
{
    struct setup *s = plain_setup();
    struct arm_outcome o;
    int a = self_arm(s, "own", ARM_SELF_OPEN, 600, COUNTS_ALL, 2);

    (void)state;
    model_evaluate(s, a, &o);
    assert_close(o.requests_per_s, 1, 1e-15);
    s->sc.arms[a].throughput_counts = COUNTS_OUTPUT;
    model_evaluate(s, a, &o);
    assert_close(o.requests_per_s, 6, 1e-15);
    assert_int_equal(o.throughput_how, THROUGHPUT_MEASURED);
    free(s);
}

static void
unknown_throughput_is_an_unknown_cost_not_a_free_one(void **state)
{
    struct setup *s = plain_setup();
    struct arm_outcome o;
    int a = one_a_second(s);

    (void)state;
    s->sc.arms[a].throughput_tok_s.kind = QUANTITY_UNSET;
    model_evaluate(s, a, &o);
    assert_false(o.known);
    assert_true(isnan(o.npv_usd) && isnan(o.monthly_usd[0]));
    assert_non_null(strstr(o.unknown, "throughput"));
    assert_true(isnan(model_run_month_usd(s, a)));
    put(&s->sc.arms[a].throughput_tok_s, 100);
    s->sc.arms[a].gpu_price_usd_h.kind = QUANTITY_UNSET;
    model_evaluate(s, a, &o);
    assert_false(o.known);
    assert_non_null(strstr(o.unknown, "GPU"));
    free(s);
}

static void
the_next_step_is_the_volume_that_fills_the_replicas(void **state)
{
    struct setup *s = plain_setup();
    int a = one_a_second(s);

    (void)state;
    assert_close(next_step(s, a, 1000), 86400, 1e-12);
    assert_close(next_step(s, a, 86400), 2 * 86400, 1e-12);
    assert_close(next_step(s, a, 2 * 86400 - 0.001), 2 * 86400, 1e-12);
    put(&s->sc.arms[a].min_replicas, 3);
    assert_close(next_step(s, a, 1000), 3 * 86400, 1e-12);
    put(&s->sc.workload.growth_per_month, 1);
    put(&s->sc.horizon.months, 2);
    /* month 2 has twice the load and comes first */
    assert_close(next_step(s, a, 1000), 1.5 * 86400, 1e-12);
    assert_true(isinf(next_step(s, api_arm(s, "api", 1, 1), 1000)));
    free(s);
}

/* Walk a whole range of volumes by steps: the run cost is constant between them. */
static void
run_cost_is_flat_between_steps_and_jumps_at_them(void **state)
{
    struct setup *s = plain_setup();
    int a = one_a_second(s);
    double volume = 50;

    (void)state;
    put(&s->sc.horizon.months, 1);
    put(&s->sc.workload.peak_to_average, 2.2);
    put(&s->sc.arms[a].utilization_target, 0.7);
    s->sc.arms[a].scaling = SCALING_FOLLOW_LOAD;
    for (int k = 0; k < 200; k++) {
        double step = next_step(s, a, volume), usd[3];
        const double at[] = { volume * (1 + 1e-7), step * (1 - 1e-7), step * (1 + 1e-7) };
        if (at[0] >= at[1]) {
            volume = step;
            continue;
        }
        for (int i = 0; i < 3; i++) {
            put(&s->sc.workload.requests_per_day, at[i]);
            usd[i] = model_run_month_usd(s, a);
        }
        assert_close(usd[0], usd[1], 1e-12);
        assert_true(usd[2] > usd[1]);
        volume = step;
    }
    free(s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replicas_come_whole_and_exact_fit_needs_no_more),
        cmocka_unit_test(target_spare_minimum_gpus_and_overhead_enter_the_bill),
        cmocka_unit_test(always_on_pays_the_peak_all_day),
        cmocka_unit_test(followed_load_pays_each_hour_and_a_slow_start_pays_the_hour_before),
        cmocka_unit_test(a_commitment_is_paid_used_or_not_and_does_not_drift),
        cmocka_unit_test(throughput_that_counts_all_tokens_is_shared_by_input_and_output),
        cmocka_unit_test(unknown_throughput_is_an_unknown_cost_not_a_free_one),
        cmocka_unit_test(the_next_step_is_the_volume_that_fills_the_replicas),
        cmocka_unit_test(run_cost_is_flat_between_steps_and_jumps_at_them),
    };

    return RUN_GROUP(tests);
}
