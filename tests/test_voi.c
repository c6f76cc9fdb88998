/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "support.h"
#include "../src/solve/kernel.h"
#include "../src/solve/parts.h"

/*
 * Value of information against closed forms.  Two arms whose losses differ by
 * D = m + s z1 + t z2 (normal, m > 0, so that arm 0 is best): knowing what explains a standard
 * deviation q of D is worth q phi(m/q) - m Phi(-m/q), the unit normal loss.
 */

#define N 16384

static real block[12][N];
static double scratch[6 * N];

static void
scores(real *z, int dimension, uint64_t seed)
{
    static double u[N], score[N];

    draws_uniform(u, N, dimension, seed);
    draws_scores(score, u, N);
    for (int i = 0; i < N; i++)
        z[i] = (real)score[i];
}

static double
unit_normal_loss(double m, double q)
{
    return q * exp(-0.5 * (m / q) * (m / q)) / sqrt(2 * 3.14159265358979323846) - m * normal_cdf(-m / q);
}

static double
evpi_of(const real *const *loss, int n_arms)
{
    struct stakes *stakes = stakes_new(loss, n_arms, N);
    double value = evpi(stakes);

    stakes_free(stakes);
    return value;
}

static double
evppi_among(const real *const *loss, int n_arms, int n, const real *z, double *se)
{
    struct stakes *stakes = stakes_new(loss, n_arms, n);
    double value = evppi(stakes, z, NULL, 0, se, NULL);

    stakes_free(stakes);
    return value;
}

static double
evppi_of(const real *const *loss, int n_arms, const real *z, double *se)
{
    return evppi_among(loss, n_arms, N, z, se);
}

static double
evsi_of(const real *const *loss, int n_arms, const real *const *y, int n_y, double *se)
{
    struct stakes *stakes = stakes_new(loss, n_arms, N);
    double value = evsi(stakes, y, n_y, se, NULL);

    stakes_free(stakes);
    return value;
}

/* block: 0 and 1 losses, 2 and 3 the scores z1 and z2, 4 what both arms share. */
static const real *const *
normal_case(double m, double s, double t, uint64_t seed)
{
    static const real *loss[2];

    scores(block[2], 0, seed);
    scores(block[3], 1, seed);
    scores(block[4], 2, seed);
    for (int i = 0; i < N; i++) {
        block[0][i] = 1e6 + 2e5 * block[4][i];
        block[1][i] = block[0][i] + m + s * block[2][i] + t * block[3][i];
    }
    loss[0] = block[0];
    loss[1] = block[1];
    return loss;
}

static void
perfect_knowledge_is_worth_the_unit_normal_loss(void **state)
{
    (void)state;
    assert_close(evpi_of(normal_case(500, 800, 600, 1), 2), unit_normal_loss(500, 1000), 0.003);
    assert_close(evpi_of(normal_case(2000, 800, 600, 1), 2), unit_normal_loss(2000, 1000), 0.02);
}

static void
one_input_is_worth_what_it_explains(void **state)
{
    static const double cases[][3] = { { 500, 800, 600 }, { 100, 300, 2000 }, { 1000, 1000, 0 }, { 1500, 900, 900 } };
    double se;

    (void)state;
    for (size_t k = 0; k < BE_LEN(cases); k++) {
        const real *const *loss = normal_case(cases[k][0], cases[k][1], cases[k][2], 1);
        double value = evppi_of(loss, 2, block[2], &se), want = unit_normal_loss(cases[k][0], cases[k][1]);
        assert_true(fabs(value - want) < 3 * se);
        assert_close(value, want, 0.03);
        assert_true(se > 0 && se < 0.5 * want);
    }
}

static void
a_bent_effect_is_followed(void **state)
{
    /* D = 300 (z^2 - 0.5) is negative for |z| < z0 = sqrt(0.5), and nothing but z matters: both are
     * the integral of 0.5 - z^2 over -z0..z0, where that of z^2 is P(|z| < z0) - 2 z0 phi(z0). */
    static const real *loss[2];
    double z0 = sqrt(0.5), inside = 2 * normal_cdf(z0) - 1, density = exp(-0.25) / sqrt(2 * 3.14159265358979323846);
    double want = 300 * (0.5 * inside - (inside - 2 * z0 * density));

    (void)state;
    scores(block[2], 0, 3);
    scores(block[4], 2, 3);
    for (int i = 0; i < N; i++) {
        block[0][i] = 5e4 * block[4][i];
        block[1][i] = block[0][i] + 300 * (block[2][i] * block[2][i] - 0.5);
    }
    loss[0] = block[0];
    loss[1] = block[1];
    assert_close(evpi_of(loss, 2), want, 0.003);
    assert_close(evppi_of(loss, 2, block[2], NULL), want, 0.04);
}

