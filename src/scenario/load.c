/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

/*
 * From the tree of a file to a scenario.  The field tables say what a key means; this
 * file knows only the shape of the document.  Everything wrong is reported at its place,
 * and the rest is loaded.
 */

struct loader {
    struct scenario *sc;
    const struct catalog *catalog;
    struct problems *problems;
    bool units_pass; /* first: currency and days a month, which other texts need */
};

/* ---- problems ----------------------------------------------------------------------------- */

static void
problem_at(struct loader *l, const struct node *n, const char *path, enum error_code code, const char *fmt, ...)
    BE_PRINTF(5, 6);

static void
problem_at(struct loader *l, const struct node *n, const char *path, enum error_code code, const char *fmt, ...)
{
    char text[360];
    struct error e;
    va_list ap;

    if (l->units_pass)
        return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    error_at(&e, code, n->line, n->column, "%s", text);
    problems_add(l->problems, PROBLEM_ERROR, path, &e);
}

/* ---- names ---------------------------------------------------------------------------------- */

char *
field_section(const struct field *f, char *out, size_t size)
{
    const char *dot = strchr(f->key, '.');
    size_t n = dot != NULL ? (size_t)(dot - f->key) : 0;

    if (n >= size)
        n = size - 1;
    memcpy(out, f->key, n);
    out[n] = '\0';
    return out;
}

static const char *const top_keys[] = { "breakeven", "arms", "pilots", "sources", "decision" };

static bool
is_section(const char *word)
{
    char section[48];

    for (int k = 0; k < scenario_fields_n; k++)
        if (strcmp(field_section(&scenario_fields[k], section, sizeof section), word) == 0 && section[0] != '\0')
            return true;
    return false;
}

static const struct field *
scenario_field(const char *key)
{
    for (int k = 0; k < scenario_fields_n; k++)
        if (strcmp(scenario_fields[k].key, key) == 0)
            return &scenario_fields[k];
    return NULL;
}

static const struct field *
arm_field(const char *key)
{
    for (int k = 0; k < arm_fields_n; k++)
        if (strcmp(arm_fields[k].key, key) == 0)
            return &arm_fields[k];
    return NULL;
}

/* What may stand at the top: keys, fields without a section, sections. */
#define TOP_MAX 40
struct top_names {
    char name[TOP_MAX][48];
    int n;
};

static void
add_top(struct top_names *t, const char *name)
{
    for (int k = 0; k < t->n; k++)
        if (strcmp(t->name[k], name) == 0)
            return;
    if (t->n < TOP_MAX)
        text_copy(t->name[t->n++], sizeof t->name[0], name);
}

static void
top_names_init(struct top_names *t)
{
    char section[48];

    t->n = 0;
    for (size_t k = 0; k < BE_LEN(top_keys); k++)
        add_top(t, top_keys[k]);
    for (int k = 0; k < scenario_fields_n; k++) {
        field_section(&scenario_fields[k], section, sizeof section);
        add_top(t, section[0] != '\0' ? section : scenario_fields[k].key);
    }
}

static const char *
top_name(const void *ctx, int i)
{
    const struct top_names *t = ctx;

    return i < t->n ? t->name[i] : NULL;
}

struct section_names {
    const char *section;
};

/* The words of one section. */
static const char *
section_name(const void *ctx, int i)
{
    const struct section_names *s = ctx;
    char section[48];

    for (int k = 0; k < scenario_fields_n; k++) {
        field_section(&scenario_fields[k], section, sizeof section);
        if (strcmp(section, s->section) == 0 && section[0] != '\0' && i-- == 0)
            return strchr(scenario_fields[k].key, '.') + 1;
    }
    return NULL;
}

static const char *
arm_key(const void *ctx, int i)
{
    int kind = *(const int *)ctx;

    for (int k = 0; k < arm_fields_n; k++)
        if (field_applies(&arm_fields[k], kind) && i-- == 0)
            return arm_fields[k].key;
    return NULL;
}

