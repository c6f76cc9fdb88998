/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_DECIDE_H
#define BREAKEVEN_DECIDE_H

/*
 * The decision: gates, losses, the pick, how sure, what would change it, what to
 * find out first.  decide() gives one plain struct that screen, report, command
 * line and JSON all read; its words are made here and nowhere else.
 */

#include "breakeven/solve.h"

#define GATES_MAX 40
#define REASONS_MAX 16
#define WARNINGS_MAX 24
#define PAIRS_MAX 28
#define RULES_MAX 12
#define FLIPS_MAX 320
#define STUDIES_MAX 4
#define SENTENCE 320

enum confidence { CONFIDENCE_OPEN, CONFIDENCE_LEANING, CONFIDENCE_CLEAR };
const char *confidence_word(enum confidence);

bool gate_fails(enum gate_state); /* it rules the arm out: breached or unknown               */

struct gate_result {
    char id[64];             /* memory, context, licence, labels, ttft, tpot, quality, rbi-payment... */
    enum gate_state state;
    double share;            /* of samples in which it holds; NAN for facts          */
    char why[SENTENCE];      /* the obligation or number, in words                    */
    char lift[SENTENCE];     /* what would lift it; "" if met                        */
    bool from_article;       /* the figure that fails is the article's                 */
};

struct spread {
    double mean, p5, p25, p50, p75, p95;
};

struct arm_answer {
    char name[NAME_MAX_BYTES];
    int kind;
    bool known;              /* its cost is known                                      */
    bool passes;             /* no gate breached or unknown; conditional passes with a warning */
    struct gate_result gates[GATES_MAX];
    int n_gates;
    struct spread tco_usd;   /* NPV over the horizon                                   */
    struct spread month_usd; /* month 1 running cost (run lines)                        */
    double once_usd;
    double monthly_usd[HORIZON_MAX], cumulative_usd[HORIZON_MAX]; /* at the medians      */
    double cumulative_p5[HORIZON_MAX], cumulative_p95[HORIZON_MAX];
    double lines_usd[LINE_COUNT];   /* undiscounted over the horizon, once included, at the medians */
    double gpu_for_latency_usd;
    double usd_per_1k_requests, usd_per_million_tokens, accepted_answer_usd;
    struct spread quality;
    double ttft_p95_ms, output_tok_s, utilization;
    int replicas[HORIZON_MAX];
    double p_best, regret_usd, max_regret_usd;
    struct arm_outcome outcome; /* at the medians, for the details                       */
};

struct crossing_answer {
    int a, b;
    bool marked;             /* an arm of the pair fails a gate                          */
    struct crossing_set run, total;
    int payback_month;       /* 0: never, or they start alike                            */
};

enum rule_side { SIDE_API, SIDE_TUNE };
struct rule_result {
    const char *id, *words, *brief, *source, *field; /* brief: of 25 columns at most    */
    enum rule_side side;
    bool fires;              /* at the medians                                            */
    double share;            /* of samples in which it fires                              */
    char fact[SENTENCE];     /* the measured fact                                         */
    double margin;           /* signed distance to the threshold in the rule's unit; NAN   */
};

struct flip {
    char path[96];
    double from, to;         /* NAN: no flip on that side / at all                          */
    double z;                /* NAN for exact fields                                        */
    int pick;                /* arm picked beyond it, -1 none passes                        */
};
/* Whether it lies between P5 and P95 of an uncertain field: within what the scenario itself holds for possible. */
static inline bool
flip_in_range(const struct flip *f)
{
    return f->z < 1.645; /* false where z is NAN; the normal score of 95 % */
}
/* A choice or regime, set otherwise, by which the pick turns: rules and facts that no cost depends on. */
#define CHOICE_FLIPS_MAX 320 /* more than eight arms, a scenario and 32 regimes have choices to set otherwise */
struct choice_flip {
    char path[96];
    char text[96];           /* of the field then, as a file has it                          */
    char words[96];          /* what is other: "never", "without rbi-payment"                */
    int pick;                /* arm picked then, -1 none passes                              */
};
struct tornado_bar {
    char path[96];
    double low_usd, high_usd; /* nearest rival - pick with the column at its P5 and P95     */
    double low, high;         /* the values set                                              */
};
struct ranked {
    char path[96];
    double value;
};
struct study_result {
    const char *id, *words;
    double cost_usd, evsi_usd, net_usd, standard_error_usd;
};

