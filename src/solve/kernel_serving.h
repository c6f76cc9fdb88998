/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SOLVE_KERNEL_SERVING_H
#define BREAKEVEN_SOLVE_KERNEL_SERVING_H

/* Replicas, what waits for them, and their hours (section 5). Part of kernel.c alone. */

#define HOURS 24

/* ---- the load --------------------------------------------------------------------------------- */

struct serving {
    lanes least, spare, extra, attempt_s, per_request, peak;
    mask sized, slow;
    lanes shape[HOURS / 2 + 1];
    bool shaped; /* the same in all samples                                                */
};

/* For a load in replicas; without a throughput: the least. */
static inline lanes
replicas_at(const struct serving *v, lanes load)
{
    return raised_to(ceil_of(load - 1e-9), v->least);
}

static inline lanes
replicas_of(const struct serving *v, lanes requests, lanes shape)
{
    return replicas_at(v, requests * v->per_request * shape);
}

static inline void
load_of(struct serving *v, const struct scope *x)
{
    const lanes k = SCENARIO(peak_to_average), mu = INPUT(mu) + INPUT(mu_rest), top = (1 - SCENARIO(batch_share)) * either(k > splat(1), k, splat(1));

    v->least = ARM(min_replicas);
    v->sized = ~unknown(mu);
    v->attempt_s = attempts_of(x) / 86400;
    v->per_request = v->attempt_s / (mu * ARM(utilization_target));
    v->peak = either(top > splat(1), top, splat(1));
}

/* How a day falls from its peak: a cosine, or the power of one; or all of it in one hour. */
struct fall {
    mask cosine, single;
    bool power; /* of any sample                                                           */
};

static inline struct fall
fall_of(lanes k)
{
    const mask cosine = k <= splat(2), single = k > splat(HOURS * (1 - 1e-9));

    return (struct fall){ cosine, single, any(~cosine & ~single) };
}

/* base^p of the hours between the peak and midnight. The base is cos^2, and cos sin is half the sine of twice the angle: the
 * later hours follow from 2^-p and the earlier ones. */
static inline void
powers_of_day(lanes power[HOURS / 2], lanes p)
{
    for (int h = 1; h <= 6; h++)
        power[h] = exp_of(p * day_log_base[h]);
    power[8] = power[6] * power[6];
    for (int h = 5; h > 0; h--)
        if (h != 4)
            power[12 - h] = power[12 - 2 * h] * power[8] / raised_to(power[h], splat(1e-300));
}

/* p such that the mean of base^p over the hours of a day is 1/k, as workload_day_shape finds it; k from 2 to 24. By
 * Halley's steps on the logarithm: each leaves the cube of an error, and the first guess is within 1e-4 for most days. */
static lanes
exponent_of_day(lanes k)
{
    lanes p = k * k * (1 / 3.14159265358979324) - 0.25 + (0.0215 / (k * k) - 0.0982) / (k * k);

    for (int step = 0; step < 100; step++) {
        lanes sum = splat(1), slope = splat(0), bend = slope, power[HOURS / 2];
        powers_of_day(power, p);
        for (int h = 1; h < HOURS / 2; h++) {
            const double base = day_log_base[h];
            sum += 2 * power[h];
            slope += (2 * base) * power[h];
            bend += (2 * base * base) * power[h];
        }
        const lanes off = log_of(sum * k * (1.0 / HOURS)), rate = slope / sum;
        const lanes next = above(p - 2 * off * rate / (2 * rate * rate - off * (bend / sum - rate * rate)), 0.5);
        const mask moves = (next - p > 1e-4 * p) | (p - next > 1e-4 * p);
        p = next;
        if (!any(moves))
            break;
    }
    return p;
}

