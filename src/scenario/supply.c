/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rows.h"

/*
 * Figures of an arm that nobody typed, as the text that a person would type, with
 * the words for where they come from.  A source that begins with "catalog" is the
 * catalog's own figure, any other is an assumption or a computation.
 */

#define ARGUMENTS \
    const struct setup_arm *sa, const struct arm *a, const struct setup *s, char *text, size_t size, \
        char *source, size_t source_size
#define UNUSED(x) (void)(x)

static bool
is_unset(const struct quantity *q)
{
    return q->kind == QUANTITY_UNSET;
}

static bool
from_catalog(const struct origin *o, char *source, size_t source_size)
{
    struct buffer b;
    char date[16];

    buffer_init(&b);
    buffer_printf(&b, "catalog: %s", o->text != NULL ? o->text : "");
    if (o->as_of.year != 0)
        buffer_printf(&b, " (%s)", date_print(date, sizeof date, o->as_of, true));
    text_copy(source, source_size, b.text);
    buffer_release(&b);
    return true;
}

static bool
exactly(double x, const char *sign, char *text, size_t size)
{
    char number[32];

    if (!known(x))
        return false;
    snprintf(text, size, "%s%s", sign, number_exact(number, sizeof number, x));
    return true;
}

static bool
said(const char *words, const char *why, char *text, size_t size, char *source, size_t source_size)
{
    text_copy(text, size, words);
    text_copy(source, source_size, why);
    return true;
}

/* ---- token prices --------------------------------------------------------------- */

/* One of the six prices: of the tuned model, or of the list in force at the start. */
static bool
token_price(const struct setup_arm *sa, const struct arm *a, const struct setup *s, size_t member, char *text,
            size_t size, char *source, size_t source_size)
{
    const struct token_price *list;
    struct token_price tuned = { NAN, NAN, NAN, NAN, NAN, NAN };

    if (sa->price == NULL)
        return false;
    if (a->kind == ARM_HOSTED_TUNED) {
        tuned.input = sa->price->tuned_input;
        tuned.output = sa->price->tuned_output;
        list = &tuned;
    } else {
        const struct price_step *step = price_on(sa->price, s->start);
        if (step == NULL)
            return false;
        list = &step->price;
    }
    double usd;
    memcpy(&usd, (const char *)list + member, sizeof usd);
    return exactly(usd, "$", text, size) && from_catalog(&sa->price->origin, source, source_size);
}

#define TOKEN_PRICE(name, member) \
    bool supply_##name(ARGUMENTS) \
    { \
        return token_price(sa, a, s, offsetof(struct token_price, member), text, size, source, source_size); \
    }
TOKEN_PRICE(input_price, input)
TOKEN_PRICE(output_price, output)
TOKEN_PRICE(cache_read_price, cache_read)
TOKEN_PRICE(cache_write_price, cache_write)
TOKEN_PRICE(batch_input_price, batch_input)
TOKEN_PRICE(batch_output_price, batch_output)

bool
supply_monthly_minimum(ARGUMENTS)
{
    UNUSED(a), UNUSED(s);
    return sa->price != NULL && exactly(sa->price->monthly_minimum_usd, "$", text, size) &&
           from_catalog(&sa->price->origin, source, source_size);
}

bool
supply_training_price(ARGUMENTS)
{
    UNUSED(a), UNUSED(s);
    return sa->price != NULL && exactly(sa->price->training_usd_mtok, "$", text, size) &&
           from_catalog(&sa->price->origin, source, source_size);
}

/* A host that prices the tuned model per token and per hour offers one or the other: the
 * endpoint is not added to token prices unless somebody types both. */
bool
supply_endpoint_price(ARGUMENTS)
{
    UNUSED(s);
    if (sa->price == NULL || !is_unset(&a->input_usd_mtok) || !is_unset(&a->output_usd_mtok))
        return false;
    return exactly(sa->price->endpoint_usd_h, "$", text, size) &&
           from_catalog(&sa->price->origin, source, source_size);
}

/* ---- latency and throughput --------------------------------------------------------- */

/* Published for the vendor's shared service; a dedicated endpoint has its own. */
static bool
is_shared_service(const struct setup_arm *sa, const struct arm *a)
{
    return sa->price != NULL && (KIND(a->kind) & KINDS_TOKENS) && is_unset(&a->endpoint_usd_h);
}

bool
supply_ttft(ARGUMENTS)
{
    UNUSED(s);
    return is_shared_service(sa, a) && exactly(sa->price->ttft_ms, "", text, size) &&
           from_catalog(&sa->price->origin, source, source_size);
}

