/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sections.h"

/* What to do and what it costs: verdict, costs, cost lines, charts, break-even volumes. */

static const char *
confidence_meaning(enum confidence c)
{
    static const char *const words[] = {
        [CONFIDENCE_OPEN] = "Open: the figures do not settle it yet",
        [CONFIDENCE_LEANING] = "Leaning: probably, not certainly",
        [CONFIDENCE_CLEAR] = "Clear: the figures settle it",
    };

    return words[c];
}

/* ---- the verdict ------------------------------------------------------------------------- */

/* Under a head that names the currency. */
static void
in_currency(const struct page *p, struct grid *g, int column, double usd)
{
    char text[40];

    grid_number(g, column, usd * p->per_usd, p->currency, number_full_of(text, sizeof text, usd * p->per_usd, 0, p->currency));
}

/* A row of the summary: an amount, in the scenario's currency too. */
static void
amount(const struct page *p, struct grid *g, const char *name, double usd)
{
    grid_row(g);
    grid_text(g, 0, "%s", name);
    grid_usd(g, 1, usd);
    if (p->currency != NULL)
        in_currency(p, g, 2, usd);
}

/* What the total counts although nobody sends a bill for it. */
static double
priced_only(const struct arm_answer *x)
{
    return x->lines_usd[LINE_ERRORS] + x->lines_usd[LINE_OTHER];
}

static double
sum_of_lines(const struct arm_answer *x, bool bills_alone)
{
    double sum = 0;

    for (int l = 0; l < LINE_COUNT; l++)
        sum += x->lines_usd[l];
    return bills_alone ? sum - priced_only(x) : sum;
}

static void
summary_columns(const struct page *p, struct grid *g)
{
    grid_init(g);
    grid_column(g, "figure", "", 0);
    grid_column(g, "in USD", "USD", GRID_NUMERIC);
    if (p->currency != NULL) {
        char name[24];
        snprintf(name, sizeof name, "in %s", p->currency);
        grid_column(g, name, p->currency, GRID_NUMERIC);
    }
}

static void
summary(struct page *p)
{
    const struct answer *an = p->in->answer;
    const struct verdict *v = &an->verdict;
    const struct arm_answer *pick = &an->arms[v->pick];
    struct grid g;
    char name[160];

    summary_columns(p, &g);
    snprintf(name, sizeof name, "total of %s over %d months, on average", pick->name, an->horizon_months);
    amount(p, &g, name, pick->tco_usd.mean);
    amount(p, &g, "low end of the 90% range", pick->tco_usd.p5);
    amount(p, &g, "high end of the 90% range", pick->tco_usd.p95);
    amount(p, &g, "of it, paid once at the start", pick->once_usd);
    amount(p, &g, pick->kind == ARM_STAGED ? "API, GPUs and people of a month after the switch, median" : "first month's API, GPUs and people, median",
           pick->month_usd.p50);
    amount(p, &g, "bills and people to plan for, as paid (later payments in full), at the medians", sum_of_lines(pick, true));
    if (priced_only(pick) > 0)
        amount(p, &g, "besides, in the total: the price put on wrong answers or late launch", priced_only(pick));
    if (v->rival >= 0) {
        double gap = an->arms[v->rival].tco_usd.mean - pick->tco_usd.mean;
        snprintf(name, sizeof name, "the next best, %s, costs %s by", an->arms[v->rival].name, gap >= 0 ? "more" : "less");
        amount(p, &g, name, fabs(gap));
        snprintf(name, sizeof name, "that is, a month (by %d)", an->horizon_months);
        amount(p, &g, name, fabs(gap) / an->horizon_months);
    }
    page_table(p, &g);
}

static void
say_currency(struct page *p)
{
    const struct answer *an = p->in->answer;
    struct field_ref ref;
    struct error ignored;
    char source[600], rate[40];

    if (p->currency == NULL || field_find(p->in->scenario, "currency_per_usd", &ref, &ignored) < 0)
        return;
    figure_source(&an->setup, p->in->scenario, ref, source, sizeof source);
    page_paragraph(p, "Amounts in %s are converted at %s %s for one USD (%s).", p->currency,
                   number_si(rate, sizeof rate, p->per_usd), p->currency,
                   strcmp(source, "typed") == 0 ? "as typed in the scenario; nobody has noted the rate's date" : source);
}

