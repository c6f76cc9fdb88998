/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rows.h"

/* Catalog and scenario to the figures in force. */

#define DEFAULT_ENGINE "vllm"
#define SENTENCE_BYTES 512 /* the longest text of a field */

/* ---- what goes wrong, at its place --------------------------------------------- */

struct resolving {
    struct setup *s;
    struct problems *problems; /* may be NULL */
    int arm;
};

static void
problem(struct resolving *r, enum problem_level level, const char *key, const struct error *err)
{
    char path[112];

    if (r->problems == NULL)
        return;
    snprintf(path, sizeof path, "arms.%s.%s", r->s->sc.arms[r->arm].name, key);
    problems_add(r->problems, level, path, err);
}

/* An arm without something that it needs. */
static void
lacks(struct resolving *r, const char *key, const char *what)
{
    struct error err;

    error_set(&err, ERR_CONFLICT, "%s", what);
    problem(r, PROBLEM_ERROR, key, &err);
    r->s->arms[r->arm].usable = false;
}

struct names {
    const struct catalog *catalog;
    enum catalog_kind kind;
};

static const char *
name_at(const void *ctx, int i)
{
    const struct names *n = ctx;

    return catalog_id(n->catalog, n->kind, i);
}

static void
unknown_name(struct resolving *r, const char *key, enum catalog_kind kind, const char *name)
{
    struct names names = { r->s->catalog, kind };
    struct error err;

    r->s->arms[r->arm].usable = false;
    if (r->s->catalog == NULL)
        return;
    const char *near = text_nearest(name, name_at, &names);
    error_set(&err, ERR_UNKNOWN, "the catalog's %s have no \"%s\"%s%s", catalog_kind_name(kind), name,
              near != NULL ? "; nearest is " : "", near != NULL ? near : "");
    problem(r, PROBLEM_ERROR, key, &err);
}

/* ---- names --------------------------------------------------------------------------- */

static const struct cat_host *
self_host(const struct catalog *c)
{
    for (int i = 0; c != NULL && i < c->n_hosts; i++)
        if (c->hosts[i].self)
            return &c->hosts[i];
    return NULL;
}

static void
find_model(struct resolving *r, struct arm *a, struct setup_arm *sa)
{
    const struct catalog *c = r->s->catalog;

    if (a->model[0] == '\0') {
        lacks(r, "model", "the arm names no model");
        return;
    }
    sa->model = c != NULL ? catalog_model(c, a->model) : NULL;
    if (sa->model == NULL)
        unknown_name(r, "model", CATALOG_MODELS, a->model);
    else
        text_copy(a->model, sizeof a->model, sa->model->id);
}

/* The host that was named, else the one of the price that applies, else the team itself. */
static void
find_host_and_price(struct resolving *r, struct arm *a, struct setup_arm *sa)
{
    const struct catalog *c = r->s->catalog;
    struct error err;

    if (a->host[0] != '\0') {
        sa->host = c != NULL ? catalog_host(c, a->host) : NULL;
        if (sa->host == NULL)
            unknown_name(r, "host", CATALOG_HOSTS, a->host);
    }
    if (KIND(a->kind) & KINDS_SELF) {
        if (a->host[0] == '\0')
            sa->host = self_host(c);
    } else if (c != NULL && sa->model != NULL && (a->host[0] == '\0' || sa->host != NULL)) {
        sa->price = catalog_price(c, sa->model->id, sa->host != NULL ? sa->host->id : NULL);
        if (sa->host == NULL && sa->price != NULL)
            sa->host = catalog_host(c, sa->price->host);
        if (sa->price == NULL && !sa->own_prices && a->endpoint_usd_h.kind == QUANTITY_UNSET) {
            error_set(&err, ERR_UNKNOWN, "the catalog has no price of %s%s%s: type input_usd_mtok and output_usd_mtok",
                      sa->model->id, sa->host != NULL ? " at " : "", sa->host != NULL ? sa->host->id : "");
            problem(r, PROBLEM_WARNING, "input_usd_mtok", &err);
        }
    }
    if (sa->host != NULL)
        text_copy(a->host, sizeof a->host, sa->host->id);
}

