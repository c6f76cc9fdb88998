/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "svg.h"

/* Lines over an axis, with its marks, and the axis that other pictures use. */

static double
x_px(const struct svg *s, double v)
{
    return s->left + axis_fraction(&s->x, v) * (s->right - s->left);
}

static double
y_px(const struct svg *s, double v)
{
    return s->bottom - axis_fraction(&s->y, v) * (s->bottom - s->top);
}

/* ---- axes ------------------------------------------------------------------------------------ */

void
svg_x_ticks(struct svg *s, double grid_top, double grid_bottom, double text_y, const char *prefix)
{
    struct ticks t;
    int cells = (int)((s->right - s->left) / SVG_CHAR);

    if (s->x.log)
        ticks_log(&t, s->x.low, s->x.high, cells, 2, prefix);
    else
        ticks_linear(&t, s->x.low, s->x.high, cells, 2, prefix);
    for (int k = 0; k < t.n; k++) {
        double x = x_px(s, t.at[k]), half = (double)strlen(t.label[k]) * SVG_CHAR / 2;
        bool over = x + half > s->width - 2, under = x - half < 2;

        svg_line(s->out, x, grid_top, x, grid_bottom, "g");
        svg_text(s->out, over ? s->width - 2 : under ? 2 : x, text_y, over ? "end" : under ? "start" : "middle", "", 0,
                 t.label[k]);
    }
}

static void
y_ticks(struct svg *s, const struct ticks *t)
{
    for (int k = 0; k < t->n; k++) {
        double y = y_px(s, t->at[k]);
        svg_line(s->out, s->left, y, s->right, y, "g");
        svg_text(s->out, s->left - 6, y + 4, "end", "", 0, t->label[k]);
    }
}

/* ---- series ------------------------------------------------------------------------------------ */

struct pen_path {
    struct buffer *out;
    bool down, waiting;
    double x0, y0, x1, y1; /* last written; seen and not yet written */
    double low, high;      /* angles from the written point under which all seen since lie on the line */
};
#define PATH_OFF 0.3       /* px that a point left out may lie beside the line           */

static void
path_write(struct pen_path *p, double x, double y)
{
    buffer_putc(p->out, p->down ? 'L' : 'M');
    svg_number(p->out, x);
    buffer_putc(p->out, ' ');
    svg_number(p->out, y);
    p->down = true;
    p->x0 = x, p->y0 = y;
    p->low = -INFINITY, p->high = INFINITY;
}

/* Points are left out as long as one straight line passes all of them by. */
static void
path_to(struct pen_path *p, double x, double y)
{
    if (!p->down) {
        path_write(p, x, y);
    } else if (p->waiting) {
        double angle = atan2(y - p->y0, x - p->x0);
        if (angle < p->low || angle > p->high)
            path_write(p, p->x1, p->y1);
    }
    double far = hypot(x - p->x0, y - p->y0);
    if (far > PATH_OFF) {
        double angle = atan2(y - p->y0, x - p->x0), slack = asin(PATH_OFF / far);
        p->low = fmax(p->low, angle - slack);
        p->high = fmin(p->high, angle + slack);
    }
    p->x1 = x, p->y1 = y;
    p->waiting = true;
}

static void
path_end(struct pen_path *p)
{
    if (p->waiting)
        path_write(p, p->x1, p->y1);
    p->down = p->waiting = false;
}

static bool
drawable(const struct svg *s, double x, double y)
{
    return isfinite(x) && isfinite(y) && (!s->x.log || x > 0) && (!s->y.log || y > 0);
}

static void
put_points(struct svg *s, const struct series *series)
{
    for (int k = 0; k < series->n; k++)
        if (drawable(s, series->x[k], series->y[k]))
            svg_diamond(s->out, x_px(s, series->x[k]) - s->left, y_px(s, series->y[k]) - s->top);
}

