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

    if (document_parse_json(&d, text, strlen(text), &e) != 0)
        fail_msg("%d:%d: %s\n%s", e.line, e.column, e.text, text);
    return d;
}

/* ---- reading ----------------------------------------------------------------------------- */

static void
json_becomes_the_same_tree(void **state)
{
    struct document *d = read_text("\xef\xbb\xbf {\"a\": [1, -2.5e-7, \"3\"], \"b\": {\"é\": null, \"t\": true, \"f\": false},\r\n"
                                   " \"e\": \"\", \"s\": \"q\\\"\\\\\\n\\u00e9\\ud83d\\ude00\", \"o\": {}, \"l\": []}\n ");
    const struct node *root = document_root(d), *a = node_get(root, "a"), *b = node_get(root, "b");
    double x;

    (void)state;
    assert_int_equal(root->kind, NODE_MAPPING);
    assert_int_equal(root->n, 6);
    assert_int_equal(a->kind, NODE_SEQUENCE);
    assert_int_equal(a->n, 3);
    assert_true(node_number(&a->items[0], &x) && x == 1);
    assert_true(node_number(&a->items[1], &x) && x == -2.5e-7);
    assert_true(node_number(&a->items[2], &x) && x == 3);
    assert_int_equal(a->items[0].style, SCALAR_PLAIN);
    assert_int_equal(a->items[2].style, SCALAR_QUOTED);
    assert_int_equal(node_get(b, "é")->kind, NODE_NULL);
    assert_string_equal(node_text(node_get(b, "t"), ""), "true");
    assert_string_equal(node_text(node_get(b, "f"), ""), "false");
    assert_string_equal(node_text(node_get(root, "e"), "none"), "");
    assert_string_equal(node_text(node_get(root, "s"), ""), "q\"\\\n\xc3\xa9\xf0\x9f\x98\x80");
    assert_int_equal(node_get(root, "o")->kind, NODE_MAPPING);
    assert_int_equal(node_get(root, "o")->n, 0);
    assert_int_equal(node_get(root, "l")->kind, NODE_SEQUENCE);
    assert_int_equal(root->line, 0);
    document_free(d);
}

static void
numbers_keep_every_digit(void **state)
{
    static const char *const texts[] = { "1e-07",  "2.5e-7", "0.1",  "3.0000000000000004", "9007199254740993", "1.7976931348623157e308",
                                         "5e-324", "-7",     "1e23", "123456789.123456789", "0.00000015",       "4.35" };

    (void)state;
    for (size_t k = 0; k < BE_LEN(texts); k++) {
        struct document *d = read_text(texts[k]);
        double got = -1, want = strtod(texts[k], NULL);
        assert_true(node_number(document_root(d), &got));
        assert_memory_equal(&got, &want, sizeof got);
        document_free(d);
    }
}

static void
a_number_out_of_range_is_none(void **state)
{
    struct document *d = read_text("[1e999, -1e999]");
    double x = 7;

    (void)state;
    for (int k = 0; k < 2; k++) {
        assert_int_equal(document_root(d)->items[k].kind, NODE_SCALAR);
        assert_false(node_number(&document_root(d)->items[k], &x));
    }
    assert_true(x == 7);
    document_free(d);
}

static void
repeated_keys_stay_in_order(void **state)
{
    struct document *d = read_text("{\"a\": 1, \"b\": 2, \"a\": 3}");
    const struct node *root = document_root(d);

    (void)state;
    assert_int_equal(root->n, 3);
    assert_string_equal(node_get(root, "a")->text, "1");
    assert_string_equal(root->keys[2].text, "a");
    assert_string_equal(root->items[2].text, "3");
    document_free(d);
}

