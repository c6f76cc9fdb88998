/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* registers of a signal's context */
#include <config.h>

#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#if defined __x86_64__ && defined __linux__
#include <ucontext.h>
#include <x86intrin.h>
#endif

#include "bench.h"
#include "solve/kernel.h"

/* Which share of the core's peak the kernel reaches. The linker sends kernel_choose here (--wrap), so that the solver's
 * own calls of the kernel go through watched_run. The operations are counted, not estimated: in some of those calls the
 * processor traps after each instruction, and objdump tells what stands at each address. Counted over two numbers of
 * samples, so that what does not grow with them drops out. */

#define FEW 32
#define MORE 64
#define TEXT_MAX (16u << 20)
#define EDITS 40

const struct kernel_path *__real_kernel_choose(void);
const struct kernel_path *__wrap_kernel_choose(void);

static struct {
    struct kernel_path path;
    enum { WATCH_NOTHING, WATCH_TIME, WATCH_STEPS } watch;
    int samples;           /* of the solve at hand, and of those that are stepped through */
    double start, end;
} kernel;

static void step_through(const struct stage *, int samples);

/* Calls for one value come first, each for a few lanes; then block by block all stages that are due. */
static void
watched_run(const struct stage *t, int from, int to)
{
    const struct kernel_path *chosen = __real_kernel_choose();

    if (to - from > LANES_MAX && kernel.watch == WATCH_STEPS && from == 0)
        step_through(t, kernel.samples);
    if (to - from > LANES_MAX && kernel.watch == WATCH_TIME && from == 0 && !(kernel.start > 0))
        kernel.start = cpu_s();
    chosen->run(t, from, to);
    if (kernel.watch == WATCH_TIME && to == kernel.samples)
        kernel.end = cpu_s();
}

const struct kernel_path *
__wrap_kernel_choose(void)
{
    if (kernel.watch == WATCH_NOTHING)
        return __real_kernel_choose();
    kernel.path = *__real_kernel_choose();
    kernel.path.run = watched_run;
    return &kernel.path;
}

/* ---- edits ------------------------------------------------------------------------------------------------- */

/* All figures that are uncertain, or the volume alone, a little higher than typed. */
static void
change_figures(struct scenario *sc, bool all, double factor)
{
    struct field_ref ref;

    if (!all)
        sc->workload.requests_per_day.a *= factor;
    for (int i = 0; all && field_each(sc, i, &ref); i++)
        if (field_is_quantity(ref.field) && quantity_is_uncertain(field_value(sc, ref)))
            ((struct quantity *)(uintptr_t)field_value(sc, ref))->a *= factor;
}

static int
edit(struct samples **kept, struct setup *setup, const struct scenario *sc, const struct catalog *cat, int n, bool all, double factor)
{
    struct solve_options o = { .samples = n, .seed = 1 };
    struct error err;

    scenario_resolve(setup, sc, cat, NULL);
    change_figures(&setup->sc, all, factor);
    return solve_again(kept, setup, &o, &err);
}

#if defined __x86_64__ && defined __linux__

#define TRAP_FLAG 0x100u
#define LOOK_EVERY 65536

/* What the trap handler counts into: it has no argument of its own. */
static struct {
    uint32_t *counts;
    uintptr_t base;
    volatile long steps;
    double until_s;
    volatile int stop, late;
} trap;

static void
on_trap(int signal, siginfo_t *info, void *context)
{
    ucontext_t *c = context;
    uintptr_t at = (uintptr_t)c->uc_mcontext.gregs[REG_RIP] - trap.base;

    (void)signal, (void)info;
    if (at < TEXT_MAX)
        trap.counts[at]++;
    if (++trap.steps % LOOK_EVERY == 0 && cpu_s() > trap.until_s)
        trap.late = 1;
    if (trap.late || trap.stop)
        c->uc_mcontext.gregs[REG_EFL] &= ~(greg_t)TRAP_FLAG;
}

