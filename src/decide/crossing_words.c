/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>

#include "breakeven/decide.h"

/* A set of break-evens in words: as short as a panel has room for, or as a sentence goes on. */

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
