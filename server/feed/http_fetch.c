/* HTTP requests of the poller thread. It owns the curl handles; it refuses
 * redirects, other protocols, certificates that do not verify, and answers
 * above the bound of their question. Thread: the poller's, but http_fetch_wake (any). */
#include "feed/http_fetch.h"

#include "base/strbuf.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_TIMEOUT_MS 3000L
#define TIMEOUT_MS 5000L
#define HISTORY_TIMEOUT_MS 30000L

struct fetch_slot {
    CURL *easy; /* NULL: free */
    http_answer_fn done;
    void *context;
    char error[CURL_ERROR_SIZE];
    struct curl_slist *headers;
    size_t body_max;
    struct strbuf body; /* its memory is the slot's, as long as it stays small */
};

struct http_fetch {
    CURLM *multi;
    size_t active_n;
    struct fetch_slot slots[HTTP_FETCH_MAX];
};

enum status http_fetch_create(struct http_fetch **ret_fetch) {
    struct http_fetch *fetch = calloc(1, sizeof *fetch);
    if (!fetch)
        return STATUS_NO_MEMORY;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
        free(fetch);
        return STATUS_INTERNAL;
    }
    for (size_t i = 0; i < HTTP_FETCH_MAX; i++)
        strbuf_init(&fetch->slots[i].body);
    fetch->multi = curl_multi_init();
    if (!fetch->multi) {
        curl_global_cleanup();
        free(fetch);
        return STATUS_NO_MEMORY;
    }
    *ret_fetch = fetch;
    return STATUS_OK;
}

/* A header that is a number; 0 when it is not there. */
static int64_t header_number(CURL *easy, const char *name) {
    struct curl_header *header = NULL;
    int64_t number = 0;
    if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
        return 0;
    for (const char *at = header->value; *at >= '0' && *at <= '9' && number < INT64_MAX / 1000000; at++)
        number = number * 10 + (*at - '0');
    return number;
}

/* The slot is free only after `done`, because the body is in it. */
static void slot_finish(struct http_fetch *fetch, struct fetch_slot *slot, struct http_answer *answer) {
    CURL *easy = slot->easy;
    curl_off_t retry_after_s = 0;
    (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer->http_status);
    (void)curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after_s);
    answer->retry_after_ms = retry_after_s > 0 && retry_after_s < 86400 ? (int64_t)retry_after_s * 1000 : 0;
    answer->reset_s = header_number(easy, "X-Ratelimit-Reset");
    answer->body = slot->body.len > 0 ? slot->body.data : "";
    answer->len = slot->body.len;
    answer->error = slot->error;
    (void)curl_multi_remove_handle(fetch->multi, easy);
    curl_easy_cleanup(easy);
    curl_slist_free_all(slot->headers);
    slot->headers = NULL;
    fetch->active_n--;
    slot->done(slot->context, answer);
    if (slot->body.capacity > HTTP_FETCH_BODY_MAX)
        strbuf_fini(&slot->body);
    strbuf_clear(&slot->body);
    slot->easy = NULL;
}

void http_fetch_cancel_all(struct http_fetch *fetch) {
    for (size_t i = 0; i < HTTP_FETCH_MAX; i++) {
        struct http_answer answer = {.status = STATUS_CANCELLED};
        if (fetch->slots[i].easy)
            slot_finish(fetch, &fetch->slots[i], &answer);
    }
}

void http_fetch_destroy(struct http_fetch **fetch) {
    if (!*fetch)
        return;
    http_fetch_cancel_all(*fetch);
    for (size_t i = 0; i < HTTP_FETCH_MAX; i++)
        strbuf_fini(&(*fetch)->slots[i].body);
    (void)curl_multi_cleanup((*fetch)->multi);
    curl_global_cleanup();
    free(*fetch);
    *fetch = NULL;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *data) {
    struct fetch_slot *slot = data;
    size_t len = size * n;
    if (len > slot->body_max - slot->body.len)
        return 0; /* ends the request with CURLE_WRITE_ERROR */
    strbuf_append(&slot->body, bytes, len);
    return strbuf_status(&slot->body) == STATUS_OK ? len : 0;
}

