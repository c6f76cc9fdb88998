/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "breakeven/catalog.h"
#include "fuzz.h"

/* Any bytes as a price list of the kind that the first byte names (past the last: as it looks).
 * What is taken has prices that are finite or unknown, and prints as a catalog file that loads. */

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct price_import list;
    struct buffer out;
    struct error err;
    int known = 0;

    if (n == 0)
        return 0;
    while (import_list_name(known) != NULL)
        known++;
    memset(&list, 0, sizeof list);
    err.text[0] = '\0';
    if (import_list(&list, import_list_name(bytes[0] % (known + 1)), (const char *)bytes + 1, n - 1, "fuzz",
                    (struct date){ 2026, 8, 1 }, &err) != 0) {
        MUST(err.text[0] != '\0');
        return 0;
    }
    for (int i = 0; i < list.n; i++)
        for (int k = 0; k < list.prices[i].n_steps; k++) {
            const struct token_price *p = &list.prices[i].steps[k].price;
            MUST(!isinf(p->input) && !(p->input < 0) && !isinf(p->output) && !(p->output < 0));
            MUST(!isinf(p->cache_read) && !(p->cache_read < 0));
        }
    if (price_import_match(&list, fuzz_catalog(), &err) == 0) {
        buffer_init(&out);
        MUST(price_import_print(&list, &out, &err) == 0 || err.code != ERR_BUG);
        buffer_release(&out);
    }
    price_import_release(&list);
    return 0;
}
