/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "breakeven/model.h"

#define MILLION 1e6

static bool
reaches(const struct price_tier *t, double prompt)
{
    return t->inclusive ? prompt >= t->above_tokens : prompt > t->above_tokens;
}

/* The prices of a prompt of this length; tiers ascend. */
static struct token_price
prices_at(const struct price_step *s, double prompt, bool *tier)
{
    struct token_price p = s->price;

    *tier = false;
    for (int i = 0; i < s->n_tiers && reaches(&s->tiers[i], prompt); i++) {
        const struct token_price *t = &s->tiers[i].price;

        p = s->price;
        p.input = known(t->input) ? t->input : p.input;
        p.output = known(t->output) ? t->output : p.output;
        p.cache_read = known(t->cache_read) ? t->cache_read : p.cache_read;
        *tier = true;
    }
    return p;
}

/* An unknown price matters only to tokens that there are. */
static double
cost(double tokens, double usd_mtok)
{
    return tokens > 0 ? tokens * usd_mtok / MILLION : 0;
}

int
price_request(struct price_parts *parts, const struct price_step *s, double prompt, double cached,
              double completion, bool batch, struct error *err)
{
    bool tier = false;
    struct token_price p = batch ? s->price : prices_at(s, prompt, &tier);
    double in, out;

    if (!(prompt >= 0 && completion >= 0 && cached >= 0 && isfinite(prompt) && isfinite(completion)))
        return error_set(err, ERR_RANGE, "token counts must be numbers of 0 or more");
    if (!(cached <= prompt))
        return error_set(err, ERR_RANGE, "%.15g cached tokens of %.15g: the prompt includes the cached part",
                         cached, prompt);
    double read = known(p.cache_read) ? p.cache_read : p.input;
    double half = batch ? 0.5 : 1;
    if (batch && known(p.batch_input))
        in = cost(prompt, p.batch_input);
    else
        in = (cost(prompt - cached, p.input) + cost(cached, read)) * half;
    if (batch && known(p.batch_output))
        out = cost(completion, p.batch_output);
    else
        out = cost(completion, p.output) * half;
    if (!known(in))
        return error_set(err, ERR_UNKNOWN, "the price per input token is unknown");
    if (!known(out))
        return error_set(err, ERR_UNKNOWN, "the price per output token is unknown");
    parts->input_usd = in;
    parts->output_usd = out;
    parts->rule = !batch ? (tier ? "tier" : "base") : known(p.batch_input) ? "batch_price" : "batch_half";
    return 0;
}
