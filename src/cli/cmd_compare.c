/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/*
 * Scenarios side by side: what was written differently, what each alone would do to the
 * verdict of the first, and the verdicts.
 */

#define VALUE_BYTES 512
#define CELL_COLUMNS 28 /* a longer value is cut in the text, never in JSON */

struct side {
    struct scenario scenario; /* as typed */
    struct answer *answer;
    char name[64];
    /* of the field that is looked at */
    bool value_known;
    char value[VALUE_BYTES];
    const struct quantity *quantity; /* NULL: no figure */
};

/* What one difference alone makes of the first scenario. */
struct alone {
    bool done;                /* false: the first scenario cannot have it alone */
    char pick[NAME_MAX_BYTES];
    double tco_mean_usd;      /* of that pick */
};

struct difference {
    char path[112];
    char **values;            /* one a file, NULL: none */
    struct alone *alone;
};

struct comparison {
    const struct catalog *catalog;
    struct solve_options options;
    char *const *paths;
    struct side *sides;
    int n;
    struct difference *list;
    int n_list, cap;
    struct scenario *work;
};

/* ---- values ------------------------------------------------------------------------------ */

/* The figure in force: typed, or what catalog, kind or scenario supply. Choices and texts as typed,
 * since resolving writes some of them otherwise. */
static void
value_of(struct side *s, const struct field *f, const char *arm, const struct catalog *cat)
{
    struct field_ref ref = { f, arm != NULL ? scenario_find_arm(&s->scenario, arm) : -1 };

    s->value[0] = '\0';
    s->value_known = false;
    s->quantity = NULL;
    if (arm != NULL && (ref.arm < 0 || !field_applies(f, s->scenario.arms[ref.arm].kind)))
        return;
    field_get_text(&s->scenario, ref, s->value, sizeof s->value, cat);
    if (s->value[0] == '\0' && field_is_quantity(f))
        field_get_text(&s->answer->setup.sc, ref, s->value, sizeof s->value, cat);
    if (field_is_quantity(f))
        s->quantity = field_value(field_is_set(&s->scenario, ref) ? &s->scenario : &s->answer->setup.sc, ref);
    s->value_known = s->value[0] != '\0';
}

static bool
typed_alike(const struct comparison *c, const struct field *f, const char *arm)
{
    char first[VALUE_BYTES], other[VALUE_BYTES];

    for (int k = 0; k < c->n; k++) {
        const struct scenario *sc = &c->sides[k].scenario;
        struct field_ref ref = { f, arm != NULL ? scenario_find_arm(sc, arm) : -1 };
        if (arm != NULL && ref.arm < 0)
            return true; /* the whole arm is the difference */
        if (arm != NULL && !field_applies(f, sc->arms[ref.arm].kind))
            other[0] = '\0';
        else
            field_get_text(sc, ref, other, sizeof other, c->catalog);
        if (k > 0 && strcmp(first, other) != 0)
            return false;
        text_copy(first, sizeof first, other);
    }
    return true;
}

/* $2.5 and $2.50 are one figure. */
static bool
two_alike(const struct side *x, const struct side *y)
{
    const struct quantity *p = x->quantity, *q = y->quantity;

    if (x->value_known != y->value_known)
        return false;
    if (p != NULL && q != NULL && p->kind == q->kind && p->a == q->a && p->b == q->b && p->c == q->c)
        return true;
    return strcmp(x->value, y->value) == 0;
}

static bool
values_alike(const struct comparison *c)
{
    for (int k = 1; k < c->n; k++)
        if (!two_alike(&c->sides[0], &c->sides[k]))
            return false;
    return true;
}

/* ---- the list of differences ---------------------------------------------------------------- */

