/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#ifdef HAVE_MALLOC_TRIM
#include <malloc.h>
#endif

#include "app.h"

/*
 * The refiner at work for the workbench: the next step towards the whole answer, the map, the bands, each
 * a request that any edit ends.  While one runs, the samples are the refiner's; app_hold takes them
 * back, so that loop and refiner have one set between them and never both at once.
 */

#define KEPT_BYTES (8 << 20)    /* an answer takes and gives back less, in pieces                  */
#define MAPPED_BYTES (1 << 20)   /* a larger piece comes from the system by itself and goes back to it; an answer is less */

struct request {
    struct scenario scenario;
    const struct catalog *catalog;
    char name[64];
    struct samples **sets;   /* lent by the loop until the request has come to its end        */
    uint64_t seed;
    int doc;
    double asked_ms;
    enum { ASK_ANSWER, ASK_MAP, ASK_TOGETHER, ASK_BANDS } what;
    struct refinement step;
    const struct answer *deep; /* lent, too: the answer that the step builds on, or that two changes are to turn; NULL: none */
    unsigned bands;          /* of the answer, for the view in sight                           */
    struct field_ref x, y;   /* of the map                                                     */
};
struct result {
    struct answer *answer;
    struct flip_map *map;
    struct flips_together *together;
    bool bands_only;         /* the answer holds nothing else that is new                      */
    int doc;
    double asked_ms;
    struct refinement step;
};

/* ---- the worker ------------------------------------------------------------------------------- */

static int
decide_at(struct answer **out, struct samples **kept, const struct request *r, const struct solve_options *o,
          const struct answer *deep, struct error *err)
{
    if (deep != NULL)
        return decide_upon(out, kept, &r->scenario, r->catalog, r->name, o, deep, err);
    return decide_again(out, kept, &r->scenario, r->catalog, r->name, o, r->step.deep > 0 ? DEPTH_ALL : DEPTH_VERDICT, NULL,
                        err);
}

/* The verdict of so many samples upon what fewer told; where that is about another pick, all of it. */
static int
answer_upon(struct answer **out, struct samples **kept, const struct request *r, const struct solve_options *o,
            const struct answer *deep, struct error *err)
{
    int status = decide_at(out, kept, r, o, deep, err);

    if (status != 0 || (*out)->deep_samples > 0)
        return status;
    answer_free(*out);
    *out = NULL;
    return decide_at(out, kept, r, o, NULL, err);
}

/* An answer, and the bands of its samples. The last step's samples are many, and nobody's afterwards. */
static int
answer_of(struct result *out, const struct request *r, const volatile int *cancel, struct error *err)
{
    const struct solve_options o = { .samples = r->step.samples, .seed = r->seed, .cancel = cancel };
    struct solve_options few = o;
    struct samples *last = NULL, **kept = r->step.set < SETS ? &r->sets[r->step.set] : &last;
    struct answer *early = NULL;
    int status = 0;

    few.samples = r->step.deep;
    if (r->deep == NULL && r->step.deep > 0 && r->step.deep < r->step.samples)
        status = decide_at(&early, &r->sets[SET_FEW], r, &few, NULL, err);
    if (status == 0 && (r->deep != NULL || early != NULL))
        status = answer_upon(&out->answer, kept, r, &o, early != NULL ? early : r->deep, err);
    else if (status == 0)
        status = decide_at(&out->answer, kept, r, &o, NULL, err);
    if (status == 0)
        status = chart_bands(out->answer, r->bands, *kept, &r->scenario, r->catalog, cancel, err);
    answer_free(early);
    samples_free(last);
    return status;
}

static void
free_result(void *arg)
{
    struct result *r = arg;

    if (r != NULL) {
        answer_free(r->answer);
        free(r->map);
        free(r->together);
    }
    free(r);
}

static void *
work(void *arg, const volatile int *cancel)
{
    struct request *r = arg;
    struct result *out = calloc(1, sizeof *out);
    struct error err;
    int status = -1;

    if (out == NULL)
        return NULL;
    out->doc = r->doc;
    out->asked_ms = r->asked_ms;
    out->step = r->step;
    out->bands_only = r->what == ASK_BANDS;
    if (r->what == ASK_TOGETHER && (out->together = malloc(sizeof *out->together)) != NULL) {
        const struct solve_options o = { .samples = r->step.samples, .seed = r->seed, .cancel = cancel };
        status = flips_together_find(out->together, r->deep, &r->scenario, r->catalog, &o, &err);
    } else if (r->what == ASK_ANSWER || r->what == ASK_BANDS)
        status = answer_of(out, r, cancel, &err);
    else if (r->what == ASK_MAP && (out->map = malloc(sizeof *out->map)) != NULL) {
        const struct solve_options o = { .samples = MAP_SAMPLES, .seed = r->seed, .cancel = cancel };
        status = flip_map(out->map, &r->scenario, r->catalog, r->x, r->y, &o, &err);
    }
    if (status == 0)
        return out;
    free_result(out);
    return NULL;
}

void
refining_tune_memory(void)
{
#if defined HAVE_MALLOC_TRIM && defined M_ARENA_MAX
    mallopt(M_ARENA_MAX, 1); /* loop and refiner take turns: what one gives back, the other can use */
    mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES);
#endif
}

int
refining_start(struct app *app, struct error *err)
{
    static const struct refine_job job = { work, free, free_result };

    return refine_start(&app->refine, &job, err);
}

void
refining_stop(struct app *app)
{
    refine_stop(app->refine);
    app->refine = NULL;
    app->asked = false;
}

/* ---- what is asked for ---------------------------------------------------------------------------- */

void
app_hold(struct app *app)
{
    if (app->refine == NULL || !app->asked)
        return;
    refine_rest(app->refine);
    app->asked = app->finer = false;
    app->map_asked = app->together_asked = app->bands_asked = NULL;
}

