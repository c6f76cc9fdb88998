/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SOLVE_KERNEL_COLUMNS_H
#define BREAKEVEN_SOLVE_KERNEL_COLUMNS_H

#include <string.h>

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

/* ---- samples that keep limits ------------------------------------------------------------------------- */

/* One byte a sample, 0 or 1. */
typedef signed char some_flags __attribute__((vector_size(LANES)));

static inline mask
flagged(const unsigned char *flag)
{
    some_flags some;

    memcpy(&some, flag, sizeof some);
    return -__builtin_convertvector(some, mask);
}

static inline void
flag(unsigned char *flag, mask m)
{
    const some_flags some = -__builtin_convertvector(m, some_flags);

    memcpy(flag, &some, sizeof some);
}

/* An infinity is no known figure; a comparison with one would be. */
static int
narrow(unsigned char *holds, const real *x, int n, double limit, bool at_least, bool known)
{
    const double most_of = (double)REAL_MAX, of_column = (double)(real)limit;
    const lanes low = splat(at_least ? -most_of : of_column), high = splat(at_least ? of_column : most_of);
    mask count = { 0 };
    int64_t held = 0;
    int i = 0;

    for (; i < whole_lanes(n); i += LANES) {
        const lanes v = load(x + i);
        mask keeps = known ? (v >= splat(of_column)) & (v <= splat(most_of)) : at_least ? ~((v < high) & (v >= low)) : ~((v > low) & (v <= high));
        keeps &= flagged(holds + i);
        flag(holds + i, keeps);
        count -= keeps;
    }
    for (int l = 0; l < LANES; l++)
        held += count[l];
    for (; i < n; i++) {
        const double v = (double)x[i];
        holds[i] &= known ? v >= of_column && v <= most_of : at_least ? !(v < of_column && v >= -most_of) : !(v > of_column && v <= most_of);
        held += holds[i];
    }
    return (int)held;
}

static void
lower_where(real *least_of, const real *x, const unsigned char *holds, int n)
{
    int i = 0;

    for (; i < whole_lanes(n); i += LANES) {
        const lanes v = either(flagged(holds + i), load(x + i), splat(INFINITY));
        put(least_of + i, lowered_to(v, load(least_of + i)));
    }
    for (; i < n; i++)
        least_of[i] = holds[i] && x[i] < least_of[i] ? x[i] : least_of[i];
}

static void
fall_back(real *loss, const real *cost, const real *once, const real *fallback, const unsigned char *holds, int n)
{
    int i = 0;

    for (; i < whole_lanes(n); i += LANES) {
        const lanes back = load(fallback + i);
        put(loss + i, either(flagged(holds + i) | ~(back < splat(INFINITY)), load(cost + i), load(once + i) + back));
    }
    for (; i < n; i++)
        loss[i] = holds[i] || !(fallback[i] < (real)INFINITY) ? cost[i] : once[i] + fallback[i];
}

/* ---- who is best --------------------------------------------------------------------------------------- */

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

/* Counts where each sample has one winner, and true if each has. */
static bool
count_wins(double *wins, const real *least_of, const real *const *x, int columns, int n)
{
    mask count[ARMS_MAX], shared = { 0 };

    for (int k = 0; k < columns; k++)
        count[k] = (mask){ 0 };
    for (int i = 0; i < whole_lanes(n); i += LANES) {
        const lanes best = load(least_of + i);
        mask winners = { 0 };
        for (int k = 0; k < columns; k++)
            if (x[k] != NULL) {
                const mask won = load(x[k] + i) <= best;
                winners += won;
                count[k] -= won;
            }
        shared |= winners + 1;
    }
    for (int k = 0; k < columns; k++)
        for (int l = 0; l < LANES; l++)
            wins[k] += (double)count[k][l];
    return !any(shared != (mask){ 0 });
}

static void
share_wins(double *wins, const real *least_of, const real *const *x, int columns, int n)
{
    lanes sum[ARMS_MAX], one = splat(1);

    for (int k = 0; k < columns; k++)
        sum[k] = splat(0);
    for (int i = 0; i < whole_lanes(n); i += LANES) {
        lanes best = load(least_of + i), ties = splat(0);
        for (int k = 0; k < columns; k++)
            if (x[k] != NULL)
                ties += (lanes)((mask)one & (load(x[k] + i) <= best));
        lanes share = one / either(ties > splat(0), ties, one);
        for (int k = 0; k < columns; k++)
            if (x[k] != NULL)
                sum[k] += (lanes)((mask)share & (load(x[k] + i) <= best));
    }
    for (int k = 0; k < columns; k++)
        for (int l = 0; l < LANES; l++)
            wins[k] += sum[k][l];
}

static void
share_out(double *wins, const real *least_of, const real *const *x, int columns, int n)
{
    for (int k = 0; k < columns; k++)
        wins[k] = 0;
    if (!count_wins(wins, least_of, x, columns, n)) {
        for (int k = 0; k < columns; k++)
            wins[k] = 0;
        share_wins(wins, least_of, x, columns, n);
    }
    for (int i = whole_lanes(n); i < n; i++)
        share_one(wins, least_of, x, columns, i);
}

/* ---- products ------------------------------------------------------------------------------------------- */

static inline double
sum_of(lanes x)
{
    double sum = 0;

    for (int l = 0; l < LANES; l++)
        sum += x[l];
    return sum;
}

