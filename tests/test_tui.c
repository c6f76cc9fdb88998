/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "tui_support.h"

static void
the_first_frame_has_scenario_verdict_and_keys(void **state)
{
    char *f = frame(80, 24);

    (void)state;
    assert_non_null(strstr(f, " breakeven-tui-"));
    assert_non_null(strstr(f, "PICK gpt4o, saves $428/mo"));
    assert_non_null(strstr(f, "? help"));
    assert_non_null(strstr(f, ">Requests/day    20k"));
    free(f);
}

static void
a_typed_number_is_previewed_and_kept_by_enter(void **state)
{
    (void)state;
    type("40k");
    char *f = frame(80, 24);
    assert_non_null(strstr(f, "reads as exactly 40k"));
    assert_non_null(strstr(f, "preview: gpt4o, clear   was: gpt4o, clear   Esc puts back 20k"));
    free(f);
    assert_string_equal(VOLUME, "20k");
    type("<Enter>");
    assert_string_equal(VOLUME, "40k");
    assert_string_equal(app.status, "set Requests/day 20k -> 40k");
    assert_close(app_answer(&app)->tokens_per_day, 24e6, 1e-12);
}

static void
escape_puts_everything_back(void **state)
{
    char *before = frame(80, 24), *after;

    (void)state;
    type("999<Esc>");
    after = frame(80, 24);
    assert_string_equal(VOLUME, "20k");
    assert_string_equal(before, after);
    free(before);
    free(after);
}

static void
a_range_changes_what_the_answer_knows(void **state)
{
    (void)state;
    type("12k to 30k<Enter>");
    assert_string_equal(VOLUME, "12k to 30k");
    const struct arm_answer *a = &app_answer(&app)->arms[0];
    assert_true(a->month_usd.p95 > a->month_usd.p5 * 1.5);
    char *f = frame(120, 40);
    assert_non_null(strstr(f, "log-normal"));
    free(f);
}

static void
what_does_not_parse_is_refused_at_its_field(void **state)
{
    static const char *const wrong[] = { "12k to 8k", "3,00", "1e400", "$5" };

    (void)state;
    for (size_t k = 0; k < BE_LEN(wrong); k++) {
        type(wrong[k]);
        type("<Enter>");
        assert_int_equal(app.mode, MODE_ENTRY);
        char *f = frame(80, 24);
        assert_non_null(strstr(f, "\n!"));
        assert_non_null(strstr(f, "in force: 20k"));
        free(f);
        type("<Esc>");
        assert_string_equal(VOLUME, "20k");
    }
}

static void
nudges_move_the_second_digit_and_a_fast_run_the_first(void **state)
{
    (void)state;
    type("+");
    assert_string_equal(VOLUME, "21k");
    type("-");
    assert_string_equal(VOLUME, "20k");
    for (int k = 0; k < 12; k++) {
        struct key key = { .code = '+', .at_ms = clock_ms += 30 };
        app_key(&app, &key);
    }
    double x = app_doc(&app)->file.scenario.workload.requests_per_day.x;
    assert_true(x > 50000);
    type("u");
    assert_string_equal(VOLUME, "20k");
    assert_non_null(strstr(app.status, "undone: Requests/day"));
}

static void
brackets_halve_double_and_shift_by_ten(void **state)
{
    (void)state;
    type("]");
    assert_string_equal(VOLUME, "40k");
    type("[");
    assert_string_equal(VOLUME, "20k");
    type("}");
    assert_string_equal(VOLUME, "200k");
    type("{");
    assert_string_equal(VOLUME, "20k");
    type("<Enter><C-u>*1.1<Enter>");
    assert_string_equal(VOLUME, "22k");
}

static void
undo_and_redo_say_what_they_did(void **state)
{
    (void)state;
    type("u");
    assert_string_equal(app.status, "nothing to undo");
    type("30k<Enter>u");
    assert_string_equal(app.status, "undone: Requests/day 30k -> 20k");
    app.glyphs = glyphs_of(GLYPHS_BRAILLE);
    type("<C-r>");
    assert_string_equal(VOLUME, "30k");
    assert_string_equal(app.status, "redone: Requests/day 20k \u2192 30k");
}

