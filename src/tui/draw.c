/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"

/* The frame: inputs left, picture and verdict right, one help line, one line of what
 * just happened, one key line. Drawing never changes the state. */

/* ---- layout -------------------------------------------------------------------------- */

/* From this width on, a column at the right holds verdict, flips and tornado. */
#define SIDE_FROM 180
#define SIDE_COLUMNS 60

/* A pane row with all its parts: 17 of mark and label, value, strip, flip, source. */
#define VALUE_COLUMNS 15
#define FLIP_COLUMNS 11
#define SOURCE_FROM (17 + VALUE_COLUMNS + 8 + FLIP_COLUMNS + 2)

void
app_layout(const struct app *app, int columns, int rows, struct layout *l)
{
    int arms = app_answer(app) != NULL ? app_answer(app)->n_arms : 0;

    memset(l, 0, sizeof *l);
    l->columns = columns;
    l->rows = rows;
    l->tiny = columns < 40 || rows < 10;
    l->single = columns < 78 || rows < 20;
    l->bottom_rows = rows < 16 ? 2 : 3;
    l->body_top = 1;
    l->body_rows = rows - 1 - l->bottom_rows;
    l->left = columns >= 200 ? 72 : columns >= 180 ? 65 : columns >= 160 ? 70 : columns >= 110 ? 46 : columns >= 96 ? 40 : 31;
    if (app->zoom || (l->single && app->focus == FOCUS_VIEW))
        l->left = 0;
    else if (l->single)
        l->left = columns;
    l->view_left = l->left > 0 ? l->left + 1 : 0;
    l->view_columns = columns - l->view_left;
    l->flips = l->left >= 40;
    l->strips = l->left >= 46;
    l->sources = l->left >= 62;
    if (l->single)
        l->verdict_rows = rows < 16 ? 1 : 3;
    else if (l->left == 0)
        l->verdict_rows = arms + 2 < l->body_rows / 2 ? arms + 2 : l->body_rows / 2;
    else
        l->verdict_rows = rows >= 36 ? l->body_rows * 2 / 5 : 7;
    l->view_top = l->body_top;
    l->view_rows = l->body_rows - l->verdict_rows;
    l->verdict_top = l->view_top + l->view_rows;
    l->verdict_left = l->view_left;
    l->verdict_columns = l->view_columns;
    if (!l->single && l->left > 0 && columns >= SIDE_FROM && rows >= 36) {
        l->side_columns = SIDE_COLUMNS;
        l->side_left = columns - SIDE_COLUMNS;
        l->view_columns = l->side_left - 1 - l->view_left;
        l->view_rows = l->body_rows * 3 / 5;
        l->verdict_top = l->body_top;
        l->verdict_left = l->side_left;
        l->verdict_columns = l->side_columns;
        l->verdict_rows = l->body_rows * 9 / 20;
    }
}

/* ---- row 1 ----------------------------------------------------------------------------- */

static void
capitals(char *s)
{
    for (; *s != '\0' && *s != ':'; s++)
        if (*s >= 'a' && *s <= 'z')
            *s = (char)(*s - 'a' + 'A');
}

/* Where the headline has no room, without the rival, then without what it saves; else the arm alone. */
static void
shorten(const struct answer *an, char *headline, size_t size, int columns)
{
    char *saves = strstr(headline, ", saves"), *against = saves != NULL ? strstr(saves, " a month against ") : NULL;

    if (text_width(headline) <= columns || an->verdict.pick < 0)
        return;
    if (against != NULL)
        against[strlen(" a month")] = '\0';
    if (text_width(headline) <= columns)
        return;
    if (saves != NULL)
        *saves = '\0';
    if (text_width(headline) > columns)
        snprintf(headline, size, "PICK %s, %s", an->arms[an->verdict.pick].name,
                 arm_kind_word(an->arms[an->verdict.pick].kind));
}

