/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "breakeven/decide.h"
#include "catalog_support.h"
#include "support.h"

/*
 * The scenarios that ship.  For each: the pick, how sure, and the total cost of every arm
 * at the medians, derived by hand below from the figures in the file, the catalog and the
 * defaults; and what must hold for every answer.
 *
 * Shared by all derivations. A range a to b above zero has its median at sqrt(a b), a..b in
 * the middle. Defaults: the product dies with 0..5 %, median 2.5 %, a month; token prices
 * change by -30 % to 10 %, median -10 %, a year, GPU prices by -5 %; discounting 10 % a year;
 * a month has 30 days; one person costs sqrt(5k 20k) = $10,000 a month.
 */

#define API_PATH 0.90
#define GPU_PATH 0.95
#define FTE 10000.0
#define OVERHEAD 0.39564392373895996 /* "30% to 50%" of a share: the logit's middle */

static struct scenario sc;
static double dies; /* a month; 2.5 % by default */

/* ---- a hand's arithmetic -------------------------------------------------------------------- */

struct workload {
    const char *file;
    double requests, input, output, cached, growth;
    int months;
    double examples, factor, per_hour, rate; /* labels                                         */
    double error_usd;
    double growth_cap;                        /* 0: none                                          */
    double written;
    const char *pick;
    enum confidence confidence;
};

/* Discounted sum over months of a cost that starts at 1, times a yearly path and growth. */
static double
months_between(const struct workload *w, int first, int last, double growth, double path)
{
    double sum = 0;

    for (int m = first; m <= last; m++) {
        double grown = pow(1 + growth, m - 1);
        if (growth > 0 && w->growth_cap > 0)
            grown = fmin(grown, w->growth_cap);
        sum += grown * pow(1 - dies, m - 1) * pow(path, (m - 1) / 12.0) * pow(1.1, -m / 12.0);
    }
    return sum;
}

static double
months_of(const struct workload *w, double growth, double path)
{
    return months_between(w, 1, w->months, growth, path);
}

/* Today's worth of a dollar in month m, if the product lives. */
static double
dollar_in(int m)
{
    return pow(1 - dies, m - 1) * pow(1.1, -m / 12.0);
}

/* One label: reviewed by 1.2 people, 15 % thrown away. */
static double
label_usd(const struct workload *w)
{
    return w->factor * 1.2 / (w->per_hour * 0.85) * w->rate;
}

/* 500 judged at $0.0375, 75 read by a person in 3.5 minutes each. */
static double
release_usd(const struct workload *w)
{
    return 500 * 0.0375 + 75 * 3.5 / 60 * w->rate;
}

static double
untested_usd(const struct workload *w)
{
    return 500 * label_usd(w) + release_usd(w);
}

/* 1.5 months to set up, 0.05 people to run. */
static double
token_arm(const struct workload *w, double in, double out, double cache_read, double cache_write)
{
    double fresh = 1 - w->cached - w->written;
    double month = w->requests * 30 * (w->input * (fresh * in + w->cached * cache_read + w->written * cache_write) + w->output * out) / 1e6;

    return 1.5 * FTE + untested_usd(w) + month * months_of(w, w->growth, API_PATH) + 0.05 * FTE * months_of(w, 0, 1);
}

/* One replica that serves and one spare, all day; people as given. */
static double
gpu_months(const struct workload *w, double gpus, double usd_h)
{
    return 2 * 720 * gpus * usd_h * (1 + OVERHEAD) * months_of(w, 0, GPU_PATH);
}

static double
open_arm(const struct workload *w, double gpus, double usd_h)
{
    return 4 * FTE + untested_usd(w) + gpu_months(w, gpus, usd_h) + 0.20 * FTE * months_of(w, 0, 1);
}

/* Labels with 24 hours of guidelines, the training runs as the engine prices them, and every six
 * months one run, a tenth of the labels and a release. */
static double
tuned_arm(const struct workload *w, double usd_h, double gpus, double training_usd)
{
    double labels = w->examples * label_usd(w) + 24 * w->rate, again = 0, runs = 2.563677004816437; /* median of 1.5/2.5/4 */

    for (int m = 6; m < w->months; m += 6)
        again += pow(1 - dies, m - 1) * pow(1.1, -m / 12.0) *
                 (training_usd / runs * pow(GPU_PATH, (m - 1) / 12.0) + 0.1 * w->examples * label_usd(w) + release_usd(w));
    return 5 * FTE + untested_usd(w) + labels + training_usd + again + gpu_months(w, gpus, usd_h) + 0.25 * FTE * months_of(w, 0, 1);
}

/* Growing traffic needs more replicas in time: as many as test_serving shows how to count, each
 * all day. */
static double
replica_months(const struct workload *w, const struct arm_outcome *o, double usd_h)
{
    double sum = 0;

    for (int m = 1; m <= w->months; m++)
        sum += o->replicas[m - 1] * 720 * usd_h * (1 + OVERHEAD) * pow(GPU_PATH, (m - 1) / 12.0) * dollar_in(m);
    return sum;
}

/* One run, a tenth of the labels and a release, every six months after "from". */
static double
retraining(const struct workload *w, int from, double run_usd)
{
    double sum = 0;

    for (int m = from + 6; m < w->months; m += 6)
        sum += dollar_in(m) * (run_usd * pow(GPU_PATH, (m - 1) / 12.0) + 0.1 * w->examples * label_usd(w) + release_usd(w));
    return sum;
}

