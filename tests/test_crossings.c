/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "model_support.h"
#include "../src/solve/crossings.h"

/* ---- the search, on curves with known crossings ------------------------------------------- */

/* fixed + price volume, at least minimum, + step for each begun "size" of volume; unknown from
 * a volume on. */
struct curve_case {
    double fixed, price, minimum, step, size, unknown_from;
};
struct curves {
    struct curve_case c[2];
    int calls;
};

static double
curve_cost(void *ctx, int which, double v)
{
    struct curves *k = ctx;
    const struct curve_case *c = &k->c[which];

    k->calls++;
    if (c->unknown_from > 0 && v >= c->unknown_from)
        return NAN;
    double sum = fmax(c->minimum, c->price * v) + c->fixed;
    return c->size > 0 ? sum + c->step * fmax(1, ceil(v / c->size - 1e-9)) : sum;
}

static double
curve_step(void *ctx, double v)
{
    const struct curves *k = ctx;
    double next = INFINITY;

    for (int i = 0; i < 2; i++)
        if (k->c[i].size > 0)
            next = fmin(next, k->c[i].size * fmax(1, floor(v / k->c[i].size + 1e-9) + 1));
    return next;
}

static double
curve_line(void *ctx, int which, double v)
{
    const struct curve_case *c = &((struct curves *)ctx)->c[which];

    return c->minimum > 0 ? c->fixed : c->fixed + c->price * v;
}

static struct volume_line
curve_beside(const struct curve_case *c)
{
    return (struct volume_line){ c->fixed - 1e-9 * c->step, c->price + (c->size > 0 ? c->step / c->size : 0),
                               c->minimum + (1 + 1e-9) * c->step };
}

static struct gap_roots
search(struct curves *k, double rising_from, double low, double high, double *list, int max)
{
    const struct volume_line beside[2] = { curve_beside(&k->c[0]), curve_beside(&k->c[1]) };
    struct gap g = { .cost = curve_cost, .next_step = curve_step, .rising_from = rising_from, .ctx = k };
    if (isfinite(rising_from)) {
        g.line = curve_line;
        g.beside = beside;
        g.straight = !(k->c[0].minimum > 0) && !(k->c[1].minimum > 0);
    }
    struct gap_roots r = { .list = list, .max = max };

    k->calls = 0;
    gap_crossings(&g, low, high, &r);
    return r;
}

static void
linear_costs_cross_once(void **state)
{
    struct curves k = { .c = { { .fixed = 100, .price = 2 }, { .price = 5 } } };
    double at[8];

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct gap_roots r = search(&k, i == 0 ? 0 : INFINITY, 0.1, 1e5, at, 8);
        assert_int_equal(r.n, 1);
        assert_close(at[0], 100.0 / 3, 1e-12);
        assert_close(r.last, 100.0 / 3, 1e-12);
        assert_int_equal(r.signs[0], 1);
        assert_int_equal(r.signs[1], -1);
        assert_false(r.truncated);
    }
}

static void
never_is_an_answer(void **state)
{
    struct curves dear = { .c = { { .fixed = 10, .price = 2 }, { .price = 1 } } };
    struct curves same = { .c = { { .price = 2 }, { .price = 2 } } };
    struct curves unknown = { .c = { { .price = 2, .unknown_from = 1e-9 }, { .price = 3 } } };
    double at[8];

    (void)state;
    struct gap_roots r = search(&dear, 0, 0.001, 1000, at, 8);
    assert_int_equal(r.n, 0);
    assert_true(isnan(r.last));
    assert_int_equal(r.signs[0], 1);
    assert_int_equal(r.signs[1], 1);
    r = search(&same, 0, 0.001, 1000, at, 8);
    assert_int_equal(r.n, 0);
    assert_int_equal(r.signs[0], 0);
    assert_int_equal(r.signs[1], 0);
    r = search(&unknown, 0, 0.001, 1000, at, 8);
    assert_int_equal(r.n, 0);
    assert_int_equal(r.signs[1], 0);
    assert_false(r.truncated);
}

/* A line of price 3 against a first replica at 30 and a second from 12 on at 60: a root at 10,
 * a jump at 12, a root at 20. */
