/* Owns the made-up world around the engine. Thread: one. */
#include "fixture.h"

#include "app/held_portfolio.h"
#include "feed/quote_codec.h"
#include "ops/log.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define NOW_MS INT64_C(1800000000000)
#define TODAY 20833 /* its date, days since 1970 */
#define TURN_MS 1000

static const struct bus_epoch epoch = {"00000000000000e1"};

/* In place of libc's, so that hash maps have the same order in each run. */
ssize_t getrandom(void *buffer, size_t length, unsigned flags) {
    (void)flags;
    memset(buffer, 0x5a, length);
    return (ssize_t)length;
}

void fixture_require(bool holds, const char *what) {
    if (holds)
        return;
    (void)fprintf(stderr, "micro bench: this does not hold: %s\n", what);
    exit(1);
}

void *fixture_allocate(size_t n, size_t size) {
    void *memory = calloc(n, size);
    fixture_require(memory != NULL, "there is enough memory");
    return memory;
}

/* What the engine asks for. A load is answered by add_portfolio. */

static enum status port_load(void *context, const struct uuid *portfolio_id) {
    (void)context;
    (void)portfolio_id;
    return STATUS_OK;
}

static enum status port_load_versions(void *context, const struct uuid *ids, size_t n) {
    (void)context;
    (void)ids;
    (void)n;
    return STATUS_OK;
}

static void port_changed(void *context, struct held_portfolio *held) {
    hub_on_portfolio_changed(((struct fixture *)context)->hub, held);
}

static void port_failed(void *context, struct held_portfolio *held, enum status status) {
    (void)context;
    (void)held;
    fixture_require(status == STATUS_OK, "no portfolio fails");
}

static void port_epoch(void *context) {
    hub_on_epoch(((struct fixture *)context)->hub);
}

static void create_loop(struct fixture *fixture) {
    const struct engine_config engine = {.flush_ms = 50,
                                         .portfolio_keep_ms = INT64_C(1) << 40,
                                         .sweep_ms = INT64_C(1) << 40,
                                         .restore_wait_ms = 0,
                                         .loads_max = 1};
    const struct engine_ports ports = {.context = fixture,
                                       .load = port_load,
                                       .load_versions = port_load_versions,
                                       .on_portfolio_changed = port_changed,
                                       .on_portfolio_failed = port_failed,
                                       .on_epoch = port_epoch};
    const struct hub_config hub = {.slice_ms = 2,
                                   .resume_wait_ms = 1000,
                                   .random_seed = 1,
                                   .limits = {.heartbeat_ms = INT64_C(1) << 40,
                                              .reconnect_window_ms = 5000,
                                              .max_message_bytes = 16384,
                                              .max_subscriptions = 1000,
                                              .messages_per_second = 50,
                                              .max_rate_e8 = 20 * DECIMAL_ONE}};
    enum status status = engine_create(&engine, &ports, 0, &fixture->engine);
    if (status == STATUS_OK)
        status = hub_create(&hub, fixture->engine, &fixture->clock.clock, &fixture->hub);
    fixture_require(status == STATUS_OK, "engine and hub are made");
}

/* Prices: cents, another one at each move of the symbol. */

static int64_t price_e8(size_t symbol, uint64_t tick) {
    uint64_t cents = 10000 + (uint64_t)symbol * 100 + (tick * 37 + (uint64_t)symbol * 11) % 1000;
    return (int64_t)cents * (DECIMAL_ONE / 100);
}

static void name_symbol(struct symbol *out, size_t symbol) {
    *out = (struct symbol){0};
    out->len = (uint8_t)snprintf(out->text, sizeof out->text, "S%05zu", symbol);
}

static void stage_book(struct fixture *fixture) {
    size_t n = fixture->config.symbols_n;
    struct numbered_quote *book = fixture_allocate(n, sizeof *book);
    for (size_t i = 0; i < n; i++) {
        struct quote *quote = &fixture->quotes[i];
        name_symbol(&quote->symbol, i);
        memcpy(quote->currency.code, "USD", 4);
        quote->price.e8 = price_e8(i, 0);
        quote->previous_close.e8 = price_e8(i, 3);
        quote->session = TODAY;
        quote->as_of_ms = fixture->clock.wall_ms;
        memcpy(quote->source, "publish", 8);
        book[i] = (struct numbered_quote){.quote = *quote, .seq = 1};
    }
    fixture->seq = 1;
    engine_on_book(fixture->engine, &epoch, fixture->seq, book, n, fixture->clock.monotonic_ms);
    free(book);
}

