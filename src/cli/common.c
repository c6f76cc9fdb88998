/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

bool
stdout_ascii(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

const char *
base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

bool
file_day(const char *path, struct date *day)
{
    struct stat st;
    struct tm tm;

    memset(day, 0, sizeof *day);
    if (stat(path, &st) < 0 || gmtime_r(&st.st_mtime, &tm) == NULL || tm.tm_year < 70)
        return false;
    *day = (struct date){ tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday };
    return true;
}

char *
scenario_name(const char *path, char *out, size_t size)
{
    text_clean(out, size, base_name(path));
    char *dot = strrchr(out, '.');
    if (dot != NULL && dot != out && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0))
        *dot = '\0';
    return out;
}

/* "file:line:column: words" as compilers print it, so that editors jump there. */
void
complain(const char *where, const struct error *e)
{
    char clean[256];

    if (where == NULL)
        fprintf(stderr, "breakeven: %s\n", e->text);
    else if (e->line > 0)
        fprintf(stderr, "%s:%d:%d: %s\n", text_clean(clean, sizeof clean, where), e->line, e->column, e->text);
    else
        fprintf(stderr, "%s: %s\n", text_clean(clean, sizeof clean, where), e->text);
}

static int
read_stdin(char **bytes, size_t *n, struct error *err)
{
    struct buffer b;
    char block[8192];
    size_t got;

    buffer_init(&b);
    while ((got = fread(block, 1, sizeof block, stdin)) > 0) {
        buffer_add(&b, block, got);
        if (b.n > SCENARIO_BYTES_MAX) {
            buffer_release(&b);
            return error_set(err, ERR_SIZE, "more than 1 MiB on standard input");
        }
    }
    *n = b.n;
    *bytes = buffer_steal(&b);
    return *bytes != NULL ? 0 : error_set(err, ERR_BUG, "no memory for standard input");
}

int
scenario_load(struct scenario_file *f, const char *path, const struct catalog *cat, struct error *err)
{
    struct problems *found = malloc(sizeof *found);
    int status;

    if (found == NULL)
        return error_set(err, ERR_BUG, "no memory for %s", path);
    problems_init(found);
    if (strcmp(path, "-") == 0) {
        memset(f, 0, sizeof *f);
        status = read_stdin(&f->text, &f->n, err);
        if (status == 0)
            status = scenario_parse(&f->scenario, f->text, f->n, cat, found, err);
        if (status < 0) {
            free(f->text);
            f->text = NULL;
        }
    } else
        status = scenario_open(f, path, cat, found, err);
    if (status < 0 && err->line > 0) {
        const struct error why = *err;
        error_in_file(err, strcmp(path, "-") == 0 ? "standard input" : path, &why);
    }
    for (int k = 0; k < found->n; k++)
        if (found->list[k].level == PROBLEM_ERROR)
            complain(path, &found->list[k].error);
    if (found->dropped > 0)
        fprintf(stderr, "%s: %d more problems\n", path, found->dropped);
    if (status == 0 && found->errors > 0) {
        enum error_code code = ERR_RANGE;
        for (int k = found->n - 1; k >= 0; k--)
            if (found->list[k].level == PROBLEM_ERROR)
                code = found->list[k].error.code;
        status = error_set(err, code, "%d problem%s; nothing is computed from a file that is not understood",
                           found->errors, found->errors == 1 ? "" : "s");
        scenario_file_release(f);
    }
    free(found);
    return status;
}

int
scenario_set(struct scenario *sc, const char *assignment, const struct catalog *cat, struct error *err)
{
    const char *equals = strchr(assignment, '=');
    char key[128];
    struct field_ref ref;
    struct error why;

    if (equals == NULL || equals == assignment || (size_t)(equals - assignment) >= sizeof key)
        return error_set(err, ERR_USAGE, "--set %s: expected KEY=VALUE", assignment);
    memcpy(key, assignment, (size_t)(equals - assignment));
    key[equals - assignment] = '\0';
    if (field_find(sc, key, &ref, err) < 0)
        return -1;
    if (field_set_text(sc, ref, equals + 1, cat, &why) < 0)
        return error_set(err, why.code, "--set %s: %s", assignment, why.text);
    return 0;
}

int
scenario_set_all(struct scenario *sc, const struct args *a, const struct catalog *cat, const struct scenario_file *from,
                 struct error *err)
{
    const char *value;

