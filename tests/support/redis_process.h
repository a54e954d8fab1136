/* A redis-server of the test's own: on a unix socket in a temporary directory,
 * never on a port, stopped by its process id. */
#ifndef PF_TESTS_REDIS_PROCESS_H
#define PF_TESTS_REDIS_PROCESS_H

#include <errno.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct redis_process {
    char directory[64];
    char socket_path[96];
    char url[112];
    pid_t pid;
};

static inline bool redis_process_is_installed(void) {
    return access("/usr/bin/redis-server", X_OK) == 0 || access("/usr/local/bin/redis-server", X_OK) == 0;
}

static inline void test_sleep_ms(long ms) {
    const struct timespec span = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000};
    nanosleep(&span, NULL);
}

static inline bool redis_process_answers(const struct redis_process *process) {
    redisContext *redis = redisConnectUnix(process->socket_path);
    bool answers = false;
    if (redis && redis->err == 0) {
        redisReply *reply = redisCommand(redis, "PING");
        answers = reply && reply->type == REDIS_REPLY_STATUS;
        freeReplyObject(reply);
    }
    if (redis)
        redisFree(redis);
    return answers;
}

/* Starts the server, again after a stop; false when it does not come up in a minute. */
static inline bool redis_process_start(struct redis_process *process) {
    process->pid = fork();
    if (process->pid == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 0);
        dup2(null, 1);
        dup2(null, 2);
        execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", process->socket_path, "--save", "",
               "--appendonly", "no", "--dir", process->directory, (char *)NULL);
        _exit(127);
    }
    for (int i = 0; process->pid > 0 && i < 6000; i++) {
        if (redis_process_answers(process))
            return true;
        if (waitpid(process->pid, NULL, WNOHANG) == process->pid)
            break;
        test_sleep_ms(10);
    }
    return false;
}

static inline void redis_process_stop(struct redis_process *process) {
    if (process->pid <= 0)
        return;
    kill(process->pid, SIGKILL);
    waitpid(process->pid, NULL, 0);
    process->pid = 0;
    unlink(process->socket_path);
}

static inline bool redis_process_create(struct redis_process *process) {
    memset(process, 0, sizeof *process);
    snprintf(process->directory, sizeof process->directory, "/tmp/pf-test-redis-XXXXXX");
    if (!mkdtemp(process->directory))
        return false;
    snprintf(process->socket_path, sizeof process->socket_path, "%s/redis.sock", process->directory);
    snprintf(process->url, sizeof process->url, "unix://%s", process->socket_path);
    return redis_process_start(process);
}

static inline void redis_process_destroy(struct redis_process *process) {
    redis_process_stop(process);
    rmdir(process->directory);
}

/* What the main of a test program with a Redis of its own does. A machine without
 * redis-server fails: a test that does not run must not count as passed. */
#define REDIS_PROCESS_RUN_TESTS(server, tests)                                                                         \
    do {                                                                                                               \
        signal(SIGPIPE, SIG_IGN);                                                                                      \
        if (!redis_process_is_installed() || !redis_process_create(server)) {                                          \
            fprintf(stderr, "redis-server is not installed or did not start\n");                                       \
            return 1;                                                                                                  \
        }                                                                                                              \
        int failed = cmocka_run_group_tests((tests), NULL, NULL);                                                      \
        redis_process_destroy(server);                                                                                 \
        return failed;                                                                                                 \
    } while (0)

#endif
