/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <string.h>

#include "rows.h"

/* Life of a scenario and of its arms. */

void
scenario_init(struct scenario *sc)
{
    memset(sc, 0, sizeof *sc);
    for (int k = 0; k < scenario_fields_n; k++)
        field_reset(sc, (struct field_ref){ &scenario_fields[k], -1 });
}

int
scenario_find_arm(const struct scenario *sc, const char *name)
{
    for (int a = 0; a < sc->n_arms; a++)
        if (strcmp(sc->arms[a].name, name) == 0)
            return a;
    return -1;
}

static int
room_for_arm(const struct scenario *sc, const char *name, struct error *err)
{
    if (arm_name_check(name, err) < 0)
        return -1;
    if (scenario_find_arm(sc, name) >= 0)
        return error_set(err, ERR_CONFLICT, "there is an arm \"%s\" already", name);
    if (sc->n_arms >= ARMS_MAX)
        return error_set(err, ERR_SIZE, "a scenario has room for %d arms", ARMS_MAX);
    return 0;
}

int
scenario_add_arm(struct scenario *sc, const char *name, int kind, struct error *err)
{
    if (kind < 0 || kind >= ARM_KINDS)
        return error_set(err, ERR_RANGE, "there is no such kind of arm");
    if (room_for_arm(sc, name, err) < 0)
        return -1;
    int a = sc->n_arms++;
    struct arm *arm = &sc->arms[a];
    memset(arm, 0, sizeof *arm);
    text_copy(arm->name, sizeof arm->name, name);
    arm->kind = kind;
    for (int k = 0; k < arm_fields_n; k++)
        if (arm_fields[k].offset != offsetof(struct arm, kind))
            field_reset(sc, (struct field_ref){ &arm_fields[k], a });
    return a;
}

/* Is the arm named by another one? Returns that one's index or -1. */
static int
used_by(const struct scenario *sc, int index)
{
    const char *name = sc->arms[index].name;

    for (int a = 0; a < sc->n_arms; a++)
        for (int k = 0; k < arm_fields_n; k++) {
            struct field_ref ref = { &arm_fields[k], a };
            if (a != index && ref.field->type == &field_arm && field_applies(ref.field, sc->arms[a].kind) &&
                strcmp(field_value(sc, ref), name) == 0)
                return a;
        }
    return -1;
}

int
scenario_remove_arm(struct scenario *sc, int index, struct error *err)
{
    if (index < 0 || index >= sc->n_arms)
        return error_set(err, ERR_UNKNOWN, "there is no such arm");
    int user = used_by(sc, index);
    if (user >= 0)
        return error_set(err, ERR_CONFLICT, "arm \"%s\" is used by \"%s\"", sc->arms[index].name,
                         sc->arms[user].name);
    memmove(&sc->arms[index], &sc->arms[index + 1],
            (size_t)(sc->n_arms - index - 1) * sizeof sc->arms[0]);
    memset(&sc->arms[--sc->n_arms], 0, sizeof sc->arms[0]);
    return 0;
}

int
scenario_move_arm(struct scenario *sc, int index, int to, struct error *err)
{
    struct arm moved;

    if (index < 0 || index >= sc->n_arms)
        return error_set(err, ERR_UNKNOWN, "there is no such arm");
    if (to < 0 || to >= sc->n_arms)
        return error_set(err, ERR_RANGE, "an arm's place is one of 1 to %d", sc->n_arms);
    moved = sc->arms[index];
    if (to > index)
        memmove(&sc->arms[index], &sc->arms[index + 1], (size_t)(to - index) * sizeof moved);
    else
        memmove(&sc->arms[to + 1], &sc->arms[to], (size_t)(index - to) * sizeof moved);
    sc->arms[to] = moved;
    return 0;
}

