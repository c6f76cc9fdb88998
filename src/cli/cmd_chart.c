/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* One view of a scenario as text, as its table, or as a picture in a file. */

#define TEXT_COLUMNS 80
#define TEXT_ROWS 24
#define TABLE_COLUMNS 240 /* at most                                                     */
#define SVG_WIDTH 720
#define SVG_HEIGHT 420
#define MAP_SAMPLES 1024

int
text_glyphs(const struct args *a, enum glyph_set *set, struct error *err)
{
    const char *name = args_value(a, "glyphs");

    *set = stdout_ascii() ? GLYPHS_ASCII : GLYPHS_BRAILLE;
    if (name != NULL && glyphs_parse(name, set) < 0)
        return error_set(err, ERR_USAGE, "no glyph set %s: braille, block, line, ascii or linux", name);
    return 0;
}

int
chart_print(struct buffer *out, const struct chart *chart, int columns, int rows, bool table, enum glyph_set set,
            struct error *err)
{
    struct canvas canvas;
    struct chart_place place = { .rows = rows, .columns = columns, .crosshair = -1, .table = table, .cursor = -1 };

    if (canvas_init(&canvas, columns, rows) < 0)
        return error_set(err, ERR_BUG, "no memory for the chart");
    chart_draw(&canvas, chart, &place, glyphs_of(set), NULL);
    canvas_print(&canvas, out);
    canvas_release(&canvas);
    return 0;
}

/* The views of the library, and two that read more than one answer or the report. */
static const char *const more_views[] = { "compare", "report" };
#define VIEWS (views_n + (int)BE_LEN(more_views))

static const char *
view_name(int k)
{
    return k < views_n ? views[k].id : k < VIEWS ? more_views[k - views_n] : NULL;
}

static const char *
name_of_view(const void *ctx, int k)
{
    (void)ctx;
    return view_name(k);
}

static int
asked_view(const struct args *a, const char **id, struct error *err)
{
    const char *name = args_value(a, "view"), *nearest;
    char all[256] = "";
    size_t n = 0;

    *id = name != NULL ? name : "cost";
    for (int k = 0; k < VIEWS; k++)
        if (strcmp(view_name(k), *id) == 0)
            return 0;
    for (int k = 0; k < VIEWS && n < sizeof all; k++)
        n += (size_t)snprintf(all + n, sizeof all - n, "%s%s", k == 0 ? "" : k + 1 < VIEWS ? ", " : " or ", view_name(k));
    nearest = text_nearest(name, name_of_view, NULL);
    return error_set(err, ERR_UNKNOWN, "no view %s%s%s: %s", name, nearest != NULL ? ", nearest " : "",
                     nearest != NULL ? nearest : "", all);
}

static bool
has_suffix(const char *path, const char *suffix)
{
    size_t n = strlen(path), s = strlen(suffix);

    return n > s && strcmp(path + n - s, suffix) == 0;
}

/* A report is text of its own width and marks: what shapes a picture is refused, not ignored. */
static int
check_report(const struct args *a, struct error *err)
{
    static const char *const shapes[] = { "glyphs", "size", "table" };
    const char *path = args_value(a, "output");

    for (size_t k = 0; k < BE_LEN(shapes); k++)
        if (args_has(a, shapes[k]))
            return error_set(err, ERR_USAGE, "--%s shapes a chart; --view report is plain text of 80 columns", shapes[k]);
    if (path != NULL && has_suffix(path, ".svg"))
        return error_set(err, ERR_USAGE, "a report is no picture: report %s -o FILE.html holds its charts",
                         a->n_operands > 0 ? base_name(a->operands[0]) : "FILE");
    return 0;
}

static bool
same_field(struct field_ref a, struct field_ref b)
{
    return a.field == b.field && a.arm == b.arm;
}

/* The two fields of the map: as asked, else the nearest flips, then what moves the cost most. */
static int
map_fields(const struct args *a, const struct scenario *sc, const struct answer *an, struct field_ref ref[2],
           struct error *err)
{
    const char *given;
    int n = 0;

