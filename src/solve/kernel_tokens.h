/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SOLVE_KERNEL_TOKENS_H
#define BREAKEVEN_SOLVE_KERNEL_TOKENS_H

/* An attempt in own tokens (section 2) and what tokens cost (section 4). Part of kernel.c alone. */

/* ---- lengths ------------------------------------------------------------------------------- */

#define Z90 1.6448536269514722

/* Of the log of lengths; the P95 and the median of prompts over their mean. */
struct lengths {
    lanes sigma, longest, median;
    bool made;
};

static void
lengths_of(struct lengths *l, const struct scope *x)
{
    const struct figure *length_cv = &x->s->length_cv;

    if (l->made && length_cv->x == NULL)
        return;
    l->made = true;
    if (length_cv->x == NULL) {
        double sigma = length_cv->value > 0 ? sqrt(log1p(length_cv->value * length_cv->value)) : 0;
        double median = exp(-0.5 * sigma * sigma);
        l->sigma = splat(sigma);
        l->median = splat(median);
        l->longest = splat(median * exp(Z90 * sigma));
        return;
    }
    const lanes cv = SCENARIO(length_cv);
    l->sigma = either(cv > splat(0), root_of(log_of(1 + cv * cv)), splat(0));
    l->median = exp_of(-0.5 * l->sigma * l->sigma);
    l->longest = l->median * exp_of(Z90 * l->sigma);
}

struct attempt {
    lanes input, output, read, write, attempts, batch;
};

/* An arm's own figure in place of the workload's. */
static inline lanes
attempts_of(const struct scope *x)
{
    return 1 + (is_known(&x->a->extra_attempts) ? ARM(extra_attempts) : SCENARIO(extra_attempts));
}

static inline void
attempt_of(struct attempt *l, const struct scope *x)
{
    const struct kernel_arm *a = x->a;
    const lanes tau = ARM(tokenizer_factor);

    l->read = SCENARIO(cached);
    l->write = SCENARIO(written);
    l->batch = SCENARIO(batch_share);
    l->attempts = attempts_of(x);
    l->input = SCENARIO(input);
    l->output = SCENARIO(output);
    if ((KIND(x->f->kind) & KINDS_TUNED) && !is_zero(&a->prompt_saved_tokens)) {
        lanes saved = ARM(prompt_saved_tokens), cached = l->read * l->input, input;
        mask saves = saved > splat(0);
        saved = either(saved < l->input, saved, l->input);
        cached = either(cached > saved, cached - saved, splat(0));
        input = l->input - saved;
        l->read = either(saves, either(input > splat(0), cached / input, splat(0)), l->read);
        l->input = either(saves, input, l->input);
    }
    l->input *= tau;
    l->output *= tau * ARM(output_factor);
}

/* ---- prices ---------------------------------------------------------------------------------- */

struct prices {
    lanes input, output, read, write, batch_input, batch_output;
    bool has_read, has_write, has_batch_input, has_batch_output;
};

static void
prices_of(struct prices *p, const struct price_span *span, const struct kernel_arm *a, size_t i)
{
    const struct token_price *t = &span->price;

#define PRICE(member, of_arm, of_list) \
    p->member = span->own ? of(&a->of_arm, i) : splat(t->of_list)
    PRICE(input, input_usd_mtok, input);
    PRICE(output, output_usd_mtok, output);
    PRICE(read, cache_read_usd_mtok, cache_read);
    PRICE(write, cache_write_usd_mtok, cache_write);
    PRICE(batch_input, batch_input_usd_mtok, batch_input);
    PRICE(batch_output, batch_output_usd_mtok, batch_output);
#undef PRICE
    p->has_read = span->own ? is_known(&a->cache_read_usd_mtok) : t->cache_read == t->cache_read;
    p->has_write = span->own ? is_known(&a->cache_write_usd_mtok) : t->cache_write == t->cache_write;
    p->has_batch_input = span->own ? is_known(&a->batch_input_usd_mtok) : t->batch_input == t->batch_input;
    p->has_batch_output = span->own ? is_known(&a->batch_output_usd_mtok) : t->batch_output == t->batch_output;
}

/* USD per million tokens of input of this mixture; a read or written token without a price of its own costs what a fresh
 * one does. */
static inline lanes
mixture_price(const struct attempt *l, lanes input, lanes read, lanes write)
{
    return (1 - l->read - l->write) * input + either(l->read > splat(0), l->read * read, splat(0)) +
           either(l->write > splat(0), l->write * write, splat(0));
}

/* The standard normal distribution, 1e-15 up to scores of 5.6, beyond which less than 1e-8 is left: W. J. Cody, "Rational
 * Chebyshev approximations for the error function", Mathematics of Computation 23 (1969). */
