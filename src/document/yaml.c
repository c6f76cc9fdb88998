/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "tree.h"

/*
 * YAML events to a tree.  The subset is what people write by hand: one document,
 * no anchors, aliases or tags, no duplicate keys.  libyaml's marks count characters
 * after any byte order mark; one walk over the UTF-8 turns them into byte offsets.
 */

struct frame {
    struct node *node;
    size_t cap;
    bool want_value;     /* mapping: a key has been read */
    size_t *slots;       /* mapping of many keys: hash table of key numbers + 1 */
    size_t n_slots;      /* a power of two, or 0 */
};

struct walk {
    const char *bytes;
    size_t n, bom;
    size_t characters, offset; /* where the walk stands */
};

struct reader {
    yaml_parser_t parser;
    struct walk begin, end;
    struct frame stack[DOCUMENT_MAX_DEPTH + 1];
    int depth;
    struct error *err;
    struct document *doc;
};

static bool
continues(const struct walk *w, size_t at)
{
    return ((unsigned char)w->bytes[at] & 0xc0) == 0x80;
}

/* Marks go forward, and back only by a little: the walk follows them both ways. */
static size_t
offset_of(struct walk *w, size_t character)
{
    for (; w->characters < character && w->offset < w->n; w->characters++)
        do
            w->offset++;
        while (w->offset < w->n && continues(w, w->offset));
    for (; w->characters > character && w->offset > w->bom; w->characters--)
        do
            w->offset--;
        while (w->offset > w->bom && continues(w, w->offset));
    return w->offset;
}

static int
refuse_at(struct reader *r, const yaml_mark_t *mark, enum error_code code, const char *words)
{
    return error_at(r->err, code, (int)mark->line + 1, (int)mark->column + 1, "%s", words);
}

/* The node that the next event fills; NULL with an error set. */
static struct node *
next_node(struct reader *r, const yaml_event_t *e)
{
    struct frame *f = r->depth > 0 ? &r->stack[r->depth - 1] : NULL;
    struct node *made;

    if (f == NULL)
        return &r->doc->root;
    if (f->node->kind == NODE_SEQUENCE) {
        made = node_append(f->node, &f->cap, NULL);
    } else if (f->want_value) {
        f->want_value = false;
        return &f->node->items[f->node->n - 1];
    } else {
        struct node *key = NULL;
        if (e->type != YAML_SCALAR_EVENT) {
            refuse_at(r, &e->start_mark, ERR_SYNTAX, "a key must be a word, not a list or mapping");
            return NULL;
        }
        made = node_append(f->node, &f->cap, &key);
        f->want_value = true;
        if (made != NULL)
            made = key;
    }
    if (made == NULL)
        error_set(r->err, ERR_BUG, "no memory for the document");
    return made;
}

static void
place(struct reader *r, struct node *n, const yaml_event_t *e)
{
    n->line = (int)e->start_mark.line + 1;
    n->column = (int)e->start_mark.column + 1;
    n->begin = offset_of(&r->begin, e->start_mark.index);
    n->end = offset_of(&r->end, e->end_mark.index);
}

/* ---- duplicate keys --------------------------------------------------------------------- */

/* A mapping of up to this many keys is searched, a longer one has a hash table: a file of
 * the largest size may be one mapping of 10^5 keys. */
#define SEARCHED_KEYS 16

static size_t
hash_of(const char *text)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */

    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211u;
    return (size_t)(hash ^ hash >> 32);
}

/* The slot of this key: its number + 1, or 0 where it would stand. */
static size_t *
slot_of(const struct frame *f, const char *text)
{
    size_t at = hash_of(text) & (f->n_slots - 1);

    while (f->slots[at] != 0 && strcmp(f->node->keys[f->slots[at] - 1].text, text) != 0)
        at = (at + 1) & (f->n_slots - 1);
    return &f->slots[at];
}

/* Room for all keys, the last excepted, at most half full. */
static bool
grow_slots(struct frame *f)
{
    size_t more = f->n_slots > 0 ? 2 * f->n_slots : 8 * SEARCHED_KEYS;
    size_t *slots = calloc(more, sizeof *slots);

    if (slots == NULL)
        return false;
    free(f->slots);
    f->slots = slots;
    f->n_slots = more;
    for (size_t k = 0; k + 1 < f->node->n; k++)
        *slot_of(f, f->node->keys[k].text) = k + 1;
    return true;
}

