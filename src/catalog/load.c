/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "breakeven/document.h"

#include "arena.h"
#include "names.h"
#include "tables.h"

/*
 * A catalog from its files.  Each section of a file is a kind of entry, each key
 * of an entry a row of that kind's table; what no row describes is a problem.
 * "sources" names the origins that the entries of that file refer to.
 */

#define FILE_BYTES_MAX (8u * 1024 * 1024)
#define KINDS_MAX 16
#define WORDS_BYTES 320
#define ENTRIES_AT_FIRST 256 /* room of a kind; what is not used costs nothing */

/* Of an entry, to find it by its id. */
struct known_as {
    int folder;
    uint32_t hash; /* of the id */
};

struct loader {
    struct catalog *cat;
    struct arena *arena;
    struct problems *problems;
    struct error first;       /* the first that makes an entry unusable              */
    bool failed;
    const char *file;         /* base name, owned by the arena                         */
    const char *bytes;
    size_t n_bytes;
    struct node sources;      /* of the file                                            */
    struct {
        const char *name, *words;
        struct date as_of;
    } last;                   /* source of the file that an entry named alone            */
    int folder;               /* which of the folders is being read                     */
    int cap[KINDS_MAX];
    struct known_as *known[KINDS_MAX]; /* of each entry                                   */
    const struct table *table; /* of the section at hand; NULL: unknown                   */
    char *entry;              /* room for an entry of any kind                           */
    /* How much of the file has been read, this time and the time before. */
    struct progress {
        int sections, entries;
    } read, before;
    struct { /* what had been complained of before the file */
        bool failed;
        int n, dropped, errors;
    } told;
    const char *list;         /* the price list that the file was imported from, or NULL  */
    struct later {            /* price lists that wait until all other files are read      */
        char *bytes;
        size_t n;
        const char *file;
        int folder;
    } *later;
    int n_later;
    const struct names *asked; /* models that are asked for; NULL: all                      */
    bool skips;               /* what is not asked for in the file at hand is passed over   */
    bool sure;                /* a price of the file at hand was read that is not doubtful   */
    struct cat_price *listed; /* prices of such files, in the order of reading             */
    int n_listed, cap_listed;
};

/* ---- problems ------------------------------------------------------------------------ */

static void complain(struct loader *, const struct node *, enum error_code, const char *, ...)
    BE_PRINTF(4, 5);

static void
complain(struct loader *l, const struct node *at, enum error_code code, const char *fmt, ...)
{
    char words[WORDS_BYTES];
    struct error e;
    va_list args;
    int line = at != NULL ? at->line : 0, column = at != NULL ? at->column : 0;

    va_start(args, fmt);
    vsnprintf(words, sizeof words, fmt, args);
    va_end(args);
    error_at(&e, code, line, column, "%s:%d:%d: %s", l->file, line, column, words);
    if (!l->failed)
        l->first = e;
    l->failed = true;
    if (l->problems != NULL)
        problems_add(l->problems, PROBLEM_ERROR, "", &e);
}

static const char *
keep(struct loader *l, const char *text)
{
    const char *copy = arena_copy(&l->arena, text, strlen(text));

    if (copy == NULL)
        complain(l, NULL, ERR_BUG, "no memory for the catalog");
    return copy;
}

/* ---- values ----------------------------------------------------------------------------- */

static void read_mapping(struct loader *, const struct table *, const struct node *, char *base,
                         bool *bad);

static void
set_number(char *base, size_t offset, double x)
{
    memcpy(base + offset, &x, sizeof x);
}

static bool
read_number(struct loader *l, const struct key *key, const struct node *n, double *x)
{
    double value;

    if (!node_number(n, &value)) {
        complain(l, n, ERR_SYNTAX, "%s: expected a number, found \"%s\"", key->name,
                 node_text(n, "a collection"));
        return false;
    }
    if (!(value >= key->low && value <= key->high)) {
        complain(l, n, ERR_RANGE, "%s: %g is not in %g..%g", key->name, value, key->low, key->high);
        return false;
    }
    *x = value;
    return true;
}

static bool
read_range(struct loader *l, const struct key *key, const struct node *n, char *base)
{
    double x[2];

    if (n->kind == NODE_SEQUENCE) {
        if (n->n != 2) {
            complain(l, n, ERR_SYNTAX, "%s: expected a number or [low, high]", key->name);
            return false;
        }
        if (!read_number(l, key, &n->items[0], &x[0]) || !read_number(l, key, &n->items[1], &x[1]))
            return false;
        if (x[0] > x[1]) {
            complain(l, n, ERR_RANGE, "%s: [low, high] must ascend", key->name);
            return false;
        }
    } else {
        if (!read_number(l, key, n, &x[0]))
            return false;
        x[1] = x[0];
    }
    memcpy(base + key->offset, x, sizeof x);
    return true;
}

static const char *
next_word(const void *ctx, int i)
{
    return ((const struct word *)ctx)[i].text;
}

