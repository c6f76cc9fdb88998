/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <limits.h>
#include <math.h>

#include "parts.h"

/* The run curve (section 11.4): what a month costs in tokens, replicas and people. */

/* One stint's month: its first. */
struct run {
    double usd, paid_hours, busy_hours, replicas;
};

static void
run_stint(const struct setup *s, const struct calendar *cal, const struct stint *st, struct run *r,
          struct gaps *g)
{
    struct stint month = *st;
    struct people_cost people;
    struct serving_month served;
    struct serving v;
    struct load l;
    double bought = 0;

    if (!s->arms[st->arm].usable)
        need_value(g, NAN, "a name that the catalog lacks");
    load_of_arm(&l, s, st->arm, g);
    people_evaluate(&people, s, st->arm, g);
    month.to = month.from;
    if (KIND(s->sc.arms[st->arm].kind) & KINDS_TOKENS) {
        struct token_bill bill;
        token_bill(&bill, s, cal, &month, &l, g);
        bought = bill.usd[st->from - 1];
    }
    /* Replicas for latency are sized by the worst of all months. */
    serving_plan(&v, s, cal, st, &l, g);
    const double alive = cal->alive[st->from - 1], tax = 1 + figure_or(&s->sc.prices.tax_share, 0);
    r->usd += (bought * tax + people.run_usd_month) * alive;
    if (!v.present)
        return;
    serving_month(&v, cal, st->from, cal->requests[st->from - 1] * st->share, &served);
    r->usd += (served.usd * alive + served.committed_usd) * tax;
    r->paid_hours += served.paid_hours;
    r->busy_hours += served.busy_hours;
    r->replicas += served.replicas;
}

double
model_run_month(const struct setup *s, int arm, double *utilization, int *replicas)
{
    struct calendar cal;
    struct gaps g = { NULL };
    struct run r = { 0, 0, 0, 0 };
    struct stint st[2];

    calendar_make(&cal, s);
    int n = stints_of(s, arm, cal.months, st);
    if (n == 0)
        r.usd = NAN;
    /* Staged: the arm that serves in the end. */
    for (int i = s->sc.arms[arm].kind == ARM_STAGED ? n - 1 : 0; i >= 0 && i < n; i++)
        run_stint(s, &cal, &st[i], &r, &g);
    if (utilization != NULL)
        *utilization = r.paid_hours > 0 ? r.busy_hours / r.paid_hours : NAN;
    if (replicas != NULL)
        *replicas = !(r.replicas > 0) ? 0 : r.replicas < INT_MAX ? (int)(r.replicas + 0.5) : INT_MAX;
    return g.first == NULL ? r.usd : NAN;
}

double
model_run_month_usd(const struct setup *s, int arm)
{
    return model_run_month(s, arm, NULL, NULL);
}
