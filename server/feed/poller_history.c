/* The historian's share of the poller's providers. Refuses what would leave
 * prices less than half of a quota. Thread: the historian's. */
#include "feed/poller_history.h"

#include "feed/poller_internal.h"
#include "ops/metrics.h"

#define MINUTE_PART_MS 6000 /* until a minute's window has moved on */
#define SECOND_MS 1000
#define GRANT_LOOK_MS 50 /* while the archive tells what was used, or counts a request in advance */

bool poller_is_leading(const struct poller *poller) {
    return atomic_load(&poller->is_leading);
}

/* Whether this provider has the symbol's history by this function, asked now or later. */
static bool has_history(const struct polled_provider *it, enum provider_function function, const struct symbol *symbol,
                        int64_t now_ms) {
    const struct provider_ops *ops = it->provider->ops;
    return ops->kind == PROVIDER_REMOTE && ops->remote->batch_max[function] > 0 && ops->knows(it->provider, symbol) &&
           now_ms >= it->off_until_ms[function] && !it->has_invalid_key;
}

static int64_t later(int64_t a, int64_t b) {
    return a > b ? a : b;
}

/* When a request may go out that leaves prices their half. */
static int64_t next_ms(struct polled_provider *it, int64_t now_ms, int64_t wall_ms) {
    static const int64_t part_ms[QUOTA_DAY] = {[QUOTA_SECOND] = SECOND_MS, [QUOTA_MINUTE] = MINUTE_PART_MS};
    int64_t at_ms = later(quota_next_ms(&it->quota, now_ms, wall_ms), it->throttled_until_ms);
    if (breaker_is_shut(&it->breaker, now_ms))
        at_ms = later(at_ms, later(it->breaker.until_ms, now_ms + SECOND_MS));
    for (int span = QUOTA_SECOND; span < QUOTA_SPANS_N; span++) {
        uint32_t limit = it->quota.limits.per[span];
        if (limit < 2 || quota_left(&it->quota, (enum quota_span)span, now_ms, wall_ms) > limit / 2)
            continue;
        at_ms = later(at_ms, span == QUOTA_DAY ? quota_day_end_ms(now_ms, wall_ms) : now_ms + part_ms[span]);
    }
    return at_ms;
}

/* As poller_history_choose, by one function. */
static enum status choose_by(struct poller *poller, enum provider_function function, const struct symbol *symbol,
                             unsigned refused_mask, struct history_choice *ret_choice, int64_t *ret_wait_ms) {
    int64_t now_ms = poller_now_ms(poller), wall_ms = clock_wall_ms(poller->config.clock), soonest_ms = INT64_MAX;
    for (size_t i = 0; i < poller->providers_n; i++) {
        struct polled_provider *it = &poller->providers[i];
        if ((refused_mask & (1U << i)) || !has_history(it, function, symbol, now_ms))
            continue;
        int64_t at_ms = next_ms(it, now_ms, wall_ms);
        if (at_ms <= now_ms && !poller_usage_grants(poller, it, now_ms))
            at_ms = now_ms + GRANT_LOOK_MS;
        soonest_ms = at_ms < soonest_ms ? at_ms : soonest_ms;
        if (at_ms > now_ms || !quota_take(&it->quota, now_ms, wall_ms))
            continue;
        breaker_on_request(&it->breaker, now_ms);
        metrics_increment(METRIC_PROVIDER_REQUESTS);
        it->requests_n++;
        it->last_request_wall_ms = wall_ms;
        *ret_choice = (struct history_choice){.index = i, .provider = it->provider, .function = function};
        return STATUS_OK;
    }
    *ret_wait_ms = soonest_ms == INT64_MAX ? 0 : soonest_ms - now_ms;
    return soonest_ms == INT64_MAX ? STATUS_NOT_FOUND : STATUS_UNAVAILABLE;
}

enum status poller_history_choose_rates(struct poller *poller, struct history_choice *ret_choice,
                                        int64_t *ret_wait_ms) {
    static const struct symbol any = {.text = "EUR/USD", .len = 7};
    unsigned others_mask = 0;
    for (size_t i = 0; i < poller->providers_n; i++) {
        const struct provider_ops *ops = poller->providers[i].provider->ops;
        if (ops->kind != PROVIDER_REMOTE || !ops->remote->publishes_rates)
            others_mask |= 1U << i;
    }
    pthread_mutex_lock(&poller->providers_lock);
    enum status status = choose_by(poller, PROVIDER_HISTORY, &any, others_mask, ret_choice, ret_wait_ms);
    pthread_mutex_unlock(&poller->providers_lock);
    return status;
}

enum status poller_history_choose_splits(struct poller *poller, const struct symbol *symbol, unsigned refused_mask,
                                         struct history_choice *ret_choice, int64_t *ret_wait_ms) {
    unsigned others_mask = refused_mask;
    pthread_mutex_lock(&poller->providers_lock);
    for (size_t i = 0; i < poller->providers_n; i++) {
        const struct provider_ops *ops = poller->providers[i].provider->ops;
        if (ops->kind != PROVIDER_REMOTE || !ops->remote->history_has_splits)
            others_mask |= 1U << i;
    }
    enum status status = choose_by(poller, PROVIDER_SPLITS, symbol, refused_mask, ret_choice, ret_wait_ms);
    if (status == STATUS_NOT_FOUND)
        status = choose_by(poller, PROVIDER_HISTORY, symbol, others_mask, ret_choice, ret_wait_ms);
    pthread_mutex_unlock(&poller->providers_lock);
    return status;
}

enum status poller_history_choose_also(struct poller *poller, const struct history_choice *of,
                                       enum provider_function function, const struct symbol *symbol,
                                       struct history_choice *ret_choice, int64_t *ret_wait_ms) {
    pthread_mutex_lock(&poller->providers_lock);
    enum status status = choose_by(poller, function, symbol, ~(1U << of->index), ret_choice, ret_wait_ms);
    pthread_mutex_unlock(&poller->providers_lock);
    return status;
}

enum status poller_history_choose(struct poller *poller, const struct symbol *symbol, unsigned refused_mask,
                                  struct history_choice *ret_choice, int64_t *ret_wait_ms) {
    pthread_mutex_lock(&poller->providers_lock);
    if (poller_usage_is_awaited(poller, poller_now_ms(poller))) {
        *ret_wait_ms = GRANT_LOOK_MS;
        pthread_mutex_unlock(&poller->providers_lock);
        return STATUS_UNAVAILABLE;
    }
    /* Who has all the years is worth waiting for. */
    enum status status = choose_by(poller, PROVIDER_FULL_HISTORY, symbol, refused_mask, ret_choice, ret_wait_ms);
    if (status == STATUS_NOT_FOUND)
        status = choose_by(poller, PROVIDER_HISTORY, symbol, refused_mask, ret_choice, ret_wait_ms);
    pthread_mutex_unlock(&poller->providers_lock);
    return status;
}

void poller_history_answered(struct poller *poller, const struct history_choice *choice,
                             const struct provider_query *query, const struct provider_answer *answer,
                             const struct http_answer *http) {
    struct polled_provider *it = &poller->providers[choice->index];
    pthread_mutex_lock(&poller->providers_lock);
    /* That one symbol's history is of no known form says nothing of the provider's prices. */
    if (http->status == STATUS_CANCELLED || answer->verdict == PROVIDER_MALFORMED)
        breaker_on_no_answer(&it->breaker, poller_now_ms(poller));
    else
        poller_provider_answered(poller, it, query, answer, http);
    pthread_mutex_unlock(&poller->providers_lock);
}
