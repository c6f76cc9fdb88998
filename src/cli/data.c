/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

/*
 * Where the data lies: $BREAKEVEN_DATADIR, else the folder of the running program
 * if it holds catalog/, else the installed data. User catalogs in
 * $XDG_CONFIG_HOME/breakeven/catalog lie over it.
 */

static bool
is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool
has_catalog(const char *folder)
{
    char path[1200];

    snprintf(path, sizeof path, "%s/catalog", folder);
    return is_folder(path);
}

static bool
program_folder(char *out, size_t size)
{
    ssize_t n = readlink("/proc/self/exe", out, size - 1);

    if (n <= 0)
        return false;
    out[n] = '\0';
    char *slash = strrchr(out, '/');
    if (slash == NULL)
        return false;
    *slash = '\0';
    return true;
}

/* $variable/breakeven, else $HOME/fallback/breakeven; "" without either. Relative
 * paths are ignored, as the base directory specification asks. */
static void
xdg_folder(char *out, size_t size, const char *variable, const char *fallback)
{
    const char *base = getenv(variable), *home = getenv("HOME");
    int n = 0;

    out[0] = '\0';
    if (base != NULL && base[0] == '/')
        n = snprintf(out, size, "%s/breakeven", base);
    else if (home != NULL && home[0] == '/')
        n = snprintf(out, size, "%s/%s/breakeven", home, fallback);
    if (n < 0 || (size_t)n >= size)
        out[0] = '\0';
}

int
places_find(struct places *p, struct error *err)
{
    const char *named = getenv("BREAKEVEN_DATADIR");

    memset(p, 0, sizeof *p);
    if (named != NULL && named[0] != '\0') {
        if (!has_catalog(named))
            return error_set(err, ERR_IO, "BREAKEVEN_DATADIR=%s holds no folder catalog", named);
        text_copy(p->data, sizeof p->data, named);
    } else if (!program_folder(p->data, sizeof p->data) || !has_catalog(p->data)) {
        text_copy(p->data, sizeof p->data, PKGDATADIR);
        if (!has_catalog(p->data))
            return error_set(err, ERR_IO, "no catalog in %s; set BREAKEVEN_DATADIR to the folder that holds it",
                             PKGDATADIR);
    }
    xdg_folder(p->config, sizeof p->config, "XDG_CONFIG_HOME", ".config");
    xdg_folder(p->state, sizeof p->state, "XDG_STATE_HOME", ".local/state");
    if (p->config[0] != '\0') {
        int n = snprintf(p->user_catalog, sizeof p->user_catalog, "%s/catalog", p->config);
        if (n < 0 || (size_t)n >= sizeof p->user_catalog || !is_folder(p->user_catalog))
            p->user_catalog[0] = '\0';
    }
    return 0;
}

/* Each folder of a path that is not there, for this person alone. */
static int
make_folders(char *path, struct error *err)
{
    for (char *slash = strchr(path + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash != NULL)
            *slash = '\0';
        int made = mkdir(path, 0700), why = errno;
        if (made < 0 && why != EEXIST && !is_folder(path))
            return error_set(err, ERR_IO, "cannot make %s: %s", path, strerror(why));
        if (slash == NULL)
            return is_folder(path) ? 0 : error_set(err, ERR_IO, "%s is not a folder", path);
        *slash = '/';
    }
}

int
places_make_catalog(struct places *p, struct error *err)
{
    char path[sizeof p->user_catalog];

    if (p->config[0] == '\0')
        return error_set(err, ERR_IO, "no place for a catalog of your own: neither HOME nor XDG_CONFIG_HOME is set");
    if (snprintf(path, sizeof path, "%s/catalog", p->config) >= (int)sizeof path)
        return error_set(err, ERR_IO, "the name of the folder for your catalog is too long");
    if (make_folders(path, err) < 0)
        return -1;
    text_copy(p->user_catalog, sizeof p->user_catalog, path);
    return 0;
}

/* Of catalogs, the shipped one first. */
struct folders {
    char shipped[1200], user[1024];
    const char *list[2];
    int n;
};

static int
find_folders(struct folders *f, struct error *err)
{
    struct places p;

    if (places_find(&p, err) < 0)
        return -1;
    snprintf(f->shipped, sizeof f->shipped, "%s/catalog", p.data);
    text_copy(f->user, sizeof f->user, p.user_catalog);
    f->list[0] = f->shipped;
    f->list[1] = f->user;
    f->n = f->user[0] != '\0' ? 2 : 1;
    return 0;
}

int
catalog_open(struct catalog **cat, struct error *err)
{
    struct folders f;

    if (find_folders(&f, err) < 0)
        return -1;
    struct problems *found = malloc(sizeof *found);
    if (found == NULL)
        return error_set(err, ERR_BUG, "no memory for the catalog");
    problems_init(found);
    int status = catalog_load(cat, f.list, f.n, found, err);
    for (int k = 0; k < found->n; k++)
        fprintf(stderr, "breakeven: catalog: %s\n", found->list[k].error.text);
    free(found);
    return status;
}

int
catalog_open_silent(struct catalog **cat, struct error *err)
{
    struct folders f;

    return find_folders(&f, err) < 0 ? -1 : catalog_load(cat, f.list, f.n, NULL, err);
}

/* What a scenario says, if it can be read twice. */
static char *
text_of(const char *path)
{
    struct stat st;
    char *text = NULL;
    struct error ignored;
    size_t n;

    if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) || file_read(path, SCENARIO_BYTES_MAX, &text, &n, NULL, &ignored) < 0)
        return NULL;
    if (strlen(text) == n)
        return text;
    free(text);
    return NULL;
}

int
catalog_open_for(struct catalog **cat, char *const *files, int n_files, struct error *err)
{
    struct folders f;
    char **texts = calloc((size_t)n_files + 1, sizeof *texts);
    int n = 0, status = -1;

    if (find_folders(&f, err) < 0) {
        free(texts);
        return -1;
    }
    while (texts != NULL && f.n > 1 && n < n_files && (texts[n] = text_of(files[n])) != NULL)
        n++;
    /* What is wrong with it is said when all of it is read. */
    if (texts != NULL && f.n > 1 && n == n_files)
        status = catalog_load_for(cat, f.list, f.n, (const char *const *)texts, n, NULL, err);
    for (int k = 0; k < n; k++)
        free(texts[k]);
    free(texts);
    return status == 0 ? 0 : catalog_open(cat, err);
}
