/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "breakeven/capacity.h"
#include "breakeven/scenario.h"
#include "support.h"

/* Catalog and scenario to the figures in force, and what contradicts itself, with the
 * catalog that ships. */

struct world {
    struct catalog *catalog;
    struct scenario sc;
    struct setup setup;
    struct problems problems;
};

static int
open_world(void **state)
{
    const char *folder = source_path("catalog");
    struct world *w = calloc(1, sizeof *w);
    struct error err;

    assert_non_null(w);
    problems_init(&w->problems);
    if (catalog_load(&w->catalog, &folder, 1, &w->problems, &err) < 0)
        fail_msg("%s", err.text);
    scenario_init(&w->sc);
    problems_init(&w->problems);
    *state = w;
    return 0;
}

static int
close_world(void **state)
{
    struct world *w = *state;

    catalog_free(w->catalog);
    free(w);
    return 0;
}

static int
add(struct world *w, const char *name, int kind)
{
    struct error err;
    int a = scenario_add_arm(&w->sc, name, kind, &err);

    if (a < 0)
        fail_msg("%s: %s", name, err.text);
    return a;
}

static struct field_ref
find(struct world *w, const char *path)
{
    struct field_ref ref = { NULL, -1 };
    struct error err;

    if (field_find(&w->sc, path, &ref, &err) < 0)
        fail_msg("%s: %s", path, err.text);
    return ref;
}

static void
set(struct world *w, const char *path, const char *text)
{
    struct error err;

    if (field_set_text(&w->sc, find(w, path), text, w->catalog, &err) < 0)
        fail_msg("%s=%s: %s", path, text, err.text);
}

static void
resolve(struct world *w)
{
    problems_init(&w->problems);
    memset(&w->setup, 0xAA, sizeof w->setup);
    scenario_resolve(&w->setup, &w->sc, w->catalog, &w->problems);
}

static void
check(struct world *w)
{
    problems_init(&w->problems);
    scenario_check(&w->sc, w->catalog, &w->problems);
}

/* The problem at a place, or NULL. */
static const struct problem *
problem_at(const struct world *w, const char *path)
{
    for (int i = 0; i < w->problems.n; i++)
        if (strcmp(w->problems.list[i].path, path) == 0)
            return &w->problems.list[i];
    return NULL;
}

static void
assert_problem(const struct world *w, const char *path, enum problem_level level, const char *words)
{
    const struct problem *p = problem_at(w, path);

    if (p == NULL)
        fail_msg("no problem at %s", path);
    assert_int_equal(p->level, level);
    if (strstr(p->error.text, words) == NULL)
        fail_msg("%s: \"%s\" has no \"%s\"", path, p->error.text, words);
}

static void
assert_no_problem(const struct world *w, const char *path)
{
    const struct problem *p = problem_at(w, path);

    if (p != NULL)
        fail_msg("%s: %s", path, p->error.text);
}

static enum figure_how
source(struct world *w, const char *path, char *out, size_t size)
{
    return figure_source(&w->setup, &w->sc, find(w, path), out, size);
}

/* ---- names ---------------------------------------------------------------------------- */

static void
a_vendor_model_gets_the_catalogs_prices_with_their_source(void **state)
{
    struct world *w = *state;
    char words[1024];

    int a = add(w, "vendor", ARM_API);
    set(w, "model", "gpt-4o");
    set(w, "start", "2026-03");
    resolve(w);
    const struct arm *arm = &w->setup.sc.arms[a];
    assert_true(w->setup.arms[a].usable);
    assert_false(w->setup.arms[a].own_prices);
    assert_string_equal(arm->host, "openai");
    assert_close(arm->input_usd_mtok.x, 2.5, 0);
    assert_close(arm->output_usd_mtok.x, 10, 0);
    assert_int_equal(w->problems.errors, 0);
    assert_int_equal(source(w, "input_usd_mtok", words, sizeof words), FIGURE_CATALOG);
    assert_non_null(strstr(words, w->setup.arms[a].price->origin.text));
    assert_non_null(strstr(words, "20"));
    /* The scenario itself is untouched. */
    assert_int_equal(w->sc.arms[a].input_usd_mtok.kind, QUANTITY_UNSET);
    assert_string_equal(w->sc.arms[a].host, "");
}

static void
a_typed_price_outranks_the_catalog_and_deleting_it_restores_it(void **state)
{
    struct world *w = *state;
    char words[256];

    add(w, "vendor", ARM_API);
    set(w, "model", "gpt-4o");
    set(w, "input_usd_mtok", "$2");
    resolve(w);
    assert_close(w->setup.sc.arms[0].input_usd_mtok.x, 2, 0);
    assert_true(w->setup.arms[0].own_prices);
    assert_int_equal(source(w, "input_usd_mtok", words, sizeof words), FIGURE_TYPED);
    assert_string_equal(words, "typed");
    set(w, "input_usd_mtok", "");
    resolve(w);
    assert_close(w->setup.sc.arms[0].input_usd_mtok.x, 2.5, 0);
    assert_false(w->setup.arms[0].own_prices);
}

