/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "views.h"

/* Over volume: cost, unit cost, difference. */

const struct crossing_answer *
main_crossing(const struct answer *an, bool total)
{
    int pick = an->verdict.pick, rival = an->verdict.rival;

    for (int pass = 0; pass < 3; pass++)
        for (int k = 0; k < an->n_crossings; k++) {
            const struct crossing_answer *x = &an->crossings[k];
            bool has_pick = x->a == pick || x->b == pick, has_rival = x->a == rival || x->b == rival;
            if ((total ? x->total.n : x->run.n) > 0 && (pass == 2 || (has_pick && (pass == 1 || has_rival))))
                return x;
        }
    return NULL;
}

/* Decades around the scenario's volume, far enough to show where an arm stays cheaper. */
void
volume_range(const struct answer *an, double *low, double *high)
{
    double t = an->tokens_per_day, far = t * 20, near = t / 8;
    const struct crossing_answer *x = main_crossing(an, false);

    if (x != NULL)
        near = fmin(near, fmax(x->run.tokens_per_day[0] / 1.3, t / 100));
    for (int k = 0; k < an->n_crossings; k++)
        if (isfinite(an->crossings[k].run.stays_from))
            far = fmax(far, fmin(an->crossings[k].run.stays_from * 1.3, t * 100));
    *low = pow(10, floor(log10(near) + 1e-9));
    *high = pow(10, ceil(log10(far) - 1e-9));
}

static void
mark_crossings(struct chart *c, const struct answer *an, bool total)
{
    const struct crossing_answer *x = main_crossing(an, total);

    if (x == NULL)
        return;
    const struct crossing_set *set = total ? &x->total : &x->run;
    c->marks[c->n_marks++] = set->tokens_per_day[0];
    if (set->n > 1)
        c->marks[c->n_marks++] = set->tokens_per_day[set->n - 1];
    if (set->cheaper_above >= 0)
        c->beyond = (char)('A' + set->cheaper_above);
    snprintf(c->marks_label, sizeof c->marks_label, "%s %c/%c", set->n > 1 ? "first and last break-even" : "break-even",
             'A' + x->a, 'A' + x->b);
}

/* A line that is level all the way needs some height around it. */
void
settle_range(struct chart *c)
{
    if (!isfinite(c->y_low) || !isfinite(c->y_high) || c->y_high > c->y_low)
        return;
    double half = c->y_low != 0 ? 0.1 * fabs(c->y_low) : 1;

    c->y_low -= half;
    c->y_high += half;
}

static void
volume_of_user(struct chart *c, const struct answer *an)
{
    const struct quantity *q = &an->setup.sc.workload.requests_per_day;

    c->you = an->tokens_per_day;
    if (!quantity_is_uncertain(q))
        return;
    double per_request = workload_tokens_per_request(&an->setup);
    c->you_low = quantity_quantile(q, 0.05) * per_request;
    c->you_high = quantity_quantile(q, 0.95) * per_request;
}

static int
point_count(int columns)
{
    int n = columns * 4;

    return n < 64 ? 64 : n > POINTS_MAX ? POINTS_MAX : n;
}

static double
of_a_million(const struct answer *an, double x, double y)
{
    return y / (x * an->setup.sc.horizon.days_per_month.x / 1e6);
}

static void
make_room_for_bands(struct chart *c)
{
    for (int s = 0; s < c->n_series; s++)
        for (int i = 0; c->series[s].dotted && i < c->series[s].n; i++)
            if (isfinite(c->series[s].y[i]) && c->series[s].x[i] <= c->x_high * (1 + 1e-9)) {
                c->y_low = fmin(c->y_low, c->series[s].y[i]);
                c->y_high = fmax(c->y_high, c->series[s].y[i]);
            }
}

/* Of the first two, the pick and its rival: more would hide the lines. */
static void
cost_bands(struct chart *c, const struct answer *an, bool per_million)
{
    int lines = c->n_series < 2 ? c->n_series : 2;

    c->band_was = an->band_was;
    for (int s = 0; s < lines; s++)
        add_band(c, an, c->series[s].letter - 'A', &an->volume_band, BAND_WHOLE, per_million ? of_a_million : NULL);
    make_room_for_bands(c);
}

/* USD a month of each arm over log-spaced volumes. True: some cost is 0, which has no place on a
 * logarithmic axis. */