static void
run_day(const struct stage *t, int from, int to)
{
    struct scope scope = scope_of(t), *x = &scope;

    for (x->i = (size_t)from; x->i < (size_t)to; x->i += LANES) {
        const lanes k = above(SCENARIO(peak_to_average), 1);
        const struct fall fall = fall_of(k);
        lanes p = splat(1);
        if (fall.power)
            p = exponent_of_day(either(fall.cosine, splat(2), either(fall.single, splat(HOURS * (1 - 1e-9)), k)));
        store(t, 0, x->i, p);
        store(t, 1, x->i, t->value != NULL ? splat(0) : lost_of(p));
    }
}

/* The hours of a day, where replicas follow them, from the peak on; the other half mirrors them. */
static void
shape_of(struct serving *v, const struct scope *x)
{
    static const double each[HOURS / 2 + 1] = { 1.0 / 24, 1.0 / 23, 1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13,
                                                1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3, 1.0 };
    const lanes k = above(SCENARIO(peak_to_average), 1), batch = SCENARIO(batch_share), own = 1 - batch;
    const struct fall fall = fall_of(k);
    lanes above_level = splat(0), level = splat(1), power[HOURS / 2];
    mask found = { 0 };

    if (fall.power)
        powers_of_day(power, INPUT(day) + INPUT(day_rest));
    for (int h = 0; h <= HOURS / 2; h++) {
        lanes peaked = h == 0 ? k : splat(0);
        if (fall.power && h > 0 && h < HOURS / 2)
            peaked = either(fall.single, splat(0), k * power[h]);
        v->shape[h] = own * either(fall.cosine, 1 + (k - 1) * day_cosine[h], peaked);
    }
    /* With the busiest hours above the level, the others share what is left. The hours fall from the peak on. */
    for (int h = 0; h <= HOURS / 2; h++) {
        const lanes shared = (HOURS - above_level) * each[h];
        level = either(found, level, shared);
        found |= v->shape[h] <= shared;
        above_level += (h == 0 ? 1 : 2) * v->shape[h];
    }
    for (int h = 0; h <= HOURS / 2; h++)
        v->shape[h] = raised_to(v->shape[h], level);
}

/* Requests a day of the busiest month; growth goes one way. */
static inline lanes
busiest_of(const struct scope *x, int from, int to)
{
    const lanes growth = 1 + SCENARIO(growth), cap = SCENARIO(growth_cap);
    const lanes first = capped(power_of(growth, from - 1), cap), last = capped(power_of(growth, to - 1), cap);

    return SCENARIO(requests) * larger_of(last, first) * INPUT(share);
}

/* ---- waiting for a slot ---------------------------------------------------------------------------- */

/* The hour of the peak is constant and then passes: a queue cannot be older. */
#define LONGEST_WAIT_S 3600.0
#define STIRLING_FROM 12 /* servers: from there on the series is exact */

/* ln of the Poisson probability of c at mean a, c real. */
static lanes
log_poisson(lanes c, lanes a)
{
    const lanes i = 1 / c, i2 = i * i;
    const lanes series = i * (1.0 / 12 - i2 * (1.0 / 360 - i2 * (1.0 / 1260 - i2 / 1680)));

    return c * log_of(a / c) + (c - a) - 0.5 * log_of(6.28318530717958648 * c) - series;
}

/* Where nobody waits for long whatever the distribution: 2 Poisson(c; a)/(1 - a/c) <= 0.05, with Stirling's series, which
 * needs c >= 12. *inverse: one over the probability, where that was looked at. */
static mask
hardly_waits(lanes c, lanes a, lanes *inverse)
{
    const lanes idle = 1 - a / c;
    const mask idles = a <= splat(0), sure = (c >= splat(STIRLING_FROM)) & (idle >= splat(0.25)) & (c * idle * idle >= splat(6));

    /* ln(a/c) + 1 - a/c is at most -(1 - a/c)^2/2, so these need no logarithm: 2 e^-3/sqrt(2 pi 12) < 0.05 * 0.25. */
    *inverse = splat(NAN);
    if (!any(~(sure | idles)))
        return sure | idles;
    const mask many = (c >= splat(STIRLING_FROM)) & (a > splat(0)) & (a < c);
    *inverse = exp_of(-log_poisson(c, a));

    /* Of a hair above the bound the waits themselves decide. */
    return (many & (splat(2) <= 0.0499999 * idle * *inverse)) | idles;
}

