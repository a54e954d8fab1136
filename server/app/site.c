/* Reads the files, answers from memory. Thread: see site.h. */
#include "app/site.h"

#include "app/etag.h"
#include "app/gzip.h"
#include "app/problem.h"
#include "base/uuid.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Scripts and styles from files only; the stream of this host or, behind a
 * proxy, of another; in nobody's frame. */
#define SITE_POLICY                                                                                                    \
    "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; object-src 'none'; base-uri 'none'; "      \
    "form-action 'none'; frame-ancestors 'none'"

#define PACKED_BYTES_MIN 1024
#define ALLOW "GET, HEAD, OPTIONS"

struct site_file {
    char path[2 * NAME_MAX + 3]; /* "/app.js", "/img/logo.svg" */
    const char *content_type;
    char etag[16 + 1]; /* without quotes */
    char *bytes;
    size_t len;
    struct strbuf packed; /* gzipped; empty where that is not smaller */
};

struct site {
    struct site_file files[SITE_FILES_MAX];
    size_t files_n;
};

/* Where a reading is, for its error text. */
struct site_reading {
    struct site *site;
    char *error;
    size_t error_len;
};

static enum status fail(struct site_reading *reading, enum status status, const char *path, const char *why) {
    snprintf(reading->error, reading->error_len, "%s: %s", path, why);
    return status;
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
        {".webmanifest", "application/manifest+json"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".ico", "image/vnd.microsoft.icon"},
        {".woff2", "font/woff2"},
        {".txt", "text/plain; charset=utf-8"},
    };
    size_t len = strlen(path);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        size_t suffix_len = strlen(types[i].suffix);
        if (len > suffix_len && strcmp(path + len - suffix_len, types[i].suffix) == 0)
            return types[i].content_type;
    }
    return "application/octet-stream";
}

/* FNV-1a: it tells versions of a file apart, no more. */
static void etag_write(char *out, size_t out_len, const char *bytes, size_t len) {
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(1099511628211);
    snprintf(out, out_len, "%016llx", (unsigned long long)hash);
}

