/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>

#include "tui_support.h"

/* The view side of the workbench: cursor, readout, wide and long tables, bands. */

static void
look(const char *keys)
{
    type(keys);
    app_solve(&app, 256, DEPTH_ALL);
    app_make_view(&app);
    free(frame(120, 40));
    while (app.focus != FOCUS_VIEW)
        press_code(KEY_TAB);
    free(frame(120, 40));
}

static bool
contains(int columns, int rows, const char *text)
{
    char *f = frame(columns, rows);
    bool found = strstr(f, text) != NULL;

    if (!found)
        print_error("no \"%s\" in:\n%s\n", text, f);
    free(f);
    return found;
}

static const char *
here(void)
{
    static char path[112];
    struct field_ref ref;

    if (app.focus != FOCUS_PANE || !app_current_field(&app, &ref))
        return "";
    return field_path(&app_doc(&app)->file.scenario, ref, path, sizeof path);
}

/* Row of the chart in view whose first cell is this and which has a path. */
static int
row_about(const char *about)
{
    struct chart *c = malloc(sizeof *c);
    int found = -1;

    assert_int_equal(app_build_view(&app, c, 80), 0);
    for (int r = 0; r < c->n_rows && found < 0; r++)
        if (strcmp(c->rows[r].cells[0], about) == 0 && c->rows[r].path[0] != '\0')
            found = r;
    free(c);
    return found;
}

static void
the_cursor_goes_over_why_and_enter_goes_to_its_field(void **state)
{
    (void)state;
    look("W");
    assert_true(contains(120, 40, ">verdict"));
    int rule = row_about("for an API");
    assert_true(rule > 0);
    for (int k = 0; k < rule; k++)
        type("j");
    assert_int_equal(app.row, rule);
    type("<Enter>");
    assert_string_equal(here(), "workload.requests_per_day");
    press_code(KEY_CTRL('o'));
    assert_int_equal(app.focus, FOCUS_VIEW);
}

static void
the_cursor_stops_at_the_ends_and_stays_in_sight(void **state)
{
    (void)state;
    look("W");
    type("k");
    assert_int_equal(app.row, 0);
    press_code(KEY_END_);
    assert_int_equal(app.row, app.map.cursor_rows - 1);
    static const int sizes[][2] = { { 80, 24 }, { 120, 40 }, { 200, 50 } };
    for (size_t k = 0; k < BE_LEN(sizes); k++) {
        free(frame(sizes[k][0], sizes[k][1]));
        assert_true(app.map.cursor_row > 1);
    }
    press_code(KEY_HOME_);
    assert_int_equal(app.row, 0);
}

/* Every word of every fact, wherever a row is: the cursor brings each to where it can be read. */
static void
every_fact_of_why_can_be_read_at_80_columns(void **state)
{
    (void)state;
    struct chart *c = malloc(sizeof *c);

    look("W");
    assert_int_equal(app_build_view(&app, c, 49), 0);
    for (int r = 0; r < c->n_rows; r++) {
        app.row = r;
        char *f = frame(80, 40), clean[SENTENCE], *rest;
        text_copy(clean, sizeof clean, c->rows[r].cells[3]);
        for (char *word = strtok_r(clean, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest))
            if (strlen(word) < 10 && strstr(f, word) == NULL)
                fail_msg("row %d lacks \"%s\":\n%s", r, word, f);
        free(f);
    }
    free(c);
}

static void
g_on_a_flip_opens_its_field_at_the_flip(void **state)
{
    (void)state;
    look("W");
    int flip = row_about("one change");
    assert_true(flip > 0);
    app.row = flip;
    type("g");
    assert_int_equal(app.mode, MODE_ENTRY);
    assert_true(app.edit.n > 0);
    type("<Esc>");
}

static void
a_bar_is_read_out_and_leads_to_its_field(void **state)
{
    (void)state;
    type(":set requests_per_day=15k to 30k<Enter>");
    look("T");
    struct chart *c = malloc(sizeof *c);
    assert_int_equal(app_build_view(&app, c, 80), 0);
    assert_true(c->n_bars > 2);
    type("j");
    char want[200];
    snprintf(want, sizeof want, "%s, %s: %s", c->bars[1].label, c->bars[1].range, c->bars[1].note);
    want[60] = '\0';
    assert_true(contains(120, 40, want));
    type("<Enter>");
    assert_string_equal(here(), c->bars[1].path);
    free(c);
}