/* ---- values ------------------------------------------------------------------------------------ */

/* A scalar, or a list of scalars as "a, b". */
static bool
value_text(const struct node *n, char *out, size_t size)
{
    size_t at = 0;

    out[0] = '\0';
    if (n->kind == NODE_NULL)
        return true;
    if (n->kind == NODE_SCALAR)
        return text_copy(out, size, n->text);
    if (n->kind != NODE_SEQUENCE)
        return false;
    for (size_t k = 0; k < n->n; k++) {
        if (n->items[k].kind != NODE_SCALAR)
            return false;
        int put = snprintf(out + at, size - at, "%s%s", k > 0 ? ", " : "", n->items[k].text);
        if (put < 0 || at + (size_t)put >= size)
            return false;
        at += (size_t)put;
    }
    return true;
}

static bool
is_unit_field(const struct field *f)
{
    return strcmp(f->key, "currency") == 0 || strcmp(f->key, "currency_per_usd") == 0 ||
           strcmp(f->key, "horizon.days_per_month") == 0;
}

static void
load_value(struct loader *l, struct field_ref ref, const struct node *n, const char *path)
{
    char text[1024];
    struct error e;
    bool list = ref.field->type == &field_set;

    if (l->units_pass && (ref.arm >= 0 || !is_unit_field(ref.field)))
        return;
    if ((n->kind == NODE_SEQUENCE && !list) || !value_text(n, text, sizeof text)) {
        problem_at(l, n, path, ERR_SYNTAX, "%s: %s is expected here", path, list ? "a list of names" : "one value");
        return;
    }
    if (field_set_text(l->sc, ref, text, l->catalog, &e) == 0)
        return;
    if (n->kind == NODE_SCALAR && n->style != SCALAR_BLOCK) {
        e.line = n->line;
        e.column = n->column + (e.column > 1 ? e.column - 1 : 0) + (n->style == SCALAR_QUOTED);
    } else {
        e.line = n->line;
        e.column = n->column;
    }
    problem_at(l, &(struct node){ .line = e.line, .column = e.column }, path, e.code, "%s: %s", path, e.text);
}

/* ---- sections ------------------------------------------------------------------------------------ */

static void
load_section(struct loader *l, const char *section, const struct node *n)
{
    char path[112];

    if (n->kind == NODE_NULL)
        return;
    if (n->kind != NODE_MAPPING) {
        problem_at(l, n, section, ERR_SYNTAX, "%s is a section: \"key: value\" lines are expected below it", section);
        return;
    }
    for (size_t k = 0; k < n->n; k++) {
        struct section_names names = { section };
        snprintf(path, sizeof path, "%s.%.60s", section, n->keys[k].text);
        const struct field *f = scenario_field(path);
        if (f == NULL) {
            const char *nearest = text_nearest(n->keys[k].text, section_name, &names);
            problem_at(l, &n->keys[k], path, ERR_UNKNOWN, nearest != NULL ? "no field %s in %s, nearest %s" : "no field %s in %s",
                       n->keys[k].text, section, nearest);
            continue;
        }
        load_value(l, (struct field_ref){ f, -1 }, &n->items[k], path);
    }
}

static const char *
kind_name(const void *ctx, int i)
{
    (void)ctx;
    return i < ARM_KINDS ? arm_kind_word(i) : NULL;
}

static int
load_kind(struct loader *l, const char *name, const struct node *n)
{
    const struct node *kind = node_get(n, "kind");
    const char *word = node_text(kind, NULL);

    for (int k = 0; word != NULL && k < ARM_KINDS; k++)
        if (strcmp(arm_kind_word(k), word) == 0)
            return k;
    if (word == NULL)
        problem_at(l, kind != NULL ? kind : n, name, ERR_SYNTAX,
                   "arms.%s has no kind: api, hosted-open, hosted-tuned, self-open, self-tuned, staged or cascade", name);
    else {
        const char *nearest = text_nearest(word, kind_name, NULL);
        problem_at(l, kind, name, ERR_UNKNOWN, nearest != NULL ? "no kind of arm %s, nearest %s" : "no kind of arm %s", word,
                   nearest);
    }
    return -1;
}

