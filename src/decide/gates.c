/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "internal.h"

/*
 * Gates (section 11.1): what an arm must meet before its cost counts.
 *
 * A composite arm passes a gate of fact, a memory, context or label gate only if each
 * arm that it uses passes. Quality and latency are the composite's own for a
 * cascade (that the small arm alone falls short is the reason for the large
 * one), and each used arm's for a staged arm, which serves alone in its months.
 */

/* ---- the plain arms behind an arm ------------------------------------------------ */

static int
used_arms(const struct samples *s, int arm, int out[2])
{
    const struct setup_arm *sa = &s->setup.arms[arm];
    int pair[2] = { -1, -1 }, n = 0;

    switch (s->setup.sc.arms[arm].kind) {
    case ARM_STAGED:
        pair[0] = sa->first, pair[1] = sa->second;
        break;
    case ARM_CASCADE:
        pair[0] = sa->small, pair[1] = sa->large;
        break;
    default:
        pair[0] = arm;
    }
    for (int k = 0; k < 2; k++)
        if (pair[k] >= 0)
            out[n++] = pair[k];
    return n;
}

static const struct arm *
typed_arm(const struct samples *s, int arm)
{
    return &s->setup.sc.arms[arm];
}

static bool
is_kind(const struct samples *s, int arm, unsigned kinds)
{
    return (KIND(typed_arm(s, arm)->kind) & kinds) != 0;
}

/* At the medians. */
static double
median_of(const struct samples *s, int arm, enum metric m)
{
    const struct arm_outcome *o = &s->median[arm];

    switch (m) {
    case METRIC_QUALITY:
        return o->quality;
    case METRIC_TTFT_P95:
        return o->ttft_p95_s;
    case METRIC_TPOT:
        return o->tpot_s;
    case METRIC_MEMORY:
        return o->have_gib - o->need_gib;
    case METRIC_CONTEXT:
        return o->context_need_tokens;
    default:
        return NAN;
    }
}

/* A limit on a metric: where it is unknown judge() reports the unknown itself. */
static struct gate_limit
limit_on(const struct samples *s, int arm, enum metric m, double limit, bool at_least)
{
    const real *x = s->metric[arm][m];

    return (struct gate_limit){ x, x != NULL ? samples_facts(s, arm, m) : NULL, NAN, limit, at_least, false };
}

/* ---- memory ------------------------------------------------------------------------- */

static bool
memory_applies(const struct samples *s, int arm)
{
    int used[2], n = used_arms(s, arm, used);

    for (int k = 0; k < n; k++)
        if (is_kind(s, used[k], KINDS_SELF))
            return true;
    return false;
}

static int
memory_limits(const struct samples *s, int arm, struct gate_limit out[GATE_LIMITS_MAX])
{
    int used[2], n = used_arms(s, arm, used), kept = 0;

    for (int k = 0; k < n; k++)
        if (is_kind(s, used[k], KINDS_SELF))
            out[kept++] = limit_on(s, used[k], METRIC_MEMORY, 0, true);
    return kept;
}

static enum gate_state
memory_judge(const struct samples *s, int arm)
{
    int used[2], n = used_arms(s, arm, used);

    for (int k = 0; k < n; k++)
        if (is_kind(s, used[k], KINDS_SELF) && !isfinite(s->median[used[k]].need_gib))
            return GATE_CONDITIONAL;
    return GATE_MET;
}

