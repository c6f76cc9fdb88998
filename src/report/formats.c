/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "sections.h"

#define CHART_COLUMNS 76
#define CHART_ROWS 18

/* A chart as text of 76 columns, the same bytes in every locale. */
static void
chart_text(struct buffer *out, const struct report_input *in, const struct view *v, const char *indent)
{
    struct chart *chart = calloc(1, sizeof *chart);
    struct canvas canvas;
    struct chart_place at = { 0, 0, CHART_ROWS, CHART_COLUMNS, -1, false, false };
    struct buffer drawn;

    if (chart == NULL || canvas_init(&canvas, CHART_COLUMNS, CHART_ROWS) < 0) {
        free(chart);
        out->failed = true;
        return;
    }
    buffer_init(&drawn);
    v->build(chart, in->answer, in->catalog, CHART_COLUMNS);
    chart_draw(&canvas, chart, &at, glyphs_of(GLYPHS_BRAILLE), NULL);
    canvas_print(&canvas, &drawn);
    for (const char *line = drawn.text; *line != '\0';) {
        size_t n = strcspn(line, "\n");
        buffer_puts(out, n > 0 ? indent : "");
        buffer_add(out, line, n);
        buffer_putc(out, '\n');
        line += n + (line[n] == '\n');
    }
    buffer_puts(out, indent);
    buffer_puts(out, chart->sentence);
    buffer_putc(out, '\n');
    buffer_release(&drawn);
    canvas_release(&canvas);
    free(chart);
}

/* ---- Markdown ------------------------------------------------------------------------ */

static void
md_heading(struct page *p, int level, const char *text)
{
    for (int k = 0; k < level; k++)
        buffer_putc(p->out, '#');
    buffer_putc(p->out, ' ');
    markdown_put(p->out, text);
    buffer_puts(p->out, "\n\n");
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
}

static void
md_end_items(struct page *p)
{
    buffer_putc(p->out, '\n');
}

static void
md_table(struct page *p, int rows, int columns, const char *(*cell)(const void *, int, int), const void *ctx,
         unsigned numeric)
{
    for (int r = 0; r < rows; r++) {
        buffer_putc(p->out, '|');
        for (int k = 0; k < columns; k++) {
            buffer_putc(p->out, ' ');
            markdown_put(p->out, cell(ctx, r, k));
            buffer_puts(p->out, " |");
        }
        buffer_putc(p->out, '\n');
        for (int k = 0; r == 0 && k < columns; k++)
            buffer_puts(p->out, k == 0 ? (numeric & 1u ? "|---:|" : "|---|") : numeric >> k & 1u ? "---:|" : "---|");
        if (r == 0)
            buffer_putc(p->out, '\n');
    }
    buffer_putc(p->out, '\n');
}

static void
md_chart(struct page *p, const struct view *v)
{
    md_heading(p, 3, v->name);
    buffer_puts(p->out, "```text\n");
    chart_text(p->out, p->in, v, "");
    buffer_puts(p->out, "```\n\n");
}

static void
md_command(struct page *p, const char *text)
{
    char clean[1024];

    buffer_puts(p->out, "```sh\n");
    buffer_puts(p->out, text_clean(clean, sizeof clean, text));
    buffer_puts(p->out, "\n```\n\n");
}

void
page_markdown(struct page *p)
{
    p->heading = md_heading;
    p->paragraph = md_paragraph;
    p->item = md_item;
    p->end_items = md_end_items;
    p->table = md_table;
    p->chart = md_chart;
    p->command = md_command;
}

/* ---- plain text ------------------------------------------------------------------------- */

#define TEXT_WIDTH 78

