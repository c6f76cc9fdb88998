/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "quantity.h"

/* Quantities as words: printing, describing, scaling a typed text. */

/* ---- canonical text ------------------------------------------------------------------------- */

/* The fewest digits that read back as value, without a point, and the power of ten of the last. */
static int
shortest_digits(char digits[24], double value)
{
    char text[40], *e;
    int n = 0;

    for (int k = 0; k < 17; k++) {
        snprintf(text, sizeof text, "%.*e", k, fabs(value));
        if (strtod(text, NULL) == fabs(value))
            break;
    }
    e = strchr(text, 'e');
    int power = atoi(e + 1);
    for (const char *p = text; p < e; p++)
        if (*p != '.')
            digits[n++] = *p;
    while (n > 1 && digits[n - 1] == '0')
        n--;
    digits[n] = '\0';
    return power - (n - 1);
}

/* digits * 10^power in plain notation. */
static void
place_point(char *out, size_t size, const char *digits, int power)
{
    int n = (int)strlen(digits), whole = n + power;

    if (power >= 0)
        snprintf(out, size, "%s%.*s", digits, power, "00000000000000000000");
    else if (whole > 0)
        snprintf(out, size, "%.*s.%s", whole, digits, digits + whole);
    else
        snprintf(out, size, "0.%.*s%s", -whole, "00000000000000000000", digits);
}

#define PLAIN_MOST 16 /* zeros and digits together; longer is written with an exponent */

/* The absolute value times 10^shift, as few characters as read back exactly. */
static void
plain_text(char *out, size_t size, double value, int shift)
{
    char digits[24];
    int power = shortest_digits(digits, value) + shift, n = (int)strlen(digits);

    if (strcmp(digits, "0") == 0)
        snprintf(out, size, "0");
    else if (n + power <= PLAIN_MOST && n + power > -5)
        place_point(out, size, digits, power);
    else
        snprintf(out, size, "%c%s%se%d", digits[0], n > 1 ? "." : "", digits + 1, power + n - 1);
}

/* The largest suffix that does not make the text longer: 2.5k, 12.001M, but 1003.67. */
static void
suffixed_text(char *out, size_t size, double value)
{
    static const struct {
        int power;
        char suffix;
    } scales[] = { { 12, 'T' }, { 9, 'B' }, { 6, 'M' }, { 3, 'k' } };
    char digits[24];
    int power = shortest_digits(digits, value), n = (int)strlen(digits);

    plain_text(out, size, value, 0);
    for (size_t k = 0; k < BE_LEN(scales) && strcmp(digits, "0") != 0; k++) {
        int last = power - scales[k].power; /* power of ten of the last digit, in this scale */
        int length = n + (last > 0 ? last : 0) + (last < 0) + 1;
        if (n + last <= 0 || length > (int)strlen(out))
            continue;
        place_point(out, size - 1, digits, last);
        out[length - 1] = scales[k].suffix;
        out[length] = '\0';
        return;
    }
}

char *
quantity_print(char *out, size_t size, double value, const struct quantity_rules *rules)
{
    char digits[48];
    const char *sign = value < 0 ? "-" : "";

    if (!isfinite(value)) {
        snprintf(out, size, "-");
    } else if (rules->form == FORM_SHARE) {
        plain_text(digits, sizeof digits, value, 2);
        snprintf(out, size, "%s%s%%", sign, digits);
    } else {
        suffixed_text(digits, sizeof digits, value);
        snprintf(out, size, "%s%s%s", sign, rules->form == FORM_USD ? "$" : "", digits);
    }
    return out;
}

/* ---- for the eye ------------------------------------------------------------------------------ */

char *
quantity_show(char *out, size_t size, double value, const struct quantity_rules *rules)
{
    double percent = fabs(value) * 100;

    if (rules->form == FORM_SHARE) {
        int decimals = !isfinite(percent) || percent == 0 || percent >= 10 ? 1 : 2 - (int)floor(log10(percent));
        return number_percent(out, size, value, decimals < 8 ? decimals : 8);
    }
    return rules->form == FORM_USD ? number_usd(out, size, value) : number_si(out, size, value);
}

