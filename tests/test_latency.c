/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "model_support.h"

/* Erlang's own recurrence, one server at a time: slow and without special functions. */
static double
erlang_c_step_by_step(int servers, double load)
{
    double blocked = 1;

    for (int n = 1; n <= servers; n++)
        blocked = load * blocked / (n + load * blocked);
    return blocked / (1 - load / servers * (1 - blocked));
}

/* To the digits of the usual printed tables of the delay formula. */
static void
erlang_c_has_the_values_of_the_tables(void **state)
{
    static const struct { double servers, load, wait; } rows[] = {
        { 1, 0.5, 0.5000 }, { 2, 1, 0.3333 }, { 5, 4, 0.5541 }, { 10, 5, 0.0361 },
        { 10, 8, 0.4092 }, { 20, 18, 0.5508 },
    };

    (void)state;
    for (size_t i = 0; i < BE_LEN(rows); i++)
        assert_true(fabs(erlang_c(rows[i].servers, rows[i].load) - rows[i].wait) < 5e-5);
}

static void
erlang_c_agrees_with_the_recurrence_up_to_thousands_of_servers(void **state)
{
    static const int servers[] = { 1, 2, 3, 7, 11, 12, 13, 40, 128, 1000, 5000, 20000 };
    static const double use[] = { 0.01, 0.2, 0.5, 0.8, 0.95, 0.99, 0.9999 };

    (void)state;
    for (size_t i = 0; i < BE_LEN(servers); i++)
        for (size_t k = 0; k < BE_LEN(use); k++) {
            double load = servers[i] * use[k];
            double want = erlang_c_step_by_step(servers[i], load);
            if (want > 1e-200)
                assert_close(erlang_c(servers[i], load), want, 1e-9);
            else
                assert_true(erlang_c(servers[i], load) < 1e-190);
        }
}

static void
erlang_c_is_certain_at_full_load_and_none_at_no_load(void **state)
{
    (void)state;
    assert_true(erlang_c(8, 8) == 1);
    assert_true(erlang_c(8, 9) == 1);
    assert_true(erlang_c(8, 0) == 0);
    assert_true(isnan(erlang_c(8, NAN)));
    assert_close(erlang_c(8, 8 - 1e-9), 1, 1e-6);
}

/* One server: P(W > t) = rho exp(-(1 - rho) t/S). */
static void
a_single_server_waits_by_the_closed_form(void **state)
{
    (void)state;
    assert_close(p95_wait_s(1, 0.8, 2, 1, 1), 2 * log(0.8 / 0.05) / 0.2, 1e-12);
    assert_close(p95_wait_s(1, 0.8, 2, 1, 0), log(0.8 / 0.05) / 0.2, 1e-12);
    assert_true(p95_wait_s(1, 0.04, 2, 1, 1) == 0);
}

static void
who_hardly_ever_waits_has_no_p95_wait(void **state)
{
    (void)state;
    assert_true(p95_wait_s(100, 50, 1, 1, 1) == 0);
    assert_true(p95_wait_s(8, 0, 1, 1, 1) == 0);
    /* C(10, 5) = 0.036 */
    assert_true(p95_wait_s(10, 5, 1, 1, 1) == 0);
    assert_close(p95_wait_s(10, 8, 3, 1, 1), 3.0 / 2 * log(erlang_c_step_by_step(10, 8) / 0.05), 1e-10);
}

static void
a_full_queue_waits_no_longer_than_the_hour_of_the_peak(void **state)
{
    (void)state;
    assert_true(p95_wait_s(8, 8, 1, 1, 1) == 3600);
    assert_true(p95_wait_s(8, 20, 1, 1, 1) == 3600);
    assert_true(p95_wait_s(8, 8 - 1e-12, 1, 1, 1) == 3600);
    assert_true(isnan(p95_wait_s(NAN, 1, 1, 1, 1)));
}

/* ---- in an arm -------------------------------------------------------------------------- */

/* One replica: 100 tokens/s of output, 100 a request, 4 slots: mu 1/s, S 4 s. */
static int
queueing_arm(struct setup *s, double requests_per_s)
{
    int a = self_arm(s, "own", ARM_SELF_OPEN, 100, COUNTS_OUTPUT, 2);

    put(&s->sc.workload.requests_per_day, 86400 * requests_per_s);
    put(&s->sc.arms[a].concurrency, 4);
    put(&s->sc.arms[a].ttft_ms, 200);
    put(&s->sc.arms[a].tpot_ms, 30);
    return a;
}

static void
p95_first_token_is_its_own_time_and_the_wait(void **state)
{
    struct setup *s = plain_setup();
    struct arm_outcome o;
    int a = queueing_arm(s, 0.9);

    (void)state;
    model_evaluate(s, a, &o);
    assert_true(o.known);
    assert_int_equal(o.replicas[0], 1);
    double c = erlang_c_step_by_step(4, 3.6);
    assert_close(o.ttft_p95_s, 0.2 + 4 / 0.4 * log(c / 0.05), 1e-10);
    assert_close(o.ttft_p50_s, 0.2 + 4 / 0.4 * log(c / 0.5), 1e-10);
    assert_close(o.output_tok_s, 1 / 0.03, 1e-12);
    assert_true(o.gpu_for_latency_usd == 0);
    free(s);
}

static void
replicas_are_added_until_the_limit_holds_and_not_one_more(void **state)
{
    struct setup *s = plain_setup();
    struct arm_outcome o;
    int a = queueing_arm(s, 40);
    double limit = 0.5;

    (void)state;
    put(&s->sc.latency.ttft_p95_ms, limit * 1000);
    model_evaluate(s, a, &o);
    assert_true(o.ttft_p95_s <= limit);
    int added = o.replicas[0] - 40;
    assert_true(added > 0);
    /* one fewer would not do */
    double servers = 4.0 * (o.replicas[0] - 1);
    assert_true(0.2 + p95_wait_s(servers, 160, 4, 1, 1) > limit);
    assert_close(o.gpu_for_latency_usd, added * 720 * 2 * 12.0, 1e-12);
    assert_close(o.line_month_usd[LINE_GPU][3], o.replicas[0] * 720 * 2.0, 1e-12);
    free(s);
}

