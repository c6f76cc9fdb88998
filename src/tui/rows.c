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
    if (pane == PANE_DATA)
        return pilot_rows(&app_doc_const(app)->file.scenario, out, n, max);
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
        snprintf(out, size, "%s", computed[row->which]);
    else if (row->kind == ROW_ARM)
        snprintf(out, size, "%c %s", 'A' + row->ref.arm, app_doc_const(app)->file.scenario.arms[row->ref.arm].name);
    else if (row_is_pilot(row))
        pilot_label(row, out, size);
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
        return computed_value(app, row->which, out, size);
    }
    if (row->kind == ROW_ARM)
        return text_copy(out, size, arm_kind_word(sc->arms[row->ref.arm].kind)), out;
    if (row_is_pilot(row)) {
        *faint = row->kind == ROW_NEW_PILOT;
        return *faint ? text_copy(out, size, app->glyphs->dash), out : pilot_text(sc, row, out, size);
    }
    field_get_text(sc, row->ref, out, size, app->catalog);
    if (an != NULL && strcmp(out, "catalog") == 0 && choice_of_catalog(&an->setup, row->ref, out, size)) {
        *faint = true;
        return out;
    }
    if (out[0] != '\0' && (row->ref.arm < 0 || field_is_set(sc, row->ref)))
        return out;
    *faint = true;
    if (an != NULL && row->ref.arm < an->setup.sc.n_arms) {
        const struct quantity *q = field_is_quantity(row->ref.field) ? field_value(&an->setup.sc, row->ref) : NULL;
        struct quantity_rules how;
        field_get_text(&an->setup.sc, row->ref, out, size, app->catalog);
        if (q != NULL && out[0] != '\0' && !quantity_is_uncertain(q)) { /* nobody typed it: as all other places show it */
            field_rules(row->ref.field, &an->setup.sc, &how);
            quantity_show(out, size, q->x, &how);
        }
    }
    if (out[0] == '\0')
        text_copy(out, size, app->glyphs->dash);
    return out;
}

/* ---- what a constraint does -------------------------------------------------------------- */

/* The gates that read a constraint: one by its id, or (NULL) those of the catalog's regimes. */
static const struct {
    const char *key, *gate;
} constraint_gates[] = {
    { "constraints.regimes", NULL },
    { "constraints.data_may_leave", "data" },
};

static bool
of_regime(const struct catalog *catalog, const char *id)
{
    for (int i = 0; catalog != NULL && i < catalog->n_regimes; i++)
        if (strcmp(catalog->regimes[i].id, id) == 0)
            return true;
    return false;
}

static bool
gate_reads(const struct app *app, const char *gate, const struct field *f)
{
    for (size_t k = 0; k < BE_LEN(constraint_gates); k++)
        if (strcmp(constraint_gates[k].key, f->key) == 0)
            return constraint_gates[k].gate != NULL ? strcmp(constraint_gates[k].gate, gate) == 0
                                                    : of_regime(app->catalog, gate);
    return false;
}

/* The letters of the arms whose worst gate of this constraint stands so. */
static int
arms_in_state(const struct app *app, const struct field *f, enum gate_state state, char letters[ARMS_MAX + 1])
{
    const struct answer *an = app_answer(app);
    int n = 0;

    for (int a = 0; an != NULL && a < an->n_arms; a++) {
        int worst = -1;
        for (int g = 0; g < an->arms[a].n_gates; g++)
            if (gate_reads(app, an->arms[a].gates[g].id, f) && (int)an->arms[a].gates[g].state > worst)
                worst = (int)an->arms[a].gates[g].state;
        if (worst == (int)state)
            letters[n++] = (char)('A' + a);
    }
    letters[n] = '\0';
    return n;
}

/* From the fullest to the shortest. */
static const struct form {
    int words;           /* how many parts say theirs */
    bool letters, apart;
} forms[] = { { 2, true, true }, { 2, true, false }, { 1, true, false }, { 0, true, false }, { 0, false, false } };

static size_t
add_part(char *out, size_t size, size_t n, const char *mark, const char *word, const char *letters,
         const struct form *form, bool says)
{
    n += (size_t)snprintf(out + n, size - n, "%s%s%s%s", n > 0 ? " " : "", mark, says ? " " : "", says ? word : "");
    for (int k = 0; form->letters && letters[k] != '\0'; k++)
        n += (size_t)snprintf(out + n, size - n, "%s%c", k == 0 || form->apart ? " " : "", letters[k]);
    return n;
}

/* The arms that a constraint bars, in "columns"; "" where even the mark has no room. Only the gates of
 * the answer are read. */
char *
row_bars(const struct app *app, const struct pane_row *row, int columns, char *out, size_t size, enum ink *ink)
{
    const struct glyphs *g = app->glyphs;
    char letters[GATE_BREACHED + 1][ARMS_MAX + 1];
    int n[GATE_BREACHED + 1];

    out[0] = '\0';
    *ink = INK_FAINT;
    if (row->kind != ROW_FIELD || row->ref.field->pane != PANE_CONSTRAINTS || app_answer(app) == NULL)
        return out;
    for (int s = 0; s <= GATE_BREACHED; s++)
        n[s] = arms_in_state(app, row->ref.field, (enum gate_state)s, letters[s]);
    for (size_t k = 0; k < BE_LEN(forms); k++) {
        const struct form *form = &forms[k];
        size_t at = 0;
        out[0] = '\0';
        if (n[GATE_BREACHED] > 0)
            at = add_part(out, size, at, g->no, "bars", letters[GATE_BREACHED], form, form->words > 0);
        if (n[GATE_UNKNOWN] > 0 && (at == 0 || form->letters))
            at = add_part(out, size, at, g->unknown, gate_state_word(GATE_UNKNOWN), letters[GATE_UNKNOWN], form,
                          form->words > (at > 0));
        if (at == 0 && n[GATE_CONDITIONAL] > 0)
            at = add_part(out, size, at, g->yes, gate_state_word(GATE_CONDITIONAL), letters[GATE_CONDITIONAL], form,
                          form->words > 0);
        else if (at == 0 && n[GATE_MET] > 0)
            at = add_part(out, size, at, g->yes, "all meet it", "", form, form->words > 0);
        else if (at == 0 && form->words > 0) /* the dash alone would say nothing */
            add_part(out, size, at, g->dash, row->ref.field->affects & AFFECTS_GATES ? "bars none" : "rules only", "",
                     form, true);
        if (text_width(out) <= columns)
            break;
    }
    if (text_width(out) > columns)
        out[0] = '\0';
    *ink = n[GATE_BREACHED] > 0 ? INK_PROBLEM : n[GATE_UNKNOWN] > 0 ? INK_WARNING : INK_FAINT;
    return out;
}
