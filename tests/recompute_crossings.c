/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <string.h>

#include "recompute.h"

/*
 * Crossings by halving: what an arm costs anywhere between two volumes lies between two
 * bounds, since everything but labels rises with the volume. Where the bounds of two arms do not
 * overlap there is no crossing; where they do the range is halved, down to a relative 1e-10.
 */

#define CELLS_MAX 8000
#define WIDTH 1e-10

struct search {
    struct setup low, high; /* the scenario at either end of a range */
    int a, b;
    bool total;
    double *volumes;
    int n, max, cells;
    int sign, first_sign; /* the last one that was not 0               */
    double tied_from;     /* since then they cost the same; 0: they do not */
    bool failed;
};

struct parts {
    double labels, rest;
};

static struct parts
cost(const struct search *k, const struct setup *at, const struct setup *other, int arm)
{
    static struct recomputed out;
    struct parts p = { 0, 0 };

    if (!k->total) {
        p.rest = recompute_run(at, other, arm);
        return p;
    }
    recompute(at, other, arm, &out);
    p.labels = out.once[LINE_LABELS];
    for (int m = 1; m <= out.months; m++)
        p.labels += out.line[LINE_LABELS][m - 1] * pow(1 + at->sc.horizon.discount_rate_per_year.x, -m / 12.0);
    p.rest = out.npv - p.labels;
    return p;
}

static double
difference(struct search *k, double volume)
{
    k->low.sc.workload.requests_per_day.x = volume;
    struct parts a = cost(k, &k->low, NULL, k->a), b = cost(k, &k->low, NULL, k->b);
    return a.rest + a.labels - b.rest - b.labels;
}

static void
range(struct search *k, int arm, double *least, double *most)
{
    struct parts l = cost(k, &k->low, &k->high, arm), h = cost(k, &k->high, &k->low, arm);

    *least = l.rest + fmin(l.labels, h.labels);
    *most = h.rest + fmax(l.labels, h.labels);
}

static void
found(struct search *k, double from, int sign)
{
    if (sign == 0) {
        k->tied_from = k->tied_from > 0 ? k->tied_from : from;
        return;
    }
    if (k->first_sign == 0)
        k->first_sign = sign;
    if (k->sign != 0 && sign != k->sign) {
        /* The change may lie anywhere in a range where both cost the same. */
        if (k->n == k->max || (k->tied_from > 0 && k->tied_from < from * (1 - 1e-8)))
            k->failed = true;
        else
            k->volumes[k->n++] = from;
    }
    k->sign = sign;
    k->tied_from = 0;
}

static void
search(struct search *k, double low, double high)
{
    double a_least, a_most, b_least, b_most;

    if (k->failed || ++k->cells > CELLS_MAX) {
        k->failed = true;
        return;
    }
    k->low.sc.workload.requests_per_day.x = low;
    k->high.sc.workload.requests_per_day.x = high;
    range(k, k->a, &a_least, &a_most);
    range(k, k->b, &b_least, &b_most);
    if (a_least > b_most || a_most < b_least) {
        found(k, low, a_least > b_most ? 1 : -1);
    } else if (high - low <= WIDTH * high) {
        double d = difference(k, high);
        found(k, low, d > 0 ? 1 : d < 0 ? -1 : 0);
    } else {
        double middle = sqrt(low * high);
        search(k, low, middle);
        search(k, middle, high);
    }
}

int
recompute_crossings(const struct setup *s, int a, int b, bool total, double low, double high, double *volumes, int max,
                    int *below)
{
    static struct search k;

    k = (struct search){ .low = *s, .high = *s, .a = a, .b = b, .total = total, .volumes = volumes, .max = max };
    search(&k, low, high);
    *below = k.first_sign > 0 ? b : a;
    return k.failed || k.first_sign == 0 ? -1 : k.n;
}
