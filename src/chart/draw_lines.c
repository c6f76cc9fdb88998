/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pen.h"

/* ---- scales ------------------------------------------------------------------------ */

int
axis_cell(const struct axis *a, double v, int cells)
{
    double f = axis_fraction(a, v);

    if (!(f > -1))
        return -1;
    return f < 2 ? (int)lround(f * (cells - 1)) : 2 * cells;
}

double
series_at(const struct series *s, double x, bool x_log, bool y_log)
{
    int low = 0, high = s->n - 1;

    if (s->n == 0 || x < s->x[0] || x > s->x[high])
        return NAN;
    while (high - low > 1) {
        int mid = (low + high) / 2;
        if (s->x[mid] <= x)
            low = mid;
        else
            high = mid;
    }
    if (s->n == 1 || s->step)
        return x >= s->x[high] ? s->y[high] : s->y[low];
    double x0 = s->x[low], x1 = s->x[high], y0 = s->y[low], y1 = s->y[high];
    if (x1 <= x0)
        return y1;
    double f = x_log && x0 > 0 ? log(x / x0) / log(x1 / x0) : (x - x0) / (x1 - x0);
    if (y_log && y0 > 0 && y1 > 0)
        return y0 * pow(y1 / y0, f);
    return y0 + f * (y1 - y0);
}

uint32_t
glyph_of(const char *utf8)
{
    uint32_t cp;

    text_decode(utf8, strlen(utf8), &cp);
    return cp;
}

/* ---- the plot ------------------------------------------------------------------------- */

struct plot {
    struct canvas *canvas;
    const struct chart *chart;
    const struct glyphs *glyphs;
    int row, column, rows, columns; /* of the plot's box                            */
    struct axis x, y;
    unsigned char *dots;            /* braille bits a cell                            */
    signed char *owner;             /* series that came first; -1 none                */
    bool *shared;                   /* more than one series                           */
    bool *lettered;
    bool heavy;
};

/* Each line is drawn in a mark of its own. */
static bool
own_marks(const struct glyphs *g)
{
    return g->dots_x == 1 && g->dots_y == 1;
}

static int
column_at(const struct plot *p, double x)
{
    return axis_cell(&p->x, x, p->columns);
}

static int
row_at(const struct plot *p, double y)
{
    return p->rows - 1 - axis_cell(&p->y, y, p->rows);
}

/* Bit of a dot in its cell: braille's own order; one row of two for blocks. */
static unsigned char
dot_bit(const struct glyphs *g, int dx, int dy)
{
    static const unsigned char braille[4][2] = { { 1, 8 }, { 2, 16 }, { 4, 32 }, { 64, 128 } };

    return g->dots_x == 2 ? braille[dy][dx] : (unsigned char)(1 << dy);
}

static void
set_dot(struct plot *p, int x, int y, int series)
{
    int column = x / p->glyphs->dots_x, row = y / p->glyphs->dots_y;

    if (x < 0 || y < 0 || column >= p->columns || row >= p->rows)
        return;
    int k = row * p->columns + column;
    bool dotted = p->chart->series[series].dotted;
    if (dotted && p->glyphs->dots_x == 1 && p->owner[k] >= 0) /* one glyph a cell: a band's edge makes way for a line */
        return;
    p->dots[k] |= dot_bit(p->glyphs, x % p->glyphs->dots_x, y % p->glyphs->dots_y);
    if (p->owner[k] < 0)
        p->owner[k] = (signed char)series;
    else if (p->owner[k] != series && !dotted)
        p->shared[k] = true;
}

/* The dot row of a value: the cell's centre stands for the labelled value, so a
 * value on a tick lies in the tick's row whatever the resolution. */
static int
dot_row(const struct plot *p, double y)
{
    double f = axis_fraction(&p->y, y);

    if (!(f > -1 && f < 2))
        return -1;
    double cells = (1 - f) * (p->rows - 1) + 0.5;
    return (int)floor(cells * p->glyphs->dots_y);
}

static double
dot_x_value(const struct plot *p, int x)
{
    double cells = (x + 0.5) / p->glyphs->dots_x - 0.5;

    return axis_value(&p->x, fmin(1, fmax(0, cells / (p->columns - 1))));
}

