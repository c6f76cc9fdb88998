/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "breakeven/decide.h"
#include "recompute.h"
#include "catalog_support.h"
#include "support.h"

/* Any sequence of edits ends where a fresh run ends, to the last bit. */

#define SAMPLES 256
#define SCENARIOS 24
#define EDITS 40
#define ANSWERED 6 /* scenarios whose verdicts are compared, too */

static uint64_t dice;

static int
below(int n)
{
    dice = dice * 6364136223846793005u + 1442695040888963407u;
    return (int)((dice >> 33) % (uint64_t)n);
}

/* ---- edits ------------------------------------------------------------------------------------- */

/* A step up or down, a range around the value, or the value alone again. */
static void
edit_quantity(struct scenario *sc, struct field_ref ref)
{
    const struct quantity *q = field_value(sc, ref);
    char text[160];
    struct error err;
    double x = q->kind == QUANTITY_UNSET ? NAN : q->x;

    switch (below(4)) {
    case 0:
        if (isfinite(x) && x > 0 && !ref.field->whole)
            snprintf(text, sizeof text, ref.field->form == FORM_SHARE ? "%.8g%%..%.8g%%" : "%.8g..%.8g",
                     (ref.field->form == FORM_SHARE ? 90 : 0.9) * x, (ref.field->form == FORM_SHARE ? 100 : 1.05) * x);
        else
            text[0] = '\0';
        field_set_text(sc, ref, text, catalog, &err);
        return;
    case 1:
        field_reset(sc, ref);
        return;
    default:
        if (field_nudge(sc, ref, below(2) ? 1 : -1, below(2), catalog, text, sizeof text, &err) == 0)
            field_set_text(sc, ref, text, catalog, &err);
    }
}

static void
edit(struct scenario *sc)
{
    struct field_ref ref;
    struct error err;
    char text[160];

    if (below(20) == 0) {
        scenario_move_arm(sc, below(sc->n_arms), below(sc->n_arms), &err);
        return;
    }
    if (below(30) == 0) {
        sc->n_pilots = sc->n_pilots > 0 ? 0 : 1;
        sc->pilots[0] = (struct pilot){ .n = 400, .right = 60 + below(30), .total = 100 };
        return;
    }
    if (below(40) == 0 && sc->n_arms > 3) {
        scenario_remove_arm(sc, below(sc->n_arms), &err);
        return;
    }
    if (!field_each(sc, below(field_count(sc)), &ref))
        return;
    if (field_is_quantity(ref.field))
        edit_quantity(sc, ref);
    else if (ref.field->choices != NULL && field_nudge(sc, ref, below(2) ? 1 : -1, false, catalog, text, sizeof text, &err) == 0)
        field_set_text(sc, ref, text, catalog, &err);
}

/* ---- the same bits ----------------------------------------------------------------------------------- */

static bool
same_column(const real *a, const real *b, int n)
{
    for (int i = 0; i < n; i++)
        if (!(a[i] == b[i] || (isnan(a[i]) && isnan(b[i]))))
            return false;
    return true;
}

static bool
same_figures(const double *a, const double *b, int n)
{
    for (int i = 0; i < n; i++)
        if (!(a[i] == b[i] || (isnan(a[i]) && isnan(b[i]))))
            return false;
    return true;
}

static void
compare(const struct samples *kept, const struct samples *fresh, const char *where)
{
    if (kept->n_inputs != fresh->n_inputs || kept->n_arms != fresh->n_arms)
        fail_msg("%s: %d inputs of %d arms, fresh %d of %d", where, kept->n_inputs, kept->n_arms, fresh->n_inputs, fresh->n_arms);
    for (int k = 0; k < kept->n_inputs; k++)
        if (strcmp(kept->inputs[k].path, fresh->inputs[k].path) != 0 || !same_column(kept->inputs[k].z, fresh->inputs[k].z, kept->n) ||
            !same_column(kept->inputs[k].x, fresh->inputs[k].x, kept->n))
            fail_msg("%s: the column of %s", where, fresh->inputs[k].path);
    assert_true(same_column(kept->tokens_per_day, fresh->tokens_per_day, kept->n));
    assert_true((kept->examples == NULL) == (fresh->examples == NULL));
    for (int a = 0; a < kept->n_arms; a++) {
        for (int m = 0; m < METRIC_COUNT; m++)
            if (!same_column(kept->metric[a][m], fresh->metric[a][m], kept->n))
                fail_msg("%s: metric %d of %s", where, m, fresh->setup.sc.arms[a].name);
        if (kept->known[a] != fresh->known[a] || !same_figures(kept->cumulative[a], fresh->cumulative[a], 4 * horizon_months(&fresh->setup)))
            fail_msg("%s: cumulative cost of %s", where, fresh->setup.sc.arms[a].name);
    }
}

