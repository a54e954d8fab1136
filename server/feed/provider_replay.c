/* Plays a file of bars or ticks at a chosen speed. It owns the file's rows and
 * the place in them; a batch stays until it is accepted, so that nothing is
 * lost while the bus is away. Thread: the poller's. */
#include "base/map.h"
#include "base/timestamp.h"
#include "feed/provider.h"
#include "feed/quote_codec.h"
#include "feed/replay_file.h"
#include "feed/symbol_pair.h"
#include "ops/log.h"

#include <stdio.h>
#include <stdlib.h>

#define SET_BACK_MAX_MS 4000 /* less than the future that a bus accepts */

/* A symbol's days: the last price of a date is the next one's previous close. */
struct replayed_symbol {
    int32_t date;
    int64_t last_e8, previous_close_e8; /* 0 = none yet */
    uint64_t batch;                     /* the last one it was in */
};

struct provider_replay {
    struct provider provider; /* first */
    struct replay_file *file;
    struct map by_symbol; /* -> struct symbol, for knows */
    struct replayed_symbol *symbols;
    struct currency *currencies;
    int64_t speed_e8;
    size_t at;            /* the first tick after the batch */
    struct quote *quotes; /* the batch */
    size_t quotes_n;      /* 0: none is waiting */
    uint64_t batch;
    bool is_started, is_finished;
    int64_t started_ms; /* monotonic */
    int64_t as_of_ms;   /* of the last batch */
};

static struct provider_replay *replay_of(struct provider *provider) {
    return (struct provider_replay *)(void *)provider;
}

static struct quote tick_quote(struct provider_replay *it, const struct replay_tick *tick) {
    struct replayed_symbol *symbol = &it->symbols[tick->symbol];
    int32_t date = timestamp_date(tick->time_ms);
    if (symbol->last_e8 == 0 || date > symbol->date) {
        if (symbol->last_e8 != 0)
            symbol->previous_close_e8 =
                replay_split_apply(symbol->last_e8, replay_file_split(it->file, tick->symbol, date));
        symbol->date = date;
    }
    symbol->last_e8 = tick->price_e8;
    symbol->batch = it->batch;
    struct quote quote = {.symbol = *it->file->symbols[tick->symbol],
                          .currency = it->currencies[tick->symbol],
                          .price = {tick->price_e8},
                          .previous_close = {symbol->previous_close_e8},
                          .session = date,
                          .source_time_ms = tick->time_ms,
                          .source = "replay"};
    return quote;
}

/* All ticks of one time; a symbol that comes twice begins the next batch. */
static void batch_gather(struct provider_replay *it) {
    const struct replay_tick *ticks = it->file->ticks;
    int64_t time_ms = ticks[it->at].time_ms;
    it->batch++;
    while (it->at < it->file->ticks_n && ticks[it->at].time_ms == time_ms &&
           it->symbols[ticks[it->at].symbol].batch != it->batch && it->quotes_n < QUOTE_BATCH_MAX)
        it->quotes[it->quotes_n++] = tick_quote(it, &ticks[it->at++]);
}

/* How long after the start the tick is due, in ms of our clock. */
static int64_t due_after_ms(const struct provider_replay *it, const struct replay_tick *tick) {
    if (it->speed_e8 == 0)
        return 0;
    int128 file_ms = (int128)(tick->time_ms - it->file->ticks[0].time_ms);
    int128 due_ms = (file_ms * DECIMAL_ONE + it->speed_e8 - 1) / it->speed_e8;
    return due_ms < INT64_MAX / 4 ? (int64_t)due_ms : INT64_MAX / 4;
}

static enum status replay_next(struct provider *provider, int64_t monotonic_ms, int64_t wall_ms,
                               const struct quote **ret_quotes, size_t *ret_n) {
    struct provider_replay *it = replay_of(provider);
    if (!it->is_started) {
        it->is_started = true;
        it->started_ms = monotonic_ms;
    }
    if (it->quotes_n == 0) {
        if (it->is_finished || monotonic_ms - it->started_ms < due_after_ms(it, &it->file->ticks[it->at]))
            return STATUS_NOT_FOUND;
        batch_gather(it);
    }
    /* The time of publication; the bar's own stands in source_time. A clock that
     * is set back a little does not make a price older than the one before. */
    bool is_set_back = wall_ms < it->as_of_ms && it->as_of_ms - wall_ms < SET_BACK_MAX_MS;
    it->as_of_ms = is_set_back ? it->as_of_ms : wall_ms;
    for (size_t i = 0; i < it->quotes_n; i++)
        it->quotes[i].as_of_ms = it->as_of_ms;
    *ret_quotes = it->quotes;
    *ret_n = it->quotes_n;
    return STATUS_OK;
}