/* The drawing of a range is there before Enter; a point and what does not parse have none. */
static void
an_entry_draws_its_distribution(void **state)
{
    char strip[64];
    struct quantity q;
    struct error err;
    struct quantity_rules how = { .form = FORM_NUMBER, .low = 0, .high = 1e12 };

    (void)state;
    app.glyphs = glyphs_of(GLYPHS_BRAILLE);
    assert_int_equal(quantity_parse(&q, "12k to 30k", &how, &err), 0);
    chart_strip(strip, sizeof strip, &q, 14, app.glyphs);
    type("12k to 30k");
    char *f = frame(80, 24);
    assert_non_null(strstr(f, strip));
    free(f);
    type("<C-u>12k");
    f = frame(80, 24);
    assert_non_null(strstr(f, " reads as exactly 12k"));
    free(f);
    type("<Esc>");
}

/* Saving from within an entry keeps it first; one that is refused is neither kept nor saved. */
static void
save_in_an_entry_keeps_it(void **state)
{
    (void)state;
    type("30k<C-s>");
    assert_int_equal(app.mode, MODE_REST);
    assert_string_equal(VOLUME, "30k");
    assert_int_equal(history_unsaved(&app_doc(&app)->history), 0);
    assert_int_equal(strncmp(app.status, "saved", 5), 0);
    type("9k to 3k<C-s>");
    assert_int_equal(app.mode, MODE_ENTRY);
    assert_string_equal(VOLUME, "30k");
    type("<Esc>");
}

static void
a_value_says_its_unit_where_there_is_room(void **state)
{
    (void)state;
    char *f = frame(120, 40);
    assert_non_null(strstr(f, "Length spread   0  ")); /* a ratio has none */
    assert_non_null(strstr(f, "Requests/day    20k  ")); /* the label says it */
    free(f);
    type("<A-3>");
    f = frame(120, 40);
    assert_non_null(strstr(f, "Start-up time   15 minutes"));
    assert_non_null(strstr(f, "Spare replicas  0  "));
    free(f);
}

/* A unit that is too long for its pane is said in fewer letters, and in full below. */
static void
a_long_unit_is_read_at_80_columns(void **state)
{
    (void)state;
    type(":set arms.gpt4o.setup_person_months=1.5<Enter>");
    char *f = frame(80, 24);
    assert_non_null(strstr(f, ">Set-up work     1.5 pers-mo   |"));
    free(f);
    app.status[0] = '\0';
    f = frame(80, 24);
    assert_non_null(strstr(f, "Set-up work, person-months:"));
    free(f);
    type(":set arms.gpt4o.setup_person_months=0.5 to 1.5<Enter>");
    f = frame(80, 24);
    assert_non_null(strstr(f, "0.5 to 1.5    |")); /* nothing of it fits */
    free(f);
    f = frame(200, 50);
    assert_non_null(strstr(f, "0.5 to 1.5 p-mo"));
    free(f);
}

/* While there is something to save the line of keys says how, in each pane. */
static void
the_keys_name_save_while_edits_are_unsaved(void **state)
{
    (void)state;
    char *f = frame(80, 24);
    assert_null(strstr(f, "^S save"));
    free(f);
    type("+");
    for (int pane = 0; pane <= PANE_COUNT; pane++, type("<Tab>")) {
        f = frame(80, 24);
        assert_non_null(strstr(f, "^S save"));
        assert_non_null(strstr(f, "q quit"));
        free(f);
    }
    type("<C-s>");
    f = frame(80, 24);
    assert_null(strstr(f, "^S save"));
    free(f);
}

static void
the_command_line_sets_completes_and_names_the_nearest(void **state)
{
    (void)state;
    type(":set requests_per_day=33k<Enter>");
    assert_string_equal(VOLUME, "33k");
    type(":set peak_t<Tab>");
    assert_string_equal(app.edit.text, "set peak_to_average=");
    type("<Esc>:set ml_team=full<Tab>");
    assert_string_equal(app.edit.text, "set ml_team=full-time");
    type("<Esc>:set peak_to_averge=2<Enter>");
    assert_non_null(strstr(app.status, "peak_to_average"));
    type(":exprot x.md<Enter>");
    assert_string_equal(app.status, "no command exprot, nearest export");
}

