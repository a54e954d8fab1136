/* The poller: one thread that asks providers for prices and publishes them.
 *
 * It leads for the cluster while it holds pf:leader; otherwise it waits. Only
 * symbols that somebody holds are polled, watched ones first. It also marks
 * quotes stale that their provider has not confirmed for quote_ttl_ms, writes
 * last prices to the archive in batches, and publishes them again (stale) at a
 * new epoch. */
#ifndef PF_FEED_POLLER_H
#define PF_FEED_POLLER_H

#include "base/clock.h"
#include "base/strbuf.h"
#include "feed/bus.h"
#include "feed/provider_settings.h"
#include "feed/quota.h"

struct poller;

/* How often a provider was asked. */
struct provider_usage {
    char name[QUOTE_SOURCE_MAX + 1];
    struct quota_usage usage;
};

/* Where last prices and the held symbols live (PostgreSQL, wired by app).
 * Thread: the poller's; blocking; UNAVAILABLE when the database is away. */
struct price_archive {
    void *context;
    enum status (*load_held_symbols)(void *context, struct symbol **ret_symbols,
                                     size_t *ret_n);                                     /* malloc'd, distinct */
    enum status (*load_prices)(void *context, struct quote **ret_quotes, size_t *ret_n); /* malloc'd */
    enum status (*save_prices)(void *context, const struct quote *quotes,
                               size_t n); /* never overwrites a newer as_of */
    /* Which of these the catalog has; malloc'd. NULL: it is not asked, and everything counts as listed. */
    enum status (*find_listed)(void *context, const struct symbol *symbols, size_t n, struct symbol **ret_found,
                               size_t *ret_found_n);
    /* Both NULL: it is not kept. */
    enum status (*load_usage)(void *context, struct provider_usage **ret_usages, size_t *ret_n); /* malloc'd */
    enum status (*save_usage)(void *context, const struct provider_usage *usages, size_t n);
};

struct poller_config {
    const char *providers; /* PROVIDERS: comma separated, in order of preference; "none" */
    const char *replay_file;
    int64_t replay_speed_e8; /* factor in 1e-8; 0 = as fast as possible */
    uint64_t simulated_seed;
    int64_t simulated_tick_ms; /* each held symbol moves once in this time */
    struct provider_settings vendors[VENDORS_N];
    int64_t poll_interval_ms; /* how often a remote symbol is asked for */
    int64_t quote_ttl_ms;
    int64_t leader_ttl_ms;
    const struct clock *clock;
};

/* PROVIDERS, REPLAY_FILE and so on are checked here, so that a wrong setting
 * stops the start with a clear text in error[0..error_len).
 * Takes the publisher over, also when it fails. The archive must outlive the poller. */
PF_MUST_CHECK enum status poller_create(const struct poller_config *config, struct bus_publisher *publisher,
                                        const struct price_archive *archive, struct poller **ret_poller, char *error,
                                        size_t error_len);
PF_MUST_CHECK enum status poller_start(struct poller *poller);
/* Tells the thread to end, without waiting for it. */
void poller_begin_stop(struct poller *poller);
/* Resigns, saves what is not archived yet, joins the thread. */
void poller_stop(struct poller *poller);
void poller_destroy(struct poller **poller);

/* Thread: any. Somebody needs fresh prices of these, held or not: their
 * providers are asked at once, if this process leads (feed/poller_questions.h).
 * What became of it is told over the bus (bus.h: answer). Returns how many were
 * taken: the rest was refused, and counted. */
size_t poller_ask_soon(struct poller *poller, const struct symbol *symbols, size_t n);
/* Thread: any. Forgets that providers confirmed these (n 0: all): they are
 * stale at once, and what is held is asked for again. */
void poller_forget(struct poller *poller, const struct symbol *symbols, size_t n);

/* Thread: any. For /health: appends a JSON object
 * {"state":"live|idle|standby|degraded|down","leader":bool,"providers":[{"name","state","last_error"?,…}],…}. */
void poller_write_health(struct poller *poller, struct strbuf *out);
/* Thread: any. For GET /providers: appends {"role":…,"providers":[…]}. */
void poller_write_providers(struct poller *poller, struct strbuf *out);
/* True when this process leads and none of its providers can deliver. */
bool poller_is_down(struct poller *poller);

#endif
