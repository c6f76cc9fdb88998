/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <string.h>

#include "load.h"
#include "rows.h"

/* What a scenario file holds besides fields: pilots, sources, the decision. */

/* ---- keys ----------------------------------------------------------------------------------- */

struct words {
    const char *const *list;
    size_t n;
};

static const char *
word_at(const void *ctx, int i)
{
    const struct words *w = ctx;

    return (size_t)i < w->n ? w->list[i] : NULL;
}

/* Every key of this mapping that is none of these is a problem. */
static void
only_keys(struct loader *l, const struct node *n, const char *path, const char *const *list, size_t n_list)
{
    struct words words = { list, n_list };

    for (size_t k = 0; k < n->n; k++) {
        const struct node *key = &n->keys[k];
        bool legal = false;
        for (size_t i = 0; i < n_list; i++)
            legal |= strcmp(list[i], key->text) == 0;
        const char *nearest = legal ? NULL : nearest_name(l, key->text, word_at, &words);
        if (!legal)
            problem_at(l, key, path, ERR_UNKNOWN, "no key %.60s in %s, nearest %s", key->text, path,
                       nearest != NULL ? nearest : list[0]);
    }
}

/* ---- pilots --------------------------------------------------------------------------------- */

static const char *const pilot_keys[] = { "n", "right", "total" };

static bool
pilot_number(struct loader *l, const struct node *pilot, const char *key, int *out)
{
    const struct node *n = node_get(pilot, key);
    double x;
    struct error e;

    if (n != NULL && n->kind == NODE_SCALAR && number_parse(&x, n->text, FORM_NUMBER, &e) == 0 && x >= 0 && x <= 1e9 &&
        x == rint(x)) {
        *out = (int)x;
        return true;
    }
    problem_at(l, n != NULL ? n : pilot, "pilots", ERR_SYNTAX, "a pilot needs whole numbers n, right and total; %s is %s", key,
               n == NULL ? "missing" : "not one");
    return false;
}

static void
load_pilot(struct loader *l, const struct node *n)
{
    struct pilot p = { .line = n->line };

    if (n->kind != NODE_MAPPING) {
        problem_at(l, n, "pilots", ERR_SYNTAX, "a pilot is written {n: 200, right: 150, total: 200}");
        return;
    }
    only_keys(l, n, "pilots", pilot_keys, BE_LEN(pilot_keys));
    if (!pilot_number(l, n, "n", &p.n) || !pilot_number(l, n, "right", &p.right) || !pilot_number(l, n, "total", &p.total))
        return;
    if (p.n < 1 || p.total < 1 || p.right > p.total)
        problem_at(l, n, "pilots", ERR_RANGE, "a pilot of n = %d with %d right of %d cannot be", p.n, p.right, p.total);
    else
        l->sc->pilots[l->sc->n_pilots++] = p;
}

void
load_pilots(struct loader *l, const struct node *n)
{
    if (l->units_pass || n->kind == NODE_NULL)
        return;
    if (n->kind != NODE_SEQUENCE) {
        problem_at(l, n, "pilots", ERR_SYNTAX, "pilots: a list of {n: 200, right: 150, total: 200} is expected");
        return;
    }
    for (size_t k = 0; k < n->n; k++) {
        if (l->sc->n_pilots == PILOTS_MAX) {
            problem_at(l, &n->items[k], "pilots", ERR_SIZE, "more than %d pilots", PILOTS_MAX);
            return;
        }
        load_pilot(l, &n->items[k]);
    }
}

/* ---- sources -------------------------------------------------------------------------------- */

static const char *
last_word(const char *path)
{
    const char *dot = strrchr(path, '.');

    return dot != NULL ? dot + 1 : path;
}

/* A field's name that has no place, or no single one, since an arm came or went. Checking
 * the scenario tells of it; it is no mistake in writing. */
static bool
had_a_place(const char *path)
{
    bool of_arm = strncmp(path, "arms.", 5) == 0 && strchr(path + 5, '.') != NULL;

    if (!of_arm && strchr(path, '.') != NULL)
        return false;
    for (int k = 0; k < arm_fields_n; k++)
        if (strcmp(arm_fields[k].key, last_word(path)) == 0)
            return true;
    for (int k = 0; !of_arm && k < scenario_fields_n; k++)
        if (strcmp(last_word(scenario_fields[k].key), path) == 0)
            return true;
    return false;
}

/* A source stays in the scenario even if its field is not known: saving must not lose it. */
static void
load_source(struct loader *l, const struct node *key, const struct node *n)
{
    struct source_note *s = &l->sc->sources[l->sc->n_sources];
    struct field_ref ref;
    struct error e;

    if (node_text(n, NULL) == NULL) {
        problem_at(l, n, "sources", ERR_SYNTAX, "the source of %.60s is not a text", key->text);
        return;
    }
    if (l->sc->n_sources == SOURCES_MAX) {
        problem_at(l, key, "sources", ERR_SIZE, "more than %d sources", SOURCES_MAX);
        return;
    }
    if (field_find(l->sc, key->text, &ref, &e) < 0 && !had_a_place(key->text))
        problem_at(l, key, "sources", e.code, "sources: %s", e.text);
    if (strlen(key->text) >= sizeof s->path)
        return; /* no field has so long a name */
    if (strlen(n->text) >= sizeof s->text) {
        problem_at(l, n, "sources", ERR_SIZE, "the source of %s has %zu bytes, %zu fit", key->text, strlen(n->text),
                   sizeof s->text - 1);
        return;
    }
    memset(s, 0, sizeof *s);
    text_copy(s->path, sizeof s->path, key->text);
    text_copy(s->text, sizeof s->text, n->text);
    l->sc->n_sources++;
}

