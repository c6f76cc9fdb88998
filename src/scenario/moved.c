/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <string.h>

#include "breakeven/scenario.h"

/* The prices that a decision rests on, and which of them are others now. */

void
decision_keep_prices(struct decision *d, const struct setup *s)
{
    d->n_prices = s->sc.n_arms;
    for (int k = 0; k < s->sc.n_arms; k++) {
        const struct arm *a = &s->sc.arms[k];

        text_copy(d->prices[k].arm, sizeof d->prices[k].arm, a->name);
        d->prices[k].input_usd_mtok = a->input_usd_mtok.x;
        d->prices[k].output_usd_mtok = a->output_usd_mtok.x;
        d->prices[k].gpu_price_usd_h = a->gpu_price_usd_h.x;
    }
}

/* A figure that was not known then cannot have moved. */
static bool
moved(double was, double now, double tolerance)
{
    return known(was) && (!known(now) || fabs(now - was) > tolerance * fmax(fabs(was), fabs(now)));
}

int
decision_moved_prices(const struct scenario *sc, const struct setup *s, double tolerance,
                      struct moved_price out[MOVED_MAX])
{
    const struct decision *d = &sc->decision;
    int n = 0;

    for (int k = 0; d->present && k < d->n_prices; k++) {
        int arm = scenario_find_arm(&s->sc, d->prices[k].arm);
        const struct arm *a = arm >= 0 ? &s->sc.arms[arm] : NULL;
        const struct { const char *key; double was, now; } rows[] = {
            { "input_usd_mtok", d->prices[k].input_usd_mtok, a != NULL ? a->input_usd_mtok.x : NAN },
            { "output_usd_mtok", d->prices[k].output_usd_mtok, a != NULL ? a->output_usd_mtok.x : NAN },
            { "gpu_price_usd_h", d->prices[k].gpu_price_usd_h, a != NULL ? a->gpu_price_usd_h.x : NAN },
        };

        for (size_t i = 0; i < BE_LEN(rows); i++)
            if (moved(rows[i].was, rows[i].now, tolerance))
                out[n++] = (struct moved_price){ d->prices[k].arm, rows[i].key, rows[i].was, rows[i].now, a == NULL };
    }
    return n;
}
