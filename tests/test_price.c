/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "model_support.h"

static void
set_price(struct token_price *p, double in, double out, double read, double write)
{
    *p = (struct token_price){ in, out, read, write, NAN, NAN };
}

/* A list with one step in force always. */
static void
list(struct cat_price *price, double in, double out)
{
    memset(price, 0, sizeof *price);
    price->id = "m@vendor";
    price->model = "m";
    price->host = "vendor";
    price->n_steps = 1;
    price->tuned_input = price->tuned_output = price->training_usd_mtok = NAN;
    price->endpoint_usd_h = price->monthly_minimum_usd = price->ttft_ms = NAN;
    price->output_tokens_per_s = NAN;
    set_price(&price->steps[0].price, in, out, NAN, NAN);
}

static void
tier(struct price_step *step, double above, double in, double out)
{
    struct price_tier *t = &step->tiers[step->n_tiers++];

    t->above_tokens = above;
    t->inclusive = false;
    set_price(&t->price, in, out, NAN, NAN);
}

static double
month_usd(const struct setup *s, int a, int month)
{
    struct arm_outcome o;

    model_evaluate(s, a, &o);
    assert_true(o.known);
    return o.line_month_usd[LINE_API][month - 1];
}

static void
input_has_three_disjoint_parts(void **state)
{
    struct setup *s = plain_setup();
    int a = api_arm(s, "api", 3, 15);

    (void)state;
    put(&s->sc.workload.cached_share, 0.5);
    put(&s->sc.workload.cache_write_share, 0.2);
    put(&s->sc.workload.extra_attempts, 0.1);
    put(&s->sc.arms[a].cache_read_usd_mtok, 0.3);
    put(&s->sc.arms[a].cache_write_usd_mtok, 3.75);
    assert_close(month_usd(s, a, 1),
                 600000 * 1.1 * (500 * (0.3 * 3 + 0.5 * 0.3 + 0.2 * 3.75) + 100 * 15) * 1e-6, 1e-12);
    free(s);
}

static void
a_missing_cache_price_charges_fresh_input_and_warns(void **state)
{
    struct setup *s = plain_setup();
    struct arm_outcome o;
    int a = api_arm(s, "api", 3, 15);

    (void)state;
    put(&s->sc.workload.cached_share, 0.5);
    model_evaluate(s, a, &o);
    assert_close(o.line_month_usd[LINE_API][0], 1800, 1e-12);
    assert_true(o.warned & WARN_CACHE_READ);
    assert_false(o.warned & WARN_CACHE_WRITE);
    free(s);
}

static void
a_missing_token_price_is_an_unknown_cost(void **state)
{
    struct setup *s = plain_setup();
    struct arm_outcome o;
    int a = api_arm(s, "api", 3, 15);

    (void)state;
    s->sc.arms[a].output_usd_mtok.kind = QUANTITY_UNSET;
    model_evaluate(s, a, &o);
    assert_false(o.known);
    assert_true(isnan(o.npv_usd));
    assert_true(isnan(o.line_month_usd[LINE_API][0]));
    assert_string_equal(o.unknown, "price per output token");
    free(s);
}

static void
batches_pay_the_batch_price_where_one_is_sold(void **state)
{
    struct setup *s = plain_setup();
    int a = api_arm(s, "api", 3, 15);

    (void)state;
    put(&s->sc.workload.batch_share, 0.4);
    put(&s->sc.workload.cached_share, 0.5);
    put(&s->sc.arms[a].cache_read_usd_mtok, 0.3);
    double full = 500 * (0.5 * 3 + 0.5 * 0.3) + 100 * 15;
    assert_close(month_usd(s, a, 1), 0.6 * full, 1e-12); /* 600,000 requests x 1e-6 */
    put(&s->sc.arms[a].batch_input_usd_mtok, 1.5);
    put(&s->sc.arms[a].batch_output_usd_mtok, 7.5);
    /* no cache discount inside a batch */
    assert_close(month_usd(s, a, 1), 0.6 * (0.6 * full + 0.4 * (500 * 1.5 + 100 * 7.5)), 1e-12);
    free(s);
}

static void
minimum_discount_fee_and_tax_make_the_month(void **state)
{
    struct setup *s = plain_setup();
    int a = api_arm(s, "api", 3, 15);

    (void)state;
    put(&s->sc.arms[a].committed_discount, 0.1);
    put(&s->sc.arms[a].platform_fee_usd_month, 50);
    put(&s->sc.arms[a].monthly_minimum_usd, 1000);
    assert_close(month_usd(s, a, 1), 1800 * 0.9 + 50, 1e-12);
    put(&s->sc.arms[a].monthly_minimum_usd, 2000);
    put(&s->sc.prices.tax_share, 0.18);
    assert_close(month_usd(s, a, 1), 2050 * 1.18, 1e-12);
    free(s);
}