static void
bad_json_is_refused_at_its_place(void **state)
{
    static const struct {
        const char *text;
        enum error_code code;
        int line, column;
        const char *words;
    } rows[] = {
        { "", ERR_SYNTAX, 1, 1, "no JSON" },
        { " \n ", ERR_SYNTAX, 2, 2, "no JSON" },
        { "{\"a\": 1,}", ERR_SYNTAX, 1, 9, "not JSON" },
        { "{\"a\" 1}", ERR_SYNTAX, 1, 6, "not JSON" },
        { "{\n \"a\": tru\n}", ERR_SYNTAX, 2, 7, "not JSON" },
        { "{\"é\": 1,\r\n \"ü\": x}", ERR_SYNTAX, 2, 7, "not JSON" },
        { "\xef\xbb\xbf[1,\n2,\n x]", ERR_SYNTAX, 3, 2, "not JSON" },
        { "[1,\r2,\r x]", ERR_SYNTAX, 3, 2, "not JSON" },
        { "[1 2]", ERR_SYNTAX, 1, 4, "not JSON" },
        { "[1] [2]", ERR_SYNTAX, 1, 5, "behind the end" },
        { "{} x", ERR_SYNTAX, 1, 4, "behind the end" },
        { "[\"\\q\"]", ERR_SYNTAX, 1, 3, "not JSON" },
        { "[\"\\ud800\"]", ERR_SYNTAX, 1, 3, "not JSON" },
        { "{\"a\": \"b\\u0000c\"}", ERR_SYNTAX, 1, 9, "NUL" },
        { "{\"a\\u0000\": 1}", ERR_SYNTAX, 1, 4, "NUL" },
        { "[1, \"\xff\"]", ERR_SYNTAX, 1, 6, "UTF-8" },
        { "'a'", ERR_SYNTAX, 1, 1, "not JSON" },
        { "{a: 1}", ERR_SYNTAX, 1, 3, "not JSON" }, /* cJSON has taken the "a" for a quote */
        { "[NaN]", ERR_SYNTAX, 1, 2, "not JSON" },
        { "]", ERR_SYNTAX, 1, 1, "not JSON" },
        { "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\n[", ERR_SIZE, 2, 1, "nested more than 32" },
    };

    (void)state;
    for (size_t k = 0; k < BE_LEN(rows); k++) {
        struct document *d = NULL;
        struct error e = { ERR_OK, 0, 0, "" };
        if (document_parse_json(&d, rows[k].text, strlen(rows[k].text), &e) == 0)
            fail_msg("not refused: %s", rows[k].text);
        assert_null(d);
        if (e.code != rows[k].code || e.line != rows[k].line || e.column != rows[k].column || strstr(e.text, rows[k].words) == NULL)
            fail_msg("%d %d:%d %s, for %s", e.code, e.line, e.column, e.text, rows[k].text);
    }
}

static void
an_unfinished_text_is_refused_wherever_it_ends(void **state)
{
    static const char text[] = "{\"a\": [1, 2.5, \"x\\u00e9\\\\\"], \"b\": {\"c\": null, \"d\": [true, false]}}";

    (void)state;
    for (size_t n = 0; n < sizeof text - 1; n++) {
        char *copy = malloc(n > 0 ? n : 1); /* exactly as long, for the sanitizers */
        struct document *d = NULL;
        struct error e;
        assert_non_null(copy);
        memcpy(copy, text, n);
        if (document_parse_json(&d, copy, n, &e) == 0)
            fail_msg("%.*s was read", (int)n, text);
        assert_int_equal(e.line, 1);
        assert_in_range(e.column, 1, n + 1);
        free(copy);
    }
}

/* The shape of a public price list: 20,000 models, 2.6 MB. Linear: some 0.1 s. */
static void
a_long_price_list_is_read_at_once(void **state)
{
    struct buffer b;
    struct document *d;
    struct error e;
    double x;

    (void)state;
    buffer_init(&b);
    buffer_putc(&b, '{');
    for (int k = 0; k < 20000; k++)
        buffer_printf(&b, "%s\n    \"vendor/model-%d\": {\"input_cost_per_token\": %d.5e-07, \"max_tokens\": 8192, \"mode\": \"chat\", \"tools\": true}",
                      k > 0 ? "," : "", k, k);
    buffer_puts(&b, "\n}\n");
    clock_t start = clock();
    assert_int_equal(document_parse_json(&d, b.text, b.n, &e), 0);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    assert_int_equal(document_root(d)->n, 20000);
    assert_true(node_number(node_get(&document_root(d)->items[19999], "input_cost_per_token"), &x));
    assert_true(x == 19999.5e-07);
    document_free(d);
    buffer_release(&b);
    if (seconds > 15)
        fail_msg("%.1f s", seconds);
}

