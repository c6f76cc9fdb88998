/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "breakeven/core.h"

struct width_range {
    uint32_t first, last;
};
#include "width.h"

#define REPLACEMENT 0xFFFDu

/* ---- UTF-8 -------------------------------------------------------------------------- */

int
text_decode(const char *s, size_t n, uint32_t *cp)
{
    const unsigned char *b = (const unsigned char *)s;
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    int length = b[0] < 0x80 ? 1 : (b[0] & 0xe0) == 0xc0 ? 2 : (b[0] & 0xf0) == 0xe0 ? 3 : (b[0] & 0xf8) == 0xf0 ? 4 : 0;
    uint32_t value;

    *cp = REPLACEMENT;
    if (length == 0 || (size_t)length > n)
        return 1;
    if (length == 1) {
        *cp = b[0];
        return 1;
    }
    value = b[0] & (0x7fu >> length);
    for (int k = 1; k < length; k++) {
        if ((b[k] & 0xc0) != 0x80)
            return 1;
        value = value << 6 | (b[k] & 0x3fu);
    }
    if (value < least[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 1;
    *cp = value;
    return length;
}

int
text_encode(uint32_t cp, char out[5])
{
    int n = 0;

    if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
        cp = REPLACEMENT;
    if (cp < 0x80)
        out[n++] = (char)cp;
    else if (cp < 0x800) {
        out[n++] = (char)(0xc0 | cp >> 6);
        out[n++] = (char)(0x80 | (cp & 0x3f));
    } else if (cp < 0x10000) {
        out[n++] = (char)(0xe0 | cp >> 12);
        out[n++] = (char)(0x80 | (cp >> 6 & 0x3f));
        out[n++] = (char)(0x80 | (cp & 0x3f));
    } else {
        out[n++] = (char)(0xf0 | cp >> 18);
        out[n++] = (char)(0x80 | (cp >> 12 & 0x3f));
        out[n++] = (char)(0x80 | (cp >> 6 & 0x3f));
        out[n++] = (char)(0x80 | (cp & 0x3f));
    }
    out[n] = '\0';
    return n;
}

bool
text_valid(const char *s, size_t n, size_t *bad)
{
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        int used = text_decode(s + i, n - i, &cp);
        bool replaced = cp == REPLACEMENT && !(used == 3 && memcmp(s + i, "\xef\xbf\xbd", 3) == 0);
        if (replaced) {
            if (bad != NULL)
                *bad = i;
            return false;
        }
        i += (size_t)used;
    }
    return true;
}

/* ---- widths ------------------------------------------------------------------------------ */

static bool
in_ranges(const struct width_range *list, size_t n, uint32_t cp)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t mid = (low + high) / 2;
        if (cp > list[mid].last)
            low = mid + 1;
        else if (cp < list[mid].first)
            high = mid;
        else
            return true;
    }
    return false;
}

int
text_char_width(uint32_t cp)
{
    if (cp >= 0x20 && cp < 0x7f)
        return 1;
    if (in_ranges(width_zero, BE_LEN(width_zero), cp))
        return 0;
    return in_ranges(width_two, BE_LEN(width_two), cp) ? 2 : 1;
}

int
text_width(const char *utf8)
{
    size_t n = strlen(utf8);
    int width = 0;

    for (size_t i = 0; i < n;) {
        uint32_t cp;
        i += (size_t)text_decode(utf8 + i, n - i, &cp);
        width += text_char_width(cp);
    }
    return width;
}

/* ---- harmless copies ------------------------------------------------------------------------ */

/* Characters that move, hide or reorder others on a terminal or a page. */
static bool
is_hostile(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x61c || cp == 0x200e || cp == 0x200f ||
           (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x206f) || cp == 0xfeff ||
           (cp >= 0xfff9 && cp <= 0xfffb) || (cp >= 0xe0000 && cp <= 0xe007f);
}

