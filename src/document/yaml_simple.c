/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "tree.h"

/*
 * The way catalogs and scenarios are mostly written, read without events: ASCII, block mappings and
 * sequences, scalars and flow collections that end on their line.  Whatever is more than that, and every
 * text with an error in it, is left to the reader of all YAML (yaml.c), which tells what is wrong;
 * tests hold the two trees against each other, places included.  A start-up reads nine files.
 */

#define SIMPLE_DEPTH 10
#define SIMPLE_KEYS 64   /* of a mapping, which are compared one with another */
#define SIMPLE_KEY_BYTES 100

struct simple {
    const char *bytes;
    size_t n, at;        /* at: the first character of the line's text, or of what is read */
    size_t line_begin;
    int line;            /* from 1                                                          */
    int indent;          /* of the line at hand; -1 at the end                              */
    bool failed;
};

static bool
give_up(struct simple *s)
{
    s->failed = true;
    return false;
}

/* On to the next line with text, from the start of a line. */
static void
find_line(struct simple *s)
{
    while (s->at < s->n) {
        s->line_begin = s->at;
        while (s->at < s->n && s->bytes[s->at] == ' ')
            s->at++;
        if (s->at < s->n && s->bytes[s->at] != '\n' && s->bytes[s->at] != '#') {
            s->indent = (int)(s->at - s->line_begin);
            return;
        }
        const char *end = memchr(s->bytes + s->at, '\n', s->n - s->at);
        s->at = end != NULL ? (size_t)(end - s->bytes) + 1 : s->n;
        s->line++;
    }
    s->indent = -1;
}

/* After a value: spaces, a comment, the end of the line. */
static bool
end_line(struct simple *s)
{
    while (s->at < s->n && s->bytes[s->at] == ' ')
        s->at++;
    if (s->at < s->n && s->bytes[s->at] == '#' && s->bytes[s->at - 1] == ' ')
        while (s->at < s->n && s->bytes[s->at] != '\n')
            s->at++;
    if (s->at < s->n && s->bytes[s->at] != '\n')
        return give_up(s);
    s->at += s->at < s->n;
    s->line++;
    find_line(s);
    return true;
}

static bool
is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Bytes of a key at hand, the colon and what must follow it not counted; 0: there is none. */
static size_t
key_length(const struct simple *s, size_t at)
{
    size_t n = 0;

    if (at >= s->n || !is_word(s->bytes[at]))
        return 0;
    while (at + n < s->n && (is_word(s->bytes[at + n]) || s->bytes[at + n] == '-' || s->bytes[at + n] == '.'))
        n++;
    bool ends = at + n + 1 < s->n && s->bytes[at + n] == ':' && (s->bytes[at + n + 1] == ' ' || s->bytes[at + n + 1] == '\n');
    return ends && n <= SIMPLE_KEY_BYTES ? n : 0;
}

static void
place_at(const struct simple *s, struct node *n)
{
    n->begin = s->at;
    n->line = s->line;
    n->column = (int)(s->at - s->line_begin) + 1;
}

static bool
fill_scalar(struct simple *s, struct node *n, size_t from, size_t length, enum scalar_style style)
{
    n->text = malloc(length + 1);
    if (n->text == NULL)
        return give_up(s);
    memcpy(n->text, s->bytes + from, length);
    n->text[length] = '\0';
    n->kind = NODE_SCALAR;
    n->style = style;
    n->end = s->at;
    return true;
}

static bool
read_quoted(struct simple *s, struct node *n)
{
    char quote = s->bytes[s->at];
    size_t from = s->at + 1, to = from;

    place_at(s, n);
    while (to < s->n && s->bytes[to] != quote && s->bytes[to] != '\n' && s->bytes[to] != '\\')
        to++;
    if (to >= s->n || s->bytes[to] != quote || (to + 1 < s->n && s->bytes[to + 1] == quote))
        return give_up(s);
    s->at = to + 1;
    return fill_scalar(s, n, from, to - from, SCALAR_QUOTED);
}

/* Plain text means no more than itself if it begins so. */
static bool
begins_plain(const struct simple *s)
{
    char c = s->bytes[s->at], next = s->at + 1 < s->n ? s->bytes[s->at + 1] : '\n';

    return is_word(c) || c == '$' || c == '.' || c == '/' || c == '=' || c == '+' || (c == '-' && (is_word(next) || next == '.'));
}

static bool
read_plain(struct simple *s, struct node *n, bool flow)
{
    size_t from = s->at, to = from, end = from;

    place_at(s, n);
    if (!begins_plain(s))
        return give_up(s);
    for (; to < s->n && s->bytes[to] != '\n'; to++) {
        char c = s->bytes[to];
        if (c == '#' && s->bytes[to - 1] == ' ')
            break;
        if (flow && (c == ',' || c == ']' || c == '}'))
            break;
        if (c == ':' || (flow && (c == '[' || c == '{' || c == '?' || c == '#'))) {
            if (flow || to + 1 >= s->n || s->bytes[to + 1] == ' ' || s->bytes[to + 1] == '\n')
                return give_up(s);
        }
        if (c != ' ')
            end = to + 1;
    }
    s->at = end;
    if (!fill_scalar(s, n, from, end - from, SCALAR_PLAIN))
        return false;
    if (yaml_means_nothing(n->text))
        n->kind = NODE_NULL;
    return true;
}

static bool
read_key(struct simple *s, struct node *key, size_t length)
{
    place_at(s, key);
    s->at += length;
    if (!fill_scalar(s, key, key->begin, length, SCALAR_PLAIN))
        return false;
    s->at++;
    while (s->at < s->n && s->bytes[s->at] == ' ')
        s->at++;
    return true;
}

