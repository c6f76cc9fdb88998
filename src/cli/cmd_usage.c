/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "cli.h"

int
cmd_usage(const struct args *a, struct error *err)
{
    (void)a;
    return error_set(err, ERR_USAGE, "usage logs are not read yet");
}
