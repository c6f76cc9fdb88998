/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"

/* One step up or down of what a place holds. */

/* The step of the second significant digit of x (the first, if coarse). On the way to
 * zero a power of ten steps like the numbers below it, so that a step back undoes a step. */
static double
digit_step(double x, double field_step, bool coarse, int direction)
{
    double size = fabs(x), decade;

    if (size == 0)
        return field_step > 0 ? field_step : 1;
    decade = pow(10, floor(log10(size) + 1e-12));
    bool towards_zero = (x > 0) == (direction < 0);
    if (towards_zero && size - decade < 1e-9 * decade)
        decade /= 10;
    return coarse ? decade : decade / 10;
}

/* Steps of whole-number fields are whole. */
static double
step_of(const struct field *f, double x, bool coarse, int direction)
{
    double step = digit_step(x, f->step, coarse, direction);

    return f->whole && step < 1 ? 1 : step;
}

static int
at_the_end(const struct field *f, int direction, const struct quantity_rules *rules, struct error *err)
{
    char limit[48];

    quantity_print(limit, sizeof limit, direction > 0 ? f->high : f->low, rules);
    return error_set(err, ERR_RANGE, "%s is the %s value", limit, direction > 0 ? "highest" : "lowest");
}

static int
nudge_once(const struct field *f, const char *text, int direction, bool coarse,
           const struct quantity_rules *rules, char *out, size_t size, struct error *err)
{
    struct quantity q;
    double step, to;

    if (quantity_parse(&q, text, rules, err) < 0)
        return -1;
    step = direction * step_of(f, q.x, coarse, direction);
    if (q.kind != QUANTITY_EXACT)
        return quantity_shift_text(out, size, text, step, rules, err);
    to = fmin(fmax(q.x + step, f->low), f->high);
    if (fabs(to) < 1e-9 * fabs(step)) /* what is left of 0.3 - 0.1 - 0.1 - 0.1 */
        to = 0;
    if (to == q.x)
        return at_the_end(f, direction, rules, err);
    return quantity_shift_text(out, size, text, to - q.x, rules, err);
}

/* The text of a quantity in force: typed, or what resolving supplies. */
static int
text_in_force(const struct scenario *sc, struct field_ref ref, const struct catalog *catalog, char *out,
              size_t size, struct error *err)
{
    struct setup *s;

    field_get_text(sc, ref, out, size, catalog);
    if (out[0] != '\0')
        return 0;
    s = malloc(sizeof *s);
    if (s == NULL)
        return error_set(err, ERR_BUG, "no memory");
    scenario_resolve(s, sc, catalog, NULL);
    field_get_text(&s->sc, ref, out, size, catalog);
    free(s);
    if (out[0] == '\0')
        return error_set(err, ERR_RANGE, "there is no value to step from: type one");
    return 0;
}

static int
nudge_quantity(const struct scenario *sc, struct field_ref ref, int by, bool coarse,
               const struct catalog *catalog, char *out, size_t size, struct error *err)
{
    struct quantity_rules rules;
    char text[QUANTITY_TEXT], next[QUANTITY_TEXT];
    int direction = by < 0 ? -1 : 1;

    field_rules(ref.field, sc, &rules);
    if (text_in_force(sc, ref, catalog, text, sizeof text, err) < 0)
        return -1;
    for (int k = 0; k != by; k += direction) {
        if (nudge_once(ref.field, text, direction, coarse, &rules, next, sizeof next, err) < 0) {
            if (k == 0)
                return -1;
            break; /* as far as it goes */
        }
        text_copy(text, sizeof text, next);
    }
    text_copy(out, size, text);
    return 0;
}

/* ---- words and names: the next of a ring -------------------------------------------- */

static const char *
ring_word(const struct scenario *sc, struct field_ref ref, const struct catalog *catalog, int i)
{
    const struct field *f = ref.field;

    if (f->type == &field_choice)
        return f->choices[i].word;
    if (f->type == &field_name)
        return catalog != NULL ? catalog_id(catalog, f->names, i) : NULL;
    /* Arms that an arm can use: the plain ones. */
    for (int a = 0; a < sc->n_arms; a++)
        if (a != ref.arm && (KIND(sc->arms[a].kind) & KINDS_PLAIN) && i-- == 0)
            return sc->arms[a].name;
    return NULL;
}

static int
nudge_word(const struct scenario *sc, struct field_ref ref, int by, const struct catalog *catalog, char *out,
           size_t size, struct error *err)
{
    char now[ID_BYTES];
    const char *word;
    int n = 0, at = -1;

    field_get_text(sc, ref, now, sizeof now, catalog);
    for (; (word = ring_word(sc, ref, catalog, n)) != NULL; n++)
        if (strcmp(word, now) == 0)
            at = n;
    if (n == 0)
        return error_set(err, ERR_UNKNOWN, "there is nothing to choose from");
    if (at < 0)
        at = by > 0 ? -1 : 0;
    text_copy(out, size, ring_word(sc, ref, catalog, ((at + by) % n + n) % n));
    return 0;
}

static int
nudge_date(const struct scenario *sc, struct field_ref ref, int by, bool coarse, char *out, size_t size,
           struct error *err)
{
    struct date d = *(const struct date *)field_value(sc, ref);

    if (d.year == 0)
        return error_set(err, ERR_RANGE, "there is no date to step from: type one");
    d = date_add_months(d, coarse ? 12 * by : by);
    date_print(out, size, d, d.day != 1);
    return 0;
}

int
field_nudge(const struct scenario *sc, struct field_ref ref, int by, bool coarse, const struct catalog *catalog,
            char *out, size_t size, struct error *err)
{
    const struct field_type *type = ref.field->type;

    if (type == &field_quantity)
        return nudge_quantity(sc, ref, by, coarse, catalog, out, size, err);
    if (type == &field_date)
        return nudge_date(sc, ref, by, coarse, out, size, err);
    if (type == &field_choice || type == &field_name || type == &field_arm)
        return nudge_word(sc, ref, by, catalog, out, size, err);
    return error_set(err, ERR_RANGE, "%s has no steps: type it", ref.field->label);
}
