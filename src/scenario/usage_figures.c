/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "usage.h"

/*
 * From the sums of days to fields.  A field is a mean, so its spread is not that from one
 * request to the next: it is how far the means of weeks lie apart, or, where there are too few
 * weeks, how well the days in hand show the mean.
 */

#define WEEKS_MIN 3
#define WEEKS_MAX (USAGE_DAYS_MAX / 7)
#define WINDOW_DAYS 28
#define GROWTH_WEEKS_MIN 5
#define WEEKS_A_MONTH (365.25 / 12 / 7)
#define Z90 1.6448536269514722 /* of a 90 % interval, each side */

/* Calendar days, those without a request too. */
struct span {
    long first;
    int n;
    const struct usage_day *at[USAGE_DAYS_MAX]; /* NULL: none */
};

/* The first and the last day may be there in part. */
static int
span_of(const struct usage_sums *s, long *first)
{
    bool trim = s->n >= 3;
    long from = s->days[trim ? 1 : 0].day, to = s->days[trim ? s->n - 2 : s->n - 1].day;

    *first = from;
    return to - from + 1 > USAGE_DAYS_MAX ? USAGE_DAYS_MAX : (int)(to - from + 1);
}

static struct usage_day
sum_of(const struct span *s, int from, int n)
{
    struct usage_day sum = { .day = 0 };

    for (int k = from; k < from + n; k++) {
        const struct usage_day *d = s->at[k];
        if (d == NULL)
            continue;
        sum.requests += d->requests;
        sum.input += d->input;
        sum.output += d->output;
        sum.batch += d->batch;
        sum.cached += d->cached;
        sum.cached_of += d->cached_of;
        sum.written += d->written;
        sum.written_of += d->written_of;
        for (int h = 0; h < 24; h++)
            sum.hours[h] += d->hours[h];
    }
    return sum;
}

/* ---- what a sum says ------------------------------------------------------------------- */

/* NAN where it says nothing. n: its days. */
typedef double figure(const struct usage_day *, int n);

static double
ratio(double a, double b)
{
    return b > 0 ? a / b : NAN;
}

static double
requests_a_day(const struct usage_day *d, int n)
{
    return ratio(d->requests, n);
}

static double
mean_input(const struct usage_day *d, int n)
{
    (void)n;
    return ratio(d->input, d->requests);
}

static double
mean_output(const struct usage_day *d, int n)
{
    (void)n;
    return ratio(d->output, d->requests);
}

static double
cached_share(const struct usage_day *d, int n)
{
    (void)n;
    return ratio(d->cached, d->cached_of);
}

static double
written_share(const struct usage_day *d, int n)
{
    (void)n;
    return ratio(d->written, d->written_of);
}

static double
batch_share(const struct usage_day *d, int n)
{
    (void)n;
    return ratio(d->batch, d->requests);
}

/* Of the hours of the day over all its days; NAN if all records are of one hour, as sums of days
 * are. */
static double
peak(const struct usage_day *d, int n)
{
    double most = 0;
    int used = 0;

    (void)n;
    for (int h = 0; h < 24; h++) {
        used += d->hours[h] > 0;
        most = fmax(most, d->hours[h]);
    }
    return used > 1 ? 24 * most / d->requests : NAN;
}

/* ---- spread ---------------------------------------------------------------------------------- */

static double
forward(double x, bool share)
{
    return share ? log(x / (1 - x)) : log(x);
}

static double
backward(double x, bool share)
{
    return share ? 1 / (1 + exp(-x)) : exp(x);
}

struct line {
    double slope, slope_sd, sd; /* per step; of the slope; around the line */
    int n;
};

/* Least squares over 0, 1, ...; flat: around the mean. */
static struct line
fit(const double *y, int n, bool flat)
{
    double mean = 0, x_mean = (n - 1) / 2.0, sxx = 0, sxy = 0, rss = 0;
    struct line l = { 0, 0, 0, n };

    for (int k = 0; k < n; k++)
        mean += y[k] / n;
    for (int k = 0; k < n && !flat; k++) {
        sxx += (k - x_mean) * (k - x_mean);
        sxy += (k - x_mean) * (y[k] - mean);
    }
    l.slope = sxx > 0 ? sxy / sxx : 0;
    for (int k = 0; k < n; k++) {
        double rest = y[k] - mean - l.slope * (k - x_mean);
        rss += rest * rest;
    }
    int free_n = n - (flat ? 1 : 2);
    l.sd = free_n > 0 ? sqrt(rss / free_n) : 0;
    l.slope_sd = sxx > 0 ? l.sd / sqrt(sxx) : 0;
    return l;
}

