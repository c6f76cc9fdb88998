/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "model_support.h"

/*
 * The source article's example with its own figures (section 14): 20,000 requests a day
 * of 500 + 100 tokens; $3 and $15 or $2.50 and $10 a million tokens, or one A100 at
 * $3.67 an hour that gives 320 tokens/s, input counted.
 */

struct article {
    struct setup *s;
    int claude, gpt4o, tuned;
};

static struct article
article(void)
{
    struct article t = { plain_setup(), 0, 0, 0 };

    t.claude = api_arm(t.s, "claude", 3, 15);
    t.gpt4o = api_arm(t.s, "gpt4o", 2.5, 10);
    t.tuned = self_arm(t.s, "tuned", ARM_SELF_TUNED, 320, COUNTS_ALL, 3.67);
    return t;
}

static void
at_tokens(struct article *t, double tokens_per_day)
{
    put(&t->s->sc.workload.requests_per_day, tokens_per_day / workload_tokens_per_request(t->s));
}

static void
the_apis_cost_60_and_45_dollars_a_day(void **state)
{
    struct article t = article();
    struct arm_outcome o;

    (void)state;
    assert_close(workload_tokens_per_day(t.s), 12e6, 1e-15);
    model_evaluate(t.s, t.claude, &o);
    assert_close(o.line_month_usd[LINE_API][0] / 30, 60, 1e-12);
    assert_close(o.monthly_usd[0], 1800, 1e-12);
    assert_close(o.npv_usd, 12 * 1800, 1e-12);
    model_evaluate(t.s, t.gpt4o, &o);
    assert_close(o.line_month_usd[LINE_API][11] / 30, 45, 1e-12);
    assert_close(o.monthly_usd[11], 1350, 1e-12);
    free(t.s);
}

static void
the_gpu_costs_2642_dollars_at_43_percent_use(void **state)
{
    struct article t = article();
    struct arm_outcome o;
    double utilization;
    int replicas;

    (void)state;
    model_evaluate(t.s, t.tuned, &o);
    assert_true(o.known);
    assert_close(o.monthly_usd[0], 2642.40, 1e-12);
    assert_true(fabs(o.utilization - 0.43403) < 5e-6);
    assert_close(o.utilization, 12e6 / 27.648e6, 1e-12);
    assert_close(model_run_month(t.s, t.tuned, &utilization, &replicas), 2642.40, 1e-12);
    assert_close(utilization, o.utilization, 1e-12);
    assert_int_equal(replicas, 1);
    /* labels at $1 and 8 GPU-hours of training come at first */
    assert_close(o.once_total_usd, 5000 + 8 * 3.67, 1e-12);
    free(t.s);
}

static void
at_full_use_a_thousand_tokens_cost_a_third_of_a_cent(void **state)
{
    struct article t = article();

    (void)state;
    at_tokens(&t, 27.648e6);
    double usd = model_run_month_usd(t.s, t.tuned) / (27.648e6 * 30) * 1000;
    assert_true(fabs(usd - 0.0031858) < 5e-8);
    free(t.s);
}

/* Sign of API minus GPU just below and above a volume. */
static int
side(struct article *t, int api, double tokens_per_day)
{
    at_tokens(t, tokens_per_day);
    double d = model_run_month_usd(t->s, api) - model_run_month_usd(t->s, t->tuned);
    return (d > 0) - (d < 0);
}

static void
crosses_at(struct article *t, int api, const double *millions, int n)
{
    int cheaper = -1; /* the API, at first */

    for (int i = 0; i < n; i++) {
        double v = millions[i] * 1e6;
        assert_int_equal(side(t, api, v * (1 - 1e-7)), cheaper);
        assert_int_equal(side(t, api, v * (1 + 1e-7)), -cheaper);
        cheaper = -cheaper;
    }
    assert_int_equal(cheaper, 1);
    for (double v = millions[n - 1] * 1.0001; v < 12e3; v *= 1.001)
        assert_int_equal(side(t, api, v * 1e6), 1);
}

