/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
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

/* ---- bars: low and high ends around a middle, zero marked ----------------------------- */

struct bar_frame {
    int label, left, columns; /* label width; bars' first column and width            */
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

static void
draw_one_bar(struct canvas *canvas, const struct bar *b, const struct bar_frame *f, int row,
             const struct glyphs *g)
{
    int from = bar_column(f, b->from), low = bar_column(f, b->low), high = bar_column(f, b->high);
    uint32_t light = g->ascii ? '-' : 0x2592, dark = g->ascii ? '#' : 0x2588;
    enum ink ink = b->series >= 0 ? (enum ink)(INK_SERIES_0 + b->series) : INK_PLAIN;

    if (!isfinite(b->from) || !isfinite(b->low) || !isfinite(b->high))
        return;
    for (int column = low < from ? low : from; column < (low < from ? from : low); column++)
        canvas_put(canvas, row, column, light, ink, 0);
    for (int column = high < from ? high : from; column < (high < from ? from : high) + 1; column++)
        canvas_put(canvas, row, column, dark, ink, 0);
}

void
draw_bars(struct canvas *canvas, const struct chart *c, const struct chart_place *at, const struct glyphs *g,
          struct chart_area *area)
{
    struct bar_frame f = { .label = 14 };
    int rows = at->rows - 2, note = at->columns >= 76 ? 24 : 0;

    for (int k = 0; k < c->n_bars; k++)
        if (text_width(c->bars[k].label) + 1 > f.label)
            f.label = text_width(c->bars[k].label) + 1;
    if (f.label > at->columns / 3)
        f.label = at->columns / 3;
    f.left = at->column + f.label + 1;
    f.columns = at->columns - f.label - note - 2;
    if (c->n_bars == 0 || f.columns < 8 || rows < 1) {
        canvas_text_fit(canvas, at->row + at->rows / 2, at->column + 1, at->columns - 2,
                        c->note[0] != '\0' ? c->note : "nothing to draw", INK_FAINT, 0, g->ascii);
        return;
    }
    bars_extent(c, &f.low, &f.high);
    bar_labels(canvas, &f, c->x_prefix, at->row, at->column, at->column + at->columns);
    for (int k = 0; k < c->n_bars && k < rows; k++) {
        int row = at->row + 1 + k;
        canvas_text_fit(canvas, row, at->column, f.label, c->bars[k].label, INK_PLAIN, 0, g->ascii);
        draw_one_bar(canvas, &c->bars[k], &f, row, g);
        if (c->zero_line)
            canvas_put(canvas, row, bar_column(&f, 0), glyph_of(g->zero), INK_ZONE, PEN_BOLD);
        if (isfinite(c->bars[k].from))
            canvas_put(canvas, row, bar_column(&f, c->bars[k].from), g->ascii ? 'o' : 0x25C6, INK_PLAIN, PEN_BOLD);
        if (note > 0)
            canvas_text_fit(canvas, row, f.left + f.columns + 1, note, c->bars[k].note, INK_PLAIN, 0, g->ascii);
    }
    canvas_text_fit(canvas, at->row + at->rows - 1, at->column, at->columns, c->note, INK_FAINT, 0, g->ascii);
    if (area != NULL)
        *area = (struct chart_area){ at->row + 1, f.left, rows, f.columns, f.low, f.high, 0, 1, false };
}

/* ---- spread: a histogram, its quantiles and zero ------------------------------------------- */

static double
histogram_at(const struct chart *c, double from, double to)
{
    int n = (int)BE_LEN(c->histogram);
    double sum = 0;

    for (int k = 0; k < n; k++) {
        double a = k / (double)n, b = (k + 1) / (double)n;
        double part = fmin(b, to) - fmax(a, from);
        if (part > 0)
            sum += c->histogram[k] * part / (b - a);
    }
    return sum;
}

void
draw_spread(struct canvas *canvas, const struct chart *c, const struct chart_place *at, const struct glyphs *g,
            struct chart_area *area)
{
    struct bar_frame f = { .left = at->column + 1, .columns = at->columns - 2, .low = c->x_low, .high = c->x_high };
    int rows = at->rows - 4;
    double most = 0;

