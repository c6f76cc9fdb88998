/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_TESTS_LEGAL_H
#define BREAKEVEN_TESTS_LEGAL_H

#include <stdio.h>
#include <string.h>

#include "breakeven/scenario.h"

/* What may stand in a field, value by value: of a figure its ends, the range between them and nothing;
 * of a choice each word; of a name each of the catalog's, nothing, and one that no catalog has; of an
 * arm each arm's name, nothing, and nobody's; of a set none, each member and all; of a date some
 * days. Texts have none. */

#define LEGAL_BYTES 2100

static inline bool
legal_of(const char *const *values, int n, int i, char *out)
{
    if (i < n)
        snprintf(out, LEGAL_BYTES, "%s", values[i]);
    return i < n;
}

static inline bool
legal_figure(const struct scenario *sc, struct field_ref ref, int i, char *out)
{
    struct quantity_rules how;
    char low[QUANTITY_TEXT], high[QUANTITY_TEXT], between[2 * QUANTITY_TEXT + 8];

    field_rules(ref.field, sc, &how);
    quantity_print(low, sizeof low, how.low, &how);
    quantity_print(high, sizeof high, how.high, &how);
    snprintf(between, sizeof between, "%s..%s", low, high);
    return legal_of((const char *const[]){ low, high, between, "" }, 4, i, out);
}

static inline bool
legal_set(const struct catalog *names, enum catalog_kind kind, int i, char *out)
{
    int n = catalog_count(names, kind) < 32 ? catalog_count(names, kind) : 32;
    size_t used = 0;

    if (i > n + 1)
        return false;
    snprintf(out, LEGAL_BYTES, "%s", i == 0 ? "none" : i <= n ? catalog_id(names, kind, i - 1) : "");
    for (int k = 0; i == n + 1 && k < n; k++)
        used += (size_t)snprintf(out + used, LEGAL_BYTES - used, "%s ", catalog_id(names, kind, k));
    return true;
}

/* The i-th; false past the last. out has LEGAL_BYTES. */
static inline bool
legal_value(const struct scenario *sc, struct field_ref ref, const struct catalog *names, int i, char *out)
{
    const struct field *f = ref.field;
    int n = 0;

    if (f->type == &field_quantity)
        return legal_figure(sc, ref, i, out);
    if (f->type == &field_choice) {
        while (f->choices[n].word != NULL)
            n++;
        if (i < n)
            snprintf(out, LEGAL_BYTES, "%s", f->choices[i].word);
        return i < n;
    }
    if (f->type == &field_name) {
        n = catalog_count(names, f->names);
        if (i < n + 2)
            snprintf(out, LEGAL_BYTES, "%s", i < n ? catalog_id(names, f->names, i) : i == n ? "" : "no-such-name");
        return i < n + 2;
    }
    if (f->type == &field_arm) {
        if (i < sc->n_arms + 2)
            snprintf(out, LEGAL_BYTES, "%s", i < sc->n_arms ? sc->arms[i].name : i == sc->n_arms ? "" : "nobody");
        return i < sc->n_arms + 2;
    }
    if (f->type == &field_set)
        return legal_set(names, f->names, i, out);
    if (f->type == &field_date)
        return legal_of((const char *const[]){ "", "1999-12-31", "2026-03", "2099-12" }, 4, i, out);
    return false;
}

static inline int
legal_count(const struct scenario *sc, struct field_ref ref, const struct catalog *names)
{
    char text[LEGAL_BYTES];
    int n = 0;

    while (legal_value(sc, ref, names, n, text))
        n++;
    return n;
}

/* A name that the catalog lost since the file was written comes past the catalog. */
static inline int
legal_put(struct scenario *sc, struct field_ref ref, const char *text, const struct catalog *names, struct error *err)
{
    bool lost = ref.field->type == &field_name && strcmp(text, "no-such-name") == 0;

    return field_set_text(sc, ref, text, lost ? NULL : names, err);
}

#endif