/* One over the same; few servers by way of more: P(c) = P(c + 1) (c + 1)/a. */
static lanes
inverse_poisson(lanes c, lanes a)
{
    const mask few = c < splat(STIRLING_FROM);
    lanes servers = splat(1);

    if (!any(few))
        return exp_of(-log_poisson(c, a));
    for (int k = 1; k <= STIRLING_FROM; k++)
        servers *= c + (double)k;
    return exp_of(-log_poisson(either(few, c + STIRLING_FROM, c), a)) * either(few, power_of(a, STIRLING_FROM) / servers, splat(1));
}

/* a/(c + 1) + a^2/((c + 1)(c + 2)) + ...: what one over Erlang B lacks to one over the Poisson probability. Four terms by
 * one division. */
static lanes
beyond_servers(lanes c, lanes a)
{
    const lanes a_2 = a * a;
    lanes term = splat(1), sum = splat(0), at = c;
    mask open;

    do {
        const lanes first = at + 1, second = at + 2, third = at + 3, fourth = at + 4, last_two = third * fourth;
        term *= a / (first * second * last_two);
        sum += term * (second * last_two + a * last_two + a_2 * (fourth + a));
        term *= a_2 * a;
        at = fourth;
        open = term > 1e-17 * sum;
    } while (any(open));
    return sum;
}

/* P95 of the wait of a queue with c servers and a load between 0 and c (src/model/latency.c). inverse: one over the Poisson
 * probability. */
static lanes
wait_in_queue(lanes c, lanes a, lanes spread_s, lanes inverse)
{
    const mask waits = (a > splat(0)) & (a < c);
    const lanes load = either(waits, a, 0.5 * c), free = c - load;
    const lanes erlang_c = c / ((inverse - beyond_servers(c, load)) * free + load);
    const lanes wait = spread_s / free * log_of(erlang_c * (1 / 0.05));

    return either(a >= c, splat(LONGEST_WAIT_S),
                  either(unknown(a) | unknown(c), splat(NAN),
                         either(waits & (wait > splat(0)), lowered_to(wait, splat(LONGEST_WAIT_S)), splat(0))));
}

/* The queue of the worst month's peak. */
struct queue {
    lanes replicas, batch, load, spread_s;
};

static lanes
wait_with(const struct queue *q, lanes more)
{
    const lanes servers = (q->replicas + more) * q->batch;

    return wait_in_queue(servers, q->load, q->spread_s, inverse_poisson(servers, q->load));
}

/* How many replicas more keep the limit, and the wait with them. It falls with each and ends at 0: double, then halve. */
static lanes
replicas_within(const struct queue *q, mask asked, lanes ttft, lanes limit, lanes *wait)
{
    lanes low = splat(0), high = splat(1);

    for (mask open = asked; any(open);) {
        const lanes w = wait_with(q, high);
        const mask met = (ttft + w <= limit) | (high > splat(1e9));
        *wait = either(open, w, *wait);
        open &= ~met;
        low = either(open, high, low);
        high = either(open, 2 * high, high);
    }
    for (mask open = asked & (high - low > splat(1)); any(open); open &= high - low > splat(1)) {
        const lanes middle = floor_of(0.5 * (low + high)), w = wait_with(q, middle);
        const mask met = ttft + w <= limit;
        *wait = either(open & met, w, *wait);
        high = either(open & met, middle, high);
        low = either(open & ~met, middle, low);
    }
    return either(asked, high, splat(0));
}

/* Beyond so many servers the series is long: lanes one by one. */
#define SERVERS_MAX 1e5

