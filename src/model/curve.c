/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "parts.h"

/*
 * The learning curve (section 10): error(n) = e_inf + (e_0 - e_inf)(1 + n/n_scale)^-alpha.
 *
 * It is fitted in theta = (ln alpha, ln n_scale, logit(e_inf/e_0), logit e_0), where
 * every point of the plane is a legal curve and the priors are normal.
 */

enum { ALPHA, N_SCALE, E_INF, E_0, PARAMETERS };

/* Two trainings on the same number of examples differ (seeds, order, which examples): the
 * standard deviation of the ln odds of an error is about sqrt(0.15^2 + 1/n), as the ten
 * seeds of each row of the SetFit paper show (arXiv 2209.11055, tables of full fine-tuning and of
 * SetFit: 5 to 7 points at 16 examples, 1 to 2 at 128). */
static double
run_variance(double n)
{
    return n > 0 ? 0.15 * 0.15 + 1 / n : 0;
}

#define DRAWS 1024

static double
logit(double p)
{
    return log(p / (1 - p));
}

static double
expit(double x)
{
    return 1 / (1 + exp(-x));
}

double
curve_error(const struct curve *c, double n)
{
    double learned = n > 0 ? exp(-c->alpha * log1p(n / c->n_scale)) : 1;

    return c->e_0 * (c->e_inf_share + (1 - c->e_inf_share) * learned);
}

double
memorisation(double n)
{
    return n > 0 && n < 500 ? 1 + 0.1 * (1 - n / 500) : 1;
}

static struct curve
curve_at(const double t[PARAMETERS])
{
    return (struct curve){ .alpha = exp(t[ALPHA]), .n_scale = exp(t[N_SCALE]),
                           .e_inf_share = expit(t[E_INF]), .e_0 = expit(t[E_0]) };
}

/* What a training on n examples shows, as ln odds of an error. */
static double
shown_logit(const double t[PARAMETERS], double n)
{
    struct curve c = curve_at(t);
    double e = curve_error(&c, n) * memorisation(n);

    return logit(fmin(fmax(e, 1e-9), 1 - 1e-9));
}

/* ---- priors ------------------------------------------------------------------------- */

struct normal {
    double mean, sd;
};

/* The priors of the model's description, for a setup that has none. */
static const double usual[PARAMETERS][2] = {
    [ALPHA] = { 0.4, 1.2 }, [N_SCALE] = { 50, 3000 }, [E_INF] = { 0.05, 0.70 }, [E_0] = { 0.30, 0.95 }
};

static double
into(int parameter, double x)
{
    if (parameter == ALPHA || parameter == N_SCALE)
        return log(fmax(x, 1e-9));
    return logit(fmin(fmax(x, 1e-6), 1 - 1e-6));
}

/* Normal in theta by the 5th and 95th percentile; an exact figure is nearly nailed. */
static struct normal
prior_of(const struct quantity *q, int parameter)
{
    double low = usual[parameter][0], high = usual[parameter][1];
    double middle = NAN;

    if (q != NULL && q->kind != QUANTITY_UNSET) {
        low = quantity_quantile(q, 0.05);
        high = quantity_quantile(q, 0.95);
        middle = quantity_quantile(q, 0.5);
    }
    double a = into(parameter, low), b = into(parameter, high);
    return (struct normal){ .mean = known(middle) ? into(parameter, middle) : 0.5 * (a + b),
                            .sd = fmax((b - a) / (2 * Z90), 0.01) };
}

static void
priors_of(struct normal prior[PARAMETERS], const struct setup *s)
{
    prior[ALPHA] = prior_of(s != NULL ? &s->sc.quality.alpha : NULL, ALPHA);
    prior[N_SCALE] = prior_of(s != NULL ? &s->sc.quality.n_scale : NULL, N_SCALE);
    prior[E_INF] = prior_of(s != NULL ? &s->sc.quality.e_inf_share : NULL, E_INF);
    prior[E_0] = prior_of(s != NULL ? &s->sc.quality.e_0 : NULL, E_0);
}

/* ---- the fit ---------------------------------------------------------------------------- */

struct target {
    const struct curve_point *points;
    int n;
    struct normal prior[PARAMETERS];
};

/* Observed ln odds of an error and their standard deviation: binomial, with half a
 * right and half a wrong answer added so that 0 of 10 says something too, and the
 * difference between trainings. */
