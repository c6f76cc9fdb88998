/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <sys/stat.h>
#include <unistd.h>

#include "breakeven/scenario.h"
#include "support.h"

static struct scenario sc, start, later;
static struct history h;

static struct field_ref
place(const char *path)
{
    struct field_ref ref;
    struct error err;

    if (field_find(&sc, path, &ref, &err) != 0)
        fail_msg("%s", err.text);
    return ref;
}

static void
set(const char *path, const char *text, bool join)
{
    struct error err;

    if (history_set(&h, &sc, place(path), text, join, NULL, &err) != 0)
        fail_msg("%s=%s: %s", path, text, err.text);
}

static int
fresh(void **state)
{
    (void)state;
    scenario_init(&sc);
    history_init(&h);
    return 0;
}

static int
done(void **state)
{
    (void)state;
    history_release(&h);
    return 0;
}

static void
undo_and_redo_name_what_changed(void **state)
{
    char what[200];

    (void)state;
    set("workload.requests_per_day", "12k", false);
    set("workload.requests_per_day", "20k", false);
    assert_int_equal(history_unsaved(&h), 2);
    assert_int_equal(history_undo(&h, &sc, NULL, what, sizeof what), 1);
    assert_string_equal(what, "requests_per_day 20k -> 12k");
    assert_string_equal(sc.workload.requests_per_day.text, "12k");
    assert_int_equal(history_redo(&h, &sc, NULL, what, sizeof what), 1);
    assert_string_equal(sc.workload.requests_per_day.text, "20k");
    assert_int_equal(history_redo(&h, &sc, NULL, what, sizeof what), 0);
}

static void
a_run_of_nudges_is_one_step(void **state)
{
    char what[200];

    (void)state;
    set("workload.input_tokens", "510", false);
    set("workload.input_tokens", "520", true);
    set("workload.input_tokens", "530", true);
    assert_int_equal(h.n, 1);
    assert_int_equal(history_undo(&h, &sc, NULL, what, sizeof what), 1);
    assert_int_equal(history_undo(&h, &sc, NULL, what, sizeof what), 0);
}

static void
a_refused_edit_changes_nothing_and_is_not_remembered(void **state)
{
    struct error err;

    (void)state;
    start = sc;
    assert_int_equal(history_set(&h, &sc, place("workload.input_tokens"), "-5", false, NULL, &err), -1);
    assert_memory_equal(&sc, &start, sizeof sc);
    assert_int_equal(h.n, 0);
    set("workload.input_tokens", sc.workload.input_tokens.text, false);
    assert_int_equal(h.n, 0);
}

static void
a_new_edit_forgets_what_was_undone(void **state)
{
    char what[200];

    (void)state;
    set("workload.input_tokens", "100", false);
    history_mark_saved(&h);
    history_undo(&h, &sc, NULL, what, sizeof what);
    assert_int_equal(history_unsaved(&h), 1);
    set("workload.output_tokens", "7", false);
    assert_int_equal(history_redo(&h, &sc, NULL, what, sizeof what), 0);
    assert_true(history_unsaved(&h) > 0); /* the saved state is out of reach now */
}

static void
structural_steps_go_back_and_forth(void **state)
{
    struct error err;
    char what[200];

    (void)state;
    start = sc;
    later = sc;
    assert_true(scenario_add_arm(&later, "a", ARM_API, &err) >= 0);
    assert_int_equal(history_replace(&h, &sc, &later, "added arm a", &err), 0);
    set("arms.a.run_fte", "0.5", false);
    assert_int_equal(history_undo(&h, &sc, NULL, what, sizeof what), 1);
    assert_int_equal(history_undo(&h, &sc, NULL, what, sizeof what), 1);
    assert_string_equal(what, "added arm a");
    assert_true(scenario_equal(&sc, &start));
    assert_int_equal(history_redo(&h, &sc, NULL, what, sizeof what), 1);
    assert_true(scenario_equal(&sc, &later));
}

static void
two_hundred_random_edits_undone_are_the_start_and_redone_the_end(void **state)
{
    struct error err;
    char what[200], text[64];
    unsigned seed = 7;

    (void)state;
    start = sc;
    for (int k = 0; k < 200; k++) {
        struct field_ref ref;
        struct quantity_rules how;
        seed = seed * 1664525u + 1013904223u;
        field_each(&sc, (int)(seed >> 8) % field_count(&sc), &ref);
        if (!field_is_quantity(ref.field))
            continue;
        field_rules(ref.field, &sc, &how);
        double high = ref.field->high > ref.field->low + 1e4 ? ref.field->low + 1e4 : ref.field->high;
        double v = ref.field->low + (high - ref.field->low) * ((seed >> 4) % 1000) / 1000.0;
        quantity_print(text, sizeof text, ref.field->whole ? ceil(v) : v, &how);
        history_set(&h, &sc, ref, text, false, NULL, &err);
    }
    later = sc;
    assert_true(h.n > 60);
    while (history_undo(&h, &sc, NULL, what, sizeof what) == 1)
        ;
    assert_true(scenario_equal(&sc, &start));
    while (history_redo(&h, &sc, NULL, what, sizeof what) == 1)
        ;
    assert_true(scenario_equal(&sc, &later));
}

static void
a_journal_brings_unsaved_work_back(void **state)
{
    char folder[] = "/tmp/breakeven-journal-XXXXXX", inner[64], name[512];
    struct error err;
    int edits = -1;
    struct stat st;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(inner, sizeof inner, "%s/a/b", folder);
    assert_int_equal(journal_read(inner, "plan.yaml", &later, NULL, &edits, &err), 0);
    assert_int_equal(edits, 0);
    set("workload.input_tokens", "8k to 12k", false);
    assert_int_equal(journal_write(inner, "plan.yaml", &sc, 1, NULL, &err), 0);
    assert_int_equal(stat(inner, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_int_equal(journal_read(inner, "plan.yaml", &later, NULL, &edits, &err), 0);
    assert_int_equal(edits, 1);
    assert_true(scenario_equal(&sc, &later));
    assert_int_equal(journal_read(inner, "other.yaml", &later, NULL, &edits, &err), 0);
    assert_int_equal(edits, 0);
    journal_name(inner, "plan.yaml", name, sizeof name);
    assert_int_equal(file_write(name, "torn", 4, NULL, NULL, &err), 0);
    assert_int_equal(journal_read(inner, "plan.yaml", &later, NULL, &edits, &err), -1);
    assert_int_equal(journal_clear(inner, "plan.yaml", &err), 0);
    assert_int_equal(journal_clear(inner, "plan.yaml", &err), 0);
    rmdir(inner);
    snprintf(inner, sizeof inner, "%s/a", folder);
    rmdir(inner);
    rmdir(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(undo_and_redo_name_what_changed, fresh, done),
        cmocka_unit_test_setup_teardown(a_run_of_nudges_is_one_step, fresh, done),
        cmocka_unit_test_setup_teardown(a_refused_edit_changes_nothing_and_is_not_remembered, fresh, done),
        cmocka_unit_test_setup_teardown(a_new_edit_forgets_what_was_undone, fresh, done),
        cmocka_unit_test_setup_teardown(structural_steps_go_back_and_forth, fresh, done),
        cmocka_unit_test_setup_teardown(two_hundred_random_edits_undone_are_the_start_and_redone_the_end, fresh, done),
        cmocka_unit_test_setup_teardown(a_journal_brings_unsaved_work_back, fresh, done),
    };

    return RUN_GROUP(tests);
}
