/* Which provider is asked for what, and when. What is asked for
 * now comes first, then watched symbols, then those not asked for the longest; a symbol that a provider does not know,
 * or cannot be asked for, goes to the next one. Thread: the poller's. */
#include "feed/poller_internal.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <stdio.h>
#include <stdlib.h>

#define UNKNOWN_MS 3600000
#define NOBODY_MS 5000   /* until a symbol that no provider knows is looked at again */
#define REPLAYED_MS 2000 /* the same for one that a replay feeds */
#define THROTTLE_FIRST_MS 1000
#define THROTTLE_MAX_MS 60000
#define UNWATCHED_MS 10000 /* an unwatched symbol waits this much longer than a watched one, not for ever */
#define REPLAY_BATCHES 256 /* in one turn, */
#define REPLAY_TURN_MS 100 /* or as many as fit in this time */

struct request {
    struct poller *poller;
    struct polled_symbol *polled;
    size_t provider;
};

bool poller_provider_is_open(const struct polled_provider *it, int64_t now_ms) {
    return now_ms >= it->throttled_until_ms && !breaker_is_shut(&it->breaker, now_ms);
}

bool poller_provider_knows(const struct poller *poller, size_t i, const struct polled_symbol *polled, int64_t now_ms) {
    const struct provider *provider = poller->providers[i].provider;
    return now_ms >= polled->unknown_until_ms[i] && provider->ops->knows(provider, &polled->symbol);
}

/* When the symbol is looked at next. It is out of the heap while a request for
 * it is under way. */
static void due_set(struct poller *poller, struct polled_symbol *polled, int64_t due_ms) {
    polled->is_in_flight = false;
    poller_question_due(poller, polled, due_ms);
    bool is_needed = polled->is_held || (polled->is_asked && !polled->is_over);
    if (is_needed && heap_set(&poller->table.due, &polled->due, due_ms) != STATUS_OK)
        polled->is_held = false; /* out of memory: the next list of held symbols tries again */
    polled->is_over |= polled->is_asked && !heap_entry_is_set(&polled->due);
}

static void failure_note(struct polled_provider *it, const struct polled_symbol *polled, const char *reason) {
    snprintf(it->last_error, sizeof it->last_error, "%s: %s", polled->symbol.text, reason);
}

static void throttle(struct polled_provider *it, int64_t retry_after_ms, int64_t now_ms) {
    metrics_increment(METRIC_PROVIDER_THROTTLED);
    breaker_on_no_answer(&it->breaker, now_ms);
    int64_t pause_ms = retry_after_ms > 0 ? retry_after_ms : it->throttle_ms;
    if (now_ms < it->throttled_until_ms && now_ms + pause_ms <= it->throttled_until_ms)
        return;
    it->throttled_until_ms = now_ms + pause_ms;
    it->throttle_ms = it->throttle_ms * 2 < THROTTLE_MAX_MS ? it->throttle_ms * 2 : THROTTLE_MAX_MS;
    log_event(LOG_WARN, "provider.throttled", LOG_TEXT("provider", it->provider->ops->name),
              LOG_I64("pause_ms", pause_ms));
}

static void fail(struct polled_provider *it, int64_t now_ms) {
    metrics_increment(METRIC_PROVIDER_FAILURES);
    if (!breaker_on_failure(&it->breaker, now_ms))
        return;
    metrics_increment(METRIC_BREAKERS_OPENED);
    log_event(LOG_WARN, "breaker.opened", LOG_TEXT("provider", it->provider->ops->name),
              LOG_TEXT("last_error", it->last_error), LOG_I64("for_ms", it->breaker.until_ms - now_ms));
}

static void succeed(struct polled_provider *it) {
    breaker_on_success(&it->breaker);
    it->throttle_ms = THROTTLE_FIRST_MS;
}

static struct provider_answer answer_read(const struct polled_provider *it, const struct polled_symbol *polled,
                                          const struct http_answer *http) {
    struct provider_answer answer = {.verdict = PROVIDER_FAILED, .reason = http->error};
    if (http->status == STATUS_OK)
        it->provider->ops->parse(it->provider, &polled->symbol, http->http_status, http->body, http->len, &answer);
    else if (http->status == STATUS_LIMIT)
        answer = (struct provider_answer){.verdict = PROVIDER_MALFORMED, .reason = "the answer is too large"};
    else if (answer.reason[0] == '\0')
        answer.reason = status_name(http->status);
    return answer;
}

