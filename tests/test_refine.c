/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <poll.h>
#include <signal.h>
#include <sched.h>

#include "model_support.h"
#include "breakeven/solve.h"

/* The worker in the background. Under ThreadSanitizer this program must be silent. */

enum kind { QUICK, UNTIL_CANCELLED, SOLVE };

struct job {
    int id;
    enum kind kind;
    struct setup *setup; /* SOLVE: the job's */
};

/* Every request and result that lives, so that none is lost or freed twice; and what the
 * worker saw. */
static int requests, results, started, cancelled, signals_open;

static int
add(int *count, int by)
{
    return __atomic_add_fetch(count, by, __ATOMIC_SEQ_CST);
}

static void *
work(void *request, const volatile int *cancel)
{
    struct job *job = request;
    struct samples *samples = NULL;
    sigset_t blocked;

    pthread_sigmask(SIG_BLOCK, NULL, &blocked);
    if (!sigismember(&blocked, SIGINT) || !sigismember(&blocked, SIGWINCH))
        add(&signals_open, 1);
    add(&started, 1);
    if (job->kind == UNTIL_CANCELLED)
        while (!solve_cancelled(cancel))
            sched_yield();
    if (job->kind == SOLVE) {
        struct solve_options o = { .samples = SAMPLES_MAX, .seed = 1, .cancel = cancel };
        struct error err;
        if (solve_run(&samples, job->setup, &o, &err) == 0)
            samples_free(samples);
    }
    if (job->kind != QUICK && solve_cancelled(cancel)) {
        add(&cancelled, 1);
        return NULL;
    }
    int *result = malloc(sizeof *result);
    if (result != NULL) {
        *result = job->id;
        add(&results, 1);
    }
    return result;
}

static void
free_request(void *arg)
{
    struct job *job = arg;

    free(job->setup);
    free(job);
    add(&requests, -1);
}

static void
free_result(void *arg)
{
    free(arg);
    add(&results, -1);
}

static struct refine *
begin(void)
{
    static const struct refine_job job = { work, free_request, free_result };
    struct refine *r;
    struct error err;

    requests = results = started = cancelled = signals_open = 0;
    assert_int_equal(refine_start(&r, &job, &err), 0);
    return r;
}

static void
end(struct refine *r)
{
    refine_stop(r);
    assert_int_equal(requests, 0);
    assert_int_equal(results, 0);
    assert_int_equal(signals_open, 0);
}

static void
submit(struct refine *r, int id, enum kind kind, struct setup *setup)
{
    struct job *job = malloc(sizeof *job);

    assert_non_null(job);
    *job = (struct job){ id, kind, setup };
    add(&requests, 1);
    refine_submit(r, job);
}

static bool
readable(struct refine *r, int ms)
{
    struct pollfd p = { refine_descriptor(r), POLLIN, 0 };

    return poll(&p, 1, ms) == 1 && (p.revents & POLLIN);
}

/* The id of the result that is there; -1 if none. */
static int
collect(struct refine *r)
{
    int *result = refine_collect(r), id = -1;

    if (result != NULL) {
        id = *result;
        free_result(result);
    }
    return id;
}

static void
wait_until(int *count, int at_least)
{
    for (int ms = 0; ms < 30000; ms++) {
        if (add(count, 0) >= at_least)
            return;
        poll(NULL, 0, 1);
    }
    fail_msg("the worker does not answer");
}

static void
a_result_wakes_the_loop(void **state)
{
    struct refine *r = begin();

    (void)state;
    assert_false(readable(r, 0));
    assert_int_equal(collect(r), -1);
    for (int id = 1; id <= 3; id++) {
        submit(r, id, QUICK, NULL);
        assert_true(readable(r, 10000));
        assert_int_equal(collect(r), id);
        assert_false(readable(r, 0));
        assert_int_equal(collect(r), -1);
    }
    end(r);
}

static void
a_newer_request_cancels_the_one_at_work(void **state)
{
    struct refine *r = begin();

    (void)state;
    submit(r, 1, UNTIL_CANCELLED, NULL);
    wait_until(&started, 1);
    submit(r, 2, QUICK, NULL);
    assert_true(readable(r, 10000));
    assert_int_equal(collect(r), 2);
    assert_int_equal(cancelled, 1);
    end(r);
}

static void
a_request_that_waits_gives_way(void **state)
{
    struct refine *r = begin();

    (void)state;
    submit(r, 1, UNTIL_CANCELLED, NULL);
    wait_until(&started, 1);
    for (int id = 2; id <= 50; id++)
        submit(r, id, QUICK, NULL);
    do
        assert_true(readable(r, 10000));
    while (collect(r) != 50);
    assert_int_equal(collect(r), -1);
    end(r);
}

