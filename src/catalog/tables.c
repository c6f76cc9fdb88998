/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "tables.h"

/* The offset of a member; refuses to compile if it is not of that type. */
#define AT(S, M, ctype) (offsetof(struct S, M) + 0 * sizeof((ctype *)0 == &((struct S *)0)->M))

/* A row: its key in the file, struct S, member M. */
#define NUMBERS(K, S, M, from, to, otherwise, H) \
    { .name = K, .type = VALUE_NUMBER, .offset = AT(S, M, double), .low = from, .high = to, \
      .initial = otherwise, .help = H }
/* A figure that may be unknown, and one that is 0 unless given. */
#define FIGURE(K, S, M, from, to, H) NUMBERS(K, S, M, from, to, NAN, H)
#define COUNT(K, S, M, to, H) NUMBERS(K, S, M, 0, to, 0, H)
#define NEEDED(K, S, M, from, to, H) \
    { .name = K, .type = VALUE_NUMBER, .offset = AT(S, M, double), .low = from, .high = to, \
      .initial = NAN, .required = true, .help = H }
#define TEXT(K, S, M, H) { .name = K, .type = VALUE_TEXT, .offset = AT(S, M, const char *), .help = H }
#define NAMED(K, S, M, H) \
    { .name = K, .type = VALUE_TEXT, .offset = AT(S, M, const char *), .required = true, .help = H }
#define BOOL(K, S, M, H) { .name = K, .type = VALUE_BOOL, .offset = AT(S, M, bool), .help = H }
#define DATE(K, S, M, H) { .name = K, .type = VALUE_DATE, .offset = AT(S, M, struct date), .help = H }
#define WORD(K, S, M, ctype, W, H) \
    { .name = K, .type = VALUE_WORD, .offset = AT(S, M, ctype), .words = W, .help = H }
#define BITS(K, S, M, W, H) \
    { .name = K, .type = VALUE_BITS, .offset = AT(S, M, unsigned), .words = W, .help = H }
#define FLAG(K, S, M, W, H) { .name = K, .type = VALUE_FLAG, .offset = AT(S, M, bool), .words = W, .help = H }
#define RANGE(K, S, M, H) \
    { .name = K, .type = VALUE_RANGE, .offset = offsetof(struct S, M), .low = -1e15, .high = 1e15, \
      .initial = NAN, .help = H }

#define KIND(title, S, array, counter, rows, finisher) \
    { .name = title, .keys = rows, .n_keys = (int)BE_LEN(rows), .size = sizeof(struct S), \
      .entries = offsetof(struct catalog, array), .n_entries = offsetof(struct catalog, counter), \
      .id = AT(S, id, const char *), .origin = AT(S, origin, struct origin), .finish = finisher }

#define USD_MTOK_MAX 1e7 /* lists have shown $15,000; a person is warned at import */

_Static_assert(sizeof(enum licence_class) == sizeof(unsigned), "words are stored as unsigned");
_Static_assert(sizeof(enum attribute_state) == sizeof(unsigned), "words are stored as unsigned");

/* ---- models ---------------------------------------------------------------------- */

static const struct word licence_words[] = {
    { "unknown", LICENCE_UNKNOWN }, { "open", LICENCE_OPEN }, { "conditional", LICENCE_CONDITIONAL },
    { "research", LICENCE_RESEARCH }, { "closed", LICENCE_CLOSED }, { NULL, 0 },
};

#define MODEL_FIGURE(K, M, to, H) FIGURE(K, cat_model, M, 1, to, H)

