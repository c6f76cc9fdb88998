/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "splice.h"

/* Edits of values by path: set, insert, remove. */

static void
put_value(struct buffer *out, const struct splice_edit *e, bool flow)
{
    if (e->raw)
        buffer_puts(out, e->value);
    else
        put_scalar(out, e->value, flow);
}

/* What the value must read back as. */
static int
set_expected(struct work *w, struct node *n, const struct splice_edit *e)
{
    struct document *d;
    struct error why;

    if (!e->raw)
        return node_set_text(n, e->value) ? 0 : work_no_memory(w);
    if (document_parse_to_change(&d, e->value, strlen(e->value), &why) < 0)
        return error_set(w->err, ERR_CONFLICT, "%s: \"%s\" is not YAML: %s", e->path, e->value, why.text);
    node_release(n);
    *n = d->root;
    memset(&d->root, 0, sizeof d->root);
    document_free(d);
    return 0;
}

/* ---- setting what is there ----------------------------------------------------------------- */

/* Behind the key's colon; 0 if it has none, as the keys of "{a, b}". */
static size_t
behind_colon(const struct work *w, const struct node *key)
{
    size_t at = key->end + strspn(w->bytes + key->end, " \t");

    return w->bytes[at] == ':' ? at + 1 : 0;
}

/* "key:", "- " or a lone "key" with nothing behind it. */
static int
fill_nothing(struct work *w, const struct place *at, const struct splice_edit *e)
{
    struct buffer b;
    size_t from = at->node->begin;
    const struct node *keys = at->parent != NULL ? at->parent->keys : NULL;

    buffer_init(&b);
    if (keys != NULL) {
        from = behind_colon(w, &keys[at->index]);
        if (from == 0) {
            from = keys[at->index].end;
            buffer_putc(&b, ':');
        }
    }
    buffer_putc(&b, ' ');
    put_value(&b, e, at->parent != NULL && at->parent->flow);
    return work_replace(w, from, from, &b);
}

/* A list or mapping of several lines below its key: the value goes behind the key. */
static int
replace_lines(struct work *w, const struct place *at, const struct node *key, const struct splice_edit *e)
{
    struct buffer b;
    size_t colon = behind_colon(w, key), rest = line_end(w, key->end);

    if (colon == 0)
        return error_set(w->err, ERR_CONFLICT, "%s has no place in this file; edit it by hand", e->path);
    buffer_init(&b);
    buffer_putc(&b, ' ');
    put_value(&b, e, false);
    buffer_add(&b, w->bytes + colon, rest - colon);
    return work_replace(w, colon, value_end(w, key, at->node), &b);
}

/* "| # why" and its lines become one line that keeps the comment. */
static int
replace_block_scalar(struct work *w, const struct place *at, const struct node *key, const struct splice_edit *e)
{
    struct buffer b;
    size_t from = at->node->begin, header = line_end(w, from), to = value_end(w, key, at->node);
    const char *comment = memchr(w->bytes + from, '#', header - from);

    buffer_init(&b);
    put_value(&b, e, false);
    if (comment != NULL) {
        buffer_putc(&b, ' ');
        buffer_add(&b, comment, header - (size_t)(comment - w->bytes));
    } else if (w->bytes[to - 1] == '\n')
        buffer_puts(&b, w->eol);
    return work_replace(w, from, to, &b);
}

static int
set_existing(struct work *w, const struct place *at, const struct splice_edit *e)
{
    const struct node *n = at->node, *key = at->parent != NULL && at->parent->keys != NULL ? &at->parent->keys[at->index] : NULL;
    struct buffer b;

    if (n->kind == NODE_SCALAR && !e->raw && strcmp(n->text, e->value) == 0)
        return 0;
    if (n->end <= n->begin)
        return fill_nothing(w, at, e);
    if (n->kind == NODE_SCALAR && n->style == SCALAR_BLOCK)
        return replace_block_scalar(w, at, key, e);
    if ((n->kind == NODE_MAPPING || n->kind == NODE_SEQUENCE) && !n->flow && key != NULL)
        return replace_lines(w, at, key, e);
    buffer_init(&b);
    put_value(&b, e, at->parent != NULL && at->parent->flow);
    return work_replace(w, n->begin, n->end, &b);
}

/* ---- inserting what is missing ------------------------------------------------------------------ */

