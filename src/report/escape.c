/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "sections.h"

/* Text from files is hostile: it is cleaned of controls and bidi overrides first,
 * then escaped for where it goes. */

char *
cleaned(const char *text)
{
    size_t size = 3 * strlen(text) + 1; /* a bad byte becomes U+FFFD */
    char *out = malloc(size);

    return out != NULL ? text_clean(out, size, text) : NULL;
}

static bool
is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c & 0x80) != 0;
}

/* Marks that mean something only at a certain place: a name with underscores stays readable. */
static bool
is_mark(const char *from, const char *p)
{
    char before = p > from ? p[-1] : ' ';

    switch (*p) {
    case '_':
        return !is_word(before) || !is_word(p[1]);
    case '!':
        return p[1] == '[';
    case '&':
        return p[1] == '#' || is_word(p[1]);
    case ':': /* links without brackets */
        return strncmp(p, "://", 3) == 0;
    case '.':
        return p >= from + 3 && (strncmp(p - 3, "www", 3) == 0 || strncmp(p - 3, "WWW", 3) == 0);
    default:
        return strchr("\\`*[]<>|#~", *p) != NULL;
    }
}

/* "- ", "+ ", "1. " and "===" would begin a list or underline what stands above: the bytes before
 * the mark that needs its backslash, or -1. */
static int
block_mark(const char *text)
{
    int digits = (int)strspn(text, "0123456789");

    if (digits > 0)
        return (text[digits] == '.' || text[digits] == ')') && (text[digits + 1] == ' ' || text[digits + 1] == '\0') ? digits : -1;
    if (text[0] == '-' || text[0] == '+')
        return text[1] == ' ' || text[1] == '\0' || text[1] == text[0] ? 0 : -1;
    return text[0] == '=' ? 0 : -1;
}

void
markdown_put(struct buffer *out, const char *text)
{
    char *clean = cleaned(text), *from;

    if (clean == NULL) {
        out->failed = true;
        return;
    }
    for (from = clean; *from == ' ';)
        from++;
    const char *p = from;
    int mark = block_mark(p);
    if (mark >= 0) {
        buffer_add(out, p, (size_t)mark);
        buffer_putc(out, '\\');
        buffer_putc(out, p[mark]);
        p += mark + 1;
    }
    for (; *p != '\0'; p++) {
        if (is_mark(from, p))
            buffer_putc(out, '\\');
        buffer_putc(out, *p);
    }
    free(clean);
}

void
markdown_code(struct buffer *out, const char *text)
{
    if (text[0] == '\0' || strpbrk(text, "`|\\") != NULL) {
        markdown_put(out, text);
        return;
    }
    buffer_putc(out, '`');
    plain_put(out, text);
    buffer_putc(out, '`');
}

void
plain_put(struct buffer *out, const char *text)
{
    char *clean = cleaned(text);

    if (clean != NULL)
        buffer_puts(out, clean);
    out->failed |= clean == NULL;
    free(clean);
}

void
html_put(struct buffer *out, const char *text)
{
    char *clean = cleaned(text);

    if (clean == NULL) {
        out->failed = true;
        return;
    }
    for (const char *p = clean; *p != '\0'; p++)
        switch (*p) {
        case '&':
            buffer_puts(out, "&amp;");
            break;
        case '<':
            buffer_puts(out, "&lt;");
            break;
        case '>':
            buffer_puts(out, "&gt;");
            break;
        case '"':
            buffer_puts(out, "&quot;");
            break;
        case '\'':
            buffer_puts(out, "&#39;");
            break;
        default:
            buffer_putc(out, *p);
        }
    free(clean);
}

int
report_format_parse(const char *name, enum report_format *format)
{
    static const struct {
        const char *name;
        enum report_format format;
    } formats[] = {
        { "md", REPORT_MARKDOWN }, { "markdown", REPORT_MARKDOWN }, { "html", REPORT_HTML }, { "htm", REPORT_HTML },
        { "json", REPORT_JSON }, { "csv", REPORT_CSV }, { "txt", REPORT_TEXT }, { "text", REPORT_TEXT },
    };

    for (size_t k = 0; k < BE_LEN(formats); k++)
        if (strcmp(formats[k].name, name) == 0) {
            *format = formats[k].format;
            return 0;
        }
    return -1;
}

const char *
report_format_name(enum report_format format)
{
    static const char *const names[] = {
        [REPORT_MARKDOWN] = "md", [REPORT_HTML] = "html", [REPORT_JSON] = "json", [REPORT_CSV] = "csv",
        [REPORT_TEXT] = "txt",
    };

    return names[format];
}
