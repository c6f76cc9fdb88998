/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <string.h>

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

/* Less than this share of a distribution inside the limits is a slip, and beyond what
 * differences of probabilities can resolve. */
#define LEAST_MASS 1e-9

/* ---- limits ------------------------------------------------------------------------------- */

static int
check_share(const struct cursor *c, const struct number *n)
{
    char percent[40];

    if (c->rules->form != FORM_SHARE || n->percent || fabs(n->value) <= 1)
        return 0;
    number_exact(percent, sizeof percent, n->value);
    return cursor_refuse(c, ERR_RANGE, n->from, "a share is typed with %%: did you mean %s%%?", percent);
}

static int
refuse_range(const struct cursor *c, const char *at, double value)
{
    const struct quantity_rules *rules = c->rules;
    char shown[48], low[48], high[48];

    quantity_print(shown, sizeof shown, value, rules);
    quantity_print(low, sizeof low, rules->low, rules);
    quantity_print(high, sizeof high, rules->high, rules);
    if (isfinite(rules->low) && isfinite(rules->high))
        return cursor_refuse(c, ERR_RANGE, at, "%s is not in %s..%s", shown, low, high);
    return cursor_refuse(c, ERR_RANGE, at, "%s is %s", shown, value < rules->low ? "too low" : "too high");
}

static int
check_limits(const struct cursor *c, const struct number *n)
{
    if (check_share(c, n) < 0)
        return -1;
    if (n->value >= c->rules->low && n->value <= c->rules->high)
        return 0;
    return refuse_range(c, n->from, n->value);
}

static int
check_end(const struct cursor *c)
{
    struct cursor rest = *c;

    cursor_skip_spaces(&rest);
    if (rest.p == rest.end)
        return 0;
    return cursor_refuse(c, ERR_SYNTAX, rest.p, "\"%.*s\" after the number is not understood. Like: 320 or 240 to 400",
                         (int)(rest.end - rest.p), rest.p);
}

static int
check_order(const struct cursor *c, const struct number *low, const struct number *high)
{
    char a[48], b[48];

    if (low->value < high->value)
        return 0;
    if (low->value == high->value)
        return cursor_refuse(c, ERR_RANGE, low->from, "low and high are equal: type the number once");
    quantity_print(a, sizeof a, high->value, c->rules);
    quantity_print(b, sizeof b, low->value, c->rules);
    return cursor_refuse(c, ERR_RANGE, low->from, "low is above high: did you mean %s to %s?", a, b);
}

/* ---- units that one number lends another -------------------------------------------------- */

/* A suffix or % on the high end alone carries to the low end: "8 to 12M" is 8M to 12M.
 * Not where that would put low above high: "50 to 3k" is 50 to 3,000; nor, unless they
 * may be equal, level with it. A currency and a month hold for both, wherever they stand. */
static int
carry(const struct cursor *c, struct number *low, struct number *high, bool equal)
{
    double carried = low->value * pow(10, high->suffix);

    if (low->suffix == 0 && (carried < high->value || (equal && carried == high->value)))
        low->suffix = high->suffix;
    if (high->percent)
        low->percent = true;
    if (low->money == MONEY_NONE)
        low->money = high->money;
    if (high->money == MONEY_NONE)
        high->money = low->money;
    if (high->per_month)
        low->per_month = true;
    return number_resolve(c, low) < 0 || number_resolve(c, high) < 0 ? -1 : 0;
}

/* Between a centre and its half-width; "45% ±5" means points, as does "45 ±5%". */
static int
carry_about(const struct cursor *c, struct number *centre, struct number *half)
{
    bool share = c->rules->form == FORM_SHARE;

    if (half->percent && !share)
        return 0;
    if (share && centre->percent)
        half->percent = true;
    if (share && half->percent && fabs(centre->value) > 1)
        centre->percent = true;
    if (centre->suffix == 0 && half->suffix != 0 && centre->value * pow(10, half->suffix) >= half->value)
        centre->suffix = half->suffix;
    if (half->money == MONEY_NONE)
        half->money = centre->money;
    if (centre->money == MONEY_NONE)
        centre->money = half->money;
    centre->per_month = half->per_month = centre->per_month || half->per_month;
    return number_resolve(c, centre) < 0 || number_resolve(c, half) < 0 ? -1 : 0;
}

/* ---- the forms ---------------------------------------------------------------------------- */