/* Which band of the picture this edge belongs to, from 0: each has two, behind the lines. */
static int
band_of_edge(const struct chart *c, int index)
{
    int first = 0;

    while (first < c->n_series && !c->series[first].dotted)
        first++;
    return (index - first) / 2;
}

static void
draw_series(struct plot *p, int index)
{
    const struct series *s = &p->chart->series[index];
    int width = p->columns * p->glyphs->dots_x, height = p->rows * p->glyphs->dots_y, before = -1;
    bool joined = false;
    int sparse = 3 * p->glyphs->dots_x, from = index / 2 % 3 * p->glyphs->dots_x; /* two edges a band, side by side */
    bool twin = s->dotted && p->glyphs->dots_x == 2 && band_of_edge(p->chart, index) == 1; /* in pairs: another band's */

    for (int x = 0; x < width; x++) {
        double y = series_at(s, dot_x_value(p, x), p->chart->x_log, p->chart->y_log);
        int dot = isfinite(y) ? dot_row(p, y) : -1;

        if (s->dotted && x % sparse != from && !(twin && x % sparse == from + 1))
            continue;
        if (dot < 0 || dot >= height) {
            joined = false;
            continue;
        }
        set_dot(p, x, dot, index);
        if (p->heavy && !s->dotted)
            set_dot(p, x, dot + 1, index);
        if (joined && !s->dotted)
            for (int fill = before < dot ? before + 1 : dot + 1; fill < (before < dot ? dot : before); fill++)
                set_dot(p, x, fill, index);
        before = dot;
        joined = true;
    }
}

/* One glyph a cell: the edges of an arm's band are its small letter, since all dots would look alike. */
static uint32_t
edge_glyph(const struct glyphs *g, const struct series *s)
{
    return s->letter >= 'A' && s->letter <= 'Z' ? (uint32_t)(s->letter - 'A' + 'a') : glyph_of(g->dot);
}

static uint32_t
dot_glyph(const struct glyphs *g, unsigned char dots, int series, bool shared, const struct chart *c)
{
    if (g->dots_x == 2)
        return 0x2800u + dots;
    if (c->series[series].dotted)
        return edge_glyph(g, &c->series[series]);
    if (g->dots_y == 2)
        return dots == 3 ? 0x2588 : dots == 1 ? 0x2580 : 0x2584;
    if (shared)
        return 'X';
    return (unsigned char)g->series_ascii[(c->series[series].ink - INK_SERIES_0) & 7];
}

static void
put_dots(struct plot *p)
{
    for (int row = 0; row < p->rows; row++)
        for (int column = 0; column < p->columns; column++) {
            int k = row * p->columns + column, owner = p->owner[k];
            if (owner < 0)
                continue;
            canvas_put(p->canvas, p->row + row, p->column + column,
                       dot_glyph(p->glyphs, p->dots[k], owner, p->shared[k], p->chart),
                       (enum ink)p->chart->series[owner].ink, p->heavy ? PEN_BOLD : 0);
        }
}

/* What was measured, over everything else. */
static void
put_points(struct plot *p)
{
    for (int s = 0; s < p->chart->n_series; s++) {
        const struct series *series = &p->chart->series[s];
        for (int k = 0; series->points && k < series->n; k++) {
            int column = column_at(p, series->x[k]), row = row_at(p, series->y[k]);
            if (column >= 0 && column < p->columns && row >= 0 && row < p->rows)
                canvas_put(p->canvas, p->row + row, p->column + column, glyph_of(p->glyphs->median),
                           (enum ink)series->ink, PEN_BOLD);
        }
    }
}

static char
mark_of_series(const struct glyphs *g, const struct series *s)
{
    return own_marks(g) ? g->series_ascii[(s->ink - INK_SERIES_0) & 7] : s->letter;
}

