/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>

#include "parts.h"

/*
 * Serving on replicas (section 5): whole replicas for the load of an hour, paid by the
 * hour.  Loads are attempts a second; a day has 24 hourly loads.
 */

/* A load that fills its replicas exactly needs no more: rounding is not a machine. (ceil()
 * is a call on a plain x86-64, and this runs for every hour of every month.) */
static double
whole_up(double x)
{
    double y = x - 1e-9;

    if (!(y > 0 && y < 1e15))
        return ceil(y);
    double whole = (double)(int64_t)y;
    return whole < y ? whole + 1 : whole;
}

double
replicas_of_load(double load, double least)
{
    double n = whole_up(load);

    return n > least || !(n == n) ? n : least;
}

double
replicas_for(const struct serving *v, double requests_day, double shape)
{
    return v->sized ? replicas_of_load(requests_day * v->per_request * shape, v->least) : v->least;
}

/* ---- prices ------------------------------------------------------------------------ */

static void
price_replicas(struct serving *v, const struct setup *s, int arm, struct gaps *g)
{
    const struct arm *a = &s->sc.arms[arm];
    double price;

    if (a->kind == ARM_HOSTED_TUNED)
        price = need(g, &a->endpoint_usd_h, "price per endpoint hour");
    else
        price = need(g, &a->gpu_price_usd_h, "price per GPU-hour") *
                figure_or(&a->gpus_per_replica, 1);
    v->usd_replica_h = price * (1 + figure_or(&a->overhead_share, 0)) * figure_or(&a->bill_share, 1);
    v->committed = figure_or(&a->commit_replicas, 0);
    v->commit_months = figure_or(&a->commit_months, 0);
    v->commit_keep = 1 - figure_or(&a->commit_discount, 0);
}

/* ---- the plan ----------------------------------------------------------------------- */

static double
busiest(const struct calendar *cal, const struct stint *st)
{
    double most = cal->requests[st->from - 1];

    for (int m = st->from; m < st->to; m++)
        most = larger(cal->requests[m], most);
    return most * st->share;
}

static void
shape_day(struct serving *v, const struct setup *s, const struct load *l)
{
    double k = figure_or(&s->sc.workload.peak_to_average, 1);

    v->peak = peak_of_day(k, l->batch);
    if (!v->follow)
        return;
    double day[HOURS];
    workload_day_shape(k, day);
    workload_fill_valleys(day, l->batch, v->shape);
}

/* An endpoint is served whether or not its throughput is known; own GPUs are not. */
static bool
has_replicas(const struct arm *a)
{
    if (KIND(a->kind) & KINDS_SELF)
        return true;
    return a->kind == ARM_HOSTED_TUNED && known(figure(&a->endpoint_usd_h));
}

void
serving_plan(struct serving *v, const struct setup *s, const struct calendar *cal,
             const struct stint *st, const struct load *l, struct gaps *g)
{
    const struct arm *a = &s->sc.arms[st->arm];

    *v = (struct serving){ .present = has_replicas(a), .from = st->from, .fits = true,
        .batch = NAN, .ttft_s = NAN, .ttft_p50_s = NAN, .tpot_s = NAN, .need_gib = NAN,
        .have_gib = NAN, .weights_gib = NAN, .usable_gib = NAN, .mu = NAN, .tok_s = NAN,
        .wait_p95_s = NAN, .wait_p50_s = NAN };
    if (!v->present)
        return;
    v->follow = a->scaling == SCALING_FOLLOW_LOAD;
    v->slow_start = figure_or(&a->startup_minutes, 0) > 10;
    v->least = figure_or(&a->min_replicas, 1);
    v->spare = figure_or(&a->spare_replicas, 0);
    shape_day(v, s, l);
    price_replicas(v, s, st->arm, g);
    serving_capacity(v, s, cal, st->arm, l, g);
    v->impossible = v->ttft_s > figure(&s->sc.latency.ttft_p95_ms) / 1000 ||
                    v->tpot_s > figure(&s->sc.latency.tpot_ms) / 1000;
    v->sized = known(v->mu);
    if (!v->sized) {
        /* A vendor's endpoint: what it holds is not known, so its least is all that can be
         * said, and no spare is bought beside it. */
        v->spare = 0;
        v->warned |= WARN_ENDPOINT_UNSIZED;
        v->conditional = true;
        return;
    }
    double target = need(g, &a->utilization_target, "utilization target");
    v->attempt_s = l->attempts / 86400;
    v->per_request = v->attempt_s / (v->mu * target);
    v->conditional = !known(v->batch);
    v->busiest = busiest(cal, st);
    if (!v->conditional && known(v->busiest))
        v->extra = replicas_for_latency(v, s, v->busiest);
}

