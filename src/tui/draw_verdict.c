/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "draw.h"

/* The verdict: a line an arm, then the reasons. */

#define COMPACT 3 /* rows below the arms in which no reason has room                    */

int
wrap_text(const struct app *app, struct canvas *c, int row, int last, int left, int columns, const char *text,
          enum ink ink)
{
    char clean[SENTENCE + 64];
    const char *words = text_clean(clean, sizeof clean, text);

    for (; *words != '\0' && row < last; row++) {
        char line[sizeof clean];
        size_t n = text_break(words, columns - 1);
        if (n == 0)
            break;
        snprintf(line, sizeof line, "%.*s", (int)n, words);
        canvas_text_fit(c, row, left, columns, line, ink, 0, app->glyphs->ascii);
        words += n;
        words += strspn(words, " ");
    }
    return row;
}

static void
arm_line(const struct app *app, struct canvas *c, int row, int left, int columns, int arm)
{
    const struct answer *an = app_answer(app);
    const struct arm_answer *x = &an->arms[arm];
    const struct doc *d = app_doc_const(app);
    char month[24], range[48] = "", low[24], high[24], delta[32] = "", used[32] = "";
    enum ink ink = (enum ink)(INK_SERIES_0 + arm);
    int name_columns = columns >= 60 ? 18 : 12;

    canvas_put(c, row, left, (unsigned char)('A' + arm), ink, PEN_BOLD);
    canvas_text_fit(c, row, left + 2, name_columns, x->name, ink, arm == an->verdict.pick ? PEN_BOLD | PEN_UNDERLINE : 0,
                    app->glyphs->ascii);
    int at = left + 3 + name_columns;
    if (!x->known) {
        canvas_printf(c, row, at, INK_PROBLEM, 0, "cost unknown: %.60s", x->outcome.unknown);
        return;
    }
    number_usd(month, sizeof month, x->month_usd.p50);
    if (x->month_usd.p95 > x->month_usd.p5)
        snprintf(range, sizeof range, "%s%s%s", number_usd(low, sizeof low, x->month_usd.p5), app->glyphs->ellipsis,
                 number_usd(high, sizeof high, x->month_usd.p95));
    at += canvas_printf(c, row, at, INK_PLAIN, 0, "%8s/mo", month) + 1;
    if (x->passes)
        at += canvas_printf(c, row, at, INK_PLAIN, 0, "%3.0f%%", 100 * x->p_best) + 1;
    else
        at += canvas_printf(c, row, at, INK_PROBLEM, PEN_BOLD, "%s out", app->glyphs->no) + 1;
    if (columns >= 60)
        at += canvas_printf(c, row, at, INK_FAINT, 0, "%-16s", range) + 1;
    if (isfinite(x->utilization) && columns >= 70)
        snprintf(used, sizeof used, "%d repl %.0f%%", x->replicas[0], 100 * x->utilization);
    if (columns >= 70)
        at += canvas_printf(c, row, at, INK_FAINT, 0, "%-13s", used) + 1;
    if (d->base_answer != NULL && arm < d->base_answer->n_arms) {
        double diff = x->month_usd.p50 - d->base_answer->arms[arm].month_usd.p50;
        snprintf(delta, sizeof delta, "%s%s", diff >= 0 ? "+" : "", number_usd(low, sizeof low, diff));
        canvas_text(c, row, at, delta, INK_DELTA, 0);
    }
}

/* Where pick and rival cost the same to run, in one line. */
static void
break_even_line(const struct answer *an, char *out, size_t size)
{
    char first[16], last[16];
    const struct crossing_answer *x = NULL;

    for (int k = 0; k < an->n_crossings && x == NULL; k++)
        if ((an->crossings[k].a == an->verdict.pick && an->crossings[k].b == an->verdict.rival) ||
            (an->crossings[k].b == an->verdict.pick && an->crossings[k].a == an->verdict.rival))
            x = &an->crossings[k];
    if (x == NULL)
        text_copy(out, size, "");
    else if (x->run.n == 0)
        snprintf(out, size, "No break-even with %s", an->arms[an->verdict.rival].name);
    else if (x->run.n == 1)
        snprintf(out, size, "Break-even %s/day with %s", number_si(first, sizeof first, x->run.tokens_per_day[0]),
                 an->arms[an->verdict.rival].name);
    else
        snprintf(out, size, "Break-even %s to %s/day, %d times, with %s", number_si(first, sizeof first, x->run.tokens_per_day[0]),
                 number_si(last, sizeof last, x->run.tokens_per_day[x->run.n - 1]), x->run.n,
                 an->arms[an->verdict.rival].name);
}

