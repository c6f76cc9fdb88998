/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "model_support.h"

/* Arms whose replica is computed: the capacity model's figures reach cost, latency and gates. */

static int
load_catalog(void **state)
{
    static struct problems problems;
    struct catalog *catalog = NULL;
    const char *folders[] = { source_path("catalog") };
    struct error err;

    if (catalog_load(&catalog, folders, 1, &problems, &err) < 0)
        return -1;
    *state = catalog;
    return 0;
}

static int
free_catalog(void **state)
{
    catalog_free(*state);
    return 0;
}

/* Llama 3.1 8B on one H100 by vLLM, 1,000 tokens in, 200 out. */
static int
computed_arm(struct setup *s, const struct catalog *c, const char *model, const char *gpu)
{
    int a = self_arm(s, "own", ARM_SELF_OPEN, 1, COUNTS_ALL, 3);

    put(&s->sc.workload.input_tokens, 1000);
    put(&s->sc.workload.output_tokens, 200);
    s->sc.arms[a].throughput_tok_s.kind = QUANTITY_UNSET;
    s->arms[a].model = catalog_model(c, model);
    s->arms[a].gpu = catalog_gpu(c, gpu);
    s->arms[a].engine = catalog_engine(c, "vllm");
    assert_non_null(s->arms[a].model);
    assert_non_null(s->arms[a].gpu);
    assert_non_null(s->arms[a].engine);
    return a;
}

static void
system_of(struct capacity_system *sys, const struct setup *s, int a)
{
    struct capacity_shape shape;
    struct capacity_gpu gpu;
    struct capacity_layout layout = { .engine = ENGINE_VLLM, .precision = PRECISION_FP16,
                                      .tensor = 1, .pipeline = 1 };

    assert_int_equal(capacity_shape_from_model(&shape, s->arms[a].model, NULL), 0);
    assert_int_equal(capacity_gpu_from_catalog(&gpu, s->arms[a].gpu, NULL), 0);
    assert_int_equal(capacity_prepare(sys, &shape, &gpu, &layout, &capacity_fitted, NULL), 0);
}

static void
throughput_is_the_capacity_models_at_the_largest_batch(void **state)
{
    struct setup *s = plain_setup();
    int a = computed_arm(s, *state, "llama-3.1-8b", "h100-80-sxm");
    struct capacity_system sys;
    struct capacity_answer at;
    struct arm_outcome o;

    system_of(&sys, s, a);
    double batch = fmin(sys.batch_cap, capacity_batch_max(&sys, 1000, 200));
    capacity_at(&sys, 1000, 200, 0, batch, &at);
    model_evaluate(s, a, &o);
    assert_true(o.known && o.fits);
    assert_int_equal(o.throughput_how, THROUGHPUT_MODELLED);
    assert_int_equal(o.throughput_counts, COUNTS_OUTPUT);
    assert_close(o.batch, batch, 1e-12);
    assert_close(o.replica_tok_s, at.replica_tok_s, 1e-12);
    assert_close(o.requests_per_s, at.replica_tok_s / 200, 1e-12);
    assert_close(o.tpot_s, at.tpot_s, 1e-12);
    assert_close(o.ttft_p95_s - o.wait_p95_s, capacity_ttft_s(&sys, &at, 1000, 0), 1e-12);
    assert_false(o.latency_conditional);
    free(s);
}

static void
its_own_error_moves_throughput_and_latency(void **state)
{
    struct setup *s = plain_setup();
    int a = computed_arm(s, *state, "llama-3.1-8b", "h100-80-sxm");
    struct arm_outcome plain, o;

    put(&s->sc.workload.requests_per_day, 10);
    model_evaluate(s, a, &plain);
    put(&s->sc.arms[a].throughput_factor, 0.8);
    put(&s->sc.arms[a].ttft_factor, 1.5);
    model_evaluate(s, a, &o);
    assert_close(o.replica_tok_s, 0.8 * plain.replica_tok_s, 1e-12);
    assert_close(o.tpot_s, plain.tpot_s / 0.8, 1e-12);
    assert_close(o.ttft_p50_s, 1.5 * plain.ttft_p50_s, 1e-12);
    free(s);
}

