/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "tui_support.h"

/* What the workbench has beside fields and charts: find, history, places, problems, several
 * scenarios, the clipboard, the editor, the mouse, the tour. */

static const char *
here(void)
{
    static char path[112];
    struct field_ref ref;

    return app_current_field(&app, &ref) ? field_path(&app_doc(&app)->file.scenario, ref, path, sizeof path) : "";
}

static void
find_goes_to_a_field_and_escape_returns(void **state)
{
    (void)state;
    type("/throughput_tok<Enter>");
    assert_string_equal(here(), "arms.tuned.throughput_tok_s");
    type("<Esc>");
    assert_string_equal(here(), "workload.requests_per_day");
    type("/tokens<Enter>");
    char first[112];
    snprintf(first, sizeof first, "%s", here());
    type("n");
    assert_string_not_equal(here(), first);
    type("N");
    assert_string_equal(here(), first);
    type("<Esc>");
    assert_string_equal(here(), "workload.requests_per_day");
}

static void
find_knows_views_and_commands(void **state)
{
    (void)state;
    type("/Tornado<Enter>");
    assert_true(app_view_is(&app, "tornado"));
    type("/:export<Enter>");
    assert_int_equal(app.mode, MODE_PROMPT);
    assert_string_equal(app.edit.text, "export ");
}

static void
jumps_can_be_taken_back(void **state)
{
    (void)state;
    type("/ml_team<Enter>");
    type(":set floor=80%<Enter>");
    assert_string_equal(here(), "quality.floor");
    type("<C-o>");
    assert_string_equal(here(), "constraints.ml_team");
    type("<C-o>");
    assert_string_equal(here(), "workload.requests_per_day");
    type("<C-o>");
    assert_string_equal(app.status, "no earlier place");
}

static void
the_history_goes_to_any_step(void **state)
{
    (void)state;
    type("H");
    assert_string_equal(app.status, "no edits yet");
    type("30k<Enter>40k<Enter>50k<Enter>H");
    assert_int_equal(app.mode, MODE_HISTORY);
    char *f = frame(100, 30);
    assert_non_null(strstr(f, "Requests/day  30k -> 40k"));
    assert_non_null(strstr(f, "as opened"));
    free(f);
    type("kk<Enter>");
    assert_string_equal(VOLUME, "30k");
    type("H<End><Enter>");
    assert_string_equal(VOLUME, "50k");
    type("H<Home><Enter>");
    assert_string_equal(VOLUME, "20k");
    assert_int_equal(history_unsaved(&app_doc(&app)->history), 0);
}

static void
problems_are_marked_and_visited_in_turn(void **state)
{
    int n = app_doc(&app)->problems.n;

    (void)state;
    assert_true(n >= 2);
    char seen[4][112] = { "" };
    for (int k = 0; k < n && k < 4; k++) {
        type("E");
        snprintf(seen[k], sizeof seen[k], "%s", here());
    }
    assert_string_equal(seen[0], app_doc(&app)->problems.list[0].path);
    assert_string_not_equal(seen[0], seen[1]);
    char *f = frame(120, 40);
    assert_non_null(strstr(f, "\n!"));
    free(f);
    app_goto(&app, (struct field_ref){ &scenario_fields[0], -1 });
    for (int k = n < 4 ? n : 4; k <= n; k++) /* once round */
        type("E");
    assert_string_equal(here(), seen[0]);
}

static void
what_a_file_holds_and_nobody_understands_is_a_problem(void **state)
{
    struct error err;
    char *bytes, path[] = "/tmp/breakeven-odd-XXXXXX", command[64];
    size_t n;

    (void)state;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(file_read(file_name, 1 << 20, &bytes, &n, NULL, &err), 0);
    struct buffer b;
    buffer_init(&b);
    buffer_puts(&b, "horizn: 3\n");
    buffer_add(&b, bytes, n);
    assert_int_equal(file_write(path, b.text, b.n, NULL, NULL, &err), 0);
    snprintf(command, sizeof command, ":e %s<Enter>", path);
    type(command);
    assert_int_equal(app.n_docs, 2);
    type("30k<Enter>E");
    assert_non_null(strstr(app.status, "line 1 column 1"));
    assert_non_null(strstr(app.status, "horizon"));
    buffer_release(&b);
    free(bytes);
    unlink(path);
}

static void
goal_seek_opens_the_entry_at_the_flip(void **state)
{
    const struct answer *an;
    int k = 0;

    (void)state;
    app_solve(&app, 256, DEPTH_ALL);
    an = app_answer(&app);
    while (k < an->n_flips && !isfinite(an->flips[k].to))
        k++;
    assert_true(k < an->n_flips);
    char path[112], command[160];
    int pick = an->verdict.pick, to = an->flips[k].pick;
    snprintf(path, sizeof path, "%s", an->flips[k].path);
    snprintf(command, sizeof command, ":goal %s<Enter>", path);
    type(command);
    assert_int_equal(app.mode, MODE_ENTRY);
    assert_string_equal(here(), path);
    type("<Enter>");
    assert_int_equal(app.mode, MODE_REST);
    assert_int_equal(app_answer(&app)->verdict.pick, to);
    type("u");
    assert_int_equal(app_answer(&app)->verdict.pick, pick);
}

