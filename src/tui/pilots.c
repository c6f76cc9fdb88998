/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actions.h"

/* The measured pilots of a scenario as rows of pane 2: three counted figures each, and a row that adds one. */

enum { FIGURE_LABELS, FIGURE_RIGHT, FIGURE_TESTED, FIGURES };

static const struct {
    size_t offset;
    int low;
    const char *word, *help;
} figures[FIGURES] = {
    [FIGURE_LABELS] = { offsetof(struct pilot, n), 1, "labels", "labelled examples that this pilot was trained on" },
    [FIGURE_RIGHT] = { offsetof(struct pilot, right), 0, "right", "right answers among the examples that it was tested on" },
    [FIGURE_TESTED] = { offsetof(struct pilot, total), 1, "tested", "examples that it was tested on, none of them trained on" },
};

bool
row_is_pilot(const struct pane_row *row)
{
    return row->kind == ROW_PILOT || row->kind == ROW_NEW_PILOT;
}

static int
pilot_of(const struct pane_row *row)
{
    return row->which / FIGURES;
}

static int
value_of(const struct scenario *sc, const struct pane_row *row)
{
    int x;

    memcpy(&x, (const char *)&sc->pilots[pilot_of(row)] + figures[row->which % FIGURES].offset, sizeof x);
    return x;
}

int
pilot_rows(const struct scenario *sc, struct pane_row *out, int n, int max)
{
    for (int k = 0; k < FIGURES * sc->n_pilots && n < max; k++)
        out[n++] = (struct pane_row){ ROW_PILOT, { NULL, -1 }, k };
    if (sc->n_pilots < PILOTS_MAX && n < max)
        out[n++] = (struct pane_row){ ROW_NEW_PILOT, { NULL, -1 }, FIGURES * sc->n_pilots };
    return n;
}

char *
pilot_label(const struct pane_row *row, char *out, size_t size)
{
    if (row->kind == ROW_NEW_PILOT)
        text_copy(out, size, "Add a pilot");
    else
        snprintf(out, size, "Pilot %d %s", pilot_of(row) + 1, figures[row->which % FIGURES].word);
    return out;
}

char *
pilot_text(const struct scenario *sc, const struct pane_row *row, char *out, size_t size)
{
    out[0] = '\0';
    if (row->kind == ROW_PILOT)
        snprintf(out, size, "%d", value_of(sc, row));
    return out;
}

static char *
whole_pilot(const struct pilot *p, char *out, size_t size)
{
    snprintf(out, size, "%d: %d of %d", p->n, p->right, p->total);
    return out;
}

const char *
pilot_help(const struct pane_row *row)
{
    return row->kind == ROW_NEW_PILOT ? "as 200 150 250: trained on 200, 150 right of 250 tested"
                                      : figures[row->which % FIGURES].help;
}

bool
pilot_changed(const struct scenario *base, const struct scenario *sc, const struct pane_row *row)
{
    return row->kind == ROW_PILOT && (pilot_of(row) >= base->n_pilots || value_of(base, row) != value_of(sc, row));
}

const struct problem *
pilot_problem(const struct app *app, const struct pane_row *row)
{
    const struct problems *p = &app_doc_const(app)->problems;
    char path[24];

    snprintf(path, sizeof path, "pilots.%d", pilot_of(row) + 1);
    for (int k = 0; k < p->n; k++)
        if (row_is_pilot(row) && strcmp(p->list[k].path, row->kind == ROW_PILOT ? path : "pilots") == 0)
            return &p->list[k];
    return NULL;
}

void
pilot_goto(struct app *app, int pilot)
{
    struct pane_row rows[ROWS_MAX];

    app->focus = FOCUS_PANE;
    app->pane = PANE_DATA;
    int n = pane_rows(app, PANE_DATA, rows, ROWS_MAX);
    for (int k = n - 1; k >= 0; k--)
        if (row_is_pilot(&rows[k]) && pilot_of(&rows[k]) >= pilot)
            app->cursor[PANE_DATA] = k;
}

/* ---- what is typed -------------------------------------------------------------------------------- */

static struct quantity_rules
counted(const struct pane_row *row)
{
    return (struct quantity_rules){ .form = FORM_NUMBER, .low = figures[row->which % FIGURES].low, .high = 1e9, .whole = true };
}

/* The entry grammar, but what was counted is one whole number. */
static int
parse_count(int *out, const char *text, int figure, struct error *err)
{
    const struct pane_row row = { ROW_PILOT, { NULL, -1 }, figure };
    const struct quantity_rules how = counted(&row);
    struct quantity q;

    if (quantity_parse(&q, text, &how, err) < 0)
        return -1;
    if (quantity_is_uncertain(&q))
        return error_set(err, ERR_RANGE, "a pilot was counted: one number, no range");
    *out = (int)q.x;
    return 0;
}

