/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "save.h"

/* What a scenario file holds besides fields: pilots, sources, the decision. */

static int
put_number(struct saver *s, const char *path, double value)
{
    char number[40];

    return saver_put(s, path, isfinite(value) ? number_exact(number, sizeof number, value) : NULL, false);
}

static int
put_raw(struct saver *s, const char *path, struct buffer *b)
{
    int status = b->failed ? error_set(s->err, ERR_BUG, "no memory to save") : saver_put(s, path, b->text, true);

    buffer_release(b);
    return status;
}

/* A list or mapping may be written anew only if all of it was read: else the rest were lost. */
static int
all_was_read(struct saver *s, const char *key, int read)
{
    struct document *doc;

    if (document_parse_yaml(&doc, s->text, s->n, s->err) < 0)
        return -1;
    const struct node *n = node_get(document_root(doc), key);
    int line = n != NULL ? n->line : 0;
    bool all = n == NULL || n->kind == NODE_NULL || n->n == (size_t)read;
    document_free(doc);
    return all ? 0 : error_at(s->err, ERR_CONFLICT, line, 0, "the file has %s that could not be read; mend them by hand first", key);
}

/* ---- pilots --------------------------------------------------------------------------------------- */

static bool
same_pilot(const struct pilot *a, const struct pilot *b)
{
    return a->n == b->n && a->right == b->right && a->total == b->total;
}

static int
change_pilot(struct saver *s, int k)
{
    const struct pilot *p = &s->sc->pilots[k], *q = &s->old->pilots[k];
    const struct {
        const char *key;
        int now, before;
    } parts[] = { { "n", p->n, q->n }, { "right", p->right, q->right }, { "total", p->total, q->total } };
    char path[48], number[16];

    for (size_t i = 0; i < BE_LEN(parts); i++) {
        snprintf(path, sizeof path, "pilots.%d.%s", k, parts[i].key);
        snprintf(number, sizeof number, "%d", parts[i].now);
        if (parts[i].now != parts[i].before && saver_put(s, path, number, false) < 0)
            return -1;
    }
    return 0;
}

static int
rewrite_pilots(struct saver *s)
{
    struct buffer b;

    if (s->sc->n_pilots == 0)
        return saver_put(s, "pilots", NULL, false);
    buffer_init(&b);
    for (int k = 0; k < s->sc->n_pilots; k++) {
        buffer_puts(&b, k > 0 ? ", " : "[");
        put_yaml_pilot(&b, &s->sc->pilots[k]);
    }
    buffer_putc(&b, ']');
    return put_raw(s, "pilots", &b);
}

/* Take out of the text and of "old" what the scenario has not, until both have as many; the others keep their
 * places and comments. */
static int
remove_pilots(struct saver *s)
{
    char path[32];

    for (int k = 0; s->old->n_pilots > s->sc->n_pilots;) {
        if (k < s->sc->n_pilots && same_pilot(&s->old->pilots[k], &s->sc->pilots[k])) {
            k++;
            continue;
        }
        snprintf(path, sizeof path, "pilots.%d", k);
        if (saver_put(s, path, NULL, false) < 0)
            return -1;
        s->old->n_pilots--;
        memmove(&s->old->pilots[k], &s->old->pilots[k + 1], (size_t)(s->old->n_pilots - k) * sizeof s->old->pilots[0]);
    }
    return 0;
}

static int
append_pilots(struct saver *s)
{
    struct buffer b;
    char path[32];

    for (int k = s->old->n_pilots; k < s->sc->n_pilots; k++) {
        snprintf(path, sizeof path, "pilots.%d", k);
        buffer_init(&b);
        put_yaml_pilot(&b, &s->sc->pilots[k]);
        if (put_raw(s, path, &b) < 0)
            return -1;
    }
    return 0;
}

int
save_pilots(struct saver *s)
{
    bool same = s->old->n_pilots == s->sc->n_pilots;

    for (int k = 0; same && k < s->sc->n_pilots; k++)
        same = same_pilot(&s->old->pilots[k], &s->sc->pilots[k]);
    if (same)
        return 0;
    if (all_was_read(s, "pilots", s->old->n_pilots) < 0)
        return -1;
    if (s->old->n_pilots == 0 || s->sc->n_pilots == 0)
        return rewrite_pilots(s);
    if (remove_pilots(s) < 0)
        return -1;
    for (int k = 0; k < s->old->n_pilots; k++)
        if (change_pilot(s, k) < 0)
            return -1;
    return append_pilots(s);
}