static void
limits_choose_the_batch_and_long_prompts_count(void **state)
{
    struct setup *s = plain_setup();
    int a = computed_arm(s, *state, "llama-3.1-8b", "h100-80-sxm");
    struct arm_outcome all, o;

    put(&s->sc.workload.length_cv, 1);
    put(&s->sc.workload.requests_per_day, 10);
    model_evaluate(s, a, &all);
    assert_true(all.ttft_p95_s > all.ttft_p50_s);
    put(&s->sc.latency.tpot_ms, 0.5 * 1000 * all.tpot_s);
    model_evaluate(s, a, &o);
    assert_true(o.batch < all.batch && o.batch >= 1);
    assert_true(o.tpot_s <= 0.5 * all.tpot_s);
    assert_true(o.replica_tok_s < all.replica_tok_s);
    assert_false(o.latency_impossible);
    put(&s->sc.latency.tpot_ms, 0.1);
    model_evaluate(s, a, &o);
    assert_true(o.latency_impossible && o.batch == 1);
    s->sc.latency.tpot_ms.kind = QUANTITY_UNSET;
    put(&s->sc.latency.ttft_p95_ms, 60);
    model_evaluate(s, a, &o);
    assert_true(o.latency_impossible || o.ttft_p95_s - o.wait_p95_s <= 0.06);
    free(s);
}

static void
typed_concurrency_stands_as_far_as_memory_goes(void **state)
{
    struct setup *s = plain_setup();
    int a = computed_arm(s, *state, "llama-3.1-8b", "h100-80-sxm");
    struct capacity_system sys;
    struct arm_outcome o;

    put(&s->sc.arms[a].concurrency, 16);
    model_evaluate(s, a, &o);
    assert_close(o.batch, 16, 1e-15);
    put(&s->sc.arms[a].concurrency, 90000);
    model_evaluate(s, a, &o);
    system_of(&sys, s, a);
    assert_close(o.batch, capacity_batch_max(&sys, 1000, 200), 1e-12);
    free(s);
}

static void
a_prefix_that_is_cached_is_not_computed_again(void **state)
{
    struct setup *s = plain_setup();
    int a = computed_arm(s, *state, "llama-3.1-8b", "h100-80-sxm");
    struct arm_outcome cold, warm;

    model_evaluate(s, a, &cold);
    put(&s->sc.arms[a].own_cached_share, 0.8);
    model_evaluate(s, a, &warm);
    assert_true(warm.replica_tok_s > cold.replica_tok_s);
    assert_true(warm.ttft_p50_s < cold.ttft_p50_s);
    free(s);
}

static void
what_does_not_fit_has_no_cost_unless_somebody_measured_it(void **state)
{
    struct setup *s = plain_setup();
    int a = computed_arm(s, *state, "llama-3-70b", "a100-80-sxm");
    struct arm_outcome o;

    model_evaluate(s, a, &o);
    assert_false(o.known || o.fits);
    assert_non_null(strstr(o.unknown, "does not fit"));
    assert_true(o.need_gib > o.have_gib);
    put(&s->sc.arms[a].throughput_tok_s, 320);
    model_evaluate(s, a, &o);
    assert_true(o.known);
    assert_false(o.fits);
    assert_int_equal(o.throughput_how, THROUGHPUT_MEASURED);
    s->sc.arms[a].throughput_tok_s.kind = QUANTITY_UNSET;
    put(&s->sc.arms[a].gpus_per_replica, 4);
    model_evaluate(s, a, &o);
    assert_true(o.known && o.fits);
    assert_close(o.weights_gib, 131.4 / 4, 1e-2);
    free(s);
}

static void
a_model_without_a_shape_is_unknown_until_measured(void **state)
{
    struct setup *s = plain_setup();
    int a = computed_arm(s, *state, "llama-3.1-8b", "h100-80-sxm");
    struct cat_model closed = *s->arms[a].model;
    struct arm_outcome o;

    closed.has_shape = false;
    s->arms[a].model = &closed;
    model_evaluate(s, a, &o);
    assert_false(o.known);
    assert_non_null(strstr(o.unknown, "shape"));
    put(&s->sc.arms[a].throughput_tok_s, 2000);
    model_evaluate(s, a, &o);
    assert_true(o.known && o.fits && isnan(o.need_gib));
    free(s);
}

