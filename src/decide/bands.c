/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* Bands over an axis: one field is set to each value of the axis in turn, all else is as sampled, and
 * what lies between P5 and P95 is the band. A prefix of the samples will do: a chart's dot is wider
 * than the quantiles' error. */

static void
axis_values(struct band *b, double low, double high)
{
    int n = (int)ceil(BAND_A_DECADE * log10(high / low) - 1e-9) + 1;

    b->n = n < 2 ? 2 : n < BAND_POINTS ? n : BAND_POINTS;
    for (int i = 0; i < b->n; i++)
        b->x[i] = low * pow(high / low, i / (double)(b->n - 1));
    for (int a = 0; a < ARMS_MAX; a++)
        for (int i = 0; i < b->n; i++)
            b->low[a][i] = b->high[a][i] = b->less_low[a][i] = b->less_high[a][i] = NAN;
    b->against = -1;
}

static bool
is_there(const struct samples *s, int arm, enum metric metric)
{
    return s->metric[arm][metric] != NULL && (metric != METRIC_RUN || s->known[arm]);
}

static void
quantiles_of(double *low, double *high, const real *x, int n, real *scratch)
{
    static const double ends[] = { 0.05, 0.95 };
    double v[2];

    column_quantiles(x, n, ends, 2, v, scratch);
    *low = v[0];
    *high = v[1];
}

/* gap: room for a column. */
static void
quantiles_at(struct band *b, const struct samples *s, enum metric metric, int at, real *gap, real *scratch)
{
    const int from = b->against;

    for (int a = 0; a < s->n_arms; a++) {
        if (!is_there(s, a, metric))
            continue;
        quantiles_of(&b->low[a][at], &b->high[a][at], s->metric[a][metric], s->n, scratch);
        if (from < 0 || !is_there(s, from, metric))
            continue;
        column_gap(gap, s->metric[a][metric], s->metric[from][metric], s->n);
        quantiles_of(&b->less_low[a][at], &b->less_high[a][at], gap, s->n, scratch);
    }
}

static int
find_band(struct band *b, const struct samples *s, const char *path, double scale, enum metric metric, const volatile int *cancel,
          struct error *err)
{
    int n = s->n < BAND_PREFIX ? s->n : BAND_PREFIX, status = 0;
    real *gap = malloc(((size_t)n + quantile_room(n)) * sizeof *gap);
    const struct samples *held;
    struct trials *t = NULL;
    struct field_ref ref;

    if (gap == NULL)
        status = error_set(err, ERR_BUG, "no memory for a band");
    if (status == 0)
        status = field_find(&s->setup.sc, path, &ref, err);
    if (status == 0)
        status = trials_new(&t, s, cancel, err);
    if (status == 0)
        trials_hold(t, ref);
    for (int i = 0; i < b->n && status == 0; i++) {
        status = trials_at(t, b->x[i] * scale, n, ~0u, &held, err);
        if (status == 0)
            quantiles_at(b, held, metric, i, gap, gap + n);
    }
    trials_free(t);
    free(gap);
    if (status != 0)
        b->n = 0;
    return status;
}

int
volume_band(struct band *b, const struct samples *s, double low, double high, int against, const volatile int *cancel,
            struct error *err)
{
    axis_values(b, low, high);
    b->against = against;
    return find_band(b, s, "workload.requests_per_day", 1 / workload_tokens_per_request(&s->setup), METRIC_RUN, cancel, err);
}

/* The fit is made of the figures as resolved: in the samples' own setup a curve is in force already. */
static bool
fit_of(struct curve_fit *fit, const struct scenario *sc, const struct catalog *catalog)
{
    struct setup *setup = sc->n_pilots > 0 ? malloc(sizeof *setup) : NULL;
    struct error ignored;
    bool fitted = false;

    if (setup != NULL) {
        scenario_resolve(setup, sc, catalog, NULL);
        fitted = curve_fit_pilots(fit, setup, &ignored) == 0;
    }
    free(setup);
    return fitted;
}

int
label_band(struct band *b, const struct samples *s, const struct scenario *sc, const struct catalog *catalog, double low,
           double high, const volatile int *cancel, struct error *err)
{
    const struct quantity *holdout = &s->setup.sc.labels.holdout_share;
    const double trained = 1 - (holdout->kind != QUANTITY_UNSET ? holdout->x : 0);
    struct curve_fit fit;

    axis_values(b, low, high);
    if (!fit_of(&fit, sc, catalog))
        return find_band(b, s, "labels.examples", 1, METRIC_QUALITY, cancel, err);
    for (int i = 0; i < b->n && !solve_cancelled(cancel); i++) {
        double middle, v[2];
        curve_predict(&fit, b->x[i] * trained, &middle, &v[0], &v[1]);
        for (int a = 0; a < s->n_arms; a++) {
            const struct arm *arm = &s->setup.sc.arms[a];
            bool quantised = arm->kind == ARM_SELF_TUNED && arm->precision != WEIGHTS_FP16;
            double off = quantised && arm->quant_points.kind != QUANTITY_UNSET ? arm->quant_points.x : 0;
            if (!arm_kind_is_tuned(arm->kind))
                continue;
            b->low[a][i] = fmax(0, v[0] - off);
            b->high[a][i] = fmax(0, v[1] - off);
        }
    }
    if (solve_cancelled(cancel)) {
        b->n = 0;
        return 1;
    }
    return 0;
}