static void
saving_is_a_one_line_diff(void **state)
{
    struct error err;
    char *before, *after;
    size_t n, m;

    (void)state;
    assert_int_equal(file_read(file_name, 1 << 20, &before, &n, NULL, &err), 0);
    type("8k to 12k<Enter>:w<Enter>");
    assert_int_equal(file_read(file_name, 1 << 20, &after, &m, NULL, &err), 0);
    int changed = 0;
    const char *a = before, *b = after;
    while (*a != '\0' || *b != '\0') {
        size_t la = strcspn(a, "\n"), lb = strcspn(b, "\n");
        if (la != lb || memcmp(a, b, la) != 0) {
            changed++;
            assert_non_null(strstr(b, "requests_per_day: 8k to 12k"));
        }
        a += la + (a[la] == '\n');
        b += lb + (b[lb] == '\n');
    }
    assert_int_equal(changed, 1);
    assert_int_equal(history_unsaved(&app_doc(&app)->history), 0);
    free(before);
    free(after);
}

static void
quitting_with_unsaved_edits_asks(void **state)
{
    (void)state;
    type("q");
    assert_true(app.quit);
    app.quit = false;
    type("30k<Enter>q");
    assert_false(app.quit);
    assert_non_null(strstr(app.status, "1 unsaved edit"));
    type("<Esc>");
    assert_false(app.quit);
    type("qn");
    assert_true(app.quit);
}

static void
choices_open_a_list_that_letters_narrow(void **state)
{
    (void)state;
    type("<A-4>");
    struct field_ref ref;
    struct error err;
    assert_int_equal(field_find(&app_doc(&app)->file.scenario, "constraints.ml_team", &ref, &err), 0);
    app_goto(&app, ref);
    type("<Enter>");
    assert_int_equal(app.mode, MODE_LIST);
    type("full<Enter>");
    assert_string_equal(value_of("constraints.ml_team"), "full-time");
}

/* Beside a constraint stand the arms that its gates bar, as the answer has them. */
static void
a_constraint_shows_the_arms_that_it_bars(void **state)
{
    char barred[64] = "n bars";
    int n = 0;

    (void)state;
    type(":set data_may_leave=yes<Enter><A-4>");
    char *f = frame(120, 40);
    assert_non_null(strstr(f, "- bars none"));
    assert_null(strstr(f, barred));
    free(f);
    type(":set data_may_leave=never<Enter><A-4>");
    const struct answer *an = app_answer(&app);
    for (int a = 0; a < an->n_arms; a++)
        for (int g = 0; g < an->arms[a].n_gates; g++)
            if (strcmp(an->arms[a].gates[g].id, "data") == 0 && an->arms[a].gates[g].state == GATE_BREACHED) {
                snprintf(barred + strlen(barred), sizeof barred - strlen(barred), " %c", 'A' + a);
                n++;
            }
    assert_true(n > 0 && n < an->n_arms);
    f = frame(120, 40);
    const char *row = strstr(f, "Data may leave  never");
    assert_non_null(row);
    assert_ptr_equal(strstr(row, barred), row + 29);
    free(f);
    f = frame(80, 24);
    row = strstr(f, "Data may leave  never");
    assert_non_null(row);
    assert_non_null(strstr(row, " n "));
    assert_true(strstr(row, " n ") < row + strcspn(row, "|"));
    assert_non_null(strstr(f, barred)); /* in words on the bottom line */
    free(f);
}

static void
arms_are_added_copied_moved_and_removed_as_single_steps(void **state)
{
    (void)state;
    type("<A-6><End>");
    assert_int_equal(app_doc(&app)->file.scenario.n_arms, 3);
    type("aself-open llama-3-8b<Enter><Esc>");
    assert_int_equal(app_doc(&app)->file.scenario.n_arms, 4);
    assert_string_equal(value_of("arms.llama-3-8b.kind"), "self-open");
    assert_string_equal(value_of("arms.llama-3-8b.model"), "llama-3-8b");
    type("x");
    assert_int_equal(app_doc(&app)->file.scenario.n_arms, 3);
    type("uu");
    assert_int_equal(app_doc(&app)->file.scenario.n_arms, 3);
    assert_int_equal(scenario_find_arm(&app_doc(&app)->file.scenario, "llama-3-8b"), -1);
}

