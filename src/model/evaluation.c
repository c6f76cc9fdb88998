/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>

#include "parts.h"

/* Evaluation (section 8): a test set, and for each release a judge model and people. */

/* Labelled like a training example, without the guidelines, which exist by then. Test
 * examples are never trained on. */
double
test_set_usd(const struct setup *s, const struct label_cost *labels, struct gaps *g)
{
    double n = need(g, &s->sc.evaluation.test_examples, "number of test examples");

    if (n == 0)
        return 0;
    return n * need_value(g, labels->usd_per_example, "price of a label");
}

double
release_usd(const struct setup *s, struct gaps *g)
{
    double judged = need(g, &s->sc.evaluation.test_examples, "number of test examples") *
                    figure_or(&s->sc.evaluation.judge_passes, 1);
    double by_people = need(g, &s->sc.evaluation.human_examples, "number of examples judged by people");
    double usd = 0;

    if (judged != 0)
        usd += judged * need(g, &s->sc.evaluation.judge_usd, "price of one judgement");
    if (by_people != 0)
        usd += by_people * need(g, &s->sc.evaluation.human_minutes, "minutes of a human judgement") / 60 *
               need(g, &s->sc.labels.hourly_rate, "hourly rate of labelling");
    return usd;
}

/* ---- how many examples a claim needs ----------------------------------------------------- */

static bool
are_levels(double alpha, double power)
{
    return alpha > 0 && alpha < 1 && power > 0 && power < 1;
}

/* Fleiss, Statistical Methods for Rates and Proportions, without continuity correction: the
 * variance pooled under the null, apart under the alternative. */
double
sample_size_two_proportions(double p1, double p2, double alpha, double power)
{
    double d = p1 - p2, mean = 0.5 * (p1 + p2);

    if (!(p1 >= 0 && p1 <= 1 && p2 >= 0 && p2 <= 1) || d == 0 || !are_levels(alpha, power))
        return NAN;
    double a = -normal_quantile(alpha / 2), b = normal_quantile(power);
    double root = a * sqrt(2 * mean * (1 - mean)) + b * sqrt(p1 * (1 - p1) + p2 * (1 - p2));
    return ceil(root * root / (d * d) - 1e-9);
}

/* Connor 1987 for McNemar's test: both models answer the same examples, and only those on which
 * they disagree (share psi) tell them apart. */
double
sample_size_paired(double delta, double psi, double alpha, double power)
{
    if (!(psi > 0 && psi <= 1 && fabs(delta) <= psi) || delta == 0 || !are_levels(alpha, power))
        return NAN;
    double a = -normal_quantile(alpha / 2), b = normal_quantile(power);
    double root = a * sqrt(psi) + b * sqrt(psi - delta * delta);
    return ceil(root * root / (delta * delta) - 1e-9);
}

/* Wilson's interval, which does not claim certainty at 0 or 1. */
double
interval_half_width(double p, double n)
{
    const double z = 1.9599639845400545;

    if (!(p >= 0 && p <= 1 && n > 0))
        return NAN;
    return z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
}

/* The article names accuracy for classification, exact match for factual answers, ROUGE for
 * summaries and BLEU for translation; a share of right answers needs a judgement in the rest. */
const char *
evaluation_metric(int task_type)
{
    switch (task_type) {
    case TASK_CLASSIFICATION:
        return "accuracy";
    case TASK_EXTRACTION:
    case TASK_QA:
        return "exact match";
    case TASK_SUMMARIZATION:
        return "ROUGE";
    case TASK_GENERATION:
        return "BLEU for translation, else a judge model";
    case TASK_CODE:
        return "share of unit tests passed";
    default:
        return "share accepted by a judge model";
    }
}
