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
    { "Home", KEY_HOME_ }, { "End", KEY_END_ }, { "PgUp", KEY_PGUP }, { "PgDn", KEY_PGDN },
    { "Space", ' ' }, { "lt", '<' },
};

/* "Enter", "F5", "^R" or "C-r", "Alt-1" or "A-1". */
int
key_named(const char *word)
{
    int f, end = 0;

    if (sscanf(word, "F%2d%n", &f, &end) == 1 && word[end] == '\0' && word[1] != '0' && f >= 1 && f <= KEY_F12_ - KEY_F1_ + 1)
        return KEY_F1_ + f - 1;
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
    if (code >= KEY_F1_ && code <= KEY_F12_)
        snprintf(out, size, "F%d", code - KEY_F1_ + 1);
    else if (code >= KEY_ALT && code < KEY_ALT + KEY_BASE)
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

bool
row_takes_digits(const struct pane_row *row)
{
    const struct field *f = row->ref.field;

    return row_is_pilot(row) ||
        (row->kind == ROW_FIELD && (field_is_quantity(f) || f->type == &field_text || f->type == &field_date));
}

/* A key that is bound to nothing here says so, and where it counts if it does somewhere. */
static void
say_no_key(struct app *app, const struct key *k)
{
    char name[24], help[KEYS_BYTES], places[64];
    struct pane_row row;

    key_label(k->code, name, sizeof name);
    keymap_key(app, "help", help, sizeof help);
    keymap_places(app, k->code, places, sizeof places);
    if (starts_entry(k->code) && app->focus == FOCUS_VIEW)
        app_say(app, "%s types over a field: go to a pane first", name);
    else if (starts_entry(k->code) && app_current(app, &row))
        app_say(app, "%s: this row takes no number", name);
    else if (places[0] != '\0')
        app_say(app, "%s counts in %s; %s lists all keys", name, places, help);
    else
        app_say(app, "%s does nothing; %s lists the keys", name, help);
}

void
app_key(struct app *app, const struct key *k)
{
    char name[24];

    text_copy(app->last_key, sizeof app->last_key, key_label(k->code, name, sizeof name));
    if (k->code == KEY_RESIZE_ || k->code == KEY_NONE)
        return;
    app->goal_waits = false;
    if (app->mode != MODE_REST) {
        if (keymap_run(app, k))
            return;
        if (app->mode == MODE_ASK)
            ask_key(app, k);
        else if (app_types(app) && edit_key(&app->edit, k))
            text_changed(app);
        return;
    }
    char text[2] = { (char)k->code, '\0' };
    struct pane_row row;
    if (app->tour > 0 && (k->code == KEY_ENTER_ || k->code == KEY_ESC)) {
        if (k->code == KEY_ENTER_)
            tour_next(app);
        else
            tour_end(app);
    } else if (k->code == KEY_PASTE_)
        app_say(app, "pasted text is not run; open a field first");
    else if (starts_entry(k->code) && app->focus == FOCUS_PANE && app_current(app, &row) && row_takes_digits(&row))
        entry_open(app, k->code == 0x20b9 ? "₹" : text);
    else if (!keymap_run(app, k))
        say_no_key(app, k);
}