static void
queue_by_lane(const struct scope *x, const struct serving *v, mask waits, lanes busiest, lanes *extra, lanes *p95)
{
    const lanes mu = INPUT(mu) + INPUT(mu_rest), batch = INPUT(batch), ttft = INPUT(ttft), limit = SCENARIO(ttft_limit_ms) / 1000;
    const lanes spread = 0.5 * (SCENARIO(arrival_scv) + SCENARIO(service_scv));

    for (int j = 0; j < LANES; j++) {
        const struct replica_queue q = { busiest[j], v->attempt_s[j], v->per_request[j], v->peak[j], v->least[j],
                                         mu[j], batch[j], spread[j] };
        double wait, median;
        if (!waits[j])
            continue;
        if (limit[j] == limit[j] && ttft[j] <= limit[j])
            (*extra)[j] = queue_replicas_for(&q, limit[j], ttft[j], &wait);
        else
            queue_waits_at(&q, 0, &wait, &median);
        (*p95)[j] = wait;
    }
}

/* Replicas for latency, and the wait that is left, at the worst month's peak. */
static void
run_queue(const struct stage *t, int from, int to)
{
    struct scope scope = scope_of(t), *x = &scope;
    struct serving v;

    for (x->i = (size_t)from; x->i < (size_t)to; x->i += LANES) {
        load_of(&v, x);
        const lanes busiest = busiest_of(x, t->key.from, t->key.to), n = replicas_of(&v, busiest, v.peak);
        const lanes mu = INPUT(mu) + INPUT(mu_rest), batch = INPUT(batch), ttft = INPUT(ttft), limit = SCENARIO(ttft_limit_ms) / 1000;
        const lanes service = batch / mu, load = busiest * v.attempt_s * v.peak * service;
        const mask asked = v.sized & ~unknown(batch) & ~unknown(busiest);
        lanes inverse;
        const mask waits = asked & ~hardly_waits(n * batch, load, &inverse);
        lanes extra = splat(0), p95 = either(asked, splat(0), splat(NAN));
        if (any(waits & ~(n * batch <= splat(SERVERS_MAX))))
            queue_by_lane(x, &v, waits, busiest, &extra, &p95);
        else if (any(waits)) {
            const struct queue q = { either(waits, n, splat(1)), either(waits, batch, splat(1)), either(waits, load, splat(0)),
                                     0.5 * (SCENARIO(arrival_scv) + SCENARIO(service_scv)) * service };
            const lanes servers = q.replicas * q.batch;
            if (any(waits & (servers < splat(STIRLING_FROM))))
                inverse = inverse_poisson(servers, q.load);
            p95 = either(waits, wait_in_queue(servers, q.load, q.spread_s, inverse), p95);
            const mask more = waits & (ttft <= limit) & ~(ttft + p95 <= limit);
            if (any(more))
                extra = replicas_within(&q, more, ttft, limit, &p95);
        }
        store(t, 0, x->i, extra);
        store(t, 1, x->i, p95);
    }
}

/* ---- replica-hours ------------------------------------------------------------------------------------ */

/* Hours beyond the committed replicas. */
static inline lanes
beyond_of(const struct serving *v, lanes n, double hours, lanes committed)
{
    lanes all = n + v->extra + v->spare;

    return hours * either((all > committed) | unknown(all), all - committed, splat(0));
}

static lanes
day_of(const struct serving *v, bool follow, lanes requests, lanes committed)
{
    lanes beyond = splat(0);

    if (!follow)
        return beyond_of(v, replicas_of(v, requests, v->peak), HOURS, committed);
    lanes now = replicas_of(v, requests, v->shape[0]);
    for (int h = 1; h <= HOURS / 2; h++) {
        lanes next = replicas_of(v, requests, v->shape[h]), busier = either(next > now, next, now);
        beyond += beyond_of(v, either(v->slow, busier, now), 1, committed);
        beyond += beyond_of(v, either(v->slow, busier, next), 1, committed);
        now = next;
    }
    return beyond;
}

