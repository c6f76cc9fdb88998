/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <limits.h>
#include <math.h>
#include <string.h>

#include "parts.h"

/*
 * One arm over the horizon (sections 3 and 11).  Every arm is one or two stints of
 * plain arms: a plain arm serves all months, a staged arm one after the other, a cascade
 * two at once.  Costs fall in the month in which they are paid; those of month m at its
 * end. What is paid after time 0 is paid only while the product lives (hazard), except
 * what a commitment owes.
 */

static bool
is_plain(const struct setup *s, int arm)
{
    return arm >= 0 && arm < s->sc.n_arms && (KIND(s->sc.arms[arm].kind) & KINDS_PLAIN);
}

static int
switch_month(const struct setup *s, int arm, int months)
{
    double m = figure(&s->sc.arms[arm].switch_month);

    if (!(m >= 1))
        return 1;
    return m < months - 1 ? (int)(m + 0.5) : months - 1;
}

int
stints_of(const struct setup *s, int arm, int months, struct stint out[2])
{
    const struct setup_arm *sa = &s->arms[arm];
    const struct arm *a = &s->sc.arms[arm];
    const struct stint whole = { .arm = arm, .from = 1, .to = months, .share = 1, .test_set = true };

    out[0] = out[1] = whole;
    if (a->kind == ARM_STAGED) {
        if (!is_plain(s, sa->first) || !is_plain(s, sa->second) || months < 2)
            return 0;
        out[0].arm = sa->first;
        out[0].to = switch_month(s, arm, months);
        out[1].arm = sa->second;
        out[1].from = out[0].to + 1;
        out[1].harvested = true;
        out[1].test_set = false;
        out[1].labelled = (KIND(s->sc.arms[sa->first].kind) & KINDS_TUNED) != 0;
        return 2;
    }
    if (a->kind == ARM_CASCADE) {
        if (!is_plain(s, sa->small) || !is_plain(s, sa->large))
            return 0;
        out[0].arm = sa->small;
        out[1].arm = sa->large;
        out[1].share = figure(&a->escalation_share);
        return 2;
    }
    return is_plain(s, arm) ? 1 : 0;
}

/* ---- where costs go ---------------------------------------------------------------------- */

/* The books of one stint. */
struct books {
    const struct setup *setup;
    const struct calendar *cal;
    const struct stint *stint;
    struct arm_outcome *out;
};

static void
pay_month(const struct books *b, enum cost_line line, int month, double usd)
{
    b->out->line_month_usd[line][month - 1] += usd * b->cal->alive[month - 1];
}

/* What building the arm costs: at time 0, or at the end of the month before it serves. */
static void
pay_once(const struct books *b, enum cost_line line, double usd)
{
    if (b->stint->from == 1)
        b->out->once_usd[line] += usd;
    else
        pay_month(b, line, b->stint->from - 1, usd);
}

/* ---- tokens and replicas ------------------------------------------------------------------- */

static void
buy_tokens(const struct books *b, const struct load *l, const struct people_cost *people,
           double release, struct gaps *g)
{
    struct token_bill bill;

    if (!(KIND(b->setup->sc.arms[b->stint->arm].kind) & KINDS_TOKENS))
        return;
    token_bill(&bill, b->setup, b->cal, b->stint, l, g);
    b->out->warned |= bill.warned;
    for (int m = b->stint->from; m <= b->stint->to; m++) {
        pay_month(b, LINE_API, m, bill.usd[m - 1]);
        if (bill_migrates(&bill, m)) {
            pay_month(b, LINE_PEOPLE, m, people->migration_usd);
            pay_month(b, LINE_EVALUATION, m, release);
        }
    }
}

static int
whole_number(double n)
{
    if (!(n > 0))
        return 0;
    return n < INT_MAX ? (int)(n + 0.5) : INT_MAX;
}

