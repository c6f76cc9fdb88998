/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli.h"

/*
 * Does the decision still hold? For a pipeline that runs it every night: 0 it does, 1 a
 * tripwire is crossed and standard output says which. The only command that reads the clock,
 * and only where --today does not say the day.
 */

struct check {
    const struct args *args;
    const struct catalog *catalog;
    struct scenario_file file;
    struct answer *answer;
    struct date today;
    int pick;                 /* the arm that should still be picked, -1: it is gone */
    char name[NAME_MAX_BYTES];
    double p_best, max_regret_usd, stale_days; /* NAN: not asked */
    struct buffer crossed, noted; /* a line each */
    int n_crossed;
};

/* ---- days ------------------------------------------------------------------------------ */

static int
read_today(struct check *c, struct error *err)
{
    const char *given = args_value(c->args, "today");
    time_t now = time(NULL);
    struct tm day;
    struct error why;

    if (given != NULL) {
        if (strlen(given) != 10 || date_parse(&c->today, given, &why) < 0)
            return error_set(err, ERR_USAGE, "--today %s: expected YYYY-MM-DD", given);
        return 0;
    }
    if (gmtime_r(&now, &day) == NULL)
        return error_set(err, ERR_BUG, "the clock has no date");
    c->today = (struct date){ day.tm_year + 1900, day.tm_mon + 1, day.tm_mday };
    return 0;
}

static void BE_PRINTF(2, 3)
crossed(struct check *c, const char *fmt, ...)
{
    char words[600];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(words, sizeof words, fmt, ap);
    va_end(ap);
    buffer_printf(&c->crossed, "crossed: %s\n", words);
    c->n_crossed++;
}

static void
if_stale(struct check *c, const char *what, struct date day)
{
    char date[16];
    long age;

    if (day.year == 0)
        return;
    age = date_days(c->today) - date_days(day);
    if (age > c->stale_days)
        crossed(c, "%s of %s %s %ld days old, more than %g", what, date_print(date, sizeof date, day, true),
                strcmp(what, "the decision") == 0 ? "is" : "are", age, c->stale_days);
}

/* ---- tripwires --------------------------------------------------------------------------- */

static void
put_failed_gates(struct check *c, const struct arm_answer *a)
{
    for (int g = 0; g < a->n_gates; g++)
        if (a->gates[g].state == GATE_BREACHED || a->gates[g].state == GATE_UNKNOWN)
            crossed(c, "%s fails the gate %s: %s", a->name, a->gates[g].id, a->gates[g].why);
}

static void
check_pick(struct check *c)
{
    const struct answer *an = c->answer;
    int now = an->verdict.pick;
    char usd[40];

    if (c->pick < 0) {
        crossed(c, "the arm %s, which was decided for, is no longer in the scenario", c->name);
        return;
    }
    if (now == c->pick)
        return;
    if (now < 0)
        crossed(c, "no arm passes its gates any more; the decision was %s", c->name);
    else if (an->arms[c->pick].known && an->arms[now].known)
        crossed(c, "the pick is %s (%s), not %s: %s less over %d months", an->arms[now].name,
                confidence_word(an->verdict.confidence), c->name,
                number_usd(usd, sizeof usd, an->arms[c->pick].tco_usd.mean - an->arms[now].tco_usd.mean), an->horizon_months);
    else
        crossed(c, "the pick is %s (%s), not %s", an->arms[now].name, confidence_word(an->verdict.confidence), c->name);
    if (!an->arms[c->pick].passes)
        put_failed_gates(c, &an->arms[c->pick]);
}

static void
check_limits(struct check *c)
{
    const struct arm_answer *a = &c->answer->arms[c->pick];
    char usd[40], most[40];

    if (isfinite(c->p_best) && !(a->p_best >= c->p_best))
        crossed(c, "P(best) of %s is %.3g, less than %g", a->name, isfinite(a->p_best) ? a->p_best : 0, c->p_best);
    if (isfinite(c->max_regret_usd) && !(a->regret_usd <= c->max_regret_usd)) {
        if (isfinite(a->regret_usd))
            crossed(c, "the expected regret of %s is %s, more than %s", a->name, number_usd(usd, sizeof usd, a->regret_usd),
                    number_usd(most, sizeof most, c->max_regret_usd));
        else
            crossed(c, "the expected regret of %s is not known: it does not pass its gates", a->name);
    }
}

