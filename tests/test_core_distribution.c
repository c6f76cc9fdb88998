/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>

#include "support.h"

#include "breakeven/core.h"

/* Quantiles, distribution functions and means of every kind, with and without truncation,
 * against GSL's own functions of the same distribution and its quadrature. */

static const struct quantity_rules
    wide = { .form = FORM_NUMBER, .low = -1e300, .high = 1e300 },
    wide_share = { .form = FORM_SHARE, .low = -1e300, .high = 1e300 };

/* Texts, and limits inside which the text is legal; open: almost nothing is cut. */
static const struct {
    const char *text;
    enum quantity_form form;
    double low, high;
} cases[] = {
    { "8M to 12M", FORM_NUMBER, -1e300, 1e300 },
    { "8M to 12M", FORM_NUMBER, 0, 1e9 },
    { "8M to 12M", FORM_NUMBER, 7.9e6, 12.5e6 },
    { "8M to 12M", FORM_NUMBER, 0, 12.1e6 },
    { "50 to 3k", FORM_NUMBER, 1, 4000 },
    { "1e-6 to 1e6", FORM_NUMBER, 1e-9, 1e9 },
    { "1e-6 to 1e6", FORM_NUMBER, 0, 2e6 },
    { "-5 to 3", FORM_NUMBER, -1e300, 1e300 },
    { "-5 to 3", FORM_NUMBER, -6, 4 },
    { "-5 to 3", FORM_NUMBER, -1e300, 3.5 },
    { "10M +- 2M", FORM_NUMBER, 0, 1e9 },
    { "10 +- 20", FORM_NUMBER, 0, 1e9 },
    { "0.1 +- 20", FORM_NUMBER, 0, 1e9 },
    { "9 +- 1", FORM_NUMBER, 0, 9.01 },
    { "5 +- 1e5", FORM_NUMBER, 0, 10 },
    { "30% to 60%", FORM_SHARE, 0, 1 },
    { "30% to 60%", FORM_SHARE, 0.25, 0.7 },
    { "30% to 60%", FORM_SHARE, -0.99, 0.61 },
    { "0.01% to 99.9%", FORM_SHARE, 0, 1 },
    { "1e-9 to 1e-3", FORM_SHARE, 0, 1 },
    { "45% +- 5%", FORM_SHARE, 0, 1 },
    { "95% +- 10%", FORM_SHARE, 0, 1 },
    { "8M..12M", FORM_NUMBER, 0, 1e9 },
    { "0%..30%", FORM_SHARE, 0, 1 },
    { "8M/10M/12M", FORM_NUMBER, 0, 1e9 },
    { "8M/8M/12M", FORM_NUMBER, 0, 1e9 },
    { "8M/12M/12M", FORM_NUMBER, 0, 1e9 },
    { "1/2/50", FORM_NUMBER, 0, 1e9 },
};

static void
rules_of(size_t i, struct quantity_rules *rules)
{
    *rules = (struct quantity_rules){ .form = cases[i].form, .low = cases[i].low, .high = cases[i].high };
}

static void
read_case(size_t i, struct quantity *q)
{
    struct quantity_rules rules;
    struct error err;

    rules_of(i, &rules);
    if (quantity_parse(q, cases[i].text, &rules, &err) < 0)
        fail_msg("%s: %s", cases[i].text, err.text);
}

/* ---- the same distributions by GSL's own names ------------------------------------------------ */

static double
logit(double x)
{
    return x <= 0 ? -INFINITY : x >= 1 ? INFINITY : log(x) - log1p(-x);
}

static void
beta_shape(const struct quantity *q, double *alpha, double *beta)
{
    *alpha = (4 * q->b + q->c - 5 * q->a) / (q->c - q->a); /* lambda = 4 */
    *beta = (5 * q->c - q->a - 4 * q->b) / (q->c - q->a);
}

static double
gsl_cdf(const struct quantity *q, double x)
{
    double alpha, beta;

    switch (q->kind) {
    case QUANTITY_LOGNORMAL:
        return x <= 0 ? 0 : gsl_cdf_lognormal_P(x, q->a, q->b);
    case QUANTITY_LOGITNORMAL:
        return x <= 0 ? 0 : x >= 1 ? 1 : gsl_cdf_gaussian_P(logit(x) - q->a, q->b);
    case QUANTITY_NORMAL:
        return gsl_cdf_gaussian_P(x - q->a, q->b);
    case QUANTITY_UNIFORM:
        return gsl_cdf_flat_P(x, q->a, q->b);
    case QUANTITY_PERT:
        beta_shape(q, &alpha, &beta);
        x = (x - q->a) / (q->c - q->a);
        return x <= 0 ? 0 : x >= 1 ? 1 : gsl_cdf_beta_P(x, alpha, beta);
    default:
        fail_msg("kind %d", (int)q->kind);
        return NAN;
    }
}