/* What wrong answers cost, by the arm's own quality of each month. */
static double
errors(const struct workload *w, const struct arm_outcome *o)
{
    double sum = 0;

    for (int m = 1; m <= w->months; m++) {
        double grown = pow(1 + w->growth, m - 1);
        if (w->growth_cap > 0)
            grown = fmin(grown, w->growth_cap);
        sum += w->error_usd * (1 - o->quality_month[m - 1]) * w->requests * 30 * grown * pow(1 - dies, m - 1) * pow(1.1, -m / 12.0);
    }
    return sum;
}

/* ---- the scenarios ------------------------------------------------------------------------------- */

static void
load(const char *file)
{
    struct scenario_file f;
    static struct problems found;
    struct error err;
    char relative[128];

    dies = 0.025;
    snprintf(relative, sizeof relative, "scenarios/%s.yaml", file);
    problems_init(&found);
    if (scenario_open(&f, source_path(relative), catalog, &found, &err) != 0)
        fail_msg("%s: %s", file, err.text);
    sc = f.scenario;
    scenario_file_release(&f);
}

static struct answer *
decided(int samples, uint64_t seed, enum decide_depth depth)
{
    struct solve_options o = { .samples = samples, .seed = seed };
    struct answer *an = NULL;
    struct error err;

    if (decide(&an, &sc, catalog, "test", &o, depth, NULL, &err) != 0)
        fail_msg("not decided: %s", err.text);
    return an;
}

static const struct arm_answer *
arm(const struct answer *an, const char *name)
{
    for (int a = 0; a < an->n_arms; a++)
        if (strcmp(an->arms[a].name, name) == 0)
            return &an->arms[a];
    fail_msg("no arm %s", name);
    return NULL;
}

#define DERIVED(name, value) \
    do { \
        const struct arm_outcome *o_ = &arm(an, name)->outcome; \
        assert_close(o_->npv_usd, (value) + (w.error_usd > 0 ? errors(&w, o_) : 0), 1e-6); \
    } while (0)

static void
check_verdict(const struct answer *an, const struct workload *w)
{
    if (strcmp(an->arms[an->verdict.pick].name, w->pick) != 0 || an->verdict.confidence != w->confidence)
        fail_msg("%s: picks %s (%s)", w->file, an->arms[an->verdict.pick].name, confidence_word(an->verdict.confidence));
    for (int a = 0; a < an->n_arms; a++)
        assert_true(an->arms[a].tco_usd.p5 < an->arms[a].tco_usd.mean && an->arms[a].tco_usd.mean < an->arms[a].tco_usd.p95);
}

#define SAMPLES 1024

/* Hosted open: the same model costs a few dollars a month from a host; own replicas stand
 * idle 93 % of the time. No vendor's quality is measured yet, and the guard says so. */
static void
the_article_s_need_corrected_is_bought_from_a_host(void **state)
{
    const struct workload w = { "article-corrected", sqrt(15e3 * 27e3), sqrt(400.0 * 620), 100, 0.20, 0.02, 24, 5000, 1, 40, 40, 0, 0, 0,
                                "hosted", CONFIDENCE_CLEAR };

    (void)state;
    load(w.file);
    struct answer *an = decided(SAMPLES, 1, DEPTH_ALL);
    check_verdict(an, &w);
    DERIVED("claude", token_arm(&w, 3, 15, 0.30, 3.75));
    DERIVED("gpt4o", token_arm(&w, 2.5, 10, 1.25, 2.5));
    DERIVED("hosted", token_arm(&w, 0.23, 0.40, 0.23, 0.23));
    DERIVED("tuned", tuned_arm(&w, 5.068798, 1, arm(an, "tuned")->outcome.once_usd[LINE_TRAINING]));
    answer_free(an);
}

/* Compliance decides: vendors are cheaper and fail the bank's own rule; of what may stay on
 * the bank's network the untuned model costs less, and no floor of quality was asked for. */
static void
the_bank_serves_its_own_model_because_data_may_not_leave(void **state)
{
    const struct workload w = { "bank-india", sqrt(15e3 * 30e3), sqrt(500.0 * 900), sqrt(80.0 * 140), 0, 0.015, 24, 5000, 1, 40, 9, 0, 0, 0,
                                "own", CONFIDENCE_CLEAR };

    (void)state;
    load(w.file);
    struct answer *an = decided(SAMPLES, 1, DEPTH_ALL);
    check_verdict(an, &w);
    assert_false(arm(an, "claude")->passes);
    assert_false(arm(an, "mumbai")->passes);
    assert_true(an->verdict.cheaper >= 0);
    DERIVED("claude", token_arm(&w, 3, 15, 0.30, 3.75));
    DERIVED("mumbai", token_arm(&w, 3.18, 4.20, 3.18, 3.18));
    DERIVED("own", open_arm(&w, 1, 0.888583));
    DERIVED("tuned", tuned_arm(&w, 0.888583, 1, arm(an, "tuned")->outcome.once_usd[LINE_TRAINING]));
    answer_free(an);
}

/* Hosted open, though the editor wants 600 ms: the small model comes fast enough from a host,
 * the API in too few samples. */
