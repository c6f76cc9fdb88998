/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_CATALOG_ARENA_H
#define BREAKEVEN_CATALOG_ARENA_H

#include <stddef.h>

/*
 * Strings that live as long as their catalog: copied into chunks that are freed
 * at once.  NULL is an empty arena.
 */
struct arena;

/* A copy of n bytes of text, NUL-terminated; NULL if there is no memory. */
char *arena_copy(struct arena **, const char *text, size_t n);
void arena_free(struct arena *);

#endif
