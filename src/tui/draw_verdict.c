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
        snprintf(line, sizeof line, "%.*s", row == last - 1 ? (int)strlen(words) : (int)n, words);
        canvas_text_fit(c, row, left, columns, line, ink, 0, app->glyphs->ascii);
        words += n;
        words += strspn(words, " ");
    }
    return row;
}

int
wrapped_rows(const char *text, int columns)
{
    int rows = 0;

    for (size_t n; *text != '\0' && (n = text_break(text, columns - 1)) > 0; rows++) {
        text += n;
        text += strspn(text, " ");
    }
    return rows;
}

/* The columns of the arms' lines, one row each: heading and width are said here alone. "least": of the panel,
 * so that room is left for an arm's name. */
enum verdict_column {
    COLUMN_RUNNING, COLUMN_SINCE_BASE, COLUMN_RANGE, COLUMN_TOTAL, COLUMN_BEST, COLUMN_MACHINES, VERDICT_COLUMNS
};
#define NAME_MOST 22
#define SAMPLING 5e-4 /* of a month's cost: below what is shown of it                                          */
static const struct {
    const char *heading; /* COLUMN_TOTAL: the horizon is said instead; COLUMN_RUNNING: unless a staged arm is there */
    int width, least;
    bool left;           /* set at the left of its column, with a space before              */
} verdict_columns[VERDICT_COLUMNS] = {
    [COLUMN_RUNNING] = { "month 1", 8, 0, false },
    [COLUMN_SINCE_BASE] = { "vs base", 8, 48, false },
    [COLUMN_RANGE] = { "90% range", 15, 60, true },
    [COLUMN_TOTAL] = { NULL, 10, 40, false },
    [COLUMN_BEST] = { "best", 6, 0, false },
    [COLUMN_MACHINES] = { "machines", 13, 70, true },
};

struct verdict_places {
    int name, at[VERDICT_COLUMNS]; /* columns of the name; where each begins, -1: no room for it */
};

static bool
is_there(const struct app *app, int k, int columns)
{
    return columns >= verdict_columns[k].least && (k != COLUMN_SINCE_BASE || app_doc_const(app)->base_answer != NULL);
}

static void
place_columns(const struct app *app, int columns, struct verdict_places *p)
{
    int taken = 0;

    for (int k = 0; k < VERDICT_COLUMNS; k++)
        if (is_there(app, k, columns))
            taken += verdict_columns[k].width;
    p->name = columns - 2 - taken < NAME_MOST ? columns - 2 - taken : NAME_MOST;
    for (int k = 0, at = 2 + p->name; k < VERDICT_COLUMNS; k++) {
        p->at[k] = is_there(app, k, columns) ? at : -1;
        at += p->at[k] >= 0 ? verdict_columns[k].width : 0;
    }
}

static void
put_column(struct canvas *c, int row, int left, const struct verdict_places *p, enum verdict_column k, const char *text,
           enum ink ink, unsigned pen)
{
    if (p->at[k] < 0)
        return;
    int before = verdict_columns[k].left ? 1 : verdict_columns[k].width - text_width(text);
    canvas_text(c, row, left + p->at[k] + (before > 0 ? before : 0), text, ink, pen);
}

/* A staged arm's running cost is that of its second part: the heading does not say month 1 then, and the name
 * which month where there is room. */
static const char *
arm_words(const struct answer *an, int arm, int columns, char *out, size_t size)
{
    const struct arm_answer *x = &an->arms[arm];

    snprintf(out, size, "%s, from mo %d", x->name, (int)lround(an->setup.sc.arms[arm].switch_month.x) + 1);
    if (x->kind != ARM_STAGED || text_width(out) > columns)
        text_copy(out, size, x->name);
    return out;
}

/* The machines of the first month that has any. */
static int
replicas_of(const struct answer *an, const struct arm_answer *x)
{
    int m = 0;

    while (m + 1 < an->horizon_months && x->replicas[m] == 0)
        m++;
    return x->replicas[m];
}

