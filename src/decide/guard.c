/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

/*
 * Comparison guard (section 3): a self-hosted open model competes first with the
 * same model on a host, not with the dearest frontier API.
 */

static bool
hosts_open_model(const struct answer *an, int arm, const char *model)
{
    const struct setup_arm *sa = &an->setup.arms[arm];

    return an->arms[arm].kind == ARM_HOSTED_OPEN && sa->model != NULL &&
           strcmp(sa->model->id, model) == 0;
}

void
guard_like_for_like(struct answer *an, const struct catalog *catalog)
{
    for (int a = 0; a < an->n_arms; a++) {
        const struct cat_model *m = an->setup.arms[a].model;
        bool there = false;

        if (!arm_kind_is_self(an->arms[a].kind) || m == NULL)
            continue;
        for (int b = 0; b < an->n_arms; b++)
            there |= hosts_open_model(an, b, m->id);
        const struct cat_price *p = there ? NULL : catalog_price(catalog, m->id, "");
        if (p != NULL)
            answer_warn(an,
                        "%s serves %s, which no arm buys from a host: add a hosted-open arm to compare with (%s has it)",
                        an->arms[a].name, m->name, p->host);
    }
}

double
answer_quality_gap(const struct answer *an)
{
    const int pick = an->verdict.pick, rival = an->verdict.rival;

    if (pick < 0 || rival < 0)
        return 0;
    const double d = an->arms[rival].quality.p50 - an->arms[pick].quality.p50;
    return isfinite(d) && fabs(d) > an->setup.sc.horizon.guard_points.x ? d : 0;
}

bool
answer_on_cost_alone(const struct answer *an)
{
    return answer_quality_gap(an) > 0 && !answer_prices_quality(an);
}

/* From which price of a wrong answer on another arm is picked; NULL: at none that is known. */
static const struct flip *
price_that_turns(const struct answer *an)
{
    for (int k = 0; k < an->n_flips; k++)
        if (strcmp(an->flips[k].path, "quality.error_cost_usd") == 0 && isfinite(an->flips[k].to) && an->flips[k].pick >= 0 &&
            an->flips[k].pick != an->verdict.pick)
            return &an->flips[k];
    return NULL;
}

void
guard_quality(struct answer *an)
{
    const double gap = answer_quality_gap(an), error = an->setup.sc.quality.error_cost_usd.x;
    const char *counts = "quality did not count: Cost per error and Accuracy floor are not set";
    const struct flip *turns = price_that_turns(an);
    char usd[24], counted[120];

    if (gap == 0) /* and where there are no two to compare */
        return;
    const struct arm_answer *pick = &an->arms[an->verdict.pick], *rival = &an->arms[an->verdict.rival];
    if (error > 0) {
        snprintf(counted, sizeof counted, "the totals count a wrong answer at %s", number_usd(usd, sizeof usd, error));
        counts = counted;
    } else if (answer_prices_quality(an))
        counts = "both keep the least share, beyond which right answers do not count";
    else if (gap < 0)
        counts = "that did not count, and could only favour it";
    else if (turns != NULL) {
        snprintf(counted, sizeof counted, "quality did not count: a Cost per error of %s makes it %.31s", number_usd(usd, sizeof usd, turns->to),
                 an->arms[turns->pick].name);
        counts = counted;
    }
    /* a staged arm answers as its second part later */
    answer_warn(an, "%s is estimated %.1f points %s in right answers than %s%s; %s", pick->name, 100 * fabs(gap),
                gap > 0 ? "lower" : "higher", rival->name,
                pick->kind == ARM_STAGED || rival->kind == ARM_STAGED ? " in the first month" : "", counts);
}
