/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <ctype.h>

#include "breakeven/chart.h"
#include "catalog_support.h"

/*
 * The bands of the charts against a whole run of the scenario with the field typed as an exact value, at
 * the same number of samples: the draws of all other inputs are the same, so the quantiles must be too.
 */

#define SAMPLES 512

static struct scenario_file file;
static struct samples *kept;
static struct answer *whole;

static void
open_scenario(const char *name)
{
    static struct problems found;
    struct solve_options options = { .samples = SAMPLES, .seed = 3 };
    struct error err = { 0 };
    char relative[96];

    snprintf(relative, sizeof relative, "scenarios/%s.yaml", name);
    problems_init(&found);
    assert_int_equal(scenario_open(&file, source_path(relative), catalog, &found, &err), 0);
    kept = NULL;
    assert_int_equal(decide_again(&whole, &kept, &file.scenario, catalog, name, &options, DEPTH_VERDICT, NULL, &err), 0);
    assert_int_equal(chart_bands(whole, BANDS_VOLUME | BANDS_LABELS, kept, &file.scenario, catalog, NULL, &err), 0);
}

static void
close_scenario(void)
{
    answer_free(whole);
    samples_free(kept);
    scenario_file_release(&file);
}

static struct answer *
typed(const char *path, double x)
{
    struct solve_options options = { .samples = SAMPLES, .seed = 3 };
    struct scenario *sc = malloc(sizeof *sc);
    struct answer *an = NULL;
    struct field_ref ref;
    struct error err = { 0 };
    char text[40];

    *sc = file.scenario;
    snprintf(text, sizeof text, "%.15g", x);
    assert_int_equal(field_find(sc, path, &ref, &err), 0);
    assert_int_equal(field_set_text(sc, ref, text, catalog, &err), 0);
    assert_int_equal(decide(&an, sc, catalog, "", &options, DEPTH_VERDICT, NULL, &err), 0);
    free(sc);
    return an;
}

static void
the_volume_band_is_what_a_run_at_that_volume_gives(void **state)
{
    (void)state;
    static const char *const names[] = { "bank-india", "startup-mvp", "article-corrected" };
    int compared = 0;

    for (size_t k = 0; k < BE_LEN(names); k++) {
        open_scenario(names[k]);
        const struct band *b = &whole->volume_band;
        double low, high, per_request = workload_tokens_per_request(&whole->setup);
        assert_true(b->n >= 11);
        low = b->x[0], high = b->x[b->n - 1];
        assert_true(low < whole->tokens_per_day && whole->tokens_per_day < high);
        for (int i = 0; i < b->n; i += 6) {
            struct answer *an = typed("workload.requests_per_day", b->x[i] / per_request);
            for (int a = 0; a < whole->n_arms; a++) {
                if (!whole->arms[a].known) {
                    assert_true(isnan(b->low[a][i]));
                    continue;
                }
                assert_close(b->low[a][i], an->arms[a].month_usd.p5, 1e-5);
                assert_close(b->high[a][i], an->arms[a].month_usd.p95, 1e-5);
                compared++;
            }
            answer_free(an);
        }
        close_scenario();
    }
    assert_true(compared > 40);
}

/* The 5 % and 95 % points of an arm's running cost less the pick's, of a run at that volume, sample by sample. */
static void
gap_at(double requests_per_day, int arm, int pick, double *low, double *high)
{
    struct solve_options options = { .samples = SAMPLES, .seed = 3 };
    struct scenario *sc = malloc(sizeof *sc);
    struct samples *s = NULL;
    struct answer *an = NULL;
    struct field_ref ref;
    struct error err = { 0 };
    real gap[SAMPLES], scratch[2 * SAMPLES + 2];
    char text[40];

    *sc = file.scenario;
    snprintf(text, sizeof text, "%.15g", requests_per_day);
    assert_int_equal(field_find(sc, "workload.requests_per_day", &ref, &err), 0);
    assert_int_equal(field_set_text(sc, ref, text, catalog, &err), 0);
    assert_int_equal(decide_again(&an, &s, sc, catalog, "", &options, DEPTH_VERDICT, NULL, &err), 0);
    for (int i = 0; i < SAMPLES; i++)
        gap[i] = s->metric[arm][METRIC_RUN][i] - s->metric[pick][METRIC_RUN][i];
    *low = column_quantile(gap, SAMPLES, 0.05, scratch);
    *high = column_quantile(gap, SAMPLES, 0.95, scratch);
    answer_free(an);
    samples_free(s);
    free(sc);
}

