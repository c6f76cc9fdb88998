/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "draw.h"

/* The panes at the left: fields with their values, spreads, flips and sources. */

/* A choice that turns the pick, and the letter of the arm that is picked then: "never>C", "+gdpr>A". */
static int
choice_flips_of(const struct app *app, const char *path, char out[2][32])
{
    const struct answer *an = app_answer(app);
    int n = 0;

    for (int k = 0; k < an->n_choice_flips && n < 2; k++) {
        const struct choice_flip *f = &an->choice_flips[k];
        const char *id = strchr(f->words, ' ');
        bool with = id != NULL && strncmp(f->words, "with", 4) == 0;
        if (strcmp(f->path, path) == 0)
            snprintf(out[n++], sizeof out[0], "%s%.16s%s%c", !with ? "" : f->words[4] == ' ' ? "+" : "-", with ? id + 1 : f->words,
                     app->glyphs->ascii ? ">" : app->glyphs->arrow, f->pick >= 0 ? 'A' + f->pick : '-');
    }
    return n;
}

int
flips_of(const struct app *app, const struct pane_row *row, int columns, char out[2][32])
{
    const struct answer *an = app_answer(app);
    const struct scenario *sc = &app_doc_const(app)->file.scenario;
    struct quantity_rules how;
    double distance[2];
    char path[112];
    int n = 0;

    if (an == NULL || row->kind != ROW_FIELD)
        return 0;
    field_path(sc, row->ref, path, sizeof path);
    if (!field_is_quantity(row->ref.field))
        return choice_flips_of(app, path, out);
    field_rules(row->ref.field, sc, &how);
    for (int k = 0; k < an->n_flips && n < 2; k++) {
        const struct flip *f = &an->flips[k];
        char value[24];
        if (strcmp(f->path, path) != 0 || !isfinite(f->to))
            continue;
        double away = f->to > 0 && f->from > 0 ? fabs(log(f->to / f->from))
            : fabs(f->to - f->from) / fmax(fabs(f->from), 1e-300);
        bool far = n > 0 && !(away < distance[0]);
        int at = far ? 1 : 0;
        if (n > 0 && !far) {
            text_copy(out[1], sizeof out[1], out[0]);
            distance[1] = distance[0];
        }
        distance[at] = away;
        snprintf(out[at], sizeof out[at], "%s%s%c", quantity_show(value, sizeof value, f->to, &how),
                 app->glyphs->ascii ? ">" : app->glyphs->arrow, f->pick >= 0 ? 'A' + f->pick : '-');
        if (f->pick < 0 && text_width(out[at]) + 3 <= columns)
            text_copy(out[at] + strlen(out[at]) - 1, sizeof out[at] - strlen(out[at]) + 1, "none");
        n++;
    }
    return n;
}

bool
field_since_base(const struct app *app, struct field_ref ref, char *then, char *now, size_t size)
{
    const struct doc *d = app_doc_const(app);
    struct field_ref of_base;
    struct error ignored;
    char path[112];

    if (!d->has_base ||
        field_find(&d->base, field_path(&d->file.scenario, ref, path, sizeof path), &of_base, &ignored) < 0)
        return false;
    field_get_text(&d->base, of_base, then, size, app->catalog);
    field_get_text(&d->file.scenario, ref, now, size, app->catalog);
    return strcmp(now, then) != 0;
}

static bool
row_changed(const struct app *app, const struct pane_row *row)
{
    char now[512], then[512];

    if (row_is_pilot(row))
        return app_doc_const(app)->has_base &&
            pilot_changed(&app_doc_const(app)->base, &app_doc_const(app)->file.scenario, row);
    return row->kind == ROW_FIELD && field_since_base(app, row->ref, then, now, sizeof now);
}

/* What a constraint bars: where other rows have strip and flip; else at the right of the value's room,
 * of which a value that is cut anyway leaves some. */
static void
draw_bars(const struct app *app, struct canvas *c, const struct layout *l, int y, const struct pane_row *row, int at,
          int *value_columns, int value_width)
{
    enum ink ink;
    char text[64];

    if (l->flips) {
        at += *value_columns + 1;
        row_bars(app, row, l->sources ? SOURCE_FROM - 1 - at : l->left - at, text, sizeof text, &ink);
    } else {
        int kept = value_width <= *value_columns - 2 ? value_width : *value_columns * 3 / 5;
        row_bars(app, row, *value_columns - kept, text, sizeof text, &ink); /* a column is free behind it */
        if (text[0] != '\0' && value_width > *value_columns - text_width(text))
            *value_columns -= text_width(text);
        at = l->left - text_width(text);
    }
    canvas_text(c, y, at, text, ink, 0);
}