static struct request *
request_of(struct app *app)
{
    struct request *r = calloc(1, sizeof *r);

    if (r == NULL)
        return NULL;
    r->scenario = app_doc(app)->file.scenario;
    r->catalog = app->catalog;
    text_copy(r->name, sizeof r->name, app_doc(app)->name);
    r->sets = app->sets;
    r->seed = app->options->seed;
    r->doc = app->doc;
    r->asked_ms = app->clock_ms != NULL ? app->clock_ms() : 0;
    return r;
}

static void
submit(struct app *app, struct request *r)
{
    app->asked = true;
    app->settled = false;
    refine_submit(app->refine, r);
}

static bool
ask_for_answer(struct app *app, bool idle)
{
    struct refinement step;
    struct request *r;

    if (!app_next_refinement(app, idle, &step) || (r = request_of(app)) == NULL)
        return false;
    r->step = step;
    r->deep = step.upon ? app_answer(app) : NULL;
    if (step.deep > 0)
        r->bands = app_bands_wanted(app);
    app->finer = step.set == SETS;
    submit(app, r);
    return true;
}

static bool
ask_for_map(struct app *app)
{
    struct field_ref x, y;
    struct request *r;

    if (app_refining(app) || !app_map_due(app, &x, &y) || app->map_asked == app_answer(app))
        return false;
    app_hold(app);
    if ((r = request_of(app)) == NULL)
        return false;
    r->what = ASK_MAP;
    r->x = x;
    r->y = y;
    app->map_asked = app_answer(app);
    app_say(app, "the map is being computed; keys work meanwhile");
    submit(app, r);
    return true;
}

static bool
ask_for_together(struct app *app)
{
    struct request *r;

    if (app_refining(app) || !app_together_due(app) || app->together_asked == app_answer(app))
        return false;
    app_hold(app);
    if ((r = request_of(app)) == NULL)
        return false;
    r->what = ASK_TOGETHER;
    r->deep = app_answer(app);
    r->step.samples = app_together_samples(app);
    app->together_asked = app_answer(app);
    submit(app, r);
    return true;
}

/* The view in sight draws bands that the answer came without. */
static bool
ask_for_bands(struct app *app)
{
    struct request *r;

    if (app_refining(app) || app_answer(app) == NULL || app->bands_asked == app_answer(app) ||
        chart_bands_missing(app_answer(app), app_bands_wanted(app)) == 0)
        return false;
    app_hold(app);
    if ((r = request_of(app)) == NULL)
        return false;
    r->what = ASK_BANDS;
    r->bands = app_bands_wanted(app);
    r->step = app_first_refinement(app);
    app->bands_asked = app_answer(app);
    submit(app, r);
    return true;
}

/* Nothing is computed until the next key: what only the way here took goes back to the system. */
static void
settle(struct app *app)
{
    if (app->settled)
        return;
    app->settled = true;
    for (int k = 0; k < SET_FULL && app->key_samples >= app_full_samples(app); k++) {
        samples_free(app->sets[k]);
        app->sets[k] = NULL;
    }
#ifdef HAVE_MALLOC_TRIM
    malloc_trim(0);
#endif
}

int
refining_ask(struct app *app)
{
    if (app->refine == NULL)
        return -1;
    /* what is in sight goes before what nobody waits for */
    if ((!app->asked || app->finer) && (ask_for_map(app) || ask_for_together(app) || ask_for_bands(app)))
        return -1;
    if (app->asked)
        return -1;
    double left = app->last_key_ms + REST_MS - app->clock_ms();
    struct refinement step;
    if (ask_for_answer(app, left <= 0))
        return -1;
    if (app_next_refinement(app, true, &step))
        return left > 0 ? (int)left + 1 : REST_MS;
    settle(app);
    return -1;
}

/* ---- what comes back --------------------------------------------------------------------------------- */

static void
take_bands(struct answer *to, const struct answer *from)
{
    if (from->volume_band.n > 0 && !from->band_was) {
        to->volume_band = from->volume_band;
        to->band_was = false;
    }
    if (from->label_band.n > 0)
        to->label_band = from->label_band;
}

static void
take_answer(struct app *app, struct result *r)
{
    struct doc *d = &app->docs[r->doc];
    bool finer = d->answer != NULL && !d->stale && r->step.upon;
    struct answer *whole = NULL;

    app_note_time(app, &r->step, app->clock_ms() - r->asked_ms);
    if (finer && r->answer->deep_samples < r->answer->samples) { /* reports stay with what is of one number */
        whole = d->whole != NULL ? d->whole : d->answer;
        if (whole == d->answer)
            d->answer = NULL;
        d->whole = NULL;
    }
    app_take_answer(app, r->doc, r->answer, r->answer->deep_samples > 0 ? DEPTH_ALL : DEPTH_VERDICT);
    r->answer = NULL;
    d->whole = whole;
    if (!app_refining(app) && app->export_due[0] != '\0')
        app_export(app, app->export_due);
}

void
refining_take(struct app *app)
{
    struct result *r = app->refine != NULL ? refine_collect(app->refine) : NULL;

    if (r == NULL)
        return;
    app->asked = app->finer = false;
    struct answer *an = app->docs[r->doc].answer; /* a way back may have led to another scenario meanwhile */
    if (r->map != NULL && an != NULL) {
        an->map = *r->map;
        an->has_map = true;
        app_say(app, "%s", "");
    } else if (r->together != NULL && an != NULL) {
        an->together = *r->together;
        an->has_together = true;
    } else if (r->bands_only) {
        if (an != NULL)
            take_bands(an, r->answer);
    } else
        take_answer(app, r);
    free_result(r);
}
