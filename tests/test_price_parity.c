/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "support.h"

#include "breakeven/document.h"
#include "breakeven/model.h"

/* Requests priced from litellm's own list, against what litellm itself computes. */

static const struct date listed = { 2026, 8, 1 };

static char *
read_all(const char *name, size_t *n)
{
    struct error e;
    char *bytes = NULL;

    if (file_read(source_path(name), 1 << 22, &bytes, n, NULL, &e) < 0)
        fail_msg("%s: %s", name, e.text);
    return bytes;
}

static void
open_list(struct price_import *list)
{
    struct error e;
    size_t n;
    char *bytes = read_all("tests/data/litellm-prices.json", &n);

    if (import_litellm(list, bytes, n, "the test's copy", listed, &e) < 0)
        fail_msg("%s", e.text);
    free(bytes);
}

static void
import_text(struct price_import *list, const char *json)
{
    struct error e;

    if (import_litellm(list, json, strlen(json), "a test", listed, &e) < 0)
        fail_msg("%s", e.text);
}

static double
column(const struct csv *t, size_t row, const char *name)
{
    return strtod(t->rows[row][csv_column(t, name)], NULL);
}

static void
every_row_of_the_parity_table_costs_what_litellm_says(void **state)
{
    struct price_import list;
    struct csv t;
    struct error e;
    size_t n, priced = 0;
    char *bytes = read_all("tests/data/parity.csv", &n);

    (void)state;
    open_list(&list);
    assert_int_equal(csv_parse(&t, bytes, n, &e), 0);
    for (size_t r = 1; r < t.n_rows; r++) {
        const char *model = t.rows[r][csv_column(&t, "model")];
        const struct cat_price *p =
            price_import_find(&list, model, t.rows[r][csv_column(&t, "provider")]);
        struct price_parts parts;

        if (p == NULL)
            fail_msg("%s is not in the list", model);
        if (price_request(&parts, &p->steps[0], column(&t, r, "prompt_tokens"),
                          column(&t, r, "cached_prompt_tokens"), column(&t, r, "completion_tokens"),
                          column(&t, r, "batch") != 0, &e) < 0)
            fail_msg("%s: %s", model, e.text);
        assert_close(parts.input_usd, column(&t, r, "prompt_usd"), 1e-9);
        assert_close(parts.output_usd, column(&t, r, "completion_usd"), 1e-9);
        assert_close(parts.input_usd + parts.output_usd, column(&t, r, "cost_usd"), 1e-9);
        priced++;
    }
    assert_int_equal(priced, 60);
    csv_release(&t);
    free(bytes);
    price_import_release(&list);
}

static double
cost_of(const struct price_import *list, const char *key, double prompt, double cached, bool batch)
{
    const struct cat_price *p = price_import_find(list, key, NULL);
    struct price_parts parts;
    struct error e;

    assert_non_null(p);
    if (price_request(&parts, &p->steps[0], prompt, cached, 0, batch, &e) < 0)
        fail_msg("%s", e.text);
    return parts.input_usd;
}

static void
a_threshold_is_exclusive_except_at_xai(void **state)
{
    struct price_import list;

    (void)state;
    import_text(&list,
                "{\"a\":{\"litellm_provider\":\"openai\",\"mode\":\"chat\",\"input_cost_per_token\":1e-6,"
                "\"output_cost_per_token\":1e-6,\"input_cost_per_token_above_200k_tokens\":2e-6},"
                "\"b\":{\"litellm_provider\":\"xai\",\"mode\":\"chat\",\"input_cost_per_token\":1e-6,"
                "\"output_cost_per_token\":1e-6,\"input_cost_per_token_above_200k_tokens\":2e-6}}");
    assert_close(cost_of(&list, "a", 200000, 0, false), 0.2, 1e-12);
    assert_close(cost_of(&list, "a", 200001, 0, false), 0.400002, 1e-12);
    assert_close(cost_of(&list, "b", 199999, 0, false), 0.199999, 1e-12);
    assert_close(cost_of(&list, "b", 200000, 0, false), 0.4, 1e-12);
    /* Batches have no tiers. */
    assert_close(cost_of(&list, "a", 300000, 0, true), 0.15, 1e-12);
    price_import_release(&list);
}

