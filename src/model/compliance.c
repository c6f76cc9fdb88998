/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <string.h>

#include "parts.h"

/*
 * Compliance (section 13): each requirement of each regime in force against what is known
 * of an arm. It informs; it is not legal advice.
 */

const char *
gate_state_word(enum gate_state state)
{
    static const char *const words[] = { "met", "conditional", "unknown", "breached" };

    return words[state];
}

static bool
is_self(const struct setup *s, int arm)
{
    return (KIND(s->sc.arms[arm].kind) & KINDS_SELF) != 0;
}

/* What the team says about its arm outranks the catalog. Where nobody has said anything, a
 * self-hosted arm meets it on a contract that is the team's to make (with whoever
 * rents out the machines); of a vendor it is unknown. */
static enum gate_state
stated(const struct setup *s, int arm, int typed, enum attribute_state listed)
{
    switch (typed) {
    case STATE_YES:
        return GATE_MET;
    case STATE_NO:
        return GATE_BREACHED;
    case STATE_ON_CONTRACT:
        return GATE_CONDITIONAL;
    case STATE_UNKNOWN:
        return GATE_UNKNOWN;
    default:
        break;
    }
    switch (listed) {
    case ATTRIBUTE_YES:
        return GATE_MET;
    case ATTRIBUTE_NO:
        return GATE_BREACHED;
    case ATTRIBUTE_ON_CONTRACT:
        return GATE_CONDITIONAL;
    default:
        return is_self(s, arm) ? GATE_CONDITIONAL : GATE_UNKNOWN;
    }
}

/* ---- where the data is kept ------------------------------------------------------------ */

/* Region names of the GPU clouds by their first letters. */
static const struct {
    const char *prefix;
    unsigned region;
} region_names[] = {
    { "asia-south1", REGION_IN }, { "asia-south2", REGION_IN }, { "ap-south-1", REGION_IN },
    { "ap-south-2", REGION_IN }, { "centralindia", REGION_IN }, { "southindia", REGION_IN },
    { "westindia", REGION_IN }, { "europe-west2", REGION_OTHER }, { "europe-west6", REGION_OTHER },
    { "europe", REGION_EU }, { "eu-west-2", REGION_OTHER }, { "eu-central-2", REGION_OTHER },
    { "eu-", REGION_EU }, { "westeurope", REGION_EU }, { "northeurope", REGION_EU },
    { "francecentral", REGION_EU }, { "germany", REGION_EU }, { "swedencentral", REGION_EU },
    { "fr-par", REGION_EU }, { "nl-ams", REGION_EU }, { "pl-waw", REGION_EU },
    { "us-", REGION_US }, { "eastus", REGION_US }, { "westus", REGION_US },
    { "centralus", REGION_US }, { "southcentralus", REGION_US }, { "northcentralus", REGION_US },
};

static unsigned
region_of(const char *name)
{
    for (size_t i = 0; name != NULL && i < BE_LEN(region_names); i++)
        if (strncmp(name, region_names[i].prefix, strlen(region_names[i].prefix)) == 0)
            return region_names[i].region;
    return 0;
}

/* A self-hosted arm is where its machines are rented; as long as no machine is named the team
 * is free to rent it in the right place. */
static enum gate_state
stored_in(const struct setup *s, int arm, unsigned wanted)
{
    const struct cat_host *host = s->arms[arm].host;
    const struct arm *a = &s->sc.arms[arm];

    if (a->in_country != STATE_CATALOG)
        return stated(s, arm, a->in_country, ATTRIBUTE_UNKNOWN);
    if (host != NULL && host->regions & wanted)
        return GATE_MET;
    if (host != NULL && host->regions_on_contract & wanted)
        return GATE_CONDITIONAL;
    if (is_self(s, arm)) {
        const struct cat_gpu_price *offer = s->arms[arm].offer;
        unsigned there = a->instance[0] != '\0' && offer != NULL ? region_of(offer->region) : 0;
        if (there == 0)
            return GATE_CONDITIONAL;
        return there & wanted ? GATE_MET : GATE_BREACHED;
    }
    if (host == NULL || (host->regions | host->regions_on_contract) == 0)
        return GATE_UNKNOWN;
    return GATE_BREACHED;
}

