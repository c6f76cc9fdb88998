/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <string.h>

#include "tui_support.h"

/* What the windows of 60x24, 80x24, 120x40 and 200x50 have room for. */

static bool
contains(int columns, int rows, const char *text)
{
    char *f = frame(columns, rows);
    bool found = strstr(f, text) != NULL;

    free(f);
    return found;
}

static bool
row_contains(int columns, int rows, int row, const char *text)
{
    char *f = frame(columns, rows), *line = f;

    for (int k = 0; k < row && line != NULL; k++)
        line = strchr(line, '\n') != NULL ? strchr(line, '\n') + 1 : NULL;
    assert_non_null(line);
    line[strcspn(line, "\n")] = '\0';
    bool found = strstr(line, text) != NULL;
    free(f);
    return found;
}

static void
open_scenario(const char *name)
{
    char path[128], line[512];

    snprintf(path, sizeof path, "scenarios/%s.yaml", name);
    snprintf(line, sizeof line, ":e %s<Enter>", source_path(path));
    type(line);
    app_solve(&app, 256, DEPTH_ALL);
}

static void
the_verdict_says_how_many_rules_speak_for_the_pick(void **state)
{
    int of, rules;

    (void)state;
    app_solve(&app, 256, DEPTH_ALL);
    rules = answer_rules_for_pick(app_answer(&app), &of);
    assert_int_equal(rules, 3); /* for an API: low volume, no ML team, a provider that meets the rules */
    assert_int_equal(of, 5);
    assert_true(contains(80, 24, " Verdict fit 3/5 n=256 "));
    assert_true(contains(120, 40, " Verdict fit 3 of 5 "));
    open_scenario("bank-india"); /* own machines: the other side's */
    rules = answer_rules_for_pick(app_answer(&app), &of);
    assert_int_equal(rules, 3);
    assert_true(app_answer(&app)->rules[9].side == SIDE_TUNE);
    open_scenario("startup-mvp"); /* one and then the other: on neither side */
    answer_rules_for_pick(app_answer(&app), &of);
    assert_int_equal(of, 0);
    assert_false(contains(80, 24, "fit "));
    assert_true(contains(80, 24, " Verdict n=256 "));
}

static void
row_1_says_how_sure_from_40_columns_on(void **state)
{
    (void)state;
    app_solve(&app, 256, DEPTH_ALL);
    assert_true(row_contains(60, 24, 0, " clear"));
    assert_true(row_contains(40, 10, 0, " clear"));
    open_scenario("bank-india");
    assert_true(row_contains(60, 24, 0, "PICK own"));
    assert_true(row_contains(60, 24, 0, " clear on cost"));
    assert_true(row_contains(40, 10, 0, "PICK own"));
    assert_true(row_contains(40, 10, 0, " clear"));
}

/* Its last words are there, whatever the window. */
static void
a_long_problem_is_read_whole(void **state)
{
    static const int sizes[][2] = { { 120, 40 }, { 80, 24 }, { 60, 24 } };

    (void)state;
    open_scenario("startup-mvp");
    type("E");
    const char *text = app_doc(&app)->problems.list[0].error.text, *last = strrchr(text, ' ');
    assert_true(strlen(text) > 180);
    for (size_t k = 0; k < BE_LEN(sizes); k++)
        assert_true(contains(sizes[k][0], sizes[k][1], last));
    assert_true(contains(80, 24, "Problem 1 of 1"));
    assert_true(contains(80, 24, " Test examples, examples: ")); /* below, what the field is */
    type("<Down>");
    assert_false(contains(80, 24, "Problem 1 of 1"));
}

static void
a_vendors_fact_is_what_the_catalog_has(void **state)
{
    (void)state;
    open_scenario("hospital-us");
    type("<Alt-6><Enter>");
    assert_true(contains(120, 50, "SOC 2 Type II   yes"));
    assert_true(contains(120, 50, "Signed DPA      yes"));
    assert_false(contains(120, 50, " catalog  "));
    type(":set arms.azure.soc2=no<Enter>");
    app_solve(&app, 256, DEPTH_ALL);
    assert_true(contains(120, 50, "SOC 2 Type II   no"));
    assert_true(contains(200, 50, "A azure"));
}

static void
an_unknown_latency_says_what_makes_it_known(void **state)
{
    (void)state;
    open_scenario("bank-india");
    type("L");
    assert_true(contains(80, 24, "type the arm's First"));
    type("<Tab><Tab><Tab><Tab><Tab><Tab>");
    assert_int_equal(app.focus, FOCUS_VIEW);
    type("<Enter>"); /* and leads there */
    struct field_ref ref;
    assert_true(app_current_field(&app, &ref));
    assert_string_equal(ref.field->key, "ttft_ms");
    assert_int_equal(ref.arm, 0);
}

