/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <unistd.h>

#include "breakeven/scenario.h"
#include "support.h"

static struct catalog *catalog;
static struct scenario sc;
static struct problems found;

static int
open_catalog(void **state)
{
    struct error err;
    char path[1100];
    const char *folders[] = { path };

    (void)state;
    problems_init(&found);
    snprintf(path, sizeof path, "%s", source_path("catalog"));
    return catalog_load(&catalog, folders, 1, &found, &err);
}

static int
close_catalog(void **state)
{
    (void)state;
    catalog_free(catalog);
    return 0;
}

static int
load(const char *text, struct error *err)
{
    problems_init(&found);
    return scenario_parse(&sc, text, strlen(text), catalog, &found, err);
}

static void
a_good_file_loads_without_a_problem(void **state)
{
    struct error err;

    (void)state;
    assert_int_equal(load("breakeven: 1\ntitle: Ünïcode # here\nstart: 2026-03\nworkload:\n  requests_per_day: 8k to 12k\n"
                          "  input_tokens: 1_000\nconstraints:\n  regimes: [hipaa, soc2]\narms:\n  a:\n    model: gpt-4o\n    kind: api\n"
                          "  b: {kind: self-open, model: llama-3.3-70b, gpu: h100-80-sxm}\n"
                          "pilots: [{n: 200, right: 150, total: 200}]\nsources: {requests_per_day: \"analytics, 2026-02\"}\n"
                          "decision: {pick: a, on: 2026-03-01, p_best: 0.9, tco_usd: 1200}\n", &err), 0);
    assert_int_equal(found.n, 0);
    assert_string_equal(sc.title, "Ünïcode");
    assert_int_equal(sc.n_arms, 2);
    assert_string_equal(sc.workload.requests_per_day.text, "8k to 12k");
    assert_close(sc.workload.input_tokens.x, 1000, 0);
    assert_int_equal(sc.arms[1].kind, ARM_SELF_OPEN);
    assert_int_equal(sc.n_pilots, 1);
    assert_int_equal(sc.n_sources, 1);
    assert_true(sc.decision.present);
    assert_close(sc.decision.p_best, 0.9, 0);
    char text[64];
    struct field_ref ref;
    assert_int_equal(field_find(&sc, "constraints.regimes", &ref, &err), 0);
    assert_string_equal(field_get_text(&sc, ref, text, sizeof text, catalog), "hipaa, soc2");
}

