/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "breakeven/document.h"
#include "support.h"

/* Each test works in a folder of its own, made and emptied here. */

static char folder[64];

static int
make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "document-file.XXXXXX");
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static void
empty(const char *path)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    char name[600];

    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
            struct stat st;
            if (lstat(name, &st) == 0 && S_ISDIR(st.st_mode))
                empty(name);
            else
                unlink(name);
        }
    closedir(dir);
    rmdir(path);
}

static int
remove_folder(void **state)
{
    (void)state;
    chmod(folder, 0700);
    empty(folder);
    return 0;
}

static const char *
in(const char *name)
{
    static char paths[4][400];
    static int next;

    next = (next + 1) % 4;
    snprintf(paths[next], sizeof paths[next], "%s/%s", folder, name);
    return paths[next];
}

static void
put(const char *path, const char *text, struct file_stamp *stamp)
{
    struct error e;

    if (file_write(path, text, strlen(text), NULL, stamp, &e) != 0)
        fail_msg("%s: %s", path, e.text);
}

static void
assert_holds(const char *path, const char *want)
{
    struct error e;
    char *bytes;
    size_t n;

    if (file_read(path, 1 << 20, &bytes, &n, NULL, &e) != 0)
        fail_msg("%s: %s", path, e.text);
    assert_int_equal(n, strlen(want));
    assert_string_equal(bytes, want);
    free(bytes);
}

/* How many names the folder holds: a temporary file left behind shows here. */
static int
names(void)
{
    DIR *dir = opendir(folder);
    int n = -2;

    assert_non_null(dir);
    while (readdir(dir) != NULL)
        n++;
    closedir(dir);
    return n;
}

/* Other bytes by other means, as an editor that writes in place. */
static void
overwrite(const char *path, const char *text, const struct stat *times)
{
    int fd = open(path, O_WRONLY | O_TRUNC);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    if (times != NULL) {
        struct timespec both[2] = { times->st_atim, times->st_mtim };
        assert_int_equal(futimens(fd, both), 0);
    }
    close(fd);
}

/* ---- reading ------------------------------------------------------------------------------ */

static void
a_file_is_read_whole(void **state)
{
    struct file_stamp stamp;
    struct error e;
    struct buffer b;
    char *bytes;
    size_t n;

    (void)state;
    buffer_init(&b);
    for (int k = 0; k < 100000; k++)
        buffer_putc(&b, (char)(k * 7 % 251));
    assert_int_equal(file_write(in("big"), b.text, b.n, NULL, NULL, &e), 0);
    assert_int_equal(file_read(in("big"), 100000, &bytes, &n, &stamp, &e), 0);
    assert_int_equal(n, 100000);
    assert_memory_equal(bytes, b.text, n);
    assert_int_equal(bytes[n], '\0');
    assert_true(stamp.exists);
    assert_int_equal(stamp.size, 100000);
    free(bytes);
    buffer_release(&b);
    put(in("empty"), "", NULL);
    assert_holds(in("empty"), "");
}

