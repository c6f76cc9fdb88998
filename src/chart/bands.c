/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <string.h>

#include "views.h"

/* Bands of an answer: asked for over the axis that a view has, drawn as a line's dotted edges. */

unsigned
chart_bands_missing(const struct answer *an, unsigned bands)
{
    bool known = false;
    int arm = tuned_arm(an);

    for (int a = 0; a < an->n_arms; a++)
        known |= an->arms[a].known;
    if ((an->volume_band.n > 0 && an->volume_band.against == an->verdict.pick && !an->band_was) || !known)
        bands &= ~BANDS_VOLUME;
    if (an->label_band.n > 0 || arm < 0 || !isfinite(an->arms[arm].outcome.quality))
        bands &= ~BANDS_LABELS;
    return bands;
}

int
chart_bands(struct answer *an, unsigned bands, const struct samples *s, const struct scenario *sc, const struct catalog *cat,
            const volatile int *cancel, struct error *err)
{
    double low, high;
    int status = 0;

    bands = chart_bands_missing(an, bands);
    if (bands & BANDS_VOLUME) {
        volume_range(an, &low, &high);
        status = volume_band(&an->volume_band, s, low, high, an->verdict.pick, cancel, err);
        an->band_was = status != 0;
    }
    if (status == 0 && bands & BANDS_LABELS) {
        label_range(an, &low, &high);
        status = label_band(&an->label_band, s, sc, cat, low, high, cancel, err);
    }
    return status;
}

double
band_at(const struct band *b, const double edge[BAND_POINTS], double x)
{
    int low = 0, high = b->n - 1;

    if (b->n < 2 || !(x >= b->x[0] * (1 - 1e-9) && x <= b->x[high] * (1 + 1e-9)))
        return NAN;
    while (high - low > 1) {
        int mid = (low + high) / 2;
        if (b->x[mid] <= x)
            low = mid;
        else
            high = mid;
    }
    return edge[low] + (edge[high] - edge[low]) * fmin(1, fmax(0, log(x / b->x[low]) / log(b->x[high] / b->x[low])));
}

static bool
is_wide(const double *low, const double *high, int n)
{
    for (int i = 0; i < n; i++)
        if (high[i] - low[i] > 1e-9 * fabs(low[i]))
            return true;
    return false;
}

bool
add_band(struct chart *c, const struct answer *an, int arm, const struct band *b, enum band_of what,
         double (*shown)(const struct answer *, double x, double y))
{
    const double *low = what == BAND_LESS ? b->less_low[arm] : b->low[arm], *high = what == BAND_LESS ? b->less_high[arm] : b->high[arm];

    if (!is_wide(low, high, b->n) || c->n_series + 2 > SERIES_MAX)
        return false;
    for (int edge = 0; edge < 2; edge++) {
        struct series *s = add_series(c, an, arm);
        s->dotted = true;
        s->name[0] = '\0';
        s->n = b->n;
        for (int i = 0; i < b->n; i++) {
            double y = edge == 0 ? low[i] : high[i];
            s->x[i] = b->x[i];
            s->y[i] = shown != NULL ? shown(an, b->x[i], y) : y;
            if (c->y_log && !(s->y[i] > 0))
                s->y[i] = NAN;
        }
    }
    return true;
}
