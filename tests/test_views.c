/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <ctype.h>

#include "breakeven/chart.h"
#include "support.h"

/*
 * Every view of every scenario that ships, and of seeded random edits of them, 50 answers in all, at three
 * sizes and in every glyph set, read back from the cells by rules: where labels stand and by
 * which steps, what the marks mark, that no arm is lost.
 */

#define SIZES 3
#define ANSWERS 50
#define OUTSIDE 0x2248u /* fills the canvas around the place: drawing never leaves it */

static const int sizes[SIZES][2] = { { 80, 24 }, { 120, 40 }, { 200, 50 } };
static const char *const names[] = { "article", "article-corrected", "bank-india", "code-assistant", "contract-clauses", "hospital-us",
                                     "medical-qa", "night-batch", "rag-copilot", "startup-mvp", "support-intents" };
#define N_NAMES ((int)BE_LEN(names))

static struct catalog *catalog;
static struct answer *answers[ANSWERS];
static struct scenario scenarios[ANSWERS];
static char titles[ANSWERS][160];
static struct chart chart;

/* ---- what is read ---------------------------------------------------------------------------- */

static struct canvas canvas;
static struct chart_area area;
static const struct glyphs *glyphs;
static const struct view *view;
static int columns, rows, current;

/* The frame, line by line: cmocka cuts longer messages. */
static void
show_frame(void)
{
    struct buffer b;

    buffer_init(&b);
    canvas_print(&canvas, &b);
    print_error("%s, view %s, %dx%d, %s:\n", titles[current], view->id, columns, rows, glyphs->name);
    for (const char *line = b.text, *end; *line != '\0'; line = end + 1) {
        end = strchr(line, '\n');
        print_error("%.*s\n", (int)(end - line), line);
    }
    buffer_release(&b);
}

#define fail_here(...) \
    do { \
        show_frame(); \
        fail_msg(__VA_ARGS__); \
    } while (0)

static uint32_t
at(int row, int column)
{
    if (row < 0 || row >= canvas.rows || column < 0 || column >= canvas.columns)
        return ' ';
    return canvas.cells[row * canvas.columns + column].glyph;
}

static uint32_t
first_of(const char *utf8)
{
    uint32_t cp;

    text_decode(utf8, strlen(utf8), &cp);
    return cp;
}

/* The row's text between two columns; other than ASCII as '?'. */
static void
text_between(int row, int from, int to, char *out)
{
    for (; from < to; from++) {
        uint32_t g = at(row, from);
        *out++ = g == 0 ? ' ' : g < 0x80 ? (char)g : '?';
    }
    *out = '\0';
}

/* "$1.5k", "-20", "2.5M"; false: not a label. */
static bool
label_value(const char *text, double *value)
{
    static const struct {
        char suffix;
        double factor;
    } suffixes[] = { { 'k', 1e3 }, { 'M', 1e6 }, { 'B', 1e9 }, { 'T', 1e12 } };
    bool negative = *text == '-';
    char *end;

    text += negative;
    text += *text == '$';
    if (*text < '0' || *text > '9')
        return false;
    *value = strtod(text, &end);
    for (size_t k = 0; k < BE_LEN(suffixes); k++)
        if (*end == suffixes[k].suffix) {
            *value *= suffixes[k].factor;
            end++;
        }
    if (negative)
        *value = -*value;
    return *end == '\0';
}

static double
fraction(double v, double low, double high, bool is_log)
{
    return is_log ? log(v / low) / log(high / low) : (v - low) / (high - low);
}

static bool
mantissa_in(double v, const double *list, int n)
{
    double m = v / pow(10, floor(log10(v) + 1e-9));

    for (int k = 0; k < n; k++)
        if (fabs(m - list[k]) < 1e-6 * m)
            return true;
    return false;
}

/* Equal steps of a nice number, or on a logarithmic axis 1, 2 and 5 of each decade; an axis of less than a
 * decade may have the steps of a linear one. */