static void
memory_explain(const struct samples *s, int arm, struct gate_result *g)
{
    int used[2], n = used_arms(s, arm, used);
    const struct arm_outcome *o = NULL;
    int worst = -1;

    for (int k = 0; k < n; k++)
        if (is_kind(s, used[k], KINDS_SELF) &&
            (worst < 0 || s->median[used[k]].have_gib - s->median[used[k]].need_gib <
                              o->have_gib - o->need_gib))
            worst = used[k], o = &s->median[worst];
    if (worst < 0)
        return;
    const struct setup_arm *sa = &s->setup.arms[worst];
    const char *model = sa->model != NULL ? sa->model->name : typed_arm(s, worst)->model;
    const char *gpu = sa->gpu != NULL ? sa->gpu->name : typed_arm(s, worst)->gpu;
    if (!isfinite(o->need_gib)) {
        snprintf(g->why, sizeof g->why,
                 "nobody has published the shape of %s, so whether it fits on %s is not checked",
                 model, gpu);
        snprintf(g->lift, sizeof g->lift, "run it once on %s and note what it takes", gpu);
        return;
    }
    if (o->fits) {
        snprintf(g->why, sizeof g->why, "%s takes %.1f GiB for its weights on each %s, of %.1f GiB usable", model,
                 o->weights_gib, gpu, o->usable_gib);
        return;
    }
    snprintf(g->why, sizeof g->why,
             "%s does not fit: its weights take %.1f GiB on each %s, which has %.1f GiB usable; with the engine's "
             "reserve and one long request %.1f GiB are missing",
             model, o->weights_gib, gpu, o->usable_gib, o->need_gib - o->have_gib);
    snprintf(g->lift, sizeof g->lift,
             "more GPUs per replica, a precision with fewer bits, or a GPU with more memory");
}

/* ---- context --------------------------------------------------------------------------- */

static double
context_limit(const struct samples *s, int arm)
{
    const struct cat_model *m = s->setup.arms[arm].model;

    return m != NULL ? m->context_tokens : NAN;
}

static bool
always(const struct samples *s, int arm)
{
    (void)s, (void)arm;
    return true;
}

static int
context_limits(const struct samples *s, int arm, struct gate_limit out[GATE_LIMITS_MAX])
{
    int used[2], n = used_arms(s, arm, used), kept = 0;

    for (int k = 0; k < n; k++)
        if (isfinite(context_limit(s, used[k])))
            out[kept++] = limit_on(s, used[k], METRIC_CONTEXT, context_limit(s, used[k]), false);
    return kept;
}

static enum gate_state
context_judge(const struct samples *s, int arm)
{
    int used[2], n = used_arms(s, arm, used);

    for (int k = 0; k < n; k++)
        if (!isfinite(context_limit(s, used[k])))
            return GATE_CONDITIONAL;
    return GATE_MET;
}

static void
context_explain(const struct samples *s, int arm, struct gate_result *g)
{
    int used[2], n = used_arms(s, arm, used), worst = used[0];
    char need[16], have[16];

    if (n == 0)
        return;
    for (int k = 1; k < n; k++)
        if (context_limit(s, used[k]) < context_limit(s, worst))
            worst = used[k];
    const struct cat_model *m = s->setup.arms[worst].model;
    const char *model = m != NULL ? m->name : typed_arm(s, worst)->model;
    number_si(need, sizeof need, median_of(s, worst, METRIC_CONTEXT));
    if (!isfinite(context_limit(s, worst))) {
        snprintf(g->why, sizeof g->why, "the context length of %s is not in the catalog; %s tokens are needed",
                 model, need);
        snprintf(g->lift, sizeof g->lift, "confirm that %s takes %s tokens", model, need);
        return;
    }
    number_si(have, sizeof have, context_limit(s, worst));
    snprintf(g->why, sizeof g->why, "long requests (P95 prompt and answer) take %s tokens, %s takes %s",
             need, model, have);
    if (g->state == GATE_BREACHED)
        snprintf(g->lift, sizeof g->lift, "shorter prompts, or a model with a context of %s", need);
}

/* ---- licence of the weights ---------------------------------------------------------------- */

static bool
licence_applies(const struct samples *s, int arm)
{
    int used[2], n = used_arms(s, arm, used);

    for (int k = 0; k < n; k++)
        if (is_kind(s, used[k], KINDS_SELF | KIND(ARM_HOSTED_OPEN)))
            return true;
    return false;
}

static enum gate_state
licence_of(const struct samples *s, int arm)
{
    const struct cat_model *m = s->setup.arms[arm].model;

    if (!is_kind(s, arm, KINDS_SELF | KIND(ARM_HOSTED_OPEN)))
        return GATE_MET;
    if (m == NULL)
        return GATE_UNKNOWN;
    switch (m->licence_class) {
    case LICENCE_OPEN:
        return GATE_MET;
    case LICENCE_RESEARCH:
    case LICENCE_CLOSED:
        return GATE_BREACHED;
    default:
        return GATE_CONDITIONAL;
    }
}

