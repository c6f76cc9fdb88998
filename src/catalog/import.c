/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

/* Real prices end at $150 per million tokens of input; what lies above this has always been
 * a price per thousand or per hundred thousand. */
#define INPUT_USD_MTOK_SANE 200

void
import_begin(struct importer *im, struct price_import *out, const char *list, const char *source,
             struct date as_of)
{
    memset(im, 0, sizeof *im);
    memset(out, 0, sizeof *out);
    im->out = out;
    im->as_of = as_of;
    buffer_init(&im->doubts);
    out->list = import_keep(im, list);
    im->source = import_keep(im, source);
}

int
import_finish(struct importer *im, struct error *err)
{
    buffer_release(&im->doubts);
    im->out->arena = im->arena;
    if (im->no_memory) {
        price_import_release(im->out);
        return error_set(err, ERR_BUG, "no memory for the price list");
    }
    return 0;
}

void
price_import_release(struct price_import *out)
{
    free(out->prices);
    free(out->notes);
    arena_free(out->arena);
    memset(out, 0, sizeof *out);
}

const char *
import_keep(struct importer *im, const char *text)
{
    const char *copy = arena_copy(&im->arena, text, strlen(text));

    if (copy == NULL)
        im->no_memory = true;
    return copy;
}

void
import_clear(struct cat_price *p)
{
    const struct token_price unknown = { NAN, NAN, NAN, NAN, NAN, NAN };

    memset(p, 0, sizeof *p);
    p->n_steps = 1;
    p->steps[0].price = unknown;
    for (int i = 0; i < PRICE_TIERS_MAX; i++)
        p->steps[0].tiers[i].price = unknown;
    p->training_usd_mtok = p->tuned_input = p->tuned_output = NAN;
    p->endpoint_usd_h = p->monthly_minimum_usd = NAN;
    p->ttft_ms = p->output_tokens_per_s = NAN;
}

/* ---- notes ----------------------------------------------------------------------------- */

void
import_doubt(struct importer *im, const char *fmt, ...)
{
    char words[160];
    va_list args;

    va_start(args, fmt);
    vsnprintf(words, sizeof words, fmt, args);
    va_end(args);
    if (im->doubts.n > 0)
        buffer_puts(&im->doubts, "; ");
    buffer_puts(&im->doubts, words);
}

static void
note(struct importer *im, enum import_verdict verdict, const char *key, const char *words)
{
    struct price_import *out = im->out;

    if (out->n_notes == im->cap_notes) {
        int cap = im->cap_notes > 0 ? 2 * im->cap_notes : 64;
        struct import_note *notes = realloc(out->notes, (size_t)cap * sizeof *notes);
        if (notes == NULL) {
            im->no_memory = true;
            return;
        }
        out->notes = notes;
        im->cap_notes = cap;
    }
    out->notes[out->n_notes++] =
        (struct import_note){ verdict, import_keep(im, key), import_keep(im, words) };
}

void
import_skip(struct importer *im, const char *key, const char *why)
{
    im->doubts.n = 0;
    note(im, IMPORT_SKIPPED, key, why);
    im->out->skipped++;
}

void
import_take(struct importer *im, const struct cat_price *p)
{
    struct price_import *out = im->out;

    if (out->n == im->cap) {
        int cap = im->cap > 0 ? 2 * im->cap : 256;
        struct cat_price *prices = realloc(out->prices, (size_t)cap * sizeof *prices);
        if (prices == NULL) {
            im->no_memory = true;
            return;
        }
        out->prices = prices;
        im->cap = cap;
    }
    out->prices[out->n] = *p;
    out->prices[out->n].origin =
        (struct origin){ .text = im->source, .as_of = im->as_of, .file = out->list, .line = 0 };
    out->n++;
    out->taken++;
    if (im->doubts.n > 0) {
        out->doubted++;
        note(im, IMPORT_DOUBTED, p->key, im->doubts.text);
        im->doubts.n = 0;
    }
}

void
import_doubt_figures(struct importer *im, const struct cat_price *p)
{
    double in = p->steps[0].price.input, out = p->steps[0].price.output;

    if (known(in) && in > INPUT_USD_MTOK_SANE)
        import_doubt(im, "$%.6g per million input tokens looks like a wrong unit", in);
    if (in == 0 && out == 0)
        import_doubt(im, "a price of 0 may mean free, local, a subscription or unknown");
    else if (in == 0 || out == 0)
        import_doubt(im, "one side costs nothing");
    if (known(in) != known(out))
        import_doubt(im, "the price per %s token is unknown", known(in) ? "output" : "input");
}

/* ---- finding ------------------------------------------------------------------------------- */

static const struct cat_price *
find_key(const struct price_import *list, const char *key)
{
    for (int i = 0; i < list->n; i++)
        if (strcmp(list->prices[i].key, key) == 0)
            return &list->prices[i];
    return NULL;
}

static const struct cat_price *
find_below(const struct price_import *list, const char *provider, const char *key)
{
    size_t n = strlen(provider);

    for (int i = 0; i < list->n; i++) {
        const char *k = list->prices[i].key;

        if (strncmp(k, provider, n) == 0 && k[n] == '/' && strcmp(k + n + 1, key) == 0)
            return &list->prices[i];
    }
    return NULL;
}

const struct cat_price *
price_import_find(const struct price_import *list, const char *key, const char *provider)
{
    const struct cat_price *exact = find_key(list, key), *below = NULL;

    if (provider == NULL || provider[0] == '\0' || (exact != NULL && strcmp(exact->host, provider) == 0))
        return exact;
    below = find_below(list, provider, key);
    return below != NULL ? below : exact;
}
