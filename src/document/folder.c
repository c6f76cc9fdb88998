/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