static void
a_hundred_thousand_brackets_are_refused_at_once(void **state)
{
    size_t n = 100000;
    char *text = malloc(n);
    struct document *d = NULL;
    struct error e;

    (void)state;
    assert_non_null(text);
    memset(text, '[', n);
    clock_t start = clock();
    assert_int_equal(document_parse_json(&d, text, n, &e), -1);
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 5);
    assert_int_equal(e.code, ERR_SIZE);
    assert_int_equal(e.column, DOCUMENT_MAX_DEPTH + 1);
    free(text);
}

/* ---- writing ------------------------------------------------------------------------------ */

static void
put_example(struct json *j)
{
    json_object(j);
    json_put_string(j, "name", "a \"b\"\n\t\\ é");
    json_put_number(j, "x", 0.1);
    json_put_number(j, "inf", INFINITY);
    json_put_number(j, "nan", NAN);
    json_put_bool(j, "yes", true);
    json_put_string(j, "none", NULL);
    json_key(j, "list");
    json_array(j);
    json_number(j, 1);
    json_object(j);
    json_end(j, '}');
    json_array(j);
    json_null(j);
    json_bool(j, false);
    json_end(j, ']');
    json_string(j, "z");
    json_end(j, ']');
    json_key(j, "empty");
    json_array(j);
    json_end(j, ']');
    json_end(j, '}');
}

static void
commas_and_nesting_are_the_writers_business(void **state)
{
    struct buffer b;
    struct json j;

    (void)state;
    buffer_init(&b);
    json_init(&j, &b, 0);
    put_example(&j);
    assert_string_equal(b.text, "{\"name\":\"a \\\"b\\\"\\n\\t\\\\ é\",\"x\":0.1,\"inf\":null,\"nan\":null,\"yes\":true,\"none\":null,"
                                "\"list\":[1,{},[null,false],\"z\"],\"empty\":[]}");
    buffer_release(&b);
    json_init(&j, &b, 2);
    put_example(&j);
    assert_string_equal(b.text, "{\n  \"name\": \"a \\\"b\\\"\\n\\t\\\\ é\",\n  \"x\": 0.1,\n  \"inf\": null,\n  \"nan\": null,\n"
                                "  \"yes\": true,\n  \"none\": null,\n  \"list\": [\n    1,\n    {},\n    [\n      null,\n      false\n    ],\n"
                                "    \"z\"\n  ],\n  \"empty\": []\n}");
    buffer_release(&b);
}

static void
what_is_written_reads_back(void **state)
{
    static const char *const texts[] = { "",       "plain", "\"\\/\b\f\n\r\t\x01\x1f\x7f", "é\xe2\x80\xa8\xf0\x9f\x98\x80", "</script>",
                                         "\\u0041" };
    static const double numbers[] = { 0, -0.0, 0.1, 1.0 / 3, 1e-300, 5e-324, 1.7976931348623157e308, 123456789012345680.0, -42 };

    (void)state;
    for (int indent = 0; indent <= 4; indent += 2) {
        struct buffer b;
        struct json j;
        buffer_init(&b);
        json_init(&j, &b, indent);
        json_array(&j);
        for (size_t k = 0; k < BE_LEN(texts); k++)
            json_string(&j, texts[k]);
        for (size_t k = 0; k < BE_LEN(numbers); k++)
            json_number(&j, numbers[k]);
        json_end(&j, ']');
        struct document *d = read_text(b.text);
        const struct node *root = document_root(d);
        assert_int_equal(root->n, BE_LEN(texts) + BE_LEN(numbers));
        for (size_t k = 0; k < BE_LEN(texts); k++)
            assert_string_equal(root->items[k].text, texts[k]);
        for (size_t k = 0; k < BE_LEN(numbers); k++) {
            double x;
            assert_true(node_number(&root->items[BE_LEN(texts) + k], &x));
            assert_true(x == numbers[k]);
        }
        document_free(d);
        buffer_release(&b);
    }
}

