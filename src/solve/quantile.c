/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <string.h>

#include "samples.h"

/* ---- means and ends ---------------------------------------------------------------------- */

static void
look_at_each(struct column_facts *f, const real *x, int n)
{
    double sum = 0;

    f->low = INFINITY;
    f->high = -INFINITY;
    f->finite = 0;
    for (int i = 0; i < n; i++)
        if (isfinite(x[i])) {
            sum += x[i];
            f->low = x[i] < f->low ? x[i] : f->low;
            f->high = x[i] > f->high ? x[i] : f->high;
            f->finite++;
        }
    f->mean = f->finite > 0 ? sum / f->finite : NAN;
}

void
column_look(struct column_facts *f, const real *x, int n)
{
    if (!kernel_choose()->look(f, x, n))
        look_at_each(f, x, n);
}

double
column_mean(const real *x, int n)
{
    struct column_facts f;

    column_look(&f, x, n);
    return f.mean;
}

double
column_digits(double x)
{
    if (sizeof(real) == sizeof(double) || !isfinite(x) || x == 0)
        return x;
    /* An exact power of ten on one side leaves the nearest number to the decimal one. */
    const int places = FLT_DIG - (int)floor(log10(fabs(x)));
    double power = 1;
    if (places < -22 || places > 22)
        return x;
    for (int k = places < 0 ? -places : places; k > 0; k--)
        power *= 10;
    return places < 0 ? rint(x / power) * power : rint(x * power) / power;
}

/* ---- order statistics ---------------------------------------------------------------------- */

#define BINS 2048 /* counted in 16 bits */
#define RANKS_MAX 16 /* two of a quantile */
#define AMONG_RUN 2048
#define FEW 48       /* too few to be worth the bins */
#define DEPTH_MAX 6  /* slices of slices of ...: values over so many orders of magnitude are picked one by one */

/* Those below the limit (or at it) first; how many. Without a branch, since nobody can guess it. */
static int
part(real *x, int n, real limit, bool with)
{
    int below = 0;

    for (int i = 0; i < n; i++) {
        const real t = x[i];
        x[i] = x[below];
        x[below] = t;
        below += with ? t <= limit : t < limit;
    }
    return below;
}

static real
middle_of(real a, real b, real c)
{
    const real low = a < b ? a : b, high = a < b ? b : a;

    return c < low ? low : c > high ? high : c;
}

/* Hoare's selection: x[k] is in its place, smaller before, larger behind. */
static double
select_k(real *x, int n, int k)
{
    while (n > 1) {
        const real pivot = middle_of(x[0], x[n / 2], x[n - 1]);
        const int below = part(x, n, pivot, false);
        if (k < below) {
            n = below;
            continue;
        }
        const int equal = part(x + below, n - below, pivot, true);
        if (k < below + equal)
            return (double)pivot;
        x += below + equal;
        n -= below + equal;
        k -= below + equal;
    }
    return (double)x[0];
}

/* The values at some ranks (ascending, from 0). */
struct order {
    int n, rank[RANKS_MAX];
    double value[RANKS_MAX];
};

/* Ranks first..last of the order, counted from "below" on: each leaves what is smaller behind it. */
static void
order_by_selection(struct order *o, int first, int last, int below, real *x, int count)
{
    for (int k = first, from = 0; k < last; k++) {
        int at = o->rank[k] - below;
        o->value[k] = select_k(x + from, count - from, at - from);
        from = at;
    }
}

static void order_find(struct order *, int first, int last, int below, const real *x, int count, double low, double high,
                       real *room, real *other, int depth);

/* One slice: what it holds lies at "x", to be written over. */
static void
order_in_slice(struct order *o, int first, int last, int below, real *x, int count, real *other, int depth)
{
    double low = x[0], high = x[0];

    if (count <= FEW || depth == DEPTH_MAX) {
        order_by_selection(o, first, last, below, x, count);
        return;
    }
    for (int i = 1; i < count; i++) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
    }
    order_find(o, first, last, below, x, count, low, high, other, x, depth + 1);
}

struct slices {
    double low, scale;
    int n;                  /* of those that hold a rank                                    */
    short of_bin[BINS];
    bin_number bin[RANKS_MAX];
    int start[RANKS_MAX], length[RANKS_MAX], below[RANKS_MAX], first[RANKS_MAX + 1];
};