static void
all_inputs_of_the_tornado_are_there(void **state)
{
    (void)state;
    struct chart *c = malloc(sizeof *c);

    look("T");
    assert_int_equal(app_build_view(&app, c, 80), 0);
    assert_true(app_answer(&app)->n_tornado > 10);
    assert_int_equal(c->n_bars, app_answer(&app)->n_tornado);
    assert_int_equal(c->n_rows, app_answer(&app)->n_tornado);
    free(c);
}

static void
the_spread_is_read_out_under_the_crosshair(void **state)
{
    (void)state;
    type(":set requests_per_day=15k to 30k<Enter>");
    look("S");
    assert_true(app.crosshair >= 0);
    assert_true(contains(120, 40, "of samples lie below"));
    app.crosshair = 0;
    assert_true(contains(120, 40, "0% of samples lie below"));
}

static void
the_map_is_read_out_cell_by_cell_by_its_fields_names(void **state)
{
    (void)state;
    look(":map requests_per_day output_tokens<Enter>");
    assert_true(contains(120, 40, "Requests/day"));
    int column = app.crosshair, row = app.row;
    assert_true(column >= 0);
    type("lj");
    assert_int_equal(app.crosshair, column + 1);
    assert_int_equal(app.row, row + 1);
    char *f = frame(120, 40);
    assert_non_null(strstr(f, "  Output tokens: "));
    assert_null(strstr(f, "workload."));
    free(f);
}

/* Where cost alone decided between unlike arms every window says so: in row 1, and why where there is room for a sentence. */
static void
a_choice_on_cost_alone_is_told_from_a_clear_one(void **state)
{
    char command[1100];

    (void)state;
    snprintf(command, sizeof command, ":e %s<Enter>", source_path("scenarios/bank-india.yaml"));
    type(command);
    app_solve(&app, 256, DEPTH_ALL);
    assert_true(contains(80, 24, "clear on cost"));
    for (int k = 0; k < 2; k++) {
        assert_true(contains(k == 0 ? 120 : 200, k == 0 ? 40 : 50, "clear on cost"));
        assert_true(contains(k == 0 ? 120 : 200, k == 0 ? 40 : 50, "quality did not count"));
    }
    type(":set quality.error_cost_usd=$0.0001<Enter>");
    app_solve(&app, 256, DEPTH_ALL);
    char *f = frame(200, 50);
    assert_null(strstr(f, "on cost"));
    assert_non_null(strstr(f, "the totals count a wrong"));
    free(f);
}

/* What a view draws is what its readout says: not a month's cost where the picture has that of a million tokens. */
static void
the_readout_has_the_units_of_its_view(void **state)
{
    static const struct {
        const char *view, *unit;
    } views_of[] = { { "C", "/mo  " }, { "U", "/Mtok  " }, { "K", "| month " }, { "B", "labelled examples  C tuned " } };

    (void)state;
    for (size_t k = 0; k < BE_LEN(views_of); k++) {
        look(views_of[k].view);
        type("llllllll");
        char *f = frame(120, 40), *at = strstr(f, views_of[k].unit);
        if (at == NULL)
            fail_msg("no \"%s\" in\n%s", views_of[k].unit, f);
        if (views_of[k].view[0] == 'K') {
            int month = atoi(at + strlen("| month ")); /* a whole one, with what the table has of it */
            char row[16], usd[24];
            const struct arm_answer *pick = &app_answer(&app)->arms[app_answer(&app)->verdict.pick];
            assert_true(month > 0 && month <= app_answer(&app)->horizon_months);
            snprintf(row, sizeof row, " month %d ", month);
            assert_non_null(strstr(f, row));
            assert_non_null(strstr(at, number_usd(usd, sizeof usd, pick->cumulative_usd[month - 1])));
        }
        free(f);
    }
}