static bool
find_word(struct loader *l, const struct key *key, const struct node *n, unsigned *value)
{
    const char *text = node_text(n, NULL);

    for (const struct word *w = key->words; w->text != NULL; w++)
        if (text != NULL && strcmp(w->text, text) == 0) {
            *value = w->value;
            return true;
        }
    const char *nearest = text != NULL ? text_nearest(text, next_word, key->words) : NULL;
    complain(l, n, ERR_UNKNOWN, "%s: \"%s\" is not one of its words; nearest \"%s\"", key->name,
             text != NULL ? text : "a collection", nearest != NULL ? nearest : key->words[0].text);
    return false;
}

static bool
read_words(struct loader *l, const struct key *key, const struct node *n, char *base)
{
    unsigned value = 0;

    if (key->type == VALUE_BITS && n->kind == NODE_SEQUENCE) {
        for (size_t i = 0; i < n->n; i++) {
            unsigned bit;
            if (!find_word(l, key, &n->items[i], &bit))
                return false;
            value |= bit;
        }
    } else if (!find_word(l, key, n, &value)) {
        return false;
    }
    if (key->type == VALUE_FLAG)
        *(bool *)(base + key->offset) = value != 0;
    else
        memcpy(base + key->offset, &value, sizeof value);
    return true;
}

static bool
read_bool(struct loader *l, const struct key *key, const struct node *n, char *base)
{
    const char *text = node_text(n, "a collection");
    bool yes = strcmp(text, "yes") == 0 || strcmp(text, "true") == 0;

    if (!yes && strcmp(text, "no") != 0 && strcmp(text, "false") != 0) {
        complain(l, n, ERR_SYNTAX, "%s: expected yes or no, found \"%s\"", key->name, text);
        return false;
    }
    *(bool *)(base + key->offset) = yes;
    return true;
}

static bool
read_date(struct loader *l, const char *key, const struct node *n, struct date *out)
{
    struct error e;

    if (date_parse(out, node_text(n, ""), &e) < 0) {
        complain(l, n, ERR_SYNTAX, "%s: %s", key, e.text);
        return false;
    }
    return true;
}

static bool
read_text(struct loader *l, const struct key *key, const struct node *n, char *base)
{
    const char *text = node_text(n, NULL);

    if (text == NULL || text[0] == '\0') {
        complain(l, n, ERR_SYNTAX, "%s: expected a text", key->name);
        return false;
    }
    *(const char **)(base + key->offset) = keep(l, text);
    return true;
}

static bool
read_list(struct loader *l, const struct key *key, const struct node *n, char *base)
{
    bool bad = false;

    if (n->kind != NODE_SEQUENCE) {
        complain(l, n, ERR_SYNTAX, "%s: expected a list", key->name);
        return false;
    }
    if (n->n > (size_t)(key->max - key->first)) {
        complain(l, n, ERR_SIZE, "%s: at most %d entries", key->name, key->max - key->first);
        return false;
    }
    for (size_t i = 0; i < n->n; i++)
        read_mapping(l, key->list, &n->items[i],
                     base + key->offset + ((size_t)key->first + i) * key->list->size, &bad);
    int count = key->first + (int)n->n;
    memcpy(base + key->count, &count, sizeof count);
    return !bad;
}

static bool
read_value(struct loader *l, const struct key *key, const struct node *n, char *base)
{
    double x;

    switch (key->type) {
    case VALUE_TEXT:
        return read_text(l, key, n, base);
    case VALUE_NUMBER:
        if (!read_number(l, key, n, &x))
            return false;
        set_number(base, key->offset, x);
        return true;
    case VALUE_RANGE:
        return read_range(l, key, n, base);
    case VALUE_BOOL:
        return read_bool(l, key, n, base);
    case VALUE_DATE:
        return read_date(l, key->name, n, (struct date *)(void *)(base + key->offset));
    case VALUE_WORD:
    case VALUE_BITS:
    case VALUE_FLAG:
        return read_words(l, key, n, base);
    case VALUE_LIST:
        return read_list(l, key, n, base);
    }
    return false;
}

/* ---- a mapping by its table -------------------------------------------------------------- */

static void
set_initial(const struct table *t, char *base)
{
    memset(base, 0, t->size);
    for (int i = 0; i < t->n_keys; i++) {
        const struct key *key = &t->keys[i];

        if (key->type == VALUE_NUMBER || key->type == VALUE_RANGE)
            set_number(base, key->offset, key->initial);
        if (key->type == VALUE_RANGE)
            set_number(base, key->offset + sizeof(double), key->initial);
        if (key->type == VALUE_LIST)
            memcpy(base + key->count, &key->first, sizeof key->first);
    }
}

static const char *
next_key(const void *ctx, int i)
{
    const struct table *t = ctx;

    return i < t->n_keys ? t->keys[i].name : NULL;
}

/* From *at on, where the next is to be looked for: entries are mostly written in the table's order. */
static const struct key *
find_key(const struct table *t, const char *name, int *at)
{
    for (int k = 0, i = *at; k < t->n_keys; k++, i++) {
        if (i >= t->n_keys)
            i = 0;
        if (t->keys[i].name[0] == name[0] && strcmp(t->keys[i].name, name) == 0) {
            *at = i + 1;
            return &t->keys[i];
        }
    }
    return NULL;
}

static bool
is_origin_key(const char *name)
{
    return strcmp(name, "source") == 0 || strcmp(name, "as_of") == 0;
}