static void
draw_title(const struct app *app, struct canvas *c)
{
    const struct doc *d = app_doc_const(app);
    const struct answer *an = d->answer;
    char left[192], headline[200], right[96], which[24] = "", base[80] = "", marks[24] = "";
    int unsaved = history_unsaved(&d->history), width = c->columns;

    if (app->n_docs > 1)
        snprintf(which, sizeof which, " %d/%d", app->doc + 1, app->n_docs);
    if (d->has_base && width >= 110)
        snprintf(base, sizeof base, "  base: %.40s", d->base_name);

    for (int k = 0; k < width; k++)
        canvas_put(c, 0, k, ' ', INK_TITLE, PEN_REVERSE);
    if (width < 150 && d->problems.n > 0)
        snprintf(marks, sizeof marks, " %s%d", app->glyphs->problem, d->problems.n);
    snprintf(left, sizeof left, " breakeven  %s%s%s%s%s%s  ", d->name, marks, unsaved > 0 ? " " : "",
             unsaved > 0 ? app->glyphs->changed : "",
             which, base);
    if (width < 60)
        snprintf(left, sizeof left, " %s%s%s ", d->name, unsaved > 0 ? app->glyphs->changed : "", which);
    int used = canvas_text_fit(c, 0, 0, base[0] != '\0' ? width * 3 / 5 : width / 2, left, INK_TITLE,
                               PEN_REVERSE | PEN_BOLD, app->glyphs->ascii);
    if (an == NULL)
        return;
    text_copy(headline, sizeof headline, an->verdict.headline);
    capitals(headline);
    char samples[16], full[16];
    number_si(samples, sizeof samples, an->samples);
    number_si(full, sizeof full, app_full_samples(app));
    if (d->stale)
        snprintf(right, sizeof right, "computing%s ", app->glyphs->ellipsis);
    else if (width < 100)
        snprintf(right, sizeof right, "%s n=%s%s ", confidence_word(an->verdict.confidence), samples,
                 app_refining(app) ? app->glyphs->ellipsis : "");
    else if (app_refining(app))
        snprintf(right, sizeof right, "%s  %s of %s samples%s ", confidence_word(an->verdict.confidence), samples, full,
                 app->glyphs->ellipsis);
    else
        snprintf(right, sizeof right, "%s  %s samples ", confidence_word(an->verdict.confidence), samples);
    if (width >= 150 && d->problems.n > 0) {
        char with[96];
        snprintf(with, sizeof with, "%d problem%s (E)   %.60s", d->problems.n, d->problems.n == 1 ? "" : "s", right);
        text_copy(right, sizeof right, with);
    }
    int keep = width >= 78 ? text_width(right) : 0;
    shorten(an, headline, sizeof headline, width - used - keep - 1);
    canvas_text_fit(c, 0, used, width - used - keep - 1, headline, INK_TITLE, PEN_REVERSE | PEN_BOLD, app->glyphs->ascii);
    if (keep > 0)
        canvas_text(c, 0, width - keep, right, INK_TITLE, PEN_REVERSE);
}

/* ---- panes -------------------------------------------------------------------------------- */

/* The flips of a field, the nearest first: in the field's own form, with the letter of the arm that
 * is picked beyond ("none" where the columns allow, else "-"). Returns how many (at most two are kept: one on each side). */
static int
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

