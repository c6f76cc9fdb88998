/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "actions.h"

/* The command line: one row a command; completion, help and find read the rows. */

/* ---- commands -------------------------------------------------------------------------- */

/* With or without blanks beside the sign. */
static void
do_set(struct app *app, const char *rest)
{
    const char *equals = strchr(rest, '='), *end = equals, *value = equals;
    char key[128];
    struct field_ref ref;
    struct error err;

    while (end != NULL && end > rest && end[-1] == ' ')
        end--;
    if (end == NULL || end == rest || (size_t)(end - rest) >= sizeof key) {
        app_say(app, ":set FIELD=VALUE");
        return;
    }
    memcpy(key, rest, (size_t)(end - rest));
    key[end - rest] = '\0';
    value += 1 + strspn(value + 1, " ");
    if (pilot_is_named(key)) {
        if (pilot_set_named(app, key, value, &err) < 0)
            app_say(app, "%s", err.text);
        return;
    }
    if (field_find(&app_doc(app)->file.scenario, key, &ref, &err) < 0 ||
        app_set_field(app, ref, value, false, &err) < 0) {
        app_say(app, "%s", err.text);
        return;
    }
    app_mark(app);
    app_goto(app, ref);
}

/* The catalog's or the default figure is back in force. */
static void
do_unset(struct app *app, const char *rest)
{
    struct field_ref ref;
    struct error err;

    if (field_find(&app_doc(app)->file.scenario, rest, &ref, &err) < 0 || app_set_field(app, ref, "", false, &err) < 0)
        app_say(app, "%s", err.text);
}

/* Whose figure the field under the cursor is; nothing takes the note away. */
static void
do_source(struct app *app, const char *rest)
{
    struct field_ref ref;

    if (!app_current_field(app, &ref))
        app_say(app, "put the cursor on a field, then :source WHO, WHEN");
    else
        app_set_source(app, ref, rest);
}

static void
do_write(struct app *app, const char *rest)
{
    app_save(app, rest[0] != '\0' ? rest : NULL, false);
}

static void
do_write_over(struct app *app, const char *rest)
{
    app_save(app, rest[0] != '\0' ? rest : NULL, true);
}

static void
open_beside(struct app *app, const char *path, bool stay)
{
    struct error err;
    int before = app->doc;
    char status[sizeof app->status];

    if (path[0] == '\0') {
        app_say(app, "which file?");
        return;
    }
    if (access(path, F_OK) == 0 && !file_is_plain(path)) {
        app_say(app, "%s is no file", path);
        return;
    }
    if (app_open(app, path, &err) < 0) {
        if (err.line > 0)
            app_say(app, "%s:%d:%d: %s", path, err.line, err.column, err.text);
        else
            app_say(app, "%s", err.text);
        return;
    }
    app->open_arm = -1;
    text_copy(status, sizeof status, app->status);
    app_after_edit(app);
    app_offer_recovery(app);
    if (app->mode != MODE_REST)
        return;
    if (stay)
        app_show_doc(app, before);
    app_say(app, "%s", status);
}

static void
do_edit(struct app *app, const char *rest)
{
    app_mark(app);
    open_beside(app, rest, false);
}

static void
do_add(struct app *app, const char *rest)
{
    open_beside(app, rest, true);
    if (app->n_docs > 1)
        app->view = app_view_index("compare");
}

static void
do_close(struct app *app, const char *rest)
{
    (void)rest;
    app_close_doc(app);
}

static void
do_export(struct app *app, const char *rest)
{
    app_export(app, rest);
}

static void
do_quit(struct app *app, const char *rest)
{
    (void)rest;
    app_quit(app, false);
}

static void
do_quit_anyway(struct app *app, const char *rest)
{
    (void)rest;
    app_quit(app, true);
}

static void
do_write_quit(struct app *app, const char *rest)
{
    app_save(app, rest[0] != '\0' ? rest : NULL, false);
    if (history_unsaved(&app_doc(app)->history) == 0)
        app_quit(app, false);
}

