/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "tables.h"

/* The offset of a member; refuses to compile if it is not of that type. */
#define AT(S, M, ctype) (offsetof(struct S, M) + 0 * sizeof((ctype *)0 == &((struct S *)0)->M))

/* A row: its key in the file, struct S, member M. */
#define NUMBERS(K, S, M, from, to, otherwise) \
    { .name = K, .type = VALUE_NUMBER, .offset = AT(S, M, double), .low = from, .high = to, \
      .initial = otherwise }
/* A figure that may be unknown, and one that is 0 unless given. */
#define FIGURE(K, S, M, from, to) NUMBERS(K, S, M, from, to, NAN)
#define COUNT(K, S, M, to) NUMBERS(K, S, M, 0, to, 0)
#define NEEDED(K, S, M, from, to) \
    { .name = K, .type = VALUE_NUMBER, .offset = AT(S, M, double), .low = from, .high = to, \
      .initial = NAN, .required = true }
#define TEXT(K, S, M) { .name = K, .type = VALUE_TEXT, .offset = AT(S, M, const char *) }
#define NAMED(K, S, M) \
    { .name = K, .type = VALUE_TEXT, .offset = AT(S, M, const char *), .required = true }
#define BOOL(K, S, M) { .name = K, .type = VALUE_BOOL, .offset = AT(S, M, bool) }
#define DATE(K, S, M) { .name = K, .type = VALUE_DATE, .offset = AT(S, M, struct date) }
#define WORD(K, S, M, ctype, W) { .name = K, .type = VALUE_WORD, .offset = AT(S, M, ctype), .words = W }
#define BITS(K, S, M, W) { .name = K, .type = VALUE_BITS, .offset = AT(S, M, unsigned), .words = W }
#define FLAG(K, S, M, W) { .name = K, .type = VALUE_FLAG, .offset = AT(S, M, bool), .words = W }
#define RANGE(K, S, M) \
    { .name = K, .type = VALUE_RANGE, .offset = offsetof(struct S, M), .low = -1e15, .high = 1e15, \
      .initial = NAN }

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

#define MODEL_FIGURE(K, M, to) FIGURE(K, cat_model, M, 1, to)

