/* What REST may ask of a loop's engine: valuations, quotes, and to be told of a
 * commit. A valuation waits until the portfolio is loaded and the book settled.
 * Thread: L. */
#include "app/shard_view.h"

#include "app/encode.h"
#include "app/forgotten_prices.h"
#include "app/shard_internal.h"

#include <stdlib.h>

#define VALUATION_WAIT_MS 5000
/* A reader who just wrote waits this long for the version being loaded. */
#define VALUATION_FRESH_MS 1000

struct valuation_request {
    struct list_link link; /* shard.valuations */
    struct held_portfolio *held;
    valuation_fn done;
    void *context;
    int64_t deadline_ms, fresh_until_ms;
};

static int64_t now_ms(const struct shard *shard) {
    return clock_monotonic_ms(shard->instance->clock);
}

enum status valuation_request(struct shard *shard, const struct uuid *portfolio_id, valuation_fn done, void *context) {
    struct valuation_request *request = calloc(1, sizeof *request);
    if (!request)
        return STATUS_NO_MEMORY;
    enum status status = engine_hold(shard->engine, portfolio_id, &request->held);
    if (status != STATUS_OK) {
        free(request);
        return status;
    }
    request->done = done;
    request->context = context;
    request->deadline_ms = now_ms(shard) + VALUATION_WAIT_MS;
    request->fresh_until_ms = now_ms(shard) + VALUATION_FRESH_MS;
    list_push_back(&shard->valuations, &request->link);
    return STATUS_OK;
}

static void finish(struct shard *shard, struct valuation_request *request, enum status status,
                   const struct valuation *valuation) {
    list_remove(&request->link);
    engine_release(shard->engine, request->held, now_ms(shard));
    request->done(request->context, status, valuation);
    free(request);
}

static void answer(struct shard *shard, struct valuation_request *request) {
    struct frame *frame = NULL;
    struct cursor cursor;
    char token[CURSOR_TEXT_MAX];
    struct encode_context context = {.book = engine_book(shard->engine), .epoch = engine_epoch(shard->engine)};
    encode_cursor(&context, request->held, 0, &cursor);
    (void)cursor_write(token, &cursor);
    enum status status = encode_snapshot(&context, request->held, 0, &frame);
    struct valuation valuation = {.frame = frame,
                                  .cursor = token,
                                  .customer_id = request->held->customer_id,
                                  .is_cursor_doubtful = cursor.seq < request->held->cursors_from};
    finish(shard, request, status, status == STATUS_OK ? &valuation : NULL);
    frame_unref(&frame);
}

void shard_answer_valuations(struct shard *shard) {
    int64_t now = now_ms(shard);
    LIST_FOR_EACH (link, next, &shard->valuations) {
        struct valuation_request *request = LIST_ENTRY(link, struct valuation_request, link);
        bool is_fresh = !held_is_behind(request->held) || now >= request->fresh_until_ms;
        if (request->held->portfolio && is_fresh && engine_is_settled(shard->engine, now))
            answer(shard, request);
        else if (now >= request->deadline_ms)
            finish(shard, request, STATUS_UNAVAILABLE, NULL);
    }
}

void shard_fail_valuations(struct shard *shard, const struct held_portfolio *held, enum status status) {
    LIST_FOR_EACH (link, next, &shard->valuations) {
        struct valuation_request *request = LIST_ENTRY(link, struct valuation_request, link);
        if (request->held == held)
            finish(shard, request, status, NULL);
    }
}

void shard_cancel_valuations(struct shard *shard) {
    LIST_FOR_EACH (link, next, &shard->valuations)
        finish(shard, LIST_ENTRY(link, struct valuation_request, link), STATUS_CANCELLED, NULL);
}

const struct quote *shard_quote(struct shard *shard, const struct symbol *symbol) {
    return engine_quote(shard->engine, symbol);
}

const struct quote *shard_latest_quote(struct shard *shard, const struct symbol *symbol, uint64_t *ret_seq) {
    return engine_latest_quote(shard->engine, symbol, ret_seq);
}

enum status shard_price_wait(struct shard *shard, const struct symbol *symbols, size_t n, price_wait_fn done,
                             void *context) {
    return price_wait_start(shard->prices, symbols, n, now_ms(shard), done, context);
}

void shard_take_later(struct shard *shard, struct shard_step *step) {
    list_push_back(&shard->steps, &step->link);
}

/* The step may put itself into the list again, or be freed. */
bool shard_take_step(struct shard *shard) {
    struct list_link *link = list_first(&shard->steps);
    if (!link)
        return false;
    const struct shard_step *step = LIST_ENTRY(link, struct shard_step, link);
    list_remove(link);
    step->take(step->context);
    return true;
}

void shard_prices_forget(struct shard *shard, const struct symbol *symbols, size_t n) {
    uint64_t seq = engine_heard_seq(shard->engine);
    for (size_t i = 0; i < n; i++)
        forgotten_prices_note(shard->instance->forgotten, &symbols[i], seq, now_ms(shard));
    if (n == 0)
        forgotten_prices_note(shard->instance->forgotten, NULL, seq, now_ms(shard));
    if (shard->bus)
        bus_forget(shard->bus, symbols, n);
}

bool shard_price_is_forgotten(struct shard *shard, const struct quote *quote, uint64_t seq) {
    return !quote_is_by_hand(quote) &&
           forgotten_prices_has(shard->instance->forgotten, &quote->symbol, seq, now_ms(shard));
}

enum status shard_value_holdings(struct shard *shard, const struct holdings *holdings, struct totals *ret_totals,
                                 size_t *ret_positions_n) {
    struct portfolio *portfolio = NULL;
    enum status status = portfolio_create(holdings, engine_book(shard->engine), &portfolio);
    if (status != STATUS_OK)
        return status;
    *ret_totals = portfolio->settled;
    *ret_positions_n = portfolio->positions_n;
    portfolio_destroy(&portfolio);
    return STATUS_OK;
}

void shard_portfolio_changed(struct shard *shard, const struct uuid *portfolio_id) {
    const struct instance *instance = shard->instance;
    engine_on_hint(shard->engine, portfolio_id);
    for (size_t i = 0; i < instance->shards_n; i++) {
        if (instance->shards[i] && instance->shards[i] != shard)
            shard_post_hint(instance->shards[i], portfolio_id);
    }
    if (shard->bus) /* gone while the shard is being destroyed: the other processes' sweeps will see it */
        bus_hint(shard->bus, portfolio_id);
}

bool shard_bus_is_following(struct shard *shard) {
    return shard->is_bus_following;
}

const char *shard_bus_state(struct shard *shard) {
    return shard->is_bus_following ? "following" : "away";
}

bool shard_bus_has_leader(struct shard *shard) {
    return shard->has_bus_leader;
}

bool shard_is_stopping(const struct shard *shard) {
    return shard->stop_by_ms > 0;
}
