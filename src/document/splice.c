/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "breakeven/document.h"

/*
 * Edits of a YAML text that leave every other byte alone.  Each edit parses the
 * text, finds its place by the tree's byte offsets, changes the bytes, and is then
 * verified: the new text must parse to the old tree with just that edit applied.
 */

#define PATH_PARTS 8

struct path {
    char text[256];
    const char *part[PATH_PARTS];
    int n;
};

/* One text being edited. */
struct work {
    char *bytes;
    size_t n;
    const char *eol;
    struct document *doc;
    struct error *err;
};

static int
path_split(struct path *p, const char *text, struct error *err)
{
    p->n = 0;
    if (!text_copy(p->text, sizeof p->text, text))
        return error_set(err, ERR_BUG, "the path %s is too long", text);
    for (char *at = p->text; at != NULL;) {
        if (p->n == PATH_PARTS)
            return error_set(err, ERR_BUG, "the path %s is too deep", text);
        p->part[p->n++] = at;
        at = strchr(at, '.');
        if (at != NULL)
            *at++ = '\0';
    }
    return 0;
}

/* ---- finding --------------------------------------------------------------------------- */

static const struct node *
child(const struct node *n, const char *part, const struct node **key)
{
    if (key != NULL)
        *key = NULL;
    if (n->kind == NODE_MAPPING) {
        if (key != NULL)
            *key = node_key(n, part);
        return node_get(n, part);
    }
    if (n->kind == NODE_SEQUENCE) {
        char *end;
        unsigned long k = strtoul(part, &end, 10);
        return *end == '\0' && end != part && k < n->n ? &n->items[k] : NULL;
    }
    return NULL;
}

/* The deepest node that exists on the way; *depth parts of the path lead to it. */
static const struct node *
descend(const struct work *w, const struct path *p, int *depth, const struct node **parent, const struct node **key)
{
    const struct node *n = document_root(w->doc);

    *parent = *key = NULL;
    for (*depth = 0; *depth < p->n; (*depth)++) {
        const struct node *k, *next = child(n, p->part[*depth], &k);
        if (next == NULL)
            return n;
        *parent = n;
        *key = k;
        n = next;
    }
    return n;
}

/* ---- scalars ------------------------------------------------------------------------------- */

