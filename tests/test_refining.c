/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <poll.h>
#include <time.h>

#include "answer_support.h"
#include "tui_support.h"

/* The workbench and its refiner without a terminal: which samples answer when, and that nothing which came
 * between leaves a trace. Under ThreadSanitizer this program must be silent. */

/* ThreadSanitizer makes a program ten times as slow: it looks at few samples. */
#ifdef __SANITIZE_THREAD__
#define USUAL 512
#else
#define USUAL 0
#endif

static double
now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

/* A clock that stands still: verdicts take no time, and no key was half a second ago. */
static double
still(void)
{
    return 1;
}

static double
at_rest(void)
{
    return 1e6;
}

static int
begin(void **state)
{
    struct error err;

    if (start(state) < 0)
        return -1;
    options.samples = USUAL;
    app.clock_ms = still;
    if (refining_start(&app, &err) < 0)
        return -1;
    app_after_edit(&app);
    return 0;
}

static int
end(void **state)
{
    refining_stop(&app);
    return stop(state);
}

/* One turn of the loop: what is due, what is asked, what came. False: nothing is under way. */
static bool
turn(void)
{
    app_solve_due(&app);
    refining_ask(&app);
    if (!app.asked)
        return false;
    struct pollfd p = { refine_descriptor(app.refine), POLLIN, 0 };
    if (poll(&p, 1, 120000) != 1)
        fail_msg("the refiner does not answer");
    refining_take(&app);
    /* whatever is shown is an answer to the scenario as it is */
    const struct scenario *now = &app_doc(&app)->file.scenario, *of = &app_answer(&app)->setup.sc;
    assert_true(app_doc(&app)->stale || (of->workload.requests_per_day.x == now->workload.requests_per_day.x &&
                                         of->workload.input_tokens.x == now->workload.input_tokens.x));
    return true;
}

static void
set(const char *path, const char *text)
{
    struct field_ref ref;
    struct error err;

    assert_int_equal(field_find(&app_doc(&app)->file.scenario, path, &ref, &err), 0);
    assert_int_equal(app_set_field(&app, ref, text, false, &err), 0);
}

/* The same answer from nothing, on this thread. */
static struct answer *
fresh_answer(int samples)
{
    struct solve_options o = { .samples = samples, .seed = options.seed };
    struct answer *an = NULL;
    struct error err;

    assert_int_equal(decide(&an, &app_doc(&app)->file.scenario, catalog, app_doc(&app)->name, &o, DEPTH_ALL, NULL, &err), 0);
    return an;
}

/* Bands and map are made on request and not by decide. */
static void
assert_same(const struct answer *got, struct answer *want)
{
    want->has_map = got->has_map;
    want->map = got->map;
    want->volume_band = got->volume_band;
    want->label_band = got->label_band;
    assert_same_answer(got, want);
    answer_free(want);
}

#ifndef __SANITIZE_THREAD__

/* ---- steps -------------------------------------------------------------------------------------- */

static void
samples_go_up_in_steps_and_never_down(void **state)
{
    int samples = 0, deep = 0, steps = 0;

    (void)state;
    app_solve_due(&app);
    assert_int_equal(app_answer(&app)->samples, 1024);
    assert_int_equal(app_answer(&app)->deep_samples, 0);
    while (turn()) {
        const struct answer *an = app_answer(&app);
        assert_true(an->samples >= samples && an->deep_samples >= deep);
        assert_true(an->deep_samples <= an->samples);
        samples = an->samples;
        deep = an->deep_samples;
        steps++;
    }
    assert_int_equal(steps, 2); /* few, all; a key was just now */
    assert_int_equal(samples, SAMPLES_DEFAULT);
    assert_int_equal(deep, SAMPLES_DEFAULT);
    assert_false(app_refining(&app));
    assert_same(app_answer(&app), fresh_answer(SAMPLES_DEFAULT));

    struct refinement next;
    assert_false(app_next_refinement(&app, false, &next));
    assert_true(app_next_refinement(&app, true, &next));
    assert_int_equal(next.samples, FINE_SAMPLES);
}

