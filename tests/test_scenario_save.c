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
    else
        snprintf(out, size, "%s %u", dice(2) ? "a: b # c" : "- x \"q\"", dice(100));
}

static void
any_edits_saved_and_loaded_again_are_the_same_scenario(void **state)
{
    struct error err;
    char text[256];

    (void)state;
    for (int round = 0; round < 60; round++) {
        load(file);
        for (int k = 0; k < 12; k++) {
            struct field_ref ref;
            field_each(&sc, (int)dice((unsigned)field_count(&sc)), &ref);
            if (ref.field->type == &field_arm || ref.field->type == &field_set || strcmp(ref.field->key, "kind") == 0)
                continue;
            random_text(ref, text, sizeof text);
            field_set_text(&sc, ref, text, catalog, &err); /* a refused one changes nothing */
        }
        char *out = spliced(file);
        problems_init(&found);
        assert_int_equal(scenario_parse(&again, out, strlen(out), catalog, &found, &err), 0);
        assert_true(scenario_equal(&again, &sc));
        assert_non_null(strstr(out, "# A team's own words"));
        assert_non_null(strstr(out, "mystery: kept"));
        free(out);
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
        cmocka_unit_test(any_edits_saved_and_loaded_again_are_the_same_scenario),
        cmocka_unit_test(a_file_changed_by_someone_else_is_not_written_over),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, open_catalog, close_catalog);
}
