/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actions.h"

/* What leaves the workbench: the report, one view, the clipboard. */

#define TEXT_COLUMNS 100
#define TEXT_ROWS 30
#define SVG_WIDTH 720
#define SVG_HEIGHT 420

/* What the file holds, to say by --set what was edited since; NULL: there is nothing to say. */
static struct scenario *
saved_scenario(const struct app *app, const struct doc *d)
{
    struct scenario *saved = NULL;
    struct problems *found;
    struct error ignored;

    if (history_unsaved(&d->history) == 0 || d->file.text == NULL)
        return NULL;
    saved = calloc(1, sizeof *saved);
    found = calloc(1, sizeof *found);
    if (saved == NULL || found == NULL ||
        scenario_parse(saved, d->file.text, d->file.n, app->catalog, found, &ignored) < 0) {
        free(saved);
        saved = NULL;
    }
    free(found);
    return saved;
}

int
report_text(struct app *app, struct buffer *out, enum report_format format, struct error *err)
{
    struct doc *d = app_doc(app);

    app_make_bands(app, BANDS_VOLUME | BANDS_LABELS); /* its charts have them */
    if (d->whole != NULL) {
        d->whole->volume_band = d->answer->volume_band;
        d->whole->label_band = d->answer->label_band;
    }
    const struct answer *an = app_whole_answer(app);
    struct scenario *saved = saved_scenario(app, d);
    struct buffer command;

    buffer_init(&command);
    report_command(&command, d->name, saved, &d->file.scenario, app->catalog, format, an->samples, an->seed);
    struct report_input input = { an, &d->file.scenario, app->catalog, command.text };
    int status = report_write(out, format, &input, err);
    buffer_release(&command);
    free(saved);
    return status;
}

void
app_export(struct app *app, const char *path)
{
    const char *dot = strrchr(path, '.');
    enum report_format format;
    struct buffer out;
    struct error err;
    struct doc *d = app_doc(app);
    char file[LINE_BYTES];

    if (dot == NULL || report_format_parse(dot + 1, &format) < 0) {
        app_say(app, path[0] == '\0' ? "which file? its suffix names the format: .md, .html, .json, .csv or .txt"
                                     : "%s: the suffix names no format of a report; there are .md, .html, .json, .csv and .txt", path);
        return;
    }
    /* the refiner's answer as soon as it is whole; nothing waits for it but the file */
    if (app_refining(app)) {
        text_copy(app->export_due, sizeof app->export_due, path);
        app_say(app, "%s is written as soon as all samples are in", path);
        return;
    }
    if (!app_is_whole(app))
        app_solve(app, app_full_samples(app), DEPTH_ALL);
    if (d->answer == NULL)
        return;
    text_copy(file, sizeof file, path); /* path may be export_due */
    app->export_due[0] = '\0';
    buffer_init(&out);
    if (report_text(app, &out, format, &err) < 0 ||
        file_write(file, out.text, out.n, NULL, NULL, &err) < 0)
        app_say(app, "not written: %s", err.text);
    else
        app_say(app, "wrote %s%s", file, history_unsaved(&d->history) > 0 ? " (from unsaved edits)" : "");
    buffer_release(&out);
}

/* ---- one view ------------------------------------------------------------------------------- */

/* The chart, then its table twin, as text. */
static void
put_text(const struct app *app, struct buffer *out, const struct chart *chart, bool picture)
{
    for (int table = picture && chart->kind != CHART_TABLE ? 0 : 1; table < 2; table++) {
        int rows = table ? chart_table_height(chart, TEXT_COLUMNS) : TEXT_ROWS;
        struct chart_place at = { .rows = rows, .columns = TEXT_COLUMNS, .crosshair = -1, .table = table != 0, .cursor = -1 };
        struct chart_area area;
        struct canvas canvas;
        if (canvas_init(&canvas, TEXT_COLUMNS, rows) < 0)
            return;
        chart_draw(&canvas, chart, &at, app->glyphs, &area);
        canvas_print(&canvas, out);
        canvas_release(&canvas);
        if (table == 0)
            buffer_putc(out, '\n');
    }
}

