/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "breakeven/core.h"
#include "quantity.h"

/*
 * The grammar of the entry field:
 *
 *   12M  2.5k  $3.67  45%  1,000,000  1_000  3e-6  12L  1.2Cr  300M/month     a point
 *   8M to 12M   8 to 12M   8M - 12M                      P5 and P95
 *   10M ±20%    10M +- 2M   45% ±5%                       a 90 % interval about a centre
 *   8M..12M                                                uniform
 *   8M/10M/12M                                             PERT
 *   =5*30                                                  arithmetic
 */

#define Z90 1.6448536269514722 /* Phi^-1(0.95) */

struct cursor {
    const char *start, *p, *end;
    const struct quantity_rules *rules;
    struct error *err;
};

struct number {
    double value;        /* suffix and percent applied                            */
    double multiplier;   /* of the suffix, 1 without                               */
    bool suffixed, percent, money;
    const char *from, *to;
};

/* ---- places and refusals --------------------------------------------------------------- */

static int
column_of(const struct cursor *c, const char *at)
{
    int column = 1;

    for (const char *p = c->start; p < at; p++)
        column += ((unsigned char)*p & 0xc0) != 0x80;
    return column;
}

static int refuse(const struct cursor *, enum error_code, const char *at, const char *fmt, ...) BE_PRINTF(4, 5);

static int
refuse(const struct cursor *c, enum error_code code, const char *at, const char *fmt, ...)
{
    char text[300];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return error_at(c->err, code, 0, column_of(c, at), "%s", text);
}

static int
not_a_number(const struct cursor *c, const char *at)
{
    char what[40];
    size_t n = (size_t)(c->end - at);

    if (n == 0)
        return refuse(c, ERR_SYNTAX, at, "a number is missing here. Like: 320 or 240 to 400");
    if (n > sizeof what - 1)
        n = sizeof what - 1;
    memcpy(what, at, n);
    what[n] = '\0';
    return refuse(c, ERR_SYNTAX, at, "\"%s\" is not a number. Like: 320 or 240 to 400", what);
}

static bool
at_text(const struct cursor *c, const char *text)
{
    size_t n = strlen(text);

    return (size_t)(c->end - c->p) >= n && memcmp(c->p, text, n) == 0;
}

static void
skip_spaces(struct cursor *c)
{
    while (c->p < c->end && (*c->p == ' ' || *c->p == '\t'))
        c->p++;
}

static bool
is_digit(const struct cursor *c, const char *p)
{
    return p < c->end && *p >= '0' && *p <= '9';
}

/* ---- digits --------------------------------------------------------------------------------- */

/* Groups of three (1,000,000), or two before a last three (1,00,000). */
static bool
good_grouping(const char *from, const char *to)
{
    int group = 0, groups = 0, first = 0, last = 0;
    bool middle_two = true, middle_three = true;

    for (const char *p = from; p <= to; p++) {
        if (p < to && *p != ',') {
            group++;
            continue;
        }
        if (groups == 0)
            first = group;
        else if (p < to) {
            middle_two &= group == 2;
            middle_three &= group == 3;
        }
        groups++;
        last = group;
        group = 0;
    }
    if (groups == 1)
        return true;
    if (last != 3 || first < 1)
        return false;
    return (first <= 3 && middle_three) || (first <= 2 && middle_two);
}

static int
bad_grouping(const struct cursor *c, const char *from, const char *to)
{
    char shown[32], dotted[32], joined[32];
    size_t n = 0, j = 0;

    for (const char *p = from; p < to && n < sizeof shown - 1; p++) {
        shown[n] = *p;
        dotted[n++] = *p == ',' ? '.' : *p;
        if (*p != ',')
            joined[j++] = *p;
    }
    shown[n] = dotted[n] = joined[j] = '\0';
    return refuse(c, ERR_SYNTAX, from, "\"%s\": %s or %s? Type one of them", shown, dotted, joined);
}

