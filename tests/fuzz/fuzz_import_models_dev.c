/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "import.h"

/* models.dev's api.json. */

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    import_any("models.dev", bytes, n);
    return 0;
}