/* Letters at up to "wanted" spots of a line; alone: where no other line is. Returns how many. */
static int
put_letter(struct plot *p, int s, int wanted, bool alone)
{
    const struct series *series = &p->chart->series[s];
    int placed = 0;

    for (int try = 1; try < 60 && placed < wanted; try++) {
        int column = (int)(p->columns * fmod(0.13 + 0.11 * s + 0.47 * try, 1.0));
        double y = series_at(series, axis_value(&p->x, column / (double)(p->columns - 1)), p->chart->x_log,
                             p->chart->y_log);
        int row = isfinite(y) ? row_at(p, y) : -1, k = row * p->columns + column;
        if (row < 0 || row >= p->rows || p->lettered[k] || p->owner[k] < 0 ||
            (alone && (p->owner[k] != s || p->shared[k])))
            continue;
        canvas_put(p->canvas, p->row + row, p->column + column, (unsigned char)mark_of_series(p->glyphs, series),
                   (enum ink)series->ink, PEN_BOLD);
        p->lettered[k] = true;
        placed++;
    }
    return placed;
}

/* A line is told apart without colour: by its letter at two free spots, and where it lies on
 * another all the way by its letter on that one. A set that draws lines in their own marks needs
 * the latter alone. */
static void
put_letters(struct plot *p)
{
    for (int s = 0; s < p->chart->n_series; s++) {
        if (p->chart->series[s].dotted || p->chart->series[s].points || p->chart->series[s].letter == '\0')
            continue;
        if (put_letter(p, s, p->columns >= 40 && !own_marks(p->glyphs) ? 2 : 1, true) == 0)
            put_letter(p, s, 2, false);
    }
}

static bool
on_axis(const struct axis *a, double v)
{
    return isfinite(v) && v >= a->low && v <= a->high;
}

/* ---- axes ---------------------------------------------------------------------------------- */

static void
draw_y_axis(struct plot *p, const struct ticks *t)
{
    uint32_t line = glyph_of(p->glyphs->vertical), tick = glyph_of(p->glyphs->tick_left);

    for (int row = 0; row < p->rows; row++)
        canvas_put(p->canvas, p->row + row, p->column - 1, line, INK_FRAME, 0);
    for (int k = 0; k < t->n; k++) {
        int row = row_at(p, t->at[k]);
        if (row < 0 || row >= p->rows)
            continue;
        canvas_put(p->canvas, p->row + row, p->column - 1, tick, INK_FRAME, 0);
        canvas_text(p->canvas, p->row + row, p->column - 2 - (int)strlen(t->label[k]), t->label[k], INK_PLAIN, 0);
    }
}

static void
draw_minor_ticks(struct plot *p, int row)
{
    if (!p->x.log || log10(p->x.high / p->x.low) < 1)
        return;
    for (int d = (int)floor(log10(p->x.low)); d <= (int)ceil(log10(p->x.high)); d++)
        for (int m = 2; m <= 5; m += 3) {
            int column = column_at(p, m * pow(10, d));
            if (column >= 0 && column < p->columns)
                canvas_put(p->canvas, row, p->column + column, glyph_of(p->glyphs->tick_minor), INK_FRAME, 0);
        }
}

static void
draw_x_axis(struct plot *p, const struct ticks *t, int from, int to)
{
    int row = p->row + p->rows, left = p->column, at[TICKS_MAX];
    uint32_t line = p->glyphs->ascii ? '-' : 0x2500;

    canvas_put(p->canvas, row, left - 1, glyph_of(p->glyphs->corner), INK_FRAME, 0);
    for (int c = 0; c < p->columns; c++)
        canvas_put(p->canvas, row, left + c, line, INK_FRAME, 0);
    draw_minor_ticks(p, row);
    if (p->chart->you_high > p->chart->you_low) {
        int a = column_at(p, fmax(p->chart->you_low, p->x.low)), b = column_at(p, fmin(p->chart->you_high, p->x.high));
        for (int c = a < 0 ? 0 : a; c <= b && c < p->columns; c++)
            canvas_put(p->canvas, row, left + c, glyph_of(p->glyphs->thick), INK_ZONE, PEN_BOLD);
    }
    if (on_axis(&p->x, p->chart->you))
        canvas_put(p->canvas, row, left + column_at(p, p->chart->you), glyph_of(p->glyphs->vertical), INK_PLAIN, PEN_BOLD);
    for (int k = 0; k < t->n; k++) {
        at[k] = left + column_at(p, t->at[k]);
        canvas_put(p->canvas, row, at[k], glyph_of(p->glyphs->tick_down), INK_FRAME, 0);
    }
    draw_tick_labels(p->canvas, row + 1, from, to, t, at, INK_PLAIN);
}

