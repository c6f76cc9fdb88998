/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "actions.h"

/* A word for the bottom line that begins with this is there only where all others have room. */
#define LATER '~'

#define ALL_STEPS (1 << 24) /* more than a history holds */

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
    { "Down j", "view", "scroll-down", "Next row of a table or bars; scrolls the report", "row", act_scroll, 1 },
    { "Up k", "view", "scroll-up", "Previous row", "row", act_scroll, -1 },
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
    { "a", "data", "pilot-add", "Add a measured pilot", "~add pilot", act_pilot_add, 0 },
    { "x", "data", "pilot-remove", "Remove the pilot", NULL, act_pilot_remove, 0 },
    { "a", "arms", "arm-add", "Add an arm", "add", act_arm_add, 0 },
    { "d", "arms", "arm-copy", "Duplicate the arm", "~copy", act_arm_copy, 0 },
    { "x", "arms", "arm-remove", "Remove the arm", "~remove", act_arm_remove, 0 },
    { "<", "arms", "arm-up", "Move the arm up", "~move", act_arm_move, -1 },
    { ">", "arms", "arm-down", "Move the arm down", "~move", act_arm_move, 1 },
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
    { "^L", "always", "redraw", "Draw the screen again", NULL, act_redraw, 0 },
    { "^Z", "always", "suspend", "Suspend; fg comes back", NULL, act_suspend, 0 },
    { "^C", "any", "interrupt", "Leaves an entry; otherwise says how to quit", NULL, act_interrupt, 0 },
    { "ZZ", "any", "save-quit", "Save and quit", NULL, act_save_quit, 0 },
    { "? F1", "any", "help", "This help", "help", act_help, 0 },
    { "q", "any", "quit", "Quit", "quit", act_quit, 0 },
    { "Enter", "entry", "entry-keep", "Keep what was typed", "keep", act_entry_keep, ENTRY_STAY },
    { "Esc ^C", "entry", "entry-leave", "Put back what was there", "put back", act_entry_leave, 0 },
    { "Tab", "entry", "entry-next-pane", "Keep it and go to the next pane", "keep, next pane", act_entry_keep, ENTRY_NEXT_PANE },
    { "Up", "entry", "entry-up", "Keep it and go to the previous field", NULL, act_entry_keep, ENTRY_UP },
    { "Down", "entry", "entry-down", "Keep it and go to the next field", NULL, act_entry_keep, ENTRY_DOWN },
    { "^S", "entry", "entry-save", "Keep it and save", NULL, act_entry_keep, ENTRY_SAVE },
    { "^T", "entry", "entry-swap", "Swap the ends of a range", NULL, act_entry_swap, 0 },
    { "Up S-Tab", "list", "list-previous", "Previous row of a list", "choose", act_list_move, -1 },
    { "Down Tab", "list", "list-next", "Next row of a list", "choose", act_list_move, 1 },
    { "Enter", "list", "list-take", "Take the row", "takes", act_list_take, 0 },
    { "Space", "list", "list-switch", "Take or switch the row, while no letter is typed", NULL, act_list_switch, 0 },
    { "Esc ^C", "list", "list-leave", "Close the list", "leaves", act_list_leave, 0 },
    { "k", "steps", "step-previous", "Previous step of the history", NULL, act_list_move, -1 },
    { "j", "steps", "step-next", "Next step of the history", NULL, act_list_move, 1 },
    { "Home", "steps", "step-first", "As opened", NULL, act_list_move, -ALL_STEPS },
    { "End", "steps", "step-last", "Last step of the history", NULL, act_list_move, ALL_STEPS },
    { "q H", "steps", "steps-leave", "Close the history", NULL, act_list_leave, 0 },
    { "Enter", "line", "line-run", "Run the command", "runs", act_line_run, 0 },
    { "Tab", "line", "line-complete", "Complete the word", "completes", act_line_complete, 0 },
    { "Up", "line", "line-older", "The command before", "history", act_line_older, -1 },
    { "Down", "line", "line-newer", "The command after", NULL, act_line_older, 1 },
    { "Esc ^C", "line", "line-leave", "Close the command line", "leaves", act_line_leave, 0 },
    { "Left", "text", "text-left", "One character left", NULL, act_text, EDIT_LEFT },
    { "Right", "text", "text-right", "One character right", NULL, act_text, EDIT_RIGHT },
    { "Home ^A", "text", "text-start", "To the start of the text", NULL, act_text, EDIT_START },
    { "End ^E", "text", "text-end", "To the end of the text", NULL, act_text, EDIT_END },
    { "Backspace", "text", "text-back", "Erase the character before", NULL, act_text, EDIT_BACK },
    { "Delete", "text", "text-delete", "Erase the character under the cursor", NULL, act_text, EDIT_DELETE },
    { "^U", "text", "text-clear", "Erase all before the cursor", NULL, act_text, EDIT_CLEAR },
    { "^K", "text", "text-clear-end", "Erase all behind the cursor", NULL, act_text, EDIT_CLEAR_END },
    { "Down j", "page", "page-down-line", "Help: a line on", "scroll", act_page, 1 },
    { "Up k", "page", "page-up-line", "Help: a line back", "scroll", act_page, -1 },
    { "PgDn Space", "page", "page-next", "Help: a page on", "page", act_page, 15 },
    { "PgUp", "page", "page-previous", "Help: a page back", "page", act_page, -15 },
    { "Esc q ? F1 ^C", "page", "page-close", "Close the help", "closes", act_page_close, 0 },
};
const int actions_n = BE_LEN(actions);

