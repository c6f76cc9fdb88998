/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "views.h"

const struct view views[] = {
    { "cost", 'C', "Cost", "Running cost a month of every arm over tokens a day, both logarithmic", view_cost },
    { "unit", 'U', "Unit cost", "The same per million tokens, linear, so that the crossings show", view_unit },
    { "diff", 'D', "Difference", "The nearest rival's cost minus the pick's over tokens a day", view_difference },
    { "cumulative", 'K', "Cumulative", "What each arm has cost by the end of each month", view_cumulative },
    { "tornado", 'T', "Tornado", "How far each input moves rival minus pick between its P5 and P95", view_tornado },
    { "spread", 'S', "Spread", "The distribution of rival minus pick over all samples", view_spread },
    { "why", 'W', "Why", "Gates, rules, what would flip the verdict, what to measure next", view_why },
    { "latency", 'L', "Latency", "Time to first token, speed, replicas and utilization of each arm", view_latency },
    { "labels", 'B', "Labels", "The learning curve and what labels cost against what errors cost", view_labels },
    { "map", 'M', "Map", "Which arm is picked where, over two fields", view_map },
    { "lines", 'I', "Cost lines", "Where the money goes, line by line, over the horizon", view_lines },
    { "audit", 'A', "Audit", "The article's claims recomputed", view_audit },
};
const int views_n = BE_LEN(views);

const struct view *
view_find(const char *id)
{
    for (int k = 0; k < views_n; k++)
        if (strcmp(views[k].id, id) == 0)
            return &views[k];
    return NULL;
}

void
chart_reset(struct chart *c, enum chart_kind kind, const char *title)
{
    memset(c, 0, sizeof *c);
    c->kind = kind;
    text_copy(c->title, sizeof c->title, title);
    c->x_prefix = c->y_prefix = "";
    c->you = c->you_low = c->you_high = NAN;
}

/* The pick and its nearest rival are drawn first, so that nothing hides them. */
int
arm_order(const struct answer *an, int order[ARMS_MAX])
{
    int n = 0;

    if (an->verdict.pick >= 0)
        order[n++] = an->verdict.pick;
    if (an->verdict.rival >= 0)
        order[n++] = an->verdict.rival;
    for (int a = 0; a < an->n_arms; a++)
        if (a != an->verdict.pick && a != an->verdict.rival)
            order[n++] = a;
    return n;
}

struct series *
add_series(struct chart *c, const struct answer *an, int arm)
{
    struct series *s = &c->series[c->n_series];

    if (c->n_series == SERIES_MAX)
        return NULL;
    c->n_series++;
    memset(s, 0, sizeof *s);
    text_copy(s->name, sizeof s->name, an->arms[arm].name);
    s->letter = (char)('A' + arm);
    s->ink = INK_SERIES_0 + arm;
    return s;
}

void
add_column(struct chart *c, const char *name)
{
    if (c->n_columns < (int)BE_LEN(c->columns))
        text_copy(c->columns[c->n_columns++], sizeof c->columns[0], name);
}

struct table_row *
add_row(struct chart *c, const char *name)
{
    if (c->n_rows == TABLE_ROWS_MAX)
        return NULL;
    struct table_row *r = &c->rows[c->n_rows++];
    memset(r, 0, sizeof *r);
    text_copy(r->cells[0], sizeof r->cells[0], name);
    return r;
}

/* ---- over volume: cost, unit cost, difference --------------------------------------- */

/* Decades around the scenario's volume, far enough to show where an arm stays cheaper. */
static void
volume_range(const struct answer *an, double *low, double *high)
{
    double t = an->tokens_per_day, far = t * 20;

    for (int k = 0; k < an->n_crossings; k++)
        if (isfinite(an->crossings[k].run.stays_from))
            far = fmax(far, fmin(an->crossings[k].run.stays_from * 1.3, t * 100));
    *low = pow(10, floor(log10(t / 8)));
    *high = pow(10, ceil(log10(far) - 1e-9));
}

/* The pair whose crossings matter most: pick and rival, else the pick and the first arm
 * that it crosses with at all, else any pair. NULL: nothing crosses. */
static const struct crossing_answer *
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
                s->y[i] /= s->x[i] * an->setup.sc.horizon.days_per_month.x / 1e6;
            has_zero |= s->y[i] <= 0;
            if (!per_million && !(s->y[i] > 0))
                s->y[i] = NAN;
            if (isfinite(s->y[i])) {
                c->y_low = fmin(c->y_low, s->y[i]);
                c->y_high = fmax(c->y_high, s->y[i]);
            }
        }
    }
    mark_crossings(c, an, false);
    volume_of_user(c, an);
    return has_zero;
}