/* Beyond a flip stands the arm's letter, or "none" where there is room for the word. */
static void
a_flip_to_no_arm_says_none(void **state)
{
    struct field_ref ref;
    struct error err;
    struct answer *an;
    int k = 0;

    (void)state;
    app_solve(&app, 256, DEPTH_ALL);
    an = app_doc(&app)->answer;
    while (k < an->n_flips && !isfinite(an->flips[k].to))
        k++;
    assert_true(k < an->n_flips);
    assert_int_equal(field_find(&app_doc(&app)->file.scenario, an->flips[k].path, &ref, &err), 0);
    an->flips[0] = an->flips[k];
    an->n_flips = 1;
    an->flips[0].pick = 0;
    app_goto(&app, ref);
    char *f = frame(200, 50);
    assert_non_null(strstr(f, ">A"));
    assert_null(strstr(f, ">none"));
    free(f);
    an->flips[0].pick = -1;
    static const int widths[] = { 80, 160, 200 };
    for (size_t i = 0; i < BE_LEN(widths); i++) {
        f = frame(widths[i], 50);
        assert_non_null(strstr(f, ">none"));
        assert_null(strstr(f, ">-"));
        free(f);
    }
}

static void
the_axes_of_a_map_are_named_as_the_fields_are(void **state)
{
    (void)state;
    type(":map requests_per_day arms.tuned.gpu_price_usd_h<Enter>");
    app_make_view(&app);
    char *f = frame(120, 40);
    assert_non_null(strstr(f, "across: Requests/day  up: tuned: GPU price"));
    free(f);
}

/* From 160 columns on a short source is not cut; one too long stands whole in the bottom line. */
static void
wide_panes_name_their_sources(void **state)
{
    struct field_ref ref;

    (void)state;
    assert_true(app_current_field(&app, &ref));
    app_set_source(&app, ref, "our usage log");
    app.status[0] = '\0'; /* it quotes the source */
    app.focus = FOCUS_VIEW; /* the bottom line is about the view then */
    char *f = frame(160, 45);
    assert_non_null(strstr(f, "our usage log"));
    free(f);
    f = frame(200, 50);
    assert_non_null(strstr(f, "our usage log"));
    free(f);
    f = frame(120, 40);
    assert_null(strstr(f, "our usage log"));
    free(f);
    app_set_source(&app, ref, "a source that is far too long for the pane's column");
    app.status[0] = '\0';
    app.focus = FOCUS_PANE;
    f = frame(200, 50);
    assert_non_null(strstr(f, "far too long for the pane's column"));
    free(f);
}

static double
no_time(void)
{
    return 0;
}

/* Where a field has none, the nearest that has one is named, and the same key goes there. */
static void
goal_seek_names_the_nearest_flip(void **state)
{
    struct field_ref ref;
    char arm[16], want[LINE_BYTES];

    (void)state;
    type("<Down><Down><Down>g");
    assert_int_equal(app.mode, MODE_REST);
    assert_int_equal(sscanf(app_answer(&app)->flips[0].path, "arms.%15[^.].tokenizer_factor", arm), 1); /* not that of the next row */
    snprintf(want, sizeof want, "no flip here; the nearest is %s: Tokenizer at ", arm);
    assert_non_null(strstr(app.status, want));
    assert_non_null(strstr(app.status, "g again goes there"));
    type("<Down>g"); /* another key between: asked anew */
    assert_int_equal(app.mode, MODE_REST);
    type("g");
    assert_int_equal(app.mode, MODE_ENTRY);
    assert_true(app_current_field(&app, &ref));
    assert_string_equal(ref.field->key, "tokenizer_factor");
    assert_string_equal(app_doc(&app)->file.scenario.arms[ref.arm].name, arm);
    type("<Esc><C-o>"); /* a jump like any other */
    assert_true(app_current_field(&app, &ref));
    assert_string_equal(ref.field->key, "workload.cached_share");
}

/* Asked for before the flips are in, it opens with them, unless another key came between. */
static void
goal_seek_waits_for_the_flips(void **state)
{
    struct field_ref ref;
    struct error err;
    char path[112];
    int k = 0;

    (void)state;
    app_solve(&app, 256, DEPTH_ALL);
    while (k < app_answer(&app)->n_flips && !isfinite(app_answer(&app)->flips[k].to))
        k++;
    assert_true(k < app_answer(&app)->n_flips);
    snprintf(path, sizeof path, "%s", app_answer(&app)->flips[k].path);
    app_solve(&app, 256, DEPTH_VERDICT);
    app.clock_ms = no_time;
    assert_true(app_refining(&app));
    assert_int_equal(field_find(&app_doc(&app)->file.scenario, path, &ref, &err), 0);
    app_goto(&app, ref);
    for (int forgets = 0; forgets < 2; forgets++) {
        app_solve(&app, 256, DEPTH_VERDICT);
        type("g");
        assert_int_equal(app.mode, MODE_REST);
        assert_non_null(strstr(app.status, "still refining"));
        if (forgets)
            type("v");
        app_solve(&app, 256, DEPTH_ALL);
        assert_int_equal(app.mode, forgets ? MODE_REST : MODE_ENTRY);
        assert_string_equal(here(), path);
        type("<Esc>");
    }
    app.clock_ms = NULL;
}