/* The medians are the plain path's; what stands of them stands because nothing that they read has changed. */
static void
compare_medians(const struct samples *kept, const struct samples *fresh, const char *where)
{
    for (int a = 0; a < kept->n_arms; a++) {
        const struct arm_outcome *x = &kept->median[a], *y = &fresh->median[a];
        const double of_kept[] = { x->npv_usd, x->once_total_usd, x->quality, x->utilization, x->ttft_p95_s, x->need_gib };
        const double of_fresh[] = { y->npv_usd, y->once_total_usd, y->quality, y->utilization, y->ttft_p95_s, y->need_gib };
        if (x->known != y->known || x->warned != y->warned || x->months != y->months || !same_figures(of_kept, of_fresh, BE_LEN(of_kept)) ||
            !same_figures(x->monthly_usd, y->monthly_usd, y->months))
            fail_msg("%s: the medians of %s", where, fresh->setup.sc.arms[a].name);
    }
}

/* Where a metric stood, under which version, and what it held. */
static struct {
    const real *x;
    int64_t version;
    real held[SAMPLES];
} stood[ARMS_MAX][METRIC_COUNT];

static void
compare_versions(const struct samples *kept, const char *where)
{
    for (int a = 0; a < kept->n_arms; a++)
        for (int m = 0; m < METRIC_COUNT; m++) {
            const real *x = kept->metric[a][m];
            if (stood[a][m].x == x && stood[a][m].version == kept->version[a][m] && !same_column(stood[a][m].held, x, SAMPLES))
                fail_msg("%s: metric %d of arm %d is another under the same version", where, m, a);
            stood[a][m].x = x;
            stood[a][m].version = kept->version[a][m];
            memcpy(stood[a][m].held, x, sizeof stood[a][m].held);
        }
}

static struct setup setup;
static struct scenario scenario;

/* ---- answers ---------------------------------------------------------------------------------------------- */

static bool
same_crossings(const struct crossing_set *a, const struct crossing_set *b)
{
    const double x[] = { a->stays_from, a->utilization }, y[] = { b->stays_from, b->utilization };

    return a->n == b->n && a->truncated == b->truncated && a->cheaper_below == b->cheaper_below &&
           a->cheaper_above == b->cheaper_above && same_figures(a->tokens_per_day, b->tokens_per_day, a->n) && same_figures(x, y, 2);
}

/* Field by field, where a struct may have gaps between them. */
static void
compare_answers(const struct answer *kept, const struct answer *fresh, const char *where)
{
    assert_int_equal(kept->n_arms, fresh->n_arms);
    assert_memory_equal(&kept->difference, &fresh->difference, sizeof kept->difference);
    assert_memory_equal(kept->spread_histogram, fresh->spread_histogram, sizeof kept->spread_histogram);
    assert_memory_equal(kept->verdict.reasons, fresh->verdict.reasons, sizeof kept->verdict.reasons);
    assert_memory_equal(kept->verdict.warnings, fresh->verdict.warnings, sizeof kept->verdict.warnings);
    assert_int_equal(kept->verdict.pick, fresh->verdict.pick);
    assert_int_equal(kept->verdict.rival, fresh->verdict.rival);
    for (int k = 0; k < fresh->n_rules; k++)
        assert_memory_equal(&kept->rules[k].share, &fresh->rules[k].share, sizeof(double));
    assert_int_equal(kept->n_crossings, fresh->n_crossings);
    for (int k = 0; k < fresh->n_crossings; k++) {
        const struct crossing_answer *x = &kept->crossings[k], *y = &fresh->crossings[k];
        if (x->a != y->a || x->b != y->b || x->marked != y->marked || x->payback_month != y->payback_month ||
            !same_crossings(&x->run, &y->run) || !same_crossings(&x->total, &y->total))
            fail_msg("%s: crossings of %d and %d", where, y->a, y->b);
    }
    for (int a = 0; a < fresh->n_arms; a++) {
        const struct arm_answer *x = &kept->arms[a], *y = &fresh->arms[a];
        const double got[] = { x->p_best, x->regret_usd, x->max_regret_usd, x->once_usd, x->usd_per_1k_requests };
        const double want[] = { y->p_best, y->regret_usd, y->max_regret_usd, y->once_usd, y->usd_per_1k_requests };
        if (memcmp(&x->tco_usd, &y->tco_usd, sizeof x->tco_usd) != 0 || memcmp(&x->month_usd, &y->month_usd, sizeof x->month_usd) != 0 ||
            memcmp(&x->quality, &y->quality, sizeof x->quality) != 0 || memcmp(x->gates, y->gates, sizeof x->gates) != 0 ||
            memcmp(x->lines_usd, y->lines_usd, sizeof x->lines_usd) != 0 ||
            memcmp(x->cumulative_usd, y->cumulative_usd, sizeof x->cumulative_usd) != 0 || memcmp(got, want, sizeof got) != 0)
            fail_msg("%s: what is said of %s", where, y->name);
    }
}

