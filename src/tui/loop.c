/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "term.h"

/* Three calls in one loop: apply the key, ask for an answer, draw it. */

/* Flips and what to measure come soon from few samples, then from all. */
#define EARLY_SAMPLES 1024

/* ---- refinement: the same decision from more samples, in the background ------------------ */

struct request {
    struct scenario scenario;
    const struct catalog *catalog;
    char name[64];
    int samples;
    struct samples **kept;   /* the worker's own: of the early and of the full number */
    uint64_t seed;
    int doc;
    unsigned bands;          /* of the answer, for the view in sight                       */
    enum { ASK_ANSWER, ASK_MAP, ASK_BANDS } what;
    struct field_ref x, y;   /* of the map                                                  */
};
struct result {
    struct answer *answer;
    struct flip_map *map;
    bool bands_only;         /* the answer holds nothing else that is new                  */
    int doc, samples;
};

/* An answer, and the bands of its samples. For the bands alone the fewest samples that they take. */
static int
answer_of(struct result *out, struct request *r, const struct solve_options *options, struct error *err)
{
    struct samples **kept = &r->kept[r->samples > EARLY_SAMPLES];
    int status = decide_again(&out->answer, kept, &r->scenario, r->catalog, r->name, options,
                              r->what == ASK_BANDS ? DEPTH_VERDICT : DEPTH_ALL, NULL, err);

    if (status == 0)
        status = chart_bands(out->answer, r->bands, *kept, &r->scenario, r->catalog, options->cancel, err);
    out->bands_only = r->what == ASK_BANDS;
    return status;
}

static void *
refine_work(void *arg, const volatile int *cancel)
{
    struct request *r = arg;
    struct solve_options options = { .samples = r->samples, .seed = r->seed, .cancel = cancel };
    struct result *out = calloc(1, sizeof *out);
    struct error err;

    if (out == NULL)
        return NULL;
    out->doc = r->doc;
    out->samples = r->samples;
    int status = -1;
    if (r->what == ASK_MAP && (out->map = malloc(sizeof *out->map)) != NULL)
        status = flip_map(out->map, &r->scenario, r->catalog, r->x, r->y, &options, &err);
    else if (r->what != ASK_MAP)
        status = answer_of(out, r, &options, &err);
    if (status != 0) {
        answer_free(out->answer);
        free(out->map);
        free(out);
        return NULL;
    }
    return out;
}

static void
free_result(void *arg)
{
    struct result *r = arg;

    if (r != NULL)
        answer_free(r->answer);
    if (r != NULL)
        free(r->map);
    free(r);
}

static struct request *
request_of(struct app *app, int samples)
{
    struct request *r = calloc(1, sizeof *r);

    if (r == NULL)
        return NULL;
    r->scenario = app_doc(app)->file.scenario;
    r->catalog = app->catalog;
    text_copy(r->name, sizeof r->name, app_doc(app)->name);
    r->samples = samples;
    r->kept = app->refined;
    r->seed = app->options->seed;
    r->doc = app->doc;
    r->bands = app_bands_wanted(app);
    return r;
}

static void
ask_for_more(struct app *app, struct refine *refine, int samples)
{
    struct request *r = request_of(app, samples);

    app->wants_refine = false;
    if (r != NULL)
        refine_submit(refine, r);
}

/* The map waits for the answer; a submission would end one that runs. */
static void
ask_for_map(struct app *app, struct refine *refine)
{
    struct field_ref x, y;
    struct request *r;

    if (app_refining(app) || !app_map_due(app, &x, &y) || app->map_asked == app_answer(app) ||
        (r = request_of(app, MAP_SAMPLES)) == NULL)
        return;
    r->what = ASK_MAP;
    r->x = x;
    r->y = y;
    app->map_asked = app_answer(app);
    app_say(app, "the map is being computed; keys work meanwhile");
    refine_submit(refine, r);
}

/* The view in sight draws bands that the answer came without. */
static void
ask_for_bands(struct app *app, struct refine *refine)
{
    struct request *r;

    if (app_refining(app) || app_answer(app) == NULL || app->bands_asked == app_answer(app) ||
        chart_bands_missing(app_answer(app), app_bands_wanted(app)) == 0 || (r = request_of(app, EARLY_SAMPLES)) == NULL)
        return;
    r->what = ASK_BANDS;
    r->samples = app_full_samples(app) < EARLY_SAMPLES ? app_full_samples(app) : EARLY_SAMPLES;
    app->bands_asked = app_answer(app);
    refine_submit(refine, r);
}

