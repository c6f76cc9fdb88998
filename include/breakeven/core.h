/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_CORE_H
#define BREAKEVEN_CORE_H

/*
 * The ground floor: errors, problems, text, dates and quantities.
 *
 * Nothing here prints, exits, reads the environment, the clock or the locale,
 * or keeps state between calls.  Functions that can fail return 0 or -1 and
 * fill a struct error that the caller owns; on failure their outputs are
 * untouched.
 */

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define BE_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define BE_PRINTF(f, a)
#endif

#define BE_LEN(array) (sizeof(array) / sizeof((array)[0]))

/* ---- errors: one list gives code, exit status and meaning ------------- */

#define ERROR_LIST(X) \
    X(OK, 0, "success") \
    X(NO, 1, "the answer is no (check alone)") \
    X(USAGE, 2, "the command line is wrong") \
    X(IO, 3, "a file cannot be read or written") \
    X(SYNTAX, 4, "a file is not well-formed") \
    X(RANGE, 5, "a value lies outside its limits") \
    X(UNKNOWN, 6, "a name is not known") \
    X(CONFLICT, 7, "a scenario contradicts itself") \
    X(TERMINAL, 8, "the terminal cannot be used") \
    X(SIZE, 9, "a file is over a size limit") \
    X(BUG, 70, "a fault of the program itself")

enum error_code {
#define X(name, status, words) ERR_##name,
    ERROR_LIST(X)
#undef X
    ERR_COUNT
};

/* Line and column count from 1; 0 means that the place is not known. The
 * column counts characters, not bytes. The text is lower case, without the
 * file name, harmless on a terminal (text from files in it is cleaned). */
struct error {
    enum error_code code;
    int line, column;
    char text[400];
};

/* Fill *err and return -1, so that "return error_set(...)" reads well. A NULL
 * err is allowed. The message is truncated at a character boundary, and every
 * control or bidi character that came in by an argument is made visible. */
int error_set(struct error *err, enum error_code code, const char *fmt, ...) BE_PRINTF(3, 4);
int error_at(struct error *err, enum error_code code, int line, int column,
             const char *fmt, ...) BE_PRINTF(5, 6);
int error_exit_status(enum error_code code);
const char *error_meaning(enum error_code code);

/* ---- problems: everything wrong with one file, at once ---------------- */

enum problem_level { PROBLEM_ERROR, PROBLEM_WARNING };

struct problem {
    enum problem_level level;
    struct error error; /* code, place and words */
    char path[96];      /* field path, as workload.requests_per_day; "" if none */
};

#define PROBLEMS_MAX 64

/* Plain data; the first PROBLEMS_MAX are kept, the rest are counted. */
struct problems {
    int n, dropped, errors; /* errors: how many of all were errors */
    struct problem list[PROBLEMS_MAX];
};

void problems_init(struct problems *);
void problems_add(struct problems *, enum problem_level, const char *path,
                  const struct error *);

/* ---- a growing string -------------------------------------------------- */

/* text is NUL-terminated and never NULL after buffer_init. An allocation that
 * fails sets "failed", keeps what was there and ignores later appends, so that
 * callers check once at the end. */
struct buffer {
    char *text;
    size_t n, cap;
    bool failed;
};

void buffer_init(struct buffer *);
void buffer_release(struct buffer *);
void buffer_add(struct buffer *, const char *bytes, size_t n);
void buffer_puts(struct buffer *, const char *text);
void buffer_putc(struct buffer *, char c);
void buffer_printf(struct buffer *, const char *fmt, ...) BE_PRINTF(2, 3);
/* The text, now the caller's to free(); the buffer is empty again. NULL if it
 * had failed. */
char *buffer_steal(struct buffer *);

/* ---- text: UTF-8, widths, names ---------------------------------------- */

/* Decode one character from s (n bytes left, n > 0). Returns the bytes used
 * (1..4) and the code point; malformed input gives U+FFFD and uses 1 byte. */
int text_decode(const char *s, size_t n, uint32_t *code_point);
/* Encode to out (at least 5 bytes, NUL-terminated); returns the bytes. */
int text_encode(uint32_t code_point, char out[5]);
/* True if the bytes are well-formed UTF-8 (no surrogates, no overlong form);
 * else *bad is the offset of the first bad byte. */