/* Shorter words of units, the longest first; the line below names the unit in full. */
static const struct {
    const char *full, *brief;
} unit_words[] = {
    { "person-months", "pers-mo" }, { "pers-mo", "p-mo" }, { "replicas", "repl" }, { "examples", "ex" }, { "minutes", "min" },
    { "request", "req" }, { "months", "mo" }, { "tokens", "tok" }, { "points", "pt" }, { "month", "mo" }, { "hours", "h" },
};

/* Word by word until it fits; "" where nothing of it does. */
static void
shorten_unit(char *unit, size_t size, int columns)
{
    char shorter[64];

    for (size_t k = 0; k < BE_LEN(unit_words) && text_width(unit) > columns; k++) {
        const char *at = strstr(unit, unit_words[k].full);
        if (at == NULL)
            continue;
        snprintf(shorter, sizeof shorter, "%.*s%s%s", (int)(at - unit), unit, unit_words[k].brief,
                 at + strlen(unit_words[k].full));
        text_copy(unit, size, shorter);
    }
    if (text_width(unit) > columns)
        unit[0] = '\0';
}

void
unit_behind(const struct field *f, const char *value, int columns, char *out, size_t size)
{
    field_unit_behind(f, value, out, size);
    shorten_unit(out, size, columns);
}

static void
draw_row(const struct app *app, struct canvas *c, const struct layout *l, int y, const struct pane_row *row, bool here,
         int *cursor_row, int *cursor_column)
{
    char label[64], value[512], text[200];
    int label_columns = 16, value_columns = l->left - 18, strip = 0, flip = 0;
    bool faint, bars = false, bare = true, focused = here && app->focus == FOCUS_PANE;

    if (l->flips) {
        flip = l->sources ? FLIP_COLUMNS : l->strips ? 8 : 9;
        strip = l->strips ? 8 : -1; /* -1: nor the space before it */
        value_columns = l->sources ? VALUE_COLUMNS : l->left - 17 - flip - strip - 1;
    }
    row_label(app, row, label, sizeof label);
    canvas_text(c, y, 0, focused ? app->glyphs->focus : " ", INK_FOCUS, PEN_BOLD);
    if (!focused && row_problem(app, row) != NULL)
        canvas_text(c, y, 0, app->glyphs->problem, INK_PROBLEM, PEN_BOLD);
    else if (!focused && row_changed(app, row))
        canvas_text(c, y, 0, app->glyphs->changed, INK_DELTA, PEN_BOLD);
    canvas_text_fit(c, y, 1, label_columns - 1, label, row->kind == ROW_ARM ? INK_SERIES_0 + row->ref.arm : INK_PLAIN,
                    row->kind == ROW_ARM ? PEN_BOLD : 0, app->glyphs->ascii);
    int at = 1 + label_columns;
    if (focused && app->mode == MODE_ENTRY) {
        int width = l->left - at - 2, from, before = edit_shown(&app->edit, width, &from);
        canvas_text(c, y, at, "[", INK_FOCUS, PEN_BOLD);
        canvas_text_fit(c, y, at + 1, width, app->edit.text + from, INK_FOCUS, PEN_UNDERLINE, app->glyphs->ascii);
        canvas_text(c, y, l->left - 1, "]", INK_FOCUS, PEN_BOLD);
        if (from > 0) /* what stands before has no room */
            canvas_text(c, y, at + 1, app->glyphs->ascii ? "<" : app->glyphs->ellipsis, INK_FAINT, 0);
        *cursor_row = y;
        *cursor_column = at + 1 + before;
        if (app->complaint[0] != '\0')
            canvas_text(c, y, 0, app->glyphs->problem, INK_PROBLEM, PEN_BOLD);
        return;
    }
    row_value(app, row, value, sizeof value, &faint);
    if (row->kind == ROW_FIELD && row->ref.field->pane == PANE_CONSTRAINTS) {
        draw_bars(app, c, l, y, row, at, &value_columns, text_width(value));
        bars = true;
    }
    canvas_text_fit(c, y, at, value_columns, value, focused ? INK_FOCUS : faint ? INK_FAINT : INK_PLAIN,
                    focused ? PEN_REVERSE : 0, app->glyphs->ascii);
    if (row->kind == ROW_FIELD && strcmp(value, app->glyphs->dash) != 0) {
        unit_behind(row->ref.field, value, value_columns - text_width(value), text, sizeof text);
        canvas_text(c, y, at + text_width(value), text, INK_FAINT, 0);
    }
    if (focused && app->mode == MODE_REST) {
        *cursor_row = y;
        *cursor_column = at;
    }
    if (strip > 0 && row->kind == ROW_FIELD && field_is_quantity(row->ref.field)) {
        const struct scenario *sc = app_answer(app) != NULL && row->ref.arm < app_answer(app)->n_arms
                                        ? &app_answer(app)->setup.sc : &app_doc_const(app)->file.scenario;
        chart_strip(text, sizeof text, field_value(sc, row->ref), strip, app->glyphs);
        canvas_text_fit(c, y, at + value_columns + 1, strip, text, INK_FAINT, 0, app->glyphs->ascii);
        bare = text[strspn(text, " ")] == '\0';
    }
    char flips[2][32];
    int most = bare && strip > 0 ? strip + flip : flip; /* over the strip's room too, where there is none */
    if (flip > 0 && !bars && flips_of(app, row, most, flips) > 0) {
        int width = text_width(flips[0]) < most ? text_width(flips[0]) : most;
        canvas_text_fit(c, y, at + value_columns + strip + 1 + flip - width, width, flips[0], INK_DELTA, 0,
                        app->glyphs->ascii);
    }
    if (l->sources && row->kind == ROW_FIELD && app_answer(app) != NULL && row->ref.arm < app_answer(app)->n_arms) {
        figure_source(&app_answer(app)->setup, &app_doc_const(app)->file.scenario, row->ref, text, sizeof text);
        canvas_text_fit(c, y, SOURCE_FROM, l->left - SOURCE_FROM, text, INK_FAINT, 0, app->glyphs->ascii);
    }
}