/* Digits, separators, point and exponent, copied without separators. */
static int
read_digits(struct cursor *c, double *value)
{
    char plain[80];
    const char *from = c->p;
    size_t n = 0;
    bool any = false, commas = false;

    while (c->p < c->end && (is_digit(c, c->p) || ((*c->p == ',' || *c->p == '_') && is_digit(c, c->p + 1) && any))) {
        any = true;
        commas |= *c->p == ',';
        if (is_digit(c, c->p)) {
            if (n >= sizeof plain - 12)
                return refuse(c, ERR_RANGE, from, "more digits than a number can hold");
            plain[n++] = *c->p;
        }
        c->p++;
    }
    if (commas && !good_grouping(from, c->p))
        return bad_grouping(c, from, c->p);
    if (c->p < c->end && *c->p == '.' && is_digit(c, c->p + 1)) {
        plain[n++] = *c->p++;
        while (is_digit(c, c->p)) {
            any = true;
            if (n < sizeof plain - 10)
                plain[n++] = *c->p;
            c->p++;
        }
    } else if (any && c->p < c->end && *c->p == '.' && !(c->p + 1 < c->end && c->p[1] == '.'))
        c->p++;
    if (!any) {
        c->p = from;
        return not_a_number(c, from);
    }
    if (c->p < c->end && (*c->p == 'e' || *c->p == 'E')) {
        const char *q = c->p + 1;
        if (q < c->end && (*q == '+' || *q == '-'))
            q++;
        if (is_digit(c, q)) {
            plain[n++] = 'e';
            if (c->p[1] == '-')
                plain[n++] = '-';
            size_t digits = 0;
            while (is_digit(c, q)) {
                if (digits++ < 5)
                    plain[n++] = *q;
                q++;
            }
            c->p = q;
        }
    }
    plain[n] = '\0';
    *value = strtod(plain, NULL);
    if (!isfinite(*value))
        return refuse(c, ERR_RANGE, from, "larger than any number here (at most 1e300)");
    return 0;
}

/* ---- suffixes ------------------------------------------------------------------------------- */

static const struct {
    const char *word;
    double multiplier;
} suffixes[] = {
    { "crore", 1e7 }, { "lakh", 1e5 }, { "Crore", 1e7 }, { "Lakh", 1e5 }, { "Cr", 1e7 }, { "cr", 1e7 },
    { "L", 1e5 }, { "k", 1e3 }, { "K", 1e3 }, { "M", 1e6 }, { "m", 1e6 }, { "B", 1e9 }, { "b", 1e9 },
    { "G", 1e9 }, { "g", 1e9 }, { "T", 1e12 }, { "t", 1e12 },
};

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int
read_suffix(struct cursor *c, struct number *n)
{
    const char *at = c->p;

    while (at < c->end && *at == ' ')
        at++;
    for (size_t k = 0; k < BE_LEN(suffixes); k++) {
        size_t length = strlen(suffixes[k].word);
        bool word = length > 2; /* "12 lakh" may stand apart, "12 M" too, but "8 to" is no suffix */
        if ((size_t)(c->end - at) < length || memcmp(at, suffixes[k].word, length) != 0)
            continue;
        if (at + length < c->end && is_letter(at[length]))
            continue;
        if (at != c->p && !word && !(at[0] == 'M' || at[0] == 'k' || at[0] == 'B' || at[0] == 'T'))
            continue;
        n->multiplier = suffixes[k].multiplier;
        n->suffixed = true;
        c->p = at + length;
        return 0;
    }
    if (c->p < c->end && is_letter(*c->p))
        return refuse(c, ERR_SYNTAX, c->p, "\"%c\" is no suffix: k, M, B, T, L (lakh), Cr (crore) or %%", *c->p);
    return 0;
}

/* "300M/month" where days are asked for. */
static int
read_per_month(struct cursor *c, struct number *n)
{
    static const char *const words[] = { "/month", "/mo", " a month", " per month" };

    for (size_t k = 0; k < BE_LEN(words); k++)
        if (at_text(c, words[k])) {
            size_t length = strlen(words[k]);
            if (c->p + length < c->end && is_letter(c->p[length]))
                continue;
            if (!(c->rules->days_per_month > 0))
                return refuse(c, ERR_SYNTAX, c->p, "this field does not count by the month");
            n->value /= c->rules->days_per_month;
            c->p += length;
            return 0;
        }
    return 0;
}