static void
a_table_keeps_its_columns_where_they_are_when_scrolled(void **state)
{
    (void)state;
    int at = -1;

    look("W");
    for (int k = 0; k < app.map.cursor_rows; k++) {
        char *f = frame(120, 40), *head = strstr(f, "about "), *line = head;
        assert_non_null(head);
        while (line > f && line[-1] != '\n')
            line--;
        int state_at = (int)(strstr(head, "state") - line);
        assert_true(at < 0 || state_at == at);
        at = state_at;
        free(f);
        type("j");
    }
}

static void
columns_that_find_no_room_are_scrolled_to(void **state)
{
    (void)state;
    look("C#");
    char *f = frame(80, 24);
    free(f);
    if (app.map.hidden == 0) /* the article's arms fit; a narrow window does not hold them */
        free(frame(78, 24));
    int hidden = app.map.hidden;
    if (hidden > 0) {
        assert_true(contains(80, 24, "more column"));
        for (int k = 0; k < hidden; k++)
            type("l");
        assert_int_equal(app.skip, hidden);
        free(frame(80, 24));
        struct chart *c = malloc(sizeof *c);
        assert_int_equal(app_build_view(&app, c, 49), 0);
        assert_true(contains(80, 24, c->columns[c->n_columns - 1]));
        free(c);
    }
}

static void
bands_are_drawn_where_the_inputs_are_uncertain_and_only_in_views_that_have_them(void **state)
{
    (void)state;
    type(":set input_tokens=400 to 700<Enter>");
    look("C");
    assert_true(app_answer(&app)->volume_band.n > 0);
    assert_true(contains(120, 40, "90% band"));
    app_solve(&app, 256, DEPTH_ALL);
    type("T");
    app_make_view(&app);
    assert_int_equal(app_answer(&app)->volume_band.n, 0);
}

static double
clock_at_0(void)
{
    return 0;
}

/* Where one glyph has no room for many dots, each band is of its arm's small letter; the legend says whose. */
static void
bands_of_two_arms_differ_without_colour(void **state)
{
    static const struct {
        enum glyph_set glyphs;
        const char *arm, *bands;
    } sets[] = { { GLYPHS_ASCII, "#b gpt4o  *a claude", "b a: 90% band" }, { GLYPHS_LINE, "B gpt4o  A claude", "b a: 90% band" },
                 { GLYPHS_BLOCK, "B gpt4o  A claude", "b a: 90% band" }, { GLYPHS_BRAILLE, "B gpt4o  A claude", "\xc2\xb7" "B \xe2\xa0\x92" "A 90% band" } };

    (void)state;
    type(":set input_tokens=300 to 900<Enter>");
    look("C");
    type("z");
    for (size_t k = 0; k < BE_LEN(sets); k++) {
        app.glyphs = glyphs_of(sets[k].glyphs);
        char *f = frame(120, 40), *row;
        int edges[2] = { 0, 0 };
        assert_non_null(strstr(f, sets[k].arm));
        assert_non_null(strstr(f, sets[k].bands));
        *strstr(f, "tokens/day, log") = '\0'; /* the plot, below title and tabs */
        for (row = strchr(strchr(f, '\n') + 1, '\n'); row != NULL; row = strchr(row + 1, '\n'))
            for (const char *p = row + 1; *p != '\0' && *p != '\n' && strncmp(p, "always", 6) != 0; p++)
                for (int arm = 0; arm < 2; arm++)
                    edges[arm] += *p == 'a' + arm;
        assert_int_equal(edges[0] > 9 && edges[1] > 9, sets[k].glyphs != GLYPHS_BRAILLE);
        free(f);
    }
}

/* Until an edit's own band is there, that of the answer before stands, and says so. */
static void
a_band_of_the_answer_before_says_so(void **state)
{
    (void)state;
    type(":set input_tokens=400 to 700<Enter>");
    look("C");
    assert_true(contains(120, 40, "90% band"));
    app_solve(&app, 1024, DEPTH_VERDICT);
    app_make_bands(&app, BANDS_VOLUME);
    assert_true(contains(120, 40, "90% band"));
    app.clock_ms = clock_at_0; /* an edit is answered later, as in the loop, and its band later still */
    type(":set input_tokens=410 to 700<Enter>");
    app_solve(&app, 1024, DEPTH_VERDICT);
    assert_true(app_answer(&app)->band_was);
    assert_true(contains(120, 40, "band before"));
    assert_false(contains(120, 40, "90% band"));
    app.clock_ms = NULL;
    app_make_bands(&app, BANDS_VOLUME);
    assert_true(contains(120, 40, "90% band"));
    assert_false(contains(120, 40, "band before"));
}