static bool
commits(const struct kernel_arm *a)
{
    return !is_zero(&a->commit_replicas) && !is_zero(&a->commit_months);
}

/* The committed replicas of month m of a stint that begins with month "first" (from 0). */
static lanes
committed_in(const struct scope *x, int m, int first)
{
    const lanes held = ARM(commit_replicas);

    return either((splat(m - first) < ARM(commit_months)) & (held > splat(0)), held, splat(0));
}

static void
serving_of(struct serving *v, const struct scope *x)
{
    load_of(v, x);
    if (x->f->follow) {
        v->slow = ARM(startup_minutes) > splat(10);
        if (!v->shaped)
            shape_of(v, x);
        v->shaped = x->s->peak_to_average.x == NULL && x->s->batch_share.x == NULL;
    }
    /* Nobody knows what an endpoint without throughput holds, and no spare is bought beside it. */
    v->spare = either(v->sized, ARM(spare_replicas), splat(0));
    v->extra = INPUT(extra);
}

/* Lanes whose costs nobody can know. */
static mask
unpriceable(const struct serving *v, const struct scope *x, lanes busiest)
{
    const mask lost = v->sized & unknown(v->per_request * v->peak * busiest);

    return x->f->kind != ARM_HOSTED_TUNED ? lost | ~v->sized : lost;
}

static lanes
whole_replicas(lanes n)
{
    return either(n > splat(0), either(n < splat(2147483647), floor_of(n + 0.5), splat(2147483647)), splat(0));
}

/* What is owed whether the product lives or not: committed replicas times the first month's price path, discounted. */
static lanes
owed_of(const struct stage_key *k, const struct scope *x, const struct pace *p)
{
    lanes discount = p->discount * power_of(p->discount, k->from - 1), sum = splat(0);

    for (int m = k->from - 1; m < k->to; m++, discount *= p->discount) {
        sum += committed_in(x, m, k->from - 1) * discount;
        if (m == k->to - 1 && k->to < k->months) {
            const lanes left = ARM(commit_months) - (k->to - k->from + 1), held = ARM(commit_replicas);
            sum += either((left > splat(0)) & (held > splat(0)), left * held * discount, splat(0));
        }
    }
    return sum * power_of(PATH(gpu_path), k->from - 1);
}

/* As replicas_at, for a load that is held below a cap of 1e-9 less. */
static inline lanes
replicas_up_to(const struct serving *v, lanes load, lanes cap)
{
    return raised_to(ceil_of(lowered_to(load - 1e-9, cap)), v->least);
}

/* The stint's replica-hours a day, weighed by month. Replicas for each day's peak run all day: no month by itself where the
 * first takes what the last does, since growth goes one way. */
static inline lanes
hours_of_peak(const struct stage_key *k, const struct serving *v, const struct pace *p, lanes requests, lanes ratio)
{
    const int first = k->from - 1;
    const lanes scale = requests * v->per_request * v->peak, cap = scale * lowered_to(p->cap, splat(1e300)) - 1e-9;
    lanes at = p->discount * power_of(ratio, first), load = scale * power_of(p->growth, first);
    const lanes begin = replicas_up_to(v, load, cap), end = replicas_up_to(v, scale * power_of(p->growth, k->to - 1), cap);
    const lanes weights = at * series_of(ratio, k->to - first), idle = (v->extra + v->spare) * weights;
    if (!any(begin != end))
        return HOURS * (begin * weights + idle);

    const struct four ratios = factors_of(ratio), growth = factors_of(p->growth);
    struct four sum = nothing_yet();
    int m = first;
    for (; m + 4 <= k->to; m += 4, load *= growth.d, at *= ratios.d) {
        sum.a += replicas_up_to(v, load, cap) * at;
        sum.b += replicas_up_to(v, load * growth.a, cap) * (at * ratios.a);
        sum.c += replicas_up_to(v, load * growth.b, cap) * (at * ratios.b);
        sum.d += replicas_up_to(v, load * growth.c, cap) * (at * ratios.c);
    }
    for (; m < k->to; m++, load *= growth.a, at *= ratios.a)
        sum.a += replicas_up_to(v, load, cap) * at;
    return HOURS * (sum_of_four(&sum) + idle);
}

