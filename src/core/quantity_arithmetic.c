/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <string.h>

#include "quantity.h"

/*
 * sum     = product { (+|-) product }
 * product = factor { (*|/) factor | "/month" }
 * factor  = - factor | ( sum ) [%] | number
 */

#define DEPTH_LIMIT 32

struct arithmetic {
    struct cursor *c;
    bool local;              /* a rupee sign is in the text: all is reckoned in that currency */
    bool percent, converted; /* seen so far */
};

static int sum(struct arithmetic *, double *, int depth);

static int
checked(const struct arithmetic *a, const char *at, double value)
{
    if (!(fabs(value) <= LARGEST))
        return cursor_refuse(a->c, ERR_RANGE, at, "larger than any number here: at most 1e300");
    return 0;
}

static int
bracket(struct arithmetic *a, double *value, int depth)
{
    struct cursor *c = a->c;

    if (sum(a, value, depth + 1) < 0)
        return -1;
    cursor_skip_spaces(c);
    if (!cursor_take(c, ")"))
        return cursor_refuse(c, ERR_SYNTAX, c->p, "a closing bracket is missing");
    if (cursor_take(c, "%")) {
        a->percent = true;
        *value /= 100;
    }
    return 0;
}

static int
factor(struct arithmetic *a, double *value, int depth)
{
    struct cursor *c = a->c;
    struct number n;

    cursor_skip_spaces(c);
    if (depth > DEPTH_LIMIT)
        return cursor_refuse(c, ERR_SYNTAX, c->p, "brackets or signs are nested too deeply");
    if (cursor_take(c, "("))
        return bracket(a, value, depth);
    if (cursor_take(c, "-")) {
        if (factor(a, value, depth + 1) < 0)
            return -1;
        *value = -*value;
        return 0;
    }
    if (number_read(c, &n) < 0)
        return -1;
    *value = a->local && n.money != MONEY_NONE ? n.value * c->rules->currency_per_usd : n.value;
    a->percent |= n.percent;
    a->converted |= n.per_month;
    return checked(a, n.from, *value);
}

/* "(300M + 20M)/month"; a number reads its own. */
static bool
take_month(struct arithmetic *a, double *value)
{
    if (!(a->c->rules->days_per_month > 0) || !cursor_take_month(a->c))
        return false;
    *value /= a->c->rules->days_per_month;
    a->converted = true;
    return true;
}

static int
product(struct arithmetic *a, double *value, int depth)
{
    struct cursor *c = a->c;
    double right;

    if (factor(a, value, depth) < 0)
        return -1;
    for (;;) {
        if (take_month(a, value))
            continue;
        cursor_skip_spaces(c);
        const char *at = c->p;
        bool times = cursor_take(c, "*");
        if (!times && !cursor_take(c, "/"))
            return 0;
        if (factor(a, &right, depth) < 0)
            return -1;
        if (!times && right == 0)
            return cursor_refuse(c, ERR_RANGE, at, "a division by 0");
        *value = times ? *value * right : *value / right;
        if (checked(a, at, *value) < 0)
            return -1;
    }
}

static int
sum(struct arithmetic *a, double *value, int depth)
{
    struct cursor *c = a->c;
    double right;

    if (product(a, value, depth) < 0)
        return -1;
    for (;;) {
        cursor_skip_spaces(c);
        const char *at = c->p;
        bool plus = cursor_take(c, "+");
        if (!plus && !cursor_take(c, "-"))
            return 0;
        if (product(a, &right, depth) < 0)
            return -1;
        *value = plus ? *value + right : *value - right;
        if (checked(a, at, *value) < 0)
            return -1;
    }
}

/* A bare number beside an amount in rupees is meant in rupees: the rate is applied once, at the end. */
int
arithmetic_read(struct cursor *c, double *value, bool *percent, bool *converted)
{
    struct arithmetic a = { .c = c };
    struct cursor look = *c;

    for (; look.p < look.end; look.p++)
        a.local |= cursor_at(&look, RUPEE);
    a.local &= c->rules->currency_per_usd > 0;
    c->any_percent = true;
    int status = sum(&a, value, 0);
    c->any_percent = false;
    if (status < 0)
        return -1;
    if (a.local)
        *value /= c->rules->currency_per_usd;
    *percent = a.percent;
    *converted = a.converted || a.local;
    return 0;
}