static void
the_price_step_in_force_at_the_start_counts(void **state)
{
    struct world *w = *state;

    add(w, "vendor", ARM_API);
    set(w, "model", "claude-sonnet-5");
    set(w, "start", "2026-08");
    resolve(w);
    const double before = w->setup.sc.arms[0].input_usd_mtok.x;
    set(w, "start", "2026-09");
    resolve(w);
    const double after = w->setup.sc.arms[0].input_usd_mtok.x;
    assert_close(before, w->setup.arms[0].price->steps[0].price.input, 0);
    assert_close(after, w->setup.arms[0].price->steps[1].price.input, 0);
    assert_true(after > before);
}

static void
without_a_start_the_catalogs_newest_date_counts(void **state)
{
    struct world *w = *state;

    resolve(w);
    assert_true(w->setup.start.year >= 2026);
    for (int i = 0; i < w->catalog->n_prices; i++)
        assert_true(date_compare(w->catalog->prices[i].origin.as_of, w->setup.start) <= 0);
}

static void
own_gpus_get_host_engine_and_offer(void **state)
{
    struct world *w = *state;
    char words[256];

    add(w, "own", ARM_SELF_TUNED);
    set(w, "model", "llama-3.1-8b");
    set(w, "gpu", "l4");
    resolve(w);
    const struct setup_arm *sa = &w->setup.arms[0];
    assert_true(sa->usable);
    assert_true(sa->host->self);
    assert_string_equal(sa->engine->id, "vllm");
    assert_ptr_equal(sa->training_gpu, sa->gpu);
    assert_non_null(sa->offer);
    assert_close(w->setup.sc.arms[0].gpu_price_usd_h.x, sa->offer->on_demand_usd_h, 1e-12);
    assert_close(w->setup.sc.arms[0].training_gpu_price_usd_h.x, sa->offer->on_demand_usd_h, 1e-12);
    assert_int_equal(source(w, "gpu_price_usd_h", words, sizeof words), FIGURE_CATALOG);
    assert_non_null(strstr(words, sa->offer->id));
    assert_int_equal(source(w, "engine", words, sizeof words), FIGURE_DEFAULT);
    /* A typed price of the same card holds for training too. */
    set(w, "arms.own.gpu_price_usd_h", "$0.5 to $0.8");
    resolve(w);
    assert_string_equal(w->setup.sc.arms[0].training_gpu_price_usd_h.text, "$0.5 to $0.8");
    set(w, "training_gpu", "h100-80-sxm");
    resolve(w);
    assert_string_equal(w->setup.arms[0].training_offer->gpu, "h100-80-sxm");
    assert_close(w->setup.sc.arms[0].training_gpu_price_usd_h.x, w->setup.arms[0].training_offer->on_demand_usd_h, 1e-12);
}

static void
a_named_instance_is_the_offer_and_must_have_the_gpu(void **state)
{
    struct world *w = *state;

    add(w, "own", ARM_SELF_OPEN);
    set(w, "model", "llama-3-70b");
    set(w, "gpu", "a100-40-sxm");
    set(w, "instance", "gcp/us-central1/a2-highgpu-1g");
    resolve(w);
    assert_close(w->setup.sc.arms[0].gpu_price_usd_h.x, 3.673385, 1e-12);
    set(w, "gpu", "a100-80-sxm");
    resolve(w);
    assert_problem(w, "arms.own.instance", PROBLEM_ERROR, "a100-40-sxm");
    assert_false(w->setup.arms[0].usable);
}

static void
a_years_reservation_is_the_discount_of_a_years_commitment(void **state)
{
    struct world *w = *state;
    const struct cat_gpu_price *reserved = NULL;

    for (int i = 0; i < w->catalog->n_gpu_prices && reserved == NULL; i++)
        if (known(w->catalog->gpu_prices[i].reserved_1y_usd_h))
            reserved = &w->catalog->gpu_prices[i];
    assert_non_null(reserved);
    add(w, "own", ARM_SELF_OPEN);
    set(w, "model", "llama-3.1-8b");
    set(w, "gpu", reserved->gpu);
    set(w, "instance", reserved->id);
    resolve(w);
    assert_int_equal(w->setup.sc.arms[0].commit_discount.kind, QUANTITY_UNSET);
    set(w, "commit_replicas", "1");
    set(w, "commit_months", "12");
    resolve(w);
    assert_close(w->setup.sc.arms[0].commit_discount.x, 1 - reserved->reserved_1y_usd_h / reserved->on_demand_usd_h, 1e-3);
}

