/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>

#include "breakeven/decide.h"
#include "catalog_support.h"
#include "support.h"

/* Every figure at its legal ends, alone and in pairs: each answer is finite or says in words what is
 * unknown, and none takes for ever (the harness would see that). */

static void
load(struct scenario *sc, const char *file)
{
    struct scenario_file f;
    static struct problems found;
    struct error err;
    char relative[128];

    snprintf(relative, sizeof relative, "scenarios/%s.yaml", file);
    problems_init(&found);
    if (scenario_open(&f, source_path(relative), catalog, &found, &err) != 0)
        fail_msg("%s: %s", file, err.text);
    *sc = f.scenario;
    scenario_file_release(&f);
}

static bool
is_edited(const struct scenario *sc, struct field_ref ref)
{
    return field_is_quantity(ref.field) && (ref.arm < 0 || field_applies(ref.field, sc->arms[ref.arm].kind));
}

/* False: the value is refused here, with words. */
static bool
put(struct scenario *sc, struct field_ref ref, bool high)
{
    struct quantity_rules how;
    struct error err;
    char text[QUANTITY_TEXT];

    field_rules(ref.field, sc, &how);
    quantity_print(text, sizeof text, high ? how.high : how.low, &how);
    err.text[0] = '\0';
    if (field_set_text(sc, ref, text, catalog, &err) == 0)
        return true;
    if (err.text[0] == '\0')
        fail_msg("%s = %s: refused without a word", ref.field->key, text);
    return false;
}

static bool
is_finite(const struct spread *s)
{
    return isfinite(s->mean) && isfinite(s->p5) && isfinite(s->p50) && isfinite(s->p95);
}

/* NULL in what: nothing wrong. */
static const char *
wrong_with(const struct scenario *sc, enum decide_depth depth)
{
    const struct solve_options o = { .samples = 256, .seed = 1 };
    struct answer *an = NULL;
    struct error err;
    const char *what = NULL;

    err.text[0] = '\0';
    if (decide(&an, sc, catalog, "test", &o, depth, NULL, &err) != 0)
        return err.text[0] == '\0' ? "no answer and no words" : err.code == ERR_BUG ? "a bug" : NULL;
    for (int a = 0; a < an->n_arms && what == NULL; a++) {
        const struct arm_answer *x = &an->arms[a];
        if (!x->known)
            what = x->outcome.unknown[0] != '\0' ? NULL : "an unknown cost without words";
        else if (!is_finite(&x->tco_usd) || !is_finite(&x->month_usd) || !isfinite(x->once_usd))
            what = "a cost that is not finite";
        for (int m = 0; x->known && m < an->horizon_months && what == NULL; m++)
            if (!isfinite(x->monthly_usd[m]) || !isfinite(x->cumulative_usd[m]))
                what = "a month that is not finite";
        if (!(x->p_best >= 0 && x->p_best <= 1))
            what = "a probability beyond its limits";
    }
    for (int k = 0; k < an->verdict.n_reasons && what == NULL; k++)
        if (strstr(an->verdict.reasons[k], "nan") != NULL || strstr(an->verdict.reasons[k], "inf ") != NULL)
            what = an->verdict.reasons[k];
    if (an->verdict.headline[0] == '\0')
        what = "no headline";
    if (what != NULL)
        print_message("# %s\n", what); /* it may lie in the answer */
    answer_free(an);
    return what == NULL ? NULL : "see above";
}

static const char *const files[] = { "article-corrected", "bank-india", "contract-clauses", "startup-mvp", "support-intents" };

static void
each_field_alone(void **state)
{
    static struct scenario base, sc;
    int solved = 0;

    (void)state;
    for (size_t k = 0; k < BE_LEN(files); k++) {
        struct field_ref ref;
        load(&base, files[k]);
        for (int i = 0; field_each(&base, i, &ref); i++)
            for (int high = 0; high < 2 && is_edited(&base, ref); high++) {
                sc = base;
                if (!put(&sc, ref, high))
                    continue;
                const char *what = wrong_with(&sc, DEPTH_VERDICT);
                if (what != NULL)
                    fail_msg("%s, %s (arm %d) at its %s end: %s", files[k], ref.field->key, ref.arm, high ? "high" : "low", what);
                solved++;
            }
    }
    print_message("# %d extremes\n", solved);
    assert_true(solved > 500);
}

/* All the analyses at an extreme of volume, price, length, horizon: where searches could go astray. */
static void
whole_answers_at_the_ends_that_searches_run_along(void **state)
{
    static const char *const paths[] = { "workload.requests_per_day", "workload.input_tokens", "workload.output_tokens",
                                         "horizon.months", "workload.growth_per_month", "people.fte_cost_usd_month",
                                         "quality.error_cost_usd", "serving.utilization_target" };
    static struct scenario sc;
    struct field_ref ref;
    struct error err;

    (void)state;
    for (size_t p = 0; p < BE_LEN(paths); p++)
        for (int high = 0; high < 2; high++) {
            load(&sc, "startup-mvp");
            assert_int_equal(field_find(&sc, paths[p], &ref, &err), 0);
            const char *what = put(&sc, ref, high) ? wrong_with(&sc, DEPTH_ALL) : NULL;
            if (what != NULL)
                fail_msg("%s at its %s end: %s", paths[p], high ? "high" : "low", what);
        }
}

/* Pairs drawn by a fixed seed; more of them in make check-deep. */
static void
pairs_of_fields(void **state)
{
    static struct scenario base, sc;
    int pairs = getenv("BREAKEVEN_THOROUGH") != NULL ? 4000 : 400, solved = 0;
    uint64_t seed = 42;

    (void)state;
    for (int p = 0; p < pairs; p++) {
        struct field_ref ref[2];
        int n = 0, ends;
        if (p % 80 == 0)
            load(&base, files[p / 80 % (int)BE_LEN(files)]);
        while (field_each(&base, n, &ref[0]))
            n++;
        sc = base;
        for (int k = 0; k < 2; k++) {
            do {
                seed = seed * 6364136223846793005u + 1442695040888963407u;
                field_each(&base, (int)((seed >> 33) % (uint64_t)n), &ref[k]);
            } while (!is_edited(&base, ref[k]));
        }
        ends = (int)(seed >> 60 & 3);
        if (!put(&sc, ref[0], ends & 1) || !put(&sc, ref[1], ends >> 1))
            continue;
        const char *what = wrong_with(&sc, DEPTH_VERDICT);
        if (what != NULL)
            fail_msg("%s, %s (arm %d) and %s (arm %d), ends %d: %s", files[p / 80 % (int)BE_LEN(files)], ref[0].field->key, ref[0].arm,
                     ref[1].field->key, ref[1].arm, ends, what);
        solved++;
    }
    print_message("# %d pairs\n", solved);
    assert_true(solved > pairs / 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_field_alone),
        cmocka_unit_test(whole_answers_at_the_ends_that_searches_run_along),
        cmocka_unit_test(pairs_of_fields),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, open_catalog, close_catalog);
}
