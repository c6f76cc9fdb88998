/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "support.h"

#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include "breakeven/catalog.h"
#include "breakeven/document.h"

/* Price lists of others: every trap of their formats, and what becomes of them in a catalog. */

static const struct date listed = { 2026, 8, 1 };
static struct problems found; /* large: not on the stack */

static void
open_list(struct price_import *list, const char *from, const char *file)
{
    struct error e;
    char path[128], *bytes = NULL;
    size_t n;

    snprintf(path, sizeof path, "tests/data/%s", file);
    if (file_read(source_path(path), 1 << 22, &bytes, &n, NULL, &e) < 0 ||
        import_list(list, from, bytes, n, NULL, listed, &e) < 0)
        fail_msg("%s: %s", file, e.text);
    free(bytes);
}

static void
open_text(struct price_import *list, const char *from, const char *text)
{
    struct error e;

    if (import_list(list, from, text, strlen(text), "a test", listed, &e) < 0)
        fail_msg("%d:%d: %s", e.line, e.column, e.text);
}

static const struct cat_price *
price(const struct price_import *list, const char *key)
{
    const struct cat_price *p = price_import_find(list, key, NULL);

    if (p == NULL)
        fail_msg("%s was not taken", key);
    return p;
}

static const char *
note(const struct price_import *list, const char *key, enum import_verdict verdict)
{
    for (int i = 0; i < list->n_notes; i++)
        if (strcmp(list->notes[i].key, key) == 0 && list->notes[i].verdict == verdict)
            return list->notes[i].words;
    return "";
}

static void
assert_noted(const struct price_import *list, const char *key, enum import_verdict verdict, const char *words)
{
    if (strstr(note(list, key, verdict), words) == NULL)
        fail_msg("%s: expected \"%s\", found \"%s\"", key, words, note(list, key, verdict));
}

/* ---- which list -------------------------------------------------------------------------- */

static void
each_list_is_known_by_its_looks(void **state)
{
    static const struct { const char *file, *list; } cases[] = {
        { "litellm-prices.json", "litellm" },       { "models-dev.json", "models.dev" },
        { "openrouter-models.json", "openrouter" }, { "genai-prices.json", "genai-prices" },
        { "gpu-prices.csv", "gpu-prices" },
    };

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++) {
        struct price_import list;

        open_list(&list, NULL, cases[i].file);
        assert_string_equal(list.list, cases[i].list);
        assert_string_equal(import_list_name((int)i), cases[i].list);
        assert_true(list.taken > 0);
        assert_int_equal(list.taken, list.n + list.n_gpu_prices);
        assert_int_equal(list.doubted + list.skipped, list.n_notes);
        price_import_release(&list);
    }
    assert_null(import_list_name(5));
    assert_null(import_list_name(-1));
}

static void
what_is_no_list_is_refused_with_its_place(void **state)
{
    static const struct { const char *from, *text; enum error_code code; } cases[] = {
        { NULL, "{}", ERR_UNKNOWN },
        { NULL, "[1, 2]", ERR_UNKNOWN },
        { NULL, "{\"a\": ", ERR_SYNTAX },
        { NULL, "", ERR_SYNTAX },
        { NULL, "a,b\n1,2\n", ERR_SYNTAX },
        { "nobody", "{}", ERR_UNKNOWN },
        { "litellm", "[]", ERR_SYNTAX },
        { "models.dev", "[]", ERR_SYNTAX },
        { "openrouter", "{\"data\": 7}", ERR_SYNTAX },
        { "genai-prices", "{}", ERR_SYNTAX },
        { "gpu-prices", "gpu_id,price\nl4,1\n", ERR_SYNTAX },
        { "gpu-prices", "provider,gpu_id\n\"l4,1\n", ERR_SYNTAX },
    };

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++) {
        struct price_import list;
        struct error e = { .code = ERR_OK };

        if (import_list(&list, cases[i].from, cases[i].text, strlen(cases[i].text), NULL, listed, &e) != -1)
            fail_msg("%s was read", cases[i].text);
        if (e.code != cases[i].code)
            fail_msg("%s: %d, %s", cases[i].text, (int)e.code, e.text);
        if (e.code == ERR_SYNTAX && i < 5)
            assert_true(e.line > 0);
    }
}

static void
a_deep_list_is_refused_before_it_is_read(void **state)
{
    struct price_import list;
    struct error e;
    char text[4096];

    (void)state;
    memset(text, '[', sizeof text);
    assert_int_equal(import_list(&list, NULL, text, sizeof text, NULL, listed, &e), -1);
    assert_int_equal(e.code, ERR_SIZE);
    assert_int_equal(e.column, 33);
}

static void
more_prices_than_any_list_has_are_refused(void **state)
{
    struct price_import list;
    struct buffer b;
    struct error e;

    (void)state;
    buffer_init(&b);
    buffer_puts(&b, "{\"data\": [");
    for (int k = 0; k <= 20000; k++)
        buffer_printf(&b, "%s{\"id\": \"m%d\", \"pricing\": {\"prompt\": \"1e-6\", \"completion\": \"1e-6\"}}", k > 0 ? "," : "", k);
    buffer_puts(&b, "]}");
    assert_int_equal(import_list(&list, NULL, b.text, b.n, NULL, listed, &e), -1);
    assert_int_equal(e.code, ERR_SIZE);
    buffer_release(&b);
}

/* Every reader on every prefix of its own sample: no answer is asked for but none may crash. */
static void
no_reader_minds_where_the_bytes_end(void **state)
{
    static const char *const files[] = { "models-dev.json", "openrouter-models.json", "genai-prices.json",
                                         "gpu-prices.csv" };

    (void)state;
    for (size_t i = 0; i < BE_LEN(files); i++) {
        struct error e;
        char path[128], *bytes = NULL;
        size_t n;

        snprintf(path, sizeof path, "tests/data/%s", files[i]);
        assert_int_equal(file_read(source_path(path), 1 << 22, &bytes, &n, NULL, &e), 0);
        for (size_t end = 0; end < n; end += 97) {
            struct price_import list;
            char *cut = malloc(end + 1);

            memcpy(cut, bytes, end);
            for (int from = -1; import_list_name(from + 1) != NULL; from++)
                if (import_list(&list, import_list_name(from), cut, end, NULL, listed, &e) == 0)
                    price_import_release(&list);
            free(cut);
        }
        free(bytes);
    }
}

/* ---- one trap each --------------------------------------------------------------------------- */

