/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "breakeven/document.h"
#include "support.h"

/* ---- edits, before and after ------------------------------------------------------------ */

struct row {
    const char *before, *path, *value;
    bool raw;
    const char *after;
};

static void
assert_row(const struct row *r)
{
    struct splice_edit edit = { r->path, r->value, r->raw };
    struct error e;
    char *out;
    size_t n;

    if (splice_apply(&out, &n, r->before, strlen(r->before), &edit, 1, &e) != 0)
        fail_msg("%s: %s in\n%s", r->path, e.text, r->before);
    assert_int_equal(n, strlen(out));
    assert_string_equal(out, r->after);
    free(out);
}

#define ASSERT_ROWS(rows) \
    for (size_t row_k = 0; row_k < BE_LEN(rows); row_k++) \
        assert_row(&(rows)[row_k])

static void
a_value_is_replaced_and_the_rest_kept(void **state)
{
    static const struct row rows[] = {
        { "a: 1\n", "a", "2", false, "a: 2\n" },
        { "a: 1", "a", "2", false, "a: 2" },
        { "a:   1    # why\nb: 2\n", "a", "22", false, "a:   22    # why\nb: 2\n" },
        { "# é\nü:\n    ä: häß # ö\n    b: 2\n", "ü.ä", "x", false, "# é\nü:\n    ä: x # ö\n    b: 2\n" },
        { "\xef\xbb\xbf" "a: 1\r\nb: 2\r\n", "b", "3", false, "\xef\xbb\xbf" "a: 1\r\nb: 3\r\n" },
        { "\xef\xbb\xbf" "a: 1\r\nb: 2\r\n", "a", "3", false, "\xef\xbb\xbf" "a: 3\r\nb: 2\r\n" },
        { "a: 'x y' # c\n", "a", "z", false, "a: z # c\n" },
        { "a: \"x\\ty\" # c\n", "a", "z", false, "a: z # c\n" },
        { "a: one\n  two\n  three\nb: 1\n", "a", "z", false, "a: z\nb: 1\n" },
        { "a: \"one\n  two\" # c\nb: 1\n", "a", "z", false, "a: z # c\nb: 1\n" },
        { "w: {a: 1, b: 2} # c\n", "w.b", "3", false, "w: {a: 1, b: 3} # c\n" },
        { "w: {a: 1, b: 2}\n", "w.a", "x, y", false, "w: {a: \"x, y\", b: 2}\n" },
        { "w: {\n  a: 1, # one\n  b: 2  # two\n}\n", "w.a", "7", false, "w: {\n  a: 7, # one\n  b: 2  # two\n}\n" },
        { "p:\n- {n: 1, m: 2}\n- {n: 3}\n", "p.1.n", "4", false, "p:\n- {n: 1, m: 2}\n- {n: 4}\n" },
        { "p:\n  - a # x\n  - b\n", "p.0", "c", false, "p:\n  - c # x\n  - b\n" },
        { "\"a b\": 1\n", "a b", "2", false, "\"a b\": 2\n" },
        { "a: 1\n...\n", "a", "2", false, "a: 2\n...\n" },
        { "--- # start\na: 1\n", "a", "2", false, "--- # start\na: 2\n" },
        { "a: 1\r\nb: |\r\n  x\r\n", "a", "2", false, "a: 2\r\nb: |\r\n  x\r\n" },
        { "a: 1\nnot edited: [ b,c ,'d' ]   \n\n\n# end", "a", "2", false, "a: 2\nnot edited: [ b,c ,'d' ]   \n\n\n# end" },
        { "a: \"same\" # kept as written\n", "a", "same", false, "a: \"same\" # kept as written\n" },
    };

    (void)state;
    ASSERT_ROWS(rows);
}

static void
nothing_takes_a_value(void **state)
{
    static const struct row rows[] = {
        { "a:\n", "a", "1", false, "a: 1\n" },
        { "a:", "a", "1", false, "a: 1" },
        { "a:   # c\nb: 2\n", "a", "1", false, "a: 1   # c\nb: 2\n" },
        { "a: ~ # c\n", "a", "1", false, "a: 1 # c\n" },
        { "a: null\r\n", "a", "1", false, "a: 1\r\n" },
        { "w: {a: , b: 2}\n", "w.a", "1", false, "w: {a: 1 , b: 2}\n" },
        { "w: {a, b: 2}\n", "w.a", "1", false, "w: {a: 1, b: 2}\n" },
        { "w: {a: 2, b}\n", "w.b", "1", false, "w: {a: 2, b: 1}\n" },
        { "p:\n-\n- b\n", "p.0", "a", false, "p:\n- a\n- b\n" },
        { "'x:y':\n", "x:y", "1", false, "'x:y': 1\n" },
    };

    (void)state;
    ASSERT_ROWS(rows);
}

static void
block_texts_are_replaced_as_wholes(void **state)
{
    static const struct row rows[] = {
        { "a: |\n  one\n  two\nb: 1\n", "a", "z", false, "a: z\nb: 1\n" },
        { "a: >-\r\n  one\r\n\r\n  two\r\nb: 1\r\n", "a", "z", false, "a: z\r\nb: 1\r\n" },
        { "a: | # why\n  one\nb: 1\n", "a", "z", false, "a: z # why\nb: 1\n" },
        { "a: |\n  one\n\n\nb: 1\n", "a", "z", false, "a: z\n\n\nb: 1\n" },
        { "a: |+\n  one\n\nb: 1\n", "a", "z", false, "a: z\nb: 1\n" },
        { "a: |\n  one", "a", "z", false, "a: z" },
        { "a: |\n  one\n# below\n", "a", "z", false, "a: z\n# below\n" },
        { "a: |2\n    one\nb: 1\n", "b", "2", false, "a: |2\n    one\nb: 2\n" },
        { "s:\n  a: |\n    one\n", "s.a", "1\n2", false, "s:\n  a: \"1\\n2\"\n" },
    };

    (void)state;
    ASSERT_ROWS(rows);
}

