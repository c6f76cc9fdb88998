/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "solve/samples.h"

/*
 * "make bench BENCH=slowest": which edits to a verdict are the slowest, and what each computes anew; not among what is
 * run without a name.  An edit is made REPEATED times over and the least of its times counts, so that what else
 * the machine does is left out. Further words in the environment:
 *
 *   ONLY=bank    scenarios whose path has this        SLOWEST=25   so many edits, of different fields
 *   FIELD=path   edits of this field alone             ALL=1        of one field, too
 *   TEXT=text    and to this value                     STAGES=1     and how long each stage takes
 *   TIMES=200    so many times, for a profiler
 */

#define REPEATED 3
#define ROUNDS 8
#define EDITS_MOST 8192
#define SHOWN 12

static const char *const stage_names[STAGE_COUNT] = {
    [STAGE_RATE] = "rate",     [STAGE_WEIGHTS] = "weights",     [STAGE_BOUGHT] = "bought", [STAGE_ASKED] = "asked",
    [STAGE_TOKENS] = "tokens", [STAGE_TRAININGS] = "trainings", [STAGE_QUEUE] = "queue",   [STAGE_REPLICA] = "replica",
    [STAGE_DAY] = "day",       [STAGE_LATENCY] = "latency",     [STAGE_HOURS] = "hours",   [STAGE_CONTEXT] = "context",
    [STAGE_BUILD] = "build",   [STAGE_HARVEST] = "harvest",     [STAGE_WRONG] = "wrong",   [STAGE_QUALITY] = "quality",
    [STAGE_COST] = "cost",     [STAGE_TOTALS] = "totals",       [STAGE_JOIN] = "join",     [STAGE_JOINED] = "joined",
    [STAGE_VALUE] = "value",
};

struct edit {
    double s;
    char path[80], text[48];
    int drawn, due[STAGE_COUNT];
};

static double
clock_ms(void)
{
    return now_s() * 1e3;
}

static const char *
word(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && value[0] != '\0' ? value : NULL;
}

static int
number(const char *name, int otherwise)
{
    return word(name) != NULL ? atoi(word(name)) : otherwise;
}

static void
note_work(struct edit *e, const struct samples_whole *w, int64_t before)
{
    memset(e->due, 0, sizeof e->due);
    e->drawn = 0;
    for (int k = 0; k < w->pool.n_due; k++)
        e->due[w->pool.due[k]->stage.key.kind]++;
    for (int k = 0; k < w->n_slots; k++)
        e->drawn += w->slots[k].version > before;
}

static void
make_edit(struct app *app, struct field_ref ref, struct edit *e)
{
    struct samples *s = app->sets[SET_FULL];
    const int64_t before = s != NULL ? samples_whole(s)->versions : 0;
    struct error err;
    const double start = cpu_s();

    if (app_set_field(app, ref, e->text, false, &err) < 0)
        return;
    app_solve(app, SAMPLES_DEFAULT, DEPTH_VERDICT);
    const double spent = cpu_s() - start;
    if (app->sets[SET_FULL] == NULL)
        return;
    note_work(e, samples_whole(app->sets[SET_FULL]), app->sets[SET_FULL] == s ? before : 0);
    e->s = isfinite(e->s) ? fmin(e->s, spent) : spent;
}

/* Each away from what was typed, and back. */
static int
walk(struct app *app, struct edit *list)
{
    const char *field = word("FIELD"), *text = word("TEXT");
    const int times = number("TIMES", REPEATED);
    struct walk w;
    struct field_ref ref;
    char to[2][LINE_BYTES];
    int n = 0;

    walk_start(&w, app);
    while (n + 2 <= EDITS_MOST && w.field < ROUNDS * field_count(&w.typed) &&
           walk_next(&w, app, &ref, to[0], sizeof to[0]) && walk_next(&w, app, &ref, to[1], sizeof to[1])) {
        struct edit *e = &list[n];
        for (int k = 0; k < 2; k++) {
            e[k].s = NAN;
            field_path(&w.typed, ref, e[k].path, sizeof e[k].path);
            text_copy(e[k].text, sizeof e[k].text, to[k]);
        }
        if ((field != NULL && strcmp(field, e->path) != 0) || (text != NULL && strcmp(text, e->text) != 0))
            continue;
        for (int k = 0; k < 2 * times; k++)
            make_edit(app, ref, &e[k % 2]);
        if (isfinite(e[0].s) && isfinite(e[1].s))
            n += 2;
    }
    return n;
}

static int
by_time(const void *a, const void *b)
{
    const struct edit *x = a, *y = b;

    return (x->s < y->s) - (x->s > y->s);
}

static void
print_slowest(const struct edit *list, int n)
{
    const int most = number("SLOWEST", SHOWN);
    const bool all = word("ALL") != NULL;

    for (int k = 0, shown = 0; k < n && shown < most; k++) {
        const struct edit *e = &list[k];
        bool seen = false;
        for (int i = 0; !all && i < k && !seen; i++)
            seen = strcmp(list[i].path, e->path) == 0;
        if (seen)
            continue;
        printf("  %7.3f  %-40s %-24.24s drawn %2d", 1e3 * e->s, e->path, e->text, e->drawn);
        for (int i = 0; i < STAGE_COUNT; i++)
            if (e->due[i] > 0)
                printf(" %s %d", stage_names[i], e->due[i]);
        printf("\n");
        shown++;
    }
}

static void
print_stages(struct app *app)
{
    const struct samples_whole *w = samples_whole(app->sets[SET_FULL]);
    const struct kernel_path *path = kernel_choose();

    for (int k = 0; k < w->pool.n; k++) {
        const struct stage_slot *slot = w->pool.slot[k];
        double least = INFINITY;
        for (int i = 0; i < 3 * REPEATED && !slot->constant; i++) {
            const double start = cpu_s();
            path->run(&slot->stage, 0, w->s.n);
            least = fmin(least, cpu_s() - start);
        }
        if (!slot->constant)
            printf("  %-10s %6.1f us\n", stage_names[slot->stage.key.kind], 1e6 * least);
    }
}

void
bench_slowest(struct bench *b, const char *const *paths, int n_paths)
{
    struct edit *list = calloc(EDITS_MOST, sizeof *list);
    const char *only = word("ONLY");

    for (int k = 0; list != NULL && k < n_paths; k++) {
        struct bench_app a;
        struct error err;
        if ((only != NULL && strstr(paths[k], only) == NULL) || bench_open(b, &a, paths[k], &err) < 0)
            continue;
        a.app->clock_ms = clock_ms;
        const int n = walk(a.app, list);
        qsort(list, (size_t)n, sizeof *list, by_time);
        if (n > 0) {
            printf("%-34s %5d edits: median %.3f ms, p95 %.3f, p99 %.3f (x %.2f), most %.3f\n", paths[k], n, 1e3 * list[n / 2].s,
                   1e3 * list[n / 20].s, 1e3 * list[n / 100].s, list[n / 100].s / list[n / 2].s, 1e3 * list[0].s);
            print_slowest(list, n);
            if (word("STAGES") != NULL)
                print_stages(a.app);
        }
        fflush(stdout);
        bench_close(&a);
    }
    free(list);
}
