/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_TESTS_FUZZ_IMPORT_H
#define BREAKEVEN_TESTS_FUZZ_IMPORT_H

#include "breakeven/catalog.h"
#include "fuzz.h"

/* Any bytes as a price list. What is taken has prices that are finite or unknown, never below 0, is
 * counted once, and prints as a catalog file that loads; what is refused is so with words. */

static inline bool
is_price(double usd)
{
    return !isinf(usd) && !(usd < 0);
}

static inline void
prices_are_sound(const struct token_price *p)
{
    MUST(is_price(p->input) && is_price(p->output) && is_price(p->cache_read) && is_price(p->cache_write));
    MUST(is_price(p->batch_input) && is_price(p->batch_output));
}

static inline void
list_is_sound(struct price_import *list)
{
    struct buffer out;
    struct error err;

    for (int i = 0; i < list->n; i++) {
        const struct cat_price *p = &list->prices[i];
        MUST(p->n_steps >= 1 && p->n_steps <= PRICE_STEPS_MAX && p->id[0] != '\0');
        for (int k = 0; k < p->n_steps; k++) {
            prices_are_sound(&p->steps[k].price);
            MUST(p->steps[k].n_tiers >= 0 && p->steps[k].n_tiers <= PRICE_TIERS_MAX);
            for (int t = 0; t < p->steps[k].n_tiers; t++)
                prices_are_sound(&p->steps[k].tiers[t].price);
        }
    }
    for (int i = 0; i < list->n_gpu_prices; i++) {
        const struct cat_gpu_price *g = &list->gpu_prices[i];
        MUST(is_price(g->on_demand_usd_h) && is_price(g->spot_usd_h) && is_price(g->reserved_1y_usd_h));
    }
    MUST(list->taken == list->n + list->n_gpu_prices && list->doubted <= list->taken);
    if (price_import_match(list, fuzz_catalog(), &err) == 0) {
        buffer_init(&out);
        MUST(price_import_print(list, &out, &err) == 0 || err.code != ERR_BUG);
        buffer_release(&out);
    }
    price_import_release(list);
}

/* name NULL: whatever it looks like. */
static inline void
import_any(const char *name, const uint8_t *bytes, size_t n)
{
    static struct price_import list;
    struct error err;

    err.text[0] = '\0';
    if (import_list(&list, name, (const char *)bytes, n, "fuzz", (struct date){ 2026, 8, 1 }, &err) == 0)
        list_is_sound(&list);
    else
        MUST(err.text[0] != '\0');
}

#endif
