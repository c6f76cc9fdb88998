/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <langinfo.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

#define PLAIN_COLUMNS 80
#define PLAIN_CHART_ROWS 20
#define KEYS_BYTES_MAX (1024 * 1024)

/* ---- without a terminal: the verdict and the cost chart as text --------------------- */

static int
print_chart(struct buffer *out, const struct answer *an, const struct catalog *cat, enum glyph_set set,
            struct error *err)
{
    struct chart *chart = calloc(1, sizeof *chart);

    if (chart == NULL)
        return error_set(err, ERR_BUG, "no memory for the chart");
    view_find("cost")->build(chart, an, cat, PLAIN_COLUMNS);
    int status = chart_print(out, chart, PLAIN_COLUMNS, PLAIN_CHART_ROWS, false, set, err);
    free(chart);
    return status;
}

static int
print_instead(const struct args *a, const struct catalog *cat, const struct tui_options *o, struct error *err)
{
    enum glyph_set set;
    int status = text_glyphs(a, &set, err);
    struct scenario_file *f = calloc(1, sizeof *f);
    struct solve_options options = { .samples = o->samples > 0 ? o->samples : SAMPLES_DEFAULT, .seed = o->seed };

    if (f == NULL)
        return error_set(err, ERR_BUG, "no memory for the scenario");
    for (int k = 0; k < o->n_files && status == 0; k++) {
        struct answer *an = NULL;
        struct buffer out;
        char name[64];

        buffer_init(&out);
        status = scenario_load(f, o->files[k], cat, err);
        if (status == 0) {
            status = scenario_refuse(&f->scenario, cat, f, err);
            if (status == 0)
                status = decide_drawn(&an, &f->scenario, cat, scenario_name(o->files[k], name, sizeof name), &options,
                                      BANDS_VOLUME, err);
            if (status == 0) {
                answer_text(&out, an, PLAIN_COLUMNS, set == GLYPHS_ASCII);
                buffer_putc(&out, '\n');
                status = print_chart(&out, an, cat, set, err);
            }
            if (status == 0)
                status = write_out(NULL, &out, err);
            scenario_file_release(f);
        }
        answer_free(an);
        buffer_release(&out);
    }
    free(f);
    return status;
}

/* ---- replay ---------------------------------------------------------------------------- */

static int
replay(const struct args *a, const struct tui_options *o, struct error *err)
{
    char *keys = NULL;
    size_t n;
    int columns = 80, rows = 24;
    struct buffer out;

    if (args_size(a, &columns, &rows, err) < 0 ||
        file_read(args_value(a, "keys"), KEYS_BYTES_MAX, &keys, &n, NULL, err) < 0)
        return -1;
    buffer_init(&out);
    int status = tui_replay(o, keys, columns, rows, &out, err);
    if (status == 0)
        status = write_out(NULL, &out, err);
    buffer_release(&out);
    free(keys);
    return status;
}

/* What a person prefers; problems are named at their place, and the rest holds: the workbench opens
 * all the same and says the first in its status line. all: each is said on standard error. */
static int
read_config(struct tui_config *c, const struct places *p, bool all, struct error *err)
{
    struct problems *found = malloc(sizeof *found);

    if (found == NULL)
        return error_set(err, ERR_BUG, "no memory for the configuration");
    problems_init(found);
    int status = tui_config_read(c, p->config, found, err);
    if (status < 0)
        error_set(err, err->code, "%s/%s", p->config, c->problem);
    else if (found->n > 0 && all) {
        for (int k = 0; k < found->n; k++)
            complain(c->path, &found->list[k].error);
        status = error_set(err, found->list[0].error.code, "%d problem%s in the configuration; the rest of it holds",
                           found->errors, found->errors == 1 ? "" : "s");
    } else if (found->n > 0)
        status = error_set(err, found->list[0].error.code, "%s/%s", p->config, c->problem);
    free(found);
    return status;
}

static int
dump_keys(const struct tui_config *config, struct error *err)
{
    const struct binding_row *rows;
    int n = tui_bindings(config, &rows);
    struct buffer out;

    buffer_init(&out);
    for (int k = 0; k < n; k++)
        buffer_printf(&out, "%s\t%s\t%s\t%s\n", rows[k].keys, rows[k].where, rows[k].name, rows[k].help);
    int status = write_out(NULL, &out, err);
    buffer_release(&out);
    return status;
}

/* ---- the workbench -------------------------------------------------------------------------- */

