/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sections.h"

/* Conditions, reasons, what would change the choice, what to measure, the alternatives. */

/* ---- conditions and obligations ---------------------------------------------------------- */

static void
open_conditions(struct page *p)
{
    const struct answer *an = p->in->answer;
    struct grid g;

    grid_init(&g);
    grid_column(&g, "arm", "", 0);
    grid_column(&g, "condition", "", 0);
    grid_column(&g, "state", "", 0);
    grid_column(&g, "obligation or figure", "", 0);
    grid_column(&g, "what it takes", "", 0);
    for (int a = 0; a < an->n_arms; a++)
        for (int k = 0; k < an->arms[a].n_gates; k++) {
            const struct gate_result *gate = &an->arms[a].gates[k];
            if (gate->state == GATE_MET)
                continue;
            grid_row(&g);
            grid_text(&g, 0, "%s", an->arms[a].name);
            grid_text(&g, 1, "%s", gate->id);
            grid_text(&g, 2, "%s", gate_state_word(gate->state));
            grid_text(&g, 3, "%s", gate->why);
            grid_text(&g, 4, "%s", gate->lift);
        }
    if (g.rows > 0)
        p->pen->heading(p, "Not met, or met on a condition");
    page_table(p, &g);
}

static bool
same_met(const struct gate_result *a, const struct gate_result *b)
{
    return a->state == GATE_MET && b->state == GATE_MET && strcmp(a->id, b->id) == 0 && strcmp(a->why, b->why) == 0;
}

/* The arms that meet this condition for the same reason, or false if an earlier arm said so. */
static bool
met_by(const struct answer *an, int arm, const struct gate_result *gate, char *out, size_t size)
{
    size_t n = 0;

    out[0] = '\0';
    for (int a = 0; a < an->n_arms; a++)
        for (int k = 0; k < an->arms[a].n_gates; k++) {
            if (!same_met(&an->arms[a].gates[k], gate))
                continue;
            if (a < arm)
                return false;
            if (n < size)
                n += (size_t)snprintf(out + n, size - n, "%s%s", n > 0 ? ", " : "", an->arms[a].name);
        }
    return true;
}

static void
met_conditions(struct page *p)
{
    const struct answer *an = p->in->answer;
    char arms[ARMS_MAX * (NAME_MAX_BYTES + 2)];
    struct grid g;

    grid_init(&g);
    grid_column(&g, "condition", "", 0);
    grid_column(&g, "met by", "", 0);
    grid_column(&g, "obligation or figure", "", 0);
    for (int a = 0; a < an->n_arms; a++)
        for (int k = 0; k < an->arms[a].n_gates; k++) {
            const struct gate_result *gate = &an->arms[a].gates[k];
            if (gate->state != GATE_MET || !met_by(an, a, gate, arms, sizeof arms))
                continue;
            grid_row(&g);
            grid_text(&g, 0, "%s", gate->id);
            grid_text(&g, 1, "%s", arms);
            grid_text(&g, 2, "%s", gate->why);
        }
    if (g.rows > 0)
        p->pen->heading(p, "Met");
    page_table(p, &g);
}

static void
regimes_table(struct page *p)
{
    const struct catalog *cat = p->in->catalog;
    struct grid g;
    char date[16];

    grid_init(&g);
    grid_column(&g, "regime", "", 0);
    grid_column(&g, "effect", "", 0);
    grid_column(&g, "note", "", 0);
    grid_column(&g, "source", "", 0);
    for (int i = 0; i < cat->n_regimes && i < 32; i++) {
        const struct cat_regime *r = &cat->regimes[i];
        if (!(p->in->answer->setup.sc.constraints.regimes >> i & 1u))
            continue;
        grid_row(&g);
        grid_text(&g, 0, "%s", r->name);
        grid_text(&g, 1, r->informational ? "for information" : "a condition");
        grid_text(&g, 2, "%s", r->note != NULL ? r->note : "");
        grid_text(&g, 3, "%s, as of %s", r->origin.text, date_print(date, sizeof date, r->origin.as_of, true));
    }
    if (g.rows > 0)
        p->pen->heading(p, "Rules that were chosen");
    page_table(p, &g);
}

