/* Owns one loop and what hangs off it; takes the turns: timers, a pass when one
 * is due, a slice of the flush. Thread: L, where not marked. */
#include "app/shard.h"

#include "app/shard_internal.h"
#include "app/stream_handshake.h"
#include "feed/bus_redis.h"
#include "ops/log.h"
#include "ops/metrics.h"
#include "protocol/errors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAILBOX_CAPACITY 65536
#define LOADS_MAX 64
#define SWEEP_MS 2000
#define RESTORE_WAIT_MS 2000
#define RESUME_WAIT_MS 1000
#define SLICE_MS 2
#define TICK_S 0.5
#define STOP_WAIT_MS 5000

static int64_t now_ms(const struct shard *shard) {
    return clock_monotonic_ms(shard->instance->clock);
}

/* What waits for prices asks. */

static void on_prices_wanted(void *context, const struct symbol *symbols, size_t n) {
    struct shard *shard = context;
    if (shard->bus)
        bus_ask(shard->bus, symbols, n);
}

/* What the engine tells. */

static void on_portfolios_changed(void *context, struct held_portfolio *const *held, size_t n) {
    hub_on_portfolios_changed(((struct shard *)context)->hub, held, n);
}

static void on_portfolio_failed(void *context, struct held_portfolio *held, enum status status) {
    struct shard *shard = context;
    hub_on_portfolio_failed(shard->hub, held, status);
    shard_fail_valuations(shard, held, status);
    shard_fail_states(shard, held, status);
}

static void on_portfolio_replaced(void *context, struct held_portfolio *held) {
    hub_on_portfolio_replaced(((struct shard *)context)->hub, held);
}

static void on_customer_changed(void *context, struct held_portfolio *held) {
    hub_on_customer_changed(((struct shard *)context)->hub, held);
}

static void on_epoch(void *context) {
    hub_on_epoch(((struct shard *)context)->hub);
}

/* What the bus tells. */

static void on_book(void *context, const struct bus_epoch *epoch, uint64_t seq, const struct numbered_quote *quotes,
                    size_t quotes_n) {
    struct shard *shard = context;
    engine_on_book(shard->engine, epoch, seq, quotes, quotes_n, now_ms(shard));
}

static void on_event(void *context, uint64_t seq, const struct quote *quotes, size_t quotes_n) {
    engine_on_event(((struct shard *)context)->engine, seq, quotes, quotes_n);
}

static void on_hint(void *context, const struct uuid *portfolio_id) {
    engine_on_hint(((struct shard *)context)->engine, portfolio_id);
}

static void on_access_changed(void *context, const struct uuid *subject) {
    shard_on_access_changed(context, subject);
}

static void on_restored(void *context, const struct bus_epoch *epoch) {
    engine_on_restored(((struct shard *)context)->engine, epoch);
}

static void on_ask(void *context, const struct symbol *symbols, size_t symbols_n) {
    (void)poller_ask_soon(((struct shard *)context)->instance->poller, symbols, symbols_n);
}

static void on_forget(void *context, const struct symbol *symbols, size_t symbols_n) {
    poller_forget(((struct shard *)context)->instance->poller, symbols, symbols_n);
}

static void on_answered(void *context, const struct answered_symbol *answers, size_t answers_n) {
    price_wait_on_answered(((struct shard *)context)->prices, answers, answers_n);
}

/* What was asked before went to nobody. */
static void on_bus_state(void *context, bool is_following, bool has_leader) {
    struct shard *shard = context;
    if (is_following && has_leader && (!shard->is_bus_following || !shard->has_bus_leader))
        price_wait_ask_again(shard->prices, now_ms(shard));
    shard->is_bus_following = is_following;
    shard->has_bus_leader = has_leader;
    hub_set_feed_away(shard->hub, !is_following || !has_leader);
}

/* The turns. */

static double seconds(int64_t ms) {
    return (double)ms / 1000.0;
}

static int64_t sooner_ms(int64_t a, int64_t b) {
    return a < 0 ? b : b < 0 || a < b ? a : b;
}

/* What is still under way is told that time is up, which may need a few steps. */
static void cancel_prices(struct shard *shard) {
    if (!shard->prices)
        return;
    do {
        price_wait_cancel(shard->prices);
    } while (shard_take_step(shard));
    price_wait_destroy(&shard->prices);
}

