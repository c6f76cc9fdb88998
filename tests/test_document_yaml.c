/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <time.h>

#include "breakeven/document.h"
#include "support.h"

static struct document *
read_text(const char *text)
{
    struct document *d;
    struct error e;

    if (document_parse_yaml(&d, text, strlen(text), &e) != 0)
        fail_msg("%d:%d: %s\n%s", e.line, e.column, e.text, text);
    return d;
}

/* The bytes that a node's offsets name. */
static void
assert_bytes(const char *text, const struct node *n, const char *want)
{
    assert_non_null(n);
    assert_int_equal(n->end - n->begin, strlen(want));
    assert_memory_equal(text + n->begin, want, strlen(want));
}

static void
a_text_becomes_a_tree_with_places(void **state)
{
    static const char text[] = "# first\n"
                               "title: The plan\n"
                               "workload:\n"
                               "  requests_per_day: 20k   # many\n"
                               "  mix: [a, 'b c', \"d\\n\"]\n"
                               "notes: |\n"
                               "  one\n"
                               "  two\n"
                               "empty:\n"
                               "pilots:\n"
                               "- {n: 200, right: 150}\n";
    struct document *d = read_text(text);
    const struct node *root = document_root(d), *work = node_get(root, "workload"), *mix = node_get(work, "mix"),
                      *pilot = &node_get(root, "pilots")->items[0];
    double x;

    (void)state;
    assert_int_equal(root->kind, NODE_MAPPING);
    assert_int_equal(root->n, 5);
    assert_string_equal(node_text(node_get(root, "title"), ""), "The plan");
    assert_bytes(text, node_get(root, "title"), "The plan");
    assert_bytes(text, node_get(work, "requests_per_day"), "20k");
    assert_int_equal(node_get(work, "requests_per_day")->line, 4);
    assert_int_equal(node_get(work, "requests_per_day")->column, 21);
    assert_int_equal(node_key(work, "mix")->column, 3);
    assert_false(work->flow);
    assert_true(mix->flow);
    assert_int_equal(mix->kind, NODE_SEQUENCE);
    assert_int_equal(mix->n, 3);
    assert_bytes(text, mix, "[a, 'b c', \"d\\n\"]");
    assert_bytes(text, &mix->items[1], "'b c'");
    assert_string_equal(mix->items[1].text, "b c");
    assert_string_equal(mix->items[2].text, "d\n");
    assert_int_equal(mix->items[0].style, SCALAR_PLAIN);
    assert_int_equal(mix->items[1].style, SCALAR_QUOTED);
    assert_int_equal(node_get(root, "notes")->style, SCALAR_BLOCK);
    assert_string_equal(node_get(root, "notes")->text, "one\ntwo\n");
    assert_int_equal(node_get(root, "empty")->kind, NODE_NULL);
    assert_int_equal(node_get(root, "empty")->line, 9);
    assert_true(node_number(node_get(pilot, "right"), &x) && x == 150);
    assert_false(node_number(node_get(root, "title"), &x));
    assert_null(node_get(root, "absent"));
    assert_null(node_get(mix, "a"));
    assert_string_equal(node_text(NULL, "else"), "else");
    document_free(d);
}

/* libyaml counts characters, and none for the byte order mark: offsets are bytes. */
static void
offsets_count_bytes_whatever_stands_before(void **state)
{
    static const char *const before[] = { "", "# a\xc2\xa0z \xef\xbf\xbd\n", "\xef\xbb\xbf", "\xef\xbb\xbf# é\n", "ü: ß\r\n# \xf0\x9f\x98\x80\r\n",
                                          "\xe2\x82\xac: [ö, {ä: \"\xf0\x9f\x98\x80\"}]\n" };
    static const char rest[] = "naïve: \"prix 3 \xe2\x82\xac\" # c\nb: { c: häß , d: [ é ] }\n";

    (void)state;
    for (size_t k = 0; k < BE_LEN(before); k++) {
        char text[200];
        snprintf(text, sizeof text, "%s%s", before[k], rest);
        struct document *d = read_text(text);
        const struct node *root = document_root(d), *b = node_get(root, "b");
        assert_bytes(text, node_get(root, "naïve"), "\"prix 3 \xe2\x82\xac\"");
        assert_bytes(text, node_key(root, "naïve"), "naïve");
        assert_int_equal(node_get(root, "naïve")->column, 8);
        assert_bytes(text, node_get(b, "c"), "häß");
        assert_bytes(text, &node_get(b, "d")->items[0], "é");
        assert_bytes(text, b, "{ c: häß , d: [ é ] }");
        document_free(d);
    }
}