static void
ranges_price_the_whole_request_and_beyond_the_last_one_the_last(void **state)
{
    struct price_import list;

    (void)state;
    import_text(&list,
                "{\"t\":{\"litellm_provider\":\"x\",\"mode\":\"chat\",\"output_cost_per_token\":9e-6,"
                "\"tiered_pricing\":[{\"range\":[32000,64000.0],\"input_cost_per_token\":2e-6},"
                "{\"range\":[0,32000],\"input_cost_per_token\":1e-6,\"cache_read_input_token_cost\":1e-7}]}}");
    assert_close(cost_of(&list, "t", 32000, 32000, false), 0.0032, 1e-12);
    assert_close(cost_of(&list, "t", 32001, 0, false), 0.064002, 1e-12);
    /* No cache price in that range: its input price. */
    assert_close(cost_of(&list, "t", 64000, 64000, false), 0.128, 1e-12);
    assert_close(cost_of(&list, "t", 100000, 0, false), 0.2, 1e-12);
    /* Ranges without an output price use the model's. */
    assert_close(price_import_find(&list, "t", NULL)->steps[0].price.output, 9, 1e-12);
    price_import_release(&list);
}

static void
cached_tokens_without_a_price_cost_what_fresh_ones_do(void **state)
{
    struct price_import list;

    (void)state;
    import_text(&list, "{\"a\":{\"litellm_provider\":\"x\",\"mode\":\"chat\","
                       "\"input_cost_per_token\":3e-6,\"output_cost_per_token\":1e-6}}");
    assert_close(cost_of(&list, "a", 1000, 800, false), 0.003, 1e-12);
    assert_close(cost_of(&list, "a", 1000, 800, true), 0.0015, 1e-12);
    price_import_release(&list);
}

static void
an_unknown_price_is_an_error_and_never_zero(void **state)
{
    struct price_parts parts = { 7, 7, "untouched" };
    struct price_import list;
    struct error e;

    (void)state;
    import_text(&list, "{\"a\":{\"litellm_provider\":\"x\",\"mode\":\"chat\",\"input_cost_per_token\":3e-6}}");
    const struct cat_price *p = price_import_find(&list, "a", NULL);
    assert_non_null(p);
    assert_int_equal(price_request(&parts, &p->steps[0], 10, 0, 10, false, &e), -1);
    assert_int_equal(e.code, ERR_UNKNOWN);
    assert_string_equal(parts.rule, "untouched");
    assert_int_equal(price_request(&parts, &p->steps[0], 10, 0, 0, false, &e), 0);
    price_import_release(&list);
}

static void
impossible_token_counts_are_refused(void **state)
{
    static const double bad[][3] = { { -1, 0, 0 }, { 10, 11, 0 }, { 10, -1, 0 }, { 10, 0, -1 },
                                     { NAN, 0, 0 }, { 10, NAN, 0 }, { 10, 0, INFINITY } };
    struct price_step s = { .price = { 1, 1, 1, 1, 1, 1 } };
    struct price_parts parts;
    struct error e;

    (void)state;
    for (size_t i = 0; i < BE_LEN(bad); i++) {
        assert_int_equal(price_request(&parts, &s, bad[i][0], bad[i][1], bad[i][2], false, &e), -1);
        assert_int_equal(e.code, ERR_RANGE);
    }
}

static const char *
note_of(const struct price_import *list, const char *key, enum import_verdict verdict)
{
    for (int i = 0; i < list->n_notes; i++)
        if (strcmp(list->notes[i].key, key) == 0 && list->notes[i].verdict == verdict)
            return list->notes[i].words;
    return NULL;
}

static void
assert_noted(const struct price_import *list, const char *key, enum import_verdict verdict, const char *words)
{
    const char *note = note_of(list, key, verdict);

    if (note == NULL || strstr(note, words) == NULL)
        fail_msg("%s: expected \"%s\", found \"%s\"", key, words, note != NULL ? note : "nothing");
}

static void
traps_of_the_list_are_skipped_or_doubted(void **state)
{
    struct price_import list;

    (void)state;
    open_list(&list);
    assert_noted(&list, "sample_spec", IMPORT_SKIPPED, "not a model");
    assert_noted(&list, "fallback_generalizations", IMPORT_SKIPPED, "not a model");
    assert_noted(&list, "wandb/openai/gpt-oss-120b", IMPORT_DOUBTED, "wrong unit");
    assert_noted(&list, "lemonade/Gemma-3-4b-it-GGUF", IMPORT_DOUBTED, "may mean free");
    assert_int_equal(list.taken, list.n);
    assert_int_equal(list.doubted + list.skipped, list.n_notes);
    const struct cat_price *p = price_import_find(&list, "claude-3-7-sonnet-20250219", "anthropic");
    assert_non_null(p);
    assert_int_equal(p->retired.year, 2026);
    assert_int_equal(p->retired.month, 2);
    assert_int_equal(p->retired.day, 19);
    price_import_release(&list);
}