static void
put_csv(struct buffer *out, const struct chart *chart)
{
    for (int r = -1; r < chart->n_rows; r++)
        for (int k = 0; k < chart->n_columns; k++) {
            csv_put(out, r < 0 ? chart->columns[k] : chart->rows[r].cells[k]);
            buffer_puts(out, k + 1 < chart->n_columns ? "," : "\r\n");
        }
}

static bool
view_as(struct app *app, struct buffer *out, const char *format, bool picture)
{
    if (app_view_is(app, "report")) { /* Markdown in any case */
        buffer_add(out, app->report.text != NULL ? app->report.text : "", app->report.n);
        return true;
    }
    struct chart *chart = malloc(sizeof *chart);
    bool good = chart != NULL && app_build_view(app, chart, TEXT_COLUMNS) == 0;
    if (good && strcmp(format, "svg") == 0)
        good = chart_svg_file(out, chart, SVG_WIDTH, SVG_HEIGHT) == 0;
    else if (good && strcmp(format, "csv") == 0)
        put_csv(out, chart);
    else if (good)
        put_text(app, out, chart, picture);
    free(chart);
    return good;
}

void
app_write_view(struct app *app, const char *path)
{
    static const char *const formats[] = { "svg", "txt", "csv" };
    const char *dot = strrchr(path, '.');
    struct buffer out;
    struct error err;
    bool known = false;

    for (size_t k = 0; dot != NULL && k < BE_LEN(formats); k++)
        known |= strcmp(dot + 1, formats[k]) == 0;
    if (!known) {
        app_say(app, ":chart FILE.svg, .txt or .csv");
        return;
    }
    buffer_init(&out);
    if (!view_as(app, &out, dot + 1, true))
        app_say(app, "there is nothing to write yet");
    else if (file_write(path, out.text, out.n, NULL, NULL, &err) < 0)
        app_say(app, "not written: %s", err.text);
    else
        app_say(app, "wrote %s", path);
    buffer_release(&out);
}

void
act_write_view(struct app *app, const struct key *k, int by)
{
    char text[128];
    int stem = (int)strcspn(app_doc(app)->name, ".");

    (void)k, (void)by;
    if (app_view_is(app, "report"))
        snprintf(text, sizeof text, "export %.*s.md", stem, app_doc(app)->name);
    else
        snprintf(text, sizeof text, "chart %.*s-%s.svg", stem, app_doc(app)->name, app_view(app->view)->id);
    prompt_open(app, text);
}

/* ---- the clipboard ----------------------------------------------------------------------------- */

/* In a view its table and sentence, in a pane "path: value"; the loop hands it to the terminal. */
void
act_copy(struct app *app, const struct key *k, int by)
{
    struct field_ref ref;
    struct pane_row row;
    struct buffer out;
    char path[112], value[512], clean[600];

    (void)k, (void)by;
    buffer_init(&out);
    if (app->focus == FOCUS_PANE && app_current_field(app, &ref)) {
        field_get_text(&app_doc(app)->file.scenario, ref, value, sizeof value, app->catalog);
        text_clean(clean, sizeof clean, value); /* a paste must not run what a file holds */
        buffer_printf(&out, "%s: %s", field_path(&app_doc(app)->file.scenario, ref, path, sizeof path), clean);
        app_say(app, "copied %s: %s", path, clean);
    } else if (app->focus == FOCUS_PANE && app_current(app, &row) && row.kind == ROW_PILOT) {
        buffer_printf(&out, "%s: %s", pilot_label(&row, path, sizeof path),
                      pilot_text(&app_doc(app)->file.scenario, &row, value, sizeof value));
        app_say(app, "copied %s", out.text != NULL ? out.text : "");
    } else if (view_as(app, &out, "txt", false))
        app_say(app, "copied %s, %d bytes", app_view(app->view)->name, (int)out.n);
    buffer_release(&app->copied);
    app->copied = out;
    app->copy_due = true;
}
