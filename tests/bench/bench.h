/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_BENCH_H
#define BREAKEVEN_BENCH_H

/*
 * "make bench": how fast the program is, on its own loop and its own scenarios.  Rows are printed as
 * they are measured and kept for one line of JSON at the end. Nothing here judges: a row says how
 * far it lies from its goal, and a slow day is no failure.
 */

#include "tui/app.h"

#define ROWS_KEPT 160
#define TIMES_MAX 200000

/* How a figure is held against its goal. */
enum goal_side { GOAL_NONE, GOAL_AT_MOST, GOAL_AT_LEAST };

struct row {
    char goal[8], what[64], scenario[32], unit[12], note[160];
    int n;
    double median, p99;             /* NAN: not measured                                       */
    double goal_median, goal_p99;   /* NAN: none                                               */
    enum goal_side side;
};

struct times {
    real *x;
    int n;
    double spent_s;
};

struct bench {
    const char *source, *build, *python, *commit, *program;
    struct catalog *catalog;
    double budget_s;                /* of one row                                               */
    struct row rows[ROWS_KEPT];
    int n_rows;
    double g1_ms, g2_ms;            /* medians on wide.yaml, for the ratios to other programs   */
};

double now_s(void);
double cpu_s(void); /* of this thread: what else runs on the machine does not count */
void times_add(struct times *, double seconds);
void times_clear(struct times *);
double times_quantile(const struct times *, double u);

/* The next row, with goal, words and scenario; the caller fills in the rest and calls row_print. */
struct row *row_new(struct bench *, const char *goal, const char *what, const char *scenario, const char *unit);
void row_times(struct row *, const struct times *, double scale); /* n, median, p99 */
void row_goal(struct row *, enum goal_side, double median, double p99);
void row_print(const struct row *);
void row_missing(struct bench *, const char *goal, const char *what, const char *why, ...) BE_PRINTF(4, 5);

/* A workbench without a terminal, one scenario open. */
struct bench_app {
    struct app *app;
    struct tui_options options;
    char path[1100], *files[1];
};
int bench_open(struct bench *, struct bench_app *, const char *relative, struct error *);
void bench_close(struct bench_app *);

/* A walk over the fields of a scenario: edits to legal values, each field in turn. The first call gives
 * a new value, the second the typed one again, and so on with other values. */
struct walk {
    struct scenario typed;
    int field, step;
};
void walk_start(struct walk *, const struct app *);
bool walk_next(struct walk *, struct app *, struct field_ref *, char *text, size_t size);

void bench_edits(struct bench *);    /* G1 G2 G3 G10                        */
void bench_slowest(struct bench *, const char *const *paths, int n);
void bench_slow(struct bench *);     /* which edits are the slowest, and why: by name alone */
void bench_paths(struct bench *);    /* G4 G5 and per-sample GSL            */
void bench_share(struct bench *, double peak_gflops); /* G4 */
void bench_accuracy(struct bench *); /* G6                                  */
void bench_frames(struct bench *);   /* G7                                  */
void bench_process(struct bench *);  /* G8 G9                               */
void bench_threads(struct bench *);  /* cancelling, sweep --jobs            */
void bench_numpy(struct bench *);

#endif