static void
lists_and_mappings_are_replaced_by_raw_text(void **state)
{
    static const struct row rows[] = {
        { "r: [a, b] # c\n", "r", "[c]", true, "r: [c] # c\n" },
        { "r: # why\n  - a # x\n  - b\ns: 1\n", "r", "[c, d]", true, "r: [c, d] # why\ns: 1\n" },
        { "r:\n- a\n- b\n# end\n", "r", "[]", true, "r: []\n# end\n" },
        { "s:\n  r:\n    - a\n    - b", "s.r", "[c]", true, "s:\n  r: [c]\n" },
        { "d:\n  a: 1\n  b: |\n    x\ne: 2\n", "d", "{a: 2}", true, "d: {a: 2}\ne: 2\n" },
        { "d: {a: 1, b: {c: 2}}\n", "d.b", "{c: 3, d: [4]}", true, "d: {a: 1, b: {c: 3, d: [4]}}\n" },
        { "a: 1\n", "pilots", "[{n: 1, right: 2}]", true, "a: 1\npilots: [{n: 1, right: 2}]\n" },
        { "r: [a, b]\n", "r", "none", false, "r: none\n" },
    };

    (void)state;
    ASSERT_ROWS(rows);
}

/* ---- inserting ------------------------------------------------------------------------------ */

/* The index behind the last adds to a list; others and deeper paths name nothing. */
static void
a_list_grows_at_its_end(void **state)
{
    static const struct row rows[] = {
        { "r: [a, b] # c\n", "r.2", "c", false, "r: [a, b, c] # c\n" },
        { "r: []\n", "r.0", "c", false, "r: [c]\n" },
        { "r: # why\n  - a # x\n  - b # y\n  # z\n\n# end\ns: 1\n", "r.2", "{n: 1}", true,
          "r: # why\n  - a # x\n  - b # y\n  # z\n  - {n: 1}\n\n# end\ns: 1\n" },
        { "r:\n- n: 1\n  m: 2\ns: 1\n", "r.1", "{n: 3, m: 4}", true, "r:\n- n: 1\n  m: 2\n- {n: 3, m: 4}\ns: 1\n" },
        { "s:\n  r:\r\n    - a\r\n    - b", "s.r.2", "c", false, "s:\n  r:\r\n    - a\r\n    - b\n    - c\n" },
        { "r:\n  - |\n    x\n  - |-\n    y", "r.2", "c", false, "r:\n  - |\n    x\n  - |-\n    y\n  - c\n" },
    };
    static const char *const wrong[] = { "r.3", "r.-1", "r.02", "r.2.n", "r.x" };
    struct error e;
    char *out;
    size_t n;

    (void)state;
    ASSERT_ROWS(rows);
    for (size_t k = 0; k < BE_LEN(wrong); k++) {
        struct splice_edit edit = { wrong[k], "c", false };
        assert_int_equal(splice_apply(&out, &n, "r: [a, b]\n", 10, &edit, 1, &e), -1);
        assert_int_equal(e.code, ERR_CONFLICT);
    }
}

static void
a_missing_key_is_the_last_line_of_its_section(void **state)
{
    static const struct row rows[] = {
        { "w:\n  a: 1\n  b: 2 # c\nl:\n  x: 1\n", "w.c", "3", false, "w:\n  a: 1\n  b: 2 # c\n  c: 3\nl:\n  x: 1\n" },
        { "w:\n    a: 1\n\nl:\n    x: 1\n", "w.c", "3", false, "w:\n    a: 1\n    c: 3\n\nl:\n    x: 1\n" },
        { "w:\r\n  a: 1\r\nl: 2\r\n", "w.c", "3", false, "w:\r\n  a: 1\r\n  c: 3\r\nl: 2\r\n" },
        { "w:\n  a: 1", "w.c", "3", false, "w:\n  a: 1\n  c: 3\n" },
        { "w:\r\n  a: 1", "w.c", "3", false, "w:\r\n  a: 1\r\n  c: 3\r\n" },
        { "w:\n  a:\nl: 2\n", "w.c", "3", false, "w:\n  a:\n  c: 3\nl: 2\n" },
        { "w:\n  a: # c\nl: 2\n", "w.c", "3", false, "w:\n  a: # c\n  c: 3\nl: 2\n" },
        { "w:\n  a: |\n    x\n    y\n\nl: 2\n", "w.c", "3", false, "w:\n  a: |\n    x\n    y\n  c: 3\n\nl: 2\n" },
        { "w:\n  a: [1,\n    2]\nl: 2\n", "w.c", "3", false, "w:\n  a: [1,\n    2]\n  c: 3\nl: 2\n" },
        { "w:\n  a: 1\n  # b: 2\n  # more\nl: 2\n", "w.c", "3", false, "w:\n  a: 1\n  # b: 2\n  # more\n  c: 3\nl: 2\n" },
        { "w:\n  a: 1\n# of l\nl: 2\n", "w.c", "3", false, "w:\n  a: 1\n  c: 3\n# of l\nl: 2\n" },
        { "w: {a: 1, b: 2}\n", "w.c", "3", false, "w: {a: 1, b: 2, c: 3}\n" },
        { "w: { a: 1 } # c\n", "w.c", "3", false, "w: { a: 1, c: 3 } # c\n" },
        { "w: {a: 1,}\n", "w.c", "3", false, "w: {a: 1, c: 3,}\n" },
        { "w: {a}\n", "w.c", "3", false, "w: {a, c: 3}\n" },
        { "w: {a: }\n", "w.c", "3", false, "w: {a: , c: 3}\n" },
        { "w: {\n  a: 1, # one\n  b: 2  # two\n}\n", "w.c", "3", false, "w: {\n  a: 1, # one\n  b: 2, c: 3  # two\n}\n" },
        { "w: {a:\n}\n", "w.c", "3", false, "w: {a: , c: 3\n}\n" },
        { "w: {}\n", "w.c", "3", false, "w: {c: 3}\n" },
        { "w: {}\n", "w.c.d", "3", false, "w: {c: {d: 3}}\n" },
        { "w: {c: , d: 1}\n", "w.c.x", "3", false, "w: {c: {x: 3} , d: 1}\n" },
        { "{a: 1}\n", "b.c", "3", false, "{a: 1, b: {c: 3}}\n" },
        { "w:\nl: 2\n", "w.c", "3", false, "w:\n  c: 3\nl: 2\n" },
        { "w: # nothing yet\nl: 2\n", "w.c", "3", false, "w: # nothing yet\n  c: 3\nl: 2\n" },
        { "w: null # c\nl: 2\n", "w.c", "3", false, "w: # c\n  c: 3\nl: 2\n" },
        { "w: ~", "w.c", "3", false, "w:\n  c: 3\n" },
        { "w:", "w.c", "3", false, "w:\n  c: 3\n" },
        { "p:\n- n: 1\n- n: 2\n", "p.0.m", "3", false, "p:\n- n: 1\n  m: 3\n- n: 2\n" },
        { "p:\n-\n- n: 2\n", "p.0.m", "3", false, "p:\n- {m: 3}\n- n: 2\n" },
        { "a:\n  b:\n    c:\n      d: 1\ne: 1\n", "a.b.x", "2", false, "a:\n  b:\n    c:\n      d: 1\n    x: 2\ne: 1\n" },
        { "a:\n  b:\n    c:\n      d: 1\ne: 1\n", "a.x", "2", false, "a:\n  b:\n    c:\n      d: 1\n  x: 2\ne: 1\n" },
    };

    (void)state;
    ASSERT_ROWS(rows);
}