static void
note_serving(struct arm_outcome *o, const struct serving *v)
{
    o->throughput_how = v->how;
    o->replica_tok_s = v->tok_s;
    o->throughput_counts = v->counts;
    o->requests_per_s = v->mu;
    o->batch = v->batch;
    o->fits = v->fits;
    o->need_gib = v->need_gib;
    o->have_gib = v->have_gib;
    o->weights_gib = v->weights_gib;
    o->usable_gib = v->usable_gib;
    o->latency_conditional = v->conditional;
    o->latency_impossible = v->impossible;
    o->wait_p95_s = v->wait_p95_s;
    o->ttft_p95_s = v->ttft_s + v->wait_p95_s;
    o->ttft_p50_s = v->ttft_p50_s + v->wait_p50_s;
    o->tpot_s = v->tpot_s;
    o->warned |= v->warned;
}

/* False: the arm has none. */
static bool
run_replicas(const struct books *b, const struct load *l, struct gaps *g)
{
    struct arm_outcome *o = b->out;
    struct serving_month month;
    struct serving v;

    serving_plan(&v, b->setup, b->cal, b->stint, l, g);
    if (!v.present)
        return false;
    serving_waits(&v, b->setup);
    note_serving(o, &v);
    for (int m = b->stint->from; m <= b->stint->to; m++) {
        serving_month(&v, b->cal, m, b->cal->requests[m - 1] * b->stint->share, &month);
        pay_month(b, LINE_GPU, m, month.usd);
        o->line_month_usd[LINE_GPU][m - 1] += month.committed_usd;
        o->gpu_for_latency_usd += month.latency_usd * b->cal->alive[m - 1];
        o->paid_replica_hours += month.paid_hours;
        o->busy_replica_hours += month.busy_hours;
        o->replicas[m - 1] = whole_number(month.replicas);
    }
    /* Who switches away still owes the rest of the term. */
    if (b->stint->to < b->cal->months)
        o->line_month_usd[LINE_GPU][b->stint->to - 1] += serving_left_over(&v, b->cal, b->stint->to);
    return true;
}

/* ---- labels and training ---------------------------------------------------------------------- */

/* Examples reviewed from the traffic of the months before the switch; the rest is bought
 * then. Returns what is paid in all, undiscounted and while the product lives. */
static double
harvest(const struct books *b, const struct label_cost *labels, struct gaps *g)
{
    const struct setup *s = b->setup;
    const double each = figure_or(&s->sc.labels.harvest_per_month, 0);
    double missing = figure(&s->sc.labels.examples), usd_each = 0, sum = 0;

    if (each > 0)
        usd_each = need(g, &s->sc.labels.review_minutes, "minutes to review one interaction") / 60 *
                   need(g, &s->sc.labels.hourly_rate, "hourly rate of labelling");
    for (int k = 1; k < b->stint->from && each > 0 && missing > 0; k++) {
        double reviewed = fmin(fmin(each, missing), b->cal->requests[k - 1] * b->cal->days);
        pay_month(b, LINE_LABELS, k, reviewed * usd_each);
        sum += reviewed * usd_each;
        missing -= reviewed;
    }
    double bought = missing * labels->usd_per_example + labels->guideline_usd;
    pay_once(b, LINE_LABELS, bought);
    return sum + bought;
}

