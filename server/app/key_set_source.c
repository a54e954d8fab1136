/* Fetches the outside provider's JWK Set. One mutex guards what the threads
 * share; it is held for a few assignments, never while waiting.
 * Thread: its own, which alone talks HTTP; the rest any. */
#include "app/key_set_source.h"

#include "feed/http_fetch.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define RETRY_MIN_MS 1000
#define RETRY_MAX_MS 60000
#define WAIT_MAX_MS 60000

struct key_set_source {
    struct key_set_source_config config;
    struct http_fetch *fetch;
    pthread_t thread;
    bool is_started;
    pthread_mutex_t lock; /* of all below */
    struct key_set *set;
    bool is_stopping;
    bool is_wanted;   /* a key that is not in the set */
    bool is_fetching; /* an answer is awaited */
    int64_t begun_ms; /* the last fetch; INT64_MIN: none */
    int64_t due_ms;   /* the next by itself */
    unsigned failures_n;
};

/* --- the address --- */

/* What may follow the host: a port, a path, or nothing. No '@': that would make the host a user's name. */
static bool host_ends(const char *rest) {
    if (*rest == ':') {
        rest++;
        size_t digits_n = strspn(rest, "0123456789");
        if (digits_n == 0 || digits_n > 5)
            return false;
        rest += digits_n;
    }
    return *rest == '\0' || *rest == '/';
}

static bool is_loopback_number(const char *host, size_t *ret_len) {
    size_t len = strspn(host, "0123456789.");
    unsigned dots_n = 0;
    for (size_t i = 0; i < len; i++)
        dots_n += host[i] == '.';
    *ret_len = len;
    return strncmp(host, "127.", 4) == 0 && dots_n == 3;
}

bool key_set_source_url_is_taken(const char *url) {
    static const char secure[] = "https://", plain[] = "http://";
    static const char *const names[] = {"localhost", "[::1]"};
    size_t len;
    if (strncmp(url, secure, sizeof secure - 1) == 0) {
        const char *host = url + sizeof secure - 1;
        return *host != '\0' && *host != '/' && strcspn(host, "@") >= strcspn(host, "/");
    }
    if (strncmp(url, plain, sizeof plain - 1) != 0)
        return false;
    const char *host = url + sizeof plain - 1;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        len = strlen(names[i]);
        if (strncmp(host, names[i], len) == 0)
            return host_ends(host + len);
    }
    return is_loopback_number(host, &len) && host_ends(host + len);
}

/* --- the thread --- */

/* Takes the set. */
static void set_replace(struct key_set_source *source, struct key_set *set) {
    (void)pthread_mutex_lock(&source->lock);
    struct key_set *old = source->set;
    bool is_new = !old || key_set_size(old) != key_set_size(set);
    bool was_failing = source->failures_n > 0;
    source->set = set;
    source->failures_n = 0;
    source->due_ms = clock_monotonic_ms(source->config.clock) + source->config.refresh_ms;
    (void)pthread_mutex_unlock(&source->lock);
    key_set_unref(&old);
    metrics_increment(METRIC_KEY_SETS_FETCHED);
    if (is_new || was_failing || key_set_size(set) == 0)
        log_event(key_set_size(set) > 0 ? LOG_INFO : LOG_WARN, "key_set.fetched", LOG_I64("keys", key_set_size(set)),
                  LOG_I64("ignored", key_set_ignored_n(set)));
}

static void fetch_fail(struct key_set_source *source, enum status status, const struct http_answer *answer) {
    (void)pthread_mutex_lock(&source->lock);
    unsigned failures_n = source->failures_n++;
    int64_t wait_ms = failures_n < 6 ? (int64_t)RETRY_MIN_MS << failures_n : RETRY_MAX_MS;
    source->due_ms = clock_monotonic_ms(source->config.clock) +
                     (wait_ms < source->config.refresh_ms ? wait_ms : source->config.refresh_ms);
    bool has_set = source->set != NULL;
    (void)pthread_mutex_unlock(&source->lock);
    metrics_increment(METRIC_KEY_SET_FETCHES_FAILED);
    if (failures_n == 0)
        log_event(LOG_WARN, "key_set.fetch_failed", LOG_TEXT("reason", status_name(status)),
                  LOG_TEXT("error", answer->error ? answer->error : ""), LOG_I64("http_status", answer->http_status),
                  LOG_TEXT("serving", has_set ? "the last set" : "none"));
}

static void on_answer(void *context, const struct http_answer *answer) {
    struct key_set_source *source = context;
    struct key_set *set = NULL;
    enum status status = answer->status;
    (void)pthread_mutex_lock(&source->lock);
    source->is_fetching = false;
    (void)pthread_mutex_unlock(&source->lock);
    if (status == STATUS_CANCELLED)
        return;
    if (status == STATUS_OK && answer->http_status != 200)
        status = STATUS_UNAVAILABLE;
    if (status == STATUS_OK)
        status = key_set_parse(answer->body, answer->len, &set);
    if (status == STATUS_OK)
        set_replace(source, set);
    else
        fetch_fail(source, status, answer);
}