/* Prices drift, a minimum does not; the product may die. */
static void
price_path_growth_and_hazard_compound_by_the_month(void **state)
{
    struct setup *s = plain_setup();
    int a = api_arm(s, "api", 3, 15);

    (void)state;
    put(&s->sc.prices.api_price_change_per_year, -0.2);
    put(&s->sc.workload.growth_per_month, 0.03);
    put(&s->sc.workload.hazard_per_month, 0.02);
    for (int m = 1; m <= 12; m++)
        assert_close(month_usd(s, a, m),
                     1800 * pow(0.8, (m - 1) / 12.0) * pow(1.03, m - 1) * pow(0.98, m - 1), 1e-12);
    put(&s->sc.arms[a].monthly_minimum_usd, 1e6);
    assert_close(month_usd(s, a, 7), 1e6 * pow(0.98, 6), 1e-12);
    free(s);
}

static void
a_long_prompt_prices_its_whole_request_by_its_tier(void **state)
{
    struct setup *s = plain_setup();
    struct cat_price price;
    int a = api_arm(s, "api", 3, 15);

    (void)state;
    list(&price, 3, 15);
    tier(&price.steps[0], 200000, 6, 22.5);
    s->arms[a].price = &price;
    put(&s->sc.workload.requests_per_day, 100);
    put(&s->sc.workload.input_tokens, 200000);
    assert_close(month_usd(s, a, 1), 3000.0 * (200000 * 3 + 100 * 15) * 1e-6, 1e-12);
    price.steps[0].tiers[0].inclusive = true;
    assert_close(month_usd(s, a, 1), 3000.0 * (200000 * 6 + 100 * 22.5) * 1e-6, 1e-12);
    price.steps[0].tiers[0].inclusive = false;
    put(&s->sc.workload.input_tokens, 200001);
    assert_close(month_usd(s, a, 1), 3000.0 * (200001 * 6 + 100 * 22.5) * 1e-6, 1e-12);
    price.steps[0].tiers[0].price.output = NAN; /* keeps the base price */
    assert_close(month_usd(s, a, 1), 3000.0 * (200001 * 6 + 100 * 15) * 1e-6, 1e-12);
    s->arms[a].own_prices = true; /* a person's own price has no tiers */
    assert_close(month_usd(s, a, 1), 3000.0 * (200001 * 3 + 100 * 15) * 1e-6, 1e-12);
    free(s);
}

/* Sum over a fine grid of the normal score against the closed form. */
static void
spread_lengths_fall_into_tiers_by_their_share(void **state)
{
    struct setup *s = plain_setup();
    struct cat_price price;
    int a = api_arm(s, "api", 3, 15);
    const double mean = 90000, sigma = sqrt(log1p(0.8 * 0.8));
    double usd = 0;
    const int n = 400000;

    (void)state;
    list(&price, 3, 15);
    tier(&price.steps[0], 100000, 4, 18);
    tier(&price.steps[0], 250000, 9, 30);
    s->arms[a].price = &price;
    put(&s->sc.workload.requests_per_day, 100);
    put(&s->sc.workload.input_tokens, mean);
    put(&s->sc.workload.length_cv, 0.8);
    for (int i = 0; i < n; i++) {
        double z = -12 + 24 * (i + 0.5) / n;
        double x = mean * exp(sigma * z - sigma * sigma / 2);
        double in = x > 250000 ? 9 : x > 100000 ? 4 : 3, out = x > 250000 ? 30 : x > 100000 ? 18 : 15;
        usd += (x * in + 100 * out) * exp(-z * z / 2) / sqrt(2 * 3.14159265358979324) * 24 / n;
    }
    assert_close(month_usd(s, a, 1), 3000 * usd * 1e-6, 1e-4);
    /* A batch is not tiered. */
    put(&s->sc.workload.batch_share, 1);
    put(&s->sc.arms[a].batch_input_usd_mtok, 1);
    put(&s->sc.arms[a].batch_output_usd_mtok, 2);
    assert_close(month_usd(s, a, 1), 3000 * (mean + 200) * 1e-6, 1e-12);
    free(s);
}

static void
a_dated_price_holds_from_the_first_month_that_begins_on_or_after_it(void **state)
{
    struct setup *s = plain_setup();
    struct cat_price price;
    int a = api_arm(s, "api", 3, 15);

    (void)state;
    list(&price, 3, 15);
    price.n_steps = 3;
    price.steps[1].from = (struct date){ 2026, 6, 1 };
    set_price(&price.steps[1].price, 2, 10, NAN, NAN);
    price.steps[2].from = (struct date){ 2026, 8, 2 };
    set_price(&price.steps[2].price, 1, 5, NAN, NAN);
    s->arms[a].price = &price;
    assert_close(month_usd(s, a, 3), 1800, 1e-12);
    assert_close(month_usd(s, a, 4), 1200, 1e-12); /* June */
    assert_close(month_usd(s, a, 6), 1200, 1e-12); /* August 1 precedes it */
    assert_close(month_usd(s, a, 7), 600, 1e-12);
    put(&s->sc.arms[a].input_usd_mtok, 4);
    s->arms[a].own_prices = true;
    assert_close(month_usd(s, a, 12), 600000 * (500 * 4 + 100 * 15) * 1e-6, 1e-12);
    free(s);
}