static const struct key model_keys[] = {
    NAMED("id", cat_model, id, "what scenarios call it"),
    NAMED("name", cat_model, name, "what people call it"),
    TEXT("family", cat_model, family, "models of one family share a tokenizer and a licence"),
    NAMED("vendor", cat_model, vendor, "who made it"),
    TEXT("alias", cat_model, alias, "its name in the throughput tables"),
    TEXT("licence", cat_model, licence, "of the weights, in words"),
    WORD("licence_class", cat_model, licence_class, enum licence_class, licence_words,
          "what the licence allows"),
    DATE("released", cat_model, released, "the day of its release"),
    BOOL("open_weights", cat_model, open_weights, "are the weights published?"),
    MODEL_FIGURE("params", params, 1e14, "parameters"),
    MODEL_FIGURE("params_active", params_active, 1e14, "parameters that a token passes through"),
    COUNT("params_routed", cat_model, params_routed, 1e14,
          "parameters in experts that a router chooses; 0 if it has none"),
    MODEL_FIGURE("layers", layers, 1e4, "layers"),
    MODEL_FIGURE("hidden", hidden, 1e6, "width of a layer"),
    MODEL_FIGURE("query_heads", query_heads, 1e4, "attention heads"),
    MODEL_FIGURE("kv_heads", kv_heads, 1e4, "heads whose keys and values are kept"),
    MODEL_FIGURE("head_dim", head_dim, 1e5, "width of a head"),
    MODEL_FIGURE("intermediate", intermediate, 1e7, "width of the feed-forward part"),
    MODEL_FIGURE("vocab", vocab, 1e8, "tokens of its vocabulary"),
    BOOL("tied_embeddings", cat_model, tied_embeddings,
          "do the first and last layer share their weights?"),
    COUNT("experts", cat_model, experts, 1e5, "experts of a layer; 0 if it is dense"),
    COUNT("experts_per_token", cat_model, experts_per_token, 1e5,
          "experts that a token passes through"),
    MODEL_FIGURE("kv_elements_per_token", kv_elements_per_token, 1e9,
          "elements of the KV cache a token takes in the whole model"),
    BOOL("mla", cat_model, mla, "has it multi-head latent attention?"),
    COUNT("window", cat_model, window_tokens, 1e9,
          "tokens that a sliding window sees; 0 if it has none"),
    COUNT("window_share", cat_model, window_share, 1, "share of the layers that have the window"),
    MODEL_FIGURE("context", context_tokens, 1e9, "longest input and output together, in tokens"),
    MODEL_FIGURE("max_output", max_output_tokens, 1e9, "longest output, in tokens"),
};

static int
finish_model(void *entry, char *id, size_t id_size, struct error *err)
{
    struct cat_model *m = entry;

    (void)id;
    (void)id_size;
    m->has_shape = known(m->params) && known(m->params_active) && known(m->layers) &&
                   known(m->hidden) && known(m->query_heads) && known(m->kv_heads) &&
                   known(m->head_dim) && known(m->vocab) && known(m->kv_elements_per_token);
    if (known(m->params) && m->params_active > m->params)
        return error_set(err, ERR_CONFLICT, "more active parameters than parameters");
    if (m->experts_per_token > m->experts)
        return error_set(err, ERR_CONFLICT, "more experts per token than experts");
    return 0;
}

/* ---- token prices ------------------------------------------------------------------ */

#define PRICE(K, S, M, H) FIGURE(K, S, M, 0, USD_MTOK_MAX, H)
#define TOKEN_PRICES(S, M) \
    PRICE("input", S, M.input, "USD per million input tokens"), \
    PRICE("output", S, M.output, "USD per million output tokens"), \
    PRICE("cache_read", S, M.cache_read, "of input tokens that are read from the cache"), \
    PRICE("cache_write", S, M.cache_write, "of input tokens that are written to the cache"), \
    PRICE("batch_input", S, M.batch_input, "of input tokens in a batch"), \
    PRICE("batch_output", S, M.batch_output, "of output tokens in a batch")