static void
changes_since_the_base_are_counted_at_the_edit(void **state)
{
    (void)state;
    type("b");
    assert_int_equal(app_doc(&app)->n_changes, 0);
    type("+");
    assert_int_equal(app_doc(&app)->n_changes, 1);
    assert_int_equal(changes_since_base(&app), 1);
    type("<Down>+");
    assert_int_equal(app_doc(&app)->n_changes, 2);
    type("uu");
    assert_int_equal(app_doc(&app)->n_changes, 0);
}

/* In sight it is computed, each pair turns the pick, and so does a fresh decision a little further on. */
static void
why_has_two_changes_that_turn_the_pick_together(void **state)
{
    struct scenario copy;

    (void)state;
    app_solve(&app, 256, DEPTH_ALL);
    assert_false(app_answer(&app)->has_together);
    type("W");
    app_make_view(&app);
    const struct answer *an = app_answer(&app);
    assert_true(an->has_together);
    assert_int_equal(an->together.of, an->verdict.pick);
    assert_int_equal(an->together.n, TOGETHER_MAX);
    for (int k = 0; k < an->together.n; k++) {
        const struct two_changes *x = &an->together.list[k];
        struct solve_options o = { .samples = 256, .seed = 1 };
        struct answer *then = NULL;
        struct error err;
        for (int both = 0; both < 3; both++) { /* one, the other, both */
            copy = app_doc(&app)->file.scenario;
            for (int i = 0; i < 2; i++) {
                struct field_ref ref;
                char text[40];
                if (both != 2 && both != i)
                    continue;
                assert_int_equal(field_find(&copy, x->path[i], &ref, &err), 0);
                snprintf(text, sizeof text, "%.9g", x->to[i] * (both == 2 ? pow(x->to[i] / x->from[i], 0.02) : 1));
                assert_int_equal(field_set_text(&copy, ref, text, catalog, &err), 0);
            }
            assert_int_equal(decide(&then, &copy, catalog, "", &o, DEPTH_VERDICT, NULL, &err), 0);
            assert_int_equal(then->verdict.pick, both == 2 ? x->pick : an->verdict.pick);
            answer_free(then);
        }
        assert_true(k == 0 || x->away >= an->together.list[k - 1].away);
    }
    assert_true(contains(120, 40, "Nearest flips, two changes together"));
    assert_true(contains(200, 50, "Nearest flips, two changes together"));
    assert_true(contains(200, 50, "gpt4o: Tokenizer -> 1.1"));
    type("<Tab><Tab><Tab><Tab><Tab><Tab>");
    type("z"); /* the view alone */
    assert_true(contains(160, 60, "two changes"));
    type("z");
    type("<Alt-1>+"); /* another scenario: they are not its */
    assert_false(app_answer(&app)->has_together);
    assert_false(contains(120, 40, "two changes together"));
}

static void
why_says_in_how_many_scenarios_the_pick_is_alike(void **state)
{
    char line[512];

    (void)state;
    app_solve(&app, 256, DEPTH_ALL);
    type("W");
    app_make_view(&app);
    assert_false(contains(160, 50, "kind of arm picked"));
    snprintf(line, sizeof line, ":add %s<Enter>", source_path("scenarios/hospital-us.yaml"));
    type(line);
    snprintf(line, sizeof line, ":add %s<Enter>", source_path("scenarios/bank-india.yaml"));
    type(line);
    assert_int_equal(app.n_docs, 3);
    app_show_doc(&app, 0);
    app_make_view(&app);
    type("W");
    app_make_view(&app);
    assert_true(contains(160, 50, "api is the kind of arm picked in 2 of 3 scenarios"));
}

/* A large window has the readout in a panel, which without a crosshair is about the scenario's own volume. */
static void
a_large_window_has_a_panel_for_the_crosshair(void **state)
{
    char run[160], spans[120];

    (void)state;
    open_scenario("startup-mvp");
    const struct answer *an = app_answer(&app);
    const struct crossing_answer *x = answer_crossing(an, an->verdict.pick, an->verdict.rival);
    assert_true(contains(200, 50, "Crosshair: at your own volume; * to a break-even"));
    assert_true(contains(200, 50, " 18.7M tokens/day  C staged $"));
    assert_true(contains(200, 50, "A api $"));
    snprintf(run, sizeof run, "tuned is the cheaper to run %s tokens/day", crossing_spans(&x->run, an->verdict.rival, spans, sizeof spans));
    assert_true(strncmp(spans, "past ", 5) == 0);
    assert_true(contains(200, 50, run));
    open_scenario("bank-india"); /* four arms: over two rows, none of them broken; pick and next best never meet */
    assert_true(contains(200, 50, "| A claude $"));
    assert_true(contains(200, 50, "own costs less to run than tuned from 16.5k to 16.5B tokens/day"));
    open_scenario("startup-mvp");
    type("*");
    assert_true(contains(200, 50, "Crosshair: Left Right move, Enter takes it, * next break-even"));
    assert_false(contains(200, 50, " 18.7M tokens/day  C"));
    assert_false(contains(120, 40, "Crosshair:")); /* there the view's last row has it */
    assert_true(contains(120, 40, "/day  C staged $"));
    char *small = frame(80, 24), *row = strstr(small, "/day  C $"); /* three arms have room by their letters */
    assert_non_null(row);
    row[strcspn(row, "\n")] = '\0';
    assert_non_null(strstr(row, "  B $"));
    assert_non_null(strstr(row, ")  A $"));
    free(small);
    type("T"); /* bars have no crosshair, and their readout with them */
    char *f = frame(200, 50);
    assert_null(strstr(f, "Crosshair:"));
    assert_non_null(strstr(f, ": $"));
    free(f);
}

