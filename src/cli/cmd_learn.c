/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define SIZES_MAX 64

/* Points of a learning curve and where to read it. */
struct learning {
    struct curve_point points[PILOTS_MAX];
    int n;
    double at[SIZES_MAX];
    int n_at;
    struct setup *setup; /* priors and, for the budget, volumes and costs */
    int arm;             /* the tuned arm, -1 */
    struct curve_fit fit;
    struct label_budget budget;
};

/* ---- points and sizes ------------------------------------------------------------------- */

static int
part_number(double *x, const char *from, size_t n, struct error *err)
{
    char text[64];

    if (n == 0 || n >= sizeof text)
        return error_set(err, ERR_USAGE, "a number is expected");
    memcpy(text, from, n);
    text[n] = '\0';
    return number_parse(x, text, FORM_NUMBER, err);
}

/* n:right/total */
static int
read_point(struct curve_point *p, const char *text, size_t n, struct error *err)
{
    const char *colon = memchr(text, ':', n), *slash = memchr(text, '/', n), *end = text + n;

    if (colon == NULL || slash == NULL || slash < colon)
        return error_set(err, ERR_USAGE, "expected n:right/total");
    if (part_number(&p->n, text, (size_t)(colon - text), err) < 0 ||
        part_number(&p->right, colon + 1, (size_t)(slash - colon - 1), err) < 0)
        return -1;
    return part_number(&p->total, slash + 1, (size_t)(end - slash - 1), err);
}

static int
read_points(struct learning *l, const char *text, struct error *err)
{
    struct error why;

    for (const char *p = text;;) {
        size_t n = strcspn(p, ",");
        if (l->n == PILOTS_MAX)
            return error_set(err, ERR_SIZE, "--points: more than %d points", PILOTS_MAX);
        if (read_point(&l->points[l->n], p, n, &why) < 0)
            return error_set(err, ERR_USAGE, "--points, point %d \"%.*s\": %s", l->n + 1, (int)(n < 60 ? n : 60), p, why.text);
        l->n++;
        if (p[n] == '\0')
            return 0;
        p += n + 1;
    }
}

static int
read_sizes(struct learning *l, const struct args *a, struct error *err)
{
    const char *text;
    struct error why;

    for (int k = args_next(a, "at", 0, &text); k >= 0; k = args_next(a, "at", k + 1, &text)) {
        double x;
        if (l->n_at == SIZES_MAX)
            return error_set(err, ERR_SIZE, "more than %d sizes", SIZES_MAX);
        if (number_parse(&x, text, FORM_NUMBER, &why) < 0)
            return error_set(err, ERR_USAGE, "--at %s: %s", text, why.text);
        if (!(x >= 0 && x <= 1e9))
            return error_set(err, ERR_RANGE, "--at %s is not in 0..1e9", text);
        l->at[l->n_at++] = x;
    }
    return 0;
}

/* Without --at: at the largest pilot, and two and four times of it. */
static void
usual_sizes(struct learning *l)
{
    double most = 0;

    for (int k = 0; k < l->n; k++)
        most = fmax(most, l->points[k].n);
    for (double times = 1; times <= 4; times *= 2)
        l->at[l->n_at++] = most * times;
}

/* ---- the scenario behind it ------------------------------------------------------------------ */

static int
first_tuned(const struct scenario *sc)
{
    for (int k = 0; k < sc->n_arms; k++)
        if (arm_kind_is_tuned(sc->arms[k].kind))
            return k;
    return -1;
}

/* The file's scenario, or the defaults with one tuned arm. */
static int
open_scenario(struct scenario *sc, const struct args *a, const struct catalog *cat, struct error *err)
{
    if (a->n_operands > 0)
        return scenario_read(sc, a->operands[0], a, cat, err);
    scenario_init(sc);
    if (scenario_add_arm(sc, "tuned", ARM_SELF_TUNED, err) < 0)
        return -1;
    return scenario_set_all(sc, a, cat, NULL, err);
}

static void
take_pilots(struct learning *l, const struct scenario *sc)
{
    for (int k = 0; k < sc->n_pilots; k++)
        l->points[l->n++] = (struct curve_point){ sc->pilots[k].n, sc->pilots[k].right, sc->pilots[k].total };
}

/* The points become the scenario's pilots: the model then knows that the curve is measured. */
static void
put_pilots(struct scenario *sc, const struct learning *l)
{
    sc->n_pilots = l->n;
    for (int k = 0; k < l->n; k++)
        sc->pilots[k] = (struct pilot){ .n = (int)fmin(l->points[k].n, 1e9), .right = (int)fmin(l->points[k].right, 1e9),
                                        .total = (int)fmin(l->points[k].total, 1e9) };
}