static void
assert_nice(const double *v, int n, bool is_log, const char *which)
{
    static const double nice[] = { 1, 2, 2.5, 3, 4, 5 }, decades[] = { 1, 2, 5 };
    bool all = is_log;

    for (int k = 0; k < n; k++)
        all = all && mantissa_in(v[k], decades, 3);
    if (all || n < 2)
        return;
    for (int k = 1; k < n; k++) {
        double step = v[k] - v[k - 1];
        bool equal = fabs(step - (v[1] - v[0])) < 1e-6 * fabs(step);
        if (!(step > 0) || (!is_log && !equal) || !mantissa_in(step, nice, 6))
            fail_here("%s labels step by %g", which, step);
    }
}

/* ---- rules for lines --------------------------------------------------------------------------- */

static void
check_y_labels(void)
{
    double values[64], before = -10;
    int n = 0;

    for (int row = area.row + area.rows - 1; row >= area.row; row--) {
        char text[64], *from = text;
        double value = NAN;
        text_between(row, 1, area.column - 1, text);
        from += strspn(from, " ");
        from[strcspn(from, " ")] = '\0';
        if (*from == '\0')
            continue;
        if (!label_value(from, &value))
            fail_here("\"%s\" is no label", from);
        if (at(row, area.column - 1) != first_of(glyphs->tick_left))
            fail_here("no tick beside %s", from);
        double stands = (double)(area.row + area.rows - 1 - row) / (area.rows - 1);
        double belongs = fraction(value, area.y_low, area.y_high, chart.y_log);
        if (fabs(stands - belongs) * (area.rows - 1) > 0.21)
            fail_here("%s stands %g rows from its value", from, fabs(stands - belongs) * (area.rows - 1));
        if (area.row + area.rows - 1 - row - before < 2)
            fail_here("labels in neighbouring rows");
        before = area.row + area.rows - 1 - row;
        if (n < 64)
            values[n++] = value;
    }
    if (n < 1)
        fail_here("no y label");
    assert_nice(values, n, chart.y_log, "y");
}

static void
check_x_labels(void)
{
    int row = area.row + area.rows + 1, n = 0;
    double values[64];
    char text[512];

    text_between(row, 1, 1 + columns, text);
    for (char *p = text + strspn(text, " "), *end; *p != '\0' && n < 64; p = end + strspn(end, " ")) {
        end = strstr(p, "  ");
        if (end == NULL)
            end = p + strlen(p);
        char label[64];
        snprintf(label, sizeof label, "%.*s", (int)(end - p), p);
        label[strcspn(label, " ")] = '\0';
        if (!label_value(label, &values[n]) || strlen(label) + 1 < (size_t)(end - p))
            fail_here("\"%.*s\": labels touch, or are none", (int)(end - p), p);
        int column = chart_column_of(&area, values[n]), start = (int)(p - text) + 1;
        if (at(row - 1, column) != first_of(glyphs->tick_down))
            fail_here("no tick above %s", label);
        if (column < start - (int)strlen(label) || column > start + 2 * (int)strlen(label))
            fail_here("%s stands away from its tick", label);
        n++;
    }
    if (n < 1)
        fail_here("no x label");
    assert_nice(values, n, chart.x_log, "x");
}

static bool
stands_in_column(const char *glyph, int column)
{
    for (int row = area.row; row < area.row + area.rows; row++)
        if (at(row, column) == first_of(glyph))
            return true;
    return false;
}

static void
check_marks(void)
{
    for (int k = 0; k < chart.n_marks; k++) {
        double f = fraction(chart.marks[k], area.x_low, area.x_high, area.x_log);
        int column = area.column + (int)lround(f * (area.columns - 1));
        if (!(f >= 0 && f <= 1))
            continue;
        /* a column that lines or one's own volume fill has no room for it */
        if (!stands_in_column(glyphs->zone, column) && !stands_in_column(glyphs->zone, column - 1) &&
            !stands_in_column(glyphs->zone, column + 1) && !stands_in_column(glyphs->vertical, column))
            fail_here("no mark at %g", chart.marks[k]);
    }
}