static void
read_mapping(struct loader *l, const struct table *t, const struct node *n, char *base, bool *bad)
{
    const bool is_kind = t->name != NULL;
    uint64_t seen = 0;
    int next = 0;

    set_initial(t, base);
    if (n->kind != NODE_MAPPING) {
        complain(l, n, ERR_SYNTAX, "expected an entry with keys");
        *bad = true;
        return;
    }
    for (size_t i = 0; i < n->n; i++) {
        const char *name = node_text(&n->keys[i], "");
        const struct key *key = find_key(t, name, &next);

        if (key == NULL) {
            if (is_kind && is_origin_key(name))
                continue;
            const char *nearest = text_nearest(name, next_key, t);
            if (nearest != NULL)
                complain(l, &n->keys[i], ERR_UNKNOWN, "unknown key \"%s\", nearest \"%s\"", name, nearest);
            else
                complain(l, &n->keys[i], ERR_UNKNOWN, "unknown key \"%s\"", name);
            *bad = true;
        } else if (n->items[i].kind != NODE_NULL) {
            seen |= (uint64_t)1 << (key - t->keys);
            if (!read_value(l, key, &n->items[i], base))
                *bad = true;
        }
    }
    for (int i = 0; i < t->n_keys; i++)
        if (t->keys[i].required && !(seen >> i & 1)) {
            complain(l, n, ERR_SYNTAX, "the entry has no \"%s\"", t->keys[i].name);
            *bad = true;
        }
}

/* ---- where a figure comes from --------------------------------------------------------------- */

/* The words of one source: an entry of the file's "sources", or the text itself. */
static const char *
source_words(struct loader *l, const struct node *n, struct date *as_of)
{
    const char *name = node_text(n, "");
    const struct node *row = node_get(&l->sources, name);

    if (row == NULL)
        return name;
    const struct node *date = node_get(row, "as_of");
    if (date != NULL && as_of->year == 0)
        read_date(l, "as_of", date, as_of);
    return node_text(node_get(row, "text"), "");
}

static bool
read_origin(struct loader *l, const struct node *n, struct origin *o)
{
    const struct node *source = node_get(n, "source"), *as_of = node_get(n, "as_of");
    const char *alone = node_text(source, NULL);
    struct buffer words;

    o->file = l->file;
    o->line = n->line;
    if (as_of == NULL && alone != NULL && l->last.name != NULL && strcmp(l->last.name, alone) == 0) {
        o->text = l->last.words;
        o->as_of = l->last.as_of;
        return true;
    }
    if (as_of != NULL && !read_date(l, "as_of", as_of, &o->as_of))
        return false;
    buffer_init(&words);
    if (source != NULL && source->kind == NODE_SEQUENCE) {
        for (size_t i = 0; i < source->n; i++) {
            if (i > 0)
                buffer_puts(&words, "; ");
            buffer_puts(&words, source_words(l, &source->items[i], &o->as_of));
        }
    } else if (source != NULL) {
        buffer_puts(&words, source_words(l, source, &o->as_of));
    }
    o->text = keep(l, words.text != NULL ? words.text : "");
    bool empty = words.n == 0 || words.failed;
    buffer_release(&words);
    if (empty) {
        complain(l, n, ERR_SYNTAX, "the entry has no source");
        return false;
    }
    if (o->as_of.year == 0) {
        complain(l, n, ERR_SYNTAX, "the entry has no date: add \"as_of: YYYY-MM-DD\"");
        return false;
    }
    if (as_of == NULL && alone != NULL && o->text != NULL) {
        l->last.name = keep(l, alone);
        l->last.words = o->text;
        l->last.as_of = o->as_of;
    }
    return true;
}

/* ---- the catalog's arrays --------------------------------------------------------------------- */

static char *
entries_of(const struct catalog *cat, const struct table *t)
{
    char *entries;

    memcpy(&entries, (const char *)cat + t->entries, sizeof entries);
    return entries;
}

static int
count_of(const struct catalog *cat, const struct table *t)
{
    return *(const int *)(const void *)((const char *)cat + t->n_entries);
}

static const char *
id_of(const struct table *t, const char *entry)
{
    return *(const char *const *)(const void *)(entry + t->id);
}

/* FNV-1a. */
static uint32_t
hash_of(const char *id)
{
    uint32_t h = 2166136261u;

    for (; *id != '\0'; id++)
        h = (h ^ (unsigned char)*id) * 16777619u;
    return h;
}

/* Where the entry of this id stands among the first n of its kind; n: nowhere. */
static int
place_of_id(const struct loader *l, const struct table *t, int n, const char *id)
{
    const struct known_as *known = l->known[t - catalog_tables];
    const char *entries = entries_of(l->cat, t);
    uint32_t hash = hash_of(id);
    int i = 0;

    while (i < n && (known[i].hash != hash || strcmp(id_of(t, entries + (size_t)i * t->size), id) != 0))
        i++;
    return i;
}