/* The loads of a stint's months in replicas and their weights; months of one load are one. They are visited from the larger
 * end on; left: the weights of those that are not yet. */
struct loads {
    int n;
    bool grow;
    lanes load[HORIZON_MAX], weight[HORIZON_MAX], left[HORIZON_MAX + 1];
};

static inline int
visited(const struct loads *l, int i)
{
    return l->grow ? l->n - 1 - i : i;
}

static inline void
loads_of(struct loads *l, const struct stage_key *k, const struct serving *v, const struct pace *p, lanes requests, lanes ratio)
{
    const lanes scale = requests * v->per_request;
    lanes grown = power_of(p->growth, k->from - 1), at = p->discount * power_of(ratio, k->from - 1);

    l->n = 1;
    l->load[0] = scale * capped(grown, p->cap);
    l->weight[0] = at;
    for (int m = k->from; m < k->to; m++) {
        grown *= p->growth;
        at *= ratio;
        const lanes load = scale * capped(grown, p->cap);
        if (!any(load != l->load[l->n - 1])) {
            l->weight[l->n - 1] += at;
            continue;
        }
        l->load[l->n] = load;
        l->weight[l->n++] = at;
    }
    l->grow = any(l->load[l->n - 1] > l->load[0]);
    l->left[l->n] = splat(0);
    for (int i = l->n - 1; i >= 0; i--)
        l->left[i] = l->left[i + 1] + l->weight[visited(l, i)];
}

/* Replicas of one hour, over all months. Where the last month visited takes the least, those behind one of the least do. */
static inline lanes
replicas_over(const struct serving *v, const struct loads *l, lanes shape, mask *more)
{
    const lanes begin = replicas_at(v, l->load[visited(l, 0)] * shape), end = replicas_at(v, l->load[visited(l, l->n - 1)] * shape);
    const bool falls = !any(end > v->least);
    lanes sum = splat(0), sum_2 = sum;
    int i = 0;

    *more = (begin > v->least) | (end > v->least);
    if (!any(begin != end))
        return begin * l->left[0];
    for (; i + 2 <= l->n; i += 2) {
        const int m = visited(l, i), m_2 = visited(l, i + 1);
        const lanes n = replicas_at(v, l->load[m] * shape), n_2 = replicas_at(v, l->load[m_2] * shape);
        if (falls && !any(n > v->least))
            return sum + sum_2 + v->least * l->left[i];
        sum += n * l->weight[m];
        sum_2 += n_2 * l->weight[m_2];
    }
    if (i < l->n)
        sum += replicas_at(v, l->load[visited(l, i)] * shape) * l->weight[visited(l, i)];
    return sum + sum_2;
}

/* Of hours from the peak on: of the two beside a step the earlier one is the busier. */
static inline lanes
share_of_day(const struct serving *v, int h, lanes replicas)
{
    return h == 0        ? either(v->slow, 2 * replicas, replicas)
           : h < HOURS / 2 ? 2 * replicas
                           : either(v->slow, splat(0), replicas);
}

/* Hour by hour from the peak on. The load falls: behind an hour of the least there are no more. */
static lanes
hours_of_load(const struct stage_key *k, const struct serving *v, const struct pace *p, lanes requests, lanes ratio)
{
    struct loads l;
    lanes sum = splat(0), now = sum;
    mask more = ~(mask){ 0 };

    loads_of(&l, k, v, p, requests, ratio);
    for (int h = 0; h <= HOURS / 2; h++) {
        if (!any(more))
            now = v->least * l.left[0];
        else if (h == 0 || any(v->shape[h] != v->shape[h - 1]))
            now = replicas_over(v, &l, v->shape[h], &more);
        sum += share_of_day(v, h, now);
    }
    return sum + HOURS * (v->extra + v->spare) * l.left[0];
}