static void
an_unknown_name_is_a_problem_at_its_place_and_the_rest_stands(void **state)
{
    struct world *w = *state;
    struct error err;

    add(w, "vendor", ARM_API);
    add(w, "other", ARM_API);
    set(w, "arms.vendor.model", "gpt-4o");
    /* Names typed against another catalog. */
    assert_int_equal(field_set_text(&w->sc, find(w, "arms.other.model"), "gpt-4oo", NULL, &err), 0);
    resolve(w);
    assert_problem(w, "arms.other.model", PROBLEM_ERROR, "nearest is gpt-4o");
    assert_false(w->setup.arms[1].usable);
    assert_true(w->setup.arms[0].usable);
    assert_int_equal(w->setup.sc.arms[1].input_usd_mtok.kind, QUANTITY_UNSET);
    assert_true(isnan(w->setup.sc.arms[1].input_usd_mtok.x));
    /* With the catalog at hand the name is refused when typed. */
    assert_int_equal(field_set_text(&w->sc, find(w, "arms.other.model"), "gpt-4oo", w->catalog, &err), -1);
    assert_int_equal(err.code, ERR_UNKNOWN);
    assert_non_null(strstr(err.text, "gpt-4o"));
}

static void
a_missing_model_or_gpu_is_named(void **state)
{
    struct world *w = *state;

    add(w, "own", ARM_SELF_OPEN);
    resolve(w);
    assert_problem(w, "arms.own.model", PROBLEM_ERROR, "no model");
    assert_problem(w, "arms.own.gpu", PROBLEM_ERROR, "no GPU");
    assert_false(w->setup.arms[0].usable);
}

static void
without_a_catalog_names_are_unknown_and_nothing_breaks(void **state)
{
    struct world *w = *state;

    add(w, "own", ARM_SELF_TUNED);
    set(w, "model", "llama-3-70b");
    set(w, "gpu", "a100-80-sxm");
    scenario_resolve(&w->setup, &w->sc, NULL, NULL);
    assert_false(w->setup.arms[0].usable);
    assert_true(isnan(w->setup.sc.arms[0].gpu_price_usd_h.x));
}

/* ---- figures ----------------------------------------------------------------------------- */

static void
unset_arm_figures_come_from_the_scenario_wide_field(void **state)
{
    struct world *w = *state;
    char words[256];

    add(w, "own", ARM_SELF_TUNED);
    set(w, "model", "llama-3-70b");
    set(w, "gpu", "a100-80-sxm");
    set(w, "serving.utilization_target", "55%");
    set(w, "serving.scaling", "follow-load");
    set(w, "workload.extra_attempts", "0.25");
    set(w, "training.experiments", "3");
    resolve(w);
    const struct arm *a = &w->setup.sc.arms[0];
    assert_close(a->utilization_target.x, 0.55, 1e-12);
    assert_close(a->extra_attempts.x, 0.25, 0);
    assert_close(a->experiments.x, 3, 0);
    assert_close(a->min_replicas.x, 1, 0);
    assert_int_equal(a->scaling, SCALING_FOLLOW_LOAD);
    assert_int_equal(source(w, "arms.own.utilization_target", words, sizeof words), FIGURE_SCENARIO);
    assert_string_equal(words, "serving.utilization_target: typed");
    assert_int_equal(source(w, "arms.own.scaling", words, sizeof words), FIGURE_SCENARIO);
    set(w, "arms.own.utilization_target", "80%");
    set(w, "arms.own.scaling", "always-on");
    resolve(w);
    assert_close(w->setup.sc.arms[0].utilization_target.x, 0.8, 1e-12);
    assert_int_equal(w->setup.sc.arms[0].scaling, SCALING_ALWAYS_ON);
    assert_int_equal(source(w, "arms.own.scaling", words, sizeof words), FIGURE_TYPED);
}

static void
assert_inherits(struct world *w, const char *path, const char *want)
{
    struct field_ref from;
    char got[112] = "";

    if (field_inherits(&w->setup, find(w, path), &from))
        field_path(&w->sc, from, got, sizeof got);
    assert_string_equal(got, want);
}

static void
copied_figures_name_the_place_whose_draw_they_are(void **state)
{
    struct world *w = *state;

    add(w, "vendor", ARM_API);
    add(w, "own", ARM_SELF_TUNED);
    set(w, "arms.vendor.model", "gpt-4o");
    set(w, "arms.own.model", "llama-3-70b");
    set(w, "gpu", "a100-80-sxm");
    resolve(w);
    assert_inherits(w, "arms.own.overhead_share", "serving.overhead_share");
    assert_inherits(w, "arms.own.experiments", "training.experiments");
    assert_inherits(w, "arms.vendor.extra_attempts", "workload.extra_attempts");
    assert_inherits(w, "arms.own.training_gpu_price_usd_h", "arms.own.gpu_price_usd_h");
    assert_inherits(w, "arms.own.gpu_price_usd_h", "");
    assert_inherits(w, "serving.overhead_share", "");
    set(w, "arms.own.overhead_share", "20%");
    set(w, "training_gpu", "l4");
    resolve(w);
    assert_inherits(w, "arms.own.overhead_share", "");
    assert_inherits(w, "arms.own.training_gpu_price_usd_h", "");
}

