/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <gsl/gsl_errno.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"
#include "breakeven/document.h"

double
now_s(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

double
cpu_s(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* ---- times ---------------------------------------------------------------------------------- */

void
times_add(struct times *t, double seconds)
{
    if (t->x == NULL)
        t->x = malloc(TIMES_MAX * sizeof *t->x);
    t->spent_s += seconds;
    if (t->x != NULL && t->n < TIMES_MAX)
        t->x[t->n++] = seconds;
}

void
times_clear(struct times *t)
{
    free(t->x);
    *t = (struct times){ 0 };
}

double
times_quantile(const struct times *t, double u)
{
    real *scratch = malloc(quantile_room(t->n) * sizeof *scratch);
    double q = NAN;

    if (scratch != NULL && t->n > 0)
        q = column_quantile(t->x, t->n, u, scratch);
    free(scratch);
    return q;
}

/* ---- rows ------------------------------------------------------------------------------------- */

struct row *
row_new(struct bench *b, const char *goal, const char *what, const char *scenario, const char *unit)
{
    struct row *r = &b->rows[b->n_rows < ROWS_KEPT ? b->n_rows++ : ROWS_KEPT - 1];

    *r = (struct row){ .median = NAN, .p99 = NAN, .goal_median = NAN, .goal_p99 = NAN };
    text_copy(r->goal, sizeof r->goal, goal);
    text_copy(r->what, sizeof r->what, what);
    text_copy(r->scenario, sizeof r->scenario, scenario);
    text_copy(r->unit, sizeof r->unit, unit);
    return r;
}

void
row_times(struct row *r, const struct times *t, double scale)
{
    r->n = t->n;
    r->median = times_quantile(t, 0.5) * scale;
    r->p99 = times_quantile(t, 0.99) * scale;
}

void
row_goal(struct row *r, enum goal_side side, double median, double p99)
{
    r->side = side;
    r->goal_median = median;
    r->goal_p99 = p99;
}

static char *
figure(char *out, size_t size, double x)
{
    if (!isfinite(x))
        snprintf(out, size, "-");
    else
        snprintf(out, size, fabs(x) >= 1000 ? "%.0f" : fabs(x) >= 10 ? "%.1f" : fabs(x) >= 0.01 ? "%.3f" : "%.2g", x);
    return out;
}

static bool
meets(const struct row *r, double x, double goal)
{
    return !isfinite(goal) || (isfinite(x) && (r->side == GOAL_AT_MOST ? x <= goal : x >= goal));
}

void
row_print(const struct row *r)
{
    char median[24], p99[24], goal[24], goal_p99[24], ratio[24], ratio_p99[24];

    printf("%-4s %-40s %-18s %6d %9s %9s %-5s", r->goal, r->what, r->scenario, r->n,
           figure(median, sizeof median, r->median), figure(p99, sizeof p99, r->p99), r->unit);
    if (r->side != GOAL_NONE) {
        printf(" %s %s", r->side == GOAL_AT_MOST ? "<=" : ">=", figure(goal, sizeof goal, r->goal_median));
        if (isfinite(r->goal_p99))
            printf(" p99 %s", figure(goal_p99, sizeof goal_p99, r->goal_p99));
        printf("  x %s", figure(ratio, sizeof ratio, r->median / r->goal_median));
        if (isfinite(r->goal_p99))
            printf(" p99 x %s", figure(ratio_p99, sizeof ratio_p99, r->p99 / r->goal_p99));
        if (isfinite(r->median) || isfinite(r->p99))
            printf("  %s", meets(r, r->median, r->goal_median) && meets(r, r->p99, r->goal_p99) ? "met" : "NOT MET");
    }
    printf("%s%s\n", r->note[0] != '\0' ? "  " : "", r->note);
    fflush(stdout);
}

void
row_missing(struct bench *b, const char *goal, const char *what, const char *why, ...)
{
    struct row *r = row_new(b, goal, what, "", "");
    va_list ap;

    va_start(ap, why);
    vsnprintf(r->note, sizeof r->note, why, ap);
    va_end(ap);
    printf("%-4s %-40s not measured: %s\n", r->goal, r->what, r->note);
    fflush(stdout);
}

/* ---- the workbench without a terminal ------------------------------------------------------------ */

int
bench_open(struct bench *b, struct bench_app *a, const char *relative, struct error *err)
{
    memset(a, 0, sizeof *a);
    snprintf(a->path, sizeof a->path, "%s/%s", b->source, relative);
    a->files[0] = a->path;
    a->options = (struct tui_options){ .catalog = b->catalog, .files = a->files, .n_files = 1, .samples = 0, .seed = 1,
                                       .glyphs = GLYPHS_BRAILLE, .locale_codeset = "UTF-8", .term = "xterm-256color" };
    a->app = calloc(1, sizeof *a->app);
    if (a->app == NULL)
        return error_set(err, ERR_BUG, "no memory for the workbench");
    if (app_init(a->app, &a->options, err) < 0) {
        free(a->app);
        a->app = NULL;
        return -1;
    }
    return 0;
}

void
bench_close(struct bench_app *a)
{
    if (a->app != NULL)
        app_release(a->app);
    free(a->app);
    a->app = NULL;
}

static int
gcd(int a, int b)
{
    return b == 0 ? a : gcd(b, a % b);
}

void
walk_start(struct walk *w, const struct app *app)
{
    w->typed = app_doc_const(app)->file.scenario;
    w->field = 0;
    w->step = 0;
}

/* Away from the typed value and back, a little further each time round. Neighbouring fields are much alike:
 * a golden step from one to the next, so that few edits, too, are of all kinds. */
bool
walk_next(struct walk *w, struct app *app, struct field_ref *ref, char *text, size_t size)
{
    const int n = field_count(&w->typed);
    struct error ignored;

    for (int tries = 0; tries <= 2 * n; tries++) {
        int round = w->field / n, away = 1 + round / 2 % 9, by = round % 2 == 0 ? away : -away;
        int stride = (int)(0.618 * n);
        while (gcd(stride, n) != 1)
            stride++;
        if (!field_each(&w->typed, (int)((long)w->field * stride % n), ref))
            return false;
        if (w->step == 1) {
            field_get_text(&w->typed, *ref, text, size, app->catalog);
            w->step = 0;
            w->field++;
            return true;
        }
        if (field_nudge(&w->typed, *ref, by, false, app->catalog, text, size, &ignored) == 0) {
            w->step = 1;
            return true;
        }
        w->field++;
    }
    return false;
}

/* ---- one line a run, so that goals are compared over commits ------------------------------------- */

static void
json_figure(FILE *f, const char *key, double x)
{
    if (isfinite(x))
        fprintf(f, ",\"%s\":%.6g", key, x);
    else
        fprintf(f, ",\"%s\":null", key);
}

static void
json_text(FILE *f, const char *key, const char *text)
{
    fprintf(f, ",\"%s\":\"", key);
    for (; *text != '\0'; text++)
        if (*text == '"' || *text == '\\')
            fprintf(f, "\\%c", *text);
        else if ((unsigned char)*text >= 0x20)
            fputc(*text, f);
    fputc('"', f);
}

static void
keep_history(const struct bench *b, const char *path)
{
    static const char *const sides[] = { "none", "at_most", "at_least" };
    FILE *f = fopen(path, "a");
    char day[32] = "";
    time_t now = time(NULL);

    if (f == NULL) {
        printf("bench: %s cannot be written; this run is not kept\n", path);
        return;
    }
    strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
    fprintf(f, "{\"bench\":1");
    json_text(f, "at", day);
    json_text(f, "commit", b->commit);
    fprintf(f, ",\"rows\":[");
    for (int k = 0; k < b->n_rows; k++) {
        const struct row *r = &b->rows[k];
        fprintf(f, "%s{\"n\":%d", k > 0 ? "," : "", r->n);
        json_text(f, "goal", r->goal);
        json_text(f, "what", r->what);
        json_text(f, "scenario", r->scenario);
        json_text(f, "unit", r->unit);
        json_text(f, "side", sides[r->side]);
        json_figure(f, "median", r->median);
        json_figure(f, "p99", r->p99);
        json_figure(f, "goal_median", r->goal_median);
        json_figure(f, "goal_p99", r->goal_p99);
        json_text(f, "note", r->note);
        fprintf(f, "}");
    }
    fprintf(f, "]}\n");
    fclose(f);
    printf("kept as one line of %s\n", path);
}

/* ---- all of it ------------------------------------------------------------------------------------- */

static const char *
or_else(const char *variable, const char *otherwise)
{
    const char *value = getenv(variable);

    return value != NULL && value[0] != '\0' ? value : otherwise;
}

static int
load_catalog(struct bench *b)
{
    char folder[1100];
    const char *folders[] = { folder };
    struct problems *found = malloc(sizeof *found);
    struct error err = { .code = ERR_OK };

    if (found == NULL)
        return -1;
    problems_init(found);
    snprintf(folder, sizeof folder, "%s/catalog", b->source);
    int status = catalog_load(&b->catalog, folders, 1, found, &err);
    free(found);
    if (status < 0)
        fprintf(stderr, "bench: %s\n", err.text);
    return status;
}

static const struct {
    const char *name;
    void (*run)(struct bench *);
} parts[] = {
    { "edits", bench_edits }, { "paths", bench_paths }, { "accuracy", bench_accuracy }, { "frames", bench_frames },
    { "process", bench_process }, { "threads", bench_threads }, { "numpy", bench_numpy },
    { "slowest", bench_slow },
};

/* Arguments name parts to measure; none: all. */
int
main(int argc, char **argv)
{
    struct bench *b = calloc(1, sizeof *b);
    char history[1200];

    if (b == NULL)
        return 1;
    setlocale(LC_CTYPE, "");
    gsl_set_error_handler_off();
    b->source = or_else("srcdir", ".");
    b->build = or_else("builddir", ".");
    b->python = or_else("BENCH_PYTHON", "");
    b->commit = or_else("BENCH_COMMIT", "unknown");
    b->program = or_else("BENCH_PROGRAM", "./breakeven");
    b->budget_s = atof(or_else("BREAKEVEN_BENCH_SECONDS", "10"));
    b->g1_ms = b->g2_ms = NAN;
    if (load_catalog(b) < 0)
        return 1;
    printf("commit %s; at most about %g s a row (BREAKEVEN_BENCH_SECONDS); x is the figure over its goal\n", b->commit,
           b->budget_s);
    printf("%-4s %-40s %-18s %6s %9s %9s\n", "goal", "what", "scenario", "n", "median", "p99");
    for (size_t k = 0; k < BE_LEN(parts); k++) {
        bool named = argc < 2 && parts[k].run != bench_slow;
        for (int i = 1; i < argc; i++)
            named |= strcmp(argv[i], parts[k].name) == 0;
        if (named)
            parts[k].run(b);
    }
    snprintf(history, sizeof history, "%s/bench-history.jsonl", b->build);
    keep_history(b, or_else("BREAKEVEN_BENCH_HISTORY", history));
    catalog_free(b->catalog);
    free(b);
    return 0;
}
