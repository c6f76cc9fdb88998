/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <string.h>

#include "sections.h"

/* Text from files is hostile: it is cleaned of controls and bidi overrides first,
 * then escaped for where it goes. */

void
markdown_put(struct buffer *out, const char *text)
{
    char clean[1024];

    text_clean(clean, sizeof clean, text);
    for (const char *p = clean; *p != '\0'; p++) {
        if (strchr("\\`*_{}[]<>|#~!&", *p) != NULL)
            buffer_putc(out, '\\');
        buffer_putc(out, *p);
    }
}

void
html_put(struct buffer *out, const char *text)
{
    char clean[1024];

    text_clean(clean, sizeof clean, text);
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
}

int
report_format_parse(const char *name, enum report_format *format)
{
    static const struct {
        const char *name;
        enum report_format format;
    } formats[] = {
        { "md", REPORT_MARKDOWN }, { "markdown", REPORT_MARKDOWN }, { "html", REPORT_HTML }, { "json", REPORT_JSON },
        { "csv", REPORT_CSV }, { "txt", REPORT_TEXT }, { "text", REPORT_TEXT },
    };

    for (size_t k = 0; k < BE_LEN(formats); k++)
        if (strcmp(formats[k].name, name) == 0) {
            *format = formats[k].format;
            return 0;
        }
    return -1;
}
