/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/*
 * The audit: each claim of the source article recomputed from the article's own
 * inputs with the engine, and the verdict that follows from the figures by one rule.
 */

/* ---- the verdict -------------------------------------------------------------------- */

static void
sorted(const double in[2], double out[2])
{
    out[0] = fmin(in[0], in[1]);
    out[1] = fmax(in[0], in[1]);
}

static bool
within(double r, double a, double low, double high)
{
    return a != 0 && r / a >= low && r / a <= high;
}

static bool
is_single(const double v[2])
{
    return v[0] == v[1];
}

static bool
holds(const struct cat_claim *c, const double a[2], const double r[2])
{
    if (within(r[0], a[0], 0.98, 1.02) && within(r[1], a[1], 0.98, 1.02))
        return true;
    if (is_single(r) && !is_single(a) && r[0] >= a[0] && r[0] <= a[1])
        return true;
    if (is_single(a) && !is_single(r) && r[0] <= a[0] && r[1] >= a[0])
        return true;
    return c->at_least && r[0] >= a[0];
}

static bool
near(const double a[2], const double r[2])
{
    if (is_single(r) && !is_single(a)) /* the nearest end */
        return within(r[0], r[0] < a[0] ? a[0] : a[1], 0.80, 1.25);
    return within(r[0], a[0], 0.80, 1.25) && within(r[1], a[1], 0.80, 1.25);
}

static bool
unit_error(const struct cat_claim *c, const double a[2], const double r[2])
{
    static const double units[] = { 30, 720, 1000 };

    for (size_t k = 0; k < BE_LEN(units); k++) {
        const double up[2] = { r[0] * units[k], r[1] * units[k] }, down[2] = { r[0] / units[k], r[1] / units[k] };
        if (holds(c, a, up) || near(a, up) || holds(c, a, down) || near(a, down))
            return true;
    }
    return false;
}

const char *
claim_verdict(const struct cat_claim *c, const double recomputed[2])
{
    double a[2], r[2];

    if (!isfinite(c->article[0]) || !isfinite(recomputed[0]))
        return "not-derivable";
    sorted(c->article, a);
    sorted(recomputed, r);
    if (c->bound_lower && a[1] < 0.98 * r[0])
        return "infeasible";
    if (holds(c, a, r))
        return "holds";
    if (near(a, r))
        return "near";
    return unit_error(c, a, r) ? "unit-error" : "contradicts";
}

/* ---- the article's inputs --------------------------------------------------------------- */

struct inputs {
    const struct catalog *catalog;
    struct setup *article;         /* the article's scenario: claude, gpt4o, tuned           */
    const struct cat_model *llama; /* Llama 3 70B                                             */
    struct arm_outcome *tuned;     /* its serving on the article's GPU                        */
    double gpu_month, gpu_hour;    /* the article's $2,640 a month and $3.67 an hour          */
};

enum { CLAUDE, GPT4O, TUNED };

static void
put(struct scenario *sc, const char *path, const char *text, const struct catalog *catalog)
{
    struct field_ref ref;
    struct error ignored;

    if (field_find(sc, path, &ref, &ignored) == 0)
        field_set_text(sc, ref, text, catalog, &ignored);
}

