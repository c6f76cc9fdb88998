/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define TEXT_COLUMNS 80

static int
solve_one(struct buffer *out, const struct args *a, const char *path, const struct catalog *cat,
          const struct solve_options *options, struct error *err)
{
    struct scenario_file *f = calloc(1, sizeof *f);
    struct answer *an = NULL;
    char name[64];

    if (f == NULL)
        return error_set(err, ERR_BUG, "no memory for %s", path);
    int status = scenario_load(f, path, cat, err);
    if (status == 0) {
        status = scenario_set_all(&f->scenario, a, cat, f, err);
        if (status == 0)
            status = decide(&an, &f->scenario, cat, scenario_name(path, name, sizeof name), options,
                            DEPTH_ALL, NULL, err);
        scenario_file_release(f);
    }
    if (status == 0 && args_has(a, "json"))
        answer_json(out, an);
    else if (status == 0)
        answer_text(out, an, TEXT_COLUMNS, stdout_ascii());
    answer_free(an);
    free(f);
    return status;
}

int
cmd_solve(const struct args *a, struct error *err)
{
    struct solve_options options;
    struct catalog *cat = NULL;
    struct buffer out;
    int status = 0;

    if (a->n_operands == 0)
        return error_set(err, ERR_USAGE, "solve needs a scenario file (or - for standard input)");
    if (args_solve_options(a, &options, err) < 0 || catalog_open(&cat, err) < 0)
        return -1;
    for (int k = 0; k < a->n_operands && status == 0; k++) {
        buffer_init(&out);
        if (k > 0 && !args_has(a, "json"))
            buffer_putc(&out, '\n');
        status = solve_one(&out, a, a->operands[k], cat, &options, err);
        if (status == 0)
            status = write_out(NULL, &out, err);
        buffer_release(&out);
    }
    catalog_free(cat);
    return status;
}