static void
assert_spread(const struct quantity *q, double low, double high)
{
    assert_true(quantity_is_uncertain(q));
    assert_close(quantity_quantile(q, 0.05), low, 0.01);
    assert_close(quantity_quantile(q, 0.95), high, 0.01);
}

/* 80 % of measurements within a factor f: the 10th percentile is 1/f. The factors are the capacity
 * model's own, for every engine and kind of model in the catalog. */
static void
the_capacity_models_error_enters_unless_throughput_is_measured(void **state)
{
    static const char *const models[] = { "llama-3-8b", "mixtral-8x7b" };
    struct world *w = *state;
    const struct arm *own;

    add(w, "own", ARM_SELF_TUNED);
    set(w, "gpu", "a100-80-sxm");
    for (int e = 0; e < w->catalog->n_engines; e++)
        for (size_t m = 0; m < BE_LEN(models); m++) {
            const struct cat_engine *engine = &w->catalog->engines[e];
            struct capacity_system system = { .k = &capacity_fitted, .moe = m == 1 };
            set(w, "engine", engine->id);
            set(w, "model", models[m]);
            resolve(w);
            own = &w->setup.sc.arms[0];
            system.engine = capacity_engine_find(engine->kind, engine->version, NULL);
            assert_true(system.engine >= 0);
            assert_close(quantity_quantile(&own->throughput_factor, 0.9), capacity_interval_tok_s(&system, 0.8), 0.01);
            assert_close(quantity_quantile(&own->throughput_factor, 0.5), 1, 0.01);
            assert_close(quantity_quantile(&own->ttft_factor, 0.9), capacity_interval_ttft(&system, 0.8), 0.01);
            assert_close(quantity_quantile(&own->training_hours_factor, 0.9), training_interval_hours(0.8), 0.01);
        }
    set(w, "throughput_tok_s", "320");
    set(w, "training_hours", "6..10");
    set(w, "arms.own.ttft_ms", "200");
    resolve(w);
    assert_int_equal(w->setup.sc.arms[0].throughput_factor.kind, QUANTITY_UNSET);
    assert_int_equal(w->setup.sc.arms[0].training_hours_factor.kind, QUANTITY_UNSET);
    assert_int_equal(w->setup.sc.arms[0].ttft_factor.kind, QUANTITY_UNSET);
}

static void
quality_is_the_published_spread_for_the_kind_of_task(void **state)
{
    struct world *w = *state;
    char words[256];

    add(w, "vendor", ARM_API);
    add(w, "own", ARM_SELF_TUNED);
    set(w, "arms.vendor.model", "gpt-4o");
    set(w, "arms.own.model", "llama-3-70b");
    set(w, "gpu", "a100-80-sxm");
    resolve(w);
    const struct cat_prior *p = catalog_prior(w->catalog, "classification");
    assert_non_null(p);
    assert_spread(&w->setup.sc.arms[0].quality, p->frontier_p5, p->frontier_p95);
    assert_spread(&w->setup.sc.arms[1].quality, p->base_p5, p->base_p95);
    assert_int_equal(source(w, "arms.vendor.quality", words, sizeof words), FIGURE_CATALOG);
    /* No published results: wide, and said to be assumed. */
    assert_null(catalog_prior(w->catalog, "summarization"));
    set(w, "task_type", "summarization");
    resolve(w);
    assert_string_equal(w->setup.sc.arms[0].quality.text, "50%..95%");
    assert_int_equal(source(w, "arms.vendor.quality", words, sizeof words), FIGURE_DEFAULT);
    assert_non_null(strstr(words, "assumed"));
}

static void
people_go_by_the_kind_of_arm(void **state)
{
    static const struct {
        int kind;
        double once_usd, fte;
    } cases[] = {
        { ARM_API, 15e3, 0.05 }, { ARM_HOSTED_OPEN, 15e3, 0.05 }, { ARM_HOSTED_TUNED, 40e3, 0.2 },
        { ARM_SELF_OPEN, 40e3, 0.2 }, { ARM_SELF_TUNED, 50e3, 0.25 },
    };
    struct world *w = *state;

    for (size_t i = 0; i < BE_LEN(cases); i++) {
        scenario_init(&w->sc);
        add(w, "one", cases[i].kind);
        resolve(w);
        const struct arm *a = &w->setup.sc.arms[0];
        assert_close(a->setup_person_months.x * w->setup.sc.people.fte_cost_usd_month.x, cases[i].once_usd, 1e-9);
        assert_close(a->run_fte.x, cases[i].fte, 0);
    }
}

