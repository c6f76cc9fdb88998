/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actions.h"

/* Goal-seek: the value at which the verdict turns, or at which two arms' costs lie so far apart, as the
 * next entry. */

/* Few digits that still lie beyond a flip: four of them, on its far side. */
static double
beyond(double from, double to)
{
    char text[32];

    if (to == 0)
        return 0;
    double unit = pow(10, floor(log10(fabs(to))) - 3);
    snprintf(text, sizeof text, "%.9g", (to > from ? ceil(to / unit) : floor(to / unit)) * unit);
    return strtod(text, NULL);
}

static const struct flip *
flip_of(const struct app *app, struct field_ref ref, int pick)
{
    const struct answer *an = app_answer(app);
    char path[112];

    field_path(&app_doc_const(app)->file.scenario, ref, path, sizeof path);
    for (int i = 0; i < an->n_flips; i++)
        if (strcmp(an->flips[i].path, path) == 0 && isfinite(an->flips[i].to) && (pick < 0 || an->flips[i].pick == pick))
            return &an->flips[i];
    return NULL;
}

/* The field of the nearest flip: to an arm rather than to none. */
static bool
nearest_with_flip(const struct app *app, struct field_ref from, int pick, struct field_ref *to)
{
    const struct scenario *sc = &app_doc_const(app)->file.scenario;
    const struct answer *an = app_answer(app);
    struct field_ref ref;
    struct error ignored;

    for (int pass = 0; an != NULL && pass < 2; pass++)
        for (int i = 0; i < an->n_flips; i++) {
            const struct flip *f = &an->flips[i];
            if (!isfinite(f->to) || (pick >= 0 && f->pick != pick) || (pass == 0 && f->pick < 0) ||
                field_find(sc, f->path, &ref, &ignored) < 0 || (ref.field == from.field && ref.arm == from.arm))
                continue;
            *to = ref;
            return true;
        }
    return false;
}

static void
say_no_flip(struct app *app, struct field_ref ref, int pick)
{
    const struct scenario *sc = &app_doc(app)->file.scenario;
    struct field_ref next;
    struct quantity_rules how;
    char key[KEYS_BYTES], name[96], value[24], unit[64];

    app->goal_offered = nearest_with_flip(app, ref, pick, &next);
    if (!app->goal_offered) {
        app_say(app, "no value of this field changes the pick, nor does one of any other alone");
        return;
    }
    field_rules(next.field, sc, &how);
    quantity_show(value, sizeof value, flip_of(app, next, pick)->to, &how);
    app_say(app, "no flip here; the nearest is %s at %s%s, %s again goes there", field_words(sc, next, name, sizeof name), value,
            field_unit_behind(next.field, value, unit, sizeof unit), keymap_key(app, "goal-seek", key, sizeof key));
}

/* Goal-seek: the nearest flip of this field (pick >= 0: to this arm), as the next entry. While the
 * flips are not in it waits for them; any key ends the wait. */
void
app_goal(struct app *app, struct field_ref ref, int pick)
{
    const struct answer *an = app_answer(app);
    struct quantity_rules how;
    const struct flip *f;
    char text[64];

    if (app->goal_waits) /* what was said of the wait is over */
        app_say(app, "%s", "");
    app->goal_waits = false;
    if (an == NULL)
        return;
    if (app->clock_ms == NULL && app_doc(app)->depth != DEPTH_ALL) /* nobody refines: on the spot */
        app_solve(app, app_full_samples(app), DEPTH_ALL);
    app_goto(app, ref);
    if (!(app_refining(app) && app_doc(app)->stale) && (f = flip_of(app, ref, pick)) != NULL) {
        field_rules(ref.field, &app_doc(app)->file.scenario, &how);
        double to = beyond(f->from, f->to);
        if (!(to >= how.low && to <= how.high))
            to = f->to;
        entry_open(app, quantity_print(text, sizeof text, to, &how));
        return;
    }
    app->goal_waits = app_refining(app);
    app->goal = ref;
    app->goal_pick = pick;
    if (app->goal_waits)
        app_say(app, "still refining: opens at the flip when it is in; any other key lets it be");
    else
        say_no_flip(app, ref, pick);
}