static const struct key model_keys[] = {
    NAMED("id", cat_model, id),
    NAMED("name", cat_model, name),
    TEXT("family", cat_model, family),
    NAMED("vendor", cat_model, vendor),
    TEXT("alias", cat_model, alias),
    TEXT("licence", cat_model, licence),
    WORD("licence_class", cat_model, licence_class, enum licence_class, licence_words),
    DATE("released", cat_model, released),
    BOOL("open_weights", cat_model, open_weights),
    MODEL_FIGURE("params", params, 1e14),
    MODEL_FIGURE("params_active", params_active, 1e14),
    COUNT("params_routed", cat_model, params_routed, 1e14),
    MODEL_FIGURE("layers", layers, 1e4),
    MODEL_FIGURE("hidden", hidden, 1e6),
    MODEL_FIGURE("query_heads", query_heads, 1e4),
    MODEL_FIGURE("kv_heads", kv_heads, 1e4),
    MODEL_FIGURE("head_dim", head_dim, 1e5),
    MODEL_FIGURE("intermediate", intermediate, 1e7),
    MODEL_FIGURE("vocab", vocab, 1e8),
    BOOL("tied_embeddings", cat_model, tied_embeddings),
    COUNT("experts", cat_model, experts, 1e5),
    COUNT("experts_per_token", cat_model, experts_per_token, 1e5),
    MODEL_FIGURE("kv_elements_per_token", kv_elements_per_token, 1e9),
    BOOL("mla", cat_model, mla),
    COUNT("window", cat_model, window_tokens, 1e9),
    COUNT("window_share", cat_model, window_share, 1),
    MODEL_FIGURE("context", context_tokens, 1e9),
    MODEL_FIGURE("max_output", max_output_tokens, 1e9),
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

#define PRICE(K, S, M) FIGURE(K, S, M, 0, USD_MTOK_MAX)
#define TOKEN_PRICES(S, M) \
    PRICE("input", S, M.input), PRICE("output", S, M.output), \
    PRICE("cache_read", S, M.cache_read), PRICE("cache_write", S, M.cache_write), \
    PRICE("batch_input", S, M.batch_input), PRICE("batch_output", S, M.batch_output)

static const struct key tier_keys[] = {
    NEEDED("above", price_tier, above_tokens, 0, 1e9),
    BOOL("inclusive", price_tier, inclusive),
    TOKEN_PRICES(price_tier, price),
};
static const struct table tier_table = {
    .keys = tier_keys, .n_keys = (int)BE_LEN(tier_keys), .size = sizeof(struct price_tier),
};

#define TIERS(S, array, counter) \
    { .name = "tiers", .type = VALUE_LIST, .offset = offsetof(struct S, array), \
      .count = offsetof(struct S, counter), .list = &tier_table, .max = PRICE_TIERS_MAX }

static const struct key step_keys[] = {
    { .name = "from", .type = VALUE_DATE, .offset = AT(price_step, from, struct date), .required = true },
    TOKEN_PRICES(price_step, price),
    TIERS(price_step, tiers, n_tiers),
};
static const struct table step_table = {
    .keys = step_keys, .n_keys = (int)BE_LEN(step_keys), .size = sizeof(struct price_step),
};

static const struct key price_keys[] = {
    NAMED("model", cat_price, model),
    NAMED("host", cat_price, host),
    TEXT("list", cat_price, list),
    TEXT("key", cat_price, key),
    DATE("from", cat_price, steps[0].from),
    TOKEN_PRICES(cat_price, steps[0].price),
    TIERS(cat_price, steps[0].tiers, steps[0].n_tiers),
    { .name = "steps", .type = VALUE_LIST, .offset = offsetof(struct cat_price, steps),
      .count = offsetof(struct cat_price, n_steps), .list = &step_table, .first = 1,
      .max = PRICE_STEPS_MAX },
    DATE("retired", cat_price, retired),
    TEXT("successor", cat_price, successor),
    PRICE("training", cat_price, training_usd_mtok),
    PRICE("tuned_input", cat_price, tuned_input),
    PRICE("tuned_output", cat_price, tuned_output),
    FIGURE("endpoint_usd_h", cat_price, endpoint_usd_h, 0, 1e6),
    FIGURE("monthly_minimum", cat_price, monthly_minimum_usd, 0, 1e9),
    FIGURE("ttft_ms", cat_price, ttft_ms, 0, 1e7),
    FIGURE("output_tokens_per_s", cat_price, output_tokens_per_s, 0.001, 1e6),
    FIGURE("context", cat_price, context_tokens, 1, 1e9),
    FIGURE("max_output", cat_price, max_output_tokens, 1, 1e9),
    TEXT("doubt", cat_price, doubt),
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

#define STATE(K, M) WORD(K, cat_host, M, enum attribute_state, state_words)

static const struct key host_keys[] = {
    NAMED("id", cat_host, id),
    NAMED("name", cat_host, name),
    BOOL("self", cat_host, self),
    BITS("regions", cat_host, regions, region_words),
    BITS("regions_on_contract", cat_host, regions_on_contract, region_words),
    WORD("retention", cat_host, retention, enum retention, retention_words),
    STATE("soc2", soc2),
    STATE("iso27001", iso27001),
    STATE("dpa", dpa),
    STATE("baa", baa),
    STATE("transfer_clauses", transfer_clauses),
};

static const struct word requirement_words[] = {
    { "stored-in", REQUIRE_STORED_IN }, { "self", REQUIRE_SELF },
    { "retention-zero", REQUIRE_RETENTION_ZERO }, { "dpa", REQUIRE_DPA }, { "baa", REQUIRE_BAA },
    { "transfer", REQUIRE_TRANSFER }, { "soc2", REQUIRE_SOC2 }, { "iso27001", REQUIRE_ISO27001 },
    { NULL, 0 },
};
static const struct key requirement_keys[] = {
    { .name = "require", .type = VALUE_WORD, .words = requirement_words, .required = true,
      .offset = AT(requirement, kind, enum requirement_kind) },
    BITS("where", requirement, value, region_words),
    NAMED("obligation", requirement, obligation),
    NAMED("lift", requirement, lift),
};
static const struct table requirement_table = {
    .keys = requirement_keys, .n_keys = (int)BE_LEN(requirement_keys), .size = sizeof(struct requirement),
};

static const struct key regime_keys[] = {
    NAMED("id", cat_regime, id),
    NAMED("name", cat_regime, name),
    TEXT("note", cat_regime, note),
    BOOL("informational", cat_regime, informational),
    { .name = "requirements", .type = VALUE_LIST, .offset = offsetof(struct cat_regime, requirements),
      .count = offsetof(struct cat_regime, n), .list = &requirement_table, .max = REQUIREMENTS_MAX },
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

#define GPU_FIGURE(K, M, to) FIGURE(K, cat_gpu, M, 0.01, to)

static const struct key gpu_keys[] = {
    NAMED("id", cat_gpu, id),
    NAMED("name", cat_gpu, name),
    NAMED("vendor", cat_gpu, vendor),
    TEXT("alias", cat_gpu, alias),
    NAMED("class", cat_gpu, class_name),
    GPU_FIGURE("memory_gib", memory_gib, 1e5),
    GPU_FIGURE("usable_gib", usable_gib, 1e5),
    GPU_FIGURE("bandwidth_gbs", bandwidth_gbs, 1e6),
    GPU_FIGURE("fp16_tflops", fp16_tflops, 1e6),
    GPU_FIGURE("fp8_tflops", fp8_tflops, 1e6),
    GPU_FIGURE("int8_tops", int8_tops, 1e6),
    GPU_FIGURE("fp4_tflops", fp4_tflops, 1e6),
    GPU_FIGURE("nvlink_gbs", nvlink_gbs, 1e5),
    GPU_FIGURE("pcie_gbs", pcie_gbs, 1e5),
    GPU_FIGURE("watts", watts, 1e5),
};

#define HOURLY(K, M) FIGURE(K, cat_gpu_price, M, 0, 1e4)

static const struct key gpu_price_keys[] = {
    NAMED("provider", cat_gpu_price, provider),
    NAMED("region", cat_gpu_price, region),
    NAMED("instance", cat_gpu_price, instance),
    NAMED("gpu", cat_gpu_price, gpu),
    NEEDED("gpus", cat_gpu_price, gpus, 1, 1024),
    HOURLY("on_demand", on_demand_usd_h),
    HOURLY("spot", spot_usd_h),
    HOURLY("reserved_1y", reserved_1y_usd_h),
    TEXT("note", cat_gpu_price, note),
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
    NAMED("id", cat_engine, id),
    NAMED("name", cat_engine, name),
    NAMED("kind", cat_engine, kind),
    TEXT("alias", cat_engine, alias),
    TEXT("version", cat_engine, version),
};

static const struct word lower_word[] = { { "lower", 1 }, { NULL, 0 } };
static const struct word at_least_word[] = { { "at-least", 1 }, { NULL, 0 } };

static const struct key claim_keys[] = {
    NAMED("id", cat_claim, id),
    NAMED("about", cat_claim, about),
    TEXT("unit", cat_claim, unit),
    TEXT("recompute", cat_claim, recompute),
    TEXT("note", cat_claim, note),
    TEXT("states", cat_claim, article_text),
    RANGE("article", cat_claim, article),
    RANGE("expect", cat_claim, expect),
    NUMBERS("tolerance", cat_claim, tolerance, 0, 1, 1e-3),
    FLAG("bound", cat_claim, bound_lower, lower_word),
    FLAG("sense", cat_claim, at_least, at_least_word),
    NAMED("verdict", cat_claim, verdict),
    TEXT("field", cat_claim, field),
};

#define SHARE(K, M) NEEDED(K, cat_prior, M, 0, 1)

static const struct key prior_keys[] = {
    NAMED("task", cat_prior, task),
    SHARE("frontier_p5", frontier_p5),
    SHARE("frontier_p95", frontier_p95),
    SHARE("base_p5", base_p5),
    SHARE("base_p95", base_p95),
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
