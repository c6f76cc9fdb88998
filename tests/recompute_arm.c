/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <string.h>

#include "recompute.h"

/* Sections 3, 4 and 6 to 11 of the model a second time: what an arm costs in each month. */

static double
or_else(const struct quantity *q, double otherwise)
{
    return isfinite(q->x) && q->kind != QUANTITY_UNSET ? q->x : otherwise;
}

static bool
is_known(const struct quantity *q)
{
    return q->kind != QUANTITY_UNSET && isfinite(q->x);
}

/* ---- paying --------------------------------------------------------------------------------- */

struct bill {
    const struct setup *s;
    struct recomputed *out;
    const struct setup *other; /* the same at another volume, for bounds; NULL: none */
};

/* month 0 is time 0. All that is bought outside bears tax. */
static void
pay_certainly(const struct bill *b, enum cost_line line, int month, double usd)
{
    bool outside = line == LINE_API || line == LINE_GPU || line == LINE_LABELS || line == LINE_TRAINING || line == LINE_EVALUATION;

    if (outside)
        usd *= 1 + b->s->sc.prices.tax_share.x;
    if (month == 0)
        b->out->once[line] += usd;
    else
        b->out->line[line][month - 1] += usd;
}

/* What is paid only while the product lives. */
static void
pay(const struct bill *b, enum cost_line line, int month, double usd)
{
    pay_certainly(b, line, month, month == 0 ? usd : usd * recompute_survival(b->s, month));
}

static double
drift(double per_year, int month)
{
    return month <= 1 ? 1 : pow(1 + per_year, (month - 1) / 12.0);
}

/* ---- tokens ------------------------------------------------------------------------------------ */

struct list {
    struct token_price base;
    int n_tiers;
    struct price_tier tiers[PRICE_TIERS_MAX];
};

static double
pick(double a, double b)
{
    return isfinite(a) ? a : b;
}

/* USD per million for one prompt's input of mean length and one output. */
static double
at_list(const struct token_price *p, const struct recompute_tokens *t, double input)
{
    double fresh = 1 - t->cached - t->written;

    return input * (fresh * p->input + t->cached * pick(p->cache_read, p->input) + t->written * pick(p->cache_write, p->input)) +
           t->output * p->output;
}

static void
raise_to_tier(struct token_price *p, const struct token_price *tier)
{
    p->input = pick(tier->input, p->input);
    p->output = pick(tier->output, p->output);
    p->cache_read = pick(tier->cache_read, p->cache_read);
    p->cache_write = pick(tier->cache_write, p->cache_write);
}

static double
normal(double z)
{
    return isfinite(z) ? erfc(-z / sqrt(2)) / 2 : z > 0 ? 1 : 0;
}

/* Share of prompts of at most x tokens and what they contribute to the mean (lognormal). */
static void
up_to(double mean, double cv, double x, double *share, double *part)
{
    double sigma = sqrt(log(1 + cv * cv)), mu = log(mean) - sigma * sigma / 2;

    *share = normal((log(x) - mu) / sigma);
    *part = mean * normal((log(x) - mu) / sigma - sigma);
}

/* USD per million, interactive: the tier that a prompt falls into prices it whole. */
static double
interactive(const struct list *l, const struct recompute_tokens *t, double cv)
{
    double sum = 0, share_below = 0, part_below = 0;
    struct token_price p = l->base;

    if (l->n_tiers == 0 || !(t->input > 0))
        return at_list(&p, t, t->input);
    if (cv <= 0) {
        for (int i = 0; i < l->n_tiers; i++)
            if (t->input > l->tiers[i].above_tokens || (l->tiers[i].inclusive && t->input >= l->tiers[i].above_tokens)) {
                p = l->base;
                raise_to_tier(&p, &l->tiers[i].price);
            }
        return at_list(&p, t, t->input);
    }
    for (int i = 0; i <= l->n_tiers; i++) {
        double share = 1, part = t->input;
        if (i < l->n_tiers)
            up_to(t->input, cv, l->tiers[i].above_tokens, &share, &part);
        if (share - share_below > 0)
            sum += at_list(&p, t, 0) * (share - share_below) +
                   (at_list(&p, t, 1) - at_list(&p, t, 0)) * (part - part_below);
        share_below = share;
        part_below = part;
        p = l->base;
        if (i < l->n_tiers)
            raise_to_tier(&p, &l->tiers[i].price);
    }
    return sum;
}