static void
the_band_of_a_difference_pairs_the_samples(void **state)
{
    (void)state;
    static const char *const names[] = { "startup-mvp", "article-corrected", "medical-qa" };

    for (size_t k = 0; k < BE_LEN(names); k++) {
        open_scenario(names[k]);
        const struct band *b = &whole->volume_band;
        const int pick = whole->verdict.pick, rival = whole->verdict.rival;
        double per_request = workload_tokens_per_request(&whole->setup), narrower = 0;
        assert_int_equal(b->against, pick);
        for (int i = 0; i < b->n; i += 6) {
            double low, high;
            gap_at(b->x[i] / per_request, rival, pick, &low, &high);
            assert_true(fabs(b->less_low[rival][i] - low) <= 1e-5 * fmax(fabs(low), fabs(high)));
            assert_true(fabs(b->less_high[rival][i] - high) <= 1e-5 * fmax(fabs(low), fabs(high)));
            assert_close(b->less_low[pick][i], 0, 1e-12);
            /* what both arms share takes no part in it */
            narrower += high - low < b->high[rival][i] - b->low[rival][i] + b->high[pick][i] - b->low[pick][i];
        }
        assert_true(narrower > 0);
        struct chart *c = malloc(sizeof *c);
        assert_int_equal(view_find("diff")->build(c, whole, catalog, 80), 0);
        int dotted = 0;
        for (int s = 0; s < c->n_series; s++)
            dotted += c->series[s].dotted && c->series[s].letter - 'A' == rival;
        assert_int_equal(dotted, 2);
        assert_non_null(strstr(c->columns[c->n_columns - 1], " 90%"));
        assert_non_null(strstr(c->rows[c->n_rows - 1].cells[c->n_columns - 1], " to "));
        assert_true(chart_bands_missing(whole, BANDS_VOLUME) == 0);
        whole->verdict.pick = rival; /* of another pick it is another band */
        whole->verdict.rival = pick;
        assert_true(chart_bands_missing(whole, BANDS_VOLUME) == BANDS_VOLUME);
        assert_int_equal(view_find("diff")->build(c, whole, catalog, 80), 0);
        for (int s = 0; s < c->n_series; s++)
            assert_false(c->series[s].dotted);
        whole->verdict.pick = pick;
        whole->verdict.rival = rival;
        free(c);
        close_scenario();
    }
}

static void
the_label_band_is_the_quality_of_a_run_with_so_many_labels(void **state)
{
    (void)state;
    open_scenario("bank-india"); /* has no pilots */
    const struct band *b = &whole->label_band;
    assert_int_equal(file.scenario.n_pilots, 0);
    assert_true(b->n >= 11);
    for (int i = 0; i < b->n; i += 5) {
        double n = rint(b->x[i]); /* labels are whole */
        struct answer *an = typed("labels.examples", n);
        int arm = 3;
        assert_int_equal(an->arms[arm].kind, ARM_SELF_TUNED);
        assert_close(b->low[arm][i], an->arms[arm].quality.p5, 2e-3);
        assert_close(b->high[arm][i], an->arms[arm].quality.p95, 2e-3);
        assert_true(b->high[arm][i] > b->low[arm][i] + 0.05);
        answer_free(an);
    }
    close_scenario();
}

static void
with_pilots_the_label_band_is_that_of_the_fitted_curve(void **state)
{
    (void)state;
    static struct setup setup;
    struct curve_fit fit;
    struct error err;
    int arm = -1;

    open_scenario("startup-mvp");
    scenario_resolve(&setup, &file.scenario, catalog, NULL);
    assert_true(file.scenario.n_pilots > 0);
    assert_int_equal(curve_fit_pilots(&fit, &setup, &err), 0);
    for (int a = 0; a < whole->n_arms; a++)
        if (arm_kind_is_tuned(whole->arms[a].kind) && arm < 0)
            arm = a;
    const struct band *b = &whole->label_band;
    double held_out = setup.sc.labels.holdout_share.x;
    double quantised = whole->setup.sc.arms[arm].quant_points.x; /* fp8 costs each size the same */
    assert_true(held_out > 0 && held_out < 1);
    assert_int_equal(whole->setup.sc.arms[arm].precision, WEIGHTS_FP8);
    assert_true(quantised > 0 && quantised < 0.1);
    for (int i = 0; i < b->n; i += 3) {
        double middle, low, high;
        curve_predict(&fit, b->x[i] * (1 - held_out), &middle, &low, &high);
        assert_close(b->low[arm][i], low - quantised, 1e-12);
        assert_close(b->high[arm][i], high - quantised, 1e-12);
    }
    close_scenario();
}

