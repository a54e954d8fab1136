/* What the vendors have in common: base URL, key, quota. Refuses URLs of other
 * schemes, a missing key, quotas it cannot read; never repeats a key.
 * Thread: main. */
#include "feed/provider_remote.h"

#include "feed/symbol_pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_MAX 256

const char *provider_function_name(enum provider_function function) {
    static const char *const names[PROVIDER_FUNCTIONS_N] = {"bulk_quotes",  "quotes",  "crypto", "rates",
                                                            "full_history", "history", "splits", "dividends"};
    return function < PROVIDER_FUNCTIONS_N ? names[function] : "unknown";
}

const char *provider_verdict_name(enum provider_verdict verdict) {
    static const char *const names[] = {"quote",       "unknown_symbol", "throttled", "not_entitled",
                                        "invalid_key", "malformed",      "failed",    "refused_price"};
    return (size_t)verdict < sizeof names / sizeof names[0] ? names[verdict] : "unknown";
}

size_t provider_price_functions(const struct symbol *symbol, enum provider_function ret_functions[2]) {
    struct symbol_pair pair;
    switch (symbol_pair_kind(symbol, &pair)) {
    case SYMBOL_CRYPTO:
        ret_functions[0] = PROVIDER_CRYPTO;
        return 1;
    case SYMBOL_RATE:
        ret_functions[0] = PROVIDER_RATES;
        return 1;
    default:
        ret_functions[0] = PROVIDER_BULK_QUOTES;
        ret_functions[1] = PROVIDER_QUOTES;
        return 2;
    }
}

static bool url_is_acceptable(const char *url) {
    return (strncmp(url, "https://", 8) == 0 && url[8] != '\0') || (strncmp(url, "http://", 7) == 0 && url[7] != '\0');
}

/* It stands in a header or a URL: visible ASCII without what would need an escape there. */
static bool key_is_acceptable(const char *key) {
    size_t len = strlen(key);
    for (size_t i = 0; i < len; i++) {
        if (key[i] <= ' ' || key[i] > '~' || strchr("\"&#%?+\\", key[i]))
            return false;
    }
    return len <= KEY_MAX;
}

static enum status settings_check(const struct provider_ops *ops, const char *prefix,
                                  const struct provider_settings *settings, struct quota_limits *ret_limits,
                                  char *error, size_t error_len) {
    const char *quota = settings->quota && settings->quota[0] ? settings->quota : ops->remote->quota;
    if (!url_is_acceptable(settings->url)) {
        (void)snprintf(error, error_len, "%s_URL must begin with https:// or http://", prefix);
        return STATUS_INVALID;
    }
    if (quota_limits_parse(quota, ret_limits) != STATUS_OK) {
        (void)snprintf(error, error_len, "%s_QUOTA: expected something like 1/s,5/min,25/day", prefix);
        return STATUS_INVALID;
    }
    if (ops->remote->needs_key && !(settings->key && settings->key[0])) {
        (void)snprintf(error, error_len, "PROVIDERS names %s, but %s_API_KEY is not set", ops->name, prefix);
        return STATUS_INVALID;
    }
    if (settings->key && !key_is_acceptable(settings->key)) {
        (void)snprintf(error, error_len, "%s_API_KEY has characters that no key has, or too many", prefix);
        return STATUS_INVALID;
    }
    return STATUS_OK;
}

enum status provider_remote_create(const struct provider_ops *ops, const char *prefix,
                                   const struct provider_settings *settings, struct provider **ret_provider,
                                   char *error, size_t error_len) {
    struct quota_limits limits;
    enum status status = settings_check(ops, prefix, settings, &limits, error, error_len);
    if (status != STATUS_OK)
        return status;
    struct provider_remote *it = calloc(1, sizeof *it);
    if (it) {
        it->provider.ops = ops;
        it->quota = limits;
        it->base_url = strdup(settings->url);
        it->key = strdup(settings->key ? settings->key : "");
    }
    if (!it || !it->base_url || !it->key) {
        provider_remote_destroy((struct provider *)(void *)it);
        (void)snprintf(error, error_len, "out of memory");
        return STATUS_NO_MEMORY;
    }
    size_t len = strlen(it->base_url);
    while (it->base_url[len - 1] == '/')
        it->base_url[--len] = '\0';
    *ret_provider = &it->provider;
    return STATUS_OK;
}

void provider_remote_destroy(struct provider *provider) {
    struct provider_remote *it = (struct provider_remote *)(void *)provider;
    if (!it)
        return;
    if (it->key)
        explicit_bzero(it->key, strlen(it->key));
    free(it->base_url);
    free(it->key);
    free(it);
}