    for (int k = args_next(a, "over", 0, &given); k >= 0; k = args_next(a, "over", k + 1, &given)) {
        if (n == 2)
            return error_set(err, ERR_USAGE, "--over %s: a map has two fields, this is a third", given);
        if (field_find(sc, given, &ref[n++], err) < 0)
            return -1;
    }
    for (int k = 0; k < an->n_flips + an->n_tornado && n < 2; k++) {
        const char *path = k < an->n_flips ? an->flips[k].path : an->tornado[k - an->n_flips].path;
        if (field_find(sc, path, &ref[n], err) == 0 && field_is_quantity(ref[n].field) && (n == 0 || !same_field(ref[0], ref[n])))
            n++;
    }
    return n == 2 ? 0 : error_set(err, ERR_USAGE, "a map needs two fields: --over FIELD --over FIELD (nothing flips by itself here)");
}

static int
add_map(const struct args *a, const struct scenario *sc, const struct catalog *cat, struct answer *an,
        const struct solve_options *options, struct error *err)
{
    struct solve_options fewer = *options;
    struct field_ref ref[2];

    if (fewer.samples > MAP_SAMPLES)
        fewer.samples = MAP_SAMPLES;
    if (map_fields(a, sc, an, ref, err) < 0 || flip_map(&an->map, sc, cat, ref[0], ref[1], &fewer, err) != 0)
        return -1;
    an->has_map = true;
    return 0;
}

static int
add_together(const struct scenario *sc, const struct catalog *cat, struct answer *an, const struct solve_options *options,
             struct error *err)
{
    struct solve_options fewer = *options;

    if (fewer.samples > TOGETHER_SAMPLES)
        fewer.samples = TOGETHER_SAMPLES;
    if (flips_together_find(&an->together, an, sc, cat, &fewer, err) != 0)
        return -1;
    an->has_together = true;
    return 0;
}

static int
put_svg(struct buffer *out, const struct chart *c, bool table, int width, int height, struct error *err)
{
    struct chart *shown = malloc(sizeof *shown);

    if (shown == NULL)
        return error_set(err, ERR_BUG, "no memory for the chart");
    *shown = *c;
    if (table)
        shown->kind = CHART_TABLE;
    chart_svg_file(out, shown, width, height);
    free(shown);
    return 0;
}

/* The sentence below, wrapped, where there is room for it. */
static int
put_text(struct buffer *out, const struct args *a, const struct chart *c, bool table, int columns, int rows, struct error *err)
{
    int words = chart_sentence_rows(c, columns);
    bool below = !table && strcmp(c->sentence, c->note) != 0 && words + 12 <= rows;
    enum glyph_set set;

    if (text_glyphs(a, &set, err) < 0)
        return -1;
    if (table && !args_has(a, "size")) { /* as much as it needs: nothing can be scrolled to */
        while (chart_table_hidden(c, columns) > 0 && columns < TABLE_COLUMNS)
            columns++;
        rows = chart_table_height(c, columns);
    }
    if (chart_print(out, c, columns, rows - (below ? words : 0), table, set, err) < 0)
        return -1;
    if (below)
        chart_sentence(out, c, columns);
    return 0;
}

static int
put_chart(struct buffer *out, const struct args *a, const struct chart *c, struct error *err)
{
    const char *path = args_value(a, "output");
    bool svg = path != NULL && has_suffix(path, ".svg"), table = args_has(a, "table") || c->kind == CHART_TABLE;
    int columns = svg ? SVG_WIDTH : TEXT_COLUMNS, rows = svg ? SVG_HEIGHT : TEXT_ROWS;

    if (args_size(a, &columns, &rows, err) < 0)
        return -1;
    return svg ? put_svg(out, c, table, columns, rows, err) : put_text(out, a, c, table, columns, rows, err);
}

/* ---- one run ------------------------------------------------------------------------------- */

struct chart_run {
    const struct args *args;
    const char *view;
    struct solve_options options;
    struct catalog *catalog;
    struct scenario_file *files;     /* n of them, loaded */
    struct answer *answers[ARGS_MAX];
    char names[ARGS_MAX][64];
    int n;
};

static unsigned
bands_of(const char *view)
{
    return view_find(view) != NULL ? view_find(view)->bands : strcmp(view, "report") == 0 ? BANDS_VOLUME | BANDS_LABELS : 0;
}

