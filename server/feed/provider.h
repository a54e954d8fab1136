/* What a source of prices is to the poller. Three kinds:
 *
 *   PROVIDER_COMPUTES  makes the next quote of a symbol on the spot (simulated)
 *   PROVIDER_REPLAYS   has a clock of its own and hands out batches (replay)
 *   PROVIDER_REMOTE    is asked over HTTP: provider_remote.h
 *
 * A kind implements the functions named for it; the others are NULL.
 * Thread: created on main, then the poller's. */
#ifndef PF_FEED_PROVIDER_H
#define PF_FEED_PROVIDER_H

#include "base/status.h"
#include "base/strbuf.h"
#include "domain/quote.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum provider_kind { PROVIDER_COMPUTES, PROVIDER_REPLAYS, PROVIDER_REMOTE };

struct provider;
struct provider_remote_ops;
struct provider_ops {
    const char *name; /* the source of its quotes */
    enum provider_kind kind;
    /* Does it have prices of this symbol, as far as can be said without asking? */
    bool (*knows)(const struct provider *provider, const struct symbol *symbol);
    void (*destroy)(struct provider *provider);
    /* Text of the provider's own members for /health, each with a leading comma. */
    void (*write_health)(const struct provider *provider, struct strbuf *out);

    /* COMPUTES. known: the last price of the symbol, or NULL. */
    enum status (*compute)(struct provider *provider, const struct symbol *symbol, const struct quote *known,
                           int64_t wall_ms, struct quote *ret_quote);

    /* REPLAYS. next: the quotes that are due by `monotonic_ms`, of one time, no
     * symbol twice; NOT_FOUND when none is due. They stay until accepted. The
     * clock starts with the first call. next_due_ms: when the next batch is due
     * (INT64_MAX: never). */
    enum status (*next)(struct provider *provider, int64_t monotonic_ms, int64_t wall_ms,
                        const struct quote **ret_quotes, size_t *ret_n);
    void (*accept)(struct provider *provider);
    int64_t (*next_due_ms)(const struct provider *provider, int64_t monotonic_ms);

    const struct provider_remote_ops *remote; /* REMOTE */
};
struct provider {
    const struct provider_ops *ops;
};

PF_MUST_CHECK enum status provider_simulated_create(uint64_t seed, struct provider **ret_provider);
/* speed_e8 0: as fast as possible. A file that cannot be read: INVALID, IO or
 * LIMIT with file, line and reason in error. */
PF_MUST_CHECK enum status provider_replay_create(const char *path, int64_t speed_e8, struct provider **ret_provider,
                                                 char *error, size_t error_len);

#endif
