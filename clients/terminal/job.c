/* An eventfd says that the thread is done; joining it makes its writes ours.
 * Thread: main, and the one that it starts. */
#include "terminal/job.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct job {
    pthread_t thread;
    bool is_running;
    int fd;
    void (*work)(void *argument);
    void *argument;
};

static void *run(void *context) {
    struct job *job = context;
    const uint64_t one = 1;
    job->work(job->argument);
    (void)!write(job->fd, &one, sizeof one);
    return NULL;
}

enum status job_create(struct job **ret_job) {
    struct job *job = calloc(1, sizeof *job);
    if (!job)
        return STATUS_NO_MEMORY;
    job->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (job->fd < 0) {
        free(job);
        return STATUS_IO;
    }
    *ret_job = job;
    return STATUS_OK;
}

static void join(struct job *job) {
    if (job->is_running)
        (void)pthread_join(job->thread, NULL);
    job->is_running = false;
}

void job_destroy(struct job *job) {
    join(job);
    close(job->fd);
    free(job);
}

enum status job_start(struct job *job, void (*work)(void *argument), void *argument) {
    sigset_t all, before;
    if (job->is_running)
        return STATUS_LIMIT;
    job->work = work;
    job->argument = argument;
    /* Signals are main's. */
    sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    job->is_running = pthread_create(&job->thread, NULL, run, job) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return job->is_running ? STATUS_OK : STATUS_IO;
}

bool job_is_running(const struct job *job) {
    return job->is_running;
}

int job_fd(const struct job *job) {
    return job->fd;
}

bool job_finish(struct job *job) {
    uint64_t count = 0;
    if (read(job->fd, &count, sizeof count) != (ssize_t)sizeof count)
        return false;
    join(job);
    return true;
}