/* The nearest flips in one line. */
static void
flips_line(const struct app *app, const struct answer *an, char *out, size_t size)
{
    const struct scenario *sc = &an->setup.sc;
    size_t n = 0;

    out[0] = '\0';
    for (int k = 0, shown = 0; k < an->n_flips && shown < 3 && n < size; k++) {
        struct quantity_rules how;
        struct field_ref ref;
        struct error ignored;
        char name[64], from[24], to[24];
        if (!isfinite(an->flips[k].to) || field_find(sc, an->flips[k].path, &ref, &ignored) < 0)
            continue;
        field_rules(ref.field, sc, &how);
        n += (size_t)snprintf(out + n, size - n, "%s%s %s %s %s", shown++ == 0 ? "Flips it: " : ", ",
                              chart_field_name(sc, an->flips[k].path, name, sizeof name),
                              quantity_show(from, sizeof from, an->flips[k].from, &how), app->glyphs->arrow,
                              quantity_show(to, sizeof to, an->flips[k].to, &how));
    }
}

/* What the columns of the arms' lines are, where the heading has room for it. */
static void
heading_columns(const struct app *app, struct canvas *c, int row, int left, int end, int columns)
{
    const struct { int at; const char *text; } heads[] = {
        { 34 - (columns < 60 ? 6 : 0), " best " }, { 39, " 90% range " }, { 56, " machines " }, { 69, " vs base " },
    };
    bool has_base = app_doc_const(app)->base_answer != NULL;

    for (size_t k = 0; k < BE_LEN(heads); k++)
        if (left + heads[k].at + text_width(heads[k].text) < end && (k == 0 || columns >= (k > 1 ? 70 : 60)) && (k < 3 || has_base))
            canvas_text(c, row, left + heads[k].at - 1, heads[k].text, INK_FAINT, 0);
}

void
draw_verdict(const struct app *app, struct canvas *c, const struct layout *l, int left, int columns)
{
    const struct answer *an = app_answer(app);
    int row = l->verdict_top, last = l->verdict_top + l->verdict_rows;

    for (int k = left; k < left + columns; k++)
        canvas_text(c, row, k, app->glyphs->horizontal, INK_FRAME, 0);
    canvas_text(c, row, left + 1, " Verdict ", INK_TITLE, PEN_BOLD);
    if (an != NULL) {
        char head[64];
        snprintf(head, sizeof head, " %s, P(best) %.0f%% ", confidence_word(an->verdict.confidence),
                 an->verdict.pick >= 0 ? 100 * an->verdict.p_best : 0.0);
        int at = left + columns - text_width(head) - 1;
        canvas_text(c, row, at, head, INK_TITLE, 0);
        heading_columns(app, c, row, left, at, columns);
    }
    row++;
    if (an == NULL)
        return;
    for (int a = 0; a < an->n_arms && row < last - 1; a++)
        arm_line(app, c, row++, left, columns, a);
    if (last - row <= COMPACT && an->verdict.pick >= 0) { /* row 1 has the headline; no reason would be whole */
        char text[SENTENCE];
        break_even_line(an, text, sizeof text);
        if (text[0] != '\0' && last - row > 1)
            canvas_text_fit(c, row++, left, columns, text, INK_PLAIN, 0, app->glyphs->ascii);
        flips_line(app, an, text, sizeof text);
        row = wrap_text(app, c, row, last, left, columns, text, INK_PLAIN);
        if (row == last)
            return;
    }
    for (int k = 0; k < an->verdict.n_reasons && row < last; k++)
        row = wrap_text(app, c, row, last, left, columns, an->verdict.reasons[k], INK_PLAIN);
    for (int k = 0; k < an->verdict.n_warnings && row < last; k++) {
        char text[SENTENCE + 8];
        snprintf(text, sizeof text, "%s %s", app->glyphs->problem, an->verdict.warnings[k]);
        row = wrap_text(app, c, row, last, left, columns, text, INK_WARNING);
    }
}

void
draw_single_verdict(const struct app *app, struct canvas *c, const struct layout *l)
{
    const struct answer *an = app_answer(app);
    int order[2] = { an != NULL ? an->verdict.pick : -1, an != NULL ? an->verdict.rival : -1 };
    char line[200], usd[24];
    int n = 0;

    if (an == NULL)
        return;
    if (l->verdict_rows > 1) {
        for (int a = 0; a < an->n_arms && a < l->verdict_rows; a++)
            arm_line(app, c, l->verdict_top + a, 0, l->columns, a);
        return;
    }
    line[0] = '\0';
    for (int k = 0; k < 2; k++)
        if (order[k] >= 0)
            n += snprintf(line + n, sizeof line - (size_t)n, "%.16s %s  ", an->arms[order[k]].name,
                          number_usd(usd, sizeof usd, an->arms[order[k]].month_usd.p50));
    if (order[0] < 0)
        text_copy(line, sizeof line, "no arm passes");
    canvas_text_fit(c, l->verdict_top, 1, l->columns - 1, line, INK_TITLE, PEN_BOLD, app->glyphs->ascii);
}
