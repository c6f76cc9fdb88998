/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "recompute.h"
#include "catalog_support.h"
#include "support.h"

/* The engine against a second implementation of the model, on the scenarios that ship and on
 * random ones. */

#define RANDOM_SCENARIOS 200

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

/* ---- costs ------------------------------------------------------------------------------------ */

static int differences;

static bool
close_enough(double got, double want, double scale)
{
    return (isnan(got) && isnan(want)) || fabs(got - want) <= 1e-9 * fmax(scale, fmax(fabs(got), fabs(want)));
}

#define COMPARE(got, want, ...) compare_at((got), (want), 0, where, __VA_ARGS__)

static char last[256];

static void
compare_at(double got, double want, double scale, const char *where, const char *what, int i)
{
    if (close_enough(got, want, scale))
        return;
    char now[256];
    snprintf(now, sizeof now, "%s %s", where, what);
    if (differences++ < 1000 && strcmp(now, last) != 0)
        print_error("%s: %s[%d]: engine %.15g, recomputed %.15g\n", where, what, i, got, want);
    memcpy(last, now, sizeof last);
}

static void
compare_arm(const struct setup *s, int arm, const char *file)
{
    static struct arm_outcome engine;
    static struct recomputed plain;
    const struct arm *a = &s->sc.arms[arm];
    char where[160], what[64];

    snprintf(where, sizeof where, "%s, %s (%s)", file, a->name, arm_kind_word(a->kind));
    model_evaluate(s, arm, &engine);
    recompute(s, NULL, arm, &plain);
    COMPARE(engine.known, plain.known, "known", 0);
    if (!engine.known || !plain.known)
        return;
    for (int l = 0; l < LINE_COUNT; l++) {
        snprintf(what, sizeof what, "once %s", cost_lines[l].id);
        COMPARE(engine.once_usd[l], plain.once[l], what, 0);
        snprintf(what, sizeof what, "%s", cost_lines[l].id);
        for (int m = 0; m < plain.months; m++)
            COMPARE(engine.line_month_usd[l][m], plain.line[l][m], what, m + 1);
    }
    for (int m = 0; m < plain.months; m++) {
        COMPARE(engine.monthly_usd[m], plain.monthly[m], "month", m + 1);
        COMPARE(engine.quality_month[m], plain.quality[m], "quality", m + 1);
        COMPARE(engine.replicas[m], plain.replicas[m], "replicas", m + 1);
    }
    COMPARE(engine.once_total_usd, plain.once_total, "once", 0);
    COMPARE(engine.npv_usd, plain.npv, "NPV", 0);
    COMPARE(engine.gpu_for_latency_usd, plain.for_latency_usd, "for latency", 0);
    COMPARE(model_run_month_usd(s, arm), recompute_run(s, NULL, arm), "run", 0);
    if (plain.paid_hours > 0)
        COMPARE(engine.utilization, plain.busy_hours / plain.paid_hours, "utilization", 0);
}

static void
costs_of_the_shipped_scenarios(void **state)
{
    static struct setup s;

    (void)state;
    differences = 0;
    for (size_t i = 0; i < BE_LEN(shipped); i++) {
        shipped_setup(&s, shipped[i]);
        for (int a = 0; a < s.sc.n_arms; a++)
            compare_arm(&s, a, shipped[i]);
    }
    assert_int_equal(differences, 0);
}

static void
costs_of_random_scenarios(void **state)
{
    static struct setup s;
    char name[32];

    (void)state;
    differences = 0;
    for (uint64_t seed = 1; seed <= (uint64_t)rounds_of(RANDOM_SCENARIOS); seed++) {
        snprintf(name, sizeof name, "random %d", (int)seed);
        random_setup(&s, seed);
        for (int a = 0; a < s.sc.n_arms; a++)
            compare_arm(&s, a, name);
    }
    assert_int_equal(differences, 0);
}

/* ---- crossings ---------------------------------------------------------------------------------- */

#define COMPARED_MAX 24 /* crossings of a pair, from below */

static int pairs_compared, pairs_alike, crossings_compared;

static void
compare_crossings(const struct setup *s, int a, int b, bool total, const char *file)
{
    double low = 1e-3 * s->sc.workload.requests_per_day.x, high = 1e6 * low, volumes[COMPARED_MAX + 1];
    double unit = (1 + s->sc.workload.extra_attempts.x) * (s->sc.workload.input_tokens.x + s->sc.workload.output_tokens.x);
    struct crossing_set engine;
    char where[160];
    int below;

    snprintf(where, sizeof where, "%s, %s against %s, %s", file, s->sc.arms[a].name, s->sc.arms[b].name,
             total ? "total" : "run");
    if (crossings_find(s, a, b, total, &engine) != 0 || engine.cheaper_below < 0)
        return; /* a cost is unknown */
    int compared = engine.n;
    if (engine.n > COMPARED_MAX) {
        compared = COMPARED_MAX;
        high = sqrt(engine.tokens_per_day[compared - 1] * engine.tokens_per_day[compared]) / unit;
    }
    int n = recompute_crossings(s, a, b, total, low, high, volumes, BE_LEN(volumes), &below);
    if (n < 0) {
        pairs_alike++;
        return;
    }
    pairs_compared++;
    COMPARE(compared, n, "crossings", 0);
    COMPARE(engine.cheaper_below, below, "cheaper below", 0);
    for (int i = 0; i < n && i < compared; i++, crossings_compared++)
        if (!(fabs(engine.tokens_per_day[i] / unit / volumes[i] - 1) <= 1e-6))
            COMPARE(engine.tokens_per_day[i] / unit, volumes[i], "crossing", i);
}

static void
crossings_of_the_shipped_scenarios(void **state)
{
    static struct setup s;

    (void)state;
    differences = pairs_compared = pairs_alike = crossings_compared = 0;
    for (size_t i = 0; i < BE_LEN(shipped); i++) {
        shipped_setup(&s, shipped[i]);
        for (int a = 0; a < s.sc.n_arms; a++)
            for (int b = a + 1; b < s.sc.n_arms; b++) {
                compare_crossings(&s, a, b, false, shipped[i]);
                compare_crossings(&s, a, b, true, shipped[i]);
            }
    }
    print_message("# %d pairs, %d crossings, %d alike\n", pairs_compared, crossings_compared, pairs_alike);
    assert_int_equal(differences, 0);
}

static void
crossings_of_random_scenarios(void **state)
{
    static struct setup s;
    char name[32];

    (void)state;
    differences = pairs_compared = pairs_alike = crossings_compared = 0;
    for (uint64_t seed = 1; seed <= (uint64_t)rounds_of(RANDOM_SCENARIOS); seed++) {
        snprintf(name, sizeof name, "random %d", (int)seed);
        random_setup(&s, seed);
        int known_arms[ARMS_MAX], n = 0;
        for (int a = 0; a < s.sc.n_arms; a++)
            if (isfinite(recompute_run(&s, NULL, a)))
                known_arms[n++] = a;
        for (int i = 0; i + 1 < n; i += 2) {
            compare_crossings(&s, known_arms[i], known_arms[i + 1], false, name);
            compare_crossings(&s, known_arms[i], known_arms[i + 1], true, name);
        }
    }
    print_message("# %d pairs, %d crossings, %d alike\n", pairs_compared, crossings_compared, pairs_alike);
    assert_int_equal(differences, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(costs_of_the_shipped_scenarios),
        cmocka_unit_test(costs_of_random_scenarios),
        cmocka_unit_test(crossings_of_the_shipped_scenarios),
        cmocka_unit_test(crossings_of_random_scenarios),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, open_catalog, close_catalog);
}
