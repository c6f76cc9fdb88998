/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "views.h"

/* Views that are tables by nature: why, latency, labels, cost lines, audit. */

static const char *
mark_of(enum gate_state s)
{
    return s == GATE_MET ? "met" : s == GATE_CONDITIONAL ? "condition" : s == GATE_UNKNOWN ? "unknown" : "BREACHED";
}

/* ---- why: what decided, what would turn it -------------------------------------------------------- */

static struct table_row *
why_row(struct chart *c, const char *about, const char *state, const char *what, const char *fact)
{
    struct table_row *row = add_row(c, about);

    if (row == NULL)
        return NULL;
    text_copy(row->cells[1], sizeof row->cells[1], state);
    text_copy(row->cells[2], sizeof row->cells[2], what);
    text_copy(row->cells[3], sizeof row->cells[3], fact);
    return row;
}

static void
verdict_row(struct chart *c, const struct answer *an)
{
    char what[SENTENCE], samples[16];

    snprintf(what, sizeof what, "%s, cheapest in %.0f%% of %s samples",
             an->verdict.pick >= 0 ? an->arms[an->verdict.pick].name : "", 100 * an->verdict.p_best,
             number_si(samples, sizeof samples, an->samples));
    why_row(c, "verdict", confidence_word(an->verdict.confidence), an->verdict.pick >= 0 ? what : an->verdict.headline, "");
}

/* Which gate of the table this is: its words, not its key. */
static const char *
gate_words(const char *id)
{
    for (int k = 0; k < decision_gates_n; k++)
        if (strcmp(decision_gates[k].id, id) == 0)
            return decision_gates[k].words;
    return id;
}

/* Those that rule an arm out, or those that let it pass on a condition. */
static void
gate_rows(struct chart *c, const struct answer *an, bool failing)
{
    int before = c->n_rows;

    for (int a = 0; a < an->n_arms; a++)
        for (int g = 0; g < an->arms[a].n_gates; g++) {
            const struct gate_result *gate = &an->arms[a].gates[g];
            if (gate->state != GATE_MET && gate_fails(gate->state) == failing)
                why_row(c, an->arms[a].name, mark_of(gate->state), gate_words(gate->id), gate->why);
        }
    if (c->n_rows == before && failing)
        why_row(c, "hard rules", "met", "none broken", "no arm is ruled out");
}

static void
rule_rows(struct chart *c, const struct answer *an)
{
    for (int k = 0; k < an->n_rules; k++) {
        const struct rule_result *r = &an->rules[k];
        char state[24];
        snprintf(state, sizeof state, "%s, in %.0f%%", r->fires ? "yes" : "no", 100 * r->share);
        struct table_row *row = why_row(c, r->side == SIDE_API ? "for an API" : "for tuning", state, r->words, r->fact);
        if (row != NULL)
            text_copy(row->path, sizeof row->path, r->field);
    }
}

#define FLIPS_FIRST 6 /* before the rules: most have no room for more than these */
#define FLIPS_SHOWN 24

/* The flips from the first'th nearest on, without the last'th. */
static void
flip_rows(struct chart *c, const struct answer *an, int first, int last)
{
    const struct scenario *sc = &an->setup.sc;

    for (int k = 0, at = 0; k < an->n_flips && at < last; k++) {
        const struct flip *f = &an->flips[k];
        struct quantity_rules how;
        struct field_ref ref;
        struct error ignored;
        char name[64], from[24], to[24], unit[48], fact[160];
        if (!isfinite(f->to) || field_find(sc, f->path, &ref, &ignored) < 0)
            continue;
        if (at++ < first)
            continue;
        field_rules(ref.field, sc, &how);
        quantity_show(to, sizeof to, f->to, &how);
        snprintf(fact, sizeof fact, "at %s%s instead of %s%s%s", to, field_unit_behind(ref.field, to, unit, sizeof unit),
                 quantity_show(from, sizeof from, f->from, &how), f->pick >= 0 ? "" : ", no arm passes",
                 flip_in_range(f) ? ", within your 90% range" : "");
        struct table_row *row = why_row(c, "one change", f->pick >= 0 ? an->arms[f->pick].name : "none",
                                        chart_field_name(sc, f->path, name, sizeof name), fact);
        if (row == NULL)
            return;
        text_copy(row->path, sizeof row->path, f->path);
    }
}