static void
do_goal(struct app *app, const char *rest)
{
    char arm[NAME_MAX_BYTES] = "", field[112] = "";
    struct field_ref ref;
    struct error err;
    int pick = -1;

    if (app_goal_difference(app, rest))
        return;
    if (sscanf(rest, "%31s by %111s", arm, field) != 2)
        text_copy(field, sizeof field, rest);
    else if ((pick = scenario_find_arm(&app_doc(app)->file.scenario, arm)) < 0) {
        app_say(app, "no arm %s", arm);
        return;
    }
    if (field[0] == '\0' ? !app_current_field(app, &ref)
                         : field_find(&app_doc(app)->file.scenario, field, &ref, &err) < 0) {
        app_say(app, "%s", field[0] == '\0' ? ":goal [ARM by] FIELD, or ARM-ARM=USD by FIELD" : err.text);
        return;
    }
    app_mark(app);
    app_goal(app, ref, pick);
}

/* Another file beside this one, and what differs. */
static void
do_diff(struct app *app, const char *rest)
{
    if (rest[0] != '\0')
        open_beside(app, rest, true);
    else if (app->n_docs < 2)
        app_say(app, "one scenario is open: :diff FILE opens the other beside it");
    if (app->n_docs > 1)
        app->view = app_view_index("compare");
}

static void
do_theme(struct app *app, const char *rest)
{
    const struct theme *theme = theme_find(rest);

    if (theme == NULL) {
        app_say(app, "no theme %s; there are auto, dark, light, okabe and mono", rest);
        return;
    }
    app->theme = theme;
    app_say(app, "theme %s: %s", theme->name, theme->help);
}

static void
do_glyphs(struct app *app, const char *rest)
{
    enum glyph_set set;

    if (glyphs_parse(rest, &set) < 0) {
        app_say(app, "no glyphs %s; there are braille, block, line, ascii and linux", rest);
        return;
    }
    app->glyphs = glyphs_of(set);
    app_say(app, "glyphs %s", rest);
}

static void
do_view(struct app *app, const char *rest)
{
    int v = app_view_index(rest);

    if (v < 0)
        app_say(app, "no view %s", rest);
    else
        app->view = v;
}

static void
do_chart(struct app *app, const char *rest)
{
    app_write_view(app, rest);
}

static void
do_decide(struct app *app, const char *rest)
{
    app_decide(app, rest);
}

static void
do_recover(struct app *app, const char *rest)
{
    (void)rest;
    app_recover(app);
}

static void
do_tour(struct app *app, const char *rest)
{
    (void)rest;
    tour_start(app);
}

static void
do_map(struct app *app, const char *rest)
{
    char x[112], y[112];
    struct field_ref ref;
    struct error err;

    if (sscanf(rest, "%111s %111s", x, y) != 2) {
        app_say(app, ":map FIELD FIELD");
        return;
    }
    for (int k = 0; k < 2; k++)
        if (field_find(&app_doc(app)->file.scenario, k == 0 ? x : y, &ref, &err) < 0) {
            app_say(app, "%s", err.text);
            return;
        }
    text_copy(app->map_fields[0], sizeof app->map_fields[0], x);
    text_copy(app->map_fields[1], sizeof app->map_fields[1], y);
    if (app_doc(app)->answer != NULL)
        app_doc(app)->answer->has_map = false;
    app->view = app_view_index("map");
}

static void
do_rename(struct app *app, const char *rest)
{
    struct pane_row row;
    struct scenario *copy;
    char what[96];

    if (!app_current(app, &row) || row.ref.arm < 0 || rest[0] == '\0') {
        app_say(app, "put the cursor on an arm, then :rename NAME");
        return;
    }
    if (strlen(rest) >= NAME_MAX_BYTES || strpbrk(rest, ".: \t#{}[],&*!|>'\"%@`") != NULL ||
        scenario_find_arm(&app_doc(app)->file.scenario, rest) >= 0) {
        app_say(app, "%s: a new name of at most 31 letters, digits, - and _", rest);
        return;
    }
    copy = malloc(sizeof *copy);
    if (copy == NULL)
        return;
    *copy = app_doc(app)->file.scenario;
    char *old = app_doc(app)->file.scenario.arms[row.ref.arm].name;
    for (int a = 0; a < copy->n_arms; a++) {
        char *named[] = { copy->arms[a].name, copy->arms[a].first, copy->arms[a].second, copy->arms[a].small,
                          copy->arms[a].large };
        for (size_t k = 0; k < BE_LEN(named); k++)
            if (strcmp(named[k], old) == 0)
                text_copy(named[k], NAME_MAX_BYTES, rest);
    }
    snprintf(what, sizeof what, "renamed arm to %.31s", rest);
    app_replace(app, copy, what);
    free(copy);
}

