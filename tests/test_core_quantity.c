/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "support.h"

#include "breakeven/core.h"

/* The grammar of the entry field: what is read, what is refused and where, and
 * texts that are scaled and shifted. The distributions have a program of their own. */

static const struct quantity_rules
    number = { .form = FORM_NUMBER, .low = 0, .high = 1e9, .days_per_month = 30 },
    whole = { .form = FORM_NUMBER, .low = 0, .high = 1e6, .whole = true, .days_per_month = 30 },
    usd = { .form = FORM_USD, .low = 0, .high = 1e9, .currency_per_usd = 80 },
    dollars = { .form = FORM_USD, .low = -1e9, .high = 1e9 },
    share = { .form = FORM_SHARE, .low = 0, .high = 1 },
    rate = { .form = FORM_SHARE, .low = -0.99, .high = 10 },
    any = { .form = FORM_NUMBER, .low = -1e300, .high = 1e300 },
    unlimited = { .form = FORM_NUMBER, .low = 0, .high = INFINITY };

static void
read_text(struct quantity *q, const char *text, const struct quantity_rules *rules)
{
    struct error err;

    memset(q, 0, sizeof *q);
    if (quantity_parse(q, text, rules, &err) < 0)
        fail_msg("%s: %d: %s", text, err.column, err.text);
}

/* ---- points ------------------------------------------------------------------------------ */

static void
points_are_read_to_the_last_bit(void **state)
{
    static const struct {
        const char *text;
        const struct quantity_rules *rules;
        double want;
    } cases[] = {
        { "12M", &number, 12e6 }, { "12m", &number, 12e6 }, { "2.5k", &number, 2500 }, { "2.5K", &number, 2500 },
        { "0.3B", &number, 3e8 }, { "0.3G", &number, 3e8 }, { "0.0001T", &number, 1e8 }, { "12L", &number, 12e5 },
        { "1.2Cr", &number, 12e6 }, { "1.2cr", &number, 12e6 }, { "1.2 Cr", &number, 12e6 }, { "3 lakh", &number, 3e5 },
        { "3 Lakhs", &number, 3e5 }, { "2 crore", &number, 2e7 }, { "12 M", &number, 12e6 },
        { "1,000,000", &number, 1e6 }, { "12,345", &number, 12345 }, { "1,234.5", &number, 1234.5 },
        { "1,00,000", &number, 1e5 }, { "12,34,567", &number, 1234567 }, { "1_000", &number, 1000 },
        { "1_0_0", &number, 100 }, { "3e-6", &number, 3e-6 }, { "3E+2", &number, 300 }, { "1e000005", &number, 1e5 },
        { "1.e2", &number, 100 }, { ".5", &number, 0.5 }, { "5.", &number, 5 }, { "+5", &number, 5 }, { "007", &number, 7 },
        { "  320\t\n", &number, 320 }, { "0", &number, 0 }, { "-0", &any, 0 },
        { "-2.5k", &any, -2500 }, { "\xe2\x88\x92" "5", &any, -5 }, { "1e300", &any, 1e300 }, { "4.9e-324", &any, 4.9e-324 },
        /* decimal to the end: 1.005 * 1000 is not 1005 */
        { "1.005k", &whole, 1005 }, { "8.115k", &whole, 8115 }, { "0.1M", &whole, 1e5 }, { "1.1M", &number, 1.1e6 },
        { "300M/month", &number, 1e7 }, { "300M/mo", &number, 1e7 }, { "300M a month", &number, 1e7 },
        { "300M per month", &number, 1e7 }, { "100k/month", &whole, 3333 },
        { "$3.67", &usd, 3.67 }, { "3.67", &usd, 3.67 }, { "$ 3.67", &usd, 3.67 }, { "$1,234.50", &usd, 1234.5 },
        { "$2.64k", &usd, 2640 }, { "-$442", &dollars, -442 }, { "$-442", &dollars, -442 },
        { "\xe2\x82\xb9" "250", &usd, 3.125 }, { "\xe2\x82\xb9" "2.4L", &usd, 3000 },
        { "45%", &share, 0.45 }, { "45 %", &share, 0.45 }, { "0.45", &share, 0.45 }, { "43.4%", &share, 0.434 },
        { "0.1%", &share, 0.001 }, { "100%", &share, 1 }, { "1", &share, 1 }, { "-30%", &rate, -0.3 }, { "250%", &rate, 2.5 },
        { "57.9%", &share, 0.579 }, /* 57.9 / 100 is not 0.579 */
    };
    struct quantity q;

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++) {
        read_text(&q, cases[i].text, cases[i].rules);
        if (q.kind != QUANTITY_EXACT || q.a != cases[i].want || q.x != cases[i].want)
            fail_msg("%s: %.17g, not %.17g", cases[i].text, q.x, cases[i].want);
        assert_false(quantity_is_uncertain(&q));
    }
}

