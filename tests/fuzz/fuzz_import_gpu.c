/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "import.h"

/* A table of GPU prices. */

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    import_any("gpu-prices", bytes, n);
    return 0;
}
