/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actions.h"

/* The charts' views, and two that need more than one answer or the report: compare and report. */

static const struct view own_views[] = {
    { "compare", 'X', "Compare", "The open scenarios side by side: what differs and what it does to the verdict", NULL },
    { "report", 'R', "Report", "The recommendation report as it will be written", NULL },
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

/* ---- compare ----------------------------------------------------------------------------- */

/* One column of the comparison: an open scenario, or the base. */
struct side {
    const struct scenario *sc;
    const struct answer *an;
    char name[48];
};

static int
sides_of(const struct app *app, struct side out[DOCS_MAX + 1])
{
    const struct doc *d = app_doc_const(app);
    int n = 0;

    out[n] = (struct side){ &d->file.scenario, d->answer, "" };
    snprintf(out[n++].name, sizeof out[0].name, "%.40s", d->name);
    if (d->has_base) {
        out[n] = (struct side){ &d->base, d->base_answer, "" };
        snprintf(out[n++].name, sizeof out[0].name, "base %.40s", d->base_name);
    }
    for (int k = 0; k < app->n_docs; k++)
        if (k != app->doc) {
            out[n] = (struct side){ &app->docs[k].file.scenario, app->docs[k].answer, "" };
            snprintf(out[n++].name, sizeof out[0].name, "%.40s", app->docs[k].name);
        }
    return n < 9 ? n : 9; /* a table has ten columns, and the first is the row's name */
}

static struct table_row *
row_of(struct chart *c, const char *name)
{
    if (c->n_rows == TABLE_ROWS_MAX)
        return NULL;
    struct table_row *row = &c->rows[c->n_rows++];
    memset(row, 0, sizeof *row);
    text_copy(row->cells[0], sizeof row->cells[0], name);
    return row;
}

/* The value at a path in another scenario; false if it has no such place. */
static bool
value_at(const struct app *app, const struct scenario *sc, const char *path, char *out, size_t size)
{
    struct field_ref ref;
    struct error ignored;

    if (field_find(sc, path, &ref, &ignored) < 0)
        return false;
    field_get_text(sc, ref, out, size, app->catalog);
    if (out[0] == '\0')
        text_copy(out, size, app->glyphs->dash);
    return true;
}

static void
add_if_it_differs(const struct app *app, struct chart *c, const struct side *sides, int n, const char *path, const char *label)
{
    char first[200], other[200];
    bool differs = false, there = value_at(app, sides[0].sc, path, first, sizeof first);

    for (int k = 1; k < n; k++)
        differs |= value_at(app, sides[k].sc, path, other, sizeof other) != there || (there && strcmp(first, other) != 0);
    struct table_row *row = differs ? row_of(c, label) : NULL;
    for (int k = 0; row != NULL && k < n; k++)
        if (value_at(app, sides[k].sc, path, other, sizeof other))
            text_fit(row->cells[k + 1], sizeof row->cells[0], other, 40, app->glyphs->ascii);
        else
            text_copy(row->cells[k + 1], sizeof row->cells[0], app->glyphs->dash);
}

static bool
known_before(const struct side *sides, int k, const char *path)
{
    struct field_ref ref;
    struct error ignored;

    for (int j = 0; j < k; j++)
        if (field_find(sides[j].sc, path, &ref, &ignored) == 0)
            return true;
    return false;
}

static void
outcome_rows(const struct app *app, struct chart *c, const struct side *sides, int n)
{
    static const char *const names[] = { "pick", "how sure", "pick over the horizon", "next best costs more" };
    struct table_row *rows[BE_LEN(names)];
    char text[32];

    (void)app;
    for (size_t r = 0; r < BE_LEN(names); r++)
        rows[r] = row_of(c, names[r]);
    for (int k = 0; k < n; k++) {
        const struct answer *an = sides[k].an;
        if (an == NULL || an->verdict.pick < 0) {
            text_copy(rows[0]->cells[k + 1], sizeof rows[0]->cells[0], an == NULL ? "computing" : "no arm passes");
            continue;
        }
        const struct arm_answer *pick = &an->arms[an->verdict.pick];
        snprintf(rows[0]->cells[k + 1], sizeof rows[0]->cells[0], "%s", pick->name);
        snprintf(rows[1]->cells[k + 1], sizeof rows[0]->cells[0], "%s %.0f%%", confidence_word(an->verdict.confidence),
                 100 * an->verdict.p_best);
        number_usd(rows[2]->cells[k + 1], 48, pick->tco_usd.p50);
        if (an->verdict.rival >= 0)
            snprintf(rows[3]->cells[k + 1], sizeof rows[0]->cells[0], "%s (%.28s)",
                     number_usd(text, sizeof text, an->arms[an->verdict.rival].tco_usd.p50 - pick->tco_usd.p50),
                     an->arms[an->verdict.rival].name);
    }
}

static void
build_compare(struct chart *c, const struct app *app)
{
    struct side sides[DOCS_MAX + 1];
    int n = sides_of(app, sides);
    char path[112], label[48];
    struct field_ref ref;

    memset(c, 0, sizeof *c);
    c->kind = CHART_TABLE;
    c->x_prefix = c->y_prefix = "";
    c->you = c->you_low = c->you_high = NAN;
    text_copy(c->title, sizeof c->title, "Compare");
    text_copy(c->columns[c->n_columns++], sizeof c->columns[0], "");
    for (int k = 0; k < n; k++)
        text_fit(c->columns[c->n_columns++], sizeof c->columns[0], sides[k].name, 24, app->glyphs->ascii);
    outcome_rows(app, c, sides, n);
    int fixed = c->n_rows;
    for (int k = 0; k < n; k++)
        for (int i = 0; field_each(sides[k].sc, i, &ref); i++) {
            field_path(sides[k].sc, ref, path, sizeof path);
            if (known_before(sides, k, path))
                continue;
            if (ref.arm >= 0)
                snprintf(label, sizeof label, "%.20s: %.24s", sides[k].sc->arms[ref.arm].name, ref.field->label);
            else
                text_copy(label, sizeof label, ref.field->label);
            add_if_it_differs(app, c, sides, n, path, label);
        }
    if (n == 1)
        text_copy(c->sentence, sizeof c->sentence, "One scenario is open. :add FILE opens another beside it; b sets a base to compare with.");
    else
        snprintf(c->sentence, sizeof c->sentence, "%d rows differ between %d scenarios; rows that are equal are left out.",
                 c->n_rows - fixed, n);
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
    return 0;
}

/* What the view needs beyond the answer, made when it is missing or old: the map, the other
 * scenarios' answers (one a call), the report's text. */
void
app_make_view(struct app *app)
{
    struct doc *d = app_doc(app);

    app_make_map(app);
    if (app_view_is(app, "compare"))
        for (int k = 0, was = app->doc; k < app->n_docs; k++)
            if (app->docs[k].answer == NULL) {
                app->doc = k;
                app_solve(app, app->options->samples > 0 ? app->options->samples : 1024, DEPTH_VERDICT);
                app->doc = was;
            }
    if (!app_view_is(app, "report") || d->answer == NULL || d->answer == app->report_of)
        return;
    struct buffer out;
    struct error err;
    buffer_init(&out);
    if (report_text(app, &out, REPORT_MARKDOWN, &err) < 0)
        buffer_puts(&out, err.text);
    buffer_release(&app->report);
    app->report = out;
    app->report_of = d->answer;
}

void
app_scroll_view(struct app *app, int by)
{
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
    app->scroll = 0;
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
    app->table = !app->table;
    app->scroll = 0;
    app_say(app, app->table ? "the same figures as a table; # draws them again" : "");
}

void
act_zoom(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    app->zoom = !app->zoom;
    app->focus = app->zoom ? FOCUS_VIEW : app->focus;
    if (app->zoom && app->crosshair < 0)
        crosshair_home(app);
}

void
act_present(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    app->presentation = !app->presentation;
    app_say(app, app->presentation ? "presentation: heavy lines, the last key is shown" : "");
}