static double
gsl_quantile(const struct quantity *q, double u)
{
    double alpha, beta;

    switch (q->kind) {
    case QUANTITY_LOGNORMAL:
        return gsl_cdf_lognormal_Pinv(u, q->a, q->b);
    case QUANTITY_LOGITNORMAL:
        return gsl_cdf_logistic_P(q->a + gsl_cdf_gaussian_Pinv(u, q->b), 1);
    case QUANTITY_NORMAL:
        return q->a + gsl_cdf_gaussian_Pinv(u, q->b);
    case QUANTITY_UNIFORM:
        return gsl_cdf_flat_Pinv(u, q->a, q->b);
    case QUANTITY_PERT:
        beta_shape(q, &alpha, &beta);
        return q->a + (q->c - q->a) * gsl_cdf_beta_Pinv(u, alpha, beta);
    default:
        fail_msg("kind %d", (int)q->kind);
        return NAN;
    }
}

static double
gsl_density(const struct quantity *q, double x)
{
    double alpha, beta;

    switch (q->kind) {
    case QUANTITY_LOGNORMAL:
        return gsl_ran_lognormal_pdf(x, q->a, q->b);
    case QUANTITY_LOGITNORMAL:
        return x <= 0 || x >= 1 ? 0 : gsl_ran_gaussian_pdf(logit(x) - q->a, q->b) / (x * (1 - x));
    case QUANTITY_NORMAL:
        return gsl_ran_gaussian_pdf(x - q->a, q->b);
    case QUANTITY_UNIFORM:
        return gsl_ran_flat_pdf(x, q->a, q->b);
    case QUANTITY_PERT:
        beta_shape(q, &alpha, &beta);
        return gsl_ran_beta_pdf((x - q->a) / (q->c - q->a), alpha, beta) / (q->c - q->a);
    default:
        fail_msg("kind %d", (int)q->kind);
        return NAN;
    }
}

/* ---- the normal distribution ------------------------------------------------------------------- */

/* Tables: Abramowitz & Stegun 26.2; NIST's percentiles. */
static void
the_normal_distribution_is_that_of_the_tables(void **state)
{
    static const struct {
        double z, u;
    } known[] = {
        { 0, 0.5 }, { 1, 0.84134474606854294859 }, { -1, 0.15865525393145705141 }, { 1.6448536269514722, 0.95 },
        { 1.9599639845400545, 0.975 }, { 2.5758293035489004, 0.995 }, { 3, 0.99865010196836990547 }, { -6, 9.8658764503769814e-10 },
        { -8.2220822161304356, 1e-16 }, { -37.047096299361199, 1e-300 },
    };

    (void)state;
    for (size_t i = 0; i < BE_LEN(known); i++) {
        /* a score that far out, rounded, moves its probability by more */
        assert_close(normal_cdf(known[i].z), known[i].u, known[i].z < -30 ? 1e-12 : 1e-13);
        assert_true(fabs(normal_quantile(known[i].u) - known[i].z) <= 1e-13 * fmax(1, fabs(known[i].z)));
    }
    for (double u = 1e-14; u < 1; u += 0.000931)
        assert_close(normal_cdf(normal_quantile(u)), u, 1e-13);
}

/* ---- quantiles ------------------------------------------------------------------------------------ */

static const double levels[] = { 1e-9, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1 - 1e-9 };

static void
quantiles_are_those_of_the_truncated_distribution(void **state)
{
    struct quantity q;

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++) {
        read_case(i, &q);
        double from = gsl_cdf(&q, cases[i].low), to = gsl_cdf(&q, cases[i].high);
        assert_true(fabs(q.f_low - from) <= 1e-14 && fabs(q.f_high - to) <= 1e-14);
        for (size_t k = 0; k < BE_LEN(levels); k++) {
            double want = gsl_quantile(&q, from + levels[k] * (to - from)), got = quantity_quantile(&q, levels[k]);
            want = fmin(fmax(want, cases[i].low), cases[i].high);
            /* relative to the spread: a quantile may be near 0 */
            double spread = gsl_quantile(&q, 0.75) - gsl_quantile(&q, 0.25);
            if (!(fabs(got - want) <= 1e-10 * fmax(fabs(want), cases[i].text[0] == '5' ? 10 : spread)))
                fail_msg("%s in %g..%g at %g: %.17g, not %.17g", cases[i].text, cases[i].low, cases[i].high, levels[k], got, want);
            assert_true(got >= cases[i].low && got <= cases[i].high);
        }
        assert_true(quantity_median(&q) == quantity_quantile(&q, 0.5));
        assert_true(q.x == quantity_median(&q));
    }
}

