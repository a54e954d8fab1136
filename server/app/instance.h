/* One process of the server, assembled: what its loops share (settings, store,
 * poller, in-process bus, web page), and the loops themselves. Thread: main,
 * but for the fields marked. */
#ifndef PF_APP_INSTANCE_H
#define PF_APP_INSTANCE_H

#include "app/transport_security.h"
#include "base/clock.h"
#include "domain/market_calendar.h"
#include "feed/bus_memory.h"
#include "feed/poller.h"
#include "ops/config.h"
#include "store/store.h"

#include <stddef.h>

struct forgotten_prices; /* app/forgotten_prices.h */
struct historian;
struct limits; /* app/limits.h */
struct history_archive;
struct origins; /* app/origins.h */
struct shard;
struct site; /* app/site.h */
struct token_keys;

/* Read by every loop once they run; changed by none but for stop_at and access_read_ms. */
struct instance {
    const struct config *config;
    const struct clock *clock;
    struct market_calendar calendar;
    struct store *store;
    struct store *reports;         /* for what may take long, see api_call_report */
    struct worker_pool *packers;   /* gzip large responses, see api_encoding.h */
    struct worker_pool *passwords; /* hash and compare, see api_password.h */
    struct bus_memory *memory_bus; /* NULL with Redis */
    struct poller *poller;
    struct price_archive *archive;
    struct history_archive *history_archive;
    struct historian *historian;
    struct forgotten_prices *forgotten;
    struct limits *limits;
    struct transport_security security;
    struct token_keys *token_keys;
    bool are_keys_untold; /* main's: the loops are to look at their connections' */
    struct site *site;    /* NULL without STATIC_DIR */
    struct origins *origins;
    struct shard **shards;
    size_t shards_n;
    int port;
    int64_t started_ms;             /* monotonic */
    _Atomic int64_t access_read_ms; /* since when nothing is known of rights that changed; by access_reader.c */
    stop_time stop_at;              /* when waits for PostgreSQL end, whatever they wait for */
};

/* Whether the settings can be started with: everything short of a connection. */
PF_MUST_CHECK enum status instance_check(const struct config *config, char *error, size_t error_len);

/* Starts everything in the order of its dependencies; error[0..error_len) says
 * what could not be started. PostgreSQL and Redis may be away. */
PF_MUST_CHECK enum status instance_start(const struct config *config, struct instance *ret_instance, char *error,
                                         size_t error_len);
/* Takes up keys that were added or removed since the last look. To be called each second. */
void instance_look(struct instance *instance);
/* Reads certificate, keys and the page's files again, as SIGHUP asks: what is not
 * good stays as it was, and is logged. */
void instance_reload(struct instance *instance);
/* Says `closing` to everybody, waits for the connections to end (at most a few
 * seconds), stops in the reverse order. */
void instance_stop(struct instance *instance);

#endif
