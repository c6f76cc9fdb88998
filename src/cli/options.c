/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <string.h>

#include "cli.h"

/* ---- parsing -------------------------------------------------------------------- */

static const struct option_row common_rows[] = {
    { "help", 'h', NULL, false, "say what the command does and takes" },
    { "version", 0, NULL, false, "print the version and leave" },
    { NULL, 0, NULL, false, NULL },
};

static const struct option_row *
find_in(const struct option_row *rows, const char *name, size_t n)
{
    for (; rows->name != NULL; rows++)
        if (strlen(rows->name) == n && strncmp(rows->name, name, n) == 0)
            return rows;
    return NULL;
}

static const struct option_row *
find_letter(const struct option_row *rows, char letter)
{
    for (; rows->name != NULL; rows++)
        if (rows->letter == letter && letter != 0)
            return rows;
    return NULL;
}

static const char *
option_name(const void *ctx, int i)
{
    const struct option_row *rows = ctx;
    int n = 0;

    while (rows[n].name != NULL)
        n++;
    return i < n ? rows[i].name : NULL;
}

static int
give(struct args *a, const struct option_row *row, const char *value, struct error *err)
{
    if (a->n_given == ARGS_MAX)
        return error_set(err, ERR_USAGE, "more than %d options", ARGS_MAX);
    for (int k = 0; k < a->n_given && !row->repeat; k++)
        if (a->given[k].row == row)
            return error_set(err, ERR_USAGE, "--%s is given twice", row->name);
    a->given[a->n_given].row = row;
    a->given[a->n_given++].value = value;
    return 0;
}

/* --name, --name=value, --name value. Returns the words used, -1 on error. */
static int
parse_long(struct args *a, const struct command *cmd, char **argv, int left, struct error *err)
{
    const char *name = argv[0] + 2, *equals = strchr(name, '=');
    size_t n = equals != NULL ? (size_t)(equals - name) : strlen(name);
    const struct option_row *row = find_in(cmd->options, name, n);
    char shown[48];

    if (row == NULL)
        row = find_in(common_rows, name, n);
    if (row == NULL) {
        snprintf(shown, sizeof shown, "%.*s", (int)(n < 40 ? n : 40), name);
        const char *nearest = text_nearest(shown, option_name, cmd->options);
        return error_set(err, ERR_USAGE, nearest != NULL ? "no option --%s, nearest --%s" : "no option --%s",
                         shown, nearest);
    }
    if (row->arg == NULL) {
        if (equals != NULL)
            return error_set(err, ERR_USAGE, "--%s takes no value", row->name);
        return give(a, row, NULL, err) < 0 ? -1 : 1;
    }
    if (equals != NULL)
        return give(a, row, equals + 1, err) < 0 ? -1 : 1;
    if (left < 2)
        return error_set(err, ERR_USAGE, "--%s needs a value: %s", row->name, row->arg);
    return give(a, row, argv[1], err) < 0 ? -1 : 2;
}

/* -o FILE, -oFILE, -h. */
static int
parse_short(struct args *a, const struct command *cmd, char **argv, int left, struct error *err)
{
    const struct option_row *row = find_letter(cmd->options, argv[0][1]);

    if (row == NULL)
        row = find_letter(common_rows, argv[0][1]);
    if (row == NULL)
        return error_set(err, ERR_USAGE, "no option %s", argv[0]);
    if (row->arg == NULL) {
        if (argv[0][2] != '\0')
            return error_set(err, ERR_USAGE, "-%c takes no value", row->letter);
        return give(a, row, NULL, err) < 0 ? -1 : 1;
    }
    if (argv[0][2] != '\0')
        return give(a, row, argv[0] + 2, err) < 0 ? -1 : 1;
    if (left < 2)
        return error_set(err, ERR_USAGE, "-%c needs a value: %s", row->letter, row->arg);
    return give(a, row, argv[1], err) < 0 ? -1 : 2;
}

int
args_parse(struct args *a, const struct command *cmd, int argc, char **argv, struct error *err)
{
    bool only_operands = false;

    memset(a, 0, sizeof *a);
    a->options = cmd->options;
    for (int i = 0; i < argc;) {
        int used = 1;
        if (!only_operands && strcmp(argv[i], "--") == 0)
            only_operands = true;
        else if (!only_operands && strncmp(argv[i], "--", 2) == 0)
            used = parse_long(a, cmd, argv + i, argc - i, err);
        else if (!only_operands && argv[i][0] == '-' && argv[i][1] != '\0')
            used = parse_short(a, cmd, argv + i, argc - i, err);
        else if (a->n_operands == ARGS_MAX)
            return error_set(err, ERR_USAGE, "more than %d operands", ARGS_MAX);
        else
            a->operands[a->n_operands++] = argv[i];
        if (used < 0)
            return -1;
        i += used;
    }
    return 0;
}

