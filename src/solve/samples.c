/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "crossings.h"
#include "samples.h"

/*
 * Samples and their upkeep.  An edit touches what it touches: a column is drawn anew where its
 * distribution is another, an arm evaluated anew where its job is another (evaluate.c). A fresh run
 * goes the same way from nothing, so that no result depends on the edits that led to it.
 */

/* ---- columns --------------------------------------------------------------------------------- */

static struct column_key
key_of(const struct samples_whole *w, const struct input *in)
{
    const struct quantity *q = &in->quantity;

    return (struct column_key){ .dimension = in->dimension, .kind = (int)q->kind, .whole = q->whole,
        .rho = column_rho(&w->s.setup, in->group), .a = q->a, .b = q->b, .c = q->c, .low = q->low, .high = q->high,
        .f_low = q->f_low, .f_high = q->f_high };
}

static struct column_slot *
slot_of(struct samples_whole *w, int dimension)
{
    for (int k = 0; k < w->n_slots; k++)
        if (w->slots[k].key.dimension == dimension)
            return &w->slots[k];
    return NULL;
}

static struct column_slot *
new_slot(struct samples_whole *w, int dimension)
{
    struct column_slot *slot = &w->slots[w->n_slots];

    memset(slot, 0, sizeof *slot);
    slot->z = malloc(2 * column_stride(w->s.n) * sizeof *slot->z);
    if (slot->z == NULL)
        return NULL;
    slot->x = slot->z + column_stride(w->s.n);
    slot->key.dimension = dimension;
    slot->used = w->updates;
    w->n_slots++;
    return slot;
}

static void
mark_slots(struct samples_whole *w)
{
    w->updates++;
    for (int k = 0; k < w->columns.n_inputs; k++) {
        struct column_slot *slot = slot_of(w, w->columns.inputs[k].dimension);
        if (slot != NULL)
            slot->used = w->updates;
    }
}

/* Of what no input stands for any more, the least lately used first. Some is kept, since an arm that is made another
 * kind and back leaves a dozen columns and asks for them again. */
static void
drop_slots(struct samples_whole *w)
{
    const size_t most = IDLE_BYTES / (2 * column_stride(w->s.n) * sizeof(real));
    size_t idle = 0;

    for (int k = 0; k < w->n_slots; k++)
        idle += w->slots[k].used < w->updates;
    for (; idle > (most < IDLE_SLOTS ? most : IDLE_SLOTS); idle--) {
        int oldest = 0;
        for (int k = 1; k < w->n_slots; k++)
            if (w->slots[k].used < w->slots[oldest].used)
                oldest = k;
        free(w->slots[oldest].z);
        w->slots[oldest] = w->slots[--w->n_slots];
    }
}

static bool
is_same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

/* What columns are drawn with. */
struct drawing {
    double *room;    /* two columns                                                         */
    double *group;   /* the factor of each group; NULL: none has been asked for              */
    unsigned drawn;  /* which groups' factors stand                                          */
};

/* The factor that the columns of a group share; NULL: no memory. */
static const double *
factor_of(struct samples_whole *w, struct drawing *d, enum draw_group g)
{
    const size_t stride = column_stride(w->s.n);

    if (d->group == NULL)
        d->group = malloc((GROUP_QUALITY + 1) * stride * sizeof *d->group);
    if (d->group == NULL)
        return NULL;
    double *factor = d->group + (size_t)g * stride;
    if (!(d->drawn >> g & 1))
        column_group(factor, d->room, w->s.n, g, w->s.seed);
    d->drawn |= 1u << g;
    return factor;
}

static int
fill_slot(struct samples_whole *w, struct column_slot *slot, const struct input *in, struct drawing *d)
{
    const struct column_key key = key_of(w, in);
    const double *factor = NULL;
    bool z_kept = slot->version > 0 && is_same(slot->key.rho, key.rho);

    if (slot->version > 0 && memcmp(&slot->key, &key, sizeof key) == 0)
        return 0;
    if (d->room == NULL)
        d->room = samples_room(&w->s, 2 * column_stride(w->s.n) * sizeof *d->room);
    if (d->room == NULL)
        return -1;
    if (!z_kept && key.rho > 0 && (factor = factor_of(w, d, in->group)) == NULL)
        return -1;
    column_draw(&in->quantity, slot->z, slot->x, d->room, w->s.n, key.dimension, key.rho, factor, w->s.seed, z_kept);
    if (!z_kept)
        column_look(&slot->scores, slot->z, w->s.n);
    slot->key = key;
    slot->version = ++w->versions;
    return 0;
}

