/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "app.h"

int
app_views_n(void)
{
    return views_n;
}

const struct view *
app_view(int v)
{
    return &views[v];
}
