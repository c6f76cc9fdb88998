/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

/*
 * OpenRouter's answer to /api/v1/models: {"data": [{id, pricing: {prompt, completion, ...}}]}.
 * All prices are texts in USD per token; -1 is a router, whose price nobody knows before
 * it has routed.
 */

#define PER_MILLION 1e6
#define NEVER_YEAR 2090 /* 2098-12-31 stands for "no end in sight" */

static const char host[] = "openrouter";

static void
read_prices(struct importer *im, const struct node *pricing, struct token_price *p)
{
    p->input = import_number(im, pricing, "prompt", PER_MILLION);
    p->output = import_number(im, pricing, "completion", PER_MILLION);
    p->cache_read = import_number(im, pricing, "input_cache_read", PER_MILLION);
    p->cache_write = import_number(im, pricing, "input_cache_write", PER_MILLION);
    p->batch_input = p->batch_output = NAN;
}

/* Keys of a price that concern other things than text tokens. */
static bool
is_other_billing(const char *key)
{
    static const char *const words[] = { "image", "audio", "web_search", "video", "_1h", "internal_reasoning", "discount" };

    for (size_t i = 0; i < BE_LEN(words); i++)
        if (strstr(key, words[i]) != NULL)
            return true;
    return false;
}

static void
doubt_unread(struct importer *im, const struct node *pricing)
{
    static const char *const read[] = { "prompt", "completion", "input_cache_read", "input_cache_write", "overrides",
                                        "min_prompt_tokens" };
    double x;

    for (size_t i = 0; i < pricing->n; i++) {
        const char *key = node_text(&pricing->keys[i], "");
        bool known_key = is_other_billing(key);

        for (size_t k = 0; k < BE_LEN(read); k++)
            known_key = known_key || strcmp(key, read[k]) == 0;
        if (strcmp(key, "request") == 0 && node_number(&pricing->items[i], &x)) {
            if (x > 0)
                import_doubt(im, "each request costs $%.6g on top", x);
        } else if (!known_key)
            import_doubt(im, "%s was not used", key);
    }
}

/* [{min_prompt_tokens: 32000, prompt, ...}]: from so many tokens on, what it names changes. */
static void
read_overrides(struct importer *im, const struct node *list, struct price_step *s)
{
    for (size_t i = 0; list != NULL && list->kind == NODE_SEQUENCE && i < list->n; i++) {
        const struct node *o = &list->items[i];
        struct price_tier tier = { .inclusive = true, .above_tokens = import_tokens(o, "min_prompt_tokens") };

        if (!known(tier.above_tokens)) {
            import_doubt(im, "an override without min_prompt_tokens was not used");
            continue;
        }
        if (!import_room_for_tier(im, s))
            break;
        read_prices(im, o, &tier.price);
        doubt_unread(im, o);
        s->tiers[s->n_tiers++] = tier;
    }
    import_sort_tiers(im, s);
}

/* The text that a node has, "" for none, null or "". */
static const char *
text_of(const struct node *entry, const char *key)
{
    return node_text(import_last(entry, key), "");
}

static bool
speaks(const struct node *entry)
{
    const struct node *out = import_last(import_last(entry, "architecture"), "output_modalities");

    if (out == NULL || out->kind != NODE_SEQUENCE || out->n == 0)
        return true; /* it does not say */
    for (size_t i = 0; i < out->n; i++)
        if (strcmp(node_text(&out->items[i], ""), "text") == 0)
            return true;
    return false;
}

static bool
is_routed(const struct node *pricing)
{
    double in, out;
    const struct node *a = import_last(pricing, "prompt"), *b = import_last(pricing, "completion");

    return a != NULL && b != NULL && node_number(a, &in) && node_number(b, &out) && in == -1 && out == -1;
}

static double
smaller(double a, double b)
{
    return !known(b) || a < b ? a : b;
}

static void
read_entry(struct importer *im, const char *id, const struct node *entry)
{
    const struct node *pricing = import_last(entry, "pricing"), *top = import_last(entry, "top_provider");
    const struct node *alias = import_last(entry, "alias_target");
    char words[160];
    struct cat_price p;

    if (pricing == NULL || pricing->kind != NODE_MAPPING) {
        import_skip(im, id, "no price");
        return;
    }
    if (alias != NULL && alias->kind == NODE_MAPPING) {
        snprintf(words, sizeof words, "another name for %.100s", text_of(alias, "slug"));
        import_skip(im, id, words);
        return;
    }
    if (is_routed(pricing)) {
        import_skip(im, id, "a router: its price is unknown before it has routed");
        return;
    }
    if (!speaks(entry)) {
        import_skip(im, id, "not a text model");
        return;
    }
    import_clear(&p);
    read_prices(im, pricing, &p.steps[0].price);
    read_overrides(im, import_last(pricing, "overrides"), &p.steps[0]);
    p.context_tokens = smaller(import_tokens(entry, "context_length"), import_tokens(top, "context_length"));
    p.max_output_tokens = import_tokens(top, "max_completion_tokens");
    import_retired(im, &p, text_of(entry, "expiration_date"), "expiration_date");
    if (p.retired.year >= NEVER_YEAR)
        memset(&p.retired, 0, sizeof p.retired);
    import_doubt_reasoning(im, import_number(im, pricing, "internal_reasoning", PER_MILLION), p.steps[0].price.output);
    doubt_unread(im, pricing);
    import_doubt_twice(im, pricing);
    if (import_name(im, &p, id, host))
        import_take(im, &p);
}

/* ---- the list --------------------------------------------------------------------------- */

static const struct node *
models_of(const struct node *root)
{
    const struct node *data = root->kind == NODE_MAPPING ? import_last(root, "data") : NULL;

    return data != NULL && data->kind == NODE_SEQUENCE ? data : NULL;
}

bool
import_is_openrouter(const struct node *root)
{
    const struct node *data = models_of(root);

    for (size_t i = 0; data != NULL && i < data->n; i++)
        if (node_get(&data->items[i], "pricing") != NULL)
            return true;
    return false;
}

int
import_read_openrouter(struct importer *im, const struct node *root, struct error *err)
{
    const struct node *data = models_of(root);

    if (data == NULL)
        return error_set(err, ERR_SYNTAX, "an OpenRouter list is an object with a list of models as \"data\"");
    const char **names = malloc((data->n + 1) * sizeof *names);
    for (size_t i = 0; names != NULL && i < data->n; i++)
        names[i] = text_of(&data->items[i], "id");
    bool *replaced = names != NULL ? import_replaced(names, data->n) : NULL;
    if (replaced == NULL)
        im->no_memory = true;
    for (size_t i = 0; i < data->n && !im->no_memory && !im->too_many; i++) {
        if (replaced[i])
            import_skip(im, names[i], "the list has this id again further down");
        else
            read_entry(im, names[i], &data->items[i]);
    }
    free(replaced);
    free(names);
    return 0;
}
