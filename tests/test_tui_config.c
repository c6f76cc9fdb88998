/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "tui_support.h"

/* config.yaml: preferences, rebinding, and its problems at their place. */

static struct tui_config config;
static struct problems found;
static char folder[64];

static int
read_text(const char *text)
{
    struct error err;
    char path[128];

    snprintf(folder, sizeof folder, "/tmp/breakeven-config-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/config.yaml", folder);
    if (text != NULL)
        assert_int_equal(file_write(path, text, strlen(text), NULL, NULL, &err), 0);
    problems_init(&found);
    int status = tui_config_read(&config, folder, &found, &err);
    unlink(path);
    rmdir(folder);
    return status;
}

static const char *
keys_of(const char *name)
{
    const struct binding_row *rows;
    int n = tui_bindings(&config, &rows);

    for (int k = 0; k < n; k++)
        if (strcmp(rows[k].name, name) == 0)
            return rows[k].keys;
    return NULL;
}

static void
no_file_is_an_empty_one(void **state)
{
    (void)state;
    assert_int_equal(read_text(NULL), 0);
    assert_int_equal(found.n, 0);
    assert_int_equal(config.glyphs, -1);
    assert_string_equal(keys_of("help"), "? F1");
    assert_string_equal(keys_of("save-quit"), "ZZ");
}

static void
every_setting_is_taken(void **state)
{
    (void)state;
    assert_int_equal(read_text("theme: okabe\nglyphs: block\nmouse: off\nplain: yes\nkeys:\n  help: F2\n"), 0);
    assert_int_equal(found.n, 0);
    assert_string_equal(config.theme, "okabe");
    assert_int_equal(config.glyphs, GLYPHS_BLOCK);
    assert_int_equal(config.mouse, 0);
    assert_int_equal(config.plain, 1);
    assert_string_equal(keys_of("help"), "F2");
}

static void
a_key_taken_is_taken_from_the_row_that_had_it(void **state)
{
    (void)state;
    assert_int_equal(read_text("keys:\n  undo: q\n  quit: Q Alt-q\n"), 0);
    assert_int_equal(found.n, 0);
    assert_string_equal(keys_of("undo"), "q");
    assert_string_equal(keys_of("quit"), "Q Alt-q");
    assert_string_equal(keys_of("redo"), "^R");
}

static void
problems_stand_at_their_place_with_the_nearest_name(void **state)
{
    (void)state;
    assert_int_equal(read_text("theem: dark\nglyphs: brail\nkeys:\n  hlep: F3\n  undo: Nokey\n  base: x\n  redo: x\n"), 0);
    assert_int_equal(found.n, 5);
    assert_non_null(strstr(found.list[0].error.text, "nearest theme"));
    assert_int_equal(found.list[0].error.line, 1);
    assert_non_null(strstr(found.list[1].error.text, "expected braille"));
    assert_int_equal(found.list[1].error.line, 2);
    assert_int_equal(found.list[1].error.column, 9);
    assert_non_null(strstr(found.list[2].error.text, "nearest help"));
    assert_int_equal(found.list[2].error.line, 4);
    assert_non_null(strstr(found.list[3].error.text, "Nokey is no key"));
    assert_int_equal(found.list[3].error.line, 5);
    assert_non_null(strstr(found.list[4].error.text, "bound to base already"));
    assert_int_equal(found.list[4].error.line, 7);
    assert_non_null(strstr(config.problem, "config.yaml:1:1: no setting theem"));
}

static void
what_is_no_yaml_is_refused_at_its_place(void **state)
{
    (void)state;
    assert_int_equal(read_text("theme: [dark\n"), -1);
    assert_non_null(strstr(config.problem, "config.yaml:"));
    assert_string_equal(config.theme, "");
}

/* The rows of the frame are those of the table: help, bottom line and what the key does. */
static void
bound_anew_the_screen_follows(void **state)
{
    (void)state;
    assert_int_equal(read_text("keys:\n  help: F2\n  raise: m\n  quit: Q\n"), 0);
    options.config = &config;
    problems_init(&found);
    keymap_init(&app.keymap, &config, &found);
    char *f = frame(80, 24);
    assert_non_null(strstr(f, "m/- nudge"));
    assert_non_null(strstr(f, "F2 help  Q quit"));
    free(f);
    type("m");
    assert_string_equal(VOLUME, "21k");
    type("q");
    assert_false(app.quit);
    type("<F2>");
    assert_int_equal(app.mode, MODE_HELP);
}

/* With this as the configuration. */
static void
take_config(const char *text)
{
    assert_int_equal(read_text(text), 0);
    options.config = &config;
    problems_init(&found);
    keymap_init(&app.keymap, &config, &found);
}

