/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <unistd.h>

#include "breakeven/scenario.h"
#include "support.h"

static struct catalog *catalog;
static struct scenario sc, again;
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

static void
load(const char *text)
{
    struct error err;

    problems_init(&found);
    if (scenario_parse(&sc, text, strlen(text), catalog, &found, &err) != 0)
        fail_msg("not loaded: %s", err.text);
}

static void
set(const char *path, const char *text)
{
    struct field_ref ref;
    struct error err;

    if (field_find(&sc, path, &ref, &err) != 0 || field_set_text(&sc, ref, text, catalog, &err) != 0)
        fail_msg("%s=%s: %s", path, text, err.text);
}

static char *
spliced(const char *text)
{
    char *out;
    size_t n;
    struct error err;

    if (scenario_splice(&sc, text, text != NULL ? strlen(text) : 0, catalog, &out, &n, &err) != 0)
        fail_msg("not spliced: %s", err.text);
    return out;
}

/* How many lines differ, and the last that does in the new text. */
static int
lines_changed(const char *a, const char *b, char *last, size_t size)
{
    int n = 0;

    while (*a != '\0' || *b != '\0') {
        size_t la = strcspn(a, "\n"), lb = strcspn(b, "\n");
        if (la != lb || memcmp(a, b, la) != 0) {
            n++;
            snprintf(last, size, "%.*s", (int)lb, b);
        }
        a += la + (a[la] == '\n');
        b += lb + (b[lb] == '\n');
    }
    return n;
}

static const char file[] = "# A team's own words\n"
                           "breakeven: 1\n"
                           "title: \"Ünïcode: the plan\"   # why\n"
                           "\n"
                           "workload:\n"
                           "    requests_per_day:   20k       # 20,000 x 500 tokens\n"
                           "    input_tokens: 500\n"
                           "\n"
                           "labels: {examples: 5000, per_hour: 30..50}  # flow\n"
                           "mystery: kept\n"
                           "arms:\n"
                           "  # the vendor\n"
                           "  api:\n"
                           "    kind: api     # first\n"
                           "    model: gpt-4o\n"
                           "\n"
                           "  # our own\n"
                           "  own:\n"
                           "    kind: self-open\n"
                           "    model: llama-3.3-70b\n"
                           "    gpu: h100-80-sxm\n";

static void
one_edit_is_one_changed_line(void **state)
{
    static const struct {
        const char *path, *value, *line;
    } edits[] = {
        { "workload.requests_per_day", "8k to 12k", "    requests_per_day:   8k to 12k       # 20,000 x 500 tokens" },
        { "title", "x # y", "title: \"x # y\"   # why" },
        { "labels.examples", "7k", "labels: {examples: 7k, per_hour: 30..50}  # flow" },
        { "labels.per_hour", "30/40/50", "labels: {examples: 5000, per_hour: 30/40/50}  # flow" },
        { "arms.own.gpu", "l40s", "    gpu: l40s" },
    };
    char last[200];

    (void)state;
    for (size_t k = 0; k < BE_LEN(edits); k++) {
        load(file);
        set(edits[k].path, edits[k].value);
        char *out = spliced(file);
        assert_int_equal(lines_changed(file, out, last, sizeof last), 1);
        assert_string_equal(last, edits[k].line);
        free(out);
    }
}

static void
a_value_that_the_file_lacks_is_the_last_line_of_its_section(void **state)
{
    (void)state;
    load(file);
    set("workload.output_tokens", "120");
    char *out = spliced(file);
    assert_non_null(strstr(out, "    input_tokens: 500\n    output_tokens: 120\n\nlabels"));
    free(out);
    load(file);
    set("serving.spare_replicas", "2");
    out = spliced(file);
    assert_non_null(strstr(out, "gpu: h100-80-sxm\nserving:\n  spare_replicas: 2\n"));
    assert_non_null(strstr(out, "mystery: kept\n"));
    free(out);
}

static void
nothing_edited_is_nothing_changed(void **state)
{
    (void)state;
    load(file);
    char *out = spliced(file);
    assert_string_equal(out, file);
    free(out);
}

static void
byte_order_mark_and_crlf_are_kept(void **state)
{
    static const char text[] = "\xef\xbb\xbf" "breakeven: 1\r\nworkload:\r\n  input_tokens: 500\r\n  output_tokens: 90\r\n";

    (void)state;
    load(text);
    set("workload.input_tokens", "600");
    set("workload.peak_to_average", "3");
    char *out = spliced(text);
    assert_string_equal(out, "\xef\xbb\xbf" "breakeven: 1\r\nworkload:\r\n  input_tokens: 600\r\n  output_tokens: 90\r\n"
                             "  peak_to_average: 3\r\n");
    free(out);
}