static void
put_series(struct svg *s, const struct series *series)
{
    struct pen_path p = { .out = s->out };
    double far = 4 * (s->bottom - s->top), before = 0; /* cut off well outside */

    buffer_printf(s->out, "<path class=\"%s%d\" d=\"", series->dotted ? "d c" : "l s", svg_series(series));
    for (int k = 0; k < series->n; k++) {
        if (!drawable(s, series->x[k], series->y[k])) {
            path_end(&p);
            continue;
        }
        double x = x_px(s, series->x[k]) - s->left;
        double y = fmax(-far, fmin(far, y_px(s, series->y[k]) - s->top));
        if (series->step && p.down)
            path_to(&p, x, before);
        path_to(&p, x, y);
        before = y;
    }
    path_end(&p);
    buffer_puts(s->out, "\"/>\n");
}

/* ---- letters on the lines, where no other line is near --------------------------------------- */

#define LETTERS_MAX (2 * SERIES_MAX)
struct letters {
    int n;
    double x[LETTERS_MAX], y[LETTERS_MAX];
};

static double
clearance(const struct svg *s, int index, double x, double y, const struct letters *placed)
{
    double least = fmin(fmin(y - s->top, s->bottom - y), 60);
    double value = axis_value(&s->x, (x - s->left) / (s->right - s->left));

    for (int k = 0; k < s->chart->n_series; k++) {
        double other = series_at(&s->chart->series[k], value, s->x.log, s->y.log);
        if (k != index && !s->chart->series[k].points && drawable(s, value, other))
            least = fmin(least, fabs(y_px(s, other) - y));
    }
    for (int k = 0; k < placed->n; k++)
        least = fmin(least, hypot(placed->x[k] - x, placed->y[k] - y));
    return least;
}

static void
put_letters(struct svg *s)
{
    struct letters placed = { 0 };

    for (int index = 0; index < s->chart->n_series; index++) {
        const struct series *series = &s->chart->series[index];
        char text[2] = { series->letter, '\0' }, css[16];

        if (series->dotted || series->points || series->letter == '\0')
            continue;
        snprintf(css, sizeof css, "n n%d", svg_series(series));
        for (int half = 0; half < 2; half++) {
            double best = 7, best_x = 0, best_y = 0; /* px that a letter needs around it */
            for (int k = 0; k < 24; k++) {
                double f = 0.04 + half * 0.48 + k * 0.019, x = s->left + f * (s->right - s->left);
                double y = series_at(series, axis_value(&s->x, f), s->x.log, s->y.log);
                if (!drawable(s, 1, y) || y_px(s, y) < s->top || y_px(s, y) > s->bottom)
                    continue;
                double room = clearance(s, index, x, y_px(s, y), &placed);
                if (room > best)
                    best = room, best_x = x, best_y = y_px(s, y);
            }
            if (best_x <= 0 || placed.n == LETTERS_MAX)
                continue;
            placed.x[placed.n] = best_x, placed.y[placed.n++] = best_y;
            svg_text(s->out, best_x, best_y + 4, "middle", css, 0, text);
        }
    }
}

/* ---- marks ---------------------------------------------------------------------------------------- */

static bool
on_axis(const struct svg *s, double v)
{
    return isfinite(v) && v >= s->x.low && v <= s->x.high;
}

static void
put_zone(struct svg *s)
{
    const struct chart *c = s->chart;

    if (c->n_marks < 2)
        return;
    double from = fmax(c->marks[0], s->x.low), to = fmin(c->marks[c->n_marks - 1], s->x.high);
    if (to > from)
        svg_rect(s->out, (struct svg_box){ x_px(s, from), s->top, x_px(s, to) - x_px(s, from), s->bottom - s->top }, "z");
}

static void
put_marks(struct svg *s)
{
    const struct chart *c = s->chart;

    for (int k = 0; k < c->n_marks; k++)
        if (on_axis(s, c->marks[k]))
            svg_line(s->out, x_px(s, c->marks[k]), s->top, x_px(s, c->marks[k]), s->bottom, "k");
    if (c->zero_line && s->y.low < 0 && s->y.high > 0)
        svg_line(s->out, s->left, y_px(s, 0), s->right, y_px(s, 0), "y");
    if (c->you_high > c->you_low && c->you_high >= s->x.low && c->you_low <= s->x.high)
        svg_line(s->out, x_px(s, fmax(c->you_low, s->x.low)), s->bottom, x_px(s, fmin(c->you_high, s->x.high)), s->bottom,
                 "h");
    if (on_axis(s, c->you))
        svg_line(s->out, x_px(s, c->you), s->top, x_px(s, c->you), s->bottom, "y");
}