static void
a_retired_model_pays_a_migration_and_without_successor_keeps_its_price(void **state)
{
    struct setup *s = plain_setup();
    struct cat_price price;
    struct arm_outcome o;
    int a = api_arm(s, "api", 3, 15);

    (void)state;
    list(&price, 3, 15);
    price.retired = (struct date){ 2026, 7, 20 };
    s->arms[a].price = &price;
    put(&s->sc.people.fte_cost_usd_month, 10000);
    put(&s->sc.people.migration_person_months, 0.5);
    put(&s->sc.arms[a].setup_person_months, 0);
    put(&s->sc.arms[a].run_fte, 0);
    put(&s->sc.evaluation.human_examples, 60);
    put(&s->sc.evaluation.human_minutes, 5);
    s->sc.prices.retirement = RETIREMENT_HONOUR;
    model_evaluate(s, a, &o);
    assert_true(o.known);
    for (int m = 1; m <= 12; m++) {
        assert_close(o.line_month_usd[LINE_PEOPLE][m - 1], m == 5 ? 5000 : 0, 1e-12);
        assert_close(o.line_month_usd[LINE_EVALUATION][m - 1], m == 5 ? 200 : 0, 1e-12);
    }
    assert_close(o.line_month_usd[LINE_API][11], 1800, 1e-12);
    assert_true(o.warned & WARN_NO_SUCCESSOR);
    s->sc.prices.retirement = RETIREMENT_IGNORE;
    model_evaluate(s, a, &o);
    assert_true(o.line_month_usd[LINE_PEOPLE][4] == 0);
    assert_false(o.warned & WARN_NO_SUCCESSOR);
    free(s);
}

/* July: the successor's price from August on, which falls in October; it ends in December. */
static void
successors_take_over_the_month_after_with_their_own_steps(void **state)
{
    struct setup *s = plain_setup();
    struct cat_price prices[3];
    struct catalog catalog = { .prices = prices, .n_prices = 3 };
    struct arm_outcome o;
    int a = api_arm(s, "api", 4, 20); /* typed: half as much again as the list */

    (void)state;
    list(&prices[0], 3, 15);
    prices[0].id = "old@vendor", prices[0].model = "old";
    prices[0].retired = (struct date){ 2026, 7, 20 };
    prices[0].successor = "new";
    list(&prices[1], 2, 10);
    prices[1].id = "new@vendor", prices[1].model = "new";
    prices[1].n_steps = 2;
    prices[1].steps[1].from = (struct date){ 2026, 10, 1 };
    set_price(&prices[1].steps[1].price, 1, 5, NAN, NAN);
    prices[1].retired = (struct date){ 2026, 12, 1 };
    prices[1].successor = "newest";
    list(&prices[2], 3, 5);
    prices[2].id = "newest@vendor", prices[2].model = "newest";
    s->catalog = &catalog;
    s->arms[a].price = &prices[0];
    s->arms[a].own_prices = true;
    put(&s->sc.evaluation.human_examples, 60);
    put(&s->sc.evaluation.human_minutes, 1);
    s->sc.prices.retirement = RETIREMENT_HONOUR;
    model_evaluate(s, a, &o);
    assert_true(o.known);
    assert_false(o.warned & WARN_NO_SUCCESSOR);
    for (int m = 1; m <= 12; m++) {
        double usd = m <= 5 ? 2400 : m <= 7 ? 1200 : m <= 10 ? 600 : 1200;
        assert_close(o.line_month_usd[LINE_API][m - 1], usd, 1e-12);
        assert_close(o.line_month_usd[LINE_EVALUATION][m - 1], m == 5 || m == 10 ? 40 : 0, 1e-12);
    }
    /* Retired before the start: built on the successor from the first day, nothing to move. */
    prices[0].retired = (struct date){ 2025, 12, 31 };
    model_evaluate(s, a, &o);
    assert_close(o.line_month_usd[LINE_API][0], 1200, 1e-12);
    assert_true(o.line_month_usd[LINE_EVALUATION][0] == 0);
    free(s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(input_has_three_disjoint_parts),
        cmocka_unit_test(a_missing_cache_price_charges_fresh_input_and_warns),
        cmocka_unit_test(a_missing_token_price_is_an_unknown_cost),
        cmocka_unit_test(batches_pay_the_batch_price_where_one_is_sold),
        cmocka_unit_test(minimum_discount_fee_and_tax_make_the_month),
        cmocka_unit_test(price_path_growth_and_hazard_compound_by_the_month),
        cmocka_unit_test(a_long_prompt_prices_its_whole_request_by_its_tier),
        cmocka_unit_test(spread_lengths_fall_into_tiers_by_their_share),
        cmocka_unit_test(a_dated_price_holds_from_the_first_month_that_begins_on_or_after_it),
        cmocka_unit_test(a_retired_model_pays_a_migration_and_without_successor_keeps_its_price),
        cmocka_unit_test(successors_take_over_the_month_after_with_their_own_steps),
    };

    return RUN_GROUP(tests);
}
