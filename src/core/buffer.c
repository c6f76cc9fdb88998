/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "breakeven/core.h"

static const char nothing[1]; /* what an empty buffer points at; never written */

void
buffer_init(struct buffer *b)
{
    memset(b, 0, sizeof *b);
    b->text = (char *)(uintptr_t)nothing;
}

void
buffer_release(struct buffer *b)
{
    if (b->cap > 0)
        free(b->text);
    buffer_init(b);
}

/* Room for n more bytes and the NUL. */
static bool
reserve(struct buffer *b, size_t n)
{
    size_t need = b->n + n + 1, cap = b->cap > 0 ? b->cap : 128;

    if (b->failed)
        return false;
    if (need < n || need > SIZE_MAX / 4) {
        b->failed = true;
        return false;
    }
    if (need <= b->cap)
        return true;
    while (cap < need)
        cap *= 2;
    char *grown = realloc(b->cap > 0 ? b->text : NULL, cap);
    if (grown == NULL) {
        b->failed = true;
        return false;
    }
    b->text = grown;
    b->cap = cap;
    return true;
}

void
buffer_add(struct buffer *b, const char *bytes, size_t n)
{
    if (n == 0 || !reserve(b, n))
        return;
    memcpy(b->text + b->n, bytes, n);
    b->n += n;
    b->text[b->n] = '\0';
}

void
buffer_puts(struct buffer *b, const char *text)
{
    buffer_add(b, text, strlen(text));
}

void
buffer_putc(struct buffer *b, char c)
{
    buffer_add(b, &c, 1);
}

void
buffer_printf(struct buffer *b, const char *fmt, ...)
{
    va_list ap, again;

    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n > 0 && reserve(b, (size_t)n)) {
        vsnprintf(b->text + b->n, (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

char *
buffer_steal(struct buffer *b)
{
    char *text = NULL;

    if (!b->failed && reserve(b, 0)) {
        b->text[b->n] = '\0';
        text = b->text;
        buffer_init(b);
    } else
        buffer_release(b);
    return text;
}