static void
crossing_text(const struct crossing_set *set, const struct answer *an, char *out, size_t size)
{
    char first[16], next[16], last[16], low[16], high[16];

    number_si(low, sizeof low, an->tokens_per_day / 1000);
    number_si(high, sizeof high, an->tokens_per_day * 1000);
    if (set->n == 0) {
        snprintf(out, size, "none between %s and %s", low, high);
        return;
    }
    number_si(first, sizeof first, set->tokens_per_day[0]);
    number_si(last, sizeof last, set->stays_from);
    if (set->n == 1)
        snprintf(out, size, "at %s", first);
    else if (set->n == 2)
        snprintf(out, size, "first %s, last %s", first, last);
    else
        snprintf(out, size, "first %s, next %s, always from %s", first,
                 number_si(next, sizeof next, set->tokens_per_day[1]), last);
}

static void
volume_sentence(struct chart *c, const struct answer *an)
{
    const struct crossing_answer *x = main_crossing(an, false);
    char where[120], low[16], high[16];

    if (x != NULL) {
        crossing_text(&x->run, an, where, sizeof where);
        snprintf(c->sentence, sizeof c->sentence, "Running cost of %s and %s breaks even %s tokens/day; from there %s is cheaper.",
                 an->arms[x->a].name, an->arms[x->b].name, where,
                 x->run.cheaper_above >= 0 ? an->arms[x->run.cheaper_above].name : "neither");
    } else
        snprintf(c->sentence, sizeof c->sentence, "No break-even: none between %s and %s tokens/day.",
                 number_si(low, sizeof low, an->tokens_per_day / 1000), number_si(high, sizeof high, an->tokens_per_day * 1000));
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
    for (int s = 0; s < c->n_series && s < 9; s++)
        add_column(c, c->series[s].name);
    for (int k = 0; k < n; k++) {
        char name[24], number[16];
        snprintf(name, sizeof name, "%s%s", number_si(number, sizeof number, at[k]),
                 at[k] == an->tokens_per_day ? " you" : "");
        struct table_row *row = add_row(c, name);
        for (int s = 0; row != NULL && s < c->n_series && s < 9; s++) {
            double y;
            cost_curve(&an->setup, c->series[s].letter - 'A', false, &at[k], 1, &y);
            if (per_million)
                y /= at[k] * an->setup.sc.horizon.days_per_month.x / 1e6;
            number_usd(row->cells[s + 1], sizeof row->cells[0], y);
        }
    }
}

int
view_cost(struct chart *c, const struct answer *an, const struct catalog *cat, int columns)
{
    (void)cat;
    chart_reset(c, CHART_LINES, "Running cost a month");
    bool has_zero = cost_series(c, an, columns, false);
    c->y_log = true;
    c->y_prefix = "$";
    text_copy(c->x_label, sizeof c->x_label, has_zero ? "tokens/day, log; $0 not on a log axis" : "tokens/day, log");
    text_copy(c->y_label, sizeof c->y_label, "USD a month, log");
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

    (void)cat;
    chart_reset(c, CHART_LINES, "Cost per million tokens");
    cost_series(c, an, columns, true);
    for (int s = 0; s < c->n_series; s++) {
        double y = series_at(&c->series[s], an->tokens_per_day, true, false);
        for (int i = 0; i < c->series[s].n; i++)
            if (isfinite(c->series[s].y[i]))
                least = fmin(least, c->series[s].y[i]);
        if (isfinite(y) && (c->series[s].letter - 'A' == an->verdict.pick || c->series[s].letter - 'A' == an->verdict.rival ||
                            an->verdict.pick < 0))
            here = fmax(here, y);
    }
    if (isfinite(least) && c->n_series > 0) {
        c->y_low = least * 0.9;
        c->y_high = fmin(c->y_high, fmax(here, least * 2) * 1.25);
    }
    c->y_prefix = "$";
    text_copy(c->x_label, sizeof c->x_label, "tokens/day, log; y not from 0");
    text_copy(c->y_label, sizeof c->y_label, "USD per million tokens");
    volume_sentence(c, an);
    volume_table(c, an, true);
    return 0;
}

