/* An eventfd says that the thread is done; joining it makes its writes ours.
 * Thread: main, and the one that it starts. */
#include "terminal/errand.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct errand {
    pthread_t thread;
    bool is_running;
    int fd;
    void (*work)(void *argument);
    void *argument;
};

static void *run(void *context) {
    struct errand *errand = context;
    const uint64_t one = 1;
    errand->work(errand->argument);
    (void)!write(errand->fd, &one, sizeof one);
    return NULL;
}

enum status errand_create(struct errand **ret_errand) {
    struct errand *errand = calloc(1, sizeof *errand);
    if (!errand)
        return STATUS_NO_MEMORY;
    errand->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (errand->fd < 0) {
        free(errand);
        return STATUS_IO;
    }
    *ret_errand = errand;
    return STATUS_OK;
}

static void join(struct errand *errand) {
    if (errand->is_running)
        (void)pthread_join(errand->thread, NULL);
    errand->is_running = false;
}

void errand_destroy(struct errand *errand) {
    join(errand);
    close(errand->fd);
    free(errand);
}

enum status errand_start(struct errand *errand, void (*work)(void *argument), void *argument) {
    sigset_t all, before;
    if (errand->is_running)
        return STATUS_LIMIT;
    errand->work = work;
    errand->argument = argument;
    /* Signals are main's. */
    sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    errand->is_running = pthread_create(&errand->thread, NULL, run, errand) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return errand->is_running ? STATUS_OK : STATUS_IO;
}

bool errand_is_running(const struct errand *errand) {
    return errand->is_running;
}

int errand_fd(const struct errand *errand) {
    return errand->fd;
}

bool errand_finish(struct errand *errand) {
    uint64_t count = 0;
    if (read(errand->fd, &count, sizeof count) != (ssize_t)sizeof count)
        return false;
    join(errand);
    return true;
}