static void
follow_edits(struct samples **kept, const char *name)
{
    const struct solve_options o = { .samples = SAMPLES, .seed = 1, .bands = true };
    struct samples *fresh = NULL;
    struct error err;
    char where[64];

    for (int e = 0; e <= rounds_of(EDITS); e++) {
        snprintf(where, sizeof where, "%s after %d edits", name, e);
        scenario_resolve(&setup, &scenario, catalog, NULL);
        assert_int_equal(solve_again(kept, &setup, &o, &err), 0);
        assert_int_equal(solve_run(&fresh, &setup, &o, &err), 0);
        compare(*kept, fresh, where);
        compare_medians(*kept, fresh, where);
        compare_versions(*kept, where);
        samples_free(fresh);
        edit(&scenario);
    }
}

/* The verdict of an edit is that of a fresh decision: nothing that was kept outlives what it was made of. */
static void
answers_of_edits_are_those_of_fresh_decisions(void **state)
{
    const struct solve_options o = { .samples = SAMPLES, .seed = 1 };
    struct samples *kept = NULL;
    struct error err;
    char where[64];

    (void)state;
    for (uint64_t seed = 1; seed <= ANSWERED; seed++) {
        dice = seed;
        recompute_random(&scenario, seed, catalog);
        for (int e = 0; e < EDITS; e++) {
            struct answer *again = NULL, *fresh = NULL;
            snprintf(where, sizeof where, "random %d after %d edits", (int)seed, e);
            assert_int_equal(decide_again(&again, &kept, &scenario, catalog, "x", &o, DEPTH_VERDICT, NULL, &err), 0);
            assert_int_equal(decide(&fresh, &scenario, catalog, "x", &o, DEPTH_VERDICT, NULL, &err), 0);
            compare_answers(again, fresh, where);
            answer_free(again);
            answer_free(fresh);
            edit(&scenario);
        }
    }
    samples_free(kept);
}

/* What is searched in memory that outlives the edits, too: every flip to the bit, after another model for an arm and after
 * the first one again. */
static void
flips_of_edits_are_those_of_fresh_decisions(void **state)
{
    static const char *const names[] = { "gpt-5-mini", "claude-opus-4.6", "llama-3.1-70b", "qwen3-8b", "gpt-4o", "llama-3.1-8b" };
    const struct solve_options o = { .samples = SAMPLES, .seed = 1 };
    static struct scenario_file f;
    static struct problems found;
    struct samples *kept = NULL;
    struct field_ref ref;
    struct error err;
    char where[64];
    int flips = 0;

    (void)state;
    problems_init(&found);
    assert_int_equal(scenario_open(&f, source_path("scenarios/medical-qa.yaml"), catalog, &found, &err), 0);
    scenario = f.scenario;
    dice = 1;
    for (int e = 0; e < EDITS; e++) {
        struct answer *again = NULL, *fresh = NULL;
        if (e % 4 == 3)
            scenario = f.scenario;
        else if (e > 0) {
            snprintf(where, sizeof where, "arms.%s.model", scenario.arms[below(scenario.n_arms)].name);
            assert_int_equal(field_find(&scenario, where, &ref, &err), 0);
            field_set_text(&scenario, ref, names[below((int)BE_LEN(names))], catalog, &err);
        }
        assert_int_equal(decide_again(&again, &kept, &scenario, catalog, "x", &o, DEPTH_ALL, NULL, &err), 0);
        assert_int_equal(decide(&fresh, &scenario, catalog, "x", &o, DEPTH_ALL, NULL, &err), 0);
        assert_int_equal(again->n_flips, fresh->n_flips);
        for (int k = 0; k < fresh->n_flips; k++) {
            const struct flip *x = &again->flips[k], *y = &fresh->flips[k];
            if (strcmp(x->path, y->path) != 0 || x->pick != y->pick || memcmp(&x->to, &y->to, sizeof x->to) != 0)
                fail_msg("after %d edits: %s at %.17g, fresh %s at %.17g", e, x->path, x->to, y->path, y->to);
        }
        flips += fresh->n_flips;
        answer_free(again);
        answer_free(fresh);
    }
    assert_true(flips > EDITS);
    scenario_file_release(&f);
    samples_free(kept);
}

