/* The bus inside one process. It owns the ledger and the list of attached
 * loops, and hands each event to every loop through its mailbox, in order
 * because it is posted under the ledger's lock. A loop whose mailbox is full
 * misses events and gets the whole book instead, once, when it comes to it.
 * Thread: any, under `lock`; an attachment's callbacks run on its loop (L). */
#include "feed/bus_memory.h"

#include "feed/bus_epoch.h"
#include "feed/bus_memory_internal.h"
#include "feed/quote_codec.h"
#include "ops/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct memory_publisher {
    struct bus_publisher publisher; /* first */
    struct bus_memory *memory;
};

enum status bus_memory_create(const struct clock *clock, struct bus_memory **ret_memory) {
    struct bus_memory *memory = calloc(1, sizeof *memory);
    if (!memory)
        return STATUS_NO_MEMORY;
    memory->clock = clock;
    list_init(&memory->attachments);
    watched_symbols_init(&memory->watched);
    pthread_mutex_init(&memory->lock, NULL);
    /* The empty batch begins the epoch, so that every book has one. */
    struct bus_published published = {.status = STATUS_OK};
    enum status status = quote_ledger_create(&memory->ledger);
    if (status == STATUS_OK)
        status = bus_memory_publish(memory, NULL, 0, false, 0, &published);
    if (status == STATUS_OK)
        status = published.status;
    if (status != STATUS_OK) {
        bus_memory_destroy(&memory);
        return status;
    }
    *ret_memory = memory;
    return STATUS_OK;
}

void bus_memory_destroy(struct bus_memory **memory) {
    struct bus_memory *it = *memory;
    if (!it)
        return;
    *memory = NULL;
    quote_ledger_destroy(&it->ledger);
    watched_symbols_fini(&it->watched);
    memory_rates_fini(it);
    pthread_mutex_destroy(&it->lock);
    free(it);
}

struct stored_quotes {
    struct quote *quotes; /* room for the whole batch */
    size_t n;
};

static void on_stored(void *context, const struct quote *quote) {
    struct stored_quotes *stored = context;
    stored->quotes[stored->n++] = *quote;
}

enum status bus_memory_publish(struct bus_memory *memory, const struct quote *quotes, size_t n, bool keep,
                               uint64_t fence, struct bus_published *ret_published) {
    struct bus_published published = {.status = STATUS_OK};
    struct bus_epoch candidate;
    if (n > QUOTE_BATCH_MAX) {
        published.status = STATUS_INVALID;
        snprintf(published.detail, sizeof published.detail, "more than %d quotes", QUOTE_BATCH_MAX);
    } else {
        published.status = quote_batch_check(quotes, n, published.detail, sizeof published.detail);
    }
    if (published.status != STATUS_OK) {
        metrics_increment(METRIC_PUBLISH_REFUSED);
        *ret_published = published;
        return STATUS_OK;
    }
    enum status status = bus_epoch_random(&candidate);
    if (status != STATUS_OK)
        return status;
    struct stored_quotes stored = {.quotes = calloc(n + 1, sizeof *quotes)};
    if (!stored.quotes)
        return STATUS_NO_MEMORY;
    pthread_mutex_lock(&memory->lock);
    const struct quote_ledger_call call = {.replid = "",
                                           .new_epoch = &candidate,
                                           .fence = fence,
                                           .keep_previous_close = keep,
                                           .now_ms = clock_wall_ms(memory->clock)};
    status = quote_ledger_publish(memory->ledger, &call, quotes, n, on_stored, &stored, &published);
    if (status == STATUS_OK && published.is_changed)
        memory_attachments_tell(memory, published.seq, stored.quotes, stored.n);
    pthread_mutex_unlock(&memory->lock);
    free(stored.quotes);
    if (status != STATUS_OK)
        return status;
    metrics_increment(published.status == STATUS_OK ? METRIC_PUBLISH_BATCHES : METRIC_PUBLISH_REFUSED);
    *ret_published = published;
    return STATUS_OK;
}

/* ---- the poller's side ---- */

static struct bus_memory *memory_of(struct bus_publisher *publisher) {
    return ((struct memory_publisher *)(void *)publisher)->memory;
}

static enum status publisher_publish(struct bus_publisher *publisher, const struct quote *quotes, size_t quotes_n,
                                     bool keep_previous_close, uint64_t fence, struct bus_published *ret_published) {
    return bus_memory_publish(memory_of(publisher), quotes, quotes_n, keep_previous_close, fence, ret_published);
}

/* There is one process, so one leader: the lock is always free. */
static enum status publisher_lead(struct bus_publisher *publisher, int64_t ttl_ms, uint64_t *ret_fence) {
    (void)ttl_ms;
    memory_leader_set(memory_of(publisher), true);
    *ret_fence = 1;
    return STATUS_OK;
}

static void publisher_resign(struct bus_publisher *publisher) {
    memory_leader_set(memory_of(publisher), false);
}

/* It never waits. */
static void publisher_begin_stop(struct bus_publisher *publisher) {
    (void)publisher;
}

static void publisher_answer(struct bus_publisher *publisher, const struct answered_symbol *answers, size_t answers_n) {
    memory_answers_tell(memory_of(publisher), answers, answers_n);
}

/* There is one epoch. */
static enum status publisher_restored(struct bus_publisher *publisher, const struct bus_epoch *epoch) {
    (void)epoch;
    memory_restored_set(memory_of(publisher));
    return STATUS_OK;
}

static enum status publisher_read_book(struct bus_publisher *publisher, struct bus_epoch *ret_epoch, uint64_t *ret_seq,
                                       struct numbered_quote **ret_quotes, size_t *ret_n) {
    struct bus_memory *memory = memory_of(publisher);
    pthread_mutex_lock(&memory->lock);
    enum status status = quote_ledger_book(memory->ledger, ret_quotes, ret_n);
    if (status == STATUS_OK)
        quote_ledger_position(memory->ledger, ret_epoch, ret_seq);
    pthread_mutex_unlock(&memory->lock);
    return status;
}

static enum status publisher_read_watched(struct bus_publisher *publisher, int64_t max_age_ms,
                                          struct symbol **ret_symbols, size_t *ret_n) {
    struct bus_memory *memory = memory_of(publisher);
    pthread_mutex_lock(&memory->lock);
    enum status status =
        watched_symbols_take(&memory->watched, clock_wall_ms(memory->clock) - max_age_ms, ret_symbols, ret_n);
    pthread_mutex_unlock(&memory->lock);
    return status;
}

static void publisher_destroy(struct bus_publisher *publisher) {
    free(publisher);
}

enum status bus_memory_publisher_create(struct bus_memory *memory, struct bus_publisher **ret_publisher) {
    static const struct bus_publisher_ops ops = {.publish = publisher_publish,
                                                 .lead = publisher_lead,
                                                 .resign = publisher_resign,
                                                 .begin_stop = publisher_begin_stop,
                                                 .read_book = publisher_read_book,
                                                 .read_watched = publisher_read_watched,
                                                 .answer = publisher_answer,
                                                 .restored = publisher_restored,
                                                 .destroy = publisher_destroy};
    struct memory_publisher *publisher = calloc(1, sizeof *publisher);
    if (!publisher)
        return STATUS_NO_MEMORY;
    publisher->publisher.ops = &ops;
    publisher->memory = memory;
    *ret_publisher = &publisher->publisher;
    return STATUS_OK;
}
