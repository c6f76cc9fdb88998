/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "quantity.h"

/* One number of the entry field and the units it may carry. */

#define MINUS "\xe2\x88\x92" /* the typographic minus of documents */

/* ---- the cursor ------------------------------------------------------------------------ */

int
cursor_init(struct cursor *c, const char *text, const struct quantity_rules *rules, struct error *err)
{
    static const char white[] = " \t\r\n";

    c->start = text;
    c->p = text + strspn(text, white);
    c->end = c->p + strlen(c->p);
    c->rules = rules;
    c->err = err;
    c->any_percent = false;
    while (c->end > c->p && strchr(white, c->end[-1]) != NULL)
        c->end--;
    if (c->end - c->p >= QUANTITY_TEXT)
        return cursor_refuse(c, ERR_SIZE, c->p, "longer than %d characters", QUANTITY_TEXT - 1);
    return 0;
}

void
cursor_skip_spaces(struct cursor *c)
{
    while (c->p < c->end && *c->p == ' ')
        c->p++;
}

bool
cursor_at(const struct cursor *c, const char *text)
{
    size_t n = strlen(text);

    return (size_t)(c->end - c->p) >= n && memcmp(c->p, text, n) == 0;
}

bool
cursor_take(struct cursor *c, const char *text)
{
    if (!cursor_at(c, text))
        return false;
    c->p += strlen(text);
    return true;
}

static int
column_of(const struct cursor *c, const char *at)
{
    int column = 1;

    for (const char *p = c->start; p < at;) {
        uint32_t ignored;
        p += text_decode(p, (size_t)(c->end - p), &ignored);
        column++;
    }
    return column;
}

int
cursor_refuse(const struct cursor *c, enum error_code code, const char *at, const char *fmt, ...)
{
    char text[sizeof c->err->text];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return error_at(c->err, code, 0, column_of(c, at), "%s", text);
}

int
cursor_not_a_number(const struct cursor *c, const char *at)
{
    static const char *const like[] = {
        [FORM_NUMBER] = "320 or 240 to 400", [FORM_USD] = "$3.67 or $30 to $50", [FORM_SHARE] = "45% or 30% to 60%",
    };
    const char *example = like[c->rules->form];

    if (at == c->end)
        return cursor_refuse(c, ERR_SYNTAX, at, "a number is missing here. Like: %s", example);
    return cursor_refuse(c, ERR_SYNTAX, at, "\"%.*s\" is not a number. Like: %s", (int)(c->end - at), at, example);
}

static bool
is_digit(const struct cursor *c, const char *p)
{
    return p < c->end && *p >= '0' && *p <= '9';
}

static bool
is_letter(const struct cursor *c, const char *p)
{
    return p < c->end && ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z'));
}

/* ---- digits ------------------------------------------------------------------------------- */

/* Groups of three (1,000,000), or of two before a last three (1,00,000). */
static bool
well_grouped(const char *from, const char *to)
{
    int group = 0, groups = 0, first = 0;
    bool twos = true, threes = true;

    for (const char *p = from; p < to; p++) {
        if (*p == '_')
            return false;
        if (*p != ',') {
            group++;
            continue;
        }
        if (groups == 0)
            first = group;
        else {
            twos &= group == 2;
            threes &= group == 3;
        }
        groups++;
        group = 0;
    }
    return group == 3 && ((first <= 3 && threes) || (first <= 2 && twos));
}

/* "3,00" may be a decimal comma or a slip; say both readings. */
static int
refuse_grouping(const struct cursor *c, const char *from, const char *to)
{
    char dotted[QUANTITY_TEXT], joined[QUANTITY_TEXT];
    int n = (int)(to - from), commas = 0, j = 0;

    for (int k = 0; k < n; k++) {
        dotted[k] = from[k] == ',' ? '.' : from[k];
        commas += from[k] == ',';
        if (from[k] != ',' && from[k] != '_')
            joined[j++] = from[k];
    }
    dotted[n] = joined[j] = '\0';
    if (commas == 1 && memchr(from, '_', (size_t)n) == NULL && !(to < c->end && *to == '.'))
        return cursor_refuse(c, ERR_SYNTAX, from, "\"%.*s\": %s or %s?", n, from, dotted, joined);
    return cursor_refuse(c, ERR_SYNTAX, from, "\"%.*s\" is not grouped in thousands: did you mean %s?", n, from, joined);
}

