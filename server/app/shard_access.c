/* What a loop does when rights have changed: it looks up anew what it kept of
 * them. Thread: L. */
#include "app/shard_internal.h"
#include "ops/metrics.h"

void shard_on_access_changed(struct shard *shard, const struct uuid *subject) {
    metrics_increment(METRIC_ACCESS_CHANGES);
    authenticator_on_access_changed(shard->authenticator, subject);
    /* It may be a portfolio's: the load brings whose it is. */
    engine_on_hint(shard->engine, subject);
}
