/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_TESTS_RECOMPUTE_H
#define BREAKEVEN_TESTS_RECOMPUTE_H

/*
 * The decision model a second time, written from its description alone: plain loops, nothing
 * shared with src/model but the capacity prediction (include/breakeven/capacity.h). Slow and
 * straightforward on purpose; test_recompute.c compares the two.
 */

#include "breakeven/model.h"
#include "breakeven/solve.h"

struct recomputed {
    bool known;
    int months;
    double once[LINE_COUNT];                 /* at time 0                               */
    double line[LINE_COUNT][HORIZON_MAX];    /* month m at [m - 1]                      */
    double monthly[HORIZON_MAX];
    double once_total, npv;
    double quality[HORIZON_MAX];             /* share of right answers                  */
    double replicas[HORIZON_MAX];            /* at the peak hour, spares included       */
    double paid_hours, busy_hours;           /* of replicas                             */
    double moved_usd[HORIZON_MAX];           /* people of forced moves, within LINE_PEOPLE */
    double for_latency_usd;                  /* undiscounted, within LINE_GPU           */
    double first_token_s;                    /* P95, worst month; NAN unknown           */
};

/* An arm over the whole horizon at the values in force. other is NULL, or the same scenario at
 * another volume: then the arm costs at least (other is busier) or at most (less busy) what it
 * costs anywhere between the two, labels aside, which rise or fall all the way. */
void recompute(const struct setup *, const struct setup *other, int arm, struct recomputed *);
/* Month 1 at month-1 prices, lines api + gpu + people; staged: the month after the switch. */
double recompute_run(const struct setup *, const struct setup *other, int arm);

/* One arm of the five plain kinds in the months first..last (from 1), with a share of the traffic. */
struct recompute_span {
    int first, last;
    double share;
    bool tests;     /* buys the test set                                             */
    bool harvests;  /* its labels come from the traffic of the months before first    */
    bool labelled;  /* the arm before it bought the labels                            */
    bool leaves;    /* pays the rest of its commitment at the end                    */
};

/* ---- recompute_serving.c ------------------------------------------------------------------ */

struct recompute_tokens {
    double input, output, attempts; /* of this arm's own tokens; 1 + r              */
    double cached, written;         /* shares of its input                          */
};
void recompute_tokens(const struct setup *, int arm, struct recompute_tokens *);
/* Requests a day in a month, hazard excluded. */
double recompute_requests(const struct setup *, int month);
double recompute_survival(const struct setup *, int month);

struct recompute_machine {
    bool known;                /* throughput                                          */
    double requests_per_s;     /* mu of one replica                                   */
    double batch, ttft_s, tpot_s; /* NAN unknown; ttft of the P95 prompt, no queueing  */
    double day[24];            /* hours of the day over the mean                       */
};
void recompute_machine(const struct setup *, int arm, struct recompute_machine *);

struct recompute_replicas {
    double peak;               /* replicas at the peak hour, spares and latency's included */
    double hours;              /* replica-hours of the month that are paid               */
    double on_demand_hours, committed_hours;
    double latency_hours;      /* on-demand hours that are there for latency alone        */
    double busy_hours;
};
/* Replicas added for latency at the worst of these months. wait: NULL or the P95 wait then. */
double recompute_latency_replicas(const struct setup *, const struct setup *other, int arm, const struct recompute_machine *,
                                  const struct recompute_span *, double *wait_s);
void recompute_replicas(const struct setup *, int arm, const struct recompute_machine *,
                        const struct recompute_span *, int month, double added, struct recompute_replicas *);

/* ---- recompute_crossings.c ------------------------------------------------------------------ */

/* Volumes (requests a day, ascending) between low and high at which the cheaper of two arms changes. -1
 * if they cost the same over some range, or there are more than max. *below: the cheaper at first. */
int recompute_crossings(const struct setup *, int a, int b, bool total, double low, double high, double *volumes,
                        int max, int *below);

/* ---- recompute_random.c --------------------------------------------------------------------- */

/* A legal scenario with at least two arms whose kinds and figures follow from the seed alone. */
void recompute_random(struct scenario *, uint64_t seed, const struct catalog *);

#endif
