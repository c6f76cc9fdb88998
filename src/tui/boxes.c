/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "draw.h"

/* The boxes that explain a verdict: which rules speak for which side, the nearest flips, what was changed
 * since the base. Each has a heading, takes at most the rows that it is given, and returns the row behind it. */

void
draw_heading(const struct app *app, struct canvas *c, int row, int left, int columns, const char *title)
{
    for (int k = left; k < left + columns; k++)
        canvas_text(c, row, k, app->glyphs->horizontal, INK_FRAME, 0);
    canvas_printf(c, row, left + 1, INK_TITLE, PEN_BOLD, " %s ", title);
}

/* ---- the nearest flips ---------------------------------------------------------------------------- */

/* The columns of a flip, behind one of space. */
#define FLIP_NAME 20
#define FLIP_FROM 7
#define FLIP_TO 11    /* with its unit, where that has room */
#define FLIP_FACTOR 5

/* How far it is, as a person would say it: percent up to double or half, else a factor. "" where either is 0
 * or they differ in sign, and where the fields' own points say it better (shares). */
static void
flip_factor(const struct app *app, const struct field *f, double from, double to, char *out, size_t size)
{
    double factor = to / from;
    char number[24];

    out[0] = '\0';
    if (!(factor > 0) || !isfinite(factor) || f->form == FORM_SHARE)
        return;
    if (factor > 0.5 && factor < 2)
        snprintf(out, size, "%+.*f%%", fabs(factor - 1) < 0.0095 ? 1 : 0, 100 * (factor - 1));
    else if (factor < 1)
        snprintf(out, size, "/%s", number_si(number, sizeof number, rint(10 / factor) / 10));
    else
        snprintf(out, size, "%s%s", app->glyphs->times, number_si(number, sizeof number, rint(10 * factor) / 10));
}

/* Who is picked beyond, and whether the flip is in range: in as many words as have room. */
static void
flip_beyond(const struct app *app, struct canvas *c, int row, int left, int columns, const struct flip *f)
{
    const struct answer *an = app_answer(app);
    enum ink ink = f->pick >= 0 ? (enum ink)(INK_SERIES_0 + f->pick) : INK_PROBLEM;
    const char *name = f->pick >= 0 ? an->arms[f->pick].name : "none passes", *in = flip_in_range(f) ? "in range" : "";
    char brief[NAME_MAX_BYTES + 16];

    snprintf(brief, sizeof brief, "%s", name);
    if (in[0] != '\0' && text_width(name) + 2 + text_width("in range") > columns)
        snprintf(brief, sizeof brief, "%c", f->pick >= 0 ? 'A' + f->pick : '-');
    int at = left + canvas_text_fit(c, row, left, columns, brief, ink, 0, app->glyphs->ascii);
    canvas_text_fit(c, row, at + 1, left + columns - at - 1, in, INK_WARNING, 0, app->glyphs->ascii);
}

static void
flip_row(const struct app *app, struct canvas *c, int row, int left, int columns, const struct flip *f, struct field_ref ref)
{
    const struct scenario *sc = &app_doc_const(app)->file.scenario;
    struct quantity_rules how;
    char name[64], from[24], to[24], unit[24], text[64];
    int spare = columns >= 70 ? 6 : 0, at = left + 1; /* a longer name, where the panel is wide */

    field_rules(ref.field, sc, &how);
    canvas_text_fit(c, row, at, FLIP_NAME + spare, field_words(sc, ref, name, sizeof name), INK_PLAIN, 0, app->glyphs->ascii);
    at += FLIP_NAME + spare;
    canvas_printf(c, row, at, INK_PLAIN, 0, "%*s %s", FLIP_FROM, quantity_show(from, sizeof from, f->from, &how), app->glyphs->arrow);
    at += FLIP_FROM + 2 + text_width(app->glyphs->arrow);
    quantity_show(to, sizeof to, f->to, &how);
    unit_behind(ref.field, to, FLIP_TO - text_width(to), unit, sizeof unit);
    snprintf(text, sizeof text, "%s%s", to, unit);
    canvas_text_fit(c, row, at, FLIP_TO, text, INK_DELTA, PEN_BOLD, app->glyphs->ascii);
    at += FLIP_TO + 1;
    flip_factor(app, ref.field, f->from, f->to, text, sizeof text);
    canvas_printf(c, row, at, INK_FAINT, 0, "%*s", FLIP_FACTOR, text);
    at += FLIP_FACTOR + 1;
    flip_beyond(app, c, row, at, left + columns - at, f);
}