#define LITELLM(key, rest) "{\"" key "\": {\"litellm_provider\": \"p\", \"mode\": \"chat\", " rest "}}"

static void
a_wrong_unit_is_taken_and_doubted(void **state)
{
    struct price_import list;

    (void)state;
    open_text(&list, NULL, LITELLM("w", "\"input_cost_per_token\": 0.015, \"output_cost_per_token\": 0.06"));
    assert_noted(&list, "w", IMPORT_DOUBTED, "$15000 per million input tokens looks like a wrong unit");
    assert_true(price_is_doubtful(price(&list, "w")));
    assert_non_null(price(&list, "w")->doubt);
    price_import_release(&list);
    open_text(&list, NULL, LITELLM("w", "\"input_cost_per_token\": 0.00015, \"output_cost_per_token\": 0.0006"));
    assert_int_equal(list.doubted, 0); /* $150: o1-pro */
    price_import_release(&list);
    open_text(&list, NULL, LITELLM("w", "\"input_cost_per_token\": 1e9, \"output_cost_per_token\": 1e-6"));
    assert_noted(&list, "w", IMPORT_SKIPPED, "is none");
    price_import_release(&list);
}

static void
zero_is_doubted_and_missing_is_unknown(void **state)
{
    struct price_import list;

    (void)state;
    open_text(&list, NULL,
              "{\"free\": {\"litellm_provider\": \"p\", \"mode\": \"chat\", \"input_cost_per_token\": 0, "
              "\"output_cost_per_token\": 0},"
              "\"none\": {\"litellm_provider\": \"p\", \"mode\": \"chat\"},"
              "\"half\": {\"litellm_provider\": \"p\", \"mode\": \"chat\", \"input_cost_per_token\": 1e-6},"
              "\"null\": {\"litellm_provider\": \"p\", \"mode\": \"chat\", \"input_cost_per_token\": 1e-6,"
              "\"output_cost_per_token\": null}}");
    assert_noted(&list, "free", IMPORT_DOUBTED, "may mean free");
    assert_noted(&list, "none", IMPORT_SKIPPED, "no price per token");
    assert_noted(&list, "half", IMPORT_DOUBTED, "per output token is unknown");
    assert_false(known(price(&list, "half")->steps[0].price.output));
    assert_false(known(price(&list, "null")->steps[0].price.output));
    price_import_release(&list);
}

static void
numbers_may_be_texts_and_texts_that_are_none_are_doubted(void **state)
{
    struct price_import list;

    (void)state;
    open_text(&list, NULL,
              LITELLM("t", "\"input_cost_per_token\": \"3e-7\", \"output_cost_per_token\": \"1.3e-10\","
                           "\"cache_read_input_token_cost\": \"0,3\""));
    assert_close(price(&list, "t")->steps[0].price.input, 0.3, 1e-12);
    assert_close(price(&list, "t")->steps[0].price.output, 0.00013, 1e-12);
    assert_noted(&list, "t", IMPORT_DOUBTED, "cache_read_input_token_cost is not a number");
    price_import_release(&list);
}

static void
a_locale_with_a_decimal_comma_changes_nothing(void **state)
{
    static const char *const names[] = { "de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE" };
    struct price_import list;
    bool comma = false;

    (void)state;
    for (size_t i = 0; i < BE_LEN(names) && !comma; i++)
        comma = setlocale(LC_CTYPE, names[i]) != NULL;
    if (!comma)
        print_message("# no locale with a decimal comma here: read in C\n");
    open_text(&list, NULL, LITELLM("t", "\"input_cost_per_token\": 2.5e-6, \"output_cost_per_token\": \"0.0000125\""));
    setlocale(LC_CTYPE, "C");
    assert_close(price(&list, "t")->steps[0].price.input, 2.5, 1e-12);
    assert_close(price(&list, "t")->steps[0].price.output, 12.5, 1e-12);
    price_import_release(&list);
}

static void
of_equal_keys_the_last_counts_and_it_is_said(void **state)
{
    struct price_import list;

    (void)state;
    open_text(&list, NULL,
              "{\"a\": {\"litellm_provider\": \"p\", \"mode\": \"chat\", \"input_cost_per_token\": 1e-6, "
              "\"output_cost_per_token\": 1e-6},"
              "\"a\": {\"litellm_provider\": \"p\", \"mode\": \"chat\", \"input_cost_per_token\": 2e-6, "
              "\"output_cost_per_token\": 1e-6, \"output_cost_per_token\": 3e-6}}");
    assert_int_equal(list.n, 1);
    assert_noted(&list, "a", IMPORT_SKIPPED, "again further down");
    assert_noted(&list, "a", IMPORT_DOUBTED, "output_cost_per_token stands there twice");
    assert_close(price(&list, "a")->steps[0].price.input, 2, 1e-12);
    assert_close(price(&list, "a")->steps[0].price.output, 3, 1e-12);
    price_import_release(&list);
    open_text(&list, NULL,
              "{\"data\": [{\"id\": \"x\", \"pricing\": {\"prompt\": \"0.000001\", \"completion\": \"0.000001\"}},"
              "{\"id\": \"x\", \"pricing\": {\"prompt\": \"0.000002\", \"completion\": \"0.000001\"}}]}");
    assert_close(price(&list, "x")->steps[0].price.input, 2, 1e-12);
    assert_int_equal(list.skipped, 1);
    price_import_release(&list);
}

static void
a_retired_model_is_taken_with_its_day_and_doubted(void **state)
{
    struct price_import list;

    (void)state;
    open_text(&list, NULL,
              "{\"old\": {\"litellm_provider\": \"p\", \"mode\": \"chat\", \"input_cost_per_token\": 1e-6, "
              "\"output_cost_per_token\": 1e-6, \"deprecation_date\": \"2025-10-01\"},"
              "\"soon\": {\"litellm_provider\": \"p\", \"mode\": \"chat\", \"input_cost_per_token\": 1e-6, "
              "\"output_cost_per_token\": 1e-6, \"deprecation_date\": \"2026-10-01\"},"
              "\"odd\": {\"litellm_provider\": \"p\", \"mode\": \"chat\", \"input_cost_per_token\": 1e-6, "
              "\"output_cost_per_token\": 1e-6, \"deprecation_date\": \"next year\"}}");
    assert_noted(&list, "old", IMPORT_DOUBTED, "retired on 2025-10-01");
    assert_int_equal(price(&list, "old")->retired.year, 2025);
    assert_string_equal(note(&list, "soon", IMPORT_DOUBTED), "");
    assert_int_equal(price(&list, "soon")->retired.month, 10);
    assert_noted(&list, "odd", IMPORT_DOUBTED, "is not a date");
    price_import_release(&list);
}

