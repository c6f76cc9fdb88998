/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"

/*
 * The kinds of value.  Each parse checks everything before it stores, so that a
 * refused edit changes nothing.
 */

static bool
blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

static bool
same_word(const char *a, const char *b)
{
    for (; *a != '\0' && *b != '\0'; a++, b++)
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
            return false;
    return *a == *b;
}

/* The text without white space at its ends; false if it does not fit. */
static bool
trimmed(const char *text, char *out, size_t size)
{
    size_t n;

    text += strspn(text, " \t\r\n");
    n = strlen(text);
    while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL)
        n--;
    if (n >= size)
        return false;
    memcpy(out, text, n);
    out[n] = '\0';
    return true;
}

/* ---- quantity --------------------------------------------------------------- */

static int
parse_quantity(const struct field *f, void *value, const char *text, const struct field_context *ctx,
               struct error *err)
{
    struct quantity_rules rules;
    struct quantity q;

    if (blank(text)) {
        if (f->initial != NULL)
            return error_set(err, ERR_RANGE, "a value is needed here; its default is %s", f->initial);
        memset(value, 0, sizeof q);
        ((struct quantity *)value)->x = NAN;
        return 0;
    }
    field_rules(f, ctx->scenario, &rules);
    memset(&q, 0, sizeof q);
    if (quantity_parse(&q, text, &rules, err) < 0)
        return -1;
    memcpy(value, &q, sizeof q);
    return 0;
}

static char *
format_quantity(const struct field *f, const void *value, char *out, size_t size,
                const struct field_context *ctx)
{
    const struct quantity *q = value;

    (void)f;
    (void)ctx;
    text_copy(out, size, q->kind == QUANTITY_UNSET ? "" : q->text);
    return out;
}

const struct field_type field_quantity = { "quantity", parse_quantity, format_quantity };

/* ---- choice ----------------------------------------------------------------- */

static const char *
choice_word(const void *ctx, int i)
{
    return ((const struct choice *)ctx)[i].word;
}

static void
list_choices(const struct choice *choices, char *out, size_t size)
{
    struct buffer b;

    buffer_init(&b);
    for (int i = 0; choices[i].word != NULL; i++)
        buffer_printf(&b, "%s%s", i == 0 ? "" : choices[i + 1].word == NULL ? " or " : ", ", choices[i].word);
    text_copy(out, size, b.text);
    buffer_release(&b);
}

static int
parse_choice(const struct field *f, void *value, const char *text, const struct field_context *ctx,
             struct error *err)
{
    char word[64], list[200];

    (void)ctx;
    if (!trimmed(text, word, sizeof word))
        word[0] = '\0';
    for (int i = 0; f->choices[i].word != NULL; i++)
        if (same_word(f->choices[i].word, word)) {
            *(int *)value = i;
            return 0;
        }
    const char *near = word[0] != '\0' ? text_nearest(word, choice_word, f->choices) : NULL;
    list_choices(f->choices, list, sizeof list);
    if (near != NULL)
        return error_set(err, ERR_RANGE, "\"%.40s\" is not one of %s; nearest is %s", text, list, near);
    return error_set(err, ERR_RANGE, "\"%.40s\" is not one of %s", text, list);
}

static char *
format_choice(const struct field *f, const void *value, char *out, size_t size,
              const struct field_context *ctx)
{
    int at = *(const int *)value, n = 0;

    (void)ctx;
    while (f->choices[n].word != NULL)
        n++;
    text_copy(out, size, at >= 0 && at < n ? f->choices[at].word : "");
    return out;
}

const struct field_type field_choice = { "choice", parse_choice, format_choice };

/* ---- text --------------------------------------------------------------------- */

static int
check_text(const struct field *f, const char *text, struct error *err)
{
    size_t n = strlen(text), bad, used;
    bool lines = f->size > LONG_TEXT;
    int column = 1;
    uint32_t c;

    if (!text_valid(text, n, &bad))
        return error_set(err, ERR_SYNTAX, "byte %d is not UTF-8", (int)bad + 1);
    if (n >= f->size)
        return error_set(err, ERR_SIZE, "%d bytes are too long, %d fit", (int)n, (int)f->size - 1);
    for (const char *p = text; *p != '\0'; p += used, column++) {
        used = (size_t)text_decode(p, n - (size_t)(p - text), &c);
        if ((c < 0x20 || (c >= 0x7f && c < 0xa0)) && !(lines && (c == '\n' || c == '\t')))
            return error_at(err, ERR_SYNTAX, 0, column, "a control character is not allowed here");
    }
    return 0;
}

