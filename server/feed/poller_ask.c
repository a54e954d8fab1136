/* Which provider is asked for what, and when. What somebody asks for now comes
 * first, then watched symbols, then those not asked for the longest; a symbol
 * that a provider does not know, or cannot be asked for, goes to the next one.
 * Thread: the poller's. */
#include "feed/poller_internal.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <stdlib.h>

#define NOBODY_MS 5000     /* until a symbol that no provider knows is looked at again */
#define REPLAYED_MS 2000   /* the same for one that a replay feeds */
#define NO_ROOM_MS 20      /* until one for which there is no connection is */
#define UNWATCHED_MS 10000 /* an unwatched symbol waits this much longer than a watched one, not for ever */
#define KEY_PROBE_MS 10000 /* longer than a request takes */
#define PATIENCE_MS 1200   /* a request that is free within it is waited for: the quota of a second is */

bool poller_provider_is_open(const struct polled_provider *it, int64_t now_ms) {
    if (it->has_invalid_key && now_ms < it->key_retry_ms)
        return false;
    return now_ms >= it->throttled_until_ms && !breaker_is_shut(&it->breaker, now_ms);
}

bool poller_provider_knows(const struct poller *poller, size_t i, const struct polled_symbol *polled, int64_t now_ms) {
    const struct provider *provider = poller->providers[i].provider;
    if (provider->ops->kind == PROVIDER_COMPUTES && !poller_listed_is_real(poller, polled))
        return false;
    return now_ms >= polled->unknown_until_ms[i] && provider->ops->knows(provider, &polled->symbol);
}

void poller_due_set(struct poller *poller, struct polled_symbol *polled, int64_t due_ms) {
    polled->is_in_flight = false;
    poller_question_due(poller, polled, due_ms);
    bool is_needed = polled->is_held || (polled->is_asked && !polled->is_over);
    if (is_needed && heap_set(&poller->table.due, &polled->due, due_ms) != STATUS_OK)
        polled->is_held = false; /* out of memory: the next list of held symbols tries again */
    polled->is_over |= polled->is_asked && !heap_entry_is_set(&polled->due);
}

/* ---- requests ---- */

/* Its symbols are looked at again soon; the batch is gone. */
static void batch_give_up(struct poll_batch *batch, int64_t now_ms) {
    for (size_t i = 0; i < batch->n; i++)
        poller_due_set(batch->poller, batch->polled[i], now_ms + NO_ROOM_MS);
    free(batch);
}

static enum status request_send(struct poller *poller, struct poll_batch *batch) {
    const struct polled_provider *it = &poller->providers[batch->provider];
    struct provider_query query = {.function = batch->function,
                                   .symbols = batch->symbols,
                                   .n = batch->n,
                                   .wall_ms = clock_wall_ms(poller->config.clock)};
    struct provider_request request;
    strbuf_init(&request.url);
    strbuf_init(&request.header);
    it->provider->ops->remote->write_request(it->provider, &query, &request);
    const struct http_question question = {
        .url = strbuf_text(&request.url), .header = strbuf_text(&request.header), .body_max = HTTP_FETCH_BODY_MAX};
    enum status status = strbuf_status(&request.url);
    if (status == STATUS_OK)
        status = strbuf_status(&request.header);
    if (status == STATUS_OK)
        status = http_fetch_start(poller->fetch, &question, poller_on_answer, batch);
    strbuf_fini(&request.url);
    strbuf_fini(&request.header);
    return status;
}

static void batch_start(struct poller *poller, struct poll_batch *batch, int64_t now_ms) {
    struct polled_provider *it = &poller->providers[batch->provider];
    if (request_send(poller, batch) != STATUS_OK) {
        breaker_on_no_answer(&it->breaker, now_ms);
        batch_give_up(batch, now_ms);
        return;
    }
    metrics_increment(METRIC_PROVIDER_REQUESTS);
    it->requests_n++;
    it->last_request_wall_ms = clock_wall_ms(poller->config.clock);
    for (size_t i = 0; i < batch->n; i++)
        batch->polled[i]->asked_ms = now_ms;
}

static size_t open_n(const struct poller *poller) {
    size_t n = 0;
    for (size_t i = 0; i < poller->providers_n; i++) {
        for (int function = 0; function < PROVIDER_FUNCTIONS_N; function++)
            n += poller->providers[i].open[function] != NULL;
    }
    return n;
}

/* A request that the quota has room for; NULL when there is no connection or no
 * memory for it. */