static void
edits_end_where_a_fresh_run_ends(void **state)
{
    struct samples *kept = NULL; /* from one scenario to the next */
    char name[32];

    (void)state;
    for (uint64_t seed = 1; seed <= (uint64_t)rounds_of(SCENARIOS); seed++) {
        dice = seed;
        recompute_random(&scenario, seed, catalog);
        snprintf(name, sizeof name, "random %d", (int)seed);
        follow_edits(&kept, name);
    }
    samples_free(kept);
}

static void
edits_of_a_shipped_scenario(void **state)
{
    static const char *const files[] = { "scenarios/bank-india.yaml", "scenarios/startup-mvp.yaml", "scenarios/contract-clauses.yaml",
                                         "tests/bench/wide.yaml" };
    static struct scenario_file f;
    static struct problems found;
    struct samples *kept = NULL;
    struct error err;

    (void)state;
    for (size_t i = 0; i < BE_LEN(files); i++) {
        problems_init(&found);
        assert_int_equal(scenario_open(&f, source_path(files[i]), catalog, &found, &err), 0);
        scenario = f.scenario;
        scenario_file_release(&f);
        dice = i;
        follow_edits(&kept, files[i]);
    }
    samples_free(kept);
}

/* What holds the same is one column, and becomes two where an edit makes it differ. */
static void
equal_columns_are_kept_once(void **state)
{
    static struct scenario_file f;
    static struct problems found;
    const struct solve_options o = { .samples = SAMPLES, .seed = 1, .bands = true };
    struct samples *kept = NULL, *fresh = NULL;
    struct field_ref ref;
    struct error err;
    int pairs = 0;

    (void)state;
    problems_init(&found);
    assert_int_equal(scenario_open(&f, source_path("scenarios/article.yaml"), catalog, &found, &err), 0);
    scenario = f.scenario;
    scenario_file_release(&f);
    scenario_resolve(&setup, &scenario, catalog, NULL);
    assert_int_equal(solve_again(&kept, &setup, &o, &err), 0);
    for (int k = 0; k < kept->n_arms * METRIC_COUNT; k++)
        for (int l = 0; l < k; l++) {
            const real *x = kept->metric[k / METRIC_COUNT][k % METRIC_COUNT], *y = kept->metric[l / METRIC_COUNT][l % METRIC_COUNT];
            if (same_column(x, y, kept->n) && x != y)
                fail_msg("metric %d of arm %d is metric %d of arm %d", k % METRIC_COUNT, k / METRIC_COUNT, l % METRIC_COUNT, l / METRIC_COUNT);
            pairs += x == y;
        }
    assert_true(pairs > 0);
    assert_ptr_equal(kept->metric[0][METRIC_ONCE], kept->metric[1][METRIC_ONCE]);
    assert_int_equal(field_find(&scenario, "people.fte_cost_usd_month", &ref, &err), 0);
    assert_int_equal(field_set_text(&scenario, ref, "10k", catalog, &err), 0);
    assert_int_equal(field_find(&scenario, "arms.gpt4o.setup_person_months", &ref, &err), 0);
    assert_int_equal(field_set_text(&scenario, ref, "1..2", catalog, &err), 0);
    scenario_resolve(&setup, &scenario, catalog, NULL);
    assert_int_equal(solve_again(&kept, &setup, &o, &err), 0);
    assert_int_equal(solve_run(&fresh, &setup, &o, &err), 0);
    compare(kept, fresh, "an edit of one of two arms alike");
    assert_false(same_column(kept->metric[0][METRIC_ONCE], kept->metric[1][METRIC_ONCE], kept->n));
    samples_free(kept);
    samples_free(fresh);
}