static void
a_missing_section_is_made_at_the_end(void **state)
{
    static const struct row rows[] = {
        { "a: 1\n", "w.c", "3", false, "a: 1\nw:\n  c: 3\n" },
        { "a: 1", "w.c", "3", false, "a: 1\nw:\n  c: 3\n" },
        { "", "w.c", "3", false, "w:\n  c: 3\n" },
        { "\xef\xbb\xbf", "w.c", "3", false, "\xef\xbb\xbf" "w:\n  c: 3\n" },
        { "# only words\n", "a", "3", false, "# only words\na: 3\n" },
        { "# only words", "a", "3", false, "# only words\na: 3\n" },
        { "---\n", "a", "3", false, "---\na: 3\n" },
        { "\xef\xbb\xbf" "a: 1\r\n", "w.c", "3", false, "\xef\xbb\xbf" "a: 1\r\nw:\r\n  c: 3\r\n" },
        { "a: 1\n\n# vim: set et:\n", "w.c", "3", false, "a: 1\n\n# vim: set et:\nw:\n  c: 3\n" },
        { "a: 1\n\n\n", "b", "3", false, "a: 1\nb: 3\n\n\n" },
        { "w:\n    a: 1\n", "l.c", "3", false, "w:\n    a: 1\nl:\n    c: 3\n" },
        { "a: |\n  text", "b", "3", false, "a: |-\n  text\nb: 3\n" },
        { "a: |+2\n  text", "b", "3", false, "a: |-2\n  text\nb: 3\n" },
        { "a: >2-\n    text", "b", "3", false, "a: >2-\n    text\nb: 3\n" },
        { "arms:\n  api:\n    kind: api\n", "arms.own.kind", "self-open", false,
          "arms:\n  api:\n    kind: api\n  own:\n    kind: self-open\n" },
        { "arms:\n  api: {kind: api}\n", "arms.own.kind", "self-open", false,
          "arms:\n  api: {kind: api}\n  own:\n    kind: self-open\n" },
        { "arms: {api: {kind: api}}\n", "arms.own.kind", "x", false, "arms: {api: {kind: api}, own: {kind: x}}\n" },
        { "a: 1\n", "arms.own.kind", "x", false, "a: 1\narms:\n  own:\n    kind: x\n" },
        { "a:\n    b: 1\n", "arms.own.kind", "x", false, "a:\n    b: 1\narms:\n    own:\n        kind: x\n" },
        { "arms:\n", "arms.own.kind", "x", false, "arms:\n  own:\n    kind: x\n" },
        { "arms:\n  own:\n", "arms.own.kind", "x", false, "arms:\n  own:\n    kind: x\n" },
        { "arms:\n  a:\n    k: 1\n  # b:\n  #   k: 2\n", "l.c", "3", false,
          "arms:\n  a:\n    k: 1\n  # b:\n  #   k: 2\nl:\n  c: 3\n" },
        { "a: 1\n", "needs: quotes.c", "3", false, "a: 1\n\"needs: quotes\":\n  c: 3\n" },
    };

    (void)state;
    ASSERT_ROWS(rows);
}

/* ---- removing --------------------------------------------------------------------------------- */

static void
a_key_is_removed_with_its_lines(void **state)
{
    static const struct row rows[] = {
        { "a: 1\nb: 2 # c\nc: 3\n", "b", NULL, false, "a: 1\nc: 3\n" },
        { "a: 1\nb: 2", "b", NULL, false, "a: 1\n" },
        { "\xef\xbb\xbf" "a: 1\r\nb: 2\r\n", "a", NULL, false, "\xef\xbb\xbf" "b: 2\r\n" },
        { "a: 1\n# kept: it may speak of more\nb: 2\nc: 3\n", "b", NULL, false, "a: 1\n# kept: it may speak of more\nc: 3\n" },
        { "w:\n  a: 1\nb: 2\n", "w.a", NULL, false, "w:\nb: 2\n" },
        { "a: |\n  x\n\n  y\n\nb: 2\n", "a", NULL, false, "\nb: 2\n" },
        { "a: |+\n  x\nb: 2\n\nc: 3\n", "b", NULL, false, "a: |+\n  x\nc: 3\n" },
        { "a: [1,\n  2]\nb: 2\n", "a", NULL, false, "b: 2\n" },
        { "a:\n- 1\n- 2\nb: 2\n", "a", NULL, false, "b: 2\n" },
        { "a:\nb: 2\n", "a", NULL, false, "b: 2\n" },
        { "w: {a: 1, b: 2, c: 3}\n", "w.a", NULL, false, "w: {b: 2, c: 3}\n" },
        { "w: {a: 1, b: 2, c: 3}\n", "w.b", NULL, false, "w: {a: 1, c: 3}\n" },
        { "w: {a: 1, b: 2, c: 3}\n", "w.c", NULL, false, "w: {a: 1, b: 2}\n" },
        { "w: {a: 1}\n", "w.a", NULL, false, "w: {}\n" },
        { "w: {a: 1 , }\n", "w.a", NULL, false, "w: { }\n" },
        { "w: {a, b}\n", "w.b", NULL, false, "w: {a}\n" },
        { "w: {a, b}\n", "w.a", NULL, false, "w: {b}\n" },
        { "p: [a, b, c]\n", "p.1", NULL, false, "p: [a, c]\n" },
        { "p: [a]\n", "p.0", NULL, false, "p: []\n" },
        { "p:\n- a\n- b # x\n- c\n", "p.1", NULL, false, "p:\n- a\n- c\n" },
        { "p:\n- a\n- n: 1\n  m: 2\n- -5\n", "p.1", NULL, false, "p:\n- a\n- -5\n" },
        { "p:\n- a\n- -5\n", "p.1", NULL, false, "p:\n- a\n" },
        { "p:\n- n: 1\n  m: 2\n", "p.0.n", NULL, false, "p:\n- m: 2\n" },
        { "p:\n- n: 1\n  m: 2\n", "p.0.m", NULL, false, "p:\n- n: 1\n" },
        { "p:\n- n: 1\n- m: 2\n", "p.0.n", NULL, false, "p:\n- {}\n- m: 2\n" },
        { "a: 1\n", "b", NULL, false, "a: 1\n" },
        { "a: 1\n", "b.c.d", NULL, false, "a: 1\n" },
        { "a: 1\n", "a", NULL, false, "" },
        { "arms:\n  # the vendor\n  # of ours\n  api:\n    kind: api\n    # tail of api\n\n  # our own\n  own:\n    kind: x\n", "arms.api",
          NULL, false, "arms:\n\n  # our own\n  own:\n    kind: x\n" },
        { "arms:\n  api:\n    kind: api\n\n  # our own\n  own:\n    kind: x # y\n    # k: z\nnext: 1\n", "arms.own", NULL, false,
          "arms:\n  api:\n    kind: api\n\nnext: 1\n" },
        { "# head\narms:\n  api: {kind: api}\n", "arms.api", NULL, false, "# head\narms:\n" },
    };

    (void)state;
    ASSERT_ROWS(rows);
}

