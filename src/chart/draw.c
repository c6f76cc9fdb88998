/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pen.h"

/* ---- labels of an axis ---------------------------------------------------------------- */

bool
ticks_apart(const struct ticks *t, int k, const int at[TICKS_MAX], int gap)
{
    int length = (int)strlen(t->label[k]), before = (int)strlen(t->label[k - 1]);

    return at[k] - length / 2 - (at[k - 1] - before / 2 + before) >= gap;
}

void
draw_tick_labels(struct canvas *canvas, int row, int left, int right, const struct ticks *t, const int at[TICKS_MAX],
                 enum ink ink)
{
    int end = left - 2;

    for (int k = 0; k < t->n; k++) {
        int length = (int)strlen(t->label[k]), start = at[k] - length / 2;
        if (start + length > right)
            start = right - length;
        if (start < left)
            start = left;
        if (start < end + 2 || start + length > right)
            continue;
        canvas_text(canvas, row, start, t->label[k], ink, 0);
        end = start + length;
    }
}

void
set_area(struct chart_area *area, int row, int column, int rows, int columns, const struct axis *x, double y_low, double y_high)
{
    area->row = row, area->column = column, area->rows = rows, area->columns = columns;
    area->x_low = x->low, area->x_high = x->high, area->x_log = x->log;
    area->y_low = y_low, area->y_high = y_high;
}

/* Lines that words take, and at most so many; the last is cut where there are more. */
static int
wrapped_rows(const char *words, int columns, int most)
{
    int n = 0;

    while (*words != '\0' && n < most) {
        size_t cut = text_break(words, columns);
        if (cut == 0)
            break;
        words += cut;
        words += strspn(words, " ");
        n++;
    }
    return n > 0 ? n : 1;
}

static void
put_wrapped(struct canvas *canvas, int row, int column, int columns, int rows, const char *words, enum ink ink,
            const struct glyphs *g)
{
    for (int k = 0; k < rows && *words != '\0'; k++) {
        char line[512];
        size_t cut = k + 1 == rows ? strlen(words) : text_break(words, columns);
        snprintf(line, sizeof line, "%.*s", (int)cut, words);
        canvas_text_fit(canvas, row + k, column, columns, line, ink, 0, g->ascii);
        words += cut;
        words += strspn(words, " ");
    }
}

/* ---- bars: low and high ends around a middle, zero marked ----------------------------- */

struct bar_frame {
    int label, range, note;   /* widths of the texts                                  */
    int left, columns;        /* bars' first column and width                         */
    double low, high;
};

static int
bar_column(const struct bar_frame *f, double v)
{
    double share = (v - f->low) / (f->high - f->low);

    return f->left + (int)lround((share > 0 ? fmin(1, share) : 0) * (f->columns - 1));
}

void
bars_extent(const struct chart *c, double *low, double *high)
{
    *low = INFINITY, *high = -INFINITY;
    for (int k = 0; k < c->n_bars; k++) {
        *low = fmin(*low, fmin(c->bars[k].low, fmin(c->bars[k].high, c->bars[k].from)));
        *high = fmax(*high, fmax(c->bars[k].low, fmax(c->bars[k].high, c->bars[k].from)));
    }
    for (int k = 0; k < c->n_marks; k++) {
        *low = fmin(*low, c->marks[k]);
        *high = fmax(*high, c->marks[k]);
    }
    if (c->zero_line) {
        *low = fmin(*low, 0);
        *high = fmax(*high, 0);
    }
    if (!isfinite(*low) || !isfinite(*high))
        *low = *high = 0;
    if (!(*high > *low))
        *high = *low + fmax(1, fabs(*low) * 1e-3);
}

static void
bar_labels(struct canvas *canvas, const struct bar_frame *f, const char *prefix, int row, int left, int right)
{
    int at[TICKS_MAX];
    struct ticks t;

    ticks_linear(&t, f->low, f->high, f->columns, 2, prefix != NULL ? prefix : "");
    for (int k = 0; k < t.n; k++)
        at[k] = bar_column(f, t.at[k]);
    draw_tick_labels(canvas, row, left, right, &t, at, INK_FAINT);
}

