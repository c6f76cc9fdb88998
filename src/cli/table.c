/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/*
 * Tables of the batch commands: CSV in with its columns in any order, CSV out with one
 * row for each, in the same order.
 */

#define TEXT_COLUMNS 80

static int
check_columns(const struct csv *t, const char *path, const char *const *needed, struct error *err)
{
    if (t->n_rows == 0)
        return error_set(err, ERR_SYNTAX, "%s: no header", path);
    for (; *needed != NULL; needed++)
        if (csv_column(t, *needed) < 0)
            return error_set(err, ERR_SYNTAX, "%s:%d:1: no column %s", path, t->lines[0], *needed);
    return 0;
}

int
table_open(struct csv *t, const char *path, const char *const *needed, struct error *err)
{
    struct error why;
    char *bytes = NULL;
    size_t n = 0;

    if (file_read(strcmp(path, "-") == 0 ? "/dev/stdin" : path, TABLE_BYTES_MAX, &bytes, &n, NULL, err) < 0)
        return -1;
    int status = csv_parse(t, bytes, n, &why);
    free(bytes);
    if (status < 0)
        return error_in_file(err, path, &why);
    if (check_columns(t, path, needed, err) == 0)
        return 0;
    csv_release(t);
    return -1;
}

const char *
table_cell(const struct csv *t, size_t row, const char *column)
{
    int c = csv_column(t, column);

    return c < 0 ? "" : t->rows[row][c];
}

void
table_header(struct buffer *b, const char *const *columns)
{
    for (int k = 0; columns[k] != NULL; k++)
        buffer_printf(b, "%s%s", k > 0 ? "," : "", columns[k]);
    buffer_putc(b, '\n');
}

void
table_put_number(struct buffer *b, double x)
{
    char text[40];

    buffer_putc(b, ',');
    if (isfinite(x))
        buffer_puts(b, number_exact(text, sizeof text, x));
}

void
put_wrapped(struct buffer *b, const char *text, int indent)
{
    char lead[TEXT_COLUMNS];

    snprintf(lead, sizeof lead, "%*s", indent, "");
    buffer_wrap(b, text, TEXT_COLUMNS, lead);
}
