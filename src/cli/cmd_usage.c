/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"

/* import --usage: what a log of requests shows, as workload fields. */

#define BLOCK_BYTES 65536
#define SENTENCE_MAX 512 /* the longest text of a field */

/* ---- options ------------------------------------------------------------------------ */

static const char *
role_name(const void *ctx, int i)
{
    (void)ctx;
    return i >= 0 && i < USAGE_ROLES ? usage_role_name((enum usage_role)i) : NULL;
}

static int
find_role(const char *word, size_t n, enum usage_role *role, struct error *err)
{
    char shown[32];

    for (int k = 0; k < USAGE_ROLES; k++)
        if (strlen(usage_role_name((enum usage_role)k)) == n && strncmp(usage_role_name((enum usage_role)k), word, n) == 0) {
            *role = (enum usage_role)k;
            return 0;
        }
    snprintf(shown, sizeof shown, "%.*s", (int)(n < 30 ? n : 30), word);
    const char *nearest = text_nearest(shown, role_name, NULL);
    return error_set(err, ERR_USAGE, nearest != NULL ? "--map: no field %s, nearest %s" : "--map: no field %s; there are "
                     "time, input, output, cached, cache_write, requests, batch and status", shown, nearest);
}

static int
read_maps(const struct args *a, const char *columns[USAGE_ROLES], struct error *err)
{
    const char *value;
    enum usage_role role = USAGE_ROLES;

    for (int k = args_next(a, "map", 0, &value); k >= 0; k = args_next(a, "map", k + 1, &value)) {
        const char *equals = strchr(value, '=');

        if (equals == NULL || equals == value || equals[1] == '\0')
            return error_set(err, ERR_USAGE, "--map %s: expected FIELD=COLUMN", value);
        if (find_role(value, (size_t)(equals - value), &role, err) < 0)
            return -1;
        if (columns[role] != NULL)
            return error_set(err, ERR_USAGE, "--map: %s is given twice", usage_role_name(role));
        columns[role] = equals + 1;
    }
    return 0;
}

/* ---- reading --------------------------------------------------------------------------- */

static int
feed_file(struct usage_reader *r, FILE *f, const char *path, struct error *err)
{
    char block[BLOCK_BYTES];
    struct error why;
    struct stat st;
    size_t n;

    if (fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode))
        return error_set(err, ERR_IO, "%s is a folder", path);
    if (S_ISREG(st.st_mode) && (unsigned long long)st.st_size > USAGE_BYTES_MAX)
        return error_set(err, ERR_SIZE, "%s is larger than 64 MiB; take fewer weeks of it", path);
    while ((n = fread(block, 1, sizeof block, f)) > 0)
        if (usage_feed(r, block, n, &why) < 0)
            return error_in_file(err, path, &why);
    return ferror(f) ? error_set(err, ERR_IO, "cannot read %s: %s", path, strerror(errno)) : 0;
}

static int
read_log(struct usage *u, const struct args *a, const char *path, struct error *err)
{
    const char *columns[USAGE_ROLES] = { NULL };
    struct usage_reader *r = NULL;
    struct error why;
    int status;

    if (read_maps(a, columns, err) < 0 || usage_open(&r, columns, err) < 0)
        return -1;
    bool standard = strcmp(path, "-") == 0;
    FILE *f = standard ? stdin : fopen(path, "rb");
    if (f == NULL)
        status = error_set(err, ERR_IO, "cannot open %s: %s", path, strerror(errno));
    else {
        status = feed_file(r, f, path, err);
        if (!standard)
            fclose(f);
    }
    if (status == 0 && usage_finish(r, u, &why) < 0)
        status = error_in_file(err, path, &why);
    usage_close(r);
    return status;
}

/* ---- writing ----------------------------------------------------------------------------- */

static void
put_span(struct buffer *b, const struct usage *u)
{
    char from[16], to[16];

    buffer_printf(b, "%s to %s", date_print(from, sizeof from, u->from, true), date_print(to, sizeof to, u->to, true));
}

static void
name_log(const struct usage *u, const char *path, char *out, size_t size)
{
    char clean[60], from[16], to[16];

    snprintf(out, size, "%s, %s to %s", text_clean(clean, sizeof clean, strcmp(path, "-") == 0 ? "a usage log" : base_name(path)),
             date_print(from, sizeof from, u->from, true), date_print(to, sizeof to, u->to, true));
}

/* What could not be read, for people, on standard error. */
static void
complain_of_bad(const struct usage *u, const char *path)
{
    for (int k = 0; k < u->n_bad; k++)
        complain(path, &u->first_bad[k]);
    if (u->bad > 0)
        fprintf(stderr, "breakeven: %ld record%s could not be read\n", u->bad, u->bad == 1 ? "" : "s");
}

static const char *
last_word(const char *key)
{
    return strrchr(key, '.') + 1;
}

