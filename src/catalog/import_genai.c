/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

/*
 * genai-prices: [{id, models: [{id, match, context_window, prices}]}], USD per million
 * tokens.  A price is a number or {base, tiers: [{start, price}]}. "prices" is one object,
 * or a list of {constraint, prices} of which the last whose constraint holds is in force:
 * from a day on (steps of ours) or by the time of day.  The matchers are not used: an id is
 * an id.
 */

/* One field of a price: base and thresholds. */
struct field_price {
    double base;
    int n;
    double start[PRICE_TIERS_MAX], price[PRICE_TIERS_MAX];
};

static void
read_field(struct importer *im, const struct node *prices, const char *key, struct field_price *f)
{
    const struct node *n = import_last(prices, key);

    f->n = 0;
    if (n == NULL || n->kind != NODE_MAPPING) {
        f->base = import_number(im, prices, key, 1);
        return;
    }
    f->base = import_number(im, n, "base", 1);
    const struct node *tiers = import_last(n, "tiers");
    for (size_t i = 0; tiers != NULL && tiers->kind == NODE_SEQUENCE && i < tiers->n; i++) {
        double start = import_tokens(&tiers->items[i], "start");
        double price = import_number(im, &tiers->items[i], "price", 1);

        if (!known(start) || !known(price)) {
            import_doubt(im, "a tier of %s without start or price was not used", key);
            continue;
        }
        if (f->n == PRICE_TIERS_MAX) {
            import_doubt(im, "more than %d thresholds; the rest is not used", PRICE_TIERS_MAX);
            break;
        }
        f->start[f->n] = start;
        f->price[f->n++] = price;
    }
}

/* Above a threshold the highest one that was passed counts, of each field on its own. */
static double
price_above(const struct field_price *f, double start)
{
    double best = -1, price = NAN;

    for (int i = 0; i < f->n; i++)
        if (f->start[i] <= start && f->start[i] >= best) {
            best = f->start[i];
            price = f->price[i];
        }
    return best < 0 ? f->base : price;
}

static bool
has_tier(const struct price_step *s, double start)
{
    for (int i = 0; i < s->n_tiers; i++)
        if (s->tiers[i].above_tokens == start)
            return true;
    return false;
}

static void
doubt_unread(struct importer *im, const struct node *prices)
{
    static const char *const read[] = { "input_mtok", "output_mtok", "cache_read_mtok", "cache_write_mtok" };
    double x;

    for (size_t i = 0; i < prices->n; i++) {
        const char *key = node_text(&prices->keys[i], "");
        bool good = strstr(key, "audio") != NULL || strstr(key, "image") != NULL || strstr(key, "video") != NULL;

        for (size_t k = 0; k < BE_LEN(read); k++)
            good = good || strcmp(key, read[k]) == 0;
        if (strcmp(key, "requests_kcount") == 0 && node_number(&prices->items[i], &x))
            import_doubt(im, "each request costs $%.6g on top", x / 1000);
        else if (!good)
            import_doubt(im, "%s was not used", key);
    }
}

/* False: no prices at all. */
static bool
read_step(struct importer *im, const struct node *prices, struct price_step *s)
{
    struct field_price f[4];

    if (prices == NULL || prices->kind != NODE_MAPPING)
        return false;
    read_field(im, prices, "input_mtok", &f[0]);
    read_field(im, prices, "output_mtok", &f[1]);
    read_field(im, prices, "cache_read_mtok", &f[2]);
    read_field(im, prices, "cache_write_mtok", &f[3]);
    s->price = (struct token_price){ f[0].base, f[1].base, f[2].base, f[3].base, NAN, NAN };
    s->n_tiers = 0;
    for (int k = 0; k < 4; k++)
        for (int i = 0; i < f[k].n; i++) {
            double at = f[k].start[i];

            if (has_tier(s, at) || !import_room_for_tier(im, s))
                continue;
            s->tiers[s->n_tiers++] = (struct price_tier){
                .above_tokens = at,
                .price = { price_above(&f[0], at), price_above(&f[1], at), price_above(&f[2], at),
                           price_above(&f[3], at), NAN, NAN },
            };
        }
    import_sort_tiers(im, s);
    doubt_unread(im, prices);
    import_doubt_twice(im, prices);
    return true;
}

/* ---- prices by day and by hour ----------------------------------------------------------- */

static double
weight(const struct price_step *s)
{
    return s->price.input + s->price.output;
}

/* By the hour: the dearest, so that nothing looks cheaper than it is. */
static void
read_hourly(struct importer *im, const struct node *prices, struct cat_price *p)
{
    struct price_step s = p->steps[0];

    if (!read_step(im, prices, &s))
        return;
    if (weight(&s) > weight(&p->steps[0])) {
        s.from = p->steps[0].from;
        p->steps[0] = s;
    }
}