static enum status read_all(int fd, char *bytes, size_t len) {
    for (size_t done = 0; done < len;) {
        ssize_t n = read(fd, bytes + done, len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return STATUS_IO;
        done += (size_t)n;
    }
    return STATUS_OK;
}

/* path: as clients ask for it. fd is closed in any case. */
static enum status file_read(struct site_reading *reading, int fd, const char *path, const struct stat *about) {
    struct site *site = reading->site;
    enum status status = STATUS_OK;
    if (site->files_n == SITE_FILES_MAX)
        status = fail(reading, STATUS_LIMIT, path, "too many files");
    else if (about->st_size > SITE_FILE_BYTES_MAX)
        status = fail(reading, STATUS_LIMIT, path, "file too large");
    char *bytes = status == STATUS_OK ? malloc((size_t)about->st_size + 1) : NULL;
    if (status == STATUS_OK && !bytes)
        status = fail(reading, STATUS_NO_MEMORY, path, "out of memory");
    if (status == STATUS_OK && read_all(fd, bytes, (size_t)about->st_size) != STATUS_OK)
        status = fail(reading, STATUS_IO, path, "cannot be read");
    close(fd);
    if (status != STATUS_OK) {
        free(bytes);
        return status;
    }
    struct site_file *file = &site->files[site->files_n++];
    snprintf(file->path, sizeof file->path, "%s", path);
    file->content_type = content_type_of(path);
    file->bytes = bytes;
    file->len = (size_t)about->st_size;
    strbuf_init(&file->packed);
    if (file->len >= PACKED_BYTES_MIN &&
        (gzip_append(&file->packed, bytes, file->len) != STATUS_OK || file->packed.len >= file->len))
        strbuf_clear(&file->packed);
    etag_write(file->etag, sizeof file->etag, bytes, file->len);
    return STATUS_OK;
}

static enum status directory_read(struct site_reading *reading, int fd, const char *path, int levels);

static enum status entry_read(struct site_reading *reading, int dir_fd, const char *dir_path, const char *name,
                              int levels) {
    char path[2 * NAME_MAX + 3];
    struct stat about;
    snprintf(path, sizeof path, "%s/%s", dir_path, name);
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
    if (S_ISREG(about.st_mode))
        return file_read(reading, fd, path, &about);
    if (S_ISDIR(about.st_mode) && levels > 0)
        return directory_read(reading, fd, path, levels - 1);
    close(fd);
    return STATUS_OK;
}

/* fd is closed in any case. path: "" for the root. */
static enum status directory_read(struct site_reading *reading, int fd, const char *path, int levels) {
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

enum status site_create(const char *dir, struct site **ret_site, char *error, size_t error_len) {
    struct site *site = calloc(1, sizeof *site);
    struct site_reading reading = {.site = site, .error = error, .error_len = error_len};
    if (!site)
        return fail(&reading, STATUS_NO_MEMORY, dir, "out of memory");
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum status status = fd < 0 ? fail(&reading, STATUS_IO, dir, strerror(errno)) : directory_read(&reading, fd, "", 1);
    if (status != STATUS_OK) {
        site_destroy(&site);
        return status;
    }
    *ret_site = site;
    return STATUS_OK;
}

void site_destroy(struct site **site) {
    struct site *it = *site;
    if (!it)
        return;
    *site = NULL;
    for (size_t i = 0; i < it->files_n; i++) {
        strbuf_fini(&it->files[i].packed);
        free(it->files[i].bytes);
    }
    free(it);
}

static const struct site_file *site_find(const struct site *site, const char *path) {
    if (strcmp(path, "/") == 0)
        path = "/index.html";
    for (size_t i = 0; i < site->files_n; i++)
        if (strcmp(site->files[i].path, path) == 0)
            return &site->files[i];
    return NULL;
}

static void respond_method(struct http_request *request) {
    struct problem problem;
    struct strbuf body;
    struct uuid id = {{0}}; /* without random bytes still an answer */
    char request_id[UUID_TEXT_LEN + 1];
    if (uuid_random(&id) != STATUS_OK)
        id = (struct uuid){{0}};
    uuid_write(request_id, &id);
    const struct http_response options = {
        .status = 204, .headers = {{"allow:", ALLOW}, {"x-request-id:", request_id}}, .headers_n = 2};
    if (request->method == HTTP_OPTIONS) {
        http_respond(request, &options);
        return;
    }
    problem_init(&problem);
    problem_set(&problem, ERROR_METHOD_NOT_ALLOWED, "Files can only be read: GET or HEAD");
    strbuf_init(&body);
    problem_write(&problem, request_id, &body);
    const char *text = strbuf_text(&body);
    const struct http_response response = {.status = problem_http_status(&problem),
                                           .content_type = "application/problem+json",
                                           .body = text,
                                           .body_len = strlen(text),
                                           .headers = {{"allow:", ALLOW}, {"x-request-id:", request_id}},
                                           .headers_n = 2};
    http_respond(request, &response);
    strbuf_fini(&body);
}

bool site_respond(const struct site *site, struct http_request *request) {
    const struct site_file *file = site_find(site, request->path);
    if (!file)
        return false;
    if (request->method != HTTP_GET && request->method != HTTP_HEAD) {
        respond_method(request);
        return true;
    }
    const char *known = request->headers[HTTP_HEADER_IF_NONE_MATCH];
    bool takes_gzip = gzip_is_accepted(request->headers[HTTP_HEADER_ACCEPT_ENCODING]);
    bool is_packed = takes_gzip && file->packed.len > 0;
    bool is_known = known && etag_is_known(known, file->etag, takes_gzip, is_packed, &is_packed);
    char tag[sizeof file->etag + sizeof "\"-gzip\""];
    (void)snprintf(tag, sizeof tag, "\"%s%s\"", file->etag, is_packed ? "-gzip" : "");
    const struct http_response response = {.status = is_known ? 304 : 200,
                                           .content_type = file->content_type,
                                           .body = is_packed ? file->packed.data : file->bytes,
                                           .body_len = is_known    ? 0
                                                       : is_packed ? file->packed.len
                                                                   : file->len,
                                           .headers = {{"etag:", tag},
                                                       {"vary:", "Accept-Encoding"},
                                                       {"cache-control:", "no-cache"},
                                                       {"content-encoding:", "gzip"}},
                                           .headers_n = is_packed && !is_known ? 4 : 3,
                                           .policy = SITE_POLICY};
    http_respond(request, &response);
    return true;
}
