/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "breakeven/report.h"

/* The answer as a few lines for a terminal or a log. */

static void
upper(char *s)
{
    for (; *s != '\0' && *s != ':'; s++)
        if (*s >= 'a' && *s <= 'z')
            *s = (char)(*s - 'a' + 'A');
}

static void
wrapped(struct buffer *out, const char *text, int columns)
{
    char clean[1024];

    buffer_wrap(out, text_clean(clean, sizeof clean, text), columns, "- ");
}

static void
arms_table(struct buffer *out, const struct answer *an)
{
    char month[24], mean[24], low[24], high[24], range[64], used[16];

    buffer_printf(out, "%-18s %-12s %9s %9s  %-18s %7s %6s\n", "arm", "kind", "running", "TCO mean", "90% range", "P(best)",
                  "used");
    for (int a = 0; a < an->n_arms; a++) {
        const struct arm_answer *x = &an->arms[a];
        char name[40];

        text_fit(name, sizeof name, x->name, 18, true);
        if (!x->known) {
            buffer_printf(out, "%-18s %-12s  cost unknown: %s\n", name, arm_kind_word(x->kind), x->outcome.unknown);
            continue;
        }
        number_usd(month, sizeof month, x->month_usd.p50);
        number_usd(mean, sizeof mean, x->tco_usd.mean);
        snprintf(range, sizeof range, "%s to %s", number_usd(low, sizeof low, x->tco_usd.p5),
                 number_usd(high, sizeof high, x->tco_usd.p95));
        number_percent(used, sizeof used, x->utilization, 1);
        buffer_printf(out, "%-18s %-12s %9s %9s  %-18s %6.0f%% %6s%s\n", name, arm_kind_word(x->kind), month, mean, range,
                      100 * x->p_best, isfinite(x->utilization) ? used : "-", x->passes ? "" : "  (fails a gate)");
    }
}

static void
crossing_lines(struct buffer *out, const struct answer *an)
{
    char number[24];

    for (int k = 0; k < an->n_crossings; k++) {
        const struct crossing_answer *c = &an->crossings[k];
        const struct crossing_set *s = &c->run;

        buffer_printf(out, "%s / %s%s: ", an->arms[c->a].name, an->arms[c->b].name, c->marked ? " (one fails a gate)" : "");
        if (s->n == 0) {
            char low[16], high[16];
            crossings_searched(an, low, high);
            buffer_printf(out, "running cost never crosses between %s and %s tokens/day\n", low, high);
            continue;
        }
        for (int i = 0; i < s->n && i < 6; i++)
            buffer_printf(out, "%s%s", i > 0 ? ", " : "", number_si(number, sizeof number, s->tokens_per_day[i]));
        buffer_printf(out, "%s tokens/day; from %s on %s is cheaper\n", s->n > 6 ? ", ..." : "",
                      number_si(number, sizeof number, s->stays_from), an->arms[s->cheaper_above].name);
    }
}

void
answer_text(struct buffer *out, const struct answer *an, int columns, bool ascii)
{
    char headline[200], samples[24], tokens[24], title[128];

    (void)ascii;
    text_clean(title, sizeof title, an->title[0] != '\0' ? an->title : an->scenario);
    text_copy(headline, sizeof headline, an->verdict.headline);
    upper(headline);
    buffer_printf(out, "%s\n%s (%s%s)\n\n", title, headline, confidence_word(an->verdict.confidence),
                  answer_on_cost_alone(an) ? " on cost" : "");
    arms_table(out, an);
    buffer_printf(out, "running: a month's API, GPUs and people, month 1%s; median of the samples\n",
                  answer_has_kind(an, ARM_STAGED) ? "; staged: the month after the switch" : "");
    buffer_printf(out, "%d months, %s tokens/day, %s samples, seed %llu\n\n", an->horizon_months,
                  number_si(tokens, sizeof tokens, an->tokens_per_day), number_full(samples, sizeof samples, an->samples, 0),
                  (unsigned long long)an->seed);
    if (an->n_crossings > 0) {
        buffer_puts(out, "Break-even of running cost\n");
        crossing_lines(out, an);
        buffer_putc(out, '\n');
    }
    buffer_puts(out, "Why\n");
    for (int k = 0; k < an->verdict.n_reasons; k++)
        wrapped(out, an->verdict.reasons[k], columns);
    if (an->verdict.n_warnings > 0)
        buffer_puts(out, "\nWarnings\n");
    for (int k = 0; k < an->verdict.n_warnings; k++)
        wrapped(out, an->verdict.warnings[k], columns);
}