static void
arithmetic_is_reckoned(void **state)
{
    static const struct {
        const char *text;
        const struct quantity_rules *rules;
        double want;
    } cases[] = {
        { "=5*30", &number, 150 }, { "= 5 * 30", &number, 150 }, { "=2+3*4", &number, 14 }, { "=(2+3)*4", &number, 20 },
        { "=20k*(500+100)", &number, 12e6 }, { "=10-2-3", &number, 5 }, { "=64/4/2", &number, 8 }, { "=-5+8", &number, 3 },
        { "=5*-3+20", &number, 5 }, { "=--5", &number, 5 }, { "=1,000*3", &number, 3000 }, { "=200*20%", &number, 40 },
        { "=8-12M/1M+7", &number, 3 }, { "=((((1))))", &number, 1 }, { "=10*30M/month", &number, 1e7 },
        { "=(280M+20M)/month", &number, 1e7 }, { "=1.1*10", &whole, 11 }, { "=100k/month*1", &whole, 3333 },
        { "=$3.67*24*30", &usd, 2642.4 }, { "=\xe2\x82\xb9" "250+150", &usd, 5 }, { "=\xe2\x82\xb9" "80*3", &usd, 3 },
        { "=$2+\xe2\x82\xb9" "80", &usd, 3 }, { "=0.2+0.1", &share, 0.3 }, { "=45%", &share, 0.45 },
        { "=(30+15)%", &share, 0.45 }, { "=10%*3", &share, 0.3 },
    };
    struct quantity q;

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++) {
        read_text(&q, cases[i].text, cases[i].rules);
        assert_int_equal(q.kind, QUANTITY_EXACT);
        if (!(fabs(q.x - cases[i].want) <= 1e-12 * fabs(cases[i].want)))
            fail_msg("%s: %.17g, not %.17g", cases[i].text, q.x, cases[i].want);
        if (cases[i].rules == &whole)
            assert_true(q.x == rint(q.x));
    }
}

/* ---- ranges --------------------------------------------------------------------------------- */

/* kind, and the two or three numbers that a person meant: P5 and P95, ends, or centre and half-width. */
static const struct range_case {
    const char *text;
    const struct quantity_rules *rules;
    enum quantity_kind kind;
    double one, two, three;
} ranges[] = {
    { "8M to 12M", &number, QUANTITY_LOGNORMAL, 8e6, 12e6, 0 },
    { "8 to 12M", &number, QUANTITY_LOGNORMAL, 8e6, 12e6, 0 },
    { "8M - 12M", &number, QUANTITY_LOGNORMAL, 8e6, 12e6, 0 },
    { "8M-12M", &number, QUANTITY_LOGNORMAL, 8e6, 12e6, 0 },
    { "8-12M", &number, QUANTITY_LOGNORMAL, 8e6, 12e6, 0 },
    { "8to12", &number, QUANTITY_LOGNORMAL, 8, 12, 0 },
    { "8M \xe2\x80\x93 12M", &number, QUANTITY_LOGNORMAL, 8e6, 12e6, 0 }, /* en dash */
    { "1,000,000 to 2,000,000", &number, QUANTITY_LOGNORMAL, 1e6, 2e6, 0 },
    { "50 to 3k", &number, QUANTITY_LOGNORMAL, 50, 3000, 0 }, /* no carry: 50k is above 3k */
    { "3e-6 - 4e-6", &number, QUANTITY_LOGNORMAL, 3e-6, 4e-6, 0 },
    { "10M to 500M/month", &number, QUANTITY_LOGNORMAL, 1e6 / 3, 5e8 / 30, 0 },
    { "$30 to $50", &usd, QUANTITY_LOGNORMAL, 30, 50, 0 },
    { "30 to $50", &usd, QUANTITY_LOGNORMAL, 30, 50, 0 },
    { "\xe2\x82\xb9" "240 to 320", &usd, QUANTITY_LOGNORMAL, 3, 4, 0 },
    { "240 to \xe2\x82\xb9" "320", &usd, QUANTITY_LOGNORMAL, 3, 4, 0 },
    { "$3 to \xe2\x82\xb9" "320", &usd, QUANTITY_LOGNORMAL, 3, 4, 0 },
    { "-5 to 3", &any, QUANTITY_NORMAL, -5, 3, 0 },
    { "-5 - -3", &any, QUANTITY_NORMAL, -5, -3, 0 },
    { "-5--3", &any, QUANTITY_NORMAL, -5, -3, 0 },
    { "0 to 3", &any, QUANTITY_NORMAL, 0, 3, 0 },
    { "30% to 60%", &share, QUANTITY_LOGITNORMAL, 0.3, 0.6, 0 },
    { "30 to 60%", &share, QUANTITY_LOGITNORMAL, 0.3, 0.6, 0 },
    { "0.3 to 0.6", &share, QUANTITY_LOGITNORMAL, 0.3, 0.6, 0 },
    { "-30% to 10%", &rate, QUANTITY_NORMAL, -0.3, 0.1, 0 },
    { "-30 to 10%", &rate, QUANTITY_NORMAL, -0.3, 0.1, 0 },
    { "5% to 10%", &rate, QUANTITY_LOGITNORMAL, 0.05, 0.1, 0 },
    { "50% to 150%", &rate, QUANTITY_NORMAL, 0.5, 1.5, 0 },
    { "10M \xc2\xb1" "20%", &number, QUANTITY_NORMAL, 8e6, 12e6, 0 },
    { "10M \xc2\xb1 20 %", &number, QUANTITY_NORMAL, 8e6, 12e6, 0 },
    { "10M +- 2M", &number, QUANTITY_NORMAL, 8e6, 12e6, 0 },
    { "10M+/-2M", &number, QUANTITY_NORMAL, 8e6, 12e6, 0 },
    { "10 \xc2\xb1 2M", &number, QUANTITY_NORMAL, 8e6, 12e6, 0 },
    { "-10 \xc2\xb1" "20%", &any, QUANTITY_NORMAL, -12, -8, 0 },
    { "$3.67 \xc2\xb1" "10%", &usd, QUANTITY_NORMAL, 3.303, 4.037, 0 },
    { "\xe2\x82\xb9" "240 \xc2\xb1 80", &usd, QUANTITY_NORMAL, 2, 4, 0 },
    { "300M \xc2\xb1 30M/month", &number, QUANTITY_NORMAL, 9e6, 11e6, 0 },
    { "45% \xc2\xb1" "5%", &share, QUANTITY_NORMAL, 0.4, 0.5, 0 }, /* points, not 5 % of 45 % */
    { "45% \xc2\xb1" "5", &share, QUANTITY_NORMAL, 0.4, 0.5, 0 },
    { "45 \xc2\xb1" "5%", &share, QUANTITY_NORMAL, 0.4, 0.5, 0 },
    { "0.45 \xc2\xb1 0.05", &share, QUANTITY_NORMAL, 0.4, 0.5, 0 },
    { "8M..12M", &number, QUANTITY_UNIFORM, 8e6, 12e6, 0 },
    { "8..12M", &number, QUANTITY_UNIFORM, 8e6, 12e6, 0 },
    { "8M...12M", &number, QUANTITY_UNIFORM, 8e6, 12e6, 0 },
    { "8M\xe2\x80\xa6" "12M", &number, QUANTITY_UNIFORM, 8e6, 12e6, 0 }, /* an ellipsis */
    { "0..5", &number, QUANTITY_UNIFORM, 0, 5, 0 },
    { "-2..-1", &any, QUANTITY_UNIFORM, -2, -1, 0 },
    { "0%..30%", &share, QUANTITY_UNIFORM, 0, 0.3, 0 },
    { "0..30%", &share, QUANTITY_UNIFORM, 0, 0.3, 0 },
    { "8M/10M/12M", &number, QUANTITY_PERT, 8e6, 10e6, 12e6 },
    { "8/10/12M", &number, QUANTITY_PERT, 8e6, 10e6, 12e6 },
    { "8/8/12M", &number, QUANTITY_PERT, 8e6, 8e6, 12e6 },
    { "500/1k/2k", &number, QUANTITY_PERT, 500, 1000, 2000 },
    { "8 / 12 / 12", &number, QUANTITY_PERT, 8, 12, 12 },
    { "30M/60M/90M/month", &number, QUANTITY_PERT, 1e6, 2e6, 3e6 },
    { "$3/$4/$5", &usd, QUANTITY_PERT, 3, 4, 5 },
    { "10/20/60%", &share, QUANTITY_PERT, 0.1, 0.2, 0.6 },
};

