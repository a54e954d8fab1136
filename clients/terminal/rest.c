/* A handle for each request: they are few. Thread: any. */
#include "terminal/rest.h"

#include "base/strbuf.h"
#include "protocol/json_exact.h"
#include "terminal/document.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define URL_MAX 2048

struct transfer {
    struct strbuf body;
    const struct rest_server *server;
};

enum status rest_begin(void) {
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? STATUS_OK : STATUS_INTERNAL;
}

void rest_end(void) {
    curl_global_cleanup();
}

/* Less than what was offered ends the transfer. */
static size_t on_body(char *bytes, size_t size, size_t n, void *context) {
    struct transfer *transfer = context;
    if (transfer->body.len + size * n > REST_BODY_MAX)
        return 0;
    strbuf_append(&transfer->body, bytes, size * n);
    return transfer->body.failed ? 0 : size * n;
}

static int on_progress(void *context, curl_off_t to_get, curl_off_t got, curl_off_t to_send, curl_off_t sent) {
    const struct transfer *transfer = context;
    (void)to_get, (void)got, (void)to_send, (void)sent;
    return transfer->server->is_cancelled && atomic_load(transfer->server->is_cancelled);
}

/* Those of --ca alone; else the system's, which OpenSSL's variable may name, as for the stream. */
static bool set_authorities(CURL *curl, const struct rest_server *server) {
    const char *file = server->ca_file ? server->ca_file : getenv("SSL_CERT_FILE");
    if (file && curl_easy_setopt(curl, CURLOPT_CAINFO, file) != CURLE_OK)
        return false;
    return !server->ca_file || curl_easy_setopt(curl, CURLOPT_CAPATH, NULL) == CURLE_OK;
}

static bool set_server(CURL *curl, const struct rest_server *server, struct transfer *transfer) {
    long is_checked = server->is_insecure ? 0 : 1;
    return curl_easy_setopt(curl, CURLOPT_NOPROXY, "*") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT, server->timeout_s) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, is_checked) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, is_checked * 2) == CURLE_OK &&
           set_authorities(curl, server) && curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_XFERINFODATA, transfer) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_USERAGENT, "portfolio-top/" PF_VERSION) == CURLE_OK;
}

static bool set_url(CURL *curl, const struct server_url *server_url, const char *path) {
    char authority[SERVER_URL_HOST_MAX + 10], url[URL_MAX];
    server_url_write_authority(server_url, authority, sizeof authority);
    int len = snprintf(url, sizeof url, "%s://%s%s%s", server_url->is_secure ? "https" : "http", authority,
                       server_url->prefix, path);
    return len > 0 && (size_t)len < sizeof url && curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK;
}

static bool add_header(struct curl_slist **headers, const char *line) {
    struct curl_slist *longer = curl_slist_append(*headers, line);
    if (longer)
        *headers = longer;
    return longer != NULL;
}

static bool set_request(CURL *curl, const struct rest_request *request, struct curl_slist **headers) {
    bool is_set = add_header(headers, "Accept: application/json");
    if (request->token)
        is_set = is_set && curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER) == CURLE_OK &&
                 curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, request->token) == CURLE_OK;
    if (request->body)
        is_set = is_set && add_header(headers, "Content-Type: application/json") &&
                 curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body) == CURLE_OK;
    return is_set && curl_easy_setopt(curl, CURLOPT_HTTPHEADER, *headers) == CURLE_OK;
}

/* A problem says what is wrong in `detail`. */
static enum status judge(struct rest_answer *answer, const struct strbuf *body) {
    char error[100];
    if (body->len > 0 && json_exact_parse(body->data, body->len, &answer->json, error, sizeof error) != STATUS_OK)
        answer->json = NULL;
    if (answer->status >= 200 && answer->status < 300)
        return STATUS_OK;
    const char *detail = document_string(answer->json, "detail");
    if (detail)
        (void)snprintf(answer->error, sizeof answer->error, "%s", detail);
    else
        (void)snprintf(answer->error, sizeof answer->error, "the server answered %ld", answer->status);
    return STATUS_INVALID;
}

enum status rest_ask(const struct rest_server *server, const struct rest_request *request,
                     struct rest_answer *ret_answer) {
    struct transfer transfer = {.server = server};
    struct curl_slist *headers = NULL;
    CURL *curl = curl_easy_init();
    enum status status = STATUS_UNAVAILABLE;
    *ret_answer = (struct rest_answer){.error = "out of memory"};
    if (curl && set_server(curl, server, &transfer) && set_url(curl, server->server_url, request->path) &&
        set_request(curl, request, &headers)) {
        CURLcode code = curl_easy_perform(curl);
        (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &ret_answer->status);
        if (code == CURLE_OK)
            status = judge(ret_answer, &transfer.body);
        else
            (void)snprintf(ret_answer->error, sizeof ret_answer->error, "%s", curl_easy_strerror(code));
    }
    if (transfer.body.data) /* may be tokens */
        explicit_bzero(transfer.body.data, transfer.body.len);
    strbuf_fini(&transfer.body);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return status;
}

void rest_answer_fini(struct rest_answer *answer) {
    json_decref(answer->json);
    answer->json = NULL;
}
