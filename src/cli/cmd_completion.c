/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <string.h>

#include "breakeven/capacity.h"
#include "cli.h"

/*
 * Completion for three shells, written from the command table, the field tables and the lists
 * that options choose from. Names of the catalog are asked for when they are needed, since
 * a user's catalogs add to them.
 */

/* ---- what the value of an option can be ---------------------------------------------------- */

/* Each gives word i, NULL past the end. */
static const char *
precision_word(int i)
{
    return i < PRECISION_COUNT ? capacity_precision_name((enum capacity_precision)i) : NULL;
}

static const char *
glyphs_word(int i)
{
    return i <= (int)GLYPHS_LINUX ? glyphs_of((enum glyph_set)i)->name : NULL;
}

static const char *
view_word(int i)
{
    return i < views_n ? views[i].id : NULL;
}

static const char *
format_word(int i)
{
    static const char *const words[] = { "md", "html", "json", "csv", "txt" };

    return (size_t)i < BE_LEN(words) ? words[i] : NULL;
}

static const char *
when_word(int i)
{
    static const char *const words[] = { "auto", "never" };

    return (size_t)i < BE_LEN(words) ? words[i] : NULL;
}

/* By what the option table calls the value. Others are figures, which nobody completes. */
static const struct value {
    const char *arg;
    bool files, fields;
    const char *catalog;          /* a kind of its entries */
    const char *(*word)(int i);
} values[] = {
    { "FILE", true, false, NULL, NULL },
    { "LOG", true, false, NULL, NULL },
    { "KEY=VALUE", false, true, NULL, NULL },
    { "KEY=LOW:HIGH:STEPS", false, true, NULL, NULL },
    { "MODEL", false, false, "models", NULL },
    { "M", false, false, "models", NULL },
    { "G", false, false, "gpus", NULL },
    { "E", false, false, "engines", NULL },
    { "P", false, false, NULL, precision_word },
    { "SET", false, false, NULL, glyphs_word },
    { "V", false, false, NULL, view_word },
    { "VIEW", false, false, NULL, view_word },
    { "FORMAT", false, false, NULL, format_word },
    { "WHEN", false, false, NULL, when_word },
    { "PRICE-LIST", false, false, NULL, import_list_name },
};
static const struct value no_value = { "", false, false, NULL, NULL };

static const struct value *
value_of(const char *arg)
{
    for (size_t k = 0; k < BE_LEN(values); k++)
        if (strcmp(values[k].arg, arg) == 0)
            return &values[k];
    return &no_value;
}

/* The first word of "[FILE]...", "FILE FILE...", "MODEL". */
static const struct value *
operand_of(const struct command *c)
{
    char word[48];
    const char *p = c->operands + strspn(c->operands, "[");

    snprintf(word, sizeof word, "%.*s", (int)strcspn(p, " ].|"), p);
    return value_of(word);
}

/* "[a|b|c]": word i of the choice into out; false past the end or where it is none. */
static bool
operand_word(const struct command *c, int i, char *out, size_t size)
{
    const char *p = c->operands + strspn(c->operands, "[");

    if (strchr(p, '|') == NULL || (*p >= 'A' && *p <= 'Z'))
        return false;
    for (; i > 0 && p != NULL; i--) {
        p = strchr(p, '|');
        if (p != NULL)
            p++;
    }
    if (p == NULL)
        return false;
    snprintf(out, size, "%.*s", (int)strcspn(p, "|] "), p);
    return true;
}

static void
put_words(struct buffer *b, const char *(*word)(int i))
{
    for (int i = 0; word(i) != NULL; i++)
        buffer_printf(b, "%s%s", i > 0 ? " " : "", word(i));
}

static void
put_operand_words(struct buffer *b, const struct command *c)
{
    char word[48];

    for (int i = 0; operand_word(c, i, word, sizeof word); i++)
        buffer_printf(b, "%s%s", i > 0 ? " " : "", word);
}

static const char *
last_word(const char *key)
{
    const char *dot = strrchr(key, '.');

    return dot != NULL ? dot + 1 : key;
}

/* Does an earlier row have this last word? */
static bool
word_is_new(const struct field *list, int at)
{
    for (int k = 0; k < (list == arm_fields ? scenario_fields_n : 0); k++)
        if (strcmp(last_word(scenario_fields[k].key), list[at].key) == 0)
            return false;
    for (int k = 0; k < at; k++)
        if (strcmp(last_word(list[k].key), last_word(list[at].key)) == 0)
            return false;
    return true;
}

