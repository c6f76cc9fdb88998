/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tree.h"

/*
 * TOML 1.0 to the same tree.  A price list is authored in it; Debian packages no C reader of
 * it, and this much of one is smaller than the care for a copied one.
 */

#define KEYS_MAX 4096 /* of one table: equal keys are looked for one by one */

/* What a mapping or sequence is while the text is being read; kept in node.begin, and
 * in node.end how much room it has. */
enum { MADE_BY_PATH, MADE_BY_HEADER, MADE_BY_KEY, CLOSED };

struct scan {
    const char *p, *end, *bytes;
    const char *seen; /* up to here line and column are counted */
    int line, column;
    struct error *err;
};

/* Line and column of what is being read, counted on from the last time. */
static void
mark_place(struct scan *s, const char *at, struct node *n)
{
    for (; s->seen < at; s->seen++)
        if (*s->seen == '\n')
            s->line++, s->column = 1;
        else if (((unsigned char)*s->seen & 0xc0) != 0x80 && *s->seen != '\r')
            s->column++;
    n->line = s->line;
    n->column = s->column;
}

static int
fail(const struct scan *s, const char *at, enum error_code code, const char *words)
{
    int line, column;

    place_of(s->bytes, (size_t)(at - s->bytes), &line, &column);
    return error_at(s->err, code, line, column, "%s", words);
}

static int
no_memory(const struct scan *s)
{
    return error_set(s->err, ERR_BUG, "no memory for the document");
}

static char
peek(const struct scan *s)
{
    return s->p < s->end ? *s->p : '\0';
}

static bool
looks(const struct scan *s, const char *text)
{
    size_t n = strlen(text);

    return (size_t)(s->end - s->p) >= n && memcmp(s->p, text, n) == 0;
}

static void
skip_blanks(struct scan *s)
{
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\t'))
        s->p++;
}