static const char *
state_word(int typed, enum attribute_state catalogued)
{
    static const char *const words[] = {
        [ATTRIBUTE_UNKNOWN] = "unknown", [ATTRIBUTE_NO] = "no", [ATTRIBUTE_YES] = "yes", [ATTRIBUTE_ON_CONTRACT] = "on contract",
    };
    static const enum attribute_state of_typed[] = {
        [STATE_NO] = ATTRIBUTE_NO, [STATE_YES] = ATTRIBUTE_YES, [STATE_ON_CONTRACT] = ATTRIBUTE_ON_CONTRACT,
        [STATE_UNKNOWN] = ATTRIBUTE_UNKNOWN,
    };

    return words[typed == STATE_CATALOG ? catalogued : of_typed[typed]];
}

static const char *
retention_word(int typed, enum retention catalogued)
{
    static const char *const words[] = {
        [RETENTION_UNKNOWN] = "unknown", [RETENTION_STANDARD] = "usual time", [RETENTION_LIMITED] = "short, stated time",
        [RETENTION_ZERO_ON_CONTRACT] = "none, on contract", [RETENTION_ZERO] = "none",
    };
    static const enum retention of_typed[] = {
        [KEEP_STANDARD] = RETENTION_STANDARD, [KEEP_LIMITED] = RETENTION_LIMITED,
        [KEEP_ZERO_ON_CONTRACT] = RETENTION_ZERO_ON_CONTRACT, [KEEP_ZERO] = RETENTION_ZERO, [KEEP_UNKNOWN] = RETENTION_UNKNOWN,
    };

    return words[typed == KEEP_CATALOG ? catalogued : of_typed[typed]];
}

/* Who sees the data: only vendors, since own machines are the team's own business. */
static void
hosts_table(struct page *p)
{
    const struct answer *an = p->in->answer;
    static const char *const heads[] = { "arm", "processor", "keeps data", "SOC 2", "ISO 27001", "DPA", "BAA", "transfer clauses",
                                         "source" };
    struct grid g;
    char date[16];

    grid_init(&g);
    for (size_t k = 0; k < BE_LEN(heads); k++)
        grid_column(&g, heads[k], "", 0);
    for (int i = 0; i < an->n_arms; i++) {
        const struct arm *a = &an->setup.sc.arms[i];
        const struct cat_host *h = an->setup.arms[i].host;
        if (h == NULL || h->self)
            continue;
        grid_row(&g);
        grid_text(&g, 0, "%s", a->name);
        grid_text(&g, 1, "%s", h->name);
        grid_text(&g, 2, "%s", retention_word(a->retention, h->retention));
        grid_text(&g, 3, "%s", state_word(a->soc2, h->soc2));
        grid_text(&g, 4, "%s", state_word(a->iso27001, h->iso27001));
        grid_text(&g, 5, "%s", state_word(a->dpa, h->dpa));
        grid_text(&g, 6, "%s", state_word(a->baa, h->baa));
        grid_text(&g, 7, "%s", state_word(a->transfer_clauses, h->transfer_clauses));
        grid_text(&g, 8, "%s, as of %s", h->origin.text, date_print(date, sizeof date, h->origin.as_of, true));
    }
    if (g.rows == 0)
        return;
    p->pen->heading(p, "Who processes the data");
    page_table(p, &g);
    page_paragraph(p, "SOC 2 and ISO 27001 are audits of security. DPA: a data processing agreement. BAA: the agreement that US health "
                      "data needs. Transfer clauses: the contract for data that leaves the EU. What the scenario states goes before "
                      "the catalog.");
}

void
write_gates(struct page *p)
{
    char share[16];

    words_of_share(p->in->answer->setup.sc.horizon.confidence.x, share, sizeof share);
    page_paragraph(p, "An arm can only be chosen if none of its conditions is breached or unknown. A condition on a figure is met if it "
                      "holds in %s of the simulated futures (samples). \"Conditional\" passes, but somebody must see to what it takes. "
                      "This informs a decision; it is not legal advice.",
                   share);
    open_conditions(p);
    met_conditions(p);
    regimes_table(p);
    hosts_table(p);
}

/* ---- why ------------------------------------------------------------------------------------- */

void
write_why(struct page *p)
{
    const struct verdict *v = &p->in->answer->verdict;

    for (int k = 0; k < v->n_reasons; k++)
        page_item(p, "%s", v->reasons[k]);
    p->pen->end_items(p);
}