static void
arms_are_removed_moved_renamed_copied_with_their_lines(void **state)
{
    struct error err;

    (void)state;
    load(file);
    assert_int_equal(scenario_remove_arm(&sc, 0, &err), 0);
    char *out = spliced(file);
    assert_null(strstr(out, "the vendor"));
    assert_non_null(strstr(out, "  # our own\n  own:\n"));
    free(out);

    load(file);
    assert_int_equal(scenario_move_arm(&sc, 1, 0, &err), 0);
    out = spliced(file);
    assert_true(strstr(out, "  # our own\n  own:\n") < strstr(out, "  # the vendor\n  api:\n"));
    free(out);

    load(file);
    text_copy(sc.arms[1].name, sizeof sc.arms[1].name, "house");
    out = spliced(file);
    assert_non_null(strstr(out, "  # our own\n  house:\n    kind: self-open\n"));
    free(out);

    load(file);
    assert_true(scenario_copy_arm(&sc, 0, "api2", &err) >= 0);
    out = spliced(file);
    assert_non_null(strstr(out, "  api2:\n    kind: api\n    model: gpt-4o\n"));
    assert_non_null(strstr(out, "    kind: api     # first\n"));
    free(out);
}

static void
a_changed_kind_takes_the_keys_with_it_that_it_has_not(void **state)
{
    (void)state;
    load(file);
    set("arms.own.kind", "hosted-open");
    char *out = spliced(file);
    assert_null(strstr(out, "gpu:"));
    assert_non_null(strstr(out, "kind: hosted-open"));
    free(out);
}

static void
deleting_an_override_takes_its_line_out(void **state)
{
    static const char text[] = "breakeven: 1\narms:\n  a:\n    kind: api\n    model: gpt-4o\n    input_usd_mtok: $9\n    output_usd_mtok: $20\n";

    (void)state;
    load(text);
    set("arms.a.input_usd_mtok", "");
    char *out = spliced(text);
    assert_string_equal(out, "breakeven: 1\narms:\n  a:\n    kind: api\n    model: gpt-4o\n    output_usd_mtok: $20\n");
    free(out);
}

static void
a_new_file_holds_what_differs_from_the_defaults(void **state)
{
    struct error err;

    (void)state;
    scenario_init(&sc);
    set("workload.requests_per_day", "9k");
    assert_true(scenario_add_arm(&sc, "one", ARM_API, &err) >= 0);
    set("arms.one.model", "gpt-4o");
    char *out = spliced(NULL);
    assert_string_equal(out, "breakeven: 1\n\nworkload:\n  requests_per_day: 9k\n\narms:\n  one:\n    kind: api\n    model: gpt-4o\n");
    free(out);
}

/* ---- what a save gives a meaning to ------------------------------------------------------- */

static void
assert_saved(const char *from, const char *want)
{
    char *out = spliced(from);

    assert_string_equal(out, want);
    free(out);
}

static void
a_currency_that_makes_a_refused_amount_legal_does_not_stop_the_save(void **state)
{
    (void)state;
    load("breakeven: 1\npeople:\n  fte_cost_usd_month: \"₹830k\"\n");
    assert_int_equal(found.errors, 1);
    set("currency_per_usd", "83");
    char *out = spliced("breakeven: 1\npeople:\n  fte_cost_usd_month: \"₹830k\"\n");
    assert_non_null(strstr(out, "currency_per_usd: 83\n"));
    assert_null(strstr(out, "₹"));
    free(out);
}

