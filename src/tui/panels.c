/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"

/* What a large window shows beside the view: a second view below it; at the right, under the verdict, the
 * boxes that explain it and the tornado. */

#define FLIP_ROWS 6
#define RULES_ROWS 13  /* two sides of five rules                                       */
#define STRIP_ROWS 7
#define STRIP_FROM 18

static void
draw_other_view(const struct app *app, struct canvas *c, const char *id, int top, int left, int rows, int columns)
{
    const struct view *v = view_find(id);
    struct chart *chart = malloc(sizeof *chart);
    struct chart_place at = { .row = top + 1, .column = left, .rows = rows - 1, .columns = columns, .crosshair = -1,
                              .heavy = app->presentation, .cursor = -1 };
    struct chart_area ignored;
    char title[80];

    if (chart != NULL && v != NULL && v->build(chart, app_answer(app), app->catalog, columns) == 0) {
        snprintf(title, sizeof title, "%c %s", v->key, v->name);
        draw_heading(app, c, top, left, columns, title);
        chart_draw(c, chart, &at, app->glyphs, &ignored);
    }
    free(chart);
}

/* The scenarios that are open, a line each. */
static int
draw_scenarios(const struct app *app, struct canvas *c, int top, int left, int columns)
{
    int row = top + 1;
    char tokens[16], usd[16];

    draw_heading(app, c, top, left, columns, "X Compare");
    for (int k = 0; k < app->n_docs; k++) {
        const struct answer *an = app->docs[k].answer;
        bool here = k == app->doc;
        canvas_text(c, row, left, here ? app->glyphs->focus : " ", INK_FOCUS, PEN_BOLD);
        canvas_text_fit(c, row, left + 1, 20, app->docs[k].name, INK_PLAIN, here ? PEN_BOLD : 0, app->glyphs->ascii);
        if (an == NULL || an->verdict.pick < 0)
            canvas_text(c, row, left + 22, an == NULL ? "not computed yet" : "no arm passes", INK_FAINT, 0);
        else {
            const struct arm_answer *x = &an->arms[an->verdict.pick];
            int at = left + 22 + canvas_printf(c, row, left + 22, INK_PLAIN, 0, "%7s %9s/mo  ",
                                               number_si(tokens, sizeof tokens, an->tokens_per_day),
                                               number_usd(usd, sizeof usd, x->month_usd.p50));
            canvas_printf(c, row, at, (enum ink)(INK_SERIES_0 + an->verdict.pick), 0, "%.10s, %s", x->name,
                          confidence_word(an->verdict.confidence));
        }
        row++;
    }
    return row;
}

/* Below the view in sight another; below that, where there is room, what lies between pick and rival. */
static void
draw_below(const struct app *app, struct canvas *c, const struct layout *l, struct screen_map *map)
{
    const char *below_it = app_view_is(app, "diff") ? "cost" : "diff";
    int top = l->view_top + l->view_rows, rows = l->body_top + l->body_rows - top;
    int strip = rows >= STRIP_FROM && !app_view_is(app, "spread") ? STRIP_ROWS : 0;

    map->bands = view_find(below_it)->bands;
    draw_other_view(app, c, below_it, top, l->view_left, rows - strip, l->view_columns);
    if (strip > 0)
        draw_other_view(app, c, "spread", top + rows - strip, l->view_left, strip, l->view_columns);
}

void
draw_panels(const struct app *app, struct canvas *c, const struct layout *l, struct screen_map *map)
{
    int left = l->side_left, columns = l->side_columns, end = l->body_top + l->body_rows;

    if (app_answer(app) == NULL)
        return;
    draw_below(app, c, l, map);
    for (int r = l->body_top; r < end; r++)
        canvas_text(c, r, left - 1, app->glyphs->vertical, INK_FRAME, 0);
    int row = l->verdict_top + l->verdict_rows, compare = app->n_docs > 1 ? app->n_docs + 1 : 0;
    if (!app_view_is(app, "why") && end - row >= RULES_ROWS + FLIP_ROWS + compare + 6)
        row = draw_rules(app, c, row, left, RULES_ROWS, columns);
    row = draw_flips(app, c, map, row, left, FLIP_ROWS + 1, columns);
    if (compare > 0 && end - row >= compare)
        draw_scenarios(app, c, end - compare, left, columns);
    map->scenarios = compare > 0 && end - row >= compare;
    if (!map->scenarios)
        compare = 0;
    if (end - compare - row >= 6)
        draw_other_view(app, c, app_view_is(app, "tornado") ? "cumulative" : "tornado", row, left, end - compare - row, columns);
}