static void
what_does_not_matter_is_worth_nothing(void **state)
{
    double se;

    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        const real *const *loss = normal_case(500, 800, 600, seed);
        scores(block[5], 7, seed);
        double value = evppi_of(loss, 2, block[5], &se);
        assert_true(value < 2 * se || value < 1e-3 * evpi_of(loss, 2));
        /* what both arms share moves the cost but not the choice */
        value = evppi_of(loss, 2, block[4], &se);
        assert_true(value < 2 * se || value < 1e-3 * evpi_of(loss, 2));
    }
}

static void
a_dominated_arm_makes_knowledge_worthless(void **state)
{
    static const real *loss[2];
    const real *y[1] = { block[5] };
    double se;

    (void)state;
    normal_case(0, 1, 1, 1);
    scores(block[5], 3, 1);
    for (int i = 0; i < N; i++) /* dearer by 1 to 1,000, but not by much on average near z = -1 */
        block[1][i] = block[0][i] + 1 + 999 / (1 + exp(-8 * (block[2][i] + block[3][i])));
    loss[0] = block[1];
    loss[1] = block[0];
    assert_true(evpi_of(loss, 2) == 0);
    assert_true(evppi_of(loss, 2, block[2], &se) == 0 && se == 0);
    assert_true(evsi_of(loss, 2, y, 1, &se) == 0 && se == 0);
}

static void
a_part_is_worth_no_more_than_the_whole(void **state)
{
    static const real *loss[4];
    const real *two[2] = { block[6], block[7] };

    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        for (int k = 0; k < 4; k++)
            scores(block[4 + k], k, seed);
        for (int i = 0; i < N; i++) {
            block[0][i] = 100 * block[4][i] + 30 * exp(block[5][i]);
            block[1][i] = 90 * block[5][i] + 50 * block[6][i] * block[4][i];
            block[2][i] = 200 * fabs(block[6][i]) - 150;
            block[3][i] = 10 * block[7][i] + (block[4][i] > 1 ? -200 : 20);
        }
        for (int a = 0; a < 4; a++)
            loss[a] = block[a];
        double all = evpi_of(loss, 4), se;
        assert_true(all > 0);
        for (int k = 0; k < 4; k++) {
            double part = evppi_of(loss, 4, block[4 + k], &se);
            assert_true(part >= 0 && part <= all);
        }
        double both = evsi_of(loss, 4, two, 2, &se), one = evsi_of(loss, 4, two, 1, NULL);
        assert_true(both <= all && both + 3 * se >= one);
    }
}

static void
a_study_is_worth_what_its_noise_leaves(void **state)
{
    const real *y[2] = { block[6], block[7] };
    double se, parts;

    (void)state;
    const real *const *loss = normal_case(400, 800, 600, 1);
    scores(block[8], 4, 1);
    scores(block[9], 5, 1);
    for (int i = 0; i < N; i++) { /* the units of a result play no part */
        block[6][i] = 7 + 0.02 * (block[2][i] + 0.5 * block[8][i]);
        block[7][i] = -3e5 * (block[3][i] + block[9][i]);
    }
    /* noise v leaves s^2 / (1 + v) of an input's variance */
    double q1 = 800 * 800 / 1.25, q2 = 600 * 600 / 2.0;
    double one = evsi_of(loss, 2, y, 1, &se);
    assert_close(one, unit_normal_loss(400, sqrt(q1)), 0.03);
    assert_true(fabs(one - unit_normal_loss(400, sqrt(q1))) < 3 * se);
    assert_true(one <= evppi_of(loss, 2, block[2], &parts) + 2 * parts);
    double both = evsi_of(loss, 2, y, 2, &se);
    assert_close(both, unit_normal_loss(400, sqrt(q1 + q2)), 0.03);
    assert_true(both > one);
    assert_true(both <= evpi_of(loss, 2));
}

