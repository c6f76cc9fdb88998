/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <limits.h>
#include <unistd.h>

#include "breakeven/tui.h"
#include "tui/app.h"
#include "fuzz.h"

/* Any keys, clicks, pasted texts and resizes on a screen of any size: no cell outside the canvas or
 * with anything but a glyph in it, the cursor inside, and after undoing all the scenario is the one
 * that was opened. The scenarios and their whole answers are made once; between keys the loop of
 * the workbench asks for no answer either, so most inputs are drawn with the one at hand, and one
 * in sixteen gets a new one at the end and previews on the way. Keys that write files or start programs
 * are left out. */

#define KEYS_MAX 40
#define DRAW_EVERY 13

static const char *const words[] = {
    "<Enter>", "<Esc>", "<Tab>", "<S-Tab>", "<Up>", "<Down>", "<Left>", "<Right>", "<Home>", "<End>", "<PgUp>", "<PgDn>",
    "<BS>", "<Del>", "<F1>", "<F2>", "<C-r>", "<C-o>", "<C-l>", "<Space>", "<A-1>", "<A-2>", "<A-3>", "<A-4>", "<A-5>", "<A-6>",
};
static const char plain[] = "0123456789.,$+-*/[]{}%# <>?abcdghjklmnopqrstuvxACDFGHIJKLMNOPQRSTUVWX";
static const char *const pasted[] = { "12k to 40k", "1\xe2\x80\xaez\x1b[31m", "\xff\xc3(", "=1+1\n2\n", "30%..90%, n=1e9" };

/* ---- what is opened --------------------------------------------------------------------------- */

static const char *const files[] = { "article", "startup-mvp", "bank-india", "contract-clauses" };
#define N_FILES (sizeof files / sizeof *files)

static char top[PATH_MAX];

struct opened {
    struct scenario_file file;
    struct problems found;
    struct answer *answer;
};

static const struct opened *
shipped(unsigned which)
{
    static const struct solve_options options = { .samples = 256, .seed = 1 };
    static struct opened all[N_FILES];
    struct opened *o = &all[which];
    char path[PATH_MAX + 40];
    struct error err;

    if (o->answer == NULL) {
        snprintf(path, sizeof path, "%s/scenarios/%s.yaml", top, files[which]);
        problems_init(&o->found);
        MUST(scenario_open(&o->file, path, fuzz_catalog(), &o->found, &err) == 0);
        MUST(decide(&o->answer, &o->file.scenario, fuzz_catalog(), files[which], &options, DEPTH_ALL, NULL, &err) == 0);
    }
    return o;
}

/* Whatever a found command writes lies in a folder of its own. */
static void
go_aside(void)
{
    static char folder[] = "/tmp/breakeven-fuzz-XXXXXX";
    const char *from = getenv("BREAKEVEN_DATADIR");

    if (top[0] != '\0')
        return;
    MUST(realpath(from != NULL ? from : ".", top) != NULL);
    (void)fuzz_catalog();
    MUST(mkdtemp(folder) != NULL && chdir(folder) == 0);
}

/* As app_open leaves it, without the file. */
static void
open_doc(struct app *app, const struct opened *from)
{
    struct doc *d = &app->docs[0];

    app->n_docs = 1;
    d->file = from->file;
    d->file.text = malloc(d->file.n + 1);
    d->answer = malloc(sizeof *d->answer);
    MUST(d->file.text != NULL && d->answer != NULL);
    memcpy(d->file.text, from->file.text, d->file.n + 1);
    snprintf(d->file.path, sizeof d->file.path, "plan.yaml");
    snprintf(d->name, sizeof d->name, "plan.yaml");
    history_init(&d->history);
    d->loaded = d->problems = from->found;
    *d->answer = *from->answer;
    d->depth = DEPTH_ALL;
}

/* ---- keys ------------------------------------------------------------------------------------------ */

static double now_ms;

static double
clock_now(void)
{
    return now_ms;
}

