/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "breakeven/core.h"
#include "fuzz.h"

/* Any text as a figure. What is understood keeps its text, reads back as itself, and has finite
 * quantiles within its limits that rise. */

static void
understood(const struct quantity *q, const struct quantity_rules *how)
{
    struct quantity again;
    struct error err;
    char words[512];
    double before = -INFINITY;

    MUST(quantity_parse(&again, q->text, how, &err) == 0);
    MUST(again.kind == q->kind && again.x == q->x);
    for (int k = 1; k < 40; k++) {
        double x = quantity_quantile(q, k / 40.0);
        MUST(isfinite(x) && x >= before);
        MUST(x >= how->low * (1 - 1e-9) - 1e-9 || how->low < 0);
        before = x;
    }
    quantity_describe(words, sizeof words, q, how);
    MUST(words[0] != '\0');
    MUST(quantity_scale_text(words, sizeof words, q->text, 2, how, &err) != 0 || quantity_parse(&again, words, how, &err) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const struct quantity_rules rules[] = {
        { .form = FORM_NUMBER, .low = 0, .high = 1e12 },
        { .form = FORM_USD, .low = 0, .high = 1e9 },
        { .form = FORM_SHARE, .low = 0, .high = 1 },
        { .form = FORM_NUMBER, .low = 1, .high = 120, .whole = true },
        { .form = FORM_SHARE, .low = -0.9, .high = 9 },
    };
    char text[600];
    struct quantity q;
    struct error err;

    if (n == 0 || n >= sizeof text)
        return 0;
    memcpy(text, bytes + 1, n - 1);
    text[n - 1] = '\0';
    const struct quantity_rules *how = &rules[bytes[0] % (sizeof rules / sizeof *rules)];
    err.text[0] = '\0';
    if (quantity_parse(&q, text, how, &err) == 0) {
        if (q.kind != QUANTITY_UNSET)
            understood(&q, how);
    } else
        MUST(err.text[0] != '\0');
    return 0;
}
