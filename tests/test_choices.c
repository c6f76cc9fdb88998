/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <ctype.h>

#include "catalog_support.h"
#include "legal.h"
#include "support.h"
#include "tui/app.h"

/* Every choice, name, arm, set and date of every field and arm of every shipped scenario, alone, in pairs
 * and with figures at their ends: answered, drawn in every view and reported. Each answer is finite or
 * says what is unknown, and no picture or report holds a figure that is none. A part of it in make
 * check; BREAKEVEN_THOROUGH: eight times as many; BREAKEVEN_WHOLE: all values alone and 4,000 pairs, which
 * takes a quarter of an hour. BREAKEVEN_SPARSE: as few as a memory checker has time for. */

static const char *const scenarios[] = { "article", "article-corrected", "bank-india", "code-assistant", "contract-clauses",
                                         "hospital-us", "medical-qa", "night-batch", "rag-copilot", "startup-mvp", "support-intents" };
static struct scenario shipped[BE_LEN(scenarios)];
static char text[LEGAL_BYTES];
static const char *where; /* for whoever reads of a failure */

static int
load_all(void **state)
{
    static struct problems found;
    struct scenario_file f;
    struct error err;
    char relative[128];

    if (open_catalog(state) < 0)
        return -1;
    for (size_t k = 0; k < BE_LEN(scenarios); k++) {
        snprintf(relative, sizeof relative, "scenarios/%s.yaml", scenarios[k]);
        problems_init(&found);
        if (scenario_open(&f, source_path(relative), catalog, &found, &err) != 0)
            return -1;
        shipped[k] = f.scenario;
        scenario_file_release(&f);
    }
    return 0;
}

/* 1 in so many. */
static unsigned
stride(unsigned usual)
{
    if (getenv("BREAKEVEN_WHOLE") != NULL)
        return 1;
    if (getenv("BREAKEVEN_SPARSE") != NULL)
        return 40 * usual;
    return getenv("BREAKEVEN_THOROUGH") != NULL && usual > 8 ? usual / 8 : usual;
}

/* ---- looks ------------------------------------------------------------------------------- */

static bool
in_word(char c)
{
    return isalpha((unsigned char)c) || c == '_';
}

/* A word that printf makes of what is no number. */
static const char *
no_number(const char *s)
{
    static const char *const words[] = { "nan", "inf", "NaN", "Infinity" };

    for (const char *p = s; *p != '\0'; p++)
        for (size_t k = 0; k < BE_LEN(words) && (p == s || !in_word(p[-1])); k++) {
            size_t n = strlen(words[k]);
            if (strncmp(p, words[k], n) == 0 && !in_word(p[n]))
                return p;
        }
    return NULL;
}

static char *
frame(struct app *app, int columns, int rows)
{
    struct canvas c;
    struct buffer b;
    int row, column;

    assert_int_equal(canvas_init(&c, columns, rows), 0);
    app_draw(app, &c, &app->map, &row, &column);
    assert_true(row < rows && column < columns);
    buffer_init(&b);
    canvas_print(&c, &b);
    canvas_release(&c);
    return buffer_steal(&b);
}

static void
is_drawn(const struct scenario *sc, struct answer *an, enum decide_depth depth)
{
    static const int sizes[][2] = { { 80, 24 }, { 120, 40 }, { 24, 8 } };
    static const struct tui_options none = { .samples = 256, .seed = 1, .glyphs = GLYPHS_BRAILLE };
    static struct app app;
    struct tui_options o = none;
    struct error err;

    o.catalog = catalog;
    assert_int_equal(app_init(&app, &o, &err), 0);
    app.n_docs = 1;
    app.docs[0].file.scenario = *sc;
    history_init(&app.docs[0].history);
    problems_init(&app.docs[0].problems);
    snprintf(app.docs[0].name, sizeof app.docs[0].name, "plan.yaml");
    app.docs[0].answer = malloc(sizeof *an);
    assert_non_null(app.docs[0].answer);
    *app.docs[0].answer = *an;
    app.docs[0].depth = depth;
    for (int v = 0; v < app_views_n(); v++)
        for (size_t k = 0; k < BE_LEN(sizes); k++) {
            app.view = v;
            app.table = k == 1;
            app.pane = (enum pane)(v % PANE_COUNT);
            app.open_arm = v % sc->n_arms;
            app_make_view(&app);
            char *f = frame(&app, sizes[k][0], sizes[k][1]);
            if (no_number(f) != NULL)
                fail_msg("%s, view %d of %dx%d:\n%s", where, v, sizes[k][0], sizes[k][1], f);
            free(f);
        }
    app_release(&app);
}

