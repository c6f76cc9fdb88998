/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _DEFAULT_SOURCE /* forkpty */
#include <config.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "tui/term.h"

/* What needs a terminal: bytes and time of a frame, start-up, memory. The terminal is the master side
 * of a pseudo-terminal that takes all bytes and shows none. */

struct terminal {
    pid_t pid;
    int master;
    size_t bytes;
    char tail[65536]; /* the last that came, for words to wait for */
    size_t n_tail;
};

/* In the child 0. */
static int
terminal_fork(struct terminal *t, int columns, int rows)
{
    struct winsize size = { .ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows };

    memset(t, 0, sizeof *t);
    fflush(stdout);
    t->pid = forkpty(&t->master, NULL, NULL, &size);
    if (t->pid == 0) {
        setenv("TERM", "xterm-256color", 1);
        setenv("LC_ALL", "C.UTF-8", 1);
    }
    return t->pid;
}

/* Reads what comes within so many milliseconds; false at the end. */
static bool
terminal_read(struct terminal *t, int ms)
{
    struct pollfd p = { t->master, POLLIN, 0 };
    char block[16384];

    if (poll(&p, 1, ms) <= 0)
        return true;
    ssize_t n = read(t->master, block, sizeof block);
    if (n <= 0)
        return false;
    t->bytes += (size_t)n;
    if (t->n_tail + (size_t)n >= sizeof t->tail) {
        size_t keep = t->n_tail / 2;
        memmove(t->tail, t->tail + t->n_tail - keep, keep);
        t->n_tail = keep;
    }
    memcpy(t->tail + t->n_tail, block, (size_t)n);
    t->n_tail += (size_t)n;
    return true;
}

static void
terminal_end(struct terminal *t)
{
    kill(t->pid, SIGKILL);
    close(t->master);
    waitpid(t->pid, NULL, 0);
}

static bool
came(const struct terminal *t, const char *words)
{
    size_t n = strlen(words);

    for (size_t i = 0; n > 0 && i + n <= t->n_tail; i++) {
        size_t k = 0;
        while (k < n && tolower((unsigned char)t->tail[i + k]) == tolower((unsigned char)words[k]))
            k++;
        if (k == n)
            return true;
    }
    return false;
}

/* ---- frames ----------------------------------------------------------------------------------------- */

enum { FRAME_FULL, FRAME_CHART, FRAME_NUMBER, FRAME_NOTHING, FRAME_KINDS };
#define FRAME_ROUNDS 40

static const struct {
    const char *what;
    double goal_bytes; /* of 200x50 */
} frame_kinds[FRAME_KINDS] = {
    { "full", 16384 }, { "chart changed", 14336 }, { "one number", 40 }, { "nothing changed", 0 },
};

/* One digit of the last number on the frame becomes another. */
static void
change_number(struct canvas *c)
{
    for (size_t k = (size_t)c->columns * (size_t)c->rows; k-- > 0;)
        if (c->cells[k].glyph >= '0' && c->cells[k].glyph <= '9') {
            c->cells[k].glyph = c->cells[k].glyph == '9' ? '1' : c->cells[k].glyph + 1;
            return;
        }
}

