/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "actions.h"

/* A word for the bottom line that begins with this is there only where all others have room. */
#define LATER '~'

/* ---- the table: keys, help, bottom line, manual, completion and rebinding read it ------------- */

const struct action actions[] = {
    { "Down j", "any", "down", "Next field", NULL, act_move, 1 },
    { "Up k", "any", "up", "Previous field", NULL, act_move, -1 },
    { "PgDn", "any", "page-down", "Eight fields on", NULL, act_move, 8 },
    { "PgUp", "any", "page-up", "Eight fields back", NULL, act_move, -8 },
    { "Home", "any", "first", "First field of the pane", NULL, act_first_last, -1 },
    { "End", "any", "last", "Last field of the pane", NULL, act_first_last, 1 },
    { "Enter F2", "pane", "edit", "Edit the value, or open the list of choices", NULL, act_enter, 0 },
    { "+ Right l", "pane", "raise", "Raise the value by one step, or the next choice", "nudge", act_nudge, 1 },
    { "- Left h", "pane", "lower", "Lower the value by one step, or the previous choice", "nudge", act_nudge, -1 },
    { "]", "pane", "double", "Double the value", "~x2", act_scale, 2 },
    { "[", "pane", "halve", "Halve the value", "~x2", act_scale, 1 },
    { "}", "pane", "tenfold", "Ten times the value", NULL, act_scale, 3 },
    { "{", "pane", "tenth", "A tenth of the value", NULL, act_scale, 0 },
    { "Space", "pane", "toggle", "Next choice; widen a point by 20% either way and back", NULL, act_space, 0 },
    { "Delete", "pane", "clear", "Clear: the catalog's figure is back in force", NULL, act_clear, 0 },
    { "g", "pane", "goal-seek", "Open the entry at the value that flips the verdict", "~flip", act_goal, 0 },
    { "Left h", "view", "cross-left", "Crosshair, or a wide table's columns, left", "crosshair", act_crosshair, -1 },
    { "Right l", "view", "cross-right", "Crosshair, or a wide table's columns, right", "crosshair", act_crosshair, 1 },
    { "S-Left", "view", "cross-far-left", "Crosshair to the next tick left", NULL, act_cross_tick, -1 },
    { "S-Right", "view", "cross-far-right", "Crosshair to the next tick right", NULL, act_cross_tick, 1 },
    { "Down j", "view", "scroll-down", "Next row of a table or bars; scrolls the report", NULL, act_scroll, 1 },
    { "Up k", "view", "scroll-up", "Previous row", NULL, act_scroll, -1 },
    { "PgDn", "view", "scroll-page-down", "Ten rows on", NULL, act_scroll, 10 },
    { "PgUp", "view", "scroll-page-up", "Ten rows back", NULL, act_scroll, -10 },
    { "*", "any", "next-crossing", "Crosshair to the next break-even", NULL, act_next_crossing, 0 },
    { "Enter", "view", "take-volume", "Take the volume, or go to the row's field", "take", act_take_volume, 0 },
    { "g", "view", "row-flip", "Open the row's field where the verdict flips", "~flip", act_row_flip, 0 },
    { "v", "any", "next-view", "Next view", "~view", act_next_view, 1 },
    { "V", "any", "previous-view", "Previous view", NULL, act_next_view, -1 },
    { "#", "any", "table", "Chart or table", "~table", act_table, 0 },
    { "z", "any", "zoom", "The view alone, and back", "~large", act_zoom, 0 },
    { "e", "any", "write-view", "Write this view to a file", NULL, act_write_view, 0 },
    { "y", "any", "copy", "Copy this view, or in a pane the field", NULL, act_copy, 0 },
    { "P", "any", "present", "Presentation mode: heavy lines, last key shown", NULL, act_present, 0 },
    { "Tab", "any", "next-pane", "Next pane, then the view", "pane", act_cycle_pane, 1 },
    { "S-Tab", "any", "previous-pane", "Previous pane", NULL, act_cycle_pane, -1 },
    { "Alt-1", "any", "pane-1", "Go to Workload", NULL, act_pane, PANE_WORKLOAD },
    { "Alt-2", "any", "pane-2", "Go to Data & labels", NULL, act_pane, PANE_DATA },
    { "Alt-3", "any", "pane-3", "Go to Model & serving", NULL, act_pane, PANE_SERVING },
    { "Alt-4", "any", "pane-4", "Go to Constraints", NULL, act_pane, PANE_CONSTRAINTS },
    { "Alt-5", "any", "pane-5", "Go to Team & horizon", NULL, act_pane, PANE_TEAM },
    { "Alt-6", "any", "pane-6", "Go to Arms", NULL, act_pane, PANE_ARMS },
    { "a", "arms", "arm-add", "Add an arm", "add", act_arm_add, 0 },
    { "d", "arms", "arm-copy", "Duplicate the arm", "copy", act_arm_copy, 0 },
    { "x", "arms", "arm-remove", "Remove the arm", "remove", act_arm_remove, 0 },
    { "<", "arms", "arm-up", "Move the arm up", "move", act_arm_move, -1 },
    { ">", "arms", "arm-down", "Move the arm down", "move", act_arm_move, 1 },
    { "u", "any", "undo", "Take back the last change", "undo", act_undo, 0 },
    { "^R", "any", "redo", "Do it again", NULL, act_redo, 0 },
    { "H", "any", "history", "All edits; Enter goes back to one", NULL, act_history, 0 },
    { "b", "any", "base", "Set the base that differences are shown against", "~base", act_base, 0 },
    { "^O", "any", "jump-back", "Back to the previous place", NULL, act_jump_back, 0 },
    { "/", "any", "find", "Find a field, a view or a command", "find", act_find, 0 },
    { "n", "any", "find-next", "Next match", NULL, act_find_again, 1 },
    { "N", "any", "find-previous", "Previous match", NULL, act_find_again, -1 },
    { "E", "any", "next-problem", "Go to the next problem", "~problem", act_next_problem, 1 },
    { "^E", "any", "editor", "The scenario as YAML in your editor", NULL, act_editor, 0 },
    { "o", "any", "add-file", "Open another scenario beside this one", NULL, act_add_file, 0 },
    { ")", "any", "next-scenario", "The next open scenario", NULL, act_next_doc, 1 },
    { "(", "any", "previous-scenario", "The previous open scenario", NULL, act_next_doc, -1 },
    { ":", "any", "command", "Command line; Tab completes", "command", act_prompt, 0 },
    { "^S", "any", "save", "Save", "~save", act_save, 0 },
    { "Esc", "any", "escape", "Back from a find or the large view", NULL, act_escape, 0 },
    { "^L", "any", "redraw", "Draw the screen again", NULL, act_redraw, 0 },
    { "^Z", "any", "suspend", "Suspend; fg comes back", NULL, act_suspend, 0 },
    { "^C", "any", "interrupt", "Leaves an entry; otherwise says how to quit", NULL, act_interrupt, 0 },
    { "ZZ", "any", "save-quit", "Save and quit", NULL, act_save_quit, 0 },
    { "? F1", "any", "help", "This help", "help", act_help, 0 },
    { "q", "any", "quit", "Quit", "quit", act_quit, 0 },
};
const int actions_n = BE_LEN(actions);