static const struct key tier_keys[] = {
    NEEDED("above", price_tier, above_tokens, 0, 1e9,
          "a prompt of more tokens has these prices, all of it"),
    BOOL("inclusive", price_tier, inclusive,
          "does a prompt of exactly as many tokens have them too?"),
    TOKEN_PRICES(price_tier, price),
};
static const struct table tier_table = {
    .keys = tier_keys, .n_keys = (int)BE_LEN(tier_keys), .size = sizeof(struct price_tier),
};

#define TIERS(S, array, counter) \
    { .name = "tiers", .type = VALUE_LIST, .offset = offsetof(struct S, array), \
      .count = offsetof(struct S, counter), .list = &tier_table, .max = PRICE_TIERS_MAX, \
      .help = "prices of longer prompts; what a tier does not name stays" }

static const struct key step_keys[] = {
    { .name = "from", .type = VALUE_DATE, .offset = AT(price_step, from, struct date), .required = true,
      .help = "the first day of these prices" },
    TOKEN_PRICES(price_step, price),
    TIERS(price_step, tiers, n_tiers),
};
static const struct table step_table = {
    .keys = step_keys, .n_keys = (int)BE_LEN(step_keys), .size = sizeof(struct price_step),
};

static const struct key price_keys[] = {
    NAMED("model", cat_price, model, "the model, by its id"),
    NAMED("host", cat_price, host, "who sells it, by its id"),
    TEXT("list", cat_price, list, "the price list that it was taken from"),
    TEXT("key", cat_price, key, "its key in that list"),
    DATE("from", cat_price, steps[0].from, "the first day of these prices"),
    TOKEN_PRICES(cat_price, steps[0].price),
    TIERS(cat_price, steps[0].tiers, steps[0].n_tiers),
    { .name = "steps", .type = VALUE_LIST, .offset = offsetof(struct cat_price, steps),
      .count = offsetof(struct cat_price, n_steps), .list = &step_table, .first = 1,
      .max = PRICE_STEPS_MAX, .help = "later prices, each in force from its day" },
    DATE("retired", cat_price, retired, "the day from which it is sold no more"),
    TEXT("successor", cat_price, successor, "the model whose prices hold from then on"),
    PRICE("training", cat_price, training_usd_mtok, "USD per million tokens of tuning"),
    PRICE("tuned_input", cat_price, tuned_input, "USD per million input tokens of a tuned model"),
    PRICE("tuned_output", cat_price, tuned_output,
          "USD per million output tokens of a tuned model"),
    FIGURE("endpoint_usd_h", cat_price, endpoint_usd_h, 0, 1e6,
          "USD an hour for an endpoint of its own"),
    FIGURE("monthly_minimum", cat_price, monthly_minimum_usd, 0, 1e9,
          "USD that a month costs at least"),
    FIGURE("ttft_ms", cat_price, ttft_ms, 0, 1e7,
          "milliseconds to the first token of one request, as published"),
    FIGURE("output_tokens_per_s", cat_price, output_tokens_per_s, 0.001, 1e6,
          "output tokens a second of one request, as published"),
    FIGURE("context", cat_price, context_tokens, 1, 1e9,
          "longest input and output, of a model that nothing else describes"),
    FIGURE("max_output", cat_price, max_output_tokens, 1, 1e9,
          "longest output, of a model that nothing else describes"),
    TEXT("doubt", cat_price, doubt, "why a person should look at it"),
};

static int
tiers_ascend(const struct price_step *s)
{
    for (int i = 1; i < s->n_tiers; i++)
        if (s->tiers[i].above_tokens <= s->tiers[i - 1].above_tokens)
            return 0;
    return 1;
}

static int
finish_price(void *entry, char *id, size_t id_size, struct error *err)
{
    const struct cat_price *p = entry;

    for (int i = 0; i < p->n_steps; i++) {
        if (!tiers_ascend(&p->steps[i]))
            return error_set(err, ERR_CONFLICT, "tiers must ascend by their \"above\"");
        if (i > 0 && date_compare(p->steps[i].from, p->steps[i - 1].from) <= 0)
            return error_set(err, ERR_CONFLICT, "steps must ascend by their \"from\"");
    }
    if ((size_t)snprintf(id, id_size, "%s@%s", p->model, p->host) >= id_size)
        return error_set(err, ERR_SIZE, "the name of the model is too long");
    return 0;
}

