/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <gsl/gsl_sf_gamma.h>
#include <math.h>

#include "parts.h"

/*
 * Waiting for a slot (section 5): n replicas of B slots are one queue of nB servers
 * (M/M/c, corrected by Allen and Cunneen's factor (ca^2 + cs^2)/2).
 */

/* The hour of the peak is constant and then passes: a queue cannot be older. */
#define LONGEST_WAIT_S 3600.0

/* ln of the Poisson probability of c at mean a, c real: a^c e^-a / Gamma(c + 1).
 * Written by c ln(a/c) + (c - a) and Stirling's series, so that thousands of servers do not
 * cancel. */
static double
log_poisson(double c, double a)
{
    if (c < 12)
        return c * log(a) - a - gsl_sf_lngamma(c + 1);
    double i = 1 / c, i2 = i * i;
    double series = i * (1.0 / 12 - i2 * (1.0 / 360 - i2 * (1.0 / 1260 - i2 / 1680)));
    return c * log1p((a - c) / c) + (c - a) - 0.5 * log(6.28318530717958648 * c) - series;
}

/* Erlang B is the Poisson probability over its distribution function Q(c + 1, a), which is
 * at least about a half where a < c: nothing under- or overflows. */
static double
erlang_c_of(double poisson, double servers, double load)
{
    double blocked = poisson / gsl_sf_gamma_inc_Q(servers + 1, load);
    double rho = load / servers;

    return blocked / (1 - rho * (1 - blocked));
}

double
erlang_c(double servers, double load)
{
    if (!(load > 0))
        return load == 0 ? 0 : NAN;
    if (!(servers > load))
        return servers == servers ? 1 : NAN;
    double density = log_poisson(servers, load);
    return density < -700 ? 0 : erlang_c_of(exp(density), servers, load);
}

/* The wait is exponential above its atom at 0: P(W > t) = C exp(-(c - a) t / S). */
void
queue_waits(double servers, double load, double service_s, double variability, double *p95_s,
            double *p50_s)
{
    *p95_s = *p50_s = 0;
    if (!(known(servers) && known(load) && known(service_s))) {
        *p95_s = *p50_s = NAN;
        return;
    }
    if (load >= servers) {
        *p95_s = *p50_s = LONGEST_WAIT_S;
        return;
    }
    if (load <= 0)
        return;
    /* ln(a/c) + 1 - a/c is at most -(1 - a/c)^2/2: 2 e^-3/sqrt(2 pi 12) < 0.05 * 0.25, and nobody waits for long. */
    const double idle = 1 - load / servers;
    if (servers >= 12 && idle >= 0.25 && servers * idle * idle >= 6)
        return;
    /* An upper bound of Erlang C without the incomplete gamma function: Q >= 1/2. */
    const double poisson = exp(log_poisson(servers, load));
    if (2 * poisson / idle <= 0.05)
        return;
    double c = erlang_c_of(poisson, servers, load), scale = variability * service_s / (servers - load);
    if (c > 0.05)
        *p95_s = fmin(scale * log(c / 0.05), LONGEST_WAIT_S);
    if (c > 0.5)
        *p50_s = fmin(scale * log(c / 0.5), LONGEST_WAIT_S);
}

double
p95_wait_s(double servers, double load, double service_s, double ca2, double cs2)
{
    double p95, p50;

    queue_waits(servers, load, service_s, 0.5 * (ca2 + cs2), &p95, &p50);
    return p95;
}

/* ---- replicas for the limit ------------------------------------------------------------ */

static double
variability(const struct setup *s)
{
    return 0.5 * (figure_or(&s->sc.serving.arrival_scv, 1) + figure_or(&s->sc.serving.service_scv, 1));
}

void
queue_waits_at(const struct replica_queue *q, double more, double *p95_s, double *p50_s)
{
    double service_s = q->batch / q->mu;
    double load = q->requests_day * q->attempt_s * q->peak * service_s;
    double n = replicas_of_load(q->requests_day * q->per_request * q->peak, q->least) + more;

    queue_waits(n * q->batch, load, service_s, q->variability, p95_s, p50_s);
}

/* The wait falls with every replica and ends at 0: double, then halve. */
double
queue_replicas_for(const struct replica_queue *q, double limit_s, double ttft_s, double *p95_s)
{
    double low = 0, high = 1, p95, p50;

    queue_waits_at(q, 0, p95_s, &p50);
    if (ttft_s + *p95_s <= limit_s)
        return 0;
    for (;;) {
        queue_waits_at(q, high, p95_s, &p50);
        if (ttft_s + *p95_s <= limit_s || high > 1e9)
            break;
        low = high;
        high *= 2;
    }
    while (high - low > 1) {
        double middle = floor(0.5 * (low + high));
        queue_waits_at(q, middle, &p95, &p50);
        if (ttft_s + p95 <= limit_s) {
            high = middle;
            *p95_s = p95;
        } else
            low = middle;
    }
    return high;
}

static struct replica_queue
queue_of(const struct serving *v, const struct setup *s, double requests_day)
{
    return (struct replica_queue){ .requests_day = requests_day, .attempt_s = v->attempt_s,
        .per_request = v->per_request, .peak = v->peak, .least = v->least, .mu = v->mu, .batch = v->batch,
        .variability = variability(s) };
}

void
waits_at(const struct serving *v, const struct setup *s, double requests_day, double more,
         double *p95_s, double *p50_s)
{
    const struct replica_queue q = queue_of(v, s, requests_day);

    queue_waits_at(&q, more, p95_s, p50_s);
}

double
replicas_for_latency(const struct serving *v, const struct setup *s, double requests_day)
{
    const struct replica_queue q = queue_of(v, s, requests_day);
    double limit = figure(&s->sc.latency.ttft_p95_ms) / 1000, wait;

    if (!known(limit) || !v->sized || !known(v->batch) || !known(v->ttft_s) || v->ttft_s > limit ||
        !known(requests_day))
        return 0;
    return queue_replicas_for(&q, limit, v->ttft_s, &wait);
}