static int
check_duplicate(struct reader *r, const yaml_event_t *e)
{
    struct frame *f = &r->stack[r->depth - 1];
    const struct node *m = f->node, *key = &m->keys[m->n - 1], *first = NULL;

    if (m->n <= SEARCHED_KEYS) {
        for (size_t k = 0; k + 1 < m->n && first == NULL; k++)
            if (strcmp(m->keys[k].text, key->text) == 0)
                first = &m->keys[k];
    } else {
        if (2 * m->n > f->n_slots && !grow_slots(f))
            return error_set(r->err, ERR_BUG, "no memory for the document");
        size_t *slot = slot_of(f, key->text);
        if (*slot != 0)
            first = &m->keys[*slot - 1];
        else
            *slot = m->n;
    }
    if (first != NULL)
        return error_at(r->err, ERR_SYNTAX, (int)e->start_mark.line + 1, (int)e->start_mark.column + 1,
                        "the key \"%s\" is here twice, first in line %d", key->text, first->line);
    return 0;
}

/* ---- events ----------------------------------------------------------------------------- */

/* What YAML reads as nothing when it stands unquoted. */
bool
yaml_means_nothing(const char *text)
{
    static const char *const words[] = { "", "~", "null", "Null", "NULL" };

    for (size_t k = 0; k < BE_LEN(words); k++)
        if (strcmp(text, words[k]) == 0)
            return true;
    return false;
}

static int
on_scalar(struct reader *r, const yaml_event_t *e)
{
    struct node *n;
    bool is_key = r->depth > 0 && r->stack[r->depth - 1].node->kind == NODE_MAPPING && !r->stack[r->depth - 1].want_value;

    if (e->data.scalar.anchor != NULL)
        return refuse_at(r, &e->start_mark, ERR_SYNTAX, "anchors (&name) are not used in these files");
    if (e->data.scalar.tag != NULL)
        return refuse_at(r, &e->start_mark, ERR_SYNTAX, "tags (!name) are not used in these files");
    if (memchr(e->data.scalar.value, 0, e->data.scalar.length) != NULL)
        return refuse_at(r, &e->start_mark, ERR_SYNTAX, "a text holds a NUL character");
    n = next_node(r, e);
    if (n == NULL)
        return -1;
    n->text = malloc(e->data.scalar.length + 1);
    if (n->text == NULL)
        return error_set(r->err, ERR_BUG, "no memory for the document");
    memcpy(n->text, e->data.scalar.value, e->data.scalar.length + 1);
    n->kind = NODE_SCALAR;
    yaml_scalar_style_t style = e->data.scalar.style;
    n->style = style == YAML_PLAIN_SCALAR_STYLE ? SCALAR_PLAIN
               : style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE ? SCALAR_BLOCK : SCALAR_QUOTED;
    place(r, n, e);
    if (n->style == SCALAR_PLAIN && !is_key && yaml_means_nothing(n->text))
        n->kind = NODE_NULL;
    return is_key ? check_duplicate(r, e) : 0;
}

static int
on_collection(struct reader *r, const yaml_event_t *e, bool mapping)
{
    const yaml_char_t *anchor = mapping ? e->data.mapping_start.anchor : e->data.sequence_start.anchor;
    const yaml_char_t *tag = mapping ? e->data.mapping_start.tag : e->data.sequence_start.tag;
    struct node *n;

    if (r->depth == DOCUMENT_MAX_DEPTH)
        return error_at(r->err, ERR_SIZE, (int)e->start_mark.line + 1, (int)e->start_mark.column + 1,
                        "nested more than %d deep", DOCUMENT_MAX_DEPTH);
    if (anchor != NULL)
        return refuse_at(r, &e->start_mark, ERR_SYNTAX, "anchors (&name) are not used in these files");
    if (tag != NULL)
        return refuse_at(r, &e->start_mark, ERR_SYNTAX, "tags (!name) are not used in these files");
    n = next_node(r, e);
    if (n == NULL)
        return -1;
    n->kind = mapping ? NODE_MAPPING : NODE_SEQUENCE;
    n->flow = mapping ? e->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
                      : e->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
    place(r, n, e);
    r->stack[r->depth++] = (struct frame){ .node = n };
    return 0;
}

static void
on_end(struct reader *r, const yaml_event_t *e)
{
    struct node *n = r->stack[--r->depth].node;

    free(r->stack[r->depth].slots);
    n->end = offset_of(&r->end, e->end_mark.index);
    /* A block collection's end mark lies where the next token begins: it ends with its last child. */
    if (!n->flow && n->n > 0)
        n->end = n->items[n->n - 1].end;
}

