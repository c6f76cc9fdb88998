/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_TESTS_SUPPORT_H
#define BREAKEVEN_TESTS_SUPPORT_H

/* What every test program needs. cmocka 1.1.5 compares floats only, so
 * assert_close is ours. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Relative to the larger magnitude; both zero is close. NaN never is. */
#define assert_close(got, want, rel) \
    assert_close_at((got), (want), (rel), #got, __FILE__, __LINE__)

static inline void
assert_close_at(double got, double want, double rel, const char *what,
                const char *file, int line)
{
    double scale = fmax(fabs(got), fabs(want));

    if (!(fabs(got - want) <= rel * scale || got == want)) {
        print_error("%s: got %.17g, want %.17g (relative %g > %g)\n", what, got, want,
                    scale > 0 ? fabs(got - want) / scale : 0, rel);
        _fail(file, line);
    }
}

/* A path below the source tree; the text lives until the next call. */
static inline const char *
source_path(const char *relative)
{
    static char path[1024];
    const char *dir = getenv("srcdir");

    snprintf(path, sizeof path, "%s/%s", dir != NULL ? dir : ".", relative);
    return path;
}

/* Rounds of a long test: all, or one in $BREAKEVEN_ROUNDS_OVER of them (on an emulated machine, say). */
static inline int
rounds_of(int all)
{
    const char *over = getenv("BREAKEVEN_ROUNDS_OVER");
    int by = over != NULL ? atoi(over) : 1;

    return by > 1 ? (all + by - 1) / by : all;
}

/* Run a group with TAP output whatever the environment says. */
#define RUN_GROUP(tests) \
    (cmocka_set_message_output(CM_OUTPUT_TAP), \
     cmocka_run_group_tests((tests), NULL, NULL))

#endif
