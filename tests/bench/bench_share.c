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

/* Which share of the core's peak an edit that every arm reads reaches. The operations are counted, not estimated: the
 * processor traps after each instruction of the edit, and objdump tells what stands at each address. Counted at two sample
 * sizes, so that what does not grow with the samples drops out. */

#define FEW 256
#define MORE 512
#define TEXT_MAX (16u << 20)

/* One edit of the volume, everything else kept: seconds. */
static double
edit_s(struct samples **kept, struct setup *setup, const struct scenario *sc, const struct catalog *cat, int n, double factor)
{
    struct solve_options o = { .samples = n, .seed = 1 };
    struct error err;

    scenario_resolve(setup, sc, cat, NULL);
    struct scenario *changed = &setup->sc;
    changed->workload.requests_per_day.a *= factor;
    double start = now_s();
    if (solve_again(kept, setup, &o, &err) != 0)
        return NAN;
    return now_s() - start;
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
    if (++trap.steps % LOOK_EVERY == 0 && now_s() > trap.until_s)
        trap.late = 1;
    if (trap.late || trap.stop)
        c->uc_mcontext.gregs[REG_EFL] &= ~(greg_t)TRAP_FLAG;
}

/* Counts of each address, from the base on, of one edit at n samples; false: it took too long. */
static bool
step_through(struct bench *b, const struct scenario *sc, int n, uintptr_t base, uint32_t *counts)
{
    struct samples *kept = NULL;
    struct setup *setup = malloc(sizeof *setup);
    struct sigaction action = { .sa_sigaction = on_trap, .sa_flags = SA_SIGINFO }, before;

    if (setup == NULL)
        return false;
    edit_s(&kept, setup, sc, b->catalog, n, 1);
    edit_s(&kept, setup, sc, b->catalog, n, 1.01);
    trap.counts = counts;
    trap.base = base;
    trap.steps = trap.stop = trap.late = 0;
    trap.until_s = now_s() + 3 * b->budget_s;
    sigaction(SIGTRAP, &action, &before);
    __writeeflags(__readeflags() | TRAP_FLAG);
    edit_s(&kept, setup, sc, b->catalog, n, 1.02);
    trap.stop = 1; /* the handler clears the flag at this step */
    sigaction(SIGTRAP, &before, NULL);
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
    int lanes = scalar ? 1 : (strstr(operands, "%ymm") != NULL ? 256 : 128) / *bits;
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

void
bench_share(struct bench *b, double peak_gflops)
{
    struct bench_app a;
    struct setup *setup = malloc(sizeof *setup);
    uint32_t *few = calloc(TEXT_MAX, sizeof *few), *more = calloc(TEXT_MAX, sizeof *more);
    uintptr_t base = (uintptr_t)&bench_share > TEXT_MAX / 2 ? (uintptr_t)&bench_share - TEXT_MAX / 2 : 0;
    const char *what = "share of FMA peak, edit of the volume";
    struct times t = { 0 };
    struct samples *kept = NULL;
    struct error err;
    double f64 = 0, f32 = 0;

    if (setup == NULL || few == NULL || more == NULL || bench_open(b, &a, "tests/bench/wide.yaml", &err) < 0) {
        row_missing(b, "G4", what, "no memory");
        free(setup);
        free(few);
        free(more);
        return;
    }
    const struct scenario *sc = &app_doc(a.app)->file.scenario;
    if (!step_through(b, sc, FEW, base, few) || !step_through(b, sc, MORE, base, more))
        row_missing(b, "G4", what, "counting each instruction took more than %g s", 3 * b->budget_s);
    else if (!add_up(few, more, base, &f64, &f32))
        row_missing(b, "G4", what, "no objdump to tell what was executed");
    else {
        double a_sample = (f64 + f32) / (MORE - FEW);
        for (int k = 0; k < 40; k++) {
            double s = edit_s(&kept, setup, sc, b->catalog, SAMPLES_DEFAULT, 1 + 0.01 * (1 + k % 9));
            if (k > 1 && isfinite(s))
                times_add(&t, s);
        }
        struct row *r = row_new(b, "", "edit of the volume, samples alone, 16,384", "wide", "ms");
        row_times(r, &t, 1e3);
        snprintf(r->note, sizeof r->note, "%.0f operations a sample, %.0f%% of 64 bits", a_sample, 100 * f64 / (f64 + f32));
        row_print(r);
        double seconds = times_quantile(&t, 0.5), n = (double)SAMPLES_DEFAULT / (MORE - FEW);
        r = row_new(b, "G4", what, "wide", "%");
        r->n = t.n;
        r->median = 100 * (f64 * n / (peak_gflops / 2 * 1e9) + f32 * n / (peak_gflops * 1e9)) / seconds;
        row_goal(r, GOAL_AT_LEAST, 60, NAN);
        row_print(r);
    }
    samples_free(kept);
    times_clear(&t);
    bench_close(&a);
    free(setup);
    free(few);
    free(more);
}

#else

void
bench_share(struct bench *b, double peak_gflops)
{
    (void)peak_gflops;
    row_missing(b, "G4", "share of FMA peak", "operations are counted on x86-64 Linux alone");
}

#endif