/* "a: {b: {c: value}}" for what is missing between brackets. */
static void
put_flow_rest(struct buffer *b, const struct path *p, int from, const struct splice_edit *e)
{
    for (int k = from; k < p->n; k++) {
        if (k > from)
            buffer_putc(b, '{');
        put_scalar(b, p->part[k], true);
        buffer_puts(b, ": ");
    }
    put_value(b, e, true);
    for (int k = from + 1; k < p->n; k++)
        buffer_putc(b, '}');
}

static int
insert_in_flow(struct work *w, const struct node *mapping, const struct path *p, int depth, const struct splice_edit *e)
{
    struct buffer b;
    size_t at = mapping->begin + 1;

    buffer_init(&b);
    if (mapping->n > 0) {
        const struct node *key = &mapping->keys[mapping->n - 1], *item = &mapping->items[mapping->n - 1];
        size_t colon = behind_colon(w, key);
        at = item->end;
        if (item->end == item->begin) { /* the mark of nothing is that of the comma or bracket behind it */
            at = colon > 0 ? colon : key->end;
            if (colon > 0 && w->bytes[at] == ' ')
                at++;
            else if (colon > 0) /* "a:," would be one word */
                buffer_putc(&b, ' ');
        }
        buffer_puts(&b, ", ");
    }
    put_flow_rest(&b, p, depth, e);
    return work_replace(w, at, at, &b);
}

/* By how much the entries of a mapping indent what is below them: as the last of its
 * sections does; 0 if it has none. */
static int
step_of(const struct node *mapping)
{
    for (size_t k = mapping->kind == NODE_MAPPING ? mapping->n : 0; k-- > 0;) {
        const struct node *n = &mapping->items[k];
        if (n->kind == NODE_MAPPING && !n->flow && n->keys[0].column > mapping->keys[k].column)
            return n->keys[0].column - mapping->keys[k].column;
    }
    return 0;
}

/* The same for what is new here: as its neighbours, else as the whole file does. */
static int
indent_step(const struct work *w, const struct node *neighbours)
{
    int here = step_of(neighbours), file = step_of(&w->doc->root);

    return here > 0 ? here : file > 0 ? file : 2;
}

/* Lines of their own at this offset, which is a line's beginning or the end of the text.
 * What the caller knows of the tree is stale then. */
static int
insert_lines(struct work *w, size_t at, int indent, int step, const struct path *p, int depth, const struct splice_edit *e)
{
    struct buffer b;
    size_t before = w->n;

    if (work_close_last_line(w, at) < 0)
        return -1;
    at += w->n - before;
    buffer_init(&b);
    if (at > bom_length(w->bytes, w->n) && w->bytes[at - 1] != '\n')
        buffer_puts(&b, w->eol);
    for (int k = depth; k < p->n; k++) {
        buffer_printf(&b, "%*s", indent + step * (k - depth), "");
        put_scalar(&b, p->part[k], true);
        buffer_putc(&b, ':');
        if (k + 1 < p->n)
            buffer_puts(&b, w->eol);
    }
    buffer_putc(&b, ' ');
    put_value(&b, e, false);
    buffer_puts(&b, w->eol);
    return work_replace(w, at, at, &b);
}

static int
insert_in_block(struct work *w, const struct node *mapping, const struct path *p, int depth, const struct splice_edit *e)
{
    size_t last = mapping->n - 1, column = (size_t)mapping->keys[0].column;
    size_t at = value_end(w, &mapping->keys[last], &mapping->items[last]);

    at = skip_comments(w, at, column);
    return insert_lines(w, at, (int)column - 1, indent_step(w, mapping), p, depth, e);
}

/* "section:" or "section: null": lines below the key. */
static int
insert_below_key(struct work *w, const struct place *at, const struct path *p, const struct splice_edit *e)
{
    const struct node *key = &at->parent->keys[at->index], *n = at->node;
    size_t line;

    if (n->end > n->begin) { /* the word goes, with the space before it */
        struct buffer nothing;
        size_t from = n->begin;
        while (from > key->end && w->bytes[from - 1] == ' ')
            from--;
        line = line_end(w, n->end) - (n->end - from);
        buffer_init(&nothing);
        if (work_replace(w, from, n->end, &nothing) < 0)
            return -1;
    } else
        line = line_end(w, n->begin);
    int step = indent_step(w, at->parent);
    return insert_lines(w, line, key->column - 1 + step, step, p, at->depth, e);
}