static void
find_offer(struct resolving *r, struct arm *a, struct setup_arm *sa)
{
    const struct catalog *c = r->s->catalog;
    struct error err;

    sa->offer = catalog_gpu_price(c, sa->gpu->id, a->instance);
    if (sa->offer == NULL && a->instance[0] != '\0') {
        const struct cat_gpu_price *other = catalog_gpu_price(c, NULL, a->instance);
        if (other == NULL) {
            unknown_name(r, "instance", CATALOG_GPU_PRICES, a->instance);
            return;
        }
        error_set(&err, ERR_CONFLICT, "%s has the GPU %s, not %s", other->id, other->gpu, sa->gpu->id);
        problem(r, PROBLEM_ERROR, "instance", &err);
        sa->usable = false;
    } else if (sa->offer == NULL && a->gpu_price_usd_h.kind == QUANTITY_UNSET) {
        error_set(&err, ERR_UNKNOWN, "the catalog has no offer of %s: type gpu_price_usd_h", sa->gpu->id);
        problem(r, PROBLEM_WARNING, "gpu_price_usd_h", &err);
    }
}

static void
find_gpu(struct resolving *r, struct arm *a, struct setup_arm *sa)
{
    const struct catalog *c = r->s->catalog;

    if (a->gpu[0] == '\0') {
        if (KIND(a->kind) & KINDS_SELF)
            lacks(r, "gpu", "the arm names no GPU");
        return;
    }
    sa->gpu = c != NULL ? catalog_gpu(c, a->gpu) : NULL;
    if (sa->gpu == NULL) {
        unknown_name(r, "gpu", CATALOG_GPUS, a->gpu);
        return;
    }
    text_copy(a->gpu, sizeof a->gpu, sa->gpu->id);
    if (KIND(a->kind) & KINDS_SELF)
        find_offer(r, a, sa);
}

static void
find_engine(struct resolving *r, struct arm *a, struct setup_arm *sa)
{
    const struct catalog *c = r->s->catalog;

    if (a->engine[0] == '\0')
        text_copy(a->engine, sizeof a->engine, DEFAULT_ENGINE);
    sa->engine = c != NULL ? catalog_engine(c, a->engine) : NULL;
    if (sa->engine == NULL)
        unknown_name(r, "engine", CATALOG_ENGINES, a->engine);
}

static void
find_training_gpu(struct resolving *r, struct arm *a, struct setup_arm *sa)
{
    const struct catalog *c = r->s->catalog;

    if (a->training_gpu[0] == '\0') {
        sa->training_gpu = sa->gpu;
        text_copy(a->training_gpu, sizeof a->training_gpu, a->gpu);
    } else {
        sa->training_gpu = c != NULL ? catalog_gpu(c, a->training_gpu) : NULL;
        if (sa->training_gpu == NULL)
            unknown_name(r, "training_gpu", CATALOG_GPUS, a->training_gpu);
    }
    if (sa->training_gpu == NULL)
        return;
    text_copy(a->training_gpu, sizeof a->training_gpu, sa->training_gpu->id);
    sa->training_offer = sa->training_gpu == sa->gpu && sa->offer != NULL
                             ? sa->offer
                             : catalog_gpu_price(c, sa->training_gpu->id, NULL);
}

static void
find_names(struct resolving *r)
{
    struct arm *a = &r->s->sc.arms[r->arm];
    struct setup_arm *sa = &r->s->arms[r->arm];

    *sa = (struct setup_arm){ .first = -1, .second = -1, .small = -1, .large = -1, .usable = true };
    if (!(KIND(a->kind) & KINDS_PLAIN))
        return;
    sa->own_prices = (KIND(a->kind) & KINDS_TOKENS) &&
                     (a->input_usd_mtok.kind != QUANTITY_UNSET || a->output_usd_mtok.kind != QUANTITY_UNSET);
    find_model(r, a, sa);
    find_host_and_price(r, a, sa);
    if (KIND(a->kind) & KINDS_SERVED) {
        find_gpu(r, a, sa);
        find_engine(r, a, sa);
    }
    if (a->kind == ARM_SELF_TUNED)
        find_training_gpu(r, a, sa);
}

/* Arms that use arms. What is wrong with such names is scenario_check's to tell. */
static int
other_arm(const struct scenario *sc, int arm, const char *name)
{
    int at = name[0] != '\0' ? scenario_find_arm(sc, name) : -1;

    return at >= 0 && at != arm && (KIND(sc->arms[at].kind) & KINDS_PLAIN) ? at : -1;
}