/* The decision itself, and the catalog's prices that the arm rests on where none are typed. */
static void
check_age(struct check *c, bool decided)
{
    const struct scenario *sc = &c->file.scenario;
    const struct arm *typed = &sc->arms[c->pick];
    const struct setup_arm *sa = &c->answer->setup.arms[c->pick];
    char what[160];

    if (!isfinite(c->stale_days))
        return;
    if (decided)
        if_stale(c, "the decision", sc->decision.on);
    if (sa->price != NULL && !sa->own_prices) {
        snprintf(what, sizeof what, "the prices of %s", sa->price->id);
        if_stale(c, what, sa->price->origin.as_of);
    }
    if (sa->offer != NULL && typed->gpu_price_usd_h.kind == QUANTITY_UNSET) {
        snprintf(what, sizeof what, "the prices of %s", sa->offer->id);
        if_stale(c, what, sa->offer->origin.as_of);
    }
}

/* ---- prices that moved ------------------------------------------------------------------------ */

static void
note_moved(struct check *c)
{
    struct moved_price moved[MOVED_MAX];
    char was[40], now[40];
    int n = decision_moved_prices(&c->file.scenario, &c->answer->setup, 1e-9, moved);

    for (int k = 0; k < n; k++) {
        const struct moved_price *m = &moved[k];

        number_usd(was, sizeof was, m->was);
        if (m->arm_gone)
            continue; /* a tripwire of its own, if it is the pick */
        if (isfinite(m->now))
            buffer_printf(&c->noted, "moved: the %s of %s was %s, is %s\n", m->words, m->arm, was,
                          number_usd(now, sizeof now, m->now));
        else
            buffer_printf(&c->noted, "moved: the %s of %s was %s, and nobody lists it now\n", m->words, m->arm, was);
    }
}

/* ---- recording --------------------------------------------------------------------------------- */

static int
record(struct check *c, struct error *err)
{
    struct decision *d = &c->file.scenario.decision;
    const struct arm_answer *a = &c->answer->arms[c->pick];

    memset(d, 0, sizeof *d);
    d->present = true;
    text_copy(d->pick, sizeof d->pick, a->name);
    d->on = c->today;
    d->p_best = isfinite(a->p_best) ? rint(a->p_best * 1e4) / 1e4 : 0;
    d->tco_usd = isfinite(a->tco_usd.mean) ? rint(a->tco_usd.mean * 100) / 100 : 0;
    decision_keep_prices(d, &c->answer->setup);
    return scenario_save(&c->file, NULL, false, c->catalog, err);
}

/* ---- the command ---------------------------------------------------------------------------------- */

static const char *
arm_name_at(const void *ctx, int i)
{
    const struct scenario *sc = ctx;

    return i < sc->n_arms ? sc->arms[i].name : NULL;
}

/* --pick, else what is recorded, else with --record what is picked now. */
static int
choose(struct check *c, struct error *err)
{
    const struct scenario *sc = &c->file.scenario;
    const char *given = args_value(c->args, "pick"), *name = given;
    bool fresh = args_has(c->args, "record");

    if (given == NULL && fresh) {
        c->pick = c->answer->verdict.pick;
        if (c->pick >= 0)
            text_copy(c->name, sizeof c->name, c->answer->arms[c->pick].name);
        return 0;
    }
    if (given == NULL)
        name = sc->decision.pick;
    c->pick = scenario_find_arm(sc, name);
    text_copy(c->name, sizeof c->name, name);
    if (c->pick >= 0 || given == NULL)
        return 0;
    const char *nearest = text_nearest(name, arm_name_at, sc);
    return error_set(err, ERR_UNKNOWN, nearest != NULL ? "--pick %s: no such arm, nearest %s" : "--pick %s: no such arm", name,
                     nearest);
}

