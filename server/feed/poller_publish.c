/* What a turn of the poller publishes. It owns the batch and refuses quotes
 * without a price, older than the stored one, or from the future, each with its
 * counter. Thread: the poller's. */
#include "feed/poller_internal.h"
#include "feed/quote_ledger.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <stdlib.h>

#define REFUSAL_LOG_MS 10000

static void batch_add(struct poller *poller, struct polled_symbol *polled, const struct quote *quote) {
    if (polled->is_in_batch) {
        /* A bus takes no symbol twice: the later quote counts. */
        for (size_t i = 0; i < poller->batch_n; i++) {
            if (symbol_equal(&poller->batch[i].symbol, &quote->symbol))
                poller->batch[i] = *quote;
        }
        return;
    }
    if (poller->batch_n == poller->batch_capacity) {
        size_t capacity = poller->batch_capacity ? poller->batch_capacity * 2 : 256;
        struct quote *batch = realloc(poller->batch, capacity * sizeof *batch);
        if (!batch)
            return; /* the next turn offers it again */
        poller->batch = batch;
        poller->batch_capacity = capacity;
    }
    polled->is_in_batch = true;
    poller->batch[poller->batch_n++] = *quote;
}

/* The counter of the reason to refuse it, or METRIC_N. */
static enum metric refusal(const struct poller *poller, const struct polled_symbol *polled, const struct quote *quote) {
    if (quote->price.e8 <= 0 || quote->price.e8 > DECIMAL_MAX_E8)
        return METRIC_QUOTES_REFUSED_PRICE;
    if (quote->as_of_ms > clock_wall_ms(poller->config.clock) + QUOTE_FUTURE_MAX_MS)
        return METRIC_QUOTES_REFUSED_FUTURE;
    if (polled->is_stored && quote->as_of_ms < polled->stored.as_of_ms)
        return METRIC_QUOTES_REFUSED_OLDER;
    return METRIC_N;
}

void poller_offer(struct poller *poller, struct polled_provider *from, const struct quote *quote, int64_t now_ms) {
    struct quote offered = *quote;
    struct polled_symbol *polled = poll_table_find(&poller->table, &quote->symbol);
    if (!polled || (!polled->is_held && !polled->is_asked) || poller->fence == 0)
        return;
    metrics_increment(METRIC_QUOTES_FETCHED);
    from->quotes_n++;
    /* What changes once a day is not stale after a minute. */
    polled->ttl_ms = from->provider->ops->kind == PROVIDER_REMOTE ? 2 * from->provider->ops->remote->interval_ms : 0;
    enum metric refused = refusal(poller, polled, &offered);
    if (refused != METRIC_N) {
        metrics_increment(refused);
        log_event(LOG_DEBUG, "quote.refused", LOG_TEXT("symbol", quote->symbol.text),
                  LOG_TEXT("provider", from->provider->ops->name), LOG_I64("as_of_ms", quote->as_of_ms));
        return;
    }
    /* Who does not know the previous close does not take it away. */
    if (offered.previous_close.e8 == 0 && polled->is_stored && polled->stored.session == offered.session)
        offered.previous_close = polled->stored.previous_close;
    if (polled->is_stored && !polled->is_in_batch && quote_is_unchanged(&polled->stored, &offered)) {
        polled->confirmed_ms = now_ms;
        metrics_increment(METRIC_QUOTES_UNCHANGED);
        return;
    }
    batch_add(poller, polled, &offered);
}

int64_t poller_ttl_ms(const struct poller *poller, const struct polled_symbol *polled) {
    return polled->ttl_ms > poller->config.quote_ttl_ms ? polled->ttl_ms : poller->config.quote_ttl_ms;
}

void poller_mark_stale(struct poller *poller, int64_t now_ms) {
    if (now_ms < poller->stale_due_ms)
        return;
    poller->stale_due_ms = now_ms + (poller->config.quote_ttl_ms < 2000 ? 100 : 500);
    for (size_t i = 0; i < poller->table.n; i++) {
        struct polled_symbol *polled = poller->table.all[i];
        int64_t ttl_ms = polled->ttl_ms > poller->config.quote_ttl_ms ? polled->ttl_ms : poller->config.quote_ttl_ms;
        bool is_fresh = now_ms - polled->confirmed_ms < ttl_ms;
        if (is_fresh || !polled->is_stored || polled->is_in_batch || polled->stored.stale ||
            quote_is_by_hand(&polled->stored))
            continue;
        struct quote stale = polled->stored;
        stale.stale = true;
        metrics_increment(METRIC_QUOTES_STALE);
        batch_add(poller, polled, &stale);
    }
}

