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
#include <time.h>
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

/* Up to limit bytes; a file that grows meanwhile, or a pipe, is stopped there too. */
static int
read_all(int fd, const char *path, size_t limit, char **out, size_t *n_out, struct error *err)
{
    size_t n = 0, cap = 16384;
    char *bytes = malloc(cap + 1);

    while (bytes != NULL) {
        ssize_t got = read(fd, bytes + n, cap - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            io_error(err, "cannot read", path);
            free(bytes);
            return -1;
        }
        if (got == 0) {
            bytes[n] = '\0';
            *out = bytes;
            *n_out = n;
            return 0;
        }
        n += (size_t)got;
        if (n > limit) {
            free(bytes);
            return error_set(err, ERR_SIZE, "%s is larger than %zu bytes", path, limit);
        }
        if (n == cap) {
            cap *= 2;
            char *more = realloc(bytes, cap + 1);
            if (more == NULL)
                free(bytes);
            bytes = more;
        }
    }
    return error_set(err, ERR_BUG, "no memory for %s", path);
}

int
file_read(const char *path, size_t limit, char **bytes, size_t *n, struct file_stamp *stamp, struct error *err)
{
    struct stat st;
    int status = 0, fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0)
        return io_error(err, "cannot open", path);
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

bool
file_is_plain(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* ---- has it changed? ---------------------------------------------------------------------- */

/* Same bytes? 1 changed, 0 the same, -1 with errno set. */
static int
bytes_changed(const char *path, const struct file_stamp *was)
{
    char *bytes = NULL;
    size_t n = 0;
    struct error why;

    errno = 0;
    if (file_read(path, (size_t)was->size, &bytes, &n, NULL, &why) < 0)
        return why.code == ERR_SIZE ? 1 : -1;
    bool same = n == (size_t)was->size && fnv1a(bytes, n) == was->hash;
    free(bytes);
    return !same;
}

/* A file written twice within one tick of the clock has the same time, and if it kept its
 * size only its bytes tell: "thorough" looks at them always, else when the time differs. */
static int
changed(const char *path, const struct file_stamp *was, bool thorough)
{
    struct stat st;

    if (stat(path, &st) < 0)
        return errno == ENOENT || errno == ENOTDIR ? was->exists : -1;
    if (!was->exists || !S_ISREG(st.st_mode) || (long long)st.st_size != was->size)
        return 1;
    if (!thorough && (long long)st.st_dev == was->device && (long long)st.st_ino == was->inode &&
        (long long)st.st_mtim.tv_sec == was->mtime_s && (long long)st.st_mtim.tv_nsec == was->mtime_ns)
        return 0;
    return bytes_changed(path, was);
}

int
file_changed(const char *path, const struct file_stamp *was)
{
    return changed(path, was, false);
}

static int
check_unchanged(const char *path, const struct file_stamp *expect, struct error *err)
{
    int answer = changed(path, expect, true);

    if (answer < 0)
        return io_error(err, "cannot compare", path);
    if (answer > 0 && expect->exists && access(path, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR))
        return error_set(err, ERR_CONFLICT, "%s is gone from the disk since it was read", path);
    if (answer > 0)
        return expect->exists ? error_set(err, ERR_CONFLICT, "%s has changed on disk since it was read", path)
                              : error_set(err, ERR_CONFLICT, "there is a file %s already", path);
    return 0;
}

/* ---- writing ------------------------------------------------------------------------------- */

/* A file that takes another one's place. */
struct swap {
    char target[PATH_MAX];    /* behind symbolic links */
    char folder[PATH_MAX];    /* of target */
    char temporary[PATH_MAX];
    bool exists;              /* target does */
    bool soon;                /* nobody waits for the disk */
    struct stat was;
};

static void
folder_of(const char *path, char *folder, size_t size)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        snprintf(folder, size, ".");
    else
        snprintf(folder, size, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

/* Follow the links one by one, so that the last may point to what is still to be made. */
static int
resolve(struct swap *s, const char *path, struct error *err)
{
    char link[PATH_MAX];

    if (!text_copy(s->target, sizeof s->target, path)) {
        errno = ENAMETOOLONG;
        return io_error(err, "cannot write", path);
    }
    for (int hops = 0;; hops++) {
        folder_of(s->target, s->folder, sizeof s->folder);
        ssize_t n = readlink(s->target, link, sizeof link - 1);
        if (n < 0)
            return 0; /* no link, or nothing there */
        link[n] = '\0';
        int used = link[0] == '/' ? snprintf(s->target, sizeof s->target, "%s", link)
                                  : snprintf(s->target, sizeof s->target, "%s/%s", s->folder, link);
        if (hops == 40 || used >= (int)sizeof s->target) {
            errno = hops == 40 ? ELOOP : ENAMETOOLONG;
            return io_error(err, "cannot write", path);
        }
    }
}

/* The name is our own process's, short whatever the target's is, and hidden. */
#define TEMPORARY ".breakeven-%ld-%d.tmp"

static int
open_temporary(struct swap *s)
{
    for (int k = 0; k < 100; k++) {
        int used = snprintf(s->temporary, sizeof s->temporary, "%s/" TEMPORARY, s->folder, (long)getpid(), k);
        if (used >= (int)sizeof s->temporary) {
            errno = ENAMETOOLONG;
            return -1;
        }
        /* closed to others until it has the mode of the file that it replaces */
        int fd = open(s->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, s->exists ? 0600 : 0666);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

/* Mode and, where permitted, owner and group of the file that is replaced. A group that
 * cannot be kept may do no more than everybody. */
static int
keep_mode(int fd, const struct stat *was)
{
    mode_t mode = was->st_mode & 07777;
    struct stat made;

    if (fstat(fd, &made) < 0)
        return -1;
    bool owner = made.st_uid == was->st_uid, group = made.st_gid == was->st_gid;
    if (!owner || !group) {
        bool both = fchown(fd, was->st_uid, was->st_gid) == 0;
        owner = owner || both;
        group = group || both || fchown(fd, (uid_t)-1, was->st_gid) == 0;
    }
    if (!owner)
        mode &= (mode_t)~S_ISUID;
    if (!group)
        mode = (mode & (mode_t) ~(S_ISGID | S_IRWXG)) | (mode & S_IRWXG & (mode_t)((mode & S_IRWXO) << 3));
    return fchmod(fd, mode);
}

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

/* Some file systems cannot do this to a folder: the file is whole in any case. */
static void
sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

static int
fill(struct swap *s, int fd, const char *bytes, size_t n)
{
    int status = s->exists ? keep_mode(fd, &s->was) : 0;

    if (status == 0)
        status = write_all(fd, bytes, n);
    if (status == 0 && !s->soon)
        status = fsync(fd);
    int why = errno;
    if (close(fd) < 0 && status == 0)
        return -1;
    errno = why;
    return status;
}

/* A file that must not exist is made by a link, which never writes over another. */
static int
swap_in(const struct swap *s, const struct file_stamp *expect, struct error *err)
{
    if (expect != NULL && !expect->exists && link(s->temporary, s->target) == 0) {
        unlink(s->temporary);
        return 0;
    }
    if (expect != NULL && check_unchanged(s->target, expect, err) < 0)
        return -1;
    return rename(s->temporary, s->target) == 0 ? 0 : io_error(err, "cannot write", s->target);
}

/* A pipe or device has nothing to keep: written as it is. */
static int
write_through(const char *path, const char *bytes, size_t n, struct error *err)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0)
        return io_error(err, "cannot open", path);
    int status = write_all(fd, bytes, n) == 0 ? 0 : io_error(err, "cannot write", path);
    close(fd);
    return status;
}

/* Written whole beside the target, then in its place; else nothing is left behind. */
static int
put_in_place(struct swap *s, const char *path, const char *bytes, size_t n, const struct file_stamp *expect, struct error *err)
{
    int fd = open_temporary(s);

    if (fd < 0)
        return io_error(err, "no file can be made in the folder of", path);
    int status = fill(s, fd, bytes, n) == 0 ? 0 : io_error(err, "cannot write", path);
    if (status == 0)
        status = swap_in(s, expect, err);
    if (status < 0)
        unlink(s->temporary);
    return status;
}

/* What a program that was killed while it wrote has left in this folder: an hour old, so that it is no other's
 * work at hand, on whatever machine. now: of what has just been written there. */
#define LEFT_S 3600

static void
clear_left(const char *folder, const struct stat *now)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    char path[PATH_MAX];
    struct stat st;
    long pid;
    int k, end;

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        end = 0;
        if (sscanf(entry->d_name, TEMPORARY "%n", &pid, &k, &end) == 2 && end > 0 && entry->d_name[end] == '\0' &&
            snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) < (int)sizeof path && lstat(path, &st) == 0 &&
            S_ISREG(st.st_mode) && st.st_uid == geteuid() && difftime(now->st_mtime, st.st_mtime) > LEFT_S)
            unlink(path);
    }
    if (dir != NULL)
        closedir(dir);
}

