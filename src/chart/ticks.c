/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pen.h"

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

/* False: it does not fit, so it cannot be told from its neighbours. */
static bool
label_value(char *out, size_t size, double value, struct scale sc, int digits, const char *prefix)
{
    char number[32];
    double shown = value / sc.divisor;

    snprintf(number, sizeof number, "%.*g", digits, fabs(shown));
    return snprintf(out, size, "%s%s%s%s", shown < 0 ? "-" : "", prefix, number, shown != 0 ? sc.suffix : "") <
           (int)size;
}

#define DIGITS 6 /* of a label; more where the steps are small against the values */

/* Does each label keep its distance where it will be drawn: spaces along x, rows along y? */
static bool
legible(const struct ticks *t, bool log_axis, double low, double high, int cells, int gap, bool horizontal)
{
    int at[TICKS_MAX];

    for (int k = 0; k < t->n; k++) {
        double f = log_axis ? log(t->at[k] / low) / log(high / low) : (t->at[k] - low) / (high - low);
        at[k] = (int)lround(f * (cells - 1));
        if (k > 0 && !(horizontal ? ticks_apart(t, k, at, gap) : at[k] - at[k - 1] >= gap))
            return false;
    }
    return true;
}

/* ---- the score ---------------------------------------------------------------------- */

struct candidate {
    double low, step, score;
    int k; /* labels */
};

/* Of steps that are one q times a power of ten (j is 1 always) and labels that are multiples of
 * their step. */