int
draw_flips(const struct app *app, struct canvas *c, struct screen_map *map, int top, int left, int rows, int columns)
{
    const struct answer *an = app_answer(app);
    const struct scenario *sc = &app_doc_const(app)->file.scenario;
    int row = top + 1;

    draw_heading(app, c, top, left, columns, "Nearest flips, one change at a time");
    map->flips_column = left;
    map->flips_columns = columns;
    for (int k = 0; k < an->n_flips && row < top + rows; k++) {
        struct field_ref ref;
        struct error ignored;
        if (!isfinite(an->flips[k].to) || field_find(sc, an->flips[k].path, &ref, &ignored) < 0)
            continue;
        if (row < MAP_ROWS)
            map->flips[row] = (short)(k + 1);
        flip_row(app, c, row++, left, columns, &an->flips[k], ref);
    }
    if (row == top + 1 && row < top + rows)
        canvas_text(c, row++, left + 1, app_refining(app) ? "computing" : "no single change turns the pick",
                    INK_FAINT, 0);
    return row;
}

/* ---- the framework, rule by rule -------------------------------------------------------------------- */

#define RULE_WORDS 25

static const char *const side_words[] = { [SIDE_API] = "for an API", [SIDE_TUNE] = "for tuning" };

static int
rules_that_fire(const struct answer *an, enum rule_side side, int *of)
{
    int n = 0;

    *of = 0;
    for (int k = 0; k < an->n_rules; k++)
        if (an->rules[k].side == side) {
            n += an->rules[k].fires;
            (*of)++;
        }
    return n;
}

int
draw_rules(const struct app *app, struct canvas *c, int top, int left, int rows, int columns)
{
    const struct answer *an = app_answer(app);
    int row = top + 1, side = -1;

    draw_heading(app, c, top, left, columns, "W Why: the framework, rule by rule");
    for (int k = 0; k < an->n_rules && row < top + rows; k++) {
        const struct rule_result *r = &an->rules[k];
        if ((int)r->side != side)
            canvas_text(c, row++, left + 1, side_words[side = (int)r->side], INK_FAINT, 0);
        canvas_text(c, row, left + 1, r->fires ? app->glyphs->yes : app->glyphs->dash, r->fires ? INK_GOOD : INK_FAINT, PEN_BOLD);
        canvas_text_fit(c, row, left + 3, RULE_WORDS, r->brief, INK_PLAIN, 0, app->glyphs->ascii);
        canvas_text_fit(c, row++, left + 4 + RULE_WORDS, columns - RULE_WORDS - 4, r->fact, INK_FAINT, 0, app->glyphs->ascii);
    }
    return row;
}

int
draw_rules_beside(const struct app *app, struct canvas *c, int top, int left, int rows, int columns)
{
    const struct answer *an = app_answer(app);
    char title[96];
    int next[2] = { top + 1, top + 1 }, of[2], half = columns / 2;
    int api = rules_that_fire(an, SIDE_API, &of[0]), tune = rules_that_fire(an, SIDE_TUNE, &of[1]);

    snprintf(title, sizeof title, "Why (W): rules that speak for an API, %d of %d; for tuning, %d of %d", api, of[0], tune, of[1]);
    draw_heading(app, c, top, left, columns, title);
    for (int k = 0; k < an->n_rules; k++) {
        const struct rule_result *r = &an->rules[k];
        int side = r->side == SIDE_TUNE, at = left + side * half;
        if (!r->fires || next[side] == top + rows)
            continue;
        canvas_text(c, next[side], at + 1, app->glyphs->yes, INK_GOOD, PEN_BOLD);
        canvas_printf(c, next[side], at + 3, INK_FAINT, 0, "%-4s", side == 0 ? "API" : "tune");
        canvas_text_fit(c, next[side]++, at + 8, half - 9, r->brief, INK_PLAIN, 0, app->glyphs->ascii);
    }
    return next[0] > next[1] ? next[0] : next[1];
}

