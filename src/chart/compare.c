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

static void
outcome(struct table_row *const rows[6], int column, const struct answer *an)
{
    size_t size = sizeof rows[0]->cells[0];
    char text[24];

    if (an == NULL || an->verdict.pick < 0) {
        text_copy(rows[0]->cells[column], size, an == NULL ? "computing" : "no arm passes");
        return;
    }
    const struct arm_answer *pick = &an->arms[an->verdict.pick];
    const struct crossing_answer *x = main_crossing(an, false);
    text_copy(rows[0]->cells[column], size, pick->name);
    snprintf(rows[1]->cells[column], size, "%s %.0f%%", confidence_word(an->verdict.confidence), 100 * an->verdict.p_best);
    number_usd(rows[2]->cells[column], size, pick->tco_usd.mean);
    if (an->verdict.rival >= 0)
        snprintf(rows[3]->cells[column], size, "%s (%s)",
                 number_usd(text, sizeof text, an->arms[an->verdict.rival].tco_usd.mean - pick->tco_usd.mean),
                 an->arms[an->verdict.rival].name);
    number_si(rows[4]->cells[column], size, an->tokens_per_day);
    if (x != NULL)
        snprintf(rows[5]->cells[column], size, "%s (%s/%s)", number_si(text, sizeof text, x->run.tokens_per_day[0]),
                 an->arms[x->a].name, an->arms[x->b].name);
    else
        text_copy(rows[5]->cells[column], size, "none");
}

void
chart_compare(struct chart *c, const struct compared *list, int n, const struct catalog *cat)
{
    static const char *const names[] = { "pick", "how sure", "pick over the horizon", "next best costs more",
                                         "tokens/day", "running costs even at" };
    struct table_row *rows[BE_LEN(names)];
    char path[112], label[64];
    struct field_ref ref;
    int differing = 0, dropped = 0;

    chart_reset(c, CHART_TABLE, "Compare");
    add_column(c, "");
    if (n > (int)BE_LEN(c->columns) - 1)
        n = (int)BE_LEN(c->columns) - 1;
    for (int k = 0; k < n; k++)
        add_column(c, list[k].name);
    for (size_t r = 0; r < BE_LEN(names); r++)
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
        snprintf(c->sentence, sizeof c->sentence, "%d fields differ between %d scenarios; those that are equal are left out.",
                 differing, n);
}
