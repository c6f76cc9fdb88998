/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "breakeven/chart.h"
#include "support.h"

/* ---- canvas --------------------------------------------------------------------------- */

static void
writes_outside_the_canvas_are_dropped(void **state)
{
    struct canvas c;
    struct buffer b;

    (void)state;
    assert_int_equal(canvas_init(&c, 5, 2), 0);
    canvas_text(&c, 0, 3, "abcdef", INK_PLAIN, 0);
    canvas_text(&c, -1, 0, "x", INK_PLAIN, 0);
    canvas_text(&c, 2, 0, "x", INK_PLAIN, 0);
    canvas_text(&c, 1, -2, "abc", INK_PLAIN, 0);
    buffer_init(&b);
    canvas_print(&c, &b);
    assert_string_equal(b.text, "   ab\nc\n");
    buffer_release(&b);
    canvas_release(&c);
}

static void
wide_characters_take_two_cells_and_are_never_halved(void **state)
{
    struct canvas c;
    struct buffer b;

    (void)state;
    assert_int_equal(canvas_init(&c, 4, 2), 0);
    assert_int_equal(canvas_text(&c, 0, 0, "a漢b", INK_PLAIN, 0), 4);
    canvas_put(&c, 0, 2, 'x', INK_PLAIN, 0); /* onto its right half */
    canvas_text(&c, 1, 3, "漢", INK_PLAIN, 0); /* no room for both */
    buffer_init(&b);
    canvas_print(&c, &b);
    assert_string_equal(b.text, "a xb\n\n");
    buffer_release(&b);
    canvas_release(&c);
}

static void
text_from_files_is_cleaned(void **state)
{
    struct canvas c;
    struct buffer b;

    (void)state;
    assert_int_equal(canvas_init(&c, 20, 1), 0);
    canvas_text(&c, 0, 0, "a\x1b[2J\xe2\x80\xae" "b\xff", INK_PLAIN, 0);
    buffer_init(&b);
    canvas_print(&c, &b);
    assert_null(strchr(b.text, '\x1b'));
    assert_null(strstr(b.text, "\xe2\x80\xae"));
    buffer_release(&b);
    canvas_release(&c);
}

/* ---- ticks ----------------------------------------------------------------------------------- */

static bool
is_nice(double step)
{
    static const double nice[] = { 1, 2, 2.5, 3, 4, 5 };
    double mantissa = step / pow(10, floor(log10(step) + 1e-9));

    for (int j = 1; j <= 8; j++)
        for (size_t k = 0; k < BE_LEN(nice); k++)
            for (double scale = 0.1; scale < 101; scale *= 10)
                if (fabs(mantissa - j * nice[k] / scale) < 1e-9 * mantissa || fabs(mantissa - nice[k]) < 1e-9)
                    return true;
    return false;
}

static void
linear_labels_are_equal_nice_steps_that_never_touch(void **state)
{
    static const double ranges[][2] = { { 0, 1 }, { 0, 43 }, { -7.3, 19.1 }, { 1234, 98765 }, { 0.0012, 0.0031 }, { -4e6, 9e6 }, { 99, 101 } };

    (void)state;
    for (size_t k = 0; k < BE_LEN(ranges); k++)
        for (int cells = 20; cells <= 160; cells += 35) {
            struct ticks t;
            ticks_linear(&t, ranges[k][0], ranges[k][1], cells, 2, "$");
            assert_true(t.n >= 1);
            for (int i = 1; i < t.n; i++) {
                double step = t.at[i] - t.at[i - 1], columns = step / (ranges[k][1] - ranges[k][0]) * (cells - 1);
                assert_close(step, t.at[1] - t.at[0], 1e-9);
                assert_true(is_nice(step));
                assert_true(columns >= (strlen(t.label[i]) + strlen(t.label[i - 1])) / 2.0 + 2);
            }
            for (int i = 0; i < t.n; i++)
                assert_true(t.at[i] >= ranges[k][0] - 1e-9 * fabs(ranges[k][1]) && t.at[i] <= ranges[k][1] * (1 + 1e-9) + 1e-9);
        }
}

