/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <string.h>

#include "cli.h"

static const char *
kind_name(const void *ctx, int i)
{
    (void)ctx;
    return i < CATALOG_KINDS ? catalog_kind_name((enum catalog_kind)i) : NULL;
}

static int
find_kind(const char *word, enum catalog_kind *kind, struct error *err)
{
    for (int k = 0; k < CATALOG_KINDS; k++)
        if (strcmp(catalog_kind_name((enum catalog_kind)k), word) == 0) {
            *kind = (enum catalog_kind)k;
            return 0;
        }
    const char *nearest = text_nearest(word, kind_name, NULL);
    return error_set(err, ERR_UNKNOWN, nearest != NULL ? "the catalog has no %s, nearest %s" : "the catalog has no %s",
                     word, nearest);
}

static void
list_kind(struct buffer *out, struct json *j, const struct catalog *cat, enum catalog_kind kind, bool as_json)
{
    char line[400], date[16], id[300], words[400], about[400];

    for (int i = 0; i < catalog_count(cat, kind); i++) {
        const struct origin *o = catalog_origin(cat, kind, i);
        catalog_describe(cat, kind, i, line, sizeof line);
        date_print(date, sizeof date, o->as_of, true);
        if (!as_json) {
            buffer_printf(out, "%-44s %s\n%-44s   %s, %s\n", text_clean(id, sizeof id, catalog_id(cat, kind, i)),
                          text_clean(about, sizeof about, line), "", text_clean(words, sizeof words, o->text), date);
            continue;
        }
        json_object(j);
        json_put_string(j, "kind", catalog_kind_name(kind));
        json_put_string(j, "id", catalog_id(cat, kind, i));
        json_put_string(j, "about", line);
        json_put_string(j, "source", o->text);
        json_put_string(j, "as_of", date);
        json_end(j, '}');
    }
}

/* ---- one model, list by list -------------------------------------------------------- */

static bool
is_of(const struct cat_price *p, const char *name)
{
    return strcmp(p->model, name) == 0 || strcmp(p->id, name) == 0 || (p->key != NULL && strcmp(p->key, name) == 0);
}

static void
put_figure(struct buffer *out, const char *what, double usd, double other)
{
    char percent[32];

    if (!known(usd))
        return;
    buffer_printf(out, "  %s $%.6g", what, usd);
    if (known(other) && other > 0 && fabs(usd - other) > 1e-9 * other)
        buffer_printf(out, " (%s%s)", usd > other ? "+" : "", number_percent(percent, sizeof percent, usd / other - 1, 1));
}

/* One list's word; against: the price in use, or itself. */
static void
put_word(struct buffer *out, const struct cat_price *p, const struct cat_price *against)
{
    const struct price_step *s = price_on(p, p->origin.as_of), *t = price_on(against, p->origin.as_of);
    char date[16], clean[300], list[40];

    snprintf(list, sizeof list, "%s%s", p->list != NULL ? p->list : "catalog", p->imported ? "" : ", shipped");
    buffer_printf(out, "  %-7s %-20s %s", p == against ? "in use" : "", list,
                  date_print(date, sizeof date, p->origin.as_of, true));
    put_figure(out, "input", s->price.input, t->price.input);
    put_figure(out, "output", s->price.output, t->price.output);
    put_figure(out, "cached", s->price.cache_read, t->price.cache_read);
    for (int i = 0; i < s->n_tiers; i++)
        buffer_printf(out, "  above %.15g: $%.6g/$%.6g", s->tiers[i].above_tokens, s->tiers[i].price.input,
                      known(s->tiers[i].price.output) ? s->tiers[i].price.output : s->price.output);
    if (p->key != NULL)
        buffer_printf(out, "  (%s)", text_clean(clean, sizeof clean, p->key));
    if (p->doubt != NULL)
        buffer_printf(out, "\n          doubted: %s", text_clean(clean, sizeof clean, p->doubt));
    buffer_putc(out, '\n');
}

static void
put_word_json(struct json *j, const struct cat_price *p, bool in_use)
{
    const struct token_price *t = &price_on(p, p->origin.as_of)->price;
    char date[16];

    json_object(j);
    json_put_string(j, "id", p->id);
    json_put_string(j, "list", p->list);
    json_put_string(j, "key", p->key);
    json_put_string(j, "as_of", date_print(date, sizeof date, p->origin.as_of, true));
    json_put_bool(j, "in_use", in_use);
    json_put_number(j, "input_usd_mtok", t->input);
    json_put_number(j, "output_usd_mtok", t->output);
    json_put_number(j, "cache_read_usd_mtok", t->cache_read);
    json_put_string(j, "doubt", p->doubt);
    json_put_string(j, "source", p->origin.text);
    json_end(j, '}');
}

/* What every list says of one model, host by host. Nothing is averaged. */
static int
list_model(struct buffer *out, struct json *j, const struct catalog *cat, const char *name, bool as_json,
           struct error *err)
{
    char id[300];
    int n = 0;

    for (int i = 0; i < cat->n_prices; i++) {
        const struct cat_price *p = &cat->prices[i];

        bool wanted = is_of(p, name);
        for (int k = 0; k < cat->n_others && !wanted; k++)
            wanted = strcmp(cat->others[k].id, p->id) == 0 && is_of(&cat->others[k], name);
        if (!wanted)
            continue;
        n++;
        if (as_json)
            put_word_json(j, p, true);
        else {
            buffer_printf(out, "%s\n", text_clean(id, sizeof id, p->id));
            put_word(out, p, p);
        }
        for (int k = 0; k < cat->n_others; k++)
            if (strcmp(cat->others[k].id, p->id) == 0) {
                if (as_json)
                    put_word_json(j, &cat->others[k], false);
                else
                    put_word(out, &cat->others[k], p);
            }
    }
    if (n > 0)
        return 0;
    if (catalog_model(cat, name) != NULL)
        return error_set(err, ERR_UNKNOWN, "no price per token of %s is known", name);
    return unknown_name(cat, CATALOG_MODELS, "model", name, err);
}

int
cmd_catalog(const struct args *a, struct error *err)
{
    enum catalog_kind kind = CATALOG_KINDS;
    struct catalog *cat = NULL;
    struct buffer out;
    struct json j;
    bool as_json = args_has(a, "json");
    int status = 0;

    if (a->n_operands > 0 && find_kind(a->operands[0], &kind, err) < 0)
        return -1;
    if (a->n_operands > 2 || (a->n_operands == 2 && kind != CATALOG_PRICES))
        return error_set(err, ERR_USAGE, "catalog takes one kind of entry; \"prices\" may name a model");
    if (catalog_open(&cat, err) < 0)
        return -1;
    buffer_init(&out);
    json_init(&j, &out, 0);
    if (as_json)
        json_array(&j);
    if (a->n_operands == 2)
        status = list_model(&out, &j, cat, a->operands[1], as_json, err);
    for (int k = 0; k < CATALOG_KINDS && a->n_operands < 2; k++) {
        if (kind != CATALOG_KINDS && (int)kind != k)
            continue;
        if (kind == CATALOG_KINDS && !as_json)
            buffer_printf(&out, "%-12s %d\n", catalog_kind_name((enum catalog_kind)k),
                          catalog_count(cat, (enum catalog_kind)k));
        else
            list_kind(&out, &j, cat, (enum catalog_kind)k, as_json);
    }
    if (as_json) {
        json_end(&j, ']');
        buffer_putc(&out, '\n');
    }
    if (status == 0)
        status = write_out(NULL, &out, err);
    buffer_release(&out);
    catalog_free(cat);
    return status;
}
