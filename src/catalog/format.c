/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "tables.h"

/* The tables that the loader walks, as rows for the manual. */

static const char *
type_words(enum value_type type)
{
    static const char *const words[] = {
        [VALUE_TEXT] = "text", [VALUE_NUMBER] = "number", [VALUE_RANGE] = "number or [low, high]",
        [VALUE_BOOL] = "yes or no", [VALUE_DATE] = "date", [VALUE_WORD] = "word", [VALUE_BITS] = "list of words",
        [VALUE_FLAG] = "word", [VALUE_LIST] = "list",
    };

    return words[type];
}

static void
join_words(const struct word *words, char *out, size_t size)
{
    size_t at = 0;

    out[0] = '\0';
    for (; words != NULL && words->text != NULL && at < size; words++) {
        int n = snprintf(out + at, size - at, "%s%s", at > 0 ? ", " : "", words->text);
        at += n > 0 ? (size_t)n : 0;
    }
}

static void
fill_row(struct catalog_key_row *row, const struct table *kind, const char *list, const struct key *k)
{
    row->kind = kind->name;
    row->list = list;
    row->key = k->name;
    row->type = type_words(k->type);
    row->help = k->help;
    row->required = k->required;
    row->low = k->type == VALUE_NUMBER ? k->low : NAN;
    row->high = k->type == VALUE_NUMBER ? k->high : NAN;
    join_words(k->words, row->words, sizeof row->words);
}

/* Row *i of a table and of the lists in it, each after its own key; else *i less the rows passed. */
static bool
find_row(struct catalog_key_row *row, const struct table *kind, const struct table *t, const char *list, int *i)
{
    for (int k = 0; k < t->n_keys; k++) {
        if ((*i)-- == 0) {
            fill_row(row, kind, list, &t->keys[k]);
            return true;
        }
        if (t->keys[k].list != NULL && find_row(row, kind, t->keys[k].list, t->keys[k].name, i))
            return true;
    }
    return false;
}

bool
catalog_key_row(int i, struct catalog_key_row *row)
{
    for (const struct table *t = catalog_tables; i >= 0 && t->name != NULL; t++)
        if (find_row(row, t, t, NULL, &i))
            return true;
    return false;
}
