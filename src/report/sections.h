/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_REPORT_SECTIONS_H
#define BREAKEVEN_REPORT_SECTIONS_H

#include "breakeven/document.h"
#include "breakeven/report.h"

/*
 * A report is a list of sections; a section is a list of blocks. Sections know no
 * format and formats know no section: a section emits blocks, and the format's pen
 * writes each. Text that sections hand over is neither cleaned nor escaped: pens do both.
 */

/* ---- a table, collected before it is written ------------------------------------------ */

#define GRID_COLUMNS 12
#define GRID_NUMERIC 1u /* aligned right                                            */
#define GRID_CODE 2u    /* a path or a name that is typed                            */

struct grid_cell {
    char *text;       /* NULL: empty                                                 */
    double number;    /* NAN: words alone                                            */
    const char *unit; /* of the number; NULL: the column's                           */
};
struct grid_column {
    char name[48], unit[24];
    unsigned how;
};
struct grid {
    int rows, columns, cap;
    bool failed;
    struct grid_column head[GRID_COLUMNS];
    struct grid_cell (*cells)[GRID_COLUMNS];
};

void grid_init(struct grid *);
void grid_release(struct grid *);
void grid_column(struct grid *, const char *name, const char *unit, unsigned how);
/* A new row; the setters below fill its cells. */
void grid_row(struct grid *);
void grid_text(struct grid *, int column, const char *fmt, ...) BE_PRINTF(3, 4);
void grid_number(struct grid *, int column, double number, const char *unit, const char *text);
void grid_usd(struct grid *, int column, double usd);                 /* whole dollars  */
void grid_usd_digits(struct grid *, int column, double usd);          /* three digits   */
void grid_share(struct grid *, int column, double share, int decimals);
const char *grid_cell_text(const struct grid *, int row, int column); /* never NULL    */

/* ---- pens ------------------------------------------------------------------------------- */

struct page;
struct section {
    const char *id, *title;
    void (*write)(struct page *);
};
extern const struct section report_sections[];
extern const int report_sections_n;

struct pen {
    void (*begin)(struct page *, const char *title);
    void (*end)(struct page *);
    void (*section)(struct page *, const struct section *); /* ends the one before, too  */
    void (*heading)(struct page *, const char *text);
    void (*lead)(struct page *, const char *text);          /* the verdict, in one sentence */
    void (*paragraph)(struct page *, const char *text);
    void (*item)(struct page *, const char *text);
    void (*end_items)(struct page *);
    void (*table)(struct page *, const struct grid *);
    void (*chart)(struct page *, const struct chart *, const char *words); /* title, words, picture, sentence */
    void (*command)(struct page *, const char *text);
};
extern const struct pen pen_markdown, pen_html, pen_json, pen_csv, pen_text;

struct page {
    struct buffer *out;
    const struct report_input *in;
    const struct pen *pen;
    const char *currency;       /* besides USD; NULL: none                               */
    double per_usd;
    /* the pens' own state */
    const struct section *section;
    int row, items;
    struct json json;
};

void page_paragraph(struct page *, const char *fmt, ...) BE_PRINTF(2, 3);
void page_item(struct page *, const char *fmt, ...) BE_PRINTF(2, 3);
/* Writes the table unless it has no row, and releases it. */
void page_table(struct page *, struct grid *);
/* The chart's own table as a grid. */
void grid_of_chart(struct grid *, const struct chart *);

/* As long as it takes; the caller's to free. NULL: no memory. */
char *printed(const char *fmt, va_list) BE_PRINTF(1, 0);
/* Controls, bidi overrides and malformed bytes made harmless; the caller's to free. NULL: no memory. */
char *cleaned(const char *text);
/* The same to a buffer as it is. */
void plain_put(struct buffer *, const char *text);
/* A span of code in Markdown. */
void markdown_code(struct buffer *, const char *text);

/* The members of answer_json's object, inside one that the caller opened. */
void answer_json_members(struct json *, const struct answer *);

/* ---- words ------------------------------------------------------------------------------ */

/* What a field path means, "claude: Set-up", with its place if it is known (else arm -2). */
struct field_ref words_of_path(const struct page *, const char *path, char *out, size_t size);
/* A value of the field as people write it, without its unit. */
char *words_of_value(const struct page *, struct field_ref, double value, char *out, size_t size);
/* The field's unit for a table's cell; "" for shares, which carry their %. */
const char *words_of_unit(struct field_ref);
/* The model and where it runs. */
char *words_of_arm(const struct page *, int arm, char *out, size_t size);
/* A warning that begins with the pick's name is about what is to be signed. */
bool is_about_pick(const struct answer *, const char *warning);
/* How the scenario's check speaks of a refuted claim; the claim's id follows in brackets. */
#define ARTICLES_FIGURE "the article's figure, which does not hold"
char *words_of_share(double share, char *out, size_t size); /* never 100% of what is not all */

/* ---- one file a group of sections ---------------------------------------------------------- */

void write_verdict(struct page *);
void write_costs(struct page *);
void write_lines(struct page *);
void write_charts(struct page *);
void write_crossings(struct page *);
void write_gates(struct page *);
void write_why(struct page *);
void write_change(struct page *);
void write_measure(struct page *);
void write_alternatives(struct page *);
void write_rules(struct page *);
void write_warnings(struct page *);
void write_claims(struct page *);
void write_words(struct page *);
void write_assumptions(struct page *);
void write_reproduce(struct page *);

#endif
