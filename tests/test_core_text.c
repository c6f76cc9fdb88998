/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "support.h"

#include "breakeven/core.h"

/* ---- errors and problems ---------------------------------------------------------------- */

static void
every_error_has_its_exit_status_and_words(void **state)
{
    static const int statuses[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 70 };

    (void)state;
    assert_int_equal(ERR_COUNT, BE_LEN(statuses));
    for (int k = 0; k < ERR_COUNT; k++) {
        assert_int_equal(error_exit_status((enum error_code)k), statuses[k]);
        assert_true(strlen(error_meaning((enum error_code)k)) > 5);
    }
    assert_int_equal(error_exit_status(ERR_COUNT), 70);
    assert_string_equal(error_meaning(ERR_COUNT), error_meaning(ERR_BUG));
}

static void
an_error_keeps_its_place_and_is_harmless_on_a_terminal(void **state)
{
    struct error e;

    (void)state;
    assert_int_equal(error_at(&e, ERR_SYNTAX, 7, 12, "\"%s\" is %d", "a\x1b[31m\xe2\x80\xae" "b\n", 5), -1);
    assert_int_equal(e.code, ERR_SYNTAX);
    assert_int_equal(e.line, 7);
    assert_int_equal(e.column, 12);
    assert_string_equal(e.text, "\"a\xef\xbf\xbd[31m\xef\xbf\xbd" "b \" is 5");
    assert_int_equal(error_set(&e, ERR_IO, "gone"), -1);
    assert_int_equal(e.line, 0);
    assert_int_equal(e.column, 0);
    assert_int_equal(error_set(NULL, ERR_IO, "gone"), -1);
}

static void
a_long_error_is_cut_between_characters(void **state)
{
    struct error e;
    char text[2000];
    size_t bad;

    (void)state;
    for (int lead = 0; lead < 4; lead++) {
        memset(text, 'x', sizeof text);
        for (size_t k = (size_t)lead; k + 3 < sizeof text; k += 3)
            memcpy(text + k, "\xe2\x82\xb9", 3);
        text[sizeof text - 1] = '\0';
        error_set(&e, ERR_IO, "%s", text);
        assert_true(strlen(e.text) > sizeof e.text - 5);
        assert_true(strlen(e.text) < sizeof e.text);
        assert_true(text_valid(e.text, strlen(e.text), &bad));
    }
}

static void
the_first_problems_are_kept_and_the_rest_counted(void **state)
{
    struct problems *p = malloc(sizeof *p);
    struct error e;

    (void)state;
    assert_non_null(p);
    problems_init(p);
    for (int k = 0; k < PROBLEMS_MAX + 10; k++) {
        error_at(&e, ERR_RANGE, k, 1, "number %d", k);
        problems_add(p, k % 2 == 0 ? PROBLEM_ERROR : PROBLEM_WARNING, k == 0 ? NULL : "work\tload", &e);
    }
    assert_int_equal(p->n, PROBLEMS_MAX);
    assert_int_equal(p->dropped, 10);
    assert_int_equal(p->errors, (PROBLEMS_MAX + 10) / 2);
    assert_string_equal(p->list[0].path, "");
    assert_string_equal(p->list[1].path, "work load");
    assert_string_equal(p->list[63].error.text, "number 63");
    assert_int_equal(p->list[63].error.line, 63);
    problems_add(NULL, PROBLEM_ERROR, "", &e);
    free(p);
}

/* ---- buffers ------------------------------------------------------------------------------- */

