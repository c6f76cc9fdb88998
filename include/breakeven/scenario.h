/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SCENARIO_H
#define BREAKEVEN_SCENARIO_H

/*
 * A scenario: what a team typed, as plain data without pointers, so that "="
 * copies it and a what-if is a local.  Every member that a person can set is
 * described once, by a row of scenario_fields[] or arm_fields[]; panes, YAML,
 * JSON, schema, manual, help, --set, validation, the report's assumptions and
 * the sensitivity analysis all read that row.
 */

#include "breakeven/catalog.h"
#include "breakeven/core.h"
#include "breakeven/document.h"

#define ARMS_MAX 8
#define PILOTS_MAX 32
#define SOURCES_MAX 64
#define HORIZON_MAX 120 /* months */
#define NAME_MAX_BYTES 32
#define ID_BYTES 80

enum arm_kind {
    ARM_API, ARM_HOSTED_OPEN, ARM_HOSTED_TUNED, ARM_SELF_OPEN, ARM_SELF_TUNED,
    ARM_STAGED, ARM_CASCADE, ARM_KINDS
};
#define KIND(k) (1u << (k))
#define KINDS_TOKENS (KIND(ARM_API) | KIND(ARM_HOSTED_OPEN) | KIND(ARM_HOSTED_TUNED))
#define KINDS_SELF (KIND(ARM_SELF_OPEN) | KIND(ARM_SELF_TUNED))
#define KINDS_TUNED (KIND(ARM_HOSTED_TUNED) | KIND(ARM_SELF_TUNED))
#define KINDS_SERVED (KINDS_SELF | KIND(ARM_HOSTED_TUNED))
#define KINDS_PLAIN (KINDS_TOKENS | KINDS_SELF)
#define KINDS_ALL (KINDS_PLAIN | KIND(ARM_STAGED) | KIND(ARM_CASCADE))

enum { ATTITUDE_MEAN, ATTITUDE_P90, ATTITUDE_MINIMAX };
enum { TASK_CLASSIFICATION, TASK_EXTRACTION, TASK_QA, TASK_GENERATION, TASK_SUMMARIZATION, TASK_CODE, TASK_OTHER };
enum { TRI_UNKNOWN, TRI_NO, TRI_YES };
enum { TEAM_NONE, TEAM_PART_TIME, TEAM_FULL_TIME };
enum { BREADTH_NARROW, BREADTH_BROAD };
enum { LEAVE_YES, LEAVE_CONTRACT, LEAVE_NEVER };
enum { RETIREMENT_HONOUR, RETIREMENT_IGNORE };
enum { SCALING_ALWAYS_ON, SCALING_FOLLOW_LOAD };
enum { COUNTS_OUTPUT, COUNTS_ALL };
enum { METHOD_LORA, METHOD_QLORA, METHOD_FULL };
enum weights_choice {
    WEIGHTS_FP16, WEIGHTS_FP8, WEIGHTS_INT8, WEIGHTS_W8A16, WEIGHTS_INT4,
    WEIGHTS_NVFP4, WEIGHTS_MXFP4, WEIGHTS_Q4_K_M
};
enum { STATE_CATALOG, STATE_NO, STATE_YES, STATE_ON_CONTRACT, STATE_UNKNOWN };
enum { KEEP_CATALOG, KEEP_STANDARD, KEEP_LIMITED, KEEP_ZERO_ON_CONTRACT, KEEP_ZERO, KEEP_UNKNOWN };

struct arm {
    char name[NAME_MAX_BYTES];
    int kind; /* enum arm_kind */
    char model[ID_BYTES], host[ID_BYTES], gpu[ID_BYTES], engine[ID_BYTES], instance[ID_BYTES];
    char first[NAME_MAX_BYTES], second[NAME_MAX_BYTES]; /* staged */
    char small[NAME_MAX_BYTES], large[NAME_MAX_BYTES];  /* cascade */
    struct quantity switch_month;
    struct quantity escalation_share, error_catch;

