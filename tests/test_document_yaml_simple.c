/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "document/tree.h"
#include "support.h"

/* The quick reader of simple YAML against the reader of all of it: where it says yes, the other does, and
 * the trees are the same to the last place. */

static char *
bytes_of(const char *relative, size_t *n)
{
    char *text = NULL;
    struct error err;

    if (file_read(source_path(relative), 4u << 20, &text, n, NULL, &err) < 0)
        fail_msg("%s", err.text);
    return text;
}

static void
same(const struct node *a, const struct node *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->style, b->style);
    assert_int_equal(a->flow, b->flow);
    assert_int_equal(a->line, b->line);
    assert_int_equal(a->column, b->column);
    assert_int_equal(a->begin, b->begin);
    assert_int_equal(a->end, b->end);
    assert_int_equal(a->n, b->n);
    assert_int_equal(a->text != NULL, b->text != NULL);
    if (a->text != NULL)
        assert_string_equal(a->text, b->text);
    assert_int_equal(a->keys != NULL, b->keys != NULL);
    for (size_t k = 0; k < a->n; k++) {
        if (a->keys != NULL)
            same(&a->keys[k], &b->keys[k]);
        same(&a->items[k], &b->items[k]);
    }
}

/* What is given out entry by entry, against the tree. */
struct giving {
    const struct node *root, *section;
    size_t keys, entries; /* so far; entries: of the section */
};

static void
section_ends(struct giving *g)
{
    if (g->section != NULL)
        assert_int_equal(g->entries, g->section->n);
    g->section = NULL;
}

static const struct node *
next_value(struct giving *g, const struct node *key)
{
    section_ends(g);
    assert_true(g->keys < g->root->n);
    same(key, &g->root->keys[g->keys]);
    return &g->root->items[g->keys++];
}

static bool
give_section(void *ctx, const struct node *key)
{
    struct giving *g = ctx;

    g->section = next_value(g, key);
    g->entries = 0;
    assert_int_equal(g->section->kind, NODE_SEQUENCE);
    return true;
}

static void
give_entry(void *ctx, const struct node *entry)
{
    struct giving *g = ctx;

    assert_true(g->entries < g->section->n);
    same(entry, &g->section->items[g->entries++]);
}

static bool
give_value(void *ctx, const struct node *key, const struct node *value)
{
    same(value, next_value(ctx, key));
    return true;
}

/* Taken by both ways of reading or by none; of what is left later, what was given was right. */
static void
compare_entries(const char *bytes, size_t n, const struct node *root, bool quick)
{
    struct giving g = { root, NULL, 0, 0 };
    const struct document_reader reader = { &g, give_section, give_entry, give_value, NULL };

    if (document_give_entries(&reader, bytes, n) != quick)
        fail_msg("taken entry by entry: %d, as a tree: %d\n%.*s", !quick, quick, (int)(n < 2000 ? n : 2000), bytes);
    if (quick) {
        section_ends(&g);
        assert_int_equal(g.keys, root->n);
    }
}

/* True if the quick reader took it. */
static bool
compare(const char *bytes, size_t n)
{
    struct document *quick = NULL, *all = NULL;
    struct error err;

    bool taken = document_parse_simple(&quick, bytes, n), right = document_parse_all_yaml(&all, bytes, n, &err) == 0;

    if (taken && !right)
        fail_msg("taken, but refused by the other: %s\n%.*s", err.text, (int)(n < 2000 ? n : 2000), bytes);
    if (right && document_root(all)->kind == NODE_MAPPING)
        compare_entries(bytes, n, document_root(all), taken);
    if (!taken) {
        document_free(all);
        return false;
    }
    same(document_root(quick), document_root(all));
    document_free(quick);
    document_free(all);
    return true;
}

static const char *const files[] = {
    "catalog/claims.yaml", "catalog/engines.yaml", "catalog/gpu-prices.yaml", "catalog/gpus.yaml", "catalog/hosts.yaml",
    "catalog/models.yaml", "catalog/prices.yaml", "catalog/priors.yaml", "catalog/regimes.yaml", "scenarios/article.yaml",
    "scenarios/bank-india.yaml", "scenarios/startup-mvp.yaml", "scenarios/support-intents.yaml", "tests/bench/wide.yaml",
};

static void
what_ships_is_simple_and_reads_alike(void **state)
{
    (void)state;
    for (size_t k = 0; k < BE_LEN(files); k++) {
        size_t n;
        char *text = bytes_of(files[k], &n);
        if (!compare(text, n))
            fail_msg("%s is not simple", files[k]);
        free(text);
    }
}