static void
logarithmic_labels_are_decades(void **state)
{
    struct ticks t;

    (void)state;
    ticks_log(&t, 1e6, 1e9, 60, 2, "");
    assert_int_equal(t.n, 4);
    assert_string_equal(t.label[0], "1M");
    assert_string_equal(t.label[3], "1B");
    ticks_log(&t, 1e3, 1e5, 80, 2, "$"); /* under 2.5 decades: 2 and 5 as well */
    assert_int_equal(t.n, 7);
    assert_string_equal(t.label[1], "$2k");
    assert_string_equal(t.label[2], "$5k");
    ticks_log(&t, 1, 1e12, 20, 2, "");
    for (int i = 1; i < t.n; i++)
        assert_close(log10(t.at[i] / t.at[i - 1]), log10(t.at[1] / t.at[0]), 1e-9);
    /* eight units in the last place: rounding, which no label tells apart (and no search ends) */
    ticks_linear(&t, 5130.2195231988098, 5130.2195231988135, 71, 2, "$");
    assert_int_equal(t.n, 0);
    ticks_log(&t, 0, 10, 20, 2, ""); /* zero has no place on a logarithmic axis */
    assert_int_equal(t.n, 0);
}

/* ---- golden frames ------------------------------------------------------------------------------ */

static struct chart chart;

/* A flat line and a staircase that cross. */
static void
make_chart(void)
{
    memset(&chart, 0, sizeof chart);
    chart.kind = CHART_LINES;
    chart.x_low = 0, chart.x_high = 10, chart.y_low = 0, chart.y_high = 40;
    chart.x_prefix = "", chart.y_prefix = "$";
    chart.you = NAN;
    chart.n_series = 2;
    for (int s = 0; s < 2; s++) {
        struct series *a = &chart.series[s];
        snprintf(a->name, sizeof a->name, "%s", s == 0 ? "api" : "own");
        a->letter = (char)('A' + s);
        a->ink = INK_SERIES_0 + s;
        a->n = 101;
        for (int i = 0; i <= 100; i++) {
            a->x[i] = i / 10.0;
            a->y[i] = s == 0 ? 4 * a->x[i] : 10 * ceil(a->x[i] / 2.5 - 1e-9) + (i == 0) * 10;
        }
    }
    chart.n_marks = 1;
    chart.marks[0] = 5;
    snprintf(chart.x_label, sizeof chart.x_label, "volume");
}

static char *
drawn(enum glyph_set set, int columns, int rows, bool table)
{
    struct canvas c;
    struct buffer b;
    struct chart_place at = { .rows = rows, .columns = columns, .crosshair = -1, .table = table, .cursor = -1 };

    assert_int_equal(canvas_init(&c, columns, rows), 0);
    chart_draw(&c, &chart, &at, glyphs_of(set), NULL);
    buffer_init(&b);
    canvas_print(&c, &b);
    canvas_release(&c);
    return buffer_steal(&b);
}

/* The frame in the file of this name below tests/golden. BREAKEVEN_GOLDEN=write makes them anew,
 * to be read before they are committed. */
static void
assert_golden(const char *name, char *got)
{
    char relative[128], *want;
    size_t n;
    struct error err;

    snprintf(relative, sizeof relative, "tests/golden/%s", name);
    if (getenv("BREAKEVEN_GOLDEN") != NULL) {
        assert_int_equal(file_write(source_path(relative), got, strlen(got), NULL, NULL, &err), 0);
    } else {
        if (file_read(source_path(relative), 1 << 20, &want, &n, NULL, &err) != 0)
            fail_msg("%s", err.text);
        assert_string_equal(got, want);
        free(want);
    }
    free(got);
}