/* ---- two changes together ----------------------------------------------------------------------------- */

bool
has_together(const struct app *app)
{
    const struct answer *an = app_answer(app);

    return app_view_is(app, "why") && an->has_together && an->together.of == an->verdict.pick && an->together.n > 0;
}

int
draw_together(const struct app *app, struct canvas *c, int top, int left, int rows, int columns)
{
    const struct answer *an = app_answer(app);
    const struct scenario *sc = &an->setup.sc;
    int row = top + 1;

    draw_heading(app, c, top, left, columns, "Nearest flips, two changes together");
    for (int k = 0; k < an->together.n && row < top + rows; k++) {
        const struct two_changes *x = &an->together.list[k];
        char text[200], pick[NAME_MAX_BYTES], name[64], to[24];
        size_t n = 0;
        for (int i = 0; i < 2 && n < sizeof text; i++) {
            struct quantity_rules how;
            struct field_ref ref;
            struct error ignored;
            if (field_find(sc, x->path[i], &ref, &ignored) < 0)
                continue;
            field_rules(ref.field, sc, &how);
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%s %s %s", i > 0 ? ", " : "", chart_field_name(sc, x->path[i], name, sizeof name),
                                  app->glyphs->arrow, quantity_show(to, sizeof to, x->to[i], &how));
        }
        text_copy(pick, sizeof pick, x->pick >= 0 ? an->arms[x->pick].name : "none passes");
        if (text_width(text) + text_width(pick) + 3 > columns)
            snprintf(pick, sizeof pick, "%c", x->pick >= 0 ? 'A' + x->pick : '-');
        canvas_text_fit(c, row, left + 1, columns - text_width(pick) - 3, text, INK_PLAIN, 0, app->glyphs->ascii);
        canvas_text(c, row++, left + columns - text_width(pick) - 1, pick, x->pick >= 0 ? (enum ink)(INK_SERIES_0 + x->pick) : INK_PROBLEM, 0);
    }
    return row;
}

/* ---- what was changed since the base ------------------------------------------------------------------ */

int
changes_since_base(const struct app *app)
{
    const struct scenario *sc = &app_doc_const(app)->file.scenario;
    char then[512], now[512];
    struct field_ref ref;
    int n = 0;

    for (int i = 0; app_doc_const(app)->has_base && field_each(sc, i, &ref); i++)
        n += field_since_base(app, ref, then, now, sizeof then);
    return n;
}

int
draw_changes(const struct app *app, struct canvas *c, int top, int left, int rows, int columns)
{
    const struct scenario *sc = &app_doc_const(app)->file.scenario;
    char then[512], now[512], name[64], text[2 * 512 + 8], title[96], key[KEYS_BYTES];
    struct field_ref ref;
    int row = top + 1, n = app_doc_const(app)->n_changes, shown = n <= rows - 1 ? n : rows - 2, name_columns = columns >= 60 ? 24 : 18;

    snprintf(title, sizeof title, "Changes since %.60s", app_doc_const(app)->base_name);
    draw_heading(app, c, top, left, columns, title);
    for (int i = 0; row < top + 1 + shown && field_each(sc, i, &ref); i++) {
        if (!field_since_base(app, ref, then, now, sizeof then))
            continue;
        snprintf(text, sizeof text, "%s %s %s", then[0] != '\0' ? then : app->glyphs->dash, app->glyphs->arrow,
                 now[0] != '\0' ? now : app->glyphs->dash);
        canvas_text_fit(c, row, left + 1, name_columns, field_words(sc, ref, name, sizeof name), INK_PLAIN, 0, app->glyphs->ascii);
        canvas_text_fit(c, row++, left + 2 + name_columns, columns - name_columns - 2, text, INK_DELTA, 0, app->glyphs->ascii);
    }
    if (shown < n)
        canvas_printf(c, row++, left + 1, INK_FAINT, 0, "%d more; %s lists all edits", n - shown, keymap_key(app, "history", key, sizeof key));
    return row;
}