static int
read_money(struct cursor *c, struct number *n, double *rate)
{
    static const char rupee[] = "\xe2\x82\xb9";
    const char *at = c->p;

    *rate = 1;
    if (c->p < c->end && *c->p == '$') {
        n->money = true;
        c->p++;
    } else if (at_text(c, rupee)) {
        n->money = true;
        c->p += sizeof rupee - 1;
        if (!(c->rules->currency_per_usd > 0))
            return refuse(c, ERR_SYNTAX, at, "the scenario names no rate for this currency: set currency_per_usd");
        *rate = c->rules->currency_per_usd;
    }
    if (n->money && c->rules->form != FORM_USD)
        return refuse(c, ERR_SYNTAX, at, "this field is no amount of money");
    skip_spaces(c);
    return 0;
}

/* [sign] [money] digits [suffix] [%] [/month] */
static int
read_number(struct cursor *c, struct number *n)
{
    bool negative = false;
    double rate;

    memset(n, 0, sizeof *n);
    n->multiplier = 1;
    skip_spaces(c);
    n->from = c->p;
    if (c->p < c->end && (*c->p == '-' || *c->p == '+'))
        negative = *c->p++ == '-';
    if (read_money(c, n, &rate) < 0)
        return -1;
    if (!negative && n->money && c->p < c->end && *c->p == '-') {
        negative = true;
        c->p++;
    }
    if (read_digits(c, &n->value) < 0 || read_suffix(c, n) < 0)
        return -1;
    n->value *= n->multiplier;
    if (c->p < c->end && *c->p == '%') {
        if (c->rules->form != FORM_SHARE)
            return refuse(c, ERR_SYNTAX, c->p, "this field is no share: a plain number is expected");
        n->percent = true;
        n->value /= 100;
        c->p++;
    }
    if (read_per_month(c, n) < 0)
        return -1;
    if (negative)
        n->value = -n->value;
    n->value /= rate;
    if (!isfinite(n->value) || fabs(n->value) > 1e300)
        return refuse(c, ERR_RANGE, n->from, "larger than any number here (at most 1e300)");
    n->to = c->p;
    return 0;
}

/* ---- limits ------------------------------------------------------------------------------------- */

static int
check_share(const struct cursor *c, const struct number *n)
{
    char percent[40];

    if (c->rules->form != FORM_SHARE || n->percent || fabs(n->value) <= 1)
        return 0;
    number_exact(percent, sizeof percent, n->value);
    return refuse(c, ERR_RANGE, n->from, "a share is typed with %%: did you mean %s%%?", percent);
}

static int
check_limits(const struct cursor *c, const struct number *n)
{
    char value[48], low[48], high[48];

    if (check_share(c, n) < 0)
        return -1;
    if (n->value >= c->rules->low && n->value <= c->rules->high)
        return 0;
    quantity_print(value, sizeof value, n->value, c->rules);
    return refuse(c, ERR_RANGE, n->from, "%s is not in %s..%s", value,
                  quantity_print(low, sizeof low, c->rules->low, c->rules),
                  quantity_print(high, sizeof high, c->rules->high, c->rules));
}

static int
check_end(const struct cursor *c)
{
    struct cursor rest = *c;

    skip_spaces(&rest);
    if (rest.p == rest.end)
        return 0;
    char what[24];
    size_t n = (size_t)(rest.end - rest.p);
    if (n > sizeof what - 1)
        n = sizeof what - 1;
    memcpy(what, rest.p, n);
    what[n] = '\0';
    return refuse(&rest, ERR_SYNTAX, rest.p, "\"%s\" after the number is not understood. Like: 320 or 240 to 400", what);
}