static void
a_line_chart_is_the_golden_frame_in_every_glyph_set(void **state)
{
    static const struct {
        enum glyph_set set;
        const char *file;
    } sets[] = { { GLYPHS_BRAILLE, "lines-braille.txt" }, { GLYPHS_BLOCK, "lines-block.txt" }, { GLYPHS_LINE, "lines-line.txt" },
                 { GLYPHS_ASCII, "lines-ascii.txt" }, { GLYPHS_LINUX, "lines-linux.txt" } };

    (void)state;
    make_chart();
    for (size_t k = 0; k < BE_LEN(sets); k++)
        assert_golden(sets[k].file, drawn(sets[k].set, 60, 16, false));
}

static void
bars_spread_and_table_are_the_golden_frames(void **state)
{
    (void)state;
    memset(&chart, 0, sizeof chart);
    chart.kind = CHART_BARS;
    chart.x_prefix = "$";
    chart.zero_line = true;
    chart.n_bars = 2;
    chart.bars[0] = (struct bar){ .label = "throughput", .range = "240 to 400", .note = "-$2.2k to $5.7k",
                                  .low = -2200, .high = 5700, .from = 442, .series = -1 };
    chart.bars[1] = (struct bar){ .label = "arms.tuned.gpu_price_usd_h_of_a_long_name", .range = "2 to 3", .note = "-$1.8k to $2.7k",
                                  .low = -1800, .high = 2700, .from = 442, .series = -1 };
    assert_golden("bars-ascii.txt", drawn(GLYPHS_ASCII, 78, 6, false));
    memset(&chart, 0, sizeof chart);
    chart.kind = CHART_SPREAD;
    chart.x_prefix = "$";
    chart.x_low = -4000, chart.x_high = 8000;
    chart.you = 1500, chart.you_low = -2500, chart.you_high = 6000;
    for (int k = 0; k < 64; k++)
        chart.histogram[k] = (float)(exp(-(k - 30) * (k - 30) / 200.0) / 25.07);
    assert_golden("spread-braille.txt", drawn(GLYPHS_BRAILLE, 60, 9, false));
    memset(&chart, 0, sizeof chart);
    chart.kind = CHART_TABLE;
    chart.n_columns = 2;
    chart.n_rows = 2;
    snprintf(chart.columns[0], sizeof chart.columns[0], "arm");
    snprintf(chart.columns[1], sizeof chart.columns[1], "cost");
    snprintf(chart.rows[0].cells[0], 48, "api");
    snprintf(chart.rows[0].cells[1], 48, "$1.8k");
    snprintf(chart.rows[1].cells[0], 48, "own");
    snprintf(chart.rows[1].cells[1], 48, "$12k");
    snprintf(chart.sentence, sizeof chart.sentence, "The API is cheaper.");
    assert_golden("table-ascii.txt", drawn(GLYPHS_ASCII, 30, 6, false));
}

/* ---- the second pen ------------------------------------------------------------------------------ */

/* Every element that opens closes, and no "<" or "&" stands that is not markup's. */
static void
assert_well_formed(const char *svg)
{
    char open[16][16];
    int depth = 0;

    for (const char *p = strchr(svg, '<'); p != NULL; p = strchr(p + 1, '<')) {
        const char *end = strchr(p, '>');
        size_t n = strcspn(p + 1 + (p[1] == '/'), " />");
        assert_non_null(end);
        assert_true(n < sizeof open[0]);
        if (p[1] == '?')
            continue;
        if (p[1] == '/') {
            assert_true(depth > 0 && strlen(open[depth - 1]) == n && strncmp(open[depth - 1], p + 2, n) == 0);
            depth--;
        } else if (end[-1] != '/') {
            assert_true(depth < (int)BE_LEN(open));
            snprintf(open[depth++], sizeof open[0], "%.*s", (int)n, p + 1);
        }
    }
    assert_int_equal(depth, 0);
    for (const char *p = strchr(svg, '&'); p != NULL; p = strchr(p + 1, '&'))
        assert_true(strncmp(p, "&amp;", 5) == 0 || strncmp(p, "&lt;", 4) == 0 || strncmp(p, "&gt;", 4) == 0 ||
                    strncmp(p, "&quot;", 6) == 0 || strncmp(p, "&#39;", 5) == 0);
}