static void
a_base_marks_what_changed_since(void **state)
{
    (void)state;
    type("b30k<Enter>X");
    char *f = frame(120, 40);
    assert_non_null(strstr(f, "  base set"));
    char *row = strstr(f, "| Requests/day ");
    assert_non_null(row);
    row[strcspn(row, "\n")] = '\0';
    assert_non_null(strstr(row, " 30k "));
    assert_non_null(strstr(strstr(row, " 30k "), " 20k"));
    free(f);
}

static void
several_scenarios_are_open_at_once(void **state)
{
    char command[1100];

    (void)state;
    snprintf(command, sizeof command, ":add %s<Enter>", source_path("scenarios/startup-mvp.yaml"));
    type(command);
    assert_int_equal(app.n_docs, 2);
    assert_int_equal(app.doc, 0);
    assert_true(app_view_is(&app, "compare"));
    app_make_view(&app);
    char *f = frame(140, 40);
    assert_non_null(strstr(f, " startup-mvp"));
    assert_non_null(strstr(f, "Requests/day"));
    assert_non_null(strstr(f, "5k to 20k"));
    assert_non_null(strstr(f, "total costs even at"));
    free(f);
    f = frame(80, 24); /* both have room in the smallest window, too */
    assert_non_null(strstr(f, " startup-mvp"));
    assert_non_null(strstr(f, "staged"));
    assert_null(strstr(f, "more column"));
    free(f);
    type(")");
    assert_int_equal(app.doc, 1);
    assert_string_equal(VOLUME, "5k to 20k");
    type("30k<Enter>:close<Enter>");
    assert_int_equal(app.n_docs, 2);
    type("u:close<Enter>");
    assert_int_equal(app.n_docs, 1);
    assert_string_equal(VOLUME, "20k");
}

static void
copied_is_what_is_shown(void **state)
{
    (void)state;
    type("y");
    assert_string_equal(app.copied.text, "workload.requests_per_day: 20k");
    assert_true(app.copy_due);
    type("I<Tab><Tab><Tab><Tab><Tab><Tab>y");
    assert_non_null(strstr(app.copied.text, "claude"));
    type("#");
    char *f = frame(120, 60), *line = strstr(app.copied.text, "input");
    assert_non_null(strstr(f, "claude"));
    (void)line;
    free(f);
}

static void
each_view_is_written_to_a_file(void **state)
{
    struct error err;
    char path[] = "/tmp/breakeven-view-XXXXXX", name[64], command[128], *bytes;
    size_t n;

    (void)state;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    unlink(path);
    for (int v = 0; v < app_views_n(); v++) {
        app.view = v;
        app_make_view(&app);
        snprintf(name, sizeof name, "%s.txt", path);
        snprintf(command, sizeof command, ":chart %s<Enter>", name);
        type(command);
        assert_non_null(strstr(app.status, "wrote "));
        assert_int_equal(file_read(name, 1 << 20, &bytes, &n, NULL, &err), 0);
        assert_true(n > 100);
        assert_null(strstr(bytes, " nan"));
        free(bytes);
        unlink(name);
        if (app_view_is(&app, "report"))
            continue;
        snprintf(name, sizeof name, "%s.svg", path);
        snprintf(command, sizeof command, ":chart %s<Enter>", name);
        type(command);
        assert_int_equal(file_read(name, 1 << 20, &bytes, &n, NULL, &err), 0);
        assert_non_null(strstr(bytes, "</svg>"));
        free(bytes);
        unlink(name);
    }
    type(":chart x.gif<Enter>");
    assert_non_null(strstr(app.status, ":chart FILE"));
}

/* ---- the editor --------------------------------------------------------------------------- */

static const char *edit_from, *edit_to;

static int
replace_in_editor(const char *text, size_t n, char **out, size_t *out_n, struct error *err)
{
    const char *at = edit_from != NULL ? strstr(text, edit_from) : text + n;
    struct buffer b;

    if (edit_to == NULL)
        return error_set(err, ERR_IO, "the editor gave up (status 1): nothing is changed");
    assert_non_null(at);
    buffer_init(&b);
    buffer_add(&b, text, (size_t)(at - text));
    buffer_puts(&b, edit_to);
    if (edit_from != NULL)
        buffer_puts(&b, at + strlen(edit_from));
    *out_n = b.n;
    *out = buffer_steal(&b);
    return 0;
}

