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

/*
 * A journal is a scenario file that begins with three lines of its own: how many edits it
 * holds, of which file, and what that file was like when the first of them was made. Its last
 * line says that it is whole: a note (see journal_note) may end early when the machine does.
 */
#define EDITS_LINE "# breakeven journal, unsaved edits: "
#define FILE_LINE "# of the file "
#define BASE_LINE "# when the first was made: "
#define END_LINE "# end of the journal\n"
#define NO_FILE "there was no such file"

struct base {
    bool known, exists;
    long long size;
    unsigned long long hash;
};

/* ---- names ---------------------------------------------------------------------------------- */

/* One name for one file however it was called, even before it exists. */
static void
full_path(const char *path, char *out, size_t size)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    char *real = realpath(path, NULL);

    if (real != NULL) {
        text_copy(out, size, real);
        free(real);
        return;
    }
    snprintf(folder, sizeof folder, "%.*s", slash == NULL ? 1 : (int)(slash - path) + 1, slash == NULL ? "." : path);
    real = realpath(folder, NULL);
    if (real != NULL)
        snprintf(out, size, "%s/%s", strcmp(real, "/") == 0 ? "" : real, slash != NULL ? slash + 1 : path);
    else
        text_copy(out, size, path);
    free(real);
}

char *
journal_name(const char *folder, const char *path, char *out, size_t size)
{
    char full[PATH_MAX], base[81];
    uint64_t hash = 14695981039346656037u; /* FNV-1a */

    full_path(path, full, sizeof full);
    for (const char *p = full; *p != '\0'; p++)
        hash = (hash ^ (unsigned char)*p) * 1099511628211u;
    const char *slash = strrchr(full, '/');
    text_copy(base, sizeof base, slash != NULL ? slash + 1 : full);
    snprintf(out, size, "%s/%016llx-%s", folder, (unsigned long long)hash, base);
    return out;
}

struct names {
    char live[PATH_MAX], aside[PATH_MAX], note[PATH_MAX];
};

static int
names_of(const char *folder, const char *path, struct names *out, struct error *err)
{
    if (strlen(folder) + 120 < PATH_MAX) { /* 1 + 16 + 1 + 80 bytes of a name, and ".aside" */
        journal_name(folder, path, out->live, PATH_MAX);
        if (snprintf(out->aside, PATH_MAX, "%s.aside", out->live) < PATH_MAX &&
            snprintf(out->note, PATH_MAX, "%s.note", out->live) < PATH_MAX)
            return 0;
    }
    return error_set(err, ERR_IO, "the path of the journal's folder is too long");
}