static void replay_accept(struct provider *provider) {
    struct provider_replay *it = replay_of(provider);
    it->quotes_n = 0;
    if (it->at < it->file->ticks_n || it->is_finished)
        return;
    it->is_finished = true;
    log_event(LOG_INFO, "replay.finished", LOG_I64("rows", it->file->rows_n), LOG_I64("symbols", it->file->symbols_n));
}

static int64_t replay_next_due_ms(const struct provider *provider, int64_t monotonic_ms) {
    const struct provider_replay *it = (const struct provider_replay *)(const void *)provider;
    if (it->quotes_n > 0 || !it->is_started)
        return monotonic_ms;
    return it->is_finished ? INT64_MAX : it->started_ms + due_after_ms(it, &it->file->ticks[it->at]);
}

static bool replay_knows(const struct provider *provider, const struct symbol *symbol) {
    const struct provider_replay *it = (const struct provider_replay *)(const void *)provider;
    return map_get(&it->by_symbol, symbol->text, symbol->len) != NULL;
}

static void replay_write_health(const struct provider *provider, struct strbuf *out) {
    const struct provider_replay *it = (const struct provider_replay *)(const void *)provider;
    strbuf_printf(out, ",\"rows\":%zu,\"symbols\":%zu,\"finished\":%s", it->file->rows_n, it->file->symbols_n,
                  it->is_finished ? "true" : "false");
    if (it->at > 0) {
        STRBUF_LITERAL(out, ",\"source_time\":\"");
        strbuf_append_timestamp(out, it->file->ticks[it->at - 1].time_ms);
        STRBUF_LITERAL(out, "\"");
    }
}

static void replay_destroy(struct provider *provider) {
    struct provider_replay *it = replay_of(provider);
    map_fini(&it->by_symbol);
    replay_file_destroy(&it->file);
    free(it->symbols);
    free(it->currencies);
    free(it->quotes);
    free(it);
}

static enum status replay_prepare(struct provider_replay *it) {
    size_t n = it->file->symbols_n;
    it->symbols = calloc(n, sizeof *it->symbols);
    it->currencies = calloc(n, sizeof *it->currencies);
    it->quotes = calloc(n < QUOTE_BATCH_MAX ? n : QUOTE_BATCH_MAX, sizeof *it->quotes);
    if (!it->symbols || !it->currencies || !it->quotes)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        struct symbol *symbol = it->file->symbols[i];
        if (symbol_pair_currency(symbol, &it->currencies[i]) != STATUS_OK)
            it->currencies[i] = (struct currency){"USD"};
        if (map_put(&it->by_symbol, symbol->text, symbol->len, symbol, NULL) != STATUS_OK)
            return STATUS_NO_MEMORY;
    }
    return STATUS_OK;
}

enum status provider_replay_create(const char *path, int64_t speed_e8, struct provider **ret_provider, char *error,
                                   size_t error_len) {
    static const struct provider_ops ops = {.name = "replay",
                                            .kind = PROVIDER_REPLAYS,
                                            .knows = replay_knows,
                                            .destroy = replay_destroy,
                                            .write_health = replay_write_health,
                                            .next = replay_next,
                                            .accept = replay_accept,
                                            .next_due_ms = replay_next_due_ms};
    struct provider_replay *it = calloc(1, sizeof *it);
    if (!it) {
        snprintf(error, error_len, "out of memory");
        return STATUS_NO_MEMORY;
    }
    it->provider.ops = &ops;
    it->speed_e8 = speed_e8;
    map_init(&it->by_symbol);
    enum status status = replay_file_load(path, &it->file, error, error_len);
    if (status == STATUS_OK) {
        status = replay_prepare(it);
        if (status != STATUS_OK)
            snprintf(error, error_len, "out of memory");
    }
    if (status != STATUS_OK) {
        replay_destroy(&it->provider);
        return status;
    }
    *ret_provider = &it->provider;
    return STATUS_OK;
}