/* Other than in the base. */
static bool
row_changed(const struct app *app, const struct pane_row *row)
{
    const struct doc *d = app_doc_const(app);
    char now[512], then[512], path[112];
    struct field_ref ref;
    struct error ignored;

    if (!d->has_base || row->kind != ROW_FIELD ||
        field_find(&d->base, field_path(&d->file.scenario, row->ref, path, sizeof path), &ref, &ignored) < 0)
        return false;
    field_get_text(&d->file.scenario, row->ref, now, sizeof now, app->catalog);
    field_get_text(&d->base, ref, then, sizeof then, app->catalog);
    return strcmp(now, then) != 0;
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
    if (!focused && row->kind == ROW_FIELD && field_problem(app, row->ref) != NULL)
        canvas_text(c, y, 0, app->glyphs->problem, INK_PROBLEM, PEN_BOLD);
    else if (!focused && row_changed(app, row))
        canvas_text(c, y, 0, app->glyphs->changed, INK_DELTA, PEN_BOLD);
    canvas_text_fit(c, y, 1, label_columns - 1, label, row->kind == ROW_ARM ? INK_SERIES_0 + row->ref.arm : INK_PLAIN,
                    row->kind == ROW_ARM ? PEN_BOLD : 0, app->glyphs->ascii);
    int at = 1 + label_columns;
    if (focused && app->mode == MODE_ENTRY) {
        int width = l->left - at - 2, from = 0;
        char shown[LINE_BYTES];
        text_copy(shown, sizeof shown, app->edit.text);
        canvas_text(c, y, at, "[", INK_FOCUS, PEN_BOLD);
        char head[LINE_BYTES];
        memcpy(head, app->edit.text, (size_t)app->edit.at);
        head[app->edit.at] = '\0';
        int before = text_width(head);
        if (before > width - 1)
            from = before - width + 1;
        canvas_text_fit(c, y, at + 1, width, shown + (from < app->edit.n ? from : 0), INK_FOCUS, PEN_UNDERLINE,
                        app->glyphs->ascii);
        canvas_text(c, y, l->left - 1, "]", INK_FOCUS, PEN_BOLD);
        *cursor_row = y;
        *cursor_column = at + 1 + before - from;
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
}

/* How many rows each pane gets: the focused one first, the rest share what is left. */
static void
share_rows(const struct app *app, const struct layout *l, int given[PANE_COUNT])
{
    struct pane_row rows[ROWS_MAX];
    int left = l->body_rows - PANE_COUNT, want[PANE_COUNT];

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
        canvas_text(c, y, l->left - text_width(text) - (l->flips && pane == app->pane ? 11 : 1), text, INK_FAINT, 0);
    }
    return y + 1 + rows;
}

static void
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
    for (int r = l->body_top; r < l->body_top + l->body_rows; r++)
        canvas_text(c, r, l->left, app->glyphs->vertical, INK_FRAME, 0);
}

/* ---- views ------------------------------------------------------------------------------------ */

static void
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

static void
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

/* ---- verdict ------------------------------------------------------------------------------------ */

static int
wrap_text(const struct app *app, struct canvas *c, int row, int last, int left, int columns, const char *text,
          enum ink ink)
{
    char clean[SENTENCE + 64], line[SENTENCE + 64];

    text_clean(clean, sizeof clean, text);
    for (const char *p = clean; *p != '\0' && row < last;) {
        size_t n = strlen(p), cut = n;
        memcpy(line, p, n + 1);
        while (text_width(line) > columns - 1) {
            while (cut > 0 && line[cut - 1] != ' ')
                cut--;
            if (cut == 0)
                break;
            line[--cut] = '\0';
        }
        canvas_text_fit(c, row, left, columns, line, ink, 0, app->glyphs->ascii);
        row++;
        p += strlen(line);
        while (*p == ' ')
            p++;
        left += row == last ? 0 : 0;
    }
    return row;
}