/* Each wrong file: where, which code, and what the words must name. */
static const struct {
    const char *name, *text;
    enum error_code code;
    int line, column;
    const char *words;
} wrong[] = {
    { "unknown key", "breakeven: 1\nworkload:\n  request_per_day: 3\n", ERR_UNKNOWN, 3, 3, "requests_per_day" },
    { "unknown section", "breakeven: 1\nworklaod:\n  input_tokens: 3\n", ERR_UNKNOWN, 2, 1, "workload" },
    { "value out of range", "breakeven: 1\nworkload:\n  input_tokens: -5\n", ERR_RANGE, 3, 17, "-5" },
    { "place within the value", "breakeven: 1\nworkload:\n  input_tokens: 30 to fast\n", ERR_SYNTAX, 3, 23, "fast" },
    { "quoted value", "breakeven: 1\nworkload:\n  input_tokens: \"fast\"\n", ERR_SYNTAX, 3, 18, "fast" },
    { "share without percent", "breakeven: 1\nworkload:\n  cached_share: 45\n", ERR_RANGE, 3, 17, "45%" },
    { "arm without kind", "breakeven: 1\narms:\n  a: {model: gpt-4o}\n", ERR_SYNTAX, 3, 6, "self-tuned" },
    { "unknown kind", "breakeven: 1\narms:\n  a:\n    kind: self_tuned\n", ERR_UNKNOWN, 4, 11, "self-tuned" },
    { "field of another kind", "breakeven: 1\narms:\n  a:\n    kind: api\n    gpu: l4\n", ERR_CONFLICT, 5, 5, "self-open" },
    { "unknown field of an arm", "breakeven: 1\narms:\n  a:\n    kind: api\n    modle: x\n", ERR_UNKNOWN, 5, 5, "model" },
    { "unknown model", "breakeven: 1\narms:\n  a:\n    kind: api\n    model: gpt-4p\n", ERR_UNKNOWN, 5, 12, "gpt-4o" },
    { "list for a number", "breakeven: 1\nworkload:\n  input_tokens: [1, 2]\n", ERR_SYNTAX, 3, 17, "one value" },
    { "section that is a word", "breakeven: 1\nworkload: 3\n", ERR_SYNTAX, 2, 11, "section" },
    { "unknown regime", "breakeven: 1\nconstraints:\n  regimes: [hippa]\n", ERR_UNKNOWN, 3, 12, "hipaa" },
    { "impossible pilot", "breakeven: 1\npilots: [{n: 200, right: 250, total: 200}]\n", ERR_RANGE, 2, 10, "250" },
    { "pilot without total", "breakeven: 1\npilots: [{n: 200, right: 150}]\n", ERR_SYNTAX, 2, 10, "total" },
    { "source of no field", "breakeven: 1\nsources: {request_per_day: x}\n", ERR_UNKNOWN, 2, 11, "requests_per_day" },
    { "bad date", "breakeven: 1\nstart: 2026-13\n", ERR_RANGE, 2, 8, "2026-13" },
    { "non-ASCII before the value", "breakeven: 1\nworkload: {input_tokens: 5, \"ü\": 1}\n", ERR_UNKNOWN, 2, 29, "ü" },
};

static void
every_problem_is_named_at_its_place(void **state)
{
    struct error err;

    (void)state;
    for (size_t k = 0; k < BE_LEN(wrong); k++) {
        if (load(wrong[k].text, &err) != 0)
            fail_msg("%s: not loaded at all: %s", wrong[k].name, err.text);
        if (found.n != 1 || found.errors != 1)
            fail_msg("%s: %d problems, first: %s", wrong[k].name, found.n, found.n > 0 ? found.list[0].error.text : "");
        const struct error *e = &found.list[0].error;
        if (e->code != wrong[k].code || e->line != wrong[k].line || e->column != wrong[k].column ||
            strstr(e->text, wrong[k].words) == NULL)
            fail_msg("%s: %d:%d code %d: %s", wrong[k].name, e->line, e->column, e->code, e->text);
    }
}

static void
all_problems_come_at_once_and_the_rest_is_loaded(void **state)
{
    struct error err;

    (void)state;
    assert_int_equal(load("breakeven: 1\nworkload:\n  input_tokens: x\n  output_tokens: 70\n  nothing: 1\narms:\n  a:\n    kind: api\n    "
                          "model: gpt-4o\n    flavour: mild\n", &err), 0);
    assert_int_equal(found.errors, 3);
    assert_close(sc.workload.output_tokens.x, 70, 0);
    assert_int_equal(sc.n_arms, 1);
    struct scenario fresh;
    scenario_init(&fresh);
    assert_string_equal(sc.workload.input_tokens.text, fresh.workload.input_tokens.text);
}

static void
what_is_no_scenario_is_refused_whole(void **state)
{
    struct error err;

    (void)state;
    assert_int_equal(load("title: x\n", &err), -1);
    assert_int_equal(err.code, ERR_SYNTAX);
    assert_int_equal(load("breakeven: 2\n", &err), -1);
    assert_int_equal(err.line, 1);
    assert_int_equal(err.column, 12);
    assert_int_equal(load("breakeven: 1\nworkload:\n  a: b: c\n", &err), -1);
    assert_int_equal(err.code, ERR_SYNTAX);
    assert_int_equal(err.line, 3);
    assert_int_equal(load("- 1\n", &err), -1);
    assert_int_equal(load("", &err), -1);
    assert_int_equal(load("breakeven: 1\nworkload: {input_tokens: 1, input_tokens: 2}\n", &err), -1);
    assert_int_equal(err.line, 2);
    assert_non_null(strstr(err.text, "twice"));
    assert_int_equal(load("breakeven: 1\na: &x 1\nb: *x\n", &err), -1);
    assert_int_equal(err.line, 2);
}

