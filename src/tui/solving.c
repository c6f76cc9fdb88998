/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"

/* When an answer is asked for, and from how many samples. A key never waits: the loop asks for the
 * verdict once all keys are read, from so many samples as the last answers say will take no longer
 * than a frame may; the refiner brings the full number and what takes longer (flips, tornado, what
 * to measure). Without a clock (tests, replay) each edit is answered on the spot. */

#define FIRST_SAMPLES 1024
#define PREVIEW_SAMPLES 256
#define FRAME_MS 40.0

int
app_full_samples(const struct app *app)
{
    return app->options->samples > 0 ? app->options->samples : SAMPLES_DEFAULT;
}

static const char *
pick_name(const struct answer *an)
{
    return an->verdict.pick >= 0 ? an->arms[an->verdict.pick].name : "no arm";
}

/* The first answer after an edit says in the status line whether the pick turned. */
static void
say_turn(struct app *app, const struct answer *an)
{
    size_t n = strlen(app->status);

    if (app->pick_was[0] != '\0' && n > 0 && strcmp(app->pick_was, pick_name(an)) != 0 && app->ask == ASK_NONE)
        snprintf(app->status + n, sizeof app->status - n, "   the pick turns: %s %s %s", app->pick_was,
                 app->glyphs->arrow,
                 pick_name(an));
    app->pick_was[0] = '\0';
}

void
app_take_answer(struct app *app, int doc, struct answer *an, enum decide_depth depth)
{
    struct doc *d = &app->docs[doc];

    if (doc == app->doc)
        say_turn(app, an);
    answer_free(d->answer);
    d->answer = an;
    d->depth = depth;
    d->stale = false;
    if (doc == app->doc && app->goal_waits && depth == DEPTH_ALL)
        app_goal(app, app->goal, app->goal_pick);
}

void
app_solve(struct app *app, int samples, enum decide_depth depth)
{
    struct solve_options options = { .samples = samples, .seed = app->options->seed };
    struct doc *d = app_doc(app);
    struct answer *an = NULL;
    struct error err;

    if (app->n_docs == 0)
        return;
    if (decide_again(&an, &app->kept, &d->file.scenario, app->catalog, d->name, &options, depth, NULL, &err) == 0)
        app_take_answer(app, app->doc, an, depth);
    else
        app_say(app, "%s", err.text);
}

/* What is wrong with the scenario, at its paths. */
static void
check_doc(struct app *app, struct doc *d)
{
    struct setup *setup = malloc(sizeof *setup);

    d->problems = d->loaded; /* what the file holds and nobody understands stays one until it is opened anew */
    scenario_check(&d->file.scenario, app->catalog, &d->problems);
    if (setup != NULL)
        scenario_resolve(setup, &d->file.scenario, app->catalog, &d->problems);
    free(setup);
}

void
app_after_edit(struct app *app)
{
    struct doc *d = app_doc(app);

    check_doc(app, d);
    if (d->answer != NULL && app->pick_was[0] == '\0')
        text_copy(app->pick_was, sizeof app->pick_was, pick_name(d->answer));
    d->stale = true;
    app->wants_refine = true;
    if (app->clock_ms == NULL)
        app_solve(app, app->options->samples > 0 ? app->options->samples : FIRST_SAMPLES, DEPTH_VERDICT);
}

/* The most samples that a frame has time for; 0: not even the fewest. */
static int
affordable(const struct app *app, int most)
{
    int n = most;

    while (n > SAMPLES_MIN && app->ms_per_sample * n > FRAME_MS)
        n /= 2;
    return app->ms_per_sample * n > 4 * FRAME_MS ? 0 : n;
}