static void
the_distribution_function_inverts_the_quantile(void **state)
{
    struct quantity q;

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++) {
        read_case(i, &q);
        double last = -INFINITY;
        for (double u = 0.0005; u < 1; u += 0.0101) {
            double x = quantity_quantile(&q, u);
            if (!(fabs(quantity_cdf(&q, x) - u) <= 1e-9))
                fail_msg("%s in %g..%g: F(Q(%g)) = %.17g", cases[i].text, cases[i].low, cases[i].high, u, quantity_cdf(&q, x));
            assert_true(x > last);
            last = x;
        }
        assert_true(quantity_cdf(&q, cases[i].low - fabs(cases[i].low) - 1) == 0);
        assert_true(quantity_cdf(&q, cases[i].high) == 1);
    }
}

/* What a person typed is P5 and P95 where nothing is cut. */
static void
the_ends_of_an_interval_are_its_5th_and_95th_percentile(void **state)
{
    static const struct {
        const char *text;
        enum quantity_form form;
        double low, high;
    } typed[] = {
        { "8M to 12M", FORM_NUMBER, 8e6, 12e6 }, { "-5 to 3", FORM_NUMBER, -5, 3 }, { "10M \xc2\xb1" "20%", FORM_NUMBER, 8e6, 12e6 },
        { "30% to 60%", FORM_SHARE, 0.3, 0.6 }, { "-30% to 10%", FORM_SHARE, -0.3, 0.1 }, { "1e-9 to 1e9", FORM_NUMBER, 1e-9, 1e9 },
        { "45% \xc2\xb1" "5%", FORM_SHARE, 0.4, 0.5 },
    };
    struct quantity q;
    struct error err;

    (void)state;
    for (size_t i = 0; i < BE_LEN(typed); i++) {
        assert_int_equal(quantity_parse(&q, typed[i].text, typed[i].form == FORM_SHARE ? &wide_share : &wide, &err), 0);
        assert_close(quantity_quantile(&q, 0.05), typed[i].low, 1e-12);
        assert_close(quantity_quantile(&q, 0.95), typed[i].high, 1e-12);
    }
}

/* A draw from a score is the quantile of its probability, whichever way it is made. */
static void
a_draw_is_the_quantile_of_its_score(void **state)
{
    struct quantity q;

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++) {
        read_case(i, &q);
        double spread = quantity_quantile(&q, 0.75) - quantity_quantile(&q, 0.25);
        for (double z = -3.7; z < 4; z += 0.13) {
            double u = gsl_cdf_ugaussian_P(z), want = quantity_quantile(&q, u), got = quantity_draw(&q, z, u);
            if (!(fabs(got - want) <= 1e-11 * fmax(fabs(want), spread)))
                fail_msg("%s at %g: %.17g, not %.17g", cases[i].text, z, got, want);
        }
    }
}

/* A column is what its draws are one by one, to the last bit. */
static void
many_draws_are_each_the_same(void **state)
{
    enum { N = 61 };
    double z[N], u[N], x[N];
    struct quantity q;

    (void)state;
    for (int k = 0; k < N; k++) {
        z[k] = -3.9 + 0.13 * k;
        u[k] = gsl_cdf_ugaussian_P(z[k]);
    }
    for (size_t i = 0; i < BE_LEN(cases); i++) {
        read_case(i, &q);
        memcpy(x, u, sizeof x);
        quantity_draws(&q, z, x, x, N);
        for (int k = 0; k < N; k++)
            if (x[k] != quantity_draw(&q, z[k], u[k]))
                fail_msg("%s at %g: %.17g, not %.17g", cases[i].text, z[k], x[k], quantity_draw(&q, z[k], u[k]));
    }
}

