/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <dirent.h>
#include <limits.h>

#include "fuzz.h"

/* A target on every file of the folders given, or of the corpus that bears the program's name,
 * as TAP, one line a folder. An input that breaks a promise aborts: the last name said is its, and
 * the harness sees the missing line. */

#define INPUT_MAX (1 << 21)

static int tests, played;

static void
replay(const char *folder, const char *name)
{
    static uint8_t bytes[INPUT_MAX];
    char path[PATH_MAX + 300];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        printf("not ok %d - %s cannot be read\n", ++tests, path);
        return;
    }
    printf("# %s\n", name);
    fflush(stdout);
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    /* A copy of just that size, so that a reader beyond its end is seen. */
    uint8_t *copy = malloc(n > 0 ? n : 1);
    MUST(copy != NULL);
    memcpy(copy, bytes, n);
    LLVMFuzzerTestOneInput(copy, n);
    free(copy);
    played++;
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
replay_folder(const char *name)
{
    char *names[4096], folder[PATH_MAX]; /* absolute: a target may go elsewhere */
    int n = 0;
    DIR *d = realpath(name, folder) != NULL ? opendir(folder) : NULL;

    if (d == NULL) {
        printf("not ok %d - %s cannot be read\n", ++tests, name);
        return;
    }
    for (struct dirent *e = readdir(d); e != NULL && n < (int)(sizeof names / sizeof *names); e = readdir(d))
        if (e->d_name[0] != '.') {
            names[n] = malloc(strlen(e->d_name) + 1);
            MUST(names[n] != NULL);
            strcpy(names[n++], e->d_name);
        }
    closedir(d);
    qsort(names, (size_t)n, sizeof *names, by_name);
    for (int k = 0; k < n; k++) {
        replay(folder, names[k]);
        free(names[k]);
    }
    printf("%sok %d - %d inputs of %s\n", played > 0 && played == n ? "" : "not ", tests + 1, played, strrchr(folder, '/') + 1);
    tests++;
    played = 0;
}

int
main(int argc, char **argv)
{
    const char *top = getenv("BREAKEVEN_DATADIR"), *name = strrchr(argv[0], '/');
    char folder[2048];

    name = strstr(name != NULL ? name : argv[0], "fuzz_");
    if (argc > 1)
        for (int k = 1; k < argc; k++)
            replay_folder(argv[k]);
    else if (name != NULL) {
        snprintf(folder, sizeof folder, "%s/tests/fuzz/corpus/%.40s", top != NULL ? top : ".", name + strlen("fuzz_"));
        replay_folder(folder);
        if (strcmp(name, "fuzz_scenario") == 0) { /* the shipped ones are seeds, too */
            snprintf(folder, sizeof folder, "%s/scenarios", top != NULL ? top : ".");
            replay_folder(folder);
        }
    }
    printf("1..%d\n", tests);
    return tests > 0 ? 0 : 1;
}
