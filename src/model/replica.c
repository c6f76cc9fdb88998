/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>

#include "parts.h"

/* What one replica gives (section 5): a measured figure where there is one, else the capacity
 * model's. */

/* mu from X: attempts a second. */
static void
rate(struct serving *v, const struct load *l)
{
    double tokens = v->counts == COUNTS_ALL ? l->input + l->output : l->output;

    v->mu = tokens > 0 ? v->tok_s / tokens : NAN;
}

void
serving_capacity(struct serving *v, const struct setup *s, const struct calendar *cal, int arm,
                 const struct load *l, struct gaps *g)
{
    const struct arm *a = &s->sc.arms[arm];

    (void)cal;
    v->tok_s = figure(&a->throughput_tok_s);
    v->counts = a->throughput_counts;
    v->batch = figure(&a->concurrency);
    v->ttft_s = v->ttft_p50_s = figure(&a->ttft_ms) / 1000;
    v->tpot_s = figure(&a->tpot_ms) / 1000;
    if (known(v->tok_s)) {
        v->how = THROUGHPUT_MEASURED;
        rate(v, l);
        return;
    }
    if (a->kind != ARM_HOSTED_TUNED)
        need_value(g, NAN, "throughput of a replica");
}

double
training_hours_modelled(struct training_cost *c, const struct setup *s, int arm, double tokens,
                        struct gaps *g)
{
    (void)c, (void)s, (void)arm, (void)tokens;
    return need_value(g, NAN, "hours of a training run");
}
