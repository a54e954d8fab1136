/* Gzipped responses: small ones are packed on the loop, a quarter of a
 * millisecond at most; larger ones by a worker. Bodies under a kibibyte stay as
 * they are, and so does everything when the worker has too much to do.
 * Thread: L, but for pack_run, which runs on W. */
#include "app/api_encoding.h"

#include "app/etag.h"
#include "app/gzip.h"
#include "ops/metrics.h"

#define PACKED_BYTES_MIN 1024
#define LOOP_BYTES_MAX ((size_t)64 * 1024)
#define QUEUE_CAPACITY 256

bool api_encoding_varies(const struct api_call *call) {
    return call->http_status == 304 ? call->is_known_varying
                                    : call->out.len >= PACKED_BYTES_MIN && call->http_status != 204;
}

bool api_call_is_known(struct api_call *call, size_t body_len) {
    const char *known = call->http->headers[HTTP_HEADER_IF_NONE_MATCH];
    if (!known || !call->etag[0])
        return false;
    bool takes_gzip = gzip_is_accepted(call->http->headers[HTTP_HEADER_ACCEPT_ENCODING]);
    call->is_known_varying = body_len >= PACKED_BYTES_MIN;
    return etag_is_known(known, call->etag, takes_gzip, takes_gzip && call->is_known_varying, &call->is_known_packed);
}

/* Left out when it did not get smaller, or there is no memory. */
static void pack(struct api_call *call) {
    if (gzip_append(&call->packed, call->out.data, call->out.len) != STATUS_OK || call->packed.len >= call->out.len)
        strbuf_clear(&call->packed);
}

/* Thread: W. */
static void pack_run(struct worker_job *job, void *state) {
    (void)state;
    pack((struct api_call *)(void *)job);
}

static void on_packed(struct worker_job *job) {
    api_call_send((struct api_call *)(void *)job);
}

bool api_encoding_begin(struct api_call *call) {
    if (call->http_status == 304 || !api_encoding_varies(call) || strbuf_status(&call->out) != STATUS_OK ||
        call->packed.len > 0 || !gzip_is_accepted(call->http->headers[HTTP_HEADER_ACCEPT_ENCODING]))
        return false;
    metrics_increment(METRIC_HTTP_GZIPPED);
    if (call->out.len <= LOOP_BYTES_MAX) {
        pack(call);
        return false;
    }
    struct worker_job *job = &call->job.job;
    job->run = pack_run;
    job->done = on_packed;
    job->reply_to = call->api->mailbox;
    atomic_init(&job->is_cancelled, false);
    struct worker_pool *packers = *call->api->packers;
    if (packers && worker_submit(packers, job) == STATUS_OK)
        return true;
    metrics_increment(METRIC_HTTP_GZIP_SKIPPED);
    return false;
}

enum status api_encoding_create_workers(struct worker_pool **ret_packers) {
    struct worker_pool_config config = {.name = "gzip", .workers_n = 1, .queue_capacity = QUEUE_CAPACITY};
    return worker_pool_create(&config, ret_packers);
}
