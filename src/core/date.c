/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "breakeven/core.h"

static int
days_in_month(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : days[month - 1];
}

static bool
digits(const char *s, int n, int *value)
{
    *value = 0;
    for (int k = 0; k < n; k++) {
        if (s[k] < '0' || s[k] > '9')
            return false;
        *value = *value * 10 + (s[k] - '0');
    }
    return true;
}

int
date_parse(struct date *out, const char *text, struct error *err)
{
    struct date d = { 0, 0, 1 };
    size_t n = strlen(text);

    if ((n != 7 && n != 10) || !digits(text, 4, &d.year) || text[4] != '-' || !digits(text + 5, 2, &d.month) ||
        (n == 10 && (text[7] != '-' || !digits(text + 8, 2, &d.day))))
        return error_set(err, ERR_SYNTAX, "\"%.20s\" is not a date: expected YYYY-MM or YYYY-MM-DD", text);
    if (d.year < 1970 || d.month < 1 || d.month > 12 || d.day < 1 || d.day > days_in_month(d.year, d.month))
        return error_set(err, ERR_RANGE, "%s is not a day of the calendar from 1970 on", text);
    *out = d;
    return 0;
}

char *
date_print(char *out, size_t size, struct date d, bool with_day)
{
    if (with_day)
        snprintf(out, size, "%04d-%02d-%02d", d.year, d.month, d.day);
    else
        snprintf(out, size, "%04d-%02d", d.year, d.month);
    return out;
}

int
date_compare(struct date a, struct date b)
{
    if (a.year != b.year)
        return a.year < b.year ? -1 : 1;
    if (a.month != b.month)
        return a.month < b.month ? -1 : 1;
    return a.day == b.day ? 0 : a.day < b.day ? -1 : 1;
}

struct date
date_add_months(struct date d, int months)
{
    long count = d.year * 12L + d.month - 1 + months, year = count >= 0 ? count / 12 : -((11 - count) / 12);

    return (struct date){ (int)year, (int)(count - 12 * year) + 1, 1 };
}

/* Days from civil date (Howard Hinnant's algorithm, public domain). */
long
date_days(struct date d)
{
    long year = d.year - (d.month <= 2), era = (year >= 0 ? year : year - 399) / 400;
    long of_era = year - era * 400;
    long of_year = (153L * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}