/* USD of one attempt at a list. */
static double
attempt_usd(const struct setup *s, const struct list *l, const struct recompute_tokens *t)
{
    double full = interactive(l, t, s->sc.workload.length_cv.x), batch;
    bool sold = isfinite(l->base.batch_input) || isfinite(l->base.batch_output);
    double b = sold ? s->sc.workload.batch_share.x : 0; /* who sells none answers them like the rest */
    struct token_price none = l->base;

    none.output = 0;
    batch = isfinite(l->base.batch_input) ? l->base.batch_input * t->input : at_list(&none, t, t->input);
    batch += t->output * pick(l->base.batch_output, l->base.output);
    return ((1 - b) * full + (b > 0 ? b * batch : 0)) / 1e6;
}

static void
list_of_arm(const struct setup *s, int arm, struct list *l)
{
    const struct arm *a = &s->sc.arms[arm];

    l->n_tiers = 0;
    l->base.input = or_else(&a->input_usd_mtok, NAN);
    l->base.output = or_else(&a->output_usd_mtok, NAN);
    l->base.cache_read = or_else(&a->cache_read_usd_mtok, NAN);
    l->base.cache_write = or_else(&a->cache_write_usd_mtok, NAN);
    l->base.batch_input = or_else(&a->batch_input_usd_mtok, NAN);
    l->base.batch_output = or_else(&a->batch_output_usd_mtok, NAN);
}

static void
list_of_step(const struct price_step *step, struct list *l)
{
    l->base = step->price;
    l->n_tiers = step->n_tiers;
    memcpy(l->tiers, step->tiers, sizeof l->tiers);
}

/* A price of today's list moves with the list, a typed one stands. */
static double
follow(double own, double listed, double then)
{
    if (isfinite(own) && isfinite(listed))
        return fabs(own - listed) <= 1e-9 * fabs(listed) ? then : own;
    return isfinite(own) || isfinite(listed) ? own : then;
}

static void
follow_step(struct list *l, const struct token_price *today, const struct price_step *then)
{
    l->base.input = follow(l->base.input, today->input, then->price.input);
    l->base.output = follow(l->base.output, today->output, then->price.output);
    l->base.cache_read = follow(l->base.cache_read, today->cache_read, then->price.cache_read);
    l->base.cache_write = follow(l->base.cache_write, today->cache_write, then->price.cache_write);
    l->base.batch_input = follow(l->base.batch_input, today->batch_input, then->price.batch_input);
    l->base.batch_output = follow(l->base.batch_output, today->batch_output, then->price.batch_output);
    l->n_tiers = then->n_tiers;
    memcpy(l->tiers, then->tiers, sizeof l->tiers);
}

static struct date
first_day(const struct setup *s, int month)
{
    return month == 1 ? s->start : date_add_months(s->start, month - 1);
}

/* Whose price is paid in a month, and whether its model is retired in the course of it. An
 * arm that begins after the end begins with the successor. */
struct vendor {
    const struct cat_price *price;
    bool moved, ends;
};

static struct vendor
vendor_in(const struct setup *s, int arm, int month)
{
    bool tuned = s->sc.arms[arm].kind == ARM_HOSTED_TUNED;
    struct vendor v = { s->arms[arm].price, false, false };
    const struct cat_price *p = v.price;

    if (s->sc.prices.retirement == RETIREMENT_IGNORE)
        return v;
    while (p != NULL && p->retired.year != 0 && date_compare(p->retired, date_add_months(s->start, month)) < 0) {
        const struct cat_price *next = NULL;
        v.ends = date_compare(p->retired, date_add_months(s->start, month - 1)) >= 0;
        if (v.ends)
            break;
        if (p->successor != NULL)
            next = catalog_price(s->catalog, p->successor, p->host);
        if (p->successor != NULL && next == NULL)
            next = catalog_price(s->catalog, p->successor, NULL);
        if (next == NULL || next == p ||
            (tuned ? !isfinite(next->tuned_input) || !isfinite(next->tuned_output)
                   : !isfinite(next->steps[0].price.input) || !isfinite(next->steps[0].price.output)))
            break;
        v.price = p = next;
        v.moved = true;
    }
    return v;
}

