/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "breakeven/document.h"

static int
io_error(struct error *err, const char *what, const char *path)
{
    return error_set(err, ERR_IO, "%s %s: %s", what, path, strerror(errno));
}

static uint64_t
fnv1a(const char *bytes, size_t n)
{
    uint64_t hash = 14695981039346656037u;

    for (size_t k = 0; k < n; k++)
        hash = (hash ^ (unsigned char)bytes[k]) * 1099511628211u;
    return hash;
}

static void
stamp_of(struct file_stamp *stamp, const struct stat *st, const char *bytes, size_t n)
{
    memset(stamp, 0, sizeof *stamp);
    stamp->exists = true;
    stamp->device = (long long)st->st_dev;
    stamp->inode = (long long)st->st_ino;
    stamp->size = (long long)st->st_size;
    stamp->mtime_s = (long long)st->st_mtim.tv_sec;
    stamp->mtime_ns = (long long)st->st_mtim.tv_nsec;
    stamp->hash = fnv1a(bytes, n);
}

/* ---- reading ---------------------------------------------------------------------------- */

static int
read_all(int fd, const char *path, size_t limit, char **out, size_t *n_out, struct error *err)
{
    size_t n = 0, cap = 16384;
    char *bytes = malloc(cap + 1);

    for (;;) {
        if (bytes == NULL)
            return error_set(err, ERR_BUG, "no memory for %s", path);
        ssize_t got = read(fd, bytes + n, cap - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            free(bytes);
            return io_error(err, "cannot read", path);
        }
        if (got == 0)
            break;
        n += (size_t)got;
        if (n > limit) {
            free(bytes);
            return error_set(err, ERR_SIZE, "%s is larger than %zu bytes", path, limit);
        }
        if (n == cap) {
            char *more = realloc(bytes, 2 * cap + 1);
            if (more == NULL)
                free(bytes);
            bytes = more;
            cap *= 2;
        }
    }
    bytes[n] = '\0';
    *out = bytes;
    *n_out = n;
    return 0;
}

int
file_read(const char *path, size_t limit, char **bytes, size_t *n, struct file_stamp *stamp, struct error *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return io_error(err, "cannot open", path);
    int status = 0;
    if (fstat(fd, &st) < 0)
        status = io_error(err, "cannot read", path);
    else if (S_ISDIR(st.st_mode))
        status = error_set(err, ERR_IO, "%s is a folder", path);
    else if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
        status = error_set(err, ERR_IO, "%s is neither a file nor a pipe", path);
    else if (S_ISREG(st.st_mode) && (unsigned long long)st.st_size > limit)
        status = error_set(err, ERR_SIZE, "%s has %lld bytes; at most %zu are read", path, (long long)st.st_size, limit);
    if (status == 0)
        status = read_all(fd, path, limit, bytes, n, err);
    if (status == 0 && stamp != NULL)
        stamp_of(stamp, &st, *bytes, *n);
    close(fd);
    return status;
}

/* ---- has it changed? ---------------------------------------------------------------------- */

int
file_changed(const char *path, const struct file_stamp *was)
{
    struct stat st;

    if (stat(path, &st) < 0)
        return errno == ENOENT ? was->exists : -1;
    if (!was->exists)
        return 1;
    if ((long long)st.st_dev == was->device && (long long)st.st_ino == was->inode && (long long)st.st_size == was->size &&
        (long long)st.st_mtim.tv_sec == was->mtime_s && (long long)st.st_mtim.tv_nsec == was->mtime_ns)
        return 0;
    if ((long long)st.st_size != was->size)
        return 1;
    /* Touched or replaced: the bytes decide. */
    char *bytes;
    size_t n;
    struct error ignored;
    if (file_read(path, (size_t)was->size + 1, &bytes, &n, NULL, &ignored) < 0)
        return -1;
    bool same = fnv1a(bytes, n) == was->hash;
    free(bytes);
    return !same;
}

/* ---- writing ------------------------------------------------------------------------------- */

static int
write_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t put = write(fd, bytes, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        bytes += put;
        n -= (size_t)put;
    }
    return 0;
}

