/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <string.h>

#include "sections.h"

/*
 * One file: style and pictures are inside, there is no script and nothing is fetched (the policy
 * in its head forbids both). Each chart is drawn twice, for a desk and for a phone, and one of
 * them is shown. Wide tables become a list of cards on a narrow screen.
 */

#define WIDE_PX 680
#define NARROW_PX 320
#define LONG_WORD 18   /* characters                                                */
#define CARD_COLUMNS 4 /* tables from this many columns on */

static const char style[] =
    ":root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--line:#d8dee4;--paper:#fff;--box:#f4f6f8;--mark:#0a5ab4}\n"
    "@media screen and (prefers-color-scheme:dark){:root{--ink:#e6e9ec;--soft:#a3adb8;--line:#39414a;--paper:#14181d;"
    "--box:#1e242b;--mark:#7ab8ff}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,\"Segoe UI\",Roboto,"
    "\"DejaVu Sans\",sans-serif;overflow-wrap:break-word}\n"
    "main{max-width:60rem;margin:0 auto;padding:1rem}\n"
    "h1{font-size:1.7rem;line-height:1.2;margin:.5rem 0 1rem}\n"
    "h2{font-size:1.25rem;margin:2.2rem 0 .6rem;padding-top:.6rem;border-top:1px solid var(--line)}\n"
    "h3{font-size:1.05rem;margin:1.4rem 0 .4rem}\n"
    "p{margin:.5rem 0;max-width:46rem}li{max-width:45rem;margin:.25rem 0}ul{padding-left:1.2rem}\n"
    "a{color:var(--mark)}\n"
    ".lead{font-size:1.2rem;font-weight:600;background:var(--box);border-left:4px solid var(--mark);padding:.8rem 1rem;"
    "max-width:none}\n"
    "nav ul{list-style:none;padding:0;margin:.5rem 0;display:flex;flex-wrap:wrap;gap:.15rem 1rem;font-size:.9rem}nav li{margin:0}\n"
    "table{border-collapse:collapse;width:100%;margin:.7rem 0;font-size:.9rem;line-height:1.35}\n"
    "th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line);"
    "overflow-wrap:break-word}\n"
    "thead th{color:var(--soft);font-weight:600;border-bottom:2px solid var(--line);overflow-wrap:break-word}\n"
    "tbody th{font-weight:600;min-width:7rem}\n"
    ".n{text-align:right;font-variant-numeric:tabular-nums;overflow-wrap:normal}td.n{white-space:nowrap}\n"
    "code{font-family:ui-monospace,\"DejaVu Sans Mono\",monospace;font-size:.85em;color:var(--soft)}\n"
    ".w,pre{overflow-wrap:anywhere}\n"
    "pre{background:var(--box);padding:.8rem;white-space:pre-wrap;overflow-wrap:anywhere}pre code{color:inherit}\n"
    "figure{margin:1rem 0}figure svg{display:block;max-width:100%;height:auto}.phone{display:none}\n"
    "figcaption{color:var(--soft);font-size:.9rem;margin-top:.3rem}\n"
    "details{font-size:.9rem;margin:.3rem 0}summary{color:var(--soft);cursor:pointer}\n"
    "@media (max-width:44rem){body{font-size:15px}.desk{display:none}.phone{display:block}.lead{font-size:1.1rem}\n"
    ".cards thead{display:none}.cards,.cards tbody,.cards tr,.cards td,.cards th{display:block;width:auto}\n"
    ".cards tr{border:1px solid var(--line);border-radius:6px;margin:.6rem 0;padding:.3rem .7rem}\n"
    ".cards td,.cards tbody th{border:0;padding:.15rem 0;text-align:left;white-space:normal}.cards td:empty{display:none}\n"
    ".cards td::before{content:attr(data-label) \": \";color:var(--soft)}\n"
    "table:not(.cards) td.n{white-space:normal}}\n"
    "@media print{body{font-size:10pt}main{max-width:none;padding:0}nav,details{display:none}.desk{display:block}.phone{display:none}\n"
    "h2,h3{break-after:avoid}tr,figure,.lead{break-inside:avoid}a{color:inherit;text-decoration:none}}\n";

static void
tag(struct page *p, const char *open, const char *text, const char *close)
{
    buffer_puts(p->out, open);
    html_put(p->out, text);
    buffer_puts(p->out, close);
}