static bool
cost_series(struct chart *c, const struct answer *an, int columns, bool per_million)
{
    int order[ARMS_MAX], n = arm_order(an, order), points = point_count(columns);
    bool has_zero = false;

    volume_range(an, &c->x_low, &c->x_high);
    c->x_log = true;
    c->y_low = INFINITY, c->y_high = -INFINITY;
    for (int k = 0; k < n; k++) {
        if (!an->arms[order[k]].known)
            continue;
        struct series *s = add_series(c, an, order[k]);
        if (s == NULL)
            break;
        s->n = points;
        for (int i = 0; i < points; i++)
            s->x[i] = c->x_low * pow(c->x_high / c->x_low, i / (double)(points - 1));
        cost_curve(&an->setup, order[k], false, s->x, points, s->y);
        for (int i = 0; i < points; i++) {
            if (per_million)
                s->y[i] = of_a_million(an, s->x[i], s->y[i]);
            has_zero |= s->y[i] <= 0;
            if (!per_million && !(s->y[i] > 0))
                s->y[i] = NAN;
            if (isfinite(s->y[i])) {
                c->y_low = fmin(c->y_low, s->y[i]);
                c->y_high = fmax(c->y_high, s->y[i]);
            }
        }
    }
    cost_bands(c, an, per_million);
    settle_range(c);
    mark_crossings(c, an, false);
    volume_of_user(c, an);
    return has_zero;
}

/* First that pick and rival do not cross, if so; then the crossings that are marked. */
static void
volume_sentence(struct chart *c, const struct answer *an)
{
    const struct crossing_answer *x = main_crossing(an, false), *main = answer_crossing(an, an->verdict.pick, an->verdict.rival);
    char where[160], low[16], high[16];
    size_t n = 0, size = sizeof c->sentence;

    crossings_searched(an, low, high);
    if (main != NULL && main->run.n == 0 && main->run.cheaper_above >= 0)
        n += (size_t)snprintf(c->sentence, size, "No break-even of %s and %s: none between %s and %s tokens/day, %s costs less to run throughout. ",
                              an->arms[main->a].name, an->arms[main->b].name, low, high,
                              an->arms[main->run.cheaper_above].name);
    else if (x == NULL && an->n_crossings == 0)
        n += (size_t)snprintf(c->sentence, size, "A break-even takes two arms whose costs are known. ");
    else if (x == NULL)
        n += (size_t)snprintf(c->sentence, size, "No break-even: none between %s and %s tokens/day. ", low, high);
    if (x != NULL) {
        crossing_words(&x->run, false, where, sizeof where);
        n += (size_t)snprintf(c->sentence + n, size - n, "Running costs of %s and %s break even %s tokens/day%s%s%s. ",
                              an->arms[x->a].name, an->arms[x->b].name, where, x->run.cheaper_above >= 0 ? "; above it " : "",
                              x->run.cheaper_above >= 0 ? an->arms[x->run.cheaper_above].name : "",
                              x->run.cheaper_above >= 0 ? " is cheaper" : "");
    }
    snprintf(c->sentence + n, size - n, "Each input at its median; the verdict has the samples' median.");
}

/* "$1.97k to $4.15k"; nothing while the band is another's, or has no such x. */
static void
range_cell(char *out, size_t size, const struct answer *an, const double *low_edge, const double *high_edge, double x, bool per_million)
{
    const struct band *b = &an->volume_band;
    double low = band_at(b, low_edge, x), high = band_at(b, high_edge, x);
    char from[24], to[24];

    out[0] = '\0';
    if (an->band_was || !isfinite(low) || !isfinite(high))
        return;
    if (per_million)
        low = of_a_million(an, x, low), high = of_a_million(an, x, high);
    snprintf(out, size, "%s to %s", number_usd(from, sizeof from, low), number_usd(to, sizeof to, high));
}