/* ---- quoting ------------------------------------------------------------------------------------ */

static void
text_is_quoted_only_where_yaml_would_read_it_otherwise(void **state)
{
    static const struct {
        const char *value, *block, *flow; /* NULL: plain */
    } rows[] = {
        { "yes", NULL, NULL },
        { "1e3", NULL, NULL },
        { "8M to 12M", NULL, NULL },
        { "$1,800", NULL, "\"$1,800\"" },
        { "30..50", NULL, NULL },
        { "-5", NULL, NULL },
        { "-", "\"-\"", "\"-\"" },
        { "- x", "\"- x\"", "\"- x\"" },
        { "a: b", "\"a: b\"", "\"a: b\"" },
        { "a:b", NULL, NULL },
        { "a:", "\"a:\"", "\"a:\"" },
        { ":a", "\":a\"", "\":a\"" },
        { "# x", "\"# x\"", "\"# x\"" },
        { "x # y", "\"x # y\"", "\"x # y\"" },
        { "x#y", NULL, NULL },
        { " x", "\" x\"", "\" x\"" },
        { "x ", "\"x \"", "\"x \"" },
        { "\tx", "\"\\tx\"", "\"\\tx\"" },
        { "", "\"\"", "\"\"" },
        { "one\ntwo", "\"one\\ntwo\"", "\"one\\ntwo\"" },
        { "cr\rlf", "\"cr\\x0dlf\"", "\"cr\\x0dlf\"" },
        { "null", "\"null\"", "\"null\"" },
        { "~", "\"~\"", "\"~\"" },
        { "nullable", NULL, NULL },
        { "---", "\"---\"", "\"---\"" },
        { "...", "\"...\"", "\"...\"" },
        { "&a", "\"&a\"", "\"&a\"" },
        { "*a", "\"*a\"", "\"*a\"" },
        { "!a", "\"!a\"", "\"!a\"" },
        { "|", "\"|\"", "\"|\"" },
        { ">", "\">\"", "\">\"" },
        { "%a", "\"%a\"", "\"%a\"" },
        { "50%", NULL, NULL },
        { "@a", "\"@a\"", "\"@a\"" },
        { "`a`", "\"`a`\"", "\"`a`\"" },
        { "'a'", "\"'a'\"", "\"'a'\"" },
        { "it's", NULL, NULL },
        { "\"a\"", "\"\\\"a\\\"\"", "\"\\\"a\\\"\"" },
        { "say \"a\"", NULL, NULL },
        { "a\\b", NULL, NULL },
        { "a\\: b", "\"a\\\\: b\"", "\"a\\\\: b\"" },
        { "[a]", "\"[a]\"", "\"[a]\"" },
        { "{a}", "\"{a}\"", "\"{a}\"" },
        { "a [b]", NULL, "\"a [b]\"" },
        { "a {b}", NULL, "\"a {b}\"" },
        { "why?", NULL, "\"why?\"" },
        { "? a", "\"? a\"", "\"? a\"" },
        { "a, b", NULL, "\"a, b\"" },
        { ", b", "\", b\"", "\", b\"" },
        { "\xe2\x82\xac" "250", NULL, NULL },
        { "naïve – “x”", NULL, NULL },
        { "\xf0\x9f\x98\x80", NULL, NULL },
        { "a\xc2\x85z", "\"a\\x85z\"", "\"a\\x85z\"" },
        { "a\xe2\x80\xa8z", "\"a\\u2028z\"", "\"a\\u2028z\"" },
        { "\xef\xbb\xbf" "a", "\"\\ufeffa\"", "\"\\ufeffa\"" },
        { "a\xef\xbf\xbe\xef\xbf\xbf", "\"a\\ufffe\\uffff\"", "\"a\\ufffe\\uffff\"" },
        { "a\xc2\x80\xc2\x9f\xc2\xa0z", "\"a\\x80\\x9f\xc2\xa0z\"", "\"a\\x80\\x9f\xc2\xa0z\"" },
        { "\x1b[31m", "\"\\x1b[31m\"", "\"\\x1b[31m\"" },
        { "\x7f", "\"\\x7f\"", "\"\\x7f\"" },
        { "<<", NULL, NULL },
        { "=", NULL, NULL },
        { "2026-03", NULL, NULL },
        { "a  b", NULL, NULL },
    };

    (void)state;
    for (size_t k = 0; k < BE_LEN(rows); k++) {
        char block[120], flow[120];
        snprintf(block, sizeof block, "a: %s # c\nb: 2\n", rows[k].block != NULL ? rows[k].block : rows[k].value);
        snprintf(flow, sizeof flow, "w: {a: %s, b: 2}\n", rows[k].flow != NULL ? rows[k].flow : rows[k].value);
        assert_row(&(struct row){ "a: old # c\nb: 2\n", "a", rows[k].value, false, block });
        assert_row(&(struct row){ "w: {a: old, b: 2}\n", "w.a", rows[k].value, false, flow });

        struct buffer b;
        buffer_init(&b);
        yaml_put_scalar(&b, rows[k].value);
        assert_string_equal(b.text, rows[k].flow != NULL ? rows[k].flow : rows[k].value);
        buffer_release(&b);
    }
}

/* ---- whole entries ------------------------------------------------------------------------------- */