static int
remember(struct comparison *c, const char *path, struct error *err)
{
    if (c->n_list == c->cap) {
        int cap = c->cap > 0 ? 2 * c->cap : 64;
        struct difference *list = realloc(c->list, (size_t)cap * sizeof *list);
        if (list == NULL)
            return error_set(err, ERR_BUG, "no memory for the differences");
        c->list = list;
        c->cap = cap;
    }
    struct difference *d = &c->list[c->n_list];
    text_copy(d->path, sizeof d->path, path);
    d->values = calloc((size_t)c->n, sizeof *d->values);
    d->alone = calloc((size_t)c->n, sizeof *d->alone);
    c->n_list++;
    if (d->values == NULL || d->alone == NULL)
        return error_set(err, ERR_BUG, "no memory for the differences");
    for (int k = 0; k < c->n; k++)
        if (c->sides[k].value_known && (d->values[k] = strdup(c->sides[k].value)) == NULL)
            return error_set(err, ERR_BUG, "no memory for the differences");
    return 0;
}

/* The first scenario with the field as another has it. */
static int
solve_alone(struct comparison *c, struct alone *out, const struct field *f, const char *arm, int other, struct error *err)
{
    const struct scenario *from = &c->sides[other].scenario;
    struct field_ref to = { f, -1 }, at = { f, -1 };
    char text[VALUE_BYTES];
    struct answer *an = NULL;
    struct error why;

    *c->work = c->sides[0].scenario;
    if (arm != NULL) {
        to.arm = scenario_find_arm(c->work, arm);
        at.arm = scenario_find_arm(from, arm);
        if (!field_applies(f, c->work->arms[to.arm].kind) || !field_applies(f, from->arms[at.arm].kind))
            return 0;
    }
    field_get_text(from, at, text, sizeof text, c->catalog);
    if (field_set_text(c->work, to, text, c->catalog, &why) < 0 || scenario_refuse(c->work, c->catalog, NULL, &why) < 0)
        return 0;
    if (decide(&an, c->work, c->catalog, "", &c->options, DEPTH_VERDICT, NULL, err) < 0)
        return -1;
    int pick = an->verdict.pick;
    out->done = true;
    text_copy(out->pick, sizeof out->pick, pick >= 0 ? an->arms[pick].name : "");
    out->tco_mean_usd = pick >= 0 ? an->arms[pick].tco_usd.mean : NAN;
    answer_free(an);
    return 0;
}

static int
compare_field(struct comparison *c, const struct field *f, const char *arm, struct error *err)
{
    char path[112];

    if (typed_alike(c, f, arm))
        return 0;
    for (int k = 0; k < c->n; k++)
        value_of(&c->sides[k], f, arm, c->catalog);
    if (values_alike(c))
        return 0;
    if (arm != NULL)
        snprintf(path, sizeof path, "arms.%s.%s", arm, f->key);
    else
        text_copy(path, sizeof path, f->key);
    if (remember(c, path, err) < 0)
        return -1;
    struct difference *d = &c->list[c->n_list - 1];
    for (int k = 1; k < c->n && f->affects != AFFECTS_NOTHING; k++) {
        const char *a = d->values[0], *b = d->values[k];
        bool same = a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
        if (!same && solve_alone(c, &d->alone[k], f, arm, k, err) < 0)
            return -1;
    }
    return 0;
}

static void
pilots_text(struct side *s)
{
    struct buffer b;

    buffer_init(&b);
    for (int k = 0; k < s->scenario.n_pilots; k++) {
        const struct pilot *p = &s->scenario.pilots[k];
        buffer_printf(&b, "%s%d:%d/%d", k > 0 ? "," : "", p->n, p->right, p->total);
    }
    s->value_known = b.n > 0;
    s->quantity = NULL;
    text_copy(s->value, sizeof s->value, b.text);
    buffer_release(&b);
}

static int
compare_arm(struct comparison *c, const char *name, struct error *err)
{
    char path[112];

    for (int k = 0; k < c->n; k++) {
        int arm = scenario_find_arm(&c->sides[k].scenario, name);
        c->sides[k].value_known = arm >= 0;
        c->sides[k].quantity = NULL;
        text_copy(c->sides[k].value, sizeof c->sides[k].value, arm >= 0 ? "present" : "");
    }
    snprintf(path, sizeof path, "arms.%s", name);
    if (!values_alike(c))
        return remember(c, path, err);
    for (int k = 0; k < arm_fields_n; k++)
        if (compare_field(c, &arm_fields[k], name, err) < 0)
            return -1;
    return 0;
}