static void
a_file_over_the_limit_is_refused_unread(void **state)
{
    struct error e;
    char *bytes = NULL;
    size_t n = 77;

    (void)state;
    put(in("a"), "12345", NULL);
    assert_int_equal(file_read(in("a"), 4, &bytes, &n, NULL, &e), -1);
    assert_int_equal(e.code, ERR_SIZE);
    assert_null(bytes);
    assert_int_equal(n, 77);
    assert_int_equal(file_read(in("a"), 5, &bytes, &n, NULL, &e), 0);
    free(bytes);
    /* a sparse file of a terabyte costs no time */
    int fd = open(in("huge"), O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    if (ftruncate(fd, (off_t)1 << 40) == 0)
        assert_int_equal(file_read(in("huge"), 1 << 20, &bytes, &n, NULL, &e), -1);
    close(fd);
    assert_int_equal(e.code, ERR_SIZE);
}

static void
what_is_no_file_is_refused(void **state)
{
    struct error e;
    char *bytes = NULL;
    size_t n;

    (void)state;
    assert_int_equal(file_read(in("absent"), 10, &bytes, &n, NULL, &e), -1);
    assert_int_equal(e.code, ERR_IO);
    assert_non_null(strstr(e.text, strerror(ENOENT)));
    assert_int_equal(file_read(folder, 10, &bytes, &n, NULL, &e), -1);
    assert_int_equal(e.code, ERR_IO);
    assert_non_null(strstr(e.text, "is a folder"));
    assert_int_equal(file_write(folder, "x", 1, NULL, NULL, &e), -1);
    assert_non_null(strstr(e.text, "a folder"));
    assert_int_equal(file_read("/dev/null", 10, &bytes, &n, NULL, &e), -1);
    assert_int_equal(e.code, ERR_IO);
    assert_null(bytes);
}

static void
a_pipe_is_read_to_its_end_and_no_further_than_the_limit(void **state)
{
    struct error e;
    char *bytes, path[40];
    int ends[2];
    size_t n;

    (void)state;
    for (size_t limit = 4; limit <= 5; limit++) {
        assert_int_equal(pipe(ends), 0);
        assert_int_equal(write(ends[1], "12345", 5), 5);
        close(ends[1]);
        snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
        int status = file_read(path, limit, &bytes, &n, NULL, &e);
        close(ends[0]);
        assert_int_equal(status, limit == 5 ? 0 : -1);
        if (status == 0) {
            assert_string_equal(bytes, "12345");
            free(bytes);
        } else
            assert_int_equal(e.code, ERR_SIZE);
    }
}

/* ---- writing ------------------------------------------------------------------------------ */

static void
a_file_is_replaced_as_a_whole(void **state)
{
    struct stat before, after;

    (void)state;
    put(in("a"), "old", NULL);
    assert_int_equal(stat(in("a"), &before), 0);
    int fd = open(in("a"), O_RDONLY);
    put(in("a"), "new and longer", NULL);
    assert_int_equal(stat(in("a"), &after), 0);
    assert_holds(in("a"), "new and longer");
    assert_true(before.st_ino != after.st_ino);
    /* who had it open still sees the old one, whole */
    char bytes[8];
    assert_int_equal(read(fd, bytes, sizeof bytes), 3);
    assert_memory_equal(bytes, "old", 3);
    close(fd);
    assert_int_equal(names(), 1);
}

static void
the_mode_is_kept(void **state)
{
    static const mode_t modes[] = { 0600, 0644, 0640, 0444, 0755, 0664 };
    struct stat st;

    (void)state;
    for (size_t k = 0; k < BE_LEN(modes); k++) {
        put(in("a"), "x", NULL);
        assert_int_equal(chmod(in("a"), modes[k]), 0);
        put(in("a"), "y", NULL);
        assert_int_equal(stat(in("a"), &st), 0);
        assert_int_equal(st.st_mode & 07777, modes[k]);
        assert_holds(in("a"), "y");
    }
}

static void
a_new_file_has_the_mode_of_the_mask(void **state)
{
    struct stat st;
    mode_t old = umask(027);

    (void)state;
    put(in("new"), "x", NULL);
    umask(old);
    assert_int_equal(stat(in("new"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
}

/* Root alone may give a file away; anybody else sees his own kept. */
static void
the_owner_is_kept(void **state)
{
    struct stat st;
    uid_t owner = geteuid() == 0 ? 1234 : geteuid();
    gid_t group = geteuid() == 0 ? 2345 : getegid();

    (void)state;
    put(in("a"), "x", NULL);
    assert_int_equal(chown(in("a"), owner, group), 0);
    put(in("a"), "y", NULL);
    assert_int_equal(stat(in("a"), &st), 0);
    assert_int_equal(st.st_uid, owner);
    assert_int_equal(st.st_gid, group);
}

static void
a_symbolic_link_stays_one(void **state)
{
    struct stat st;
    char target[40];

    (void)state;
    assert_int_equal(mkdir(in("real"), 0700), 0);
    put(in("real/a"), "x", NULL);
    assert_int_equal(symlink("real/a", in("link")), 0);
    assert_int_equal(symlink("link", in("twice")), 0);
    put(in("twice"), "y", NULL);
    assert_int_equal(lstat(in("twice"), &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(lstat(in("link"), &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    ssize_t n = readlink(in("link"), target, sizeof target - 1);
    assert_int_equal(n, 6);
    assert_memory_equal(target, "real/a", 6);
    assert_holds(in("real/a"), "y");
    assert_int_equal(names(), 3);
}

static void
a_link_to_nothing_makes_its_target(void **state)
{
    struct stat st;

    (void)state;
    assert_int_equal(symlink("later", in("link")), 0);
    put(in("link"), "y", NULL);
    assert_int_equal(lstat(in("link"), &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_holds(in("later"), "y");
}

static void
links_in_a_circle_are_refused(void **state)
{
    struct error e;

    (void)state;
    assert_int_equal(symlink("b", in("a")), 0);
    assert_int_equal(symlink("a", in("b")), 0);
    assert_int_equal(file_write(in("a"), "x", 1, NULL, NULL, &e), -1);
    assert_int_equal(e.code, ERR_IO);
    assert_int_equal(names(), 2);
}

static void
a_folder_that_cannot_be_written_is_an_error_and_harms_nothing(void **state)
{
    struct error e;

    (void)state;
    put(in("a"), "x", NULL);
    assert_int_equal(file_write(in("none/a"), "y", 1, NULL, NULL, &e), -1);
    assert_int_equal(e.code, ERR_IO);
    assert_int_equal(file_write(in("a/b"), "y", 1, NULL, NULL, &e), -1);
    assert_int_equal(e.code, ERR_IO);
    if (geteuid() != 0) { /* root is refused nothing */
        assert_int_equal(chmod(folder, 0500), 0);
        assert_int_equal(file_write(in("a"), "y", 1, NULL, NULL, &e), -1);
        assert_int_equal(e.code, ERR_IO);
        assert_non_null(strstr(e.text, strerror(EACCES)));
        assert_int_equal(file_write(in("b"), "y", 1, NULL, NULL, &e), -1);
        assert_int_equal(chmod(folder, 0700), 0);
    }
    assert_holds(in("a"), "x");
    assert_int_equal(names(), 1);
}

static void
a_name_as_long_as_names_get_can_be_written(void **state)
{
    char name[256];

    (void)state;
    memset(name, 'n', 255);
    name[255] = '\0';
    put(in(name), "x", NULL);
    put(in(name), "y", NULL);
    assert_holds(in(name), "y");
}

static void
a_pipe_is_written_through(void **state)
{
    char path[40], got[8];
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[1]);
    put(path, "12345", NULL);
    assert_int_equal(read(ends[0], got, sizeof got), 5);
    assert_memory_equal(got, "12345", 5);
    close(ends[0]);
    close(ends[1]);
}

/* ---- changes by others ------------------------------------------------------------------------ */

static void
a_change_on_disk_is_noticed(void **state)
{
    struct file_stamp stamp;
    struct error e;
    struct stat st;
    char *bytes;
    size_t n;

    (void)state;
    put(in("a"), "one", NULL);
    assert_int_equal(file_read(in("a"), 10, &bytes, &n, &stamp, &e), 0);
    free(bytes);
    assert_int_equal(stat(in("a"), &st), 0);
    assert_int_equal(file_changed(in("a"), &stamp), 0);
    overwrite(in("a"), "one!", NULL);
    assert_int_equal(file_changed(in("a"), &stamp), 1);
    /* the same bytes at another time are no change */
    struct stat other = st;
    other.st_mtim.tv_sec -= 100;
    overwrite(in("a"), "one", &other);
    assert_int_equal(file_changed(in("a"), &stamp), 0);
    /* other bytes of the same number */
    overwrite(in("a"), "two", &other);
    assert_int_equal(file_changed(in("a"), &stamp), 1);
    unlink(in("a"));
    assert_int_equal(file_changed(in("a"), &stamp), 1);
    const struct file_stamp none = { .exists = false };
    assert_int_equal(file_changed(in("a"), &none), 0);
    assert_int_equal(file_changed(in("a/b"), &none), 0);
    put(in("a"), "x", NULL);
    assert_int_equal(file_changed(in("a"), &none), 1);
    assert_int_equal(file_changed(in("a/b"), &none), 0); /* nothing can be below a file */
    assert_int_equal(file_changed(in("a/b"), &stamp), 1);
    char endless[300];
    memset(endless, 'n', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    assert_int_equal(file_changed(in(endless), &stamp), -1);
    assert_int_equal(file_write(in(endless), "x", 1, &stamp, NULL, &e), -1);
    assert_int_equal(e.code, ERR_IO);
}

static void
a_changed_file_is_never_written_over(void **state)
{
    struct file_stamp stamp, kept;
    struct error e;

    (void)state;
    put(in("a"), "one", &stamp);
    kept = stamp;
    overwrite(in("a"), "other", NULL);
    assert_int_equal(file_write(in("a"), "mine", 4, &stamp, &stamp, &e), -1);
    assert_int_equal(e.code, ERR_CONFLICT);
    assert_memory_equal(&stamp, &kept, sizeof stamp);
    assert_holds(in("a"), "other");
    unlink(in("a"));
    assert_int_equal(file_write(in("a"), "mine", 4, &stamp, &stamp, &e), -1);
    assert_int_equal(e.code, ERR_CONFLICT);
    assert_int_equal(names(), 0);
}

/* Two writes within one tick of the clock: same size, same time, same inode. */
static void
a_change_that_only_the_bytes_tell_is_noticed_before_writing(void **state)
{
    struct file_stamp stamp;
    struct error e;
    struct stat st;

    (void)state;
    put(in("a"), "one", &stamp);
    assert_int_equal(stat(in("a"), &st), 0);
    overwrite(in("a"), "two", &st);
    assert_int_equal(file_write(in("a"), "mine", 4, &stamp, NULL, &e), -1);
    assert_int_equal(e.code, ERR_CONFLICT);
    assert_holds(in("a"), "two");
}

static void
the_stamp_of_a_write_is_good_for_the_next(void **state)
{
    struct file_stamp stamp;
    struct error e;

    (void)state;
    put(in("a"), "0", &stamp);
    for (int k = 1; k < 20; k++) {
        char text[16];
        snprintf(text, sizeof text, "%d", k);
        assert_int_equal(file_changed(in("a"), &stamp), 0);
        assert_int_equal(file_write(in("a"), text, strlen(text), &stamp, &stamp, &e), 0);
        assert_holds(in("a"), text);
    }
    assert_int_equal(names(), 1);
}

static void
a_file_that_must_be_new_is_never_written_over(void **state)
{
    const struct file_stamp none = { .exists = false };
    struct file_stamp stamp;
    struct error e;

    (void)state;
    assert_int_equal(file_write(in("a"), "one", 3, &none, &stamp, &e), 0);
    assert_true(stamp.exists);
    assert_int_equal(file_write(in("a"), "two", 3, &none, &stamp, &e), -1);
    assert_int_equal(e.code, ERR_CONFLICT);
    assert_holds(in("a"), "one");
    assert_int_equal(file_changed(in("a"), &stamp), 0);
    assert_int_equal(names(), 1);
}

/* ---- folders ------------------------------------------------------------------------------------- */

static void
put_aged(const char *name, long age_s)
{
    const struct timespec when[2] = { { time(NULL) - age_s, 0 }, { time(NULL) - age_s, 0 } };
    int fd = open(in(name), O_WRONLY | O_CREAT, 0600);

    assert_true(fd >= 0);
    assert_int_equal(futimens(fd, when), 0);
    close(fd);
}

static void
what_a_killed_program_left_goes_with_the_next_write(void **state)
{
    static const struct {
        const char *name;
        long age_s;
        bool stays;
    } cases[] = {
        { ".breakeven-4711-0.tmp", 7200, false },  { ".breakeven-4712-0.tmp", 60, true },
        { ".breakeven-note-0.tmp", 7200, true },   { ".breakeven-4711-0.tmp.yaml", 7200, true },
        { "x.breakeven-4711-0.tmp", 7200, true },  { ".breakeven.tmp", 7200, true },
    };
    struct error e;

    (void)state;
    for (size_t k = 0; k < BE_LEN(cases); k++)
        put_aged(cases[k].name, cases[k].age_s);
    assert_int_equal(file_write(in("a.yaml"), "a", 1, NULL, NULL, &e), 0);
    for (size_t k = 0; k < BE_LEN(cases); k++)
        assert_int_equal(access(in(cases[k].name), F_OK) == 0, cases[k].stays);
}

static void
names_are_listed_by_suffix_and_sorted(void **state)
{
    struct error e;
    char **list, name[32];

    (void)state;
    put(in("b.yaml"), "", NULL);
    put(in("a.yaml"), "", NULL);
    put(in("a.yml"), "", NULL);
    put(in(".hidden.yaml"), "", NULL);
    put(in("yaml"), "", NULL);
    for (int k = 10; k < 60; k++) {
        snprintf(name, sizeof name, "n%d.yaml", k);
        put(in(name), "", NULL);
    }
    assert_int_equal(file_list(folder, ".yaml", &list, &e), 0);
    assert_string_equal(list[0], "a.yaml");
    assert_string_equal(list[1], "b.yaml");
    for (int k = 10; k < 60; k++) {
        snprintf(name, sizeof name, "n%d.yaml", k);
        assert_string_equal(list[k - 8], name);
    }
    assert_null(list[52]);
    file_list_free(list);
    file_list_free(NULL);
}

static void
a_missing_folder_is_an_empty_list(void **state)
{
    struct error e;
    char **list;

    (void)state;
    assert_int_equal(file_list(in("none"), ".yaml", &list, &e), 0);
    assert_null(list[0]);
    file_list_free(list);
    put(in("a"), "", NULL);
    assert_int_equal(file_list(in("a"), ".yaml", &list, &e), -1);
    assert_int_equal(e.code, ERR_IO);
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_file_is_read_whole),
        IN_FOLDER(a_file_over_the_limit_is_refused_unread),
        IN_FOLDER(what_is_no_file_is_refused),
        IN_FOLDER(a_pipe_is_read_to_its_end_and_no_further_than_the_limit),
        IN_FOLDER(a_file_is_replaced_as_a_whole),
        IN_FOLDER(the_mode_is_kept),
        IN_FOLDER(a_new_file_has_the_mode_of_the_mask),
        IN_FOLDER(the_owner_is_kept),
        IN_FOLDER(a_symbolic_link_stays_one),
        IN_FOLDER(a_link_to_nothing_makes_its_target),
        IN_FOLDER(links_in_a_circle_are_refused),
        IN_FOLDER(a_folder_that_cannot_be_written_is_an_error_and_harms_nothing),
        IN_FOLDER(a_name_as_long_as_names_get_can_be_written),
        IN_FOLDER(a_pipe_is_written_through),
        IN_FOLDER(a_change_on_disk_is_noticed),
        IN_FOLDER(a_changed_file_is_never_written_over),
        IN_FOLDER(a_change_that_only_the_bytes_tell_is_noticed_before_writing),
        IN_FOLDER(the_stamp_of_a_write_is_good_for_the_next),
        IN_FOLDER(a_file_that_must_be_new_is_never_written_over),
        IN_FOLDER(what_a_killed_program_left_goes_with_the_next_write),
        IN_FOLDER(names_are_listed_by_suffix_and_sorted),
        IN_FOLDER(a_missing_folder_is_an_empty_list),
    };

    return RUN_GROUP(tests);
}