static bool
is_control(char c)
{
    return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

static bool
at_line_end(const struct scan *s)
{
    return s->p == s->end || *s->p == '\n' || looks(s, "\r\n");
}

static int
skip_comment(struct scan *s)
{
    if (peek(s) != '#')
        return 0;
    for (; !at_line_end(s); s->p++)
        if (is_control(*s->p))
            return fail(s, s->p, ERR_SYNTAX, "a control character in a comment");
    return 0;
}

static void
next_line(struct scan *s)
{
    if (s->p < s->end)
        s->p += *s->p == '\r' ? 2 : 1;
}

/* Blanks, comments and line ends between the parts of an array or the lines of a file. */
static int
skip_lines(struct scan *s)
{
    for (;;) {
        skip_blanks(s);
        if (skip_comment(s) < 0)
            return -1;
        if (s->p == s->end || !at_line_end(s))
            return 0;
        next_line(s);
    }
}

/* ---- texts ------------------------------------------------------------------------------- */

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int
read_unicode(struct scan *s, int digits, struct buffer *out)
{
    const char *at = s->p - 2;
    uint32_t c = 0;
    char utf8[5];

    for (int k = 0; k < digits; k++, s->p++) {
        int digit = hex_digit(peek(s));
        if (digit < 0)
            return fail(s, at, ERR_SYNTAX, "\\u and \\U need 4 and 8 hexadecimal digits");
        c = c << 4 | (uint32_t)digit;
    }
    if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return fail(s, at, ERR_SYNTAX, "this is no character that a text may hold");
    text_encode(c, utf8);
    buffer_puts(out, utf8);
    return 0;
}

static int
read_escape(struct scan *s, struct buffer *out)
{
    static const char names[] = "btnfr\"\\", values[] = "\b\t\n\f\r\"\\";
    const char *at = s->p++;
    char c = peek(s);

    s->p += s->p < s->end;
    if (c == 'u' || c == 'U')
        return read_unicode(s, c == 'u' ? 4 : 8, out);
    const char *name = c != '\0' ? strchr(names, c) : NULL;
    if (name == NULL)
        return fail(s, at, ERR_SYNTAX, "an escape that TOML does not have");
    buffer_putc(out, values[name - names]);
    return 0;
}

/* A backslash at the end of a line of a long text swallows what is blank behind it. */
static bool
skip_folded(struct scan *s)
{
    struct scan ahead = *s;

    ahead.p++;
    skip_blanks(&ahead);
    if (ahead.p == ahead.end || !at_line_end(&ahead))
        return false;
    while (ahead.p < ahead.end && strchr(" \t\r\n", *ahead.p) != NULL)
        ahead.p++;
    *s = ahead;
    return true;
}

static int
read_long_text(struct scan *s, char quote, struct buffer *out)
{
    const char close[] = { quote, quote, quote, '\0' }, *at = s->p;

    s->p += 3;
    if (at_line_end(s))
        next_line(s);
    for (;;) {
        if (s->p == s->end)
            return fail(s, at, ERR_SYNTAX, "the text that begins here is not closed");
        if (looks(s, close)) {
            s->p += 3;
            for (int k = 0; k < 2 && peek(s) == quote; k++, s->p++) /* up to two quotes belong to the text */
                buffer_putc(out, quote);
            return 0;
        }
        if (quote == '"' && *s->p == '\\') {
            if (!skip_folded(s) && read_escape(s, out) < 0)
                return -1;
        } else if (at_line_end(s)) {
            next_line(s);
            buffer_putc(out, '\n');
        } else if (is_control(*s->p))
            return fail(s, s->p, ERR_SYNTAX, "a control character in a text");
        else
            buffer_putc(out, *s->p++);
    }
}

static int
read_short_text(struct scan *s, char quote, struct buffer *out)
{
    const char *at = s->p++;

    while (peek(s) != quote || s->p == s->end) {
        if (at_line_end(s))
            return fail(s, at, ERR_SYNTAX, "the text that begins here is not closed");
        if (is_control(*s->p))
            return fail(s, s->p, ERR_SYNTAX, "a control character in a text");
        if (quote == '"' && *s->p == '\\') {
            if (read_escape(s, out) < 0)
                return -1;
        } else
            buffer_putc(out, *s->p++);
    }
    s->p++;
    return 0;
}

/* ---- keys ----------------------------------------------------------------------------------- */

static bool
is_bare(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* One part of a key, up to a dot. */
static int
read_key_part(struct scan *s, struct buffer *out)
{
    const char *at = s->p;

    if (out->n > 0) {
        out->n = 0;
        out->text[0] = '\0';
    }
    skip_blanks(s);
    if (peek(s) == '"' || peek(s) == '\'') {
        if (looks(s, "\"\"\"") || looks(s, "'''"))
            return fail(s, at, ERR_SYNTAX, "a key cannot be a long text");
        if (read_short_text(s, peek(s), out) < 0)
            return -1;
    } else {
        while (is_bare(peek(s)))
            buffer_putc(out, *s->p++);
        if (out->n == 0)
            return fail(s, s->p, ERR_SYNTAX, "expected a key");
    }
    skip_blanks(s);
    return out->failed ? no_memory(s) : 0;
}

static struct node *
add_key(struct scan *s, struct node *table, const char *key, const char *at)
{
    struct node *name = NULL;

    if (table->n == KEYS_MAX) {
        fail(s, at, ERR_SIZE, "a table with more than 4096 keys");
        return NULL;
    }
    /* table->end counts the room, until the tree is done. */
    struct node *value = node_append(table, &table->end, &name);
    if (value == NULL || !node_set_text(name, key)) {
        no_memory(s);
        return NULL;
    }
    mark_place(s, at, name);
    return value;
}

/* The table that a part of a path leads into, made if it is not there. how: what makes it. */
static struct node *
enter(struct scan *s, struct node *table, const char *key, const char *at, size_t how)
{
    long k = node_find(table, key);

    if (k < 0) {
        struct node *made = add_key(s, table, key, at);
        if (made != NULL) {
            made->kind = NODE_MAPPING;
            made->begin = how;
        }
        return made;
    }
    struct node *found = &table->items[k];
    if (found->kind == NODE_SEQUENCE && found->begin != CLOSED && how == MADE_BY_PATH)
        return &found->items[found->n - 1];
    if (found->kind != NODE_MAPPING || found->begin == CLOSED ||
        (how == MADE_BY_KEY && found->begin == MADE_BY_HEADER)) {
        fail(s, at, ERR_CONFLICT, "this key has a value already");
        return NULL;
    }
    return found;
}

/* ---- values ----------------------------------------------------------------------------------- */

static int read_value(struct scan *, struct node *, int depth);

/* "1_000" to "1000"; false if an underscore is not between digits. */
static bool
without_underscores(const char *text, size_t n, char *out)
{
    size_t m = 0;

    for (size_t k = 0; k < n; k++) {
        if (text[k] != '_') {
            out[m++] = text[k];
            continue;
        }
        if (k == 0 || k + 1 == n || hex_digit(text[k - 1]) < 0 || hex_digit(text[k + 1]) < 0)
            return false;
    }
    out[m] = '\0';
    return true;
}

static size_t
digits_at(const char *p)
{
    return strspn(p, "0123456789");
}

/* [+-]digits[.digits][e[+-]digits], and no zero in front of other digits. */
static bool
is_number(const char *p)
{
    p += *p == '+' || *p == '-';
    size_t n = digits_at(p);
    if (n == 0 || (n > 1 && p[0] == '0'))
        return false;
    p += n;
    if (*p == '.') {
        n = digits_at(++p);
        if (n == 0)
            return false;
        p += n;
    }
    if (*p == 'e' || *p == 'E') {
        p += p[1] == '+' || p[1] == '-' ? 2 : 1;
        n = digits_at(p);
        if (n == 0)
            return false;
        p += n;
    }
    return *p == '\0';
}

/* 0x1f, 0o17, 0b101 in decimal. */
static bool
read_based(const char *p, char *out, size_t size)
{
    int base = p[1] == 'x' ? 16 : p[1] == 'o' ? 8 : 2;
    char *end;

    if (hex_digit(p[2]) < 0)
        return false;
    errno = 0;
    unsigned long long value = strtoull(p + 2, &end, base);
    if (*end != '\0' || errno != 0 || value > INT64_MAX)
        return false;
    snprintf(out, size, "%llu", value);
    return true;
}

/* Digits with the marks of a date or time among them. Which day it is, the reader judges. */
static bool
is_date_or_time(const char *p)
{
    size_t n = strlen(p);
    bool date = n >= 10 && digits_at(p) == 4 && p[4] == '-' && p[7] == '-';

    return (date || (n >= 5 && digits_at(p) == 2 && p[2] == ':')) && strspn(p, "0123456789-:.TtZz+ ") == n;
}

static bool
is_word(const char *p)
{
    return strcmp(p, "true") == 0 || strcmp(p, "false") == 0 || strcmp(p, "inf") == 0 || strcmp(p, "nan") == 0 ||
           strcmp(p, "+inf") == 0 || strcmp(p, "-inf") == 0 || strcmp(p, "+nan") == 0 || strcmp(p, "-nan") == 0;
}

#define BARE_BYTES 128

static int
read_bare(struct scan *s, struct node *n)
{
    const char *at = s->p;
    char text[BARE_BYTES], value[BARE_BYTES];
    size_t len = 0;

    while (s->p + len < s->end && (is_bare(s->p[len]) || strchr("+.:", s->p[len]) != NULL) && s->p[len] != '\0')
        len++;
    /* A day and a time may be a space apart. */
    if (len == 10 && s->p[4] == '-' && s->end - s->p > 11 && s->p[10] == ' ' && s->p[11] >= '0' && s->p[11] <= '9')
        for (len = 11; s->p + len < s->end && (is_bare(s->p[len]) || strchr("+.:", s->p[len]) != NULL) && s->p[len] != '\0';)
            len++;
    if (len == 0)
        return fail(s, at, ERR_SYNTAX, "expected a value");
    if (len >= sizeof text)
        return fail(s, at, ERR_SYNTAX, "this is no number, date or word of TOML");
    memcpy(text, s->p, len);
    text[len] = '\0';
    bool good = is_word(text) || is_date_or_time(text);
    memcpy(value, text, len + 1);
    if (!good && without_underscores(text, len, value)) {
        if (value[0] == '0' && value[1] != '\0' && strchr("xob", value[1]) != NULL) {
            char based[32];
            good = read_based(value, based, sizeof based);
            memcpy(value, based, good ? strlen(based) + 1 : 0);
        } else
            good = is_number(value);
    }
    if (!good)
        return fail(s, at, ERR_SYNTAX, "this is no number, date or word of TOML");
    s->p += len;
    n->style = SCALAR_PLAIN;
    return node_set_text(n, value) ? 0 : no_memory(s);
}

static int
read_text(struct scan *s, struct node *n)
{
    char quote = *s->p;
    bool is_long = looks(s, "\"\"\"") || looks(s, "'''");
    struct buffer b;

    buffer_init(&b);
    int status = is_long ? read_long_text(s, quote, &b) : read_short_text(s, quote, &b);
    if (status == 0 && (b.failed || !node_set_text(n, b.text)))
        status = no_memory(s);
    n->style = SCALAR_QUOTED;
    buffer_release(&b);
    return status;
}

static int
read_array(struct scan *s, struct node *n, int depth)
{
    const char *at = s->p++;
    size_t cap = 0;

    n->kind = NODE_SEQUENCE;
    n->flow = true;
    n->begin = CLOSED;
    for (;;) {
        if (skip_lines(s) < 0)
            return -1;
        if (peek(s) == ']')
            break;
        if (s->p == s->end)
            return fail(s, at, ERR_SYNTAX, "the array that begins here is not closed");
        struct node *item = node_append(n, &cap, NULL);
        if (item == NULL)
            return no_memory(s);
        if (read_value(s, item, depth + 1) < 0 || skip_lines(s) < 0)
            return -1;
        if (peek(s) == ',')
            s->p++;
        else if (s->p < s->end && *s->p != ']')
            return fail(s, s->p, ERR_SYNTAX, "expected , or ] in an array");
    }
    s->p++;
    return 0;
}

/* key = value, where the key may have dots. */
static int
read_pair(struct scan *s, struct node *table, int depth)
{
    struct buffer key;
    int status;

    buffer_init(&key);
    for (;;) {
        skip_blanks(s);
        const char *at = s->p;
        status = read_key_part(s, &key);
        if (status < 0)
            break;
        if (peek(s) == '.') {
            s->p++;
            table = ++depth < DOCUMENT_MAX_DEPTH ? enter(s, table, key.text, at, MADE_BY_KEY) : NULL;
            status = table != NULL ? 0 : -1;
            if (depth >= DOCUMENT_MAX_DEPTH)
                fail(s, at, ERR_SIZE, "nested more than 32 deep");
            if (status < 0)
                break;
            continue;
        }
        if (peek(s) != '=')
            status = fail(s, s->p, ERR_SYNTAX, "expected = behind the key");
        else if (node_find(table, key.text) >= 0)
            status = fail(s, at, ERR_CONFLICT, "this key has a value already");
        else {
            struct node *value = add_key(s, table, key.text, at);
            s->p++;
            skip_blanks(s);
            status = value != NULL ? read_value(s, value, depth + 1) : -1;
        }
        break;
    }
    buffer_release(&key);
    return status;
}

static int
read_inline_table(struct scan *s, struct node *n, int depth)
{
    n->kind = NODE_MAPPING;
    n->flow = true;
    s->p++;
    skip_blanks(s);
    if (peek(s) != '}')
        for (;;) {
            if (read_pair(s, n, depth) < 0)
                return -1;
            skip_blanks(s);
            if (peek(s) == '}')
                break;
            if (peek(s) != ',')
                return fail(s, s->p, ERR_SYNTAX, "expected , or } in a table on one line");
            s->p++;
        }
    s->p++;
    n->begin = CLOSED;
    return 0;
}

static int
read_kind(struct scan *s, struct node *n, int depth)
{
    switch (peek(s)) {
    case '"':
    case '\'':
        return read_text(s, n);
    case '[':
        return read_array(s, n, depth);
    case '{':
        return read_inline_table(s, n, depth);
    default:
        return read_bare(s, n);
    }
}

static int
read_value(struct scan *s, struct node *n, int depth)
{
    struct node place = { .kind = NODE_NULL };

    if (depth > DOCUMENT_MAX_DEPTH)
        return fail(s, s->p, ERR_SIZE, "nested more than 32 deep");
    mark_place(s, s->p, &place);
    int status = read_kind(s, n, depth);
    n->line = place.line;
    n->column = place.column;
    return status;
}

/* ---- tables -------------------------------------------------------------------------------------- */

/* One more table at the end of an array of tables. */
static struct node *
add_table(struct scan *s, struct node *parent, const char *key, const char *at)
{
    long k = node_find(parent, key);
    struct node *list = k >= 0 ? &parent->items[k] : add_key(s, parent, key, at);

    if (list == NULL)
        return NULL;
    if (k < 0)
        list->kind = NODE_SEQUENCE;
    else if (list->kind != NODE_SEQUENCE || list->begin == CLOSED) {
        fail(s, at, ERR_CONFLICT, "this key has a value already");
        return NULL;
    }
    struct node *table = node_append(list, &list->end, NULL);
    if (table == NULL) {
        no_memory(s);
        return NULL;
    }
    table->kind = NODE_MAPPING;
    table->begin = MADE_BY_HEADER;
    return table;
}

static struct node *
define_table(struct scan *s, struct node *parent, const char *key, const char *at)
{
    long k = node_find(parent, key);
    struct node *table = k >= 0 ? &parent->items[k] : enter(s, parent, key, at, MADE_BY_HEADER);

    if (table == NULL)
        return NULL;
    if (k >= 0 && (table->kind != NODE_MAPPING || table->begin != MADE_BY_PATH)) {
        fail(s, at, ERR_CONFLICT, "this table is there already");
        return NULL;
    }
    table->begin = MADE_BY_HEADER;
    return table;
}

/* [a.b] or [[a.b]]; *out is where the lines below it go. */
static int
read_header(struct scan *s, struct node *root, struct node **out)
{
    bool many = looks(s, "[[");
    struct node *table = root;
    struct buffer key;
    int status = 0;

    buffer_init(&key);
    s->p += many ? 2 : 1;
    for (int depth = 1; status == 0; depth++) {
        skip_blanks(s);
        const char *at = s->p;
        status = read_key_part(s, &key);
        if (status == 0 && depth > DOCUMENT_MAX_DEPTH / 2)
            status = fail(s, at, ERR_SIZE, "nested more than 16 deep");
        if (status < 0)
            break;
        bool last = peek(s) != '.';
        table = !last  ? enter(s, table, key.text, at, MADE_BY_PATH)
                : many ? add_table(s, table, key.text, at)
                       : define_table(s, table, key.text, at);
        if (table == NULL)
            status = -1;
        if (last)
            break;
        s->p++;
    }
    buffer_release(&key);
    if (status == 0 && !looks(s, many ? "]]" : "]"))
        status = fail(s, s->p, ERR_SYNTAX, "expected ] behind the name of a table");
    if (status == 0)
        s->p += many ? 2 : 1;
    *out = table;
    return status;
}

static int
read_file(struct scan *s, struct node *root)
{
    struct node *table = root;

    for (;;) {
        if (skip_lines(s) < 0)
            return -1;
        if (s->p == s->end)
            return 0;
        int status = *s->p == '[' ? read_header(s, root, &table) : read_pair(s, table, DOCUMENT_MAX_DEPTH / 2);
        if (status < 0)
            return -1;
        skip_blanks(s);
        if (skip_comment(s) < 0)
            return -1;
        if (!at_line_end(s))
            return fail(s, s->p, ERR_SYNTAX, "expected the end of the line");
    }
}

static void
forget_marks(struct node *n)
{
    n->begin = n->end = 0;
    for (size_t k = 0; k < n->n; k++)
        forget_marks(&n->items[k]);
}

int
document_parse_toml(struct document **out, const char *bytes, size_t n, struct error *err)
{
    const char *text = n > 0 ? bytes : "";
    const char *from = text + bom_length(text, n);
    struct scan s = { from, text + n, text, from, 1, 1, err };
    size_t bad;

    if (!text_valid(text, n, &bad))
        return fail(&s, text + bad, ERR_SYNTAX, "this is not UTF-8 text");
    const char *nul = n > 0 ? memchr(text, 0, n) : NULL;
    if (nul != NULL)
        return fail(&s, nul, ERR_SYNTAX, "the text holds a NUL character");
    struct document *d = document_new();
    if (d == NULL)
        return no_memory(&s);
    d->root.kind = NODE_MAPPING;
    d->root.begin = MADE_BY_HEADER;
    if (read_file(&s, &d->root) < 0) {
        document_free(d);
        return -1;
    }
    forget_marks(&d->root);
    *out = d;
    return 0;
}