static void take_turn(struct shard *shard) {
    hub_run_timers(shard->hub);
    if (!hub_is_flushing(shard->hub) && engine_pass_wait_ms(shard->engine, now_ms(shard)) == 0) {
        engine_pass(shard->engine, now_ms(shard), clock_wall_ms(shard->instance->clock));
        hub_on_pass_done(shard->hub);
    }
    shard_answer_valuations(shard);
    shard_answer_states(shard);
    shard_tell_arrivals(shard);
    price_wait_run(shard->prices, now_ms(shard), engine_is_current(shard->engine));
    shard_tell_newly_watched(shard, now_ms(shard));
    (void)shard_take_step(shard);
    bool has_more = hub_flush(shard->hub) || !list_is_empty(&shard->steps);
    int64_t wait_ms =
        has_more ? 0 : sooner_ms(engine_pass_wait_ms(shard->engine, now_ms(shard)), hub_timer_wait_ms(shard->hub));
    wait_ms = sooner_ms(wait_ms, price_wait_left_ms(shard->prices, now_ms(shard)));
    wait_ms = sooner_ms(wait_ms, shard_arrival_wait_ms(shard));
    struct ev_loop *ev = loop_ev(shard->loop);
    ev_timer_stop(ev, &shard->wake);
    if (wait_ms >= 0) {
        ev_timer_set(&shard->wake, seconds(wait_ms), 0.0);
        ev_timer_start(ev, &shard->wake);
    }
}

static void on_turn(struct ev_loop *ev, ev_prepare *watcher, int events) {
    (void)ev;
    (void)events;
    take_turn(watcher->data);
}

/* The wake only ends the wait for events: the turn comes before the next one. */
static void on_wake(struct ev_loop *ev, ev_timer *watcher, int events) {
    (void)ev;
    (void)watcher;
    (void)events;
}

static void on_tick(struct ev_loop *ev, ev_timer *watcher, int events) {
    (void)ev;
    (void)events;
    struct shard *shard = watcher->data;
    limiter_sweep(shard->limiter);
    engine_tick(shard->engine, now_ms(shard));
    stream_handshake_tick(shard, now_ms(shard));
    shard_tick_access(shard, now_ms(shard));
}

static void start_watchers(struct shard *shard) {
    struct ev_loop *ev = loop_ev(shard->loop);
    ev_prepare_init(&shard->turn, on_turn);
    ev_timer_init(&shard->wake, on_wake, 0.0, 0.0);
    ev_timer_init(&shard->tick, on_tick, TICK_S, TICK_S);
    shard->turn.data = shard->wake.data = shard->tick.data = shard;
    ev_prepare_start(ev, &shard->turn);
    ev_timer_start(ev, &shard->tick);
    shard_start_watch(shard);
    if (shard->index == 0) {
        shard_start_sweep(shard);
        shard_start_splits(shard);
        shard_start_audit(shard);
    }
}

/* Assembly. */

static struct loop_config loop_config_of(struct shard *shard, int port) {
    const struct config *config = shard->instance->config;
    struct loop_config loop_config = {
        .host = config->host,
        .port = port,
        .clock = shard->instance->clock,
        .http = {.context = &shard->api,
                 .on_request = api_on_request,
                 .on_handshake = api_on_handshake,
                 .max_body_bytes = api_max_body_bytes},
        .websocket = shard_websocket_handler(shard),
        .admission = limiter_admission(shard->limiter),
        .websocket_path = "/stream",
        .websocket_protocol = "portfolio.v1.json",
        .max_body_bytes = (size_t)config->max_body_bytes,
        .request_timeout_ms = 10000,
        .max_message_bytes = (size_t)config->max_message_bytes,
        .ping_after_ms = config->ping_s * 1000,
        .pong_within_ms = 10000,
        .stall_timeout_ms = config->stall_timeout_s * 1000,
        .dead_close_code = CLOSE_DEAD,
        .stream_bytes_per_second = config->stream_bytes_per_second,
    };
    transport_security_apply(&shard->instance->security, &loop_config);
    return loop_config;
}