static struct poll_batch *batch_begin(struct poller *poller, size_t i, enum provider_function function,
                                      int64_t now_ms) {
    struct polled_provider *it = &poller->providers[i];
    if (http_fetch_active_n(poller->fetch) + open_n(poller) >= HTTP_FETCH_MAX)
        return NULL;
    struct poll_batch *batch = malloc(sizeof *batch);
    if (!batch)
        return NULL;
    batch->poller = poller;
    batch->provider = i;
    batch->function = function;
    batch->n = 0;
    (void)quota_take(&it->quota, now_ms, clock_wall_ms(poller->config.clock));
    breaker_on_request(&it->breaker, now_ms);
    if (it->has_invalid_key)
        it->key_retry_ms = now_ms + KEY_PROBE_MS; /* one request finds out */
    return batch;
}

static void batch_add(struct poll_batch *batch, struct polled_symbol *polled) {
    polled->is_in_flight = true;
    batch->polled[batch->n] = polled;
    batch->symbols[batch->n++] = polled->symbol;
}

/* Puts the symbol into a request to provider i. Returns now_ms when it is in
 * one, else when there may be room for it. */
static int64_t symbol_join(struct poller *poller, struct polled_symbol *polled, size_t i,
                           enum provider_function function, int64_t now_ms) {
    struct polled_provider *it = &poller->providers[i];
    bool is_alone = (polled->alone_mask & (1U << i)) != 0;
    size_t batch_max = is_alone ? 1 : it->provider->ops->remote->batch_max[function];
    struct poll_batch *batch = is_alone ? NULL : it->open[function];
    if (!batch) {
        int64_t next_ms = quota_next_ms(&it->quota, now_ms, clock_wall_ms(poller->config.clock));
        if (next_ms > now_ms)
            return next_ms;
        if (!poller_usage_grants(poller, it, now_ms))
            return now_ms + NO_ROOM_MS;
        batch = batch_begin(poller, i, function, now_ms);
        if (!batch)
            return now_ms + NO_ROOM_MS;
    }
    batch_add(batch, polled);
    bool is_full = batch->n >= batch_max;
    if (!is_alone)
        it->open[function] = is_full ? NULL : batch;
    if (is_full)
        batch_start(poller, batch, now_ms);
    return now_ms;
}

static void batches_start(struct poller *poller, int64_t now_ms) {
    for (size_t i = 0; i < poller->providers_n; i++) {
        for (int function = 0; function < PROVIDER_FUNCTIONS_N; function++) {
            struct poll_batch *batch = poller->providers[i].open[function];
            poller->providers[i].open[function] = NULL;
            if (batch)
                batch_start(poller, batch, now_ms);
        }
    }
}

/* ---- choosing ---- */

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
    poller_due_set(poller, polled, now_ms - was_due_ms < tick_ms ? was_due_ms + tick_ms : now_ms + tick_ms);
}

/* What provider i can be asked for the symbol's price with; PROVIDER_FUNCTIONS_N: nothing. */
static enum provider_function function_choose(const struct polled_provider *it, const struct symbol *symbol,
                                              int64_t now_ms) {
    enum provider_function functions[2];
    size_t n = provider_price_functions(symbol, functions);
    for (size_t i = 0; i < n; i++) {
        if (it->provider->ops->remote->batch_max[functions[i]] > 0 && now_ms >= it->off_until_ms[functions[i]])
            return functions[i];
    }
    return PROVIDER_FUNCTIONS_N;
}

bool poller_provider_refuses(const struct polled_provider *it, const struct symbol *symbol, int64_t now_ms) {
    if (it->provider->ops->kind != PROVIDER_REMOTE)
        return false;
    return it->has_invalid_key || function_choose(it, symbol, now_ms) == PROVIDER_FUNCTIONS_N;
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
            poller_due_set(poller, polled, now_ms + REPLAYED_MS);
            return;
        }
        again_ms = now_ms + poller->config.poll_interval_ms;
        enum provider_function function = function_choose(it, &polled->symbol, now_ms);
        if (function == PROVIDER_FUNCTIONS_N || !poller_provider_is_open(it, now_ms))
            continue;
        if (now_ms < polled->paced_until_ms[i] && !polled->is_asked)
            continue;
        int64_t next_ms = symbol_join(poller, polled, i, function, now_ms);
        if (next_ms > again_ms && next_ms > now_ms + PATIENCE_MS)
            continue; /* not in this interval: the next provider's */
        if (next_ms > now_ms)
            poller_due_set(poller, polled, next_ms);
        return;
    }
    poller_due_set(poller, polled, again_ms);
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
    if (poller->fence == 0 || !first || first->deadline_ms > now_ms || poller_usage_is_awaited(poller, now_ms))
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
    batches_start(poller, now_ms);
}
