/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"

/*
 * A grid of scenarios, one JSON line a cell, in the order of the grid whoever computes it: the
 * same bytes from one process, from many, or from shards put one behind the other. Processes
 * and not threads, since solve/refine.c owns the only one; each takes every n-th cell
 * and writes its lines into a pipe, which the first reads in turn.
 */

#define AXES_MAX 8
#define CELLS_MAX 10000000LL
#define JOBS_MAX 1024

struct axis {
    struct field_ref ref;
    char path[112];
    double low, high;
    int n;
    bool log;
};

struct grid {
    struct scenario base, work;
    const struct catalog *catalog;
    struct axis axes[AXES_MAX];
    int n_axes;
    long long cells, from, to; /* of all cells: this shard's                       */
    struct solve_options options;
    char name[64];
};

/* ---- axes ------------------------------------------------------------------------------ */

/* An end of an axis is an exact value as the field itself takes it. */
static int
read_end(double *x, const struct grid *g, const struct axis *ax, const char *text, struct error *err)
{
    struct quantity_rules rules;
    struct quantity q;

    field_rules(ax->ref.field, &g->base, &rules);
    if (quantity_parse(&q, text, &rules, err) < 0)
        return -1;
    if (q.kind != QUANTITY_EXACT)
        return error_set(err, ERR_USAGE, "%s is a range; an end is one value", text);
    *x = q.x;
    return 0;
}

static int
read_steps(struct axis *ax, const char *text, struct error *err)
{
    struct error why;
    double n;

    if (number_parse(&n, text, FORM_NUMBER, &why) < 0)
        return error_set(err, ERR_USAGE, "%s is not a number of steps", text);
    if (!(n >= 1 && n <= CELLS_MAX) || n != rint(n))
        return error_set(err, ERR_RANGE, "%s steps; from 1 to %lld, whole, are possible", text, CELLS_MAX);
    ax->n = (int)n;
    return 0;
}

/* lo:hi:n, with :log behind it where steps are equal factors. Cuts the text at its colons. */
static int
read_range(struct axis *ax, const struct grid *g, char *text, struct error *err)
{
    char *part[5];
    int n = 0;

    for (char *colon = text; colon != NULL && n < 5; n++) {
        part[n] = n == 0 ? text : colon + 1;
        colon = strchr(part[n], ':');
        if (colon != NULL)
            *colon = '\0';
    }
    if (n < 3 || n > 4 || (n == 4 && strcmp(part[3], "log") != 0))
        return error_set(err, ERR_USAGE, "expected KEY=LOW:HIGH:STEPS, with :log behind it for equal factors");
    ax->log = n == 4;
    if (read_end(&ax->low, g, ax, part[0], err) < 0 || read_end(&ax->high, g, ax, part[1], err) < 0 ||
        read_steps(ax, part[2], err) < 0)
        return -1;
    if (ax->log && !(ax->low > 0 && ax->high > 0))
        return error_set(err, ERR_RANGE, "equal factors need ends above 0");
    return 0;
}

static int
read_axis(struct grid *g, const char *given, struct error *err)
{
    struct axis *ax = &g->axes[g->n_axes];
    const char *equals = strchr(given, '=');
    char key[112], range[256];
    struct error why;

    if (g->n_axes == AXES_MAX)
        return error_set(err, ERR_SIZE, "more than %d axes", AXES_MAX);
    if (equals == NULL || equals == given || (size_t)(equals - given) >= sizeof key || !text_copy(range, sizeof range, equals + 1))
        return error_set(err, ERR_USAGE, "--over %s: expected KEY=LOW:HIGH:STEPS", given);
    snprintf(key, sizeof key, "%.*s", (int)(equals - given), given);
    if (field_find(&g->base, key, &ax->ref, err) < 0)
        return -1;
    field_path(&g->base, ax->ref, ax->path, sizeof ax->path);
    if (!field_is_quantity(ax->ref.field))
        return error_set(err, ERR_USAGE, "--over %s: %s is a %s, not a figure", given, ax->path, ax->ref.field->type->name);
    for (int k = 0; k < g->n_axes; k++)
        if (strcmp(g->axes[k].path, ax->path) == 0)
            return error_set(err, ERR_USAGE, "--over %s: %s is an axis already", given, ax->path);
    if (read_range(ax, g, range, &why) < 0)
        return error_set(err, why.code, "--over %s: %s", given, why.text);
    g->n_axes++;
    g->cells *= ax->n;
    if (g->cells > CELLS_MAX)
        return error_set(err, ERR_SIZE, "more than %lld cells", CELLS_MAX);
    return 0;
}

