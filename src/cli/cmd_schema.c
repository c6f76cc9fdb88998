/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <string.h>

#include "cli.h"

/*
 * JSON Schema (2020-12) of a scenario file, from the field tables: for editors that complete
 * and check YAML as it is typed. It knows keys, kinds, choices and limits; names of the
 * catalog, which a user's catalogs extend, and contradictions are the program's to check.
 */

/* ---- pieces ------------------------------------------------------------------------------ */

static void
put_types(struct json *j, const char *const *types, size_t n)
{
    json_key(j, "type");
    json_array(j);
    for (size_t k = 0; k < n; k++)
        json_string(j, types[k]);
    json_end(j, ']');
}

static void
put_strings(struct json *j, const char *key, const char *const *list, size_t n)
{
    json_key(j, key);
    json_array(j);
    for (size_t k = 0; k < n; k++)
        json_string(j, list[k]);
    json_end(j, ']');
}

static void
begin_object(struct json *j, const char *key, bool may_be_empty)
{
    static const char *const types[] = { "object", "null" };

    json_key(j, key);
    json_object(j);
    put_types(j, types, may_be_empty ? 2 : 1);
    json_put_bool(j, "additionalProperties", false);
}

static void
put_about(struct json *j, const struct field *f)
{
    struct buffer b;

    buffer_init(&b);
    buffer_puts(&b, f->help);
    if (field_is_quantity(f) && f->unit != NULL && f->unit[0] != '\0')
        buffer_printf(&b, " Unit: %s.", f->unit);
    json_put_string(j, "title", f->label);
    json_put_string(j, "description", b.text);
    if (f->initial != NULL && f->initial[0] != '\0')
        json_put_string(j, "default", f->initial);
    buffer_release(&b);
}

/* ---- kinds of value ------------------------------------------------------------------------ */

/* A number within its limits, or a text: a range, an amount of money, a percentage. A number
 * beyond 1 is no share, since nobody can tell 45 from 45 %. */
static void
put_quantity(struct json *j, const struct field *f)
{
    static const char *const types[] = { "number", "string", "null" };
    double low = f->low, high = f->high;

    if (f->form == FORM_SHARE) {
        low = fmax(low, -1);
        high = fmin(high, 1);
    }
    put_types(j, types, f->initial == NULL ? 3 : 2);
    json_put_number(j, "minimum", low);
    if (high < 1e300)
        json_put_number(j, "maximum", high);
    json_put_string(j, "pattern", f->initial == NULL ? "[0-9]|^\\s*$" : "[0-9]");
    json_put_number(j, "maxLength", QUANTITY_TEXT - 1);
}

static void
put_choice(struct json *j, const struct field *f)
{
    json_key(j, "enum");
    json_array(j);
    for (const struct choice *c = f->choices; c->word != NULL; c++)
        json_string(j, c->word);
    json_end(j, ']');
}

static void
put_set(struct json *j, const struct field *f)
{
    static const char *const types[] = { "array", "string", "null" };

    (void)f;
    put_types(j, types, BE_LEN(types));
    json_key(j, "items");
    json_object(j);
    json_put_string(j, "type", "string");
    json_end(j, '}');
}

static void
put_date(struct json *j, const struct field *f)
{
    static const char *const types[] = { "string", "null" };

    (void)f;
    put_types(j, types, BE_LEN(types));
    json_put_string(j, "pattern", "^\\s*([0-9]{4}-(0[1-9]|1[0-2])(-[0-9]{2})?)?\\s*$");
}

/* Any scalar is a text; the limit of the file is in bytes, which are no fewer than characters. */
static void
put_words(struct json *j, const struct field *f)
{
    static const char *const types[] = { "string", "number", "boolean", "null" };

    put_types(j, types, BE_LEN(types));
    json_put_number(j, "maxLength", (double)f->size - 1);
}

static const struct {
    const struct field_type *type;
    void (*put)(struct json *, const struct field *);
} kinds[] = {
    { &field_quantity, put_quantity }, { &field_choice, put_choice }, { &field_set, put_set }, { &field_date, put_date },
};

static void
put_field(struct json *j, const char *key, const struct field *f)
{
    void (*put)(struct json *, const struct field *) = put_words;

    for (size_t k = 0; k < BE_LEN(kinds); k++)
        if (kinds[k].type == f->type)
            put = kinds[k].put;
    json_key(j, key);
    json_object(j);
    put_about(j, f);
    put(j, f);
    json_end(j, '}');
}