/* The table twin: at decade and 2-5 volumes and at the scenario's own. */
static void
volume_table(struct chart *c, const struct answer *an, bool per_million)
{
    struct ticks t;
    double at[TICKS_MAX + 1];
    int n = 0;
    bool mine = false;

    ticks_log(&t, c->x_low, c->x_high, 400, 1, "");
    for (int k = 0; k < t.n; k++) {
        if (!mine && t.at[k] >= an->tokens_per_day) {
            if (t.at[k] > an->tokens_per_day * 1.0001)
                at[n++] = an->tokens_per_day;
            mine = true;
        }
        at[n++] = t.at[k];
    }
    add_column(c, "tokens/day");
    for (int s = 0; s < c->n_series && !c->series[s].dotted; s++)
        add_column(c, c->series[s].name);
    int lines = c->n_columns - 1;
    for (int s = lines; s < c->n_series; s += 2) {
        char name[32];
        snprintf(name, sizeof name, "%.24s 90%%", an->arms[c->series[s].letter - 'A'].name);
        add_column(c, name);
    }
    for (int k = 0; k < n; k++) {
        char name[24], number[16];
        snprintf(name, sizeof name, "%s%s", number_si(number, sizeof number, at[k]),
                 at[k] == an->tokens_per_day ? " you" : "");
        struct table_row *row = add_row(c, name);
        for (int s = 0; row != NULL && s < lines; s++) {
            double y;
            cost_curve(&an->setup, c->series[s].letter - 'A', false, &at[k], 1, &y);
            number_usd(row->cells[s + 1], sizeof row->cells[0], per_million ? of_a_million(an, at[k], y) : y);
        }
        for (int s = lines, column = lines + 1; row != NULL && s < c->n_series && column < c->n_columns; s += 2, column++)
            range_cell(row->cells[column], sizeof row->cells[0], an, an->volume_band.low[c->series[s].letter - 'A'],
                       an->volume_band.high[c->series[s].letter - 'A'], at[k], per_million);
    }
}

int
view_cost(struct chart *c, const struct answer *an, const struct catalog *cat, int columns)
{
    (void)cat;
    chart_reset(c, CHART_LINES, "Running cost a month");
    c->y_log = true;
    bool has_zero = cost_series(c, an, columns, false);
    c->y_prefix = "$";
    text_copy(c->x_label, sizeof c->x_label, has_zero ? "tokens/day, log; $0 not on a log axis" : "tokens/day, log");
    text_copy(c->y_label, sizeof c->y_label, "USD a month, log");
    text_copy(c->axes, sizeof c->axes, "$/month over tokens/day, log");
    text_copy(c->y_note, sizeof c->y_note, has_zero ? "$0 not on a log axis" : "");
    volume_sentence(c, an);
    volume_table(c, an, false);
    return 0;
}

/* Linear and not from zero: the crossings are what it shows. The top is cut where the
 * fixed cost of a first replica over few tokens would flatten everything else. */
int
view_unit(struct chart *c, const struct answer *an, const struct catalog *cat, int columns)
{
    double least = INFINITY, here = 0;
    bool cut = false;

    (void)cat;
    chart_reset(c, CHART_LINES, "Cost per million tokens");
    cost_series(c, an, columns, true);
    for (int s = 0; s < c->n_series; s++) {
        double y = series_at(&c->series[s], an->tokens_per_day, true, false);
        for (int i = 0; i < c->series[s].n; i++)
            if (isfinite(c->series[s].y[i]))
                least = fmin(least, c->series[s].y[i]);
        if (isfinite(y) && !c->series[s].dotted && (c->series[s].letter - 'A' == an->verdict.pick || c->series[s].letter - 'A' == an->verdict.rival ||
                            an->verdict.pick < 0))
            here = fmax(here, y);
    }
    if (isfinite(least) && c->n_series > 0) {
        double top = fmax(here, least * 2) * 1.25;
        cut = top < c->y_high;
        c->y_high = fmin(c->y_high, top);
        c->y_low = least < 0.2 * c->y_high ? 0 : least * 0.9; /* near 0 leaving it out would gain nothing */
    }
    c->y_prefix = "$";
    text_copy(c->x_label, sizeof c->x_label, "tokens/day, log");
    snprintf(c->y_label, sizeof c->y_label, "USD per million tokens%s%s", c->y_low > 0 ? ", not from 0" : "",
             cut ? ", top cut off" : "");
    text_copy(c->axes, sizeof c->axes, "$/Mtok over tokens/day, log");
    text_copy(c->y_unit, sizeof c->y_unit, "/Mtok");
    snprintf(c->y_note, sizeof c->y_note, "%s%s%s", c->y_low > 0 ? "not from 0" : "", c->y_low > 0 && cut ? ", " : "",
             cut ? "top cut off" : "");
    volume_sentence(c, an);
    volume_table(c, an, true);
    return 0;
}

/* Cost of one arm less that of the pick, at volumes from x[1] on; x[0] is 0 and takes the value just
 * above it, since no cost is defined without a request. */