static void
an_arm_that_was_not_loaded_is_not_lost(void **state)
{
    static const char broken[] = "breakeven: 1\narms:\n  a: {kind: api}\n  broken: {model: gpt-4o} # why\n  b: {kind: api}\n";
    struct error err;
    struct buffer b;

    (void)state;
    load(broken);
    assert_int_equal(scenario_move_arm(&sc, 1, 0, &err), 0);
    assert_saved(broken, "breakeven: 1\narms:\n  b: {kind: api}\n  a: {kind: api}\n  broken: {model: gpt-4o} # why\n");
    /* nine in the file, eight loaded: with one of these gone the ninth has room */
    buffer_init(&b);
    buffer_puts(&b, "breakeven: 1\narms:\n");
    for (int k = 0; k < ARMS_MAX + 1; k++)
        buffer_printf(&b, "  arm%d: {kind: api}\n", k);
    load(b.text);
    assert_int_equal(sc.n_arms, ARMS_MAX);
    assert_int_equal(scenario_remove_arm(&sc, 2, &err), 0);
    char *out = NULL;
    size_t n;
    assert_int_equal(scenario_splice(&sc, b.text, b.n, catalog, &out, &n, &err), -1);
    assert_int_equal(err.code, ERR_CONFLICT);
    assert_non_null(strstr(err.text, "arm8"));
    assert_null(out);
    buffer_release(&b);
}

static void
an_arm_added_under_a_broken_one_s_name_takes_its_place(void **state)
{
    static const char text[] = "breakeven: 1\narms:\n  a: {model: gpt-4o, quality: 80%}\n";
    struct error err;

    (void)state;
    load(text);
    assert_int_equal(sc.n_arms, 0);
    assert_true(scenario_add_arm(&sc, "a", ARM_API, &err) >= 0);
    set("arms.a.quality", "90%");
    assert_saved(text, "breakeven: 1\narms:\n  a: {quality: 90%, kind: api}\n");
}

static void
a_source_outlives_its_arm(void **state)
{
    static const char text[] = "breakeven: 1\narms:\n  a: {kind: api, quality: 80%}\n  b: {kind: api}\n"
                               "sources:\n  arms.a.quality: a test   # of May\n  requests_per_day: logs\n";
    struct error err;

    (void)state;
    load(text);
    assert_int_equal(found.n, 0);
    assert_int_equal(scenario_remove_arm(&sc, 0, &err), 0);
    assert_saved(text, "breakeven: 1\narms:\n  b: {kind: api}\nsources:\n  arms.a.quality: a test   # of May\n  requests_per_day: logs\n");
}

static void
values_and_keys_that_could_not_be_read_stay_as_they_are(void **state)
{
    static const char text[] = "breakeven: 1\nworkload:\n  input_tokens: many  # ?\n  ouput_tokens: 5\n  requests_per_day: 7\n"
                               "arms:\n  a:\n    kind: api\n    gpu: l4\n    odd: [1, {x: y}]\n";
    char want[sizeof text + 20];

    (void)state;
    load(text);
    assert_int_equal(found.errors, 4);
    set("workload.requests_per_day", "8k");
    snprintf(want, sizeof want, "%s", text);
    char *at = strstr(want, "_day: 7");
    memmove(at + 8, at + 7, strlen(at + 7) + 1);
    memcpy(at, "_day: 8k", 8);
    assert_saved(text, want);
}

/* ---- arms --------------------------------------------------------------------------------- */

static void
a_renamed_arm_keeps_its_lines_whatever_else_happens(void **state)
{
    struct error err;

    (void)state;
    load(file);
    text_copy(sc.arms[1].name, sizeof sc.arms[1].name, "house");
    assert_int_equal(scenario_move_arm(&sc, 1, 0, &err), 0);
    assert_true(scenario_add_arm(&sc, "third", ARM_HOSTED_OPEN, &err) >= 0);
    set("arms.house.gpu", "l40s");
    char *out = spliced(file);
    const char *house = strstr(out, "  # our own\n  house:\n    kind: self-open\n    model: llama-3.3-70b\n    gpu: l40s\n");
    assert_non_null(house);
    assert_true(house < strstr(out, "  # the vendor\n  api:\n"));
    assert_non_null(strstr(out, "  third:\n    kind: hosted-open\n"));
    free(out);
}

static void
names_that_change_places_are_saved(void **state)
{
    (void)state;
    load(file);
    text_copy(sc.arms[0].name, sizeof sc.arms[0].name, "own");
    text_copy(sc.arms[1].name, sizeof sc.arms[1].name, "api");
    char *out = spliced(file); /* it has read back to the same scenario */
    free(out);
}

static void
the_last_arm_and_the_first(void **state)
{
    static const char text[] = "breakeven: 1\narms:\n  a:\n    kind: api\nworkload:\n  input_tokens: 5\n";
    struct error err;

    (void)state;
    load(text);
    assert_int_equal(scenario_remove_arm(&sc, 0, &err), 0);
    char *out = spliced(text);
    load(out);
    assert_int_equal(found.n, 0);
    assert_true(scenario_add_arm(&sc, "ü", ARM_STAGED, &err) >= 0);
    char *more = spliced(out);
    load(more);
    assert_int_equal(found.n, 0);
    assert_int_equal(sc.n_arms, 1);
    assert_non_null(strstr(more, "  ü:\n    kind: staged\n"));
    free(out);
    free(more);
}

