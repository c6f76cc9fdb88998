/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "search.h"

/*
 * Two changes together that turn the pick (section 11.5), on request.  Each of the nearest fields has an end: its own
 * flip; where there are few of these, the end of its range that brings the rival nearest.  Two fields are moved the same
 * share of their ways, and the least share that turns the pick is found by halves: of few samples for every pair, then
 * of all for those that are shown, since a hundred dollars decide what few see otherwise.
 */

#define ENDS 6          /* fields, and so 15 pairs                                            */
#define FEW 1024
#define HALVINGS 8      /* of the way: a share is known to 1/256                              */
#define STEP (1.0 / 64) /* from few samples' share on, and each step twice the last             */
#define LAST_HALVINGS 3
#define ALONE 0.95      /* of a way: beyond it one of the two does it by itself               */

struct end {
    struct field_ref ref;
    double from, to, away; /* away: as a single flip is near or far                            */
};

struct pairing {
    struct samples *base;
    const struct solve_options *options;
    struct error *err;
    int pick;              /* with nothing changed                                             */
};

static bool
is_there(const struct end *ends, int n, struct field_ref ref)
{
    for (int k = 0; k < n; k++)
        if (ends[k].ref.field == ref.field && ends[k].ref.arm == ref.arm)
            return true;
    return false;
}

static int
add_end(struct end *ends, int n, const struct samples *s, const char *path, double to, double away)
{
    struct field_ref ref;
    struct error ignored;

    if (n == ENDS || !isfinite(to) || field_find(&s->setup.sc, path, &ref, &ignored) < 0 || !field_is_searchable(s, ref) ||
        is_there(ends, n, ref))
        return n;
    const struct quantity *now = field_value(&s->setup.sc, ref);
    ends[n] = (struct end){ ref, now->x, to, away };
    return ends[n].from != to ? n + 1 : n;
}

static int
find_ends(struct end ends[ENDS], const struct answer *an, const struct samples *s)
{
    int n = 0;

    for (int k = 0; k < an->n_flips; k++)
        n = add_end(ends, n, s, an->flips[k].path, an->flips[k].to, flip_distance(&an->flips[k]));
    for (int k = 0; k < an->n_tornado; k++) {
        const struct tornado_bar *b = &an->tornado[k];
        double to = b->low_usd < b->high_usd ? b->low : b->high;
        n = add_end(ends, n, s, b->path, to, 1.645);
    }
    return n;
}

/* A share t of the way; in ratios where both ends allow it. */
static double
value_at(const struct end *e, double t)
{
    const bool log = e->from > 0 && e->to > 0 && e->ref.field->form != FORM_SHARE;
    double v = log ? e->from * pow(e->to / e->from, t) : e->from + t * (e->to - e->from);

    return e->ref.field->whole ? rint(v) : v;
}

/* The arm that is picked with both at t of their ways. */
static int
pick_at(const struct pairing *p, const struct end *a, const struct end *b, double t, int *pick)
{
    struct samples *held = NULL;
    int status = solve_replaced(&held, p->base, a->ref, value_at(a, t), p->base->n, p->options->cancel, p->err);

    if (status != 0)
        return status;
    struct search q = { .s = held, .options = p->options, .err = p->err, .ref = b->ref };
    search_begin(&q, NULL);
    if (q.status == 0)
        trials_hold(q.trials, b->ref);
    *pick = search_at(&q, value_at(b, t), 0).pick;
    search_release(&q);
    samples_free(held);
    return q.status;
}

/* Close in on the least share that turns the pick: at low it does not, at high "there" is picked. */
static int
halve(const struct pairing *p, const struct end *a, const struct end *b, double *low, double *high, int *there, int times)
{
    int pick, status = 0;

    for (int k = 0; k < times && status == 0; k++) {
        double t = (*low + *high) / 2;
        status = pick_at(p, a, b, t, &pick);
        if (status == 0 && pick == p->pick)
            *low = t;
        else if (status == 0)
            *high = t, *there = pick;
    }
    return status;
}

/* What few samples see, and where all see it. */
struct pair {
    struct end a, b;
    double share;
    int pick;
};

/* The nearest first, and the farthest gives way. */
static double
away_of(const struct pair *x)
{
    return x->share * fmax(x->a.away, x->b.away);
}

static int
keep_pair(struct pair list[TOGETHER_MAX], int n, struct pair x)
{
    int kept = n < TOGETHER_MAX ? n + 1 : n, at = n;

    for (; at > 0 && away_of(&list[at - 1]) > away_of(&x); at--)
        if (at < TOGETHER_MAX)
            list[at] = list[at - 1];
    if (at < TOGETHER_MAX)
        list[at] = x;
    return kept;
}