static void
line_ends_of_every_kind_are_read(void **state)
{
    static const char text[] = "a: 1\r\nb:\r\n  c: |\r\n    x\r\n    y\r\nd: 2\r\n";
    struct document *d = read_text(text);
    const struct node *root = document_root(d);

    (void)state;
    assert_bytes(text, node_get(root, "a"), "1");
    assert_string_equal(node_text(node_get(node_get(root, "b"), "c"), ""), "x\ny\n");
    assert_bytes(text, node_get(root, "d"), "2");
    assert_int_equal(node_get(root, "d")->line, 6);
    document_free(d);
}

static void
nothing_is_an_empty_mapping(void **state)
{
    static const char *const texts[] = { "", "\n", "# a comment\n", "\xef\xbb\xbf", "---\n", "   \n\n" };

    (void)state;
    for (size_t k = 0; k < BE_LEN(texts); k++) {
        struct document *d = read_text(texts[k]);
        assert_int_equal(document_root(d)->kind, NODE_MAPPING);
        assert_int_equal(document_root(d)->n, 0);
        assert_null(node_get(document_root(d), "a"));
        document_free(d);
    }
}

static void
null_is_nothing_only_when_it_is_plain(void **state)
{
    struct document *d = read_text("a: null\nb: ~\nc: \"null\"\nd: '~'\ne: ''\nf:\nnull: x\n");
    const struct node *root = document_root(d);

    (void)state;
    assert_int_equal(node_get(root, "a")->kind, NODE_NULL);
    assert_int_equal(node_get(root, "b")->kind, NODE_NULL);
    assert_string_equal(node_text(node_get(root, "a"), "fallback"), "fallback");
    assert_string_equal(node_text(node_get(root, "c"), ""), "null");
    assert_string_equal(node_text(node_get(root, "d"), ""), "~");
    assert_int_equal(node_get(root, "e")->kind, NODE_SCALAR);
    assert_int_equal(node_get(root, "f")->kind, NODE_NULL);
    assert_string_equal(node_text(node_get(root, "null"), ""), "x");
    document_free(d);
}

static void
numbers_are_the_nearest_doubles(void **state)
{
    uint32_t seed = 11;

    (void)state;
    for (int round = 0; round < 200000; round++) {
        char text[40];
        struct node n = { .kind = NODE_SCALAR, .text = text };
        int digits = 1 + round % 18, point = (round / 18) % 20, at = 0;
        double x, y;

        if (round % 7 == 0)
            text[at++] = '-';
        for (int k = 0; k < digits; k++) {
            if (k == point)
                text[at++] = '.';
            seed = seed * 1664525u + 1013904223u;
            text[at++] = (char)('0' + (seed >> 16) % 10);
        }
        text[at] = '\0';
        assert_true(node_number(&n, &x));
        y = strtod(text, NULL);
        if (memcmp(&x, &y, sizeof x) != 0)
            fail_msg("%s: %.17g, %.17g", text, x, y);
    }
}

static void
numbers_are_finite_decimal_texts(void **state)
{
    static const struct {
        const char *text;
        bool number;
        double value;
    } rows[] = {
        { "12", true, 12 },      { "-0.5", true, -0.5 }, { "1e3", true, 1000 }, { "+7", true, 7 },  { ".5", true, .5 },
        { "\"42\"", true, 42 },  { "1e400", false, 0 },  { "inf", false, 0 },   { "nan", false, 0 }, { "0x10", false, 0 },
        { "12 apples", false, 0 }, { "''", false, 0 },   { "20k", false, 0 },   { ".nan", false, 0 }, { "-inf", false, 0 },
    };

    (void)state;
    for (size_t k = 0; k < BE_LEN(rows); k++) {
        char text[40];
        double x = -1;
        snprintf(text, sizeof text, "a: %s\n", rows[k].text);
        struct document *d = read_text(text);
        assert_int_equal(node_number(node_get(document_root(d), "a"), &x), rows[k].number);
        assert_true(rows[k].number ? x == rows[k].value : x == -1);
        document_free(d);
    }
}

