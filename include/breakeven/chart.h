/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_CHART_H
#define BREAKEVEN_CHART_H

/*
 * Pictures in text.  A canvas is a grid of cells (glyph, ink); panes and charts
 * draw into it, term.c copies it to the terminal, a report prints it, a test
 * compares it.  A chart is described once (struct chart) and drawn by two pens:
 * cells and SVG.  Drawing never changes what it draws.
 */

#include "breakeven/decide.h"

/* ---- canvas ------------------------------------------------------------------- */

/* What a cell means; a theme turns it into colour. Meaning is always glyph and
 * word first: every ink but the series is also told apart without colour. */
enum ink {
    INK_PLAIN, INK_FAINT, INK_TITLE, INK_FRAME, INK_FOCUS, INK_PROBLEM, INK_WARNING, INK_GOOD,
    INK_DELTA, INK_KEY, INK_ZONE,
    INK_SERIES_0, INK_SERIES_1, INK_SERIES_2, INK_SERIES_3,
    INK_SERIES_4, INK_SERIES_5, INK_SERIES_6, INK_SERIES_7,
    INK_COUNT
};
#define PEN_BOLD 1u
#define PEN_REVERSE 2u
#define PEN_UNDERLINE 4u

struct cell {
    uint32_t glyph;    /* 0: right half of a wide character                         */
    uint8_t ink, pen;
};

struct canvas {
    int columns, rows;
    struct cell *cells; /* row by row; row stride = columns                           */
};
int canvas_init(struct canvas *, int columns, int rows); /* spaces; -1 no memory      */
void canvas_release(struct canvas *);
void canvas_clear(struct canvas *);
/* Out-of-range writes are dropped, so that drawing needs no clipping. Text is cleaned
 * (no control, no bidi override); returns the columns used. */
int canvas_put(struct canvas *, int row, int column, uint32_t glyph, enum ink, unsigned pen);
int canvas_text(struct canvas *, int row, int column, const char *utf8, enum ink, unsigned pen);
int canvas_printf(struct canvas *, int row, int column, enum ink, unsigned pen,
                  const char *fmt, ...) BE_PRINTF(6, 7);
/* At most "width" columns; cut with an ellipsis. */
int canvas_text_fit(struct canvas *, int row, int column, int width, const char *utf8, enum ink,
                    unsigned pen, bool ascii);
/* Rows as text, trailing spaces removed, each ended by a newline. */
void canvas_print(const struct canvas *, struct buffer *);
bool canvas_equal(const struct canvas *, const struct canvas *);

/* ---- glyph sets ------------------------------------------------------------------ */

enum glyph_set { GLYPHS_BRAILLE, GLYPHS_BLOCK, GLYPHS_LINE, GLYPHS_ASCII, GLYPHS_LINUX };
struct glyphs {
    const char *name;
    bool ascii;               /* every byte below 0x80                              */
    int dots_x, dots_y;       /* resolution of one cell: 2x4 braille, 1x2 block, 1x1 */
    const char *horizontal, *vertical, *corner, *tick_left, *tick_down, *tick_minor, *thick;
    const char *zone, *median, *low, *high, *zero, *focus, *problem, *yes, *no, *unknown, *changed;
    const char *arrow, *ellipsis, *times, *at_most, *at_least, *dash, *dot, *series_ascii;
    const char *eighths[9];   /* vertical bars of a spread strip, 0..8                 */
    const char *bars[9];      /* horizontal, left eighths                              */
};
const struct glyphs *glyphs_of(enum glyph_set);
int glyphs_parse(const char *name, enum glyph_set *); /* braille, block, line, ascii, linux */

/* ---- axes ---------------------------------------------------------------------------- */

#define TICKS_MAX 24
struct ticks {
    int n;
    double at[TICKS_MAX];
    char label[TICKS_MAX][16];
};
/* Extended Wilkinson (Talbot, Lin, Hanrahan 2010), q in 1 5 2 2.5 4 3; "cells" available.
 * gap >= 0: along x, at least that many spaces between labels; gap < 0: along y, labels
 * at least -gap rows apart. prefix is "$" or "". n = 0 when the range is empty. */