/* "at $0.92/h instead of $0.889" */
static int
change_words(const struct answer *an, const char *path, double from, double to, char *name, size_t name_size, char *out, size_t size)
{
    struct quantity_rules how;
    struct field_ref ref;
    struct error ignored;
    char was[24], now[24], unit[48];

    if (field_find(&an->setup.sc, path, &ref, &ignored) < 0)
        return -1;
    field_rules(ref.field, &an->setup.sc, &how);
    quantity_show(now, sizeof now, to, &how);
    chart_field_name(&an->setup.sc, path, name, name_size);
    snprintf(out, size, "%s%s instead of %s", now, field_unit_behind(ref.field, now, unit, sizeof unit),
             quantity_show(was, sizeof was, from, &how));
    return 0;
}

/* Two changes, where they were asked for and are about this pick. */
static void
together_rows(struct chart *c, const struct answer *an)
{
    for (int k = 0; an->has_together && an->together.of == an->verdict.pick && k < an->together.n; k++) {
        const struct two_changes *x = &an->together.list[k];
        char name[2][64], change[2][96], what[160], fact[240];
        bool known = true;
        for (int i = 0; i < 2; i++)
            known &= change_words(an, x->path[i], x->from[i], x->to[i], name[i], sizeof name[i], change[i], sizeof change[i]) == 0;
        if (!known)
            continue;
        snprintf(what, sizeof what, "%s and %s", name[0], name[1]);
        snprintf(fact, sizeof fact, "at %s and %s%s", change[0], change[1], x->pick >= 0 ? "" : ", no arm passes");
        struct table_row *row = why_row(c, "two changes", x->pick >= 0 ? an->arms[x->pick].name : "none", what, fact);
        if (row != NULL)
            text_copy(row->path, sizeof row->path, x->path[0]);
    }
}

#define CHOICES_SHOWN 8

static void
choice_rows(struct chart *c, const struct answer *an)
{
    int k = 0;

    for (int shown = 0; k < an->n_choice_flips && shown < CHOICES_SHOWN; shown++) {
        const struct choice_flip *f = &an->choice_flips[k];
        char words[192];
        k = choice_flips_words(an, k, words, sizeof words);
        struct table_row *row = why_row(c, "a rule", f->pick >= 0 ? an->arms[f->pick].name : "none", words,
                                        f->pick >= 0 ? "" : "no arm passes then");
        if (row != NULL)
            text_copy(row->path, sizeof row->path, f->path);
    }
    if (k < an->n_choice_flips) {
        char words[64];
        snprintf(words, sizeof words, "%d more turn it, as the report has them", an->n_choice_flips - k);
        why_row(c, "a rule", "", words, "");
    }
}

static bool
turns_by_itself(const struct answer *an, const char *path)
{
    for (int k = 0; k < an->n_flips; k++)
        if (strcmp(an->flips[k].path, path) == 0 && isfinite(an->flips[k].to))
            return true;
    return false;
}

/* Inputs that move the cost and turn nothing, whatever their value. */
static void
never_row(struct chart *c, const struct answer *an)
{
    char names[SENTENCE] = "", name[64];
    size_t n = 0;
    int left_out = 0;

    for (int k = 0; k < an->n_tornado; k++) {
        if (turns_by_itself(an, an->tornado[k].path))
            continue;
        chart_field_name(&an->setup.sc, an->tornado[k].path, name, sizeof name);
        if (n + strlen(name) + 24 < sizeof names)
            n += (size_t)snprintf(names + n, sizeof names - n, "%s%s", n > 0 ? ", " : "", name);
        else
            left_out++;
    }
    if (left_out > 0)
        snprintf(names + n, sizeof names - n, " and %d more", left_out);
    if (n > 0)
        why_row(c, "never", "", "Turn nothing by themselves", names);
}

