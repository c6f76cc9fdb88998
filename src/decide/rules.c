/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "internal.h"

/*
 * The article's framework as a cross-check (section 11.3): ten rules, five a
 * side, each with its measured fact and the share of samples in which it fires.
 * They never decide; where they and the computed cost part, the verdict says why.
 */

#define ARTICLE "article, 2026-03-13, The Decision Framework"

static double
examples_typed(const struct samples *s)
{
    return s->setup.sc.labels.examples.x;
}

static void
tokens_fact(const struct samples *s, char *fact, size_t size, double *margin, double threshold)
{
    char have[16], need[16];

    number_si(have, sizeof have, workload_tokens_per_day(&s->setup));
    number_si(need, sizeof need, threshold);
    snprintf(fact, size, "%s tokens/day against %s", have, need);
    *margin = workload_tokens_per_day(&s->setup) - threshold;
}

static bool
low_volume(const struct samples *s)
{
    return workload_tokens_per_day(&s->setup) < 50e6;
}

static double
low_volume_share(const struct samples *s)
{
    return 1 - (double)column_count(s->tokens_per_day, s->n, 50e6, INFINITY) / s->n;
}

static void
low_volume_fact(const struct samples *s, char *fact, size_t size, double *margin)
{
    tokens_fact(s, fact, size, margin, 50e6);
}

static bool
high_volume(const struct samples *s)
{
    return workload_tokens_per_day(&s->setup) > 100e6;
}

static double
high_volume_share(const struct samples *s)
{
    return 1 - (double)column_count(s->tokens_per_day, s->n, -INFINITY, 100e6) / s->n;
}

static void
high_volume_fact(const struct samples *s, char *fact, size_t size, double *margin)
{
    tokens_fact(s, fact, size, margin, 100e6);
}

static bool
broad_task(const struct samples *s)
{
    return s->setup.sc.constraints.task_breadth == BREADTH_BROAD;
}

static bool
narrow_task(const struct samples *s)
{
    return !broad_task(s);
}

static void
breadth_fact(const struct samples *s, char *fact, size_t size, double *margin)
{
    snprintf(fact, size, "the task is %s", broad_task(s) ? "broad" : "narrow");
    *margin = NAN;
}

static bool
no_ml_team(const struct samples *s)
{
    return s->setup.sc.constraints.ml_team != TEAM_FULL_TIME;
}

static void
ml_team_fact(const struct samples *s, char *fact, size_t size, double *margin)
{
    static const char *const words[] = { "nobody", "a part-time team", "a full-time team" };

    snprintf(fact, size, "%s runs GPUs", words[s->setup.sc.constraints.ml_team]);
    *margin = NAN;
}

static bool
iterating(const struct samples *s)
{
    return s->setup.sc.constraints.iterating_fast == TRI_YES;
}

static void
iterating_fact(const struct samples *s, char *fact, size_t size, double *margin)
{
    static const char *const words[] = { "not stated", "no", "yes" };

    snprintf(fact, size, "fast switching: %s",
             words[s->setup.sc.constraints.iterating_fast]);
    *margin = NAN;
}

/* Every duty of the chosen regimes is met, or met on a contract, by some vendor arm. */
static bool
provider_satisfies(const struct samples *s)
{
    if (s->setup.sc.constraints.data_may_leave == LEAVE_NEVER)
        return false;
    for (int a = 0; a < s->n_arms; a++) {
        struct compliance_finding found[64];
        bool fails = false;

        if (!(KIND(s->setup.sc.arms[a].kind) & KINDS_TOKENS))
            continue;
        int n = compliance_evaluate(&s->setup, a, found, BE_LEN(found));
        for (int k = 0; k < n; k++)
            fails |= !found[k].regime->informational && gate_fails(found[k].state);
        if (!fails)
            return true;
    }
    return false;
}

