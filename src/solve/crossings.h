/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SOLVE_CROSSINGS_H
#define BREAKEVEN_SOLVE_CROSSINGS_H

#include "breakeven/solve.h"

/* Two cost curves over a volume, as the search sees them: the difference, and the
 * next volume above one at which either jumps (INFINITY: none). */
struct gap {
    double (*difference)(void *ctx, double volume);
    double (*next_step)(void *ctx, double volume);
    void *ctx;
};
/* Every volume in low..high where the sign changes. signs[0] and signs[1] are those of the
 * difference at both ends (0 if it is zero all the way). */
int gap_crossings(const struct gap *, double low, double high, double *found, int max, bool *truncated, int signs[2]);

#endif