struct verdict {
    int pick;                /* arm index, -1: none                                         */
    enum confidence confidence;
    double p_best, regret_usd;
    int cheaper, better;     /* arm index, -1                                                */
    int rival;               /* nearest by the attitude in use among the passing, -1         */
    char headline[160];      /* "Use the API: saves $1.9k a month against tuned"             */
    char reasons[REASONS_MAX][SENTENCE];
    int n_reasons;
    int find_out;            /* which of them says what to measure first; -1: nothing is worth it */
    char warnings[WARNINGS_MAX][SENTENCE];
    int n_warnings;
};

/* ---- a map of two fields: which arm is picked where --------------------------------------- */

#define FLIP_MAP_COLUMNS 32
#define FLIP_MAP_ROWS 14

struct flip_map {
    char x_path[96], y_path[96];
    double x_low, x_high, y_low, y_high; /* outer edges of the cells                      */
    bool x_log, y_log;                   /* cells are equally wide in the logarithm        */
    signed char pick[FLIP_MAP_ROWS][FLIP_MAP_COLUMNS]; /* arm; -1: none passes; row 0 is lowest */
};
/* ---- two changes together ------------------------------------------------------------------ */

#define TOGETHER_MAX 4
#define TOGETHER_SAMPLES 16384 /* at most, of those who show it */

/* Each less than it would take alone, both the same share of their ways. */
struct two_changes {
    char path[2][96];
    double from[2], to[2];
    double away;             /* the share times the farther one's distance: what they are ordered by */
    int pick;                /* arm picked then, -1 none passes                              */
};
struct flips_together {
    int n;
    int of;                  /* the pick that they turn                                      */
    struct two_changes list[TOGETHER_MAX]; /* the nearest first                               */
};
/* ---- bands over an axis ---------------------------------------------------------------------- */

#define BAND_POINTS 64
#define BAND_A_DECADE 10 /* points, as many as there is room for: 2 and 5 of a decade lie on one   */
#define BAND_PREFIX 1024 /* of the samples at most                                            */

/* What a figure of each arm lies between in 90 % of samples, one field being set to each x in turn. */
struct band {
    int n;                                  /* points; 0: not asked for                         */
    double x[BAND_POINTS];                  /* evenly in the logarithm, both ends included       */
    double low[ARMS_MAX][BAND_POINTS], high[ARMS_MAX][BAND_POINTS]; /* P5, P95; NAN: unknown    */
    int against;                            /* an arm whose figure, sample by sample, is taken off here; -1: none */
    double less_low[ARMS_MAX][BAND_POINTS], less_high[ARMS_MAX][BAND_POINTS];
};

struct answer;
/* The first'th choice flip in words, with those behind it that are of the same field and lead to the same pick:
 * "Data may leave = never", "Regimes with hipaa, gdpr or soc2". Returns the index behind them. */
int choice_flips_words(const struct answer *, int first, char *out, size_t size);

struct answer {
    char scenario[64], title[96];
    int samples;             /* of the verdict and of every figure of an arm                */
    int deep_samples;        /* of flips of all kinds, tornado, value of information, studies, staged policies; 0: none computed */
    uint64_t seed;
    int horizon_months;
    double tokens_per_day;
    struct verdict verdict;
    struct arm_answer arms[ARMS_MAX];
    int n_arms;
    struct crossing_answer crossings[PAIRS_MAX];
    int n_crossings;
    struct rule_result rules[RULES_MAX];
    int n_rules;
    char rules_say[SENTENCE];
    struct flip flips[FLIPS_MAX];
    int n_flips;
    struct choice_flip choice_flips[CHOICE_FLIPS_MAX]; /* in the fields' order                */
    int n_choice_flips;
    struct tornado_bar tornado[FLIPS_MAX];
    int n_tornado;
    struct ranked rank_correlation[INPUTS_MAX];
    int n_rank;
    struct ranked evppi[INPUTS_MAX];
    int n_evppi;
    struct study_result studies[STUDIES_MAX];
    int n_studies;
    double evpi_usd;
    struct label_budget label_budget;
    int label_budget_arm;    /* -1: none */
    int switch_month;        /* 0: no staged policy computed                                 */
    double trigger_tokens_per_day, value_of_waiting_usd; /* NAN: not computed               */
    struct spread difference; /* rival - pick, NPV                                            */
    float spread_histogram[64]; /* of that difference between spread_low and spread_high, sums to 1 */
    double spread_low, spread_high;
    struct setup setup;      /* the figures in force, at the medians                          */
    bool has_map;                /* filled on request alone, by flip_map                           */
    struct flip_map map;
    bool has_together;           /* filled on request alone, by flips_together_find                */
    struct flips_together together;
    bool band_was;               /* volume_band is still that of the answer before: for the eye alone */
    struct band volume_band;     /* running cost, USD a month, over tokens a day; by volume_band    */
    struct band label_band;      /* quality of the tuned arms over labelled examples; by label_band */
};