static void
a_jump_counts_as_a_crossing(void **state)
{
    struct curves k = { .c = { { .price = 3 }, { .step = 30, .size = 12 } } };
    double at[8];

    (void)state;
    struct gap_roots r = search(&k, 0, 0.1, 24, at, 8);
    assert_int_equal(r.n, 3);
    assert_close(at[0], 10, 1e-12);
    assert_close(at[1], 12, 1e-12);
    assert_close(at[2], 20, 1e-12);
    assert_int_equal(r.signs[0], -1);
    assert_int_equal(r.signs[1], 1);
}

/* Two prices with minimum fees and no step at all: the signs at both ends are equal. */
static void
both_crossings_at_a_minimum_fee_are_found(void **state)
{
    /* max(90, 3 v) against 10 + 2.5 v: 90 is reached at 32, where 3 v is 96 already: never. */
    struct curves never = { .c = { { .price = 3, .minimum = 90 }, { .fixed = 10, .price = 2.5 } } };
    /* max(90, 3 v) against 86 + 0.2 v: below at 20 (90), above again where 3 v = 86 + 0.2 v. */
    struct curves twice = { .c = { { .price = 3, .minimum = 90 }, { .fixed = 86, .price = 0.2 } } };
    /* max(90, 3 v) against 83.999 + 0.2 v, which at the kink (30, 90) is 89.999: no crossing. */
    struct curves under = { .c = { { .price = 3, .minimum = 90 }, { .fixed = 83.999, .price = 0.2 } } };
    /* and a hair above it: two crossings 0.036 % apart */
    struct curves over = { .c = { { .price = 3, .minimum = 90 }, { .fixed = 84.001, .price = 0.2 } } };
    double at[8];

    (void)state;
    for (int i = 0; i < 2; i++) {
        double rising = i == 0 ? 0 : INFINITY;
        assert_int_equal(search(&never, rising, 0.1, 1e5, at, 8).n, 0);
        assert_int_equal(search(&twice, rising, 0.1, 1e5, at, 8).n, 2);
        assert_close(at[0], 20, 1e-11);
        assert_close(at[1], 86 / 2.8, 1e-11);
        assert_int_equal(search(&under, rising, 0.1, 1e5, at, 8).n, 0);
        assert_int_equal(search(&over, rising, 0.1, 1e5, at, 8).n, 2);
        assert_close(at[0], 5.999 / 0.2, 1e-10);
        assert_close(at[1], 84.001 / 2.8, 1e-10);
    }
}

/* A staircase along a line crosses it twice a step: v + 0.5 against ceil(v), from 0.6 on. */
static void
more_crossings_than_are_kept_are_counted_to_the_last(void **state)
{
    struct curves k = { .c = { { .fixed = 0.5, .price = 1 }, { .step = 1, .size = 1 } } };
    double at[CROSSINGS_MAX];

    (void)state;
    struct gap_roots r = search(&k, 0, 0.6, 1000.75, at, CROSSINGS_MAX);
    assert_true(r.truncated);
    assert_int_equal(r.n, CROSSINGS_MAX);
    assert_close(at[0], 1, 1e-12);
    assert_close(at[1], 1.5, 1e-12);
    assert_close(at[199], 100.5, 1e-12);
    assert_close(r.last, 1000.5, 1e-12);
    assert_int_equal(r.signs[1], 1);
    /* more steps than are visited one by one */
    r = search(&k, 0, 0.6, 100000.75, at, CROSSINGS_MAX);
    assert_true(r.truncated);
    assert_int_equal(r.n, CROSSINGS_MAX);
    assert_close(r.last, 100000.5, 1e-12);
    assert_true(k.calls < 100000);
}

static void
what_is_known_is_searched(void **state)
{
    struct curves k = { .c = { { .fixed = 100, .price = 2 }, { .price = 5, .unknown_from = 50 } } };
    double at[8];

    (void)state;
    struct gap_roots r = search(&k, 0, 0.1, 1e4, at, 8);
    assert_int_equal(r.n, 1);
    assert_close(at[0], 100.0 / 3, 1e-12);
}