/* What a million tokens cost in a month, before drift. */
static void
list_in_force(const struct setup *s, int arm, int month, struct list *l)
{
    struct vendor v = vendor_in(s, arm, month);
    bool tuned = s->sc.arms[arm].kind == ARM_HOSTED_TUNED;

    list_of_arm(s, arm, l);
    if (v.moved && tuned)
        l->base = (struct token_price){ v.price->tuned_input, v.price->tuned_output, NAN, NAN, NAN, NAN };
    else if (v.moved)
        list_of_step(price_on(v.price, first_day(s, month)), l);
    else if (v.price != NULL && !tuned && !s->arms[arm].own_prices) {
        const struct price_step *today = price_on(v.price, first_day(s, 1)), *then = price_on(v.price, first_day(s, month));
        l->n_tiers = today->n_tiers;
        memcpy(l->tiers, today->tiers, sizeof l->tiers);
        if (then != today)
            follow_step(l, &today->price, then);
    }
}

/* ---- pieces ---------------------------------------------------------------------------------------- */

static double
label_usd(const struct setup *s)
{
    return s->sc.labels.task_factor.x * s->sc.labels.reviewers.x /
           (s->sc.labels.per_hour.x * (1 - s->sc.labels.reject_share.x)) * s->sc.labels.hourly_rate.x;
}

static double
release_usd(const struct setup *s)
{
    return s->sc.evaluation.test_examples.x * s->sc.evaluation.judge_passes.x * s->sc.evaluation.judge_usd.x +
           s->sc.evaluation.human_examples.x * s->sc.evaluation.human_minutes.x / 60 * s->sc.labels.hourly_rate.x;
}

static double
trained_on(const struct setup *s)
{
    return s->sc.labels.examples.x * (1 - s->sc.labels.holdout_share.x);
}

static double
example_tokens(const struct setup *s)
{
    return or_else(&s->sc.labels.tokens_per_example, s->sc.workload.input_tokens.x + s->sc.workload.output_tokens.x);
}

static double
training_tokens(const struct setup *s)
{
    return trained_on(s) * example_tokens(s) / (1 - s->sc.labels.general_mix_share.x);
}

/* USD of one training run in a month; NAN unknown. */
static double
run_usd(const struct setup *s, int arm, int month)
{
    const struct arm *a = &s->sc.arms[arm];
    const struct setup_arm *sa = &s->arms[arm];
    double tokens = training_tokens(s) * s->sc.training.epochs.x, hours;

    if (a->kind == ARM_HOSTED_TUNED)
        return tokens * or_else(&a->training_usd_mtok, NAN) / 1e6 * drift(s->sc.prices.api_price_change_per_year.x, month);
    if (is_known(&a->training_hours)) {
        hours = a->training_hours.x;
    } else if (is_known(&a->training_tok_s)) {
        hours = tokens / a->training_tok_s.x / 3600;
    } else {
        static const enum training_method methods[] = {
            [METHOD_LORA] = TRAIN_LORA, [METHOD_QLORA] = TRAIN_QLORA, [METHOD_FULL] = TRAIN_FULL,
        };
        struct capacity_shape shape;
        struct capacity_gpu gpu;
        struct training_setup how;
        struct training_speed speed;
        struct error err;
        if (sa->model == NULL || sa->training_gpu == NULL || capacity_shape_from_model(&shape, sa->model, &err) != 0 ||
            capacity_gpu_from_catalog(&gpu, sa->training_gpu, &err) != 0)
            return NAN;
        training_setup_init(&how, methods[a->method]);
        how.gpus = or_else(&a->training_gpus, 1);
        how.sharding = how.gpus > 1 ? SHARD_FSDP : SHARD_NONE;
        how.sequence = example_tokens(s);
        if (training_speed(&shape, &gpu, &how, &speed, &err) != 0)
            return NAN;
        hours = training_hours(&speed, tokens) * or_else(&a->training_hours_factor, 1);
    }
    return hours * or_else(&a->training_gpus, NAN) * or_else(&a->training_gpu_price_usd_h, NAN) *
           drift(s->sc.prices.gpu_price_change_per_year.x, month);
}