static void
a_buffer_grows_and_gives_its_text_away(void **state)
{
    struct buffer b;
    char *text;

    (void)state;
    buffer_init(&b);
    assert_string_equal(b.text, "");
    text = buffer_steal(&b);
    assert_string_equal(text, "");
    free(text);
    for (int k = 0; k < 5000; k++) {
        buffer_puts(&b, "ab");
        buffer_putc(&b, 'c');
        buffer_add(&b, "\0d", 2);
        buffer_printf(&b, "%05d", k);
    }
    assert_false(b.failed);
    assert_int_equal(b.n, 50000);
    assert_memory_equal(b.text + 10 * 1234, "abc\0d01234", 10);
    assert_int_equal(b.text[b.n], 0);
    text = buffer_steal(&b);
    assert_int_equal(b.n, 0);
    assert_string_equal(b.text, "");
    assert_memory_equal(text + 49990, "abc\0d04999", 11);
    free(text);
    buffer_puts(&b, "again");
    buffer_release(&b);
    assert_string_equal(b.text, "");
}

static void
a_buffer_that_failed_keeps_what_it_had(void **state)
{
    struct buffer b;

    (void)state;
    buffer_init(&b);
    buffer_puts(&b, "kept");
    buffer_add(&b, "x", SIZE_MAX - 3);
    assert_true(b.failed);
    buffer_puts(&b, "ignored");
    buffer_printf(&b, "%d", 3);
    assert_string_equal(b.text, "kept");
    assert_null(buffer_steal(&b));
    assert_false(b.failed);
    buffer_release(&b);
}

/* ---- UTF-8 ----------------------------------------------------------------------------------- */

static void
every_character_survives_encoding_and_decoding(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
        char out[5];
        uint32_t back;
        int n = text_encode(cp, out);
        int want = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
        bool surrogate = cp >= 0xd800 && cp <= 0xdfff;
        if (n != want || out[n] != '\0' || text_decode(out, (size_t)n, &back) != n ||
            back != (surrogate ? 0xfffd : cp) || !text_valid(out, (size_t)n, NULL))
            fail_msg("U+%04X", (unsigned)cp);
    }
}

/* Malformed forms, each with the offset of its first bad byte. */
static void
malformed_bytes_are_found_at_their_offset(void **state)
{
    static const struct {
        const char *bytes;
        size_t n, bad;
    } cases[] = {
        { "ab\x80", 3, 2 },             /* continuation alone */
        { "a\xc3", 2, 1 },              /* cut short */
        { "a\xe2\x82", 3, 1 },
        { "\xf0\x9f\x98", 3, 0 },
        { "\xc0\xaf", 2, 0 },           /* overlong */
        { "\xe0\x80\xaf", 3, 0 },
        { "\xf0\x80\x80\xaf", 4, 0 },
        { "xy\xed\xa0\x80", 5, 2 },     /* a surrogate */
        { "\xf4\x90\x80\x80", 4, 0 },   /* beyond U+10FFFF */
        { "\xfe", 1, 0 },
        { "\xff", 1, 0 },
        { "\xe2\x28\xa1", 3, 0 },
        { "\xc3\xa9\xc3", 3, 2 },
    };
    uint32_t cp;

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++) {
        size_t bad = 99;
        assert_false(text_valid(cases[i].bytes, cases[i].n, &bad));
        assert_int_equal(bad, cases[i].bad);
        assert_int_equal(text_decode(cases[i].bytes + bad, cases[i].n - bad, &cp), 1);
        assert_int_equal(cp, 0xfffd);
    }
    /* The replacement character itself is well-formed, and so is NUL. */
    assert_true(text_valid("\xef\xbf\xbd\0x", 5, NULL));
    assert_true(text_valid("", 0, NULL));
}

/* ---- widths ------------------------------------------------------------------------------------ */