static enum status create_engine(struct shard *shard) {
    const struct config *config = shard->instance->config;
    struct engine_config engine_config = {.flush_ms = config->flush_ms,
                                          .portfolio_keep_ms = config->portfolio_keep_s * 1000,
                                          .sweep_ms = SWEEP_MS,
                                          .restore_wait_ms = RESTORE_WAIT_MS,
                                          .loads_max = LOADS_MAX};
    struct engine_ports ports = {.context = shard,
                                 .load = shard_load,
                                 .load_versions = shard_load_versions,
                                 .on_portfolios_changed = on_portfolios_changed,
                                 .on_portfolio_failed = on_portfolio_failed,
                                 .on_customer_changed = on_customer_changed,
                                 .on_portfolio_replaced = on_portfolio_replaced,
                                 .on_epoch = on_epoch};
    struct hub_config hub_config = {.access = shard_hub_access(shard),
                                    .slice_ms = SLICE_MS,
                                    .resume_wait_ms = RESUME_WAIT_MS,
                                    .random_seed = (uint64_t)clock_wall_ms(shard->instance->clock) + shard->index,
                                    .calendar = &shard->instance->calendar,
                                    .take_message = shard_take_message,
                                    .take_message_context = shard,
                                    .limits = {.heartbeat_ms = config->heartbeat_ms,
                                               .reconnect_window_ms = config->reconnect_window_ms,
                                               .max_message_bytes = config->max_message_bytes,
                                               .max_subscriptions = config->max_subscriptions,
                                               .messages_per_second = config->messages_per_second,
                                               .max_rate_e8 = config->max_rate}};
    enum status status = engine_create(&engine_config, &ports, now_ms(shard), &shard->engine);
    if (status == STATUS_OK)
        status = hub_create(&hub_config, shard->engine, shard->instance->clock, &shard->hub);
    return status;
}

static enum status create_bus(struct shard *shard, char *error, size_t error_len) {
    struct bus_listener listener = {.context = shard,
                                    .on_book = on_book,
                                    .on_event = on_event,
                                    .on_hint = on_hint,
                                    .on_state = on_bus_state,
                                    .on_answered = on_answered,
                                    .on_restored = on_restored,
                                    .on_access_changed = on_access_changed};
    /* Over Redis every loop hears a question, and the poller has to only once. */
    if (shard->instance->memory_bus || shard->index == 0) {
        listener.on_ask = on_ask;
        listener.on_forget = on_forget;
    }
    hub_set_feed_away(shard->hub, true);
    const char *url = shard->instance->config->redis_url;
    enum status status =
        shard->instance->memory_bus
            ? bus_memory_attach(shard->instance->memory_bus, shard->mailbox, &listener, &shard->bus)
            : bus_redis_create(loop_ev(shard->loop), url, shard->instance->clock, &listener, &shard->bus);
    if (status != STATUS_OK)
        (void)snprintf(error, error_len, "REDIS_URL: %s",
                       status == STATUS_INVALID ? "not a redis:// or unix:// URL" : status_name(status));
    return status;
}

static enum status create_authenticator(struct shard *shard) {
    const struct instance *instance = shard->instance;
    struct authenticator_config config = {.is_off = strcmp(instance->config->auth, "off") == 0,
                                          .store = instance->store,
                                          .mailbox = shard->mailbox,
                                          .keys = instance->token_keys,
                                          .clock = instance->clock,
                                          .keep_ms = instance->config->rights_keep_s * 1000};
    return authenticator_create(&config, &shard->authenticator);
}

enum status shard_create(struct instance *instance, size_t index, int port, struct shard **ret_shard, char *error,
                         size_t error_len) {
    struct shard *shard = calloc(1, sizeof *shard);
    if (!shard)
        return STATUS_NO_MEMORY;
    shard->instance = instance;
    shard->index = index;
    list_init(&shard->valuations);
    list_init(&shard->states);
    list_init(&shard->arrivals);
    list_init(&shard->steps);
    list_init(&shard->handshakes);
    enum status status = limiter_create(instance->config, instance->limits, instance->clock, &shard->limiter);
    if (status == STATUS_OK) {
        struct loop_config config = loop_config_of(shard, port);
        status = loop_create(&config, &shard->loop, error, error_len);
    }
    if (status == STATUS_OK)
        status = mailbox_create(loop_ev(shard->loop), MAILBOX_CAPACITY, &shard->mailbox);
    if (status == STATUS_OK)
        status = price_wait_create(on_prices_wanted, shard, &shard->prices);
    if (status == STATUS_OK)
        status = create_authenticator(shard);
    if (status == STATUS_OK)
        status = create_engine(shard);
    if (status == STATUS_OK)
        status = create_bus(shard, error, error_len);
    if (status == STATUS_OK)
        status = limiter_share_create(shard->limiter, loop_ev(shard->loop), shard->bus, &shard->limiter_share);
    if (status == STATUS_OK)
        status = shard_start_access(shard);
    if (status != STATUS_OK) {
        shard_destroy(&shard);
        return status;
    }
    shard->api = (struct api_context){.shard = shard,
                                      .config = instance->config,
                                      .clock = instance->clock,
                                      .store = instance->store,
                                      .reports = instance->reports,
                                      .packers = &instance->packers,
                                      .passwords = &instance->passwords,
                                      .stop_at = &instance->stop_at,
                                      .mailbox = shard->mailbox,
                                      .authenticator = shard->authenticator,
                                      .bus = shard->bus,
                                      .limiter = shard->limiter,
                                      .poller = instance->poller,
                                      .historian = instance->historian,
                                      .calendar = &instance->calendar,
                                      .token_keys = instance->token_keys,
                                      .site = instance->site,
                                      .origins = instance->origins,
                                      .started_ms = instance->started_ms};
    start_watchers(shard);
    *ret_shard = shard;
    return STATUS_OK;
}