static void
provider_fact(const struct samples *s, char *fact, size_t size, double *margin)
{
    snprintf(fact, size, provider_satisfies(s)
                             ? "a vendor arm meets every duty"
                             : "no vendor arm meets every duty");
    *margin = NAN;
}

static bool
enough_labels(const struct samples *s)
{
    return examples_typed(s) >= 5000;
}

static double
enough_labels_share(const struct samples *s)
{
    return s->examples != NULL ? (double)column_count(s->examples, s->n, 5000, INFINITY) / s->n : enough_labels(s);
}

static void
labels_fact(const struct samples *s, char *fact, size_t size, double *margin)
{
    char have[32];

    number_full(have, sizeof have, examples_typed(s), 0);
    snprintf(fact, size, "%s examples against 5,000", have);
    *margin = examples_typed(s) - 5000;
}

static bool
data_stays(const struct samples *s)
{
    return s->setup.sc.constraints.data_may_leave == LEAVE_NEVER;
}

static void
data_fact(const struct samples *s, char *fact, size_t size, double *margin)
{
    static const char *const words[] = { "may leave", "may leave under contract", "may not leave" };

    snprintf(fact, size, "the data %s", words[s->setup.sc.constraints.data_may_leave]);
    *margin = NAN;
}

static bool
even_latency(const struct samples *s)
{
    return s->setup.sc.constraints.low_even_latency == TRI_YES;
}

static void
even_fact(const struct samples *s, char *fact, size_t size, double *margin)
{
    int n = snprintf(fact, size, "even latency is %sneeded", even_latency(s) ? "" : "not ");

    *margin = NAN;
    for (int a = 0; a < s->n_arms && n > 0 && (size_t)n < size; a++) {
        const struct arm_outcome *o = &s->median[a];
        if (isfinite(o->ttft_p95_s) && o->ttft_p50_s > 0) {
            snprintf(fact + n, size - (size_t)n, "; %s: P95 is %.1f times the median",
                     s->setup.sc.arms[a].name, o->ttft_p95_s / o->ttft_p50_s);
            break;
        }
    }
}

const struct rule decision_rules[] = {
    { "volume-low", SIDE_API, "Volume is under 50M tokens a day", "volume under 50M a day", ARTICLE,
      "workload.requests_per_day", low_volume, low_volume_fact, low_volume_share },
    { "broad", SIDE_API, "Broad capabilities are needed", "broad abilities needed", ARTICLE,
      "constraints.task_breadth", broad_task, breadth_fact, NULL },
    { "no-ml-team", SIDE_API, "The team lacks experience with GPUs and serving", "no full-time ML team", ARTICLE,
      "constraints.ml_team", no_ml_team, ml_team_fact, NULL },
    { "iterating", SIDE_API, "The product iterates fast and must switch models", "models change fast", ARTICLE,
      "constraints.iterating_fast", iterating, iterating_fact, NULL },
    { "provider-complies", SIDE_API, "The provider's data handling satisfies compliance", "provider meets the rules", ARTICLE,
      "constraints.data_may_leave", provider_satisfies, provider_fact, NULL },
    { "narrow", SIDE_TUNE, "The task is narrow and domain-specific", "narrow task", ARTICLE,
      "constraints.task_breadth", narrow_task, breadth_fact, NULL },
    { "labels", SIDE_TUNE, "There are 5,000 or more good labels", "5,000 or more good labels", ARTICLE,
      "labels.examples", enough_labels, labels_fact, enough_labels_share },
    { "volume-high", SIDE_TUNE, "Volume is over 100M tokens a day", "volume over 100M a day", ARTICLE,
      "workload.requests_per_day", high_volume, high_volume_fact, high_volume_share },
    { "data-stays", SIDE_TUNE, "No customer data may leave", "no data may leave", ARTICLE,
      "constraints.data_may_leave", data_stays, data_fact, NULL },
    { "even-latency", SIDE_TUNE, "Consistent low latency is needed", "low, even latency needed", ARTICLE,
      "constraints.low_even_latency", even_latency, even_fact, NULL },
};
const int decision_rules_n = BE_LEN(decision_rules);