static bool
reserve(struct loader *l, const struct table *t)
{
    int kind = (int)(t - catalog_tables), n = count_of(l->cat, t);
    char *entries = entries_of(l->cat, t);

    if (n < l->cap[kind])
        return true;
    int cap = l->cap[kind] > 0 ? 2 * l->cap[kind] : ENTRIES_AT_FIRST;
    struct known_as *known = realloc(l->known[kind], (size_t)cap * sizeof *known);
    if (known == NULL)
        return false;
    l->known[kind] = known;
    char *grown = realloc(entries, (size_t)cap * t->size);
    if (grown == NULL)
        return false;
    memcpy((char *)l->cat + t->entries, &grown, sizeof grown);
    l->cap[kind] = cap;
    return true;
}

/* A price of an imported list waits until all lists are known. */
static void
store_listed(struct loader *l, const struct node *at, const struct cat_price *p)
{
    if (l->n_listed == l->cap_listed) {
        int cap = l->cap_listed > 0 ? 2 * l->cap_listed : 64;
        struct cat_price *listed = realloc(l->listed, (size_t)cap * sizeof *listed);
        if (listed == NULL) {
            complain(l, at, ERR_BUG, "no memory for the catalog");
            return;
        }
        l->listed = listed;
        l->cap_listed = cap;
    }
    l->listed[l->n_listed] = *p;
    l->listed[l->n_listed].list = l->list;
    l->listed[l->n_listed++].imported = true;
    l->sure |= !price_is_doubtful(p);
}

/* An offer of an imported table that is older than the one that is there changes nothing. */
static bool
is_older(const struct loader *l, const struct table *t, const char *entry, const char *there)
{
    const struct origin *mine = (const struct origin *)(const void *)(entry + t->origin);
    const struct origin *its = (const struct origin *)(const void *)(there + t->origin);

    return l->list != NULL && date_compare(mine->as_of, its->as_of) < 0;
}

/* Add it, or let it replace the one of its id from an earlier folder. */
static void
store(struct loader *l, const struct table *t, const struct node *at, const char *entry)
{
    int kind = (int)(t - catalog_tables), n = count_of(l->cat, t), i = place_of_id(l, t, n, id_of(t, entry));
    char *entries = entries_of(l->cat, t);

    if (i < n && l->known[kind][i].folder == l->folder) {
        complain(l, at, ERR_CONFLICT, "%s has \"%s\" twice", t->name, id_of(t, entry));
        return;
    }
    if (i < n && is_older(l, t, entry, entries + (size_t)i * t->size))
        return;
    if (i == n) {
        if (!reserve(l, t)) {
            complain(l, at, ERR_BUG, "no memory for the catalog");
            return;
        }
        *(int *)(void *)((char *)l->cat + t->n_entries) = n + 1;
        entries = entries_of(l->cat, t);
    }
    memcpy(entries + (size_t)i * t->size, entry, t->size);
    l->known[kind][i] = (struct known_as){ l->folder, hash_of(id_of(t, entry)) };
}

/* An imported offer may outlive the description of its card; that is no reason to stop. */
static bool
is_of_unknown_card(const struct loader *l, const struct table *t, const char *entry)
{
    const struct cat_gpu_price *p = (const struct cat_gpu_price *)(const void *)entry;

    return l->list != NULL && t == &catalog_tables[CATALOG_GPU_PRICES] && catalog_gpu(l->cat, p->gpu) == NULL;
}

static void
read_entry(struct loader *l, const struct table *t, const struct node *n, char *entry)
{
    struct origin *origin = (struct origin *)(void *)(entry + t->origin);
    char made_up[256] = "";
    struct error e;
    bool bad = false;

    read_mapping(l, t, n, entry, &bad);
    if (n->kind != NODE_MAPPING || !read_origin(l, n, origin) || bad)
        return;
    if (t->finish != NULL && t->finish(entry, made_up, sizeof made_up, &e) < 0) {
        complain(l, n, e.code, "%s", e.text);
        return;
    }
    if (made_up[0] != '\0')
        *(const char **)(void *)(entry + t->id) = keep(l, made_up);
    if (is_of_unknown_card(l, t, entry))
        return;
    if (l->list != NULL && t == &catalog_tables[CATALOG_PRICES])
        store_listed(l, n, (const struct cat_price *)(const void *)entry);
    else if (id_of(t, entry) != NULL)
        store(l, t, n, entry);
}

/* ---- files ------------------------------------------------------------------------------------- */

static const char *
next_table(const void *ctx, int i)
{
    (void)ctx;
    return catalog_tables[i].name;
}

/* The table of the next section; NULL: there is none of its name. *new: nothing was said of it yet. */
static const struct table *
next_section(struct loader *l, const struct node *key, bool *new)
{
    const struct table *t = catalog_tables;
    const char *name = node_text(key, "");

    *new = l->read.sections++ >= l->before.sections;
    while (t->name != NULL && strcmp(t->name, name) != 0)
        t++;
    if (t->name != NULL)
        return t;
    const char *nearest = text_nearest(name, next_table, NULL);
    if (*new)
        complain(l, key, ERR_UNKNOWN, "unknown section \"%s\", nearest \"%s\"", name,
                 nearest != NULL ? nearest : catalog_tables[0].name);
    return NULL;
}

static void
next_entry(struct loader *l, const struct table *t, const struct node *n)
{
    if (l->read.entries++ >= l->before.entries && t != NULL)
        read_entry(l, t, n, l->entry);
}

