/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* Goal-seek on a difference: the value of a field nearest to the one in force at which one arm's running
 * cost less another's passes a sum. A running cost jumps where a replica is added, so that the sum may
 * be passed without ever being met: what is found is the first value beyond. */

#define PLACES_MOST 64
#define STEP 1.01          /* of a positive figure; a tooth of the staircase is wider       */
#define STEPS_SHARE 400.0  /* over the whole range of one that may be 0                     */
#define FAR 1000.0         /* times the value in force, as crossings are searched           */

struct goal {
    struct setup *work;
    size_t place[PLACES_MOST]; /* of a quantity in the setup                               */
    int n_places, a, b;
    double usd;
    bool whole;
};

static bool
same_place(struct field_ref x, struct field_ref y)
{
    return x.field == y.field && x.arm == y.arm;
}

/* The field itself and every figure that resolving copied from it. */
static void
find_places(struct goal *g, struct field_ref ref)
{
    struct field_ref at, from;

    for (int i = 0; field_each(&g->work->sc, i, &at); i++)
        if (field_is_quantity(at.field) && g->n_places < PLACES_MOST &&
            (same_place(at, ref) || (field_inherits(g->work, at, &from) && same_place(from, ref))))
            g->place[g->n_places++] = (size_t)((const char *)field_value(&g->work->sc, at) - (const char *)g->work);
}

static struct quantity *
quantity_at(struct goal *g, int k)
{
    return (struct quantity *)(void *)((char *)g->work + g->place[k]);
}

static double
off_goal(struct goal *g, double v)
{
    for (int k = 0; k < g->n_places; k++)
        quantity_at(g, k)->x = g->whole ? rint(v) : v;
    return model_run_month_usd(g->work, g->a) - model_run_month_usd(g->work, g->b) - g->usd;
}

/* Between a value on this side of the goal and one on the other: the nearest of the other. */
static double
halve(struct goal *g, double near, double far, bool near_sign)
{
    for (int k = 0; k < 100 && fabs(far - near) > 1e-12 * fabs(far); k++) {
        double middle = 0.5 * (near + far), d = off_goal(g, middle);
        if (!isfinite(d))
            break;
        if ((d < 0) == near_sign)
            near = middle;
        else
            far = middle;
    }
    return far;
}

static double
next_value(double v, double low, double high, int way, bool geometric)
{
    v = geometric ? v * (way > 0 ? STEP : 1 / STEP) : v + way * (high - low) / STEPS_SHARE;
    return fmin(high, fmax(low, v));
}

/* From "now" to one end; NAN: the sum is not passed. */
static double
seek(struct goal *g, double now, double low, double high, int way)
{
    bool geometric = now > 0 && low >= 0 && high > 1;
    double end = way > 0 ? high : low, at = now, d = off_goal(g, now);

    if (geometric)
        end = way > 0 ? fmin(end, now * FAR) : fmax(end, now / FAR);
    if (!isfinite(d))
        return NAN;
    const bool sign = d < 0;
    while (way > 0 ? at < end : at > end) {
        double next = next_value(at, low, high, way, geometric);
        next = way > 0 ? fmin(next, end) : fmax(next, end);
        d = off_goal(g, next);
        if (!isfinite(d))
            return NAN;
        if ((d < 0) != sign)
            return halve(g, at, next, sign);
        at = next;
    }
    return NAN;
}

static double
nearer(double now, double x, double y)
{
    if (!isfinite(x) || !isfinite(y))
        return isfinite(x) ? x : y;
    if (now > 0 && x > 0 && y > 0)
        return fabs(log(x / now)) <= fabs(log(y / now)) ? x : y;
    return fabs(x - now) <= fabs(y - now) ? x : y;
}

int
goal_seek(double *value, const struct setup *s, int a, int b, double usd, struct field_ref ref, struct error *err)
{
    struct goal g = { .work = malloc(sizeof *g.work), .a = a, .b = b, .usd = usd, .whole = ref.field->whole };
    const char *one = s->sc.arms[a].name, *other = s->sc.arms[b].name;
    int status = 0;

    if (g.work == NULL)
        return error_set(err, ERR_BUG, "no memory for the search");
    *g.work = *s;
    if (field_is_quantity(ref.field))
        find_places(&g, ref);
    double now = g.n_places > 0 ? quantity_at(&g, 0)->x : NAN, d = off_goal(&g, now);
    double low = fmax(ref.field->low, -1e12), high = fmin(ref.field->high, 1e12);
    if (g.n_places == 0 || !isfinite(now))
        status = error_set(err, ERR_USAGE, "%s is no figure that can be sought", ref.field->label);
    else if (!isfinite(d))
        status = error_set(err, ERR_RANGE, "the running cost of %s or %s is not known", one, other);
    else {
        double v = nearer(now, seek(&g, now, low, high, 1), seek(&g, now, low, high, -1));
        *value = g.whole ? rint(v) : v;
        if (!isfinite(v))
            status = error_set(err, ERR_RANGE, "no value of %s brings the running cost of %s less %s's there", ref.field->label,
                               one, other);
    }
    free(g.work);
    return status;
}