static double
observed(const struct curve_point *p, double *sd)
{
    double wrong = p->total - p->right + 0.5, right = p->right + 0.5;

    *sd = sqrt(1 / wrong + 1 / right + run_variance(p->n));
    return log(wrong / right);
}

static int
residuals(const gsl_vector *x, void *arg, gsl_vector *f)
{
    const struct target *t = arg;
    double theta[PARAMETERS], sd;

    for (int k = 0; k < PARAMETERS; k++)
        theta[k] = gsl_vector_get(x, (size_t)k);
    for (int i = 0; i < t->n; i++) {
        double seen = observed(&t->points[i], &sd);
        gsl_vector_set(f, (size_t)i, (shown_logit(theta, t->points[i].n) - seen) / sd);
    }
    for (int k = 0; k < PARAMETERS; k++)
        gsl_vector_set(f, (size_t)(t->n + k), (theta[k] - t->prior[k].mean) / t->prior[k].sd);
    return GSL_SUCCESS;
}

static double
squares(const gsl_vector *f, int from, int to)
{
    double sum = 0;

    for (int i = from; i < to; i++)
        sum += gsl_vector_get(f, (size_t)i) * gsl_vector_get(f, (size_t)i);
    return sum;
}

/* From one start. Returns the sum of squares, or NAN. */
static double
descend(gsl_multifit_nlinear_workspace *w, struct target *t, const double start[PARAMETERS],
        double theta[PARAMETERS], double cov[PARAMETERS][PARAMETERS], double *chi2, bool *converged)
{
    gsl_multifit_nlinear_fdf fdf = { .f = residuals, .df = NULL, .fvv = NULL,
        .n = (size_t)(t->n + PARAMETERS), .p = PARAMETERS, .params = t };
    double at[PARAMETERS], c[PARAMETERS * PARAMETERS];
    int info = 0;

    memcpy(at, start, sizeof at);
    gsl_vector_const_view x = gsl_vector_const_view_array(at, PARAMETERS);
    if (gsl_multifit_nlinear_init(&x.vector, &fdf, w) != GSL_SUCCESS)
        return NAN;
    int status = gsl_multifit_nlinear_driver(200, 1e-10, 1e-10, 0, NULL, NULL, &info, w);
    gsl_matrix_view m = gsl_matrix_view_array(c, PARAMETERS, PARAMETERS);
    if (gsl_multifit_nlinear_covar(gsl_multifit_nlinear_jac(w), 0, &m.matrix) != GSL_SUCCESS)
        return NAN;
    const gsl_vector *f = gsl_multifit_nlinear_residual(w);
    *chi2 = squares(f, 0, t->n);
    *converged = status == GSL_SUCCESS || status == GSL_ENOPROG;
    for (int k = 0; k < PARAMETERS; k++) {
        theta[k] = gsl_vector_get(gsl_multifit_nlinear_position(w), (size_t)k);
        for (int j = 0; j < PARAMETERS; j++)
            cov[k][j] = c[k * PARAMETERS + j];
    }
    return squares(f, 0, t->n + PARAMETERS);
}

/* The surface has more than one valley where few points bend both ways: three starts
 * along the learning speed, the best of them stays. */
static int
fit_from_starts(struct curve_fit *fit, struct target *t)
{
    gsl_multifit_nlinear_parameters how = gsl_multifit_nlinear_default_parameters();
    gsl_multifit_nlinear_workspace *w = gsl_multifit_nlinear_alloc(
        gsl_multifit_nlinear_trust, &how, (size_t)(t->n + PARAMETERS), PARAMETERS);
    double best = INFINITY;

    if (w == NULL)
        return -1;
    for (int k = -1; k <= 1; k++) {
        double start[PARAMETERS], theta[PARAMETERS], cov[PARAMETERS][PARAMETERS], chi2 = NAN;
        bool converged = false;

        for (int i = 0; i < PARAMETERS; i++)
            start[i] = t->prior[i].mean;
        start[N_SCALE] += k * t->prior[N_SCALE].sd;
        double sum = descend(w, t, start, theta, cov, &chi2, &converged);
        if (!(sum < best))
            continue;
        best = sum;
        fit->curve = curve_at(theta);
        memcpy(fit->cov, cov, sizeof cov);
        fit->chi2 = chi2;
        fit->converged = converged;
    }
    gsl_multifit_nlinear_free(w);
    return isfinite(best) ? 0 : -1;
}

