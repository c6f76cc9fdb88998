/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actions.h"

/* ---- edits ---------------------------------------------------------------------------- */

/* The unsaved state, whole: a crash loses the open entry at most. It is noted before the frame that
 * shows it, and the disk is waited for once that frame is out. */
void
write_journal(struct app *app)
{
    app_doc(app)->journal_due = true;
    if (app->clock_ms == NULL) {
        note_journals(app);
        settle_journals(app);
    }
}

/* The reason first: the line may have no room for the path. */
static void
say_no_journal(struct app *app, const struct error *err)
{
    const char *reason = strrchr(err->text, ':');

    app_say(app, "no journal of unsaved edits%s (%s)", reason != NULL ? reason : "", err->text);
}

void
note_journals(struct app *app)
{
    struct error err;

    for (int k = 0; k < app->n_docs; k++) {
        struct doc *d = &app->docs[k];
        if (!d->journal_due)
            continue;
        d->journal_due = false;
        if (app->options->state_folder == NULL)
            continue;
        d->journal_noted = journal_note(app->options->state_folder, d->file.path, &d->file.scenario,
                                        history_unsaved(&d->history), app->catalog, &err) == 0;
        if (!d->journal_noted)
            say_no_journal(app, &err);
    }
}

void
settle_journals(struct app *app)
{
    struct error err;

    for (int k = 0; k < app->n_docs; k++) {
        struct doc *d = &app->docs[k];
        if (d->journal_noted && journal_settle(app->options->state_folder, d->file.path, &err) < 0)
            say_no_journal(app, &err);
        d->journal_noted = false;
    }
}

int
app_set_field(struct app *app, struct field_ref ref, const char *text, bool join, struct error *err)
{
    struct doc *d = app_doc(app);
    char before[LINE_BYTES], after[LINE_BYTES], name[96];

    field_get_text(&d->file.scenario, ref, before, sizeof before, app->catalog);
    if (history_set(&d->history, &d->file.scenario, ref, text, join, app->catalog, err) < 0)
        return -1;
    field_get_text(&d->file.scenario, ref, after, sizeof after, app->catalog);
    app_say(app, "set %s %s %s %s", field_words(&d->file.scenario, ref, name, sizeof name),
            before[0] != '\0' ? before : app->glyphs->dash,
            app->glyphs->arrow, after[0] != '\0' ? after : app->glyphs->dash);
    write_journal(app);
    app_after_edit(app);
    return 0;
}

void
entry_open(struct app *app, const char *text)
{
    struct pane_row row;

    if (!app_current(app, &row) || (row.kind != ROW_FIELD && !row_is_pilot(&row)))
        return;
    if (row.kind == ROW_FIELD)
        field_get_text(&app_doc(app)->file.scenario, row.ref, app->before, sizeof app->before, app->catalog);
    else
        pilot_text(&app_doc(app)->file.scenario, &row, app->before, sizeof app->before);
    edit_set(&app->edit, text != NULL ? text : app->before);
    app->mode = MODE_ENTRY;
    app->complaint[0] = '\0';
    entry_changed(app);
}

/* "*1.1" and "/2" as the whole entry scale each number of the text in force. */
static int
entry_text(struct app *app, const struct pane_row *row, char *out, size_t size, struct error *err)
{
    struct quantity_rules how;
    bool scales = row->kind == ROW_PILOT || (row->kind == ROW_FIELD && field_is_quantity(row->ref.field));
    const char *typed = app->edit.text;
    double factor;

    while (*typed == ' ')
        typed++;
    if (!scales || (*typed != '*' && *typed != '/')) {
        text_copy(out, size, app->edit.text);
        return 0;
    }
    if (number_parse(&factor, typed + 1, FORM_NUMBER, err) < 0)
        return -1;
    if (factor == 0)
        return error_set(err, ERR_RANGE, "a factor of 0");
    factor = *typed == '*' ? factor : 1 / factor;
    if (row->kind == ROW_PILOT)
        return pilot_scale_text(out, size, row, app->before, factor, err);
    field_rules(row->ref.field, &app_doc(app)->file.scenario, &how);
    return quantity_scale_text(out, size, app->before, factor, &how, err);
}