static void
read_section(struct loader *l, const struct node *key, const struct node *section)
{
    bool new;
    const struct table *t = next_section(l, key, &new);

    if (t != NULL && new && section->kind != NODE_NULL && section->kind != NODE_SEQUENCE)
        complain(l, section, ERR_SYNTAX, "%s: expected a list of entries", t->name);
    for (size_t i = 0; section->kind == NODE_SEQUENCE && i < section->n; i++)
        next_entry(l, t, &section->items[i]);
}

/* What the sections below refer to; false: it is a section. */
static bool
read_head(struct loader *l, const char *name, const struct node *value)
{
    if (strcmp(name, "sources") == 0)
        l->sources = *value;
    else if (strcmp(name, "list") != 0)
        return false;
    else if (node_text(value, NULL) != NULL)
        l->list = keep(l, node_text(value, ""));
    return true;
}

/* Whether a line begins so. */
static bool
has_line(const char *bytes, size_t n, const char *words)
{
    const size_t length = strlen(words);

    for (const char *line = bytes, *end = bytes + n; line != NULL && (size_t)(end - line) >= length;) {
        if (memcmp(line, words, length) == 0)
            return true;
        line = memchr(line, '\n', (size_t)(end - line));
        line += line != NULL;
    }
    return false;
}

/* ---- a file entry by entry, so long as what they refer to stands before them -------------------------- */

static bool
head_is_read(const struct loader *l)
{
    return (l->sources.kind != NODE_NULL || !has_line(l->bytes, l->n_bytes, "sources:")) &&
           (l->list != NULL || !has_line(l->bytes, l->n_bytes, "list:"));
}

/* Lines as import writes them: "- {model: NAME, ..., source: list}". Of each list a price that is not doubtful is read, so
 * that its day counts among the days of the catalog. */
static bool
pass_over(void *ctx, const char *line, size_t n)
{
    static const char head[] = "- {model: ", tail[] = ", source: list}";
    struct loader *l = ctx;
    const size_t begin = sizeof head - 1, end = sizeof tail - 1;
    size_t name = 0;

    if (!l->skips || !l->sure || n < begin + end || memcmp(line, head, begin) != 0 || memcmp(line + n - end, tail, end) != 0)
        return false;
    while (begin + name < n && names_may_hold(line[begin + name]))
        name++;
    if (name == 0 || line[begin + name] != ',' || names_hold(l->asked, line + begin, name))
        return false;
    l->read.entries++;
    l->cat->partial = true;
    return true;
}

static bool
begin_section(void *ctx, const struct node *key)
{
    struct loader *l = ctx;
    bool new;

    if (l->read.sections == 0 && !head_is_read(l))
        return false;
    l->table = next_section(l, key, &new);
    return true;
}

static void
take_entry(void *ctx, const struct node *entry)
{
    struct loader *l = ctx;

    next_entry(l, l->table, entry);
}

static bool
take_value(void *ctx, const struct node *key, const struct node *value)
{
    struct loader *l = ctx;

    if (read_head(l, node_text(key, ""), value))
        return true;
    if (l->read.sections == 0 && !head_is_read(l))
        return false;
    read_section(l, key, value);
    return true;
}

/* ---- a file as a whole ---------------------------------------------------------------------------------- */

/* Of a text that is no YAML nothing else is said. */
static void
take_back(struct loader *l)
{
    l->failed = l->told.failed;
    if (l->problems != NULL) {
        l->problems->n = l->told.n;
        l->problems->dropped = l->told.dropped;
        l->problems->errors = l->told.errors;
    }
}

static void
read_whole(struct loader *l)
{
    struct document *doc = NULL;
    struct error e;

    if (document_parse_yaml(&doc, l->bytes, l->n_bytes, &e) < 0) {
        struct node at = { .line = e.line, .column = e.column };
        take_back(l);
        complain(l, &at, e.code, "%s", e.text);
        return;
    }
    const struct node *root = document_root(doc);
    if (root->kind != NODE_MAPPING)
        complain(l, root, ERR_SYNTAX, "expected sections of entries");
    for (size_t i = 0; root->kind == NODE_MAPPING && i < root->n; i++)
        read_head(l, node_text(&root->keys[i], ""), &root->items[i]);
    for (size_t i = 0; root->kind == NODE_MAPPING && i < root->n; i++)
        if (!read_head(l, node_text(&root->keys[i], ""), &root->items[i]))
            read_section(l, &root->keys[i], &root->items[i]);
    document_free(doc);
}

static void
begin_file(struct loader *l, const char *bytes, size_t n)
{
    l->bytes = bytes;
    l->n_bytes = n;
    l->sources = (struct node){ .kind = NODE_NULL };
    l->list = NULL;
    l->last.name = NULL;
    l->sure = false;
}

