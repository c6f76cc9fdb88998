/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>


#include "actions.h"

/* :tour, five steps on the live screen. Enter goes on, Esc ends it; every other key does what it
 * always does. */

static const struct step {
    const char *field; /* where the cursor is put; NULL: into the view */
    const char *words;
} steps[] = {
    { "workload.requests_per_day",
      "What you know goes left: type a number, or a range as 15k to 40k, and Enter keeps it. u takes it back." },
    { NULL,
      "What follows stands right: the cost of each arm over volume, dotted where it breaks even. v shows the next view." },
    { "workload.requests_per_day",
      "\"flips at\" names the value at which the verdict turns; g opens the entry at it. b sets a base to compare with." },
    { "constraints.regimes", "A rule can overrule the cost: Enter opens the list, Space switches, and W says what it bars." },
    { "workload.requests_per_day",
      ":w FILE saves, :export FILE.md writes the report, ? lists every key, / finds any field. That is all." },
};

void
tour_start(struct app *app)
{
    app->tour = 0;
    tour_next(app);
}

void
tour_next(struct app *app)
{
    struct field_ref ref;
    struct error ignored;

    if (app->tour == (int)BE_LEN(steps)) {
        app->tour = 0;
        return;
    }
    const struct step *step = &steps[app->tour++];
    if (step->field == NULL)
        app->focus = FOCUS_VIEW;
    else if (field_find(&app_doc(app)->file.scenario, step->field, &ref, &ignored) == 0)
        app_goto(app, ref);
}

void
tour_end(struct app *app)
{
    app->tour = 0;
}

const char *
tour_words(const struct app *app)
{
    return app->tour > 0 ? steps[app->tour - 1].words : NULL;
}

int
tour_steps(void)
{
    return (int)BE_LEN(steps);
}
