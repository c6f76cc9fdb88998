/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "model_support.h"

#define SERIES_MAX 8
#define POINTS 6

/* ---- the published learning curves ------------------------------------------------------ */

struct series {
    char model[32];
    int n_points;
    double n[POINTS], accuracy[POINTS];
};

static int
read_series(struct series *list)
{
    FILE *f = fopen(source_path("tests/data/learning-curves.csv"), "r");
    char line[256], model[32];
    double n, accuracy;
    int count = 0;

    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL) {
        if (sscanf(line, "%31[^,],%lf,%lf", model, &n, &accuracy) != 3)
            continue;
        if (count == 0 || strcmp(list[count - 1].model, model) != 0) {
            assert_true(count < SERIES_MAX);
            memset(&list[count], 0, sizeof list[count]);
            strcpy(list[count++].model, model);
        }
        struct series *s = &list[count - 1];
        assert_true(s->n_points < POINTS);
        s->n[s->n_points] = n;
        s->accuracy[s->n_points++] = accuracy;
    }
    fclose(f);
    return count;
}

static void
points_of(const struct series *s, int k, double tested, struct curve_point *p)
{
    for (int i = 0; i < k; i++)
        p[i] = (struct curve_point){ s->n[i], round(tested * s->accuracy[i]), tested };
}

/* Four points up to 2,666 examples must tell the accuracy at 10,664 within 4 points on
 * average, whether the test set was small or large; nine intervals in ten must hold it. */
static void
four_points_predict_four_times_as_many_examples(void **state)
{
    static const double tested[] = { 200, 500, 1000, 7532 };
    struct series list[SERIES_MAX];
    int count = read_series(list);

    (void)state;
    assert_int_equal(count, 5);
    for (size_t t = 0; t < BE_LEN(tested); t++) {
        double missed = 0;
        int held = 0;
        for (int i = 0; i < count; i++) {
            struct curve_point p[POINTS];
            struct curve_fit fit;
            double accuracy, low, high;
            points_of(&list[i], 4, tested[t], p);
            assert_true(list[i].n[3] == 2666 && list[i].n[5] == 10664);
            assert_int_equal(curve_fit_points(&fit, p, 4, NULL, NULL), 0);
            assert_true(fit.converged);
            curve_predict(&fit, 10664, &accuracy, &low, &high);
            missed += fabs(accuracy - list[i].accuracy[5]) / count;
            held += list[i].accuracy[5] >= low && list[i].accuracy[5] <= high;
        }
        assert_true(missed < 0.04);
        assert_true(held >= 4);
    }
}

static void
more_points_narrow_the_interval(void **state)
{
    struct series list[SERIES_MAX];
    int count = read_series(list);

    (void)state;
    for (int i = 0; i < count; i++) {
        double width[2], accuracy, low, high;
        for (int k = 0; k < 2; k++) {
            struct curve_point p[POINTS];
            struct curve_fit fit;
            points_of(&list[i], 3 + 3 * k, 1000, p);
            assert_int_equal(curve_fit_points(&fit, p, 3 + 3 * k, NULL, NULL), 0);
            curve_predict(&fit, 10664, &accuracy, &low, &high);
            width[k] = high - low;
            assert_true(low < accuracy && accuracy < high);
        }
        assert_true(width[1] < width[0]);
    }
}

/* Points from a known curve, tested on very many: the fit comes back near it in between. */
static void
a_known_curve_is_found_again(void **state)
{
    const struct curve truth = { .e_inf_share = 0.25, .e_0 = 0.6, .n_scale = 400, .alpha = 0.8 };
    static const double n[] = { 0, 500, 1000, 2000, 5000, 10000, 50000 };
    struct curve_point p[BE_LEN(n)];
    struct curve_fit fit;
    double accuracy, low, high;

    (void)state;
    for (size_t i = 0; i < BE_LEN(n); i++)
        p[i] = (struct curve_point){ n[i], 1e6 * (1 - curve_error(&truth, n[i])), 1e6 };
    assert_int_equal(curve_fit_points(&fit, p, BE_LEN(n), NULL, NULL), 0);
    assert_true(fit.converged && fit.warning[0] == '\0');
    assert_close(fit.curve.e_0, 0.6, 1e-3);
    for (double at = 700; at < 40000; at *= 1.5) {
        curve_predict(&fit, at, &accuracy, &low, &high);
        assert_true(fabs(accuracy - (1 - curve_error(&truth, at))) < 0.015);
    }
}

