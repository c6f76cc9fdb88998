/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../src/solve/draws_lanes.h"
#include "../src/solve/parts.h"
#include "support.h"

/* What the samples stand for: each column alone, and each pair of them. */

#define FAMILIES 3
#define COLUMNS (DRAWS_LEADING + FAMILIES * DRAWS_FAMILY)

static double
worst_correlation(int n, uint64_t seed)
{
    double *u = malloc(sizeof *u * (size_t)n * COLUMNS), worst = 0;

    assert_non_null(u);
    for (int d = 0; d < COLUMNS; d++) {
        draws_uniform(u + (size_t)d * (size_t)n, n, d, seed);
        for (int i = 0; i < n; i++)
            u[(size_t)d * (size_t)n + (size_t)i] -= 0.5;
    }
    for (int a = 0; a < COLUMNS; a++)
        for (int b = a + 1; b < COLUMNS; b++) {
            const double *x = u + (size_t)a * (size_t)n, *y = u + (size_t)b * (size_t)n;
            double sum = 0;
            for (int i = 0; i < n; i++)
                sum += x[i] * y[i];
            worst = fmax(worst, fabs(sum * 12 / n));
        }
    free(u);
    return worst;
}

/* Points come in pairs that lie in opposite halves, so that a product of two columns has n / 2
 * independent terms: sqrt(2 / n) at one standard deviation, and the worst of the 21,528 pairs here
 * about 4.5 of them. No pair may be worse than that chance; only at 256 points, where flips are looked
 * for first, some thirty leading pairs are, by up to 0.4. */
static void
no_pair_of_columns_is_correlated(void **state)
{
    static const int sizes[] = { 1024, 4096, 16384 };

    (void)state;
    assert_true(worst_correlation(256, 1) < 0.45);
    for (size_t k = 0; k < BE_LEN(sizes); k++) {
        double worst = worst_correlation(sizes[k], 1), chance = 4.5 * sqrt(2.0 / sizes[k]);
        print_message("# %d points: worst correlation %.3f, by chance %.3f\n", sizes[k], worst, chance);
        assert_true(worst < chance);
    }
}

static int
ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* Of each 2^k points one lies in every interval of 2^-k: in the first, and in those that follow. */
static void
each_column_is_a_net_at_every_power_of_two(void **state)
{
    enum { N = 4096 };
    double u[N], part[N];

    (void)state;
    for (int d = 0; d < COLUMNS; d += 7) {
        draws_uniform(u, N, d, 42);
        for (int n = 64; n <= N; n *= 2) {
            memcpy(part, u, sizeof *part * (size_t)n);
            qsort(part, (size_t)n, sizeof *part, ascending);
            for (int i = 0; i < n; i++)
                assert_int_equal((int)(part[i] * n), i);
        }
    }
}

static void
a_prefix_is_the_beginning_of_more_points(void **state)
{
    double few[256], many[2048];

    (void)state;
    for (int d = 0; d < COLUMNS; d += 5) {
        draws_uniform(few, 256, d, 7);
        draws_uniform(many, 2048, d, 7);
        assert_memory_equal(few, many, sizeof few);
    }
}

static void
seeds_and_dimensions_differ(void **state)
{
    double a[64], b[64];

    (void)state;
    draws_uniform(a, 64, 3, 1);
    draws_uniform(b, 64, 3, 2);
    assert_memory_not_equal(a, b, sizeof a);
    draws_uniform(b, 64, DRAWS_LEADING + 3, 1);
    assert_memory_not_equal(a, b, sizeof a);
}

/* Every field has a dimension, and no two share one. */
static void
each_field_has_a_dimension_of_its_own(void **state)
{
    static bool taken[8192];

    (void)state;
    memset(taken, 0, sizeof taken);
    for (int f = 0; f < scenario_fields_n; f++) {
        int d = column_dimension((struct field_ref){ &scenario_fields[f], -1 });
        assert_true(d >= 0 && d < (int)BE_LEN(taken) && !taken[d]);
        taken[d] = true;
    }
    for (int f = 0; f < arm_fields_n; f++)
        for (int a = 0; a < ARMS_MAX; a++) {
            int d = column_dimension((struct field_ref){ &arm_fields[f], a });
            assert_true(d >= 0 && d < (int)BE_LEN(taken) && !taken[d]);
            taken[d] = true;
        }
}

static void
same_bits(const struct draws_path *wide)
{
    static uint32_t p[DRAWS_RUN], q[DRAWS_RUN];
    static double u[DRAWS_RUN], v[DRAWS_RUN], z[DRAWS_RUN], y[DRAWS_RUN];
    static int64_t at[DRAWS_RUN], where[DRAWS_RUN];

    for (uint32_t round = 0; round < 200; round++) {
        const int n = (int)(1 + round * 37 % DRAWS_RUN); /* the rest lies beyond whole registers */
        draws_plain.order(p, round * DRAWS_RUN, 77 + round);
        wide->order(q, round * DRAWS_RUN, 77 + round);
        assert_memory_equal(p, q, sizeof p);
        memset(u, 0, sizeof u);
        memset(v, 0, sizeof v);
        draws_plain.uniform(u, p, n, 0x5a5a * round, round);
        wide->uniform(v, p, n, 0x5a5a * round, round);
        assert_memory_equal(u, v, sizeof u);
        assert_true(u[n - 1] > 0 && u[n - 1] < 1 && (n == DRAWS_RUN || u[n] == 0));
        draws_plain.centre(z, u, n);
        wide->centre(y, u, n);
        assert_memory_equal(z, y, (size_t)n * sizeof *z);
        const int far = draws_plain.far(z, at, u, n);
        assert_int_equal(wide->far(y, where, u, n), far);
        assert_memory_equal(z, y, (size_t)far * sizeof *z);
        assert_memory_equal(at, where, (size_t)far * sizeof *at);
        for (int i = 0; round % 2 == 1 && i < n; i++)
            u[i] = pow(u[i], 1 + round); /* far out, too */
        draws_plain.tails(z, u, n);
        wide->tails(y, u, n);
        assert_memory_equal(z, y, (size_t)n * sizeof *z);
        draws_plain.powers(u, z, n, 3, 0.5);
        wide->powers(v, y, n, 3, 0.5);
        assert_memory_equal(u, v, (size_t)n * sizeof *u);
        draws_plain.shares(u, z, n, 1, 0.5);
        wide->shares(v, y, n, 1, 0.5);
        assert_memory_equal(u, v, (size_t)n * sizeof *u);
    }
}

/* Whatever its registers, so that what was found on one machine is found on another. */
static void
draws_are_the_same_bits_by_any_registers(void **state)
{
    (void)state;
    same_bits(&draws_plain); /* what it says of one path alone */
#if defined HAVE_AVX2
    if (__builtin_cpu_supports("avx2"))
        same_bits(&draws_avx2);
#endif
#if defined HAVE_AVX512
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
        same_bits(&draws_avx512);
#endif
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_pair_of_columns_is_correlated),
        cmocka_unit_test(each_column_is_a_net_at_every_power_of_two),
        cmocka_unit_test(a_prefix_is_the_beginning_of_more_points),
        cmocka_unit_test(seeds_and_dimensions_differ),
        cmocka_unit_test(each_field_has_a_dimension_of_its_own),
        cmocka_unit_test(draws_are_the_same_bits_by_any_registers),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