/* A suffix or % on the high end alone carries to the low end: "8 to 12M" is 8M to 12M.
 * Not where that would put low above high: "50 to 3k" is 50 to 3,000. */
static void
carry(struct number *low, const struct number *high)
{
    if (!low->suffixed && high->suffixed && low->value * high->multiplier < high->value) {
        low->value *= high->multiplier;
        low->suffixed = true;
    }
    if (!low->percent && high->percent) {
        low->value /= 100;
        low->percent = true;
    }
}

static int
check_order(const struct cursor *c, const struct number *low, const struct number *high)
{
    if (low->value > high->value)
        return refuse(c, ERR_RANGE, low->from, "low is above high");
    if (low->value == high->value)
        return refuse(c, ERR_RANGE, low->from, "low and high are equal: type the number once");
    return 0;
}

/* ---- the forms ---------------------------------------------------------------------------------- */

static int
make_point(struct cursor *c, struct quantity *q, const struct number *n)
{
    char near[48];

    if (check_end(c) < 0 || check_limits(c, n) < 0)
        return -1;
    if (c->rules->whole && n->value != rint(n->value))
        return refuse(c, ERR_RANGE, n->from, "a whole number is expected: did you mean %s?",
                      quantity_print(near, sizeof near, rint(n->value), c->rules));
    q->kind = QUANTITY_EXACT;
    q->a = n->value;
    return 0;
}

static double
logit(double p)
{
    return log(p / (1 - p));
}

/* An end on the hard limit has no percentile there. */
static int
check_percentile(const struct cursor *c, const struct number *low, const struct number *high)
{
    char a[48], b[48];

    if (low->value > c->rules->low && high->value < c->rules->high)
        return 0;
    return refuse(c, ERR_RANGE, low->value > c->rules->low ? high->from : low->from,
                  "an end on the limit is no percentile: did you mean %s..%s?",
                  quantity_print(a, sizeof a, low->value, c->rules), quantity_print(b, sizeof b, high->value, c->rules));
}

static int
make_interval(struct cursor *c, struct quantity *q, struct number *low)
{
    struct number high;

    if (read_number(c, &high) < 0)
        return -1;
    carry(low, &high);
    if (check_end(c) < 0 || check_order(c, low, &high) < 0 || check_limits(c, low) < 0 || check_limits(c, &high) < 0 ||
        check_percentile(c, low, &high) < 0)
        return -1;
    double a = low->value, b = high.value;
    q->kind = QUANTITY_NORMAL;
    if (c->rules->form == FORM_SHARE) {
        if (a > 0 && b < 1) {
            q->kind = QUANTITY_LOGITNORMAL;
            a = logit(a);
            b = logit(b);
        }
    } else if (a > 0) {
        q->kind = QUANTITY_LOGNORMAL;
        a = log(a);
        b = log(b);
    }
    q->a = (a + b) / 2;
    q->b = (b - a) / (2 * Z90);
    if (!(q->b > 0))
        return refuse(c, ERR_RANGE, low->from, "the ends are too near to be a range: type the number once");
    return 0;
}

static int
make_uniform(struct cursor *c, struct quantity *q, struct number *low)
{
    struct number high;

    if (read_number(c, &high) < 0)
        return -1;
    carry(low, &high);
    if (check_end(c) < 0 || check_order(c, low, &high) < 0 || check_limits(c, low) < 0 || check_limits(c, &high) < 0)
        return -1;
    q->kind = QUANTITY_UNIFORM;
    q->a = low->value;
    q->b = high.value;
    return 0;
}

static int
make_pert(struct cursor *c, struct quantity *q, struct number *low)
{
    struct number likely, high;

    if (read_number(c, &likely) < 0)
        return -1;
    skip_spaces(c);
    if (c->p == c->end || *c->p != '/')
        return refuse(c, ERR_SYNTAX, c->p, "three numbers are expected: low/likely/high");
    c->p++;
    if (read_number(c, &high) < 0)
        return -1;
    carry(&likely, &high);
    carry(low, &high);
    if (check_end(c) < 0 || check_order(c, low, &high) < 0 || check_limits(c, low) < 0 || check_limits(c, &high) < 0)
        return -1;
    if (likely.value < low->value || likely.value > high.value)
        return refuse(c, ERR_RANGE, likely.from, "the likely value is not between low and high");
    q->kind = QUANTITY_PERT;
    q->a = low->value;
    q->b = likely.value;
    q->c = high.value;
    return 0;
}