/* ---- sections --------------------------------------------------------------------------------- */

static size_t
section_length(const struct field *f)
{
    const char *dot = strchr(f->key, '.');

    return dot != NULL ? (size_t)(dot - f->key) : 0;
}

static bool
same_section(const struct field *a, const struct field *b)
{
    size_t n = section_length(a);

    return n == section_length(b) && strncmp(a->key, b->key, n) == 0;
}

static bool
is_first_of_section(int at)
{
    for (int k = 0; k < at; k++)
        if (same_section(&scenario_fields[k], &scenario_fields[at]))
            return false;
    return true;
}

static void
put_section(struct json *j, const struct field *first)
{
    char name[48];
    size_t n = section_length(first);

    snprintf(name, sizeof name, "%.*s", (int)n, first->key);
    begin_object(j, name, true);
    json_key(j, "properties");
    json_object(j);
    for (int k = 0; k < scenario_fields_n; k++)
        if (same_section(&scenario_fields[k], first))
            put_field(j, scenario_fields[k].key + n + 1, &scenario_fields[k]);
    json_end(j, '}');
    json_end(j, '}');
}

static void
put_scenario_fields(struct json *j)
{
    for (int k = 0; k < scenario_fields_n; k++)
        if (section_length(&scenario_fields[k]) == 0)
            put_field(j, scenario_fields[k].key, &scenario_fields[k]);
    for (int k = 0; k < scenario_fields_n; k++)
        if (section_length(&scenario_fields[k]) > 0 && is_first_of_section(k))
            put_section(j, &scenario_fields[k]);
}

/* ---- arms --------------------------------------------------------------------------------------- */

static void
put_arms(struct json *j)
{
    static const char *const kind[] = { "kind" };

    json_key(j, "arms");
    json_object(j);
    json_put_string(j, "description", "The alternatives: a name, and below it the kind of arm and its fields.");
    json_key(j, "type");
    json_array(j);
    json_string(j, "object");
    json_string(j, "null");
    json_end(j, ']');
    json_put_number(j, "maxProperties", ARMS_MAX);
    json_key(j, "propertyNames");
    json_object(j);
    json_put_string(j, "pattern", "^[^\\s.]+$");
    json_put_number(j, "maxLength", NAME_MAX_BYTES - 1);
    json_end(j, '}');
    json_key(j, "additionalProperties");
    json_object(j);
    json_put_string(j, "type", "object");
    put_strings(j, "required", kind, 1);
    json_key(j, "allOf");
    json_array(j);
    for (int k = 0; k < ARM_KINDS; k++) {
        char ref[64];
        snprintf(ref, sizeof ref, "#/$defs/%s", arm_kind_word(k));
        json_object(j);
        json_key(j, "if");
        json_object(j);
        json_key(j, "properties");
        json_object(j);
        json_key(j, "kind");
        json_object(j);
        json_put_string(j, "const", arm_kind_word(k));
        json_end(j, '}');
        json_end(j, '}');
        json_end(j, '}');
        json_key(j, "then");
        json_object(j);
        json_put_string(j, "$ref", ref);
        json_end(j, '}');
        json_end(j, '}');
    }
    json_end(j, ']');
    json_key(j, "properties");
    json_object(j);
    json_key(j, "kind");
    json_object(j);
    json_key(j, "enum");
    json_array(j);
    for (int k = 0; k < ARM_KINDS; k++)
        json_string(j, arm_kind_word(k));
    json_end(j, ']');
    json_end(j, '}');
    json_end(j, '}');
    json_end(j, '}');
    json_end(j, '}');
}

static void
put_kinds(struct json *j)
{
    json_key(j, "$defs");
    json_object(j);
    for (int kind = 0; kind < ARM_KINDS; kind++) {
        begin_object(j, arm_kind_word(kind), false);
        json_key(j, "properties");
        json_object(j);
        for (int k = 0; k < arm_fields_n; k++)
            if (field_applies(&arm_fields[k], kind))
                put_field(j, arm_fields[k].key, &arm_fields[k]);
        json_end(j, '}');
        json_end(j, '}');
    }
    json_end(j, '}');
}

/* ---- what is no field ------------------------------------------------------------------------------ */

static void
put_plain(struct json *j, const char *key, const char *const *types, size_t n, double low, double high)
{
    json_key(j, key);
    json_object(j);
    put_types(j, types, n);
    if (isfinite(low))
        json_put_number(j, "minimum", low);
    if (isfinite(high))
        json_put_number(j, "maximum", high);
    json_end(j, '}');
}

