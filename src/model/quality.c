/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>

#include "parts.h"

/* Quality (section 10): the share of right answers on this task. */

static double
within_0_1(double q)
{
    return q < 0 ? 0 : q > 1 ? 1 : q;
}

/* The untuned model's error: typed or fitted, else what the arm's own untuned quality leaves. */
static double
untuned_error(const struct setup *s, int arm)
{
    return figure_or(&s->sc.quality.e_0, 1 - figure(&s->sc.arms[arm].quality));
}

static bool
is_quantised(const struct arm *a)
{
    return (KIND(a->kind) & KINDS_SERVED) && a->precision != WEIGHTS_FP16;
}

double
quality_with(const struct setup *s, int arm, double n)
{
    const struct arm *a = &s->sc.arms[arm];
    const struct curve curve = { .e_inf_share = figure(&s->sc.quality.e_inf_share),
        .e_0 = untuned_error(s, arm), .n_scale = figure(&s->sc.quality.n_scale),
        .alpha = figure(&s->sc.quality.alpha) };
    double lora = 0, qlora = 0;

    /* Pilot points were trained by the method in use and show its penalty already. */
    if (n > 0 && s->sc.n_pilots == 0 && a->method != METHOD_FULL) {
        lora = figure_or(&s->sc.quality.lora_points, 0);
        if (a->method == METHOD_QLORA)
            qlora = figure_or(&s->sc.quality.qlora_relative, 0);
    }
    double q = (1 - curve_error(&curve, n) * memorisation(n) - lora) * (1 - qlora);
    if (is_quantised(a))
        q -= figure_or(&a->quant_points, 0);
    return within_0_1(q);
}

double
quality_plain(const struct setup *s, int arm, double *labels_trained, unsigned *warned)
{
    const struct arm *a = &s->sc.arms[arm];

    *labels_trained = 0;
    if (KIND(a->kind) & KINDS_TUNED) {
        double n = figure(&s->sc.labels.examples) * (1 - figure_or(&s->sc.labels.holdout_share, 0));
        *labels_trained = n;
        if (n < 500)
            *warned |= WARN_FEW_LABELS;
        return quality_with(s, arm, n);
    }
    double q = figure(&a->quality);
    if (is_quantised(a))
        q -= figure_or(&a->quant_points, 0);
    return within_0_1(q);
}

/* A vendor's model drifts under its name; a tuned one ages against the traffic until it is
 * trained again; open weights stay what they are. */
void
quality_months(const struct setup *s, const struct stint *st, double q1, double *out)
{
    const int kind = s->sc.arms[st->arm].kind;

    if (kind == ARM_API) {
        double drift = figure_or(&s->sc.quality.api_drift_per_year, 0);
        double keep = drift != 0 ? exp(log1p(-drift) / 12) : 1, left = 1;
        for (int m = 1; m <= st->to; m++, left *= keep)
            if (m >= st->from)
                out[m - 1] = within_0_1(1 - (1 - q1) * left);
    } else if (KIND(kind) & KINDS_TUNED) {
        double points = figure_or(&s->sc.quality.drift_points_per_month, 0);
        int since = 0;
        for (int m = st->from; m <= st->to; m++, since++) {
            out[m - 1] = within_0_1(q1 - points * since);
            if (stint_trains(s, st, m))
                since = -1;
        }
    } else {
        for (int m = st->from; m <= st->to; m++)
            out[m - 1] = q1;
    }
}

/* The right answers that small keeps, and large's. caught is the share of all requests on which
 * small errs and the router sends on; what it escalates beyond that were right
 * answers, of which there are no more than small gives. */
double
quality_of_cascade(double small, double large, double escalated, double caught)
{
    double k = caught * (1 - small);

    if (k > escalated)
        k = escalated;
    if (escalated - k > small)
        k = escalated - small;
    return within_0_1(small - (escalated - k) + escalated * large);
}

double
quality_month1(const struct setup *s, int arm)
{
    const struct setup_arm *sa = &s->arms[arm];
    struct stint st[2];
    double n;
    unsigned warned = 0;

    if (stints_of(s, arm, horizon_months(s), st) == 0)
        return NAN;
    double q = quality_plain(s, st[0].arm, &n, &warned);
    if (s->sc.arms[arm].kind != ARM_CASCADE)
        return q;
    const struct arm *a = &s->sc.arms[arm];
    double e = figure(&a->escalation_share);
    return quality_of_cascade(q, quality_plain(s, sa->large, &n, &warned), e,
                              figure_or(&a->error_catch, e));
}
