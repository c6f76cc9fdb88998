/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "breakeven/core.h"
#include "quantity.h"

double
normal_quantile(double u)
{
    return gsl_cdf_ugaussian_Pinv(u);
}

double
normal_cdf(double z)
{
    return gsl_cdf_ugaussian_P(z);
}

static double
logistic(double t)
{
    return t >= 0 ? 1 / (1 + exp(-t)) : exp(t) / (1 + exp(t));
}

/* PERT is a Beta distribution on low..high with lambda 4. */
static void
pert_shape(const struct quantity *q, double *alpha, double *beta)
{
    double width = q->c - q->a;

    *alpha = 1 + 4 * (q->b - q->a) / width;
    *beta = 1 + 4 * (q->c - q->b) / width;
}

/* ---- before truncation ------------------------------------------------------------------ */

static double
plain_cdf(const struct quantity *q, double v)
{
    double alpha, beta;

    switch (q->kind) {
    case QUANTITY_EXACT:
        return v >= q->a ? 1 : 0;
    case QUANTITY_LOGNORMAL:
        return v > 0 ? normal_cdf((log(v) - q->a) / q->b) : 0;
    case QUANTITY_LOGITNORMAL:
        return v <= 0 ? 0 : v >= 1 ? 1 : normal_cdf((log(v / (1 - v)) - q->a) / q->b);
    case QUANTITY_NORMAL:
        return normal_cdf((v - q->a) / q->b);
    case QUANTITY_UNIFORM:
        return v <= q->a ? 0 : v >= q->b ? 1 : (v - q->a) / (q->b - q->a);
    case QUANTITY_PERT:
        pert_shape(q, &alpha, &beta);
        return v <= q->a ? 0 : v >= q->c ? 1 : gsl_cdf_beta_P((v - q->a) / (q->c - q->a), alpha, beta);
    default:
        return NAN;
    }
}

/* From the normal score, where the kind has one. */
static double
from_score(const struct quantity *q, double z)
{
    double t = q->a + q->b * z;

    return q->kind == QUANTITY_LOGNORMAL ? exp(t) : q->kind == QUANTITY_LOGITNORMAL ? logistic(t) : t;
}

static double
plain_quantile(const struct quantity *q, double u)
{
    double alpha, beta;

    switch (q->kind) {
    case QUANTITY_EXACT:
        return q->a;
    case QUANTITY_LOGNORMAL:
    case QUANTITY_LOGITNORMAL:
    case QUANTITY_NORMAL:
        return from_score(q, normal_quantile(u));
    case QUANTITY_UNIFORM:
        return q->a + u * (q->b - q->a);
    case QUANTITY_PERT:
        pert_shape(q, &alpha, &beta);
        return q->a + (q->c - q->a) * gsl_cdf_beta_Pinv(u, alpha, beta);
    default:
        return NAN;
    }
}

/* ---- truncated and rounded ------------------------------------------------------------------ */

void
quantity_finish(struct quantity *q, double low, double high, bool whole)
{
    q->low = low;
    q->high = high;
    q->whole = whole;
    q->f_low = q->kind == QUANTITY_EXACT ? 0 : plain_cdf(q, low);
    q->f_high = q->kind == QUANTITY_EXACT ? 1 : plain_cdf(q, high);
    /* A point mass at the lower limit itself belongs inside. */
    q->x = quantity_quantile(q, 0.5);
}

static double
settle(const struct quantity *q, double x)
{
    if (q->whole)
        x = rint(x);
    if (x < q->low)
        x = q->whole ? ceil(q->low) : q->low;
    if (x > q->high)
        x = q->whole ? floor(q->high) : q->high;
    return x;
}

double
quantity_quantile(const struct quantity *q, double u)
{
    if (q->kind == QUANTITY_UNSET)
        return NAN;
    if (q->kind == QUANTITY_EXACT)
        return q->a;
    u = q->f_low + u * (q->f_high - q->f_low);
    return settle(q, plain_quantile(q, fmin(1 - 1e-16, fmax(1e-300, u))));
}

