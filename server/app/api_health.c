/* /health and /metrics: answered from what is known, without waiting for
 * anything, however long PostgreSQL or Redis take. Each /health also sends one
 * small job to the database, so that the next one knows whether PostgreSQL has
 * gone or come back since. Thread: L; probe_work on W. */
#include "app/api_entity.h"
#include "app/api_handlers.h"
#include "app/shard_view.h"
#include "feed/poller.h"
#include "ops/log.h"
#include "ops/metrics.h"
#include "store/db.h"

#include <stdlib.h>

/* --- the probe --- */

/* Thread: W. That a connection is there is what the store finds out. */
static enum status probe_work(struct store_job *job, struct db *db) {
    static const struct db_statement statement = {"health.probe", DB_READ, "SELECT 1"};
    (void)job;
    return db_query(db, &statement, DB_NO_ARGS, NULL);
}

static void on_probed(struct store_job *job) {
    free(job);
}

static void probe_submit(const struct api_context *api, struct store *store) {
    struct store_job *job = calloc(1, sizeof *job);
    if (!job)
        return;
    job->work = probe_work;
    job->done = on_probed;
    if (store_submit(store, api->mailbox, job) != STATUS_OK) {
        log_event(LOG_DEBUG, "health.probe_skipped");
        free(job);
    }
}

/* --- the answers --- */

void api_health_get(struct api_call *call) {
    const struct api_context *api = call->api;
    struct strbuf *out = &call->out;
    bool is_following = shard_bus_is_following(api->shard);
    bool is_stopping = shard_is_stopping(api->shard);
    bool is_serving = is_following && store_is_available(api->store) && !is_stopping;
    const char *status = poller_is_down(api->poller) ? "degraded" : "ok";
    if (!is_serving)
        status = is_stopping ? "stopping" : "unavailable";
    strbuf_append_char(out, '{');
    json_text(out, "status", status);
    json_text(out, "version", PF_VERSION);
    json_i64(out, "uptime_s", (clock_monotonic_ms(api->clock) - api->started_ms) / 1000);
    json_key(out, "postgresql");
    store_write_health(api->store, out);
    json_key(out, "reports");
    store_write_health(api->reports, out);
    json_key(out, "redis");
    strbuf_append_char(out, '{');
    json_text(out, "state", shard_bus_state(api->shard));
    json_key(out, "leader");
    strbuf_append_text(out, shard_bus_has_leader(api->shard) ? "true" : "false");
    json_text(out, "bus", api->config->redis_url[0] ? "redis" : "memory");
    strbuf_append_char(out, '}');
    json_key(out, "feed");
    poller_write_health(api->poller, out);
    strbuf_append_char(out, '}');
    probe_submit(api, api->store);
    /* Behind a report that takes long they would only pile up. */
    if (!store_has_waiting(api->reports))
        probe_submit(api, api->reports);
    api_call_respond(call, is_serving ? 200 : 503);
}

void api_metrics_get(struct api_call *call) {
    metrics_write(&call->out);
    api_call_respond_as(call, 200, "text/plain; version=0.0.4; charset=utf-8");
}
