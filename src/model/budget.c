/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_min.h>
#include <math.h>

#include "parts.h"

/*
 * How many labels pay (section 10): each further example costs the same and saves ever
 * less error; the sum of labels and error line over the horizon has one lowest n.
 */

#define EXAMPLES_MAX 1e7

struct spending {
    const struct setup *setup;
    struct stint stint;
    double usd_per_example;  /* the relabelling of later trainings in, discounted          */
    double kept;             /* 1 - holdout                                                 */
    double error_cost;       /* USD a wrong answer                                            */
    double weight[HORIZON_MAX]; /* requests of the month, alive and discounted                */
    int months;
};

/* Discounted USD for n examples = exp(x). */
static double
spent(double x, void *arg)
{
    const struct spending *p = arg;
    double q[HORIZON_MAX], n = exp(x), usd = n * p->usd_per_example;
    double q1 = quality_with(p->setup, p->stint.arm, n * p->kept);

    quality_months(p->setup, &p->stint, q1, q);
    for (int m = 0; m < p->months; m++)
        usd += p->error_cost * (1 - q[m]) * p->weight[m];
    return usd;
}

static bool
spending_make(struct spending *p, const struct setup *s, int arm)
{
    struct calendar cal;
    struct label_cost labels;
    double again = 0;

    if (!(KIND(s->sc.arms[arm].kind) & KINDS_TUNED))
        return false;
    calendar_make(&cal, s);
    labels_evaluate(s, &labels);
    p->setup = s;
    p->stint = (struct stint){ .arm = arm, .from = 1, .to = cal.months, .share = 1 };
    p->months = cal.months;
    p->kept = 1 - figure_or(&s->sc.labels.holdout_share, 0);
    p->error_cost = figure_or(&s->sc.quality.error_cost_usd, 0);
    for (int m = 0; m < cal.months; m++) {
        double weight = cal.alive[m] * cal.discount[m];
        p->weight[m] = cal.requests[m] * cal.days * weight;
        if (stint_trains(s, &p->stint, m + 1))
            again += weight;
    }
    p->usd_per_example = labels.usd_per_example *
                         (1 + again * figure_or(&s->sc.training.retrain_share, 0)) *
                         (1 + figure_or(&s->sc.prices.tax_share, 0));
    return p->error_cost > 0 && known(spent(log(1000), p));
}

/* Brent's minimum inside a bracket of the grid. */
static double
lowest(struct spending *p, double low, double middle, double high)
{
    gsl_min_fminimizer *min = gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent);
    gsl_function f = { .function = spent, .params = p };
    double x = middle;

    if (min == NULL)
        return x;
    if (gsl_min_fminimizer_set(min, &f, middle, low, high) == GSL_SUCCESS)
        for (int i = 0; i < 100; i++) {
            if (gsl_min_fminimizer_iterate(min) != GSL_SUCCESS)
                break;
            x = gsl_min_fminimizer_x_minimum(min);
            if (gsl_min_test_interval(gsl_min_fminimizer_x_lower(min),
                                      gsl_min_fminimizer_x_upper(min), 1e-6, 0) == GSL_SUCCESS)
                break;
        }
    gsl_min_fminimizer_free(min);
    return x;
}

void
label_budget(const struct setup *s, int arm, struct label_budget *out)
{
    struct spending p;
    double best = INFINITY, at = 0;
    const double top = log(EXAMPLES_MAX);
    const int steps = 128;
    int found = 0;

    out->n = out->saves_usd = NAN;
    if (!spending_make(&p, s, arm))
        return;
    for (int i = 0; i <= steps; i++) {
        double usd = spent(top * i / steps, &p);
        if (usd < best) {
            best = usd;
            found = i;
            at = top * i / steps;
        }
    }
    if (found > 0 && found < steps)
        at = lowest(&p, top * (found - 1) / steps, at, top * (found + 1) / steps);
    double typed = figure(&s->sc.labels.examples);
    out->n = round(exp(at));
    if (typed >= 1)
        out->saves_usd = fmax(0, spent(log(typed), &p) - spent(log(out->n), &p));
}
