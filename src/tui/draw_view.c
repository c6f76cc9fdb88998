/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"

/* The view: tabs, picture or table, and the crosshair's readout. */

void
draw_tabs(const struct app *app, struct canvas *c, int row, int left, int columns, struct screen_map *map)
{
    int at = left;

    map->tabs_row = row;
    for (int k = left; k < left + columns; k++)
        canvas_text(c, row, k, app->glyphs->horizontal, INK_FRAME, 0);
    /* Names where they fit, letters where they do not. */
    int width = 0;
    for (int v = 0; v < app_views_n(); v++)
        width += text_width(app_view(v)->name) + 3;
    for (int v = 0; v < app_views_n() && v < VIEWS_MAX; v++) {
        char text[48];
        bool here = v == app->view;
        if (width <= columns || here)
            snprintf(text, sizeof text, "%c %s", app_view(v)->key, app_view(v)->name);
        else
            snprintf(text, sizeof text, "%c", app_view(v)->key);
        map->tabs[v] = at;
        at += canvas_text(c, row, at, text, INK_TITLE,
                          here ? PEN_BOLD | (app->focus == FOCUS_VIEW ? PEN_REVERSE : PEN_UNDERLINE) : 0);
        at += canvas_text(c, row, at, " ", INK_PLAIN, 0);
    }
    map->tabs_end = at;
}

/* Markdown as it will be written, from the line that was scrolled to. What is longer than the view goes on
 * in the next row, except in the charts, whose rows mean nothing broken. */
static int
draw_report(const struct app *app, struct canvas *c, int top, int left, int rows, int columns)
{
    const char *line = app->report.text != NULL ? app->report.text : "";
    bool picture = false;
    int n = 0;

    while (*line != '\0') {
        size_t length = strcspn(line, "\n");
        char text[2048];
        snprintf(text, sizeof text, "%.*s", (int)(length < sizeof text ? length : sizeof text - 1), line);
        picture ^= strncmp(text, "```", 3) == 0;
        const char *words = text;
        do {
            char part[sizeof text];
            size_t cut = picture ? strlen(words) : text_break(words, columns - 1);
            cut = cut > 0 ? cut : strlen(words);
            snprintf(part, sizeof part, "%.*s", (int)cut, words);
            if (n >= app->scroll && n < app->scroll + rows)
                canvas_text_fit(c, top + n - app->scroll, left + 1, columns - 1, part, INK_PLAIN, text[0] == '#' ? PEN_BOLD : 0,
                                app->glyphs->ascii);
            words += cut;
            words += strspn(words, " ");
            n++;
        } while (*words != '\0');
        line += length + (line[length] == '\n');
    }
    return n;
}

/* ---- the readout ------------------------------------------------------------------------------ */

/* Cost a month of each arm at a volume: the pick, its rival and their difference first. Brief 1: the unit once; 2: by their letters
 * alone. */
static int
readout_costs(const struct answer *an, double x, int brief, char *out, size_t size)
{
    int order[ARMS_MAX], n_order = 0, n = 0;
    double y, first = NAN;
    char usd[24];

    if (an->verdict.pick >= 0)
        order[n_order++] = an->verdict.pick;
    if (an->verdict.rival >= 0)
        order[n_order++] = an->verdict.rival;
    for (int a = 0; a < an->n_arms; a++)
        if (a != an->verdict.pick && a != an->verdict.rival)
            order[n_order++] = a;
    out[0] = '\0';
    for (int k = 0; k < n_order && n < (int)size - 64; k++) {
        int a = order[k];
        if (!an->arms[a].known)
            continue;
        cost_curve(&an->setup, a, false, &x, 1, &y);
        number_usd(usd, sizeof usd, y);
        n += snprintf(out + n, size - (size_t)n, "  %c %.*s%s%s%s", 'A' + a, brief < 2 ? 14 : 0, an->arms[a].name, brief < 2 ? " " : "",
                      usd, brief == 0 || (brief == 1 && k == 0) ? "/mo" : "");
        if (k == 0)
            first = y;
        else if (a == an->verdict.rival && isfinite(first))
            n += snprintf(out + n, size - (size_t)n, " (%s%s)", y >= first ? "+" : "",
                          number_usd(usd, sizeof usd, y - first));
    }
    return n;
}