/* "1.234,56" and "1.000.000": points that group, as on much of the continent. */
static int
refuse_points(const struct cursor *c, const char *from)
{
    char meant[QUANTITY_TEXT];
    const char *to = from, *decimal = NULL;
    int n = 0;

    for (; to < c->end && (is_digit(c, to) || *to == '.' || *to == ','); to++)
        if (*to == ',' && decimal == NULL)
            decimal = to;
    for (const char *p = from; p < to; p++)
        if (is_digit(c, p))
            meant[n++] = *p;
        else if (p == decimal)
            meant[n++] = '.';
    meant[n] = '\0';
    return cursor_refuse(c, ERR_SYNTAX, from, "\"%.*s\": did you mean %s?", (int)(to - from), from, meant);
}

static void
keep(struct number *n, char digit)
{
    size_t at = strlen(n->digits);

    if (at + 1 < sizeof n->digits) {
        n->digits[at] = digit;
        n->digits[at + 1] = '\0';
    }
}

static int
read_whole_part(struct cursor *c, struct number *n)
{
    const char *from = c->p;
    bool commas = false;

    while (is_digit(c, c->p) || (c->p > from && c->p < c->end && (*c->p == ',' || *c->p == '_') && is_digit(c, c->p + 1))) {
        commas |= *c->p == ',';
        if (is_digit(c, c->p))
            keep(n, *c->p);
        c->p++;
    }
    return commas && !well_grouped(from, c->p) ? refuse_grouping(c, from, c->p) : 0;
}

/* Not past "..": that is a range. */
static void
read_fraction(struct cursor *c, struct number *n)
{
    if (c->p == c->end || *c->p != '.' || (c->p + 1 < c->end && c->p[1] == '.'))
        return;
    if (!is_digit(c, c->p + 1) && n->digits[strcspn(n->digits, "0123456789")] == '\0')
        return;
    keep(n, *c->p++);
    while (is_digit(c, c->p))
        keep(n, *c->p++);
}

static void
read_exponent(struct cursor *c, struct number *n)
{
    const char *p = c->p + 1;
    bool negative = false;

    if (c->p == c->end || (*c->p != 'e' && *c->p != 'E'))
        return;
    if (p < c->end && (*p == '+' || *p == '-'))
        negative = *p++ == '-';
    if (!is_digit(c, p))
        return;
    for (; is_digit(c, p); p++)
        if (n->exponent < 10000)
            n->exponent = 10 * n->exponent + (*p - '0');
    if (negative)
        n->exponent = -n->exponent;
    c->p = p;
}

static int
read_digits(struct cursor *c, struct number *n)
{
    const char *from = c->p;

    if (read_whole_part(c, n) < 0)
        return -1;
    const char *point = c->p;
    read_fraction(c, n);
    if (n->digits[strcspn(n->digits, "0123456789")] == '\0')
        return cursor_not_a_number(c, from);
    if (c->p > point && c->p < c->end && (*c->p == '.' || *c->p == ',') && is_digit(c, c->p + 1))
        return refuse_points(c, from);
    read_exponent(c, n);
    return 0;
}

/* ---- units -------------------------------------------------------------------------------- */

static const struct {
    const char *word; /* lower case */
    int power;
} suffixes[] = {
    { "k", 3 }, { "m", 6 }, { "b", 9 }, { "g", 9 }, { "t", 12 },
    { "l", 5 }, { "lakh", 5 }, { "lakhs", 5 }, { "cr", 7 }, { "crore", 7 }, { "crores", 7 },
};

static bool
same_word(const char *typed, size_t n, const char *word)
{
    for (size_t k = 0; k < n; k++) {
        char lower = typed[k] >= 'A' && typed[k] <= 'Z' ? (char)(typed[k] - 'A' + 'a') : typed[k];
        if (word[k] != lower)
            return false;
    }
    return word[n] == '\0';
}

