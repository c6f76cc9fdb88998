/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <unistd.h>

#include "breakeven/tui.h"
#include "fuzz.h"

/* Any bytes as config.yaml: what is wrong has a place and words, the rest holds, and no act
 * has two rows. */

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static char folder[64], path[96];
    static struct tui_config config;
    static struct problems found;
    const struct binding_row *rows;
    struct error err;

    if (folder[0] == '\0') {
        strcpy(folder, "/tmp/breakeven-fuzz-XXXXXX");
        MUST(mkdtemp(folder) != NULL);
        snprintf(path, sizeof path, "%s/config.yaml", folder);
    }
    FILE *f = fopen(path, "wb");
    MUST(f != NULL);
    MUST(fwrite(bytes, 1, n, f) == n);
    MUST(fclose(f) == 0);
    problems_init(&found);
    memset(&config, 0, sizeof config);
    if (tui_config_read(&config, folder, &found, &err) != 0)
        MUST(err.text[0] != '\0');
    int bound = tui_bindings(&config, &rows); /* an act whose only key went to another has no row */
    MUST(bound > 0 && bound <= tui_bindings(NULL, &rows));
    unlink(path);
    return 0;
}