/* Any other chart of lines: its own points at x. */
static void
readout_series(const struct chart *c, double x, char *out, size_t size)
{
    const bool months = strcmp(c->x_label, "month") == 0; /* there is nothing between two */
    char number[24];
    int n;

    if (months)
        n = snprintf(out, size, "month %.0f", x = rint(x));
    else
        n = snprintf(out, size, "%s %.*s", number_si(number, sizeof number, x), (int)strcspn(c->x_label, ",;"), c->x_label);

    for (int k = 0; k < c->n_series && n < (int)size - 64; k++) {
        const struct series *s = &c->series[k];
        for (int i = 0; !s->dotted && !s->points && i + 1 < s->n; i++)
            if (s->x[i] <= x && x <= s->x[i + 1] && isfinite(s->y[i]) && isfinite(s->y[i + 1])) {
                double y = s->x[i + 1] > s->x[i]
                    ? s->y[i] + (s->y[i + 1] - s->y[i]) * (x - s->x[i]) / (s->x[i + 1] - s->x[i]) : s->y[i];
                if (c->y_prefix[0] == '$')
                    number_usd(number, sizeof number, y);
                else
                    number_si(number, sizeof number, y);
                n += snprintf(out + n, size - (size_t)n, "  %c %.14s %s%s", s->letter, s->name, number, c->y_unit);
                break;
            }
    }
}

/* How much of the histogram lies below x. */
static void
readout_spread(const struct chart *c, double x, char *out, size_t size)
{
    double at = (x - c->x_low) / (c->x_high - c->x_low) * (double)BE_LEN(c->histogram), below = 0;
    char usd[24];

    for (size_t k = 0; k < BE_LEN(c->histogram); k++)
        below += c->histogram[k] * fmin(1, fmax(0, at - (double)k));
    snprintf(out, size, "%s: %.0f%% of samples lie below, %.0f%% above", number_usd(usd, sizeof usd, x), 100 * below,
             100 * (1 - below));
}

static void
readout_map(const struct chart *c, const struct chart_place *at, const struct chart_area *area, char *out, size_t size)
{
    int row = c->map_rows - 1 - (at->cursor > 0 ? at->cursor : 0);
    int column = at->crosshair * c->map_columns / (area->columns > 0 ? area->columns : 1);
    struct ends { double low, high; bool log; } x = { c->x_low, c->x_high, c->x_log }, y = { c->y_low, c->y_high, c->y_log };
    double v[2], f[2] = { (column + 0.5) / c->map_columns, (row + 0.5) / c->map_rows };
    char numbers[2][24];

    if (column >= c->map_columns || row < 0)
        return;
    v[0] = x.log ? x.low * pow(x.high / x.low, f[0]) : x.low + f[0] * (x.high - x.low);
    v[1] = y.log ? y.low * pow(y.high / y.low, f[1]) : y.low + f[1] * (y.high - y.low);
    int arm = c->map[row * c->map_columns + column];
    snprintf(out, size, "%s  %s: %s  %s: %s", arm >= 0 && arm < c->n_series ? c->series[arm].name : "no arm passes", c->x_label,
             number_si(numbers[0], sizeof numbers[0], v[0]), c->y_label, number_si(numbers[1], sizeof numbers[1], v[1]));
}

static void
readout_bar(const struct chart *c, int bar, char *out, size_t size)
{
    if (bar < 0 || bar >= c->n_bars)
        return;
    const struct bar *b = &c->bars[bar];
    snprintf(out, size, "%s%s%s: %s", b->label, b->range[0] != '\0' ? ", " : "", b->range, b->note);
}

/* Under the crosshair, or where there is none at the scenario's own place; "" where it has none there. In fewer letters
 * where the columns ask for them. */
