/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>

#include "parts.h"

/* Workload (section 2): how many requests, how long, and when in the day. */

double
workload_tokens_per_request(const struct setup *s)
{
    double attempts = 1 + figure_or(&s->sc.workload.extra_attempts, 0);

    return attempts * (figure(&s->sc.workload.input_tokens) + figure(&s->sc.workload.output_tokens));
}

double
workload_tokens_per_day(const struct setup *s)
{
    return figure(&s->sc.workload.requests_per_day) * workload_tokens_per_request(s);
}

void
workload_requests_by_month(const struct setup *s, int months, double *requests)
{
    const double grow = 1 + figure_or(&s->sc.workload.growth_per_month, 0), cap = figure_or(&s->sc.workload.growth_cap, INFINITY);
    double grown = 1;

    for (int m = 0; m < months; m++, grown *= grow)
        requests[m] = figure(&s->sc.workload.requests_per_day) * (grown < cap ? grown : cap);
}

/* ---- the calendar --------------------------------------------------------------- */

int
horizon_months(const struct setup *s)
{
    double months = figure(&s->sc.horizon.months);

    if (!(months >= 1))
        return 1;
    return months < HORIZON_MAX ? (int)(months + 0.5) : HORIZON_MAX;
}

/* Recurrences over the months: a power a month would cost more than all the rest. */
void
calendar_at(struct calendar *cal, const struct setup *s, double requests)
{
    const double cap = figure_or(&s->sc.workload.growth_cap, INFINITY);
    const double grow = 1 + figure_or(&s->sc.workload.growth_per_month, 0);
    const double live = 1 - figure_or(&s->sc.workload.hazard_per_month, 0);
    const double df = exp(-log1p(figure_or(&s->sc.horizon.discount_rate_per_year, 0)) / 12);
    const double api = exp(log1p(figure_or(&s->sc.prices.api_price_change_per_year, 0)) / 12);
    const double gpu = exp(log1p(figure_or(&s->sc.prices.gpu_price_change_per_year, 0)) / 12);
    const double cv = figure_or(&s->sc.workload.length_cv, 0);
    double grown = 1, alive = 1, discount = df, api_path = 1, gpu_path = 1;

    cal->months = horizon_months(s);
    cal->days = figure_or(&s->sc.horizon.days_per_month, 30);
    for (int m = 0; m < cal->months; m++) {
        cal->requests[m] = requests * (grown < cap ? grown : cap);
        cal->alive[m] = alive;
        cal->discount[m] = discount;
        cal->api_path[m] = api_path;
        cal->gpu_path[m] = gpu_path;
        grown *= grow;
        alive *= live;
        discount *= df;
        api_path *= api;
        gpu_path *= gpu;
    }
    cal->sigma = cv > 0 ? sqrt(log1p(cv * cv)) : 0;
    cal->median_prompt = cv > 0 ? exp(-0.5 * cal->sigma * cal->sigma) : 1;
    cal->long_prompt = cv > 0 ? cal->median_prompt * exp(Z90 * cal->sigma) : 1;
}

void
calendar_make(struct calendar *cal, const struct setup *s)
{
    calendar_at(cal, s, figure(&s->sc.workload.requests_per_day));
}

/* ---- an arm's own tokens ------------------------------------------------------------ */

/* What tuning makes unnecessary is the static prefix of the prompt, which is what
 * was read from the cache: the cached tokens shrink first. */
static void
save_prompt(struct load *l, double input, double saved)
{
    double cached = l->read * input;

    saved = saved < input ? saved : input;
    cached = cached > saved ? cached - saved : 0;
    l->input = input - saved;
    l->read = l->input > 0 ? cached / l->input : 0;
}