/* ---- what would change it ------------------------------------------------------------------------ */

/* A figure that has no range is as far as the ratio, or where there is none, the words say. */
static void
nearness(struct grid *g, int column, const struct flip *f)
{
    const double ratio = f->from > 0 && f->to > 0 ? f->to / f->from : NAN;
    char number[24];

    if (isfinite(f->z))
        grid_text(g, column, "%s", f->z < 1 ? "well within its range" : flip_in_range(f) ? "within its 90% range" : "outside its 90% range");
    else if (!isfinite(ratio))
        grid_text(g, column, "a fixed figure");
    else if (ratio > 0.5 && ratio < 2)
        grid_text(g, column, "a fixed figure, %+.0f%%", 100 * (ratio - 1));
    else if (ratio >= 2)
        grid_text(g, column, "a fixed figure, %s times as much", number_si(number, sizeof number, rint(10 * ratio) / 10));
    else
        grid_text(g, column, "a fixed figure, divided by %s", number_si(number, sizeof number, rint(10 / ratio) / 10));
}

static void
value_cell(struct grid *g, int column, const struct page *p, struct field_ref ref, double value)
{
    char text[64], behind[64], both[136];
    const char *unit = words_of_unit(ref);

    if (strcmp(unit, "factor") == 0)
        unit = "";
    words_of_value(p, ref, value, text, sizeof text);
    snprintf(both, sizeof both, "%s%s%s", text, unit[0] != '\0' ? " " : "", text_unit(behind, sizeof behind, text, unit));
    grid_number(g, column, value, ref.field != NULL ? ref.field->unit : NULL, both);
}

#define FAR_Z 3 /* one future in 700 lies beyond */
#define FAR_RATIO 3

/* What may come about: not far outside a range, not a multiple of a fixed figure. */
static bool
is_near(const struct flip *f)
{
    if (isfinite(f->z))
        return f->z < FAR_Z;
    return !(f->from > 0 && f->to > 0) || fabs(log(f->to / f->from)) < log(FAR_RATIO);
}

static void
flips_table(struct page *p, struct grid *g, bool near)
{
    const struct answer *an = p->in->answer;
    char words[128];

    grid_init(g);
    grid_column(g, "figure", "", 0);
    grid_column(g, "now", "", GRID_NUMERIC);
    grid_column(g, "from this value on", "", GRID_NUMERIC);
    grid_column(g, "the choice is", "", 0);
    grid_column(g, "how far", "", 0);
    for (int k = 0; k < an->n_flips; k++) {
        const struct flip *f = &an->flips[k];
        if (!isfinite(f->to) || is_near(f) != near)
            continue;
        struct field_ref ref = words_of_path(p, f->path, words, sizeof words);
        grid_row(g);
        grid_text(g, 0, "%s", words);
        value_cell(g, 1, p, ref, f->from);
        value_cell(g, 2, p, ref, f->to);
        grid_text(g, 3, "%s", f->pick >= 0 ? an->arms[f->pick].name : "none, no arm meets its conditions");
        nearness(g, 4, f);
    }
}

/* Rules and facts, which have no distance. */
static void
choices_table(struct page *p, struct grid *g)
{
    const struct answer *an = p->in->answer;
    char words[192];

    grid_init(g);
    grid_column(g, "if a rule or fact were otherwise", "", 0);
    grid_column(g, "the choice is", "", 0);
    for (int k = 0; k < an->n_choice_flips;) {
        const struct choice_flip *f = &an->choice_flips[k];
        k = choice_flips_words(an, k, words, sizeof words);
        grid_row(g);
        grid_text(g, 0, "%s", words);
        grid_text(g, 1, "%s", f->pick >= 0 ? an->arms[f->pick].name : "none, no arm meets its conditions");
    }
}

void
write_change(struct page *p)
{
    struct grid near, far, choices;

    flips_table(p, &near, true);
    flips_table(p, &far, false);
    page_paragraph(p, near.rows + far.rows > 0
                          ? "Each line changes one figure alone, the others as assumed, to the nearest value from which the choice is another. The nearest come first."
                          : "No single figure, within its legal range, changes the choice.");
    page_table(p, &near);
    choices_table(p, &choices);
    if (choices.rows > 0)
        p->pen->heading(p, "By rule or fact");
    page_table(p, &choices);
    if (far.rows > 0)
        p->pen->heading(p, "Far from what is assumed");
    page_table(p, &far);
}