static const char arms[] = "# head\n"
                           "arms:\n"
                           "  # the vendor\n"
                           "  api: # first\n"
                           "    kind: api\n"
                           "    # model: old\n"
                           "\n"
                           "  # our own\n"
                           "  # on our machines\n"
                           "  own:\n"
                           "    kind: self-open # c\n"
                           "\n"
                           "  third: {kind: api}\n"
                           "next: 1\n";

static char *
moved(const char *text, const char *path, int to)
{
    struct error e;
    char *out;
    size_t n;

    if (splice_move_key(&out, &n, text, strlen(text), path, to, &e) != 0)
        fail_msg("%s to %d: %s", path, to, e.text);
    assert_int_equal(n, strlen(out));
    return out;
}

static void
an_arm_moves_with_its_comments(void **state)
{
    (void)state;
    char *out = moved(arms, "arms.own", 0);
    assert_string_equal(out, "# head\narms:\n"
                             "  # our own\n  # on our machines\n  own:\n    kind: self-open # c\n\n"
                             "  # the vendor\n  api: # first\n    kind: api\n    # model: old\n\n"
                             "  third: {kind: api}\nnext: 1\n");
    free(out);
    out = moved(arms, "arms.api", 2);
    assert_string_equal(out, "# head\narms:\n"
                             "  # our own\n  # on our machines\n  own:\n    kind: self-open # c\n\n"
                             "  third: {kind: api}\n\n"
                             "  # the vendor\n  api: # first\n    kind: api\n    # model: old\nnext: 1\n");
    free(out);
    out = moved("a: {x: 1, y: [2, 3], z: 4} # c\n", "a.z", 0);
    assert_string_equal(out, "a: {z: 4, x: 1, y: [2, 3]} # c\n");
    free(out);
    out = moved("\xef\xbb\xbf" "a: 1\r\nb: 2", "a", 1);
    assert_string_equal(out, "\xef\xbb\xbf" "b: 2\r\na: 1\r\n");
    free(out);
    out = moved("a: 1\nb: |\n  x", "a", 1);
    assert_string_equal(out, "b: |-\n  x\na: 1\n");
    free(out);
}

static void
moving_there_and_back_changes_nothing(void **state)
{
    static const char *const names[] = { "arms.api", "arms.own", "arms.third" };

    (void)state;
    for (int from = 0; from < 3; from++)
        for (int to = 0; to < 3; to++) {
            char *there = moved(arms, names[from], to), *back = moved(there, names[from], from);
            assert_string_equal(back, arms);
            assert_true((from == to) == (strcmp(there, arms) == 0));
            free(there);
            free(back);
        }
}

static void
an_arm_is_copied_behind_itself(void **state)
{
    static const struct {
        const char *before, *path, *key, *after;
    } rows[] = {
        { "arms:\n  # why\n  a:\n    k: 1 # c\n  b:\n    k: 2\n", "arms.a", "a2",
          "arms:\n  # why\n  a:\n    k: 1 # c\n  # why\n  a2:\n    k: 1 # c\n  b:\n    k: 2\n" },
        { "arms:\n  a:\n    k: 1\n\n  b:\n    k: 2", "arms.b", "c", "arms:\n  a:\n    k: 1\n\n  b:\n    k: 2\n\n  c:\n    k: 2\n" },
        { "arms:\r\n  a:\r\n    k: 1\r\n\r\n  b:\r\n    k: 2\r\n", "arms.a", "é",
          "arms:\r\n  a:\r\n    k: 1\r\n\r\n  é:\r\n    k: 1\r\n\r\n  b:\r\n    k: 2\r\n" },
        { "arms: {a: {k: 1}, b: {k: 2}}\n", "arms.a", "c", "arms: {a: {k: 1}, c: {k: 1}, b: {k: 2}}\n" },
        { "arms:\n  a: |\n    x", "arms.a", "b", "arms:\n  a: |-\n    x\n  b: |-\n    x\n" },
        { "a: 1\n", "a", "x: y", "a: 1\n\"x: y\": 1\n" },
        { "a:\n", "a", "b", "a:\nb:\n" },
    };
    struct error e;
    char *out;
    size_t n;

    (void)state;
    for (size_t k = 0; k < BE_LEN(rows); k++) {
        if (splice_copy_key(&out, &n, rows[k].before, strlen(rows[k].before), rows[k].path, rows[k].key, &e) != 0)
            fail_msg("%s: %s", rows[k].before, e.text);
        assert_string_equal(out, rows[k].after);
        assert_int_equal(n, strlen(out));
        free(out);
    }
}

static void
a_key_is_renamed_in_its_place(void **state)
{
    static const struct {
        const char *before, *path, *key, *after;
    } rows[] = {
        { "arms:\n  # why\n  a: # c\n    k: 1\n", "arms.a", "b", "arms:\n  # why\n  b: # c\n    k: 1\n" },
        { "arms: {a: {k: 1}}\r\n", "arms.a", "b c", "arms: {b c: {k: 1}}\r\n" },
        { "\xef\xbb\xbf" "'a b': 1 # é\n", "a b", "x: y", "\xef\xbb\xbf" "\"x: y\": 1 # é\n" },
        { "a: 1\n", "a", "a", "a: 1\n" },
    };
    struct error e;
    char *out;
    size_t n;

    (void)state;
    for (size_t k = 0; k < BE_LEN(rows); k++) {
        if (splice_rename_key(&out, &n, rows[k].before, strlen(rows[k].before), rows[k].path, rows[k].key, &e) != 0)
            fail_msg("%s: %s", rows[k].before, e.text);
        assert_string_equal(out, rows[k].after);
        free(out);
    }
}

/* ---- refusals -------------------------------------------------------------------------------------- */