/* Four columns at once, so that what they go with is read once for all of them. */
static void
four_products(double *sum, const real *const *x, const double *means, const real *y, double mean_y, int n)
{
    lanes s0 = splat(0), s1 = s0, s2 = s0, s3 = s0;

    for (int i = 0; i < n; i += LANES) {
        const lanes left = load(y + i) - mean_y;
        s0 += (load(x[0] + i) - means[0]) * left;
        s1 += (load(x[1] + i) - means[1]) * left;
        s2 += (load(x[2] + i) - means[2]) * left;
        s3 += (load(x[3] + i) - means[3]) * left;
    }
    sum[0] = sum_of(s0);
    sum[1] = sum_of(s1);
    sum[2] = sum_of(s2);
    sum[3] = sum_of(s3);
}

static double
one_product(const real *x, double mean_x, const real *y, double mean_y, int n)
{
    lanes even = splat(0), odd = even;
    int i = 0;

    for (; i + 2 * LANES <= n; i += 2 * LANES) {
        even += (load(x + i) - mean_x) * (load(y + i) - mean_y);
        odd += (load(x + i + LANES) - mean_x) * (load(y + i + LANES) - mean_y);
    }
    double sum = sum_of(even + odd);
    for (; i < n; i++)
        sum += (x[i] - mean_x) * (y[i] - mean_y);
    return sum;
}

static void
products_of(double *sum, const real *const *x, const double *means, int columns, const real *y, double mean_y, int n)
{
    int k = 0;

    for (; n == whole_lanes(n) && k + 4 <= columns; k += 4)
        four_products(sum + k, x + k, means + k, y, mean_y, n);
    for (; k < columns; k++)
        sum[k] = one_product(x[k], means[k], y, mean_y, n);
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

/* Those whose mask is set, one after the other; room for LANES. */
static inline int
put_some(real *room, lanes x, mask some)
{
#if LANES == 8
    const __mmask8 bits = _mm512_movepi64_mask((__m512i)some);

    put(room, (lanes)_mm512_maskz_compress_pd(bits, (__m512d)x));
    return __builtin_popcount(bits);
#else
    int kept = 0;

    for (int l = 0; l < LANES && any(some); l++) {
        room[kept] = (real)x[l];
        kept += some[l] != 0;
    }
    return kept;
#endif
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
        if (high > low)
            kept += put_some(room + kept, gap, here);
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

/* Bins side by side. */
#define BINS_AT_ONCE (LANES == 2 ? 8 : 16)
typedef uint16_t some_bins __attribute__((vector_size(2 * BINS_AT_ONCE)));
typedef uint16_t some_bins_at __attribute__((vector_size(2 * BINS_AT_ONCE), aligned(2), may_alias));
typedef uint64_t some_bits __attribute__((vector_size(2 * BINS_AT_ONCE), may_alias));

static int
bins_among(int *at, const bin_number *bin, int n, const bin_number *wanted, int n_wanted)
{
    int count = 0, i = 0;

    for (; i + BINS_AT_ONCE <= n; i += BINS_AT_ONCE) {
        const some_bins here = *(const some_bins_at *)(const void *)(bin + i);
        some_bins found = { 0 };
        for (int k = 0; k < n_wanted; k++)
            found |= (some_bins)(here == wanted[k]);
        const some_bits bits = (some_bits)found;
        uint64_t some = 0;
        for (int k = 0; k < BINS_AT_ONCE / 4; k++)
            some |= bits[k];
        for (int k = 0; some != 0 && k < BINS_AT_ONCE; k++) {
            at[count] = i + k;
            count += found[k] & 1;
        }
    }
    for (; i < n; i++)
        for (int k = 0; k < n_wanted; k++)
            if (bin[i] == wanted[k])
                at[count++] = i;
    return count;
}

/* ---- ranks ---------------------------------------------------------------------------------------------- */

static inline lanes
whole(lane_bits x)
{
    return (lanes)(x | 0x4330000000000000u) - 0x1p52;
}

/* Lanes of two by number, those of the second from LANES on. */
#ifdef __clang__
#define SHUFFLED(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLED(a, b, ...) __builtin_shuffle(a, b, (mask){ __VA_ARGS__ })
#endif

/* Each lane with those before it. */
static inline lanes
sums_up_to(lanes x)
{
    const lanes none = splat(0);

#if LANES == 8
    x += SHUFFLED(none, x, 0, 8, 9, 10, 11, 12, 13, 14);
    x += SHUFFLED(none, x, 0, 0, 8, 9, 10, 11, 12, 13);
    return x + SHUFFLED(none, x, 0, 0, 0, 0, 8, 9, 10, 11);
#elif LANES == 4
    x += SHUFFLED(none, x, 0, 4, 5, 6);
    return x + SHUFFLED(none, x, 0, 0, 4, 5);
#else
    return x + SHUFFLED(none, x, 0, 2);
#endif
}

static void
rank_sums(double *xy, double *xx, const rank_count *slice, int n, int m)
{
    typedef lane_bits bits_at __attribute__((aligned(8), may_alias));
    lanes products = splat(0), squares = products, before = products;

    for (int k = 0; k < n; k += LANES) {
        const lane_bits v = *(const bits_at *)(const void *)(slice + k);
        const lanes count = whole(v & ((1u << RANK_SHIFT) - 1)), with = sums_up_to(count);
        const lanes mean = before + with - 0.5 * (count + m);
        products += mean * whole(v >> RANK_SHIFT);
        squares += mean * mean * count;
        before += splat(with[LANES - 1]);
    }
    *xy = 0.5 * sum_of(products);
    *xx = sum_of(squares);
}

#endif
