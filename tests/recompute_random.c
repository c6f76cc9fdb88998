/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "recompute.h"
#include "support.h"

/* Scenarios at random: every field of the table below is set with some probability to one
 * value or to a range. What contradicts itself is drawn again. */

struct dice {
    uint64_t state;
};

static double
roll(struct dice *d)
{
    d->state += 0x9e3779b97f4a7c15u;
    uint64_t z = d->state;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (double)((z ^ z >> 31) >> 11) / 9007199254740992.0;
}

static int
below(struct dice *d, int n)
{
    return (int)(roll(d) * n);
}

static const struct draw {
    const char *key;
    double low, high;    /* low > 0: even in the logarithm                        */
    double chance;
    char form;           /* # whole number, % share, blank plain                   */
} draws[] = {
    { "horizon.months", 3, 48, 1, '#' },
    { "horizon.discount_rate_per_year", 0, 0.3, 0.7, '%' },
    { "horizon.days_per_month", 20, 31, 0.3, '#' },
    { "workload.requests_per_day", 200, 2e6, 1, ' ' },
    { "workload.input_tokens", 20, 20000, 1, ' ' },
    { "workload.output_tokens", 2, 2000, 1, ' ' },
    { "workload.length_cv", 0, 2, 0.6, ' ' },
    { "workload.cached_share", 0, 0.7, 0.5, '%' },
    { "workload.cache_write_share", 0, 0.3, 0.4, '%' },
    { "workload.batch_share", 0, 1, 0.4, '%' },
    { "workload.extra_attempts", 0, 3, 0.4, ' ' },
    { "workload.growth_per_month", -0.05, 0.1, 0.7, '%' },
    { "workload.growth_cap", 1, 8, 0.4, ' ' },
    { "workload.hazard_per_month", 0, 0.1, 0.7, '%' },
    { "workload.peak_to_average", 1, 24, 0.8, ' ' },
    { "latency.ttft_p95_ms", 100, 20000, 0.5, ' ' },
    { "latency.tpot_ms", 5, 200, 0.3, ' ' },
    { "prices.api_price_change_per_year", -0.6, 0.4, 0.6, '%' },
    { "prices.gpu_price_change_per_year", -0.5, 0.5, 0.6, '%' },
    { "prices.tax_share", 0, 0.3, 0.4, '%' },
    { "labels.examples", 1, 30000, 0.8, '#' },
    { "labels.task_factor", 0.5, 6, 0.5, ' ' },
    { "labels.reviewers", 1, 3, 0.4, ' ' },
    { "labels.per_hour", 5, 100, 0.5, ' ' },
    { "labels.reject_share", 0, 0.6, 0.4, '%' },
    { "labels.guideline_hours", 0, 100, 0.5, ' ' },
    { "labels.hourly_rate", 5, 200, 0.5, ' ' },
    { "labels.holdout_share", 0, 0.5, 0.5, '%' },
    { "labels.tokens_per_example", 64, 4096, 0.5, '#' },
    { "labels.general_mix_share", 0, 0.5, 0.5, '%' },
    { "labels.general_mix_usd_mtok", 0, 50, 0.5, ' ' },
    { "labels.harvest_per_month", 1, 20000, 0.6, '#' },
    { "labels.review_minutes", 0, 10, 0.5, ' ' },
    { "training.epochs", 0.5, 10, 0.5, ' ' },
    { "training.experiments", 0, 6, 0.5, ' ' },
    { "training.retrain_every_months", 0, 12, 0.6, '#' },
    { "training.retrain_share", 0, 1, 0.5, '%' },
    { "training.base_upgrade_every_months", 0, 24, 0.5, '#' },
    { "evaluation.test_examples", 0, 3000, 0.5, '#' },
    { "evaluation.judge_passes", 0, 2, 0.4, '#' },
    { "evaluation.judge_usd", 0, 0.5, 0.4, ' ' },
    { "evaluation.human_examples", 0, 300, 0.4, '#' },
    { "evaluation.human_minutes", 0, 20, 0.4, ' ' },
    { "people.fte_cost_usd_month", 0, 30000, 0.5, ' ' },
    { "people.migration_person_months", 0, 4, 0.5, ' ' },
    { "people.value_per_month_usd", 0, 100000, 0.3, ' ' },
    { "people.hiring_months", 0, 8, 0.5, ' ' },
    { "quality.error_cost_usd", 0, 1, 0.5, ' ' },
    { "quality.alpha", 0.1, 2, 0.5, ' ' },
    { "quality.n_scale", 10, 5000, 0.5, ' ' },
    { "quality.e_inf_share", 0, 1, 0.5, '%' },
    { "quality.e_0", 0.05, 0.95, 0.3, '%' },
    { "quality.lora_points", 0, 0.1, 0.5, '%' },
    { "quality.qlora_relative", 0, 0.1, 0.5, '%' },
    { "quality.api_drift_per_year", 0, 0.5, 0.5, '%' },
    { "quality.drift_points_per_month", 0, 0.05, 0.5, '%' },
    { "serving.utilization_target", 0.2, 1, 0.6, '%' },
    { "serving.min_replicas", 0, 3, 0.5, '#' },
    { "serving.spare_replicas", 0, 2, 0.5, '#' },
    { "serving.overhead_share", 0, 1, 0.5, '%' },
    { "serving.startup_minutes", 0, 30, 0.5, ' ' },
    { "serving.arrival_scv", 0, 4, 0.4, ' ' },
    { "serving.service_scv", 0, 4, 0.4, ' ' },
}, arm_draws[] = {
    { "switch_month", 1, 12, 0.8, '#' },
    { "escalation_share", 0, 0.7, 0.7, '%' },
    { "error_catch", 0, 1, 0.5, '%' },
    { "tokenizer_factor", 0.6, 2, 0.4, ' ' },
    { "output_factor", 0.3, 6, 0.4, ' ' },
    { "extra_attempts", 0, 2, 0.3, ' ' },
    { "prompt_saved_tokens", 0, 3000, 0.5, '#' },
    { "input_usd_mtok", 0.05, 20, 0.3, ' ' },
    { "output_usd_mtok", 0.1, 80, 0.3, ' ' },
    { "cache_read_usd_mtok", 0.01, 5, 0.2, ' ' },
    { "cache_write_usd_mtok", 0.05, 20, 0.2, ' ' },
    { "batch_input_usd_mtok", 0.05, 10, 0.2, ' ' },
    { "batch_output_usd_mtok", 0.1, 40, 0.2, ' ' },
    { "monthly_minimum_usd", 0, 20000, 0.3, ' ' },
    { "committed_discount", 0, 0.5, 0.3, '%' },
    { "platform_fee_usd_month", 0, 5000, 0.3, ' ' },
    { "training_usd_mtok", 0.1, 50, 0.7, ' ' },
    { "endpoint_usd_h", 0.5, 30, 0.5, ' ' },
    { "gpus_per_replica", 1, 8, 0.6, '#' },
    { "throughput_tok_s", 50, 20000, 0.4, ' ' },
    { "throughput_factor", 0.5, 2, 0.4, ' ' },
    { "concurrency", 1, 200, 0.3, '#' },
    { "ttft_ms", 20, 3000, 0.3, ' ' },
    { "ttft_factor", 0.5, 2, 0.4, ' ' },
    { "tpot_ms", 2, 100, 0.3, ' ' },
    { "own_cached_share", 0, 0.8, 0.4, '%' },
    { "gpu_price_usd_h", 0.3, 15, 0.3, ' ' },
    { "utilization_target", 0.3, 1, 0.3, '%' },
    { "min_replicas", 0, 4, 0.3, '#' },
    { "spare_replicas", 0, 2, 0.3, '#' },
    { "overhead_share", 0, 1, 0.3, '%' },
    { "startup_minutes", 0, 30, 0.3, ' ' },
    { "commit_replicas", 0, 4, 0.4, '#' },
    { "commit_months", 0, 60, 0.5, '#' },
    { "commit_discount", 0, 0.6, 0.4, '%' },
    { "bill_share", 0.1, 1, 0.3, '%' },
    { "training_gpus", 1, 8, 0.5, '#' },
    { "training_gpu_price_usd_h", 0.5, 15, 0.4, ' ' },
    { "training_hours", 0.5, 200, 0.3, ' ' },
    { "training_tok_s", 100, 20000, 0.3, ' ' },
    { "training_hours_factor", 0.5, 2, 0.3, ' ' },
    { "experiments", 0, 5, 0.3, ' ' },
    { "quality", 0.3, 0.99, 0.5, '%' },
    { "quant_points", 0, 0.05, 0.4, '%' },
    { "setup_person_months", 0, 12, 0.4, ' ' },
    { "run_fte", 0, 2.5, 0.4, ' ' },
    { "launch_delay_months", 0, 6, 0.4, ' ' },
};