static void
draw_vertical(struct plot *p, double x, const char *glyph, enum ink ink, unsigned pen)
{
    int column = column_at(p, x);

    if (column < 0 || column >= p->columns)
        return;
    for (int row = 0; row < p->rows; row++)
        if (p->owner[row * p->columns + column] < 0)
            canvas_put(p->canvas, p->row + row, p->column + column, glyph_of(glyph), ink, pen);
}

/* "always C" right of the last break-even, in the first row that no line crosses there. */
static void
draw_beyond(struct plot *p)
{
    const struct chart *c = p->chart;
    int column = c->beyond != '\0' && c->n_marks > 0 ? column_at(p, c->marks[c->n_marks - 1]) : -1;
    char text[24];

    snprintf(text, sizeof text, "always %c %s", c->beyond != '\0' ? c->beyond : ' ', p->glyphs->arrow);
    int width = text_width(text);
    if (column < 0 || column + 1 + width >= p->columns)
        return;
    for (int row = 0; row < p->rows / 2; row++) {
        bool free = true;
        for (int k = column; k <= column + 1 + width && free; k++)
            free = p->owner[row * p->columns + k] < 0;
        double you = isfinite(c->you) ? column_at(p, c->you) : -1;
        if (!free || (you > column && you <= column + width))
            continue;
        canvas_text(p->canvas, p->row + row, p->column + column + 1, text, INK_ZONE, 0);
        return;
    }
}

static void
draw_marks(struct plot *p, int crosshair)
{
    const struct chart *c = p->chart;

    if (c->zero_line && p->y.low < 0 && p->y.high > 0) {
        int row = row_at(p, 0);
        for (int column = 0; column < p->columns; column += 2)
            if (p->owner[row * p->columns + column] < 0)
                canvas_put(p->canvas, p->row + row, p->column + column, glyph_of(p->glyphs->dot), INK_FRAME, 0);
    }
    for (int k = 0; k < c->n_marks; k++)
        draw_vertical(p, c->marks[k], p->glyphs->zone, INK_ZONE, 0);
    if (isfinite(c->you))
        draw_vertical(p, c->you, p->glyphs->vertical, INK_PLAIN, 0);
    draw_beyond(p);
    if (crosshair >= 0 && crosshair < p->columns)
        draw_vertical(p, axis_value(&p->x, crosshair / fmax(1, p->columns - 1)), p->glyphs->vertical, INK_FOCUS,
                      PEN_BOLD);
}

/* ---- caption: "$/month over tokens/day, both log  A claude  D tuned  : break-even D/A  = your 90% range" --- */

struct caption {
    struct plot *plot;
    int column, width, most;   /* columns from.., rows at most                       */
    int at, row, top;          /* top < 0: only laid out                             */
    bool full;                 /* a part found no room                               */
};

/* Parts are never broken; one that no row holds is cut. */
static void
caption_part(struct caption *cap, const char *sign, const char *text, enum ink ink, unsigned pen)
{
    int wide = text_width(sign) + (sign[0] != '\0' ? 1 : 0) + text_width(text);

    if (text[0] == '\0')
        return;
    if (cap->at > 0 && cap->at + 2 + wide > cap->width) {
        if (cap->row + 1 == cap->most) {
            cap->full = true;
            return;
        }
        cap->row++;
        cap->at = 0;
    }
    int start = cap->at > 0 ? cap->at + 2 : 0;
    if (cap->top >= 0) {
        int column = cap->column + start, signs = canvas_text(cap->plot->canvas, cap->top + cap->row, column, sign, ink, pen);
        column += signs > 0 ? signs + 1 : 0;
        canvas_text_fit(cap->plot->canvas, cap->top + cap->row, column, cap->column + cap->width - column, text,
                        sign[0] != '\0' && ink == INK_ZONE ? INK_FAINT : ink, pen, cap->plot->glyphs->ascii);
    }
    cap->at = start + wide < cap->width ? start + wide : cap->width;
}