/* Acts on a verdict; returns when the symbol is looked at next. */
static int64_t verdict_handle(struct poller *poller, struct polled_symbol *polled, size_t i,
                              const struct provider_answer *answer, int64_t retry_after_ms, int64_t now_ms) {
    struct polled_provider *it = &poller->providers[i];
    if (answer->verdict != PROVIDER_QUOTE)
        failure_note(it, polled, answer->reason);
    switch (answer->verdict) {
    case PROVIDER_QUOTE:
        succeed(it);
        it->last_error[0] = '\0';
        poller_offer(poller, it, &answer->quote, now_ms);
        break;
    case PROVIDER_REFUSED_PRICE:
        succeed(it);
        metrics_increment(METRIC_QUOTES_REFUSED_PRICE);
        break;
    case PROVIDER_UNKNOWN_SYMBOL:
        succeed(it);
        polled->unknown_until_ms[i] = now_ms + UNKNOWN_MS;
        log_event(LOG_INFO, "symbol.unknown", LOG_TEXT("provider", it->provider->ops->name),
                  LOG_TEXT("symbol", polled->symbol.text));
        return now_ms;
    case PROVIDER_THROTTLED:
        throttle(it, retry_after_ms, now_ms);
        return now_ms;
    case PROVIDER_MALFORMED:
        metrics_increment(METRIC_QUOTES_REFUSED_MALFORMED);
        fail(it, now_ms);
        break;
    case PROVIDER_FAILED:
        fail(it, now_ms);
        break;
    }
    return now_ms + poller->config.poll_interval_ms;
}

static void on_answer(void *context, const struct http_answer *http) {
    struct request *request = context;
    struct poller *poller = request->poller;
    struct polled_provider *it = &poller->providers[request->provider];
    int64_t now_ms = poller_now_ms(poller);
    int64_t due_ms = now_ms + poller->config.poll_interval_ms;
    if (http->status == STATUS_CANCELLED) {
        breaker_on_no_answer(&it->breaker, now_ms);
    } else {
        struct provider_answer answer = answer_read(it, request->polled, http);
        due_ms = verdict_handle(poller, request->polled, request->provider, &answer, http->retry_after_ms, now_ms);
    }
    due_set(poller, request->polled, due_ms);
    free(request);
}

static enum status request_start(struct poller *poller, struct polled_symbol *polled, size_t i, int64_t now_ms) {
    struct polled_provider *it = &poller->providers[i];
    struct strbuf url;
    struct request *request = malloc(sizeof *request);
    if (!request)
        return STATUS_NO_MEMORY;
    *request = (struct request){.poller = poller, .polled = polled, .provider = i};
    strbuf_init(&url);
    it->provider->ops->write_url(it->provider, &polled->symbol, &url);
    enum status status = http_fetch_start(poller->fetch, strbuf_text(&url), on_answer, request);
    strbuf_fini(&url);
    if (status != STATUS_OK) {
        free(request);
        return status;
    }
    (void)quota_take(&it->quota, now_ms);
    breaker_on_request(&it->breaker, now_ms);
    metrics_increment(METRIC_PROVIDER_REQUESTS);
    polled->asked_ms = now_ms;
    polled->is_in_flight = true;
    return STATUS_OK;
}

static void compute(struct poller *poller, struct polled_symbol *polled, size_t i, int64_t now_ms) {
    struct polled_provider *it = &poller->providers[i];
    struct quote quote;
    int64_t tick_ms = poller->config.simulated_tick_ms;
    int64_t was_due_ms = polled->due.deadline_ms;
    enum status status =
        it->provider->ops->compute(it->provider, &polled->symbol, polled->is_stored ? &polled->stored : NULL,
                                   clock_wall_ms(poller->config.clock), &quote);
    if (status == STATUS_OK)
        poller_offer(poller, it, &quote, now_ms);
    /* In step, so that symbols stay spread over the interval; not in a burst
     * after a pause. */
    due_set(poller, polled, now_ms - was_due_ms < tick_ms ? was_due_ms + tick_ms : now_ms + tick_ms);
}

