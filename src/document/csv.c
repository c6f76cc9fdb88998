/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tree.h"

/* RFC 4180. Every field is copied, unquoted, into one block with a NUL behind it; the NUL
 * takes the place of the separator, so that the block needs one byte more than the text. */

struct scan {
    const char *p, *end, *line_begin; /* what is left to read, and its line */
    char *out;
    int line;
    struct error *err;
};

static bool
at_line_end(const struct scan *s)
{
    return s->p == s->end || *s->p == '\n' || *s->p == '\r';
}

static int
column_of(const struct scan *s, const char *at)
{
    int column = 1;

    for (const char *p = s->line_begin; p < at; p++)
        column += ((unsigned char)*p & 0xc0) != 0x80;
    return column;
}

/* Step over one line ending: LF, CR LF or CR. */
static void
next_line(struct scan *s)
{
    s->p += *s->p == '\r' && s->end - s->p > 1 && s->p[1] == '\n' ? 2 : 1;
    s->line++;
    s->line_begin = s->p;
}

/* The quote is behind us; up to and over the closing one. */
static int
read_quoted(struct scan *s)
{
    int line = s->line, column = column_of(s, s->p - 1);

    for (;;) {
        if (s->p == s->end)
            return error_at(s->err, ERR_SYNTAX, line, column, "the quoted field that begins here is not closed");
        if (*s->p == '"') {
            if (s->end - s->p == 1 || s->p[1] != '"')
                break;
            s->p++;
            *s->out++ = *s->p++;
        } else if (at_line_end(s)) {
            const char *from = s->p;
            next_line(s);
            while (from < s->p)
                *s->out++ = *from++;
        } else
            *s->out++ = *s->p++;
    }
    s->p++;
    if (!at_line_end(s) && *s->p != ',')
        return error_at(s->err, ERR_SYNTAX, s->line, column_of(s, s->p), "text behind the end of a quoted field");
    return 0;
}

/* One field without its NUL: the separator is still to be read. NULL: an error is set. */
static char *
read_field(struct scan *s)
{
    char *start = s->out;

    if (s->p < s->end && *s->p == '"') {
        s->p++;
        return read_quoted(s) < 0 ? NULL : start;
    }
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

/* No value of any table or log is near it. */
#define FIELD_BYTES_MAX ((size_t)1 << 20)

/* columns is 0 in the header, which may have any number. */
static int
read_row(struct scan *s, size_t columns, char ***out, size_t *n_out)
{
    size_t n = 0, cap = columns > 0 ? columns : 16;
    char **row = malloc(cap * sizeof *row);
    bool comma = true;

    while (row != NULL && comma) {
        if (n == cap && columns > 0) {
            free(row);
            return error_at(s->err, ERR_SYNTAX, s->line, column_of(s, s->p), "more fields than the header's %zu", columns);
        }
        if (n == cap) {
            char **more = realloc(row, 2 * cap * sizeof *row);
            if (more == NULL)
                break;
            row = more;
            cap *= 2;
        }
        struct scan from = *s;
        row[n] = read_field(s);
        if (row[n] != NULL && (size_t)(s->out - row[n]) > FIELD_BYTES_MAX) {
            error_at(s->err, ERR_SIZE, from.line, column_of(&from, from.p), "a field of more than 1 MiB");
            row[n] = NULL;
        }
        if (row[n++] == NULL) {
            free(row);
            return -1;
        }
        comma = s->p < s->end && *s->p == ',';
        if (comma)
            s->p++;
        else if (s->p < s->end)
            next_line(s);
        *s->out++ = '\0';
    }
    if (row == NULL || comma) {
        free(row);
        return error_set(s->err, ERR_BUG, "no memory for the table");
    }
    for (size_t k = n; k < columns; k++)
        row[k] = (char *)(uintptr_t)empty_field;
    *out = row;
    *n_out = n;
    return 0;
}

/* Short rows are padded, so a long header over many short rows would cost far more memory
 * than the text has bytes. */
#define CELLS_MAX ((size_t)1 << 22)

static int
read_rows(struct scan *s, struct rows *rows, size_t *columns)
{
    while (s->p < s->end) {
        char **row = NULL;
        size_t got = 0;
        int line = s->line;

        if (at_line_end(s)) { /* an empty line is no row */
            next_line(s);
            continue;
        }
        if (rows->n * *columns > CELLS_MAX)
            return error_at(s->err, ERR_SIZE, line, 1, "the table has more than %zu cells", CELLS_MAX);
        if (read_row(s, *columns, &row, &got) < 0)
            return -1;
        if (add_row(rows, row, line) < 0) {
            free(row);
            return error_set(s->err, ERR_BUG, "no memory for the table");
        }
        if (*columns == 0)
            *columns = got;
    }
    return rows->n > 0 ? 0 : error_set(s->err, ERR_SYNTAX, "the table is empty");
}

static int
check_text(const char *bytes, size_t n, struct error *err)
{
    size_t bad = n;
    bool utf8 = text_valid(bytes, n, &bad);
    const char *nul = n > 0 ? memchr(bytes, 0, bad) : NULL;
    int line, column;

    if (utf8 && nul == NULL)
        return 0;
    place_of(bytes, nul != NULL ? (size_t)(nul - bytes) : bad, &line, &column);
    return error_at(err, ERR_SYNTAX, line, column, nul != NULL ? "the table holds a NUL character" : "this is not UTF-8 text");
}

int
csv_parse(struct csv *csv, const char *bytes, size_t n, struct error *err)
{
    struct rows rows = { 0 };
    size_t skip = bom_length(bytes, n), columns = 0;
    struct csv made = { 0 };

    memset(csv, 0, sizeof *csv); /* so that releasing it is right in every case */
    if (check_text(bytes, n, err) < 0)
        return -1;
    made.bytes = malloc(n - skip + 1);
    if (made.bytes == NULL)
        return error_set(err, ERR_BUG, "no memory for the table");
    const char *from = n > 0 ? bytes + skip : "";
    struct scan s = { from, from + (n - skip), from, made.bytes, 1, err };
    int status = read_rows(&s, &rows, &columns);
    made.rows = rows.list;
    made.lines = rows.lines;
    made.n_rows = rows.n;
    made.n_columns = columns;
    if (status < 0)
        csv_release(&made);
    else
        *csv = made;
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
    double number = strtod(text, &end);
    return end == text || *end != '\0' || !isfinite(number);
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