/* Whether an arm of the answer is of this kind (ARM_STAGED: its running cost is that of the month after the switch). */
bool answer_has_kind(const struct answer *, int kind);
/* Whether right answers count in the choice: by the price of a wrong one, or by the least share of right ones. */
bool answer_prices_quality(const struct answer *);
/* Points by which the rival's share of right answers, at the medians, is above the pick's, where that is more than the
 * scenario lets pass (horizon.guard_points); 0: not so, or there is none to compare. */
double answer_quality_gap(const struct answer *);
/* Whether cost alone was compared though the rival has more right answers. */
bool answer_on_cost_alone(const struct answer *);
/* How many of the article's rules speak for the pick, and of how many on its side; of 0: it is on neither (nothing is
 * picked, or two arms together are). */
int answer_rules_for_pick(const struct answer *, int *of);
/* The crossings of two arms, in either order; NULL where none were computed (an arm is -1, or its cost unknown). */
const struct crossing_answer *answer_crossing(const struct answer *, int a, int b);
/* Between which tokens a day they were searched, in short: "12k", "12B". */
void crossings_searched(const struct answer *, char low[16], char high[16]);
/* Where they lie, without the unit: "none", "39.7M", "77.3M and 253M", "5 times, 77.3M to 253M"; not brief, as
 * "break even" goes on: "at 39.7M", "3 times: first at 77.3M, next at 94.9M, last at 253M". Returns out. */
char *crossing_words(const struct crossing_set *, bool brief, char *out, size_t size);
/* At which volumes one of the two costs less, without the unit: "past 39.7M", "77.3M to 79M, 94.9M to 96.8M, ..., past 253M".
 * Returns out. */
char *crossing_spans(const struct crossing_set *, int arm, char *out, size_t size);
/* The one nearest to a volume, by their ratio, tokens a day; NAN: none. */
double crossing_nearest(const struct crossing_set *, double tokens_per_day);
/* Whether both of the pair cost the same once, so that nothing was paid that could come back. */
bool crossing_starts_alike(const struct answer *, const struct crossing_answer *);

enum decide_depth {
    DEPTH_VERDICT,  /* gates, losses, pick, crossings, reasons: for each key                  */
    DEPTH_ALL       /* and flips, tornado, value of information, studies, staged policies     */
};

/* The whole way: resolve, solve, decide. problems may be NULL. Returns -1 on
 * lack of memory, 1 if cancelled; otherwise *out is the caller's (answer_free). */
int decide(struct answer **out, const struct scenario *, const struct catalog *,
           const char *scenario_name, const struct solve_options *, enum decide_depth,
           struct problems *, struct error *);
/* The same for one edit after the other: *kept is NULL at first and later the samples of the last answer,
 * of which only what an edit touches is computed anew (solve_again); samples_free. */
int decide_again(struct answer **out, struct samples **kept, const struct scenario *, const struct catalog *,
                 const char *scenario_name, const struct solve_options *, enum decide_depth,
                 struct problems *, struct error *);
/* The same of a scenario that was checked and resolved already: found holds what was told then. */
int decide_resolved(struct answer **out, struct samples **kept, const struct setup *, const struct problems *found,
                    const char *scenario_name, const struct solve_options *, enum decide_depth, struct error *);
/* The verdict alone, and what takes longer as another answer to the same scenario has it: for more samples
 * than there is time to find flips in. deep_samples says from how many that is; 0: the other answer is about
 * another pick or rival, and nothing was taken. */