static void
say_how_sure(struct page *p)
{
    const struct answer *an = p->in->answer;
    const struct verdict *v = &an->verdict;
    char share[16], samples[24], regret[32], most[32];

    if (v->rival < 0) {
        page_paragraph(p, an->n_arms > 1 ? "It is the only arm that meets every condition, so nothing is left to choose by cost."
                                         : "It is the only arm of the scenario, so nothing was compared: add the others that are thought of.");
        return;
    }
    page_paragraph(p,
                   "How sure is this? %s%s. In %s of %s simulated futures it is the cheapest arm that meets the conditions. "
                   "Choosing it now costs %s on average compared with knowing the future first, and %s in a bad case "
                   "(19 of 20 futures are better).",
                   confidence_meaning(v->confidence), answer_on_cost_alone(an) ? ", on cost alone" : "", words_of_share(v->p_best, share, sizeof share),
                   number_full(samples, sizeof samples, an->samples, 0),
                   number_usd_full(regret, sizeof regret, v->regret_usd, 0),
                   number_usd_full(most, sizeof most, an->arms[v->pick].max_regret_usd, 0));
}

bool
is_about_pick(const struct answer *an, const char *warning)
{
    if (an->verdict.pick < 0)
        return false;
    const char *name = an->arms[an->verdict.pick].name;
    size_t n = strlen(name);

    return strncmp(warning, name, n) == 0 && (warning[n] == ' ' || warning[n] == ':');
}

/* A saving that no bill shows must not be taken for one. */
static bool
say_bills(struct page *p, bool said)
{
    const struct answer *an = p->in->answer;
    const struct verdict *v = &an->verdict;
    char more[40];

    if (v->rival < 0)
        return false;
    const struct arm_answer *pick = &an->arms[v->pick], *rival = &an->arms[v->rival];
    double bills = sum_of_lines(pick, true) - sum_of_lines(rival, true);
    if (!(bills > 0) || !(pick->tco_usd.mean < rival->tco_usd.mean) || !(priced_only(rival) > 0))
        return false;
    if (!said)
        p->pen->heading(p, "Before you sign");
    page_item(p, "In bills and people alone %s costs %s more than %s over %d months (as paid, at the medians). What it saves are wrong "
                 "answers or a late launch, at the price that the scenario puts on them.",
              pick->name, number_usd_full(more, sizeof more, bills, 0), rival->name, an->horizon_months);
    return true;
}

static void
before_signing(struct page *p)
{
    const struct answer *an = p->in->answer;
    bool said = false;

    if (!answer_prices_quality(an) && !answer_on_cost_alone(an)) { /* else the warning says it */
        p->pen->heading(p, "Before you sign");
        said = true;
        page_item(p, "Quality did not count in this choice: the scenario puts no price on a wrong answer (quality.error_cost_usd) and sets no "
                     "least share of right answers (quality.floor).");
    }
    said |= say_bills(p, said);
    for (int k = 0; k < an->verdict.n_warnings; k++) {
        if (!is_about_pick(an, an->verdict.warnings[k]))
            continue;
        if (!said)
            p->pen->heading(p, "Before you sign");
        said = true;
        page_item(p, "%s", an->verdict.warnings[k]);
    }
    p->pen->end_items(p);
}

/* How the sentence that everybody repeats must end, so that nobody repeats too much. */
static const char *
certainty(const struct answer *an)
{
    if (an->verdict.pick < 0 || an->verdict.rival < 0)
        return "";
    if (an->verdict.confidence == CONFIDENCE_CLEAR)
        return "";
    if (an->verdict.confidence == CONFIDENCE_LEANING)
        return "; this is probable, not certain";
    for (int k = 0; k < an->n_studies; k++)
        if (an->studies[k].net_usd > 0)
            return "; but the figures do not settle it yet: measure first";
    return "; but the figures do not settle it yet";
}