static int
fill_slots(struct samples_whole *w, const volatile int *cancel)
{
    struct drawing d = { NULL, NULL, 0 };
    int status = 0;

    mark_slots(w);
    drop_slots(w);
    for (int k = 0; status == 0 && k < w->columns.n_inputs; k++) {
        struct input *in = &w->columns.inputs[k];
        struct column_slot *slot = slot_of(w, in->dimension);
        if (slot == NULL)
            slot = new_slot(w, in->dimension);
        if (slot == NULL)
            status = -1;
        else if (solve_cancelled(cancel))
            status = 1;
        else
            status = fill_slot(w, slot, in, &d);
        if (status == 0) {
            in->z = slot->z;
            in->scores = slot->scores;
            in->x = slot->x;
            w->column[k] = (struct plan_column){ slot->x, slot->version };
        }
    }
    free(d.group);
    return status;
}

/* ---- the pilots' curve ---------------------------------------------------------------------------- */

/* The scores stay whatever the fit. */
static void
draw_fit(struct samples_whole *w, double *room, bool scored)
{
    const size_t stride = w->fit_stride;
    double *const column[4] = { room, room + stride, room + 2 * stride, room + 3 * stride }, *u = room + 4 * stride;
    real *z = w->fit_x + 4 * stride;

    for (int k = 0; k < 4; k++) {
        if (!scored) {
            draws_uniform(u, w->s.n, column_fit_dimension(k), w->s.seed);
            draws_scores(column[k], u, w->s.n);
            column_put(z + (size_t)k * stride, column[k], w->s.n);
        }
        column_get(column[k], z + (size_t)k * stride, w->s.n);
    }
    curve_draws(&w->fit, column, w->s.n);
    for (int k = 0; k < 4; k++) {
        (k < 2 ? draws_powers : draws_shares)(column[k], column[k], w->s.n, 0, 1);
        column_put(w->fit_x + (size_t)k * stride, column[k], w->s.n);
    }
}

/* A fit takes longer than all samples of an arm: it is made anew where its points or priors are others. */
static bool
fit_stands(struct samples_whole *w)
{
    const struct scenario *sc = &w->s.setup.sc;
    struct fit_key key;

    memset(&key, 0, sizeof key);
    key.n_pilots = sc->n_pilots;
    memcpy(key.pilots, sc->pilots, sizeof key.pilots);
    key.priors[0] = sc->quality.alpha;
    key.priors[1] = sc->quality.n_scale;
    key.priors[2] = sc->quality.e_inf_share;
    key.priors[3] = sc->quality.e_0;
    bool stands = w->fitted && memcmp(&key, &w->fit_key, sizeof key) == 0;
    w->fit_key = key;
    return stands;
}

/* A scenario's pilots are fitted once. Points that no curve fits are a problem of the scenario,
 * told by its check; the curve is then drawn as without them. */
static int
fit_pilots(struct samples_whole *w, struct error *err)
{
    const struct curve_fit was = w->fit;
    const bool stood = w->fitted && w->fit_x != NULL;
    struct error why;

    if (!fit_stands(w))
        w->fitted = w->s.setup.sc.n_pilots > 0 && curve_fit_pilots(&w->fit, &w->s.setup, &why) == 0;
    if (!w->fitted)
        return 0;
    if (!stood || memcmp(&was.curve, &w->fit.curve, sizeof was.curve) != 0 || memcmp(was.cov, w->fit.cov, sizeof was.cov) != 0) {
        w->fit_stride = column_stride(w->s.n);
        double *room = samples_room(&w->s, 5 * w->fit_stride * sizeof *room);
        const bool scored = w->fit_x != NULL;
        if (!scored)
            w->fit_x = malloc(8 * w->fit_stride * sizeof *w->fit_x);
        if (w->fit_x == NULL || room == NULL) {
            if (!scored) {
                free(w->fit_x);
                w->fit_x = NULL;
            }
            w->fitted = false;
            return error_set(err, ERR_BUG, "no memory for %d samples", w->s.n);
        }
        draw_fit(w, room, scored);
        w->versions++;
        for (int k = 0; k < 4; k++)
            w->fit_column[k] = (struct plan_column){ w->fit_x + (size_t)k * w->fit_stride, w->versions };
    }
    curve_put(&w->s.setup, &w->fit.curve);
    return 0;
}

void
samples_write(const struct samples_whole *w, struct setup *work, int i)
{
    columns_apply(&w->columns, work, i);
    if (w->fitted) {
        const real *x = w->fit_x + i;
        const size_t stride = w->fit_stride;
        const struct curve curve = { .alpha = x[0], .n_scale = x[stride], .e_inf_share = x[2 * stride], .e_0 = x[3 * stride] };
        curve_put(work, &curve);
    }
}

void
samples_apply(const struct samples *s, struct setup *work, int i)
{
    samples_write((const struct samples_whole *)(const void *)s, work, i);
}