void
serving_waits(struct serving *v, const struct setup *s)
{
    if (!v->sized || v->conditional || !known(v->busiest))
        return;
    waits_at(v, s, v->busiest, v->extra, &v->wait_p95_s, &v->wait_p50_s);
    double full = (replicas_for(v, v->busiest, v->peak) + v->extra) * v->mu;
    if (v->busiest * v->attempt_s * v->peak >= full)
        v->warned |= WARN_SATURATED;
}

/* ---- a month ---------------------------------------------------------------------------- */

/* Replica-hours of a day: in all, beyond the committed replicas, and both without the
 * replicas that latency adds. */
struct day {
    double paid, beyond, beyond_without;
};

static void
day_add(struct day *d, const struct serving *v, double n, double hours, double committed)
{
    double all = n + v->extra + v->spare, without = n + v->spare;

    d->paid += hours * larger(all, committed);
    d->beyond += hours * (all > committed || !(all == all) ? all - committed : 0);
    d->beyond_without += hours * (without > committed ? without - committed : 0);
}

static struct day
day_of(const struct serving *v, double requests_day, double committed)
{
    struct day d = { 0, 0, 0 };

    if (!v->follow) {
        day_add(&d, v, replicas_for(v, requests_day, v->peak), HOURS, committed);
        return d;
    }
    /* The day mirrors at noon and midnight: each step between two hours comes twice. A slow
     * replica must be started in the hour before it is needed. */
    double now = replicas_for(v, requests_day, v->shape[0]);
    for (int h = 1; h <= HOURS / 2; h++) {
        double next = replicas_for(v, requests_day, v->shape[h]);
        double busier = next > now ? next : now;
        if (v->slow_start) {
            day_add(&d, v, busier, 2, committed);
        } else {
            day_add(&d, v, now, 1, committed);
            day_add(&d, v, next, 1, committed);
        }
        now = next;
    }
    return d;
}

static double
committed_in(const struct serving *v, int month)
{
    return month - v->from < v->commit_months ? v->committed : 0;
}

double
serving_beyond_hours(const struct serving *v, int month, double requests_day)
{
    return day_of(v, requests_day, committed_in(v, month)).beyond;
}

void
serving_month(const struct serving *v, const struct calendar *cal, int month, double requests_day,
              struct serving_month *out)
{
    double committed = committed_in(v, month);
    struct day d = day_of(v, requests_day, committed);
    double price = cal->days * v->usd_replica_h * cal->gpu_path[month - 1];

    out->usd = price * d.beyond;
    /* At the price of the month in which the commitment was signed. */
    out->committed_usd = committed > 0 ? committed * HOURS * cal->days * v->usd_replica_h *
                                             v->commit_keep * cal->gpu_path[v->from - 1]
                                       : 0;
    out->latency_usd = v->extra > 0 ? price * (d.beyond - d.beyond_without) : 0;
    out->paid_hours = cal->days * d.paid;
    out->busy_hours = cal->days * requests_day * v->attempt_s * HOURS / v->mu;
    out->replicas = replicas_for(v, requests_day, v->follow ? v->shape[0] : v->peak) + v->extra + v->spare;
}

double
serving_left_over(const struct serving *v, const struct calendar *cal, int last)
{
    double left = v->commit_months - (last - v->from + 1);

    if (!v->present || !(v->committed > 0) || !(left > 0))
        return 0;
    return left * v->committed * HOURS * cal->days * v->usd_replica_h * v->commit_keep *
           cal->gpu_path[v->from - 1];
}