bool
supply_tpot(ARGUMENTS)
{
    UNUSED(s);
    if (!is_shared_service(sa, a) || !(sa->price->output_tokens_per_s > 0))
        return false;
    /* of a speed that is published in two or three digits */
    return snprintf(text, size, "%.6g", 1000 / sa->price->output_tokens_per_s) < (int)size &&
           from_catalog(&sa->price->origin, source, source_size);
}

static bool
is_modelled(const struct setup_arm *sa, const struct arm *a)
{
    return is_unset(&a->throughput_tok_s) && sa->gpu != NULL && sa->model != NULL;
}

/* Factors within which 80 % of public measurements lie around the capacity model and the training
 * model, left-out ones (make validate). The models know them too, but are beyond this room: a
 * test holds the two together. */
#define WITHIN_USUAL 1.26
#define WITHIN_SPREAD 1.41 /* engines whose measurements differ more from source to source */
#define WITHIN_EXPERTS 1.38
#define WITHIN_TTFT 2.2
#define WITHIN_TRAINING_HOURS 2.07

/* The text is the 5th and 95th percentile of the log-normal whose 10th and 90th are 1/factor and factor. */
static bool
within(double factor, const char *of, char *text, size_t size, char *source, size_t source_size)
{
    const double reach = pow(factor, 1.6448536269514722 / 1.2815515655446004);

    snprintf(text, size, "%.2f to %.2f", 1 / reach, reach);
    snprintf(source, source_size, "published measurements%s: 80 %% within a factor of %.2f of the computed", of, factor);
    return true;
}

static bool
has_spread_engine(const struct setup_arm *sa)
{
    static const char *const kinds[] = { "tgi", "hf", "deepspeed-mii", "llama.cpp", "single-stream" };

    for (size_t k = 0; k < BE_LEN(kinds); k++)
        if (sa->engine != NULL && sa->engine->kind != NULL && strcmp(sa->engine->kind, kinds[k]) == 0)
            return true;
    return false;
}

bool
supply_throughput_factor(ARGUMENTS)
{
    UNUSED(s);
    if (!is_modelled(sa, a))
        return false;
    if (has_spread_engine(sa))
        return within(WITHIN_SPREAD, " of this kind of engine", text, size, source, source_size);
    if (sa->model->params_routed > 0)
        return within(WITHIN_EXPERTS, " of mixtures of experts", text, size, source, source_size);
    return within(WITHIN_USUAL, "", text, size, source, source_size);
}

bool
supply_ttft_factor(ARGUMENTS)
{
    UNUSED(s);
    return is_modelled(sa, a) && is_unset(&a->ttft_ms) &&
           within(WITHIN_TTFT, " of the first token", text, size, source, source_size);
}

/* ---- GPU prices ------------------------------------------------------------------------- */

static bool
offer_price(const struct cat_gpu_price *offer, char *text, size_t size, char *source, size_t source_size)
{
    char from[512];
    struct origin o;

    if (offer == NULL || !exactly(offer->on_demand_usd_h, "$", text, size))
        return false;
    o = offer->origin;
    snprintf(from, sizeof from, "%s, %s", offer->id, o.text != NULL ? o.text : "");
    o.text = from;
    return from_catalog(&o, source, source_size);
}

bool
supply_gpu_price(ARGUMENTS)
{
    UNUSED(a), UNUSED(s);
    return offer_price(sa->offer, text, size, source, source_size);
}

bool
supply_training_gpu_price(ARGUMENTS)
{
    UNUSED(s);
    if (sa->training_gpu != NULL && sa->training_gpu == sa->gpu && !is_unset(&a->gpu_price_usd_h))
        return said(a->gpu_price_usd_h.text, "as gpu_price_usd_h: the same GPU", text, size, source, source_size);
    return offer_price(sa->training_offer, text, size, source, source_size);
}

/* A year's reservation, for a commitment of a year at least. */
bool
supply_commit_discount(ARGUMENTS)
{
    const struct cat_gpu_price *o = sa->offer;

    UNUSED(s);
    if (o == NULL || !(a->commit_months.x >= 12) || !(a->commit_replicas.x > 0) ||
        !known(o->reserved_1y_usd_h) || !(o->on_demand_usd_h > 0))
        return false;
    number_percent(text, size, fmin(fmax(1 - o->reserved_1y_usd_h / o->on_demand_usd_h, 0), 0.99), 2);
    return from_catalog(&o->origin, source, source_size);
}

