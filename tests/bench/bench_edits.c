/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

/* The workbench's own way of an edit: set the field, solve, take the answer, draw the frame. */

#define EDITS_OF_A_FIELD 1000

static const char *const scenarios[] = {
    "tests/bench/wide.yaml", "scenarios/article.yaml", "scenarios/article-corrected.yaml", "scenarios/bank-india.yaml",
    "scenarios/code-assistant.yaml", "scenarios/contract-clauses.yaml", "scenarios/hospital-us.yaml",
    "scenarios/medical-qa.yaml", "scenarios/night-batch.yaml", "scenarios/rag-copilot.yaml",
    "scenarios/startup-mvp.yaml", "scenarios/support-intents.yaml",
};

/* With a clock app_set_field only marks the answer stale, as in the loop. */
static double
clock_ms(void)
{
    return now_s() * 1e3;
}

static char *
name_of(const char *path, char *out, size_t size)
{
    const char *slash = strrchr(path, '/');

    text_copy(out, size, slash != NULL ? slash + 1 : path);
    char *dot = strrchr(out, '.');
    if (dot != NULL)
        *dot = '\0';
    return out;
}

/* Seconds of one edit of the walk with its answer; NAN if it was refused. */
static double
one_edit(struct app *app, struct walk *w, int samples, enum decide_depth depth, struct canvas *frame)
{
    struct field_ref ref;
    char text[LINE_BYTES];
    struct error err;
    int row, column;

    if (!walk_next(w, app, &ref, text, sizeof text))
        return NAN;
    double start = now_s();
    if (app_set_field(app, ref, text, false, &err) < 0)
        return NAN;
    app_solve(app, samples, depth);
    if (frame != NULL)
        app_draw(app, frame, &app->map, &row, &column);
    return now_s() - start;
}

/* True if a row of edits at so many samples fits: a quarter and a sixteenth of them say, at a slower edit
 * each, how long all will take. Five edits may take a row's time three times over. */
static bool
affordable(struct bench *b, struct app *app, struct walk *w, int samples, enum decide_depth depth, double *expected_s)
{
    double s[2];

    for (int k = 0; k < 2; k++) {
        const int n = samples >> (k == 0 ? 4 : 2);
        one_edit(app, w, n, depth, NULL); /* fills the caches */
        s[k] = fmax(one_edit(app, w, n, depth, NULL), one_edit(app, w, n, depth, NULL));
    }
    *expected_s = s[1] + 4 * fmax(0, s[1] - s[0]);
    return !(5 * *expected_s > 3 * b->budget_s);
}

/* Edits until the time is spent, or each field has had its share. */
static void
edits(double budget_s, struct app *app, struct walk *w, struct times *t, int samples, enum decide_depth depth,
      struct canvas *frame, int least)
{
    int most = EDITS_OF_A_FIELD * field_count(&w->typed), refused = 0;

    one_edit(app, w, samples, depth, frame); /* the first fills the caches */
    while (t->n < most && t->n < TIMES_MAX && refused < 1000 && (t->spent_s < budget_s || t->n < least)) {
        double s = one_edit(app, w, samples, depth, frame);
        if (isfinite(s))
            times_add(t, s);
        else
            refused++;
    }
}

struct edit_row {
    const char *goal, *what;
    int samples;
    enum decide_depth depth;
    bool frame, everywhere; /* everywhere: the shipped scenarios too */
    double goal_median, goal_p99;
};

static const struct edit_row edit_rows[] = {
    { "G1", "edit to verdict, 16,384 samples", 16384, DEPTH_VERDICT, false, true, 0.6, 1 },
    { "G2", "edit to everything, 16,384 samples", 16384, DEPTH_ALL, false, true, 5, 8 },
    { "G3", "edit to everything, 65,536 samples", 65536, DEPTH_ALL, false, false, 16.7, 16.7 },
    { "", "edit to frame of 80x24, 1,024 samples", 1024, DEPTH_VERDICT, true, false, NAN, NAN },
};

static void
row_of(struct bench *b, const struct edit_row *e, const char *path)
{
    struct bench_app a;
    struct walk w;
    struct times t = { 0 };
    struct canvas frame = { 0 };
    struct error err;
    char name[64];
    double expected_s;

    name_of(path, name, sizeof name);
    if (bench_open(b, &a, path, &err) < 0) {
        row_missing(b, e->goal, e->what, "%s: %s", name, err.text);
        return;
    }
    a.app->clock_ms = clock_ms;
    walk_start(&w, a.app);
    if (!affordable(b, a.app, &w, e->samples, e->depth, &expected_s))
        row_missing(b, e->goal, e->what, "%s: one edit would take about %.3g s", name, expected_s);
    else if (e->frame && canvas_init(&frame, 80, 24) < 0)
        row_missing(b, e->goal, e->what, "no memory for a frame");
    else {
        bool wide = strcmp(path, scenarios[0]) == 0;
        edits(wide ? b->budget_s : b->budget_s / 4, a.app, &w, &t, e->samples, e->depth, e->frame ? &frame : NULL, 5);
        struct row *r = row_new(b, e->goal, e->what, name, "ms");
        row_times(r, &t, 1e3);
        if (isfinite(e->goal_median))
            row_goal(r, GOAL_AT_MOST, e->goal_median, e->goal_p99);
        row_print(r);
        if (wide && strcmp(e->goal, "G1") == 0)
            b->g1_ms = r->median;
        if (wide && strcmp(e->goal, "G2") == 0)
            b->g2_ms = r->median;
        if (strcmp(e->goal, "G1") == 0 && t.n > 0) {
            double even = r->p99 / r->median;
            int n = r->n;
            r = row_new(b, "G10", "p99 over median, edits of every field", name, "x");
            r->n = n;
            r->median = even;
            row_goal(r, GOAL_AT_MOST, 2, NAN);
            if (n < EDITS_OF_A_FIELD * field_count(&w.typed))
                snprintf(r->note, sizeof r->note, "%.3g edits a field", (double)n / field_count(&w.typed));
            row_print(r);
        }
    }
    canvas_release(&frame);
    times_clear(&t);
    bench_close(&a);
}

void
bench_edits(struct bench *b)
{
    for (size_t k = 0; k < BE_LEN(edit_rows); k++)
        for (size_t i = 0; i < (edit_rows[k].everywhere ? BE_LEN(scenarios) : 1); i++)
            row_of(b, &edit_rows[k], scenarios[i]);
}

void
bench_slow(struct bench *b)
{
    bench_slowest(b, scenarios, (int)BE_LEN(scenarios));
}