static int
difference_series(struct chart *c, const struct answer *an, int arm, int points)
{
    struct series *s = add_series(c, an, arm);
    double *other = malloc((size_t)points * sizeof *other), *at = malloc((size_t)points * sizeof *at);

    if (s == NULL || other == NULL || at == NULL) {
        free(other);
        free(at);
        return -1;
    }
    s->n = points;
    for (int i = 0; i < points; i++) {
        s->x[i] = c->x_high * i / (points - 1);
        at[i] = fmax(s->x[i], c->x_high * 1e-4);
    }
    cost_curve(&an->setup, arm, false, at, points, s->y);
    cost_curve(&an->setup, an->verdict.pick, false, at, points, other);
    for (int i = 0; i < points; i++) {
        s->y[i] -= other[i];
        if (isfinite(s->y[i])) {
            c->y_low = fmin(c->y_low, s->y[i]);
            c->y_high = fmax(c->y_high, s->y[i]);
        }
    }
    snprintf(s->name, sizeof s->name, "%.15s - %.15s", an->arms[arm].name, an->arms[an->verdict.pick].name);
    free(other);
    free(at);
    return 0;
}

/* banded: the arm whose band is drawn; -1: none. */
static void
difference_table(struct chart *c, const struct answer *an, int banded)
{
    int lines = 0;

    add_column(c, "tokens/day");
    for (; lines < c->n_series && !c->series[lines].dotted; lines++)
        add_column(c, c->series[lines].name);
    if (banded >= 0) {
        char name[32];
        snprintf(name, sizeof name, "%.24s 90%%", an->arms[banded].name);
        add_column(c, name);
    }
    for (int k = 0; k <= 10; k++) {
        char name[16];
        double x = c->x_high * k / 10;
        struct table_row *row = add_row(c, number_si(name, sizeof name, x));
        for (int s = 0; row != NULL && s < lines; s++)
            number_usd(row->cells[s + 1], sizeof row->cells[0], series_at(&c->series[s], x, false, false));
        if (row != NULL && banded >= 0)
            range_cell(row->cells[lines + 1], sizeof row->cells[0], an, an->volume_band.less_low[banded],
                       an->volume_band.less_high[banded], x, false);
    }
}

/* Rival less pick, and the arm whose crossings with the pick are marked if it is another. */
int
view_difference(struct chart *c, const struct answer *an, const struct catalog *cat, int columns)
{
    int pick = an->verdict.pick, rival = an->verdict.rival, points = point_count(columns), status;
    const struct crossing_answer *x = main_crossing(an, false);

    (void)cat;
    chart_reset(c, CHART_LINES, "Cost less the pick's, USD a month");
    if (pick < 0 || rival < 0) {
        text_copy(c->note, sizeof c->note, pick < 0 ? "No arm passes the gates: there is no difference to draw."
                                                    : "No rival passes the gates: there is no difference to draw.");
        text_copy(c->sentence, sizeof c->sentence, c->note);
        return 0;
    }
    bool of_pick = x != NULL && (x->a == pick || x->b == pick);
    int other = !of_pick ? rival : x->a == pick ? x->b : x->a;
    c->x_high = an->tokens_per_day * 4;
    if (of_pick)
        c->x_high = fmax(c->x_high, fmin(x->run.tokens_per_day[x->run.n - 1] * 1.3, an->tokens_per_day * 20));
    status = difference_series(c, an, rival, points);
    if (status == 0 && other != rival)
        status = difference_series(c, an, other, points);
    if (status != 0)
        return -1;
    /* the rival's alone: two would hide the lines */
    bool banded = an->volume_band.against == pick && add_band(c, an, rival, &an->volume_band, BAND_LESS, NULL);
    c->band_was = an->band_was;
    make_room_for_bands(c);
    settle_range(c);
    c->zero_line = true;
    c->y_prefix = "$";
    text_copy(c->x_label, sizeof c->x_label, "tokens/day");
    snprintf(c->y_note, sizeof c->y_note, "%.40s cheaper above 0", an->arms[pick].name);
    snprintf(c->y_label, sizeof c->y_label, "USD a month; %.49s", c->y_note);
    text_copy(c->axes, sizeof c->axes, "$/month over tokens/day");
    if (of_pick) /* others cross where this picture has no line */
        mark_crossings(c, an, false);
    volume_of_user(c, an);
    volume_sentence(c, an);
    difference_table(c, an, banded ? rival : -1);
    return 0;
}
