/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "breakeven/decide.h"
#include "recompute.h"
#include "catalog_support.h"
#include "support.h"

/* The fast path against the plain one, sample by sample: what ships, and scenarios at random. Once with columns as they
 * ship, and once with columns of doubles, where nothing but an error can tell the paths apart. */

#define RANDOM_SCENARIOS 250
#define TOLERANCE (sizeof(real) == sizeof(double) ? 1e-9 : 1e-6)
#define SHIPPED_SAMPLES 4096
#define RANDOM_SAMPLES 256

static const char *const shipped[] = {
    "article", "article-corrected", "bank-india", "code-assistant", "contract-clauses", "hospital-us", "medical-qa",
    "night-batch", "rag-copilot", "startup-mvp", "support-intents",
};

static void
shipped_setup(struct setup *s, const char *file)
{
    static struct scenario_file f;
    static struct problems found;
    struct error err;
    char relative[128];

    snprintf(relative, sizeof relative, "scenarios/%s.yaml", file);
    problems_init(&found);
    if (scenario_open(&f, source_path(relative), catalog, &found, &err) != 0)
        fail_msg("%s: %s", file, err.text);
    scenario_resolve(s, &f.scenario, catalog, NULL);
    scenario_file_release(&f);
}

static void
random_setup(struct setup *s, uint64_t seed)
{
    static struct scenario sc;

    recompute_random(&sc, seed, catalog);
    scenario_resolve(s, &sc, catalog, NULL);
}

static struct samples *
solved(const struct setup *s, int n, enum solve_path path)
{
    const struct solve_options o = { .samples = n, .seed = 1, .path = path, .bands = true };
    struct samples *out = NULL;
    struct error err;

    if (solve_run(&out, s, &o, &err) != 0)
        fail_msg("%s", err.text);
    return out;
}

/* ---- comparing ------------------------------------------------------------------------------- */

static int differences;

/* Relative, except for shares that cancel to nothing. */
static bool
alike(double a, double b, double tolerance)
{
    return (isnan(a) && isnan(b)) || fabs(a - b) <= tolerance * fmax(fabs(a), fabs(b)) + 1e-15;
}

static void
compare_metric(const struct samples *a, const struct samples *b, int arm, int m, double tolerance, const char *where)
{
    int counts = 0;

    for (int i = 0; i < a->n; i++) {
        double x = a->metric[arm][m][i], y = b->metric[arm][m][i];
        if (a->metric[arm][METRIC_REPLICAS][i] != b->metric[arm][METRIC_REPLICAS][i]) {
            counts++;
            continue;
        }
        if (!alike(x, y, tolerance) && differences++ < 20)
            print_error("%s, %s: metric %d of sample %d: %.15g, %.15g\n", where, a->setup.sc.arms[arm].name, m, i, x, y);
    }
    if (counts * 4096 > a->n && differences++ < 20)
        print_error("%s: %d of %d samples differ in replicas\n", where, counts, a->n);
}

static void
compare_samples(const struct samples *a, const struct samples *b, double tolerance, const char *where)
{
    for (int arm = 0; arm < a->n_arms; arm++) {
        for (int m = 0; m < METRIC_COUNT; m++)
            compare_metric(a, b, arm, m, tolerance, where);
        differences += a->known[arm] != b->known[arm];
        for (int k = 0; a->cumulative[arm] != NULL && k < 4 * horizon_months(&a->setup); k++)
            if (!alike(a->cumulative[arm][k], b->cumulative[arm][k], tolerance) && differences++ < 20)
                print_error("%s: cumulative %d of arm %d\n", where, k, arm);
    }
    for (int i = 0; i < a->n; i++)
        differences += a->tokens_per_day[i] != b->tokens_per_day[i];
}

static void
compare_paths(const struct setup *s, int n, const char *where)
{
    struct samples *plain = solved(s, n, PATH_PLAIN), *portable = solved(s, n, PATH_PORTABLE),
                   *avx2 = solved(s, n, PATH_AVX2), *fastest = solved(s, n, PATH_FASTEST);

    compare_samples(plain, portable, TOLERANCE, where);
    compare_samples(plain, avx2, TOLERANCE, where);
    compare_samples(plain, fastest, TOLERANCE, where);
    samples_free(plain);
    samples_free(portable);
    samples_free(avx2);
    samples_free(fastest);
}

