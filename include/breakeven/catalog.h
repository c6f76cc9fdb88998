/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_CATALOG_H
#define BREAKEVEN_CATALOG_H

/*
 * What the world offers: models, prices, GPUs, hosts, engines, regimes, and the
 * source article's claims.  Every entry carries its source and date; a missing
 * figure is NAN here ("unknown", never 0) and never leaves the engine as such.
 *
 * Files are YAML, one kind a file, in the folders given to catalog_load; an
 * entry in a later folder replaces one of the same id. A file with "list: NAME" holds what
 * import took from a price list: of a model at a host the list of the latest day is in
 * force (on one day the list over the rest), unless its figures are doubtful and the others' are
 * not; what lists do not know (tuning, announced changes) stays. The rest is in others[]. A
 * model or host that only such a list names is known by its name alone. All strings are owned
 * by the catalog and stay valid until catalog_free. Read-only after loading,
 * so threads may share it.
 */

#include <math.h>

#include "breakeven/core.h"

/* Where a figure comes from. text is never empty in a loaded catalog. */
struct origin {
    const char *text;
    struct date as_of;
    const char *file; /* the catalog file's base name */
    int line;
};

static inline bool
known(double x)
{
    return isfinite(x);
}

/* ---- models ----------------------------------------------------------------- */

enum licence_class {
    LICENCE_UNKNOWN,
    LICENCE_OPEN,       /* any use: Apache, MIT                                  */
    LICENCE_CONDITIONAL,/* commercial use on terms: Llama, Gemma, Qwen, DeepSeek */
    LICENCE_RESEARCH,   /* no commercial use                                     */
    LICENCE_CLOSED      /* weights not published                                 */
};

struct cat_model {
    const char *id, *name, *family, *vendor;
    const char *alias;   /* its name in the throughput tables, or NULL              */
    const char *licence; /* words; NULL if not known                              */
    enum licence_class licence_class;
    struct date released; /* year 0: not known                                      */
    bool open_weights;
    bool has_shape;      /* all that the capacity model needs is known            */
    double params, params_active, params_routed; /* counts; routed 0 if dense    */
    double layers, hidden, query_heads, kv_heads, head_dim, intermediate, vocab;
    bool tied_embeddings;
    double experts, experts_per_token;           /* 0 if dense                   */
    double kv_elements_per_token;                /* whole model                   */
    bool mla;                                    /* multi-head latent attention    */
    double window_tokens, window_share;          /* sliding windows, 0 if none    */
    double context_tokens;                       /* longest input + output        */
    double max_output_tokens;
    bool imported;       /* nothing but an imported list knows it                */
    struct origin origin;
};

/* ---- token prices -------------------------------------------------------------- */

#define PRICE_TIERS_MAX 8
#define PRICE_STEPS_MAX 6

/* USD per million tokens; NAN where the list is silent. */
struct token_price {
    double input, output, cache_read, cache_write, batch_input, batch_output;
};

/* For a prompt of more than above_tokens (at or more, if inclusive) the whole request
 * is priced by these; a missing one keeps the base price. */
struct price_tier {
    double above_tokens;
    bool inclusive;
    struct token_price price;
};

struct price_step {
    struct date from; /* in force from this day on */
    struct token_price price;
    int n_tiers;
    struct price_tier tiers[PRICE_TIERS_MAX];
};

/* One model at one host. id is "model@host". */
struct cat_price {
    const char *id, *model, *host;
    const char *list, *key;    /* the price list and its key, if imported       */
    int n_steps;               /* >= 1, by date; steps[0].from may be 0 (always)  */
    struct price_step steps[PRICE_STEPS_MAX];
    struct date retired;       /* year 0: not announced                           */
    const char *successor;     /* model id priced after retirement, or NULL       */
    double training_usd_mtok;  /* hosted tuning, per million training tokens       */
    double tuned_input, tuned_output; /* prices of the tuned model, per million  */
    double endpoint_usd_h;     /* dedicated endpoint, per replica-hour             */
    double monthly_minimum_usd;
    double ttft_ms, output_tokens_per_s; /* published for one request, as a median */
    double context_tokens, max_output_tokens; /* as a list says, for a model that nothing else describes */
    bool imported;             /* from a list that import wrote                     */
    const char *doubt;         /* why a person should look at it before using it; NULL: nothing odd */
    struct origin origin;
};