static void
pane_heading(const struct app *app, struct canvas *c, const struct layout *l, int y, enum pane pane, bool flips)
{
    bool here = pane == app->pane && app->focus == FOCUS_PANE;
    char text[64];

    for (int k = 0; k < l->left; k++)
        canvas_text(c, y, k, app->glyphs->horizontal, INK_FRAME, 0);
    if (pane == PANE_ARMS && here && app->open_arm >= 0 && app->open_arm < app_doc_const(app)->file.scenario.n_arms)
        snprintf(text, sizeof text, " %d %s: %c %s ", (int)pane + 1, pane_title(pane), 'A' + app->open_arm,
                 app_doc_const(app)->file.scenario.arms[app->open_arm].name);
    else
        snprintf(text, sizeof text, " %d %s ", (int)pane + 1, pane_title(pane));
    canvas_text(c, y, 1, text, INK_TITLE, here ? PEN_BOLD | PEN_REVERSE : PEN_BOLD);
    if (flips && l->flips)
        canvas_text(c, y, (l->sources ? SOURCE_FROM - 1 : l->left) - 10,
                    pane == PANE_CONSTRAINTS ? " bars " : " flips at ", INK_FAINT, 0);
    if (flips && l->sources)
        canvas_text(c, y, SOURCE_FROM - 1, " source ", INK_FAINT, 0);
}

/* How many rows each pane gets: the focused one first, the rest share what is left. */
static void
share_rows(const struct app *app, const struct layout *l, int given[PANE_COUNT])
{
    struct pane_row rows[ROWS_MAX];
    int left = l->body_rows - l->changes_rows - PANE_COUNT, want[PANE_COUNT];

    for (int p = 0; p < PANE_COUNT; p++) {
        want[p] = pane_rows(app, (enum pane)p, rows, ROWS_MAX);
        given[p] = 0;
    }
    if (left < 0)
        left = 0;
    int first = want[app->pane] < left ? want[app->pane] : left;
    if (left - first < PANE_COUNT - 1 && left > 12)
        first = left - (PANE_COUNT - 1) < want[app->pane] ? left - (PANE_COUNT - 1) : want[app->pane];
    given[app->pane] = first;
    left -= first;
    for (bool more = true; more && left > 0;) {
        more = false;
        for (int p = 0; p < PANE_COUNT && left > 0; p++)
            if (p != (int)app->pane && given[p] < want[p]) {
                given[p]++;
                left--;
                more = true;
            }
    }
}

