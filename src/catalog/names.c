/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"

static size_t
hash_of(const char *text, size_t n)
{
    uint32_t h = 2166136261u; /* FNV-1a */

    for (size_t k = 0; k < n; k++)
        h = (h ^ (unsigned char)text[k]) * 16777619u;
    return h;
}

/* Where the name stands, or the free slot for it. */
static size_t
slot_of(const struct names *s, const char *text, size_t n)
{
    size_t at = hash_of(text, n) & (s->cap - 1);

    while (s->slot[at].text != NULL && (s->slot[at].n != n || memcmp(s->slot[at].text, text, n) != 0))
        at = (at + 1) & (s->cap - 1);
    return at;
}

static bool
grow(struct names *s)
{
    struct names wide = { .cap = s->cap > 0 ? 2 * s->cap : 1024, .used = s->used };

    wide.slot = calloc(wide.cap, sizeof *wide.slot);
    if (wide.slot == NULL)
        return false;
    for (size_t k = 0; k < s->cap; k++)
        if (s->slot[k].text != NULL)
            wide.slot[slot_of(&wide, s->slot[k].text, s->slot[k].n)] = s->slot[k];
    free(s->slot);
    *s = wide;
    return true;
}

void
names_add(struct names *s, const char *text, size_t n)
{
    if (s->failed || (2 * (s->used + 1) > s->cap && !grow(s))) {
        s->failed = true;
        return;
    }
    size_t at = slot_of(s, text, n);
    s->used += s->slot[at].text == NULL;
    s->slot[at] = (struct name){ text, n };
}

bool
names_hold(const struct names *s, const char *text, size_t n)
{
    return s->failed || (s->cap > 0 && s->slot[slot_of(s, text, n)].text != NULL);
}

bool
names_may_hold(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("._:/@+-", c) != NULL);
}

void
names_of_text(struct names *s, const char *text)
{
    while (*text != '\0') {
        size_t n = 0;
        while (names_may_hold(text[n]))
            n++;
        if (n > 0)
            names_add(s, text, n - (n > 1 && text[n - 1] == ':'));
        text += n > 0 ? n : 1;
    }
}

void
names_free(struct names *s)
{
    free(s->slot);
}