/* Truncation that cuts off less than a draw in 10^12 is left to settle(). */
double
quantity_draw(const struct quantity *q, double z, double u)
{
    bool cut = q->f_low > 1e-12 || q->f_high < 1 - 1e-12;

    switch (q->kind) {
    case QUANTITY_UNSET:
        return NAN;
    case QUANTITY_EXACT:
        return q->a;
    case QUANTITY_LOGNORMAL:
    case QUANTITY_LOGITNORMAL:
    case QUANTITY_NORMAL:
        return cut ? quantity_quantile(q, u) : settle(q, from_score(q, z));
    default:
        return quantity_quantile(q, u);
    }
}

double
quantity_median(const struct quantity *q)
{
    return quantity_quantile(q, 0.5);
}

double
quantity_cdf(const struct quantity *q, double v)
{
    if (q->kind == QUANTITY_UNSET)
        return NAN;
    if (q->kind == QUANTITY_EXACT)
        return v >= q->a ? 1 : 0;
    if (v < q->low)
        return 0;
    if (v >= q->high)
        return 1;
    double width = q->f_high - q->f_low;
    return width > 0 ? fmin(1, fmax(0, (plain_cdf(q, v) - q->f_low) / width)) : v >= q->low;
}

bool
quantity_is_uncertain(const struct quantity *q)
{
    return q->kind != QUANTITY_UNSET && q->kind != QUANTITY_EXACT;
}

/* ---- the mean ----------------------------------------------------------------------------------- */

/* Five-point Gauss-Legendre on equal panels: g is smooth on each. */
#define PANELS 400

static double
integrate(double (*g)(const struct quantity *, double), const struct quantity *q, double from, double to)
{
    static const double at[] = { 0, 0.5384693101056831, 0.9061798459386640 },
                        weight[] = { 0.5688888888888889, 0.4786286704993665, 0.2369268850561891 };
    double width = (to - from) / PANELS, sum = 0;

    for (int k = 0; k < PANELS; k++) {
        double middle = from + (k + 0.5) * width, half = width / 2;
        sum += weight[0] * g(q, middle);
        for (int i = 1; i < 3; i++)
            sum += weight[i] * (g(q, middle - half * at[i]) + g(q, middle + half * at[i]));
    }
    return sum * width / 2;
}

static double
logit_term(const struct quantity *q, double z)
{
    return logistic(q->a + q->b * z) * gsl_ran_ugaussian_pdf(z);
}

static double
pert_term(const struct quantity *q, double x)
{
    double alpha, beta, width = q->c - q->a;

    pert_shape(q, &alpha, &beta);
    return x * gsl_ran_beta_pdf((x - q->a) / width, alpha, beta) / width;
}

double
quantity_mean(const struct quantity *given)
{
    struct quantity q = *given;
    double z_low, z_high, mass = q.f_high - q.f_low;

    switch (q.kind) {
    case QUANTITY_UNSET:
        return NAN;
    case QUANTITY_EXACT:
        return q.a;
    case QUANTITY_LOGNORMAL:
        /* E[x; low..high] = exp(a + b^2/2) (Phi(zh - b) - Phi(zl - b)) */
        z_low = q.low > 0 ? (log(q.low) - q.a) / q.b : -INFINITY;
        z_high = (log(q.high) - q.a) / q.b;
        return exp(q.a + q.b * q.b / 2) * (normal_cdf(z_high - q.b) - normal_cdf(z_low - q.b)) / mass;
    case QUANTITY_NORMAL:
        z_low = (q.low - q.a) / q.b;
        z_high = (q.high - q.a) / q.b;
        return q.a + q.b * (gsl_ran_ugaussian_pdf(z_low) - gsl_ran_ugaussian_pdf(z_high)) / mass;
    case QUANTITY_UNIFORM:
        return (fmax(q.a, q.low) + fmin(q.b, q.high)) / 2;
    case QUANTITY_LOGITNORMAL:
        z_low = q.low > 0 ? (log(q.low / (1 - q.low)) - q.a) / q.b : -9;
        z_high = q.high < 1 ? (log(q.high / (1 - q.high)) - q.a) / q.b : 9;
        return integrate(logit_term, &q, fmax(z_low, -9), fmin(z_high, 9)) / mass;
    default:
        if (q.low <= q.a && q.high >= q.c)
            return (q.a + 4 * q.b + q.c) / 6;
        return integrate(pert_term, &q, fmax(q.low, q.a), fmin(q.high, q.c)) / mass;
    }
}