/* "200 150 250", or "200: 150 of 250" as it is shown. */
static int
parse_pilot(struct pilot *p, const char *text, struct error *err)
{
    char words[LINE_BYTES], *word, *rest = words;
    int got[FIGURES] = { 0 }, n = 0;

    text_copy(words, sizeof words, text);
    while ((word = strtok_r(rest, " :", &rest)) != NULL)
        if (strcmp(word, "of") != 0 && n++ < FIGURES && parse_count(&got[n - 1], word, n - 1, err) < 0)
            return -1;
    if (n != FIGURES)
        return error_set(err, ERR_SYNTAX, "three numbers: trained on, right, tested, as 200 150 250");
    *p = (struct pilot){ .n = got[FIGURE_LABELS], .right = got[FIGURE_RIGHT], .total = got[FIGURE_TESTED] };
    return 0;
}

int
pilot_set_text(struct scenario *sc, const struct pane_row *row, const char *text, struct error *err)
{
    struct pilot *p = &sc->pilots[pilot_of(row)], was;
    int x;

    if (row->kind == ROW_NEW_PILOT) {
        if (parse_pilot(&was, text, err) < 0)
            return -1;
        *p = was;
        sc->n_pilots++;
    } else if (parse_count(&x, text, row->which % FIGURES, err) < 0)
        return -1;
    else
        memcpy((char *)p + figures[row->which % FIGURES].offset, &x, sizeof x);
    if (p->right > p->total)
        return error_set(err, ERR_RANGE, "%d right of %d tested cannot be", p->right, p->total);
    return 0;
}

/* What the entry would be read as. */
void
pilot_reads_as(const struct pane_row *row, const char *text, char *out, size_t size)
{
    struct pilot p;
    struct error ignored;
    int x;

    out[0] = '\0';
    if (row->kind == ROW_NEW_PILOT && text[0] == '\0')
        text_copy(out, size, pilot_help(row));
    else if (row->kind == ROW_NEW_PILOT) {
        if (parse_pilot(&p, text, &ignored) == 0)
            snprintf(out, size, "reads as trained on %d, %d of %d right: %.1f%%", p.n, p.right, p.total, 100.0 * p.right / p.total);
    } else if (parse_count(&x, text, row->which % FIGURES, &ignored) == 0)
        snprintf(out, size, "reads as exactly %d", x);
}

/* "*1.1" or "/2" as the whole entry, and the keys that scale. */
int
pilot_scale_text(char *out, size_t size, const struct pane_row *row, const char *text, double factor, struct error *err)
{
    const struct quantity_rules how = counted(row);
    double x;

    if (number_parse(&x, text, FORM_NUMBER, err) < 0)
        return -1;
    x = rint(x * factor);
    if (!(x >= how.low && x <= how.high))
        return error_set(err, ERR_RANGE, "%.0f is outside of %.0f to %.0f", x, how.low, how.high);
    snprintf(out, size, "%.0f", x);
    return 0;
}

/* ---- steps of the history ---------------------------------------------------------------------------- */

/* The edited copy comes into force as a step at this place, as "Pilot 2 right". */
static int
take(struct app *app, const struct scenario *copy, const char *place, const char *before, const char *after, bool join,
     struct error *err)
{
    struct doc *d = app_doc(app);

    if (strcmp(before, after) == 0)
        return 0;
    if (history_step(&d->history, &d->file.scenario, copy, place, before, after, join, err) < 0)
        return -1;
    app_say(app, "set %s %s %s %s", place, before[0] != '\0' ? before : app->glyphs->dash, app->glyphs->arrow,
            after[0] != '\0' ? after : app->glyphs->dash);
    write_journal(app);
    app_after_edit(app);
    return 0;
}

int
app_set_pilot(struct app *app, const struct pane_row *row, const char *text, bool join, struct error *err)
{
    struct scenario *copy = malloc(sizeof *copy);
    char place[32], before[64], after[64];
    int status = -1;

    if (copy == NULL)
        return error_set(err, ERR_BUG, "no memory for an edit");
    *copy = app_doc(app)->file.scenario;
    pilot_label(row, place, sizeof place);
    pilot_text(copy, row, before, sizeof before);
    if (pilot_set_text(copy, row, text, err) == 0) {
        pilot_text(copy, row, after, sizeof after);
        if (row->kind == ROW_NEW_PILOT) {
            snprintf(place, sizeof place, "Pilot %d", copy->n_pilots);
            whole_pilot(&copy->pilots[copy->n_pilots - 1], after, sizeof after);
        }
        status = take(app, copy, place, before, after, join, err);
    }
    free(copy);
    return status;
}