static void
readout(const struct app *app, const struct chart *chart, const struct chart_place *at, const struct chart_area *area, int columns,
        char *text, size_t size)
{
    char costs[320], number[24];
    double x = area->columns > 0 && at->crosshair >= 0 ? chart_x_at(area, area->column + at->crosshair) : chart->you;

    text[0] = '\0';
    if (app_answer(app) == NULL || (area->columns == 0 && chart->kind != CHART_BARS))
        return;
    if (chart->kind == CHART_BARS)
        readout_bar(chart, at->cursor, text, size);
    else if (chart->kind == CHART_MAP && at->crosshair >= 0)
        readout_map(chart, at, area, text, size);
    else if (chart->kind == CHART_MAP || !isfinite(x))
        return;
    else if (chart->kind == CHART_SPREAD)
        readout_spread(chart, x, text, size);
    else if (view_over_volume(app) && !app_view_is(app, "unit")) {
        number_si(number, sizeof number, x);
        for (int brief = 0; brief < 3 && (brief == 0 || text_width(text) > columns); brief++) {
            readout_costs(app_answer(app), x, brief, costs, sizeof costs);
            snprintf(text, size, "%s%s/day%s", number, brief == 0 ? " tokens" : "", costs);
        }
    } else
        readout_series(chart, x, text, size);
}

/* ---- the view ---------------------------------------------------------------------------------- */

/* With its lines' numbers at the right of the tabs, where they leave room. */
static void
show_report(const struct app *app, struct canvas *c, int top, int left, int rows, int columns, struct screen_map *map)
{
    int n = draw_report(app, c, top, left, rows, columns), first = app->scroll + 1, last = app->scroll + rows;
    char text[48];

    map->scroll_most = n - rows;
    snprintf(text, sizeof text, " line %d-%d of %d ", first, last < n ? last : n, n);
    int at = left + columns - text_width(text) - 1, tabs = map->tabs[app_views_n() - 1];
    if (n > rows && at > tabs + 10)
        canvas_text(c, top - 1, at, text, INK_FAINT, 0);
}

/* What the mouse and the keys have to know of the chart in sight. */
static void
note_chart(const struct app *app, const struct chart *chart, int columns, struct screen_map *map)
{
    const struct chart_area *a = &map->area;
    bool table = app->table || chart->kind == CHART_TABLE;

    map->cursor_rows = chart_cursor_rows(chart, app->table);
    map->hidden = table ? chart_table_hidden(chart, columns) : 0;
    map->crosshair = !table && chart->kind != CHART_BARS && a->columns > 0;
    map->you_column = map->you_row = -1;
    map->cursor_row = a->cursor_row;
    map->cursor_column = a->cursor_column;
    if (!map->crosshair)
        return;
    if (chart->you >= a->x_low && chart->you <= a->x_high)
        map->you_column = chart_column_of(a, chart->you) - a->column;
    if (chart->kind == CHART_MAP && chart->you_y >= chart->y_low && chart->you_y <= chart->y_high)
        map->you_row = chart_map_row(chart, chart->you_y);
}

void
draw_view(const struct app *app, struct canvas *c, int top, int left, int rows, int columns, struct screen_map *map)
{
    struct chart *chart = malloc(sizeof *chart);
    bool focused = app->focus == FOCUS_VIEW;

    map->view_row = top;
    map->view_rows = rows;
    map->view_column = left;
    map->view_columns = columns;
    map->scroll_most = 0;
    if (app_view_is(app, "report"))
        show_report(app, c, top, left, rows, columns, map);
    else if (chart != NULL && app_build_view(app, chart, columns) == 0) {
        bool table = app->table || chart->kind == CHART_TABLE;
        bool reads = focused && !table && rows > 6 && (chart->kind == CHART_BARS || app->crosshair >= 0 ||
                                                         (chart->kind != CHART_MAP && chart->you >= chart->x_low));
        bool below = reads && (!map->reads_apart || chart->kind == CHART_BARS);
        int most = chart_cursor_rows(chart, app->table) - 1;
        struct chart_place at = { .row = top, .column = left, .rows = rows - below, .columns = columns,
                                  .crosshair = focused ? app->crosshair : -1, .heavy = app->presentation, .table = app->table,
                                  .cursor = app->row < most ? app->row : most, .marked = focused, .skip = app->skip };
        chart_draw(c, chart, &at, app->glyphs, &map->area);
        note_chart(app, chart, columns, map);
        if (reads || (map->reads_apart && map->crosshair))
            readout(app, chart, &at, &map->area, (columns - 1) * (map->reads_apart ? 2 : 1), map->readout, sizeof map->readout);
        if (below)
            canvas_text_fit(c, top + rows - 1, left + 1, columns - 1, map->readout, INK_FOCUS, PEN_BOLD, app->glyphs->ascii);
    }
    free(chart);
}