static void
what_cannot_be_written_without_harm_is_refused(void **state)
{
    static const struct {
        const char *before;
        struct splice_edit edit;
        enum error_code code;
    } rows[] = {
        { "a: 1\n", { "a.b", "2", false }, ERR_CONFLICT },            /* a value stands where a section is wanted */
        { "a: [1, 2]\n", { "a.b", "2", false }, ERR_CONFLICT },       /* a list does */
        { "a: [1, 2]\n", { "a.3", "2", false }, ERR_CONFLICT },       /* no such item, nor the next */
        { "a: [1, 2]\n", { "a.-1", "2", false }, ERR_CONFLICT },
        { "just words\n", { "a", "2", false }, ERR_CONFLICT },        /* the whole is no mapping */
        { "a: 1\n...\n# end\n", { "b.c", "\xff", false }, ERR_CONFLICT }, /* not UTF-8 */
        { "a: 1\n", { "a", "[1, 2", true }, ERR_CONFLICT },           /* raw text that is no YAML */
        { "w: {a: 1}\n", { "w.a", "x, b: 2", true }, ERR_CONFLICT },  /* raw text that would break out */
        { "a: 1\n", { "a", "1\nb: 2", true }, ERR_CONFLICT },
        { "a: 1\nb: 2\n", { "a", "\"x\nb: 3", true }, ERR_CONFLICT },
        { "---\n...\n", { "a", "1", false }, ERR_CONFLICT },          /* a key behind the document's end */
        { "? a\n: 1\n", { "a", NULL, false }, ERR_CONFLICT },         /* a key in two lines */
        { "a: 1\na: 2\n", { "a", "3", false }, ERR_SYNTAX },          /* the text itself is bad */
        { "a: [\n", { "a", "3", false }, ERR_SYNTAX },
        { "a: 1\n", { "b.c.d.e.f.g.h.i.j", "3", false }, ERR_BUG },
    };

    (void)state;
    for (size_t k = 0; k < BE_LEN(rows); k++) {
        struct error e = { ERR_OK, 0, 0, "" };
        char *out = NULL;
        size_t n = 77;
        if (splice_apply(&out, &n, rows[k].before, strlen(rows[k].before), &rows[k].edit, 1, &e) == 0)
            fail_msg("written: %s", out);
        if (e.code != rows[k].code)
            fail_msg("row %zu: %d %s", k, e.code, e.text);
        assert_null(out);
        assert_int_equal(n, 77);
    }
}

static void
bad_key_operations_are_refused(void **state)
{
    struct error e;
    char *out = NULL;
    size_t n;

    (void)state;
    assert_int_equal(splice_move_key(&out, &n, arms, strlen(arms), "arms.api", 3, &e), -1);
    assert_int_equal(e.code, ERR_RANGE);
    assert_int_equal(splice_move_key(&out, &n, arms, strlen(arms), "arms.api", -1, &e), -1);
    assert_int_equal(e.code, ERR_RANGE);
    assert_int_equal(splice_move_key(&out, &n, arms, strlen(arms), "arms.none", 0, &e), -1);
    assert_int_equal(e.code, ERR_UNKNOWN);
    assert_int_equal(splice_copy_key(&out, &n, arms, strlen(arms), "arms.api", "own", &e), -1);
    assert_int_equal(e.code, ERR_CONFLICT);
    assert_int_equal(splice_copy_key(&out, &n, arms, strlen(arms), "armd.api", "x", &e), -1);
    assert_int_equal(e.code, ERR_UNKNOWN);
    assert_int_equal(splice_rename_key(&out, &n, arms, strlen(arms), "arms.api", "own", &e), -1);
    assert_int_equal(e.code, ERR_CONFLICT);
    assert_int_equal(splice_rename_key(&out, &n, "a: [1]\n", 7, "a.0", "own", &e), -1);
    assert_int_equal(e.code, ERR_UNKNOWN);
    assert_int_equal(splice_move_key(&out, &n, "p:\n- a: 1\n  b: 2\n", 16, "p.0.b", 0, &e), -1);
    assert_int_equal(e.code, ERR_CONFLICT);
    assert_null(out);
}

static void
edits_are_all_made_or_none(void **state)
{
    static const struct splice_edit good[] = { { "a", "2", false }, { "w.x", "3", false }, { "b", NULL, false }, { "w.y", "[z]", true } },
                                    bad[] = { { "a", "2", false }, { "a.x", "3", false } };
    struct error e;
    char *out = NULL;
    size_t n;

    (void)state;
    assert_int_equal(splice_apply(&out, &n, "a: 1\nb: 2\n", 10, good, BE_LEN(good), &e), 0);
    assert_string_equal(out, "a: 2\nw:\n  x: 3\n  y: [z]\n");
    free(out);
    out = NULL;
    assert_int_equal(splice_apply(&out, &n, "a: 1\nb: 2\n", 10, bad, BE_LEN(bad), &e), -1);
    assert_null(out);
    assert_int_equal(splice_apply(&out, &n, "a: 1\nb: 2\n", 10, NULL, 0, &e), 0);
    assert_string_equal(out, "a: 1\nb: 2\n");
    free(out);
}

/* ---- random texts, random edits ----------------------------------------------------------------------- */

struct random {
    uint64_t state;
};

static unsigned
below(struct random *r, unsigned n)
{
    r->state = r->state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)((r->state >> 33) % n);
}

static const char *const values[] = { "1",     "20k",    "8M to 12M", "yes",  "x: y", "# x", "a # b", " lead", "trail ", "é",
                                      "1,000", "[a, b]", "{a: 1}",    "null", "~",    "-",   "- a",   "a\nb",  "'",      "\"q\"",
                                      "50%",   "%",      "a:",        "ü: ö", "?",    "\t",  "*x",    "a\\b",  "|",      "\xf0\x9f\x98\x80 x" };

struct text {
    struct buffer b;
    struct random *r;
    const char *eol;
};

/* A scalar as a person might have written it; in a line of its own if it likes. */
static void
write_scalar(struct text *t, bool flow, int indent)
{
    unsigned style = below(t->r, flow ? 4 : 7), k;

    switch (style) {
    case 0:
        buffer_puts(&t->b, below(t->r, 2) ? "plain words" : "12.5");
        break;
    case 1:
        buffer_puts(&t->b, below(t->r, 2) ? "'it''s, é'" : "''");
        break;
    case 2:
        buffer_puts(&t->b, "\"a: \\\"b\\\" # \\u00e9\"");
        break;
    case 3:
        buffer_puts(&t->b, "ünï");
        break;
    case 4: /* nothing */
        break;
    case 5:
        buffer_printf(&t->b, "one%s%*stwo", t->eol, indent + 2, "");
        break;
    default:
        buffer_printf(&t->b, "%c%s", below(t->r, 2) ? '|' : '>', (const char *[]){ "", "-", "+" }[below(t->r, 3)]);
        for (k = below(t->r, 3) + 1; k > 0; k--)
            buffer_printf(&t->b, "%s%*sline %u # no comment", t->eol, indent + 2, "", k);
        for (k = below(t->r, 3); k > 0; k--)
            buffer_puts(&t->b, t->eol);
        return;
    }
    if (!flow && below(t->r, 3) == 0)
        buffer_puts(&t->b, "   # ein Kömmentar: x");
}