int
file_write(const char *path, const char *bytes, size_t n, const struct file_stamp *expect, struct file_stamp *stamp,
           struct error *err)
{
    struct swap s = { .soon = false };

    s.exists = stat(path, &s.was) == 0;
    if (s.exists && (S_ISFIFO(s.was.st_mode) || S_ISCHR(s.was.st_mode)) && expect == NULL && stamp == NULL)
        return write_through(path, bytes, n, err);
    if (s.exists && !S_ISREG(s.was.st_mode))
        return error_set(err, ERR_IO, "cannot write %s: it is %s", path, S_ISDIR(s.was.st_mode) ? "a folder" : "no file");
    if (resolve(&s, path, err) < 0 || (expect != NULL && check_unchanged(s.target, expect, err) < 0))
        return -1;
    if (put_in_place(&s, path, bytes, n, expect, err) < 0)
        return -1;
    sync_folder(s.folder);
    struct stat now;
    if (stat(s.target, &now) == 0) {
        clear_left(s.folder, &now);
        if (stamp != NULL)
            stamp_of(stamp, &now, bytes, n);
    }
    return 0;
}

int
file_note(const char *path, const char *bytes, size_t n, struct error *err)
{
    struct swap s = { .soon = true };

    return resolve(&s, path, err) < 0 ? -1 : put_in_place(&s, path, bytes, n, NULL, err);
}

int
file_settle(const char *path, const char *to, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct swap s;

    if (fd < 0)
        return io_error(err, "cannot open", path);
    int status = fsync(fd) == 0 && rename(path, to) == 0 ? 0 : io_error(err, "cannot write", to);
    close(fd);
    if (status == 0 && resolve(&s, to, err) == 0)
        sync_folder(s.folder);
    return status;
}
