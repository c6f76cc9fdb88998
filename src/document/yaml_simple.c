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
    struct room **room;  /* of the nodes that are read                                       */
    struct node *open;   /* what the open collections hold so far: values, of mappings each behind its key */
    size_t n_open, cap_open;
    struct room *entry;  /* of one entry that is given out, then of the next                  */
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
    n->text = room_take(s->room, length + 1);
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
        if (flow && (c == '[' || c == '{' || c == '?' || c == '#'))
            return give_up(s);
        if (c == ':' && (to + 1 >= s->n || s->bytes[to + 1] == ' ' || s->bytes[to + 1] == '\n' || (flow && !is_word(s->bytes[to + 1]))))
            return give_up(s);
        if (c != ' ')
            end = to + 1;
    }
    s->at = end;
    if (!fill_scalar(s, n, from, end - from, SCALAR_PLAIN))
        return false;
    if ((n->text[0] == 'n' || n->text[0] == 'N') && yaml_means_nothing(n->text))
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

/* ---- what a collection holds ---------------------------------------------------------------- */

struct collecting {
    size_t first;  /* in s->open                                       */
    uint64_t seen; /* of the keys so far, one bit of 64 each            */
};

static size_t
key_bytes(const struct node *key)
{
    return key->end - key->begin;
}

/* Keys of different bits differ. */
static uint64_t
bit_of(const struct node *key)
{
    size_t n = key_bytes(key);

    return (uint64_t)1 << (((unsigned char)key->text[0] * 7u + (unsigned char)key->text[n - 1] * 29u + n * 3u) & 63u);
}

static bool
is_repeated(const struct simple *s, struct collecting *c, const struct node *key)
{
    uint64_t bit = bit_of(key);

    for (size_t k = c->first; (c->seen & bit) != 0 && k < s->n_open; k += 2)
        if (key_bytes(&s->open[k]) == key_bytes(key) && memcmp(s->open[k].text, key->text, key_bytes(key)) == 0)
            return true;
    c->seen |= bit;
    return false;
}

static bool
put_open(struct simple *s, const struct node *n)
{
    if (s->n_open == s->cap_open) {
        size_t cap = s->cap_open > 0 ? 2 * s->cap_open : 64;
        struct node *grown = realloc(s->open, cap * sizeof *grown);
        if (grown == NULL)
            return give_up(s);
        s->open = grown;
        s->cap_open = cap;
    }
    s->open[s->n_open++] = *n;
    return true;
}

/* The key of a new entry. */
static bool
open_key(struct simple *s, struct collecting *c, size_t length)
{
    struct node key = { 0 };

    if (length == 0 || s->n_open - c->first >= 2 * SIMPLE_KEYS || !read_key(s, &key, length) || is_repeated(s, c, &key))
        return give_up(s);
    return put_open(s, &key);
}

/* All entries are read: into the node, which has got its kind. */
static bool
close_collection(struct simple *s, struct collecting *c, struct node *n)
{
    const struct node *from = &s->open[c->first];
    size_t each = n->kind == NODE_MAPPING ? 2 : 1, count = (s->n_open - c->first) / each;

    if (count > 0) {
        struct node *list = room_take(s->room, each * count * sizeof *list);
        if (list == NULL)
            return give_up(s);
        n->items = list;
        n->keys = each == 2 ? list + count : NULL;
        n->n = count;
        for (size_t k = 0; k < count; k++) {
            if (each == 2)
                n->keys[k] = from[2 * k];
            n->items[k] = from[each * k + each - 1];
        }
    }
    s->n_open = c->first;
    return true;
}

/* ---- collections in brackets --------------------------------------------------------------- */

static bool read_inline(struct simple *, struct node *, bool flow, int depth);

static void
skip_spaces(struct simple *s)
{
    while (s->at < s->n && s->bytes[s->at] == ' ')
        s->at++;
}

static bool
read_flow(struct simple *s, struct node *n, int depth)
{
    char close = s->bytes[s->at] == '[' ? ']' : '}';
    struct collecting c = { s->n_open, 0 };

    place_at(s, n);
    n->kind = close == ']' ? NODE_SEQUENCE : NODE_MAPPING;
    n->flow = true;
    s->at++;
    for (bool first = true;; first = false) {
        struct node item = { 0 };
        skip_spaces(s);
        if (first && s->at < s->n && s->bytes[s->at] == close)
            break;
        if ((n->kind == NODE_MAPPING && !open_key(s, &c, key_length(s, s->at))) || !read_inline(s, &item, true, depth) ||
            !put_open(s, &item))
            return give_up(s);
        skip_spaces(s);
        if (s->at < s->n && s->bytes[s->at] == close)
            break;
        if (s->at >= s->n || s->bytes[s->at] != ',')
            return give_up(s);
        s->at++;
    }
    n->end = ++s->at;
    return close_collection(s, &c, n);
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
    struct collecting c = { s->n_open, 0 };

    n->kind = NODE_MAPPING;
    do {
        struct node item = { 0 };
        if (!open_key(s, &c, key_length(s, s->at)) || !read_value(s, &item, indent, depth) || !put_open(s, &item))
            return give_up(s);
        n->end = item.end;
    } while (s->indent == indent && !is_dash(s));
    return (s->indent < indent || give_up(s)) && close_collection(s, &c, n);
}