/* ---- the table ------------------------------------------------------------------------------ */

const struct prompt_command prompt_commands[] = {
    { "set", "FIELD=VALUE", "Set a field; pilot=200 150 250 adds a measured pilot", do_set, OPERAND_FIELD_VALUE, NULL, 0 },
    { "unset", "FIELD", "The catalog's or the default figure is back in force", do_unset, OPERAND_FIELDS, NULL, 0 },
    { "source", "[WHO, WHEN]", "Whose figure the field under the cursor is", do_source, OPERAND_WORD, NULL, 0 },
    { "goal", "[ARM|ARM-ARM=USD by] FIELD", "Seek where the verdict turns, or two costs differ so", do_goal, OPERAND_FIELDS, NULL, 0 },
    { "w", "[FILE]", "Save; with a FILE, under that name", do_write, OPERAND_FILE, NULL, 0 },
    { "w!", "[FILE]", "Save over a file that has changed on disk", do_write_over, OPERAND_FILE, NULL, 0 },
    { "e", "FILE", "Open another scenario and go to it", do_edit, OPERAND_FILE, NULL, 0 },
    { "add", "FILE", "Open another scenario beside this one, to compare", do_add, OPERAND_FILE, NULL, 0 },
    { "diff", "[FILE]", "What differs from another scenario", do_diff, OPERAND_FILE, NULL, 0 },
    { "next", "", "The next open scenario", NULL, OPERAND_NONE, act_next_doc, 1 },
    { "prev", "", "The previous open scenario", NULL, OPERAND_NONE, act_next_doc, -1 },
    { "close", "", "Close this scenario; the last one: quit", do_close, OPERAND_NONE, NULL, 0 },
    { "export", "FILE", "Write the report; the suffix names the format: md html json csv txt", do_export, OPERAND_FILE, NULL, 0 },
    { "chart", "FILE", "Write this view; the suffix names the format: svg txt csv", do_chart, OPERAND_FILE, NULL, 0 },
    { "view", "NAME", "Show a view", do_view, OPERAND_VIEW, NULL, 0 },
    { "map", "FIELD FIELD", "Map of the pick over two fields", do_map, OPERAND_FIELDS, NULL, 0 },
    { "base", "", "Set the base that differences are shown against", NULL, OPERAND_NONE, act_base, 0 },
    { "decide", "[ARM]", "Record the decision in the scenario, with today's prices", do_decide, OPERAND_ARM, NULL, 0 },
    { "rename", "NAME", "Rename the arm under the cursor", do_rename, OPERAND_WORD, NULL, 0 },
    { "editor", "", "The scenario as YAML in your editor", NULL, OPERAND_NONE, act_editor, 0 },
    { "copy", "", "Copy this view, or the field, to the clipboard", NULL, OPERAND_NONE, act_copy, 0 },
    { "history", "", "All edits; Enter goes back to one", NULL, OPERAND_NONE, act_history, 0 },
    { "undo", "", "Take back the last change", NULL, OPERAND_NONE, act_undo, 0 },
    { "redo", "", "Do it again", NULL, OPERAND_NONE, act_redo, 0 },
    { "problems", "", "Go to the next problem", NULL, OPERAND_NONE, act_next_problem, 1 },
    { "recover", "", "Take back edits that were set aside", do_recover, OPERAND_NONE, NULL, 0 },
    { "present", "", "Presentation mode", NULL, OPERAND_NONE, act_present, 0 },
    { "theme", "NAME", "Colours: auto, dark, light, okabe or mono", do_theme, OPERAND_THEME, NULL, 0 },
    { "glyphs", "NAME", "Characters: braille, block, line, ascii or linux", do_glyphs, OPERAND_GLYPHS, NULL, 0 },
    { "tour", "", "Five steps on this screen", do_tour, OPERAND_NONE, NULL, 0 },
    { "help", "", "The keys", NULL, OPERAND_NONE, act_help, 0 },
    { "wq", "[FILE]", "Save and quit", do_write_quit, OPERAND_FILE, NULL, 0 },
    { "q", "", "Quit", do_quit, OPERAND_NONE, NULL, 0 },
    { "q!", "", "Quit and leave unsaved edits in the journal", do_quit_anyway, OPERAND_NONE, NULL, 0 },
};
const int prompt_commands_n = BE_LEN(prompt_commands);