static const char *
kind_name(enum quantity_kind kind)
{
    static const char *const names[] = {
        [QUANTITY_UNSET] = "unset", [QUANTITY_EXACT] = "exact", [QUANTITY_LOGNORMAL] = "log-normal",
        [QUANTITY_LOGITNORMAL] = "logit-normal", [QUANTITY_NORMAL] = "normal", [QUANTITY_UNIFORM] = "uniform",
        [QUANTITY_PERT] = "PERT",
    };

    return names[kind];
}

char *
quantity_describe(char *out, size_t size, const struct quantity *q, const struct quantity_rules *rules)
{
    char low[48], high[48], median[48], likely[48];

    quantity_show(median, sizeof median, quantity_median(q), rules);
    switch (q->kind) {
    case QUANTITY_UNSET:
        snprintf(out, size, "unset");
        break;
    case QUANTITY_EXACT:
        quantity_print(low, sizeof low, q->a, rules);
        /* what a rate or a division left is not worth reading to the last bit */
        if (strlen(low) <= 12)
            snprintf(out, size, "exactly %s", low);
        else
            snprintf(out, size, "about %s", median);
        break;
    case QUANTITY_UNIFORM:
        snprintf(out, size, "between %s and %s; uniform; median %s", quantity_show(low, sizeof low, q->a, rules),
                 quantity_show(high, sizeof high, q->b, rules), median);
        break;
    case QUANTITY_PERT:
        snprintf(out, size, "between %s and %s, likely %s; PERT; median %s", quantity_show(low, sizeof low, q->a, rules),
                 quantity_show(high, sizeof high, q->c, rules), quantity_show(likely, sizeof likely, q->b, rules), median);
        break;
    default:
        quantity_show(low, sizeof low, quantity_quantile(q, 0.05), rules);
        quantity_show(high, sizeof high, quantity_quantile(q, 0.95), rules);
        snprintf(out, size, "90%% sure it is %s to %s; %s; median %s", low, high, kind_name(q->kind), median);
    }
    return out;
}

/* ---- scaling and shifting a text ---------------------------------------------------------------- */

struct change {
    double times, plus;
    const struct quantity_rules *rules;
    bool plain; /* without suffixes, so that none carries */
};

/* In units of the text: rupees, months. */
static double
typed_unit(const struct number *n, const struct quantity_rules *rules)
{
    return (n->money == MONEY_LOCAL ? rules->currency_per_usd : 1) * (n->per_month ? rules->days_per_month : 1);
}

/* value without the digits that an operation on numbers as large as "scale" cannot know:
 * 10.1 - 10 is 0.1. */
static double
without_dust(double value, double scale)
{
    char text[40];

    if (value == 0 || !isfinite(value))
        return value;
    int digits = 15 + (int)floor(log10(fabs(value))) - (int)floor(log10(scale));
    if (digits < 1)
        return 0;
    snprintf(text, sizeof text, "%.*e", digits > 15 ? 14 : digits - 1, value);
    return strtod(text, NULL);
}

/* The number in its own unit after the change. The half-width of "10 +- 2" is scaled, not shifted. */
static double
changed(const struct number *n, const struct change *how, bool half)
{
    double unit = typed_unit(n, how->rules), plus = half ? 0 : how->plus;
    double value = n->value * how->times + plus, scale = fmax(fabs(n->value * how->times), fabs(plus));

    if (how->rules->whole && unit == 1 && !half)
        return rint(value);
    return without_dust(value * unit, scale * unit);
}

static bool
is_half(const struct entry *e, int k)
{
    return e->shape == ENTRY_ABOUT && k == 1;
}

static void
write_number(struct buffer *b, const struct number *n, double value, const struct change *how, bool percent)
{
    static const char *const signs[] = { [MONEY_NONE] = "", [MONEY_USD] = "$", [MONEY_LOCAL] = RUPEE };
    char digits[48];

    if (how->rules->form == FORM_SHARE)
        plain_text(digits, sizeof digits, value, percent ? 2 : 0);
    else if (how->plain)
        plain_text(digits, sizeof digits, value, 0);
    else
        suffixed_text(digits, sizeof digits, value);
    buffer_printf(b, "%s%s%s%s", value < 0 ? "-" : "", n->money_typed ? signs[n->money] : "", digits, percent ? "%" : "");
    if (n->month != NULL)
        buffer_add(b, n->month, (size_t)(n->to - n->month));
}