char *
text_clean(char *out, size_t size, const char *from)
{
    size_t n = strlen(from), at = 0;

    for (size_t i = 0; i < n;) {
        uint32_t cp;
        char utf8[5];
        i += (size_t)text_decode(from + i, n - i, &cp);
        if (cp == '\t' || cp == '\n' || cp == '\r')
            cp = ' ';
        else if (is_hostile(cp))
            cp = REPLACEMENT;
        int used = text_encode(cp, utf8);
        if (at + (size_t)used + 1 > size)
            break;
        memcpy(out + at, utf8, (size_t)used);
        at += (size_t)used;
    }
    if (size > 0)
        out[at] = '\0';
    return out;
}

char *
text_fit(char *out, size_t size, const char *from, int cells, bool ascii)
{
    const char *mark = ascii ? "..." : "\xe2\x80\xa6";
    int mark_cells = ascii ? 3 : 1;
    size_t n = strlen(from), at = 0;
    int width = 0;

    if (size == 0)
        return out;
    if (text_width(from) <= cells) {
        text_copy(out, size, from);
        return out;
    }
    if (mark_cells > cells) {
        mark = "";
        mark_cells = 0;
    }
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        int used = text_decode(from + i, n - i, &cp), w = text_char_width(cp);
        if (width + w > cells - mark_cells || at + (size_t)used + strlen(mark) + 1 > size)
            break;
        memcpy(out + at, from + i, (size_t)used);
        at += (size_t)used;
        width += w;
        i += (size_t)used;
    }
    if (at + strlen(mark) + 1 > size)
        mark = "";
    memcpy(out + at, mark, strlen(mark) + 1);
    return out;
}

bool
text_copy(char *out, size_t size, const char *from)
{
    size_t n = strlen(from);

    if (size == 0)
        return false;
    if (n < size) {
        memmove(out, from, n + 1);
        return true;
    }
    n = size - 1;
    while (n > 0 && ((unsigned char)from[n] & 0xc0) == 0x80)
        n--;
    memmove(out, from, n);
    out[n] = '\0';
    return false;
}

/* ---- names ------------------------------------------------------------------------------------- */

#define NAME_BYTES 96

static int
fold(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

static int
least(int a, int b)
{
    return a < b ? a : b;
}

int
text_distance(const char *a, const char *b)
{
    int rows[3][NAME_BYTES + 1], *two = rows[0], *one = rows[1], *now = rows[2];
    int n = (int)strlen(a), m = (int)strlen(b);

    if (n > NAME_BYTES)
        n = NAME_BYTES;
    if (m > NAME_BYTES)
        m = NAME_BYTES;
    for (int j = 0; j <= m; j++)
        one[j] = two[j] = j;
    for (int i = 1; i <= n; i++) {
        now[0] = i;
        for (int j = 1; j <= m; j++) {
            int cost = fold(a[i - 1]) != fold(b[j - 1]);
            now[j] = least(least(one[j] + 1, now[j - 1] + 1), one[j - 1] + cost);
            if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) && fold(a[i - 2]) == fold(b[j - 1]))
                now[j] = least(now[j], two[j - 2] + 1);
        }
        int *spare = two;
        two = one;
        one = now;
        now = spare;
    }
    return n == 0 ? m : one[m];
}

static bool
contains_folded(const char *candidate, const char *name)
{
    size_t n = strlen(name);

    for (const char *p = candidate; *p != '\0'; p++) {
        size_t k = 0;
        while (k < n && p[k] != '\0' && fold(p[k]) == fold(name[k]))
            k++;
        if (k == n)
            return n > 0;
    }
    return false;
}

/* The name that shares the longest beginning, three letters at least. */
static const char *
same_beginning(const char *name, const char *(*next)(const void *ctx, int i), const void *ctx)
{
    const char *best = NULL, *candidate;
    size_t longest = 2;

    for (int i = 0; (candidate = next(ctx, i)) != NULL; i++) {
        size_t n = 0;
        while (name[n] != '\0' && fold(name[n]) == fold(candidate[n]))
            n++;
        if (n > longest) {
            longest = n;
            best = candidate;
        }
    }
    return best;
}

