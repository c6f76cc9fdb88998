/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_TUI_H
#define BREAKEVEN_TUI_H

/* The workbench: panes, keys, views over the same engine as the commands. */

#include "breakeven/report.h"

/* $XDG_CONFIG_HOME/breakeven/config.yaml: what a person prefers. The command line wins. */
#define TUI_KEYS_MAX 64

struct tui_key {
    char name[32], keys[48]; /* an act of the key table; its keys, separated by spaces  */
    int line, column;
};

struct tui_config {
    char path[1100];
    char theme[16];          /* "" auto                                               */
    int glyphs;              /* enum glyph_set; -1: not said                          */
    int mouse, plain;        /* 1 on, 0 off, -1 not said                              */
    struct tui_key keys[TUI_KEYS_MAX];
    int n_keys;
    char problem[300];       /* the first, with its place; "" none                     */
};
/* All problems at once, with line, column and the nearest name; what is wrong is left out and
 * the rest holds. A missing file is an empty one. -1 if it cannot be read at all: then nothing
 * is said in it. */
int tui_config_read(struct tui_config *, const char *folder, struct problems *, struct error *);

struct tui_options {
    const struct tui_config *config; /* NULL: none                                    */
    const struct catalog *catalog;
    /* If the catalog is partial: all of it, asked for once the first verdict stands; it lives as long as the workbench.
     * NULL: there is no more. */
    int (*whole_catalog)(void *ctx, const struct catalog **, struct error *);
    void *whole_ctx;
    char *const *files;            /* scenarios to open                             */
    int n_files;
    int samples;                   /* 0: 1,024 first, then 16,384, then more; else fixed */
    uint64_t seed;
    int glyphs;                    /* enum glyph_set, -1: choose by locale and terminal */
    bool color, mouse;
    const char *state_folder;      /* journals; NULL: none are kept                 */
    const char *locale_codeset;    /* nl_langinfo(CODESET)                          */
    const char *term;              /* $TERM                                         */
    struct date today;             /* for :decide                                   */
    bool example;                  /* files is the shipped example: saving asks for a name */
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
/* Settings of config.yaml and commands of the command line, for the manual. */
struct tui_row {
    const char *name, *operand, *help;
};
int tui_settings(const struct tui_row **); /* how many */
int tui_commands(const struct tui_row **);

/* How many; the rows live until the next call. config NULL: as built. */
int tui_bindings(const struct tui_config *, const struct binding_row **);

#endif