/* What the periods of "length" days say, where all of them say something; the latest is whole. */
static int
series(const struct span *s, figure *f, int length, bool share, double *y)
{
    int n = s->n / length, from = s->n - n * length, got = 0;

    for (int k = 0; k < n; k++) {
        const struct usage_day sum = sum_of(s, from + k * length, length);
        double x = f(&sum, length);
        if (known(x) && x > 0 && (!share || x < 1))
            y[got++] = forward(x, share);
    }
    return got == n ? n : 0;
}

/* Half the 90 % interval of the mean, on the scale of its logarithm or logit; 0: no spread seen. */
static double
half_width(const struct span *s, figure *f, bool share, char *about, size_t size)
{
    double y[USAGE_DAYS_MAX];
    int weeks = series(s, f, 7, share, y);

    if (weeks >= WEEKS_MIN) {
        snprintf(about, size, "as its weeks lie apart, over %d weeks", weeks);
        return Z90 * fit(y, weeks, weeks < GROWTH_WEEKS_MIN).sd;
    }
    int days = series(s, f, 1, share, y);
    if (days >= 3) {
        snprintf(about, size, "mean of %d days, as well as they show it", days);
        return Z90 * fit(y, days, true).sd / sqrt(days);
    }
    snprintf(about, size, s->n == 1 ? "of one day: no spread to see" : "of %d days: no spread to see", s->n);
    return 0;
}

/* ---- fields ------------------------------------------------------------------------------------- */

static double
rounded(double x)
{
    char text[32];
    double value = x;

    snprintf(text, sizeof text, "%.3g", x);
    struct node n = { .kind = NODE_SCALAR, .text = text };
    node_number(&n, &value);
    return value;
}

/* Store it if it is a legal value of its field. */
static void
put(struct usage *out, const char *key, double mean, double low, double high, const char *about)
{
    const struct field *f = NULL;
    struct quantity_rules rules;
    struct quantity q;
    char a[32], b[32], text[QUANTITY_TEXT];
    struct scenario *none = NULL;

    for (int k = 0; k < scenario_fields_n; k++)
        if (strcmp(scenario_fields[k].key, key) == 0)
            f = &scenario_fields[k];
    if (f == NULL || out->n_fields == USAGE_FIELDS_MAX)
        return;
    field_rules(f, none, &rules);
    mean = fmin(fmax(mean, f->low), f->high);
    quantity_print(a, sizeof a, rounded(low), &rules);
    quantity_print(b, sizeof b, rounded(high), &rules);
    if (strcmp(a, b) != 0 && rounded(low) > f->low && rounded(high) < f->high)
        snprintf(text, sizeof text, "%s to %s", a, b);
    else
        quantity_print(text, sizeof text, rounded(mean), &rules);
    if (quantity_parse(&q, text, &rules, NULL) < 0)
        return;
    struct usage_field *to = &out->fields[out->n_fields++];
    to->key = key;
    text_copy(to->text, sizeof to->text, text);
    text_copy(to->about, sizeof to->about, about);
}

static void
put_figure(struct usage *out, const struct span *s, const char *key, figure *f, bool share)
{
    int window = s->n >= 7 ? s->n - s->n % 7 : s->n;
    char about[96];

    window = window > WINDOW_DAYS ? WINDOW_DAYS : window;
    const struct usage_day sum = sum_of(s, s->n - window, window);
    double mean = f(&sum, window);
    if (!known(mean))
        return;
    if (mean <= 0 || (share && mean >= 1)) {
        snprintf(about, sizeof about, "%s of it in %d days", mean <= 0 ? "none" : "all", s->n);
        put(out, key, mean, mean, mean, about);
        return;
    }
    double half = half_width(s, f, share, about, sizeof about), middle = forward(mean, share);
    put(out, key, mean, backward(middle - half, share), backward(middle + half, share), about);
}

/* Student's t, 95 %: by degrees of freedom. */
static double
t95(int n)
{
    static const double table[] = { 6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812 };

    return n < 1 ? 6.314 : n <= (int)BE_LEN(table) ? table[n - 1] : Z90 + 1.6 / n;
}