static void
arm_line(const struct app *app, struct canvas *c, int row, int left, int columns, int arm)
{
    const struct answer *an = app_answer(app), *base = app_doc_const(app)->base_answer;
    const struct arm_answer *x = &an->arms[arm];
    struct verdict_places p;
    char text[64], low[24], high[24];
    enum ink ink = (enum ink)(INK_SERIES_0 + arm);

    place_columns(app, columns, &p);
    canvas_put(c, row, left, (unsigned char)('A' + arm), ink, PEN_BOLD);
    canvas_text_fit(c, row, left + 2, p.name, arm_words(an, arm, p.name, text, sizeof text), ink,
                    arm == an->verdict.pick ? PEN_BOLD | PEN_UNDERLINE : 0, app->glyphs->ascii);
    if (!x->known) {
        char why[SENTENCE];
        snprintf(why, sizeof why, "cost unknown: %s", x->outcome.unknown);
        canvas_text_fit(c, row, left + 3 + p.name, columns - 3 - p.name, why, INK_PROBLEM, 0, app->glyphs->ascii);
        return;
    }
    put_column(c, row, left, &p, COLUMN_RUNNING, number_usd(text, sizeof text, x->month_usd.p50), INK_PLAIN, 0);
    if (x->month_usd.p95 > x->month_usd.p5) {
        snprintf(text, sizeof text, "%s%s%s", number_usd(low, sizeof low, x->month_usd.p5), app->glyphs->ellipsis,
                 number_usd(high, sizeof high, x->month_usd.p95));
        put_column(c, row, left, &p, COLUMN_RANGE, text, INK_FAINT, 0);
    }
    put_column(c, row, left, &p, COLUMN_TOTAL, number_usd(text, sizeof text, x->tco_usd.mean), INK_PLAIN, 0);
    if (x->passes)
        snprintf(text, sizeof text, "%.0f%%", 100 * x->p_best);
    else
        snprintf(text, sizeof text, "%s out", app->glyphs->no);
    put_column(c, row, left, &p, COLUMN_BEST, text, x->passes ? INK_PLAIN : INK_PROBLEM, x->passes ? 0 : PEN_BOLD);
    if (isfinite(x->utilization)) {
        snprintf(text, sizeof text, "%d repl %.0f%%", replicas_of(an, x), 100 * x->utilization);
        put_column(c, row, left, &p, COLUMN_MACHINES, text, INK_FAINT, 0);
    }
    if (base != NULL && arm < base->n_arms) {
        double diff = x->month_usd.p50 - base->arms[arm].month_usd.p50;
        if (fabs(diff) < SAMPLING * fabs(x->month_usd.p50)) /* other samples' doing */
            diff = 0;
        snprintf(text, sizeof text, "%s%s", diff > 0 ? "+" : "", number_usd(low, sizeof low, diff));
        put_column(c, row, left, &p, COLUMN_SINCE_BASE, text, INK_DELTA, 0);
    }
}

/* A line an arm up to "last": all in their order, or where they have no room the pick and who comes next, then as many
 * of the others as have. Returns the row behind. */
static int
arm_lines(const struct app *app, struct canvas *c, int row, int last, int left, int columns)
{
    const struct answer *an = app_answer(app);
    bool all = an->n_arms <= last - row;
    int first[2] = { all ? -1 : an->verdict.pick, all ? -1 : an->verdict.rival };

    for (int k = 0; k < 2; k++)
        if (first[k] >= 0 && row < last)
            arm_line(app, c, row++, left, columns, first[k]);
    for (int a = 0; a < an->n_arms && row < last; a++)
        if (a != first[0] && a != first[1])
            arm_line(app, c, row++, left, columns, a);
    return row;
}

/* "39.7M/day", "none". */
static void
a_day(const struct crossing_set *x, char *out, size_t size)
{
    crossing_words(x, true, out, size);
    if (x->n > 0)
        snprintf(out + strlen(out), size - strlen(out), "/day");
}

/* The volumes at which pick and rival cost the same: in total, which decides, and to run, which the charts show;
 * with the rival's name and the volume of today where the columns allow. */
