/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "search.h"

/*
 * Two changes together that turn the pick (section 11.5), on request.  Each of the nearest fields has an end: its own
 * flip; where there are few of these, the end of its range that brings the rival nearest.  Two fields are moved the same
 * share of their ways, and the least share that turns the pick is found by halves.
 */

#define ENDS 6          /* fields, and so 15 pairs                                            */
#define HALVINGS 8      /* of the way: a share is known to 1/256                              */
#define ALONE 0.95      /* of a way: beyond it one of the two does it by itself               */

struct end {
    struct field_ref ref;
    double from, to, away; /* away: as a single flip is near or far                            */
};

struct pairing {
    const struct samples *base;
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

static int
try_pair(struct flips_together *out, const struct pairing *p, const struct end *a, const struct end *b)
{
    double low = 0, high = ALONE;
    int pick, there, status = pick_at(p, a, b, high, &there);

    for (int k = 0; k < HALVINGS && status == 0 && there != p->pick; k++) {
        double t = (low + high) / 2;
        status = pick_at(p, a, b, t, &pick);
        if (status == 0 && pick == p->pick)
            low = t;
        else if (status == 0)
            high = t, there = pick;
    }
    if (status != 0 || there == p->pick || value_at(a, high) == a->from || value_at(b, high) == b->from)
        return status;
    struct two_changes x = { .from = { a->from, b->from }, .to = { value_at(a, high), value_at(b, high) },
                             .away = high * fmax(a->away, b->away), .pick = there };
    field_path(&p->base->setup.sc, a->ref, x.path[0], sizeof x.path[0]);
    field_path(&p->base->setup.sc, b->ref, x.path[1], sizeof x.path[1]);
    int at = out->n < TOGETHER_MAX ? out->n++ : TOGETHER_MAX; /* the nearest first, and the farthest gives way */
    for (; at > 0 && out->list[at - 1].away > x.away; at--)
        if (at < TOGETHER_MAX)
            out->list[at] = out->list[at - 1];
    if (at < TOGETHER_MAX)
        out->list[at] = x;
    return 0;
}

static int
unchanged(struct pairing *p)
{
    struct search q = { .s = p->base, .options = p->options, .err = p->err };

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
    struct samples *base = NULL;
    struct pairing p = { .options = options, .err = err };
    struct end ends[ENDS];
    int status, n = 0;

    memset(out, 0, sizeof *out);
    out->of = an->verdict.pick;
    if (setup == NULL)
        return error_set(err, ERR_BUG, "no memory for what two changes do");
    scenario_resolve(setup, sc, catalog, NULL);
    status = solve_run(&base, setup, options, err);
    if (status == 0) {
        p.base = base;
        status = unchanged(&p);
        n = find_ends(ends, an, base);
    }
    for (int i = 0; i < n && p.pick == out->of; i++) /* so few samples may see another pick: of that nothing is said */
        for (int k = i + 1; k < n && status == 0; k++)
            status = try_pair(out, &p, &ends[i], &ends[k]);
    samples_free(base);
    free(setup);
    return status;
}
