/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "usage.h"

/*
 * A usage log in pieces.  The bytes of one record are kept until it is whole, then what
 * it says goes into the sums of its day; nothing else grows.
 */

#define TOKENS_MAX 1e12   /* of one record: a day of the largest service */
#define SECONDS_MAX 4e9   /* the year 2096 */

struct usage_reader {
    const char *columns[USAGE_ROLES]; /* as the person mapped them, or NULL */
    char *mapped[USAGE_ROLES];        /* the copies that they point to      */
    const struct usage_format *format;
    bool begun, is_csv, in_quotes, too_long;
    struct csv header;
    struct buffer record;             /* the bytes of the one at hand       */
    struct buffer scratch;
    int line, record_line;            /* of the last byte, of the record    */
    size_t bytes;
    struct usage_sums sums;
    struct usage out;
};

static int
no_memory(struct error *err)
{
    return error_set(err, ERR_BUG, "no memory for the usage log");
}

int
usage_open(struct usage_reader **out, const char *const columns[USAGE_ROLES], struct error *err)
{
    struct usage_reader *r = calloc(1, sizeof *r);

    if (r == NULL)
        return no_memory(err);
    for (int k = 0; k < USAGE_ROLES && columns != NULL; k++)
        if (columns[k] != NULL) {
            r->columns[k] = r->mapped[k] = strdup(columns[k]);
            if (r->mapped[k] == NULL) {
                usage_close(r);
                return no_memory(err);
            }
        }
    buffer_init(&r->record);
    buffer_init(&r->scratch);
    r->line = r->record_line = 1;
    *out = r;
    return 0;
}

void
usage_close(struct usage_reader *r)
{
    if (r == NULL)
        return;
    for (int k = 0; k < USAGE_ROLES; k++)
        free(r->mapped[k]);
    csv_release(&r->header);
    buffer_release(&r->record);
    buffer_release(&r->scratch);
    free(r->sums.days);
    free(r);
}

/* ---- records that cannot be read -------------------------------------------------------- */

static void
bad(struct usage_reader *r, int column, const char *words)
{
    r->out.bad++;
    if (r->out.n_bad < USAGE_BAD_MAX)
        error_at(&r->out.first_bad[r->out.n_bad++], ERR_SYNTAX, r->record_line, column, "%s", words);
}

static void
bad_value(struct usage_reader *r, enum usage_role role, const char *text, const char *expected)
{
    char words[160];

    if (text == NULL)
        snprintf(words, sizeof words, "no %s", usage_role_name(role));
    else
        snprintf(words, sizeof words, "%s \"%.60s\" is not %s", usage_role_name(role), text, expected);
    bad(r, 1, words);
}

/* ---- values ---------------------------------------------------------------------------------- */

static bool
two_digits(const char **p, int low, int high, int *value)
{
    const char *s = *p;

    if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
        return false;
    *value = (s[0] - '0') * 10 + (s[1] - '0');
    *p += 2;
    return *value >= low && *value <= high;
}

/* Z, +05:30, -0800, +02; nothing is UTC. Words behind it are not understood. */
static bool
zone_seconds(const char *p, double *seconds)
{
    int sign = *p == '-' ? -1 : 1, hours = 0, minutes = 0;

    *seconds = 0;
    if (*p == '\0' || strcmp(p, "Z") == 0 || strcmp(p, "z") == 0 || strcmp(p, " UTC") == 0)
        return true;
    p += *p == ' ';
    sign = *p == '-' ? -1 : 1;
    if (*p++ != '+' && sign > 0)
        return false;
    if (!two_digits(&p, 0, 14, &hours))
        return false;
    p += *p == ':';
    if (*p != '\0' && !two_digits(&p, 0, 59, &minutes))
        return false;
    *seconds = sign * (hours * 3600.0 + minutes * 60.0);
    return *p == '\0';
}