    struct quantity tokenizer_factor, output_factor, extra_attempts, prompt_saved_tokens;

    struct quantity input_usd_mtok, output_usd_mtok, cache_read_usd_mtok, cache_write_usd_mtok;
    struct quantity batch_input_usd_mtok, batch_output_usd_mtok;
    struct quantity monthly_minimum_usd, committed_discount, platform_fee_usd_month;
    struct quantity training_usd_mtok, endpoint_usd_h;

    int precision, kv_precision;
    struct quantity gpus_per_replica, pipeline_stages;
    struct quantity throughput_tok_s;
    int throughput_counts;
    struct quantity throughput_factor, concurrency, ttft_ms, ttft_factor, tpot_ms;
    struct quantity own_cached_share;
    struct quantity gpu_price_usd_h;
    struct quantity utilization_target, min_replicas, spare_replicas, overhead_share;
    int scaling; /* typed: 0 as the scenario, else 1 + SCALING_*; in a setup: SCALING_* */
    struct quantity startup_minutes;
    struct quantity commit_replicas, commit_months, commit_discount, bill_share;

    int method;
    char training_gpu[ID_BYTES];
    struct quantity training_gpus, training_gpu_price_usd_h, training_hours, training_tok_s;
    struct quantity training_hours_factor, experiments;

    struct quantity quality, quant_points;
    struct quantity setup_person_months, run_fte, launch_delay_months;

    int in_country, retention, soc2, iso27001, dpa, baa, transfer_clauses;
};

struct pilot {
    int n, right, total;
    int line;
};

/* A person's own source of a value: sources: {requests_per_day: "product analytics"} */
struct source_note {
    char path[64];
    char text[96];
};

/* What was decided, written only by :decide and check --record. */
struct decision {
    bool present;
    char pick[NAME_MAX_BYTES];
    struct date on;
    double p_best, tco_usd;
    struct { char arm[NAME_MAX_BYTES]; double input_usd_mtok, output_usd_mtok, gpu_price_usd_h; } prices[ARMS_MAX];
    int n_prices;
};

struct scenario {
    char title[96], notes[512], currency[8];
    struct date start; /* year 0: the catalog's date */
    int attitude;
    struct quantity currency_per_usd;

    struct {
        struct quantity months, discount_rate_per_year, days_per_month, confidence, guard_points;
    } horizon;
    struct {
        struct quantity requests_per_day, input_tokens, output_tokens, length_cv;
        struct quantity cached_share, cache_write_share, batch_share, extra_attempts;
        struct quantity growth_per_month, growth_cap, hazard_per_month, peak_to_average;
    } workload;
    struct {
        struct quantity api_price_change_per_year, gpu_price_change_per_year, tax_share;
        struct quantity price_correlation, length_correlation, quality_correlation;
        int retirement;
    } prices;
    struct {
        struct quantity examples, task_factor, reviewers, per_hour, reject_share;
        struct quantity guideline_hours, hourly_rate, holdout_share;
        struct quantity tokens_per_example, general_mix_share, general_mix_usd_mtok;
        struct quantity harvest_per_month, review_minutes;
    } labels;
    struct {
        struct quantity epochs, experiments, retrain_every_months, retrain_share;
        struct quantity base_upgrade_every_months;
    } training;
    struct {
        struct quantity test_examples, judge_passes, judge_usd, human_examples, human_minutes;
        struct quantity difference_points, disagreement_share;
    } evaluation;
    struct {
        struct quantity fte_cost_usd_month, migration_person_months, value_per_month_usd;
        struct quantity hiring_months;
        int whole_people;
    } people;
    struct {
        int task_type;
        struct quantity error_cost_usd, floor;
        struct quantity alpha, n_scale, e_inf_share, e_0;
        struct quantity lora_points, qlora_relative;
        struct quantity api_drift_per_year, drift_points_per_month;
    } quality;
    struct {
        struct quantity utilization_target, min_replicas, spare_replicas, overhead_share;
        int scaling;
        struct quantity startup_minutes, arrival_scv, service_scv;
    } serving;
    struct {
        struct quantity ttft_p95_ms, tpot_ms;
    } latency;
    struct {
        uint32_t regimes; /* bit i: catalog->regimes[i] */
        int data_may_leave, ml_team, task_breadth, iterating_fast, low_even_latency;
        int rag, rag_needs_format;
    } constraints;