static void
put_pilots(struct json *j)
{
    static const char *const types[] = { "array", "null" }, *const whole[] = { "integer", "string" };
    static const char *const keys[] = { "n", "right", "total" };

    json_key(j, "pilots");
    json_object(j);
    json_put_string(j, "description", "Measured points of the learning curve: trained on n examples, so many of total right.");
    put_types(j, types, BE_LEN(types));
    json_put_number(j, "maxItems", PILOTS_MAX);
    json_key(j, "items");
    json_object(j);
    json_put_string(j, "type", "object");
    json_put_bool(j, "additionalProperties", false);
    put_strings(j, "required", keys, BE_LEN(keys));
    json_key(j, "properties");
    json_object(j);
    for (size_t k = 0; k < BE_LEN(keys); k++)
        put_plain(j, keys[k], whole, BE_LEN(whole), k == 1 ? 0 : 1, 1e9);
    json_end(j, '}');
    json_end(j, '}');
    json_end(j, '}');
}

static void
put_sources(struct json *j)
{
    static const char *const types[] = { "object", "null" }, *const texts[] = { "string", "number", "boolean" };

    json_key(j, "sources");
    json_object(j);
    json_put_string(j, "description", "Where a person's own figures come from, by the field's name.");
    put_types(j, types, BE_LEN(types));
    json_put_number(j, "maxProperties", SOURCES_MAX);
    json_key(j, "additionalProperties");
    json_object(j);
    put_types(j, texts, BE_LEN(texts));
    json_end(j, '}');
    json_end(j, '}');
}

static void
put_decision(struct json *j)
{
    static const char *const number[] = { "number", "null" }, *const text[] = { "string", "number" },
                             *const date[] = { "string", "null" }, *const needed[] = { "pick" };
    static const char *const prices[] = { "input_usd_mtok", "output_usd_mtok", "gpu_price_usd_h" };

    begin_object(j, "decision", true);
    json_put_string(j, "description", "What was decided; written by the program.");
    put_strings(j, "required", needed, 1);
    json_key(j, "properties");
    json_object(j);
    put_plain(j, "pick", text, BE_LEN(text), NAN, NAN);
    put_plain(j, "on", date, BE_LEN(date), NAN, NAN);
    put_plain(j, "p_best", number, BE_LEN(number), 0, 1);
    put_plain(j, "tco_usd", number, BE_LEN(number), -1e15, 1e15);
    json_key(j, "prices");
    json_object(j);
    put_types(j, (const char *const[]){ "object", "null" }, 2);
    json_put_number(j, "maxProperties", ARMS_MAX);
    json_key(j, "additionalProperties");
    json_object(j);
    json_put_string(j, "type", "object");
    json_put_bool(j, "additionalProperties", false);
    json_key(j, "properties");
    json_object(j);
    for (size_t k = 0; k < BE_LEN(prices); k++)
        put_plain(j, prices[k], number, BE_LEN(number), 0, 1e9);
    json_end(j, '}');
    json_end(j, '}');
    json_end(j, '}');
    json_end(j, '}');
    json_end(j, '}');
}

/* ---- the whole ---------------------------------------------------------------------------------------- */

int
cmd_schema(const struct args *a, struct error *err)
{
    static const char *const needed[] = { "breakeven" };
    struct buffer out;
    struct json j;

    if (a->n_operands > 0)
        return error_set(err, ERR_USAGE, "schema takes no operand");
    buffer_init(&out);
    json_init(&j, &out, 1);
    json_object(&j);
    json_put_string(&j, "$schema", "https://json-schema.org/draft/2020-12/schema");
    json_put_string(&j, "$id", "urn:breakeven:scenario:1");
    json_put_string(&j, "title", "A scenario of breakeven");
    json_put_string(&j, "type", "object");
    put_strings(&j, "required", needed, 1);
    json_put_bool(&j, "additionalProperties", false);
    json_key(&j, "properties");
    json_object(&j);
    json_key(&j, "breakeven");
    json_object(&j);
    json_put_string(&j, "description", "The format of the file.");
    json_put_number(&j, "const", 1);
    json_end(&j, '}');
    put_scenario_fields(&j);
    put_arms(&j);
    put_pilots(&j);
    put_sources(&j);
    put_decision(&j);
    json_end(&j, '}');
    put_kinds(&j);
    json_end(&j, '}');
    buffer_putc(&out, '\n');
    int status = write_out(NULL, &out, err);
    buffer_release(&out);
    return status;
}