void
app_solve_due(struct app *app)
{
    struct doc *d = app->n_docs > 0 ? app_doc(app) : NULL;

    if (d == NULL || !d->stale || app->clock_ms == NULL)
        return;
    int most = app->options->samples > 0 ? app->options->samples : FIRST_SAMPLES, n = affordable(app, most);
    if (n == 0 || (app->options->samples > 0 && n < most)) /* the refiner has it; the title says so */
        return;
    double before = app->clock_ms();
    app_solve(app, n, DEPTH_VERDICT);
    app->ms_per_sample = (app->clock_ms() - before) / n;
}

bool
app_refining(const struct app *app)
{
    const struct doc *d = app_doc_const(app);

    return app->clock_ms != NULL &&
           (d->stale || d->answer == NULL || d->depth != DEPTH_ALL || d->answer->samples < app_full_samples(app));
}

/* ---- the verdict as the open entry would have it ------------------------------------------ */

void
app_preview(struct app *app, const struct scenario *sc)
{
    struct solve_options options = { .samples = PREVIEW_SAMPLES, .seed = app->options->seed };
    struct error err;

    answer_free(app->preview);
    app->preview = NULL;
    if (sc == NULL || app->ms_per_sample * PREVIEW_SAMPLES > FRAME_MS)
        return;
    if (decide(&app->preview, sc, app->catalog, app_doc(app)->name, &options, DEPTH_VERDICT, NULL, &err) != 0)
        app->preview = NULL;
}

/* ---- the map ---------------------------------------------------------------------------------- */

/* The fields of the map: those asked for, else the two nearest flips. */
static bool
map_field(const struct app *app, int which, struct field_ref *ref)
{
    const struct answer *an = app_answer(app);
    struct error ignored;

    if (app->map_fields[which][0] != '\0')
        return field_find(&app_doc_const(app)->file.scenario, app->map_fields[which], ref, &ignored) == 0;
    for (int k = 0, seen = 0; k < an->n_flips; k++) {
        if (k > 0 && strcmp(an->flips[k].path, an->flips[0].path) == 0)
            continue;
        if (seen++ == which)
            return field_find(&app_doc_const(app)->file.scenario, an->flips[k].path, ref, &ignored) == 0;
    }
    return false;
}

/* The map in view is missing, and can be made. */
bool
app_map_due(const struct app *app, struct field_ref *x, struct field_ref *y)
{
    const struct doc *d = app_doc_const(app);

    return app_view_is(app, "map") && d->answer != NULL && !d->answer->has_map && map_field(app, 0, x) &&
        map_field(app, 1, y);
}

/* On the spot where there is no refiner. */
void
app_make_map(struct app *app)
{
    struct doc *d = app_doc(app);
    struct solve_options options = { .samples = MAP_SAMPLES, .seed = app->options->seed };
    struct field_ref x, y;
    struct error err;

    if (app->clock_ms != NULL || !app_map_due(app, &x, &y))
        return;
    if (flip_map(&d->answer->map, &d->file.scenario, app->catalog, x, y, &options, &err) == 0)
        d->answer->has_map = true;
    else
        app_say(app, "%s", err.text);
}

/* ---- bands ------------------------------------------------------------------------------------ */

unsigned
app_bands_wanted(const struct app *app)
{
    return app_view(app->view)->bands | app->map.bands;
}

/* On the spot: where there is no refiner, and for a file. */
void
app_make_bands(struct app *app, unsigned bands)
{
    struct doc *d = app_doc(app);
    struct answer *an = NULL;
    struct samples *kept = NULL;
    struct solve_options options = { .samples = app_full_samples(app), .seed = app->options->seed };
    struct error err;

    if (d->answer == NULL || chart_bands_missing(d->answer, bands) == 0)
        return;
    if (options.samples > BAND_PREFIX)
        options.samples = BAND_PREFIX;
    if (decide_again(&an, &kept, &d->file.scenario, app->catalog, d->name, &options, DEPTH_VERDICT, NULL, &err) != 0 ||
        chart_bands(d->answer, bands, kept, &d->file.scenario, app->catalog, NULL, &err) != 0)
        app_say(app, "%s", err.text);
    answer_free(an);
    samples_free(kept);
}