/* ---- training ----------------------------------------------------------------------------- */

bool
supply_training_gpus(ARGUMENTS)
{
    UNUSED(sa), UNUSED(s);
    if (is_unset(&a->gpus_per_replica))
        return false;
    return said(a->gpus_per_replica.text, "assumed: as many as hold one replica", text, size, source, source_size);
}

bool
supply_training_hours_factor(ARGUMENTS)
{
    UNUSED(sa), UNUSED(s);
    return is_unset(&a->training_hours) && is_unset(&a->training_tok_s) &&
           within(WITHIN_TRAINING_HOURS, " of training speed, of a source left out", text, size, source, source_size);
}

/* ---- quality -------------------------------------------------------------------------------- */

/* A share that a logit-normal can have at its ends. */
static double
inside(double share)
{
    return fmin(fmax(share, 0.005), 0.995);
}

bool
supply_quality(ARGUMENTS)
{
    static const struct field_context nothing = { NULL, NULL };
    struct field_ref task = { NULL, -1 };
    struct error err;
    char word[32], low[16], high[16];

    if (s->catalog == NULL || field_find(&s->sc, "quality.task_type", &task, &err) < 0)
        return false;
    task.field->type->format(task.field, field_value(&s->sc, task), word, sizeof word, &nothing);
    const struct cat_prior *p = catalog_prior(s->catalog, word);
    bool frontier = a->kind == ARM_API && (sa->model == NULL || !sa->model->open_weights);
    double p5 = p == NULL ? NAN : frontier ? p->frontier_p5 : p->base_p5;
    double p95 = p == NULL ? NAN : frontier ? p->frontier_p95 : p->base_p95;
    if (known(p5) && known(p95) && inside(p5) < inside(p95)) {
        snprintf(text, size, "%s to %s", number_percent(low, sizeof low, inside(p5), 1),
                 number_percent(high, sizeof high, inside(p95), 1));
        return from_catalog(&p->origin, source, source_size);
    }
    /* No published result for this kind of task. Tuned models start from open ones, which
     * do worse untuned. */
    if (KIND(a->kind) & KINDS_TUNED)
        return said("5% to 70%", "assumed: no published result for this kind of task", text, size, source, source_size);
    return said("50%..95%", "assumed: no published result for this kind of task", text, size, source, source_size);
}

bool
supply_quant_points(ARGUMENTS)
{
    static const char *const lose[] = {
        [WEIGHTS_FP16] = "0%", [WEIGHTS_FP8] = "0%..0.5%", [WEIGHTS_INT8] = "0%..1%",
        [WEIGHTS_W8A16] = "0%..0.5%", [WEIGHTS_INT4] = "0.5%..3%", [WEIGHTS_NVFP4] = "0.5%..2%",
        [WEIGHTS_MXFP4] = "0.5%..3%", [WEIGHTS_Q4_K_M] = "0.5%..3%",
    };

    UNUSED(sa), UNUSED(s);
    if (a->precision < 0 || a->precision >= (int)BE_LEN(lose))
        return false;
    return said(lose[a->precision], "assumed, by precision", text, size, source, source_size);
}

/* ---- people ------------------------------------------------------------------------------------ */

/* Implementation $15k, $40k, $50k at $10k a person-month; 0.05, 0.20 and 0.25 people to run a
 * service that is called, rented, or owned. */
struct work {
    const char *setup_person_months, *run_fte, *launch_delay_months;
};

static const struct work *
work_of(int kind)
{
    static const struct work by_kind[ARM_KINDS] = {
        [ARM_API] = { "1.5", "0.05", "0" },
        [ARM_HOSTED_OPEN] = { "1.5", "0.05", "0" },
        [ARM_HOSTED_TUNED] = { "4", "0.2", "1.5" },
        [ARM_SELF_OPEN] = { "4", "0.2", "1.5" },
        [ARM_SELF_TUNED] = { "5", "0.25", "3" },
    };

    return kind >= 0 && kind < ARM_KINDS && by_kind[kind].run_fte != NULL ? &by_kind[kind] : NULL;
}

#define WORK(name, member) \
    bool supply_##name(ARGUMENTS) \
    { \
        const struct work *w = work_of(a->kind); \
\
        UNUSED(sa), UNUSED(s); \
        return w != NULL && said(w->member, "assumed, by kind of arm", text, size, source, source_size); \
    }
WORK(setup_person_months, setup_person_months)
WORK(run_fte, run_fte)
WORK(launch_delay, launch_delay_months)