int
args_next(const struct args *a, const char *name, int from, const char **value)
{
    for (int k = from; k < a->n_given; k++)
        if (strcmp(a->given[k].row->name, name) == 0) {
            if (value != NULL)
                *value = a->given[k].value;
            return k;
        }
    return -1;
}

bool
args_has(const struct args *a, const char *name)
{
    return args_next(a, name, 0, NULL) >= 0;
}

const char *
args_value(const struct args *a, const char *name)
{
    const char *value = NULL;

    args_next(a, name, 0, &value);
    return value;
}

int
args_number(const struct args *a, const char *name, double low, double high, double *value,
            struct error *err)
{
    const char *text = args_value(a, name);
    struct error why;
    double x;

    if (text == NULL)
        return 0;
    if (number_parse(&x, text, FORM_NUMBER, &why) < 0)
        return error_set(err, ERR_USAGE, "--%s %s: %s", name, text, why.text);
    if (!(x >= low && x <= high))
        return error_set(err, ERR_RANGE, "--%s %s is not in %g..%g", name, text, low, high);
    *value = x;
    return 0;
}

int
args_solve_options(const struct args *a, struct solve_options *o, struct error *err)
{
    double samples = SAMPLES_DEFAULT, seed = 1;

    if (args_number(a, "samples", SAMPLES_MIN, SAMPLES_MAX, &samples, err) < 0 ||
        args_number(a, "seed", 0, 9007199254740992.0, &seed, err) < 0)
        return -1;
    int n = (int)samples;
    if ((n & (n - 1)) != 0 || n != samples)
        return error_set(err, ERR_RANGE, "--samples %d is not a power of two (256 to 1,048,576)", n);
    memset(o, 0, sizeof *o);
    o->samples = n;
    o->seed = (uint64_t)seed;
    return 0;
}

/* ---- help ------------------------------------------------------------------------------ */

static void
option_help(FILE *out, const struct option_row *row)
{
    char left[64];

    snprintf(left, sizeof left, "%s--%s%s%s",
             row->letter != 0 ? (char[]){ '-', row->letter, ',', ' ', '\0' } : "    ", row->name,
             row->arg != NULL ? " " : "", row->arg != NULL ? row->arg : "");
    fprintf(out, "  %-28s%s %s\n", left, strlen(left) > 28 ? "\n                              " : "", row->help);
}

void
command_help(FILE *out, const struct command *cmd)
{
    fprintf(out, "usage: breakeven%s%s%s%s%s\n\n%s\n\noptions:\n", cmd->name[0] != '\0' ? " " : "",
            cmd->name, " [OPTION]...", cmd->operands[0] != '\0' ? " " : "", cmd->operands, cmd->help);
    for (const struct option_row *r = cmd->options; r->name != NULL; r++)
        option_help(out, r);
    for (const struct option_row *r = common_rows; r->name != NULL; r++)
        option_help(out, r);
    fputs("\nexamples:\n", out);
    for (const char *p = cmd->examples, *end; (end = strchr(p, '\n')) != NULL; p = end + 1)
        fprintf(out, "  %.*s\n", (int)(end - p), p);
}

void
program_help(FILE *out)
{
    command_help(out, &workbench);
    fprintf(out, "\ncommands:\n");
    for (int k = 0; k < commands_n; k++)
        fprintf(out, "  %-12s %s\n", commands[k].name, commands[k].summary);
    fprintf(out, "\n\"breakeven COMMAND --help\" says more about each.\n");
}

int
args_size(const struct args *a, int *columns, int *rows, struct error *err)
{
    const char *text = args_value(a, "size");
    int c, r;
    char end;

    if (text == NULL)
        return 0;
    if (sscanf(text, "%dx%d%c", &c, &r, &end) != 2 || c < 1 || r < 1 || c > SIZE_MOST || r > SIZE_MOST)
        return error_set(err, ERR_USAGE, "--size %s: expected columns x rows, as 120x40 (at most %d)", text, SIZE_MOST);
    *columns = c;
    *rows = r;
    return 0;
}