static void
build_tuned(const struct books *b, const struct label_cost *labels, double release, struct gaps *g)
{
    const struct setup *s = b->setup;
    const double *path;
    struct training_cost t;

    if (!(KIND(s->sc.arms[b->stint->arm].kind) & KINDS_TUNED))
        return;
    need_value(g, labels->usd, "price of the labels");
    if (b->stint->harvested && !b->stint->labelled) {
        b->out->labels_usd = harvest(b, labels, g);
    } else if (!b->stint->labelled) {
        pay_once(b, LINE_LABELS, labels->usd);
        b->out->labels_usd = labels->usd;
    }
    training_evaluate(&t, s, b->stint->arm, labels, g);
    b->out->warned |= t.warned;
    path = t.on_gpus ? b->cal->gpu_path : b->cal->api_path;
    pay_once(b, LINE_TRAINING,
             t.experiments * t.run_usd * (b->stint->from > 1 ? path[b->stint->from - 2] : 1) + t.mix_usd);
    const double again = figure_or(&s->sc.training.retrain_share, 0) *
                         figure(&s->sc.labels.examples) * labels->usd_per_example;
    for (int m = b->stint->from; m < b->stint->to; m++) {
        if (!stint_trains(s, b->stint, m))
            continue;
        pay_month(b, LINE_TRAINING, m, t.run_usd * path[m - 1]);
        pay_month(b, LINE_EVALUATION, m, release);
        pay_month(b, LINE_LABELS, m, again);
    }
}

/* ---- one stint ------------------------------------------------------------------------------------ */

static void
outcome_init(struct arm_outcome *o, int months)
{
    memset(o, 0, sizeof *o);
    o->months = months;
    o->fits = true;
    o->ttft_p95_s = o->ttft_p50_s = o->tpot_s = o->wait_p95_s = NAN;
    o->replica_tok_s = o->requests_per_s = o->batch = NAN;
    o->need_gib = o->have_gib = o->weights_gib = o->usable_gib = o->context_need_tokens = NAN;
    o->quality = NAN;
}

/* A price list publishes the median of one request and says nothing of its P95; what a person
 * typed is what the person wants held against the limit. */
static void
vendor_latency(struct arm_outcome *o, const struct setup *s, int arm)
{
    const struct cat_price *price = s->arms[arm].price;
    double ttft = figure(&s->sc.arms[arm].ttft_ms) / 1000;
    double ttft_limit = figure(&s->sc.latency.ttft_p95_ms) / 1000;
    double tpot_limit = figure(&s->sc.latency.tpot_ms) / 1000;
    bool published = price != NULL && known(price->ttft_ms) &&
                     fabs(ttft * 1000 - price->ttft_ms) <= 1e-9 * price->ttft_ms;

    o->ttft_p50_s = ttft;
    o->ttft_p95_s = published && !(ttft > ttft_limit) ? NAN : ttft;
    o->tpot_s = figure(&s->sc.arms[arm].tpot_ms) / 1000;
    o->latency_conditional = !known(o->ttft_p95_s);
    o->latency_impossible = ttft > ttft_limit || o->tpot_s > tpot_limit;
}

static void
evaluate_stint(const struct setup *s, const struct calendar *cal, const struct stint *st,
               struct arm_outcome *o, struct gaps *g)
{
    const struct books b = { s, cal, st, o };
    struct label_cost labels;
    struct people_cost people;
    struct gaps unpriced = { NULL };
    struct load l;

    outcome_init(o, cal->months);
    if (!s->arms[st->arm].usable)
        need_value(g, NAN, "a name that the catalog lacks");
    load_of_arm(&l, s, st->arm, g);
    /* Without a tuned model the labels' price is needed for the test set alone. */
    labels_need(s, &labels, KIND(s->sc.arms[st->arm].kind) & KINDS_TUNED ? g : &unpriced);
    people_evaluate(&people, s, st->arm, g);
    const double release = release_usd(s, g);

    buy_tokens(&b, &l, &people, release, g);
    if (!run_replicas(&b, &l, g))
        vendor_latency(o, s, st->arm);
    build_tuned(&b, &labels, release, g);
    pay_once(&b, LINE_EVALUATION, release + (st->test_set ? test_set_usd(s, &labels, g) : 0));
    pay_once(&b, LINE_PEOPLE, people.setup_usd);
    for (int m = st->from; m <= st->to; m++)
        pay_month(&b, LINE_PEOPLE, m, people.run_usd_month);
    /* While the first arm of a staged plan serves, nobody waits for the second. */
    if (st->from == 1)
        o->once_usd[LINE_OTHER] += people.delay_usd;

