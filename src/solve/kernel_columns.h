/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SOLVE_KERNEL_COLUMNS_H
#define BREAKEVEN_SOLVE_KERNEL_COLUMNS_H

/* Columns against each other and against limits, a few samples at once. Part of kernel.c alone. */

/* Columns of any length: what is left over behind whole lanes goes one by one. */
static int
whole_lanes(int n)
{
    return n - n % LANES;
}

static void
lower(real *least_of, const real *x, int n)
{
    int i = 0;

    for (; i < whole_lanes(n); i += LANES) {
        lanes v = load(x + i), was = load(least_of + i);
        put(least_of + i, lowered_to(v, was));
    }
    for (; i < n; i++)
        least_of[i] = x[i] < least_of[i] ? x[i] : least_of[i];
}

static void
gap_of(real *gap, const real *x, const real *from, int n)
{
    int i = 0;

    for (; i < whole_lanes(n); i += LANES)
        put(gap + i, load(x + i) - load(from + i));
    for (; i < n; i++)
        gap[i] = x[i] - from[i];
}

/* Rounded as a column is, so that what equals it still does; what a column can't hold is beyond all that is finite. */
static double
bound_of(double x)
{
    const double most_of = (double)REAL_MAX;

    if (x > most_of && x < (double)INFINITY)
        return most_of;
    return x < -most_of && x > -(double)INFINITY ? -most_of : (double)(real)x;
}

static int
count_within(const real *x, int n, double low, double high)
{
    const lanes from = splat(bound_of(low)), to = splat(bound_of(high));
    mask inside = { 0 };
    int64_t count = 0;
    int i = 0;

    for (; i < whole_lanes(n); i += LANES) {
        lanes v = load(x + i);
        inside -= (v >= from) & (v <= to);
    }
    for (int l = 0; l < LANES; l++)
        count += inside[l];
    for (; i < n; i++)
        count += x[i] >= from[0] && x[i] <= to[0];
    return (int)count;
}

static void
share_one(double *wins, const real *least_of, const real *const *x, int columns, int i)
{
    int ties = 0;

    for (int k = 0; k < columns; k++)
        ties += x[k] != NULL && x[k][i] <= least_of[i];
    for (int k = 0; k < columns; k++)
        if (x[k] != NULL && x[k][i] <= least_of[i])
            wins[k] += 1.0 / ties;
}

static void
share_out(double *wins, const real *least_of, const real *const *x, int columns, int n)
{
    lanes sum[ARMS_MAX], one = splat(1);
    int i = 0;

    for (int k = 0; k < columns; k++)
        sum[k] = splat(0);
    for (; i < whole_lanes(n); i += LANES) {
        lanes best = load(least_of + i), ties = splat(0);
        for (int k = 0; k < columns; k++)
            if (x[k] != NULL)
                ties += (lanes)((mask)one & (load(x[k] + i) <= best));
        lanes share = one / either(ties > splat(0), ties, one);
        for (int k = 0; k < columns; k++)
            if (x[k] != NULL)
                sum[k] += (lanes)((mask)share & (load(x[k] + i) <= best));
    }
    for (int k = 0; k < columns; k++) {
        wins[k] = 0;
        for (int l = 0; l < LANES; l++)
            wins[k] += sum[k][l];
    }
    for (; i < n; i++)
        share_one(wins, least_of, x, columns, i);
}

/* ---- what a column is made of ----------------------------------------------------------------------- */

#define SUMS 16 /* side by side, the same on any machine: an addition waits for the one before */

/* All of them finite, as nearly every column is; false: perhaps not. */
static bool
look_at_finite(struct column_facts *f, const real *x, int n)
{
    lanes sum[SUMS / LANES], low[SUMS / LANES], high[SUMS / LANES];
    int i = 0;

    for (int k = 0; k < SUMS / LANES; k++) {
        sum[k] = splat(0);
        low[k] = splat(INFINITY);
        high[k] = splat(-INFINITY);
    }
    for (; i + SUMS <= n; i += SUMS)
        for (int k = 0; k < SUMS / LANES; k++) {
            lanes v = load(x + i + k * LANES);
            sum[k] += v;
            low[k] = lowered_to(v, low[k]);
            high[k] = raised_to(v, high[k]);
        }
    f->low = INFINITY;
    f->high = -INFINITY;
    double total = 0;
    for (int k = 0; k < SUMS / LANES; k++)
        for (int l = 0; l < LANES; l++) {
            total += sum[k][l];
            f->low = fmin(f->low, low[k][l]);
            f->high = fmax(f->high, high[k][l]);
        }
    for (; i < n; i++) {
        total += x[i];
        f->low = fmin(f->low, x[i]);
        f->high = fmax(f->high, x[i]);
    }
    f->finite = n;
    f->mean = total / n;
    return n > 0 && total - total == 0;
}