/* ---- values -------------------------------------------------------------------------------- */

static void
a_value_back_at_its_default_is_written_where_the_file_has_one(void **state)
{
    (void)state;
    load("breakeven: 1\nworkload:\n  input_tokens: 5\n");
    struct scenario usual;
    scenario_init(&usual);
    set("workload.input_tokens", usual.workload.input_tokens.text);
    char *out = spliced("breakeven: 1\nworkload:\n  input_tokens: 5\n"), want[200];
    snprintf(want, sizeof want, "breakeven: 1\nworkload:\n  input_tokens: %s\n", usual.workload.input_tokens.text);
    assert_string_equal(out, want);
    free(out);
    load("breakeven: 1\n");
    set("workload.input_tokens", usual.workload.input_tokens.text);
    assert_saved("breakeven: 1\n", "breakeven: 1\n");
}

static void
sets_are_lists(void **state)
{
    static const char text[] = "breakeven: 1\nconstraints:\n  regimes: [hipaa]  # the law\n";

    (void)state;
    load(text);
    set("constraints.regimes", "hipaa, soc2");
    assert_saved(text, "breakeven: 1\nconstraints:\n  regimes: [hipaa, soc2]  # the law\n");
    set("constraints.regimes", "none");
    assert_saved(text, "breakeven: 1\nconstraints:\n  regimes: []  # the law\n");
    load("breakeven: 1\n");
    set("constraints.regimes", "soc2");
    assert_saved("breakeven: 1\n", "breakeven: 1\nconstraints:\n  regimes: [soc2]\n");
    assert_saved(NULL, "breakeven: 1\n\nconstraints:\n  regimes: [soc2]\n");
}

static void
texts_that_yaml_would_read_otherwise_come_back(void **state)
{
    static const char *const titles[] = {
        "yes", "null", "~", "12", "- a", "a: b", "a # b", "#a", "\"q\"", "'q'", "&x", "*x", "!x", "%x", "@x", "[x]", "{x}",
        "|", ">", " spaces ", "ünï", "a\\b", "---", "...", "? x", ": x", "x:", "-", "=5", "2026-03-01", "0x10", ",x", "`x`",
    };

    (void)state;
    for (size_t k = 0; k < BE_LEN(titles); k++) {
        load("breakeven: 1\n");
        set("title", titles[k]);
        set("notes", "one\n  # two: \"three\"\n\n\tfour \\n");
        for (int fresh = 0; fresh < 2; fresh++) {
            char *out = spliced(fresh ? NULL : "breakeven: 1\n");
            load(out);
            assert_int_equal(found.n, 0);
            assert_string_equal(sc.title, titles[k]);
            free(out);
        }
    }
}

/* ---- what is no field ------------------------------------------------------------------------ */

static void
pilots_change_by_their_numbers(void **state)
{
    static const char text[] = "breakeven: 1\npilots:\n  - {n: 200, right: 150, total: 200}  # May\n  - n: 400\n    right: 300\n    total: 390\n";

    (void)state;
    load(text);
    sc.pilots[0].right = 151;
    sc.pilots[1].total = 1000000;
    assert_saved(text, "breakeven: 1\npilots:\n  - {n: 200, right: 151, total: 200}  # May\n  - n: 400\n    right: 300\n    total: 1000000\n");
    load(text);
    sc.pilots[sc.n_pilots++] = (struct pilot){ .n = 800, .right = 3, .total = 4 };
    char *out = spliced(text);
    assert_non_null(strstr(out, "{n: 800, right: 3, total: 4}"));
    free(out);
    load(text);
    sc.n_pilots = 0;
    assert_saved(text, "breakeven: 1\n");
}

