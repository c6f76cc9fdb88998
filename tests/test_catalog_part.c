/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <unistd.h>

#include "breakeven/decide.h"
#include "breakeven/document.h"
#include "support.h"

/* A catalog of which imported lists were read in part gives the answers of the whole. */

static char folder[] = "catalog-part-XXXXXX", shipped[1024];
static struct problems found;
static struct catalog *whole;
static const struct {
    const char *list, *file;
    struct date day;
} lists[] = {
    { "litellm", "tests/data/litellm-prices.json", { 2027, 1, 20 } },
    { "openrouter", "tests/data/openrouter-models.json", { 2027, 2, 3 } },
};

static void
read_text(char **text, const char *path)
{
    size_t n;
    struct error e;

    if (file_read(path, 4u << 20, text, &n, NULL, &e) < 0)
        fail_msg("%s", e.text);
}

static void
path_of_list(char *path, size_t size, const char *list)
{
    snprintf(path, size, "%s/%s.yaml", folder, list);
}

static void
import_one(size_t k)
{
    const char *folders[] = { shipped };
    struct catalog *own = NULL;
    struct price_import list;
    struct buffer b;
    struct error e;
    char path[64], *text;

    read_text(&text, source_path(lists[k].file));
    buffer_init(&b);
    problems_init(&found);
    if (catalog_load(&own, folders, 1, &found, &e) < 0 ||
        import_list(&list, lists[k].list, text, strlen(text), "a test", lists[k].day, &e) < 0 ||
        price_import_match(&list, own, &e) < 0 || price_import_print(&list, &b, &e) < 0)
        fail_msg("%s", e.text);
    path_of_list(path, sizeof path, lists[k].list);
    assert_int_equal(file_write(path, b.text, b.n, NULL, NULL, &e), 0);
    price_import_release(&list);
    buffer_release(&b);
    catalog_free(own);
    free(text);
}

static struct catalog *
load(const char *const *texts, int n)
{
    const char *folders[] = { shipped, folder };
    struct catalog *cat = NULL;
    struct error e;

    problems_init(&found);
    int status = texts != NULL ? catalog_load_for(&cat, folders, 2, texts, n, &found, &e)
                               : catalog_load(&cat, folders, 2, &found, &e);
    if (status < 0)
        fail_msg("%s", e.text);
    return cat;
}

static int
begin(void **state)
{
    (void)state;
    snprintf(shipped, sizeof shipped, "%s", source_path("catalog"));
    if (mkdtemp(folder) == NULL)
        return -1;
    for (size_t k = 0; k < BE_LEN(lists); k++)
        import_one(k);
    whole = load(NULL, 0);
    return 0;
}

static int
end(void **state)
{
    char path[64];

    (void)state;
    for (size_t k = 0; k < BE_LEN(lists); k++) {
        path_of_list(path, sizeof path, lists[k].list);
        unlink(path);
    }
    catalog_free(whole);
    return rmdir(folder);
}

/* ---- lookups ------------------------------------------------------------------------------------------- */

static void
same_price(const struct cat_price *a, const struct cat_price *b, const char *model)
{
    if ((a == NULL) != (b == NULL))
        fail_msg("%s: %s in the part, %s in the whole", model, a != NULL ? a->id : "nothing", b != NULL ? b->id : "nothing");
    if (a == NULL)
        return;
    assert_string_equal(a->id, b->id);
    assert_int_equal(a->n_steps, b->n_steps);
    assert_memory_equal(&a->steps[0].price, &b->steps[0].price, sizeof a->steps[0].price);
    assert_int_equal(a->steps[0].n_tiers, b->steps[0].n_tiers);
    assert_int_equal(date_compare(a->origin.as_of, b->origin.as_of), 0);
    assert_string_equal(a->origin.text, b->origin.text);
    assert_int_equal(a->imported, b->imported);
}