void
load_of_arm(struct load *l, const struct setup *s, int arm, struct gaps *g)
{
    const struct arm *a = &s->sc.arms[arm];
    const double tau = figure_or(&a->tokenizer_factor, 1);
    const double saved = KIND(a->kind) & KINDS_TUNED ? figure_or(&a->prompt_saved_tokens, 0) : 0;

    need(g, &s->sc.workload.requests_per_day, "requests per day");
    l->read = figure_or(&s->sc.workload.cached_share, 0);
    l->write = figure_or(&s->sc.workload.cache_write_share, 0);
    l->batch = figure_or(&s->sc.workload.batch_share, 0);
    l->attempts = 1 + figure_or(&a->extra_attempts, figure_or(&s->sc.workload.extra_attempts, 0));
    l->input = need(g, &s->sc.workload.input_tokens, "input tokens");
    l->output = need(g, &s->sc.workload.output_tokens, "output tokens");
    if (saved > 0)
        save_prompt(l, l->input, saved);
    l->input *= tau;
    l->output *= tau * figure_or(&a->output_factor, 1);
}

/* ---- the day's shape ------------------------------------------------------------------ */

/* The day mirrors at h = 12, where the base of the power is 0. */
const double day_cosine[13] = {
    1, 0.965925826289068287, 0.866025403784438647, 0.707106781186547524, 0.5,
    0.258819045102520762, 0, -0.258819045102520762, -0.5, -0.707106781186547524,
    -0.866025403784438647, -0.965925826289068287, -1
};
const double day_log_base[12] = {
    0, -0.017183887782167104, -0.0693364641950739102, -0.158347183820374939,
    -0.287682072451780927, -0.462973164896436446, -0.693147180559945309,
    -0.992657660418528083, -1.38629436111989062, -1.92109435785946099,
    -2.70325225804470733, -4.07236273138243084
};

/* p with mean over the day of base^p = 1/K: Newton on the log of the mean, which is convex and
 * falls, so that from the second step on p rises to the root. The start is the
 * asymptotic mean 1/sqrt(pi (p + 1/4)). */
static double
sharpness(double k)
{
    double p = k * k / 3.14159265358979324 - 0.25;

    for (int step = 0; step < 200; step++) {
        double sum = 1, slope = 0;

        for (int h = 1; h < 12; h++) {
            double y = 2 * exp(p * day_log_base[h]);
            sum += y;
            slope += y * day_log_base[h];
        }
        double move = -log(sum * k / HOURS) * sum / slope;
        double next = p + move > 0.5 ? p + move : 0.5;
        if (fabs(next - p) <= 1e-14 * p)
            return next;
        p = next;
    }
    return p;
}

void
workload_day_shape(double k, double shape[HOURS])
{
    if (!(k > 1))
        k = 1;
    if (k <= 2) {
        for (int h = 0; h <= 12; h++)
            shape[h] = 1 + (k - 1) * day_cosine[h];
    } else if (k > HOURS * (1 - 1e-9)) {
        /* All of the day's requests in one hour. */
        for (int h = 0; h <= 12; h++)
            shape[h] = h == 0 ? HOURS : 0;
    } else {
        double p = sharpness(k);
        for (int h = 0; h < 12; h++)
            shape[h] = k * exp(p * day_log_base[h]);
        shape[12] = 0;
    }
    for (int h = 13; h < HOURS; h++)
        shape[h] = shape[HOURS - h];
}

/* Water filling: the batch share lies where the rest is below a level L, so that
 * s'(h) = max((1 - b) s(h), L) with mean 1. */
void
workload_fill_valleys(const double shape[HOURS], double b, double filled[HOURS])
{
    double sorted[HOURS], above = 0, level = 1;

    for (int h = 0; h < HOURS; h++) {
        double x = filled[h] = (1 - b) * shape[h];
        int i = h;
        for (; i > 0 && sorted[i - 1] < x; i--)
            sorted[i] = sorted[i - 1];
        sorted[i] = x;
    }
    /* With the k busiest hours above the level, the others share what is left. */
    for (int k = 0; k < HOURS; k++) {
        level = (HOURS - above) / (HOURS - k);
        if (sorted[k] <= level)
            break;
        above += sorted[k];
    }
    for (int h = 0; h < HOURS; h++)
        filled[h] = filled[h] > level ? filled[h] : level;
}

/* The peak stays above the level exactly while (1 - b) K > 1. */
double
peak_of_day(double k, double b)
{
    double peak = (1 - b) * (k > 1 ? k : 1);

    return peak > 1 ? peak : 1;
}
