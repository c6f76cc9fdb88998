/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "internal.h"

static const char *const confidence_words[] = { "open", "leaning", "clear" };

bool
answer_has_kind(const struct answer *an, int kind)
{
    for (int a = 0; a < an->n_arms; a++)
        if (an->arms[a].kind == kind)
            return true;
    return false;
}

bool
answer_prices_quality(const struct answer *an)
{
    const struct scenario *sc = &an->setup.sc;

    return sc->quality.error_cost_usd.x > 0 || sc->quality.floor.kind != QUANTITY_UNSET;
}

const struct crossing_answer *
answer_crossing(const struct answer *an, int a, int b)
{
    for (int k = 0; k < an->n_crossings; k++) {
        const struct crossing_answer *x = &an->crossings[k];
        if ((x->a == a && x->b == b) || (x->a == b && x->b == a))
            return x;
    }
    return NULL;
}

double
crossing_nearest(const struct crossing_set *set, double tokens_per_day)
{
    double nearest = set->n > 0 ? set->tokens_per_day[0] : NAN;

    for (int k = 1; k < set->n; k++)
        if (fabs(log(set->tokens_per_day[k] / tokens_per_day)) < fabs(log(nearest / tokens_per_day)))
            nearest = set->tokens_per_day[k];
    return nearest;
}

bool
crossing_starts_alike(const struct answer *an, const struct crossing_answer *x)
{
    const double a = an->arms[x->a].once_usd, b = an->arms[x->b].once_usd;

    return fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b));
}

const char *
confidence_word(enum confidence c)
{
    return confidence_words[c];
}

/* ---- one arm -------------------------------------------------------------------------- */

static struct spread
digits_of(double mean, const double q[SPREAD_QUANTILES])
{
    return (struct spread){ column_digits(mean), column_digits(q[0]), column_digits(q[1]), column_digits(q[2]),
                            column_digits(q[3]), column_digits(q[4]) };
}

static void
spread_of(struct spread *sp, const struct samples *s, int arm, enum metric m, real *scratch)
{
    const double same = samples_same(s, arm, m);

    *sp = isfinite(same) ? (struct spread){ same, same, same, same, same, same }
                         : digits_of(samples_facts(s, arm, m)->mean, samples_quantiles(s, arm, m, scratch));
}

static const struct spread no_spread = { NAN, NAN, NAN, NAN, NAN, NAN };

static void
levelised(struct arm_answer *x, const struct arm_outcome *o)
{
    x->usd_per_1k_requests = o->discounted_requests > 0 ? 1000 * o->npv_usd / o->discounted_requests : NAN;
    x->usd_per_million_tokens = o->discounted_tokens > 0 ? 1e6 * o->npv_usd / o->discounted_tokens : NAN;
    x->accepted_answer_usd = o->discounted_accepted > 0 ? o->npv_usd / o->discounted_accepted : NAN;
}

static void
time_series(struct arm_answer *x, const struct arm_outcome *o, const struct samples *s, int arm)
{
    double sum = o->once_total_usd;

    for (int m = 0; m < o->months; m++) {
        sum += o->monthly_usd[m];
        x->monthly_usd[m] = o->monthly_usd[m];
        x->cumulative_usd[m] = sum;
        x->cumulative_p5[m] = s->cumulative[arm] != NULL ? s->cumulative[arm][4 * m] : NAN;
        x->cumulative_p95[m] = s->cumulative[arm] != NULL ? s->cumulative[arm][4 * m + 2] : NAN;
        x->replicas[m] = o->replicas[m];
    }
    for (int l = 0; l < LINE_COUNT; l++) {
        x->lines_usd[l] = o->once_usd[l];
        for (int m = 0; m < o->months; m++)
            x->lines_usd[l] += o->line_month_usd[l][m];
    }
}