static void
completions_come_from_a_host_that_is_fast_enough(void **state)
{
    const struct workload w = { "code-assistant", sqrt(120e3 * 220e3), sqrt(1200.0 * 2200), sqrt(40.0 * 80), 0.55, 0.015, 24, 5000, 1, 40, 40,
                                0, 0, 0, "hosted", CONFIDENCE_CLEAR };

    (void)state;
    load(w.file);
    struct answer *an = decided(SAMPLES, 1, DEPTH_ALL);
    check_verdict(an, &w);
    assert_false(arm(an, "api")->passes);
    DERIVED("api", token_arm(&w, 0.75, 4.5, 0.075, 0.75));
    DERIVED("hosted", token_arm(&w, 0.08, 0.29, 0.08, 0.08));
    answer_free(an);
}

/* API: of the two that meet HIPAA and SOC 2 one is 25 times dearer. */
static void
the_hospital_buys_where_the_agreement_is_signed(void **state)
{
    const struct workload w = { "hospital-us", sqrt(5e3 * 9e3), sqrt(2000.0 * 3500), sqrt(350.0 * 600), 0.10, 0.01, 24, 5000, 1, 40, 40, 0, 0, 0,
                                "azure", CONFIDENCE_CLEAR };

    (void)state;
    load(w.file);
    struct answer *an = decided(SAMPLES, 1, DEPTH_ALL);
    check_verdict(an, &w);
    assert_false(arm(an, "hosted")->passes);
    DERIVED("azure", token_arm(&w, 0.25, 2, 0.025, 0.25));
    DERIVED("hosted", token_arm(&w, 0.23, 0.40, 0.23, 0.23));
    DERIVED("own", open_arm(&w, 2, 11.06125));
    answer_free(an);
}

/* Measure first: the two APIs differ by less than what nobody has measured, their share of
 * right answers, and a test costs a fifth of what it is worth. */
static void
the_clinic_tests_before_it_chooses(void **state)
{
    const struct workload w = { "medical-qa", sqrt(4e3 * 9e3), sqrt(900.0 * 1500), sqrt(150.0 * 260), 0.35, 0.02, 24, 6000, 4, 40, 65, 1.0, 0, 0,
                                "api", CONFIDENCE_OPEN };

    (void)state;
    load(w.file);
    struct answer *an = decided(SAMPLES, 1, DEPTH_ALL);
    check_verdict(an, &w);
    bool worth = false;
    for (int k = 0; k < an->n_studies; k++)
        worth |= strcmp(an->studies[k].id, "evaluation") == 0 && an->studies[k].net_usd > 0;
    assert_true(worth);
    DERIVED("api", token_arm(&w, 3, 15, 0.30, 3.75));
    DERIVED("small-api", token_arm(&w, 0.25, 2, 0.025, 0.25));
    DERIVED("tuned", tuned_arm(&w, 1.70, 1, arm(an, "tuned")->outcome.once_usd[LINE_TRAINING]));
    answer_free(an);
}

/* Hosted open by night: half the API's price and no replica to keep. */
static void
the_night_s_texts_are_bought_from_a_host(void **state)
{
    const struct workload w = { "night-batch", sqrt(60e3 * 100e3), sqrt(700.0 * 1100), sqrt(250.0 * 400), 0, 0, 24, 5000, 1, 40, 40, 0, 0, 0,
                                "hosted", CONFIDENCE_CLEAR };

    (void)state;
    load(w.file);
    struct answer *an = decided(SAMPLES, 1, DEPTH_ALL);
    check_verdict(an, &w);
    DERIVED("gpt", token_arm(&w, 0.25, 2, 0.25, 0.25));
    DERIVED("claude", token_arm(&w, 0.50, 2.50, 0.50, 0.50)); /* the batch price */
    DERIVED("hosted", token_arm(&w, 0.05, 0.45, 0.05, 0.05));
    DERIVED("own", open_arm(&w, 1, 11.06125));
    answer_free(an);
}

/* API: retrieval brings the knowledge, prompts are long and cached, and errors cost more
 * than tokens, so the cheap hosted model loses on quality. */
static void
the_copilot_uses_the_cheaper_of_two_equal_apis(void **state)
{
    const struct workload w = { "rag-copilot", sqrt(8e3 * 16e3), sqrt(5000.0 * 9000), sqrt(300.0 * 500), 0.45, 0.03, 24, 5000, 1, 40, 40, 0.1, 0,
                                0.04, "gpt", CONFIDENCE_CLEAR };

    (void)state;
    load(w.file);
    struct answer *an = decided(SAMPLES, 1, DEPTH_ALL);
    check_verdict(an, &w);
    DERIVED("claude", token_arm(&w, 1, 5, 0.10, 1.25));
    DERIVED("gpt", token_arm(&w, 0.25, 2, 0.025, 0.25));
    DERIVED("own", open_arm(&w, 2, 11.06125));
    answer_free(an);
}

