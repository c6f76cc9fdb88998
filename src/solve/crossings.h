/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SOLVE_CROSSINGS_H
#define BREAKEVEN_SOLVE_CROSSINGS_H

#include "breakeven/solve.h"

/* Two cost curves over a volume, as the search sees them. At a step a cost is still what it was
 * before; NAN: unknown there. */
struct gap {
    double (*cost)(void *ctx, int which, double volume); /* which: 0 or 1               */
    double (*next_step)(void *ctx, double volume); /* the next volume at which either jumps; INFINITY */
    double rising_from; /* from this volume on the bounds hold, so that whole ranges can be
                         * ruled out by their ends; INFINITY: not known of any         */
    void *ctx;
    /* What the cost is at least (other > volume) or at most (other < volume) in between; NULL: the
     * cost itself, which never falls. */
    double (*bound)(void *ctx, int which, double volume, double other);
    /* The part of a cost that is a straight line over all volumes; NULL: none is known. */
    double (*line)(void *ctx, int which, double volume);
    bool straight; /* between two steps both costs are                                  */
    const struct volume_line *beside; /* lines that each cost stays at or above; NULL: none is known */
    long *left; /* costs that may still be asked for; set by gap_crossings               */
};

struct gap_roots {
    double *list; /* the caller's, room for max                                         */
    int max, n;
    bool truncated; /* there are more                                                    */
    double last;    /* of all, kept or not; NAN: none                                     */
    int signs[2];   /* of cost 0 - cost 1 at both ends; 0: equal or unknown all the way    */
};

/* Every volume in low..high where the sign of the difference changes, in order. */
void gap_crossings(const struct gap *, double low, double high, struct gap_roots *);

/* Another setup, of which what has not changed need not be found again. */
void crossings_renew(struct crossing_search *, const struct setup *);

#endif