/* What the article says and what it leaves out: people, overhead, spares, peaks. */
static const char *const article_fields[][2] = {
    { "workload.requests_per_day", "20k" }, { "workload.input_tokens", "500" }, { "workload.output_tokens", "100" },
    { "workload.length_cv", "0" }, { "workload.growth_per_month", "0%" }, { "workload.hazard_per_month", "0%" },
    { "workload.peak_to_average", "1" }, { "workload.extra_attempts", "0" }, { "workload.cached_share", "0%" },
    { "workload.cache_write_share", "0%" }, { "workload.batch_share", "0%" }, { "prices.api_price_change_per_year", "0%" },
    { "prices.gpu_price_change_per_year", "0%" }, { "prices.retirement", "ignore" }, { "horizon.months", "12" },
    { "labels.reviewers", "1" }, { "labels.reject_share", "0%" }, { "labels.guideline_hours", "0" },
    { "labels.examples", "5000" }, { "labels.task_factor", "1" },
    { "people.fte_cost_usd_month", "$0" }, { "serving.utilization_target", "100%" }, { "serving.min_replicas", "1" },
    { "serving.spare_replicas", "0" }, { "serving.overhead_share", "0%" }, { "arms.claude.model", "claude-3.5-sonnet" },
    { "arms.claude.input_usd_mtok", "$3" }, { "arms.claude.output_usd_mtok", "$15" }, { "arms.gpt4o.model", "gpt-4o" },
    { "arms.gpt4o.input_usd_mtok", "$2.50" }, { "arms.gpt4o.output_usd_mtok", "$10" }, { "arms.tuned.model", "llama-3-70b" },
    { "arms.tuned.gpu", "a100-80-sxm" }, { "arms.tuned.throughput_tok_s", "320" }, { "arms.tuned.throughput_counts", "all" },
    { "arms.tuned.gpu_price_usd_h", "$3.67" },
};

static void
release_inputs(struct inputs *in)
{
    free(in->article);
    free(in->tuned);
}

static int
make_inputs(struct inputs *in, const struct catalog *catalog)
{
    struct scenario *sc = malloc(sizeof *sc);
    struct error ignored;

    in->catalog = catalog;
    in->article = malloc(sizeof *in->article);
    in->tuned = malloc(sizeof *in->tuned);
    in->llama = catalog_model(catalog, "llama-3-70b");
    in->gpu_month = 2640;
    in->gpu_hour = 3.67;
    if (sc == NULL || in->article == NULL || in->tuned == NULL || in->llama == NULL) {
        free(sc);
        release_inputs(in);
        return -1;
    }
    scenario_init(sc);
    scenario_add_arm(sc, "claude", ARM_API, &ignored);
    scenario_add_arm(sc, "gpt4o", ARM_API, &ignored);
    scenario_add_arm(sc, "tuned", ARM_SELF_TUNED, &ignored);
    for (size_t k = 0; k < BE_LEN(article_fields); k++)
        put(sc, article_fields[k][0], article_fields[k][1], catalog);
    scenario_resolve(in->article, sc, catalog, NULL);
    model_evaluate(in->article, TUNED, in->tuned);
    free(sc);
    return 0;
}

/* ---- recomputations --------------------------------------------------------------------------- */

static void
one(double out[2], double v)
{
    out[0] = out[1] = v;
}

static void
two(double out[2], double a, double b)
{
    out[0] = a;
    out[1] = b;
}

static double
api_month(const struct inputs *in, int arm)
{
    return model_run_month_usd(in->article, arm);
}

/* Tokens a day of the article's GPU, as its own 320 tokens/s give them. */
static double
capacity_day(const struct inputs *in)
{
    return in->tuned->replica_tok_s * 86400;
}

static double
gpu_per_1k(const struct inputs *in)
{
    return in->gpu_month / (capacity_day(in) * 30) * 1000;
}

/* USD per million tokens of the article's blend. */
static double
blend(const struct inputs *in, int arm)
{
    return api_month(in, arm) / 30 / (workload_tokens_per_day(in->article) / 1e6);
}

static void claude_day(const struct inputs *in, double o[2]) { one(o, api_month(in, CLAUDE) / 30); }
static void claude_month(const struct inputs *in, double o[2]) { one(o, api_month(in, CLAUDE)); }
static void gpt4o_day(const struct inputs *in, double o[2]) { one(o, api_month(in, GPT4O) / 30); }
static void gpt4o_month(const struct inputs *in, double o[2]) { one(o, api_month(in, GPT4O)); }
static void gpu_month(const struct inputs *in, double o[2]) { one(o, model_run_month_usd(in->article, TUNED)); }
static void throughput_8(const struct inputs *in, double o[2]) { (void)in; two(o, 8 * 30, 8 * 40); }
static void capacity(const struct inputs *in, double o[2]) { one(o, capacity_day(in)); }
static void per_1k(const struct inputs *in, double o[2]) { one(o, gpu_per_1k(in)); }