/* ---- hosts and regimes --------------------------------------------------------------- */

static const struct word region_words[] = {
    { "india", REGION_IN }, { "eu", REGION_EU }, { "us", REGION_US }, { "other", REGION_OTHER },
    { NULL, 0 },
};
static const struct word retention_words[] = {
    { "unknown", RETENTION_UNKNOWN }, { "standard", RETENTION_STANDARD },
    { "limited", RETENTION_LIMITED }, { "zero-on-contract", RETENTION_ZERO_ON_CONTRACT },
    { "zero", RETENTION_ZERO }, { NULL, 0 },
};
static const struct word state_words[] = {
    { "unknown", ATTRIBUTE_UNKNOWN }, { "no", ATTRIBUTE_NO }, { "yes", ATTRIBUTE_YES },
    { "on-contract", ATTRIBUTE_ON_CONTRACT }, { NULL, 0 },
};

#define STATE(K, M, H) WORD(K, cat_host, M, enum attribute_state, state_words, H)

static const struct key host_keys[] = {
    NAMED("id", cat_host, id, "what scenarios call it"),
    NAMED("name", cat_host, name, "what people call it"),
    BOOL("self", cat_host, self, "is it the team itself?"),
    BITS("regions", cat_host, regions, region_words, "where it can keep data"),
    BITS("regions_on_contract", cat_host, regions_on_contract, region_words,
          "where it can keep data under a contract"),
    WORD("retention", cat_host, retention, enum retention, retention_words,
          "how long it keeps data"),
    STATE("soc2", soc2, "has it a SOC 2 report?"),
    STATE("iso27001", iso27001, "is it certified by ISO 27001?"),
    STATE("dpa", dpa, "does it sign a data processing agreement?"),
    STATE("baa", baa, "does it sign a business associate agreement?"),
    STATE("transfer_clauses", transfer_clauses, "does it sign clauses for transfers abroad?"),
};

static const struct word requirement_words[] = {
    { "stored-in", REQUIRE_STORED_IN }, { "self", REQUIRE_SELF },
    { "retention-zero", REQUIRE_RETENTION_ZERO }, { "dpa", REQUIRE_DPA }, { "baa", REQUIRE_BAA },
    { "transfer", REQUIRE_TRANSFER }, { "soc2", REQUIRE_SOC2 }, { "iso27001", REQUIRE_ISO27001 },
    { NULL, 0 },
};
static const struct key requirement_keys[] = {
    { .name = "require", .type = VALUE_WORD, .words = requirement_words, .required = true,
      .offset = AT(requirement, kind, enum requirement_kind),
      .help = "what is asked of whoever processes the data" },
    BITS("where", requirement, value, region_words, "where the data is to be kept"),
    NAMED("obligation", requirement, obligation, "the duty and where it is written"),
    NAMED("lift", requirement, lift, "what would meet it"),
};
static const struct table requirement_table = {
    .keys = requirement_keys, .n_keys = (int)BE_LEN(requirement_keys), .size = sizeof(struct requirement),
};

static const struct key regime_keys[] = {
    NAMED("id", cat_regime, id, "what scenarios call it"),
    NAMED("name", cat_regime, name, "what people call it"),
    TEXT("note", cat_regime, note, "whom it concerns"),
    BOOL("informational", cat_regime, informational, "is it shown without being a gate?"),
    { .name = "requirements", .type = VALUE_LIST, .offset = offsetof(struct cat_regime, requirements),
      .count = offsetof(struct cat_regime, n), .list = &requirement_table, .max = REQUIREMENTS_MAX,
      .help = "what it asks" },
};