/* ---- what to measure next -------------------------------------------------------------------------- */

#define SHOWN_MAX 8 /* fields whose exact value is worth most */

static void
studies_table(struct page *p)
{
    const struct answer *an = p->in->answer;
    struct grid g;

    grid_init(&g);
    grid_column(&g, "study", "", 0);
    grid_column(&g, "costs", "USD", GRID_NUMERIC);
    grid_column(&g, "is worth", "USD", GRID_NUMERIC);
    grid_column(&g, "gain", "USD", GRID_NUMERIC);
    grid_column(&g, "do it", "", 0);
    for (int k = 0; k < an->n_studies; k++) {
        const struct study_result *s = &an->studies[k];
        grid_row(&g);
        grid_text(&g, 0, "%s", s->words);
        grid_usd(&g, 1, s->cost_usd);
        grid_usd(&g, 2, s->evsi_usd);
        grid_usd(&g, 3, s->net_usd);
        grid_text(&g, 4, s->net_usd > 0 ? "yes" : "no");
    }
    page_table(p, &g);
}

static void
exact_values_table(struct page *p)
{
    const struct answer *an = p->in->answer;
    struct grid g;
    char words[128];

    grid_init(&g);
    grid_column(&g, "to know exactly", "", 0);
    grid_column(&g, "would be worth", "USD", GRID_NUMERIC);
    for (int k = 0; k < an->n_evppi && g.rows < SHOWN_MAX; k++) {
        if (!(an->evppi[k].value >= 0.5))
            continue;
        words_of_path(p, an->evppi[k].path, words, sizeof words);
        grid_row(&g);
        grid_text(&g, 0, "%s", words);
        grid_usd(&g, 1, an->evppi[k].value);
    }
    page_table(p, &g);
}

static void
say_labels(struct page *p)
{
    const struct answer *an = p->in->answer;
    char n[24], saves[32], typed[24];

    if (an->label_budget_arm < 0 || !isfinite(an->label_budget.n) || !isfinite(an->label_budget.saves_usd))
        return;
    page_paragraph(p, "Labels for %s: %s examples cost least together with the wrong answers that fewer would leave; against the %s of the "
                      "scenario that saves %s over %d months.",
                   an->arms[an->label_budget_arm].name, number_si(n, sizeof n, an->label_budget.n),
                   number_si(typed, sizeof typed, an->setup.sc.labels.examples.x),
                   number_usd_full(saves, sizeof saves, an->label_budget.saves_usd, 0), an->horizon_months);
}

static void
say_staged(struct page *p)
{
    const struct answer *an = p->in->answer;
    char worth[32], volume[24];
    double value = an->value_of_waiting_usd;

    if (an->switch_month <= 0 || !isfinite(value) || !isfinite(an->trigger_tokens_per_day))
        return;
    page_paragraph(p, "When to switch from one arm to the other: best by the calendar at the end of month %d, best by volume after the first "
                      "month that reaches %s tokens a day. The better of the two plans costs %s %s on average than the best arm chosen "
                      "for good today.",
                   an->switch_month, number_si(volume, sizeof volume, an->trigger_tokens_per_day),
                   number_usd_full(worth, sizeof worth, fabs(value), 0), value >= 0 ? "less" : "more");
}

void
write_measure(struct page *p)
{
    const struct answer *an = p->in->answer;
    char a[32];

    if (isfinite(an->evpi_usd))
        page_paragraph(p, "Knowing every uncertain figure before choosing would be worth %s; no study can be worth more. A study is worth "
                          "doing if it can change the choice often enough to pay for itself.",
                       number_usd_full(a, sizeof a, an->evpi_usd, 0));
    studies_table(p);
    exact_values_table(p);
    say_labels(p);
    say_staged(p);
}

/* ---- alternatives ------------------------------------------------------------------------------------ */

static const struct gate_result *
first_failure(const struct arm_answer *x)
{
    for (int k = 0; k < x->n_gates; k++)
        if (x->gates[k].state == GATE_BREACHED || x->gates[k].state == GATE_UNKNOWN)
            return &x->gates[k];
    return NULL;
}