static void
a_measured_first_token_grows_with_the_prompt_as_the_computed_one(void **state)
{
    struct setup *s = plain_setup();
    int a = computed_arm(s, *state, "llama-3.1-8b", "h100-80-sxm");
    struct arm_outcome computed, o;

    put(&s->sc.workload.length_cv, 1);
    put(&s->sc.workload.requests_per_day, 10);
    put(&s->sc.arms[a].concurrency, 8);
    model_evaluate(s, a, &computed);
    put(&s->sc.arms[a].ttft_ms, 500);
    model_evaluate(s, a, &o);
    assert_true(o.ttft_p95_s > 0.5 && o.ttft_p50_s < 0.5);
    assert_close(o.ttft_p95_s / o.ttft_p50_s, computed.ttft_p95_s / computed.ttft_p50_s, 1e-12);
    free(s);
}

/* Twice the epochs take twice the hours; the factor is real over computed. */
static void
training_hours_are_computed_and_carry_their_error(void **state)
{
    struct setup *s = plain_setup();
    int a = computed_arm(s, *state, "llama-3.1-8b", "h100-80-sxm");
    struct arm_outcome one, o;

    s->sc.arms[a].kind = ARM_SELF_TUNED;
    s->arms[a].training_gpu = s->arms[a].gpu;
    put(&s->sc.arms[a].training_gpus, 1);
    put(&s->sc.arms[a].training_gpu_price_usd_h, 2);
    put(&s->sc.training.epochs, 2);
    model_evaluate(s, a, &one);
    assert_true(one.known);
    assert_true(one.once_usd[LINE_TRAINING] > 0.1 && one.once_usd[LINE_TRAINING] < 100);
    put(&s->sc.training.epochs, 4);
    put(&s->sc.arms[a].training_hours_factor, 1.5);
    model_evaluate(s, a, &o);
    assert_close(o.once_usd[LINE_TRAINING], 3 * one.once_usd[LINE_TRAINING], 1e-12);
    free(s);
}

static void
training_that_does_not_fit_is_said(void **state)
{
    struct setup *s = plain_setup();
    int a = computed_arm(s, *state, "llama-3.1-8b", "h100-80-sxm");
    struct arm_outcome o;

    s->sc.arms[a].kind = ARM_SELF_TUNED;
    s->arms[a].training_gpu = s->arms[a].gpu;
    put(&s->sc.arms[a].training_gpus, 1);
    put(&s->sc.arms[a].training_gpu_price_usd_h, 2);
    s->sc.arms[a].method = METHOD_LORA;
    model_evaluate(s, a, &o);
    assert_false(o.warned & WARN_TRAINING_MEMORY);
    s->sc.arms[a].method = METHOD_FULL; /* 16 bytes a parameter: 120 GiB */
    model_evaluate(s, a, &o);
    assert_true(o.warned & WARN_TRAINING_MEMORY);
    put(&s->sc.arms[a].training_gpus, 8);
    model_evaluate(s, a, &o);
    assert_false(o.warned & WARN_TRAINING_MEMORY);
    free(s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(throughput_is_the_capacity_models_at_the_largest_batch),
        cmocka_unit_test(its_own_error_moves_throughput_and_latency),
        cmocka_unit_test(limits_choose_the_batch_and_long_prompts_count),
        cmocka_unit_test(typed_concurrency_stands_as_far_as_memory_goes),
        cmocka_unit_test(a_prefix_that_is_cached_is_not_computed_again),
        cmocka_unit_test(what_does_not_fit_has_no_cost_unless_somebody_measured_it),
        cmocka_unit_test(a_model_without_a_shape_is_unknown_until_measured),
        cmocka_unit_test(a_measured_first_token_grows_with_the_prompt_as_the_computed_one),
        cmocka_unit_test(training_hours_are_computed_and_carry_their_error),
        cmocka_unit_test(training_that_does_not_fit_is_said),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, load_catalog, free_catalog);
}