    struct arm arms[ARMS_MAX];
    int n_arms;
    struct pilot pilots[PILOTS_MAX];
    int n_pilots;
    struct source_note sources[SOURCES_MAX];
    int n_sources;
    struct decision decision;
};

/* ---- the field tables ------------------------------------------------------- */

enum pane { PANE_WORKLOAD, PANE_DATA, PANE_SERVING, PANE_CONSTRAINTS, PANE_TEAM, PANE_ARMS, PANE_COUNT };
const char *pane_title(enum pane);

/* What a field's change can move, so that an edit redoes only what reads it. */
#define AFFECTS_VOLUME 0x001u   /* requests and tokens                         */
#define AFFECTS_API 0x002u      /* per-token lines                             */
#define AFFECTS_GPU 0x004u      /* capacity, replicas, GPU hours               */
#define AFFECTS_LABELS 0x008u
#define AFFECTS_TRAINING 0x010u
#define AFFECTS_EVALUATION 0x020u
#define AFFECTS_PEOPLE 0x040u
#define AFFECTS_QUALITY 0x080u
#define AFFECTS_LATENCY 0x100u
#define AFFECTS_GATES 0x200u
#define AFFECTS_RULES 0x400u
#define AFFECTS_TIME 0x800u     /* horizon, discounting                        */
#define AFFECTS_NOTHING 0u      /* words                                      */

/* Correlation groups of MODEL.md section 1. */
enum draw_group { GROUP_NONE, GROUP_PRICE, GROUP_LENGTH, GROUP_QUALITY };

/* Whose draw it is: two arms whose key is equal share one. */
enum draw_scope {
    SCOPE_SCENARIO, /* scenario field: one draw                                 */
    SCOPE_ARM,      /* its own draw per arm                                     */
    SCOPE_HARDWARE, /* (model, GPU, engine, precision, GPUs per replica)        */
    SCOPE_MODEL,    /* (model, tuning method): quality                          */
    SCOPE_PRICE,    /* (model, host): token prices                              */
    SCOPE_GPU       /* (GPU, instance): price per GPU-hour                      */
};

struct choice {
    const char *word, *label;
};

struct field;
struct setup;
struct setup_arm;

/* A kind of value: a small set of functions, so that no switch on types spreads. value points
 * at the member. parse stores only a legal value. format writes the text that
 * parse reads back (for a quantity: as typed). */
struct field_context {
    const struct catalog *catalog;   /* may be NULL: names are then not checked      */
    const struct scenario *scenario; /* for arm references and the currency; may be NULL */
};
struct field_type {
    const char *name; /* quantity, choice, text, name, date, set                 */
    int (*parse)(const struct field *, void *value, const char *text,
                 const struct field_context *, struct error *);
    char *(*format)(const struct field *, const void *value, char *out, size_t size,
                    const struct field_context *);
};
extern const struct field_type field_quantity, field_choice, field_text, field_name, field_arm,
    field_date, field_set;

struct field {
    const char *key;      /* C path = YAML path = JSON path; arm fields: last word only */
    enum pane pane;
    const struct field_type *type;
    size_t offset, size;  /* of the member                                          */
    enum quantity_form form;
    double low, high, step;
    bool whole;
    const char *initial;  /* default text; NULL: unset (the catalog or nothing supplies it) */
    const struct choice *choices; /* ends with a NULL word                           */
    enum catalog_kind names;      /* field_name: which names are legal                */
    unsigned kinds;       /* arm fields: KIND() bits of the arms that have it         */
    enum draw_group group;
    enum draw_scope scope;
    unsigned affects;
    const char *label, *unit, *help, *source;
    const char *fallback; /* arm fields: key of the scenario field that supplies an unset one */
    const char *claim;    /* id of an article claim that this field repeats            */
    /* arm fields: the catalog's (or the kind's) figure for an unset quantity, as a text to parse
     * (may be a range), with its source. False: unknown. */
    bool (*supply)(const struct setup_arm *, const struct arm *, const struct setup *,
                   char *text, size_t size, char *source, size_t source_size);
};