static void
read_bytes(struct loader *l, const char *bytes, size_t n)
{
    const struct document_reader reader = { l, begin_section, take_entry, take_value, l->asked != NULL ? pass_over : NULL };

    l->read = l->before = (struct progress){ 0, 0 };
    l->told.failed = l->failed;
    if (l->problems != NULL) {
        l->told.n = l->problems->n;
        l->told.dropped = l->problems->dropped;
        l->told.errors = l->problems->errors;
    }
    begin_file(l, bytes, n);
    if (document_give_entries(&reader, bytes, n))
        return;
    l->before = l->read;
    l->read = (struct progress){ 0, 0 };
    begin_file(l, bytes, n);
    read_whole(l);
}

static bool
is_price_list(const char *bytes, size_t n)
{
    return has_line(bytes, n, "list:") && has_line(bytes, n, "prices:");
}

/* Nothing in it has a day or a successor of its own, and there is nothing else in it. */
static bool
can_wait(const char *bytes, size_t n)
{
    const char *day = strstr(bytes, "as_of:");

    return day != NULL && strstr(day + 1, "as_of:") == NULL && strstr(bytes, "successor:") == NULL &&
           !has_line(bytes, n, "gpu-prices:") && strlen(bytes) == n;
}

static bool
keep_for_later(struct loader *l, char *bytes, size_t n)
{
    struct later *later = realloc(l->later, ((size_t)l->n_later + 1) * sizeof *later);

    if (later == NULL)
        return false;
    l->later = later;
    later[l->n_later++] = (struct later){ bytes, n, l->file, l->folder };
    return true;
}

static void
read_later(struct loader *l)
{
    for (int k = 0; k < l->n_later; k++) {
        l->file = l->later[k].file;
        l->folder = l->later[k].folder;
        read_bytes(l, l->later[k].bytes, l->later[k].n);
        free(l->later[k].bytes);
    }
    l->n_later = 0;
}

/* Of two lists of one day the one that is read first goes first: all wait, or none. */
static bool
waits(struct loader *l, char *bytes, size_t n)
{
    if (l->asked == NULL || !is_price_list(bytes, n))
        return false;
    if (can_wait(bytes, n) && keep_for_later(l, bytes, n))
        return true;
    const char *file = l->file;
    const int folder = l->folder;
    l->asked = NULL;
    read_later(l);
    l->file = file;
    l->folder = folder;
    return false;
}

static int
read_file(struct loader *l, const char *folder, const char *name, struct error *err)
{
    struct buffer path;
    char *bytes = NULL;
    size_t n;
    int status = -1;

    buffer_init(&path);
    buffer_printf(&path, "%s/%s", folder, name);
    if (!path.failed)
        status = file_read(path.text, FILE_BYTES_MAX, &bytes, &n, NULL, err);
    else
        error_set(err, ERR_BUG, "no memory for the catalog");
    buffer_release(&path);
    if (status < 0)
        return -1;
    l->file = keep(l, name);
    if (l->file == NULL)
        status = error_set(err, ERR_BUG, "no memory for the catalog");
    else if (waits(l, bytes, n))
        return 0;
    else
        read_bytes(l, bytes, n);
    free(bytes);
    return status;
}

static int
read_folder(struct loader *l, const char *folder, struct error *err)
{
    char **names = NULL;
    int n = 0;

    if (file_list(folder, ".yaml", &names, err) < 0)
        return -1;
    for (; names != NULL && names[n] != NULL; n++)
        if (read_file(l, folder, names[n], err) < 0) {
            file_list_free(names);
            return -1;
        }
    file_list_free(names);
    /* The first folder is the shipped one; others may be empty or not there yet. */
    if (n == 0 && l->folder == 0)
        return error_set(err, ERR_IO, "%s holds no catalog files", folder);
    return 0;
}

/* A price of a card that no file describes can never be found again. */
static void
check_names(struct loader *l)
{
    for (int i = 0; i < l->cat->n_gpu_prices; i++) {
        const struct cat_gpu_price *p = &l->cat->gpu_prices[i];
        struct node at = { .line = p->origin.line, .column = 1 };

        if (catalog_gpu(l->cat, p->gpu) == NULL) {
            l->file = p->origin.file;
            complain(l, &at, ERR_UNKNOWN, "gpu: no GPU is called \"%s\"", p->gpu);
        }
    }
}

/* ---- what imported lists change -------------------------------------------------------------------- */

struct listed {
    const struct cat_price *p;
    int at;
};