/* "10M ±20%" of the centre; in a share field "45% ±5%" means points. */
static int
make_about(struct cursor *c, struct quantity *q, const struct number *centre)
{
    struct quantity_rules wide = *c->rules;
    struct number half;
    bool of_centre = false;

    wide.low = 0;
    wide.high = INFINITY;
    struct cursor h = *c;
    h.rules = &wide;
    if (c->rules->form != FORM_SHARE) {
        /* a percentage is allowed here alone */
        struct quantity_rules share = { .form = FORM_SHARE };
        struct cursor try = *c;
        struct error ignored;
        try.rules = &share;
        try.err = &ignored;
        if (read_number(&try, &half) == 0 && half.percent) {
            of_centre = true;
            h.p = try.p;
        }
    }
    if (!of_centre && read_number(&h, &half) < 0)
        return -1;
    c->p = h.p;
    if (check_end(c) < 0 || check_limits(c, centre) < 0)
        return -1;
    if (c->rules->form == FORM_SHARE && !half.percent && centre->percent && half.value > 1)
        half.value /= 100;
    double width = of_centre ? fabs(centre->value) * half.value : half.value;
    if (!(width > 0) || !isfinite(width))
        return refuse(c, ERR_RANGE, half.from, "the half-width must be above 0");
    q->kind = QUANTITY_NORMAL;
    q->a = centre->value;
    q->b = width / Z90;
    return 0;
}

/* ---- arithmetic ------------------------------------------------------------------------------------ */

#define DEPTH_LIMIT 32

static int sum(struct cursor *, double *, int depth);

static int
factor(struct cursor *c, double *value, int depth)
{
    struct number n;
    const char *at;

    skip_spaces(c);
    at = c->p;
    if (depth > DEPTH_LIMIT)
        return refuse(c, ERR_SYNTAX, at, "brackets are nested too deeply");
    if (c->p < c->end && *c->p == '(') {
        c->p++;
        if (sum(c, value, depth + 1) < 0)
            return -1;
        skip_spaces(c);
        if (c->p == c->end || *c->p != ')')
            return refuse(c, ERR_SYNTAX, c->p, "a closing bracket is missing");
        c->p++;
        return 0;
    }
    if (c->p < c->end && *c->p == '-') {
        c->p++;
        if (factor(c, value, depth + 1) < 0)
            return -1;
        *value = -*value;
        return 0;
    }
    if (read_number(c, &n) < 0)
        return -1;
    *value = n.value;
    return 0;
}

static int
product(struct cursor *c, double *value, int depth)
{
    double right;

    if (factor(c, value, depth) < 0)
        return -1;
    for (;;) {
        skip_spaces(c);
        if (c->p == c->end || (*c->p != '*' && *c->p != '/'))
            return 0;
        const char *at = c->p;
        char op = *c->p++;
        if (factor(c, &right, depth) < 0)
            return -1;
        if (op == '/' && right == 0)
            return refuse(c, ERR_RANGE, at, "a division by 0");
        *value = op == '*' ? *value * right : *value / right;
        if (!isfinite(*value))
            return refuse(c, ERR_RANGE, at, "larger than any number here (at most 1e300)");
    }
}

static int
sum(struct cursor *c, double *value, int depth)
{
    double right;

    if (product(c, value, depth) < 0)
        return -1;
    for (;;) {
        skip_spaces(c);
        if (c->p == c->end || (*c->p != '+' && *c->p != '-'))
            return 0;
        char op = *c->p++;
        if (product(c, &right, depth) < 0)
            return -1;
        *value = op == '+' ? *value + right : *value - right;
        if (!isfinite(*value))
            return refuse(c, ERR_RANGE, c->p, "larger than any number here (at most 1e300)");
    }
}

