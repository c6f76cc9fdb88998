/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pen.h"

static const struct cell blank = { ' ', INK_PLAIN, 0 };

int
canvas_init(struct canvas *c, int columns, int rows)
{
    c->columns = columns > 0 ? columns : 0;
    c->rows = rows > 0 ? rows : 0;
    c->cells = malloc(((size_t)c->columns * (size_t)c->rows + 1) * sizeof *c->cells);
    if (c->cells == NULL)
        return -1;
    canvas_clear(c);
    return 0;
}

void
canvas_release(struct canvas *c)
{
    free(c->cells);
    memset(c, 0, sizeof *c);
}

void
canvas_clear(struct canvas *c)
{
    for (size_t k = 0; k < (size_t)c->columns * (size_t)c->rows; k++)
        c->cells[k] = blank;
}

static struct cell *
cell_at(struct canvas *c, int row, int column)
{
    if (row < 0 || row >= c->rows || column < 0 || column >= c->columns)
        return NULL;
    return &c->cells[(size_t)row * (size_t)c->columns + (size_t)column];
}

/* Half of a wide character left behind would shift the row: blank the other half. */
static void
heal(struct canvas *c, int row, int column)
{
    struct cell *here = cell_at(c, row, column), *left = cell_at(c, row, column - 1),
                *right = cell_at(c, row, column + 1);

    if (here->glyph == 0 && left != NULL)
        left->glyph = ' ';
    if (here->glyph != 0 && text_char_width(here->glyph) == 2 && right != NULL && right->glyph == 0)
        right->glyph = ' ';
}

int
canvas_put(struct canvas *c, int row, int column, uint32_t glyph, enum ink ink, unsigned pen)
{
    struct cell *here = cell_at(c, row, column);
    int width = text_char_width(glyph);

    if (width == 0)
        return 0;
    if (here == NULL && width == 2 && column == -1) { /* its left half lies outside */
        canvas_put(c, row, 0, ' ', ink, pen);
        return width;
    }
    if (here == NULL)
        return width;
    if (width == 2 && cell_at(c, row, column + 1) == NULL)
        glyph = ' ';
    heal(c, row, column);
    *here = (struct cell){ glyph, (uint8_t)ink, (uint8_t)pen };
    if (width == 2 && glyph != ' ') {
        heal(c, row, column + 1);
        *cell_at(c, row, column + 1) = (struct cell){ 0, (uint8_t)ink, (uint8_t)pen };
    }
    return width;
}

int
canvas_text(struct canvas *c, int row, int column, const char *utf8, enum ink ink, unsigned pen)
{
    char clean[1024];
    size_t n, i = 0;
    int used = 0;

    text_clean(clean, sizeof clean, utf8);
    n = strlen(clean);
    while (i < n) {
        uint32_t cp;
        i += (size_t)text_decode(clean + i, n - i, &cp);
        used += canvas_put(c, row, column + used, cp, ink, pen);
    }
    return used;
}

int
canvas_printf(struct canvas *c, int row, int column, enum ink ink, unsigned pen, const char *fmt, ...)
{
    char text[1024];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return canvas_text(c, row, column, text, ink, pen);
}

int
canvas_text_fit(struct canvas *c, int row, int column, int width, const char *utf8, enum ink ink,
                unsigned pen, bool ascii)
{
    char clean[1024], fitted[1024];

    if (width <= 0)
        return 0;
    text_clean(clean, sizeof clean, utf8);
    text_fit(fitted, sizeof fitted, clean, width, ascii);
    return canvas_text(c, row, column, fitted, ink, pen);
}

void
canvas_print(const struct canvas *c, struct buffer *out)
{
    for (int row = 0; row < c->rows; row++) {
        const struct cell *cells = &c->cells[(size_t)row * (size_t)c->columns];
        int last = c->columns;

        while (last > 0 && (cells[last - 1].glyph == ' ' || cells[last - 1].glyph == 0))
            last--;
        if (last < c->columns && last > 0 && text_char_width(cells[last - 1].glyph) == 2)
            last++;
        for (int column = 0; column < last; column++) {
            char utf8[5];
            if (cells[column].glyph == 0)
                continue;
            text_encode(cells[column].glyph, utf8);
            buffer_puts(out, utf8);
        }
        buffer_putc(out, '\n');
    }
}

bool
canvas_equal(const struct canvas *a, const struct canvas *b)
{
    if (a->columns != b->columns || a->rows != b->rows)
        return false;
    for (size_t k = 0; k < (size_t)a->columns * (size_t)a->rows; k++)
        if (a->cells[k].glyph != b->cells[k].glyph || a->cells[k].ink != b->cells[k].ink ||
            a->cells[k].pen != b->cells[k].pen)
            return false;
    return true;
}
