/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sections.h"

/* JSON and CSV: the same sections for programs, with plain numbers. */

/* ---- JSON ------------------------------------------------------------------------------- */

/* The object of solve --json and, besides, "command" and "sections". */
static void
json_begin(struct page *p, const char *title)
{
    (void)title;
    json_init(&p->json, p->out, 0);
    json_object(&p->json);
    answer_json_members(&p->json, p->in->answer);
    json_put_string(&p->json, "command", p->in->command);
    json_key(&p->json, "sections");
    json_array(&p->json);
}

static void
json_close_section(struct page *p)
{
    if (p->section == NULL)
        return;
    json_end(&p->json, ']');
    json_end(&p->json, '}');
    p->section = NULL;
}

static void
json_finish(struct page *p)
{
    json_close_section(p);
    json_end(&p->json, ']');
    json_end(&p->json, '}');
    buffer_putc(p->out, '\n');
}

static void
json_section(struct page *p, const struct section *s)
{
    json_close_section(p);
    p->section = s;
    json_object(&p->json);
    json_put_string(&p->json, "id", s->id);
    json_put_string(&p->json, "title", s->title);
    json_key(&p->json, "blocks");
    json_array(&p->json);
}

static void
json_words(struct page *p, const char *type, const char *text)
{
    char *clean = cleaned(text);

    p->out->failed |= clean == NULL;
    json_object(&p->json);
    json_put_string(&p->json, "type", type);
    json_put_string(&p->json, "text", clean);
    json_end(&p->json, '}');
    free(clean);
}

static void
json_heading(struct page *p, const char *text)
{
    json_words(p, "heading", text);
}

static void
json_lead(struct page *p, const char *text)
{
    json_words(p, "verdict", text);
}

static void
json_paragraph(struct page *p, const char *text)
{
    json_words(p, "paragraph", text);
}

static void
json_item(struct page *p, const char *text)
{
    json_words(p, "item", text);
}

static void
data_end_items(struct page *p)
{
    (void)p;
}

/* A number where there is one, else words; an empty cell is null. */
static void
json_cell(struct page *p, const struct grid_cell *c)
{
    char *clean = c->text != NULL ? cleaned(c->text) : NULL;

    if (isfinite(c->number))
        json_number(&p->json, c->number);
    else
        json_string(&p->json, clean != NULL && clean[0] != '\0' ? clean : NULL);
    free(clean);
}

static void
json_grid(struct page *p, const struct grid *g)
{
    json_key(&p->json, "columns");
    json_array(&p->json);
    for (int k = 0; k < g->columns; k++) {
        json_object(&p->json);
        json_put_string(&p->json, "name", g->head[k].name);
        json_put_string(&p->json, "unit", g->head[k].unit[0] != '\0' ? g->head[k].unit : NULL);
        json_end(&p->json, '}');
    }
    json_end(&p->json, ']');
    json_key(&p->json, "rows");
    json_array(&p->json);
    for (int r = 0; r < g->rows; r++) {
        json_array(&p->json);
        for (int k = 0; k < g->columns; k++)
            json_cell(p, &g->cells[r][k]);
        json_end(&p->json, ']');
    }
    json_end(&p->json, ']');
}

static void
json_table(struct page *p, const struct grid *g)
{
    json_object(&p->json);
    json_put_string(&p->json, "type", "table");
    json_grid(p, g);
    json_end(&p->json, '}');
}

static void
json_chart(struct page *p, const struct chart *c, const char *words)
{
    struct grid g;

    json_words(p, "paragraph", words);
    grid_of_chart(&g, c);
    json_object(&p->json);
    json_put_string(&p->json, "type", "chart");
    json_put_string(&p->json, "title", c->title);
    json_put_string(&p->json, "text", c->sentence);
    json_grid(p, &g);
    json_end(&p->json, '}');
    p->out->failed |= g.failed;
    grid_release(&g);
}

static void
json_command(struct page *p, const char *text)
{
    json_words(p, "command", text);
}

const struct pen pen_json = {
    json_begin, json_finish, json_section, json_heading, json_lead, json_paragraph, json_item, data_end_items,
    json_table, json_chart, json_command,
};

/* ---- CSV: one cell a line, so that every line has the same columns ------------------------- */

static void
csv_field(struct page *p, const char *text, char after)
{
    char *clean = cleaned(text);

    if (clean != NULL)
        csv_put(p->out, clean);
    p->out->failed |= clean == NULL;
    buffer_putc(p->out, after);
    free(clean);
}

static void
csv_line(struct page *p, int row, const char *item, const char *column, const char *value, const char *unit)
{
    csv_field(p, p->section != NULL ? p->section->id : "title", ',');
    buffer_printf(p->out, "%d,", row);
    csv_field(p, item, ',');
    csv_field(p, column, ',');
    csv_field(p, value, ',');
    csv_field(p, unit, '\n');
}

static void
csv_begin(struct page *p, const char *title)
{
    buffer_puts(p->out, "section,row,item,column,value,unit\n");
    csv_line(p, 1, "", "title", title, "");
}

static void
csv_section(struct page *p, const struct section *s)
{
    p->section = s;
    p->row = 0;
}

static void
csv_lead(struct page *p, const char *text)
{
    csv_line(p, ++p->row, "", "verdict", text, "");
}

static void
csv_words(struct page *p, const char *text)
{
    csv_line(p, ++p->row, "", "text", text, "");
}

static void
csv_heading(struct page *p, const char *text)
{
    csv_line(p, ++p->row, "", "heading", text, "");
}

static void
csv_command(struct page *p, const char *text)
{
    csv_line(p, ++p->row, "", "command", text, "");
}

static void
csv_table(struct page *p, const struct grid *g)
{
    char number[40];

    for (int r = 0; r < g->rows; r++) {
        p->row++;
        for (int k = 1; k < g->columns; k++) {
            const struct grid_cell *c = &g->cells[r][k];
            bool plain = isfinite(c->number);
            if (c->text == NULL || c->text[0] == '\0')
                continue;
            csv_line(p, p->row, grid_cell_text(g, r, 0), g->head[k].name,
                     plain ? number_exact(number, sizeof number, c->number) : c->text,
                     !plain ? "" : c->unit != NULL ? c->unit : g->head[k].unit);
        }
    }
}

static void
csv_chart(struct page *p, const struct chart *c, const char *words)
{
    struct grid g;

    csv_heading(p, c->title);
    csv_words(p, words);
    csv_words(p, c->sentence);
    grid_of_chart(&g, c);
    csv_table(p, &g);
    p->out->failed |= g.failed;
    grid_release(&g);
}

const struct pen pen_csv = {
    csv_begin, data_end_items, csv_section, csv_heading, csv_lead, csv_words, csv_words, data_end_items, csv_table,
    csv_chart, csv_command,
};