/* A suffix may stand apart: "12 lakh". Any other word that stands apart is left ("to"). */
static int
read_suffix(struct cursor *c, struct number *n)
{
    const char *at = c->p, *to;

    while (at < c->end && *at == ' ')
        at++;
    for (to = at; is_letter(c, to); to++)
        ;
    size_t length = (size_t)(to - at);
    if (length == 0 || same_word(at, length, "to"))
        return 0;
    for (size_t k = 0; k < BE_LEN(suffixes); k++) {
        /* l alone is too like 1 */
        if (same_word(at, length, suffixes[k].word) && !(length == 1 && *at == 'l')) {
            n->suffix = suffixes[k].power;
            c->p = to;
            return 0;
        }
    }
    if (at != c->p)
        return 0;
    return cursor_refuse(c, ERR_SYNTAX, at, "\"%.*s\" is no suffix: k, M, B, T, L (lakh), Cr (crore)%s", (int)length, at,
                         c->rules->form == FORM_SHARE ? " or %" : "");
}

bool
cursor_take_month(struct cursor *c)
{
    static const char *const words[] = { "/month", "/mo", " a month", " per month" };

    for (size_t k = 0; k < BE_LEN(words); k++)
        if (cursor_at(c, words[k]) && !is_letter(c, c->p + strlen(words[k]))) {
            c->p += strlen(words[k]);
            return true;
        }
    return false;
}

static int
read_month(struct cursor *c, struct number *n)
{
    const char *at = c->p;

    if (!cursor_take_month(c))
        return 0;
    if (!(c->rules->days_per_month > 0))
        return cursor_refuse(c, ERR_SYNTAX, at, "this field does not count by the month: type the number alone");
    n->per_month = true;
    n->month = at;
    return 0;
}

static int
read_percent(struct cursor *c, struct number *n)
{
    const char *at = c->p;

    while (at < c->end && *at == ' ')
        at++;
    if (at == c->end || *at != '%')
        return 0;
    if (c->rules->form != FORM_SHARE && !c->any_percent)
        return cursor_refuse(c, ERR_SYNTAX, at, "this field is no share: did you mean %.*s?", (int)(c->p - n->from), n->from);
    n->percent = true;
    c->p = at + 1;
    return 0;
}

static int
read_money(struct cursor *c, struct number *n)
{
    const char *at = c->p;

    if (cursor_take(c, "$"))
        n->money = MONEY_USD;
    else if (cursor_take(c, RUPEE))
        n->money = MONEY_LOCAL;
    else
        return 0;
    n->money_typed = true;
    if (c->rules->form != FORM_USD)
        return cursor_refuse(c, ERR_SYNTAX, at, "this field is no amount of money: type the number alone");
    if (n->money == MONEY_LOCAL && !(c->rules->currency_per_usd > 0))
        return cursor_refuse(c, ERR_SYNTAX, at, "the scenario gives this currency no rate: set currency_per_usd, or type USD");
    cursor_skip_spaces(c);
    return 0;
}

static bool
take_minus(struct cursor *c)
{
    return cursor_take(c, "-") || cursor_take(c, MINUS);
}

int
number_read(struct cursor *c, struct number *n)
{
    memset(n, 0, sizeof *n);
    cursor_skip_spaces(c);
    n->from = c->p;
    bool negative = take_minus(c), sign = negative || cursor_take(c, "+");
    if (read_money(c, n) < 0)
        return -1;
    if (!sign && n->money != MONEY_NONE)
        negative = take_minus(c);
    if (negative)
        keep(n, '-');
    if (read_digits(c, n) < 0 || read_suffix(c, n) < 0 || read_percent(c, n) < 0 || read_month(c, n) < 0)
        return -1;
    n->to = c->p;
    return number_resolve(c, n);
}

int
number_resolve(const struct cursor *c, struct number *n)
{
    char text[sizeof n->digits + 16];
    int exponent = n->exponent + n->suffix - (n->percent ? 2 : 0);

    snprintf(text, sizeof text, "%se%d", n->digits, exponent);
    n->value = strtod(text, NULL);
    bool lost = n->value == 0 && strpbrk(n->digits, "123456789") != NULL;
    if (n->per_month)
        n->value /= c->rules->days_per_month;
    if (n->money == MONEY_LOCAL)
        n->value /= c->rules->currency_per_usd;
    if (!(fabs(n->value) <= LARGEST))
        return cursor_refuse(c, ERR_RANGE, n->from, "larger than any number here: at most 1e300");
    if (lost)
        return cursor_refuse(c, ERR_RANGE, n->from, "smaller than any number here: did you mean 0?");
    return 0;
}