static void
a_training_example_s_length_is_the_model_s_to_take_from_the_request(void **state)
{
    struct world *w = *state;
    char words[256];

    set(w, "input_tokens", "800");
    set(w, "output_tokens", "50");
    resolve(w);
    /* a length filled in here would stay where it is when a search moves the request's */
    assert_int_equal(w->setup.sc.labels.tokens_per_example.kind, QUANTITY_UNSET);
    assert_int_equal(source(w, "tokens_per_example", words, sizeof words), FIGURE_DEFAULT);
    set(w, "tokens_per_example", "400");
    resolve(w);
    assert_close(w->setup.sc.labels.tokens_per_example.x, 400, 0);
}

static void
a_tuned_model_is_priced_per_token_or_per_endpoint_hour(void **state)
{
    struct world *w = *state;
    const struct cat_price *per_token = NULL;

    for (int i = 0; i < w->catalog->n_prices && per_token == NULL; i++)
        if (known(w->catalog->prices[i].tuned_input))
            per_token = &w->catalog->prices[i];
    assert_non_null(per_token);
    add(w, "tuned", ARM_HOSTED_TUNED);
    set(w, "model", per_token->model);
    set(w, "host", per_token->host);
    resolve(w);
    assert_close(w->setup.sc.arms[0].input_usd_mtok.x, per_token->tuned_input, 0);
    assert_int_equal(w->setup.sc.arms[0].endpoint_usd_h.kind, QUANTITY_UNSET);
    assert_int_equal(w->setup.sc.arms[0].cache_read_usd_mtok.kind, QUANTITY_UNSET);
    if (known(per_token->training_usd_mtok))
        assert_close(w->setup.sc.arms[0].training_usd_mtok.x, per_token->training_usd_mtok, 0);
}

static void
a_persons_own_source_is_shown(void **state)
{
    struct world *w = *state;
    char words[256];

    w->sc.n_sources = 1;
    text_copy(w->sc.sources[0].path, sizeof w->sc.sources[0].path, "requests_per_day");
    text_copy(w->sc.sources[0].text, sizeof w->sc.sources[0].text, "product analytics, 2026-02");
    resolve(w);
    assert_int_equal(source(w, "requests_per_day", words, sizeof words), FIGURE_TYPED);
    assert_string_equal(words, "product analytics, 2026-02");
    assert_int_equal(source(w, "input_tokens", words, sizeof words), FIGURE_DEFAULT);
    assert_non_null(strstr(words, "article"));
    assert_int_equal(source(w, "quality.floor", words, sizeof words), FIGURE_UNKNOWN);
}

/* Every figure that resolving supplies obeys its field, for every kind and every model. */
static void
every_supplied_figure_is_legal(void **state)
{
    struct world *w = *state;
    int figures = 0;

    set(w, "value_per_month_usd", "$1k");
    for (int i = 0; i < w->catalog->n_models; i++)
        for (int kind = 0; kind < ARM_STAGED; kind++) {
            w->sc.n_arms = 0;
            add(w, "one", kind);
            set(w, "arms.one.model", w->catalog->models[i].id);
            if (KIND(kind) & KINDS_SERVED)
                set(w, "arms.one.gpu", w->catalog->gpus[i % w->catalog->n_gpus].id);
            resolve(w);
            assert_int_equal(w->problems.errors, 0);
            for (int k = 0; k < arm_fields_n; k++) {
                const struct quantity *q = field_value(&w->setup.sc, (struct field_ref){ &arm_fields[k], 0 });
                if (!field_is_quantity(&arm_fields[k]) || !field_applies(&arm_fields[k], kind))
                    continue;
                if (q->kind == QUANTITY_UNSET) {
                    assert_true(isnan(q->x));
                    continue;
                }
                assert_true(q->x >= arm_fields[k].low && q->x <= arm_fields[k].high);
                figures++;
            }
        }
    assert_true(figures > 1000);
}

static void
staged_and_cascade_arms_find_the_arms_they_use(void **state)
{
    struct world *w = *state;

    add(w, "plan", ARM_STAGED);
    add(w, "router", ARM_CASCADE);
    add(w, "big", ARM_API);
    add(w, "little", ARM_SELF_OPEN);
    set(w, "first", "big");
    set(w, "second", "little");
    set(w, "small", "little");
    set(w, "large", "big");
    set(w, "arms.big.model", "gpt-4o");
    set(w, "arms.little.model", "llama-3.1-8b");
    set(w, "gpu", "l4");
    resolve(w);
    assert_int_equal(w->setup.arms[0].first, 2);
    assert_int_equal(w->setup.arms[0].second, 3);
    assert_int_equal(w->setup.arms[1].small, 3);
    assert_int_equal(w->setup.arms[1].large, 2);
    assert_true(w->setup.arms[0].usable && w->setup.arms[1].usable);
    set(w, "arms.little.model", "");
    resolve(w);
    assert_false(w->setup.arms[0].usable || w->setup.arms[1].usable);
}