static bool
in_sight(const struct series *s)
{
    for (int k = 0; k < s->n; k++)
        if (s->y[k] > area.y_low && s->y[k] < area.y_high && s->x[k] > area.x_low && s->x[k] < area.x_high)
            return true;
    return false;
}

/* Each arm is named below, and its letter or mark stands in the picture. */
static void
check_series(void)
{
    bool lettered = glyphs->dots_x * glyphs->dots_y > 1;

    for (int s = 0; s < chart.n_series; s++) {
        const struct series *series = &chart.series[s];
        char mark = lettered ? series->letter : glyphs->series_ascii[(series->ink - INK_SERIES_0) & 7], text[512], want[8],
             banded[8];
        bool named = false, shown = false;
        if (series->dotted || series->points)
            continue;
        snprintf(want, sizeof want, "%c %c", mark, series->name[0]);
        snprintf(banded, sizeof banded, "%c%c %c", mark, tolower((unsigned char)series->letter), series->name[0]);
        for (int row = area.row + area.rows + 2; row <= rows; row++) {
            text_between(row, 1, 1 + columns, text);
            named = named || strstr(text, want) != NULL || strstr(text, banded) != NULL;
        }
        for (int row = area.row; row < area.row + area.rows; row++)
            for (int c = area.column; c < area.column + area.columns; c++)
                shown = shown || at(row, c) == (unsigned char)mark;
        if (!named)
            fail_here("%s is not in the caption", series->name);
        if (!shown && in_sight(series))
            fail_here("%s has no mark in the picture", series->name);
    }
}

/* ---- rules for every view ------------------------------------------------------------------------ */

static void
check_cells(void)
{
    for (int row = 0; row < canvas.rows; row++)
        for (int column = 0; column < canvas.columns; column++) {
            uint32_t g = at(row, column);
            bool inside = row > 0 && row <= rows && column > 0 && column <= columns;
            if (!inside && g != OUTSIDE)
                fail_here("row %d, column %d lies outside and is written", row, column);
            if (inside && (g == OUTSIDE || g == 0xFFFD || (g < ' ' && g != 0)))
                fail_here("row %d, column %d holds U+%04X", row, column, (unsigned)g);
            if (inside && glyphs->ascii && g >= 0x80)
                fail_here("U+%04X is not ASCII", (unsigned)g);
            if (inside && strcmp(glyphs->name, "linux") == 0 && (g >= 0x2800 || (g >= 0x2580 && g <= 0x2587)))
                fail_here("U+%04X is not in the console's fonts", (unsigned)g);
        }
}

static void
check_words(void)
{
    static const char *const never[] = { "nan", "inf", "NaN", "-$0 ", "(null)" };
    size_t n = strlen(chart.sentence);

    if (n < 10 || chart.sentence[n - 1] != '.')
        fail_here("\"%s\" is no sentence", chart.sentence);
    for (size_t k = 0; k < BE_LEN(never); k++)
        if (strstr(chart.sentence, never[k]) != NULL && strstr(chart.sentence, "inference") == NULL)
            fail_here("the sentence says %s", never[k]);
    for (int r = 0; r < chart.n_rows; r++)
        for (int k = 0; k < chart.n_columns; k++)
            if (strcmp(chart.rows[r].cells[k], "nan") == 0 || strcmp(chart.rows[r].cells[k], "inf") == 0)
                fail_here("the table says %s", chart.rows[r].cells[k]);
    if (chart.note[0] == '\0' && (chart.n_columns < 2 || chart.n_rows < 1))
        fail_here("no table twin");
}

static void
check_bars(void)
{
    char a[256], b[256];
    int width = area.column - 1;

    for (int k = 1; k < chart.n_bars && k < area.rows - 1; k++)
        for (int j = 0; j < k; j++) {
            text_between(area.row + j, 1, width, a);
            text_between(area.row + k, 1, width, b);
            if (strcmp(a, b) == 0)
                fail_here("two bars are called %s", a);
        }
}