/* Cascade: the small model answers four fifths, the large one what it is unsure of. */
static void
clauses_go_through_a_cascade(void **state)
{
    const struct workload w = { "contract-clauses", sqrt(30e3 * 60e3), sqrt(600.0 * 1000), sqrt(60.0 * 110), 0, 0.015, 24, 5000, 1, 40, 40, 0.06,
                                0, 0, "cascade", CONFIDENCE_OPEN };

    (void)state;
    load(w.file);
    struct answer *an = decided(SAMPLES, 1, DEPTH_ALL);
    check_verdict(an, &w);
    assert_false(arm(an, "small")->passes);
    double once = 1.5 * FTE + untested_usd(&w) + 0.05 * FTE * months_of(&w, 0, 1);
    double small = token_arm(&w, 0.10, 0.28, 0.10, 0.10), large = token_arm(&w, 3, 15, 0.30, 3.75);
    DERIVED("small", small);
    DERIVED("large", large);
    DERIVED("cascade", small + once + 0.20 * (large - once)); /* a fifth is asked again */
    answer_free(an);
}

/* Self-tuned: the pilots show a curve that passes the API, and a wrong intent costs more than
 * all the tokens; how far it passes is worth measuring once more. */
static void
the_support_desk_tunes_its_own_model(void **state)
{
    const struct workload w = { "support-intents", sqrt(150e3 * 260e3), sqrt(250.0 * 400), sqrt(4.0 * 8), 0, 0.015, 24, 8000, 1, 60, 11, 0.035, 0,
                                0, "tuned", CONFIDENCE_OPEN };

    (void)state;
    load(w.file);
    struct answer *an = decided(SAMPLES, 1, DEPTH_ALL);
    check_verdict(an, &w);
    DERIVED("api", token_arm(&w, 0.25, 2, 0.025, 0.25));
    DERIVED("hosted", token_arm(&w, 0.03, 0.05, 0.03, 0.03));
    DERIVED("tuned", tuned_arm(&w, 0.853624, 1, arm(an, "tuned")->outcome.once_usd[LINE_TRAINING]));
    answer_free(an);
}

/* Staged: an API until labels have come from the traffic and the volume carries a GPU. */
static void
the_start_up_starts_with_an_api_and_moves(void **state)
{
    const struct workload w = { "startup-mvp", sqrt(5e3 * 20e3), sqrt(1200.0 * 2000), sqrt(250.0 * 400), 0, 0.105, 36, 5000, 4, 40, 40, 0.007, 60,
                                0, "staged", CONFIDENCE_CLEAR };

    (void)state;
    load(w.file);
    struct answer *an = decided(SAMPLES, 1, DEPTH_ALL);
    check_verdict(an, &w);
    dies = 0.02; /* "0%..4%" */
    DERIVED("api", token_arm(&w, 3, 15, 0.30, 3.75));
    assert_true(an->switch_month >= 1 && an->switch_month < 36);
    /* An L40S at $1.70; all the labels are bought. */
    const struct arm_outcome *tuned = &arm(an, "tuned")->outcome, *staged = &arm(an, "staged")->outcome;
    const double runs = 2.563677004816437; /* median of 1.5/2.5/4 */
    double run = tuned->once_usd[LINE_TRAINING] / runs, labels = 5000 * label_usd(&w) + 24 * 40;
    DERIVED("tuned", 5 * FTE + untested_usd(&w) + labels + runs * run + retraining(&w, 0, run) + replica_months(&w, tuned, 1.70) +
                         0.25 * FTE * months_of(&w, 0, 1));
    /* Eight months on the API, in the first five of which a thousand answers each are put right in a
     * minute; then the move, for which no label is bought, and no test set again. */
    double api_month = w.requests * 30 * (w.input * 3 + w.output * 15) / 1e6, harvest = 0;
    for (int m = 1; m <= 5; m++)
        harvest += dollar_in(m) * 1000 * 1.0 / 60 * 40;
    double moved = dollar_in(8) * (5 * FTE + release_usd(&w) + 24 * 40 + runs * run * pow(GPU_PATH, 7 / 12.0));
    DERIVED("staged", 1.5 * FTE + untested_usd(&w) + api_month * months_between(&w, 1, 8, w.growth, API_PATH) +
                          0.05 * FTE * months_between(&w, 1, 8, 0, 1) + harvest + moved + retraining(&w, 8, run) +
                          replica_months(&w, staged, 1.70) + 0.25 * FTE * months_between(&w, 9, 36, 0, 1));
    answer_free(an);
}

/* ---- what holds for every answer --------------------------------------------------------------------- */

static const char *const all[] = { "article", "article-corrected", "bank-india", "code-assistant", "contract-clauses", "hospital-us",
                                   "medical-qa", "night-batch", "rag-copilot", "startup-mvp", "support-intents" };

static void
probabilities_and_values_of_information_are_consistent(void **state)
{
    (void)state;
    for (size_t k = 0; k < BE_LEN(all); k++) {
        load(all[k]);
        struct answer *an = decided(512, 1, DEPTH_ALL);
        double sum = 0;
        for (int a = 0; a < an->n_arms; a++)
            sum += an->arms[a].p_best;
        assert_close(sum, 1, 1e-12);
        assert_true(an->evpi_usd >= 0);
        for (int i = 0; i < an->n_evppi; i++)
            assert_true(an->evppi[i].value <= an->evpi_usd * 1.05 + 1);
        for (int i = 0; i < an->n_studies; i++)
            assert_true(an->studies[i].evsi_usd <= an->evpi_usd + 2 * an->studies[i].standard_error_usd + 1);
        assert_true(fabs(an->verdict.regret_usd - an->evpi_usd) < 1e-6 * (1 + an->evpi_usd)); /* by mean they are one */
        answer_free(an);
    }
}

