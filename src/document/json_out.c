/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "breakeven/document.h"

void
json_init(struct json *j, struct buffer *out, int indent)
{
    memset(j, 0, sizeof *j);
    j->out = out;
    j->indent = indent;
    j->first[0] = true;
}

static void
new_line(struct json *j)
{
    if (j->indent > 0)
        buffer_printf(j->out, "\n%*s", j->indent * j->depth, "");
}

/* Has this level had no value yet? Levels too deep to be remembered share the last place,
 * so that brackets still pair. */
static bool *
first_here(struct json *j)
{
    return &j->first[j->depth < (int)BE_LEN(j->first) ? j->depth : (int)BE_LEN(j->first) - 1];
}

/* What stands before a value or key: a comma, a line, or nothing after a key. */
static void
lead(struct json *j)
{
    if (j->after_key) {
        j->after_key = false;
        return;
    }
    if (!*first_here(j))
        buffer_putc(j->out, ',');
    if (j->depth > 0)
        new_line(j);
    *first_here(j) = false;
}

static void
quoted(struct buffer *out, const char *text)
{
    size_t n = strlen(text);

    buffer_putc(out, '"');
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        char utf8[5];
        i += (size_t)text_decode(text + i, n - i, &cp);
        switch (cp) {
        case '"':
            buffer_puts(out, "\\\"");
            break;
        case '\\':
            buffer_puts(out, "\\\\");
            break;
        case '\n':
            buffer_puts(out, "\\n");
            break;
        case '\t':
            buffer_puts(out, "\\t");
            break;
        default:
            /* controls, and characters that would reorder a log on a screen */
            if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || (cp >= 0x200e && cp <= 0x200f) || (cp >= 0x2028 && cp <= 0x202e) ||
                (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff)
                buffer_printf(out, "\\u%04x", (unsigned)cp);
            else {
                text_encode(cp, utf8);
                buffer_puts(out, utf8);
            }
        }
    }
    buffer_putc(out, '"');
}

static void
open_with(struct json *j, char c)
{
    lead(j);
    buffer_putc(j->out, c);
    j->depth++;
    *first_here(j) = true;
}

void
json_object(struct json *j)
{
    open_with(j, '{');
}

void
json_array(struct json *j)
{
    open_with(j, '[');
}

void
json_end(struct json *j, char closing)
{
    bool empty = *first_here(j);

    j->depth--;
    *first_here(j) = false; /* it holds what ends here */
    if (!empty)
        new_line(j);
    buffer_putc(j->out, closing);
}

void
json_key(struct json *j, const char *key)
{
    lead(j);
    quoted(j->out, key);
    buffer_puts(j->out, j->indent > 0 ? ": " : ":");
    j->after_key = true;
}

void
json_string(struct json *j, const char *text)
{
    if (text == NULL) {
        json_null(j);
        return;
    }
    lead(j);
    quoted(j->out, text);
}

void
json_number(struct json *j, double value)
{
    char text[40];

    lead(j);
    buffer_puts(j->out, number_exact(text, sizeof text, value));
}

void
json_bool(struct json *j, bool value)
{
    lead(j);
    buffer_puts(j->out, value ? "true" : "false");
}

void
json_null(struct json *j)
{
    lead(j);
    buffer_puts(j->out, "null");
}

void
json_put_string(struct json *j, const char *key, const char *text)
{
    json_key(j, key);
    json_string(j, text);
}

void
json_put_number(struct json *j, const char *key, double value)
{
    json_key(j, key);
    json_number(j, value);
}

void
json_put_bool(struct json *j, const char *key, bool value)
{
    json_key(j, key);
    json_bool(j, value);
}