/* ---- sources -------------------------------------------------------------------------------------- */

/* A key with dots cannot be told from a path: it is written under this name and renamed. */
#define STAND_IN "source-to-be"

static int
append_source(struct saver *s, const struct source_note *note)
{
    char path[112];

    if (strchr(note->path, '.') == NULL) {
        snprintf(path, sizeof path, "sources.%s", note->path);
        return saver_put(s, path, note->text, false);
    }
    if (saver_put(s, "sources." STAND_IN, note->text, false) < 0)
        return -1;
    return saver_rename(s, "sources." STAND_IN, note->path);
}

/* All of them anew, each in a line of its own. */
static int
rewrite_sources(struct saver *s)
{
    if (all_was_read(s, "sources", s->old->n_sources) < 0 || saver_put(s, "sources", NULL, false) < 0)
        return -1;
    for (int k = 0; k < s->sc->n_sources; k++)
        if (append_source(s, &s->sc->sources[k]) < 0)
            return -1;
    return 0;
}

int
save_sources(struct saver *s)
{
    const struct scenario *old = s->old, *sc = s->sc;
    bool grown = old->n_sources <= sc->n_sources;
    char path[112];

    for (int k = 0; k < old->n_sources && grown; k++)
        grown = strcmp(old->sources[k].path, sc->sources[k].path) == 0 &&
                (strcmp(old->sources[k].text, sc->sources[k].text) == 0 || strchr(sc->sources[k].path, '.') == NULL);
    if (!grown)
        return rewrite_sources(s);
    for (int k = 0; k < sc->n_sources; k++) {
        const struct source_note *note = &sc->sources[k];
        if (k >= old->n_sources) {
            if (append_source(s, note) < 0)
                return -1;
        } else if (strcmp(old->sources[k].text, note->text) != 0) {
            snprintf(path, sizeof path, "sources.%s", note->path);
            if (saver_put(s, path, note->text, false) < 0)
                return -1;
        }
    }
    return 0;
}

/* ---- the decision --------------------------------------------------------------------------------- */

static bool
same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static bool
same_price(const struct decision *a, const struct decision *b, int k)
{
    return strcmp(a->prices[k].arm, b->prices[k].arm) == 0 &&
           same_number(a->prices[k].input_usd_mtok, b->prices[k].input_usd_mtok) &&
           same_number(a->prices[k].output_usd_mtok, b->prices[k].output_usd_mtok) &&
           same_number(a->prices[k].gpu_price_usd_h, b->prices[k].gpu_price_usd_h);
}

static int
save_prices(struct saver *s)
{
    const struct decision *d = &s->sc->decision, *before = &s->old->decision;
    bool same_arms = d->n_prices == before->n_prices, same = same_arms;
    char path[112];

    for (int k = 0; k < d->n_prices && same_arms; k++) {
        same_arms = strcmp(d->prices[k].arm, before->prices[k].arm) == 0;
        same &= same_arms && same_price(d, before, k);
    }
    if (same && same_arms)
        return 0;
    if (!same_arms && saver_put(s, "decision.prices", NULL, false) < 0)
        return -1;
    for (int k = 0; k < d->n_prices; k++) {
        struct buffer b;
        if (same_arms && same_price(d, before, k))
            continue;
        buffer_init(&b);
        put_yaml_price(&b, d, k);
        snprintf(path, sizeof path, "decision.prices.%s", d->prices[k].arm);
        if (put_raw(s, path, &b) < 0)
            return -1;
    }
    return 0;
}

int
save_decision(struct saver *s)
{
    const struct decision *d = &s->sc->decision, *before = &s->old->decision;
    bool fresh = !before->present;
    char date[16];

    if (!d->present)
        return fresh ? 0 : saver_put(s, "decision", NULL, false);
    if ((fresh || strcmp(d->pick, before->pick) != 0) && saver_put(s, "decision.pick", d->pick, false) < 0)
        return -1;
    if ((fresh || date_compare(d->on, before->on) != 0) &&
        saver_put(s, "decision.on", d->on.year != 0 ? date_print(date, sizeof date, d->on, true) : NULL, false) < 0)
        return -1;
    if ((fresh || !same_number(d->p_best, before->p_best)) && put_number(s, "decision.p_best", d->p_best) < 0)
        return -1;
    if ((fresh || !same_number(d->tco_usd, before->tco_usd)) && put_number(s, "decision.tco_usd", d->tco_usd) < 0)
        return -1;
    return save_prices(s);
}