static void
another_seed_gives_the_same_costs_within_their_error(void **state)
{
    (void)state;
    for (size_t k = 0; k < BE_LEN(all); k++) {
        load(all[k]);
        struct answer *one = decided(4096, 1, DEPTH_VERDICT), *two = decided(4096, 99, DEPTH_VERDICT);
        for (int a = 0; a < one->n_arms; a++) {
            const struct spread *x = &one->arms[a].tco_usd, *y = &two->arms[a].tco_usd;
            /* plain sampling would have (p95 - p5) / 3.3 / sqrt(4096) as standard error: four of them */
            assert_true(fabs(x->mean - y->mean) <= 4 * (x->p95 - x->p5) / 3.3 / 64 + 1e-6 * fabs(x->mean));
        }
        assert_int_equal(one->verdict.pick, two->verdict.pick);
        answer_free(one);
        answer_free(two);
    }
}

/* Every money figure in force seven times as large, the catalog's too: typed over. */
static void
scale_all_money(const struct answer *an, double factor)
{
    struct field_ref ref;
    struct error err;
    struct quantity_rules how;
    char text[QUANTITY_TEXT];

    for (int i = 0; field_each(&an->setup.sc, i, &ref); i++) {
        const struct quantity *q = field_value(&an->setup.sc, ref);
        struct field_ref from;
        if (!field_is_quantity(ref.field) || ref.field->form != FORM_USD || q->kind == QUANTITY_UNSET ||
            (ref.arm >= 0 && (!field_applies(ref.field, an->setup.sc.arms[ref.arm].kind) || field_inherits(&an->setup, ref, &from))))
            continue;
        field_rules(ref.field, &sc, &how);
        if (quantity_scale_text(text, sizeof text, q->text, factor, &how, &err) != 0 ||
            field_set_text(&sc, ref, text, catalog, &err) != 0)
            fail_msg("%s: %s", ref.field->key, err.text);
    }
}

/* Money's unit decides nothing. */
static void
seven_times_all_money_is_the_same_decision(void **state)
{
    const double factor = 7;

    (void)state;
    for (size_t k = 0; k < BE_LEN(all); k++) {
        load(all[k]);
        struct answer *one = decided(1024, 1, DEPTH_ALL);
        scale_all_money(one, factor);
        struct answer *two = decided(1024, 1, DEPTH_ALL);
        assert_int_equal(one->verdict.pick, two->verdict.pick);
        assert_int_equal(one->verdict.confidence, two->verdict.confidence);
        for (int a = 0; a < one->n_arms; a++) {
            if (!(fabs(two->arms[a].tco_usd.mean / one->arms[a].tco_usd.mean / factor - 1) < 1e-6))
                fail_msg("%s, %s: %g is not %g times %g", all[k], one->arms[a].name, two->arms[a].tco_usd.mean, factor, one->arms[a].tco_usd.mean);
            assert_close(one->arms[a].p_best, two->arms[a].p_best, 1e-12);
            assert_int_equal(one->arms[a].passes, two->arms[a].passes);
        }
        assert_true(fabs(two->evpi_usd - factor * one->evpi_usd) <= 1e-6 * fabs(two->arms[two->verdict.pick].tco_usd.mean));
        assert_int_equal(one->n_studies, two->n_studies);
        for (int i = 0; i < one->n_studies; i++)
            assert_true(fabs(two->studies[i].net_usd - factor * one->studies[i].net_usd) <= 1e-6 * (1 + two->studies[i].cost_usd + two->evpi_usd));
        answer_free(one);
        answer_free(two);
    }
}

/* The arms' order decides nothing; the draws of an arm's own inputs change places. */
static void
arms_in_reverse_order_are_the_same_decision(void **state)
{
    struct error err;

    (void)state;
    for (size_t k = 0; k < BE_LEN(all); k++) {
        load(all[k]);
        struct answer *one = decided(4096, 1, DEPTH_VERDICT);
        for (int a = 1; a < sc.n_arms; a++)
            assert_int_equal(scenario_move_arm(&sc, a, 0, &err), 0);
        struct answer *two = decided(4096, 1, DEPTH_VERDICT);
        assert_string_equal(one->arms[0].name, two->arms[two->n_arms - 1].name);
        assert_string_equal(one->arms[one->verdict.pick].name, two->arms[two->verdict.pick].name);
        for (int a = 0; a < one->n_arms; a++) {
            const struct arm_answer *x = &one->arms[a], *y = arm(two, x->name);
            assert_true(fabs(x->tco_usd.mean - y->tco_usd.mean) <=
                        4 * (x->tco_usd.p95 - x->tco_usd.p5) / 3.3 / 64 + 1e-6 * fabs(x->tco_usd.mean));
            assert_true(fabs(x->p_best - y->p_best) <= 4 * 0.5 / 64);
            assert_close(x->outcome.npv_usd, y->outcome.npv_usd, 1e-9);
        }
        answer_free(one);
        answer_free(two);
    }
}

static void
set(const char *path, const char *text)
{
    struct field_ref ref;
    struct error err;

    if (field_find(&sc, path, &ref, &err) != 0 || field_set_text(&sc, ref, text, catalog, &err) != 0)
        fail_msg("%s=%s: %s", path, text, err.text);
}

