/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_CATALOG_NAMES_H
#define BREAKEVEN_CATALOG_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* A set of names; the texts are the caller's and outlive it. */
struct name {
    const char *text;
    size_t n;
};
struct names {
    struct name *slot; /* cap of them, a power of two, at most half are used */
    size_t used, cap;
    bool failed;       /* no memory: the set holds everything                */
};

void names_add(struct names *, const char *text, size_t n);
bool names_hold(const struct names *, const char *text, size_t n);
/* Every run of characters that names are made of; a colon behind it does not belong to it. */
void names_of_text(struct names *, const char *text);
bool names_may_hold(char c);
void names_free(struct names *);

#endif
