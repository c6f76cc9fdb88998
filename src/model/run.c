/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <limits.h>
#include <math.h>

#include "parts.h"

/* The run curve and its steps (section 11.4): what a month costs in tokens, replicas and
 * people, and where one replica more begins. */

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

static double
run_month(const struct setup *s, int arm, double other, double *utilization, int *replicas)
{
    struct calendar cal;
    struct gaps g = { NULL };
    struct run r = { 0, 0, 0, 0 };
    struct stint st[2];

    calendar_make(&cal, s);
    cal.other = other;
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
model_run_month(const struct setup *s, int arm, double *utilization, int *replicas)
{
    return run_month(s, arm, 0, utilization, replicas);
}

double
model_run_month_usd(const struct setup *s, int arm)
{
    return run_month(s, arm, 0, NULL, NULL);
}

double
model_run_bound_usd(const struct setup *s, int arm, double requests_per_day)
{
    return run_month(s, arm, requests_per_day / figure(&s->sc.workload.requests_per_day), NULL, NULL);
}

/* ---- steps ------------------------------------------------------------------------------- */

/* The volume R above "now" at which R * k reaches the next whole number of at least
 * "least" replicas; a volume that lies on a step asks for the one after it. */
static double
step_above(double now, double k, double least)
{
    if (!(k > 0))
        return INFINITY;
    double next = floor(now * k * (1 + 1e-9) + 1e-9) + 1;

    return (next > least ? next : least > 1 ? least : 1) / k;
}

/* Volumes are those of month 1; in a later month the load is "growth" times it. */
static double
capacity_step(const struct serving *v, const struct calendar *cal, const struct stint *st, double now)
{
    double nearest = INFINITY, last = -1;

    if (!v->present || !v->sized)
        return INFINITY;
    for (int m = st->from - 1; m < st->to; m++) {
        double growth = cal->requests[m] / cal->requests[0] * st->share;
        if (growth == last)
            continue;
        last = growth;
        for (int h = 0; h <= (v->follow ? HOURS / 2 : 0); h++) {
            double k = v->per_request * growth * (v->follow ? v->shape[h] : v->peak);
            double r = step_above(now, k, v->least);
            if (r < nearest)
                nearest = r;
        }
    }
    return nearest;
}

static double
busiest_growth(const struct calendar *cal, const struct stint *st)
{
    double most = 0;

    for (int m = st->from - 1; m < st->to; m++)
        most = fmax(most, cal->requests[m] / cal->requests[0]);
    return most * st->share;
}

/* Between two capacity steps the replicas for latency only rise: where they rise first is
 * found by halving. */
static double
latency_step(const struct serving *v, const struct setup *s, double growth, double now, double end)
{
    /* A volume on a step is looked at from above, as its next step is asked for. */
    double low = now * (1 + 3e-9), high = isfinite(end) ? end * (1 - 1e-12) : 4 * now;
    double extra = replicas_for_latency(v, s, low * growth);

    if (!(high > low) || replicas_for_latency(v, s, high * growth) == extra)
        return end;
    for (int i = 0; i < 60 && high - low > 1e-12 * high; i++) {
        double middle = 0.5 * (low + high);
        if (replicas_for_latency(v, s, middle * growth) == extra)
            low = middle;
        else
            high = middle;
    }
    return high;
}

double
model_next_step(const struct setup *s, int arm, double requests_per_day)
{
    struct calendar cal;
    struct gaps g = { NULL };
    struct stint st[2];
    double nearest = INFINITY;

    calendar_make(&cal, s);
    if (!(cal.requests[0] > 0) || !(requests_per_day >= 0))
        return INFINITY;
    int n = stints_of(s, arm, cal.months, st);
    for (int i = 0; i < n; i++) {
        struct serving v;
        struct load l;
        load_of_arm(&l, s, st[i].arm, &g);
        serving_plan(&v, s, &cal, &st[i], &l, &g);
        double step = capacity_step(&v, &cal, &st[i], requests_per_day);
        if (known(figure(&s->sc.latency.ttft_p95_ms)) && v.present && v.sized && known(v.batch))
            step = latency_step(&v, s, busiest_growth(&cal, &st[i]), requests_per_day, step);
        nearest = fmin(nearest, step);
    }
    return nearest;
}