static void
whole_numbers_may_be_written_as_fractions(void **state)
{
    struct price_import list;

    (void)state;
    open_text(&list, NULL,
              LITELLM("x", "\"max_input_tokens\": 2000000.0, \"max_output_tokens\": 8192, \"tiered_pricing\": ["
                           "{\"range\": [0, 256000.0], \"input_cost_per_token\": 1e-6, \"output_cost_per_token\": 2e-6},"
                           "{\"range\": [256000, 1e6], \"input_cost_per_token\": 3e-6, \"output_cost_per_token\": 4e-6}]"));
    assert_close(price(&list, "x")->context_tokens, 2e6, 0);
    assert_close(price(&list, "x")->max_output_tokens, 8192, 0);
    assert_int_equal(price(&list, "x")->steps[0].n_tiers, 1);
    assert_close(price(&list, "x")->steps[0].tiers[0].above_tokens, 256000, 0);
    price_import_release(&list);
}

static void
a_threshold_above_the_limit_is_kept(void **state)
{
    struct price_import list;

    (void)state;
    open_text(&list, NULL,
              LITELLM("s", "\"max_input_tokens\": 200000, \"input_cost_per_token\": 3e-6, \"output_cost_per_token\": 15e-6, "
                           "\"input_cost_per_token_above_200k_tokens\": 6e-6"));
    assert_int_equal(list.doubted, 0);
    assert_int_equal(price(&list, "s")->steps[0].n_tiers, 1);
    price_import_release(&list);
}

static void
keys_that_are_no_models_are_skipped(void **state)
{
    struct price_import list;

    (void)state;
    open_text(&list, NULL,
              "{\"sample_spec\": {\"litellm_provider\": \"one of\", \"mode\": \"one of chat, embedding\"},"
              "\"fallback_generalizations\": {\"rules\": []}, \"last_updated\": \"2026\", \"list\": [1],"
              "\"a\": {\"litellm_provider\": \"p\", \"mode\": \"image_generation\"},"
              "\"fireworks-ai-4.1b\": {\"litellm_provider\": \"p\", \"input_cost_per_token\": 1e-6},"
              "\"m\": {\"litellm_provider\": \"p\", \"mode\": \"chat\", \"input_cost_per_token\": 1e-6, "
              "\"output_cost_per_token\": 1e-6, \"search_context_cost_per_query\": {\"low\": 1}, \"comment\": \"x\"}}");
    assert_int_equal(list.taken, 1);
    assert_int_equal(list.skipped, 6);
    assert_int_equal(list.doubted, 0);
    price_import_release(&list);
}

/* Times a million some finite prices a token are beyond all numbers. */
static void
a_price_beyond_all_prices_is_skipped(void **state)
{
    static const char *const costs[] = {
        "\"output_cost_per_token\": 11", "\"output_cost_per_token\": 1.25e306",
        "\"output_cost_per_token\": 1e-6, \"cache_creation_input_token_cost\": 1.25e306",
        "\"output_cost_per_token\": 1e-6, \"cache_read_input_token_cost\": 1e308",
    };

    (void)state;
    for (size_t k = 0; k < BE_LEN(costs); k++) {
        struct price_import list;
        char text[400];

        snprintf(text, sizeof text, "{\"m\": {\"litellm_provider\": \"p\", \"mode\": \"chat\", \"input_cost_per_token\": 1e-6, %s}}",
                 costs[k]);
        open_text(&list, NULL, text);
        assert_int_equal(list.taken, 0);
        assert_noted(&list, "m", IMPORT_SKIPPED, "above $10M per million tokens");
        price_import_release(&list);
    }
}

/* A key is cut where the words of a doubt end, which may be within a character. */
static void
doubts_about_long_keys_can_be_kept(void **state)
{
    (void)state;
    for (int pad = 0; pad < 4; pad++) {
        struct price_import list;
        struct buffer b;
        struct error e;
        char key[400] = "n_cost_", text[700];

        for (int k = 0; k < pad; k++)
            strcat(key, "a");
        for (int k = 0; k < 100; k++)
            strcat(key, "\xe2\x82\xac");
        snprintf(text, sizeof text,
                 "{\"m\": {\"litellm_provider\": \"p\", \"mode\": \"chat\", \"input_cost_per_token\": 1e-6, "
                 "\"output_cost_per_token\": 1e-6, \"%s\": 1}}", key);
        open_text(&list, NULL, text);
        assert_int_equal(list.doubted, 1);
        buffer_init(&b);
        assert_int_equal(price_import_print(&list, &b, &e), 0);
        buffer_release(&b);
        price_import_release(&list);
    }
}

static void
names_that_no_screen_should_show_are_skipped(void **state)
{
    static const char *const bad[] = { "a\\u001b[2J", "", " a", "a\\u202eb", "a\\nb" };

    (void)state;
    for (size_t i = 0; i < BE_LEN(bad); i++) {
        struct price_import list;
        char text[300];

        snprintf(text, sizeof text,
                 "{\"good\": {\"litellm_provider\": \"p\"}, \"%s\": {\"litellm_provider\": \"p\", \"mode\": \"chat\", "
                 "\"input_cost_per_token\": 1e-6, \"output_cost_per_token\": 1e-6}}", bad[i]);
        open_text(&list, NULL, text);
        assert_int_equal(list.taken, 0);
        assert_int_equal(list.skipped, 2);
        price_import_release(&list);
    }
}

static void
time_windows_of_litellm_are_doubted(void **state)
{
    struct price_import list;

    (void)state;
    open_text(&list, NULL,
              LITELLM("d", "\"input_cost_per_token\": 1e-6, \"output_cost_per_token\": 1e-6, \"off_peak_pricing\": {\"x\": 1}"));
    assert_noted(&list, "d", IMPORT_DOUBTED, "off_peak_pricing was not used");
    price_import_release(&list);
}

/* ---- models.dev ---------------------------------------------------------------------------------- */