static void
alternative(struct page *p, struct grid *g, const char *role, int arm)
{
    const struct answer *an = p->in->answer;
    const struct arm_answer *x = &an->arms[arm], *pick = &an->arms[an->verdict.pick];
    const struct gate_result *gate = first_failure(x);
    double usd = x->tco_usd.mean - pick->tco_usd.mean, points = 100 * (x->quality.p50 - pick->quality.p50);
    char gap[40], text[64];

    grid_row(g);
    grid_text(g, 0, "%s", role);
    grid_text(g, 1, "%s", x->name);
    grid_usd(g, 2, x->tco_usd.mean);
    snprintf(text, sizeof text, "%s %s", number_usd_full(gap, sizeof gap, fabs(usd), 0), usd < 0 ? "less" : "more");
    grid_number(g, 3, usd, "USD", text);
    if (fabs(points) < 0.05)
        text_copy(text, sizeof text, "the same");
    else
        snprintf(text, sizeof text, "%.1f points %s", fabs(points), points < 0 ? "fewer" : "more");
    grid_number(g, 4, points, "points", text);
    if (gate != NULL)
        grid_text(g, 5, "cannot be chosen: %s%s%s", gate->why, gate->lift[0] != '\0' ? "; it takes: " : "", gate->lift);
    else
        grid_text(g, 5, "meets its conditions");
}

void
write_alternatives(struct page *p)
{
    const struct verdict *v = &p->in->answer->verdict;
    struct grid g;

    if (v->pick < 0) {
        page_paragraph(p, "Nothing is chosen, so there is nothing to compare with.");
        return;
    }
    grid_init(&g);
    grid_column(&g, "alternative", "", 0);
    grid_column(&g, "arm", "", 0);
    grid_column(&g, "total, average", "USD", GRID_NUMERIC);
    grid_column(&g, "against the choice", "USD", GRID_NUMERIC);
    grid_column(&g, "right answers", "points", GRID_NUMERIC);
    grid_column(&g, "trade-off", "", 0);
    if (v->cheaper >= 0)
        alternative(p, &g, "cheaper", v->cheaper);
    if (v->better >= 0)
        alternative(p, &g, "more capable", v->better);
    if (v->rival >= 0 && v->rival != v->better && v->rival != v->cheaper)
        alternative(p, &g, "next best", v->rival);
    if (v->cheaper < 0)
        page_paragraph(p, "There is no cheaper arm that misses just one condition or is only less often right.");
    if (v->better < 0)
        page_paragraph(p, "No arm that meets its conditions is estimated at least one point more often right.");
    page_table(p, &g);
}

/* ---- rules and caveats --------------------------------------------------------------------------------- */

void
write_rules(struct page *p)
{
    const struct answer *an = p->in->answer;
    struct grid g;

    grid_init(&g);
    grid_column(&g, "speaks for", "", 0);
    grid_column(&g, "rule", "", 0);
    grid_column(&g, "holds", "", 0);
    grid_column(&g, "in futures", "share", GRID_NUMERIC);
    grid_column(&g, "because", "", 0);
    for (int k = 0; k < an->n_rules; k++) {
        const struct rule_result *r = &an->rules[k];
        grid_row(&g);
        grid_text(&g, 0, r->side == SIDE_API ? "API" : "tuning");
        grid_text(&g, 1, "%s", r->words);
        grid_text(&g, 2, r->fires ? "yes" : "no");
        grid_share(&g, 3, r->share, 0);
        grid_text(&g, 4, "%s", r->fact);
    }
    page_table(p, &g);
    if (an->rules_say[0] != '\0')
        page_paragraph(p, "%s", an->rules_say);
}

/* What repeats a refuted figure of the article stands in a section of its own, and what is about
 * the pick stands at the top. */
void
write_warnings(struct page *p)
{
    const struct answer *an = p->in->answer;
    const struct verdict *v = &an->verdict;
    int shown = 0, above = 0;

    for (int k = 0; k < v->n_warnings; k++) {
        if (strstr(v->warnings[k], ARTICLES_FIGURE) != NULL)
            continue;
        if (is_about_pick(an, v->warnings[k])) {
            above++;
            continue;
        }
        page_item(p, "%s", v->warnings[k]);
        shown++;
    }
    p->pen->end_items(p);
    if (shown == 0)
        page_paragraph(p, above > 0 ? "None besides those at the top." : "None.");
}
