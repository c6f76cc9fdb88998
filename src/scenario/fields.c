/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"

/* Places in a scenario: their rules, paths, order, and how a text gets in and out. */

const char *
pane_title(enum pane pane)
{
    static const char *const titles[PANE_COUNT] = {
        [PANE_WORKLOAD] = "Workload", [PANE_DATA] = "Data & labels",
        [PANE_SERVING] = "Model & serving", [PANE_CONSTRAINTS] = "Constraints",
        [PANE_TEAM] = "Team & horizon", [PANE_ARMS] = "Arms",
    };

    return (unsigned)pane < PANE_COUNT ? titles[pane] : "";
}

static bool
is_per_day(const struct field *f)
{
    return f->unit != NULL && strstr(f->unit, "/day") != NULL;
}

static bool
is_in_currency(const struct field *f)
{
    return field_is_quantity(f) && f->form == FORM_USD;
}

void
field_rules(const struct field *f, const struct scenario *sc, struct quantity_rules *rules)
{
    *rules = (struct quantity_rules){ .form = f->form, .low = f->low, .high = f->high, .whole = f->whole };
    if (sc == NULL)
        return;
    if (is_per_day(f) && sc->horizon.days_per_month.kind != QUANTITY_UNSET)
        rules->days_per_month = sc->horizon.days_per_month.x;
    if (is_in_currency(f) && sc->currency_per_usd.kind != QUANTITY_UNSET)
        rules->currency_per_usd = sc->currency_per_usd.x;
}

/* Whether the label says the unit, in capitals or not. */
static bool
label_says(const char *label, const char *unit)
{
    for (; *label != '\0'; label++)
        if (strncasecmp(label, unit, strlen(unit)) == 0)
            return true;
    return false;
}

char *
field_unit_behind(const struct field *f, const char *figure, char *out, size_t size)
{
    const char *unit = f->unit, *per = unit != NULL ? strchr(unit, '/') : NULL;
    char one[64];

    out[0] = '\0';
    if (!field_is_quantity(f) || unit == NULL || figure[0] == '\0' || strchr(figure, '/') != NULL ||
        strchr(f->label, '/') != NULL || label_says(f->label, unit))
        return out;
    bool said = strpbrk(figure, "%$") != NULL || (unsigned char)figure[0] >= 0x80; /* the share or the currency */
    if (said || strncmp(unit, "share", 5) == 0 || strcmp(unit, "x") == 0) /* ratios speak for themselves */
        text_copy(out, size, per != NULL ? per : "");
    else
        snprintf(out, size, " %s", text_unit(one, sizeof one, figure, unit));
    return out;
}

bool
field_applies(const struct field *f, int arm_kind)
{
    return arm_kind >= 0 && arm_kind < ARM_KINDS && (f->kinds & KIND(arm_kind)) != 0;
}

/* ---- order -------------------------------------------------------------------- */

bool
field_each(const struct scenario *sc, int i, struct field_ref *ref)
{
    if (i < 0)
        return false;
    for (int pane = 0; pane < PANE_COUNT; pane++)
        for (int k = 0; k < scenario_fields_n; k++)
            if ((int)scenario_fields[k].pane == pane && i-- == 0) {
                *ref = (struct field_ref){ &scenario_fields[k], -1 };
                return true;
            }
    for (int a = 0; a < sc->n_arms; a++)
        for (int k = 0; k < arm_fields_n; k++)
            if (field_applies(&arm_fields[k], sc->arms[a].kind) && i-- == 0) {
                *ref = (struct field_ref){ &arm_fields[k], a };
                return true;
            }
    return false;
}

int
field_count(const struct scenario *sc)
{
    int n = scenario_fields_n;

    for (int a = 0; a < sc->n_arms; a++)
        for (int k = 0; k < arm_fields_n; k++)
            n += field_applies(&arm_fields[k], sc->arms[a].kind);
    return n;
}

/* ---- paths -------------------------------------------------------------------- */

char *
field_path(const struct scenario *sc, struct field_ref ref, char *out, size_t size)
{
    if (ref.arm < 0)
        text_copy(out, size, ref.field->key);
    else
        snprintf(out, size, "arms.%s.%s", sc->arms[ref.arm].name, ref.field->key);
    return out;
}

char *
field_words(const struct scenario *sc, struct field_ref ref, char *out, size_t size)
{
    if (ref.arm < 0)
        text_copy(out, size, ref.field->label);
    else
        snprintf(out, size, "%s: %s", sc->arms[ref.arm].name, ref.field->label);
    return out;
}