static void
study_rows(struct chart *c, const struct answer *an)
{
    for (int k = 0; k < an->n_studies; k++) {
        const struct study_result *s = &an->studies[k];
        char net[16], cost[16], state[32], fact[32];

        snprintf(state, sizeof state, "net %s", number_usd(net, sizeof net, s->net_usd));
        snprintf(fact, sizeof fact, "costs %s", number_usd(cost, sizeof cost, s->cost_usd));
        why_row(c, "measure", state, s->words, fact);
    }
}

int
view_why(struct chart *c, const struct answer *an, const struct catalog *cat, int columns)
{
    (void)cat, (void)columns;
    chart_reset(c, CHART_TABLE, "Why");
    add_column(c, "about");
    add_column(c, "state");
    add_column(c, "what");
    add_column(c, "fact");
    verdict_row(c, an);
    gate_rows(c, an, true);
    choice_rows(c, an);
    flip_rows(c, an, 0, FLIPS_FIRST);
    together_rows(c, an);
    study_rows(c, an);
    rule_rows(c, an);
    flip_rows(c, an, FLIPS_FIRST, FLIPS_SHOWN);
    never_row(c, an);
    gate_rows(c, an, false);
    text_copy(c->sentence, sizeof c->sentence, an->rules_say);
    return 0;
}

/* ---- latency -------------------------------------------------------------------------------------------- */

static void
latency_bar(struct chart *c, const struct arm_answer *x, int arm)
{
    struct bar *b = add_bar(c);
    char speed[16], first[16];

    if (b == NULL)
        return;
    text_copy(b->label, sizeof b->label, x->name);
    if (KINDS_PLAIN >> x->kind & 1) /* Enter leads to where it can be typed */
        snprintf(b->path, sizeof b->path, "arms.%s.ttft_ms", x->name);
    b->series = arm;
    b->low = b->from = 0;
    b->high = x->ttft_p95_ms;
    number_si(speed, sizeof speed, x->output_tok_s);
    if (!isfinite(x->ttft_p95_ms))
        text_copy(b->note, sizeof b->note, "unknown");
    else
        snprintf(b->note, sizeof b->note, "%s ms%s%s%s", number_si(first, sizeof first, x->ttft_p95_ms),
                 isfinite(x->output_tok_s) ? ", " : "", isfinite(x->output_tok_s) ? speed : "",
                 isfinite(x->output_tok_s) ? " tok/s" : "");
}

/* The limit, and who is known to keep it. */
static void
latency_words(struct chart *c, const struct answer *an)
{
    const struct quantity *limit = &an->setup.sc.latency.ttft_p95_ms;
    int known = 0, within = 0, replicas = 0;
    char ms[16];

    for (int a = 0; a < an->n_arms; a++) {
        known += isfinite(an->arms[a].ttft_p95_ms);
        within += an->arms[a].ttft_p95_ms <= limit->x;
        replicas += an->arms[a].replicas[0];
    }
    const char *how = known < an->n_arms ? "; unknown: type the arm's First token" : "";
    if (limit->kind != QUANTITY_UNSET && isfinite(limit->x) && limit->x > 0) {
        c->marks[c->n_marks++] = limit->x;
        text_copy(c->marks_label, sizeof c->marks_label, "limit");
        snprintf(c->note, sizeof c->note, "P95 to the first token, ms; dotted: the limit, %s ms%s; tok/s each in a full batch", number_si(ms, sizeof ms, limit->x), how);
        snprintf(c->sentence, sizeof c->sentence, "%d of %d arms whose first token is known keep the limit of %s ms at the worst month's peak hour; month 1 runs %d replicas%s.",
                 within, known, ms, replicas, how);
        return;
    }
    snprintf(c->note, sizeof c->note, "P95 to the first token, ms; no limit is set%s; tok/s each in a full batch", how);
    snprintf(c->sentence, sizeof c->sentence, "No limit is set for the first token; it is known for %d of %d arms, at the worst month's peak hour%s.",
             known, an->n_arms, how);
}

