/* Reads a directory, pairs files with their .gz. Thread: see site_files.h. */
#include "app/site_files.h"

#include "app/gzip.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PACKED_BYTES_MIN 1024
#define HASH_LEN 8 /* of a name made by Vite */

struct site_files {
    atomic_int refs;
    size_t files_n;
    struct site_file files[SITE_FILES_MAX]; /* by path */
};

/* Where a reading is, for its bounds and its error text. */
struct reading {
    struct site_files *files;
    size_t bytes_n;
    char *error;
    size_t error_len;
};

static enum status fail(struct reading *reading, enum status status, const char *path, const char *why) {
    snprintf(reading->error, reading->error_len, "%s: %s", path, why);
    return status;
}

static bool ends_with(const char *path, const char *suffix) {
    size_t len = strlen(path), suffix_len = strlen(suffix);
    return len > suffix_len && strcmp(path + len - suffix_len, suffix) == 0;
}

static const char *content_type_of(const char *path) {
    static const struct {
        const char *suffix, *content_type;
    } types[] = {
        {".html", "text/html; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".mjs", "text/javascript; charset=utf-8"},
        {".json", "application/json"},
        {".map", "application/json"},
        {".webmanifest", "application/manifest+json"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".ico", "image/vnd.microsoft.icon"},
        {".woff2", "font/woff2"},
        {".txt", "text/plain; charset=utf-8"},
        {".gz", "application/gzip"},
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (ends_with(path, types[i].suffix))
            return types[i].content_type;
    return "application/octet-stream";
}

static bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}

static bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* A word has no capitals behind its first letter, and neither digits nor marks; a
 * date no letters. Of a thousand hashes two look like a word. */
static bool is_hash(const char *text) {
    bool has_letter = false, has_other = false;
    for (size_t i = 0; i < HASH_LEN; i++) {
        char c = text[i];
        if (!is_lower(c) && !is_upper(c) && !is_digit(c) && c != '_' && c != '-')
            return false;
        has_letter = has_letter || is_lower(c) || is_upper(c);
        has_other = has_other || (!is_lower(c) && (i > 0 || !is_upper(c)));
    }
    return has_letter && has_other;
}

bool site_path_is_lasting(const char *path) {
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path)
        return false;
    const char *name = slash + 1;
    size_t len = strlen(name);
    if (ends_with(name, ".map"))
        len -= strlen(".map");
    while (len > 0 && name[len - 1] != '.')
        len--;
    /* "x-" at least, the hash, the dot */
    return len >= 2 + HASH_LEN + 1 && name[len - 1 - HASH_LEN - 1] == '-' && is_hash(name + len - 1 - HASH_LEN);
}

/* FNV-1a: it tells versions of a file apart, no more. */
static void etag_write(char *out, size_t out_len, const struct strbuf *bytes) {
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < bytes->len; i++)
        hash = (hash ^ (unsigned char)bytes->data[i]) * UINT64_C(1099511628211);
    snprintf(out, out_len, "%016llx", (unsigned long long)hash);
}

static void file_fini(struct site_file *file) {
    strbuf_fini(&file->packed);
    strbuf_fini(&file->bytes);
    free(file->path);
}

static enum status read_all(int fd, struct strbuf *out, size_t len) {
    char *at = len ? strbuf_reserve(out, len) : NULL;
    if (len && !at)
        return STATUS_NO_MEMORY;
    for (size_t done = 0; done < len;) {
        ssize_t n = read(fd, at + done, len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return STATUS_IO;
        done += (size_t)n;
        out->len += (size_t)n;
    }
    return STATUS_OK;
}

/* path: as clients ask for it. */
static enum status file_read(struct reading *reading, int fd, const char *path, off_t size) {
    struct site_files *files = reading->files;
    if (files->files_n == SITE_FILES_MAX)
        return fail(reading, STATUS_LIMIT, path, "too many files");
    if (size > SITE_FILE_BYTES_MAX)
        return fail(reading, STATUS_LIMIT, path, "file too large");
    reading->bytes_n += (size_t)size;
    if (reading->bytes_n > SITE_BYTES_MAX)
        return fail(reading, STATUS_LIMIT, path, "files too large in all");
    struct site_file *file = &files->files[files->files_n++];
    strbuf_init(&file->bytes);
    strbuf_init(&file->packed);
    file->path = strdup(path);
    enum status status = file->path ? read_all(fd, &file->bytes, (size_t)size) : STATUS_NO_MEMORY;
    if (status != STATUS_OK)
        return fail(reading, status, path, status == STATUS_IO ? "cannot be read" : "out of memory");
    file->content_type = content_type_of(path);
    file->is_lasting = site_path_is_lasting(path);
    etag_write(file->etag, sizeof file->etag, &file->bytes);
    return STATUS_OK;
}

static enum status directory_read(struct reading *reading, int fd, const char *path, int levels);

static enum status entry_read(struct reading *reading, int dir_fd, const char *dir_path, const char *name, int levels) {
    char path[SITE_PATH_BYTES_MAX];
    struct stat about;
    if ((size_t)snprintf(path, sizeof path, "%s/%s", dir_path, name) >= sizeof path)
        return fail(reading, STATUS_LIMIT, path, "path too long");
    /* O_NONBLOCK: a fifo must not hold the start up. */
    int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno == ELOOP)
        return STATUS_OK;
    if (fd < 0 || fstat(fd, &about) != 0) {
        int error = errno;
        if (fd >= 0)
            close(fd);
        return fail(reading, STATUS_IO, path, strerror(error));
    }
    if (S_ISDIR(about.st_mode) && levels > 0)
        return directory_read(reading, fd, path, levels - 1);
    enum status status = STATUS_OK;
    if (S_ISDIR(about.st_mode))
        status = fail(reading, STATUS_LIMIT, path, "too deep");
    else if (S_ISREG(about.st_mode))
        status = file_read(reading, fd, path, about.st_size);
    close(fd);
    return status;
}