static CURLcode slot_configure(struct fetch_slot *slot, const struct http_question *question) {
    CURL *easy = slot->easy;
    long timeout_ms = slot->body_max > HTTP_FETCH_BODY_MAX ? HISTORY_TIMEOUT_MS : TIMEOUT_MS;
    CURLcode code = curl_easy_setopt(easy, CURLOPT_URL, question->url);
    if (!code && question->header[0]) {
        slot->headers = curl_slist_append(NULL, question->header);
        code = slot->headers ? curl_easy_setopt(easy, CURLOPT_HTTPHEADER, slot->headers) : CURLE_OUT_OF_MEMORY;
    }
#if LIBCURL_VERSION_NUM >= 0x075500
    code = code ? code : curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    code = code ? code : curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    code = code ? code : curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    code = code ? code : curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    code = code ? code : curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    code = code ? code : curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    code = code ? code : curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
    code = code ? code : curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout_ms);
    code = code ? code : curl_easy_setopt(easy, CURLOPT_USERAGENT, "portfoliod/" PF_VERSION);
    code = code ? code : curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    code = code ? code : curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    code = code ? code : curl_easy_setopt(easy, CURLOPT_WRITEDATA, slot);
    code = code ? code : curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, slot->error);
    code = code ? code : curl_easy_setopt(easy, CURLOPT_PRIVATE, slot);
    return code;
}

static struct fetch_slot *slot_free(struct http_fetch *fetch) {
    for (size_t i = 0; i < HTTP_FETCH_MAX; i++) {
        if (!fetch->slots[i].easy)
            return &fetch->slots[i];
    }
    return NULL;
}

enum status http_fetch_start(struct http_fetch *fetch, const struct http_question *question, http_answer_fn done,
                             void *context) {
    struct fetch_slot *slot = slot_free(fetch);
    if (!slot)
        return STATUS_LIMIT;
    slot->easy = curl_easy_init();
    if (!slot->easy)
        return STATUS_NO_MEMORY;
    slot->done = done;
    slot->context = context;
    slot->body_max = question->body_max;
    slot->error[0] = '\0';
    if (slot_configure(slot, question) != CURLE_OK || curl_multi_add_handle(fetch->multi, slot->easy) != CURLM_OK) {
        curl_easy_cleanup(slot->easy);
        curl_slist_free_all(slot->headers);
        slot->headers = NULL;
        slot->easy = NULL;
        return STATUS_INTERNAL;
    }
    fetch->active_n++;
    return STATUS_OK;
}

static enum status code_status(CURLcode code) {
    switch (code) {
    case CURLE_OK:
        return STATUS_OK;
    case CURLE_WRITE_ERROR:
        return STATUS_LIMIT;
    case CURLE_OPERATION_TIMEDOUT:
        return STATUS_TIMEOUT;
    default:
        return STATUS_UNAVAILABLE;
    }
}

/* Tells how many requests were finished. */
static size_t answers_give(struct http_fetch *fetch) {
    int left = 0;
    size_t given_n = 0;
    const CURLMsg *message;
    while ((message = curl_multi_info_read(fetch->multi, &left))) {
        void *slot = NULL;
        if (message->msg != CURLMSG_DONE)
            continue;
        struct http_answer answer = {.status = code_status(message->data.result)};
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&slot);
        slot_finish(fetch, slot, &answer);
        given_n++;
    }
    return given_n;
}

void http_fetch_run(struct http_fetch *fetch, int timeout_ms) {
    int running = 0;
    (void)curl_multi_perform(fetch->multi, &running);
    if (answers_give(fetch) > 0)
        timeout_ms = 0;
    (void)curl_multi_poll(fetch->multi, NULL, 0, timeout_ms, NULL);
    (void)curl_multi_perform(fetch->multi, &running);
    (void)answers_give(fetch);
}

size_t http_fetch_active_n(const struct http_fetch *fetch) {
    return fetch->active_n;
}

void http_fetch_wake(struct http_fetch *fetch) {
    (void)curl_multi_wakeup(fetch->multi);
}
