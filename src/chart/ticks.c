/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "breakeven/chart.h"

/*
 * Where axis labels stand: the extended Wilkinson algorithm (Talbot, Lin,
 * Hanrahan, "An Extension of Wilkinson's Algorithm for Positioning Tick Labels on
 * Axes", InfoVis 2010), with legibility as a hard test: labels never come
 * nearer than "gap" cells.
 */

static const double nice[] = { 1, 5, 2, 2.5, 4, 3 };
#define N_NICE ((int)BE_LEN(nice))

/* One suffix for the whole axis, chosen by its largest label. */
struct scale {
    double divisor;
    const char *suffix;
};

static struct scale
scale_of(double largest)
{
    static const struct scale scales[] = { { 1e12, "T" }, { 1e9, "B" }, { 1e6, "M" }, { 1e3, "k" } };

    for (int k = 0; k < (int)BE_LEN(scales); k++)
        if (fabs(largest) >= scales[k].divisor * 0.9999999)
            return scales[k];
    return (struct scale){ 1, "" };
}

static void
label_value(char *out, size_t size, double value, struct scale sc, const char *prefix)
{
    char number[24];
    double shown = value / sc.divisor;

    if (fabs(shown) < 1e-12)
        snprintf(out, size, "%s0", prefix);
    else {
        snprintf(number, sizeof number, "%.6g", fabs(shown));
        snprintf(out, size, "%s%s%s%s", shown < 0 ? "-" : "", prefix, number, sc.suffix);
    }
}

static int
widest(const struct ticks *t)
{
    int most = 0;

    for (int k = 0; k < t->n; k++)
        if ((int)strlen(t->label[k]) > most)
            most = (int)strlen(t->label[k]);
    return most;
}

/* ---- the score ---------------------------------------------------------------------- */

struct candidate {
    double low, step, score;
    int k; /* labels */
};

static double
simplicity(int i, int j, double low, double high, double step)
{
    double v = fabs(fmod(low, step)) < 1e-10 * step && low <= 0 && high >= 0 ? 1 : 0;

    return 1 - (double)i / (N_NICE - 1) - j + v;
}

static double
coverage(double dmin, double dmax, double lmin, double lmax)
{
    double range = 0.1 * (dmax - dmin);

    return 1 - 0.5 * ((dmax - lmax) * (dmax - lmax) + (dmin - lmin) * (dmin - lmin)) / (range * range);
}

static double
coverage_bound(double dmin, double dmax, double span)
{
    double range = dmax - dmin;

    if (span <= range)
        return 1;
    double half = (span - range) / 2, tenth = 0.1 * range;
    return 1 - half * half / (tenth * tenth);
}

static double
density(int k, int m, double dmin, double dmax, double lmin, double lmax)
{
    double r = (k - 1) / (lmax - lmin), rt = (m - 1) / (fmax(lmax, dmax) - fmin(lmin, dmin));

    return 2 - fmax(r / rt, rt / r);
}

static double
density_bound(int k, int m)
{
    return k >= m ? 2 - (double)(k - 1) / (m - 1) : 1;
}

static double
total_score(double s, double c, double d)
{
    return 0.25 * s + 0.2 * c + 0.5 * d + 0.05;
}

/* Only labels inside the data's range are drawn: a chart's box is its data. */
static int
fill(struct ticks *t, const struct candidate *c, double low, double high, const char *prefix)
{
    double slack = 1e-9 * (high - low), largest = 0;

    t->n = 0;
    for (int k = 0; k < c->k && t->n < TICKS_MAX; k++) {
        double at = c->low + k * c->step;
        if (at < low - slack || at > high + slack)
            continue;
        if (fabs(at) < 1e-9 * c->step)
            at = 0;
        t->at[t->n++] = at;
        largest = fmax(largest, fabs(at));
    }
    for (int k = 0; k < t->n; k++)
        label_value(t->label[k], sizeof t->label[k], t->at[k], scale_of(largest), prefix);
    return t->n;
}

/* Labels along x must leave "gap" cells between them; along y one row is one label. */
static bool
legible(const struct ticks *t, double low, double high, int cells, int gap, bool horizontal)
{
    if (t->n < 2)
        return true;
    double apart = (t->at[1] - t->at[0]) / (high - low) * (cells - 1);
    return apart >= (horizontal ? widest(t) + gap : gap);
}

