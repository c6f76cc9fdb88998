/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "breakeven/scenario.h"

/* The prices that a decision rests on, and which of them are others now. */

static const struct {
    const char *key, *words;
    size_t offset; /* in struct arm */
} prices[] = {
    { "input_usd_mtok", "input price per million tokens", offsetof(struct arm, input_usd_mtok) },
    { "output_usd_mtok", "output price per million tokens", offsetof(struct arm, output_usd_mtok) },
    { "gpu_price_usd_h", "price per GPU-hour", offsetof(struct arm, gpu_price_usd_h) },
};

static double
price_of(const struct arm *a, size_t k)
{
    const struct quantity *q = (const void *)((const char *)a + prices[k].offset);

    return q->kind != QUANTITY_UNSET ? q->x : NAN;
}

void
decision_keep_prices(struct decision *d, const struct setup *s)
{
    d->n_prices = 0;
    for (int i = 0; i < s->sc.n_arms; i++) {
        const struct arm *a = &s->sc.arms[i];
        const double p[] = { price_of(a, 0), price_of(a, 1), price_of(a, 2) };
        int n = d->n_prices;

        if (!known(p[0]) && !known(p[1]) && !known(p[2]))
            continue;
        text_copy(d->prices[n].arm, sizeof d->prices[n].arm, a->name);
        d->prices[n].input_usd_mtok = p[0];
        d->prices[n].output_usd_mtok = p[1];
        d->prices[n].gpu_price_usd_h = p[2];
        d->n_prices++;
    }
}

/* A figure that was not known then cannot have moved. */
static bool
has_moved(double was, double now, double tolerance)
{
    return known(was) && (!known(now) || fabs(now - was) > tolerance * fmax(fabs(was), fabs(now)));
}

int
decision_moved_prices(const struct scenario *sc, const struct setup *s, double tolerance,
                      struct moved_price out[MOVED_MAX])
{
    const struct decision *d = &sc->decision;
    int n = 0;

    for (int i = 0; d->present && i < d->n_prices; i++) {
        const double was[] = { d->prices[i].input_usd_mtok, d->prices[i].output_usd_mtok, d->prices[i].gpu_price_usd_h };
        int arm = scenario_find_arm(&s->sc, d->prices[i].arm);

        for (size_t k = 0; k < BE_LEN(prices); k++) {
            double now = arm >= 0 ? price_of(&s->sc.arms[arm], k) : NAN;
            if (has_moved(was[k], now, tolerance))
                out[n++] = (struct moved_price){ d->prices[i].arm, prices[k].key, prices[k].words, was[k], now, arm < 0 };
        }
    }
    return n;
}
