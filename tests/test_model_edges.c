/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "model_support.h"

/*
 * Legal but unlikely scenarios: every quantity of both field tables at random within its
 * limits, at a limit, or unknown, on any model, GPU and engine of the catalog. What is known
 * is finite and of its kind; what is not is said.
 */

static int
load_catalog(void **state)
{
    static struct problems problems;
    struct catalog *catalog = NULL;
    const char *folders[] = { source_path("catalog") };
    struct error err;

    if (catalog_load(&catalog, folders, 1, &problems, &err) < 0)
        return -1;
    *state = catalog;
    return 0;
}

static int
free_catalog(void **state)
{
    catalog_free(*state);
    return 0;
}

struct random {
    uint64_t state;
};

static double
next(struct random *r)
{
    r->state ^= r->state << 13;
    r->state ^= r->state >> 7;
    r->state ^= r->state << 17;
    return (double)(r->state >> 11) / 9007199254740992.0;
}

static double
between(struct random *r, double low, double high)
{
    double kind = next(r);

    if (kind < 0.05)
        return low;
    if (kind < 0.08)
        return high;
    if (low >= 0 && high > 100)
        return fmin(low + expm1(next(r) * next(r) * log1p(high - low)), high);
    return low + next(r) * (high - low);
}

static void
fill_quantity(struct random *r, struct quantity *q, const struct field *f, double unknown)
{
    if (next(r) < unknown) {
        memset(q, 0, sizeof *q);
        q->x = NAN;
        return;
    }
    double x = between(r, f->low, f->high);
    put(q, f->whole ? fmin(fmax(round(x), ceil(f->low)), f->high) : x);
}

static void
fill_fields(struct random *r, struct scenario *sc, double unknown)
{
    for (int k = 0; k < scenario_fields_n; k++)
        if (field_is_quantity(&scenario_fields[k]))
            fill_quantity(r, field_at(sc, (struct field_ref){ &scenario_fields[k], -1 }),
                          &scenario_fields[k], unknown);
    for (int a = 0; a < sc->n_arms; a++)
        for (int k = 0; k < arm_fields_n; k++)
            if (field_is_quantity(&arm_fields[k]) && field_applies(&arm_fields[k], sc->arms[a].kind))
                fill_quantity(r, field_at(sc, (struct field_ref){ &arm_fields[k], a }), &arm_fields[k],
                              unknown);
    /* c + w <= 1 is a rule between fields */
    double c = sc->workload.cached_share.x, w = sc->workload.cache_write_share.x;
    if (c + w > 1)
        put(&sc->workload.cache_write_share, 1 - c);
}

static int
any_of(struct random *r, int n)
{
    int i = (int)(next(r) * n);

    return i < n ? i : n - 1;
}

static void
any_machine(struct random *r, struct setup_arm *sa, const struct catalog *c)
{
    sa->model = &c->models[any_of(r, c->n_models)];
    sa->gpu = &c->gpus[any_of(r, c->n_gpus)];
    sa->training_gpu = &c->gpus[any_of(r, c->n_gpus)];
    sa->engine = &c->engines[any_of(r, c->n_engines)];
    if (c->n_prices > 0 && next(r) < 0.5)
        sa->price = &c->prices[any_of(r, c->n_prices)];
}

static struct setup *
random_setup(struct random *r, double unknown, const struct catalog *catalog)
{
    struct setup *s = plain_setup();

    s->catalog = catalog;

    for (int kind = 0; kind < ARM_KINDS; kind++) {
        int a = plain_arm(s, kind, arm_kind_word(kind));
        s->sc.arms[a].scaling = next(r) < 0.5 ? SCALING_ALWAYS_ON : SCALING_FOLLOW_LOAD;
        s->sc.arms[a].method = (int)(next(r) * 3);
        s->sc.arms[a].precision = (int)(next(r) * 8);
        s->sc.arms[a].kv_precision = (int)(next(r) * 3);
        any_machine(r, &s->arms[a], catalog);
    }
    s->arms[ARM_STAGED].first = (int)(next(r) * 5);
    s->arms[ARM_STAGED].second = (int)(next(r) * 5);
    s->arms[ARM_CASCADE].small = (int)(next(r) * 5);
    s->arms[ARM_CASCADE].large = (int)(next(r) * 5);
    s->sc.people.whole_people = next(r) < 0.5;
    s->sc.prices.retirement = next(r) < 0.5 ? RETIREMENT_HONOUR : RETIREMENT_IGNORE;
    fill_fields(r, &s->sc, unknown);
    for (int a = 0; a < s->sc.n_arms; a++)
        if (next(r) < 0.5) /* let the capacity model speak */
            s->sc.arms[a].throughput_tok_s.kind = QUANTITY_UNSET;
    return s;
}

static void
check_known(const struct arm_outcome *o)
{
    double npv = o->once_total_usd;

    assert_true(isfinite(o->npv_usd) && isfinite(npv) && npv >= 0);
    assert_true(o->unknown[0] == '\0');
    for (int m = 0; m < o->months; m++) {
        assert_true(isfinite(o->monthly_usd[m]) && o->monthly_usd[m] >= 0);
        assert_true(isfinite(o->requests[m]) && o->requests[m] >= 0);
        for (int line = 0; line < LINE_COUNT; line++)
            assert_true(o->line_month_usd[line][m] >= 0);
    }
    assert_true(isfinite(o->discounted_requests) && isfinite(o->discounted_tokens));
    assert_true(o->gpu_for_latency_usd >= 0);
}

