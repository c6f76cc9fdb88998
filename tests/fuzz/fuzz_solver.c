/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "breakeven/decide.h"
#include "fuzz.h"
#include "../legal.h"

/* A shipped scenario with up to a dozen fields at legal values of the input's choice: figures, their
 * limits among them, and every choice, name and arm, so that many arms are half made. Every cost is
 * finite, an edit and its undoing end bit-equal to a fresh run, and no arm gets cheaper when what it
 * buys gets dearer. Searches over volume take a hundred times as long as all samples: one input in
 * thirty-two gets a verdict, one in four thousand the whole answer, whichever its bytes' hash picks. */

#define FEW_SAMPLES 64

static const char *const files[] = { "article", "article-corrected", "bank-india", "code-assistant", "contract-clauses",
                                     "hospital-us", "medical-qa", "night-batch", "rag-copilot", "startup-mvp", "support-intents" };
#define N_FILES (sizeof files / sizeof *files)

/* Loaded once. */
static const struct scenario *
shipped(unsigned which)
{
    static struct scenario loaded[N_FILES];
    static struct problems found;
    const char *top = getenv("BREAKEVEN_DATADIR");
    struct scenario_file f;
    struct error err;
    char path[1100];

    if (loaded[which].n_arms == 0) {
        problems_init(&found);
        snprintf(path, sizeof path, "%s/scenarios/%s.yaml", top != NULL ? top : ".", files[which]);
        MUST(scenario_open(&f, path, fuzz_catalog(), &found, &err) == 0);
        loaded[which] = f.scenario;
        scenario_file_release(&f);
    }
    return &loaded[which];
}

static void
edit_figure(struct scenario *sc, struct field_ref ref, unsigned kind, unsigned a, unsigned b)
{
    struct quantity_rules how;
    struct error err;
    char text[2 * QUANTITY_TEXT], low[48], high[48];

    field_rules(ref.field, sc, &how);
    const double span = how.high - how.low;
    double x = a == 0 ? how.low : a == 255 ? how.high : how.low + span * pow(10, -(double)(a % 13)) * (1 + b % 9) / 10;
    double y = kind % 4 == 3 ? how.low + span * (1 + b) / 256.0 : x + (how.high - x) * (1 + b) / 512.0;
    quantity_print(low, sizeof low, fmin(x, y), &how);
    quantity_print(high, sizeof high, fmax(x, y), &how);
    if (kind >= 250)
        text[0] = '\0';
    else if (kind % 4 == 0)
        snprintf(text, sizeof text, "%s", low);
    else
        snprintf(text, sizeof text, "%s%s%s", low, kind % 4 == 1 ? " to " : "..", high);
    (void)field_set_text(sc, ref, text, fuzz_catalog(), &err); /* a refusal leaves it as it was */
}

static void
edit(struct scenario *sc, struct recipe *r)
{
    static char text[LEGAL_BYTES];
    struct field_ref ref;
    struct error err;

    MUST(field_each(sc, (int)next_below(r, (unsigned)field_count(sc)), &ref));
    unsigned kind = next_byte(r), a = next_byte(r), b = next_byte(r);
    if (field_is_quantity(ref.field)) {
        edit_figure(sc, ref, kind, a, b);
        return;
    }
    int values = legal_count(sc, ref, fuzz_catalog());
    if (values > 0 && legal_value(sc, ref, fuzz_catalog(), (int)((a << 8 | b) % (unsigned)values), text))
        (void)legal_put(sc, ref, text, fuzz_catalog(), &err);
}

/* ---- all samples ------------------------------------------------------------------------- */

static struct samples *
solved(struct samples *kept, const struct scenario *sc)
{
    static const struct solve_options options = { .samples = FEW_SAMPLES, .seed = 1 };
    static struct setup setup;
    static struct problems found;
    struct error err;

    problems_init(&found);
    scenario_resolve(&setup, sc, fuzz_catalog(), &found);
    MUST(solve_again(&kept, &setup, &options, &err) == 0);
    return kept;
}