static enum gate_state
licence_judge(const struct samples *s, int arm)
{
    int used[2], n = used_arms(s, arm, used);
    enum gate_state worst = GATE_MET;

    for (int k = 0; k < n; k++)
        if (licence_of(s, used[k]) > worst)
            worst = licence_of(s, used[k]);
    return worst;
}

static void
licence_explain(const struct samples *s, int arm, struct gate_result *g)
{
    int used[2], n = used_arms(s, arm, used), worst = -1;

    for (int k = 0; k < n; k++)
        if (worst < 0 || licence_of(s, used[k]) > licence_of(s, worst))
            worst = used[k];
    const struct cat_model *m = worst >= 0 ? s->setup.arms[worst].model : NULL;
    if (m == NULL) {
        snprintf(g->why, sizeof g->why, "the model is not in the catalog, so its licence is not known");
        snprintf(g->lift, sizeof g->lift, "name a model that the catalog has");
    } else if (m->licence_class == LICENCE_CLOSED) {
        snprintf(g->why, sizeof g->why, "the weights of %s are not published", m->name);
        snprintf(g->lift, sizeof g->lift, "choose a model with open weights");
    } else if (m->licence_class == LICENCE_RESEARCH) {
        snprintf(g->why, sizeof g->why, "%s may not be used commercially (%s)", m->name,
                 m->licence != NULL ? m->licence : "its licence");
        snprintf(g->lift, sizeof g->lift, "a commercial licence, or another model");
    } else if (m->licence_class == LICENCE_UNKNOWN) {
        snprintf(g->why, sizeof g->why, "the catalog does not know the licence of %s", m->name);
        snprintf(g->lift, sizeof g->lift, "read the licence and confirm commercial use");
    } else {
        snprintf(g->why, sizeof g->why, "%s: %s", m->name, m->licence != NULL ? m->licence : "open");
        if (g->state == GATE_CONDITIONAL)
            snprintf(g->lift, sizeof g->lift, "accept the terms of %s", m->licence);
    }
}

/* ---- label minimum --------------------------------------------------------------------------- */

/* The article's practical minimum: 1,000 for classification (extraction and short
 * answers alike), 3,000 where whole texts are written. */
static double
label_minimum(const struct samples *s)
{
    switch (s->setup.sc.quality.task_type) {
    case TASK_GENERATION:
    case TASK_SUMMARIZATION:
    case TASK_CODE:
        return 3000;
    default:
        return 1000;
    }
}

static bool
labels_applies(const struct samples *s, int arm)
{
    int used[2], n = used_arms(s, arm, used);

    for (int k = 0; k < n; k++)
        if (is_kind(s, used[k], KINDS_TUNED))
            return true;
    return false;
}

static int
labels_limits(const struct samples *s, int arm, struct gate_limit out[GATE_LIMITS_MAX])
{
    (void)arm;
    out[0] = (struct gate_limit){ s->examples, NULL, s->setup.sc.labels.examples.x, label_minimum(s), true, true };
    return 1;
}

static void
labels_explain(const struct samples *s, int arm, struct gate_result *g)
{
    char have[32], need[32];

    (void)arm;
    number_full(have, sizeof have, s->setup.sc.labels.examples.x, 0);
    number_full(need, sizeof need, label_minimum(s), 0);
    snprintf(g->why, sizeof g->why, "%s labelled examples; the practical minimum for this task is %s",
             have, need);
    if (g->state == GATE_BREACHED)
        snprintf(g->lift, sizeof g->lift, "label %s examples", need);
}

/* ---- latency ---------------------------------------------------------------------------------- */

static double
ttft_limit_s(const struct samples *s)
{
    const struct quantity *q = &s->setup.sc.latency.ttft_p95_ms;

    return q->kind == QUANTITY_UNSET ? NAN : q->x / 1000;
}

static double
tpot_limit_s(const struct samples *s)
{
    const struct quantity *q = &s->setup.sc.latency.tpot_ms;

    return q->kind == QUANTITY_UNSET ? NAN : q->x / 1000;
}

static bool
ttft_applies(const struct samples *s, int arm)
{
    (void)arm;
    return isfinite(ttft_limit_s(s));
}

static bool
tpot_applies(const struct samples *s, int arm)
{
    (void)arm;
    return isfinite(tpot_limit_s(s));
}

/* The arms whose latency and quality a caller of this arm sees, one at least: an arm that names no
 * others yet answers for itself, with figures that nobody knows. */
