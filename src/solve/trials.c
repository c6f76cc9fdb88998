/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "samples.h"

/*
 * One field held at a value in all samples, all else as sampled.  Once, with everything that samples
 * have (solve_replaced); or for a search that tries field after field and value after value, of which
 * each costs no more than the arms that read the field (trials).
 */

#define PLACES_MAX (ARMS_MAX * 4 + 1)

/* A place of an arm that takes its value from another one. */
struct inherited {
    size_t at, from;
};
#define INHERITED_MAX 512

static int
find_inherited(const struct setup *s, struct inherited *list)
{
    int n = 0;

    for (int k = 0; k < arm_fields_n; k++)
        for (int a = 0; a < s->sc.n_arms && n < INHERITED_MAX; a++) {
            struct field_ref place = { &arm_fields[k], a }, from;
            if (field_is_quantity(place.field) && field_inherits(s, place, &from))
                list[n++] = (struct inherited){ column_offset(place), column_offset(from) };
        }
    return n;
}

/* Every place that takes its value from this field: its own, what inherits it, and what shares its
 * draw. input: the column behind it, or -1. */
static int
places_of(const struct samples_whole *base, const struct inherited *list, int listed, struct field_ref ref, size_t *offsets, int *input)
{
    const struct columns *c = &base->columns;
    int n = 0;

    offsets[n++] = column_offset(ref);
    for (int k = 0; k < listed && n < PLACES_MAX; k++)
        if (list[k].from == offsets[0])
            offsets[n++] = list[k].at;
    *input = -1;
    for (int k = 0; k < c->n_targets; k++)
        if (c->targets[k].offset == offsets[0])
            *input = c->targets[k].input;
    for (int k = 0; *input >= 0 && k < c->n_targets && n < PLACES_MAX; k++)
        if (c->targets[k].input == *input && c->targets[k].offset != offsets[0])
            offsets[n++] = c->targets[k].offset;
    return n;
}

static double *
place_in(struct setup *s, size_t offset)
{
    return (double *)(void *)((char *)s + offset);
}

static void
hold(struct setup *s, const size_t *offsets, int n, double v)
{
    for (int k = 0; k < n; k++)
        *place_in(s, offsets[k]) = v;
}

/* The columns are base's. */
static struct samples_whole *
new_of(const struct samples_whole *base, int n)
{
    struct samples_whole *w = samples_new(n, base->s.seed, base->path);

    if (w == NULL)
        return NULL;
    w->base = base;
    memcpy(w->columns.inputs, base->columns.inputs, (size_t)base->columns.n_inputs * sizeof w->columns.inputs[0]);
    memcpy(w->columns.targets, base->columns.targets, (size_t)base->columns.n_targets * sizeof w->columns.targets[0]);
    w->columns.n_inputs = base->columns.n_inputs;
    w->columns.n_targets = base->columns.n_targets;
    w->fitted = base->fitted;
    w->fit = base->fit;
    w->fit_x = base->fit_x;
    w->fit_stride = base->fit_stride;
    memcpy(w->column, base->column, sizeof w->column);
    memcpy(w->fit_column, base->fit_column, sizeof w->fit_column);
    w->s.n_inputs = base->s.n_inputs;
    memcpy(w->s.inputs, base->s.inputs, (size_t)base->s.n_inputs * sizeof w->s.inputs[0]);
    w->s.n_arms = base->s.n_arms;
    w->s.setup = base->s.setup;
    w->s.examples = base->s.examples;
    return w;
}

/* ---- once ------------------------------------------------------------------------------------- */

static int
hold_column(struct samples_whole *w, int input, double v)
{
    w->constant = malloc(column_stride(w->s.n) * sizeof *w->constant);
    if (w->constant == NULL)
        return -1;
    for (int i = 0; i < w->s.n; i++)
        w->constant[i] = (real)v;
    w->s.inputs[input].x = w->columns.inputs[input].x = w->column[input].x = w->constant;
    return 0;
}

