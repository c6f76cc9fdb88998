/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_TUI_TERM_H
#define BREAKEVEN_TUI_TERM_H

/* The terminal: curses is known to term.c alone. */

#include "app.h"

struct term_options {
    bool color, mouse;
    const char *term;
};

int term_open(const struct term_options *, struct error *);
void term_close(void);
void term_size(int *columns, int *rows);
/* Copy the canvas: only cells that changed since the last frame are touched. */
void term_show(const struct canvas *, int cursor_row, int cursor_column);
void term_redraw(void);
/* The colours of the inks from now on; does nothing if they are these. */
void term_theme(const struct theme *);
/* Next key that is already there; KEY_NONE if there is none. */
struct key term_key(void);
/* To the clipboard by OSC 52, and to tmux's buffer inside tmux. */
void term_copy(const char *text, size_t n);
/* Text through $VISUAL or $EDITOR (vi) in the whole terminal; *out is malloc'ed. -1 with the
 * reason if the editor could not run or gave up. */
int term_edit(const char *text, size_t n, char **out, size_t *out_n, struct error *);
/* A clock that only runs forward. */
double term_now_ms(void);
/* Suspend as ^Z does, and come back. */
void term_suspend(void);
/* A signal that ends the program arrived: its number, else 0. */
int term_signal(void);
/* Restore the terminal and die by this signal. */
void term_die(int signal);
/* Said after the terminal is restored when a fault ends the program. */
void term_last_words(const char *text);
/* Wait until a key, the descriptor or a signal is there; -1: wait for ever. True if
 * the descriptor is readable. */
bool term_wait(int descriptor, int milliseconds);

#endif