static int
solve_all(struct chart_run *r, struct error *err)
{
    r->files = calloc((size_t)r->args->n_operands, sizeof *r->files);
    if (r->files == NULL)
        return error_set(err, ERR_BUG, "no memory for the scenarios");
    for (int k = 0; k < r->args->n_operands; k++) {
        if (scenario_load(&r->files[k], r->args->operands[k], r->catalog, err) < 0)
            return -1;
        r->n++;
        if (scenario_set_all(&r->files[k].scenario, r->args, r->catalog, &r->files[k], err) < 0 ||
            decide_drawn(&r->answers[k], &r->files[k].scenario, r->catalog,
                         scenario_name(r->args->operands[k], r->names[k], sizeof r->names[k]), &r->options,
                         bands_of(r->view), err) != 0)
            return -1;
    }
    return 0;
}

static int
build_chart(struct chart_run *r, struct chart *c, int columns, struct error *err)
{
    struct compared list[ARGS_MAX];

    if (strcmp(r->view, "compare") == 0) {
        for (int k = 0; k < r->n; k++)
            list[k] = (struct compared){ r->names[k], &r->files[k].scenario, r->answers[k] };
        chart_compare(c, list, r->n, r->catalog);
        return 0;
    }
    if (strcmp(r->view, "map") == 0 &&
        add_map(r->args, &r->files[0].scenario, r->catalog, r->answers[0], &r->options, err) < 0)
        return -1;
    if (strcmp(r->view, "why") == 0 &&
        add_together(&r->files[0].scenario, r->catalog, r->answers[0], &r->options, err) < 0)
        return -1;
    if (view_find(r->view)->build(c, r->answers[0], r->catalog, columns) != 0)
        return error_set(err, ERR_BUG, "no memory for the chart");
    return 0;
}

static int
write_view(struct chart_run *r, struct buffer *out, struct error *err)
{
    struct report_input input = { r->answers[0], &r->files[0].scenario, r->catalog, "" };
    int columns = TEXT_COLUMNS, rows;

    if (strcmp(r->view, "report") == 0) {
        struct buffer command;
        buffer_init(&command);
        buffer_printf(&command, "breakeven report %s", base_name(r->args->operands[0]));
        input.command = command.text;
        int status = report_write(out, REPORT_TEXT, &input, err);
        buffer_release(&command);
        return status;
    }
    struct chart *chart = malloc(sizeof *chart);
    if (chart == NULL)
        return error_set(err, ERR_BUG, "no memory for the chart");
    int status = args_size(r->args, &columns, &rows, err);
    if (status == 0)
        status = build_chart(r, chart, columns, err);
    if (status == 0)
        status = put_chart(out, r->args, chart, err);
    free(chart);
    return status;
}

int
cmd_chart(const struct args *a, struct error *err)
{
    static const struct chart_run none;
    struct chart_run *r = malloc(sizeof *r);
    struct buffer out;

    if (r == NULL)
        return error_set(err, ERR_BUG, "no memory for the chart");
    *r = none;
    r->args = a;
    buffer_init(&out);
    int status = asked_view(a, &r->view, err);
    if (status == 0 && (a->n_operands < 1 || (a->n_operands > 1 && strcmp(r->view, "compare") != 0)))
        status = error_set(err, ERR_USAGE, a->n_operands < 1 ? "chart needs a scenario file (or - for standard input)"
                                                             : "chart draws one scenario; --view compare takes several");
    if (status == 0 && strcmp(r->view, "report") == 0)
        status = check_report(a, err);
    if (status == 0 && (args_solve_options(a, &r->options, err) < 0 || catalog_open(&r->catalog, err) < 0))
        status = -1;
    if (status == 0)
        status = solve_all(r, err);
    if (status == 0)
        status = write_view(r, &out, err);
    if (status == 0)
        status = write_out(args_value(a, "output"), &out, err);
    for (int k = 0; k < r->n; k++) {
        answer_free(r->answers[k]);
        scenario_file_release(&r->files[k]);
    }
    free(r->files);
    buffer_release(&out);
    catalog_free(r->catalog);
    free(r);
    return status;
}
