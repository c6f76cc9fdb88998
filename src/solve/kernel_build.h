/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SOLVE_KERNEL_BUILD_H
#define BREAKEVEN_SOLVE_KERNEL_BUILD_H

/* Labels, training and evaluation (sections 6 to 8). Part of kernel.c alone. */

struct labels {
    lanes usd, guideline, each, trained, tokens;
};

static lanes
label_usd(const struct scope *x)
{
    return SCENARIO(task_factor) * SCENARIO(reviewers) / (SCENARIO(per_hour) * (1 - SCENARIO(reject))) * SCENARIO(hourly_rate);
}

static inline lanes
trained_of(const struct scope *x)
{
    return SCENARIO(examples) * (1 - SCENARIO(holdout));
}

static void
labels_of(struct labels *c, const struct scope *x)
{
    const lanes request = is_known(&x->s->example_tokens) ? SCENARIO(example_tokens) : SCENARIO(input) + SCENARIO(output);

    c->each = label_usd(x);
    c->guideline = SCENARIO(guideline_hours) * SCENARIO(hourly_rate);
    c->usd = SCENARIO(examples) * c->each + c->guideline;
    c->trained = trained_of(x);
    c->tokens = c->trained * request / (1 - SCENARIO(mix_share));
}

static lanes
release_of(const struct scope *x)
{
    const lanes judged = SCENARIO(test_examples) * SCENARIO(judge_passes), by_people = SCENARIO(human_examples);

    return unless_zero(judged, judged * SCENARIO(judge_usd)) +
           unless_zero(by_people, by_people * SCENARIO(human_minutes) / 60 * SCENARIO(hourly_rate));
}

/* ---- labels from the traffic before a stint ------------------------------------------------------- */

struct harvest {
    lanes each, missing;
};

static inline struct harvest
harvest_of(const struct scope *x)
{
    return (struct harvest){ raised_to(SCENARIO(harvest), splat(0)), SCENARIO(examples) };
}

/* USD of a label that is reviewed, before tax. */
static inline lanes
review_usd(const struct scope *x)
{
    return SCENARIO(review_minutes) / 60 * SCENARIO(hourly_rate);
}

/* What is reviewed in a month of so many requests: nothing where nobody knows what is missing. */
static inline lanes
harvest_month(struct harvest *h, lanes requests)
{
    const lanes reviewed = raised_to(lowered_to(requests, lowered_to(h->each, h->missing)), splat(0));

    h->missing -= reviewed;
    return reviewed;
}

/* What is left to be labelled. Who harvests must know what it costs, even where there is nothing left to harvest. */
static inline lanes
harvest_rest(const struct scope *x, lanes missing, const struct labels *c)
{
    const lanes poison = either((SCENARIO(harvest) > splat(0)) & unknown(review_usd(x)), splat(NAN), splat(0));

    return missing * c->each + c->guideline + poison;
}

static void
run_harvest(const struct stage *t, int from, int to)
{
    const struct stage_key *k = &t->key;
    struct scope scope = scope_of(t), *x = &scope;

    for (x->i = (size_t)from; x->i < (size_t)to; x->i += LANES) {
        const struct pace p = pace_of(x);
        const lanes requests = SCENARIO(requests) * SCENARIO(days), ratio = p.keep * p.discount;
        struct harvest h = harvest_of(x);
        lanes grown = splat(1), weight = p.discount, reviewed = splat(0);
        for (int m = 0; m < k->from - 1; m++, grown *= p.growth, weight *= ratio)
            reviewed += harvest_month(&h, requests * capped(grown, p.cap)) * weight;
        store(t, 0, x->i, reviewed);
        store(t, 1, x->i, h.missing);
    }
}

/* ---- training -------------------------------------------------------------------------------------- */

static lanes
run_usd(const struct scope *x, lanes tokens)
{
    const struct kernel_facts *f = x->f;
    lanes hours = splat(NAN);

    if (f->kind != ARM_SELF_TUNED)
        return tokens * 1e-6 * ARM(training_usd_mtok);
    if (f->hours_typed)
        hours = ARM(training_hours);
    else if (f->rate_typed)
        hours = tokens / ARM(training_tok_s) / 3600;
    else if (f->hours_known) {
        lanes sequence = is_known(&x->s->example_tokens) ? SCENARIO(example_tokens) : SCENARIO(input) + SCENARIO(output);
        mask legal = (sequence >= splat(1)) & (sequence <= splat(1e8));
        hours = tokens * (f->hours[0] + f->hours[1] * sequence + f->hours[2] / sequence) * ARM(training_hours_factor);
        hours = either(legal, hours, splat(NAN));
    }
    return hours * ARM(training_gpus) * ARM(training_gpu_price_usd_h);
}

/* All in USD before tax: at once without and with labels bought, a run at a price path of 1, what else
 * each later training pays. */
struct build {
    struct labels labels;
    lanes at_once, run, again;
};

/* ahead: the price path of the month in which the first runs are paid. */
static void
build_of(struct build *b, const struct scope *x, const struct stage_key *k, lanes ahead)
{
    const bool tuned = KIND(x->f->kind) & KINDS_TUNED;
    const lanes release = release_of(x);

    b->at_once = release;
    b->run = b->again = splat(0);
    b->labels = (struct labels){ 0 };
    if (tuned)
        labels_of(&b->labels, x);
    if (k->test_set) {
        const lanes tests = SCENARIO(test_examples);
        b->at_once += unless_zero(tests, tests * label_usd(x));
    }
    if (!tuned)
        return;
    const lanes share = SCENARIO(mix_share), mix_price = SCENARIO(mix_usd);
    b->run = run_usd(x, b->labels.tokens * SCENARIO(epochs));
    b->again = release + SCENARIO(retrain_share) * SCENARIO(examples) * b->labels.each;
    b->at_once += ARM(experiments) * b->run * ahead +
                  unless_zero(share, unless_zero(mix_price, b->labels.tokens * share * 1e-6 * mix_price));
    if (!k->labelled && !k->harvested)
        b->at_once += b->labels.usd;
}

static void
run_build(const struct stage *t, int from, int to)
{
    const struct stage_key *k = &t->key;
    const bool harvests = (KIND(k->facts.kind) & KINDS_TUNED) && k->harvested && !k->labelled;
    struct scope scope = scope_of(t), *x = &scope;
    struct build b;

    for (x->i = (size_t)from; x->i < (size_t)to; x->i += LANES) {
        const lanes tax = 1 + SCENARIO(tax);
        build_of(&b, x, k, INPUT(ahead));
        lanes later = b.run * INPUT(trained) + b.again * INPUT(released);
        if (harvests) {
            const lanes reviewed = INPUT(reviewed);
            later += either(reviewed > splat(0), reviewed * review_usd(x), splat(0));
            b.at_once += harvest_rest(x, INPUT(missing), &b.labels);
        }
        store(t, 0, x->i, b.at_once * tax);
        store(t, 1, x->i, later * tax);
    }
}

#endif