/* What stands behind a dash. */
static bool
read_entry(struct simple *s, struct node *item, int depth)
{
    s->at++;
    skip_spaces(s);
    if (key_length(s, s->at) == 0)
        return read_inline(s, item, false, depth) && end_line(s);
    s->indent = (int)(s->at - s->line_begin);
    return read_block(s, item, s->indent, depth + 1);
}

static bool
read_sequence(struct simple *s, struct node *n, int indent, int depth)
{
    struct collecting c = { s->n_open, 0 };

    n->kind = NODE_SEQUENCE;
    do {
        struct node item = { 0 };
        if (!read_entry(s, &item, depth) || !put_open(s, &item))
            return give_up(s);
        n->end = item.end;
    } while (s->indent == indent && is_dash(s));
    return (s->indent <= indent || give_up(s)) && close_collection(s, &c, n);
}

static bool
read_block(struct simple *s, struct node *n, int indent, int depth)
{
    if (depth >= SIMPLE_DEPTH)
        return give_up(s);
    place_at(s, n);
    return is_dash(s) ? read_sequence(s, n, indent, depth) : read_mapping(s, n, indent, depth);
}

/* No byte but printable ASCII and newlines; eight at a time. */
static bool
is_simple_text(const char *bytes, size_t n)
{
    const uint64_t ones = UINT64_MAX / 255, high = ones * 0x80;
    size_t k = 0;

    for (; k + 8 <= n; k += 8) {
        uint64_t w;
        memcpy(&w, bytes + k, 8);
        uint64_t newline = w ^ ones * '\n', low = (newline & ~high) + ones * 0x7f; /* high bit: not a newline */
        uint64_t space = (w & ~high) + ones * (0x80 - 0x20);                      /* high bit: 0x20 or more  */
        uint64_t last = (w & ~high) + ones;                                       /* high bit: 0x7f          */
        if (((w | last | (low & ~space)) & high) != 0)
            return false;
    }
    for (; k < n; k++) {
        unsigned char c = (unsigned char)bytes[k];
        if ((c < 0x20 && c != '\n') || c >= 0x7f)
            return false;
    }
    return true;
}

static bool
begin(struct simple *s)
{
    if (s->n == 0 || !is_simple_text(s->bytes, s->n))
        return false;
    find_line(s);
    return s->indent == 0 && !is_dash(s);
}

bool
document_parse_simple(struct document **out, const char *bytes, size_t n)
{
    struct simple s = { .bytes = bytes, .n = n, .line = 1 };
    struct document *d;

    if (!begin(&s) || (d = document_new()) == NULL)
        return false;
    s.room = &d->room;
    bool done = read_block(&s, &d->root, 0, 0) && !s.failed && s.indent < 0;
    free(s.open);
    if (!done) {
        document_free(d);
        return false;
    }
    *out = d;
    return true;
}

/* ---- entry by entry --------------------------------------------------------------------------------- */

/* The entry at hand is passed over if it ends on its line and the reader wants none of it. */
static bool
pass_over(struct simple *s, const struct document_reader *r)
{
    const char *line = s->bytes + s->at, *end = memchr(line, '\n', s->n - s->at);

    if (end == NULL || end + 1 == s->bytes + s->n || end[1] == ' ' || end[1] == '\n' || !r->skip(r->ctx, line, (size_t)(end - line)))
        return false;
    s->at = (size_t)(end - s->bytes) + 1;
    s->line++;
    find_line(s);
    return true;
}

/* The entries of a section, each given out and forgotten. */
static bool
give_entries(struct simple *s, const struct document_reader *r)
{
    struct room **kept = s->room;
    bool good = true;

    s->room = &s->entry;
    do {
        struct node item = { 0 };
        if (r->skip != NULL && pass_over(s, r))
            continue;
        good = read_entry(s, &item, 1);
        if (good)
            r->entry(r->ctx, &item);
        room_empty(&s->entry);
    } while (good && s->indent == 0 && is_dash(s));
    s->room = kept;
    return good && (s->indent <= 0 || give_up(s));
}

/* Lists at the left margin are given out entry by entry, whatever else stands there as a whole. */
static bool
give_sections(struct simple *s, const struct document_reader *r)
{
    struct collecting c = { s->n_open, 0 };

    do {
        struct node item = { 0 };
        if (!open_key(s, &c, key_length(s, s->at)))
            return false;
        struct node key = s->open[s->n_open - 1];
        bool listed = s->at < s->n && (s->bytes[s->at] == '\n' || s->bytes[s->at] == '#');
        if (listed && !end_line(s))
            return false;
        if (listed && s->indent == 0 && is_dash(s)) {
            if (!r->section(r->ctx, &key) || !give_entries(s, r))
                return false;
        } else if (listed ? s->indent <= 0 || !read_block(s, &item, s->indent, 1) : !read_value(s, &item, 0, 0))
            return false;
        else if (!r->value(r->ctx, &key, &item))
            return false;
        if (!put_open(s, &item))
            return false;
    } while (s->indent == 0 && !is_dash(s));
    return s->indent < 0;
}

bool
document_give_entries(const struct document_reader *r, const char *bytes, size_t n)
{
    struct simple s = { .bytes = bytes, .n = n, .line = 1 };
    struct room *room = NULL;

    if (!begin(&s))
        return false;
    s.room = &room;
    bool done = give_sections(&s, r);
    free(s.open);
    room_free(s.entry);
    room_free(room);
    return done;
}
