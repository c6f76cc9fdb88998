/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "breakeven/solve.h"

/*
 * One worker in the background: it owns the only thread, mutex and condition.  The
 * newest request wins: a request that waits is dropped when another comes, one that runs
 * is cancelled by its flag, and a result of an older generation is thrown away.
 */

struct refine {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct refine_job job;
    int pipe[2];
    void *waiting, *result; /* of the newest generation, or NULL */
    unsigned generation;
    bool stop, busy;        /* busy: work() has a request                          */
    /* The worker reads it without the lock, so it is atomic; work() takes it as
     * volatile int, which is what it is on every machine this is built for. */
    volatile int cancel;
};

static void
set_cancel(struct refine *r, int value)
{
    __atomic_store_n(&r->cancel, value, __ATOMIC_RELAXED);
}

static void *
worker(void *arg)
{
    struct refine *r = arg;

    pthread_mutex_lock(&r->lock);
    while (!r->stop) {
        if (r->waiting == NULL) {
            pthread_cond_wait(&r->wake, &r->lock);
            continue;
        }
        void *request = r->waiting;
        r->waiting = NULL;
        unsigned mine = r->generation;
        r->busy = true;
        set_cancel(r, 0);
        pthread_mutex_unlock(&r->lock);
        void *result = r->job.work(request, &r->cancel);
        r->job.free_request(request);
        pthread_mutex_lock(&r->lock);
        r->busy = false;
        pthread_cond_broadcast(&r->wake); /* refine_rest may wait for it */
        if (result == NULL)
            continue;
        if (mine != r->generation || r->stop) {
            r->job.free_result(result);
            continue;
        }
        r->result = result; /* an earlier one was outdated when this request came */
        ssize_t n = write(r->pipe[1], "r", 1); /* a full pipe has woken the loop already */
        (void)n;
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

static int
open_pipe(int fd[2])
{
    if (pipe(fd) < 0)
        return -1;
    for (int k = 0; k < 2; k++) {
        fcntl(fd[k], F_SETFD, FD_CLOEXEC);
        fcntl(fd[k], F_SETFL, O_NONBLOCK);
    }
    return 0;
}

/* Signals are the main thread's business: the worker is born with all of them blocked. */
static int
start_thread(struct refine *r)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int status = pthread_create(&r->thread, NULL, worker, r);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}

static void
release(struct refine *r)
{
    close(r->pipe[0]);
    close(r->pipe[1]);
    pthread_cond_destroy(&r->wake);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

int
refine_start(struct refine **out, const struct refine_job *job, struct error *err)
{
    struct refine *r = calloc(1, sizeof *r);

    if (r == NULL)
        return error_set(err, ERR_BUG, "no memory for the background worker");
    r->job = *job;
    if (open_pipe(r->pipe) < 0) {
        free(r);
        return error_set(err, ERR_IO, "no pipe for the background worker");
    }
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->wake, NULL);
    if (start_thread(r) != 0) {
        release(r);
        return error_set(err, ERR_IO, "no thread for the background worker");
    }
    *out = r;
    return 0;
}

int
refine_descriptor(const struct refine *r)
{
    return r->pipe[0];
}

/* Whatever is waiting, running or not yet collected is of an older generation. The lock is
 * held; what must be freed is freed by the caller, behind it. */
static void
outdate(struct refine *r, void **request, void **result)
{
    *request = r->waiting;
    *result = r->result;
    r->waiting = r->result = NULL;
    r->generation++;
    set_cancel(r, 1);
}

static void
free_old(const struct refine *r, void *request, void *result)
{
    if (request != NULL)
        r->job.free_request(request);
    if (result != NULL)
        r->job.free_result(result);
}

void
refine_submit(struct refine *r, void *request)
{
    void *old, *result;

    pthread_mutex_lock(&r->lock);
    outdate(r, &old, &result);
    r->waiting = request;
    pthread_cond_broadcast(&r->wake);
    pthread_mutex_unlock(&r->lock);
    free_old(r, old, result);
}

void
refine_cancel(struct refine *r)
{
    void *old, *result;

    pthread_mutex_lock(&r->lock);
    outdate(r, &old, &result);
    pthread_mutex_unlock(&r->lock);
    free_old(r, old, result);
}

void
refine_rest(struct refine *r)
{
    void *old, *result;

    pthread_mutex_lock(&r->lock);
    outdate(r, &old, &result);
    while (r->busy)
        pthread_cond_wait(&r->wake, &r->lock);
    pthread_mutex_unlock(&r->lock);
    free_old(r, old, result);
}

void *
refine_collect(struct refine *r)
{
    char drained[64];
    void *result;

    while (read(r->pipe[0], drained, sizeof drained) > 0)
        ;
    pthread_mutex_lock(&r->lock);
    result = r->result;
    r->result = NULL;
    pthread_mutex_unlock(&r->lock);
    return result;
}

void
refine_stop(struct refine *r)
{
    if (r == NULL)
        return;
    pthread_mutex_lock(&r->lock);
    r->stop = true;
    set_cancel(r, 1);
    pthread_cond_broadcast(&r->wake);
    pthread_mutex_unlock(&r->lock);
    pthread_join(r->thread, NULL);
    free_old(r, r->waiting, r->result);
    release(r);
}