int
view_difference(struct chart *c, const struct answer *an, const struct catalog *cat, int columns)
{
    int pick = an->verdict.pick, rival = an->verdict.rival, points = point_count(columns);
    double *other;

    (void)cat;
    chart_reset(c, CHART_LINES, "Rival minus pick, USD a month");
    if (pick < 0 || rival < 0) {
        text_copy(c->note, sizeof c->note, "no rival passes the gates: there is no difference to draw");
        text_copy(c->sentence, sizeof c->sentence, c->note);
        return 0;
    }
    other = malloc((size_t)points * sizeof *other);
    if (other == NULL)
        return -1;
    volume_range(an, &c->x_low, &c->x_high);
    c->x_high = fmin(c->x_high, an->tokens_per_day * 4);
    c->x_low = 0;
    struct series *s = add_series(c, an, rival);
    s->n = points;
    for (int i = 0; i < points; i++)
        s->x[i] = fmax(c->x_high * i / (points - 1), c->x_high * 1e-4);
    s->x[0] = 0;
    double first = c->x_high * 1e-4, y0;
    cost_curve(&an->setup, rival, false, s->x + 1, points - 1, s->y + 1);
    cost_curve(&an->setup, pick, false, s->x + 1, points - 1, other + 1);
    cost_curve(&an->setup, rival, false, &first, 1, s->y);
    cost_curve(&an->setup, pick, false, &first, 1, &y0);
    other[0] = y0;
    c->y_low = 0, c->y_high = 0;
    for (int i = 0; i < points; i++) {
        s->y[i] -= other[i];
        if (isfinite(s->y[i])) {
            c->y_low = fmin(c->y_low, s->y[i]);
            c->y_high = fmax(c->y_high, s->y[i]);
        }
    }
    free(other);
    snprintf(s->name, sizeof s->name, "%.15s - %.15s", an->arms[rival].name, an->arms[pick].name);
    c->zero_line = true;
    c->y_prefix = "$";
    text_copy(c->x_label, sizeof c->x_label, "tokens/day");
    snprintf(c->y_label, sizeof c->y_label, "above 0 %.40s is cheaper", an->arms[pick].name);
    mark_crossings(c, an, false);
    volume_of_user(c, an);
    volume_sentence(c, an);
    add_column(c, "tokens/day");
    add_column(c, "rival - pick");
    for (int k = 0; k <= 10; k++) {
        char name[16];
        double x = c->x_high * k / 10;
        struct table_row *row = add_row(c, number_si(name, sizeof name, x));
        if (row != NULL)
            number_usd(row->cells[1], sizeof row->cells[1], series_at(s, fmax(x, s->x[0]), false, false));
    }
    return 0;
}

/* ---- over months ------------------------------------------------------------------------ */

static void
band_series(struct chart *c, const struct answer *an, int arm, const double *y, int months)
{
    struct series *s = add_series(c, an, arm);

    if (s == NULL)
        return;
    s->dotted = true;
    s->name[0] = '\0';
    s->n = months;
    for (int m = 0; m < months; m++) {
        s->x[m] = m + 1;
        s->y[m] = y[m];
        if (isfinite(y[m]))
            c->y_high = fmax(c->y_high, y[m]);
    }
}

int
view_cumulative(struct chart *c, const struct answer *an, const struct catalog *cat, int columns)
{
    int order[ARMS_MAX], n = arm_order(an, order), months = an->horizon_months;

    (void)cat, (void)columns;
    chart_reset(c, CHART_LINES, "Cumulative cost");
    c->x_low = 0, c->x_high = months;
    c->y_low = 0, c->y_high = -INFINITY;
    for (int k = 0; k < n; k++) {
        const struct arm_answer *a = &an->arms[order[k]];
        if (!a->known)
            continue;
        struct series *s = add_series(c, an, order[k]);
        if (s == NULL)
            break;
        s->n = months + 1;
        s->y[0] = a->once_usd;
        for (int m = 0; m < months; m++) {
            s->x[m + 1] = m + 1;
            s->y[m + 1] = a->cumulative_usd[m];
            c->y_high = fmax(c->y_high, s->y[m + 1]);
        }
        c->y_high = fmax(c->y_high, s->y[0]);
    }
    for (int k = 0; k < n && k < 2; k++)
        if (an->arms[order[k]].known && isfinite(an->arms[order[k]].cumulative_p5[0])) {
            band_series(c, an, order[k], an->arms[order[k]].cumulative_p5, months);
            band_series(c, an, order[k], an->arms[order[k]].cumulative_p95, months);
        }
    text_copy(c->x_label, sizeof c->x_label, "month");
    text_copy(c->y_label, sizeof c->y_label, "USD so far");
    c->y_prefix = "$";
    text_copy(c->sentence, sizeof c->sentence, "No payback: the arm that costs less once stays cheaper.");
    for (int k = 0; k < an->n_crossings; k++) {
        const struct crossing_answer *x = &an->crossings[k];
        bool main_pair = (x->a == an->verdict.pick && x->b == an->verdict.rival) ||
                         (x->b == an->verdict.pick && x->a == an->verdict.rival);
        if (main_pair && x->payback_month > 0) {
            c->marks[c->n_marks++] = x->payback_month;
            snprintf(c->sentence, sizeof c->sentence, "%s has paid back its larger start by month %d.",
                     an->arms[an->arms[x->a].once_usd > an->arms[x->b].once_usd ? x->a : x->b].name, x->payback_month);
        }
    }
    add_column(c, "month");
    for (int k = 0; k < n && k < ARMS_MAX; k++)
        add_column(c, an->arms[order[k]].name);
    for (int m = -1; m < months; m = m < 11 ? m + 1 : m + 3) {
        char name[16];
        snprintf(name, sizeof name, "%d", m + 1);
        struct table_row *row = add_row(c, name);
        for (int k = 0; row != NULL && k < n && k < ARMS_MAX; k++) {
            const struct arm_answer *a = &an->arms[order[k]];
            number_usd(row->cells[k + 1], sizeof row->cells[0],
                       !a->known ? NAN : m < 0 ? a->once_usd : a->cumulative_usd[m]);
        }
    }
    return 0;
}

