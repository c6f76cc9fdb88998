/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

/*
 * Sentences that a budget holder can repeat, made from the figures: what to do,
 * what it costs against the next best, how sure, what would change it, what to
 * find out first.
 */

static void add_sentence(char (*list)[SENTENCE], int *n, int max, const char *fmt, va_list ap) BE_PRINTF(4, 0);

static void
add_sentence(char (*list)[SENTENCE], int *n, int max, const char *fmt, va_list ap)
{
    if (*n >= max)
        return;
    vsnprintf(list[*n], SENTENCE, fmt, ap);
    (*n)++;
}

void
answer_warn(struct answer *an, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    add_sentence(an->verdict.warnings, &an->verdict.n_warnings, WARNINGS_MAX, fmt, ap);
    va_end(ap);
}

void
answer_reason(struct answer *an, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    add_sentence(an->verdict.reasons, &an->verdict.n_reasons, REASONS_MAX, fmt, ap);
    va_end(ap);
}

char *
arm_words(const struct answer *an, int arm, char *out, size_t size)
{
    snprintf(out, size, "%s (%s)", an->arms[arm].name, arm_kind_word(an->arms[arm].kind));
    return out;
}

/* ---- what to do, and against what ----------------------------------------------------- */

static const struct gate_result *
first_failure(const struct arm_answer *a)
{
    for (int g = 0; g < a->n_gates; g++)
        if (gate_fails(a->gates[g].state))
            return &a->gates[g];
    return NULL;
}

static const char *
action_of(int kind)
{
    static const char *const words[ARM_KINDS] = {
        [ARM_API] = "Use the API", [ARM_HOSTED_OPEN] = "Use the hosted open model",
        [ARM_HOSTED_TUNED] = "Tune at the host", [ARM_SELF_OPEN] = "Serve the open model yourselves",
        [ARM_SELF_TUNED] = "Fine-tune and self-host", [ARM_STAGED] = "Start with one, move to the other",
        [ARM_CASCADE] = "Use the cascade",
    };

    return words[kind];
}

#define LEVEL_USD 1 /* a month: less is no difference that anybody would act on */

static void
headline(struct answer *an)
{
    struct verdict *v = &an->verdict;
    char saves[24];

    if (v->pick < 0) {
        snprintf(v->headline, sizeof v->headline, "No arm passes: there is no decision yet");
        return;
    }
    const struct arm_answer *pick = &an->arms[v->pick];
    if (v->rival < 0) {
        snprintf(v->headline, sizeof v->headline, an->n_arms > 1 ? "%s: %s, the only arm that passes"
                                                                 : "%s: %s, compared with nothing yet",
                 action_of(pick->kind), pick->name);
        return;
    }
    double per_month = (an->arms[v->rival].tco_usd.mean - pick->tco_usd.mean) / an->horizon_months;
    number_usd(saves, sizeof saves, fabs(per_month));
    if (fabs(per_month) < LEVEL_USD)
        snprintf(v->headline, sizeof v->headline, "%s: %s, level with %s", action_of(pick->kind), pick->name, an->arms[v->rival].name);
    else
        snprintf(v->headline, sizeof v->headline, "%s: %s, %s %s a month against %s", action_of(pick->kind),
                 pick->name, per_month >= 0 ? "saves" : "costs", saves, an->arms[v->rival].name);
}

#define FIGURE 48 /* bytes of a figure as text */

