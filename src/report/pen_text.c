/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "sections.h"

/* Markdown and plain text. */

#define CHART_COLUMNS 76
#define CHART_ROWS 18
#define TEXT_WIDTH 80
#define WORD_MAX 16 /* a word longer than this may be broken to make a table narrower */

/* A chart as text, the same bytes in every locale. */
static void
chart_text(struct buffer *out, const struct chart *chart)
{
    struct canvas canvas;
    struct chart_place at = { .rows = CHART_ROWS, .columns = CHART_COLUMNS, .crosshair = -1, .cursor = -1 };

    if (canvas_init(&canvas, CHART_COLUMNS, CHART_ROWS) < 0) {
        out->failed = true;
        return;
    }
    chart_draw(&canvas, chart, &at, glyphs_of(GLYPHS_LINE), NULL);
    canvas_print(&canvas, out);
    canvas_release(&canvas);
}

/* ---- Markdown ------------------------------------------------------------------------ */

static void
md_begin(struct page *p, const char *title)
{
    buffer_puts(p->out, "# ");
    markdown_put(p->out, title);
    buffer_puts(p->out, "\n\n");
}

static void
md_end(struct page *p)
{
    (void)p;
}

static void
md_section(struct page *p, const struct section *s)
{
    buffer_puts(p->out, "## ");
    markdown_put(p->out, s->title);
    buffer_puts(p->out, "\n\n");
}

static void
md_heading(struct page *p, const char *text)
{
    buffer_puts(p->out, "### ");
    markdown_put(p->out, text);
    buffer_puts(p->out, "\n\n");
}

static void
md_lead(struct page *p, const char *text)
{
    buffer_puts(p->out, "**");
    markdown_put(p->out, text);
    buffer_puts(p->out, "**\n\n");
}

static void
md_paragraph(struct page *p, const char *text)
{
    markdown_put(p->out, text);
    buffer_puts(p->out, "\n\n");
}

static void
md_item(struct page *p, const char *text)
{
    buffer_puts(p->out, "- ");
    markdown_put(p->out, text);
    buffer_putc(p->out, '\n');
    p->items++;
}

static void
md_end_items(struct page *p)
{
    buffer_puts(p->out, p->items > 0 ? "\n" : "");
    p->items = 0;
}

static void
md_table(struct page *p, const struct grid *g)
{
    buffer_putc(p->out, '|');
    for (int k = 0; k < g->columns; k++) {
        buffer_putc(p->out, ' ');
        markdown_put(p->out, g->head[k].name);
        buffer_puts(p->out, " |");
    }
    buffer_puts(p->out, "\n|");
    for (int k = 0; k < g->columns; k++)
        buffer_puts(p->out, g->head[k].how & GRID_NUMERIC ? "---:|" : "---|");
    buffer_putc(p->out, '\n');
    for (int r = 0; r < g->rows; r++) {
        buffer_putc(p->out, '|');
        for (int k = 0; k < g->columns; k++) {
            buffer_putc(p->out, ' ');
            (g->head[k].how & GRID_CODE ? markdown_code : markdown_put)(p->out, grid_cell_text(g, r, k));
            buffer_puts(p->out, " |");
        }
        buffer_putc(p->out, '\n');
    }
    buffer_putc(p->out, '\n');
}

static void
md_chart(struct page *p, const struct chart *c, const char *words)
{
    md_heading(p, c->title);
    md_paragraph(p, words);
    buffer_puts(p->out, "```text\n");
    chart_text(p->out, c);
    buffer_puts(p->out, "```\n\n");
    md_paragraph(p, c->sentence);
}

static void
md_command(struct page *p, const char *text)
{
    buffer_puts(p->out, "```sh\n");
    plain_put(p->out, text);
    buffer_puts(p->out, "\n```\n\n");
}

const struct pen pen_markdown = {
    md_begin, md_end, md_section, md_heading, md_lead, md_paragraph, md_item, md_end_items, md_table, md_chart,
    md_command,
};

/* ---- plain text ------------------------------------------------------------------------- */

/* The bytes of the next line; a character wider than the column stands alone in it. */
static size_t
line_bytes(const char *text, int width)
{
    size_t n = text_break(text, width);
    uint32_t cp;

    return n > 0 || *text == '\0' ? n : (size_t)text_decode(text, strlen(text), &cp);
}

static const char *
skip_spaces(const char *text)
{
    while (*text == ' ')
        text++;
    return text;
}

/* Words wrapped at the width; the first line starts with lead, the rest is indented as far. */
static void
wrap(struct buffer *out, const char *text, const char *lead)
{
    char *clean = cleaned(text);

    out->failed |= clean == NULL;
    if (clean != NULL)
        buffer_wrap(out, clean, TEXT_WIDTH, lead);
    free(clean);
}

static void
underlined(struct page *p, const char *text, char line)
{
    char *clean = cleaned(text);

    p->out->failed |= clean == NULL;
    if (clean == NULL)
        return;
    buffer_printf(p->out, "%s\n", clean);
    for (int k = text_width(clean); k > 0; k--)
        buffer_putc(p->out, line);
    buffer_puts(p->out, "\n\n");
    free(clean);
}