static void
the_editor_s_text_is_one_step(void **state)
{
    (void)state;
    app.run_editor = replace_in_editor;
    edit_from = "requests_per_day: 20k", edit_to = "requests_per_day: 35k # as counted";
    type("<C-e>");
    assert_string_equal(VOLUME, "35k");
    assert_int_equal(history_unsaved(&app_doc(&app)->history), 1);
    type(":w<Enter>");
    struct error err;
    char *bytes;
    size_t n;
    assert_int_equal(file_read(file_name, 1 << 20, &bytes, &n, NULL, &err), 0);
    assert_non_null(strstr(bytes, "# as counted"));
    free(bytes);
    type("u");
    assert_string_equal(VOLUME, "20k");
}

static void
a_text_that_does_not_parse_changes_nothing(void **state)
{
    (void)state;
    app.run_editor = replace_in_editor;
    edit_from = "requests_per_day: 20k", edit_to = "requests_per_day: [20k";
    type("<C-e>");
    assert_non_null(strstr(app.status, "not taken, line "));
    edit_to = "requests_per_dya: 20k";
    type("<C-e>");
    assert_non_null(strstr(app.status, "requests_per_day"));
    edit_to = NULL;
    type("<C-e>");
    assert_non_null(strstr(app.status, "gave up"));
    assert_string_equal(VOLUME, "20k");
    assert_int_equal(history_unsaved(&app_doc(&app)->history), 0);
}

/* ---- keys that find nothing to do ------------------------------------------------------------ */

static void
a_key_that_does_nothing_says_so(void **state)
{
    static const struct {
        const char *keys, *said;
    } dead[] = {
        { "Q", "Q does nothing; ? lists the keys" },
        { "<A-1>a", "a counts in pane 2 and pane 6; ? lists all keys" },
        { "<A-4>5", "5: this row takes no number" },
        { "<Down><Delete>", "Data may leave always has one of its choices: nothing to clear" },
        { "<A-1> ", "set Requests/day 20k -> 20k \xc2\xb1" "20%" },
        { "u:set requests_per_day=10k to 20k<Enter> ", "no point to widen: 10k to 20k" },
        { "<A-6>]", "an arm has no value: Enter unfolds it" },
        { "<A-6>g", "no figure in this row that could turn the pick" },
        { "<A-4><Home>]", "Regimes is no number: Enter has its choices" },
        { "C<A-1><S-Tab>7", "7 types over a field: go to a pane first" },
        { "W#", "this view is a table always" },
        { "R#", "the report is text always" },
    };

    (void)state;
    for (size_t k = 0; k < BE_LEN(dead); k++) {
        type(dead[k].keys);
        if (strstr(app.status, dead[k].said) == NULL)
            fail_msg("%s says \"%s\", not \"%s\"", dead[k].keys, app.status, dead[k].said);
    }
}

/* ---- the mouse ------------------------------------------------------------------------------ */

static void
point(int button, int row, int column, bool ctrl)
{
    struct key k = { .code = KEY_MOUSE_, .button = button, .row = row, .column = column, .ctrl = ctrl, .at_ms = clock_ms += 1000 };

    mouse_key(&app, &k);
}

static void
a_click_goes_where_it_points(void **state)
{
    (void)state;
    free(frame(120, 40));
    point(1, 3, 5, false);
    assert_string_equal(here(), "workload.input_tokens");
    point(1, 3, 5, false); /* again: edit */
    assert_int_equal(app.mode, MODE_ENTRY);
    type("<Esc>");
    point(1, app.map.tabs_row, app.map.tabs[4], false);
    assert_int_equal(app.view, 4);
    app.view = 0;
    free(frame(120, 40));
    const struct chart_area *a = &app.map.area;
    point(1, a->row + 2, a->column + 20, false);
    assert_int_equal(app.focus, FOCUS_VIEW);
    assert_int_equal(app.crosshair, 20);
    char *f = frame(120, 40);
    assert_non_null(strstr(f, "/day  B gpt4o"));
    free(f);
}

/* As Tab keeps it; its own row is no place beside it, and what is refused stays open. */
static void
a_click_beside_an_entry_keeps_it(void **state)
{
    (void)state;
    free(frame(120, 40));
    type("30k");
    point(1, 2, 20, false);
    assert_int_equal(app.mode, MODE_ENTRY);
    assert_string_equal(VOLUME, "20k");
    point(1, 4, 5, false);
    assert_int_equal(app.mode, MODE_REST);
    assert_string_equal(VOLUME, "30k");
    assert_string_equal(here(), "workload.output_tokens");
    free(frame(120, 40));
    type("12k to 8k");
    point(1, 2, 5, false);
    assert_int_equal(app.mode, MODE_ENTRY);
    assert_string_equal(here(), "workload.output_tokens");
    assert_true(app.complaint[0] != '\0');
    type("<Esc>/");
    free(frame(120, 40));
    point(1, 30, 115, false); /* beside the list */
    assert_int_equal(app.mode, MODE_REST);
    type("?");
    free(frame(120, 40));
    point(1, 30, 115, false);
    assert_int_equal(app.mode, MODE_REST);
}

