/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "app.h"

/* Rows of the panes, generated from the field tables. */

enum computed { COMPUTED_TOKENS_PER_DAY, COMPUTED_LABEL_COST, COMPUTED_COUNT };

static int
add(struct pane_row *out, int n, int max, struct pane_row row)
{
    if (n < max)
        out[n++] = row;
    return n;
}

static int
scenario_rows(enum pane pane, struct pane_row *out, int n, int max)
{
    for (int k = 0; k < scenario_fields_n; k++) {
        const struct field *f = &scenario_fields[k];
        if (f->pane != pane)
            continue;
        n = add(out, n, max, (struct pane_row){ ROW_FIELD, { f, -1 }, 0 });
        if (strcmp(f->key, "workload.output_tokens") == 0)
            n = add(out, n, max, (struct pane_row){ ROW_COMPUTED, { NULL, -1 }, COMPUTED_TOKENS_PER_DAY });
        if (strcmp(f->key, "labels.hourly_rate") == 0)
            n = add(out, n, max, (struct pane_row){ ROW_COMPUTED, { NULL, -1 }, COMPUTED_LABEL_COST });
    }
    return n;
}

static int
arm_rows(const struct app *app, struct pane_row *out, int n, int max)
{
    const struct scenario *sc = &app_doc_const(app)->file.scenario;

    for (int a = 0; a < sc->n_arms; a++) {
        n = add(out, n, max, (struct pane_row){ ROW_ARM, { NULL, a }, 0 });
        for (int k = 0; a == app->open_arm && k < arm_fields_n; k++)
            if (field_applies(&arm_fields[k], sc->arms[a].kind))
                n = add(out, n, max, (struct pane_row){ ROW_FIELD, { &arm_fields[k], a }, 0 });
    }
    return n;
}

int
pane_rows(const struct app *app, enum pane pane, struct pane_row *out, int max)
{
    if (app->n_docs == 0)
        return 0;
    int n = scenario_rows(pane, out, 0, max);
    return pane == PANE_ARMS ? arm_rows(app, out, n, max) : n;
}

bool
row_is_stop(const struct pane_row *row)
{
    return row->kind != ROW_COMPUTED;
}

bool
app_current(const struct app *app, struct pane_row *row)
{
    struct pane_row rows[ROWS_MAX];
    int n = pane_rows(app, app->pane, rows, ROWS_MAX), at = app->cursor[app->pane];

    if (at < 0 || at >= n)
        return false;
    *row = rows[at];
    return true;
}

bool
app_current_field(const struct app *app, struct field_ref *ref)
{
    struct pane_row row;

    if (!app_current(app, &row) || row.kind != ROW_FIELD)
        return false;
    *ref = row.ref;
    return true;
}

/* ---- places ---------------------------------------------------------------------------- */

struct place
app_place(const struct app *app)
{
    return (struct place){ app->focus, app->pane, app->cursor[app->pane], app->open_arm, app->view, app->doc };
}

void
app_return(struct app *app, struct place to)
{
    app->focus = to.focus;
    app->pane = to.pane;
    app->doc = to.doc < app->n_docs ? to.doc : 0;
    app->open_arm = to.open_arm < app_doc(app)->file.scenario.n_arms ? to.open_arm : -1;
    app->cursor[app->pane] = to.cursor;
    app->view = to.view;
}

void
app_mark(struct app *app)
{
    if (app->n_places == PLACES_MAX) {
        memmove(app->places, app->places + 1, sizeof app->places - sizeof app->places[0]);
        app->n_places--;
    }
    app->places[app->n_places++] = app_place(app);
}

/* Put the cursor on a field, wherever it is. */
void
app_goto(struct app *app, struct field_ref ref)
{
    struct pane_row rows[ROWS_MAX];

    if (ref.arm >= 0) {
        app->pane = PANE_ARMS;
        app->open_arm = ref.arm;
    } else
        app->pane = ref.field->pane;
    app->focus = FOCUS_PANE;
    int n = pane_rows(app, app->pane, rows, ROWS_MAX);
    for (int k = 0; k < n; k++)
        if (rows[k].kind == ROW_FIELD && rows[k].ref.field == ref.field && rows[k].ref.arm == ref.arm)
            app->cursor[app->pane] = k;
}

/* ---- what stands in a row ------------------------------------------------------------------ */

static char *
computed_value(const struct app *app, int which, char *out, size_t size)
{
    const struct answer *an = app_answer(app);
    char number[24];

    out[0] = '\0';
    if (an == NULL)
        return out;
    if (which == COMPUTED_TOKENS_PER_DAY)
        return number_si(out, size, an->tokens_per_day);
    struct label_cost cost;
    labels_evaluate(&an->setup, &cost);
    snprintf(out, size, "%s once", number_usd(number, sizeof number, cost.usd));
    return out;
}

char *
row_label(const struct app *app, const struct pane_row *row, char *out, size_t size)
{
    static const char *const computed[COMPUTED_COUNT] = { " tokens/day", " label cost" };

    if (row->kind == ROW_COMPUTED)
        snprintf(out, size, "%s", computed[row->computed]);
    else if (row->kind == ROW_ARM)
        snprintf(out, size, "%c %s", 'A' + row->ref.arm, app_doc_const(app)->file.scenario.arms[row->ref.arm].name);
    else
        text_copy(out, size, row->ref.field->label);
    return out;
}

/* What stands in the value column: as typed, or faint the figure in force. */
char *
row_value(const struct app *app, const struct pane_row *row, char *out, size_t size, bool *faint)
{
    const struct scenario *sc = &app_doc_const(app)->file.scenario;
    const struct answer *an = app_answer(app);

    *faint = false;
    if (row->kind == ROW_COMPUTED) {
        *faint = true;
        return computed_value(app, row->computed, out, size);
    }
    if (row->kind == ROW_ARM)
        return text_copy(out, size, arm_kind_word(sc->arms[row->ref.arm].kind)), out;
    field_get_text(sc, row->ref, out, size, app->catalog);
    if (out[0] != '\0' && (row->ref.arm < 0 || field_is_set(sc, row->ref)))
        return out;
    *faint = true;
    if (an != NULL && row->ref.arm < an->setup.sc.n_arms)
        field_get_text(&an->setup.sc, row->ref, out, size, app->catalog);
    if (out[0] == '\0')
        text_copy(out, size, app->glyphs->dash);
    return out;
}