static void
odd_entries_never_become_a_price_of_zero(void **state)
{
    struct price_import list;

    (void)state;
    import_text(&list,
                "{\"none\":{\"litellm_provider\":\"x\",\"mode\":\"chat\"},"
                "\"words\":{\"litellm_provider\":\"x\",\"mode\":\"chat\",\"input_cost_per_token\":\"cheap\","
                "\"output_cost_per_token\":\"3e-7\"},"
                "\"minus\":{\"litellm_provider\":\"x\",\"mode\":\"chat\",\"input_cost_per_token\":-1,"
                "\"output_cost_per_token\":1e-6},"
                "\"gap\":{\"litellm_provider\":\"x\",\"mode\":\"chat\",\"tiered_pricing\":["
                "{\"range\":[0,10],\"input_cost_per_token\":1e-6},{\"range\":[20,30],\"input_cost_per_token\":2e-6}]},"
                "\"peak\":{\"litellm_provider\":\"x\",\"mode\":\"chat\",\"input_cost_per_token\":1e-6,"
                "\"output_cost_per_token\":1e-6,\"off_peak_pricing\":{}},"
                "\"twice\":{\"litellm_provider\":\"x\",\"mode\":\"chat\",\"input_cost_per_token\":1e-6,"
                "\"output_cost_per_token\":1e-6},"
                "\"twice\":{\"litellm_provider\":\"x\",\"mode\":\"chat\",\"input_cost_per_token\":5e-6,"
                "\"output_cost_per_token\":1e-6}}");
    assert_noted(&list, "none", IMPORT_SKIPPED, "no price per token");
    assert_noted(&list, "words", IMPORT_DOUBTED, "input_cost_per_token is not a number");
    assert_false(known(price_import_find(&list, "words", NULL)->steps[0].price.input));
    assert_close(price_import_find(&list, "words", NULL)->steps[0].price.output, 0.3, 1e-12);
    assert_noted(&list, "minus", IMPORT_DOUBTED, "negative");
    assert_noted(&list, "gap", IMPORT_SKIPPED, "gaps");
    assert_noted(&list, "peak", IMPORT_DOUBTED, "off_peak_pricing was not used");
    assert_noted(&list, "twice", IMPORT_SKIPPED, "again");
    assert_close(price_import_find(&list, "twice", NULL)->steps[0].price.input, 5, 1e-12);
    assert_null(price_import_find(&list, "Twice", NULL));
    price_import_release(&list);
}

static void
a_key_is_found_below_its_provider(void **state)
{
    struct price_import list;

    (void)state;
    open_list(&list);
    assert_string_equal(price_import_find(&list, "gpt-5.1-codex", "azure")->key, "azure/gpt-5.1-codex");
    assert_null(price_import_find(&list, "gpt-5.1-codex", "openai"));
    assert_string_equal(price_import_find(&list, "gpt-4o", "")->host, "openai");
    price_import_release(&list);
}

static void
what_is_no_list_is_refused(void **state)
{
    struct price_import list;
    struct error e;

    (void)state;
    assert_int_equal(import_litellm(&list, "[1]", 3, "a test", listed, &e), -1);
    assert_int_equal(e.code, ERR_SYNTAX);
    assert_int_equal(import_litellm(&list, "{\"a\":", 5, "a test", listed, &e), -1);
    assert_int_equal(e.code, ERR_SYNTAX);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_of_the_parity_table_costs_what_litellm_says),
        cmocka_unit_test(a_threshold_is_exclusive_except_at_xai),
        cmocka_unit_test(ranges_price_the_whole_request_and_beyond_the_last_one_the_last),
        cmocka_unit_test(cached_tokens_without_a_price_cost_what_fresh_ones_do),
        cmocka_unit_test(an_unknown_price_is_an_error_and_never_zero),
        cmocka_unit_test(impossible_token_counts_are_refused),
        cmocka_unit_test(traps_of_the_list_are_skipped_or_doubted),
        cmocka_unit_test(odd_entries_never_become_a_price_of_zero),
        cmocka_unit_test(a_key_is_found_below_its_provider),
        cmocka_unit_test(what_is_no_list_is_refused),
    };

    return RUN_GROUP(tests);
}
