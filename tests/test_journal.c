/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "breakeven/scenario.h"
#include "support.h"

static struct scenario sc, back;
static char top[64], folder[80], plan[80];
static struct error err;

static int
fresh(void **state)
{
    (void)state;
    scenario_init(&sc);
    scenario_init(&back);
    snprintf(top, sizeof top, "/tmp/breakeven-journal-XXXXXX");
    assert_non_null(mkdtemp(top));
    snprintf(folder, sizeof folder, "%s/a/b", top);
    snprintf(plan, sizeof plan, "%s/plan.yaml", top);
    return file_write(plan, "breakeven: 1\n", 13, NULL, NULL, &err);
}

/* Also what a killed session left of a file that it was writing. */
static void
remove_all_in(const char *where)
{
    DIR *dir = opendir(where);
    char path[400];

    for (struct dirent *e = dir != NULL ? readdir(dir) : NULL; e != NULL; e = readdir(dir)) {
        snprintf(path, sizeof path, "%s/%.255s", where, e->d_name);
        unlink(path);
    }
    if (dir != NULL)
        closedir(dir);
    rmdir(where);
}

static int
done(void **state)
{
    char path[80];

    (void)state;
    remove_all_in(folder);
    snprintf(path, sizeof path, "%s/a", top);
    rmdir(path);
    remove_all_in(top);
    return access(top, F_OK) == 0 ? -1 : 0;
}

static void
set(const char *path, const char *text)
{
    struct field_ref ref;

    if (field_find(&sc, path, &ref, &err) != 0 || field_set_text(&sc, ref, text, NULL, &err) != 0)
        fail_msg("%s=%s: %s", path, text, err.text);
}

static int
edits_kept(const char *path)
{
    int edits = -1;

    if (journal_read(folder, path, &back, NULL, &edits, &err) != 0)
        fail_msg("%s", err.text);
    return edits;
}