/* In the child: draws the frames and says by the pipe how long each took. */
static void
frame_child(struct bench *b, int out, int columns, int rows)
{
    struct bench_app a;
    struct term_options o = { true, false, "xterm-256color" };
    struct canvas c = { 0 };
    struct error err;
    struct field_ref ref;
    int row, column;

    if (bench_open(b, &a, "tests/bench/wide.yaml", &err) < 0 || term_open(&o, &err) < 0 || canvas_init(&c, columns, rows) < 0)
        _exit(1);
    term_theme(a.app->theme);
    app_solve(a.app, SAMPLES_MIN, DEPTH_VERDICT);
    field_find(&app_doc(a.app)->file.scenario, "workload.requests_per_day", &ref, &err);
    for (int k = 0; k < FRAME_ROUNDS * FRAME_KINDS; k++) {
        int kind = k % FRAME_KINDS;
        double s[2];
        if (kind == FRAME_FULL)
            term_redraw();
        if (kind == FRAME_CHART) {
            a.app->clock_ms = term_now_ms;
            app_set_field(a.app, ref, k / FRAME_KINDS % 2 == 0 ? "30k to 70k" : "300k to 700k", false, &err);
            app_solve(a.app, SAMPLES_MIN, DEPTH_VERDICT);
        }
        double start = now_s();
        if (kind != FRAME_NUMBER)
            app_draw(a.app, &c, &a.app->map, &row, &column);
        else
            change_number(&c);
        if (kind == FRAME_NOTHING)
            change_number(&c), change_number(&c), app_draw(a.app, &c, &a.app->map, &row, &column);
        s[0] = now_s() - start;
        if (kind == FRAME_NOTHING) { /* the number goes back first, unmeasured */
            term_show(&c, row, column);
            usleep(3000);
            start = now_s();
            app_draw(a.app, &c, &a.app->map, &row, &column);
            s[0] = now_s() - start;
        }
        double begun = -1;
        if (write(out, &begun, sizeof begun) != sizeof begun)
            break;
        char go;
        if (read(STDIN_FILENO, &go, 1) != 1)
            break;
        start = now_s();
        term_show(&c, row, column);
        s[1] = now_s() - start;
        if (write(out, s, sizeof s) != sizeof s)
            break;
        usleep(8000); /* the next step's bytes are not this one's */
    }
    _exit(0);
}

static void
print_frames(struct bench *b, const char *size, bool goals, struct times bytes[], struct times draw[], struct times show[])
{
    char what[64];

    for (int k = 0; k < FRAME_KINDS; k++) {
        snprintf(what, sizeof what, "%s: %s", size, frame_kinds[k].what);
        struct row *r = row_new(b, goals ? "G7" : "", what, "wide", "B");
        row_times(r, &bytes[k], 1);
        if (goals && frame_kinds[k].goal_bytes > 0)
            row_goal(r, GOAL_AT_MOST, frame_kinds[k].goal_bytes, NAN);
        if (goals && frame_kinds[k].goal_bytes <= 0)
            text_copy(r->note, sizeof r->note, r->median > 0 ? "goal 0  NOT MET" : "goal 0  met");
        row_print(r);
        struct times both = { 0 };
        for (int i = 0; i < draw[k].n; i++)
            times_add(&both, draw[k].x[i] + show[k].x[i]);
        snprintf(what, sizeof what, "%s: %s, draw and show", size, frame_kinds[k].what);
        r = row_new(b, "", what, "wide", "us");
        row_times(r, &both, 1e6);
        snprintf(r->note, sizeof r->note, "draw %.0f, show %.0f", times_quantile(&draw[k], 0.5) * 1e6,
                 times_quantile(&show[k], 0.5) * 1e6);
        row_print(r);
        times_clear(&both);
    }
}

/* Waits for the child's next report and takes what it wrote to the terminal meanwhile. */
static bool
report_of(struct terminal *t, int in, double *s, size_t size)
{
    for (int idle = 0; idle < 2000; idle++) {
        struct pollfd p[2] = { { t->master, POLLIN, 0 }, { in, POLLIN, 0 } };
        poll(p, 2, 10);
        if ((p[0].revents & POLLIN) != 0) {
            terminal_read(t, 0);
            continue;
        }
        if ((p[1].revents & (POLLIN | POLLHUP)) != 0)
            return read(in, s, size) == (ssize_t)size;
    }
    return false;
}