int
tui_commands(const struct tui_row **rows)
{
    static struct tui_row list[BE_LEN(prompt_commands)];

    for (size_t k = 0; k < BE_LEN(prompt_commands); k++)
        list[k] = (struct tui_row){ prompt_commands[k].name, prompt_commands[k].operand, prompt_commands[k].help };
    *rows = list;
    return prompt_commands_n;
}

static const char *
command_at(const void *ctx, int i)
{
    (void)ctx;
    return i < prompt_commands_n ? prompt_commands[i].name : NULL;
}

static const struct prompt_command *
command_of(const char *line)
{
    size_t n = strcspn(line, " ");

    for (int k = 0; k < prompt_commands_n; k++)
        if (strlen(prompt_commands[k].name) == n && strncmp(prompt_commands[k].name, line, n) == 0)
            return &prompt_commands[k];
    return NULL;
}

void
prompt_open(struct app *app, const char *text)
{
    app->mode = MODE_PROMPT;
    app->history_at = app->n_history;
    app->hint[0] = '\0';
    edit_set(&app->edit, text);
}

static void
remember(struct app *app, const char *line)
{
    if (app->n_history > 0 && strcmp(app->history_lines[app->n_history - 1], line) == 0)
        return;
    if (app->n_history == (int)BE_LEN(app->history_lines)) {
        memmove(app->history_lines[0], app->history_lines[1], sizeof app->history_lines - sizeof app->history_lines[0]);
        app->n_history--;
    }
    text_copy(app->history_lines[app->n_history++], LINE_BYTES, line);
}

void
prompt_run(struct app *app, const char *line)
{
    char rest[LINE_BYTES], word[32];

    while (*line == ' ')
        line++;
    if (*line == '\0')
        return;
    remember(app, line);
    const struct prompt_command *c = command_of(line);
    text_copy(word, sizeof word, line);
    word[strcspn(word, " ")] = '\0';
    if (c == NULL) {
        const char *nearest = text_nearest(word, command_at, NULL);
        app_say(app, nearest != NULL ? "no command %s, nearest %s" : "no command %s; Tab lists them", word, nearest);
        return;
    }
    line += strcspn(line, " ");
    while (*line == ' ')
        line++;
    text_copy(rest, sizeof rest, line);
    for (size_t n = strlen(rest); n > 0 && rest[n - 1] == ' ';)
        rest[--n] = '\0';
    if (c->act != NULL)
        c->act(app, NULL, c->by);
    else
        c->run(app, rest);
}

/* ---- completion ---------------------------------------------------------------------------- */

typedef const char *candidate_fn(const struct app *, int, char *, size_t);

static const char *
command_candidate(const struct app *app, int i, char *out, size_t size)
{
    (void)app;
    return i < prompt_commands_n && text_copy(out, size, prompt_commands[i].name) ? out : NULL;
}

/* The last word where it is unique, else the whole path. */
static const char *
field_candidate(const struct app *app, int i, char *out, size_t size)
{
    const struct scenario *sc = &app_doc_const(app)->file.scenario;
    struct field_ref ref, found;
    struct error err;
    char path[112];

    if (!field_each(sc, i, &ref))
        return NULL;
    field_path(sc, ref, path, sizeof path);
    const char *word = strrchr(path, '.');
    word = word != NULL ? word + 1 : path;
    bool unique = field_find(sc, word, &found, &err) == 0 && found.field == ref.field && found.arm == ref.arm;
    text_copy(out, size, unique ? word : path);
    return out;
}