void
write_verdict(struct page *p)
{
    const struct answer *an = p->in->answer;
    char text[SENTENCE + 160], tokens[24], requests[24];

    snprintf(text, sizeof text, "%s%s.", an->verdict.headline, certainty(an));
    p->pen->lead(p, text);
    if (an->verdict.pick >= 0) {
        page_paragraph(p, "%s is %s.", an->arms[an->verdict.pick].name, words_of_arm(p, an->verdict.pick, text, sizeof text));
        summary(p);
        say_currency(p);
        say_how_sure(p);
    } else
        for (int k = 0; k < an->verdict.n_reasons; k++)
            page_paragraph(p, "%s", an->verdict.reasons[k]);
    page_paragraph(p, "The need: %s requests a day in the first month, %s tokens a day, over %d months.",
                   number_si(requests, sizeof requests, an->setup.sc.workload.requests_per_day.x),
                   number_si(tokens, sizeof tokens, an->tokens_per_day), an->horizon_months);
    if (p->in->scenario->notes[0] != '\0')
        page_paragraph(p, "Notes: %s", p->in->scenario->notes);
    if (an->verdict.pick >= 0)
        before_signing(p);
}

/* ---- the costs ------------------------------------------------------------------------------ */

/* A staged arm's running cost is that of its second part: its own first month says little. */
static void
first_month(struct grid *g, int column, const struct arm_answer *x)
{
    char usd[40], text[64];

    if (x->kind != ARM_STAGED) {
        grid_usd(g, column, x->month_usd.p50);
        return;
    }
    snprintf(text, sizeof text, "%s after the switch", number_usd_full(usd, sizeof usd, x->month_usd.p50, 0));
    grid_number(g, column, x->month_usd.p50, "USD", text);
}

static void
totals(struct page *p)
{
    const struct answer *an = p->in->answer;
    struct grid g;
    char a[40], b[40], words[200];

    grid_init(&g);
    grid_column(&g, "arm", "", 0);
    grid_column(&g, "what it is", "", 0);
    grid_column(&g, "total, average", "USD", GRID_NUMERIC);
    grid_column(&g, "90% range", "", GRID_NUMERIC);
    grid_column(&g, "once", "USD", GRID_NUMERIC);
    grid_column(&g, "first month", "USD", GRID_NUMERIC);
    grid_column(&g, "cheapest in", "share", GRID_NUMERIC);
    grid_column(&g, "conditions", "", 0);
    for (int k = 0; k < an->n_arms; k++) {
        const struct arm_answer *x = &an->arms[k];
        grid_row(&g);
        grid_text(&g, 0, "%s", x->name);
        grid_text(&g, 1, "%s", words_of_arm(p, k, words, sizeof words));
        grid_text(&g, 7, x->passes ? "met" : "not met");
        if (!x->known) {
            grid_text(&g, 2, "unknown: %s", x->outcome.unknown);
            continue;
        }
        grid_usd(&g, 2, x->tco_usd.mean);
        grid_text(&g, 3, "%s to %s", number_usd_full(a, sizeof a, x->tco_usd.p5, 0),
                  number_usd_full(b, sizeof b, x->tco_usd.p95, 0));
        grid_usd(&g, 4, x->once_usd);
        first_month(&g, 5, x);
        if (x->passes)
            grid_share(&g, 6, x->p_best, 0);
        else
            grid_text(&g, 6, "not counted");
    }
    page_table(p, &g);
}

static void
totals_in_currency(struct page *p)
{
    const struct answer *an = p->in->answer;
    struct grid g;
    char heading[64], a[64];

    if (p->currency == NULL)
        return;
    snprintf(heading, sizeof heading, "The same in %s, at %s for one USD", p->currency, number_si(a, sizeof a, p->per_usd));
    p->pen->heading(p, heading);
    grid_init(&g);
    grid_column(&g, "arm", "", 0);
    grid_column(&g, "total, average", p->currency, GRID_NUMERIC);
    grid_column(&g, "90% range, low", p->currency, GRID_NUMERIC);
    grid_column(&g, "90% range, high", p->currency, GRID_NUMERIC);
    grid_column(&g, "first month", p->currency, GRID_NUMERIC);
    for (int k = 0; k < an->n_arms; k++) {
        const struct arm_answer *x = &an->arms[k];
        const double usd[] = { x->tco_usd.mean, x->tco_usd.p5, x->tco_usd.p95, x->month_usd.p50 };
        grid_row(&g);
        grid_text(&g, 0, "%s", x->name);
        for (int i = 0; i < 4; i++)
            in_currency(p, &g, i + 1, x->known ? usd[i] : NAN);
    }
    page_table(p, &g);
}

static void
replicas_text(const struct arm_answer *x, int months, char *out, size_t size)
{
    int first = x->replicas[0], last = x->replicas[months - 1];

    if (!isfinite(x->utilization))
        text_copy(out, size, "");
    else if (first == last)
        snprintf(out, size, "%d", first);
    else
        snprintf(out, size, "%d, later %d", first, last);
}