static void
cheaper(const struct inputs *in, double o[2])
{
    two(o, blend(in, CLAUDE) / 1000 / gpu_per_1k(in), in->article->sc.arms[CLAUDE].output_usd_mtok.x / 1000 / gpu_per_1k(in));
}

static void
utilisation(const struct inputs *in, double o[2])
{
    double u;

    model_run_month(in->article, TUNED, &u, NULL);
    one(o, u);
}

static double
breakeven_volume(const struct inputs *in, int arm)
{
    return in->gpu_month / 30 / blend(in, arm) * 1e6;
}

static void
breakeven_share(const struct inputs *in, double o[2])
{
    two(o, breakeven_volume(in, CLAUDE) / capacity_day(in), breakeven_volume(in, GPT4O) / capacity_day(in));
}

static void
breakeven(const struct inputs *in, double o[2])
{
    two(o, breakeven_volume(in, CLAUDE), breakeven_volume(in, GPT4O));
}

static void api_at_capacity(const struct inputs *in, double o[2]) { one(o, 830 * 30 * blend(in, CLAUDE)); }

/* Weights, gradients, master copy and AdamW's moments, without activations. */
static void
full_memory(const struct inputs *in, double o[2])
{
    struct capacity_shape shape;
    struct training_setup t;
    struct training_memory memory = { .state_gib = NAN };

    training_setup_init(&t, TRAIN_FULL);
    if (capacity_shape_from_model(&shape, in->llama, NULL) == 0)
        training_memory(&shape, &t, &memory, NULL);
    one(o, memory.state_gib * GIB / 1e9);
}

/* Speed of one way of training on the article's GPU, attention and overheads left out. */
static struct training_speed
speed_of(const struct inputs *in, enum training_method method)
{
    struct training_speed speed = { NAN, NAN, NAN };
    struct capacity_shape shape;
    struct capacity_gpu gpu;
    struct training_setup t;

    training_setup_init(&t, method);
    t.stack = STACK_TUNED;
    t.sequence = 1;
    if (in->article->arms[TUNED].gpu != NULL && capacity_shape_from_model(&shape, in->llama, NULL) == 0 &&
        capacity_gpu_from_catalog(&gpu, in->article->arms[TUNED].gpu, NULL) == 0)
        training_speed(&shape, &gpu, &t, &speed, NULL);
    return speed;
}

static void full_cost(const struct inputs *in, double o[2]) { two(o, 4 * in->gpu_hour * 18, 4 * in->gpu_hour * 24); }

/* Rank 16 on query, key, value and output of every layer: in + out columns each. */
static void
lora_params(const struct inputs *in, double o[2])
{
    const struct cat_model *m = in->llama;
    double kv = m->kv_heads * m->head_dim, q = m->query_heads * m->head_dim;

    one(o, m->layers * 16 * ((m->hidden + q) + 2 * (m->hidden + kv) + (q + m->hidden)));
}

static void lora_memory(const struct inputs *in, double o[2]) { one(o, in->tuned->weights_gib * GIB / 1e9); }
static void lora_cost(const struct inputs *in, double o[2]) { two(o, 6 * in->gpu_hour, 10 * in->gpu_hour); }

/* LoRA skips the weights' gradients, and nothing else. */
static void
lora_hours(const struct inputs *in, double o[2])
{
    double share = speed_of(in, TRAIN_LORA).flop_per_token / speed_of(in, TRAIN_FULL).flop_per_token;

    two(o, 4 * 18 * share, 4 * 24 * share);
}

static void lora_ratio(const struct inputs *in, double o[2]) { (void)in; two(o, 350 / 37.0, 470 / 22.0); }

/* The same tokens as LoRA's, unpacking the weights on the way. */
static void
qlora_cost(const struct inputs *in, double o[2])
{
    double slower = speed_of(in, TRAIN_LORA).tok_s / speed_of(in, TRAIN_QLORA).tok_s;

    two(o, 6 * slower * in->gpu_hour, 10 * slower * in->gpu_hour);
}

/* 4 bits and about 0.127 bit of quantisation constants, of 16. */
static void qlora_saving(const struct inputs *in, double o[2]) { (void)in; one(o, 1 - (4 + 0.127) / 16); }
static void qlora_runs(const struct inputs *in, double o[2]) { (void)in; two(o, 350 / 15.0, 470 / 8.0); }