/* What is said of the others stays, wherever one is added or taken out. */
static void
pilots_keep_their_comments(void **state)
{
    static const char text[] = "breakeven: 1\npilots: # of this year\n  # set A\n  - {n: 200, right: 150, total: 200}  # May\n"
                               "  - n: 400 # June\n    right: 300\n    total: 390\n  - {n: 800, right: 350, total: 390}  # July\n"
                               "# end\ntitle: x\n";

    (void)state;
    load(text);
    sc.pilots[sc.n_pilots++] = (struct pilot){ .n = 900, .right = 3, .total = 4 };
    assert_saved(text, "breakeven: 1\npilots: # of this year\n  # set A\n  - {n: 200, right: 150, total: 200}  # May\n"
                       "  - n: 400 # June\n    right: 300\n    total: 390\n  - {n: 800, right: 350, total: 390}  # July\n"
                       "  - {n: 900, right: 3, total: 4}\n# end\ntitle: x\n");
    load(text);
    sc.pilots[1] = sc.pilots[2];
    sc.n_pilots = 2;
    assert_saved(text, "breakeven: 1\npilots: # of this year\n  # set A\n  - {n: 200, right: 150, total: 200}  # May\n"
                       "  - {n: 800, right: 350, total: 390}  # July\n# end\ntitle: x\n");
    load(text); /* one goes, another changes */
    sc.pilots[0] = sc.pilots[1];
    sc.pilots[1] = sc.pilots[2];
    sc.pilots[1].right = 351;
    sc.n_pilots = 2;
    assert_saved(text, "breakeven: 1\npilots: # of this year\n  # set A\n"
                       "  - n: 400 # June\n    right: 300\n    total: 390\n  - {n: 800, right: 351, total: 390}  # July\n"
                       "# end\ntitle: x\n");
    load("breakeven: 1\npilots: [{n: 200, right: 150, total: 200}] # few\n");
    sc.pilots[sc.n_pilots++] = (struct pilot){ .n = 900, .right = 3, .total = 4 };
    assert_saved("breakeven: 1\npilots: [{n: 200, right: 150, total: 200}] # few\n",
                 "breakeven: 1\npilots: [{n: 200, right: 150, total: 200}, {n: 900, right: 3, total: 4}] # few\n");
}

static void
pilots_that_could_not_be_read_are_not_lost(void **state)
{
    static const char text[] = "breakeven: 1\npilots: [{n: 200, right: 150, total: 200}, {n: 3}]\n";
    struct error err;
    char *out;
    size_t n;

    (void)state;
    load(text);
    sc.pilots[0].right = 151;
    assert_int_equal(scenario_splice(&sc, text, strlen(text), catalog, &out, &n, &err), -1);
    assert_int_equal(err.code, ERR_CONFLICT);
    assert_int_equal(err.line, 2);
}

static void
sources_change_line_by_line(void **state)
{
    static const char text[] = "breakeven: 1\nsources:\n  # where from\n  requests_per_day: logs  # ok\n";

    (void)state;
    load(text);
    text_copy(sc.sources[0].text, sizeof sc.sources[0].text, "bill: May");
    sc.sources[sc.n_sources++] = (struct source_note){ "workload.input_tokens", "counted" };
    assert_saved(text, "breakeven: 1\nsources:\n  # where from\n  requests_per_day: \"bill: May\"  # ok\n"
                       "  workload.input_tokens: counted\n");
    load("breakeven: 1\n");
    sc.sources[sc.n_sources++] = (struct source_note){ "workload.input_tokens", "a, b" };
    sc.sources[sc.n_sources++] = (struct source_note){ "output_tokens", "c" };
    assert_saved("breakeven: 1\n", "breakeven: 1\nsources:\n  workload.input_tokens: a, b\n  output_tokens: c\n");
    load(text);
    sc.n_sources = 0;
    assert_saved(text, "breakeven: 1\n");
    /* a changed text under a key with dots: all anew */
    load("breakeven: 1\nsources: {workload.input_tokens: x, output_tokens: y}\ntitle: t\n");
    text_copy(sc.sources[0].text, sizeof sc.sources[0].text, "z");
    char *out = spliced("breakeven: 1\nsources: {workload.input_tokens: x, output_tokens: y}\ntitle: t\n");
    assert_non_null(strstr(out, "  workload.input_tokens: z\n  output_tokens: y\n"));
    free(out);
}