static void
whole_numbers_are_rounded_draws_within_the_range(void **state)
{
    struct quantity_rules rules = { .form = FORM_NUMBER, .low = 1, .high = 8, .whole = true };
    static const char *const texts[] = { "2 to 6", "3 +- 4", "1..8", "1/2/8", "1.2..7.7" };
    struct quantity q, plain;
    struct error err;

    (void)state;
    for (size_t i = 0; i < BE_LEN(texts); i++) {
        rules.whole = true;
        assert_int_equal(quantity_parse(&q, texts[i], &rules, &err), 0);
        rules.whole = false;
        assert_int_equal(quantity_parse(&plain, texts[i], &rules, &err), 0);
        for (double z = -4; z <= 4; z += 0.01) {
            double u = gsl_cdf_ugaussian_P(z), x = quantity_draw(&q, z, u);
            assert_true(x == rint(quantity_draw(&plain, z, u)) && x >= 1 && x <= 8);
            assert_true(x == quantity_quantile(&q, u));
        }
        assert_true(q.x == rint(q.x));
        assert_close(quantity_mean(&q), quantity_mean(&plain), 0);
    }
    /* A limit that is not whole: rounding must not step over it. */
    rules = (struct quantity_rules){ .form = FORM_NUMBER, .low = 1.4, .high = 4.6, .whole = true };
    assert_int_equal(quantity_parse(&q, "1.4..4.6", &rules, &err), 0);
    assert_true(quantity_quantile(&q, 0.001) == 2);
    assert_true(quantity_quantile(&q, 0.999) == 4);
}

/* ---- means --------------------------------------------------------------------------------------------- */

static double
first_moment(double x, void *arg)
{
    return x * gsl_density(arg, x);
}

static double
zeroth_moment(double x, void *arg)
{
    return gsl_density(arg, x);
}

/* Quadrature over slices between quantiles, where the density is tame. */
static double
moment(gsl_integration_workspace *w, double (*f)(double, void *), struct quantity *q, double from, double to)
{
    gsl_function g = { f, q };
    double sum = 0, last = from, part, error;
    double mass_from = gsl_cdf(q, from), mass_to = gsl_cdf(q, to);
    double least = 1e-12 * (mass_to - mass_from) * (f == zeroth_moment ? 1 : fmax(fabs(quantity_median(q)), 1e-9));

    for (int k = -120; k <= 121; k++) {
        double u = gsl_cdf_ugaussian_P(k / 12.0), next = k == 121 ? to : gsl_quantile(q, mass_from + u * (mass_to - mass_from));
        next = fmin(fmax(next, last), to);
        if (next > last) {
            int status = gsl_integration_qag(&g, last, next, least, 1e-10, 1000, GSL_INTEG_GAUSS31, w, &part, &error);
            assert_true(status == GSL_SUCCESS || (status == GSL_EROUND && error <= 100 * least));
            sum += part;
        }
        last = next;
    }
    return sum;
}

static void
means_are_those_of_numeric_integration(void **state)
{
    gsl_integration_workspace *w = gsl_integration_workspace_alloc(1000);
    gsl_error_handler_t *handler = gsl_set_error_handler_off();
    struct quantity q;

    (void)state;
    assert_non_null(w);
    for (size_t i = 0; i < BE_LEN(cases); i++) {
        read_case(i, &q);
        /* an open side ends ten standard deviations out */
        double z = q.kind == QUANTITY_UNIFORM || q.kind == QUANTITY_PERT ? 0 : 10;
        double from = q.kind == QUANTITY_UNIFORM || q.kind == QUANTITY_PERT ? q.a : q.a - z * q.b;
        double to = q.kind == QUANTITY_UNIFORM ? q.b : q.kind == QUANTITY_PERT ? q.c : q.a + z * q.b;
        if (q.kind == QUANTITY_LOGNORMAL)
            from = exp(from), to = exp(to);
        if (q.kind == QUANTITY_LOGITNORMAL)
            from = 1 / (1 + exp(-from)), to = 1 / (1 + exp(-to));
        from = fmax(from, cases[i].low), to = fmin(to, cases[i].high);
        double want = moment(w, first_moment, &q, from, to) / moment(w, zeroth_moment, &q, from, to);
        double scale = fmax(fabs(want), quantity_quantile(&q, 0.75) - quantity_quantile(&q, 0.25));
        if (!(fabs(quantity_mean(&q) - want) <= 1e-8 * scale))
            fail_msg("%s in %g..%g: mean %.17g, not %.17g", cases[i].text, cases[i].low, cases[i].high, quantity_mean(&q), want);
    }
    gsl_integration_workspace_free(w);
    gsl_set_error_handler(handler);
}