static void
models_dev_is_read_as_it_is_served(void **state)
{
    struct price_import list;

    (void)state;
    open_list(&list, NULL, "models-dev.json");
    assert_close(price(&list, "openai/gpt-4o")->steps[0].price.input, 2.5, 1e-12);
    assert_close(price(&list, "openai/gpt-4o")->steps[0].price.cache_read, 1.25, 1e-12);
    assert_close(price(&list, "openai/gpt-4o")->context_tokens, 128000, 0);
    const struct price_step *s = &price(&list, "openai/gpt-5.4")->steps[0];
    assert_int_equal(s->n_tiers, 1);
    assert_close(s->tiers[0].above_tokens, 272000, 0); /* not context_over_200k */
    assert_false(s->tiers[0].inclusive);
    assert_close(s->tiers[0].price.output, 22.5, 1e-12);
    assert_noted(&list, "openai/gpt-image-1", IMPORT_SKIPPED, "not a text model");
    assert_noted(&list, "openai/chatgpt-image-latest", IMPORT_SKIPPED, "no price");
    assert_noted(&list, "anthropic/claude-3-5-sonnet-20241022", IMPORT_DOUBTED, "deprecated");
    assert_noted(&list, "perplexity/sonar-deep-research", IMPORT_DOUBTED, "reasoning tokens cost $3");
    assert_noted(&list, "perplexity/sonar-deep-research", IMPORT_DOUBTED, "cost.citation was not used");
    assert_noted(&list, "togetherai/Qwen/Qwen3.5-397B-A17B", IMPORT_DOUBTED, "cost.cached_input was not used");
    assert_noted(&list, "cohere/north-mini-code-1-0", IMPORT_DOUBTED, "may mean free");
    /* A fast mode has a price of its own, which is not this model's. */
    assert_close(price(&list, "anthropic/claude-opus-4-6")->steps[0].price.input, 5, 1e-12);
    price_import_release(&list);
}

static void
a_second_context_price_without_its_threshold_is_not_used(void **state)
{
    struct price_import list;

    (void)state;
    open_text(&list, NULL,
              "{\"p\": {\"models\": {\"m\": {\"cost\": {\"input\": 1, \"output\": 2, \"context_over_200k\": {\"input\": 9}}},"
              "\"n\": {\"cost\": {\"input\": 1, \"output\": 2, \"tiers\": [{\"tier\": {\"type\": \"hour\", \"size\": 3}, "
              "\"input\": 9}]}}}}, \"$schema\": \"x\"}");
    assert_noted(&list, "p/m", IMPORT_DOUBTED, "context_over_200k without a tier");
    assert_int_equal(price(&list, "p/m")->steps[0].n_tiers, 0);
    assert_noted(&list, "p/n", IMPORT_DOUBTED, "not by the size of the context");
    assert_noted(&list, "$schema", IMPORT_SKIPPED, "not a provider");
    price_import_release(&list);
}

static void
read_folder(struct price_import *list, const char *folder)
{
    struct error e;

    if (import_models_dev_folder(list, folder, NULL, listed, &e) < 0)
        fail_msg("%s", e.text);
}

static void
models_dev_is_read_as_it_is_authored(void **state)
{
    struct price_import list, served;

    (void)state;
    read_folder(&list, source_path("tests/data/models-dev-toml"));
    open_list(&served, NULL, "models-dev.json");
    assert_int_equal(list.taken, 7);
    /* The same by either way. */
    static const char *const both[] = { "openai/gpt-4o", "openai/gpt-5.4", "anthropic/claude-opus-4-6",
                                        "perplexity/sonar-deep-research" };
    for (size_t i = 0; i < BE_LEN(both); i++) {
        assert_false(price_differs(price(&list, both[i]), price(&served, both[i])));
        assert_close(price(&list, both[i])->context_tokens, price(&served, both[i])->context_tokens, 0);
        assert_string_equal(note(&list, both[i], IMPORT_DOUBTED), note(&served, both[i], IMPORT_DOUBTED));
    }
    /* Inherited from a model's file, but for what it leaves out; digits with underscores. */
    const struct cat_price *p = price(&list, "amazon-bedrock/openai.gpt-5.4");
    assert_close(p->steps[0].price.input, 2.75, 1e-12);
    assert_int_equal(p->steps[0].n_tiers, 0);
    assert_close(p->context_tokens, 272000, 0);
    assert_close(p->max_output_tokens, 128000, 0);
    p = price(&list, "aihubmix/doubao-seed-2-0-lite-260428");
    assert_int_equal(p->steps[0].n_tiers, 2);
    assert_close(p->steps[0].tiers[0].above_tokens, 32000, 0);
    assert_close(p->steps[0].tiers[1].price.cache_read, 0.05072, 1e-12);
    assert_noted(&list, "google/gemini-2.5-pro", IMPORT_DOUBTED, "base_model \"google/gemini-2.5-pro\" is not there");
    price_import_release(&list);
    price_import_release(&served);
}

