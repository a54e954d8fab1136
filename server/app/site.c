/* Answers with files, and changes them for newer ones. Thread: see site.h. */
#include "app/site.h"

#include "app/etag.h"
#include "app/gzip.h"
#include "app/problem.h"
#include "app/site_files.h"
#include "base/uuid.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Scripts and styles from this server's files only, and nothing inline; in nobody's
 * frame. Some browsers do not take a WebSocket of the same host for 'self', so it
 * is named, too, where the host is known. */
#define POLICY_BEGIN                                                                                                   \
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "               \
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; connect-src 'self'"
#define HOST_BYTES_MAX 255
#define POLICY_BYTES_MAX (sizeof POLICY_BEGIN + 2 * (sizeof " wss://" + HOST_BYTES_MAX))

#define LASTING "public, max-age=31536000, immutable"
#define ASKED_AGAIN "no-cache"
#define ALLOW "GET, HEAD, OPTIONS"

struct site {
    pthread_mutex_t lock; /* held only to take or change the references */
    struct site_files *files;
    struct site_files *before; /* those of the reading before; NULL: none */
    char dir[];
};

enum status site_create(const char *dir, struct site **ret_site, char *error, size_t error_len) {
    size_t dir_len = strlen(dir);
    struct site *site = calloc(1, sizeof *site + dir_len + 1);
    if (!site || pthread_mutex_init(&site->lock, NULL) != 0) {
        free(site);
        snprintf(error, error_len, "%s: out of memory", dir);
        return STATUS_NO_MEMORY;
    }
    memcpy(site->dir, dir, dir_len + 1);
    enum status status = site_files_read(dir, &site->files, error, error_len);
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
    site_files_unref(&it->files);
    site_files_unref(&it->before);
    (void)pthread_mutex_destroy(&it->lock);
    free(it);
}

void site_reload(struct site *site) {
    char reason[SITE_PATH_BYTES_MAX + 256];
    struct site_files *files = NULL, *oldest = NULL;
    if (site_files_read(site->dir, &files, reason, sizeof reason) != STATUS_OK) {
        metrics_increment(METRIC_SITE_RELOADS_FAILED);
        log_event(LOG_ERROR, "site.reload_failed", LOG_TEXT("reason", reason),
                  LOG_TEXT("serving", "the files from before"));
        return;
    }
    /* Nothing new must not cost what was kept of the build before. */
    if (site_files_are_equal(files, site->files)) {
        site_files_unref(&files);
        return;
    }
    size_t files_n = site_files_count(files);
    (void)pthread_mutex_lock(&site->lock);
    oldest = site->before;
    site->before = site->files;
    site->files = files;
    (void)pthread_mutex_unlock(&site->lock);
    site_files_unref(&oldest);
    log_event(LOG_INFO, "site.reloaded", LOG_I64("files", (int64_t)files_n));
}

static bool is_host(const char *host) {
    size_t len = strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]");
    return len > 0 && len <= HOST_BYTES_MAX && host[len] == '\0';
}

static void policy_write(char out[POLICY_BYTES_MAX], const char *host) {
    if (host && is_host(host))
        (void)snprintf(out, POLICY_BYTES_MAX, POLICY_BEGIN " ws://%s wss://%s", host, host);
    else
        (void)snprintf(out, POLICY_BYTES_MAX, POLICY_BEGIN);
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

static void respond_file(const struct site_file *file, struct http_request *request) {
    const char *known = request->headers[HTTP_HEADER_IF_NONE_MATCH];
    bool takes_gzip = gzip_is_accepted(request->headers[HTTP_HEADER_ACCEPT_ENCODING]);
    bool is_packed = takes_gzip && file->packed.len > 0;
    bool is_known = known && etag_is_known(known, file->etag, takes_gzip, is_packed, &is_packed);
    const struct strbuf *body = is_packed ? &file->packed : &file->bytes;
    char tag[sizeof file->etag + sizeof "\"-gzip\""], policy[POLICY_BYTES_MAX];
    (void)snprintf(tag, sizeof tag, "\"%s%s\"", file->etag, is_packed ? "-gzip" : "");
    policy_write(policy, request->headers[HTTP_HEADER_HOST]);
    const struct http_response response = {.status = is_known ? 304 : 200,
                                           .content_type = file->content_type,
                                           .body = body->data,
                                           .body_len = is_known ? 0 : body->len,
                                           .headers = {{"etag:", tag},
                                                       {"vary:", "Accept-Encoding"},
                                                       {"cache-control:", file->is_lasting ? LASTING : ASKED_AGAIN},
                                                       {"content-encoding:", "gzip"}},
                                           .headers_n = is_packed && !is_known ? 4 : 3,
                                           .policy = policy};
    http_respond(request, &response);
}

bool site_respond(struct site *site, struct http_request *request) {
    const char *path = strcmp(request->path, "/") == 0 ? "/index.html" : request->path;
    (void)pthread_mutex_lock(&site->lock);
    struct site_files *files = site_files_ref(site->files), *before = site_files_ref(site->before);
    (void)pthread_mutex_unlock(&site->lock);
    const struct site_file *file = site_files_find(files, path);
    if (!file && before && site_path_is_lasting(path))
        file = site_files_find(before, path);
    if (file && (request->method == HTTP_GET || request->method == HTTP_HEAD))
        respond_file(file, request);
    else if (file)
        respond_method(request);
    site_files_unref(&files);
    site_files_unref(&before);
    return file != NULL;
}