int
solve_replaced(struct samples **out, const struct samples *base, struct field_ref ref, double v, int n,
               const volatile int *cancel, struct error *err)
{
    const struct samples_whole *from = (const struct samples_whole *)(const void *)base;
    struct inherited list[INHERITED_MAX];
    size_t offsets[PLACES_MAX];
    int input, places = places_of(from, list, find_inherited(&from->s.setup, list), ref, offsets, &input);

    n = n < base->n ? n : base->n;
    struct samples_whole *w = new_of(from, n);
    if (w == NULL || (input >= 0 && hold_column(w, input, v) < 0)) {
        samples_free(w != NULL ? &w->s : NULL);
        return error_set(err, ERR_BUG, "no memory for %d samples", n);
    }
    hold(&w->s.setup, offsets, places, v);
    const struct request q = { .fixed = offsets, .n_fixed = places, .value = v, .cancel = cancel };
    int status = samples_evaluate(w, &q, err);
    if (status == 0)
        *out = &w->s;
    else
        samples_free(&w->s);
    return status;
}

/* ---- again and again ----------------------------------------------------------------------------- */

#define ROOMS 5 /* numbers of samples in use at the same time */

/* Samples of one number, and the field that is held in them. */
struct room {
    struct samples_whole *w;
    int field;
    unsigned evaluated;          /* arms that are not base's                            */
    size_t offsets[PLACES_MAX];
    int places;
    bool known[ARMS_MAX];        /* of base's metrics                                   */
};

struct trials {
    const struct samples_whole *base;
    const volatile int *cancel;
    struct inherited inherited[INHERITED_MAX];
    int n_inherited;
    int field;                   /* how many were held so far                           */
    const struct quantity *now;  /* in base                                              */
    struct plan_places in_plan;  /* where a value is put in a plan that stands          */
    bool plan_stands;
    unsigned may_read;           /* arms that serve by one which has a place of the field   */
    unsigned reads;              /* arms seen to differ from base                        */
    int told;                    /* values unlike base's so far                          */
    unsigned asked;              /* arms asked for at first                              */
    size_t offsets[PLACES_MAX];
    int places;
    struct room room[ROOMS];
};

int
trials_new(struct trials **out, const struct samples *base, const volatile int *cancel, struct error *err)
{
    struct trials *t = calloc(1, sizeof *t);

    if (t == NULL)
        return error_set(err, ERR_BUG, "no memory for trials");
    t->base = (const struct samples_whole *)(const void *)base;
    t->cancel = cancel;
    t->n_inherited = find_inherited(&t->base->s.setup, t->inherited);
    *out = t;
    return 0;
}

void
trials_free(struct trials *t)
{
    for (int k = 0; t != NULL && k < ROOMS; k++)
        samples_free(t->room[k].w != NULL ? &t->room[k].w->s : NULL);
    free(t);
}

static void
borrow(struct room *r, int arm)
{
    struct samples_whole *w = r->w;

    memcpy(w->s.metric[arm], w->base->s.metric[arm], sizeof w->s.metric[arm]);
    memcpy(w->s.version[arm], w->base->s.version[arm], sizeof w->s.version[arm]);
    memcpy(w->same[arm], w->base->same[arm], sizeof w->same[arm]);
    samples_borrow_median(w, arm);
    w->s.known[arm] = r->known[arm];
}

static struct room *
room_of(struct trials *t, int n, struct error *err)
{
    struct room *r = t->room;

    while (r < t->room + ROOMS && r->w != NULL && r->w->s.n != n)
        r++;
    if (r == t->room + ROOMS) /* no more than so many are kept */
        samples_free(&(--r)->w->s);
    else if (r->w != NULL)
        return r;
    memset(r, 0, sizeof *r);
    r->w = new_of(t->base, n);
    if (r->w == NULL) {
        error_set(err, ERR_BUG, "no memory for %d samples", n);
        return NULL;
    }
    r->w->s.median = t->base->s.median;
    for (int a = 0; a < r->w->s.n_arms; a++) {
        r->known[a] = t->base->s.known[a];
        borrow(r, a);
        if (n < t->base->s.n)
            r->w->s.known[a] = r->known[a] = samples_know(r->w, a);
    }
    return r;
}

