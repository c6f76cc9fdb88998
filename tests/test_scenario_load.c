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
    { "arm without kind", "breakeven: 1\narms:\n  a: {model: gpt-4o}\n", ERR_SYNTAX, 3, 3, "self-tuned" },
    { "arm with nothing", "breakeven: 1\narms:\n  a:\n", ERR_SYNTAX, 3, 3, "hosted-open" },
    { "kind that is a list", "breakeven: 1\narms:\n  a: {kind: [api]}\n", ERR_SYNTAX, 3, 13, "cascade" },
    { "arm that is a word", "breakeven: 1\narms:\n  a: api\n", ERR_SYNTAX, 3, 6, "kind" },
    { "arms that are a list", "breakeven: 1\narms: [a]\n", ERR_SYNTAX, 2, 7, "names" },
    { "unknown kind", "breakeven: 1\narms:\n  a:\n    kind: self_tuned\n", ERR_UNKNOWN, 4, 11, "self-tuned" },
    { "kind like no other", "breakeven: 1\narms:\n  a:\n    kind: zzzzzzzz\n", ERR_UNKNOWN, 4, 11, "staged" },
    { "field of another kind", "breakeven: 1\narms:\n  a:\n    kind: api\n    gpu: l4\n", ERR_CONFLICT, 5, 5, "self-open" },
    { "field of another kind before the kind", "breakeven: 1\narms:\n  a:\n    gpu: l4\n    kind: api\n", ERR_CONFLICT, 4, 5, "self-open" },
    { "unknown field of an arm", "breakeven: 1\narms:\n  a:\n    kind: api\n    modle: x\n", ERR_UNKNOWN, 5, 5, "model" },
    { "unknown model", "breakeven: 1\narms:\n  a:\n    kind: api\n    model: gpt-4p\n", ERR_UNKNOWN, 5, 12, "gpt-4o" },
    { "arm with a dot", "breakeven: 1\narms:\n  a.b: {kind: api}\n", ERR_SYNTAX, 3, 3, "a.b" },
    { "arm with a control", "breakeven: 1\narms:\n  \"a\\e\": {kind: api}\n", ERR_SYNTAX, 3, 3, "letters" },
    { "arm with a bidi override", "breakeven: 1\narms:\n  \"a\\u202e\": {kind: api}\n", ERR_SYNTAX, 3, 3, "letters" },
    { "arm without a name", "breakeven: 1\narms:\n  \"\": {kind: api}\n", ERR_RANGE, 3, 3, "name" },
    { "arm with 32 bytes", "breakeven: 1\narms:\n  abcdefghijklmnopabcdefghijklmnop: {kind: api}\n", ERR_SIZE, 3, 3, "31 fit" },
    { "list for a number", "breakeven: 1\nworkload:\n  input_tokens: [1, 2]\n", ERR_SYNTAX, 3, 17, "one value" },
    { "mapping for a number", "breakeven: 1\nworkload:\n  input_tokens: {a: 2}\n", ERR_SYNTAX, 3, 17, "one value" },
    { "nothing for a number", "breakeven: 1\nworkload:\n  input_tokens:\n", ERR_RANGE, 3, 16, "default" },
    { "value over two lines", "breakeven: 1\nworkload:\n  input_tokens: 30 to\n    fast\n", ERR_SYNTAX, 3, 17, "fast" },
    { "quoted value with an escape", "breakeven: 1\nworkload:\n  input_tokens: \"30\\x20to fast\"\n", ERR_SYNTAX, 3, 17, "fast" },
    { "block value", "breakeven: 1\nworkload:\n  input_tokens: |\n    fast\n", ERR_SYNTAX, 3, 17, "fast" },
    { "a long title", "breakeven: 1\ntitle: aaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbb\n",
      ERR_SIZE, 2, 8, "95 fit" },
    { "choice that is none", "breakeven: 1\nserving:\n  scaling: allways-on\n", ERR_RANGE, 3, 12, "nearest is always-on" },
    { "section that is a word", "breakeven: 1\nworkload: 3\n", ERR_SYNTAX, 2, 11, "section" },
    { "section that is a list", "breakeven: 1\nworkload: [3]\n", ERR_SYNTAX, 2, 11, "section" },
    { "a path as a key", "breakeven: 1\nworkload.input_tokens: 3\n", ERR_UNKNOWN, 2, 1, "write input_tokens below workload:" },
    { "field outside its section", "breakeven: 1\ninput_tokens: 3\n", ERR_UNKNOWN, 2, 1, "no key input_tokens" },
    { "unknown regime", "breakeven: 1\nconstraints:\n  regimes: [hipaa, hippa]\n", ERR_UNKNOWN, 3, 20, "hipaa" },
    { "unknown regime in lines", "breakeven: 1\nconstraints:\n  regimes:\n    - hipaa\n    - hippa\n", ERR_UNKNOWN, 5, 7, "hipaa" },
    { "regime in a list in the list", "breakeven: 1\nconstraints:\n  regimes: [[hipaa]]\n", ERR_SYNTAX, 3, 13, "names" },
    { "regimes as a mapping", "breakeven: 1\nconstraints:\n  regimes: {hipaa: yes}\n", ERR_SYNTAX, 3, 12, "names" },
    { "impossible pilot", "breakeven: 1\npilots: [{n: 200, right: 250, total: 200}]\n", ERR_RANGE, 2, 10, "250" },
    { "pilot without total", "breakeven: 1\npilots: [{n: 200, right: 150}]\n", ERR_SYNTAX, 2, 10, "total" },
    { "pilot in parts", "breakeven: 1\npilots: [{n: 1.5, right: 1, total: 2}]\n", ERR_SYNTAX, 2, 14, "whole" },
    { "pilot with another key", "breakeven: 1\npilots: [{n: 200, right: 150, total: 200, rihgt: 3}]\n", ERR_UNKNOWN, 2, 43, "right" },
    { "pilot that is a number", "breakeven: 1\npilots: [7]\n", ERR_SYNTAX, 2, 10, "total" },
    { "pilots that are a mapping", "breakeven: 1\npilots: {n: 200}\n", ERR_SYNTAX, 2, 9, "list" },
    { "source of no field", "breakeven: 1\nsources: {request_per_day: x}\n", ERR_UNKNOWN, 2, 11, "requests_per_day" },
    { "source that is a list", "breakeven: 1\nsources: {requests_per_day: [x]}\n", ERR_SYNTAX, 2, 29, "requests_per_day" },
    { "sources that are a list", "breakeven: 1\nsources: [x]\n", ERR_SYNTAX, 2, 10, "lines" },
    { "a long source",
      "breakeven: 1\nsources:\n  requests_per_day: aaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbb\n",
      ERR_SIZE, 3, 21, "95 fit" },
    { "decision without pick", "breakeven: 1\ndecision: {p_best: 1}\n", ERR_SYNTAX, 2, 11, "pick" },
    { "decision that is a word", "breakeven: 1\ndecision: a\n", ERR_SYNTAX, 2, 11, "pick" },
    { "decision on no day", "breakeven: 1\ndecision: {pick: a, on: 2026-02-30}\n", ERR_RANGE, 2, 25, "2026-02-30" },
    { "decision beyond sure", "breakeven: 1\ndecision: {pick: a, p_best: 1.5}\n", ERR_RANGE, 2, 29, "1.5" },
    { "decision with words for money", "breakeven: 1\ndecision: {pick: a, tco_usd: much}\n", ERR_SYNTAX, 2, 30, "tco_usd" },
    { "decision with another key", "breakeven: 1\ndecision: {pick: a, pbest: 1}\n", ERR_UNKNOWN, 2, 21, "p_best" },
    { "price of no kind", "breakeven: 1\ndecision: {pick: a, prices: {a: {input_usd_mtk: 1}}}\n", ERR_UNKNOWN, 2, 34, "input_usd_mtok" },
    { "price below nothing", "breakeven: 1\ndecision: {pick: a, prices: {a: {input_usd_mtok: -1}}}\n", ERR_RANGE, 2, 50, "-1" },
    { "price of a strange arm", "breakeven: 1\ndecision: {pick: a, prices: {a.b: {}}}\n", ERR_SYNTAX, 2, 30, "a.b" },
    { "bad date", "breakeven: 1\nstart: 2026-13\n", ERR_RANGE, 2, 8, "2026-13" },
    { "behind a byte order mark", "\xef\xbb\xbf" "breakeven: 1\nstart: 2026-13\n", ERR_RANGE, 2, 8, "2026-13" },
    { "in a file with CRLF", "breakeven: 1\r\nstart: 2026-03\r\ntitel: x\r\n", ERR_UNKNOWN, 3, 1, "title" },
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
what_is_wrong_in_a_list_leaves_the_rest_of_it(void **state)
{
    struct error err;
    struct field_ref ref;
    char text[64];

    (void)state;
    assert_int_equal(load("breakeven: 1\nconstraints: {regimes: [hippa, hipaa, socks, soc2]}\n", &err), 0);
    assert_int_equal(found.errors, 2);
    assert_int_equal(field_find(&sc, "constraints.regimes", &ref, &err), 0);
    assert_string_equal(field_get_text(&sc, ref, text, sizeof text, catalog), "hipaa, soc2");
}