static uint32_t
next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Some bytes changed, taken out or put in, of a piece of a file. */
static void
changed_texts_read_alike_or_are_left(void **state)
{
    static const char put[] = " \n:-#,[]{}\"'&*!|>%@`?~\t\\a0.: - # ";
    uint32_t seed = 7;
    int taken = 0;

    (void)state;
    for (size_t f = 0; f < BE_LEN(files); f++) {
        size_t n;
        char *text = bytes_of(files[f], &n), *work = malloc(n + 16);
        assert_non_null(work);
        for (int round = 0; round < 1500; round++) {
            size_t from = next_random(&seed) % n, length, head = 0;
            while (from > 0 && text[from - 1] != '\n')
                from--;
            length = next_random(&seed) % 900;
            length = length < n - from ? length : n - from;
            if (text[from] == ' ' || text[from] == '-') { /* of a mapping: it needs its key */
                memcpy(work, "x:\n", 3);
                head = 3;
            }
            memcpy(work + head, text + from, length);
            length += head;
            int changes = (int)(next_random(&seed) % 4);
            for (int k = 0; k < changes && length > 2; k++) {
                size_t at = next_random(&seed) % (length - 1);
                char c = put[next_random(&seed) % (sizeof put - 1)];
                if (next_random(&seed) % 2 == 0)
                    work[at] = c;
                else {
                    memmove(work + at + 1, work + at, length - at - 1);
                    work[at] = c;
                }
            }
            taken += compare(work, length);
        }
        free(work);
        free(text);
    }
    assert_true(taken > 1000);
}

static void
what_is_more_than_simple_is_left(void **state)
{
    static const char *const texts[] = {
        "", "# nothing\n", "---\na: 1\n", "a: 1\n...\n", "a: &x 1\n", "a: !t 1\n", "a: |\n  b\n", "a: b\n  c\n", "a:\n", "a: 1\na: 2\n",
        "a: b: c\n", "a: b:\n", "a : 1\n", "\"a\": 1\n", "a: \"b\\n\"\n", "a: 'it''s'\n", "a: [1,\n 2]\n", "a: {b}\n", "a: [1, ]\n", "a: {b: 1, b: 2}\n",
        "a: 1\n b: 2\n", "a:\n  b: 1\n c: 2\n", "- a\n", "a: 1\n- b\n", "a:\n- - b\n", "a: \xc3\xa9\n", "a:\tb\n", "a: 1\r\n", "a: ~\n", "a: \"b\" c\n",
        "a: \"b\"#c\n", "? a\n", "a: @b\n", "a: `b\n", "a: -\n", "a: - b\n", "a: [b: c]\n", "a: [b:]\n", "a: {b: c:}\n", "a: [b:-]\n", "a: [b:\"c\"]\n", "a: \x7f\n", "a: bcdefghijklmn\x01op\n", ("\xef\xbb\xbf" "a: 1\n"),
    };
    struct document *d;

    (void)state;
    for (size_t k = 0; k < BE_LEN(texts); k++)
        if (document_parse_simple(&d, texts[k], strlen(texts[k])))
            fail_msg("taken: %s", texts[k]);
}

static void
what_is_simple_is_taken(void **state)
{
    static const char *const texts[] = {
        "a: 1\n", "a: 1", "a: null\n", "  # c\n\na: b c # d\n", "a: #c\n  b: 1\n", "a: {}\nb: []\n", "a: [1, -2, x y, \"q, r\", {b: 1}]\n",
        "a:\n- b: 1\n  c: 2\n- b: 3\nd: e\n", "a:\n  - b\n  - 'c'\n  - [d]\n", "a: b#c, [d] \"e\" & *f\n", "a: 8M..12M\nb: $3.5\nc: =5*30\nd: -30% to 10%\n",
        "a: http://x/y:z\n", "a-b.c: 2026-08-01\n", "a:\n    b:\n      c: 1\n    d: 2\n",
    };

    (void)state;
    for (size_t k = 0; k < BE_LEN(texts); k++)
        if (!compare(texts[k], strlen(texts[k])))
            fail_msg("not taken: %s", texts[k]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_ships_is_simple_and_reads_alike),
        cmocka_unit_test(changed_texts_read_alike_or_are_left),
        cmocka_unit_test(what_is_more_than_simple_is_left),
        cmocka_unit_test(what_is_simple_is_taken),
    };

    return RUN_GROUP(tests);
}
