/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

/*
 * models.dev: {provider: {id, name, models: {id: {cost: {...}}}}} as it is served, or a
 * folder of TOML files, one a model, as it is authored.  Prices are USD per million tokens.
 * The served list adds context_over_200k where there is one tier: it may mean 272k or
 * 512k, so the tiers alone are read.
 */

#define FILE_BYTES_MAX (1024 * 1024)
#define FILES_MAX 50000

/* A model's own file over the one that it inherits from, less what it leaves out. Merging is
 * by key, so that looking into the one and then the other says the same. */
struct view {
    const struct node *own, *base, *omit;
};

static const struct node *
walk(const struct node *n, const char *path)
{
    char part[64];

    while (n != NULL && *path != '\0') {
        size_t len = strcspn(path, ".");

        if (len >= sizeof part)
            return NULL;
        memcpy(part, path, len);
        part[len] = '\0';
        n = import_last(n, part);
        path += len + (path[len] == '.');
    }
    return n;
}

static bool
is_omitted(const struct view *v, const char *path)
{
    for (size_t i = 0; v->omit != NULL && v->omit->kind == NODE_SEQUENCE && i < v->omit->n; i++) {
        const char *o = node_text(&v->omit->items[i], "");
        size_t n = strlen(o);

        if (n > 0 && strncmp(path, o, n) == 0 && (path[n] == '\0' || path[n] == '.'))
            return true;
    }
    return false;
}

static const struct node *
get(const struct view *v, const char *path)
{
    const struct node *n = walk(v->own, path);

    if (n == NULL && v->base != NULL && !is_omitted(v, path))
        n = walk(v->base, path);
    return n;
}

static double
number_at(struct importer *im, const struct view *v, const char *path)
{
    const struct node *n = get(v, path);
    double x;

    if (n == NULL || n->kind == NODE_NULL)
        return NAN;
    if (!node_number(n, &x) || x < 0) {
        import_doubt(im, "%s is %s", path, node_number(n, &x) ? "negative" : "not a number");
        return NAN;
    }
    return x;
}

/* ---- one model ------------------------------------------------------------------------ */

static void
read_tiers(struct importer *im, const struct node *tiers, struct price_step *s)
{
    for (size_t i = 0; tiers != NULL && tiers->kind == NODE_SEQUENCE && i < tiers->n; i++) {
        const struct node *t = &tiers->items[i], *what = import_last(t, "tier");
        const char *type = node_text(import_last(what, "type"), "context");
        struct price_tier tier = { .above_tokens = import_tokens(what, "size") };

        if (strcmp(type, "context") != 0 || !known(tier.above_tokens)) {
            import_doubt(im, "a tier that is not by the size of the context was not used");
            continue;
        }
        if (!import_room_for_tier(im, s))
            break;
        tier.price = (struct token_price){
            import_number(im, t, "input", 1),      import_number(im, t, "output", 1),
            import_number(im, t, "cache_read", 1), import_number(im, t, "cache_write", 1), NAN, NAN,
        };
        s->tiers[s->n_tiers++] = tier;
    }
    import_sort_tiers(im, s);
}

static void
doubt_unread(struct importer *im, const struct node *cost)
{
    static const char *const read[] = { "input", "output", "cache_read", "cache_write", "tiers", "context_over_200k",
                                        "reasoning", "input_audio", "output_audio" };
    double x;

    for (size_t i = 0; cost != NULL && cost->kind == NODE_MAPPING && i < cost->n; i++) {
        const char *key = node_text(&cost->keys[i], "");
        bool good = false;

        for (size_t k = 0; k < BE_LEN(read); k++)
            good = good || strcmp(key, read[k]) == 0;
        if (!good && strcmp(key, "request") == 0 && node_number(&cost->items[i], &x))
            import_doubt(im, "cost.request %.6g was not used: its unit is not said", x);
        else if (!good)
            import_doubt(im, "cost.%s was not used", key);
    }
}

static bool
speaks(const struct view *v)
{
    const struct node *out = get(v, "modalities.output");

    if (out == NULL || out->kind != NODE_SEQUENCE || out->n == 0)
        return true;
    for (size_t i = 0; i < out->n; i++)
        if (strcmp(node_text(&out->items[i], ""), "text") == 0)
            return true;
    return false;
}

