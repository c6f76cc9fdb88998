/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "support.h"

#include "breakeven/document.h"

/* TOML: cases from its specification, and what must be refused. */

static struct document *
parse(const char *text)
{
    struct document *d = NULL;
    struct error e;

    if (document_parse_toml(&d, text, strlen(text), &e) < 0)
        fail_msg("%s: %d:%d: %s", text, e.line, e.column, e.text);
    return d;
}

/* "a.b.0": keys and places. */
static const struct node *
at(const struct document *d, const char *path)
{
    const struct node *n = document_root(d);
    char part[64];

    while (n != NULL && *path != '\0') {
        size_t len = strcspn(path, ".");
        snprintf(part, sizeof part, "%.*s", (int)len, path);
        if (n->kind == NODE_SEQUENCE)
            n = strtoul(part, NULL, 10) < n->n ? &n->items[strtoul(part, NULL, 10)] : NULL;
        else
            n = node_get(n, part);
        path += len + (path[len] == '.');
    }
    return n;
}

static void
values_are_read_as_the_specification_says(void **state)
{
    static const struct { const char *text, *want; } cases[] = {
        { "v = 1", "1" },
        { "v = +99", "+99" },
        { "v = -17", "-17" },
        { "v = 1_050_000", "1050000" },
        { "v = 5_349_221.5e-1_0", "5349221.5e-10" },
        { "v = 0xDEADBEEF", "3735928559" },
        { "v = 0o755", "493" },
        { "v = 0b1101_0110", "214" },
        { "v = 3.14", "3.14" },
        { "v = 6.626e-34", "6.626e-34" },
        { "v = -0.0", "-0.0" },
        { "v = inf", "inf" },
        { "v = true # yes", "true" },
        { "v = 1979-05-27T07:32:00Z", "1979-05-27T07:32:00Z" },
        { "v = 1979-05-27 07:32:00.5", "1979-05-27 07:32:00.5" },
        { "v = 1979-05-27", "1979-05-27" },
        { "v = 07:32:00", "07:32:00" },
        { "v = \"a \\\"b\\\" \\u00e9 \\U0001F600 \\t\"", "a \"b\" \xc3\xa9 \xf0\x9f\x98\x80 \t" },
        { "v = 'C:\\nodes # \"x\"'", "C:\\nodes # \"x\"" },
        { "v = \"\"", "" },
        { "v = \"\"\"\nRoses\nare \\\n   red\"\"\"", "Roses\nare red" },
        { "v = '''\r\nI [dw]on't need \\d{2}'''", "I [dw]on't need \\d{2}" },
        { "v = \"\"\"a \"\"quoted\"\"\"\"\"", "a \"\"quoted\"\"" },
        { "\xef\xbb\xbfv = 7\r\n", "7" },
        { "\"v\" = 8", "8" },
    };

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++) {
        struct document *d = parse(cases[i].text);
        assert_string_equal(node_text(at(d, "v"), "nothing"), cases[i].want);
        document_free(d);
    }
}

static void
tables_arrays_and_dotted_keys_nest(void **state)
{
    struct document *d = parse("top = [1, [2, \"x\"], # two\n  { a = 1, b.c = 2 },\n]\n"
                               "site.\"google.com\" = true\n[a.b]\nc.d = 1\n c.e = 2\n[a]\nf = 3\n"
                               "[[list]]\nname = \"one\"\n[list.sub]\nx = 1\n[[list]]\nname = 'two'\n[[list.deep]]\ny = 2\n"
                               "[fruit]\napple.color = 1\n[fruit.apple.texture]\nsmooth = true\n");

    (void)state;
    assert_string_equal(node_text(at(d, "top.0"), ""), "1");
    assert_string_equal(node_text(at(d, "top.1.1"), ""), "x");
    assert_string_equal(node_text(at(d, "top.2.b.c"), ""), "2");
    assert_int_equal(at(d, "top")->n, 3);
    assert_non_null(node_get(at(d, "site"), "google.com"));
    assert_string_equal(node_text(at(d, "a.b.c.e"), ""), "2");
    assert_string_equal(node_text(at(d, "a.f"), ""), "3");
    assert_int_equal(at(d, "list")->n, 2);
    assert_string_equal(node_text(at(d, "list.0.sub.x"), ""), "1");
    assert_string_equal(node_text(at(d, "list.1.deep.0.y"), ""), "2");
    assert_string_equal(node_text(at(d, "fruit.apple.texture.smooth"), ""), "true");
    assert_int_equal(at(d, "list")->begin, 0);
    assert_int_equal(at(d, "top.0")->line, 1);
    assert_int_equal(at(d, "top.0")->column, 8);
    document_free(d);
    d = parse("");
    assert_int_equal(document_root(d)->kind, NODE_MAPPING);
    assert_int_equal(document_root(d)->n, 0);
    document_free(d);
}