/* Passing ranges over by their ends must lose nothing that visiting each step finds. */
static void
ranges_passed_over_hold_no_crossing(void **state)
{
    static double fast[2 * CROSSINGS_MAX], slow[2 * CROSSINGS_MAX];
    uint64_t seed = 7;

    (void)state;
    int crossings = 0;
    for (int t = 0; t < 300; t++) {
        struct curves k;
        for (int i = 0; i < 2; i++) {
            double u[6];
            for (int j = 0; j < 6; j++) {
                seed = seed * 6364136223846793005u + 1442695040888963407u;
                u[j] = (double)(seed >> 11) * 0x1p-53;
            }
            k.c[i] = (struct curve_case){ .fixed = 100 * u[0], .price = 4 * u[1], .minimum = u[2] < 0.3 ? 100 * u[3] : 0,
                                          .step = 100 * u[4], .size = u[2] > 0.5 ? 5 + 40 * u[5] : 0 };
        }
        struct gap_roots f = search(&k, 0, 0.5, 1000, fast, 2 * CROSSINGS_MAX);
        struct gap_roots s = search(&k, INFINITY, 0.5, 1000, slow, 2 * CROSSINGS_MAX);
        assert_int_equal(f.n, s.n);
        assert_int_equal(f.signs[0], s.signs[0]);
        assert_int_equal(f.signs[1], s.signs[1]);
        for (int i = 0; i < f.n; i++)
            assert_close(fast[i], slow[i], 1e-9);
        crossings += f.n;
    }
    assert_true(crossings > 300);
}

/* ---- on setups ------------------------------------------------------------------------------ */

struct article {
    struct setup *s;
    int claude, gpt4o, tuned;
};

static struct article
article(void)
{
    struct article t = { plain_setup(), 0, 0, 0 };

    t.claude = api_arm(t.s, "claude", 3, 15);
    t.gpt4o = api_arm(t.s, "gpt4o", 2.5, 10);
    t.tuned = self_arm(t.s, "tuned", ARM_SELF_TUNED, 320, COUNTS_ALL, 3.67);
    return t;
}

static void
crosses(const struct article *t, int api, const double *millions, int n)
{
    struct crossing_set c;

    assert_int_equal(crossings_find(t->s, api, t->tuned, false, &c), 0);
    assert_int_equal(c.n, n);
    for (int k = 0; k < n; k++)
        assert_close(c.tokens_per_day[k], millions[k] * 1e6, 1e-10);
    assert_close(c.stays_from, millions[n - 1] * 1e6, 1e-10);
    assert_int_equal(c.cheaper_below, api);
    assert_int_equal(c.cheaper_above, t->tuned);
    assert_false(c.truncated);
}

static void
the_article_crosses_three_times_and_eleven_times(void **state)
{
    static const double claude[] = { 17.616, 27.648, 35.232 };
    static const double gpt4o[] = { 23.488, 27.648, 46.976, 55.296, 70.464, 82.944,
                                    93.952, 110.592, 117.440, 138.240, 140.928 };
    struct article t = article();
    struct crossing_set c;

    (void)state;
    crosses(&t, t.claude, claude, 3);
    crosses(&t, t.gpt4o, gpt4o, 11);
    /* two GPUs from there on: 35.232M of 2 x 27.648M tokens a day */
    assert_int_equal(crossings_find(t.s, t.claude, t.tuned, false, &c), 0);
    assert_close(c.utilization, 35.232 / (2 * 27.648), 1e-6);
    /* the other way round it is the same */
    assert_int_equal(crossings_find(t.s, t.tuned, t.claude, false, &c), 0);
    assert_int_equal(c.n, 3);
    assert_int_equal(c.cheaper_below, t.claude);
    /* and the two APIs never cross */
    assert_int_equal(crossings_find(t.s, t.claude, t.gpt4o, false, &c), 0);
    assert_int_equal(c.n, 0);
    assert_true(isnan(c.stays_from));
    assert_int_equal(c.cheaper_below, t.gpt4o);
    assert_int_equal(c.cheaper_above, t.gpt4o);
    free(t.s);
}

/* 12 months at no discount: 5,000 of labels and 29.36 of training on top of the run. With one
 * GPU: v 1e-6 x 5 x 30 x 12 = 5,029.36 + 12 x 2,642.40. */
