/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"

/* When an answer is asked for, and from how many samples. A key never waits: the loop asks for the
 * verdict once all keys are read, from so many samples as the last answers say will leave time for
 * the frame. The refiner then goes up in steps: everything from few samples, if all of them take long;
 * everything from the full number; and when no key comes, the verdict from four times as many. Each
 * prefix of the samples is a net of its own, so figures settle and do not jump. Without a clock
 * (tests, replay) each edit is answered on the spot. */

#define FEW_SAMPLES 1024
#define PREVIEW_SAMPLES 256
#define VERDICT_MS 12.0  /* of the 16 between a key and the last byte of its frame; drawing takes the rest */
#define FRAME_MS 40.0    /* beyond it nothing is computed before a frame                   */
#define EARLY_MS 100.0   /* everything within this needs no forerunner                     */
#define FINE_MS 5000.0   /* nobody waits for it, but a processor's minute is not free       */

int
app_full_samples(const struct app *app)
{
    return app->options->samples > 0 ? app->options->samples : SAMPLES_DEFAULT;
}

/* A number that a person typed stays as it is. */
static bool
is_fixed(const struct app *app)
{
    return app->options->samples > 0;
}

static int
few_samples(const struct app *app)
{
    int full = app_full_samples(app);

    return full < FEW_SAMPLES ? full : FEW_SAMPLES;
}