/* A stage for the first samples; the caller runs it for all afterwards. */
static void
step_through(const struct stage *t, int samples)
{
    const struct kernel_path *chosen = __real_kernel_choose();

    if (trap.late)
        return;
    trap.stop = 0;
    __writeeflags(__readeflags() | TRAP_FLAG);
    chosen->run(t, 0, samples);
    trap.stop = 1; /* the handler clears the flag at this step */
}

/* Counts of each address, from the base on, of one edit, its first samples alone; false: it took too long. */
static bool
count_steps(struct bench *b, const struct scenario *sc, bool all, int samples, uintptr_t base, uint32_t *counts)
{
    struct samples *kept = NULL;
    struct setup *setup = malloc(sizeof *setup);
    struct sigaction action = { .sa_sigaction = on_trap, .sa_flags = SA_SIGINFO }, before;

    if (setup == NULL)
        return false;
    memset(counts, 0, TEXT_MAX * sizeof *counts);
    edit(&kept, setup, sc, b->catalog, SAMPLES_MIN, all, 1);
    trap.counts = counts;
    trap.base = base;
    trap.steps = trap.late = 0;
    trap.until_s = cpu_s() + 3 * b->budget_s;
    kernel.watch = WATCH_STEPS;
    kernel.samples = samples;
    sigaction(SIGTRAP, &action, &before);
    edit(&kept, setup, sc, b->catalog, SAMPLES_MIN, all, 1.01);
    sigaction(SIGTRAP, &before, NULL);
    kernel.watch = WATCH_NOTHING;
    samples_free(kept);
    free(setup);
    return !trap.late;
}

/* Floating-point operations of an instruction; *bits of one operand. */
static int
operations(const char *mnemonic, const char *operands, int *bits)
{
    static const struct {
        const char *stem;
        int each;
    } stems[] = {
        { "fmadd", 2 }, { "fmsub", 2 }, { "fnmadd", 2 }, { "fnmsub", 2 }, { "add", 1 }, { "sub", 1 }, { "mul", 1 }, { "div", 1 },
        { "sqrt", 1 }, { "max", 1 }, { "min", 1 }, { "round", 1 },
    };
    const char *m = mnemonic[0] == 'v' ? mnemonic + 1 : mnemonic;
    size_t n = strlen(m);

    if (n < 4 || strstr(operands, "mm") == NULL)
        return 0;
    const char *suffix = m + n - 2;
    bool packed = suffix[0] == 'p', scalar = suffix[0] == 's';
    if ((!packed && !scalar) || (suffix[1] != 'd' && suffix[1] != 's') || m[0] == 'p')
        return 0;
    *bits = suffix[1] == 'd' ? 64 : 32;
    int lanes = scalar ? 1 : (strstr(operands, "%zmm") != NULL ? 512 : strstr(operands, "%ymm") != NULL ? 256 : 128) / *bits;
    for (size_t k = 0; k < BE_LEN(stems); k++)
        if (strncmp(m, stems[k].stem, strlen(stems[k].stem)) == 0)
            return stems[k].each * lanes;
    return 0;
}

/* Operations of 64 and of 32 bits, of MORE - FEW samples, by what objdump says of this program. */
static bool
add_up(const uint32_t *few, const uint32_t *more, uintptr_t base, double *f64, double *f32)
{
    char command[200], line[300], mnemonic[32], operands[200];
    unsigned long address, offset = 0;
    bool found = false;

    snprintf(command, sizeof command, "objdump -d --no-show-raw-insn /proc/%d/exe 2>/dev/null", (int)getpid());
    for (int pass = 0; pass < 2; pass++) {
        FILE *f = popen(command, "r");
        if (f == NULL)
            return false;
        while (fgets(line, sizeof line, f) != NULL) {
            if (pass == 0 && strstr(line, "<bench_share>:") != NULL && sscanf(line, "%lx", &address) == 1) {
                offset = (uintptr_t)&bench_share - address;
                found = true;
            }
            operands[0] = '\0';
            if (pass == 1 && sscanf(line, " %lx: %31s %199[^\n]", &address, mnemonic, operands) >= 2) {
                uintptr_t at = address + offset - base;
                int bits = 64, each = at < TEXT_MAX && more[at] > few[at] ? operations(mnemonic, operands, &bits) : 0;
                *(bits == 64 ? f64 : f32) += each > 0 ? (double)each * (more[at] - few[at]) : 0;
            }
        }
        pclose(f);
        if (!found)
            return false;
    }
    return true;
}