static void
value_text(struct dice *d, const struct draw *f, char *out, size_t size)
{
    double u = roll(d), x = f->low > 0 ? f->low * pow(f->high / f->low, u) : f->low + (f->high - f->low) * u;
    double y = f->low > 0 ? fmin(f->high, x * 1.3) : fmin(f->high, x + 0.1 * (f->high - f->low));

    const char *unit = f->form == '%' ? "%" : "";
    double scale = f->form == '%' ? 100 : 1;
    char low[24], high[24];

    snprintf(low, sizeof low, f->form == '#' ? "%.0f" : "%.6g", scale * x);
    snprintf(high, sizeof high, "%.6g", scale * y);
    if (f->form != '#' && roll(d) < 0.3 && strtod(high, NULL) > strtod(low, NULL))
        snprintf(out, size, "%s%s..%s%s", low, unit, high, unit);
    else
        snprintf(out, size, "%s%s", low, unit);
}

static void
set(struct scenario *sc, struct field_ref ref, const char *text, const struct catalog *catalog)
{
    struct error err;

    if (field_set_text(sc, ref, text, catalog, &err) != 0)
        fail_msg("%s: %s: %s", ref.field->key, text, err.text);
}

static bool
find(const struct scenario *sc, int arm, const char *key, struct field_ref *ref)
{
    char path[112];
    struct error err;

    snprintf(path, sizeof path, "arms.%s.%s", arm >= 0 ? sc->arms[arm].name : "", key);
    return field_find(sc, arm >= 0 ? path : key, ref, &err) == 0;
}

