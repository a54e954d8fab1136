/* What /providers says: each provider's state, quotas and last error. It is a
 * text made by the poller's thread; nothing of a key or a URL is in it.
 * Thread: the poller's. */
#include "feed/poller_internal.h"

#include <string.h>

/* Why the provider cannot be asked now, the longest reason first. */
const char *poller_provider_state(struct poller *poller, struct polled_provider *it, int64_t now_ms) {
    if (it->provider->ops->kind != PROVIDER_REMOTE)
        return "ok";
    if (it->has_invalid_key)
        return "invalid_key";
    if (it->breaker.state != BREAKER_CLOSED)
        return "down";
    if (now_ms < it->throttled_until_ms)
        return "throttled";
    int64_t wall_ms = clock_wall_ms(poller->config.clock);
    bool is_day_over = it->quota.limits.per[QUOTA_DAY] > 0 && quota_left(&it->quota, QUOTA_DAY, now_ms, wall_ms) == 0;
    return is_day_over ? "quota_used_up" : "ok";
}

static void time_write(struct strbuf *out, const char *name, int64_t wall_ms) {
    if (wall_ms == 0)
        return;
    strbuf_printf(out, ",\"%s\":\"", name);
    strbuf_append_timestamp(out, wall_ms);
    strbuf_append_char(out, '"');
}

/* A monotonic instant that is still to come, as a time of day. */
static void until_write(struct strbuf *out, const char *name, int64_t until_ms, int64_t now_ms, int64_t wall_ms) {
    if (until_ms > now_ms)
        time_write(out, name, wall_ms + (until_ms - now_ms));
}

static void functions_write(struct strbuf *out, const struct polled_provider *it, int64_t now_ms) {
    const struct provider_remote_ops *ops = it->provider->ops->remote;
    const char *comma = "";
    STRBUF_LITERAL(out, ",\"functions\":[");
    for (int i = 0; i < PROVIDER_FUNCTIONS_N; i++) {
        if (ops->batch_max[i] == 0)
            continue;
        strbuf_printf(out, "%s\"%s\"", comma, provider_function_name((enum provider_function)i));
        comma = ",";
    }
    STRBUF_LITERAL(out, "],\"not_entitled\":[");
    comma = "";
    for (int i = 0; i < PROVIDER_FUNCTIONS_N; i++) {
        if (now_ms >= it->off_until_ms[i])
            continue;
        strbuf_printf(out, "%s\"%s\"", comma, provider_function_name((enum provider_function)i));
        comma = ",";
    }
    strbuf_append_char(out, ']');
}

static void quota_write(struct strbuf *out, struct polled_provider *it, int64_t now_ms, int64_t wall_ms) {
    static const char *const names[QUOTA_SPANS_N] = {"second", "minute", "day"};
    const char *comma = "";
    STRBUF_LITERAL(out, ",\"quota\":{");
    for (int span = 0; span < QUOTA_SPANS_N; span++) {
        uint32_t limit = it->quota.limits.per[span];
        if (limit == 0)
            continue;
        strbuf_printf(out, "%s\"%s\":{\"limit\":%u,\"left\":%u", comma, names[span], limit,
                      quota_left(&it->quota, (enum quota_span)span, now_ms, wall_ms));
        if (span == QUOTA_DAY)
            until_write(out, "resets_at", quota_day_end_ms(now_ms, wall_ms), now_ms, wall_ms);
        strbuf_append_char(out, '}');
        comma = ",";
    }
    strbuf_append_char(out, '}');
}

static void breaker_write(struct strbuf *out, const struct polled_provider *it, int64_t now_ms, int64_t wall_ms) {
    static const char *const states[] = {
        [BREAKER_CLOSED] = "closed", [BREAKER_OPEN] = "open", [BREAKER_PROBING] = "probing"};
    strbuf_printf(out, ",\"breaker\":{\"state\":\"%s\",\"failures\":%u", states[it->breaker.state],
                  it->breaker.failures);
    if (it->breaker.state == BREAKER_OPEN)
        until_write(out, "open_until", it->breaker.until_ms, now_ms, wall_ms);
    strbuf_append_char(out, '}');
}

static void remote_write(struct strbuf *out, struct polled_provider *it, int64_t now_ms, int64_t wall_ms) {
    functions_write(out, it, now_ms);
    quota_write(out, it, now_ms, wall_ms);
    breaker_write(out, it, now_ms, wall_ms);
    until_write(out, "throttled_until", it->throttled_until_ms, now_ms, wall_ms);
    strbuf_printf(out, ",\"requests\":%llu", (unsigned long long)it->requests_n);
    time_write(out, "last_request_at", it->last_request_wall_ms);
    time_write(out, "last_answer_at", it->last_answer_wall_ms);
    if (it->last_error[0] != '\0') {
        STRBUF_LITERAL(out, ",\"last_error\":{\"detail\":");
        strbuf_append_json_string(out, it->last_error, strlen(it->last_error));
        time_write(out, "at", it->last_error_wall_ms);
        strbuf_append_char(out, '}');
    }
}

static void provider_write(struct poller *poller, struct strbuf *out, struct polled_provider *it, int64_t now_ms) {
    static const char *const kinds[] = {
        [PROVIDER_COMPUTES] = "simulated", [PROVIDER_REPLAYS] = "replay", [PROVIDER_REMOTE] = "remote"};
    bool is_remote = it->provider->ops->kind == PROVIDER_REMOTE;
    const char *state = poller->fence == 0 ? "standby" : poller_provider_state(poller, it, now_ms);
    if (strcmp(state, "ok") == 0)
        state = it->quotes_n > 0 ? "live" : "idle";
    strbuf_printf(out, "{\"name\":\"%s\",\"kind\":\"%s\",\"state\":\"%s\",\"quotes\":%llu", it->provider->ops->name,
                  kinds[it->provider->ops->kind], state, (unsigned long long)it->quotes_n);
    if (is_remote)
        remote_write(out, it, now_ms, clock_wall_ms(poller->config.clock));
    strbuf_append_char(out, '}');
}

void poller_report_write(struct poller *poller, struct strbuf *out, int64_t now_ms) {
    strbuf_printf(out, "{\"role\":\"%s\",\"providers\":[", poller->fence != 0 ? "leader" : "standby");
    for (size_t i = 0; i < poller->providers_n; i++) {
        if (i > 0)
            strbuf_append_char(out, ',');
        provider_write(poller, out, &poller->providers[i], now_ms);
    }
    STRBUF_LITERAL(out, "]}");
}