static void
say_pick(struct answer *an)
{
    const struct verdict *v = &an->verdict;
    const struct arm_answer *p = &an->arms[v->pick];
    char mean[24], low[24], high[24], more[24], month[24];

    number_usd(mean, sizeof mean, p->tco_usd.mean);
    number_usd(low, sizeof low, p->tco_usd.p5);
    number_usd(high, sizeof high, p->tco_usd.p95);
    if (v->rival < 0) {
        answer_reason(an, an->n_arms > 1 ? "%s: %s is the only arm that passes every gate. It costs %s over %d months "
                                           "(90%% range %s to %s)."
                                         : "%s: %s is the only arm of the scenario; add another to compare it with. It "
                                           "costs %s over %d months (90%% range %s to %s).",
                      action_of(p->kind), p->name, mean, an->horizon_months, low, high);
        return;
    }
    const struct arm_answer *r = &an->arms[v->rival];
    double gap = r->tco_usd.mean - p->tco_usd.mean;
    number_usd(more, sizeof more, fabs(gap));
    number_usd(month, sizeof month, fabs(gap) / an->horizon_months);
    answer_reason(an, "%s: %s costs %s over %d months (90%% range %s to %s). The next best, %s, costs %s %s "
                      "(%s a month).",
                  action_of(p->kind), p->name, mean, an->horizon_months, low, high, r->name, more,
                  gap >= 0 ? "more" : "less", month);
}

/* Where no arm passes: the cheapest of those that fail one gate alone; -1: there is none, or a pick. */
static int
nearest_to_pass(const struct answer *an)
{
    int easiest = -1;

    for (int a = 0; a < an->n_arms && an->verdict.pick < 0; a++) {
        const struct arm_answer *x = &an->arms[a];
        int failed = 0;
        for (int g = 0; g < x->n_gates; g++)
            failed += gate_fails(x->gates[g].state);
        if (failed != 1 || !x->known)
            continue;
        if (easiest < 0 || x->tco_usd.mean < an->arms[easiest].tco_usd.mean)
            easiest = a;
    }
    return easiest;
}

static void
say_no_pick(struct answer *an)
{
    const int easiest = nearest_to_pass(an);

    if (an->n_arms == 0)
        answer_reason(an, "The scenario has no arms: add the alternatives to compare.");
    else if (easiest < 0)
        answer_reason(an, "No arm passes every gate with a known cost, and none fails just one.");
    else {
        const struct gate_result *g = first_failure(&an->arms[easiest]);
        answer_reason(an, "No arm passes. Nearest is %s, which fails one gate: %s. What would lift it: %s.",
                      an->arms[easiest].name, g->why, g->lift[0] != '\0' ? g->lift : "nothing that is known");
    }
}

/* Where most of a cost is no bill that anybody sends, the total says little without this. */
static void
say_errors(struct answer *an)
{
    const struct verdict *v = &an->verdict;
    const struct arm_answer *p = &an->arms[v->pick], *r = v->rival >= 0 ? &an->arms[v->rival] : p;
    char of_pick[24], of_rival[24], each[24], all[24];
    double total = 0;

    for (int l = 0; l < LINE_COUNT; l++)
        total += p->lines_usd[l];
    if (!(p->lines_usd[LINE_ERRORS] > 0.2 * total))
        return;
    number_usd(of_pick, sizeof of_pick, p->lines_usd[LINE_ERRORS]);
    number_usd(of_rival, sizeof of_rival, r->lines_usd[LINE_ERRORS]);
    number_usd(each, sizeof each, an->setup.sc.quality.error_cost_usd.x);
    number_usd(all, sizeof all, total);
    if (r == p)
        answer_reason(an, "Wrong answers, at %s each, are %s of the %s that %s costs at the medians.", each, of_pick, all, p->name);
    else
        answer_reason(an, "Wrong answers, at %s each, are %s of the %s that %s costs at the medians, and %s with %s.", each,
                      of_pick, all, p->name, of_rival, r->name);
}

/* ---- how sure --------------------------------------------------------------------------- */

static void
say_confidence(struct answer *an)
{
    const struct verdict *v = &an->verdict;
    char regret[24], samples[24];

    number_usd(regret, sizeof regret, v->regret_usd);
    number_full(samples, sizeof samples, an->samples, 0);
    if (v->rival < 0)
        return;
    answer_reason(an, "How sure: %s%s. It is the cheapest that holds in %.0f%% of %s samples; choosing it now costs "
                      "%s on average against knowing everything first.",
                  confidence_word(v->confidence), answer_on_cost_alone(an) ? " on cost alone" : "", 100 * v->p_best, samples, regret);
}

/* ---- what would change it -------------------------------------------------------------------- */