static void
values_are_the_texts_that_their_fields_read(void **state)
{
    struct error err;

    (void)state;
    assert_int_equal(load("breakeven: 1\ntitle: 12000\nnotes: yes\nworkload: {requests_per_day: 12000, cached_share: 0.3}\n"
                          "constraints: {rag: yes, data_may_leave: never}\n", &err), 0);
    assert_int_equal(found.n, 0);
    assert_string_equal(sc.title, "12000");
    assert_string_equal(sc.notes, "yes");
    assert_close(sc.workload.requests_per_day.x, 12000, 0);
    assert_close(sc.workload.cached_share.x, 0.3, 1e-15);
    assert_int_equal(sc.constraints.rag, TRI_YES);
    assert_int_equal(sc.constraints.data_may_leave, LEAVE_NEVER);
}

static void
the_order_of_the_keys_does_not_matter(void **state)
{
    struct error err;
    static struct scenario first;

    (void)state;
    assert_int_equal(load("breakeven: 1\ncurrency: INR\ncurrency_per_usd: 80\narms:\n  s: {kind: staged, first: a, second: b}\n"
                          "  a: {kind: api, input_usd_mtok: \"₹240\"}\n  b: {kind: self-open, gpu: l4}\n"
                          "sources: {arms.b.gpu: the shelf}\n", &err), 0);
    assert_int_equal(found.n, 0);
    assert_close(sc.arms[1].input_usd_mtok.x, 3, 1e-12);
    first = sc;
    assert_int_equal(load("sources: {arms.b.gpu: the shelf}\narms:\n  s: {second: b, first: a, kind: staged}\n"
                          "  a: {input_usd_mtok: \"₹240\", kind: api}\n  b: {gpu: l4, kind: self-open}\n"
                          "currency_per_usd: 80\ncurrency: INR\nbreakeven: 1\n", &err), 0);
    assert_int_equal(found.n, 0);
    assert_true(scenario_equal(&sc, &first));
}

