/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_CHART_VIEWS_H
#define BREAKEVEN_CHART_VIEWS_H

#include "pen.h"

void chart_reset(struct chart *, enum chart_kind, const char *title);
int arm_order(const struct answer *, int order[ARMS_MAX]);
struct series *add_series(struct chart *, const struct answer *, int arm);
struct bar *add_bar(struct chart *); /* NULL: no room, as of the others */
void add_column(struct chart *, const char *name);
struct table_row *add_row(struct chart *, const char *name);

/* The pair whose crossings matter most: pick and rival, else the pick and the first arm that it
 * crosses with, else any pair. NULL: nothing crosses. */
const struct crossing_answer *main_crossing(const struct answer *, bool total);

/* That of the pick and its rival; NULL: none of them, or nothing was searched. */
/* A line that is level all the way needs some height around it. */
void settle_range(struct chart *);
/* The dotted edges of an arm's line, from a band of the answer; "shown" turns the band's figure into the
 * chart's (NULL: it is the same). False, and nothing, where the band has no width. */
enum band_of { BAND_WHOLE, BAND_LESS }; /* the figure itself, or that less another arm's */
bool add_band(struct chart *, const struct answer *, int arm, const struct band *, enum band_of,
              double (*shown)(const struct answer *, double x, double y));
/* One edge at x, between its points; NAN outside. */
double band_at(const struct band *, const double edge[BAND_POINTS], double x);
/* The axes of the views, and so of the bands. */
void volume_range(const struct answer *, double *low, double *high);
void label_range(const struct answer *, double *low, double *high);
int tuned_arm(const struct answer *); /* the first; -1 */

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