extern const struct field scenario_fields[];
extern const int scenario_fields_n;
extern const struct field arm_fields[];
extern const int arm_fields_n;

/* A place in a scenario: a field, and the arm's index (-1: scenario field). */
struct field_ref {
    const struct field *field;
    int arm;
};

static inline void *
field_at(struct scenario *sc, struct field_ref ref)
{
    char *base = ref.arm < 0 ? (char *)sc : (char *)&sc->arms[ref.arm];

    return base + ref.field->offset;
}

static inline const void *
field_value(const struct scenario *sc, struct field_ref ref)
{
    const char *base = ref.arm < 0 ? (const char *)sc : (const char *)&sc->arms[ref.arm];

    return base + ref.field->offset;
}

static inline bool
field_is_quantity(const struct field *f)
{
    return f->type == &field_quantity;
}

/* The quantity rules of a field in this scenario (currency, days per month). */
void field_rules(const struct field *, const struct scenario *, struct quantity_rules *);
/* What stands behind a figure of this field, a space before it where one belongs: " person-months", "/h"; "" where the
 * figure or the field's name says the unit. */
char *field_unit_behind(const struct field *, const char *figure, char *out, size_t size);
/* "workload.requests_per_day", "arms.tuned.gpu_price_usd_h". */
char *field_path(const struct scenario *, struct field_ref, char *out, size_t size);
/* For people: "Input tokens", "tuned: GPU price". */
char *field_words(const struct scenario *, struct field_ref, char *out, size_t size);
/* Find by full path, or by the last word alone where it is unique (an arm
 * field needs its arm unless only one arm has it). ERR_UNKNOWN names the nearest. */
int field_find(const struct scenario *, const char *path, struct field_ref *, struct error *);
/* All places of a scenario in display order: pane by pane, then arm by arm.
 * i counts from 0; false past the end. */
bool field_each(const struct scenario *, int i, struct field_ref *);
int field_count(const struct scenario *);
bool field_applies(const struct field *, int arm_kind);
/* Parse and store; nothing changes on error. Empty text unsets an arm's
 * quantity or name that has no initial (the catalog's figure is back in force). */
int field_set_text(struct scenario *, struct field_ref, const char *text,
                   const struct catalog *, struct error *);
char *field_get_text(const struct scenario *, struct field_ref, char *out, size_t size,
                     const struct catalog *);
bool field_is_set(const struct scenario *, struct field_ref); /* a quantity or text with a value of its own */
/* Back to the row's default: unset where it has none or does not apply to the arm's kind. */
void field_reset(struct scenario *, struct field_ref);
/* One nudge of the text in force by "by" steps of its second significant digit
 * (or, coarse, its first); a choice moves to the next or previous. */
int field_nudge(const struct scenario *, struct field_ref, int by, bool coarse,
                const struct catalog *, char *out, size_t size, struct error *);

const struct choice *arm_kind_choices(void);
const char *arm_kind_word(int kind);
bool arm_kind_is_self(int kind);
bool arm_kind_is_tuned(int kind);

/* ---- life of a scenario ------------------------------------------------------- */

/* All defaults, no arms. */
void scenario_init(struct scenario *);
int scenario_find_arm(const struct scenario *, const char *name); /* -1 */
/* A new arm of this kind with every default of that kind. Returns its index. A copy comes
 * right after its original; copying returns its index. */