static int
fill_options(struct tui_options *o, const struct args *a, const struct places *p, struct error *err)
{
    const char *color = args_value(a, "color"), *glyphs = args_value(a, "glyphs");
    double samples = 0, seed = 1;
    enum glyph_set set;

    if (args_number(a, "samples", SAMPLES_MIN, SAMPLES_MAX, &samples, err) < 0 ||
        args_number(a, "seed", 0, 9007199254740992.0, &seed, err) < 0)
        return -1;
    if (((int)samples & ((int)samples - 1)) != 0)
        return error_set(err, ERR_RANGE, "--samples %g is not a power of two (256 to 1,048,576)", samples);
    if (color != NULL && strcmp(color, "auto") != 0 && strcmp(color, "never") != 0)
        return error_set(err, ERR_USAGE, "--color %s: expected auto or never", color);
    o->glyphs = -1;
    if (glyphs != NULL) {
        if (glyphs_parse(glyphs, &set) < 0)
            return error_set(err, ERR_USAGE, "no glyph set %s: braille, block, line, ascii or linux", glyphs);
        o->glyphs = (int)set;
    }
    const char *no_color = getenv("NO_COLOR");
    o->samples = (int)samples;
    o->seed = (uint64_t)seed;
    o->color = (color == NULL || strcmp(color, "never") != 0) && (no_color == NULL || no_color[0] == '\0');
    o->mouse = o->config == NULL || o->config->mouse != 0;
    o->state_folder = p->state[0] != '\0' ? p->state : NULL;
    o->locale_codeset = nl_langinfo(CODESET);
    o->term = getenv("TERM");
    return 0;
}

/* ---- a start that does not wait for imported lists --------------------------------------------- */

struct whole {
    struct catalog *catalog;
    bool broken;
};

static int
read_whole(void *ctx, const struct catalog **out, struct error *err)
{
    struct whole *w = ctx;

    if (catalog_open_silent(&w->catalog, err) < 0) {
        w->broken = true;
        return -1;
    }
    *out = w->catalog;
    return 0;
}

/* Edits of an earlier run may name anything. */
static bool
has_journal(const struct tui_options *o)
{
    char name[PATH_MAX];

    for (int k = 0; k < o->n_files && o->state_folder != NULL; k++)
        if (access(journal_name(o->state_folder, o->files[k], name, sizeof name), F_OK) == 0)
            return true;
    return false;
}

static int
run_in_terminal(struct tui_options *o, struct catalog **cat, struct error *err)
{
    struct whole w = { NULL, false };

    o->whole_catalog = read_whole;
    o->whole_ctx = &w;
    if ((has_journal(o) ? catalog_open(cat, err) : catalog_open_for(cat, o->files, o->n_files, err)) < 0)
        return -1;
    o->catalog = *cat;
    int status = tui_run(o, err);
    if (w.broken) { /* all that is wrong with it, now that the screen is the person's again */
        struct error ignored;
        catalog_open(&w.catalog, &ignored);
    }
    catalog_free(w.catalog);
    o->whole_ctx = NULL;
    return status;
}

static struct date
today(void)
{
    time_t now = time(NULL);
    struct tm tm;

    if (localtime_r(&now, &tm) == NULL)
        return (struct date){ 1970, 1, 1 };
    return (struct date){ tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday };
}

int
cmd_workbench(const struct args *a, struct error *err)
{
    struct tui_options o = { 0 };
    struct places p;
    struct catalog *cat = NULL;
    static char example[1200];
    static char *example_files[] = { example };
    static struct tui_config config;
    int status;

    if (args_has(a, "manual"))
        return manual_part(args_value(a, "manual"), err);
    if (places_find(&p, err) < 0)
        return -1;
    status = read_config(&config, &p, args_has(a, "dump-keys"), err);
    if (args_has(a, "dump-keys"))
        return status < 0 ? -1 : dump_keys(&config, err);
    o.config = &config;
    if (fill_options(&o, a, &p, err) < 0)
        return -1;
    snprintf(example, sizeof example, "%s/scenarios/article.yaml", p.data);
    o.files = a->n_operands > 0 ? (char *const *)a->operands : example_files;
    o.n_files = a->n_operands > 0 ? a->n_operands : 1;
    o.example = a->n_operands == 0;
    o.today = today();

    bool dumb = o.term == NULL || strcmp(o.term, "dumb") == 0, keys = args_has(a, "keys");
    bool plain = args_has(a, "plain") || config.plain == 1, text = dumb || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO);
    if (!keys && !plain && !text)
        status = run_in_terminal(&o, &cat, err);
    else if ((status = catalog_open(&cat, err)) == 0) {
        o.catalog = cat;
        status = keys ? replay(a, &o, err) : plain ? tui_run_plain(&o, err) : print_instead(a, cat, &o, err);
    }
    catalog_free(cat);
    return status;
}
