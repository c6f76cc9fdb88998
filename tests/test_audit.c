/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "breakeven/decide.h"
#include "support.h"

static struct catalog *catalog;
static struct claim_result list[64];
static int n;

static int
run(void **state)
{
    struct error err;
    char path[1100];
    const char *folders[] = { path };
    static struct problems found;

    (void)state;
    problems_init(&found);
    snprintf(path, sizeof path, "%s", source_path("catalog"));
    if (catalog_load(&catalog, folders, 1, &found, &err) < 0)
        return -1;
    n = audit(catalog, list, BE_LEN(list));
    return 0;
}

static int
release(void **state)
{
    (void)state;
    catalog_free(catalog);
    return 0;
}

static const char *
verdict_of(const struct claim_result *results, const char *id)
{
    for (int k = 0; k < n; k++)
        if (strcmp(results[k].claim->id, id) == 0)
            return results[k].verdict;
    return "";
}

static void
every_claim_is_recomputed_to_what_the_reference_expects(void **state)
{
    int with_figures = 0;

    (void)state;
    assert_int_equal(n, 33);
    for (int k = 0; k < n; k++) {
        const struct cat_claim *c = list[k].claim;
        if (!isfinite(c->expect[0]))
            continue;
        with_figures++;
        double low = fmin(c->expect[0], c->expect[1]), high = fmax(c->expect[0], c->expect[1]);
        if (fabs(list[k].recomputed[0] - low) > c->tolerance * fabs(low) || fabs(list[k].recomputed[1] - high) > c->tolerance * fabs(high))
            fail_msg("%s: %g to %g, expected %g to %g", c->id, list[k].recomputed[0], list[k].recomputed[1], low, high);
    }
    assert_true(with_figures >= 28);
}

static void
every_verdict_follows_from_the_figures(void **state)
{
    (void)state;
    for (int k = 0; k < n; k++)
        if (strcmp(list[k].verdict, list[k].claim->verdict) != 0)
            fail_msg("%s: %s, the reference has %s", list[k].claim->id, list[k].verdict, list[k].claim->verdict);
}

static void
every_claim_says_what_it_does_to_the_conclusion(void **state)
{
    (void)state;
    for (int k = 0; k < n; k++)
        if (list[k].note[0] == '\0')
            fail_msg("%s says nothing", list[k].claim->id);
}

static void
the_rule_is_decided_by_figures_alone(void **state)
{
    struct cat_claim c = { .article = { 100, 100 } };
    const double same[] = { 101, 101 }, close[] = { 120, 120 }, thirty[] = { 3000, 3000 }, far[] = { 500, 500 },
                 around[] = { 90, 300 };

    (void)state;
    assert_string_equal(claim_verdict(&c, same), "holds");
    assert_string_equal(claim_verdict(&c, close), "near");
    assert_string_equal(claim_verdict(&c, thirty), "unit-error");
    assert_string_equal(claim_verdict(&c, far), "contradicts");
    assert_string_equal(claim_verdict(&c, around), "holds");
    c.bound_lower = true;
    assert_string_equal(claim_verdict(&c, close), "infeasible");
    c.bound_lower = false;
    c.at_least = true;
    assert_string_equal(claim_verdict(&c, far), "holds");
}

/* What the catalog does not know it cannot refute, nor confirm. */
static void
rows_without_figures_are_decided_by_the_catalog(void **state)
{
    static struct claim_result again[64];
    struct catalog c = *catalog;
    struct cat_gpu_price offer = { 0 };

    (void)state;
    for (int k = 0; k < catalog->n_gpu_prices; k++)
        if (catalog->gpu_prices[k].instance != NULL && strcmp(catalog->gpu_prices[k].instance, "a2-highgpu-1g") == 0)
            offer = catalog->gpu_prices[k];
    assert_non_null(offer.id);
    assert_string_equal(verdict_of(list, "gpu-sku"), "contradicts");
    offer.gpu = "a100-80-sxm";
    c.gpu_prices = &offer;
    c.n_gpu_prices = 1;
    assert_int_equal(audit(&c, again, BE_LEN(again)), n);
    assert_string_equal(verdict_of(again, "gpu-sku"), "holds");
    c.n_gpu_prices = c.n_regimes = 0;
    assert_int_equal(audit(&c, again, BE_LEN(again)), n);
    assert_string_equal(verdict_of(again, "gpu-sku"), "not-derivable");
    assert_string_equal(verdict_of(again, "disha"), "not-derivable");
}

static void
a_range_is_sorted_and_the_factor_compares_its_middles(void **state)
{
    (void)state;
    for (int k = 0; k < n; k++) {
        const double *r = list[k].recomputed, *a = list[k].claim->article;
        if (!isfinite(r[0])) {
            assert_false(isfinite(list[k].factor));
            continue;
        }
        assert_true(r[0] <= r[1]);
        assert_close(list[k].factor, (r[0] + r[1]) / (a[0] + a[1]), 1e-12);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_claim_is_recomputed_to_what_the_reference_expects),
        cmocka_unit_test(every_verdict_follows_from_the_figures),
        cmocka_unit_test(every_claim_says_what_it_does_to_the_conclusion),
        cmocka_unit_test(the_rule_is_decided_by_figures_alone),
        cmocka_unit_test(rows_without_figures_are_decided_by_the_catalog),
        cmocka_unit_test(a_range_is_sorted_and_the_factor_compares_its_middles),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, run, release);
}
