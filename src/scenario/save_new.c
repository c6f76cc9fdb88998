/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "load.h"
#include "save.h"

/* A scenario as a whole new text: what differs from the defaults, in the order of the tables. */

/* ---- values ----------------------------------------------------------------------------------- */

void
put_yaml_value(struct buffer *b, const struct field *f, const char *text)
{
    char word[ID_BYTES];
    bool first = true;

    if (f->type != &field_set) {
        yaml_put_scalar(b, text);
        return;
    }
    buffer_putc(b, '[');
    for (const char *p = strcmp(text, "none") == 0 ? "" : text; *p != '\0'; first = false) {
        size_t n = strcspn(p, ",");
        snprintf(word, sizeof word, "%.*s", (int)n, p);
        buffer_puts(b, first ? "" : ", ");
        yaml_put_scalar(b, word);
        p += n;
        p += strspn(p, ", ");
    }
    buffer_putc(b, ']');
}

void
put_yaml_pilot(struct buffer *b, const struct pilot *p)
{
    buffer_printf(b, "{n: %d, right: %d, total: %d}", p->n, p->right, p->total);
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

void
put_yaml_price(struct buffer *b, const struct decision *d, int k)
{
    bool first = true;

    buffer_putc(b, '{');
    put_price(b, "input_usd_mtok", d->prices[k].input_usd_mtok, &first);
    put_price(b, "output_usd_mtok", d->prices[k].output_usd_mtok, &first);
    put_price(b, "gpu_price_usd_h", d->prices[k].gpu_price_usd_h, &first);
    buffer_putc(b, '}');
}

/* ---- fields ----------------------------------------------------------------------------------- */

/* A new text being written; blank is a scenario that has the defaults. */
struct writer {
    struct buffer *b;
    const struct scenario *sc;
    struct scenario *blank;
    const struct catalog *catalog;
};

static const char *
last_word(const char *key)
{
    const char *dot = strrchr(key, '.');

    return dot != NULL ? dot + 1 : key;
}

/* "key: value" unless that is the default. */
static bool
put_field(const struct writer *w, struct field_ref ref, struct field_ref by_default, const char *before)
{
    char text[FIELD_TEXT_BYTES], usual[FIELD_TEXT_BYTES];

    field_get_text(w->sc, ref, text, sizeof text, w->catalog);
    field_get_text(w->blank, by_default, usual, sizeof usual, w->catalog);
    if (strcmp(text, usual) == 0)
        return false;
    buffer_printf(w->b, "%s%s: ", before, last_word(ref.field->key));
    put_yaml_value(w->b, ref.field, text);
    buffer_putc(w->b, '\n');
    return true;
}

/* All fields of one section, in front of the first its name. */
static void
put_section(const struct writer *w, const char *section)
{
    char own[48], head[64];
    bool open = false;

    snprintf(head, sizeof head, "\n%s:\n  ", section);
    for (int k = 0; k < scenario_fields_n; k++) {
        struct field_ref ref = { &scenario_fields[k], -1 };
        if (strcmp(field_section(ref.field, own, sizeof own), section) == 0)
            open |= put_field(w, ref, ref, open ? "  " : head);
    }
}

static void
put_fields(const struct writer *w)
{
    char section[48], other[48];

    for (int k = 0; k < scenario_fields_n; k++) {
        struct field_ref ref = { &scenario_fields[k], -1 };
        if (strchr(ref.field->key, '.') == NULL)
            put_field(w, ref, ref, "");
    }
    for (int k = 0; k < scenario_fields_n; k++) {
        bool seen = field_section(&scenario_fields[k], section, sizeof section)[0] == '\0';
        for (int i = 0; i < k && !seen; i++)
            seen = strcmp(field_section(&scenario_fields[i], other, sizeof other), section) == 0;
        if (!seen)
            put_section(w, section);
    }
}

static void
put_arms(const struct writer *w)
{
    struct error ignored;

    if (w->sc->n_arms > 0)
        buffer_puts(w->b, "\narms:\n");
    for (int a = 0; a < w->sc->n_arms; a++) {
        const struct arm *arm = &w->sc->arms[a];
        int usual = scenario_add_arm(w->blank, arm->name, arm->kind, &ignored);
        buffer_puts(w->b, "  ");
        yaml_put_scalar(w->b, arm->name);
        buffer_printf(w->b, ":\n    kind: %s\n", arm_kind_word(arm->kind));
        for (int k = 0; k < arm_fields_n && usual >= 0; k++)
            if (field_applies(&arm_fields[k], arm->kind))
                put_field(w, (struct field_ref){ &arm_fields[k], a }, (struct field_ref){ &arm_fields[k], usual }, "    ");
    }
}

/* ---- the rest --------------------------------------------------------------------------------- */

static void
put_notes(const struct writer *w)
{
    if (w->sc->n_pilots > 0)
        buffer_puts(w->b, "\npilots:\n");
    for (int k = 0; k < w->sc->n_pilots; k++) {
        buffer_puts(w->b, "  - ");
        put_yaml_pilot(w->b, &w->sc->pilots[k]);
        buffer_putc(w->b, '\n');
    }
    if (w->sc->n_sources > 0)
        buffer_puts(w->b, "\nsources:\n");
    for (int k = 0; k < w->sc->n_sources; k++) {
        buffer_puts(w->b, "  ");
        yaml_put_scalar(w->b, w->sc->sources[k].path);
        buffer_puts(w->b, ": ");
        yaml_put_scalar(w->b, w->sc->sources[k].text);
        buffer_putc(w->b, '\n');
    }
}

static void
put_decision(const struct writer *w)
{
    const struct decision *d = &w->sc->decision;
    char text[40];

    if (!d->present)
        return;
    buffer_puts(w->b, "\ndecision:\n  pick: ");
    yaml_put_scalar(w->b, d->pick);
    buffer_putc(w->b, '\n');
    if (d->on.year != 0)
        buffer_printf(w->b, "  on: %s\n", date_print(text, sizeof text, d->on, true));
    buffer_printf(w->b, "  p_best: %s\n", number_exact(text, sizeof text, d->p_best));
    buffer_printf(w->b, "  tco_usd: %s\n", number_exact(text, sizeof text, d->tco_usd));
    if (d->n_prices > 0)
        buffer_puts(w->b, "  prices:\n");
    for (int k = 0; k < d->n_prices; k++) {
        buffer_puts(w->b, "    ");
        yaml_put_scalar(w->b, d->prices[k].arm);
        buffer_puts(w->b, ": ");
        put_yaml_price(w->b, d, k);
        buffer_putc(w->b, '\n');
    }
}

void
put_yaml_scenario(struct buffer *b, const struct scenario *sc, struct scenario *blank, const struct catalog *catalog)
{
    struct writer w = { b, sc, blank, catalog };

    scenario_init(blank);
    buffer_puts(b, "breakeven: 1\n");
    put_fields(&w);
    put_arms(&w);
    put_notes(&w);
    put_decision(&w);
}
