/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "import.h"

/* Any list, as it looks. */

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    import_any(NULL, bytes, n);
    return 0;
}