struct fixture *fixture_create(const struct fixture_config *config) {
    log_set_level(LOG_ERROR);
    (void)json_object_seed(1);
    struct fixture *fixture = fixture_allocate(1, sizeof *fixture);
    fixture->config = *config;
    fixture->quotes = fixture_allocate(config->symbols_n, sizeof *fixture->quotes);
    fixture->holders_n = fixture_allocate(config->symbols_n, sizeof *fixture->holders_n);
    fixture->picked = fixture_allocate(config->positions_n, sizeof *fixture->picked);
    manual_clock_init(&fixture->clock, NOW_MS);
    create_loop(fixture);
    stage_book(fixture);
    fixture_settle(fixture);
    return fixture;
}

void fixture_destroy(struct fixture *fixture) {
    hub_destroy(&fixture->hub);
    engine_destroy(&fixture->engine);
    free(fixture->quotes);
    free(fixture->holders_n);
    free(fixture->picked);
    free(fixture->held);
    free(fixture);
}

/* Portfolios. */

static int by_number(const void *a, const void *b) {
    size_t left = *(const size_t *)a, right = *(const size_t *)b;
    return left < right ? -1 : left > right;
}

/* splitmix64 of a number: the same portfolio is the same in each run. */
static uint64_t scatter(uint64_t z) {
    z = (z + 1) * UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* Distinct symbols in order into fixture->picked. */
static void pick_symbols(struct fixture *fixture, size_t portfolio) {
    const struct fixture_config *config = &fixture->config;
    size_t n = config->positions_n, symbols_n = config->symbols_n, stripe = symbols_n / n;
    for (size_t j = 0; j < n; j++) {
        size_t at = portfolio * n + j;
        if (config->choice == FIXTURE_IN_A_ROW)
            fixture->picked[j] = at % symbols_n;
        else if (config->choice == FIXTURE_ONE_IN_ALL)
            fixture->picked[j] = j == 0 ? 0 : 1 + (portfolio * (n - 1) + j - 1) % (symbols_n - 1);
        else /* one of each stripe, the last stripe with what is left over */
            fixture->picked[j] = j * stripe + (size_t)(scatter(at) % (j + 1 < n ? stripe : symbols_n - j * stripe));
    }
    qsort(fixture->picked, n, sizeof *fixture->picked, by_number);
}

/* What the store would have loaded: a lot a position. */
static struct holdings *make_holdings(struct fixture *fixture, const struct uuid *id, size_t portfolio) {
    size_t n = fixture->config.positions_n;
    struct holdings *holdings = fixture_allocate(1, sizeof *holdings);
    holdings->portfolio_id = *id;
    (void)snprintf(holdings->name, sizeof holdings->name, "Bench %zu", portfolio);
    memcpy(holdings->base_currency.code, "USD", 4);
    holdings->cash_balance.e8 = 1234 * (int128)DECIMAL_ONE;
    holdings->version = 1;
    holdings->positions_n = holdings->lots_n = n;
    holdings->positions = fixture_allocate(n, sizeof *holdings->positions);
    holdings->lots = fixture_allocate(n, sizeof *holdings->lots);
    pick_symbols(fixture, portfolio);
    for (size_t j = 0; j < n; j++) {
        struct quantity quantity = {DECIMAL_ONE + (int64_t)j * 125 * (DECIMAL_ONE / 100)};
        struct price price = {(int64_t)(100 + j) * DECIMAL_ONE};
        holdings->positions[j] = (struct holdings_position){.version = 1, .lots_first = j, .lots_n = 1};
        holdings->positions[j].symbol = fixture->quotes[fixture->picked[j]].symbol;
        holdings->lots[j] = (struct holdings_lot){
            .quantity = quantity, .cost_basis = amount_product(quantity, price), .purchase_date = TODAY - 1000};
        fixture->holders_n[fixture->picked[j]]++;
    }
    return holdings;
}

static struct uuid portfolio_id(size_t portfolio) {
    struct uuid id = {{0, 0, 0, 0, 0, 0, 0x40, 0, 0x80}};
    for (size_t i = 0; i < 6; i++)
        id.bytes[15 - i] = (uint8_t)(portfolio >> (8 * i));
    return id;
}

static void add_portfolio(struct fixture *fixture) {
    size_t portfolio = fixture->held_n;
    struct uuid id = portfolio_id(portfolio);
    struct held_portfolio *held = NULL;
    fixture_require(engine_hold(fixture->engine, &id, &held) == STATUS_OK, "a portfolio is held");
    engine_on_loaded(fixture->engine, &id, STATUS_OK, make_holdings(fixture, &id, portfolio));
    fixture->held[fixture->held_n++] = held;
}

void fixture_add_portfolios(struct fixture *fixture, size_t n) {
    const size_t at_once = 1000; /* what was loaded is twice in memory until its pass */
    size_t wanted_n = fixture->held_n + n;
    if (wanted_n > fixture->held_capacity) {
        struct held_portfolio **held = realloc(fixture->held, wanted_n * sizeof(struct held_portfolio *));
        fixture_require(held != NULL, "there is enough memory");
        fixture->held = held;
        fixture->held_capacity = wanted_n;
    }
    while (fixture->held_n < wanted_n) {
        add_portfolio(fixture);
        if (fixture->held_n % at_once == 0 || fixture->held_n == wanted_n)
            fixture_settle(fixture);
    }
    fixture_require(fixture->held[wanted_n - 1]->portfolio != NULL, "portfolios are in memory");
}

/* Events and passes. */

size_t fixture_move(struct fixture *fixture, size_t first, size_t step, struct quote *out) {
    size_t n = 0;
    fixture->ticks_n++;
    for (size_t i = first; i < fixture->config.symbols_n; i += step) {
        fixture->quotes[i].price.e8 = price_e8(i, fixture->ticks_n);
        fixture->quotes[i].as_of_ms = fixture->clock.wall_ms;
        out[n++] = fixture->quotes[i];
    }
    return n;
}

void fixture_write_event(struct fixture *fixture, struct strbuf *out, const struct quote *quotes, size_t n) {
    strbuf_printf(out, "{\"epoch\":\"%s\",\"seq\":%llu,\"quotes\":[", epoch.text, (unsigned long long)++fixture->seq);
    for (size_t i = 0; i < n; i++) {
        strbuf_append_text(out, i > 0 ? "," : "");
        quote_write_json(out, &quotes[i]);
    }
    strbuf_append_text(out, "]}");
    fixture_require(strbuf_status(out) == STATUS_OK, "there is enough memory");
}

uint64_t fixture_stage(struct fixture *fixture, size_t first, size_t step) {
    struct quote *moved = fixture_allocate(fixture->config.symbols_n, sizeof *moved);
    size_t n = fixture_move(fixture, first, step, moved);
    engine_on_event(fixture->engine, ++fixture->seq, moved, n);
    free(moved);
    uint64_t touched_n = 0;
    for (size_t i = first; i < fixture->config.symbols_n; i += step)
        touched_n += fixture->holders_n[i];
    return touched_n;
}

void fixture_turn(struct fixture *fixture) {
    engine_pass(fixture->engine, fixture->clock.monotonic_ms, fixture->clock.wall_ms);
    hub_on_pass_done(fixture->hub);
    while (hub_flush(fixture->hub)) {
    }
}

void fixture_settle(struct fixture *fixture) {
    manual_clock_advance(&fixture->clock, TURN_MS);
    fixture_turn(fixture);
}

/* Clients. */

static enum websocket_written peer_write(void *context, struct frame *const *frames, size_t frames_n) {
    struct fixture *fixture = context;
    for (size_t i = 0; i < frames_n; i++)
        fixture->bytes_n += frames[i]->len;
    fixture->frames_n += frames_n;
    return WEBSOCKET_SENT;
}

static void peer_close(void *context, int code, const char *reason) {
    (void)context;
    (void)code;
    (void)reason;
    fixture_require(false, "no session is closed by the server");
}

static void peer_pause_reading(void *context, bool is_paused) {
    (void)context;
    (void)is_paused;
}

static const struct peer_ops counting_peer = {
    .write = peer_write, .close = peer_close, .pause_reading = peer_pause_reading};

struct session *fixture_connect(struct fixture *fixture) {
    const struct peer peer = {.ops = &counting_peer, .context = fixture};
    struct session *session = NULL;
    fixture_require(session_create(fixture->hub, &peer, &session) == STATUS_OK, "a session is made");
    return session;
}

void fixture_disconnect(struct session *session) {
    session_on_closed(session);
}

size_t fixture_write_subscribe(const struct fixture *fixture, size_t portfolio, char *out, size_t room) {
    char id[UUID_TEXT_LEN + 1];
    uuid_write(id, &fixture->held[portfolio]->id);
    int n = snprintf(out, room, "{\"type\":\"subscribe\",\"id\":%zu,\"portfolio_id\":\"%s\"}", portfolio, id);
    fixture_require(n > 0 && (size_t)n < room, "the message fits");
    return (size_t)n;
}

void fixture_subscribe(struct fixture *fixture, struct session *session, size_t portfolio) {
    char text[160];
    size_t len = fixture_write_subscribe(fixture, portfolio, text, sizeof text);
    session_on_message(session, text, len);
}