static void
a_decision_is_recorded_and_changed(void **state)
{
    static const char text[] = "breakeven: 1\narms: {a: {kind: api}, b: {kind: api}}\n";
    struct decision *d = &sc.decision;

    (void)state;
    load(text);
    *d = (struct decision){ .present = true, .pick = "a", .on = { 2026, 3, 1 }, .p_best = 0.875, .tco_usd = 123456.789, .n_prices = 2 };
    text_copy(d->prices[0].arm, NAME_MAX_BYTES, "a");
    d->prices[0].input_usd_mtok = 3;
    d->prices[0].output_usd_mtok = 15;
    d->prices[0].gpu_price_usd_h = NAN;
    text_copy(d->prices[1].arm, NAME_MAX_BYTES, "b");
    d->prices[1].input_usd_mtok = d->prices[1].output_usd_mtok = NAN;
    d->prices[1].gpu_price_usd_h = 2.5;
    char *out = spliced(text);
    assert_string_equal(out, "breakeven: 1\narms: {a: {kind: api}, b: {kind: api}}\ndecision:\n  pick: a\n  on: 2026-03-01\n"
                             "  p_best: 0.875\n  tco_usd: 123456.789\n  prices:\n"
                             "    a: {input_usd_mtok: 3, output_usd_mtok: 15}\n    b: {gpu_price_usd_h: 2.5}\n");
    char *fresh = spliced(NULL);
    assert_non_null(strstr(fresh, "\ndecision:\n  pick: a\n  on: 2026-03-01\n"));
    free(fresh);

    char last[200];
    load(out);
    assert_int_equal(found.n, 0);
    d->p_best = 0.5;
    char *next = spliced(out);
    assert_int_equal(lines_changed(out, next, last, sizeof last), 1);
    assert_string_equal(last, "  p_best: 0.5");
    free(next);
    load(out);
    d->prices[1].gpu_price_usd_h = 2;
    next = spliced(out);
    assert_int_equal(lines_changed(out, next, last, sizeof last), 1);
    assert_string_equal(last, "    b: {gpu_price_usd_h: 2}");
    free(next);
    load(out);
    d->n_prices = 1;
    text_copy(d->prices[0].arm, NAME_MAX_BYTES, "b");
    next = spliced(out); /* it has read back to the same scenario */
    free(next);
    load(out);
    memset(d, 0, sizeof *d);
    assert_saved(out, text);
    free(out);
}

/* ---- what is not YAML, or not to be saved ------------------------------------------------------ */

static void
nothing_is_given_out_that_does_not_read_back(void **state)
{
    struct error err;
    char *out = NULL;
    size_t n = 7;

    (void)state;
    load("breakeven: 1\n");
    text_copy(sc.title, sizeof sc.title, "a");
    assert_int_equal(scenario_splice(&sc, "title: [", 8, catalog, &out, &n, &err), -1);
    assert_int_equal(scenario_splice(&sc, "title: b\n", 9, catalog, &out, &n, &err), -1);
    assert_int_equal(scenario_splice(&sc, "breakeven: 1\nworkload: 3\n", 25, catalog, &out, &n, &err), 0);
    free(out);
    out = NULL;
    set("workload.input_tokens", "5");
    assert_int_equal(scenario_splice(&sc, "breakeven: 1\nworkload: 3\n", 25, catalog, &out, &n, &err), -1);
    assert_int_equal(err.code, ERR_CONFLICT);
    assert_null(out);
    sc.workload.input_tokens.text[0] = '\0'; /* what no person can do: a value without a text */
    assert_int_equal(scenario_splice(&sc, "breakeven: 1\n", 13, catalog, &out, &n, &err), -1);
    assert_int_equal(err.code, ERR_BUG);
    assert_non_null(strstr(err.text, "workload.input_tokens"));
    assert_null(out);
}

static void
a_file_is_saved_elsewhere_and_a_new_one_is_made(void **state)
{
    static struct scenario_file f;
    struct error err;
    char dir[] = "/tmp/breakeven-save-XXXXXX", one[64], two[64], *text;
    size_t n;

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(one, sizeof one, "%s/one.yaml", dir);
    snprintf(two, sizeof two, "%s/two.yaml", dir);
    memset(&f, 0, sizeof f);
    scenario_init(&f.scenario);
    assert_int_equal(scenario_save(&f, one, false, catalog, &err), 0);
    assert_string_equal(f.path, one);
    assert_string_equal(f.text, "breakeven: 1\n");
    assert_int_equal(scenario_save(&f, NULL, false, catalog, &err), 0);
    assert_int_equal(file_write(two, "mine\n", 5, NULL, NULL, &err), 0);
    assert_int_equal(scenario_save(&f, two, false, catalog, &err), -1); /* another's file */
    assert_int_equal(err.code, ERR_CONFLICT);
    assert_string_equal(f.path, one);
    assert_int_equal(scenario_save(&f, two, true, catalog, &err), 0);
    assert_string_equal(f.path, two);
    assert_int_equal(file_read(two, 1 << 20, &text, &n, NULL, &err), 0);
    assert_string_equal(text, "breakeven: 1\n");
    free(text);
    snprintf(one, sizeof one, "%s/no/where.yaml", dir);
    assert_int_equal(scenario_save(&f, one, false, catalog, &err), -1);
    assert_int_equal(err.code, ERR_IO);
    assert_string_equal(f.path, two);
    snprintf(one, sizeof one, "%s/one.yaml", dir);
    unlink(one);
    unlink(two);
    assert_int_equal(rmdir(dir), 0);
    scenario_file_release(&f);
}

