/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "breakeven/document.h"

struct names {
    char **list; /* NULL-terminated */
    size_t n, cap;
};

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
add_name(struct names *names, const char *name)
{
    if (names->n + 1 >= names->cap) {
        size_t cap = names->cap > 0 ? 2 * names->cap : 16;
        char **list = realloc(names->list, cap * sizeof *list);
        if (list == NULL)
            return -1;
        names->list = list;
        names->cap = cap;
    }
    names->list[names->n] = name != NULL ? strdup(name) : NULL;
    if (name == NULL)
        return 0;
    if (names->list[names->n] == NULL)
        return -1;
    names->list[++names->n] = NULL;
    return 0;
}

static bool
ends_with(const char *name, const char *suffix)
{
    size_t n = strlen(name), tail = strlen(suffix);

    return n >= tail && strcmp(name + n - tail, suffix) == 0;
}

int
file_list(const char *folder, const char *suffix, char ***out, struct error *err)
{
    struct names names = { 0 };
    int status = 0, why = 0;

    if (add_name(&names, NULL) < 0) /* an empty list, so far */
        return error_set(err, ERR_BUG, "no memory for the list of %s", folder);
    DIR *dir = opendir(folder);
    if (dir == NULL)
        why = errno == ENOENT ? 0 : errno;
    while (dir != NULL && status == 0) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (entry == NULL) {
            why = errno;
            break;
        }
        if (entry->d_name[0] != '.' && ends_with(entry->d_name, suffix))
            status = add_name(&names, entry->d_name);
    }
    if (dir != NULL)
        closedir(dir);
    if (status < 0)
        status = error_set(err, ERR_BUG, "no memory for the list of %s", folder);
    else if (why != 0)
        status = error_set(err, ERR_IO, "cannot list %s: %s", folder, strerror(why));
    if (status < 0) {
        file_list_free(names.list);
        return -1;
    }
    qsort(names.list, names.n, sizeof *names.list, by_name);
    *out = names.list;
    return 0;
}

void
file_list_free(char **names)
{
    for (size_t k = 0; names != NULL && names[k] != NULL; k++)
        free(names[k]);
    free(names);
}

/* ---- a folder and all below it ------------------------------------------------------------ */

#define TREE_DEPTH_MAX 16

struct tree_scan {
    char *root;               /* without a link in it */
    const char *suffix;
    size_t limit;
    struct names found, refused;
    struct error *err;
};

static int
no_memory_for(struct tree_scan *t)
{
    return error_set(t->err, ERR_BUG, "no memory for the list of %s", t->root);
}

/* Where a link leads lies below the root. */
static bool
stays_inside(const struct tree_scan *t, const char *path)
{
    char *real = realpath(path, NULL);
    size_t n = strlen(t->root);
    bool inside = real != NULL && strncmp(real, t->root, n) == 0 && real[n] == '/';

    free(real);
    return inside;
}

static int scan_folder(struct tree_scan *, const char *relative, int depth);

static int
scan_entry(struct tree_scan *t, const char *relative, int depth)
{
    char path[PATH_MAX];
    struct stat st;

    if ((size_t)snprintf(path, sizeof path, "%s/%s", t->root, relative) >= sizeof path || lstat(path, &st) < 0)
        return 0;
    if (S_ISDIR(st.st_mode))
        return depth < TREE_DEPTH_MAX ? scan_folder(t, relative, depth + 1) : 0;
    if (!ends_with(relative, t->suffix))
        return 0;
    bool is_link = S_ISLNK(st.st_mode);
    if (is_link && (stat(path, &st) < 0 || !stays_inside(t, path)))
        return add_name(&t->refused, relative) < 0 ? no_memory_for(t) : 0;
    if (!S_ISREG(st.st_mode))
        return 0;
    if (t->found.n + t->refused.n >= t->limit)
        return error_set(t->err, ERR_SIZE, "%s holds more than %zu files", t->root, t->limit);
    return add_name(&t->found, relative) < 0 ? no_memory_for(t) : 0;
}

static int
scan_folder(struct tree_scan *t, const char *relative, int depth)
{
    char path[PATH_MAX], name[PATH_MAX];
    const struct dirent *entry;
    int status = 0;

    if ((size_t)snprintf(path, sizeof path, "%s%s%s", t->root, relative[0] != '\0' ? "/" : "", relative) >= sizeof path)
        return 0;
    DIR *dir = opendir(path);
    if (dir == NULL)
        return depth > 0 ? 0 : error_set(t->err, ERR_IO, "cannot list %s: %s", path, strerror(errno));
    while (status == 0 && (entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        if ((size_t)snprintf(name, sizeof name, "%s%s%s", relative, relative[0] != '\0' ? "/" : "", entry->d_name) <
            sizeof name)
            status = scan_entry(t, name, depth);
    }
    closedir(dir);
    return status;
}

int
file_tree(const char *folder, const char *suffix, size_t limit, char ***out, char ***refused, struct error *err)
{
    struct tree_scan t = { .suffix = suffix, .limit = limit, .err = err };

    t.root = realpath(folder, NULL);
    if (t.root == NULL)
        return error_set(err, ERR_IO, "cannot list %s: %s", folder, strerror(errno));
    int status = add_name(&t.found, NULL) < 0 || add_name(&t.refused, NULL) < 0 ? no_memory_for(&t) : 0;
    if (status == 0)
        status = scan_folder(&t, "", 0);
    free(t.root);
    if (status < 0) {
        file_list_free(t.found.list);
        file_list_free(t.refused.list);
        return -1;
    }
    qsort(t.found.list, t.found.n, sizeof *t.found.list, by_name);
    qsort(t.refused.list, t.refused.n, sizeof *t.refused.list, by_name);
    *out = t.found.list;
    *refused = t.refused.list;
    return 0;
}