/* A field's text, or that of a pilot's row, into a scenario. */
static int
set_text(const struct app *app, struct scenario *sc, const struct pane_row *row, const char *text, struct error *err)
{
    return row->kind == ROW_FIELD ? field_set_text(sc, row->ref, text, app->catalog, err) : pilot_set_text(sc, row, text, err);
}

/* The same as an edit. */
static int
edit_row(struct app *app, const struct pane_row *row, const char *text, bool join, struct error *err)
{
    return row->kind == ROW_FIELD ? app_set_field(app, row->ref, text, join, err) : app_set_pilot(app, row, text, join, err);
}

void
entry_changed(struct app *app)
{
    struct pane_row row;
    struct error err;
    char text[LINE_BYTES];
    struct scenario *copy = malloc(sizeof *copy);
    const struct scenario *legal = NULL;

    app->complaint[0] = '\0';
    if (copy != NULL && app_current(app, &row)) {
        *copy = app_doc(app)->file.scenario;
        if (row.kind == ROW_NEW_PILOT && app->edit.n == 0) /* not begun yet */
            ;
        else if (entry_text(app, &row, text, sizeof text, &err) < 0 || set_text(app, copy, &row, text, &err) < 0)
            text_copy(app->complaint, sizeof app->complaint, err.text);
        else if (strcmp(app->edit.text, app->before) != 0)
            legal = copy;
    }
    app_preview(app, legal);
    free(copy);
}

void
entry_commit(struct app *app)
{
    struct pane_row row;
    struct error err;
    char text[LINE_BYTES];

    if (!app_current(app, &row)) {
        app->mode = MODE_REST;
        return;
    }
    if (strcmp(app->edit.text, app->before) == 0) {
        app->mode = MODE_REST;
        return;
    }
    if (entry_text(app, &row, text, sizeof text, &err) < 0 || edit_row(app, &row, text, false, &err) < 0) {
        text_copy(app->complaint, sizeof app->complaint, err.text);
        return;
    }
    app->mode = MODE_REST;
}

/* ---- values ---------------------------------------------------------------------------------- */

/* Eight presses less than 150 ms apart move the first digit instead of the second. */
/* A row whose value has no steps, or that has none. */
static void
say_no_steps(struct app *app, const struct pane_row *row)
{
    char key[KEYS_BYTES];

    keymap_key(app, "edit", key, sizeof key);
    if (row->kind == ROW_ARM)
        app_say(app, "an arm has no value: %s unfolds it", key);
    else if (row->kind == ROW_NEW_PILOT)
        app_say(app, "no pilot yet: %s types one", key);
    else if (row->kind == ROW_FIELD)
        app_say(app, "%s is no number: %s %s", row->ref.field->label, key,
                row->ref.field->type == &field_text || row->ref.field->type == &field_date ? "types it" : "has its choices");
}

void
act_nudge(struct app *app, const struct key *k, int by)
{
    struct pane_row row;
    struct error err;
    char text[LINE_BYTES];
    bool run = k->at_ms - app->last_nudge_ms < 150 && by == app->last_nudge_by;

    if (!app_current(app, &row))
        return;
    if (row.kind != ROW_FIELD && row.kind != ROW_PILOT) {
        say_no_steps(app, &row);
        return;
    }
    app->nudge_run = run ? app->nudge_run + 1 : 1;
    app->last_nudge_ms = k->at_ms;
    app->last_nudge_by = by;
    const struct scenario *sc = &app_doc(app)->file.scenario;
    bool coarse = app->nudge_run >= 8;
    int status = row.kind == ROW_PILOT ? pilot_nudge_text(sc, &row, by, coarse, text, sizeof text)
                                       : field_nudge(sc, row.ref, by, coarse, app->catalog, text, sizeof text, &err);
    if (status < 0 || edit_row(app, &row, text, run, &err) < 0)
        app_say(app, "%s", err.text);
}