static void
a_large_window_has_the_rules_the_flips_and_the_spread_beside_the_view(void **state)
{
    (void)state;
    type(":set input_tokens=400 to 700<Enter>");
    look("C");
    free(frame(200, 50));
    assert_true(contains(200, 50, "for an API"));
    assert_true(contains(200, 50, "for tuning"));
    assert_true(contains(200, 50, "Nearest flips"));
    assert_true(contains(200, 50, "T Tornado"));
    assert_true(contains(200, 50, "S Spread"));
    assert_true(contains(200, 50, "D Difference"));
    char *f = frame(200, 50);
    assert_null(strstr(f, "X Compare")); /* one scenario is open */
    free(f);
    type(":add ");
    for (const char *p = source_path("scenarios/night-batch.yaml"); *p != '\0'; p++)
        press_code(*p);
    type("<Enter>");
    assert_int_equal(app.n_docs, 2);
    app_show_doc(&app, 0);
    free(frame(200, 50));
    app_make_view(&app);
    assert_true(contains(200, 50, "X Compare"));
    f = frame(200, 50);
    assert_null(strstr(f, "not computed yet"));
    free(f);
}

static void
a_large_window_lists_what_changed_since_the_base(void **state)
{
    (void)state;
    assert_false(contains(200, 50, "Changes since"));
    type("b");
    assert_false(contains(200, 50, "Changes since")); /* nothing did */
    type(":set input_tokens=600<Enter>:set months=18<Enter>");
    app_solve(&app, 256, DEPTH_ALL);
    assert_true(contains(200, 50, "Changes since"));
    assert_true(contains(200, 50, "Input tokens             500 -> 600"));
    assert_true(contains(200, 50, "Horizon                  12 -> 18"));
    assert_true(contains(120, 40, "Horizon            12 -> 18")); /* at the foot of the panes */
    assert_false(contains(80, 24, "Changes since"));               /* which have no row to spare here */
    type("u");
    app_solve(&app, 256, DEPTH_ALL);
    assert_false(contains(200, 50, "12 -> 18"));
    type(":set output_tokens=90<Enter>:set labels.examples=4000<Enter>:set labels.per_hour=41<Enter>:set cached_share=10%<Enter>");
    type(":set people.fte_cost_usd_month=9k<Enter>");
    app_solve(&app, 256, DEPTH_ALL);
    assert_true(contains(200, 50, "2 more; H lists all edits"));
    assert_true(contains(200, 50, "6 edits, 6 unsaved"));
}

/* From the article's last run crossing with the pick on. */
static void
the_chart_says_what_its_verticals_are(void **state)
{
    (void)state;
    look("C");
    assert_true(contains(120, 40, "| you"));
    assert_true(contains(120, 40, "break-even "));
    assert_true(contains(120, 40, "always "));
    type(":set requests_per_day=15k to 30k<Enter>");
    app_solve(&app, 256, DEPTH_ALL);
    assert_true(contains(120, 40, "your 90% range"));
}