static void
help_has_every_row_of_the_key_table_once(void **state)
{
    const struct binding_row *rows;
    int n = tui_bindings(NULL, &rows);
    char seen[32768] = "";

    (void)state;
    type("?");
    for (int page = 0; page < 101; page++) {
        char *f = frame(120, 30);
        if (strlen(seen) + strlen(f) < sizeof seen && page % 20 == 0)
            strcat(seen, f);
        free(f);
        type("j");
    }
    for (int k = 0; k < n; k++)
        if (strlen(rows[k].help) > 12 && strstr(seen, rows[k].help) == NULL)
            fail_msg("help lacks: %s", rows[k].help);
    type("<Esc>");
    assert_int_equal(app.mode, MODE_REST);
}

static void
frames_fit_every_window_and_come_back_the_same(void **state)
{
    static const int sizes[][2] = { { 200, 50 }, { 120, 40 }, { 40, 10 }, { 20, 4 }, { 1, 1 }, { 80, 24 } };
    char *first = frame(80, 24), *last = NULL;

    (void)state;
    for (size_t k = 0; k < BE_LEN(sizes); k++) {
        free(last);
        last = frame(sizes[k][0], sizes[k][1]);
        int rows = 0;
        for (const char *line = last; *line != '\0'; line += strcspn(line, "\n") + 1) {
            char one[1024];
            snprintf(one, sizeof one, "%.*s", (int)strcspn(line, "\n"), line);
            assert_true(text_width(one) <= sizes[k][0]);
            rows++;
        }
        assert_int_equal(rows, sizes[k][1]);
        if (sizes[k][0] >= 20)
            assert_non_null(strstr(last, "gpt4o"));
    }
    assert_string_equal(first, last);
    free(first);
    free(last);
}

static void
every_view_draws_and_has_a_table(void **state)
{
    (void)state;
    for (int v = 0; v < views_n; v++) {
        app.view = v;
        for (int table = 0; table < 2; table++) {
            app.table = table;
            char *f = frame(120, 40);
            assert_non_null(strstr(f, views[v].name));
            assert_null(strstr(f, "nan"));
            free(f);
        }
    }
}

static void
ascii_frames_hold_nothing_else(void **state)
{
    (void)state;
    for (int v = 0; v < views_n; v++) {
        app.view = v;
        char *f = frame(100, 30);
        for (const char *p = f; *p != '\0'; p++)
            if ((unsigned char)*p >= 0x80)
                fail_msg("view %s holds a byte over 0x7f", views[v].id);
        free(f);
    }
}

/* No control but the line ends of a frame, none of the second set, no mark that turns the direction of a text. */
static void
assert_harmless(const char *f, const char *what)
{
    uint32_t cp;

    for (const char *p = f; *p != '\0'; p += text_decode(p, strlen(p), &cp)) {
        text_decode(p, strlen(p), &cp);
        if ((cp < 0x20 && cp != '\n') || (cp >= 0x7f && cp < 0xa0) || cp == 0x61c || cp == 0x200e || cp == 0x200f ||
            (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069))
            fail_msg("%s: U+%04X reaches the screen", what, (unsigned)cp);
    }
}

