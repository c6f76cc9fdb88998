/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define TOKENS_MAX 1e15

/* Where prices are looked up: in somebody's list, if one is given, else in the catalog. */
struct source {
    struct catalog *catalog;  /* NULL: imported is in use */
    struct price_import imported;
    struct date day;          /* of the list's file: which of its dated prices is in force */
    const char *path;
};

static int
source_open(struct source *s, const struct args *a, struct error *err)
{
    const struct date unknown = { 0, 0, 0 }; /* the list says of no day */
    struct error why;
    char *bytes = NULL;
    size_t n = 0;

    memset(s, 0, sizeof *s);
    s->path = args_value(a, "prices");
    if (s->path == NULL)
        return catalog_open(&s->catalog, err);
    if (file_read(s->path, PRICE_LIST_BYTES_MAX, &bytes, &n, NULL, err) < 0)
        return -1;
    int status = import_list(&s->imported, NULL, bytes, n, base_name(s->path), unknown, &why);
    free(bytes);
    file_day(s->path, &s->day);
    return status < 0 ? error_in_file(err, s->path, &why) : 0;
}

static void
source_release(struct source *s)
{
    if (s->catalog != NULL)
        catalog_free(s->catalog);
    else
        price_import_release(&s->imported);
}

/* ---- finding a price ------------------------------------------------------------------ */

static const char *
imported_key(const void *ctx, int i)
{
    const struct price_import *list = ctx;

    return i < list->n ? list->prices[i].key : NULL;
}

static int
find_imported(const struct cat_price **out, const struct source *s, const char *model, const char *host,
              struct error *err)
{
    const struct cat_price *p = price_import_find(&s->imported, model, host);

    if (p == NULL) {
        const char *nearest = text_nearest(model, imported_key, &s->imported);
        return error_set(err, ERR_UNKNOWN, nearest != NULL ? "no price of %s in %s, nearest %s" : "no price of %s in %s",
                         model, base_name(s->path), nearest);
    }
    *out = p;
    return 0;
}

/* By its key in the list that the catalog took it from; a key at two hosts needs the host. */
static const struct cat_price *
find_key(const struct catalog *cat, const char *key, const char *host)
{
    const struct cat_price *found = NULL;

    for (int k = 0; k < cat->n_prices; k++) {
        const struct cat_price *p = &cat->prices[k];

        if (p->key == NULL || strcmp(p->key, key) != 0 || (host[0] != '\0' && strcmp(p->host, host) != 0))
            continue;
        if (found != NULL)
            return NULL;
        found = p;
    }
    return found;
}

/* The hosts that sell a model, for the message. */
static int
refuse_host(const struct catalog *cat, const char *model, const char *host, struct error *err)
{
    struct buffer b;
    int n = 0;

    buffer_init(&b);
    for (int k = 0; k < cat->n_prices; k++)
        if (strcmp(cat->prices[k].model, model) == 0)
            buffer_printf(&b, "%s%s", n++ > 0 ? ", " : "", cat->prices[k].host);
    if (n == 0)
        error_set(err, ERR_UNKNOWN, "no price per token of %s is known", model);
    else
        error_set(err, ERR_UNKNOWN, "no price of %s at %s; it is sold by %s", model, host, b.text);
    buffer_release(&b);
    return -1;
}

/* A model's id, "model@host", or the key of a list. */
static int
find_in_catalog(const struct cat_price **out, const struct catalog *cat, const char *model, const char *host,
                struct error *err)
{
    const char *at = strchr(model, '@');
    char name[128];

    if (at != NULL && host[0] == '\0') {
        snprintf(name, sizeof name, "%.*s", (int)(at - model), model);
        host = at + 1;
    } else
        text_copy(name, sizeof name, model);
    const struct cat_price *p = catalog_price(cat, name, host);
    if (p == NULL)
        p = find_key(cat, model, host);
    if (p == NULL && catalog_model(cat, name) != NULL)
        return refuse_host(cat, name, host, err);
    if (p == NULL)
        return unknown_name(cat, CATALOG_MODELS, "model", model, err);
    *out = p;
    return 0;
}