static void
sync_folder(const char *path)
{
    char folder[PATH_MAX];

    text_copy(folder, sizeof folder, path);
    char *slash = strrchr(folder, '/');
    if (slash == NULL)
        text_copy(folder, sizeof folder, ".");
    else
        slash[slash == folder] = '\0';
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

/* The file behind symbolic links; path itself if it does not exist yet. */
static void
real_target(const char *path, char *out, size_t size)
{
    char *real = realpath(path, NULL);

    if (real != NULL && strlen(real) < size)
        text_copy(out, size, real);
    else
        text_copy(out, size, path);
    free(real);
}

/* Mode and, where permitted, owner of the file that is replaced. */
static void
keep_mode(int fd, const char *target)
{
    struct stat st;

    if (stat(target, &st) == 0) {
        if (fchown(fd, st.st_uid, st.st_gid) < 0)
            (void)0; /* not ours to give away: the new file is the writer's */
        fchmod(fd, st.st_mode & 07777);
    } else {
        mode_t mask = umask(0);
        umask(mask);
        fchmod(fd, 0666 & ~mask);
    }
}

static int
write_beside(const char *target, const char *bytes, size_t n, struct file_stamp *stamp, struct error *err)
{
    char temporary[PATH_MAX + 16];
    struct stat st;

    snprintf(temporary, sizeof temporary, "%s.XXXXXX", target);
    int fd = mkstemp(temporary);
    if (fd < 0)
        return io_error(err, "cannot write beside", target);
    keep_mode(fd, target);
    bool ok = write_all(fd, bytes, n) == 0 && fsync(fd) == 0;
    int why = errno;
    if (ok && stat(target, &st) == 0 && !S_ISREG(st.st_mode)) {
        ok = false;
        why = EINVAL;
    }
    if (close(fd) < 0 && ok) {
        ok = false;
        why = errno;
    }
    if (ok && rename(temporary, target) < 0) {
        ok = false;
        why = errno;
    }
    if (!ok) {
        unlink(temporary);
        errno = why;
        return io_error(err, "cannot write", target);
    }
    sync_folder(target);
    if (stamp != NULL && stat(target, &st) == 0)
        stamp_of(stamp, &st, bytes, n);
    return 0;
}

int
file_write(const char *path, const char *bytes, size_t n, const struct file_stamp *expect, struct file_stamp *stamp,
           struct error *err)
{
    char target[PATH_MAX];

    real_target(path, target, sizeof target);
    if (strlen(path) >= sizeof target)
        return error_set(err, ERR_IO, "the path is too long");
    if (expect != NULL && file_changed(target, expect) != 0)
        return error_set(err, ERR_CONFLICT, "%s has changed on disk since it was read", path);
    return write_beside(target, bytes, n, stamp, err);
}

/* ---- folders ---------------------------------------------------------------------------------- */

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int
file_list(const char *folder, const char *suffix, char ***out, struct error *err)
{
    size_t n = 0, cap = 16;
    char **names = malloc(cap * sizeof *names);
    DIR *dir = opendir(folder);
    const struct dirent *entry;

    if (names == NULL || (dir == NULL && errno != ENOENT)) {
        if (dir != NULL)
            closedir(dir);
        free(names);
        return io_error(err, "cannot list", folder);
    }
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        size_t length = strlen(entry->d_name), tail = strlen(suffix);
        if (entry->d_name[0] == '.' || length < tail || strcmp(entry->d_name + length - tail, suffix) != 0)
            continue;
        if (n + 1 == cap) {
            char **more = realloc(names, 2 * cap * sizeof *names);
            if (more == NULL)
                break;
            names = more;
            cap *= 2;
        }
        names[n] = strdup(entry->d_name);
        if (names[n] == NULL)
            break;
        n++;
    }
    if (dir != NULL)
        closedir(dir);
    names[n] = NULL;
    qsort(names, n, sizeof *names, by_name);
    *out = names;
    return 0;
}

void
file_list_free(char **names)
{
    for (size_t k = 0; names != NULL && names[k] != NULL; k++)
        free(names[k]);
    free(names);
}
