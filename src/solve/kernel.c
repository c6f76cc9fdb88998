/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "kernel.h"
#include "lanes.h"

/*
 * The model for a few samples at once, section by section as in src/model, whose files say what
 * each formula is and where it comes from.  This unit is compiled once for any machine, once
 * for those with AVX2 and FMA and once for AVX-512; tests compare both with the plain path. Each header holds one subject.
 */

#if defined KERNEL_AVX512
#define KERNEL_PATH kernel_avx512
#elif defined KERNEL_AVX2
#define KERNEL_PATH kernel_avx2
#else
#define KERNEL_PATH kernel_plain
#endif

#include "kernel_figures.h"
#include "kernel_months.h"
#include "kernel_tokens.h"
#include "kernel_replica.h"
#include "kernel_serving.h"
#include "kernel_build.h"
#include "kernel_quality.h"
#include "kernel_totals.h"
#include "kernel_bands.h"
#include "kernel_columns.h"
#include "kernel_regression.h"
#include "kernel_study.h"

static void
run_value(const struct stage *t, int from, int to)
{
    struct scope x = scope_of(t);

    for (x.i = (size_t)from; x.i < (size_t)to; x.i += LANES)
        store(t, 0, x.i, of(&x.in->share, x.i));
}

static void
run(const struct stage *t, int from, int to)
{
    static void (*const of_kind[STAGE_COUNT])(const struct stage *, int, int) = {
        [STAGE_RATE] = run_rate,              [STAGE_WEIGHTS] = run_weights,        [STAGE_BOUGHT] = run_bought,
        [STAGE_ASKED] = run_asked,            [STAGE_TRAININGS] = run_trainings,    [STAGE_TOKENS] = run_tokens,
        [STAGE_REPLICA] = run_replica,        [STAGE_DAY] = run_day,                [STAGE_QUEUE] = run_queue,
        [STAGE_HOURS] = run_hours,
        [STAGE_LATENCY] = run_latency,        [STAGE_CONTEXT] = run_context,        [STAGE_HARVEST] = run_harvest, [STAGE_BUILD] = run_build,
        [STAGE_QUALITY] = run_quality,        [STAGE_WRONG] = run_wrong,            [STAGE_COST] = run_cost,
        [STAGE_TOTALS] = run_totals,          [STAGE_JOINED] = run_joined,          [STAGE_JOIN] = run_join,
        [STAGE_VALUE] = run_value,
    };

    of_kind[t->key.kind](t, from, to);
}

const struct kernel_path KERNEL_PATH = { run, run_bands, lower, gap_of, count_within, share_out, narrow, lower_where, fall_back, products_of, look_at_finite, gap_within, bins_of, bins_among,
                                        rank_sums, noise, tests, noisy_logs, bin_sums, find_terms, crossed, sides, add_term, least_sums, group_products, resampled };
