/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* ---- JSON -------------------------------------------------------------------------- */

/* A figure, a range as an array, words where there are no figures, else null. */
static void
put_range(struct json *j, const char *key, const double x[2], const char *words)
{
    json_key(j, key);
    if (!isfinite(x[0])) {
        json_string(j, words);
        return;
    }
    if (x[0] == x[1]) {
        json_number(j, x[0]);
        return;
    }
    json_array(j);
    json_number(j, x[0]);
    json_number(j, x[1]);
    json_end(j, ']');
}

static void
put_json(struct buffer *b, const struct claim_result *list, int n)
{
    struct json j;

    json_init(&j, b, 0);
    json_object(&j);
    json_key(&j, "claims");
    json_array(&j);
    for (int k = 0; k < n; k++) {
        const struct claim_result *r = &list[k];

        json_object(&j);
        json_put_string(&j, "id", r->claim->id);
        put_range(&j, "article", r->claim->article, r->claim->article_text);
        put_range(&j, "recomputed", r->recomputed, NULL);
        json_put_number(&j, "factor", r->factor);
        json_put_string(&j, "verdict", r->verdict);
        json_put_string(&j, "note", r->note);
        json_end(&j, '}');
    }
    json_end(&j, ']');
    json_end(&j, '}');
    buffer_putc(b, '\n');
}

/* ---- text ---------------------------------------------------------------------------- */

/* Four digits, thousands separated where there are more; "-" without figures. */
static char *
show(char *out, size_t size, double x)
{
    if (isfinite(x) && fabs(x) < 1000)
        snprintf(out, size, "%.4g", x);
    else
        number_full(out, size, x, fabs(x) < 1e5 ? 2 : 0);
    char *point = strchr(out, '.');
    if (point != NULL && strcmp(point, ".00") == 0)
        *point = '\0';
    return out;
}

static char *
show_range(char *out, size_t size, const double x[2])
{
    char low[40], high[40];

    show(low, sizeof low, x[0]);
    if (!isfinite(x[0]) || x[0] == x[1])
        text_copy(out, size, low);
    else
        snprintf(out, size, "%s to %s", low, show(high, sizeof high, x[1]));
    return out;
}

static void
put_claim(struct buffer *b, const struct claim_result *r)
{
    const struct cat_claim *c = r->claim;
    char article[96], recomputed[96], factor[40], about[400];

    text_clean(about, sizeof about, c->about);
    buffer_printf(b, "%-24s %s\n", c->id, r->verdict);
    put_wrapped(b, about, 4);
    if (isfinite(c->article[0]))
        buffer_printf(b, "    article %s", show_range(article, sizeof article, c->article));
    else
        buffer_printf(b, "    article: %s", c->article_text != NULL ? c->article_text : "no figure");
    if (isfinite(r->recomputed[0]))
        buffer_printf(b, "; recomputed %s", show_range(recomputed, sizeof recomputed, r->recomputed));
    if (c->unit != NULL && isfinite(c->article[0]))
        buffer_printf(b, " %s", c->unit);
    if (isfinite(r->factor))
        buffer_printf(b, "; factor %s", show(factor, sizeof factor, r->factor));
    buffer_putc(b, '\n');
    put_wrapped(b, r->note, 4);
    buffer_putc(b, '\n');
}

static void
put_counts(struct buffer *b, const struct claim_result *list, int n)
{
    static const char *const verdicts[] = { "holds", "near", "unit-error", "contradicts", "infeasible",
                                            "not-derivable" };

    buffer_printf(b, "%d claims", n);
    for (size_t v = 0; v < BE_LEN(verdicts); v++) {
        int count = 0;
        for (int k = 0; k < n; k++)
            count += strcmp(list[k].verdict, verdicts[v]) == 0;
        buffer_printf(b, "%s %d %s", v == 0 ? ":" : ",", count, verdicts[v]);
    }
    buffer_putc(b, '\n');
}

int
cmd_audit(const struct args *a, struct error *err)
{
    struct catalog *cat = NULL;
    struct buffer out;

    if (a->n_operands > 0)
        return error_set(err, ERR_USAGE, "audit takes no operand");
    if (catalog_open(&cat, err) < 0)
        return -1;
    struct claim_result *list = calloc((size_t)cat->n_claims + 1, sizeof *list);
    int n = list != NULL ? audit(cat, list, cat->n_claims) : 0, status;
    buffer_init(&out);
    if (n < cat->n_claims || n == 0)
        status = error_set(err, ERR_UNKNOWN, "the catalog lacks the claims or the models that they are about");
    else {
        if (args_has(a, "json"))
            put_json(&out, list, n);
        else {
            for (int k = 0; k < n; k++)
                put_claim(&out, &list[k]);
            put_counts(&out, list, n);
        }
        status = write_out(NULL, &out, err);
    }
    buffer_release(&out);
    free(list);
    catalog_free(cat);
    return status;
}
