/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tree.h"

/* JSON to the same tree. cJSON is known here alone. */

static int
no_memory(struct error *err)
{
    return error_set(err, ERR_BUG, "no memory for the document");
}

static int
set_text(struct node *n, const char *text, enum scalar_style style, struct error *err)
{
    n->kind = NODE_SCALAR;
    n->style = style;
    n->text = strdup(text);
    return n->text != NULL ? 0 : no_memory(err);
}

/* Over the range of a double: kept as a text that is no finite number either. */
static int
set_number(struct node *n, double value, struct error *err)
{
    char text[40];

    if (isinf(value))
        return set_text(n, value > 0 ? "1e999" : "-1e999", SCALAR_PLAIN, err);
    return set_text(n, number_exact(text, sizeof text, value), SCALAR_PLAIN, err);
}

/* Room for all children at once: most objects are small, and there may be a million of them. */
static bool
reserve(struct node *n, const cJSON *from, size_t *cap)
{
    for (const cJSON *child = from->child; child != NULL; child = child->next)
        ++*cap;
    if (*cap == 0)
        return true;
    n->items = malloc(*cap * sizeof *n->items);
    if (n->kind == NODE_MAPPING)
        n->keys = malloc(*cap * sizeof *n->keys);
    return n->items != NULL && (n->keys != NULL || n->kind != NODE_MAPPING);
}

static int
convert(struct node *n, const cJSON *from, int depth, struct error *err)
{
    size_t cap = 0;

    if (depth > DOCUMENT_MAX_DEPTH)
        return error_set(err, ERR_SIZE, "nested more than %d deep", DOCUMENT_MAX_DEPTH);
    if (cJSON_IsString(from))
        return set_text(n, from->valuestring, SCALAR_QUOTED, err);
    if (cJSON_IsNumber(from))
        return set_number(n, from->valuedouble, err);
    if (cJSON_IsBool(from))
        return set_text(n, cJSON_IsTrue(from) ? "true" : "false", SCALAR_PLAIN, err);
    if (!cJSON_IsObject(from) && !cJSON_IsArray(from)) {
        n->kind = NODE_NULL;
        return 0;
    }
    n->kind = cJSON_IsObject(from) ? NODE_MAPPING : NODE_SEQUENCE;
    n->flow = true;
    if (!reserve(n, from, &cap))
        return no_memory(err);
    for (const cJSON *child = from->child; child != NULL; child = child->next) {
        struct node *key = NULL, *item = node_append(n, &cap, &key);
        if (item == NULL)
            return no_memory(err);
        if (key != NULL && set_text(key, child->string != NULL ? child->string : "", SCALAR_QUOTED, err) < 0)
            return -1;
        if (convert(item, child, depth + 1, err) < 0)
            return -1;
    }
    return 0;
}

static int
error_here(struct error *err, enum error_code code, const char *bytes, size_t at, const char *words)
{
    int line, column;

    place_of(bytes, at, &line, &column);
    return error_at(err, code, line, column, "%s", words);
}

/* A dozen times the longest price list's; each value costs a hundred bytes or two. */
#define VALUES_MAX 500000
/* No value of any list or log is near it. */
#define TEXT_BYTES_MAX ((size_t)1 << 20)

/* What cJSON would do without a word: recurse into brackets however deep, end a text
 * at an escaped NUL, and take memory as long as there is any. */
static int
check_shape(const char *bytes, size_t from, size_t n, struct error *err)
{
    int depth = 0;
    long values = 0;
    bool in_string = false;
    size_t begun = 0;

    for (size_t k = from; k < n; k++) {
        char c = bytes[k];
        if (!in_string && (c == ',' || c == '[' || c == '{') && ++values > VALUES_MAX)
            return error_here(err, ERR_SIZE, bytes, k, "more than 500,000 values");
        if (in_string && k - begun > TEXT_BYTES_MAX)
            return error_here(err, ERR_SIZE, bytes, begun, "a text of more than 1 MiB");
        if (in_string && c == '\\') {
            if (n - k >= 6 && memcmp(bytes + k, "\\u0000", 6) == 0)
                return error_here(err, ERR_SYNTAX, bytes, k, "a text holds a NUL character");
            k++;
        } else if (c == '"') {
            in_string = !in_string;
            begun = k;
        } else if (in_string)
            continue;
        else if ((c == '{' || c == '[') && ++depth > DOCUMENT_MAX_DEPTH) {
            int line, column;
            place_of(bytes, k, &line, &column);
            return error_at(err, ERR_SIZE, line, column, "nested more than %d deep", DOCUMENT_MAX_DEPTH);
        } else if (c == '}' || c == ']')
            depth--;
    }
    return 0;
}

/* The first byte behind the value that is no white space; n at the end. */
static size_t
skip_space(const char *bytes, size_t at, size_t n)
{
    while (at < n && bytes[at] != '\0' && strchr(" \t\r\n", bytes[at]) != NULL)
        at++;
    return at;
}

int
document_parse_json(struct document **out, const char *bytes, size_t n, struct error *err)
{
    size_t start = bom_length(bytes, n), bad;
    const char *end = NULL;

    if (!text_valid(bytes, n, &bad))
        return error_here(err, ERR_SYNTAX, bytes, bad, "this is not UTF-8 text");
    if (check_shape(bytes, start, n, err) < 0)
        return -1;
    if (skip_space(bytes, start, n) == n)
        return error_here(err, ERR_SYNTAX, bytes, n, "there is no JSON in this text");
    cJSON *tree = cJSON_ParseWithLengthOpts(bytes + start, n - start, &end, false);
    if (tree == NULL)
        return error_here(err, ERR_SYNTAX, bytes, (size_t)(end - bytes), "not JSON from here on");
    bad = skip_space(bytes, (size_t)(end - bytes), n);
    if (bad < n) {
        cJSON_Delete(tree);
        return error_here(err, ERR_SYNTAX, bytes, bad, "text behind the end of the JSON value");
    }
    struct document *d = document_new();
    int status = d != NULL ? convert(&d->root, tree, 0, err) : no_memory(err);
    cJSON_Delete(tree);
    if (status < 0)
        document_free(d);
    else
        *out = d;
    return status;
}
