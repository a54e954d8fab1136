/* Assembles a process in the order of its dependencies: store, bus, poller,
 * page, loops. Thread: main. */
#include "app/instance.h"

#include "app/access_notice.h"
#include "app/api_encoding.h"
#include "app/api_password.h"
#include "app/forgotten_prices.h"
#include "app/history_store.h"
#include "app/limits.h"
#include "app/origins.h"
#include "app/price_archive.h"
#include "app/shard.h"
#include "app/site.h"
#include "app/token_keys.h"
#include "feed/bus_redis.h"
#include "feed/historian.h"
#include "net/loop.h"
#include "ops/log.h"
#include "ops/privileges.h"
#include "store/database_url.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STORE_QUEUE_CAPACITY 4096
#define STOP_DB_MS 6000
#define HISTORY_STATEMENT_MS 60000 /* years of bars in one transaction */
#define REPORTS_QUEUE_CAPACITY 256 /* of a second's work each, at worst: who comes later is told to come back */

static enum status create_stores(struct instance *instance) {
    const struct config *config = instance->config;
    struct store_config store_config = {.kind = STORE_MAIN,
                                        .database_url = config->database_url,
                                        .workers_n = (size_t)config->workers,
                                        .queue_capacity = STORE_QUEUE_CAPACITY,
                                        .statement_timeout_ms = config->statement_timeout_ms,
                                        .lock_timeout_ms = config->lock_timeout_ms,
                                        .stop_at = &instance->stop_at};
    enum status status = store_create(&store_config, &instance->store);
    if (status != STATUS_OK)
        return status;
    store_config.kind = STORE_REPORTS;
    store_config.workers_n = (size_t)config->report_workers;
    store_config.queue_capacity = REPORTS_QUEUE_CAPACITY;
    store_config.statement_timeout_ms = config->report_timeout_ms;
    store_config.lock_timeout_ms = 0; /* what takes seconds is not worth beginning anew each time */
    return store_create(&store_config, &instance->reports);
}

static enum status create_publisher(struct instance *instance, struct bus_publisher **ret_publisher, char *error,
                                    size_t error_len) {
    const struct config *config = instance->config;
    if (!config->redis_url[0]) {
        enum status status = bus_memory_create(instance->clock, &instance->memory_bus);
        return status == STATUS_OK ? bus_memory_publisher_create(instance->memory_bus, ret_publisher) : status;
    }
    enum status status = bus_redis_publisher_create(config->redis_url, instance->clock, ret_publisher);
    if (status == STATUS_INVALID)
        (void)snprintf(error, error_len,
                       "REDIS_URL: expected redis://[[user]:password@]host[:port][/db] or unix:///path "
                       "(TLS, rediss://, is not supported)");
    return status;
}

