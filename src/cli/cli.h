/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_CLI_H
#define BREAKEVEN_CLI_H

/*
 * The command line.  A command and its options are one row each; parsing, --help, the
 * manual and completion read the rows.  Only this room reads the environment,
 * writes to stdout and stderr, and decides the exit status.
 */

#include <stdio.h>

#include "breakeven/tui.h"

struct option_row {
    const char *name;   /* without the dashes                                    */
    char letter;        /* 0: none                                                */
    const char *arg;    /* what its value is, NULL: a flag                        */
    bool repeat;        /* may be given more than once                            */
    const char *help;
};

#define ARGS_MAX 256

struct args {
    const struct option_row *options;
    struct { const struct option_row *row; const char *value; } given[ARGS_MAX];
    int n_given;
    char *operands[ARGS_MAX + 1];
    int n_operands;
};

struct command {
    const char *name, *operands, *summary, *help;
    const struct option_row *options; /* ends with a NULL name */
    int (*run)(const struct args *, struct error *); /* 0, 1 ("no"), or -1 with err */
    const char *examples; /* one command line each, ends with a newline; plan.yaml stands for a scenario */
};
extern const struct command commands[];
extern const int commands_n;
extern const struct command workbench; /* the program without a command word */

/* options.c */
int args_parse(struct args *, const struct command *, int argc, char **argv, struct error *);
bool args_has(const struct args *, const char *name);
const char *args_value(const struct args *, const char *name); /* last one, NULL if absent */
int args_next(const struct args *, const char *name, int from, const char **value); /* next index or -1 */
void command_help(FILE *, const struct command *);
void program_help(FILE *);
int args_number(const struct args *, const char *name, double low, double high, double *value, struct error *);
#define SIZE_MOST 4000
int args_size(const struct args *, int *columns, int *rows, struct error *); /* --size CxR; absent: as they were */
int args_solve_options(const struct args *, struct solve_options *, struct error *);

/* data.c: the only place that knows where things lie */
struct places {
    char data[1024];            /* holds catalog/ and scenarios/                          */
    char user_catalog[1024];    /* "" if it does not exist                                */
    char config[1024], state[1024]; /* folders; "" without a home                          */
};
int places_find(struct places *, struct error *);
/* The folder that imported lists go to, made if it is not there: "" in places until then. */
int places_make_catalog(struct places *, struct error *);
int catalog_open(struct catalog **, struct error *); /* warnings go to stderr */
int catalog_open_silent(struct catalog **, struct error *);
/* As far as these scenarios need it, for a quick start (catalog_load_for); all of it where that cannot be told. */
int catalog_open_for(struct catalog **, char *const *files, int n_files, struct error *);

/* common.c */
/* Load a scenario, print every problem as file:line:column: to stderr. Refuses
 * (-1) if there was an error. "-" reads stdin. */
int scenario_load(struct scenario_file *, const char *path, const struct catalog *, struct error *);
/* key=value onto the scenario. */
int scenario_set(struct scenario *, const char *assignment, const struct catalog *, struct error *);
/* The whole answer, with these bands of its charts (BANDS_... of chart.h). */
int decide_drawn(struct answer **, const struct scenario *, const struct catalog *, const char *name,
                 const struct solve_options *, unsigned bands, struct error *);
/* All of --set; then a scenario that contradicts itself is refused. from: see scenario_refuse. */
int scenario_set_all(struct scenario *, const struct args *, const struct catalog *, const struct scenario_file *from,
                     struct error *);
/* Does it contradict itself? The first contradiction, with its field, and its place in the file that the
 * scenario is from (NULL: none). */
int scenario_refuse(const struct scenario *, const struct catalog *, const struct scenario_file *from, struct error *);
/* Load, then --set: for commands that do not write the file. */
int scenario_read(struct scenario *, const char *path, const struct args *, const struct catalog *, struct error *);
/* The day on which a file was last written, in UTC; false, and year 0, if there is none. */
bool file_day(const char *path, struct date *);
const char *base_name(const char *path); /* without folder; suffix kept */
/* scenario name in JSON: file name without folder and .yaml */
char *scenario_name(const char *path, char *out, size_t size);
int write_out(const char *path, const struct buffer *, struct error *); /* NULL or "-": stdout */
int manual_part(const char *name, struct error *); /* manual.c */
void complain(const char *where, const struct error *);
bool stdout_ascii(void); /* the locale cannot show UTF-8 */
/* ERR_UNKNOWN "no model X, nearest Y" and -1. */
int unknown_name(const struct catalog *, enum catalog_kind, const char *what, const char *name,
                 struct error *);

/* The file's name, and the line and column if known, in front of the words; returns -1. */
int error_in_file(struct error *, const char *path, const struct error *why);

/* cmd_chart.c */
int text_glyphs(const struct args *, enum glyph_set *, struct error *); /* --glyphs, else what the locale can show */
int chart_print(struct buffer *, const struct chart *, int columns, int rows, bool table, enum glyph_set,
                struct error *);

/* table.c: CSV in, CSV out, one row for each */
#define TABLE_BYTES_MAX (16 * 1024 * 1024)
int table_open(struct csv *, const char *path, const char *const *needed, struct error *);
const char *table_cell(const struct csv *, size_t row, const char *column); /* "" if absent */
void table_header(struct buffer *, const char *const *columns);
void table_put_number(struct buffer *, double); /* and the comma before it; not finite: empty */
/* Words wrapped at 80 columns behind an indent. */
void put_wrapped(struct buffer *, const char *text, int indent);

/* one file a command */
int cmd_workbench(const struct args *, struct error *);
int cmd_solve(const struct args *, struct error *);
int cmd_chart(const struct args *, struct error *);
int cmd_report(const struct args *, struct error *);
int cmd_fields(const struct args *, struct error *);
int cmd_catalog(const struct args *, struct error *);
int cmd_import(const struct args *, struct error *);
int cmd_usage(const struct args *, struct error *); /* import --usage */
int cmd_audit(const struct args *, struct error *);
int cmd_price(const struct args *, struct error *);
int cmd_capacity(const struct args *, struct error *);
int cmd_learn(const struct args *, struct error *);
int cmd_compare(const struct args *, struct error *);
int cmd_sweep(const struct args *, struct error *);
int cmd_check(const struct args *, struct error *);
int cmd_schema(const struct args *, struct error *);
int cmd_completion(const struct args *, struct error *);

#endif
