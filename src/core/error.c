/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "breakeven/core.h"

static const struct {
    int status;
    const char *meaning;
} list[ERR_COUNT] = {
#define X(name, status, words) [ERR_##name] = { status, words },
    ERROR_LIST(X)
#undef X
};

static int fill(struct error *, enum error_code, int line, int column, const char *fmt, va_list) BE_PRINTF(5, 0);

static int
fill(struct error *err, enum error_code code, int line, int column, const char *fmt, va_list ap)
{
    char text[2 * sizeof err->text];

    if (err == NULL)
        return -1;
    vsnprintf(text, sizeof text, fmt, ap);
    err->code = code;
    err->line = line;
    err->column = column;
    text_clean(err->text, sizeof err->text, text);
    return -1;
}

int
error_set(struct error *err, enum error_code code, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    fill(err, code, 0, 0, fmt, ap);
    va_end(ap);
    return -1;
}

int
error_at(struct error *err, enum error_code code, int line, int column, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    fill(err, code, line, column, fmt, ap);
    va_end(ap);
    return -1;
}

int
error_exit_status(enum error_code code)
{
    return code < ERR_COUNT ? list[code].status : list[ERR_BUG].status;
}

const char *
error_meaning(enum error_code code)
{
    return code < ERR_COUNT ? list[code].meaning : list[ERR_BUG].meaning;
}
