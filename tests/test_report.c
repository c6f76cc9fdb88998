/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "breakeven/report.h"
#include "support.h"

static struct catalog *catalog;
static struct scenario sc;
static struct answer *answer;

static int
solve(void **state)
{
    struct error err;
    char path[1100];
    const char *folders[] = { path };
    static struct problems found;
    struct scenario_file f;
    struct solve_options o = { .samples = 256, .seed = 1 };

    (void)state;
    problems_init(&found);
    snprintf(path, sizeof path, "%s", source_path("catalog"));
    if (catalog_load(&catalog, folders, 1, &found, &err) < 0)
        return -1;
    if (scenario_open(&f, source_path("scenarios/article.yaml"), catalog, &found, &err) < 0)
        return -1;
    sc = f.scenario;
    scenario_file_release(&f);
    /* past the loader, which refuses it */
    text_copy(sc.title, sizeof sc.title, "x | <b>y</b> \x1b[31m \xe2\x80\xae =1+1 `z`");
    text_copy(sc.notes, sizeof sc.notes, "\t=2+2 \xe2\x81\xa6<b>n</b>\x07 \xff");
    text_copy(sc.arms[0].name, sizeof sc.arms[0].name, "=c|<i>\x1b`\xe2\x80\xae");
    catalog->models[0].name = "<img src=x onerror=alert(1)> | [m](http://e.example)";
    text_copy(sc.arms[1].model, sizeof sc.arms[1].model, catalog->models[0].id);
    text_copy(sc.sources[0].path, sizeof sc.sources[0].path, "labels.examples");
    text_copy(sc.sources[0].text, sizeof sc.sources[0].text, "-3+3 | <b>s</b> \xc2\x9b");
    sc.n_sources = 1;
    return decide(&answer, &sc, catalog, "article", &o, DEPTH_ALL, NULL, &err);
}

static int
release(void **state)
{
    (void)state;
    answer_free(answer);
    catalog_free(catalog);
    return 0;
}

static char *
report(enum report_format format)
{
    struct report_input in = { answer, &sc, catalog, "breakeven report article.yaml" };
    struct buffer b;
    struct error err;

    buffer_init(&b);
    if (report_write(&b, format, &in, &err) != 0)
        fail_msg("%s", err.text);
    return buffer_steal(&b);
}

static void
json_has_the_contract_s_keys(void **state)
{
    static const char *const keys[] = { "scenario", "title", "samples", "seed", "horizon_months", "tokens_per_day", "verdict", "arms",
                                        "crossings", "rules", "rules_say", "flips", "choice_flips", "tornado", "rank_correlation", "measure_next",
                                        "studies", "evpi_usd", "label_budget", "staged" };
    static const char *const arm_keys[] = { "name", "kind", "passes", "gates", "tco_usd", "once_usd", "monthly_usd", "cumulative_usd",
                                            "lines", "gpu_for_latency_usd", "usd_per_1k_requests", "usd_per_million_tokens",
                                            "accepted_answer_usd", "quality", "ttft_p95_ms", "output_tokens_per_s", "utilization",
                                            "replicas", "p_best", "max_regret_usd" };
    static const char *const verdict_keys[] = { "pick", "kind", "confidence", "p_best", "expected_regret_usd", "cheaper", "better",
                                                "reasons", "warnings" };
    char *text = report(REPORT_JSON);
    struct document *doc;
    struct error err;

    (void)state;
    assert_int_equal(strcspn(text, "\n"), strlen(text) - 1); /* one line */
    assert_int_equal(document_parse_json(&doc, text, strlen(text), &err), 0);
    const struct node *root = document_root(doc);
    for (size_t k = 0; k < BE_LEN(keys); k++)
        if (node_get(root, keys[k]) == NULL)
            fail_msg("no key %s", keys[k]);
    const struct node *arm = &node_get(root, "arms")->items[0];
    for (size_t k = 0; k < BE_LEN(arm_keys); k++)
        if (node_get(arm, arm_keys[k]) == NULL)
            fail_msg("no key %s of an arm", arm_keys[k]);
    for (size_t k = 0; k < BE_LEN(verdict_keys); k++)
        if (node_get(node_get(root, "verdict"), verdict_keys[k]) == NULL)
            fail_msg("no key %s of the verdict", verdict_keys[k]);
    assert_int_equal(node_get(arm, "monthly_usd")->n, 12);
    const struct node *crossing = &node_get(root, "crossings")->items[0];
    assert_non_null(node_get(node_get(crossing, "run"), "stays_from"));
    assert_non_null(node_get(node_get(crossing, "run"), "utilization"));
    assert_non_null(node_get(node_get(crossing, "total"), "truncated"));
    document_free(doc);
    free(text);
}

static void
running_costs_add_up_to_the_cumulative_ones(void **state)
{
    (void)state;
    for (int a = 0; a < answer->n_arms; a++) {
        const struct arm_answer *x = &answer->arms[a];
        double sum = x->once_usd, lines = 0;
        for (int m = 0; m < answer->horizon_months; m++) {
            sum += x->monthly_usd[m];
            assert_close(x->cumulative_usd[m], sum, 1e-12);
        }
        for (int l = 0; l < LINE_COUNT; l++)
            lines += x->lines_usd[l];
        assert_close(lines, sum, 1e-9);
    }
}