static void
ranges_mean_what_the_manual_says(void **state)
{
    struct quantity q;
    double z = 1.6448536269514722; /* 90 % lie within this many standard deviations */

    (void)state;
    for (size_t i = 0; i < BE_LEN(ranges); i++) {
        const struct range_case *r = &ranges[i];
        double low, high;
        read_text(&q, r->text, r->rules);
        if (q.kind != r->kind)
            fail_msg("%s: kind %d", r->text, (int)q.kind);
        assert_true(quantity_is_uncertain(&q));
        low = q.a - z * q.b, high = q.a + z * q.b;
        if (r->kind == QUANTITY_LOGNORMAL)
            low = exp(low), high = exp(high);
        else if (r->kind == QUANTITY_LOGITNORMAL)
            low = 1 / (1 + exp(-low)), high = 1 / (1 + exp(-high));
        else if (r->kind == QUANTITY_UNIFORM || r->kind == QUANTITY_PERT)
            low = q.a, high = q.b;
        if (!(fabs(low - r->one) <= 1e-13 * (fabs(low) + fabs(high)) && fabs(high - r->two) <= 1e-13 * (fabs(low) + fabs(high))))
            fail_msg("%s: %.17g and %.17g", r->text, low, high);
        assert_true(r->kind != QUANTITY_PERT || q.c == r->three);
    }
}

static void
a_text_stays_as_it_was_typed(void **state)
{
    struct quantity q;
    char padded[100], longest[QUANTITY_TEXT + 1];
    struct error err;

    (void)state;
    for (size_t i = 0; i < BE_LEN(ranges); i++) {
        snprintf(padded, sizeof padded, " \t%s \r\n", ranges[i].text);
        read_text(&q, padded, ranges[i].rules);
        assert_string_equal(q.text, ranges[i].text);
    }
    memset(longest, '0', QUANTITY_TEXT - 1);
    longest[QUANTITY_TEXT - 1] = '\0';
    longest[QUANTITY_TEXT - 2] = '7';
    read_text(&q, longest, &number);
    assert_string_equal(q.text, longest);
    assert_true(q.x == 7);
    strcat(longest, "1");
    assert_int_equal(quantity_parse(&q, longest, &number, &err), -1);
    assert_int_equal(err.code, ERR_SIZE);
    assert_true(q.x == 7);
}

/* ---- what is refused ---------------------------------------------------------------------------- */