/* Paths of the scenario's fields, and last words, which are enough where one place has them. */
static void
put_fields(struct buffer *b, const char *between)
{
    for (int k = 0; k < scenario_fields_n; k++) {
        const char *key = scenario_fields[k].key;
        buffer_printf(b, "%s%s", k > 0 ? between : "", key);
        if (last_word(key) != key && word_is_new(scenario_fields, k))
            buffer_printf(b, "%s%s", between, last_word(key));
    }
    for (int k = 0; k < arm_fields_n; k++)
        if (word_is_new(arm_fields, k))
            buffer_printf(b, "%s%s", between, arm_fields[k].key);
}

/* ---- bash ---------------------------------------------------------------------------------------- */

static void
bash_value(struct buffer *b, const struct value *v)
{
    if (v->files)
        buffer_puts(b, "_breakeven_files");
    else if (v->fields)
        buffer_puts(b, "_breakeven_fields");
    else if (v->catalog != NULL)
        buffer_printf(b, "_breakeven_words \"$(_breakeven_catalog %s)\"", v->catalog);
    else if (v->word != NULL) {
        buffer_puts(b, "_breakeven_words '");
        put_words(b, v->word);
        buffer_putc(b, '\'');
    } else
        buffer_putc(b, ':');
}

static void
bash_option(struct buffer *b, const struct command *c, const struct option_row *r)
{
    buffer_printf(b, "    %s,--%s", c->name, r->name);
    if (r->letter != 0)
        buffer_printf(b, " | %s,-%c", c->name, r->letter);
    buffer_puts(b, ") ");
    bash_value(b, value_of(r->arg));
    buffer_puts(b, "; return ;;\n");
}

static void
bash_command(struct buffer *b, const struct command *c)
{
    char word[48];

    buffer_printf(b, "    %s)\n        if [[ $cur == -* ]]; then _breakeven_words '", c->name[0] != '\0' ? c->name : "''");
    for (const struct option_row *r = c->options; r->name != NULL; r++)
        buffer_printf(b, "--%s ", r->name);
    buffer_puts(b, "--help --version'\n        else ");
    if (operand_word(c, 0, word, sizeof word)) {
        buffer_puts(b, "_breakeven_words '");
        put_operand_words(b, c);
        buffer_putc(b, '\'');
    } else
        bash_value(b, operand_of(c));
    buffer_puts(b, "; fi ;;\n");
}

static void
bash_head(struct buffer *b)
{
    buffer_puts(b,
                "# Completion of breakeven for bash, written by \"breakeven completion bash\".\n"
                "# shellcheck shell=bash disable=SC2207\n"
                "_breakeven_words() { COMPREPLY+=($(compgen -W \"$1\" -- \"$cur\")); }\n"
                "_breakeven_files() {\n"
                "    compopt -o filenames 2>/dev/null\n"
                "    COMPREPLY+=($(compgen -f -- \"$cur\"))\n"
                "}\n"
                "_breakeven_catalog() { breakeven catalog \"$1\" 2>/dev/null | sed -n 's/^\\([^ ][^ ]*\\) .*/\\1/p'; }\n"
                "_breakeven_fields() {\n"
                "    compopt -o nospace 2>/dev/null\n"
                "    _breakeven_words '");
    put_fields(b, "= ");
    buffer_puts(b, "='\n}\n");
}

/* Bash breaks words at "=": --set KEY=V is four of them. */
static void
put_bash(struct buffer *b)
{
    bash_head(b);
    buffer_puts(b,
                "_breakeven() {\n"
                "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} cmd=\n"
                "    COMPREPLY=()\n"
                "    if [[ $cur == = ]]; then cur=\n"
                "    elif [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}\n"
                "    fi\n"
                "    if ((COMP_CWORD > 1)); then\n"
                "        case ${COMP_WORDS[1]} in\n"
                "        ");
    for (int k = 0; k < commands_n; k++)
        buffer_printf(b, "%s%s", k > 0 ? " | " : "", commands[k].name);
    buffer_puts(b, ") cmd=${COMP_WORDS[1]} ;;\n"
                   "        esac\n"
                   "    elif [[ $cur != -* ]]; then\n"
                   "        _breakeven_words '");
    for (int k = 0; k < commands_n; k++)
        buffer_printf(b, "%s%s", k > 0 ? " " : "", commands[k].name);
    buffer_puts(b, "'\n    fi\n    case $cmd,$prev in\n");
    for (int k = -1; k < commands_n; k++) {
        const struct command *c = k < 0 ? &workbench : &commands[k];
        for (const struct option_row *r = c->options; r->name != NULL; r++)
            if (r->arg != NULL)
                bash_option(b, c, r);
    }
    buffer_puts(b, "    esac\n    case $cmd in\n");
    for (int k = -1; k < commands_n; k++)
        bash_command(b, k < 0 ? &workbench : &commands[k]);
    buffer_puts(b, "    esac\n}\ncomplete -F _breakeven breakeven\n");
}