static void
fill_arm(struct arm_answer *x, const struct samples *s, int arm, real *scratch)
{
    const struct arm_outcome *o = &s->median[arm];
    const struct arm *typed = &s->setup.sc.arms[arm];

    memset(x, 0, sizeof *x);
    text_copy(x->name, sizeof x->name, typed->name);
    x->kind = typed->kind;
    x->known = s->known[arm];
    x->outcome = *o;
    x->tco_usd = x->month_usd = x->quality = no_spread;
    if (x->known) {
        spread_of(&x->tco_usd, s, arm, METRIC_NPV, scratch);
        if (s->metric[arm][METRIC_RUN] != NULL)
            spread_of(&x->month_usd, s, arm, METRIC_RUN, scratch);
    }
    if (s->metric[arm][METRIC_QUALITY] != NULL && isfinite(o->quality))
        spread_of(&x->quality, s, arm, METRIC_QUALITY, scratch);
    x->once_usd = o->once_total_usd;
    x->gpu_for_latency_usd = o->gpu_for_latency_usd;
    x->ttft_p95_ms = o->ttft_p95_s * 1000;
    x->output_tok_s = o->output_tok_s;
    x->utilization = o->utilization;
    if (x->known) {
        levelised(x, o);
        time_series(x, o, s, arm);
    } else
        x->usd_per_1k_requests = x->usd_per_million_tokens = x->accepted_answer_usd = NAN;
    x->n_gates = gates_evaluate(s, arm, (unsigned char *)scratch, x->gates, GATES_MAX);
    x->passes = x->known;
    for (int g = 0; g < x->n_gates; g++)
        x->passes &= !gate_fails(x->gates[g].state);
    x->p_best = 0;
    x->regret_usd = x->max_regret_usd = NAN;
}

static int
failed_gates(const struct arm_answer *x)
{
    int n = 0;

    for (int g = 0; g < x->n_gates; g++)
        n += gate_fails(x->gates[g].state);
    return n;
}

/* ---- the verdict ------------------------------------------------------------------------ */

/* Cheapest by mean among the arms that fail exactly one gate or know less. */
static int
cheaper_than(const struct answer *an, int pick)
{
    int best = -1;

    for (int a = 0; a < an->n_arms; a++) {
        const struct arm_answer *x = &an->arms[a];
        bool lower = x->quality.p50 < an->arms[pick].quality.p50;

        if (a == pick || !x->known || !(x->tco_usd.mean < an->arms[pick].tco_usd.mean))
            continue;
        if (failed_gates(x) != 1 && !(failed_gates(x) == 0 && lower))
            continue;
        if (best < 0 || x->tco_usd.mean < an->arms[best].tco_usd.mean)
            best = a;
    }
    return best;
}

static int
better_than(const struct answer *an, int pick)
{
    int best = -1;

    for (int a = 0; a < an->n_arms; a++) {
        const struct arm_answer *x = &an->arms[a];

        if (a == pick || !x->passes || !(x->quality.p50 >= an->arms[pick].quality.p50 + 0.01))
            continue;
        if (best < 0 || x->tco_usd.mean < an->arms[best].tco_usd.mean)
            best = a;
    }
    return best;
}

/* Section 11.8. Flips with z below 1 lie well inside what is believed possible. */
static enum confidence
confidence_of(const struct answer *an)
{
    const struct verdict *v = &an->verdict;
    bool near = false, measurable = false;

    for (int k = 0; k < an->n_flips; k++) {
        if (!isfinite(an->flips[k].to) || !(an->flips[k].z < 1))
            continue;
        near = true;
        for (int i = 0; i < an->n_studies; i++)
            measurable |= an->studies[i].net_usd > 0 && study_measures(an->studies[i].id, an->flips[k].path);
    }
    if (v->pick < 0 || v->p_best < 0.6 || measurable)
        return CONFIDENCE_OPEN;
    if (v->p_best >= 0.8 && !near)
        return CONFIDENCE_CLEAR;
    return CONFIDENCE_LEANING;
}