static const struct refusal {
    const char *text;
    const struct quantity_rules *rules;
    int column;
    enum error_code code;
    const char *says;
} refusals[] = {
    /* check 15 of the screens */
    { "12M to 8M", &number, 1, ERR_RANGE, "low is above high: did you mean 8M to 12M?" },
    { "fast", &number, 1, ERR_SYNTAX, "\"fast\" is not a number. Like: 320 or 240 to 400" },
    { "3,00", &number, 1, ERR_SYNTAX, "\"3,00\": 3.00 or 300?" },
    { "", &number, 1, ERR_SYNTAX, "empty: type a number" },
    { " \t ", &number, 4, ERR_SYNTAX, "empty: type a number" },
    { "1e400", &number, 1, ERR_RANGE, "larger than any number" },
    { "-5", &number, 1, ERR_RANGE, "-5 is not in 0..1B" },
    { "45", &share, 1, ERR_RANGE, "did you mean 45%?" },
    { "0% to 30%", &share, 1, ERR_RANGE, "did you mean 0%..30%?" },
    { "50% to 100%", &share, 8, ERR_RANGE, "did you mean 50%..100%?" },
    { "0 to 5", &number, 1, ERR_RANGE, "did you mean 0..5?" },
    /* digits */
    { "3,5", &number, 1, ERR_SYNTAX, "3.5 or 35?" },
    { "1,0000", &number, 1, ERR_SYNTAX, "1.0000 or 10000?" },
    { "0.5 to 3,00", &number, 8, ERR_SYNTAX, "3.00 or 300?" },
    { "1,00,00", &number, 1, ERR_SYNTAX, "did you mean 10000?" },
    { "1,000,00,000", &number, 1, ERR_SYNTAX, "did you mean 100000000?" },
    { "1000,000", &number, 1, ERR_SYNTAX, "1000.000 or 1000000?" },
    { "1_000,000", &number, 1, ERR_SYNTAX, "did you mean 1000000?" },
    { "3,00.5", &number, 1, ERR_SYNTAX, "did you mean 300?" },
    { "1.234,56", &number, 1, ERR_SYNTAX, "did you mean 1234.56?" },
    { "1.000.000", &number, 1, ERR_SYNTAX, "did you mean 1000000?" },
    { "1,", &number, 2, ERR_SYNTAX, "\",\" after the number" },
    { ",5", &number, 1, ERR_SYNTAX, "not a number" },
    { "1__0", &number, 2, ERR_SYNTAX, "after the number" },
    { ".", &number, 1, ERR_SYNTAX, "not a number" },
    { "-", &number, 2, ERR_SYNTAX, "a number is missing here" },
    { "--5", &number, 2, ERR_SYNTAX, "not a number" },
    { "e5", &number, 1, ERR_SYNTAX, "not a number" },
    { "1e-400", &number, 1, ERR_RANGE, "smaller than any number" },
    { "1e99999999999", &number, 1, ERR_RANGE, "larger than any number" },
    { "2e300", &any, 1, ERR_RANGE, "larger than any number" },
    { "nan", &number, 1, ERR_SYNTAX, "not a number" },
    { "inf", &number, 1, ERR_SYNTAX, "not a number" },
    { "0x10", &number, 2, ERR_SYNTAX, "\"x\" is no suffix" },
    /* suffixes and units */
    { "12X", &number, 3, ERR_SYNTAX, "\"X\" is no suffix: k, M, B, T, L (lakh), Cr (crore)" },
    { "12MB", &number, 3, ERR_SYNTAX, "\"MB\" is no suffix" },
    { "12l", &number, 3, ERR_SYNTAX, "no suffix" },
    { "12 to 14X", &number, 9, ERR_SYNTAX, "no suffix" },
    { "45q", &share, 3, ERR_SYNTAX, "or %" },
    { "8 tons", &number, 3, ERR_SYNTAX, "\"tons\" after the number" },
    { "8 9", &number, 3, ERR_SYNTAX, "\"9\" after the number" },
    { "45%", &number, 3, ERR_SYNTAX, "did you mean 45?" },
    { "$5", &number, 1, ERR_SYNTAX, "no amount of money" },
    { "$", &usd, 2, ERR_SYNTAX, "a number is missing here. Like: $3.67 or $30 to $50" },
    { "\xe2\x82\xb9" "250", &dollars, 1, ERR_SYNTAX, "currency_per_usd" },
    { "\xe2\x82\xb9" "250x", &usd, 5, ERR_SYNTAX, "no suffix" }, /* characters, not bytes */
    { "5 \xe2\x82\xb9", &usd, 3, ERR_SYNTAX, "after the number" },
    { "5/month", &usd, 2, ERR_SYNTAX, "does not count by the month" },
    { "50 to 60/month", &usd, 9, ERR_SYNTAX, "does not count by the month" },
    { "5\t6", &number, 2, ERR_SYNTAX, "after the number" },
    { "x", &share, 1, ERR_SYNTAX, "Like: 45% or 30% to 60%" },
    /* ranges */
    { "8 to", &number, 5, ERR_SYNTAX, "a number is missing here" },
    { "8 to x", &number, 6, ERR_SYNTAX, "\"x\" is not a number" },
    { "8 to 12 to 14", &number, 9, ERR_SYNTAX, "\"to 14\" after the number" },
    { "8..", &number, 4, ERR_SYNTAX, "a number is missing here" },
    { "..8", &number, 1, ERR_SYNTAX, "not a number" },
    { "8 to 8", &number, 1, ERR_RANGE, "type the number once" },
    { "999999998 to 999999998.0000002", &number, 1, ERR_RANGE, "too near" },
    { "12..8", &number, 1, ERR_RANGE, "low is above high" },
    { "45 to 55", &share, 1, ERR_RANGE, "did you mean 45%?" },
    { "0.4 to 55", &share, 8, ERR_RANGE, "did you mean 55%?" },
    { "5 to 2B", &number, 6, ERR_RANGE, "2B is not in 0..1B" },
    { "-5 to 7", &number, 1, ERR_RANGE, "-5 is not in 0..1B" },
    { "8/10", &number, 5, ERR_SYNTAX, "low/likely/high" },
    { "8/10/", &number, 6, ERR_SYNTAX, "a number is missing here" },
    { "8/13/12", &number, 3, ERR_RANGE, "the likely value is not between" },
    { "8/7/12", &number, 3, ERR_RANGE, "the likely value is not between" },
    { "8/10/12/14", &number, 8, ERR_SYNTAX, "after the number" },
    { "10/20/60", &share, 4, ERR_RANGE, "did you mean 20%?" },
    { "10 \xc2\xb1", &number, 5, ERR_SYNTAX, "a number is missing here" },
    { "10 \xc2\xb1 0", &number, 6, ERR_RANGE, "half-width must be above 0" },
    { "10 \xc2\xb1 -2", &number, 6, ERR_RANGE, "half-width must be above 0" },
    { "0 \xc2\xb1 20%", &number, 5, ERR_RANGE, "half-width must be above 0" },
    { "0.5 \xc2\xb1 5", &share, 7, ERR_RANGE, "did you mean 5%?" },
    { "-10 \xc2\xb1 2", &number, 1, ERR_RANGE, "-10 is not in" },
    { "5 \xc2\xb1 1e290", &number, 1, ERR_RANGE, "almost nothing of this range" },
    { "1e300 \xc2\xb1 1e9%", &any, 9, ERR_RANGE, "larger than any number" },
    { "-5", &unlimited, 1, ERR_RANGE, "-5 is too low" },
    /* whole numbers */
    { "2.5", &whole, 1, ERR_RANGE, "did you mean 2?" },
    { "=5/2", &whole, 2, ERR_RANGE, "a whole number is expected" },
    /* arithmetic */
    { "=", &number, 2, ERR_SYNTAX, "a number is missing here" },
    { "=5*", &number, 4, ERR_SYNTAX, "a number is missing here" },
    { "=(5", &number, 4, ERR_SYNTAX, "closing bracket" },
    { "=5)", &number, 3, ERR_SYNTAX, "\")\" after the number" },
    { "=5 to 6", &number, 4, ERR_SYNTAX, "after the number" },
    { "=1/0", &number, 3, ERR_RANGE, "a division by 0" },
    { "=1/(2-2)", &number, 3, ERR_RANGE, "a division by 0" },
    { "=1e200*1e200", &any, 7, ERR_RANGE, "larger than any number" },
    { "=9e299+9e299", &any, 7, ERR_RANGE, "larger than any number" },
    { "=3-5", &number, 2, ERR_RANGE, "-2 is not in 0..1B" },
    { "=45", &share, 2, ERR_RANGE, "did you mean 45%?" },
    { "=((((((((((((((((((((((((((((((((((((1", &number, 35, ERR_SYNTAX, "nested too deeply" },
    { "=------------------------------------1", &number, 35, ERR_SYNTAX, "nested too deeply" },
    /* bytes that are no text */
    { "\xff", &number, 1, ERR_SYNTAX, "\"\xef\xbf\xbd\" is not a number" },
    { "5\xe2\x82", &number, 2, ERR_SYNTAX, "after the number" },
    { "\x1b[2J", &number, 1, ERR_SYNTAX, "\"\xef\xbf\xbd[2J\" is not a number" },
    { "\xe6\x97\xa5 5", &number, 1, ERR_SYNTAX, "not a number" },
};

