/* Owns the classes' buckets; refuses by them and by what is open. A log line of
 * a kind at most once a minute, with how many it stands for. Thread: L. */
#include "app/limiter.h"

#include "base/sha256.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <stdlib.h>
#include <string.h>

#define LOG_EVERY_MS 60000
#define SWEEP_MAX 4096 /* buckets forgotten at a time */
#define EMAIL_MAX 320

/* What is refused: the classes, and these. */
enum refusal_kind {
    REFUSAL_CONNECTIONS = LIMITER_CLASSES_N,
    REFUSAL_CONNECTIONS_OF_ADDRESS,
    REFUSAL_OPEN_REQUESTS,
    REFUSALS_N
};

struct refusal {
    int64_t logged_ms; /* 0: never */
    int64_t unlogged_n;
};

struct limiter {
    const struct clock *clock;
    struct limits *limits;
    struct rate_limit *rates[LIMITER_CLASSES_N];
    struct refusal refusals[REFUSALS_N];
};

static const struct {
    const char *name;
    enum metric metric;
} kinds[REFUSALS_N] = {
    [LIMITER_ADDRESS] = {"address", METRIC_LIMITED_ADDRESS},
    [LIMITER_USER] = {"user", METRIC_LIMITED_USER},
    [LIMITER_LOGIN] = {"login", METRIC_LIMITED_LOGIN},
    [LIMITER_MESSAGES] = {"messages", METRIC_LIMITED_MESSAGES},
    [LIMITER_HANDSHAKES] = {"handshakes", METRIC_LIMITED_HANDSHAKES},
    [REFUSAL_CONNECTIONS] = {"connections", METRIC_CONNECTIONS_REFUSED_ALL},
    [REFUSAL_CONNECTIONS_OF_ADDRESS] = {"connections_of_address", METRIC_CONNECTIONS_REFUSED_ADDRESS},
    [REFUSAL_OPEN_REQUESTS] = {"open_requests", METRIC_OPEN_REQUESTS_REFUSED},
};

const char *limiter_class_name(enum limiter_class class) {
    return kinds[class].name;
}

static void tell_refusal(struct limiter *limiter, unsigned kind, const char *peer) {
    struct refusal *refusal = &limiter->refusals[kind];
    int64_t now_ms = clock_monotonic_ms(limiter->clock);
    metrics_increment(kinds[kind].metric);
    refusal->unlogged_n++;
    if (refusal->logged_ms != 0 && now_ms - refusal->logged_ms < LOG_EVERY_MS)
        return;
    log_event(LOG_WARN, "limit.reached", LOG_TEXT("limit", kinds[kind].name), LOG_TEXT("peer", peer),
              LOG_I64("refused", refusal->unlogged_n));
    refusal->logged_ms = now_ms;
    refusal->unlogged_n = 0;
}

static struct rate rate_of(const struct config *config, enum limiter_class class) {
    switch (class) {
    case LIMITER_ADDRESS:
        return (struct rate){config->rate_address * 60, config->rate_address_burst};
    case LIMITER_USER:
        return (struct rate){config->rate_user * 60, config->rate_user_burst};
    case LIMITER_LOGIN:
        return (struct rate){config->rate_login, config->rate_login / 2 + 1};
    case LIMITER_MESSAGES:
        return (struct rate){config->rate_messages * 60, config->rate_messages_burst};
    default: {
        int64_t burst = config->rate_handshakes * 10 + 1;
        return (struct rate){config->rate_handshakes * 60, burst < RATE_LIMIT_BURST_MAX ? burst : RATE_LIMIT_BURST_MAX};
    }
    }
}

enum status limiter_create(const struct config *config, struct limits *limits, const struct clock *clock,
                           struct limiter **ret_limiter) {
    struct limiter *limiter = calloc(1, sizeof *limiter);
    if (!limiter)
        return STATUS_NO_MEMORY;
    limiter->clock = clock;
    limiter->limits = limits;
    enum status status = STATUS_OK;
    bool is_shared = config->redis_url[0] || config->loops > 1; /* with somebody */
    for (enum limiter_class class = 0; status == STATUS_OK && class < LIMITER_CLASSES_N; class ++) {
        struct rate rate = rate_of(config, class);
        status = rate_limit_create(&rate, LIMITER_KEYS_MAX, is_shared, &limiter->rates[class]);
    }
    if (status != STATUS_OK) {
        limiter_destroy(&limiter);
        return status;
    }
    *ret_limiter = limiter;
    return STATUS_OK;
}

void limiter_destroy(struct limiter **limiter) {
    struct limiter *it = *limiter;
    if (!it)
        return;
    *limiter = NULL;
    for (enum limiter_class class = 0; class < LIMITER_CLASSES_N; class ++)
        rate_limit_destroy(&it->rates[class]);
    free(it);
}

void limiter_adopt(struct limiter *limiter, enum limiter_class class, const struct rate_limit_key *key,
                   int64_t used_units) {
    rate_limit_adopt(limiter->rates[class], key, used_units, clock_monotonic_ms(limiter->clock));
}

struct rate_limit *limiter_rates(struct limiter *limiter, enum limiter_class class) {
    return limiter->rates[class];
}