/* 2026-03-01, 2026-03-01T10:20[:30[.5]][zone]. */
static bool
calendar_seconds(const char *text, double *seconds)
{
    int hour = 0, minute = 0, second = 0;
    char day[11];
    struct date d;
    double zone;

    if (strlen(text) < 10)
        return false;
    memcpy(day, text, 10);
    day[10] = '\0';
    if (date_parse(&d, day, NULL) < 0)
        return false;
    *seconds = (double)date_days(d) * 86400;
    const char *p = text + 10;
    if (*p == '\0')
        return true;
    if (*p != 'T' && *p != ' ' && *p != 't')
        return false;
    p++;
    if (!two_digits(&p, 0, 23, &hour) || *p++ != ':' || !two_digits(&p, 0, 59, &minute))
        return false;
    if (*p == ':') {
        p++;
        if (!two_digits(&p, 0, 60, &second))
            return false;
        if (*p == '.' || *p == ',')
            p += 1 + strspn(p + 1, "0123456789");
    }
    if (!zone_seconds(p, &zone))
        return false;
    *seconds += hour * 3600.0 + minute * 60.0 + second - zone;
    return true;
}

static bool
number_of(const char *text, double *value)
{
    struct node n = { .kind = NODE_SCALAR, .text = (char *)(uintptr_t)text };

    return node_number(&n, value);
}

/* Seconds since 1970; a number by its size may count milliseconds or microseconds. */
static bool
time_of(const char *text, double *seconds)
{
    double x;

    if (number_of(text, &x)) {
        while (x > SECONDS_MAX && x < 1e16)
            x /= 1000;
        *seconds = x;
    } else if (!calendar_seconds(text, seconds))
        return false;
    return *seconds >= 0 && *seconds < SECONDS_MAX;
}

static bool
is_yes(const char *text)
{
    return strcmp(text, "true") == 0 || strcmp(text, "True") == 0 || strcmp(text, "1") == 0 || strcmp(text, "yes") == 0;
}

static bool
is_failure(const char *text)
{
    static const char *const words[] = { "failure", "failed", "error", "ERROR", "Failure" };
    double code;

    for (size_t k = 0; k < BE_LEN(words); k++)
        if (strcmp(text, words[k]) == 0)
            return true;
    return number_of(text, &code) && code >= 400;
}

/* The text of a role, in the reader's scratch; NULL if the record does not say. */
static const char *
role_text(struct usage_reader *r, const struct record *rec, enum usage_role role)
{
    const char *text = NULL;

    if (r->columns[role] != NULL)
        return usage_column(rec, r->columns[role], &r->scratch);
    for (int k = 0; k < COLUMNS_MAX && r->format->columns[role][k] != NULL && text == NULL; k++)
        text = usage_column(rec, r->format->columns[role][k], &r->scratch);
    return text;
}

/* 1 read, 0 the record does not say, -1 bad. */
static int
role_count(struct usage_reader *r, const struct record *rec, enum usage_role role, bool needed, double *value)
{
    const char *text = role_text(r, rec, role);

    if (text == NULL && !needed)
        return 0;
    if (text == NULL || !number_of(text, value) || *value < 0 || *value > TOKENS_MAX) {
        bad_value(r, role, text, "a count");
        return -1;
    }
    return 1;
}

/* ---- into the sums -------------------------------------------------------------------------------- */

/* The day's sums, made if they are not there. NULL: too many days, or no memory. */
static struct usage_day *
day_of(struct usage_sums *s, long day)
{
    size_t low = 0, high = s->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (s->days[mid].day < day)
            low = mid + 1;
        else
            high = mid;
    }
    if (low < s->n && s->days[low].day == day)
        return &s->days[low];
    if (s->n == USAGE_DAYS_MAX)
        return NULL;
    if (s->n == s->cap) {
        size_t cap = s->cap > 0 ? 2 * s->cap : 64;
        struct usage_day *days = realloc(s->days, cap * sizeof *days);
        if (days == NULL)
            return NULL;
        s->days = days;
        s->cap = cap;
    }
    memmove(&s->days[low + 1], &s->days[low], (s->n - low) * sizeof *s->days);
    memset(&s->days[low], 0, sizeof *s->days);
    s->days[low].day = day;
    s->n++;
    return &s->days[low];
}

struct said {
    double seconds, input, output, cached, written, requests;
    bool has_cached, has_written, has_batch, batch;
};

