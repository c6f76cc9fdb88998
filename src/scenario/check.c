/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"

/* What contradicts itself in a scenario, and what a reader should be warned of. */

struct checking {
    const struct scenario *sc;
    const struct catalog *catalog;
    struct problems *problems;
};

static void BE_PRINTF(5, 6)
say(const struct checking *c, enum problem_level level, enum error_code code, const char *path, const char *fmt, ...)
{
    struct error err;
    char words[400];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(words, sizeof words, fmt, ap);
    va_end(ap);
    error_set(&err, code, "%s", words);
    problems_add(c->problems, level, path, &err);
}

#define CONTRADICTS(c, path, ...) say((c), PROBLEM_ERROR, ERR_CONFLICT, (path), __VA_ARGS__)
#define WARN(c, path, ...) say((c), PROBLEM_WARNING, ERR_OK, (path), __VA_ARGS__)

static bool
is_set(const struct quantity *q)
{
    return q->kind != QUANTITY_UNSET;
}

static double
low_end(const struct quantity *q)
{
    return is_set(q) ? quantity_quantile(q, 0.05) : NAN;
}

static double
high_end(const struct quantity *q)
{
    return is_set(q) ? quantity_quantile(q, 0.95) : NAN;
}

static bool
has_kind(const struct scenario *sc, unsigned kinds)
{
    for (int a = 0; a < sc->n_arms; a++)
        if (KIND(sc->arms[a].kind) & kinds)
            return true;
    return false;
}

static const char *
arm_path(const struct checking *c, int arm, const char *key, char out[112])
{
    snprintf(out, 112, "arms.%s.%s", c->sc->arms[arm].name, key);
    return out;
}

/* ---- the workload -------------------------------------------------------------- */

static void
check_cache(const struct checking *c)
{
    const struct quantity *read = &c->sc->workload.cached_share, *write = &c->sc->workload.cache_write_share;

    if (read->x + write->x > 1 + 1e-9)
        CONTRADICTS(c, "workload.cached_share", "%s read from and %s written to the cache are more than the whole input",
                    read->text, write->text);
    else if (high_end(read) + high_end(write) > 1 + 1e-9)
        WARN(c, "workload.cached_share", "at their upper ends, the shares read from and written to the cache pass 100%%");
}

/* Growth without an end soon leaves every capacity behind. */
static void
check_growth(const struct checking *c)
{
    const struct scenario *sc = c->sc;
    double grown = pow(1 + high_end(&sc->workload.growth_per_month), sc->horizon.months.x - 1);
    double cap = is_set(&sc->workload.growth_cap) ? high_end(&sc->workload.growth_cap) : INFINITY;
    double most = fmin(fmax(grown, 1), cap);
    char times[24], requests[24];

    if (high_end(&sc->workload.requests_per_day) * most > 1e13)
        CONTRADICTS(c, "workload.growth_per_month", "requests would reach %s a day: lower the growth or set growth_cap",
                    number_si(requests, sizeof requests, high_end(&sc->workload.requests_per_day) * most));
    else if (most > 1000)
        WARN(c, "workload.growth_per_month", "growth multiplies the requests by up to %s over the horizon; growth_cap ends it",
             number_si(times, sizeof times, most));
}