/* ---- how long it is kept ------------------------------------------------------------------ */

static enum gate_state
kept_zero(const struct setup *s, int arm)
{
    static const enum gate_state by_host[] = {
        [RETENTION_UNKNOWN] = GATE_UNKNOWN, [RETENTION_STANDARD] = GATE_BREACHED,
        [RETENTION_LIMITED] = GATE_BREACHED, [RETENTION_ZERO_ON_CONTRACT] = GATE_CONDITIONAL,
        [RETENTION_ZERO] = GATE_MET,
    };
    const struct cat_host *host = s->arms[arm].host;

    switch (s->sc.arms[arm].retention) {
    case KEEP_STANDARD:
    case KEEP_LIMITED:
        return GATE_BREACHED;
    case KEEP_ZERO_ON_CONTRACT:
        return GATE_CONDITIONAL;
    case KEEP_ZERO:
        return GATE_MET;
    case KEEP_UNKNOWN:
        return GATE_UNKNOWN;
    default:
        break;
    }
    if (is_self(s, arm))
        return GATE_MET;
    return host != NULL ? by_host[host->retention] : GATE_UNKNOWN;
}

/* ---- one requirement ------------------------------------------------------------------------ */

static enum gate_state
judge(const struct setup *s, int arm, const struct requirement *r)
{
    const struct arm *a = &s->sc.arms[arm];
    const struct cat_host none = { .id = "", .dpa = ATTRIBUTE_UNKNOWN };
    const struct cat_host *h = s->arms[arm].host != NULL ? s->arms[arm].host : &none;

    switch (r->kind) {
    case REQUIRE_STORED_IN:
        return stored_in(s, arm, r->value);
    case REQUIRE_SELF:
        return is_self(s, arm) ? GATE_MET : GATE_BREACHED;
    case REQUIRE_RETENTION_ZERO:
        return kept_zero(s, arm);
    case REQUIRE_DPA:
        return stated(s, arm, a->dpa, h->dpa);
    case REQUIRE_BAA:
        return stated(s, arm, a->baa, h->baa);
    case REQUIRE_TRANSFER:
        return stated(s, arm, a->transfer_clauses, h->transfer_clauses);
    case REQUIRE_SOC2:
        return stated(s, arm, a->soc2, h->soc2);
    case REQUIRE_ISO27001:
        return stated(s, arm, a->iso27001, h->iso27001);
    }
    return GATE_UNKNOWN;
}

/* The worst of the arms that serve, in the order met, conditional, unknown, breached. */
static enum gate_state
judge_all(const struct setup *s, const struct stint *st, int n, const struct requirement *r)
{
    enum gate_state worst = n > 0 ? GATE_MET : GATE_UNKNOWN;

    for (int i = 0; i < n; i++) {
        enum gate_state state = judge(s, st[i].arm, r);
        if (state > worst)
            worst = state;
    }
    return worst;
}

int
compliance_evaluate(const struct setup *s, int arm, struct compliance_finding *out, int max)
{
    struct stint st[2];
    int n_stints = stints_of(s, arm, HORIZON_MAX, st), n = 0;

    if (s->catalog == NULL)
        return 0;
    for (int i = 0; i < s->catalog->n_regimes && i < 32; i++) {
        const struct cat_regime *regime = &s->catalog->regimes[i];
        if (!(s->sc.constraints.regimes >> i & 1))
            continue;
        for (int k = 0; k < regime->n && n < max; k++) {
            const struct requirement *r = &regime->requirements[k];
            out[n++] = (struct compliance_finding){ .regime = regime, .requirement = r,
                .state = judge_all(s, st, n_stints, r) };
        }
    }
    return n;
}
