/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "parts.h"

/* Labels (section 6): bought by the hour, some twice, some thrown away. */

void
labels_need(const struct setup *s, struct label_cost *c, struct gaps *g)
{
    const double examples = need(g, &s->sc.labels.examples, "number of labelled examples");
    const double per_hour = need(g, &s->sc.labels.per_hour, "labels per hour");
    const double rate = need(g, &s->sc.labels.hourly_rate, "hourly rate of labelling");
    const double factor = figure_or(&s->sc.labels.task_factor, 1);
    const double reviewers = figure_or(&s->sc.labels.reviewers, 1);
    const double kept = 1 - figure_or(&s->sc.labels.reject_share, 0);
    const double guideline_hours = figure_or(&s->sc.labels.guideline_hours, 0);
    const double request = figure(&s->sc.workload.input_tokens) + figure(&s->sc.workload.output_tokens);
    const double hours_each = factor * reviewers / (per_hour * kept);

    c->hours = examples * hours_each + guideline_hours;
    c->usd = c->hours * rate;
    c->guideline_usd = guideline_hours * rate;
    c->usd_per_example = hours_each * rate;
    c->trained = examples * (1 - figure_or(&s->sc.labels.holdout_share, 0));
    /* An example is a request and its answer unless somebody knows better; text from outside
     * the task is mixed in against forgetting. */
    c->training_tokens = c->trained * figure_or(&s->sc.labels.tokens_per_example, request) /
                         (1 - figure_or(&s->sc.labels.general_mix_share, 0));
}

void
labels_evaluate(const struct setup *s, struct label_cost *c)
{
    struct gaps g = { NULL };

    labels_need(s, c, &g);
}