/* The next key is answered from as many samples as there is time for. */
static void
a_key_is_answered_from_what_a_frame_affords(void **state)
{
    const struct refinement fast = { .samples = 1024 };

    (void)state;
    app_solve_due(&app);
    app_note_time(&app, &fast, 0.4);
    set("workload.requests_per_day", "30k");
    app_solve_due(&app);
    assert_int_equal(app_answer(&app)->samples, SAMPLES_DEFAULT);
    app_note_time(&app, &(struct refinement){ .samples = SAMPLES_DEFAULT }, 14);
    assert_int_equal(app.key_samples, SAMPLES_DEFAULT / 2);
    app_note_time(&app, &(struct refinement){ .samples = SAMPLES_DEFAULT / 2 }, 7);
    assert_int_equal(app.key_samples, SAMPLES_DEFAULT / 2); /* neither up nor down */
    for (int k = 0; k < 5; k++)
        app_note_time(&app, &(struct refinement){ .samples = app.key_samples }, 60);
    assert_int_equal(app.key_samples, 1024);
    app_note_time(&app, &fast, 400); /* no time even for the fewest: the refiner has it */
    set("workload.requests_per_day", "31k");
    app_solve_due(&app);
    assert_true(app_doc(&app)->stale);
    assert_true(turn());
    assert_false(app_doc(&app)->stale);
    while (turn())
        ;
    assert_same(app_answer(&app), fresh_answer(SAMPLES_DEFAULT));
}

/* Where everything takes too long the verdict alone goes on, and the report stays with one number. */
static void
more_than_all_is_the_verdict_alone_where_flips_take_long(void **state)
{
    (void)state;
    while (turn())
        ;
    struct answer *whole = fresh_answer(SAMPLES_DEFAULT);
    app_note_time(&app, &(struct refinement){ .samples = SAMPLES_DEFAULT, .deep = SAMPLES_DEFAULT }, 1e5);
    app.clock_ms = at_rest;
    assert_true(turn());
    const struct answer *an = app_answer(&app);
    assert_int_equal(an->samples, FINE_SAMPLES);
    assert_int_equal(an->deep_samples, SAMPLES_DEFAULT);
    assert_int_equal(an->n_flips, whole->n_flips);
    assert_memory_equal(an->flips, whole->flips, sizeof an->flips);
    assert_false(turn());
    char *f = frame(140, 40);
    assert_non_null(strstr(f, "65.5k samples, flips 16.4k"));
    free(f);
    assert_int_equal(app_whole_answer(&app)->samples, SAMPLES_DEFAULT);
    assert_same(app_whole_answer(&app), whole);

    struct answer *fine = NULL;
    struct solve_options o = { .samples = FINE_SAMPLES, .seed = options.seed };
    struct error err;
    assert_int_equal(decide(&fine, &app_doc(&app)->file.scenario, catalog, app_doc(&app)->name, &o, DEPTH_VERDICT, NULL, &err), 0);
    assert_memory_equal(an->arms, fine->arms, sizeof fine->arms);
    answer_free(fine);
}

#endif

static void
a_number_that_was_typed_stays(void **state)
{
    (void)state;
    refining_stop(&app);
    options.samples = 512;
    struct error err;
    assert_int_equal(refining_start(&app, &err), 0);
    app.clock_ms = at_rest;
    set("workload.requests_per_day", "22k");
    app_solve_due(&app);
    do
        assert_int_equal(app_answer(&app)->samples, 512);
    while (turn());
    assert_int_equal(app_answer(&app)->deep_samples, 512);
    set("workload.requests_per_day", "23k");
    app_note_time(&app, &(struct refinement){ .samples = 512 }, 1e3); /* too slow for the loop: the verdict first */
    app_solve_due(&app);
    assert_true(app_doc(&app)->stale);
    assert_true(turn());
    assert_int_equal(app_answer(&app)->samples, 512);
    assert_int_equal(app_answer(&app)->deep_samples, 0);
    while (turn())
        ;
    assert_true(app.settled);
    assert_same(app_answer(&app), fresh_answer(512));
}

/* ---- what comes between ------------------------------------------------------------------------------ */

