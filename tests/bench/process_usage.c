/* Reads /proc/PID/statm, the threads' schedstat, /proc/stat. Thread: one. */
#include "process_usage.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* False: it is not there (a thread that ended meanwhile). */
static int read_file(const char *path, char *out, size_t out_len) {
    FILE *file = fopen(path, "r");
    size_t n = file ? fread(out, 1, out_len - 1, file) : 0;
    if (file)
        (void)fclose(file);
    out[n] = '\0';
    return n > 0;
}

static void gone(int pid) {
    (void)fprintf(stderr, "load_client: process %d is gone\n", pid);
    exit(1);
}

/* The number in the field, counted from 0, of a text with blanks between. */
static int64_t number_at(const char *text, int field) {
    for (; field > 0; field--) {
        text += strcspn(text, " ");
        text += strspn(text, " ");
    }
    return strtoll(text, NULL, 10);
}

/* Of all threads: field 0 is the time on a core, 1 the time waiting for one. */
static int64_t schedstat_us(const struct process_set *processes, int field) {
    char path[128], text[256];
    int64_t sum_ns = 0;
    for (unsigned i = 0; i < processes->n; i++) {
        (void)snprintf(path, sizeof path, "/proc/%d/task", processes->pids[i]);
        DIR *tasks = opendir(path);
        if (!tasks)
            gone(processes->pids[i]);
        for (struct dirent *task; (task = readdir(tasks));) {
            (void)snprintf(path, sizeof path, "/proc/%d/task/%.20s/schedstat", processes->pids[i], task->d_name);
            if (task->d_name[0] != '.' && read_file(path, text, sizeof text))
                sum_ns += number_at(text, field);
        }
        closedir(tasks);
    }
    return sum_ns / 1000;
}

int64_t process_cpu_us(const struct process_set *processes) {
    return schedstat_us(processes, 0);
}

int64_t process_waited_us(const struct process_set *processes) {
    return schedstat_us(processes, 1);
}

int64_t process_rss_bytes(const struct process_set *processes) {
    char path[64], text[256];
    int64_t sum = 0;
    for (unsigned i = 0; i < processes->n; i++) {
        (void)snprintf(path, sizeof path, "/proc/%d/statm", processes->pids[i]);
        if (!read_file(path, text, sizeof text))
            gone(processes->pids[i]);
        sum += number_at(text, 1) * sysconf(_SC_PAGESIZE);
    }
    return sum;
}

int64_t core_busy_us(int core) {
    static char text[1 << 16];
    char name[32];
    int len = snprintf(name, sizeof name, "\ncpu%d ", core);
    if (core < 0 || !read_file("/proc/stat", text, sizeof text))
        return 0;
    const char *line = strstr(text, name);
    if (!line)
        return 0;
    line += len;
    /* user nice system idle iowait irq softirq steal */
    int64_t ticks = number_at(line, 0) + number_at(line, 1) + number_at(line, 2) + number_at(line, 5) +
                    number_at(line, 6) + number_at(line, 7);
    return ticks * 1000000 / sysconf(_SC_CLK_TCK);
}

static int64_t clock_us(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t monotonic_us(void) {
    return clock_us(CLOCK_MONOTONIC);
}

int64_t thread_cpu_us(void) {
    return clock_us(CLOCK_THREAD_CPUTIME_ID);
}