static void
break_even_line(const struct answer *an, int columns, char *out, size_t size)
{
    const struct crossing_answer *x = answer_crossing(an, an->verdict.pick, an->verdict.rival);
    char total[64], run[64], now[16];

    out[0] = '\0';
    if (x == NULL)
        return;
    a_day(&x->total, total, sizeof total);
    a_day(&x->run, run, sizeof run);
    const char *rival = an->arms[an->verdict.rival].name;
    if (x->total.n == 0 && x->run.n == 0) {
        char low[16], high[16];
        crossings_searched(an, low, high);
        snprintf(out, size, "No break-even with %s, in total or to run, from %s to %s/day", rival, low, high);
        if (text_width(out) > columns)
            snprintf(out, size, "No break-even with %s, in total or to run", rival);
        return;
    }
    snprintf(out, size, "Break-even with %s: in total %s, to run %s (now %s)", rival, total, run,
             number_si(now, sizeof now, an->tokens_per_day));
    if (text_width(out) > columns)
        snprintf(out, size, "Break-even: in total %s, to run %s", total, run);
    if (text_width(out) > columns)
        snprintf(out, size, "Break-even: in total %s", total);
}

char *
break_even_brief(const struct answer *an, char *out, size_t size)
{
    const struct crossing_answer *x = answer_crossing(an, an->verdict.pick, an->verdict.rival);
    char at[16];

    text_copy(out, size, x == NULL ? "" : "no break-even");
    if (x != NULL && x->total.n > 0)
        snprintf(out, size, "break-even %s/day",
                 number_si(at, sizeof at, crossing_nearest(&x->total, an->tokens_per_day)));
    return out;
}

/* What the rival costs more than the pick over the horizon, with its range and how it is spread. */
static void
difference_line(const struct app *app, struct canvas *c, int row, int left, int columns)
{
    const struct answer *an = app_answer(app);
    const struct spread *d = &an->difference;
    char text[96], mean[24], low[24], high[24], strip[4 * 64 + 1] = "";

    int n = snprintf(text, sizeof text, "%c - %c  %s%s over %d months", 'A' + an->verdict.rival, 'A' + an->verdict.pick,
                     d->mean >= 0 ? "+" : "", number_usd(mean, sizeof mean, d->mean), an->horizon_months);
    if (an->spread_high - an->spread_low > 1e-6 * fabs(d->p50)) {
        snprintf(text + n, sizeof text - (size_t)n, "  90%% %s%s%s", number_usd(low, sizeof low, d->p5), app->glyphs->ellipsis,
                 number_usd(high, sizeof high, d->p95));
        int cells = columns - text_width(text) - 3;
        if (cells >= 8)
            chart_difference_strip(strip, sizeof strip, an, cells < 24 ? cells : 24, app->glyphs);
    }
    int at = left + canvas_text_fit(c, row, left, columns, text, INK_PLAIN, 0, app->glyphs->ascii);
    canvas_text(c, row, at + 2, strip, INK_FAINT, 0);
}

/* The nearest flips, one after the other: as many as are whole in the rows that there are. */
static void
flips_line(const struct app *app, const struct answer *an, int columns, int rows, char *out, size_t size)
{
    const struct scenario *sc = &an->setup.sc;
    size_t n = 0;

    out[0] = '\0';
    for (int k = 0, shown = 0; k < an->n_flips && shown < 3; k++) {
        struct quantity_rules how;
        struct field_ref ref;
        struct error ignored;
        char name[64], from[24], to[24], unit[24];
        if (!isfinite(an->flips[k].to) || field_find(sc, an->flips[k].path, &ref, &ignored) < 0)
            continue;
        field_rules(ref.field, sc, &how);
        unit_behind(ref.field, quantity_show(to, sizeof to, an->flips[k].to, &how), 9, unit, sizeof unit);
        int more = snprintf(out + n, size - n, "%s%s %s %s %s%s", shown == 0 ? "Flips it: " : ", ",
                            chart_field_name(sc, an->flips[k].path, name, sizeof name),
                            quantity_show(from, sizeof from, an->flips[k].from, &how), app->glyphs->arrow, to, unit);
        if (more < 0 || (size_t)more >= size - n || (shown > 0 && wrapped_rows(out, columns) > rows)) {
            out[n] = '\0';
            return;
        }
        n += (size_t)more;
        shown++;
    }
}

/* What the heading says before its columns: how many of the article's rules speak for the pick, else how sure it is; where
 * row 1 has no room for it, from how many samples, which goes before the rules. */