static void
txt_begin(struct page *p, const char *title)
{
    underlined(p, title, '=');
}

static void
txt_section(struct page *p, const struct section *s)
{
    buffer_putc(p->out, '\n');
    underlined(p, s->title, '=');
}

static void
txt_heading(struct page *p, const char *text)
{
    underlined(p, text, '-');
}

static void
txt_paragraph(struct page *p, const char *text)
{
    wrap(p->out, text, "");
    buffer_putc(p->out, '\n');
}

static void
txt_item(struct page *p, const char *text)
{
    wrap(p->out, text, "- ");
    p->items++;
}

static const char *
text_cell(const struct grid *g, int row, int column)
{
    return row < 0 ? g->head[column].name : grid_cell_text(g, row, column);
}

static int
longest_word(const char *text)
{
    int most = 0;

    for (const char *w = text; *w != '\0';) {
        char word[128];
        size_t n = strcspn(w, " "), copied = n < sizeof word ? n : sizeof word - 1;
        memcpy(word, w, copied);
        word[copied] = '\0';
        int width = text_width(word);
        most = width > most ? width : most;
        w += n + (w[n] == ' ');
    }
    return most;
}

/* Each column as wide as its widest cell; then columns of words give way, the widest first and none
 * below its longest word (within reason). Figures are never wrapped. */
static void
column_widths(const struct grid *g, int width[GRID_COLUMNS])
{
    int sum = 2 * (g->columns - 1), least[GRID_COLUMNS];

    for (int k = 0; k < g->columns; k++) {
        width[k] = least[k] = 1;
        for (int r = -1; r < g->rows; r++) {
            int w = text_width(text_cell(g, r, k)), word = longest_word(text_cell(g, r, k));
            bool figure = r >= 0 && (g->head[k].how & GRID_NUMERIC) != 0;
            width[k] = w > width[k] ? w : width[k];
            word = figure ? w : word < WORD_MAX ? word : WORD_MAX;
            least[k] = word > least[k] ? word : least[k];
        }
        sum += width[k];
    }
    while (sum > TEXT_WIDTH) {
        int widest = -1;
        for (int k = 0; k < g->columns; k++)
            if (width[k] > least[k] && (widest < 0 || width[k] > width[widest]))
                widest = k;
        if (widest < 0)
            break;
        width[widest]--;
        sum--;
    }
}

/* One row of cells, each wrapped in its column; the text is clean. */
static void
txt_row(struct buffer *out, const struct grid *g, const char *cell[GRID_COLUMNS], const int width[GRID_COLUMNS])
{
    bool more = true;

    while (more) {
        int blanks = 0;
        more = false;
        for (int k = 0; k < g->columns; k++) {
            size_t n = line_bytes(cell[k], width[k]);
            char *part = malloc(n + 1);
            if (part == NULL) {
                out->failed = true;
                return;
            }
            memcpy(part, cell[k], n);
            part[n] = '\0';
            int pad = width[k] - text_width(part), right = g->head[k].how & GRID_NUMERIC ? pad : 0;
            if (n > 0) {
                buffer_printf(out, "%*s%s", blanks + right, "", part);
                blanks = 0;
            }
            blanks += (n > 0 ? pad - right : width[k]) + 2;
            cell[k] = skip_spaces(cell[k] + n);
            more |= cell[k][0] != '\0';
            free(part);
        }
        buffer_putc(out, '\n');
    }
}

static void
txt_table(struct page *p, const struct grid *g)
{
    int width[GRID_COLUMNS];
    bool wrapped = false;

    column_widths(g, width);
    for (int r = -1; r < g->rows; r++) {
        char *clean[GRID_COLUMNS] = { NULL };
        const char *cell[GRID_COLUMNS];
        for (int k = 0; k < g->columns; k++) {
            clean[k] = cleaned(text_cell(g, r, k));
            cell[k] = clean[k] != NULL ? skip_spaces(clean[k]) : "";
            p->out->failed |= clean[k] == NULL;
            wrapped |= text_width(cell[k]) > width[k];
        }
        txt_row(p->out, g, cell, width);
        for (int k = 0; k < g->columns; k++)
            free(clean[k]);
        if (r < 0)
            for (int k = 0; k < g->columns; k++) {
                buffer_puts(p->out, k > 0 ? "  " : "");
                for (int i = 0; i < width[k]; i++)
                    buffer_putc(p->out, '-');
            }
        if (r < 0 || (wrapped && g->columns > 3 && r + 1 < g->rows))
            buffer_putc(p->out, '\n');
    }
    buffer_putc(p->out, '\n');
}

static void
txt_chart(struct page *p, const struct chart *c, const char *words)
{
    txt_heading(p, c->title);
    txt_paragraph(p, words);
    chart_text(p->out, c);
    buffer_putc(p->out, '\n');
    txt_paragraph(p, c->sentence);
}

static void
txt_command(struct page *p, const char *text)
{
    buffer_puts(p->out, "    ");
    plain_put(p->out, text);
    buffer_puts(p->out, "\n\n");
}

const struct pen pen_text = {
    txt_begin, md_end, txt_section, txt_heading, txt_paragraph, txt_paragraph, txt_item, md_end_items, txt_table,
    txt_chart, txt_command,
};