/* Rows of a table, bars, cells of a map; the second click is Enter. */
static void
a_click_chooses_in_every_kind_of_view(void **state)
{
    (void)state;
    app_solve(&app, 256, DEPTH_ALL);
    type(":set workload.input_tokens=300 to 900<Enter>:set workload.output_tokens=50 to 200<Enter>T");
    app_solve(&app, 256, DEPTH_ALL);
    free(frame(120, 40));
    assert_int_equal(app.focus, FOCUS_PANE);
    struct chart *c = malloc(sizeof *c);
    assert_non_null(c);
    assert_int_equal(app_build_view(&app, c, 70), 0);
    int bar = app.map.area.row;
    while (app.map.area.item[bar] != 2)
        bar++;
    point(1, bar, 60, false);
    assert_int_equal(app.focus, FOCUS_VIEW);
    assert_int_equal(app.row, 1);
    char *f = frame(120, 40);
    assert_int_equal(app.map.cursor_row, bar);
    free(f);
    point(1, bar, 70, false);
    assert_string_equal(here(), c->bars[1].path);
    assert_int_equal(app.focus, FOCUS_PANE);
    free(c);
    /* a table that is longer than its place moves under the click: the second of two fast ones is for the same row */
    type("W");
    free(frame(120, 40));
    int row = app.map.view_row + app.map.view_rows - 1, item;
    while ((item = app.map.area.item[row]) == 0)
        row--;
    assert_true(item > 4 && app.map.cursor_rows > item);
    point(1, row, 60, false);
    assert_int_equal(app.row, item - 1);
    free(frame(120, 40));
    assert_int_not_equal(app.map.area.item[row], item); /* it moved */
    assert_int_equal(app.focus, FOCUS_VIEW);
    clock_ms -= 900; /* 100 ms later */
    point(1, row, 60, false);
    assert_int_equal(app.row, item - 1);
    assert_int_not_equal(app.mode == MODE_FIND, app.focus == FOCUS_PANE);
    type("<Esc><A-1>M");
    app_make_view(&app);
    free(frame(120, 40));
    const struct chart_area a = app.map.area;
    point(1, a.row + a.rows - 1, a.column + 3, false);
    assert_int_equal(app.crosshair, 3);
    assert_int_equal(app.row, app.map.cursor_rows - 1);
    point(1, a.row, a.column + 5, false);
    assert_int_equal(app.crosshair, 5);
    assert_int_equal(app.row, 0);
}

/* Twice on the axis takes the volume, as Enter would; a heading beside the tabs is none. */
static void
a_second_click_on_the_axis_takes_the_volume(void **state)
{
    (void)state;
    type("C");
    free(frame(200, 50));
    const struct chart_area *a = &app.map.area;
    point(1, a->row + 2, a->column + 20, false);
    assert_string_equal(VOLUME, "20k");
    free(frame(200, 50));
    point(1, a->row + 3, a->column + 20, false);
    assert_string_not_equal(VOLUME, "20k");
    int view = app.view;
    point(1, app.map.tabs_row, app.map.tabs_end + 30, false);
    assert_int_equal(app.view, view);
}

/* A row of a list by its first click, taken by the second; a click below the list closes it. */
static void
a_list_is_clicked_through(void **state)
{
    (void)state;
    type("<A-4><Home>");
    type(":set constraints.ml_team=none<Enter><Enter>");
    assert_int_equal(app.mode, MODE_LIST);
    free(frame(120, 40));
    int row = app.map.list_row + (app.list_at == 0 ? 1 : 0), want = row - app.map.list_row;
    point(1, row, 5, false);
    assert_int_equal(app.list_at, want);
    assert_int_equal(app.mode, MODE_LIST);
    point(1, app.map.list_row + app.map.list_rows + 1, 5, false); /* below the box: it closes, nothing taken */
    assert_int_equal(app.mode, MODE_REST);
    assert_string_equal(value_of("constraints.ml_team"), "none");
    type("<Enter>");
    free(frame(120, 40));
    point(1, row, 5, false);
    point(1, row, 5, false);
    assert_int_equal(app.mode, MODE_REST);
    assert_string_not_equal(value_of("constraints.ml_team"), "none");
    type("?");
    free(frame(80, 24));
    point(5, 5, 5, false);
    assert_int_equal(app.scroll, 3);
    point(4, 5, 5, false);
    assert_int_equal(app.scroll, 0);
}

static void
the_wheel_changes_a_value_only_with_ctrl_over_the_focused_one(void **state)
{
    (void)state;
    free(frame(120, 40));
    point(5, 2, 5, false);
    assert_string_equal(VOLUME, "20k");
    assert_string_not_equal(here(), "workload.requests_per_day");
    free(frame(120, 40));
    point(4, 2, 5, true); /* not the focused row */
    assert_string_equal(VOLUME, "20k");
    type("<Home>");
    free(frame(120, 40));
    point(4, 2, 5, true);
    assert_string_equal(VOLUME, "21k");
    point(5, 2, 5, true);
    assert_string_equal(VOLUME, "20k");
}