/* ---- what is refused ------------------------------------------------------------------- */

static void
what_is_refused_is_refused_at_its_place(void **state)
{
    static const struct {
        const char *text;
        enum error_code code;
        int line, column;
        const char *words;
    } rows[] = {
        { "a: 1\nb: 2\na: 3\n", ERR_SYNTAX, 3, 1, "\"a\" is here twice, first in line 1" },
        { "w: {x: 1, é: 2, x: 3}\n", ERR_SYNTAX, 1, 17, "twice" },
        { "s:\n  b: 1\n  'b': 2\n", ERR_SYNTAX, 3, 3, "twice" },
        { "a: 1\n---\nb: 2\n", ERR_SYNTAX, 2, 1, "second document" },
        { "a: 1\n...\n---\nb: 2\n", ERR_SYNTAX, 3, 1, "second document" },
        { "é: &x 1\n", ERR_SYNTAX, 1, 4, "anchors" },
        { "a: &x\n  b: 1\n", ERR_SYNTAX, 1, 4, "anchors" },
        { "a: &x [1]\n", ERR_SYNTAX, 1, 4, "anchors" },
        { "a: 1\nb: *x\n", ERR_SYNTAX, 2, 4, "aliases" },
        { "a: !!int 1\n", ERR_SYNTAX, 1, 4, "tags" },
        { "a: !mine {b: 1}\n", ERR_SYNTAX, 1, 4, "tags" },
        { "a: ! [b]\n", ERR_SYNTAX, 1, 4, "tags" },
        { "? [a, b]\n: 1\n", ERR_SYNTAX, 1, 3, "a key must be a word" },
        { "x: 1\n{a: 1}: 2\n", ERR_SYNTAX, 2, 1, "a key must be a word" },
        { "a: 1\n b: 2\n", ERR_SYNTAX, 2, 3, "mapping values are not allowed" },
        { "a: [1, 2\nb: 3\n", ERR_SYNTAX, 2, 2, "did not find expected" },
        { "a: \"no end\n", ERR_SYNTAX, 2, 1, "unexpected end of stream" },
        { "a: 1\n\tb: 2\n", ERR_SYNTAX, 2, 1, "" },
        { "a: @x\n", ERR_SYNTAX, 1, 4, "" },
        { "a: ü\xff\n", ERR_SYNTAX, 1, 5, "not UTF-8" },
        { "a: 1\nb: \xc0\x80\n", ERR_SYNTAX, 2, 4, "not UTF-8" },
        { "a: \xed\xa0\x80\n", ERR_SYNTAX, 1, 4, "not UTF-8" },
        { "\xef\xbb\xbf" "a: é\x01\n", ERR_SYNTAX, 1, 5, "control character" },
        { "a: 1\r\nb: \x1b[31m\r\n", ERR_SYNTAX, 2, 4, "control character" },
        { "a: \xc2\x9b\n", ERR_SYNTAX, 1, 4, "control character" },
        { "a: \x7f\n", ERR_SYNTAX, 1, 4, "control character" },
        { "a: \"x\\0y\"\n", ERR_SYNTAX, 1, 4, "NUL" },
    };

    (void)state;
    for (size_t k = 0; k < BE_LEN(rows); k++) {
        struct document *d = NULL;
        struct error e = { ERR_OK, 0, 0, "" };
        if (document_parse_yaml(&d, rows[k].text, strlen(rows[k].text), &e) == 0)
            fail_msg("not refused: %s", rows[k].text);
        assert_null(d);
        if (e.code != rows[k].code || e.line != rows[k].line || e.column != rows[k].column || strstr(e.text, rows[k].words) == NULL)
            fail_msg("%d %d:%d %s, for %s", e.code, e.line, e.column, e.text, rows[k].text);
        assert_int_equal(document_parse_yaml(&d, rows[k].text, strlen(rows[k].text), NULL), -1);
    }
}

