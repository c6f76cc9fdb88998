/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <string.h>

#include "parts.h"

double
column_mean(const double *x, int n)
{
    double sum = 0;
    int count = 0;

    for (int i = 0; i < n; i++)
        if (isfinite(x[i])) {
            sum += x[i];
            count++;
        }
    return count > 0 ? sum / count : NAN;
}

/* Hoare's selection: x[k] is in its place, smaller before, larger behind. */
static double
select_k(double *x, int n, int k)
{
    int low = 0, high = n - 1;

    while (low < high) {
        double pivot = x[low + (high - low) / 2];
        int i = low, j = high;
        while (i <= j) {
            while (x[i] < pivot)
                i++;
            while (x[j] > pivot)
                j--;
            if (i <= j) {
                double t = x[i];
                x[i++] = x[j];
                x[j--] = t;
            }
        }
        if (k <= j)
            high = j;
        else if (k >= i)
            low = i;
        else
            break;
    }
    return x[k];
}

/* ---- several at once ------------------------------------------------------------------------- */

#define BINS 2048
#define RANKS_MAX 16 /* two of a quantile */
#define FEW 512      /* too few to be worth the bins */

/* The values at some ranks (ascending, from 0). */
struct order {
    int n, rank[RANKS_MAX];
    double value[RANKS_MAX];
};

static void
order_by_selection(struct order *o, double *finite, int count)
{
    for (int k = 0; k < o->n; k++)
        o->value[k] = select_k(finite, count, o->rank[k]);
}

/* Finite values, without the branch that they are predicted by. */
static int
take_finite(const double *x, int n, double *out, double *low, double *high)
{
    double least = INFINITY, most = -INFINITY;
    int count = 0;

    for (int i = 0; i < n; i++) {
        bool finite = x[i] - x[i] == 0;
        out[count] = x[i];
        count += finite;
        least = finite && x[i] < least ? x[i] : least;
        most = finite && x[i] > most ? x[i] : most;
    }
    *low = least;
    *high = most;
    return count;
}

/* Equal slices of the range keep the order of what falls into them, so a rank is looked for in its
 * slice alone. bin holds a slice a value; false: the slices asked for hold more than half of all. */
static bool
order_by_slices(struct order *o, const double *finite, int count, double low, double high, uint16_t *bin, double *room)
{
    int size[BINS] = { 0 }, slot[BINS], start[RANKS_MAX], length[RANKS_MAX], below[RANKS_MAX], slots = 0, before = 0, used = 0;
    const double scale = (BINS - 1) / (high - low);

    if (!(scale > 0) || !isfinite(scale))
        return false;
    for (int i = 0; i < count; i++) {
        bin[i] = (uint16_t)((finite[i] - low) * scale);
        size[bin[i]]++;
    }
    memset(slot, -1, sizeof slot);
    for (int b = 0, k = 0; b < BINS && k < o->n; before += size[b++])
        if (o->rank[k] < before + size[b]) {
            start[slots] = used;
            below[slots] = before;
            length[slots] = 0;
            used += size[b];
            slot[b] = slots++;
            while (k < o->n && o->rank[k] < before + size[b])
                k++;
        }
    if (used > count / 2)
        return false;
    for (int i = 0; i < count; i++)
        if (slot[bin[i]] >= 0) {
            int s = slot[bin[i]];
            room[start[s] + length[s]++] = finite[i];
        }
    for (int k = 0, s = 0; k < o->n; k++) {
        while (s + 1 < slots && o->rank[k] >= below[s + 1])
            s++;
        o->value[k] = select_k(room + start[s], length[s], o->rank[k] - below[s]);
    }
    return true;
}

static void
order_find(struct order *o, double *finite, int count, double low, double high)
{
    /* the slices of values, and those picked out, lie behind them */
    double *bins = finite + count, *room = bins + (count + 3) / 4;

    if (count < FEW || !order_by_slices(o, finite, count, low, high, (uint16_t *)(void *)bins, room))
        order_by_selection(o, finite, count);
}

/* Order statistics at (n - 1) u, linear between: type 7 of Hyndman and Fan. */
void
column_quantiles(const double *x, int n, const double *u, int n_u, double *out, double *scratch)
{
    double low, high;
    int count = take_finite(x, n, scratch, &low, &high);
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
    order_find(&o, scratch, count, low, high);
    for (int k = 0, r = 0; k < n_u; k++) {
        double at = (count - 1) * fmin(1, fmax(0, u[k]));
        int rank = (int)floor(at);
        while (o.rank[r] < rank)
            r++;
        out[k] = o.value[r] + (at > rank ? (at - rank) * (o.value[r + 1] - o.value[r]) : 0);
    }
}

double
column_quantile(const double *x, int n, double u, double *scratch)
{
    double out;

    column_quantiles(x, n, &u, 1, &out, scratch);
    return out;
}
