/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

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

static void
missing_like_for_like(struct answer *an, const struct catalog *catalog)
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
                        "%s serves %s itself, but no arm buys the same model from a host; the catalog prices it "
                        "at %s: add a hosted-open arm before comparing with a frontier API",
                        an->arms[a].name, m->name, p->host);
    }
}

static void
quality_apart(struct answer *an, const struct ruling *r)
{
    double points = an->setup.sc.horizon.guard_points.x;
    int pick = r->pick, rival = r->rival;
    char gap[16];

    if (pick < 0 || rival < 0)
        return;
    double d = an->arms[rival].quality.p50 - an->arms[pick].quality.p50;
    if (!isfinite(d) || fabs(d) <= points)
        return;
    snprintf(gap, sizeof gap, "%.1f points", 100 * fabs(d));
    answer_warn(an, "%s and %s are not alike: %s is estimated %s %s in right answers, so their costs alone do not compare",
                an->arms[pick].name, an->arms[rival].name, an->arms[pick].name, gap,
                d > 0 ? "lower" : "higher");
}

void
guard_warnings(struct answer *an, const struct ruling *r, const struct catalog *catalog)
{
    quality_apart(an, r);
    missing_like_for_like(an, catalog);
}