static double
labels_cost(const struct inputs *in, double examples, double per_hour, double rate)
{
    struct setup *s = malloc(sizeof *s);
    struct label_cost cost = { .usd = NAN };

    if (s != NULL) {
        *s = *in->article;
        s->sc.labels.examples.x = examples;
        s->sc.labels.per_hour.x = per_hour;
        s->sc.labels.hourly_rate.x = rate;
        labels_evaluate(s, &cost);
    }
    free(s);
    return cost.usd;
}

static void labels_5k(const struct inputs *in, double o[2]) { two(o, labels_cost(in, 5000, 50, 30), labels_cost(in, 5000, 30, 50)); }
static void labels_50k(const struct inputs *in, double o[2]) { two(o, labels_cost(in, 5000, 50, 30), labels_cost(in, 50000, 30, 50)); }

static void
test_power(const struct inputs *in, double o[2])
{
    (void)in;
    two(o, sample_size_two_proportions(0.90, 0.87, 0.05, 0.80), sample_size_two_proportions(0.90, 0.88, 0.05, 0.80));
}

static void
saving(const struct inputs *in, double o[2])
{
    double month = capacity_day(in) * 30 / 1e6;

    two(o, 1 - in->gpu_month / (month * blend(in, CLAUDE)), 1 - in->gpu_month / (month * blend(in, GPT4O)));
}

static void serve_memory(const struct inputs *in, double o[2]) { one(o, in->tuned->weights_gib); }

/* ---- rows without figures: the catalog decides --------------------------------------------------- */

/* A catalog that says nothing about it decides nothing. */
static const char *
decided(bool says, bool as_stated)
{
    return !says ? "not-derivable" : as_stated ? "holds" : "contradicts";
}

/* Every offer of that machine type has the same card. */
static const char *
machine_has_80_gb(const struct catalog *c)
{
    bool says = false, all = true;

    for (int k = 0; k < c->n_gpu_prices; k++)
        if (c->gpu_prices[k].instance != NULL && strcmp(c->gpu_prices[k].instance, "a2-highgpu-1g") == 0) {
            says = true;
            all = all && strcmp(c->gpu_prices[k].gpu, "a100-80-sxm") == 0;
        }
    return decided(says, all);
}

static const char *
llama_3_has_13b(const struct catalog *c)
{
    static const char family[] = "llama-3-", size[] = "llama-3-13b";
    bool says = false, has = false;

    for (int k = 0; k < c->n_models; k++) {
        says = says || strncmp(c->models[k].id, family, sizeof family - 1) == 0;
        has = has || strncmp(c->models[k].id, size, sizeof size - 1) == 0;
    }
    return decided(says, has);
}

static const char *
disha_is_law(const struct catalog *c)
{
    const struct cat_regime *r = catalog_regime(c, "disha");

    return decided(r != NULL, r != NULL && !r->informational);
}

/* ---- the table ---------------------------------------------------------------------------------------- */

struct audit_row {
    const char *id;
    void (*recompute)(const struct inputs *, double out[2]);
    const char *(*judge)(const struct catalog *); /* without figures: the verdict */
    const char *consequence;
};