static void
frames_at(struct bench *b, int columns, int rows, bool goals)
{
    struct times bytes[FRAME_KINDS] = { { 0 } }, draw[FRAME_KINDS] = { { 0 } }, show[FRAME_KINDS] = { { 0 } };
    struct terminal *t = malloc(sizeof *t);
    char size[16];
    int to_parent[2];

    snprintf(size, sizeof size, "%dx%d", columns, rows);
    if (t == NULL || pipe(to_parent) < 0) {
        free(t);
        row_missing(b, "G7", size, "no pipe");
        return;
    }
    if (terminal_fork(t, columns, rows) == 0)
        frame_child(b, to_parent[1], columns, rows);
    close(to_parent[1]);
    for (int k = 0; t->pid > 0 && k < FRAME_ROUNDS * FRAME_KINDS; k++) {
        double begun, s[2];
        if (!report_of(t, to_parent[0], &begun, sizeof begun))
            break;
        while (terminal_read(t, 2) && t->n_tail > 0) /* what opening or the last step left */
            t->n_tail = 0;
        t->bytes = 0;
        if (write(t->master, "g", 1) != 1 || !report_of(t, to_parent[0], s, sizeof s))
            break;
        terminal_read(t, 2);
        if (k < FRAME_KINDS) /* the first round draws on an empty screen */
            continue;
        times_add(&bytes[k % FRAME_KINDS], (double)t->bytes);
        times_add(&draw[k % FRAME_KINDS], s[0]);
        times_add(&show[k % FRAME_KINDS], s[1]);
    }
    if (t->pid > 0)
        terminal_end(t);
    close(to_parent[0]);
    free(t);
    if (bytes[0].n > 0)
        print_frames(b, size, goals, bytes, draw, show);
    else
        row_missing(b, "G7", size, "no pseudo-terminal, or the frames did not come");
    for (int k = 0; k < FRAME_KINDS; k++) {
        times_clear(&bytes[k]);
        times_clear(&draw[k]);
        times_clear(&show[k]);
    }
}

void
bench_frames(struct bench *b)
{
    frames_at(b, 80, 24, false);
    frames_at(b, 200, 50, true);
}

/* ---- start-up ----------------------------------------------------------------------------------------- */

#define STARTS 21
#define FIRST_SAMPLES 1024 /* of the workbench's first answer */

/* Seconds from before exec until words are on the terminal; NAN if they do not come. */
static double
start_s(struct bench *b, char *const argv[], const char *folder, const char *words)
{
    struct terminal *t = malloc(sizeof *t);
    double start = now_s(), took = NAN;

    if (t == NULL)
        return NAN;
    if (terminal_fork(t, 80, 24) == 0) {
        setenv("BREAKEVEN_DATADIR", b->source, 1);
        setenv("XDG_STATE_HOME", "/nonexistent", 1);
        setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
        if (folder != NULL && chdir(folder) < 0)
            _exit(127);
        execvp(argv[0], argv);
        _exit(127);
    }
    while (t->pid > 0 && now_s() - start < 5 && terminal_read(t, 100))
        if (came(t, words)) {
            took = now_s() - start;
            break;
        }
    if (t->pid > 0)
        terminal_end(t);
    free(t);
    return took;
}

static bool
first_line(const char *command, char *out, size_t size)
{
    FILE *f = popen(command, "r");
    bool got = f != NULL && fgets(out, (int)size, f) != NULL;

    if (f != NULL && pclose(f) != 0)
        got = false;
    if (got)
        out[strcspn(out, "\n")] = '\0';
    return got && out[0] != '\0';
}

static void
start_ours(struct bench *b, const char *relative, const char *name, struct times *t)
{
    struct bench_app a;
    struct error err;
    char words[24], program[1200], path[1200];
    char *argv[] = { program, path, NULL };

    if (bench_open(b, &a, relative, &err) < 0) {
        row_missing(b, "G8", "start-up", "%s", err.text);
        return;
    }
    app_solve(a.app, FIRST_SAMPLES, DEPTH_VERDICT);
    const struct answer *an = app_answer(a.app);
    if (an == NULL || an->verdict.pick < 0) {
        row_missing(b, "G8", "start-up", "%s has no pick", relative);
        bench_close(&a);
        return;
    }
    number_usd(words, sizeof words, an->arms[an->verdict.pick].tco_usd.mean); /* the figure that decides */
    snprintf(program, sizeof program, "%s", b->program);
    snprintf(path, sizeof path, "%s", a.path);
    for (int k = 0; k < STARTS; k++) {
        double s = start_s(b, argv, NULL, words);
        if (k > 0 && isfinite(s)) /* the first fills the page cache */
            times_add(t, s);
    }
    struct row *r = row_new(b, "G8", "exec to first painted verdict", name, "ms");
    row_times(r, t, 1e3);
    row_goal(r, GOAL_AT_MOST, 10, NAN);
    row_print(r);
    bench_close(&a);
}

