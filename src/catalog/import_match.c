/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

/* Which of the catalog's models and hosts the entries of a list are. */

/* ---- hosts ------------------------------------------------------------------------------ */

/* A list's word for a host that the catalog describes. Bedrock and Azure are several hosts
 * here, by where the data stays: a key without a region of its own is the first one's. */
static const struct host_name {
    const char *list, *provider, *prefix, *host;
} host_names[] = {
    { "litellm", "gemini", "", "google" },
    { "litellm", "vertex_ai*", "", "google-cloud" },
    { "litellm", "bedrock*", "eu.", "bedrock-eu" },
    { "litellm", "bedrock*", "bedrock/eu-", "bedrock-eu" },
    { "litellm", "bedrock*", "bedrock/ap-south-1/", "bedrock-mumbai" },
    { "litellm", "bedrock*", "bedrock/us-gov", NULL },
    { "litellm", "bedrock*", "bedrock/us-", "bedrock" },
    { "litellm", "bedrock*", "us.", "bedrock" },
    { "litellm", "bedrock*", "us-gov.", NULL },
    { "litellm", "bedrock*", "global.", NULL },
    { "litellm", "bedrock*", "apac.", NULL },
    { "litellm", "bedrock*", "au.", NULL },
    { "litellm", "bedrock*", "jp.", NULL },
    { "litellm", "bedrock*", "bedrock/", NULL },
    { "litellm", "bedrock*", "", "bedrock" },
    { "litellm", "azure", "azure/eu/", "azure-eu" },
    { "litellm", "azure", "", "azure" },
    { "litellm", "together_ai", "", "together" },
    { "litellm", "fireworks_ai", "", "fireworks" },
    { "litellm", "text-completion-openai", "", "openai" },
    { "models.dev", "google-vertex*", "", "google-cloud" },
    { "models.dev", "amazon-bedrock", "amazon-bedrock/eu.", "bedrock-eu" },
    { "models.dev", "amazon-bedrock", "amazon-bedrock/global.", NULL },
    { "models.dev", "amazon-bedrock", "amazon-bedrock/au.", NULL },
    { "models.dev", "amazon-bedrock", "amazon-bedrock/jp.", NULL },
    { "models.dev", "amazon-bedrock", "amazon-bedrock/apac.", NULL },
    { "models.dev", "amazon-bedrock", "", "bedrock" },
    { "models.dev", "togetherai", "", "together" },
    { "models.dev", "fireworks-ai", "", "fireworks" },
    { "genai-prices", "aws", "aws/regional.", NULL },
    { "genai-prices", "aws", "aws/global.", NULL },
    { "genai-prices", "aws", "aws/eu.", "bedrock-eu" },
    { "genai-prices", "aws", "", "bedrock" },
    { "genai-prices", "x-ai", "", "xai" },
};

static bool
provider_is(const char *pattern, const char *provider)
{
    size_t n = strlen(pattern);

    return pattern[n - 1] == '*' ? strncmp(pattern, provider, n - 1) == 0 : strcmp(pattern, provider) == 0;
}

static const char *
host_of(const char *list, const char *provider, const char *key)
{
    for (size_t i = 0; i < BE_LEN(host_names); i++) {
        const struct host_name *h = &host_names[i];

        if (strcmp(h->list, list) == 0 && provider_is(h->provider, provider) &&
            strncmp(h->prefix, key, strlen(h->prefix)) == 0)
            return h->host != NULL ? h->host : provider;
    }
    return provider;
}

/* ---- models ------------------------------------------------------------------------------------ */

struct match {
    const char *model, *host;
};

/* The catalog's own prices, whether or not another list is in force over them. */
static const struct cat_price *
own_price(const struct catalog *cat, int i)
{
    const struct cat_price *p = i < cat->n_prices ? &cat->prices[i] : &cat->others[i - cat->n_prices];

    return p->imported ? NULL : p;
}

/* This key of this list. */
static bool
match_key(struct match *m, const struct catalog *cat, const char *list, const struct cat_price *p, const char *host)
{
    bool found = false;

    for (int i = 0; i < cat->n_prices + cat->n_others; i++) {
        const struct cat_price *own = own_price(cat, i);

        if (own == NULL || own->list == NULL || own->key == NULL || strcmp(own->list, list) != 0 ||
            strcmp(own->key, p->key) != 0)
            continue;
        if (!found || strcmp(own->host, host) == 0)
            *m = (struct match){ own->model, own->host };
        found = true;
    }
    return found;
}

/* Any list's key at this host. */
static bool
match_at_host(struct match *m, const struct catalog *cat, const char *name, const char *host, const char *sold_at)
{
    for (int i = 0; i < cat->n_prices + cat->n_others; i++) {
        const struct cat_price *own = own_price(cat, i);

        if (own != NULL && own->key != NULL && strcmp(own->key, name) == 0 && strcmp(own->host, host) == 0) {
            *m = (struct match){ own->model, sold_at };
            return true;
        }
    }
    return false;
}