static void
take_bands(struct answer *to, const struct answer *from)
{
    if (from->volume_band.n > 0)
        to->volume_band = from->volume_band;
    if (from->label_band.n > 0)
        to->label_band = from->label_band;
}

static void
take_result(struct app *app, struct refine *refine)
{
    struct result *r = refine_collect(refine);

    if (r == NULL)
        return;
    if (r->doc == app->doc && !app->wants_refine && r->map != NULL && app->map_asked == app_answer(app)) {
        app_doc(app)->answer->map = *r->map;
        app_doc(app)->answer->has_map = true;
        app_say(app, "%s", "");
    } else if (r->doc == app->doc && !app->wants_refine && r->answer != NULL && r->bands_only) {
        if (app->bands_asked == app_answer(app))
            take_bands(app_doc(app)->answer, r->answer);
    } else if (r->doc == app->doc && !app->wants_refine && r->answer != NULL) {
        app_take_answer(app, r->doc, r->answer, DEPTH_ALL);
        r->answer = NULL;
        if (r->samples < app_full_samples(app))
            ask_for_more(app, refine, app_full_samples(app));
        else if (app->export_due[0] != '\0')
            app_export(app, app->export_due);
    }
    free_result(r);
}

/* ---- the loop ------------------------------------------------------------------------------------ */

static void
show(struct app *app, struct canvas *c)
{
    int columns, rows, cursor_row, cursor_column;

    term_size(&columns, &rows);
    if (c->columns != columns || c->rows != rows) {
        canvas_release(c);
        if (canvas_init(c, columns, rows) < 0)
            return;
    }
    if (app->redraw) {
        term_redraw();
        app->redraw = false;
    }
    term_theme(app->theme);
    app_make_view(app);
    app_draw(app, c, &app->map, &cursor_row, &cursor_column);
    term_show(c, cursor_row, cursor_column);
}

static void
read_keys(struct app *app)
{
    for (struct key k = term_key(); k.code != KEY_NONE && !app->quit; k = term_key()) {
        if (k.code == KEY_MOUSE_)
            mouse_key(app, &k);
        else
            app_key(app, &k);
        if (app->copy_due) {
            app->copy_due = false;
            term_copy(app->copied.text, app->copied.n);
        }
        if (app->suspend) {
            app->suspend = false;
            term_suspend();
        }
    }
}

static void
last_words(const struct app *app)
{
    char text[400], name[300];

    if (app->options->state_folder == NULL || app->n_docs == 0) {
        term_last_words("\r\nbreakeven: a fault of the program; no journal was kept\r\n");
        return;
    }
    journal_name(app->options->state_folder, app->docs[0].file.path, name, sizeof name);
    snprintf(text, sizeof text, "\r\nbreakeven: a fault of the program. Unsaved edits are in %s\r\n", name);
    term_last_words(text);
}

int
tui_run(const struct tui_options *o, struct error *err)
{
    struct app *app = calloc(1, sizeof *app);
    struct canvas canvas = { 0 };
    struct refine *refine = NULL;
    struct refine_job job = { refine_work, free, free_result };
    struct term_options term = { o->color, o->mouse, o->term };
    int status = -1, died = 0;

    if (app == NULL)
        return error_set(err, ERR_BUG, "no memory for the workbench");
    if (app_init(app, o, err) == 0 && term_open(&term, err) == 0) {
        status = refine_start(&refine, &job, err);
        if (status == 0) {
            last_words(app);
            app->clock_ms = term_now_ms;
            app->run_editor = term_edit;
            app_after_edit(app);
            while (!app->quit && (died = term_signal()) == 0) {
                app_solve_due(app);
                show(app, &canvas);
                flush_journals(app);
                if (app->wants_refine && refine != NULL)
                    ask_for_more(app, refine,
                                 app_full_samples(app) < EARLY_SAMPLES ? app_full_samples(app) : EARLY_SAMPLES);
                ask_for_map(app, refine);
                ask_for_bands(app, refine);
                if (term_wait(refine != NULL ? refine_descriptor(refine) : -1, -1))
                    take_result(app, refine);
                read_keys(app);
            }
        }
        flush_journals(app);
        if (refine != NULL)
            refine_stop(refine);
        term_close();
    }
    for (size_t i = 0; i < BE_LEN(app->refined); i++)
        samples_free(app->refined[i]); /* the worker has ended */
    app_release(app);
    canvas_release(&canvas);
    free(app);
    if (died != 0)
        term_die(died);
    return status;
}