/* ---- places ------------------------------------------------------------------------------------ */

/* Where a key counts, and which wider place each lies in. */
static const struct place_row {
    const char *name, *within;
} place_rows[] = {
    { "always", NULL }, { "any", "always" }, { "pane", "any" }, { "view", "any" }, { "data", "pane" },
    { "arms", "pane" },
    { "text", "always" }, { "entry", "text" }, { "line", "text" }, { "list", "text" }, { "steps", "list" }, { "page", "always" },
};

static const char *
wider(const char *place)
{
    for (size_t k = 0; k < BE_LEN(place_rows); k++)
        if (strcmp(place_rows[k].name, place) == 0)
            return place_rows[k].within;
    return NULL;
}

static bool
lies_in(const char *inner, const char *outer)
{
    while (inner != NULL && strcmp(inner, outer) != 0)
        inner = wider(inner);
    return inner != NULL;
}

/* The nearest place: of what is open over the panes, else of the focus. NULL: a question. */
static const char *
place_in_sight(const struct app *app)
{
    switch (app->mode) {
    case MODE_ENTRY:
        return "entry";
    case MODE_PROMPT:
        return "line";
    case MODE_LIST:
    case MODE_FIND:
        return "list";
    case MODE_HISTORY:
        return "steps";
    case MODE_HELP:
        return "page";
    case MODE_ASK:
        return "always";
    default:
        return app->focus == FOCUS_VIEW ? "view" : app->pane == PANE_ARMS ? "arms" : app->pane == PANE_DATA ? "data" : "pane";
    }
}

/* Where a character is text. */
static bool
is_typed_in(const char *place)
{
    return lies_in(place, "text") && strcmp(place, "steps") != 0;
}

/* What a person must always be able to do: of each line one act keeps a key. */
static const struct vital {
    const char *does, *acts[3];
} vital[] = {
    { "quits", { "quit", "command", "save-quit" } },
    { "keeps an entry", { "entry-keep", "entry-next-pane", "entry-down" } },
    { "closes an entry", { "entry-leave" } },
    { "takes a row of a list", { "list-take" } },
    { "closes a list", { "list-leave" } },
    { "runs a command", { "line-run" } },
    { "closes the command line", { "line-leave" } },
    { "closes the help", { "page-close" } },
};

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

    return strcmp(x, y) == 0 || (own && (lies_in(x, y) || lies_in(y, x)));
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
        if (own && code >= ' ' && code < KEY_BASE && is_typed_in(m->rows[row].where) && m->rows[row].run != act_list_switch)
            return error_set(err, ERR_CONFLICT, "%s is text where %s counts; expected ^X, Alt-x or a name as F1", word,
                             m->rows[row].name);
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

/* One binding of the configuration; a problem at its place in the file. */
static int
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
        return 0;
    err.line = own->line;
    err.column = own->column;
    problems_add(found, PROBLEM_ERROR, "keys", &err);
    return -1;
}

static bool
has_key(const struct keymap *m, int row)
{
    for (int k = 0; k < m->n; k++)
        if (m->bound[k].row == row)
            return true;
    return false;
}

