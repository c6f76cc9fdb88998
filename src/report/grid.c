/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sections.h"

void
grid_init(struct grid *g)
{
    memset(g, 0, sizeof *g);
}

void
grid_release(struct grid *g)
{
    for (int r = 0; r < g->rows; r++)
        for (int k = 0; k < GRID_COLUMNS; k++)
            free(g->cells[r][k].text);
    free(g->cells);
    memset(g, 0, sizeof *g);
}

void
grid_column(struct grid *g, const char *name, const char *unit, unsigned how)
{
    if (g->columns == GRID_COLUMNS)
        return;
    struct grid_column *c = &g->head[g->columns++];
    text_copy(c->name, sizeof c->name, name);
    text_copy(c->unit, sizeof c->unit, unit);
    c->how = how;
}

void
grid_row(struct grid *g)
{
    if (g->rows == g->cap) {
        int cap = g->cap > 0 ? 2 * g->cap : 16;
        void *grown = realloc(g->cells, (size_t)cap * sizeof *g->cells);
        if (grown == NULL) {
            g->failed = true;
            return;
        }
        g->cells = grown;
        g->cap = cap;
    }
    for (int k = 0; k < GRID_COLUMNS; k++)
        g->cells[g->rows][k] = (struct grid_cell){ NULL, NAN, NULL };
    g->rows++;
}

static struct grid_cell *
last_cell(struct grid *g, int column)
{
    return g->rows > 0 && column >= 0 && column < g->columns ? &g->cells[g->rows - 1][column] : NULL;
}

void
grid_text(struct grid *g, int column, const char *fmt, ...)
{
    struct grid_cell *c = last_cell(g, column);
    va_list ap;

    if (c == NULL)
        return;
    free(c->text);
    va_start(ap, fmt);
    c->text = printed(fmt, ap);
    va_end(ap);
    g->failed |= c->text == NULL;
}

void
grid_number(struct grid *g, int column, double number, const char *unit, const char *text)
{
    struct grid_cell *c = last_cell(g, column);

    if (c == NULL)
        return;
    grid_text(g, column, "%s", isfinite(number) ? text : "unknown");
    c->number = number;
    c->unit = unit;
}

void
grid_usd(struct grid *g, int column, double usd)
{
    char text[40];

    grid_number(g, column, usd, "USD", number_usd_full(text, sizeof text, usd, 0));
}

void
grid_usd_digits(struct grid *g, int column, double usd)
{
    char text[40];

    grid_number(g, column, usd, "USD", number_usd(text, sizeof text, usd));
}

void
grid_share(struct grid *g, int column, double share, int decimals)
{
    char text[40];

    if (decimals == 0)
        words_of_share(share, text, sizeof text);
    else
        number_percent(text, sizeof text, share, decimals);
    grid_number(g, column, share, "share", text);
}

const char *
grid_cell_text(const struct grid *g, int row, int column)
{
    const char *text = g->cells[row][column].text;

    return text != NULL ? text : "";
}

void
grid_of_chart(struct grid *g, const struct chart *c)
{
    grid_init(g);
    for (int k = 0; k < c->n_columns; k++)
        grid_column(g, c->columns[k], "", k > 0 ? GRID_NUMERIC : 0);
    for (int r = 0; r < c->n_rows; r++) {
        grid_row(g);
        for (int k = 0; k < c->n_columns; k++)
            grid_text(g, k, "%s", c->rows[r].cells[k]);
    }
}
