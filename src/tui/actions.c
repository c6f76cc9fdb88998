/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"

/* ---- edits ---------------------------------------------------------------------------- */

static void write_journal(struct app *);

static void write_journal(struct app *);

/* The verdict at once, from few samples unless N is fixed; the refiner brings the full N and what
 * takes longer (flips, tornado, what to measure). */
void
app_after_edit(struct app *app)
{
    app_solve(app, app->options->samples > 0 ? app->options->samples : 1024, DEPTH_VERDICT);
    app->wants_refine = true;
}

/* The unsaved state, whole: a crash loses the open entry at most. */
static void
write_journal(struct app *app)
{
    struct doc *d = app_doc(app);
    struct error err;

    if (app->options->state_folder != NULL &&
        journal_write(app->options->state_folder, d->file.path, &d->file.scenario, history_unsaved(&d->history), app->catalog,
                      &err) < 0)
        app_say(app, "the journal cannot be written: %s", err.text);
}

int
app_set_field(struct app *app, struct field_ref ref, const char *text, bool join, struct error *err)
{
    struct doc *d = app_doc(app);
    char before[LINE_BYTES], after[LINE_BYTES];

    field_get_text(&d->file.scenario, ref, before, sizeof before, app->catalog);
    if (history_set(&d->history, &d->file.scenario, ref, text, join, app->catalog, err) < 0)
        return -1;
    field_get_text(&d->file.scenario, ref, after, sizeof after, app->catalog);
    app_say(app, "set %s %s %s %s", ref.field->label, before[0] != '\0' ? before : app->glyphs->dash,
            app->glyphs->arrow, after[0] != '\0' ? after : app->glyphs->dash);
    write_journal(app);
    app_after_edit(app);
    return 0;
}

void
entry_open(struct app *app, const char *text)
{
    struct field_ref ref;

    if (!app_current_field(app, &ref))
        return;
    field_get_text(&app_doc(app)->file.scenario, ref, app->before, sizeof app->before, app->catalog);
    edit_set(&app->edit, text != NULL ? text : app->before);
    app->mode = MODE_ENTRY;
    app->complaint[0] = '\0';
    entry_changed(app);
}

/* "*1.1" and "/2" as the whole entry scale each number of the text in force. */
static int
entry_text(struct app *app, struct field_ref ref, char *out, size_t size, struct error *err)
{
    struct quantity_rules how;
    const char *typed = app->edit.text;
    double factor;

    while (*typed == ' ')
        typed++;
    if (!field_is_quantity(ref.field) || (*typed != '*' && *typed != '/')) {
        text_copy(out, size, app->edit.text);
        return 0;
    }
    if (number_parse(&factor, typed + 1, FORM_NUMBER, err) < 0)
        return -1;
    if (factor == 0)
        return error_set(err, ERR_RANGE, "a factor of 0");
    field_rules(ref.field, &app_doc(app)->file.scenario, &how);
    return quantity_scale_text(out, size, app->before, *typed == '*' ? factor : 1 / factor, &how, err);
}

void
entry_changed(struct app *app)
{
    struct field_ref ref;
    struct error err;
    char text[LINE_BYTES];
    struct scenario *copy = malloc(sizeof *copy);

    app->complaint[0] = '\0';
    if (copy != NULL && app_current_field(app, &ref)) {
        *copy = app_doc(app)->file.scenario;
        if (entry_text(app, ref, text, sizeof text, &err) < 0 || field_set_text(copy, ref, text, app->catalog, &err) < 0)
            text_copy(app->complaint, sizeof app->complaint, err.text);
    }
    free(copy);
}

void
entry_commit(struct app *app)
{
    struct field_ref ref;
    struct error err;
    char text[LINE_BYTES];

    if (!app_current_field(app, &ref)) {
        app->mode = MODE_REST;
        return;
    }
    if (strcmp(app->edit.text, app->before) == 0) {
        app->mode = MODE_REST;
        return;
    }
    if (entry_text(app, ref, text, sizeof text, &err) < 0 || app_set_field(app, ref, text, false, &err) < 0) {
        text_copy(app->complaint, sizeof app->complaint, err.text);
        return;
    }
    app->mode = MODE_REST;
}

