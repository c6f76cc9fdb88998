/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "tables.h"

/* ---- a line being written ------------------------------------------------------- */

struct line {
    char *out;
    size_t size, used;
};

static void add(struct line *, const char *, ...) BE_PRINTF(2, 3);

static void
add(struct line *l, const char *fmt, ...)
{
    va_list args;

    if (l->used + 1 >= l->size)
        return;
    va_start(args, fmt);
    int n = vsnprintf(l->out + l->used, l->size - l->used, fmt, args);
    va_end(args);
    if (n > 0)
        l->used = l->used + (size_t)n < l->size ? l->used + (size_t)n : l->size - 1;
}

/* "80 GiB" after a comma; nothing where it is unknown. */
static void
add_figure(struct line *l, double x, const char *unit)
{
    if (known(x))
        add(l, ", %.6g %s", x, unit);
}

static void
add_count(struct line *l, const char *before, double x, const char *after)
{
    char number[32];

    if (known(x))
        add(l, "%s%s%s", before, number_si(number, sizeof number, x), after);
}

static void
add_usd(struct line *l, const char *before, double x, const char *after)
{
    if (known(x))
        add(l, "%s$%.6g%s", before, x, after);
}

static void
add_date(struct line *l, const char *before, struct date d)
{
    char text[16];

    if (d.year != 0)
        add(l, "%s%s", before, date_print(text, sizeof text, d, true));
}

/* ---- one kind each ------------------------------------------------------------------ */

static void
describe_model(struct line *l, const void *entry)
{
    const struct cat_model *m = entry;

    add(l, "%s", m->name);
    add_count(l, ", ", m->params, " parameters");
    if (m->experts > 0)
        add_count(l, " (", m->params_active, " active)");
    add_count(l, ", context ", m->context_tokens, " tokens");
    if (m->licence != NULL)
        add(l, ", %s", m->licence);
    else if (!m->open_weights)
        add(l, ", weights not published");
    if (m->open_weights && !m->has_shape)
        add(l, ", shape not published");
}

static void
describe_price(struct line *l, const void *entry)
{
    const struct cat_price *p = entry;
    const struct price_step *s = &p->steps[0];

    if (known(s->price.input) && known(s->price.output))
        add(l, "$%.6g in, $%.6g out per million tokens", s->price.input, s->price.output);
    else
        add(l, "price per token unknown");
    add_usd(l, ", cache read ", s->price.cache_read, "");
    add_usd(l, ", cache write ", s->price.cache_write, "");
    if (known(s->price.batch_input) && known(s->price.batch_output))
        add(l, ", batch $%.6g/$%.6g", s->price.batch_input, s->price.batch_output);
    for (int i = 0; i < s->n_tiers; i++) {
        add_count(l, ", over ", s->tiers[i].above_tokens, "");
        add_usd(l, " ", s->tiers[i].price.input, "");
        add_usd(l, "/", s->tiers[i].price.output, "");
    }
    for (int i = 1; i < p->n_steps; i++) {
        add_date(l, ", from ", p->steps[i].from);
        add(l, " $%.6g/$%.6g", p->steps[i].price.input, p->steps[i].price.output);
    }
    add_usd(l, ", tuning ", p->training_usd_mtok, "");
    if (known(p->tuned_input) && known(p->tuned_output))
        add(l, ", tuned $%.6g/$%.6g", p->tuned_input, p->tuned_output);
    add_date(l, ", retired ", p->retired);
    if (p->doubt != NULL)
        add(l, ", doubted: %s", p->doubt);
}

static void
describe_gpu(struct line *l, const void *entry)
{
    const struct cat_gpu *g = entry;

    add(l, "%s", g->name);
    add_figure(l, g->usable_gib, "GiB usable");
    add_figure(l, g->bandwidth_gbs, "GB/s");
    add_figure(l, g->fp16_tflops, "TFLOPS 16 bit");
    add_figure(l, g->fp8_tflops, "8 bit");
    add_figure(l, g->watts, "W");
}

static void
describe_gpu_price(struct line *l, const void *entry)
{
    const struct cat_gpu_price *p = entry;

    add(l, "%g x %s", p->gpus, p->gpu);
    add_usd(l, ", ", p->on_demand_usd_h, " per GPU-hour");
    add_usd(l, ", spot ", p->spot_usd_h, "");
    add_usd(l, ", one year ", p->reserved_1y_usd_h, "");
    if (p->note != NULL)
        add(l, "; %s", p->note);
}