/* What lies below the range is counted, what lies within it too and, if it is more than one value, kept in room.
 * Returns how many lie within; -1: not all are finite. n is a multiple of LANES_MAX. */
static int
gap_within(const real *x, const real *from, int n, double low, double high, real *room, int *below)
{
    mask under = { 0 }, within = under;
    lanes poison = splat(0);
    int kept = 0, inside = 0;

    for (int i = 0; i < n; i += LANES) {
        const lanes gap = load(x + i) - load(from + i);
        const mask less = gap < splat(low), here = ~less & (gap <= splat(high));
        poison += gap - gap;
        under -= less;
        within -= here;
        if (high > low && any(here))
            for (int l = 0; l < LANES; l++) {
                room[kept] = (real)gap[l];
                kept += here[l] != 0;
            }
    }
    *below = 0;
    for (int l = 0; l < LANES; l++) {
        *below += (int)under[l];
        inside += (int)within[l];
        if (!(poison[l] == 0))
            return -1;
    }
    return inside;
}

/* ---- bins ---------------------------------------------------------------------------------------------- */

static void
bins_of(bin_number *bin, const real *x, int n, double low, double scale, int last)
{
    int i = 0;

#if LANES == 8
    const __m256i most_of = _mm256_set1_epi32(last), none = _mm256_setzero_si256();
    for (; i + LANES <= n; i += LANES) {
        const __m256i at = _mm512_cvttpd_epi32((__m512d)((load(x + i) - low) * scale));
        const __m256i bound = _mm256_max_epi32(_mm256_min_epi32(at, most_of), none);
        _mm_storeu_si128((__m128i *)(void *)(bin + i), _mm_packus_epi32(_mm256_castsi256_si128(bound), _mm256_extracti128_si256(bound, 1)));
    }
#elif defined __AVX2__
    const __m128i most_of = _mm_set1_epi32(last), none = _mm_setzero_si128();
    for (; i + 2 * LANES <= n; i += 2 * LANES) {
        const __m128i a = _mm256_cvttpd_epi32((__m256d)((load(x + i) - low) * scale));
        const __m128i b = _mm256_cvttpd_epi32((__m256d)((load(x + i + LANES) - low) * scale));
        _mm_storeu_si128((__m128i *)(void *)(bin + i), _mm_packus_epi32(_mm_max_epi32(_mm_min_epi32(a, most_of), none),
                                                                        _mm_max_epi32(_mm_min_epi32(b, most_of), none)));
    }
#endif
    for (; i < n; i++) {
        const double at = (x[i] - low) * scale;
        bin[i] = (bin_number)(at > 0 ? (at < last ? at : last) : 0);
    }
}

/* As many numbers as a row has, in as many registers as they take. */
typedef double half_row __attribute__((vector_size(8 * BIN_ROW / 2), aligned(8), may_alias));
typedef double whole_row __attribute__((vector_size(8 * BIN_ROW), aligned(8), may_alias));

static void
bin_sums(double *sum, const bin_number *bin, const double *row, int width, int n)
{
    if (width == BIN_ROW)
        for (int i = 0; i < n; i++)
            *(whole_row *)(void *)(sum + BIN_ROW * bin[i]) += *(const whole_row *)(const void *)(row + (size_t)i * BIN_ROW);
    else
        for (int i = 0; i < n; i++)
            *(half_row *)(void *)(sum + BIN_ROW / 2 * bin[i]) += *(const half_row *)(const void *)(row + (size_t)i * (BIN_ROW / 2));
}

#endif