/* Below a key without value between brackets, or a list's item without value. */
static int
insert_brackets(struct work *w, const struct place *at, const struct path *p, const struct splice_edit *e)
{
    struct buffer b;
    struct splice_edit whole = { e->path, NULL, true };
    int status;

    buffer_init(&b);
    buffer_putc(&b, '{');
    put_flow_rest(&b, p, at->depth, e);
    buffer_putc(&b, '}');
    whole.value = b.text;
    status = b.failed ? work_no_memory(w) : set_existing(w, at, &whole);
    buffer_release(&b);
    return status;
}

/* The path leads behind the last item of a list, and no deeper. */
static bool
is_next_item(const struct place *at, const struct path *p)
{
    char next[24];

    snprintf(next, sizeof next, "%zu", at->node->n);
    return at->node->kind == NODE_SEQUENCE && at->depth == p->n - 1 && strcmp(p->part[at->depth], next) == 0;
}

/* Between the brackets behind the others, or in a line of its own below them and their comments. */
static int
append_item(struct work *w, const struct node *list, const struct splice_edit *e)
{
    struct buffer b;
    size_t last = list->n - 1, at;

    buffer_init(&b);
    if (list->flow) {
        at = list->n > 0 ? list->items[last].end : list->begin + 1;
        buffer_puts(&b, list->n > 0 ? ", " : "");
        put_value(&b, e, true);
        return work_replace(w, at, at, &b);
    }
    size_t dash = list->items[last].begin - 1;
    while (dash > 0 && w->bytes[dash] != '-')
        dash--;
    size_t indent = dash - line_start(w, dash), before = w->n;
    if (!is_first_on_line(w, dash))
        return error_set(w->err, ERR_CONFLICT, "the list in line %d cannot be added to; edit it by hand", list->line);
    at = skip_comments(w, value_end(w, NULL, &list->items[last]), indent + 1);
    if (work_close_last_line(w, at) < 0)
        return -1;
    at += w->n - before;
    if (at > 0 && w->bytes[at - 1] != '\n')
        buffer_puts(&b, w->eol);
    buffer_printf(&b, "%*s- ", (int)indent, "");
    put_value(&b, e, false);
    buffer_puts(&b, w->eol);
    return work_replace(w, at, at, &b);
}

static int
insert_missing(struct work *w, const struct place *at, const struct path *p, const struct splice_edit *e)
{
    const struct node *n = at->node;

    if (is_next_item(at, p))
        return append_item(w, n, e);
    if (n->kind == NODE_MAPPING && n->flow)
        return insert_in_flow(w, n, p, at->depth, e);
    if (n->kind == NODE_MAPPING && n->n > 0)
        return insert_in_block(w, n, p, at->depth, e);
    if (n->kind == NODE_MAPPING) /* a text without any key */
        return insert_lines(w, w->n, 0, 2, p, at->depth, e);
    if (n->kind == NODE_NULL && at->parent != NULL && at->parent->keys != NULL && !at->parent->flow)
        return insert_below_key(w, at, p, e);
    if (n->kind == NODE_NULL && at->parent != NULL)
        return insert_brackets(w, at, p, e);
    return error_set(w->err, ERR_CONFLICT, "%s: the file holds something else in its place, in line %d", e->path, n->line);
}

/* The same in the tree: a list's new item, or mappings down to a new value, which is returned. */
static struct node *
insert_expected(struct node *n, const struct path *p, int depth)
{
    if (n->kind == NODE_SEQUENCE)
        return node_extend(n) ? &n->items[n->n - 1] : NULL;
    for (; depth < p->n; depth++) {
        if (n->kind == NODE_NULL) {
            node_release(n);
            n->kind = NODE_MAPPING;
        }
        if (!node_insert(n, n->n, p->part[depth]))
            return NULL;
        n = &n->items[n->n - 1];
    }
    return n;
}

/* ---- removing ----------------------------------------------------------------------------------------- */

static size_t
item_begin(const struct node *parent, size_t k)
{
    return parent->keys != NULL ? parent->keys[k].begin : parent->items[k].begin;
}