static bool
seen_before(const struct comparison *c, int side, const char *name)
{
    for (int k = 0; k < side; k++)
        if (scenario_find_arm(&c->sides[k].scenario, name) >= 0)
            return true;
    return false;
}

static int
find_differences(struct comparison *c, struct error *err)
{
    for (int k = 0; k < scenario_fields_n; k++)
        if (compare_field(c, &scenario_fields[k], NULL, err) < 0)
            return -1;
    for (int k = 0; k < c->n; k++)
        pilots_text(&c->sides[k]);
    if (!values_alike(c) && remember(c, "pilots", err) < 0)
        return -1;
    for (int k = 0; k < c->n; k++)
        for (int a = 0; a < c->sides[k].scenario.n_arms; a++) {
            const char *name = c->sides[k].scenario.arms[a].name;
            if (!seen_before(c, k, name) && compare_arm(c, name, err) < 0)
                return -1;
        }
    return 0;
}

/* ---- JSON -------------------------------------------------------------------------------------- */

static void
put_alone(struct json *j, const struct comparison *c, const struct difference *d)
{
    json_key(j, "alone");
    json_array(j);
    for (int k = 0; k < c->n; k++) {
        if (!d->alone[k].done) {
            json_null(j);
            continue;
        }
        json_object(j);
        json_put_string(j, "pick", d->alone[k].pick[0] != '\0' ? d->alone[k].pick : NULL);
        json_put_number(j, "tco_mean_usd", d->alone[k].tco_mean_usd);
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void
put_verdict(struct json *j, const struct side *s)
{
    const struct answer *an = s->answer;
    int pick = an->verdict.pick;

    json_object(j);
    json_put_string(j, "scenario", s->name);
    json_put_string(j, "pick", pick >= 0 ? an->arms[pick].name : NULL);
    json_put_string(j, "kind", pick >= 0 ? arm_kind_word(an->arms[pick].kind) : NULL);
    json_put_string(j, "confidence", confidence_word(an->verdict.confidence));
    json_put_number(j, "p_best", an->verdict.p_best);
    json_put_number(j, "expected_regret_usd", an->verdict.regret_usd);
    json_put_number(j, "tokens_per_day", an->tokens_per_day);
    json_put_number(j, "horizon_months", an->horizon_months);
    json_key(j, "arms");
    json_array(j);
    for (int a = 0; a < an->n_arms; a++) {
        json_object(j);
        json_put_string(j, "name", an->arms[a].name);
        json_put_string(j, "kind", arm_kind_word(an->arms[a].kind));
        json_put_bool(j, "passes", an->arms[a].passes);
        json_put_number(j, "tco_mean_usd", an->arms[a].tco_usd.mean);
        json_put_number(j, "p_best", an->arms[a].p_best);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
}

static void
put_json(struct buffer *b, const struct comparison *c)
{
    struct json j;

    json_init(&j, b, 0);
    json_object(&j);
    json_key(&j, "files");
    json_array(&j);
    for (int k = 0; k < c->n; k++)
        json_string(&j, c->paths[k]);
    json_end(&j, ']');
    json_key(&j, "differs");
    json_array(&j);
    for (int i = 0; i < c->n_list; i++) {
        json_object(&j);
        json_put_string(&j, "field", c->list[i].path);
        json_key(&j, "values");
        json_array(&j);
        for (int k = 0; k < c->n; k++)
            json_string(&j, c->list[i].values[k]);
        json_end(&j, ']');
        put_alone(&j, c, &c->list[i]);
        json_end(&j, '}');
    }
    json_end(&j, ']');
    json_key(&j, "verdicts");
    json_array(&j);
    for (int k = 0; k < c->n; k++)
        put_verdict(&j, &c->sides[k]);
    json_end(&j, ']');
    json_end(&j, '}');
    buffer_putc(b, '\n');
}

/* ---- text ----------------------------------------------------------------------------------------- */

struct table {
    struct buffer *out;
    int name_width, widths[ARGS_MAX];
    bool ascii;
};

static void
pad(struct buffer *b, const char *text, int width, bool last, bool ascii)
{
    char clean[VALUE_BYTES], cut[VALUE_BYTES];

    text_fit(cut, sizeof cut, text_clean(clean, sizeof clean, text), width, ascii);
    buffer_printf(b, "%s%*s", cut, last ? 0 : width - text_width(cut) + 2, "");
}

static void
widen(int *width, const char *text)
{
    int w = text_width(text);

    if (w > CELL_COLUMNS)
        w = CELL_COLUMNS;
    if (w > *width)
        *width = w;
}

static const char *
tco_of(const struct side *s, const char *arm, char out[40])
{
    for (int a = 0; a < s->answer->n_arms; a++)
        if (strcmp(s->answer->arms[a].name, arm) == 0) {
            number_usd(out, 32, s->answer->arms[a].tco_usd.mean);
            return s->answer->arms[a].passes ? out : strcat(out, " fails");
        }
    return "-";
}

static const char *
pick_of(const struct side *s)
{
    return s->answer->verdict.pick >= 0 ? s->answer->arms[s->answer->verdict.pick].name : "none passes";
}

/* "alone: hosted, $3.1k": what a difference does by itself to the first scenario. */
static void
put_effect(struct buffer *b, const struct comparison *c, const struct difference *d)
{
    const struct side *first = &c->sides[0];
    const struct alone *e = &d->alone[1];
    int pick = first->answer->verdict.pick;
    char usd[40];

    if (!e->done)
        return;
    if (strcmp(e->pick, pick >= 0 ? pick_of(first) : "") != 0) {
        buffer_printf(b, "picks %s", e->pick[0] != '\0' ? e->pick : "none");
        return;
    }
    double more = pick >= 0 ? e->tco_mean_usd - first->answer->arms[pick].tco_usd.mean : NAN;
    if (!isfinite(more) || fabs(more) < 0.005)
        buffer_puts(b, "nothing");
    else
        buffer_printf(b, "%s%s", more > 0 ? "+" : "", number_usd(usd, sizeof usd, more));
}

static void
put_differences(struct table *t, const struct comparison *c)
{
    bool effects = c->n == 2;

    pad(t->out, "what differs", t->name_width, false, t->ascii);
    for (int k = 0; k < c->n; k++)
        pad(t->out, c->sides[k].name, t->widths[k], k == c->n - 1 && !effects, t->ascii);
    buffer_puts(t->out, effects ? "alone it does\n" : "\n");
    for (int i = 0; i < c->n_list; i++) {
        pad(t->out, c->list[i].path, t->name_width, false, t->ascii);
        bool effect = effects && c->list[i].alone[1].done;
        for (int k = 0; k < c->n; k++)
            pad(t->out, c->list[i].values[k] != NULL ? c->list[i].values[k] : "-", t->widths[k], k == c->n - 1 && !effect,
                t->ascii);
        if (effect)
            put_effect(t->out, c, &c->list[i]);
        buffer_putc(t->out, '\n');
    }
    if (c->n_list == 0)
        buffer_puts(t->out, "nothing\n");
}

static void
put_verdicts(struct table *t, const struct comparison *c)
{
    static const char *const rows[] = { "pick", "how sure", "P(best)", "expected regret", "tokens a day", "months" };
    char text[40];

    buffer_putc(t->out, '\n');
    for (size_t r = 0; r < BE_LEN(rows); r++) {
        pad(t->out, rows[r], t->name_width, false, t->ascii);
        for (int k = 0; k < c->n; k++) {
            const struct answer *an = c->sides[k].answer;
            const char *shown = text;
            switch (r) {
            case 0: shown = pick_of(&c->sides[k]); break;
            case 1: shown = confidence_word(an->verdict.confidence); break;
            case 2: number_percent(text, sizeof text, an->verdict.p_best, 0); break;
            case 3: number_usd(text, sizeof text, an->verdict.regret_usd); break;
            case 4: number_si(text, sizeof text, an->tokens_per_day); break;
            default: snprintf(text, sizeof text, "%d", an->horizon_months); break;
            }
            pad(t->out, shown, t->widths[k], k == c->n - 1, t->ascii);
        }
        buffer_putc(t->out, '\n');
    }
}

static void
put_costs(struct table *t, const struct comparison *c)
{
    char usd[40];

    buffer_puts(t->out, "\nexpected total cost\n");
    for (int k = 0; k < c->n; k++)
        for (int a = 0; a < c->sides[k].scenario.n_arms; a++) {
            const char *name = c->sides[k].scenario.arms[a].name;
            if (seen_before(c, k, name))
                continue;
            pad(t->out, name, t->name_width, false, t->ascii);
            for (int i = 0; i < c->n; i++)
                pad(t->out, tco_of(&c->sides[i], name, usd), t->widths[i], i == c->n - 1, t->ascii);
            buffer_putc(t->out, '\n');
        }
}

static void
put_sentence(struct buffer *b, const struct comparison *c)
{
    bool alike = true;

    for (int k = 1; k < c->n; k++)
        alike &= strcmp(pick_of(&c->sides[k]), pick_of(&c->sides[0])) == 0;
    buffer_putc(b, '\n');
    if (alike)
        buffer_printf(b, "The pick is the same: %s.\n", pick_of(&c->sides[0]));
    else
        for (int k = 0; k < c->n; k++)
            buffer_printf(b, "%s%s%s%s", k == 0 ? "The pick is not the same: " : "; ", pick_of(&c->sides[k]), " in ",
                          c->sides[k].name);
    if (!alike)
        buffer_puts(b, ".\n");
}

static void
put_text(struct buffer *b, const struct comparison *c)
{
    struct table t = { .out = b, .name_width = 20, .ascii = stdout_ascii() };

    for (int i = 0; i < c->n_list; i++) {
        int w = text_width(c->list[i].path);
        t.name_width = w > t.name_width ? w : t.name_width;
    }
    for (int k = 0; k < c->n; k++) {
        t.widths[k] = 12;
        widen(&t.widths[k], c->sides[k].name);
        for (int i = 0; i < c->n_list; i++)
            widen(&t.widths[k], c->list[i].values[k] != NULL ? c->list[i].values[k] : "");
    }
    put_differences(&t, c);
    put_verdicts(&t, c);
    put_costs(&t, c);
    put_sentence(b, c);
}

/* ---- the command ------------------------------------------------------------------------------------- */

static int
open_side(struct comparison *c, int k, const struct args *a, struct error *err)
{
    struct side *s = &c->sides[k];

    if (scenario_read(&s->scenario, c->paths[k], a, c->catalog, err) < 0)
        return -1;
    scenario_name(c->paths[k], s->name, sizeof s->name);
    return decide(&s->answer, &s->scenario, c->catalog, s->name, &c->options, DEPTH_ALL, NULL, err);
}

static int
compare(struct comparison *c, const struct args *a, struct error *err)
{
    c->sides = calloc((size_t)c->n, sizeof *c->sides);
    c->work = malloc(sizeof *c->work);
    if (c->sides == NULL || c->work == NULL)
        return error_set(err, ERR_BUG, "no memory for %d scenarios", c->n);
    for (int k = 0; k < c->n; k++)
        if (open_side(c, k, a, err) < 0)
            return -1;
    return find_differences(c, err);
}

static void
release(struct comparison *c)
{
    for (int k = 0; c->sides != NULL && k < c->n; k++)
        answer_free(c->sides[k].answer);
    for (int i = 0; i < c->n_list; i++) {
        for (int k = 0; c->list[i].values != NULL && k < c->n; k++)
            free(c->list[i].values[k]);
        free(c->list[i].values);
        free(c->list[i].alone);
    }
    free(c->list);
    free(c->sides);
    free(c->work);
}

int
cmd_compare(const struct args *a, struct error *err)
{
    struct comparison c = { .paths = a->operands, .n = a->n_operands };
    struct catalog *cat = NULL;
    struct buffer out;

    if (a->n_operands < 2)
        return error_set(err, ERR_USAGE, "compare needs two scenario files or more");
    if (args_solve_options(a, &c.options, err) < 0 || catalog_open(&cat, err) < 0)
        return -1;
    c.catalog = cat;
    buffer_init(&out);
    int status = compare(&c, a, err);
    if (status == 0) {
        if (args_has(a, "json"))
            put_json(&out, &c);
        else
            put_text(&out, &c);
        status = write_out(NULL, &out, err);
    }
    buffer_release(&out);
    release(&c);
    catalog_free(cat);
    return status;
}