/* ---- hosts: who processes the data ---------------------------------------------- */

enum attribute_state { ATTRIBUTE_UNKNOWN, ATTRIBUTE_NO, ATTRIBUTE_YES, ATTRIBUTE_ON_CONTRACT };
enum retention { RETENTION_UNKNOWN, RETENTION_STANDARD, RETENTION_LIMITED, RETENTION_ZERO_ON_CONTRACT, RETENTION_ZERO };

#define REGION_IN 1u
#define REGION_EU 2u
#define REGION_US 4u
#define REGION_OTHER 8u

struct cat_host {
    const char *id, *name;
    bool self;                /* the team's own machines or rented GPUs            */
    unsigned regions;         /* REGION_* in which data can be kept                 */
    unsigned regions_on_contract;
    enum retention retention;
    enum attribute_state soc2, iso27001, dpa, baa, transfer_clauses;
    struct origin origin;
};

/* ---- GPUs and their prices -------------------------------------------------------- */

struct cat_gpu {
    const char *id, *name, *vendor;
    const char *alias;        /* its name in the throughput tables, or NULL          */
    const char *class_name;   /* ampere-hbm, hopper, blackwell-hbm, gddr, cdna3, h20 */
    double memory_gib, usable_gib;
    double bandwidth_gbs;                                 /* 1e9 B/s                */
    double fp16_tflops, fp8_tflops, int8_tops, fp4_tflops;/* dense; NAN: not there  */
    double nvlink_gbs, pcie_gbs;                          /* per direction          */
    double watts;
    struct origin origin;
};

struct cat_gpu_price {
    const char *id;           /* provider/region/instance                              */
    const char *provider, *region, *instance, *gpu;
    double gpus;
    double on_demand_usd_h, spot_usd_h, reserved_1y_usd_h; /* per GPU-hour           */
    const char *note;
    struct origin origin;
};

/* ---- engines ------------------------------------------------------------------------ */

struct cat_engine {
    const char *id, *name, *kind; /* kind: the row of the capacity model's engine table */
    const char *alias;            /* its name in the throughput tables where it differs, or NULL */
    const char *version;          /* as assumed, e.g. "0.6"; NULL: current             */
    struct origin origin;
};

/* ---- compliance ---------------------------------------------------------------------- */

#define REQUIREMENTS_MAX 8

enum requirement_kind {
    REQUIRE_STORED_IN,     /* data kept in a region: value = REGION_*                 */
    REQUIRE_SELF,          /* processed by the team alone                             */
    REQUIRE_RETENTION_ZERO,
    REQUIRE_DPA, REQUIRE_BAA, REQUIRE_TRANSFER, REQUIRE_SOC2, REQUIRE_ISO27001
};

struct requirement {
    enum requirement_kind kind;
    unsigned value;
    const char *obligation; /* the duty, named                                          */
    const char *lift;       /* what would meet it                                       */
};

struct cat_regime {
    const char *id, *name, *note;
    bool informational;     /* shown, never a gate                                      */
    int n;
    struct requirement requirements[REQUIREMENTS_MAX];
    struct origin origin;
};

/* ---- the article's claims -------------------------------------------------------------- */

struct cat_claim {
    const char *id, *about, *unit, *recompute, *note;
    const char *article_text;   /* as written when it is not a number                     */
    double article[2];          /* a range, or twice the same; NAN without figures        */
    double expect[2];           /* what the reference file expects, for the tests alone   */
    double tolerance;           /* relative, 1e-3 by default                               */
    bool bound_lower, at_least;
    const char *verdict;        /* the reference file's verdict, for the tests and for rows without figures */
    const char *field;          /* the field that repeats this claim, or NULL */
    struct origin origin;
};

/* ---- prior quality by task type, from published results --------------------------------- */

struct cat_prior {
    const char *task;                 /* a value of quality.task_type                        */
    double frontier_p5, frontier_p95; /* untuned frontier model                              */
    double base_p5, base_p95;         /* untuned open model                                  */
    struct origin origin;
};

