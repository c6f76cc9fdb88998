/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "arena.h"

#define CHUNK_BYTES 16384

struct arena {
    struct arena *next;
    size_t used, size;
    char bytes[];
};

char *
arena_copy(struct arena **arena, const char *text, size_t n)
{
    struct arena *a = *arena;

    if (a == NULL || a->size - a->used < n + 1) {
        size_t size = n + 1 > CHUNK_BYTES ? n + 1 : CHUNK_BYTES;

        a = malloc(sizeof *a + size);
        if (a == NULL)
            return NULL;
        a->next = *arena;
        a->used = 0;
        a->size = size;
        *arena = a;
    }
    char *copy = a->bytes + a->used;
    memcpy(copy, text, n);
    copy[n] = '\0';
    a->used += n + 1;
    return copy;
}

void
arena_free(struct arena *a)
{
    while (a != NULL) {
        struct arena *next = a->next;

        free(a);
        a = next;
    }
}