static double
limit_of(const struct view *v, const char *path)
{
    const struct node *n = get(v, path);
    double x;

    return n != NULL && node_number(n, &x) && x >= 1 && x <= 1e9 ? x : NAN;
}

static void
read_model(struct importer *im, const char *provider, const char *id, const struct view *v)
{
    const struct node *own_cost = walk(v->own, "cost");
    struct cat_price p;
    char key[256];

    if ((size_t)snprintf(key, sizeof key, "%s/%s", provider, id) >= sizeof key) {
        import_skip(im, id, "its name is too long");
        return;
    }
    if (!speaks(v)) {
        import_skip(im, key, "not a text model");
        return;
    }
    if (get(v, "cost") == NULL) {
        import_skip(im, key, "no price");
        return;
    }
    import_clear(&p);
    struct price_step *s = &p.steps[0];
    s->price = (struct token_price){
        number_at(im, v, "cost.input"),      number_at(im, v, "cost.output"),
        number_at(im, v, "cost.cache_read"), number_at(im, v, "cost.cache_write"), NAN, NAN,
    };
    read_tiers(im, get(v, "cost.tiers"), s);
    if (s->n_tiers == 0 && get(v, "cost.context_over_200k") != NULL)
        import_doubt(im, "context_over_200k without a tier was not used: its threshold may be another one");
    import_doubt_reasoning(im, number_at(im, v, "cost.reasoning"), s->price.output);
    doubt_unread(im, own_cost);
    if (own_cost != NULL && own_cost->kind == NODE_MAPPING)
        import_doubt_twice(im, own_cost);
    if (strcmp(node_text(get(v, "status"), ""), "deprecated") == 0)
        import_doubt(im, "the list calls it deprecated");
    p.context_tokens = limit_of(v, "limit.context");
    p.max_output_tokens = limit_of(v, "limit.output");
    if (import_name(im, &p, key, provider))
        import_take(im, &p);
}

/* ---- as served ------------------------------------------------------------------------------ */

static const char **
key_names(const struct node *mapping)
{
    const char **names = malloc((mapping->n + 1) * sizeof *names);

    for (size_t i = 0; names != NULL && i < mapping->n; i++)
        names[i] = node_text(&mapping->keys[i], "");
    return names;
}

static void
read_provider(struct importer *im, const char *id, const struct node *provider)
{
    const struct node *models = import_last(provider, "models");

    if (models == NULL || models->kind != NODE_MAPPING) {
        import_skip(im, id, "not a provider with models");
        return;
    }
    const char **names = key_names(models);
    bool *replaced = names != NULL ? import_replaced(names, models->n) : NULL;
    if (replaced == NULL)
        im->no_memory = true;
    for (size_t i = 0; i < models->n && !im->no_memory && !im->too_many; i++) {
        const struct view v = { .own = &models->items[i] };

        if (replaced[i])
            import_skip(im, names[i], "the list has this model again further down");
        else
            read_model(im, id, names[i], &v);
    }
    free(replaced);
    free(names);
}

bool
import_is_models_dev(const struct node *root)
{
    for (size_t i = 0; root->kind == NODE_MAPPING && i < root->n; i++) {
        const struct node *models = node_get(&root->items[i], "models");

        if (models != NULL && models->kind == NODE_MAPPING)
            return true;
    }
    return false;
}

int
import_read_models_dev(struct importer *im, const struct node *root, struct error *err)
{
    if (root->kind != NODE_MAPPING)
        return error_set(err, ERR_SYNTAX, "models.dev is one object, a key a provider");
    const char **names = key_names(root);
    bool *replaced = names != NULL ? import_replaced(names, root->n) : NULL;
    if (replaced == NULL)
        im->no_memory = true;
    for (size_t i = 0; i < root->n && !im->no_memory && !im->too_many; i++) {
        if (replaced[i])
            import_skip(im, names[i], "the list has this provider again further down");
        else
            read_provider(im, names[i], &root->items[i]);
    }
    free(replaced);
    free(names);
    return 0;
}

/* ---- as authored -------------------------------------------------------------------------------- */

struct authored {
    struct importer *im;
    const char *folder;
    char **files; /* sorted, relative to folder; nothing else is ever opened */
    size_t n;
};

static int
compare_name(const void *key, const void *element)
{
    return strcmp(key, *(char *const *)element);
}