static void
a_result_of_an_older_generation_is_never_given_out(void **state)
{
    struct refine *r = begin();

    (void)state;
    submit(r, 1, QUICK, NULL);
    assert_true(readable(r, 10000)); /* finished, not collected */
    submit(r, 2, UNTIL_CANCELLED, NULL);
    assert_int_equal(collect(r), -1);
    wait_until(&started, 2);
    refine_cancel(r);
    wait_until(&cancelled, 1);
    submit(r, 3, QUICK, NULL);
    assert_true(readable(r, 10000));
    refine_cancel(r);
    assert_int_equal(collect(r), -1);
    end(r);
}

/* What was lent to the request is the caller's again: nothing is at work any more. */
static void
at_rest_nothing_is_at_work(void **state)
{
    struct refine *r = begin();

    (void)state;
    refine_rest(r);
    for (int id = 1; id <= 50; id++) {
        int before = add(&started, 0);
        submit(r, id, UNTIL_CANCELLED, NULL);
        if (id % 2 == 0)
            wait_until(&started, before + 1);
        refine_rest(r);
        assert_int_equal(add(&requests, 0), 0);
        assert_int_equal(add(&cancelled, 0), add(&started, 0));
        assert_int_equal(collect(r), -1);
    }
    submit(r, 99, QUICK, NULL);
    assert_true(readable(r, 10000));
    refine_rest(r);
    assert_int_equal(collect(r), -1);
    end(r);
}

static void
stopping_waits_for_nothing_but_the_worker(void **state)
{
    (void)state;
    end(begin());
    struct refine *r = begin();
    submit(r, 1, UNTIL_CANCELLED, NULL);
    end(r);
    r = begin();
    submit(r, 1, QUICK, NULL);
    assert_true(readable(r, 10000));
    end(r); /* a result that nobody took */
    refine_stop(NULL);
}

static void
nothing_is_lost_in_a_thousand_edits(void **state)
{
    struct refine *r = begin();
    uint64_t x = 99;
    int last = 0;

    (void)state;
    for (int id = 1; id <= 1000; id++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        submit(r, id, x >> 60 < 6 && id < 1000 ? UNTIL_CANCELLED : QUICK, NULL);
        if (x >> 56 & 1)
            sched_yield();
        if (x >> 57 & 1) {
            int got = collect(r);
            assert_true(got == -1 || got == id); /* of this generation or none */
            last = got > last ? got : last;
        }
        if ((x >> 40 & 31) == 0 && id < 1000)
            refine_cancel(r);
    }
    while (last != 1000) {
        assert_true(readable(r, 10000));
        int got = collect(r);
        last = got > last ? got : last;
    }
    end(r);
}

/* Two arms and one uncertain field: a million samples would take seconds. */
static struct setup *
uncertain_setup(void)
{
    static const struct quantity_rules rules = { FORM_NUMBER, 0, 1e9, false, 30, 1 };
    struct setup *s = plain_setup();
    struct error err;

    api_arm(s, "claude", 3, 15);
    self_arm(s, "tuned", ARM_SELF_TUNED, 320, COUNTS_ALL, 3.67);
    assert_int_equal(quantity_parse(&s->sc.workload.requests_per_day, "10k to 40k", &rules, &err), 0);
    return s;
}

static void
a_solution_is_given_up_where_it_stands(void **state)
{
    struct refine *r = begin();

    (void)state;
    for (int id = 1; id <= 5; id++) {
        submit(r, id, SOLVE, uncertain_setup());
        wait_until(&started, id);
        refine_cancel(r);
        wait_until(&cancelled, id);
    }
    submit(r, 6, QUICK, NULL);
    assert_true(readable(r, 10000));
    assert_int_equal(collect(r), 6);
    end(r);
}

static void
a_cancelled_solution_gives_out_nothing(void **state)
{
    static const volatile int yes = 1;
    struct solve_options o = { .samples = 1024, .seed = 1, .cancel = &yes };
    struct setup *s = uncertain_setup();
    struct samples *samples = NULL, *replaced = NULL;
    struct field_ref ref;
    struct error err;

    (void)state;
    assert_int_equal(solve_run(&samples, s, &o, &err), 1);
    assert_null(samples);
    o.cancel = NULL;
    assert_int_equal(solve_run(&samples, s, &o, &err), 0);
    assert_int_equal(field_find(&s->sc, "workload.requests_per_day", &ref, &err), 0);
    assert_int_equal(solve_replaced(&replaced, samples, ref, 30000, 1024, &yes, &err), 1);
    assert_null(replaced);
    samples_free(samples);
    free(s);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_result_wakes_the_loop),
        cmocka_unit_test(a_newer_request_cancels_the_one_at_work),
        cmocka_unit_test(a_request_that_waits_gives_way),
        cmocka_unit_test(a_result_of_an_older_generation_is_never_given_out),
        cmocka_unit_test(at_rest_nothing_is_at_work),
        cmocka_unit_test(stopping_waits_for_nothing_but_the_worker),
        cmocka_unit_test(nothing_is_lost_in_a_thousand_edits),
        cmocka_unit_test(a_solution_is_given_up_where_it_stands),
        cmocka_unit_test(a_cancelled_solution_gives_out_nothing),
    };

    return RUN_GROUP(tests);
}