static void
set_word(struct scenario *sc, int arm, const char *key, const char *text, const struct catalog *catalog)
{
    struct field_ref ref;

    if (!find(sc, arm, key, &ref))
        fail_msg("no field %s", key);
    set(sc, ref, text, catalog);
}

static void
set_choice(struct dice *d, struct scenario *sc, int arm, const char *key, const struct catalog *catalog)
{
    struct field_ref ref;
    int n = 0;

    if (!find(sc, arm, key, &ref))
        fail_msg("no field %s", key);
    while (ref.field->choices[n].word != NULL)
        n++;
    set(sc, ref, ref.field->choices[below(d, n)].word, catalog);
}

static void
set_figures(struct dice *d, struct scenario *sc, int arm, const struct draw *list, size_t n, const struct catalog *catalog)
{
    char text[64];
    struct field_ref ref;

    for (size_t i = 0; i < n; i++) {
        if (roll(d) >= list[i].chance)
            continue;
        value_text(d, &list[i], text, sizeof text);
        if (find(sc, arm, list[i].key, &ref) && (arm < 0 || field_applies(ref.field, sc->arms[arm].kind)))
            set(sc, ref, text, catalog);
        else if (arm < 0)
            fail_msg("no field %s", list[i].key);
    }
}

static const struct cat_model *
some_model(struct dice *d, const struct catalog *catalog, bool shaped)
{
    for (;;) {
        const struct cat_model *m = &catalog->models[below(d, catalog->n_models)];
        if (shaped ? m->open_weights && m->has_shape : true)
            return m;
    }
}

