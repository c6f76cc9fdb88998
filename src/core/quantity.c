/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_erf.h>
#include <math.h>

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
static bool
is_cut(const struct quantity *q)
{
    return q->f_low > 1e-12 || q->f_high < 1 - 1e-12;
}

double
quantity_draw(const struct quantity *q, double z, double u)
{
    bool cut = is_cut(q);

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

/* What is the same for all draws is settled before the loop; whole numbers and what is cut are rare. */
void
quantity_draws(const struct quantity *q, const double *z, const double *u, double *x, int n)
{
    const double low = q->low, high = q->high, from = q->f_low, width = q->f_high - q->f_low;
    const double a = q->a, b = q->b, range = q->b - q->a;

    if (q->kind == QUANTITY_UNIFORM && !q->whole)
        for (int i = 0; i < n; i++) {
            double at = from + u[i] * width;
            at = at < 1e-300 ? 1e-300 : at;
            at = at > 1 - 1e-16 ? 1 - 1e-16 : at;
            at = a + at * range;
            at = at < low ? low : at;
            x[i] = at > high ? high : at;
        }
    else if ((q->kind == QUANTITY_NORMAL || q->kind == QUANTITY_LOGNORMAL) && !q->whole && !is_cut(q))
        for (int i = 0; i < n; i++) {
            double at = a + b * z[i];
            at = q->kind == QUANTITY_LOGNORMAL ? exp(at) : at;
            at = at < low ? low : at;
            x[i] = at > high ? high : at;
        }
    else
        for (int i = 0; i < n; i++)
            x[i] = quantity_draw(q, z[i], u[i]);
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

/* ---- the mean --------------------------------------------------------------------------------- */

typedef double integrand(const struct quantity *, double);

/* Five-point Gauss-Legendre. */
static double
panel(integrand *g, const struct quantity *q, double from, double to)
{
    static const double at[] = { 0.5384693101056831, 0.9061798459386640 },
                        weight[] = { 0.4786286704993665, 0.2369268850561891 };
    double middle = from + (to - from) / 2, half = (to - from) / 2, sum = 0.5688888888888889 * g(q, middle);

    for (int i = 0; i < 2; i++)
        sum += weight[i] * (g(q, middle - half * at[i]) + g(q, middle + half * at[i]));
    return sum * half;
}

/* Halve until a panel and its halves agree. The integrands are positive, so that what is
 * right in each panel is right in the sum. */
static double
adapt(integrand *g, const struct quantity *q, double from, double to, double rough, int depth)
{
    double middle = from + (to - from) / 2, left = panel(g, q, from, middle), right = panel(g, q, middle, to);

    if (depth == 0 || fabs(left + right - rough) <= 1e-12 * fabs(left + right))
        return left + right;
    return adapt(g, q, from, middle, left, depth - 1) + adapt(g, q, middle, to, right, depth - 1);
}

static double
integrate(integrand *g, const struct quantity *q, double from, double to)
{
    enum { PANELS = 64, DEPTH = 24 };
    double width = (to - from) / PANELS, sum = 0;

    for (int k = 0; k < PANELS; k++) {
        double a = from + k * width, b = k + 1 < PANELS ? a + width : to;
        sum += adapt(g, q, a, b, panel(g, q, a, b), DEPTH);
    }
    return sum;
}

#define SCORE_MOST 38 /* the density of a normal score is 0 beyond */

static double
score_density(const struct quantity *q, double z)
{
    (void)q;
    return gsl_ran_ugaussian_pdf(z);
}

static double
logit_term(const struct quantity *q, double z)
{
    return logistic(q->a + q->b * z) * gsl_ran_ugaussian_pdf(z);
}

/* How far above the lower limit, so that the integrand is positive. */
static double
normal_term(const struct quantity *q, double z)
{
    return (q->a + q->b * z - q->low) * gsl_ran_ugaussian_pdf(z);
}

/* ln P(Z <= z) */
static double
log_normal_cdf(double z)
{
    return isinf(z) ? (z > 0 ? 0 : -INFINITY) : gsl_sf_log_erfc(-z / M_SQRT2) - M_LN2;
}

/* ln P(from < Z <= to), for from < 0: a typed low end lies above the limit. */
static double
log_mass(double from, double to)
{
    return log_normal_cdf(to) + log1p(-exp(log_normal_cdf(from) - log_normal_cdf(to)));
}

/* E[x; low..high] = exp(a + b^2/2) (Phi(zh - b) - Phi(zl - b)), by logarithms: the factors
 * of a wide distribution overflow where their product does not. */
static double
lognormal_mean(const struct quantity *q)
{
    double low = q->low > 0 ? (log(q->low) - q->a) / q->b : -INFINITY, high = (log(q->high) - q->a) / q->b;

    return exp(q->a + q->b * q->b / 2 + log_mass(low - q->b, high - q->b) - log_mass(low, high));
}

static double
normal_mean(const struct quantity *q)
{
    double low = (q->low - q->a) / q->b, high = (q->high - q->a) / q->b, mass = q->f_high - q->f_low;

    if (mass > 0.01)
        return q->a + q->b * (gsl_ran_ugaussian_pdf(low) - gsl_ran_ugaussian_pdf(high)) / mass;
    /* Little is left inside: the closed form would be a difference of equal numbers. Both
     * limits are finite then, as each entry's centre lies between them. */
    low = fmax(low, -SCORE_MOST);
    high = fmin(high, SCORE_MOST);
    return q->low + integrate(normal_term, q, low, high) / integrate(score_density, q, low, high);
}

static double
logit_mean(const struct quantity *q)
{
    double low = q->low > 0 ? (log(q->low / (1 - q->low)) - q->a) / q->b : -SCORE_MOST;
    double high = q->high < 1 ? (log(q->high / (1 - q->high)) - q->a) / q->b : SCORE_MOST;

    low = fmax(low, -SCORE_MOST);
    high = fmin(high, SCORE_MOST);
    return integrate(logit_term, q, low, high) / (q->f_high - q->f_low);
}

/* x times the density of Beta(alpha, beta) is the mean times that of Beta(alpha + 1, beta). */
static double
pert_mean(const struct quantity *q)
{
    double alpha, beta, width = q->c - q->a, mass = q->f_high - q->f_low;
    double low = fmax(0, (q->low - q->a) / width), high = fmin(1, (q->high - q->a) / width);

    pert_shape(q, &alpha, &beta);
    double inside = gsl_cdf_beta_P(high, alpha + 1, beta) - gsl_cdf_beta_P(low, alpha + 1, beta);
    return q->a + width * alpha / (alpha + beta) * inside / mass;
}

double
quantity_mean(const struct quantity *q)
{
    double mean;

    switch (q->kind) {
    case QUANTITY_EXACT:
        return q->a;
    case QUANTITY_LOGNORMAL:
        mean = lognormal_mean(q);
        break;
    case QUANTITY_LOGITNORMAL:
        mean = logit_mean(q);
        break;
    case QUANTITY_NORMAL:
        mean = normal_mean(q);
        break;
    case QUANTITY_UNIFORM:
        mean = fmax(q->a, q->low) + (fmin(q->b, q->high) - fmax(q->a, q->low)) / 2;
        break;
    case QUANTITY_PERT:
        mean = pert_mean(q);
        break;
    default:
        return NAN;
    }
    return fmin(fmax(mean, q->low), q->high);
}