static size_t
item_end(const struct node *parent, size_t k)
{
    const struct node *item = &parent->items[k];

    return parent->keys != NULL && item->end < parent->keys[k].end ? parent->keys[k].end : item->end;
}

/* Between brackets, with the comma before it, or behind it if it is the first. */
static int
remove_from_flow(struct work *w, const struct node *parent, size_t k)
{
    struct buffer nothing;
    size_t from = k > 0 ? item_end(parent, k - 1) : item_begin(parent, k), to = item_end(parent, k);

    if (k == 0 && parent->n > 1)
        to = item_begin(parent, 1);
    else if (k == 0) {
        size_t comma = to + strspn(w->bytes + to, " \t\r\n");
        if (w->bytes[comma] == ',')
            to = comma + 1;
    }
    buffer_init(&nothing);
    return work_replace(w, from, to, &nothing);
}

/* The first of "- n: 1" stands behind the dash: the next takes its place. */
static int
remove_behind_dash(struct work *w, const struct node *parent, size_t k)
{
    struct buffer b;

    buffer_init(&b);
    if (parent->n == 1)
        buffer_puts(&b, "{}");
    return work_replace(w, item_begin(parent, k), parent->n > 1 ? item_begin(parent, k + 1) : item_end(parent, k), &b);
}

static int
remove_item(struct work *w, const struct node *parent, size_t k)
{
    struct buffer nothing;
    size_t dash = parent->items[k].begin - 1; /* a dash and more comes before each item */

    while (dash > 0 && w->bytes[dash] != '-')
        dash--;
    if (!is_first_on_line(w, dash))
        return error_set(w->err, ERR_CONFLICT, "item %zu of the list in line %d cannot be taken out; edit it by hand", k,
                         parent->line);
    buffer_init(&nothing);
    return work_replace(w, line_start(w, dash), value_end(w, NULL, &parent->items[k]), &nothing);
}

static int
remove_existing(struct work *w, const struct place *at)
{
    const struct node *parent = at->parent;
    struct buffer nothing;
    size_t k = at->index, from, to;

    if (parent->flow)
        return remove_from_flow(w, parent, k);
    if (parent->kind == NODE_SEQUENCE)
        return remove_item(w, parent, k);
    if (!is_first_on_line(w, parent->keys[k].begin))
        return remove_behind_dash(w, parent, k);
    /* A comment above a value may speak of the lines below as well; one above a section is its own. */
    from = at->node->kind == NODE_MAPPING ? entry_start(w, parent, k) : line_start(w, parent->keys[k].begin);
    to = entry_end(w, parent, k);
    if (k > 0)
        to = skip_empty_lines(w, &parent->items[k - 1], to);
    buffer_init(&nothing);
    return work_replace(w, from, to, &nothing);
}

/* ---- one edit after the other ------------------------------------------------------------------------- */

static int
remove_one(struct work *w, const struct place *at, const struct path *p)
{
    if (at->depth < p->n)
        return 0;
    if (remove_existing(w, at) < 0)
        return -1;
    node_remove(at->parent, at->index);
    return 0;
}

static int
set_one(struct work *w, struct place *at, const struct path *p, const struct splice_edit *e)
{
    struct node *n = at->node;

    if (at->depth == p->n) {
        if (set_existing(w, at, e) < 0)
            return -1;
    } else {
        if (insert_missing(w, at, p, e) < 0)
            return -1;
        *at = work_find(w, p); /* the tree may be a new one */
        n = insert_expected(at->node, p, at->depth);
        if (n == NULL)
            return work_no_memory(w);
    }
    return set_expected(w, n, e);
}

static int
apply_one(struct work *w, const struct splice_edit *e)
{
    struct path p;

    if (path_split(&p, e->path, w->err) < 0)
        return -1;
    struct place at = work_find(w, &p);
    int status = e->value == NULL ? remove_one(w, &at, &p) : set_one(w, &at, &p, e);
    return status < 0 ? -1 : work_settle(w, e->path);
}

int
splice_apply(char **out, size_t *out_n, const char *bytes, size_t n, const struct splice_edit *edits, size_t n_edits,
             struct error *err)
{
    struct work w;
    int status = work_begin(&w, bytes, n, err);

    for (size_t k = 0; k < n_edits && status == 0; k++)
        status = apply_one(&w, &edits[k]);
    return work_finish(&w, status, out, out_n);
}