void *
samples_room(const struct samples *s, size_t bytes)
{
    struct samples_whole *w = samples_whole((struct samples *)(uintptr_t)s);

    if (w->room_bytes < bytes) {
        free(w->room);
        w->room = malloc(bytes);
        w->room_bytes = w->room != NULL ? bytes : 0;
    }
    return w->room;
}

double
samples_input_mean(const struct samples *s, int input)
{
    struct samples_whole *w = samples_whole((struct samples *)(uintptr_t)s);
    const struct input *in = &s->inputs[input];
    struct column_slot *slot = slot_of(w, in->dimension);

    if (slot == NULL || slot->x != in->x)
        return column_mean(in->x, s->n);
    if (slot->mean_version != slot->version)
        slot->mean = column_mean(slot->x, s->n);
    slot->mean_version = slot->version;
    return slot->mean;
}

struct crossing_search *
samples_crossings(const struct samples *s)
{
    struct samples_whole *w = samples_whole((struct samples *)(uintptr_t)s);

    if (w->crossings == NULL)
        w->crossings = crossings_begin(&s->setup);
    else
        crossings_renew(w->crossings, &s->setup);
    return w->crossings;
}

/* ---- runs --------------------------------------------------------------------------------------------- */

struct samples_whole *
samples_new(int n, uint64_t seed, enum solve_path path)
{
    struct samples_whole *w = calloc(1, sizeof *w);

    if (w == NULL)
        return NULL;
    w->s.n = n;
    w->s.seed = seed;
    w->path = path;
    w->s.median = w->median;
    w->s.tokens_per_day = malloc(column_stride(n) * sizeof *w->s.tokens_per_day);
    if (w->s.tokens_per_day == NULL) {
        free(w);
        return NULL;
    }
    return w;
}

void
samples_free(struct samples *s)
{
    if (s == NULL)
        return;
    struct samples_whole *w = samples_whole(s);
    for (int k = 0; k < w->n_slots; k++)
        free(w->slots[k].z);
    for (int a = 0; a < ARMS_MAX; a++)
        free(w->arm[a].block);
    stages_release(&w->pool);
    crossings_end(w->crossings);
    if (w->base == NULL)
        free(w->fit_x);
    free(w->constant);
    free(w->room);
    free(s->tokens_per_day);
    free(w);
}

static int
update(struct samples_whole *w, const struct setup *setup, const struct solve_options *o, struct error *err)
{
    const int band_n = o->samples < BAND_SAMPLES ? o->samples : BAND_SAMPLES;
    const size_t band = (size_t)band_n * (size_t)horizon_months(setup) * (size_t)setup->sc.n_arms;
    real *room = o->bands ? malloc((band + quantile_room(band_n)) * sizeof *room) : NULL;
    struct samples *s = &w->s;
    int status;

    if (o->bands && room == NULL)
        return error_set(err, ERR_BUG, "no memory for %d samples", o->samples);
    const struct request q = { .band = room, .scratch = room != NULL ? room + band : NULL, .band_n = band_n, .cancel = o->cancel };
    s->setup = *setup;
    s->n_arms = setup->sc.n_arms;
    for (int a = 0; a < ARMS_MAX; a++)
        s->cumulative[a] = o->bands && a < s->n_arms ? w->cumulative[a] : NULL;
    status = fit_pilots(w, err);
    if (status == 0)
        status = columns_find(&w->columns, setup, w->fitted, err);
    if (status == 0) {
        status = fill_slots(w, o->cancel);
        if (status < 0)
            error_set(err, ERR_BUG, "no memory for %d samples", o->samples);
    }
    if (status == 0) {
        s->n_inputs = w->columns.n_inputs;
        memcpy(s->inputs, w->columns.inputs, (size_t)s->n_inputs * sizeof s->inputs[0]);
        status = samples_evaluate(w, &q, err);
    }
    free(room);
    return status;
}

int
solve_again(struct samples **kept, const struct setup *setup, const struct solve_options *o, struct error *err)
{
    struct samples_whole *w = *kept != NULL ? samples_whole(*kept) : NULL;

    if (w != NULL && (w->s.n != o->samples || w->s.seed != o->seed || w->path != o->path ||
                      w->s.setup.catalog != setup->catalog)) {
        samples_free(*kept);
        w = NULL;
    }
    if (w == NULL)
        w = samples_new(o->samples, o->seed, o->path);
    *kept = w != NULL ? &w->s : NULL;
    if (w == NULL)
        return error_set(err, ERR_BUG, "no memory for %d samples", o->samples);
    return update(w, setup, o, err);
}

int
solve_run(struct samples **out, const struct setup *setup, const struct solve_options *o, struct error *err)
{
    struct samples *fresh = NULL;
    int status = solve_again(&fresh, setup, o, err);

    if (status == 0)
        *out = fresh;
    else
        samples_free(fresh);
    return status;
}
