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

#define TURN_MS 1000

static const struct bus_epoch epoch = {"00000000000000e1"};

/* In place of libc's, so that hash maps have the same order in each run. */
ssize_t getrandom(void *buffer, size_t length, unsigned flags) {
    (void)flags;
    memset(buffer, 0x5a, length);
    return (ssize_t)length;
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

static void port_changed(void *context, struct held_portfolio *const *held, size_t n) {
    hub_on_portfolios_changed(((struct fixture *)context)->hub, held, n);
}

static void port_failed(void *context, struct held_portfolio *held, enum status status) {
    (void)context;
    (void)held;
    sample_require(status == STATUS_OK, "no portfolio fails");
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
                                       .on_portfolios_changed = port_changed,
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
    sample_require(status == STATUS_OK, "engine and hub are made");
}

static void stage_book(struct fixture *fixture) {
    size_t n = fixture->sample.config.symbols_n;
    struct numbered_quote *book = sample_allocate(n, sizeof *book);
    for (size_t i = 0; i < n; i++)
        book[i] = (struct numbered_quote){.quote = fixture->sample.quotes[i], .seq = 1};
    fixture->seq = 1;
    engine_on_book(fixture->engine, &epoch, fixture->seq, book, n, fixture->clock.monotonic_ms);
    free(book);
}

struct fixture *fixture_create(const struct sample_config *config) {
    log_set_level(LOG_ERROR);
    (void)json_object_seed(1);
    struct fixture *fixture = sample_allocate(1, sizeof *fixture);
    sample_init(&fixture->sample, config);
    manual_clock_init(&fixture->clock, SAMPLE_NOW_MS);
    create_loop(fixture);
    stage_book(fixture);
    fixture_settle(fixture);
    return fixture;
}

void fixture_destroy(struct fixture *fixture) {
    hub_destroy(&fixture->hub);
    engine_destroy(&fixture->engine);
    sample_fini(&fixture->sample);
    free(fixture->held);
    free(fixture);
}

/* Portfolios. */

static void add_portfolio(struct fixture *fixture) {
    size_t portfolio = fixture->held_n;
    struct uuid id = sample_portfolio_id(portfolio);
    struct held_portfolio *held = NULL;
    sample_require(engine_hold(fixture->engine, &id, &held) == STATUS_OK, "a portfolio is held");
    engine_on_loaded(fixture->engine, &id, STATUS_OK, sample_holdings(&fixture->sample, portfolio));
    fixture->held[fixture->held_n++] = held;
}

void fixture_add_portfolios(struct fixture *fixture, size_t n) {
    const size_t at_once = 1000; /* what was loaded is twice in memory until its pass */
    size_t wanted_n = fixture->held_n + n;
    if (wanted_n > fixture->held_capacity) {
        struct held_portfolio **held = realloc(fixture->held, wanted_n * sizeof(struct held_portfolio *));
        sample_require(held != NULL, "there is enough memory");
        fixture->held = held;
        fixture->held_capacity = wanted_n;
    }
    while (fixture->held_n < wanted_n) {
        add_portfolio(fixture);
        if (fixture->held_n % at_once == 0 || fixture->held_n == wanted_n)
            fixture_settle(fixture);
    }
    sample_require(fixture->held[wanted_n - 1]->portfolio != NULL, "portfolios are in memory");
}

/* Events and passes. */

void fixture_write_event(struct fixture *fixture, struct strbuf *out, const struct quote *quotes, size_t n) {
    strbuf_printf(out, "{\"epoch\":\"%s\",\"seq\":%llu,\"quotes\":[", epoch.text, (unsigned long long)++fixture->seq);
    for (size_t i = 0; i < n; i++) {
        strbuf_append_text(out, i > 0 ? "," : "");
        quote_write_json(out, &quotes[i]);
    }
    strbuf_append_text(out, "]}");
    sample_require(strbuf_status(out) == STATUS_OK, "there is enough memory");
}

uint64_t fixture_stage(struct fixture *fixture, size_t first, size_t step) {
    struct quote *moved = sample_allocate(fixture->sample.config.symbols_n, sizeof *moved);
    size_t n = sample_move(&fixture->sample, first, step, fixture->clock.wall_ms, moved);
    engine_on_event(fixture->engine, ++fixture->seq, moved, n);
    free(moved);
    return sample_touched(&fixture->sample, first, step);
}

void fixture_pass(struct fixture *fixture) {
    engine_pass(fixture->engine, fixture->clock.monotonic_ms, fixture->clock.wall_ms);
    hub_on_pass_done(fixture->hub);
}

void fixture_send(struct fixture *fixture) {
    while (hub_flush(fixture->hub)) {
    }
}

void fixture_turn(struct fixture *fixture) {
    fixture_pass(fixture);
    fixture_send(fixture);
}

void fixture_settle(struct fixture *fixture) {
    manual_clock_advance(&fixture->clock, TURN_MS);
    fixture_turn(fixture);
}

/* Clients. */

static enum websocket_written peer_write(void *context, struct frame *const *frames, size_t frames_n) {
    struct fixture *fixture = context;
    for (size_t i = 0; i < frames_n; i++) {
        fixture->bytes_n += frames[i]->len;
        if (fixture->copy)
            strbuf_append(fixture->copy, (const char *)frame_payload(frames[i]), frames[i]->len);
    }
    fixture->frames_n += frames_n;
    return WEBSOCKET_SENT;
}

static void peer_close(void *context, int code, const char *reason) {
    (void)context;
    (void)code;
    (void)reason;
    sample_require(false, "no session is closed by the server");
}

static void peer_pause_reading(void *context, bool is_paused) {
    (void)context;
    (void)is_paused;
}

static void peer_ask_ahead(void *context) {
    (void)context;
}

static const struct peer_ops counting_peer = {
    .write = peer_write, .close = peer_close, .pause_reading = peer_pause_reading, .ask_ahead = peer_ask_ahead};

struct session *fixture_connect(struct fixture *fixture) {
    const struct peer peer = {.ops = &counting_peer, .context = fixture};
    struct session *session = NULL;
    sample_require(session_create(fixture->hub, &peer, NULL, &session) == STATUS_OK, "a session is made");
    return session;
}

void fixture_disconnect(struct session *session) {
    session_on_closed(session);
}

static size_t write_message(const struct fixture *fixture, const char *type, size_t portfolio, char *out, size_t room) {
    char id[UUID_TEXT_LEN + 1];
    uuid_write(id, &fixture->held[portfolio]->id);
    int n = snprintf(out, room, "{\"type\":\"%s\",\"portfolio_id\":\"%s\"}", type, id);
    sample_require(n > 0 && (size_t)n < room, "the message fits");
    return (size_t)n;
}

size_t fixture_write_subscribe(const struct fixture *fixture, size_t portfolio, char *out, size_t room) {
    return write_message(fixture, "subscribe", portfolio, out, room);
}

static void send_message(struct fixture *fixture, struct session *session, const char *type, size_t portfolio) {
    char text[160];
    size_t len = write_message(fixture, type, portfolio, text, sizeof text);
    session_on_message(session, text, len);
}

void fixture_subscribe(struct fixture *fixture, struct session *session, size_t portfolio) {
    send_message(fixture, session, "subscribe", portfolio);
}

void fixture_resync(struct fixture *fixture, struct session *session, size_t portfolio) {
    send_message(fixture, session, "resync", portfolio);
}
