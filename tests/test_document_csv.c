/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <time.h>

#include "breakeven/document.h"
#include "support.h"

/* A table as one text: fields in <>, rows ended by their line's number. */
static char *
shown(const char *text)
{
    struct csv t;
    struct error e;
    struct buffer b;

    if (csv_parse(&t, text, strlen(text), &e) != 0)
        fail_msg("%d:%d: %s\n%s", e.line, e.column, e.text, text);
    buffer_init(&b);
    for (size_t r = 0; r < t.n_rows; r++) {
        for (size_t c = 0; c < t.n_columns; c++)
            buffer_printf(&b, "<%s>", t.rows[r][c]);
        buffer_printf(&b, "%d ", t.lines[r]);
    }
    csv_release(&t);
    return buffer_steal(&b);
}

static void
fields_are_read_as_rfc_4180_says(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        { "a,b\n1,2\n", "<a><b>1 <1><2>2 " },
        { "a,b\r\n1,2\r\n", "<a><b>1 <1><2>2 " },
        { "a,b\r1,2\r3,4", "<a><b>1 <1><2>2 <3><4>3 " },
        { "a,b\n1,2", "<a><b>1 <1><2>2 " },
        { "\xef\xbb\xbf" "a,b\n1,2\n", "<a><b>1 <1><2>2 " },
        { "a,b\n\"x, y\",\"he said \"\"no\"\"\"\n", "<a><b>1 <x, y><he said \"no\">2 " },
        { "a,b\n\"one\ntwo\",2\n3,4\n", "<a><b>1 <one\ntwo><2>2 <3><4>4 " },
        { "a,b\r\n\"one\r\ntwo\",2\r\n3,4\r\n", "<a><b>1 <one\r\ntwo><2>2 <3><4>4 " },
        { "a,b\r\"one\rtwo\",2\r3,4\r", "<a><b>1 <one\rtwo><2>2 <3><4>4 " },
        { "a,b,c\n1\n,,3\n1,2,\n", "<a><b><c>1 <1><><>2 <><><3>3 <1><2><>4 " },
        { "a,b\n\"\",\"\"", "<a><b>1 <><>2 " },
        { "a\n\n\n1\n\n", "<a>1 <1>4 " },
        { "a\n\"\"\n", "<a>1 <>2 " },
        { "a,a b, c \n1,é,\xe2\x82\xac\n", "<a><a b>< c >1 <1><é><\xe2\x82\xac>2 " },
        { "a\nin \"quotes\"\n", "<a>1 <in \"quotes\">2 " },
        { "a,b\n1,\n", "<a><b>1 <1><>2 " },
        { "a,b\n1,", "<a><b>1 <1><>2 " },
        { "\"a\",\"b\"\"\"\n", "<a><b\">1 " },
    };

    (void)state;
    for (size_t k = 0; k < BE_LEN(rows); k++) {
        char *got = shown(rows[k].text);
        assert_string_equal(got, rows[k].want);
        free(got);
    }
}

static void
a_header_wider_than_any_guess_is_read(void **state)
{
    struct buffer b;
    struct csv t;
    struct error e;

    (void)state;
    buffer_init(&b);
    for (int k = 0; k < 500; k++)
        buffer_printf(&b, "%sc%d", k > 0 ? "," : "", k);
    buffer_puts(&b, "\n1\n");
    assert_int_equal(csv_parse(&t, b.text, b.n, &e), 0);
    assert_int_equal(t.n_columns, 500);
    assert_int_equal(csv_column(&t, "c499"), 499);
    assert_int_equal(csv_column(&t, "c0"), 0);
    assert_int_equal(csv_column(&t, "c500"), -1);
    assert_int_equal(csv_column(&t, ""), -1);
    assert_string_equal(t.rows[1][0], "1");
    assert_string_equal(t.rows[1][499], "");
    csv_release(&t);
    assert_int_equal(t.n_rows, 0);
    assert_int_equal(csv_column(&t, "c0"), -1);
    csv_release(&t);
    buffer_release(&b);
}

static void
bad_tables_are_refused_at_their_place(void **state)
{
    static const struct {
        const char *text;
        int line, column;
        const char *words;
    } rows[] = {
        { "", 0, 0, "empty" },
        { "\n\r\n", 0, 0, "empty" },
        { "\xef\xbb\xbf", 0, 0, "empty" },
        { "a,b\n1,2,3\n", 2, 5, "more fields than the header's 2" },
        { "a,b\nö,é,3\n", 2, 5, "more fields" },
        { "a,b\n1,2,\n", 2, 5, "more fields" },
        { "a,b\né,\"open\n\nmore\n", 2, 3, "not closed" },
        { "a,b\n1,\"x\" y\n", 2, 6, "behind the end of a quoted field" },
        { "a,b\n\"1\n2\"3,\n", 3, 3, "behind the end" },
        { "a,b\r\n1,\xff\r\n", 2, 3, "UTF-8" },
        { "\"", 1, 1, "not closed" },
    };

    (void)state;
    for (size_t k = 0; k < BE_LEN(rows); k++) {
        struct error e = { ERR_OK, 0, 0, "" };
        struct csv t;
        if (csv_parse(&t, rows[k].text, strlen(rows[k].text), &e) == 0)
            fail_msg("not refused: %s", rows[k].text);
        if (e.code != ERR_SYNTAX || e.line != rows[k].line || e.column != rows[k].column || strstr(e.text, rows[k].words) == NULL)
            fail_msg("%d %d:%d %s, for %s", e.code, e.line, e.column, e.text, rows[k].text);
        csv_release(&t); /* harmless */
        assert_int_equal(csv_parse(&t, rows[k].text, strlen(rows[k].text), NULL), -1);
    }
    struct error e;
    struct csv t;
    assert_int_equal(csv_parse(&t, "a,b\n1,\0\n", 8, &e), -1);
    assert_int_equal(e.line, 2);
    assert_int_equal(e.column, 3);
}