static void
per_unit(struct page *p)
{
    const struct answer *an = p->in->answer;
    struct grid g;
    char a[40], b[40], text[96];

    p->pen->heading(p, "Per unit, and what is delivered");
    grid_init(&g);
    grid_column(&g, "arm", "", 0);
    grid_column(&g, "1,000 requests", "USD", GRID_NUMERIC);
    grid_column(&g, "1M tokens", "USD", GRID_NUMERIC);
    grid_column(&g, "right answer", "USD", GRID_NUMERIC);
    grid_column(&g, "right answers", "share", GRID_NUMERIC);
    grid_column(&g, "slow first token", "ms", GRID_NUMERIC);
    grid_column(&g, "replicas", "", GRID_NUMERIC);
    grid_column(&g, "in use", "share", GRID_NUMERIC);
    for (int k = 0; k < an->n_arms; k++) {
        const struct arm_answer *x = &an->arms[k];
        grid_row(&g);
        grid_text(&g, 0, "%s", x->name);
        grid_usd_digits(&g, 1, x->usd_per_1k_requests);
        grid_usd_digits(&g, 2, x->usd_per_million_tokens);
        grid_usd_digits(&g, 3, x->accepted_answer_usd);
        snprintf(text, sizeof text, "%s (%s to %s)", words_of_share(x->quality.p50, b, sizeof b),
                 number_percent(a, sizeof a, x->quality.p5, 0),
                 isfinite(x->quality.p95) ? number_percent(b + 20, sizeof b - 20, x->quality.p95, 0) : "?");
        grid_number(&g, 4, x->quality.p50, "share", text);
        snprintf(text, sizeof text, "%s ms", number_full(a, sizeof a, x->ttft_p95_ms, 0));
        grid_number(&g, 5, x->ttft_p95_ms, "ms", text);
        replicas_text(x, an->horizon_months, text, sizeof text);
        grid_text(&g, 6, "%s", text);
        if (isfinite(x->utilization))
            grid_share(&g, 7, x->utilization, 0);
    }
    page_table(p, &g);
    page_paragraph(p, "Costs per unit spread the total over everything delivered, both in today's money. Right answers are "
                      "the estimated share on this task in the first month, with its 90%% range. Slow first token: 95 of 100 requests "
                      "wait less for the first word of their answer, at the busiest hour. A replica is one running copy "
                      "of the model, counted at the busiest hour with spares; in use is the share of their paid hours "
                      "that is needed.");
}

void
write_costs(struct page *p)
{
    const struct answer *an = p->in->answer;
    char rate[16], samples[24];

    page_paragraph(p, "Totals count bills, people and, where the scenario puts a price on them, wrong answers and a late launch, over %d months "
                      "and in today's money (later payments count less, by %s a year). "
                      "Each arm was computed in %s simulated futures drawn from the ranges of the assumptions; in 90%% of them "
                      "its total lies within the 90%% range.",
                   an->horizon_months, number_percent(rate, sizeof rate, an->setup.sc.horizon.discount_rate_per_year.x, 1),
                   number_full(samples, sizeof samples, an->samples, 0));
    totals(p);
    page_paragraph(p, "Once: paid before the first request. First month: what API, GPUs and people cost in it%s; half of the futures are "
                      "dearer, half cheaper. Cheapest in: the share of futures in which the arm is the cheapest of those that meet the "
                      "conditions.",
                   answer_has_kind(p->in->answer, ARM_STAGED) ? " (with an arm that switches, in a month after the switch)" : "");
    totals_in_currency(p);
    per_unit(p);
}

/* ---- where the money goes -------------------------------------------------------------------- */

static bool
is_paid(const struct answer *an, int line)
{
    for (int k = 0; k < an->n_arms; k++)
        if (an->arms[k].known && an->arms[k].lines_usd[line] != 0)
            return true;
    return false;
}

static void
line_row(struct grid *g, const struct answer *an, const char *name, double (*usd)(const struct arm_answer *, int), int line)
{
    grid_row(g);
    grid_text(g, 0, "%s", name);
    for (int k = 0; k < an->n_arms; k++)
        grid_usd(g, k + 1, an->arms[k].known ? usd(&an->arms[k], line) : NAN);
}

static double
one_line(const struct arm_answer *x, int line)
{
    return x->lines_usd[line];
}

