/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "kernel.h"

/* What a study would find in each sample: as wide as this machine can (kernel_study.h). */

/* A weak generator is enough: the same for the same seed, stream and sample. */
void
study_noise(struct study_noise *e, uint64_t seed, uint64_t stream, int from)
{
    const uint64_t step = 0x8cb92ba72f3d8dd7u, first = (uint64_t)from + 1;

    kernel_choose()->noise(e->u, seed * 0x9e3779b97f4a7c15u + stream * 0xd1b54a32d192ed03u + first * step, step, STUDY_RUN);
    column_scores(e->z, e->u, STUDY_RUN);
}

void
study_tests(real *y, const real *p, const struct study_noise *e, int examples)
{
    kernel_choose()->tests(y, p, e->u, e->z, examples, STUDY_RUN);
}

void
study_logs(real *y, const real *x, double least, const struct study_noise *e, double times)
{
    kernel_choose()->noisy_logs(y, x, least, e->z, times, STUDY_RUN);
}
