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
#define CROSSHAIR_ROWS 4 /* with its heading; a readout of two rows                         */
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

/* A readout over two rows, broken between two arms: its parts stand two spaces apart. */
static void
draw_parts(const struct app *app, struct canvas *c, int row, int left, int columns, const char *text, enum ink ink)
{
    char first[400];
    size_t cut = strlen(text);

    text_copy(first, sizeof first, text);
    for (size_t k = cut; text_width(first) > columns && k > 0; k--)
        if (first[k] == ' ' && first[k - 1] == ' ')
            first[cut = k - 1] = '\0';
    if (text_width(first) > columns) /* one part alone is too long */
        cut = strlen(text);
    canvas_text_fit(c, row, left, columns, cut < strlen(text) ? first : text, ink, 0, app->glyphs->ascii);
    if (cut < strlen(text))
        canvas_text_fit(c, row + 1, left, columns, text + cut + strspn(text + cut, " "), ink, 0, app->glyphs->ascii);
}

/* The keys of the crosshair, what lies under it (in the panes: at the scenario's own place), and of the charts over volume
 * where the next best costs less to run. */
static void
draw_crosshair(const struct app *app, struct canvas *c, const struct screen_map *map, int top, int left, int columns)
{
    const struct answer *an = app_answer(app);
    const struct crossing_answer *x = answer_crossing(an, an->verdict.pick, an->verdict.rival);
    bool here = app->focus == FOCUS_VIEW && app->crosshair >= 0;
    static const char *const acts[] = { "cross-left", "cross-right", "take-volume", "next-crossing" };
    char title[96], spans[120], text[200], low[16], high[16], keys[BE_LEN(acts)][KEYS_BYTES];

    for (size_t k = 0; k < BE_LEN(acts); k++)
        keymap_key(app, acts[k], keys[k], sizeof keys[k]);
    if (!view_over_volume(app))
        snprintf(title, sizeof title, "Crosshair: %s %s move it", keys[0], keys[1]);
    else if (here)
        snprintf(title, sizeof title, "Crosshair: %s %s move, %s takes it, %s next break-even", keys[0], keys[1], keys[2], keys[3]);
    else
        snprintf(title, sizeof title, "Crosshair: at your own volume; %s to a break-even", keys[3]);
    draw_heading(app, c, top, left, columns, title);
    draw_parts(app, c, top + 1, left + 1, columns - 1, map->readout[0] != '\0' ? map->readout : "What lies under it is read out here once it is moved.",
               here ? INK_FOCUS : INK_PLAIN);
    if (!view_over_volume(app) || x == NULL)
        return;
    const char *pick = an->arms[an->verdict.pick].name, *rival = an->arms[an->verdict.rival].name;
    if (x->run.n > 0)
        snprintf(text, sizeof text, "%s is the cheaper to run %s tokens/day", rival,
                 crossing_spans(&x->run, an->verdict.rival, spans, sizeof spans));
    else {
        const bool other = x->run.cheaper_below == an->verdict.rival;
        crossings_searched(an, low, high);
        snprintf(text, sizeof text, "%s costs less to run than %s from %s to %s tokens/day", other ? rival : pick, other ? pick : rival, low, high);
    }
    canvas_text_fit(c, top + 3, left + 1, columns - 1, text, INK_FAINT, 0, app->glyphs->ascii);
}

/* Below the view in sight another; below that, where there is room, what lies between pick and rival, and the crosshair. */
static void
draw_below(const struct app *app, struct canvas *c, const struct layout *l, struct screen_map *map)
{
    const char *below_it = app_view_is(app, "diff") ? "cost" : "diff";
    int top = l->view_top + l->view_rows, rows = l->body_top + l->body_rows - top;
    int strip = rows >= STRIP_FROM && !app_view_is(app, "spread") ? STRIP_ROWS : 0;
    int cross = map->crosshair ? CROSSHAIR_ROWS : 0;

    if (cross > 0)
        draw_crosshair(app, c, map, top + rows - cross, l->view_left, l->view_columns);
    rows -= cross;

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
    if (has_together(app) && end - row >= 2 + compare)
        row = draw_together(app, c, row, left, end - row - compare, columns);
    if (compare > 0 && end - row >= compare)
        draw_scenarios(app, c, end - compare, left, columns);
    map->scenarios = compare > 0 && end - row >= compare;
    if (!map->scenarios)
        compare = 0;
    if (end - compare - row >= 6)
        draw_other_view(app, c, app_view_is(app, "tornado") ? "cumulative" : "tornado", row, left, end - compare - row, columns);
}