static void
what_is_wrong_is_refused_at_its_place_with_a_hint(void **state)
{
    struct quantity q, before;
    struct error err;

    (void)state;
    for (size_t i = 0; i < BE_LEN(refusals); i++) {
        const struct refusal *r = &refusals[i];
        memset(&q, 0x5a, sizeof q);
        before = q;
        if (quantity_parse(&q, r->text, r->rules, &err) == 0)
            fail_msg("%s was taken", r->text);
        if (err.column != r->column || err.code != r->code || strstr(err.text, r->says) == NULL)
            fail_msg("\"%s\": %d: %s (wanted %d: %s)", r->text, err.column, err.text, r->column, r->says);
        assert_memory_equal(&q, &before, sizeof q);
        assert_int_equal(quantity_parse(&q, r->text, r->rules, NULL), -1);
    }
}

/* A hint that is followed is taken. */
static void
the_text_that_was_meant_is_legal(void **state)
{
    struct quantity q;
    struct error err;
    int hints = 0;

    (void)state;
    for (size_t i = 0; i < BE_LEN(refusals); i++) {
        if (quantity_parse(&q, refusals[i].text, refusals[i].rules, &err) == 0)
            continue;
        char *meant = strstr(err.text, "did you mean ");
        if (meant == NULL)
            continue;
        meant += strlen("did you mean ");
        meant[strcspn(meant, "?")] = '\0';
        /* a hint to one of two numbers completes nothing by itself, but must read */
        read_text(&q, meant, refusals[i].rules);
        hints++;
    }
    assert_true(hints >= 20);
}

/* ---- printing --------------------------------------------------------------------------------------- */