/* ---- keys in force --------------------------------------------------------------------------- */

/* A word of a row: a name, ^X, Alt-x, or a character; doubled: pressed twice. 0: not a key. */
static int
word_code(const char *word, bool *twice)
{
    uint32_t cp;
    int n = text_decode(word, strlen(word), &cp);

    *twice = false;
    if (word[n] == '\0')
        return (int)cp;
    if ((int)strlen(word) == 2 * n && strncmp(word, word + n, (size_t)n) == 0) {
        *twice = true;
        return (int)cp;
    }
    return key_named(word);
}

/* A person's key holds in the whole of its place: no row of a narrower one takes it back. */
static bool
meets(const struct keymap *m, int a, int b, bool own)
{
    const char *x = m->rows[a].where, *y = m->rows[b].where;

    if (strcmp(x, y) == 0)
        return true;
    return own && (strcmp(x, "any") == 0 || strcmp(y, "any") == 0 || (strcmp(x, "view") != 0 && strcmp(y, "view") != 0));
}

/* Give a row its keys. A key that a person's binding takes is taken from the row that had it. */
static int
bind_row(struct keymap *m, int row, const char *keys, bool own, struct error *err)
{
    char list[KEYS_BYTES], *word, *rest = list;

    text_copy(list, sizeof list, keys);
    while ((word = strtok_r(rest, " ", &rest)) != NULL) {
        bool twice;
        int code = word_code(word, &twice), had = -1;
        if (code == 0)
            return error_set(err, ERR_UNKNOWN,
                             "%s is no key; expected a character, ^X, Alt-x or a name as Enter, F1, PgDn", word);
        for (int k = 0; k < m->n; k++)
            if (m->bound[k].code == code && meets(m, m->bound[k].row, row, own || m->bound[k].own))
                had = k;
        if (had >= 0 && (!own || m->bound[had].own)) {
            if (own)
                return error_set(err, ERR_CONFLICT, "%s is bound to %s already", word, m->rows[m->bound[had].row].name);
            continue;
        }
        if (had < 0) {
            if (m->n == KEYMAP_MAX)
                return error_set(err, ERR_RANGE, "no room for more than %d keys", KEYMAP_MAX);
            had = m->n++;
        }
        m->bound[had] = (struct bound){ code, row, twice, own };
    }
    return 0;
}