/* Whether a binding took a key that the row has as built, or gave the row others. */
static bool
took_from(const struct keymap *m, const struct tui_key *own, int row)
{
    char list[KEYS_BYTES], *word, *rest = list;
    int by = keymap_row(m, own->name);
    bool twice;

    text_copy(list, sizeof list, m->rows[row].keys);
    while (by != row && (word = strtok_r(rest, " ", &rest)) != NULL)
        for (int k = 0; k < m->n; k++)
            if (m->bound[k].row == by && m->bound[k].code == word_code(word, &twice) && meets(m, by, row, true))
                return true;
    return by == row;
}

/* The last binding that leaves no key for something vital; -1: none does. */
static int
locks_in(const struct keymap *m, const struct tui_config *config, const bool *refused, const struct vital **what)
{
    for (size_t v = 0; v < BE_LEN(vital); v++) {
        bool there = false;
        for (size_t a = 0; a < BE_LEN(vital[v].acts) && vital[v].acts[a] != NULL; a++)
            there |= has_key(m, keymap_row(m, vital[v].acts[a]));
        for (int k = config->n_keys - 1; k >= 0 && !there; k--)
            for (size_t a = 0; !refused[k] && a < BE_LEN(vital[v].acts) && vital[v].acts[a] != NULL; a++)
                if (took_from(m, &config->keys[k], keymap_row(m, vital[v].acts[a]))) {
                    *what = &vital[v];
                    return k;
                }
    }
    return -1;
}

/* The table with the bindings that are not refused yet; -1: another one is. */
static int
bind_all(struct keymap *m, const struct tui_config *config, bool *refused, struct problems *found)
{
    struct error err;
    const struct vital *what;

    m->n = 0;
    for (int k = 0; config != NULL && k < config->n_keys; k++)
        if (!refused[k] && bind_own(m, &config->keys[k], found) < 0) {
            refused[k] = true;
            return -1;
        }
    for (int r = 0; r < m->n_rows; r++) {
        bool own = false;
        for (int k = 0; config != NULL && k < config->n_keys; k++)
            own |= !refused[k] && strcmp(config->keys[k].name, m->rows[r].name) == 0;
        if (!own) /* its own keys, apart from those taken from it */
            bind_row(m, r, m->rows[r].keys, false, &err);
    }
    int k = config != NULL ? locks_in(m, config, refused, &what) : -1;
    if (k < 0)
        return 0;
    refused[k] = true;
    error_at(&err, ERR_CONFLICT, config->keys[k].line, config->keys[k].column,
             "%s: %s would leave no key that %s (%s has %s)", config->keys[k].name,
             config->keys[k].keys[0] != '\0' ? config->keys[k].keys : "nothing", what->does, what->acts[0],
             m->rows[keymap_row(m, what->acts[0])].keys);
    problems_add(found, PROBLEM_ERROR, "keys", &err);
    return -1;
}

void
keymap_init(struct keymap *m, const struct tui_config *config, struct problems *found)
{
    bool refused[TUI_KEYS_MAX] = { false };

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
    while (bind_all(m, config, refused, found) < 0) /* each time without one binding more */
        ;
    for (int r = 0; r < m->n_rows; r++)
        show_row(m, r);
}

/* How near a place is; 0: the row does not apply here. */
static int
nearness(const struct app *app, const char *where)
{
    int depth = 0;

    if (app->mode == MODE_HISTORY && strcmp(where, "text") == 0)
        return 0; /* a list without letters */
    if (!lies_in(place_in_sight(app), where))
        return 0;
    for (const char *place = where; place != NULL; place = wider(place))
        depth++;
    return depth;
}

bool
keymap_at_rest(const struct app *app, int row)
{
    return lies_in(app->keymap.rows[row].where, "any") || strcmp(app->keymap.rows[row].where, "always") == 0;
}

bool
app_types(const struct app *app)
{
    return is_typed_in(place_in_sight(app));
}

bool
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
        return false;
    const struct action *a = &m->rows[best->row];
    if (best->twice && pending != k->code) {
        char label[24];
        app->pending = k->code;
        app_say(app, "%s again: %s", key_label(k->code, label, sizeof label), a->help);
        return true;
    }
    bool was_finding = app->finding, rest = app->mode == MODE_REST && strcmp(a->where, "always") != 0;
    if (rest && a->run != act_escape && a->run != act_help)
        app->status[0] = '\0'; /* it tells of the last key alone */
    app->goal_offered &= a->run == act_goal;
    a->run(app, k, a->by);
    if (rest && was_finding && a->run != act_find && a->run != act_find_again)
        app->finding = false;
    return true;
}

