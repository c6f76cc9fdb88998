/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "actions.h"

/* H: every edit, newest last; Enter goes back, or forward, to the one under the cursor. */

/* The changes of one step share a group; row k is the k-th step. Row 0: before the first. */
static int
step_end(const struct history *h, int row)
{
    int at = 0;

    for (int k = 0; k < row && at < h->n; k++)
        for (int group = h->list[at].group; at < h->n && h->list[at].group == group;)
            at++;
    return at;
}

static int
steps(const struct history *h)
{
    int n = 0;

    while (step_end(h, n) < h->n)
        n++;
    return n;
}

void
act_history(struct app *app, const struct key *k, int by)
{
    const struct history *h = &app_doc(app)->history;

    (void)k, (void)by;
    if (h->n == 0) {
        app_say(app, "no edits yet");
        return;
    }
    app->mode = MODE_HISTORY;
    app->list_at = 0;
    while (step_end(h, app->list_at) < h->at)
        app->list_at++;
}

static void
go_to_step(struct app *app, int row)
{
    struct doc *d = app_doc(app);
    char what[200];
    int to = step_end(&d->history, row), moved = 0;

    d->history.arrow = app->glyphs->arrow;
    while (d->history.at > to && history_undo(&d->history, &d->file.scenario, app->catalog, what, sizeof what) > 0)
        moved--;
    while (d->history.at < to && history_redo(&d->history, &d->file.scenario, app->catalog, what, sizeof what) > 0)
        moved++;
    if (moved == 0)
        return;
    app->open_arm = app->open_arm < d->file.scenario.n_arms ? app->open_arm : -1;
    app_say(app, "%s %d step%s", moved < 0 ? "undone" : "redone", moved < 0 ? -moved : moved,
            moved == 1 || moved == -1 ? "" : "s");
    write_journal(app);
    app_after_edit(app);
}

int
history_steps(const struct app *app)
{
    return steps(&app_doc_const(app)->history);
}

void
history_take(struct app *app)
{
    app->mode = MODE_REST;
    go_to_step(app, app->list_at);
}

/* The field by its name, as u says it; a step that is none says itself what it was. */
void
history_words(const struct app *app, const struct change *from, const struct change *to, char *out, size_t size)
{
    const struct scenario *sc = &app_doc_const(app)->file.scenario;
    struct field_ref ref;
    struct error ignored;
    char name[96];

    if (strcmp(from->path, "arms") == 0) {
        text_copy(out, size, to->after);
        return;
    }
    if (field_find(sc, from->path, &ref, &ignored) == 0)
        field_words(sc, ref, name, sizeof name);
    else
        snprintf(name, sizeof name, "%.90s", from->path);
    snprintf(out, size, "%s  %.120s %s %.120s", name, from->before[0] != '\0' ? from->before : app->glyphs->dash, app->glyphs->arrow,
             to->after[0] != '\0' ? to->after : app->glyphs->dash);
}

void
draw_history(const struct app *app, struct canvas *c, const struct layout *l, struct screen_map *map)
{
    const struct history *h = &app_doc_const(app)->history;
    int n = steps(h), rows = n + 3 < l->body_rows ? n + 3 : l->body_rows, inside = rows - 2, first = 0;
    int columns = l->columns < 100 ? l->columns - 2 : 98;

    draw_box(app, c, l->body_top, 1, rows, columns, "History");
    if (app->list_at >= inside)
        first = app->list_at - inside + 1;
    map->list_row = l->body_top + 1;
    map->list_rows = inside;
    map->list_columns = columns;
    map->list_first = first;
    map->list_n = n + 1;
    for (int i = 0; i < inside && first + i <= n; i++) {
        int row = first + i, at = step_end(h, row);
        char text[400];
        bool here = row == app->list_at, now = at == h->at;
        if (row == 0)
            snprintf(text, sizeof text, "as opened");
        else {
            history_words(app, &h->list[step_end(h, row - 1)], &h->list[at - 1], text, sizeof text);
        }
        canvas_text(c, l->body_top + 1 + i, 2, here ? app->glyphs->focus : " ", INK_FOCUS, 0);
        canvas_text(c, l->body_top + 1 + i, 4, now ? "now" : at == h->saved ? "file" : "", INK_DELTA, 0);
        canvas_text_fit(c, l->body_top + 1 + i, 9, columns - 9, text,
                        at > h->at ? INK_FAINT : here ? INK_FOCUS : INK_PLAIN,
                        here ? PEN_REVERSE : 0, app->glyphs->ascii);
    }
}
