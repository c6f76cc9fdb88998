/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <string.h>

#include "splice.h"

/* One scalar, plain where YAML reads the plain text as the same text. */

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Characters that stand in a text only escaped: controls, further line breaks, marks. */
static bool
needs_escape(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfeff || c == 0xfffe || c == 0xffff;
}

static bool
has_escapes(const char *value)
{
    size_t n = strlen(value);
    uint32_t c;

    for (size_t k = 0; k < n;) {
        k += (size_t)text_decode(value + k, n - k, &c);
        if (needs_escape(c))
            return true;
    }
    return false;
}

/* YAML 1.1, 5.3 and 7.3.3: what may begin a plain scalar, what ends it. */
static bool
may_be_plain(const char *value, bool flow)
{
    static const char *const words[] = { "~", "null", "Null", "NULL", "---", "..." };
    size_t n = strlen(value);

    if (n == 0 || is_blank(value[0]) || is_blank(value[n - 1]) || value[n - 1] == ':')
        return false;
    for (size_t k = 0; k < BE_LEN(words); k++)
        if (strcmp(words[k], value) == 0)
            return false;
    if (strchr("#&*!|>'\"%@`?:,[]{}", value[0]) != NULL || (value[0] == '-' && (n == 1 || is_blank(value[1]))))
        return false;
    if (strncmp(value, "--- ", 4) == 0 || strncmp(value, "... ", 4) == 0)
        return false;
    if (strstr(value, ": ") != NULL || strstr(value, " #") != NULL)
        return false;
    if (flow && strpbrk(value, ",[]{}?") != NULL)
        return false;
    return !has_escapes(value);
}

static void
put_quoted(struct buffer *out, const char *value)
{
    size_t n = strlen(value);

    buffer_putc(out, '"');
    for (size_t k = 0; k < n;) {
        uint32_t c;
        size_t used = (size_t)text_decode(value + k, n - k, &c);
        if (c == '"' || c == '\\')
            buffer_printf(out, "\\%c", (int)c);
        else if (c == '\n')
            buffer_puts(out, "\\n");
        else if (c == '\t')
            buffer_puts(out, "\\t");
        else if (needs_escape(c))
            buffer_printf(out, c < 0x100 ? "\\x%02x" : "\\u%04x", (unsigned)c);
        else
            buffer_add(out, value + k, used);
        k += used;
    }
    buffer_putc(out, '"');
}

void
put_scalar(struct buffer *out, const char *value, bool flow)
{
    if (may_be_plain(value, flow))
        buffer_puts(out, value);
    else
        put_quoted(out, value);
}

/* Where it will stand is not known: what is right between brackets is right everywhere. */
void
yaml_put_scalar(struct buffer *out, const char *value)
{
    put_scalar(out, value, true);
}
