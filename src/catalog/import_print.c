/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

/* A price list as a file of a user catalog: one line an entry, sorted, so that two copies of
 * a list can be compared with any tool. */

/* Enough for every price that anybody has published, and the same text on every machine. */
static void
put_figure(struct buffer *out, const char *key, double x)
{
    if (known(x))
        buffer_printf(out, ", %s: %.12g", key, x);
}

static void
put_text(struct buffer *out, const char *key, const char *text)
{
    if (text == NULL)
        return;
    buffer_printf(out, ", %s: ", key);
    yaml_put_scalar(out, text);
}

static void
put_date(struct buffer *out, const char *key, struct date d)
{
    char text[16];

    if (d.year != 0)
        buffer_printf(out, ", %s: %s", key, date_print(text, sizeof text, d, true));
}

static void
put_prices(struct buffer *out, const struct token_price *p)
{
    put_figure(out, "input", p->input);
    put_figure(out, "output", p->output);
    put_figure(out, "cache_read", p->cache_read);
    put_figure(out, "cache_write", p->cache_write);
    put_figure(out, "batch_input", p->batch_input);
    put_figure(out, "batch_output", p->batch_output);
}

static void
put_tiers(struct buffer *out, const struct price_step *s)
{
    if (s->n_tiers == 0)
        return;
    buffer_puts(out, ", tiers: [");
    for (int i = 0; i < s->n_tiers; i++) {
        buffer_printf(out, "%s{above: %.12g", i > 0 ? ", " : "", s->tiers[i].above_tokens);
        if (s->tiers[i].inclusive)
            buffer_puts(out, ", inclusive: yes");
        put_prices(out, &s->tiers[i].price);
        buffer_putc(out, '}');
    }
    buffer_putc(out, ']');
}

static void
put_price(struct buffer *out, const struct cat_price *p)
{
    char date[16];

    buffer_puts(out, "- {model: ");
    yaml_put_scalar(out, p->model);
    put_text(out, "host", p->host);
    put_text(out, "key", p->key);
    put_date(out, "from", p->steps[0].from);
    put_prices(out, &p->steps[0].price);
    put_tiers(out, &p->steps[0]);
    for (int i = 1; i < p->n_steps; i++) {
        buffer_printf(out, "%s{from: %s", i == 1 ? ", steps: [" : ", ",
                      date_print(date, sizeof date, p->steps[i].from, true));
        put_prices(out, &p->steps[i].price);
        put_tiers(out, &p->steps[i]);
        buffer_puts(out, i + 1 == p->n_steps ? "}]" : "}");
    }
    put_date(out, "retired", p->retired);
    put_figure(out, "context", p->context_tokens);
    put_figure(out, "max_output", p->max_output_tokens);
    put_text(out, "doubt", p->doubt);
    buffer_puts(out, ", source: list}\n");
}

static void
put_gpu_price(struct buffer *out, const struct cat_gpu_price *p)
{
    buffer_puts(out, "- {provider: ");
    yaml_put_scalar(out, p->provider);
    put_text(out, "region", p->region);
    put_text(out, "instance", p->instance);
    put_text(out, "gpu", p->gpu);
    put_figure(out, "gpus", p->gpus);
    put_figure(out, "on_demand", p->on_demand_usd_h);
    put_figure(out, "spot", p->spot_usd_h);
    put_figure(out, "reserved_1y", p->reserved_1y_usd_h);
    put_text(out, "note", p->note);
    put_text(out, "source", p->origin.text);
    put_date(out, "as_of", p->origin.as_of);
    buffer_puts(out, "}\n");
}

static int
by_id(const void *a, const void *b)
{
    const struct cat_price *const *x = a, *const *y = b;
    int order = strcmp((*x)->id, (*y)->id);

    return order != 0 ? order : strcmp((*x)->key, (*y)->key);
}

static int
by_gpu_id(const void *a, const void *b)
{
    const struct cat_gpu_price *const *x = a, *const *y = b;

    return strcmp((*x)->id, (*y)->id);
}

static int
put_sorted(struct buffer *out, const struct price_import *list)
{
    const struct cat_price **p = malloc(((size_t)list->n + 1) * sizeof *p);
    const struct cat_gpu_price **g = malloc(((size_t)list->n_gpu_prices + 1) * sizeof *g);
    bool good = p != NULL && g != NULL;

    for (int i = 0; good && i < list->n; i++)
        p[i] = &list->prices[i];
    for (int i = 0; good && i < list->n_gpu_prices; i++)
        g[i] = &list->gpu_prices[i];
    if (good && list->n > 0) {
        qsort(p, (size_t)list->n, sizeof *p, by_id);
        buffer_puts(out, "\nprices:\n");
        for (int i = 0; i < list->n; i++)
            put_price(out, p[i]);
    }
    if (good && list->n_gpu_prices > 0) {
        qsort(g, (size_t)list->n_gpu_prices, sizeof *g, by_gpu_id);
        buffer_puts(out, "\ngpu-prices:\n");
        for (int i = 0; i < list->n_gpu_prices; i++)
            put_gpu_price(out, g[i]);
    }
    free(p);
    free(g);
    return good ? 0 : -1;
}

int
price_import_print(const struct price_import *list, struct buffer *out, struct error *err)
{
    char date[16];

    if (list->as_of.year == 0)
        return error_set(err, ERR_RANGE, "the list needs a date");
    buffer_printf(out,
                  "# Prices of the list %s, written by \"breakeven import\": the next import of that list writes\n"
                  "# this file anew. USD per million tokens%s.\n"
                  "list: %s\nsources:\n  list: {text: ",
                  list->list, list->n_gpu_prices > 0 ? ", or for one GPU by the hour" : "", list->list);
    yaml_put_scalar(out, list->source);
    buffer_printf(out, ", as_of: %s}\n", date_print(date, sizeof date, list->as_of, true));
    if (put_sorted(out, list) < 0 || out->failed)
        return error_set(err, ERR_BUG, "no memory for the price list");
    struct error why;
    if (catalog_check_file(list->list, out->text, out->n, &why) < 0)
        return error_set(err, why.code == ERR_SIZE ? ERR_SIZE : ERR_BUG, "the list cannot be kept: %s", why.text);
    return 0;
}