int scenario_add_arm(struct scenario *, const char *name, int kind, struct error *);
int scenario_remove_arm(struct scenario *, int index, struct error *); /* refused while another arm names it */
int scenario_move_arm(struct scenario *, int index, int to, struct error *);
int scenario_copy_arm(struct scenario *, int index, const char *name, struct error *);
/* Equal in everything a file stores. */
bool scenario_equal(const struct scenario *, const struct scenario *);
/* Contradictions between fields (c + w > 1, growth cap < 1, staged arm that
 * names itself or a staged arm, switch month past the horizon, ...), each at its
 * path. Warnings too: a field that repeats a refuted claim, labels under 500. */
void scenario_check(const struct scenario *, const struct catalog *, struct problems *);

#define SCENARIO_BYTES_MAX (1024 * 1024)

/* A file with its scenario. text is what the file holds now. */
struct scenario_file {
    struct scenario scenario;
    char *text;
    size_t n;
    struct file_stamp stamp;
    char path[1024];
};

/* From bytes: all problems at once, with line and column. Returns -1 only if
 * nothing usable could be made (not YAML, over a limit, wrong format number) with
 * *err; unknown keys and bad values are problems of level ERROR and the rest is
 * loaded (the bad value keeps its default). strict callers refuse if errors > 0. */
int scenario_parse(struct scenario *, const char *bytes, size_t n, const struct catalog *,
                   struct problems *, struct error *);
int scenario_open(struct scenario_file *, const char *path, const struct catalog *,
                  struct problems *, struct error *);
void scenario_file_release(struct scenario_file *);
/* The text of the file with the scenario's differences spliced in; loads it
 * again and compares before giving it out. text may be NULL (a new file). */
int scenario_splice(const struct scenario *, const char *text, size_t n, const struct catalog *,
                    char **out, size_t *out_n, struct error *);
/* Save to file->path (or to path, if given): splice, verify, write atomically.
 * ERR_CONFLICT if the file changed on disk and force is false. */
int scenario_save(struct scenario_file *, const char *path, bool force, const struct catalog *,
                  struct error *);

/* ---- history: undo and redo by (place, old text, new text) ---------------------- */

struct change {
    char *path;                       /* field path, or "arms" for a structural change; owned */
    const char *before, *after;       /* behind it in one piece of memory               */
    int group;                        /* changes of one group are undone together      */
    int snapshot;                     /* structural: snapshots[2k] before, [2k+1] after; -1 */
};

struct history {
    struct change *list;
    int n, cap, at;   /* at: how many of n are applied                                */
    int group, saved; /* saved: "at" when the file was last saved, -1 never equal     */
    struct scenario *snapshots; /* for structural changes (arm added, removed, moved) */
    int n_snapshots;
    const char *arrow; /* between old and new value in descriptions; NULL: "->". Not owned */
};
void history_init(struct history *);
void history_release(struct history *);
/* Set a field and remember it. join: same group as the last change if that was
 * the same place (a run of nudges is one step). */
int history_set(struct history *, struct scenario *, struct field_ref, const char *text,
                bool join, const struct catalog *, struct error *);
/* Replace the whole scenario as one step that says "place from -> to", where place is no field ("Pilot 2 right");
 * join: as above. */
int history_step(struct history *, struct scenario *, const struct scenario *after, const char *place,
                 const char *from, const char *to, bool join, struct error *);
/* Replace the whole scenario as one step called "what" (arms, $EDITOR). */
int history_replace(struct history *, struct scenario *, const struct scenario *after,
                    const char *what, struct error *);
/* One step back or forward. *what describes it: "Requests/day 14M -> 12M".
 * Returns 1 if something was done, 0 if there was nothing, -1 on error. */
int history_undo(struct history *, struct scenario *, const struct catalog *, char *what, size_t size);
int history_redo(struct history *, struct scenario *, const struct catalog *, char *what, size_t size);
int history_unsaved(const struct history *); /* edits since the last save */
void history_mark_saved(struct history *);

/* ---- journal: unsaved work survives a crash --------------------------------------- */

