/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"

/*
 * The parts of the manual pages that are tables in the program: commands, keys, exit
 * statuses, fields. The build splices them into the pages in man, so the manual can't lag behind.
 */

/* mdoc: a line that starts with . or ' is a request, a backslash is an escape; each sentence
 * begins a line. */
static void
put_mdoc(struct buffer *b, const char *text)
{
    char clean[1024];

    text_clean(clean, sizeof clean, text);
    if (clean[0] == '.' || clean[0] == '\'')
        buffer_puts(b, "\\&");
    for (const char *p = clean; *p != '\0'; p++) {
        if (*p == '\\')
            buffer_puts(b, "\\e");
        else if (*p == '-')
            buffer_puts(b, "\\-");
        else if (*p == ' ' && p > clean && (p[-1] == '.' || p[-1] == '?') && p[1] >= 'A' && p[1] <= 'Z')
            buffer_putc(b, '\n');
        else
            buffer_putc(b, *p);
    }
}

static void
line(struct buffer *b, const char *macro, const char *text)
{
    buffer_puts(b, macro);
    put_mdoc(b, text);
    buffer_putc(b, '\n');
}

static void
put_options(struct buffer *b, const struct option_row *rows)
{
    if (rows->name == NULL)
        return;
    buffer_puts(b, ".Bl -tag -width Ds -compact\n");
    for (; rows->name != NULL; rows++) {
        buffer_puts(b, ".It Fl \\-");
        put_mdoc(b, rows->name);
        if (rows->letter != 0)
            buffer_printf(b, " , Fl %c", rows->letter);
        if (rows->arg != NULL) {
            buffer_puts(b, " Ar ");
            put_mdoc(b, rows->arg);
        }
        buffer_putc(b, '\n');
        line(b, "", rows->help);
    }
    buffer_puts(b, ".El\n");
}

static void
put_command(struct buffer *b, const struct command *c)
{
    buffer_puts(b, ".It Nm breakeven");
    if (c->name[0] != '\0')
        buffer_printf(b, " Cm %s", c->name);
    if (c->operands[0] != '\0') {
        buffer_puts(b, " Ar ");
        put_mdoc(b, c->operands);
    }
    buffer_putc(b, '\n');
    line(b, "", c->help);
    put_options(b, c->options);
    buffer_puts(b, ".Bd -literal -offset indent\n");
    for (const char *p = c->examples, *end; (end = strchr(p, '\n')) != NULL; p = end + 1) {
        char one[256];
        snprintf(one, sizeof one, "%.*s", (int)(end - p), p);
        line(b, "", one);
    }
    buffer_puts(b, ".Ed\n");
}

static void
put_commands(struct buffer *b)
{
    buffer_puts(b, ".Bl -tag -width Ds\n");
    put_command(b, &workbench);
    for (int k = 0; k < commands_n; k++)
        put_command(b, &commands[k]);
    buffer_puts(b, ".El\n");
}

static void
put_keys(struct buffer *b)
{
    const struct binding_row *rows;
    int n = tui_bindings(NULL, &rows);
    char help[128];

    buffer_puts(b, ".Bl -tag -width \"S-Left S-Right\" -compact\n");
    for (int k = 0; k < n; k++) {
        char keys[64], *rest = keys, *key;
        text_copy(keys, sizeof keys, rows[k].keys);
        buffer_puts(b, ".It");
        while ((key = strtok_r(rest, " ", &rest)) != NULL) { /* no key is punctuation, not even "?" */
            buffer_puts(b, " \\&");
            put_mdoc(b, key);
        }
        buffer_putc(b, '\n');
        bool anywhere = strcmp(rows[k].where, "any") == 0 || strcmp(rows[k].where, "always") == 0;
        snprintf(help, sizeof help, "%s%s%s%s", rows[k].help, anywhere ? "" : " (", anywhere ? "" : rows[k].where,
                 anywhere ? "" : ")");
        line(b, "", help);
    }
    buffer_puts(b, ".El\n");
}

static void
put_rows(struct buffer *b, const struct tui_row *rows, int n, const char *before)
{
    buffer_puts(b, ".Bl -tag -width Ds -compact\n");
    for (int k = 0; k < n; k++) {
        buffer_printf(b, ".It \\&%s", before);
        put_mdoc(b, rows[k].name);
        buffer_putc(b, ' ');
        put_mdoc(b, rows[k].operand);
        buffer_putc(b, '\n');
        line(b, "", rows[k].help);
    }
    buffer_puts(b, ".El\n");
}

static void
put_settings(struct buffer *b)
{
    const struct tui_row *rows;
    int n = tui_settings(&rows);

    put_rows(b, rows, n, "");
}

static void
put_prompt(struct buffer *b)
{
    const struct tui_row *rows;
    int n = tui_commands(&rows);

    put_rows(b, rows, n, ":");
}

static void
put_exit(struct buffer *b)
{
    buffer_puts(b, ".Bl -tag -width Ds -compact\n");
    for (int k = 0; k < ERR_COUNT; k++) {
        buffer_printf(b, ".It %d\n", error_exit_status((enum error_code)k));
        line(b, "", error_meaning((enum error_code)k));
    }
    buffer_puts(b, ".El\n");
}