static void
put_growth(struct usage *out, const struct span *s)
{
    double y[USAGE_DAYS_MAX];
    int weeks = series(s, requests_a_day, 7, false, y);
    char about[96];

    if (weeks < GROWTH_WEEKS_MIN)
        return;
    struct line l = fit(y, weeks, false);
    double half = t95(weeks - 2) * l.slope_sd;
    snprintf(about, sizeof about, "the trend of %d weeks", weeks);
    put(out, "workload.growth_per_month", expm1(l.slope * WEEKS_A_MONTH), expm1((l.slope - half) * WEEKS_A_MONTH),
        expm1((l.slope + half) * WEEKS_A_MONTH), about);
}

static void
put_lengths(struct usage *out, const struct usage_sums *sums)
{
    double mean = ratio(sums->input, sums->singles), variance = ratio(sums->input2, sums->singles) - mean * mean;
    char about[96];

    if (sums->singles < 30 || !(mean > 0) || !(variance >= 0))
        return;
    double cv = sqrt(variance) / mean;
    snprintf(about, sizeof about, "of the prompts of %.0f requests", sums->singles);
    put(out, "workload.length_cv", cv, cv, cv, about);
}

static struct date
date_of_day(long day)
{
    /* Civil from days: Howard Hinnant's algorithm, years from 1970 on. */
    long z = day + 719468, era = z / 146097, doe = z - era * 146097;
    long yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365, doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    long mp = (5 * doy + 2) / 153, d = doy - (153 * mp + 2) / 5 + 1, m = mp < 10 ? mp + 3 : mp - 9;

    return (struct date){ (int)(yoe + era * 400 + (m <= 2)), (int)m, (int)d };
}

void
usage_figures(struct usage *out, const struct usage_sums *sums)
{
    struct span s = { .n = span_of(sums, &s.first) };

    for (size_t k = 0; k < sums->n; k++) {
        long at = sums->days[k].day - s.first;
        if (at >= 0 && at < s.n)
            s.at[at] = &sums->days[k];
    }
    out->days = s.n;
    out->from = date_of_day(s.first);
    out->to = date_of_day(s.first + s.n - 1);
    put_figure(out, &s, "workload.requests_per_day", requests_a_day, false);
    put_figure(out, &s, "workload.input_tokens", mean_input, false);
    put_figure(out, &s, "workload.output_tokens", mean_output, false);
    put_lengths(out, sums);
    put_figure(out, &s, "workload.cached_share", cached_share, true);
    put_figure(out, &s, "workload.cache_write_share", written_share, true);
    if (sums->batches)
        put_figure(out, &s, "workload.batch_share", batch_share, true);
    put_growth(out, &s);
    put_figure(out, &s, "workload.peak_to_average", peak, false);
}

/* ---- into a scenario ------------------------------------------------------------------------------- */

/* Under the last word of its path, as people write it; one that is there is replaced. */
static int
put_source(struct scenario *sc, const char *path, const char *whence, struct error *err)
{
    const char *dot = strrchr(path, '.'), *key = dot != NULL ? dot + 1 : path;
    int k = 0;

    while (k < sc->n_sources && strcmp(sc->sources[k].path, key) != 0 && strcmp(sc->sources[k].path, path) != 0)
        k++;
    if (k == SOURCES_MAX)
        return error_set(err, ERR_SIZE, "more than %d sources", SOURCES_MAX);
    if (k == sc->n_sources)
        text_copy(sc->sources[k].path, sizeof sc->sources[k].path, key);
    text_copy(sc->sources[k].text, sizeof sc->sources[k].text, whence);
    sc->n_sources += k == sc->n_sources;
    return 0;
}

int
usage_apply(const struct usage *u, const char *whence, struct scenario *sc, const struct catalog *cat, struct error *err)
{
    struct scenario made = *sc;

    for (int k = 0; k < u->n_fields; k++) {
        struct field_ref ref;

        if (field_find(&made, u->fields[k].key, &ref, err) < 0 ||
            field_set_text(&made, ref, u->fields[k].text, cat, err) < 0 ||
            put_source(&made, u->fields[k].key, whence, err) < 0)
            return -1;
    }
    *sc = made;
    return 0;
}