/* "a c: 90% band", or a dot where the dots of all are one. */
static void
caption_bands(struct caption *cap)
{
    const struct plot *p = cap->plot;
    const char *what = p->chart->band_was ? "band before" : "90% band";
    char text[2 * SERIES_MAX + 32] = "";

    for (int s = 0; s < p->chart->n_series && p->glyphs->dots_x == 1; s++) {
        uint32_t sign = edge_glyph(p->glyphs, &p->chart->series[s]);
        size_t n = strlen(text);
        if (p->chart->series[s].dotted && sign < 0x80 && strchr(text, (int)sign) == NULL)
            snprintf(text + n, sizeof text - n, "%s%c", n > 0 ? " " : "", (char)sign);
    }
    int first = 0;
    while (first < p->chart->n_series && !p->chart->series[first].dotted)
        first++;
    if (p->glyphs->dots_x == 2 && first + 2 < p->chart->n_series && p->chart->series[first + 2].dotted) {
        snprintf(text, sizeof text, "%s%c \u2812%c %s", p->glyphs->dot, p->chart->series[first].letter,
                 p->chart->series[first + 2].letter, what);
        caption_part(cap, "", text, INK_FAINT, 0);
    } else if (text[0] == '\0')
        caption_part(cap, p->glyphs->dot, what, INK_FAINT, 0);
    else {
        snprintf(text + strlen(text), sizeof text - strlen(text), ": %s", what);
        caption_part(cap, "", text, INK_FAINT, 0);
    }
}

static bool
has_band(const struct plot *p, const struct series *of)
{
    for (int s = 0; s < p->chart->n_series; s++)
        if (p->chart->series[s].dotted && p->chart->series[s].letter == of->letter)
            return true;
    return false;
}

static void
caption_arms(struct caption *cap, int most)
{
    const struct plot *p = cap->plot;

    for (int s = 0; s < p->chart->n_series; s++) {
        const struct series *series = &p->chart->series[s];
        char sign[3] = { mark_of_series(p->glyphs, series), '\0' }, name[64];

        if (series->dotted || series->name[0] == '\0')
            continue;
        if (sign[0] != series->letter && has_band(p, series)) /* the line's mark, and its band's */
            sign[1] = (char)edge_glyph(p->glyphs, series);
        text_fit(name, sizeof name, series->name, most, p->glyphs->ascii);
        caption_part(cap, series->points ? p->glyphs->median : sign, name, (enum ink)series->ink, PEN_BOLD);
    }
}

static bool
any_shared(const struct plot *p)
{
    for (int k = 0; k < p->rows * p->columns; k++)
        if (p->shared != NULL && p->shared[k])
            return true;
    return false;
}

/* What is drawn over what comes first: no figure without its unit. */
static const char *
caption_axes(const struct chart *c)
{
    return c->axes[0] != '\0' ? c->axes : c->x_label;
}

/* Every arm is named, at whatever length there is room for; what the marks mean comes after. */
static int
lay_caption(struct plot *p, int top, int column, int width, int most)
{
    const struct chart *c = p->chart;
    struct caption cap = { .plot = p, .column = column, .width = width, .most = most };
    int name = (int)sizeof c->series[0].name;
    bool marked = false;

    do {
        cap = (struct caption){ .plot = p, .column = column, .width = width, .most = most, .top = -1 };
        caption_part(&cap, "", caption_axes(c), INK_FAINT, 0);
        caption_arms(&cap, name);
        name -= cap.full ? 1 : 0;
    } while (cap.full && name > 1);
    cap = (struct caption){ .plot = p, .column = column, .width = width, .most = most, .top = top };
    caption_part(&cap, "", caption_axes(c), INK_FAINT, 0);
    caption_arms(&cap, name);
    caption_part(&cap, "", c->axes[0] != '\0' ? c->y_note : "", INK_FAINT, 0);
    for (int k = 0; k < c->n_marks; k++)
        marked |= on_axis(&p->x, c->marks[k]);
    if (marked)
        caption_part(&cap, p->glyphs->zone, c->marks_label[0] != '\0' ? c->marks_label : "break-even", INK_ZONE, 0);
    if (on_axis(&p->x, c->you))
        caption_part(&cap, p->glyphs->vertical, "you", INK_PLAIN, 0);
    if (chart_has_bands(c))
        caption_bands(&cap);
    if (own_marks(p->glyphs) && any_shared(p))
        caption_part(&cap, "X", "two lines", INK_FAINT, 0);
    if (c->axes[0] == '\0')
        caption_part(&cap, "", c->y_label, INK_FAINT, 0);
    if (c->you_high > c->you_low && c->you_high >= p->x.low && c->you_low <= p->x.high)
        caption_part(&cap, p->glyphs->thick, "your 90% range", INK_ZONE, 0);
    return cap.row + 1;
}

