/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sections.h"

/* What the answer rests on: the article's figures, words, assumptions with their sources, the command. */

/* ---- the article's figures ---------------------------------------------------------------- */

#define CLAIMS_MAX 64

static bool
is_refuted(const char *verdict)
{
    return strcmp(verdict, "contradicts") == 0 || strcmp(verdict, "unit-error") == 0 || strcmp(verdict, "infeasible") == 0;
}

static const char *
verdict_words(const char *verdict)
{
    if (strcmp(verdict, "unit-error") == 0)
        return "a slip of units";
    if (strcmp(verdict, "infeasible") == 0)
        return "cannot be done";
    return strcmp(verdict, "contradicts") == 0 ? "does not hold" : verdict;
}

/* The check of the scenario names the claims whose figures are in force here. */
static bool
is_in_force(const struct page *p, const struct cat_claim *c)
{
    const struct verdict *v = &p->in->answer->verdict;
    char named[128];

    snprintf(named, sizeof named, ARTICLES_FIGURE " (%s)", c->id);
    for (int k = 0; k < v->n_warnings; k++)
        if (strstr(v->warnings[k], named) != NULL)
            return true;
    return false;
}

/* Has a figure that repeats the claim the article as its source? */
static bool
is_sourced(const struct page *p, const struct cat_claim *c)
{
    struct field_ref ref;
    char source[512];

    for (int i = 0; c->field != NULL && field_each(p->in->scenario, i, &ref); i++) {
        const char *dot = strrchr(ref.field->key, '.');
        if (strcmp(dot != NULL ? dot + 1 : ref.field->key, c->field) != 0)
            continue;
        figure_source(&p->in->answer->setup, p->in->scenario, ref, source, sizeof source);
        if (strncmp(source, "article", 7) == 0)
            return true;
    }
    return false;
}

static void
figures(const double v[2], const char *words, const char *unit, char *out, size_t size)
{
    char a[24], b[24];

    if (!isfinite(v[0]))
        text_copy(out, size, words != NULL ? words : "no figure");
    else if (v[0] == v[1])
        snprintf(out, size, "%s %s", number_si(a, sizeof a, v[0]), unit);
    else
        snprintf(out, size, "%s to %s %s", number_si(a, sizeof a, v[0]), number_si(b, sizeof b, v[1]), unit);
}

static void
claim_row(struct page *p, struct grid *g, const struct claim_result *r)
{
    const struct cat_claim *c = r->claim;
    const char *unit = c->unit != NULL ? c->unit : "";
    char text[512];

    grid_row(g);
    grid_text(g, 0, "%s", c->about);
    figures(c->article, c->article_text, unit, text, sizeof text);
    grid_text(g, 1, "%s", text);
    figures(r->recomputed, c->note, unit, text, sizeof text);
    grid_text(g, 2, "%s", text);
    grid_text(g, 3, "%s", verdict_words(r->verdict));
    grid_text(g, 4, is_in_force(p, c) ? "yes" : "no, another figure");
    grid_text(g, 5, "%s", r->note);
}

void
write_claims(struct page *p)
{
    struct claim_result *list = calloc(CLAIMS_MAX, sizeof *list);
    struct grid g;

    if (list == NULL) {
        p->out->failed = true;
        return;
    }
    int n = audit(p->in->catalog, list, CLAIMS_MAX), wrong = 0;
    grid_init(&g);
    grid_column(&g, "claim", "", 0);
    grid_column(&g, "the article says", "", 0);
    grid_column(&g, "recomputed", "", 0);
    grid_column(&g, "verdict", "", 0);
    grid_column(&g, "in force here", "", 0);
    grid_column(&g, "what follows", "", 0);
    for (int k = 0; k < n; k++) {
        wrong += is_refuted(list[k].verdict);
        if (is_refuted(list[k].verdict) && (is_sourced(p, list[k].claim) || is_in_force(p, list[k].claim)))
            claim_row(p, &g, &list[k]);
    }
    page_paragraph(p, "Many defaults come from one article (%s, %d). Its claims were recomputed from its own inputs: %d of %d do not "
                      "hold. %s",
                   n > 0 ? list[0].claim->origin.text : "the source article", n > 0 ? list[0].claim->origin.as_of.year : 0, wrong, n,
                   g.rows > 0 ? "Those that touch a figure of this scenario:" : "None of them touches a figure of this scenario.");
    page_table(p, &g);
    free(list);
}

/* ---- words -------------------------------------------------------------------------------------- */

