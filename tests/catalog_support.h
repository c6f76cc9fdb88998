/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_TESTS_CATALOG_SUPPORT_H
#define BREAKEVEN_TESTS_CATALOG_SUPPORT_H

/* The catalog that ships, loaded once for a group of tests. */

#include "breakeven/catalog.h"
#include "support.h"

static struct catalog *catalog;

static int
open_catalog(void **state)
{
    struct error err;
    char path[1100];
    const char *folders[] = { path };
    static struct problems found;

    (void)state;
    problems_init(&found);
    snprintf(path, sizeof path, "%s", source_path("catalog"));
    return catalog_load(&catalog, folders, 1, &found, &err);
}

static int
close_catalog(void **state)
{
    (void)state;
    catalog_free(catalog);
    return 0;
}

#endif
