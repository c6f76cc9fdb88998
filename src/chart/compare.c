/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "views.h"

/* Scenarios side by side: what each picks, and the fields in which they differ. */

/* The value at a path; false if the scenario has no such place. */
static bool
value_at(const struct scenario *sc, const char *path, const struct catalog *cat, char *out, size_t size)
{
    struct field_ref ref;
    struct error ignored;

    if (field_find(sc, path, &ref, &ignored) < 0)
        return false;
    field_get_text(sc, ref, out, size, cat);
    if (out[0] == '\0')
        text_copy(out, size, "-");
    return true;
}

static bool
add_if_it_differs(struct chart *c, const struct compared *list, int n, const struct catalog *cat, const char *path,
                  const char *label)
{
    char first[200], other[200];
    bool differs = false, there = value_at(list[0].scenario, path, cat, first, sizeof first);

    for (int k = 1; k < n; k++)
        differs |= value_at(list[k].scenario, path, cat, other, sizeof other) != there || (there && strcmp(first, other) != 0);
    struct table_row *row = differs ? add_row(c, label) : NULL;
    for (int k = 0; row != NULL && k < n; k++)
        text_copy(row->cells[k + 1], sizeof row->cells[0],
                  value_at(list[k].scenario, path, cat, other, sizeof other) ? other : "-");
    if (row != NULL)
        text_copy(row->path, sizeof row->path, path);
    return differs;
}

static bool
known_before(const struct compared *list, int k, const char *path)
{
    struct field_ref ref;
    struct error ignored;

    for (int j = 0; j < k; j++)
        if (field_find(list[j].scenario, path, &ref, &ignored) == 0)
            return true;
    return false;
}

enum outcome_row { OUTCOME_PICK, OUTCOME_SURE, OUTCOME_COST, OUTCOME_RIVAL, OUTCOME_TOKENS, OUTCOME_TOTAL, OUTCOME_RUN, OUTCOMES };

/* Where pick and next best cost the same, nearest to the volume; row 1 and the verdict say the same of them. */
static void
evens(char *out, size_t size, const struct answer *an, const struct crossing_answer *x, const struct crossing_set *set)
{
    char text[24];

    if (x == NULL)
        text_copy(out, size, "-");
    else if (set->n == 0)
        snprintf(out, size, "nowhere (%s/%s)", an->arms[x->a].name, an->arms[x->b].name);
    else
        snprintf(out, size, "%s%s (%s/%s)", number_si(text, sizeof text, crossing_nearest(set, an->tokens_per_day)),
                 set->n > 1 ? " and others" : "", an->arms[x->a].name, an->arms[x->b].name);
}

static void
outcome(struct table_row *const rows[OUTCOMES], int column, const struct answer *an)
{
    size_t size = sizeof rows[0]->cells[0];
    char text[24];

    if (an == NULL || an->verdict.pick < 0) {
        text_copy(rows[0]->cells[column], size, an == NULL ? "computing" : "no arm passes");
        return;
    }
    const struct arm_answer *pick = &an->arms[an->verdict.pick];
    const struct crossing_answer *x = answer_crossing(an, an->verdict.pick, an->verdict.rival);
    text_copy(rows[0]->cells[column], size, pick->name);
    snprintf(rows[OUTCOME_SURE]->cells[column], size, "%s%s %.0f%%", confidence_word(an->verdict.confidence),
             answer_on_cost_alone(an) ? " on cost" : "", 100 * an->verdict.p_best);
    number_usd(rows[OUTCOME_COST]->cells[column], size, pick->tco_usd.mean);
    if (an->verdict.rival >= 0)
        snprintf(rows[OUTCOME_RIVAL]->cells[column], size, "%s (%s)",
                 number_usd(text, sizeof text, an->arms[an->verdict.rival].tco_usd.mean - pick->tco_usd.mean),
                 an->arms[an->verdict.rival].name);
    number_si(rows[OUTCOME_TOKENS]->cells[column], size, an->tokens_per_day);
    evens(rows[OUTCOME_TOTAL]->cells[column], size, an, x, x != NULL ? &x->total : NULL);
    evens(rows[OUTCOME_RUN]->cells[column], size, an, x, x != NULL ? &x->run : NULL);
}