static void
results_that_tell_nothing_are_left_out(void **state)
{
    const real *constant[1] = { block[6] }, *unknown[1] = { block[7] }, *twice[3] = { block[2], block[6], block[2] };
    double se;

    (void)state;
    const real *const *loss = normal_case(400, 800, 600, 1);
    for (int i = 0; i < N; i++) {
        block[6][i] = 0.875;
        block[7][i] = i == 77 ? NAN : block[2][i];
    }
    assert_true(evsi_of(loss, 2, constant, 1, &se) == 0);
    assert_true(evsi_of(loss, 2, unknown, 1, &se) == 0);
    /* a column that stands there twice adds nothing and breaks nothing */
    assert_close(evsi_of(loss, 2, twice, 3, &se), evsi_of(loss, 2, twice, 1, NULL), 1e-9);
    assert_true(isfinite(se) && se > 0);
}

static void
a_result_of_two_values_is_regressed_too(void **state)
{
    const real *y[1] = { block[6] };
    double se;

    (void)state;
    /* y says whether z1 > 0: then D is 200 -+ 800 sqrt(2/pi) on average */
    const real *const *loss = normal_case(200, 800, 0, 1);
    for (int i = 0; i < N; i++)
        block[6][i] = block[2][i] > 0;
    assert_close(evsi_of(loss, 2, y, 1, &se), 0.5 * (800 * sqrt(2 / 3.14159265358979323846) - 200), 0.005);
    assert_true(se > 0);
}

static void
arms_out_of_the_running_and_unknown_samples_do_not_count(void **state)
{
    const real *five[5] = { NULL, block[0], NULL, block[1], NULL }, *one[2] = { block[0], NULL };

    (void)state;
    const real *const *loss = normal_case(500, 800, 600, 1);
    double all = evpi_of(loss, 2), part = evppi_of(loss, 2, block[2], NULL);
    assert_true(evpi_of(five, 5) == all);
    assert_true(evppi_of(five, 5, block[2], NULL) == part);
    assert_true(evpi_of(one, 2) == 0);
    assert_true(evppi_of(one, 2, block[2], NULL) == 0);
    for (int i = N - N / 16; i < N; i++) /* a sixteenth of the net, itself a net, is unknown */
        block[i % 2][i] = NAN;
    assert_close(evpi_of(loss, 2), all, 0.005);
    assert_close(evppi_of(loss, 2, block[2], NULL), part, 0.01);
    for (int i = 0; i < N; i++)
        block[1][i] = NAN;
    assert_true(evpi_of(loss, 2) == 0);
    assert_true(evppi_of(loss, 2, block[2], NULL) == 0);
}

static void
order_and_currency_of_the_arms_do_not_matter(void **state)
{
    const real *turned[2] = { block[1], block[0] };
    double se, again;

    (void)state;
    const real *const *loss = normal_case(500, 800, 600, 1);
    double all = evpi_of(loss, 2), part = evppi_of(loss, 2, block[2], &se);
    assert_close(evpi_of(turned, 2), all, 1e-9);
    assert_close(evppi_of(turned, 2, block[2], &again), part, 1e-9);
    assert_close(again, se, 1e-6);
    for (int i = 0; i < N; i++) {
        block[0][i] *= 83;
        block[1][i] *= 83;
    }
    /* a column of 32 bits rounds 83 times a loss otherwise than the loss */
    assert_close(evppi_of(loss, 2, block[2], &again), 83 * part, 1e-5);
    assert_close(again, 83 * se, 1e-5);
}

/* The spread over independent samples, against what each of them says of itself. */
static void
the_standard_error_is_honest(void **state)
{
    enum { ROUNDS = 60, M = 2048 };
    const real *loss[2] = { block[0], block[1] };
    uint64_t x = 88172645463325252u;
    double sum = 0, squares = 0, claimed = 0;

    (void)state;
    for (int r = 0; r < ROUNDS; r++) {
        double se;
        for (int i = 0; i < M; i++) {
            double z[2];
            for (int k = 0; k < 2; k++) {
                x ^= x << 13;
                x ^= x >> 7;
                x ^= x << 17;
                z[k] = draws_normal(((double)(x >> 11) + 0.5) * 0x1p-53);
            }
            block[0][i] = 0;
            block[1][i] = 300 + 800 * z[0] + 600 * z[1];
            block[2][i] = z[0];
        }
        double v = evppi_among(loss, 2, M, block[2], &se);
        sum += v;
        squares += v * v;
        claimed += se / ROUNDS;
    }
    double spread = sqrt(squares / ROUNDS - sum / ROUNDS * (sum / ROUNDS));
    assert_true(claimed > 0.6 * spread && claimed < 1.6 * spread);
    /* eight times the samples: an error less by the root of it */
    double few, many;
    const real *const *all = normal_case(300, 800, 600, 1);
    evppi_among(all, 2, M, block[2], &few);
    evppi_of(all, 2, block[2], &many);
    assert_close(many * sqrt(N / (double)M), few, 0.2);
}