/* The longest name that stands whole in what was typed ("openai/gpt-4o"), four letters at least. */
static const char *
held_within(const char *name, const char *(*next)(const void *ctx, int i), const void *ctx)
{
    const char *best = NULL, *candidate;
    size_t longest = 3;

    for (int i = 0; (candidate = next(ctx, i)) != NULL; i++)
        if (strlen(candidate) > longest && contains_folded(name, candidate)) {
            longest = strlen(candidate);
            best = candidate;
        }
    return best;
}

const char *
text_nearest(const char *name, const char *(*next)(const void *ctx, int i), const void *ctx)
{
    const char *best = NULL, *candidate;
    size_t length = strlen(name);
    int limit = (int)(length < NAME_BYTES ? length : NAME_BYTES) / 3, best_distance;

    if (limit < 2)
        limit = 2;
    best_distance = limit + 1;
    for (int i = 0; (candidate = next(ctx, i)) != NULL; i++) {
        int distance = text_distance(name, candidate);
        /* A name that was typed in part is nearer than any slip of the hand but one. */
        if (distance > 1 && length >= 3 && contains_folded(candidate, name))
            distance = 1;
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    if (best == NULL)
        best = held_within(name, next, ctx);
    return best != NULL ? best : same_beginning(name, next, ctx);
}

char *
text_unit(char *out, size_t size, const char *figure, const char *unit)
{
    const int first = (int)strcspn(unit, " /");
    const bool one = strcmp(figure, "1") == 0 && first > 2 && unit[first - 1] == 's';

    snprintf(out, size, "%.*s%s", one ? first - 1 : first, unit, unit + first);
    return out;
}

/* Letters in order; runs and starts of words count more, gaps less. */
int
text_fuzzy(const char *pattern, const char *candidate)
{
    int score = 0, run = 0;
    const char *p = pattern;

    if (*p == '\0')
        return 0;
    for (const char *c = candidate; *c != '\0' && *p != '\0'; c++) {
        if (fold(*c) != fold(*p)) {
            run = 0;
            continue;
        }
        bool start = c == candidate || strchr("._- /", c[-1]) != NULL;
        run++;
        score += 10 + 5 * run + (start ? 12 : 0);
        p++;
    }
    if (*p != '\0')
        return 0;
    score -= (int)strlen(candidate) / 4;
    return score > 0 ? score : 1;
}

static size_t
break_at(const char *utf8, int cells, bool at_spaces)
{
    size_t n = 0, space = 0, all = strlen(utf8);
    int used = 0;

    while (n < all) {
        uint32_t cp;
        size_t bytes = (size_t)text_decode(utf8 + n, all - n, &cp);
        if (used + text_char_width(cp) > cells)
            return at_spaces && space > 0 ? space : n;
        used += text_char_width(cp);
        n += bytes;
        if (utf8[n] == ' ')
            space = n;
    }
    return n;
}

size_t
text_break(const char *utf8, int cells)
{
    return break_at(utf8, cells, true);
}

size_t
text_break_hard(const char *utf8, int cells)
{
    return break_at(utf8, cells, false);
}

void
buffer_wrap(struct buffer *out, const char *text, int columns, const char *lead)
{
    int indent = text_width(lead);

    text += strspn(text, " ");
    buffer_puts(out, lead);
    for (;;) {
        uint32_t cp;
        size_t n = text_break(text, columns - indent);
        if (n == 0 && *text != '\0')
            n = (size_t)text_decode(text, strlen(text), &cp);
        buffer_add(out, text, n);
        buffer_putc(out, '\n');
        text += n;
        text += strspn(text, " ");
        if (*text == '\0')
            break;
        buffer_printf(out, "%*s", indent, "");
    }
}