static void
the_prediction_rises_with_the_examples(void **state)
{
    struct series list[SERIES_MAX];
    int count = read_series(list);

    (void)state;
    for (int i = 0; i < count; i++) {
        struct curve_point p[POINTS];
        struct curve_fit fit;
        double before = 0, accuracy, low, high;
        points_of(&list[i], 4, 500, p);
        assert_int_equal(curve_fit_points(&fit, p, 4, NULL, NULL), 0);
        for (double n = 500; n < 1e6; n *= 1.3) {
            curve_predict(&fit, n, &accuracy, &low, &high);
            assert_true(accuracy >= before - 1e-6);
            before = accuracy;
        }
    }
}

static void
impossible_points_are_refused_at_their_place(void **state)
{
    static const struct curve_point bad[][2] = {
        { { 100, 50, 100 }, { -1, 50, 100 } },
        { { 100, 50, 100 }, { 200, 101, 100 } },
        { { 100, 50, 100 }, { 200, 0, 0 } },
        { { 100, 50, 100 }, { 200, NAN, 100 } },
    };
    struct curve_fit fit;
    struct error err;

    (void)state;
    memset(&fit, 0x5a, sizeof fit);
    struct curve_fit before = fit;
    for (size_t i = 0; i < BE_LEN(bad); i++) {
        assert_int_equal(curve_fit_points(&fit, bad[i], 2, NULL, &err), -1);
        assert_int_equal(err.code, ERR_RANGE);
        assert_non_null(strstr(err.text, "point 2"));
        assert_memory_equal(&fit, &before, sizeof fit);
    }
    assert_int_equal(curve_fit_points(&fit, bad[0], 0, NULL, &err), -1);
}

static void
points_that_no_curve_fits_are_called_so(void **state)
{
    const struct curve_point falling[] = { { 500, 900, 1000 }, { 1000, 800, 1000 }, { 2000, 700, 1000 } };
    const struct curve_point one[] = { { 1000, 80, 100 } };
    const struct curve_point perfect[] = { { 500, 100, 100 }, { 1000, 100, 100 }, { 2000, 100, 100 } };
    struct curve_fit fit;
    double accuracy, low, high;

    (void)state;
    assert_int_equal(curve_fit_points(&fit, falling, 3, NULL, NULL), 0);
    assert_non_null(strstr(fit.warning, "falls"));
    assert_int_equal(curve_fit_points(&fit, one, 1, NULL, NULL), 0);
    assert_non_null(strstr(fit.warning, "priors"));
    assert_int_equal(curve_fit_points(&fit, perfect, 3, NULL, NULL), 0);
    curve_predict(&fit, 4000, &accuracy, &low, &high);
    assert_true(accuracy > 0.97 && accuracy < 1 && low < 0.999 && high <= 1);
}

static void
draws_of_a_curve_spread_as_its_covariance_says(void **state)
{
    struct curve_fit fit = { .curve = { .e_inf_share = 0.3, .e_0 = 0.5, .n_scale = 500, .alpha = 0.7 } };
    double alpha[8] = { 0, 1 }, n_scale[8] = { 0, -1 }, e_inf_share[8] = { 0, 0.5 }, e_0[8] = { 0, 2 };
    double *const column[4] = { alpha, n_scale, e_inf_share, e_0 };

    (void)state;
    fit.cov[0][0] = 0.04; /* ln alpha */
    fit.cov[1][1] = 0.25;
    fit.cov[0][1] = fit.cov[1][0] = 0.05;
    curve_draws(&fit, column, 2);
    assert_close(exp(alpha[0]), 0.7, 1e-12);
    assert_close(exp(n_scale[0]), 500, 1e-12);
    assert_close(exp(alpha[1]), 0.7 * exp(0.2), 1e-12);
    assert_close(exp(n_scale[1]), 500 * exp(0.25 * 1 - sqrt(0.25 - 0.0625)), 1e-12);
    assert_close(1 / (1 + exp(-e_inf_share[1])), 0.3, 1e-12);
    assert_close(1 / (1 + exp(-e_0[1])), 0.5, 1e-12);
}

/* ---- quality of arms ----------------------------------------------------------------------- */

static void
set_curve(struct setup *s)
{
    put(&s->sc.quality.alpha, 0.7);
    put(&s->sc.quality.n_scale, 400);
    put(&s->sc.quality.e_inf_share, 0.3);
}

