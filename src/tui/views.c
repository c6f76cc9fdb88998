/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "actions.h"

/* The charts' views, and two that need more than one answer or the report: compare and report. */

static const struct view own_views[] = {
    { "compare", 'X', "Compare", "The open scenarios side by side: what differs and what it does to the verdict", NULL, 0 },
    { "report", 'R', "Report", "The recommendation report as it will be written", NULL,
      BANDS_VOLUME | BANDS_LABELS },
};

int
app_views_n(void)
{
    return views_n + (int)BE_LEN(own_views);
}

const struct view *
app_view(int v)
{
    return v < views_n ? &views[v] : &own_views[v - views_n];
}

int
app_view_index(const char *id)
{
    for (int v = 0; v < app_views_n(); v++)
        if (strcmp(app_view(v)->id, id) == 0)
            return v;
    return -1;
}

bool
app_view_is(const struct app *app, const char *id)
{
    return strcmp(app_view(app->view)->id, id) == 0;
}

/* Views that draw nothing. */
static bool
is_written(const struct app *app)
{
    static const char *const written[] = { "why", "lines", "audit", "compare", "report" };

    for (size_t v = 0; v < BE_LEN(written); v++)
        if (app_view_is(app, written[v]))
            return true;
    return false;
}

bool
app_view_has_rows(const struct app *app)
{
    return app->table || is_written(app) || app_view_is(app, "tornado") || app_view_is(app, "latency");
}

/* ---- compare ----------------------------------------------------------------------------- */

/* The scenario in sight first, then its base (if wanted), then the others. */
static int
open_sides(const struct app *app, struct compared sides[DOCS_MAX + 1], bool with_base, char *base, size_t size)
{
    const struct doc *d = app_doc_const(app);
    int n = 0;

    sides[n++] = (struct compared){ d->name, &d->file.scenario, d->answer };
    snprintf(base, size, "base %.40s", d->base_name);
    if (with_base && d->has_base)
        sides[n++] = (struct compared){ base, &d->base, d->base_answer };
    for (int k = 0; k < app->n_docs; k++)
        if (k != app->doc)
            sides[n++] = (struct compared){ app->docs[k].name, &app->docs[k].file.scenario, app->docs[k].answer };
    return n;
}

static void
build_compare(struct chart *c, const struct app *app)
{
    struct compared sides[DOCS_MAX + 1];
    char base[64];
    int n = open_sides(app, sides, true, base, sizeof base);

    chart_compare(c, sides, n, app->catalog);
    if (n == 1)
        text_copy(c->sentence, sizeof c->sentence,
                  "One scenario is open. :add FILE opens another beside it; b sets a base to compare with.");
}

/* Why has in its first row, the verdict's, in how many of the open scenarios it is the same. */
static void
add_robustness(struct chart *c, const struct app *app)
{
    struct compared sides[DOCS_MAX + 1];
    char base[64];
    int n = open_sides(app, sides, false, base, sizeof base);

    if (n > 1 && c->n_rows > 0)
        compared_words(sides, n, c->rows[0].cells[3], sizeof c->rows[0].cells[3]);
}

/* ---- all of them ---------------------------------------------------------------------------- */

int
app_build_view(const struct app *app, struct chart *c, int columns)
{
    const struct view *v = app_view(app->view);
    const struct answer *an = app_answer(app);

    if (app_view_is(app, "compare"))
        build_compare(c, app);
    else if (an == NULL || v->build == NULL || v->build(c, an, app->catalog, columns) != 0)
        return -1;
    else if (app_view_is(app, "why"))
        add_robustness(c, app);
    return 0;
}

/* What the view needs beyond the answer, made when it is missing or old: the map, the other
 * scenarios' answers (one a call), the report's text. */
void
app_make_view(struct app *app)
{
    struct doc *d = app_doc(app);

    app_make_map(app);
    app_make_together(app);
    if (app->clock_ms == NULL)
        app_make_bands(app, app_bands_wanted(app));
    if (app_view_is(app, "compare") || app_view_is(app, "why") || app->map.scenarios)
        for (int k = 0, was = app->doc; k < app->n_docs; k++)
            if (app->docs[k].answer == NULL) {
                app->doc = k;
                app_solve(app, app->options->samples > 0 ? app->options->samples : 1024, DEPTH_VERDICT);
                app->doc = was;
            }
    if (!app_view_is(app, "report") || d->answer == NULL || app_whole_answer(app) == app->report_of)
        return;
    struct buffer out;
    struct error err;
    buffer_init(&out);
    if (report_text(app, &out, REPORT_MARKDOWN, &err) < 0)
        buffer_puts(&out, err.text);
    buffer_release(&app->report);
    app->report = out;
    app->report_of = app_whole_answer(app);
}

void
app_scroll_view(struct app *app, int by)
{
    if (app->map.cursor_rows > 0 && !app_view_is(app, "report")) {
        app->row += by;
        if (app->row >= app->map.cursor_rows)
            app->row = app->map.cursor_rows - 1;
        if (app->row < 0)
            app->row = 0;
        return;
    }
    app->scroll += by;
    if (app->scroll > app->map.scroll_most)
        app->scroll = app->map.scroll_most;
    if (app->scroll < 0)
        app->scroll = 0;
}

/* ---- keys ---------------------------------------------------------------------------------------- */

static void
show_view(struct app *app, int v)
{
    app->view = v;
    app->scroll = app->row = app->skip = 0;
    if (app->focus == FOCUS_PANE)
        app->crosshair = -1;
}

void
act_view(struct app *app, const struct key *k, int by)
{
    (void)k;
    show_view(app, by);
}

void
act_next_view(struct app *app, const struct key *k, int by)
{
    (void)k;
    show_view(app, (app->view + by + app_views_n()) % app_views_n());
}

void
act_table(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    if (is_written(app)) {
        app_say(app, app_view_is(app, "report") ? "the report is text always" : "this view is a table always");
        return;
    }
    app->table = !app->table;
    app->scroll = app->row = app->skip = 0;
    char key[KEYS_BYTES];
    app_say(app, app->table ? "the same figures as a table; %s draws them again" : "%.0s",
            keymap_key(app, "table", key, sizeof key));
}

void
act_zoom(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    app->zoom = !app->zoom;
    app->focus = app->zoom ? FOCUS_VIEW : app->focus;
    app->crosshair = -1; /* the plot is another: it begins at the scenario's own place */
}

void
act_present(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    app->presentation = !app->presentation;
    app_say(app, app->presentation ? "presentation: heavy lines, the last key is shown" : "");
}
