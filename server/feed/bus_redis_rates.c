/* Buckets that loops share, in Redis: one call of rates.lua for some of a table.
 * Refuses more than BUS_RATES_MAX. Thread: L. */
#include "base/strbuf.h"
#include "feed/bus_redis_internal.h"
#include "ops/log.h"
#include "rates_lua.h"

#include <stdlib.h>

#define FIXED_ARGS 5 /* EVAL script n … rate most … */

struct rates_call {
    struct bus_redis *redis;
    bus_rates_fn done;
    void *context;
    size_t n;
    int64_t used_units[BUS_RATES_MAX];
};

static bool read_reply(struct rates_call *call, const redisReply *reply) {
    if (!reply || reply->type != REDIS_REPLY_ARRAY || reply->elements != call->n)
        return false;
    for (size_t i = 0; i < call->n; i++) {
        if (reply->element[i]->type != REDIS_REPLY_INTEGER)
            return false;
        call->used_units[i] = reply->element[i]->integer;
    }
    return true;
}

static void on_rated(void *context, const redisReply *reply) {
    struct rates_call *call = context;
    bool is_known = read_reply(call, reply);
    if (!is_known && reply && !call->redis->is_rates_error_logged) {
        call->redis->is_rates_error_logged = true;
        log_event(LOG_ERROR, "limits.not_shared",
                  LOG_TEXT("reason", reply->type == REDIS_REPLY_ERROR ? reply->str : "unexpected answer"));
    }
    call->done(call->context, is_known ? call->used_units : NULL, call->n);
    free(call);
}

/* Texts one behind the other; argv is pointed into them at the end, because they move while they grow. */
struct arguments {
    struct strbuf text;
    const char *argv[FIXED_ARGS + 2 * BUS_RATES_MAX];
    size_t lens[FIXED_ARGS + 2 * BUS_RATES_MAX];
    int n;
    size_t begin;
};

static void argument_end(struct arguments *arguments) {
    arguments->lens[arguments->n++] = arguments->text.len - arguments->begin;
    arguments->begin = arguments->text.len;
}

static void integer_add(struct arguments *arguments, int64_t value) {
    strbuf_append_i64(&arguments->text, value);
    argument_end(arguments);
}

static void key_add(struct arguments *arguments, const char *table, const struct rate_limit_key *key) {
    static const char hex[] = "0123456789abcdef";
    STRBUF_LITERAL(&arguments->text, "pf:rate:");
    strbuf_append_text(&arguments->text, table);
    strbuf_append_char(&arguments->text, ':');
    for (size_t i = 0; i < sizeof key->bytes; i++) {
        strbuf_append_char(&arguments->text, hex[key->bytes[i] >> 4]);
        strbuf_append_char(&arguments->text, hex[key->bytes[i] & 15]);
    }
    argument_end(arguments);
}

static enum status arguments_write(struct arguments *arguments, const struct bus_rates *rates) {
    strbuf_init(&arguments->text);
    STRBUF_LITERAL(&arguments->text, "EVAL");
    argument_end(arguments);
    strbuf_append(&arguments->text, rates_lua, rates_lua_LEN);
    argument_end(arguments);
    integer_add(arguments, (int64_t)rates->n);
    for (size_t i = 0; i < rates->n; i++)
        key_add(arguments, rates->table, &rates->told[i].key);
    integer_add(arguments, rates->rate.per_minute);
    integer_add(arguments, rate_limit_most_units(&rates->rate));
    for (size_t i = 0; i < rates->n; i++)
        integer_add(arguments, rates->told[i].taken_units);
    const char *at = strbuf_text(&arguments->text);
    for (int i = 0; i < arguments->n; at += arguments->lens[i++])
        arguments->argv[i] = at;
    return strbuf_status(&arguments->text);
}

enum status bus_redis_share_rates(struct bus *bus, const struct bus_rates *rates, bus_rates_fn done, void *context) {
    struct bus_redis *redis = bus_redis_of(bus);
    if (redis->is_lost || !redis->commands.is_ready)
        return STATUS_UNAVAILABLE;
    if (rates->n == 0 || rates->n > BUS_RATES_MAX || rates->rate.per_minute == 0)
        return STATUS_LIMIT;
    struct rates_call *call = calloc(1, sizeof *call);
    struct arguments *arguments = calloc(1, sizeof *arguments);
    enum status status = STATUS_NO_MEMORY;
    if (call && arguments) {
        *call = (struct rates_call){.redis = redis, .done = done, .context = context, .n = rates->n};
        status = arguments_write(arguments, rates);
        if (status == STATUS_OK)
            status = redis_link_send(&redis->commands, on_rated, call, arguments->n, arguments->argv, arguments->lens);
        strbuf_fini(&arguments->text);
    }
    free(arguments);
    if (status != STATUS_OK)
        free(call);
    return status;
}