static void
arm_line(const struct app *app, struct canvas *c, int row, int left, int columns, int arm)
{
    const struct answer *an = app_answer(app);
    const struct arm_answer *x = &an->arms[arm];
    const struct doc *d = app_doc_const(app);
    char month[24], range[48] = "", low[24], high[24], delta[32] = "", used[32] = "";
    enum ink ink = (enum ink)(INK_SERIES_0 + arm);
    int name_columns = columns >= 60 ? 18 : 12;

    canvas_put(c, row, left, (unsigned char)('A' + arm), ink, PEN_BOLD);
    canvas_text_fit(c, row, left + 2, name_columns, x->name, ink, arm == an->verdict.pick ? PEN_BOLD | PEN_UNDERLINE : 0,
                    app->glyphs->ascii);
    int at = left + 3 + name_columns;
    if (!x->known) {
        canvas_printf(c, row, at, INK_PROBLEM, 0, "cost unknown: %.60s", x->outcome.unknown);
        return;
    }
    number_usd(month, sizeof month, x->month_usd.p50);
    if (x->month_usd.p95 > x->month_usd.p5)
        snprintf(range, sizeof range, "%s%s%s", number_usd(low, sizeof low, x->month_usd.p5), app->glyphs->ellipsis,
                 number_usd(high, sizeof high, x->month_usd.p95));
    at += canvas_printf(c, row, at, INK_PLAIN, 0, "%8s/mo", month) + 1;
    if (x->passes)
        at += canvas_printf(c, row, at, INK_PLAIN, 0, "%3.0f%%", 100 * x->p_best) + 1;
    else
        at += canvas_printf(c, row, at, INK_PROBLEM, PEN_BOLD, "%s out", app->glyphs->no) + 1;
    if (columns >= 60)
        at += canvas_printf(c, row, at, INK_FAINT, 0, "%-16s", range) + 1;
    if (isfinite(x->utilization) && columns >= 70)
        snprintf(used, sizeof used, "%d repl %.0f%%", x->replicas[0], 100 * x->utilization);
    if (columns >= 70)
        at += canvas_printf(c, row, at, INK_FAINT, 0, "%-13s", used) + 1;
    if (d->base_answer != NULL && arm < d->base_answer->n_arms) {
        double diff = x->month_usd.p50 - d->base_answer->arms[arm].month_usd.p50;
        snprintf(delta, sizeof delta, "%s%s", diff >= 0 ? "+" : "", number_usd(low, sizeof low, diff));
        canvas_text(c, row, at, delta, INK_DELTA, 0);
    }
}

static void
draw_verdict(const struct app *app, struct canvas *c, const struct layout *l, int left, int columns)
{
    const struct answer *an = app_answer(app);
    int row = l->verdict_top, last = l->verdict_top + l->verdict_rows;

    for (int k = left; k < left + columns; k++)
        canvas_text(c, row, k, app->glyphs->horizontal, INK_FRAME, 0);
    canvas_text(c, row, left + 1, " Verdict ", INK_TITLE, PEN_BOLD);
    if (an != NULL) {
        char head[64];
        snprintf(head, sizeof head, " %s, P(best) %.0f%% ", confidence_word(an->verdict.confidence),
                 an->verdict.pick >= 0 ? 100 * an->verdict.p_best : 0.0);
        canvas_text(c, row, left + columns - text_width(head) - 1, head, INK_TITLE, 0);
    }
    row++;
    if (an == NULL)
        return;
    for (int a = 0; a < an->n_arms && row < last - 1; a++)
        arm_line(app, c, row++, left, columns, a);
    for (int k = 0; k < an->verdict.n_reasons && row < last; k++)
        row = wrap_text(app, c, row, last, left, columns, an->verdict.reasons[k], INK_PLAIN);
    for (int k = 0; k < an->verdict.n_warnings && row < last; k++) {
        char text[SENTENCE + 8];
        snprintf(text, sizeof text, "%s %s", app->glyphs->problem, an->verdict.warnings[k]);
        row = wrap_text(app, c, row, last, left, columns, text, INK_WARNING);
    }
}

/* ---- the last three rows ------------------------------------------------------------------------- */

/* The figure's source where the pane has no column for it, or one too narrow. */
static void
source_of(const struct app *app, const struct layout *l, struct field_ref ref, char *out, size_t size)
{
    const struct answer *an = app_answer(app);

    out[0] = '\0';
    if (an == NULL || ref.arm >= an->n_arms)
        return;
    figure_source(&an->setup, &app_doc_const(app)->file.scenario, ref, out, size);
    if (l->sources && text_width(out) <= l->left - SOURCE_FROM)
        out[0] = '\0';
}