static bool
trains_in(const struct setup *s, int age)
{
    int again = (int)s->sc.training.retrain_every_months.x, upgrade = (int)s->sc.training.base_upgrade_every_months.x;

    return (again > 0 && age % again == 0) || (upgrade > 0 && age % upgrade == 0);
}

/* ---- quality -------------------------------------------------------------------------------------- */

static double
quality_at_start(const struct setup *s, int arm)
{
    const struct arm *a = &s->sc.arms[arm];
    double quant = (KIND(a->kind) & KINDS_SERVED) && a->precision != WEIGHTS_FP16 ? or_else(&a->quant_points, 0) : 0;
    double n = trained_on(s);

    if (!(KIND(a->kind) & KINDS_TUNED))
        return fmin(1, fmax(0, or_else(&a->quality, NAN) - quant));
    double e0 = or_else(&s->sc.quality.e_0, 1 - or_else(&a->quality, NAN));
    double rest = s->sc.quality.e_inf_share.x * e0;
    double error = rest + (e0 - rest) * pow(1 + n / s->sc.quality.n_scale.x, -s->sc.quality.alpha.x);
    double points = 0, relative = 0;
    if (n > 0 && s->sc.n_pilots == 0 && a->method != METHOD_FULL) {
        points = s->sc.quality.lora_points.x;
        relative = a->method == METHOD_QLORA ? s->sc.quality.qlora_relative.x : 0;
    }
    if (n > 0 && n < 500)
        error *= 1 + 0.1 * (1 - n / 500);
    return fmin(1, fmax(0, (1 - error - points) * (1 - relative) - quant));
}

/* age: months that the arm has been in use before this one. */
static double
quality_in(const struct setup *s, int arm, int month, int age)
{
    double q = quality_at_start(s, arm);
    int since = age;

    if (s->sc.arms[arm].kind == ARM_API)
        return 1 - (1 - q) * pow(1 - s->sc.quality.api_drift_per_year.x, (month - 1) / 12.0);
    if (!(KIND(s->sc.arms[arm].kind) & KINDS_TUNED))
        return q;
    for (int k = 1; k <= age; k++)
        if (trains_in(s, k))
            since = age - k;
    return fmax(0, q - s->sc.quality.drift_points_per_month.x * since);
}

/* ---- one plain arm in some months ------------------------------------------------------------------- */

static double
setup_people(const struct setup *s, int arm)
{
    return or_else(&s->sc.arms[arm].setup_person_months, 0) * s->sc.people.fte_cost_usd_month.x;
}

static double
running_people(const struct setup *s, int arm)
{
    double fte = or_else(&s->sc.arms[arm].run_fte, 0);

    return (s->sc.people.whole_people ? ceil(fte - 1e-9) : fte) * s->sc.people.fte_cost_usd_month.x;
}

/* Labels of a tuned arm by the end of the month "at" (0: time 0). */
static void
buy_labels(const struct bill *b, int at, bool harvests)
{
    const struct setup *s = b->s;
    double missing = s->sc.labels.examples.x;

    for (int k = 1; harvests && k <= at; k++) {
        double reviewed = fmin(s->sc.labels.harvest_per_month.x,
                               fmin(missing, recompute_requests(s, k) * s->sc.horizon.days_per_month.x));
        pay(b, LINE_LABELS, k, reviewed * s->sc.labels.review_minutes.x / 60 * s->sc.labels.hourly_rate.x);
        missing -= reviewed;
    }
    pay(b, LINE_LABELS, at, missing * label_usd(s) + s->sc.labels.guideline_hours.x * s->sc.labels.hourly_rate.x);
}