static void
widths_are_those_of_unicode(void **state)
{
    static const struct {
        uint32_t cp;
        int width;
    } cases[] = {
        { 0, 0 }, { '\n', 0 }, { 0x1f, 0 }, { ' ', 1 }, { '~', 1 }, { 0x7f, 0 }, { 0x9f, 0 }, { 0xa0, 1 },
        { 0xad, 1 }, { 0xb1, 1 }, { 0xe9, 1 }, { 0x300, 0 }, { 0x20b9, 1 }, { 0x200b, 0 }, { 0x2026, 1 },
        { 0x2500, 1 }, { 0x2588, 1 }, { 0x28ff, 1 }, { 0x25b8, 1 }, { 0x2713, 1 }, /* frames, blocks, braille, marks */
        { 0x1100, 2 }, { 0x1160, 0 }, { 0x3042, 2 }, { 0x4e00, 2 }, { 0xac00, 2 }, { 0xff21, 2 }, { 0xff71, 1 },
        { 0x1f600, 2 }, { 0x20000, 2 }, { 0xfe0f, 0 }, { 0xe0100, 0 }, { 0x10ffff, 1 },
        { 0x2fffd, 2 }, { 0x378, 1 }, { 0xe0080, 1 }, { 0x1fbff, 1 }, /* not assigned */
    };
    long none = 0, two = 0;

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++)
        if (text_char_width(cases[i].cp) != cases[i].width)
            fail_msg("U+%04X: %d, not %d", (unsigned)cases[i].cp, text_char_width(cases[i].cp), cases[i].width);
    /* Unicode 14: all of Mn, Me, Cf but U+00AD, Cc and U+1160..11FF; all of W and F. */
    for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
        none += text_char_width(cp) == 0;
        two += text_char_width(cp) == 2;
    }
    assert_int_equal(none, 2350);
    assert_int_equal(two, 182487);
}

static void
a_text_is_as_wide_as_its_characters(void **state)
{
    (void)state;
    assert_int_equal(text_width(""), 0);
    assert_int_equal(text_width("12M"), 3);
    assert_int_equal(text_width("\xe2\x82\xb9""250"), 4);
    assert_int_equal(text_width("e\xcc\x81"), 1);                         /* e and a combining acute */
    assert_int_equal(text_width("\xe6\x97\xa5\xe6\x9c\xac"), 4);          /* two ideographs */
    assert_int_equal(text_width("a\xff""b"), 3);                          /* a malformed byte shows as one cell */
}

/* ---- harmless copies ------------------------------------------------------------------------------ */

#define RC "\xef\xbf\xbd"

static void
a_clean_copy_moves_no_cursor_and_turns_no_text(void **state)
{
    static const struct {
        const char *from, *want;
    } cases[] = {
        { "plain", "plain" },
        { "a\tb\nc\r", "a b c " },
        { "\x1b[2J\x07", RC "[2J" RC },
        { "\x7f\xc2\x9b", RC RC },                                       /* DEL, C1 CSI */
        { "\xe2\x80\xaex\xe2\x81\xa6y\xe2\x81\xa9", RC "x" RC "y" RC },  /* override, isolate, pop */
        { "\xe2\x80\x8f\xd8\x9c", RC RC },                               /* marks of direction */
        { "\xe2\x80\xa8", RC },                                          /* line separator */
        { "\xf3\xa0\x81\x81", RC },                                      /* a tag */
        { "a\xc3", "a" RC },
        { "\xe2\x82\xb9 \xc2\xb1 \xe6\x97\xa5", "\xe2\x82\xb9 \xc2\xb1 \xe6\x97\xa5" },
    };
    char out[64];

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++)
        assert_string_equal(text_clean(out, sizeof out, cases[i].from), cases[i].want);
    /* never half a character */
    for (size_t size = 1; size < 12; size++) {
        char small[12];
        memset(small, '!', sizeof small);
        text_clean(small, size, "\xe2\x82\xb9\xe2\x82\xb9\xe2\x82\xb9");
        assert_int_equal(strlen(small), (size - 1) / 3 * 3);
    }
}

