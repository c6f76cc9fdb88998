/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "support.h"

#include "breakeven/core.h"

static void
three_digits_and_a_suffix(void **state)
{
    static const struct {
        double value;
        const char *want;
    } cases[] = {
        { 0, "0" }, { -0.0, "0" }, { 1, "1" }, { 9.8, "9.8" }, { 9.798, "9.8" }, { 12, "12" }, { 123.4, "123" },
        { 999, "999" }, { 999.4, "999" }, { 999.5, "1k" }, { 999.7, "1k" }, { 1000, "1k" }, { 1234, "1.23k" },
        { 2640, "2.64k" }, { 12e6, "12M" }, { 1414213.56, "1.41M" }, { 999499, "999k" }, { 999500, "1M" },
        { 14.25e9, "14.2B" }, { 1e12, "1T" }, { 1e14, "100T" }, { 999.4e12, "999T" }, { 1e15, "1e15" },
        { 1.2345e18, "1.23e18" }, { 0.5, "0.5" }, { 0.0032, "0.0032" }, { 0.00318576, "0.00319" }, { 3e-6, "0.000003" },
        { 1e-7, "1e-7" }, { 2.3451e-9, "2.35e-9" }, { -442, "-442" }, { -1.8e3, "-1.8k" }, { 1.7976931348623157e308, "1.8e308" },
        { 4.9406564584124654e-324, "4.94e-324" }, { NAN, "-" }, { INFINITY, "-" }, { -INFINITY, "-" },
    };
    char out[40];

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++)
        assert_string_equal(number_si(out, sizeof out, cases[i].value), cases[i].want);
}

/* What is shown is the value to half of its third digit, over all magnitudes. */
static void
three_digits_are_the_nearest(void **state)
{
    static const struct {
        char suffix;
        double unit;
    } suffixes[] = { { 'k', 1e3 }, { 'M', 1e6 }, { 'B', 1e9 }, { 'T', 1e12 } };
    double value = 1.0003e-12;
    char out[40], *end;

    (void)state;
    for (; value < 1e20; value *= 1.00719) {
        number_si(out, sizeof out, value);
        double shown = strtod(out, &end);
        for (size_t k = 0; k < BE_LEN(suffixes); k++)
            if (*end == suffixes[k].suffix)
                shown *= suffixes[k].unit;
        assert_close(shown, value, 0.0051);
        assert_true(strlen(out) <= 10);
    }
}

static void
money_has_its_sign_before_the_dollar(void **state)
{
    static const struct {
        double value;
        const char *want;
    } cases[] = {
        { 1800, "$1.8k" }, { -442, "-$442" }, { 0, "$0" }, { -0.0, "$0" }, { 3.67, "$3.67" }, { 2642.4, "$2.64k" },
        { 0.003, "$0.003" }, { NAN, "-" }, { -INFINITY, "-" },
    };
    char out[40];

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++)
        assert_string_equal(number_usd(out, sizeof out, cases[i].value), cases[i].want);
}

static void
full_numbers_are_grouped_in_thousands(void **state)
{
    static const struct {
        double value;
        int decimals;
        const char *plain, *usd;
    } cases[] = {
        { 1800, 2, "1,800.00", "$1,800.00" },
        { -1234.5, 2, "-1,234.50", "-$1,234.50" },
        { 999.999, 2, "1,000.00", "$1,000.00" },
        { 0, 0, "0", "$0" },
        { -0.001, 2, "0.00", "$0.00" },
        { 12, 0, "12", "$12" },
        { 123456, 0, "123,456", "$123,456" },
        { 1234567.891, 1, "1,234,567.9", "$1,234,567.9" },
        { 8333.33333, 2, "8,333.33", "$8,333.33" },
        { NAN, 2, "-", "-" },
        { INFINITY, 2, "-", "-" },
    };
    char out[600];

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++) {
        assert_string_equal(number_full(out, sizeof out, cases[i].value, cases[i].decimals), cases[i].plain);
        assert_string_equal(number_usd_full(out, sizeof out, cases[i].value, cases[i].decimals), cases[i].usd);
    }
    assert_string_equal(number_full_of(out, sizeof out, 12345678, 0, "INR"), "1,23,45,678");
    assert_string_equal(number_full_of(out, sizeof out, -123456.5, 1, "INR"), "-1,23,456.5");
    assert_string_equal(number_full_of(out, sizeof out, 99999, 0, "INR"), "99,999");
    assert_string_equal(number_full_of(out, sizeof out, 100000, 0, "INR"), "1,00,000");
    assert_string_equal(number_full_of(out, sizeof out, 999, 2, "INR"), "999.00");
    assert_string_equal(number_full_of(out, sizeof out, 12345678, 0, "EUR"), "12,345,678");
    number_full(out, sizeof out, 1.7976931348623157e308, 2);
    assert_int_equal(strlen(out), 309 + 102 + 3);
    number_full(out, 5, 1234567, 0);
    assert_true(strlen(out) < 5);
}