/* A figure that arms share is one column: setting it means setting it in each of them. */
static void
set_shared(const struct answer *an, struct field_ref ref, const char *text)
{
    const struct quantity *q = field_value(&an->setup.sc, ref);
    struct error err;

    assert_int_equal(field_set_text(&sc, ref, text, catalog, &err), 0);
    for (int b = 0; ref.arm >= 0 && quantity_is_uncertain(q) && ref.field->scope != SCOPE_ARM && b < sc.n_arms; b++) {
        struct field_ref other = { ref.field, b };
        if (b != ref.arm && field_applies(ref.field, sc.arms[b].kind) && strcmp(sc.arms[b].model, sc.arms[ref.arm].model) == 0 &&
            strcmp(((const struct quantity *)field_value(&an->setup.sc, other))->text, q->text) == 0)
            assert_int_equal(field_set_text(&sc, other, text, catalog, &err), 0);
    }
}

/* edits: a path and a text by turns, NULL at the end; NULL: none. */
static void
load_edited(const char *name, const char *const *edits)
{
    struct field_ref ref;
    struct error err;

    load(name);
    for (; edits != NULL && edits[0] != NULL; edits += 2) {
        assert_int_equal(field_find(&sc, edits[0], &ref, &err), 0);
        assert_int_equal(field_set_text(&sc, ref, edits[1], catalog, &err), 0);
    }
}

/* At the value the other arm is picked; one percent of the way back it is not. Returns how many were looked at. */
static int
flips_hold(const char *name, const char *const *edits, int samples, int most)
{
    char text[64];
    int checked = 0;

    load_edited(name, edits);
    struct answer *an = decided(samples, 1, DEPTH_ALL);
    for (int i = 0; i < an->n_flips && checked < most; i++) {
        const struct flip *f = &an->flips[i];
        struct field_ref ref;
        struct error err;
        struct quantity_rules how;
        if (field_find(&sc, f->path, &ref, &err) != 0 || ref.field->whole)
            continue;
        field_rules(ref.field, &sc, &how);
        for (int side = 0; side < 2; side++) {
            double v = side == 0 ? f->to : f->to + 0.01 * (f->to > f->from ? -fabs(f->to) : fabs(f->to));
            if (side == 1 && (v - f->from) * (f->to - f->from) <= 0)
                continue; /* the flip is nearer than one percent */
            set_shared(an, ref, quantity_print(text, sizeof text, v, &how));
            struct answer *at = decided(samples, 1, DEPTH_VERDICT);
            int want = side == 0 ? f->pick : an->verdict.pick;
            if (at->verdict.pick != want)
                fail_msg("%s: %s = %s picks %d, not %d (from %g to %g)", name, f->path, text, at->verdict.pick, want, f->from, f->to);
            answer_free(at);
        }
        load_edited(name, edits);
        checked++;
    }
    answer_free(an);
    return checked;
}

static void
every_flip_is_where_it_says(void **state)
{
    /* The ten nearest of each scenario; all of them in make check-deep. */
    int checked = 0, most = getenv("BREAKEVEN_THOROUGH") != NULL ? FLIPS_MAX : 10;

    (void)state;
    for (size_t k = 0; k < BE_LEN(all); k++)
        checked += flips_hold(all[k], NULL, 256, most);
    print_message("# %d flips\n", checked);
    assert_true(checked > (most > 10 ? 150 : 75));
}

/* Where fewer samples led the search to it, or settled it, all of them have the flip there, too. */
static void
a_flip_found_by_few_samples_is_that_of_all(void **state)
{
    static const char *const some[] = { "code-assistant", "contract-clauses", "medical-qa", "support-intents" };
    int checked = 0;

    (void)state;
    if (getenv("BREAKEVEN_THOROUGH") != NULL)
        for (size_t k = 0; k < BE_LEN(all); k++)
            checked += flips_hold(all[k], NULL, 16384, FLIPS_MAX);
    else
        for (size_t k = 0; k < BE_LEN(some); k++)
            checked += flips_hold(some[k], NULL, 16384, FLIPS_MAX);
    print_message("# %d flips of 16,384 samples\n", checked);
    assert_true(checked > 70);
}

/* Costs that grow by powers: the estimate of a flip is believed by slopes near it alone. */
static void
flips_of_steep_costs_are_those_of_all_samples(void **state)
{
    static const char *const few_tokens[] = { "workload.input_tokens", "153.2", NULL };
    static const char *const fast[] = { "labels.hourly_rate", "7.258", "workload.peak_to_average", "1.276", "workload.growth_per_month",
                                        "8.155%", NULL };

    (void)state;
    assert_true(flips_hold("contract-clauses", few_tokens, 16384, FLIPS_MAX) > 10);
    assert_true(flips_hold("code-assistant", fast, 16384, FLIPS_MAX) > 10);
}

