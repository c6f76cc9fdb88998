/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"

/* Linear mode for screen readers and line terminals: no frames, no alternate screen;
 * each change is printed as exactly one line. */

/* Text of files, harmless on a terminal. */
static const char *
harmless(const char *text)
{
    static char clean[1600];

    return text_clean(clean, sizeof clean, text);
}

static void
say_verdict(const struct app *app)
{
    const struct answer *an = app_answer(app);

    if (an != NULL)
        printf("%s (%s%s).", harmless(an->verdict.headline), confidence_word(an->verdict.confidence),
               answer_on_cost_alone(an) ? " on cost" : "");
}

static void
say_pilot(const char *name, const char *value)
{
    printf("%s = %s\n", name, value);
}

static void
say_fields(const struct app *app)
{
    const struct scenario *sc = &app_doc_const(app)->file.scenario;
    struct field_ref ref;
    char path[112], value[512];

    for (int i = 0; field_each(sc, i, &ref); i++) {
        field_get_text(sc, ref, value, sizeof value, app->catalog);
        if (value[0] != '\0')
            printf("%s = %s\n", field_path(sc, ref, path, sizeof path), harmless(value));
    }
    pilot_lines(sc, say_pilot);
}

static void
say_answer(struct app *app)
{
    struct buffer b;

    app_solve(app, app->options->samples, DEPTH_ALL);

    buffer_init(&b);
    answer_text(&b, app_answer(app), 78, true);
    fputs(b.text, stdout);
    buffer_release(&b);
}

/* What would open over the panes is said instead. */
static void
say_overlay(struct app *app)
{
    const struct history *h = &app_doc(app)->history;

    if (app->mode == MODE_ENTRY)
        app_say(app, "the pick turns at %s", app->edit.text);
    if (app->mode == MODE_PROMPT)
        app_say(app, "type :%s", app->edit.text);
    if (app->mode == MODE_HISTORY)
        for (int k = 0; k < h->n; k++) {
            char line[400];
            history_words(app, &h->list[k], &h->list[k], line, sizeof line);
            printf("%s%s\n", harmless(line), k < h->at ? "" : " (undone)");
        }
    if (app->mode == MODE_HELP) {
        const struct tui_row *rows;
        int n = tui_commands(&rows);
        for (int k = 0; k < n; k++)
            printf(":%s %s  %s\n", rows[k].name, rows[k].operand, rows[k].help);
    }
    if (app->mode != MODE_ASK)
        app->mode = MODE_REST;
    app->tour = 0;
}

static void
line_key(struct app *app, char *line)
{
    static const char help[] = "FIELD=VALUE sets a field; fields lists them; pilot=200 150 250 adds a pilot, 150 right of 250; "
                               "verdict says all; u undoes; "
                               ":w saves; :export FILE writes the report; :help lists all commands; q leaves.";
    char command[LINE_BYTES + 8];

    app->status[0] = '\0';
    if (strcmp(line, "fields") == 0) {
        say_fields(app);
        return;
    }
    if (strcmp(line, "verdict") == 0) {
        say_answer(app);
        return;
    }
    if (strcmp(line, "help") == 0 || strcmp(line, "?") == 0) {
        puts(help);
        return;
    }
    if (strcmp(line, "q") == 0 || strcmp(line, "quit") == 0)
        app_quit(app, false);
    else if (strcmp(line, "u") == 0)
        prompt_run(app, "undo");
    else if (line[0] == ':')
        prompt_run(app, line + 1);
    else if (app->mode == MODE_ASK && (line[0] == 'y' || line[0] == 'n')) {
        struct key k = { .code = line[0] };
        ask_key(app, &k);
    } else if (strchr(line, '=') != NULL) {
        snprintf(command, sizeof command, "set %s", line);
        prompt_run(app, command);
    } else if (line[0] != '\0')
        app_say(app, "not understood; help says what is");
    say_overlay(app);
    if (app->status[0] != '\0') {
        printf("%s. ", harmless(app->status));
        say_verdict(app);
        putchar('\n');
    }
}

int
tui_run_plain(const struct tui_options *o, struct error *err)
{
    struct app *app = calloc(1, sizeof *app);
    struct tui_options fixed = *o;
    char line[LINE_BYTES];

    if (app == NULL)
        return error_set(err, ERR_BUG, "no memory for the workbench");
    fixed.glyphs = GLYPHS_ASCII;
    if (fixed.samples == 0)
        fixed.samples = SAMPLES_DEFAULT;
    int status = app_init(app, &fixed, err);
    if (status == 0) {
        app_after_edit(app);
        printf("%s\n", harmless(app->status));
        say_verdict(app);
        printf(" help lists what can be typed.\n");
        fflush(stdout);
        while (!app->quit && fgets(line, sizeof line, stdin) != NULL) {
            line[strcspn(line, "\r\n")] = '\0';
            line_key(app, line);
            fflush(stdout);
        }
    }
    app_release(app);
    free(app);
    return status;
}