static void
tuning_lowers_the_untuned_error_along_the_curve(void **state)
{
    struct setup *s = plain_setup();
    int a = self_arm(s, "tuned", ARM_SELF_TUNED, 320, COUNTS_ALL, 3.67);
    struct arm_outcome o;

    (void)state;
    set_curve(s);
    put(&s->sc.arms[a].quality, 0.6);
    put(&s->sc.labels.holdout_share, 0.2);
    s->sc.arms[a].method = METHOD_FULL;
    double error = 0.4 * (0.3 + 0.7 * pow(1 + 4000 / 400.0, -0.7));
    assert_close(quality_month1(s, a), 1 - error, 1e-12);
    put(&s->sc.quality.lora_points, 0.02);
    put(&s->sc.quality.qlora_relative, 0.03);
    s->sc.arms[a].method = METHOD_LORA;
    assert_close(quality_month1(s, a), 1 - error - 0.02, 1e-12);
    s->sc.arms[a].method = METHOD_QLORA;
    assert_close(quality_month1(s, a), (1 - error - 0.02) * 0.97, 1e-12);
    s->sc.arms[a].precision = WEIGHTS_INT4;
    put(&s->sc.arms[a].quant_points, 0.01);
    assert_close(quality_month1(s, a), (1 - error - 0.02) * 0.97 - 0.01, 1e-12);
    s->sc.n_pilots = 1; /* pilots were trained by the same method */
    assert_close(quality_month1(s, a), 1 - error - 0.01, 1e-12);
    put(&s->sc.quality.e_0, 0.5); /* a start of its own outranks the arm's */
    assert_close(quality_month1(s, a), 1 - error * 0.5 / 0.4 - 0.01, 1e-12);
    put(&s->sc.labels.examples, 0);
    assert_close(quality_month1(s, a), 0.5 - 0.01, 1e-12);
    put(&s->sc.labels.examples, 250); /* 200 are trained on */
    model_evaluate(s, a, &o);
    assert_true(o.warned & WARN_FEW_LABELS);
    error = 0.5 * (0.3 + 0.7 * pow(1.5, -0.7)) * (1 + 0.1 * (1 - 200 / 500.0));
    assert_close(o.quality, 1 - error - 0.01, 1e-12);
    free(s);
}

/* What the pilots show is what the arm is expected to give at their size. */
static void
pilots_of_a_scenario_move_its_tuned_arms(void **state)
{
    struct setup *s = plain_setup();
    int a = self_arm(s, "tuned", ARM_SELF_TUNED, 320, COUNTS_ALL, 3.67);
    struct curve_fit fit;

    (void)state;
    set_curve(s);
    put(&s->sc.arms[a].quality, 0.3);
    s->sc.quality.alpha.kind = s->sc.quality.n_scale.kind = s->sc.quality.e_inf_share.kind = QUANTITY_UNSET;
    assert_int_equal(curve_fit_pilots(&fit, s, NULL), -1); /* there are none */
    s->sc.pilots[0] = (struct pilot){ .n = 0, .right = 600, .total = 1000 };
    s->sc.pilots[1] = (struct pilot){ .n = 1000, .right = 820, .total = 1000 };
    s->sc.pilots[2] = (struct pilot){ .n = 4000, .right = 880, .total = 1000 };
    s->sc.n_pilots = 3;
    assert_int_equal(curve_fit_pilots(&fit, s, NULL), 0);
    set_curve(s);
    curve_put(s, &fit.curve);
    put(&s->sc.labels.examples, 4000);
    assert_true(fabs(quality_month1(s, a) - 0.88) < 0.02);
    put(&s->sc.labels.examples, 0);
    assert_true(fabs(quality_month1(s, a) - 0.6) < 0.03); /* not the arm's own 30 % */
    free(s);
}

static void
more_labels_never_raise_the_error(void **state)
{
    struct setup *s = plain_setup();
    int a = self_arm(s, "tuned", ARM_SELF_TUNED, 320, COUNTS_ALL, 3.67);

    (void)state;
    set_curve(s);
    put(&s->sc.arms[a].quality, 0.6);
    put(&s->sc.quality.lora_points, 0.02);
    for (double e_inf = 0.05; e_inf < 0.9; e_inf += 0.2) {
        double before = 0;
        put(&s->sc.quality.e_inf_share, e_inf);
        for (int n = 1; n < 100000; n = n * 11 / 10 + 1) {
            put(&s->sc.labels.examples, n);
            double q = quality_month1(s, a);
            assert_true(q >= before);
            before = q;
        }
    }
    free(s);
}

static void
vendors_improve_and_tuned_models_age_until_retrained(void **state)
{
    struct setup *s = plain_setup();
    int api = api_arm(s, "api", 3, 15);
    int tuned = self_arm(s, "tuned", ARM_SELF_TUNED, 320, COUNTS_ALL, 3.67);
    int own = self_arm(s, "own", ARM_SELF_OPEN, 320, COUNTS_ALL, 3.67);
    struct arm_outcome o;

    (void)state;
    set_curve(s);
    put(&s->sc.arms[api].quality, 0.9);
    put(&s->sc.arms[own].quality, 0.7);
    put(&s->sc.arms[tuned].quality, 0.7);
    put(&s->sc.quality.api_drift_per_year, 0.2);
    put(&s->sc.quality.drift_points_per_month, 0.004);
    put(&s->sc.training.retrain_every_months, 5);
    model_evaluate(s, api, &o);
    for (int m = 1; m <= 12; m++)
        assert_close(o.quality_month[m - 1], 1 - 0.1 * pow(0.8, (m - 1) / 12.0), 1e-12);
    model_evaluate(s, own, &o);
    assert_close(o.quality_month[11], 0.7, 1e-15);
    model_evaluate(s, tuned, &o);
    /* trained in months 5 and 10 */
    static const int since[] = { 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1 };
    for (int m = 0; m < 12; m++)
        assert_close(o.quality_month[m], o.quality - 0.004 * since[m], 1e-12);
    free(s);
}

