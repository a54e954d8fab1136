/* What /health says of the feed: a text made by the poller thread and read by
 * any. Thread: the poller's; poller_write_health and poller_is_down any. */
#include "feed/poller_internal.h"

#define HEALTH_MS 200

static bool can_deliver(const struct polled_provider *it, int64_t now_ms) {
    return it->provider->ops->kind != PROVIDER_REMOTE ||
           (it->breaker.state == BREAKER_CLOSED && now_ms >= it->throttled_until_ms && !it->has_invalid_key);
}

static size_t delivering_n(const struct poller *poller, int64_t now_ms) {
    size_t n = 0;
    for (size_t i = 0; i < poller->providers_n; i++)
        n += can_deliver(&poller->providers[i], now_ms);
    return n;
}

static bool feed_is_down(const struct poller *poller, int64_t now_ms) {
    return poller->fence != 0 && poller->providers_n > 0 && delivering_n(poller, now_ms) == 0;
}

static const char *feed_state(const struct poller *poller, int64_t now_ms) {
    if (poller->fence == 0)
        return poller->is_bus_away ? "degraded" : "standby";
    if (feed_is_down(poller, now_ms))
        return "down";
    if (poller->is_archive_away || delivering_n(poller, now_ms) < poller->providers_n)
        return "degraded";
    return poller->providers_n == 0 || poller->table.held_n == 0 ? "idle" : "live";
}

static void provider_write(struct poller *poller, struct strbuf *out, struct polled_provider *it, int64_t now_ms) {
    strbuf_printf(out, "{\"name\":\"%s\",\"state\":\"%s\",\"quotes\":%llu", it->provider->ops->name,
                  poller_provider_state(poller, it, now_ms), (unsigned long long)it->quotes_n);
    if (it->last_error[0] != '\0' && !it->is_error_over) {
        STRBUF_LITERAL(out, ",\"last_error\":");
        strbuf_append_json_string(out, it->last_error, strlen(it->last_error));
    }
    if (it->provider->ops->write_health)
        it->provider->ops->write_health(it->provider, out);
    strbuf_append_char(out, '}');
}

void poller_health_update(struct poller *poller, int64_t now_ms) {
    if (now_ms < poller->health_due_ms)
        return;
    poller->health_due_ms = now_ms + HEALTH_MS;
    pthread_mutex_lock(&poller->lock);
    struct strbuf *out = &poller->health;
    strbuf_clear(out);
    strbuf_printf(out,
                  "{\"state\":\"%s\",\"leader\":%s,\"bus\":\"%s\",\"archive\":\"%s\",\"symbols\":%zu,\"providers\":[",
                  feed_state(poller, now_ms), poller->fence != 0 ? "true" : "false",
                  poller->is_bus_away ? "away" : "ok", poller->is_archive_away ? "away" : "ok", poller->table.held_n);
    for (size_t i = 0; i < poller->providers_n; i++) {
        if (i > 0)
            strbuf_append_char(out, ',');
        provider_write(poller, out, &poller->providers[i], now_ms);
    }
    STRBUF_LITERAL(out, "]}");
    strbuf_clear(&poller->report);
    poller_report_write(poller, &poller->report, now_ms);
    poller->is_down = feed_is_down(poller, now_ms);
    pthread_mutex_unlock(&poller->lock);
}

void poller_write_health(struct poller *poller, struct strbuf *out) {
    pthread_mutex_lock(&poller->lock);
    if (strbuf_status(&poller->health) == STATUS_OK)
        strbuf_append(out, poller->health.data, poller->health.len);
    else
        STRBUF_LITERAL(out, "{\"state\":\"degraded\"}");
    pthread_mutex_unlock(&poller->lock);
}

void poller_write_providers(struct poller *poller, struct strbuf *out) {
    pthread_mutex_lock(&poller->lock);
    if (strbuf_status(&poller->report) == STATUS_OK)
        strbuf_append(out, poller->report.data, poller->report.len);
    else
        STRBUF_LITERAL(out, "{\"role\":\"unknown\",\"providers\":[]}");
    pthread_mutex_unlock(&poller->lock);
}

bool poller_is_down(struct poller *poller) {
    pthread_mutex_lock(&poller->lock);
    bool is_down = poller->is_down;
    pthread_mutex_unlock(&poller->lock);
    return is_down;
}