static void
say_crossing(struct answer *an)
{
    const struct verdict *v = &an->verdict;
    char first[16], stays[16], now[16];

    if (v->rival < 0)
        return;
    const struct crossing_answer *c = answer_crossing(an, v->pick, v->rival);
    if (c == NULL)
        return;
    const char *pick = an->arms[v->pick].name, *rival = an->arms[v->rival].name;
    number_si(now, sizeof now, an->tokens_per_day);
    if (c->total.n == 0) {
        char low[16], high[16];
        crossings_searched(an, low, high);
        answer_reason(an, "Volume: at the medians no break-even in total cost with %s between %s and %s tokens a day.", rival, low, high);
        return;
    }
    number_si(first, sizeof first, crossing_nearest(&c->total, an->tokens_per_day));
    number_si(stays, sizeof stays, c->total.stays_from);
    if (c->total.n == 1)
        answer_reason(an, "Volume: at the medians %s and %s break even in total cost at %s tokens a day (now %s); above it %s is cheaper.",
                      pick, rival, first, now, an->arms[c->total.cheaper_above].name);
    else
        answer_reason(an, "Volume: at the medians %s and %s break even in total cost %d times, because GPUs come whole; nearest at %s tokens a "
                          "day (now %s); from %s on %s stays cheaper.",
                      pick, rival, c->total.n, first, now, stays, an->arms[c->total.cheaper_above].name);
}

/* Both to three digits, or to as many as tell them apart. */
static void
flip_texts(const struct answer *an, const struct flip *f, struct field_ref ref, char from[FIGURE], char to[FIGURE])
{
    struct quantity_rules how;
    char unit[64];

    field_rules(ref.field, &an->setup.sc, &how);
    quantity_show(from, FIGURE, f->from, &how);
    quantity_show(to, FIGURE, f->to, &how);
    for (int digits = 4; strcmp(from, to) == 0 && digits <= 9; digits++) {
        double at = pow(10, digits - ceil(log10(fmax(fabs(f->to), 1e-12))));
        quantity_print(from, FIGURE, rint(f->from * at) / at, &how);
        quantity_print(to, FIGURE, rint(f->to * at) / at, &how);
    }
    field_unit_behind(ref.field, to, unit, sizeof unit);
    snprintf(to + strlen(to), FIGURE - strlen(to), "%.32s", strcmp(from, to) != 0 ? unit : "");
}

static void
say_flips(struct answer *an)
{
    int near = 0; /* the list has the nearest first */
    char from[FIGURE], to[FIGURE];

    while (near < an->n_flips && (!isfinite(an->flips[near].to) || an->flips[near].pick == an->verdict.pick))
        near++;
    if (near == an->n_flips)
        return;
    const struct flip *f = &an->flips[near];
    struct field_ref ref;
    struct error err;
    char name[160];
    if (field_find(&an->setup.sc, f->path, &ref, &err) != 0)
        return;
    flip_texts(an, f, ref, from, to);
    if (ref.arm >= 0)
        snprintf(name, sizeof name, "%s of %s", ref.field->label, an->arms[ref.arm].name);
    else
        text_copy(name, sizeof name, ref.field->label);
    const char *pick = f->pick >= 0 ? an->arms[f->pick].name : "no arm at all";
    if (strcmp(from, to) == 0) /* knowing it exactly is change enough */
        answer_reason(an, "What would change it: next to nothing; %s known to be %s makes it %s (%s).", name, to, pick, f->path);
    else
        answer_reason(an, "What would change it: %s at %s instead of %s makes it %s (%s).", name, to, from, pick, f->path);
}

#define CHOICES_SAID 3

/* The first rules and facts that would turn it, by the arm that is picked then. */
static void
say_choices(struct answer *an)
{
    char list[SENTENCE] = "";
    size_t n = 0;

    for (int k = 0, said = 0; k < an->n_choice_flips && said < CHOICES_SAID; said++) {
        const struct choice_flip *f = &an->choice_flips[k];
        char words[192];
        k = choice_flips_words(an, k, words, sizeof words);
        int more = snprintf(list + n, sizeof list - n, "%s%s: %s", n > 0 ? "; " : "", words,
                            f->pick >= 0 ? an->arms[f->pick].name : "no arm passes");
        if (more < 0 || n + (size_t)more >= sizeof list - 32) {
            list[n] = '\0';
            break;
        }
        n += (size_t)more;
    }
    if (n > 0)
        answer_reason(an, "A rule or fact would change it: %s.", list);
}