int
rules_evaluate(const struct samples *s, struct rule_result *out, int max)
{
    int n = 0;

    for (int k = 0; k < decision_rules_n && n < max; k++) {
        struct rule_result *r = &out[n++];

        memset(r, 0, sizeof *r);
        r->id = decision_rules[k].id;
        r->words = decision_rules[k].words;
        r->brief = decision_rules[k].brief;
        r->source = decision_rules[k].source;
        r->field = decision_rules[k].field;
        r->side = decision_rules[k].side;
        r->fires = decision_rules[k].holds(s);
        r->share = decision_rules[k].share != NULL ? decision_rules[k].share(s) : r->fires;
        decision_rules[k].fact(s, r->fact, sizeof r->fact, &r->margin);
    }
    return n;
}

static int
count_side(const struct answer *an, enum rule_side side)
{
    int n = 0;

    for (int k = 0; k < an->n_rules; k++)
        n += an->rules[k].side == side && an->rules[k].fires;
    return n;
}

/* Which side the pick is on: 1 tuning or own serving, 0 API, -1 neither. */
static int
pick_side(const struct answer *an)
{
    if (an->verdict.pick < 0)
        return -1;
    switch (an->arms[an->verdict.pick].kind) {
    case ARM_API:
    case ARM_HOSTED_OPEN:
        return SIDE_API;
    case ARM_HOSTED_TUNED:
    case ARM_SELF_TUNED:
    case ARM_SELF_OPEN:
        return SIDE_TUNE;
    default:
        return -1;
    }
}

int
answer_rules_for_pick(const struct answer *an, int *of)
{
    const int side = pick_side(an);

    *of = 0;
    for (int k = 0; side >= 0 && k < an->n_rules; k++)
        *of += (int)an->rules[k].side == side;
    return *of > 0 ? count_side(an, (enum rule_side)side) : 0;
}

static void
add(char *out, size_t size, const char *text)
{
    size_t n = strlen(out);

    if (n + 1 < size)
        text_copy(out + n, size - n, text);
}

void
rules_summarise(const struct answer *an, const struct ruling *r, char *out, size_t size)
{
    int api = count_side(an, SIDE_API), tune = count_side(an, SIDE_TUNE);
    int side = api > tune ? SIDE_API : tune > api ? SIDE_TUNE : -1, picked = pick_side(an);
    const char *say = side == SIDE_API ? "point to an API" : side == SIDE_TUNE ? "point to tuning" : "are even";
    int n = snprintf(out, size, "The article's rules %s (%d of 5 for an API, %d of 5 for tuning)", say,
                     api, tune);

    (void)r;
    if (n < 0 || (size_t)n >= size)
        return;
    if (an->verdict.pick < 0)
        add(out, size, "; no arm passes whose cost could be held against them.");
    else if (an->verdict.rival < 0)
        add(out, size, "; no second arm passes, so costs can neither agree nor disagree.");
    else if (picked < 0 || side < 0)
        add(out, size, "; the computed cost decides.");
    else if (picked == side)
        add(out, size, "; the computed cost agrees.");
    else if (side == SIDE_API)
        add(out, size, "; the computed cost disagrees: the rules count facts, the costs of the arms that pass differ.");
    else
        add(out, size, "; the computed cost disagrees: the rules rest on a break-even of 50M to 100M tokens a day, "
                       "which the article's own prices do not give.");
    const struct scenario *sc = &an->setup.sc;
    if (sc->constraints.rag == TRI_YES)
        add(out, size, sc->constraints.rag_needs_format == TRI_YES
                           ? " RAG: tuning can help here, since format or terminology is the problem."
                           : " RAG usually favours an API model.");
    if (sc->labels.examples.x < 5000 && sc->labels.harvest_per_month.x > 0)
        add(out, size, " Under 5,000 labels, but traffic can yield them: consider starting staged.");
}