static int
parse_text(const struct field *f, void *value, const char *text, const struct field_context *ctx,
           struct error *err)
{
    (void)ctx;
    if (check_text(f, text, err) < 0)
        return -1;
    memset(value, 0, f->size);
    text_copy(value, f->size, text);
    return 0;
}

static char *
format_text(const struct field *f, const void *value, char *out, size_t size,
            const struct field_context *ctx)
{
    (void)f;
    (void)ctx;
    text_copy(out, size, value);
    return out;
}

const struct field_type field_text = { "text", parse_text, format_text };

/* ---- names of the catalog ------------------------------------------------------ */

struct names {
    const struct catalog *catalog;
    enum catalog_kind kind;
};

static const char *
name_at(const void *ctx, int i)
{
    const struct names *n = ctx;

    return catalog_id(n->catalog, n->kind, i);
}

static bool
name_known(const struct names *n, const char *name)
{
    const char *id;

    if (n->kind == CATALOG_MODELS)
        return catalog_model(n->catalog, name) != NULL;
    if (n->kind == CATALOG_GPUS)
        return catalog_gpu(n->catalog, name) != NULL;
    if (n->kind == CATALOG_ENGINES)
        return catalog_engine(n->catalog, name) != NULL;
    for (int i = 0; (id = name_at(n, i)) != NULL; i++)
        if (strcmp(id, name) == 0)
            return true;
    return false;
}

static int
parse_name(const struct field *f, void *value, const char *text, const struct field_context *ctx,
           struct error *err)
{
    struct names names = { ctx->catalog, f->names };
    char name[ID_BYTES];

    if (!trimmed(text, name, f->size < sizeof name ? f->size : sizeof name))
        return error_set(err, ERR_SIZE, "the name is too long, %d bytes fit", (int)f->size - 1);
    if (check_text(f, name, err) < 0)
        return -1;
    if (name[0] != '\0' && ctx->catalog != NULL && !name_known(&names, name)) {
        const char *near = text_nearest(name, name_at, &names);
        return error_set(err, ERR_UNKNOWN, "the catalog's %s have no \"%s\"%s%s",
                         catalog_kind_name(f->names), name, near != NULL ? "; nearest is " : "",
                         near != NULL ? near : "");
    }
    memset(value, 0, f->size);
    text_copy(value, f->size, name);
    return 0;
}

const struct field_type field_name = { "name", parse_name, format_text };

/* ---- names of arms ---------------------------------------------------------------- */

/* Letters, digits, "-" and "_" of any script: no dot, which parts paths, no space, which
 * parts words on a command line. */
int
arm_name_check(const char *name, struct error *err)
{
    size_t n = strlen(name), bad;

    if (n == 0)
        return error_set(err, ERR_RANGE, "an arm needs a name");
    if (n >= NAME_MAX_BYTES)
        return error_set(err, ERR_SIZE, "an arm's name of %d bytes is too long, %d fit", (int)n,
                         NAME_MAX_BYTES - 1);
    if (!text_valid(name, n, &bad))
        return error_set(err, ERR_SYNTAX, "byte %d of the arm's name is not UTF-8", (int)bad + 1);
    for (const char *p = name; *p != '\0';) {
        uint32_t c;
        int used = text_decode(p, n - (size_t)(p - name), &c);
        bool ascii_ok = c < 0x80 && (isalnum((int)c) || c == '-' || c == '_');
        if (!ascii_ok && (c < 0xa1 || text_char_width(c) == 0))
            return error_set(err, ERR_SYNTAX,
                             "\"%s\" cannot name an arm: letters, digits, - and _ only", name);
        p += used;
    }
    return 0;
}

/* Any good name: the arm may be added later; scenario_check tells if it never is. */
static int
parse_arm(const struct field *f, void *value, const char *text, const struct field_context *ctx,
          struct error *err)
{
    char name[NAME_MAX_BYTES];