/* Every row of a Markdown table has as many cells as its header. */
static void
markdown_tables_are_whole(void **state)
{
    char *text = report(REPORT_MARKDOWN);
    int columns = 0, tables = 0;

    (void)state;
    for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
        int bars = 0;
        size_t n = strcspn(line, "\n");
        for (size_t k = 0; k < n; k++)
            bars += line[k] == '|' && (k == 0 || line[k - 1] != '\\');
        if (line[0] != '|') {
            columns = 0;
            continue;
        }
        if (columns == 0) {
            columns = bars;
            tables++;
        }
        assert_int_equal(bars, columns);
    }
    assert_true(tables >= 5);
    free(text);
}

static void
hostile_text_is_harmless_in_every_format(void **state)
{
    static const enum report_format formats[] = { REPORT_MARKDOWN, REPORT_TEXT, REPORT_JSON, REPORT_CSV, REPORT_HTML };
    static const char *const tags[] = { "<b>y", "<b>n", "<b>s", "<img", "<i>", "onerror=alert(1)>" };

    (void)state;
    for (size_t k = 0; k < BE_LEN(formats); k++) {
        char *text = report(formats[k]);
        assert_null(strchr(text, '\x1b'));
        assert_null(strchr(text, '\a'));
        assert_null(strchr(text, '\t'));
        assert_null(strstr(text, "\xe2\x80\xae")); /* right-to-left override */
        assert_null(strstr(text, "\xe2\x81\xa6")); /* isolate                 */
        assert_null(strstr(text, "\xc2\x9b"));     /* C1 control               */
        assert_true(text_valid(text, strlen(text), NULL));
        if (formats[k] == REPORT_MARKDOWN)
            assert_null(strstr(text, "<b>"));
        for (size_t i = 0; formats[k] == REPORT_HTML && i < BE_LEN(tags); i++)
            if (strstr(text, tags[i]) != NULL)
                fail_msg("%s is alive in HTML", tags[i]);
        free(text);
    }
}

static void
html_and_markdown_escape_what_they_must(void **state)
{
    struct buffer b;

    (void)state;
    buffer_init(&b);
    html_put(&b, "<a href=\"x\">&'");
    assert_string_equal(b.text, "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
    buffer_release(&b);
    markdown_put(&b, "a|b*[c](d)`e`<f>#\n");
    assert_string_equal(b.text, "a\\|b\\*\\[c\\](d)\\`e\\`\\<f\\>\\# ");
    buffer_release(&b);
}

static void
the_same_inputs_give_the_same_bytes(void **state)
{
    char *one = report(REPORT_MARKDOWN), *two = report(REPORT_MARKDOWN);

    (void)state;
    assert_string_equal(one, two);
    assert_null(strstr(one, "$nan"));
    assert_null(strstr(one, " nan "));
    assert_null(strstr(one, "inf "));
    free(one);
    free(two);
}

/* The title, what an arm is, and what the catalog says of hosts stand elsewhere in the report. */
static bool
is_listed_elsewhere(struct field_ref ref, const char *value)
{
    return strcmp(ref.field->key, "title") == 0 || strcmp(ref.field->key, "notes") == 0 || strcmp(ref.field->key, "kind") == 0 ||
           (ref.field->type == &field_choice && strcmp(value, "catalog") == 0);
}

static void
every_field_in_force_is_among_the_assumptions_with_its_source(void **state)
{
    char *text = report(REPORT_MARKDOWN), path[112], value[512], cell[128];
    struct field_ref ref;
    int seen = 0;

    (void)state;
    for (int i = 0; field_each(&sc, i, &ref); i++) {
        char source[600];
        field_path(&sc, ref, path, sizeof path);
        field_get_text(&answer->setup.sc, ref, value, sizeof value, catalog);
        if (value[0] == '\0' || figure_source(&answer->setup, &sc, ref, source, sizeof source) == FIGURE_SCENARIO ||
            is_listed_elsewhere(ref, value) || ref.arm == 0) /* its name is no path of code */
            continue;
        snprintf(cell, sizeof cell, "| `%s` |", path);
        if (strstr(text, cell) == NULL)
            fail_msg("%s = %s is not in the report", path, value);
        seen++;
    }
    assert_true(seen > 80);
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_has_the_contract_s_keys),
        cmocka_unit_test(running_costs_add_up_to_the_cumulative_ones),
        cmocka_unit_test(markdown_tables_are_whole),
        cmocka_unit_test(hostile_text_is_harmless_in_every_format),
        cmocka_unit_test(html_and_markdown_escape_what_they_must),
        cmocka_unit_test(the_same_inputs_give_the_same_bytes),
        cmocka_unit_test(every_field_in_force_is_among_the_assumptions_with_its_source),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, solve, release);
}