static void
is_reported(const struct scenario *sc, struct answer *an)
{
    static const enum report_format formats[] = { REPORT_MARKDOWN, REPORT_HTML, REPORT_JSON, REPORT_CSV, REPORT_TEXT };
    struct report_input in = { an, sc, catalog, "breakeven report plan.yaml" };
    struct buffer b;
    struct error err;

    for (size_t k = 0; k < BE_LEN(formats); k++) {
        buffer_init(&b);
        if (report_write(&b, formats[k], &in, &err) != 0)
            fail_msg("%s: no %s: %s", where, report_format_name(formats[k]), err.text);
        const char *odd = no_number(b.text);
        if (odd != NULL)
            fail_msg("%s: a figure that is none in %s: ...%.80s", where, report_format_name(formats[k]),
                     odd - b.text > 40 ? odd - 40 : b.text);
        buffer_release(&b);
    }
}

/* ---- answers --------------------------------------------------------------------------------- */

static const char *
wrong_arm(const struct answer *an, const struct arm_answer *x)
{
    if (!x->known)
        return x->outcome.unknown[0] != '\0' ? NULL : "an unknown cost without words";
    if (!isfinite(x->tco_usd.mean) || !isfinite(x->tco_usd.p5) || !isfinite(x->tco_usd.p95) || !isfinite(x->once_usd))
        return "a cost that is not finite";
    for (int m = 0; m < an->horizon_months; m++)
        if (!isfinite(x->monthly_usd[m]) || !isfinite(x->cumulative_usd[m]))
            return "a month that is not finite";
    return x->p_best >= 0 && x->p_best <= 1 ? NULL : "a probability beyond its limits";
}

static void
is_answered(const struct scenario *sc, enum decide_depth depth, bool looks)
{
    static const struct solve_options o = { .samples = 256, .seed = 1 };
    struct answer *an = NULL;
    struct error err;

    err.text[0] = '\0';
    if (decide(&an, sc, catalog, "plan", &o, depth, NULL, &err) != 0) {
        if (err.text[0] == '\0' || err.code == ERR_BUG)
            fail_msg("%s: no answer, %s", where, err.text);
        return;
    }
    for (int a = 0; a < an->n_arms; a++) {
        const char *what = wrong_arm(an, &an->arms[a]);
        if (what != NULL)
            fail_msg("%s: %s has %s", where, an->arms[a].name, what);
    }
    if (an->verdict.headline[0] == '\0')
        fail_msg("%s: no headline", where);
    for (int k = 0; k < an->verdict.n_reasons; k++)
        if (no_number(an->verdict.reasons[k]) != NULL)
            fail_msg("%s: %s", where, an->verdict.reasons[k]);
    if (looks) {
        is_drawn(sc, an, depth);
        is_reported(sc, an);
    }
    answer_free(an);
}

/* ---- what is put ---------------------------------------------------------------------------------- */

static uint64_t seed = 7;

static unsigned
below(unsigned limit)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % limit;
}

static bool
has_limits(const struct scenario *sc)
{
    return sc->latency.ttft_p95_ms.kind != QUANTITY_UNSET || sc->latency.tpot_ms.kind != QUANTITY_UNSET;
}

/* Gates that ask an arm for figures must be in force to be asked. */
static void
set_limits(struct scenario *sc)
{
    static const char *const limits[][2] = { { "latency.ttft_p95_ms", "2000" }, { "latency.tpot_ms", "80" }, { "quality.floor", "70%" } };
    struct field_ref ref;
    struct error err;

    for (size_t k = 0; k < BE_LEN(limits); k++) {
        assert_int_equal(field_find(sc, limits[k][0], &ref, &err), 0);
        if (!field_is_set(sc, ref))
            assert_int_equal(field_set_text(sc, ref, limits[k][1], catalog, &err), 0);
    }
    assert_true(has_limits(sc));
}

/* False: refused, with words. */
static bool
put(struct scenario *sc, struct field_ref ref, int value, char *words, size_t size)
{
    struct error err;
    char path[112];

    if (!legal_value(sc, ref, catalog, value, text))
        return false;
    snprintf(words, size, "%s=%.60s", field_path(sc, ref, path, sizeof path), text);
    err.text[0] = '\0';
    if (legal_put(sc, ref, text, catalog, &err) == 0)
        return true;
    if (err.text[0] == '\0')
        fail_msg("%s: refused without a word", words);
    return false;
}