static enum ink
help_of_field(const struct app *app, const struct layout *l, char *out, size_t size)
{
    struct pane_row row;
    struct quantity_rules how;
    char described[200], source[160], flips[2][32];
    const struct scenario *sc = &app_doc_const(app)->file.scenario;

    out[0] = '\0';
    if (app->tour > 0) {
        snprintf(out, size, "%d of %d  %s   Enter next, Esc ends", app->tour, tour_steps(), tour_words(app));
        return INK_FOCUS;
    }
    if (app->focus == FOCUS_VIEW) {
        snprintf(out, size, "%s: %s", app_view(app->view)->name, app_view(app->view)->help);
        return INK_PLAIN;
    }
    if (!app_current(app, &row))
        return INK_PLAIN;
    if (row.kind == ROW_ARM)
        snprintf(out, size, "Enter unfolds the arm; a adds one, d copies, x removes, < > move it");
    if (row.kind != ROW_FIELD)
        return INK_PLAIN;
    const struct problem *problem = field_problem(app, row.ref);
    if (problem != NULL) {
        snprintf(out, size, "%s %s", app->glyphs->problem, problem->error.text);
        return problem->level == PROBLEM_ERROR ? INK_PROBLEM : INK_WARNING;
    }
    const struct field *f = row.ref.field;
    const struct quantity *q = field_is_quantity(f) ? field_value(sc, row.ref) : NULL;
    source_of(app, l, row.ref, source, sizeof source);
    int n_flips = flips_of(app, &row, (int)sizeof flips[0], flips);
    bool unit = f->unit != NULL && f->unit[0] != '\0' && text_distance(f->unit, f->label) > 0;
    int n = snprintf(out, size, "%s%s%s", f->label, unit ? ", " : "", unit ? f->unit : "");
    if (n_flips > 0)
        n += snprintf(out + n, size - (size_t)n, "; flips at %s%s%s", flips[0], n_flips > 1 ? " and " : "",
                      n_flips > 1 ? flips[1] : "");
    if (!l->strips && f->pane == PANE_CONSTRAINTS && f->affects & AFFECTS_GATES) { /* in words */
        enum ink ignored;
        char bars[64];
        row_bars(app, &row, 40, bars, sizeof bars, &ignored);
        n += snprintf(out + n, size - (size_t)n, "%s%s", bars[0] != '\0' ? "; " : "", bars);
    }
    if (q != NULL && quantity_is_uncertain(q)) {
        field_rules(f, sc, &how);
        n += snprintf(out + n, size - (size_t)n, ": %s", quantity_describe(described, sizeof described, q, &how));
    } else
        n += snprintf(out + n, size - (size_t)n, ": %s", f->help);
    if (source[0] != '\0' && (size_t)n < size)
        snprintf(out + n, size - (size_t)n, "  (%s)", source);
    return app->focus == FOCUS_PANE ? INK_PLAIN : INK_FAINT;
}

/* What the entry would be read as, or why it is refused. */
static void
entry_line(const struct app *app, char *out, size_t size)
{
    struct field_ref ref;
    struct quantity_rules how;
    struct quantity q;
    struct error err;
    char described[200];

    out[0] = '\0';
    if (!app_current_field(app, &ref))
        return;
    if (app->complaint[0] != '\0') {
        snprintf(out, size, "%s %s   (in force: %s)", app->glyphs->problem, app->complaint, app->before);
        return;
    }
    if (field_is_quantity(ref.field)) {
        field_rules(ref.field, &app_doc_const(app)->file.scenario, &how);
        if (quantity_parse(&q, app->edit.text, &how, &err) == 0)
            snprintf(out, size, "reads as %s", quantity_describe(described, sizeof described, &q, &how));
    }
}

/* The verdict as the entry would have it, and the one in force. */
static void
preview_line(const struct app *app, char *out, size_t size)
{
    const struct answer *an = app_answer(app), *next = app->preview;
    struct pane_row row;
    char flips[2][32];
    int n = 0;

    out[0] = '\0';
    if (next != NULL && an != NULL) {
        const char *is = next->verdict.pick >= 0 ? next->arms[next->verdict.pick].name : "no arm passes";
        const char *was = an->verdict.pick >= 0 ? an->arms[an->verdict.pick].name : "no arm passes";
        snprintf(out, size, "preview: %s, %s   was: %s, %s   ", is, confidence_word(next->verdict.confidence), was,
                 confidence_word(an->verdict.confidence));
    }
    if (app_current(app, &row))
        n = flips_of(app, &row, (int)sizeof flips[0], flips);
    for (int k = 0; k < n; k++)
        snprintf(out + strlen(out), size - strlen(out), "%s%s%s", k == 0 ? "flips at " : ", ", flips[k],
                 k == n - 1 ? "   " : "");
    snprintf(out + strlen(out), size - strlen(out), "Esc puts back %s", app->before);
}

