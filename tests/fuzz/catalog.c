/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "breakeven/catalog.h"
#include "fuzz.h"

const struct catalog *
fuzz_catalog(void)
{
    static struct catalog *catalog;
    static struct problems found;
    struct error err;
    char folder[1100];
    const char *folders[] = { folder }, *top = getenv("BREAKEVEN_DATADIR");

    if (catalog == NULL) {
        problems_init(&found);
        snprintf(folder, sizeof folder, "%s/catalog", top != NULL ? top : ".");
        MUST(catalog_load(&catalog, folders, 1, &found, &err) == 0);
    }
    return catalog;
}