static double
all_lines(const struct arm_answer *x, int line)
{
    (void)line;
    return sum_of_lines(x, false);
}

static double
discounted(const struct arm_answer *x, int line)
{
    (void)line;
    return x->outcome.npv_usd;
}

static double
average(const struct arm_answer *x, int line)
{
    (void)line;
    return x->tco_usd.mean;
}

/* What each line means; one that nobody pays is named alone, so that its absence is seen. */
static void
explain_lines(struct page *p)
{
    const struct answer *an = p->in->answer;
    char unpaid[200] = "";

    for (int l = 0; l < LINE_COUNT; l++)
        if (is_paid(an, l))
            page_item(p, "%s: %s", cost_lines[l].label, cost_lines[l].help);
        else {
            size_t n = strlen(unpaid);
            snprintf(unpaid + n, sizeof unpaid - n, "%s%s", n > 0 ? ", " : "", cost_lines[l].label);
        }
    p->pen->end_items(p);
    if (unpaid[0] != '\0')
        page_paragraph(p, "Nothing is counted for: %s.", unpaid);
}

void
write_lines(struct page *p)
{
    const struct answer *an = p->in->answer;
    struct grid g;

    grid_init(&g);
    grid_column(&g, "for", "", 0);
    for (int k = 0; k < an->n_arms; k++)
        grid_column(&g, an->arms[k].name, "USD", GRID_NUMERIC);
    for (int l = 0; l < LINE_COUNT; l++)
        if (is_paid(an, l))
            line_row(&g, an, cost_lines[l].label, one_line, l);
    line_row(&g, an, "Sum, as paid", all_lines, 0);
    line_row(&g, an, "In today's money", discounted, 0);
    line_row(&g, an, "Total, average of all futures", average, 0);
    page_table(p, &g);
    page_paragraph(p, "USD over %d months, what is paid once included. The lines and their sum hold with every uncertain figure "
                      "at its median; the last line is the total of the other tables. It is not the same as the line above "
                      "it, because a dear future can be dearer than a cheap one is cheap.",
                   an->horizon_months);
    explain_lines(p);
}

/* ---- charts ------------------------------------------------------------------------------------- */

struct picture {
    const char *id, *title, *words;
};

static const struct picture pictures[] = {
    { "cost", "Running cost a month, by volume",
      "What a month of API, GPUs and people costs at other volumes, with everything else as it is and each uncertain figure at its median: "
      "where the volume is yours, near the first month's median of all futures, but not that. Both axes grow tenfold from mark to mark." },
    { "unit", "Cost per million tokens, by volume", "The same, divided by the tokens: own GPUs get cheaper as they fill up. What is much dearer lies above the picture." },
    { "cumulative", "Total cost by the end of each month",
      "Starts with what is paid once; later payments count in full. Dots, or small letters in a text, bound the 90% range of the two best arms." },
    { "spread", "How far the two best arms lie apart",
      "What the next best arm costs more than the pick, over all simulated futures. Left of zero the next best would have been cheaper." },
    { "tornado", "Which assumptions move the result most",
      "What the next best arm costs more than the pick, when one assumption stands at the low end and at the high end of its 90% range "
      "(a figure without a range: 20% less and more). A bar that crosses zero would change the ranking." },
};

static bool
picture_applies(const struct answer *an, const char *id)
{
    if (strcmp(id, "spread") == 0)
        return an->verdict.pick >= 0 && an->verdict.rival >= 0;
    if (strcmp(id, "tornado") == 0)
        return an->n_tornado > 0;
    return an->n_arms > 0;
}

#define BARS_SHOWN 12

/* Two arms may have the same field: each bar is called by field and arm. The longest bars are enough
 * for a page, and words hold for light and dark pages alike. */
