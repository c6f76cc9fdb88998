/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

/*
 * Saving keeps the person's file: the differences between what the file says and the
 * scenario in memory are spliced into its bytes.  The result is loaded again and must equal
 * the scenario, else nothing is given out.
 */

#define VALUE_BYTES 1024

struct saver {
    char *text;
    size_t n;
    const struct scenario *sc;
    const struct catalog *catalog;
    struct error *err;
};

/* ---- single edits -------------------------------------------------------------------------- */

static int
put(struct saver *s, const char *path, const char *value, bool raw)
{
    struct splice_edit edit = { path, value, raw };
    char *made;
    size_t n;

    if (splice_apply(&made, &n, s->text, s->n, &edit, 1, s->err) < 0)
        return -1;
    free(s->text);
    s->text = made;
    s->n = n;
    return 0;
}

/* A set is written as a list, everything else as its text; nothing means: take it out. */
static int
put_field(struct saver *s, struct field_ref ref, const char *text)
{
    char path[112], list[VALUE_BYTES + 2];

    field_path(s->sc, ref, path, sizeof path);
    if (ref.field->type == &field_set) {
        snprintf(list, sizeof list, "[%s]", strcmp(text, "none") == 0 ? "" : text);
        return put(s, path, list, true);
    }
    return put(s, path, text[0] != '\0' ? text : NULL, false);
}

static int
put_if_changed(struct saver *s, const struct scenario *old, struct field_ref old_ref, struct field_ref ref)
{
    char before[VALUE_BYTES], after[VALUE_BYTES];

    field_get_text(old, old_ref, before, sizeof before, s->catalog);
    field_get_text(s->sc, ref, after, sizeof after, s->catalog);
    return strcmp(before, after) == 0 ? 0 : put_field(s, ref, after);
}

/* ---- arms ------------------------------------------------------------------------------------- */

static int
key_operation(struct saver *s, int (*operation)(char **, size_t *, const char *, size_t, const char *, const char *,
                                                struct error *),
              const char *path, const char *name)
{
    char *made;
    size_t n;

    if (operation(&made, &n, s->text, s->n, path, name, s->err) < 0)
        return -1;
    free(s->text);
    s->text = made;
    s->n = n;
    return 0;
}

/* An arm that stands where another stood, both names new to the other side, was renamed. */
static bool
was_renamed(const struct scenario *old, const struct scenario *sc, int a)
{
    return old->n_arms == sc->n_arms && scenario_find_arm(old, sc->arms[a].name) < 0 &&
           scenario_find_arm(sc, old->arms[a].name) < 0 && old->arms[a].kind == sc->arms[a].kind;
}

static int
rename_arms(struct saver *s, struct scenario *old)
{
    char path[64];

    for (int a = 0; a < s->sc->n_arms; a++)
        if (a < old->n_arms && was_renamed(old, s->sc, a)) {
            snprintf(path, sizeof path, "arms.%s", old->arms[a].name);
            if (key_operation(s, splice_rename_key, path, s->sc->arms[a].name) < 0)
                return -1;
            text_copy(old->arms[a].name, sizeof old->arms[a].name, s->sc->arms[a].name);
        }
    return 0;
}

static int
remove_arms(struct saver *s, const struct scenario *old)
{
    char path[64];

    for (int a = 0; a < old->n_arms; a++)
        if (scenario_find_arm(s->sc, old->arms[a].name) < 0) {
            snprintf(path, sizeof path, "arms.%s", old->arms[a].name);
            if (put(s, path, NULL, false) < 0)
                return -1;
        }
    return 0;
}

/* Keys that the arm's new kind has not would be refused at the next load. */
static int
drop_foreign_keys(struct saver *s, int a)
{
    char path[112];

    for (int k = 0; k < arm_fields_n; k++)
        if (!field_applies(&arm_fields[k], s->sc->arms[a].kind)) {
            snprintf(path, sizeof path, "arms.%s.%s", s->sc->arms[a].name, arm_fields[k].key);
            if (put(s, path, NULL, false) < 0)
                return -1;
        }
    return 0;
}

/* A new arm: its kind, then what differs from that kind's defaults. */
static int
write_arm(struct saver *s, int a, struct scenario *blank)
{
    char path[112];
    struct error ignored;

    snprintf(path, sizeof path, "arms.%s.kind", s->sc->arms[a].name);
    if (put(s, path, arm_kind_word(s->sc->arms[a].kind), false) < 0)
        return -1;
    scenario_init(blank);
    int b = scenario_add_arm(blank, s->sc->arms[a].name, s->sc->arms[a].kind, &ignored);
    for (int k = 0; b >= 0 && k < arm_fields_n; k++) {
        const struct field *f = &arm_fields[k];
        if (strcmp(f->key, "kind") == 0 || !field_applies(f, s->sc->arms[a].kind))
            continue;
        if (put_if_changed(s, blank, (struct field_ref){ f, b }, (struct field_ref){ f, a }) < 0)
            return -1;
    }
    return 0;
}

