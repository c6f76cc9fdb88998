/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "actions.h"

/* Lists over the panes: choices of a field, names of the catalog, help. */

#define CANDIDATES_MAX 512

/* ---- candidates of a field ------------------------------------------------------------ */

struct candidate {
    char word[112], about[200];
};

static void
set_toggle(const struct app *app, int i, struct candidate *c, uint32_t on)
{
    const struct cat_regime *r = &app->catalog->regimes[i];

    text_copy(c->word, sizeof c->word, r->id);
    snprintf(c->about, sizeof c->about, "%s %s", (on >> i & 1u) != 0 ? "[x]" : "[ ]", r->name);
}

/* Candidate i of the current field; false past the end. */
static bool
choice_at(const struct app *app, struct field_ref ref, int i, struct candidate *c)
{
    const struct scenario *sc = &app_doc_const(app)->file.scenario;
    const struct field *f = ref.field;

    memset(c, 0, sizeof *c);
    if (f->choices != NULL) {
        for (int k = 0; k <= i; k++)
            if (f->choices[k].word == NULL)
                return false;
        text_copy(c->word, sizeof c->word, f->choices[i].word);
        text_copy(c->about, sizeof c->about, f->choices[i].label != NULL ? f->choices[i].label : "");
        return true;
    }
    if (f->type == &field_arm) {
        if (i >= sc->n_arms)
            return false;
        text_copy(c->word, sizeof c->word, sc->arms[i].name);
        text_copy(c->about, sizeof c->about, arm_kind_word(sc->arms[i].kind));
        return true;
    }
    if (f->type == &field_set) {
        if (i >= app->catalog->n_regimes)
            return false;
        uint32_t on;
        memcpy(&on, field_value(sc, ref), sizeof on);
        set_toggle(app, i, c, on);
        return true;
    }
    if (f->type == &field_name && i < catalog_count(app->catalog, f->names)) {
        text_copy(c->word, sizeof c->word, catalog_id(app->catalog, f->names, i));
        catalog_describe(app->catalog, f->names, i, c->about, sizeof c->about);
        return true;
    }
    return false;
}

/* 1, or 0 if there is none at i, or -1 past the end. */
static int
candidate_at(const struct app *app, int i, struct candidate *c)
{
    struct field_ref ref;
    struct offer o;

    if (app->list_of == LIST_CHOICES)
        return app_current_field(app, &ref) && choice_at(app, ref, i, c) ? 1 : -1;
    int there = offer_at(app, i, &o);
    if (there > 0) {
        text_copy(c->word, sizeof c->word, o.word);
        text_copy(c->about, sizeof c->about, o.about);
    }
    return there;
}

/* The i-th candidate that fits what was typed, best first. */
static int
narrowed(const struct app *app, int *out, int max)
{
    struct candidate c;
    int scores[CANDIDATES_MAX], n = 0, there;

    for (int i = 0; (there = candidate_at(app, i, &c)) >= 0; i++) {
        int score = there == 0 ? 0 : app->edit.n == 0 ? 1 : text_fuzzy(app->edit.text, c.word);
        if (score <= 0 || (n == max && score <= scores[n - 1]))
            continue;
        int at = n < max ? n++ : n - 1;
        while (at > 0 && scores[at - 1] < score) {
            scores[at] = scores[at - 1];
            out[at] = out[at - 1];
            at--;
        }
        scores[at] = score;
        out[at] = i;
    }
    return n;
}

void
list_open(struct app *app)
{
    struct field_ref ref;
    struct candidate c;
    char current[512];

    app->list_of = LIST_CHOICES;
    if (!app_current_field(app, &ref) || candidate_at(app, 0, &c) < 0)
        return;
    edit_set(&app->edit, "");
    app->mode = MODE_LIST;
    app->list_at = 0;
    field_get_text(&app_doc(app)->file.scenario, ref, current, sizeof current, app->catalog);
    for (int i = 0; candidate_at(app, i, &c) >= 0; i++)
        if (strcmp(c.word, current) == 0)
            app->list_at = i;
}

