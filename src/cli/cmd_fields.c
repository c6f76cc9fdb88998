/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <string.h>

#include "cli.h"

/* "arms.NAME.key" for a field of an arm. */
static char *
public_path(const struct field *f, bool of_arm, char *out, size_t size)
{
    snprintf(out, size, "%s%s", of_arm ? "arms.NAME." : "", f->key);
    return out;
}

static void
field_json(struct json *j, const struct field *f, bool of_arm)
{
    char path[112];

    json_object(j);
    json_put_string(j, "path", public_path(f, of_arm, path, sizeof path));
    json_put_string(j, "type", f->type->name);
    json_put_string(j, "unit", f->unit);
    json_put_number(j, "low", field_is_quantity(f) ? f->low : NAN);
    json_put_number(j, "high", field_is_quantity(f) ? f->high : NAN);
    json_put_string(j, "default", f->initial);
    json_put_string(j, "label", f->label);
    json_put_string(j, "help", f->help);
    json_put_string(j, "source", f->source);
    if (f->choices != NULL) {
        json_key(j, "choices");
        json_array(j);
        for (const struct choice *c = f->choices; c->word != NULL; c++)
            json_string(j, c->word);
        json_end(j, ']');
    }
    if (of_arm) {
        json_key(j, "kinds");
        json_array(j);
        for (int k = 0; k < ARM_KINDS; k++)
            if (field_applies(f, k))
                json_string(j, arm_kind_word(k));
        json_end(j, ']');
    }
    json_end(j, '}');
}

static void
limits_text(const struct field *f, char *out, size_t size)
{
    struct quantity_rules how = { .form = f->form, .low = f->low, .high = f->high, .whole = f->whole };
    char low[48], high[48];

    out[0] = '\0';
    if (!field_is_quantity(f))
        return;
    snprintf(out, size, "%s..%s", quantity_print(low, sizeof low, f->low, &how),
             quantity_print(high, sizeof high, f->high, &how));
}

static void
put_field(struct buffer *b, const struct field *f, bool of_arm)
{
    char path[112], limits[112];

    limits_text(f, limits, sizeof limits);
    buffer_printf(b, "%s\n", public_path(f, of_arm, path, sizeof path));
    buffer_printf(b, "    %s. %s\n", f->label, f->help);
    buffer_printf(b, "    %s%s%s%s%s", f->type->name, f->unit != NULL && f->unit[0] != '\0' ? ", " : "",
                  f->unit != NULL ? f->unit : "", limits[0] != '\0' ? ", " : "", limits);
    if (f->initial != NULL)
        buffer_printf(b, "; default %s", f->initial);
    if (f->choices != NULL) {
        buffer_puts(b, "; one of");
        for (const struct choice *c = f->choices; c->word != NULL; c++)
            buffer_printf(b, " %s", c->word);
    }
    buffer_printf(b, "; source: %s\n", f->source);
}

int
cmd_fields(const struct args *a, struct error *err)
{
    struct buffer out;
    struct json j;
    bool as_json = args_has(a, "json");

    if (a->n_operands > 0)
        return error_set(err, ERR_USAGE, "fields takes no operand");
    buffer_init(&out);
    json_init(&j, &out, 0);
    if (as_json)
        json_array(&j);
    for (int of_arm = 0; of_arm < 2; of_arm++) {
        const struct field *list = of_arm ? arm_fields : scenario_fields;
        int n = of_arm ? arm_fields_n : scenario_fields_n;
        for (int k = 0; k < n; k++) {
            if (as_json)
                field_json(&j, &list[k], of_arm);
            else
                put_field(&out, &list[k], of_arm);
        }
    }
    if (as_json) {
        json_end(&j, ']');
        buffer_putc(&out, '\n');
    }
    int status = write_out(NULL, &out, err);
    buffer_release(&out);
    return status;
}