static inline int
bin_of(const struct slices *s, double x)
{
    return (int)((x - s->low) * s->scale);
}

/* Which slices hold the ranks, and where each one's values go. */
static void
slices_lay(struct slices *s, const int *size, int bins, const struct order *o, int first, int last, int below)
{
    int before = below, used = 0, k = first;

    s->n = 0;
    memset(s->of_bin, -1, (size_t)bins * sizeof s->of_bin[0]);
    for (int b = 0; b < bins && k < last; before += size[b++])
        if (o->rank[k] < before + size[b]) {
            s->of_bin[b] = (short)s->n;
            s->bin[s->n] = (bin_number)b;
            s->first[s->n] = k;
            s->below[s->n] = before;
            s->length[s->n] = 0;
            s->start[s->n++] = used;
            used += size[b];
            while (k < last && o->rank[k] < before + size[b])
                k++;
        }
    s->first[s->n] = k;
}

/* Equal slices of the range keep the order of what falls into them, so a rank is looked for in its
 * slice alone. room is for as many values as x has, apart from x; other too, but it may be x. */
static void
order_find(struct order *o, int first, int last, int below, const real *x, int count, double low, double high,
           real *room, real *other, int depth)
{
    const int bins = count >= 8 * BINS ? BINS : count >= BINS ? BINS / 4 : BINS / 16;
    struct slices s = { .low = low, .scale = (bins - 1) / (high - low) };
    int size[BINS];

    if (!(high > low)) {
        for (int k = first; k < last; k++)
            o->value[k] = low;
        return;
    }
    if (!(s.scale > 0) || !isfinite(s.scale) || count <= FEW) {
        memcpy(room, x, (size_t)count * sizeof *room);
        order_by_selection(o, first, last, below, room, count);
        return;
    }
    memset(size, 0, (size_t)bins * sizeof size[0]);
    if (other != x && count >= BINS) { /* the bins are found several at once, and kept where there is room */
        bin_number *bin = (bin_number *)(void *)other;
        kernel_choose()->bins(bin, x, count, low, s.scale, bins - 1);
        for (int i = 0; i < count; i++)
            size[bin[i]]++;
        slices_lay(&s, size, bins, o, first, last, below);
        for (int from = 0, at[AMONG_RUN]; from < count; from += AMONG_RUN) {
            const int n = count - from < AMONG_RUN ? count - from : AMONG_RUN;
            const int found = kernel_choose()->among(at, bin + from, n, s.bin, s.n);
            for (int i = 0; i < found; i++) {
                const int k = s.of_bin[bin[from + at[i]]];
                room[s.start[k] + s.length[k]++] = x[from + at[i]];
            }
        }
    } else {
        for (int i = 0; i < count; i++)
            size[bin_of(&s, x[i])]++;
        slices_lay(&s, size, bins, o, first, last, below);
        for (int i = 0; i < count; i++) {
            const int k = s.of_bin[bin_of(&s, x[i])];
            if (k >= 0)
                room[s.start[k] + s.length[k]++] = x[i];
        }
    }
    for (int k = 0; k < s.n; k++)
        order_in_slice(o, s.first[k], s.first[k + 1], s.below[k], room + s.start[k], s.length[k], other, depth);
}

/* ---- quantiles -------------------------------------------------------------------------------- */

static int
take_finite(const real *x, int n, real *out)
{
    int count = 0;

    for (int i = 0; i < n; i++) {
        out[count] = x[i];
        count += x[i] - x[i] == 0;
    }
    return count;
}

/* Order statistics at (n - 1) u, linear between: type 7 of Hyndman and Fan. */
void
column_quantiles_of(const struct column_facts *f, const real *x, int n, const double *u, int n_u, double *out, real *scratch)
{
    const int count = f->finite;
    real *other = scratch, *room = scratch + n + 1;
    struct order o = { .n = 0 };

    for (int k = 0; k < n_u; k++) {
        out[k] = NAN;
        int at = (int)floor((count - 1) * fmin(1, fmax(0, u[k])));
        for (int r = at; count > 0 && r <= at + 1 && r < count; r++)
            if (o.n == 0 || o.rank[o.n - 1] < r)
                o.rank[o.n++] = r;
    }
    if (count == 0)
        return;
    if (count < n) {
        take_finite(x, n, other);
        x = other;
    }
    order_find(&o, 0, o.n, 0, x, count, f->low, f->high, room, other, 0);
    for (int k = 0, r = 0; k < n_u; k++) {
        double at = (count - 1) * fmin(1, fmax(0, u[k]));
        int rank = (int)floor(at);
        while (o.rank[r] < rank)
            r++;
        out[k] = o.value[r] + (at > rank ? (at - rank) * (o.value[r + 1] - o.value[r]) : 0);
    }
}