static void
canonical_texts_are_short(void **state)
{
    static const struct {
        double value;
        const struct quantity_rules *rules;
        const char *want;
    } cases[] = {
        { 12e6, &number, "12M" }, { 2500, &number, "2.5k" }, { 320, &number, "320" }, { 0, &number, "0" }, { 1e9, &number, "1B" },
        { 2.5e12, &any, "2.5T" }, { 1234, &number, "1234" }, { 12001000, &number, "12.001M" }, { 1003.67, &number, "1003.67" },
        { 20000, &number, "20k" }, { 0.0032, &number, "0.0032" }, { 3e-6, &number, "3e-6" }, { 1.5e-9, &number, "1.5e-9" },
        { 1e20, &any, "1e20" }, { -1.5e6, &any, "-1.5M" }, { 1e300, &any, "1e300" },
        { 3.67, &usd, "$3.67" }, { 2640, &usd, "$2640" }, { 1800, &usd, "$1.8k" }, { -442, &dollars, "-$442" }, { 0, &usd, "$0" },
        { 0.45, &share, "45%" }, { 0.434, &share, "43.4%" }, { 1, &share, "100%" }, { 0, &share, "0%" }, { 0.00015, &share, "0.015%" },
        { -0.3, &rate, "-30%" }, { 2.5, &rate, "250%" }, { 0.1 + 0.2, &share, "30.000000000000004%" },
        { NAN, &number, "-" }, { INFINITY, &usd, "-" },
    };
    char out[48];

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++)
        assert_string_equal(quantity_print(out, sizeof out, cases[i].value, cases[i].rules), cases[i].want);
}

/* xorshift64; a random magnitude from 1e-20 to 1e20, sometimes of few digits. */
static double
random_value(uint64_t *bits)
{
    *bits ^= *bits << 13;
    *bits ^= *bits >> 7;
    *bits ^= *bits << 17;
    double x = (double)(*bits >> 11) / 9007199254740992.0;
    int exponent = (int)(*bits % 41) - 20;
    if (*bits % 3 == 0)
        x = floor(x * 1000) / 1000;
    return x * pow(10, exponent);
}

static void
printed_values_read_back_to_the_last_bit(void **state)
{
    struct quantity_rules forms[] = { any, { .form = FORM_USD, .low = -1e300, .high = 1e300 },
                                      { .form = FORM_SHARE, .low = -1e300, .high = 1e300 } };
    uint64_t bits = 88172645463325252u;
    struct quantity q;
    struct error err;
    char out[48];

    (void)state;
    for (int k = 0; k < 30000; k++) {
        double value = random_value(&bits);
        const struct quantity_rules *rules = &forms[k % 3];
        value = k % 2 ? value : -value;
        read_text(&q, quantity_print(out, sizeof out, value, rules), rules);
        if (q.kind != QUANTITY_EXACT || q.x != value)
            fail_msg("%s is not %.17g", out, value);
        assert_int_equal(quantity_exact(&q, value, rules, &err), 0);
        assert_true(q.x == value);
        assert_string_equal(q.text, out);
    }
    assert_int_equal(quantity_exact(&q, NAN, &any, &err), -1);
    assert_int_equal(quantity_exact(&q, INFINITY, &any, &err), -1);
    assert_int_equal(quantity_exact(&q, 1.5, &share, &err), -1);
    assert_int_equal(quantity_exact(&q, 1.5, &whole, &err), -1);
}

static void
values_for_the_eye_have_three_digits(void **state)
{
    static const struct {
        double value;
        const struct quantity_rules *rules;
        const char *want;
    } cases[] = {
        { 9797958.97, &number, "9.8M" }, { 12345, &number, "12.3k" }, { 3.303, &usd, "$3.3" }, { -1234.5, &dollars, "-$1.23k" },
        { 0.43403, &share, "43.4%" }, { 0.0443, &share, "4.43%" }, { 0.004434, &share, "0.443%" }, { 0.0000321, &share, "0.00321%" },
        { 1, &share, "100%" }, { 0, &share, "0%" }, { -0.0123, &rate, "-1.23%" }, { NAN, &share, "-" },
    };
    char out[48];

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++)
        assert_string_equal(quantity_show(out, sizeof out, cases[i].value, cases[i].rules), cases[i].want);
}

/* Check 14 of the screens. */
static void
the_echo_says_what_was_understood(void **state)
{
    static const struct {
        const char *text;
        const struct quantity_rules *rules;
        const char *want;
    } cases[] = {
        { "12M", &number, "exactly 12M" },
        { "1.2Cr", &number, "exactly 12M" },
        { "300M/month", &number, "exactly 10M" },
        { "=5*30", &number, "exactly 150" },
        { "=2/3", &number, "about 0.667" },
        { "\xe2\x82\xb9" "250", &usd, "exactly $3.125" },
        { "8 to 12M", &number, "90% sure it is 8M to 12M; log-normal; median 9.8M" },
        { "1,000,000 to 2,000,000", &number, "90% sure it is 1M to 2M; log-normal; median 1.41M" },
        { "10M \xc2\xb1" "20%", &number, "90% sure it is 8M to 12M; normal; median 10M" },
        { "30% to 60%", &share, "90% sure it is 30% to 60%; logit-normal; median 44.5%" },
        { "8M..12M", &number, "between 8M and 12M; uniform; median 10M" },
        { "8M/10M/12M", &number, "between 8M and 12M, likely 10M; PERT; median 10M" },
    };
    struct quantity q;
    char out[128];

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++) {
        read_text(&q, cases[i].text, cases[i].rules);
        assert_string_equal(quantity_describe(out, sizeof out, &q, cases[i].rules), cases[i].want);
    }
    memset(&q, 0, sizeof q);
    assert_string_equal(quantity_describe(out, sizeof out, &q, &number), "unset");
}