static int
finish_regime(void *entry, char *id, size_t id_size, struct error *err)
{
    const struct cat_regime *r = entry;

    (void)id;
    (void)id_size;
    if (!r->informational && r->n == 0)
        return error_set(err, ERR_CONFLICT, "a regime needs a requirement, or \"informational: yes\"");
    for (int i = 0; i < r->n; i++)
        if (r->requirements[i].kind == REQUIRE_STORED_IN && r->requirements[i].value == 0)
            return error_set(err, ERR_CONFLICT, "\"require: stored-in\" needs \"where\"");
    return 0;
}

/* ---- GPUs and their prices -------------------------------------------------------------- */

#define GPU_FIGURE(K, M, to, H) FIGURE(K, cat_gpu, M, 0.01, to, H)

static const struct key gpu_keys[] = {
    NAMED("id", cat_gpu, id, "what scenarios call it"),
    NAMED("name", cat_gpu, name, "what people call it"),
    NAMED("vendor", cat_gpu, vendor, "who makes it"),
    TEXT("alias", cat_gpu, alias, "its name in the throughput tables"),
    NAMED("class", cat_gpu, class_name,
          "the class of the capacity model: ampere-hbm, hopper, blackwell-hbm, gddr, cdna3 or h20"),
    GPU_FIGURE("memory_gib", memory_gib, 1e5, "memory as it is sold, in GiB"),
    GPU_FIGURE("usable_gib", usable_gib, 1e5, "memory as the driver reports it, in GiB"),
    GPU_FIGURE("bandwidth_gbs", bandwidth_gbs, 1e6, "memory bandwidth, 1e9 bytes a second"),
    GPU_FIGURE("fp16_tflops", fp16_tflops, 1e6, "dense 16-bit arithmetic, 1e12 a second"),
    GPU_FIGURE("fp8_tflops", fp8_tflops, 1e6,
          "dense 8-bit floating point; none: the card has it not"),
    GPU_FIGURE("int8_tops", int8_tops, 1e6, "dense 8-bit whole numbers"),
    GPU_FIGURE("fp4_tflops", fp4_tflops, 1e6, "dense 4-bit floating point"),
    GPU_FIGURE("nvlink_gbs", nvlink_gbs, 1e5, "link between cards, 1e9 bytes a second each way"),
    GPU_FIGURE("pcie_gbs", pcie_gbs, 1e5, "bus, 1e9 bytes a second each way"),
    GPU_FIGURE("watts", watts, 1e5, "power"),
};

#define HOURLY(K, M, H) FIGURE(K, cat_gpu_price, M, 0, 1e4, H)

static const struct key gpu_price_keys[] = {
    NAMED("provider", cat_gpu_price, provider, "who rents it out"),
    NAMED("region", cat_gpu_price, region, "where"),
    NAMED("instance", cat_gpu_price, instance, "the machine"),
    NAMED("gpu", cat_gpu_price, gpu, "the card, by its id"),
    NEEDED("gpus", cat_gpu_price, gpus, 1, 1024, "cards of the machine"),
    HOURLY("on_demand", on_demand_usd_h, "USD for one card and hour"),
    HOURLY("spot", spot_usd_h, "the same, when it may be taken away"),
    HOURLY("reserved_1y", reserved_1y_usd_h, "the same, for a year with nothing upfront"),
    TEXT("note", cat_gpu_price, note, "words"),
};

static int
finish_gpu_price(void *entry, char *id, size_t id_size, struct error *err)
{
    const struct cat_gpu_price *p = entry;

    if (!known(p->on_demand_usd_h) && !known(p->spot_usd_h) && !known(p->reserved_1y_usd_h))
        return error_set(err, ERR_CONFLICT, "a GPU price needs a price");
    if ((size_t)snprintf(id, id_size, "%s/%s/%s", p->provider, p->region, p->instance) >= id_size)
        return error_set(err, ERR_SIZE, "the name of the machine is too long");
    return 0;
}