static void vendors_set(const struct config *config, struct provider_settings vendors[VENDORS_N]) {
#define VENDOR_ROW(NAME, name)                                                                                         \
    vendors[VENDOR_##NAME].url = config->name##_url, vendors[VENDOR_##NAME].quota = config->name##_quota;
    PROVIDER_VENDORS(VENDOR_ROW)
#undef VENDOR_ROW
    const char *polygon_key = config->polygon_api_key, *massive_key = config->massive_api_key;
    vendors[VENDOR_ALPHAVANTAGE].key = config->alphavantage_api_key;
    vendors[VENDOR_POLYGON].key = polygon_key[0] ? polygon_key : massive_key;
    vendors[VENDOR_MASSIVE].key = massive_key[0] ? massive_key : polygon_key;
    vendors[VENDOR_FINNHUB].key = config->finnhub_api_key;
}

static enum status create_feed(struct instance *instance, char *error, size_t error_len) {
    const struct config *config = instance->config;
    struct bus_publisher *publisher = NULL;
    enum status status = create_publisher(instance, &publisher, error, error_len);
    if (status != STATUS_OK)
        return status;
    struct poller_config poller_config = {.providers = config->providers,
                                          .replay_file = config->replay_file,
                                          .replay_speed_e8 = config->replay_speed,
                                          .simulated_seed = (uint64_t)config->simulated_seed,
                                          .simulated_tick_ms = config->simulated_tick_ms,
                                          .poll_interval_ms = config->poll_interval_ms,
                                          .quote_ttl_ms = config->quote_ttl_s * 1000,
                                          .leader_ttl_ms = config->leader_ttl_ms,
                                          .clock = instance->clock};
    vendors_set(config, poller_config.vendors);
    return poller_create(&poller_config, publisher, instance->archive, &instance->poller, error, error_len);
}

static enum status create_historian(struct instance *instance) {
    const struct config *config = instance->config;
    enum status status = history_store_create(config->database_url, HISTORY_STATEMENT_MS, &instance->stop_at,
                                              &instance->history_archive);
    if (status != STATUS_OK)
        return status;
    struct historian_config historian_config = {.poller = instance->poller,
                                                .archive = instance->history_archive,
                                                .calendar = &instance->calendar,
                                                .clock = instance->clock};
    return historian_create(&historian_config, &instance->historian);
}

static enum status create_shards(struct instance *instance, char *error, size_t error_len) {
    size_t loops_n = (size_t)instance->config->loops;
    instance->shards = calloc(loops_n, sizeof(struct shard *));
    if (!instance->shards)
        return STATUS_NO_MEMORY;
    int port = (int)instance->config->port;
    enum status status = loop_probe(instance->config->host, port, error, error_len);
    if (status == STATUS_OK)
        status = loop_probe(instance->config->host, (int)instance->config->tls_port, error, error_len);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < loops_n; i++) {
        status = shard_create(instance, i, port, &instance->shards[i], error, error_len);
        if (status != STATUS_OK)
            return status;
        instance->shards_n++;
        port = shard_port(instance->shards[i]);
    }
    instance->port = port;
    return STATUS_OK;
}

/* Once the process is who it will be: what they connect to may ask (PostgreSQL's peer authentication). */
static enum status start_threads(struct instance *instance) {
    enum status status = store_start(instance->store);
    if (status == STATUS_OK)
        status = store_start(instance->reports);
    if (status == STATUS_OK)
        status = poller_start(instance->poller);
    if (status == STATUS_OK)
        status = historian_start(instance->historian);
    if (status == STATUS_OK)
        status = token_keys_start(instance->token_keys);
    for (size_t i = 0; status == STATUS_OK && i < instance->shards_n; i++)
        status = shard_start(instance->shards[i]);
    return status;
}

static enum status read_calendar(struct instance *instance, char *error, size_t error_len) {
    const struct config *config = instance->config;
    char reason[160];
    enum status status = market_calendar_parse(config->close_time, config->market_closed_dates, &instance->calendar,
                                               reason, sizeof reason);
    if (status != STATUS_OK)
        (void)snprintf(error, error_len, "CLOSE_TIME, MARKET_CLOSED_DATES: %s", reason);
    if (status == STATUS_OK) {
        status = market_calendar_parse_splits_time(&instance->calendar, config->splits_time);
        if (status != STATUS_OK)
            (void)snprintf(error, error_len, "SPLITS_TIME: not a time of day like 03:00");
    }
    return status;
}

/* 127.0.0.0/8, ::1, or the name for them. */
static bool is_loopback(const char *host) {
    struct in_addr address;
    struct in6_addr address6;
    if (strcmp(host, "localhost") == 0)
        return true;
    if (inet_pton(AF_INET, host, &address) == 1)
        return ntohl(address.s_addr) >> 24 == IN_LOOPBACKNET;
    return inet_pton(AF_INET6, host, &address6) == 1 && IN6_IS_ADDR_LOOPBACK(&address6);
}

static enum status check_auth(const struct config *config, char *error, size_t error_len) {
    bool is_off = strcmp(config->auth, "off") == 0;
    if (!is_off && strcmp(config->auth, "on") != 0)
        (void)snprintf(error, error_len, "AUTH: \"%.40s\" is neither on nor off", config->auth);
    else if (is_off && !is_loopback(config->host))
        (void)snprintf(error, error_len,
                       "AUTH: off would make everybody who reaches HOST=%.100s an administrator; it is for 127.0.0.1, "
                       "::1 and localhost",
                       config->host);
    else
        return STATUS_OK;
    return STATUS_INVALID;
}

