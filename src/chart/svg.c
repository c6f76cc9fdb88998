/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "svg.h"

/* ---- marks on the page ------------------------------------------------------------------ */

void
svg_number(struct buffer *out, double v)
{
    long tenths = isfinite(v) ? lround(fmax(-1e6, fmin(1e6, v)) * 10) : 0;

    buffer_printf(out, "%s%ld", tenths < 0 ? "-" : "", labs(tenths) / 10);
    if (tenths % 10 != 0)
        buffer_printf(out, ".%ld", labs(tenths) % 10);
}

void
svg_attribute(struct buffer *out, const char *name, double v)
{
    buffer_printf(out, " %s=\"", name);
    svg_number(out, v);
    buffer_putc(out, '"');
}

/* One character at a time, so that no length of text is cut. */
void
svg_escape(struct buffer *out, const char *utf8)
{
    static const struct {
        char c;
        const char *entity;
    } entities[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" }, { '\'', "&#39;" } };
    size_t n = strlen(utf8);

    for (size_t i = 0; i < n;) {
        char one[5], clean[8];
        uint32_t cp;
        const char *written = clean;

        i += (size_t)text_decode(utf8 + i, n - i, &cp);
        text_encode(cp, one);
        text_clean(clean, sizeof clean, one);
        for (size_t k = 0; k < BE_LEN(entities); k++)
            if (clean[0] == entities[k].c)
                written = entities[k].entity;
        buffer_puts(out, written);
    }
}

void
svg_text(struct buffer *out, double x, double y, const char *anchor, const char *css, double most, const char *utf8)
{
    int cells = most > 0 ? (int)(most / SVG_CHAR) : 0;
    bool cut = most > 0 && text_width(utf8) > cells;
    char fitted[512];

    if (utf8[0] == '\0' || (most > 0 && cells < 1))
        return;
    buffer_puts(out, "<text");
    svg_attribute(out, "x", x);
    svg_attribute(out, "y", y);
    if (strcmp(anchor, "start") != 0)
        buffer_printf(out, " text-anchor=\"%s\"", anchor);
    if (css[0] != '\0')
        buffer_printf(out, " class=\"%s\"", css);
    buffer_putc(out, '>');
    if (cut) {
        buffer_puts(out, "<title>");
        svg_escape(out, utf8);
        buffer_puts(out, "</title>");
        text_fit(fitted, sizeof fitted, utf8, cells, false);
    }
    svg_escape(out, cut ? fitted : utf8);
    buffer_puts(out, "</text>\n");
}

void
svg_line(struct buffer *out, double x1, double y1, double x2, double y2, const char *css)
{
    buffer_puts(out, "<line");
    svg_attribute(out, "x1", x1);
    svg_attribute(out, "y1", y1);
    svg_attribute(out, "x2", x2);
    svg_attribute(out, "y2", y2);
    buffer_printf(out, " class=\"%s\"/>\n", css);
}

void
svg_rect(struct buffer *out, struct svg_box b, const char *css)
{
    buffer_puts(out, "<rect");
    svg_attribute(out, "x", b.x);
    svg_attribute(out, "y", b.y);
    svg_attribute(out, "width", b.width);
    svg_attribute(out, "height", b.height);
    buffer_printf(out, " class=\"%s\"/>\n", css);
}

int
svg_wrapped(struct buffer *out, double x, double y, double width, const char *css, const char *utf8)
{
    int lines = 0;
    char line[512];

    while (*utf8 != '\0') {
        size_t n = text_break(utf8, (int)(width / SVG_CHAR));
        if (n == 0)
            break;
        snprintf(line, sizeof line, "%.*s", (int)(n < sizeof line ? n : sizeof line - 1), utf8);
        if (out != NULL)
            svg_text(out, x, y + lines * SVG_LINE, "start", css, 0, line);
        lines++;
        utf8 += n;
        utf8 += strspn(utf8, " ");
    }
    return lines;
}

void
svg_diamond(struct buffer *out, double x, double y)
{
    buffer_puts(out, "<path class=\"u\" d=\"M");
    svg_number(out, x);
    buffer_putc(out, ' ');
    svg_number(out, y - 6);
    buffer_puts(out, "l5 6l-5 6l-5-6z\"/>\n");
}

/* ---- legend ---------------------------------------------------------------------------------- */

#define SAMPLE 24.0 /* the piece of line before a name */

static void
legend_entry(struct buffer *out, const struct chart *c, const struct series *s, double x, double y)
{
    char css[32], text[64];
    int k = svg_series(s);

    if (s->points) {
        svg_diamond(out, x + SAMPLE / 2, y - 4);
        svg_text(out, x + SAMPLE, y, "start", "b", 0, s->name);
        return;
    }
    snprintf(text, sizeof text, "%c %s", s->letter, s->name);
    if (c->kind == CHART_MAP) {
        snprintf(css, sizeof css, "f%d", k);
        svg_rect(out, (struct svg_box){ x, y - 10, SAMPLE - 6, 11 }, css);
    } else {
        snprintf(css, sizeof css, "l s%d", k);
        svg_line(out, x, y - 4, x + SAMPLE - 4, y - 4, css);
    }
    svg_text(out, x + SAMPLE, y, "start", "b", 0, text);
}

int
svg_legend(struct buffer *out, const struct chart *c, double x, double y, double width)
{
    double at = x;
    int lines = 0;

    for (int k = 0; k < c->n_series; k++) {
        const struct series *s = &c->series[k];
        if (s->dotted || s->name[0] == '\0')
            continue;
        double wide = SAMPLE + (text_width(s->name) + 2) * SVG_CHAR;
        if (lines == 0 || at + wide > x + width) {
            at = x;
            lines++;
        }
        if (out != NULL)
            legend_entry(out, c, s, at, y + (lines - 1) * SVG_LINE);
        at += wide + 14;
    }
    return lines;
}

/* ---- the document ---------------------------------------------------------------------------- */

/* The classes are the chart's own (be-chart), so that a page's rules stay apart; a page may set
 * the variables. Printed pages are light whatever the screen prefers. Series differ in dashes and
 * letters first, in colour second. */
static const struct {
    const char *name, *light, *dark;
} paints[] = {
    { "ink", "#1b1f24", "#e6e9ec" }, { "faint", "#57606a", "#a3adb8" }, { "grid", "#d8dee4", "#39414a" },
    { "paper", "#ffffff", "#14181d" }, { "zone", "#f0e6c8", "#3d3720" },
    { "0", "#0070d6", "#4da3ff" }, { "1", "#c25100", "#ff8b3d" }, { "2", "#66707a", "#a9b3bd" },
    { "3", "#8e3a8c", "#dd8fdb" }, { "4", "#007f78", "#3cc4ba" }, { "5", "#846400", "#d9b338" },
    { "6", "#5a55c9", "#a9a5ff" }, { "7", "#b4174c", "#ff7aa2" },
};
enum paint { INK, FAINT, GRID, PAPER, ZONE, SERIES };

static const struct {
    const char *css, *rest; /* class and what else it sets */
    bool stroke;
    enum paint paint;
} classes[] = {
    { " text", "", false, INK }, { " .t", "font-size:14px;font-weight:600", false, INK },
    { " .b", "font-weight:600", false, INK }, { " .q", "", false, FAINT },
    { " .m", "font-family:ui-monospace,\"DejaVu Sans Mono\",monospace;font-size:11.5px", false, INK },
    { " .p", "", false, PAPER }, { " .z", "", false, ZONE }, { " .g", "", true, GRID }, { " .a", "", true, FAINT },
    { " .k", "stroke-dasharray:2 4", true, INK }, { " .y", "", true, INK },
    { " .h", "stroke-width:5;stroke-linecap:round", true, INK },
    { " .n", "font-weight:700;paint-order:stroke;stroke-width:4px", true, PAPER },
    { " .o", "paint-order:stroke;stroke-width:4px", true, PAPER }, { " .u", "", false, INK }, { " .v", "fill-opacity:.45", false, FAINT }, { " .w", "", false, FAINT },
};

/* The plain colour first, for readers that know no variables. */
static void
put_paint(struct buffer *out, const char *what, enum paint k)
{
    buffer_printf(out, "%s:%s;%s:var(--be-%s,%s)", what, paints[k].light, what, paints[k].name, paints[k].light);
}

static void
put_dark(struct buffer *out)
{
    buffer_puts(out, "@media screen and (prefers-color-scheme:dark){.be-chart{");
    for (size_t k = 0; k < BE_LEN(paints); k++)
        buffer_printf(out, "--be-%s:%s;", paints[k].name, paints[k].dark);
    buffer_puts(out, "}}\n");
}

static void
put_series_style(struct buffer *out, int k, const char *dashes)
{
    buffer_printf(out, ".be-chart .s%d{", k);
    put_paint(out, "stroke", SERIES + (enum paint)k);
    buffer_printf(out, ";stroke-dasharray:%s}.be-chart .c%d{", dashes, k);
    put_paint(out, "stroke", SERIES + (enum paint)k);
    buffer_printf(out, "}.be-chart .n%d{", k);
    put_paint(out, "fill", SERIES + (enum paint)k);
    buffer_printf(out, "}.be-chart .f%d{", k);
    put_paint(out, "fill", SERIES + (enum paint)k);
    buffer_puts(out, ";fill-opacity:.3}\n");
}

static void
put_style(struct buffer *out, const struct chart *c)
{
    static const char *const dashes[] = { "none", "8 3", "3 3", "10 3 2 3", "6 2 2 2 2 2", "14 4", "2 2", "8 2 4 2" };
    bool used[BE_LEN(dashes)] = { false };

    buffer_puts(out, "<style>.be-chart{font:12px system-ui,-apple-system,\"Segoe UI\",Roboto,\"DejaVu Sans\",sans-serif;"
                     "font-variant-numeric:tabular-nums;max-width:100%;height:auto}\n");
    put_dark(out);
    for (size_t k = 0; k < BE_LEN(classes); k++) {
        buffer_printf(out, ".be-chart%s{", classes[k].css);
        put_paint(out, classes[k].stroke ? "stroke" : "fill", classes[k].paint);
        buffer_printf(out, "%s%s}", classes[k].rest[0] != '\0' ? ";" : "", classes[k].rest);
    }
    buffer_puts(out, "\n.be-chart .l{fill:none;stroke-width:2;stroke-linejoin:round}"
                     ".be-chart .d{fill:none;stroke-width:1.5;stroke-dasharray:1 6;stroke-linecap:round}\n");
    for (int k = 0; k < c->n_series; k++)
        used[svg_series(&c->series[k])] = true;
    for (int k = 0; k < (int)BE_LEN(dashes); k++)
        if (used[k])
            put_series_style(out, k, dashes[k]);
    buffer_puts(out, "</style>\n");
}

static double
draw_content(struct svg *s, double top, double height)
{
    switch (s->chart->kind) {
    case CHART_LINES:
        return svg_lines(s, top, height);
    case CHART_BARS:
        return svg_bars(s, top);
    case CHART_SPREAD:
        return svg_spread(s, top, height);
    case CHART_MAP:
        return svg_map(s, top, height);
    default:
        return svg_table(s, top);
    }
}

/* Title, picture and, where the picture stands alone, the sentence. Returns its foot. */
static double
draw_all(struct svg *s, double height, bool alone)
{
    double inner = s->width - 2 * SVG_MARGIN, foot = SVG_MARGIN;
    const char *words = strcmp(s->chart->sentence, s->chart->note) != 0 ? s->chart->sentence : "";
    int title = svg_wrapped(s->out, SVG_MARGIN, foot + 12, inner / 1.2, "t", s->chart->title);
    int lines = alone ? svg_wrapped(NULL, 0, 0, inner, "", words) : 0;

    foot += title * (SVG_LINE + 1);
    foot = draw_content(s, foot, height - foot - SVG_MARGIN - lines * SVG_LINE);
    svg_wrapped(lines > 0 ? s->out : NULL, SVG_MARGIN, foot + 12, inner, "", words);
    return foot + lines * SVG_LINE + SVG_MARGIN;
}

static int
put_document(struct buffer *out, const struct chart *c, int width_px, int height_px, bool alone)
{
    struct svg s = { .chart = c, .width = width_px < 240 ? 240 : width_px };
    struct buffer body;
    double asked = height_px > 0 ? height_px : fmax(260, fmin(420, s.width * 0.55));

    buffer_init(&body);
    s.out = &body;
    s.height = draw_all(&s, asked < 200 ? 200 : asked, alone);
    buffer_puts(out, alone ? "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" : "");
    buffer_puts(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"be-chart\" role=\"img\"");
    svg_attribute(out, "width", s.width);
    svg_attribute(out, "height", ceil(s.height));
    buffer_puts(out, " viewBox=\"0 0 ");
    svg_number(out, s.width);
    buffer_putc(out, ' ');
    svg_number(out, ceil(s.height));
    buffer_puts(out, "\">\n<title>");
    svg_escape(out, c->title);
    buffer_puts(out, "</title>\n<desc>");
    svg_escape(out, c->sentence[0] != '\0' ? c->sentence : c->note);
    buffer_puts(out, "</desc>\n");
    put_style(out, c);
    if (alone)
        svg_rect(out, (struct svg_box){ 0, 0, s.width, ceil(s.height) }, "p");
    buffer_add(out, body.text, body.n);
    buffer_puts(out, "</svg>\n");
    out->failed |= body.failed;
    buffer_release(&body);
    return out->failed ? -1 : 0;
}

int
chart_svg(struct buffer *out, const struct chart *c, int width_px, int height_px)
{
    return put_document(out, c, width_px, height_px, false);
}

int
chart_svg_file(struct buffer *out, const struct chart *c, int width_px, int height_px)
{
    return put_document(out, c, width_px, height_px, true);
}