static int
latency_arms(const struct samples *s, int arm, int out[2])
{
    int n = typed_arm(s, arm)->kind == ARM_CASCADE ? 0 : used_arms(s, arm, out);

    if (n > 0)
        return n;
    out[0] = arm;
    return 1;
}

static int
seen_limits(const struct samples *s, int arm, enum metric m, double limit, bool at_least, struct gate_limit *out)
{
    int seen[2], n = latency_arms(s, arm, seen);

    for (int k = 0; k < n; k++)
        out[k] = limit_on(s, seen[k], m, limit, at_least);
    return n;
}

static enum gate_state
metric_known(const struct samples *s, int arm, enum metric m)
{
    int seen[2], n = latency_arms(s, arm, seen);

    for (int k = 0; k < n; k++)
        if (!isfinite(median_of(s, seen[k], m)) || s->median[seen[k]].latency_conditional)
            return GATE_CONDITIONAL;
    return GATE_MET;
}

static int
ttft_limits(const struct samples *s, int arm, struct gate_limit out[GATE_LIMITS_MAX])
{
    return seen_limits(s, arm, METRIC_TTFT_P95, ttft_limit_s(s), false, out);
}

static int
tpot_limits(const struct samples *s, int arm, struct gate_limit out[GATE_LIMITS_MAX])
{
    return seen_limits(s, arm, METRIC_TPOT, tpot_limit_s(s), false, out);
}

static enum gate_state
ttft_judge(const struct samples *s, int arm)
{
    return metric_known(s, arm, METRIC_TTFT_P95);
}

static enum gate_state
tpot_judge(const struct samples *s, int arm)
{
    return metric_known(s, arm, METRIC_TPOT);
}

static void
latency_explain(const struct samples *s, int arm, struct gate_result *g, enum metric m,
                double limit_s, const char *what)
{
    int seen[2], n = latency_arms(s, arm, seen), worst = seen[0];

    for (int k = 1; k < n; k++)
        if (median_of(s, seen[k], m) > median_of(s, worst, m))
            worst = seen[k];
    double value = median_of(s, worst, m);
    if (!isfinite(value)) {
        snprintf(g->why, sizeof g->why, "%s is not known; the limit is %.0f ms", what, limit_s * 1000);
        snprintf(g->lift, sizeof g->lift, "measure %s at the peak hour, or type what the provider states",
                 what);
        return;
    }
    snprintf(g->why, sizeof g->why, "%s %.0f ms at the peak hour, the limit is %.0f ms; held in %.0f%% of samples (%.0f%% are asked for)",
             what, value * 1000, limit_s * 1000, 100 * g->share, 100 * s->setup.sc.horizon.confidence.x);
    if (g->state == GATE_BREACHED)
        snprintf(g->lift, sizeof g->lift,
                 "a limit of %.0f ms, shorter prompts, a faster GPU or a smaller model", value * 1000);
    else if (g->state == GATE_CONDITIONAL)
        snprintf(g->lift, sizeof g->lift, "measure the wait under load: concurrency is not known");
}

static void
ttft_explain(const struct samples *s, int arm, struct gate_result *g)
{
    latency_explain(s, arm, g, METRIC_TTFT_P95, ttft_limit_s(s), "P95 time to first token");
}

static void
tpot_explain(const struct samples *s, int arm, struct gate_result *g)
{
    latency_explain(s, arm, g, METRIC_TPOT, tpot_limit_s(s), "time per output token");
}

/* ---- quality floor --------------------------------------------------------------------------- */

static double
quality_floor(const struct samples *s)
{
    const struct quantity *q = &s->setup.sc.quality.floor;

    return q->kind == QUANTITY_UNSET ? NAN : q->x;
}

static bool
quality_applies(const struct samples *s, int arm)
{
    (void)arm;
    return isfinite(quality_floor(s));
}

static int
quality_limits(const struct samples *s, int arm, struct gate_limit out[GATE_LIMITS_MAX])
{
    return seen_limits(s, arm, METRIC_QUALITY, quality_floor(s), true, out);
}

static enum gate_state
quality_judge(const struct samples *s, int arm)
{
    int seen[2], n = latency_arms(s, arm, seen);

    for (int k = 0; k < n; k++)
        if (!isfinite(median_of(s, seen[k], METRIC_QUALITY)))
            return GATE_UNKNOWN;
    return GATE_MET;
}