static enum status read_origins(struct instance *instance, char *error, size_t error_len) {
    char reason[160];
    enum status status = origins_parse(instance->config->origins, &instance->origins, reason, sizeof reason);
    if (status == STATUS_INVALID)
        (void)snprintf(error, error_len, "ORIGINS: %s", reason);
    return status;
}

/* What takes the settings apart, before any connection: a wrong one stops the start here. */
static enum status prepare(struct instance *instance, const struct config *config, char *error, size_t error_len) {
    *instance = (struct instance){.config = config, .clock = clock_system()};
    instance->started_ms = clock_monotonic_ms(instance->clock);
    atomic_init(&instance->access_read_ms, instance->started_ms);
    error[0] = '\0';
    enum status status = check_auth(config, error, error_len);
    if (status == STATUS_OK)
        status = read_origins(instance, error, error_len);
    if (status == STATUS_OK)
        status = read_calendar(instance, error, error_len);
    if (status == STATUS_OK)
        status = limits_create(config, &instance->limits, error, error_len);
    if (status == STATUS_OK)
        status = database_url_check(config->database_url, error, error_len);
    if (status == STATUS_OK)
        status = privileges_check(config->drop_user, error, error_len);
    if (status == STATUS_OK)
        status = transport_security_init(&instance->security, config, instance->clock, error, error_len);
    if (status == STATUS_OK)
        status = price_archive_create(config->database_url, config->statement_timeout_ms, &instance->stop_at,
                                      &instance->archive);
    if (status == STATUS_OK)
        status = forgotten_prices_create(&instance->forgotten);
    if (status == STATUS_OK)
        status = create_feed(instance, error, error_len);
    if (status == STATUS_OK)
        status = create_historian(instance);
    if (status == STATUS_OK && config->static_dir[0])
        status = site_create(config->static_dir, &instance->site, error, error_len);
    return status;
}

/* Undoes what was begun, and says so if nobody did. */
static enum status give_up(struct instance *instance, enum status status, char *error, size_t error_len) {
    if (!error[0])
        (void)snprintf(error, error_len, "cannot start: %s", status_name(status));
    instance_stop(instance);
    return status;
}

enum status instance_check(const struct config *config, char *error, size_t error_len) {
    struct instance instance;
    enum status status = prepare(&instance, config, error, error_len);
    if (status == STATUS_OK)
        status = token_keys_check(config, error, error_len);
    if (status != STATUS_OK)
        return give_up(&instance, status, error, error_len);
    instance_stop(&instance);
    return STATUS_OK;
}

/* As the user that will read them again on SIGHUP: a key that it could not read then, or that is made now, is its. */
static enum status create_token_keys(struct instance *instance, char *error, size_t error_len) {
    const struct config *config = instance->config;
    struct privileges_lent lent;
    enum status status = privileges_lend(config->drop_user, &lent, error, error_len);
    if (status != STATUS_OK)
        return status;
    status = token_keys_create(config, instance->clock, &instance->token_keys, error, error_len);
    enum status returned = privileges_return(&lent, error, error_len);
    return status == STATUS_OK ? returned : status;
}

