/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_MODEL_PRICE_REQUEST_H
#define BREAKEVEN_MODEL_PRICE_REQUEST_H

#include "breakeven/catalog.h"

/*
 * What one request costs, to the cent of the cent: the rules by which price lists
 * are read (litellm's, restated).  The model of a whole month is price.c.
 */

struct price_parts {
    double input_usd, output_usd;
    const char *rule; /* base, tier, batch_price, batch_half */
};

/* prompt_tokens includes cached_tokens. Long prompts are priced whole by the highest
 * tier they reach; batches have no tiers, and no discount for cached tokens where
 * they have a price of their own, else they cost half. A cached token
 * without a price of its own costs what a fresh one does. -1 and *parts untouched if
 * a price that is needed is unknown (it is never taken for 0) or a count is
 * negative, not finite, or more cached than sent. */
int price_request(struct price_parts *parts, const struct price_step *, double prompt_tokens,
                  double cached_tokens, double completion_tokens, bool batch, struct error *);

#endif