static void
spans_are_those_in_which_an_arm_costs_less(void **state)
{
    static struct crossing_set x = { .tokens_per_day = { 1e6, 2e6, 3e6, 4e6, 5e6, 6e6, 7e6 }, .cheaper_below = 0 };
    static const struct {
        int n, arm;
        const char *words;
    } cases[] = {
        { 0, 0, "at every volume" }, { 0, 1, "at no volume" }, { 1, 0, "up to 1M" }, { 1, 1, "past 1M" }, { 2, 0, "up to 1M, past 2M" },
        { 2, 1, "1M to 2M" }, { 3, 1, "1M to 2M, past 3M" }, { 3, 0, "up to 1M, 2M to 3M" }, { 5, 1, "1M to 2M, 3M to 4M, past 5M" },
        { 7, 1, "1M to 2M, 3M to 4M, ..., past 7M" }, { 7, 0, "up to 1M, 2M to 3M, ..., 6M to 7M" },
    };
    char out[120];

    (void)state;
    for (size_t k = 0; k < BE_LEN(cases); k++) {
        x.n = cases[k].n;
        assert_string_equal(crossing_spans(&x, cases[k].arm, out, sizeof out), cases[k].words);
    }
}

/* What differs by the samples alone is no difference, and the number of samples is named still. */
static void
a_base_as_it_is_differs_by_nothing(void **state)
{
    (void)state;
    open_scenario("startup-mvp");
    type("b");
    app_solve(&app, 512, DEPTH_ALL);
    assert_true(contains(80, 24, " n=512 "));
    assert_true(contains(80, 24, " a month vs base 36 months"));
    app_doc(&app)->base_answer->arms[1].month_usd.p50 = app_answer(&app)->arms[1].month_usd.p50 * 1.0004;
    char *f = frame(80, 24), *line = strstr(f, "|B tuned ");
    assert_non_null(line);
    line[strcspn(line, "\n")] = '\0';
    assert_non_null(strstr(line, "  $0 "));
    free(f);
    app_doc(&app)->base_answer->arms[1].month_usd.p50 -= 100;
    assert_true(contains(80, 24, "+$"));
}

/* Enlarged the plot is wider: the crosshair begins at the scenario's volume, not at the column that this was in before. */
static void
an_enlarged_view_reads_out_the_scenarios_own_volume(void **state)
{
    (void)state;
    open_scenario("startup-mvp");
    assert_true(contains(120, 40, "$/month"));
    type("z");
    assert_true(contains(120, 40, " 18.7M tokens/day  C staged $"));
    type("<Right>");
    assert_false(contains(120, 40, " 18.7M tokens/day  C staged $"));
    type("<Left>z");
    assert_int_equal(app.crosshair, -1);
}

/* Below a long table it takes a quarter of the rows, and says where it was cut. */
static void
a_sentence_without_room_ends_in_an_ellipsis(void **state)
{
    (void)state;
    open_scenario("code-assistant");
    type("W");
    const char *sentence = app_answer(&app)->rules_say;
    assert_true(strlen(sentence) > 200);
    char *f = frame(80, 24), *at = strstr(f, "The article's rules"), *end = strstr(f, "Verdict");
    int dots = 0;
    assert_true(at != NULL && end != NULL && at < end);
    for (char *p = at; p + 2 < end; p++)
        dots += strncmp(p, "...", 3) == 0;
    free(f);
    assert_true(dots > 0);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        T(the_verdict_says_how_many_rules_speak_for_the_pick),
        T(row_1_says_how_sure_from_40_columns_on),
        T(a_long_problem_is_read_whole),
        T(a_vendors_fact_is_what_the_catalog_has),
        T(an_unknown_latency_says_what_makes_it_known),
        T(changes_since_the_base_are_counted_at_the_edit),
        T(a_base_as_it_is_differs_by_nothing),
        T(an_enlarged_view_reads_out_the_scenarios_own_volume),
        T(a_sentence_without_room_ends_in_an_ellipsis),
        T(a_large_window_has_a_panel_for_the_crosshair),
        T(spans_are_those_in_which_an_arm_costs_less),
        T(why_has_two_changes_that_turn_the_pick_together),
        T(why_says_in_how_many_scenarios_the_pick_is_alike),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, open_catalog, close_catalog);
}