void
load_sources(struct loader *l, const struct node *n)
{
    if (l->units_pass || n->kind == NODE_NULL)
        return;
    if (n->kind != NODE_MAPPING) {
        problem_at(l, n, "sources", ERR_SYNTAX, "sources: lines of \"field: where it comes from\" are expected");
        return;
    }
    for (size_t k = 0; k < n->n; k++)
        load_source(l, &n->keys[k], &n->items[k]);
}

/* ---- the decision --------------------------------------------------------------------------- */

static const char *const decision_keys[] = { "pick", "on", "p_best", "tco_usd", "prices" };
static const char *const price_keys[] = { "input_usd_mtok", "output_usd_mtok", "gpu_price_usd_h" };

/* A number of this mapping, if it has it: false if that is none or lies outside. */
static bool
decision_number(struct loader *l, const struct node *mapping, const char *key, const char *path, double low, double high,
                double *out)
{
    const struct node *n = node_get(mapping, key);
    double x;

    if (n == NULL || n->kind == NODE_NULL)
        return true;
    if (!node_number(n, &x)) {
        problem_at(l, n, path, ERR_SYNTAX, "%s: %s is a plain number", path, key);
        return false;
    }
    if (!(x >= low && x <= high)) {
        problem_at(l, n, path, ERR_RANGE, "%s: %s of %g is not in %g..%g", path, key, x, low, high);
        return false;
    }
    *out = x;
    return true;
}

static void
load_price(struct loader *l, const struct node *key, const struct node *n)
{
    struct decision *d = &l->sc->decision;
    double p[BE_LEN(price_keys)] = { NAN, NAN, NAN };
    struct error e;

    if (arm_name_check(key->text, &e) < 0) {
        problem_at(l, key, "decision.prices", e.code, "decision.prices: %s", e.text);
        return;
    }
    if (n->kind != NODE_MAPPING) {
        problem_at(l, n, "decision.prices", ERR_SYNTAX, "decision.prices: \"arm: {input_usd_mtok: 3}\" is expected");
        return;
    }
    if (d->n_prices == ARMS_MAX) {
        problem_at(l, key, "decision.prices", ERR_SIZE, "decision.prices: more than %d arms", ARMS_MAX);
        return;
    }
    only_keys(l, n, "decision.prices", price_keys, BE_LEN(price_keys));
    for (size_t k = 0; k < BE_LEN(price_keys); k++)
        decision_number(l, n, price_keys[k], "decision.prices", 0, 1e9, &p[k]);
    text_copy(d->prices[d->n_prices].arm, NAME_MAX_BYTES, key->text);
    d->prices[d->n_prices].input_usd_mtok = p[0];
    d->prices[d->n_prices].output_usd_mtok = p[1];
    d->prices[d->n_prices].gpu_price_usd_h = p[2];
    d->n_prices++;
}

static void
load_prices(struct loader *l, const struct node *n)
{
    if (n == NULL || n->kind == NODE_NULL)
        return;
    if (n->kind != NODE_MAPPING) {
        problem_at(l, n, "decision.prices", ERR_SYNTAX, "decision.prices: \"arm: {input_usd_mtok: 3}\" is expected");
        return;
    }
    for (size_t k = 0; k < n->n; k++)
        load_price(l, &n->keys[k], &n->items[k]);
}

void
load_decision(struct loader *l, const struct node *n)
{
    struct decision *d = &l->sc->decision;
    const struct node *pick = node_get(n, "pick"), *on = node_get(n, "on");
    struct error e;

    if (l->units_pass || n->kind == NODE_NULL)
        return;
    if (node_text(pick, "")[0] == '\0' || strlen(node_text(pick, "")) >= sizeof d->pick) {
        problem_at(l, pick != NULL ? pick : n, "decision", ERR_SYNTAX,
                   "decision: {pick, on, p_best, tco_usd, prices} is expected, with an arm as pick");
        return;
    }
    only_keys(l, n, "decision", decision_keys, BE_LEN(decision_keys));
    text_copy(d->pick, sizeof d->pick, pick->text);
    if (on != NULL && on->kind != NODE_NULL && date_parse(&d->on, node_text(on, ""), &e) < 0)
        problem_at(l, on, "decision.on", e.code, "decision.on: %s", e.text);
    decision_number(l, n, "p_best", "decision", 0, 1, &d->p_best);
    decision_number(l, n, "tco_usd", "decision", -1e15, 1e15, &d->tco_usd);
    load_prices(l, node_get(n, "prices"));
    d->present = true;
}
