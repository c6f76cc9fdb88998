/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>

#include "parts.h"

/* People (section 9). */

/* Months of people at a monthly cost; nothing is needed to know where either is zero. */
static double
paid(struct gaps *g, const struct quantity *months, const char *words, double fte_usd)
{
    double n = figure(months);

    if (n == 0 || fte_usd == 0)
        return 0;
    return need_value(g, n, words) * fte_usd;
}

void
people_evaluate(struct people_cost *c, const struct setup *s, int arm, struct gaps *g)
{
    const struct arm *a = &s->sc.arms[arm];
    const double fte = need(g, &s->sc.people.fte_cost_usd_month, "monthly cost of a full-time person");
    double run = figure(&a->run_fte), delay = figure_or(&a->launch_delay_months, 0);

    c->setup_usd = paid(g, &a->setup_person_months, "person-months of set-up", fte);
    c->migration_usd = figure_or(&s->sc.people.migration_person_months, 0) * fte;
    c->run_usd_month = paid(g, &a->run_fte, "full-time people to run it", fte);
    /* The staircase: people come whole, and the arm waits until they are hired. */
    if (s->sc.people.whole_people && run > 0) {
        c->run_usd_month *= ceil(run - 1e-9) / run;
        delay += figure_or(&s->sc.people.hiring_months, 0);
    }
    c->delay_usd = figure_or(&s->sc.people.value_per_month_usd, 0) * delay;
}