static void
same_of_model(const struct catalog *part, const char *model)
{
    const struct cat_model *a = catalog_model(part, model), *b = catalog_model(whole, model);

    assert_int_equal(a != NULL, b != NULL);
    if (a != NULL) {
        assert_string_equal(a->id, b->id);
        assert_string_equal(a->vendor, b->vendor);
        assert_int_equal(a->imported, b->imported);
        assert_memory_equal(&a->context_tokens, &b->context_tokens, sizeof a->context_tokens);
    }
    same_price(catalog_price(part, model, NULL), catalog_price(whole, model, NULL), model);
    for (int i = 0; i < whole->n_hosts; i++)
        same_price(catalog_price(part, model, whole->hosts[i].id), catalog_price(whole, model, whole->hosts[i].id), model);
}

/* Of all models and aliases that the shipped files know, and of one that a list alone knows and a text names. */
static void
lookups_by_a_name_that_is_asked_for_are_those_of_the_whole(void **state)
{
    const char *alone = NULL;
    char text[300];
    const char *texts[] = { "breakeven: 1\n", text };
    int passed_over = 0;

    (void)state;
    for (int i = 0; i < whole->n_models; i++)
        if (whole->models[i].imported && strpbrk(whole->models[i].id, " ,'\"") == NULL && strchr(whole->models[i].id, ':') != NULL)
            alone = whole->models[i].id;
    assert_non_null(alone);
    snprintf(text, sizeof text, "arms:\n  a:\n    model: %s\n  b: {kind: api, model: %s}\n", alone, alone);
    struct catalog *part = load(texts, 2);
    assert_true(part->partial);
    assert_false(whole->partial);
    for (int i = 0; i < part->n_models; i++) {
        same_of_model(part, part->models[i].id);
        if (part->models[i].alias != NULL)
            same_of_model(part, part->models[i].alias);
    }
    assert_non_null(catalog_model(part, alone));
    for (int i = 0; i < whole->n_models; i++)
        passed_over += catalog_model(part, whole->models[i].id) == NULL;
    assert_true(passed_over > 20);
    assert_true(part->n_prices + 20 < whole->n_prices);
    catalog_free(part);
}

/* Where the texts may hide a name, nothing is passed over. */
static void
a_text_with_escapes_asks_for_all(void **state)
{
    const char *texts[] = { "breakeven: 1\nname: \"gpt\\u002d4o\"\n" };
    struct catalog *part = load(texts, 1);

    (void)state;
    assert_false(part->partial);
    assert_int_equal(part->n_prices, whole->n_prices);
    catalog_free(part);
}

/* An entry that is passed over is not looked at; the whole says what is wrong with it. */
static void
what_is_passed_over_may_be_wrong(void **state)
{
    const char *folders[] = { shipped, folder }, *texts[] = { "breakeven: 1\n" };
    struct catalog *part = NULL;
    struct buffer b;
    struct error e;
    char path[64], *text;

    (void)state;
    path_of_list(path, sizeof path, "litellm");
    read_text(&text, path);
    buffer_init(&b);
    buffer_printf(&b, "%s- {model: nobody/knows-it, host: x, key: k, input: -1, output: 1, source: list}\n"
                      "- {model: nobody/knows-it-either, host: x, key: k, input: 1, output: 1, source: list}\n", text);
    assert_int_equal(file_write(path, b.text, b.n, NULL, NULL, &e), 0);
    int whole_status = catalog_load(&part, folders, 2, NULL, &e);
    int part_status = catalog_load_for(&part, folders, 2, texts, 1, NULL, &e);
    assert_int_equal(file_write(path, text, strlen(text), NULL, NULL, &e), 0);
    assert_int_equal(whole_status, -1);
    assert_int_equal(part_status, 0);
    assert_true(part->partial);
    catalog_free(part);
    buffer_release(&b);
    free(text);
}

/* ---- scenarios ----------------------------------------------------------------------------------------- */