static void
draw(const struct view *v, enum glyph_set set, int size, bool table)
{
    struct chart_place place = { .row = 1, .column = 1, .rows = sizes[size][1], .columns = sizes[size][0], .crosshair = -1,
                                 .table = table, .cursor = -1 };

    view = v;
    glyphs = glyphs_of(set);
    columns = place.columns, rows = place.rows;
    assert_int_equal(canvas_init(&canvas, columns + 2, rows + 2), 0);
    for (int row = 0; row < canvas.rows; row++)
        for (int column = 0; column < canvas.columns; column++)
            if (row == 0 || row > rows || column == 0 || column > columns)
                canvas_put(&canvas, row, column, OUTSIDE, INK_PLAIN, 0);
    chart_draw(&canvas, &chart, &place, glyphs, &area);
    check_cells();
    check_words();
    if (!table && area.columns > 0 && chart.kind == CHART_LINES) {
        check_y_labels();
        check_x_labels();
        check_marks();
        check_series();
    }
    if (!table && area.columns > 0 && chart.kind == CHART_BARS)
        check_bars();
    canvas_release(&canvas);
}

static void
draw_all(int k, bool every_set)
{
    current = k;
    for (int v = 0; v < views_n; v++)
        for (int size = 0; size < SIZES; size++) {
            assert_int_equal(views[v].build(&chart, answers[k], catalog, sizes[size][0]), 0);
            for (int set = GLYPHS_BRAILLE; set <= GLYPHS_LINUX; set++)
                if (every_set || set == (k + size) % (GLYPHS_LINUX + 1))
                    draw(&views[v], (enum glyph_set)set, size, false);
            draw(&views[v], size == 0 ? GLYPHS_ASCII : GLYPHS_BRAILLE, size, true);
        }
}

static void
every_view_of_the_shipped_scenarios_keeps_the_rules(void **state)
{
    (void)state;
    for (int k = 0; k < N_NAMES; k++)
        draw_all(k, true);
}

static void
random_edits_keep_the_rules(void **state)
{
    (void)state;
    for (int k = N_NAMES; k < ANSWERS; k++)
        draw_all(k, false);
}

/* ---- what the marks say ----------------------------------------------------------------------------- */

static const struct crossing_answer *
crossing_drawn(const struct answer *an)
{
    for (int k = 0; k < an->n_crossings; k++)
        if (chart.marks_label[0] != '\0' && an->crossings[k].run.n > 0 &&
            chart.marks_label[strlen(chart.marks_label) - 3] == 'A' + an->crossings[k].a &&
            chart.marks_label[strlen(chart.marks_label) - 1] == 'A' + an->crossings[k].b)
            return &an->crossings[k];
    return NULL;
}

static void
assert_says(const char *words, double tokens_per_day)
{
    char number[24], want[64];

    snprintf(want, sizeof want, "%s%s", words, number_si(number, sizeof number, tokens_per_day));
    if (strstr(chart.sentence, want) == NULL)
        fail_msg("%s: \"%s\" is not in \"%s\"", titles[current], want, chart.sentence);
}

/* Marks are the solver's first and last crossing; the words name first, next and last, or say between which
 * volumes there is none. */
static void
break_evens_are_the_solvers_and_are_named(void **state)
{
    int crossed = 0, several = 0, none = 0;

    (void)state;
    for (int k = 0; k < ANSWERS; k++) {
        const struct answer *an = answers[k];
        current = k;
        assert_int_equal(view_find("cost")->build(&chart, an, catalog, 120), 0);
        const struct crossing_answer *x = crossing_drawn(an);
        if (chart.n_marks == 0) {
            none++;
            assert_says("none between ", an->tokens_per_day / 1000);
            assert_says(" and ", an->tokens_per_day * 1000);
            for (int i = 0; i < an->n_crossings; i++)
                assert_int_equal(an->crossings[i].run.n, 0);
            continue;
        }
        assert_non_null(x);
        crossed++;
        assert_close(chart.marks[0], x->run.tokens_per_day[0], 1e-12);
        assert_says(" at ", x->run.tokens_per_day[0]);
        assert_int_equal(chart.n_marks, x->run.n > 1 ? 2 : 1);
        if (x->run.n < 2)
            continue;
        assert_close(chart.marks[1], x->run.tokens_per_day[x->run.n - 1], 1e-12);
        assert_says("last at ", x->run.tokens_per_day[x->run.n - 1]);
        if (x->run.n < 3)
            continue;
        several++;
        assert_says("next at ", x->run.tokens_per_day[1]);
    }
    assert_true(crossed > 5 && several > 0 && none > 0); /* each case was met */
}

