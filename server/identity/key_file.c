/* Key files. Refuses: a directory that group or others can write to, a private
 * key that they can read, a public one that they can write, what is no file, what
 * is larger than JWT_KEY_FILE_MAX. Thread: any; waits for the disk. */
#include "identity/key_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SUFFIX ".pem"
#define STANDBY_PREFIX "0-standby-" /* sorts before every year */
#define SUFFIX_LEN (sizeof SUFFIX - 1)

/* "what: why", by errno. */
static enum status fail(const char *what, char *error, size_t error_len) {
    char reason[96];
    int number = errno;
    /* The GNU form: the text may be elsewhere than in the buffer. */
    (void)snprintf(error, error_len, "%s: %s", what, strerror_r(number, reason, sizeof reason));
    return number == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
}

enum status key_dir_open(const char *dir, bool may_create, int *ret_fd, char *error, size_t error_len) {
    struct stat about;
    if (may_create && mkdir(dir, 0700) != 0 && errno != EEXIST)
        return fail("cannot make the directory", error, error_len);
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fail("cannot open the directory", error, error_len);
    if (fstat(fd, &about) == 0 && (about.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        (void)close(fd);
        (void)snprintf(error, error_len, "group or others can write to the directory (chmod 700 it)");
        return STATUS_INVALID;
    }
    /* Where files cannot be locked nothing is lost but the guard against two first starts at once. */
    (void)flock(fd, LOCK_EX);
    *ret_fd = fd;
    return STATUS_OK;
}

void key_dir_close(int dir_fd) {
    (void)close(dir_fd);
}

static bool is_key_name(const char *name) {
    size_t len = strlen(name);
    return name[0] != '.' && len > SUFFIX_LEN && len <= KEY_FILE_NAME_MAX &&
           strcmp(name + len - SUFFIX_LEN, SUFFIX) == 0;
}

/* Of one file; a change of its content, name, owner or mode changes it. */
static uint64_t file_fingerprint(const char *name, const struct stat *about) {
    const uint64_t parts[] = {(uint64_t)about->st_ino, (uint64_t)about->st_size, (uint64_t)about->st_ctim.tv_sec,
                              (uint64_t)about->st_ctim.tv_nsec};
    uint64_t hash = 14695981039346656037U; /* FNV-1a */
    for (const char *at = name; *at; at++)
        hash = (hash ^ (unsigned char)*at) * 1099511628211U;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        hash = (hash ^ parts[i]) * 1099511628211U;
    return hash;
}

uint64_t key_dir_fingerprint(const char *dir) {
    struct stat about;
    uint64_t sum = 0; /* whatever their order */
    DIR *stream = opendir(dir);
    const struct dirent *entry;
    while (stream && (entry = readdir(stream))) {
        if (is_key_name(entry->d_name) && fstatat(dirfd(stream), entry->d_name, &about, 0) == 0)
            sum += file_fingerprint(entry->d_name, &about);
    }
    if (stream)
        (void)closedir(stream);
    return sum;
}

static int compare_names(const void *a, const void *b) {
    return strcmp(a, b);
}

static enum status names_collect(DIR *dir, struct key_file_names *names, char *error, size_t error_len) {
    const struct dirent *entry;
    while ((entry = readdir(dir))) {
        if (!is_key_name(entry->d_name))
            continue;
        if (names->n == KEY_RING_MAX) {
            (void)snprintf(error, error_len, "there are more than %d *.pem files", KEY_RING_MAX);
            return STATUS_LIMIT;
        }
        (void)snprintf(names->names[names->n++], sizeof names->names[0], "%s", entry->d_name);
    }
    qsort(names->names, names->n, sizeof names->names[0], compare_names);
    return STATUS_OK;
}

enum status key_file_list(int dir_fd, struct key_file_names *ret_names, char *error, size_t error_len) {
    struct key_file_names names = {0};
    int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* closedir closes it */
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir) {
        enum status status = fail("cannot read the directory", error, error_len);
        if (fd >= 0)
            (void)close(fd);
        return status;
    }
    enum status status = names_collect(dir, &names, error, error_len);
    (void)closedir(dir);
    if (status == STATUS_OK)
        *ret_names = names;
    return status;
}