static double
simplicity(int i, double low, double high)
{
    return -(double)i / (N_NICE - 1) + (low <= 0 && high >= 0 ? 1 : 0);
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

/* Only labels inside the data's range are drawn: a chart's box is its data. False: their texts
 * would not tell them apart. */
static bool
fill(struct ticks *t, const struct candidate *c, double low, double high, const char *prefix)
{
    double slack = 1e-9 * (high - low), largest = 0;
    bool fits = true;

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
    int digits = largest > 0 ? (int)ceil(log10(largest / c->step)) + 2 : DIGITS;
    for (int k = 0; k < t->n; k++)
        fits &= label_value(t->label[k], sizeof t->label[k], t->at[k], scale_of(largest),
                            digits < DIGITS ? DIGITS : digits, prefix);
    return fits && t->n > 0 && digits < 16;
}

/* Worse than any that is of use, and low enough for a single label where two find no room. */
#define SCORE_LEAST (-100.0)
#define ONE_LABEL (-20.0)

static void
search(struct ticks *best, double low, double high, int m, int cells, int gap, bool horizontal,
       const char *prefix)
{
    double best_score = SCORE_LEAST;

    best->n = 0;
    for (int i = 0; i < N_NICE; i++) {
        double simple = 1 - (double)i / (N_NICE - 1);
        if (total_score(simple, 1, 1) < best_score)
            break;
        for (int k = 2; k <= TICKS_MAX; k++) {
            if (total_score(simple, 1, density_bound(k, m)) < best_score)
                break;
            double delta = (high - low) / (k + 1) / nice[i];
            for (int z = (int)ceil(log10(delta)); z < 309; z++) {
                double step = nice[i] * pow(10, z), span = step * (k - 1);
                if (total_score(simple, coverage_bound(low, high, span), density_bound(k, m)) < best_score)
                    break;
                double last = ceil(low / step);
                for (double start = floor(high / step) - (k - 1); start <= last; start++) {
                    double lmin = start * step, lmax = lmin + span;
                    double score = total_score(simplicity(i, lmin, lmax), coverage(low, high, lmin, lmax),
                                               density(k, m, low, high, lmin, lmax));
                    if (score <= best_score)
                        continue;
                    struct candidate c = { lmin, step, score, k };
                    struct ticks t;
                    if (!fill(&t, &c, low, high, prefix) || !legible(&t, false, low, high, cells, gap, horizontal))
                        continue;
                    if (t.n < 2) /* one label gives no scale: only where there is nothing better */
                        score += ONE_LABEL;
                    if (score <= best_score)
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
    /* Nearer than a label's digits can tell apart: what is left is rounding. */
    if (!(high - low > fmax(1e-300, 1e-11 * fmax(fabs(low), fabs(high)))) || !isfinite(high - low) || cells < 2)
        return;
    search(t, low, high, m > 2 ? m : 2, cells, gap, horizontal, prefix);
}

void
ticks_linear(struct ticks *t, double low, double high, int cells, int gap, const char *prefix)
{
    linear(t, low, high, cells, gap < 0 ? -gap : gap, gap >= 0, prefix);
}

/* ---- logarithmic -------------------------------------------------------------------------- */

/* False: there are more than fit. */
static bool
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
            if (at < low * (1 - 1e-9) || at > high * (1 + 1e-9))
                continue;
            if (t->n == TICKS_MAX || !label_value(t->label[t->n], sizeof t->label[0], at, scale_of(at), DIGITS, prefix))
                return false;
            t->at[t->n++] = at;
        }
    }
    return true;
}

/* Equal steps crowd towards the high end of a log axis: keep every other, and as many as may stay. */
static void
thin_out(struct ticks *t, double low, double high, int cells, int gap, bool horizontal)
{
    while (t->n > 1 && !legible(t, true, low, high, cells, gap, horizontal)) {
        int kept = 0;
        for (int k = 0; k < t->n; k += 2, kept++) {
            t->at[kept] = t->at[k];
            memmove(t->label[kept], t->label[k], sizeof t->label[k]);
        }
        t->n = kept;
    }
}

void
ticks_log(struct ticks *t, double low, double high, int cells, int gap, const char *prefix)
{
    static const double dense[] = { 1, 2, 5 }, sparse[] = { 1 };
    bool horizontal = gap >= 0;
    int least = gap < 0 ? -gap : gap;

    t->n = 0;
    if (!(low > 0) || !(high > low) || !isfinite(high / low) || cells < 2)
        return;
    double decades = log10(high / low);
    if (decades < 1) {
        linear(t, low, high, cells, least, horizontal, prefix);
        thin_out(t, low, high, cells, least, horizontal);
        return;
    }
    if (decades < 2.5 && log_labels(t, low, high, dense, 3, 1, prefix) &&
        legible(t, true, low, high, cells, least, horizontal))
        return;
    for (int step = 1; step <= decades + 1; step++)
        if (log_labels(t, low, high, sparse, 1, step, prefix) && legible(t, true, low, high, cells, least, horizontal))
            return;
    t->n = 0;
}

/* ---- along y: a label is only true in the middle of its row ---------------------------------- */

/* Whole rows a step, so that every multiple of the step is a row's centre; what the axis then shows
 * beyond the data is the price. */
static bool
rows_linear(struct axis *a, struct ticks *t, double low, double high, int rows, const char *prefix)
{
    double range = high - low, best = INFINITY;
    struct ticks found;

    for (int z = (int)floor(log10(range)) - 1; z <= (int)ceil(log10(range)); z++)
        for (int i = 0; i < N_NICE; i++) {
            double step = nice[i] * pow(10, z);
            int most = (int)fmin(rows, floor((rows - 1) * step / range + 1e-9));
            for (int r = most; r >= 2 && r >= most - 2; r--) {
                double per_row = step / r, bottom = floor(low / per_row + 1e-9) * per_row;
                double top = bottom + per_row * (rows - 1);
                double score = per_row * (rows - 1) / range + 0.04 * i + 0.06 * abs(r - 4);
                if (top < high - 1e-9 * range || score >= best)
                    continue;
                double first = ceil(bottom / step - 1e-9) * step;
                struct candidate c = { first, step, 0, (int)fmin(TICKS_MAX + 1, floor((top - first) / step + 1e-9) + 1) };
                if (c.k < 2 || c.k > TICKS_MAX || !fill(&found, &c, bottom, top, prefix))
                    continue;
                best = score;
                *t = found;
                *a = (struct axis){ bottom, top, false };
            }
        }
    return isfinite(best);
}

/* How far 2 and 5 lie from a row's centre when a decade takes so many rows. */
static double
off_centre(int per_decade)
{
    double two = per_decade * log10(2), five = per_decade * log10(5);

    return fmax(fabs(two - rint(two)), fabs(five - rint(five)));
}

static bool
rows_log(struct axis *a, struct ticks *t, double low, double high, int rows, const char *prefix)
{
    static const double dense[] = { 1, 2, 5 }, sparse[] = { 1 };
    double from = log10(low), to = log10(high);
    int most = (int)fmin(1000, floor((rows - 1) / (to - from) + 1e-9));

    for (int m = most; m >= 2 && m > most / 2; m--) {
        double bottom = floor(from * m + 1e-9) / m, top = bottom + (rows - 1) / (double)m;
        bool with_2_and_5 = m >= 7 && to - from < 2.5;
        if (top < to - 1e-9 || (with_2_and_5 && off_centre(m) > 0.12))
            continue;
        *a = (struct axis){ pow(10, bottom), pow(10, top), true };
        if (log_labels(t, a->low, a->high, with_2_and_5 ? dense : sparse, with_2_and_5 ? 3 : 1, 1, prefix) && t->n >= 2)
            return true;
    }
    return false;
}

/* Labels that rounding would put in a row that is not theirs are left out. */
static void
keep_centred(struct ticks *t, const struct axis *a, int rows)
{
    int kept = 0;

    for (int k = 0; k < t->n; k++) {
        double row = axis_fraction(a, t->at[k]) * (rows - 1);
        if (fabs(row - rint(row)) > 0.2)
            continue;
        t->at[kept] = t->at[k];
        memmove(t->label[kept++], t->label[k], sizeof t->label[k]);
    }
    t->n = kept;
}

void
axis_fit_rows(struct axis *a, struct ticks *t, double low, double high, bool is_log, int rows, const char *prefix)
{
    *a = (struct axis){ low, high, is_log };
    t->n = 0;
    if (rows < 3 || !(high > low) || !isfinite(high - low) || (is_log && !(low > 0)))
        return;
    if (is_log ? rows_log(a, t, low, high, rows, prefix) : rows_linear(a, t, low, high, rows, prefix))
        return;
    *a = (struct axis){ low, high, is_log };
    if (is_log)
        ticks_log(t, low, high, rows, -2, prefix);
    else
        ticks_linear(t, low, high, rows, -2, prefix);
    keep_centred(t, a, rows);
}