static void
keys_of_what_is_open_are_bound_anew(void **state)
{
    (void)state;
    take_config("keys:\n  entry-keep: F5\n  entry-leave: Alt-q\n  list-next: ^N\n  list-take: F5\n  line-run: F5\n"
                "  page-close: X\n  text-clear: ^W\n  step-next: d\n  redraw: F12\n");
    assert_int_equal(found.n, 0);
    type("40k<Enter>");
    assert_int_equal(app.mode, MODE_ENTRY); /* Enter is free */
    type("<F5>");
    assert_string_equal(VOLUME, "40k");
    type("9<C-w>7<A-q>");
    assert_int_equal(app.mode, MODE_REST);
    assert_string_equal(VOLUME, "40k");
    type("9<C-w>7k");
    char *f = frame(80, 24);
    assert_non_null(strstr(f, "F5 keep  Alt-q put back"));
    assert_non_null(strstr(f, "Alt-q puts back 40k"));
    free(f);
    type("<F5>");
    assert_string_equal(VOLUME, "7k");
    type("Hd<Esc>"); /* of the history: a step on, which it had reached */
    type("/thr<Down>");
    assert_int_equal(app.list_at, 0); /* Down went with the row's own keys */
    type("<C-n><C-n>");
    assert_int_equal(app.list_at, 2);
    f = frame(80, 24);
    assert_non_null(strstr(f, "^N choose"));
    assert_non_null(strstr(f, "F5 takes"));
    free(f);
    type("<Esc>:view tornado<Enter>");
    assert_int_equal(app.mode, MODE_PROMPT);
    type("<F5>");
    assert_true(app_view_is(&app, "tornado"));
    type("?q");
    assert_int_equal(app.mode, MODE_HELP);
    type("X");
    assert_int_equal(app.mode, MODE_REST);
    type("/x<F12>"); /* an act of everywhere */
    assert_true(app.redraw);
    assert_int_equal(app.mode, MODE_FIND);
}

/* Each is refused with its reason at its place, and the keys as built stay. */
static void
a_binding_that_would_lock_in_is_refused(void **state)
{
    static const struct {
        const char *text, *reason, *act, *keys;
    } wrong[] = {
        { "entry-leave: ''", "entry-leave: nothing would leave no key that closes an entry", "entry-leave", "Esc ^C" },
        { "entry-swap: Esc ^C", "entry-swap: Esc ^C would leave no key that closes an entry", "entry-leave", "Esc ^C" },
        { "text-left: Esc ^C", "would leave no key that closes", "list-leave", "Esc ^C" },
        { "redraw: Enter", "would leave no key that", "list-take", "Enter" },
        { "page-down-line: Esc q ? F1 ^C", "would leave no key that closes the help", "page-close", "Esc q ? F1 ^C" },
        { "line-older: Enter", "would leave no key that runs a command (line-run has Enter)", "line-run", "Enter" },
        { "entry-keep: x", "x is text where entry-keep counts", "entry-keep", "Enter" },
        { "list-take: Nokey", "Nokey is no key", "list-take", "Enter" },
        { "list-tak: F5", "no act list-tak, nearest list-take", "list-take", "Enter" },
    };
    char text[200];

    (void)state;
    for (size_t k = 0; k < BE_LEN(wrong); k++) {
        snprintf(text, sizeof text, "theme: dark\nkeys:\n  %s\n", wrong[k].text);
        assert_int_equal(read_text(text), 0);
        assert_int_equal(found.n, 1);
        assert_non_null(strstr(found.list[0].error.text, wrong[k].reason));
        assert_int_equal(found.list[0].error.line, 3);
        assert_int_equal(found.list[0].error.column, 3);
        assert_string_equal(keys_of(wrong[k].act), wrong[k].keys);
    }
    assert_int_equal(read_text("keys:\n  undo: q\n  redo: \":\"\n"), 0); /* ZZ still quits */
    assert_int_equal(found.n, 0);
    assert_int_equal(read_text("keys:\n  undo: q\n  redo: \":\"\n  save-quit: ''\n"), 0);
    assert_int_equal(found.n, 1);
    assert_non_null(strstr(found.list[0].error.text, "would leave no key that quits"));
    assert_int_equal(found.list[0].error.line, 4);
    assert_string_equal(keys_of("save-quit"), "ZZ");
}

/* Whatever may be bound, an entry that was opened can be kept and left by the keys that the table names. */
static void
a_key_for_a_wider_place_yields_to_none(void **state)
{
    (void)state;
    take_config("keys:\n  text-start: Enter ^A\n  entry-down: F6\n  entry-next-pane: F7\n");
    assert_int_equal(found.n, 1); /* nothing else keeps an entry by a key as built; a list would not be taken */
    assert_string_equal(keys_of("entry-keep"), "Enter");
    assert_string_equal(keys_of("text-start"), "Home ^A");
    assert_string_equal(keys_of("entry-down"), "F6");
}

static void
no_key_of_the_table_is_bound_twice_in_one_place(void **state)
{
    const struct keymap *m = &app.keymap;

    (void)state;
    for (int a = 0; a < m->n; a++)
        for (int b = a + 1; b < m->n; b++)
            if (m->bound[a].code == m->bound[b].code &&
                strcmp(m->rows[m->bound[a].row].where, m->rows[m->bound[b].row].where) == 0)
                fail_msg("%s and %s share a key", m->rows[m->bound[a].row].name, m->rows[m->bound[b].row].name);
    /* and each row has the keys that it names */
    for (int r = 0; r < m->n_rows; r++)
        assert_string_equal(m->shown[r], m->rows[r].keys);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_file_is_an_empty_one),
        cmocka_unit_test(every_setting_is_taken),
        cmocka_unit_test(a_key_taken_is_taken_from_the_row_that_had_it),
        cmocka_unit_test(problems_stand_at_their_place_with_the_nearest_name),
        cmocka_unit_test(what_is_no_yaml_is_refused_at_its_place),
        cmocka_unit_test_setup_teardown(bound_anew_the_screen_follows, start, stop),
        cmocka_unit_test_setup_teardown(keys_of_what_is_open_are_bound_anew, start, stop),
        cmocka_unit_test(a_binding_that_would_lock_in_is_refused),
        cmocka_unit_test_setup_teardown(a_key_for_a_wider_place_yields_to_none, start, stop),
        cmocka_unit_test_setup_teardown(no_key_of_the_table_is_bound_twice_in_one_place, start, stop),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, open_catalog, close_catalog);
}
