/* PROVIDERS made into providers. Refuses names it does not know.
 * Thread: main. */
#include "feed/provider_list.h"

#include "feed/provider_remote.h"

#include <stdio.h>
#include <string.h>

/* The vendors by the names that PROVIDERS knows them by. */
static const struct vendor {
    const char *name;
    enum provider_vendor vendor;
    const char *prefix; /* of its settings */
    const struct provider_ops *ops;
} vendors[] = {
    {"alphavantage", VENDOR_ALPHAVANTAGE, "ALPHAVANTAGE", &provider_alphavantage_ops},
    {"polygon", VENDOR_POLYGON, "POLYGON", &provider_polygon_ops},
    {"massive", VENDOR_MASSIVE, "MASSIVE", &provider_polygon_ops}, /* its new name */
    {"finnhub", VENDOR_FINNHUB, "FINNHUB", &provider_finnhub_ops},
    {"yahoo", VENDOR_YAHOO, "YAHOO", &provider_yahoo_ops},
    {"coinbase", VENDOR_COINBASE, "COINBASE", &provider_coinbase_ops},
    {"kraken", VENDOR_KRAKEN, "KRAKEN", &provider_kraken_ops},
    {"ecb", VENDOR_ECB, "ECB", &provider_ecb_ops},
};
#define VENDORS_LISTED_N (sizeof vendors / sizeof vendors[0])

static void unknown_name_tell(const char *name, size_t len, char *error, size_t error_len) {
    int at = snprintf(error, error_len, "PROVIDERS: \"%.*s\" is none of simulated, replay", (int)len, name);
    for (size_t i = 0; i < VENDORS_LISTED_N && at >= 0 && (size_t)at < error_len; i++)
        at += snprintf(error + at, error_len - (size_t)at, ", %s", vendors[i].name);
    if (at >= 0 && (size_t)at < error_len)
        (void)snprintf(error + at, error_len - (size_t)at, ", none");
}

static enum status vendor_create(const char *name, size_t len, const struct poller_config *config,
                                 struct provider **ret_provider, char *error, size_t error_len) {
    for (size_t i = 0; i < VENDORS_LISTED_N; i++) {
        if (strlen(vendors[i].name) == len && memcmp(vendors[i].name, name, len) == 0)
            return provider_remote_create(vendors[i].ops, vendors[i].prefix, &config->vendors[vendors[i].vendor],
                                          ret_provider, error, error_len);
    }
    unknown_name_tell(name, len, error, error_len);
    return STATUS_INVALID;
}

static enum status provider_create(const char *name, size_t len, const struct poller_config *config,
                                   struct provider **ret_provider, char *error, size_t error_len) {
    enum status status = STATUS_INVALID;
    if (len == 9 && memcmp(name, "simulated", len) == 0) {
        status = provider_simulated_create(config->simulated_seed, ret_provider);
        snprintf(error, error_len, "the simulated provider: %s", status_name(status));
    } else if (len == 6 && memcmp(name, "replay", len) == 0) {
        if (!config->replay_file || config->replay_file[0] == '\0') {
            snprintf(error, error_len, "PROVIDERS names replay, but REPLAY_FILE is not set");
            return STATUS_INVALID;
        }
        char reason[512];
        status =
            provider_replay_create(config->replay_file, config->replay_speed_e8, ret_provider, reason, sizeof reason);
        if (status != STATUS_OK)
            snprintf(error, error_len, "REPLAY_FILE: %s", reason);
    } else {
        status = vendor_create(name, len, config, ret_provider, error, error_len);
    }
    return status;
}

static bool list_has(const struct provider_list *list, const char *name, size_t len) {
    for (size_t i = 0; i < list->n; i++) {
        const char *other = list->providers[i]->ops->name;
        if (strlen(other) == len && memcmp(other, name, len) == 0)
            return true;
    }
    return false;
}

static enum status name_add(struct provider_list *list, const char *name, size_t len,
                            const struct poller_config *config, char *error, size_t error_len) {
    if (list_has(list, name, len)) {
        snprintf(error, error_len, "PROVIDERS: \"%.*s\" comes twice", (int)len, name);
        return STATUS_INVALID;
    }
    if (list->n == POLL_PROVIDERS_MAX) {
        snprintf(error, error_len, "PROVIDERS: more than %d", POLL_PROVIDERS_MAX);
        return STATUS_INVALID;
    }
    enum status status = provider_create(name, len, config, &list->providers[list->n], error, error_len);
    if (status == STATUS_OK)
        list->n++;
    return status;
}

enum status provider_list_create(const struct poller_config *config, struct provider_list *ret_list, char *error,
                                 size_t error_len) {
    struct provider_list list = {.n = 0};
    const char *at = config->providers;
    enum status status = STATUS_OK;
    if (strcmp(at, "none") == 0) {
        *ret_list = list;
        return STATUS_OK;
    }
    while (status == STATUS_OK) {
        at += strspn(at, " ");
        size_t len = strcspn(at, ", ");
        status = name_add(&list, at, len, config, error, error_len);
        at += len;
        at += strspn(at, " ");
        if (*at == '\0')
            break;
        if (*at == ',')
            at++;
    }
    if (status != STATUS_OK) {
        provider_list_destroy(&list);
        return status;
    }
    *ret_list = list;
    return STATUS_OK;
}

void provider_list_destroy(struct provider_list *list) {
    for (size_t i = 0; i < list->n; i++)
        list->providers[i]->ops->destroy(list->providers[i]);
    list->n = 0;
}