static const struct audit_row rows[] = {
    { "api-claude-day", claude_day, NULL, "The API side of the comparison stands." },
    { "api-claude-month", claude_month, NULL, "The API side of the comparison stands." },
    { "api-gpt4o-day", gpt4o_day, NULL, "The API side of the comparison stands." },
    { "api-gpt4o-month", gpt4o_month, NULL, "The API side of the comparison stands." },
    { "gpu-month", gpu_month, NULL, "The price of an idle GPU stands; the machine behind it does not." },
    { "gpu-sku", NULL, machine_has_80_gb, "An 80 GB card costs 38 % more than the price that is compared." },
    { "throughput-8", throughput_8, NULL, "The product is right; that one card reaches it is not shown." },
    { "capacity-day", capacity, NULL, "A GPU serves 27.6M tokens a day, not 830M: every later conclusion is 30 times too good." },
    { "gpu-per-1k", per_1k, NULL, "It holds only with 830M tokens a month, against the article's own day." },
    { "cheaper-100x", cheaper, NULL, "At full use the GPU is 1.6 to 4.7 times cheaper, not 100 times." },
    { "utilisation-12m", utilisation, NULL, "The example already uses 43 % of the GPU, so there is little idle capacity to fill." },
    { "breakeven-utilisation", breakeven_share, NULL, "The GPU must be busier than the article says before it pays." },
    { "breakeven-volume", breakeven, NULL, "Compute alone breaks even far below 50M, but a second GPU is needed from 27.6M." },
    { "api-at-capacity", api_at_capacity, NULL, "At 830M tokens a day the API costs eight times the upper figure; at 830M a month, a little less than the lower one." },
    { "fullft-memory", full_memory, NULL, "Full fine-tuning of 70B needs four times the memory that is named." },
    { "fullft-cost", full_cost, NULL, "The hours and the price do not give the cost; it is a quarter less." },
    { "lora-params", lora_params, NULL, "Close enough: nothing rests on it." },
    { "lora-memory", lora_memory, NULL, "A 16-bit base does not fit one card, so LoRA here means a quantised base or two cards." },
    { "lora-cost", lora_cost, NULL, "The product is right; the hours in it are not." },
    { "lora-hours", lora_hours, NULL, "LoRA takes six to eight times the hours, by the article's own full run." },
    { "lora-vs-full-cost", lora_ratio, NULL, "The ratio of the article's own figures." },
    { "qlora-cost", qlora_cost, NULL, "QLoRA is no cheaper than LoRA by the hour: it saves memory, not time." },
    { "qlora-memory-saving", qlora_saving, NULL, "A little understated." },
    { "qlora-experiments", qlora_runs, NULL, "Understated: more experiments fit than are claimed." },
    { "labels-5k", labels_5k, NULL, "The label budget stands." },
    { "labels-generation", NULL, NULL, "An input of the model, not a result." },
    { "labels-50k", labels_50k, NULL, "50,000 labels cost at least $30,000: the upper figure is out of reach." },
    { "model-13b", NULL, llama_3_has_13b, "The medical result names a model that does not exist." },
    { "test-set-power", test_power, NULL, "The test set that is recommended cannot see the differences that are claimed." },
    { "judge-cost", NULL, NULL, "Tokens a judgement are not given, so the price is taken as an input." },
    { "saving-60-80", saving, NULL, "At 100 % use the article's own figures save 15 to 36 %." },
    { "disha", NULL, disha_is_law, "No gate: the act of 2023 applies in its place." },
    { "serve-memory", serve_memory, NULL, "The serving speed of the comparison belongs to four cards, not to one." },
};

static const struct audit_row *
row_of(const char *id)
{
    for (size_t k = 0; k < BE_LEN(rows); k++)
        if (strcmp(rows[k].id, id) == 0)
            return &rows[k];
    return NULL;
}

static void
audit_one(struct claim_result *r, const struct cat_claim *c, const struct inputs *in)
{
    const struct audit_row *row = row_of(c->id);

    memset(r, 0, sizeof *r);
    r->claim = c;
    r->recomputed[0] = r->recomputed[1] = r->factor = NAN;
    r->verdict = "not-derivable";
    if (row == NULL)
        return;
    text_copy(r->note, sizeof r->note, row->consequence);
    if (row->judge != NULL) {
        r->verdict = row->judge(in->catalog);
        return;
    }
    if (row->recompute == NULL)
        return;
    double v[2];
    row->recompute(in, v);
    sorted(v, r->recomputed);
    r->verdict = claim_verdict(c, r->recomputed);
    r->factor = (r->recomputed[0] + r->recomputed[1]) / (c->article[0] + c->article[1]);
}

int
audit(const struct catalog *catalog, struct claim_result *out, int max)
{
    struct inputs in;
    int n = 0;

    if (make_inputs(&in, catalog) < 0)
        return 0;
    for (; n < catalog->n_claims && n < max; n++)
        audit_one(&out[n], &catalog->claims[n], &in);
    release_inputs(&in);
    return n;
}
