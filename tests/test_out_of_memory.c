/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "breakeven/decide.h"
#include "breakeven/report.h"
#include "support.h"

/* Each allocation fails once: the work ends with words or without it, never with a crash, and a second
 * try with memory succeeds. Leaks show under AddressSanitizer and valgrind. The linker sends
 * the program's own allocations here (--wrap); the libraries' keep theirs, except where they
 * allocate through our code. */

void *__real_malloc(size_t);
void *__real_calloc(size_t, size_t);
void *__real_realloc(void *, size_t);
void *__wrap_malloc(size_t);
void *__wrap_calloc(size_t, size_t);
void *__wrap_realloc(void *, size_t);

static long until = -1, made; /* until: allocations that still succeed; -1: all */

static bool
fails(void)
{
    made++;
    return until >= 0 && until-- == 0;
}

void *
__wrap_malloc(size_t n)
{
    return fails() ? NULL : __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t n)
{
    return fails() ? NULL : __real_realloc(p, n);
}

static struct catalog *catalog;
static struct scenario sc;
static char *text;
static size_t text_n;

/* ---- what is tried: 0 done, -1 refused with words ------------------------------------------------ */

static int
load_catalog(struct error *err)
{
    static struct problems found;
    const char *folders[] = { source_path("catalog") };
    struct catalog *c = NULL;

    problems_init(&found);
    int status = catalog_load(&c, folders, 1, &found, err);
    if (status == 0 && catalog != NULL && found.errors == 0)
        for (int k = 0; k < CATALOG_KINDS; k++) /* what is said to be loaded is whole */
            assert_int_equal(catalog_count(c, k), catalog_count(catalog, k));
    catalog_free(c);
    return status;
}

static int
parse_and_splice(struct error *err)
{
    static struct scenario again;
    static struct problems found;
    char *out = NULL;
    size_t n;

    problems_init(&found);
    int status = scenario_parse(&again, text, text_n, catalog, &found, err);
    if (status == 0 && found.errors == 0)
        status = scenario_splice(&again, text, text_n, catalog, &out, &n, err);
    if (status == 0 && found.errors == 0) {
        assert_int_equal(n, text_n);
        assert_memory_equal(out, text, n);
        assert_true(scenario_equal(&again, &sc));
        free(out);
    }
    return status;
}

static int
decide_all(struct error *err)
{
    const struct solve_options o = { .samples = 256, .seed = 1 };
    struct answer *an = NULL;

    int status = decide(&an, &sc, catalog, "test", &o, DEPTH_VERDICT, NULL, err);
    answer_free(an);
    return status;
}

static int
undo_and_redo(struct error *err)
{
    static struct scenario edited;
    struct history h;
    struct field_ref ref;
    char what[200];

    edited = sc;
    history_init(&h);
    int status = field_find(&edited, "workload.requests_per_day", &ref, err);
    if (status == 0)
        status = history_set(&h, &edited, ref, "30k", false, catalog, err);
    if (status == 0 && (history_undo(&h, &edited, catalog, what, sizeof what) < 0 || !scenario_equal(&edited, &sc)))
        status = -1;
    history_release(&h);
    return status;
}

/* ---- each allocation in turn ------------------------------------------------------------------------- */

static void
each_allocation_fails_once(int (*work)(struct error *), long most)
{
    struct error err;

    made = 0;
    assert_int_equal(work(&err), 0);
    long all = made, step = all / most + 1, refused = 0;
    for (long k = 0; k < all; k += step) {
        err.text[0] = '\0';
        until = k;
        int status = work(&err);
        until = -1;
        if (status != 0 && err.text[0] == '\0')
            fail_msg("allocation %ld of %ld failed without a word", k, all);
        refused += status != 0;
    }
    print_message("# %ld allocations, %ld refusals\n", all, refused);
    assert_int_equal(work(&err), 0);
}

static void
the_catalog(void **state)
{
    (void)state;
    each_allocation_fails_once(load_catalog, 400);
}

static void
a_scenario(void **state)
{
    (void)state;
    each_allocation_fails_once(parse_and_splice, 1000);
}

static void
a_decision(void **state)
{
    (void)state;
    each_allocation_fails_once(decide_all, 1000);
}

static void
the_history(void **state)
{
    (void)state;
    each_allocation_fails_once(undo_and_redo, 1000);
}

static int
open_all(void **state)
{
    static struct problems found;
    const char *folders[] = { source_path("catalog") };
    struct error err;

    (void)state;
    problems_init(&found);
    if (catalog_load(&catalog, folders, 1, &found, &err) != 0 ||
        file_read(source_path("scenarios/startup-mvp.yaml"), 1 << 20, &text, &text_n, NULL, &err) != 0)
        return -1;
    return scenario_parse(&sc, text, text_n, catalog, &found, &err);
}

static int
close_all(void **state)
{
    (void)state;
    free(text);
    catalog_free(catalog);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_catalog),
        cmocka_unit_test(a_scenario),
        cmocka_unit_test(a_decision),
        cmocka_unit_test(the_history),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, open_all, close_all);
}