static const char *
view_candidate(const struct app *app, int i, char *out, size_t size)
{
    (void)app;
    return i < app_views_n() && text_copy(out, size, app_view(i)->id) ? out : NULL;
}

static const char *
theme_candidate(const struct app *app, int i, char *out, size_t size)
{
    (void)app;
    return i < themes_n && text_copy(out, size, themes[i].name) ? out : NULL;
}

static const char *
glyphs_candidate(const struct app *app, int i, char *out, size_t size)
{
    (void)app;
    return i <= GLYPHS_LINUX && text_copy(out, size, glyphs_of((enum glyph_set)i)->name) ? out : NULL;
}

static const char *
arm_candidate(const struct app *app, int i, char *out, size_t size)
{
    const struct scenario *sc = &app_doc_const(app)->file.scenario;

    return i < sc->n_arms && text_copy(out, size, sc->arms[i].name) ? out : NULL;
}

/* The field that "set FIELD=" names so far. */
static bool
field_being_set(const struct app *app, struct field_ref *ref)
{
    const char *space = strchr(app->edit.text, ' '), *equals = space != NULL ? strchr(space, '=') : NULL;
    char key[128];
    struct error ignored;

    if (equals == NULL)
        return false;
    snprintf(key, sizeof key, "%.*s", (int)(equals - space - 1), space + 1);
    return field_find(&app_doc_const(app)->file.scenario, key, ref, &ignored) == 0;
}

/* A value by name: a choice, an arm, an entry of the catalog. */
static const char *
value_candidate(const struct app *app, int i, char *out, size_t size)
{
    struct field_ref ref;
    const char *word = NULL;

    if (!field_being_set(app, &ref))
        return NULL;
    if (ref.field->choices != NULL)
        word = ref.field->choices[i].word;
    else if (ref.field->type == &field_arm)
        return arm_candidate(app, i, out, size);
    else if (ref.field->type == &field_name)
        word = catalog_id(app->catalog, ref.field->names, i);
    return word != NULL && text_copy(out, size, word) ? out : NULL;
}

/* The longest text that all candidates share takes the place of the word from "from" on; the line
 * above lists them. One that only holds the letters counts where none begins with them. */
static void
complete_word(struct app *app, size_t from, candidate_fn *candidate, const char *after_unique)
{
    char stem[LINE_BYTES], shared[LINE_BYTES] = "", one[LINE_BYTES];
    int matches = 0;
    size_t used = 0;

    text_copy(stem, sizeof stem, app->edit.text + from);
    app->hint[0] = '\0';
    for (int inside = 0; inside < 2 && matches == 0; inside++)
        for (int i = 0; candidate(app, i, one, sizeof one) != NULL; i++) {
            const char *at = strstr(one, stem);
            if (at == NULL || (inside == 0 && at != one))
                continue;
            if (matches++ == 0)
                text_copy(shared, sizeof shared, one);
            size_t k = 0;
            while (shared[k] != '\0' && shared[k] == one[k])
                k++;
            shared[k] = '\0';
            if (used + strlen(one) + 3 < sizeof app->hint)
                used += (size_t)snprintf(app->hint + used, sizeof app->hint - used, "%s  ", one);
        }
    if (matches == 0) {
        text_copy(app->hint, sizeof app->hint, "nothing begins like this");
        return;
    }
    if (strlen(shared) >= strlen(stem)) {
        app->edit.text[from] = '\0';
        app->edit.n = app->edit.at = (int)from;
        edit_insert(&app->edit, shared);
    }
    if (matches == 1) {
        edit_insert(&app->edit, after_unique);
        app->hint[0] = '\0';
    }
}