static void
difference_of(struct answer *an, const struct ruling *r, real *diff, real *scratch)
{
    const struct samples *s = r->samples;
    static const double u[] = { 0.005, 0.05, 0.25, 0.50, 0.75, 0.95, 0.995 };
    struct column_facts facts;
    double q[BE_LEN(u)];
    int n = s->n, bins = BE_LEN(an->spread_histogram);

    an->difference = no_spread;
    an->spread_low = an->spread_high = NAN;
    if (r->pick < 0 || r->rival < 0)
        return;
    column_gap(diff, s->metric[r->rival][METRIC_NPV], s->metric[r->pick][METRIC_NPV], n);
    column_look(&facts, diff, n);
    const double same = samples_same(s, r->rival, METRIC_NPV) - samples_same(s, r->pick, METRIC_NPV);
    if (facts.finite == n && isfinite(same))
        facts.low = facts.high = facts.mean = same;
    column_quantiles_of(&facts, diff, n, u, BE_LEN(u), q, scratch);
    an->difference = isfinite(same) ? (struct spread){ same, same, same, same, same, same } : digits_of(facts.mean, q + 1);
    const double low = q[0], high = q[6], scale = bins / (high - low);
    if (!(high > low) || !isfinite(scale))
        return;
    an->spread_low = low;
    an->spread_high = high;
    int inside = 0;
    for (int i = 0; i < n; i++) {
        if (!(diff[i] >= low && diff[i] <= high))
            continue;
        int bin = (int)(((double)diff[i] - low) * scale);
        an->spread_histogram[bin < bins ? bin : bins - 1]++;
        inside++;
    }
    for (int k = 0; k < bins; k++)
        an->spread_histogram[k] /= (float)inside;
}

static void
find_crossings(struct answer *an, const struct samples *s, const volatile int *cancel)
{
    struct crossing_search *search = samples_crossings(s);

    for (int a = 0; search != NULL && a < an->n_arms; a++)
        for (int b = a + 1; b < an->n_arms && an->n_crossings < PAIRS_MAX && !solve_cancelled(cancel); b++) {
            struct crossing_answer *c = &an->crossings[an->n_crossings];

            if (!an->arms[a].known || !an->arms[b].known)
                continue;
            memset(c, 0, sizeof *c);
            c->a = a;
            c->b = b;
            c->marked = !an->arms[a].passes || !an->arms[b].passes;
            if (crossings_of(search, a, b, false, &c->run) < 0 || crossings_of(search, a, b, true, &c->total) < 0)
                continue;
            c->payback_month = payback_month(&s->median[a], &s->median[b]);
            an->n_crossings++;
        }
}

static void
copy_ruling(struct answer *an, const struct ruling *r)
{
    for (int a = 0; a < an->n_arms; a++) {
        an->arms[a].p_best = r->p_best[a];
        an->arms[a].regret_usd = r->regret[a];
        an->arms[a].max_regret_usd = column_digits(r->max_regret[a]);
    }
    an->verdict.pick = r->pick;
    an->verdict.rival = r->rival;
    an->verdict.p_best = r->pick >= 0 ? r->p_best[r->pick] : NAN;
    an->verdict.regret_usd = r->pick >= 0 ? r->regret[r->pick] : NAN;
    an->verdict.cheaper = r->pick >= 0 ? cheaper_than(an, r->pick) : -1;
    an->verdict.better = r->pick >= 0 ? better_than(an, r->pick) : -1;
}

static void
scenario_warnings(struct answer *an, const struct problems *found)
{
    for (int k = 0; k < found->n; k++)
        answer_warn(an, "%s%s%s", found->list[k].path, found->list[k].path[0] != '\0' ? ": " : "",
                    found->list[k].error.text);
}

/* What an arm's cost rests on that a reader should know. */
static void
model_warnings(struct answer *an)
{
    const char *words;
    unsigned bit;

    for (int a = 0; a < an->n_arms; a++)
        for (int i = 0; (words = model_warning(i, &bit)) != NULL; i++)
            if (an->arms[a].outcome.warned & bit)
                answer_warn(an, "%s: %s", an->arms[a].name, words);
}

/* The number of labels that costs least with the errors it leaves: of the first tuned arm. */
static void
find_label_budget(struct answer *an)
{
    for (int a = 0; a < an->n_arms && an->label_budget_arm < 0; a++)
        if (arm_kind_is_tuned(an->arms[a].kind) && an->arms[a].known) {
            label_budget(&an->setup, a, &an->label_budget);
            if (isfinite(an->label_budget.n))
                an->label_budget_arm = a;
        }
}