static void
run_costs_cross_claudes_where_the_article_should_have_looked(void **state)
{
    static const double millions[] = { 17.616, 27.648, 35.232 };
    struct article t = article();

    (void)state;
    crosses_at(&t, t.claude, millions, BE_LEN(millions));
    free(t.s);
}

static void
run_costs_cross_gpt4os_eleven_times(void **state)
{
    static const double millions[] = { 23.488, 27.648, 46.976, 55.296, 70.464, 82.944, 93.952,
                                       110.592, 117.440, 138.240, 140.928 };
    struct article t = article();

    (void)state;
    crosses_at(&t, t.gpt4o, millions, BE_LEN(millions));
    free(t.s);
}

static void
gpus_are_added_every_27_648_million_tokens(void **state)
{
    struct article t = article();
    double volume = 20000;

    (void)state;
    for (int k = 1; k <= 6; k++) {
        volume = next_step(t.s, t.tuned, volume);
        assert_close(volume * 600, k * 27.648e6, 1e-12);
    }
    free(t.s);
}

/* scenarios/article.yaml through catalog, loader and resolver: the same figures, at the medians
 * of its ranges. */
static void
the_shipped_scenario_gives_the_same_figures(void **state)
{
    static struct problems problems;
    static struct scenario_file file;
    static struct setup s;
    static struct arm_outcome o;
    struct catalog *catalog = NULL;
    char folder[1024];
    const char *folders[] = { folder };
    struct error err;

    (void)state;
    text_copy(folder, sizeof folder, source_path("catalog"));
    assert_int_equal(catalog_load(&catalog, folders, 1, &problems, &err), 0);
    problems_init(&problems);
    assert_int_equal(scenario_open(&file, source_path("scenarios/article.yaml"), catalog, &problems, &err), 0);
    scenario_resolve(&s, &file.scenario, catalog, &problems);
    assert_int_equal(problems.errors, 0);
    int claude = scenario_find_arm(&s.sc, "claude"), gpt4o = scenario_find_arm(&s.sc, "gpt4o");
    int tuned = scenario_find_arm(&s.sc, "tuned");
    assert_true(claude >= 0 && gpt4o >= 0 && tuned >= 0);
    assert_close(workload_tokens_per_day(&s), 12e6, 1e-12);
    assert_close(model_run_month_usd(&s, claude), 1800, 1e-12);
    assert_close(model_run_month_usd(&s, gpt4o), 1350, 1e-12);
    assert_close(model_run_month_usd(&s, tuned), 2642.40, 1e-12);
    model_evaluate(&s, tuned, &o);
    assert_true(o.known);
    assert_close(o.utilization, 12e6 / 27.648e6, 1e-12);
    assert_close(o.once_usd[LINE_LABELS], 5000 * 40 / 40.0, 1e-12);
    assert_close(o.once_usd[LINE_TRAINING], 8 * 3.67, 1e-12);
    for (int m = 0; m < 12; m++)
        assert_close(o.monthly_usd[m], 2642.40, 1e-12);
    /* The weights alone need 1.7 times the card: the memory gate fails, the cost stands. */
    assert_false(o.fits);
    assert_true(fabs(o.weights_gib - 131.4) < 0.05);
    assert_true(fabs(o.usable_gib - 79.3) < 0.05);
    assert_true(o.need_gib > o.have_gib);
    assert_true(o.warned & WARN_TRAINING_MEMORY);
    scenario_file_release(&file);
    catalog_free(catalog);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_apis_cost_60_and_45_dollars_a_day),
        cmocka_unit_test(the_gpu_costs_2642_dollars_at_43_percent_use),
        cmocka_unit_test(at_full_use_a_thousand_tokens_cost_a_third_of_a_cent),
        cmocka_unit_test(run_costs_cross_claudes_where_the_article_should_have_looked),
        cmocka_unit_test(run_costs_cross_gpt4os_eleven_times),
        cmocka_unit_test(gpus_are_added_every_27_648_million_tokens),
        cmocka_unit_test(the_shipped_scenario_gives_the_same_figures),
    };

    return RUN_GROUP(tests);
}
