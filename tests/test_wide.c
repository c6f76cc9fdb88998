/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "breakeven/decide.h"
#include "support.h"

/* The scenario that "make bench" measures is as wide as it claims, and answers like the others. */

#define UNCERTAIN 40
#define ARMS 6

static struct catalog *catalog;
static struct scenario_file file;

static void
open_it(void)
{
    char folder[1024];
    const char *folders[] = { folder };
    struct problems *found = malloc(sizeof *found);
    struct error err = { .code = ERR_OK };

    assert_non_null(found);
    problems_init(found);
    snprintf(folder, sizeof folder, "%s", source_path("catalog"));
    assert_int_equal(catalog_load(&catalog, folders, 1, found, &err), 0);
    if (scenario_open(&file, source_path("tests/bench/wide.yaml"), catalog, found, &err) != 0)
        fail_msg("%s", err.text);
    for (int k = 0; k < found->n; k++)
        print_error("%s: %s\n", found->list[k].path, found->list[k].error.text);
    assert_int_equal(found->n + found->dropped, 0);
    free(found);
}

static void
close_it(void)
{
    scenario_file_release(&file);
    catalog_free(catalog);
}

static void
has_forty_uncertain_inputs_and_six_kinds(void **state)
{
    struct setup *setup = malloc(sizeof *setup);
    struct solve_options options = { .samples = 256, .seed = 1 };
    struct samples *s = NULL;
    struct error err;
    unsigned kinds = 0;

    (void)state;
    open_it();
    assert_non_null(setup);
    scenario_resolve(setup, &file.scenario, catalog, NULL);
    assert_int_equal(solve_run(&s, setup, &options, &err), 0);
    assert_true(s->n_inputs >= UNCERTAIN);
    assert_int_equal(s->n_arms, ARMS);
    for (int a = 0; a < s->n_arms; a++) {
        assert_true(s->known[a]);
        kinds |= KIND(setup->sc.arms[a].kind);
    }
    assert_int_equal(__builtin_popcount(kinds), ARMS);
    samples_free(s);
    free(setup);
    close_it();
}

static void
every_arm_may_be_picked(void **state)
{
    struct solve_options options = { .samples = 1024, .seed = 1 };
    struct answer *an = NULL;
    struct error err;
    double certain = 0;

    (void)state;
    open_it();
    assert_int_equal(decide(&an, &file.scenario, catalog, "wide", &options, DEPTH_VERDICT, NULL, &err), 0);
    for (int a = 0; a < an->n_arms; a++) {
        assert_true(an->arms[a].passes);
        assert_true(an->arms[a].tco_usd.p5 > 0 && an->arms[a].tco_usd.p5 < an->arms[a].tco_usd.p95);
        certain += an->arms[a].p_best;
    }
    assert_close(certain, 1, 1e-9);
    assert_true(an->verdict.pick >= 0);
    answer_free(an);
    close_it();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_forty_uncertain_inputs_and_six_kinds),
        cmocka_unit_test(every_arm_may_be_picked),
    };

    return RUN_GROUP(tests);
}