static void
edits_while_the_refiner_works_leave_no_trace(void **state)
{
    static const char *const volumes[] = { "20k", "25k to 60k", "200k", "10k to 40k" }, *const inputs[] = { "500", "400 to 700" };
    double longest = 0;

    (void)state;
    for (int k = 0; k < 24; k++) {
        double before = now_ms();
        set("workload.requests_per_day", volumes[k % 4]);
        if (k % 3 == 0)
            set("workload.input_tokens", inputs[k / 3 % 2]);
        longest = now_ms() - before > longest ? now_ms() - before : longest;
        app_solve_due(&app);
        refining_ask(&app);
        assert_true(app.asked);
        poll(NULL, 0, k * 7 % 40);
        if (k % 5 == 4) /* this one may come to its end */
            turn();
    }
    while (turn())
        ;
    assert_same(app_answer(&app), fresh_answer(app_full_samples(&app)));
    /* An edit waits for the refiner no longer than a few looks at the flag; a busy machine may take its processor away. */
    assert_true(longest < 500);
}

#ifndef __SANITIZE_THREAD__

/* What is in sight takes the refiner from what nobody waits for, which goes on afterwards. */
static void
a_map_goes_before_more_than_all(void **state)
{
    (void)state;
    set("workload.requests_per_day", "20k to 200k");
    while (turn())
        ;
    app.clock_ms = at_rest;
    refining_ask(&app);
    assert_true(app.asked && app.finer);
    type("M");
    assert_true(app_view_is(&app, "map"));
    refining_ask(&app);
    assert_true(app.asked && !app.finer);
    assert_true(turn());
    assert_true(app_answer(&app)->has_map);
    struct flip_map map = app_answer(&app)->map;
    while (turn())
        ;
    assert_int_equal(app_answer(&app)->samples, FINE_SAMPLES);
    assert_true(app_answer(&app)->has_map);
    assert_memory_equal(&map, &app_answer(&app)->map, sizeof map);
}

/* Neither does what two changes do stop a key: the refiner finds it while Why is in sight. */
static void
two_changes_are_found_beside_the_keys(void **state)
{
    (void)state;
    set("workload.requests_per_day", "20k to 200k");
    while (turn())
        ;
    app.clock_ms = at_rest;
    type("W");
    refining_ask(&app);
    assert_true(app.asked && !app.finer);
    assert_false(app_answer(&app)->has_together);
    assert_true(turn());
    assert_true(app_answer(&app)->has_together);
    struct flips_together together = app_answer(&app)->together;
    while (turn())
        ;
    assert_int_equal(app_answer(&app)->samples, FINE_SAMPLES);
    assert_true(app_answer(&app)->has_together); /* and more samples keep it */
    assert_memory_equal(&together, &app_answer(&app)->together, sizeof together);
}

/* What was asked about one scenario is taken there, though a way back (^O) led to another meanwhile. */
static void
an_answer_goes_to_the_scenario_that_it_is_about(void **state)
{
    char line[512];

    (void)state;
    snprintf(line, sizeof line, ":add %s<Enter>", source_path("scenarios/hospital-us.yaml"));
    while (turn())
        ;
    type(line);
    app_show_doc(&app, 1);
    while (turn())
        ;
    type("W");
    refining_ask(&app);
    assert_true(app.asked);
    app_return(&app, (struct place){ .focus = FOCUS_PANE, .view = app.view, .open_arm = -1, .doc = 0 });
    assert_int_equal(app.doc, 0);
    assert_true(turn());
    assert_true(app.docs[1].answer->has_together);
    assert_false(app.docs[0].answer->has_together);
    while (turn()) /* and then the one in sight has its own */
        ;
    assert_true(app.docs[0].answer->has_together);
    assert_int_equal(app.docs[0].answer->together.of, app.docs[0].answer->verdict.pick);
}

#endif

int
main(void)
{
    static const struct CMUnitTest tests[] = {
#ifndef __SANITIZE_THREAD__
        cmocka_unit_test_setup_teardown(samples_go_up_in_steps_and_never_down, begin, end),
        cmocka_unit_test_setup_teardown(a_key_is_answered_from_what_a_frame_affords, begin, end),
        cmocka_unit_test_setup_teardown(more_than_all_is_the_verdict_alone_where_flips_take_long, begin, end),
        cmocka_unit_test_setup_teardown(a_map_goes_before_more_than_all, begin, end),
        cmocka_unit_test_setup_teardown(two_changes_are_found_beside_the_keys, begin, end),
        cmocka_unit_test_setup_teardown(an_answer_goes_to_the_scenario_that_it_is_about, begin, end),
#endif
        cmocka_unit_test_setup_teardown(a_number_that_was_typed_stays, begin, end),
        cmocka_unit_test_setup_teardown(edits_while_the_refiner_works_leave_no_trace, begin, end),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, open_catalog, close_catalog);
}
