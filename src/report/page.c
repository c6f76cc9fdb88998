/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sections.h"

/* ---- blocks ----------------------------------------------------------------------------- */

char *
printed(const char *fmt, va_list ap)
{
    va_list again;

    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    char *text = malloc((size_t)n + 1);
    if (text != NULL)
        vsnprintf(text, (size_t)n + 1, fmt, ap);
    return text;
}

void
page_paragraph(struct page *p, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    char *text = printed(fmt, ap);
    va_end(ap);
    if (text != NULL)
        p->pen->paragraph(p, text);
    p->out->failed |= text == NULL;
    free(text);
}

void
page_item(struct page *p, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    char *text = printed(fmt, ap);
    va_end(ap);
    if (text != NULL)
        p->pen->item(p, text);
    p->out->failed |= text == NULL;
    free(text);
}

void
page_table(struct page *p, struct grid *g)
{
    if (g->rows > 0)
        p->pen->table(p, g);
    p->out->failed |= g->failed;
    grid_release(g);
}

/* ---- words ------------------------------------------------------------------------------- */

struct field_ref
words_of_path(const struct page *p, const char *path, char *out, size_t size)
{
    struct field_ref ref = { NULL, -2 };
    struct error ignored;

    if (field_find(p->in->scenario, path, &ref, &ignored) < 0) {
        text_copy(out, size, path);
        return (struct field_ref){ NULL, -2 };
    }
    field_words(p->in->scenario, ref, out, size);
    return ref;
}

char *
words_of_value(const struct page *p, struct field_ref ref, double value, char *out, size_t size)
{
    struct quantity_rules rules;

    if (!isfinite(value))
        text_copy(out, size, "unknown");
    else if (ref.field == NULL || !field_is_quantity(ref.field))
        number_si(out, size, value);
    else {
        field_rules(ref.field, p->in->scenario, &rules);
        quantity_show(out, size, value, &rules);
    }
    return out;
}

const char *
words_of_unit(struct field_ref ref)
{
    static const char *const units[][2] = {
        { "share", "" }, { "share/month", "a month" }, { "share/year", "a year" }, { "points", "" }, { "points/month", "a month" },
        { "x", "factor" }, { "USD/Mtok", "per 1M tokens" }, { "USD/h", "an hour" }, { "USD/month", "a month" }, { "USD", "" },
        { "exponent", "" }, { "labels/h", "labels an hour" },
    };

    if (ref.field == NULL || ref.field->unit == NULL)
        return "";
    for (size_t k = 0; k < BE_LEN(units); k++)
        if (strcmp(ref.field->unit, units[k][0]) == 0)
            return units[k][1];
    return ref.field->unit;
}

char *
words_of_arm(const struct page *p, int arm, char *out, size_t size)
{
    const struct setup *s = &p->in->answer->setup;
    const struct setup_arm *sa = &s->arms[arm];
    const struct arm *a = &s->sc.arms[arm];
    const char *model = sa->model != NULL ? sa->model->name : a->model;

    if (a->kind == ARM_STAGED)
        snprintf(out, size, "%s, then %s after month %.0f", a->first, a->second, a->switch_month.x);
    else if (a->kind == ARM_CASCADE)
        snprintf(out, size, "%s first, hard cases to %s", a->small, a->large);
    else if (arm_kind_is_self(a->kind))
        snprintf(out, size, "%s on %s", model, sa->gpu != NULL ? sa->gpu->name : a->gpu);
    else
        snprintf(out, size, "%s at %s", model, sa->host != NULL ? sa->host->name : a->host);
    return out;
}

char *
words_of_share(double share, char *out, size_t size)
{
    double percent = 100 * share;

    if (!isfinite(share))
        text_copy(out, size, "unknown");
    else if (share > 0 && percent < 0.5)
        text_copy(out, size, "under 1%");
    else if (share < 1 && percent >= 99.5)
        text_copy(out, size, "over 99%");
    else
        snprintf(out, size, "%.0f%%", percent);
    return out;
}

/* ---- the report ---------------------------------------------------------------------------- */

static void
find_currency(struct page *p)
{
    const struct scenario *sc = &p->in->answer->setup.sc;

    p->currency = NULL;
    p->per_usd = NAN;
    if (sc->currency[0] == '\0' || strcmp(sc->currency, "USD") == 0 || sc->currency_per_usd.kind == QUANTITY_UNSET)
        return;
    p->currency = sc->currency;
    p->per_usd = sc->currency_per_usd.x;
}

int
report_write(struct buffer *out, enum report_format format, const struct report_input *in, struct error *err)
{
    static const struct pen *const pens[] = {
        [REPORT_MARKDOWN] = &pen_markdown, [REPORT_HTML] = &pen_html, [REPORT_JSON] = &pen_json,
        [REPORT_CSV] = &pen_csv, [REPORT_TEXT] = &pen_text,
    };
    const struct answer *an = in->answer;
    struct page p = { .out = out, .in = in, .pen = pens[format] };

    find_currency(&p);
    p.pen->begin(&p, an->title[0] != '\0' ? an->title : an->scenario);
    for (int k = 0; k < report_sections_n; k++) {
        p.pen->section(&p, &report_sections[k]);
        report_sections[k].write(&p);
    }
    p.pen->end(&p);
    return out->failed ? error_set(err, ERR_BUG, "no memory for the report") : 0;
}
