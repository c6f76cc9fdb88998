/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "import.h"

/* litellm's model_prices_and_context_window.json. */

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    import_any("litellm", bytes, n);
    return 0;
}