/* The words of both axes below a picture of the size that a window of 80x24 has for it, line ends read as spaces. */
static void
a_small_picture_says_what_its_axes_measure(void **state)
{
    static const char *const units[][2] = { { "cost", "$/month" }, { "unit", "$/Mtok" }, { "diff", "$/month" }, { "cumulative", "$ so far" },
                                            { "labels", "% right" } };
    const struct chart_place place = { .rows = 12, .columns = 48, .crosshair = -1, .cursor = -1 };
    int drawn = 0;

    (void)state;
    for (int k = 0; k < ANSWERS; k++)
        for (size_t u = 0; u < BE_LEN(units); u++) {
            struct buffer b;
            assert_int_equal(view_find(units[u][0])->build(&chart, answers[k], catalog, 48), 0);
            if (chart.kind != CHART_LINES || chart.n_series == 0)
                continue;
            assert_int_equal(canvas_init(&canvas, place.columns, place.rows), 0);
            chart_draw(&canvas, &chart, &place, glyphs_of(GLYPHS_ASCII), &area);
            buffer_init(&b);
            canvas_print(&canvas, &b);
            assert_int_equal(strncmp(chart.axes, units[u][1], strlen(units[u][1])), 0);
            if (strstr(b.text, chart.axes) == NULL)
                fail_msg("%s, %s: \"%s\" is not below\n%s", titles[k], units[u][0], chart.axes, b.text);
            drawn++;
            buffer_release(&b);
            canvas_release(&canvas);
        }
    assert_true(drawn > 3 * ANSWERS);
}

/* ---- many arms ---------------------------------------------------------------------------------------- */

/* Eight arms of long names, all on one line: each is named and lettered. */
static void
eight_arms_on_one_line_are_all_named(void **state)
{
    static const struct view made = { "made", '-', "made", "made", NULL, 0 };

    (void)state;
    current = 0;
    memset(&chart, 0, sizeof chart);
    chart.kind = CHART_LINES;
    chart.x_low = 1e5, chart.x_high = 1e9, chart.x_log = true, chart.y_low = 1, chart.y_high = 1e4, chart.y_log = true;
    chart.x_prefix = "", chart.y_prefix = "$";
    chart.you = chart.you_low = chart.you_high = NAN;
    chart.n_series = 8;
    snprintf(chart.sentence, sizeof chart.sentence, "Eight lines lie on each other.");
    snprintf(chart.note, sizeof chart.note, "no table");
    snprintf(chart.x_label, sizeof chart.x_label, "tokens/day, log");
    for (int s = 0; s < 8; s++) {
        snprintf(chart.series[s].name, sizeof chart.series[s].name, "%c-an-arm-of-a-long-name-of-31", 'a' + s);
        chart.series[s].letter = (char)('A' + s);
        chart.series[s].ink = INK_SERIES_0 + s;
        chart.series[s].n = 2;
        for (int k = 0; k < 2; k++) {
            chart.series[s].x[k] = k == 0 ? 1e5 : 1e9;
            chart.series[s].y[k] = k == 0 ? 1 : 1e4;
        }
    }
    for (int size = 0; size < SIZES; size++)
        for (int set = GLYPHS_BRAILLE; set <= GLYPHS_LINUX; set++)
            draw(&made, (enum glyph_set)set, size, false);
}