static const char *
last_word(const char *path)
{
    const char *dot = strrchr(path, '.');

    return dot != NULL ? dot + 1 : path;
}

/* Every place that a word can mean: whole paths first, then last words. */
struct places {
    const struct scenario *sc;
    char (*paths)[112];
    int n;
};

static const char *
place_at(const void *ctx, int i)
{
    const struct places *p = ctx;

    if (i < p->n)
        return last_word(p->paths[i]);
    return i < 2 * p->n ? p->paths[i - p->n] : NULL;
}

static int
unknown_field(const struct scenario *sc, const char *path, struct error *err)
{
    struct places places = { sc, NULL, 0 };
    struct field_ref ref;
    const char *near = NULL;
    int n = field_count(sc);

    places.paths = malloc((size_t)n * sizeof *places.paths);
    if (places.paths != NULL) {
        for (; places.n < n && field_each(sc, places.n, &ref); places.n++)
            field_path(sc, ref, places.paths[places.n], sizeof places.paths[0]);
        near = text_nearest(path, place_at, &places);
    }
    error_set(err, ERR_UNKNOWN, "no field %s%s%s", path, near != NULL ? ", nearest " : "",
              near != NULL ? near : "");
    free(places.paths);
    return -1;
}

/* "arms.NAME.key". 1: found, 0: not of this form, -1: refused. */
static int
find_in_arm(const struct scenario *sc, const char *path, struct field_ref *ref, struct error *err)
{
    char name[NAME_MAX_BYTES];
    const char *key = strrchr(path, '.');
    size_t n;

    if (strncmp(path, "arms.", 5) != 0 || key < path + 5)
        return 0;
    n = (size_t)(key - (path + 5));
    if (n >= sizeof name)
        return error_set(err, ERR_UNKNOWN, "no arm \"%.40s...\"", path + 5);
    memcpy(name, path + 5, n);
    name[n] = '\0';
    int arm = scenario_find_arm(sc, name);
    if (arm < 0)
        return error_set(err, ERR_UNKNOWN, "no arm \"%s\"", name);
    for (int k = 0; k < arm_fields_n; k++)
        if (strcmp(arm_fields[k].key, key + 1) == 0) {
            if (!field_applies(&arm_fields[k], sc->arms[arm].kind))
                return error_set(err, ERR_UNKNOWN, "%s is not a field of %s arms", key + 1,
                                 arm_kind_word(sc->arms[arm].kind));
            *ref = (struct field_ref){ &arm_fields[k], arm };
            return 1;
        }
    return unknown_field(sc, path, err);
}

/* Places that end in the word: how many, and the first two. */
static int
places_of_word(const struct scenario *sc, const char *word, struct field_ref two[2])
{
    int n = 0;

    for (int k = 0; k < scenario_fields_n; k++)
        if (strcmp(last_word(scenario_fields[k].key), word) == 0 && n++ < 2)
            two[n - 1] = (struct field_ref){ &scenario_fields[k], -1 };
    for (int k = 0; k < arm_fields_n; k++)
        for (int a = 0; strcmp(last_word(arm_fields[k].key), word) == 0 && a < sc->n_arms; a++)
            if (field_applies(&arm_fields[k], sc->arms[a].kind) && n++ < 2)
                two[n - 1] = (struct field_ref){ &arm_fields[k], a };
    return n;
}

/* A last word that several places share is refused with two of them named. */
static int
find_by_word(const struct scenario *sc, const char *word, struct field_ref *ref, struct error *err)
{
    struct field_ref two[2];
    char one[112], other[112];
    const int n = places_of_word(sc, word, two);

    if (n == 0)
        return unknown_field(sc, word, err);
    if (n > 1)
        return error_set(err, ERR_UNKNOWN, "%s can be %d fields: say which, as %s or %s", word, n,
                         field_path(sc, two[0], one, sizeof one), field_path(sc, two[1], other, sizeof other));
    *ref = two[0];
    return 0;
}

int
field_find(const struct scenario *sc, const char *path, struct field_ref *ref, struct error *err)
{
    for (int k = 0; k < scenario_fields_n; k++)
        if (strcmp(scenario_fields[k].key, path) == 0) {
            *ref = (struct field_ref){ &scenario_fields[k], -1 };
            return 0;
        }
    int found = find_in_arm(sc, path, ref, err);
    if (found != 0)
        return found < 0 ? -1 : 0;
    if (strchr(path, '.') != NULL)
        return unknown_field(sc, path, err);
    return find_by_word(sc, path, ref, err);
}