    for (int k = args_next(a, "set", 0, &value); k >= 0; k = args_next(a, "set", k + 1, &value))
        if (scenario_set(sc, value, cat, err) < 0)
            return -1;
    /* A contradiction that --set brings is not the file's. */
    return scenario_refuse(sc, cat, args_has(a, "set") ? NULL : from, err);
}

int
write_out(const char *path, const struct buffer *b, struct error *err)
{
    if (b->failed)
        return error_set(err, ERR_BUG, "no memory for the output");
    if (path != NULL && strcmp(path, "-") != 0)
        return file_write(path, b->text, b->n, NULL, NULL, err);
    if (fwrite(b->text, 1, b->n, stdout) != b->n || fflush(stdout) != 0)
        return error_set(err, ERR_IO, "cannot write to standard output");
    return 0;
}

struct names {
    const struct catalog *catalog;
    enum catalog_kind kind;
};

static const char *
name_of(const void *ctx, int i)
{
    const struct names *n = ctx;

    return catalog_id(n->catalog, n->kind, i);
}

int
unknown_name(const struct catalog *cat, enum catalog_kind kind, const char *what, const char *name,
             struct error *err)
{
    const struct names all = { cat, kind };
    const char *nearest = text_nearest(name, name_of, &all);

    return error_set(err, ERR_UNKNOWN, nearest != NULL ? "no %s %s, nearest %s" : "no %s %s", what, name, nearest);
}

int
error_in_file(struct error *err, const char *path, const struct error *why)
{
    if (why->line > 0)
        return error_set(err, why->code, "%s:%d:%d: %s", path, why->line, why->column, why->text);
    return error_set(err, why->code, "%s: %s", path, why->text);
}

/* The place of a field in the text of a file; false if the file does not say it. */
static bool
place_in_file(const struct scenario_file *from, const char *path, int *line, int *column)
{
    struct document *doc = NULL;
    struct error ignored;

    if (document_parse_yaml(&doc, from->text, from->n, &ignored) < 0)
        return false;
    const struct node *value = node_at(document_root(doc), path);
    const bool found = value != NULL;
    if (found) {
        *line = value->line;
        *column = value->column;
    }
    document_free(doc);
    return found;
}

/* The first contradiction; of a field that the file says, with its place. */
static int
refuse_for(const struct problem *p, const struct scenario_file *from, struct error *err)
{
    int line, column;

    if (from == NULL || from->text == NULL || !place_in_file(from, p->path, &line, &column))
        return error_set(err, p->error.code, "%s: %s", p->path, p->error.text);
    return error_set(err, p->error.code, "%s:%d:%d: %s: %s", from->path[0] != '\0' ? from->path : "standard input", line,
                     column, p->path, p->error.text);
}

int
scenario_refuse(const struct scenario *sc, const struct catalog *cat, const struct scenario_file *from, struct error *err)
{
    struct problems *found = malloc(sizeof *found);
    int status = 0;

    if (found == NULL)
        return error_set(err, ERR_BUG, "no memory for the problems of a scenario");
    problems_init(found);
    scenario_check(sc, cat, found);
    for (int k = 0; k < found->n && status == 0; k++)
        if (found->list[k].level == PROBLEM_ERROR)
            status = refuse_for(&found->list[k], from, err);
    free(found);
    return status;
}

int
scenario_read(struct scenario *sc, const char *path, const struct args *a, const struct catalog *cat, struct error *err)
{
    struct scenario_file *f = calloc(1, sizeof *f);

    if (f == NULL)
        return error_set(err, ERR_BUG, "no memory for %s", path);
    int status = scenario_load(f, path, cat, err);
    if (status == 0) {
        *sc = f->scenario;
        status = scenario_set_all(sc, a, cat, f, err);
        scenario_file_release(f);
    }
    free(f);
    return status;
}

int
decide_drawn(struct answer **out, const struct scenario *sc, const struct catalog *cat, const char *name,
             const struct solve_options *options, unsigned bands, struct error *err)
{
    struct samples *kept = NULL;
    int status = decide_again(out, &kept, sc, cat, name, options, DEPTH_ALL, NULL, err);

    if (status == 0)
        status = chart_bands(*out, bands, kept, sc, cat, NULL, err);
    samples_free(kept);
    return status;
}