static int
add_up(struct usage_reader *r, const struct said *x, struct error *err)
{
    struct usage_day *d = day_of(&r->sums, (long)floor(x->seconds / 86400));
    int hour = (int)(fmod(x->seconds, 86400) / 3600);

    if (d == NULL)
        return error_set(err, ERR_SIZE, "the log has records of more than %d days", USAGE_DAYS_MAX);
    d->requests += x->requests;
    d->input += x->input;
    d->output += x->output;
    d->hours[hour] += x->requests;
    if (x->has_cached) {
        d->cached += x->cached;
        d->cached_of += x->input;
    }
    if (x->has_written) {
        d->written += x->written;
        d->written_of += x->input;
    }
    d->batch += x->batch ? x->requests : 0;
    r->sums.batches = r->sums.batches || x->has_batch;
    if (x->requests == 1) {
        r->sums.singles++;
        r->sums.input += x->input;
        r->sums.input2 += x->input * x->input;
    }
    r->out.requests += x->requests;
    r->out.records++;
    return 0;
}

/* -1 on an error of the whole log; a bad record is none. */
static int
take(struct usage_reader *r, const struct record *rec, struct error *err)
{
    struct said x = { .requests = 1 };
    const char *text;

    if (r->format == NULL)
        r->format = usage_format_of(rec);
    text = role_text(r, rec, USAGE_STATUS);
    if (text != NULL && is_failure(text)) {
        r->out.failed++;
        return 0;
    }
    text = role_text(r, rec, USAGE_TIME);
    if (text == NULL || !time_of(text, &x.seconds)) {
        bad_value(r, USAGE_TIME, text, "a time: expected 2026-03-01T10:20:30Z or seconds since 1970");
        return 0;
    }
    if (role_count(r, rec, USAGE_INPUT, true, &x.input) < 0 || role_count(r, rec, USAGE_OUTPUT, true, &x.output) < 0)
        return 0;
    int cached = role_count(r, rec, USAGE_CACHED, false, &x.cached);
    int written = cached >= 0 ? role_count(r, rec, USAGE_CACHE_WRITE, false, &x.written) : -1;
    int requests = written >= 0 ? role_count(r, rec, USAGE_REQUESTS, false, &x.requests) : -1;
    if (requests < 0 || x.requests == 0)
        return 0;
    x.has_cached = cached > 0;
    x.has_written = written > 0;
    if (r->format->cached_beside && r->columns[USAGE_CACHED] == NULL)
        x.input += x.cached + x.written;
    if (x.cached + x.written > x.input) {
        bad(r, 1, "more tokens of the cache than tokens of the prompt");
        return 0;
    }
    text = role_text(r, rec, USAGE_BATCH);
    x.has_batch = text != NULL;
    x.batch = text != NULL && is_yes(text);
    return add_up(r, &x, err);
}

/* ---- records ---------------------------------------------------------------------------------------- */

static const char *
header_name(const void *ctx, int i)
{
    const struct csv *t = ctx;

    return (size_t)i < t->n_columns ? t->rows[0][i] : NULL;
}

/* A column that was asked for must be there. */
static int
check_header(struct usage_reader *r, struct error *err)
{
    for (int k = 0; k < USAGE_ROLES; k++) {
        char first[96];

        if (r->columns[k] == NULL || csv_column(&r->header, r->columns[k]) >= 0)
            continue;
        snprintf(first, sizeof first, "%.*s", (int)strcspn(r->columns[k], "."), r->columns[k]);
        if (csv_column(&r->header, first) >= 0)
            continue;
        const char *nearest = text_nearest(r->columns[k], header_name, &r->header);
        return error_at(err, ERR_UNKNOWN, 1, 1, nearest != NULL ? "no column %s, nearest %s" : "no column %s",
                        r->columns[k], nearest);
    }
    return 0;
}

