/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SCENARIO_USAGE_H
#define BREAKEVEN_SCENARIO_USAGE_H

#include "breakeven/scenario.h"

/* What the parts of a usage log's reader share. */

/* One record: a row under its header, or an object. */
struct record {
    const char *const *header; /* CSV: n_header names; NULL: an object      */
    size_t n_header;
    const char *const *cells;  /* n_header of them                           */
    const struct node *object;
};

/* Where an export keeps what: the first of these columns that a record has. A dot leads into an
 * object, also one that is the text of a cell. */
#define COLUMNS_MAX 6
struct usage_format {
    const char *name;
    const char *marks[3];   /* all of them there: it is this export           */
    const char *columns[USAGE_ROLES][COLUMNS_MAX];
    bool cached_beside;     /* input leaves out what was read from or written to the cache */
};

/* The export that a first record looks like; the last one, "plain", if no other. */
const struct usage_format *usage_format_of(const struct record *);
/* The text of a column, NULL if the record has it not or it is empty. scratch holds what the
 * text points into; it is good until the next call with it. */
const char *usage_column(const struct record *, const char *column, struct buffer *scratch);

/* One day of the log, in UTC. */
struct usage_day {
    long day;               /* since 1970-01-01 */
    double requests, input, output, batch;
    double cached, cached_of;   /* and the input of the records that say how much was cached */
    double written, written_of;
    double hours[24];
};

struct usage_sums {
    struct usage_day *days; /* by day */
    size_t n, cap;
    double singles, input, input2; /* of records of one request: for the spread of lengths */
    bool batches;           /* some record says whether it was in a batch */
};

/* Fill the fields of the result. */
void usage_figures(struct usage *, const struct usage_sums *);

#endif
