/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

#define INPUT_USD_MTOK_SANE 200 /* as price_is_doubtful */
/* What a catalog can hold (tables.c): beyond it a figure is no price. */
#define USD_MTOK_POSSIBLE 1e7
#define NAME_BYTES 120
/* Four times the longest list there is; each takes 4 kB. */
#define PRICES_MAX 20000

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
    im->out->as_of = im->as_of;
    im->out->source = im->source;
    im->out->arena = im->arena;
    if (im->no_memory) {
        price_import_release(im->out);
        return error_set(err, ERR_BUG, "no memory for the price list");
    }
    if (im->too_many) {
        price_import_release(im->out);
        return error_set(err, ERR_SIZE, "more than %d prices", PRICES_MAX);
    }
    return 0;
}

void
price_import_release(struct price_import *out)
{
    free(out->prices);
    free(out->gpu_prices);
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
    p->context_tokens = p->max_output_tokens = NAN;
}

static bool
is_name(const char *text)
{
    size_t n = strlen(text);
    uint32_t c;

    for (size_t k = 0; k < n;) {
        k += (size_t)text_decode(text + k, n - k, &c);
        if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xfffd || (c >= 0x200b && c <= 0x200f) ||
            (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff)
            return false;
    }
    return n > 0 && text[0] != ' ' && text[n - 1] != ' ';
}

bool
import_name(struct importer *im, struct cat_price *p, const char *key, const char *provider)
{
    char id[NAME_BYTES + NAME_BYTES];

    if (!is_name(key) || !is_name(provider)) {
        import_skip(im, key, "its name is empty or holds characters that no name has");
        return false;
    }
    if (strlen(key) >= NAME_BYTES || strlen(provider) >= NAME_BYTES) {
        import_skip(im, key, "its name is too long");
        return false;
    }
    snprintf(id, sizeof id, "%s@%s", key, provider);
    p->id = import_keep(im, id);
    p->model = p->key = import_keep(im, key);
    p->host = import_keep(im, provider);
    p->list = im->out->list;
    return true;
}

/* ---- notes ----------------------------------------------------------------------------- */

void
import_doubt(struct importer *im, const char *fmt, ...)
{
    char words[200], whole[256]; /* what is cut may be cut within a character */
    va_list args;

    va_start(args, fmt);
    vsnprintf(words, sizeof words, fmt, args);
    va_end(args);
    if (im->doubts.n > 0)
        buffer_puts(&im->doubts, "; ");
    buffer_puts(&im->doubts, text_clean(whole, sizeof whole, words));
}

/* Room for one more in an array that doubles. */
static void *
room_for(struct importer *im, void *list, int n, int *cap, size_t size)
{
    if (n < *cap)
        return list;
    int more = *cap > 0 ? 2 * *cap : 64;
    void *grown = realloc(list, (size_t)more * size);
    if (grown == NULL) {
        im->no_memory = true;
        return NULL;
    }
    *cap = more;
    return grown;
}

static void
note(struct importer *im, enum import_verdict verdict, const char *key, const char *words)
{
    struct price_import *out = im->out;

    struct import_note *notes = room_for(im, out->notes, out->n_notes, &im->cap_notes, sizeof *notes);
    if (notes == NULL)
        return;
    out->notes = notes;
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

static bool
impossible(const struct token_price *p)
{
    const double all[] = { p->input, p->output, p->cache_read, p->cache_write, p->batch_input, p->batch_output };

    for (size_t k = 0; k < BE_LEN(all); k++)
        if (all[k] > USD_MTOK_POSSIBLE) /* one beyond all numbers, too */
            return true;
    return false;
}

static bool
any_impossible(const struct cat_price *p)
{
    for (int i = 0; i < p->n_steps; i++) {
        if (impossible(&p->steps[i].price))
            return true;
        for (int k = 0; k < p->steps[i].n_tiers; k++)
            if (impossible(&p->steps[i].tiers[k].price))
                return true;
    }
    return false;
}

/* What holds for every list: unit, one-sided and zero prices. */
static void
doubt_figures(struct importer *im, const struct cat_price *p)
{
    const struct token_price *t = &price_on(p, im->as_of)->price;
    double in = t->input, out = t->output;

    if (known(in) && in > INPUT_USD_MTOK_SANE)
        import_doubt(im, "$%.6g per million input tokens looks like a wrong unit", in);
    else if (known(out) && out > 4 * INPUT_USD_MTOK_SANE)
        import_doubt(im, "$%.6g per million output tokens looks like a wrong unit", out);
    if (in == 0 && out == 0)
        import_doubt(im, "a price of 0 may mean free, local, a subscription or unknown");
    else if (in == 0 || out == 0)
        import_doubt(im, "one side costs nothing");
    if (known(in) != known(out))
        import_doubt(im, "the price per %s token is unknown", known(in) ? "output" : "input");
}

static struct origin
origin_of(const struct importer *im)
{
    return (struct origin){ .text = im->source, .as_of = im->as_of, .file = im->out->list };
}

/* The doubts about what was just taken become its note. */
static const char *
note_doubts(struct importer *im, const char *key)
{
    const char *words = NULL;

    im->out->taken++;
    if (im->doubts.n > 0) {
        im->out->doubted++;
        note(im, IMPORT_DOUBTED, key, im->doubts.text);
        if (im->out->n_notes > 0)
            words = im->out->notes[im->out->n_notes - 1].words;
        im->doubts.n = 0;
    }
    return words;
}

void
import_take(struct importer *im, const struct cat_price *p)
{
    struct price_import *out = im->out;

    if (!known(p->steps[0].price.input) && !known(p->steps[0].price.output)) {
        import_skip(im, p->key, "no price per token");
        return;
    }
    if (any_impossible(p)) {
        import_skip(im, p->key, "a price above $10M per million tokens is none");
        return;
    }
    if (out->n == PRICES_MAX) {
        im->too_many = true;
        return;
    }
    doubt_figures(im, p);
    struct cat_price *prices = room_for(im, out->prices, out->n, &im->cap, sizeof *prices);
    if (prices == NULL)
        return;
    out->prices = prices;
    prices[out->n] = *p;
    prices[out->n].origin = origin_of(im);
    prices[out->n].doubt = note_doubts(im, p->key);
    out->n++;
}

void
import_take_gpu(struct importer *im, const struct cat_gpu_price *p)
{
    struct price_import *out = im->out;
    struct cat_gpu_price *prices = room_for(im, out->gpu_prices, out->n_gpu_prices, &im->cap_gpus, sizeof *prices);

    if (prices == NULL)
        return;
    out->gpu_prices = prices;
    prices[out->n_gpu_prices++] = *p;
    note_doubts(im, p->id);
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