/* ---- text in and out ------------------------------------------------------------- */

/* Does a change of this field change what other texts mean? */
static bool
gives_meaning(struct field_ref ref, bool *rate, bool *days)
{
    *rate = ref.arm < 0 && ref.field->offset == offsetof(struct scenario, currency_per_usd);
    *days = ref.arm < 0 && ref.field->offset == offsetof(struct scenario, horizon.days_per_month);
    return *rate || *days;
}

/* Texts like "₹250" and "300M/month" are read again by the new rate or days. Stops
 * at the first that no longer has a legal value. */
static int
read_again(struct scenario *sc, bool rate, bool days, struct error *err)
{
    struct field_context ctx = { NULL, sc };
    char text[QUANTITY_TEXT], path[112];
    struct field_ref ref;
    struct error why;

    for (int i = 0; field_each(sc, i, &ref); i++) {
        struct quantity *q = field_at(sc, ref);
        if (!field_is_quantity(ref.field) || q->kind == QUANTITY_UNSET)
            continue;
        if (!(rate && is_in_currency(ref.field)) && !(days && is_per_day(ref.field)))
            continue;
        text_copy(text, sizeof text, q->text);
        if (ref.field->type->parse(ref.field, q, text, &ctx, &why) < 0)
            return error_set(err, why.code, "%s would no longer be legal: %s",
                             field_path(sc, ref, path, sizeof path), why.text);
    }
    return 0;
}

/* A new kind brings fields that the old one had not: they begin at their defaults, as they
 * would in a file. */
static void
begin_new_fields(struct scenario *sc, int arm, int old_kind)
{
    for (int k = 0; k < arm_fields_n; k++)
        if (field_applies(&arm_fields[k], sc->arms[arm].kind) && !field_applies(&arm_fields[k], old_kind))
            field_reset(sc, (struct field_ref){ &arm_fields[k], arm });
}

int
field_set_text(struct scenario *sc, struct field_ref ref, const char *text, const struct catalog *catalog,
               struct error *err)
{
    struct field_context ctx = { catalog, sc };
    void *value = field_at(sc, ref);
    bool rate, days;

    if (!gives_meaning(ref, &rate, &days)) {
        int old_kind = ref.arm >= 0 ? sc->arms[ref.arm].kind : 0;
        int done = ref.field->type->parse(ref.field, value, text, &ctx, err);
        if (done == 0 && ref.arm >= 0 && sc->arms[ref.arm].kind != old_kind)
            begin_new_fields(sc, ref.arm, old_kind);
        return done;
    }
    struct scenario *before = malloc(sizeof *before);
    if (before == NULL)
        return error_set(err, ERR_BUG, "no memory");
    *before = *sc;
    int status = ref.field->type->parse(ref.field, value, text, &ctx, err);
    if (status == 0)
        status = read_again(sc, rate, days, err);
    if (status < 0)
        *sc = *before;
    free(before);
    return status;
}

char *
field_get_text(const struct scenario *sc, struct field_ref ref, char *out, size_t size,
               const struct catalog *catalog)
{
    struct field_context ctx = { catalog, sc };

    return ref.field->type->format(ref.field, field_value(sc, ref), out, size, &ctx);
}

bool
field_is_set(const struct scenario *sc, struct field_ref ref)
{
    const void *value = field_value(sc, ref);

    if (field_is_quantity(ref.field))
        return ((const struct quantity *)value)->kind != QUANTITY_UNSET;
    if (ref.field->type == &field_choice || ref.field->type == &field_set)
        return true;
    if (ref.field->type == &field_date)
        return ((const struct date *)value)->year != 0;
    return ((const char *)value)[0] != '\0';
}

void
field_reset(struct scenario *sc, struct field_ref ref)
{
    const struct field *f = ref.field;
    struct field_context ctx = { NULL, sc };
    void *value = field_at(sc, ref);

    memset(value, 0, f->size);
    if (field_is_quantity(f))
        ((struct quantity *)value)->x = NAN;
    if (f->initial == NULL || (ref.arm >= 0 && !field_applies(f, sc->arms[ref.arm].kind)))
        return;
    /* A default that its own field refuses is caught by the tests of the tables. */
    f->type->parse(f, value, f->initial, &ctx, NULL);
}