int shard_port(const struct shard *shard) {
    return loop_port(shard->loop);
}

static void *shard_main(void *argument) {
    struct shard *shard = argument;
    loop_run(shard->loop);
    return NULL;
}

enum status shard_start(struct shard *shard) {
    char name[16];
    (void)snprintf(name, sizeof name, "loop-%zu", shard->index);
    if (pthread_create(&shard->thread, NULL, shard_main, shard) != 0)
        return STATUS_IO;
    (void)pthread_setname_np(shard->thread, name);
    shard->is_started = true;
    return STATUS_OK;
}

/* Stopping: goodbye to everybody, then the end when all have left or time is up. */

static void on_stopping(struct ev_loop *ev, ev_timer *watcher, int events) {
    (void)ev;
    (void)events;
    struct shard *shard = watcher->data;
    if (loop_connections_n(shard->loop) == 0 || now_ms(shard) >= shard->stop_by_ms)
        loop_break(shard->loop);
}

static void on_stop(struct mail *mail) {
    struct shard *shard = LIST_ENTRY(mail, struct shard, stop_mail);
    shard->stop_by_ms = now_ms(shard) + STOP_WAIT_MS;
    loop_stop_listening(shard->loop);
    hub_shutdown(shard->hub);
    ev_timer_init(&shard->stopping, on_stopping, 0.0, 0.02);
    shard->stopping.data = shard;
    ev_timer_start(loop_ev(shard->loop), &shard->stopping);
}

/* Thread: main. */
void shard_begin_stop(struct shard *shard) {
    shard->stop_mail.dispatch = on_stop;
    mailbox_post_reserved(shard->mailbox, &shard->stop_mail);
}

void shard_join(struct shard *shard) {
    if (shard->is_started)
        (void)pthread_join(shard->thread, NULL);
    shard->is_started = false;
}

void shard_destroy(struct shard **shard) {
    struct shard *dying = *shard;
    if (!dying)
        return;
    if (dying->bus) {
        struct ev_loop *ev = loop_ev(dying->loop);
        limiter_share_stop(dying->limiter_share);
        bus_destroy(&dying->bus);
        limiter_share_destroy(&dying->limiter_share);
        dying->is_bus_following = false; /* what the mailbox still has asks nobody any more */
        ev_prepare_stop(ev, &dying->turn);
        ev_timer_stop(ev, &dying->wake);
        ev_timer_stop(ev, &dying->tick);
        shard_stop_watch(dying);
        shard_stop_access(dying);
        shard_stop_sweep(dying);
        shard_stop_splits(dying);
        shard_stop_audit(dying);
        ev_timer_stop(ev, &dying->stopping);
    }
    shard_cancel_valuations(dying);
    shard_cancel_states(dying);
    shard_cancel_arrivals(dying);
    cancel_prices(dying);
    stream_handshake_cancel_all(dying);
    mailbox_destroy(&dying->mailbox);
    authenticator_destroy(&dying->authenticator);
    loop_destroy(&dying->loop);
    hub_destroy(&dying->hub);
    engine_destroy(&dying->engine);
    limiter_destroy(&dying->limiter);
    free(dying);
    *shard = NULL;
}

/* Hints between shards. */

struct hint_mail {
    struct mail mail;
    struct shard *shard;
    struct uuid portfolio_id;
};

static void on_hint_mail(struct mail *mail) {
    struct hint_mail *hint = LIST_ENTRY(mail, struct hint_mail, mail);
    engine_on_hint(hint->shard->engine, &hint->portfolio_id);
    free(hint);
}

static void on_hint_discarded(struct mail *mail) {
    free(LIST_ENTRY(mail, struct hint_mail, mail));
}

/* Thread: any. A hint that is lost costs one sweep (2 s). */
void shard_post_hint(struct shard *shard, const struct uuid *portfolio_id) {
    struct hint_mail *hint = malloc(sizeof *hint);
    if (!hint)
        return;
    *hint = (struct hint_mail){.mail = {.dispatch = on_hint_mail, .discard = on_hint_discarded},
                               .shard = shard,
                               .portfolio_id = *portfolio_id};
    if (mailbox_post(shard->mailbox, &hint->mail) != STATUS_OK)
        free(hint);
}