/* Seconds of the processor that the kernel takes of an edit. */
static void
time_edits(struct bench *b, const struct scenario *sc, bool all, struct times *t)
{
    struct samples *kept = NULL;
    struct setup *setup = malloc(sizeof *setup);

    kernel.watch = WATCH_TIME;
    kernel.samples = SAMPLES_DEFAULT;
    for (int k = 0; setup != NULL && k < EDITS; k++) {
        kernel.start = kernel.end = NAN;
        if (edit(&kept, setup, sc, b->catalog, SAMPLES_DEFAULT, all, 1 + 0.001 * (1 + k % 9)) == 0 && k > 1 &&
            isfinite(kernel.end - kernel.start))
            times_add(t, kernel.end - kernel.start);
    }
    kernel.watch = WATCH_NOTHING;
    samples_free(kept);
    free(setup);
}

static void
share_of(struct bench *b, const struct scenario *sc, bool all, double peak_gflops, uint32_t *few, uint32_t *more)
{
    uintptr_t base = (uintptr_t)&bench_share > TEXT_MAX / 2 ? (uintptr_t)&bench_share - TEXT_MAX / 2 : 0;
    const char *which = all ? "all figures edited" : "edit of the volume";
    char what[64];
    struct times t = { 0 };
    double f64 = 0, f32 = 0;

    snprintf(what, sizeof what, "share of FMA peak, %s", which);
    if (!count_steps(b, sc, all, FEW, base, few) || !count_steps(b, sc, all, MORE, base, more)) {
        row_missing(b, "G4", what, "counting each instruction took more than %g s", 3 * b->budget_s);
        return;
    }
    if (!add_up(few, more, base, &f64, &f32)) {
        row_missing(b, "G4", what, "no objdump to tell what was executed");
        return;
    }
    time_edits(b, sc, all, &t);
    char words[64];
    snprintf(words, sizeof words, "kernel, %s, 16,384", which);
    struct row *r = row_new(b, "", words, "wide", "ms");
    row_times(r, &t, 1e3);
    snprintf(r->note, sizeof r->note, "%.0f operations a sample, %.0f%% of 64 bits", (f64 + f32) / (MORE - FEW),
             100 * f64 / (f64 + f32));
    row_print(r);
    double seconds = times_quantile(&t, 0.5), n = (double)SAMPLES_DEFAULT / (MORE - FEW);
    r = row_new(b, "G4", what, "wide", "%");
    r->n = t.n;
    r->median = 100 * (f64 * n / (peak_gflops / 2 * 1e9) + f32 * n / (peak_gflops * 1e9)) / seconds;
    row_goal(r, GOAL_AT_LEAST, 60, NAN);
    row_print(r);
    times_clear(&t);
}

void
bench_share(struct bench *b, double peak_gflops)
{
    struct bench_app a;
    uint32_t *few = malloc(TEXT_MAX * sizeof *few), *more = malloc(TEXT_MAX * sizeof *more);
    struct error err = { .code = ERR_OK };

    if (few == NULL || more == NULL || bench_open(b, &a, "tests/bench/wide.yaml", &err) < 0)
        row_missing(b, "G4", "share of FMA peak", "%s", err.code != ERR_OK ? err.text : "no memory");
    else {
        share_of(b, &app_doc(a.app)->file.scenario, true, peak_gflops, few, more);
        share_of(b, &app_doc(a.app)->file.scenario, false, peak_gflops, few, more);
        bench_close(&a);
    }
    free(few);
    free(more);
}

#else

static void
step_through(const struct stage *t, int samples)
{
    (void)t, (void)samples;
}

void
bench_share(struct bench *b, double peak_gflops)
{
    (void)peak_gflops;
    (void)edit;
    row_missing(b, "G4", "share of FMA peak", "operations are counted on x86-64 Linux alone");
}

#endif
