/* What an answer means: for the provider (its breaker, its pauses, what it is
 * not entitled to) and for each symbol that was asked for. Refuses nothing
 * silently: every verdict but a quote is counted, and kept as the provider's
 * last error. Thread: the poller's. */
#include "base/timestamp.h"
#include "feed/poller_internal.h"
#include "feed/provider_fields.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <stdio.h>
#include <stdlib.h>

#define UNKNOWN_MS 3600000
#define THROTTLE_FIRST_MS 1000
#define THROTTLE_MAX_MS 60000
#define NOT_ENTITLED_MS MS_PER_DAY /* a plan may change */
#define KEY_RETRY_MS 3600000

static const char *name_of(const struct polled_provider *it) {
    return it->provider->ops->name;
}

/* The reason is a text of ours or the library's, without the URL: a key may stand in that. */
static void failure_note(const struct poller *poller, struct polled_provider *it, const struct symbol *symbol,
                         size_t symbols_n, const char *reason) {
    const char *more = symbols_n > 1 ? " and others" : "";
    snprintf(it->last_error, sizeof it->last_error, "%s%s: %s", symbol->text, more, reason);
    it->last_error_wall_ms = clock_wall_ms(poller->config.clock);
    it->is_error_over = false;
}

/* ---- the provider ---- */

/* How long to pause, as far as anybody said: the body, Retry-After, the reset's time. */
static int64_t stated_pause_ms(const struct provider_answer *answer, const struct http_answer *http, int64_t now_ms,
                               int64_t wall_ms) {
    int64_t pause_ms = http->retry_after_ms;
    int64_t reset_ms = http->reset_s > 0 ? http->reset_s * 1000 - wall_ms : 0;
    int64_t body_ms =
        answer->pause_ms == PROVIDER_PAUSE_DAY ? quota_day_end_ms(now_ms, wall_ms) - now_ms : answer->pause_ms;
    if (reset_ms > pause_ms && reset_ms <= MS_PER_DAY)
        pause_ms = reset_ms;
    return body_ms > pause_ms ? body_ms : pause_ms;
}

static void throttle(struct poller *poller, struct polled_provider *it, const struct provider_answer *answer,
                     const struct http_answer *http, int64_t now_ms) {
    int64_t wall_ms = clock_wall_ms(poller->config.clock);
    int64_t pause_ms = stated_pause_ms(answer, http, now_ms, wall_ms);
    metrics_increment(METRIC_PROVIDER_THROTTLED);
    breaker_on_no_answer(&it->breaker, now_ms);
    if (answer->pause_ms == PROVIDER_PAUSE_DAY)
        quota_use_up_day(&it->quota, wall_ms);
    if (pause_ms == 0) {
        pause_ms = it->throttle_ms;
        it->throttle_ms = it->throttle_ms * 2 < THROTTLE_MAX_MS ? it->throttle_ms * 2 : THROTTLE_MAX_MS;
    }
    if (now_ms + pause_ms <= it->throttled_until_ms)
        return;
    it->throttled_until_ms = now_ms + pause_ms;
    log_event(LOG_WARN, "provider.throttled", LOG_TEXT("provider", name_of(it)), LOG_TEXT("reason", answer->reason),
              LOG_I64("pause_ms", pause_ms));
}

static void fail(struct polled_provider *it, int64_t now_ms) {
    metrics_increment(METRIC_PROVIDER_FAILURES);
    if (!breaker_on_failure(&it->breaker, now_ms))
        return;
    metrics_increment(METRIC_BREAKERS_OPENED);
    log_event(LOG_WARN, "breaker.opened", LOG_TEXT("provider", name_of(it)), LOG_TEXT("last_error", it->last_error),
              LOG_I64("for_ms", it->breaker.until_ms - now_ms));
}

/* It answered as one that has the key and the time. */
static void succeed(struct polled_provider *it, int64_t wall_ms) {
    breaker_on_success(&it->breaker);
    it->throttle_ms = THROTTLE_FIRST_MS;
    it->last_answer_wall_ms = wall_ms;
    if (it->has_invalid_key)
        log_event(LOG_INFO, "provider.key_accepted", LOG_TEXT("provider", name_of(it)));
    it->has_invalid_key = false;
}

static void not_entitled(struct polled_provider *it, enum provider_function function, int64_t now_ms) {
    metrics_increment(METRIC_PROVIDER_NOT_ENTITLED);
    breaker_on_no_answer(&it->breaker, now_ms);
    it->off_until_ms[function] = now_ms + NOT_ENTITLED_MS;
    log_event(LOG_WARN, "provider.not_entitled", LOG_TEXT("provider", name_of(it)),
              LOG_TEXT("function", provider_function_name(function)), LOG_I64("for_ms", NOT_ENTITLED_MS));
}