static void
in_total_what_was_paid_at_first_counts(void **state)
{
    struct article t = article();
    struct crossing_set c;

    (void)state;
    assert_int_equal(crossings_find(t.s, t.claude, t.tuned, true, &c), 0);
    assert_true(c.n >= 1);
    assert_close(c.tokens_per_day[0], (5000 + 8 * 3.67 + 12 * 2642.40) / (5e-6 * 30 * 12), 1e-10);
    assert_true(c.stays_from > 35.232e6);
    free(t.s);
}

static void
no_traffic_and_unknown_costs_cross_nowhere(void **state)
{
    struct article t = article();
    struct crossing_set c;

    (void)state;
    put(&t.s->sc.workload.requests_per_day, 0);
    assert_int_equal(crossings_find(t.s, t.claude, t.tuned, false, &c), 0);
    assert_int_equal(c.n, 0);
    assert_int_equal(c.cheaper_below, -1);
    put(&t.s->sc.workload.requests_per_day, 20000);
    t.s->sc.arms[t.claude].output_usd_mtok.kind = QUANTITY_UNSET;
    t.s->sc.arms[t.claude].output_usd_mtok.x = NAN;
    for (int total = 0; total < 2; total++) {
        assert_int_equal(crossings_find(t.s, t.claude, t.tuned, total, &c), 0);
        assert_int_equal(c.n, 0);
        assert_int_equal(c.cheaper_above, -1);
        assert_true(isnan(c.stays_from));
    }
    free(t.s);
}

static void
cost_curves_are_the_model_s_own(void **state)
{
    static const double at[] = { 1e6, 12e6, 27e6, 28e6 };
    struct article t = article();
    double usd[4];

    (void)state;
    cost_curve(t.s, t.claude, false, at, 4, usd);
    for (int i = 0; i < 4; i++)
        assert_close(usd[i], at[i] * 5e-6 * 30, 1e-12);
    cost_curve(t.s, t.tuned, false, at, 4, usd);
    assert_close(usd[2], 2642.40, 1e-12);
    assert_close(usd[3], 2 * 2642.40, 1e-12);
    cost_curve(t.s, t.tuned, true, at, 4, usd);
    assert_close(usd[1], 2642.40 + (5000 + 8 * 3.67) / 12, 1e-12);
    free(t.s);
}

/* ---- payback -------------------------------------------------------------------------------- */

static struct arm_outcome *
outcome(double once, const double *monthly, int months)
{
    struct arm_outcome *o = calloc(1, sizeof *o);

    assert_non_null(o);
    o->known = true;
    o->once_total_usd = once;
    o->months = months;
    memcpy(o->monthly_usd, monthly, (size_t)months * sizeof *monthly);
    return o;
}

static void
paid_back_is_cheaper_and_stays_so(void **state)
{
    static const struct {
        double once, own[6], other[6];
        int month;
    } rows[] = {
        { 100, { 10, 10, 10, 10, 10, 10 }, { 40, 40, 40, 40, 40, 40 }, 4 },  /* 100 < 30 m */
        { 90, { 10, 10, 10, 10, 10, 10 }, { 40, 40, 40, 40, 40, 40 }, 4 },   /* equal is not cheaper */
        { 100, { 10, 10, 10, 10, 10, 10 }, { 20, 20, 20, 20, 20, 20 }, 0 },  /* never */
        { 50, { 10, 10, 60, 10, 10, 10 }, { 40, 40, 20, 40, 40, 40 }, 5 },   /* ahead, behind, ahead */
        { 50, { 10, 10, 10, 10, 10, 99 }, { 40, 40, 10, 10, 10, 10 }, 0 },   /* lost again at the end */
        { 0, { 10, 10, 10, 10, 10, 10 }, { 40, 40, 40, 40, 40, 40 }, 0 },    /* nothing was paid */
    };

    (void)state;
    for (size_t k = 0; k < BE_LEN(rows); k++) {
        struct arm_outcome *a = outcome(rows[k].once, rows[k].own, 6), *b = outcome(0, rows[k].other, 6);
        assert_int_equal(payback_month(a, b), rows[k].month);
        assert_int_equal(payback_month(b, a), rows[k].month);
        b->known = false;
        assert_int_equal(payback_month(a, b), 0);
        free(a);
        free(b);
    }
}

/* ---- on every scenario that ships --------------------------------------------------------------- */

