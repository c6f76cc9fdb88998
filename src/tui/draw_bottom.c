/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "draw.h"

/* The last three rows: help for what is focused, what just happened, keys. */

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

static void
arm_keys(const struct app *app, char *out, size_t size)
{
    static const char *const acts[] = { "edit", "arm-add", "arm-copy", "arm-remove", "arm-up", "arm-down" };
    char keys[BE_LEN(acts)][KEYS_BYTES];

    for (size_t k = 0; k < BE_LEN(acts); k++)
        keymap_key(app, acts[k], keys[k], sizeof keys[k]);
    snprintf(out, size, "%s unfolds the arm; %s adds one, %s copies, %s removes, %s %s move it", keys[0], keys[1], keys[2],
             keys[3], keys[4], keys[5]);
}

/* What is wrong with it goes before what it is, unless that stands elsewhere. */
static enum ink
help_of_field(const struct app *app, const struct layout *l, bool apart, char *out, size_t size)
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
        arm_keys(app, out, size);
    const struct problem *problem = apart ? NULL : row_problem(app, &row);
    if (row.kind != ROW_FIELD && problem == NULL) {
        char key[KEYS_BYTES];
        int n = row_is_pilot(&row) ? snprintf(out, size, "%s: %s", pilot_label(&row, described, sizeof described),
                                              pilot_help(&row)) : 0;
        if (row.kind == ROW_PILOT)
            snprintf(out + n, size - (size_t)n, "; %s removes the pilot", keymap_key(app, "pilot-remove", key, sizeof key));
        return INK_PLAIN;
    }
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
    if (n_flips > 0) {
        char key[KEYS_BYTES];
        n += snprintf(out + n, size - (size_t)n, "; flips at %s%s%s", flips[0], n_flips > 1 ? " and " : "",
                      n_flips > 1 ? flips[1] : "");
        if (field_is_quantity(f) && keymap_key(app, "goal-seek", key, sizeof key)[0] != '\0')
            n += snprintf(out + n, size - (size_t)n, " (key %s)", key);
    }
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

#define ENTRY_STRIP 14

/* What the entry would be read as, with the drawing of a range,, or why it is refused. */
static void
entry_line(const struct app *app, char *out, size_t size)
{
    struct pane_row row;
    struct quantity_rules how;
    struct quantity q;
    struct error err;
    char described[200], strip[4 * ENTRY_STRIP + 1];

    out[0] = '\0';
    if (!app_current(app, &row))
        return;
    if (app->complaint[0] != '\0') {
        int n = snprintf(out, size, "%s %s", app->glyphs->problem, app->complaint);
        if (app->before[0] != '\0' && n > 0 && (size_t)n < size)
            snprintf(out + n, size - (size_t)n, "   (in force: %s)", app->before);
        return;
    }
    if (row_is_pilot(&row))
        pilot_reads_as(&row, app->edit.text, out, size);
    else if (field_is_quantity(row.ref.field)) {
        field_rules(row.ref.field, &app_doc_const(app)->file.scenario, &how);
        if (quantity_parse(&q, app->edit.text, &how, &err) == 0) {
            chart_strip(strip, sizeof strip, &q, ENTRY_STRIP, app->glyphs);
            snprintf(out, size, "reads as %s%s%s", strip, strip[0] != '\0' ? " " : "",
                     quantity_describe(described, sizeof described, &q, &how));
        }
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
    char key[KEYS_BYTES];
    snprintf(out + strlen(out), size - strlen(out), "%s puts back %s", keymap_key(app, "entry-leave", key, sizeof key),
             app->before);
}

static void
key_line(const struct app *app, char *out, size_t size, int columns)
{
    size_t n = 0;

    if (app->mode == MODE_ASK) {
        text_copy(out, size, "y yes  n no  Esc stays");
        return;
    }
    if (app->mode == MODE_LIST || app->mode == MODE_FIND)
        n = (size_t)snprintf(out, size, "letters narrow  ");
    keymap_brief(app, out + n, size - n, columns - (int)n);
    n = strlen(out);
    struct pane_row row;
    if (app->mode == MODE_ENTRY && app_current(app, &row) && row_is_pilot(&row))
        snprintf(out + n, size - n, "%s", row.kind == ROW_PILOT ? "forms: 250  1k  =5*50  *2"
                                                                : "forms: 200 150 250  200: 150 of 250");
    else if (app->mode == MODE_ENTRY)
        snprintf(out + n, size - n, "forms: 12M  8M to 12M  10M \xc2\xb1" "20%%  8M/10M/12M  =5*30");
}

/* A problem that two lines do not hold stands whole in a box, beside its field or away from it. */
static void
draw_problem(const struct app *app, struct canvas *c, const struct layout *l, const char *text, enum ink ink, int cursor_row)
{
    int left = l->single || l->left == 0 ? 1 : l->view_left + 1, columns = c->columns - left - 1;
    int rows = wrapped_rows(text, columns - 1) + 2, most = l->body_rows - 1, top = l->body_top + 1;
    char title[40];

    rows = rows < most ? rows : most;
    if (l->single && cursor_row <= top + rows)
        top = l->body_top + l->body_rows - rows;
    snprintf(title, sizeof title, "%.*s", (int)strcspn(app->status, ":,"), app->status);
    title[0] = 'P';
    draw_box(app, c, top, left, rows, columns, title);
    wrap_text(app, c, top + 1, top + rows - 1, left + 1, columns - 1, text, ink);
}

void
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
        ink = help_of_field(app, l, false, text, sizeof text);
    /* where nothing just happened, and for a problem that E named, the help stands over both lines */
    bool both = l->bottom_rows > 2;
    bool named = app->mode == MODE_REST && strncmp(app->status, "problem ", 8) == 0 && ink != INK_PLAIN;
    bool whole = both && app->mode == MODE_REST && text_width(text) > c->columns - 2 &&
                 (app->tour > 0 || app->status[0] == '\0' || named);
    if (named && !l->tiny && wrapped_rows(text, c->columns - 2) > (both ? 2 : 1)) {
        draw_problem(app, c, l, text, ink, *cursor_row);
        ink = help_of_field(app, l, true, text, sizeof text);
        whole = false;
    }
    if (whole)
        wrap_text(app, c, rows - 3, rows - 1, 1, c->columns - 2, text, ink);
    else if (both || app->mode == MODE_ENTRY || (app->mode == MODE_REST && (app->status[0] == '\0' || app->tour > 0)))
        canvas_text_fit(c, rows - (both ? 3 : 2), 1, c->columns - 2, text, ink, app->tour > 0 ? PEN_BOLD : 0,
                        app->glyphs->ascii);
    bool taken = !both && app->mode != MODE_PROMPT && app->mode != MODE_ASK &&
                 (app->mode == MODE_ENTRY || app->status[0] == '\0' || app->tour > 0);
    if (app->mode == MODE_PROMPT) {
        int from, before = edit_shown(&app->edit, c->columns - 1, &from);
        canvas_printf(c, rows - 2, 0, INK_KEY, PEN_BOLD, ":%s", app->edit.text + from);
        *cursor_row = rows - 2;
        *cursor_column = 1 + before;
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