static void
a_nul_byte_is_no_text(void **state)
{
    struct document *d = NULL;
    struct error e;

    (void)state;
    assert_int_equal(document_parse_yaml(&d, "a: 1\nb: \0 2\n", 11, &e), -1);
    assert_int_equal(e.line, 2);
    assert_int_equal(e.column, 4);
}

/* "[[[...]]]" with this many brackets. */
static int
nested(int brackets, struct error *e)
{
    char text[200];
    struct document *d;

    memset(text, '[', (size_t)brackets);
    memset(text + brackets, ']', (size_t)brackets);
    int status = document_parse_yaml(&d, text, 2 * (size_t)brackets, e);
    if (status == 0)
        document_free(d);
    return status;
}

static void
nesting_is_refused_at_the_bracket_that_is_too_deep(void **state)
{
    struct error e;

    (void)state;
    assert_int_equal(nested(DOCUMENT_MAX_DEPTH, &e), 0);
    assert_int_equal(nested(DOCUMENT_MAX_DEPTH + 1, &e), -1);
    assert_int_equal(e.code, ERR_SIZE);
    assert_int_equal(e.line, 1);
    assert_int_equal(e.column, DOCUMENT_MAX_DEPTH + 1);
}

/* ---- hostile and large texts ----------------------------------------------------------------- */

#define LARGE ((size_t)1 << 20)

/* A text of 1 MiB of this unit, numbered if it holds %d; seconds to read or refuse it. */
static double
seconds_for(const char *head, const char *unit, const char *tail, int want)
{
    char *text = malloc(LARGE + 100), piece[64];
    size_t n = strlen(head);
    struct document *d;
    struct error e;

    assert_non_null(text);
    memcpy(text, head, n);
    for (int k = 0; n < LARGE; k++) {
        const char *number = strstr(unit, "%d");
        int used = number == NULL ? snprintf(piece, sizeof piece, "%s", unit)
                                  : snprintf(piece, sizeof piece, "%.*s%d%s", (int)(number - unit), unit, k, number + 2);
        memcpy(text + n, piece, (size_t)used);
        n += (size_t)used;
    }
    memcpy(text + n, tail, strlen(tail));
    n += strlen(tail);
    clock_t start = clock();
    int status = document_parse_yaml(&d, text, n, &e);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    if (status == 0)
        document_free(d);
    free(text);
    if (status != want)
        fail_msg("%d for %s: %s", status, unit, e.text);
    return seconds;
}

/* Each takes about 0.1 s, under a checker of memory some seconds; what is quadratic takes
 * twenty and more. */
static void
a_megabyte_of_anything_is_read_or_refused_at_once(void **state)
{
    static const struct {
        const char *head, *unit, *tail;
        int status;
    } rows[] = {
        { "", "k%d: 1\n", "", 0 },       { "", "k%d:\n", "", 0 },          { "{", "k%d: 1, ", "}", 0 },
        { "", "- a\n", "", 0 },          { "", "-\n", "", 0 },             { "[", "a,", "]", 0 },
        { "[", "{a: 1},", "]", 0 },      { "", "- a: 1\n  b:\n", "", 0 },  { "a: ", "x", "", 0 },
        { "a: |\n", "  x\n", "", 0 },    { "", "# c\n", "", 0 },           { "", "é%d: ü\n", "", 0 },
        { "", "[", "", -1 },             { "", "{a: ", "", -1 },           { "", "- ", "", -1 },
        { "", "? ", "", -1 },            { "a: ", "\"", "", -1 },          { "a: &a [x]\nb: [", "*a,", "]", -1 },
    };

    (void)state;
    for (size_t k = 0; k < BE_LEN(rows); k++) {
        double s = seconds_for(rows[k].head, rows[k].unit, rows[k].tail, rows[k].status);
        if (s > 15)
            fail_msg("%s: %.1f s", rows[k].unit, s);
    }
}

/* Nine levels of nine references would be 10^9 nodes. */
static void
a_bomb_of_aliases_is_refused_at_its_first_anchor(void **state)
{
    static const char text[] = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                               "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n";
    struct document *d = NULL;
    struct error e;

    (void)state;
    assert_int_equal(document_parse_yaml(&d, text, strlen(text), &e), -1);
    assert_int_equal(e.line, 1);
    assert_int_equal(e.column, 4);
}