/* Words wrapped at the width; the first line starts with lead, the rest is indented. */
static void
wrap(struct buffer *out, const char *text, const char *lead, int indent)
{
    char clean[1024], word[256];
    int at = (int)strlen(lead);

    buffer_puts(out, lead);
    text_clean(clean, sizeof clean, text);
    for (const char *p = clean; *p != '\0';) {
        size_t n = strcspn(p, " ");
        if (n >= sizeof word)
            n = sizeof word - 1;
        memcpy(word, p, n);
        word[n] = '\0';
        int width = text_width(word);
        if (at > indent && at + 1 + width > TEXT_WIDTH) {
            buffer_printf(out, "\n%*s", indent, "");
            at = indent;
        } else if (at > indent) {
            buffer_putc(out, ' ');
            at++;
        }
        buffer_puts(out, word);
        at += width;
        p += n;
        while (*p == ' ')
            p++;
    }
    buffer_putc(out, '\n');
}

static void
txt_heading(struct page *p, int level, const char *text)
{
    char clean[256];
    int width = text_width(text_clean(clean, sizeof clean, text));

    buffer_printf(p->out, "%s\n", clean);
    for (int k = 0; k < width; k++)
        buffer_putc(p->out, level == 1 ? '=' : '-');
    buffer_puts(p->out, "\n\n");
}

static void
txt_paragraph(struct page *p, const char *text)
{
    wrap(p->out, text, "", 0);
    buffer_putc(p->out, '\n');
}

static void
txt_item(struct page *p, const char *text)
{
    wrap(p->out, text, "- ", 2);
}

static void
txt_end_items(struct page *p)
{
    buffer_putc(p->out, '\n');
}

static void
txt_table(struct page *p, int rows, int columns, const char *(*cell)(const void *, int, int), const void *ctx,
          unsigned numeric)
{
    int width[GRID_COLUMNS] = { 0 };
    char clean[256];

    for (int r = 0; r < rows; r++)
        for (int k = 0; k < columns; k++) {
            int w = text_width(text_clean(clean, sizeof clean, cell(ctx, r, k)));
            if (w > width[k])
                width[k] = w;
        }
    for (int r = 0; r < rows; r++) {
        for (int k = 0; k < columns; k++) {
            text_clean(clean, sizeof clean, cell(ctx, r, k));
            int pad = width[k] - text_width(clean);
            bool right = numeric >> k & 1u;
            if (k > 0)
                buffer_puts(p->out, "  ");
            buffer_printf(p->out, "%*s%s", right ? pad : 0, "", clean);
            if (!right && k + 1 < columns)
                buffer_printf(p->out, "%*s", pad, "");
        }
        buffer_putc(p->out, '\n');
    }
    buffer_putc(p->out, '\n');
}

static void
txt_chart(struct page *p, const struct view *v)
{
    txt_heading(p, 3, v->name);
    chart_text(p->out, p->in, v, "");
    buffer_putc(p->out, '\n');
}

static void
txt_command(struct page *p, const char *text)
{
    char clean[1024];

    buffer_printf(p->out, "  %s\n", text_clean(clean, sizeof clean, text));
}

void
page_text(struct page *p)
{
    p->heading = txt_heading;
    p->paragraph = txt_paragraph;
    p->item = txt_item;
    p->end_items = txt_end_items;
    p->table = txt_table;
    p->chart = txt_chart;
    p->command = txt_command;
}

/* ---- the report --------------------------------------------------------------------------- */

static void
write_page(struct page *p)
{
    const struct answer *an = p->in->answer;

    p->heading(p, 1, an->title[0] != '\0' ? an->title : an->scenario);
    for (int k = 0; k < report_sections_n; k++) {
        p->heading(p, 2, report_sections[k].title);
        report_sections[k].write(p);
    }
}

int
report_write(struct buffer *out, enum report_format format, const struct report_input *in, struct error *err)
{
    struct page p = { .out = out, .in = in };

    switch (format) {
    case REPORT_JSON:
        answer_json(out, in->answer);
        break;
    case REPORT_MARKDOWN:
        page_markdown(&p);
        write_page(&p);
        break;
    case REPORT_TEXT:
        page_text(&p);
        write_page(&p);
        break;
    default:
        return error_set(err, ERR_USAGE, "this version writes reports as md, json or txt");
    }
    return out->failed ? error_set(err, ERR_BUG, "no memory for the report") : 0;
}