/* Asks the first provider that can; otherwise says when to look again. */
static void symbol_ask(struct poller *poller, struct polled_symbol *polled, int64_t now_ms) {
    int64_t again_ms = now_ms + NOBODY_MS;
    for (size_t i = 0; i < poller->providers_n; i++) {
        struct polled_provider *it = &poller->providers[i];
        if (!poller_provider_knows(poller, i, polled, now_ms))
            continue;
        if (it->provider->ops->kind == PROVIDER_COMPUTES) {
            compute(poller, polled, i, now_ms);
            return;
        }
        if (it->provider->ops->kind == PROVIDER_REPLAYS) {
            due_set(poller, polled, now_ms + REPLAYED_MS);
            return;
        }
        again_ms = now_ms + poller->config.poll_interval_ms;
        if (!poller_provider_is_open(it, now_ms))
            continue;
        int64_t next_ms = quota_next_ms(&it->quota, now_ms);
        if (next_ms > again_ms)
            continue; /* not in this interval: the next provider's */
        if (next_ms > now_ms || request_start(poller, polled, i, now_ms) != STATUS_OK)
            due_set(poller, polled, next_ms > now_ms ? next_ms : now_ms + 20);
        return;
    }
    due_set(poller, polled, again_ms);
}

static int ask_order(const void *a, const void *b) {
    const struct polled_symbol *x = *(struct polled_symbol *const *)a, *y = *(struct polled_symbol *const *)b;
    if (x->is_asked != y->is_asked)
        return x->is_asked ? -1 : 1;
    int64_t x_ms = x->asked_ms + (x->is_watched ? 0 : UNWATCHED_MS);
    int64_t y_ms = y->asked_ms + (y->is_watched ? 0 : UNWATCHED_MS);
    return x_ms < y_ms ? -1 : x_ms > y_ms;
}

void poller_ask(struct poller *poller, int64_t now_ms) {
    struct heap *due = &poller->table.due;
    struct heap_entry *first = heap_first(due);
    if (poller->fence == 0 || !first || first->deadline_ms > now_ms)
        return;
    struct polled_symbol **symbols = calloc(due->count, sizeof(struct polled_symbol *));
    size_t n = 0;
    if (!symbols)
        return;
    for (; first && first->deadline_ms <= now_ms; first = heap_first(due)) {
        symbols[n++] = HEAP_ENTRY(first, struct polled_symbol, due);
        heap_remove(due, first);
    }
    qsort(symbols, n, sizeof(struct polled_symbol *), ask_order);
    for (size_t i = 0; i < n; i++)
        symbol_ask(poller, symbols[i], now_ms);
    free(symbols);
}

/* ---- replays ---- */

/* A replay feeds what no provider before it knows. */
static bool is_fed_by(const struct poller *poller, size_t i, const struct polled_symbol *polled, int64_t now_ms) {
    if (!polled->is_held || !poller_provider_knows(poller, i, polled, now_ms))
        return false;
    for (size_t before = 0; before < i; before++) {
        if (poller_provider_knows(poller, before, polled, now_ms))
            return false;
    }
    return true;
}

static bool has_audience(const struct poller *poller, size_t i, int64_t now_ms) {
    for (size_t at = 0; at < poller->table.n; at++) {
        if (is_fed_by(poller, i, poller->table.all[at], now_ms))
            return true;
    }
    return false;
}

/* Publishes one batch; false when there is none, or the bus did not take it. */
static bool batch_replay(struct poller *poller, size_t i, int64_t now_ms) {
    struct polled_provider *it = &poller->providers[i];
    const struct quote *quotes;
    size_t n;
    int64_t wall_ms = clock_wall_ms(poller->config.clock);
    if (it->provider->ops->next(it->provider, now_ms, wall_ms, &quotes, &n) != STATUS_OK)
        return false;
    for (size_t at = 0; at < n; at++) {
        const struct polled_symbol *polled = poll_table_find(&poller->table, &quotes[at].symbol);
        if (polled && is_fed_by(poller, i, polled, now_ms))
            poller_offer(poller, it, &quotes[at], now_ms);
    }
    if (poller_flush(poller, now_ms) != STATUS_OK)
        return false; /* it stays, and is published when the bus is back */
    it->provider->ops->accept(it->provider);
    return true;
}

int64_t poller_replay(struct poller *poller, int64_t now_ms) {
    int64_t due_ms = INT64_MAX;
    for (size_t i = 0; i < poller->providers_n; i++) {
        const struct provider *provider = poller->providers[i].provider;
        if (poller->fence == 0 || provider->ops->kind != PROVIDER_REPLAYS || !has_audience(poller, i, now_ms))
            continue;
        int64_t at_ms = now_ms;
        for (int batch = 0; batch < REPLAY_BATCHES && at_ms - now_ms < REPLAY_TURN_MS; batch++) {
            if (!batch_replay(poller, i, at_ms))
                break;
            at_ms = poller_now_ms(poller);
        }
        int64_t next_ms = provider->ops->next_due_ms(provider, at_ms);
        due_ms = next_ms < due_ms ? next_ms : due_ms;
    }
    return due_ms;
}
