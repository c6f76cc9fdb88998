/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "support.h"

#include <unistd.h>

#include "breakeven/catalog.h"
#include "breakeven/document.h"

/* The shipped catalog, and what the loader says about bad ones. */

static struct problems found; /* large: not on the stack */

static struct catalog *
shipped(void)
{
    const char *folders[] = { source_path("catalog") };
    struct catalog *cat = NULL;
    struct error e;

    problems_init(&found);
    if (catalog_load(&cat, folders, 1, &found, &e) < 0)
        fail_msg("%s", e.text);
    return cat;
}

/* ---- catalogs written by a test ------------------------------------------------------ */

static char folder[] = "catalog-test-XXXXXX";

static void
in_folder(char *path, size_t size, const char *name)
{
    snprintf(path, size, "%s/%s", folder, name);
}

/* Load a catalog of one file over the shipped one, or alone. */
static int
load_text(struct catalog **cat, const char *text, bool over, struct error *e)
{
    const char *folders[2];
    char path[64], shipped_path[1024];
    int n = 0;

    snprintf(folder, sizeof folder, "catalog-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    in_folder(path, sizeof path, "mine.yaml");
    assert_int_equal(file_write(path, text, strlen(text), NULL, NULL, e), 0);
    snprintf(shipped_path, sizeof shipped_path, "%s", source_path("catalog"));
    if (over)
        folders[n++] = shipped_path;
    folders[n++] = folder;
    problems_init(&found);
    int status = catalog_load(cat, folders, n, &found, e);
    unlink(path);
    rmdir(folder);
    return status;
}

#define MODEL "models:\n- id: a\n  name: A\n  vendor: v\n"
#define WHENCE "  source: a page\n  as_of: 2026-08-01\n"

static void
the_shipped_catalog_loads_without_a_problem(void **state)
{
    struct catalog *cat = shipped();

    (void)state;
    assert_int_equal(found.n, 0);
    assert_true(cat->n_models >= 90);
    assert_true(cat->n_prices >= 150);
    assert_int_equal(cat->n_gpu_prices, 151);
    assert_int_equal(cat->n_claims, 33);
    assert_true(cat->n_regimes <= 32);
    catalog_free(cat);
}

static void
every_entry_has_a_source_and_a_date(void **state)
{
    struct catalog *cat = shipped();

    (void)state;
    for (int k = 0; k < CATALOG_KINDS; k++) {
        enum catalog_kind kind = (enum catalog_kind)k;

        assert_non_null(catalog_kind_name(kind));
        for (int i = 0; i < catalog_count(cat, kind); i++) {
            const struct origin *o = catalog_origin(cat, kind, i);
            char line[500];

            if (o->text == NULL || strlen(o->text) < 5 || o->as_of.year < 2013 || o->line < 1)
                fail_msg("%s has no source", catalog_id(cat, kind, i));
            assert_true(strlen(catalog_describe(cat, kind, i, line, sizeof line)) > 5);
        }
        assert_null(catalog_id(cat, kind, catalog_count(cat, kind)));
    }
    assert_null(catalog_kind_name(CATALOG_KINDS));
    catalog_free(cat);
}

static void
ids_are_unique(void **state)
{
    struct catalog *cat = shipped();

    (void)state;
    for (int k = 0; k < CATALOG_KINDS; k++)
        for (int i = 0; i < catalog_count(cat, (enum catalog_kind)k); i++)
            for (int j = 0; j < i; j++)
                assert_string_not_equal(catalog_id(cat, (enum catalog_kind)k, i),
                                        catalog_id(cat, (enum catalog_kind)k, j));
    catalog_free(cat);
}

static void
every_name_of_the_throughput_tables_resolves(void **state)
{
    struct catalog *cat = shipped();
    struct csv t;
    struct error e;
    char *bytes;
    size_t n;

    (void)state;
    assert_int_equal(file_read(source_path("tests/data/throughput-names.csv"), 1 << 20, &bytes, &n, NULL, &e), 0);
    assert_int_equal(csv_parse(&t, bytes, n, &e), 0);
    assert_true(t.n_rows > 100);
    for (size_t r = 1; r < t.n_rows; r++) {
        const char *kind = t.rows[r][0], *name = t.rows[r][1];
        bool good;

        if (strcmp(kind, "model") == 0) {
            const struct cat_model *m = catalog_model(cat, name);
            good = m != NULL && m->has_shape && m->open_weights;
        } else if (strcmp(kind, "gpu") == 0) {
            const struct cat_gpu *g = catalog_gpu(cat, name);
            good = g != NULL && known(g->usable_gib) && known(g->bandwidth_gbs) && known(g->fp16_tflops);
        } else {
            good = catalog_engine(cat, name) != NULL;
        }
        if (!good)
            fail_msg("%s %s does not resolve", kind, name);
    }
    csv_release(&t);
    free(bytes);
    catalog_free(cat);
}

static void
names_that_entries_use_exist(void **state)
{
    struct catalog *cat = shipped();

    (void)state;
    for (int i = 0; i < cat->n_prices; i++) {
        const struct cat_price *p = &cat->prices[i];

        if (catalog_model(cat, p->model) == NULL || catalog_host(cat, p->host) == NULL)
            fail_msg("%s: no such model or host", p->id);
        if (p->successor != NULL && catalog_price(cat, p->successor, p->host) == NULL)
            fail_msg("%s: no price for its successor", p->id);
        if (!known(p->steps[0].price.input) || !known(p->steps[0].price.output))
            fail_msg("%s: no price", p->id);
    }
    for (int i = 0; i < cat->n_models; i++)
        if (!cat->models[i].open_weights && catalog_price(cat, cat->models[i].id, NULL) == NULL)
            fail_msg("%s: weights not published and no price", cat->models[i].id);
    catalog_free(cat);
}

static void
the_articles_prices_are_as_it_states_them(void **state)
{
    struct catalog *cat = shipped();
    const struct cat_price *claude = catalog_price(cat, "claude-3.5-sonnet", NULL);
    const struct cat_price *gpt = catalog_price(cat, "gpt-4o", "");

    (void)state;
    assert_string_equal(claude->id, "claude-3.5-sonnet@anthropic");
    assert_close(claude->steps[0].price.input, 3, 0);
    assert_close(claude->steps[0].price.output, 15, 0);
    assert_int_equal(claude->retired.year, 2025);
    assert_string_equal(claude->successor, "claude-sonnet-4.5");
    assert_string_equal(gpt->id, "gpt-4o@openai");
    assert_close(gpt->steps[0].price.input, 2.5, 0);
    assert_close(gpt->steps[0].price.output, 10, 0);
    const struct cat_gpu_price *gpu = catalog_gpu_price(cat, NULL, "gcp/us-central1/a2-highgpu-1g");
    assert_close(gpu->on_demand_usd_h, 3.673385, 0);
    assert_string_equal(gpu->gpu, "a100-40-sxm");
    assert_close(catalog_model(cat, "llama-3-70b")->params, 70553706496.0, 0);
    catalog_free(cat);
}

static void
an_alias_finds_what_it_names(void **state)
{
    struct catalog *cat = shipped();

    (void)state;
    assert_string_equal(catalog_gpu(cat, "A100-80G-SXM")->id, "a100-80-sxm");
    assert_string_equal(catalog_engine(cat, "hf-transformers")->id, "hf-generate");
    assert_string_equal(catalog_model(cat, "llama-3.3-70b")->alias, "llama3-70b");
    /* The tables' name for three models of one shape: priced as the first that is sold. */
    assert_non_null(catalog_price(cat, "llama3-70b", "groq"));
    assert_string_equal(catalog_price(cat, "llama3-70b", "groq")->model, "llama-3.3-70b");
    assert_null(catalog_model(cat, "llama-9"));
    assert_null(catalog_gpu(cat, "a100"));
    assert_null(catalog_host(cat, ""));
    assert_null(catalog_price(cat, "llama-3.3-70b", "nobody"));
    catalog_free(cat);
}

static void
a_price_without_a_host_is_the_lower_median(void **state)
{
    struct catalog *cat = shipped();
    const struct cat_price *mid = catalog_price(cat, "llama-3.3-70b", NULL);
    int below = 0, above = 0;

    (void)state;
    assert_non_null(mid);
    for (int i = 0; i < cat->n_prices; i++) {
        const struct cat_price *p = &cat->prices[i];
        double w = p->steps[0].price.input + p->steps[0].price.output;
        double m = mid->steps[0].price.input + mid->steps[0].price.output;

        if (strcmp(p->model, "llama-3.3-70b") == 0 && p != mid) {
            below += w < m;
            above += w > m;
        }
    }
    assert_true(below + above > 4);
    assert_true(below <= above && above <= below + 1);
    const struct cat_gpu_price *offer = catalog_gpu_price(cat, "A100-80G-SXM", "");
    assert_string_equal(offer->gpu, "a100-80-sxm");
    assert_true(known(offer->on_demand_usd_h));
    assert_null(catalog_gpu_price(cat, "h100-80-sxm", "gcp/us-central1/a2-highgpu-1g"));
    catalog_free(cat);
}

static void
a_dated_price_holds_from_its_day(void **state)
{
    struct catalog *cat = shipped();
    const struct cat_price *p = catalog_price(cat, "claude-opus-4.6", NULL);
    const struct date before = { 2026, 3, 12 }, on = { 2026, 3, 13 }, long_ago = { 1999, 1, 1 };

    (void)state;
    assert_int_equal(p->n_steps, 2);
    assert_int_equal(price_on(p, before)->n_tiers, 1);
    assert_close(price_on(p, before)->tiers[0].above_tokens, 200000, 0);
    assert_close(price_on(p, before)->tiers[0].price.output, 37.5, 0);
    assert_int_equal(price_on(p, on)->n_tiers, 0);
    assert_ptr_equal(price_on(p, long_ago), &p->steps[0]);
    p = catalog_price(cat, "claude-sonnet-5", NULL);
    assert_close(price_on(p, (struct date){ 2026, 9, 1 })->price.input, 3, 0);
    catalog_free(cat);
}

static void
what_no_list_has_is_unknown_and_not_zero(void **state)
{
    struct catalog *cat = shipped();

    (void)state;
    assert_false(known(catalog_price(cat, "gpt-5.4", NULL)->training_usd_mtok));
    assert_false(known(catalog_price(cat, "llama-3.3-70b", "groq")->steps[0].price.cache_read));
    assert_false(known(catalog_gpu(cat, "a100-80-sxm")->fp8_tflops));
    assert_false(catalog_model(cat, "gpt-4o")->has_shape);
    assert_int_equal(catalog_host(cat, "nebius")->soc2, ATTRIBUTE_UNKNOWN);
    assert_null(catalog_prior(cat, "qa"));
    assert_non_null(catalog_prior(cat, "classification"));
    catalog_free(cat);
}

static void
regimes_name_the_duty_and_what_meets_it(void **state)
{
    struct catalog *cat = shipped();
    const struct cat_regime *rbi = catalog_regime(cat, "rbi-payment");

    (void)state;
    assert_int_equal(rbi->requirements[0].kind, REQUIRE_STORED_IN);
    assert_int_equal(rbi->requirements[0].value, REGION_IN);
    for (int i = 0; i < cat->n_regimes; i++) {
        assert_true(cat->regimes[i].n > 0 || cat->regimes[i].informational);
        for (int k = 0; k < cat->regimes[i].n; k++)
            assert_true(strlen(cat->regimes[i].requirements[k].obligation) > 20 &&
                        strlen(cat->regimes[i].requirements[k].lift) > 10);
    }
    catalog_free(cat);
}

/* ---- a person's own catalog ------------------------------------------------------------ */

static void
a_later_folder_replaces_and_adds(void **state)
{
    struct catalog *cat = NULL;
    struct error e;

    (void)state;
    if (load_text(&cat, "prices:\n- {model: gpt-4o, host: openai, input: 2, output: 8, source: our contract, as_of: 2026-09}\n"
                        "- {model: ours, host: own, input: 1, output: 1, source: a guess, as_of: 2026-09-02}\n",
                  true, &e) < 0)
        fail_msg("%s", e.text);
    assert_int_equal(found.n, 0);
    const struct cat_price *p = catalog_price(cat, "gpt-4o", "openai");
    assert_close(p->steps[0].price.input, 2, 0);
    assert_false(known(p->tuned_input));
    assert_string_equal(p->origin.text, "our contract");
    assert_string_equal(p->origin.file, "mine.yaml");
    assert_int_equal(p->origin.as_of.month, 9);
    assert_non_null(catalog_price(cat, "ours", NULL));
    assert_non_null(catalog_price(cat, "gpt-4o-mini", NULL));
    catalog_free(cat);
}

/* Each is refused, with the place and these words. */
static const struct {
    const char *text, *place, *words;
    enum error_code code;
} bad[] = {
    { MODEL "  as_of: 2026-08-01\n", "mine.yaml:2:3", "no source", ERR_SYNTAX },
    { MODEL "  source: \"\"\n  as_of: 2026-08-01\n", "mine.yaml:2:3", "no source", ERR_SYNTAX },
    { MODEL "  source: a page\n", "mine.yaml:2:3", "no date", ERR_SYNTAX },
    { MODEL "  source: a page\n  as_of: yesterday\n", "mine.yaml:6:10", "as_of", ERR_SYNTAX },
    { MODEL "  licens: MIT\n" WHENCE, "mine.yaml:5:3", "nearest \"licence\"", ERR_UNKNOWN },
    { MODEL "  params: many\n" WHENCE, "mine.yaml:5:11", "expected a number, found \"many\"", ERR_SYNTAX },
    { MODEL "  params: -1\n" WHENCE, "mine.yaml:5:11", "is not in", ERR_RANGE },
    { MODEL "  params: .nan\n" WHENCE, "mine.yaml:5:11", "expected a number", ERR_SYNTAX },
    { MODEL "  open_weights: perhaps\n" WHENCE, "mine.yaml:5:17", "yes or no", ERR_SYNTAX },
    { MODEL "  licence_class: opne\n" WHENCE, "mine.yaml:5:18", "nearest \"open\"", ERR_UNKNOWN },
    { MODEL "  params: 1000\n  params_active: 2000\n" WHENCE, "mine.yaml:2:3", "more active", ERR_CONFLICT },
    { "models:\n- id: a\n  vendor: v\n" WHENCE, "mine.yaml:2:3", "no \"name\"", ERR_SYNTAX },
    { "modles:\n- id: a\n", "mine.yaml:1:1", "nearest \"models\"", ERR_UNKNOWN },
    { "models: 3\n", "mine.yaml:1:9", "expected a list", ERR_SYNTAX },
    { "models:\n- a\n", "mine.yaml:2:3", "entry with keys", ERR_SYNTAX },
    { "prices:\n- {model: a, host: b, input: 1, output: 1, tiers: [{above: 5, input: 1}, {above: 4}], source: page, as_of: 2026-01}\n",
      "mine.yaml:2:3", "tiers must ascend", ERR_CONFLICT },
    { "prices:\n- {model: a, host: b, input: 1, steps: [{input: 2}], source: page, as_of: 2026-01}\n",
      "mine.yaml:2:41", "no \"from\"", ERR_SYNTAX },
    { "gpu-prices:\n- {provider: a, region: b, instance: c, gpu: a100, gpus: 1, on_demand: 1, source: page, as_of: 2026-01}\n",
      "mine.yaml:2:1", "no GPU is called \"a100\"", ERR_UNKNOWN },
    { "hosts:\n- {id: a, name: A, regions: [inda], source: page, as_of: 2026-01}\n", "mine.yaml:2:30",
      "nearest \"india\"", ERR_UNKNOWN },
    { "regimes:\n- {id: a, name: A, source: page, as_of: 2026-01}\n", "mine.yaml:2:3", "needs a requirement", ERR_CONFLICT },
    { "claims:\n- {id: a, about: b, verdict: holds, article: [2, 1], source: page, as_of: 2026-01}\n",
      "mine.yaml:2:46", "must ascend", ERR_RANGE },
    { MODEL WHENCE "- id: a\n  name: B\n  vendor: v\n" WHENCE, "mine.yaml:7:3", "\"a\" twice", ERR_CONFLICT },
};

static void
a_bad_entry_is_refused_at_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < BE_LEN(bad); i++) {
        struct catalog *cat = NULL;
        struct error e;

        if (load_text(&cat, bad[i].text, false, &e) == 0)
            fail_msg("accepted: %s", bad[i].text);
        assert_null(cat);
        if (strncmp(e.text, bad[i].place, strlen(bad[i].place)) != 0 || strstr(e.text, bad[i].words) == NULL ||
            e.code != bad[i].code)
            fail_msg("expected \"%s: ...%s\", found \"%s\" (code %d)", bad[i].place, bad[i].words, e.text,
                     (int)e.code);
        assert_true(found.errors >= 1);
        assert_int_equal(e.line, found.list[0].error.line);
    }
}