/* What the unnamed marks are, in words below the picture. */
static void
key_words(const struct svg *s, char *out, size_t size)
{
    const struct chart *c = s->chart;
    bool marked = false;

    for (int k = 0; k < c->n_marks; k++)
        marked |= on_axis(s, c->marks[k]);
    snprintf(out, size, "%s%s%s%s%s%s", c->x_label, chart_has_bands(c) ? "; dotted lines: 90% band" : "", marked ? "; dotted upright: " : "",
             !marked ? "" : c->marks_label[0] != '\0' ? c->marks_label : "break-even",
             on_axis(s, c->you) ? "; upright line: here" : "", c->you_high > c->you_low ? "; thick axis: its 90% range" : "");
}

static void
y_axis(struct svg *s, struct ticks *t)
{
    const struct chart *c = s->chart;
    const char *prefix = c->y_prefix != NULL ? c->y_prefix : "";
    int rows = (int)((s->bottom - s->top) / SVG_ROW);
    double pad = c->y_log ? pow(c->y_high / c->y_low, 0.03) : (c->y_high - c->y_low) * 0.03;

    s->y = (struct axis){ c->y_low, c->y_high, c->y_log };
    s->y.high = c->y_log ? c->y_high * pad : c->y_high + pad;
    if (c->y_low != 0)
        s->y.low = c->y_log ? c->y_low / pad : c->y_low - pad;
    if (c->y_log)
        ticks_log(t, s->y.low, s->y.high, rows, -2, prefix);
    else
        ticks_linear(t, s->y.low, s->y.high, rows, -2, prefix);
    size_t most = 1;
    for (int k = 0; k < t->n; k++)
        most = strlen(t->label[k]) > most ? strlen(t->label[k]) : most;
    s->left = SVG_MARGIN + (double)most * SVG_CHAR + 8;
}

double
svg_lines(struct svg *s, double top, double height)
{
    const struct chart *c = s->chart;
    double inner = s->width - 2 * SVG_MARGIN;
    char key[256];
    struct ticks t;

    if (!chart_has_lines(c))
        return top + svg_wrapped(s->out, SVG_MARGIN, top + 16, inner, "q",
                                 c->note[0] != '\0' ? c->note : "nothing to draw: no cost is known") * SVG_LINE + 8;
    s->x = (struct axis){ c->x_low, c->x_high, c->x_log };
    key_words(s, key, sizeof key);
    int key_lines = svg_wrapped(NULL, 0, 0, inner, "q", key), legend = svg_legend(NULL, c, 0, 0, inner);
    double below = SVG_LINE * (1 + key_lines + legend) + 10;

    svg_text(s->out, SVG_MARGIN, top + 12, "start", "q", inner, c->y_label);
    s->top = top + (c->y_label[0] != '\0' ? SVG_LINE + 6 : 8);
    s->right = s->width - SVG_MARGIN - 6;
    s->bottom = fmax(s->top + 140, top + height - below); /* words never crowd the picture out */
    y_axis(s, &t);
    put_zone(s);
    svg_x_ticks(s, s->top, s->bottom, s->bottom + 16, c->x_prefix != NULL ? c->x_prefix : "");
    y_ticks(s, &t);
    svg_line(s->out, s->left, s->bottom, s->right, s->bottom, "a");
    put_marks(s);
    buffer_puts(s->out, "<svg");
    svg_attribute(s->out, "x", s->left);
    svg_attribute(s->out, "y", s->top);
    svg_attribute(s->out, "width", s->right - s->left);
    svg_attribute(s->out, "height", s->bottom - s->top);
    buffer_puts(s->out, ">\n");
    for (int k = c->n_series - 1; k >= 0; k--) /* the first lies uppermost */
        (c->series[k].points ? put_points : put_series)(s, &c->series[k]);
    buffer_puts(s->out, "</svg>\n");
    put_letters(s);
    double y = s->bottom + 16 + SVG_LINE;
    svg_wrapped(s->out, SVG_MARGIN, y, inner, "q", key);
    svg_legend(s->out, c, SVG_MARGIN, y + key_lines * SVG_LINE + 2, inner);
    return s->bottom + below;
}
