/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <sys/stat.h>
#include <unistd.h>

#include "import.h"

/* models.dev as it is authored: a folder. A line of three hyphens parts the input into the files of one:
 * a provider's model, the model that it may name as its base, another model of the provider, and the
 * provider itself. */

static const char *const folders[] = { "providers", "providers/p", "providers/p/models", "providers/p/models/a", "models", "models/a" };
static const char *const names[] = { "providers/p/models/a/b.toml", "models/a/b.toml", "providers/p/models/c.toml", "providers/p/provider.toml" };
#define N_NAMES (sizeof names / sizeof *names)

static char folder[] = "/tmp/breakeven-fuzz-XXXXXX";

static void
path_of(char *path, size_t size, const char *name)
{
    snprintf(path, size, "%s/%s", folder, name);
}

static void
remove_all(void)
{
    char path[200];

    for (size_t k = 0; k < N_NAMES; k++) {
        path_of(path, sizeof path, names[k]);
        unlink(path);
    }
    for (size_t k = sizeof folders / sizeof *folders; k-- > 0;) {
        path_of(path, sizeof path, folders[k]);
        rmdir(path);
    }
    rmdir(folder);
}

static void
make_folders(void)
{
    static bool made;
    char path[200];

    if (made)
        return;
    made = true;
    MUST(mkdtemp(folder) != NULL);
    for (size_t k = 0; k < sizeof folders / sizeof *folders; k++) {
        path_of(path, sizeof path, folders[k]);
        MUST(mkdir(path, 0700) == 0);
    }
    atexit(remove_all);
}

/* Where the next "\n---\n" begins; n: nowhere. */
static size_t
parted_at(const uint8_t *bytes, size_t n)
{
    for (size_t k = 0; k + 5 <= n; k++)
        if (memcmp(bytes + k, "\n---\n", 5) == 0)
            return k;
    return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct price_import list;
    struct error err;
    char path[200];

    make_folders();
    for (size_t k = 0; k < N_NAMES; k++) {
        size_t end = parted_at(bytes, n);
        path_of(path, sizeof path, names[k]);
        unlink(path);
        if (n == 0 && k > 0)
            continue; /* the first is always there: a folder without it is no list */
        FILE *f = fopen(path, "wb");
        MUST(f != NULL);
        fwrite(bytes, 1, end, f);
        fclose(f);
        size_t used = end < n ? end + 5 : n;
        bytes += used;
        n -= used;
    }
    err.text[0] = '\0';
    if (import_models_dev_folder(&list, folder, "fuzz", (struct date){ 2026, 8, 1 }, &err) == 0)
        list_is_sound(&list);
    else
        MUST(err.text[0] != '\0');
    return 0;
}