/* Both ends exact, between them twelve digits, so that 10,000 is not 9999.999999999998; whole
 * where the field is. */
static double
axis_value(const struct axis *ax, long long i)
{
    double share = ax->n > 1 ? (double)i / (ax->n - 1) : 0, x;
    char digits[32];

    if (i == 0)
        x = ax->low;
    else if (i == ax->n - 1)
        x = ax->high;
    else {
        x = ax->log ? ax->low * pow(ax->high / ax->low, share) : ax->low + (ax->high - ax->low) * share;
        snprintf(digits, sizeof digits, "%.12g", x);
        x = strtod(digits, NULL);
    }
    return ax->ref.field->whole ? rint(x) : x;
}

/* ---- a cell ------------------------------------------------------------------------------ */

/* The last axis runs fastest. */
static int
set_cell(struct grid *g, long long cell, double value[AXES_MAX], struct error *err)
{
    struct quantity_rules rules;
    struct error why;
    char text[64];

    g->work = g->base;
    for (int k = g->n_axes - 1; k >= 0; k--) {
        value[k] = axis_value(&g->axes[k], cell % g->axes[k].n);
        cell /= g->axes[k].n;
    }
    for (int k = 0; k < g->n_axes; k++) {
        field_rules(g->axes[k].ref.field, &g->work, &rules);
        quantity_print(text, sizeof text, value[k], &rules);
        if (field_set_text(&g->work, g->axes[k].ref, text, g->catalog, &why) < 0)
            return error_set(err, why.code, "%s = %s: %s", g->axes[k].path, text, why.text);
    }
    return 0;
}

/* Whether a decision is clear or leaning takes its flips and studies; open may show before. */
static int
decide_cell(struct answer **an, struct grid *g, struct error *err)
{
    if (decide(an, &g->work, g->catalog, g->name, &g->options, DEPTH_VERDICT, NULL, err) < 0)
        return -1;
    if ((*an)->verdict.pick < 0 || (*an)->verdict.p_best < 0.6)
        return 0;
    answer_free(*an);
    *an = NULL;
    return decide(an, &g->work, g->catalog, g->name, &g->options, DEPTH_ALL, NULL, err);
}

static void
put_cell(struct buffer *b, const struct grid *g, const double value[AXES_MAX], const struct answer *an, const char *why)
{
    struct json j;

    json_init(&j, b, 0);
    json_object(&j);
    json_key(&j, "cell");
    json_object(&j);
    for (int k = 0; k < g->n_axes; k++)
        json_put_number(&j, g->axes[k].path, value[k]);
    json_end(&j, '}');
    json_put_string(&j, "pick", an != NULL && an->verdict.pick >= 0 ? an->arms[an->verdict.pick].name : NULL);
    json_put_string(&j, "confidence", an != NULL ? confidence_word(an->verdict.confidence) : NULL);
    json_put_number(&j, "p_best", an != NULL ? an->verdict.p_best : NAN);
    json_key(&j, "arms");
    json_array(&j);
    for (int a = 0; an != NULL && a < an->n_arms; a++) {
        json_object(&j);
        json_put_string(&j, "name", an->arms[a].name);
        json_put_number(&j, "tco_mean_usd", an->arms[a].tco_usd.mean);
        json_end(&j, '}');
    }
    json_end(&j, ']');
    if (why != NULL)
        json_put_string(&j, "error", why);
    json_end(&j, '}');
    buffer_putc(b, '\n');
}