static void
a_repeated_key_among_many_is_found(void **state)
{
    static const int numbers[] = { 2, 16, 17, 18, 64, 65, 1000, 5000 };
    struct document *d = NULL;
    struct error e;

    (void)state;
    for (size_t k = 0; k < BE_LEN(numbers); k++)
        for (int of = 0; of < numbers[k]; of += numbers[k] > 100 ? 331 : 1) {
            struct buffer b;
            buffer_init(&b);
            for (int i = 0; i < numbers[k]; i++)
                buffer_printf(&b, "key%d: 1\n", i);
            buffer_printf(&b, "key%d: 1\n", of);
            assert_int_equal(document_parse_yaml(&d, b.text, b.n, &e), -1);
            assert_int_equal(e.line, numbers[k] + 1);
            char words[80];
            snprintf(words, sizeof words, "\"key%d\" is here twice, first in line %d", of, of + 1);
            assert_non_null(strstr(e.text, words));
            buffer_release(&b);
        }
}

/* Every beginning of a text is read or refused, and nothing is lost or read beyond it. */
static void
every_beginning_of_a_text_is_safe(void **state)
{
    static const char text[] = "\xef\xbb\xbf" "é: \"a\\u00e9\"\r\nb: {c: [1, 'x'], d: }\r\ne: |+\r\n  z\r\n\r\nf:\r\n- g: h # i\r\n  j: k\r\n";
    int read = 0;

    (void)state;
    for (size_t n = 0; n < sizeof text; n++) {
        char *copy = malloc(n > 0 ? n : 1); /* exactly as long, for the sanitizers */
        struct document *d;
        struct error e;
        assert_non_null(copy);
        memcpy(copy, text, n);
        if (document_parse_yaml(&d, copy, n, &e) == 0) {
            document_free(d);
            read++;
        } else
            assert_true(e.line >= 1 && e.column >= 1);
        free(copy);
    }
    assert_true(read > 30);
}

static void
a_path_leads_through_keys_and_numbers_or_nowhere(void **state)
{
    static const char text[] = "arms:\n  own:\n    gpu: h100\n    list: [a, b]\n";
    struct document *doc;
    struct error e;

    (void)state;
    assert_int_equal(document_parse_yaml(&doc, text, sizeof text - 1, &e), 0);
    const struct node *root = document_root(doc), *gpu = node_at(root, "arms.own.gpu");
    assert_non_null(gpu);
    assert_string_equal(gpu->text, "h100");
    assert_int_equal(gpu->line, 3);
    assert_int_equal(gpu->column, 10);
    assert_string_equal(node_at(root, "arms.own.list.1")->text, "b");
    assert_ptr_equal(node_at(root, "arms.own"), node_get(node_get(root, "arms"), "own"));
    static const char *const nowhere[] = { "", "arms.", "arms.own.gpu.more", "arms.own.list.2", "arms.own.list.a", "own",
                                           "a.b.c.d.e.f.g.h.i" };
    for (size_t k = 0; k < sizeof nowhere / sizeof nowhere[0]; k++)
        assert_null(node_at(root, nowhere[k]));
    document_free(doc);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_becomes_a_tree_with_places),
        cmocka_unit_test(offsets_count_bytes_whatever_stands_before),
        cmocka_unit_test(line_ends_of_every_kind_are_read),
        cmocka_unit_test(nothing_is_an_empty_mapping),
        cmocka_unit_test(null_is_nothing_only_when_it_is_plain),
        cmocka_unit_test(numbers_are_the_nearest_doubles),
        cmocka_unit_test(numbers_are_finite_decimal_texts),
        cmocka_unit_test(what_is_refused_is_refused_at_its_place),
        cmocka_unit_test(a_nul_byte_is_no_text),
        cmocka_unit_test(nesting_is_refused_at_the_bracket_that_is_too_deep),
        cmocka_unit_test(a_megabyte_of_anything_is_read_or_refused_at_once),
        cmocka_unit_test(a_bomb_of_aliases_is_refused_at_its_first_anchor),
        cmocka_unit_test(a_repeated_key_among_many_is_found),
        cmocka_unit_test(every_beginning_of_a_text_is_safe),
        cmocka_unit_test(a_path_leads_through_keys_and_numbers_or_nowhere),
    };

    return RUN_GROUP(tests);
}