/* Scenario files of the folder that the word names so far. */
static void
complete_file(struct app *app, size_t from)
{
    char folder[LINE_BYTES], **names = NULL, shared[LINE_BYTES] = "";
    const char *word = app->edit.text + from, *slash = strrchr(word, '/');
    size_t used = 0, stem = slash != NULL ? (size_t)(slash + 1 - word) : 0;
    struct error err;
    int matches = 0;

    text_copy(folder, sizeof folder, stem > 0 ? word : ".");
    if (stem > 0)
        folder[stem] = '\0';
    app->hint[0] = '\0';
    if (file_list(folder, ".yaml", &names, &err) < 0) {
        text_copy(app->hint, sizeof app->hint, err.text);
        return;
    }
    for (int i = 0; names[i] != NULL; i++) {
        if (strncmp(names[i], word + stem, strlen(word + stem)) != 0)
            continue;
        if (matches++ == 0)
            text_copy(shared, sizeof shared, names[i]);
        size_t k = 0;
        while (shared[k] != '\0' && shared[k] == names[i][k])
            k++;
        shared[k] = '\0';
        if (used + strlen(names[i]) + 3 < sizeof app->hint)
            used += (size_t)snprintf(app->hint + used, sizeof app->hint - used, "%s  ", names[i]);
    }
    file_list_free(names);
    if (matches > 0) {
        app->edit.text[from + stem] = '\0';
        app->edit.n = app->edit.at = (int)(from + stem);
        edit_insert(&app->edit, shared);
    }
    if (matches == 1)
        app->hint[0] = '\0';
}

void
prompt_complete(struct app *app)
{
    const struct prompt_command *c = command_of(app->edit.text);
    char *space = strchr(app->edit.text, ' ');

    if (space == NULL) {
        complete_word(app, 0, command_candidate, " ");
        return;
    }
    if (c == NULL)
        return;
    size_t first = (size_t)(space - app->edit.text) + 1;
    size_t last = (size_t)(strrchr(app->edit.text, ' ') - app->edit.text) + 1;
    switch (c->completes) {
    case OPERAND_FIELD_VALUE:
        if (strchr(space, '=') == NULL)
            complete_word(app, first, field_candidate, "=");
        else
            complete_word(app, (size_t)(strchr(space, '=') - app->edit.text) + 1, value_candidate, "");
        break;
    case OPERAND_FIELDS:
        complete_word(app, last, field_candidate, "");
        break;
    case OPERAND_FILE:
        complete_file(app, first);
        break;
    case OPERAND_VIEW:
        complete_word(app, first, view_candidate, "");
        break;
    case OPERAND_THEME:
        complete_word(app, first, theme_candidate, "");
        break;
    case OPERAND_GLYPHS:
        complete_word(app, first, glyphs_candidate, "");
        break;
    case OPERAND_ARM:
        complete_word(app, first, arm_candidate, "");
        break;
    default:
        break;
    }
}

/* What stands above the command line: what Tab found, the command, or the field that is being set. */
void
prompt_hint(const struct app *app, char *out, size_t size)
{
    const struct prompt_command *c = command_of(app->edit.text);
    const char *space = strchr(app->edit.text, ' ');
    char value[LINE_BYTES];
    struct field_ref ref;
    size_t used = 0;

    out[0] = '\0';
    if (app->hint[0] != '\0') {
        text_copy(out, size, app->hint);
        return;
    }
    if (c != NULL && c->completes == OPERAND_FIELD_VALUE && space != NULL && strchr(space, '=') != NULL) {
        if (field_being_set(app, &ref)) {
            field_get_text(&app_doc_const(app)->file.scenario, ref, value, sizeof value, app->catalog);
            snprintf(out, size, "%s%s%s, now %s: %s", ref.field->label,
                     ref.field->unit != NULL && ref.field->unit[0] != '\0' ? ", " : "",
                     ref.field->unit != NULL ? ref.field->unit : "", value[0] != '\0' ? value : "not set",
                     ref.field->help);
        } else
            text_copy(out, size, "no such field");
        return;
    }
    if (c != NULL && (space != NULL || strlen(c->name) == (size_t)app->edit.n)) {
        snprintf(out, size, ":%s %s   %s", c->name, c->operand, c->help);
        return;
    }
    for (int k = 0; k < prompt_commands_n; k++)
        if (strncmp(prompt_commands[k].name, app->edit.text, (size_t)app->edit.n) == 0 && used + 16 < size)
            used += (size_t)snprintf(out + used, size - used, "%s ", prompt_commands[k].name);
}