static int
learn(struct learning *l, struct scenario *sc, const struct args *a, const struct catalog *cat, struct error *err)
{
    if (open_scenario(sc, a, cat, err) < 0)
        return -1;
    if (!args_has(a, "points"))
        take_pilots(l, sc);
    else if (read_points(l, args_value(a, "points"), err) < 0)
        return -1;
    if (l->n == 0)
        return error_set(err, ERR_USAGE, "%s has no pilots; give --points n:right/total,...", base_name(a->operands[0]));
    if (read_sizes(l, a, err) < 0)
        return -1;
    if (l->n_at == 0)
        usual_sizes(l);
    scenario_resolve(l->setup, sc, cat, NULL);
    if (curve_fit_points(&l->fit, l->points, l->n, l->setup, err) < 0)
        return -1;
    l->arm = first_tuned(sc);
    l->budget = (struct label_budget){ NAN, NAN };
    if (l->arm >= 0) {
        put_pilots(&l->setup->sc, l);
        curve_put(l->setup, &l->fit.curve);
        label_budget(l->setup, l->arm, &l->budget);
    }
    return 0;
}

/* ---- out ------------------------------------------------------------------------------------------ */

static void
put_json(struct buffer *b, const struct learning *l)
{
    const struct curve *c = &l->fit.curve;
    struct json j;

    json_init(&j, b, 0);
    json_object(&j);
    json_key(&j, "fit");
    json_object(&j);
    json_put_number(&j, "e_inf", c->e_inf_share * c->e_0);
    json_put_number(&j, "e_0", c->e_0);
    json_put_number(&j, "n_scale", c->n_scale);
    json_put_number(&j, "alpha", c->alpha);
    json_end(&j, '}');
    json_key(&j, "at");
    json_array(&j);
    for (int k = 0; k < l->n_at; k++) {
        double accuracy, low, high;
        curve_predict(&l->fit, l->at[k], &accuracy, &low, &high);
        json_object(&j);
        json_put_number(&j, "n", l->at[k]);
        json_put_number(&j, "accuracy", accuracy);
        json_put_number(&j, "low", low);
        json_put_number(&j, "high", high);
        json_end(&j, '}');
    }
    json_end(&j, ']');
    json_key(&j, "budget");
    json_object(&j);
    json_put_number(&j, "n", l->budget.n);
    json_put_number(&j, "saves_usd", l->budget.saves_usd);
    json_end(&j, '}');
    json_end(&j, '}');
    buffer_putc(b, '\n');
}

static void
put_budget(struct buffer *b, const struct learning *l)
{
    const struct scenario *sc = &l->setup->sc;
    char n[40], typed[40], saves[40];

    if (l->arm < 0)
        buffer_puts(b, "no label budget: the scenario has no tuned arm\n");
    else if (!known(l->budget.n))
        buffer_puts(b, "no label budget: what a wrong answer costs is not set (quality.error_cost_usd)\n");
    else
        buffer_printf(b, "best label budget: %s labels instead of %s save %s over %g months\n",
                      number_full(n, sizeof n, l->budget.n, 0), number_full(typed, sizeof typed, sc->labels.examples.x, 0),
                      number_usd(saves, sizeof saves, l->budget.saves_usd), sc->horizon.months.x);
}

static void
put_text(struct buffer *b, const struct learning *l)
{
    const struct curve *c = &l->fit.curve;
    char size[40], accuracy[16], low[16], high[16];

    buffer_printf(b, "error(n) = %.4g + %.4g (1 + n/%.4g)^-%.3g\n\n", c->e_inf_share * c->e_0, (1 - c->e_inf_share) * c->e_0,
                  c->n_scale, c->alpha);
    buffer_printf(b, "%12s  %8s  %s\n", "examples", "accuracy", "90% interval");
    for (int k = 0; k < l->n_at; k++) {
        double x, x_low, x_high;
        curve_predict(&l->fit, l->at[k], &x, &x_low, &x_high);
        buffer_printf(b, "%12s  %8s  %s to %s\n", number_full(size, sizeof size, l->at[k], 0),
                      number_percent(accuracy, sizeof accuracy, x, 1), number_percent(low, sizeof low, x_low, 1),
                      number_percent(high, sizeof high, x_high, 1));
    }
    buffer_putc(b, '\n');
    put_budget(b, l);
}

int
cmd_learn(const struct args *a, struct error *err)
{
    struct catalog *cat = NULL;
    struct buffer out;
    int status = -1;

    if (a->n_operands > 1)
        return error_set(err, ERR_USAGE, "learn takes one scenario file at most");
    if (a->n_operands == 0 && !args_has(a, "points"))
        return error_set(err, ERR_USAGE, "learn needs --points n:right/total,... or a scenario with pilots");
    if (catalog_open(&cat, err) < 0)
        return -1;
    struct learning *l = calloc(1, sizeof *l);
    struct scenario *sc = calloc(1, sizeof *sc);
    if (l != NULL)
        l->setup = calloc(1, sizeof *l->setup);
    buffer_init(&out);
    if (l == NULL || sc == NULL || l->setup == NULL)
        error_set(err, ERR_BUG, "no memory for the curve");
    else
        status = learn(l, sc, a, cat, err);
    if (status == 0) {
        if (l->fit.warning[0] != '\0')
            fprintf(stderr, "breakeven: warning: %s\n", l->fit.warning);
        if (args_has(a, "json"))
            put_json(&out, l);
        else
            put_text(&out, l);
        status = write_out(NULL, &out, err);
    }
    buffer_release(&out);
    if (l != NULL)
        free(l->setup);
    free(l);
    free(sc);
    catalog_free(cat);
    return status;
}