/* ---- the rest --------------------------------------------------------------------------------- */

/* Of what lies under it: a table's rows, a pane's; over the verdict nothing. */
static void
the_wheel_scrolls_what_is_under_it(void **state)
{
    (void)state;
    type("W");
    app_solve(&app, 256, DEPTH_ALL);
    free(frame(120, 40));
    point(5, app.map.view_row + 2, 60, false);
    assert_int_equal(app.focus, FOCUS_VIEW);
    assert_int_equal(app.row, 3);
    point(4, app.map.view_row + 2, 60, false);
    assert_int_equal(app.row, 0);
    point(5, app.map.view_row + app.map.view_rows + 3, 60, false);
    assert_int_equal(app.row, 0);
    point(5, 4, 5, false);
    assert_int_equal(app.focus, FOCUS_PANE);
    assert_string_not_equal(here(), "workload.requests_per_day");
}

static void
the_tour_has_five_steps_on_the_live_screen(void **state)
{
    (void)state;
    type(":tour<Enter>");
    for (int k = 1; k <= 5; k++) {
        char *f = frame(160, 40), words[16];
        snprintf(words, sizeof words, "%d of 5", k);
        assert_non_null(strstr(f, words));
        free(f);
        type("<Enter>");
    }
    assert_int_equal(app.tour, 0);
    type(":tour<Enter>30k<Enter>");
    assert_string_equal(VOLUME, "30k");
    assert_int_equal(app.tour, 1);
    type("<Esc>");
    assert_int_equal(app.tour, 0);
}

static const struct pilot *
only_pilot(void)
{
    assert_int_equal(app_doc(&app)->file.scenario.n_pilots, 1);
    return &app_doc(&app)->file.scenario.pilots[0];
}

/* Added by one entry, each figure a row of pane 2 with an entry, nudges and undo of its own. */
static void
pilots_are_rows_that_are_added_edited_and_removed(void **state)
{
    const struct scenario *sc = &app_doc(&app)->file.scenario;

    (void)state;
    assert_int_equal(sc->n_pilots, 0);
    type("<A-2>a");
    assert_int_equal(app.mode, MODE_ENTRY);
    type("200 150 250");
    char *f = frame(80, 24);
    assert_non_null(strstr(f, ">Add a pilot     [200 150 250 ]|"));
    assert_non_null(strstr(f, "reads as trained on 200, 150 of 250 right: 60.0%"));
    free(f);
    type("<Enter>");
    assert_string_equal(app.status, "set Pilot 1 - -> 200: 150 of 250");
    assert_int_equal(only_pilot()->n, 200);
    assert_int_equal(app_answer(&app)->setup.sc.n_pilots, 1); /* the answer is that of the pilot */
    type("u");
    assert_int_equal(sc->n_pilots, 0);
    assert_non_null(strstr(app.status, "undone: Pilot 1 200: 150 of 250 -> unset"));
    type("<C-r>");
    type("1k<Enter>"); /* the cursor is on its first figure */
    assert_int_equal(only_pilot()->n, 1000);
    type("<Enter><C-u>*1.5<Enter>");
    assert_int_equal(only_pilot()->n, 1500);
    type("[");
    assert_int_equal(only_pilot()->n, 750);
    type("<Down>+");
    assert_int_equal(only_pilot()->right, 160);
    for (int k = 0; k < 3; k++)
        app_key(&app, &(struct key){ .code = '+', .at_ms = clock_ms += 30 });
    assert_int_equal(only_pilot()->right, 190);
    type("u"); /* the run is one step with the nudge that it began near, or one of its own */
    assert_int_equal(only_pilot()->right % 10, 0);
    assert_true(only_pilot()->right < 190);
    type("<Down>=100*3<Enter>");
    assert_int_equal(only_pilot()->total, 300);
    f = frame(80, 24);
    assert_non_null(strstr(f, ">Pilot 1 tested  300 "));
    free(f);
    type("y");
    assert_string_equal(app.copied.text, "Pilot 1 tested: 300");
    type("x");
    assert_int_equal(sc->n_pilots, 0);
    assert_non_null(strstr(app.status, "removed Pilot 1, 750: "));
    type("uE"); /* there again, and the cursor stands on a row */
    assert_int_equal(sc->n_pilots, 1);
    struct pane_row row;
    assert_true(app_current(&app, &row));
    type("<A-2>:w<Enter>");
    struct error err;
    char *bytes;
    size_t n;
    assert_int_equal(file_read(file_name, 1 << 20, &bytes, &n, NULL, &err), 0);
    assert_non_null(strstr(bytes, "\npilots: [{n: 750, right: "));
    free(bytes);
}