static void
a_chart_of_cost_has_the_band_of_pick_and_rival_and_their_columns(void **state)
{
    (void)state;
    struct chart *c = malloc(sizeof *c);
    int dotted = 0, columns = 0;

    open_scenario("bank-india");
    assert_int_equal(view_find("cost")->build(c, whole, catalog, 80), 0);
    for (int s = 0; s < c->n_series; s++)
        if (c->series[s].dotted) {
            int arm = c->series[s].letter - 'A';
            assert_true(arm == whole->verdict.pick || arm == whole->verdict.rival);
            dotted++;
        }
    assert_int_equal(dotted, 4);
    for (int k = 0; k < c->n_columns; k++)
        columns += strstr(c->columns[k], " 90%") != NULL;
    assert_int_equal(columns, 2);
    for (int r = 0; r < c->n_rows; r++)
        for (int k = 0; k < c->n_columns; k++)
            if (strstr(c->columns[k], " 90%") != NULL)
                assert_non_null(strstr(c->rows[r].cells[k], " to $"));
    free(c);
    close_scenario();
}

/* The edge of a band where one glyph fills a cell: the arm's small letter. */
static bool
is_edge(const struct chart *c, uint32_t glyph)
{
    for (int s = 0; s < c->n_series; s++)
        if (c->series[s].dotted && glyph == (uint32_t)tolower((unsigned char)c->series[s].letter))
            return true;
    return false;
}

/* In the sets with one glyph a cell a band's edges never take the place of a line, nor make an X of it. */
static void
a_band_takes_no_cell_of_a_line(void **state)
{
    (void)state;
    static const enum glyph_set sets[] = { GLYPHS_ASCII, GLYPHS_LINE, GLYPHS_BLOCK, GLYPHS_LINUX };
    struct chart *c = malloc(sizeof *c), *bare = malloc(sizeof *bare);

    open_scenario("bank-india");
    assert_int_equal(view_find("cost")->build(c, whole, catalog, 100), 0);
    c->beyond = '\0'; /* its words stand where there is room */
    *bare = *c;
    while (bare->n_series > 0 && bare->series[bare->n_series - 1].dotted)
        bare->n_series--;
    assert_int_equal(c->n_series - bare->n_series, 4);
    for (size_t k = 0; k < BE_LEN(sets); k++) {
        const struct glyphs *g = glyphs_of(sets[k]);
        struct chart_place at = { .rows = 24, .columns = 100, .crosshair = -1, .cursor = -1 };
        struct chart_area area, same;
        struct canvas with, without;
        uint32_t zone, upright;
        int dots = 0;
        text_decode(g->zone, strlen(g->zone), &zone);
        text_decode(g->vertical, strlen(g->vertical), &upright);
        assert_int_equal(canvas_init(&with, 100, 24), 0);
        assert_int_equal(canvas_init(&without, 100, 24), 0);
        chart_draw(&with, c, &at, g, &area);
        chart_draw(&without, bare, &at, g, &same);
        assert_int_equal(area.rows, same.rows);
        for (int r = area.row; r < area.row + area.rows; r++)
            for (int x = area.column; x < area.column + area.columns; x++) {
                uint32_t a = with.cells[r * 100 + x].glyph, b = without.cells[r * 100 + x].glyph;
                dots += a != b;
                assert_true(a == b || (is_edge(c, a) && (b == ' ' || b == zone || b == upright)));
            }
        assert_true(dots > 20);
        canvas_release(&with);
        canvas_release(&without);
    }
    free(bare);
    free(c);
    close_scenario();
}

static void
a_band_asked_for_twice_is_computed_once_and_a_cancelled_one_is_none(void **state)
{
    (void)state;
    struct error err;
    volatile int cancel = 1;

    open_scenario("bank-india");
    assert_int_equal(chart_bands_missing(whole, BANDS_VOLUME | BANDS_LABELS), 0);
    whole->volume_band.n = 0;
    assert_int_equal(chart_bands_missing(whole, BANDS_VOLUME | BANDS_LABELS), BANDS_VOLUME);
    assert_int_equal(chart_bands(whole, BANDS_VOLUME, kept, &file.scenario, catalog, &cancel, &err), 1);
    assert_int_equal(whole->volume_band.n, 0);
    close_scenario();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_volume_band_is_what_a_run_at_that_volume_gives),
        cmocka_unit_test(the_band_of_a_difference_pairs_the_samples),
        cmocka_unit_test(the_label_band_is_the_quality_of_a_run_with_so_many_labels),
        cmocka_unit_test(with_pilots_the_label_band_is_that_of_the_fitted_curve),
        cmocka_unit_test(a_chart_of_cost_has_the_band_of_pick_and_rival_and_their_columns),
        cmocka_unit_test(a_band_takes_no_cell_of_a_line),
        cmocka_unit_test(a_band_asked_for_twice_is_computed_once_and_a_cancelled_one_is_none),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, open_catalog, close_catalog);
}