static void
all_problems_are_told_at_once(void **state)
{
    struct catalog *cat = NULL;
    struct error e;

    (void)state;
    assert_int_equal(load_text(&cat, MODEL "  params: many\n  layers: few\n  hiden: 3\n", false, &e), -1);
    assert_int_equal(found.errors, 4); /* and no source */
}

static void
a_broken_file_and_a_missing_folder_are_errors(void **state)
{
    const char *nowhere[] = { "no-such-folder-here" };
    struct catalog *cat = NULL;
    struct error e;

    (void)state;
    assert_int_equal(load_text(&cat, "models: [\n", false, &e), -1);
    assert_int_equal(e.code, ERR_SYNTAX);
    assert_non_null(strstr(e.text, "mine.yaml:"));
    assert_int_equal(catalog_load(&cat, nowhere, 1, NULL, &e), -1);
    assert_int_equal(e.code, ERR_IO);
    assert_null(cat);
}

static void
sources_are_written_once_and_referred_to(void **state)
{
    struct catalog *cat = NULL;
    struct error e;

    (void)state;
    if (load_text(&cat, "sources:\n  s: {text: the list, as_of: 2026-08-01}\n  t: {text: a page, as_of: 2020-01-01}\n"
                        MODEL "  source: [s, t, in words]\n", false, &e) < 0)
        fail_msg("%s", e.text);
    assert_string_equal(cat->models[0].origin.text, "the list; a page; in words");
    assert_int_equal(cat->models[0].origin.as_of.year, 2026);
    catalog_free(cat);
}