static void
a_table_that_would_fill_the_memory_is_refused(void **state)
{
    size_t half = 100000;
    char *text = malloc(3 * half + 1);
    struct csv t;
    struct error e;

    (void)state;
    assert_non_null(text);
    memset(text, ',', half);
    text[half] = '\n';
    for (size_t k = 0; k < half; k++)
        memcpy(text + half + 1 + 2 * k, "1\n", 2);
    assert_int_equal(csv_parse(&t, text, 3 * half + 1, &e), -1);
    assert_int_equal(e.code, ERR_SIZE);
    free(text);
}

static void
a_long_log_is_read_at_once(void **state)
{
    struct buffer b;
    struct csv t;
    struct error e;

    (void)state;
    buffer_init(&b);
    buffer_puts(&b, "time,model,prompt_tokens,completion_tokens\n");
    for (int k = 0; k < 100000; k++)
        buffer_printf(&b, "2026-03-01T00:00:00Z,\"gpt, 4\",%d,%d\n", k, k % 100);
    clock_t start = clock();
    assert_int_equal(csv_parse(&t, b.text, b.n, &e), 0);
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 10);
    assert_int_equal(t.n_rows, 100001);
    assert_string_equal(t.rows[100000][2], "99999");
    assert_int_equal(t.lines[100000], 100001);
    csv_release(&t);
    buffer_release(&b);
}

static void
every_beginning_of_a_table_is_safe(void **state)
{
    static const char text[] = "\xef\xbb\xbf" "a,\"b \"\"c\"\"\",d\r\n1,\"x\r\ny\",é\r\n\r\n,,\r\n\"\",2";
    int read = 0;

    (void)state;
    for (size_t n = 0; n < sizeof text; n++) {
        char *copy = malloc(n > 0 ? n : 1); /* exactly as long, for the sanitizers */
        struct csv t;
        struct error e;
        assert_non_null(copy);
        memcpy(copy, text, n);
        if (csv_parse(&t, copy, n, &e) == 0) {
            assert_in_range(t.n_columns, 1, 3);
            read++;
            csv_release(&t);
        }
        free(copy);
    }
    assert_true(read > 20);
}

/* ---- writing ------------------------------------------------------------------------------ */

static void
fields_are_quoted_where_needed_and_formulas_disarmed(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        { "plain", "plain" },
        { "", "" },
        { "a b", "a b" },
        { "a,b", "\"a,b\"" },
        { "say \"x\"", "\"say \"\"x\"\"\"" },
        { "one\ntwo", "\"one\ntwo\"" },
        { "one\rtwo", "\"one\rtwo\"" },
        { " lead", "\" lead\"" },
        { "-5", "-5" },
        { "+1.5e3", "+1.5e3" },
        { "-$442", "\"'-$442\"" },
        { "=1+1", "\"'=1+1\"" },
        { "=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\"" },
        { "+1+1", "\"'+1+1\"" },
        { "-2+3", "\"'-2+3\"" },
        { "-", "\"'-\"" },
        { "-inf", "\"'-inf\"" },
        { "+nan", "\"'+nan\"" },
        { "@SUM(A1)", "\"'@SUM(A1)\"" },
        { "\t=1", "\"'\t=1\"" },
        { "\r=1", "\"'\r=1\"" },
        { "1=1", "1=1" },
        { "é", "é" },
    };

    (void)state;
    for (size_t k = 0; k < BE_LEN(rows); k++) {
        struct buffer b;
        buffer_init(&b);
        csv_put(&b, rows[k].text);
        assert_string_equal(b.text, rows[k].want);
        buffer_release(&b);
    }
}

static void
what_is_written_reads_back(void **state)
{
    static const char *const fields[] = { "a", "x,y", "\"", "\"\"", "line\nline", "cr\r", " ", "é\xe2\x82\xac", "", "-7", ",", "\n" };
    struct buffer b;
    struct csv t;
    struct error e;

    (void)state;
    buffer_init(&b);
    for (int row = 0; row < 2; row++)
        for (size_t k = 0; k < BE_LEN(fields); k++) {
            csv_put(&b, fields[k]);
            buffer_puts(&b, k + 1 < BE_LEN(fields) ? "," : "\r\n");
        }
    assert_int_equal(csv_parse(&t, b.text, b.n, &e), 0);
    assert_int_equal(t.n_rows, 2);
    assert_int_equal(t.n_columns, BE_LEN(fields));
    for (size_t k = 0; k < BE_LEN(fields); k++)
        assert_string_equal(t.rows[1][k], fields[k]);
    csv_release(&t);
    buffer_release(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_read_as_rfc_4180_says),
        cmocka_unit_test(a_header_wider_than_any_guess_is_read),
        cmocka_unit_test(bad_tables_are_refused_at_their_place),
        cmocka_unit_test(a_table_that_would_fill_the_memory_is_refused),
        cmocka_unit_test(a_long_log_is_read_at_once),
        cmocka_unit_test(every_beginning_of_a_table_is_safe),
        cmocka_unit_test(fields_are_quoted_where_needed_and_formulas_disarmed),
        cmocka_unit_test(what_is_written_reads_back),
    };

    return RUN_GROUP(tests);
}