/* ---- names in fields --------------------------------------------------------------------- */

static void
regimes_are_named_by_the_catalog(void **state)
{
    struct world *w = *state;
    struct error err;
    char text[200];

    set(w, "regimes", "rbi-payment, dpdp");
    field_get_text(&w->sc, find(w, "regimes"), text, sizeof text, w->catalog);
    assert_string_equal(text, "rbi-payment, dpdp");
    assert_int_equal(field_set_text(&w->sc, find(w, "regimes"), "rbi-paymnt", w->catalog, &err), -1);
    assert_int_equal(err.code, ERR_UNKNOWN);
    assert_non_null(strstr(err.text, "rbi-payment"));
}

static void
a_nudge_steps_from_the_catalogs_figure(void **state)
{
    struct world *w = *state;
    struct error err;
    char text[128];

    add(w, "vendor", ARM_API);
    set(w, "model", "gpt-4o");
    assert_int_equal(field_nudge(&w->sc, find(w, "output_usd_mtok"), 1, false, w->catalog, text, sizeof text, &err), 0);
    assert_string_equal(text, "$11");
    assert_int_equal(field_nudge(&w->sc, find(w, "model"), 1, false, w->catalog, text, sizeof text, &err), 0);
    assert_string_not_equal(text, "gpt-4o");
    assert_non_null(catalog_model(w->catalog, text));
}

static void
every_claim_that_a_row_names_is_in_the_catalog(void **state)
{
    struct world *w = *state;
    int n = 0;

    for (int table = 0; table < 2; table++) {
        const struct field *list = table == 0 ? scenario_fields : arm_fields;
        int rows = table == 0 ? scenario_fields_n : arm_fields_n;
        for (int k = 0; k < rows; k++) {
            bool found = list[k].claim == NULL;
            for (int i = 0; i < w->catalog->n_claims && !found; i++)
                found = strcmp(w->catalog->claims[i].id, list[k].claim) == 0;
            if (!found)
                fail_msg("%s names the claim %s", list[k].key, list[k].claim);
            n += list[k].claim != NULL;
        }
    }
    assert_true(n >= 5);
}

/* ---- contradictions ------------------------------------------------------------------------ */

static void
a_default_scenario_contradicts_nothing(void **state)
{
    struct world *w = *state;

    for (int kind = 0; kind < ARM_STAGED; kind++) {
        char name[8];
        snprintf(name, sizeof name, "arm%d", kind);
        add(w, name, kind);
    }
    check(w);
    for (int i = 0; i < w->problems.n; i++)
        if (w->problems.list[i].level == PROBLEM_ERROR)
            fail_msg("%s: %s", w->problems.list[i].path, w->problems.list[i].error.text);
}