/* What was converted from another unit, or reckoned, need not come out whole to the last bit. */
static int
make_point(const struct cursor *c, struct quantity *q, const struct number *n, bool converted)
{
    double value = n->value, whole = rint(value);
    char near[48];

    if (check_end(c) < 0 || check_limits(c, n) < 0)
        return -1;
    if (c->rules->whole && value != whole) {
        if (!converted)
            return cursor_refuse(c, ERR_RANGE, n->from, "a whole number is expected: did you mean %s?",
                                 quantity_print(near, sizeof near, whole, c->rules));
        value = fmin(fmax(whole, c->rules->low), c->rules->high);
    }
    q->kind = QUANTITY_EXACT;
    q->a = value;
    return 0;
}

static int
read_arithmetic(struct cursor *c, struct entry *e)
{
    struct number n = { .from = c->p };
    bool converted;

    if (arithmetic_read(c, &n.value, &n.percent, &converted) < 0)
        return -1;
    bool dust = fabs(n.value - rint(n.value)) <= 1e-9 * fabs(n.value);
    return make_point(c, &e->q, &n, converted || dust);
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
    bool low_inside = low->value > c->rules->low;

    if (low_inside && high->value < c->rules->high)
        return 0;
    quantity_print(a, sizeof a, low->value, c->rules);
    quantity_print(b, sizeof b, high->value, c->rules);
    return cursor_refuse(c, ERR_RANGE, low_inside ? high->from : low->from,
                         "an end on the field's limit is no percentile: did you mean %s..%s?", a, b);
}

static int
check_ends(const struct cursor *c, const struct number *low, const struct number *high)
{
    return check_end(c) < 0 || check_share(c, low) < 0 || check_share(c, high) < 0 || check_order(c, low, high) < 0 ||
           check_limits(c, low) < 0 || check_limits(c, high) < 0 ? -1 : 0;
}

/* The second of two numbers, and what holds for both. */
static int
read_high(struct cursor *c, struct entry *e)
{
    struct number *low = &e->number[0], *high = &e->number[1];

    e->n = 2;
    return number_read(c, high) < 0 || carry(c, low, high, false) < 0 ? -1 : check_ends(c, low, high);
}

static int
read_interval(struct cursor *c, struct entry *e)
{
    struct quantity *q = &e->q;

    if (read_high(c, e) < 0 || check_percentile(c, &e->number[0], &e->number[1]) < 0)
        return -1;
    double a = e->number[0].value, b = e->number[1].value;
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
    q->a = a + (b - a) / 2;
    q->b = (b - a) / (2 * Z90);
    if (!(q->b > 0))
        return cursor_refuse(c, ERR_RANGE, e->number[0].from, "the ends are too near to be a range: type the number once");
    return 0;
}

static int
read_uniform(struct cursor *c, struct entry *e)
{
    if (read_high(c, e) < 0)
        return -1;
    e->q.kind = QUANTITY_UNIFORM;
    e->q.a = e->number[0].value;
    e->q.b = e->number[1].value;
    return 0;
}

static int
read_pert(struct cursor *c, struct entry *e)
{
    struct number *low = &e->number[0], *likely = &e->number[1], *high = &e->number[2];

    e->n = 3;
    if (number_read(c, likely) < 0)
        return -1;
    cursor_skip_spaces(c);
    if (!cursor_take(c, "/"))
        return cursor_refuse(c, ERR_SYNTAX, c->p, "three numbers are expected: low/likely/high, like 8M/10M/12M");
    if (number_read(c, high) < 0 || carry(c, likely, high, true) < 0 || carry(c, low, likely, true) < 0 ||
        carry(c, likely, high, true) < 0)
        return -1;
    if (check_share(c, likely) < 0 || check_ends(c, low, high) < 0)
        return -1;
    if (!(low->value <= likely->value && likely->value <= high->value))
        return cursor_refuse(c, ERR_RANGE, likely->from, "the likely value is not between low and high");
    e->q.kind = QUANTITY_PERT;
    e->q.a = low->value;
    e->q.b = likely->value;
    e->q.c = high->value;
    return 0;
}

/* "10M ±20%" of the centre; in a share field "45% ±5%" means points. */
static int
read_about(struct cursor *c, struct entry *e)
{
    struct number *centre = &e->number[0], *half = &e->number[1];

    e->n = 2;
    c->any_percent = true;
    int status = number_read(c, half);
    c->any_percent = false;
    if (status < 0 || check_end(c) < 0 || carry_about(c, centre, half) < 0)
        return -1;
    if (check_share(c, half) < 0 || check_limits(c, centre) < 0)
        return -1;
    e->relative = half->percent && c->rules->form != FORM_SHARE;
    double width = e->relative ? fabs(centre->value) * half->value : half->value;
    if (!(width > 0))
        return cursor_refuse(c, ERR_RANGE, half->from, "the half-width must be above 0");
    if (!(width <= LARGEST))
        return cursor_refuse(c, ERR_RANGE, half->from, "larger than any number here: at most 1e300");
    e->q.kind = QUANTITY_NORMAL;
    e->q.a = centre->value;
    e->q.b = width / Z90;
    return 0;
}