void ticks_linear(struct ticks *, double low, double high, int cells, int gap, const char *prefix);
/* Decades; 2 and 5 when under 2.5 decades; linear under one decade. */
void ticks_log(struct ticks *, double low, double high, int cells, int gap, const char *prefix);

/* ---- chart descriptions ------------------------------------------------------------------ */

#define SERIES_MAX 16
#define POINTS_MAX 512
#define MARKS_MAX 32

struct series {
    char name[40];
    char letter;             /* on the line and in the legend                          */
    int ink;                 /* INK_SERIES_...                                          */
    bool dotted;             /* a band's edge                                           */
    bool step;               /* drawn as a staircase                                    */
    bool points;             /* marks alone, not joined: what was measured              */
    int n;
    double x[POINTS_MAX], y[POINTS_MAX]; /* NAN: gap                                    */
};

struct bar {
    char label[64], range[40], note[64]; /* range: the input's own ends                  */
    char path[112];          /* of the field that it is about; ""                        */
    double low, high, from;  /* a bar from low to high around from (tornado)             */
    int series;              /* ink, -1 plain                                           */
};
#define BARS_MAX FLIPS_MAX

#define TABLE_COLUMNS_MAX 12
struct table_row {
    char cells[TABLE_COLUMNS_MAX][SENTENCE];
    char path[112];          /* of the field that it is about; ""                        */
};
#define TABLE_ROWS_MAX FLIPS_MAX

enum chart_kind { CHART_LINES, CHART_BARS, CHART_SPREAD, CHART_TABLE, CHART_MAP };

struct chart {
    enum chart_kind kind;
    char title[80], x_label[64], y_label[64], note[240];
    char y_unit[8];          /* behind a figure of y: "/Mtok", "%"                          */
    char axes[64], y_note[64]; /* both axes in few words, and what a reader of y must know; "": the labels say it */
    char sentence[400];      /* what it shows, for # and screen readers                  */
    bool x_log, y_log, y_from_zero, zero_line;
    bool band_was;           /* the dotted lines are those of the answer before          */
    double x_low, x_high, y_low, y_high;
    const char *x_prefix, *y_prefix;
    int n_series, n_bars, n_marks;
    double marks[MARKS_MAX]; /* dotted verticals: break-even, payback, a limit            */
    char marks_label[48];    /* what they are; "": break-even                             */
    char beyond;             /* letter of the arm that is the cheaper from the last mark on; 0: none */
    double you, you_low, you_high; /* the scenario's own x and its 90 % range; NAN        */
    double you_y;            /* CHART_MAP: its own y                                      */
    float histogram[64];
    /* CHART_TABLE, and the table twin of every chart. columns[0] is the row's name. */
    int n_columns, n_rows;
    char columns[TABLE_COLUMNS_MAX][32];
    /* CHART_MAP: pick index per cell                                                    */
    int map_columns, map_rows;
    signed char map[40 * 24];
    /* The first n_series, n_bars and n_rows of these; what lies beyond was never written to. */
    struct series series[SERIES_MAX];
    struct bar bars[BARS_MAX];
    struct table_row rows[TABLE_ROWS_MAX];
};

/* Views: one row each. build fills a chart (1.5 MB at most, of which it touches what it fills: the caller
 * allocates) from an answer. */
struct view {
    const char *id;          /* cost, unit, diff, cumulative, tornado, spread, why, latency, labels, compare, map, audit, report */
    char key;                /* C U D K T S W L B X M A R                                */
    const char *name, *help;
    int (*build)(struct chart *, const struct answer *, const struct catalog *, int columns);
    unsigned bands;          /* of the answer, drawn where they are there                */
};
#define BANDS_VOLUME 1u
#define BANDS_LABELS 2u
extern const struct view views[];
extern const int views_n;
const struct view *view_find(const char *id);

/* Those of the bands that the answer lacks and can have. */
unsigned chart_bands_missing(const struct answer *, unsigned bands);
/* Compute those that are missing, over the axes that the views have. The samples are the answer's own, or
 * a prefix of them. -1: no memory; 1: cancelled. */
