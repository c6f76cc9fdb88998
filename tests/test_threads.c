/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <poll.h>

#include "answer_support.h"
#include "catalog_support.h"
#include "support.h"

/* Answers do not depend on who computes them, how many do at once, what was edited before, or what was
 * given up in between: all bytes are compared. Under ThreadSanitizer this program must be silent. */

#define SAMPLES 512
#define EDITS 6
#define WORKERS 4

static const char *const shipped[] = { "article", "bank-india", "startup-mvp", "rag-copilot" };
#define SHIPPED BE_LEN(shipped)

static struct scenario scenarios[SHIPPED];
static struct answer *wanted[SHIPPED]; /* from nothing, on the main thread */

static struct answer *
answer_to(const struct scenario *sc, struct samples **kept, enum decide_depth depth, const volatile int *cancel)
{
    const struct solve_options o = { .samples = SAMPLES, .seed = 7, .cancel = cancel };
    struct answer *an = NULL;
    struct error err;

    return decide_again(&an, kept, sc, catalog, "x", &o, depth, NULL, &err) == 0 ? an : NULL;
}

static int
open_scenarios(void **state)
{
    struct problems *found = calloc(1, sizeof *found);
    char name[64];
    struct error err;

    if (found == NULL || open_catalog(state) < 0)
        return -1;
    for (size_t k = 0; k < SHIPPED; k++) {
        struct scenario_file file = { 0 };
        struct samples *kept = NULL;
        snprintf(name, sizeof name, "scenarios/%s.yaml", shipped[k]);
        problems_init(found);
        if (scenario_open(&file, source_path(name), catalog, found, &err) < 0)
            return -1;
        scenarios[k] = file.scenario;
        scenario_file_release(&file);
        wanted[k] = answer_to(&scenarios[k], &kept, DEPTH_ALL, NULL);
        samples_free(kept);
        if (wanted[k] == NULL)
            return -1;
    }
    free(found);
    return 0;
}

static int
close_scenarios(void **state)
{
    for (size_t k = 0; k < SHIPPED; k++)
        answer_free(wanted[k]);
    return close_catalog(state);
}

/* ---- edits on the way ------------------------------------------------------------------------------ */

static uint64_t
next(uint64_t *x)
{
    *x ^= *x << 13;
    *x ^= *x >> 7;
    *x ^= *x << 17;
    return *x;
}

/* Some quantity becomes three quarters or four thirds of what it is, or a range around it; false: it may not. */
static bool
edit(struct scenario *sc, uint64_t *random)
{
    struct field_ref ref, at;
    struct error err;
    char text[160];
    int n = 0;

    while (field_each(sc, n, &ref))
        n++;
    field_each(sc, (int)(next(random) % (uint64_t)n), &at);
    if (!field_is_quantity(at.field))
        return false;
    const struct quantity *q = field_value(sc, at);
    if (q->kind == QUANTITY_UNSET || !(q->x > 0))
        return false;
    double x = q->x * (next(random) & 1 ? 0.75 : 4.0 / 3);
    if (at.field->whole)
        x = ceil(x);
    if (next(random) & 1 && !at.field->whole)
        snprintf(text, sizeof text, "%.9g to %.9g", 0.8 * x, 1.1 * x);
    else
        snprintf(text, sizeof text, "%.9g", x);
    return field_set_text(sc, at, text, catalog, &err) == 0;
}

/* ---- work for a thread ------------------------------------------------------------------------------- */

struct job {
    size_t scenario;
    uint64_t path;         /* of edits; 0: none                          */
    struct samples **kept; /* those of the last job, whatever it was     */
};

static void *
work(void *arg, const volatile int *cancel)
{
    struct job *job = arg;
    struct scenario *sc = malloc(sizeof *sc);
    uint64_t random = job->path;

    if (sc == NULL)
        return NULL;
    *sc = scenarios[job->scenario];
    for (int k = 0; job->path != 0 && k < EDITS; k++)
        if (edit(sc, &random))
            answer_free(answer_to(sc, job->kept, DEPTH_VERDICT, cancel));
    struct answer *an = answer_to(&scenarios[job->scenario], job->kept, DEPTH_ALL, cancel);
    free(sc);
    return an;
}

