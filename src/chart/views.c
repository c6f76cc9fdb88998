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
    c->you = c->you_low = c->you_high = c->you_y = NAN;
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
static void
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
    snprintf(c->marks_label, sizeof c->marks_label, "%s %c/%c", set->n > 1 ? "first and last break-even" : "break-even",
             'A' + x->a, 'A' + x->b);
}

/* A line that is level all the way needs some height around it. */
static void
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
    settle_range(c);
    mark_crossings(c, an, false);
    volume_of_user(c, an);
    return has_zero;
}

/* "break even at 94.9M" or "break even 3 times: first at 77.3M, next at 94.9M, last at 253M". */
static void
crossing_text(const struct crossing_set *set, char *out, size_t size)
{
    char first[16], next[16], last[16];

    number_si(first, sizeof first, set->tokens_per_day[0]);
    number_si(last, sizeof last, set->tokens_per_day[set->n - 1]);
    if (set->n == 1)
        snprintf(out, size, "break even at %s", first);
    else if (set->n == 2)
        snprintf(out, size, "break even twice: first at %s, last at %s", first, last);
    else
        snprintf(out, size, "break even %s%d times: first at %s, next at %s, last at %s", set->truncated ? "at least " : "",
                 set->n, first, number_si(next, sizeof next, set->tokens_per_day[1]), last);
}

static const struct crossing_answer *
crossing_of_rival(const struct answer *an)
{
    for (int k = 0; k < an->n_crossings; k++) {
        const struct crossing_answer *x = &an->crossings[k];
        if ((x->a == an->verdict.pick && x->b == an->verdict.rival) || (x->b == an->verdict.pick && x->a == an->verdict.rival))
            return x;
    }
    return NULL;
}

/* First that pick and rival do not cross, if so; then the crossings that are marked. */
static void
volume_sentence(struct chart *c, const struct answer *an)
{
    const struct crossing_answer *x = main_crossing(an, false), *main = crossing_of_rival(an);
    char where[160], low[16], high[16];
    size_t n = 0, size = sizeof c->sentence;

    number_si(low, sizeof low, an->tokens_per_day / 1000);
    number_si(high, sizeof high, an->tokens_per_day * 1000);
    if (main != NULL && main->run.n == 0 && main->run.cheaper_above >= 0)
        n += (size_t)snprintf(c->sentence, size, "No break-even of %s and %s: none between %s and %s tokens/day, %s costs less to run throughout. ",
                              an->arms[main->a].name, an->arms[main->b].name, low, high,
                              an->arms[main->run.cheaper_above].name);
    else if (x == NULL)
        n += (size_t)snprintf(c->sentence, size, "No break-even: none between %s and %s tokens/day. ", low, high);
    if (x != NULL) {
        crossing_text(&x->run, where, sizeof where);
        n += (size_t)snprintf(c->sentence + n, size - n, "Running costs of %s and %s %s tokens/day%s%s%s. ",
                              an->arms[x->a].name, an->arms[x->b].name, where, x->run.cheaper_above >= 0 ? "; above it " : "",
                              x->run.cheaper_above >= 0 ? an->arms[x->run.cheaper_above].name : "",
                              x->run.cheaper_above >= 0 ? " is cheaper" : "");
    }
    if (n > 0)
        c->sentence[n - 1] = '\0';
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
    bool cut = false;

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
        double top = fmax(here, least * 2) * 1.25;
        cut = top < c->y_high;
        c->y_low = least * 0.9;
        c->y_high = fmin(c->y_high, top);
    }
    c->y_prefix = "$";
    snprintf(c->x_label, sizeof c->x_label, "tokens/day, log; y not from 0%s", cut ? ", its top cut off" : "");
    text_copy(c->y_label, sizeof c->y_label, "USD per million tokens");
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

