/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <cjson/cJSON.h>
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

static int
convert(struct node *n, const cJSON *from, int depth, struct error *err)
{
    char number[40];
    size_t cap = 0;

    if (depth > DOCUMENT_MAX_DEPTH)
        return error_set(err, ERR_SIZE, "nested more than %d deep", DOCUMENT_MAX_DEPTH);
    if (cJSON_IsString(from))
        return set_text(n, from->valuestring, SCALAR_QUOTED, err);
    if (cJSON_IsNumber(from))
        return set_text(n, number_exact(number, sizeof number, from->valuedouble), SCALAR_PLAIN, err);
    if (cJSON_IsBool(from))
        return set_text(n, cJSON_IsTrue(from) ? "true" : "false", SCALAR_PLAIN, err);
    if (!cJSON_IsObject(from) && !cJSON_IsArray(from)) {
        n->kind = NODE_NULL;
        return 0;
    }
    n->kind = cJSON_IsObject(from) ? NODE_MAPPING : NODE_SEQUENCE;
    n->flow = true;
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

/* Brackets deeper than the limit are refused before cJSON recurses into them. */
static int
check_nesting(const char *bytes, size_t n, struct error *err)
{
    int depth = 0, line = 1, column = 0;
    bool in_string = false;

    for (size_t k = 0; k < n; k++) {
        char c = bytes[k];
        column += ((unsigned char)c & 0xc0) != 0x80;
        if (c == '\n')
            line++, column = 0;
        if (in_string) {
            if (c == '\\')
                k++, column++;
            else if (c == '"')
                in_string = false;
            continue;
        }
        if (c == '"')
            in_string = true;
        else if ((c == '{' || c == '[') && ++depth > DOCUMENT_MAX_DEPTH)
            return error_at(err, ERR_SIZE, line, column, "nested more than %d deep", DOCUMENT_MAX_DEPTH);
        else if (c == '}' || c == ']')
            depth--;
    }
    return 0;
}

static int
syntax_error(const char *bytes, const char *at, struct error *err)
{
    int line = 1, column = 1;

    for (const char *p = bytes; p < at; p++)
        if (*p == '\n')
            line++, column = 1;
        else if (((unsigned char)*p & 0xc0) != 0x80)
            column++;
    return error_at(err, ERR_SYNTAX, line, column, "not JSON from here on");
}

int
document_parse_json(struct document **out, const char *bytes, size_t n, struct error *err)
{
    const char *end = NULL, *start = bytes;
    struct document *d;
    size_t bad;

    if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
        start = bytes + 3;
    size_t left = n - (size_t)(start - bytes);
    if (!text_valid(start, left, &bad))
        return syntax_error(start, start + bad, err);
    if (check_nesting(start, left, err) < 0)
        return -1;
    cJSON *tree = cJSON_ParseWithLengthOpts(start, left, &end, false);
    if (tree == NULL)
        return syntax_error(start, end != NULL ? end : start, err);
    while (end != NULL && end < start + left && strchr(" \t\r\n", *end) != NULL && *end != '\0')
        end++;
    if (end != NULL && end < start + left) {
        cJSON_Delete(tree);
        return syntax_error(start, end, err);
    }
    d = document_new();
    int status = d != NULL ? convert(&d->root, tree, 0, err) : no_memory(err);
    cJSON_Delete(tree);
    if (status < 0)
        document_free(d);
    else
        *out = d;
    return status;
}