/* Both changes made in all samples: the pick is what the pair says. */
static int
pairs_hold(const char *name, int samples)
{
    struct solve_options o = { .samples = TOGETHER_SAMPLES, .seed = 1 };
    struct flips_together pairs;
    struct quantity_rules how;
    struct field_ref ref;
    struct error err;
    char text[64];

    load(name);
    struct answer *an = decided(samples, 1, DEPTH_ALL);
    assert_int_equal(flips_together_find(&pairs, an, &sc, catalog, &o, &err), 0);
    for (int k = 0; k < pairs.n; k++) {
        for (int i = 0; i < 2; i++) {
            assert_int_equal(field_find(&sc, pairs.list[k].path[i], &ref, &err), 0);
            field_rules(ref.field, &sc, &how);
            set_shared(an, ref, quantity_print(text, sizeof text, pairs.list[k].to[i], &how));
        }
        struct answer *at = decided(samples, 1, DEPTH_VERDICT);
        if (at->verdict.pick != pairs.list[k].pick)
            fail_msg("%s: %s = %g and %s = %g pick %d, not %d", name, pairs.list[k].path[0], pairs.list[k].to[0],
                     pairs.list[k].path[1], pairs.list[k].to[1], at->verdict.pick, pairs.list[k].pick);
        answer_free(at);
        load(name);
    }
    answer_free(an);
    return pairs.n;
}

static void
two_changes_turn_the_pick_where_they_say(void **state)
{
    int checked = 0;

    (void)state;
    for (size_t k = 0; k < BE_LEN(all); k++)
        checked += pairs_hold(all[k], 16384);
    assert_true(checked > 30);
}

/* Set as text and decided anew: the arm that the answer's choice flips say, or where they say nothing the same as before. */
static void
choice_holds(const struct answer *an, const char *name, struct field_ref ref, const char *text)
{
    char path[112];
    struct error err;
    int want = an->verdict.pick;

    field_path(&sc, ref, path, sizeof path);
    for (int k = 0; k < an->n_choice_flips; k++)
        if (strcmp(an->choice_flips[k].path, path) == 0 && strcmp(an->choice_flips[k].text, text) == 0)
            want = an->choice_flips[k].pick;
    assert_int_equal(field_set_text(&sc, ref, text, catalog, &err), 0);
    struct answer *at = decided(an->samples, 1, DEPTH_VERDICT);
    if (at->verdict.pick != want)
        fail_msg("%s: %s at %s picks %d, not %d", name, path, text, at->verdict.pick, want);
    answer_free(at);
}

static int
choices_hold(const char *name)
{
    struct field_ref ref;
    struct answer *an;
    char before[256], text[256];
    int checked = 0;

    load(name);
    an = decided(256, 1, DEPTH_ALL);
    for (int i = 0; field_each(&an->setup.sc, i, &ref); i++) {
        unsigned by = ref.field->affects;
        if (!(by & AFFECTS_GATES) || (by & ~(AFFECTS_GATES | AFFECTS_RULES)) != 0 || (ref.arm >= 0 && ref.arm % 2 != 0))
            continue;
        field_get_text(&sc, ref, before, sizeof before, catalog);
        for (int k = 0; ref.field->type == &field_choice && ref.field->choices[k].word != NULL; k++) {
            const char *word = ref.field->choices[k].word;
            if (strcmp(word, "unknown") == 0 || strcmp(word, "catalog") == 0 || strcmp(word, before) == 0)
                continue;
            choice_holds(an, name, ref, word);
            checked++;
        }
        for (int k = 0; ref.field->type == &field_set && k < catalog->n_regimes; k++) {
            sc.constraints.regimes ^= 1u << k;
            field_get_text(&sc, ref, text, sizeof text, catalog);
            choice_holds(an, name, ref, text);
            sc.constraints.regimes ^= 1u << k;
            checked++;
        }
        load(name);
    }
    answer_free(an);
    return checked;
}

/* Rules and facts that no cost depends on: each of them otherwise gives what the answer says of it. */
static void
every_rule_and_fact_turns_the_pick_where_it_says(void **state)
{
    int checked = 0;

    (void)state;
    for (size_t k = 0; k < BE_LEN(all); k++)
        checked += choices_hold(all[k]);
    print_message("# %d choices\n", checked);
    assert_true(checked > 200);
}

/* The regulator asks for the bank's own network: what would it be without? */
static void
what_a_rule_decides_is_said(void **state)
{
    char words[192];

    (void)state;
    load("bank-india");
    struct answer *an = decided(256, 1, DEPTH_ALL);
    assert_true(an->n_choice_flips >= 2);
    assert_int_equal(choice_flips_words(an, 0, words, sizeof words), 2);
    assert_string_equal(words, "Data may leave = yes or on-contract");
    assert_string_equal(an->arms[an->choice_flips[0].pick].name, "mumbai");
    answer_free(an);
    load("article-corrected");
    an = decided(256, 1, DEPTH_ALL);
    choice_flips_words(an, 0, words, sizeof words);
    assert_string_equal(words, "Regimes with rbi-payment, dpdp, hipaa, gdpr or soc2");
    answer_free(an);
}

/* Break-evens in as many words as there is room for, from one place. */
static void
crossings_are_said_briefly_and_as_a_sentence_goes_on(void **state)
{
    static struct crossing_set x = { .tokens_per_day = { 77.3e6, 94.9e6, 253e6 } };
    static const struct {
        int n;
        bool truncated;
        const char *brief, *sentence;
    } cases[] = {
        { 0, false, "none", "none" },
        { 1, false, "77.3M", "at 77.3M" },
        { 2, false, "77.3M and 94.9M", "twice: first at 77.3M, last at 94.9M" },
        { 3, false, "3 times, 77.3M to 253M", "3 times: first at 77.3M, next at 94.9M, last at 253M" },
        { 3, true, "at least 3 times, 77.3M to 253M", "at least 3 times: first at 77.3M, next at 94.9M, last at 253M" },
    };
    char out[120];

    (void)state;
    for (size_t k = 0; k < BE_LEN(cases); k++) {
        x.n = cases[k].n;
        x.truncated = cases[k].truncated;
        assert_string_equal(crossing_words(&x, true, out, sizeof out), cases[k].brief);
        assert_string_equal(crossing_words(&x, false, out, sizeof out), cases[k].sentence);
    }
}