/* ---- words ---------------------------------------------------------------------------------------- */

static const struct {
    double unit;
    const char *suffix;
} scales[] = { { 1e12, "T" }, { 1e9, "B" }, { 1e6, "M" }, { 1e3, "k" } };

/* The shortest text with a suffix that reads back to the same value. */
static void
exact_with_suffix(char *out, size_t size, double value)
{
    for (size_t k = 0; k < BE_LEN(scales); k++) {
        double scaled = value / scales[k].unit;
        char digits[40];
        if (fabs(value) < scales[k].unit || scaled * scales[k].unit != value)
            continue;
        number_exact(digits, sizeof digits, scaled);
        if (strlen(digits) <= 8 && strchr(digits, 'e') == NULL) {
            snprintf(out, size, "%s%s", digits, scales[k].suffix);
            return;
        }
    }
    number_exact(out, size, value);
}

char *
quantity_print(char *out, size_t size, double value, const struct quantity_rules *rules)
{
    char digits[48];

    if (!isfinite(value)) {
        snprintf(out, size, "-");
        return out;
    }
    if (rules->form == FORM_SHARE) {
        /* percent that divides back to the same fraction */
        double percent = value * 100;
        for (int d = 1; d <= 17; d++) {
            snprintf(digits, sizeof digits, "%.*g", d, percent);
            double back = strtod(digits, NULL);
            number_exact(digits, sizeof digits, back);
            if (back / 100 == value)
                break;
        }
        snprintf(out, size, "%s%%", digits);
        return out;
    }
    exact_with_suffix(digits, sizeof digits, fabs(value));
    snprintf(out, size, "%s%s%s", value < 0 ? "-" : "", rules->form == FORM_USD ? "$" : "", digits);
    return out;
}

char *
quantity_show(char *out, size_t size, double value, const struct quantity_rules *rules)
{
    if (rules->form == FORM_SHARE)
        return number_percent(out, size, value, fabs(value) < 0.1 ? 2 : 1);
    return rules->form == FORM_USD ? number_usd(out, size, value) : number_si(out, size, value);
}

char *
quantity_describe(char *out, size_t size, const struct quantity *q, const struct quantity_rules *rules)
{
    static const char *const names[] = {
        [QUANTITY_LOGNORMAL] = "log-normal", [QUANTITY_LOGITNORMAL] = "logit-normal", [QUANTITY_NORMAL] = "normal",
        [QUANTITY_UNIFORM] = "uniform", [QUANTITY_PERT] = "PERT",
    };
    char low[40], high[40], median[40];

    if (q->kind == QUANTITY_UNSET) {
        snprintf(out, size, "unset");
        return out;
    }
    quantity_show(median, sizeof median, quantity_median(q), rules);
    if (q->kind == QUANTITY_EXACT) {
        snprintf(out, size, "exactly %s", quantity_print(low, sizeof low, q->a, rules));
        return out;
    }
    bool hard = q->kind == QUANTITY_UNIFORM || q->kind == QUANTITY_PERT;
    quantity_show(low, sizeof low, hard ? fmax(q->a, q->low) : quantity_quantile(q, 0.05), rules);
    quantity_show(high, sizeof high, q->kind == QUANTITY_PERT ? fmin(q->c, q->high)
                                     : hard                    ? fmin(q->b, q->high)
                                                               : quantity_quantile(q, 0.95), rules);
    if (hard)
        snprintf(out, size, "between %s and %s; %s; median %s", low, high, names[q->kind], median);
    else
        snprintf(out, size, "90%% sure it is %s to %s; %s; median %s", low, high, names[q->kind], median);
    return out;
}
