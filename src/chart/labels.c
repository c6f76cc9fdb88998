/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "views.h"

/* The learning curve: right answers over labelled examples. */

/* The learning curve is that of the first tuned arm at the medians. */
int
tuned_arm(const struct answer *an)
{
    for (int a = 0; a < an->n_arms; a++)
        if (arm_kind_is_tuned(an->arms[a].kind))
            return a;
    return -1;
}

void
label_range(const struct answer *an, double *low, double *high)
{
    *low = 100;
    *high = fmax(1e5, an->setup.sc.labels.examples.x * 4);
}

static double
in_percent(const struct answer *an, double x, double y)
{
    (void)an, (void)x;
    return 100 * y;
}

static void
add_label_band(struct chart *c, const struct answer *an, int arm)
{
    int line = c->n_series;

    add_band(c, an, arm, &an->label_band, BAND_WHOLE, in_percent);
    for (int s = line; s < c->n_series; s++)
        for (int i = 0; i < c->series[s].n; i++)
            if (isfinite(c->series[s].y[i])) {
                c->y_low = fmin(c->y_low, c->series[s].y[i]);
                c->y_high = fmax(c->y_high, c->series[s].y[i]);
            }
}

/* A pilot counts the examples that were trained on; the axis those that are labelled. */
static double
labelled_for(const struct answer *an, double trained)
{
    const struct quantity *holdout = &an->setup.sc.labels.holdout_share;

    return trained / (1 - (holdout->kind != QUANTITY_UNSET ? holdout->x : 0));
}

/* What pilots were measured at, over the curve that was fitted to them. */
static void
add_pilots(struct chart *c, const struct answer *an, int arm)
{
    const struct scenario *sc = &an->setup.sc;
    struct series *s = sc->n_pilots > 0 ? add_series(c, an, arm) : NULL;

    if (s == NULL)
        return;
    text_copy(s->name, sizeof s->name, "pilots");
    s->points = true;
    for (int k = 0; k < sc->n_pilots; k++) {
        const struct pilot *p = &sc->pilots[k];
        if (p->total <= 0)
            continue;
        s->x[s->n] = labelled_for(an, p->n);
        s->y[s->n] = 100.0 * p->right / p->total;
        c->x_low = fmin(c->x_low, p->n > 0 ? s->x[s->n] : c->x_low);
        c->y_low = fmin(c->y_low, s->y[s->n]);
        c->y_high = fmax(c->y_high, s->y[s->n]);
        s->n++;
    }
}

static void
labels_table(struct chart *c, const struct answer *an, struct setup *work, int arm, double typed)
{
    static const double at[] = { 200, 500, 1000, 2000, 5000, 10000, 20000, 50000 };
    const struct scenario *sc = &work->sc;

    const struct band *b = &an->label_band;

    add_column(c, "examples");
    add_column(c, "right answers");
    if (b->n > 0)
        add_column(c, "90% range");
    add_column(c, "how");
    int how = c->n_columns - 1;
    for (int k = -1; k < (int)BE_LEN(at); k++) {
        double n = k < 0 ? typed : at[k];
        char name[32];
        struct table_row *row = add_row(c, number_si(name, sizeof name, n));
        work->sc.labels.examples.x = n;
        number_percent(row->cells[1], sizeof row->cells[1], quality_month1(work, arm), 1);
        text_copy(row->cells[how], sizeof row->cells[how], k < 0 ? "as typed" : "curve");
        if (b->n > 0) {
            char low[16], high[16];
            snprintf(row->cells[2], sizeof row->cells[2], "%s to %s",
                     number_percent(low, sizeof low, band_at(b, b->low[arm], n), 1),
                     number_percent(high, sizeof high, band_at(b, b->high[arm], n), 1));
        }
    }
    for (int k = 0; k < sc->n_pilots; k++) {
        char name[32];
        struct table_row *row = add_row(c, number_si(name, sizeof name, labelled_for(an, sc->pilots[k].n)));
        if (row == NULL || sc->pilots[k].total <= 0)
            continue;
        number_percent(row->cells[1], sizeof row->cells[1], sc->pilots[k].right / (double)sc->pilots[k].total, 1);
        snprintf(row->cells[how], sizeof row->cells[how], "pilot trained on %d, %d of %d", sc->pilots[k].n,
                 sc->pilots[k].right, sc->pilots[k].total);
    }
}

