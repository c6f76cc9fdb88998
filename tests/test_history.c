/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

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
    assert_string_equal(what, "Requests/day 20k -> 12k");
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
a_run_of_nudges_that_comes_back_is_no_edit(void **state)
{
    char what[200];

    (void)state;
    set("workload.output_tokens", "90", false);
    set("workload.input_tokens", "510", false);
    start = sc;
    set("workload.output_tokens", "100", false);
    set("workload.output_tokens", "110", true);
    set("workload.output_tokens", "90", true);
    assert_int_equal(h.n, 2);
    assert_int_equal(history_unsaved(&h), 2);
    assert_true(scenario_equal(&sc, &start));
    assert_int_equal(history_undo(&h, &sc, NULL, what, sizeof what), 1);
    assert_non_null(strstr(what, "Input tokens 510 -> "));
}

static void
nudges_join_neither_another_place_nor_what_was_saved(void **state)
{
    char what[200];

    (void)state;
    set("workload.input_tokens", "510", false);
    set("workload.output_tokens", "110", true);
    set("workload.input_tokens", "520", true);
    assert_int_equal(h.n, 3);
    history_mark_saved(&h);
    set("workload.input_tokens", "530", true);
    assert_int_equal(h.n, 4);
    assert_int_equal(history_unsaved(&h), 1);
    assert_int_equal(history_undo(&h, &sc, NULL, what, sizeof what), 1);
    assert_string_equal(sc.workload.input_tokens.text, "520");
    assert_int_equal(history_unsaved(&h), 0);
    /* a nudge after an undo begins a step of its own */
    set("workload.input_tokens", "540", true);
    assert_int_equal(history_undo(&h, &sc, NULL, what, sizeof what), 1);
    assert_string_equal(what, "Input tokens 540 -> 520");
}

/* The prices of an API are no fields of a rented GPU, but they come back with the kind. */
static void
an_undone_change_of_kind_brings_all_of_the_arm_back(void **state)
{
    struct error err;
    char what[200];

    (void)state;
    assert_true(scenario_add_arm(&sc, "a", ARM_API, &err) >= 0);
    set("arms.a.input_usd_mtok", "$9", false);
    start = sc;
    set("arms.a.kind", "self-open", false);
    set("arms.a.gpu_price_usd_h", "$2", false);
    later = sc;
    assert_int_equal(history_undo(&h, &sc, NULL, what, sizeof what), 1);
    assert_int_equal(history_undo(&h, &sc, NULL, what, sizeof what), 1);
    assert_string_equal(what, "a: Kind self-open -> api");
    assert_true(scenario_equal(&sc, &start));
    assert_int_equal(history_redo(&h, &sc, NULL, what, sizeof what), 1);
    assert_string_equal(what, "a: Kind api -> self-open");
    assert_int_equal(history_redo(&h, &sc, NULL, what, sizeof what), 1);
    assert_true(scenario_equal(&sc, &later));
    set("arms.a.kind", "self-tuned", true);
    set("arms.a.kind", "cascade", true);
    assert_int_equal(history_undo(&h, &sc, NULL, what, sizeof what), 1);
    assert_string_equal(what, "a: Kind cascade -> self-open");
    assert_true(scenario_equal(&sc, &later));
}

static void
unset_is_said_in_words(void **state)
{
    struct error err;
    char what[200];

    (void)state;
    assert_true(scenario_add_arm(&sc, "a", ARM_API, &err) >= 0);
    set("arms.a.quality", "80%", false);
    set("arms.a.quality", "", false);
    assert_int_equal(history_undo(&h, &sc, NULL, what, sizeof what), 1);
    assert_string_equal(what, "a: Right answers unset -> 80%");
    assert_int_equal(history_undo(&h, &sc, NULL, what, sizeof what), 1);
    assert_string_equal(what, "a: Right answers 80% -> unset");
}

static void
the_longest_texts_come_back_whole(void **state)
{
    char long_text[512], what[64];

    (void)state;
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    set("notes", long_text, false);
    set("notes", "short", false);
    assert_int_equal(history_undo(&h, &sc, NULL, what, sizeof what), 1);
    assert_string_equal(sc.notes, long_text);
    assert_true(strlen(what) < sizeof what);
}

static void
steps_on_an_arm_that_was_renamed_or_moved_find_it_again(void **state)
{
    struct error err;
    char what[200];

    (void)state;
    assert_true(scenario_add_arm(&sc, "a", ARM_API, &err) >= 0);
    assert_true(scenario_add_arm(&sc, "b", ARM_API, &err) >= 0);
    start = sc;
    set("arms.a.quality", "80%", false);
    later = sc;
    text_copy(later.arms[0].name, sizeof later.arms[0].name, "c");
    assert_int_equal(scenario_move_arm(&later, 0, 1, &err), 0);
    assert_int_equal(history_replace(&h, &sc, &later, "renamed", &err), 0);
    set("arms.c.quality", "90%", false);
    later = sc;
    for (int k = 0; k < 3; k++)
        assert_int_equal(history_undo(&h, &sc, NULL, what, sizeof what), 1);
    assert_true(scenario_equal(&sc, &start));
    for (int k = 0; k < 3; k++)
        assert_int_equal(history_redo(&h, &sc, NULL, what, sizeof what), 1);
    assert_true(scenario_equal(&sc, &later));
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

static unsigned
dice(unsigned *seed, unsigned n)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % n;
}