static void
each_value_alone(void **state)
{
    unsigned every = stride(80), n = 0, deep = every * 64, looks = every * 8;
    char words[200], say[300];

    (void)state;
    for (size_t k = 0; k < BE_LEN(scenarios); k++) {
        struct field_ref ref;
        struct scenario base = shipped[k], sc;
        set_limits(&base);
        for (int i = 0; field_each(&base, i, &ref); i++)
            for (int v = 0; !field_is_quantity(ref.field) && v < legal_count(&base, ref, catalog); v++) {
                if (n++ % every != 0)
                    continue;
                sc = base;
                if (!put(&sc, ref, v, words, sizeof words))
                    continue;
                snprintf(say, sizeof say, "%s, %s", scenarios[k], words);
                where = say;
                is_answered(&sc, n % deep == 1 ? DEPTH_ALL : DEPTH_VERDICT, n % looks == 1);
            }
    }
    print_message("# %u values, 1 in %u of them\n", n, every);
    assert_true(n > 5000);
}

/* Two or three places at once: kinds and names with each other and with figures at their ends. */
static void
pairs_of_values(void **state)
{
    int pairs = getenv("BREAKEVEN_WHOLE") != NULL ? 4000 : getenv("BREAKEVEN_SPARSE") != NULL ? 12
              : getenv("BREAKEVEN_THOROUGH") != NULL ? 500 : 100, answered = 0;
    char words[3][200], say[700];

    (void)state;
    for (int p = 0; p < pairs; p++) {
        unsigned which = below(BE_LEN(scenarios));
        struct scenario sc = shipped[which];
        if (below(2) == 0)
            set_limits(&sc);
        int n = 2 + (int)below(2), there = 0;
        for (int k = 0; k < n; k++) {
            struct field_ref ref;
            do
                assert_true(field_each(&sc, (int)below((unsigned)field_count(&sc)), &ref));
            while (legal_count(&sc, ref, catalog) == 0 || (k == 0 && field_is_quantity(ref.field)));
            there += put(&sc, ref, (int)below((unsigned)legal_count(&sc, ref, catalog)), words[there], sizeof words[0]);
        }
        snprintf(say, sizeof say, "%s, %s, %s, %s", scenarios[which], there > 0 ? words[0] : "", there > 1 ? words[1] : "",
                 there > 2 ? words[2] : "");
        where = say;
        is_answered(&sc, p % 100 == 99 ? DEPTH_ALL : DEPTH_VERDICT, p % 25 == 24);
        answered++;
    }
    assert_true(answered >= 10);
}

/* Arms as they are while they are being made: every kind in every place, its parts not named yet, and
 * named wrongly: itself, each other, an arm that is gone. Drawn and reported, whole. */
static void
arms_half_made(void **state)
{
    static const char *const parts[] = { "first", "second", "small", "large" };
    const struct choice *kinds = arm_kind_choices();
    unsigned n = 0, every = stride(16);
    struct error err;
    char say[200];

    (void)state;
    for (size_t k = 0; k < BE_LEN(scenarios); k++)
        for (int a = 0; a < shipped[k].n_arms; a++)
            for (int to = 0; kinds[to].word != NULL; to++)
                for (int named = 0; named < 3; named++) {
                    struct scenario sc = shipped[k];
                    char path[112];
                    struct field_ref ref;
                    if (n++ % every != 0)
                        continue;
                    set_limits(&sc);
                    snprintf(path, sizeof path, "arms.%s.kind", sc.arms[a].name);
                    assert_int_equal(field_find(&sc, path, &ref, &err), 0);
                    assert_int_equal(field_set_text(&sc, ref, kinds[to].word, catalog, &err), 0);
                    for (size_t p = 0; named > 0 && p < BE_LEN(parts); p++) {
                        snprintf(path, sizeof path, "arms.%s.%s", sc.arms[a].name, parts[p]);
                        if (field_find(&sc, path, &ref, &err) == 0)
                            assert_int_equal(field_set_text(&sc, ref, named == 1 ? sc.arms[a].name : "gone", catalog, &err), 0);
                    }
                    snprintf(say, sizeof say, "%s, %s %s, parts %d", scenarios[k], sc.arms[a].name, kinds[to].word, named);
                    where = say;
                    is_answered(&sc, n % (8 * every) == 1 ? DEPTH_ALL : DEPTH_VERDICT, n % (2 * every) == 1);
                }
    assert_true(n > 500);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_value_alone),
        cmocka_unit_test(pairs_of_values),
        cmocka_unit_test(arms_half_made),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, load_all, close_catalog);
}