/* All that a verdict comes without. It is about one pick and its rival: to another pair it says nothing. */
static void
take_deep(struct answer *an, const struct answer *from)
{
    if (from->verdict.pick != an->verdict.pick || from->verdict.rival != an->verdict.rival)
        return;
    an->deep_samples = from->deep_samples;
    memcpy(an->flips, from->flips, sizeof an->flips);
    an->n_flips = from->n_flips;
    memcpy(an->choice_flips, from->choice_flips, (size_t)from->n_choice_flips * sizeof an->choice_flips[0]);
    an->n_choice_flips = from->n_choice_flips;
    memcpy(an->tornado, from->tornado, sizeof an->tornado);
    an->n_tornado = from->n_tornado;
    memcpy(an->rank_correlation, from->rank_correlation, sizeof an->rank_correlation);
    an->n_rank = from->n_rank;
    memcpy(an->evppi, from->evppi, sizeof an->evppi);
    an->n_evppi = from->n_evppi;
    memcpy(an->studies, from->studies, sizeof an->studies);
    an->n_studies = from->n_studies;
    an->evpi_usd = from->evpi_usd;
    an->label_budget = from->label_budget;
    an->label_budget_arm = from->label_budget_arm;
    an->switch_month = from->switch_month;
    an->trigger_tokens_per_day = from->trigger_tokens_per_day;
    an->value_of_waiting_usd = from->value_of_waiting_usd;
}

static int
find_deep(struct answer *an, struct ruling *r, const struct solve_options *options, struct error *err)
{
    int status = trials_new(&r->trials, r->samples, r->cancel, err);

    if (status == 0)
        status = information_find(an, r, err);
    if (status == 0)
        status = tornado_find(an, r, options, err);
    if (status == 0)
        status = flips_find(an, r, options, err);
    if (status == 0)
        status = choices_find(an, r, err);
    if (status == 0)
        status = staged_find(an, r, err);
    if (status == 0)
        find_label_budget(an);
    trials_free(r->trials);
    r->trials = NULL;
    an->deep_samples = r->n;
    return status;
}

/* deep: instead of computing it; NULL: none. */
static int
judge(struct answer *an, const struct samples *s, const struct catalog *catalog,
      const struct solve_options *options, enum decide_depth depth, const struct answer *deep,
      const struct problems *found, struct error *err)
{
    struct ruling r = { .n = s->n, .n_arms = s->n_arms };
    const size_t columns = quantile_room(s->n) + (size_t)s->n;
    bool passes[ARMS_MAX] = { false };
    int failed[ARMS_MAX] = { 0 };
    real *scratch = samples_room(s, columns * sizeof *scratch + ruling_bytes(s));

    if (scratch == NULL)
        return error_set(err, ERR_BUG, "no memory for %d samples", s->n);
    r.block = scratch + columns;
    an->n_arms = s->n_arms;
    for (int a = 0; a < s->n_arms && !solve_cancelled(options->cancel); a++) {
        fill_arm(&an->arms[a], s, a, scratch);
        passes[a] = an->arms[a].passes;
        failed[a] = failed_gates(&an->arms[a]);
    }
    if (solve_cancelled(options->cancel))
        return 1;
    if (ruling_make(&r, s, passes, failed, s->setup.sc.attitude, true, err) < 0)
        return -1;
    r.cancel = options->cancel;
    copy_ruling(an, &r);
    difference_of(an, &r, scratch + quantile_room(s->n), scratch);
    find_crossings(an, s, options->cancel);
    an->n_rules = rules_evaluate(s, an->rules, RULES_MAX);

    int status = solve_cancelled(options->cancel);
    if (status == 0 && depth == DEPTH_ALL)
        status = find_deep(an, &r, options, err);
    else if (deep != NULL)
        take_deep(an, deep);
    if (status == 0) {
        an->verdict.confidence = confidence_of(an);
        rules_summarise(an, &r, an->rules_say, sizeof an->rules_say);
        guard_quality(an);
        reasons_write(an, &r);
        guard_like_for_like(an, catalog);
        model_warnings(an);
        scenario_warnings(an, found);
    }
    return status;
}