static void
check_currency(const struct checking *c)
{
    const struct scenario *sc = c->sc;
    const char *code = sc->currency;

    if (code[0] == '\0') {
        if (is_set(&sc->currency_per_usd))
            WARN(c, "currency", "there is a rate but no currency that it belongs to");
        return;
    }
    if (strlen(code) != 3 || strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
        say(c, PROBLEM_ERROR, ERR_RANGE, "currency", "\"%s\" is no currency code: three capital letters, as INR", code);
    else if (strcmp(code, "USD") != 0 && !is_set(&sc->currency_per_usd))
        CONTRADICTS(c, "currency_per_usd", "amounts in %s need its rate: how many for one USD", code);
    else if (is_set(&sc->currency_per_usd) && quantity_is_uncertain(&sc->currency_per_usd))
        WARN(c, "currency_per_usd", "a range has no effect here: amounts are converted at its median");
}

/* ---- labels, evaluation, pilots ---------------------------------------------------- */

static void
check_labels(const struct checking *c)
{
    const struct scenario *sc = c->sc;
    double examples = sc->labels.examples.x;

    if (!has_kind(sc, KINDS_TUNED))
        return;
    if (examples < 500)
        WARN(c, "labels.examples", "with fewer than 500 examples a tuned model tends to memorise them");
    if (is_set(&sc->labels.tokens_per_example) &&
        sc->labels.tokens_per_example.x < 0.2 * (sc->workload.input_tokens.x + sc->workload.output_tokens.x))
        WARN(c, "labels.tokens_per_example", "an example of %s tokens is much shorter than a request",
             sc->labels.tokens_per_example.text);
}

static void
check_evaluation(const struct checking *c)
{
    const struct quantity *delta = &c->sc->evaluation.difference_points;
    const struct quantity *psi = &c->sc->evaluation.disagreement_share;

    if (psi->x < delta->x)
        CONTRADICTS(c, "evaluation.disagreement_share",
                    "arms that differ by %s must disagree on at least as many examples, not on %s", delta->text,
                    psi->text);
}

static void
check_pilots(const struct checking *c)
{
    char path[32];

    for (int i = 0; i < c->sc->n_pilots; i++) {
        const struct pilot *p = &c->sc->pilots[i];
        snprintf(path, sizeof path, "pilots.%d", i + 1);
        if (p->n < 0)
            say(c, PROBLEM_ERROR, ERR_RANGE, path, "a pilot cannot be trained on %d examples", p->n);
        if (p->total < 1)
            say(c, PROBLEM_ERROR, ERR_RANGE, path, "a pilot needs at least one tested example");
        else if (p->right < 0 || p->right > p->total)
            CONTRADICTS(c, path, "%d right answers of %d tested", p->right, p->total);
    }
    if (c->sc->n_pilots > 0 && !has_kind(c->sc, KINDS_TUNED))
        WARN(c, "pilots", "pilot points change nothing: no arm is tuned");
}

static void
check_rag(const struct checking *c)
{
    if (c->sc->constraints.rag == TRI_NO && c->sc->constraints.rag_needs_format == TRI_YES)
        CONTRADICTS(c, "constraints.rag_needs_format", "it says what retrieval does not solve, but rag is no");
}

/* ---- arms that use arms --------------------------------------------------------------- */

struct arm_names {
    const struct scenario *sc;
    int except;
};

static const char *
arm_name_at(const void *ctx, int i)
{
    const struct arm_names *n = ctx;

    for (int a = 0; a < n->sc->n_arms; a++)
        if (a != n->except && (KIND(n->sc->arms[a].kind) & KINDS_PLAIN) && i-- == 0)
            return n->sc->arms[a].name;
    return NULL;
}

static void
check_use(const struct checking *c, int arm, const struct field *f)
{
    const struct scenario *sc = c->sc;
    const char *name = field_value(sc, (struct field_ref){ f, arm });
    struct arm_names others = { sc, arm };
    char path[112];

    arm_path(c, arm, f->key, path);
    if (name[0] == '\0') {
        CONTRADICTS(c, path, "it does not say which arm: name one");
        return;
    }
    int at = scenario_find_arm(sc, name);
    if (at < 0) {
        const char *near = text_nearest(name, arm_name_at, &others);
        say(c, PROBLEM_ERROR, ERR_UNKNOWN, path, "there is no arm \"%s\"%s%s", name, near != NULL ? "; nearest is " : "",
            near != NULL ? near : "");
    } else if (at == arm) {
        CONTRADICTS(c, path, "the arm names itself");
    } else if (!(KIND(sc->arms[at].kind) & KINDS_PLAIN)) {
        CONTRADICTS(c, path, "\"%s\" is a %s arm itself: name one that serves", name, arm_kind_word(sc->arms[at].kind));
    }
}

static void
check_pair(const struct checking *c, int arm, const char *key, const char *one, const char *two)
{
    char path[112];

    if (one[0] != '\0' && strcmp(one, two) == 0)
        CONTRADICTS(c, arm_path(c, arm, key, path), "both arms are \"%s\"", one);
}

static void
check_staged(const struct checking *c, int arm)
{
    const struct arm *a = &c->sc->arms[arm];
    double horizon = c->sc->horizon.months.x;
    char path[112];

    check_pair(c, arm, "second", a->first, a->second);
    arm_path(c, arm, "switch_month", path);
    if (a->switch_month.x >= horizon)
        CONTRADICTS(c, path, "a switch after month %g of %g leaves nothing to the second arm", a->switch_month.x, horizon);
    else if (high_end(&a->switch_month) >= horizon)
        WARN(c, path, "at its upper end the switch comes after the horizon of %g months", horizon);
}

/* ---- arms that serve -------------------------------------------------------------------- */

static void
check_prompt(const struct checking *c, int arm)
{
    const struct quantity *saved = &c->sc->arms[arm].prompt_saved_tokens;
    char path[112];

    arm_path(c, arm, "prompt_saved_tokens", path);
    if (saved->x > c->sc->workload.input_tokens.x)
        CONTRADICTS(c, path, "%s tokens saved of a prompt of %s", saved->text, c->sc->workload.input_tokens.text);
    else if (high_end(saved) > low_end(&c->sc->workload.input_tokens))
        WARN(c, path, "at its upper end more tokens are saved than a short prompt has");
}

static void
check_replicas(const struct checking *c, int arm)
{
    const struct arm *a = &c->sc->arms[arm];
    char path[112];

    if (fmod(a->gpus_per_replica.x, a->pipeline_stages.x) != 0)
        CONTRADICTS(c, arm_path(c, arm, "pipeline_stages", path), "%s GPUs cannot form %s equal stages",
                    a->gpus_per_replica.text, a->pipeline_stages.text);
    if (a->commit_replicas.x > 0 && a->commit_months.x == 0)
        WARN(c, arm_path(c, arm, "commit_months", path), "a commitment of 0 months commits nothing");
    if (a->commit_replicas.x > 0 && a->commit_months.x > c->sc->horizon.months.x)
        WARN(c, arm_path(c, arm, "commit_months", path), "the commitment outlasts the horizon; what remains is paid at its end");
    if (is_set(&a->throughput_tok_s) && is_set(&a->throughput_factor))
        WARN(c, arm_path(c, arm, "throughput_factor", path), "it has no effect: the throughput is typed");
    if (is_set(&a->ttft_ms) && is_set(&a->ttft_factor))
        WARN(c, arm_path(c, arm, "ttft_factor", path), "it has no effect: the time to the first token is typed");
}

/* A format that the card has no arithmetic for. Weight-only formats run anywhere. */
static void
check_precision(const struct checking *c, int arm, const struct cat_gpu *gpu)
{
    char path[112];

    arm_path(c, arm, "precision", path);
    switch (c->sc->arms[arm].precision) {
    case WEIGHTS_NVFP4:
        if (!known(gpu->fp4_tflops))
            CONTRADICTS(c, path, "%s has no 4-bit floating point; int4 keeps 4-bit weights there", gpu->id);
        break;
    case WEIGHTS_INT8:
        if (!known(gpu->int8_tops))
            CONTRADICTS(c, path, "no rate for 8-bit whole numbers is known of %s; w8a16 needs none", gpu->id);
        break;
    case WEIGHTS_FP8:
        if (!known(gpu->fp8_tflops))
            WARN(c, path, "%s keeps fp8 weights but calculates in 16 bit", gpu->id);
        break;
    default:
        break;
    }
}

/* What the catalog knows of the model: open weights, shape. */
static void
check_model(const struct checking *c, int arm)
{
    const struct arm *a = &c->sc->arms[arm];
    const struct cat_model *m = c->catalog != NULL ? catalog_model(c->catalog, a->model) : NULL;
    const struct cat_gpu *gpu = c->catalog != NULL ? catalog_gpu(c->catalog, a->gpu) : NULL;
    char path[112];

    if (m != NULL && (KIND(a->kind) & (KINDS_SELF | KIND(ARM_HOSTED_OPEN))) && !m->open_weights)
        CONTRADICTS(c, arm_path(c, arm, "model", path), "the weights of %s are not published: only its vendor serves it", m->id);
    if (!(KIND(a->kind) & KINDS_SERVED))
        return;
    if (m != NULL && !m->has_shape && (KIND(a->kind) & KINDS_SELF) && !is_set(&a->throughput_tok_s))
        WARN(c, arm_path(c, arm, "throughput_tok_s", path),
             "the shape of %s is not published, so its throughput cannot be computed: type a measured one", m->id);
    if (gpu != NULL)
        check_precision(c, arm, gpu);
}

/* Values that this kind of arm does not read. */
static void
check_unread(const struct checking *c, int arm)
{
    const struct arm *a = &c->sc->arms[arm];
    char path[112];

    for (int k = 0; k < arm_fields_n; k++) {
        struct field_ref ref = { &arm_fields[k], arm };
        if (!field_applies(ref.field, a->kind) && field_is_quantity(ref.field) && field_is_set(c->sc, ref) &&
            ref.field->initial == NULL)
            WARN(c, arm_path(c, arm, ref.field->key, path), "%s arms do not use it", arm_kind_word(a->kind));
    }
}

static void
check_arm(const struct checking *c, int arm)
{
    const struct arm *a = &c->sc->arms[arm];

    for (int k = 0; k < arm_fields_n; k++)
        if (arm_fields[k].type == &field_arm && field_applies(&arm_fields[k], a->kind))
            check_use(c, arm, &arm_fields[k]);
    if (a->kind == ARM_STAGED)
        check_staged(c, arm);
    if (a->kind == ARM_CASCADE)
        check_pair(c, arm, "large", a->small, a->large);
    if (KIND(a->kind) & KINDS_TUNED)
        check_prompt(c, arm);
    if (KIND(a->kind) & KINDS_SERVED)
        check_replicas(c, arm);
    if (KIND(a->kind) & KINDS_PLAIN)
        check_model(c, arm);
    check_unread(c, arm);
}

/* ---- words about the scenario ------------------------------------------------------------- */

static void
check_notes(const struct checking *c)
{
    struct field_ref ref;
    struct error err;
    char path[96];

    for (int i = 0; i < c->sc->n_sources; i++)
        if (field_find(c->sc, c->sc->sources[i].path, &ref, &err) < 0) {
            snprintf(path, sizeof path, "sources.%s", c->sc->sources[i].path);
            WARN(c, path, "%s", err.text);
        }
    if (c->sc->decision.present && scenario_find_arm(c->sc, c->sc->decision.pick) < 0)
        WARN(c, "decision.pick", "there is no arm \"%s\" any more", c->sc->decision.pick);
}

/* ---- prices that the decision rests on --------------------------------------------------------- */

#define PRICE_MOVED 0.005 /* of it; less is the rounding of a list */

static void
warn_moved(const struct checking *c, const struct moved_price *m)
{
    char path[96], percent[32];

    snprintf(path, sizeof path, "decision.prices.%s", m->arm);
    if (m->arm_gone)
        WARN(c, path, "%s was decided with; there is no such arm any more", m->arm);
    else if (!known(m->now))
        WARN(c, path, "the %s of %s was $%.6g when this was decided; nobody lists it now", m->words, m->arm, m->was);
    else
        WARN(c, path, "the %s of %s was $%.6g when this was decided and is $%.6g now (%s%s)", m->words, m->arm,
             m->was, m->now, m->now > m->was ? "+" : "", number_percent(percent, sizeof percent, m->now / m->was - 1, 1));
}

/* A decision keeps the prices it was made with; the lists may have gone on. */
static void
check_moved(const struct checking *c)
{
    struct moved_price moved[MOVED_MAX];

    if (!c->sc->decision.present || c->sc->decision.n_prices == 0 || c->catalog == NULL)
        return;
    struct setup *s = malloc(sizeof *s);
    if (s == NULL)
        return;
    scenario_resolve(s, c->sc, c->catalog, NULL);
    int n = decision_moved_prices(c->sc, s, PRICE_MOVED, moved);
    for (int k = 0; k < n; k++)
        if (k == 0 || !moved[k].arm_gone || strcmp(moved[k].arm, moved[k - 1].arm) != 0)
            warn_moved(c, &moved[k]);
    free(s);
}

/* ---- claims of the article that fields repeat ------------------------------------------------ */

static bool
is_refuted(const struct cat_claim *claim)
{
    static const char *const refuted[] = { "contradicts", "unit-error", "infeasible" };

    for (size_t i = 0; claim->verdict != NULL && i < BE_LEN(refuted); i++)
        if (strcmp(claim->verdict, refuted[i]) == 0)
            return true;
    return false;
}

/* Does the whole range lie within low..high, rounding allowed? */
static bool
within(const struct quantity *q, double low, double high)
{
    return is_set(q) && low_end(q) >= 0.98 * low && high_end(q) <= 1.02 * high;
}

static bool
is_large_model(const struct checking *c, const struct arm *a)
{
    const struct cat_model *m = c->catalog != NULL ? catalog_model(c->catalog, a->model) : NULL;

    return m != NULL && m->params > 60e9;
}

/* 240 to 320 tokens a second of one A100, which the article takes for 830M a day. */
static bool
repeats_throughput(const struct checking *c, const struct arm *a, const struct cat_claim *claim)
{
    (void)c, (void)claim;
    return within(&a->throughput_tok_s, 240, 320) && a->throughput_counts == COUNTS_ALL;
}

/* $3.67 buys the card of 40 GB. */
static bool
repeats_gpu_price(const struct checking *c, const struct arm *a, const struct cat_claim *claim)
{
    const struct cat_gpu *gpu = c->catalog != NULL ? catalog_gpu(c->catalog, a->gpu) : NULL;

    (void)claim;
    return gpu != NULL && strcmp(gpu->id, "a100-80-sxm") == 0 && within(&a->gpu_price_usd_h, 3.67, 3.67);
}

static bool
repeats_training_hours(const struct checking *c, const struct arm *a, const struct cat_claim *claim)
{
    return a->method != METHOD_FULL && is_large_model(c, a) && is_set(&a->training_hours) &&
           within(&a->training_hours, claim->article[0], claim->article[1]);
}

static bool
is_80_gb(const struct checking *c, const char *gpu)
{
    const struct cat_gpu *g = c->catalog != NULL ? catalog_gpu(c->catalog, gpu) : NULL;

    return g != NULL && g->memory_gib <= 80;
}

/* 16-bit weights of 70B on one card of 80 GB. */
static bool
repeats_one_card(const struct checking *c, const struct arm *a, const struct cat_claim *claim)
{
    (void)claim;
    return is_80_gb(c, a->gpu) && is_large_model(c, a) && a->precision == WEIGHTS_FP16 &&
           a->gpus_per_replica.x == 1;
}

static bool
trains_on(const struct checking *c, const struct arm *a, int method, double most_gpus)
{
    const char *gpu = a->training_gpu[0] != '\0' ? a->training_gpu : a->gpu;

    return a->method == method && is_large_model(c, a) && is_80_gb(c, gpu) && is_set(&a->training_gpus) &&
           a->training_gpus.x <= most_gpus;
}

/* LoRA beside 16-bit weights of 70B on one card. */
static bool
repeats_lora_card(const struct checking *c, const struct arm *a, const struct cat_claim *claim)
{
    (void)claim;
    return trains_on(c, a, METHOD_LORA, 1);
}

/* All weights of 70B on four cards. */
static bool
repeats_four_cards(const struct checking *c, const struct arm *a, const struct cat_claim *claim)
{
    (void)claim;
    return trains_on(c, a, METHOD_FULL, 4);
}

/* Of arms: the claim, the field that repeats it, and when it does. */
static const struct repeat {
    const char *claim, *key;
    bool (*repeats)(const struct checking *, const struct arm *, const struct cat_claim *);
} repeats[] = {
    { "capacity-day", "throughput_tok_s", repeats_throughput },
    { "gpu-sku", "gpu_price_usd_h", repeats_gpu_price },
    { "lora-hours", "training_hours", repeats_training_hours },
    { "serve-memory", "gpus_per_replica", repeats_one_card },
    { "lora-memory", "training_gpus", repeats_lora_card },
    { "fullft-memory", "training_gpus", repeats_four_cards },
};

static const struct cat_claim *
refuted_claim(const struct checking *c, const char *id)
{
    for (int i = 0; c->catalog != NULL && i < c->catalog->n_claims; i++)
        if (strcmp(c->catalog->claims[i].id, id) == 0)
            return is_refuted(&c->catalog->claims[i]) ? &c->catalog->claims[i] : NULL;
    return NULL;
}

static void
warn_of_claim(const struct checking *c, const struct cat_claim *claim, const char *path)
{
    const char *why = claim->note != NULL ? claim->note : claim->about;

    WARN(c, path, "the article's figure, which does not hold (%s): %.300s", claim->id, why != NULL ? why : "");
}

static void
check_claims_of_arm(const struct checking *c, int arm)
{
    const struct arm *a = &c->sc->arms[arm];
    char path[112];

    for (size_t i = 0; i < BE_LEN(repeats); i++) {
        const struct cat_claim *claim = refuted_claim(c, repeats[i].claim);
        struct field_ref ref;
        struct error err;
        if (claim == NULL || !repeats[i].repeats(c, a, claim))
            continue;
        arm_path(c, arm, repeats[i].key, path);
        if (field_find(c->sc, path, &ref, &err) == 0)
            warn_of_claim(c, claim, path);
    }
}

static void
check_claims(const struct checking *c)
{
    const struct quantity *tests = &c->sc->evaluation.test_examples;
    const struct cat_claim *claim;

    for (int a = 0; a < c->sc->n_arms; a++)
        check_claims_of_arm(c, a);
    /* 200 to 500 test examples against a difference of a few points. */
    claim = refuted_claim(c, "test-set-power");
    if (claim != NULL && within(tests, claim->article[0], claim->article[1]) &&
        c->sc->evaluation.difference_points.x <= 0.03)
        warn_of_claim(c, claim, "evaluation.test_examples");
    /* A draft that the article takes for a rule in force. */
    claim = refuted_claim(c, "disha");
    for (int i = 0; claim != NULL && i < 32 && i < c->catalog->n_regimes; i++)
        if (c->sc->constraints.regimes & (uint32_t)1 << i && strcmp(c->catalog->regimes[i].id, claim->id) == 0)
            warn_of_claim(c, claim, "constraints.regimes");
}

/* ---- all of it --------------------------------------------------------------------------------- */

void
scenario_check(const struct scenario *sc, const struct catalog *catalog, struct problems *problems)
{
    const struct checking c = { sc, catalog, problems };

    check_currency(&c);
    check_cache(&c);
    check_growth(&c);
    check_labels(&c);
    check_evaluation(&c);
    check_pilots(&c);
    check_rag(&c);
    if (sc->n_arms == 0)
        WARN(&c, "arms", "there is nothing to compare: add an arm");
    for (int a = 0; a < sc->n_arms; a++)
        check_arm(&c, a);
    check_notes(&c);
    check_moved(&c);
    check_claims(&c);
}