/* The quick way of reading ends where the text is more than it knows; what was read by then is not read twice. */
static void
a_file_is_read_alike_whatever_way_of_reading_it_needs(void **state)
{
    static const char *const texts[] = {
        "sources:\n  s: {text: the list, as_of: 2026-08-01}\nmodels:\n- {id: a, name: A, vendor: v, source: s}\n"
        "- {id: b, name: B, vendor: v, source: s}\nhosts:\n- {id: h, name: H, source: s}\n",
        /* what it refers to stands below */
        "models:\n- {id: a, name: A, vendor: v, source: s}\n- {id: b, name: B, vendor: v, source: s}\n"
        "hosts:\n- {id: h, name: H, source: s}\nsources:\n  s: {text: the list, as_of: 2026-08-01}\n",
        "models:\n  - {id: a, name: A, vendor: v, source: s}\n  - {id: b, name: B, vendor: v, source: s}\n"
        "hosts:\n  - {id: h, name: H, source: s}\nsources:\n  s: {text: the list, as_of: 2026-08-01}\n",
        /* more than simple in the middle, and at the end */
        "sources:\n  s: {text: the list, as_of: 2026-08-01}\nmodels:\n- {id: a, name: A, vendor: v, source: s}\n"
        "- id: b\n  name: >-\n    B\n  vendor: v\n  source: s\nhosts:\n- {id: h, name: H, source: s}\n",
        "sources:\n  s: {text: the list, as_of: 2026-08-01}\nmodels:\n- {id: a, name: A, vendor: v, source: s}\n"
        "- {id: b, name: B, vendor: v, source: s}\nhosts:\n- {id: h,\n   name: H, source: s}\n",
        "sources:\n  s: {text: the list, as_of: 2026-08-01}\nmodels:\n  - {id: a, name: A, vendor: v, source: s}\n"
        "  - {id: b, name: B, vendor: v, source: s}\nhosts:\n- {id: h, name: \"H\\u0020\", source: s}\n",
    };

    (void)state;
    for (size_t k = 0; k < BE_LEN(texts); k++) {
        struct catalog *cat = NULL;
        struct error e;

        if (load_text(&cat, texts[k], false, &e) < 0)
            fail_msg("%d: %s", (int)k, e.text);
        assert_int_equal(cat->n_models, 2);
        assert_int_equal(cat->n_hosts, 1);
        assert_string_equal(cat->models[1].name, "B");
        assert_string_equal(cat->hosts[0].origin.text, "the list");
        assert_int_equal(cat->models[0].origin.as_of.year, 2026);
        catalog_free(cat);
    }
}