static void
difference_table(struct chart *c)
{
    add_column(c, "tokens/day");
    for (int s = 0; s < c->n_series; s++)
        add_column(c, c->series[s].name);
    for (int k = 0; k <= 10; k++) {
        char name[16];
        double x = c->x_high * k / 10;
        struct table_row *row = add_row(c, number_si(name, sizeof name, x));
        for (int s = 0; row != NULL && s < c->n_series; s++)
            number_usd(row->cells[s + 1], sizeof row->cells[0], series_at(&c->series[s], x, false, false));
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
    settle_range(c);
    c->zero_line = true;
    c->y_prefix = "$";
    text_copy(c->x_label, sizeof c->x_label, "tokens/day");
    snprintf(c->y_label, sizeof c->y_label, "above 0 %.40s is cheaper", an->arms[pick].name);
    if (of_pick) /* others cross where this picture has no line */
        mark_crossings(c, an, false);
    volume_of_user(c, an);
    volume_sentence(c, an);
    difference_table(c);
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

/* What it has come to at the end, and from which month the larger start has paid back. */
static void
cumulative_sentence(struct chart *c, const struct answer *an, const int *order, int n)
{
    const struct crossing_answer *x = crossing_of_rival(an);
    int months = an->horizon_months, named = 0;
    size_t at = (size_t)snprintf(c->sentence, sizeof c->sentence, "After %d months ", months);
    char usd[24];

    for (int k = 0; k < n && named < 3; k++)
        if (an->arms[order[k]].known && at < sizeof c->sentence)
            at += (size_t)snprintf(c->sentence + at, sizeof c->sentence - at, "%s%s has cost %s", named++ > 0 ? ", " : "",
                                   an->arms[order[k]].name,
                                   number_usd(usd, sizeof usd, an->arms[order[k]].cumulative_usd[months - 1]));
    if (named == 0)
        at = (size_t)snprintf(c->sentence, sizeof c->sentence, "No arm's cost is known");
    if (x == NULL || at >= sizeof c->sentence)
        return;
    const struct arm_answer *a = &an->arms[x->a], *b = &an->arms[x->b];
    if (x->payback_month > 0) {
        c->marks[c->n_marks++] = x->payback_month;
        text_copy(c->marks_label, sizeof c->marks_label, "payback");
        snprintf(c->sentence + at, sizeof c->sentence - at, "; %s has paid back its larger start by month %d.",
                 (a->once_usd > b->once_usd ? a : b)->name, x->payback_month);
    } else
        snprintf(c->sentence + at, sizeof c->sentence - at, "; no payback of %s and %s: the smaller start stays the cheaper.",
                 a->name, b->name);
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
    settle_range(c);
    cumulative_sentence(c, an, order, n);
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

/* arms.tuned.run_fte as "tuned.run_fte", workload.requests_per_day as "requests_per_day". */
static const char *
short_path(const char *path)
{
    const char *dot = strchr(path, '.');

    return dot != NULL ? dot + 1 : path;
}

static bool
bar_flips(const struct tornado_bar *t)
{
    return (t->low_usd < 0) != (t->high_usd < 0);
}

static void
tornado_row(struct chart *c, const struct answer *an, const struct tornado_bar *t)
{
    struct bar *b = &c->bars[c->n_bars++];
    struct table_row *row = add_row(c, t->path);
    char low[24], high[24];

    text_copy(b->label, sizeof b->label, short_path(t->path));
    b->low = t->low_usd, b->high = t->high_usd, b->from = an->difference.p50, b->series = -1;
    snprintf(b->range, sizeof b->range, "%s to %s", number_si(low, sizeof low, t->low), number_si(high, sizeof high, t->high));
    snprintf(b->note, sizeof b->note, "%s to %s%s", number_usd(low, sizeof low, t->low_usd),
             number_usd(high, sizeof high, t->high_usd), bar_flips(t) ? " flips" : "");
    if (row == NULL)
        return;
    number_si(row->cells[1], sizeof row->cells[1], t->low);
    number_si(row->cells[2], sizeof row->cells[2], t->high);
    number_usd(row->cells[3], sizeof row->cells[3], t->low_usd);
    number_usd(row->cells[4], sizeof row->cells[4], t->high_usd);
    text_copy(row->cells[5], sizeof row->cells[5], bar_flips(t) ? "yes" : "no");
}

static void
tornado_sentence(struct chart *c, const struct answer *an)
{
    const struct tornado_bar *t = &an->tornado[0];
    char low[24], high[24];
    int flips = 0;

    for (int k = 0; k < an->n_tornado; k++)
        flips += bar_flips(&an->tornado[k]);
    snprintf(c->sentence, sizeof c->sentence, "%s moves rival minus pick most, from %s to %s; %d of %d inputs flip the cheaper arm by themselves.",
             short_path(t->path), number_usd(low, sizeof low, t->low_usd), number_usd(high, sizeof high, t->high_usd), flips,
             an->n_tornado);
}

int
view_tornado(struct chart *c, const struct answer *an, const struct catalog *cat, int columns)
{
    (void)cat, (void)columns;
    chart_reset(c, CHART_BARS, "Tornado: rival minus pick, NPV");
    c->zero_line = true;
    c->x_prefix = "$";
    if (an->n_tornado == 0) {
        text_copy(c->note, sizeof c->note, "No tornado: there is no rival, or nothing is uncertain.");
        text_copy(c->sentence, sizeof c->sentence, c->note);
    } else {
        text_copy(c->note, sizeof c->note, "light: the input at its P5, dark: at P95; a bar across 0 flips the cheaper arm");
        if (an->n_tornado > BARS_MAX)
            snprintf(c->note, sizeof c->note, "light: the input at its P5, dark: at P95; the %d largest of %d", BARS_MAX, an->n_tornado);
        tornado_sentence(c, an);
    }
    add_column(c, "input");
    add_column(c, "low");
    add_column(c, "high");
    add_column(c, "at low");
    add_column(c, "at high");
    add_column(c, "flips");
    for (int k = 0; k < an->n_tornado && k < BARS_MAX; k++)
        tornado_row(c, an, &an->tornado[k]);
    return 0;
}

int
view_spread(struct chart *c, const struct answer *an, const struct catalog *cat, int columns)
{
    char p5[24], p50[24], p95[24];
    const struct spread *d = &an->difference;

    (void)cat, (void)columns;
    chart_reset(c, CHART_SPREAD, "Spread of rival minus pick, NPV");
    c->x_prefix = "$";
    number_usd(p5, sizeof p5, d->p5);
    number_usd(p50, sizeof p50, d->p50);
    number_usd(p95, sizeof p95, d->p95);
    if (an->verdict.pick < 0 || an->verdict.rival < 0) {
        text_copy(c->note, sizeof c->note, an->verdict.pick < 0 ? "No arm passes the gates: there is no difference to spread."
                                                                : "No rival passes the gates: there is no difference to spread.");
        text_copy(c->sentence, sizeof c->sentence, c->note);
    } else if (!(an->spread_high - an->spread_low > 1e-6 * fabs(d->p50))) { /* what is left is rounding */
        snprintf(c->note, sizeof c->note, "No spread: nothing is uncertain; %s minus %s is %s.", an->arms[an->verdict.rival].name,
                 an->arms[an->verdict.pick].name, p50);
        text_copy(c->sentence, sizeof c->sentence, c->note);
    } else {
        c->x_low = an->spread_low, c->x_high = an->spread_high;
        memcpy(c->histogram, an->spread_histogram, sizeof c->histogram);
        c->you = d->p50, c->you_low = d->p5, c->you_high = d->p95;
        snprintf(c->note, sizeof c->note, "%s minus %s: median %s, 90%% of samples %s to %s", an->arms[an->verdict.rival].name,
                 an->arms[an->verdict.pick].name, p50, p5, p95);
        snprintf(c->sentence, sizeof c->sentence, "%s minus %s has its median at %s and 90%% of samples from %s to %s; %s is the cheapest in %.0f%% of samples.",
                 an->arms[an->verdict.rival].name, an->arms[an->verdict.pick].name, p50, p5, p95,
                 an->arms[an->verdict.pick].name, 100 * an->verdict.p_best);
    }
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