void
write_words(struct page *p)
{
    static const char *const words[] = {
        "Arm: one of the alternatives that are compared.",
        "Sample, simulated future: one draw of every uncertain figure from its range; each arm is computed in all of them.",
        "Token: a piece of a word, about four letters of English; models are paid and measured by tokens.",
        "Median: the middle value; as often exceeded as not. P5, P95: the values that 5 and 95 of 100 futures stay below; "
        "between them lies the 90% range.",
        "Today's money (NPV): later payments count less, by the discount rate.",
        "Condition (gate): something an arm must meet to be chosen, whatever it costs.",
        "Break-even: the volume at which two arms cost the same.",
        "First token, TTFT: the wait from sending a request to the first word of the answer. TPOT: the time for each further token.",
        "Replica: one running copy of a model, on one or more GPUs. Utilization: the share of its time that is needed.",
        "Tuning: training an existing model further on the team's own labelled examples. LoRA, QLoRA: tuning a small added part, "
        "the weights kept as they are (QLoRA: in 4 bits).",
        "FTE: one person's full working time.",
    };

    for (size_t k = 0; k < BE_LEN(words); k++)
        p->pen->item(p, words[k]);
    p->pen->end_items(p);
}

/* ---- assumptions ----------------------------------------------------------------------------------- */

#define LONG_SOURCE 48 /* characters; what is longer stands below the tables, once */

struct sources {
    char **list;
    int n;
    bool failed;
};

static int
source_number(struct sources *s, const char *text)
{
    for (int k = 0; k < s->n; k++)
        if (strcmp(s->list[k], text) == 0)
            return k + 1;
    char **grown = realloc(s->list, (size_t)(s->n + 1) * sizeof *grown);
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    if (grown != NULL)
        s->list = grown;
    if (grown == NULL || copy == NULL) {
        free(copy);
        s->failed = true;
        return 0;
    }
    memcpy(copy, text, size);
    s->list[s->n++] = copy;
    return s->n;
}

/* The date that ends a source of the catalog: "... (2026-08-01)". */
static bool
source_date(const char *text, char date[16])
{
    size_t n = strlen(text);
    int length = n > 12 && text[n - 1] == ')' && text[n - 12] == '(' ? 10 : 0;

    if (length == 0)
        return false;
    memcpy(date, text + n - 11, 10);
    date[10] = '\0';
    return true;
}

static void
source_cell(struct grid *g, int column, struct sources *s, const char *text)
{
    char date[16];

    if (strlen(text) <= LONG_SOURCE)
        grid_text(g, column, "%s", text);
    else if (source_date(text, date))
        grid_text(g, column, "source %d, %s", source_number(s, text), date);
    else
        grid_text(g, column, "source %d", source_number(s, text));
}

/* The value in force: as typed, but a computed figure with three digits. */
static char *
value_in_force(const struct page *p, struct field_ref ref, char *out, size_t size)
{
    const struct scenario *sc = &p->in->answer->setup.sc;

    field_get_text(sc, ref, out, size, p->in->catalog);
    if (!field_is_quantity(ref.field) || strlen(out) <= 9)
        return out;
    const struct quantity *q = field_value(sc, ref);
    if (q->kind == QUANTITY_EXACT && strspn(out, "$0123456789.") == strlen(out))
        words_of_value(p, ref, q->x, out, size);
    return out;
}

struct listing {
    struct page *p;
    struct sources sources;
    struct grid grid;
    struct buffer unset; /* labels of what nobody set */
    int n_unset;
};

/* What other parts of the report say already, or what says nothing: names of arms' parts as the
 * catalog has them, the title, choices left to the catalog. */
static bool
is_elsewhere(const struct listing *l, struct field_ref ref, enum figure_how how, const char *value)
{
    static const char *const keys[] = { "title", "notes", "currency", "kind" };

    (void)l;
    for (size_t k = 0; k < BE_LEN(keys); k++)
        if (strcmp(ref.field->key, keys[k]) == 0)
            return true;
    return how == FIGURE_SCENARIO || (ref.field->type == &field_choice && strcmp(value, "catalog") == 0);
}

/* Is this the first arm that has the field? Its meaning is said once. */
static bool
is_first(const struct scenario *sc, struct field_ref ref)
{
    for (int a = 0; a < ref.arm; a++)
        if (field_applies(ref.field, sc->arms[a].kind))
            return false;
    return true;
}