/* ---- moving ------------------------------------------------------------------------------- */

static void
move(struct app *app, int by)
{
    struct pane_row rows[ROWS_MAX];
    int n = pane_rows(app, app->pane, rows, ROWS_MAX), at = app->cursor[app->pane];

    for (int step = by < 0 ? -1 : 1, left = abs(by); left > 0;) {
        int next = at + step;
        while (next >= 0 && next < n && !row_is_stop(&rows[next]))
            next += step;
        if (next < 0 || next >= n)
            break;
        at = next;
        left--;
    }
    app->cursor[app->pane] = at;
    if (app->pane == PANE_ARMS && at >= 0 && at < n && rows[at].ref.arm >= 0 && app->open_arm != rows[at].ref.arm) {
        /* unfold the arm under the cursor and stay on its heading */
        int arm = rows[at].ref.arm;
        app->open_arm = arm;
        n = pane_rows(app, app->pane, rows, ROWS_MAX);
        for (int k = 0; k < n; k++)
            if (rows[k].kind == ROW_ARM && rows[k].ref.arm == arm)
                app->cursor[app->pane] = k;
    }
}

static void
act_down(struct app *app, const struct key *k)
{
    (void)k;
    move(app, 1);
}

static void
act_up(struct app *app, const struct key *k)
{
    (void)k;
    move(app, -1);
}

static void
act_page_down(struct app *app, const struct key *k)
{
    (void)k;
    move(app, 8);
}

static void
act_page_up(struct app *app, const struct key *k)
{
    (void)k;
    move(app, -8);
}

static void
act_home(struct app *app, const struct key *k)
{
    (void)k;
    move(app, -ROWS_MAX);
}

static void
act_end(struct app *app, const struct key *k)
{
    (void)k;
    move(app, ROWS_MAX);
}

static void
cycle_pane(struct app *app, int by)
{
    int at = app->focus == FOCUS_VIEW ? PANE_COUNT : (int)app->pane;

    at = (at + by + PANE_COUNT + 1) % (PANE_COUNT + 1);
    app->focus = at == PANE_COUNT ? FOCUS_VIEW : FOCUS_PANE;
    if (at < PANE_COUNT)
        app->pane = (enum pane)at;
    if (app->focus == FOCUS_VIEW && app->crosshair < 0)
        app->crosshair = 0;
    if (app->focus == FOCUS_PANE)
        app->crosshair = -1;
}

static void
act_next_pane(struct app *app, const struct key *k)
{
    (void)k;
    cycle_pane(app, 1);
}

static void
act_previous_pane(struct app *app, const struct key *k)
{
    (void)k;
    cycle_pane(app, -1);
}

static void
act_pane(struct app *app, const struct key *k)
{
    app->focus = FOCUS_PANE;
    app->pane = (enum pane)(k->code - KEY_ALT - '1');
    app->crosshair = -1;
}

/* ---- values ---------------------------------------------------------------------------------- */

/* Eight presses less than 150 ms apart move the first digit instead of the second. */
static void
nudge(struct app *app, const struct key *k, int by)
{
    struct field_ref ref;
    struct error err;
    char text[LINE_BYTES];
    bool run = k->at_ms - app->last_nudge_ms < 150 && by == app->last_nudge_by;

    if (!app_current_field(app, &ref))
        return;
    app->nudge_run = run ? app->nudge_run + 1 : 1;
    app->last_nudge_ms = k->at_ms;
    app->last_nudge_by = by;
    if (field_nudge(&app_doc(app)->file.scenario, ref, by, app->nudge_run >= 8, app->catalog, text, sizeof text, &err) < 0 ||
        app_set_field(app, ref, text, run, &err) < 0)
        app_say(app, "%s", err.text);
}

static void
act_raise(struct app *app, const struct key *k)
{
    nudge(app, k, 1);
}