static void
heading_words(const struct app *app, int width, int room, char *out, size_t size)
{
    const struct answer *an = app_answer(app);
    char fit[24] = "", n[16], samples[24] = "";
    int of, rules = answer_rules_for_pick(an, &of);

    if (of > 0)
        snprintf(fit, sizeof fit, "fit %d of %d", rules, of);
    if (width < NARROW)
        snprintf(samples, sizeof samples, "n=%s%s", number_si(n, sizeof n, an->samples),
                 app_refining(app) || app->finer ? app->glyphs->ellipsis : "");
    snprintf(out, size, "%s%s%s", fit, fit[0] != '\0' && samples[0] != '\0' ? " " : "", samples);
    if (text_width(out) > room && samples[0] != '\0' && of > 0)
        snprintf(out, size, "fit %d/%d %s", rules, of, samples);
    if (text_width(out) > room || (of == 0 && width >= NARROW))
        text_copy(out, size, width < NARROW ? samples : confidence_word(an->verdict.confidence));
    if (text_width(out) > room)
        out[0] = '\0';
}

/* The panel's heading, and what the columns are. */
static void
verdict_heading(const struct app *app, struct canvas *c, int row, int left, int columns)
{
    const struct answer *an = app_answer(app);
    struct verdict_places p;
    char text[64];

    place_columns(app, columns, &p);
    heading_words(app, c->columns, p.at[COLUMN_RUNNING] - 10, text, sizeof text);
    if (text[0] == '\0' && c->columns < NARROW) { /* how many samples goes before the panel's own name */
        heading_words(app, c->columns, p.at[COLUMN_RUNNING] - 2, text, sizeof text);
        if (text[0] != '\0')
            canvas_printf(c, row, left + 1, INK_TITLE, 0, " %s %s", text, text_width(text) < 7 ? app->glyphs->horizontal : "");
        text[0] = '\0';
    }
    canvas_text(c, row, left + 10, text, INK_TITLE, 0);
    if (text[0] != '\0' && 10 + text_width(text) < p.at[COLUMN_RUNNING])
        canvas_text(c, row, left + 10 + text_width(text), " ", INK_TITLE, 0);
    for (int k = 0; k < VERDICT_COLUMNS; k++) {
        if (k == COLUMN_TOTAL)
            snprintf(text, sizeof text, " %d months", an->horizon_months);
        else if (k == COLUMN_RUNNING && answer_has_kind(an, ARM_STAGED))
            text_copy(text, sizeof text, " a month");
        else
            snprintf(text, sizeof text, " %s", verdict_columns[k].heading);
        if (p.at[k] >= 0 && verdict_columns[k].left)
            canvas_printf(c, row, left + p.at[k], INK_FAINT, 0, "%s ", text);
        else
            put_column(c, row, left, &p, (enum verdict_column)k, text, INK_FAINT, 0);
    }
}

static int
warn(const struct app *app, struct canvas *c, int row, int last, int left, int columns, int k)
{
    char text[SENTENCE + 8];

    snprintf(text, sizeof text, "%s %s", app->glyphs->problem, app_answer(app)->verdict.warnings[k]);
    if (row + wrapped_rows(text, columns) <= last)
        row = wrap_text(app, c, row, last, left, columns, text, INK_WARNING);
    return row;
}

/* The reasons and warnings in whole sentences, those that have room: what was picked, the first warning (of what that
 * leaves out) and what to find out first before the others. */
static void
tell(const struct app *app, struct canvas *c, int row, int last, int left, int columns)
{
    const struct answer *an = app_answer(app);
    const struct verdict *v = &an->verdict;

    for (int k = -1; k < v->n_reasons; k++) {
        int which = k > 0 ? k : k < 0 ? 0 : v->find_out;
        if (which < 0 || which >= v->n_reasons || (k > 0 && which == v->find_out))
            continue;
        if (row + wrapped_rows(v->reasons[which], columns) <= last)
            row = wrap_text(app, c, row, last, left, columns, v->reasons[which], INK_PLAIN);
        if (k < 0 && v->n_warnings > 0)
            row = warn(app, c, row, last, left, columns, 0);
    }
    for (int k = 1; k < v->n_warnings; k++)
        row = warn(app, c, row, last, left, columns, k);
}

#define SENTENCE_ROWS 2
#define FLIP_ROWS 5   /* with its heading */
#define RULE_ROWS 3
#define RULES_MOST 6

/* Two rows of a sentence, where the flips keep theirs; the row behind. */
static int
say_briefly(const struct app *app, struct canvas *c, int row, int last, int left, int columns, const char *text, enum ink ink)
{
    if (last - row < SENTENCE_ROWS + FLIP_ROWS)
        return row;
    return wrap_text(app, c, row, row + SENTENCE_ROWS, left, columns, text, ink);
}

