/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_TUI_H
#define BREAKEVEN_TUI_H

/* The workbench: panes, keys, views over the same engine as the commands. */

#include "breakeven/report.h"

struct tui_options {
    const struct catalog *catalog;
    char *const *files;            /* scenarios to open                             */
    int n_files;
    int samples;                   /* 0: 1,024 first, then 16,384, then more; else fixed */
    uint64_t seed;
    int glyphs;                    /* enum glyph_set, -1: choose by locale and terminal */
    bool color, mouse;
    const char *state_folder;      /* journals; NULL: none are kept                 */
    const char *config_folder;     /* config.yaml; NULL: none                       */
    const char *locale_codeset;    /* nl_langinfo(CODESET)                          */
    const char *term;              /* $TERM                                         */
};

/* Run until the person leaves. Returns an exit status' error code in err. */
int tui_run(const struct tui_options *, struct error *);
/* Linear mode: no frames, no alternate screen, each change one line. */
int tui_run_plain(const struct tui_options *, struct error *);
/* Replay keys from a text (names as <Enter>, <Tab>, <C-r>, <Up>, others verbatim) without a
 * terminal; prints the frame after each <Dump> and at the end to out. */
int tui_replay(const struct tui_options *, const char *keys, int columns, int rows,
               struct buffer *out, struct error *);

/* The key table: one row makes keys, help, bottom line, manual, completion. */
struct binding_row {
    const char *keys, *where, *name, *help;
};
int tui_bindings(const struct binding_row **); /* how many */

#endif