    if (!(c->x_high > c->x_low) || rows < 1 || f.columns < 10) {
        canvas_text_fit(canvas, at->row + at->rows / 2, at->column + 1, at->columns - 2,
                        c->note[0] != '\0' ? c->note : "no spread: nothing is uncertain", INK_FAINT, 0, g->ascii);
        return;
    }
    for (int k = 0; k < f.columns; k++)
        most = fmax(most, histogram_at(c, k / (double)f.columns, (k + 1) / (double)f.columns));
    for (int k = 0; k < f.columns && most > 0; k++) {
        double height = histogram_at(c, k / (double)f.columns, (k + 1) / (double)f.columns) / most * rows * 8;
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
    canvas_text_fit(canvas, line + 2, at->column, at->columns, c->note, INK_PLAIN, 0, g->ascii);
    if (area != NULL)
        *area = (struct chart_area){ at->row, f.left, rows, f.columns, c->x_low, c->x_high, 0, 1, false };
}

/* ---- tables --------------------------------------------------------------------------------- */

void
table_widths(const struct chart *c, int width[10], int available)
{
    int sum = 0;

    for (int k = 0; k < c->n_columns; k++) {
        width[k] = text_width(c->columns[k]);
        for (int r = 0; r < c->n_rows; r++)
            if (text_width(c->rows[r].cells[k]) > width[k])
                width[k] = text_width(c->rows[r].cells[k]);
        sum += width[k] + 2;
    }
    /* The widest gives way first. */
    while (sum > available) {
        int widest = 0;
        for (int k = 1; k < c->n_columns; k++)
            if (width[k] > width[widest])
                widest = k;
        if (width[widest] <= 4)
            break;
        width[widest]--;
        sum--;
    }
}

/* "$1.8k", "240 to 320", "<0.1%"; not a sentence that begins with a number. */
static bool
looks_numeric(const char *s)
{
    if (text_width(s) > 20)
        return false;
    while (*s == '$' || *s == '-' || *s == '+' || *s == '~' || *s == '<')
        s++;
    return *s >= '0' && *s <= '9';
}

bool
table_right(const struct chart *c, int column)
{
    int numbers = 0;

    for (int r = 0; r < c->n_rows; r++) {
        const char *text = c->rows[r].cells[column];
        if (text[0] == '\0' || strcmp(text, "-") == 0)
            continue;
        if (!looks_numeric(text))
            return false;
        numbers++;
    }
    return numbers > 0;
}

/* Words wrapped at "width" cells; row < 0: only counted. */
static int
wrapped(struct canvas *canvas, int row, int column, int width, int rows, const char *utf8)
{
    int lines = 0;
    char line[1024];

    while (*utf8 != '\0' && width > 0 && (rows <= 0 || lines < rows)) {
        size_t n = text_break(utf8, width);
        if (n == 0)
            break;
        snprintf(line, sizeof line, "%.*s", (int)(n < sizeof line ? n : sizeof line - 1), utf8);
        if (row >= 0)
            canvas_text(canvas, row + lines, column, line, INK_FAINT, 0);
        lines++;
        utf8 += n;
        utf8 += strspn(utf8, " ");
    }
    return lines;
}

static const char *
table_words(const struct chart *c)
{
    return c->sentence[0] != '\0' ? c->sentence : c->note;
}

int
chart_sentence_rows(const struct chart *c, int columns)
{
    return wrapped(NULL, -1, 0, columns - 2, 0, table_words(c));
}

void
draw_table(struct canvas *canvas, const struct chart *c, const struct chart_place *at, const struct glyphs *g)
{
    int width[10], row = at->row, end = at->column + at->columns, words = chart_sentence_rows(c, at->columns);
    int rows = at->rows - (words < at->rows / 3 ? words : at->rows / 3), shown = c->n_rows;

    if (c->n_rows + 1 > rows) /* the last row says how many there was no room for */
        shown = rows > 2 ? rows - 2 : 0;
    table_widths(c, width, at->columns - 1);
    bool right[10];
    for (int k = 0; k < c->n_columns; k++)
        right[k] = k > 0 && table_right(c, k);
    for (int r = -1; r < shown && row < at->row + rows; r++, row++) {
        int column = at->column + 1;
        for (int k = 0; k < c->n_columns && column < end; k++) {
            const char *text = r < 0 ? c->columns[k] : c->rows[r].cells[k];
            int w = text_width(text), pad = right[k] && w < width[k] ? width[k] - w : 0;
            int room = width[k] < end - column ? width[k] : end - column;
            canvas_text_fit(canvas, row, column + pad, room - pad, text, r < 0 ? INK_TITLE : INK_PLAIN,
                            r < 0 ? PEN_BOLD : 0, g->ascii);
            column += width[k] + 2;
        }
    }
    if (shown < c->n_rows && row < at->row + rows)
        canvas_printf(canvas, row, at->column + 1, INK_WARNING, 0, "%d more row%s", c->n_rows - shown,
                      c->n_rows - shown == 1 ? "" : "s");
    wrapped(canvas, at->row + rows, at->column + 1, at->columns - 2, at->rows - rows, table_words(c));
}

/* ---- map of two fields ------------------------------------------------------------------------ */

void
draw_map(struct canvas *canvas, const struct chart *c, const struct chart_place *at, const struct glyphs *g,
         struct chart_area *area)
{
    int labels = 10, columns = at->columns - labels - 2, rows = at->rows - 3;
    struct axis x = { c->x_low, c->x_high, c->x_log }, y = { c->y_low, c->y_high, c->y_log };
    char low[16], high[16];