/* In boxes instead, each fact in a place of its own: what to find out first, the first warning, the nearest flips, the
 * rules that fire. Flips have the first claim on rows; what is left goes to the rules. */
static void
explain(const struct app *app, struct canvas *c, struct screen_map *map, int row, int last, int left, int columns)
{
    const struct answer *an = app_answer(app);
    char text[SENTENCE + 8];

    if (an->verdict.find_out >= 0)
        row = say_briefly(app, c, row, last, left, columns, an->verdict.reasons[an->verdict.find_out], INK_PLAIN);
    if (an->verdict.n_warnings > 0) {
        snprintf(text, sizeof text, "%s %s", app->glyphs->problem, an->verdict.warnings[0]);
        row = say_briefly(app, c, row, last, left, columns, text, INK_WARNING);
    }
    int spare = last - row - FLIP_ROWS, rules = spare < RULE_ROWS ? 0 : spare < RULES_MOST ? spare : RULES_MOST;
    if (has_together(app)) { /* Why itself has the rules */
        int pairs = 1 + an->together.n;
        rules = last - row < 2 * pairs ? (last - row) / 2 : pairs;
    }
    row = draw_flips(app, c, map, row, left, last - row - rules, columns);
    if (has_together(app) && last - row >= 2)
        draw_together(app, c, row, left, last - row, columns);
    else if (last - row >= RULE_ROWS)
        draw_rules_beside(app, c, row, left, last - row, columns);
}

void
draw_verdict(const struct app *app, struct canvas *c, const struct layout *l, struct screen_map *map, int left,
             int columns)
{
    const struct answer *an = app_answer(app);
    int row = l->verdict_top, last = l->verdict_top + l->verdict_rows;

    for (int k = left; k < left + columns; k++)
        canvas_text(c, row, k, app->glyphs->horizontal, INK_FRAME, 0);
    canvas_text(c, row, left + 1, " Verdict ", INK_TITLE, PEN_BOLD);
    if (an != NULL)
        verdict_heading(app, c, row, left, columns);
    row++;
    if (an == NULL)
        return;
    row = arm_lines(app, c, row, an->n_arms < last - row ? row + an->n_arms : last - 1, left, columns);
    if (last - row <= COMPACT && an->verdict.pick >= 0) { /* row 1 has the headline; no reason would be whole */
        char text[SENTENCE];
        break_even_line(an, columns, text, sizeof text);
        if (text[0] != '\0' && last - row > 1)
            canvas_text_fit(c, row++, left, columns, text, INK_PLAIN, 0, app->glyphs->ascii);
        flips_line(app, an, columns, last - row, text, sizeof text);
        row = wrap_text(app, c, row, last, left, columns, text, INK_PLAIN);
        if (row == last)
            return;
    }
    if (an->verdict.rival >= 0 && last - row > COMPACT) {
        char text[SENTENCE];
        difference_line(app, c, row++, left, columns);
        break_even_line(an, columns, text, sizeof text);
        if (text[0] != '\0')
            canvas_text_fit(c, row++, left, columns, text, INK_PLAIN, 0, app->glyphs->ascii);
    }
    if (l->side_columns == 0 && l->left > 0 && an->verdict.pick >= 0 && last - row > COMPACT)
        explain(app, c, map, row, last, left, columns);
    else
        tell(app, c, row, last, left, columns);
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
        verdict_heading(app, c, l->verdict_top, 0, l->columns);
        arm_lines(app, c, l->verdict_top + 1, l->verdict_top + l->verdict_rows, 0, l->columns);
        return;
    }
    line[0] = '\0';
    for (int k = 0; k < 2; k++)
        if (order[k] >= 0)
            n += snprintf(line + n, sizeof line - (size_t)n, "%.16s %s  ", an->arms[order[k]].name,
                          number_usd(usd, sizeof usd, an->arms[order[k]].tco_usd.mean));
    if (order[0] >= 0)
        snprintf(line + n, sizeof line - (size_t)n, "%d months", an->horizon_months);
    else
        text_copy(line, sizeof line, "no arm passes");
    canvas_text_fit(c, l->verdict_top, 1, l->columns - 1, line, INK_TITLE, PEN_BOLD, app->glyphs->ascii);
}
