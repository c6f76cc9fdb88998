/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "draw.h"

/* The frame: inputs left, picture and verdict right, one help line, one line of what
 * just happened, one key line. Drawing never changes the state. */

/* ---- row 1 ----------------------------------------------------------------------------- */

static void
capitals(char *s)
{
    for (; *s != '\0' && *s != ':'; s++)
        if (*s >= 'a' && *s <= 'z')
            *s = (char)(*s - 'a' + 'A');
}

/* The headline in as few letters as there is room for: without the rival; what it saves as "/mo"; the arm for what to do;
 * and only then without what it saves. Whether that is still said. */
static bool
shorten(const struct answer *an, char *headline, size_t size, int columns)
{
    char *saves = strstr(headline, ", saves"), *month = saves != NULL ? strstr(saves, " a month against ") : NULL;
    char gain[48] = "", arm[64];

    if (text_width(headline) <= columns || an->verdict.pick < 0)
        return saves != NULL;
    const struct arm_answer *pick = &an->arms[an->verdict.pick];
    if (month != NULL) {
        month[strlen(" a month")] = '\0';
        if (text_width(headline) <= columns)
            return true;
        snprintf(gain, sizeof gain, "%.*s/mo", (int)(month - saves), saves);
        text_copy(saves, size - (size_t)(saves - headline), gain);
        if (text_width(headline) <= columns)
            return true;
    }
    int n = snprintf(arm, sizeof arm, "PICK %.40s", pick->name);
    if (gain[0] != '\0' && n + text_width(gain) <= columns) {
        snprintf(headline, size, "%s%s", arm, gain);
        return true;
    }
    if (saves != NULL)
        *saves = '\0';
    if (text_width(headline) > columns) {
        snprintf(headline, size, "%s, %s", arm, arm_kind_word(pick->kind));
        if (text_width(headline) > columns || strcmp(pick->name, arm_kind_word(pick->kind)) == 0)
            text_copy(headline, size, arm);
    }
    return false;
}