void
act_goal(struct app *app, const struct key *k, int by)
{
    struct field_ref ref, next;
    struct pane_row row;

    (void)k, (void)by;
    if (app_current(app, &row) && row_is_pilot(&row))
        app_say(app, "a pilot was measured: no flip is sought over it");
    if (!app_current_field(app, &ref)) {
        if (app->status[0] == '\0')
            app_say(app, "no figure in this row that could turn the pick");
        return;
    }
    if (app->goal_offered && nearest_with_flip(app, ref, app->goal_pick, &next)) {
        app_mark(app);
        ref = next;
    } else
        app->goal_pick = -1;
    app->goal_offered = false;
    app_goal(app, ref, app->goal_pick);
}

/* ---- on a difference ------------------------------------------------------------------------------- */

/* "self-api": arms' names may hold dashes, so each one is tried. */
static bool
two_arms(const struct scenario *sc, const char *text, int *a, int *b)
{
    char name[2 * NAME_MAX_BYTES];

    for (const char *dash = strchr(text, '-'); dash != NULL; dash = strchr(dash + 1, '-')) {
        snprintf(name, sizeof name, "%.*s", (int)(dash - text), text);
        *a = scenario_find_arm(sc, name);
        *b = scenario_find_arm(sc, dash + 1);
        if (*a >= 0 && *b >= 0 && *a != *b)
            return true;
    }
    return false;
}

static int
sum_of(const char *text, double *usd, struct error *err)
{
    static const struct quantity_rules how = { .low = -1e15, .high = 1e15 };
    struct quantity q;

    if (quantity_parse(&q, text[0] == '-' ? text + 1 : text, &how, err) < 0)
        return -1;
    if (quantity_is_uncertain(&q))
        return error_set(err, ERR_USAGE, "%s: a goal is one sum", text);
    *usd = text[0] == '-' ? -q.x : q.x;
    return 0;
}

/* The field asked for; "volume" is what all charts over it call requests a day. */
static int
sought_field(const struct app *app, const char *name, struct field_ref *ref, struct error *err)
{
    const struct scenario *sc = &app_doc_const(app)->file.scenario;

    if (name[0] == '\0')
        return app_current_field(app, ref) ? 0 : error_set(err, ERR_USAGE, ":goal ARM-ARM=USD by FIELD");
    return field_find(sc, strcmp(name, "volume") == 0 ? "workload.requests_per_day" : name, ref, err);
}

static double
five_digits(double x)
{
    double unit = x != 0 ? pow(10, floor(log10(fabs(x))) - 4) : 1;

    return rint(x / unit) * unit;
}

bool
app_goal_difference(struct app *app, const char *rest)
{
    const struct answer *an = app_answer(app);
    const struct scenario *sc = &app_doc(app)->file.scenario;
    char pair[3 * NAME_MAX_BYTES], sum[40] = "", field[112] = "", text[64], usd[24], unit[64];
    int at = 0, a, b;
    struct field_ref ref;
    struct quantity_rules how;
    struct error err;
    double goal = 0, value = NAN;

    if (sscanf(rest, " %90[^= ] = %39s%n", pair, sum, &at) != 2)
        return false;
    sscanf(rest + at, " by %111s", field);
    if (an == NULL)
        return true;
    if (!two_arms(sc, pair, &a, &b)) {
        app_say(app, "%s: two arms with a dash between, as %s-%s", pair, sc->arms[sc->n_arms > 1 ? 1 : 0].name, sc->arms[0].name);
        return true;
    }
    if (sum_of(sum, &goal, &err) < 0 || sought_field(app, field, &ref, &err) < 0 ||
        goal_seek(&value, &an->setup, a, b, goal, ref, &err) < 0) {
        app_say(app, "%s", err.text);
        return true;
    }
    field_rules(ref.field, sc, &how);
    app_mark(app);
    app_goto(app, ref);
    entry_open(app, quantity_print(text, sizeof text, five_digits(value), &how));
    quantity_show(text, sizeof text, value, &how);
    app_say(app, "running cost of %s - %s passes %s a month at %s%s", sc->arms[a].name, sc->arms[b].name,
            number_usd(usd, sizeof usd, goal), text, field_unit_behind(ref.field, text, unit, sizeof unit));
    return true;
}
