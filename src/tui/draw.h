/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_TUI_DRAW_H
#define BREAKEVEN_TUI_DRAW_H

#include "app.h"

/* The parts of a frame. Each draws into its part of the layout and never changes the state. */

/* draw_panes.c */
void draw_panes(const struct app *, struct canvas *, const struct layout *, struct screen_map *, int *cursor_row,
                int *cursor_column);
/* The flips of a field, the nearest first: in the field's own form, with the letter of the arm that
 * is picked beyond ("none" where the columns allow, else "-"); of a choice its first two words that turn the pick. Returns
 * how many (at most two are kept: of a figure one on each side). */
int flips_of(const struct app *, const struct pane_row *, int columns, char out[2][32]);
/* Whether a field is other than in the base, and its texts in both; false without a base. */
bool field_since_base(const struct app *, struct field_ref, char *then, char *now, size_t size);
/* The unit to stand behind a value, with its space: as much of it as neither the text nor the label says, in
 * fewer letters where "columns" ask for them; "" where nothing of it fits. */
void unit_behind(const struct field *, const char *value, int columns, char *out, size_t size);

/* draw_view.c */
void draw_tabs(const struct app *, struct canvas *, int row, int left, int columns, struct screen_map *);

/* Below this width row 1 has no room for the program's name and the number of samples, but for a break-even. */
#define NARROW 100

/* draw_verdict.c */
/* "break-even 39.7M/day": of pick and rival in total cost, the nearest to the volume of today; "no break-even"; "". */
char *break_even_brief(const struct answer *, char *out, size_t size);
void draw_verdict(const struct app *, struct canvas *, const struct layout *, struct screen_map *, int left, int columns);
void draw_single_verdict(const struct app *, struct canvas *, const struct layout *);
/* The rows in which wrap_text shows it whole. */
int wrapped_rows(const char *text, int columns);
/* Words wrapped at the columns from row on, none at "last" or below, cut with an ellipsis; the first free row. */
int wrap_text(const struct app *, struct canvas *, int row, int last, int left, int columns, const char *text, enum ink);

/* boxes.c: each takes at most "rows", its heading among them, and returns the row behind what it took. */
int draw_flips(const struct app *, struct canvas *, struct screen_map *, int top, int left, int rows, int columns);
int draw_rules(const struct app *, struct canvas *, int top, int left, int rows, int columns);
/* The rules that fire alone, those for an API beside those for tuning. */
int draw_rules_beside(const struct app *, struct canvas *, int top, int left, int rows, int columns);
/* What two changes do: beside Why, once it is known. */
bool has_together(const struct app *);
int draw_together(const struct app *, struct canvas *, int top, int left, int rows, int columns);
int draw_changes(const struct app *, struct canvas *, int top, int left, int rows, int columns);

/* draw_bottom.c */
void draw_bottom(const struct app *, struct canvas *, const struct layout *, int *cursor_row, int *cursor_column);

/* A pane row with all its parts: 17 of mark and label, value, strip, flip, source. */
#define VALUE_COLUMNS 15
#define FLIP_COLUMNS 11
#define SOURCE_FROM (17 + VALUE_COLUMNS + 8 + FLIP_COLUMNS + 2)

#endif