static void
a_text_is_fitted_to_its_columns(void **state)
{
    static const struct {
        const char *from;
        int cells;
        bool ascii;
        const char *want;
    } cases[] = {
        { "throughput", 10, false, "throughput" },
        { "throughput", 9, false, "throughp\xe2\x80\xa6" },
        { "throughput", 9, true, "throug..." },
        { "throughput", 1, false, "\xe2\x80\xa6" },
        { "throughput", 2, true, "th" },
        { "throughput", 0, false, "" },
        { "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 6, false, "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e" },
        { "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 5, false, "\xe6\x97\xa5\xe6\x9c\xac\xe2\x80\xa6" },
        { "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 4, false, "\xe6\x97\xa5\xe2\x80\xa6" }, /* half a cell is left free */
        { "e\xcc\x81tude", 3, false, "e\xcc\x81t\xe2\x80\xa6" },
    };
    char out[64];

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++) {
        assert_string_equal(text_fit(out, sizeof out, cases[i].from, cases[i].cells, cases[i].ascii), cases[i].want);
        assert_true(text_width(out) <= cases[i].cells);
    }
    for (size_t size = 1; size < 12; size++) {
        char small[12];
        text_fit(small, size, "\xe2\x82\xb9\xe2\x82\xb9\xe2\x82\xb9\xe2\x82\xb9", 3, false);
        assert_true(strlen(small) < size);
        assert_true(text_valid(small, strlen(small), NULL));
    }
}

static void
a_copy_is_cut_between_characters(void **state)
{
    char out[6];

    (void)state;
    assert_true(text_copy(out, sizeof out, "12345"));
    assert_string_equal(out, "12345");
    assert_false(text_copy(out, sizeof out, "123456"));
    assert_string_equal(out, "12345");
    assert_false(text_copy(out, sizeof out, "12\xe2\x82\xb9\xe2\x82\xb9"));
    assert_string_equal(out, "12\xe2\x82\xb9");
    assert_false(text_copy(out, 5, "12\xe2\x82\xb9"));
    assert_string_equal(out, "12");
    assert_false(text_copy(out, 1, "x"));
    assert_string_equal(out, "");
    assert_false(text_copy(out, 0, "x"));
}

/* ---- names ---------------------------------------------------------------------------------------- */

static void
distance_counts_slips_of_the_hand(void **state)
{
    static const struct {
        const char *a, *b;
        int want;
    } cases[] = {
        { "", "", 0 }, { "", "abc", 3 }, { "kitten", "sitting", 3 }, { "flaw", "lawn", 2 }, { "ab", "ba", 1 },
        { "ca", "abc", 3 }, /* restricted: no edit inside a transposition */
        { "Workload", "wROKLOAD", 1 }, { "gpu_price", "gpu_prise", 1 },
    };
    char a[300], b[300];

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++) {
        assert_int_equal(text_distance(cases[i].a, cases[i].b), cases[i].want);
        assert_int_equal(text_distance(cases[i].b, cases[i].a), cases[i].want);
    }
    memset(a, 'a', 299);
    memset(b, 'b', 299);
    a[299] = b[299] = '\0';
    assert_true(text_distance(a, b) >= 90);
    assert_int_equal(text_distance(a, a), 0);
}

static const char *
one_of(const void *ctx, int i)
{
    const char *const *names = ctx;

    return names[i];
}

static void
the_nearest_name_is_offered_and_nothing_far_off(void **state)
{
    static const char *const names[] = {
        "requests_per_day", "input_tokens", "output_tokens", "throughput_tok_s", "gpu_price_usd_h", "cv", NULL,
    };
    char length[400];

    (void)state;
    assert_string_equal(text_nearest("request_per_day", one_of, names), "requests_per_day");
    assert_string_equal(text_nearest("REQUESTS_PER_DAY", one_of, names), "requests_per_day");
    assert_string_equal(text_nearest("inptu_tokens", one_of, names), "input_tokens");
    assert_string_equal(text_nearest("throughput", one_of, names), "throughput_tok_s");
    assert_string_equal(text_nearest("vc", one_of, names), "cv");
    assert_string_equal(text_nearest("workload/input_tokens:per-request", one_of, names), "input_tokens");
    assert_null(text_nearest("colour", one_of, names));
    memset(length, 'x', sizeof length - 1);
    length[sizeof length - 1] = '\0';
    assert_null(text_nearest(length, one_of, names));
}

static void
fuzzy_finds_letters_in_order_and_likes_runs_and_beginnings(void **state)
{
    (void)state;
    assert_true(text_fuzzy("thr", "throughput") > 0);
    assert_true(text_fuzzy("tps", "tokens per second") > 0);
    assert_int_equal(text_fuzzy("zz", "throughput"), 0);
    assert_int_equal(text_fuzzy("tht", "th"), 0);
    assert_int_equal(text_fuzzy("", "anything"), 0);
    assert_true(text_fuzzy("thr", "throughput") > text_fuzzy("thr", "the hour"));
    assert_true(text_fuzzy("gp", "gpu_price") > text_fuzzy("gp", "log_group"));
    assert_true(text_fuzzy("GPU", "gpu price") > 0);
}

static void
words_are_wrapped_at_spaces_and_cut_where_there_is_none(void **state)
{
    (void)state;
    struct buffer b;

    assert_int_equal(text_break("one two three", 7), 7);
    assert_int_equal(text_break("one two three", 9), 7);
    assert_int_equal(text_break("one two three", 99), 13);
    assert_int_equal(text_break("unbreakable", 4), 4);
    assert_int_equal(text_break_hard("one two three", 9), 9);
    assert_int_equal(text_break("\xe6\xbc\xa2\xe5\xad\x97", 3), 3); /* two wide characters */
    assert_int_equal(text_break("\xe6\xbc\xa2", 1), 0);
    buffer_init(&b);
    buffer_wrap(&b, "  the quick \xe2\x89\xa4 brown   fox", 13, "- ");
    assert_string_equal(b.text, "- the quick \xe2\x89\xa4\n  brown   fox\n");
    buffer_release(&b);
    buffer_wrap(&b, "\xe6\xbc\xa2", 1, "");
    assert_string_equal(b.text, "\xe6\xbc\xa2\n");
    buffer_release(&b);
}

static void
a_unit_is_singular_behind_one(void **state)
{
    static const char *const cases[][3] = {
        { "1", "months", "month" },        { "2", "months", "months" },     { "1", "labels an hour", "label an hour" },
        { "1", "requests/day", "request/day" }, { "1", "ms", "ms" },        { "1", "person-months", "person-month" },
        { "1k", "tokens", "tokens" },      { "1", "FTE", "FTE" },           { "1", "", "" },
        { "0.1", "replicas", "replicas" }, { "1 to 2", "GPUs", "GPUs" },    { "1", "GPUs", "GPU" },
    };
    char out[40];

    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++)
        assert_string_equal(text_unit(out, sizeof out, cases[k][0], cases[k][1]), cases[k][2]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_unit_is_singular_behind_one),
        cmocka_unit_test(every_error_has_its_exit_status_and_words),
        cmocka_unit_test(an_error_keeps_its_place_and_is_harmless_on_a_terminal),
        cmocka_unit_test(a_long_error_is_cut_between_characters),
        cmocka_unit_test(the_first_problems_are_kept_and_the_rest_counted),
        cmocka_unit_test(a_buffer_grows_and_gives_its_text_away),
        cmocka_unit_test(a_buffer_that_failed_keeps_what_it_had),
        cmocka_unit_test(every_character_survives_encoding_and_decoding),
        cmocka_unit_test(malformed_bytes_are_found_at_their_offset),
        cmocka_unit_test(widths_are_those_of_unicode),
        cmocka_unit_test(a_text_is_as_wide_as_its_characters),
        cmocka_unit_test(a_clean_copy_moves_no_cursor_and_turns_no_text),
        cmocka_unit_test(a_text_is_fitted_to_its_columns),
        cmocka_unit_test(words_are_wrapped_at_spaces_and_cut_where_there_is_none),
        cmocka_unit_test(a_copy_is_cut_between_characters),
        cmocka_unit_test(distance_counts_slips_of_the_hand),
        cmocka_unit_test(the_nearest_name_is_offered_and_nothing_far_off),
        cmocka_unit_test(fuzzy_finds_letters_in_order_and_likes_runs_and_beginnings),
    };

    return RUN_GROUP(tests);
}