static void
find_arms(struct setup *s, int arm)
{
    const struct arm *a = &s->sc.arms[arm];
    struct setup_arm *sa = &s->arms[arm];
    int one = -1, two = -1;

    if (a->kind == ARM_STAGED) {
        sa->first = one = other_arm(&s->sc, arm, a->first);
        sa->second = two = other_arm(&s->sc, arm, a->second);
    } else if (a->kind == ARM_CASCADE) {
        sa->small = one = other_arm(&s->sc, arm, a->small);
        sa->large = two = other_arm(&s->sc, arm, a->large);
    } else {
        return;
    }
    sa->usable = one >= 0 && two >= 0 && s->arms[one].usable && s->arms[two].usable;
}

/* ---- figures ------------------------------------------------------------------------------ */

static const struct field *
scenario_field(const char *key)
{
    for (int k = 0; k < scenario_fields_n; k++)
        if (strcmp(scenario_fields[k].key, key) == 0)
            return &scenario_fields[k];
    return NULL;
}

/* The same card at the same price, in training as in serving. */
static bool
shares_gpu_price(const struct setup_arm *sa, const struct arm *a, const struct field *f)
{
    return f->supply == supply_training_gpu_price && sa->training_gpu != NULL && sa->training_gpu == sa->gpu &&
           a->gpu_price_usd_h.kind != QUANTITY_UNSET;
}

static void
mark_inherited(struct setup_arm *sa, const struct field *f)
{
    size_t k = (size_t)(f - arm_fields);

    sa->inherited[k / 64] |= (uint64_t)1 << k % 64;
}

static void
fill(struct resolving *r, const struct field *f)
{
    struct setup_arm *sa = &r->s->arms[r->arm];
    const struct arm *a = &r->s->sc.arms[r->arm];
    struct field_context ctx = { r->s->catalog, &r->s->sc };
    struct quantity *q = field_at(&r->s->sc, (struct field_ref){ f, r->arm });
    char text[QUANTITY_TEXT], source[256];
    struct error err;

    if (q->kind != QUANTITY_UNSET)
        return;
    q->x = NAN;
    if (f->fallback != NULL) {
        const struct field *from = scenario_field(f->fallback);
        if (from != NULL)
            *q = *(const struct quantity *)field_value(&r->s->sc, (struct field_ref){ from, -1 });
        mark_inherited(sa, f);
    } else if (f->supply != NULL && f->supply(sa, a, r->s, text, sizeof text, source, sizeof source)) {
        if (f->type->parse(f, q, text, &ctx, &err) < 0)
            problem(r, PROBLEM_WARNING, f->key, &err);
        else if (shares_gpu_price(sa, a, f))
            mark_inherited(sa, f);
    }
}

bool
field_inherits(const struct setup *s, struct field_ref ref, struct field_ref *from)
{
    size_t k = (size_t)(ref.field - arm_fields);

    if (ref.arm < 0 || !(s->arms[ref.arm].inherited[k / 64] >> k % 64 & 1))
        return false;
    if (ref.field->fallback != NULL) {
        *from = (struct field_ref){ scenario_field(ref.field->fallback), -1 };
        return from->field != NULL;
    }
    for (int i = 0; i < arm_fields_n; i++)
        if (arm_fields[i].offset == offsetof(struct arm, gpu_price_usd_h)) {
            *from = (struct field_ref){ &arm_fields[i], ref.arm };
            return true;
        }
    return false;
}

static void
fill_arm(struct resolving *r)
{
    struct arm *a = &r->s->sc.arms[r->arm];

    for (int k = 0; k < arm_fields_n; k++)
        if (field_is_quantity(&arm_fields[k]) && field_applies(&arm_fields[k], a->kind))
            fill(r, &arm_fields[k]);
    a->scaling = a->scaling == 0 ? r->s->sc.serving.scaling : a->scaling - 1;
}