/* As fields step: the second digit, in a fast run the first; what is counted by one at least. */
int
pilot_nudge_text(const struct scenario *sc, const struct pane_row *row, int by, bool coarse, char *out, size_t size)
{
    const struct quantity_rules how = counted(row);
    double x = value_of(sc, row), decade = x > 0 ? pow(10, floor(log10(x))) : 1;

    if (by < 0 && x == decade)
        decade /= 10;
    double step = fmax(1, coarse ? decade : decade / 10);
    snprintf(out, size, "%.0f", fmin(how.high, fmax(how.low, x + by * step)));
    return 0;
}

void
act_pilot_add(struct app *app, const struct key *k, int by)
{
    struct pane_row row;

    (void)k, (void)by;
    pilot_goto(app, app_doc(app)->file.scenario.n_pilots);
    if (app_current(app, &row) && row.kind == ROW_NEW_PILOT)
        entry_open(app, "");
    else
        app_say(app, "a scenario has at most %d pilots", PILOTS_MAX);
}

/* The pilot is taken out as a step of its own. */
static int
take_out(struct app *app, int at, struct error *err)
{
    struct scenario *copy = malloc(sizeof *copy);
    char place[32], before[64];

    if (copy == NULL)
        return error_set(err, ERR_BUG, "no memory for an edit");
    *copy = app_doc(app)->file.scenario;
    snprintf(place, sizeof place, "Pilot %d", at + 1);
    whole_pilot(&copy->pilots[at], before, sizeof before);
    copy->n_pilots--;
    memmove(&copy->pilots[at], &copy->pilots[at + 1], (size_t)(copy->n_pilots - at) * sizeof copy->pilots[0]);
    int status = take(app, copy, place, before, "", false, err);
    if (status == 0)
        app_say(app, "removed %s, %s", place, before);
    free(copy);
    return status;
}

void
act_pilot_remove(struct app *app, const struct key *k, int by)
{
    struct pane_row row;
    struct error err;

    (void)k, (void)by;
    if (!app_current(app, &row) || row.kind != ROW_PILOT)
        app_say(app, "put the cursor on a pilot first");
    else if (take_out(app, pilot_of(&row), &err) < 0)
        app_say(app, "%s", err.text);
}

/* ---- by name, for who has no panes ---------------------------------------------------------------- */

bool
pilot_is_named(const char *name)
{
    return strncmp(name, "pilot", 5) == 0 && (name[5] == '.' || name[5 + strspn(name + 5, " ")] == '\0');
}

void
pilot_lines(const struct scenario *sc, void (*line)(const char *name, const char *value))
{
    char name[24], value[64];

    for (int k = 0; k < sc->n_pilots; k++) {
        snprintf(name, sizeof name, "pilot.%d", k + 1);
        line(name, whole_pilot(&sc->pilots[k], value, sizeof value));
    }
}

int
pilot_set_named(struct app *app, const char *name, const char *text, struct error *err)
{
    const struct scenario *sc = &app_doc_const(app)->file.scenario;
    struct pane_row row = { ROW_NEW_PILOT, { NULL, -1 }, FIGURES * sc->n_pilots };
    struct scenario *copy;
    struct pilot p;
    char place[32], before[64], after[64];

    if (name[strlen("pilot")] != '.')
        return sc->n_pilots < PILOTS_MAX ? app_set_pilot(app, &row, text, false, err)
                                         : error_set(err, ERR_RANGE, "a scenario has at most %d pilots", PILOTS_MAX);
    int at = atoi(name + strlen("pilot.")) - 1;
    if (at < 0 || at >= sc->n_pilots)
        return error_set(err, ERR_UNKNOWN, "no %s, there %s %d; pilot=200 150 250 adds one", name, sc->n_pilots == 1 ? "is" : "are",
                         sc->n_pilots);
    if (text[strspn(text, " ")] == '\0')
        return take_out(app, at, err);
    if (parse_pilot(&p, text, err) < 0)
        return -1;
    if (p.right > p.total)
        return error_set(err, ERR_RANGE, "%d right of %d tested cannot be", p.right, p.total);
    if ((copy = malloc(sizeof *copy)) == NULL)
        return error_set(err, ERR_BUG, "no memory for an edit");
    *copy = *sc;
    snprintf(place, sizeof place, "Pilot %d", at + 1);
    whole_pilot(&copy->pilots[at], before, sizeof before);
    copy->pilots[at] = p;
    int status = take(app, copy, place, before, whole_pilot(&p, after, sizeof after), false, err);
    free(copy);
    return status;
}