/* A file of the list as a tree, or a note about why not. */
static struct document *
open_toml(struct authored *a, const char *relative, const char *key)
{
    struct document *doc = NULL;
    struct buffer path;
    struct error e;
    char *bytes = NULL;
    char words[200];
    size_t n;

    buffer_init(&path);
    buffer_printf(&path, "%s/%s", a->folder, relative);
    int status = path.failed ? -1 : file_read(path.text, FILE_BYTES_MAX, &bytes, &n, NULL, &e);
    buffer_release(&path);
    if (status < 0) {
        import_skip(a->im, key, "it cannot be read, or is larger than 1 MiB");
        return NULL;
    }
    if (document_parse_toml(&doc, bytes, n, &e) < 0) {
        snprintf(words, sizeof words, "%d:%d: %.150s", e.line, e.column, e.text);
        import_skip(a->im, key, words);
    }
    free(bytes);
    return doc;
}

/* The file named by base_model, if the folder holds it. The name is looked up among the files
 * that were listed, so it cannot lead anywhere else. */
static const char *
base_file(const struct authored *a, const char *base_model)
{
    char name[256];

    if ((size_t)snprintf(name, sizeof name, "models/%s.toml", base_model) >= sizeof name)
        return NULL;
    char *const *found = bsearch(name, a->files, a->n, sizeof *a->files, compare_name);
    return found != NULL ? *found : NULL;
}

static void
read_authored(struct authored *a, const char *relative, const char *provider, const char *id)
{
    struct document *own = open_toml(a, relative, relative), *base = NULL;

    if (own == NULL)
        return;
    const struct node *root = document_root(own);
    const char *base_model = node_text(import_last(root, "base_model"), NULL);
    const char *file = base_model != NULL ? base_file(a, base_model) : NULL;
    if (file != NULL)
        base = open_toml(a, file, file);
    if (base_model != NULL && base == NULL)
        import_doubt(a->im, "its base_model \"%.80s\" is not there; it has what its own file says", base_model);
    const struct view v = { root, base != NULL ? document_root(base) : NULL, import_last(root, "base_model_omit") };
    read_model(a->im, provider, id, &v);
    document_free(base);
    document_free(own);
}

/* "providers/NAME/models/ID.toml"; an id may have slashes. */
static bool
split_name(const char *relative, char *provider, size_t size, char *id, size_t id_size)
{
    static const char first[] = "providers/", middle[] = "/models/", last[] = ".toml";
    size_t n = strlen(relative);

    if (strncmp(relative, first, sizeof first - 1) != 0)
        return false;
    const char *name = relative + sizeof first - 1, *slash = strchr(name, '/');
    if (slash == NULL || strncmp(slash, middle, sizeof middle - 1) != 0)
        return false;
    const char *begin = slash + sizeof middle - 1;
    int name_n = (int)(slash - name), id_n = (int)(n - (size_t)(begin - relative) - (sizeof last - 1));
    if (name_n <= 0 || id_n <= 0 || (size_t)name_n >= size || (size_t)id_n >= id_size)
        return false;
    snprintf(provider, size, "%.*s", name_n, name);
    snprintf(id, id_size, "%.*s", id_n, begin);
    return true;
}

int
import_models_dev_folder(struct price_import *out, const char *folder, const char *source, struct date as_of,
                         struct error *err)
{
    struct authored a = { .folder = folder };
    struct importer im;
    char provider[128], id[256];
    char **refused = NULL;
    int models = 0;

    if (file_tree(folder, ".toml", FILES_MAX, &a.files, &refused, err) < 0)
        return -1;
    while (a.files[a.n] != NULL)
        a.n++;
    import_begin(&im, out, "models.dev", source != NULL ? source : "models.dev", as_of);
    a.im = &im;
    for (size_t i = 0; i < a.n && !im.no_memory && !im.too_many; i++)
        if (split_name(a.files[i], provider, sizeof provider, id, sizeof id)) {
            read_authored(&a, a.files[i], provider, id);
            models++;
        }
    for (size_t i = 0; refused[i] != NULL; i++)
        import_skip(&im, refused[i], "a link to nothing, or out of the folder");
    file_list_free(a.files);
    file_list_free(refused);
    if (import_finish(&im, err) < 0)
        return -1;
    if (models == 0) {
        price_import_release(out);
        return error_set(err, ERR_UNKNOWN, "%s holds no providers/NAME/models/ID.toml", folder);
    }
    return 0;
}