static bool
reads_otherwise(const char *value)
{
    static const char *const words[] = { "~", "null", "Null", "NULL" };
    size_t n = strlen(value);

    if (n == 0 || value[0] == ' ' || value[n - 1] == ' ' || value[n - 1] == ':')
        return true;
    for (size_t k = 0; k < BE_LEN(words); k++)
        if (strcmp(words[k], value) == 0)
            return true;
    if (strchr("#&*!|>'\"%@`{}[],", value[0]) != NULL)
        return true;
    if (strchr("-?:", value[0]) != NULL && (value[1] == ' ' || value[1] == '\0'))
        return true;
    if (strcmp(value, "---") == 0 || strcmp(value, "...") == 0)
        return true;
    if (strstr(value, ": ") != NULL || strstr(value, " #") != NULL || strpbrk(value, ",[]{}") != NULL)
        return true;
    for (const char *p = value; *p != '\0'; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            return true;
    return false;
}

/* Plain commas and brackets are harmless in block context, but quoted text is
 * right in both; "1,000,000" alone is so common that it stays plain there. */
static bool
plain_in_block(const char *value)
{
    return value[0] != '\0' && strspn(value, "0123456789,.$% toMkBT±-") == strlen(value) && value[0] != '-' &&
           value[0] != ',' && value[0] != ' ' && value[strlen(value) - 1] != ' ' && value[0] != '%';
}

static void
put_quoted(struct buffer *out, const char *value)
{
    buffer_putc(out, '"');
    for (const char *p = value; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;
        if (c == '"' || c == '\\')
            buffer_printf(out, "\\%c", c);
        else if (c == '\n')
            buffer_puts(out, "\\n");
        else if (c == '\t')
            buffer_puts(out, "\\t");
        else if (c < 0x20 || c == 0x7f)
            buffer_printf(out, "\\x%02x", c);
        else
            buffer_putc(out, *p);
    }
    buffer_putc(out, '"');
}

void
yaml_put_scalar(struct buffer *out, const char *value)
{
    if (reads_otherwise(value))
        put_quoted(out, value);
    else
        buffer_puts(out, value);
}

static void
put_value(struct buffer *out, const struct splice_edit *e, bool flow)
{
    if (e->raw)
        buffer_puts(out, e->value);
    else if (!flow && plain_in_block(e->value))
        buffer_puts(out, e->value);
    else
        yaml_put_scalar(out, e->value);
}

/* ---- places in the text ------------------------------------------------------------------------ */

static size_t
line_start(const struct work *w, size_t at)
{
    while (at > 0 && w->bytes[at - 1] != '\n')
        at--;
    return at;
}

/* After the newline of the line that holds "at"; the text's end if it has none. */
static size_t
line_end(const struct work *w, size_t at)
{
    while (at < w->n && w->bytes[at] != '\n')
        at++;
    return at < w->n ? at + 1 : at;
}

/* Where the lines of an entry end, a comment behind its value included. A block
 * scalar's own end is the start of the next line already. */
static size_t
entry_end(const struct work *w, const struct node *key, const struct node *item)
{
    size_t end = item->kind == NODE_NULL || item->end < key->end ? key->end : item->end;

    if (end > key->begin && w->bytes[end - 1] == '\n')
        return end;
    return line_end(w, end);
}

/* Where the entry's lines begin, comment lines directly above included. */
static size_t
entry_start(const struct work *w, const struct node *key, bool comments)
{
    size_t start = line_start(w, key->begin), first = w->n >= 3 && memcmp(w->bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    while (comments && start > first) {
        size_t above = line_start(w, start - 1), p = above;
        while (p < start && (w->bytes[p] == ' ' || w->bytes[p] == '\t'))
            p++;
        if (w->bytes[p] != '#' || p - above < (size_t)(key->column - 1))
            break;
        start = above;
    }
    return start < first ? first : start;
}

static int
replace(struct work *w, size_t from, size_t to, const char *text, size_t n)
{
    char *made = malloc(w->n - (to - from) + n + 1);

    if (made == NULL)
        return error_set(w->err, ERR_BUG, "no memory for the edit");
    memcpy(made, w->bytes, from);
    memcpy(made + from, text, n);
    memcpy(made + from + n, w->bytes + to, w->n - to);
    w->n = w->n - (to - from) + n;
    made[w->n] = '\0';
    free(w->bytes);
    w->bytes = made;
    return 0;
}

/* ---- setting ------------------------------------------------------------------------------------- */

static int
set_existing(struct work *w, const struct node *key, const struct node *n, bool flow, const struct splice_edit *e)
{
    struct buffer b;
    size_t from = n->begin, to = n->end;

    buffer_init(&b);
    if (n->kind == NODE_NULL || n->end <= n->begin) {
        /* "key:" with nothing behind: the value goes behind the colon */
        from = key != NULL ? key->end : n->begin;
        while (key != NULL && from < w->n && w->bytes[from] != ':')
            from++;
        from += key != NULL && from < w->n;
        to = from;
        buffer_putc(&b, ' ');
    }
    put_value(&b, e, flow);
    if (to > from && w->bytes[to - 1] == '\n')
        buffer_puts(&b, w->eol);
    int status = b.failed ? error_set(w->err, ERR_BUG, "no memory for the edit") : replace(w, from, to, b.text, b.n);
    buffer_release(&b);
    return status;
}

/* "a: {b: {c: value}}" for what is missing below a flow mapping. */
static void
put_flow_rest(struct buffer *b, const struct path *p, int from, const struct splice_edit *e)
{
    for (int k = from; k < p->n; k++) {
        if (k > from)
            buffer_putc(b, '{');
        yaml_put_scalar(b, p->part[k]);
        buffer_puts(b, ": ");
    }
    put_value(b, e, true);
    for (int k = from + 1; k < p->n; k++)
        buffer_putc(b, '}');
}

static void
put_block_rest(struct buffer *b, const struct work *w, const struct path *p, int from, int indent,
               const struct splice_edit *e)
{
    for (int k = from; k < p->n; k++) {
        buffer_printf(b, "%*s", indent + 2 * (k - from), "");
        yaml_put_scalar(b, p->part[k]);
        buffer_putc(b, ':');
        if (k + 1 < p->n)
            buffer_puts(b, w->eol);
    }
    buffer_putc(b, ' ');
    put_value(b, e, false);
    buffer_puts(b, w->eol);
}

static int
insert_in_flow(struct work *w, const struct node *parent, const struct path *p, int depth, const struct splice_edit *e)
{
    struct buffer b;
    size_t at = parent->n > 0 ? parent->items[parent->n - 1].end : parent->begin + 1;

    if (parent->n > 0 && at < parent->keys[parent->n - 1].end)
        at = parent->keys[parent->n - 1].end; /* "{a, b}": keys without values */
    buffer_init(&b);
    if (parent->n > 0)
        buffer_puts(&b, ", ");
    put_flow_rest(&b, p, depth, e);
    int status = b.failed ? error_set(w->err, ERR_BUG, "no memory for the edit") : replace(w, at, at, b.text, b.n);
    buffer_release(&b);
    return status;
}

static int
insert_in_block(struct work *w, const struct node *parent, const struct node *parent_key, const struct path *p,
                int depth, const struct splice_edit *e)
{
    struct buffer b;
    size_t at;
    int indent;

    buffer_init(&b);
    if (parent->kind == NODE_MAPPING && parent->n > 0) {
        at = entry_end(w, &parent->keys[parent->n - 1], &parent->items[parent->n - 1]);
        indent = parent->keys[0].column - 1;
    } else if (parent_key != NULL) {
        at = line_end(w, parent_key->end);
        indent = parent_key->column - 1 + 2;
    } else {
        at = w->n;
        indent = 0;
    }
    if (at > 0 && w->bytes[at - 1] != '\n' && !(at == 3 && (unsigned char)w->bytes[0] == 0xef))
        buffer_puts(&b, w->eol);
    put_block_rest(&b, w, p, depth, indent, e);
    int status = b.failed ? error_set(w->err, ERR_BUG, "no memory for the edit") : replace(w, at, at, b.text, b.n);
    buffer_release(&b);
    return status;
}

/* ---- removing -------------------------------------------------------------------------------------- */

static long
index_of(const struct node *parent, const struct node *item)
{
    return (long)(item - parent->items);
}

static int
remove_from_flow(struct work *w, const struct node *parent, const struct node *key, const struct node *item)
{
    long k = index_of(parent, item);
    size_t from = key != NULL ? key->begin : item->begin, to = item->end > from ? item->end : key->end;

    if (k > 0) {
        const struct node *left = &parent->items[k - 1];
        from = left->end;
    } else if (parent->n > 1)
        to = parent->keys != NULL ? parent->keys[1].begin : parent->items[1].begin;
    return replace(w, from, to, "", 0);
}

static int
remove_entry(struct work *w, const struct node *parent, const struct node *key, const struct node *item)
{
    if (parent->flow || key == NULL)
        return remove_from_flow(w, parent, key, item);
    bool comments = item->kind == NODE_MAPPING;
    return replace(w, entry_start(w, key, comments), entry_end(w, key, item), "", 0);
}

/* ---- verification ------------------------------------------------------------------------------------- */

static bool
is_empty(const struct node *n)
{
    return n == NULL || n->kind == NODE_NULL || ((n->kind == NODE_MAPPING || n->kind == NODE_SEQUENCE) && n->n == 0);
}

static bool
same(const struct node *a, const struct node *b)
{
    if (is_empty(a) || is_empty(b))
        return is_empty(a) && is_empty(b);
    if (a->kind != b->kind || a->n != b->n)
        return false;
    if (a->kind == NODE_SCALAR)
        return strcmp(a->text, b->text) == 0;
    for (size_t k = 0; k < a->n; k++) {
        if (a->kind == NODE_MAPPING && !same(node_get(b, a->keys[k].text), &a->items[k]))
            return false;
        if (a->kind == NODE_SEQUENCE && !same(&a->items[k], &b->items[k]))
            return false;
    }
    return true;
}

/* Equal everywhere but below the path. */
static bool
same_but(const struct node *a, const struct node *b, const struct path *p, int depth)
{
    if (depth == p->n)
        return true;
    if ((!is_empty(a) && a->kind != NODE_MAPPING) || (!is_empty(b) && b->kind != NODE_MAPPING))
        return a != NULL && a->kind == NODE_SEQUENCE; /* sequences are checked by their value alone */
    for (int side = 0; side < 2; side++) {
        const struct node *one = side ? b : a, *other = side ? a : b;
        for (size_t k = 0; !is_empty(one) && k < one->n; k++) {
            const char *name = one->keys[k].text;
            const struct node *there = other != NULL ? node_get(other, name) : NULL;
            if (strcmp(name, p->part[depth]) == 0) {
                if (side == 0 && !same_but(&one->items[k], there, p, depth + 1))
                    return false;
            } else if (!same(&one->items[k], there))
                return false;
        }
    }
    return true;
}

static int
verify(struct work *w, const struct path *p, const struct splice_edit *e)
{
    struct document *made;
    struct error why;
    int status = 0;

    if (document_parse_yaml(&made, w->bytes, w->n, &why) < 0)
        return error_set(w->err, ERR_CONFLICT, "%s cannot be written into this file without harm (%s); edit it by hand",
                         e->path, why.text);
    struct document *old = w->doc;
    w->doc = made;
    const struct node *parent, *key, *n;
    int depth;
    n = descend(w, p, &depth, &parent, &key);
    bool ok = same_but(document_root(old), document_root(made), p, 0);
    if (e->value == NULL)
        ok = ok && depth < p->n;
    else
        ok = ok && depth == p->n && (e->raw || (n->kind == NODE_SCALAR && strcmp(n->text, e->value) == 0));
    if (!ok)
        status = error_set(w->err, ERR_CONFLICT, "%s cannot be written into this file without harm; edit it by hand", e->path);
    document_free(old);
    return status;
}

/* ---- entry points ----------------------------------------------------------------------------------------- */

static int
begin(struct work *w, const char *bytes, size_t n, struct error *err)
{
    memset(w, 0, sizeof *w);
    w->err = err;
    w->n = n;
    w->bytes = malloc(n + 1);
    if (w->bytes == NULL)
        return error_set(err, ERR_BUG, "no memory for the edit");
    memcpy(w->bytes, bytes, n);
    w->bytes[n] = '\0';
    const char *newline = memchr(bytes, '\n', n);
    w->eol = newline != NULL && newline > bytes && newline[-1] == '\r' ? "\r\n" : "\n";
    return document_parse_yaml(&w->doc, bytes, n, err);
}

static int
finish(struct work *w, int status, char **out, size_t *out_n)
{
    document_free(w->doc);
    if (status < 0) {
        free(w->bytes);
        return -1;
    }
    *out = w->bytes;
    *out_n = w->n;
    return 0;
}

static int
apply_one(struct work *w, const struct splice_edit *e)
{
    struct path p;
    const struct node *parent, *key, *n;
    int depth, status;

    if (path_split(&p, e->path, w->err) < 0)
        return -1;
    n = descend(w, &p, &depth, &parent, &key);
    if (depth == p.n && e->value == NULL)
        status = remove_entry(w, parent, key, n);
    else if (e->value == NULL)
        return 0;
    else if (depth == p.n)
        status = set_existing(w, key, n, parent != NULL && parent->flow, e);
    else if (n->kind == NODE_MAPPING && n->flow)
        status = insert_in_flow(w, n, &p, depth, e);
    else if (n->kind == NODE_MAPPING || n->kind == NODE_NULL)
        status = insert_in_block(w, n, key, &p, depth, e);
    else
        return error_set(w->err, ERR_CONFLICT, "%s: the file holds something else at %s", e->path, p.part[depth]);
    return status < 0 ? status : verify(w, &p, e);
}

int
splice_apply(char **out, size_t *out_n, const char *bytes, size_t n, const struct splice_edit *edits, size_t n_edits,
             struct error *err)
{
    struct work w;
    int status = begin(&w, bytes, n, err);

    for (size_t k = 0; k < n_edits && status == 0; k++)
        status = apply_one(&w, &edits[k]);
    return finish(&w, status, out, out_n);
}

/* The entry at path: its parent, key and value. */
static int
find_entry(struct work *w, const char *path, const struct node **parent, const struct node **key,
           const struct node **item)
{
    struct path p;
    int depth;

    if (path_split(&p, path, w->err) < 0)
        return -1;
    *item = descend(w, &p, &depth, parent, key);
    if (depth < p.n || *key == NULL)
        return error_set(w->err, ERR_UNKNOWN, "the file has no %s", path);
    if ((*parent)->flow)
        return error_set(w->err, ERR_CONFLICT, "%s stands in a {..} list; edit it by hand", path);
    return 0;
}

static int
check_parses(struct work *w, const char *path)
{
    struct document *made;
    struct error why;

    if (document_parse_yaml(&made, w->bytes, w->n, &why) < 0)
        return error_set(w->err, ERR_CONFLICT, "%s cannot be changed in this file without harm (%s); edit it by hand", path,
                         why.text);
    document_free(made);
    return 0;
}

int
splice_rename_key(char **out, size_t *out_n, const char *bytes, size_t n, const char *path, const char *new_key,
                  struct error *err)
{
    struct work w;
    const struct node *parent = NULL, *key = NULL, *item = NULL;
    struct buffer b;
    int status = begin(&w, bytes, n, err);

    buffer_init(&b);
    if (status == 0)
        status = find_entry(&w, path, &parent, &key, &item);
    if (status == 0) {
        yaml_put_scalar(&b, new_key);
        status = b.failed ? error_set(err, ERR_BUG, "no memory for the edit") : replace(&w, key->begin, key->end, b.text, b.n);
    }
    if (status == 0)
        status = check_parses(&w, path);
    buffer_release(&b);
    return finish(&w, status, out, out_n);
}

/* A block of lines, always ended by a newline. */
static char *
take_lines(const struct work *w, size_t from, size_t to, size_t *n)
{
    size_t length = to - from, extra = 0;
    bool open = length == 0 || w->bytes[to - 1] != '\n';
    char *text;

    if (open)
        extra = strlen(w->eol);
    text = malloc(length + extra + 1);
    if (text == NULL)
        return NULL;
    memcpy(text, w->bytes + from, length);
    memcpy(text + length, w->eol, extra);
    *n = length + extra;
    text[*n] = '\0';
    return text;
}

int
splice_move_key(char **out, size_t *out_n, const char *bytes, size_t n, const char *path, int to_index, struct error *err)
{
    struct work w;
    const struct node *parent = NULL, *key = NULL, *item = NULL;
    int status = begin(&w, bytes, n, err);
    char *block = NULL;
    size_t block_n = 0;

    if (status == 0)
        status = find_entry(&w, path, &parent, &key, &item);
    if (status == 0 && (to_index < 0 || (size_t)to_index >= parent->n))
        status = error_set(err, ERR_RANGE, "there is no place %d for %s", to_index, path);
    if (status == 0 && to_index != (int)index_of(parent, item)) {
        size_t from = entry_start(&w, key, true), to = entry_end(&w, key, item);
        const struct node *tk = &parent->keys[to_index], *ti = &parent->items[to_index];
        bool down = to_index > (int)index_of(parent, item);
        size_t at = down ? entry_end(&w, tk, ti) : entry_start(&w, tk, true);
        block = take_lines(&w, from, to, &block_n);
        if (block == NULL)
            status = error_set(err, ERR_BUG, "no memory for the edit");
        /* the later place first, so that the earlier offsets stay true */
        else if (down) {
            bool open = at > 0 && w.bytes[at - 1] != '\n';
            if (open)
                status = replace(&w, at, at, w.eol, strlen(w.eol));
            if (status == 0)
                status = replace(&w, open ? at + strlen(w.eol) : at, open ? at + strlen(w.eol) : at, block, block_n);
            if (status == 0)
                status = replace(&w, from, to, "", 0);
        } else {
            status = replace(&w, from, to, "", 0);
            if (status == 0)
                status = replace(&w, at, at, block, block_n);
        }
    }
    if (status == 0)
        status = check_parses(&w, path);
    free(block);
    return finish(&w, status, out, out_n);
}

int
splice_copy_key(char **out, size_t *out_n, const char *bytes, size_t n, const char *path, const char *new_key,
                struct error *err)
{
    struct work w;
    const struct node *parent = NULL, *key = NULL, *item = NULL;
    struct buffer b;
    int status = begin(&w, bytes, n, err);

    buffer_init(&b);
    if (status == 0)
        status = find_entry(&w, path, &parent, &key, &item);
    if (status == 0) {
        size_t from = line_start(&w, key->begin), to = entry_end(&w, key, item);
        if (to > 0 && w.bytes[to - 1] != '\n')
            buffer_puts(&b, w.eol);
        buffer_add(&b, w.bytes + from, key->begin - from);
        yaml_put_scalar(&b, new_key);
        buffer_add(&b, w.bytes + key->end, to - key->end);
        if (b.n > 0 && b.text[b.n - 1] != '\n')
            buffer_puts(&b, w.eol);
        status = b.failed ? error_set(err, ERR_BUG, "no memory for the edit") : replace(&w, to, to, b.text, b.n);
    }
    if (status == 0)
        status = check_parses(&w, path);
    buffer_release(&b);
    return finish(&w, status, out, out_n);
}