/* As many as there could ever be have room, so that none is dropped unsaid. */
static void
no_choice_is_too_many_to_be_kept(void **state)
{
    int n = 32; /* regimes */

    (void)state;
    for (int k = 0; k < scenario_fields_n; k++)
        for (int i = 0; scenario_fields[k].choices != NULL && scenario_fields[k].affects & AFFECTS_GATES && scenario_fields[k].choices[i].word != NULL; i++)
            n++;
    for (int k = 0; k < arm_fields_n; k++)
        for (int i = 0; arm_fields[k].choices != NULL && !(arm_fields[k].affects & ~(AFFECTS_GATES | AFFECTS_RULES)) && arm_fields[k].choices[i].word != NULL; i++)
            n += strcmp(arm_fields[k].choices[i].word, "catalog") != 0 && strcmp(arm_fields[k].choices[i].word, "unknown") != 0 ? ARMS_MAX : 0;
    print_message("# at most %d choices\n", n);
    assert_true(n > 64 && n <= CHOICE_FLIPS_MAX);
}

/* A gate is lifted by what it names. */
static void
a_gate_lifted_by_what_it_names_passes(void **state)
{
    (void)state;
    load("article");
    set("arms.tuned.gpus_per_replica", "4");
    struct answer *an = decided(256, 1, DEPTH_VERDICT);
    assert_true(arm(an, "tuned")->passes);
    answer_free(an);
    load("article");
    set("arms.tuned.precision", "int4");
    an = decided(256, 1, DEPTH_VERDICT);
    assert_true(arm(an, "tuned")->passes);
    answer_free(an);
    load("contract-clauses");
    set("quality.floor", "70%");
    an = decided(256, 1, DEPTH_VERDICT);
    assert_true(arm(an, "small")->passes);
    answer_free(an);
    load("code-assistant");
    set("latency.ttft_p95_ms", "1200");
    an = decided(256, 1, DEPTH_VERDICT);
    assert_true(arm(an, "api")->passes);
    answer_free(an);
    load("hospital-us");
    set("arms.hosted.baa", "yes");
    set("arms.hosted.soc2", "yes");
    an = decided(256, 1, DEPTH_VERDICT);
    assert_true(arm(an, "hosted")->passes);
    answer_free(an);
}

static void
a_currency_moves_no_dollar(void **state)
{
    (void)state;
    load("hospital-us");
    struct answer *one = decided(256, 1, DEPTH_VERDICT);
    /* a currency is a name and a rate: it must move no dollar */
    set("currency", "INR");
    set("currency_per_usd", "86");
    struct answer *two = decided(256, 1, DEPTH_VERDICT);
    assert_int_equal(one->verdict.pick, two->verdict.pick);
    assert_close(one->arms[0].tco_usd.mean, two->arms[0].tco_usd.mean, 1e-12);
    answer_free(one);
    answer_free(two);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_article_s_need_corrected_is_bought_from_a_host),
        cmocka_unit_test(the_bank_serves_its_own_model_because_data_may_not_leave),
        cmocka_unit_test(completions_come_from_a_host_that_is_fast_enough),
        cmocka_unit_test(the_hospital_buys_where_the_agreement_is_signed),
        cmocka_unit_test(the_clinic_tests_before_it_chooses),
        cmocka_unit_test(the_night_s_texts_are_bought_from_a_host),
        cmocka_unit_test(the_copilot_uses_the_cheaper_of_two_equal_apis),
        cmocka_unit_test(clauses_go_through_a_cascade),
        cmocka_unit_test(the_support_desk_tunes_its_own_model),
        cmocka_unit_test(the_start_up_starts_with_an_api_and_moves),
        cmocka_unit_test(probabilities_and_values_of_information_are_consistent),
        cmocka_unit_test(another_seed_gives_the_same_costs_within_their_error),
        cmocka_unit_test(seven_times_all_money_is_the_same_decision),
        cmocka_unit_test(arms_in_reverse_order_are_the_same_decision),
        cmocka_unit_test(every_flip_is_where_it_says),
        cmocka_unit_test(two_changes_turn_the_pick_where_they_say),
        cmocka_unit_test(every_rule_and_fact_turns_the_pick_where_it_says),
        cmocka_unit_test(what_a_rule_decides_is_said),
        cmocka_unit_test(crossings_are_said_briefly_and_as_a_sentence_goes_on),
        cmocka_unit_test(no_choice_is_too_many_to_be_kept),
        cmocka_unit_test(a_flip_found_by_few_samples_is_that_of_all),
        cmocka_unit_test(flips_of_steep_costs_are_those_of_all_samples),
        cmocka_unit_test(a_gate_lifted_by_what_it_names_passes),
        cmocka_unit_test(a_currency_moves_no_dollar),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, open_catalog, close_catalog);
}