static void
read_dated(struct importer *im, const char *from, const struct node *prices, struct cat_price *p)
{
    struct price_step s = p->steps[0];
    char shown[16];
    struct error e;

    if (date_parse(&s.from, from, &e) < 0) {
        import_doubt(im, "start_date \"%.40s\" is not a date", from);
        return;
    }
    if (date_compare(s.from, p->steps[p->n_steps - 1].from) <= 0) {
        import_doubt(im, "a price from %s stands behind a later one and was not used",
                     date_print(shown, sizeof shown, s.from, true));
        return;
    }
    if (p->n_steps == PRICE_STEPS_MAX) {
        import_doubt(im, "more than %d prices by date; the rest is not used", PRICE_STEPS_MAX);
        return;
    }
    if (read_step(im, prices, &s))
        p->steps[p->n_steps++] = s;
}

static void
read_constrained(struct importer *im, const struct node *list, struct cat_price *p)
{
    bool hours = false;

    for (size_t i = 0; i < list->n; i++) {
        const struct node *prices = import_last(&list->items[i], "prices");
        const struct node *when = import_last(&list->items[i], "constraint");
        const char *from = node_text(import_last(when, "start_date"), NULL);

        if (i == 0) {
            if (from != NULL || when != NULL)
                import_doubt(im, "the first price has a condition; before it holds the same is used");
            read_step(im, prices, &p->steps[0]);
        } else if (from != NULL)
            read_dated(im, from, prices, p);
        else {
            hours = hours || when != NULL;
            read_hourly(im, prices, p);
        }
    }
    if (hours)
        import_doubt(im, "its price depends on the time of day; the dearest is used");
}

/* ---- the list ------------------------------------------------------------------------------- */

static void
read_model(struct importer *im, const char *provider, const struct node *model)
{
    const struct node *prices = import_last(model, "prices"), *old = import_last(model, "deprecated");
    const char *id = node_text(import_last(model, "id"), "");
    struct cat_price p;
    char key[256];

    if ((size_t)snprintf(key, sizeof key, "%s/%s", provider, id) >= sizeof key || id[0] == '\0') {
        import_skip(im, key, id[0] == '\0' ? "a model without an id" : "its name is too long");
        return;
    }
    if (prices == NULL || (prices->kind != NODE_MAPPING && prices->kind != NODE_SEQUENCE)) {
        import_skip(im, key, "no price");
        return;
    }
    import_clear(&p);
    if (prices->kind == NODE_SEQUENCE)
        read_constrained(im, prices, &p);
    else
        read_step(im, prices, &p.steps[0]);
    p.context_tokens = import_tokens(model, "context_window");
    if (old != NULL && strcmp(node_text(old, ""), "true") == 0)
        import_doubt(im, "the list calls it deprecated");
    if (import_name(im, &p, key, provider))
        import_take(im, &p);
}

static void
read_provider(struct importer *im, const struct node *provider)
{
    const struct node *models = import_last(provider, "models");
    const char *id = node_text(import_last(provider, "id"), "");
    size_t n = models != NULL && models->kind == NODE_SEQUENCE ? models->n : 0;
    const char **names = malloc((n + 1) * sizeof *names);

    if (n == 0)
        import_skip(im, id, "not a provider with models");
    for (size_t i = 0; names != NULL && i < n; i++)
        names[i] = node_text(import_last(&models->items[i], "id"), "");
    bool *replaced = names != NULL ? import_replaced(names, n) : NULL;
    if (replaced == NULL)
        im->no_memory = true;
    for (size_t i = 0; i < n && !im->no_memory && !im->too_many; i++) {
        if (replaced[i])
            import_skip(im, names[i], "the list has this id again further down");
        else
            read_model(im, id, &models->items[i]);
    }
    free(replaced);
    free(names);
}

bool
import_is_genai(const struct node *root)
{
    for (size_t i = 0; root->kind == NODE_SEQUENCE && i < root->n; i++) {
        const struct node *models = node_get(&root->items[i], "models");

        if (models != NULL && models->kind == NODE_SEQUENCE && models->n > 0 &&
            node_get(&models->items[0], "prices") != NULL)
            return true;
    }
    return false;
}

int
import_read_genai(struct importer *im, const struct node *root, struct error *err)
{
    if (root->kind != NODE_SEQUENCE)
        return error_set(err, ERR_SYNTAX, "genai-prices is a list of providers");
    for (size_t i = 0; i < root->n && !im->no_memory && !im->too_many; i++)
        read_provider(im, &root->items[i]);
    return 0;
}