void
keymap_places(const struct app *app, int code, char *out, size_t size)
{
    static const char *const names[][2] = { { "pane", "the panes" }, { "view", "the view" }, { "data", "pane 2" }, { "arms", "pane 6" } };
    const struct keymap *m = &app->keymap;
    size_t n = 0;

    out[0] = '\0';
    for (size_t p = 0; p < BE_LEN(names); p++)
        for (int i = 0; i < m->n; i++)
            if (m->bound[i].code == code && strcmp(m->rows[m->bound[i].row].where, names[p][0]) == 0 && n < size) {
                n += (size_t)snprintf(out + n, size - n, "%s%s", n > 0 ? " and " : "", names[p][1]);
                break;
            }
}

/* ---- the bottom line ---------------------------------------------------------------------------- */

static const char *
first_key(const struct keymap *m, int row, char *out, size_t size)
{
    snprintf(out, size, "%.*s", (int)strcspn(m->shown[row], " "), m->shown[row]);
    return out;
}

char *
keymap_key(const struct app *app, const char *name, char *out, size_t size)
{
    int row = keymap_row(&app->keymap, name);

    if (row < 0 || app->keymap.shown[row][0] == '\0')
        snprintf(out, size, ":%s", name);
    else
        first_key(&app->keymap, row, out, size);
    return out;
}

/* What is done first in the row under the cursor: typed over, chosen from a list, unfolded. "": nothing, or no pane has
 * the focus. */
static const char *
first_act(const struct app *app, char *out, size_t size)
{
    char key[KEYS_BYTES];
    struct pane_row row;

    out[0] = '\0';
    if (app->mode != MODE_REST || app->focus != FOCUS_PANE || !app_current(app, &row))
        return out;
    if (row_takes_digits(&row))
        text_copy(out, size, "0-9 edit  ");
    else
        snprintf(out, size, "%s %s  ", keymap_key(app, "edit", key, sizeof key), row.kind == ROW_ARM ? "unfold" : "choose");
    return out;
}

static bool
scales_here(const struct app *app)
{
    struct pane_row row;

    return app_current(app, &row) && row_takes_digits(&row);
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
    if (a->brief == NULL || m->shown[r][0] == '\0' || nearness(app, a->where) == 0 ||
        (a->run == act_crosshair && app_view_has_rows(app)) || (a->run == act_scroll && !app_view_has_rows(app)) ||
        (a->run == act_scale && !scales_here(app)))
        return 1;
    int n = snprintf(out, size, "%s", first_key(m, r, key, sizeof key));
    bool pair = next != NULL && next->brief != NULL && strcmp(next->brief, a->brief) == 0 && m->shown[r + 1][0] != '\0';
    if (pair)
        n += snprintf(out + n, size - (size_t)n, "/%.20s", first_key(m, r + 1, key, sizeof key));
    snprintf(out + n, size - (size_t)n, " %s", word);
    return pair ? 2 : 1;
}

static int
unsaved_edits(const struct app *app)
{
    return app->n_docs > 0 ? history_unsaved(&app_doc_const(app)->history) : 0;
}

/* What fits, in the table's order: help and quit in any case, and save while there is something to, then the
 * rows with a word of their own, then those marked LATER. */
void
keymap_brief(const struct app *app, char *out, size_t size, int columns)
{
    const struct keymap *m = &app->keymap;
    bool shown[ACTIONS_MAX] = { false };
    char item[64];
    char first[KEYS_BYTES + 16];
    const int width = text_width(first_act(app, first, sizeof first));
    bool digits = width > 0, save = unsaved_edits(app) > 0;
    int left = columns - (save ? 0 : width); /* who has edited knows how */

    for (int pass = 0; pass < 3; pass++)
        for (int r = 0, took; r < m->n_rows; r += took) {
            bool last = m->rows[r].run == act_help || m->rows[r].run == act_quit ||
                (save && m->rows[r].run == act_save);
            took = brief_item(app, r, item, sizeof item);
            if (item[0] == '\0' || shown[r] || pass != (last ? 0 : m->rows[r].brief[0] == LATER ? 2 : 1) ||
                (!last && text_width(item) + 2 > left))
                continue;
            shown[r] = true;
            left -= text_width(item) + 2;
        }
    digits = digits && (!save || left >= width);
    size_t used = digits ? (size_t)snprintf(out, size, "%s", first) : 0;
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