/* The same of one day. */
static lanes
hours_of_day(const struct serving *v, lanes requests)
{
    lanes sum = splat(0);

    for (int h = 0; h <= HOURS / 2; h++)
        sum += share_of_day(v, h, replicas_of(v, requests, v->shape[h]));
    return sum + HOURS * (v->extra + v->spare);
}

static inline lanes
hours_beyond(const struct stage_key *k, const struct scope *x, const struct serving *v, const struct pace *p, lanes requests,
             lanes ratio)
{
    const int first = k->from - 1;
    lanes grown = power_of(p->growth, first), at = p->discount * power_of(ratio, first), sum = splat(0);

    for (int m = first; m < k->to; m++, grown *= p->growth, at *= ratio)
        sum += day_of(v, k->facts.follow, requests * capped(grown, p->cap), committed_in(x, m, first)) * at;
    return sum;
}

static void
run_hours(const struct stage *t, int from, int to)
{
    const struct stage_key *k = &t->key;
    const bool owes = commits(&k->a);
    const int first = k->from - 1;
    struct scope scope = scope_of(t), *x = &scope;
    struct serving v = { .shaped = false };

    for (x->i = (size_t)from; x->i < (size_t)to; x->i += LANES) {
        const struct pace p = pace_of(x);
        serving_of(&v, x);
        const lanes requests = SCENARIO(requests) * INPUT(share), path = PATH(gpu_path), lives = p.keep * path, ratio = lives * p.discount;
        const lanes idle = v.extra + v.spare, begin = requests * capped(power_of(p.growth, first), p.cap);
        const lanes hours = owes              ? hours_beyond(k, x, &v, &p, requests, ratio)
                            : k->facts.follow ? hours_of_load(k, &v, &p, requests, ratio)
                                              : hours_of_peak(k, &v, &p, requests, ratio);
        const lanes held = owes ? committed_in(x, first, first) : splat(0);
        const mask lost = unpriceable(&v, x, busiest_of(x, k->from, k->to));
        store(t, 0, x->i, either(lost, splat(NAN), hours));
        const lanes day = k->facts.follow && !owes ? hours_of_day(&v, begin) : day_of(&v, k->facts.follow, begin, held);
        store(t, 1, x->i, day * power_of(lives, first));
        store(t, 2, x->i, owes ? owed_of(k, x, &p) : splat(0));
        store(t, 3, x->i, held * power_of(path, first));
        store(t, 4, x->i, whole_replicas(replicas_of(&v, begin, k->facts.follow ? v.shape[0] : v.peak) + idle));
    }
}

/* ---- latency --------------------------------------------------------------------------------------------- */

/* A list publishes the median of one request and says nothing of its P95. */
static lanes
vendor_ttft(const struct scope *x)
{
    const lanes ms = ARM(ttft_ms), limit = SCENARIO(ttft_limit_ms) / 1000;
    const lanes ttft = ms / 1000, published = splat(x->f->published_ttft_ms), apart = ms - published;

    if (!x->f->published_ttft)
        return ttft;
    const mask listed = (apart <= 1e-9 * published) & (apart >= -1e-9 * published) & ~(ttft > limit);
    return either(listed, splat(NAN), ttft);
}

static void
run_latency(const struct stage *t, int from, int to)
{
    struct scope scope = scope_of(t), *x = &scope;

    for (x->i = (size_t)from; x->i < (size_t)to; x->i += LANES) {
        store(t, 0, x->i, x->f->has_replicas ? INPUT(ttft) + INPUT(wait) : vendor_ttft(x));
        store(t, 1, x->i, ARM(tpot_ms) / 1000);
    }
}

#endif