/* ---- the catalog --------------------------------------------------------------------------- */

struct catalog {
    struct cat_model *models;         int n_models;
    struct cat_price *prices;         int n_prices;
    struct cat_host *hosts;           int n_hosts;
    struct cat_gpu *gpus;             int n_gpus;
    struct cat_gpu_price *gpu_prices; int n_gpu_prices;
    struct cat_engine *engines;       int n_engines;
    struct cat_regime *regimes;       int n_regimes;
    struct cat_claim *claims;         int n_claims;
    struct cat_prior *priors;         int n_priors;
    struct cat_price *others;         int n_others; /* what other lists say of prices[] */
    bool partial; /* imported lists were read in part: catalog_load_for     */
    void *arena;
};

/* Load every *.yaml of the folders in order. All problems are collected, with
 * file:line:column in the words; an entry without source or date is an error.
 * -1 if a folder cannot be read or an entry is unusable. */
int catalog_load(struct catalog **, const char *const *folders, int n_folders,
                 struct problems *, struct error *);
/* The same for a start that cannot wait: of imported lists those prices alone are read whose model the catalog's own
 * files know or one of the texts names (scenarios, as written, n_texts of them). Each lookup below by a name that stands
 * in the texts has the answer that it has in the whole, or none; the lists of all there is are shorter, if "partial"
 * says so, and nobody has looked for errors in what was passed over. */
int catalog_load_for(struct catalog **, const char *const *folders, int n_folders, const char *const *texts, int n_texts,
                     struct problems *, struct error *);
void catalog_free(struct catalog *);

/* Exact id, else alias, else NULL. */
const struct cat_model *catalog_model(const struct catalog *, const char *id);
const struct cat_gpu *catalog_gpu(const struct catalog *, const char *id);
const struct cat_host *catalog_host(const struct catalog *, const char *id);
const struct cat_engine *catalog_engine(const struct catalog *, const char *id);
const struct cat_regime *catalog_regime(const struct catalog *, const char *id);
const struct cat_prior *catalog_prior(const struct catalog *, const char *task);
/* The price of a model at a host. host NULL or "": the vendor's own if there is
 * one, else the lower median by input + output price among its hosts. */
const struct cat_price *catalog_price(const struct catalog *, const char *model, const char *host);
/* A GPU price row by id; with instance NULL or "" the lower median on-demand
 * offer for that GPU. */
const struct cat_gpu_price *catalog_gpu_price(const struct catalog *, const char *gpu,
                                              const char *instance);
/* Figures that nobody should take unseen: 0, one side alone, or likely a wrong unit. */
bool price_is_doubtful(const struct cat_price *);
/* On the later of their days: whether a figure that both know differs, or the thresholds of
 * long prompts do. */
bool price_differs(const struct cat_price *, const struct cat_price *);
/* The step of a price in force on a day (the first if the day precedes all). */
const struct price_step *price_on(const struct cat_price *, struct date);

/* ---- price lists of others ------------------------------------------------------------------ */

enum import_verdict {
    IMPORT_TAKEN,   /* as the list says                                        */
    IMPORT_DOUBTED, /* taken, but a person should look: the words say why       */
    IMPORT_SKIPPED  /* not a price of text tokens, or nothing known             */
};
struct import_note {
    enum import_verdict verdict;
    const char *key, *words;
};

/* What a list holds. Prices keep the list's own key as model and its provider as
 * host, so that nothing is guessed; catalog_match says which of the catalog's they are. */
struct price_import {
    const char *list, *source;
    struct date as_of;
    struct cat_price *prices; int n;
    struct cat_gpu_price *gpu_prices; int n_gpu_prices;
    struct import_note *notes; int n_notes; /* everything skipped or doubted     */
    int taken, doubted, skipped;            /* the doubted are taken too          */
    void *arena;
};

/* A dozen times the longest list there is: what is larger is no price list, and is refused unread. */
#define PRICE_LIST_BYTES_MAX ((size_t)16 * 1024 * 1024)

/* The names of the lists that can be read, NULL past the end: litellm, models.dev, openrouter,
 * genai-prices, gpu-prices. */