/* ---- tornado and spread --------------------------------------------------------------------- */

int
view_tornado(struct chart *c, const struct answer *an, const struct catalog *cat, int columns)
{
    (void)cat, (void)columns;
    chart_reset(c, CHART_BARS, "Tornado: rival minus pick, NPV");
    c->zero_line = true;
    c->x_prefix = "$";
    text_copy(c->note, sizeof c->note, an->n_tornado > 0
                                           ? "light: the input at its P5, dark: at its P95; a bar that crosses 0 flips the cost"
                                           : "no tornado: there is no rival, or nothing is uncertain");
    add_column(c, "input");
    add_column(c, "low");
    add_column(c, "high");
    add_column(c, "at low");
    add_column(c, "at high");
    for (int k = 0; k < an->n_tornado && k < BARS_MAX; k++) {
        const struct tornado_bar *t = &an->tornado[k];
        struct bar *b = &c->bars[c->n_bars++];
        char low[24], high[24];
        const char *word = strrchr(t->path, '.');

        text_copy(b->label, sizeof b->label, word != NULL ? word + 1 : t->path);
        b->low = t->low_usd, b->high = t->high_usd, b->from = an->difference.p50, b->series = -1;
        snprintf(b->note, sizeof b->note, "%s to %s", number_usd(low, sizeof low, t->low_usd),
                 number_usd(high, sizeof high, t->high_usd));
        struct table_row *row = add_row(c, t->path);
        if (row == NULL)
            continue;
        number_si(row->cells[1], sizeof row->cells[1], t->low);
        number_si(row->cells[2], sizeof row->cells[2], t->high);
        number_usd(row->cells[3], sizeof row->cells[3], t->low_usd);
        number_usd(row->cells[4], sizeof row->cells[4], t->high_usd);
    }
    text_copy(c->sentence, sizeof c->sentence, c->note);
    return 0;
}

int
view_spread(struct chart *c, const struct answer *an, const struct catalog *cat, int columns)
{
    char p5[24], p50[24], p95[24];
    const struct spread *d = &an->difference;

    (void)cat, (void)columns;
    chart_reset(c, CHART_SPREAD, "Spread of rival minus pick, NPV");
    c->x_low = an->spread_low, c->x_high = an->spread_high;
    c->x_prefix = "$";
    memcpy(c->histogram, an->spread_histogram, sizeof c->histogram);
    c->you = d->p50, c->you_low = d->p5, c->you_high = d->p95;
    number_usd(p5, sizeof p5, d->p5);
    number_usd(p50, sizeof p50, d->p50);
    number_usd(p95, sizeof p95, d->p95);
    if (an->verdict.pick >= 0 && an->verdict.rival >= 0)
        snprintf(c->note, sizeof c->note, "%s minus %s: median %s, 90%% range %s to %s; pick cheapest in %.0f%% of samples",
                 an->arms[an->verdict.rival].name, an->arms[an->verdict.pick].name, p50, p5, p95,
                 100 * an->verdict.p_best);
    text_copy(c->sentence, sizeof c->sentence, c->note);
    add_column(c, "quantile");
    add_column(c, "USD");
    const char *names[] = { "P5", "P25", "P50", "P75", "P95", "mean" };
    const double values[] = { d->p5, d->p25, d->p50, d->p75, d->p95, d->mean };
    for (int k = 0; k < 6; k++) {
        struct table_row *row = add_row(c, names[k]);
        number_usd(row->cells[1], sizeof row->cells[1], values[k]);
    }
    return 0;
}
