/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "save.h"

/*
 * Saving keeps the person's file: the differences between what the file says and the
 * scenario in memory are spliced into its bytes.  The result is loaded again and must equal
 * the scenario, else nothing is given out.
 */

/* What was written may give a meaning to something else in the file (a currency, a kind, an
 * arm that was missing), so what is loaded again is compared again. */
#define PASSES 3

/* ---- single edits -------------------------------------------------------------------------- */

static int
take(struct saver *s, int status, char *made, size_t n)
{
    if (status < 0)
        return -1;
    free(s->text);
    s->text = made;
    s->n = n;
    return 0;
}

int
saver_put(struct saver *s, const char *path, const char *value, bool raw)
{
    struct splice_edit edit = { path, value, raw };
    char *made = NULL;
    size_t n = 0;
    int status = splice_apply(&made, &n, s->text, s->n, &edit, 1, s->err);

    return take(s, status, made, n);
}

int
saver_rename(struct saver *s, const char *path, const char *new_key)
{
    char *made = NULL;
    size_t n = 0;
    int status = splice_rename_key(&made, &n, s->text, s->n, path, new_key, s->err);

    return take(s, status, made, n);
}

int
saver_move(struct saver *s, const char *path, int to)
{
    char *made = NULL;
    size_t n = 0;
    int status = splice_move_key(&made, &n, s->text, s->n, path, to, s->err);

    return take(s, status, made, n);
}

int
saver_put_field(struct saver *s, struct field_ref ref)
{
    char path[112], text[FIELD_TEXT_BYTES];
    struct buffer list;

    field_path(s->sc, ref, path, sizeof path);
    field_get_text(s->sc, ref, text, sizeof text, s->catalog);
    if (ref.field->type != &field_set) {
        /* where the key's absence would mean a default, nothing must be said */
        bool out = text[0] == '\0' && (ref.field->initial == NULL || ref.field->initial[0] == '\0');
        return saver_put(s, path, out ? NULL : text, false);
    }
    buffer_init(&list);
    put_yaml_value(&list, ref.field, text);
    int status = list.failed ? error_set(s->err, ERR_BUG, "no memory to save") : saver_put(s, path, list.text, true);
    buffer_release(&list);
    return status;
}

int
saver_put_changed(struct saver *s, struct field_ref old, struct field_ref ref)
{
    char before[FIELD_TEXT_BYTES], after[FIELD_TEXT_BYTES];

    field_get_text(s->old, old, before, sizeof before, s->catalog);
    field_get_text(s->sc, ref, after, sizeof after, s->catalog);
    return strcmp(before, after) == 0 ? 0 : saver_put_field(s, ref);
}

/* ---- passes ---------------------------------------------------------------------------------- */

static int
read_text(struct saver *s, struct problems *found)
{
    problems_init(found);
    return scenario_parse(s->old, s->text, s->n, s->catalog, found, s->err);
}

static int
save_differences(struct saver *s)
{
    for (int k = 0; k < scenario_fields_n; k++) {
        struct field_ref ref = { &scenario_fields[k], -1 };
        if (saver_put_changed(s, ref, ref) < 0)
            return -1;
    }
    if (save_arms(s) < 0 || save_pilots(s) < 0 || save_sources(s) < 0)
        return -1;
    return save_decision(s);
}

/* An arm that had no room when the file was loaded: it has now, if another was taken out, and
 * would be lost if it were taken for one that is gone. */
static int
refuse_late_comers(const struct saver *s)
{
    for (int a = 0; a < s->old->n_arms; a++)
        if (scenario_find_arm(s->sc, s->old->arms[a].name) < 0)
            return error_set(s->err, ERR_CONFLICT, "the file has an arm %s that was not loaded; mend or take it out by hand first",
                             s->old->arms[a].name);
    return 0;
}

/* The first field that the text has otherwise, for the words of a refusal. */
static void
name_difference(const struct saver *s, char *out, size_t size)
{
    char a[FIELD_TEXT_BYTES], b[FIELD_TEXT_BYTES];
    struct field_ref ref, other;
    struct error ignored;

    text_copy(out, size, "what is no field");
    for (int i = 0; field_each(s->sc, i, &ref); i++) {
        char path[112];
        field_path(s->sc, ref, path, sizeof path);
        if (field_find(s->old, path, &other, &ignored) == 0 &&
            strcmp(field_get_text(s->sc, ref, a, sizeof a, s->catalog),
                   field_get_text(s->old, other, b, sizeof b, s->catalog)) == 0)
            continue;
        text_copy(out, size, path);
        return;
    }
}

static int
save_in_passes(struct saver *s, struct problems *found)
{
    char place[112];

    for (int pass = 0; pass <= PASSES; pass++) {
        if (read_text(s, found) < 0)
            return -1;
        if (scenario_equal(s->old, s->sc))
            return 0;
        if (pass == PASSES)
            break;
        if ((pass > 0 && refuse_late_comers(s) < 0) || save_differences(s) < 0)
            return -1;
    }
    name_difference(s, place, sizeof place);
    return error_set(s->err, ERR_BUG, "the file would not read back to the same scenario (%s differs); nothing was written", place);
}

/* ---- the whole --------------------------------------------------------------------------------------- */

static int
begin_text(struct saver *s, const char *text, size_t n)
{
    struct buffer b;

    buffer_init(&b);
    if (text != NULL)
        buffer_add(&b, text, n);
    else
        put_yaml_scenario(&b, s->sc, s->old, s->catalog);
    s->n = b.n;
    s->text = buffer_steal(&b);
    return s->text != NULL ? 0 : error_set(s->err, ERR_BUG, "no memory to save");
}

int
scenario_splice(const struct scenario *sc, const char *text, size_t n, const struct catalog *catalog, char **out,
                size_t *out_n, struct error *err)
{
    struct problems *found = malloc(sizeof *found);
    struct saver s = { NULL, 0, sc, malloc(sizeof *s.old), catalog, err };
    int status;

    if (s.old == NULL || found == NULL)
        status = error_set(err, ERR_BUG, "no memory to save");
    else
        status = begin_text(&s, text, n);
    if (status == 0)
        status = save_in_passes(&s, found);
    free(s.old);
    free(found);
    if (status == 0) {
        *out = s.text;
        *out_n = s.n;
    } else
        free(s.text);
    return status;
}

int
scenario_save(struct scenario_file *f, const char *path, bool force, const struct catalog *catalog, struct error *err)
{
    bool elsewhere = path != NULL && strcmp(path, f->path) != 0;
    struct file_stamp stamp;
    char *text;
    size_t n;

    if (path != NULL && strlen(path) >= sizeof f->path)
        return error_set(err, ERR_IO, "the path is too long");
    if (scenario_splice(&f->scenario, f->text, f->n, catalog, &text, &n, err) < 0)
        return -1;
    const struct file_stamp none = { .exists = false }, *expect = force ? NULL : elsewhere ? &none : &f->stamp;
    if (file_write(elsewhere ? path : f->path, text, n, expect, &stamp, err) < 0) {
        free(text);
        return -1;
    }
    if (elsewhere)
        text_copy(f->path, sizeof f->path, path);
    free(f->text);
    f->text = text;
    f->n = n;
    f->stamp = stamp;
    return 0;
}