static void
put_field(struct buffer *b, const struct field *f, bool of_arm)
{
    struct quantity_rules how = { .form = f->form, .low = f->low, .high = f->high, .whole = f->whole };
    char low[48], high[48];

    buffer_printf(b, ".It Cm %s", of_arm ? "arms.NAME." : "");
    put_mdoc(b, f->key);
    buffer_putc(b, '\n');
    line(b, "", f->help);
    if (f->choices != NULL) {
        buffer_puts(b, "One of");
        for (const struct choice *c = f->choices; c->word != NULL; c++) {
            buffer_puts(b, c == f->choices ? " " : ", ");
            put_mdoc(b, c->word);
        }
        buffer_puts(b, ".\n");
    }
    if (field_is_quantity(f)) {
        buffer_puts(b, "Unit: ");
        put_mdoc(b, f->unit);
        buffer_puts(b, "; ");
        put_mdoc(b, quantity_print(low, sizeof low, f->low, &how));
        buffer_puts(b, " to ");
        put_mdoc(b, quantity_print(high, sizeof high, f->high, &how));
        buffer_puts(b, ".\n");
    }
    if (f->initial != NULL && f->initial[0] != '\0')
        line(b, "Default: ", f->initial);
    line(b, "Source: ", f->source);
    if (of_arm) {
        buffer_puts(b, "Arms:");
        for (int k = 0; k < ARM_KINDS; k++)
            if (field_applies(f, k)) {
                buffer_putc(b, ' ');
                put_mdoc(b, arm_kind_word(k));
            }
        buffer_puts(b, ".\n");
    }
}

static void
put_fields(struct buffer *b)
{
    buffer_puts(b, ".Ss Of the scenario\n.Bl -tag -width Ds\n");
    for (int k = 0; k < scenario_fields_n; k++)
        put_field(b, &scenario_fields[k], false);
    buffer_puts(b, ".El\n.Ss Of an arm\n.Bl -tag -width Ds\n");
    for (int k = 0; k < arm_fields_n; k++)
        put_field(b, &arm_fields[k], true);
    buffer_puts(b, ".El\n");
}

/* ---- the catalog's keys ------------------------------------------------------------------ */

static void
put_key(struct buffer *b, const struct catalog_key_row *row)
{
    char low[32], high[32];

    buffer_printf(b, ".It Cm %s", row->list != NULL ? row->list : "");
    put_mdoc(b, row->list != NULL ? "[]." : "");
    put_mdoc(b, row->key);
    buffer_putc(b, '\n');
    put_mdoc(b, row->help);
    buffer_puts(b, " (");
    put_mdoc(b, row->type);
    if (row->words[0] != '\0') {
        buffer_puts(b, ": ");
        put_mdoc(b, row->words);
    }
    if (isfinite(row->low))
        buffer_printf(b, ", %s to %s", number_si(low, sizeof low, row->low), number_si(high, sizeof high, row->high));
    buffer_puts(b, row->required ? "; needed).\n" : ").\n");
}

static void
put_catalog(struct buffer *b)
{
    struct catalog_key_row row;
    const char *kind = NULL;

    for (int i = 0; catalog_key_row(i, &row); i++) {
        if (kind == NULL || strcmp(kind, row.kind) != 0) {
            if (kind != NULL)
                buffer_puts(b, ".El\n");
            buffer_printf(b, ".Ss %s\n.Bl -tag -width Ds -compact\n", row.kind);
            kind = row.kind;
        }
        put_key(b, &row);
    }
    buffer_puts(b, ".El\n");
}

/* ---- lines ---------------------------------------------------------------------------------- */

#define LINE_BYTES 78

/* No word but the first of a line may begin with what mdoc takes for a request. */
static void
put_line(struct buffer *out, const char *text, size_t n)
{
    while (n > LINE_BYTES) {
        size_t at = LINE_BYTES;
        while (at > 0 && (text[at] != ' ' || text[at + 1] == '.' || text[at + 1] == '\''))
            at--;
        if (at == 0)
            break;
        buffer_add(out, text, at);
        buffer_putc(out, '\n');
        text += at + 1;
        n -= at + 1;
    }
    buffer_add(out, text, n);
    buffer_putc(out, '\n');
}

/* Words at 78 bytes a line and no space at its end, as the linter likes them; requests stay whole. */
static void
wrap_lines(struct buffer *out, const char *text)
{
    for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1) {
        size_t n = (size_t)(end - text);
        while (n > 0 && text[n - 1] == ' ')
            n--;
        if (text[0] != '.') {
            put_line(out, text, n);
            continue;
        }
        buffer_add(out, text, n);
        buffer_putc(out, '\n');
    }
}

static const struct {
    const char *name;
    void (*put)(struct buffer *);
} parts[] = {
    { "commands", put_commands }, { "keys", put_keys }, { "prompt", put_prompt }, { "settings", put_settings },
    { "exit", put_exit }, { "fields", put_fields }, { "catalog", put_catalog },
};

int
manual_part(const char *name, struct error *err)
{
    struct buffer b, out;

    for (size_t k = 0; k < BE_LEN(parts); k++)
        if (strcmp(parts[k].name, name) == 0) {
            buffer_init(&b);
            buffer_init(&out);
            parts[k].put(&b);
            wrap_lines(&out, b.text);
            out.failed |= b.failed;
            int status = write_out(NULL, &out, err);
            buffer_release(&b);
            buffer_release(&out);
            return status;
        }
    return error_set(err, ERR_USAGE, "no part %s of the manual: commands, keys, prompt, settings, exit, fields or catalog", name);
}
