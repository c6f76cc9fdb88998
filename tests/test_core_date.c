/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "support.h"

#include "breakeven/core.h"

static void
dates_are_read_and_printed(void **state)
{
    static const struct {
        const char *text, *month, *day;
    } cases[] = {
        { "2026-03", "2026-03", "2026-03-01" },
        { "2026-03-31", "2026-03", "2026-03-31" },
        { "2024-02-29", "2024-02", "2024-02-29" },
        { "2000-02-29", "2000-02", "2000-02-29" },
        { "1970-01-01", "1970-01", "1970-01-01" },
        { "9999-12-31", "9999-12", "9999-12-31" },
    };
    struct error err;
    struct date d;
    char out[16];

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++) {
        assert_int_equal(date_parse(&d, cases[i].text, &err), 0);
        assert_string_equal(date_print(out, sizeof out, d, false), cases[i].month);
        assert_string_equal(date_print(out, sizeof out, d, true), cases[i].day);
    }
}

static void
what_is_no_date_is_refused(void **state)
{
    static const struct {
        const char *text;
        enum error_code code;
    } cases[] = {
        { "", ERR_SYNTAX }, { "2026", ERR_SYNTAX }, { "2026-3", ERR_SYNTAX }, { "2026/03", ERR_SYNTAX },
        { "2026-03-1", ERR_SYNTAX }, { "2026-03/01", ERR_SYNTAX }, { "26-03-2001", ERR_SYNTAX }, { "2026-0a", ERR_SYNTAX },
        { " 2026-03", ERR_SYNTAX }, { "2026-03-011", ERR_SYNTAX }, { "+026-03", ERR_SYNTAX },
        { "2026-00", ERR_RANGE }, { "2026-13", ERR_RANGE }, { "2026-02-29", ERR_RANGE }, { "2100-02-29", ERR_RANGE },
        { "2026-04-31", ERR_RANGE }, { "2026-01-00", ERR_RANGE }, { "1969-12", ERR_RANGE },
    };
    struct error err;
    struct date d = { 1, 2, 3 };

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++) {
        if (date_parse(&d, cases[i].text, &err) == 0)
            fail_msg("%s was taken", cases[i].text);
        assert_int_equal(err.code, cases[i].code);
        assert_true(err.text[0] != '\0');
    }
    assert_int_equal(d.year, 1);
    assert_int_equal(d.day, 3);
}

static void
days_are_counted_from_1970(void **state)
{
    static const struct {
        struct date d;
        long want;
    } cases[] = {
        { { 1970, 1, 1 }, 0 }, { { 1970, 1, 2 }, 1 }, { { 1969, 12, 31 }, -1 }, { { 2000, 3, 1 }, 11017 },
        { { 2024, 2, 29 }, 19782 }, { { 2026, 3, 1 }, 20513 }, { { 1600, 1, 1 }, -135140 }, { { 2100, 3, 1 }, 47541 },
    };

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++)
        assert_int_equal(date_days(cases[i].d), cases[i].want);
}

/* Each day of 1968 to 2132 is one after the day before it, and reads as itself. */
static void
every_day_follows_the_day_before(void **state)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    struct date last = { 1967, 12, 31 };
    long days = date_days(last);

    (void)state;
    for (int year = 1968; year <= 2132; year++)
        for (int month = 1; month <= 12; month++) {
            bool leap = year % 4 == 0 && year != 2100;
            for (int day = 1; day <= lengths[month - 1] + (month == 2 && leap); day++) {
                struct date d = { year, month, day };
                assert_int_equal(date_days(d), ++days);
                assert_true(date_compare(d, last) > 0 && date_compare(last, d) < 0);
                assert_int_equal(date_compare(d, d), 0);
                last = d;
            }
        }
}

static void
months_are_added_across_years(void **state)
{
    static const struct {
        struct date from;
        int months;
        struct date want;
    } cases[] = {
        { { 2026, 3, 1 }, 0, { 2026, 3, 1 } }, { { 2026, 3, 31 }, 1, { 2026, 4, 1 } }, { { 2026, 12, 5 }, 1, { 2027, 1, 1 } },
        { { 2026, 3, 1 }, 24, { 2028, 3, 1 } }, { { 2026, 1, 1 }, -1, { 2025, 12, 1 } }, { { 2026, 3, 1 }, -15, { 2024, 12, 1 } },
        { { 0, 1, 1 }, -1, { -1, 12, 1 } },
    };

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++)
        assert_int_equal(date_compare(date_add_months(cases[i].from, cases[i].months), cases[i].want), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_read_and_printed),
        cmocka_unit_test(what_is_no_date_is_refused),
        cmocka_unit_test(days_are_counted_from_1970),
        cmocka_unit_test(every_day_follows_the_day_before),
        cmocka_unit_test(months_are_added_across_years),
    };

    return RUN_GROUP(tests);
}