static void
put(const char *folder, const char *name, const char *text)
{
    char path[256];
    struct error e;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    for (char *slash = strchr(path + strlen(folder) + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    if (file_write(path, text, strlen(text), NULL, NULL, &e) < 0)
        fail_msg("%s", e.text);
}

static void
link_to(const char *folder, const char *name, const char *target)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(symlink(target, path), 0);
}

static void
remove_tree(const char *folder)
{
    char command[300];

    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
}

#define COST "[cost]\ninput = 1_000\noutput = 2\n"

static void
no_link_and_no_name_in_a_folder_leads_out_of_it(void **state)
{
    char folder[] = "import-test-XXXXXX", outside[] = "import-outside-XXXXXX";
    struct price_import list;

    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_non_null(mkdtemp(outside));
    put(outside, "secret.toml", COST);
    put(outside, "models/x.toml", "[cost]\ninput = 7\noutput = 7\n");
    put(folder, "models/v/base.toml", "status = \"deprecated\"\n[cost]\ninput = 3\noutput = 4\ncache_read = 0.5\n");
    put(folder, "providers/p/models/own.toml", "base_model = \"v/base\"\nbase_model_omit = [\"status\"]\n[cost]\noutput = 9.0\n");
    put(folder, "providers/p/models/up.toml", "base_model = \"../../import-outside/models/x\"\n" COST);
    put(folder, "providers/p/models/deep/name.toml", COST);
    put(folder, "providers/p/models/bad.toml", "[cost\ninput = 1\n");
    link_to(folder, "providers/p/models/nowhere.toml", "../../../models/v/gone.toml");
    link_to(folder, "providers/p/models/alias.toml", "own.toml");
    char target[64];
    snprintf(target, sizeof target, "../../../../%s/secret.toml", outside);
    link_to(folder, "providers/p/models/out.toml", target);
    read_folder(&list, folder);
    const struct cat_price *p = price(&list, "p/own");
    assert_close(p->steps[0].price.input, 3, 0);
    assert_close(p->steps[0].price.output, 9, 0);
    assert_close(p->steps[0].price.cache_read, 0.5, 0);
    assert_string_equal(note(&list, "p/own", IMPORT_DOUBTED), "");
    assert_close(price(&list, "p/alias")->steps[0].price.output, 9, 0);
    assert_close(price(&list, "p/deep/name")->steps[0].price.input, 1000, 0);
    assert_noted(&list, "p/up", IMPORT_DOUBTED, "is not there");
    assert_noted(&list, "providers/p/models/bad.toml", IMPORT_SKIPPED, "1:6: expected ]");
    assert_noted(&list, "providers/p/models/nowhere.toml", IMPORT_SKIPPED, "a link to nothing");
    assert_noted(&list, "providers/p/models/out.toml", IMPORT_SKIPPED, "out of the folder");
    price_import_release(&list);
    remove_tree(folder);
    remove_tree(outside);
}

static void
a_folder_without_models_is_refused(void **state)
{
    struct price_import list;
    struct error e;

    (void)state;
    assert_int_equal(import_models_dev_folder(&list, source_path("tests/golden"), NULL, listed, &e), -1);
    assert_int_equal(e.code, ERR_UNKNOWN);
    assert_int_equal(import_models_dev_folder(&list, "no-such-folder", NULL, listed, &e), -1);
    assert_int_equal(e.code, ERR_IO);
}

/* ---- OpenRouter ------------------------------------------------------------------------------------- */

static void
openrouter_is_read(void **state)
{
    struct price_import list;

    (void)state;
    open_list(&list, NULL, "openrouter-models.json");
    const struct cat_price *p = price(&list, "deepseek/deepseek-v4-flash-0731");
    assert_close(p->steps[0].price.input, 0.14, 1e-12);
    assert_close(p->steps[0].price.cache_read, 0.0028, 1e-12);
    assert_string_equal(p->host, "openrouter");
    assert_noted(&list, "openrouter/auto-beta", IMPORT_SKIPPED, "a router");
    assert_noted(&list, "~anthropic/claude-haiku-latest", IMPORT_SKIPPED, "another name for anthropic/claude-haiku-4.5");
    assert_noted(&list, "inclusionai/ling-3.0-flash:free", IMPORT_DOUBTED, "may mean free");
    /* Two overrides, from so many tokens on; only what they name changes. */
    p = price(&list, "qwen/qwen3.7-flash");
    assert_int_equal(p->steps[0].n_tiers, 2);
    assert_close(p->steps[0].tiers[0].above_tokens, 32000, 0);
    assert_true(p->steps[0].tiers[0].inclusive);
    assert_close(p->steps[0].tiers[1].above_tokens, 256000, 0);
    assert_int_equal(price(&list, "openai/gpt-5.2-chat")->retired.day, 10);
    assert_int_equal(price(&list, "z-ai/glm-5-turbo")->retired.year, 0); /* 2098 is no announcement */
    price_import_release(&list);
}

static void
minus_one_is_never_a_price(void **state)
{
    struct price_import list;

    (void)state;
    open_text(&list, NULL,
              "{\"data\": [{\"id\": \"r\", \"pricing\": {\"prompt\": \"-1\", \"completion\": \"-1\"}},"
              "{\"id\": \"h\", \"pricing\": {\"prompt\": \"-1\", \"completion\": \"0.000001\"}}]}");
    assert_noted(&list, "r", IMPORT_SKIPPED, "unknown before it has routed");
    assert_noted(&list, "h", IMPORT_DOUBTED, "prompt is negative");
    assert_false(known(price(&list, "h")->steps[0].price.input));
    price_import_release(&list);
}

static void
keys_that_nobody_reads_are_doubted(void **state)
{
    struct price_import list;

    (void)state;
    open_text(&list, NULL,
              "{\"data\": [{\"id\": \"a\", \"pricing\": {\"prompt\": \"0.000001\", \"completion\": \"0.000001\", "
              "\"request\": \"0.01\", \"night\": \"0.5\", \"web_search\": \"0.01\", \"image\": \"0.1\","
              "\"overrides\": [{\"hour\": 3, \"prompt\": \"0.1\"}]}}]}");
    assert_noted(&list, "a", IMPORT_DOUBTED, "each request costs $0.01 on top");
    assert_noted(&list, "a", IMPORT_DOUBTED, "night was not used");
    assert_noted(&list, "a", IMPORT_DOUBTED, "an override without min_prompt_tokens");
    assert_null(strstr(note(&list, "a", IMPORT_DOUBTED), "web_search"));
    assert_int_equal(price(&list, "a")->steps[0].n_tiers, 0);
    price_import_release(&list);
}

/* ---- genai-prices -------------------------------------------------------------------------------------- */

static void
genai_prices_have_tiers_days_and_hours(void **state)
{
    struct price_import list;

    (void)state;
    open_list(&list, NULL, "genai-prices.json");
    /* The surcharge of long prompts ended on a day. */
    const struct cat_price *p = price(&list, "anthropic/claude-opus-4-6");
    assert_int_equal(p->n_steps, 2);
    assert_int_equal(p->steps[0].n_tiers, 1);
    assert_close(p->steps[0].tiers[0].price.output, 37.5, 1e-12);
    assert_int_equal(p->steps[1].n_tiers, 0);
    assert_int_equal(p->steps[1].from.month, 3);
    assert_ptr_equal(price_on(p, listed), &p->steps[1]);
    p = price(&list, "anthropic/claude-sonnet-5");
    assert_close(price_on(p, listed)->price.input, 2, 0);
    assert_close(price_on(p, (struct date){ 2026, 9, 1 })->price.input, 3, 0);
    p = price(&list, "anthropic/claude-sonnet-4-5");
    assert_close(p->steps[0].tiers[0].above_tokens, 200000, 0);
    assert_close(p->steps[0].tiers[0].price.cache_read, 0.6, 1e-12);
    /* By the hour: the dearest, and a doubt. */
    p = price(&list, "deepseek/deepseek-chat");
    assert_int_equal(p->n_steps, 1);
    assert_close(p->steps[0].price.input, 0.27, 1e-12);
    assert_noted(&list, "deepseek/deepseek-chat", IMPORT_DOUBTED, "time of day");
    assert_noted(&list, "perplexity/sonar", IMPORT_DOUBTED, "each request costs $0.012");
    assert_noted(&list, "google/gemini-2.5-flash-preview", IMPORT_DOUBTED, "deprecated");
    assert_noted(&list, "voyageai/voyage-3", IMPORT_DOUBTED, "per output token is unknown");
    price_import_release(&list);
}

static void
days_out_of_order_and_odd_conditions_are_doubted(void **state)
{
    struct price_import list;

    (void)state;
    open_text(&list, NULL,
              "[{\"id\": \"p\", \"models\": [{\"id\": \"m\", \"prices\": ["
              "{\"prices\": {\"input_mtok\": 1, \"output_mtok\": 1}},"
              "{\"constraint\": {\"start_date\": \"2026-05-01\"}, \"prices\": {\"input_mtok\": 2, \"output_mtok\": 2}},"
              "{\"constraint\": {\"start_date\": \"2026-04-01\"}, \"prices\": {\"input_mtok\": 3, \"output_mtok\": 3}},"
              "{\"constraint\": {\"start_date\": \"soon\"}, \"prices\": {\"input_mtok\": 4, \"output_mtok\": 4}}]},"
              "{\"id\": \"n\", \"prices\": 5}, {\"prices\": {}}]}, {\"id\": \"q\"}]");
    assert_int_equal(price(&list, "p/m")->n_steps, 2);
    assert_noted(&list, "p/m", IMPORT_DOUBTED, "from 2026-04-01 stands behind a later one");
    assert_noted(&list, "p/m", IMPORT_DOUBTED, "start_date \"soon\" is not a date");
    assert_noted(&list, "p/n", IMPORT_SKIPPED, "no price");
    assert_noted(&list, "q", IMPORT_SKIPPED, "not a provider");
    price_import_release(&list);
}

/* A field without a tier at another's threshold keeps what it costs there. */
static void
thresholds_of_one_field_do_not_move_another(void **state)
{
    struct price_import list;

    (void)state;
    open_text(&list, NULL,
              "[{\"id\": \"p\", \"models\": [{\"id\": \"m\", \"prices\": {"
              "\"input_mtok\": {\"base\": 1, \"tiers\": [{\"start\": 100000, \"price\": 2}]},"
              "\"output_mtok\": {\"base\": 5, \"tiers\": [{\"start\": 200000, \"price\": 9}]}}}]}]");
    const struct price_step *s = &price(&list, "p/m")->steps[0];
    assert_int_equal(s->n_tiers, 2);
    assert_close(s->tiers[0].price.output, 5, 0);
    assert_close(s->tiers[1].price.input, 2, 0);
    assert_close(s->tiers[1].price.output, 9, 0);
    price_import_release(&list);
}

/* ---- GPUs -------------------------------------------------------------------------------------------------- */

static const struct cat_gpu_price *
offer(const struct price_import *list, const char *id)
{
    for (int i = 0; i < list->n_gpu_prices; i++)
        if (strcmp(list->gpu_prices[i].id, id) == 0)
            return &list->gpu_prices[i];
    fail_msg("%s was not taken", id);
    return NULL;
}

static void
gpu_prices_are_read(void **state)
{
    struct price_import list;

    (void)state;
    open_list(&list, NULL, "gpu-prices.csv");
    const struct cat_gpu_price *p = offer(&list, "gcp/us-central1/a2-highgpu-1g");
    assert_close(p->on_demand_usd_h, 3.673385, 1e-12);
    assert_close(p->spot_usd_h, 1.92802, 1e-12);
    assert_false(known(p->reserved_1y_usd_h));
    assert_int_equal(p->origin.as_of.day, 3);
    assert_non_null(strstr(p->origin.text, "karpenter-provider-gcp"));
    assert_close(offer(&list, "lambda/all-regions-incl.-asia-south-1/gpu_8x_h100_sxm5")->gpus, 8, 0);
    assert_noted(&list, "lambda/all-regions-incl.-asia-south-1/gpu_8x_h100_sxm5", IMPORT_DOUBTED, "the day is not known");
    offer(&list, "gcp/us-central1/t4");
    offer(&list, "runpod/lowest-listed/h200-141-sxm");
    price_import_release(&list);
}

static void
odd_gpu_rows_are_doubted_or_skipped(void **state)
{
    static const char head[] = "provider,region,instance,gpu_id,gpu_count,on_demand_usd_h,on_demand_per_gpu_h,as_of,source\n";
    struct price_import list;
    char text[1000];

    (void)state;
    snprintf(text, sizeof text,
             "%sp,r,none,l4,1,,,2026-01-01,x\np,r,two,l4,2,3,,2026-01-01,x\np,r,wrong,l4,2,4,4,2026-01-01,x\n"
             "p,r,dear,l4,1,90,,2026-01-01,x\np,r,words,l4,1,\"3,5\",,2026-01-01,x\np,r,zero,l4,1,0,,2026-01-01,x\n"
             "p,r,two,l4,2,3,,2026-01-01,x\np,r,two,l4,2,3,,2026-01-01,x\n,r,x,l4,1,1,,,\n", head);
    open_text(&list, "gpu-prices", text);
    assert_close(offer(&list, "p/r/two")->on_demand_usd_h, 1.5, 1e-12);
    assert_noted(&list, "p/r/none", IMPORT_SKIPPED, "no price");
    assert_noted(&list, "p/r/wrong", IMPORT_DOUBTED, "is not $4 each");
    assert_noted(&list, "p/r/dear", IMPORT_DOUBTED, "wrong unit");
    assert_noted(&list, "p/r/words", IMPORT_SKIPPED, "no price");
    assert_noted(&list, "p/r/zero", IMPORT_SKIPPED, "no price");
    offer(&list, "p/r/two-l4");
    assert_noted(&list, "p/r/two-l4", IMPORT_SKIPPED, "already");
    assert_noted(&list, "line 10", IMPORT_SKIPPED, "no provider");
    price_import_release(&list);
}

/* ---- into a catalog --------------------------------------------------------------------------------------------- */

static struct catalog *
load(const char *user)
{
    char shipped[1024];
    const char *folders[2] = { shipped, user };
    struct catalog *cat = NULL;
    struct error e;

    snprintf(shipped, sizeof shipped, "%s", source_path("catalog"));
    problems_init(&found);
    if (catalog_load(&cat, folders, user != NULL ? 2 : 1, &found, &e) < 0)
        fail_msg("%s", e.text);
    return cat;
}

static void
keep(const struct price_import *list, const char *folder)
{
    struct buffer b;
    struct error e;
    char name[64];

    buffer_init(&b);
    if (price_import_print(list, &b, &e) < 0)
        fail_msg("%s", e.text);
    snprintf(name, sizeof name, "%s.yaml", list->list);
    put(folder, name, b.text);
    assert_true(catalog_is_list_file(b.text, b.n));
    buffer_release(&b);
}

static void
import_text_into(const char *folder, const char *from, const char *text, struct date day)
{
    struct catalog *cat = load(folder);
    struct price_import list;
    struct error e;

    if (import_list(&list, from, text, strlen(text), "a test", day, &e) < 0 || price_import_match(&list, cat, &e) < 0)
        fail_msg("%s", e.text);
    keep(&list, folder);
    price_import_release(&list);
    catalog_free(cat);
}

#define GPT4O(in, out) \
    "{\"gpt-4o\": {\"litellm_provider\": \"openai\", \"mode\": \"chat\", \"input_cost_per_token\": " in \
    ", \"output_cost_per_token\": " out ", \"max_input_tokens\": 128000}," \
    "\"brand-new\": {\"litellm_provider\": \"newhost\", \"mode\": \"chat\", \"input_cost_per_token\": 1e-6, " \
    "\"output_cost_per_token\": 2e-6, \"max_input_tokens\": 64000}}"

static void
an_imported_price_lies_over_the_catalogs(void **state)
{
    char folder[] = "import-test-XXXXXX";

    (void)state;
    assert_non_null(mkdtemp(folder));
    import_text_into(folder, "litellm", GPT4O("2e-6", "8e-6"), listed);
    struct catalog *cat = load(folder);
    const struct cat_price *p = catalog_price(cat, "gpt-4o", "openai");
    assert_close(p->steps[0].price.input, 2, 1e-12);
    assert_string_equal(p->origin.text, "a test");
    assert_true(p->imported);
    /* What the list does not know stays, but not a batch price of another price. */
    assert_close(p->training_usd_mtok, 25, 1e-12);
    assert_false(known(p->steps[0].price.batch_input));
    assert_int_equal(cat->n_others, 1);
    assert_close(cat->others[0].steps[0].price.input, 2.5, 1e-12);
    /* A model and a host that nobody described are known by their names. */
    const struct cat_model *m = catalog_model(cat, "brand-new");
    assert_non_null(m);
    assert_true(m->imported);
    assert_close(m->context_tokens, 64000, 0);
    assert_false(known(m->params));
    assert_non_null(catalog_host(cat, "newhost"));
    assert_ptr_equal(catalog_price(cat, "brand-new", NULL), catalog_price(cat, "brand-new", "newhost"));
    catalog_free(cat);
    remove_tree(folder);
}

static void
an_older_list_and_a_doubtful_price_stay_beside(void **state)
{
    char folder[] = "import-test-XXXXXX";

    (void)state;
    assert_non_null(mkdtemp(folder));
    import_text_into(folder, "litellm", GPT4O("2e-6", "8e-6"), (struct date){ 2025, 1, 1 });
    struct catalog *cat = load(folder);
    assert_close(catalog_price(cat, "gpt-4o", "openai")->steps[0].price.input, 2.5, 1e-12);
    assert_close(cat->others[0].steps[0].price.input, 2, 1e-12);
    catalog_free(cat);
    import_text_into(folder, "litellm", GPT4O("0", "0"), (struct date){ 2027, 1, 1 });
    cat = load(folder);
    assert_close(catalog_price(cat, "gpt-4o", "openai")->steps[0].price.input, 2.5, 1e-12);
    catalog_free(cat);
    remove_tree(folder);
}

static void
of_two_lists_the_newest_is_in_use_and_the_other_beside(void **state)
{
    static const char served[] = "{\"openai\": {\"models\": {\"gpt-4o\": {\"cost\": {\"input\": 3, \"output\": 9}}}}}";
    char folder[] = "import-test-XXXXXX";
    struct price_change *rows;
    const struct cat_price **gone;
    struct price_import list;
    struct error e;
    int n_gone;

    (void)state;
    assert_non_null(mkdtemp(folder));
    import_text_into(folder, "litellm", GPT4O("2e-6", "8e-6"), (struct date){ 2026, 9, 1 });
    import_text_into(folder, "models.dev", served, (struct date){ 2026, 9, 2 });
    struct catalog *cat = load(folder);
    assert_close(catalog_price(cat, "gpt-4o", "openai")->steps[0].price.input, 3, 1e-12);
    assert_string_equal(catalog_price(cat, "gpt-4o", "openai")->list, "models.dev");
    assert_int_equal(cat->n_others, 2);
    /* The same list again, without a model that it had. */
    open_text(&list, "litellm", "{\"gpt-4o\": {\"litellm_provider\": \"openai\", \"mode\": \"chat\", "
                                "\"input_cost_per_token\": 2e-6, \"output_cost_per_token\": 8e-6}}");
    list.prices[0].origin.as_of = (struct date){ 2026, 9, 3 };
    assert_int_equal(price_import_match(&list, cat, &e), 0);
    assert_int_equal(price_import_compare(&list, cat, &rows, &gone, &n_gone, &e), 0);
    assert_string_equal(rows[0].was->list, "models.dev");
    assert_string_equal(rows[0].rival->list, "models.dev");
    assert_true(rows[0].differs);
    assert_true(rows[0].in_force);
    assert_int_equal(n_gone, 1);
    assert_string_equal(gone[0]->id, "brand-new@newhost");
    free(rows);
    free(gone);
    price_import_release(&list);
    catalog_free(cat);
    remove_tree(folder);
}

static void
the_same_list_gives_the_same_bytes(void **state)
{
    static const char *const files[] = { "litellm-prices.json", "models-dev.json", "openrouter-models.json",
                                         "genai-prices.json", "gpu-prices.csv" };
    char folder[] = "import-test-XXXXXX";

    (void)state;
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < 2 * BE_LEN(files); i++) {
        struct catalog *cat = load(folder);
        struct price_import list;
        struct buffer b;
        struct error e;
        char path[64], *there = NULL;
        size_t n;

        open_list(&list, NULL, files[i % BE_LEN(files)]);
        assert_int_equal(price_import_match(&list, cat, &e), 0);
        buffer_init(&b);
        assert_int_equal(price_import_print(&list, &b, &e), 0);
        snprintf(path, sizeof path, "%s/%s.yaml", folder, list.list);
        if (i < BE_LEN(files))
            keep(&list, folder);
        assert_int_equal(file_read(path, 1 << 22, &there, &n, NULL, &e), 0);
        assert_int_equal(n, b.n);
        assert_memory_equal(there, b.text, n);
        free(there);
        buffer_release(&b);
        price_import_release(&list);
        catalog_free(cat);
    }
    remove_tree(folder);
}