static void
act_lower(struct app *app, const struct key *k)
{
    nudge(app, k, -1);
}

static void
scale(struct app *app, double factor)
{
    struct field_ref ref;
    struct quantity_rules how;
    struct error err;
    char text[LINE_BYTES], before[LINE_BYTES];

    if (!app_current_field(app, &ref) || !field_is_quantity(ref.field))
        return;
    field_rules(ref.field, &app_doc(app)->file.scenario, &how);
    field_get_text(&app_doc(app)->file.scenario, ref, before, sizeof before, app->catalog);
    if (quantity_scale_text(text, sizeof text, before, factor, &how, &err) < 0 ||
        app_set_field(app, ref, text, false, &err) < 0)
        app_say(app, "%s", err.text);
}

static void
act_scale(struct app *app, const struct key *k)
{
    scale(app, k->code == ']' ? 2 : k->code == '[' ? 0.5 : k->code == '}' ? 10 : 0.1);
}

static void
act_enter(struct app *app, const struct key *k)
{
    struct pane_row row;

    (void)k;
    if (!app_current(app, &row))
        return;
    if (row.kind == ROW_ARM) {
        app->open_arm = app->open_arm == row.ref.arm ? -1 : row.ref.arm;
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
static void
act_space(struct app *app, const struct key *k)
{
    struct field_ref ref;
    struct error err;
    char text[LINE_BYTES];

    if (!app_current_field(app, &ref)) {
        act_enter(app, k);
        return;
    }
    if (ref.field->type == &field_choice) {
        nudge(app, k, 1);
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
    else if (strlen(text) + 8 < sizeof text && text[0] != '\0' && strpbrk(text, " ./=") == NULL)
        strcat(text, " \xc2\xb1" "20%");
    else
        return;
    if (app_set_field(app, ref, text, false, &err) < 0)
        app_say(app, "%s", err.text);
}

static void
act_clear(struct app *app, const struct key *k)
{
    struct field_ref ref;
    struct error err;

    (void)k;
    if (app_current_field(app, &ref) && app_set_field(app, ref, "", false, &err) < 0)
        app_say(app, "%s", err.text);
}

static void
step_history(struct app *app, bool back)
{
    struct doc *d = app_doc(app);
    char what[200] = "";
    int done = back ? history_undo(&d->history, &d->file.scenario, app->catalog, what, sizeof what)
                    : history_redo(&d->history, &d->file.scenario, app->catalog, what, sizeof what);

    if (done <= 0) {
        app_say(app, back ? "nothing to undo" : "nothing to redo");
        return;
    }
    app_say(app, "%s %s", back ? "undone:" : "redone:", what);
    app->open_arm = app->open_arm < d->file.scenario.n_arms ? app->open_arm : -1;
    write_journal(app);
    app_after_edit(app);
}

static void
act_undo(struct app *app, const struct key *k)
{
    (void)k;
    step_history(app, true);
}

static void
act_redo(struct app *app, const struct key *k)
{
    (void)k;
    step_history(app, false);
}

static void
act_base(struct app *app, const struct key *k)
{
    struct doc *d = app_doc(app);

    (void)k;
    d->base = d->file.scenario;
    d->has_base = true;
    answer_free(d->base_answer);
    d->base_answer = malloc(sizeof *d->base_answer);
    if (d->base_answer != NULL && d->answer != NULL)
        *d->base_answer = *d->answer;
    text_copy(d->base_name, sizeof d->base_name, d->name);
    app_say(app, "base set: differences are shown against the scenario as it is now");
}

/* Goal-seek: the flip of this field, as the next entry. */
static void
act_goal(struct app *app, const struct key *k)
{
    const struct answer *an = app_answer(app);
    struct field_ref ref;
    struct quantity_rules how;
    char path[112], text[64];

    (void)k;
    if (an == NULL || !app_current_field(app, &ref))
        return;
    field_path(&app_doc(app)->file.scenario, ref, path, sizeof path);
    for (int i = 0; i < an->n_flips; i++)
        if (strcmp(an->flips[i].path, path) == 0 && isfinite(an->flips[i].to)) {
            field_rules(ref.field, &app_doc(app)->file.scenario, &how);
            entry_open(app, quantity_print(text, sizeof text, an->flips[i].to, &how));
            app_say(app, "flips at %s; Enter takes it", text);
            return;
        }
    app_say(app, app->samples_now < SAMPLES_DEFAULT && app->options->samples == 0
                     ? "still refining: ask again in a moment"
                     : "no value of this field changes the pick");
}

static void
act_jump_back(struct app *app, const struct key *k)
{
    (void)k;
    if (app->back.field != NULL)
        app_goto(app, app->back);
}

/* ---- arms ------------------------------------------------------------------------------------- */

/* One structural step: the edited copy replaces the scenario. */
static void
replace_arms(struct app *app, struct scenario *copy, const char *what)
{
    struct doc *d = app_doc(app);
    struct error err;

    if (history_replace(&d->history, &d->file.scenario, copy, what, &err) < 0) {
        app_say(app, "%s", err.text);
        return;
    }
    app_say(app, "%s", what);
    write_journal(app);
    app_after_edit(app);
}

static void
fresh_name(const struct scenario *sc, const char *stem, char out[NAME_MAX_BYTES])
{
    text_copy(out, NAME_MAX_BYTES, stem);
    for (int n = 2; scenario_find_arm(sc, out) >= 0; n++)
        snprintf(out, NAME_MAX_BYTES, "%.24s-%u", stem, (unsigned)n % 1000);
}

static int
arm_under_cursor(const struct app *app)
{
    struct pane_row row;

    return app_current(app, &row) ? row.ref.arm : -1;
}

static void
change_arms(struct app *app, int code)
{
    struct scenario *copy = malloc(sizeof *copy);
    struct error err;
    char name[NAME_MAX_BYTES], what[96];
    int arm = arm_under_cursor(app), status = -1, at = arm;

    if (copy == NULL)
        return;
    *copy = app_doc(app)->file.scenario;
    err.text[0] = '\0';
    if (code == 'a') {
        fresh_name(copy, "new", name);
        status = at = scenario_add_arm(copy, name, ARM_API, &err);
        snprintf(what, sizeof what, "added arm %s; choose its kind and model", name);
    } else if (arm < 0)
        error_set(&err, ERR_USAGE, "put the cursor on an arm first");
    else if (code == 'd') {
        fresh_name(copy, copy->arms[arm].name, name);
        status = scenario_copy_arm(copy, arm, name, &err);
        at = copy->n_arms - 1;
        snprintf(what, sizeof what, "copied arm %.24s to %s", copy->arms[arm].name, name);
    } else if (code == 'x') {
        snprintf(what, sizeof what, "removed arm %s", copy->arms[arm].name);
        status = scenario_remove_arm(copy, arm, &err);
        at = arm > 0 ? arm - 1 : 0;
    } else {
        at = code == '<' ? arm - 1 : arm + 1;
        snprintf(what, sizeof what, "moved arm %s", copy->arms[arm].name);
        status = scenario_move_arm(copy, arm, at, &err);
    }
    if (status < 0)
        app_say(app, "%s", err.text);
    else {
        replace_arms(app, copy, what);
        app->open_arm = at;
        struct pane_row rows[ROWS_MAX];
        int n = pane_rows(app, PANE_ARMS, rows, ROWS_MAX);
        for (int k = 0; k < n; k++)
            if (rows[k].kind == ROW_ARM && rows[k].ref.arm == at)
                app->cursor[PANE_ARMS] = k;
    }
    free(copy);
}

static void
act_arms(struct app *app, const struct key *k)
{
    change_arms(app, k->code);
}

/* ---- views ---------------------------------------------------------------------------------------- */

static void
act_view(struct app *app, const struct key *k)
{
    for (int v = 0; v < views_n; v++)
        if (views[v].key == k->code) {
            app->view = v;
            app->scroll = 0;
        }
}

static void
act_next_view(struct app *app, const struct key *k)
{
    app->view = (app->view + (k->code == 'v' ? 1 : views_n - 1)) % views_n;
    app->scroll = 0;
}

static void
act_table(struct app *app, const struct key *k)
{
    (void)k;
    app->table = !app->table;
    app_say(app, app->table ? "the same figures as a table; # draws them again" : "");
}

static void
act_crosshair(struct app *app, const struct key *k)
{
    int by = k->code == KEY_LEFT_ || k->code == 'h' ? -1 : k->code == KEY_RIGHT_ || k->code == 'l' ? 1
             : k->code == KEY_SLEFT_ ? -10 : 10;
    int last = app->map.area.columns - 1;

    app->crosshair += by;
    if (app->crosshair < 0)
        app->crosshair = 0;
    if (last > 0 && app->crosshair > last)
        app->crosshair = last;
}

/* The volume under the crosshair becomes the scenario's. */
static void
act_take_volume(struct app *app, const struct key *k)
{
    const struct answer *an = app_answer(app);
    struct field_ref ref;
    struct quantity_rules how;
    struct error err;
    char text[64];

    (void)k;
    if (an == NULL || app->crosshair < 0 || app->map.area.columns == 0 || !app->map.area.x_log ||
        field_find(&app_doc(app)->file.scenario, "workload.requests_per_day", &ref, &err) < 0)
        return;
    double requests = chart_x_at(&app->map.area, app->map.area.column + app->crosshair) / workload_tokens_per_request(&an->setup);
    double digits = pow(10, floor(log10(requests)) - 2);
    field_rules(ref.field, &app_doc(app)->file.scenario, &how);
    quantity_print(text, sizeof text, rint(requests / digits) * digits, &how);
    if (app_set_field(app, ref, text, false, &err) < 0)
        app_say(app, "%s", err.text);
}

static void
act_next_crossing(struct app *app, const struct key *k)
{
    const struct answer *an = app_answer(app);
    double here, next = INFINITY;

    (void)k;
    if (an == NULL || app->map.area.columns == 0)
        return;
    here = app->crosshair >= 0 ? chart_x_at(&app->map.area, app->map.area.column + app->crosshair) : 0;
    for (int i = 0; i < an->n_crossings; i++)
        for (int j = 0; j < an->crossings[i].run.n; j++) {
            double x = an->crossings[i].run.tokens_per_day[j];
            if (x > here * 1.02 && x < next && x <= app->map.area.x_high)
                next = x;
        }
    if (isfinite(next))
        app->crosshair = chart_column_of(&app->map.area, next) - app->map.area.column;
    else
        app_say(app, "no further crossing on this chart");
}

static void
act_present(struct app *app, const struct key *k)
{
    (void)k;
    app->presentation = !app->presentation;
    app_say(app, app->presentation ? "presentation: heavy lines, the last key is shown" : "");
}

/* ---- the rest ---------------------------------------------------------------------------------------- */

static void
act_help(struct app *app, const struct key *k)
{
    (void)k;
    app->mode = MODE_HELP;
    app->scroll = 0;
}

static void
act_prompt(struct app *app, const struct key *k)
{
    (void)k;
    app->mode = MODE_PROMPT;
    app->history_at = app->n_history;
    edit_set(&app->edit, "");
}

static void
act_find(struct app *app, const struct key *k)
{
    (void)k;
    find_open(app);
}

static void
act_find_again(struct app *app, const struct key *k)
{
    if (app->n_found == 0)
        return;
    app->list_at = (app->list_at + (k->code == 'n' ? 1 : app->n_found - 1)) % app->n_found;
    struct field_ref ref;
    if (field_each(&app_doc(app)->file.scenario, app->found[app->list_at], &ref))
        app_goto(app, ref);
}

static void
act_save(struct app *app, const struct key *k)
{
    (void)k;
    app_save(app, NULL, false);
}

static void
act_quit(struct app *app, const struct key *k)
{
    (void)k;
    app_quit(app, false);
}

static void
act_save_quit(struct app *app, const struct key *k)
{
    (void)k;
    if (strcmp(app->status, "Z again saves and quits") != 0) {
        app_say(app, "Z again saves and quits");
        return;
    }
    app_save(app, NULL, false);
    if (history_unsaved(&app_doc(app)->history) == 0)
        app_quit(app, false);
}

static void
act_interrupt(struct app *app, const struct key *k)
{
    (void)k;
    app_say(app, "q quits");
}

static void
act_redraw(struct app *app, const struct key *k)
{
    (void)k;
    app->redraw = true;
}

static void
act_suspend(struct app *app, const struct key *k)
{
    (void)k;
    app->suspend = true;
}

void
app_save(struct app *app, const char *path, bool force)
{
    struct doc *d = app_doc(app);
    struct error err;

    if (scenario_save(&d->file, path, force, app->catalog, &err) < 0) {
        app_say(app, "not saved: %s%s", err.text, err.code == ERR_CONFLICT ? "  (:w! writes over it)" : "");
        return;
    }
    history_mark_saved(&d->history);
    if (app->options->state_folder != NULL)
        journal_clear(app->options->state_folder, d->file.path, &err);
    const char *slash = strrchr(d->file.path, '/');
    text_clean(d->name, sizeof d->name, slash != NULL ? slash + 1 : d->file.path);
    app_say(app, "saved %s", d->name);
}

void
app_export(struct app *app, const char *path)
{
    const char *dot = strrchr(path, '.');
    enum report_format format;
    struct buffer out;
    struct error err;
    char command[256];
    struct doc *d = app_doc(app);

    if (dot == NULL || report_format_parse(dot + 1, &format) < 0) {
        app_say(app, ":export FILE.md, .html, .json, .csv or .txt");
        return;
    }
    app_solve(app, app->options->samples > 0 ? app->options->samples : SAMPLES_DEFAULT, DEPTH_ALL);
    if (d->answer == NULL)
        return;
    const char *slash = strrchr(path, '/');
    snprintf(command, sizeof command, "breakeven report %s --samples %d --seed %llu -o %s", d->name, d->answer->samples,
             (unsigned long long)d->answer->seed, slash != NULL ? slash + 1 : path);
    struct report_input input = { d->answer, &d->file.scenario, app->catalog, command };
    buffer_init(&out);
    if (report_write(&out, format, &input, &err) < 0 || file_write(path, out.text, out.n, NULL, NULL, &err) < 0)
        app_say(app, "not written: %s", err.text);
    else
        app_say(app, "wrote %s%s", path, history_unsaved(&d->history) > 0 ? " (from unsaved edits)" : "");
    buffer_release(&out);
}

void
app_quit(struct app *app, bool force)
{
    int unsaved = 0;

    for (int k = 0; k < app->n_docs; k++)
        unsaved += history_unsaved(&app->docs[k].history);
    if (unsaved == 0 || force) {
        app->quit = true;
        return;
    }
    app->mode = MODE_ASK;
    app->ask = ASK_QUIT;
    app_say(app, "%d unsaved edit%s: save before leaving? y n, Esc stays", unsaved, unsaved == 1 ? "" : "s");
}

static void
drop_journals(struct app *app)
{
    struct error err;

    for (int k = 0; k < app->n_docs && app->options->state_folder != NULL; k++)
        journal_clear(app->options->state_folder, app->docs[k].file.path, &err);
}

static void
recover(struct app *app)
{
    struct doc *d = app_doc(app);
    struct scenario *copy = malloc(sizeof *copy);
    struct error err;
    int n = 0;

    if (copy == NULL)
        return;
    *copy = d->file.scenario;
    if (journal_read(app->options->state_folder, d->file.path, copy, app->catalog, &n, &err) < 0 ||
        history_replace(&d->history, &d->file.scenario, copy, "recovered edits", &err) < 0)
        app_say(app, "not recovered: %s", err.text);
    else {
        app_say(app, "%d edit%s recovered; :w keeps them", n, n == 1 ? "" : "s");
        app_after_edit(app);
    }
    free(copy);
}

void
ask_key(struct app *app, const struct key *k)
{
    enum ask ask = app->ask;

    if (k->code != 'y' && k->code != 'n' && k->code != KEY_ESC && k->code != 'q' && k->code != KEY_CTRL('c'))
        return;
    app->mode = MODE_REST;
    app->ask = ASK_NONE;
    app_say(app, "%s", "");
    if (ask == ASK_RECOVER && k->code == 'y')
        recover(app);
    if (ask == ASK_RECOVER && k->code != 'y')
        app_say(app, "the edits are kept until this file is saved; :recover takes them back");
    if (ask == ASK_QUIT && k->code == 'n') {
        drop_journals(app);
        app->quit = true;
    }
    if (ask == ASK_QUIT && k->code == 'y') {
        for (int d = 0; d < app->n_docs; d++)
            if (history_unsaved(&app->docs[d].history) > 0) {
                app->doc = d;
                app_save(app, NULL, false);
            }
        bool saved = true;
        for (int d = 0; d < app->n_docs; d++)
            saved &= history_unsaved(&app->docs[d].history) == 0;
        app->quit = saved;
    }
}

/* ---- the table: keys, help, bottom line, manual and completion read it ---------------------------------- */

const struct binding bindings[] = {
    { KEY_LEFT_, "Left h", "view", "cross-left", "Move the crosshair one column", act_crosshair },
    { 'h', "", "view", "cross-left", "", act_crosshair },
    { KEY_RIGHT_, "Right l", "view", "cross-right", "Move the crosshair one column", act_crosshair },
    { 'l', "", "view", "cross-right", "", act_crosshair },
    { KEY_SLEFT_, "S-Left S-Right", "view", "cross-far", "Move the crosshair ten columns", act_crosshair },
    { KEY_SRIGHT_, "", "view", "cross-far", "", act_crosshair },
    { '*', "*", "any", "next-crossing", "Crosshair to the next break-even", act_next_crossing },
    { KEY_ENTER_, "Enter", "view", "take-volume", "Take the crosshair's volume into the scenario", act_take_volume },
    { 'a', "a", "arms", "arm-add", "Add an arm", act_arms },
    { 'd', "d", "arms", "arm-copy", "Duplicate the arm", act_arms },
    { 'x', "x", "arms", "arm-remove", "Remove the arm", act_arms },
    { '<', "<", "arms", "arm-up", "Move the arm up", act_arms },
    { '>', ">", "arms", "arm-down", "Move the arm down", act_arms },
    { KEY_DOWN_, "Down j", "any", "down", "Next field", act_down },
    { 'j', "", "any", "down", "", act_down },
    { KEY_UP_, "Up k", "any", "up", "Previous field", act_up },
    { 'k', "", "any", "up", "", act_up },
    { KEY_PGDN, "PgDn", "any", "page-down", "Eight fields on", act_page_down },
    { KEY_PGUP, "PgUp", "any", "page-up", "Eight fields back", act_page_up },
    { KEY_HOME_, "Home", "any", "first", "First field of the pane", act_home },
    { KEY_END_, "End", "any", "last", "Last field of the pane", act_end },
    { KEY_TAB, "Tab", "any", "next-pane", "Next pane, then the view", act_next_pane },
    { KEY_BACKTAB, "S-Tab", "any", "previous-pane", "Previous pane", act_previous_pane },
    { KEY_ALT + '1', "Alt-1...6", "any", "pane", "Go to a pane", act_pane },
    { KEY_ALT + '2', "", "any", "pane", "", act_pane },
    { KEY_ALT + '3', "", "any", "pane", "", act_pane },
    { KEY_ALT + '4', "", "any", "pane", "", act_pane },
    { KEY_ALT + '5', "", "any", "pane", "", act_pane },
    { KEY_ALT + '6', "", "any", "pane", "", act_pane },
    { KEY_ENTER_, "Enter F2", "pane", "edit", "Edit the value, or open the list of choices", act_enter },
    { KEY_F2_, "", "pane", "edit", "", act_enter },
    { ' ', "Space", "pane", "toggle", "Next choice; widen a point to \xc2\xb1" "20% and back", act_space },
    { '+', "+", "pane", "raise", "Raise the value by one step", act_raise },
    { KEY_RIGHT_, "Right l", "pane", "raise", "Raise the value, or the next choice", act_raise },
    { 'l', "", "pane", "raise", "", act_raise },
    { '-', "-", "pane", "lower", "Lower the value by one step", act_lower },
    { KEY_LEFT_, "Left h", "pane", "lower", "Lower the value, or the previous choice", act_lower },
    { 'h', "", "pane", "lower", "", act_lower },
    { ']', "] [", "pane", "double", "Double, halve", act_scale },
    { '[', "", "pane", "halve", "", act_scale },
    { '}', "} {", "pane", "tenfold", "Ten times, a tenth", act_scale },
    { '{', "", "pane", "tenth", "", act_scale },
    { KEY_DELETE_, "Del", "pane", "clear", "Clear: the catalog's figure is back in force", act_clear },
    { 'g', "g", "pane", "goal-seek", "Open the entry at the value that flips the verdict", act_goal },
    { 'b', "b", "any", "base", "Set the base that differences are shown against", act_base },
    { 'u', "u", "any", "undo", "Take back the last change", act_undo },
    { KEY_CTRL('r'), "^R", "any", "redo", "Do it again", act_redo },
    { KEY_CTRL('o'), "^O", "any", "jump-back", "Back to the previous place", act_jump_back },
    { 'C', "C", "any", "view-cost", "Cost a month over volume", act_view },
    { 'U', "U", "any", "view-unit", "Cost per million tokens", act_view },
    { 'D', "D", "any", "view-difference", "Rival minus pick over volume", act_view },
    { 'K', "K", "any", "view-cumulative", "Cumulative cost and payback", act_view },
    { 'T', "T", "any", "view-tornado", "Tornado", act_view },
    { 'S', "S", "any", "view-spread", "Spread of the difference", act_view },
    { 'W', "W", "any", "view-why", "Why: gates, rules, flips, studies", act_view },
    { 'L', "L", "any", "view-latency", "Latency and replicas", act_view },
    { 'B', "B", "any", "view-labels", "Labels and the learning curve", act_view },
    { 'M', "M", "any", "view-map", "Map of the pick over two fields", act_view },
    { 'I', "I", "any", "view-lines", "Cost lines", act_view },
    { 'A', "A", "any", "view-audit", "The article's claims recomputed", act_view },
    { 'v', "v V", "any", "next-view", "Next view, previous view", act_next_view },
    { 'V', "", "any", "previous-view", "", act_next_view },
    { '#', "#", "any", "table", "Chart or table", act_table },
    { 'P', "P", "any", "present", "Presentation mode", act_present },
    { '/', "/", "any", "find", "Find a field", act_find },
    { 'n', "n N", "any", "find-next", "Next match, previous match", act_find_again },
    { 'N', "", "any", "find-previous", "", act_find_again },
    { ':', ":", "any", "command", "Command line: :set :w :e :export :q :help", act_prompt },
    { KEY_CTRL('s'), "^S", "any", "save", "Save", act_save },
    { '?', "? F1", "any", "help", "This help", act_help },
    { KEY_F1_, "", "any", "help", "", act_help },
    { KEY_CTRL('l'), "^L", "any", "redraw", "Draw the screen again", act_redraw },
    { KEY_CTRL('z'), "^Z", "any", "suspend", "Suspend; fg comes back", act_suspend },
    { 'Z', "ZZ", "any", "save-quit", "Save and quit", act_save_quit },
    { 'q', "q", "any", "quit", "Quit", act_quit },
    { KEY_CTRL('c'), "^C", "any", "interrupt", "Leaves an entry; otherwise says how to quit", act_interrupt },
};
const int bindings_n = BE_LEN(bindings);