/* The journal of a file is a scenario file of its own in folder (made with mode 0700 if
 * missing), written whole and atomically after each edit, so that nothing but the open
 * entry can be lost and a person can read it. Its first lines are comments: how many edits,
 * of which file, and that file's size and hash when the first edit was made. edits: how
 * many it holds; 0 removes it. */
int journal_write(const char *folder, const char *path, const struct scenario *, int edits,
                  const struct catalog *, struct error *);
/* The same in two parts, so that no frame waits for the disk: journal_note has the edits where they
 * outlive the program, journal_settle where they outlive the machine. Until it is settled the journal
 * before stands beside the note; whatever reads a journal settles a whole note first. */
int journal_note(const char *folder, const char *path, const struct scenario *, int edits,
                 const struct catalog *, struct error *);
int journal_settle(const char *folder, const char *path, struct error *);
/* The scenario of the journal of path; *edits is 0 and *sc untouched if there is none. On
 * success err->code is ERR_OK, or *err is the first thing in it that is not understood any
 * more (a name that the catalog has lost); the rest is there. */
int journal_read(const char *folder, const char *path, struct scenario *, const struct catalog *,
                 int *edits, struct error *);
/* 1: the file is not what it was when the journal's first edit was made, so that taking the
 * edits back and saving would undo somebody's change; 0: it is; -1: cannot tell. */
int journal_base_changed(const char *folder, const char *path);
/* Edits that were declined: out of the way of the next journal, kept until the file is saved. */
int journal_set_aside(const char *folder, const char *path, struct error *);
int journal_read_aside(const char *folder, const char *path, struct scenario *, const struct catalog *,
                       int *edits, struct error *);
/* After a save: removes the journal and what was set aside. */
int journal_clear(const char *folder, const char *path, struct error *);
char *journal_name(const char *folder, const char *path, char *out, size_t size);

/* ---- resolve: catalog + override -> figure and its source --------------------------- */

enum figure_how {
    FIGURE_TYPED,    /* in the scenario                                             */
    FIGURE_DEFAULT,  /* the field's own default                                     */
    FIGURE_SCENARIO, /* the scenario-wide field (fallback)                          */
    FIGURE_CATALOG,  /* the catalog's, with its origin                              */
    FIGURE_UNKNOWN   /* nobody knows: never counted as zero                         */
};

struct setup_arm {
    const struct cat_model *model;
    const struct cat_host *host;
    const struct cat_price *price;         /* token prices of model at host            */
    const struct cat_gpu *gpu, *training_gpu;
    const struct cat_gpu_price *offer, *training_offer;
    const struct cat_engine *engine;
    int first, second, small, large;       /* arm indices, -1                          */
    bool usable;                           /* all names it needs are known             */
    bool own_prices;                       /* input or output price typed: catalog tiers and steps do not apply */
    uint64_t inherited[2];                 /* bit k: the figure of arm_fields[k] is another place's (field_inherits) */
};

/* The scenario with every arm's figures filled in: sc.arms[a].q is the figure in
 * force (kind UNSET, x = NAN: unknown). The model reads nothing else. */
struct setup {
    struct scenario sc;
    struct setup_arm arms[ARMS_MAX];
    const struct catalog *catalog;
    struct date start;
};

/* Never fails: what cannot be resolved is a problem at its path and the arm is
 * not usable; the rest stands. */
void scenario_resolve(struct setup *, const struct scenario *, const struct catalog *,
                      struct problems *);
/* Resolving copies some figures of an arm: from the scenario-wide field, or the price of the
 * training GPU from that of the same GPU in serving. Such a copy is no draw of its own: true,
 * with the place whose draw it is. */
bool field_inherits(const struct setup *, struct field_ref, struct field_ref *from);
/* What an arm's choice "catalog" comes to, in the words of its other choices ("yes", "on-contract", "unknown") or, of where
 * data is kept, the regions: "EU, US on contract". False, and out left alone: the choice is another. */
bool choice_of_catalog(const struct setup *, struct field_ref, char *out, size_t size);
/* Where the figure in force comes from, in words with a date: "typed",
 * "product analytics, 2026-02", "catalog: ... (2026-08-01)", "assumed". */