/* Points that scatter more than their own errors say leave less certainty. */
static void
widen(struct curve_fit *fit, int n)
{
    double spread = n > 0 ? fit->chi2 / n : 0;

    if (spread <= 1)
        return;
    for (int i = 0; i < PARAMETERS; i++)
        for (int j = 0; j < PARAMETERS; j++)
            fit->cov[i][j] *= spread;
}

static int
check_points(const struct curve_point *p, int n, struct error *err)
{
    if (n < 1)
        return error_set(err, ERR_RANGE, "no points: a curve needs at least one n:right/total");
    for (int i = 0; i < n; i++) {
        if (!(p[i].n >= 0 && isfinite(p[i].n)))
            return error_set(err, ERR_RANGE, "point %d: %g examples cannot be", i + 1, p[i].n);
        if (!(p[i].total > 0 && isfinite(p[i].total)))
            return error_set(err, ERR_RANGE, "point %d: nothing was tested (%g)", i + 1, p[i].total);
        if (!(p[i].right >= 0 && p[i].right <= p[i].total))
            return error_set(err, ERR_RANGE, "point %d: %g right of %g cannot be", i + 1, p[i].right,
                             p[i].total);
    }
    return 0;
}

/* Does accuracy fall with more examples by more than chance? */
static bool
falls(const struct curve_point *p, int n)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double sd_i, sd_j, d;
            if (!(p[i].n < p[j].n))
                continue;
            d = observed(&p[j], &sd_j);
            d -= observed(&p[i], &sd_i);
            if (d > 3 * sqrt(sd_i * sd_i + sd_j * sd_j))
                return true;
        }
    return false;
}

static void
warn(struct curve_fit *fit, const struct curve_point *p, int n)
{
    double most = 0;
    int sizes = 0;

    for (int i = 0; i < n; i++) {
        bool seen = false;
        for (int j = 0; j < i; j++)
            seen |= p[j].n == p[i].n;
        sizes += !seen;
        most = fmax(most, p[i].n);
    }
    fit->warning[0] = '\0';
    if (falls(p, n))
        text_copy(fit->warning, sizeof fit->warning,
                  "accuracy falls with more examples by more than chance: no learning curve fits these points");
    else if (fit->chi2 > n + 4 * sqrt(2.0 * n))
        text_copy(fit->warning, sizeof fit->warning,
                  "the points scatter more than their test sets explain: no learning curve fits them well");
    else if (!fit->converged)
        text_copy(fit->warning, sizeof fit->warning, "the fit did not settle");
    else if (sizes < 3)
        text_copy(fit->warning, sizeof fit->warning,
                  "fewer than 3 sizes: the curve rests on the priors more than on the points");
    else if (most < 500)
        text_copy(fit->warning, sizeof fit->warning,
                  "all points lie under 500 examples, where a model memorises rather than learns");
}

int
curve_fit_points(struct curve_fit *out, const struct curve_point *points, int n,
                 const struct setup *priors, struct error *err)
{
    struct curve_fit fit = { .chi2 = NAN };
    struct target t = { .points = points, .n = n };

    if (check_points(points, n, err) != 0)
        return -1;
    priors_of(t.prior, priors);
    if (fit_from_starts(&fit, &t) != 0)
        return error_set(err, ERR_RANGE, "no learning curve can be fitted to these %d points", n);
    widen(&fit, n);
    warn(&fit, points, n);
    *out = fit;
    return 0;
}

int
curve_fit_pilots(struct curve_fit *out, const struct setup *s, struct error *err)
{
    struct curve_point p[PILOTS_MAX];
    int n = s->sc.n_pilots < PILOTS_MAX ? s->sc.n_pilots : PILOTS_MAX;

    for (int i = 0; i < n; i++)
        p[i] = (struct curve_point){ s->sc.pilots[i].n, s->sc.pilots[i].right, s->sc.pilots[i].total };
    return curve_fit_points(out, p, n, s, err);
}

/* ---- draws ----------------------------------------------------------------------------- */

/* Lower triangle of the covariance; a direction without spread is left out. */
static void
cholesky(const double a[PARAMETERS][PARAMETERS], double l[PARAMETERS][PARAMETERS])
{
    memset(l, 0, sizeof(double[PARAMETERS][PARAMETERS]));
    for (int j = 0; j < PARAMETERS; j++) {
        double d = a[j][j];
        for (int k = 0; k < j; k++)
            d -= l[j][k] * l[j][k];
        if (!(d > 1e-14 * a[j][j]))
            continue;
        l[j][j] = sqrt(d);
        for (int i = j + 1; i < PARAMETERS; i++) {
            double s = a[i][j];
            for (int k = 0; k < j; k++)
                s -= l[i][k] * l[j][k];
            l[i][j] = s / l[j][j];
        }
    }
}