static void
tell_bars(const struct page *p, struct chart *c)
{
    const struct answer *an = p->in->answer;
    char words[128], first[128] = "", low[24], high[24];
    int across = 0;

    for (int k = 0; k < an->n_tornado; k++)
        across += (an->tornado[k].low_usd < 0) != (an->tornado[k].high_usd < 0);
    c->n_bars = c->n_bars < BARS_SHOWN ? c->n_bars : BARS_SHOWN;
    c->n_rows = c->n_rows < BARS_SHOWN ? c->n_rows : BARS_SHOWN;
    for (int k = 0; k < c->n_bars && k < an->n_tornado; k++) {
        words_of_path(p, an->tornado[k].path, words, sizeof words);
        text_fit(c->bars[k].label, sizeof c->bars[k].label, words, 28, false);
        if (k < c->n_rows)
            text_copy(c->rows[k].cells[0], sizeof c->rows[k].cells[0], words);
        if (k == 0)
            text_copy(first, sizeof first, words);
    }
    text_copy(c->note, sizeof c->note, "a bar across $0 changes the ranking");
    snprintf(c->sentence, sizeof c->sentence, "%s moves the difference most, from %s to %s; %d of %d assumptions change the ranking by themselves.",
             first, number_usd(low, sizeof low, an->tornado[0].low_usd), number_usd(high, sizeof high, an->tornado[0].high_usd),
             across, an->n_tornado);
}

void
write_charts(struct page *p)
{
    struct chart *chart = malloc(sizeof *chart); /* about 300 KB */

    if (chart == NULL) {
        p->out->failed = true;
        return;
    }
    for (size_t k = 0; k < BE_LEN(pictures); k++) {
        if (!picture_applies(p->in->answer, pictures[k].id))
            continue;
        view_find(pictures[k].id)->build(chart, p->in->answer, p->in->catalog, 80);
        text_copy(chart->title, sizeof chart->title, pictures[k].title);
        if (strcmp(pictures[k].id, "tornado") == 0)
            tell_bars(p, chart);
        p->pen->chart(p, chart, pictures[k].words);
    }
    free(chart);
}

/* ---- break-even volumes -------------------------------------------------------------------------- */

static void
crossings_words(const struct answer *an, const struct crossing_set *s, char *out, size_t size)
{
    char number[24];
    int n = 0;

    if (s->n == 0) {
        snprintf(out, size, "never; %s is always cheaper",
                 s->cheaper_below >= 0 ? an->arms[s->cheaper_below].name : "neither");
        return;
    }
    out[0] = '\0';
    for (int k = 0; k < s->n && k < 4; k++)
        n += snprintf(out + n, size - (size_t)n, "%s%s", k > 0 ? ", " : "", number_si(number, sizeof number, s->tokens_per_day[k]));
    if (s->n > 4)
        n += snprintf(out + n, size - (size_t)n, ", ... (%d%s)", s->n, s->truncated ? " and more" : "");
    snprintf(out + n, size - (size_t)n, "; from %s on %s is cheaper", number_si(number, sizeof number, s->stays_from),
             s->cheaper_above >= 0 ? an->arms[s->cheaper_above].name : "neither");
}

void
write_crossings(struct page *p)
{
    const struct answer *an = p->in->answer;
    struct grid g;
    char text[200], low[16], high[16], now[24];

    crossings_searched(an, low, high);
    grid_init(&g);
    grid_column(&g, "pair", "", 0);
    grid_column(&g, "running cost equal at", "", 0);
    grid_column(&g, "total cost equal at", "", 0);
    grid_column(&g, "larger start paid back", "", 0);
    grid_column(&g, "conditions", "", 0);
    for (int k = 0; k < an->n_crossings; k++) {
        const struct crossing_answer *c = &an->crossings[k];
        grid_row(&g);
        grid_text(&g, 0, "%s and %s", an->arms[c->a].name, an->arms[c->b].name);
        crossings_words(an, &c->run, text, sizeof text);
        grid_text(&g, 1, "%s", text);
        crossings_words(an, &c->total, text, sizeof text);
        grid_text(&g, 2, "%s", text);
        if (c->payback_month > 0)
            grid_text(&g, 3, "by month %d", c->payback_month);
        else
            grid_text(&g, 3, crossing_starts_alike(an, c) ? "they start alike" : "never");
        grid_text(&g, 4, c->marked ? "one of them does not meet its conditions" : "both meet their conditions");
    }
    if (g.rows > 0)
        page_paragraph(p,
                       "Tokens a day in the first month at which two arms cost the same, searched from %s to %s (the need is %s) with every "
                       "other figure at its median. Running cost is the first month's API, GPUs and people; total cost is everything over %d months. "
                       "Several volumes for one pair come from GPUs, which can only be had whole.",
                       low, high, number_si(now, sizeof now, an->tokens_per_day), an->horizon_months);
    else
        page_paragraph(p, "There are not two arms to compare.");
    page_table(p, &g);
}
