/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "svg.h"

/* Bars, spread, table and map for the SVG pen. */

static double
value_px(const struct svg *s, double v)
{
    return s->left + fmax(0, fmin(1, axis_fraction(&s->x, v))) * (s->right - s->left);
}

static double
put_note(struct svg *s, double y, const char *text)
{
    return y + svg_wrapped(s->out, SVG_MARGIN, y + 12, s->width - 2 * SVG_MARGIN, "q", text) * SVG_LINE + 4;
}

static void
put_span(struct svg *s, double a, double b, double y, double height, const char *css)
{
    double from = value_px(s, fmin(a, b)), to = value_px(s, fmax(a, b));

    svg_rect(s->out, (struct svg_box){ from, y, fmax(0.5, to - from), height }, css);
}

/* ---- bars ------------------------------------------------------------------------------------ */

#define BAR 13.0
#define BARS_DRAWN 32 /* of a picture; the table has them all                          */

double
svg_bars(struct svg *s, double top)
{
    const struct chart *c = s->chart;
    bool stacked = s->width < 560; /* a phone: the name stands above its bar */
    double step = stacked ? 2 * SVG_LINE + 3 : BAR + 9, y = top + SVG_LINE + 8;
    double names = s->width * 0.3, notes = stacked ? 0 : 140;
    struct axis extent = { 0, 0, false };

    int bars = c->n_bars < BARS_DRAWN ? c->n_bars : BARS_DRAWN;
    if (c->n_bars == 0)
        return put_note(s, top, c->note[0] != '\0' ? c->note : "nothing to draw");
    bars_extent(c, &extent.low, &extent.high);
    s->x = extent;
    s->left = stacked ? SVG_MARGIN + 4 : names + SVG_MARGIN;
    s->right = s->width - SVG_MARGIN - 6 - notes;
    svg_x_ticks(s, top + SVG_LINE + 2, y + bars * step, top + 12, c->x_prefix != NULL ? c->x_prefix : "");
    if (c->zero_line)
        svg_line(s->out, value_px(s, 0), top + SVG_LINE + 2, value_px(s, 0), y + bars * step, "y");
    for (int k = 0; k < bars; k++, y += step) {
        const struct bar *b = &c->bars[k];
        double at = stacked ? y + SVG_LINE : y;

        if (stacked)
            svg_text(s->out, SVG_MARGIN, y + 11, "start", "o", s->width * 0.55, b->label);
        else
            svg_text(s->out, names, y + 11, "end", "", names - SVG_MARGIN, b->label);
        svg_text(s->out, s->width - SVG_MARGIN, y + 11, "end", "q o", stacked ? s->width * 0.4 : notes, b->note);
        if (!isfinite(b->low) || !isfinite(b->high) || !isfinite(b->from))
            continue;
        bool low_first = fabs(b->low - b->from) > fabs(b->high - b->from); /* the shorter stays in sight */
        put_span(s, low_first ? b->low : b->high, b->from, at, BAR, low_first ? "v" : "w");
        put_span(s, low_first ? b->high : b->low, b->from, at, BAR, low_first ? "w" : "v");
        if (b->from != 0)
            svg_diamond(s->out, value_px(s, b->from), at + BAR / 2);
    }
    for (int k = 0; k < c->n_marks; k++)
        svg_line(s->out, value_px(s, c->marks[k]), top + SVG_LINE + 2, value_px(s, c->marks[k]), y, "k");
    char note[sizeof c->note + 96], more[40] = "";
    if (bars < c->n_bars)
        snprintf(more, sizeof more, "; %d more, smaller", c->n_bars - bars);
    snprintf(note, sizeof note, "%s%s%s", c->zero_line ? "faint: low end of its range, strong: high end; " : "", c->note, more);
    return put_note(s, y, note);
}

/* ---- spread --------------------------------------------------------------------------------------- */

double
svg_spread(struct svg *s, double top, double height)
{
    const struct chart *c = s->chart;
    int n = (int)BE_LEN(c->histogram);
    double most = 0, below = 3 * SVG_LINE + 26;

    if (!(c->x_high > c->x_low))
        return put_note(s, top, c->note[0] != '\0' ? c->note : "no spread: nothing is uncertain");
    s->x = (struct axis){ c->x_low, c->x_high, false };
    s->left = SVG_MARGIN + 4;
    s->right = s->width - SVG_MARGIN - 4;
    s->top = top + 8;
    s->bottom = fmax(s->top + 60, top + height - below);
    for (int k = 0; k < n; k++)
        most = c->histogram[k] > most ? c->histogram[k] : most; /* gcc 12 fails on fmax here for aarch64 */
    svg_x_ticks(s, s->top, s->bottom + 22, s->bottom + 36, c->x_prefix != NULL ? c->x_prefix : "");
    for (int k = 0; k < n && most > 0; k++) {
        double wide = (s->right - s->left) / n, high = c->histogram[k] / most * (s->bottom - s->top);
        bool below_zero = c->x_low + (k + 0.5) / n * (c->x_high - c->x_low) < 0;
        if (high > 0)
            svg_rect(s->out, (struct svg_box){ s->left + k * wide, s->bottom - high, fmax(0.5, wide - 0.5), high },
                     below_zero ? "v" : "w");
    }
    svg_line(s->out, s->left, s->bottom, s->right, s->bottom, "a");
    if (isfinite(c->you_low) && isfinite(c->you_high))
        svg_line(s->out, value_px(s, c->you_low), s->bottom + 11, value_px(s, c->you_high), s->bottom + 11, "h");
    if (isfinite(c->you))
        svg_diamond(s->out, value_px(s, c->you), s->bottom + 11);
    if (c->x_low < 0 && c->x_high > 0)
        svg_line(s->out, value_px(s, 0), s->top, value_px(s, 0), s->bottom + 22, "y");
    return put_note(s, s->bottom + 40, c->note);
}