static void key_refused(struct polled_provider *it, int64_t now_ms) {
    metrics_increment(METRIC_PROVIDER_INVALID_KEYS);
    breaker_on_no_answer(&it->breaker, now_ms);
    if (!it->has_invalid_key)
        log_event(LOG_ERROR, "provider.key_refused", LOG_TEXT("provider", name_of(it)),
                  LOG_I64("retry_ms", KEY_RETRY_MS));
    it->has_invalid_key = true;
    it->key_retry_ms = now_ms + KEY_RETRY_MS;
}

/* ---- the symbols ---- */

/* Symbols of a batch are asked for together again: at the next full interval,
 * the same instant for all of them. */
static int64_t next_poll_ms(const struct poll_batch *batch, int64_t now_ms) {
    const struct provider_remote_ops *ops = batch->poller->providers[batch->provider].provider->ops->remote;
    int64_t interval_ms = batch->poller->config.poll_interval_ms;
    if (ops->interval_ms > interval_ms)
        return now_ms + ops->interval_ms;
    bool is_batched = ops->batch_max[batch->function] > 1;
    return is_batched ? (now_ms / interval_ms + 1) * interval_ms : now_ms + interval_ms;
}

/* Until when the symbol has had its share of the provider's day. */
static int64_t paced_until_ms(const struct poll_batch *batch, int64_t now_ms) {
    const struct poller *poller = batch->poller;
    const struct polled_provider *it = &poller->providers[batch->provider];
    int64_t day_limit = it->quota.limits.per[QUOTA_DAY];
    int64_t batch_max = (int64_t)it->provider->ops->remote->batch_max[batch->function];
    int64_t requests_n = ((int64_t)poller->table.held_n + batch_max - 1) / batch_max;
    return day_limit > 0 ? now_ms + MS_PER_DAY / day_limit * (requests_n > 0 ? requests_n : 1) : 0;
}

static int64_t symbol_unknown(struct poll_batch *batch, size_t at, int64_t now_ms) {
    struct polled_symbol *polled = batch->polled[at];
    polled->unknown_until_ms[batch->provider] = now_ms + UNKNOWN_MS;
    polled->alone_mask &= ~(1U << batch->provider);
    log_event(LOG_INFO, "symbol.unknown", LOG_TEXT("provider", name_of(&batch->poller->providers[batch->provider])),
              LOG_TEXT("symbol", polled->symbol.text));
    return now_ms;
}

/* One symbol's part of a good answer; returns when it is looked at next. */
static int64_t result_handle(struct poll_batch *batch, size_t at, const struct provider_result *result,
                             int64_t now_ms) {
    struct poller *poller = batch->poller;
    struct polled_provider *it = &poller->providers[batch->provider];
    struct polled_symbol *polled = batch->polled[at];
    if (result->verdict != PROVIDER_QUOTE)
        failure_note(poller, it, &batch->symbols[at], batch->n, result->reason);
    switch (result->verdict) {
    case PROVIDER_QUOTE:
        polled->alone_mask &= ~(1U << batch->provider);
        polled->paced_until_ms[batch->provider] = paced_until_ms(batch, now_ms);
        poller_offer(poller, it, &result->quote, now_ms);
        break;
    case PROVIDER_UNKNOWN_SYMBOL:
        return symbol_unknown(batch, at, now_ms);
    case PROVIDER_REFUSED_PRICE:
        metrics_increment(METRIC_QUOTES_REFUSED_PRICE);
        break;
    default:
        metrics_increment(METRIC_QUOTES_REFUSED_MALFORMED);
        break;
    }
    return next_poll_ms(batch, now_ms);
}

/* ---- the answer ---- */

static void answer_read(const struct poll_batch *batch, const struct http_answer *http,
                        struct provider_answer *answer) {
    const struct provider_ops *ops = batch->poller->providers[batch->provider].provider->ops;
    const struct provider_query query = {.function = batch->function,
                                         .symbols = batch->symbols,
                                         .n = batch->n,
                                         .wall_ms = clock_wall_ms(batch->poller->config.clock)};
    const struct provider_body body = {.http_status = http->http_status, .text = http->body, .len = http->len};
    if (http->status == STATUS_OK)
        ops->remote->parse(&query, &body, answer);
    else if (http->status == STATUS_LIMIT)
        provider_answer_set(answer, PROVIDER_MALFORMED, "the answer is too large");
    else
        provider_answer_set(answer, PROVIDER_FAILED, http->error[0] ? http->error : status_name(http->status));
    /* One symbol, and its part cannot be read: then neither can the answer. */
    if (answer->verdict == PROVIDER_QUOTE && batch->n == 1 && answer->results[0].verdict == PROVIDER_MALFORMED)
        provider_answer_set(answer, PROVIDER_MALFORMED, answer->results[0].reason);
}