/* Which kinds have a field, in words. */
static char *
kinds_words(const struct field *f, char *out, size_t size)
{
    size_t at = 0;

    out[0] = '\0';
    for (int k = 0; k < ARM_KINDS; k++)
        if (field_applies(f, k)) {
            int n = snprintf(out + at, size - at, "%s%s", at > 0 ? ", " : "", arm_kind_word(k));
            if (n < 0 || at + (size_t)n >= size)
                break;
            at += (size_t)n;
        }
    return out;
}

static void
load_arm(struct loader *l, const struct node *key, const struct node *n)
{
    char path[112], kinds[120];
    struct error e;

    if (n->kind != NODE_MAPPING) {
        problem_at(l, key, key->text, ERR_SYNTAX, "arms.%s: its fields are expected below it, kind first", key->text);
        return;
    }
    int kind = load_kind(l, key->text, n);
    if (kind < 0)
        return;
    int arm = scenario_add_arm(l->sc, key->text, kind, &e);
    if (arm < 0) {
        problem_at(l, key, key->text, e.code, "arms.%s: %s", key->text, e.text);
        return;
    }
    for (size_t k = 0; k < n->n; k++) {
        const char *word = n->keys[k].text;
        const struct field *f = arm_field(word);
        snprintf(path, sizeof path, "arms.%s.%.40s", key->text, word);
        if (strcmp(word, "kind") == 0)
            continue;
        if (f == NULL) {
            const char *nearest = text_nearest(word, arm_key, &kind);
            problem_at(l, &n->keys[k], path, ERR_UNKNOWN,
                       nearest != NULL ? "an arm of kind %s has no field %s, nearest %s" : "an arm of kind %s has no field %s",
                       arm_kind_word(kind), word, nearest);
        } else if (!field_applies(f, kind))
            problem_at(l, &n->keys[k], path, ERR_CONFLICT, "an arm of kind %s has no %s; these have: %s", arm_kind_word(kind),
                       word, kinds_words(f, kinds, sizeof kinds));
        else
            load_value(l, (struct field_ref){ f, arm }, &n->items[k], path);
    }
}

static void
load_arms(struct loader *l, const struct node *n)
{
    if (l->units_pass || n->kind == NODE_NULL)
        return;
    if (n->kind != NODE_MAPPING) {
        problem_at(l, n, "arms", ERR_SYNTAX, "arms: names with their fields are expected below it");
        return;
    }
    for (size_t k = 0; k < n->n; k++)
        load_arm(l, &n->keys[k], &n->items[k]);
}

/* ---- what is no field ------------------------------------------------------------------------------ */

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
load_pilots(struct loader *l, const struct node *n)
{
    if (l->units_pass || n->kind == NODE_NULL)
        return;
    if (n->kind != NODE_SEQUENCE) {
        problem_at(l, n, "pilots", ERR_SYNTAX, "pilots: a list of {n: 200, right: 150, total: 200} is expected");
        return;
    }
    for (size_t k = 0; k < n->n; k++) {
        const struct node *item = &n->items[k];
        struct pilot p = { .line = item->line };
        if (l->sc->n_pilots == PILOTS_MAX) {
            problem_at(l, item, "pilots", ERR_SIZE, "more than %d pilots", PILOTS_MAX);
            return;
        }
        if (!pilot_number(l, item, "n", &p.n) || !pilot_number(l, item, "right", &p.right) ||
            !pilot_number(l, item, "total", &p.total))
            continue;
        if (p.n < 1 || p.total < 1 || p.right > p.total)
            problem_at(l, item, "pilots", ERR_RANGE, "a pilot of n = %d with %d right of %d cannot be", p.n, p.right, p.total);
        else
            l->sc->pilots[l->sc->n_pilots++] = p;
    }
}

