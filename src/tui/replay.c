/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"

/* Keys from a text, frames to a text: the workbench without a terminal. */

static void
dump(struct app *app, struct canvas *c, struct buffer *out)
{
    int cursor_row, cursor_column;

    if (!app_is_whole(app)) /* no refiner here: the whole answer before it is shown */
        app_solve(app, app->options->samples, DEPTH_ALL);
    app_make_view(app);
    app_draw(app, c, &app->map, &cursor_row, &cursor_column);
    canvas_print(c, out);
}

int
tui_replay(const struct tui_options *o, const char *keys, int columns, int rows, struct buffer *out,
           struct error *err)
{
    struct app *app = calloc(1, sizeof *app);
    struct canvas canvas = { 0 };
    struct tui_options fixed = *o;
    double clock_ms = 0;

    if (app == NULL || canvas_init(&canvas, columns, rows) < 0) {
        free(app);
        return error_set(err, ERR_BUG, "no memory for a frame of %dx%d", columns, rows);
    }
    if (fixed.samples == 0)
        fixed.samples = SAMPLES_DEFAULT;
    fixed.state_folder = NULL; /* what is replayed is nobody's work */
    int status = app_init(app, &fixed, err);
    if (status == 0) {
        app_after_edit(app);
        int first_row, first_column;
        app_draw(app, &canvas, &app->map, &first_row, &first_column);
        while (*keys != '\0' && !app->quit) {
            int used;
            struct key k = { 0 };

            if (*keys == '\n' || *keys == '\r') {
                keys++;
                continue;
            }
            if (strncmp(keys, "<Dump>", 6) == 0) {
                dump(app, &canvas, out);
                buffer_putc(out, '\n');
                keys += 6;
                continue;
            }
            int end = 0;
            if (sscanf(keys, "<Mouse %d %d %d>%n", &k.button, &k.row, &k.column, &end) == 3 && end > 0) {
                used = end; /* button, row and column from 0 */
                mouse_key(app, &k);
                k.code = KEY_NONE;
            } else
                k.code = key_parse(keys, &used);
            k.at_ms = clock_ms += 1000; /* no two keys are a fast run */
            keys += used;
            app_key(app, &k);
            /* the plot's place is known only after drawing */
            int r, c;
            app_draw(app, &canvas, &app->map, &r, &c);
        }
        if (!app->quit)
            dump(app, &canvas, out);
    }
    app_release(app);
    canvas_release(&canvas);
    free(app);
    return status;
}