static void fetch_begin(struct key_set_source *source) {
    static const struct http_answer none = {0};
    struct http_question question = {
        .url = source->config.url, .header = "Accept: application/json", .body_max = KEY_SET_BYTES_MAX};
    enum status status = http_fetch_start(source->fetch, &question, on_answer, source);
    if (status == STATUS_OK)
        return;
    (void)pthread_mutex_lock(&source->lock);
    source->is_fetching = false;
    (void)pthread_mutex_unlock(&source->lock);
    fetch_fail(source, status, &none);
}

/* What to do now: false: end. Else whether to fetch, and for how long to wait then. */
static bool next_step(struct key_set_source *source, bool *ret_fetch, int *ret_wait_ms) {
    (void)pthread_mutex_lock(&source->lock);
    int64_t now_ms = clock_monotonic_ms(source->config.clock), wait_ms = source->due_ms - now_ms;
    bool goes_on = !source->is_stopping;
    bool is_due = !source->is_fetching && (source->is_wanted || wait_ms <= 0);
    if (is_due) {
        source->is_fetching = true;
        source->is_wanted = false;
        source->begun_ms = now_ms;
    }
    if (source->is_fetching || wait_ms > WAIT_MAX_MS)
        wait_ms = WAIT_MAX_MS;
    (void)pthread_mutex_unlock(&source->lock);
    *ret_fetch = is_due;
    *ret_wait_ms = (int)wait_ms;
    return goes_on;
}

static void *source_main(void *argument) {
    struct key_set_source *source = argument;
    bool is_due;
    int wait_ms;
    while (next_step(source, &is_due, &wait_ms)) {
        if (is_due)
            fetch_begin(source);
        /* A request that could not even begin is due again only after its pause, which the next step sees. */
        http_fetch_run(source->fetch, is_due && http_fetch_active_n(source->fetch) == 0 ? 0 : wait_ms);
    }
    return NULL;
}

/* --- what others see --- */

enum status key_set_source_create(const struct key_set_source_config *config, struct key_set_source **ret_source) {
    struct key_set_source *source = calloc(1, sizeof *source);
    if (!source)
        return STATUS_NO_MEMORY;
    source->config = *config;
    source->begun_ms = INT64_MIN;
    source->due_ms = clock_monotonic_ms(config->clock);
    enum status status = http_fetch_create(&source->fetch);
    if (status == STATUS_OK && pthread_mutex_init(&source->lock, NULL) != 0) {
        http_fetch_destroy(&source->fetch);
        status = STATUS_NO_MEMORY;
    }
    if (status != STATUS_OK) {
        free(source);
        return status;
    }
    *ret_source = source;
    return STATUS_OK;
}

enum status key_set_source_start(struct key_set_source *source) {
    if (pthread_create(&source->thread, NULL, source_main, source) != 0)
        return STATUS_IO;
    (void)pthread_setname_np(source->thread, "key-set");
    source->is_started = true;
    return STATUS_OK;
}

void key_set_source_begin_stop(struct key_set_source *source) {
    (void)pthread_mutex_lock(&source->lock);
    source->is_stopping = true;
    (void)pthread_mutex_unlock(&source->lock);
    http_fetch_wake(source->fetch);
}

void key_set_source_destroy(struct key_set_source **source) {
    struct key_set_source *old = *source;
    if (!old)
        return;
    *source = NULL;
    key_set_source_begin_stop(old);
    if (old->is_started)
        (void)pthread_join(old->thread, NULL);
    http_fetch_destroy(&old->fetch);
    key_set_unref(&old->set);
    (void)pthread_mutex_destroy(&old->lock);
    free(old);
}

struct key_set *key_set_source_current(struct key_set_source *source) {
    (void)pthread_mutex_lock(&source->lock);
    struct key_set *set = source->set ? key_set_ref(source->set) : NULL;
    (void)pthread_mutex_unlock(&source->lock);
    return set;
}

bool key_set_source_want(struct key_set_source *source) {
    bool is_new = false;
    (void)pthread_mutex_lock(&source->lock);
    bool is_coming = source->is_fetching || source->is_wanted;
    int64_t now_ms = clock_monotonic_ms(source->config.clock);
    if (!is_coming && (source->begun_ms == INT64_MIN || now_ms - source->begun_ms >= source->config.refetch_ms))
        source->is_wanted = is_coming = is_new = true;
    (void)pthread_mutex_unlock(&source->lock);
    if (is_new)
        http_fetch_wake(source->fetch);
    return is_coming;
}