bool text_valid(const char *s, size_t n, size_t *bad);
/* Cells of one character: 0 combining, 2 wide, 1 else; from a generated table,
 * the same in every locale. Controls count 0. */
int text_char_width(uint32_t code_point);
int text_width(const char *utf8);
/* Copy with every control (C0, C1, DEL), bidi override or isolate, and
 * malformed byte shown as U+FFFD or, for a tab or newline, a space. Never
 * splits a character; always NUL-terminated. Returns out. */
char *text_clean(char *out, size_t size, const char *from);
/* Copy at most "cells" columns of from; appends "…" ("..." if ascii) where cut. */
char *text_fit(char *out, size_t size, const char *from, int cells, bool ascii);
/* Bytes of the first line when words are wrapped at "cells": up to a space where one stands, else cut
 * between characters. 0: not even one character fits. */
size_t text_break(const char *utf8, int cells);
/* The same wherever it must be cut, spaces or not. */
size_t text_break_hard(const char *utf8, int cells);
/* Words wrapped at so many columns, a newline after each line: "lead" stands before the first, the rest
 * is indented as far. A character wider than a line stands alone in it. The text is clean. */
void buffer_wrap(struct buffer *, const char *text, int columns, const char *lead);
/* Bounded copy; false if it was cut (at a character boundary). */
bool text_copy(char *out, size_t size, const char *from);
/* Edit distance with transpositions (Damerau, restricted), ASCII case folded. */
int text_distance(const char *a, const char *b);
/* The candidate nearest to name: next(i) gives candidate i or NULL at the end.
 * NULL when none is within a third of the name's length (at least 2), after
 * candidates that contain it whole, none of four letters or more stands whole in it, and
 * none begins as it does for three letters or more. The pointer is the candidate's. */
const char *text_nearest(const char *name, const char *(*next)(const void *ctx, int i),
                         const void *ctx);
/* Fuzzy match as in fzf: letters of pattern in order; higher is better, 0 none. */
int text_fuzzy(const char *pattern, const char *candidate);

/* ---- numbers for people ------------------------------------------------ */

/* A unit as it follows a figure in print: behind "1" its first word has lost the s of its plural ("1 month", "1 label
 * an hour"); words of two letters, as ms, have none. */
char *text_unit(char *out, size_t size, const char *figure, const char *unit);

/* Three significant digits with k M B T, trailing zeros trimmed: 12M, 1.41M,
 * 0.0032, 0. Non-finite prints "-". */
char *number_si(char *out, size_t size, double value);
/* The same with $ in front, a minus before it: $1.8k, -$442. */
char *number_usd(char *out, size_t size, double value);
/* Full: thousands separated, "decimals" places: 1,800.00; "-" if not finite. */
char *number_full(char *out, size_t size, double value, int decimals);
/* The same, separated as the users of that currency do: of INR and its neighbours by lakh and crore, 1,23,45,678. */
char *number_full_of(char *out, size_t size, double value, int decimals, const char *currency);
/* $ and full: -$1,234.50. */
char *number_usd_full(char *out, size_t size, double value, int decimals);
/* A fraction as percent, at most "decimals" places, zeros trimmed: 43.4%. */
char *number_percent(char *out, size_t size, double fraction, int decimals);
/* Shortest text that strtod reads back to the same double; "null" if not
 * finite (for JSON and CSV). */
char *number_exact(char *out, size_t size, double value);

/* ---- dates --------------------------------------------------------------- */

struct date {
    int year, month, day; /* proleptic Gregorian; 1 <= month <= 12 */
};

/* YYYY-MM or YYYY-MM-DD (day 1 if absent), from 1970 on. */
int date_parse(struct date *, const char *text, struct error *);
char *date_print(char *out, size_t size, struct date, bool with_day);
int date_compare(struct date, struct date);
/* The first day of the month "months" later. */
struct date date_add_months(struct date, int months);
/* Days since 1970-01-01. */
long date_days(struct date);

/* ---- quantities: every number may be uncertain --------------------------- */

enum quantity_kind {
    QUANTITY_UNSET,
    QUANTITY_EXACT,       /* a                                               */
    QUANTITY_LOGNORMAL,   /* ln x ~ N(a, b)                                  */
    QUANTITY_LOGITNORMAL, /* logit x ~ N(a, b)                               */
    QUANTITY_NORMAL,      /* x ~ N(a, b)                                     */
    QUANTITY_UNIFORM,     /* a..b                                            */
    QUANTITY_PERT         /* low a, likely b, high c: Beta, lambda 4         */
};

