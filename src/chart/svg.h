/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_CHART_SVG_H
#define BREAKEVEN_CHART_SVG_H

#include "pen.h"

/*
 * The second pen.  All lengths are pixels of the picture's own width, y downwards,
 * written in tenths so that the bytes are the same in every locale.
 */

#define SVG_LINE 16.0   /* from one line of text to the next                        */
#define SVG_ROW 10.0    /* what a tick axis counts as a row: labels are two apart      */
#define SVG_CHAR 7.0    /* a character's width, rounded up: fonts differ            */
#define SVG_MARGIN 8.0

struct svg {
    struct buffer *out;
    const struct chart *chart;
    double width, height;
    double left, top, right, bottom; /* of the plot                                  */
    struct axis x, y;
};

struct svg_box {
    double x, y, width, height;
};

void svg_number(struct buffer *, double);                 /* tenths; not finite: 0         */
void svg_attribute(struct buffer *, const char *name, double);
void svg_escape(struct buffer *, const char *utf8);       /* cleaned, for text and attributes */
/* anchor: start, middle or end. css: classes. Cut to "most" pixels, with the whole text as its
 * title; 0: never cut. */
void svg_text(struct buffer *, double x, double y, const char *anchor, const char *css, double most, const char *utf8);
void svg_line(struct buffer *, double x1, double y1, double x2, double y2, const char *css);
void svg_rect(struct buffer *, struct svg_box, const char *css);
void svg_diamond(struct buffer *, double x, double y);
/* Words wrapped to width; out may be NULL to count the lines only. Returns the lines. */
int svg_wrapped(struct buffer *, double x, double y, double width, const char *css, const char *utf8);
/* Entries of the legend, wrapped; out may be NULL. Returns the lines. */
int svg_legend(struct buffer *, const struct chart *, double x, double y, double width);
static inline int
svg_series(const struct series *s)
{
    return s->ink >= INK_SERIES_0 && s->ink <= INK_SERIES_7 ? s->ink - INK_SERIES_0 : 0;
}
/* Labels and grid of a horizontal value axis below (or above) "at". */
void svg_x_ticks(struct svg *, double grid_top, double grid_bottom, double text_y, const char *prefix);

/* Each fills its part of the picture below "top" and returns the first free y. Without out they
 * only measure. */
double svg_lines(struct svg *, double top, double height);
double svg_bars(struct svg *, double top);
double svg_spread(struct svg *, double top, double height);
double svg_table(struct svg *, double top);
double svg_map(struct svg *, double top, double height);

#endif