static int
parser_error(struct reader *r)
{
    const yaml_parser_t *p = &r->parser;

    if (p->error == YAML_MEMORY_ERROR)
        return error_set(r->err, ERR_BUG, "no memory for the document");
    return error_at(r->err, ERR_SYNTAX, (int)p->problem_mark.line + 1, (int)p->problem_mark.column + 1, "%s%s%s",
                    p->problem != NULL ? p->problem : "not YAML", p->context != NULL ? ", " : "",
                    p->context != NULL ? p->context : "");
}

static int
read_events(struct reader *r)
{
    int documents = 0, status = 0;
    bool more = true;

    while (status == 0 && more) {
        yaml_event_t e;
        if (!yaml_parser_parse(&r->parser, &e))
            return parser_error(r);
        switch (e.type) {
        case YAML_STREAM_END_EVENT:
            more = false;
            break;
        case YAML_DOCUMENT_START_EVENT:
            if (documents++ > 0)
                status = refuse_at(r, &e.start_mark, ERR_SYNTAX, "a second document begins here; one file holds one");
            break;
        case YAML_ALIAS_EVENT:
            status = refuse_at(r, &e.start_mark, ERR_SYNTAX, "aliases (*name) are not used in these files");
            break;
        case YAML_SCALAR_EVENT:
            status = on_scalar(r, &e);
            break;
        case YAML_SEQUENCE_START_EVENT:
            status = on_collection(r, &e, false);
            break;
        case YAML_MAPPING_START_EVENT:
            status = on_collection(r, &e, true);
            break;
        case YAML_SEQUENCE_END_EVENT:
        case YAML_MAPPING_END_EVENT:
            on_end(r, &e);
            break;
        default:
            break;
        }
        yaml_event_delete(&e);
    }
    return status;
}

/* Text that YAML allows, so that libyaml's reader finds nothing to refuse. */
static int
check_bytes(const char *bytes, size_t n, struct error *err)
{
    size_t bad = n, at;
    int line, column;
    bool utf8 = text_valid(bytes, n, &bad);
    size_t stop = utf8 ? n : bad;

    for (at = 0; at < stop;) {
        uint32_t c;
        int used = text_decode(bytes + at, n - at, &c);
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7f && c < 0xa0 && c != 0x85) || c == 0xfffe ||
            c == 0xffff)
            break;
        at += (size_t)used;
    }
    if (at == n)
        return 0;
    place_of(bytes, at, &line, &column);
    return error_at(err, ERR_SYNTAX, line, column, at < stop ? "a control character stands in the text"
                                                              : "this is not UTF-8 text");
}

/* An empty text, or one of comments alone, is an empty mapping. */
static void
settle_root(struct document *d, size_t bom)
{
    struct node *root = &d->root;

    if (root->kind != NODE_NULL || (root->text != NULL && root->text[0] != '\0'))
        return;
    node_release(root);
    root->kind = NODE_MAPPING;
    root->line = root->column = 1;
    root->begin = root->end = bom;
}

int
document_parse_yaml(struct document **out, const char *bytes, size_t n, struct error *err)
{
    return document_parse_simple(out, bytes, n) ? 0 : document_parse_all_yaml(out, bytes, n, err);
}

int
document_parse_to_change(struct document **out, const char *bytes, size_t n, struct error *err)
{
    struct document *read;

    if (document_parse_yaml(&read, bytes, n, err) < 0)
        return -1;
    if (read->room == NULL) {
        *out = read;
        return 0;
    }
    struct document *d = document_new();
    bool copied = d != NULL && node_copy(&d->root, &read->root);
    document_free(read);
    if (!copied) {
        document_free(d);
        return error_set(err, ERR_BUG, "no memory for the document");
    }
    *out = d;
    return 0;
}

int
document_parse_all_yaml(struct document **out, const char *bytes, size_t n, struct error *err)
{
    struct reader r = { .err = err };
    size_t bom = bom_length(bytes, n);

    if (check_bytes(bytes, n, err) < 0)
        return -1;
    r.begin = r.end = (struct walk){ bytes, n, bom, 0, bom };
    r.doc = document_new();
    if (r.doc == NULL || !yaml_parser_initialize(&r.parser)) {
        document_free(r.doc);
        return error_set(err, ERR_BUG, "no memory for the document");
    }
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)(n > 0 ? bytes + bom : ""), n - bom);
    int status = read_events(&r);
    yaml_parser_delete(&r.parser);
    while (r.depth > 0)
        free(r.stack[--r.depth].slots);
    if (status < 0) {
        document_free(r.doc);
        return -1;
    }
    settle_root(r.doc, bom);
    *out = r.doc;
    return 0;
}