static lanes
normal_below(lanes z)
{
    static const double near_above[] = { 0.065682337918207449113, 2.2352520354606839287, 161.02823106855587881,
                                         1067.6894854603709582, 18154.981253343561249 };
    static const double near_below[] = { 1, 47.20258190468824187, 976.09855173777669322, 10260.932208618978205,
                                         45507.789335026729956 };
    static const double far_above[] = { 1.0765576773720192317e-8, 0.39894151208813466764, 8.8831497943883759412,
                                        93.506656132177855979, 597.27027639480026226, 2494.5375852903726711,
                                        6848.1904505362823326, 11602.651437647350124, 9842.7148383839780218 };
    static const double far_below[] = { 1, 22.266688044328115691, 235.38790178262499861, 1519.377599407554805,
                                        6485.558298266760755, 18615.571640885098091, 34900.952721145977266,
                                        38912.003286093271411, 19685.429676859990727 };
    const lanes bounded = raised_to(splat(-8), lowered_to(splat(8), z)), y = raised_to(bounded, -bounded), square = y * y;
    lanes above = splat(near_above[0]), below = splat(near_below[0]);

    for (int k = 1; k < 5; k++) {
        above = above * square + near_above[k];
        below = below * square + near_below[k];
    }
    const lanes centre = 0.5 + bounded * (above / below);
    above = splat(far_above[0]);
    below = splat(far_below[0]);
    for (int k = 1; k < 9; k++) {
        above = above * y + far_above[k];
        below = below * y + far_below[k];
    }
    const lanes tail = exp_of(-0.5 * square) * (above / below);
    return either(y < splat(0.66291), centre, either(bounded > splat(0), 1 - tail, tail));
}

/* One by one, where not all lengths are spread. */
static lanes
tiers_by_lane(const struct price_span *span, const struct prices *p, const struct attempt *l, lanes sigma)
{
    lanes usd = splat(0);

    for (int j = 0; j < LANES; j++) {
        const struct token_price t = { p->input[j], p->output[j], p->read[j], p->write[j],
                                       p->has_batch_input ? p->batch_input[j] : NAN,
                                       p->has_batch_output ? p->batch_output[j] : NAN };
        const struct priced_attempt a = { l->input[j], l->output[j], l->read[j], l->write[j], l->batch[j], sigma[j] };
        usd[j] = attempt_price_usd(&t, span->tiers, span->n_tiers, &a);
    }
    return usd;
}

/* Of prompts of which some may reach a tier, before batches: in millionths of a USD (src/model/price.c). */
static lanes
with_tiers(const struct price_span *span, const struct prices *p, const struct attempt *l, lanes sigma)
{
    const lanes mu = log_of(l->input) - 0.5 * sigma * sigma;
    lanes share = splat(1), tokens = l->input, usd = splat(0), output = p->output;
    lanes input = mixture_price(l, p->input, p->has_read ? p->read : p->input, p->has_write ? p->write : p->input);

    for (int i = 0; i < span->n_tiers; i++) {
        const struct price_tier *tier = &span->tiers[i];
        const struct token_price *t = &tier->price;
        lanes share_above = splat(1), tokens_above = l->input;
        if (tier->above_tokens > 0) {
            const lanes score = (mu - log(tier->above_tokens)) / sigma;
            share_above = normal_below(score);
            tokens_above = l->input * normal_below(score + sigma);
        }
        usd += (tokens - tokens_above) * input + (share - share_above) * l->output * output;
        share = share_above;
        tokens = tokens_above;
        /* A price that the tier does not name keeps the base price. */
        const lanes fresh = t->input == t->input ? splat(t->input) : p->input;
        const lanes read = t->cache_read == t->cache_read ? splat(t->cache_read) : p->has_read ? p->read : fresh;
        const lanes write = t->cache_write == t->cache_write ? splat(t->cache_write) : p->has_write ? p->write : fresh;
        input = mixture_price(l, fresh, read, write);
        output = t->output == t->output ? splat(t->output) : p->output;
    }
    return usd + tokens * input + share * l->output * output;
}

/* Is every prompt so far below the lowest tier that none in 10^18 reaches it? */
static bool
below_tiers(const struct price_span *span, const struct attempt *l, lanes sigma)
{
    const double lowest = span->tiers[0].above_tokens;
    mask near;

    if (!(lowest > 0))
        return false;
    lanes distance = log_of(splat(lowest) / l->input) - 0.5 * sigma * sigma; /* mu + sigma^2 = ln I + sigma^2/2 */
    near = ~(distance > 9 * sigma) | ~(l->input < splat(lowest));
    return !any(near);
}