int
view_latency(struct chart *c, const struct answer *an, const struct catalog *cat, int columns)
{
    (void)cat, (void)columns;
    chart_reset(c, CHART_BARS, "Time to first token, P95 of the worst month's peak hour, ms");
    add_column(c, "arm");
    add_column(c, "TTFT P95");
    add_column(c, "tokens/s");
    add_column(c, "repl");
    add_column(c, "used");
    add_column(c, "batch");
    add_column(c, "throughput");
    for (int a = 0; a < an->n_arms; a++) {
        const struct arm_answer *x = &an->arms[a];
        const struct arm_outcome *o = &x->outcome;
        struct table_row *row = add_row(c, x->name);

        latency_bar(c, x, a);
        if (isfinite(x->ttft_p95_ms))
            snprintf(row->cells[1], sizeof row->cells[1], "%.0f ms", x->ttft_p95_ms);
        else
            text_copy(row->cells[1], sizeof row->cells[1], "unknown");
        number_si(row->cells[2], sizeof row->cells[2], x->output_tok_s);
        const int last = x->replicas[an->horizon_months - 1];
        if (x->replicas[0] > 0)
            snprintf(row->cells[3], sizeof row->cells[3], last != x->replicas[0] ? "%d to %d" : "%d", x->replicas[0], last);
        if (isfinite(x->utilization))
            number_percent(row->cells[4], sizeof row->cells[4], x->utilization, 1);
        if (isfinite(o->batch) && o->batch > 0)
            number_si(row->cells[5], sizeof row->cells[5], o->batch);
        if (o->throughput_how != THROUGHPUT_NONE) {
            char tok[16];
            snprintf(row->cells[6], sizeof row->cells[6], "%s tok/s %s, %s", number_si(tok, sizeof tok, o->replica_tok_s),
                     o->throughput_counts == COUNTS_ALL ? "in+out" : "out",
                     o->throughput_how == THROUGHPUT_MEASURED ? "measured" : "modelled");
        }
    }
    latency_words(c, an);
    return 0;
}

/* "Over A and B own is picked in 61% of the map, tuned in 39%." */
static void
map_sentence(struct chart *c, const struct answer *an)
{
    const struct flip_map *m = &an->map;
    size_t at = (size_t)snprintf(c->sentence, sizeof c->sentence, "Over %s and %s: ", c->x_label, c->y_label);
    bool first = true;

    for (int a = -1; a < an->n_arms; a++) {
        int cells = 0;
        for (int r = 0; r < FLIP_MAP_ROWS; r++)
            for (int k = 0; k < FLIP_MAP_COLUMNS; k++)
                cells += m->pick[r][k] == a;
        if (cells == 0 || at >= sizeof c->sentence)
            continue;
        at += (size_t)snprintf(c->sentence + at, sizeof c->sentence - at, "%s%s in %.0f%% of the map", first ? "" : ", ",
                               a >= 0 ? an->arms[a].name : "no arm passes", 100.0 * cells / (FLIP_MAP_ROWS * FLIP_MAP_COLUMNS));
        first = false;
    }
    if (at + 1 < sizeof c->sentence)
        text_copy(c->sentence + at, sizeof c->sentence - at, ".");
}

static double
value_in_force(const struct answer *an, const char *path)
{
    struct field_ref ref;
    struct error ignored;

    if (field_find(&an->setup.sc, path, &ref, &ignored) < 0 || !field_is_quantity(ref.field))
        return NAN;
    const struct quantity *q = field_value(&an->setup.sc, ref);
    return q->x;
}