static void
keys_are_matched_by_name_and_never_by_likeness(void **state)
{
    static const struct { const char *list, *file, *key, *model, *host; } cases[] = {
        { "litellm", "litellm-prices.json", "gpt-4o", "gpt-4o", "openai" },
        { "openrouter", "openrouter-models.json", "anthropic/claude-sonnet-4.5", "claude-sonnet-4.5", "openrouter" },
        { "openrouter", "openrouter-models.json", "perplexity/sonar-deep-research", "perplexity/sonar-deep-research", "openrouter" },
        { "genai-prices", "genai-prices.json", "anthropic/claude-opus-4-6", "claude-opus-4.6", "anthropic" },
        { "genai-prices", "genai-prices.json", "aws/regional.anthropic.claude-sonnet-5-v1:0",
          "aws/regional.anthropic.claude-sonnet-5-v1:0", "aws" },
        { "models.dev", "models-dev.json", "openai/gpt-5.4", "gpt-5.4", "openai" },
        { "models.dev", "models-dev.json", "anthropic/claude-3-5-sonnet-20241022", "claude-3.5-sonnet", "anthropic" },
    };
    struct catalog *cat = load(NULL);

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++) {
        struct price_import list;
        struct error e;

        open_list(&list, cases[i].list, cases[i].file);
        assert_int_equal(price_import_match(&list, cat, &e), 0);
        const struct cat_price *p = price(&list, cases[i].key);
        assert_string_equal(p->model, cases[i].model);
        assert_string_equal(p->host, cases[i].host);
        price_import_release(&list);
    }
    catalog_free(cat);
}

