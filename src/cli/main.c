/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <gsl/gsl_errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"

static const char *
command_name(const void *ctx, int i)
{
    (void)ctx;
    return i < commands_n ? commands[i].name : NULL;
}

static const struct command *
find_command(const char *word)
{
    for (int k = 0; k < commands_n; k++)
        if (strcmp(commands[k].name, word) == 0)
            return &commands[k];
    return NULL;
}

/* A bare word that is no file but nearly a command is a slip of the hand. */
static int
check_word(const char *word)
{
    FILE *f = fopen(word, "r");
    const char *nearest;

    if (f != NULL) {
        fclose(f);
        return 0;
    }
    if (word[0] == '-' || strchr(word, '/') != NULL || strchr(word, '.') != NULL)
        return 0;
    nearest = text_nearest(word, command_name, NULL);
    if (nearest == NULL)
        return 0;
    fprintf(stderr, "breakeven: no command %s, nearest %s\nTry \"breakeven --help\".\n", word, nearest);
    return -1;
}

/* What --help and --version print. */
static int
print_about(const struct command *cmd, bool version)
{
    if (version)
        printf("breakeven %s\nGPL-3.0-or-later; there is no warranty.\n", PACKAGE_VERSION);
    else if (cmd == &workbench)
        program_help(stdout);
    else
        command_help(stdout, cmd);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    fputs("breakeven: cannot write to standard output\n", stderr);
    return error_exit_status(ERR_IO);
}

int
main(int argc, char **argv)
{
    const struct command *cmd = argc > 1 ? find_command(argv[1]) : NULL;
    int skip = cmd != NULL ? 2 : 1;
    struct args args;
    struct error err = { .code = ERR_OK };

    setlocale(LC_CTYPE, ""); /* numbers keep their decimal point */
    gsl_set_error_handler_off();
    if (cmd == NULL) {
        cmd = &workbench;
        if (argc > 1 && check_word(argv[1]) < 0)
            return error_exit_status(ERR_USAGE);
    }
    if (args_parse(&args, cmd, argc - skip, argv + skip, &err) < 0) {
        fprintf(stderr, "breakeven: %s\nTry \"breakeven%s%s --help\".\n", err.text,
                cmd->name[0] != '\0' ? " " : "", cmd->name);
        return error_exit_status(ERR_USAGE);
    }
    if (args_has(&args, "help") || args_has(&args, "version"))
        return print_about(cmd, !args_has(&args, "help"));
    int status = cmd->run(&args, &err);
    if (status < 0) {
        fprintf(stderr, "breakeven: %s\n", err.text);
        return error_exit_status(err.code);
    }
    return status;
}
