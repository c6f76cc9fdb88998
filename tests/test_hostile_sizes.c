/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "breakeven/catalog.h"
#include "breakeven/document.h"
#include "breakeven/scenario.h"
#include "breakeven/tui.h"
#include "support.h"

/* Files made to exhaust their reader: every door refuses them with words, at once and in little
 * memory. Each reading is in a process of its own, whose peak is that of the reading. */

#define DEEP 100000
#define SCALAR (50u * 1024 * 1024)
#define LONG (15u * 1024 * 1024)
#define HANG_SECONDS 120
#define CPU_MS 200
#define PEAK_MIB 64

static char folder[] = "/tmp/breakeven-sizes-XXXXXX";
static struct catalog *catalog;

/* A sanitizer's memory and time are not the program's, nor are those of a build for a debugger or for counting. */
static bool
is_measured(void)
{
#if !defined __OPTIMIZE__ || defined __SANITIZE_ADDRESS__
    return false;
#elif defined __has_feature
#if __has_feature(address_sanitizer)
    return false;
#endif
#endif
    return true;
}

static const char *
place_of(const char *name)
{
    static char path[256];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* ---- files ---------------------------------------------------------------------------------- */

/* What a journal begins with; to every other reader a comment. */
static const char head[] = "# breakeven journal, unsaved edits: 1\nbreakeven: 1\n";

static void
put_bomb(FILE *f)
{
    fprintf(f, "%sa0: &a0 [x, x]\n", head);
    for (int k = 1; k < 30; k++) {
        fprintf(f, "a%d: &a%d [", k, k);
        for (int i = 0; i < 10; i++)
            fprintf(f, "%s*a%d", i > 0 ? ", " : "", k - 1);
        fputs("]\n", f);
    }
}

static void
put_deep(FILE *f)
{
    fprintf(f, "%sworkload: ", head);
    for (int k = 0; k < DEEP; k++)
        fputs("[", f);
}

static void
put_deep_json(FILE *f)
{
    for (int k = 0; k < DEEP; k++)
        fputs("{\"a\":", f);
}

static void
put_deep_toml(FILE *f)
{
    fputs("a = ", f);
    for (int k = 0; k < DEEP; k++)
        fputs("[", f);
}

static void
put_x(FILE *f, size_t bytes)
{
    static char block[65536];

    memset(block, 'x', sizeof block);
    for (size_t n = 0; n < bytes; n += sizeof block)
        fwrite(block, 1, sizeof block, f);
}

static void
put_nothing(FILE *f)
{
    (void)f;
}

static void
put_scalar(FILE *f)
{
    fprintf(f, "%stitle: ", head);
    put_x(f, SCALAR);
}

static void
put_json(FILE *f, size_t bytes)
{
    fputs("{\"a\": \"", f);
    put_x(f, bytes);
    fputs("\"}\n", f);
}

static void
put_csv(FILE *f, size_t bytes)
{
    fputs("date,input,output\n2026-03-01,1,\"", f);
    put_x(f, bytes);
    fputs("\"\n", f);
}

static void
put_scalar_json(FILE *f)
{
    put_json(f, SCALAR);
}

static void
put_scalar_csv(FILE *f)
{
    put_csv(f, SCALAR);
}

/* As large as a list may be. */
static void
put_long_json(FILE *f)
{
    put_json(f, LONG);
}

static void
put_long_csv(FILE *f)
{
    put_csv(f, LONG);
}

static void
put_values(FILE *f)
{
    fputs("[0", f);
    for (size_t n = 0; n < LONG / 2; n++)
        fputs(",0", f);
    fputs("]", f);
}

/* A long header over many short rows. */
static void
put_cells(FILE *f)
{
    fputs("gpu_id", f);
    for (int k = 0; k < 100000; k++)
        fputs(",a", f);
    for (int k = 0; k < 80; k++)
        fputs("\n1", f);
    fputs("\n", f);
}

/* ---- doors: 0 read, -1 refused with *err ------------------------------------------------------ */

static int
as_scenario(const char *path, struct error *err)
{
    static struct scenario_file file;
    static struct problems found;

    problems_init(&found);
    return scenario_open(&file, path, catalog, &found, err);
}

/* The file stands where the journal of another is. */
static int
as_journal(const char *path, struct error *err)
{
    static struct scenario sc;
    char journal[1024];
    int edits;

    if (journal_name(folder, "/plan.yaml", journal, sizeof journal) == NULL || (unlink(journal), link(path, journal)) != 0)
        return 0;
    return journal_read(folder, "/plan.yaml", &sc, catalog, &edits, err);
}

static int
as_config(const char *path, struct error *err)
{
    static struct tui_config config;
    static struct problems found;
    const char *config_path = place_of("config.yaml");

    unlink(config_path);
    if (link(path, config_path) != 0)
        return 0;
    problems_init(&found);
    int status = tui_config_read(&config, folder, &found, err);
    if (status == 0 && found.n > 0) {
        *err = found.list[0].error;
        status = -1;
    }
    return status;
}

/* A folder of the catalog that holds this file. */
static int
as_catalog(const char *path, struct error *err)
{
    static struct problems found;
    const char *const folders[] = { folder };
    struct catalog *own = NULL;
    char name[512];

    (void)snprintf(name, sizeof name, "%s.yaml", path);
    if (link(path, name) != 0)
        return 0;
    problems_init(&found);
    int status = catalog_load(&own, folders, 1, &found, err);
    if (status == 0 && found.n > 0) {
        *err = found.list[0].error;
        status = -1;
    }
    unlink(name);
    return status;
}

static int
read_list(const char *path, const char *kind, struct error *err)
{
    static struct price_import list;
    char *bytes;
    size_t n;

    if (file_read(path, PRICE_LIST_BYTES_MAX, &bytes, &n, NULL, err) < 0)
        return -1;
    return import_list(&list, kind, bytes, n, "list", (struct date){ 2026, 8, 1 }, err);
}

/* A list that lies in memory already. */
static int
as_bytes(const char *path, struct error *err)
{
    static struct price_import list;
    size_t n = PRICE_LIST_BYTES_MAX + 1;
    char *bytes = calloc(n, 1);

    (void)path;
    return bytes == NULL ? 0 : import_list(&list, "litellm", bytes, n, "list", (struct date){ 2026, 8, 1 }, err);
}

static int
as_list(const char *path, struct error *err)
{
    return read_list(path, NULL, err);
}

static int
as_table(const char *path, struct error *err)
{
    return read_list(path, "gpu-prices", err);
}

static int
as_log(const char *path, struct error *err)
{
    static struct usage u;
    static char piece[65536];
    struct usage_reader *r = NULL;
    int status = usage_open(&r, NULL, err);
    FILE *f = fopen(path, "rb");

    for (size_t n = 1; f != NULL && status == 0 && n > 0;)
        if ((n = fread(piece, 1, sizeof piece, f)) > 0)
            status = usage_feed(r, piece, n, err);
    return f == NULL ? 0 : status < 0 ? status : usage_finish(r, &u, err);
}

/* ---- each file at each door ---------------------------------------------------------------------- */

static const struct hostile {
    const char *what;
    void (*put)(FILE *);
    int (*door)(const char *path, struct error *);
    enum error_code code;
    const char *words;
} cases[] = {
    { "an alias bomb as a scenario", put_bomb, as_scenario, ERR_SYNTAX, "anchors" },
    { "an alias bomb as a journal", put_bomb, as_journal, ERR_SYNTAX, "anchors" },
    { "an alias bomb as a configuration", put_bomb, as_config, ERR_SYNTAX, "anchors" },
    { "an alias bomb as a catalog", put_bomb, as_catalog, ERR_SYNTAX, "anchors" },
    { "an alias bomb as a price list", put_bomb, as_list, ERR_SYNTAX, "not JSON" },
    { "an alias bomb as a usage log", put_bomb, as_log, ERR_SYNTAX, "no record can be read" },
    { "a scenario 10^5 deep", put_deep, as_scenario, ERR_SIZE, "nested more than 32 deep" },
    { "a journal 10^5 deep", put_deep, as_journal, ERR_SIZE, "nested more than 32 deep" },
    { "a configuration 10^5 deep", put_deep, as_config, ERR_SIZE, "at most 65536" },
    { "a catalog 10^5 deep", put_deep, as_catalog, ERR_SIZE, "nested more than 32 deep" },
    { "a price list 10^5 deep", put_deep_json, as_list, ERR_SIZE, "nested more than 32 deep" },
    { "a price list in TOML 10^5 deep", put_deep_toml, as_list, ERR_SIZE, "nested more than 32 deep" },
    { "a usage log 10^5 deep", put_deep_json, as_log, ERR_SYNTAX, "nested more than 32 deep" },
    { "50 MB in one text of a scenario", put_scalar, as_scenario, ERR_SIZE, "at most 1048576" },
    { "50 MB in one text of a journal", put_scalar, as_journal, ERR_SIZE, "at most 1048576" },
    { "50 MB in one text of a configuration", put_scalar, as_config, ERR_SIZE, "at most" },
    { "50 MB in one text of a catalog", put_scalar, as_catalog, ERR_SIZE, "at most" },
    { "50 MB in one text of a price list", put_scalar_json, as_list, ERR_SIZE, "at most 16777216" },
    { "50 MB in one text of a table", put_scalar_csv, as_table, ERR_SIZE, "at most 16777216" },
    { "50 MB as a price list in memory", put_nothing, as_bytes, ERR_SIZE, "at most 16777216" },
    { "15 MB in one text of a price list", put_long_json, as_list, ERR_SIZE, "a text of more than 1 MiB" },
    { "15 MB in one text of a table", put_long_csv, as_table, ERR_SIZE, "a field of more than 1 MiB" },
    { "a price list of eight million values", put_values, as_list, ERR_SIZE, "more than 500,000 values" },
    { "a table of eight million cells", put_cells, as_table, ERR_SIZE, "cells" },
    { "50 MB in one text of a usage log", put_scalar_json, as_log, ERR_SYNTAX, "more than 1 MiB" },
    { "50 MB in one field of a usage log", put_scalar_csv, as_log, ERR_SYNTAX, "more than 1 MiB" },
};

/* In the child: 0 as it should be, or words on stderr. */
static int
reading(const struct hostile *h, const char *path)
{
    struct error err;

    memset(&err, 0, sizeof err);
    alarm(HANG_SECONDS);
    int status = h->door(path, &err);
    if (status == -1 && err.code == h->code && strstr(err.text, h->words) != NULL)
        return 0;
    fprintf(stderr, "# %s: status %d, code %d, %s\n", h->what, status, (int)err.code, err.text);
    return 1;
}

static void
is_refused(void **state)
{
    const struct hostile *h = *state;
    const char *path = place_of("hostile");
    char name[256];
    struct rusage used;
    int status;

    snprintf(name, sizeof name, "%s", path);
    FILE *f = fopen(name, "wb");
    assert_non_null(f);
    h->put(f);
    assert_int_equal(fclose(f), 0);
    fflush(stdout);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(reading(h, name));
    assert_int_equal(wait4(child, &status, 0, &used), child);
    unlink(name);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("%s: status %#x", h->what, (unsigned)status);
    long ms = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
    if (is_measured() && used.ru_maxrss > PEAK_MIB * 1024)
        fail_msg("%s: %ld KiB", h->what, used.ru_maxrss);
    if (is_measured() && ms > CPU_MS)
        fail_msg("%s: %ld ms", h->what, ms);
}

static int
setup(void **state)
{
    static struct problems found;
    static char shipped[1024];
    const char *const folders[] = { shipped };
    struct error err;

    (void)state;
    snprintf(shipped, sizeof shipped, "%s", source_path("catalog"));
    problems_init(&found);
    return mkdtemp(folder) != NULL && catalog_load(&catalog, folders, 1, &found, &err) == 0 ? 0 : -1;
}

static int
teardown(void **state)
{
    char journal[1024];

    (void)state;
    if (journal_name(folder, "/plan.yaml", journal, sizeof journal) != NULL)
        unlink(journal);
    unlink(place_of("config.yaml"));
    catalog_free(catalog);
    return rmdir(folder);
}

int
main(void)
{
    enum { N = sizeof cases / sizeof *cases };
    static struct CMUnitTest tests[N];

    for (size_t k = 0; k < N; k++)
        tests[k] = (struct CMUnitTest){ .name = cases[k].what, .test_func = is_refused,
                                        .initial_state = (void *)(uintptr_t)&cases[k] };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, setup, teardown);
}