static void
show_row(struct keymap *m, int row)
{
    char label[24];
    size_t used = 0;

    m->shown[row][0] = '\0';
    for (int k = 0; k < m->n; k++)
        if (m->bound[k].row == row) {
            key_label(m->bound[k].code, label, sizeof label);
            int n = snprintf(m->shown[row] + used, sizeof m->shown[row] - used, "%s%s%s", used > 0 ? " " : "", label,
                             m->bound[k].twice ? label : "");
            if (n > 0 && used + (size_t)n < sizeof m->shown[row])
                used += (size_t)n;
        }
}

int
keymap_row(const struct keymap *m, const char *name)
{
    for (int r = 0; r < m->n_rows; r++)
        if (strcmp(m->rows[r].name, name) == 0)
            return r;
    return -1;
}

static const char *
row_name(const void *ctx, int i)
{
    const struct keymap *m = ctx;

    return i < m->n_rows ? m->rows[i].name : NULL;
}

/* One binding of the configuration, at its place in the file. */
static void
bind_own(struct keymap *m, const struct tui_key *own, struct problems *found)
{
    int row = keymap_row(m, own->name);
    struct error err;

    if (row < 0) {
        const char *nearest = text_nearest(own->name, row_name, m);
        error_at(&err, ERR_UNKNOWN, own->line, own->column,
                 nearest != NULL ? "no act %s, nearest %s" : "no act %s; --dump-keys lists them",
                 own->name, nearest);
    } else if (bind_row(m, row, own->keys, true, &err) == 0)
        return;
    err.line = own->line;
    err.column = own->column;
    problems_add(found, PROBLEM_ERROR, "keys", &err);
}

void
keymap_init(struct keymap *m, const struct tui_config *config, struct problems *found)
{
    struct error ignored;

    memset(m, 0, sizeof *m);
    for (int k = 0; k < actions_n; k++)
        m->rows[m->n_rows++] = actions[k];
    for (int v = 0; v < app_views_n() && m->n_rows < ACTIONS_MAX; v++) {
        const struct view *view = app_view(v);
        int row = m->n_rows++;
        snprintf(m->view_names[v], sizeof m->view_names[v], "view-%s", view->id);
        m->view_keys[v][0] = view->key;
        snprintf(m->view_help[v], sizeof m->view_help[v], "View: %s", view->name);
        m->rows[row] = (struct action){ m->view_keys[v], "any", m->view_names[v], m->view_help[v], NULL, act_view, v };
    }
    for (int k = 0; config != NULL && k < config->n_keys; k++)
        bind_own(m, &config->keys[k], found);
    for (int r = 0; r < m->n_rows; r++) {
        bool own = false;
        for (int k = 0; config != NULL && k < config->n_keys; k++)
            own |= strcmp(config->keys[k].name, m->rows[r].name) == 0;
        if (!own) /* its own keys, apart from those taken from it */
            bind_row(m, r, m->rows[r].keys, false, &ignored);
    }
    for (int r = 0; r < m->n_rows; r++)
        show_row(m, r);
}

/* How near a place is; 0: the row does not apply here. */
static int
nearness(const struct app *app, const char *where)
{
    if (strcmp(where, "arms") == 0)
        return app->focus == FOCUS_PANE && app->pane == PANE_ARMS ? 3 : 0;
    if (strcmp(where, "pane") == 0)
        return app->focus == FOCUS_PANE ? 2 : 0;
    if (strcmp(where, "view") == 0)
        return app->focus == FOCUS_VIEW ? 2 : 0;
    return 1;
}