static void
theta_of(const struct curve_fit *fit, double theta[PARAMETERS])
{
    theta[ALPHA] = log(fit->curve.alpha);
    theta[N_SCALE] = log(fit->curve.n_scale);
    theta[E_INF] = into(E_INF, fit->curve.e_inf_share);
    theta[E_0] = into(E_0, fit->curve.e_0);
}

static void
draw_theta(const double theta[PARAMETERS], const double l[PARAMETERS][PARAMETERS],
           const double z[PARAMETERS], double out[PARAMETERS])
{
    for (int i = 0; i < PARAMETERS; i++) {
        out[i] = theta[i];
        for (int k = 0; k <= i; k++)
            out[i] += l[i][k] * z[k];
    }
}

#define AT_ONCE 8 /* a compiler takes them side by side */

/* One after the other from the last on, so that each is written over when nothing reads it any more. */
void
curve_draws(const struct curve_fit *fit, double *const column[4], int n)
{
    double l[PARAMETERS][PARAMETERS], theta[PARAMETERS];

    cholesky(fit->cov, l);
    theta_of(fit, theta);
    for (int i = PARAMETERS - 1; i >= 0; i--)
        for (int from = 0; from < n; from += AT_ONCE) {
            double sum[AT_ONCE];
            for (int j = 0; j < AT_ONCE; j++)
                sum[j] = theta[i];
            for (int k = 0; k <= i; k++)
                for (int j = 0; j < AT_ONCE; j++)
                    sum[j] += l[i][k] * column[k][from + j];
            memcpy(column[i] + from, sum, sizeof sum);
        }
}

void
curve_put(struct setup *s, const struct curve *c)
{
    s->sc.quality.alpha.x = c->alpha;
    s->sc.quality.n_scale.x = c->n_scale;
    s->sc.quality.e_inf_share.x = c->e_inf_share;
    s->sc.quality.e_0.x = c->e_0;
    /* Unset, it would be what each arm's untuned quality leaves. */
    if (s->sc.quality.e_0.kind == QUANTITY_UNSET)
        s->sc.quality.e_0.kind = QUANTITY_EXACT;
}

/* Digits of i in a base, mirrored at the point: Halton's sequence. */
static double
halton(int i, int base)
{
    double x = 0, digit = 1.0 / base;

    for (; i > 0; i /= base, digit /= base)
        x += digit * (i % base);
    return x;
}

static void
sort_up(double *x, int n)
{
    for (int gap = n / 2; gap > 0; gap /= 2)
        for (int i = gap; i < n; i++) {
            double v = x[i];
            int j = i;
            for (; j >= gap && x[j - gap] > v; j -= gap)
                x[j] = x[j - gap];
            x[j] = v;
        }
}

/* What the next training would show: the curve's uncertainty and one training's own. The accuracy
 * is the median, not the best curve's: the surface is skewed, and the best curve is an
 * optimist about sizes beyond the points. The draws are a fixed low-discrepancy set, so the interval is the same at each call. */
void
curve_predict(const struct curve_fit *fit, double n, double *accuracy, double *low, double *high)
{
    static const int bases[PARAMETERS + 1] = { 2, 3, 5, 7, 11 };
    double l[PARAMETERS][PARAMETERS], theta[PARAMETERS], error[DRAWS];
    const double run_sd = sqrt(run_variance(n));

    cholesky(fit->cov, l);
    theta_of(fit, theta);
    for (int i = 0; i < DRAWS; i++) {
        double z[PARAMETERS + 1], t[PARAMETERS];
        for (int k = 0; k <= PARAMETERS; k++)
            z[k] = normal_quantile(halton(i + 1, bases[k]));
        draw_theta(theta, l, z, t);
        error[i] = shown_logit(t, n) + run_sd * z[PARAMETERS];
    }
    sort_up(error, DRAWS);
    *accuracy = 1 - expit(0.5 * (error[DRAWS / 2 - 1] + error[DRAWS / 2]));
    *low = 1 - expit(error[(int)(0.95 * DRAWS)]);
    *high = 1 - expit(error[(int)(0.05 * DRAWS)]);
}