/* As in the linear mode, which has no rows. */
static void
pilots_are_set_by_name(void **state)
{
    const struct scenario *sc = &app_doc(&app)->file.scenario;

    (void)state;
    type(":set pilot=200 150 250<Enter>:set pilot = 500: 200 of 250<Enter>");
    assert_int_equal(sc->n_pilots, 2);
    assert_string_equal(app.status, "set Pilot 2 - -> 500: 200 of 250");
    type(":set pilot.1=210 160 250<Enter>");
    assert_int_equal(sc->pilots[0].n, 210);
    type(":set pilot.1=210 300 250<Enter>");
    assert_string_equal(app.status, "300 right of 250 tested cannot be");
    type(":set pilot.3=1 1 1<Enter>");
    assert_string_equal(app.status, "no pilot.3, there are 2; pilot=200 150 250 adds one");
    type(":set pilot.1=<Enter>");
    assert_int_equal(only_pilot()->n, 500);
    type("uuuu");
    assert_int_equal(sc->n_pilots, 0);
}

/* What was counted is one whole number, and no more are right than were tested. */
static void
a_pilot_that_cannot_be_is_refused_at_its_row(void **state)
{
    static const struct {
        const char *typed, *reason;
    } wrong[] = { { "300", "300 right of 250 tested cannot be" }, { "10 to 20", "one number, no range" },
                  { "1.5", "a whole number is expected" }, { "2e9", "2B is not in 0..1B" } },
      wrong_new[] = { { "200 150", "three numbers" }, { "200 150 250 1", "three numbers" }, { "200 1..2 3", "no range" },
                      { "200 4 3", "4 right of 3 tested cannot be" }, { "0 1 2", "0 is not in 1..1B" } };

    (void)state;
    type("<A-2>a200: 150 of 250<Enter><Down>");
    for (size_t k = 0; k < BE_LEN(wrong); k++) {
        type(wrong[k].typed);
        type("<Enter>");
        assert_int_equal(app.mode, MODE_ENTRY);
        assert_true(app.complaint[0] != '\0');
        assert_non_null(strstr(app.complaint, wrong[k].reason));
        type("<Esc>");
        assert_int_equal(only_pilot()->right, 150);
    }
    for (size_t k = 0; k < BE_LEN(wrong_new); k++) {
        type("a");
        type(wrong_new[k].typed);
        type("<Enter>");
        assert_int_equal(app.mode, MODE_ENTRY);
        assert_true(app.complaint[0] != '\0');
        assert_non_null(strstr(app.complaint, wrong_new[k].reason));
        type("<Esc>");
        assert_int_equal(only_pilot()->right, 150);
    }
    type("g");
    assert_non_null(strstr(app.status, "no flip is sought"));
    type("x");
    assert_string_equal(app.status, "put the cursor on a pilot first");
    while (app_doc(&app)->file.scenario.n_pilots < PILOTS_MAX)
        type("a200 150 250<Enter>");
    type("a");
    assert_int_equal(app.mode, MODE_REST);
    assert_non_null(strstr(app.status, "at most 32 pilots"));
}

static void
a_decision_is_recorded_with_its_day_and_prices(void **state)
{
    (void)state;
    options.today = (struct date){ 2026, 11, 26 };
    type(":decide<Enter>");
    const struct decision *d = &app_doc(&app)->file.scenario.decision;
    assert_true(d->present);
    assert_string_equal(d->pick, "gpt4o");
    assert_int_equal(d->on.day, 26);
    assert_close(d->p_best, 1, 1e-12);
    assert_int_equal(d->n_prices, 3);
    type(":w<Enter>");
    assert_non_null(strstr(app.status, "saved"));
    type("u");
    assert_false(app_doc(&app)->file.scenario.decision.present);
    type(":decide nobody<Enter>");
    assert_string_equal(app.status, "no arm nobody");
}

static void
a_value_gets_a_source_of_its_own(void **state)
{
    (void)state;
    type(":source product analytics, 2026-11<Enter>:w<Enter>");
    assert_non_null(strstr(app.status, "saved"));
    char *f = frame(200, 50);
    assert_non_null(strstr(f, " product a"));
    free(f);
    type(":source<Enter>");
    assert_string_equal(app.status, "source of Requests/day: none");
    type(":source<Enter>");
    assert_string_equal(app.status, "Requests/day has no source of its own");
    type("uu");
    assert_int_equal(history_unsaved(&app_doc(&app)->history), 1);
}

static void
the_shipped_example_is_saved_under_another_name(void **state)
{
    (void)state;
    app_doc(&app)->read_only_name = true;
    type("30k<Enter>:w<Enter>");
    assert_int_equal(app.mode, MODE_PROMPT);
    assert_string_equal(app.edit.text, "w my-scenario.yaml");
}