static void
key_line(const struct app *app, char *out, size_t size, int columns)
{
    switch (app->mode) {
    case MODE_ENTRY:
        text_copy(out, size,
                  "Enter keep  Esc put back  Tab keep, next pane  forms: 12M  8M to 12M  10M \xc2\xb1" "20%  8M/10M/12M  =5*30");
        break;
    case MODE_PROMPT:
        text_copy(out, size, "Tab completes  Up history  Esc leaves");
        break;
    case MODE_LIST:
    case MODE_FIND:
        text_copy(out, size, "letters narrow  Up Down choose  Enter takes  Esc leaves");
        break;
    case MODE_HELP:
        text_copy(out, size, "j k scroll  Esc closes");
        break;
    case MODE_HISTORY:
        text_copy(out, size, "j k choose a step  Enter goes there  Esc leaves");
        break;
    case MODE_ASK:
        text_copy(out, size, "y yes  n no  Esc stays");
        break;
    default:
        keymap_brief(app, out, size, columns);
    }
}

static void
draw_bottom(const struct app *app, struct canvas *c, const struct layout *l, int *cursor_row, int *cursor_column)
{
    char text[512];
    int rows = c->rows;

    enum ink ink = app->complaint[0] != '\0' ? INK_PROBLEM : INK_PLAIN;

    if (app->mode == MODE_ENTRY)
        entry_line(app, text, sizeof text);
    else if (app->mode == MODE_PROMPT)
        prompt_hint(app, text, sizeof text);
    else
        ink = help_of_field(app, l, text, sizeof text);
    /* where nothing just happened, and for a problem that E named, the help stands over both lines */
    bool both = l->bottom_rows > 2;
    bool whole = both && app->mode == MODE_REST && text_width(text) > c->columns - 2 &&
                 (app->tour > 0 || app->status[0] == '\0' ||
                  (strncmp(app->status, "problem ", 8) == 0 && ink != INK_PLAIN));
    if (whole)
        wrap_text(app, c, rows - 3, rows - 1, 1, c->columns - 2, text, ink);
    else if (both || app->mode == MODE_ENTRY || (app->mode == MODE_REST && (app->status[0] == '\0' || app->tour > 0)))
        canvas_text_fit(c, rows - (both ? 3 : 2), 1, c->columns - 2, text, ink, app->tour > 0 ? PEN_BOLD : 0,
                        app->glyphs->ascii);
    bool taken = !both && app->mode != MODE_PROMPT && app->mode != MODE_ASK &&
                 (app->mode == MODE_ENTRY || app->status[0] == '\0' || app->tour > 0);
    if (app->mode == MODE_PROMPT) {
        canvas_printf(c, rows - 2, 0, INK_KEY, PEN_BOLD, ":%s", app->edit.text);
        char head[LINE_BYTES];
        memcpy(head, app->edit.text, (size_t)app->edit.at);
        head[app->edit.at] = '\0';
        *cursor_row = rows - 2;
        *cursor_column = 1 + text_width(head);
    } else if (!taken && app->mode == MODE_ENTRY && app->complaint[0] == '\0') {
        preview_line(app, text, sizeof text);
        canvas_text_fit(c, rows - 2, 1, c->columns - 2, text, INK_PLAIN, 0, app->glyphs->ascii);
    } else if (!whole && !taken)
        canvas_text_fit(c, rows - 2, 1, c->columns - 2, app->status, app->mode == MODE_ASK ? INK_WARNING : INK_PLAIN,
                        app->mode == MODE_ASK ? PEN_BOLD : 0, app->glyphs->ascii);
    key_line(app, text, sizeof text, c->columns - 2 - (app->presentation ? 10 : 0));
    char clean[512];
    if (app->glyphs->ascii) {
        /* the plus-minus sign of the forms */
        char *sign = strstr(text, "\xc2\xb1");
        if (sign != NULL)
            memcpy(sign, "+-", 2);
    }
    text_clean(clean, sizeof clean, text);
    canvas_text_fit(c, rows - 1, 1, c->columns - 2, clean, INK_KEY, 0, app->glyphs->ascii);
    if (app->presentation)
        canvas_printf(c, rows - 1, c->columns - 10, INK_KEY, PEN_BOLD | PEN_REVERSE, " %.7s ", app->last_key);
}