/* The whole file; STATUS_LIMIT: larger than size. */
static enum status bytes_read(int fd, char *out, size_t size, size_t *ret_len) {
    size_t len = 0;
    for (;;) {
        ssize_t n = read(fd, out + len, size - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return STATUS_IO;
        if (n == 0)
            break;
        len += (size_t)n;
        if (len == size)
            return STATUS_LIMIT;
    }
    *ret_len = len;
    return STATUS_OK;
}

static enum status key_judge(const struct jwt_key *key, mode_t mode, char *error, size_t error_len) {
    bool is_private = jwt_key_can_sign(key);
    if (is_private && (mode & (S_IRWXG | S_IRWXO)) != 0)
        (void)snprintf(error, error_len, "a private key that group or others can reach (chmod 600 it)");
    else if ((mode & (S_IWGRP | S_IWOTH)) != 0)
        (void)snprintf(error, error_len, "group or others can write to it");
    else
        return STATUS_OK;
    return STATUS_INVALID;
}

enum status key_file_read(int dir_fd, const char *name, struct jwt_key **ret_key, char *error, size_t error_len) {
    char text[JWT_KEY_FILE_MAX + 1];
    size_t len = 0;
    struct stat about;
    struct jwt_key *key = NULL;
    /* Not blocking: opening a pipe would wait for whoever writes to it. */
    int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fail("cannot open it", error, error_len);
    enum status status = fstat(fd, &about) == 0 && S_ISREG(about.st_mode) ? STATUS_OK : STATUS_INVALID;
    if (status == STATUS_OK)
        status = bytes_read(fd, text, sizeof text, &len);
    (void)close(fd);
    if (status == STATUS_OK)
        status = jwt_key_from_pem(text, len, &key);
    sodium_memzero(text, sizeof text);
    if (status == STATUS_OUT_OF_RANGE)
        (void)snprintf(error, error_len,
                       "not a key of the kinds that are taken: EC on P-256, RSA of 2048 to 4096 bits");
    else if (status != STATUS_OK)
        (void)snprintf(error, error_len, "not a PEM file with a key that needs no passphrase");
    if (status != STATUS_OK)
        return status;
    status = key_judge(key, about.st_mode, error, error_len);
    if (status == STATUS_OK)
        *ret_key = key;
    else
        jwt_key_unref(&key);
    return status;
}

/* 20261121T150312.123456Z-<begin of the thumbprint>.pem: sorts by time. */
static void name_make(const struct jwt_key *key, const char *prefix, char out[KEY_FILE_NAME_MAX + 1]) {
    struct timespec now = {0};
    struct tm utc = {0};
    char stamp[32];
    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)gmtime_r(&now.tv_sec, &utc);
    (void)strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%S", &utc);
    (void)snprintf(out, KEY_FILE_NAME_MAX + 1, "%s%s.%06ldZ-%.8s" SUFFIX, prefix, stamp, now.tv_nsec / 1000,
                   jwt_key_kid(key));
}

static bool bytes_write(int fd, const char *bytes, size_t len) {
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

/* What root makes in somebody's directory is theirs: it is they who read it. */
static bool give_to_owner(int fd, int dir_fd) {
    struct stat about;
    return geteuid() != 0 || (fstat(dir_fd, &about) == 0 && fchown(fd, about.st_uid, about.st_gid) == 0);
}

/* Under a name that is no key's, then under its own: never half of it, never in place of another. */
static enum status text_save(int dir_fd, const char *name, const struct strbuf *text, char *error, size_t error_len) {
    char temporary[KEY_FILE_NAME_MAX + 2];
    (void)snprintf(temporary, sizeof temporary, ".%s", name);
    int fd = openat(dir_fd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail("cannot make a file", error, error_len);
    bool is_written = bytes_write(fd, text->data, text->len) && give_to_owner(fd, dir_fd) && fsync(fd) == 0;
    is_written = close(fd) == 0 && is_written && linkat(dir_fd, temporary, dir_fd, name, 0) == 0;
    enum status status = is_written ? STATUS_OK : fail("cannot write a key", error, error_len);
    (void)unlinkat(dir_fd, temporary, 0);
    if (status == STATUS_OK && fsync(dir_fd) != 0)
        status = fail("cannot write the directory", error, error_len);
    return status;
}

enum status key_file_create(int dir_fd, bool is_standby, char ret_name[KEY_FILE_NAME_MAX + 1], char *error,
                            size_t error_len) {
    struct jwt_key *key;
    char name[KEY_FILE_NAME_MAX + 1];
    enum status status = jwt_key_generate(&key);
    if (status != STATUS_OK) {
        (void)snprintf(error, error_len, "no key could be made");
        return status;
    }
    struct strbuf text;
    strbuf_init(&text);
    name_make(key, is_standby ? STANDBY_PREFIX : "", name);
    status = jwt_key_write_pem(key, &text);
    if (status == STATUS_OK)
        status = text_save(dir_fd, name, &text, error, error_len);
    else
        (void)snprintf(error, error_len, "the key could not be written as PEM");
    if (text.data)
        sodium_memzero(text.data, text.len);
    strbuf_fini(&text);
    jwt_key_unref(&key);
    if (status == STATUS_OK)
        memcpy(ret_name, name, sizeof name);
    return status;
}

enum status key_file_promote(int dir_fd, const char *name, char ret_name[KEY_FILE_NAME_MAX + 1], char *error,
                             size_t error_len) {
    struct jwt_key *key;
    char made[KEY_FILE_NAME_MAX + 1];
    enum status status = key_file_read(dir_fd, name, &key, error, error_len);
    if (status != STATUS_OK)
        return status;
    name_make(key, "", made);
    jwt_key_unref(&key);
    if (renameat2(dir_fd, name, dir_fd, made, RENAME_NOREPLACE) != 0 || fsync(dir_fd) != 0)
        return fail("cannot rename it", error, error_len);
    memcpy(ret_name, made, sizeof made);
    return STATUS_OK;
}

enum status key_file_remove(int dir_fd, const char *name, char *error, size_t error_len) {
    if (!is_key_name(name) || strchr(name, '/')) {
        (void)snprintf(error, error_len, "not the name of a key file");
        return STATUS_INVALID;
    }
    if (unlinkat(dir_fd, name, 0) != 0 || fsync(dir_fd) != 0)
        return fail("cannot remove it", error, error_len);
    return STATUS_OK;
}