/* An arm may go, or a second one come, after somebody noted where a figure is from. */
static void
a_source_whose_arm_is_gone_is_kept(void **state)
{
    struct error err;

    (void)state;
    assert_int_equal(load("breakeven: 1\narms: {a: {kind: api}, b: {kind: api}}\n"
                          "sources: {arms.c.input_usd_mtok: a quote, input_usd_mtok: which}\n", &err), 0);
    assert_int_equal(found.n, 0);
    assert_int_equal(sc.n_sources, 2);
    scenario_check(&sc, catalog, &found);
    int named = 0;
    for (int k = 0; k < found.n; k++)
        named += strncmp(found.list[k].path, "sources.", 8) == 0;
    assert_int_equal(named, 2);
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

/* Beyond the problems that are kept the rest is counted, and none of it is an error of memory. */
static void
a_file_of_wrong_keys_is_counted_whole(void **state)
{
    struct buffer b;
    struct error err;

    (void)state;
    buffer_init(&b);
    buffer_puts(&b, "breakeven: 1\nworkload:\n");
    for (int k = 0; k < 20000; k++)
        buffer_printf(&b, "  input_token%d: 5\n", k);
    assert_int_equal(load(b.text, &err), 0);
    assert_int_equal(found.errors, 20000);
    assert_int_equal(found.n, PROBLEMS_MAX);
    assert_int_equal(found.dropped, 20000 - PROBLEMS_MAX);
    assert_non_null(strstr(found.list[PROBLEMS_MAX - 1].error.text, "nearest input_tokens"));
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
        cmocka_unit_test(what_is_wrong_in_a_list_leaves_the_rest_of_it),
        cmocka_unit_test(values_are_the_texts_that_their_fields_read),
        cmocka_unit_test(the_order_of_the_keys_does_not_matter),
        cmocka_unit_test(a_source_whose_arm_is_gone_is_kept),
        cmocka_unit_test(all_problems_come_at_once_and_the_rest_is_loaded),
        cmocka_unit_test(what_is_no_scenario_is_refused_whole),
        cmocka_unit_test(more_arms_or_pilots_than_there_is_room_for_are_refused_at_their_place),
        cmocka_unit_test(a_file_of_wrong_keys_is_counted_whole),
        cmocka_unit_test(a_file_over_a_mebibyte_is_refused_by_its_size),
        cmocka_unit_test(the_currency_is_known_before_the_amounts_that_use_it),
        cmocka_unit_test(every_shipped_scenario_loads_clean),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, open_catalog, close_catalog);
}