/* Cut in the middle: what stands at either end tells names apart. */
static void
fit_middle(char *out, size_t size, const char *text, int cells, bool ascii)
{
    const char *gap = ascii ? "..." : "\u2026";
    int keep = cells - text_width(gap);

    if (text_width(text) <= cells || keep < 2) {
        text_fit(out, size, text, cells, ascii);
        return;
    }
    size_t head = text_break_hard(text, keep / 2), tail = strlen(text);
    while (text_width(text + tail) < keep - keep / 2 && tail > head) {
        tail--;
        while (tail > head && ((unsigned char)text[tail] & 0xC0u) == 0x80u)
            tail--;
    }
    snprintf(out, size, "%.*s%s%s", (int)head, text, gap, text + tail);
}

static void
span(struct canvas *canvas, int row, int from, int to, uint32_t glyph, enum ink ink)
{
    for (int column = from < to ? from : to; from != to && column <= (from < to ? to : from); column++)
        canvas_put(canvas, row, column, glyph, ink, 0);
}

static void
draw_one_bar(struct canvas *canvas, const struct bar *b, const struct bar_frame *f, int row,
             const struct glyphs *g)
{
    int from = bar_column(f, b->from), low = bar_column(f, b->low), high = bar_column(f, b->high);
    uint32_t light = g->ascii ? '-' : 0x2592, dark = g->ascii ? '#' : 0x2588;
    enum ink ink = b->series >= 0 ? (enum ink)(INK_SERIES_0 + b->series) : INK_PLAIN;

    if (!isfinite(b->from) || !isfinite(b->low) || !isfinite(b->high))
        return;
    if (abs(low - from) > abs(high - from)) { /* where both lie on one side the shorter stays in sight */
        span(canvas, row, low, from, light, ink);
        span(canvas, row, high, from, dark, ink);
    } else {
        span(canvas, row, high, from, dark, ink);
        span(canvas, row, low, from, light, ink);
    }
}

#define BARS_LEAST 20

/* Columns for names, the inputs' own ranges and the notes; the bars have the rest. */
static void
bar_layout(const struct chart *c, const struct chart_place *at, struct bar_frame *f)
{
    int note = 0, range = 0, label = 8;

    for (int k = 0; k < c->n_bars; k++) {
        label = text_width(c->bars[k].label) > label ? text_width(c->bars[k].label) : label;
        range = text_width(c->bars[k].range) > range ? text_width(c->bars[k].range) : range;
        note = text_width(c->bars[k].note) > note ? text_width(c->bars[k].note) : note;
    }
    f->range = at->columns >= 110 ? range : 0;
    int most = at->columns * 2 / 5;
    f->label = label < most ? label : most;
    f->note = at->columns >= 70 ? (note < at->columns / 3 ? note : at->columns / 3) : 0;
    if (f->label + note + BARS_LEAST <= at->columns)
        f->note = note;
    f->left = at->column + 1 + f->label + 1 + f->range + (f->range > 0 ? 2 : 0);
    f->columns = at->column + at->columns - f->left - f->note - 2;
}

void
note_item(struct chart_area *area, int row, int rows, int item)
{
    for (int r = row; r < row + rows; r++)
        if (r >= 0 && r < AREA_ROWS)
            area->item[r] = (short)(item + 1);
}

/* The first bar to draw so that the cursor's lies amidst the others. */
static int
first_bar(const struct chart *c, const struct chart_place *at, int bars)
{
    int first = at->cursor - bars / 2, last = c->n_bars - bars;

    return first < 0 || last < 0 ? 0 : first < last ? first : last;
}

static void
bar_key(const struct chart *c, const struct glyphs *g, char *out, size_t size)
{
    if (c->zero_line)
        snprintf(out, size, "%s low end, %s high end%s%s", g->ascii ? "-" : "\u2592", g->ascii ? "#" : "\u2588",
                 c->note[0] != '\0' ? "; " : "", c->note);
    else
        text_copy(out, size, c->note);
}