void
keymap_run(struct app *app, const struct key *k)
{
    const struct keymap *m = &app->keymap;
    const struct bound *best = NULL;
    int nearest = 0, pending = app->pending;

    app->pending = 0;
    for (int i = 0; i < m->n; i++) {
        int near = m->bound[i].code == k->code ? nearness(app, m->rows[m->bound[i].row].where) : 0;
        if (near > nearest) {
            nearest = near;
            best = &m->bound[i];
        }
    }
    if (best == NULL)
        return;
    const struct action *a = &m->rows[best->row];
    if (best->twice && pending != k->code) {
        char label[24];
        app->pending = k->code;
        app_say(app, "%s again: %s", key_label(k->code, label, sizeof label), a->help);
        return;
    }
    bool was_finding = app->finding;
    if (a->run != act_escape && a->run != act_redraw && a->run != act_help)
        app->status[0] = '\0'; /* it tells of the last key alone */
    a->run(app, k, a->by);
    if (was_finding && a->run != act_find && a->run != act_find_again)
        app->finding = false;
}

/* ---- the bottom line ---------------------------------------------------------------------------- */

static const char *
first_key(const struct keymap *m, int row, char *out, size_t size)
{
    snprintf(out, size, "%.*s", (int)strcspn(m->shown[row], " "), m->shown[row]);
    return out;
}

/* A row's item, "+/- nudge" where the next row shares its word; returns how many rows it took. */
static int
brief_item(const struct app *app, int r, char *out, size_t size)
{
    const struct keymap *m = &app->keymap;
    const struct action *a = &m->rows[r], *next = r + 1 < m->n_rows ? a + 1 : NULL;
    const char *word = a->brief != NULL && a->brief[0] == LATER ? a->brief + 1 : a->brief;
    char key[KEYS_BYTES];

    out[0] = '\0';
    if (a->brief == NULL || m->shown[r][0] == '\0' || nearness(app, a->where) == 0)
        return 1;
    int n = snprintf(out, size, "%s", first_key(m, r, key, sizeof key));
    bool pair = next != NULL && next->brief != NULL && strcmp(next->brief, a->brief) == 0 && m->shown[r + 1][0] != '\0';
    if (pair)
        n += snprintf(out + n, size - (size_t)n, "/%.20s", first_key(m, r + 1, key, sizeof key));
    snprintf(out + n, size - (size_t)n, " %s", word);
    return pair ? 2 : 1;
}

/* What fits, in the table's order: help and quit in any case, then the rows with a word of their own,
 * then those marked LATER. */
void
keymap_brief(const struct app *app, char *out, size_t size, int columns)
{
    const struct keymap *m = &app->keymap;
    bool shown[ACTIONS_MAX] = { false };
    char item[64];
    int left = columns - (app->focus == FOCUS_PANE ? 10 : 0);

    for (int pass = 0; pass < 3; pass++)
        for (int r = 0, took; r < m->n_rows; r += took) {
            bool last = m->rows[r].run == act_help || m->rows[r].run == act_quit;
            took = brief_item(app, r, item, sizeof item);
            if (item[0] == '\0' || shown[r] || pass != (last ? 0 : m->rows[r].brief[0] == LATER ? 2 : 1) ||
                (!last && text_width(item) + 2 > left))
                continue;
            shown[r] = true;
            left -= text_width(item) + 2;
        }
    size_t used = app->focus == FOCUS_PANE ? (size_t)snprintf(out, size, "0-9 edit  ") : 0;
    out[used] = '\0';
    for (int r = 0, took; r < m->n_rows; r += took) {
        took = brief_item(app, r, item, sizeof item);
        if (shown[r] && used + strlen(item) + 3 < size)
            used += (size_t)snprintf(out + used, size - used, "%s  ", item);
    }
}

/* ---- for others ------------------------------------------------------------------------------------ */

int
tui_bindings(const struct tui_config *config, const struct binding_row **rows)
{
    static struct binding_row list[ACTIONS_MAX];
    static struct keymap m;
    struct problems found;
    int n = 0;

    problems_init(&found);
    keymap_init(&m, config, &found);
    for (int r = 0; r < m.n_rows; r++)
        if (m.shown[r][0] != '\0')
            list[n++] = (struct binding_row){ m.shown[r], m.rows[r].where, m.rows[r].name, m.rows[r].help };
    *rows = list;
    return n;
}
