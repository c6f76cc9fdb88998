/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <string.h>

#include "import.h"

/* Which lists there are, and which of them a text is. */

const struct list_format list_formats[] = {
    { "litellm", "litellm model_prices_and_context_window.json", import_is_litellm, import_read_litellm },
    { "models.dev", "models.dev", import_is_models_dev, import_read_models_dev },
    { "openrouter", "OpenRouter /api/v1/models", import_is_openrouter, import_read_openrouter },
    { "genai-prices", "genai-prices", import_is_genai, import_read_genai },
    { NULL, NULL, NULL, NULL },
};
#define N_FORMATS ((int)BE_LEN(list_formats) - 1)

static const char gpu_list[] = "gpu-prices";

const char *
import_list_name(int i)
{
    if (i < 0 || i > N_FORMATS)
        return NULL;
    return i < N_FORMATS ? list_formats[i].name : gpu_list;
}

static const char *
next_name(const void *ctx, int i)
{
    (void)ctx;
    return import_list_name(i);
}

static int
unknown_list(const char *list, struct error *err)
{
    const char *nearest = text_nearest(list, next_name, NULL);

    return error_set(err, ERR_UNKNOWN, "no price list is called %s, nearest %s", list,
                     nearest != NULL ? nearest : list_formats[0].name);
}

static int
import_gpus(struct price_import *out, const char *bytes, size_t n, const char *source, struct date as_of,
            struct error *err)
{
    struct importer im;
    struct error e;

    import_begin(&im, out, gpu_list, source != NULL ? source : gpu_list, as_of);
    int status = import_read_gpu_table(&im, bytes, n, &e);
    if (import_finish(&im, err) < 0)
        return -1;
    if (status < 0) {
        price_import_release(out);
        if (err != NULL)
            *err = e;
    }
    return status;
}

static const struct list_format *
find_format(const char *list, const struct node *root)
{
    for (const struct list_format *f = list_formats; f->name != NULL; f++)
        if (list != NULL ? strcmp(f->name, list) == 0 : f->is(root))
            return f;
    return NULL;
}

static int
import_tree(struct price_import *out, const char *list, const struct node *root, const char *source,
            struct date as_of, struct error *err)
{
    const struct list_format *f = find_format(list, root);
    struct importer im;
    struct error e;

    if (f == NULL)
        return error_set(err, ERR_UNKNOWN, "no price list looks like this: expected litellm, models.dev, openrouter, "
                                           "genai-prices or gpu-prices");
    import_begin(&im, out, f->name, source != NULL ? source : f->about, as_of);
    int status = f->read(&im, root, &e);
    if (import_finish(&im, err) < 0)
        return -1;
    if (status < 0) {
        price_import_release(out);
        if (err != NULL)
            *err = e;
    }
    return status;
}

int
import_list(struct price_import *out, const char *list, const char *bytes, size_t n, const char *source,
            struct date as_of, struct error *err)
{
    struct document *doc = NULL;

    if (list != NULL && strcmp(list, gpu_list) != 0 && find_format(list, NULL) == NULL)
        return unknown_list(list, err);
    if (n > PRICE_LIST_BYTES_MAX)
        return error_set(err, ERR_SIZE, "a price list of %zu bytes; at most %zu are read", n, PRICE_LIST_BYTES_MAX);
    if (list != NULL ? strcmp(list, gpu_list) == 0 : import_is_gpu_table(bytes, n))
        return import_gpus(out, bytes, n, source, as_of, err);
    if (document_parse_json(&doc, bytes, n, err) < 0)
        return -1;
    int status = import_tree(out, list, document_root(doc), source, as_of, err);
    document_free(doc);
    return status;
}

int
import_litellm(struct price_import *out, const char *bytes, size_t n, const char *source, struct date as_of,
               struct error *err)
{
    return import_list(out, "litellm", bytes, n, source, as_of, err);
}
