/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "loader.h"

/*
 * A catalog from its files.  Each section of a file is a kind of entry, each key
 * of an entry a row of that kind's table; what no row describes is a problem.
 * "sources" names the origins that the entries of that file refer to.
 */

#define FILE_BYTES_MAX (8u * 1024 * 1024)

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
        loader_complain(l, key, ERR_UNKNOWN, "unknown section \"%s\", nearest \"%s\"", name,
                 nearest != NULL ? nearest : catalog_tables[0].name);
    return NULL;
}

static void
next_entry(struct loader *l, const struct table *t, const struct node *n)
{
    if (l->read.entries++ >= l->before.entries && t != NULL)
        entries_take(l, t, n, l->entry);
}

static void
read_section(struct loader *l, const struct node *key, const struct node *section)
{
    bool new;
    const struct table *t = next_section(l, key, &new);

    if (t != NULL && new && section->kind != NODE_NULL && section->kind != NODE_SEQUENCE)
        loader_complain(l, section, ERR_SYNTAX, "%s: expected a list of entries", t->name);
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
        l->list = loader_keep(l, node_text(value, ""));
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
        loader_complain(l, &at, e.code, "%s", e.text);
        return;
    }
    const struct node *root = document_root(doc);
    if (root->kind != NODE_MAPPING)
        loader_complain(l, root, ERR_SYNTAX, "expected sections of entries");
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
    l->file = loader_keep(l, name);
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
            loader_complain(l, &at, ERR_UNKNOWN, "gpu: no GPU is called \"%s\"", p->gpu);
        }
    }
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
        lists_apply(l);
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