int chart_bands(struct answer *, unsigned bands, const struct samples *, const struct scenario *, const struct catalog *,
                const volatile int *cancel, struct error *);

/* What a field is called: "Requests/day", "own: GPU price"; the path itself where there is no such field. */
char *chart_field_name(const struct scenario *, const char *path, char *out, size_t size);

/* The view "compare": scenarios side by side, at most nine; answer NULL: not computed yet. */
struct compared {
    const char *name;
    const struct scenario *scenario;
    const struct answer *answer;
};
/* In how many of them an arm of the first one's kind is picked: "api is the kind of arm picked in 3 of 4 scenarios"; "" where
 * none is picked in the first. */
char *compared_words(const struct compared *, int n, char *out, size_t size);
void chart_compare(struct chart *, const struct compared *, int n, const struct catalog *);

/* ---- pens ------------------------------------------------------------------------------------ */

struct chart_place {
    int row, column, rows, columns;
    int crosshair;           /* column within the plot, -1 none                           */
    bool heavy;              /* presentation: thick lines, no dots                        */
    bool table;              /* the table twin                                            */
    int cursor;              /* row of a table, of bars or of a map that is marked and so in sight; -1: the first, unmarked */
    bool marked;             /* false: in sight, but not marked                           */
    int skip;                /* columns of a table, behind that of the names, that were scrolled past */
};
/* Where the plot came to lie, for mouse and crosshair. */
#define AREA_ROWS 400
struct chart_area {
    int row, column, rows, columns;
    short item[AREA_ROWS];         /* by screen row: the row, bar or row of cells there, from 1; 0: none */
    int cursor_row, cursor_column; /* where the cursor is drawn; -1: it is not                */
    double x_low, x_high, y_low, y_high;
    bool x_log;
};
void chart_draw(struct canvas *, const struct chart *, const struct chart_place *,
                const struct glyphs *, struct chart_area *);
/* The sentence (else the note) wrapped, each line behind a space and ended by a newline; and how many
 * lines that is. A table has it below its rows. */
void chart_sentence(struct buffer *, const struct chart *, int columns);
int chart_sentence_rows(const struct chart *, int columns);
/* What can be chosen with a cursor: rows of a table (drawn as one, or a table by nature), bars, rows of a map; else 0. */
int chart_cursor_rows(const struct chart *, bool table);
/* Columns of a table that find no room beside each other at this width, and so the most that "skip" is good for. */
int chart_table_hidden(const struct chart *, int columns);
/* Rows that a table needs at this width, with its sentence. */
int chart_table_height(const struct chart *, int columns);
/* The cursor's row of a map that a value of its y axis lies in, 0 uppermost. */
int chart_map_row(const struct chart *, double y);
double chart_x_at(const struct chart_area *, int column);
int chart_column_of(const struct chart_area *, double x);
/* The same chart as one inline <svg>: light and dark by prefers-color-scheme (light when printed; a
 * page may set the variables --be-ink, --be-paper, ...), text selectable, title and desc for screen
 * readers, no id, script or outside reference, so that a page may hold any number. Text is 12 px
 * at width_px (at least 240; 340 suits a phone, 680 a desk) and shrinks with the picture where
 * the page is narrower. height_px 0: what the width suggests; bars and tables take what their rows
 * need. Appends; the same bytes for the same chart. -1: no memory. */
int chart_svg(struct buffer *, const struct chart *, int width_px, int height_px);
/* As a file of its own: XML declaration, ground, and the sentence below the picture. */
int chart_svg_file(struct buffer *, const struct chart *, int width_px, int height_px);
/* Spread strip of a quantity: n eighth blocks. */
void chart_strip(char *out, size_t size, const struct quantity *, int cells, const struct glyphs *);
/* The same of what the rival costs more than the pick, on an axis that always has 0, which is marked; "" where
 * nothing is uncertain. */
void chart_difference_strip(char *out, size_t size, const struct answer *, int cells, const struct glyphs *);

#endif