/* One quote that the bus refused by itself. */
static void quote_refused(struct poller *poller, const struct quote *quote, const struct bus_published *published,
                          int64_t now_ms) {
    enum metric metric = METRIC_QUOTES_REFUSED_MALFORMED;
    if (published->status == STATUS_CONFLICT) {
        metric = METRIC_QUOTES_REFUSED_OLDER;
        poller->needs_book = true; /* the bus has a newer one than we know */
    }
    if (published->status == STATUS_OUT_OF_RANGE)
        metric = METRIC_QUOTES_REFUSED_FUTURE;
    metrics_increment(metric);
    if (poller->refusal_logged_ms != 0 && now_ms - poller->refusal_logged_ms < REFUSAL_LOG_MS)
        return; /* a clock that is wrong has every quote refused */
    poller->refusal_logged_ms = now_ms;
    log_event(LOG_WARN, "quote.refused", LOG_TEXT("symbol", quote->symbol.text), LOG_TEXT("source", quote->source),
              LOG_TEXT("reason", published->detail));
}

static void quotes_published(struct poller *poller, const struct quote *quotes, size_t n,
                             const struct bus_published *published, int64_t now_ms) {
    poller_note(poller, published);
    for (size_t i = 0; i < n; i++) {
        struct polled_symbol *polled = poll_table_find(&poller->table, &quotes[i].symbol);
        if (polled)
            poll_table_set_stored(polled, &quotes[i], published->seq, now_ms);
    }
}

/* One call of the bus. OK: done, also when it refused a single quote; LIMIT:
 * the batch was refused and has to be halved. */
static enum status range_publish(struct poller *poller, const struct quote *quotes, size_t n, int64_t now_ms) {
    struct bus_published published;
    enum status status =
        poller->publisher->ops->publish(poller->publisher, quotes, n, false, poller->fence, &published);
    if (status != STATUS_OK)
        return status;
    switch (published.status) {
    case STATUS_OK:
        quotes_published(poller, quotes, n, &published, now_ms);
        return STATUS_OK;
    case STATUS_CONFLICT:
    case STATUS_OUT_OF_RANGE:
    case STATUS_INVALID:
        if (n > 1)
            return STATUS_LIMIT;
        quote_refused(poller, quotes, &published, now_ms);
        return STATUS_OK;
    case STATUS_PRECONDITION:
        poller_lead_end(poller, "another process leads");
        return STATUS_UNAVAILABLE;
    default:
        poller->is_bus_away = true;
        poller_lead_end(poller, published.detail);
        return STATUS_UNAVAILABLE;
    }
}

/* Halves a refused batch until the bad quotes stand alone. */
static enum status chunk_publish(struct poller *poller, const struct quote *quotes, size_t n, int64_t now_ms) {
    struct {
        size_t first, n;
    } waiting[64] = {{0, n}};
    size_t waiting_n = 1; /* halving: never more than the bits of n, plus one */
    while (waiting_n > 0) {
        size_t first = waiting[--waiting_n].first, part_n = waiting[waiting_n].n;
        enum status status = range_publish(poller, quotes + first, part_n, now_ms);
        if (status == STATUS_LIMIT) {
            size_t half_n = part_n / 2;
            waiting[waiting_n].first = first + half_n;
            waiting[waiting_n++].n = part_n - half_n;
            waiting[waiting_n].first = first;
            waiting[waiting_n++].n = half_n;
        } else if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

enum status poller_publish(struct poller *poller, const struct quote *quotes, size_t n, size_t chunk, int64_t now_ms) {
    for (size_t done = 0; done < n; done += chunk) {
        size_t part_n = n - done < chunk ? n - done : chunk;
        if (poller->fence == 0)
            return STATUS_UNAVAILABLE;
        enum status status = chunk_publish(poller, quotes + done, part_n, now_ms);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

enum status poller_flush(struct poller *poller, int64_t now_ms) {
    for (size_t i = 0; i < poller->batch_n; i++) {
        struct polled_symbol *polled = poll_table_find(&poller->table, &poller->batch[i].symbol);
        if (polled)
            polled->is_in_batch = false;
    }
    size_t n = poller->batch_n;
    poller->batch_n = 0;
    return poller_publish(poller, poller->batch, n, POLLER_BATCH_MAX, now_ms);
}