void
column_quantiles(const real *x, int n, const double *u, int n_u, double *out, real *scratch)
{
    struct column_facts f;

    column_look(&f, x, n);
    column_quantiles_of(&f, x, n, u, n_u, out, scratch);
}

double
column_quantile(const real *x, int n, double u, real *scratch)
{
    double out;

    column_quantiles(x, n, &u, 1, &out, scratch);
    return out;
}

/* ---- one quantile of a difference --------------------------------------------------------------- */

#define PREFIX 1024    /* of a net is a net, so that its quantiles lie near those of all */
#define PREFIX_ERROR 2 /* standard errors of as many random draws: ample for a net; beyond, the long way */

/* Between which values the quantile almost certainly lies. room: PREFIX. */
static bool
likely_range(const real *x, const real *from, double u, real *room, double *low, double *high)
{
    const double error = PREFIX_ERROR * sqrt(PREFIX * u * (1 - u)) + 2;
    const int a = (int)fmax(0, PREFIX * u - error), b = (int)fmin(PREFIX - 1, PREFIX * u + error);
    double sum = 0;

    column_gap(room, x, from, PREFIX);
    for (int i = 0; i < PREFIX; i++)
        sum += room[i] - room[i];
    if (!(sum == 0))
        return false;
    *low = select_k(room, PREFIX, a);
    *high = select_k(room + a, PREFIX - a, b - a);
    return true;
}

double
column_gap_quantile(const real *x, const real *from, int n, double u, real *scratch)
{
    const double at = (n - 1) * fmin(1, fmax(0, u));
    const int rank = (int)floor(at), last = rank + 1 < n ? rank + 1 : rank;
    real *room = scratch + n;
    double low, high;

    if (n >= 4 * PREFIX && n % LANES_MAX == 0 && likely_range(x, from, u, room, &low, &high)) {
        int below, kept = kernel_choose()->gap_within(x, from, n, low, high, room, &below);
        if (kept > 0 && rank >= below && last < below + kept) {
            if (!(high > low))
                return low;
            const double value = select_k(room, kept, rank - below);
            if (!(at > rank))
                return value;
            return value + (at - rank) * (select_k(room + (last - below), kept - (last - below), 0) - value);
        }
    }
    column_gap(scratch, x, from, n);
    return column_quantile(scratch, n, u, room);
}

/* ---- of an arm's figures, as long as they stand ------------------------------------------------ */

static struct metric_facts *
kept_facts(const struct samples *s, int arm, enum metric m)
{
    struct samples_whole *w = samples_whole((struct samples *)(uintptr_t)s);
    struct metric_facts *k = &w->facts[arm][m];
    const real *x = s->metric[arm][m];

    if (k->x != x || k->version != s->version[arm][m] || k->x == NULL) {
        k->x = x;
        k->version = s->version[arm][m];
        k->has_quantiles = false;
        column_look(&k->facts, x, s->n);
        if (k->facts.finite == s->n && isfinite(samples_same(s, arm, m)))
            k->facts.low = k->facts.high = k->facts.mean = w->same[arm][m];
    }
    return k;
}

double
samples_same(const struct samples *s, int arm, enum metric m)
{
    return ((const struct samples_whole *)(const void *)s)->same[arm][m];
}

const struct column_facts *
samples_facts(const struct samples *s, int arm, enum metric m)
{
    return &kept_facts(s, arm, m)->facts;
}

const double *
samples_quantiles(const struct samples *s, int arm, enum metric m, real *scratch)
{
    static const double u[SPREAD_QUANTILES] = { 0.05, 0.25, 0.50, 0.75, 0.95 };
    struct metric_facts *k = kept_facts(s, arm, m);

    if (!k->has_quantiles)
        column_quantiles_of(&k->facts, k->x, s->n, u, SPREAD_QUANTILES, k->quantile, scratch);
    k->has_quantiles = true;
    return k->quantile;
}