/* ---- random legal edits ---------------------------------------------------------------- */

static uint64_t seed = 88172645463325252u;

static unsigned
dice(unsigned n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed >> 33) % n;
}

/* A legal text for this field, whatever it is. */
static void
random_text(struct field_ref ref, char *out, size_t size)
{
    const struct field *f = ref.field;
    struct quantity_rules how;
    double low = f->low, high = f->high;

    if (f->choices != NULL) {
        int n = 0;
        while (f->choices[n].word != NULL)
            n++;
        text_copy(out, size, f->choices[dice((unsigned)n)].word);
    } else if (field_is_quantity(f)) {
        field_rules(f, &sc, &how);
        if (high > low + 1e6)
            high = low + 1e6;
        double v = low + (high - low) * (1 + dice(1000)) / 1002.0;
        quantity_print(out, size, f->whole ? floor(v) + (floor(v) < low) : floor(v * 1000) / 1000 + (floor(v * 1000) / 1000 < low), &how);
    } else if (f->type == &field_date)
        snprintf(out, size, "20%02u-%02u", 24 + dice(8), 1 + dice(12));
    else if (f->type == &field_name && f->names < CATALOG_KINDS && catalog_count(catalog, f->names) > 0)
        text_copy(out, size, catalog_id(catalog, f->names, (int)dice((unsigned)catalog_count(catalog, f->names))));
    else if (f->type == &field_set) {
        out[0] = '\0';
        for (int k = 0; k < catalog_count(catalog, f->names); k++)
            if (dice(4) == 0)
                snprintf(out + strlen(out), size - strlen(out), "%s,", catalog_id(catalog, f->names, k));
    } else if (f->type == &field_arm)
        text_copy(out, size, sc.arms[dice((unsigned)sc.n_arms)].name);
    else
        snprintf(out, size, "%s %u", dice(2) ? "a: b # c" : "- x \"q\"", dice(100));
}

/* Arms come, go, move, get another name or kind. */
static void
random_step(void)
{
    struct error err;
    char name[NAME_MAX_BYTES];
    int a = sc.n_arms > 0 ? (int)dice((unsigned)sc.n_arms) : -1;

    snprintf(name, sizeof name, "%s%u", dice(2) ? "n" : "é-", dice(50));
    switch (a < 0 ? 0 : dice(6)) {
    case 0:
        scenario_add_arm(&sc, name, (int)dice(ARM_KINDS), &err);
        break;
    case 1:
        scenario_remove_arm(&sc, a, &err);
        break;
    case 2:
        scenario_move_arm(&sc, a, (int)dice((unsigned)sc.n_arms), &err);
        break;
    case 3:
        scenario_copy_arm(&sc, a, name, &err);
        break;
    case 4:
        if (scenario_find_arm(&sc, name) < 0)
            text_copy(sc.arms[a].name, sizeof sc.arms[a].name, name);
        break;
    default: {
        struct field_ref ref;
        snprintf(name, sizeof name, "arms.%.20s.kind", sc.arms[a].name);
        if (field_find(&sc, name, &ref, &err) == 0)
            field_set_text(&sc, ref, arm_kind_word((int)dice(ARM_KINDS)), catalog, &err);
    }
    }
}

static void
with_crlf(const char *text, char *out)
{
    for (; *text != '\0'; *out++ = *text++)
        if (*text == '\n')
            *out++ = '\r';
    *out = '\0';
}

