/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "breakeven/decide.h"
#include "fuzz.h"

/* A shipped scenario with up to a dozen fields at legal values of the input's choice, their limits
 * among them. Every answer is finite, the same twice, and no arm gets cheaper when what it
 * buys gets dearer. */

static const char *const files[] = { "article", "article-corrected", "bank-india", "code-assistant", "contract-clauses",
                                     "hospital-us", "medical-qa", "night-batch", "rag-copilot", "startup-mvp", "support-intents" };

static void
load(struct scenario *sc, unsigned which)
{
    static struct problems found;
    const char *top = getenv("BREAKEVEN_DATADIR");
    struct scenario_file f;
    struct error err;
    char path[1100];

    problems_init(&found);
    snprintf(path, sizeof path, "%s/scenarios/%s.yaml", top != NULL ? top : ".", files[which]);
    MUST(scenario_open(&f, path, fuzz_catalog(), &found, &err) == 0);
    *sc = f.scenario;
    scenario_file_release(&f);
}

static void
edit(struct scenario *sc, struct recipe *r)
{
    struct field_ref ref;
    struct quantity_rules how;
    struct error err;
    char text[QUANTITY_TEXT], low[48], high[48];
    int n = 0;

    while (field_each(sc, n, &ref))
        n++;
    MUST(field_each(sc, (int)next_below(r, (unsigned)n), &ref));
    unsigned kind = next_byte(r), a = next_byte(r), b = next_byte(r);
    if (!field_is_quantity(ref.field))
        return;
    field_rules(ref.field, sc, &how);
    const double span = how.high - how.low;
    double x = a == 0 ? how.low : a == 255 ? how.high : how.low + span * pow(10, -(double)(a % 13)) * (1 + b % 9) / 10;
    double y = kind % 4 == 3 ? how.low + span * (1 + b) / 256.0 : x + (how.high - x) * (1 + b) / 512.0;
    quantity_print(low, sizeof low, fmin(x, y), &how);
    quantity_print(high, sizeof high, fmax(x, y), &how);
    if (kind % 4 == 0)
        snprintf(text, sizeof text, "%s", low);
    else
        snprintf(text, sizeof text, "%s%s%s", low, kind % 4 == 1 ? " to " : "..", high);
    (void)field_set_text(sc, ref, text, fuzz_catalog(), &err); /* a refusal leaves it as it was */
}

static struct answer *
decided(const struct scenario *sc)
{
    static const struct solve_options options = { .samples = 256, .seed = 1 };
    struct answer *an = NULL;
    struct error err;

    err.text[0] = '\0';
    if (decide(&an, sc, fuzz_catalog(), "fuzz", &options, DEPTH_VERDICT, NULL, &err) == 0)
        return an;
    MUST(err.text[0] != '\0' && err.code != ERR_BUG);
    return NULL;
}

static void
sound(const struct answer *an)
{
    double sum = 0;

    for (int a = 0; a < an->n_arms; a++) {
        const struct arm_answer *x = &an->arms[a];
        if (!x->known)
            continue;
        MUST(isfinite(x->tco_usd.mean) && isfinite(x->tco_usd.p5) && isfinite(x->tco_usd.p95));
        MUST(x->tco_usd.p5 <= x->tco_usd.p95);
        MUST(isfinite(x->p_best) && x->p_best >= 0 && x->p_best <= 1);
        sum += x->p_best;
    }
    MUST(an->verdict.pick < 0 || fabs(sum - 1) < 1e-9);
    MUST(an->verdict.headline[0] != '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct scenario sc;
    static struct problems found;
    struct recipe r = { bytes, bytes + n };
    struct error err;
    struct field_ref ref;

    load(&sc, next_below(&r, sizeof files / sizeof *files));
    for (int k = 0; k < 12 && r.at < r.end; k++)
        edit(&sc, &r);
    problems_init(&found);
    scenario_check(&sc, fuzz_catalog(), &found);
    struct answer *one = decided(&sc), *two = decided(&sc);
    MUST((one == NULL) == (two == NULL));
    if (one == NULL)
        return 0;
    sound(one);
    for (int a = 0; a < one->n_arms; a++)
        MUST(one->arms[a].known == two->arms[a].known &&
             (!one->arms[a].known || one->arms[a].tco_usd.mean == two->arms[a].tco_usd.mean));
    answer_free(two);
    /* Twice the wage: nobody works for less. */
    MUST(field_find(&sc, "people.fte_cost_usd_month", &ref, &err) == 0);
    const struct quantity *wage = field_value(&sc, ref);
    struct quantity_rules how;
    char text[QUANTITY_TEXT];
    field_rules(ref.field, &sc, &how);
    if (quantity_scale_text(text, sizeof text, wage->text, 2, &how, &err) == 0 && field_set_text(&sc, ref, text, fuzz_catalog(), &err) == 0) {
        struct answer *dear = decided(&sc);
        if (dear != NULL)
            for (int a = 0; a < one->n_arms; a++)
                MUST(!one->arms[a].known || !dear->arms[a].known ||
                     dear->arms[a].tco_usd.mean >= one->arms[a].tco_usd.mean * (1 - 1e-9));
        answer_free(dear);
    }
    answer_free(one);
    return 0;
}
