/* Replays: their batches published as they come due, for the symbols that no
 * provider before them knows. Thread: the poller's. */
#include "feed/poller_internal.h"

#define REPLAY_BATCHES 256 /* in one turn, */
#define REPLAY_TURN_MS 100 /* or as many as fit in this time */

/* A replay feeds what no provider before it knows. */
static bool is_fed_by(const struct poller *poller, size_t i, const struct polled_symbol *polled, int64_t now_ms) {
    if (!polled->is_held || !poller_provider_knows(poller, i, polled, now_ms))
        return false;
    for (size_t before = 0; before < i; before++) {
        if (poller_provider_knows(poller, before, polled, now_ms))
            return false;
    }
    return true;
}

static bool has_audience(const struct poller *poller, size_t i, int64_t now_ms) {
    for (size_t at = 0; at < poller->table.n; at++) {
        if (is_fed_by(poller, i, poller->table.all[at], now_ms))
            return true;
    }
    return false;
}

/* Publishes one batch; false when there is none, or the bus did not take it. */
static bool batch_replay(struct poller *poller, size_t i, int64_t now_ms) {
    struct polled_provider *it = &poller->providers[i];
    const struct quote *quotes;
    size_t n;
    int64_t wall_ms = clock_wall_ms(poller->config.clock);
    if (it->provider->ops->next(it->provider, now_ms, wall_ms, &quotes, &n) != STATUS_OK)
        return false;
    for (size_t at = 0; at < n; at++) {
        const struct polled_symbol *polled = poll_table_find(&poller->table, &quotes[at].symbol);
        if (polled && is_fed_by(poller, i, polled, now_ms))
            poller_offer(poller, it, &quotes[at], now_ms);
    }
    if (poller_flush(poller, now_ms) != STATUS_OK)
        return false; /* it stays, and is published when the bus is back */
    it->provider->ops->accept(it->provider);
    return true;
}

int64_t poller_replay(struct poller *poller, int64_t now_ms) {
    int64_t due_ms = INT64_MAX;
    for (size_t i = 0; i < poller->providers_n; i++) {
        const struct provider *provider = poller->providers[i].provider;
        if (poller->fence == 0 || provider->ops->kind != PROVIDER_REPLAYS || !has_audience(poller, i, now_ms))
            continue;
        int64_t at_ms = now_ms;
        for (int batch = 0; batch < REPLAY_BATCHES && at_ms - now_ms < REPLAY_TURN_MS; batch++) {
            if (!batch_replay(poller, i, at_ms))
                break;
            at_ms = poller_now_ms(poller);
        }
        int64_t next_ms = provider->ops->next_due_ms(provider, at_ms);
        due_ms = next_ms < due_ms ? next_ms : due_ms;
    }
    return due_ms;
}