static char *
drawn_svg(int width, bool alone)
{
    struct buffer b;

    buffer_init(&b);
    assert_int_equal((alone ? chart_svg_file : chart_svg)(&b, &chart, width, 0), 0);
    return buffer_steal(&b);
}

static int
count_of(const char *text, const char *what)
{
    int n = 0;

    for (const char *p = strstr(text, what); p != NULL; p = strstr(p + 1, what))
        n++;
    return n;
}

static void
a_picture_holds_the_chart_and_nothing_from_outside(void **state)
{
    static const char *const never[] = { "<script", "href", "url(", "@import", "id=", "nan", "inf", "onload", "\x1b", "<b>" };

    (void)state;
    make_chart();
    snprintf(chart.series[0].name, sizeof chart.series[0].name, "</text><b>&\x1b[2J\xe2\x80\xae");
    snprintf(chart.title, sizeof chart.title, "A \"title\" & more");
    snprintf(chart.sentence, sizeof chart.sentence, "The <lines> cross at 5.");
    for (int width = 240; width <= 960; width += 240) {
        char *svg = drawn_svg(width, false), *again = drawn_svg(width, false), *file = drawn_svg(width, true);
        assert_string_equal(svg, again);
        assert_well_formed(svg);
        assert_well_formed(file);
        for (size_t k = 0; k < BE_LEN(never); k++)
            if (strstr(svg, never[k]) != NULL)
                fail_msg("a picture holds \"%s\"", never[k]);
        assert_non_null(strstr(svg, "<title>A &quot;title&quot; &amp; more</title>"));
        assert_non_null(strstr(svg, "<desc>The &lt;lines&gt; cross at 5.</desc>"));
        assert_non_null(strstr(svg, "prefers-color-scheme:dark"));
        assert_int_equal(strncmp(svg, "<svg ", 5), 0);
        assert_int_equal(strncmp(file, "<?xml ", 6), 0);
        assert_int_equal(count_of(svg, "<path class=\"l "), 2);
        assert_int_equal(count_of(svg, "class=\"k\""), 1); /* the break-even */
        free(svg), free(again), free(file);
    }
}

/* The path's points are where the values belong: the flat start and the end of the line. */
static void
a_picture_puts_values_where_its_axis_has_them(void **state)
{
    double tick[2] = { -1, -1 }, x;

    (void)state;
    make_chart();
    char *svg = drawn_svg(480, false);
    for (const char *p = strstr(svg, "<text"); p != NULL; p = strstr(p + 1, "<text"))
        for (int k = 0; k < 2; k++)
            if (strstr(strchr(p, '>'), k == 0 ? ">$0</text>" : ">$40</text>") == strchr(p, '>'))
                assert_int_equal(sscanf(p, "<text x=\"%lf\" y=\"%lf\"", &x, &tick[k]), 2);
    assert_true(tick[0] > 0 && tick[1] > 0 && tick[1] < tick[0]);
    const char *inner = strstr(svg + 1, "<svg"), *path = strstr(svg, "<path class=\"l s0\" d=\"M");
    double left, top, wide, high, y0, y1;
    assert_int_equal(sscanf(inner, "<svg x=\"%lf\" y=\"%lf\" width=\"%lf\" height=\"%lf\"", &left, &top, &wide, &high), 4);
    assert_int_equal(sscanf(path, "<path class=\"l s0\" d=\"M%lf %lfL%lf %lf\"", &x, &y0, &wide, &y1), 4);
    /* the line runs from $0 to $40 over the whole width; labels stand 4 px below their value's line */
    double px_per_usd = (tick[0] - tick[1]) / 40, zero = tick[0] - 4;
    assert_close(x + 1, 1, 1e-9);
    assert_true(fabs(top + y0 - zero) < 0.3);
    assert_true(fabs(top + y1 - (zero - 40 * px_per_usd)) < 0.3);
    free(svg);
}