/* A share's axis is in percent, one of money in $. */
static double
axis_of(const struct answer *an, const char *path, char *label, size_t size)
{
    struct field_ref ref;
    struct error ignored;
    char name[48], unit[48] = "";
    bool share = false;

    if (field_find(&an->setup.sc, path, &ref, &ignored) == 0) {
        share = ref.field->form == FORM_SHARE;
        field_unit_behind(ref.field, share ? "%" : ref.field->form == FORM_USD ? "$" : "2", unit, sizeof unit);
        if (share || ref.field->form == FORM_USD) {
            char per[48];
            text_copy(per, sizeof per, unit);
            snprintf(unit, sizeof unit, "%s%.40s", share ? "%" : "$", per);
        }
    }
    const char *words = unit + strspn(unit, " ");
    snprintf(label, size, "%s%s%.15s", chart_field_name(&an->setup.sc, path, name, sizeof name), words[0] != '\0' ? ", " : "",
             words);
    return share ? 100 : 1;
}

/* Cells by letter; the table twin names the pick at nine places. */
int
view_map(struct chart *c, const struct answer *an, const struct catalog *cat, int columns)
{
    const struct flip_map *m = &an->map;

    (void)cat, (void)columns;
    chart_reset(c, CHART_MAP, "Map of two fields");
    if (!an->has_map) {
        text_copy(c->note, sizeof c->note, "No map yet: :map FIELD FIELD draws one.");
        text_copy(c->sentence, sizeof c->sentence, c->note);
        return 0;
    }
    double x_times = axis_of(an, m->x_path, c->x_label, sizeof c->x_label), y_times = axis_of(an, m->y_path, c->y_label, sizeof c->y_label);
    c->x_low = x_times * m->x_low, c->x_high = x_times * m->x_high, c->x_log = m->x_log;
    c->y_low = y_times * m->y_low, c->y_high = y_times * m->y_high, c->y_log = m->y_log;
    c->you = x_times * value_in_force(an, m->x_path);
    c->you_y = y_times * value_in_force(an, m->y_path);
    c->map_columns = FLIP_MAP_COLUMNS;
    c->map_rows = FLIP_MAP_ROWS;
    for (int a = 0; a < an->n_arms; a++)
        add_series(c, an, a);
    for (int r = 0; r < FLIP_MAP_ROWS; r++)
        for (int k = 0; k < FLIP_MAP_COLUMNS; k++)
            c->map[r * FLIP_MAP_COLUMNS + k] = m->pick[r][k];
    add_column(c, c->y_label);
    for (int k = 0; k < 3; k++) {
        char number[24], name[32];
        double f = (4 + 12 * k + 0.5) / FLIP_MAP_COLUMNS;
        double x = c->x_log ? c->x_low * pow(c->x_high / c->x_low, f) : c->x_low + f * (c->x_high - c->x_low);
        snprintf(name, sizeof name, "at %s", number_si(number, sizeof number, x));
        add_column(c, name);
    }
    for (int r = FLIP_MAP_ROWS - 1; r >= 0; r--) {
        char number[24];
        double f = (r + 0.5) / FLIP_MAP_ROWS;
        double y = c->y_log ? c->y_low * pow(c->y_high / c->y_low, f) : c->y_low + f * (c->y_high - c->y_low);
        struct table_row *row = add_row(c, number_si(number, sizeof number, y));
        for (int k = 0; row != NULL && k < 3; k++) {
            int pick = m->pick[r][4 + 12 * k];
            text_copy(row->cells[k + 1], sizeof row->cells[0], pick >= 0 ? an->arms[pick].name : "none");
        }
    }
    map_sentence(c, an);
    return 0;
}