static void
unsaved_work_comes_back(void **state)
{
    struct stat st;
    int edits = -1;

    (void)state;
    assert_int_equal(edits_kept(plan), 0);
    set("workload.input_tokens", "8k to 12k");
    set("notes", "two lines:\n  # no comment");
    set("constraints.regimes", "#1, #3");
    assert_true(scenario_add_arm(&sc, "a", ARM_SELF_TUNED, &err) >= 0);
    set("arms.a.gpu_price_usd_h", "$2 to $3");
    assert_int_equal(journal_write(folder, plan, &sc, 3, NULL, &err), 0);
    assert_int_equal(stat(folder, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_int_equal(edits_kept(plan), 3);
    assert_int_equal(err.code, ERR_OK);
    assert_true(scenario_equal(&sc, &back));
    assert_int_equal(journal_clear(folder, plan, &err), 0);
    assert_int_equal(journal_read(folder, plan, &back, NULL, &edits, &err), 0);
    assert_int_equal(edits, 0);
    assert_true(scenario_equal(&sc, &back)); /* untouched */
    assert_int_equal(journal_clear(folder, plan, &err), 0);
}

static void
a_person_can_read_it(void **state)
{
    char name[300], line[300], *text;
    size_t n;

    (void)state;
    set("workload.input_tokens", "600");
    assert_int_equal(journal_write(folder, plan, &sc, 2, NULL, &err), 0);
    assert_int_equal(file_read(journal_name(folder, plan, name, sizeof name), 1 << 20, &text, &n, NULL, &err), 0);
    snprintf(line, sizeof line, "# of the file %s\n", plan);
    assert_ptr_equal(strstr(text, "# breakeven journal, unsaved edits: 2\n"), text);
    assert_non_null(strstr(text, line));
    assert_non_null(strstr(text, "# when the first was made: 13 bytes, hash "));
    assert_non_null(strstr(text, "\nbreakeven: 1\n\nworkload:\n  input_tokens: 600\n"));
    free(text);
}

static void
all_edits_taken_back_leave_no_journal(void **state)
{
    char name[300];

    (void)state;
    assert_int_equal(journal_write(folder, plan, &sc, 1, NULL, &err), 0);
    assert_int_equal(access(journal_name(folder, plan, name, sizeof name), F_OK), 0);
    assert_int_equal(journal_write(folder, plan, &sc, 0, NULL, &err), 0);
    assert_int_not_equal(access(name, F_OK), 0);
}

static void
a_file_has_one_journal_however_it_is_called(void **state)
{
    char here[1024], one[300], other[300], path[300], link[100];

    (void)state;
    assert_non_null(getcwd(here, sizeof here));
    journal_name(folder, plan, one, sizeof one);
    snprintf(path, sizeof path, "%s/../%s/./plan.yaml", top, strrchr(top, '/') + 1);
    assert_string_equal(journal_name(folder, path, other, sizeof other), one);
    snprintf(link, sizeof link, "%s/link.yaml", top);
    assert_int_equal(symlink(plan, link), 0);
    assert_string_equal(journal_name(folder, link, other, sizeof other), one);
    assert_int_equal(chdir(top), 0);
    assert_string_equal(journal_name(folder, "plan.yaml", other, sizeof other), one);
    /* a file that is yet to be made as well, and not the same in every folder */
    snprintf(path, sizeof path, "%s/new.yaml", top);
    journal_name(folder, path, one, sizeof one);
    assert_string_equal(journal_name(folder, "new.yaml", other, sizeof other), one);
    assert_string_equal(journal_name(folder, "./new.yaml", other, sizeof other), one);
    assert_int_equal(chdir("/"), 0);
    assert_string_not_equal(journal_name(folder, "new.yaml", other, sizeof other), one);
    assert_int_equal(chdir(here), 0);
    set("workload.input_tokens", "600");
    assert_int_equal(journal_write(folder, link, &sc, 1, NULL, &err), 0);
    assert_int_equal(edits_kept(plan), 1);
    assert_int_equal(edits_kept(path), 0);
}

static void
what_was_declined_is_kept_until_a_save(void **state)
{
    int edits;

    (void)state;
    set("workload.input_tokens", "600");
    assert_int_equal(journal_write(folder, plan, &sc, 3, NULL, &err), 0);
    assert_int_equal(journal_set_aside(folder, plan, &err), 0);
    assert_int_equal(edits_kept(plan), 0);
    /* a new session's edits, made and all taken back, do not touch it */
    set("workload.input_tokens", "700");
    assert_int_equal(journal_write(folder, plan, &sc, 1, NULL, &err), 0);
    assert_int_equal(edits_kept(plan), 1);
    assert_int_equal(journal_write(folder, plan, &sc, 0, NULL, &err), 0);
    assert_int_equal(journal_read_aside(folder, plan, &back, NULL, &edits, &err), 0);
    assert_int_equal(edits, 3);
    assert_string_equal(back.workload.input_tokens.text, "600");
    assert_int_equal(journal_clear(folder, plan, &err), 0);
    assert_int_equal(journal_read_aside(folder, plan, &back, NULL, &edits, &err), 0);
    assert_int_equal(edits, 0);
    assert_int_equal(journal_set_aside(folder, plan, &err), 0); /* nothing to set aside */
}

static void
a_file_that_changed_since_the_first_edit_is_told(void **state)
{
    char fresh_file[100];

    (void)state;
    assert_int_equal(journal_base_changed(folder, plan), -1);
    assert_int_equal(journal_write(folder, plan, &sc, 1, NULL, &err), 0);
    assert_int_equal(journal_base_changed(folder, plan), 0);
    assert_int_equal(file_write(plan, "breakeven: 1\n#\n", 15, NULL, NULL, &err), 0);
    assert_int_equal(journal_base_changed(folder, plan), 1);
    /* later edits are made on the same old file */
    assert_int_equal(journal_write(folder, plan, &sc, 2, NULL, &err), 0);
    assert_int_equal(journal_base_changed(folder, plan), 1);
    assert_int_equal(journal_clear(folder, plan, &err), 0);
    assert_int_equal(journal_write(folder, plan, &sc, 1, NULL, &err), 0);
    assert_int_equal(journal_base_changed(folder, plan), 0);

    snprintf(fresh_file, sizeof fresh_file, "%s/new.yaml", top);
    assert_int_equal(journal_write(folder, fresh_file, &sc, 1, NULL, &err), 0);
    assert_int_equal(journal_base_changed(folder, fresh_file), 0);
    assert_int_equal(file_write(fresh_file, "breakeven: 1\n", 13, NULL, NULL, &err), 0);
    assert_int_equal(journal_base_changed(folder, fresh_file), 1);
}

/* Where the program dies before the disk was waited for, and where the machine does. */
static void
a_note_counts_at_once_and_one_that_ends_early_never(void **state)
{
    char name[PATH_MAX], note[PATH_MAX + 8], *text;
    size_t n;
    int edits;

    (void)state;
    assert_int_equal(journal_write(folder, plan, &sc, 1, NULL, &err), 0);
    assert_int_equal(journal_note(folder, plan, &sc, 2, NULL, &err), 0);
    snprintf(note, sizeof note, "%s.note", journal_name(folder, plan, name, sizeof name));
    assert_int_equal(file_read(note, 1 << 20, &text, &n, NULL, &err), 0);
    assert_int_equal(journal_read(folder, plan, &back, NULL, &edits, &err), 0);
    assert_int_equal(edits, 2);
    assert_int_equal(access(note, F_OK), -1);
    assert_int_equal(journal_base_changed(folder, plan), 0);
    text[n - 2] = '\0'; /* the machine stopped before the last bytes were out */
    for (size_t keep = 0; keep < n; keep += n / 7) {
        assert_int_equal(journal_write(folder, plan, &sc, 1, NULL, &err), 0);
        assert_int_equal(file_write(note, text, keep, NULL, NULL, &err), 0);
        assert_int_equal(journal_read(folder, plan, &back, NULL, &edits, &err), 0);
        assert_int_equal(edits, 1);
        assert_int_equal(access(note, F_OK), -1);
    }
    free(text);
    assert_int_equal(journal_note(folder, plan, &sc, 3, NULL, &err), 0);
    assert_int_equal(journal_note(folder, plan, &sc, 0, NULL, &err), 0); /* all taken back */
    assert_int_equal(journal_read(folder, plan, &back, NULL, &edits, &err), 0);
    assert_int_equal(edits, 0);
    assert_int_equal(journal_note(folder, plan, &sc, 3, NULL, &err), 0);
    assert_int_equal(journal_clear(folder, plan, &err), 0);
    assert_int_equal(access(note, F_OK), -1);
}

static void
what_is_no_journal_is_refused(void **state)
{
    static const char *const bad[] = {
        "", "torn", "breakeven: 1\n", "# breakeven journal, unsaved edits: 0\nbreakeven: 1\n",
        "# breakeven journal, unsaved edits: -3\nbreakeven: 1\n", "# breakeven journal, unsaved edits: 99999999999999999999\nbreakeven: 1\n",
        "# breakeven journal, unsaved edits: 2\n", "# breakeven journal, unsaved edits: 2\nbreakeven: 1\nworkload:\n  inp: [",
        "title: x\n# breakeven journal, unsaved edits: 2\n",
    };
    char name[300];
    int edits;

    (void)state;
    assert_int_equal(journal_write(folder, plan, &sc, 1, NULL, &err), 0);
    journal_name(folder, plan, name, sizeof name);
    for (size_t k = 0; k < BE_LEN(bad); k++) {
        assert_int_equal(file_write(name, bad[k], strlen(bad[k]), NULL, NULL, &err), 0);
        if (journal_read(folder, plan, &back, NULL, &edits, &err) != -1 || edits != 0)
            fail_msg("taken for a journal: %s", bad[k]);
        assert_true(scenario_equal(&sc, &back)); /* untouched */
    }
}

static void
a_name_that_the_catalog_lost_is_told_and_the_rest_is_there(void **state)
{
    static const char text[] = "# breakeven journal, unsaved edits: 2\nbreakeven: 1\nconstraints: {regimes: [gone]}\n"
                               "workload: {input_tokens: 77}\n";
    char name[300];

    (void)state;
    assert_int_equal(journal_write(folder, plan, &sc, 1, NULL, &err), 0);
    assert_int_equal(file_write(journal_name(folder, plan, name, sizeof name), text, strlen(text), NULL, NULL, &err), 0);
    assert_int_equal(edits_kept(plan), 2);
    assert_int_equal(err.code, ERR_UNKNOWN);
    assert_int_equal(err.line, 3);
    assert_string_equal(back.workload.input_tokens.text, "77");
}

static void
a_folder_that_cannot_be_made_is_an_error(void **state)
{
    char below_a_file[100], too_long[5000];

    (void)state;
    snprintf(below_a_file, sizeof below_a_file, "%s/x", plan);
    assert_int_equal(journal_write(below_a_file, plan, &sc, 1, NULL, &err), -1);
    assert_int_equal(err.code, ERR_IO);
    assert_int_equal(journal_clear(below_a_file, plan, &err), 0); /* nothing there is nothing to clear */
    memset(too_long, 'x', sizeof too_long - 1);
    too_long[sizeof too_long - 1] = '\0';
    assert_int_equal(journal_write(too_long, plan, &sc, 1, NULL, &err), -1);
    assert_int_equal(err.code, ERR_IO);
}

/* A session that edits as fast as it can, until it is killed. */
static void
edit_until_killed(int told)
{
    char text[16];

    for (int n = 1;; n++) {
        struct field_ref ref;
        snprintf(text, sizeof text, "%d", n);
        if (field_find(&sc, "workload.input_tokens", &ref, &err) < 0 || field_set_text(&sc, ref, text, NULL, &err) < 0 ||
            journal_write(folder, plan, &sc, n, NULL, &err) < 0 || write(told, &n, sizeof n) != (ssize_t)sizeof n)
            _exit(1);
    }
}

static void
a_killed_session_loses_no_edit_that_was_written(void **state)
{
    (void)state;
    for (int round = 0; round < 12; round++) {
        int ends[2], n, last = 0, status;
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            close(ends[0]);
            edit_until_killed(ends[1]);
        }
        close(ends[1]);
        assert_int_equal(read(ends[0], &last, sizeof last), (int)sizeof last); /* it is at work */
        nanosleep(&(struct timespec){ 0, 1700000L * round }, NULL);
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        while (read(ends[0], &n, sizeof n) == (ssize_t)sizeof n)
            last = n;
        close(ends[0]);
        int kept = edits_kept(plan);
        assert_true(kept == last || kept == last + 1); /* written, but not told any more */
        assert_close(back.workload.input_tokens.x, kept, 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(unsaved_work_comes_back, fresh, done),
        cmocka_unit_test_setup_teardown(a_person_can_read_it, fresh, done),
        cmocka_unit_test_setup_teardown(all_edits_taken_back_leave_no_journal, fresh, done),
        cmocka_unit_test_setup_teardown(a_file_has_one_journal_however_it_is_called, fresh, done),
        cmocka_unit_test_setup_teardown(what_was_declined_is_kept_until_a_save, fresh, done),
        cmocka_unit_test_setup_teardown(a_file_that_changed_since_the_first_edit_is_told, fresh, done),
        cmocka_unit_test_setup_teardown(a_note_counts_at_once_and_one_that_ends_early_never, fresh, done),
        cmocka_unit_test_setup_teardown(what_is_no_journal_is_refused, fresh, done),
        cmocka_unit_test_setup_teardown(a_name_that_the_catalog_lost_is_told_and_the_rest_is_there, fresh, done),
        cmocka_unit_test_setup_teardown(a_folder_that_cannot_be_made_is_an_error, fresh, done),
        cmocka_unit_test_setup_teardown(a_killed_session_loses_no_edit_that_was_written, fresh, done),
    };

    return RUN_GROUP(tests);
}