/* ---- one entry ------------------------------------------------------------------------------ */

/* What may stand between the first number and the rest; the longer of two alike comes first. */
static const struct {
    const char *sign;
    enum entry_shape shape;
    int (*read)(struct cursor *, struct entry *);
} forms[] = {
    { "...", ENTRY_UNIFORM, read_uniform },
    { "..", ENTRY_UNIFORM, read_uniform },
    { "\xe2\x80\xa6", ENTRY_UNIFORM, read_uniform }, /* an ellipsis */
    { "\xc2\xb1", ENTRY_ABOUT, read_about },         /* the plus-minus sign */
    { "+/-", ENTRY_ABOUT, read_about },
    { "+-", ENTRY_ABOUT, read_about },
    { "/", ENTRY_PERT, read_pert },
    { "to", ENTRY_INTERVAL, read_interval },
    { "-", ENTRY_INTERVAL, read_interval },
    { "\xe2\x80\x93", ENTRY_INTERVAL, read_interval }, /* an en dash */
};

/* "to" is a word of its own. */
static bool
stands_next(const struct cursor *c, const char *sign)
{
    const char *after = c->p + strlen(sign);

    return cursor_at(c, sign) && !(*sign == 't' && after < c->end && *after >= 'a' && *after <= 'z');
}

static int
read_entry(struct cursor *c, struct entry *e)
{
    struct number *first = &e->number[0];

    if (c->p == c->end)
        return cursor_refuse(c, ERR_SYNTAX, c->p, "empty: type a number. Like: 320 or 240 to 400");
    if (cursor_take(c, "=")) {
        e->shape = ENTRY_ARITHMETIC;
        return read_arithmetic(c, e);
    }
    if (number_read(c, first) < 0)
        return -1;
    e->n = 1;
    cursor_skip_spaces(c);
    for (size_t k = 0; k < BE_LEN(forms); k++)
        if (stands_next(c, forms[k].sign)) {
            c->p += strlen(forms[k].sign);
            e->shape = forms[k].shape;
            return forms[k].read(c, e);
        }
    e->shape = ENTRY_POINT;
    return make_point(c, &e->q, first, first->per_month || first->money == MONEY_LOCAL);
}

int
entry_parse(struct entry *out, const char *text, const struct quantity_rules *rules, struct error *err)
{
    struct entry e;
    struct cursor c;

    memset(&e, 0, sizeof e);
    if (cursor_init(&c, text, rules, err) < 0)
        return -1;
    memcpy(e.q.text, c.p, (size_t)(c.end - c.p)); /* the rest is 0 */
    if (read_entry(&c, &e) < 0)
        return -1;
    /* An open end would let the tail of a wide log-normal overflow. */
    quantity_finish(&e.q, fmax(rules->low, -LARGEST), fmin(rules->high, LARGEST), rules->whole);
    if (!(e.q.f_high - e.q.f_low >= LEAST_MASS) || !isfinite(e.q.x))
        return cursor_refuse(&c, ERR_RANGE, e.number[0].from, "almost nothing of this range lies within the field's limits");
    *out = e;
    return 0;
}

/* ---- the calls of the header ------------------------------------------------------------------ */

int
quantity_parse(struct quantity *q, const char *text, const struct quantity_rules *rules, struct error *err)
{
    struct entry e;

    if (entry_parse(&e, text, rules, err) < 0)
        return -1;
    *q = e.q;
    return 0;
}

int
quantity_exact(struct quantity *q, double value, const struct quantity_rules *rules, struct error *err)
{
    char text[48];

    if (!isfinite(value))
        return error_set(err, ERR_RANGE, "a finite number is expected");
    return quantity_parse(q, quantity_print(text, sizeof text, value, rules), rules, err);
}

int
number_parse(double *value, const char *text, enum quantity_form form, struct error *err)
{
    struct quantity_rules rules = { .form = form, .low = -1e300, .high = 1e300 };
    struct entry e;

    if (entry_parse(&e, text, &rules, err) < 0)
        return -1;
    if (e.q.kind != QUANTITY_EXACT)
        return error_at(err, ERR_SYNTAX, 0, 1, "one number is expected here, not a range");
    *value = e.q.a;
    return 0;
}