int
scenario_copy_arm(struct scenario *sc, int index, const char *name, struct error *err)
{
    if (index < 0 || index >= sc->n_arms)
        return error_set(err, ERR_UNKNOWN, "there is no such arm");
    if (room_for_arm(sc, name, err) < 0)
        return -1;
    int to = index + 1;
    memmove(&sc->arms[to + 1], &sc->arms[to], (size_t)(sc->n_arms - to) * sizeof sc->arms[0]);
    sc->arms[to] = sc->arms[index];
    memset(sc->arms[to].name, 0, sizeof sc->arms[to].name);
    text_copy(sc->arms[to].name, sizeof sc->arms[to].name, name);
    sc->n_arms++;
    return to;
}

/* ---- equal ---------------------------------------------------------------------- */

/* The text says all: two equal texts under equal rules mean the same. */
static bool
equal_value(const struct field *f, const void *a, const void *b)
{
    if (field_is_quantity(f)) {
        const struct quantity *p = a, *q = b;
        if (p->kind == QUANTITY_UNSET || q->kind == QUANTITY_UNSET)
            return p->kind == q->kind;
        return strcmp(p->text, q->text) == 0;
    }
    if (f->type == &field_choice)
        return *(const int *)a == *(const int *)b;
    if (f->type == &field_set)
        return *(const uint32_t *)a == *(const uint32_t *)b;
    if (f->type == &field_date)
        return date_compare(*(const struct date *)a, *(const struct date *)b) == 0;
    return strcmp(a, b) == 0;
}

static bool
equal_arm(const struct scenario *a, const struct scenario *b, int i)
{
    if (strcmp(a->arms[i].name, b->arms[i].name) != 0 || a->arms[i].kind != b->arms[i].kind)
        return false;
    for (int k = 0; k < arm_fields_n; k++) {
        struct field_ref ref = { &arm_fields[k], i };
        if (field_applies(ref.field, a->arms[i].kind) &&
            !equal_value(ref.field, field_value(a, ref), field_value(b, ref)))
            return false;
    }
    return true;
}

static bool
equal_decision(const struct decision *a, const struct decision *b)
{
    if (a->present != b->present)
        return false;
    if (!a->present)
        return true;
    if (strcmp(a->pick, b->pick) != 0 || date_compare(a->on, b->on) != 0 || a->p_best != b->p_best ||
        a->tco_usd != b->tco_usd || a->n_prices != b->n_prices)
        return false;
    for (int i = 0; i < a->n_prices; i++) {
        if (strcmp(a->prices[i].arm, b->prices[i].arm) != 0)
            return false;
        const double p[] = { a->prices[i].input_usd_mtok, a->prices[i].output_usd_mtok, a->prices[i].gpu_price_usd_h };
        const double q[] = { b->prices[i].input_usd_mtok, b->prices[i].output_usd_mtok, b->prices[i].gpu_price_usd_h };
        for (int k = 0; k < 3; k++) /* unknown equals unknown */
            if (p[k] != q[k] && (p[k] == p[k] || q[k] == q[k]))
                return false;
    }
    return true;
}

bool
scenario_equal(const struct scenario *a, const struct scenario *b)
{
    if (a->n_arms != b->n_arms || a->n_pilots != b->n_pilots || a->n_sources != b->n_sources)
        return false;
    for (int k = 0; k < scenario_fields_n; k++) {
        struct field_ref ref = { &scenario_fields[k], -1 };
        if (!equal_value(ref.field, field_value(a, ref), field_value(b, ref)))
            return false;
    }
    for (int i = 0; i < a->n_arms; i++)
        if (!equal_arm(a, b, i))
            return false;
    for (int i = 0; i < a->n_pilots; i++)
        if (a->pilots[i].n != b->pilots[i].n || a->pilots[i].right != b->pilots[i].right ||
            a->pilots[i].total != b->pilots[i].total)
            return false;
    for (int i = 0; i < a->n_sources; i++)
        if (strcmp(a->sources[i].path, b->sources[i].path) != 0 ||
            strcmp(a->sources[i].text, b->sources[i].text) != 0)
            return false;
    return equal_decision(&a->decision, &b->decision);
}