static void
shipped_scenarios(void **state)
{
    static struct setup s;

    int shipped_samples = SAMPLES_MIN;

    (void)state;
    while (2 * shipped_samples <= rounds_of(SHIPPED_SAMPLES))
        shipped_samples *= 2;
    differences = 0;
    for (size_t i = 0; i < BE_LEN(shipped); i++) {
        shipped_setup(&s, shipped[i]);
        compare_paths(&s, shipped_samples, shipped[i]);
    }
    assert_int_equal(differences, 0);
}

static void
random_scenarios(void **state)
{
    static struct setup s;
    char name[32];

    (void)state;
    differences = 0;
    for (uint64_t seed = 1; seed <= (uint64_t)rounds_of(RANDOM_SCENARIOS); seed++) {
        snprintf(name, sizeof name, "random %d", (int)seed);
        random_setup(&s, seed);
        compare_paths(&s, RANDOM_SAMPLES, name);
    }
    assert_int_equal(differences, 0);
}

/* Of lengths that are spread, the same for all, and beyond what any list has a price of its own for. */
static void
prompts_that_reach_tiers(void **state)
{
    static const char *const prompts[] = { "3k", "30k to 400k", "100k..2M" };
    static const char *const spreads[] = { "0", "1", "0.2..1.5" };
    static struct setup s;
    static struct scenario sc;
    struct field_ref tokens, spread;
    struct error err;
    int compared = 0;

    (void)state;
    differences = 0;
    shipped_setup(&s, "code-assistant");
    sc = s.sc;
    assert_int_equal(field_find(&sc, "workload.input_tokens", &tokens, &err), 0);
    assert_int_equal(field_find(&sc, "workload.length_cv", &spread, &err), 0);
    for (int k = 0; k < catalog->n_prices; k++) {
        text_copy(sc.arms[0].model, sizeof sc.arms[0].model, catalog->prices[k].model);
        for (size_t i = 0; catalog->prices[k].steps[0].n_tiers > 0 && i < BE_LEN(prompts) * BE_LEN(spreads); i++) {
            assert_int_equal(field_set_text(&sc, tokens, prompts[i / BE_LEN(spreads)], catalog, &err), 0);
            assert_int_equal(field_set_text(&sc, spread, spreads[i % BE_LEN(spreads)], catalog, &err), 0);
            scenario_resolve(&s, &sc, catalog, NULL);
            if (s.arms[0].price != &catalog->prices[k])
                continue;
            compare_paths(&s, RANDOM_SAMPLES, catalog->prices[k].id);
            compared++;
        }
    }
    print_message("# %d lists and lengths\n", compared);
    assert_int_equal(differences, 0);
    assert_true(compared > 0);
}

/* One field at another value, whether it was a column or not. */
static void
a_field_replaced(void **state)
{
    static const char *const fields[] = { "workload.requests_per_day", "workload.input_tokens", "horizon.discount_rate_per_year",
        "labels.examples", "quality.alpha", "serving.overhead_share", "prices.gpu_price_change_per_year" };
    static struct setup s;
    struct error err;

    (void)state;
    differences = 0;
    for (size_t i = 0; i < BE_LEN(shipped); i++) {
        shipped_setup(&s, shipped[i]);
        struct samples *plain = solved(&s, 512, PATH_PLAIN), *fastest = solved(&s, 512, PATH_FASTEST), *a, *b;
        for (size_t f = 0; f < BE_LEN(fields); f++) {
            struct field_ref ref;
            assert_int_equal(field_find(&s.sc, fields[f], &ref, &err), 0);
            double v = 1.1 * ((const struct quantity *)field_value(&s.sc, ref))->x;
            if (!isfinite(v))
                continue;
            assert_int_equal(solve_replaced(&a, plain, ref, v, 512, NULL, &err), 0);
            assert_int_equal(solve_replaced(&b, fastest, ref, v, 256, NULL, &err), 0);
            a->n = b->n;
            compare_samples(a, b, TOLERANCE, fields[f]);
            samples_free(a);
            samples_free(b);
        }
        samples_free(plain);
        samples_free(fastest);
    }
    assert_int_equal(differences, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_scenarios),
        cmocka_unit_test(random_scenarios),
        cmocka_unit_test(prompts_that_reach_tiers),
        cmocka_unit_test(a_field_replaced),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, open_catalog, close_catalog);
}
