/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

/*
 * litellm's model_prices_and_context_window.json: one flat object, key = model,
 * prices in USD per token.  Long prompts have a price in keys that end in
 * _above_NNNk_tokens, or in a list of ranges; both become tiers of the price step.
 */

#define PER_MILLION 1e6
#define TIERED_MAX (PRICE_TIERS_MAX + 1) /* ranges: the first is the base price */

static const char input_key[] = "input_cost_per_token";
static const char output_key[] = "output_cost_per_token";
static const char read_key[] = "cache_read_input_token_cost";
static const char write_key[] = "cache_creation_input_token_cost";

/* USD per million, NAN if the key is absent or no number. */
static double
price_of(struct importer *im, const struct node *entry, const char *key, const char *suffix)
{
    char name[96];

    snprintf(name, sizeof name, "%s%s", key, suffix);
    return import_number(im, entry, name, PER_MILLION);
}

static void
read_prices(struct importer *im, const struct node *entry, const char *suffix, struct token_price *p)
{
    p->input = price_of(im, entry, input_key, suffix);
    p->output = price_of(im, entry, output_key, suffix);
    p->cache_read = price_of(im, entry, read_key, suffix);
    p->cache_write = price_of(im, entry, write_key, suffix);
}

/* ---- keys that end in _above_NNNk_tokens ------------------------------------------ */

/* 200 of "input_cost_per_token_above_200k_tokens"; 0 if the key is another one. */
static long
above_of(const char *key)
{
    size_t n = sizeof input_key - 1;
    char *end;

    if (strncmp(key, input_key, n) != 0 || strncmp(key + n, "_above_", 7) != 0)
        return 0;
    const char *digits = key + n + 7;
    if (digits[0] < '0' || digits[0] > '9')
        return 0;
    long thousands = strtol(digits, &end, 10);
    return strcmp(end, "k_tokens") == 0 && thousands > 0 && thousands < 1000000 ? thousands : 0;
}

/* A price that the tier does not name stays; exactly at the threshold the prompt is still
 * short, except at xai. */
static void
read_above(struct importer *im, const struct node *entry, bool inclusive, struct price_step *s)
{
    for (size_t i = 0; i < entry->n; i++) {
        long thousands = above_of(node_text(&entry->keys[i], ""));
        char suffix[40];
        struct price_tier tier = { .inclusive = inclusive };
        bool twice = false;

        if (thousands == 0)
            continue;
        tier.above_tokens = (double)thousands * 1000;
        for (int k = 0; k < s->n_tiers; k++)
            twice = twice || s->tiers[k].above_tokens == tier.above_tokens;
        if (twice)
            continue;
        if (!import_room_for_tier(im, s))
            break;
        snprintf(suffix, sizeof suffix, "_above_%ldk_tokens", thousands);
        read_prices(im, entry, suffix, &tier.price);
        tier.price.batch_input = tier.price.batch_output = NAN;
        if (known(tier.price.input))
            s->tiers[s->n_tiers++] = tier;
    }
    import_sort_tiers(im, s);
}

/* ---- tiered_pricing: [{range: [lo, hi], ...}, ...] ----------------------------------- */

struct range {
    double lo, hi;
    struct token_price price;
};

static int
by_start(const void *a, const void *b)
{
    double x = ((const struct range *)a)->lo, y = ((const struct range *)b)->lo;

    return (x > y) - (x < y);
}

static bool
read_range_of(struct importer *im, const struct node *tier, struct range *r)
{
    const struct node *range = import_last(tier, "range");

    if (tier->kind != NODE_MAPPING || range == NULL || range->kind != NODE_SEQUENCE || range->n != 2 ||
        !node_number(&range->items[0], &r->lo) || !node_number(&range->items[1], &r->hi) ||
        !(r->lo < r->hi))
        return false;
    read_prices(im, tier, "", &r->price);
    r->price.batch_input = r->price.batch_output = NAN;
    return known(r->price.input);
}

/* The range with lo < prompt <= hi prices the whole request, beyond the last one the last:
 * the first is the base price, each further one a tier above its lo. Cached tokens
 * cost a range's input price where it has none for them, output the model's own. */
static bool
read_tiered(struct importer *im, const struct node *list, struct price_step *s)
{
    struct range ranges[TIERED_MAX];
    size_t n = list->n;

    if (n > TIERED_MAX)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!read_range_of(im, &list->items[i], &ranges[i]))
            return false;
        if (!known(ranges[i].price.output))
            ranges[i].price.output = s->price.output;
        if (!known(ranges[i].price.cache_read))
            ranges[i].price.cache_read = ranges[i].price.input;
    }
    qsort(ranges, n, sizeof ranges[0], by_start);
    /* A prompt in a gap, or below the first range, would cost the last range's price. */
    if (ranges[0].lo > 0)
        return false;
    for (size_t i = 1; i < n; i++)
        if (ranges[i].lo != ranges[i - 1].hi)
            return false;
    double batch_input = s->price.batch_input, batch_output = s->price.batch_output;
    s->price = ranges[0].price;
    s->price.batch_input = batch_input;
    s->price.batch_output = batch_output;
    s->n_tiers = 0;
    for (size_t i = 1; i < n; i++)
        s->tiers[s->n_tiers++] =
            (struct price_tier){ .above_tokens = ranges[i].lo, .price = ranges[i].price };
    return true;
}

/* ---- keys that no rule here reads ------------------------------------------------------ */