static void
html_begin(struct page *p, const char *title)
{
    buffer_puts(p->out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                        "<meta name=\"color-scheme\" content=\"light dark\">\n"
                        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
    tag(p, "<title>", title, "</title>\n<style>\n");
    buffer_puts(p->out, style);
    tag(p, "</style>\n</head>\n<body>\n<main>\n<h1>", title, "</h1>\n");
}

static void
html_end(struct page *p)
{
    buffer_puts(p->out, p->section != NULL ? "</section>\n" : "");
    buffer_puts(p->out, "</main>\n</body>\n</html>\n");
}

static void
contents(struct page *p)
{
    buffer_puts(p->out, "<nav aria-label=\"Contents\"><ul>\n");
    for (int k = 1; k < report_sections_n; k++) {
        buffer_printf(p->out, "<li><a href=\"#%s\">", report_sections[k].id);
        tag(p, "", report_sections[k].title, "</a></li>\n");
    }
    buffer_puts(p->out, "</ul></nav>\n");
}

/* The contents stand behind the first section, which is what everybody reads. */
static void
html_section(struct page *p, const struct section *s)
{
    if (p->section != NULL)
        buffer_puts(p->out, "</section>\n");
    if (p->section == &report_sections[0])
        contents(p);
    p->section = s;
    buffer_printf(p->out, "<section id=\"%s\">\n", s->id);
    tag(p, "<h2>", s->title, "</h2>\n");
}

static void
html_heading(struct page *p, const char *text)
{
    tag(p, "<h3>", text, "</h3>\n");
}

static void
html_lead(struct page *p, const char *text)
{
    tag(p, "<p class=\"lead\">", text, "</p>\n");
}

static void
html_paragraph(struct page *p, const char *text)
{
    tag(p, "<p>", text, "</p>\n");
}

static void
html_item(struct page *p, const char *text)
{
    tag(p, p->items++ == 0 ? "<ul>\n<li>" : "<li>", text, "</li>\n");
}

static void
html_end_items(struct page *p)
{
    buffer_puts(p->out, p->items > 0 ? "</ul>\n" : "");
    p->items = 0;
}

static void
put_words(struct page *p, const char *text)
{
    html_put(p->out, text);
}

/* A path may be broken behind its dots and underscores. */
static void
put_code(struct page *p, const char *text)
{
    while (*text != '\0') {
        char part[64];
        size_t n = strcspn(text, "._");
        n = n < sizeof part - 2 ? n + (text[n] != '\0') : sizeof part - 2;
        while (n < sizeof part - 1 && ((unsigned char)text[n] & 0xc0) == 0x80)
            n++;
        memcpy(part, text, n);
        part[n] = '\0';
        html_put(p->out, part);
        text += n;
        buffer_puts(p->out, *text != '\0' ? "<wbr>" : "");
    }
}

/* Has the column a word that is too long for a narrow cell, as an address? */
static bool
has_long_word(const struct grid *g, int column)
{
    for (int r = 0; r < g->rows; r++)
        for (const char *w = grid_cell_text(g, r, column); *w != '\0';) {
            size_t n = strcspn(w, " ");
            if (n > LONG_WORD)
                return true;
            w += n + (w[n] == ' ');
        }
    return false;
}

static void
table_cell(struct page *p, const struct grid *g, int row, int column, bool break_words)
{
    const struct grid_column *head = &g->head[column];
    const char *text = grid_cell_text(g, row, column);
    bool code = (head->how & GRID_CODE) != 0 && text[0] != '\0';

    buffer_puts(p->out, column == 0 ? "<th scope=\"row\"" : "<td");
    if (head->how & GRID_NUMERIC)
        buffer_puts(p->out, " class=\"n\"");
    else if (break_words)
        buffer_puts(p->out, " class=\"w\"");
    if (column > 0 && g->columns >= CARD_COLUMNS)
        tag(p, " data-label=\"", head->name, "\"");
    buffer_puts(p->out, code ? "><code>" : ">");
    (code ? put_code : put_words)(p, text);
    buffer_puts(p->out, code ? "</code>" : "");
    buffer_puts(p->out, column == 0 ? "</th>" : "</td>");
}

static void
html_table(struct page *p, const struct grid *g)
{
    bool break_words[GRID_COLUMNS] = { false };

    for (int k = 0; k < g->columns; k++)
        break_words[k] = !(g->head[k].how & GRID_CODE) && has_long_word(g, k);
    buffer_puts(p->out, g->columns >= CARD_COLUMNS ? "<table class=\"cards\">\n<thead><tr>" : "<table>\n<thead><tr>");
    for (int k = 0; k < g->columns; k++)
        tag(p, g->head[k].how & GRID_NUMERIC ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">", g->head[k].name,
            "</th>");
    buffer_puts(p->out, "</tr></thead>\n<tbody>\n");
    for (int r = 0; r < g->rows; r++) {
        buffer_puts(p->out, "<tr>");
        for (int k = 0; k < g->columns; k++)
            table_cell(p, g, r, k, break_words[k]);
        buffer_puts(p->out, "</tr>\n");
    }
    buffer_puts(p->out, "</tbody>\n</table>\n");
}

static void
html_chart(struct page *p, const struct chart *c, const char *words)
{
    struct grid g;

    buffer_puts(p->out, "<figure>\n<div class=\"desk\">\n");
    p->out->failed |= chart_svg(p->out, c, WIDE_PX, 0) < 0;
    buffer_puts(p->out, "</div>\n<div class=\"phone\">\n");
    p->out->failed |= chart_svg(p->out, c, NARROW_PX, 0) < 0;
    tag(p, "</div>\n<figcaption>", words, " ");
    tag(p, "<b>", c->sentence, "</b></figcaption>\n");
    grid_of_chart(&g, c);
    if (g.rows > 0) {
        buffer_puts(p->out, "<details><summary>The same figures as a table</summary>\n");
        html_table(p, &g);
        buffer_puts(p->out, "</details>\n");
    }
    p->out->failed |= g.failed;
    grid_release(&g);
    buffer_puts(p->out, "</figure>\n");
}

static void
html_command(struct page *p, const char *text)
{
    tag(p, "<pre><code>", text, "</code></pre>\n");
}

const struct pen pen_html = {
    html_begin, html_end, html_section, html_heading, html_lead, html_paragraph, html_item, html_end_items, html_table,
    html_chart, html_command,
};