/* fd is closed in any case. path: "" for the root. */
static enum status directory_read(struct reading *reading, int fd, const char *path, int levels) {
    DIR *dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        return fail(reading, STATUS_IO, *path ? path : "/", "not a directory");
    }
    enum status status = STATUS_OK;
    for (struct dirent *entry; status == STATUS_OK && (entry = readdir(dir));)
        if (entry->d_name[0] != '.')
            status = entry_read(reading, dirfd(dir), path, entry->d_name, levels);
    closedir(dir);
    return status;
}

static int by_path(const void *one, const void *other) {
    return strcmp(((const struct site_file *)one)->path, ((const struct site_file *)other)->path);
}

static struct site_file *find(struct site_files *files, const char *path) {
    struct site_file wanted = {.path = (char *)(uintptr_t)path};
    return bsearch(&wanted, files->files, files->files_n, sizeof wanted, by_path);
}

/* The file that one with ".gz" is a form of; NULL: none. */
static struct site_file *file_of_packed(struct site_files *files, const struct site_file *packed) {
    char path[SITE_PATH_BYTES_MAX];
    if (!ends_with(packed->path, ".gz"))
        return NULL;
    snprintf(path, sizeof path, "%.*s", (int)(strlen(packed->path) - strlen(".gz")), packed->path);
    return find(files, path);
}

/* What came packed is checked, so that nobody is served another page by what they
 * accept: a build that was changed in place, or copied by half. */
static enum status pair_with_packed(struct reading *reading) {
    struct site_files *files = reading->files;
    for (size_t i = 0; i < files->files_n; i++) {
        struct site_file *packed = &files->files[i], *file = file_of_packed(files, packed);
        if (!file)
            continue;
        if (!gzip_holds(packed->bytes.data, packed->bytes.len, file->bytes.data, file->bytes.len))
            return fail(reading, STATUS_INVALID, packed->path, "does not unpack to the file beside it");
        file->packed = packed->bytes;
        strbuf_init(&packed->bytes);
        packed->content_type = NULL; /* no file of its own */
    }
    size_t kept_n = 0;
    for (size_t i = 0; i < files->files_n; i++)
        if (files->files[i].content_type)
            files->files[kept_n++] = files->files[i];
        else
            file_fini(&files->files[i]);
    files->files_n = kept_n;
    return STATUS_OK;
}

static void pack_the_others(struct site_files *files) {
    for (size_t i = 0; i < files->files_n; i++) {
        struct site_file *file = &files->files[i];
        if (file->packed.len == 0 && file->bytes.len >= PACKED_BYTES_MIN &&
            gzip_append(&file->packed, file->bytes.data, file->bytes.len) != STATUS_OK)
            strbuf_clear(&file->packed);
        if (file->packed.len >= file->bytes.len)
            strbuf_clear(&file->packed);
    }
}

enum status site_files_read(const char *dir, struct site_files **ret_files, char *error, size_t error_len) {
    struct site_files *files = calloc(1, sizeof *files);
    struct reading reading = {.files = files, .error = error, .error_len = error_len};
    if (!files)
        return fail(&reading, STATUS_NO_MEMORY, dir, "out of memory");
    atomic_init(&files->refs, 1);
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum status status =
        fd < 0 ? fail(&reading, STATUS_IO, dir, strerror(errno)) : directory_read(&reading, fd, "", SITE_LEVELS_MAX);
    qsort(files->files, files->files_n, sizeof files->files[0], by_path);
    if (status == STATUS_OK)
        status = pair_with_packed(&reading);
    if (status != STATUS_OK) {
        site_files_unref(&files);
        return status;
    }
    pack_the_others(files);
    *ret_files = files;
    return STATUS_OK;
}

struct site_files *site_files_ref(struct site_files *files) {
    if (files)
        atomic_fetch_add_explicit(&files->refs, 1, memory_order_relaxed);
    return files;
}

void site_files_unref(struct site_files **files) {
    struct site_files *it = *files;
    *files = NULL;
    if (!it || atomic_fetch_sub_explicit(&it->refs, 1, memory_order_acq_rel) > 1)
        return;
    for (size_t i = 0; i < it->files_n; i++)
        file_fini(&it->files[i]);
    free(it);
}

const struct site_file *site_files_find(const struct site_files *files, const char *path) {
    return find((struct site_files *)(uintptr_t)files, path);
}

size_t site_files_count(const struct site_files *files) {
    return files->files_n;
}

bool site_files_are_equal(const struct site_files *one, const struct site_files *other) {
    bool is_equal = one->files_n == other->files_n;
    for (size_t i = 0; is_equal && i < one->files_n; i++)
        is_equal = strcmp(one->files[i].path, other->files[i].path) == 0 &&
                   strcmp(one->files[i].etag, other->files[i].etag) == 0;
    return is_equal;
}