static int
change_arm(struct saver *s, const struct scenario *old, int b, int a, struct scenario *scratch)
{
    char path[112];

    if (old->arms[b].kind != s->sc->arms[a].kind) {
        snprintf(path, sizeof path, "arms.%s.kind", s->sc->arms[a].name);
        if (put(s, path, arm_kind_word(s->sc->arms[a].kind), false) < 0 || drop_foreign_keys(s, a) < 0)
            return -1;
        /* what the file says of the arm is now read as the new kind */
        struct problems *found = malloc(sizeof *found);
        struct error ignored;
        if (found == NULL)
            return error_set(s->err, ERR_BUG, "no memory to save");
        problems_init(found);
        int status = scenario_parse(scratch, s->text, s->n, s->catalog, found, &ignored);
        free(found);
        b = status == 0 ? scenario_find_arm(scratch, s->sc->arms[a].name) : -1;
        if (b < 0)
            return error_set(s->err, ERR_BUG, "arms.%s cannot be read back", s->sc->arms[a].name);
        old = scratch;
    }
    for (int k = 0; k < arm_fields_n; k++) {
        const struct field *f = &arm_fields[k];
        if (strcmp(f->key, "kind") == 0 || !field_applies(f, s->sc->arms[a].kind))
            continue;
        if (put_if_changed(s, old, (struct field_ref){ f, b }, (struct field_ref){ f, a }) < 0)
            return -1;
    }
    return 0;
}

/* The names below arms: as the text has them now. */
static int
order_in_text(const struct saver *s, char names[][NAME_MAX_BYTES], int max)
{
    struct document *doc;
    struct error ignored;
    int n = 0;

    if (document_parse_yaml(&doc, s->text, s->n, &ignored) < 0)
        return -1;
    const struct node *arms = node_get(document_root(doc), "arms");
    if (arms != NULL && arms->kind == NODE_MAPPING && arms->n <= (size_t)max)
        for (size_t k = 0; k < arms->n; k++)
            text_copy(names[n++], NAME_MAX_BYTES, arms->keys[k].text);
    document_free(doc);
    return n;
}

static int
sort_arms(struct saver *s)
{
    char names[ARMS_MAX][NAME_MAX_BYTES], path[64], *made;
    size_t n;

    for (int a = 0; a < s->sc->n_arms; a++) {
        if (order_in_text(s, names, ARMS_MAX) != s->sc->n_arms)
            return 0; /* arms that could not be read stand between: leave them */
        if (strcmp(names[a], s->sc->arms[a].name) == 0)
            continue;
        snprintf(path, sizeof path, "arms.%s", s->sc->arms[a].name);
        if (splice_move_key(&made, &n, s->text, s->n, path, a, s->err) < 0)
            return -1;
        free(s->text);
        s->text = made;
        s->n = n;
    }
    return 0;
}

static int
save_arms(struct saver *s, struct scenario *old, struct scenario *blank)
{
    if (rename_arms(s, old) < 0 || remove_arms(s, old) < 0)
        return -1;
    for (int a = 0; a < s->sc->n_arms; a++) {
        int b = scenario_find_arm(old, s->sc->arms[a].name);
        if ((b >= 0 ? change_arm(s, old, b, a, blank) : write_arm(s, a, blank)) < 0)
            return -1;
    }
    return sort_arms(s);
}

/* ---- what is no field ----------------------------------------------------------------------------- */

static int
save_pilots(struct saver *s, const struct scenario *old)
{
    struct buffer b;
    bool same = old->n_pilots == s->sc->n_pilots;
    int status;

    for (int k = 0; same && k < s->sc->n_pilots; k++)
        same = old->pilots[k].n == s->sc->pilots[k].n && old->pilots[k].right == s->sc->pilots[k].right &&
               old->pilots[k].total == s->sc->pilots[k].total;
    if (same)
        return 0;
    buffer_init(&b);
    buffer_putc(&b, '[');
    for (int k = 0; k < s->sc->n_pilots; k++)
        buffer_printf(&b, "%s{n: %d, right: %d, total: %d}", k > 0 ? ", " : "", s->sc->pilots[k].n, s->sc->pilots[k].right,
                      s->sc->pilots[k].total);
    buffer_putc(&b, ']');
    status = put(s, "pilots", s->sc->n_pilots > 0 ? b.text : NULL, true);
    buffer_release(&b);
    return status;
}

