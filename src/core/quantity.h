/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_CORE_QUANTITY_H
#define BREAKEVEN_CORE_QUANTITY_H

#include "breakeven/core.h"

/*
 * What the files of quantities share: a cursor over the typed text, one number
 * with its units, and one whole entry.
 *
 * A number is read as decimal text to the end: a suffix or "%" moves the
 * decimal exponent, so 1.005k is 1005 and 43.4% is 0.434 to the last bit.
 */

#define Z90 1.6448536269514722 /* Phi^-1(0.95): half a 90 % interval in standard deviations */

#define LARGEST 1e300          /* of any number typed or drawn */

struct cursor {
    const char *start, *p, *end; /* start: of the text as given; columns count from it */
    const struct quantity_rules *rules;
    struct error *err;
    bool any_percent; /* "%" is a hundredth here, whatever the field's form */
};

enum money { MONEY_NONE, MONEY_USD, MONEY_LOCAL };

struct number {
    char digits[QUANTITY_TEXT + 2]; /* sign, digits and point, as strtod reads them */
    int exponent;         /* typed after e */
    int suffix;           /* power of ten of k, M, ... ; 0: none */
    bool percent, per_month;
    enum money money;
    bool money_typed;     /* here, not carried over */
    double value;         /* in the field's own unit: fraction, USD, per day */
    const char *from, *to;
    const char *month;    /* where "/month" was typed, up to "to"; NULL: not here */
};

enum entry_shape { ENTRY_POINT, ENTRY_INTERVAL, ENTRY_UNIFORM, ENTRY_PERT, ENTRY_ABOUT, ENTRY_ARITHMETIC };

/* The numbers in the order typed; those of arithmetic are not kept. */
struct entry {
    enum entry_shape shape;
    int n;
    struct number number[3];
    bool relative; /* about: the half-width is a percentage of the centre */
    struct quantity q;
};

/* Start at the first character that is not white space, end after the last.
 * Refuses a text of QUANTITY_TEXT bytes or more. */
int cursor_init(struct cursor *, const char *text, const struct quantity_rules *, struct error *);
void cursor_skip_spaces(struct cursor *);
bool cursor_at(const struct cursor *, const char *text);
/* Pass text if it is next. */
bool cursor_take(struct cursor *, const char *text);
/* An error at a place of the text. Returns -1. */
int cursor_refuse(const struct cursor *, enum error_code, const char *at, const char *fmt, ...) BE_PRINTF(4, 5);
int cursor_not_a_number(const struct cursor *, const char *at);

/* [sign] [money] digits [suffix] [%] [/month], with its value. */
int number_read(struct cursor *, struct number *);
/* The value again, after a unit was carried over. */
int number_resolve(const struct cursor *, struct number *);
bool cursor_take_month(struct cursor *);

/* The value of "=..." behind the equals sign. *percent: a "%" was seen;
 * *converted: a currency or a month was. */
int arithmetic_read(struct cursor *, double *value, bool *percent, bool *converted);

int entry_parse(struct entry *, const char *text, const struct quantity_rules *, struct error *);

/* Set the truncation and the median of a quantity whose kind and parameters are set. */
void quantity_finish(struct quantity *, double low, double high, bool whole);

#define RUPEE "\xe2\x82\xb9"

#endif