/* A file's name without the suffix that all have. */
static char *
brief_name(char *out, size_t size, const char *name)
{
    text_copy(out, size, name);
    for (size_t n = strlen(out), k = 0; k < 2; k++)
        if (n > 5 && strcmp(out + n - (k == 0 ? 5 : 4), k == 0 ? ".yaml" : ".yml") == 0)
            out[n -= k == 0 ? 5 : 4] = '\0';
    return out;
}

char *
compared_words(const struct compared *list, int n, char *out, size_t size)
{
    const struct answer *first = list[0].answer;
    int same = 0, known = 0;

    out[0] = '\0';
    if (first == NULL || first->verdict.pick < 0)
        return out;
    const int kind = first->arms[first->verdict.pick].kind;
    for (int k = 0; k < n; k++) {
        const struct answer *an = list[k].answer;
        known += an != NULL;
        same += an != NULL && an->verdict.pick >= 0 && an->arms[an->verdict.pick].kind == kind;
    }
    snprintf(out, size, "%s is the kind of arm picked in %d of %d scenarios", arm_kind_word(kind), same, known);
    return out;
}

void
chart_compare(struct chart *c, const struct compared *list, int n, const struct catalog *cat)
{
    static const char *const names[OUTCOMES] = {
        [OUTCOME_PICK] = "pick", [OUTCOME_SURE] = "how sure", [OUTCOME_COST] = "pick over the horizon",
        [OUTCOME_RIVAL] = "next best costs more", [OUTCOME_TOKENS] = "tokens/day", [OUTCOME_TOTAL] = "total costs even at",
        [OUTCOME_RUN] = "running costs even at",
    };
    struct table_row *rows[OUTCOMES];
    char path[112], label[64], name[sizeof c->columns[0]];
    struct field_ref ref;
    int differing = 0, dropped = 0;

    chart_reset(c, CHART_TABLE, "Compare");
    add_column(c, "");
    if (n > (int)BE_LEN(c->columns) - 1)
        n = (int)BE_LEN(c->columns) - 1;
    for (int k = 0; k < n; k++)
        add_column(c, brief_name(name, sizeof name, list[k].name));
    for (int r = 0; r < OUTCOMES; r++)
        rows[r] = add_row(c, names[r]);
    for (int k = 0; k < n; k++)
        outcome(rows, k + 1, list[k].answer);
    for (int k = 0; k < n; k++)
        for (int i = 0; field_each(list[k].scenario, i, &ref); i++) {
            field_path(list[k].scenario, ref, path, sizeof path);
            if (known_before(list, k, path))
                continue;
            if (ref.arm >= 0)
                snprintf(label, sizeof label, "%s: %s", list[k].scenario->arms[ref.arm].name, ref.field->label);
            else
                text_copy(label, sizeof label, ref.field->label);
            int before = c->n_rows;
            if (add_if_it_differs(c, list, n, cat, path, label)) {
                differing++;
                dropped += c->n_rows == before;
            }
        }
    if (n == 1)
        text_copy(c->sentence, sizeof c->sentence, "One scenario: a second one beside it shows what differs.");
    else if (dropped > 0)
        snprintf(c->sentence, sizeof c->sentence, "%d fields differ between %d scenarios; the last %d find no room here.", differing,
                 n, dropped);
    else
        snprintf(c->sentence, sizeof c->sentence, "%d field%s between %d scenarios; those that are equal are left out.",
                 differing, differing == 1 ? " differs" : "s differ", n);
    char alike[96];
    if (n > 2 && dropped == 0 && compared_words(list, n, alike, sizeof alike)[0] != '\0') /* in no more rows than without */
        snprintf(c->sentence, sizeof c->sentence, "%d field%s; %s.", differing, differing == 1 ? " differs" : "s differ", alike);
}