/* In all views, tables and lists, at three sizes, in what is typed, completed, found, told and undone. */
static void
hostile_text_of_a_file_is_harmless(void **state)
{
    static const int sizes[][2] = { { 80, 24 }, { 120, 40 }, { 200, 50 } };
    static const char *const ways[] = { "", "<Tab>", ":goal <Tab>", ":set title=<Tab>", "/a", "H", "?", "<Esc>:set title=b<Enter>", "<Esc>u",
                                        "<A-6><Enter>", "<A-6><Down><Down><Enter>", "a", "<A-5><Enter>", "b", "y" };
    struct scenario *sc = &app_doc(&app)->file.scenario;

    (void)state;
    app.glyphs = glyphs_of(GLYPHS_BRAILLE);
    text_copy(sc->title, sizeof sc->title, "\x1b]52;x\x07\xe2\x80\xae evil \xe2\x81\xa6\xc2\x9b" "2J \xe6\xbc\xa2\xe5\xad\x97 e\xcc\x81 \r\n\t|<b>=1+1");
    text_copy(sc->arms[0].name, NAME_MAX_BYTES, "a\x1b[2J\xe2\x80\xae");
    text_copy(sc->arms[1].name, NAME_MAX_BYTES, "\xd8\x9c\xe2\x80\x8f\xc2\x85\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2");
    app_after_edit(&app);
    for (size_t k = 0; k < BE_LEN(sizes); k++) {
        for (int v = 0; v < app_views_n(); v++)
            for (int table = 0; table < 2; table++) {
                app.view = v;
                app.table = table;
                char *f = frame(sizes[k][0], sizes[k][1]);
                assert_harmless(f, app_view(v)->name);
                free(f);
            }
        app.view = 0;
        app.table = false;
        for (size_t w = 0; w < BE_LEN(ways); w++) {
            type(ways[w]);
            char *f = frame(sizes[k][0], sizes[k][1]);
            assert_harmless(f, ways[w]);
            free(f);
            type("<Esc><Esc>");
        }
    }
}

static void
pasted_text_is_not_run(void **state)
{
    struct key k = { .code = KEY_PASTE_, .paste = ":q!\n" };

    (void)state;
    app_key(&app, &k);
    assert_false(app.quit);
    type("<Enter><C-u>");
    k.paste = "8k to 12k\n";
    app_key(&app, &k);
    assert_int_equal(app.mode, MODE_ENTRY);
    assert_string_equal(app.edit.text, "8k to 12k");
}

/* What is being typed may be longer than the window is wide: its end and the cursor stay in sight. */
static void
the_cursor_stays_in_a_narrow_window(void **state)
{
    static const char *const doors[] = { ":", "/", "5" };
    struct canvas c;
    int row, column;

    (void)state;
    for (size_t k = 0; k < BE_LEN(doors); k++) {
        type(doors[k]);
        for (int n = 0; n < 150; n++) {
            type(n == 149 ? "z" : n % 10 == 0 ? "\xe2\x82\xb9" : "7");
            for (int columns = 40; columns <= 120; columns += 40) {
                assert_int_equal(canvas_init(&c, columns, 24), 0);
                app_draw(&app, &c, &app.map, &row, &column);
                assert_true(row >= 0 && row < 24 && column > 0 && column < columns);
                if (app.mode != MODE_REST)
                    assert_int_equal(c.cells[row * columns + column - 1].glyph, n == 149 ? 'z' : n % 10 == 0 ? 0x20b9 : '7');
                canvas_release(&c);
            }
        }
        type("<Esc><Esc>");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, start, stop)
        T(the_cursor_stays_in_a_narrow_window),
        T(the_first_frame_has_scenario_verdict_and_keys),
        T(a_typed_number_is_previewed_and_kept_by_enter),
        T(escape_puts_everything_back),
        T(a_range_changes_what_the_answer_knows),
        T(what_does_not_parse_is_refused_at_its_field),
        T(nudges_move_the_second_digit_and_a_fast_run_the_first),
        T(brackets_halve_double_and_shift_by_ten),
        T(undo_and_redo_say_what_they_did),
        T(an_entry_draws_its_distribution),
        T(save_in_an_entry_keeps_it),
        T(a_value_says_its_unit_where_there_is_room),
        T(a_long_unit_is_read_at_80_columns),
        T(the_keys_name_save_while_edits_are_unsaved),
        T(the_command_line_sets_completes_and_names_the_nearest),
        T(saving_is_a_one_line_diff),
        T(quitting_with_unsaved_edits_asks),
        T(choices_open_a_list_that_letters_narrow),
        T(a_constraint_shows_the_arms_that_it_bars),
        T(arms_are_added_copied_moved_and_removed_as_single_steps),
        T(help_has_every_row_of_the_key_table_once),
        T(frames_fit_every_window_and_come_back_the_same),
        T(every_view_draws_and_has_a_table),
        T(ascii_frames_hold_nothing_else),
        T(hostile_text_of_a_file_is_harmless),
        T(pasted_text_is_not_run),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, open_catalog, close_catalog);
}