static void
random_edit(unsigned *seed)
{
    struct error err;
    char text[64];
    struct field_ref ref;
    struct quantity_rules how;

    field_each(&sc, (int)dice(seed, (unsigned)field_count(&sc)), &ref);
    if (ref.field->choices != NULL) {
        int n = 0;
        while (ref.field->choices[n].word != NULL)
            n++;
        text_copy(text, sizeof text, ref.field->choices[dice(seed, (unsigned)n)].word);
    } else if (field_is_quantity(ref.field)) {
        field_rules(ref.field, &sc, &how);
        double high = ref.field->high > ref.field->low + 1e4 ? ref.field->low + 1e4 : ref.field->high;
        double v = ref.field->low + (high - ref.field->low) * dice(seed, 1000) / 1000.0;
        quantity_print(text, sizeof text, ref.field->whole ? ceil(v) : v, &how);
    } else if (ref.field->type == &field_date)
        snprintf(text, sizeof text, "2026-%02u", 1 + dice(seed, 12));
    else if (ref.field->type == &field_set)
        snprintf(text, sizeof text, "#%u", dice(seed, 8));
    else
        snprintf(text, sizeof text, "x%u", dice(seed, 100));
    history_set(&h, &sc, ref, text, dice(seed, 4) == 0, NULL, &err); /* a refused one changes nothing */
}

static void
random_step(unsigned *seed)
{
    struct error err;
    char name[16];
    int done = -1;

    later = sc;
    snprintf(name, sizeof name, "n%u", dice(seed, 1000));
    if (dice(seed, 3) == 0 && later.n_arms > 1)
        done = scenario_remove_arm(&later, (int)dice(seed, (unsigned)later.n_arms), &err);
    else if (dice(seed, 2) == 0 && later.n_arms > 0)
        done = scenario_move_arm(&later, (int)dice(seed, (unsigned)later.n_arms), (int)dice(seed, (unsigned)later.n_arms), &err);
    else
        done = scenario_add_arm(&later, name, (int)dice(seed, ARM_KINDS), &err);
    if (done >= 0)
        assert_int_equal(history_replace(&h, &sc, &later, "arms", &err), 0);
}

static void
two_hundred_random_edits_undone_are_the_start_and_redone_the_end(void **state)
{
    char what[200];
    unsigned seed = 7;

    (void)state;
    start = sc;
    for (int k = 0; k < 2000 && h.n < 200; k++) {
        if (dice(&seed, 12) == 0)
            random_step(&seed);
        else
            random_edit(&seed);
        if (dice(&seed, 20) == 0) /* back and forth on the way */
            assert_int_equal(history_undo(&h, &sc, NULL, what, sizeof what), h.n > 0);
    }
    while (history_redo(&h, &sc, NULL, what, sizeof what) == 1)
        ;
    later = sc;
    assert_int_equal(h.n, 200);
    int undone = 0, redone = 0;
    while (history_undo(&h, &sc, NULL, what, sizeof what) == 1)
        undone++;
    assert_true(scenario_equal(&sc, &start));
    while (history_redo(&h, &sc, NULL, what, sizeof what) == 1)
        redone++;
    assert_true(scenario_equal(&sc, &later));
    assert_int_equal(undone, 200);
    assert_int_equal(redone, 200);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(undo_and_redo_name_what_changed, fresh, done),
        cmocka_unit_test_setup_teardown(a_run_of_nudges_is_one_step, fresh, done),
        cmocka_unit_test_setup_teardown(a_run_of_nudges_that_comes_back_is_no_edit, fresh, done),
        cmocka_unit_test_setup_teardown(nudges_join_neither_another_place_nor_what_was_saved, fresh, done),
        cmocka_unit_test_setup_teardown(an_undone_change_of_kind_brings_all_of_the_arm_back, fresh, done),
        cmocka_unit_test_setup_teardown(unset_is_said_in_words, fresh, done),
        cmocka_unit_test_setup_teardown(the_longest_texts_come_back_whole, fresh, done),
        cmocka_unit_test_setup_teardown(steps_on_an_arm_that_was_renamed_or_moved_find_it_again, fresh, done),
        cmocka_unit_test_setup_teardown(a_refused_edit_changes_nothing_and_is_not_remembered, fresh, done),
        cmocka_unit_test_setup_teardown(a_new_edit_forgets_what_was_undone, fresh, done),
        cmocka_unit_test_setup_teardown(structural_steps_go_back_and_forth, fresh, done),
        cmocka_unit_test_setup_teardown(two_hundred_random_edits_undone_are_the_start_and_redone_the_end, fresh, done),
    };

    return RUN_GROUP(tests);
}