static void
what_is_wrong_is_said_once(void **state)
{
    static const struct {
        const char *text, *first;
        int errors;
    } rows[] = {
        { "modells:\n- {id: a}\nmodels:\n- {id: a, name: A, vendor: v, sauce: s}\n- {id: b,\n  name: B, vendor: v, source: s}\n",
          "unknown section \"modells\"", 4 },
        { "models: 3\nhosts:\n- {id: h,\n  name: H}\n", "models: expected a list", 2 },
        { "models:\n- {id: a}\nhosts:\n- [\n", "mine.yaml:5:", 1 }, /* no YAML: nothing else is said */
    };

    (void)state;
    for (size_t k = 0; k < BE_LEN(rows); k++) {
        struct catalog *cat = NULL;
        struct error e;

        assert_int_equal(load_text(&cat, rows[k].text, false, &e), -1);
        if (strstr(e.text, rows[k].first) == NULL)
            fail_msg("%s", e.text);
        for (int i = 0; i < found.n && found.errors != rows[k].errors; i++)
            print_message("%s\n", found.list[i].error.text);
        assert_int_equal(found.errors, rows[k].errors);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_catalog_loads_without_a_problem),
        cmocka_unit_test(every_entry_has_a_source_and_a_date),
        cmocka_unit_test(ids_are_unique),
        cmocka_unit_test(every_name_of_the_throughput_tables_resolves),
        cmocka_unit_test(names_that_entries_use_exist),
        cmocka_unit_test(the_articles_prices_are_as_it_states_them),
        cmocka_unit_test(an_alias_finds_what_it_names),
        cmocka_unit_test(a_price_without_a_host_is_the_lower_median),
        cmocka_unit_test(a_dated_price_holds_from_its_day),
        cmocka_unit_test(what_no_list_has_is_unknown_and_not_zero),
        cmocka_unit_test(regimes_name_the_duty_and_what_meets_it),
        cmocka_unit_test(a_later_folder_replaces_and_adds),
        cmocka_unit_test(a_bad_entry_is_refused_at_its_place),
        cmocka_unit_test(all_problems_are_told_at_once),
        cmocka_unit_test(a_broken_file_and_a_missing_folder_are_errors),
        cmocka_unit_test(sources_are_written_once_and_referred_to),
        cmocka_unit_test(a_file_is_read_alike_whatever_way_of_reading_it_needs),
        cmocka_unit_test(what_is_wrong_is_said_once),
    };

    return RUN_GROUP(tests);
}
