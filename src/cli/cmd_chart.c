/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* One view of a scenario as text, as its table, or as a picture in a file. */

#define TEXT_COLUMNS 80
#define TEXT_ROWS 24
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
    struct chart_place place = { 0, 0, rows, columns, -1, false, table };

    if (canvas_init(&canvas, columns, rows) < 0)
        return error_set(err, ERR_BUG, "no memory for the chart");
    chart_draw(&canvas, chart, &place, glyphs_of(set), NULL);
    canvas_print(&canvas, out);
    canvas_release(&canvas);
    return 0;
}

static const struct view *
asked_view(const struct args *a, struct error *err)
{
    const char *name = args_value(a, "view");
    const struct view *v = view_find(name != NULL ? name : "cost");
    char all[256] = "";
    size_t n = 0;

    if (v != NULL)
        return v;
    for (int k = 0; k < views_n && n < sizeof all; k++)
        n += (size_t)snprintf(all + n, sizeof all - n, "%s%s", k == 0 ? "" : k + 1 < views_n ? ", " : " or ", views[k].id);
    error_set(err, ERR_UNKNOWN, "no view %s: %s", name, all);
    return NULL;
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

static bool
has_suffix(const char *path, const char *suffix)
{
    size_t n = strlen(path), s = strlen(suffix);

    return n > s && strcmp(path + n - s, suffix) == 0;
}

/* Rows enough for a whole table where no size was asked for. */
static int
put_chart(struct buffer *out, const struct args *a, const struct chart *c, struct error *err)
{
    const char *path = args_value(a, "output");
    bool svg = path != NULL && has_suffix(path, ".svg"), sized = args_has(a, "size");
    bool table = args_has(a, "table") || c->kind == CHART_TABLE;
    int columns = svg ? SVG_WIDTH : TEXT_COLUMNS, rows = svg ? SVG_HEIGHT : TEXT_ROWS;
    enum glyph_set set;

    if (text_glyphs(a, &set, err) < 0 || args_size(a, &columns, &rows, err) < 0)
        return -1;
    if (svg) {
        struct chart *shown = malloc(sizeof *shown);
        if (shown == NULL)
            return error_set(err, ERR_BUG, "no memory for the chart");
        *shown = *c;
        if (table)
            shown->kind = CHART_TABLE;
        chart_svg_file(out, shown, columns, rows);
        free(shown);
        return 0;
    }
    if (table && !sized)
        rows = c->n_rows + 2 + chart_sentence_rows(c, columns);
    return chart_print(out, c, columns, rows, table, set, err);
}

int
cmd_chart(const struct args *a, struct error *err)
{
    const struct view *view = asked_view(a, err);
    struct solve_options options;
    struct catalog *cat = NULL;
    struct answer *an = NULL;
    struct buffer out;
    char name[64];
    int columns = TEXT_COLUMNS, rows;

    if (view == NULL)
        return -1;
    if (a->n_operands != 1)
        return error_set(err, ERR_USAGE, "chart needs one scenario file (or - for standard input)");
    if (args_solve_options(a, &options, err) < 0 || args_size(a, &columns, &rows, err) < 0 || catalog_open(&cat, err) < 0)
        return -1;
    struct scenario_file *f = calloc(1, sizeof *f);
    struct chart *chart = malloc(sizeof *chart);
    buffer_init(&out);
    int status = f != NULL && chart != NULL ? scenario_load(f, a->operands[0], cat, err)
                                            : error_set(err, ERR_BUG, "no memory for %s", a->operands[0]);
    if (status == 0) {
        status = scenario_set_all(&f->scenario, a, cat, err);
        if (status == 0)
            status = decide(&an, &f->scenario, cat, scenario_name(a->operands[0], name, sizeof name), &options,
                            DEPTH_ALL, NULL, err);
        if (status == 0 && strcmp(view->id, "map") == 0)
            status = add_map(a, &f->scenario, cat, an, &options, err);
        if (status == 0 && view->build(chart, an, cat, columns) != 0)
            status = error_set(err, ERR_BUG, "no memory for the chart");
        if (status == 0)
            status = put_chart(&out, a, chart, err);
        if (status == 0)
            status = write_out(args_value(a, "output"), &out, err);
        scenario_file_release(f);
    }
    answer_free(an);
    buffer_release(&out);
    free(chart);
    free(f);
    catalog_free(cat);
    return status;
}