/* A cell that contradicts itself (more cached than there is) is a line without a pick that says
 * why, so that the grid stays whole. */
static int
one_cell(struct buffer *b, struct grid *g, long long cell, struct error *err)
{
    double value[AXES_MAX];
    struct answer *an = NULL;
    struct error why;

    if (set_cell(g, cell, value, err) < 0)
        return -1;
    if (scenario_refuse(&g->work, g->catalog, NULL, &why) < 0) {
        put_cell(b, g, value, NULL, why.text);
        return 0;
    }
    int status = decide_cell(&an, g, err);
    if (status == 0)
        put_cell(b, g, value, an, NULL);
    answer_free(an);
    return status;
}

/* ---- all cells of the shard ----------------------------------------------------------------- */

static int
run_alone(struct grid *g, struct error *err)
{
    struct buffer line;
    int status = 0;

    for (long long cell = g->from; cell < g->to && status == 0; cell++) {
        buffer_init(&line);
        status = one_cell(&line, g, cell, err);
        if (status == 0)
            status = write_out(NULL, &line, err);
        buffer_release(&line);
    }
    return status;
}

struct worker {
    pid_t pid;
    FILE *lines;
};

static bool
write_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t k = write(fd, bytes, n);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return false;
        bytes += k;
        n -= (size_t)k;
    }
    return true;
}

/* In the child: a line that begins with ! is an error, its code and its words. */
static _Noreturn void
work(struct grid *g, int first, int jobs, int fd)
{
    for (long long cell = g->from + first; cell < g->to; cell += jobs) {
        struct error err = { .code = ERR_BUG, .text = "" };
        struct buffer line;

        buffer_init(&line);
        int status = one_cell(&line, g, cell, &err);
        if (status != 0) {
            line.n = 0;
            buffer_printf(&line, "!%d %s\n", (int)err.code, err.text);
        }
        if (!write_all(fd, line.text, line.n) || status != 0)
            _exit(1);
        buffer_release(&line);
    }
    _exit(0);
}

static int
start(struct worker *w, int k, int jobs, struct grid *g, struct error *err)
{
    int ends[2];

    if (pipe(ends) < 0)
        return error_set(err, ERR_BUG, "no pipe for a worker: %s", strerror(errno));
    w[k].pid = fork();
    if (w[k].pid == 0) {
        close(ends[0]);
        for (int i = 0; i < k; i++)
            close(fileno(w[i].lines));
        work(g, k, jobs, ends[1]);
    }
    close(ends[1]);
    w[k].lines = w[k].pid > 0 ? fdopen(ends[0], "r") : NULL;
    if (w[k].lines != NULL)
        return 0;
    close(ends[0]);
    return error_set(err, ERR_BUG, "cannot start a worker: %s", strerror(errno));
}

static int
copy_line(struct worker *w, char **line, size_t *size, struct error *err)
{
    ssize_t n = getline(line, size, w->lines);
    int code;

    if (n <= 0 || (*line)[n - 1] != '\n')
        return error_set(err, ERR_BUG, "a worker ended before its work was done");
    if ((*line)[0] == '!') {
        (*line)[n - 1] = '\0';
        char *words = strchr(*line, ' ');
        code = atoi(*line + 1);
        return error_set(err, code > 0 && code < ERR_COUNT ? (enum error_code)code : ERR_BUG, "%s",
                         words != NULL ? words + 1 : "");
    }
    if (fwrite(*line, 1, (size_t)n, stdout) != (size_t)n)
        return error_set(err, ERR_IO, "cannot write to standard output: %s", strerror(errno));
    return 0;
}

