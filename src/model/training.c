/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>

#include "parts.h"

/*
 * Training (section 7): a number of experiments at first, later one run at a time.
 * GPU-hours are GPUs times hours; a vendor bills the tokens of all epochs.
 */

/* The general part of the text is bought once; 0 where none is mixed in or it has no price. */
static double
mix_usd(const struct setup *s, const struct label_cost *labels)
{
    double share = figure_or(&s->sc.labels.general_mix_share, 0);
    double price = figure_or(&s->sc.labels.general_mix_usd_mtok, 0);

    if (share == 0 || price == 0)
        return 0;
    return labels->training_tokens * share * 1e-6 * price;
}

/* Hours of one run on all its GPUs: typed, else from the team's own rate, else modelled. */
static double
run_hours(const struct setup *s, int arm, double tokens, struct gaps *g)
{
    const struct arm *a = &s->sc.arms[arm];
    double hours = figure(&a->training_hours), rate = figure(&a->training_tok_s);

    if (known(hours))
        return hours;
    need_value(g, tokens, "tokens per training example");
    if (known(rate))
        return tokens / rate / 3600;
    return training_hours_modelled(s, arm, tokens, g) * figure_or(&a->training_hours_factor, 1);
}

void
training_evaluate(struct training_cost *c, const struct setup *s, int arm,
                  const struct label_cost *labels, struct gaps *g)
{
    const struct arm *a = &s->sc.arms[arm];
    const double tokens = labels->training_tokens * figure_or(&s->sc.training.epochs, 1);

    *c = (struct training_cost){ .on_gpus = a->kind == ARM_SELF_TUNED };
    c->experiments = figure_or(&a->experiments, figure(&s->sc.training.experiments));
    need_value(g, c->experiments, "number of training experiments");
    c->mix_usd = mix_usd(s, labels);
    if (c->on_gpus)
        training_fits(c, s, arm);
    if (c->on_gpus)
        c->run_usd = run_hours(s, arm, tokens, g) * figure_or(&a->training_gpus, 1) *
                     need(g, &a->training_gpu_price_usd_h, "price per training GPU-hour");
    else
        c->run_usd = need_value(g, tokens, "tokens per training example") * 1e-6 *
                     need(g, &a->training_usd_mtok, "price per training token");
}

static bool
falls_on(double every, int since)
{
    return every >= 1 && every <= HORIZON_MAX && since % (int)(every + 0.5) == 0;
}

/* Months count from the month the arm was built in; the arm's last month trains nothing that
 * could still be used. */
bool
stint_trains(const struct setup *s, const struct stint *st, int month)
{
    int since = month - (st->from - 1);

    if (!(KIND(s->sc.arms[st->arm].kind) & KINDS_TUNED) || month < st->from || month >= st->to)
        return false;
    return falls_on(figure_or(&s->sc.training.retrain_every_months, 0), since) ||
           falls_on(figure_or(&s->sc.training.base_upgrade_every_months, 0), since);
}