static void
more_arms_or_pilots_than_there_is_room_for_are_refused_at_their_place(void **state)
{
    struct buffer b;
    struct error err;

    (void)state;
    buffer_init(&b);
    buffer_puts(&b, "breakeven: 1\narms:\n");
    for (int k = 0; k < ARMS_MAX + 1; k++)
        buffer_printf(&b, "  a%d: {kind: api}\n", k);
    assert_int_equal(load(b.text, &err), 0);
    assert_int_equal(sc.n_arms, ARMS_MAX);
    assert_int_equal(found.errors, 1);
    assert_int_equal(found.list[0].error.line, ARMS_MAX + 3);
    buffer_release(&b);
    buffer_puts(&b, "breakeven: 1\npilots:\n");
    for (int k = 0; k < PILOTS_MAX + 1; k++)
        buffer_puts(&b, "  - {n: 100, right: 50, total: 100}\n");
    assert_int_equal(load(b.text, &err), 0);
    assert_int_equal(sc.n_pilots, PILOTS_MAX);
    assert_int_equal(found.list[0].error.line, PILOTS_MAX + 3);
    buffer_release(&b);
}

static void
a_file_over_a_mebibyte_is_refused_by_its_size(void **state)
{
    struct scenario_file f;
    struct error err;
    char name[] = "/tmp/breakeven-load-XXXXXX";
    int fd = mkstemp(name);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, SCENARIO_BYTES_MAX + 1), 0);
    close(fd);
    problems_init(&found);
    assert_int_equal(scenario_open(&f, name, catalog, &found, &err), -1);
    assert_int_equal(err.code, ERR_SIZE);
    unlink(name);
    assert_int_equal(scenario_open(&f, name, catalog, &found, &err), -1);
    assert_int_equal(err.code, ERR_IO);
}

static void
the_currency_is_known_before_the_amounts_that_use_it(void **state)
{
    struct error err;

    (void)state;
    assert_int_equal(load("breakeven: 1\npeople:\n  fte_cost_usd_month: \"₹830k\"\ncurrency_per_usd: 83\ncurrency: INR\n", &err), 0);
    assert_int_equal(found.n, 0);
    assert_close(sc.people.fte_cost_usd_month.x, 10000, 1e-12);
}

static void
every_shipped_scenario_loads_clean(void **state)
{
    char **names;
    struct error err;

    (void)state;
    assert_int_equal(file_list(source_path("scenarios"), ".yaml", &names, &err), 0);
    assert_non_null(names[0]);
    for (int k = 0; names[k] != NULL; k++) {
        struct scenario_file f;
        char relative[200];
        snprintf(relative, sizeof relative, "scenarios/%s", names[k]);
        problems_init(&found);
        if (scenario_open(&f, source_path(relative), catalog, &found, &err) != 0 || found.n > 0)
            fail_msg("%s: %s", names[k], found.n > 0 ? found.list[0].error.text : err.text);
        scenario_file_release(&f);
    }
    file_list_free(names);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_file_loads_without_a_problem),
        cmocka_unit_test(every_problem_is_named_at_its_place),
        cmocka_unit_test(all_problems_come_at_once_and_the_rest_is_loaded),
        cmocka_unit_test(what_is_no_scenario_is_refused_whole),
        cmocka_unit_test(more_arms_or_pilots_than_there_is_room_for_are_refused_at_their_place),
        cmocka_unit_test(a_file_over_a_mebibyte_is_refused_by_its_size),
        cmocka_unit_test(the_currency_is_known_before_the_amounts_that_use_it),
        cmocka_unit_test(every_shipped_scenario_loads_clean),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, open_catalog, close_catalog);
}