void
draw_bars(struct canvas *canvas, const struct chart *c, const struct chart_place *at, const struct glyphs *g,
          struct chart_area *area)
{
    struct bar_frame f = { 0 };
    int rows, bars;
    char label[128], note[sizeof c->note + 48];

    bar_key(c, g, note, sizeof note);
    int words = wrapped_rows(note, at->columns - 1, at->rows >= 10 ? 2 : 1);
    rows = at->rows - 1 - words;
    bar_layout(c, at, &f);
    if (c->n_bars == 0 || f.columns < 8 || rows < 1) {
        canvas_text_fit(canvas, at->row + at->rows / 2, at->column + 1, at->columns - 2,
                        c->note[0] != '\0' ? c->note : "nothing to draw", INK_FAINT, 0, g->ascii);
        return;
    }
    bars = c->n_bars <= rows ? c->n_bars : rows - 1;
    int first = first_bar(c, at, bars);
    bars_extent(c, &f.low, &f.high);
    bar_labels(canvas, &f, c->x_prefix, at->row, f.left, at->column + at->columns);
    for (int k = 0; k < bars; k++) {
        const struct bar *b = &c->bars[first + k];
        bool here = at->marked && first + k == at->cursor;
        int row = at->row + 1 + k;
        note_item(area, row, 1, first + k);
        fit_middle(label, sizeof label, b->label, f.label, g->ascii);
        if (here) {
            canvas_text(canvas, row, at->column, g->focus, INK_FOCUS, PEN_BOLD);
            area->cursor_row = row;
            area->cursor_column = at->column + 1;
        }
        canvas_text(canvas, row, at->column + 1, label, here ? INK_FOCUS : INK_PLAIN, here ? PEN_REVERSE : 0);
        if (f.range > 0)
            canvas_text_fit(canvas, row, at->column + 1 + f.label + 1, f.range, b->range, INK_FAINT, 0, g->ascii);
        draw_one_bar(canvas, b, &f, row, g);
        for (int m = 0; m < c->n_marks; m++)
            canvas_put(canvas, row, bar_column(&f, c->marks[m]), glyph_of(g->zone), INK_ZONE, 0);
        if (c->zero_line)
            canvas_put(canvas, row, bar_column(&f, 0), glyph_of(g->zero), INK_ZONE, PEN_BOLD);
        if (isfinite(b->from) && b->from != 0)
            canvas_put(canvas, row, bar_column(&f, b->from), g->ascii ? 'o' : g == glyphs_of(GLYPHS_LINUX) ? 0x25A0 : 0x25C6, INK_PLAIN, PEN_BOLD);
        if (f.note > 0)
            canvas_text_fit(canvas, row, f.left + f.columns + 1, f.note + 1, b->note, INK_PLAIN, 0, g->ascii);
    }
    if (bars < c->n_bars)
        canvas_printf(canvas, at->row + 1 + bars, at->column + 1, INK_WARNING, 0, "%d more%s", c->n_bars - bars,
                      first == 0 ? ", smaller" : "");
    put_wrapped(canvas, at->row + at->rows - words, at->column + 1, at->columns - 1, words, note, INK_FAINT, g);
    set_area(area, at->row + 1, f.left, rows, f.columns, &(struct axis){ f.low, f.high, false }, 0, 1);
}

/* ---- spread: a histogram, its quantiles and zero ------------------------------------------- */

static double
histogram_at(const float *histogram, int n, double from, double to)
{
    double sum = 0;

    for (int k = 0; k < n; k++) {
        double a = k / (double)n, b = (k + 1) / (double)n;
        double part = fmin(b, to) - fmax(a, from);
        if (part > 0)
            sum += histogram[k] * part / (b - a);
    }
    return sum;
}

void
draw_spread(struct canvas *canvas, const struct chart *c, const struct chart_place *at, const struct glyphs *g,
            struct chart_area *area)
{
    struct bar_frame f = { .left = at->column + 1, .columns = at->columns - 2, .low = c->x_low, .high = c->x_high };
    int words = wrapped_rows(c->note, at->columns, at->rows >= 10 ? 2 : 1), rows = at->rows - 2 - words;
    double most = 0;

