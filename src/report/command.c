/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "sections.h"

/* In single quotes where a shell would read more than the text. */
static void
shell_put(struct buffer *out, const char *text)
{
    if (text[0] != '\0' && strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,:=+@%") == strlen(text)) {
        buffer_puts(out, text);
        return;
    }
    buffer_putc(out, '\'');
    for (const char *p = text; *p != '\0'; p++)
        if (*p == '\'')
            buffer_puts(out, "'\\''");
        else
            buffer_putc(out, *p);
    buffer_putc(out, '\'');
}

/* Arms that came, went or moved cannot be said by --set. */
static bool
same_arms(const struct scenario *a, const struct scenario *b)
{
    if (a->n_arms != b->n_arms)
        return false;
    for (int k = 0; k < a->n_arms; k++)
        if (strcmp(a->arms[k].name, b->arms[k].name) != 0 || a->arms[k].kind != b->arms[k].kind)
            return false;
    return true;
}

static void
put_differences(struct buffer *out, const struct scenario *file, const struct scenario *now, const struct catalog *cat)
{
    struct field_ref ref;
    char path[112], before[512], after[512], assignment[640];

    for (int i = 0; field_each(now, i, &ref); i++) {
        field_get_text(file, ref, before, sizeof before, cat);
        field_get_text(now, ref, after, sizeof after, cat);
        if (strcmp(before, after) == 0)
            continue;
        snprintf(assignment, sizeof assignment, "%s=%s", field_path(now, ref, path, sizeof path), after);
        buffer_puts(out, " --set ");
        shell_put(out, assignment);
    }
}

void
report_command(struct buffer *out, const char *name, const struct scenario *file, const struct scenario *now,
               const struct catalog *cat, enum report_format format, int samples, uint64_t seed)
{
    buffer_puts(out, "breakeven report ");
    shell_put(out, name);
    if (file != NULL && same_arms(file, now))
        put_differences(out, file, now, cat);
    buffer_printf(out, " --format %s --samples %d --seed %llu", report_format_name(format), samples, (unsigned long long)seed);
    if (file != NULL && !same_arms(file, now))
        buffer_puts(out, " # once the changed arms are saved");
}