static void
a_first_token_that_alone_is_too_slow_buys_no_replica(void **state)
{
    struct setup *s = plain_setup();
    struct arm_outcome o;
    int a = queueing_arm(s, 40);

    (void)state;
    put(&s->sc.latency.ttft_p95_ms, 150);
    model_evaluate(s, a, &o);
    assert_true(o.latency_impossible);
    assert_int_equal(o.replicas[0], 40);
    assert_true(o.gpu_for_latency_usd == 0);
    put(&s->sc.latency.ttft_p95_ms, 1500);
    put(&s->sc.latency.tpot_ms, 20);
    model_evaluate(s, a, &o);
    assert_true(o.latency_impossible);
    free(s);
}

static void
unknown_concurrency_leaves_the_wait_unknown(void **state)
{
    struct setup *s = plain_setup();
    struct arm_outcome o;
    int a = queueing_arm(s, 0.9);

    (void)state;
    s->sc.arms[a].concurrency.kind = QUANTITY_UNSET;
    model_evaluate(s, a, &o);
    assert_true(o.known);
    assert_true(o.latency_conditional);
    assert_true(isnan(o.ttft_p95_s));
    free(s);
}

static void
more_traffic_never_needs_fewer_replicas_under_a_limit(void **state)
{
    struct setup *s = plain_setup();
    int a = queueing_arm(s, 1), before = 0;

    (void)state;
    put(&s->sc.latency.ttft_p95_ms, 400);
    for (double rate = 0.1; rate < 60; rate *= 1.07) {
        int replicas;
        put(&s->sc.workload.requests_per_day, rate * 86400);
        model_run_month(s, a, NULL, &replicas);
        assert_true(replicas >= before);
        before = replicas;
    }
    assert_true(before > 57);
    free(s);
}

/* Nothing changes before a step that is announced. At some the load's own replica takes the place
 * of one that was there for latency. */
static void
no_replica_is_added_for_latency_between_steps(void **state)
{
    struct setup *s = plain_setup();
    int a = queueing_arm(s, 1);
    double volume = 0.2 * 86400;
    int jumps = 0;

    (void)state;
    put(&s->sc.latency.ttft_p95_ms, 400);
    for (int k = 0; k < 20; k++) {
        int before, below, above;
        put(&s->sc.workload.requests_per_day, volume * (1 + 1e-8));
        model_run_month(s, a, NULL, &before);
        double step = next_step(s, a, volume);
        assert_true(step > volume);
        put(&s->sc.workload.requests_per_day, step * (1 - 1e-8));
        model_run_month(s, a, NULL, &below);
        put(&s->sc.workload.requests_per_day, step * (1 + 1e-8));
        model_run_month(s, a, NULL, &above);
        assert_int_equal(before, below);
        assert_true(above >= below);
        jumps += above > below;
        volume = step;
    }
    assert_true(jumps >= 10);
    free(s);
}

/* A published figure is one request's median: it can break a limit, not prove one. */
static void
a_vendors_published_median_is_no_p95(void **state)
{
    struct setup *s = plain_setup();
    struct cat_price listed = { .id = "m@v", .ttft_ms = 600 };
    struct arm_outcome o;
    int a = api_arm(s, "api", 3, 15);

    (void)state;
    s->arms[a].price = &listed;
    put(&s->sc.arms[a].ttft_ms, 600);
    put(&s->sc.latency.ttft_p95_ms, 900);
    model_evaluate(s, a, &o);
    assert_true(isnan(o.ttft_p95_s) && o.latency_conditional && !o.latency_impossible);
    assert_close(o.ttft_p50_s, 0.6, 1e-12);
    put(&s->sc.latency.ttft_p95_ms, 500);
    model_evaluate(s, a, &o);
    assert_close(o.ttft_p95_s, 0.6, 1e-12);
    assert_true(o.latency_impossible);
    put(&s->sc.latency.ttft_p95_ms, 900);
    put(&s->sc.arms[a].ttft_ms, 700); /* the team's own measurement */
    model_evaluate(s, a, &o);
    assert_close(o.ttft_p95_s, 0.7, 1e-12);
    assert_false(o.latency_conditional);
    free(s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(erlang_c_has_the_values_of_the_tables),
        cmocka_unit_test(erlang_c_agrees_with_the_recurrence_up_to_thousands_of_servers),
        cmocka_unit_test(erlang_c_is_certain_at_full_load_and_none_at_no_load),
        cmocka_unit_test(a_single_server_waits_by_the_closed_form),
        cmocka_unit_test(who_hardly_ever_waits_has_no_p95_wait),
        cmocka_unit_test(a_full_queue_waits_no_longer_than_the_hour_of_the_peak),
        cmocka_unit_test(p95_first_token_is_its_own_time_and_the_wait),
        cmocka_unit_test(replicas_are_added_until_the_limit_holds_and_not_one_more),
        cmocka_unit_test(a_first_token_that_alone_is_too_slow_buys_no_replica),
        cmocka_unit_test(unknown_concurrency_leaves_the_wait_unknown),
        cmocka_unit_test(more_traffic_never_needs_fewer_replicas_under_a_limit),
        cmocka_unit_test(no_replica_is_added_for_latency_between_steps),
        cmocka_unit_test(a_vendors_published_median_is_no_p95),
    };

    return RUN_GROUP(tests);
}
