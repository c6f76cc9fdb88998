/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_REPORT_H
#define BREAKEVEN_REPORT_H

/*
 * What leaves the program: the recommendation report and the JSON of an answer.
 * Sections are rows of one table; every format walks it. Deterministic: no
 * clock, host or path; the same inputs give the same bytes.
 */

#include "breakeven/chart.h"

enum report_format { REPORT_MARKDOWN, REPORT_HTML, REPORT_JSON, REPORT_CSV, REPORT_TEXT };
/* From a name or a file suffix (md, html, json, csv, txt); -1 unknown. */
int report_format_parse(const char *name, enum report_format *);
const char *report_format_name(enum report_format);

struct report_input {
    const struct answer *answer;
    const struct scenario *scenario; /* as typed */
    const struct catalog *catalog;
    const char *command;             /* the exact command that reproduces it */
};
/* Markdown and text carry their charts as characters, HTML as inline SVG. CSV has one cell a
 * line (section,row,item,column,value,unit); JSON is the object of answer_json with, besides,
 * "command" and "sections". Numbers in both are plain and not rounded. ERR_BUG: no memory. */
int report_write(struct buffer *, enum report_format, const struct report_input *, struct error *);
/* The command that makes the same bytes again, wherever they are written to. name is the scenario
 * file without its folder; what now has that the file has not goes into --set, quoted for a
 * shell. file NULL: as now. */
void report_command(struct buffer *, const char *name, const struct scenario *file, const struct scenario *now,
                    const struct catalog *, enum report_format, int samples, uint64_t seed);

/* The one-line JSON object of solve --json (DESIGN.md), with a newline. */
void answer_json(struct buffer *, const struct answer *);
/* The verdict, costs, crossings, flips and what to measure as plain text of at most
 * "columns" columns (solve without --json; the workbench without a terminal adds a chart). */
void answer_text(struct buffer *, const struct answer *, int columns, bool ascii);

/* Escaping, each for its own target. */
void markdown_put(struct buffer *, const char *text);
void html_put(struct buffer *, const char *text);

#endif