static void
write_flow(struct text *t, int depth)
{
    unsigned n = below(t->r, 4);

    buffer_puts(&t->b, below(t->r, 2) ? "{" : "{ ");
    for (unsigned k = 0; k < n; k++) {
        buffer_printf(&t->b, "%sk%u: ", k > 0 ? ", " : "", k);
        if (depth < 2 && below(t->r, 4) == 0)
            write_flow(t, depth + 1);
        else
            write_scalar(t, true, 0);
    }
    buffer_puts(&t->b, n > 0 && below(t->r, 5) == 0 ? ", }" : below(t->r, 2) ? "}" : " }");
}

static void
write_mapping(struct text *t, int indent, int depth)
{
    unsigned n = below(t->r, 5) + (depth == 0), step = 1 + below(t->r, 4);

    for (unsigned k = 0; k < n; k++) {
        if (below(t->r, 4) == 0)
            buffer_puts(&t->b, t->eol);
        if (below(t->r, 4) == 0)
            buffer_printf(&t->b, "%*s# über k%u%s", indent, "", k, t->eol);
        buffer_printf(&t->b, "%*s%s:", indent, "", (const char *[]){ "k0", "k1", "'k2'", "\"k3\"", "k4", "k5" }[k]);
        unsigned kind = below(t->r, 6);
        if (depth < 3 && kind < 2) {
            buffer_puts(&t->b, below(t->r, 3) == 0 ? " # section" : "");
            buffer_puts(&t->b, t->eol);
            write_mapping(t, indent + (int)step, depth + 1);
            if (below(t->r, 5) == 0)
                buffer_printf(&t->b, "%*s# tail%s", indent + (int)step, "", t->eol);
            continue;
        }
        buffer_putc(&t->b, ' ');
        if (kind == 2)
            write_flow(t, 0);
        else if (kind == 3)
            buffer_printf(&t->b, "%s%*s- a%s%*s- {k0: 1, k1: b}", t->eol, indent, "", t->eol, indent, "");
        else
            write_scalar(t, false, indent);
        if (t->b.text[t->b.n - 1] != '\n')
            buffer_puts(&t->b, t->eol);
    }
}

static void
write_text(struct text *t, struct random *r)
{
    buffer_init(&t->b);
    t->r = r;
    t->eol = below(r, 2) ? "\n" : "\r\n";
    if (below(r, 3) == 0)
        buffer_puts(&t->b, "\xef\xbb\xbf");
    if (below(r, 3) == 0)
        buffer_printf(&t->b, "# Üb%s", t->eol);
    write_mapping(t, 0, 0);
    if (below(r, 4) == 0)
        buffer_puts(&t->b, "# end");
    size_t end = strlen(t->eol);
    while (below(r, 4) == 0 && t->b.n >= end && strcmp(t->b.text + t->b.n - end, t->eol) == 0)
        t->b.text[t->b.n -= end] = '\0'; /* no newline at the end */
}

/* The leaves of a tree, one a line: path = text. What is empty or nothing is left out. */
static void
flatten(struct buffer *b, const struct node *n, const char *path)
{
    char below_it[200];

    if (n->kind == NODE_SCALAR) {
        buffer_printf(b, "%s = ", path);
        for (const char *p = n->text; *p != '\0'; p++) {
            if (*p == '\n')
                buffer_puts(b, "\\n");
            else
                buffer_putc(b, *p);
        }
        buffer_putc(b, '\n');
    }
    for (size_t k = 0; k < n->n; k++) {
        if (n->kind == NODE_MAPPING)
            snprintf(below_it, sizeof below_it, "%s.%s", path, n->keys[k].text);
        else
            snprintf(below_it, sizeof below_it, "%s.%zu", path, k);
        flatten(b, &n->items[k], below_it);
    }
}

static char *
leaves(const char *text, size_t n)
{
    struct document *d;
    struct error e;
    struct buffer b;

    if (document_parse_yaml(&d, text, n, &e) != 0)
        fail_msg("%d:%d: %s in\n%s", e.line, e.column, e.text, text);
    buffer_init(&b);
    flatten(&b, document_root(d), "");
    document_free(d);
    return buffer_steal(&b);
}

static int
by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted lines of "text" without those at or below path; with path's new value if there is one. */
static char *
expected_leaves(const char *text, const char *path, const char *value)
{
    char *lines[300], *copy = strdup(text), *extra = NULL, *rest = NULL;
    size_t n = 0, length = strlen(path);
    struct buffer b, added;

    assert_non_null(copy);
    for (char *line = strtok_r(copy, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        assert_true(n + 1 < BE_LEN(lines));
        if (path[0] != '\0' && strncmp(line + 1, path, length) == 0 && (line[length + 1] == '.' || line[length + 1] == ' '))
            continue;
        lines[n++] = line;
    }
    if (value != NULL) {
        struct node leaf = { .kind = NODE_SCALAR, .text = (char *)(uintptr_t)value };
        char dotted[200];
        snprintf(dotted, sizeof dotted, ".%s", path);
        buffer_init(&added);
        flatten(&added, &leaf, dotted);
        added.text[added.n - 1] = '\0';
        lines[n++] = extra = buffer_steal(&added);
    }
    qsort(lines, n, sizeof *lines, by_text);
    buffer_init(&b);
    for (size_t k = 0; k < n; k++)
        buffer_printf(&b, "%s\n", lines[k]);
    free(copy);
    free(extra);
    return buffer_steal(&b);
}

/* Lines that are not the same at the beginning and the end of both texts; line ends apart. */
static void
count_changes(const char *a, const char *b, int *in_a, int *in_b)
{
    const char *lines[2][400];
    int n[2] = { 0, 0 }, first = 0, last = 0;

    for (int side = 0; side < 2; side++)
        for (const char *p = side ? b : a; *p != '\0'; p += strcspn(p, "\n"), p += *p == '\n') {
            assert_true(n[side] < 400);
            lines[side][n[side]++] = p;
        }
#define SAME(i, j) (strcspn(lines[0][i], "\r\n") == strcspn(lines[1][j], "\r\n") && \
                    memcmp(lines[0][i], lines[1][j], strcspn(lines[0][i], "\r\n")) == 0)
    while (first < n[0] && first < n[1] && SAME(first, first))
        first++;
    while (last < n[0] - first && last < n[1] - first && SAME(n[0] - 1 - last, n[1] - 1 - last))
        last++;
    *in_a = n[0] - first - last;
    *in_b = n[1] - first - last;
}