/* How sure, and from how many samples what is on the screen comes; an ellipsis: from more soon. */
static void
say_certainty(const struct app *app, char *out, size_t size, int width)
{
    const struct doc *d = app_doc_const(app);
    const struct answer *an = d->answer;
    const char *more = app_refining(app) || app->finer ? app->glyphs->ellipsis : "";
    char n[16], deep[16], goal[16], flips[40] = "", sure[32];

    snprintf(sure, sizeof sure, "%s%s", confidence_word(an->verdict.confidence), answer_on_cost_alone(an) && width >= 60 ? " on cost" : "");
    number_si(n, sizeof n, an->samples);
    number_si(goal, sizeof goal, app->finer ? FINE_SAMPLES : app_full_samples(app));
    if (an->deep_samples > 0 && an->deep_samples != an->samples)
        snprintf(flips, sizeof flips, ", flips %s", number_si(deep, sizeof deep, an->deep_samples));
    if (d->stale)
        snprintf(out, size, "computing%s ", app->glyphs->ellipsis);
    else if (width < NARROW) /* the verdict's heading says of how many samples */
        snprintf(out, size, "%s ", sure);
    else if (more[0] != '\0' && strcmp(n, goal) != 0)
        snprintf(out, size, "%s  %s of %s%s%s%s ", sure, n, goal, width < 150 ? "" : " samples", flips, more);
    else
        snprintf(out, size, "%s  %s samples%s%s ", sure, n, flips, more);
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
        snprintf(base, sizeof base, "  base%s%.40s", strcmp(d->base_name, d->name) == 0 ? " set" : ": ",
                 strcmp(d->base_name, d->name) == 0 ? "" : d->base_name);

    for (int k = 0; k < width; k++)
        canvas_put(c, 0, k, ' ', INK_TITLE, PEN_REVERSE);
    if (width < 150 && d->problems.n > 0)
        snprintf(marks, sizeof marks, " %s%d", app->glyphs->problem, d->problems.n);
    snprintf(left, sizeof left, " breakeven  %s%s%s%s%s%s  ", d->name, marks, unsaved > 0 ? " " : "",
             unsaved > 0 ? app->glyphs->changed : "",
             which, base);
    if (width < NARROW)
        snprintf(left, sizeof left, " %s%s%s%s%s%s", d->name, width < 60 ? "" : marks, unsaved > 0 && width >= 60 ? " " : "",
                 unsaved > 0 ? app->glyphs->changed : "", which, width < 60 ? " " : "  ");
    int used = canvas_text_fit(c, 0, 0, base[0] != '\0' ? width * 3 / 5 : width / 2, left, INK_TITLE,
                               PEN_REVERSE | PEN_BOLD, app->glyphs->ascii);
    if (an == NULL)
        return;
    text_copy(headline, sizeof headline, an->verdict.headline);
    capitals(headline);
    say_certainty(app, right, sizeof right, width);
    if (width >= 150 && d->problems.n > 0) {
        char with[96];
        snprintf(with, sizeof with, "%d problem%s (E)   %.60s", d->problems.n, d->problems.n == 1 ? "" : "s", right);
        text_copy(right, sizeof right, with);
    }
    if (width >= 150 && d->history.at > 0) {
        int edits = d->history.at;
        char with[sizeof right];
        snprintf(with, sizeof with, "%d edit%s, %d unsaved   %.60s", edits, edits == 1 ? "" : "s", unsaved, right);
        text_copy(right, sizeof right, with);
    }
    char crossing[40] = "";
    int keep = text_width(right), room = width - used - keep - (width >= 78 ? 2 : 1);
    if (width < 78 && (an->verdict.pick < 0 || room < 5 + text_width(an->arms[an->verdict.pick].name)))
        keep = 0, room = width - used - 1; /* what is picked goes before how sure */
    if (width >= 78)
        break_even_brief(an, crossing, sizeof crossing);
    if (width < NARROW && crossing[0] != '\0') { /* it has its room before the longer words, but not before the saving */
        char brief[sizeof headline];
        text_copy(brief, sizeof brief, headline);
        if (shorten(an, brief, sizeof brief, room - text_width(crossing) - 2) || strstr(headline, ", saves") == NULL)
            text_copy(headline, sizeof headline, brief);
    }
    shorten(an, headline, sizeof headline, room);
    int at = used + canvas_text_fit(c, 0, used, room, headline, INK_TITLE, PEN_REVERSE | PEN_BOLD, app->glyphs->ascii);
    if (crossing[0] != '\0' && at + 2 + text_width(crossing) <= used + room)
        canvas_text(c, 0, at + 2, crossing, INK_TITLE, PEN_REVERSE);
    if (keep > 0)
        canvas_text(c, 0, width - keep, right, INK_TITLE, PEN_REVERSE);
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
    if (map->cursor_row >= 0) {
        *row = map->cursor_row;
        *column = map->cursor_column;
    } else if (app->crosshair >= 0 && map->area.columns > 0) {
        *row = map->area.row + map->area.rows / 2;
        *column = map->area.column + app->crosshair;
    }
}

static void
cursor_in_overlay(const struct app *app, const struct layout *l, const struct screen_map *map, int *row, int *column)
{
    int from;

    if (app->mode == MODE_FIND || app->mode == MODE_LIST) {
        *row = l->body_top + 1;
        *column = 3 + edit_shown(&app->edit, sought_columns(l), &from);
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
    map->cursor_row = map->you_column = map->you_row = -1;
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
    map->reads_apart = l.side_columns > 0;
    if (!l.single || l.left == 0) {
        draw_tabs(app, c, l.view_top, l.view_left, l.view_columns, map);
        draw_view(app, c, l.view_top + 1, l.view_left, l.view_rows - 1, l.view_columns, map);
        if (app->focus == FOCUS_VIEW && app->mode == MODE_REST)
            cursor_in_view(app, map, cursor_row, cursor_column);
    }
    if (l.single)
        draw_single_verdict(app, c, &l);
    else
        draw_verdict(app, c, &l, map, l.verdict_left, l.verdict_columns);
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
