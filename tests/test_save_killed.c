/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "breakeven/document.h"
#include "support.h"

/* A writer killed at any moment leaves the old file or the new one, never something between. */

#define ROUNDS 1000
#define SIZE 40000

static void
fill(char *bytes, char with)
{
    memset(bytes, with, SIZE);
    bytes[SIZE - 1] = '\n';
}

static void
write_for_ever(const char *path, int first)
{
    static char text[2][SIZE];
    struct error err;

    fill(text[0], 'a');
    fill(text[1], 'b');
    for (int k = first;; k++)
        if (file_write(path, text[k & 1], SIZE, NULL, NULL, &err) != 0)
            _exit(1);
}

static void
a_killed_save_leaves_one_or_the_other(void **state)
{
    char folder[] = "/tmp/breakeven-kill-XXXXXX", path[64], left[96], *bytes;
    static char text[2][SIZE];
    struct error err;
    size_t n;
    int seen[2] = { 0, 0 }, n_left = 0;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/plan.yaml", folder);
    fill(text[0], 'a');
    fill(text[1], 'b');
    assert_int_equal(file_write(path, text[0], SIZE, NULL, NULL, &err), 0);
    /* About as long as one save takes: longer after a round that saw none done, shorter after one that did, since a
     * disk is fast now and busy then. */
    double about_s = 0.001;
    int there = 0;
    for (int k = 0; k < ROUNDS; k++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            write_for_ever(path, !there);
        double wait_s = about_s * (0.25 + 1.5 * (k * 7919 % 1000) / 1000);
        nanosleep(&(struct timespec){ (time_t)wait_s, (long)(fmod(wait_s, 1) * 1e9) }, NULL);
        kill(child, SIGKILL);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(file_read(path, 1 << 20, &bytes, &n, NULL, &err), 0);
        assert_int_equal(n, SIZE);
        int is_b = bytes[0] == 'b';
        assert_memory_equal(bytes, text[is_b], SIZE);
        seen[is_b != there]++;
        about_s = fmin(0.1, fmax(0.0001, about_s * (is_b != there ? 0.95 : 1.05)));
        there = is_b;
        free(bytes);
        snprintf(left, sizeof left, "%s/.breakeven-%ld-0.tmp", folder, (long)child);
        n_left += unlink(left) == 0;
    }
    print_message("# %d old, %d new, %d left a file half written\n", seen[0], seen[1], n_left);
    assert_true(seen[0] > ROUNDS / 20 && seen[1] > ROUNDS / 20);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0); /* nothing else is there */
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_killed_save_leaves_one_or_the_other) };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