/* ---- engines, claims, priors ------------------------------------------------------------- */

static const struct key engine_keys[] = {
    NAMED("id", cat_engine, id, "what scenarios call it"),
    NAMED("name", cat_engine, name, "what people call it"),
    NAMED("kind", cat_engine, kind, "its row of the capacity model"),
    TEXT("alias", cat_engine, alias, "its name in the throughput tables"),
    TEXT("version", cat_engine, version, "the version that is assumed"),
};

static const struct word lower_word[] = { { "lower", 1 }, { NULL, 0 } };
static const struct word at_least_word[] = { { "at-least", 1 }, { NULL, 0 } };

static const struct key claim_keys[] = {
    NAMED("id", cat_claim, id, "its name"),
    NAMED("about", cat_claim, about, "what it says"),
    TEXT("unit", cat_claim, unit, "of its figures"),
    TEXT("recompute", cat_claim, recompute, "how it follows from the rest"),
    TEXT("note", cat_claim, note, "what it does to the conclusion"),
    TEXT("states", cat_claim, article_text, "the claim in words, where it has no figure"),
    RANGE("article", cat_claim, article, "the figure, or [low, high]"),
    RANGE("expect", cat_claim, expect, "what recomputing must give, for the tests"),
    NUMBERS("tolerance", cat_claim, tolerance, 0, 1, 1e-3, "of that, relative"),
    FLAG("bound", cat_claim, bound_lower, lower_word,
          "the recomputed figure is the least that is needed"),
    FLAG("sense", cat_claim, at_least, at_least_word, "more is as good"),
    NAMED("verdict", cat_claim, verdict, "as computed; kept for claims without figures"),
    TEXT("field", cat_claim, field, "the field that repeats it"),
};

#define SHARE(K, M, H) NEEDED(K, cat_prior, M, 0, 1, H)

static const struct key prior_keys[] = {
    NAMED("task", cat_prior, task, "the type of task"),
    SHARE("frontier_p5", frontier_p5, "5th percentile of frontier models"),
    SHARE("frontier_p95", frontier_p95, "95th percentile of frontier models"),
    SHARE("base_p5", base_p5, "5th percentile of open models"),
    SHARE("base_p95", base_p95, "95th percentile of open models"),
};

static int
finish_prior(void *entry, char *id, size_t id_size, struct error *err)
{
    const struct cat_prior *p = entry;

    (void)id;
    (void)id_size;
    if (p->frontier_p5 > p->frontier_p95 || p->base_p5 > p->base_p95)
        return error_set(err, ERR_CONFLICT, "a 5th percentile is above its 95th");
    return 0;
}

/* ---- all kinds ------------------------------------------------------------------------------ */

const struct table catalog_tables[] = {
    KIND("models", cat_model, models, n_models, model_keys, finish_model),
    KIND("prices", cat_price, prices, n_prices, price_keys, finish_price),
    KIND("gpus", cat_gpu, gpus, n_gpus, gpu_keys, NULL),
    KIND("gpu-prices", cat_gpu_price, gpu_prices, n_gpu_prices, gpu_price_keys, finish_gpu_price),
    KIND("hosts", cat_host, hosts, n_hosts, host_keys, NULL),
    KIND("engines", cat_engine, engines, n_engines, engine_keys, NULL),
    KIND("regimes", cat_regime, regimes, n_regimes, regime_keys, finish_regime),
    KIND("claims", cat_claim, claims, n_claims, claim_keys, NULL),
    { .name = "priors", .keys = prior_keys, .n_keys = (int)BE_LEN(prior_keys),
      .size = sizeof(struct cat_prior), .entries = offsetof(struct catalog, priors),
      .n_entries = offsetof(struct catalog, n_priors), .id = AT(cat_prior, task, const char *),
      .origin = AT(cat_prior, origin, struct origin), .finish = finish_prior },
    { .name = NULL },
};
