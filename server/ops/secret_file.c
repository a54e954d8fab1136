/* Reads by plain calls: a buffer of stdio's would keep a copy. Thread: main. */
#include "ops/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum status fail(char *error, size_t error_len, const char *path, const char *why) {
    (void)snprintf(error, error_len, "%s: %s", path, why);
    return STATUS_INVALID;
}

void secret_file_free(char *text) {
    if (text)
        explicit_bzero(text, strlen(text));
    free(text);
}

/* How many bytes there are, at most `max`; -1 and errno. */
static ssize_t read_all(int fd, char *bytes, size_t max) {
    size_t len = 0;
    while (len < max) {
        ssize_t n = read(fd, bytes + len, max - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        len += (size_t)n;
    }
    return (ssize_t)len;
}

static enum status text_check(char *text, size_t len, const char *path, char *error, size_t error_len) {
    if (len > SECRET_FILE_BYTES_MAX)
        return fail(error, error_len, path, "larger than 16384 bytes");
    text[len] = '\0';
    if (strlen(text) != len)
        return fail(error, error_len, path, "not a text");
    if (len > 0 && text[len - 1] == '\n')
        text[--len] = '\0';
    if (len > 0 && text[len - 1] == '\r')
        text[--len] = '\0';
    return len > 0 ? STATUS_OK : fail(error, error_len, path, "empty");
}

enum status secret_file_read(const char *path, char **ret_text, char *error, size_t error_len) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return fail(error, error_len, path, strerror(errno));
    char *text = calloc(1, SECRET_FILE_BYTES_MAX + 2);
    ssize_t len = text ? read_all(fd, text, SECRET_FILE_BYTES_MAX + 1) : -1;
    int reason = text ? errno : ENOMEM;
    close(fd);
    enum status status = len < 0 ? fail(error, error_len, path, strerror(reason))
                                 : text_check(text, (size_t)len, path, error, error_len);
    if (status != STATUS_OK) {
        if (text)
            explicit_bzero(text, SECRET_FILE_BYTES_MAX + 2);
        free(text);
        return status;
    }
    *ret_text = text;
    return STATUS_OK;
}
