/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "breakeven/core.h"

/* Trailing zeros after a decimal point say nothing. */
static void
trim_zeros(char *s)
{
    char *dot = strchr(s, '.'), *end = s + strlen(s);

    if (dot == NULL)
        return;
    while (end > dot && (end[-1] == '0' || end[-1] == '.')) {
        bool was_dot = end[-1] == '.';
        *--end = '\0';
        if (was_dot)
            break;
    }
}

/* Three significant digits of a number >= 0: rounded once, in decimal, so that 999.7 is 1k. */
static void
three_digits(char *out, size_t size, double value)
{
    static const char *const suffixes[] = { "", "k", "M", "B", "T" };
    char text[32], *e;

    if (value == 0) {
        snprintf(out, size, "0");
        return;
    }
    snprintf(text, sizeof text, "%.2e", value);
    e = strchr(text, 'e');
    int exponent = atoi(e + 1);
    if (exponent < -6 || exponent >= 15) {
        *e = '\0';
        trim_zeros(text);
        snprintf(out, size, "%se%d", text, exponent);
        return;
    }
    int scale = exponent > 0 ? exponent / 3 : 0;
    /* what is left of the exponent moves the point: the rounded digits, then, exactly */
    snprintf(e, sizeof text - (size_t)(e - text), "e%d", exponent - 3 * scale);
    snprintf(text, sizeof text, "%.*f", 2 - exponent + 3 * scale, strtod(text, NULL));
    trim_zeros(text);
    snprintf(out, size, "%s%s", text, suffixes[scale]);
}

char *
number_si(char *out, size_t size, double value)
{
    char digits[40];

    if (!isfinite(value)) {
        snprintf(out, size, "-");
        return out;
    }
    three_digits(digits, sizeof digits, fabs(value));
    snprintf(out, size, "%s%s", value < 0 && strcmp(digits, "0") != 0 ? "-" : "", digits);
    return out;
}

char *
number_usd(char *out, size_t size, double value)
{
    char digits[40];

    if (!isfinite(value)) {
        snprintf(out, size, "-");
        return out;
    }
    three_digits(digits, sizeof digits, fabs(value));
    snprintf(out, size, "%s$%s", value < 0 && strcmp(digits, "0") != 0 ? "-" : "", digits);
    return out;
}

/* By thousands, or by lakh and crore: three digits, then two by two. */
static bool
separated(size_t left, bool lakh)
{
    return lakh ? left == 3 || (left > 3 && left % 2 == 1) : left % 3 == 0;
}

static void
grouped(char *out, size_t size, double value, int decimals, bool lakh)
{
    char plain[400];
    size_t at = 0;

    snprintf(plain, sizeof plain, "%.*f", decimals, fabs(value));
    size_t whole = strcspn(plain, ".");
    for (size_t k = 0; plain[k] != '\0' && at + 2 < size; k++) {
        if (k > 0 && k < whole && separated(whole - k, lakh))
            out[at++] = ',';
        out[at++] = plain[k];
    }
    out[at] = '\0';
}

/* "-0" and "-0.00" are written as zero. */
static bool
shows_minus(double value, const char *digits)
{
    return value < 0 && strpbrk(digits, "123456789") != NULL;
}

static char *
full(char *out, size_t size, double value, int decimals, bool lakh)
{
    char digits[700];

    if (!isfinite(value)) {
        snprintf(out, size, "-");
        return out;
    }
    grouped(digits, sizeof digits, value, decimals, lakh);
    snprintf(out, size, "%s%s", shows_minus(value, digits) ? "-" : "", digits);
    return out;
}

char *
number_full(char *out, size_t size, double value, int decimals)
{
    return full(out, size, value, decimals, false);
}

char *
number_full_of(char *out, size_t size, double value, int decimals, const char *currency)
{
    static const char *const by_lakh[] = { "INR", "PKR", "BDT", "NPR" };
    bool lakh = false;

    for (size_t k = 0; k < BE_LEN(by_lakh); k++)
        lakh |= strcmp(currency, by_lakh[k]) == 0;
    return full(out, size, value, decimals, lakh);
}

char *
number_usd_full(char *out, size_t size, double value, int decimals)
{
    char digits[500];

    if (!isfinite(value)) {
        snprintf(out, size, "-");
        return out;
    }
    grouped(digits, sizeof digits, value, decimals, false);
    snprintf(out, size, "%s$%s", shows_minus(value, digits) ? "-" : "", digits);
    return out;
}

char *
number_percent(char *out, size_t size, double fraction, int decimals)
{
    char digits[400];

    if (!isfinite(fraction * 100)) {
        snprintf(out, size, "-");
        return out;
    }
    snprintf(digits, sizeof digits, "%.*f", decimals, fraction * 100);
    trim_zeros(digits);
    snprintf(out, size, "%s%%", strcmp(digits, "-0") == 0 ? "0" : digits);
    return out;
}

char *
number_exact(char *out, size_t size, double value)
{
    char text[40];

    if (!isfinite(value)) {
        snprintf(out, size, "null");
        return out;
    }
    int digits = 1;
    for (; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*e", digits - 1, value);
        if (strtod(text, NULL) == value)
            break;
    }
    /* The same digits without an exponent where that stays short. */
    int exponent = atoi(strchr(text, 'e') + 1), decimals = digits - 1 - exponent;
    if (value == 0)
        snprintf(text, sizeof text, "0");
    else if (exponent >= -5 && exponent < 16)
        snprintf(text, sizeof text, "%.*f", decimals > 0 ? decimals : 0, value);
    snprintf(out, size, "%s", text);
    return out;
}