static void
load_sources(struct loader *l, const struct node *n)
{
    struct field_ref ref;
    struct error e;

    if (l->units_pass || n->kind == NODE_NULL)
        return;
    if (n->kind != NODE_MAPPING) {
        problem_at(l, n, "sources", ERR_SYNTAX, "sources: lines of \"field: where it comes from\" are expected");
        return;
    }
    for (size_t k = 0; k < n->n; k++) {
        const char *text = node_text(&n->items[k], NULL);
        struct source_note *s = &l->sc->sources[l->sc->n_sources];
        if (text == NULL)
            problem_at(l, &n->items[k], "sources", ERR_SYNTAX, "the source of %s is not a text", n->keys[k].text);
        else if (field_find(l->sc, n->keys[k].text, &ref, &e) < 0)
            problem_at(l, &n->keys[k], "sources", e.code, "sources: %s", e.text);
        else if (l->sc->n_sources == SOURCES_MAX)
            problem_at(l, &n->keys[k], "sources", ERR_SIZE, "more than %d sources", SOURCES_MAX);
        else if (!text_copy(s->path, sizeof s->path, n->keys[k].text) || !text_copy(s->text, sizeof s->text, text))
            problem_at(l, &n->items[k], "sources", ERR_SIZE, "the source of %s is longer than %zu characters", n->keys[k].text,
                       sizeof s->text - 1);
        else
            l->sc->n_sources++;
    }
}

static void
load_prices(struct loader *l, const struct node *n)
{
    struct decision *d = &l->sc->decision;

    for (size_t k = 0; n->kind == NODE_MAPPING && k < n->n && d->n_prices < ARMS_MAX; k++) {
        double number;
        text_copy(d->prices[d->n_prices].arm, NAME_MAX_BYTES, n->keys[k].text);
        const struct node *item = &n->items[k];
        d->prices[d->n_prices].input_usd_mtok = node_number(node_get(item, "input_usd_mtok"), &number) ? number : NAN;
        d->prices[d->n_prices].output_usd_mtok = node_number(node_get(item, "output_usd_mtok"), &number) ? number : NAN;
        d->prices[d->n_prices].gpu_price_usd_h = node_number(node_get(item, "gpu_price_usd_h"), &number) ? number : NAN;
        d->n_prices++;
    }
}

static void
load_decision(struct loader *l, const struct node *n)
{
    static const char *const keys[] = { "pick", "on", "p_best", "tco_usd", "prices" };
    struct decision *d = &l->sc->decision;
    struct error e;

    if (l->units_pass || n->kind == NODE_NULL)
        return;
    if (n->kind != NODE_MAPPING || node_text(node_get(n, "pick"), NULL) == NULL) {
        problem_at(l, n, "decision", ERR_SYNTAX, "decision: {pick, on, p_best, tco_usd, prices} is expected");
        return;
    }
    for (size_t k = 0; k < n->n; k++) {
        bool known_key = false;
        for (size_t i = 0; i < BE_LEN(keys); i++)
            known_key |= strcmp(keys[i], n->keys[k].text) == 0;
        if (!known_key)
            problem_at(l, &n->keys[k], "decision", ERR_UNKNOWN, "no key %s in decision: pick, on, p_best, tco_usd, prices",
                       n->keys[k].text);
    }
    const struct node *on = node_get(n, "on"), *p = node_get(n, "p_best"), *tco = node_get(n, "tco_usd");
    text_copy(d->pick, sizeof d->pick, node_text(node_get(n, "pick"), ""));
    if (on != NULL && date_parse(&d->on, node_text(on, ""), &e) < 0)
        problem_at(l, on, "decision.on", e.code, "decision.on: %s", e.text);
    if (p != NULL && (!node_number(p, &d->p_best) || !(d->p_best >= 0 && d->p_best <= 1)))
        problem_at(l, p, "decision.p_best", ERR_RANGE, "decision.p_best: a number from 0 to 1 is expected");
    if (tco != NULL && !node_number(tco, &d->tco_usd))
        problem_at(l, tco, "decision.tco_usd", ERR_SYNTAX, "decision.tco_usd: a number is expected");
    if (node_get(n, "prices") != NULL)
        load_prices(l, node_get(n, "prices"));
    d->present = true;
}

