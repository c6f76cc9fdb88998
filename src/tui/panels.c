/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"

/* What a large window shows beside the view: a second view below it, the nearest flips and the
 * tornado at the right. */

#define FLIP_ROWS 6
#define FLIP_TO 13     /* columns of the value that turns the pick, and its unit          */
#define RULES_ROWS 13  /* two sides of five rules                                       */
#define RULE_WORDS 27
#define CHANGES_ROWS 6 /* its heading and, of many, how many more */
#define STRIP_ROWS 7
#define STRIP_FROM 18

void
draw_heading(const struct app *app, struct canvas *c, int row, int left, int columns, const char *title)
{
    for (int k = left; k < left + columns; k++)
        canvas_text(c, row, k, app->glyphs->horizontal, INK_FRAME, 0);
    canvas_printf(c, row, left + 1, INK_TITLE, PEN_BOLD, " %s ", title);
}

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

/* One row a field that turns the pick by itself; the answer has them nearest first. */
static int
draw_flips(const struct app *app, struct canvas *c, int top, int left, int rows, int columns)
{
    const struct answer *an = app_answer(app);
    const struct scenario *sc = &app_doc_const(app)->file.scenario;
    int row = top + 1;

    draw_heading(app, c, top, left, columns, "Nearest flips, one change at a time");
    for (int k = 0; k < an->n_flips && row < top + rows; k++) {
        const struct flip *f = &an->flips[k];
        struct quantity_rules how;
        struct field_ref ref;
        struct error ignored;
        char name[64], from[24], to[24], unit[24], text[64];
        if (!isfinite(f->to) || field_find(sc, f->path, &ref, &ignored) < 0)
            continue;
        field_rules(ref.field, sc, &how);
        canvas_text_fit(c, row, left + 1, 24, field_words(sc, ref, name, sizeof name), INK_PLAIN, 0, app->glyphs->ascii);
        int at = left + 26;
        at += canvas_printf(c, row, at, INK_PLAIN, 0, "%8s %s ", quantity_show(from, sizeof from, f->from, &how),
                            app->glyphs->arrow);
        quantity_show(to, sizeof to, f->to, &how);
        unit_behind(ref.field, to, FLIP_TO - text_width(to), unit, sizeof unit);
        snprintf(text, sizeof text, "%s%s", to, unit);
        canvas_text_fit(c, row, at, FLIP_TO, text, INK_DELTA, PEN_BOLD, app->glyphs->ascii);
        at += FLIP_TO;
        canvas_text_fit(c, row, at + 1, left + columns - at - 1, f->pick >= 0 ? an->arms[f->pick].name : "none",
                        f->pick >= 0 ? (enum ink)(INK_SERIES_0 + f->pick) : INK_PROBLEM, 0, app->glyphs->ascii);
        row++;
    }
    if (row == top + 1)
        canvas_text(c, row++, left + 1, app_refining(app) ? "computing" : "no single change turns the pick",
                    INK_FAINT, 0);
    return row;
}

/* The framework, rule by rule: does it speak for its side, and by which fact. */
static int
draw_rules(const struct app *app, struct canvas *c, int top, int left, int columns)
{
    static const char *const sides[] = { [SIDE_API] = "for an API", [SIDE_TUNE] = "for tuning" };
    const struct answer *an = app_answer(app);
    int row = top + 1, side = -1;

    draw_heading(app, c, top, left, columns, "W Why: the framework, rule by rule");
    for (int k = 0; k < an->n_rules; k++) {
        const struct rule_result *r = &an->rules[k];
        if ((int)r->side != side)
            canvas_text(c, row++, left + 1, sides[side = (int)r->side], INK_FAINT, 0);
        canvas_text(c, row, left + 1, r->fires ? app->glyphs->yes : app->glyphs->dash, r->fires ? INK_GOOD : INK_FAINT, PEN_BOLD);
        canvas_text_fit(c, row, left + 3, RULE_WORDS, r->words, INK_PLAIN, 0, app->glyphs->ascii);
        canvas_text_fit(c, row++, left + 4 + RULE_WORDS, columns - RULE_WORDS - 4, r->fact, INK_FAINT, 0, app->glyphs->ascii);
    }
    return row;
}

/* What was changed since the base was set; nothing where it was not, or nothing was. Returns the row behind. */
static int
draw_changes(const struct app *app, struct canvas *c, int top, int left, int rows, int columns)
{
    const struct scenario *sc = &app_doc_const(app)->file.scenario;
    char then[512], now[512], name[64], text[2 * 512 + 8], title[96];
    struct field_ref ref;
    int row = top + 1, more = 0;

    if (!app_doc_const(app)->has_base)
        return top;
    for (int i = 0; field_each(sc, i, &ref); i++) {
        if (!field_since_base(app, ref, then, now, sizeof then))
            continue;
        if (row == top + rows - 1) {
            more++;
            continue;
        }
        snprintf(text, sizeof text, "%s %s %s", then[0] != '\0' ? then : app->glyphs->dash, app->glyphs->arrow,
                 now[0] != '\0' ? now : app->glyphs->dash);
        canvas_text_fit(c, row, left + 1, 24, field_words(sc, ref, name, sizeof name), INK_PLAIN, 0, app->glyphs->ascii);
        canvas_text_fit(c, row++, left + 26, columns - 26, text, INK_DELTA, 0, app->glyphs->ascii);
    }
    if (row == top + 1)
        return top;
    snprintf(title, sizeof title, "Changes since %.60s", app_doc_const(app)->base_name);
    draw_heading(app, c, top, left, columns, title);
    if (more > 0)
        canvas_printf(c, row++, left + 1, INK_FAINT, 0, "%d more", more);
    return row;
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
        row = draw_rules(app, c, row, left, columns);
    row = draw_flips(app, c, row, left, FLIP_ROWS + 1, columns);
    if (end - compare - row >= CHANGES_ROWS + 6)
        row = draw_changes(app, c, row, left, CHANGES_ROWS, columns);
    if (compare > 0 && end - row >= compare)
        draw_scenarios(app, c, end - compare, left, columns);
    map->scenarios = compare > 0 && end - row >= compare;
    if (!map->scenarios)
        compare = 0;
    if (end - compare - row >= 6)
        draw_other_view(app, c, app_view_is(app, "tornado") ? "spread" : "tornado", row, left, end - compare - row, columns);
}
