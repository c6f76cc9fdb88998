/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

/*
 * From the tree of a file to a scenario.  The field tables say what a key means; this
 * file knows only the shape of the document.  Everything wrong is reported at its place,
 * and the rest is loaded.
 */

/* ---- problems ----------------------------------------------------------------------------- */

void
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

const char *
nearest_name(const struct loader *l, const char *word, const char *(*next)(const void *ctx, int i), const void *ctx)
{
    if (l->units_pass || l->problems == NULL || l->problems->n == PROBLEMS_MAX)
        return NULL;
    return text_nearest(word, next, ctx);
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

/* By its whole path: "title", "workload.requests_per_day". */
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
#define TOP_MAX 64
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

static bool
is_unit_field(const struct field *f)
{
    return strcmp(f->key, "currency") == 0 || strcmp(f->key, "currency_per_usd") == 0 ||
           strcmp(f->key, "horizon.days_per_month") == 0;
}

/* The column of character "within" (from 1) of the value: known where the file writes the
 * value in one line and as it is. */
static int
column_in(const struct loader *l, const struct node *n, int within)
{
    size_t quote = n->style == SCALAR_QUOTED, raw = n->end - n->begin;

    if (n->style == SCALAR_BLOCK || within < 1 || raw != strlen(n->text) + 2 * quote ||
        memchr(l->bytes + n->begin, '\n', raw) != NULL)
        return n->column;
    return n->column + (int)quote + within - 1;
}

static void
load_text(struct loader *l, struct field_ref ref, const struct node *n, const char *path)
{
    struct node at = *n;
    struct error e;

    if (field_set_text(l->sc, ref, n->kind == NODE_NULL ? "" : n->text, l->catalog, &e) == 0)
        return;
    if (n->kind == NODE_SCALAR)
        at.column = column_in(l, n, e.column);
    problem_at(l, &at, path, e.code, "%s: %s", path, e.text);
}

/* A list: what is wrong in it is named where it stands, the rest counts. */
static void
load_set(struct loader *l, struct field_ref ref, const struct node *list, const char *path)
{
    uint32_t *set = field_at(l->sc, ref), all = 0;

    for (size_t k = 0; k < list->n; k++) {
        const struct node *item = &list->items[k];
        if (item->kind != NODE_SCALAR) {
            problem_at(l, item, path, ERR_SYNTAX, "%s: a list of names is expected here", path);
            continue;
        }
        *set = 0;
        load_text(l, ref, item, path);
        all |= *set;
    }
    *set = all;
}

static void
load_value(struct loader *l, struct field_ref ref, const struct node *n, const char *path)
{
    bool list = ref.field->type == &field_set;

    if (l->units_pass && (ref.arm >= 0 || !is_unit_field(ref.field)))
        return;
    if (n->kind == NODE_SEQUENCE && list)
        load_set(l, ref, n, path);
    else if (n->kind == NODE_SEQUENCE || n->kind == NODE_MAPPING)
        problem_at(l, n, path, ERR_SYNTAX, "%s: %s is expected here", path, list ? "a list of names" : "one value");
    else
        load_text(l, ref, n, path);
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
            const char *nearest = nearest_name(l, n->keys[k].text, section_name, &names);
            problem_at(l, &n->keys[k], path, ERR_UNKNOWN, "no field %.60s in %s%s%s", n->keys[k].text, section,
                       nearest != NULL ? ", nearest " : "", nearest != NULL ? nearest : "");
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

/* The kinds of arm that have a field, or all of them, in words. */
static char *
kinds_words(const struct field *f, char *out, size_t size)
{
    size_t at = 0;

    out[0] = '\0';
    for (int k = 0; k < ARM_KINDS; k++)
        if (f == NULL || field_applies(f, k)) {
            int n = snprintf(out + at, size - at, "%s%s", at > 0 ? ", " : "", arm_kind_word(k));
            if (n < 0 || at + (size_t)n >= size)
                break;
            at += (size_t)n;
        }
    return out;
}

/* The kind is needed before the fields, wherever it stands. */
static int
load_kind(struct loader *l, const struct node *key, const struct node *n)
{
    const struct node *kind = node_get(n, "kind");
    const char *word = node_text(kind, NULL);
    char kinds[120], path[112];

    for (int k = 0; word != NULL && k < ARM_KINDS; k++)
        if (strcmp(arm_kind_word(k), word) == 0)
            return k;
    snprintf(path, sizeof path, "arms.%.60s.kind", key->text);
    kinds_words(NULL, kinds, sizeof kinds);
    const char *nearest = word != NULL ? nearest_name(l, word, kind_name, NULL) : NULL;
    if (word == NULL)
        problem_at(l, kind != NULL ? kind : key, path, ERR_SYNTAX, "arms.%.40s has no kind; it is one of %s", key->text, kinds);
    else if (nearest != NULL)
        problem_at(l, kind, path, ERR_UNKNOWN, "no kind of arm \"%.40s\", nearest %s", word, nearest);
    else
        problem_at(l, kind, path, ERR_UNKNOWN, "no kind of arm \"%.40s\"; it is one of %s", word, kinds);
    return -1;
}

static void
load_arm_field(struct loader *l, int arm, const struct node *key, const struct node *n)
{
    const struct field *f = arm_field(key->text);
    int kind = l->sc->arms[arm].kind;
    char path[112], kinds[120];

    snprintf(path, sizeof path, "arms.%s.%.60s", l->sc->arms[arm].name, key->text);
    if (f == NULL) {
        const char *nearest = nearest_name(l, key->text, arm_key, &kind);
        problem_at(l, key, path, ERR_UNKNOWN, "an arm of kind %s has no field %.60s%s%s", arm_kind_word(kind), key->text,
                   nearest != NULL ? ", nearest " : "", nearest != NULL ? nearest : "");
    } else if (!field_applies(f, kind))
        problem_at(l, key, path, ERR_CONFLICT, "an arm of kind %s has no %s; these have: %s", arm_kind_word(kind), key->text,
                   kinds_words(f, kinds, sizeof kinds));
    else
        load_value(l, (struct field_ref){ f, arm }, n, path);
}

static void
load_arm(struct loader *l, const struct node *key, const struct node *n)
{
    char path[112];
    struct error e;

    snprintf(path, sizeof path, "arms.%.60s", key->text);
    if (n->kind != NODE_MAPPING && n->kind != NODE_NULL) {
        problem_at(l, n, path, ERR_SYNTAX, "%s: its fields are expected below it, with a kind among them", path);
        return;
    }
    int kind = load_kind(l, key, n);
    if (kind < 0)
        return;
    int arm = scenario_add_arm(l->sc, key->text, kind, &e);
    if (arm < 0) {
        problem_at(l, key, path, e.code, "%s: %s", path, e.text);
        return;
    }
    for (size_t k = 0; k < n->n; k++)
        if (strcmp(n->keys[k].text, "kind") != 0)
            load_arm_field(l, arm, &n->keys[k], &n->items[k]);
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

/* ---- the document ------------------------------------------------------------------------------------- */

static void
unknown_top(struct loader *l, const struct node *key)
{
    struct top_names names;
    char section[48];
    const struct field *f = scenario_field(key->text);

    if (l->units_pass)
        return;
    top_names_init(&names);
    const char *nearest = nearest_name(l, key->text, top_name, &names);
    if (f != NULL)
        problem_at(l, key, key->text, ERR_UNKNOWN, "%s is a path: write %s below %s:", key->text, strchr(key->text, '.') + 1,
                   field_section(f, section, sizeof section));
    else
        problem_at(l, key, key->text, ERR_UNKNOWN, "no key %.60s%s%s", key->text, nearest != NULL ? ", nearest " : "",
                   nearest != NULL ? nearest : "");
}

static void
load_top_key(struct loader *l, const struct node *key, const struct node *n)
{
    const char *word = key->text;
    const struct field *f = strchr(word, '.') == NULL ? scenario_field(word) : NULL;

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
    else if (strcmp(word, "breakeven") != 0 && strcmp(word, "sources") != 0)
        unknown_top(l, key);
}

static void
load_top(struct loader *l, const struct node *root)
{
    for (size_t k = 0; k < root->n; k++)
        load_top_key(l, &root->keys[k], &root->items[k]);
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
    struct loader l = { sc, catalog, problems, bytes, true };

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