static int
try_pair(struct pair list[TOGETHER_MAX], int *n, const struct pairing *p, const struct end *a, const struct end *b)
{
    double low = 0, high = ALONE;
    int there, status = pick_at(p, a, b, high, &there);

    if (status == 0 && there != p->pick)
        status = halve(p, a, b, &low, &high, &there, HALVINGS);
    if (status == 0 && there != p->pick)
        *n = keep_pair(list, *n, (struct pair){ *a, *b, high, there });
    return status;
}

/* All samples turn later than few: on, until they do; share 0: they do not. */
static int
go_on(const struct pairing *p, struct pair *x, double *low)
{
    int status = 0;

    for (double step = STEP; status == 0 && x->pick == p->pick; step *= 2) {
        *low = x->share;
        if (x->share == ALONE) {
            x->share = 0;
            break;
        }
        x->share = fmin(ALONE, x->share + step);
        status = pick_at(p, &x->a, &x->b, x->share, &x->pick);
    }
    return status;
}

/* They turn by then: back, until they do not. */
static int
go_back(const struct pairing *p, struct pair *x, double *low)
{
    int pick, status = 0;

    for (double step = STEP; status == 0 && *low == 0 && x->share > step; step *= 2) {
        status = pick_at(p, &x->a, &x->b, x->share - step, &pick);
        if (status == 0 && pick == p->pick)
            *low = x->share - step;
        else if (status == 0)
            x->share -= step, x->pick = pick;
    }
    return status;
}

/* The least share that turns the pick of all samples, from that of few. */
static int
settle(const struct pairing *p, struct pair *x)
{
    double low = 0;
    int status = pick_at(p, &x->a, &x->b, x->share, &x->pick);

    if (status == 0)
        status = x->pick == p->pick ? go_on(p, x, &low) : go_back(p, x, &low);
    if (status == 0 && x->share > 0)
        status = halve(p, &x->a, &x->b, &low, &x->share, &x->pick, LAST_HALVINGS);
    return status;
}

static void
put_pair(struct flips_together *out, const struct pairing *p, const struct pair *x)
{
    struct two_changes *c = &out->list[out->n];

    *c = (struct two_changes){ .from = { x->a.from, x->b.from }, .to = { value_at(&x->a, x->share), value_at(&x->b, x->share) },
                               .away = away_of(x), .pick = x->pick };
    if (c->to[0] == c->from[0] || c->to[1] == c->from[1])
        return; /* one of them counts in whole numbers, and has not begun */
    field_path(&p->base->setup.sc, x->a.ref, c->path[0], sizeof c->path[0]);
    field_path(&p->base->setup.sc, x->b.ref, c->path[1], sizeof c->path[1]);
    out->n++;
}

/* As many samples with nothing changed, and what is picked in them. */
static int
begin(struct pairing *p, const struct setup *setup, const struct solve_options *options, int samples, struct error *err)
{
    struct solve_options o = *options;

    o.samples = samples;
    *p = (struct pairing){ .options = options, .err = err, .pick = -1 };
    int status = solve_run(&p->base, setup, &o, err);
    if (status != 0)
        return status;
    struct search q = { .s = p->base, .options = options, .err = err };
    search_begin(&q, NULL);
    p->pick = search_none(&q, 0).pick;
    search_release(&q);
    return q.status;
}

int
flips_together_find(struct flips_together *out, const struct answer *an, const struct scenario *sc, const struct catalog *catalog,
                    const struct solve_options *options, struct error *err)
{
    struct setup *setup = malloc(sizeof *setup);
    struct pairing few = { .base = NULL }, all = { .base = NULL };
    struct end ends[ENDS];
    struct pair pairs[TOGETHER_MAX], settled[TOGETHER_MAX];
    int status, n_ends = 0, n_pairs = 0, n = 0;

    memset(out, 0, sizeof *out);
    out->of = an->verdict.pick;
    if (setup == NULL)
        return error_set(err, ERR_BUG, "no memory for what two changes do");
    scenario_resolve(setup, sc, catalog, NULL);
    status = begin(&few, setup, options, options->samples < FEW ? options->samples : FEW, err);
    if (status == 0)
        status = begin(&all, setup, options, options->samples, err);
    if (status == 0 && few.pick == out->of && all.pick == out->of) /* of what either sees otherwise nothing is said */
        n_ends = find_ends(ends, an, all.base);
    for (int i = 0; i < n_ends; i++)
        for (int k = i + 1; k < n_ends && status == 0; k++)
            status = try_pair(pairs, &n_pairs, &few, &ends[i], &ends[k]);
    for (int k = 0; k < n_pairs && status == 0; k++) {
        status = settle(&all, &pairs[k]);
        if (status == 0 && pairs[k].share > 0)
            n = keep_pair(settled, n, pairs[k]);
    }
    for (int k = 0; k < n && status == 0; k++)
        put_pair(out, &all, &settled[k]);
    samples_free(few.base);
    samples_free(all.base);
    free(setup);
    return status;
}