/* ---- table ---------------------------------------------------------------------------------------- */

double
svg_table(struct svg *s, double top)
{
    const struct chart *c = s->chart;
    double y = top + 14, inner = s->width - 2 * SVG_MARGIN;
    int width[TABLE_COLUMNS_MAX], cells = (int)(inner / SVG_CHAR);

    if (c->n_rows == 0)
        return put_note(s, top, c->note);
    table_widths(c, width, cells);
    for (int r = -1; r < c->n_rows; r++, y += SVG_LINE) {
        double x = SVG_MARGIN;
        for (int k = 0; k < c->n_columns; k++) {
            const char *text = r < 0 ? c->columns[k] : c->rows[r].cells[k];
            bool right = k > 0 && table_right(c, k);
            svg_text(s->out, right ? x + width[k] * SVG_CHAR : x, y, right ? "end" : "start", r < 0 ? "b m" : "m",
                     fmin(width[k] * SVG_CHAR, s->width - x) + 0.1, text);
            x += (width[k] + 2) * SVG_CHAR;
        }
        if (r < 0)
            svg_line(s->out, SVG_MARGIN, y + 4, s->width - SVG_MARGIN, y + 4, "a");
    }
    return y - SVG_LINE + 10;
}

/* ---- map ------------------------------------------------------------------------------------------ */

static void
put_runs(struct svg *s, int r, double y, double high)
{
    const struct chart *c = s->chart;
    double wide = (s->right - s->left) / c->map_columns;
    bool lettered = r % (int)ceil(2 * SVG_LINE / high) == 0; /* not so many that they touch */

    for (int from = 0, to; from < c->map_columns; from = to) {
        int arm = c->map[r * c->map_columns + from];
        char css[8], letter[2] = "-";

        for (to = from + 1; to < c->map_columns && c->map[r * c->map_columns + to] == arm; to++)
            ;
        snprintf(css, sizeof css, "f%d", arm & 7);
        if (arm >= 0)
            svg_rect(s->out, (struct svg_box){ s->left + from * wide, y, (to - from) * wide, high }, css);
        if (arm >= 0 && arm < c->n_series)
            letter[0] = c->series[arm].letter;
        if (lettered && (to - from) * wide >= SVG_CHAR)
            svg_text(s->out, s->left + (from + to) / 2.0 * wide, y + high / 2 + 4, "middle", "b", 0, letter);
    }
}

double
svg_map(struct svg *s, double top, double height)
{
    const struct chart *c = s->chart;
    double inner = s->width - 2 * SVG_MARGIN;
    int legend = svg_legend(NULL, c, 0, 0, inner);
    double below = SVG_LINE * (2 + legend) + 10;
    struct ticks t;

    if (c->map_columns < 2 || c->map_rows < 2)
        return put_note(s, top, c->note);
    s->x = (struct axis){ c->x_low, c->x_high, c->x_log };
    s->y = (struct axis){ c->y_low, c->y_high, c->y_log };
    s->left = SVG_MARGIN + 8 * SVG_CHAR;
    s->right = s->width - SVG_MARGIN - 6;
    s->top = top + SVG_LINE + 6;
    s->bottom = fmax(s->top + 140, top + height - below); /* words never crowd the picture out */
    svg_text(s->out, SVG_MARGIN, top + 12, "start", "q", inner, c->y_label);
    int rows = (int)((s->bottom - s->top) / SVG_ROW);
    if (c->y_log)
        ticks_log(&t, c->y_low, c->y_high, rows, -2, "");
    else
        ticks_linear(&t, c->y_low, c->y_high, rows, -2, "");
    for (int k = 0; k < t.n; k++) {
        double y = s->bottom - axis_fraction(&s->y, t.at[k]) * (s->bottom - s->top);
        svg_line(s->out, s->left - 5, y, s->left, y, "a");
        svg_text(s->out, s->left - 7, y + 4, "end", "", 0, t.label[k]);
    }
    double high = (s->bottom - s->top) / c->map_rows;
    for (int r = 0; r < c->map_rows; r++)
        put_runs(s, r, s->bottom - (r + 1) * high, high);
    if (c->you >= c->x_low && c->you <= c->x_high && c->you_y >= c->y_low && c->you_y <= c->y_high)
        svg_diamond(s->out, value_px(s, c->you), s->bottom - axis_fraction(&s->y, c->you_y) * (s->bottom - s->top));
    svg_x_ticks(s, s->bottom, s->bottom + 5, s->bottom + 17, "");
    svg_text(s->out, s->left, s->bottom + 17 + SVG_LINE, "start", "q", inner, c->x_label);
    svg_legend(s->out, c, SVG_MARGIN, s->bottom + 19 + 2 * SVG_LINE, inner);
    return s->bottom + below + 8;
}
