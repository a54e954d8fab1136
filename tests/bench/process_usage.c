/* Reads /proc/PID/stat, /proc/PID/statm and the threads' schedstat. A process that is not there ends
 * the bench. Thread: one. */
#include "process_usage.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void read_file(int pid, const char *name, char *out, size_t out_len) {
    char path[192];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    FILE *file = fopen(path, "r");
    size_t n = file ? fread(out, 1, out_len - 1, file) : 0;
    if (file)
        fclose(file);
    if (n == 0) {
        (void)fprintf(stderr, "load_client: process %d is gone\n", pid);
        exit(1);
    }
    out[n] = '\0';
}

/* The number in the field, counted from 0, of a text with blanks between. */
static int64_t number_at(const char *text, int field) {
    for (; field > 0; field--) {
        text += strcspn(text, " ");
        text += strspn(text, " ");
    }
    return strtoll(text, NULL, 10);
}

int64_t process_cpu_us(int pid) {
    char text[1024];
    read_file(pid, "stat", text, sizeof text);
    const char *fields = strrchr(text, ')'); /* the name before it may hold anything */
    if (!fields)
        exit(1);
    return (number_at(fields, 12) + number_at(fields, 13)) * 1000000 / sysconf(_SC_CLK_TCK);
}

int64_t process_waited_us(int pid) {
    char path[128], text[256];
    int64_t waited_ns = 0;
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *tasks = opendir(path);
    for (struct dirent *task; tasks && (task = readdir(tasks));) {
        if (task->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "task/%.20s/schedstat", task->d_name);
        read_file(pid, path, text, sizeof text);
        waited_ns += number_at(text, 1);
    }
    if (tasks)
        closedir(tasks);
    return waited_ns / 1000;
}

int64_t process_rss_bytes(int pid) {
    char text[256];
    read_file(pid, "statm", text, sizeof text);
    return number_at(text, 1) * sysconf(_SC_PAGESIZE);
}

int64_t monotonic_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
