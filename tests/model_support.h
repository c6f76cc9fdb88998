/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_TESTS_MODEL_SUPPORT_H
#define BREAKEVEN_TESTS_MODEL_SUPPORT_H

/* Setups made by hand, so that the model is tested without catalog and field tables: every
 * figure that a test does not set is unknown. */

#include "breakeven/model.h"
#include "support.h"

static inline void
put(struct quantity *q, double x)
{
    q->kind = QUANTITY_EXACT;
    q->a = q->x = x;
    q->low = -HUGE_VAL;
    q->high = HUGE_VAL;
}

/* 20,000 requests a day of 500 + 100 tokens over 12 months of 30 days; nothing grows, drifts
 * or costs anything yet. */
static inline struct setup *
plain_setup(void)
{
    struct setup *s = calloc(1, sizeof *s);

    assert_non_null(s);
    s->start = (struct date){ 2026, 3, 1 };
    put(&s->sc.horizon.months, 12);
    put(&s->sc.horizon.days_per_month, 30);
    put(&s->sc.horizon.discount_rate_per_year, 0);
    put(&s->sc.workload.requests_per_day, 20000);
    put(&s->sc.workload.input_tokens, 500);
    put(&s->sc.workload.output_tokens, 100);
    put(&s->sc.workload.length_cv, 0);
    put(&s->sc.workload.extra_attempts, 0);
    put(&s->sc.workload.peak_to_average, 1);
    put(&s->sc.people.fte_cost_usd_month, 0);
    put(&s->sc.evaluation.test_examples, 0);
    put(&s->sc.evaluation.human_examples, 0);
    put(&s->sc.labels.examples, 5000);
    put(&s->sc.labels.per_hour, 40);
    put(&s->sc.labels.hourly_rate, 40);
    put(&s->sc.labels.tokens_per_example, 512);
    put(&s->sc.training.epochs, 3);
    put(&s->sc.training.experiments, 1);
    return s;
}

static inline int
plain_arm(struct setup *s, int kind, const char *name)
{
    int i = s->sc.n_arms++;

    assert_true(i < ARMS_MAX);
    text_copy(s->sc.arms[i].name, sizeof s->sc.arms[i].name, name);
    s->sc.arms[i].kind = kind;
    s->arms[i].usable = true;
    s->arms[i].first = s->arms[i].second = s->arms[i].small = s->arms[i].large = -1;
    return i;
}

static inline int
api_arm(struct setup *s, const char *name, double input, double output)
{
    int i = plain_arm(s, ARM_API, name);

    put(&s->sc.arms[i].input_usd_mtok, input);
    put(&s->sc.arms[i].output_usd_mtok, output);
    return i;
}

/* Measured throughput, one GPU a replica, no spare, full use. */
static inline int
self_arm(struct setup *s, const char *name, int kind, double tok_s, int counts, double gpu_usd_h)
{
    int i = plain_arm(s, kind, name);
    struct arm *a = &s->sc.arms[i];

    put(&a->throughput_tok_s, tok_s);
    a->throughput_counts = counts;
    put(&a->gpu_price_usd_h, gpu_usd_h);
    put(&a->gpus_per_replica, 1);
    put(&a->utilization_target, 1);
    put(&a->min_replicas, 1);
    put(&a->spare_replicas, 0);
    put(&a->overhead_share, 0);
    if (kind == ARM_SELF_TUNED) {
        put(&a->training_hours, 8);
        put(&a->training_gpus, 1);
        put(&a->training_gpu_price_usd_h, gpu_usd_h);
    }
    return i;
}

/* volume_cost_next_step of an arm's total cost. */
static inline double
next_step(const struct setup *s, int arm, double requests_per_day)
{
    struct volume_cost *c = volume_cost_new(s, arm, true);

    assert_non_null(c);
    const double step = volume_cost_next_step(c, requests_per_day);
    volume_cost_free(c);
    return step;
}

#endif