static void
describe_host(struct line *l, const void *entry)
{
    static const char *const states[] = { "unknown", "no", "yes", "on contract" };
    static const char *const kept[] = { "unknown", "standard", "limited", "zero on contract", "zero" };
    const struct cat_host *h = entry;

    add(l, "%s: retention %s, SOC 2 %s, ISO 27001 %s, DPA %s, BAA %s", h->name, kept[h->retention],
        states[h->soc2], states[h->iso27001], states[h->dpa], states[h->baa]);
}

static void
describe_engine(struct line *l, const void *entry)
{
    const struct cat_engine *e = entry;

    add(l, "%s", e->name);
    if (e->version != NULL)
        add(l, " (%s)", e->version);
    add(l, ", modelled as %s", e->kind);
}

static void
describe_regime(struct line *l, const void *entry)
{
    const struct cat_regime *r = entry;

    add(l, "%s", r->name);
    if (r->informational)
        add(l, ": for information, never a gate");
    for (int i = 0; i < r->n; i++)
        add(l, "%s %s", i == 0 ? ":" : ";", r->requirements[i].obligation);
}

static void
describe_claim(struct line *l, const void *entry)
{
    const struct cat_claim *c = entry;

    add(l, "%s", c->about);
    if (c->article_text != NULL)
        add(l, ": %s", c->article_text);
    if (known(c->article[0]) && c->article[0] != c->article[1])
        add(l, ": %.6g to %.6g", c->article[0], c->article[1]);
    else if (known(c->article[0]))
        add(l, ": %.6g", c->article[0]);
    if (c->unit != NULL && known(c->article[0]))
        add(l, " %s", c->unit);
}

/* In the order of enum catalog_kind. */
static void (*const describers[CATALOG_KINDS])(struct line *, const void *) = {
    [CATALOG_MODELS] = describe_model,         [CATALOG_PRICES] = describe_price,
    [CATALOG_GPUS] = describe_gpu,             [CATALOG_GPU_PRICES] = describe_gpu_price,
    [CATALOG_HOSTS] = describe_host,           [CATALOG_ENGINES] = describe_engine,
    [CATALOG_REGIMES] = describe_regime,       [CATALOG_CLAIMS] = describe_claim,
};

/* ---- by kind and place ------------------------------------------------------------------ */

/* The tables' first rows are the kinds, in their order. */
static const char *
entry_at(const struct catalog *cat, enum catalog_kind kind, int i)
{
    const char *entries;

    if (kind >= CATALOG_KINDS || i < 0 || i >= catalog_count(cat, kind))
        return NULL;
    memcpy(&entries, (const char *)cat + catalog_tables[kind].entries, sizeof entries);
    return entries + (size_t)i * catalog_tables[kind].size;
}

const char *
catalog_kind_name(enum catalog_kind kind)
{
    return kind < CATALOG_KINDS ? catalog_tables[kind].name : NULL;
}

int
catalog_count(const struct catalog *cat, enum catalog_kind kind)
{
    int n = 0;

    if (kind < CATALOG_KINDS)
        memcpy(&n, (const char *)cat + catalog_tables[kind].n_entries, sizeof n);
    return n;
}

const char *
catalog_id(const struct catalog *cat, enum catalog_kind kind, int i)
{
    const char *entry = entry_at(cat, kind, i), *id = NULL;

    if (entry != NULL)
        memcpy(&id, entry + catalog_tables[kind].id, sizeof id);
    return id;
}

char *
catalog_describe(const struct catalog *cat, enum catalog_kind kind, int i, char *out, size_t size)
{
    struct line l = { .out = out, .size = size };
    const char *entry = entry_at(cat, kind, i);

    if (size > 0)
        out[0] = '\0';
    if (entry != NULL)
        describers[kind](&l, entry);
    return out;
}

const struct origin *
catalog_origin(const struct catalog *cat, enum catalog_kind kind, int i)
{
    const char *entry = entry_at(cat, kind, i);

    return entry != NULL ? (const struct origin *)(const void *)(entry + catalog_tables[kind].origin) : NULL;
}
