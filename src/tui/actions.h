/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_TUI_ACTIONS_H
#define BREAKEVEN_TUI_ACTIONS_H

/*
 * What keys do. One row of actions[] is one act: help, bottom line, manual, completion, rebinding and
 * --dump-keys read it. "by" is the row's own number: a direction, a factor, a pane.
 */

#include "app.h"

typedef void action_fn(struct app *, const struct key *, int by);

extern const struct action actions[];
extern const int actions_n;

action_fn act_move, act_first_last, act_cycle_pane, act_pane, act_jump_back;                   /* move.c */
action_fn act_nudge, act_scale, act_enter, act_space, act_clear, act_goal;                    /* values.c */
action_fn act_undo, act_redo, act_base;                                                       /* changes.c */
action_fn act_pilot_add, act_pilot_remove;                                                    /* pilots.c */
action_fn act_arm_add, act_arm_copy, act_arm_remove, act_arm_move;                            /* arms.c */
action_fn act_crosshair, act_cross_tick, act_row_flip, act_take_volume, act_next_crossing;                                  /* crosshair.c */
action_fn act_help, act_prompt, act_find, act_find_again, act_redraw, act_suspend, act_interrupt,
    act_escape;
action_fn act_save, act_quit, act_save_quit;                                                  /* files.c */
action_fn act_view, act_next_view, act_table, act_zoom, act_present;                          /* views.c */
action_fn act_write_view, act_copy;                                                           /* export.c */
action_fn act_history, act_next_problem, act_editor;
action_fn act_add_file, act_next_doc, act_scroll;                                             /* actions.c */


/* What is open over the panes; see actions.c, overlay.c and prompt.c. */
enum entry_then { ENTRY_STAY, ENTRY_UP, ENTRY_DOWN, ENTRY_NEXT_PANE, ENTRY_SAVE };
action_fn act_entry_keep, act_entry_leave, act_entry_swap, act_text, act_list_move, act_list_take, act_list_switch,
    act_list_leave, act_line_run, act_line_complete, act_line_older, act_line_leave, act_page, act_page_close;

#endif
