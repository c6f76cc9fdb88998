/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

/*
 * What an arm's gates come to: in which samples the numeric ones hold, whether the ones of fact pass, and how
 * far the closest is from what is asked for. Which gates there are, and what each looks at, gates.c says.
 */

bool
gate_fails(enum gate_state state)
{
    return state == GATE_BREACHED || state == GATE_UNKNOWN;
}

/* In every sample, as far as the ends of the column tell. */
static bool
holds_throughout(const struct gate_limit *l)
{
    if (l->x == NULL)
        return isfinite(l->value) ? (l->at_least ? l->value >= l->limit : l->value <= l->limit) : !l->must_be_known;
    if (l->facts == NULL || l->must_be_known)
        return false;
    const double limit = (double)(real)l->limit; /* as the column is rounded */
    return l->at_least ? l->facts->low >= fmin(l->limit, limit) : l->facts->high <= fmax(l->limit, limit);
}

/* Narrows what holds, which is set up only where something does not (*all: nothing has yet). Returns in how many samples
 * it does. */
static int
gate_holds(const struct gate *gate, const struct samples *s, int arm, unsigned char *holds, bool *all)
{
    struct gate_limit limits[GATE_LIMITS_MAX];
    int n = gate->limits(s, arm, limits), held = s->n;

    for (int k = 0; k < n; k++) {
        const struct gate_limit *l = &limits[k];
        if (holds_throughout(l))
            continue;
        if (*all)
            memset(holds, 1, (size_t)s->n);
        *all = false;
        if (l->x != NULL)
            held = column_narrow(holds, l->x, s->n, l->limit, l->at_least, l->must_be_known);
        else {
            memset(holds, 0, (size_t)s->n);
            held = 0;
        }
    }
    return held;
}

bool
gates_hold(const struct samples *s, int arm, unsigned char *holds)
{
    bool all = true;

    for (int g = 0; g < decision_gates_n; g++)
        if (decision_gates[g].limits != NULL && decision_gates[g].applies(s, arm))
            gate_holds(&decision_gates[g], s, arm, holds, &all);
    return all;
}

static enum gate_state
state_of(const struct gate *gate, const struct samples *s, int arm, unsigned char *holds, double *share)
{
    enum gate_state state = gate->judge != NULL ? gate->judge(s, arm) : GATE_MET;
    bool all = true;

    *share = NAN;
    if (gate->limits == NULL)
        return state;
    const int held = gate_holds(gate, s, arm, holds, &all);
    *share = all ? 1 : (double)held / s->n;
    return *share < s->setup.sc.horizon.confidence.x ? GATE_BREACHED : state;
}

bool
gates_of_fact_pass(const struct samples *s, int arm)
{
    struct compliance_finding found[64];
    int n = compliance_evaluate(&s->setup, arm, found, BE_LEN(found));

    for (int k = 0; k < n; k++)
        if (!found[k].regime->informational && gate_fails(found[k].state))
            return false;
    for (int g = 0; g < decision_gates_n; g++) {
        const struct gate *gate = &decision_gates[g];
        if (gate->limits == NULL && gate->applies(s, arm) && gate_fails(gate->judge(s, arm)))
            return false;
    }
    return true;
}

double
gates_margin(const struct samples *s, int arm, unsigned char *holds)
{
    const double asked = s->setup.sc.horizon.confidence.x;
    double margin = 1, share;

    for (int g = 0; g < decision_gates_n; g++) {
        const struct gate *gate = &decision_gates[g];
        if (gate->limits == NULL || !gate->applies(s, arm))
            continue;
        if (gate_fails(state_of(gate, s, arm, holds, &share)) && !(share < asked))
            return -INFINITY;
        margin = fmin(margin, share - asked);
    }
    return margin;
}

/* ---- as the answer has them ----------------------------------------------------------------- */

static int
compliance_gates(const struct samples *s, int arm, struct gate_result *out, int max)
{
    struct compliance_finding found[64];
    int n = compliance_evaluate(&s->setup, arm, found, BE_LEN(found)), kept = 0;

    for (int k = 0; k < n && kept < max; k++) {
        const struct compliance_finding *f = &found[k];
        if (f->regime->informational)
            continue;
        struct gate_result *g = &out[kept++];
        memset(g, 0, sizeof *g);
        text_copy(g->id, sizeof g->id, f->regime->id);
        g->share = NAN;
        g->state = f->state;
        snprintf(g->why, sizeof g->why, "%s: %s", f->regime->name, f->requirement->obligation);
        if (f->state != GATE_MET && f->requirement->lift != NULL)
            text_copy(g->lift, sizeof g->lift, f->requirement->lift);
    }
    return kept;
}

static void
judge_gate(const struct gate *gate, const struct samples *s, int arm, unsigned char *holds, struct gate_result *out)
{
    memset(out, 0, sizeof *out);
    text_copy(out->id, sizeof out->id, gate->id);
    out->state = state_of(gate, s, arm, holds, &out->share);
    gate->explain(s, arm, out);
}

int
gates_evaluate(const struct samples *s, int arm, unsigned char *holds, struct gate_result *out, int max)
{
    int n = compliance_gates(s, arm, out, max);

    for (int g = 0; g < decision_gates_n && n < max; g++)
        if (decision_gates[g].applies(s, arm))
            judge_gate(&decision_gates[g], s, arm, holds, &out[n++]);
    return n;
}