/* The folder and those above it, for the owner alone. */
static int
make_folder(const char *folder, struct error *err)
{
    char path[PATH_MAX];

    text_copy(path, sizeof path, folder);
    for (char *p = path[0] != '\0' ? path + 1 : path; *p != '\0'; p++)
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

static int
remove_file(const char *name, struct error *err)
{
    if (unlink(name) < 0 && errno != ENOENT && errno != ENOTDIR)
        return error_set(err, ERR_IO, "cannot remove %s: %s", name, strerror(errno));
    return 0;
}

/* ---- the three lines -------------------------------------------------------------------------- */

static struct base
base_of_file(const char *path)
{
    struct file_stamp stamp;
    struct error ignored;
    char *bytes;
    size_t n;

    if (access(path, F_OK) != 0 && errno == ENOENT)
        return (struct base){ .known = true };
    if (!file_is_plain(path) || file_read(path, SCENARIO_BYTES_MAX, &bytes, &n, &stamp, &ignored) < 0)
        return (struct base){ .known = false };
    free(bytes);
    return (struct base){ true, true, stamp.size, stamp.hash };
}

/* What follows this beginning of a line; NULL if no line of the journal's head begins so. */
static const char *
head_line(const char *text, const char *beginning)
{
    for (; text != NULL && *text == '#'; text = strchr(text, '\n'), text += text != NULL)
        if (strncmp(text, beginning, strlen(beginning)) == 0)
            return text + strlen(beginning);
    return NULL;
}

static int
edits_in(const char *text)
{
    const char *number = head_line(text, EDITS_LINE);
    long n = number != NULL ? strtol(number, NULL, 10) : 0;

    return n >= 1 && n <= INT_MAX ? (int)n : 0;
}

static struct base
base_in(const char *text)
{
    struct base b = { .known = false };
    const char *line = head_line(text, BASE_LINE);

    if (line != NULL && strncmp(line, NO_FILE, strlen(NO_FILE)) == 0)
        b.known = true;
    else if (line != NULL && sscanf(line, "%lld bytes, hash %llx", &b.size, &b.hash) == 2)
        b.known = b.exists = true;
    return b;
}

/* What the journal says of the file; not known if there is no journal or no word of it. */
static struct base
base_in_journal(const char *name)
{
    struct base b = { .known = false };
    struct error ignored;
    char *text;
    size_t n;

    if (file_is_plain(name) && file_read(name, SCENARIO_BYTES_MAX, &text, &n, NULL, &ignored) == 0) {
        b = base_in(text);
        free(text);
    }
    return b;
}

static void
put_head(struct buffer *b, int edits, const char *path, struct base base)
{
    char full[PATH_MAX], clean[PATH_MAX];

    full_path(path, full, sizeof full);
    buffer_printf(b, "%s%d\n%s%s\n", EDITS_LINE, edits, FILE_LINE, text_clean(clean, sizeof clean, full));
    if (base.known && base.exists)
        buffer_printf(b, "%s%lld bytes, hash %016llx\n", BASE_LINE, base.size, base.hash);
    else if (base.known)
        buffer_printf(b, "%s%s\n", BASE_LINE, NO_FILE);
}

/* ---- writing ------------------------------------------------------------------------------------ */

static bool
is_whole(const char *name)
{
    struct error ignored;
    char *text;
    size_t n, end = strlen(END_LINE);

    if (file_read(name, SCENARIO_BYTES_MAX, &text, &n, NULL, &ignored) < 0)
        return false;
    bool whole = n >= end && memcmp(text + n - end, END_LINE, end) == 0;
    free(text);
    return whole;
}

/* A whole note takes the journal's place; what is left of another is nothing. */
static int
settle(const struct names *at, struct error *err)
{
    if (access(at->note, F_OK) != 0)
        return 0;
    return is_whole(at->note) ? file_settle(at->note, at->live, err) : remove_file(at->note, err);
}

static int
names_settled(const char *folder, const char *path, struct names *out, struct error *err)
{
    return names_of(folder, path, out, err) < 0 ? -1 : settle(out, err);
}

int
journal_note(const char *folder, const char *path, const struct scenario *sc, int edits, const struct catalog *catalog,
             struct error *err)
{
    struct names at;
    char *text;
    size_t n;
    struct buffer b;

    if (names_of(folder, path, &at, err) < 0)
        return -1;
    if (edits <= 0)
        return remove_file(at.note, err) < 0 ? -1 : remove_file(at.live, err);
    if (make_folder(folder, err) < 0 || scenario_splice(sc, NULL, 0, catalog, &text, &n, err) < 0)
        return -1;
    struct base base = base_in_journal(at.note);
    if (!base.known)
        base = base_in_journal(at.live);
    buffer_init(&b);
    put_head(&b, edits, path, base.known ? base : base_of_file(path));
    buffer_add(&b, text, n);
    buffer_puts(&b, END_LINE);
    free(text);
    int status = b.failed ? error_set(err, ERR_BUG, "no memory for the journal") : file_note(at.note, b.text, b.n, err);
    buffer_release(&b);
    return status;
}

int
journal_settle(const char *folder, const char *path, struct error *err)
{
    struct names at;

    return names_settled(folder, path, &at, err);
}

int
journal_write(const char *folder, const char *path, const struct scenario *sc, int edits, const struct catalog *catalog,
              struct error *err)
{
    return journal_note(folder, path, sc, edits, catalog, err) < 0 ? -1 : journal_settle(folder, path, err);
}

int
journal_set_aside(const char *folder, const char *path, struct error *err)
{
    struct names at;

    if (names_settled(folder, path, &at, err) < 0)
        return -1;
    if (rename(at.live, at.aside) < 0 && errno != ENOENT && errno != ENOTDIR)
        return error_set(err, ERR_IO, "cannot set %s aside: %s", at.live, strerror(errno));
    return 0;
}

int
journal_clear(const char *folder, const char *path, struct error *err)
{
    struct names at;

    if (names_of(folder, path, &at, err) < 0 || remove_file(at.note, err) < 0 || remove_file(at.live, err) < 0)
        return -1;
    return remove_file(at.aside, err);
}

/* ---- reading ------------------------------------------------------------------------------------- */

static int
read_journal(const char *name, struct scenario *sc, const struct catalog *catalog, int *edits, struct error *err)
{
    char *text;
    size_t n;
    struct problems *found;
    int status;

    if (err != NULL)
        memset(err, 0, sizeof *err);
    if (access(name, F_OK) != 0)
        return 0;
    if (file_read(name, SCENARIO_BYTES_MAX, &text, &n, NULL, err) < 0)
        return -1;
    int count = edits_in(text);
    found = malloc(sizeof *found);
    if (found == NULL || count < 1)
        status = error_set(err, found == NULL ? ERR_BUG : ERR_SYNTAX, "%s is not a journal", name);
    else {
        problems_init(found);
        status = scenario_parse(sc, text, n, catalog, found, err);
        if (status == 0 && found->n > 0 && err != NULL)
            *err = found->list[0].error;
        if (status == 0)
            *edits = count;
    }
    free(found);
    free(text);
    return status;
}

int
journal_read(const char *folder, const char *path, struct scenario *sc, const struct catalog *catalog, int *edits,
             struct error *err)
{
    struct names at;

    *edits = 0;
    if (names_settled(folder, path, &at, err) < 0)
        return -1;
    return read_journal(at.live, sc, catalog, edits, err);
}

int
journal_read_aside(const char *folder, const char *path, struct scenario *sc, const struct catalog *catalog, int *edits,
                   struct error *err)
{
    struct names at;

    *edits = 0;
    if (names_of(folder, path, &at, err) < 0)
        return -1;
    return read_journal(at.aside, sc, catalog, edits, err);
}

int
journal_base_changed(const char *folder, const char *path)
{
    struct names at;
    struct error ignored;

    if (names_settled(folder, path, &at, &ignored) < 0)
        return -1;
    struct base then = base_in_journal(at.live), now = base_of_file(path);
    if (!then.known || !now.known)
        return -1;
    return then.exists != now.exists || (now.exists && (then.size != now.size || then.hash != now.hash));
}
