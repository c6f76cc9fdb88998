/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* From --format, else from OUT's suffix, else Markdown. What contradicts itself is refused. */
static int
report_format(const struct args *a, enum report_format *format, struct error *err)
{
    const char *name = args_value(a, "format"), *path = args_value(a, "output");
    const char *dot = path != NULL ? strrchr(base_name(path), '.') : NULL;
    enum report_format by_suffix;

    *format = REPORT_MARKDOWN;
    if (name != NULL && report_format_parse(name, format) < 0)
        return error_set(err, ERR_USAGE, "no report format %s: md, html, json, csv or txt", name);
    if (dot == NULL)
        return 0;
    if (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0)
        return error_set(err, ERR_USAGE, "-o %s would write a report over a scenario; a report ends in md, html, json, csv or txt",
                         base_name(path));
    if (report_format_parse(dot + 1, &by_suffix) < 0)
        return name != NULL ? 0 : error_set(err, ERR_USAGE, "no report format %s: md, html, json, csv or txt", dot + 1);
    if (name != NULL && *format != by_suffix)
        return error_set(err, ERR_USAGE, "--format %s and -o %s ask for different formats", name, base_name(path));
    *format = by_suffix;
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
        return error_set(err, ERR_USAGE, "report needs one scenario file%s",
                         a->n_operands > 1 ? "; compare puts several side by side" : "");
    if (args_solve_options(a, &options, err) < 0 || report_format(a, &format, err) < 0 || catalog_open(&cat, err) < 0)
        return -1;
    struct scenario_file *f = calloc(1, sizeof *f);
    struct scenario *set = calloc(1, sizeof *set);
    buffer_init(&out);
    buffer_init(&command);
    status = f != NULL && set != NULL ? scenario_load(f, a->operands[0], cat, err)
                                      : error_set(err, ERR_BUG, "no memory for %s", a->operands[0]);
    if (status == 0) {
        *set = f->scenario;
        status = scenario_set_all(set, a, cat, f, err);
        if (status == 0)
            status = decide_drawn(&an, set, cat, scenario_name(a->operands[0], name, sizeof name), &options,
                                  BANDS_VOLUME | BANDS_LABELS, err);
        report_command(&command, base_name(a->operands[0]), &f->scenario, set, cat, format, options.samples, options.seed);
        struct report_input input = { an, set, cat, command.text };
        if (status == 0)
            status = report_write(&out, format, &input, err);
        if (status == 0)
            status = write_out(args_value(a, "output"), &out, err);
        scenario_file_release(f);
    }
    free(f);
    free(set);
    answer_free(an);
    buffer_release(&out);
    buffer_release(&command);
    catalog_free(cat);
    return status;
}