static void
wrong_answers_cost_by_request_not_by_attempt(void **state)
{
    struct setup *s = plain_setup();
    int api = api_arm(s, "api", 3, 15);
    struct arm_outcome o;

    (void)state;
    put(&s->sc.workload.extra_attempts, 1);
    put(&s->sc.workload.hazard_per_month, 0.1);
    put(&s->sc.quality.error_cost_usd, 0.02);
    model_evaluate(s, api, &o);
    assert_false(o.known); /* nobody has said how good it is */
    assert_string_equal(o.unknown, "share of right answers");
    put(&s->sc.arms[api].quality, 0.9);
    model_evaluate(s, api, &o);
    assert_close(o.line_month_usd[LINE_ERRORS][0], 0.02 * 0.1 * 600000, 1e-12);
    assert_close(o.line_month_usd[LINE_ERRORS][2], 0.02 * 0.1 * 600000 * 0.81, 1e-12);
    assert_close(o.discounted_accepted, 0.9 * o.discounted_requests, 1e-12);
    free(s);
}

/* ---- the label budget -------------------------------------------------------------------------- */

/* Without drift and retraining: p N'(n) = -E r e'(n): checked by the derivative of the closed form. */
static void
the_label_budget_is_where_one_more_label_saves_what_it_costs(void **state)
{
    struct setup *s = plain_setup();
    int a = self_arm(s, "tuned", ARM_SELF_TUNED, 320, COUNTS_ALL, 3.67);
    struct label_budget b;

    (void)state;
    set_curve(s);
    s->sc.arms[a].method = METHOD_FULL;
    put(&s->sc.arms[a].quality, 0.6);
    put(&s->sc.quality.error_cost_usd, 0.1);
    label_budget(s, a, &b);
    double slope = 0.4 * 0.7 * 0.7 / 400 * pow(1 + b.n / 400, -1.7); /* error per label */
    assert_close(0.1 * 12 * 600000 * slope, 1, 1e-3);                /* a label costs $1 */
    double at = 0.4 * (0.3 + 0.7 * pow(1 + b.n / 400, -0.7));
    double typed = 0.4 * (0.3 + 0.7 * pow(1 + 5000 / 400.0, -0.7));
    assert_close(b.saves_usd, 0.1 * 7.2e6 * (typed - at) + 5000 - b.n, 1e-6);
    free(s);
}

static void
without_a_price_of_errors_there_is_no_budget(void **state)
{
    struct setup *s = plain_setup();
    int api = api_arm(s, "api", 3, 15);
    int tuned = self_arm(s, "tuned", ARM_SELF_TUNED, 320, COUNTS_ALL, 3.67);
    struct label_budget b;

    (void)state;
    set_curve(s);
    put(&s->sc.arms[tuned].quality, 0.6);
    label_budget(s, tuned, &b);
    assert_true(isnan(b.n) && isnan(b.saves_usd));
    put(&s->sc.quality.error_cost_usd, 0.1);
    label_budget(s, api, &b);
    assert_true(isnan(b.n) && isnan(b.saves_usd));
    free(s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_points_predict_four_times_as_many_examples),
        cmocka_unit_test(more_points_narrow_the_interval),
        cmocka_unit_test(a_known_curve_is_found_again),
        cmocka_unit_test(the_prediction_rises_with_the_examples),
        cmocka_unit_test(impossible_points_are_refused_at_their_place),
        cmocka_unit_test(points_that_no_curve_fits_are_called_so),
        cmocka_unit_test(draws_of_a_curve_spread_as_its_covariance_says),
        cmocka_unit_test(tuning_lowers_the_untuned_error_along_the_curve),
        cmocka_unit_test(pilots_of_a_scenario_move_its_tuned_arms),
        cmocka_unit_test(more_labels_never_raise_the_error),
        cmocka_unit_test(vendors_improve_and_tuned_models_age_until_retrained),
        cmocka_unit_test(wrong_answers_cost_by_request_not_by_attempt),
        cmocka_unit_test(the_label_budget_is_where_one_more_label_saves_what_it_costs),
        cmocka_unit_test(without_a_price_of_errors_there_is_no_budget),
    };

    return RUN_GROUP(tests);
}