/* Each fact in a place of its own: the difference, the break-evens, the flips with how far they are, the rules. */
static void
a_planning_window_explains_the_verdict_in_boxes(void **state)
{
    char difference[64], mean[24], open_it[512];

    (void)state;
    snprintf(open_it, sizeof open_it, ":e %s<Enter>", source_path("scenarios/startup-mvp.yaml"));
    type(open_it);
    app_solve(&app, 1024, DEPTH_ALL);
    const struct answer *an = app_answer(&app);
    snprintf(difference, sizeof difference, "%c - %c  +%s over 36 months  90%% ", 'A' + an->verdict.rival, 'A' + an->verdict.pick,
             number_usd(mean, sizeof mean, an->difference.mean));
    assert_true(contains(120, 40, difference));
    assert_true(contains(200, 50, difference));
    assert_true(contains(120, 40, "Break-even with tuned: in total "));
    assert_true(contains(120, 40, "Nearest flips, one change at a time"));
    assert_true(contains(120, 40, " x2.")); /* Requests/day, about twice */
    assert_true(contains(120, 40, "Why (W): rules that speak for an API, 4 of 5; for tuning, 2 of 5"));
    assert_true(contains(120, 40, "API  no full-time ML team"));
    assert_true(contains(120, 40, "tune narrow task"));
    for (int k = 0; k < an->n_rules; k++) /* whole where the window is large */
        assert_true(contains(200, 50, an->rules[k].brief));
    snprintf(open_it, sizeof open_it, ":e %s<Enter>", source_path("scenarios/support-intents.yaml"));
    type(open_it);
    app_solve(&app, 1024, DEPTH_ALL);
    bool in_range = false;
    an = app_answer(&app);
    for (int k = 0; k < 3; k++)
        in_range |= isfinite(an->flips[k].z) && an->flips[k].z < 1.6;
    assert_true(in_range);
    assert_true(contains(120, 40, "in range"));
    assert_true(contains(200, 50, "in range"));
}

/* A constraint says which other choice would turn the pick, and Why lists them. */
static void
a_constraint_says_what_it_decides(void **state)
{
    char open_it[512];

    (void)state;
    snprintf(open_it, sizeof open_it, ":e %s<Enter>", source_path("scenarios/bank-india.yaml"));
    type(open_it);
    app_solve(&app, 256, DEPTH_ALL);
    type("<A-4><Home><Down>");
    assert_true(contains(120, 40, "Data may leave; flips at yes>B and on-contract>B"));
    type("W");
    assert_true(contains(200, 50, "Data may leave = yes or"));
}

/* Of more arms than there are rows for, the pick and its rival are never those left out. */
static void
a_low_window_shows_the_pick_before_the_arms_that_have_no_row(void **state)
{
    char open_it[512];

    (void)state;
    snprintf(open_it, sizeof open_it, ":e %s<Enter>", source_path("tests/bench/wide.yaml"));
    type(open_it);
    app_solve(&app, 256, DEPTH_VERDICT);
    const struct answer *an = app_answer(&app);
    assert_int_equal(an->n_arms, 6);
    assert_int_equal(an->verdict.pick, 5);
    assert_true(contains(80, 20, "|F router "));
    assert_false(contains(80, 20, "|E later "));
    assert_true(contains(80, 24, "|F router "));
    assert_true(contains(80, 24, "|A api "));
    assert_true(contains(80, 24, "|E later"));
}

static void
a_small_window_has_break_even_and_flips_below_the_arms(void **state)
{
    (void)state;
    look("C");
    assert_true(contains(80, 24, "Flips it: "));
    assert_true(contains(80, 24, "No break-even with claude, in total or to run"));
    assert_true(contains(80, 24, "no break-even  "));
}

/* Row "row" of the frame, trailing spaces removed. */
static const char *
row_of(int columns, int rows, int row)
{
    static char line[1024];
    char *f = frame(columns, rows), *at = f;

    for (int k = 0; k < row && at != NULL; k++)
        at = strchr(at, '\n') != NULL ? strchr(at, '\n') + 1 : NULL;
    snprintf(line, sizeof line, "%.*s", at != NULL ? (int)strcspn(at, "\n") : 0, at != NULL ? at : "");
    free(f);
    return line;
}

