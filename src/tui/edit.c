/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <string.h>

#include "app.h"

void
edit_set(struct line_edit *e, const char *text)
{
    text_copy(e->text, sizeof e->text, text);
    e->n = (int)strlen(e->text);
    e->at = e->n;
}

static int
before(const struct line_edit *e, int at)
{
    if (at <= 0 || at > e->n)
        return 0;
    at--;
    while (at > 0 && at < LINE_BYTES && ((unsigned char)e->text[at] & 0xc0) == 0x80)
        at--;
    return at;
}

static int
after(const struct line_edit *e, int at)
{
    uint32_t cp;

    return at >= e->n ? e->n : at + text_decode(e->text + at, (size_t)(e->n - at), &cp);
}

static void
erase(struct line_edit *e, int from, int to)
{
    memmove(e->text + from, e->text + to, (size_t)(e->n - to) + 1);
    e->n -= to - from;
    e->at = from;
}

/* Control characters never get in: a pasted newline is not a commit. */
void
edit_insert(struct line_edit *e, const char *text)
{
    char clean[LINE_BYTES];

    text_clean(clean, sizeof clean, text);
    int n = (int)strlen(clean);
    if (e->n + n >= LINE_BYTES)
        return;
    memmove(e->text + e->at + n, e->text + e->at, (size_t)(e->n - e->at) + 1);
    memcpy(e->text + e->at, clean, (size_t)n);
    e->n += n;
    e->at += n;
}

void
edit_do(struct line_edit *e, enum edit_op op)
{
    switch (op) {
    case EDIT_LEFT:
        e->at = before(e, e->at);
        break;
    case EDIT_RIGHT:
        e->at = after(e, e->at);
        break;
    case EDIT_START:
        e->at = 0;
        break;
    case EDIT_END:
        e->at = e->n;
        break;
    case EDIT_BACK:
        erase(e, before(e, e->at), e->at);
        break;
    case EDIT_DELETE:
        erase(e, e->at, after(e, e->at));
        break;
    case EDIT_CLEAR:
        erase(e, 0, e->at);
        break;
    case EDIT_CLEAR_END:
        erase(e, e->at, e->n);
        break;
    }
}

bool
edit_key(struct line_edit *e, const struct key *k)
{
    char utf8[5], line[LINE_BYTES];

    if (k->code == KEY_PASTE_) {
        text_copy(line, sizeof line, k->paste);
        size_t n = strlen(line);
        while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
            line[--n] = '\0';
        edit_insert(e, line);
        return true;
    }
    if (k->code < 0x20 || k->code == 0x7f || k->code >= KEY_BASE)
        return false;
    text_encode((uint32_t)k->code, utf8);
    edit_insert(e, utf8);
    return true;
}

int
edit_shown(const struct line_edit *e, int columns, int *from)
{
    char head[LINE_BYTES];
    uint32_t cp;

    for (*from = 0;; *from += text_decode(e->text + *from, (size_t)(e->n - *from), &cp)) {
        memcpy(head, e->text + *from, (size_t)(e->at - *from));
        head[e->at - *from] = '\0';
        int width = text_width(head);
        if (width < columns || *from >= e->at)
            return width;
    }
}