/* Saves upon saves: what one made, the next edits. */
static void
any_edits_saved_and_loaded_again_are_the_same_scenario(void **state)
{
    struct error err;
    char text[1024], crlf[2 * sizeof file];

    (void)state;
    with_crlf(file, crlf);
    for (int round = 0; round < 80; round++) {
        char *now = strdup(round % 4 == 3 ? crlf : file);
        for (int saves = 0; saves < 3; saves++) {
            load(now);
            for (int k = 0; k < 10; k++) {
                struct field_ref ref;
                field_each(&sc, (int)dice((unsigned)field_count(&sc)), &ref);
                random_text(ref, text, sizeof text);
                if (dice(5) == 0)
                    random_step();
                else
                    field_set_text(&sc, ref, text, catalog, &err); /* a refused one changes nothing */
            }
            char *out = spliced(now);
            problems_init(&found);
            assert_int_equal(scenario_parse(&again, out, strlen(out), catalog, &found, &err), 0);
            assert_true(scenario_equal(&again, &sc));
            assert_non_null(strstr(out, "# A team's own words"));
            assert_non_null(strstr(out, "mystery: kept"));
            assert_int_equal(strchr(out, '\r') != NULL, round % 4 == 3);
            free(now);
            now = out;
            char *whole = spliced(NULL);
            assert_int_equal(scenario_parse(&again, whole, strlen(whole), catalog, &found, &err), 0);
            assert_true(scenario_equal(&again, &sc));
            free(whole);
        }
        free(now);
    }
}

static void
a_file_changed_by_someone_else_is_not_written_over(void **state)
{
    struct scenario_file f;
    struct error err;
    char name[] = "/tmp/breakeven-save-XXXXXX";
    int fd = mkstemp(name);

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(file_write(name, file, strlen(file), NULL, NULL, &err), 0);
    problems_init(&found);
    assert_int_equal(scenario_open(&f, name, catalog, &found, &err), 0);
    assert_int_equal(file_write(name, "breakeven: 1\n", 13, NULL, NULL, &err), 0);
    assert_int_equal(scenario_save(&f, NULL, false, catalog, &err), -1);
    assert_int_equal(err.code, ERR_CONFLICT);
    assert_int_equal(scenario_save(&f, NULL, true, catalog, &err), 0);
    assert_int_equal(scenario_save(&f, NULL, false, catalog, &err), 0);
    remove(name);
    scenario_file_release(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_edit_is_one_changed_line),
        cmocka_unit_test(a_value_that_the_file_lacks_is_the_last_line_of_its_section),
        cmocka_unit_test(nothing_edited_is_nothing_changed),
        cmocka_unit_test(byte_order_mark_and_crlf_are_kept),
        cmocka_unit_test(arms_are_removed_moved_renamed_copied_with_their_lines),
        cmocka_unit_test(a_changed_kind_takes_the_keys_with_it_that_it_has_not),
        cmocka_unit_test(deleting_an_override_takes_its_line_out),
        cmocka_unit_test(a_new_file_holds_what_differs_from_the_defaults),
        cmocka_unit_test(a_currency_that_makes_a_refused_amount_legal_does_not_stop_the_save),
        cmocka_unit_test(an_arm_that_was_not_loaded_is_not_lost),
        cmocka_unit_test(an_arm_added_under_a_broken_one_s_name_takes_its_place),
        cmocka_unit_test(a_source_outlives_its_arm),
        cmocka_unit_test(values_and_keys_that_could_not_be_read_stay_as_they_are),
        cmocka_unit_test(a_renamed_arm_keeps_its_lines_whatever_else_happens),
        cmocka_unit_test(names_that_change_places_are_saved),
        cmocka_unit_test(the_last_arm_and_the_first),
        cmocka_unit_test(a_value_back_at_its_default_is_written_where_the_file_has_one),
        cmocka_unit_test(sets_are_lists),
        cmocka_unit_test(texts_that_yaml_would_read_otherwise_come_back),
        cmocka_unit_test(pilots_change_by_their_numbers),
        cmocka_unit_test(pilots_keep_their_comments),
        cmocka_unit_test(pilots_that_could_not_be_read_are_not_lost),
        cmocka_unit_test(sources_change_line_by_line),
        cmocka_unit_test(a_decision_is_recorded_and_changed),
        cmocka_unit_test(nothing_is_given_out_that_does_not_read_back),
        cmocka_unit_test(a_file_is_saved_elsewhere_and_a_new_one_is_made),
        cmocka_unit_test(any_edits_saved_and_loaded_again_are_the_same_scenario),
        cmocka_unit_test(a_file_changed_by_someone_else_is_not_written_over),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, open_catalog, close_catalog);
}