static void
quality_explain(const struct samples *s, int arm, struct gate_result *g)
{
    int seen[2], n = latency_arms(s, arm, seen), worst = seen[0];
    char floor[16], have[16];

    for (int k = 1; k < n; k++)
        if (median_of(s, seen[k], METRIC_QUALITY) < median_of(s, worst, METRIC_QUALITY))
            worst = seen[k];
    number_percent(floor, sizeof floor, quality_floor(s), 1);
    if (!isfinite(median_of(s, worst, METRIC_QUALITY))) {
        snprintf(g->why, sizeof g->why, "its share of right answers is not known; the floor is %s", floor);
        snprintf(g->lift, sizeof g->lift, "evaluate it on the test set");
        return;
    }
    number_percent(have, sizeof have, median_of(s, worst, METRIC_QUALITY), 1);
    snprintf(g->why, sizeof g->why, "%s right answers (median), the floor is %s; held in %.0f%% of samples (%.0f%% are asked for)", have,
             floor, 100 * g->share, 100 * s->setup.sc.horizon.confidence.x);
    if (g->state == GATE_BREACHED)
        snprintf(g->lift, sizeof g->lift,
                 "a measured quality of %s or more, more labels, or a lower floor", floor);
}

/* ---- data leaves --------------------------------------------------------------------------------- */

static bool
data_applies(const struct samples *s, int arm)
{
    (void)arm;
    return s->setup.sc.constraints.data_may_leave != LEAVE_YES;
}

static enum gate_state
data_judge(const struct samples *s, int arm)
{
    int used[2], n = used_arms(s, arm, used);
    bool never = s->setup.sc.constraints.data_may_leave == LEAVE_NEVER;
    enum gate_state worst = GATE_MET;

    for (int k = 0; k < n; k++) {
        const struct cat_host *h = s->setup.arms[used[k]].host;
        enum gate_state state = h == NULL  ? GATE_UNKNOWN
                                : h->self  ? GATE_MET
                                : never    ? GATE_BREACHED
                                           : GATE_CONDITIONAL;
        if (state > worst)
            worst = state;
    }
    return worst;
}

static void
data_explain(const struct samples *s, int arm, struct gate_result *g)
{
    bool never = s->setup.sc.constraints.data_may_leave == LEAVE_NEVER;

    (void)arm;
    if (g->state == GATE_MET) {
        snprintf(g->why, sizeof g->why, "the data stays with the team");
        return;
    }
    snprintf(g->why, sizeof g->why, never ? "own rule: no data leaves the team's network; here a vendor processes it"
                                          : "a vendor processes the data, which needs a contract");
    snprintf(g->lift, sizeof g->lift, never ? "set data_may_leave to \"on-contract\", or serve on own GPUs"
                                            : "sign the vendor's data processing agreement");
}

/* ---- the table ------------------------------------------------------------------------------------ */

const struct gate decision_gates[] = {
    { "memory", "The weights and one request fit in GPU memory", memory_applies, memory_limits,
      memory_judge, memory_explain },
    { "context", "Long prompts fit the model's context", always, context_limits, context_judge,
      context_explain },
    { "licence", "The licence of the weights allows the use", licence_applies, NULL, licence_judge,
      licence_explain },
    { "labels", "There are enough labels to tune on", labels_applies, labels_limits, NULL, labels_explain },
    { "ttft", "P95 time to first token is within its limit", ttft_applies, ttft_limits, ttft_judge,
      ttft_explain },
    { "tpot", "Time per output token is within its limit", tpot_applies, tpot_limits, tpot_judge,
      tpot_explain },
    { "quality", "The share of right answers reaches the floor", quality_applies, quality_limits,
      quality_judge, quality_explain },
    { "data", "Data leaves the team only as it may", data_applies, NULL, data_judge, data_explain },
};
const int decision_gates_n = BE_LEN(decision_gates);

unsigned
gates_read(const struct samples *s, int arm)
{
    int used[2], n = used_arms(s, arm, used);
    unsigned arms = 1u << arm;

    for (int k = 0; k < n; k++)
        arms |= 1u << used[k];
    return arms;
}