/* ---- rank correlation ------------------------------------------------------------------------- */

static void
ranks_follow_what_rises_together(void **state)
{
    (void)state;
    scores(block[0], 0, 1);
    scores(block[1], 1, 1);
    for (int i = 0; i < N; i++) {
        block[2][i] = exp(3 * block[0][i]);
        block[3][i] = -block[2][i];
        block[4][i] = 0.5 * block[0][i] + sqrt(0.75) * block[1][i];
        block[5][i] = 4;
    }
    assert_close(rank_correlation(block[0], block[2], N, scratch), 1, 1e-12);
    assert_close(rank_correlation(block[0], block[3], N, scratch), -1, 1e-12);
    /* Spearman of a bivariate normal: 6/pi asin(rho/2) */
    assert_close(rank_correlation(block[0], block[4], N, scratch), 6 / 3.14159265358979323846 * asin(0.25), 0.005);
    assert_true(rank_correlation(block[0], block[5], N, scratch) == 0);
    assert_true(fabs(rank_correlation(block[0], block[1], N, scratch)) < 0.01);
}

/* Of many columns at once: as of each alone, but for what a slice of the range holds in common. */
static void
columns_ranked_together_are_ranked_alike(void **state)
{
    static double room[5 * N];
    const real *x[4] = { block[0], block[1], block[2], block[3] };
    const struct column_facts *facts[4] = { NULL };
    double together[4];

    (void)state;
    for (int k = 0; k < 3; k++)
        scores(block[k], k, 1);
    for (int i = 0; i < N; i++) {
        block[3][i] = 4; /* always the same: tells nothing */
        block[4][i] = exp(block[0][i]) + 0.3 * block[1][i] + (block[2][i] > 0.5 ? -1 : 0);
        if (i % 100 == 7)
            block[4][i] = NAN;
        block[2][i] = rint(2 * block[2][i]); /* many ties */
    }
    rank_correlations(x, facts, 4, block[4], N, together, room);
    for (int k = 0; k < 4; k++)
        assert_true(fabs(together[k] - rank_correlation(x[k], block[4], N, scratch)) < 1e-5);
    assert_true(together[0] > 0.5 && together[2] < -0.1 && together[3] == 0);
}

/* One column after the other; an error that nobody will read is not made. */
static void
columns_are_worth_together_what_they_are_alone(void **state)
{
    const real *z[3];
    double value[3], error[3], se;

    (void)state;
    const real *const *loss = normal_case(500, 800, 600, 1);
    for (int k = 0; k < 3; k++)
        z[k] = block[2 + k];
    struct stakes *stakes = stakes_new(loss, 2, N);
    for (int k = 0; k < 3; k++)
        value[k] = evppi(stakes, z[k], NULL, 50, &error[k], NULL);
    stakes_free(stakes);
    for (int k = 0; k < 3; k++) {
        assert_true(value[k] == evppi_of(loss, 2, z[k], &se));
        assert_true(error[k] == (value[k] >= 50 ? se : 0));
    }
    assert_true(value[0] > 50 && value[2] < 50);
}

static void
ties_and_unknown_values_are_ranked_fairly(void **state)
{
    /* by hand: ranks of x 0, 1.5, 1.5, 3 and of y 0, 1, 2, 3: 4.5 / sqrt(4.5 x 5) */
    static const real x[] = { 1, 2, 2, 3 }, y[] = { 10, 20, 30, 40 };
    const real gaps[] = { 1, NAN, 2, 2, 5, 3 }, beside[] = { 10, 7, 20, 30, NAN, 40 };

    (void)state;
    assert_close(rank_correlation(x, y, 4, scratch), 4.5 / sqrt(4.5 * 5), 1e-12);
    assert_close(rank_correlation(gaps, beside, 6, scratch), 4.5 / sqrt(4.5 * 5), 1e-12);
}