static void
put_yaml(struct buffer *b, const struct usage *u, const char *path)
{
    char whence[140], clean[100];

    buffer_printf(b, "# %.15g requests in %ld records of %s (%s), ", u->requests, u->records,
                  text_clean(clean, sizeof clean, base_name(path)), u->format);
    put_span(b, u);
    if (u->failed > 0)
        buffer_printf(b, "; %ld failed ones left out", u->failed);
    if (u->bad > 0)
        buffer_printf(b, "; %ld bad records left out", u->bad);
    buffer_puts(b, "\nworkload:\n");
    for (int k = 0; k < u->n_fields; k++) {
        buffer_printf(b, "  %s: ", last_word(u->fields[k].key));
        yaml_put_scalar(b, u->fields[k].text);
        buffer_printf(b, "  # %s\n", u->fields[k].about);
    }
    name_log(u, path, whence, sizeof whence);
    buffer_puts(b, "sources:\n");
    for (int k = 0; k < u->n_fields; k++) {
        buffer_printf(b, "  %s: ", last_word(u->fields[k].key));
        yaml_put_scalar(b, whence);
        buffer_putc(b, '\n');
    }
}

static void
put_json(struct buffer *b, const struct usage *u, const char *path, const char *into)
{
    char date[16];
    struct json j;

    json_init(&j, b, 0);
    json_object(&j);
    json_put_string(&j, "log", base_name(path));
    json_put_string(&j, "format", u->format);
    json_put_number(&j, "records", (double)u->records);
    json_put_number(&j, "requests", u->requests);
    json_put_number(&j, "failed", (double)u->failed);
    json_put_number(&j, "bad", (double)u->bad);
    json_put_string(&j, "from", date_print(date, sizeof date, u->from, true));
    json_put_string(&j, "to", date_print(date, sizeof date, u->to, true));
    json_put_number(&j, "days", u->days);
    json_key(&j, "fields");
    json_array(&j);
    for (int k = 0; k < u->n_fields; k++) {
        json_object(&j);
        json_put_string(&j, "field", u->fields[k].key);
        json_put_string(&j, "value", u->fields[k].text);
        json_put_string(&j, "about", u->fields[k].about);
        json_end(&j, '}');
    }
    json_end(&j, ']');
    json_key(&j, "first_bad");
    json_array(&j);
    for (int k = 0; k < u->n_bad; k++) {
        json_object(&j);
        json_put_number(&j, "line", u->first_bad[k].line);
        json_put_number(&j, "column", u->first_bad[k].column);
        json_put_string(&j, "why", u->first_bad[k].text);
        json_end(&j, '}');
    }
    json_end(&j, ']');
    json_put_string(&j, "into", into);
    json_end(&j, '}');
    buffer_putc(b, '\n');
}

/* ---- into a scenario --------------------------------------------------------------------------- */

static void
put_changes(struct buffer *b, const struct usage *u, const struct scenario *before, const struct catalog *cat)
{
    char was[SENTENCE_MAX];
    struct field_ref ref;

    for (int k = 0; k < u->n_fields; k++)
        if (field_find(before, u->fields[k].key, &ref, NULL) == 0)
            buffer_printf(b, "%-28s %s -> %s  (%s)\n", u->fields[k].key, field_get_text(before, ref, was, sizeof was, cat),
                          u->fields[k].text, u->fields[k].about);
}

static int
write_into(struct buffer *b, const struct usage *u, const char *log, const char *path, bool as_json, struct error *err)
{
    struct catalog *cat = NULL;
    struct scenario_file *f = malloc(sizeof *f);
    char whence[140];

    if (f == NULL)
        return error_set(err, ERR_BUG, "no memory for %s", path);
    int status = catalog_open(&cat, err);
    if (status == 0 && (status = scenario_load(f, path, cat, err)) == 0) {
        if (!as_json)
            put_changes(b, u, &f->scenario, cat);
        name_log(u, log, whence, sizeof whence);
        status = usage_apply(u, whence, &f->scenario, cat, err);
        if (status == 0)
            status = scenario_save(f, NULL, false, cat, err);
        if (status == 0 && !as_json)
            buffer_printf(b, "written to %s\n", path);
        scenario_file_release(f);
    }
    free(f);
    catalog_free(cat);
    return status;
}

int
cmd_usage(const struct args *a, struct error *err)
{
    const char *path = args_value(a, "usage"), *into = args_value(a, "into");
    struct usage *u = malloc(sizeof *u);
    struct buffer b;

    if (u == NULL)
        return error_set(err, ERR_BUG, "no memory for the usage log");
    if (into != NULL && strcmp(into, "-") == 0) {
        free(u);
        return error_set(err, ERR_USAGE, "--into needs a file that can be written");
    }
    buffer_init(&b);
    int status = read_log(u, a, path, err);
    if (status == 0) {
        complain_of_bad(u, path);
        if (into != NULL)
            status = write_into(&b, u, path, into, args_has(a, "json"), err);
        if (status == 0 && args_has(a, "json"))
            put_json(&b, u, path, into);
        else if (status == 0 && into == NULL)
            put_yaml(&b, u, path);
    }
    if (status == 0)
        status = write_out(NULL, &b, err);
    buffer_release(&b);
    free(u);
    return status;
}
