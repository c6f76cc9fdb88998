/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>

#include "search.h"

/* Tornado (section 11.5): what rival less pick is with a field at either end of what it may be. */

#define TORNADO 256
#define ROUNDING 1e-7 /* of the totals: what columns of 32 bits may lose or add */

/* blur: what of it may be rounding. */
static double
difference_at(struct search *q, int pick, int rival, double v, double *blur)
{
    const struct samples *s;

    if (q->status == 0)
        q->status = trials_at(q->trials, v, TORNADO, 1u << pick | 1u << rival, &s, q->err);
    if (q->status != 0)
        return NAN;
    if (!s->known[pick] || !s->known[rival])
        return NAN;
    const double more = column_mean(s->metric[rival][METRIC_NPV], s->n), less = column_mean(s->metric[pick][METRIC_NPV], s->n);
    *blur = ROUNDING * fmax(fabs(more), fabs(less));
    return more - less;
}

static int
by_width(const void *a, const void *b)
{
    const struct tornado_bar *x = a, *y = b;
    double wx = fabs(x->high_usd - x->low_usd), wy = fabs(y->high_usd - y->low_usd);

    return wx > wy ? -1 : wx < wy ? 1 : 0;
}

static void
add_bar(struct answer *an, struct search *q, const struct ruling *r, const char *path, double low, double high)
{
    struct tornado_bar bar = { .low = search_whole(q, low), .high = search_whole(q, high) };
    double blur[2] = { 0, 0 };

    if (an->n_tornado == FLIPS_MAX || !(bar.high > bar.low))
        return;
    text_copy(bar.path, sizeof bar.path, path);
    trials_hold(q->trials, q->ref);
    bar.low_usd = column_digits(difference_at(q, r->pick, r->rival, bar.low, &blur[0]));
    bar.high_usd = column_digits(difference_at(q, r->pick, r->rival, bar.high, &blur[1]));
    if (isfinite(bar.low_usd) && isfinite(bar.high_usd) && fabs(bar.low_usd - bar.high_usd) > fmax(blur[0], blur[1]))
        an->tornado[an->n_tornado++] = bar;
}

/* Uncertain inputs between their P5 and P95, points 20 % either way. */
int
tornado_find(struct answer *an, const struct ruling *r, const struct solve_options *options, struct error *err)
{
    struct search q = { .s = r->samples, .options = options, .err = err };
    struct field_ref ref;
    char path[112];

    if (r->pick < 0 || r->rival < 0)
        return 0;
    q.trials = r->trials;
    q.lent = true;
    for (int k = 0; k < r->samples->n_inputs && q.status == 0; k++) {
        const struct input *in = &r->samples->inputs[k];
        q.ref = in->ref;
        add_bar(an, &q, r, in->path, quantity_quantile(&in->quantity, 0.05), quantity_quantile(&in->quantity, 0.95));
    }
    for (int i = 0; field_each(&r->samples->setup.sc, i, &ref) && q.status == 0; i++) {
        if (!field_is_searchable(r->samples, ref) || search_input(r->samples, ref) >= 0)
            continue;
        q.ref = ref;
        double x = search_quantity(&q)->x;
        add_bar(an, &q, r, field_path(&r->samples->setup.sc, ref, path, sizeof path), fmax(ref.field->low, fmin(x * 0.8, x * 1.2)),
                fmin(ref.field->high, fmax(x * 0.8, x * 1.2)));
    }
    qsort(an->tornado, (size_t)an->n_tornado, sizeof an->tornado[0], by_width);
    search_release(&q);
    return q.status;
}