static void
fractions_are_shown_as_percent(void **state)
{
    static const struct {
        double fraction;
        int decimals;
        const char *want;
    } cases[] = {
        { 0.43403, 1, "43.4%" }, { 0.43403, 3, "43.403%" }, { 0.5, 2, "50%" }, { 1, 1, "100%" }, { 0, 1, "0%" },
        { -0.3, 1, "-30%" }, { -0.0001, 1, "0%" }, { 0.045, 0, "4%" }, { 12.5, 1, "1250%" }, { NAN, 1, "-" },
        { INFINITY, 1, "-" }, { 1e308, 1, "-" },
    };
    char out[40];

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++)
        assert_string_equal(number_percent(out, sizeof out, cases[i].fraction, cases[i].decimals), cases[i].want);
}

static void
exact_texts_are_short(void **state)
{
    static const struct {
        double value;
        const char *want;
    } cases[] = {
        { 0, "0" }, { 1, "1" }, { 0.1, "0.1" }, { 0.3, "0.3" }, { 1234.5, "1234.5" }, { 12e6, "12000000" }, { 1e15, "1000000000000000" },
        { 1e16, "1e+16" }, { 1e300, "1e+300" }, { 0.00001, "0.00001" }, { 1e-6, "1e-06" }, { -2.5, "-2.5" }, { 0.1 + 0.2, "0.30000000000000004" },
        { NAN, "null" }, { INFINITY, "null" }, { -INFINITY, "null" },
    };
    char out[40];

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++)
        assert_string_equal(number_exact(out, sizeof out, cases[i].value), cases[i].want);
}

/* Random bit patterns: every finite double comes back as it was. */
static void
exact_texts_read_back_to_the_last_bit(void **state)
{
    uint64_t bits = 88172645463325252u; /* xorshift64 */
    char out[40];

    (void)state;
    for (int k = 0; k < 20000; k++) {
        double value;
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        number_exact(out, sizeof out, value);
        if (strtod(out, NULL) != value)
            fail_msg("%s is not %.17g", out, value);
        value = (double)(bits >> 40) / 1000;
        number_exact(out, sizeof out, value);
        if (strtod(out, NULL) != value || strlen(out) > 9)
            fail_msg("%s for %.17g", out, value);
    }
}

static void
a_number_of_an_option_is_one_number(void **state)
{
    static const struct {
        const char *text;
        enum quantity_form form;
        double want;
    } cases[] = {
        { "12M", FORM_NUMBER, 12e6 }, { "1,000,000", FORM_NUMBER, 1e6 }, { "3e-6", FORM_NUMBER, 3e-6 },
        { "=5*30", FORM_NUMBER, 150 }, { "-2.5", FORM_NUMBER, -2.5 }, { "45%", FORM_SHARE, 0.45 },
        { "0.45", FORM_SHARE, 0.45 }, { "$3.67", FORM_USD, 3.67 }, { "1.2Cr", FORM_USD, 12e6 },
    };
    struct error err;
    double x = 77;

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++) {
        assert_int_equal(number_parse(&x, cases[i].text, cases[i].form, &err), 0);
        assert_true(x == cases[i].want);
    }
    x = 77;
    assert_int_equal(number_parse(&x, "8 to 12", FORM_NUMBER, &err), -1);
    assert_non_null(strstr(err.text, "not a range"));
    assert_int_equal(number_parse(&x, "fast", FORM_NUMBER, &err), -1);
    assert_int_equal(number_parse(&x, "45", FORM_SHARE, &err), -1);
    assert_non_null(strstr(err.text, "did you mean 45%?"));
    assert_true(x == 77);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_digits_and_a_suffix),
        cmocka_unit_test(three_digits_are_the_nearest),
        cmocka_unit_test(money_has_its_sign_before_the_dollar),
        cmocka_unit_test(full_numbers_are_grouped_in_thousands),
        cmocka_unit_test(fractions_are_shown_as_percent),
        cmocka_unit_test(exact_texts_are_short),
        cmocka_unit_test(exact_texts_read_back_to_the_last_bit),
        cmocka_unit_test(a_number_of_an_option_is_one_number),
    };

    return RUN_GROUP(tests);
}