static void
put_answer(struct buffer *b, const struct check *c)
{
    const struct decision *d = &c->file.scenario.decision;
    char p[16], regret[40], tco[40], date[16], clean[64];

    text_clean(clean, sizeof clean, c->name);
    if (c->n_crossed > 0)
        buffer_puts(b, c->crossed.text);
    else {
        const struct arm_answer *a = &c->answer->arms[c->pick];
        buffer_printf(b, "holds: %s, %s, P(best) %s, expected regret %s, %s over %d months\n", clean,
                      confidence_word(c->answer->verdict.confidence), number_percent(p, sizeof p, a->p_best, 1),
                      number_usd(regret, sizeof regret, a->regret_usd), number_usd(tco, sizeof tco, a->tco_usd.mean),
                      c->answer->horizon_months);
    }
    if (d->present && d->on.year != 0 && !args_has(c->args, "pick") && !args_has(c->args, "record"))
        buffer_printf(b, "decided: %s on %s at P(best) %s, %s\n", clean, date_print(date, sizeof date, d->on, true),
                      number_percent(p, sizeof p, d->p_best, 1), number_usd(tco, sizeof tco, d->tco_usd));
    buffer_puts(b, c->noted.text);
}

/* 0, 1 or -1 with err. */
static int
check(struct check *c, const struct solve_options *options, struct error *err)
{
    const struct args *a = c->args;
    bool fresh = args_has(a, "record");
    const bool decided = c->file.scenario.decision.present && !fresh && !args_has(a, "pick");
    char name[64];

    if (!c->file.scenario.decision.present && !args_has(a, "pick") && !fresh)
        return error_set(err, ERR_USAGE, "%s has no decision; give --pick ARM, or record one with --record",
                         base_name(a->operands[0]));
    if (scenario_refuse(&c->file.scenario, c->catalog, &c->file, err) < 0 ||
        decide(&c->answer, &c->file.scenario, c->catalog, scenario_name(a->operands[0], name, sizeof name), options, DEPTH_ALL,
               NULL, err) < 0 ||
        choose(c, err) < 0)
        return -1;
    if (c->pick < 0 && fresh)
        crossed(c, "no arm passes its gates: there is nothing to record");
    else
        check_pick(c);
    if (c->pick >= 0) {
        check_limits(c);
        check_age(c, decided);
    }
    if (!fresh)
        note_moved(c);
    if (fresh && c->n_crossed == 0)
        return record(c, err);
    return c->n_crossed > 0;
}

static int
read_options(struct check *c, struct solve_options *o, struct error *err)
{
    const struct args *a = c->args;

    if (a->n_operands != 1)
        return error_set(err, ERR_USAGE, "check needs one scenario file");
    if (args_has(a, "record") && strcmp(a->operands[0], "-") == 0)
        return error_set(err, ERR_USAGE, "--record writes into a file, not into standard input");
    c->p_best = c->max_regret_usd = c->stale_days = NAN;
    if (args_number(a, "p-best", 0, 1, &c->p_best, err) < 0 ||
        args_number(a, "max-regret", 0, 1e15, &c->max_regret_usd, err) < 0 ||
        args_number(a, "stale-days", 0, 1e6, &c->stale_days, err) < 0)
        return -1;
    return read_today(c, err) < 0 ? -1 : args_solve_options(a, o, err);
}

int
cmd_check(const struct args *a, struct error *err)
{
    struct check *c = calloc(1, sizeof *c);
    struct solve_options options;
    struct catalog *cat = NULL;
    struct buffer out;
    int status = -1;

    if (c == NULL)
        return error_set(err, ERR_BUG, "no memory for the check");
    c->args = a;
    buffer_init(&out);
    buffer_init(&c->crossed);
    buffer_init(&c->noted);
    if (read_options(c, &options, err) == 0 && catalog_open(&cat, err) == 0) {
        c->catalog = cat;
        status = scenario_load(&c->file, a->operands[0], cat, err);
        if (status == 0) {
            status = check(c, &options, err);
            if (status >= 0) {
                put_answer(&out, c);
                if (write_out(NULL, &out, err) < 0)
                    status = -1;
            }
            scenario_file_release(&c->file);
        }
    }
    answer_free(c->answer);
    buffer_release(&c->crossed);
    buffer_release(&c->noted);
    buffer_release(&out);
    catalog_free(cat);
    free(c);
    return status;
}