static void
free_answer(void *an)
{
    answer_free(an);
}

static struct refine *
worker(void)
{
    static const struct refine_job job = { work, free, free_answer };
    struct refine *r;
    struct error err;

    assert_int_equal(refine_start(&r, &job, &err), 0);
    return r;
}

static void
submit(struct refine *r, size_t scenario, uint64_t path, struct samples **kept)
{
    struct job *job = malloc(sizeof *job);

    assert_non_null(job);
    *job = (struct job){ scenario, path, kept };
    refine_submit(r, job);
}

static void
assert_answer(struct refine *r, size_t scenario)
{
    struct pollfd p = { refine_descriptor(r), POLLIN, 0 };
    struct answer *an;

    assert_int_equal(poll(&p, 1, 300000), 1);
    an = refine_collect(r);
    assert_non_null(an);
    assert_same_answer(an, wanted[scenario]);
    answer_free(an);
}

/* ---- the tests ------------------------------------------------------------------------------------------ */

static void
any_path_of_edits_leads_to_the_same_answer(void **state)
{
    static const volatile int never = 0;
    struct samples *kept = NULL;

    (void)state;
    for (size_t k = 0; k < 2 * SHIPPED; k++) {
        struct job job = { k % SHIPPED, 1000 + k, &kept };
        struct answer *an = work(&job, &never);
        assert_non_null(an);
        assert_same_answer(an, wanted[k % SHIPPED]);
        answer_free(an);
    }
    samples_free(kept);
}

static void
as_many_threads_as_one_likes_give_the_same_answers(void **state)
{
    (void)state;
    for (int n = 1; n <= WORKERS; n *= 2) {
        struct refine *r[WORKERS];
        struct samples *kept[WORKERS] = { NULL };
        for (int w = 0; w < n; w++)
            r[w] = worker();
        for (size_t round = 0; round < 2; round++) {
            for (int w = 0; w < n; w++)
                submit(r[w], ((size_t)w + round) % SHIPPED, round == 0 ? 0 : (uint64_t)(n * 100 + w), &kept[w]);
            for (int w = 0; w < n; w++)
                assert_answer(r[w], ((size_t)w + round) % SHIPPED);
        }
        for (int w = 0; w < n; w++) {
            refine_stop(r[w]);
            samples_free(kept[w]);
        }
    }
}

/* What is given up leaves samples that are half done; the next answer from them is whole all the same. */
static void
what_was_given_up_leaves_no_trace(void **state)
{
    struct refine *r = worker();
    struct samples *kept = NULL;
    uint64_t random = 12345;

    (void)state;
    for (size_t k = 0; k < 3 * SHIPPED; k++) {
        for (int given_up = 0; given_up < 4; given_up++) {
            submit(r, (k + (size_t)given_up) % SHIPPED, next(&random) | 1, &kept);
            poll(NULL, 0, (int)(next(&random) >> 8 & 15));
            refine_rest(r);
            assert_null(refine_collect(r));
        }
        if (k % 2 == 0) {
            submit(r, k % SHIPPED, next(&random) | 1, &kept);
            assert_answer(r, k % SHIPPED);
        } else { /* back on the main thread, with what the worker left */
            struct answer *an = answer_to(&scenarios[k % SHIPPED], &kept, DEPTH_ALL, NULL);
            assert_non_null(an);
            assert_same_answer(an, wanted[k % SHIPPED]);
            answer_free(an);
        }
    }
    refine_stop(r);
    samples_free(kept);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_path_of_edits_leads_to_the_same_answer),
        cmocka_unit_test(as_many_threads_as_one_likes_give_the_same_answers),
        cmocka_unit_test(what_was_given_up_leaves_no_trace),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, open_scenarios, close_scenarios);
}