    if (!(c->x_high > c->x_low) || rows < 1 || f.columns < 10) {
        canvas_text_fit(canvas, at->row + at->rows / 2, at->column + 1, at->columns - 2,
                        c->note[0] != '\0' ? c->note : "no spread: nothing is uncertain", INK_FAINT, 0, g->ascii);
        return;
    }
    for (int k = 0; k < f.columns; k++)
        most = fmax(most, histogram_at(c->histogram, BE_LEN(c->histogram), k / (double)f.columns, (k + 1) / (double)f.columns));
    for (int k = 0; k < f.columns && most > 0; k++) {
        double height = histogram_at(c->histogram, BE_LEN(c->histogram), k / (double)f.columns, (k + 1) / (double)f.columns) / most * rows * 8;
        double x = c->x_low + (k + 0.5) / f.columns * (c->x_high - c->x_low);
        for (int r = 0; r < rows; r++) {
            int eighths = (int)fmin(8, fmax(0, rint(height - 8 * r)));
            if (eighths > 0)
                canvas_put(canvas, at->row + rows - 1 - r, f.left + k, glyph_of(g->eighths[eighths]),
                           x < 0 ? INK_SERIES_1 : INK_SERIES_0, 0);
        }
    }
    int line = at->row + rows;
    if (isfinite(c->you_low) && isfinite(c->you_high)) {
        int a = bar_column(&f, c->you_low), b = bar_column(&f, c->you_high);
        for (int column = a; column <= b; column++)
            canvas_put(canvas, line, column, g->ascii ? '-' : 0x2500, INK_FRAME, 0);
        canvas_put(canvas, line, a, glyph_of(g->low), INK_PLAIN, 0);
        canvas_put(canvas, line, b, glyph_of(g->high), INK_PLAIN, 0);
    }
    if (isfinite(c->you))
        canvas_put(canvas, line, bar_column(&f, c->you), glyph_of(g->median), INK_PLAIN, PEN_BOLD);
    if (c->x_low < 0 && c->x_high > 0)
        canvas_put(canvas, line, bar_column(&f, 0), glyph_of(g->zero), INK_ZONE, PEN_BOLD);
    bar_labels(canvas, &f, c->x_prefix, line + 1, at->column, at->column + at->columns);
    put_wrapped(canvas, line + 2, at->column, at->columns, words, c->note, INK_PLAIN, g);
    set_area(area, at->row, f.left, rows, f.columns, &(struct axis){ c->x_low, c->x_high, false }, 0, 1);
    if (at->crosshair >= 0 && at->crosshair < f.columns)
        for (int r = 0; r <= rows; r++)
            canvas_put(canvas, at->row + r, f.left + at->crosshair, glyph_of(g->vertical), INK_FOCUS, PEN_BOLD);
}

/* ---- map of two fields ------------------------------------------------------------------------ */

struct map_frame {
    int row, column, rows, columns; /* of the cells                                   */
    struct axis x, y;
};

static void
map_cells(struct canvas *canvas, const struct chart *c, const struct map_frame *f)
{
    for (int r = 0; r < f->rows; r++)
        for (int k = 0; k < f->columns; k++) {
            int mr = (f->rows - 1 - r) * c->map_rows / f->rows, mk = k * c->map_columns / f->columns;
            int arm = c->map[mr * c->map_columns + mk];
            uint32_t letter = arm >= 0 && arm < c->n_series ? (unsigned char)c->series[arm].letter : '-';
            canvas_put(canvas, f->row + r, f->column + k, letter, arm >= 0 ? (enum ink)(INK_SERIES_0 + arm) : INK_FAINT, 0);
        }
}

