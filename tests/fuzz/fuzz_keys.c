/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <unistd.h>

#include "breakeven/tui.h"
#include "tui/app.h"
#include "fuzz.h"

/* Any keys on a screen of any size: no cell outside the canvas, and after undoing all the scenario
 * is the one that was opened. Keys that write files or start programs are left out. */

static const char *const words[] = {
    "<Enter>", "<Esc>", "<Tab>", "<S-Tab>", "<Up>", "<Down>", "<Left>", "<Right>", "<Home>", "<End>", "<PgUp>", "<PgDn>",
    "<BS>", "<Del>", "<F1>", "<F2>", "<C-r>", "<C-o>", "<C-l>", "<Space>", "<A-1>", "<A-2>", "<A-3>", "<A-4>", "<A-5>", "<A-6>",
};
static const char plain[] = "0123456789.,$+-*/[]{}%# <>?abcdghjklmnopqrstuvxACDFGHIJKLMNOPQRSTUVWX";

static void
press(struct app *app, const char *name)
{
    static double clock_ms;
    int used;
    struct key k = { .code = key_parse(name, &used), .at_ms = clock_ms += 1000 };

    if (!app->quit)
        app_key(app, &k);
}

/* A copy of a scenario in a folder of its own, which becomes the current one: what a found command
 * writes lies there. */
static void
copy_scenario(char *path, size_t size)
{
    const char *top = getenv("BREAKEVEN_DATADIR");
    char from[1100], folder[] = "/tmp/breakeven-fuzz-XXXXXX", *text;
    struct error err;
    size_t n;

    snprintf(from, sizeof from, "%s/scenarios/startup-mvp.yaml", top != NULL ? top : ".");
    MUST(file_read(from, 1 << 20, &text, &n, NULL, &err) == 0);
    MUST(mkdtemp(folder) != NULL && chdir(folder) == 0);
    snprintf(path, size, "%s/plan.yaml", folder);
    MUST(file_write(path, text, n, NULL, NULL, &err) == 0);
    free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static char path[64];
    static char *files[] = { path };
    static struct app app;
    static struct scenario before;
    const struct tui_options options = { .catalog = fuzz_catalog(), .files = files, .n_files = 1, .samples = 256, .seed = 1, .glyphs = 3 };
    struct recipe r = { bytes, bytes + n };
    struct canvas canvas = { 0 };
    struct error err;
    int row, column;

    if (path[0] == '\0')
        copy_scenario(path, sizeof path);
    int columns = 1 + (int)next_byte(&r), rows = 1 + (int)next_byte(&r) % 80;
    MUST(canvas_init(&canvas, columns, rows) == 0);
    MUST(app_init(&app, &options, &err) == 0);
    before = app_doc(&app)->file.scenario;
    for (int k = 0; k < 60 && r.at < r.end && !app.quit; k++) {
        unsigned b = next_byte(&r);
        char one[2] = { plain[b % (sizeof plain - 1)], '\0' };
        press(&app, b >= 200 ? words[b % (sizeof words / sizeof *words)] : one);
        if (k % 16 == 15 && !app.quit)
            app_draw(&app, &canvas, &app.map, &row, &column);
    }
    for (int k = 0; k < 6 && !app.quit; k++)
        press(&app, "<Esc>");
    if (!app.quit && app.n_docs == 1) {
        char what[256];
        while (history_undo(&app_doc(&app)->history, &app_doc(&app)->file.scenario, fuzz_catalog(), what, sizeof what) > 0)
            ;
        MUST(scenario_equal(&before, &app_doc(&app)->file.scenario));
        app_draw(&app, &canvas, &app.map, &row, &column);
    }
    app_release(&app);
    canvas_release(&canvas);
    return 0;
}
