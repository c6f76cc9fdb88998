/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "app.h"

/* ---- names ------------------------------------------------------------------------ */

static const struct {
    const char *name;
    int code;
} names[] = {
    { "Enter", KEY_ENTER_ }, { "Esc", KEY_ESC }, { "Tab", KEY_TAB }, { "S-Tab", KEY_BACKTAB },
    { "Backspace", KEY_BACKSPACE_ }, { "Delete", KEY_DELETE_ }, { "Up", KEY_UP_ }, { "Down", KEY_DOWN_ },
    { "Left", KEY_LEFT_ }, { "Right", KEY_RIGHT_ }, { "S-Left", KEY_SLEFT_ }, { "S-Right", KEY_SRIGHT_ },
    { "Home", KEY_HOME_ }, { "End", KEY_END_ }, { "PgUp", KEY_PGUP }, { "PgDn", KEY_PGDN }, { "F1", KEY_F1_ },
    { "F2", KEY_F2_ }, { "Space", ' ' }, { "lt", '<' },
};

/* "Enter", "^R" or "C-r", "Alt-1" or "A-1". */
int
key_named(const char *word)
{
    for (size_t k = 0; k < BE_LEN(names); k++)
        if (strcmp(names[k].name, word) == 0)
            return names[k].code;
    if (word[0] == '^' && word[1] != '\0' && word[2] == '\0')
        return KEY_CTRL(word[1]);
    if (strncmp(word, "C-", 2) == 0 && word[2] != '\0' && word[3] == '\0')
        return KEY_CTRL(word[2]);
    const char *alt = strncmp(word, "Alt-", 4) == 0 ? word + 4 : strncmp(word, "A-", 2) == 0 ? word + 2 : NULL;
    return alt != NULL && alt[0] != '\0' && alt[1] == '\0' ? KEY_ALT + alt[0] : 0;
}

/* One key of a text: a name in angle brackets ("<C-r>", "<A-1>", "<Enter>") or a character. */
int
key_parse(const char *text, int *used)
{
    const char *end = text[0] == '<' ? strchr(text, '>') : NULL;
    uint32_t cp;

    if (end != NULL && end - text < 16) {
        char name[16];
        memcpy(name, text + 1, (size_t)(end - text - 1));
        name[end - text - 1] = '\0';
        int code = key_named(name);
        if (code != 0) {
            *used = (int)(end - text) + 1;
            return code;
        }
    }
    *used = text_decode(text, strlen(text), &cp);
    return (int)cp;
}

char *
key_label(int code, char *out, size_t size)
{
    char utf8[5];

    for (size_t k = 0; k < BE_LEN(names); k++)
        if (names[k].code == code && code != '<') {
            snprintf(out, size, "%s", names[k].name);
            return out;
        }
    if (code >= KEY_ALT && code < KEY_ALT + KEY_BASE)
        snprintf(out, size, "Alt-%c", code - KEY_ALT);
    else if (code > 0 && code < 0x20)
        snprintf(out, size, "^%c", code + 0x40);
    else {
        text_encode((uint32_t)code, utf8);
        snprintf(out, size, "%s", utf8);
    }
    return out;
}

/* ---- dispatch -------------------------------------------------------------------------- */

static bool
starts_entry(int code)
{
    return (code >= '0' && code <= '9') || code == '.' || code == '$' || code == '=' || code == 0x20b9;
}

static void
entry_key(struct app *app, const struct key *k)
{
    switch (k->code) {
    case KEY_ENTER_:
        entry_commit(app);
        return;
    case KEY_ESC:
    case KEY_CTRL('c'):
        app->mode = MODE_REST;
        app->complaint[0] = '\0';
        if (k->code != KEY_ESC)
            app_say(app, "entry closed, nothing changed");
        return;
    case KEY_UP_:
    case KEY_DOWN_:
    case KEY_TAB:
    case KEY_CTRL('s'):
        entry_commit(app);
        if (app->mode == MODE_REST)
            keymap_run(app, k);
        return;
    case KEY_CTRL('t'): {
        char *to = strstr(app->edit.text, " to ");
        if (to != NULL) {
            char swapped[LINE_BYTES];
            int n = snprintf(swapped, sizeof swapped, "%s to %.*s", to + 4, (int)(to - app->edit.text), app->edit.text);
            if (n > 0 && n < LINE_BYTES)
                edit_set(&app->edit, swapped);
        }
        entry_changed(app);
        return;
    }
    default:
        if (edit_key(&app->edit, k))
            entry_changed(app);
    }
}