enum status instance_start(const struct config *config, struct instance *instance, char *error, size_t error_len) {
    enum status status = prepare(instance, config, error, error_len);
    if (status == STATUS_OK)
        status = create_token_keys(instance, error, error_len);
    if (status == STATUS_OK)
        status = create_stores(instance);
    if (status == STATUS_OK)
        status = api_encoding_create_workers(&instance->packers);
    if (status == STATUS_OK)
        status = api_password_create_workers(config, &instance->passwords);
    if (status == STATUS_OK)
        status = create_shards(instance, error, error_len);
    if (status == STATUS_OK)
        status = privileges_drop(config->drop_user, error, error_len);
    if (status == STATUS_OK)
        status = start_threads(instance);
    if (status != STATUS_OK)
        return give_up(instance, status, error, error_len);
    if (strcmp(config->auth, "off") == 0)
        log_event(LOG_WARN, "auth.off", LOG_TEXT("meaning", "everybody who reaches this server is an administrator"));
    log_event(LOG_INFO, "server.listening", LOG_TEXT("host", config->host), LOG_I64("port", instance->port),
              LOG_TEXT("tls", !instance->security.tls ? "none"
                              : config->tls_port      ? "second port"
                                                      : "only"),
              LOG_I64("tls_port", config->tls_port), LOG_I64("loops", config->loops));
    return STATUS_OK;
}

void instance_look(struct instance *instance) {
    if (token_keys_look(instance->token_keys))
        instance->are_keys_untold = true;
    if (instance->are_keys_untold)
        instance->are_keys_untold = !access_keys_changed(instance);
}

void instance_reload(struct instance *instance) {
    char error[256] = "";
    if (token_keys_reload(instance->token_keys))
        instance->are_keys_untold = true;
    instance_look(instance);
    if (instance->site)
        site_reload(instance->site);
    if (transport_security_reload(&instance->security, error, sizeof error) == STATUS_OK)
        log_event(LOG_INFO, "server.reloaded");
    else
        log_event(LOG_ERROR, "tls.reload_failed", LOG_TEXT("reason", error));
}

/* Everything that may wait on the stop's way, from the signal; the process ends itself after 9 s (main.c), the contract
 * says 10:
 *
 *   shards    until nobody is connected                         at most 5 s (STOP_WAIT_MS)
 *   poller    the call to Redis under way, 2 s a step; no new connection, so what comes after it does not wait; the
 *             resigning, 2 s, only over a connection that is well; then the archive, until stop_at        at most 6 s
 *   historian the statement under way, until stop_at; a request to a provider is cancelled                at most 6 s
 *   workers   the statement under way and what is queued, until stop_at                                   at most 6 s
 *
 * All of them run side by side, so the joins below add nothing to the longest: 6 s. Not bounded by us: a connection to
 * PostgreSQL being made (libpq, 3 s a host), and a resolver of names that hangs (curl waits for it). */
void instance_stop(struct instance *instance) {
    if (instance->clock)
        atomic_store(&instance->stop_at, clock_monotonic_ms(instance->clock) + STOP_DB_MS);
    if (instance->poller)
        poller_begin_stop(instance->poller);
    if (instance->historian)
        historian_begin_stop(instance->historian);
    if (instance->token_keys)
        token_keys_begin_stop(instance->token_keys);
    for (size_t i = 0; i < instance->shards_n; i++)
        shard_begin_stop(instance->shards[i]);
    for (size_t i = 0; i < instance->shards_n; i++)
        shard_join(instance->shards[i]);
    if (instance->poller)
        poller_stop(instance->poller);
    if (instance->historian)
        historian_stop(instance->historian);
    /* The workers finish what was asked for; the completions wait in the mailboxes, which the shards empty. */
    if (instance->store)
        store_stop(instance->store);
    if (instance->reports)
        store_stop(instance->reports);
    worker_pool_destroy(&instance->packers); /* sets it to NULL */
    worker_pool_destroy(&instance->passwords);
    for (size_t i = 0; i < instance->shards_n; i++)
        shard_destroy(&instance->shards[i]);
    free(instance->shards);
    store_destroy(&instance->store);
    store_destroy(&instance->reports);
    forgotten_prices_destroy(&instance->forgotten);
    limits_destroy(&instance->limits);
    token_keys_destroy(&instance->token_keys);
    site_destroy(&instance->site);
    origins_destroy(&instance->origins);
    historian_destroy(&instance->historian);
    poller_destroy(&instance->poller);
    bus_memory_destroy(&instance->memory_bus);
    price_archive_destroy(&instance->archive);
    history_store_destroy(&instance->history_archive);
    transport_security_fini(&instance->security);
    *instance = (struct instance){0};
}