/* Where the samples of an answer are kept for the next. */
static int
set_of(const struct app *app, int samples)
{
    return samples >= app_full_samples(app) ? SET_FULL : samples <= FEW_SAMPLES ? SET_FEW : SET_KEY;
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

static bool
same_arms(const struct answer *a, const struct answer *b)
{
    bool same = a->n_arms == b->n_arms;

    for (int k = 0; same && k < a->n_arms; k++)
        same = a->arms[k].known && strcmp(a->arms[k].name, b->arms[k].name) == 0;
    return same;
}

void
app_take_answer(struct app *app, int doc, struct answer *an, enum decide_depth depth)
{
    struct doc *d = &app->docs[doc];

    if (doc == app->doc)
        say_turn(app, an);
    if (d->answer != NULL && !d->stale) { /* the same scenario still: what was made on request holds */
        if (d->answer->has_map && !an->has_map) {
            an->map = d->answer->map;
            an->has_map = true;
        }
        if (d->answer->has_together && !an->has_together && d->answer->verdict.pick == an->verdict.pick) {
            an->together = d->answer->together;
            an->has_together = true;
        }
        if (d->answer->samples >= BAND_PREFIX && an->volume_band.n == 0) {
            an->volume_band = d->answer->volume_band;
            an->band_was = d->answer->band_was;
        }
        if (d->answer->samples >= BAND_PREFIX && an->label_band.n == 0)
            an->label_band = d->answer->label_band;
    }
    if (d->answer != NULL && d->stale && an->volume_band.n == 0 && same_arms(an, d->answer)) {
        an->volume_band = d->answer->volume_band; /* until its own is there, and said to be: dots need not flicker */
        an->band_was = an->volume_band.n > 0;
    }
    answer_free(d->answer);
    answer_free(d->whole);
    d->whole = NULL;
    d->answer = an;
    d->depth = depth;
    d->stale = false;
    if (doc == app->doc && app->goal_waits && depth == DEPTH_ALL)
        app_goal(app, app->goal, app->goal_pick);
}

/* A scenario as it was checked: its answer needs neither check nor resolving once more. */
struct checked {
    struct scenario of;
    struct setup setup;
    struct problems found;
};

/* What is wrong with the scenario, at its paths. */
void
app_check_doc(struct app *app, struct doc *d)
{
    struct checked *c = app->checked != NULL ? app->checked : malloc(sizeof *c);

    app->checked = c;
    d->problems = d->loaded; /* what the file holds and nobody understands stays one until it is opened anew */
    if (c == NULL) {
        scenario_check(&d->file.scenario, app->catalog, &d->problems);
        return;
    }
    c->of = d->file.scenario;
    problems_init(&c->found);
    scenario_check(&c->of, app->catalog, &c->found);
    scenario_resolve(&c->setup, &c->of, app->catalog, &c->found);
    for (int k = 0; k < c->found.n; k++)
        problems_add(&d->problems, c->found.list[k].level, c->found.list[k].path, &c->found.list[k].error);
    d->problems.dropped += c->found.dropped;
    d->problems.errors = d->loaded.errors + c->found.errors;
}

static int
answer_doc(struct app *app, const struct doc *d, struct samples **kept, struct answer **an, const struct solve_options *o,
           enum decide_depth depth, struct error *err)
{
    const struct checked *c = app->checked;

    if (c != NULL && c->setup.catalog == app->catalog && memcmp(&c->of, &d->file.scenario, sizeof c->of) == 0)
        return decide_resolved(an, kept, &c->setup, &c->found, d->name, o, depth, err);
    return decide_again(an, kept, &d->file.scenario, app->catalog, d->name, o, depth, NULL, err);
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
    app_hold(app);
    if (set_of(app, samples) == SET_FULL) { /* of more than one number none is needed now */
        samples_free(app->sets[SET_KEY]);
        app->sets[SET_KEY] = NULL;
    }
    if (answer_doc(app, d, &app->sets[set_of(app, samples)], &an, &options, depth, &err) == 0)
        app_take_answer(app, app->doc, an, depth);
    else
        app_say(app, "%s", err.text);
}

void
app_after_edit(struct app *app)
{
    struct doc *d = app_doc(app);
    struct pane_row rows[ROWS_MAX];

    for (int pane = 0; pane < PANE_COUNT; pane++) { /* rows may have gone */
        int n = pane_rows(app, (enum pane)pane, rows, ROWS_MAX);
        if (app->cursor[pane] >= n && n > 0)
            app->cursor[pane] = n - 1;
    }
    app_hold(app);
    app_check_doc(app, d);
    d->n_changes = changes_since_base(app);
    if (d->answer != NULL && app->pick_was[0] == '\0')
        text_copy(app->pick_was, sizeof app->pick_was, pick_name(d->answer));
    d->stale = true;
    if (app->clock_ms == NULL)
        app_solve(app, is_fixed(app) ? app->options->samples : few_samples(app), DEPTH_VERDICT);
}

/* ---- how many samples ---------------------------------------------------------------------------- */

/* From how many samples the next key is answered; 0: the refiner has it, and the title says so. */
static int
key_samples(const struct app *app)
{
    if (is_fixed(app))
        return app->key_ms > FRAME_MS ? 0 : app->options->samples;
    if (app->key_samples <= few_samples(app) && app->key_ms > 4 * FRAME_MS)
        return 0;
    return app->key_samples > 0 ? app->key_samples : few_samples(app);
}

/* A verdict from n samples took so long. Half as many next time if that was too much; more if twice the
 * time leaves something to spare, so that two edits do not answer with now more, now fewer. */
static void
note_verdict(struct app *app, int n, double ms)
{
    int full = app_full_samples(app), next = n;

    app->key_ms = ms;
    if (ms > VERDICT_MS)
        next = n / 2;
    for (double twice = 2 * ms; next >= n && next < full && twice <= VERDICT_MS * 2 / 3; twice *= 2)
        next *= 2;
    app->key_samples = next < few_samples(app) ? few_samples(app) : next > full ? full : next;
}

void
app_note_time(struct app *app, const struct refinement *step, double ms)
{
    if (step->deep == 0)
        note_verdict(app, step->samples, ms);
    else if (step->deep == step->samples)
        app->deep_ms_per_sample = ms / step->samples;
}

void
app_solve_due(struct app *app)
{
    struct doc *d = app->n_docs > 0 ? app_doc(app) : NULL;

    if (d == NULL || !d->stale || app->clock_ms == NULL)
        return;
    int n = key_samples(app);
    if (n == 0)
        return;
    double before = app->clock_ms();
    app_solve(app, n, DEPTH_VERDICT);
    note_verdict(app, n, app->clock_ms() - before);
}

bool
app_is_whole(const struct app *app)
{
    const struct doc *d = app_doc_const(app);

    return !d->stale && d->answer != NULL && d->depth == DEPTH_ALL && d->answer->samples >= app_full_samples(app) &&
        d->answer->deep_samples >= app_full_samples(app);
}

bool
app_refining(const struct app *app)
{
    return app->clock_ms != NULL && !app_is_whole(app);
}

const struct answer *
app_whole_answer(const struct app *app)
{
    const struct doc *d = app_doc_const(app);

    return d->whole != NULL ? d->whole : d->answer;
}

/* ---- steps of the refiner --------------------------------------------------------------------------- */

struct refinement
app_first_refinement(const struct app *app)
{
    int n = few_samples(app);

    return (struct refinement){ .samples = n, .set = set_of(app, n) };
}

/* What follows on the answer as it stands; false: nothing does. */
bool
app_next_refinement(const struct app *app, bool idle, struct refinement *step)
{
    const struct doc *d = app_doc_const(app);
    const int full = app_full_samples(app), have = d->stale || d->answer == NULL ? 0 : d->answer->samples;
    const int deep = have > 0 ? d->answer->deep_samples : 0;
    const double full_ms = app->deep_ms_per_sample * full;

    if (app_is_whole(app) && (is_fixed(app) || have >= FINE_SAMPLES || !idle))
        return false;
    *step = (struct refinement){ .samples = full, .deep = full, .set = SET_FULL };
    if (app_is_whole(app)) {
        *step = (struct refinement){ .samples = FINE_SAMPLES, .deep = FINE_SAMPLES, .set = SETS };
        if (full_ms * FINE_SAMPLES / full > FINE_MS) {
            step->deep = full;
            step->upon = true;
        }
    } else if (have == 0 && is_fixed(app))
        step->deep = 0;
    else if (have == 0)
        *step = app_first_refinement(app);
    else if (deep == 0 && !is_fixed(app) && full > FEW_SAMPLES && (full_ms <= 0 || full_ms > EARLY_MS))
        *step = (struct refinement){ .samples = have, .deep = FEW_SAMPLES, .set = set_of(app, have) };
    return true;
}

/* ---- the verdict as the open entry would have it ------------------------------------------ */

void
app_preview(struct app *app, const struct scenario *sc)
{
    struct solve_options options = { .samples = PREVIEW_SAMPLES, .seed = app->options->seed };
    struct error err;

    answer_free(app->preview);
    app->preview = NULL;
    if (sc == NULL || app->key_ms > 4 * FRAME_MS)
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

/* ---- two changes together ------------------------------------------------------------------------ */

bool
app_together_due(const struct app *app)
{
    const struct doc *d = app_doc_const(app);

    return app_view_is(app, "why") && d->answer != NULL && !d->stale && !d->answer->has_together && d->answer->deep_samples > 0;
}

int
app_together_samples(const struct app *app)
{
    return app_full_samples(app) < TOGETHER_SAMPLES ? app_full_samples(app) : TOGETHER_SAMPLES;
}

/* On the spot where there is no refiner. */
void
app_make_together(struct app *app)
{
    struct doc *d = app_doc(app);
    struct solve_options options = { .samples = app_together_samples(app), .seed = app->options->seed };
    struct error err;

    if (app->clock_ms != NULL || !app_together_due(app))
        return;
    if (flips_together_find(&d->answer->together, d->answer, &d->file.scenario, app->catalog, &options, &err) == 0)
        d->answer->has_together = true;
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
