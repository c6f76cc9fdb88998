/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <string.h>

#include "breakeven/core.h"

void
problems_init(struct problems *p)
{
    p->n = p->dropped = p->errors = 0;
}

void
problems_add(struct problems *p, enum problem_level level, const char *path, const struct error *e)
{
    if (p == NULL)
        return;
    p->errors += level == PROBLEM_ERROR;
    if (p->n == PROBLEMS_MAX) {
        p->dropped++;
        return;
    }
    struct problem *one = &p->list[p->n++];
    one->level = level;
    one->error = *e;
    text_clean(one->path, sizeof one->path, path != NULL ? path : "");
}