/* Two files with unsaved edits of a session that died: each is asked about with its file in sight. */
static void
each_journal_is_asked_about_in_turn(void **state)
{
    struct error err;
    char folder[] = "/tmp/breakeven-state-XXXXXX", second[] = "/tmp/breakeven-two-XXXXXX", *bytes, *two[2] = { file_name, second };
    size_t n;

    (void)state;
    assert_non_null(mkdtemp(folder));
    int fd = mkstemp(second);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(file_read(file_name, 1 << 20, &bytes, &n, NULL, &err), 0);
    assert_int_equal(file_write(second, bytes, n, NULL, NULL, &err), 0);
    free(bytes);
    options.state_folder = folder;
    options.files = two;
    options.n_files = 2;
    app_release(&app);
    assert_int_equal(app_init(&app, &options, &err), 0);
    type("30k<Enter>)40k<Enter>50k<Enter>");
    app_release(&app);
    assert_int_equal(app_init(&app, &options, &err), 0);
    assert_int_equal(app.ask, ASK_RECOVER);
    assert_non_null(strstr(app.status, "1 unsaved edit "));
    type("y");
    assert_close(app.docs[0].file.scenario.workload.requests_per_day.x, 30e3, 1e-12);
    assert_int_equal(app.doc, 1);
    assert_non_null(strstr(app.status, "2 unsaved edits "));
    type("n");
    assert_int_equal(app.mode, MODE_REST);
    assert_string_equal(VOLUME, "20k");
    type(":recover<Enter>");
    assert_string_equal(VOLUME, "50k");
    type(":w<Enter>(:w<Enter>");
    rmdir(folder); /* fails if a journal is left */
    assert_int_not_equal(access(folder, F_OK), 0);
    unlink(second);
}

static void
themes_and_glyphs_change_at_once(void **state)
{
    (void)state;
    type(":theme okabe<Enter>");
    assert_string_equal(app.theme->name, "okabe");
    type(":theme okabbe<Enter>");
    assert_non_null(strstr(app.status, "no theme okabbe"));
    type(":glyphs braille<Enter>");
    assert_false(app.glyphs->ascii);
    type(":theme o<Tab>");
    assert_string_equal(app.edit.text, "theme okabe");
}

static void
the_large_view_and_back(void **state)
{
    (void)state;
    type("z");
    char *f = frame(80, 24);
    assert_null(strstr(f, "1 Workload"));
    assert_non_null(strstr(f, "C Cost"));
    free(f);
    type("z<A-1>");
    f = frame(80, 24);
    assert_non_null(strstr(f, "1 Workload"));
    free(f);
}

static void
the_cursor_is_always_where_the_work_is(void **state)
{
    static const int sizes[][2] = { { 80, 24 }, { 120, 40 }, { 40, 10 } };

    (void)state;
    for (size_t s = 0; s < BE_LEN(sizes); s++)
        for (int k = 0; k < 8; k++) {
            struct canvas c;
            int row, column;
            assert_int_equal(canvas_init(&c, sizes[s][0], sizes[s][1]), 0);
            app_draw(&app, &c, &app.map, &row, &column);
            canvas_release(&c);
            assert_in_range(row, 0, sizes[s][1] - 1);
            assert_in_range(column, 0, sizes[s][0] - 1);
            type("<Tab>");
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, start, stop)
        T(find_goes_to_a_field_and_escape_returns),
        T(find_knows_views_and_commands),
        T(jumps_can_be_taken_back),
        T(the_history_goes_to_any_step),
        T(problems_are_marked_and_visited_in_turn),
        T(what_a_file_holds_and_nobody_understands_is_a_problem),
        T(goal_seek_opens_the_entry_at_the_flip),
        T(goal_seek_names_the_nearest_flip),
        T(goal_seek_waits_for_the_flips),
        T(a_flip_to_no_arm_says_none),
        T(wide_panes_name_their_sources),
        T(the_axes_of_a_map_are_named_as_the_fields_are),
        T(a_base_marks_what_changed_since),
        T(several_scenarios_are_open_at_once),
        T(copied_is_what_is_shown),
        T(each_view_is_written_to_a_file),
        T(the_editor_s_text_is_one_step),
        T(a_text_that_does_not_parse_changes_nothing),
        T(a_click_goes_where_it_points),
        T(a_click_chooses_in_every_kind_of_view),
        T(a_second_click_on_the_axis_takes_the_volume),
        T(a_list_is_clicked_through),
        T(the_wheel_changes_a_value_only_with_ctrl_over_the_focused_one),
        T(the_wheel_scrolls_what_is_under_it),
        T(the_tour_has_five_steps_on_the_live_screen),
        T(pilots_are_rows_that_are_added_edited_and_removed),
        T(a_pilot_that_cannot_be_is_refused_at_its_row),
        T(a_decision_is_recorded_with_its_day_and_prices),
        T(a_value_gets_a_source_of_its_own),
        T(the_shipped_example_is_saved_under_another_name),
        T(each_journal_is_asked_about_in_turn),
        T(themes_and_glyphs_change_at_once),
        T(the_large_view_and_back),
        T(the_cursor_is_always_where_the_work_is),
        T(a_key_that_does_nothing_says_so),
        T(a_click_beside_an_entry_keeps_it),
        T(pilots_are_set_by_name),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, open_catalog, close_catalog);
}
