/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>

#include "search.h"

/*
 * Where an arm comes to pass its gates, or no longer does: the share of samples in which they hold, less the share that is
 * asked for, changes its sign there. Few trials follow it as if it were smooth; what is not, is found nowhere near. Where it
 * drops at once, few samples tell where.
 */

#define TRIALS 6
#define NEAR 0.03    /* relative: so far from a trial its estimate is believed                      */
#define CLOSE 3e-3   /* and where no more samples need be asked                                      */
#define STEP 0.04    /* and the second trial from the first                                          */
#define APART 0.01   /* and two trials at least that tell a slope, since a share grows sample by sample */
#define JUMP 0.3     /* no share falls by so much within a step                                       */
#define NEAR_SHARE 0.05 /* and of a gate that an arm may pass after all                                 */
#define NEAR_COST 0.1   /* relative, of what an arm costs more than the one picked beyond                */
#define KEPT 0.35       /* of a margin is left at most where the line led: else it goes in steps          */
#define DROP 5          /* of the first samples: so many at once cross no limit by themselves            */
#define FAIL_LEAST 20 /* samples that may fail: the error of a share is known by them                  */

/* The margin that crosses zero between in, where base is picked, and out. */
struct crossing_margin {
    int arm;
    double sign; /* base's falls on the way, another's rises                                         */
};

static bool
crosses(const struct search *q, const struct trial_result *in, const struct trial_result *out, struct crossing_margin *c)
{
    if (q->base >= 0 && !(out->margin[q->base] >= 0))
        *c = (struct crossing_margin){ q->base, 1 };
    else if (out->pick >= 0 && !(in->margin[out->pick] >= 0))
        *c = (struct crossing_margin){ out->pick, -1 };
    else
        return false;
    return true;
}

/* The arms that may be picked beyond, as the level before saw it near there: where none but the one it names comes near,
 * what others cost is not asked of more samples. */
static unsigned
in_question(const struct search *q, const struct trial_result *seen, const struct crossing_margin *c)
{
    for (int a = 0; a < q->s->n_arms; a++)
        if (a != q->base && a != seen->pick && seen->margin[a] >= -NEAR_SHARE &&
            (seen->pick < 0 || !(seen->score[a] - seen->score[seen->pick] >= NEAR_COST * fabs(seen->score[seen->pick]))))
            return q->candidates;
    return 1u << c->arm;
}

/* The value that a trial leads to next. False: none, or no line through the last two leads to zero. */
static bool
next_value(double *next, double v, double margin, double slope, double now, double end)
{
    const double left = isfinite(slope) ? -margin / slope : copysign(STEP * fabs(v), margin >= 0 ? end - now : now - end);

    *next = v + left;
    return isfinite(left) && !(slope * (end - now) >= 0) && (*next - now) * (end - *next) > 0;
}

/* Of whether a sample passes, where as many do as are asked for. */
static double
deviation(const struct search *q)
{
    const double asked = q->s->setup.sc.horizon.confidence.x;

    return sqrt(asked * (1 - asked));
}

/* A margin of so much among n samples is not by chance. */
static double
noise_of(const struct search *q, int n)
{
    return 4 * deviation(q) / sqrt(n);
}

/* q->guess and what belongs to it, and what is picked beyond, where the rival's gates may turn with base's: who follows no
 * estimate has to have looked there. False: what the trials say is no smooth share. */
static bool
follow(struct search *q, const struct crossing_margin *c, struct trial_result *seen, double from, double now, double end, int level)
{
    const int n = q->level[level].n;
    const bool all_arms = q->weighed == q->candidates, begun = isfinite(q->guess) && q->of_gate;
    const double error = n < q->s->n ? deviation(q) / sqrt(n) : 0, noise = noise_of(q, MIDDLE);
    double v = from, next, slope = begun ? q->slope : NAN, v_before = NAN, margin_before = NAN;
    struct trial_result beyond = { .at = begun ? from : NAN, .pick = seen->pick };

    for (int k = 0; k < TRIALS; k++) {
        struct trial_result r = search_at(q, v, level);
        const double margin = c->sign * r.margin[c->arm];
        if (q->status != 0 || !(fabs(margin) <= JUMP) || fabs(margin - margin_before) > JUMP || (all_arms && (r.pick == q->base) != (margin >= 0)))
            return false;
        if (isfinite(slope) && fabs(margin) > (begun && k == 0 ? 0 : KEPT * fabs(margin_before)) + noise)
            return false;
        if (fabs(v - v_before) > APART * fabs(v))
            slope = (margin - margin_before) / (v - v_before);
        if (!next_value(&next, v, margin, slope, now, end))
            return false;
        if (all_arms && margin < 0)
            beyond = r;
        const double near = fabs(error / slope) <= SETTLED_SOON * fabs(next) && k < TRIALS - 1 ? CLOSE : NEAR;
        const bool close = isfinite(slope) && fabs(next - v) <= near * fabs(v), looked = fabs(next - beyond.at) <= NEAR * fabs(next);
        if (close && looked) {
            r.pick = beyond.pick;
            *seen = r;
            search_guess(q, next, true, slope, error);
            return true;
        }
        v_before = v;
        margin_before = margin;
        v = close ? next + copysign(NEAR / 2 * fabs(next), end - now) : next;
    }
    return false;
}

bool
gate_estimate(struct search *q, const struct trial_result *in, const struct trial_result *out, struct trial_result *seen,
              double now, double end, int level)
{
    const int n = q->level[level].n;
    struct crossing_margin c;

    if (q->ref.field->whole || !crosses(q, in, out, &c) || (1 - q->s->setup.sc.horizon.confidence.x) * n < FAIL_LEAST)
        return false;
    if (n == q->s->n)
        search_weigh(q, in_question(q, seen, &c));
    const bool found = follow(q, &c, seen, isfinite(q->guess) ? q->guess : out->at, now, end, level);
    search_weigh(q, q->candidates);
    return found;
}

/* In this many samples a level is not mistaken about the sign of the margin. */
static bool
is_clear(const struct search *q, const struct trial_result *in, const struct trial_result *out, const struct crossing_margin *c, int level)
{
    const double noise = noise_of(q, q->level[level].n);

    return c->sign * in->margin[c->arm] >= noise && c->sign * out->margin[c->arm] <= -noise;
}

bool
gate_drops(struct search *q, const struct trial_result *in, struct trial_result *out)
{
    struct trial_result near = *in, beyond = *out;
    struct crossing_margin c;

    if (q->levels < 3 || !crosses(q, in, out, &c) || (1 - q->s->setup.sc.horizon.confidence.x) * MIDDLE < FAIL_LEAST)
        return false;
    flip_narrow(q, &near, &beyond, 0, PRECISION);
    if (fabs(beyond.margin[c.arm] - near.margin[c.arm]) * q->level[0].n < DROP)
        return false;
    near = search_at(q, near.at, 1);
    beyond = search_at(q, beyond.at, 1);
    if (q->status != 0 || near.pick != q->base || beyond.pick == q->base || !is_clear(q, &near, &beyond, &c, 1))
        return false;
    if (in_question(q, &beyond, &c) == q->candidates)
        beyond = search_at(q, beyond.at, q->levels - 1);
    *out = beyond;
    return q->status == 0 && beyond.pick != q->base;
}