    (void)ctx;
    if (!trimmed(text, name, sizeof name))
        return error_set(err, ERR_SIZE, "an arm's name is too long, %d bytes fit", NAME_MAX_BYTES - 1);
    if (name[0] != '\0' && arm_name_check(name, err) < 0)
        return -1;
    memset(value, 0, f->size);
    text_copy(value, f->size, name);
    return 0;
}

const struct field_type field_arm = { "arm", parse_arm, format_text };

/* ---- date -------------------------------------------------------------------------- */

static int
parse_date(const struct field *f, void *value, const char *text, const struct field_context *ctx,
           struct error *err)
{
    struct date d = { 0, 0, 0 };
    char word[32];

    (void)f;
    (void)ctx;
    if (!trimmed(text, word, sizeof word))
        return error_set(err, ERR_SYNTAX, "\"%.30s\" is no date: write it as 2026-03 or 2026-03-15", text);
    if (word[0] != '\0' && date_parse(&d, word, err) < 0)
        return -1;
    memcpy(value, &d, sizeof d);
    return 0;
}

static char *
format_date(const struct field *f, const void *value, char *out, size_t size,
            const struct field_context *ctx)
{
    const struct date *d = value;

    (void)f;
    (void)ctx;
    if (d->year == 0) {
        text_copy(out, size, "");
        return out;
    }
    return date_print(out, size, *d, d->day != 1);
}

const struct field_type field_date = { "date", parse_date, format_date };

/* ---- set: names of the catalog as bits ------------------------------------------------ */

/* The bit of one member; without a catalog a member is written "#" and its number. */
static int
bit_of(const struct field *f, const char *word, const struct catalog *catalog, uint32_t *bit,
       struct error *err)
{
    struct names names = { catalog, f->names };
    const char *id;
    char *end;

    if (word[0] == '#') {
        long i = strtol(word + 1, &end, 10);
        if (end != word + 1 && *end == '\0' && i >= 0 && i < 32) {
            *bit = (uint32_t)1 << i;
            return 0;
        }
    }
    if (catalog == NULL)
        return error_set(err, ERR_UNKNOWN, "\"%s\" cannot be looked up without a catalog", word);
    for (int i = 0; i < 32 && (id = name_at(&names, i)) != NULL; i++)
        if (strcmp(id, word) == 0) {
            *bit = (uint32_t)1 << i;
            return 0;
        }
    const char *near = text_nearest(word, name_at, &names);
    return error_set(err, ERR_UNKNOWN, "the catalog's %s have no \"%s\"%s%s", catalog_kind_name(f->names),
                     word, near != NULL ? "; nearest is " : "", near != NULL ? near : "");
}

static int
parse_set(const struct field *f, void *value, const char *text, const struct field_context *ctx,
          struct error *err)
{
    static const char between[] = " \t\r\n,[]\"'";
    uint32_t bits = 0, bit = 0;
    char word[ID_BYTES];

    for (const char *p = text + strspn(text, between); *p != '\0'; p += strspn(p, between)) {
        size_t n = strcspn(p, between);
        if (n >= sizeof word)
            return error_set(err, ERR_UNKNOWN, "\"%.40s...\" is no name of the catalog", p);
        memcpy(word, p, n);
        word[n] = '\0';
        p += n;
        if (same_word(word, "none"))
            continue;
        if (bit_of(f, word, ctx->catalog, &bit, err) < 0)
            return -1;
        bits |= bit;
    }
    *(uint32_t *)value = bits;
    return 0;
}

static char *
format_set(const struct field *f, const void *value, char *out, size_t size,
           const struct field_context *ctx)
{
    struct names names = { ctx->catalog, f->names };
    uint32_t bits = *(const uint32_t *)value;
    struct buffer b;

    buffer_init(&b);
    for (int i = 0; i < 32; i++) {
        const char *id = ctx->catalog != NULL && i < catalog_count(ctx->catalog, f->names)
                             ? name_at(&names, i)
                             : NULL;
        if (!(bits & (uint32_t)1 << i))
            continue;
        if (id != NULL)
            buffer_printf(&b, "%s%s", b.n > 0 ? ", " : "", id);
        else
            buffer_printf(&b, "%s#%d", b.n > 0 ? ", " : "", i);
    }
    text_copy(out, size, b.n > 0 ? b.text : "none");
    buffer_release(&b);
    return out;
}

const struct field_type field_set = { "set", parse_set, format_set };