static int
take_row(struct usage_reader *r, struct error *err)
{
    struct error why;
    struct csv row;

    if (csv_parse(&row, r->record.text, r->record.n, &why) < 0) {
        bad(r, why.column > 0 ? why.column : 1, why.text);
        return 0;
    }
    if (r->header.n_rows == 0) {
        r->header = row;
        return check_header(r, err);
    }
    int status = 0, first = r->record_line;
    /* More than one where a stray quote held lines together. */
    for (size_t k = 0; k < row.n_rows && status == 0; k++) {
        const struct record rec = { (const char *const *)r->header.rows[0], r->header.n_columns,
                                    (const char *const *)row.rows[k], NULL };
        r->record_line = first + row.lines[k] - 1;
        if (row.n_columns != r->header.n_columns)
            bad(r, 1, row.n_columns > r->header.n_columns ? "more fields than the header" : "fewer fields than the header");
        else
            status = take(r, &rec, err);
    }
    csv_release(&row);
    return status;
}

/* Lists are welcome too, if each object has a line of its own. */
static int
take_line(struct usage_reader *r, struct error *err)
{
    struct document *doc = NULL;
    const char *text = r->record.text;
    size_t n = r->record.n;
    struct error why;

    while (n > 0 && strchr(" \t\r\n,", text[n - 1]) != NULL)
        n--;
    while (n > 0 && (*text == ' ' || *text == '\t'))
        text++, n--;
    if (n == 0 || (n == 1 && (*text == '[' || *text == ']')))
        return 0;
    if (document_parse_json(&doc, text, n, &why) < 0) {
        bad(r, why.column > 0 ? why.column : 1, why.text);
        return 0;
    }
    const struct record rec = { .object = document_root(doc) };
    int status = 0;
    if (rec.object->kind != NODE_MAPPING)
        bad(r, 1, "expected an object, one a line");
    else
        status = take(r, &rec, err);
    document_free(doc);
    return status;
}

static int
end_record(struct usage_reader *r, struct error *err)
{
    int status = 0;

    if (r->record.failed)
        return no_memory(err);
    if (r->too_long)
        bad(r, 1, "a record of more than 1 MiB");
    else if (r->record.n > 0 && strspn(r->record.text, " \t\r\n") < r->record.n)
        status = r->is_csv ? take_row(r, err) : take_line(r, err);
    r->record.n = 0;
    if (r->record.cap > 0)
        r->record.text[0] = '\0';
    r->too_long = r->in_quotes = false;
    r->record_line = r->line;
    return status;
}

/* Objects begin with a brace, lists of them with a bracket; a table begins with a name. */
static bool
begin(struct usage_reader *r, char c)
{
    if (r->begun || c == ' ' || c == '\t' || c == '\n' || c == '\r' || (unsigned char)c >= 0x80)
        return true;
    r->begun = true;
    r->is_csv = c != '{' && c != '[';
    return c != '\0';
}

int
usage_feed(struct usage_reader *r, const char *bytes, size_t n, struct error *err)
{
    if (n > USAGE_BYTES_MAX - r->bytes)
        return error_set(err, ERR_SIZE, "the log is larger than 64 MiB; take fewer weeks of it");
    r->bytes += n;
    for (size_t k = 0; k < n; k++) {
        char c = bytes[k];

        if (!begin(r, c))
            return error_at(err, ERR_SYNTAX, r->line, 1, "this is no text");
        if (r->is_csv && c == '"')
            r->in_quotes = !r->in_quotes;
        if (c == '\n') {
            r->line++;
            if (!r->in_quotes || r->too_long) {
                if (end_record(r, err) < 0)
                    return -1;
                continue;
            }
        }
        if (r->record.n < USAGE_RECORD_MAX)
            buffer_putc(&r->record, c);
        else
            r->too_long = true;
    }
    return 0;
}

int
usage_finish(struct usage_reader *r, struct usage *out, struct error *err)
{
    if (end_record(r, err) < 0)
        return -1;
    if (r->out.records == 0) {
        if (r->out.n_bad > 0)
            return error_at(err, ERR_SYNTAX, r->out.first_bad[0].line, r->out.first_bad[0].column,
                            "no record can be read; the first: %s", r->out.first_bad[0].text);
        return error_set(err, ERR_SYNTAX, "the log holds no record");
    }
    r->out.format = r->format->name;
    usage_figures(&r->out, &r->sums);
    *out = r->out;
    return 0;
}