/* ---- one request -------------------------------------------------------------------------- */

struct request {
    const char *model, *host; /* host "": the model's own                       */
    double prompt, cached, completion;
    bool batch;
};

struct priced {
    const struct cat_price *price;
    const struct price_step *step;
    struct price_parts parts;
};

/* By the price in force on the day that the list is of, so that the same catalog always says
 * the same; later steps are told. */
static int
price_it(struct priced *out, const struct source *s, const struct request *r, struct error *err)
{
    int status = s->catalog != NULL ? find_in_catalog(&out->price, s->catalog, r->model, r->host, err)
                                    : find_imported(&out->price, s, r->model, r->host, err);

    if (status < 0)
        return -1;
    out->step = price_on(out->price, s->catalog != NULL ? out->price->origin.as_of : s->day);
    return price_request(&out->parts, out->step, r->prompt, r->cached, r->completion, r->batch, err);
}

static const char *
list_of(const struct cat_price *p)
{
    return p->list != NULL ? p->list : p->origin.text;
}

static void
put_json(struct buffer *b, const struct priced *x)
{
    const struct origin *o = &x->price->origin;
    struct json j;
    char date[16];

    json_init(&j, b, 0);
    json_object(&j);
    json_put_string(&j, "model", x->price->model);
    json_put_number(&j, "cost_usd", x->parts.input_usd + x->parts.output_usd);
    json_put_number(&j, "input_usd", x->parts.input_usd);
    json_put_number(&j, "output_usd", x->parts.output_usd);
    json_put_string(&j, "rule", x->parts.rule);
    json_put_string(&j, "list", list_of(x->price));
    json_put_string(&j, "as_of", o->as_of.year != 0 ? date_print(date, sizeof date, o->as_of, true) : NULL);
    json_end(&j, '}');
    buffer_putc(b, '\n');
}

static const char *
rule_words(const char *rule)
{
    if (strcmp(rule, "tier") == 0)
        return "the price of long prompts, for the whole request";
    if (strcmp(rule, "batch_price") == 0)
        return "the batch price";
    if (strcmp(rule, "batch_half") == 0)
        return "half of the list price, for a batch";
    return "the list price";
}

static void
put_text(struct buffer *b, const struct priced *x, const struct request *r)
{
    const struct cat_price *p = x->price;
    char date[16], clean[200];

    buffer_printf(b, "%-10s $%.6g a request, %s\n", "cost", x->parts.input_usd + x->parts.output_usd,
                  rule_words(x->parts.rule));
    buffer_printf(b, "%-10s $%.6g for %.15g tokens, %.15g of them from the cache\n", "input", x->parts.input_usd, r->prompt,
                  r->cached);
    buffer_printf(b, "%-10s $%.6g for %.15g tokens\n", "output", x->parts.output_usd, r->completion);
    if (strcmp(p->model, p->key != NULL ? p->key : "") == 0)
        buffer_printf(b, "%-10s %s", "model", text_clean(clean, sizeof clean, p->model));
    else
        buffer_printf(b, "%-10s %s at %s", "model", text_clean(clean, sizeof clean, p->model), p->host);
    if (p->origin.as_of.year != 0)
        buffer_printf(b, ", prices of %s", date_print(date, sizeof date, p->origin.as_of, true));
    buffer_printf(b, "\n%-10s %s\n", "source", text_clean(clean, sizeof clean, p->origin.text));
    for (int k = 0; k < p->n_steps; k++)
        if (&p->steps[k] > x->step)
            buffer_printf(b, "%-10s from %s: $%.6g in, $%.6g out per million tokens\n", "later",
                          date_print(date, sizeof date, p->steps[k].from, true), p->steps[k].price.input,
                          p->steps[k].price.output);
    if (p->retired.year != 0)
        buffer_printf(b, "%-10s %s%s%s\n", "retired", date_print(date, sizeof date, p->retired, true),
                      p->successor != NULL ? "; successor " : "", p->successor != NULL ? p->successor : "");
}

/* ---- a table of requests --------------------------------------------------------------------- */