/* What was solved, to compare it with. */
struct columns {
    bool known[ARMS_MAX], there[ARMS_MAX][METRIC_COUNT];
    real x[ARMS_MAX][METRIC_COUNT][FEW_SAMPLES];
};

static void
keep_columns(struct columns *c, const struct samples *s)
{
    for (int a = 0; a < s->n_arms; a++) {
        c->known[a] = s->known[a];
        for (int m = 0; m < METRIC_COUNT; m++)
            if ((c->there[a][m] = s->metric[a][m] != NULL))
                memcpy(c->x[a][m], s->metric[a][m], sizeof c->x[a][m]);
        for (int i = 0; i < s->n; i++)
            MUST(!isinf(s->metric[a][METRIC_NPV][i]) && !isinf(s->metric[a][METRIC_RUN][i]));
    }
}

static void
must_be_kept(const struct columns *c, const struct samples *s)
{
    for (int a = 0; a < s->n_arms; a++) {
        MUST(c->known[a] == s->known[a]);
        for (int m = 0; m < METRIC_COUNT; m++)
            MUST(!c->there[a][m] || s->metric[a][m] == NULL || memcmp(c->x[a][m], s->metric[a][m], (size_t)s->n * sizeof(real)) == 0);
    }
}

static bool
double_wage(struct scenario *sc)
{
    static struct field_ref wage;
    struct quantity_rules how;
    struct error err;
    char text[QUANTITY_TEXT];

    if (wage.field == NULL)
        MUST(field_find(sc, "people.fte_cost_usd_month", &wage, &err) == 0);
    field_rules(wage.field, sc, &how);
    return quantity_scale_text(text, sizeof text, ((const struct quantity *)field_value(sc, wage))->text, 2, &how, &err) == 0 &&
        field_set_text(sc, wage, text, fuzz_catalog(), &err) == 0;
}

/* Twice the wage: nobody works for less, in any sample. And back: nothing has changed. */
static void
edit_and_undo(const struct scenario *sc)
{
    static struct scenario dear;
    static struct columns fresh;
    struct samples *s = solved(NULL, sc);

    keep_columns(&fresh, s);
    dear = *sc;
    if (double_wage(&dear)) {
        s = solved(s, &dear);
        for (int a = 0; a < s->n_arms; a++)
            for (int i = 0; fresh.known[a] && s->known[a] && i < s->n; i++) {
                double was = fresh.x[a][METRIC_NPV][i], is = s->metric[a][METRIC_NPV][i];
                MUST(isnan(was) || isnan(is) || is >= was - 1e-6 * fabs(was));
            }
        s = solved(s, sc);
        must_be_kept(&fresh, s);
    }
    samples_free(s);
}

/* ---- the verdict --------------------------------------------------------------------------- */

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

static void
decides(const struct scenario *sc, enum decide_depth depth)
{
    static const struct solve_options options = { .samples = 256, .seed = 1 };
    struct answer *an = NULL;
    struct error err;

    err.text[0] = '\0';
    if (decide(&an, sc, fuzz_catalog(), "fuzz", &options, depth, NULL, &err) == 0)
        sound(an);
    else
        MUST(err.text[0] != '\0' && err.code != ERR_BUG);
    answer_free(an);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct scenario sc;
    struct recipe r = { bytes, bytes + n };
    uint64_t hash = 14695981039346656037u;

    for (size_t k = 0; k < n; k++)
        hash = (hash ^ bytes[k]) * 1099511628211u;
    hash ^= hash >> 32;
    sc = *shipped(next_below(&r, N_FILES));
    for (int k = 0; k < 12 && r.at < r.end; k++)
        edit(&sc, &r);
    edit_and_undo(&sc);
    if (hash % 32 == 0)
        decides(&sc, hash % 4096 == 0 ? DEPTH_ALL : DEPTH_VERDICT);
    return 0;
}
