/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* The command that makes the same bytes again, with the paths' last parts only, so that
 * a report is the same wherever it was made. */
static void
reproduce(struct buffer *b, const struct args *a, const char *path, const struct solve_options *o)
{
    const char *value;

    buffer_printf(b, "breakeven report %s", base_name(path));
    for (int k = args_next(a, "set", 0, &value); k >= 0; k = args_next(a, "set", k + 1, &value))
        buffer_printf(b, " --set '%s'", value);
    if (args_has(a, "format"))
        buffer_printf(b, " --format %s", args_value(a, "format"));
    buffer_printf(b, " --samples %d --seed %llu", o->samples, (unsigned long long)o->seed);
    if (args_has(a, "output"))
        buffer_printf(b, " -o %s", base_name(args_value(a, "output")));
}

static int
report_format(const struct args *a, enum report_format *format, struct error *err)
{
    const char *name = args_value(a, "format"), *path = args_value(a, "output");

    *format = REPORT_MARKDOWN;
    if (name == NULL && path != NULL) {
        name = strrchr(base_name(path), '.');
        if (name == NULL)
            return 0;
        name++;
    }
    if (name != NULL && report_format_parse(name, format) < 0)
        return error_set(err, ERR_USAGE, "no report format %s: md, html, json, csv or txt", name);
    return 0;
}

int
cmd_report(const struct args *a, struct error *err)
{
    struct solve_options options;
    enum report_format format;
    struct catalog *cat = NULL;
    struct answer *an = NULL;
    struct buffer out, command;
    char name[64];
    int status;

    if (a->n_operands != 1)
        return error_set(err, ERR_USAGE, "report needs one scenario file");
    if (args_solve_options(a, &options, err) < 0 || report_format(a, &format, err) < 0 ||
        catalog_open(&cat, err) < 0)
        return -1;
    struct scenario_file *f = calloc(1, sizeof *f);
    buffer_init(&out);
    buffer_init(&command);
    status = f != NULL ? scenario_load(f, a->operands[0], cat, err)
                       : error_set(err, ERR_BUG, "no memory for %s", a->operands[0]);
    if (status == 0) {
        status = scenario_set_all(&f->scenario, a, cat, err);
        if (status == 0)
            status = decide(&an, &f->scenario, cat, scenario_name(a->operands[0], name, sizeof name), &options,
                            DEPTH_ALL, NULL, err);
        reproduce(&command, a, a->operands[0], &options);
        struct report_input input = { an, &f->scenario, cat, command.text };
        if (status == 0)
            status = report_write(&out, format, &input, err);
        if (status == 0)
            status = write_out(args_value(a, "output"), &out, err);
        scenario_file_release(f);
    }
    free(f);
    answer_free(an);
    buffer_release(&out);
    buffer_release(&command);
    catalog_free(cat);
    return status;
}
