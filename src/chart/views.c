/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "views.h"

const struct view views[] = {
    { "cost", 'C', "Cost", "Running cost a month of every arm over tokens a day, both logarithmic", view_cost, BANDS_VOLUME },
    { "unit", 'U', "Unit cost", "The same per million tokens, linear, so that the crossings show", view_unit, BANDS_VOLUME },
    { "diff", 'D', "Difference", "The nearest rival's cost minus the pick's over tokens a day", view_difference, BANDS_VOLUME },
    { "cumulative", 'K', "Cumulative", "What each arm has cost by the end of each month", view_cumulative, 0 },
    { "tornado", 'T', "Tornado", "How far each input moves rival minus pick between its P5 and P95", view_tornado, 0 },
    { "spread", 'S', "Spread", "The distribution of rival minus pick over all samples", view_spread, 0 },
    { "why", 'W', "Why", "Gates, rules, what would flip the verdict alone or two by two, what to measure next", view_why, 0 },
    { "latency", 'L', "Latency", "Time to first token, speed, replicas and utilization of each arm", view_latency, 0 },
    { "labels", 'B', "Labels", "The learning curve and what labels cost against what errors cost", view_labels, BANDS_LABELS },
    { "map", 'M', "Map", "Which arm is picked where, over two fields", view_map, 0 },
    { "lines", 'I', "Cost lines", "Where the money goes, line by line, over the horizon", view_lines, 0 },
    { "audit", 'A', "Audit", "The article's claims recomputed", view_audit, 0 },
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
    memset(c, 0, offsetof(struct chart, series));
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

struct bar *
add_bar(struct chart *c)
{
    if (c->n_bars == BARS_MAX)
        return NULL;
    struct bar *b = &c->bars[c->n_bars++];
    memset(b, 0, sizeof *b);
    b->series = -1;
    return b;
}

char *
chart_field_name(const struct scenario *sc, const char *path, char *out, size_t size)
{
    struct field_ref ref;
    struct error ignored;

    if (field_find(sc, path, &ref, &ignored) < 0)
        text_copy(out, size, path);
    else
        snprintf(out, size, "%s%s%s", ref.arm >= 0 ? sc->arms[ref.arm].name : "", ref.arm >= 0 ? ": " : "", ref.field->label);
    return out;
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
    for (int k = 0; k < TABLE_COLUMNS_MAX; k++)
        r->cells[k][0] = '\0';
    r->path[0] = '\0';
    text_copy(r->cells[0], sizeof r->cells[0], name);
    return r;
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
    const struct crossing_answer *x = answer_crossing(an, an->verdict.pick, an->verdict.rival);
    int months = an->horizon_months, named = 0;
    size_t at = (size_t)snprintf(c->sentence, sizeof c->sentence, "After %d months, as paid and with every input at its median, ",
                                 months);
    char usd[24];

    for (int k = 0; k < n && named < 3; k++) {
        const struct arm_answer *of = &an->arms[order[k]];
        if (!of->known || at >= sizeof c->sentence)
            continue;
        at += (size_t)snprintf(c->sentence + at, sizeof c->sentence - at, "%s%s%s %s", named > 0 ? ", " : "", of->name,
                               named == 0 ? " has cost" : "", number_usd(usd, sizeof usd, of->cumulative_usd[months - 1]));
        named++;
    }
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
    } else if (crossing_starts_alike(an, x))
        snprintf(c->sentence + at, sizeof c->sentence - at, "; %s and %s start alike: there is nothing to pay back.", a->name, b->name);
    else
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
    text_copy(c->axes, sizeof c->axes, "$ so far over months");
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

static bool
bar_flips(const struct tornado_bar *t)
{
    return (t->low_usd < 0) != (t->high_usd < 0);
}

static void
tornado_row(struct chart *c, const struct answer *an, const struct tornado_bar *t)
{
    struct bar *b = add_bar(c);
    struct table_row *row = add_row(c, "");
    const struct scenario *sc = &an->setup.sc;
    struct quantity_rules how;
    struct field_ref ref;
    struct error ignored;
    char low[24], high[24], name[64], unit[48] = "";

    if (b == NULL || row == NULL)
        return;
    chart_field_name(sc, t->path, name, sizeof name);
    text_copy(b->path, sizeof b->path, t->path);
    text_copy(row->path, sizeof row->path, t->path);
    text_copy(b->label, sizeof b->label, name);
    text_copy(row->cells[0], sizeof row->cells[0], name);
    if (field_find(sc, t->path, &ref, &ignored) == 0) {
        field_rules(ref.field, sc, &how);
        quantity_show(low, sizeof low, t->low, &how);
        quantity_show(high, sizeof high, t->high, &how);
        field_unit_behind(ref.field, high, unit, sizeof unit);
    } else {
        number_si(low, sizeof low, t->low);
        number_si(high, sizeof high, t->high);
    }
    snprintf(b->range, sizeof b->range, "%s to %s", low, high);
    text_copy(row->cells[1], sizeof row->cells[1], low);
    snprintf(row->cells[2], sizeof row->cells[2], "%s%s", high, unit);
    b->low = t->low_usd, b->high = t->high_usd, b->from = an->difference.p50;
    number_usd(low, sizeof low, t->low_usd);
    number_usd(high, sizeof high, t->high_usd);
    snprintf(b->note, sizeof b->note, "%s to %s%s", low, high, bar_flips(t) ? " flips" : "");
    text_copy(row->cells[3], sizeof row->cells[3], low);
    text_copy(row->cells[4], sizeof row->cells[4], high);
    text_copy(row->cells[5], sizeof row->cells[5], bar_flips(t) ? "yes" : "no");
}

static void
tornado_sentence(struct chart *c, const struct answer *an)
{
    const struct tornado_bar *t = &an->tornado[0];
    char low[24], high[24], name[64];
    int flips = 0;

    for (int k = 0; k < an->n_tornado; k++)
        flips += bar_flips(&an->tornado[k]);
    snprintf(c->sentence, sizeof c->sentence, "%s moves rival minus pick most, from %s to %s; %d of %d inputs flip the cheaper arm by themselves.",
             chart_field_name(&an->setup.sc, t->path, name, sizeof name), number_usd(low, sizeof low, t->low_usd),
             number_usd(high, sizeof high, t->high_usd), flips, an->n_tornado);
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
        snprintf(c->note, sizeof c->note, "%s minus %s over %d months; a bar across 0 flips the cheaper arm",
                 an->arms[an->verdict.rival].name, an->arms[an->verdict.pick].name, an->horizon_months);
        tornado_sentence(c, an);
    }
    add_column(c, "input");
    add_column(c, "low");
    add_column(c, "high");
    add_column(c, "at low");
    add_column(c, "at high");
    add_column(c, "flips");
    for (int k = 0; k < an->n_tornado; k++)
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
        snprintf(c->note, sizeof c->note, "%s - %s, %d months: median %s, 90%% %s to %s",
                 an->arms[an->verdict.rival].name, an->arms[an->verdict.pick].name, an->horizon_months, p50, p5, p95);
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