enum figure_how figure_source(const struct setup *, const struct scenario *typed,
                              struct field_ref, char *out, size_t size);

/* ---- usage logs: what was measured, as workload fields ---------------------------------- */

/* What a record can say. time and input and output tokens are needed. */
enum usage_role {
    USAGE_TIME,        /* ISO 8601, a day, or seconds (ms, us) since 1970        */
    USAGE_INPUT, USAGE_OUTPUT,
    USAGE_CACHED,      /* input tokens read from the cache                       */
    USAGE_CACHE_WRITE, /* input tokens written to it                             */
    USAGE_REQUESTS,    /* how many requests the record sums up; 1 unless it says */
    USAGE_BATCH,       /* whether it was in a batch                              */
    USAGE_STATUS,      /* failed requests are counted and left out               */
    USAGE_ROLES
};
const char *usage_role_name(enum usage_role);
/* The exports that are recognised: litellm, openai, helicone, langfuse, plain; NULL past the end. */
const char *usage_format_name(int i);

#define USAGE_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define USAGE_RECORD_MAX ((size_t)1024 * 1024)
#define USAGE_DAYS_MAX 4000
#define USAGE_BAD_MAX 5
#define USAGE_FIELDS_MAX 9

/* A field of the scenario as the log shows it: the mean of the last four weeks, with the spread
 * from week to week around it (90 % interval); of less than three weeks, of the mean itself. */
struct usage_field {
    const char *key;          /* workload.requests_per_day                               */
    char text[QUANTITY_TEXT]; /* a legal value of it                                     */
    char about[96];           /* over what it was taken                                  */
};

struct usage {
    const char *format;
    long records, bad, failed;
    double requests;
    struct date from, to;     /* of the days that count: of three or more the first and the last, which
                               * the log may hold in part, do not                                     */
    int days;
    struct usage_field fields[USAGE_FIELDS_MAX];
    int n_fields;
    struct error first_bad[USAGE_BAD_MAX]; /* with line and column                                  */
    int n_bad;
};

/* A log is read in pieces of any size, in memory that does not grow with it: CSV with a header, or
 * a JSON object a line. columns[role] names the column of a role, NULL: where the export keeps it.
 * What cannot be read is a bad record; ERR_SIZE past a limit, ERR_UNKNOWN for a column
 * that is not there. */
struct usage_reader;
int usage_open(struct usage_reader **, const char *const columns[USAGE_ROLES], struct error *);
int usage_feed(struct usage_reader *, const char *bytes, size_t n, struct error *);
/* The rest, and what follows from it all. ERR_SYNTAX if no record is good. */
int usage_finish(struct usage_reader *, struct usage *, struct error *);
void usage_close(struct usage_reader *);
/* The fields and where they come from into a scenario; "whence" names the log. Nothing is set if
 * one of them cannot be. */
int usage_apply(const struct usage *, const char *whence, struct scenario *, const struct catalog *,
                struct error *);

/* ---- prices that have moved --------------------------------------------------------------- */

/* One figure of an arm: as it was when the decision was made, and as it is now (typed or of the
 * catalog in use). now is NAN if nobody knows it any more. */
struct moved_price {
    const char *arm, *key;    /* borrowed; key: input_usd_mtok, output_usd_mtok, gpu_price_usd_h */
    const char *words;        /* the key for people: input price per million tokens   */
    double was, now;
    bool arm_gone;
};
#define MOVED_MAX (3 * ARMS_MAX)
/* The figures that a decision keeps: those in force of every arm that has one (decision.prices). */
void decision_keep_prices(struct decision *, const struct setup *);
/* Which of them differ by more than a relative tolerance. Returns how many (at most
 * MOVED_MAX); 0 without a decision. */
int decision_moved_prices(const struct scenario *, const struct setup *, double tolerance,
                          struct moved_price out[MOVED_MAX]);

#endif