void limiter_sweep(struct limiter *limiter) {
    for (enum limiter_class class = 0; class < LIMITER_CLASSES_N; class ++)
        rate_limit_sweep(limiter->rates[class], SWEEP_MAX, clock_monotonic_ms(limiter->clock));
}

/* --- keys --- */

struct rate_limit_key limiter_key_of_address(const struct address *address) {
    struct address site = address_site(address);
    struct rate_limit_key key;
    memcpy(key.bytes, site.bytes, sizeof key.bytes);
    return key;
}

struct rate_limit_key limiter_key_of_user(const struct uuid *user_id) {
    struct rate_limit_key key;
    memcpy(key.bytes, user_id->bytes, sizeof key.bytes);
    return key;
}

/* By its hash: any length, and nobody's e-mail lies about. Without one all share a bucket. */
struct rate_limit_key limiter_key_of_email(const char *email) {
    char lower[EMAIL_MAX], hex[SHA256_TEXT_LEN + 1] = "";
    size_t len = strnlen(email, sizeof lower);
    for (size_t i = 0; i < len; i++)
        lower[i] = email[i] >= 'A' && email[i] <= 'Z' ? (char)(email[i] - 'A' + 'a') : email[i];
    struct sha256_piece piece = {.bytes = lower, .len = len};
    struct rate_limit_key key = {{0}};
    if (sha256_write(&piece, 1, hex) == STATUS_OK)
        memcpy(key.bytes, hex, sizeof key.bytes); /* 64 bits of it */
    return key;
}

/* --- what is asked --- */

struct rate_limit_state limiter_take(struct limiter *limiter, enum limiter_class class,
                                     const struct rate_limit_key *key, const char *peer) {
    struct rate_limit_state state = rate_limit_take(limiter->rates[class], key, 1, clock_monotonic_ms(limiter->clock));
    if (state.is_refused)
        tell_refusal(limiter, class, peer);
    return state;
}

void limiter_charge(struct limiter *limiter, enum limiter_class class, const struct rate_limit_key *key,
                    int64_t tokens_n) {
    int64_t now_ms = clock_monotonic_ms(limiter->clock);
    struct rate_limit_state state = rate_limit_look(limiter->rates[class], key, now_ms);
    int64_t left_n = state.remaining + (state.is_refused ? 0 : 1); /* it told what one more would leave */
    if (state.limit > 0 && left_n > 0)
        (void)rate_limit_take(limiter->rates[class], key, tokens_n < left_n ? tokens_n : left_n, now_ms);
}

static struct occupancy_key occupancy_key_of(const struct rate_limit_key *key) {
    struct occupancy_key copy;
    memcpy(copy.bytes, key->bytes, sizeof copy.bytes);
    return copy;
}

static struct occupancy_key occupancy_key_of_address(const struct address *address) {
    struct rate_limit_key key = limiter_key_of_address(address);
    return occupancy_key_of(&key);
}

enum status limiter_begin_request(struct limiter *limiter, const struct rate_limit_key *key, const char *peer) {
    struct occupancy_key open = occupancy_key_of(key);
    if (occupancy_enter(limiter->limits->requests, &open) == OCCUPANCY_OK)
        return STATUS_OK;
    tell_refusal(limiter, REFUSAL_OPEN_REQUESTS, peer);
    return STATUS_LIMIT;
}

void limiter_end_request(struct limiter *limiter, const struct rate_limit_key *key) {
    struct occupancy_key open = occupancy_key_of(key);
    occupancy_leave(limiter->limits->requests, &open);
}

/* --- connections --- */

/* A proxy's connections are its own business, but for those that are one client's for long. */
static bool on_connected(void *context, const struct visitor *visitor) {
    struct limiter *limiter = context;
    struct occupancy_key key = occupancy_key_of_address(&visitor->peer);
    enum occupancy_answer answer = occupancy_enter(limiter->limits->connections, visitor->is_proxied ? NULL : &key);
    if (answer != OCCUPANCY_OK)
        tell_refusal(limiter, answer == OCCUPANCY_FULL ? REFUSAL_CONNECTIONS : REFUSAL_CONNECTIONS_OF_ADDRESS,
                     visitor->text);
    return answer == OCCUPANCY_OK;
}

static bool on_upgrade(void *context, const struct visitor *visitor) {
    struct limiter *limiter = context;
    struct occupancy_key key = occupancy_key_of_address(&visitor->client);
    if (!visitor->is_proxied || occupancy_claim(limiter->limits->connections, &key) == OCCUPANCY_OK)
        return true;
    tell_refusal(limiter, REFUSAL_CONNECTIONS_OF_ADDRESS, visitor->text);
    return false;
}

static void on_disconnected(void *context, const struct visitor *visitor, bool is_websocket) {
    struct limiter *limiter = context;
    struct occupancy_key key = occupancy_key_of_address(&visitor->client);
    bool is_counted = is_websocket || !visitor->is_proxied;
    occupancy_leave(limiter->limits->connections, is_counted ? &key : NULL);
}

struct admission limiter_admission(struct limiter *limiter) {
    return (struct admission){.context = limiter,
                              .proxies = &limiter->limits->proxies,
                              .on_connected = on_connected,
                              .on_upgrade = on_upgrade,
                              .on_disconnected = on_disconnected};
}