/* Billed beside text tokens, or another class of service: known, and left out. */
static const char *const other_billing[] = {
    "audio", "image", "video", "character", "second", "pixel", "page", "query", "session", "flex",
    "priority", "above_1hr", "dbu", "cache_hit", "search", "file", "vector", "ocr", "code_interpreter",
    "computer_use", "reasoning", "per_request", "multimodal",
};

static bool
is_read(const char *key)
{
    static const char *const bases[] = { input_key, output_key, read_key, write_key };

    for (size_t i = 0; i < BE_LEN(bases); i++) {
        size_t n = strlen(bases[i]);
        if (strncmp(key, bases[i], n) == 0 &&
            (key[n] == '\0' || strcmp(key + n, "_batches") == 0 || strncmp(key + n, "_above_", 7) == 0))
            return true;
    }
    return strcmp(key, "tiered_pricing") == 0;
}

static void
doubt_unread(struct importer *im, const struct node *entry, double output)
{
    double x;

    for (size_t i = 0; i < entry->n; i++) {
        const char *key = node_text(&entry->keys[i], "");
        bool other = false;

        if (strstr(key, "multiplier") != NULL || strcmp(key, "provider_specific_entry") == 0)
            import_doubt(im, "%s, a factor by region or speed, was not used", key);
        if ((strstr(key, "cost") == NULL && strstr(key, "pricing") == NULL) || is_read(key))
            continue;
        for (size_t k = 0; k < BE_LEN(other_billing); k++)
            other = other || strstr(key, other_billing[k]) != NULL;
        if (!other)
            import_doubt(im, "%s was not used", key);
        else if (strcmp(key, "input_cost_per_request") == 0 && node_number(&entry->items[i], &x) && x > 0)
            import_doubt(im, "each request costs $%.6g on top", x);
        else if (strcmp(key, "output_cost_per_reasoning_token") == 0 && node_number(&entry->items[i], &x))
            import_doubt_reasoning(im, x * PER_MILLION, output);
    }
}

/* ---- one entry ------------------------------------------------------------------------------ */

static bool
is_text_mode(const char *mode)
{
    return strcmp(mode, "chat") == 0 || strcmp(mode, "completion") == 0 || strcmp(mode, "responses") == 0;
}

/* Both sides or none; 0 means that it is not set. */
static void
read_batch(struct importer *im, const struct node *entry, struct token_price *p)
{
    double in = price_of(im, entry, input_key, "_batches");
    double out = price_of(im, entry, output_key, "_batches");

    p->batch_input = in > 0 ? in : NAN;
    p->batch_output = out > 0 ? out : NAN;
}

static void
read_entry(struct importer *im, const char *key, const struct node *entry)
{
    struct cat_price p;

    if (entry->kind != NODE_MAPPING || strcmp(key, "sample_spec") == 0 ||
        import_last(entry, "litellm_provider") == NULL) {
        import_skip(im, key, "not a model");
        return;
    }
    const char *provider = node_text(import_last(entry, "litellm_provider"), "");
    const char *mode = node_text(import_last(entry, "mode"), "");
    if (!is_text_mode(mode)) {
        import_skip(im, key, mode[0] != '\0' ? "not a text model" : "no mode: a price class, not a model");
        return;
    }
    import_clear(&p);
    struct price_step *s = &p.steps[0];
    read_prices(im, entry, "", &s->price);
    read_batch(im, entry, &s->price);
    read_above(im, entry, strcmp(provider, "xai") == 0, s);
    const struct node *tiered = import_last(entry, "tiered_pricing");
    if (tiered != NULL && tiered->kind == NODE_SEQUENCE && tiered->n > 0 && !read_tiered(im, tiered, s)) {
        import_skip(im, key, "its tiered_pricing has gaps, or no price in a range");
        return;
    }
    p.context_tokens = import_tokens(entry, "max_input_tokens");
    p.max_output_tokens = import_tokens(entry, "max_output_tokens");
    import_retired(im, &p, node_text(import_last(entry, "deprecation_date"), NULL), "deprecation_date");
    doubt_unread(im, entry, s->price.output);
    import_doubt_twice(im, entry);
    if (import_name(im, &p, key, provider))
        import_take(im, &p);
}

/* ---- the list ---------------------------------------------------------------------------------- */

/* Some entry has a provider by litellm's name for it. */
bool
import_is_litellm(const struct node *root)
{
    for (size_t i = 0; root->kind == NODE_MAPPING && i < root->n; i++)
        if (node_get(&root->items[i], "litellm_provider") != NULL)
            return true;
    return false;
}

int
import_read_litellm(struct importer *im, const struct node *root, struct error *err)
{
    if (root->kind != NODE_MAPPING)
        return error_set(err, ERR_SYNTAX, "a litellm price list is one object, a key a model");
    const char **names = malloc((root->n + 1) * sizeof *names);
    for (size_t i = 0; names != NULL && i < root->n; i++)
        names[i] = node_text(&root->keys[i], "");
    bool *replaced = names != NULL ? import_replaced(names, root->n) : NULL;
    if (replaced == NULL)
        im->no_memory = true;
    for (size_t i = 0; i < root->n && !im->no_memory && !im->too_many; i++) {
        if (replaced[i])
            import_skip(im, names[i], "the list has this key again further down");
        else
            read_entry(im, names[i], &root->items[i]);
    }
    free(replaced);
    free(names);
    return 0;
}