/* ---- zsh -------------------------------------------------------------------------------------------- */

/* Inside single quotes and, for _arguments, inside [ ] or before a colon. */
static void
zsh_text(struct buffer *b, const char *text, bool argument)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            buffer_puts(b, "'\\''");
        else {
            if (*text == '\\' || *text == ':' || (argument && (*text == '[' || *text == ']')))
                buffer_putc(b, '\\');
            buffer_putc(b, *text);
        }
    }
}

static void
zsh_value(struct buffer *b, const struct value *v)
{
    if (v->files)
        buffer_puts(b, "_files");
    else if (v->fields)
        buffer_puts(b, "_breakeven_fields");
    else if (v->catalog != NULL)
        buffer_printf(b, "{_breakeven_catalog %s}", v->catalog);
    else if (v->word != NULL) {
        buffer_putc(b, '(');
        put_words(b, v->word);
        buffer_putc(b, ')');
    } else
        buffer_putc(b, ' ');
}

static void
zsh_option(struct buffer *b, const struct option_row *r)
{
    buffer_printf(b, " \\\n            '%s--%s%s[", r->repeat ? "*" : "", r->name, r->arg != NULL ? "=" : "");
    zsh_text(b, r->help, true);
    buffer_putc(b, ']');
    if (r->arg != NULL) {
        buffer_putc(b, ':');
        zsh_text(b, r->arg, true);
        buffer_putc(b, ':');
        zsh_value(b, value_of(r->arg));
    }
    buffer_putc(b, '\'');
}

static void
zsh_command(struct buffer *b, const struct command *c)
{
    char word[48];

    buffer_printf(b, "    %s)\n        _arguments -s", c->name[0] != '\0' ? c->name : "*");
    for (const struct option_row *r = c->options; r->name != NULL; r++)
        zsh_option(b, r);
    buffer_puts(b, " \\\n            '(- *)'{-h,--help}'[say what the command does and takes]' \\\n"
                   "            '(- *)--version[print the version and leave]'");
    if (operand_word(c, 0, word, sizeof word)) {
        buffer_puts(b, " \\\n            '1: :(");
        put_operand_words(b, c);
        buffer_puts(b, ")'");
    } else if (c->operands[0] != '\0') {
        buffer_puts(b, " \\\n            '*: :");
        zsh_value(b, operand_of(c));
        buffer_putc(b, '\'');
    }
    buffer_puts(b, "\n        ;;\n");
}

static void
put_zsh(struct buffer *b)
{
    buffer_puts(b,
                "#compdef breakeven\n"
                "# Completion of breakeven for zsh, written by \"breakeven completion zsh\".\n"
                "_breakeven_catalog() {\n"
                "    local -a names\n"
                "    names=(${(f)\"$(breakeven catalog $1 2>/dev/null | sed -n 's/^\\([^ ][^ ]*\\) .*/\\1/p')\"})\n"
                "    compadd -a names\n"
                "}\n"
                "_breakeven_fields() {\n"
                "    compadd -S = -- ");
    put_fields(b, " ");
    buffer_puts(b,
                "\n}\n"
                "_breakeven() {\n"
                "    local -a commands\n"
                "    commands=(\n");
    for (int k = 0; k < commands_n; k++) {
        buffer_printf(b, "        '%s:", commands[k].name);
        zsh_text(b, commands[k].summary, false);
        buffer_puts(b, "'\n");
    }
    buffer_puts(b,
                "    )\n"
                "    if ((CURRENT == 2)) && [[ $words[2] != -* ]]; then\n"
                "        _describe command commands\n"
                "        _files\n"
                "        return\n"
                "    fi\n"
                "    if ((${commands[(I)$words[2]:*]})); then\n"
                "        shift words\n"
                "        ((CURRENT--))\n"
                "        curcontext=${curcontext%:*}-$words[1]:\n"
                "    fi\n"
                "    case $words[1] in\n");
    for (int k = 0; k < commands_n; k++)
        zsh_command(b, &commands[k]);
    zsh_command(b, &workbench);
    buffer_puts(b, "    esac\n}\n"
                   "if [[ $funcstack[1] == _breakeven ]]; then _breakeven \"$@\"; else compdef _breakeven breakeven; fi\n");
}

