/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stddef.h>
#include <stdio.h>

#include "breakeven/scenario.h"

/* What an arm's choice "catalog" stands for: the fact that the catalog has of whoever processes the data. The words
 * are those of the choices themselves, so that what is shown can be typed. */

static const struct vendor_fact {
    size_t choice, fact; /* in struct arm and in struct cat_host */
} facts[] = {
    { offsetof(struct arm, soc2), offsetof(struct cat_host, soc2) },
    { offsetof(struct arm, iso27001), offsetof(struct cat_host, iso27001) },
    { offsetof(struct arm, dpa), offsetof(struct cat_host, dpa) },
    { offsetof(struct arm, baa), offsetof(struct cat_host, baa) },
    { offsetof(struct arm, transfer_clauses), offsetof(struct cat_host, transfer_clauses) },
};

static const char *const regions[] = { "IN", "EU", "US", "other" }; /* by the bits of REGION_ */

static size_t
list_regions(char *out, size_t size, size_t n, unsigned set, const char *behind)
{
    for (size_t k = 0; k < BE_LEN(regions); k++)
        if (set >> k & 1)
            n += (size_t)snprintf(out + n, size - n, "%s%s%s", n > 0 ? ", " : "", regions[k], behind);
    return n;
}

/* Where it can be kept is not one word: whether that will do, the regimes say. */
static bool
kept_where(const struct cat_host *host, bool self, char *out, size_t size)
{
    size_t n = 0;

    if (host != NULL && size >= 64) {
        n = list_regions(out, size, n, host->regions, "");
        n = list_regions(out, size, n, host->regions_on_contract & ~host->regions, " on contract");
    }
    if (n == 0)
        text_copy(out, size, self ? "where rented" : "unknown");
    return true;
}

bool
choice_of_catalog(const struct setup *s, struct field_ref ref, char *out, size_t size)
{
    static const int of_attribute[] = { [ATTRIBUTE_UNKNOWN] = STATE_UNKNOWN, [ATTRIBUTE_NO] = STATE_NO,
                                        [ATTRIBUTE_YES] = STATE_YES, [ATTRIBUTE_ON_CONTRACT] = STATE_ON_CONTRACT };
    static const int of_retention[] = { [RETENTION_UNKNOWN] = KEEP_UNKNOWN, [RETENTION_STANDARD] = KEEP_STANDARD,
                                        [RETENTION_LIMITED] = KEEP_LIMITED, [RETENTION_ZERO_ON_CONTRACT] = KEEP_ZERO_ON_CONTRACT,
                                        [RETENTION_ZERO] = KEEP_ZERO };

    if (ref.arm < 0 || ref.arm >= s->sc.n_arms || ref.field->type != &field_choice)
        return false;
    const struct arm *a = &s->sc.arms[ref.arm];
    const struct cat_host *host = s->arms[ref.arm].host;
    const int *choice = field_value(&s->sc, ref);
    const bool self = arm_kind_is_self(a->kind);
    if (choice == &a->in_country)
        return *choice == STATE_CATALOG && kept_where(host, self, out, size);
    if (choice == &a->retention && *choice == KEEP_CATALOG) {
        text_copy(out, size, ref.field->choices[self ? KEEP_ZERO : of_retention[host != NULL ? host->retention : RETENTION_UNKNOWN]].word);
        return true;
    }
    for (size_t k = 0; k < BE_LEN(facts); k++) {
        if ((const char *)choice != (const char *)a + facts[k].choice || *choice != STATE_CATALOG)
            continue;
        enum attribute_state fact = ATTRIBUTE_UNKNOWN;
        if (host != NULL)
            fact = *(const enum attribute_state *)(const void *)((const char *)host + facts[k].fact);
        text_copy(out, size, ref.field->choices[self && fact == ATTRIBUTE_UNKNOWN ? STATE_ON_CONTRACT : of_attribute[fact]].word);
        return true;
    }
    return false;
}