static void
say_failures(struct answer *an)
{
    const int said = nearest_to_pass(an);

    for (int a = 0; a < an->n_arms; a++) {
        const struct arm_answer *x = &an->arms[a];
        const struct gate_result *g = first_failure(x);

        if (!x->known)
            answer_reason(an, "%s is not compared: its cost is unknown (%s).", x->name,
                          x->outcome.unknown[0] != '\0' ? x->outcome.unknown : "a figure is missing");
        else if (g != NULL && a != said)
            answer_reason(an, "%s is out: %s.%s%s%s", x->name, g->why, g->lift[0] != '\0' ? " It takes: " : "",
                          g->lift, g->lift[0] != '\0' ? "." : "");
    }
}

static void
say_alternatives(struct answer *an)
{
    const struct verdict *v = &an->verdict;
    char usd[24], points[16];

    if (v->pick < 0)
        return;
    if (v->cheaper >= 0) {
        const struct gate_result *g = first_failure(&an->arms[v->cheaper]);
        number_usd(usd, sizeof usd, an->arms[v->pick].tco_usd.mean - an->arms[v->cheaper].tco_usd.mean);
        answer_reason(an, "Cheaper: %s would save %s more, but %s.", an->arms[v->cheaper].name, usd,
                      g != NULL ? g->why : "its share of right answers is lower");
    }
    if (v->better >= 0) {
        number_usd(usd, sizeof usd, an->arms[v->better].tco_usd.mean - an->arms[v->pick].tco_usd.mean);
        snprintf(points, sizeof points, "%.1f",
                 100 * (an->arms[v->better].quality.p50 - an->arms[v->pick].quality.p50));
        answer_reason(an, "More capable: %s is estimated %s points higher in right answers, for %s more.",
                      an->arms[v->better].name, points, usd);
    }
}

static void
say_measure(struct answer *an)
{
    const struct study_result *best = NULL;
    char net[24], cost[24];

    for (int k = 0; k < an->n_studies; k++)
        if (an->studies[k].net_usd > 0 && (best == NULL || an->studies[k].net_usd > best->net_usd))
            best = &an->studies[k];
    if (best == NULL) {
        if (an->n_studies > 0)
            answer_reason(an, "Nothing is worth measuring first: no study is worth more than it costs.");
        return;
    }
    number_usd(net, sizeof net, best->net_usd);
    number_usd(cost, sizeof cost, best->cost_usd);
    an->verdict.find_out = an->verdict.n_reasons < REASONS_MAX ? an->verdict.n_reasons : -1;
    answer_reason(an, "Find out first: %s. It costs %s and is worth %s more than that.", best->words, cost, net);
}

static void
say_conditions(struct answer *an)
{
    if (an->verdict.pick < 0)
        return;
    const struct arm_answer *p = &an->arms[an->verdict.pick];
    for (int g = 0; g < p->n_gates; g++)
        if (p->gates[g].state == GATE_CONDITIONAL)
            answer_warn(an, "%s passes on a condition: %s%s%s", p->name, p->gates[g].why,
                        p->gates[g].lift[0] != '\0' ? "; it takes: " : "", p->gates[g].lift);
}

void
reasons_write(struct answer *an, const struct ruling *r)
{
    (void)r;
    headline(an);
    an->verdict.find_out = -1;
    if (an->verdict.pick < 0)
        say_no_pick(an);
    else {
        say_pick(an);
        say_errors(an);
        say_confidence(an);
    }
    say_measure(an);
    if (an->verdict.pick >= 0) {
        say_crossing(an);
        say_flips(an);
    }
    say_choices(an);
    say_failures(an);
    say_alternatives(an);
    say_conditions(an);
    if (an->rules_say[0] != '\0')
        answer_reason(an, "%s", an->rules_say);
}