/* ---- scaling and shifting ------------------------------------------------------------------------------ */

static void
every_number_of_a_text_is_scaled_in_its_form(void **state)
{
    static const struct {
        const char *from;
        double factor;
        const char *want;
        const struct quantity_rules *rules;
    } cases[] = {
        { "12M", 2, "24M", &number }, { "24M", 0.5, "12M", &number }, { "12M", 10, "120M", &number }, { "120M", 0.1, "12M", &number },
        { "20k", 1.1, "22k", &number }, { "1,000,000", 3, "3M", &number }, { "0.3", 3, "0.9", &number }, { "12", 1.1, "13.2", &number },
        { "8M to 12M", 2, "16M to 24M", &number }, { "8 to 12M", 2, "16M to 24M", &number }, { "8M - 12M", 0.5, "4M - 6M", &number },
        { "50 to 3k", 10, "500 to 30k", &number },
        { "0.5 to 3000", 2, "1 to 6000", &number }, /* "1 to 6k" would be 1k to 6k */
        { "10M \xc2\xb1" "20%", 2, "20M \xc2\xb1" "20%", &number }, { "10M +- 2M", 2, "20M +- 4M", &number },
        { "8M..12M", 2, "16M..24M", &number }, { "8/10/12M", 0.1, "800k/1M/1.2M", &number },
        { "300M/month", 2, "600M/month", &number }, { "100k/month", 2, "200k/month", &whole },
        { "=5*30", 2, "300", &number }, { "=$5*30", 2, "$300", &usd }, { "=10%*3", 2, "60%", &share },
        { "$3.67", 2, "$7.34", &usd }, { "3.67", 2, "7.34", &usd }, { "$30 to $50", 2, "$60 to $100", &usd },
        { "-$442", 2, "-$884", &dollars }, { "\xe2\x82\xb9" "250 to 300", 2, "\xe2\x82\xb9" "500 to 600", &usd },
        { "45%", 2, "90%", &share }, { "0.45", 2, "0.9", &share }, { "0.45", 2, "0.9", &rate }, { "0.6 to 0.9", 2, "120% to 180%", &rate },
        { "10 to 30%", 2, "20% to 60%", &share }, { "20% \xc2\xb1" "5%", 2, "40% \xc2\xb1" "10%", &share }, { "-30% to 10%", 0.5, "-15% to 5%", &rate },
        { "3", 0.5, "2", &whole }, { "8 to 12", 1.1, "9 to 13", &whole }, { " 12M ", 2, "24M", &number },
    };
    struct error err;
    char out[64];

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++) {
        if (quantity_scale_text(out, sizeof out, cases[i].from, cases[i].factor, cases[i].rules, &err) < 0)
            fail_msg("%s: %s", cases[i].from, err.text);
        assert_string_equal(out, cases[i].want);
    }
}

static void
a_range_is_shifted_as_a_whole(void **state)
{
    static const struct {
        const char *from;
        double step;
        const char *want;
        const struct quantity_rules *rules;
    } cases[] = {
        { "12M", 1e6, "13M", &number }, { "13M", -1e6, "12M", &number }, { "8M to 12M", 1e6, "9M to 13M", &number },
        { "8 to 12M", 1e6, "9M to 13M", &number }, { "8M..12M", -1e6, "7M..11M", &number }, { "8/10/12M", 1e6, "9M/11M/13M", &number },
        { "10M \xc2\xb1" "20%", 1e6, "11M \xc2\xb1" "20%", &number }, { "10M +- 2M", 1e6, "11M +- 2M", &number },
        { "0.3", -0.1, "0.2", &number }, { "10.1", -10, "0.1", &number }, { "5", -5, "0", &number }, { "1e12", 1, "1000000000001", &any },
        { "3-5", -4, "-1-1", &any }, { "3-5", -6, "-3--1", &any }, { "300M/month", 1e6, "330M/month", &number },
        { "\xe2\x82\xb9" "240", 1, "\xe2\x82\xb9" "320", &usd }, { "$3.67", 0.01, "$3.68", &usd }, { "=5*30", 1, "151", &number },
        { "45%", 0.01, "46%", &share }, { "30 to 60%", 0.05, "35% to 65%", &share }, { "45% \xc2\xb1" "5%", 0.01, "46% \xc2\xb1" "5%", &share },
        { "0.57", 0.01, "0.58", &share }, { "2", 1, "3", &whole },
    };
    struct error err;
    char out[64];

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++) {
        if (quantity_shift_text(out, sizeof out, cases[i].from, cases[i].step, cases[i].rules, &err) < 0)
            fail_msg("%s: %s", cases[i].from, err.text);
        assert_string_equal(out, cases[i].want);
    }
}