/* A regime is switched on or off and the list stays open. */
static void
toggle_in_set(struct app *app, struct field_ref ref, const char *word)
{
    char current[512], next[512] = "", one[ID_BYTES];
    struct error err;
    bool there = false;

    field_get_text(&app_doc(app)->file.scenario, ref, current, sizeof current, app->catalog);
    for (const char *p = current; *p != '\0';) {
        p += strspn(p, "[], ");
        size_t n = strcspn(p, "[], ");
        if (n == 0 || n >= sizeof one)
            break;
        memcpy(one, p, n);
        one[n] = '\0';
        p += n;
        if (strcmp(one, word) == 0) {
            there = true;
            continue;
        }
        if (next[0] != '\0')
            strcat(next, ", ");
        strcat(next, one);
    }
    if (!there && strlen(next) + strlen(word) + 3 < sizeof next) {
        if (next[0] != '\0')
            strcat(next, ", ");
        strcat(next, word);
    }
    if (app_set_field(app, ref, next, false, &err) < 0)
        app_say(app, "%s", err.text);
}

static void
list_take(struct app *app)
{
    int found[CANDIDATES_MAX], n = narrowed(app, found, CANDIDATES_MAX);
    struct field_ref ref;
    struct candidate c;
    struct error err;

    if (n == 0 || candidate_at(app, found[app->list_at % n], &c) <= 0) {
        app_say(app, "nothing of that name");
        return;
    }
    if (app->list_of == LIST_OFFERS) {
        struct offer o;
        app->mode = MODE_REST;
        if (offer_at(app, found[app->list_at % n], &o) > 0)
            offer_take(app, &o);
        return;
    }
    if (!app_current_field(app, &ref))
        return;
    if (ref.field->type == &field_set) {
        toggle_in_set(app, ref, c.word);
        return;
    }
    app->mode = MODE_REST;
    if (app_set_field(app, ref, c.word, false, &err) < 0)
        app_say(app, "%s", err.text);
}

/* ---- keys of a list, whatever it lists -------------------------------------------------- */

int
list_rows(const struct app *app)
{
    int found[CANDIDATES_MAX];

    return app->mode == MODE_FIND ? app->n_found : app->mode == MODE_HISTORY ? history_steps(app) + 1
        : narrowed(app, found, CANDIDATES_MAX);
}

/* Round and round; the history has a beginning and an end. */
void
act_list_move(struct app *app, const struct key *k, int by)
{
    int n = list_rows(app), to = app->list_at + by;

    (void)k;
    if (n == 0)
        return;
    if (app->mode == MODE_HISTORY)
        app->list_at = to < 0 ? 0 : to >= n ? n - 1 : to;
    else
        app->list_at = (to % n + n) % n;
}

void
act_list_take(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    if (app->mode == MODE_FIND)
        find_take(app);
    else if (app->mode == MODE_HISTORY)
        history_take(app);
    else
        list_take(app);
}

/* Among letters it is one. */
void
act_list_switch(struct app *app, const struct key *k, int by)
{
    (void)by;
    if (app->mode == MODE_LIST && app->edit.n == 0)
        list_take(app);
    else if (app->mode != MODE_HISTORY && edit_key(&app->edit, k))
        text_changed(app);
}

void
act_list_leave(struct app *app, const struct key *k, int by)
{
    (void)k, (void)by;
    app->mode = MODE_REST;
}

/* A box over the panes. */
void
draw_box(const struct app *app, struct canvas *c, int top, int left, int rows, int columns, const char *title)
{
    for (int r = top; r < top + rows; r++)
        for (int k = left - 1; k <= left + columns; k++)
            canvas_put(c, r, k, ' ', INK_PLAIN, 0);
    for (int k = left; k < left + columns; k++) {
        canvas_text(c, top, k, app->glyphs->horizontal, INK_FRAME, 0);
        canvas_text(c, top + rows - 1, k, app->glyphs->horizontal, INK_FRAME, 0);
    }
    canvas_printf(c, top, left + 2, INK_TITLE, PEN_BOLD, " %s ", title);
}