/* ---- answers ------------------------------------------------------------------------------------------ */

static uint64_t random_state = 20261126;

static double
uniform(void)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (double)(random_state >> 11) / 9007199254740992.0;
}

/* Volume by up to a hundredfold either way and one more field by up to ten; what a field refuses stays. */
static void
edit(struct scenario *sc)
{
    static const char *const paths[] = { "workload.requests_per_day", "workload.output_tokens", "labels.examples",
                                         "people.fte_cost_usd_month", "horizon.months", "workload.input_tokens" };
    struct error ignored;

    for (int k = 0; k < 2; k++) {
        struct field_ref ref;
        struct quantity_rules rules;
        char text[QUANTITY_TEXT] = "";
        const char *path = paths[k == 0 ? 0 : 1 + (int)(uniform() * 5)];
        double factor = pow(10, (k == 0 ? 4 : 2) * (uniform() - 0.5));
        assert_int_equal(field_find(sc, path, &ref, &ignored), 0);
        const struct quantity *q = field_value(sc, ref);
        field_rules(ref.field, sc, &rules);
        if (quantity_scale_text(text, sizeof text, q->text, factor, &rules, &ignored) == 0)
            field_set_text(sc, ref, text, catalog, &ignored);
    }
}

static int
refused(const char *what, const struct error *err)
{
    print_error("%s: %s\n", what, err->text);
    return -1;
}

static int
prepare(void **state)
{
    static struct scenario_file file;
    static struct problems found;
    struct error err = { 0 };
    char path[1100];
    const char *folders[] = { path };

    (void)state;
    problems_init(&found);
    snprintf(path, sizeof path, "%s", source_path("catalog"));
    if (catalog_load(&catalog, folders, 1, &found, &err) < 0)
        return refused("catalog", &err);
    for (int k = 0; k < ANSWERS; k++) {
        struct solve_options options = { .samples = 256, .seed = (uint64_t)k + 1 };
        char relative[128];
        snprintf(relative, sizeof relative, "scenarios/%s.yaml", names[k % N_NAMES]);
        problems_init(&found);
        if (scenario_open(&file, source_path(relative), catalog, &found, &err) < 0)
            return refused(relative, &err);
        scenarios[k] = file.scenario;
        scenario_file_release(&file);
        if (k >= N_NAMES)
            edit(&scenarios[k]);
        snprintf(titles[k], sizeof titles[k], "%s (edit %d)", names[k % N_NAMES], k / N_NAMES);
        struct samples *kept = NULL;
        if (decide_again(&answers[k], &kept, &scenarios[k], catalog, names[k % N_NAMES], &options,
                         k < N_NAMES ? DEPTH_ALL : DEPTH_VERDICT, NULL, &err) != 0 ||
            (k % 4 > 0 && chart_bands(answers[k], BANDS_VOLUME | BANDS_LABELS, kept, &scenarios[k], catalog, NULL, &err) != 0))
            return refused(titles[k], &err); /* some as they are before their bands are in */
        samples_free(kept);
        if (k < 2) {
            struct field_ref x, y;
            if (field_find(&scenarios[k], "workload.requests_per_day", &x, &err) < 0 ||
                field_find(&scenarios[k], "workload.output_tokens", &y, &err) < 0 ||
                flip_map(&answers[k]->map, &scenarios[k], catalog, x, y, &options, &err) != 0)
                return refused("map", &err);
            answers[k]->has_map = true;
        }
    }
    return 0;
}

static int
release(void **state)
{
    (void)state;
    for (int k = 0; k < ANSWERS; k++)
        answer_free(answers[k]);
    catalog_free(catalog);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_view_of_the_shipped_scenarios_keeps_the_rules),
        cmocka_unit_test(random_edits_keep_the_rules),
        cmocka_unit_test(break_evens_are_the_solvers_and_are_named),
        cmocka_unit_test(a_small_picture_says_what_its_axes_measure),
        cmocka_unit_test(eight_arms_on_one_line_are_all_named),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, prepare, release);
}