static void
prompt_key(struct app *app, const struct key *k)
{
    char line[LINE_BYTES];

    switch (k->code) {
    case KEY_ENTER_:
        text_copy(line, sizeof line, app->edit.text);
        app->mode = MODE_REST;
        prompt_run(app, line);
        return;
    case KEY_ESC:
    case KEY_CTRL('c'):
        app->mode = MODE_REST;
        return;
    case KEY_TAB:
        prompt_complete(app);
        return;
    case KEY_UP_:
        if (app->history_at > 0)
            edit_set(&app->edit, app->history_lines[--app->history_at]);
        return;
    case KEY_DOWN_:
        if (app->history_at < app->n_history)
            app->history_at++;
        edit_set(&app->edit, app->history_at < app->n_history ? app->history_lines[app->history_at] : "");
        return;
    case KEY_BACKSPACE_:
        if (app->edit.n == 0) {
            app->mode = MODE_REST;
            return;
        }
        /* fall through */
    default:
        app->hint[0] = '\0';
        edit_key(&app->edit, k);
    }
}

static void
help_key(struct app *app, const struct key *k)
{
    switch (k->code) {
    case KEY_DOWN_:
    case 'j':
        app->scroll++;
        break;
    case KEY_UP_:
    case 'k':
        app->scroll--;
        break;
    case KEY_PGDN:
    case ' ':
        app->scroll += 15;
        break;
    case KEY_PGUP:
        app->scroll -= 15;
        break;
    case KEY_ESC:
    case 'q':
    case '?':
    case KEY_F1_:
    case KEY_CTRL('c'):
        app->mode = MODE_REST;
        app->scroll = 0;
        return;
    default:
        break;
    }
    if (app->scroll > help_lines(app) - 5)
        app->scroll = help_lines(app) - 5;
    if (app->scroll < 0)
        app->scroll = 0;
}

void
app_key(struct app *app, const struct key *k)
{
    char name[24];

    text_copy(app->last_key, sizeof app->last_key, key_label(k->code, name, sizeof name));
    if (k->code == KEY_RESIZE_ || k->code == KEY_NONE)
        return;
    app->goal_waits = false;
    if (k->code == KEY_CTRL('z') || k->code == KEY_CTRL('l')) { /* in every mode */
        app->suspend |= k->code == KEY_CTRL('z');
        app->redraw |= k->code == KEY_CTRL('l');
        return;
    }
    switch (app->mode) {
    case MODE_ENTRY:
        entry_key(app, k);
        break;
    case MODE_PROMPT:
        prompt_key(app, k);
        break;
    case MODE_FIND:
        find_key(app, k);
        break;
    case MODE_LIST:
        list_key(app, k);
        break;
    case MODE_HELP:
        help_key(app, k);
        break;
    case MODE_HISTORY:
        history_key(app, k);
        break;
    case MODE_ASK:
        ask_key(app, k);
        break;
    default: {
        char text[2] = { (char)k->code, '\0' };
        struct field_ref ref;
        if (app->tour > 0 && (k->code == KEY_ENTER_ || k->code == KEY_ESC)) {
            if (k->code == KEY_ENTER_)
                tour_next(app);
            else
                tour_end(app);
        } else if (k->code == KEY_PASTE_)
            app_say(app, "pasted text is not run; open a field first");
        else if (starts_entry(k->code) && app->focus == FOCUS_PANE && app_current_field(app, &ref) &&
                 (field_is_quantity(ref.field) || ref.field->type == &field_text || ref.field->type == &field_date))
            entry_open(app, k->code == 0x20b9 ? "₹" : text);
        else
            keymap_run(app, k);
    }
    }
}