    o->context_need_tokens = l.input * cal->long_prompt + l.output;
    o->quality = quality_plain(s, st->arm, &o->labels_trained, &o->warned);
    quality_months(s, st, o->quality, o->quality_month);
}

/* ---- two stints together ----------------------------------------------------------------------------- */

static void
add_costs(struct arm_outcome *o, const struct arm_outcome *a)
{
    for (int line = 0; line < LINE_COUNT; line++) {
        o->once_usd[line] += a->once_usd[line];
        for (int m = 0; m < o->months; m++)
            o->line_month_usd[line][m] += a->line_month_usd[line][m];
    }
    for (int m = 0; m < o->months; m++)
        o->replicas[m] = o->replicas[m] < INT_MAX - a->replicas[m] ? o->replicas[m] + a->replicas[m]
                                                                  : INT_MAX;
    o->gpu_for_latency_usd += a->gpu_for_latency_usd;
    o->paid_replica_hours += a->paid_replica_hours;
    o->busy_replica_hours += a->busy_replica_hours;
    o->labels_usd += a->labels_usd;
    o->labels_trained = fmax(o->labels_trained, a->labels_trained);
    o->latency_conditional |= a->latency_conditional;
    o->latency_impossible |= a->latency_impossible;
    o->warned |= a->warned;
    o->context_need_tokens = larger(a->context_need_tokens, o->context_need_tokens);
}

/* The replica that is told about is the only one there is, else the one with less memory
 * to spare. */
static void
add_replica(struct arm_outcome *o, const struct arm_outcome *a)
{
    bool tighter = known(a->need_gib) &&
                   (!known(o->need_gib) || a->have_gib - a->need_gib < o->have_gib - o->need_gib);

    o->fits &= a->fits;
    if (a->throughput_how == THROUGHPUT_NONE || (o->throughput_how != THROUGHPUT_NONE && !tighter))
        return;
    o->throughput_how = a->throughput_how;
    o->replica_tok_s = a->replica_tok_s;
    o->throughput_counts = a->throughput_counts;
    o->requests_per_s = a->requests_per_s;
    o->batch = a->batch;
    o->need_gib = a->need_gib;
    o->have_gib = a->have_gib;
    o->weights_gib = a->weights_gib;
    o->usable_gib = a->usable_gib;
}

/* A caller meets the slower of the two arms in its months. */
static void
join_staged(struct arm_outcome *o, const struct arm_outcome *second, int from)
{
    o->ttft_p95_s = larger(second->ttft_p95_s, o->ttft_p95_s);
    o->ttft_p50_s = larger(second->ttft_p50_s, o->ttft_p50_s);
    o->tpot_s = larger(second->tpot_s, o->tpot_s);
    o->wait_p95_s = larger(second->wait_p95_s, o->wait_p95_s);
    for (int m = from - 1; m < o->months; m++)
        o->quality_month[m] = second->quality_month[m];
}

static void
join_cascade(struct arm_outcome *o, const struct arm_outcome *large, double escalated, double caught,
             double small_output)
{
    double answer = (small_output > 1 ? small_output - 1 : 0) * o->tpot_s;

    /* An escalated request has waited for small's whole answer. */
    if (!(escalated <= 0.05)) {
        o->ttft_p95_s += answer + large->ttft_p95_s;
        o->tpot_s = larger(large->tpot_s, o->tpot_s);
        o->wait_p95_s = larger(large->wait_p95_s, o->wait_p95_s);
    }
    if (!(escalated <= 0.5))
        o->ttft_p50_s += answer + large->ttft_p50_s;
    o->quality = quality_of_cascade(o->quality, large->quality, escalated, caught);
    for (int m = 0; m < o->months; m++)
        o->quality_month[m] =
            quality_of_cascade(o->quality_month[m], large->quality_month[m], escalated, caught);
}