int
sought_columns(const struct layout *l)
{
    return (l->columns < 100 ? l->columns : 100) - 6;
}

void
draw_sought(const struct app *app, struct canvas *c, const struct layout *l)
{
    int from;

    edit_shown(&app->edit, sought_columns(l), &from);
    canvas_text(c, l->body_top + 1, 2, "/", INK_KEY, PEN_BOLD);
    canvas_text_fit(c, l->body_top + 1, 3, sought_columns(l), app->edit.text + from, INK_KEY, PEN_BOLD, app->glyphs->ascii);
}

void
draw_list(const struct app *app, struct canvas *c, const struct layout *l, struct screen_map *map)
{
    int found[CANDIDATES_MAX], n = narrowed(app, found, CANDIDATES_MAX), rows = l->body_rows, first = 0;
    struct field_ref ref;
    struct candidate cand;
    int columns = l->columns < 112 ? l->columns - 2 : 110, words = app->list_of == LIST_OFFERS ? columns / 2 : 34;
    const char *title = app->list_of == LIST_OFFERS ? "Add an arm"
        : app_current_field(app, &ref) ? ref.field->label : "";

    if (n + 3 < rows)
        rows = n + 3 > 4 ? n + 3 : 4;
    if (words > columns - 6)
        words = columns - 6;
    int inside = rows - 3, at = n > 0 ? app->list_at % n : 0, top = l->body_top;
    draw_box(app, c, top, 1, rows, columns, title);
    draw_sought(app, c, l);
    if (at >= inside)
        first = at - inside + 1;
    map->list_row = top + 2;
    map->list_rows = inside;
    map->list_columns = columns;
    map->list_first = first;
    map->list_n = n;
    for (int i = 0; i < inside && first + i < n; i++) {
        bool here = first + i == at;
        if (candidate_at(app, found[first + i], &cand) <= 0)
            continue;
        canvas_text(c, top + 2 + i, 2, here ? app->glyphs->focus : " ", INK_FOCUS, 0);
        canvas_text_fit(c, top + 2 + i, 3, words, cand.word, here ? INK_FOCUS : INK_PLAIN, here ? PEN_REVERSE : 0,
                        app->glyphs->ascii);
        canvas_text_fit(c, top + 2 + i, 5 + words, columns - words - 5, cand.about, INK_FAINT, 0, app->glyphs->ascii);
    }
    if (n == 0)
        canvas_text(c, top + 2, 4, "nothing fits these letters", INK_FAINT, 0);
}

/* ---- help --------------------------------------------------------------------------------------- */

/* The i-th row that has a key. */
static int
help_row(const struct app *app, int i)
{
    for (int r = 0; r < app->keymap.n_rows; r++)
        if (app->keymap.shown[r][0] != '\0' && i-- == 0)
            return r;
    return -1;
}

int
help_lines(const struct app *app)
{
    int n = 0;

    while (help_row(app, n) >= 0)
        n++;
    return n;
}

void
draw_help(const struct app *app, struct canvas *c, const struct layout *l)
{
    int rows = l->body_rows, columns = l->columns < 84 ? l->columns - 2 : 82;

    draw_box(app, c, l->body_top, 1, rows, columns, "Keys");
    for (int i = 0; i < rows - 2; i++) {
        int r = help_row(app, app->scroll + i);
        if (r < 0)
            break;
        const struct action *b = &app->keymap.rows[r];
        canvas_text_fit(c, l->body_top + 1 + i, 3, 15, app->keymap.shown[r], INK_KEY, PEN_BOLD, app->glyphs->ascii);
        canvas_text_fit(c, l->body_top + 1 + i, 19, columns - 28, b->help, INK_PLAIN, 0, app->glyphs->ascii);
        if (strcmp(b->where, "any") != 0 && strcmp(b->where, "always") != 0)
            canvas_printf(c, l->body_top + 1 + i, columns - 7, INK_FAINT, 0, "in %.5s", b->where);
    }
}