static void
map_row(struct screen_map *map, int y, enum pane pane, int index)
{
    if (y >= 0 && y < MAP_ROWS) {
        map->rows[y].pane = (short)pane;
        map->rows[y].index = (short)index;
    }
}

/* What a pane without room says of itself: its arms, or the values that differ from the defaults. */
static void
summary(const struct app *app, enum pane pane, char *out, size_t size)
{
    const struct scenario *sc = &app_doc_const(app)->file.scenario;
    char value[64];
    size_t n = 0;

    out[0] = '\0';
    for (int a = 0; pane == PANE_ARMS && a < sc->n_arms && n < size; a++)
        n += (size_t)snprintf(out + n, size - n, "%c %s  ", 'A' + a, sc->arms[a].name);
    for (int k = 0; pane != PANE_ARMS && k < scenario_fields_n && n < size; k++) {
        const struct field *f = &scenario_fields[k];
        if (f->pane != pane || f->type == &field_text)
            continue;
        field_get_text(sc, (struct field_ref){ f, -1 }, value, sizeof value, app->catalog);
        if (value[0] == '\0' || (f->initial != NULL && strcmp(value, f->initial) == 0))
            continue;
        n += (size_t)snprintf(out + n, size - n, "%s %s  ", f->label, value);
    }
    if (n == 0)
        text_copy(out, size, "all as by default");
}

static int
draw_pane(const struct app *app, struct canvas *c, const struct layout *l, int y, enum pane pane, int rows,
          struct screen_map *map, int *cursor_row, int *cursor_column)
{
    struct pane_row list[ROWS_MAX];
    int n = pane_rows(app, pane, list, ROWS_MAX), first = 0, at = app->cursor[pane];
    char text[256];

    pane_heading(app, c, l, y, pane, pane == app->pane);
    map_row(map, y, pane, -1);
    if (pane != app->pane && rows == 1 && n > 1) {
        summary(app, pane, text, sizeof text);
        canvas_text_fit(c, y + 1, 1, l->left - 2, text, INK_PLAIN, 0, app->glyphs->ascii);
        map_row(map, y + 1, pane, -1);
        return y + 2;
    }
    if (pane == app->pane && n > rows && at > rows / 2)
        first = at - rows / 2 < n - rows ? at - rows / 2 : n - rows;
    for (int k = 0; k < rows && first + k < n; k++) {
        draw_row(app, c, l, y + 1 + k, &list[first + k], pane == app->pane && first + k == at, cursor_row, cursor_column);
        map_row(map, y + 1 + k, pane, first + k);
    }
    if (n > rows && rows > 0) {
        snprintf(text, sizeof text, " %d of %d ", at + 1, n);
        if (pane != app->pane)
            snprintf(text, sizeof text, " %d more ", n - rows);
        canvas_text(c, y, l->left - text_width(text) - (l->flips && !l->sources && pane == app->pane ? 11 : 1), text,
                    INK_FAINT, 0);
    }
    return y + 1 + rows;
}

void
draw_panes(const struct app *app, struct canvas *c, const struct layout *l, struct screen_map *map, int *cursor_row,
           int *cursor_column)
{
    int given[PANE_COUNT], y = l->body_top;

    if (l->single) {
        int rows = l->view_rows - 1;
        draw_pane(app, c, l, y, app->pane, rows > 1 ? rows : 1, map, cursor_row, cursor_column);
        return;
    }
    share_rows(app, l, given);
    for (int p = 0; p < PANE_COUNT; p++)
        y = draw_pane(app, c, l, y, (enum pane)p, given[p], map, cursor_row, cursor_column);
    if (l->changes_rows > 0)
        draw_changes(app, c, l->body_top + l->body_rows - l->changes_rows, 0, l->changes_rows, l->left);
    for (int r = l->body_top; r < l->body_top + l->body_rows; r++)
        canvas_text(c, r, l->left, app->glyphs->vertical, INK_FRAME, 0);
}