    if (c->map_columns < 2 || c->map_rows < 2 || columns < 8 || rows < 3) {
        canvas_text_fit(canvas, at->row + at->rows / 2, at->column + 1, at->columns - 2, c->note, INK_FAINT, 0,
                        g->ascii);
        return;
    }
    for (int r = 0; r < rows; r++)
        for (int k = 0; k < columns; k++) {
            int mr = (rows - 1 - r) * c->map_rows / rows, mk = k * c->map_columns / columns;
            int arm = c->map[mr * c->map_columns + mk];
            uint32_t letter = arm >= 0 && arm < c->n_series ? (unsigned char)c->series[arm].letter : '-';
            canvas_put(canvas, at->row + r, at->column + labels + k, letter,
                       arm >= 0 ? (enum ink)(INK_SERIES_0 + arm) : INK_FAINT, 0);
        }
    canvas_text_fit(canvas, at->row, at->column, labels - 1, number_si(high, sizeof high, y.high), INK_PLAIN, 0, g->ascii);
    canvas_text_fit(canvas, at->row + rows - 1, at->column, labels - 1, number_si(low, sizeof low, y.low), INK_PLAIN, 0,
                    g->ascii);
    canvas_text_fit(canvas, at->row + rows / 2, at->column, labels - 1, c->y_label, INK_FAINT, 0, g->ascii);
    canvas_text(canvas, at->row + rows, at->column + labels, number_si(low, sizeof low, x.low), INK_PLAIN, 0);
    number_si(high, sizeof high, x.high);
    canvas_text(canvas, at->row + rows, at->column + labels + columns - (int)strlen(high), high, INK_PLAIN, 0);
    canvas_text_fit(canvas, at->row + rows, at->column + labels + columns / 2 - text_width(c->x_label) / 2, columns / 2,
                    c->x_label, INK_FAINT, 0, g->ascii);
    int column = at->column;
    for (int s = 0; s < c->n_series && column < at->column + at->columns; s++) {
        char text[64];
        snprintf(text, sizeof text, "%c %s", c->series[s].letter, c->series[s].name);
        column += 2 + canvas_text_fit(canvas, at->row + rows + 1, column, at->column + at->columns - column, text,
                                      (enum ink)c->series[s].ink, PEN_BOLD, g->ascii);
    }
    if (area != NULL)
        *area = (struct chart_area){ at->row, at->column + labels, rows, columns, x.low, x.high, y.low, y.high, x.log };
}

/* ---- one entry ---------------------------------------------------------------------------------- */

void
chart_draw(struct canvas *canvas, const struct chart *c, const struct chart_place *at, const struct glyphs *g,
           struct chart_area *area)
{
    if (area != NULL)
        memset(area, 0, sizeof *area);
    if (at->table || c->kind == CHART_TABLE) {
        draw_table(canvas, c, at, g);
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