static bool
is_repeated(const struct node *mapping)
{
    const struct node *key = &mapping->keys[mapping->n - 1];

    for (size_t k = 0; k + 1 < mapping->n; k++)
        if (strcmp(mapping->keys[k].text, key->text) == 0)
            return true;
    return false;
}

/* The value of a new entry; for a mapping with its key read. NULL: given up. */
static struct node *
add_entry(struct simple *s, struct node *n, size_t *cap, size_t key_bytes)
{
    struct node *key = NULL, *item = node_append(n, cap, &key);

    if (item == NULL || (n->kind == NODE_MAPPING && (n->n > SIMPLE_KEYS || !read_key(s, key, key_bytes) || is_repeated(n)))) {
        give_up(s);
        return NULL;
    }
    return item;
}

/* ---- collections in brackets --------------------------------------------------------------- */

static bool read_inline(struct simple *, struct node *, bool flow, int depth);

static bool
read_flow(struct simple *s, struct node *n, int depth)
{
    char close = s->bytes[s->at] == '[' ? ']' : '}';
    size_t cap = 0;

    place_at(s, n);
    n->kind = close == ']' ? NODE_SEQUENCE : NODE_MAPPING;
    n->flow = true;
    s->at++;
    for (bool first = true;; first = false) {
        while (s->at < s->n && s->bytes[s->at] == ' ')
            s->at++;
        if (first && s->at < s->n && s->bytes[s->at] == close)
            break;
        size_t key_bytes = n->kind == NODE_MAPPING ? key_length(s, s->at) : 0;
        if (n->kind == NODE_MAPPING && key_bytes == 0)
            return give_up(s);
        struct node *item = add_entry(s, n, &cap, key_bytes);
        if (item == NULL || !read_inline(s, item, true, depth))
            return give_up(s);
        while (s->at < s->n && s->bytes[s->at] == ' ')
            s->at++;
        if (s->at < s->n && s->bytes[s->at] == close)
            break;
        if (s->at >= s->n || s->bytes[s->at] != ',')
            return give_up(s);
        s->at++;
    }
    n->end = ++s->at;
    return true;
}

/* What begins and ends on the line at hand. */
static bool
read_inline(struct simple *s, struct node *n, bool flow, int depth)
{
    if (s->at >= s->n || depth >= SIMPLE_DEPTH)
        return give_up(s);
    switch (s->bytes[s->at]) {
    case '"':
    case '\'':
        return read_quoted(s, n);
    case '[':
    case '{':
        return read_flow(s, n, depth + 1);
    default:
        return read_plain(s, n, flow);
    }
}

/* ---- collections by lines ---------------------------------------------------------------------- */

static bool read_block(struct simple *, struct node *, int indent, int depth);

/* The line at hand begins an entry of a sequence. */
static bool
is_dash(const struct simple *s)
{
    return s->at + 1 < s->n && s->bytes[s->at] == '-' && s->bytes[s->at + 1] == ' ';
}

/* A mapping's value: on its key's line, or on lines further in. */
static bool
read_value(struct simple *s, struct node *n, int indent, int depth)
{
    if (s->at < s->n && s->bytes[s->at] != '\n' && s->bytes[s->at] != '#')
        return read_inline(s, n, false, depth) && end_line(s);
    if (!end_line(s))
        return false;
    /* A sequence may stand as far out as its key. */
    if (s->indent < indent || (s->indent == indent && !is_dash(s)))
        return give_up(s);
    return read_block(s, n, s->indent, depth + 1);
}

static bool
read_mapping(struct simple *s, struct node *n, int indent, int depth)
{
    size_t cap = 0;

    n->kind = NODE_MAPPING;
    do {
        size_t length = key_length(s, s->at);
        struct node *item = length > 0 ? add_entry(s, n, &cap, length) : NULL;
        if (item == NULL || !read_value(s, item, indent, depth))
            return give_up(s);
        n->end = item->end;
    } while (s->indent == indent && !is_dash(s));
    return s->indent < indent || give_up(s);
}

static bool
read_sequence(struct simple *s, struct node *n, int indent, int depth)
{
    size_t cap = 0;

    n->kind = NODE_SEQUENCE;
    do {
        struct node *item = add_entry(s, n, &cap, 0);
        s->at++;
        while (s->at < s->n && s->bytes[s->at] == ' ')
            s->at++;
        bool done;
        if (item == NULL)
            return false;
        if (key_length(s, s->at) > 0) {
            s->indent = (int)(s->at - s->line_begin);
            done = read_block(s, item, s->indent, depth + 1);
        } else
            done = read_inline(s, item, false, depth) && end_line(s);
        if (!done)
            return give_up(s);
        n->end = item->end;
    } while (s->indent == indent && is_dash(s));
    return s->indent <= indent || give_up(s);
}

static bool
read_block(struct simple *s, struct node *n, int indent, int depth)
{
    if (depth >= SIMPLE_DEPTH)
        return give_up(s);
    place_at(s, n);
    return is_dash(s) ? read_sequence(s, n, indent, depth) : read_mapping(s, n, indent, depth);
}

static bool
is_simple_text(const char *bytes, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        unsigned char c = (unsigned char)bytes[k];
        if ((c < 0x20 && c != '\n') || c >= 0x7f)
            return false;
    }
    return true;
}

bool
document_parse_simple(struct document **out, const char *bytes, size_t n)
{
    struct simple s = { .bytes = bytes, .n = n, .line = 1 };
    struct document *d;

    if (n == 0 || !is_simple_text(bytes, n))
        return false;
    find_line(&s);
    if (s.indent != 0 || is_dash(&s) || (d = document_new()) == NULL)
        return false;
    if (!read_block(&s, &d->root, 0, 0) || s.failed || s.indent >= 0) {
        document_free(d);
        return false;
    }
    *out = d;
    return true;
}
