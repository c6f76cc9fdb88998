/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "breakeven/scenario.h"
#include "fuzz.h"

/* Any bytes as a scenario file. What loads without an error is saved without a change as the
 * very bytes; one edit more is there after saving and loading, and nothing else. */

static void
edited_and_saved(const struct scenario *sc, const char *bytes, size_t n)
{
    static struct scenario edited, again;
    static struct problems found;
    struct field_ref ref;
    struct error err;
    uint32_t hash = 2166136261u;
    char *out = NULL, *second = NULL;
    size_t out_n, second_n;

    for (size_t k = 0; k < n; k++)
        hash = (hash ^ (uint8_t)bytes[k]) * 16777619u;
    edited = *sc;
    for (int i = (int)(hash % 60); field_each(sc, i, &ref); i++) {
        char text[64];
        if (!field_is_quantity(ref.field))
            continue;
        snprintf(text, sizeof text, "%.6g", ref.field->low + (ref.field->high - ref.field->low) * 0.25);
        if (field_set_text(&edited, ref, text, fuzz_catalog(), &err) == 0)
            break;
    }
    if (scenario_splice(&edited, bytes, n, fuzz_catalog(), &out, &out_n, &err) != 0)
        return; /* refused, with words; nothing was written */
    problems_init(&found);
    MUST(scenario_parse(&again, out, out_n, fuzz_catalog(), &found, &err) == 0);
    MUST(scenario_equal(&again, &edited));
    MUST(scenario_splice(&again, out, out_n, fuzz_catalog(), &second, &second_n, &err) == 0);
    MUST(second_n == out_n && memcmp(second, out, out_n) == 0);
    free(second);
    free(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct scenario sc;
    static struct problems found;
    struct error err;
    char *out = NULL;
    size_t out_n;

    problems_init(&found);
    if (scenario_parse(&sc, (const char *)bytes, n, fuzz_catalog(), &found, &err) != 0) {
        MUST(err.text[0] != '\0');
        return 0;
    }
    if (found.errors > 0)
        return 0;
    if (scenario_splice(&sc, (const char *)bytes, n, fuzz_catalog(), &out, &out_n, &err) == 0) {
        MUST(out_n == n && memcmp(out, bytes, n) == 0);
        free(out);
        edited_and_saved(&sc, (const char *)bytes, n);
    }
    return 0;
}
