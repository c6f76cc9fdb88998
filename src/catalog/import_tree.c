/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "import.h"

/* What the readers of the JSON lists share. */

const struct node *
import_last(const struct node *mapping, const char *key)
{
    if (mapping == NULL || mapping->kind != NODE_MAPPING)
        return NULL;
    for (size_t i = mapping->n; i > 0; i--)
        if (strcmp(node_text(&mapping->keys[i - 1], ""), key) == 0)
            return &mapping->items[i - 1];
    return NULL;
}

double
import_number(struct importer *im, const struct node *mapping, const char *key, double factor)
{
    const struct node *n = import_last(mapping, key);
    double x;

    if (n == NULL || n->kind == NODE_NULL)
        return NAN;
    if (!node_number(n, &x)) {
        import_doubt(im, "%s is not a number", key);
        return NAN;
    }
    if (x < 0) {
        import_doubt(im, "%s is negative", key);
        return NAN;
    }
    return x * factor;
}

double
import_tokens(const struct node *mapping, const char *key)
{
    const struct node *n = import_last(mapping, key);
    double x;

    return n != NULL && node_number(n, &x) && x >= 1 && x <= 1e9 ? x : NAN;
}

/* ---- said twice ------------------------------------------------------------------------ */

struct place {
    const char *name;
    size_t at;
};

static int
by_name(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    int order = strcmp(x->name, y->name);

    return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

bool *
import_replaced(const char *const *names, size_t n)
{
    struct place *places = malloc((n + 1) * sizeof *places);
    bool *replaced = calloc(n + 1, sizeof *replaced);

    if (places != NULL && replaced != NULL) {
        for (size_t i = 0; i < n; i++)
            places[i] = (struct place){ names[i], i };
        qsort(places, n, sizeof *places, by_name);
        for (size_t i = 1; i < n; i++)
            if (strcmp(places[i].name, places[i - 1].name) == 0)
                replaced[places[i - 1].at] = true;
    } else {
        free(replaced);
        replaced = NULL;
    }
    free(places);
    return replaced;
}

#define KEYS_COMPARED 256 /* no list has a tenth of that in an entry */

void
import_doubt_twice(struct importer *im, const struct node *mapping)
{
    size_t n = mapping->n < KEYS_COMPARED ? mapping->n : KEYS_COMPARED;

    for (size_t i = 1; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(node_text(&mapping->keys[i], ""), node_text(&mapping->keys[k], "")) == 0) {
                import_doubt(im, "%s stands there twice; the last is used", node_text(&mapping->keys[i], ""));
                return;
            }
}

/* ---- tiers --------------------------------------------------------------------------------- */

bool
import_room_for_tier(struct importer *im, const struct price_step *s)
{
    if (s->n_tiers < PRICE_TIERS_MAX)
        return true;
    import_doubt(im, "more than %d thresholds; the rest is not used", PRICE_TIERS_MAX);
    return false;
}

void
import_sort_tiers(struct importer *im, struct price_step *s)
{
    int n = 0;

    /* Few, and in order mostly; equal ones keep theirs. */
    for (int i = 1; i < s->n_tiers; i++) {
        struct price_tier t = s->tiers[i];
        int k = i;

        for (; k > 0 && s->tiers[k - 1].above_tokens > t.above_tokens; k--)
            s->tiers[k] = s->tiers[k - 1];
        s->tiers[k] = t;
    }
    for (int i = 0; i < s->n_tiers; i++) {
        if (n > 0 && s->tiers[n - 1].above_tokens == s->tiers[i].above_tokens) {
            import_doubt(im, "two prices above %.15g tokens; the last is used", s->tiers[i].above_tokens);
            n--;
        }
        s->tiers[n++] = s->tiers[i];
    }
    s->n_tiers = n;
}

/* ---- odd things that lists share ----------------------------------------------------------------- */

void
import_retired(struct importer *im, struct cat_price *p, const char *date, const char *what)
{
    char shown[16];
    struct error e;

    if (date == NULL || date[0] == '\0')
        return;
    if (date_parse(&p->retired, date, &e) < 0) {
        import_doubt(im, "%s \"%.40s\" is not a date", what, date);
        return;
    }
    if (im->as_of.year != 0 && date_compare(p->retired, im->as_of) < 0)
        import_doubt(im, "retired on %s, before the list's date", date_print(shown, sizeof shown, p->retired, true));
}

void
import_doubt_reasoning(struct importer *im, double usd_mtok, double output_usd_mtok)
{
    if (known(usd_mtok) && known(output_usd_mtok) && fabs(usd_mtok - output_usd_mtok) > 1e-9 * output_usd_mtok)
        import_doubt(im, "reasoning tokens cost $%.6g per million; the output price is used", usd_mtok);
}