/* A run that was given up leaves nothing behind that a later one trusts. */
static void
a_cancelled_edit_is_made_good(void **state)
{
    const volatile int yes = 1;
    struct solve_options o = { .samples = SAMPLES, .seed = 1, .bands = true };
    struct samples *kept = NULL, *fresh = NULL;
    struct field_ref ref;
    struct error err;

    (void)state;
    recompute_random(&scenario, 3, catalog);
    scenario_resolve(&setup, &scenario, catalog, NULL);
    assert_int_equal(solve_again(&kept, &setup, &o, &err), 0);
    assert_int_equal(field_find(&scenario, "workload.requests_per_day", &ref, &err), 0);
    assert_int_equal(field_set_text(&scenario, ref, "1k..2k", catalog, &err), 0);
    scenario_resolve(&setup, &scenario, catalog, NULL);
    o.cancel = &yes;
    assert_int_equal(solve_again(&kept, &setup, &o, &err), 1);
    o.cancel = NULL;
    assert_int_equal(solve_again(&kept, &setup, &o, &err), 0);
    assert_int_equal(solve_run(&fresh, &setup, &o, &err), 0);
    compare(kept, fresh, "after a cancelled edit");
    samples_free(kept);
    samples_free(fresh);
}

/* ---- trials ---------------------------------------------------------------------------------------------- */

static void
compare_trial(const struct samples *trial, const struct samples *fresh, const char *key, double v)
{
    assert_true(trial->examples == fresh->examples);
    for (int a = 0; a < fresh->n_arms; a++) {
        const struct arm_outcome *x = &trial->median[a], *y = &fresh->median[a];
        if (trial->known[a] != fresh->known[a] || isfinite(x->quality) != isfinite(y->quality))
            fail_msg("%s = %g: what is known of arm %d", key, v, a);
        for (int m = 0; m < METRIC_COUNT; m++)
            if (!same_column(trial->metric[a][m], fresh->metric[a][m], fresh->n))
                fail_msg("%s = %g: metric %d of arm %d", key, v, m, a);
    }
}

/* Field after field, value after value, in the memory of those before: as if each were the only one. */
static void
try_fields(uint64_t seed, int samples, const int sizes[3], int every)
{
    static const double factors[] = { 1.05, 1, 0.4, 2.5, 1.05, 0.97 };
    const struct solve_options o = { .samples = samples, .seed = 1 };
    struct samples *base = NULL, *fresh = NULL;
    const struct samples *trial;
    struct trials *t;
    struct field_ref ref;
    struct error err;

    recompute_random(&scenario, seed, catalog);
    scenario_resolve(&setup, &scenario, catalog, NULL);
    assert_int_equal(solve_run(&base, &setup, &o, &err), 0);
    assert_int_equal(trials_new(&t, base, NULL, &err), 0);
    for (int i = 0; field_each(&scenario, i, &ref); i++) {
        const struct quantity *q = field_is_quantity(ref.field) ? field_value(&setup.sc, ref) : NULL;
        if (q == NULL || q->kind == QUANTITY_UNSET || !isfinite(q->x) || i % every != 0)
            continue;
        trials_hold(t, ref);
        for (size_t k = 0; k < BE_LEN(factors); k++) {
            double v = fmax(ref.field->low, fmin(ref.field->high, factors[k] * q->x));
            int n = sizes[k % 3];
            assert_int_equal(trials_at(t, v, n, ~0u, &trial, &err), 0);
            assert_int_equal(solve_replaced(&fresh, base, ref, v, n, NULL, &err), 0);
            compare_trial(trial, fresh, ref.field->key, v);
            samples_free(fresh);
        }
    }
    assert_int_equal(trials_none(t, samples, &trial, &err), 0);
    compare_trial(trial, base, "nothing", 0);
    trials_free(t);
    samples_free(base);
}

static void
trials_are_what_replaced_columns_are(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= (uint64_t)rounds_of(6); seed++)
        try_fields(seed, SAMPLES, (const int[]){ 64, 256, 128 }, 1);
}

/* So many that a trial keeps a block of them at a time. */
static void
trials_of_many_samples_are_what_replaced_columns_are(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= (uint64_t)rounds_of(3); seed++)
        try_fields(seed, 4096, (const int[]){ 4096, 1024, 2048 }, 5);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits_end_where_a_fresh_run_ends),
        cmocka_unit_test(answers_of_edits_are_those_of_fresh_decisions),
        cmocka_unit_test(flips_of_edits_are_those_of_fresh_decisions),
        cmocka_unit_test(edits_of_a_shipped_scenario),
        cmocka_unit_test(equal_columns_are_kept_once),
        cmocka_unit_test(a_cancelled_edit_is_made_good),
        cmocka_unit_test(trials_are_what_replaced_columns_are),
        cmocka_unit_test(trials_of_many_samples_are_what_replaced_columns_are),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, open_catalog, close_catalog);
}