static int
run_jobs(struct grid *g, int jobs, struct error *err)
{
    struct worker *w = calloc((size_t)jobs, sizeof *w);
    char *line = NULL;
    size_t size = 0;
    int n = 0, status = 0;

    if (w == NULL)
        return error_set(err, ERR_BUG, "no memory for %d workers", jobs);
    fflush(stdout);
    for (; n < jobs && status == 0; n++)
        status = start(w, n, jobs, g, err);
    for (long long cell = g->from; cell < g->to && status == 0; cell++)
        status = copy_line(&w[(cell - g->from) % jobs], &line, &size, err);
    if (status == 0 && fflush(stdout) != 0)
        status = error_set(err, ERR_IO, "cannot write to standard output: %s", strerror(errno));
    for (int k = 0; k < n; k++) {
        if (w[k].pid <= 0)
            continue;
        if (status < 0)
            kill(w[k].pid, SIGTERM);
        if (w[k].lines != NULL)
            fclose(w[k].lines);
        while (waitpid(w[k].pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    free(line);
    free(w);
    return status;
}

/* ---- the command -------------------------------------------------------------------------------- */

/* i/n: a run of cells, so that the shards' outputs, one behind the other, are the whole. */
static int
read_shard(struct grid *g, const struct args *a, struct error *err)
{
    const char *text = args_value(a, "shard");
    long long i, n;
    char end;

    g->from = 0;
    g->to = g->cells;
    if (text == NULL)
        return 0;
    if (sscanf(text, "%7lld/%7lld%c", &i, &n, &end) != 2)
        return error_set(err, ERR_USAGE, "--shard %s: expected i/n, as 1/4", text);
    if (n < 1 || i < 1 || i > n)
        return error_set(err, ERR_RANGE, "--shard %s: i is from 1 to n", text);
    g->from = g->cells * (i - 1) / n;
    g->to = g->cells * i / n;
    return 0;
}

static int
read_jobs(const struct grid *g, const struct args *a, int *jobs, struct error *err)
{
    double n = 1;

    if (args_number(a, "jobs", 0, JOBS_MAX, &n, err) < 0)
        return -1;
    if (n != rint(n))
        return error_set(err, ERR_RANGE, "--jobs %g is not a whole number", n);
    if (n == 0)
        n = (double)sysconf(_SC_NPROCESSORS_ONLN);
    if (n > (double)(g->to - g->from))
        n = (double)(g->to - g->from);
    *jobs = n < 1 ? 1 : (int)n;
    return 0;
}

static int
sweep(struct grid *g, const struct args *a, struct error *err)
{
    const char *over;
    int jobs = 1;

    if (scenario_read(&g->base, a->operands[0], a, g->catalog, err) < 0)
        return -1;
    scenario_name(a->operands[0], g->name, sizeof g->name);
    g->cells = 1;
    for (int k = args_next(a, "over", 0, &over); k >= 0; k = args_next(a, "over", k + 1, &over))
        if (read_axis(g, over, err) < 0)
            return -1;
    if (read_shard(g, a, err) < 0 || read_jobs(g, a, &jobs, err) < 0)
        return -1;
    return jobs == 1 ? run_alone(g, err) : run_jobs(g, jobs, err);
}

int
cmd_sweep(const struct args *a, struct error *err)
{
    struct catalog *cat = NULL;
    struct solve_options options;
    int status;

    if (a->n_operands != 1)
        return error_set(err, ERR_USAGE, "sweep needs one scenario file");
    if (!args_has(a, "over"))
        return error_set(err, ERR_USAGE, "sweep needs --over KEY=LOW:HIGH:STEPS");
    if (args_solve_options(a, &options, err) < 0 || catalog_open(&cat, err) < 0)
        return -1;
    struct grid *g = calloc(1, sizeof *g);
    if (g == NULL)
        status = error_set(err, ERR_BUG, "no memory for the grid");
    else {
        g->catalog = cat;
        g->options = options;
        status = sweep(g, a, err);
    }
    free(g);
    catalog_free(cat);
    return status;
}