int
view_lines(struct chart *c, const struct answer *an, const struct catalog *cat, int columns)
{
    int order[ARMS_MAX], n = arm_order(an, order);

    (void)cat, (void)columns;
    chart_reset(c, CHART_TABLE, "Cost lines over the horizon, undiscounted, at the medians");
    add_column(c, "line");
    for (int k = 0; k < n && k < ARMS_MAX; k++)
        add_column(c, an->arms[order[k]].name);
    for (int l = 0; l < LINE_COUNT; l++) {
        struct table_row *row = add_row(c, cost_lines[l].label);
        for (int k = 0; k < n && k < ARMS_MAX; k++)
            number_usd(row->cells[k + 1], sizeof row->cells[0], an->arms[order[k]].known ? an->arms[order[k]].lines_usd[l] : NAN);
    }
    struct table_row *once = add_row(c, "of it, once"), *npv = add_row(c, "total, mean");
    for (int k = 0; k < n && k < ARMS_MAX; k++) {
        number_usd(once->cells[k + 1], sizeof once->cells[0], an->arms[order[k]].known ? an->arms[order[k]].once_usd : NAN);
        number_usd(npv->cells[k + 1], sizeof npv->cells[0], an->arms[order[k]].tco_usd.mean);
    }
    snprintf(c->sentence, sizeof c->sentence, "USD over %d months, as paid at the inputs' medians; the last row is what decides: the mean of all "
                                              "samples in today's money.", an->horizon_months);
    return 0;
}

/* "$60/day", "43.4%", "27.6M tokens/day": a claim's figure with its unit. */
static char *
claim_figure(char *out, size_t size, double v, const char *unit)
{
    char number[24];

    if (strncmp(unit, "USD", 3) == 0)
        snprintf(out, size, "%s%s", number_usd(number, sizeof number, v), unit + 3);
    else if (strcmp(unit, "fraction") == 0)
        number_percent(out, size, v, 1);
    else if (strcmp(unit, "ratio") == 0)
        snprintf(out, size, "%sx", number_si(number, sizeof number, v));
    else
        snprintf(out, size, "%s%s%s", number_si(number, sizeof number, v), unit[0] != '\0' ? " " : "", unit);
    return out;
}

static void
range_text(char *out, size_t size, const double v[2], const char *unit)
{
    char a[64], b[64];

    if (!isfinite(v[0]))
        text_copy(out, size, "-");
    else if (v[0] == v[1])
        claim_figure(out, size, v[0], unit);
    else /* what follows the number stands once */
        snprintf(out, size, "%s to %s",
                 unit[0] == 'f' || strcmp(unit, "ratio") == 0 ? claim_figure(a, sizeof a, v[0], unit)
                                                              : claim_figure(a, sizeof a, v[0], unit[0] == 'U' ? "USD" : ""),
                 claim_figure(b, sizeof b, v[1], unit));
}

int
view_audit(struct chart *c, const struct answer *an, const struct catalog *cat, int columns)
{
    struct claim_result *list = calloc(TABLE_ROWS_MAX, sizeof *list);

    (void)an, (void)columns;
    chart_reset(c, CHART_TABLE, "The article's claims, recomputed");
    if (list == NULL)
        return -1;
    add_column(c, "claim");
    add_column(c, "verdict");
    add_column(c, "article");
    add_column(c, "recomputed");
    add_column(c, "factor");
    int n = audit(cat, list, TABLE_ROWS_MAX), wrong = 0;
    for (int k = 0; k < n; k++) {
        struct table_row *row = add_row(c, list[k].claim->id);
        if (row == NULL)
            break;
        text_copy(row->cells[1], sizeof row->cells[1], list[k].verdict);
        const char *unit = list[k].claim->unit != NULL ? list[k].claim->unit : "";
        if (isfinite(list[k].claim->article[0]))
            range_text(row->cells[2], sizeof row->cells[2], list[k].claim->article, unit);
        else
            text_copy(row->cells[2], sizeof row->cells[2], list[k].claim->article_text != NULL ? list[k].claim->article_text : "-");
        range_text(row->cells[3], sizeof row->cells[3], list[k].recomputed, unit);
        number_si(row->cells[4], sizeof row->cells[4], list[k].factor);
        wrong += strcmp(list[k].verdict, "holds") != 0 && strcmp(list[k].verdict, "near") != 0 &&
                 strcmp(list[k].verdict, "not-derivable") != 0;
    }
    snprintf(c->sentence, sizeof c->sentence, "%d of %d claims do not follow from the article's own figures.", wrong, n);
    free(list);
    return 0;
}