static void
what_is_not_toml_is_refused_at_its_place(void **state)
{
    static const struct { const char *text; int line, column; } cases[] = {
        { "a", 1, 2 },
        { "a = ", 1, 5 },
        { "a = 1 b = 2", 1, 7 },
        { "a = 1\na = 2", 2, 1 },
        { "a = 01", 1, 5 },
        { "a = 1__0", 1, 5 },
        { "a = _1", 1, 5 },
        { "a = 1.", 1, 5 },
        { "a = .5", 1, 5 },
        { "a = 0x", 1, 5 },
        { "a = 99999999999999999999999999x", 1, 5 },
        { "a = 0xffffffffffffffff", 1, 5 },
        { "a = yes", 1, 5 },
        { "a = \"x", 1, 5 },
        { "a = \"x\ny\"", 1, 5 },
        { "a = \"\\q\"", 1, 6 },
        { "a = \"\\u00\"", 1, 6 },
        { "a = \"\\ud800\"", 1, 6 },
        { "a = \"\\u0000\"", 1, 6 },
        { "a = \"\x01\"", 1, 6 },
        { "a = '''x", 1, 5 },
        { "a = [1, 2", 1, 5 },
        { "a = [1 2]", 1, 8 },
        { "a = {b = 1,}", 1, 12 },
        { "a = {b = 1\n}", 1, 11 },
        { "[a]\n[a]", 2, 2 },
        { "[a]\nb = 1\n[a.b]", 3, 4 },
        { "a = 1\n[[a]]", 2, 3 },
        { "a = [1]\n[[a]]", 2, 3 },
        { "[[a]]\n[a]", 2, 2 },
        { "a = {b = 1}\na.c = 2", 2, 1 },
        { "a = {b = 1}\n[a.c]", 2, 2 },
        { "[a.b]\nc = 1\n[a]\nb.d = 2", 4, 1 },
        { "[fruit]\napple.color = 1\n[fruit.apple]", 3, 8 },
        { "[a", 1, 3 },
        { "[[a]", 1, 4 },
        { "[]", 1, 2 },
        { "= 1", 1, 1 },
        { "a.= 1", 1, 3 },
        { "\"\"\"a\"\"\" = 1", 1, 1 },
        { "# \x02", 1, 3 },
        { "a = 1\rb = 2", 1, 6 },
        { "a = \"\xff\"", 1, 6 },
    };

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++) {
        struct document *d = NULL;
        struct error e;

        if (document_parse_toml(&d, cases[i].text, strlen(cases[i].text), &e) == 0)
            fail_msg("\"%s\" was read", cases[i].text);
        if (e.line != cases[i].line || e.column != cases[i].column)
            fail_msg("\"%s\" at %d:%d, not %d:%d: %s", cases[i].text, e.line, e.column, cases[i].line,
                     cases[i].column, e.text);
        assert_true(e.text[0] != '\0');
    }
}

static void
a_nul_is_refused(void **state)
{
    struct document *d = NULL;
    struct error e;

    (void)state;
    assert_int_equal(document_parse_toml(&d, "a = 1\n\0b", 8, &e), -1);
    assert_int_equal(e.line, 2);
}

static void
depth_and_width_have_limits(void **state)
{
    struct document *d = NULL;
    struct error e;
    struct buffer b;

    (void)state;
    buffer_init(&b);
    buffer_puts(&b, "a = ");
    for (int i = 0; i < 100000; i++)
        buffer_putc(&b, '[');
    assert_int_equal(document_parse_toml(&d, b.text, b.n, &e), -1);
    assert_int_equal(e.code, ERR_SIZE);
    buffer_release(&b);
    buffer_init(&b);
    for (int i = 0; i < 40; i++)
        buffer_printf(&b, "%sa", i > 0 ? "." : "");
    buffer_puts(&b, " = 1\n");
    assert_int_equal(document_parse_toml(&d, b.text, b.n, &e), -1);
    assert_int_equal(e.code, ERR_SIZE);
    buffer_release(&b);
    buffer_init(&b);
    for (int i = 0; i < 5000; i++)
        buffer_printf(&b, "k%d = 1\n", i);
    assert_int_equal(document_parse_toml(&d, b.text, b.n, &e), -1);
    assert_int_equal(e.code, ERR_SIZE);
    assert_int_equal(e.line, 4097);
    buffer_release(&b);
}

static void
no_cut_and_no_changed_byte_matters_to_memory(void **state)
{
    static const char text[] = "a = [1, {b.c = \"x\\u00e9\", d = '''y'''}]\n[t.\"u v\"]\nw = 1979-05-27 07:32:00\n"
                               "[[t.l]]\nz = 0x1f\n[[t.l]]\nq = \"\"\"m\\\n  n\"\"\" # c\n";

    (void)state;
    for (size_t i = 0; i < sizeof text - 1; i++)
        for (int c = 1; c < 128; c += 3) {
            struct document *d = NULL;
            struct error e;
            char *copy = malloc(sizeof text);

            memcpy(copy, text, sizeof text);
            copy[i] = (char)c;
            if (document_parse_toml(&d, copy, sizeof text - 1, &e) == 0)
                document_free(d);
            if (document_parse_toml(&d, copy, i, &e) == 0)
                document_free(d);
            free(copy);
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_read_as_the_specification_says),
        cmocka_unit_test(tables_arrays_and_dotted_keys_nest),
        cmocka_unit_test(what_is_not_toml_is_refused_at_its_place),
        cmocka_unit_test(a_nul_is_refused),
        cmocka_unit_test(depth_and_width_have_limits),
        cmocka_unit_test(no_cut_and_no_changed_byte_matters_to_memory),
    };

    return RUN_GROUP(tests);
}
