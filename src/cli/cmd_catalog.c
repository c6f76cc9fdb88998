/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

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
    char line[400], date[16];

    for (int i = 0; i < catalog_count(cat, kind); i++) {
        const struct origin *o = catalog_origin(cat, kind, i);
        catalog_describe(cat, kind, i, line, sizeof line);
        date_print(date, sizeof date, o->as_of, true);
        if (!as_json) {
            buffer_printf(out, "%-44s %s\n%-44s   %s, %s\n", catalog_id(cat, kind, i), line, "", o->text, date);
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

int
cmd_catalog(const struct args *a, struct error *err)
{
    enum catalog_kind kind = CATALOG_KINDS;
    struct catalog *cat = NULL;
    struct buffer out;
    struct json j;
    bool as_json = args_has(a, "json");

    if (a->n_operands > 1)
        return error_set(err, ERR_USAGE, "catalog takes one kind of entry");
    if (a->n_operands == 1 && find_kind(a->operands[0], &kind, err) < 0)
        return -1;
    if (catalog_open(&cat, err) < 0)
        return -1;
    buffer_init(&out);
    json_init(&j, &out, 0);
    if (as_json)
        json_array(&j);
    for (int k = 0; k < CATALOG_KINDS; k++) {
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
    int status = write_out(NULL, &out, err);
    buffer_release(&out);
    catalog_free(cat);
    return status;
}