/* ---- very small windows: the focused field and the verdict ------------------------------------------- */

/* The last row: what is being typed or asked, what just happened, or where the value flips. */
static void
tiny_line(const struct app *app, const struct pane_row *row, char *out, size_t size)
{
    char flips[2][32];

    if (app->mode == MODE_PROMPT || app->mode == MODE_FIND || app->mode == MODE_LIST)
        snprintf(out, size, "%s%s", app->mode == MODE_PROMPT ? ":" : "/", app->edit.text);
    else if (app->mode == MODE_ENTRY && app->complaint[0] != '\0')
        snprintf(out, size, "%s %s", app->glyphs->problem, app->complaint);
    else if (app->mode != MODE_ASK && row != NULL && flips_of(app, row, (int)sizeof flips[0], flips) > 0)
        snprintf(out, size, "flips %s", flips[0]);
    else
        text_copy(out, size, app->status);
}

static void
draw_tiny(const struct app *app, struct canvas *c, int *cursor_row, int *cursor_column)
{
    struct pane_row row;
    const struct answer *an = app_answer(app);
    char text[500];
    bool faint, there = app_current(app, &row);

    if (c->columns < 20 || c->rows < 4) {
        canvas_text_fit(c, 0, 0, c->columns, "need 20x4; keys work", INK_PLAIN, 0, true);
        return;
    }
    if (there) {
        canvas_text_fit(c, 0, 0, c->columns, row_label(app, &row, text, sizeof text), INK_PLAIN, 0, app->glyphs->ascii);
        row_value(app, &row, text, sizeof text, &faint);
        canvas_text_fit(c, 1, 0, c->columns, app->mode == MODE_ENTRY ? app->edit.text : text, INK_FOCUS, PEN_REVERSE,
                        app->glyphs->ascii);
        *cursor_row = 1;
        *cursor_column = 0;
    }
    if (an != NULL) {
        snprintf(text, sizeof text, "%s %s", an->verdict.pick >= 0 ? an->arms[an->verdict.pick].name : "no arm passes",
                 confidence_word(an->verdict.confidence));
        canvas_text_fit(c, 2, 0, c->columns, text, INK_TITLE, PEN_BOLD, app->glyphs->ascii);
    }
    tiny_line(app, there ? &row : NULL, text, sizeof text);
    canvas_text_fit(c, 3, 0, c->columns, text, app->mode == MODE_ASK ? INK_WARNING : INK_PLAIN, 0, app->glyphs->ascii);
}

static void
draw_single_verdict(const struct app *app, struct canvas *c, const struct layout *l)
{
    const struct answer *an = app_answer(app);
    int order[2] = { an != NULL ? an->verdict.pick : -1, an != NULL ? an->verdict.rival : -1 };
    char line[200], usd[24];
    int n = 0;

    if (an == NULL)
        return;
    if (l->verdict_rows > 1) {
        for (int a = 0; a < an->n_arms && a < l->verdict_rows; a++)
            arm_line(app, c, l->verdict_top + a, 0, l->columns, a);
        return;
    }
    line[0] = '\0';
    for (int k = 0; k < 2; k++)
        if (order[k] >= 0)
            n += snprintf(line + n, sizeof line - (size_t)n, "%.16s %s  ", an->arms[order[k]].name,
                          number_usd(usd, sizeof usd, an->arms[order[k]].month_usd.p50));
    if (order[0] < 0)
        text_copy(line, sizeof line, "no arm passes");
    canvas_text_fit(c, l->verdict_top, 1, l->columns - 1, line, INK_TITLE, PEN_BOLD, app->glyphs->ascii);
}