static void
join(const struct setup *s, int arm, const struct stint st[2], struct arm_outcome *o,
     const struct arm_outcome *other, struct gaps *g)
{
    const struct arm *a = &s->sc.arms[arm];

    add_costs(o, other);
    add_replica(o, other);
    if (a->kind == ARM_STAGED) {
        join_staged(o, other, st[1].from);
        return;
    }
    struct load small;
    double e = need(g, &a->escalation_share, "share of requests that escalate");
    load_of_arm(&small, s, st[0].arm, g);
    join_cascade(o, other, e, figure_or(&a->error_catch, e), small.output);
}

/* ---- the sum ------------------------------------------------------------------------------------------- */

static void
tax_lines(struct arm_outcome *o, double tax)
{
    if (tax == 0)
        return;
    for (int line = 0; line < LINE_COUNT; line++) {
        if (!cost_lines[line].external)
            continue;
        o->once_usd[line] *= 1 + tax;
        for (int m = 0; m < o->months; m++)
            o->line_month_usd[line][m] *= 1 + tax;
    }
    o->gpu_for_latency_usd *= 1 + tax;
}

static void
count_answers(struct arm_outcome *o, const struct setup *s, const struct calendar *cal, struct gaps *g)
{
    const double error = figure_or(&s->sc.quality.error_cost_usd, 0);
    const double tokens = workload_tokens_per_request(s);

    if (error != 0)
        need_value(g, o->quality, "share of right answers");
    for (int m = 0; m < o->months; m++) {
        double asked = cal->requests[m] * cal->days * cal->alive[m];
        o->requests[m] = asked;
        if (error != 0)
            o->line_month_usd[LINE_ERRORS][m] = error * (1 - o->quality_month[m]) * asked;
        o->discounted_requests += asked * cal->discount[m];
        o->discounted_accepted += asked * o->quality_month[m] * cal->discount[m];
    }
    o->discounted_tokens = o->discounted_requests * tokens;
}

static void
sum_up(struct arm_outcome *o, const struct calendar *cal)
{
    for (int line = 0; line < LINE_COUNT; line++)
        o->once_total_usd += o->once_usd[line];
    o->npv_usd = o->once_total_usd;
    for (int m = 0; m < o->months; m++) {
        double sum = 0;
        for (int line = 0; line < LINE_COUNT; line++)
            sum += o->line_month_usd[line][m];
        o->monthly_usd[m] = sum;
        o->npv_usd += sum * cal->discount[m];
    }
}

/* An unknown figure makes the sums unknown, never smaller. */
static void
settle(struct arm_outcome *o, const struct gaps *g)
{
    o->known = g->first == NULL && known(o->npv_usd);
    if (o->known)
        return;
    text_copy(o->unknown, sizeof o->unknown, g->first != NULL ? g->first : "a figure that its cost needs");
    o->npv_usd = o->once_total_usd = NAN;
    for (int m = 0; m < o->months; m++)
        o->monthly_usd[m] = NAN;
}

void
model_evaluate(const struct setup *s, int arm, struct arm_outcome *o)
{
    struct calendar cal;
    struct gaps g = { NULL };
    struct stint st[2];

    calendar_make(&cal, s);
    int n = stints_of(s, arm, cal.months, st);
    if (n == 0) {
        outcome_init(o, cal.months);
        need_value(&g, NAN, "an arm that it uses");
        settle(o, &g);
        return;
    }
    evaluate_stint(s, &cal, &st[0], o, &g);
    if (n > 1) {
        struct arm_outcome other;
        evaluate_stint(s, &cal, &st[1], &other, &g);
        join(s, arm, st, o, &other, &g);
    }
    o->output_tok_s = 1 / o->tpot_s;
    o->utilization = o->paid_replica_hours > 0 ? o->busy_replica_hours / o->paid_replica_hours : NAN;
    count_answers(o, s, &cal, &g);
    tax_lines(o, figure_or(&s->sc.prices.tax_share, 0));
    sum_up(o, &cal);
    settle(o, &g);
}