static void
contradictory_fields_are_named_at_their_place(void **state)
{
    static const struct {
        const char *path[2], *text[2], *at;
        enum problem_level level;
        const char *words;
    } cases[] = {
        { { "cached_share", "cache_write_share" }, { "70%", "40%" }, "workload.cached_share", PROBLEM_ERROR, "more than the whole" },
        { { "cached_share", "cache_write_share" }, { "30%..80%", "30%" }, "workload.cached_share", PROBLEM_WARNING, "pass 100%" },
        { { "growth_per_month", NULL }, { "100%", NULL }, "workload.growth_per_month", PROBLEM_WARNING, "growth_cap" },
        { { "growth_per_month", "horizon.months" }, { "100%", "60" }, "workload.growth_per_month", PROBLEM_ERROR, "growth_cap" },
        { { "currency", NULL }, { "INR", NULL }, "currency_per_usd", PROBLEM_ERROR, "INR" },
        { { "currency", NULL }, { "rupees", NULL }, "currency", PROBLEM_ERROR, "three capital" },
        { { "currency_per_usd", NULL }, { "83", NULL }, "currency", PROBLEM_WARNING, "no currency" },
        { { "currency", "currency_per_usd" }, { "INR", "80 to 90" }, "currency_per_usd", PROBLEM_WARNING, "no effect" },
        { { "difference_points", "disagreement_share" }, { "5%", "3%" }, "evaluation.disagreement_share", PROBLEM_ERROR, "disagree" },
        { { "rag", "rag_needs_format" }, { "no", "yes" }, "constraints.rag_needs_format", PROBLEM_ERROR, "rag" },
        { { "labels.examples", NULL }, { "300", NULL }, "labels.examples", PROBLEM_WARNING, "500" },
        { { "tokens_per_example", NULL }, { "50", NULL }, "labels.tokens_per_example", PROBLEM_WARNING, "shorter" },
        { { "prompt_saved_tokens", NULL }, { "600", NULL }, "arms.own.prompt_saved_tokens", PROBLEM_ERROR, "600" },
        { { "gpus_per_replica", "pipeline_stages" }, { "4", "3" }, "arms.own.pipeline_stages", PROBLEM_ERROR, "equal stages" },
        { { "commit_replicas", NULL }, { "2", NULL }, "arms.own.commit_months", PROBLEM_WARNING, "nothing" },
        { { "commit_replicas", "commit_months" }, { "2", "36" }, "arms.own.commit_months", PROBLEM_WARNING, "outlasts" },
        { { "throughput_tok_s", "throughput_factor" }, { "300", "0.9 to 1.1" }, "arms.own.throughput_factor", PROBLEM_WARNING, "no effect" },
        { { "precision", NULL }, { "nvfp4", NULL }, "arms.own.precision", PROBLEM_ERROR, "a100-80-sxm" },
        { { "precision", NULL }, { "fp8", NULL }, "arms.own.precision", PROBLEM_WARNING, "16 bit" },
        { { "arms.own.model", NULL }, { "gpt-4o", NULL }, "arms.own.model", PROBLEM_ERROR, "not published" },
    };
    struct world *w = *state;

    for (size_t i = 0; i < BE_LEN(cases); i++) {
        scenario_init(&w->sc);
        add(w, "own", ARM_SELF_TUNED);
        set(w, "arms.own.model", "llama-3.1-8b");
        set(w, "gpu", "a100-80-sxm");
        check(w);
        assert_no_problem(w, cases[i].at);
        for (int k = 0; k < 2 && cases[i].path[k] != NULL; k++)
            set(w, cases[i].path[k], cases[i].text[k]);
        check(w);
        assert_problem(w, cases[i].at, cases[i].level, cases[i].words);
    }
}

static void
arms_that_use_arms_must_name_plain_ones(void **state)
{
    static const struct {
        const char *first;
        enum error_code code;
        const char *words;
    } cases[] = {
        { "", ERR_CONFLICT, "which arm" },      { "nobody", ERR_UNKNOWN, "no arm" },
        { "vendr", ERR_UNKNOWN, "vendor" },     { "plan", ERR_CONFLICT, "itself" },
        { "router", ERR_CONFLICT, "cascade" },
    };
    struct world *w = *state;

    add(w, "vendor", ARM_API);
    add(w, "own", ARM_SELF_TUNED);
    add(w, "plan", ARM_STAGED);
    add(w, "router", ARM_CASCADE);
    set(w, "second", "own");
    set(w, "small", "own");
    set(w, "large", "vendor");
    set(w, "first", "vendor");
    check(w);
    assert_no_problem(w, "arms.plan.first");
    assert_no_problem(w, "arms.plan.second");
    assert_no_problem(w, "arms.router.large");
    for (size_t i = 0; i < BE_LEN(cases); i++) {
        set(w, "first", cases[i].first);
        check(w);
        assert_problem(w, "arms.plan.first", PROBLEM_ERROR, cases[i].words);
        assert_int_equal(problem_at(w, "arms.plan.first")->error.code, cases[i].code);
    }
    set(w, "first", "own");
    check(w);
    assert_problem(w, "arms.plan.second", PROBLEM_ERROR, "both");
    set(w, "large", "own");
    check(w);
    assert_problem(w, "arms.router.large", PROBLEM_ERROR, "both");
}

static void
a_switch_must_lie_within_the_horizon(void **state)
{
    struct world *w = *state;

    add(w, "vendor", ARM_API);
    add(w, "own", ARM_SELF_TUNED);
    add(w, "plan", ARM_STAGED);
    set(w, "first", "vendor");
    set(w, "second", "own");
    set(w, "switch_month", "23");
    check(w);
    assert_no_problem(w, "arms.plan.switch_month");
    set(w, "switch_month", "24");
    check(w);
    assert_problem(w, "arms.plan.switch_month", PROBLEM_ERROR, "24");
}