/* A refused entry says why on its own row, over whatever the view has there. */
static void
draw_complaint(const struct app *app, struct canvas *c, const struct layout *l, int row)
{
    if (app->mode != MODE_ENTRY || app->complaint[0] == '\0' || row < 0)
        return;
    for (int k = l->left; k < c->columns; k++)
        canvas_put(c, row, k, ' ', INK_PLAIN, 0);
    canvas_text_fit(c, row, l->left + 1, c->columns - l->left - 2, app->complaint, INK_PROBLEM, 0, app->glyphs->ascii);
}

/* ---- the frame ------------------------------------------------------------------------------------------ */

/* The terminal's cursor sits where the work is: screen readers follow it. */
static void
cursor_in_view(const struct app *app, const struct screen_map *map, int *row, int *column)
{
    *row = map->tabs_row;
    *column = map->tabs[app->view];
    if (app->crosshair >= 0 && map->area.columns > 0) {
        *row = map->area.row + map->area.rows / 2;
        *column = map->area.column + app->crosshair;
    }
}

static void
cursor_in_overlay(const struct app *app, const struct layout *l, const struct screen_map *map, int *row, int *column)
{
    char head[LINE_BYTES];

    if (app->mode == MODE_FIND || app->mode == MODE_LIST) {
        text_copy(head, sizeof head, app->edit.text);
        head[app->edit.at] = '\0';
        *row = l->body_top + 1;
        *column = 3 + text_width(head);
    } else if (app->mode == MODE_HISTORY) {
        *row = map->list_row + app->list_at - map->list_first;
        *column = 2;
    } else if (app->mode == MODE_HELP) {
        *row = l->body_top + 1;
        *column = 3;
    }
}

void
app_draw(const struct app *app, struct canvas *c, struct screen_map *map, int *cursor_row, int *cursor_column)
{
    struct layout l;

    canvas_clear(c);
    memset(map, 0, sizeof *map);
    for (int k = 0; k < MAP_ROWS; k++)
        map->rows[k].pane = -1;
    *cursor_row = *cursor_column = -1;
    app_layout(app, c->columns, c->rows, &l);
    if (app->n_docs == 0)
        return;
    if (l.tiny) {
        draw_tiny(app, c, cursor_row, cursor_column);
        return;
    }
    draw_title(app, c);
    if (l.left > 0)
        draw_panes(app, c, &l, map, cursor_row, cursor_column);
    map->panes_columns = l.left;
    if (!l.single || l.left == 0) {
        int readout = app->crosshair >= 0 && app->focus == FOCUS_VIEW && l.view_rows > 6 ? 1 : 0;
        draw_tabs(app, c, l.view_top, l.view_left, l.view_columns, map);
        draw_view(app, c, l.view_top + 1, l.view_left, l.view_rows - 1 - readout, l.view_columns, map);
        if (readout)
            draw_readout(app, c, l.view_top + l.view_rows - 1, l.view_left + 1, l.view_columns - 1, &map->area);
        if (app->focus == FOCUS_VIEW && app->mode == MODE_REST)
            cursor_in_view(app, map, cursor_row, cursor_column);
    }
    if (l.single)
        draw_single_verdict(app, c, &l);
    else
        draw_verdict(app, c, &l, l.verdict_left, l.verdict_columns);
    if (l.side_columns > 0)
        draw_panels(app, c, &l, map);
    draw_complaint(app, c, &l, *cursor_row);
    if (app->mode == MODE_LIST)
        draw_list(app, c, &l, map);
    if (app->mode == MODE_FIND)
        draw_find(app, c, &l, map);
    if (app->mode == MODE_HELP)
        draw_help(app, c, &l);
    if (app->mode == MODE_HISTORY)
        draw_history(app, c, &l, map);
    cursor_in_overlay(app, &l, map, cursor_row, cursor_column);
    draw_bottom(app, c, &l, cursor_row, cursor_column);
}