static bool
match_id(struct match *m, const struct catalog *cat, const char *name, const char *vendor, const char *host)
{
    for (int i = 0; i < cat->n_models; i++) {
        const struct cat_model *model = &cat->models[i];

        if (!model->imported && strcmp(model->id, name) == 0 && (vendor == NULL || strcmp(model->vendor, vendor) == 0)) {
            *m = (struct match){ model->id, host };
            return true;
        }
    }
    return false;
}

/* The name behind the provider that stands in front of it: "openai/gpt-4o" at openai,
 * "vertex_ai/gemini" at vertex_ai-language-models. */
static const char *
without_provider(const char *key, const char *provider)
{
    const char *slash = strchr(key, '/');
    size_t n = slash != NULL ? (size_t)(slash - key) : 0;

    return n > 0 && strncmp(key, provider, n) == 0 ? slash + 1 : key;
}

static bool
match_name(struct match *m, const struct catalog *cat, const char *name, const char *host)
{
    const char *slash = strchr(name, '/');
    char vendor[64];

    if (match_at_host(m, cat, name, host, host) || match_id(m, cat, name, NULL, host))
        return true;
    if (slash == NULL || (size_t)(slash - name) >= sizeof vendor)
        return false;
    snprintf(vendor, sizeof vendor, "%.*s", (int)(slash - name), name);
    /* "anthropic/claude-x" at somebody else: the vendor's own name or key for it. */
    return match_id(m, cat, slash + 1, vendor, host) || match_at_host(m, cat, slash + 1, vendor, host);
}

/* ---- all of a list -------------------------------------------------------------------------------- */

static bool
is_used(const struct match *matches, int n, const struct match *m)
{
    for (int i = 0; i < n; i++)
        if (matches[i].model != NULL && strcmp(matches[i].model, m->model) == 0 && strcmp(matches[i].host, m->host) == 0)
            return true;
    return false;
}

static int
rename_price(struct importer *im, struct cat_price *p, const struct match *m)
{
    struct buffer id;

    buffer_init(&id);
    buffer_printf(&id, "%s@%s", m->model, m->host);
    if (!id.failed) {
        p->id = import_keep(im, id.text);
        p->model = import_keep(im, m->model);
        p->host = import_keep(im, m->host);
    } else
        im->no_memory = true;
    buffer_release(&id);
    return im->no_memory ? -1 : 0;
}

/* Keys that the catalog has from this very list first, so that nothing else takes their place. */
static void
find_matches(struct match *matches, const struct price_import *out, const struct catalog *cat)
{
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < out->n; i++) {
            const struct cat_price *p = &out->prices[i];
            const char *host = host_of(out->list, p->host, p->key);
            struct match m;

            if (matches[i].model != NULL)
                continue;
            bool found = pass == 0 ? match_key(&m, cat, out->list, p, host)
                                   : match_name(&m, cat, without_provider(p->key, p->host), host);
            if (found && !is_used(matches, out->n, &m))
                matches[i] = m;
        }
}

static void
drop_unknown_cards(struct importer *im, const struct catalog *cat)
{
    struct price_import *out = im->out;
    int n = 0;

    for (int i = 0; i < out->n_gpu_prices; i++) {
        const struct cat_gpu_price *p = &out->gpu_prices[i];

        if (catalog_gpu(cat, p->gpu) != NULL) {
            out->gpu_prices[n++] = *p;
            continue;
        }
        import_skip(im, p->id, "a card that the catalog does not describe");
        out->taken--;
    }
    out->n_gpu_prices = n;
}

int
price_import_match(struct price_import *out, const struct catalog *cat, struct error *err)
{
    struct importer im = { .out = out, .arena = out->arena, .cap_notes = out->n_notes };
    struct match *matches = calloc((size_t)out->n + 1, sizeof *matches);

    if (matches == NULL)
        return error_set(err, ERR_BUG, "no memory for the price list");
    buffer_init(&im.doubts);
    find_matches(matches, out, cat);
    for (int i = 0; i < out->n && !im.no_memory; i++) {
        struct cat_price *p = &out->prices[i];
        struct match m = matches[i];

        if (m.model == NULL)
            m = (struct match){ p->key, host_of(out->list, p->host, p->key) };
        rename_price(&im, p, &m);
    }
    drop_unknown_cards(&im, cat);
    buffer_release(&im.doubts);
    free(matches);
    out->arena = im.arena;
    return im.no_memory ? error_set(err, ERR_BUG, "no memory for the price list") : 0;
}