/* ---- the whole chart -------------------------------------------------------------------------- */

static int
label_width(const struct ticks *t)
{
    int most = 1;

    for (int k = 0; k < t->n; k++)
        if ((int)strlen(t->label[k]) > most)
            most = (int)strlen(t->label[k]);
    return most;
}

bool
chart_has_bands(const struct chart *c)
{
    for (int s = 0; s < c->n_series; s++)
        if (c->series[s].dotted)
            return true;
    return false;
}

static void
no_room(struct canvas *c, const struct chart_place *at, const struct glyphs *g, const char *why)
{
    canvas_text_fit(c, at->row + at->rows / 2, at->column + 1, at->columns - 2, why, INK_FAINT, 0, g->ascii);
}

bool
chart_has_lines(const struct chart *c)
{
    return c->n_series > 0 && c->y_high > c->y_low && c->x_high > c->x_low;
}

void
draw_lines(struct canvas *canvas, const struct chart *c, const struct chart_place *at,
           const struct glyphs *g, struct chart_area *area)
{
    struct ticks x_ticks, y_ticks;
    struct plot p = { .canvas = canvas, .chart = c, .glyphs = g, .heavy = at->heavy };

    if (!chart_has_lines(c)) {
        no_room(canvas, at, g, c->note[0] != '\0' ? c->note : "nothing to draw: no cost is known");
        return;
    }
    p.x = (struct axis){ c->x_low, c->x_high, c->x_log };
    int caption = lay_caption(&p, -1, at->column, at->columns, at->rows >= 14 ? 3 : at->rows >= 11 ? 2 : 1);
    p.rows = at->rows - 2 - caption;
    if (p.rows < 3 || at->columns < 16) {
        no_room(canvas, at, g, "too small for a chart; # shows the table");
        return;
    }
    axis_fit_rows(&p.y, &y_ticks, c->y_low, c->y_high, c->y_log, p.rows, c->y_prefix != NULL ? c->y_prefix : "");
    int labels = label_width(&y_ticks);
    p.row = at->row;
    p.column = at->column + labels + 2;
    p.columns = at->columns - labels - 4;
    if (p.columns < 8) {
        no_room(canvas, at, g, "too small for a chart; # shows the table");
        return;
    }
    if (c->x_log)
        ticks_log(&x_ticks, c->x_low, c->x_high, p.columns, 2, c->x_prefix != NULL ? c->x_prefix : "");
    else
        ticks_linear(&x_ticks, c->x_low, c->x_high, p.columns, 2, c->x_prefix != NULL ? c->x_prefix : "");

    size_t n = (size_t)p.rows * (size_t)p.columns;
    unsigned char *block = calloc(n, 4);
    if (block == NULL)
        return;
    p.dots = block;
    p.owner = (signed char *)(block + n);
    p.shared = (bool *)(block + 2 * n);
    p.lettered = (bool *)(block + 3 * n);
    memset(p.owner, -1, n);
    for (int s = 0; s < c->n_series; s++)
        if (!c->series[s].points)
            draw_series(&p, s);
    draw_y_axis(&p, &y_ticks);
    draw_x_axis(&p, &x_ticks, at->column, at->column + at->columns);
    draw_marks(&p, at->crosshair);
    put_dots(&p);
    put_letters(&p);
    put_points(&p);
    lay_caption(&p, at->row + at->rows - caption, at->column, at->columns, caption);
    free(block);
    set_area(area, p.row, p.column, p.rows, p.columns, &p.x, p.y.low, p.y.high);
}

double
chart_x_at(const struct chart_area *a, int column)
{
    struct axis x = { a->x_low, a->x_high, a->x_log };
    double f = a->columns > 1 ? (column - a->column) / (double)(a->columns - 1) : 0;

    return axis_value(&x, fmin(1, fmax(0, f)));
}

int
chart_column_of(const struct chart_area *a, double value)
{
    struct axis x = { a->x_low, a->x_high, a->x_log };

    return a->columns > 0 ? a->column + axis_cell(&x, value, a->columns) : -1;
}