static void
pilots_notes_and_the_decision_are_checked(void **state)
{
    struct world *w = *state;

    add(w, "own", ARM_SELF_TUNED);
    w->sc.n_pilots = 2;
    w->sc.pilots[0] = (struct pilot){ .n = 200, .right = 80, .total = 100 };
    w->sc.pilots[1] = (struct pilot){ .n = 400, .right = 120, .total = 100 };
    w->sc.n_sources = 1;
    text_copy(w->sc.sources[0].path, sizeof w->sc.sources[0].path, "requests_per_dy");
    w->sc.decision.present = true;
    text_copy(w->sc.decision.pick, sizeof w->sc.decision.pick, "gone");
    check(w);
    assert_no_problem(w, "pilots.1");
    assert_problem(w, "pilots.2", PROBLEM_ERROR, "120");
    assert_problem(w, "sources.requests_per_dy", PROBLEM_WARNING, "requests_per_day");
    assert_problem(w, "decision.pick", PROBLEM_WARNING, "gone");
}

static void
a_field_that_repeats_a_refuted_claim_carries_a_warning(void **state)
{
    struct world *w = *state;

    add(w, "tuned", ARM_SELF_TUNED);
    set(w, "model", "llama-3-70b");
    set(w, "gpu", "a100-80-sxm");
    set(w, "throughput_tok_s", "320");
    set(w, "throughput_counts", "all");
    set(w, "gpu_price_usd_h", "$3.67");
    set(w, "training_hours", "6..10");
    set(w, "training_gpus", "1");
    set(w, "test_examples", "200..500");
    set(w, "regimes", "disha");
    check(w);
    assert_problem(w, "arms.tuned.throughput_tok_s", PROBLEM_WARNING, "capacity-day");
    assert_problem(w, "arms.tuned.gpu_price_usd_h", PROBLEM_WARNING, "gpu-sku");
    assert_problem(w, "arms.tuned.training_hours", PROBLEM_WARNING, "lora-hours");
    assert_problem(w, "arms.tuned.training_gpus", PROBLEM_WARNING, "lora-memory");
    assert_problem(w, "arms.tuned.gpus_per_replica", PROBLEM_WARNING, "serve-memory");
    assert_problem(w, "evaluation.test_examples", PROBLEM_WARNING, "test-set-power");
    assert_problem(w, "constraints.regimes", PROBLEM_WARNING, "disha");
    set(w, "throughput_counts", "output");
    set(w, "gpu_price_usd_h", "$5.07");
    set(w, "training_hours", "48..64");
    set(w, "training_gpus", "4");
    set(w, "gpus_per_replica", "4");
    set(w, "test_examples", "4000");
    set(w, "regimes", "dpdp");
    check(w);
    assert_no_problem(w, "arms.tuned.throughput_tok_s");
    assert_no_problem(w, "arms.tuned.gpu_price_usd_h");
    assert_no_problem(w, "arms.tuned.training_hours");
    assert_no_problem(w, "arms.tuned.training_gpus");
    assert_no_problem(w, "arms.tuned.gpus_per_replica");
    assert_no_problem(w, "evaluation.test_examples");
    assert_no_problem(w, "constraints.regimes");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_vendor_model_gets_the_catalogs_prices_with_their_source),
        CASE(a_typed_price_outranks_the_catalog_and_deleting_it_restores_it),
        CASE(the_price_step_in_force_at_the_start_counts),
        CASE(without_a_start_the_catalogs_newest_date_counts),
        CASE(own_gpus_get_host_engine_and_offer),
        CASE(a_named_instance_is_the_offer_and_must_have_the_gpu),
        CASE(a_years_reservation_is_the_discount_of_a_years_commitment),
        CASE(an_unknown_name_is_a_problem_at_its_place_and_the_rest_stands),
        CASE(a_missing_model_or_gpu_is_named),
        CASE(without_a_catalog_names_are_unknown_and_nothing_breaks),
        CASE(unset_arm_figures_come_from_the_scenario_wide_field),
        CASE(copied_figures_name_the_place_whose_draw_they_are),
        CASE(the_capacity_models_error_enters_unless_throughput_is_measured),
        CASE(quality_is_the_published_spread_for_the_kind_of_task),
        CASE(people_go_by_the_kind_of_arm),
        CASE(a_training_example_s_length_is_the_model_s_to_take_from_the_request),
        CASE(a_tuned_model_is_priced_per_token_or_per_endpoint_hour),
        CASE(a_persons_own_source_is_shown),
        CASE(every_supplied_figure_is_legal),
        CASE(staged_and_cascade_arms_find_the_arms_they_use),
        CASE(regimes_are_named_by_the_catalog),
        CASE(a_nudge_steps_from_the_catalogs_figure),
        CASE(every_claim_that_a_row_names_is_in_the_catalog),
        CASE(a_default_scenario_contradicts_nothing),
        CASE(contradictory_fields_are_named_at_their_place),
        CASE(arms_that_use_arms_must_name_plain_ones),
        CASE(a_switch_must_lie_within_the_horizon),
        CASE(pilots_notes_and_the_decision_are_checked),
        CASE(a_field_that_repeats_a_refuted_claim_carries_a_warning),
    };

    return RUN_GROUP(tests);
}