static int
save_sources(struct saver *s, const struct scenario *old)
{
    struct buffer b;
    bool same = old->n_sources == s->sc->n_sources;
    int status;

    for (int k = 0; same && k < s->sc->n_sources; k++)
        same = strcmp(old->sources[k].path, s->sc->sources[k].path) == 0 &&
               strcmp(old->sources[k].text, s->sc->sources[k].text) == 0;
    if (same)
        return 0;
    buffer_init(&b);
    buffer_putc(&b, '{');
    for (int k = 0; k < s->sc->n_sources; k++) {
        buffer_puts(&b, k > 0 ? ", " : "");
        yaml_put_scalar(&b, s->sc->sources[k].path);
        buffer_puts(&b, ": ");
        yaml_put_scalar(&b, s->sc->sources[k].text);
    }
    buffer_putc(&b, '}');
    status = put(s, "sources", s->sc->n_sources > 0 ? b.text : NULL, true);
    buffer_release(&b);
    return status;
}

static void
put_price(struct buffer *b, const char *key, double value, bool *first)
{
    char number[40];

    if (!isfinite(value))
        return;
    buffer_printf(b, "%s%s: %s", *first ? "" : ", ", key, number_exact(number, sizeof number, value));
    *first = false;
}

static int
save_decision(struct saver *s, const struct scenario *old)
{
    const struct decision *d = &s->sc->decision;
    struct buffer b;
    char number[40], date[16];
    int status;

    if (memcmp(d, &old->decision, sizeof *d) == 0)
        return 0;
    buffer_init(&b);
    buffer_puts(&b, "{pick: ");
    yaml_put_scalar(&b, d->pick);
    buffer_printf(&b, ", on: %s", date_print(date, sizeof date, d->on, true));
    buffer_printf(&b, ", p_best: %s", number_exact(number, sizeof number, d->p_best));
    buffer_printf(&b, ", tco_usd: %s, prices: {", number_exact(number, sizeof number, d->tco_usd));
    for (int k = 0; k < d->n_prices; k++) {
        bool first = true;
        buffer_puts(&b, k > 0 ? ", " : "");
        yaml_put_scalar(&b, d->prices[k].arm);
        buffer_puts(&b, ": {");
        put_price(&b, "input_usd_mtok", d->prices[k].input_usd_mtok, &first);
        put_price(&b, "output_usd_mtok", d->prices[k].output_usd_mtok, &first);
        put_price(&b, "gpu_price_usd_h", d->prices[k].gpu_price_usd_h, &first);
        buffer_putc(&b, '}');
    }
    buffer_puts(&b, "}}");
    status = put(s, "decision", d->present ? b.text : NULL, true);
    buffer_release(&b);
    return status;
}

/* ---- the whole --------------------------------------------------------------------------------------- */

static int
save_all(struct saver *s, struct scenario *old, struct scenario *blank)
{
    for (int k = 0; k < scenario_fields_n; k++) {
        struct field_ref ref = { &scenario_fields[k], -1 };
        if (put_if_changed(s, old, ref, ref) < 0)
            return -1;
    }
    if (save_arms(s, old, blank) < 0 || save_pilots(s, old) < 0 || save_sources(s, old) < 0)
        return -1;
    return save_decision(s, old);
}

static int
verify(struct saver *s, struct scenario *again)
{
    struct problems *found = malloc(sizeof *found);
    int status;

    if (found == NULL)
        return error_set(s->err, ERR_BUG, "no memory to check the file");
    problems_init(found);
    status = scenario_parse(again, s->text, s->n, s->catalog, found, s->err);
    free(found);
    if (status == 0 && !scenario_equal(again, s->sc))
        status = error_set(s->err, ERR_BUG, "the file as it would be written does not read back to the same scenario; nothing was written");
    return status;
}

int
scenario_splice(const struct scenario *sc, const char *text, size_t n, const struct catalog *catalog, char **out,
                size_t *out_n, struct error *err)
{
    static const char fresh[] = "breakeven: 1\n";
    struct scenario *old = malloc(sizeof *old), *blank = malloc(sizeof *blank);
    struct problems *found = malloc(sizeof *found);
    struct saver s = { NULL, 0, sc, catalog, err };
    int status = -1;

    if (text == NULL) {
        text = fresh;
        n = sizeof fresh - 1;
    }
    s.text = malloc(n + 1);
    if (old == NULL || blank == NULL || found == NULL || s.text == NULL)
        error_set(err, ERR_BUG, "no memory to save");
    else {
        memcpy(s.text, text, n);
        s.text[n] = '\0';
        s.n = n;
        problems_init(found);
        status = scenario_parse(old, text, n, catalog, found, err);
        if (status == 0)
            status = save_all(&s, old, blank);
        if (status == 0)
            status = verify(&s, blank);
    }
    free(old);
    free(blank);
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