/* What a month costs does not decide where volumes grow: beside it stands what does, and each says what it is. */
static void
the_verdict_has_the_totals_that_decide_beside_a_months_cost(void **state)
{
    static const int sizes[][2] = { { 80, 24 }, { 120, 40 }, { 200, 50 }, { 50, 18 } };
    char total[24], line[64], open_it[512];

    (void)state;
    app_solve(&app, 256, DEPTH_ALL);
    for (size_t k = 0; k < BE_LEN(sizes); k++)
        assert_true(contains(sizes[k][0], sizes[k][1], "month 1"));
    snprintf(open_it, sizeof open_it, ":e %s<Enter>", source_path("scenarios/startup-mvp.yaml"));
    type(open_it);
    app_solve(&app, 256, DEPTH_ALL);
    const struct answer *an = app_answer(&app);
    const struct arm_answer *pick = &an->arms[an->verdict.pick];
    assert_int_equal(pick->kind, ARM_STAGED);
    assert_true(pick->month_usd.p50 > an->arms[0].month_usd.p50); /* the dearer month is the better buy */
    assert_true(pick->tco_usd.mean < an->arms[0].tco_usd.mean);
    snprintf(line, sizeof line, " %s ", number_usd(total, sizeof total, pick->tco_usd.mean));
    for (size_t k = 0; k < BE_LEN(sizes); k++) {
        char *f = frame(sizes[k][0], sizes[k][1]); /* the staged arm's month is another than that of the rest */
        assert_null(strstr(f, "month 1"));
        free(f);
        assert_true(contains(sizes[k][0], sizes[k][1], " a month"));
        assert_true(contains(sizes[k][0], sizes[k][1], " 36 months"));
        assert_true(contains(sizes[k][0], sizes[k][1], line));
        assert_true(contains(sizes[k][0], sizes[k][1], "staged, from mo 9"));
    }
    assert_true(contains(80, 24, "Break-even: in total ")); /* which cost breaks even where is said */
    assert_true(contains(80, 24, "/day, to run "));
    assert_non_null(strstr(row_of(80, 24, 0), ", saves $"));
    assert_non_null(strstr(row_of(80, 24, 0), "/mo "));
    assert_non_null(strstr(row_of(96, 24, 0), "  break-even "));
}

/* The flips below the arms end with a whole one. */
static void
a_flip_that_has_no_room_is_left_out(void **state)
{
    (void)state;
    app_solve(&app, 256, DEPTH_ALL);
    for (int columns = 78; columns < 96; columns++) { /* the panes take 31 columns */
        char text[256] = "";
        size_t n = 0;
        int row = 20;
        while (row > 0 && strstr(row_of(columns, 24, row), "Flips it: ") == NULL)
            row--;
        assert_true(row > 0);
        for (; row <= 20; row++) {
            const char *line = row_of(columns, 24, row);
            n += (size_t)snprintf(text + n, sizeof text - n, "%s ", strlen(line) > 32 ? line + 32 : "");
        }
        while (n > 0 && text[n - 1] == ' ')
            text[--n] = '\0';
        assert_non_null(strstr(text, "-> "));
        if (strchr("0123456789kMtohx%", text[n - 1]) == NULL)
            fail_msg("at %d columns: %s", columns, text);
    }
}

/* Relative luminance (WCAG 2) of a colour of the 256-colour cube or its greys. */
static double
luminance(int colour)
{
    static const int steps[] = { 0, 95, 135, 175, 215, 255 };
    static const double weights[] = { 0.2126, 0.7152, 0.0722 };
    int n = colour - 16, rgb[3] = { steps[n / 36 % 6], steps[n / 6 % 6], steps[n % 6] };
    double sum = 0;

    for (int k = 0; k < 3; k++) {
        double x = (colour >= 232 ? 8 + 10 * (colour - 232) : rgb[k]) / 255.0;
        sum += weights[k] * (x <= 0.04045 ? x / 12.92 : pow((x + 0.055) / 1.055, 2.4));
    }
    return sum;
}

/* What theme.c says of its figures. */
static void
colours_keep_their_contrast_on_their_ground(void **state)
{
    (void)state;
    static const struct {
        const char *theme;
        double on_black, on_white;
    } grounds[] = { { "auto", 3.55, 3.55 }, { "dark", 4.5, 0 }, { "light", 0, 4.5 }, { "okabe", 4.5, 0 } };

    for (size_t k = 0; k < BE_LEN(grounds); k++)
        for (int ink = 0; ink < INK_COUNT; ink++) {
            int colour = theme_find(grounds[k].theme)->c256[ink];
            if (colour < 0)
                continue;
            assert_true(colour >= 16 && colour < 256);
            double y = luminance(colour), black = (y + 0.05) / 0.05, white = 1.05 / (y + 0.05);
            if (black < grounds[k].on_black || white < grounds[k].on_white)
                fail_msg("theme %s, ink %d: colour %d has %.2f on black, %.2f on white", grounds[k].theme, ink, colour, black,
                         white);
        }
}