void
act_scale(struct app *app, const struct key *k, int by)
{
    static const double factors[] = { 0.1, 0.5, 2, 10 };
    const struct scenario *sc = &app_doc(app)->file.scenario;
    struct pane_row row;
    struct quantity_rules how;
    struct error err;
    char text[LINE_BYTES], before[LINE_BYTES];
    int status;

    (void)k;
    if (!app_current(app, &row))
        return;
    if (row.kind == ROW_PILOT)
        status = pilot_scale_text(text, sizeof text, &row, pilot_text(sc, &row, before, sizeof before), factors[by], &err);
    else if (row.kind == ROW_FIELD && field_is_quantity(row.ref.field)) {
        field_rules(row.ref.field, sc, &how);
        field_get_text(sc, row.ref, before, sizeof before, app->catalog);
        status = quantity_scale_text(text, sizeof text, before, factors[by], &how, &err);
    } else {
        say_no_steps(app, &row);
        return;
    }
    if (status < 0 || edit_row(app, &row, text, false, &err) < 0)
        app_say(app, "%s", err.text);
}

void
act_enter(struct app *app, const struct key *k, int by)
{
    struct pane_row row;

    (void)k, (void)by;
    if (!app_current(app, &row))
        return;
    if (row.kind == ROW_ARM) {
        app->open_arm = app->open_arm == row.ref.arm ? -1 : row.ref.arm;
        return;
    }
    if (row_is_pilot(&row)) {
        entry_open(app, NULL);
        return;
    }
    if (row.kind != ROW_FIELD)
        return;
    if (row.ref.field->type == &field_quantity || row.ref.field->type == &field_text ||
        row.ref.field->type == &field_date)
        entry_open(app, NULL);
    else
        list_open(app);
}

/* A choice moves on; a point widens to 20 % either way and back. */
void
act_space(struct app *app, const struct key *k, int by)
{
    struct field_ref ref;
    struct error err;
    char text[LINE_BYTES];

    (void)by;
    if (!app_current_field(app, &ref)) {
        act_enter(app, k, 0);
        return;
    }
    if (ref.field->type == &field_choice) {
        act_nudge(app, k, 1);
        return;
    }
    if (!field_is_quantity(ref.field)) {
        list_open(app);
        return;
    }
    field_get_text(&app_doc(app)->file.scenario, ref, text, sizeof text, app->catalog);
    char *widened = strstr(text, " \xc2\xb1" "20%");
    if (widened != NULL)
        *widened = '\0';
    else if (strlen(text) + 8 < sizeof text && text[0] != '\0' && strpbrk(text, " /=") == NULL && strstr(text, "..") == NULL)
        strcat(text, " \xc2\xb1" "20%");
    else {
        app_say(app, text[0] == '\0' ? "nothing to widen: no value is typed here" : "no point to widen: %s", text);
        return;
    }
    if (app_set_field(app, ref, text, false, &err) < 0)
        app_say(app, "%s", err.text);
}

void
act_clear(struct app *app, const struct key *k, int by)
{
    struct field_ref ref;
    struct error err = { 0 };

    struct pane_row row;

    if (app_current(app, &row) && row.kind == ROW_PILOT)
        act_pilot_remove(app, k, by);
    else if (!app_current_field(app, &ref))
        app_say(app, "nothing to clear in this row");
    else if (app_set_field(app, ref, "", false, &err) < 0 && ref.field->type == &field_choice)
        app_say(app, "%s always has one of its choices: nothing to clear", ref.field->label);
    else if (err.text[0] != '\0')
        app_say(app, "%s", err.text);
}