static void
press(struct app *app, const char *name)
{
    int used;
    struct key k = { .code = key_parse(name, &used), .at_ms = now_ms += 1000 };

    if (!app->quit)
        app_key(app, &k);
}

static void
click(struct app *app, struct recipe *r)
{
    static const int buttons[] = { 1, 4, 5 };
    struct key k = { .code = KEY_MOUSE_, .at_ms = now_ms += 1000 };

    k.row = (int)next_byte(r);
    k.column = (int)next_byte(r);
    k.button = buttons[(k.row + k.column) % 3];
    k.ctrl = k.column % 5 == 0;
    mouse_key(app, &k);
}

static void
resize(struct canvas *c, struct recipe *r)
{
    int columns = 1 + (int)next_byte(r), rows = 1 + (int)next_byte(r) % 80;

    canvas_release(c);
    MUST(canvas_init(c, columns, rows) == 0);
}

static void
step(struct app *app, struct canvas *c, struct recipe *r)
{
    unsigned b = next_byte(r);
    char one[2] = { plain[b % (sizeof plain - 1)], '\0' };

    if (b < 200)
        press(app, one);
    else if (b >= 250) {
        struct key k = { .code = KEY_PASTE_, .paste = pasted[b - 250 < 5 ? b - 250 : 4], .at_ms = now_ms += 1000 };
        app_key(app, &k);
    } else if (b >= 243)
        click(app, r);
    else if (b >= 240)
        resize(c, r);
    else
        press(app, words[(b - 200) % (sizeof words / sizeof *words)]);
}

/* ---- frames ------------------------------------------------------------------------------------------ */

static void
drawn(struct app *app, struct canvas *c)
{
    int row, column;

    app_make_view(app);
    app_draw(app, c, &app->map, &row, &column);
    MUST(row < c->rows && column < c->columns);
    for (int k = 0; k < c->columns * c->rows; k++) {
        uint32_t glyph = c->cells[k].glyph;
        MUST(glyph == 0 || (glyph >= 0x20 && !(glyph >= 0x7f && glyph < 0xa0) && glyph < 0x110000));
        MUST(glyph < 0x202a || glyph > 0x202e);
        MUST(c->cells[k].ink < INK_COUNT);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct app app;
    go_aside();
    const struct tui_options options = { .catalog = fuzz_catalog(), .samples = 256, .seed = 1, .glyphs = GLYPHS_ASCII };
    struct recipe r = { bytes, bytes + n };
    struct canvas canvas = { 0 };
    uint64_t hash = 14695981039346656037u;
    struct error err;

    for (size_t k = 0; k < n; k++)
        hash = (hash ^ bytes[k]) * 1099511628211u;
    hash ^= hash >> 32;
    MUST(app_init(&app, &options, &err) == 0);
    app.clock_ms = clock_now;
    const struct opened *from = shipped(next_byte(&r) % N_FILES);
    open_doc(&app, from);
    resize(&canvas, &r);
    for (int k = 0; k < KEYS_MAX && r.at < r.end && !app.quit; k++) {
        app.key_ms = hash % 16 == 0 && k % 8 == 0 ? 0 : 1e3; /* a preview, or no time for one */
        step(&app, &canvas, &r);
        if (k % DRAW_EVERY == DRAW_EVERY - 1 && !app.quit && app.n_docs > 0)
            drawn(&app, &canvas);
    }
    for (int k = 0; k < 6 && !app.quit; k++)
        press(&app, "<Esc>");
    if (!app.quit && app.n_docs > 0) {
        if (hash % 16 == 0)
            app_solve(&app, 256, DEPTH_VERDICT);
        drawn(&app, &canvas);
    }
    if (!app.quit && app.n_docs == 1) {
        char what[256];
        while (history_undo(&app_doc(&app)->history, &app_doc(&app)->file.scenario, fuzz_catalog(), what, sizeof what) > 0)
            ;
        MUST(scenario_equal(&from->file.scenario, &app_doc(&app)->file.scenario));
    }
    app_release(&app);
    canvas_release(&canvas);
    return 0;
}