/* Labels stand in the row and under the column whose stretch of the axis holds their value. */
static void
map_labels(struct canvas *canvas, const struct chart *c, const struct chart_place *at, const struct map_frame *f)
{
    struct ticks t;
    int column[TICKS_MAX];

    if (c->y_log)
        ticks_log(&t, c->y_low, c->y_high, f->rows, -2, "");
    else
        ticks_linear(&t, c->y_low, c->y_high, f->rows, -2, "");
    for (int k = 0; k < t.n; k++) {
        int row = f->rows - 1 - (int)fmin(f->rows - 1, axis_fraction(&f->y, t.at[k]) * f->rows);
        canvas_text(canvas, f->row + row, f->column - 1 - text_width(t.label[k]), t.label[k], INK_PLAIN, 0);
    }
    if (c->x_log)
        ticks_log(&t, c->x_low, c->x_high, f->columns, 2, "");
    else
        ticks_linear(&t, c->x_low, c->x_high, f->columns, 2, "");
    for (int k = 0; k < t.n; k++)
        column[k] = f->column + (int)fmin(f->columns - 1, axis_fraction(&f->x, t.at[k]) * f->columns);
    draw_tick_labels(canvas, f->row + f->rows, at->column, at->column + at->columns, &t, column, INK_PLAIN);
}

int
chart_map_row(const struct chart *c, double y)
{
    struct axis a = { c->y_low, c->y_high, c->y_log };
    int row = (int)fmin(c->map_rows - 1, fmax(0, axis_fraction(&a, y) * c->map_rows));

    return c->map_rows - 1 - row;
}

static void
map_cursor(struct canvas *canvas, const struct chart *c, const struct chart_place *at, const struct map_frame *f,
           struct chart_area *area)
{
    if (!at->marked || at->crosshair < 0 || at->crosshair >= f->columns || at->cursor < 0)
        return;
    int data = c->map_rows - 1 - at->cursor, row = f->rows - 1 - (int)((data + 0.5) * f->rows / c->map_rows);
    int arm = c->map[data * c->map_columns + at->crosshair * c->map_columns / f->columns];

    canvas_put(canvas, f->row + row, f->column + at->crosshair,
               arm >= 0 && arm < c->n_series ? (unsigned char)c->series[arm].letter : '-', INK_FOCUS, PEN_BOLD | PEN_REVERSE);
    area->cursor_row = f->row + row;
    area->cursor_column = f->column + at->crosshair;
}

void
draw_map(struct canvas *canvas, const struct chart *c, const struct chart_place *at, const struct glyphs *g,
         struct chart_area *area)
{
    char axes[200];
    snprintf(axes, sizeof axes, "%s here  across: %s  up: %s", g->median, c->x_label, c->y_label);
    int words = wrapped_rows(axes, at->columns, at->rows >= 9 ? 2 : 1);
    struct map_frame f = { at->row, at->column + 9, at->rows - 2 - words, at->columns - 11, { c->x_low, c->x_high, c->x_log },
                           { c->y_low, c->y_high, c->y_log } };

    if (c->map_columns < 2 || c->map_rows < 2 || f.columns < 8 || f.rows < 3) {
        canvas_text_fit(canvas, at->row + at->rows / 2, at->column + 1, at->columns - 2, c->note, INK_FAINT, 0,
                        g->ascii);
        return;
    }
    map_cells(canvas, c, &f);
    map_labels(canvas, c, at, &f);
    if (c->you >= c->x_low && c->you <= c->x_high && c->you_y >= c->y_low && c->you_y <= c->y_high)
        canvas_put(canvas, f.row + f.rows - 1 - (int)fmin(f.rows - 1, axis_fraction(&f.y, c->you_y) * f.rows),
                   f.column + (int)fmin(f.columns - 1, axis_fraction(&f.x, c->you) * f.columns), glyph_of(g->median),
                   INK_FOCUS, PEN_BOLD | PEN_REVERSE);
    put_wrapped(canvas, f.row + f.rows + 1, at->column, at->columns, words, axes, INK_FAINT, g);
    int column = at->column, end = at->column + at->columns, names = c->n_series > 0 ? at->columns / c->n_series - 4 : 0;
    for (int s = 0; s < c->n_series; s++) {
        char text[80], name[64];
        text_fit(name, sizeof name, c->series[s].name, names, g->ascii);
        snprintf(text, sizeof text, "%c %s", c->series[s].letter, name);
        column += 2 + canvas_text_fit(canvas, f.row + f.rows + 1 + words, column, end - column, text, (enum ink)c->series[s].ink,
                                      PEN_BOLD, g->ascii);
    }
    set_area(area, f.row, f.column, f.rows, f.columns, &f.x, c->y_low, c->y_high);
    for (int r = 0; r < f.rows; r++)
        note_item(area, f.row + r, 1, c->map_rows - 1 - (int)((f.rows - 1 - r + 0.5) * c->map_rows / f.rows));
    map_cursor(canvas, c, at, &f, area);
}