/* Some node's path, and what may stand there: for a mapping a new key below it. */
static const struct node *
pick_path(struct random *r, const struct node *root, char *path, size_t size, bool *new_key)
{
    const struct node *n = root;
    size_t used = 0;

    *new_key = false;
    path[0] = '\0';
    while ((n->kind == NODE_MAPPING || n->kind == NODE_SEQUENCE) && n->n > 0 && (n == root || below(r, 4) != 0)) {
        if (n->kind == NODE_MAPPING && below(r, 5) == 0)
            break;
        size_t k = below(r, (unsigned)n->n);
        used += (size_t)(n->kind == NODE_MAPPING
                             ? snprintf(path + used, size - used, "%s%s", used > 0 ? "." : "", n->keys[k].text)
                             : snprintf(path + used, size - used, "%s%zu", used > 0 ? "." : "", k));
        n = &n->items[k];
    }
    if (n->kind == NODE_MAPPING || (n->kind == NODE_NULL && below(r, 2))) {
        *new_key = true;
        for (unsigned more = 1 + below(r, 2); more > 0; more--)
            used += (size_t)snprintf(path + used, size - used, "%s%s", used > 0 ? "." : "", more > 1 ? "deeper" : "neu");
    }
    return n;
}

static void
random_edits_change_what_they_say_and_nothing_else(void **state)
{
    struct random r = { 20260301 };
    int set = 0, added = 0, removed = 0;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct text t;
        struct document *d;
        struct error e;
        char path[200], *out;
        bool new_key;
        size_t n;

        write_text(&t, &r);
        if (document_parse_yaml(&d, t.b.text, t.b.n, &e) != 0)
            fail_msg("round %d, %d:%d: %s\n%s", round, e.line, e.column, e.text, t.b.text);
        const struct node *at = pick_path(&r, document_root(d), path, sizeof path, &new_key);
        bool removing = !new_key && below(&r, 3) == 0, one_line = at->kind != NODE_SCALAR || at->style == SCALAR_QUOTED;
        const char *value = removing ? NULL : values[below(&r, BE_LEN(values))];
        struct splice_edit edit = { path, value, false };
        if (splice_apply(&out, &n, t.b.text, t.b.n, &edit, 1, &e) != 0)
            fail_msg("round %d: %s = %s: %s\n%s", round, path, value != NULL ? value : "nothing", e.text, t.b.text);

        /* An item taken out of a list renumbers those behind it: the trees are compared by splice itself. */
        bool list = strstr(path, ".0") != NULL || strstr(path, ".1") != NULL;
        if (!(removing && list)) {
            char *before = leaves(t.b.text, t.b.n), *after = leaves(out, n), *want = expected_leaves(before, path, value),
                 *got = expected_leaves(after, "", NULL);
            if (strcmp(got, want) != 0)
                fail_msg("round %d: %s\n--- before\n%s--- after\n%s--- got\n%s--- want\n%s", round, path, t.b.text, out, got, want);
            free(before);
            free(after);
            free(want);
            free(got);
        }
        /* Behind an open last line of several, the header of the text that ends there changes too. */
        int in_old, in_new;
        bool open = new_key && t.b.n > 0 && t.b.text[t.b.n - 1] != '\n';
        count_changes(t.b.text, out, &in_old, &in_new);
        if (!removing && !open && (one_line || new_key) && at->kind != NODE_SEQUENCE && (in_old > 1 || in_new > 3))
            fail_msg("round %d: %s = %s changed %d lines into %d\n%s---\n%s", round, path, value, in_old, in_new, t.b.text, out);
        if (removing && in_new > 1)
            fail_msg("round %d: %s removed: %d lines are new\n%s---\n%s", round, path, in_new, t.b.text, out);
        removed += removing;
        added += new_key;
        set += !removing && !new_key;
        free(out);
        document_free(d);
        buffer_release(&t.b);
    }
    assert_true(set > 1000 && added > 1000 && removed > 1000);
}

static void
random_moves_can_be_taken_back(void **state)
{
    struct random r = { 7 };
    int tried = 0, same = 0;

    (void)state;
    for (int round = 0; round < 4000; round++) {
        struct text t;
        struct document *d;
        struct error e;
        char *there, *back;
        size_t n, m;

        write_text(&t, &r);
        assert_int_equal(document_parse_yaml(&d, t.b.text, t.b.n, &e), 0);
        const struct node *root = document_root(d);
        if (root->n > 1) {
            int from = (int)below(&r, (unsigned)root->n), to = (int)below(&r, (unsigned)root->n);
            const char *path = root->keys[from].text;
            if (splice_move_key(&there, &n, t.b.text, t.b.n, path, to, &e) != 0)
                fail_msg("round %d: %s to %d: %s\n%s", round, path, to, e.text, t.b.text);
            if (splice_move_key(&back, &m, there, n, path, from, &e) != 0)
                fail_msg("round %d, back: %s to %d: %s\n%s", round, path, from, e.text, there);
            char *a = leaves(t.b.text, t.b.n), *b = leaves(back, m);
            assert_string_equal(a, b);
            free(a);
            free(b);
            tried++;
            same += strcmp(back, t.b.text) == 0;
            free(there);
            free(back);
        }
        document_free(d);
        buffer_release(&t.b);
    }
    /* But a text without a last newline has one then, and empty lines cannot follow a "|+". */
    assert_true(tried > 1000 && same > tried / 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_is_replaced_and_the_rest_kept),
        cmocka_unit_test(nothing_takes_a_value),
        cmocka_unit_test(block_texts_are_replaced_as_wholes),
        cmocka_unit_test(lists_and_mappings_are_replaced_by_raw_text),
        cmocka_unit_test(a_list_grows_at_its_end),
        cmocka_unit_test(a_missing_key_is_the_last_line_of_its_section),
        cmocka_unit_test(a_missing_section_is_made_at_the_end),
        cmocka_unit_test(a_key_is_removed_with_its_lines),
        cmocka_unit_test(text_is_quoted_only_where_yaml_would_read_it_otherwise),
        cmocka_unit_test(an_arm_moves_with_its_comments),
        cmocka_unit_test(moving_there_and_back_changes_nothing),
        cmocka_unit_test(an_arm_is_copied_behind_itself),
        cmocka_unit_test(a_key_is_renamed_in_its_place),
        cmocka_unit_test(what_cannot_be_written_without_harm_is_refused),
        cmocka_unit_test(bad_key_operations_are_refused),
        cmocka_unit_test(edits_are_all_made_or_none),
        cmocka_unit_test(random_edits_change_what_they_say_and_nothing_else),
        cmocka_unit_test(random_moves_can_be_taken_back),
    };

    return RUN_GROUP(tests);
}