static void
assumption(struct listing *l, struct field_ref ref)
{
    const struct page *p = l->p;
    char path[112], value[512], source[1024];
    enum figure_how how = figure_source(&p->in->answer->setup, p->in->scenario, ref, source, sizeof source);

    value_in_force(p, ref, value, sizeof value);
    if (is_elsewhere(l, ref, how, value))
        return;
    if (value[0] == '\0') {
        buffer_printf(&l->unset, "%s%s", l->n_unset++ > 0 ? ", " : "", ref.field->label);
        return;
    }
    grid_row(&l->grid);
    grid_text(&l->grid, 0, "%s%s", ref.field->label,
              ref.arm >= 0 && arm_kind_is_tuned(p->in->scenario->arms[ref.arm].kind) && strcmp(ref.field->key, "quality") == 0
                  ? ", before tuning"
                  : "");
    grid_text(&l->grid, 1, "%s", value);
    grid_text(&l->grid, 2, "%s", words_of_unit(ref));
    source_cell(&l->grid, 3, &l->sources, source);
    grid_text(&l->grid, 4, "%s", is_first(p->in->scenario, ref) && ref.field->help != NULL ? ref.field->help : "");
    grid_text(&l->grid, 5, "%s", field_path(p->in->scenario, ref, path, sizeof path));
}

static void
begin_group(struct listing *l, const char *title)
{
    l->p->pen->heading(l->p, title);
    buffer_init(&l->unset);
    l->n_unset = 0;
    grid_init(&l->grid);
    grid_column(&l->grid, "assumption", "", 0);
    grid_column(&l->grid, "value", "", 0);
    grid_column(&l->grid, "unit", "", 0);
    grid_column(&l->grid, "source", "", 0);
    grid_column(&l->grid, "meaning", "", 0);
    grid_column(&l->grid, "field", "", GRID_CODE);
}

static void
end_group(struct listing *l)
{
    page_table(l->p, &l->grid);
    if (l->n_unset > 0)
        page_paragraph(l->p, "Not set: %s.", l->unset.text);
    l->p->out->failed |= l->unset.failed;
    buffer_release(&l->unset);
}

static const char *
group_title(const struct page *p, struct field_ref ref, char *out, size_t size)
{
    if (ref.arm >= 0)
        snprintf(out, size, "Arm %s", p->in->scenario->arms[ref.arm].name);
    else
        text_copy(out, size, pane_title(ref.field->pane));
    return out;
}

static void
list_sources(struct listing *l)
{
    if (l->sources.n > 0)
        l->p->pen->heading(l->p, "Sources");
    for (int k = 0; k < l->sources.n; k++) {
        page_item(l->p, "Source %d: %s", k + 1, l->sources.list[k]);
        free(l->sources.list[k]);
    }
    l->p->pen->end_items(l->p);
    l->p->out->failed |= l->sources.failed;
    free(l->sources.list);
}

void
write_assumptions(struct page *p)
{
    struct listing l = { .p = p };
    struct field_ref ref, last = { NULL, -2 };
    char title[64], date[16];

    page_paragraph(p, "Ranges: \"a to b\" is a 90%% range, \"a..b\" are hard limits with every value between equally likely, \"a/b/c\" is lowest, "
                      "likeliest, highest, \"a ±b\" is a 90%% range around a. \"Typed\" stands in the scenario without a source of its own; "
                      "\"assumed\" is this program's default. Months count from %s.",
                   date_print(date, sizeof date, p->in->answer->setup.start, false));
    for (int i = 0; field_each(p->in->scenario, i, &ref); i++) {
        if (last.field == NULL || ref.arm != last.arm || (ref.arm < 0 && ref.field->pane != last.field->pane)) {
            if (last.field != NULL)
                end_group(&l);
            begin_group(&l, group_title(p, ref, title, sizeof title));
        }
        assumption(&l, ref);
        last = ref;
    }
    if (last.field != NULL)
        end_group(&l);
    list_sources(&l);
}

/* ---- the command ---------------------------------------------------------------------------------- */

void
write_reproduce(struct page *p)
{
    const struct answer *an = p->in->answer;
    char samples[24];

    page_paragraph(p, "breakeven %s gives this report again, to the byte, from the same scenario and catalog (%s futures, seed %llu):", PACKAGE_VERSION,
                   number_full(samples, sizeof samples, an->samples, 0), (unsigned long long)an->seed);
    p->pen->command(p, p->in->command != NULL ? p->in->command : "breakeven report");
}