int
chart_cursor_rows(const struct chart *c, bool table)
{
    if (table || c->kind == CHART_TABLE)
        return c->n_rows;
    return c->kind == CHART_BARS ? c->n_bars : c->kind == CHART_MAP ? c->map_rows : 0;
}

/* ---- one entry ---------------------------------------------------------------------------------- */

void
chart_draw(struct canvas *canvas, const struct chart *c, const struct chart_place *at, const struct glyphs *g,
           struct chart_area *area)
{
    struct chart_area ignored;

    if (area == NULL)
        area = &ignored;
    memset(area, 0, sizeof *area);
    area->cursor_row = area->cursor_column = -1;
    if (at->table || c->kind == CHART_TABLE) {
        draw_table(canvas, c, at, g, area);
        return;
    }
    switch (c->kind) {
    case CHART_LINES:
        draw_lines(canvas, c, at, g, area);
        break;
    case CHART_BARS:
        draw_bars(canvas, c, at, g, area);
        break;
    case CHART_SPREAD:
        draw_spread(canvas, c, at, g, area);
        break;
    default:
        draw_map(canvas, c, at, g, area);
    }
}

/* Spread strip: the density of a quantity between its P1 and P99, from the quantile
 * function (an edge's probability per width). */
void
chart_strip(char *out, size_t size, const struct quantity *q, int cells, const struct glyphs *g)
{
    double density[64], most = 0, low = quantity_quantile(q, 0.01), high = quantity_quantile(q, 0.99);
    size_t at = 0;

    out[0] = '\0';
    if (cells > 64)
        cells = 64;
    if (!quantity_is_uncertain(q) || !(high > low))
        return;
    for (int k = 0; k < cells; k++) {
        double a = low + k * (high - low) / cells, b = low + (k + 1) * (high - low) / cells;
        density[k] = quantity_cdf(q, b) - quantity_cdf(q, a);
        most = fmax(most, density[k]);
    }
    for (int k = 0; k < cells && most > 0; k++) {
        int level = (int)fmax(1, rint(density[k] / most * 8));
        const char *glyph = g->eighths[level > 8 ? 8 : level];
        if (at + strlen(glyph) + 1 > size)
            return;
        memcpy(out + at, glyph, strlen(glyph) + 1);
        at += strlen(glyph);
    }
}

void
chart_difference_strip(char *out, size_t size, const struct answer *an, int cells, const struct glyphs *g)
{
    double low = fmin(0, an->spread_low), high = fmax(0, an->spread_high), part[64], most = 0;
    double span = an->spread_high - an->spread_low;
    size_t at = 0;

    out[0] = '\0';
    if (cells > 64)
        cells = 64;
    if (cells < 2 || !(span > 0))
        return;
    for (int k = 0; k < cells; k++) {
        double a = low + k * (high - low) / cells, b = low + (k + 1) * (high - low) / cells;
        part[k] = histogram_at(an->spread_histogram, BE_LEN(an->spread_histogram), (a - an->spread_low) / span,
                               (b - an->spread_low) / span);
        most = fmax(most, part[k]);
    }
    int zero = (int)fmin(cells - 1, floor(-low / (high - low) * cells));
    for (int k = 0; k < cells && most > 0; k++) {
        int level = (int)rint(part[k] / most * 8);
        const char *glyph = k == zero ? g->zero : g->eighths[part[k] > 1e-4 && level < 1 ? 1 : level];
        if (at + strlen(glyph) + 1 > size)
            return;
        memcpy(out + at, glyph, strlen(glyph) + 1);
        at += strlen(glyph);
    }
}
