/* What a loop does when rights have changed: it looks up anew what it kept of
 * them. And what the hub needs to ask who somebody is. Thread: L. */
#include "app/access_reader.h"
#include "app/shard_internal.h"
#include "ops/metrics.h"

void shard_on_access_changed(struct shard *shard, const struct uuid *subject) {
    metrics_increment(METRIC_ACCESS_CHANGES);
    authenticator_on_access_changed(shard->authenticator, subject);
    hub_on_access_changed(shard->hub, subject);
    /* It may be a portfolio's: the load brings whose it is. */
    engine_on_hint(shard->engine, subject);
}

static void check(void *context, const char *token, size_t len, struct auth_request *request) {
    authenticator_check(((struct shard *)context)->authenticator, token, len, request);
}

static void check_again(void *context, const struct principal *principal, struct auth_request *request) {
    authenticator_check_again(((struct shard *)context)->authenticator, principal, request);
}

static bool knows_key(void *context, const char *kid) {
    return authenticator_knows_key(((struct shard *)context)->authenticator, kid);
}

static void charge_guess(void *context, const struct rate_limit_key *address) {
    limiter_charge(((struct shard *)context)->limiter, LIMITER_ADDRESS, address, LIMITER_GUESS_TOKENS);
}

struct hub_access_config shard_hub_access(struct shard *shard) {
    const struct config *config = shard->instance->config;
    if (authenticator_is_off(shard->authenticator))
        return (struct hub_access_config){.ask_customers = NULL};
    return (struct hub_access_config){
        .auth = {.context = shard,
                 .check = check,
                 .check_again = check_again,
                 .cancel = authenticator_cancel,
                 .knows_key = knows_key,
                 .charge_guess = charge_guess},
        .limits = {.timeout_ms = config->auth_timeout_s * 1000, .grace_ms = config->auth_grace_s * 1000},
        .ask_customers = shard_load_customers};
}

/* Nobody's rights hold for ever because nobody can look. */
void shard_tick_access(struct shard *shard, int64_t now_ms) {
    static const struct uuid anybody;
    const struct instance *instance = shard->instance;
    int64_t read_ms = atomic_load(&instance->access_read_ms);
    if (authenticator_is_off(shard->authenticator) || now_ms - read_ms <= instance->config->rights_keep_s * 1000)
        return;
    authenticator_on_access_changed(shard->authenticator, &anybody);
    hub_access_end_unconfirmed(shard->hub);
}

enum status shard_start_access(struct shard *shard) {
    bool is_reader = shard->index == 0 && !authenticator_is_off(shard->authenticator);
    return is_reader ? access_reader_start(shard, &shard->access_reader) : STATUS_OK;
}

void shard_stop_access(struct shard *shard) {
    access_reader_stop(&shard->access_reader);
}
