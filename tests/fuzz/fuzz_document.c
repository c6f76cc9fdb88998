/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "breakeven/document.h"
#include "fuzz.h"

/* Any bytes as YAML, JSON, TOML or CSV: a tree or words that say why not. */

static void
tree(int (*parse)(struct document **, const char *, size_t, struct error *), const uint8_t *bytes, size_t n)
{
    struct document *d = NULL;
    struct error err;

    err.text[0] = '\0';
    if (parse(&d, (const char *)bytes, n, &err) == 0)
        document_free(d);
    else
        MUST(err.text[0] != '\0');
}

static void
table(const uint8_t *bytes, size_t n)
{
    struct csv csv;
    struct error err;

    err.text[0] = '\0';
    if (csv_parse(&csv, (const char *)bytes, n, &err) == 0)
        csv_release(&csv);
    else
        MUST(err.text[0] != '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n == 0)
        return 0;
    switch (bytes[0] % 4) {
    case 0: tree(document_parse_yaml, bytes + 1, n - 1); break;
    case 1: tree(document_parse_json, bytes + 1, n - 1); break;
    case 2: tree(document_parse_toml, bytes + 1, n - 1); break;
    default: table(bytes + 1, n - 1); break;
    }
    return 0;
}
