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
}

/* Markdown as it will be written, from the line that was scrolled to. */
static int
draw_report(const struct app *app, struct canvas *c, int top, int left, int rows, int columns)
{
    const char *line = app->report.text != NULL ? app->report.text : "";
    int n = 0;

    for (; *line != '\0'; n++) {
        size_t length = strcspn(line, "\n");
        char text[512];
        snprintf(text, sizeof text, "%.*s", (int)(length < sizeof text ? length : sizeof text - 1), line);
        if (n >= app->scroll && n < app->scroll + rows)
            canvas_text_fit(c, top + n - app->scroll, left + 1, columns - 1, text, INK_PLAIN,
                            text[0] == '#' ? PEN_BOLD : 0,
                            app->glyphs->ascii);
        line += length + (line[length] == '\n');
    }
    return n;
}

void
draw_view(const struct app *app, struct canvas *c, int top, int left, int rows, int columns, struct screen_map *map)
{
    struct chart *chart = malloc(sizeof *chart);
    struct chart_place at = { top, left, rows, columns, app->crosshair, app->presentation, app->table };

    map->scroll_most = 0;
    if (app_view_is(app, "report"))
        map->scroll_most = draw_report(app, c, top, left, rows, columns) - rows;
    else if (chart != NULL && app_build_view(app, chart, columns) == 0) {
        if (app->table || chart->kind == CHART_TABLE) {
            map->scroll_most = chart->n_rows - chart_table_rows(chart, columns, rows);
            int from = app->scroll < map->scroll_most ? app->scroll : map->scroll_most > 0 ? map->scroll_most : 0;
            memmove(chart->rows, chart->rows + from, (size_t)(chart->n_rows - from) * sizeof chart->rows[0]);
            chart->n_rows -= from;
        }
        chart_draw(c, chart, &at, app->glyphs, &map->area);
    }
    free(chart);
}

/* Cost a month of each arm at a volume: the pick, its rival and their difference first. */
static int
readout_costs(const struct answer *an, double x, char *out, size_t size)
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
        n += snprintf(out + n, size - (size_t)n, "  %c %.14s %s/mo", 'A' + a, an->arms[a].name,
                      number_usd(usd, sizeof usd, y));
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
readout_series(const struct app *app, double x, char *out, size_t size)
{
    struct chart *c = malloc(sizeof *c);
    char number[24];
    int n;

    if (c == NULL || app_build_view(app, c, 80) != 0 || c->kind != CHART_LINES) {
        free(c);
        return;
    }
    n = snprintf(out, size, "%s %.*s", number_si(number, sizeof number, x), (int)strcspn(c->x_label, ",;"), c->x_label);
    for (int k = 0; k < c->n_series && n < (int)size - 64; k++) {
        const struct series *s = &c->series[k];
        for (int i = 0; !s->dotted && i + 1 < s->n; i++)
            if (s->x[i] <= x && x <= s->x[i + 1] && isfinite(s->y[i]) && isfinite(s->y[i + 1])) {
                double y = s->x[i + 1] > s->x[i]
                    ? s->y[i] + (s->y[i + 1] - s->y[i]) * (x - s->x[i]) / (s->x[i + 1] - s->x[i]) : s->y[i];
                if (c->y_prefix[0] == '$')
                    number_usd(number, sizeof number, y);
                else
                    number_si(number, sizeof number, y);
                n += snprintf(out + n, size - (size_t)n, "  %c %.14s %s", s->letter, s->name, number);
                break;
            }
    }
    free(c);
}

void
draw_readout(const struct app *app, struct canvas *c, int row, int left, int columns, const struct chart_area *area)
{
    char text[400] = "", costs[320], number[24];

    if (app_answer(app) == NULL || app->crosshair < 0 || area->columns == 0 || app->table)
        return;
    double x = chart_x_at(area, area->column + app->crosshair);
    if (over_volume(app)) {
        readout_costs(app_answer(app), x, costs, sizeof costs);
        snprintf(text, sizeof text, "%s tokens/day%s", number_si(number, sizeof number, x), costs);
    } else
        readout_series(app, x, text, sizeof text);
    canvas_text_fit(c, row, left, columns, text, INK_FOCUS, PEN_BOLD, app->glyphs->ascii);
}
