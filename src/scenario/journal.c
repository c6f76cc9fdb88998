/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "breakeven/scenario.h"

/* The first line of a journal; the rest is a scenario file. */
#define HEADER "# breakeven journal, unsaved edits: "

/* One name for one file however it was called: the real path where it exists. */
static void
full_path(const char *path, char *out, size_t size)
{
    char *real = realpath(path, NULL);

    if (real != NULL)
        text_copy(out, size, real);
    else
        text_copy(out, size, path);
    free(real);
}

char *
journal_name(const char *folder, const char *path, char *out, size_t size)
{
    char full[PATH_MAX];
    uint64_t hash = 14695981039346656037u;

    full_path(path, full, sizeof full);
    for (const char *p = full; *p != '\0'; p++)
        hash = (hash ^ (unsigned char)*p) * 1099511628211u;
    const char *slash = strrchr(full, '/');
    snprintf(out, size, "%s/%016llx-%.80s", folder, (unsigned long long)hash, slash != NULL ? slash + 1 : full);
    return out;
}

/* The folder and those above it, for the owner alone. */
static int
make_folder(const char *folder, struct error *err)
{
    char path[PATH_MAX];

    text_copy(path, sizeof path, folder);
    for (char *p = path + 1; *p != '\0'; p++)
        if (*p == '/') {
            *p = '\0';
            if (mkdir(path, 0700) < 0 && errno != EEXIST)
                return error_set(err, ERR_IO, "cannot make %s: %s", path, strerror(errno));
            *p = '/';
        }
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return error_set(err, ERR_IO, "cannot make %s: %s", path, strerror(errno));
    return 0;
}

int
journal_write(const char *folder, const char *path, const struct scenario *sc, int edits, const struct catalog *catalog,
              struct error *err)
{
    char name[PATH_MAX], *text;
    size_t n;
    struct buffer b;

    if (edits <= 0)
        return journal_clear(folder, path, err);
    if (make_folder(folder, err) < 0 || scenario_splice(sc, NULL, 0, catalog, &text, &n, err) < 0)
        return -1;
    buffer_init(&b);
    buffer_printf(&b, "%s%d\n", HEADER, edits);
    buffer_add(&b, text, n);
    free(text);
    int status = b.failed ? error_set(err, ERR_BUG, "no memory for the journal")
                          : file_write(journal_name(folder, path, name, sizeof name), b.text, b.n, NULL, NULL, err);
    buffer_release(&b);
    return status;
}

int
journal_read(const char *folder, const char *path, struct scenario *sc, const struct catalog *catalog, int *edits,
             struct error *err)
{
    char name[PATH_MAX], *text;
    size_t n;
    struct problems *found;
    int status;

    *edits = 0;
    journal_name(folder, path, name, sizeof name);
    if (access(name, F_OK) != 0)
        return 0;
    if (file_read(name, SCENARIO_BYTES_MAX, &text, &n, NULL, err) < 0)
        return -1;
    int count = strncmp(text, HEADER, strlen(HEADER)) == 0 ? atoi(text + strlen(HEADER)) : 0;
    found = malloc(sizeof *found);
    if (found == NULL || count < 1)
        status = error_set(err, found == NULL ? ERR_BUG : ERR_SYNTAX, "%s is not a journal", name);
    else {
        problems_init(found);
        status = scenario_parse(sc, text, n, catalog, found, err);
        if (status == 0)
            *edits = count;
    }
    free(found);
    free(text);
    return status;
}

int
journal_clear(const char *folder, const char *path, struct error *err)
{
    char name[PATH_MAX];

    if (unlink(journal_name(folder, path, name, sizeof name)) < 0 && errno != ENOENT)
        return error_set(err, ERR_IO, "cannot remove %s: %s", name, strerror(errno));
    return 0;
}
