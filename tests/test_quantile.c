/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "breakeven/solve.h"
#include "support.h"

/* Quantiles are exact order statistics whatever the values look like: against a sorted copy. */

#define N 4096

static int
by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double
sorted_quantile(const double *sorted, int count, double u)
{
    double at = (count - 1) * u;
    int k = (int)floor(at);

    return k + 1 < count ? sorted[k] + (at - k) * (sorted[k + 1] - sorted[k]) : sorted[k];
}

static double
noise(int i)
{
    uint64_t x = (uint64_t)i * 0x9e3779b97f4a7c15u;

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return ((double)((x ^ x >> 31) >> 11) + 0.5) * 0x1p-53;
}

static double
value(int shape, int i)
{
    double u = noise(i);

    switch (shape) {
    case 0: return u;
    case 1: return exp(20 * normal_quantile(u));      /* all but a few in one slice */
    case 2: return i % 3;                              /* ties                        */
    case 3: return 7;
    case 4: return u < 0.1 ? NAN : u < 0.2 ? INFINITY : u < 0.3 ? -INFINITY : -u;
    case 5: return u < 1e-3 ? 1e308 : u < 2e-3 ? -1e308 : u;
    case 6: return i;
    default: return NAN;
    }
}

static void
quantiles_are_order_statistics(void **state)
{
    static const double u[] = { 0, 0.005, 0.05, 0.25, 0.5, 0.95, 0.999, 1 };
    static real x[N], scratch[2 * N + 2];
    static double sorted[N];
    double out[BE_LEN(u)];

    (void)state;
    for (int shape = 0; shape < 8; shape++)
        for (int n = 1; n <= N; n = n < 3 ? n + 1 : 3 * n - 2 > N && n < N ? N : 3 * n - 2) {
            int count = 0;
            for (int i = 0; i < n; i++) {
                x[i] = (real)value(shape, i);
                if (isfinite(x[i]))
                    sorted[count++] = (double)x[i];
            }
            qsort(sorted, (size_t)count, sizeof *sorted, by_size);
            column_quantiles(x, n, u, BE_LEN(u), out, scratch);
            for (size_t k = 0; k < BE_LEN(u); k++) {
                double want = count > 0 ? sorted_quantile(sorted, count, u[k]) : NAN;
                if (!(out[k] == want || (isnan(out[k]) && isnan(want))))
                    fail_msg("shape %d, n %d, u %g: %.17g, sorted %.17g", shape, n, u[k], out[k], want);
            }
        }
}

#define MANY 16384

/* The prefix tells where to look: also where it is not like the rest. */
static double
other_value(int shape, int i)
{
    switch (shape) {
    case 8: return i < 1024 ? 0 : noise(i);
    case 9: return i < 1024 ? noise(i) : 2 + noise(i);
    case 10: return noise(i) < 0.97 ? 0 : noise(i);
    case 11: return i == MANY - 1 ? NAN : noise(i);
    default: return value(shape, i);
    }
}

static void
quantiles_of_a_difference_are_those_of_its_column(void **state)
{
    static const double u[] = { 0, 0.001, 0.25, 0.5, 0.95, 0.9999, 1 };
    static real x[MANY], from[MANY], gap[MANY], scratch[3 * MANY + 2];

    (void)state;
    for (int shape = 0; shape < 12; shape++)
        for (int n = 1000; n <= MANY; n = n < MANY / 2 ? n + 3001 : n < MANY ? MANY : MANY + 1) {
            for (int i = 0; i < n; i++) {
                from[i] = (real)(i % 7);
                x[i] = (real)((double)from[i] + other_value(shape, i));
            }
            column_gap(gap, x, from, n);
            for (size_t k = 0; k < BE_LEN(u); k++) {
                double got = column_gap_quantile(x, from, n, u[k], scratch), want = column_quantile(gap, n, u[k], scratch);
                if (!(got == want || (isnan(got) && isnan(want))))
                    fail_msg("shape %d, n %d, u %g: %.17g, of the column %.17g", shape, n, u[k], got, want);
            }
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_order_statistics),
        cmocka_unit_test(quantiles_of_a_difference_are_those_of_its_column),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