/* Ready when the author of the newest commit is on the screen. */
static void
start_tig(struct bench *b, const struct times *ours)
{
    char command[1300], author[200], tig[300];
    struct times t = { 0 };

    snprintf(command, sizeof command, "git -C '%s' log -1 --format=%%an 2>/dev/null", b->source);
    if (!first_line("command -v tig", tig, sizeof tig)) {
        row_missing(b, "G8", "half of tig's first paint", "tig is not installed");
        return;
    }
    if (!first_line(command, author, sizeof author)) {
        row_missing(b, "G8", "half of tig's first paint", "the sources are no git repository");
        return;
    }
    author[10] = '\0';
    char *argv[] = { tig, NULL };
    for (int k = 0; k < STARTS; k++) {
        double s = start_s(b, argv, b->source, author);
        if (k > 0 && isfinite(s))
            times_add(&t, s);
    }
    struct row *r = row_new(b, "", "tig: exec to first painted commit", "", "ms");
    row_times(r, &t, 1e3);
    row_print(r);
    r = row_new(b, "G8", "start-up over tig's", "article", "x");
    r->n = t.n < ours->n ? t.n : ours->n;
    r->median = times_quantile(ours, 0.5) / times_quantile(&t, 0.5);
    row_goal(r, GOAL_AT_MOST, 0.5, NAN);
    row_print(r);
    times_clear(&t);
}

/* ---- memory -------------------------------------------------------------------------------------------- */

static double
status_mb(pid_t pid, const char *key)
{
    char path[64], line[200];
    double kb = NAN;

    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, key, strlen(key)) == 0)
            kb = atof(line + strlen(key));
    if (f != NULL)
        fclose(f);
    return kb / 1024;
}

static double
cpu_ticks(pid_t pid)
{
    char path[64], line[1000];
    double user = NAN, system = 0;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "r");
    if (f != NULL && fgets(line, sizeof line, f) != NULL) {
        const char *p = strrchr(line, ')');
        if (p != NULL && sscanf(p + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lf %lf", &user, &system) != 2)
            user = NAN;
    }
    if (f != NULL)
        fclose(f);
    return user + system;
}

/* The workbench with one scenario open until it rests. */
static void
memory_at(struct bench *b, int samples, double goal_mb)
{
    struct terminal *t = malloc(sizeof *t);
    char program[1200], path[1200], number[16], what[64];
    char *argv[] = { program, path, (char[]){ "--samples" }, number, NULL };
    double ticks = -1, start = now_s(), rest = start;
    bool rests = false;

    snprintf(program, sizeof program, "%s", b->program);
    snprintf(path, sizeof path, "%s/tests/bench/wide.yaml", b->source);
    snprintf(number, sizeof number, "%d", samples);
    snprintf(what, sizeof what, "peak resident memory, %d samples", samples);
    if (t == NULL || terminal_fork(t, 80, 24) < 0) {
        row_missing(b, "G9", what, "no pseudo-terminal");
        free(t);
        return;
    }
    if (t->pid == 0) {
        setenv("BREAKEVEN_DATADIR", b->source, 1);
        setenv("XDG_STATE_HOME", "/nonexistent", 1);
        execvp(argv[0], argv);
        _exit(127);
    }
    while (!rests && now_s() - start < 3 * b->budget_s && terminal_read(t, 50)) {
        double now = cpu_ticks(t->pid);
        if (!(now <= ticks)) {
            ticks = now;
            rest = now_s();
        }
        rests = now_s() - rest > 1;
    }
    struct row *r = row_new(b, "G9", what, "wide", "MB");
    r->n = 1;
    r->median = status_mb(t->pid, "VmHWM:");
    row_goal(r, GOAL_AT_MOST, goal_mb, NAN);
    if (!rests)
        text_copy(r->note, sizeof r->note, "still computing when it was read");
    row_print(r);
    terminal_end(t);
    free(t);
}

void
bench_process(struct bench *b)
{
    struct times article = { 0 }, wide = { 0 };

    start_ours(b, "scenarios/article.yaml", "article", &article);
    start_ours(b, "tests/bench/wide.yaml", "wide", &wide);
    start_tig(b, &article);
    memory_at(b, 16384, 16);
    memory_at(b, 65536, 48);
    times_clear(&article);
    times_clear(&wide);
}