enum quantity_form {
    FORM_NUMBER, /* a count or measure                                       */
    FORM_USD,    /* money; "$" and the scenario's currency sign accepted     */
    FORM_SHARE   /* a fraction inside, typed and shown as %; bare |x| > 1 refused */
};

struct quantity_rules {
    enum quantity_form form;
    double low, high;         /* the field's legal range, inclusive             */
    bool whole;               /* each draw is rounded to a whole number         */
    double days_per_month;    /* > 0: "300M/month" is accepted and divided by it */
    double currency_per_usd;  /* > 0: "₹250" means 250 / this                   */
};

#define QUANTITY_TEXT 64

/* What a person typed, and what it means. x is the value in force for one
 * evaluation: the truncated distribution's median after parsing; the solver
 * sets it to the draw. Plain data. */
struct quantity {
    enum quantity_kind kind;
    bool whole;
    double a, b, c;
    double low, high; /* truncation: the field's legal range */
    double f_low, f_high; /* probability below low and up to high, before truncation */
    double x;
    char text[QUANTITY_TEXT]; /* as typed, white space at the ends removed */
};

/* Parse the grammar of the entry field (see the manual, QUANTITIES). Numbers are read
 * in decimal, so 1.005k is 1005 to the last bit. A suffix or % on the high end alone
 * carries to the low end; a currency or "/month" at either end holds for both. Limits
 * beyond 1e300 count as 1e300. On error err->column is the character (from 1) in text,
 * the message says what was expected and, where one is likely, the text that was meant;
 * *q is untouched. */
int quantity_parse(struct quantity *q, const char *text, const struct quantity_rules *,
                   struct error *err);
/* An exact value, with a canonical text. value must be legal. */
int quantity_exact(struct quantity *q, double value, const struct quantity_rules *,
                   struct error *err);
bool quantity_is_uncertain(const struct quantity *);
/* Quantile of the truncated, rounded distribution at 0 < u < 1. */
double quantity_quantile(const struct quantity *, double u);
/* Transform a stored draw: z standard normal score, u = Phi(z). Both are
 * passed so that no kind needs a conversion. */
double quantity_draw(const struct quantity *, double z, double u);
/* The same n times, bit for bit; x and u may be one array. */
void quantity_draws(const struct quantity *, const double *z, const double *u, double *x, int n);
double quantity_median(const struct quantity *);
/* Mean of the truncated distribution (before rounding), by its closed form or
 * by adaptive integration. */
double quantity_mean(const struct quantity *);
/* P(X <= v), truncated, before rounding. */
double quantity_cdf(const struct quantity *, double v);
/* Canonical text for a value of this form: "12M", "$3.67", "45%"; reads back
 * to the same value (more digits than three where needed). */
char *quantity_print(char *out, size_t size, double value, const struct quantity_rules *);
/* Like quantity_print but for the eye: three significant digits. */
char *quantity_show(char *out, size_t size, double value, const struct quantity_rules *);
/* One line that says what was understood, after truncation: "90% sure it is 8M to
 * 12M; log-normal; median 9.8M". ASCII only. */
char *quantity_describe(char *out, size_t size, const struct quantity *,
                        const struct quantity_rules *);
/* Every number of text times factor, or plus step (in the field's own unit), in the
 * text's own form ("8M to 12M" * 2 -> "16M to 24M"). The half-width of "10M ±20%"
 * stays; that of "10M ±2M" is scaled but not shifted. The result is parsed before it
 * is given out, so out always holds a legal text; on failure out is untouched. */
int quantity_scale_text(char *out, size_t size, const char *text, double factor,
                        const struct quantity_rules *, struct error *);
int quantity_shift_text(char *out, size_t size, const char *text, double step,
                        const struct quantity_rules *, struct error *);

/* Standard normal quantile and distribution; u in (0, 1). */
double normal_quantile(double u);
double normal_cdf(double z);

/* A number, arithmetic or money text to a double: "12M", "1,000,000", "3e-6",
 * "=5*30", "45%". Used for --set-like options. Same errors as quantity_parse. */
int number_parse(double *value, const char *text, enum quantity_form form, struct error *);

#endif