/* They would turn the text around, or end a line of a script, where it is shown. */
static void
controls_and_bidi_marks_leave_as_escapes(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        { "\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\"" },
        { "\xc2\x80\xc2\x9b\xc2\x9f", "\"\\u0080\\u009b\\u009f\"" },
        { "\xc2\xa0", "\"\xc2\xa0\"" },
        { "\xe2\x80\x8d\xe2\x80\x8e\xe2\x80\x8f\xe2\x80\x90", "\"\xe2\x80\x8d\\u200e\\u200f\xe2\x80\x90\"" },
        { "\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xae\xe2\x80\xaf", "\"\xe2\x80\xa7\\u2028\\u202e\xe2\x80\xaf\"" },
        { "\xe2\x81\xa5\xe2\x81\xa6\xe2\x81\xa9\xe2\x81\xaa", "\"\xe2\x81\xa5\\u2066\\u2069\xe2\x81\xaa\"" },
        { "\xef\xbb\xbf", "\"\\ufeff\"" },
    };

    (void)state;
    for (size_t k = 0; k < BE_LEN(rows); k++) {
        struct buffer b;
        struct json j;
        buffer_init(&b);
        json_init(&j, &b, 0);
        json_string(&j, rows[k].text);
        assert_string_equal(b.text, rows[k].want);
        struct document *d = read_text(b.text);
        assert_string_equal(node_text(document_root(d), ""), rows[k].text);
        document_free(d);
        buffer_release(&b);
    }
}

static void
bad_utf8_becomes_the_replacement_character(void **state)
{
    struct buffer b;
    struct json j;

    (void)state;
    buffer_init(&b);
    json_init(&j, &b, 0);
    json_string(&j, "a\xff" "b\xc3");
    assert_string_equal(b.text, "\"a\xef\xbf\xbd" "b\xef\xbf\xbd\"");
    buffer_release(&b);
}

static void
brackets_pair_however_deep(void **state)
{
    struct buffer b;
    struct json j;

    (void)state;
    buffer_init(&b);
    json_init(&j, &b, 0);
    for (int k = 0; k < 60; k++)
        json_array(&j);
    json_number(&j, 1);
    json_number(&j, 2);
    for (int k = 0; k < 60; k++)
        json_end(&j, ']');
    assert_int_equal(b.n, 123);
    assert_int_equal(strspn(b.text, "["), 60);
    assert_memory_equal(b.text + 60, "1,2]", 4);
    assert_int_equal(strspn(b.text + 63, "]"), 60);
    buffer_release(&b);
}

static void
more_values_than_any_list_has_are_refused(void **state)
{
    struct document *d = NULL;
    struct error e;
    size_t n = 1100000;
    char *text = malloc(n);

    (void)state;
    for (size_t k = 0; k < n; k++)
        text[k] = k % 2 ? ',' : '1';
    text[0] = '[';
    text[1] = '1';
    assert_int_equal(document_parse_json(&d, text, n, &e), -1);
    assert_int_equal(e.code, ERR_SIZE);
    assert_int_equal(e.column, 1000002);
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_becomes_the_same_tree),
        cmocka_unit_test(numbers_keep_every_digit),
        cmocka_unit_test(a_number_out_of_range_is_none),
        cmocka_unit_test(repeated_keys_stay_in_order),
        cmocka_unit_test(bad_json_is_refused_at_its_place),
        cmocka_unit_test(an_unfinished_text_is_refused_wherever_it_ends),
        cmocka_unit_test(a_long_price_list_is_read_at_once),
        cmocka_unit_test(a_hundred_thousand_brackets_are_refused_at_once),
        cmocka_unit_test(commas_and_nesting_are_the_writers_business),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(controls_and_bidi_marks_leave_as_escapes),
        cmocka_unit_test(bad_utf8_becomes_the_replacement_character),
        cmocka_unit_test(brackets_pair_however_deep),
        cmocka_unit_test(more_values_than_any_list_has_are_refused),
    };

    return RUN_GROUP(tests);
}