static bool
start_arm(const struct bill *b, int arm, const struct recompute_span *span)
{
    const struct setup *s = b->s;
    const struct arm *a = &s->sc.arms[arm];
    int at = span->first - 1;
    bool known = true;

    pay(b, LINE_PEOPLE, at, setup_people(s, arm));
    pay(b, LINE_EVALUATION, at, release_usd(s) + (span->tests ? s->sc.evaluation.test_examples.x * label_usd(s) : 0));
    /* People who come whole must be hired first. While another arm serves nobody waits. */
    double hiring = s->sc.people.whole_people && a->run_fte.x > 0 ? s->sc.people.hiring_months.x : 0;
    if (at == 0)
        pay(b, LINE_OTHER, 0, (or_else(&a->launch_delay_months, 0) + hiring) * s->sc.people.value_per_month_usd.x);
    if (KIND(a->kind) & KINDS_TUNED) {
        double run = run_usd(s, arm, at);
        double mix = training_tokens(s) * s->sc.labels.general_mix_share.x * s->sc.labels.general_mix_usd_mtok.x / 1e6;
        if (!span->labelled)
            buy_labels(b, at, span->harvests);
        known = isfinite(run);
        pay(b, LINE_TRAINING, at, known ? run * or_else(&a->experiments, s->sc.training.experiments.x) + mix : 0);
    }
    return known;
}

static void
run_tokens(const struct bill *b, int arm, const struct recompute_span *span, int month, bool per_token)
{
    const struct setup *s = b->s;
    const struct arm *a = &s->sc.arms[arm];
    struct recompute_tokens t;
    struct list l;

    recompute_tokens(s, arm, &t);
    list_in_force(s, arm, month, &l);
    double usage = !per_token ? 0 : attempt_usd(s, &l, &t) * t.attempts * span->share * recompute_requests(s, month) * s->sc.horizon.days_per_month.x *
                   drift(s->sc.prices.api_price_change_per_year.x, month);
    pay(b, LINE_API, month,
        fmax(or_else(&a->monthly_minimum_usd, 0), usage * (1 - or_else(&a->committed_discount, 0))) +
            or_else(&a->platform_fee_usd_month, 0));
}

struct gpu_bill {
    struct recompute_machine machine;
    double usd_h;  /* of a replica, month 1, overhead included */
    double added;  /* for latency                              */
};

static void
run_gpus(const struct bill *b, int arm, const struct recompute_span *span, int month, const struct gpu_bill *g)
{
    const struct setup *s = b->s;
    const struct arm *a = &s->sc.arms[arm];
    struct recompute_replicas r;
    double share = or_else(&a->bill_share, 1), path = drift(s->sc.prices.gpu_price_change_per_year.x, month);
    /* At the price of the month in which it was signed. */
    double kept = g->usd_h * (1 - or_else(&a->commit_discount, 0)) * share *
                  drift(s->sc.prices.gpu_price_change_per_year.x, span->first);

    recompute_replicas(s, arm, &g->machine, span, month, g->added, &r);
    pay(b, LINE_GPU, month, r.on_demand_hours * g->usd_h * path * share);
    pay_certainly(b, LINE_GPU, month, r.committed_hours * kept);
    b->out->for_latency_usd += r.latency_hours * g->usd_h * path * share * recompute_survival(s, month) *
                               (1 + s->sc.prices.tax_share.x);
    b->out->replicas[month - 1] += r.peak;
    b->out->paid_hours += r.hours;
    b->out->busy_hours += r.busy_hours;
    /* Who leaves owes the rest of the term. */
    double left = or_else(&a->commit_months, 0) - (month - span->first + 1);
    if (span->leaves && month == span->last && left > 0)
        pay_certainly(b, LINE_GPU, month,
                      left * or_else(&a->commit_replicas, 0) * s->sc.horizon.days_per_month.x * 24 * kept);
}