/* The article's own run crossing, and a sum apart; the pair the other way round has its sign turned. */
static void
a_goal_on_a_difference_opens_the_field_where_it_is_reached(void **state)
{
    (void)state;
    struct field_ref ref;
    struct error err;
    double requests, tokens;
    const struct answer *an = app_answer(&app);
    int tuned = 2, claude = 0;

    assert_string_equal(an->arms[tuned].name, "tuned");
    assert_string_equal(an->arms[claude].name, "claude");
    assert_int_equal(field_find(&an->setup.sc, "requests_per_day", &ref, &err), 0);
    assert_int_equal(goal_seek(&requests, &an->setup, tuned, claude, 0, ref, &err), 0);
    tokens = requests * 600;
    assert_close(tokens, 17.616e6, 1e-4); /* MODEL.md section 14 */
    type(":goal tuned-claude=0 by volume<Enter>");
    assert_int_equal(app.mode, MODE_ENTRY);
    assert_string_equal(here(), "workload.requests_per_day");
    assert_string_equal(app.edit.text, "29360");
    type("<Esc>");
    assert_int_equal(goal_seek(&requests, &an->setup, claude, tuned, -1000, ref, &err), 0);
    double at = requests * 600, cost[2];
    cost_curve(&an->setup, claude, false, &at, 1, &cost[0]);
    cost_curve(&an->setup, tuned, false, &at, 1, &cost[1]);
    assert_close(cost[0] - cost[1], -1000, 1e-2);
    assert_int_equal(field_find(&an->setup.sc, "labels.examples", &ref, &err), 0);
    assert_int_equal(goal_seek(&requests, &an->setup, tuned, claude, 0, ref, &err), -1);
    assert_int_equal(err.code, ERR_RANGE); /* labels are no running cost */
    type(":goal tuned-nobody=0 by volume<Enter>");
    assert_int_equal(app.mode, MODE_REST);
    assert_non_null(strstr(app.status, "two arms"));
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        T(the_cursor_goes_over_why_and_enter_goes_to_its_field),
        T(the_cursor_stops_at_the_ends_and_stays_in_sight),
        T(every_fact_of_why_can_be_read_at_80_columns),
        T(g_on_a_flip_opens_its_field_at_the_flip),
        T(a_bar_is_read_out_and_leads_to_its_field),
        T(all_inputs_of_the_tornado_are_there),
        T(the_spread_is_read_out_under_the_crosshair),
        T(the_map_is_read_out_cell_by_cell_by_its_fields_names),
        T(the_readout_has_the_units_of_its_view),
        T(a_choice_on_cost_alone_is_told_from_a_clear_one),
        T(a_table_keeps_its_columns_where_they_are_when_scrolled),
        T(columns_that_find_no_room_are_scrolled_to),
        T(bands_of_two_arms_differ_without_colour),
        T(a_band_of_the_answer_before_says_so),
        T(a_large_window_lists_what_changed_since_the_base),
        T(a_large_window_has_the_rules_the_flips_and_the_spread_beside_the_view),
        T(the_chart_says_what_its_verticals_are),
        T(a_planning_window_explains_the_verdict_in_boxes),
        T(a_constraint_says_what_it_decides),
        T(a_low_window_shows_the_pick_before_the_arms_that_have_no_row),
        T(a_small_window_has_break_even_and_flips_below_the_arms),
        T(the_verdict_has_the_totals_that_decide_beside_a_months_cost),
        T(a_flip_that_has_no_room_is_left_out),
        T(colours_keep_their_contrast_on_their_ground),
        T(a_goal_on_a_difference_opens_the_field_where_it_is_reached),
        T(bands_are_drawn_where_the_inputs_are_uncertain_and_only_in_views_that_have_them),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, open_catalog, close_catalog);
}