static int
make_arithmetic(struct cursor *c, struct quantity *q)
{
    struct number n = { .multiplier = 1, .percent = true };

    c->p++;
    n.from = c->p;
    if (sum(c, &n.value, 0) < 0)
        return -1;
    skip_spaces(c);
    if (c->p < c->end && *c->p == '%' && c->rules->form == FORM_SHARE) {
        n.value /= 100;
        c->p++;
    }
    n.to = c->p;
    if (fabs(n.value) > 1e300)
        return refuse(c, ERR_RANGE, n.from, "larger than any number here (at most 1e300)");
    return make_point(c, q, &n);
}

/* ---- entry points -------------------------------------------------------------------------------------- */

static int
parse(struct cursor *c, struct quantity *q)
{
    static const char sign[] = "\xc2\xb1";
    struct number first;

    if (c->p == c->end)
        return refuse(c, ERR_SYNTAX, c->p, "empty: type a number. Like: 320 or 240 to 400");
    if (*c->p == '=')
        return make_arithmetic(c, q);
    if (read_number(c, &first) < 0)
        return -1;
    skip_spaces(c);
    if (at_text(c, "..")) {
        c->p += 2;
        return make_uniform(c, q, &first);
    }
    if (at_text(c, sign) || at_text(c, "+-")) {
        c->p += 2;
        return make_about(c, q, &first);
    }
    if (at_text(c, "+/-")) {
        c->p += 3;
        return make_about(c, q, &first);
    }
    if (at_text(c, "/")) {
        c->p++;
        return make_pert(c, q, &first);
    }
    if (at_text(c, "to") && first.to != c->p) {
        c->p += 2;
        return make_interval(c, q, &first);
    }
    if (at_text(c, "-")) {
        c->p++;
        return make_interval(c, q, &first);
    }
    return make_point(c, q, &first);
}

static int
cursor_init(struct cursor *c, const char *text, const struct quantity_rules *rules, struct error *err)
{
    c->start = text;
    c->p = text + strspn(text, " \t\r\n");
    c->end = text + strlen(text);
    c->rules = rules;
    c->err = err;
    while (c->end > c->p && strchr(" \t\r\n", c->end[-1]) != NULL)
        c->end--;
    if (c->end - c->p >= QUANTITY_TEXT)
        return refuse(c, ERR_SIZE, c->p, "longer than %d characters", QUANTITY_TEXT - 1);
    return 0;
}

int
quantity_parse(struct quantity *out, const char *text, const struct quantity_rules *rules, struct error *err)
{
    struct quantity q = { .kind = QUANTITY_UNSET };
    struct cursor c;
    char typed[QUANTITY_TEXT];

    if (cursor_init(&c, text, rules, err) < 0)
        return -1;
    memcpy(typed, c.p, (size_t)(c.end - c.p));
    typed[c.end - c.p] = '\0';
    if (parse(&c, &q) < 0)
        return -1;
    memcpy(q.text, typed, strlen(typed) + 1);
    quantity_finish(&q, rules->low, rules->high, rules->whole);
    if (!isfinite(q.x) || !(q.f_high > q.f_low))
        return error_at(err, ERR_RANGE, 0, 1, "almost nothing of this range lies within the field's limits");
    *out = q;
    return 0;
}

int
quantity_exact(struct quantity *q, double value, const struct quantity_rules *rules, struct error *err)
{
    char text[64];

    return quantity_parse(q, quantity_print(text, sizeof text, value, rules), rules, err);
}

int
number_parse(double *value, const char *text, enum quantity_form form, struct error *err)
{
    struct quantity_rules rules = { .form = form, .low = -1e300, .high = 1e300 };
    struct quantity q;

    if (quantity_parse(&q, text, &rules, err) < 0)
        return -1;
    if (q.kind != QUANTITY_EXACT)
        return error_set(err, ERR_SYNTAX, "one number is expected here, not a range");
    *value = q.a;
    return 0;
}