/* USD of a replica for an hour; false: the arm has none. */
static bool
replica_price(const struct setup *s, int arm, double *usd_h)
{
    const struct arm *a = &s->sc.arms[arm];

    if (KIND(a->kind) & KINDS_SELF)
        *usd_h = or_else(&a->gpu_price_usd_h, NAN) * or_else(&a->gpus_per_replica, 1);
    else if (a->kind == ARM_HOSTED_TUNED && is_known(&a->endpoint_usd_h))
        *usd_h = a->endpoint_usd_h.x;
    else
        return false;
    *usd_h *= 1 + or_else(&a->overhead_share, s->sc.serving.overhead_share.x);
    return true;
}

static bool
run_arm(const struct bill *b, int arm, const struct recompute_span *span, double quality[HORIZON_MAX])
{
    const struct setup *s = b->s;
    const struct arm *a = &s->sc.arms[arm];
    struct gpu_bill g = { .usd_h = 0 };
    struct list l;
    double wait = NAN;
    bool gpus = replica_price(s, arm, &g.usd_h), known = true;

    list_of_arm(s, arm, &l);
    /* A dedicated endpoint need not be paid per token. Half a price is none. */
    bool tokens = (KIND(a->kind) & KINDS_TOKENS) && (!gpus || isfinite(l.base.input) || isfinite(l.base.output));
    if (gpus) {
        recompute_machine(s, arm, &g.machine);
        g.added = recompute_latency_replicas(s, b->other, arm, &g.machine, span, &wait);
        b->out->first_token_s = g.machine.ttft_s + wait;
        known = isfinite(g.usd_h) && (g.machine.known || a->kind == ARM_HOSTED_TUNED);
    }
    known = known && (!tokens || (isfinite(l.base.input) && isfinite(l.base.output)));
    for (int m = span->first; known && m <= span->last; m++) {
        int age = m - span->first + 1;
        if (KIND(a->kind) & KINDS_TOKENS)
            run_tokens(b, arm, span, m, tokens);
        if (gpus)
            run_gpus(b, arm, span, m, &g);
        pay(b, LINE_PEOPLE, m, running_people(s, arm));
        if ((KIND(a->kind) & KINDS_TUNED) && m < span->last && trains_in(s, age)) {
            pay(b, LINE_TRAINING, m, run_usd(s, arm, m));
            pay(b, LINE_EVALUATION, m, release_usd(s));
            pay(b, LINE_LABELS, m, s->sc.training.retrain_share.x * s->sc.labels.examples.x * label_usd(s));
        }
        if (tokens && vendor_in(s, arm, m).ends) {
            double moved = s->sc.people.migration_person_months.x * s->sc.people.fte_cost_usd_month.x;
            pay(b, LINE_PEOPLE, m, moved);
            b->out->moved_usd[m - 1] += moved * recompute_survival(s, m);
            pay(b, LINE_EVALUATION, m, release_usd(s));
        }
    }
    for (int m = span->first; m <= span->last; m++)
        quality[m - 1] = quality_in(s, arm, m, m - span->first);
    return known;
}

static bool
plain_arm(const struct bill *b, int arm, const struct recompute_span *span, double quality[HORIZON_MAX])
{
    bool started = start_arm(b, arm, span);

    return run_arm(b, arm, span, quality) && started;
}

/* ---- an arm ------------------------------------------------------------------------------------------- */

static bool
cascade(const struct bill *b, int arm, int months)
{
    const struct setup *s = b->s;
    const struct setup_arm *sa = &s->arms[arm];
    double e = s->sc.arms[arm].escalation_share.x, caught = or_else(&s->sc.arms[arm].error_catch, e);
    double small[HORIZON_MAX], large[HORIZON_MAX];
    struct recompute_span all = { .first = 1, .last = months, .share = 1, .tests = true }, some = { .first = 1, .last = months, .share = e, .tests = true };
    bool known = plain_arm(b, sa->small, &all, small);

    known = plain_arm(b, sa->large, &some, large) && known;
    for (int m = 0; m < months; m++) {
        double k = fmin(e, caught * (1 - small[m]));
        k = fmax(k, e - small[m]); /* no more right answers are sent on than there are */
        b->out->quality[m] = small[m] - (e - k) + e * large[m];
    }
    return known;
}