static void
search(struct ticks *best, double low, double high, int m, int cells, int gap, bool horizontal,
       const char *prefix)
{
    double best_score = -2;

    best->n = 0;
    for (int j = 1; j < 8; j++)
        for (int i = 0; i < N_NICE; i++) {
            if (total_score(1 - (double)i / (N_NICE - 1) - j + 1, 1, 1) < best_score)
                continue;
            for (int k = 2; k <= TICKS_MAX; k++) {
                if (total_score(2, 1, density_bound(k, m)) < best_score)
                    break;
                double delta = (high - low) / (k + 1) / (j * nice[i]);
                for (int z = (int)ceil(log10(delta)); z < 400; z++) {
                    double step = j * nice[i] * pow(10, z), span = step * (k - 1);
                    if (total_score(2, coverage_bound(low, high, span), density_bound(k, m)) < best_score)
                        break;
                    long first = (long)(floor(high / step) * j) - (long)(k - 1) * j,
                         last = (long)ceil(low / step) * j;
                    for (long start = first; start <= last; start++) {
                        double lmin = (double)start * (step / j), lmax = lmin + span;
                        double score = total_score(simplicity(i, j, lmin, lmax, step),
                                                   coverage(low, high, lmin, lmax),
                                                   density(k, m, low, high, lmin, lmax));
                        if (score <= best_score)
                            continue;
                        struct candidate c = { lmin, step, score, k };
                        struct ticks t;
                        fill(&t, &c, low, high, prefix);
                        if (t.n < 1 || !legible(&t, low, high, cells, gap, horizontal))
                            continue;
                        best_score = score;
                        *best = t;
                    }
                }
            }
        }
}

static void
linear(struct ticks *t, double low, double high, int cells, int gap, bool horizontal, const char *prefix)
{
    int per_label = horizontal ? 12 : 4, m = cells / per_label;

    t->n = 0;
    if (!(high > low) || !isfinite(low) || !isfinite(high) || cells < 2)
        return;
    search(t, low, high, m > 2 ? m : 2, cells, gap, horizontal, prefix);
}

/* gap >= 2 with a width: x labels ask for spaces between them. The y axis passes
 * its least distance in rows and its labels never touch sideways. */
void
ticks_linear(struct ticks *t, double low, double high, int cells, int gap, const char *prefix)
{
    linear(t, low, high, cells, gap < 0 ? -gap : gap, gap >= 0, prefix);
}

/* ---- logarithmic -------------------------------------------------------------------------- */

static bool
log_legible(const struct ticks *t, double low, double high, int cells, int gap, bool horizontal)
{
    double span = log10(high / low);

    for (int k = 1; k < t->n; k++) {
        double apart = log10(t->at[k] / t->at[k - 1]) / span * (cells - 1);
        double need = horizontal ? (strlen(t->label[k]) + strlen(t->label[k - 1])) / 2.0 + gap : gap;
        if (apart < need)
            return false;
    }
    return true;
}

static void
log_labels(struct ticks *t, double low, double high, const double *mantissas, int n, int decade_step,
           const char *prefix)
{
    int from = (int)floor(log10(low) - 1e-9), to = (int)ceil(log10(high) + 1e-9);

    t->n = 0;
    for (int d = from; d <= to; d++) {
        if (((d % decade_step) + decade_step) % decade_step != 0)
            continue;
        for (int k = 0; k < n; k++) {
            double at = mantissas[k] * pow(10, d);
            if (at < low * (1 - 1e-9) || at > high * (1 + 1e-9) || t->n == TICKS_MAX)
                continue;
            t->at[t->n] = at;
            label_value(t->label[t->n], sizeof t->label[0], at, scale_of(at), prefix);
            t->n++;
        }
    }
}

void
ticks_log(struct ticks *t, double low, double high, int cells, int gap, const char *prefix)
{
    static const double dense[] = { 1, 2, 5 }, sparse[] = { 1 };
    bool horizontal = gap >= 0;
    int least = gap < 0 ? -gap : gap;

    t->n = 0;
    if (!(low > 0) || !(high > low) || !isfinite(high) || cells < 2)
        return;
    double decades = log10(high / low);
    if (decades < 1) {
        linear(t, low, high, cells, least, horizontal, prefix);
        while (t->n > 2 && !log_legible(t, low, high, cells, least, horizontal)) {
            /* equal steps crowd towards the high end of a log axis: keep every other */
            int kept = 0;
            for (int k = 0; k < t->n; k += 2, kept++) {
                t->at[kept] = t->at[k];
                memcpy(t->label[kept], t->label[k], sizeof t->label[k]);
            }
            t->n = kept;
        }
        return;
    }
    if (decades < 2.5) {
        log_labels(t, low, high, dense, 3, 1, prefix);
        if (log_legible(t, low, high, cells, least, horizontal))
            return;
    }
    for (int step = 1; step < 12; step++) {
        log_labels(t, low, high, sparse, 1, step, prefix);
        if (log_legible(t, low, high, cells, least, horizontal))
            return;
    }
}