const char *import_list_name(int i);
/* Read a price list. list NULL: whichever it looks like (ERR_UNKNOWN if none). source says
 * which copy it is (NULL: the list's own name), as_of its date, since most lists have none.
 * Prices become USD per million tokens. A price that is missing is NAN, never 0; a price of 0
 * and one that is off by its unit are taken and doubted. Nothing that the text names is
 * opened. More than PRICE_LIST_BYTES_MAX is ERR_SIZE. */
int import_list(struct price_import *, const char *list, const char *bytes, size_t n, const char *source,
                struct date as_of, struct error *);
/* models.dev as it is authored: a folder that holds providers/ and models/. Links that lead
 * out of it are not followed, and a file over 1 MiB is skipped. */
int import_models_dev_folder(struct price_import *, const char *folder, const char *source, struct date as_of,
                             struct error *);
/* litellm's model_prices_and_context_window.json: import_list with its name. */
int import_litellm(struct price_import *, const char *bytes, size_t n, const char *source,
                   struct date as_of, struct error *);
void price_import_release(struct price_import *);
/* Give the prices the names that the catalog has for the same: what it calls this key of this
 * list, or this key at this host, or the model of exactly this name; nothing is
 * guessed, the rest keep theirs. Lists imported before are not looked at, so that the same
 * list always gets the same names. GPU prices of cards that nobody describes are skipped. */
int price_import_match(struct price_import *, const struct catalog *, struct error *);
/* As a file of a user catalog, sorted: the same list gives the same bytes. It has been
 * loaded before it is given out, and what does not load is ERR_BUG. */
int price_import_print(const struct price_import *, struct buffer *out, struct error *);
/* What importing would do to the catalog in use, entry by entry of the list. */
struct price_change {
    const struct cat_price *now;
    const struct cat_price *was;   /* in use; NULL: new                          */
    const struct cat_price *rival; /* the best of what other lists say; NULL     */
    bool differs;                  /* from what is in use                        */
    bool in_force;                 /* it would be the one in use                 */
};
/* list->n rows in the list's order, malloc'ed; what they point to belongs to the list and
 * the catalog. *gone: how many prices of this list's last import are in it no more; those are
 * (*gone_prices)[], malloc'ed too. */
int price_import_compare(const struct price_import *, const struct catalog *, struct price_change **rows,
                         const struct cat_price ***gone_prices, int *gone, struct error *);
/* One file of a catalog alone: does it load? */
int catalog_check_file(const char *name, const char *bytes, size_t n, struct error *);
/* Whether the bytes are a file that import wrote. */
bool catalog_is_list_file(const char *bytes, size_t n);
/* The exact key if it is the provider's (or none is given), else "provider/key", else
 * the exact key. NULL: no such key; nothing is guessed. */
const struct cat_price *price_import_find(const struct price_import *, const char *key,
                                          const char *provider);

/* What kinds of name there are, for completion, lists and "nearest": one row a kind. */
enum catalog_kind {
    CATALOG_MODELS, CATALOG_PRICES, CATALOG_GPUS, CATALOG_GPU_PRICES, CATALOG_HOSTS,
    CATALOG_ENGINES, CATALOG_REGIMES, CATALOG_CLAIMS, CATALOG_KINDS
};
const char *catalog_kind_name(enum catalog_kind);
int catalog_count(const struct catalog *, enum catalog_kind);
const char *catalog_id(const struct catalog *, enum catalog_kind, int i); /* NULL past the end */
/* A line for people: what the entry is, its main figures. */
char *catalog_describe(const struct catalog *, enum catalog_kind, int i, char *out, size_t size);
const struct origin *catalog_origin(const struct catalog *, enum catalog_kind, int i);

/* What may stand in a catalog file: one row a key, kind by kind in the order of the files; the keys
 * of a list's elements follow the list. False past the end. */
struct catalog_key_row {
    const char *kind;       /* the section: models, prices, ...                     */
    const char *list;       /* NULL, or the key of the list that the element stands in */
    const char *key, *type, *help;
    bool required;
    double low, high;       /* numbers: the legal range; else NAN                     */
    char words[160];        /* the legal words, with commas between; "" others         */
};
bool catalog_key_row(int i, struct catalog_key_row *);

#endif