/* What the last field left is base's again, and the one at hand takes its place. */
static void
take_field(struct trials *t, struct room *r)
{
    struct samples *s = &r->w->s;
    const struct samples *from = &t->base->s;
    const size_t examples = (size_t)((const char *)&s->setup.sc.labels.examples.x - (const char *)&s->setup);

    if (r->field == t->field)
        return;
    for (int k = 0; k < r->places; k++)
        *place_in(&s->setup, r->offsets[k]) = *(const double *)(const void *)((const char *)&from->setup + r->offsets[k]);
    for (int a = 0; a < s->n_arms; a++)
        if (r->evaluated >> a & 1)
            borrow(r, a);
    r->evaluated = 0;
    r->w->planned = 0;
    s->examples = from->examples;
    memcpy(r->offsets, t->offsets, sizeof r->offsets);
    r->places = t->places;
    r->field = t->field;
    for (int k = 0; k < t->places; k++)
        if (t->offsets[k] == examples)
            s->examples = NULL;
}

/* An arm reads no other's fields than those of the arms that it serves by. */
static unsigned
who_may_read(const struct setup *s, const size_t *offsets, int places)
{
    unsigned owners = 0, arms = 0;

    for (int k = 0; k < places; k++) {
        if (setup_arm_at(offsets[k]) < 0)
            return ~0u;
        owners |= 1u << setup_arm_at(offsets[k]);
    }
    for (int a = 0; a < s->sc.n_arms; a++) {
        struct stint st[2];
        const int n = stints_of(s, a, horizon_months(s), st);
        bool reads = owners >> a & 1;
        for (int k = 0; k < n; k++)
            reads |= owners >> st[k].arm & 1;
        arms |= (unsigned)reads << a;
    }
    return arms;
}

void
trials_hold(struct trials *t, struct field_ref ref)
{
    int input;

    t->places = places_of(t->base, t->inherited, t->n_inherited, ref, t->offsets, &input);
    t->now = field_value(&t->base->s.setup.sc, ref);
    t->field++;
    t->plan_stands = plan_find(&t->in_plan, &t->base->s.setup, t->offsets, t->places);
    t->may_read = who_may_read(&t->base->s.setup, t->offsets, t->places);
    t->told = 0;
    t->reads = 0;
    t->asked = 0;
}

/* Two values unlike base's tell who reads the field; before that anyone may. */
static unsigned
readers(const struct trials *t)
{
    return t->told < 2 ? t->may_read : t->reads;
}

int
trials_at(struct trials *t, double v, int n, unsigned arms, const struct samples **out, struct error *err)
{
    struct room *r = room_of(t, n < t->base->s.n ? n : t->base->s.n, err);
    unsigned differ;

    if (r == NULL)
        return -1;
    const struct request q = { .fixed = t->offsets, .n_fixed = t->places, .value = v, .brief = true,
                               .in_plan = t->plan_stands ? &t->in_plan : NULL, .cancel = t->cancel };
    take_field(t, r);
    hold(&r->w->s.setup, t->offsets, t->places, v);
    if (t->asked == 0)
        t->asked = arms;
    const bool all = (t->asked & ~arms) == 0;
    arms &= readers(t);
    r->evaluated |= arms;
    int status = samples_evaluate_arms(r->w, &q, arms, &differ, err);
    t->reads |= differ;
    t->told += all && v != t->now->x;
    *out = &r->w->s;
    return status;
}

int
trials_none(struct trials *t, int n, const struct samples **out, struct error *err)
{
    struct room *r = room_of(t, n < t->base->s.n ? n : t->base->s.n, err);

    if (r == NULL)
        return -1;
    t->places = 0;
    t->field++;
    take_field(t, r);
    *out = &r->w->s;
    return 0;
}