static void
add_arm(struct dice *d, struct scenario *sc, int kind, const struct catalog *catalog)
{
    char name[16];
    struct error err;
    int i;

    snprintf(name, sizeof name, "a%d", sc->n_arms);
    i = scenario_add_arm(sc, name, kind, &err);
    assert_true(i >= 0);
    if (kind == ARM_STAGED || kind == ARM_CASCADE) {
        int one = below(d, i), two = below(d, i);
        set_word(sc, i, kind == ARM_STAGED ? "first" : "small", sc->arms[one].name, catalog);
        set_word(sc, i, kind == ARM_STAGED ? "second" : "large", sc->arms[two].name, catalog);
    } else if (KIND(kind) & KINDS_TOKENS) {
        /* Mostly models whose price is known. */
        const struct cat_price *p = &catalog->prices[below(d, catalog->n_prices)];
        const struct cat_model *m = catalog_model(catalog, p->model);
        set_word(sc, i, "model", kind == ARM_HOSTED_OPEN && (m == NULL || !m->open_weights) ? some_model(d, catalog, true)->id : p->model,
                 catalog);
        if (strcmp(sc->arms[i].model, p->model) == 0 && roll(d) < 0.5)
            set_word(sc, i, "host", p->host, catalog);
    } else {
        set_word(sc, i, "model", some_model(d, catalog, true)->id, catalog);
    }
    if (KIND(kind) & KINDS_SERVED) {
        set_word(sc, i, "gpu", catalog->gpus[below(d, catalog->n_gpus)].id, catalog);
        set_word(sc, i, "engine", catalog->engines[below(d, catalog->n_engines)].id, catalog);
        set_choice(d, sc, i, "precision", catalog);
        set_choice(d, sc, i, "kv_precision", catalog);
        set_choice(d, sc, i, "throughput_counts", catalog);
        set_choice(d, sc, i, "scaling", catalog);
    }
    if (KIND(kind) & KINDS_TUNED)
        set_choice(d, sc, i, "method", catalog);
    set_figures(d, sc, i, arm_draws, BE_LEN(arm_draws), catalog);
}

static bool
is_legal(const struct scenario *sc, const struct catalog *catalog)
{
    static struct problems found;

    problems_init(&found);
    scenario_check(sc, catalog, &found);
    return found.errors == 0;
}

void
recompute_random(struct scenario *sc, uint64_t seed, const struct catalog *catalog)
{
    struct dice d = { seed * 1000003 };
    char start[32];

    do {
        scenario_init(sc);
        snprintf(start, sizeof start, "%d-%02d", 2025 + below(&d, 2) % 2, 1 + below(&d, 12) % 12);
        set_word(sc, -1, "start", start, catalog);
        set_choice(&d, sc, -1, "prices.retirement", catalog);
        set_choice(&d, sc, -1, "quality.task_type", catalog);
        set_choice(&d, sc, -1, "serving.scaling", catalog);
        if (roll(&d) < 0.3)
            set_choice(&d, sc, -1, "people.whole_people", catalog);
        set_figures(&d, sc, -1, draws, BE_LEN(draws), catalog);
        /* Plain arms of all kinds first, so that the others have something to name. */
        for (int i = 0; i < 4; i++)
            add_arm(&d, sc, (int)(seed + (uint64_t)i) % 5, catalog);
        add_arm(&d, sc, ARM_STAGED, catalog);
        add_arm(&d, sc, ARM_CASCADE, catalog);
    } while (!is_legal(sc, catalog));
    if (roll(&d) < 0.2) {
        sc->n_pilots = 1;
        sc->pilots[0] = (struct pilot){ .n = 400, .right = 70, .total = 100 };
    }
}
