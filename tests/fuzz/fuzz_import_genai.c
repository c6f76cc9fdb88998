/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "import.h"

/* genai-prices' data.json. */

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    import_any("genai-prices", bytes, n);
    return 0;
}
