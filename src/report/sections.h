/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_REPORT_SECTIONS_H
#define BREAKEVEN_REPORT_SECTIONS_H

#include "breakeven/report.h"

/*
 * A report is a list of sections; a section is a list of blocks. Sections know no
 * format and formats know no section: a section emits blocks through "page", whose
 * functions a format supplies.
 */
struct page {
    struct buffer *out;
    const struct report_input *in;
    void (*heading)(struct page *, int level, const char *text);
    void (*paragraph)(struct page *, const char *text);
    void (*item)(struct page *, const char *text);
    void (*end_items)(struct page *);
    /* rows x columns of text; the first row is the header; numeric columns (bit k) align right */
    void (*table)(struct page *, int rows, int columns, const char *(*cell)(const void *, int row, int column),
                  const void *ctx, unsigned numeric);
    void (*chart)(struct page *, const struct view *);
    void (*command)(struct page *, const char *text);
};

struct section {
    const char *id, *title;
    void (*write)(struct page *);
};
extern const struct section report_sections[];
extern const int report_sections_n;

/* A table whose cells are collected first. Text is copied. */
#define GRID_COLUMNS 8
struct grid {
    int rows, columns, cap;
    char (*cells)[GRID_COLUMNS][200];
};
void grid_init(struct grid *, int columns);
void grid_release(struct grid *);
int grid_row(struct grid *); /* new row, -1 if there is no memory */
void grid_set(struct grid *, int row, int column, const char *fmt, ...) BE_PRINTF(4, 5);
void grid_put(struct page *, const struct grid *, unsigned numeric);

void page_markdown(struct page *);
void page_text(struct page *);

#endif
