/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>

#include "breakeven/decide.h"

/* A set of break-evens in words: as short as a panel has room for, or as a sentence goes on. */

void
crossings_searched(const struct answer *an, char low[16], char high[16])
{
    number_si(low, 16, an->tokens_per_day / CROSSINGS_REACH);
    number_si(high, 16, an->tokens_per_day * CROSSINGS_REACH);
}

char *
crossing_words(const struct crossing_set *x, bool brief, char *out, size_t size)
{
    char first[16], next[16], last[16], count[32];

    if (x->n == 0) {
        text_copy(out, size, "none");
        return out;
    }
    number_si(first, sizeof first, x->tokens_per_day[0]);
    number_si(next, sizeof next, x->tokens_per_day[x->n > 1]);
    number_si(last, sizeof last, x->tokens_per_day[x->n - 1]);
    snprintf(count, sizeof count, "%s%d times", x->truncated ? "at least " : "", x->n);
    if (x->n == 1)
        snprintf(out, size, "%s%s", brief ? "" : "at ", first);
    else if (brief && x->n == 2)
        snprintf(out, size, "%s and %s", first, last);
    else if (brief)
        snprintf(out, size, "%s, %s to %s", count, first, last);
    else if (x->n == 2)
        snprintf(out, size, "twice: first at %s, last at %s", first, last);
    else
        snprintf(out, size, "%s: first at %s, next at %s, last at %s", count, first, next, last);
    return out;
}

#define SPANS_SAID 3

/* Costs change places at each crossing, so every second stretch is one arm's. */
char *
crossing_spans(const struct crossing_set *x, int arm, char *out, size_t size)
{
    const bool first = x->cheaper_below == arm;
    const int parts = (x->n + 1 + first) / 2;
    char from[16], to[16];
    int n = 0;

    if (x->n == 0) {
        text_copy(out, size, first ? "at every volume" : "at no volume");
        return out;
    }
    out[0] = '\0';
    for (int k = first ? 0 : 1, said = 0; k <= x->n && n >= 0 && (size_t)n < size; k += 2, said++) {
        if (parts > SPANS_SAID && said == SPANS_SAID - 1 && k + 2 <= x->n) {
            n += snprintf(out + n, size - (size_t)n, ", ...");
            k += (x->n - k) / 2 * 2; /* the last one */
        }
        number_si(from, sizeof from, x->tokens_per_day[k > 0 ? k - 1 : 0]);
        number_si(to, sizeof to, x->tokens_per_day[k < x->n ? k : x->n - 1]);
        n += snprintf(out + n, size - (size_t)n, "%s", said > 0 ? ", " : "");
        if (k == 0)
            n += snprintf(out + n, size - (size_t)n, "up to %s", to);
        else if (k == x->n)
            n += snprintf(out + n, size - (size_t)n, "past %s", from);
        else
            n += snprintf(out + n, size - (size_t)n, "%s to %s", from, to);
    }
    return out;
}