static void
a_text_that_would_be_illegal_is_not_given_out(void **state)
{
    char out[64] = "untouched", small[5] = "old";
    struct error err;

    (void)state;
    assert_int_equal(quantity_scale_text(out, sizeof out, "60%", 2, &share, &err), -1);
    assert_non_null(strstr(err.text, "120% is not in 0%..100%"));
    assert_int_equal(quantity_scale_text(out, sizeof out, "8 to 12", -1, &any, &err), -1);
    assert_int_equal(quantity_scale_text(out, sizeof out, "8 to 12", 0, &any, &err), -1);
    assert_int_equal(quantity_scale_text(out, sizeof out, "8 to 12", NAN, &any, &err), -1);
    assert_int_equal(quantity_scale_text(out, sizeof out, "1e200", 1e200, &any, &err), -1);
    assert_int_equal(quantity_scale_text(out, sizeof out, "=1e200", 1e200, &any, &err), -1);
    assert_int_equal(quantity_shift_text(out, sizeof out, "1e200 to 2e200", INFINITY, &any, &err), -1);
    assert_int_equal(quantity_shift_text(out, sizeof out, "1 to 3", -1, &number, &err), -1);
    assert_int_equal(quantity_shift_text(out, sizeof out, "fast", 1, &number, &err), -1);
    assert_string_equal(out, "untouched");
    assert_int_equal(quantity_scale_text(small, sizeof small, "1.25 to 2.5", 2, &number, &err), -1);
    assert_int_equal(err.code, ERR_SIZE);
    assert_string_equal(small, "old");
}

/* ---- any bytes ---------------------------------------------------------------------------------------------- */

static void
assert_sound(const struct quantity *q, const char *text, const struct quantity_rules *rules)
{
    static const double us[] = { 1e-300, 1e-9, 0.05, 0.5, 0.95, 1 - 1e-9 };
    struct quantity again;
    char out[64];
    double mean = quantity_mean(q);

    if (!isfinite(q->a) || !isfinite(q->b) || !isfinite(q->c) || !(mean >= rules->low && mean <= rules->high))
        fail_msg("%s: mean %g", text, mean);
    for (size_t i = 0; i < BE_LEN(us); i++) {
        double x = quantity_quantile(q, us[i]);
        if (!(x >= rules->low && x <= rules->high))
            fail_msg("%s: quantile %g is %g", text, us[i], x);
    }
    read_text(&again, q->text, rules);
    assert_true(again.kind == q->kind && again.a == q->a && again.b == q->b && again.c == q->c && again.x == q->x);
    if (quantity_scale_text(out, sizeof out, text, 2, rules, NULL) == 0)
        read_text(&again, out, rules);
}

/* Legal and illegal texts with bytes changed, put in, taken out and pieces joined: each is
 * read to a sound quantity or refused at a place within it. */
static void
no_bytes_do_harm(void **state)
{
    static const struct quantity_rules *const all[] = { &number, &whole, &usd, &share, &rate, &any };
    static const char bytes[] = "0123456789..,_kMLCre%$=+-*/() to\xe2\x82\xb9\xc2\xb1\x80\xff\x1b";
    uint64_t bits = 2463534242u;
    int taken = 0;

    (void)state;
    for (int k = 0; k < 60000; k++) {
        char text[QUANTITY_TEXT + 40];
        struct quantity q;
        struct error err;
        const struct quantity_rules *rules = all[k % 6];
        const char *seed = k % 3 ? ranges[(size_t)k / 6 % BE_LEN(ranges)].text : refusals[(size_t)k / 6 % BE_LEN(refusals)].text;
        text_copy(text, sizeof text, seed);
        for (int edits = k % 4; edits >= 0; edits--) {
            size_t n = strlen(text);
            bits ^= bits << 13;
            bits ^= bits >> 7;
            bits ^= bits << 17;
            size_t at = (size_t)(bits >> 20) % (n + 1);
            char byte = bytes[(size_t)(bits >> 40) % (sizeof bytes - 1)];
            if (bits % 3 == 0 && n + 2 < sizeof text) {
                memmove(text + at + 1, text + at, n - at + 1);
                text[at] = byte;
            } else if (at < n && bits % 3 == 1)
                memmove(text + at, text + at + 1, n - at);
            else if (at < n)
                text[at] = byte;
        }
        /* on the heap to the byte, so that a read past the end is seen */
        char *exact = malloc(strlen(text) + 1);
        assert_non_null(exact);
        strcpy(exact, text);
        if (quantity_parse(&q, exact, rules, &err) == 0) {
            assert_sound(&q, exact, rules);
            taken++;
        } else if (err.column < 1 || err.column > (int)strlen(exact) + 1 || err.text[0] == '\0' ||
                   !text_valid(err.text, strlen(err.text), NULL))
            fail_msg("%s: %d: %s", exact, err.column, err.text);
        free(exact);
    }
    assert_true(taken > 3000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_are_read_to_the_last_bit),
        cmocka_unit_test(arithmetic_is_reckoned),
        cmocka_unit_test(ranges_mean_what_the_manual_says),
        cmocka_unit_test(a_text_stays_as_it_was_typed),
        cmocka_unit_test(what_is_wrong_is_refused_at_its_place_with_a_hint),
        cmocka_unit_test(the_text_that_was_meant_is_legal),
        cmocka_unit_test(canonical_texts_are_short),
        cmocka_unit_test(printed_values_read_back_to_the_last_bit),
        cmocka_unit_test(values_for_the_eye_have_three_digits),
        cmocka_unit_test(the_echo_says_what_was_understood),
        cmocka_unit_test(every_number_of_a_text_is_scaled_in_its_form),
        cmocka_unit_test(a_range_is_shifted_as_a_whole),
        cmocka_unit_test(a_text_that_would_be_illegal_is_not_given_out),
        cmocka_unit_test(no_bytes_do_harm),
    };

    return RUN_GROUP(tests);
}
