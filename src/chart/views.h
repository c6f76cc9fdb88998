/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_CHART_VIEWS_H
#define BREAKEVEN_CHART_VIEWS_H

#include "pen.h"

void chart_reset(struct chart *, enum chart_kind, const char *title);
int arm_order(const struct answer *, int order[ARMS_MAX]);
struct series *add_series(struct chart *, const struct answer *, int arm);
void add_column(struct chart *, const char *name);
struct table_row *add_row(struct chart *, const char *name);

/* The pair whose crossings matter most: pick and rival, else the pick and the first arm that it
 * crosses with, else any pair. NULL: nothing crosses. */
const struct crossing_answer *main_crossing(const struct answer *, bool total);

/* One a view; columns is the width it will be drawn in. */
int view_cost(struct chart *, const struct answer *, const struct catalog *, int columns);
int view_unit(struct chart *, const struct answer *, const struct catalog *, int columns);
int view_difference(struct chart *, const struct answer *, const struct catalog *, int columns);
int view_cumulative(struct chart *, const struct answer *, const struct catalog *, int columns);
int view_tornado(struct chart *, const struct answer *, const struct catalog *, int columns);
int view_spread(struct chart *, const struct answer *, const struct catalog *, int columns);
int view_why(struct chart *, const struct answer *, const struct catalog *, int columns);
int view_latency(struct chart *, const struct answer *, const struct catalog *, int columns);
int view_labels(struct chart *, const struct answer *, const struct catalog *, int columns);
int view_map(struct chart *, const struct answer *, const struct catalog *, int columns);
int view_lines(struct chart *, const struct answer *, const struct catalog *, int columns);
int view_audit(struct chart *, const struct answer *, const struct catalog *, int columns);

#endif
