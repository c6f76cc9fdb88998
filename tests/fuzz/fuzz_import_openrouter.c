/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "import.h"

/* OpenRouter's /api/v1/models. */

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    import_any("openrouter", bytes, n);
    return 0;
}