static void
labels_sentence(struct chart *c, const struct answer *an, const struct setup *typed, int arm)
{
    char now[16], best[16], saves[16], n[16];
    double examples = typed->sc.labels.examples.x;
    int at = snprintf(c->sentence, sizeof c->sentence, "%s answers %s right with %s examples. ", an->arms[arm].name,
                      number_percent(now, sizeof now, quality_month1(typed, arm), 1), number_si(n, sizeof n, examples));

    if (isfinite(an->label_budget.n) && an->label_budget_arm == arm) {
        c->marks[c->n_marks++] = an->label_budget.n;
        text_copy(c->marks_label, sizeof c->marks_label, "least cost");
        snprintf(c->sentence + at, sizeof c->sentence - (size_t)at,
                 "Labels and errors together cost least at %s, which saves %s against those typed.",
                 number_si(best, sizeof best, an->label_budget.n), number_usd(saves, sizeof saves, an->label_budget.saves_usd));
    } else
        text_copy(c->sentence + at, sizeof c->sentence - (size_t)at, "No best number of labels: an error costs nothing in this scenario.");
}

int
view_labels(struct chart *c, const struct answer *an, const struct catalog *cat, int columns)
{
    int arm = tuned_arm(an), points = columns > 100 ? 200 : 100;
    struct setup *work;

    (void)cat;
    chart_reset(c, CHART_LINES, "Labels and quality");
    if (arm < 0 || !isfinite(an->arms[arm].outcome.quality)) {
        text_copy(c->note, sizeof c->note, "No arm is tuned, so labels buy nothing.");
        text_copy(c->sentence, sizeof c->sentence, c->note);
        return 0;
    }
    work = malloc(sizeof *work);
    if (work == NULL)
        return -1;
    *work = an->setup;
    double typed = work->sc.labels.examples.x;
    c->x_log = true;
    label_range(an, &c->x_low, &c->x_high);
    struct series *s = add_series(c, an, arm);
    s->n = points;
    c->y_low = 1, c->y_high = 0;
    for (int i = 0; i < points; i++) {
        s->x[i] = c->x_low * pow(c->x_high / c->x_low, i / (double)(points - 1));
        work->sc.labels.examples.x = s->x[i];
        s->y[i] = 100 * quality_month1(work, arm);
        if (i == 0)
            c->y_low = c->y_high = s->y[i];
        c->y_low = fmin(c->y_low, s->y[i]);
        c->y_high = fmax(c->y_high, s->y[i]);
    }
    add_label_band(c, an, arm);
    add_pilots(c, an, arm);
    c->y_high = fmin(100, c->y_high + 0.02 * (c->y_high - c->y_low) + 0.1);
    c->you = typed;
    if (quantity_is_uncertain(&an->setup.sc.labels.examples)) {
        c->you_low = quantity_quantile(&an->setup.sc.labels.examples, 0.05);
        c->you_high = quantity_quantile(&an->setup.sc.labels.examples, 0.95);
    }
    text_copy(c->x_label, sizeof c->x_label, "labelled examples, log");
    if (c->y_low < 0.2 * c->y_high) /* near 0 leaving it out would gain nothing */
        c->y_low = 0;
    text_copy(c->y_label, sizeof c->y_label, c->y_low > 0 ? "% right answers, not from 0" : "% right answers");
    text_copy(c->y_unit, sizeof c->y_unit, "%");
    text_copy(c->axes, sizeof c->axes, "% right over labelled examples, log");
    text_copy(c->y_note, sizeof c->y_note, c->y_low > 0 ? "not from 0" : "");
    labels_table(c, an, work, arm, typed);
    *work = an->setup;
    labels_sentence(c, an, work, arm);
    free(work);
    return 0;
}