void poller_provider_answered(struct poller *poller, struct polled_provider *it, const struct provider_query *query,
                              const struct provider_answer *answer, const struct http_answer *http) {
    int64_t now_ms = poller_now_ms(poller);
    it->is_error_over = true; /* until it is noted; what it was stays to be told */
    if (answer->verdict != PROVIDER_QUOTE)
        failure_note(poller, it, &query->symbols[0], query->n, answer->reason);
    switch (answer->verdict) {
    case PROVIDER_QUOTE:
    case PROVIDER_UNKNOWN_SYMBOL:
        succeed(it, clock_wall_ms(poller->config.clock));
        break;
    case PROVIDER_THROTTLED:
        throttle(poller, it, answer, http, now_ms);
        break;
    case PROVIDER_NOT_ENTITLED:
        not_entitled(it, query->function, now_ms);
        break;
    case PROVIDER_INVALID_KEY:
        key_refused(it, now_ms);
        break;
    case PROVIDER_MALFORMED:
        metrics_increment(METRIC_QUOTES_REFUSED_MALFORMED);
        fail(it, now_ms);
        break;
    default:
        fail(it, now_ms);
        break;
    }
}

/* Acts on what holds for all of the batch; returns when its symbols are looked at next. */
static int64_t verdict_handle(struct poll_batch *batch, const struct provider_answer *answer,
                              const struct http_answer *http, int64_t now_ms) {
    struct poller *poller = batch->poller;
    struct polled_provider *it = &poller->providers[batch->provider];
    const struct provider_query query = {.function = batch->function, .symbols = batch->symbols, .n = batch->n};
    poller_provider_answered(poller, it, &query, answer, http);
    switch (answer->verdict) {
    case PROVIDER_UNKNOWN_SYMBOL:
        for (size_t i = 0; i < batch->n && batch->n > 1; i++)
            batch->polled[i]->alone_mask |= 1U << batch->provider;
        return batch->n > 1 ? now_ms : symbol_unknown(batch, 0, now_ms);
    case PROVIDER_THROTTLED:
    case PROVIDER_NOT_ENTITLED:
    case PROVIDER_INVALID_KEY:
        return now_ms;
    default:
        return now_ms + poller->config.poll_interval_ms;
    }
}

static void results_handle(struct poll_batch *batch, const struct provider_answer *answer, int64_t now_ms) {
    struct polled_provider *it = &batch->poller->providers[batch->provider];
    succeed(it, clock_wall_ms(batch->poller->config.clock));
    it->is_error_over = true;
    for (size_t i = 0; i < batch->n; i++)
        poller_due_set(batch->poller, batch->polled[i], result_handle(batch, i, &answer->results[i], now_ms));
}

static void batch_answered(struct poll_batch *batch, const struct http_answer *http) {
    struct poller *poller = batch->poller;
    int64_t now_ms = poller_now_ms(poller);
    int64_t due_ms = now_ms + poller->config.poll_interval_ms;
    struct provider_answer answer;
    if (http->status == STATUS_CANCELLED) {
        breaker_on_no_answer(&poller->providers[batch->provider].breaker, now_ms);
    } else {
        for (size_t i = 0; i < batch->n && http->status != STATUS_TIMEOUT; i++)
            batch->polled[i]->answered_mask |= 1U << batch->provider;
        answer_read(batch, http, &answer);
        if (answer.verdict == PROVIDER_QUOTE) {
            results_handle(batch, &answer, now_ms);
            free(batch);
            return;
        }
        due_ms = verdict_handle(batch, &answer, http, now_ms);
    }
    for (size_t i = 0; i < batch->n; i++)
        poller_due_set(poller, batch->polled[i], due_ms);
    free(batch);
}

void poller_on_answer(void *context, const struct http_answer *http) {
    struct poll_batch *batch = context;
    struct poller *poller = batch->poller;
    pthread_mutex_lock(&poller->providers_lock);
    batch_answered(batch, http);
    pthread_mutex_unlock(&poller->providers_lock);
}