/* By id; of one id the one that goes first: the newest, doubtful ones last, then the first read. */
static int
by_precedence(const void *a, const void *b)
{
    const struct listed *x = a, *y = b;
    int order = strcmp(x->p->id, y->p->id);

    if (order == 0)
        order = (int)price_is_doubtful(x->p) - (int)price_is_doubtful(y->p);
    if (order == 0)
        order = date_compare(y->p->origin.as_of, x->p->origin.as_of);
    return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

static double
first_known(double a, double b)
{
    return known(a) ? a : b;
}

/* What lists never say stays as it was; likewise batch prices of a price that is the same, and
 * changes announced for later than the list's day. */
static void
inherit(struct cat_price *p, const struct cat_price *from)
{
    struct token_price *mine = &p->steps[price_on(p, p->origin.as_of) - p->steps].price;
    const struct token_price *its = &price_on(from, p->origin.as_of)->price;

    p->training_usd_mtok = first_known(p->training_usd_mtok, from->training_usd_mtok);
    p->tuned_input = first_known(p->tuned_input, from->tuned_input);
    p->tuned_output = first_known(p->tuned_output, from->tuned_output);
    p->endpoint_usd_h = first_known(p->endpoint_usd_h, from->endpoint_usd_h);
    p->monthly_minimum_usd = first_known(p->monthly_minimum_usd, from->monthly_minimum_usd);
    p->ttft_ms = first_known(p->ttft_ms, from->ttft_ms);
    p->output_tokens_per_s = first_known(p->output_tokens_per_s, from->output_tokens_per_s);
    if (p->successor == NULL)
        p->successor = from->successor;
    if (p->retired.year == 0)
        p->retired = from->retired;
    bool same = fabs(mine->input - its->input) <= 1e-9 * its->input && fabs(mine->output - its->output) <= 1e-9 * its->output;
    if (same && !known(mine->batch_input) && !known(mine->batch_output)) {
        mine->batch_input = its->batch_input;
        mine->batch_output = its->batch_output;
    }
    if (same)
        mine->cache_write = first_known(mine->cache_write, its->cache_write);
    for (int k = 1; k < from->n_steps && p->n_steps < PRICE_STEPS_MAX; k++)
        if (date_compare(from->steps[k].from, p->origin.as_of) > 0 &&
            date_compare(from->steps[k].from, p->steps[p->n_steps - 1].from) > 0)
            p->steps[p->n_steps++] = from->steps[k];
}

static int
by_model(const void *a, const void *b)
{
    const struct cat_price *const *x = a, *const *y = b;
    int order = strcmp((*x)->model, (*y)->model);

    return order != 0 ? order : strcmp((*x)->host, (*y)->host);
}

static int
by_host(const void *a, const void *b)
{
    const struct cat_price *const *x = a, *const *y = b;

    return strcmp((*x)->host, (*y)->host);
}

/* An entry of a kind that is known by its name alone. */
static void
add_named(struct loader *l, enum catalog_kind kind, const struct cat_price *p)
{
    const struct table *t = &catalog_tables[kind];

    if (!reserve(l, t)) {
        complain(l, NULL, ERR_BUG, "no memory for the catalog");
        return;
    }
    int n = count_of(l->cat, t);
    char *entry = entries_of(l->cat, t) + (size_t)n * t->size;
    set_initial(t, entry);
    if (kind == CATALOG_MODELS) {
        struct cat_model *m = (struct cat_model *)(void *)entry;
        m->id = m->name = p->model;
        m->vendor = "unknown";
        m->context_tokens = p->context_tokens;
        m->max_output_tokens = p->max_output_tokens;
        m->imported = true;
        m->origin = p->origin;
    } else {
        struct cat_host *h = (struct cat_host *)(void *)entry;
        h->id = h->name = p->host;
        h->origin = p->origin;
    }
    *(int *)(void *)((char *)l->cat + t->n_entries) = n + 1;
}

/* Models and hosts that only lists name. */
static void
name_the_new(struct loader *l, int first_new)
{
    struct catalog *cat = l->cat;
    int n = cat->n_prices - first_new, own_models = cat->n_models, own_hosts = cat->n_hosts;
    const struct cat_price **p = malloc(((size_t)n + 1) * sizeof *p);

    if (p == NULL) {
        complain(l, NULL, ERR_BUG, "no memory for the catalog");
        return;
    }
    for (int i = 0; i < n; i++)
        p[i] = &cat->prices[first_new + i];
    qsort(p, (size_t)n, sizeof *p, by_model);
    for (int i = 0; i < n; i++) {
        bool there = i > 0 && strcmp(p[i]->model, p[i - 1]->model) == 0;
        if (!there && place_of_id(l, &catalog_tables[CATALOG_MODELS], own_models, p[i]->model) == own_models)
            add_named(l, CATALOG_MODELS, p[i]);
    }
    qsort(p, (size_t)n, sizeof *p, by_host);
    for (int i = 0; i < n; i++) {
        bool there = i > 0 && strcmp(p[i]->host, p[i - 1]->host) == 0;
        if (!there && place_of_id(l, &catalog_tables[CATALOG_HOSTS], own_hosts, p[i]->host) == own_hosts)
            add_named(l, CATALOG_HOSTS, p[i]);
    }
    free(p);
}

/* One price of a list into the catalog: over the one in force, beside it, or as a new one. */
static void
place(struct loader *l, int own, const struct cat_price *p, bool best)
{
    struct catalog *cat = l->cat;
    int at = place_of_id(l, &catalog_tables[CATALOG_PRICES], own, p->id);
    struct cat_price *base = at < own ? &cat->prices[at] : NULL;

    if (base == NULL && best) {
        if (!reserve(l, &catalog_tables[CATALOG_PRICES])) {
            complain(l, NULL, ERR_BUG, "no memory for the catalog");
            return;
        }
        cat->prices[cat->n_prices++] = *p;
        return;
    }
    int surer = base != NULL ? (int)price_is_doubtful(base) - (int)price_is_doubtful(p) : 0;
    if (base != NULL && best &&
        (surer > 0 || (surer == 0 && date_compare(p->origin.as_of, base->origin.as_of) >= 0))) {
        struct cat_price was = *base;

        *base = *p;
        inherit(base, &was);
        cat->others[cat->n_others++] = was;
        return;
    }
    cat->others[cat->n_others++] = *p;
}

static void
apply_lists(struct loader *l)
{
    int n = l->n_listed, own = l->cat->n_prices;
    struct listed *order = malloc((size_t)n * sizeof *order);

    l->cat->others = malloc((size_t)n * sizeof *l->cat->others);
    if (order == NULL || l->cat->others == NULL) {
        complain(l, NULL, ERR_BUG, "no memory for the catalog");
        free(order);
        return;
    }
    for (int i = 0; i < n; i++)
        order[i] = (struct listed){ &l->listed[i], i };
    qsort(order, (size_t)n, sizeof *order, by_precedence);
    for (int i = 0; i < n; i++)
        place(l, own, order[i].p, i == 0 || strcmp(order[i].p->id, order[i - 1].p->id) != 0);
    free(order);
    name_the_new(l, own);
}

static int
finish(struct loader *l, struct catalog **out, int status, struct error *err)
{
    for (int k = 0; k < KINDS_MAX; k++)
        free(l->known[k]);
    free(l->entry);
    for (int k = 0; k < l->n_later; k++)
        free(l->later[k].bytes);
    free(l->later);
    free(l->listed);
    l->cat->arena = l->arena;
    if (status == 0 && l->failed) {
        if (err != NULL)
            *err = l->first;
        status = -1;
    }
    if (status < 0)
        catalog_free(l->cat);
    else
        *out = l->cat;
    return status;
}

static void
ask_for(struct names *asked, const char *name)
{
    if (name != NULL)
        names_add(asked, name, strlen(name));
}

/* The models that the catalog's own files know. */
static void
ask_for_known(const struct catalog *cat, struct names *asked)
{
    for (int i = 0; i < cat->n_models; i++)
        ask_for(asked, cat->models[i].id);
    for (int i = 0; i < cat->n_prices; i++) {
        ask_for(asked, cat->prices[i].model);
        ask_for(asked, cat->prices[i].successor);
    }
}

static bool
begin_catalog(struct loader *l)
{
    size_t most = 0;

    for (const struct table *t = catalog_tables; t->name != NULL; t++)
        most = t->size > most ? t->size : most;
    l->entry = malloc(most);
    l->cat = calloc(1, sizeof *l->cat);
    if (l->entry != NULL && l->cat != NULL)
        return true;
    free(l->entry);
    free(l->cat);
    return false;
}

static int
load(struct loader *l, struct catalog **out, const char *const *folders, int n_folders, struct names *asked, struct error *err)
{
    int status = 0;

    if (!begin_catalog(l))
        return error_set(err, ERR_BUG, "no memory for the catalog");
    l->file = "";
    l->asked = asked;
    for (l->folder = 0; l->folder < n_folders && status == 0; l->folder++)
        status = read_folder(l, folders[l->folder], err);
    if (status == 0 && l->n_later > 0) {
        ask_for_known(l->cat, asked);
        l->skips = true;
        read_later(l);
    }
    if (status == 0 && l->n_listed > 0)
        apply_lists(l);
    if (status == 0 && !l->failed)
        check_names(l);
    return finish(l, out, status, err);
}

int
catalog_load(struct catalog **out, const char *const *folders, int n_folders,
             struct problems *problems, struct error *err)
{
    struct loader l = { .problems = problems };

    return load(&l, out, folders, n_folders, NULL, err);
}

int
catalog_load_for(struct catalog **out, const char *const *folders, int n_folders, const char *const *texts, int n_texts,
                 struct problems *problems, struct error *err)
{
    struct loader l = { .problems = problems };
    struct names asked = { 0 };

    for (int k = 0; k < n_texts; k++) {
        asked.failed |= strchr(texts[k], '\\') != NULL; /* a name may be written in escapes */
        names_of_text(&asked, texts[k]);
    }
    int status = load(&l, out, folders, n_folders, &asked, err);
    names_free(&asked);
    return status;
}

int
catalog_check_file(const char *name, const char *bytes, size_t n, struct error *err)
{
    struct loader l = { .file = name };
    struct catalog *cat = NULL;

    if (n > FILE_BYTES_MAX)
        return error_set(err, ERR_SIZE, "%s would have more than %u bytes", name, FILE_BYTES_MAX);
    if (!begin_catalog(&l))
        return error_set(err, ERR_BUG, "no memory for the catalog");
    read_bytes(&l, bytes, n);
    int status = finish(&l, &cat, 0, err);
    if (status == 0)
        catalog_free(cat);
    return status;
}

bool
catalog_is_list_file(const char *bytes, size_t n)
{
    struct document *doc = NULL;
    struct error e;

    if (document_parse_yaml(&doc, bytes, n, &e) < 0)
        return false;
    bool is = node_text(node_get(document_root(doc), "list"), NULL) != NULL;
    document_free(doc);
    return is;
}

void
catalog_free(struct catalog *cat)
{
    if (cat == NULL)
        return;
    for (const struct table *t = catalog_tables; t->name != NULL; t++)
        free(entries_of(cat, t));
    free(cat->others);
    arena_free(cat->arena);
    free(cat);
}