int decide_upon(struct answer **out, struct samples **kept, const struct scenario *, const struct catalog *,
                const char *scenario_name, const struct solve_options *, const struct answer *deep, struct error *);
void answer_free(struct answer *);

/* Pairs of the answer's nearest fields that turn its pick together, looked for among few and found among as many samples as
 * asked for, at the seed asked for. n stays 0 where these or those see another pick. -1: no memory; 1: cancelled. */
int flips_together_find(struct flips_together *, const struct answer *, const struct scenario *, const struct catalog *,
                        const struct solve_options *, struct error *);
/* Each cell replaces both fields by its centre, all else as sampled, and picks again. On request
 * alone: it takes FLIP_MAP_COLUMNS x FLIP_MAP_ROWS evaluations of options->samples. */
int flip_map(struct flip_map *, const struct scenario *, const struct catalog *, struct field_ref x, struct field_ref y,
             const struct solve_options *, struct error *);

/* The bands of an answer's samples, on request alone: an evaluation of at most BAND_PREFIX of them
 * for each point. low and high are the ends of the axis, > 0. Other inputs are as sampled; the setup's own
 * tokens a request turn volume into requests, as crossings do. against: the arm for less_low and less_high,
 * or -1. With pilots the labels' band is that of
 * curve_predict, as learn prints it. -1: no memory; 1: cancelled; *band is empty then. */
int volume_band(struct band *, const struct samples *, double low, double high, int against, const volatile int *cancel,
                struct error *);
int label_band(struct band *, const struct samples *, const struct scenario *, const struct catalog *, double low, double high,
               const volatile int *cancel, struct error *);

/* The value of a field nearest to the one in force, on either side, beyond which the running cost of a less
 * that of b (USD in month 1, as crossings' "run", at the values in force) has passed usd. ERR_RANGE: no
 * value passes it, or a cost is unknown; ERR_USAGE: the field is no figure. */
int goal_seek(double *value, const struct setup *, int a, int b, double usd, struct field_ref, struct error *);

/* ---- tables, one row each ---------------------------------------------------------------- */

/* A rule of the article's framework. */
struct rule {
    const char *id;
    enum rule_side side;
    const char *words, *brief, *source;
    const char *field; /* path of the one that it asks about                             */
    bool (*holds)(const struct samples *);    /* at the medians                         */
    /* the measured fact, and the signed distance to the threshold (NAN: none) */
    void (*fact)(const struct samples *, char *fact, size_t size, double *margin);
    double (*share)(const struct samples *);  /* of samples in which it holds; NULL: the same in all */
};
extern const struct rule decision_rules[];
extern const int decision_rules_n;

/* What a figure must keep in each sample: a column, or (x NULL) one value for all. Where it is not
 * known nothing speaks against it, unless it has to be. */
struct gate_limit {
    const real *x;
    const struct column_facts *facts; /* of x; NULL: not known                              */
    double value, limit;
    bool at_least;       /* else at most                                              */
    bool must_be_known;
};
#define GATE_LIMITS_MAX 2

/* A gate. applies: does it concern this arm at all? A numeric gate has limits (it fills them and returns
 * how many) and is met when all hold in a share of samples of at least "confidence"; a gate of fact
 * has judge alone. explain fills why and lift. */
struct gate {
    const char *id, *words;
    bool (*applies)(const struct samples *, int arm);
    int (*limits)(const struct samples *, int arm, struct gate_limit out[GATE_LIMITS_MAX]);
    enum gate_state (*judge)(const struct samples *, int arm);
    void (*explain)(const struct samples *, int arm, struct gate_result *);
};
extern const struct gate decision_gates[];
extern const int decision_gates_n;

/* ---- audit: the article's claims recomputed ------------------------------------------------- */

struct claim_result {
    const struct cat_claim *claim;
    double recomputed[2];    /* NAN without figures                                       */
    double factor;           /* recomputed / article; NAN                                 */
    const char *verdict;     /* holds, near, unit-error, contradicts, infeasible, not-derivable */
    char note[SENTENCE];     /* what it does to the article's conclusion                  */
};
/* All claims of the catalog in order; returns how many (at most max). */
int audit(const struct catalog *, struct claim_result *out, int max);
/* The rule of the reference file: sorted ranges, first match wins. */
const char *claim_verdict(const struct cat_claim *, const double recomputed[2]);

#endif