/* Every number of the text after the change; what stands between stays. */
static void
write_changed(struct buffer *b, const struct entry *e, const struct cursor *text, const struct change *how)
{
    const char *from = text->p;
    bool percent = false;

    /* A share stays a bare fraction only where all of them can. */
    for (int k = 0; k < e->n && how->rules->form == FORM_SHARE; k++)
        percent |= e->number[k].percent || fabs(changed(&e->number[k], how, is_half(e, k))) > 1;
    for (int k = 0; k < e->n; k++) {
        const struct number *n = &e->number[k];
        buffer_add(b, from, (size_t)(n->from - from));
        if (e->relative && is_half(e, k))
            buffer_add(b, n->from, (size_t)(n->to - n->from));
        else
            write_number(b, n, changed(n, how, is_half(e, k)), how, percent);
        from = n->to;
    }
    buffer_add(b, from, (size_t)(text->end - from));
}

/* A suffix that the change brought in could carry: "0.5 to 3000" written as "0.5 to 3k". */
static bool
says_what_was_meant(const struct entry *now, const struct entry *was, const struct change *how)
{
    if (now->shape != was->shape)
        return false;
    for (int k = 0; k < was->n; k++) {
        const struct number *n = &was->number[k];
        bool kept = was->relative && is_half(was, k);
        double want = kept ? n->value : changed(n, how, is_half(was, k)) / typed_unit(n, how->rules);
        if (!(fabs(now->number[k].value - want) <= 1e-9 * fabs(want)))
            return false;
    }
    return true;
}

static bool
stays_finite(const struct entry *e, const struct change *how)
{
    for (int k = 0; k < e->n; k++)
        if (!isfinite(changed(&e->number[k], how, is_half(e, k))))
            return false;
    return isfinite(e->q.a * how->times + how->plus);
}

static int
write_and_read(char *out, size_t size, const struct entry *was, const struct cursor *text, const struct change *how,
               bool *meant, struct error *err)
{
    struct buffer b;
    struct entry now;
    int status;

    buffer_init(&b);
    if (was->shape == ENTRY_ARITHMETIC) {
        /* its value takes its place */
        struct number value = { .value = was->q.a, .money = MONEY_USD, .money_typed = how->rules->form == FORM_USD };
        write_number(&b, &value, changed(&value, how, false), how, how->rules->form == FORM_SHARE);
    } else
        write_changed(&b, was, text, how);
    status = b.failed ? error_set(err, ERR_BUG, "no memory") : entry_parse(&now, b.text, how->rules, err);
    if (status == 0) {
        *meant = was->shape == ENTRY_ARITHMETIC || says_what_was_meant(&now, was, how);
        if (*meant && b.n >= size)
            status = error_set(err, ERR_SIZE, "longer than %d characters", (int)size - 1);
        else if (*meant)
            memcpy(out, b.text, b.n + 1);
    }
    buffer_release(&b);
    return status;
}

static int
rewrite(char *out, size_t size, const char *text, struct change how, struct error *err)
{
    struct entry was;
    struct cursor c;
    bool meant = false;

    if (!isfinite(how.times) || !isfinite(how.plus))
        return error_set(err, ERR_RANGE, "a finite number is expected");
    if (entry_parse(&was, text, how.rules, err) < 0 || cursor_init(&c, text, how.rules, err) < 0)
        return -1;
    if (!stays_finite(&was, &how))
        return error_set(err, ERR_RANGE, "larger than any number here: at most 1e300");
    if (write_and_read(out, size, &was, &c, &how, &meant, err) == 0 && meant)
        return 0;
    how.plain = true;
    if (write_and_read(out, size, &was, &c, &how, &meant, err) < 0)
        return -1;
    return meant ? 0 : error_set(err, ERR_RANGE, "the numbers cannot be written in this form: type them");
}

int
quantity_scale_text(char *out, size_t size, const char *text, double factor, const struct quantity_rules *rules,
                    struct error *err)
{
    return rewrite(out, size, text, (struct change){ .times = factor, .rules = rules }, err);
}

int
quantity_shift_text(char *out, size_t size, const char *text, double step, const struct quantity_rules *rules,
                    struct error *err)
{
    return rewrite(out, size, text, (struct change){ .times = 1, .plus = step, .rules = rules }, err);
}