static void
check_any(const struct arm_outcome *o)
{
    assert_true(o->months >= 1 && o->months <= HORIZON_MAX);
    assert_true(isnan(o->quality) || (o->quality >= 0 && o->quality <= 1));
    for (int m = 0; m < o->months; m++) {
        assert_true(isnan(o->quality_month[m]) || (o->quality_month[m] >= 0 && o->quality_month[m] <= 1));
        assert_true(o->replicas[m] >= 0);
    }
    assert_false(isinf(o->ttft_p95_s) || isinf(o->ttft_p50_s) || isinf(o->tpot_s) ||
                 isinf(o->output_tok_s) || isinf(o->wait_p95_s));
    assert_true(isnan(o->utilization) || (o->utilization >= 0 && o->utilization <= 1 + 1e-6));
}

static void
evaluate_all(struct setup *s, int *known_arms)
{
    static struct arm_outcome o;

    for (int a = 0; a < s->sc.n_arms; a++) {
        memset(&o, 0x5a, sizeof o); /* must be filled completely */
        model_evaluate(s, a, &o);
        check_any(&o);
        double run = model_run_month_usd(s, a);
        if (o.known) {
            check_known(&o);
            assert_true(isfinite(run) && run >= 0);
            *known_arms += 1;
        } else {
            assert_true(isnan(o.npv_usd) && isnan(o.once_total_usd) && isnan(o.monthly_usd[0]));
            assert_true(strlen(o.unknown) > 5);
        }
        double step = next_step(s, a, 1000);
        assert_true(step > 1000);
        double q = quality_month1(s, a);
        assert_true((isnan(q) && isnan(o.quality)) || q == o.quality);
    }
}

static void
whatever_is_typed_costs_are_finite_or_called_unknown(void **state)
{
    struct random r = { 88172645463325252u };
    int known_arms = 0;

    for (int i = 0; i < 400; i++) {
        struct setup *s = random_setup(&r, 0, *state);
        evaluate_all(s, &known_arms);
        free(s);
    }
    assert_true(known_arms > 1000); /* of 2,800: a test of unknowns alone would be none */
}

static void
unknown_figures_never_make_a_cost_or_an_infinity(void **state)
{
    struct random r = { 1234567891234567u };
    int known_arms = 0;

    for (int i = 0; i < 400; i++) {
        struct setup *s = random_setup(&r, 0.05, *state);
        evaluate_all(s, &known_arms);
        free(s);
    }
    assert_true(known_arms > 100);
}

/* Arms are judged alone: in another order each costs the same. */
static void
the_order_of_arms_changes_nothing(void **state)
{
    struct random r = { 99991u };

    for (int i = 0; i < 50; i++) {
        struct setup *s = random_setup(&r, 0, *state), *turned = malloc(sizeof *turned);
        static struct arm_outcome a, b;
        assert_non_null(turned);
        *turned = *s;
        int n = s->sc.n_arms;
        for (int k = 0; k < n; k++) {
            struct setup_arm sa = s->arms[k];
            turned->sc.arms[n - 1 - k] = s->sc.arms[k];
            int *named[] = { &sa.first, &sa.second, &sa.small, &sa.large };
            for (size_t j = 0; j < BE_LEN(named); j++)
                *named[j] = *named[j] < 0 ? -1 : n - 1 - *named[j];
            turned->arms[n - 1 - k] = sa;
        }
        for (int k = 0; k < n; k++) {
            model_evaluate(s, k, &a);
            model_evaluate(turned, n - 1 - k, &b);
            assert_int_equal(a.known, b.known);
            if (a.known)
                assert_close(a.npv_usd, b.npv_usd, 0);
        }
        free(s);
        free(turned);
    }
}

static void
a_dearer_api_never_costs_another_arm_more(void **state)
{
    struct random r = { 424242u };
    static struct arm_outcome before, after;

    for (int i = 0; i < 100; i++) {
        struct setup *s = random_setup(&r, 0, *state);
        double own[ARM_KINDS];
        for (int a = 0; a < ARM_STAGED; a++) {
            model_evaluate(s, a, &before);
            own[a] = before.npv_usd;
        }
        s->sc.arms[ARM_API].input_usd_mtok.x *= 1.5;
        s->sc.arms[ARM_API].output_usd_mtok.x *= 1.5;
        for (int a = 0; a < ARM_STAGED; a++) {
            model_evaluate(s, a, &after);
            if (a == ARM_API)
                assert_true(!after.known || after.npv_usd >= own[a]);
            else if (after.known)
                assert_close(after.npv_usd, own[a], 0);
        }
        free(s);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_is_typed_costs_are_finite_or_called_unknown),
        cmocka_unit_test(unknown_figures_never_make_a_cost_or_an_infinity),
        cmocka_unit_test(the_order_of_arms_changes_nothing),
        cmocka_unit_test(a_dearer_api_never_costs_another_arm_more),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, load_catalog, free_catalog);
}