/* ---- the document ------------------------------------------------------------------------------------- */

static void
load_top(struct loader *l, const struct node *root)
{
    for (size_t k = 0; k < root->n; k++) {
        const char *word = root->keys[k].text;
        const struct node *n = &root->items[k];
        const struct field *f = scenario_field(word);

        if (f != NULL)
            load_value(l, (struct field_ref){ f, -1 }, n, word);
        else if (is_section(word))
            load_section(l, word, n);
        else if (strcmp(word, "arms") == 0)
            load_arms(l, n);
        else if (strcmp(word, "pilots") == 0)
            load_pilots(l, n);
        else if (strcmp(word, "decision") == 0)
            load_decision(l, n);
        else if (strcmp(word, "breakeven") != 0 && strcmp(word, "sources") != 0) {
            struct top_names names;
            top_names_init(&names);
            const char *nearest = text_nearest(word, top_name, &names);
            problem_at(l, &root->keys[k], word, ERR_UNKNOWN, nearest != NULL ? "no key %s, nearest %s" : "no key %s", word, nearest);
        }
    }
    /* last: a source may name a field of any arm */
    if (node_get(root, "sources") != NULL)
        load_sources(l, node_get(root, "sources"));
}

static int
check_format(const struct node *root, struct error *err)
{
    const struct node *format = node_get(root, "breakeven");
    double number;

    if (root->kind != NODE_MAPPING)
        return error_at(err, ERR_SYNTAX, root->line, root->column, "not a scenario: \"breakeven: 1\" is expected first");
    if (format == NULL)
        return error_at(err, ERR_SYNTAX, 1, 1, "not a scenario: the line \"breakeven: 1\" is missing");
    if (!node_number(format, &number) || number != 1)
        return error_at(err, ERR_SYNTAX, format->line, format->column, "format \"%.20s\" is not known; this version reads 1",
                        node_text(format, "?"));
    return 0;
}

int
scenario_parse(struct scenario *sc, const char *bytes, size_t n, const struct catalog *catalog, struct problems *problems,
               struct error *err)
{
    struct document *doc;
    struct loader l = { sc, catalog, problems, true };

    if (n > SCENARIO_BYTES_MAX)
        return error_set(err, ERR_SIZE, "%zu bytes; a scenario has at most %d", n, SCENARIO_BYTES_MAX);
    if (document_parse_yaml(&doc, bytes, n, err) < 0)
        return -1;
    const struct node *root = document_root(doc);
    int status = check_format(root, err);
    if (status == 0) {
        scenario_init(sc);
        load_top(&l, root);
        l.units_pass = false;
        load_top(&l, root);
    }
    document_free(doc);
    return status;
}

int
scenario_open(struct scenario_file *f, const char *path, const struct catalog *catalog, struct problems *problems,
              struct error *err)
{
    memset(f, 0, sizeof *f);
    if (!text_copy(f->path, sizeof f->path, path))
        return error_set(err, ERR_IO, "the path is too long");
    if (file_read(path, SCENARIO_BYTES_MAX, &f->text, &f->n, &f->stamp, err) < 0)
        return -1;
    if (scenario_parse(&f->scenario, f->text, f->n, catalog, problems, err) < 0) {
        scenario_file_release(f);
        return -1;
    }
    return 0;
}

void
scenario_file_release(struct scenario_file *f)
{
    free(f->text);
    f->text = NULL;
    f->n = 0;
}
