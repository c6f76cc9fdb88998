/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "save.h"

/* Arms of a file become arms of a scenario: renamed, taken out, changed, added, put in order. */

static char *
arm_path(const char *name, const char *key, char *out, size_t size)
{
    snprintf(out, size, key != NULL ? "arms.%s.%s" : "arms.%s", name, key);
    return out;
}

static bool
is_kind(const struct field *f)
{
    return f->offset == offsetof(struct arm, kind);
}

/* ---- renamed arms ------------------------------------------------------------------------------ */

/* In how many fields the two differ, of those that their kind has. */
static int
differing_fields(const struct saver *s, int b, int a)
{
    char before[FIELD_TEXT_BYTES], after[FIELD_TEXT_BYTES];
    int n = 0;

    for (int k = 0; k < arm_fields_n; k++) {
        struct field_ref old = { &arm_fields[k], b }, ref = { &arm_fields[k], a };
        if (field_applies(&arm_fields[k], s->sc->arms[a].kind))
            n += strcmp(field_get_text(s->old, old, before, sizeof before, s->catalog),
                        field_get_text(s->sc, ref, after, sizeof after, s->catalog)) != 0;
    }
    return n;
}

/* The arm of the file that an arm with a new name was before: of the same kind, its own name
 * gone; at the same place, or else nearly the same. -1: it is new. */
static int
former_arm(const struct saver *s, int a)
{
    int best = -1, least = 3;

    for (int b = 0; b < s->old->n_arms; b++) {
        if (s->old->arms[b].kind != s->sc->arms[a].kind || scenario_find_arm(s->sc, s->old->arms[b].name) >= 0)
            continue;
        if (b == a && s->old->n_arms == s->sc->n_arms)
            return b;
        int n = differing_fields(s, b, a);
        if (n < least) {
            least = n;
            best = b;
        }
    }
    return best;
}

static int
rename_arms(struct saver *s)
{
    char path[64];

    for (int a = 0; a < s->sc->n_arms; a++) {
        const char *name = s->sc->arms[a].name;
        int b = scenario_find_arm(s->old, name) < 0 ? former_arm(s, a) : -1;
        if (b < 0)
            continue;
        if (saver_rename(s, arm_path(s->old->arms[b].name, NULL, path, sizeof path), name) < 0)
            return -1;
        text_copy(s->old->arms[b].name, sizeof s->old->arms[b].name, name);
    }
    return 0;
}

/* ---- taken out, changed, added -------------------------------------------------------------------- */

static int
remove_arms(struct saver *s)
{
    char path[64];

    for (int b = 0; b < s->old->n_arms; b++)
        if (scenario_find_arm(s->sc, s->old->arms[b].name) < 0 &&
            saver_put(s, arm_path(s->old->arms[b].name, NULL, path, sizeof path), NULL, false) < 0)
            return -1;
    return 0;
}

/* Keys that the arm's kind has not would be refused at the next load. */
static int
drop_foreign_keys(struct saver *s, int a)
{
    char path[112];
    const char *keys[128];
    struct document *doc;
    int n = 0;

    if (document_parse_yaml(&doc, s->text, s->n, s->err) < 0)
        return -1;
    const struct node *arm = node_get(node_get(document_root(doc), "arms"), s->sc->arms[a].name);
    for (int k = 0; k < arm_fields_n && n < (int)BE_LEN(keys); k++)
        if (!field_applies(&arm_fields[k], s->sc->arms[a].kind) && node_key(arm, arm_fields[k].key) != NULL)
            keys[n++] = arm_fields[k].key;
    document_free(doc);
    for (int k = 0; k < n; k++)
        if (saver_put(s, arm_path(s->sc->arms[a].name, keys[k], path, sizeof path), NULL, false) < 0)
            return -1;
    return 0;
}

/* The kind alone: with it the file's keys are read otherwise, so they wait for the next pass. */
static int
put_kind(struct saver *s, int a)
{
    char path[112];

    if (saver_put(s, arm_path(s->sc->arms[a].name, "kind", path, sizeof path), arm_kind_word(s->sc->arms[a].kind), false) < 0)
        return -1;
    return drop_foreign_keys(s, a);
}

static int
change_arm(struct saver *s, int b, int a)
{
    if (s->old->arms[b].kind != s->sc->arms[a].kind)
        return put_kind(s, a);
    for (int k = 0; k < arm_fields_n; k++) {
        const struct field *f = &arm_fields[k];
        if (!is_kind(f) && field_applies(f, s->sc->arms[a].kind) &&
            saver_put_changed(s, (struct field_ref){ f, b }, (struct field_ref){ f, a }) < 0)
            return -1;
    }
    return 0;
}

/* Its kind, then what differs from that kind's defaults. */
static int
add_arm(struct saver *s, int a)
{
    struct error ignored;

    if (put_kind(s, a) < 0)
        return -1;
    if (s->old->n_arms == ARMS_MAX) /* an arm taken out left room in the file, not yet in "old" */
        return 0;
    int b = scenario_add_arm(s->old, s->sc->arms[a].name, s->sc->arms[a].kind, &ignored);
    return b >= 0 ? change_arm(s, b, a) : 0;
}

/* ---- order --------------------------------------------------------------------------------------- */

/* The place in the file of arm number a, counting those alone that the scenario has. Entries
 * that could not be read stay where they are. */
static int
place_in_text(const struct saver *s, int a, char name[NAME_MAX_BYTES])
{
    struct document *doc;
    int place = -1;

    if (document_parse_yaml(&doc, s->text, s->n, s->err) < 0)
        return -1;
    const struct node *arms = node_get(document_root(doc), "arms");
    for (size_t k = 0; arms != NULL && arms->kind == NODE_MAPPING && k < arms->n && place < 0; k++)
        if (scenario_find_arm(s->sc, arms->keys[k].text) >= 0 && a-- == 0) {
            place = (int)k;
            text_copy(name, NAME_MAX_BYTES, arms->keys[k].text);
        }
    document_free(doc);
    return place >= 0 ? place : error_set(s->err, ERR_BUG, "the arms are not in the text");
}

static int
sort_arms(struct saver *s)
{
    char name[NAME_MAX_BYTES], path[64];

    for (int a = 0; a < s->sc->n_arms; a++) {
        int place = place_in_text(s, a, name);
        if (place < 0)
            return -1;
        if (strcmp(name, s->sc->arms[a].name) != 0 &&
            saver_move(s, arm_path(s->sc->arms[a].name, NULL, path, sizeof path), place) < 0)
            return -1;
    }
    return 0;
}

int
save_arms(struct saver *s)
{
    if (rename_arms(s) < 0 || remove_arms(s) < 0)
        return -1;
    for (int a = 0; a < s->sc->n_arms; a++) {
        int b = scenario_find_arm(s->old, s->sc->arms[a].name);
        if ((b >= 0 ? change_arm(s, b, a) : add_arm(s, a)) < 0)
            return -1;
    }
    return sort_arms(s);
}