static lanes
attempt_price(const struct price_span *span, const struct prices *p, const struct attempt *l, lanes sigma)
{
    const bool tiers = span->n_tiers > 0 && !below_tiers(span, l, sigma);
    if (tiers && any(~((sigma > splat(0)) & (l->input > splat(0)))))
        return tiers_by_lane(span, p, l, sigma);
    const lanes read = p->has_read ? p->read : p->input, write = p->has_write ? p->write : p->input;
    const lanes input = mixture_price(l, p->input, read, write);
    const lanes usd = 1e-6 * (tiers ? with_tiers(span, p, l, sigma) : l->input * input + l->output * p->output);
    if (!p->has_batch_input && !p->has_batch_output)
        return usd;
    lanes in_batch = 1e-6 * (l->input * (p->has_batch_input ? p->batch_input : input) +
                             l->output * (p->has_batch_output ? p->batch_output : p->output));
    return either(l->batch < splat(1), usd * (1 - l->batch), splat(0)) +
           either(l->batch > splat(0), in_batch * l->batch, splat(0));
}

/* USD of a request a day over a month at a price path of 1. */
static inline lanes
unit_usd(const struct scope *x, const struct price_span *span, const struct attempt *l, lanes sigma)
{
    struct prices p;

    prices_of(&p, span, x->a, x->i);
    return attempt_price(span, &p, l, sigma) *
           (INPUT(share) * SCENARIO(days) * (1 - ARM(committed_discount)) * l->attempts);
}

/* By month, where a minimum decides in each. */
static lanes
above_minimum(const struct stage_key *k, const struct scope *x, const struct pace *p, const lanes *unit, lanes *first)
{
    const lanes minimum = ARM(monthly_minimum_usd), requests = SCENARIO(requests);
    const lanes by = PATH(api_path), ratio = p->keep * p->discount;
    lanes grown = power_of(p->growth, k->from - 1), path = power_of(by, k->from - 1),
          weight = p->discount * power_of(ratio, k->from - 1), sum = splat(0);

    for (int span = 0, m = k->from - 1; span < k->spans.n; span++)
        for (; m < k->spans.list[span].to; m++, grown *= p->growth, path *= by, weight *= ratio) {
            const lanes usd = larger_of(requests * capped(grown, p->cap) * path * unit[span], minimum);
            if (m == k->from - 1)
                *first = usd * power_of(p->keep, m);
            sum += usd * weight;
        }
    return sum;
}

static lanes release_of(const struct scope *x);

static lanes
migration_usd(const struct scope *x)
{
    return SCENARIO(migration_months) * SCENARIO(fte_usd);
}

static void
run_tokens(const struct stage *t, int from, int to)
{
    const struct stage_key *k = &t->key;
    const bool no_minimum = is_zero(&k->a.monthly_minimum_usd), moves = !is_zero(&k->in.migrations);
    struct scope scope = scope_of(t), *x = &scope;
    struct lengths lengths = { .made = false };
    struct attempt l;
    lanes unit[PRICE_SPANS_MAX];

    for (x->i = (size_t)from; x->i < (size_t)to; x->i += LANES) {
        const lanes tax = 1 + SCENARIO(tax), fee = ARM(platform_fee_usd_month);
        lanes paid = splat(0), first = paid;
        lengths_of(&lengths, x);
        attempt_of(&l, x);
        for (int span = 0; span < k->spans.n; span++)
            unit[span] = k->spans.tokens ? unit_usd(x, &k->spans.list[span], &l, lengths.sigma) : splat(0);
        if (no_minimum) {
            for (int span = 0; span < k->spans.n; span++)
                paid += unit[span] * INPUT(bought[span]);
            paid *= SCENARIO(requests);
            first = unit[0] * INPUT(bought_first) * SCENARIO(requests);
        } else {
            const struct pace p = pace_of(x);
            paid = above_minimum(k, x, &p, unit, &first);
        }
        paid = (paid + fee * INPUT(weights)) * tax;
        first = (first + fee * INPUT(alive)) * tax;
        if (moves) {
            paid += INPUT(migrations) * (migration_usd(x) + release_of(x) * tax);
            if (month_bit(k->spans.migrations, 0))
                first += migration_usd(x);
        }
        store(t, 0, x->i, paid);
        store(t, 1, x->i, first);
    }
}

/* ---- the context ------------------------------------------------------------------------------- */

static void
run_context(const struct stage *t, int from, int to)
{
    struct scope scope = scope_of(t), *x = &scope;
    struct lengths lengths = { .made = false };
    struct attempt l;

    for (x->i = (size_t)from; x->i < (size_t)to; x->i += LANES) {
        lengths_of(&lengths, x);
        attempt_of(&l, x);
        store(t, 0, x->i, l.input * lengths.longest + l.output);
    }
}

#endif