static void
an_imported_offer_of_a_card_that_is_gone_is_passed_over(void **state)
{
    char folder[] = "import-test-XXXXXX";

    (void)state;
    assert_non_null(mkdtemp(folder));
    put(folder, "gpu-prices.yaml",
        "list: gpu-prices\nsources:\n  list: {text: a test, as_of: 2026-08-01}\ngpu-prices:\n"
        "- {provider: p, region: r, instance: gone, gpu: gone-100, gpus: 1, on_demand: 2, source: list}\n"
        "- {provider: p, region: r, instance: here, gpu: l4, gpus: 1, on_demand: 2, source: list}\n");
    struct catalog *cat = load(folder);
    assert_null(catalog_gpu_price(cat, NULL, "p/r/gone"));
    assert_non_null(catalog_gpu_price(cat, "l4", "p/r/here"));
    catalog_free(cat);
    remove_tree(folder);
}

static void
what_cannot_be_kept_is_refused_before_it_is_written(void **state)
{
    struct price_import list;
    struct buffer b;
    struct error e;

    (void)state;
    open_text(&list, NULL, GPT4O("1e-6", "1e-6"));
    list.as_of.year = 0;
    buffer_init(&b);
    assert_int_equal(price_import_print(&list, &b, &e), -1);
    assert_int_equal(e.code, ERR_RANGE);
    assert_int_equal(b.n, 0);
    list.as_of = listed;
    list.prices[0].steps[0].price.input = 1e30;
    assert_int_equal(price_import_print(&list, &b, &e), -1);
    assert_int_equal(e.code, ERR_BUG);
    buffer_release(&b);
    price_import_release(&list);
    assert_false(catalog_is_list_file("prices: []\n", 11));
    assert_false(catalog_is_list_file("[", 1));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_list_is_known_by_its_looks),
        cmocka_unit_test(what_is_no_list_is_refused_with_its_place),
        cmocka_unit_test(a_deep_list_is_refused_before_it_is_read),
        cmocka_unit_test(more_prices_than_any_list_has_are_refused),
        cmocka_unit_test(no_reader_minds_where_the_bytes_end),
        cmocka_unit_test(a_wrong_unit_is_taken_and_doubted),
        cmocka_unit_test(zero_is_doubted_and_missing_is_unknown),
        cmocka_unit_test(numbers_may_be_texts_and_texts_that_are_none_are_doubted),
        cmocka_unit_test(a_locale_with_a_decimal_comma_changes_nothing),
        cmocka_unit_test(of_equal_keys_the_last_counts_and_it_is_said),
        cmocka_unit_test(a_retired_model_is_taken_with_its_day_and_doubted),
        cmocka_unit_test(whole_numbers_may_be_written_as_fractions),
        cmocka_unit_test(a_threshold_above_the_limit_is_kept),
        cmocka_unit_test(keys_that_are_no_models_are_skipped),
        cmocka_unit_test(a_price_beyond_all_prices_is_skipped),
        cmocka_unit_test(doubts_about_long_keys_can_be_kept),
        cmocka_unit_test(names_that_no_screen_should_show_are_skipped),
        cmocka_unit_test(time_windows_of_litellm_are_doubted),
        cmocka_unit_test(models_dev_is_read_as_it_is_served),
        cmocka_unit_test(a_second_context_price_without_its_threshold_is_not_used),
        cmocka_unit_test(models_dev_is_read_as_it_is_authored),
        cmocka_unit_test(no_link_and_no_name_in_a_folder_leads_out_of_it),
        cmocka_unit_test(a_folder_without_models_is_refused),
        cmocka_unit_test(openrouter_is_read),
        cmocka_unit_test(minus_one_is_never_a_price),
        cmocka_unit_test(keys_that_nobody_reads_are_doubted),
        cmocka_unit_test(genai_prices_have_tiers_days_and_hours),
        cmocka_unit_test(days_out_of_order_and_odd_conditions_are_doubted),
        cmocka_unit_test(thresholds_of_one_field_do_not_move_another),
        cmocka_unit_test(gpu_prices_are_read),
        cmocka_unit_test(odd_gpu_rows_are_doubted_or_skipped),
        cmocka_unit_test(an_imported_price_lies_over_the_catalogs),
        cmocka_unit_test(an_older_list_and_a_doubtful_price_stay_beside),
        cmocka_unit_test(of_two_lists_the_newest_is_in_use_and_the_other_beside),
        cmocka_unit_test(the_same_list_gives_the_same_bytes),
        cmocka_unit_test(keys_are_matched_by_name_and_never_by_likeness),
        cmocka_unit_test(an_imported_offer_of_a_card_that_is_gone_is_passed_over),
        cmocka_unit_test(what_cannot_be_kept_is_refused_before_it_is_written),
    };

    return RUN_GROUP(tests);
}