static int
cell_number(double *x, const struct csv *t, size_t row, const char *column, struct error *err)
{
    const char *text = table_cell(t, row, column);
    struct error why;

    *x = 0;
    if (text[0] == '\0' || number_parse(x, text, FORM_NUMBER, &why) == 0)
        return 0;
    return error_set(err, ERR_RANGE, "%s: %s", column, why.text);
}

static int
read_request(struct request *r, const struct csv *t, size_t row, struct error *err)
{
    double batch;

    r->model = table_cell(t, row, "model");
    r->host = table_cell(t, row, "provider");
    if (r->model[0] == '\0' || table_cell(t, row, "prompt_tokens")[0] == '\0')
        return error_set(err, ERR_RANGE, "%s is missing", r->model[0] == '\0' ? "model" : "prompt_tokens");
    if (cell_number(&r->prompt, t, row, "prompt_tokens", err) < 0 ||
        cell_number(&r->cached, t, row, "cached_prompt_tokens", err) < 0 ||
        cell_number(&r->completion, t, row, "completion_tokens", err) < 0 ||
        cell_number(&batch, t, row, "batch", err) < 0)
        return -1;
    if (batch != 0 && batch != 1)
        return error_set(err, ERR_RANGE, "batch: %g is neither 0 nor 1", batch);
    r->batch = batch != 0;
    return 0;
}

static int
price_table(struct buffer *out, const struct source *s, const char *path, struct error *err)
{
    static const char *const needed[] = { "id", "model", "prompt_tokens", NULL };
    static const char *const written[] = { "id", "cost_usd", "error", NULL };
    struct csv t;

    if (table_open(&t, path, needed, err) < 0)
        return -1;
    table_header(out, written);
    for (size_t row = 1; row < t.n_rows; row++) {
        struct request r;
        struct priced x;
        struct error why = { .text = "" };
        bool good = read_request(&r, &t, row, &why) == 0 && price_it(&x, s, &r, &why) == 0;

        csv_put(out, table_cell(&t, row, "id"));
        table_put_number(out, good ? x.parts.input_usd + x.parts.output_usd : NAN);
        buffer_putc(out, ',');
        csv_put(out, good ? "" : why.text);
        buffer_putc(out, '\n');
    }
    csv_release(&t);
    return 0;
}

/* ---- the command --------------------------------------------------------------------------------- */

static int
check_usage(const struct args *a, struct error *err)
{
    static const char *const single[] = { "input", "cached", "output", "batch", "json" };

    if (!args_has(a, "csv")) {
        if (a->n_operands != 1)
            return error_set(err, ERR_USAGE, "price needs one model, or --csv FILE");
        if (!args_has(a, "input"))
            return error_set(err, ERR_USAGE, "price needs --input N, the tokens of the whole prompt");
        return 0;
    }
    if (a->n_operands > 0)
        return error_set(err, ERR_USAGE, "with --csv the models stand in the table, not on the command line");
    for (size_t k = 0; k < BE_LEN(single); k++)
        if (args_has(a, single[k]))
            return error_set(err, ERR_USAGE, "--%s does not go with --csv", single[k]);
    return 0;
}

int
cmd_price(const struct args *a, struct error *err)
{
    struct request r = { .model = a->operands[0], .host = "", .batch = args_has(a, "batch") };
    struct source source;
    struct priced x;
    struct buffer out;
    int status;

    if (check_usage(a, err) < 0 || args_number(a, "input", 0, TOKENS_MAX, &r.prompt, err) < 0 ||
        args_number(a, "cached", 0, TOKENS_MAX, &r.cached, err) < 0 ||
        args_number(a, "output", 0, TOKENS_MAX, &r.completion, err) < 0 || source_open(&source, a, err) < 0)
        return -1;
    buffer_init(&out);
    if (args_has(a, "csv"))
        status = price_table(&out, &source, args_value(a, "csv"), err);
    else {
        status = price_it(&x, &source, &r, err);
        if (status == 0 && args_has(a, "json"))
            put_json(&out, &x);
        else if (status == 0)
            put_text(&out, &x, &r);
    }
    if (status == 0)
        status = write_out(NULL, &out, err);
    buffer_release(&out);
    source_release(&source);
    return status;
}