/* The newest price list's date, for scenarios that name no start. */
static struct date
catalog_date(const struct catalog *c)
{
    struct date newest = { 1970, 1, 1 };

    for (int i = 0; c != NULL && i < c->n_prices; i++)
        if (date_compare(c->prices[i].origin.as_of, newest) > 0)
            newest = c->prices[i].origin.as_of;
    for (int i = 0; c != NULL && i < c->n_gpu_prices; i++)
        if (date_compare(c->gpu_prices[i].origin.as_of, newest) > 0)
            newest = c->gpu_prices[i].origin.as_of;
    return newest;
}

void
scenario_resolve(struct setup *s, const struct scenario *sc, const struct catalog *catalog,
                 struct problems *problems)
{
    struct resolving r = { s, problems, 0 };

    s->sc = *sc;
    s->catalog = catalog;
    s->start = sc->start.year != 0 ? sc->start : catalog_date(catalog);
    memset(s->arms, 0, sizeof s->arms);
    for (r.arm = 0; r.arm < sc->n_arms; r.arm++)
        find_names(&r);
    for (r.arm = 0; r.arm < sc->n_arms; r.arm++) {
        find_arms(s, r.arm);
        fill_arm(&r);
    }
}

/* ---- where a figure comes from --------------------------------------------------------------- */

/* A person's own note: by the whole path or by the last word. */
static const char *
own_note(const struct scenario *sc, const char *path)
{
    const char *dot = strrchr(path, '.');

    for (int i = 0; i < sc->n_sources; i++)
        if (strcmp(sc->sources[i].path, path) == 0 ||
            (dot != NULL && strcmp(sc->sources[i].path, dot + 1) == 0))
            return sc->sources[i].text;
    return NULL;
}

static bool
is_default(const struct scenario *typed, struct field_ref ref)
{
    struct field_context ctx = { NULL, typed };
    char text[SENTENCE_BYTES];

    if (ref.field->initial == NULL)
        return false;
    ref.field->type->format(ref.field, field_value(typed, ref), text, sizeof text, &ctx);
    return strcmp(text, ref.field->initial) == 0;
}

static enum figure_how
supplied(const struct setup *s, struct field_ref ref, char *out, size_t size)
{
    const struct field *f = ref.field;
    char text[QUANTITY_TEXT];

    if (f->supply == NULL ||
        !f->supply(&s->arms[ref.arm], &s->sc.arms[ref.arm], s, text, sizeof text, out, size)) {
        text_copy(out, size, "not known");
        return FIGURE_UNKNOWN;
    }
    return strncmp(out, "catalog", 7) == 0 ? FIGURE_CATALOG : FIGURE_DEFAULT;
}

static enum figure_how
from_fallback(const struct setup *s, const struct scenario *typed, const struct field *f, char *out, size_t size)
{
    const struct field *from = scenario_field(f->fallback);
    char where[160];

    if (from == NULL)
        return FIGURE_UNKNOWN;
    figure_source(s, typed, (struct field_ref){ from, -1 }, where, sizeof where);
    snprintf(out, size, "%s: %s", f->fallback, where);
    return FIGURE_SCENARIO;
}

enum figure_how
figure_source(const struct setup *s, const struct scenario *typed, struct field_ref ref, char *out, size_t size)
{
    const struct field *f = ref.field;
    char path[112];
    const char *note = own_note(typed, field_path(typed, ref, path, sizeof path));
    bool set = field_is_set(typed, ref);

    /* The choice "as the scenario" is no value of its own. */
    if (f->fallback != NULL && f->type == &field_choice && is_default(typed, ref))
        set = false;
    if (set && (note != NULL || !is_default(typed, ref))) {
        text_copy(out, size, note != NULL ? note : "typed");
        return FIGURE_TYPED;
    }
    if (set) {
        text_copy(out, size, strcmp(f->source, "team") == 0 ? "default, no source noted" : f->source);
        return FIGURE_DEFAULT;
    }
    if (f->fallback != NULL)
        return from_fallback(s, typed, f, out, size);
    if (ref.arm >= 0 && field_is_quantity(f))
        return supplied(s, ref, out, size);
    /* A name or figure that resolving filled in, or that the model takes from others. */
    bool filled = field_is_set(&s->sc, ref) || strncmp(f->source, "computed", 8) == 0;
    text_copy(out, size, filled ? f->source : "not set");
    return filled ? FIGURE_DEFAULT : FIGURE_UNKNOWN;
}