/* ---- the whole way ------------------------------------------------------------------------- */

static int
answer_make(struct answer **out, struct samples **kept, const struct setup *setup, const struct problems *found,
            const char *scenario_name, const struct solve_options *options, enum decide_depth depth, const struct answer *deep,
            struct error *err)
{
    struct solve_options wanted = *options;
    struct answer *an = calloc(1, sizeof *an);
    const struct samples *s;
    int status;

    if (an == NULL)
        return error_set(err, ERR_BUG, "no memory for the answer");
    wanted.bands = depth == DEPTH_ALL;
    status = solve_again(kept, setup, &wanted, err);
    if (status != 0)
        goto done;
    s = *kept;
    text_copy(an->scenario, sizeof an->scenario, scenario_name != NULL ? scenario_name : "");
    text_copy(an->title, sizeof an->title, setup->sc.title);
    an->samples = s->n;
    an->seed = s->seed;
    an->setup = s->setup;
    an->horizon_months = (int)lround(s->setup.sc.horizon.months.x);
    an->tokens_per_day = workload_tokens_per_day(&s->setup);
    an->evpi_usd = an->trigger_tokens_per_day = an->value_of_waiting_usd = NAN;
    an->label_budget.n = an->label_budget.saves_usd = NAN;
    an->label_budget_arm = -1;
    status = judge(an, s, setup->catalog, options, depth, deep, found, err);

done:
    if (status == 0)
        *out = an;
    else
        free(an);
    return status;
}

int
decide_resolved(struct answer **out, struct samples **kept, const struct setup *setup, const struct problems *found,
                const char *scenario_name, const struct solve_options *options, enum decide_depth depth, struct error *err)
{
    return answer_make(out, kept, setup, found, scenario_name, options, depth, NULL, err);
}

static int
resolve_and_make(struct answer **out, struct samples **kept, const struct scenario *sc, const struct catalog *catalog,
                 const char *scenario_name, const struct solve_options *options, enum decide_depth depth,
                 const struct answer *deep, struct problems *problems, struct error *err)
{
    struct setup *setup = malloc(sizeof *setup);
    struct problems *found = malloc(sizeof *found);
    int status = -1;

    if (setup == NULL || found == NULL)
        error_set(err, ERR_BUG, "no memory for the answer");
    else {
        problems_init(found);
        scenario_check(sc, catalog, found);
        scenario_resolve(setup, sc, catalog, found);
        status = answer_make(out, kept, setup, found, scenario_name, options, depth, deep, err);
        for (int k = 0; problems != NULL && k < found->n; k++)
            problems_add(problems, found->list[k].level, found->list[k].path, &found->list[k].error);
    }
    free(setup);
    free(found);
    return status;
}

int
decide_again(struct answer **out, struct samples **kept, const struct scenario *sc, const struct catalog *catalog,
             const char *scenario_name, const struct solve_options *options, enum decide_depth depth,
             struct problems *problems, struct error *err)
{
    return resolve_and_make(out, kept, sc, catalog, scenario_name, options, depth, NULL, problems, err);
}

int
decide_upon(struct answer **out, struct samples **kept, const struct scenario *sc, const struct catalog *catalog,
            const char *scenario_name, const struct solve_options *options, const struct answer *deep, struct error *err)
{
    return resolve_and_make(out, kept, sc, catalog, scenario_name, options, DEPTH_VERDICT, deep, NULL, err);
}

int
decide(struct answer **out, const struct scenario *sc, const struct catalog *catalog,
       const char *scenario_name, const struct solve_options *options, enum decide_depth depth,
       struct problems *problems, struct error *err)
{
    struct samples *kept = NULL;
    int status = decide_again(out, &kept, sc, catalog, scenario_name, options, depth, problems, err);

    samples_free(kept);
    return status;
}

void
answer_free(struct answer *an)
{
    free(an);
}
