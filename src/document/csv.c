/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "breakeven/document.h"

/* RFC 4180. Fields are unquoted in place, so every text lies in the one copy. */

struct scan {
    char *p, *end, *out;
    int line;
    struct error *err;
};

static bool
at_line_end(const struct scan *s)
{
    return s->p == s->end || *s->p == '\n' || *s->p == '\r';
}

/* One field; the NUL that ends it is written where the separator was. */
static char *
read_field(struct scan *s)
{
    char *start = s->out;

    if (s->p < s->end && *s->p == '"') {
        int opened = s->line;
        s->p++;
        for (;;) {
            if (s->p == s->end) {
                error_at(s->err, ERR_SYNTAX, opened, 1, "a quoted field that begins here is not closed");
                return NULL;
            }
            if (*s->p == '"' && s->p + 1 < s->end && s->p[1] == '"')
                s->p++;
            else if (*s->p == '"')
                break;
            s->line += *s->p == '\n';
            *s->out++ = *s->p++;
        }
        s->p++;
        if (!at_line_end(s) && *s->p != ',') {
            error_at(s->err, ERR_SYNTAX, s->line, 1, "text after the end of a quoted field");
            return NULL;
        }
    } else
        while (!at_line_end(s) && *s->p != ',')
            *s->out++ = *s->p++;
    return start;
}

struct rows {
    char ***list;
    int *lines;
    size_t n, cap;
};

static int
add_row(struct rows *r, char **row, int line)
{
    if (r->n == r->cap) {
        size_t cap = r->cap > 0 ? 2 * r->cap : 64;
        void *list = realloc(r->list, cap * sizeof *r->list);
        if (list == NULL)
            return -1;
        r->list = list;
        void *lines = realloc(r->lines, cap * sizeof *r->lines);
        if (lines == NULL)
            return -1;
        r->lines = lines;
        r->cap = cap;
    }
    r->list[r->n] = row;
    r->lines[r->n++] = line;
    return 0;
}

static const char empty_field[1];

static int
read_row(struct scan *s, size_t columns, char ***out, size_t *n_out, struct error *err)
{
    size_t n = 0, cap = columns > 0 ? columns : 16;
    char **row = malloc(cap * sizeof *row);

    if (row == NULL)
        return error_set(err, ERR_BUG, "no memory for the table");
    for (;;) {
        if (n == cap) {
            char **more = columns == 0 ? realloc(row, 2 * cap * sizeof *row) : NULL;
            if (more == NULL) {
                free(row);
                return columns > 0 ? error_at(err, ERR_SYNTAX, s->line, 1, "more fields than the header's %zu", columns)
                                   : error_set(err, ERR_BUG, "no memory for the table");
            }
            row = more;
            cap *= 2;
        }
        char *field = read_field(s);
        if (field == NULL) {
            free(row);
            return -1;
        }
        row[n++] = field;
        bool comma = s->p < s->end && *s->p == ',';
        if (comma)
            s->p++;
        else if (s->p < s->end) {
            if (*s->p == '\r' && s->p + 1 < s->end && s->p[1] == '\n')
                s->p++;
            s->p++;
            s->line++;
        }
        *s->out++ = '\0';
        if (!comma)
            break;
    }
    for (size_t k = n; k < columns; k++)
        row[k] = (char *)(uintptr_t)empty_field;
    *out = row;
    *n_out = n;
    return 0;
}

int
csv_parse(struct csv *csv, const char *bytes, size_t n, struct error *err)
{
    struct rows rows = { 0 };
    size_t skip = n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0, columns = 0;
    /* twice the size: every field gets a NUL of its own, even at the end of the text */
    char *in = malloc(n + 1), *out = malloc(n + 2);
    int status = 0;

    memset(csv, 0, sizeof *csv);
    if (in == NULL || out == NULL) {
        free(in);
        free(out);
        return error_set(err, ERR_BUG, "no memory for the table");
    }
    memcpy(in, bytes, n);
    struct scan s = { in + skip, in + n, out, 1, err };
    if (memchr(bytes, 0, n) != NULL)
        status = error_set(err, ERR_SYNTAX, "the table holds a NUL character");
    while (status == 0 && s.p < s.end) {
        char **row = NULL;
        size_t got = 0;
        int line = s.line;
        if (at_line_end(&s)) { /* an empty line is no row */
            if (*s.p == '\r' && s.p + 1 < s.end && s.p[1] == '\n')
                s.p++;
            s.p++;
            s.line++;
            continue;
        }
        status = read_row(&s, columns, &row, &got, err);
        if (status == 0 && add_row(&rows, row, line) < 0) {
            free(row);
            status = error_set(err, ERR_BUG, "no memory for the table");
        }
        if (status == 0 && columns == 0)
            columns = got;
    }
    free(in);
    csv->bytes = out;
    csv->rows = rows.list;
    csv->lines = rows.lines;
    csv->n_rows = rows.n;
    csv->n_columns = columns;
    if (status == 0 && rows.n == 0)
        status = error_set(err, ERR_SYNTAX, "the table is empty");
    if (status < 0)
        csv_release(csv);
    return status;
}

void
csv_release(struct csv *csv)
{
    for (size_t k = 0; k < csv->n_rows; k++)
        free(csv->rows[k]);
    free(csv->rows);
    free(csv->lines);
    free(csv->bytes);
    memset(csv, 0, sizeof *csv);
}

int
csv_column(const struct csv *csv, const char *name)
{
    for (size_t k = 0; csv->n_rows > 0 && k < csv->n_columns; k++)
        if (strcmp(csv->rows[0][k], name) == 0)
            return (int)k;
    return -1;
}

/* A text that a spreadsheet would run. A plain number may begin with a sign. */
static bool
is_formula(const char *text)
{
    char *end;

    if (*text == '\0' || strchr("=+-@\t\r", *text) == NULL)
        return false;
    strtod(text, &end);
    return end == text || *end != '\0';
}

void
csv_put(struct buffer *out, const char *text)
{
    bool formula = is_formula(text);

    if (!formula && strpbrk(text, ",\"\r\n") == NULL && *text != ' ') {
        buffer_puts(out, text);
        return;
    }
    buffer_putc(out, '"');
    if (formula)
        buffer_putc(out, '\'');
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '"')
            buffer_putc(out, '"');
        buffer_putc(out, *p);
    }
    buffer_putc(out, '"');
}