/* ---- scaling a text -------------------------------------------------------------------------------------- */

/* Each number in the text, rewritten by value; what lies between stays. A relative half-width
 * (±20%) keeps its meaning when the centre moves. */
static int
rewrite(char *out, size_t size, const char *text, double times, double plus, const struct quantity_rules *rules,
        struct error *err)
{
    struct buffer b;
    struct cursor c;
    struct quantity check, now;
    bool half = false;

    if (quantity_parse(&now, text, rules, err) < 0 || cursor_init(&c, text, rules, err) < 0)
        return -1;
    if (*c.p == '=') {
        /* arithmetic: its value takes its place */
        char value[64];
        quantity_print(value, sizeof value, rules->whole ? rint(now.a * times + plus) : now.a * times + plus, rules);
        if (quantity_parse(&check, value, rules, err) < 0)
            return -1;
        text_copy(out, size, value);
        return 0;
    }
    buffer_init(&b);
    while (c.p < c.end) {
        struct number n;
        struct error ignored;
        struct cursor try = c;
        char value[64];

        try.err = &ignored;
        /* the percentage of a half-width is read as a share whatever the field */
        struct quantity_rules share = { .form = FORM_SHARE };
        bool digit = is_digit(&c, c.p) || *c.p == '$' || *c.p == '.' || (unsigned char)*c.p == 0xe2 ||
                     ((*c.p == '-' || *c.p == '+') && (b.n == 0 || b.text[b.n - 1] == ' ' || b.text[b.n - 1] == '.') &&
                      is_digit(&c, c.p + 1));
        if (half)
            try.rules = &share;
        if (at_text(&c, "..")) {
            buffer_puts(&b, "..");
            c.p += 2;
            continue;
        }
        if (!digit || read_number(&try, &n) < 0) {
            half |= at_text(&c, "\xc2\xb1") || at_text(&c, "+-");
            buffer_putc(&b, *c.p++);
            continue;
        }
        if (half)
            buffer_add(&b, c.p, (size_t)(try.p - c.p));
        else {
            double v = n.value;
            if (!n.suffixed && !n.percent) {
                /* a carried suffix: the low end stands for the value in force */
                if (b.n == 0 && now.kind == QUANTITY_UNIFORM)
                    v = now.a;
                if (b.n == 0 && now.kind == QUANTITY_PERT)
                    v = now.a;
                if (b.n == 0 && now.kind == QUANTITY_LOGNORMAL)
                    v = exp(now.a - Z90 * now.b);
                if (b.n == 0 && now.kind == QUANTITY_LOGITNORMAL)
                    v = 1 / (1 + exp(-(now.a - Z90 * now.b)));
            }
            v = v * times + plus;
            if (rules->whole)
                v = rint(v);
            /* twelve digits: what a person means, without the dust of the arithmetic */
            char rounded[40];
            snprintf(rounded, sizeof rounded, "%.12g", rules->form == FORM_SHARE ? v * 100 : v);
            v = strtod(rounded, NULL) / (rules->form == FORM_SHARE ? 100 : 1);
            quantity_print(value, sizeof value, v, rules);
            buffer_puts(&b, rules->form == FORM_USD && !n.money && value[0] == '$' ? value + 1 : value);
        }
        c.p = try.p;
    }
    int status = b.failed ? error_set(err, ERR_BUG, "no memory") : quantity_parse(&check, b.text, rules, err);
    if (status == 0)
        text_copy(out, size, b.text);
    buffer_release(&b);
    return status;
}

int
quantity_scale_text(char *out, size_t size, const char *text, double factor_, const struct quantity_rules *rules,
                    struct error *err)
{
    return rewrite(out, size, text, factor_, 0, rules, err);
}

int
quantity_shift_text(char *out, size_t size, const char *text, double step, const struct quantity_rules *rules,
                    struct error *err)
{
    return rewrite(out, size, text, 1, step, rules, err);
}