/* ---- fish ----------------------------------------------------------------------------------------------- */

static void
fish_text(struct buffer *b, const char *text)
{
    buffer_putc(b, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '\'' || *text == '\\')
            buffer_putc(b, '\\');
        buffer_putc(b, *text);
    }
    buffer_putc(b, '\'');
}

static void
fish_value(struct buffer *b, const struct value *v)
{
    if (v->files)
        buffer_puts(b, " -r -F");
    else if (v->fields)
        buffer_puts(b, " -x -a '(__breakeven_fields)'");
    else if (v->catalog != NULL)
        buffer_printf(b, " -x -a '(__breakeven_catalog %s)'", v->catalog);
    else if (v->word != NULL) {
        buffer_puts(b, " -x -a '");
        put_words(b, v->word);
        buffer_putc(b, '\'');
    } else
        buffer_puts(b, " -x");
}

static void
fish_condition(struct buffer *b, const struct command *c)
{
    if (c->name[0] != '\0')
        buffer_printf(b, "complete -c breakeven -n '__fish_seen_subcommand_from %s'", c->name);
    else
        buffer_puts(b, "complete -c breakeven -n __breakeven_no_command");
}

static void
fish_command(struct buffer *b, const struct command *c)
{
    const struct value *v = operand_of(c);
    char word[48];

    for (const struct option_row *r = c->options; r->name != NULL; r++) {
        fish_condition(b, c);
        buffer_printf(b, " -l %s", r->name);
        if (r->letter != 0)
            buffer_printf(b, " -s %c", r->letter);
        if (r->arg != NULL)
            fish_value(b, value_of(r->arg));
        buffer_puts(b, " -d ");
        fish_text(b, r->help);
        buffer_putc(b, '\n');
    }
    if (v->files)
        return;
    fish_condition(b, c);
    if (operand_word(c, 0, word, sizeof word)) {
        buffer_puts(b, " -f -a '");
        put_operand_words(b, c);
        buffer_puts(b, "'\n");
    } else if (v->catalog != NULL)
        buffer_printf(b, " -f -a '(__breakeven_catalog %s)'\n", v->catalog);
    else
        buffer_puts(b, " -f\n");
}

static void
put_fish(struct buffer *b)
{
    buffer_puts(b,
                "# Completion of breakeven for fish, written by \"breakeven completion fish\".\n"
                "function __breakeven_catalog\n"
                "    breakeven catalog $argv[1] 2>/dev/null | string match -r '^\\\\S+(?= )'\n"
                "end\n"
                "function __breakeven_fields\n"
                "    printf '%s=\\n' ");
    put_fields(b, " ");
    buffer_puts(b, "\nend\nfunction __breakeven_no_command\n    not __fish_seen_subcommand_from");
    for (int k = 0; k < commands_n; k++)
        buffer_printf(b, " %s", commands[k].name);
    buffer_puts(b, "\nend\n");
    for (int k = 0; k < commands_n; k++) {
        buffer_printf(b, "complete -c breakeven -n __fish_use_subcommand -a %s -d ", commands[k].name);
        fish_text(b, commands[k].summary);
        buffer_putc(b, '\n');
    }
    buffer_puts(b, "complete -c breakeven -s h -l help -d 'say what the command does and takes'\n"
                   "complete -c breakeven -l version -d 'print the version and leave'\n");
    for (int k = -1; k < commands_n; k++)
        fish_command(b, k < 0 ? &workbench : &commands[k]);
}

/* ---- the command ------------------------------------------------------------------------------------------ */

static const struct {
    const char *name;
    void (*put)(struct buffer *);
} shells[] = {
    { "bash", put_bash }, { "zsh", put_zsh }, { "fish", put_fish },
};

int
cmd_completion(const struct args *a, struct error *err)
{
    struct buffer out;

    if (a->n_operands != 1)
        return error_set(err, ERR_USAGE, "completion needs a shell: bash, zsh or fish");
    for (size_t k = 0; k < BE_LEN(shells); k++)
        if (strcmp(shells[k].name, a->operands[0]) == 0) {
            buffer_init(&out);
            shells[k].put(&out);
            int status = write_out(NULL, &out, err);
            buffer_release(&out);
            return status;
        }
    return error_set(err, ERR_USAGE, "no completion for %s: bash, zsh or fish", a->operands[0]);
}
