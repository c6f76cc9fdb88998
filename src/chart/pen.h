/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_CHART_PEN_H
#define BREAKEVEN_CHART_PEN_H

#include "breakeven/chart.h"

/* A linear or logarithmic scale from values to 0..1. */
struct axis {
    double low, high;
    bool log;
};
static inline double
axis_fraction(const struct axis *a, double v)
{
    if (a->log)
        return v > 0 ? log(v / a->low) / log(a->high / a->low) : -INFINITY;
    return (v - a->low) / (a->high - a->low);
}

static inline double
axis_value(const struct axis *a, double fraction)
{
    if (a->log)
        return a->low * exp(fraction * log(a->high / a->low));
    return a->low + fraction * (a->high - a->low);
}

/* The y axis whose labelled ticks fall on row centres: whole rows a step. */
void axis_fit_rows(struct axis *, struct ticks *, double low, double high, bool is_log, int rows,
                   const char *prefix);
/* The columns at which label k and the one before it, centred on at[k] and at[k - 1], leave at
 * least gap between them. */
bool ticks_apart(const struct ticks *, int k, const int at[TICKS_MAX], int gap);
/* Labels centred on their columns in one row, moved to lie within left..right (exclusive) and left
 * out where that would bring two within a space. */
void draw_tick_labels(struct canvas *, int row, int left, int right, const struct ticks *, const int at[TICKS_MAX],
                      enum ink);
/* A fraction of an axis to 0..cells - 1; values off the axis lie a cell or more outside. */
int axis_cell(const struct axis *, double v, int cells);
/* y of a series at x, between its points (in the chart's own scales); NAN outside. */
double series_at(const struct series *, double x, bool x_log, bool y_log);

/* What a cursor chooses lies in these screen rows, from 0. */
void note_item(struct chart_area *, int row, int rows, int item);
/* Some line has the dotted edges of a band. */
bool chart_has_bands(const struct chart *);
/* There is something to draw in a chart of lines. */
bool chart_has_lines(const struct chart *);
/* The least and the greatest value of all bars, and zero where it is marked; high > low. */
void bars_extent(const struct chart *, double *low, double *high);
/* Columns' widths that fit in "available" cells with two between; the widest give way. */
void table_widths(const struct chart *, int width[TABLE_COLUMNS_MAX], int available);
/* All that stands in the column is numbers, which end at its right. */
bool table_right(const struct chart *, int column);

/* Where a plot came to lie. */
void set_area(struct chart_area *, int row, int column, int rows, int columns, const struct axis *x, double y_low,
              double y_high);
void draw_lines(struct canvas *, const struct chart *, const struct chart_place *, const struct glyphs *,
                struct chart_area *);
void draw_bars(struct canvas *, const struct chart *, const struct chart_place *, const struct glyphs *,
               struct chart_area *);
void draw_spread(struct canvas *, const struct chart *, const struct chart_place *, const struct glyphs *,
                 struct chart_area *);
void draw_table(struct canvas *, const struct chart *, const struct chart_place *, const struct glyphs *,
                struct chart_area *);
void draw_map(struct canvas *, const struct chart *, const struct chart_place *, const struct glyphs *,
              struct chart_area *);
/* The first code point of a glyph string. */
uint32_t glyph_of(const char *utf8);

#endif