static void
means_without_truncation_have_their_closed_form(void **state)
{
    struct quantity q;
    struct error err;

    (void)state;
    assert_int_equal(quantity_parse(&q, "8M to 12M", &wide, &err), 0);
    assert_close(quantity_mean(&q), exp(q.a + q.b * q.b / 2), 1e-13);
    assert_int_equal(quantity_parse(&q, "-5 to 3", &wide, &err), 0);
    assert_close(quantity_mean(&q), -1, 1e-13);
    assert_int_equal(quantity_parse(&q, "8..13", &wide, &err), 0);
    assert_close(quantity_mean(&q), 10.5, 1e-13);
    assert_int_equal(quantity_parse(&q, "8/9/13", &wide, &err), 0);
    assert_close(quantity_mean(&q), (8 + 4 * 9 + 13) / 6.0, 1e-13);
    assert_int_equal(quantity_parse(&q, "20% to 80%", &wide_share, &err), 0);
    assert_close(quantity_mean(&q), 0.5, 1e-12); /* symmetric */
    assert_int_equal(quantity_parse(&q, "150", &wide, &err), 0);
    assert_close(quantity_mean(&q), 150, 0);
}

/* The widest ranges that can be typed leave no infinity and no NaN behind. */
static void
the_widest_ranges_stay_finite(void **state)
{
    static const struct {
        const char *text;
        enum quantity_form form;
        double low, high;
    } extremes[] = {
        { "1e-300 to 9e299", FORM_NUMBER, 0, 1e300 }, { "1e-300 to 1e-299", FORM_NUMBER, 0, 1e300 },
        { "1e-300 to 1e9", FORM_NUMBER, 0, INFINITY }, { "-9e299 to 9e299", FORM_NUMBER, -INFINITY, INFINITY },
        { "1e-300 to 0.5", FORM_SHARE, 0, 1 }, { "1e-300 to 0.999999999999999", FORM_SHARE, 0, 1 },
        { "-9e299/0/9e299", FORM_NUMBER, -1e300, 1e300 }, { "1e299 \xc2\xb1" "500%", FORM_NUMBER, 0, 1e300 },
    };
    struct quantity q;
    struct error err;

    (void)state;
    for (size_t i = 0; i < BE_LEN(extremes); i++) {
        struct quantity_rules rules = { .form = extremes[i].form, .low = extremes[i].low, .high = extremes[i].high };
        if (quantity_parse(&q, extremes[i].text, &rules, &err) < 0)
            fail_msg("%s: %s", extremes[i].text, err.text);
        double mean = quantity_mean(&q), last = -INFINITY;
        assert_true(isfinite(mean) && mean >= rules.low && mean <= rules.high);
        for (double u = 1e-300; u < 1; u = u < 1e-10 ? u * 1e10 : u + 0.001) {
            double x = quantity_quantile(&q, u), F = quantity_cdf(&q, x);
            assert_true(isfinite(x) && x >= last && F >= 0 && F <= 1);
            last = x;
        }
    }
}

static void
what_is_not_set_is_not_a_number(void **state)
{
    struct quantity q;

    (void)state;
    memset(&q, 0, sizeof q);
    assert_false(quantity_is_uncertain(&q));
    assert_true(isnan(quantity_median(&q)));
    assert_true(isnan(quantity_mean(&q)));
    assert_true(isnan(quantity_cdf(&q, 1)));
    assert_true(isnan(quantity_draw(&q, 0, 0.5)));
}

static void
an_exact_quantity_is_a_step(void **state)
{
    struct quantity q;
    struct error err;

    (void)state;
    assert_int_equal(quantity_parse(&q, "150", &wide, &err), 0);
    assert_true(quantity_quantile(&q, 0.001) == 150 && quantity_quantile(&q, 0.999) == 150);
    assert_true(quantity_draw(&q, 3, 0.999) == 150);
    assert_true(quantity_cdf(&q, 149.9999) == 0 && quantity_cdf(&q, 150) == 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_normal_distribution_is_that_of_the_tables),
        cmocka_unit_test(quantiles_are_those_of_the_truncated_distribution),
        cmocka_unit_test(the_distribution_function_inverts_the_quantile),
        cmocka_unit_test(the_ends_of_an_interval_are_its_5th_and_95th_percentile),
        cmocka_unit_test(a_draw_is_the_quantile_of_its_score),
        cmocka_unit_test(many_draws_are_each_the_same),
        cmocka_unit_test(whole_numbers_are_rounded_draws_within_the_range),
        cmocka_unit_test(means_are_those_of_numeric_integration),
        cmocka_unit_test(means_without_truncation_have_their_closed_form),
        cmocka_unit_test(the_widest_ranges_stay_finite),
        cmocka_unit_test(what_is_not_set_is_not_a_number),
        cmocka_unit_test(an_exact_quantity_is_a_step),
    };

    return RUN_GROUP(tests);
}