/* Every point of a bent line lies on the path that is drawn, whatever was left out. */
static void
a_picture_keeps_the_bends_of_a_line(void **state)
{
    (void)state;
    make_chart();
    chart.n_series = 1;
    for (int i = 0; i <= 100; i++)
        chart.series[0].y[i] = 40 / (1 + chart.series[0].x[i]) + 5 * sin(chart.series[0].x[i]);
    chart.y_low = -5, chart.y_high = 40;
    char *svg = drawn_svg(640, false);
    const char *p = strstr(strstr(svg, "<path class=\"l s0\""), "d=\"M") + 4;
    double x[200], y[200], left, top, wide, high, off = 0;
    int n = 0, used;
    assert_int_equal(sscanf(strstr(svg + 1, "<svg"), "<svg x=\"%lf\" y=\"%lf\" width=\"%lf\" height=\"%lf\"", &left, &top, &wide, &high), 4);
    for (; n < 200 && sscanf(p, "%lf %lf%n", &x[n], &y[n], &used) == 2; n++)
        p += used + 1;
    assert_true(n > 10 && n < 90); /* some left out, the bends kept */
    /* the y axis is the straight line through the first and the last point */
    double v0 = chart.series[0].y[0], v1 = chart.series[0].y[100], slope = (y[n - 1] - y[0]) / (v1 - v0);
    for (int i = 0; i <= 100; i++) {
        double at = chart.series[0].x[i] / 10 * wide, want = y[0] + slope * (chart.series[0].y[i] - v0);
        int k = 1;
        while (k < n - 1 && x[k] < at)
            k++;
        double drawn_y = y[k - 1] + (y[k] - y[k - 1]) * (at - x[k - 1]) / (x[k] - x[k - 1]);
        double steep = fmax(1, fabs((y[k] - y[k - 1]) / (x[k] - x[k - 1])));
        off = fmax(off, fabs(drawn_y - want) / steep);
    }
    assert_true(off < 0.6);
    free(svg);
}

/* A label's row is the row of the value it names. */
static void
labels_stand_in_the_row_of_their_value(void **state)
{
    struct chart_area area;
    struct canvas c;
    struct chart_place at = { .rows = 20, .columns = 70, .crosshair = -1, .cursor = -1 };
    struct ticks t;

    (void)state;
    make_chart();
    assert_int_equal(canvas_init(&c, 70, 20), 0);
    chart_draw(&c, &chart, &at, glyphs_of(GLYPHS_ASCII), &area);
    ticks_linear(&t, chart.y_low, chart.y_high, area.rows, -2, "$");
    int seen = 0;
    for (int k = 0; k < t.n; k++)
        for (int row = area.row; row < area.row + area.rows; row++) {
            char label[16] = "";
            for (size_t i = 0; i < strlen(t.label[k]); i++)
                label[i] = (char)c.cells[row * 70 + area.column - 2 - (int)strlen(t.label[k]) + (int)i].glyph;
            if (strcmp(label, t.label[k]) != 0)
                continue;
            double value = area.y_low + (area.y_high - area.y_low) * (area.rows - 1 - (row - area.row)) / (area.rows - 1);
            assert_close(value + 1, t.at[k] + 1, 1e-9); /* exactly on the row's centre */
            seen++;
            break;
        }
    assert_int_equal(seen, t.n);
    assert_close(chart_x_at(&area, chart_column_of(&area, 5)), 5, 0.02);
    canvas_release(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_outside_the_canvas_are_dropped),
        cmocka_unit_test(wide_characters_take_two_cells_and_are_never_halved),
        cmocka_unit_test(text_from_files_is_cleaned),
        cmocka_unit_test(linear_labels_are_equal_nice_steps_that_never_touch),
        cmocka_unit_test(logarithmic_labels_are_decades),
        cmocka_unit_test(a_line_chart_is_the_golden_frame_in_every_glyph_set),
        cmocka_unit_test(bars_spread_and_table_are_the_golden_frames),
        cmocka_unit_test(a_picture_holds_the_chart_and_nothing_from_outside),
        cmocka_unit_test(a_picture_puts_values_where_its_axis_has_them),
        cmocka_unit_test(a_picture_keeps_the_bends_of_a_line),
        cmocka_unit_test(labels_stand_in_the_row_of_their_value),
    };

    return RUN_GROUP(tests);
}