/* The number of so many that inversion of u finds, by its sums. */
static int
inverted(int n, double p, double u)
{
    double mass = pow(1 - p, n), sum = mass;
    int k = 0;

    while (sum < u && k < n) {
        k++;
        mass *= (double)(n - k + 1) / k * p / (1 - p);
        sum += mass;
    }
    return k;
}

static void
a_test_finds_binomial_shares(void **state)
{
    static const real shares[] = { 0, 0.004, 0.1, 0.3, 0.5, 0.62, 0.97, 1, NAN };
    static const int examples[] = { 20, 100, 500 };
    const struct kernel_path *const paths[] = { &kernel_plain, kernel_choose_avx2(), kernel_choose() };
    real p[STUDY_RUN], y[STUDY_RUN];
    struct study_noise e;

    (void)state;
    for (size_t k = 0; k < BE_LEN(shares) * BE_LEN(examples) * BE_LEN(paths); k++) {
        const int n = examples[k % 3];
        const double share = (double)shares[k / 9];
        for (int i = 0; i < STUDY_RUN; i++)
            p[i] = shares[k / 9];
        study_noise(&e, 1, k, 512);
        paths[k / 3 % 3]->tests(y, p, e.u, e.z, n, STUDY_RUN);
        for (int i = 0; i < STUDY_RUN; i++) {
            const bool high = share > 0.5; /* the rarer side is counted */
            const int rare = inverted(n, high ? 1 - share : share, e.u[i]);
            const double found = rint((double)y[i] * n), want = !(share > 0) ? 0 : high ? n - rare : rare;
            if (n * share * (1 - share) <= 10)
                assert_true(found == want);
            else
                assert_true(fabs(found - want) <= 1);
            assert_true((double)y[i] == (double)(real)(found / n));
        }
    }
}

static void
noise_is_the_same_for_the_same_sample(void **state)
{
    struct study_noise some, whole, other;
    double sum = 0;
    real x[STUDY_RUN], y[STUDY_RUN];

    (void)state;
    study_noise(&some, 3, 100, 256);
    study_noise(&whole, 3, 100, 248);
    study_noise(&other, 3, 101, 256);
    for (int i = 0; i < STUDY_RUN; i++) {
        assert_true(i + 8 >= STUDY_RUN || some.u[i] == whole.u[i + 8]);
        assert_true(some.u[i] > 0 && some.u[i] < 1 && some.u[i] != other.u[i]);
        sum += some.u[i] / STUDY_RUN;
        x[i] = (real)(i - 3);
    }
    assert_true(fabs(sum - 0.5) < 0.1);
    study_logs(y, x, 1, &some, 0.05);
    for (int i = 0; i < STUDY_RUN; i++)
        assert_close((double)y[i], log(fmax(1, i - 3)) + 0.05 * some.z[i], 1e-6);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(perfect_knowledge_is_worth_the_unit_normal_loss),
        cmocka_unit_test(one_input_is_worth_what_it_explains),
        cmocka_unit_test(a_bent_effect_is_followed),
        cmocka_unit_test(what_does_not_matter_is_worth_nothing),
        cmocka_unit_test(a_dominated_arm_makes_knowledge_worthless),
        cmocka_unit_test(a_part_is_worth_no_more_than_the_whole),
        cmocka_unit_test(a_study_is_worth_what_its_noise_leaves),
        cmocka_unit_test(results_that_tell_nothing_are_left_out),
        cmocka_unit_test(a_result_of_two_values_is_regressed_too),
        cmocka_unit_test(arms_out_of_the_running_and_unknown_samples_do_not_count),
        cmocka_unit_test(order_and_currency_of_the_arms_do_not_matter),
        cmocka_unit_test(the_standard_error_is_honest),
        cmocka_unit_test(ranks_follow_what_rises_together),
        cmocka_unit_test(ties_and_unknown_values_are_ranked_fairly),
        cmocka_unit_test(columns_ranked_together_are_ranked_alike),
        cmocka_unit_test(columns_are_worth_together_what_they_are_alone),
        cmocka_unit_test(a_test_finds_binomial_shares),
        cmocka_unit_test(noise_is_the_same_for_the_same_sample),
    };

    return RUN_GROUP(tests);
}