static const char *const shipped[] = { "article", "article-corrected", "bank-india", "code-assistant", "contract-clauses",
                                       "hospital-us", "medical-qa", "night-batch", "rag-copilot", "startup-mvp",
                                       "support-intents" };

static double
cost_at(struct setup *s, int arm, bool total, double requests)
{
    static struct arm_outcome o;

    s->sc.workload.requests_per_day.x = requests;
    if (!total)
        return model_run_month_usd(s, arm);
    model_evaluate(s, arm, &o);
    return o.known ? o.npv_usd : NAN;
}

/* Between two neighbours of the list the sign holds, and it is the other one on each side. */
static void
check_signs(const struct setup *s, int a, int b, bool total, const struct crossing_set *c)
{
    enum { GRID = 1500 };
    static struct setup work;
    double typed = s->sc.workload.requests_per_day.x, per_request = workload_tokens_per_request(s);
    int k = 0, expected = c->cheaper_below;

    work = *s;
    for (int i = 0; i <= GRID && !c->truncated; i++) {
        double requests = typed * 0.001 * pow(1e6, i / (double)GRID);
        for (; k < c->n && c->tokens_per_day[k] < requests * per_request; k++)
            expected = expected == a ? b : a;
        double d = cost_at(&work, a, total, requests) - cost_at(&work, b, total, requests);
        bool on_it = (k > 0 && fabs(c->tokens_per_day[k - 1] / (requests * per_request) - 1) < 1e-7) ||
                     (k < c->n && fabs(c->tokens_per_day[k] / (requests * per_request) - 1) < 1e-7);
        if (on_it || !isfinite(d) || d == 0)
            continue;
        if (expected != (d < 0 ? a : b))
            fail_msg("%s and %s, %s: at %g tokens a day the other one is cheaper", s->sc.arms[a].name, s->sc.arms[b].name,
                     total ? "total" : "run", requests * per_request);
    }
}

static void
no_shipped_scenario_hides_a_crossing(void **state)
{
    struct catalog *catalog;
    static struct problems found;
    static struct setup s;
    struct error err;
    char folder[1100];
    const char *folders[] = { folder };

    (void)state;
    problems_init(&found);
    snprintf(folder, sizeof folder, "%s", source_path("catalog"));
    assert_int_equal(catalog_load(&catalog, folders, 1, &found, &err), 0);
    int sets = 0, crossings = 0;
    for (size_t k = 0; k < BE_LEN(shipped); k++) {
        static struct scenario_file f;
        char name[64];
        snprintf(name, sizeof name, "scenarios/%s.yaml", shipped[k]);
        assert_int_equal(scenario_open(&f, source_path(name), catalog, &found, &err), 0);
        scenario_resolve(&s, &f.scenario, catalog, NULL);
        scenario_file_release(&f);
        for (int a = 0; a < s.sc.n_arms; a++)
            for (int b = a + 1; b < s.sc.n_arms; b++)
                for (int total = 0; total < 2; total++) {
                    struct crossing_set c;
                    assert_int_equal(crossings_find(&s, a, b, total, &c), 0);
                    check_signs(&s, a, b, total, &c);
                    sets++;
                    crossings += c.n;
                }
    }
    catalog_free(catalog);
    assert_true(sets > 60);
    assert_true(crossings > 20);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(linear_costs_cross_once),
        cmocka_unit_test(never_is_an_answer),
        cmocka_unit_test(a_jump_counts_as_a_crossing),
        cmocka_unit_test(both_crossings_at_a_minimum_fee_are_found),
        cmocka_unit_test(more_crossings_than_are_kept_are_counted_to_the_last),
        cmocka_unit_test(what_is_known_is_searched),
        cmocka_unit_test(ranges_passed_over_hold_no_crossing),
        cmocka_unit_test(the_article_crosses_three_times_and_eleven_times),
        cmocka_unit_test(in_total_what_was_paid_at_first_counts),
        cmocka_unit_test(no_traffic_and_unknown_costs_cross_nowhere),
        cmocka_unit_test(cost_curves_are_the_model_s_own),
        cmocka_unit_test(paid_back_is_cheaper_and_stays_so),
        cmocka_unit_test(no_shipped_scenario_hides_a_crossing),
    };

    return RUN_GROUP(tests);
}