static bool
staged(const struct bill *b, int arm, int months)
{
    const struct setup *s = b->s;
    const struct setup_arm *sa = &s->arms[arm];
    int sw = (int)s->sc.arms[arm].switch_month.x;
    struct recompute_span before = { .first = 1, .last = sw, .share = 1, .tests = true, .leaves = true };
    struct recompute_span after = { .first = sw + 1, .last = months, .share = 1, .harvests = true,
        .labelled = (KIND(s->sc.arms[sa->first].kind) & KINDS_TUNED) != 0 };
    bool known = plain_arm(b, sa->first, &before, b->out->quality);

    return plain_arm(b, sa->second, &after, b->out->quality) && known;
}

static void
add_up(const struct setup *s, struct recomputed *out)
{
    for (int l = 0; l < LINE_COUNT; l++)
        out->once_total += out->once[l];
    out->npv = out->once_total;
    for (int m = 1; m <= out->months; m++) {
        for (int l = 0; l < LINE_COUNT; l++)
            out->monthly[m - 1] += out->line[l][m - 1];
        out->npv += out->monthly[m - 1] * pow(1 + s->sc.horizon.discount_rate_per_year.x, -m / 12.0);
    }
}

void
recompute(const struct setup *s, const struct setup *other, int arm, struct recomputed *out)
{
    const struct bill b = { s, out, other };
    int months = (int)s->sc.horizon.months.x;
    struct recompute_span all = { .first = 1, .last = months, .share = 1, .tests = true };

    memset(out, 0, sizeof *out);
    out->months = months;
    out->first_token_s = NAN;
    if (!s->arms[arm].usable)
        return;
    if (s->sc.arms[arm].kind == ARM_CASCADE)
        out->known = cascade(&b, arm, months);
    else if (s->sc.arms[arm].kind == ARM_STAGED)
        out->known = staged(&b, arm, months);
    else
        out->known = plain_arm(&b, arm, &all, out->quality);
    for (int m = 1; m <= months; m++) {
        double usd = s->sc.quality.error_cost_usd.x;
        if (usd > 0 && !isfinite(out->quality[m - 1]))
            out->known = false;
        if (usd > 0)
            pay(&b, LINE_ERRORS, m, usd * (1 - out->quality[m - 1]) * recompute_requests(s, m) * s->sc.horizon.days_per_month.x);
    }
    add_up(s, out);
}

/* ---- one month's running cost --------------------------------------------------------------------------- */

/* The first month of a span; replicas for latency are those of its worst. */
static double
first_month(const struct setup *s, const struct setup *other, int arm, const struct recompute_span *span)
{
    static struct recomputed out;
    double quality[HORIZON_MAX], sum = 0;
    const enum cost_line lines[] = { LINE_API, LINE_GPU, LINE_PEOPLE };
    int m = span->first;

    memset(&out, 0, sizeof out);
    if (!run_arm(&(struct bill){ s, &out, other }, arm, span, quality))
        return NAN;
    for (size_t i = 0; i < BE_LEN(lines); i++)
        sum += out.line[lines[i]][m - 1];
    /* Work to move to another model is no running cost. */
    return sum - out.moved_usd[m - 1];
}

double
recompute_run(const struct setup *s, const struct setup *other, int arm)
{
    const struct setup_arm *sa = &s->arms[arm];
    int months = (int)s->sc.horizon.months.x;
    struct recompute_span all = { .first = 1, .last = months, .share = 1 }, some = all, after = all;

    if (!sa->usable)
        return NAN;
    some.share = or_else(&s->sc.arms[arm].escalation_share, 0);
    if (s->sc.arms[arm].kind == ARM_CASCADE)
        return first_month(s, other, sa->small, &all) + first_month(s, other, sa->large, &some);
    after.first = (int)or_else(&s->sc.arms[arm].switch_month, 0) + 1;
    return s->sc.arms[arm].kind == ARM_STAGED ? first_month(s, other, sa->second, &after) : first_month(s, other, arm, &all);
}