static struct answer *
decided(const struct catalog *cat, const char *text)
{
    static struct scenario sc;
    const struct solve_options o = { .samples = 256, .seed = 1 };
    struct answer *an = NULL;
    struct error e;

    problems_init(&found);
    if (scenario_parse(&sc, text, strlen(text), cat, &found, &e) < 0 ||
        decide(&an, &sc, cat, "test", &o, DEPTH_VERDICT, NULL, &e) != 0)
        fail_msg("%s", e.text);
    for (int k = 0; k < found.n; k++)
        assert_int_not_equal(found.list[k].error.code, ERR_UNKNOWN);
    return an;
}

static void
same_answers(const char *text)
{
    const char *texts[] = { text };
    struct catalog *part = load(texts, 1);
    assert_true(part->partial);
    struct answer *a = decided(part, text), *b = decided(whole, text);

    assert_int_equal(date_compare(a->setup.start, b->setup.start), 0);
    assert_string_equal(a->verdict.headline, b->verdict.headline);
    assert_int_equal(a->n_arms, b->n_arms);
    for (int k = 0; k < a->n_arms; k++) {
        same_price(a->setup.arms[k].price, b->setup.arms[k].price, a->arms[k].name);
        assert_memory_equal(&a->arms[k].tco_usd, &b->arms[k].tco_usd, sizeof a->arms[k].tco_usd);
    }
    answer_free(a);
    answer_free(b);
    catalog_free(part);
}

static const char *const scenarios[] = {
    "article", "article-corrected", "bank-india", "code-assistant", "contract-clauses", "hospital-us",
    "medical-qa", "night-batch", "rag-copilot", "startup-mvp", "support-intents",
};

static void
scenarios_are_decided_alike(void **state)
{
    (void)state;
    for (size_t k = 0; k < BE_LEN(scenarios); k++) {
        char name[64], *text;
        snprintf(name, sizeof name, "scenarios/%s.yaml", scenarios[k]);
        read_text(&text, source_path(name));
        same_answers(text);
        free(text);
    }
}

/* A price that a list of an earlier day has too, and that nobody would doubt there. */
static const struct cat_price *
surer_elsewhere(void)
{
    for (int i = 0; i < whole->n_prices; i++) {
        const struct cat_price *p = &whole->prices[i];
        if (p->imported && !price_is_doubtful(p) && date_compare(p->origin.as_of, lists[0].day) == 0 &&
            strpbrk(p->model, " ,'\"") == NULL)
            return p;
    }
    fail_msg("no such price");
    return NULL;
}

/* A scenario without a start begins on the newest list's day, though it knows none of that list's models. */
static void
the_newest_list_tells_the_day(void **state)
{
    const struct cat_price *last = surer_elsewhere();
    struct buffer list;
    char path[64], *text;
    struct catalog *before = whole;
    struct error e;

    (void)state;
    read_text(&text, source_path("scenarios/article.yaml"));
    char *start = strstr(text, "\nstart:");
    assert_non_null(start);
    memcpy(start, "\n#tart:", 7);
    path_of_list(path, sizeof path, "other");
    buffer_init(&list);
    buffer_printf(&list, "list: other\nsources:\n  list: {text: a test, as_of: 2027-03-01}\nprices:\n"
                         "- {model: nobody/free, host: x, key: a, input: 0, output: 0, source: list}\n"
                         "- {model: nobody/one, host: x, key: b, input: 1, output: 1, source: list}\n"
                         "- {model: %s, host: %s, key: c, input: 0, output: 0, source: list}\n", last->model, last->host);
    assert_int_equal(file_write(path, list.text, list.n, NULL, NULL, &e), 0);
    buffer_release(&list);
    whole = load(NULL, 0);
    same_answers(text);
    struct answer *an = decided(whole, text);
    unlink(path);
    assert_int_equal(an->setup.start.month, 3);
    answer_free(an);
    catalog_free(whole);
    whole = before;
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lookups_by_a_name_that_is_asked_for_are_those_of_the_whole),
        cmocka_unit_test(a_text_with_escapes_asks_for_all),
        cmocka_unit_test(what_is_passed_over_may_be_wrong),
        cmocka_unit_test(scenarios_are_decided_alike),
        cmocka_unit_test(the_newest_list_tells_the_day),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, begin, end);
}
