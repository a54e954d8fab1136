/* A shard: one event loop and all that hangs off it — bus, engine, hub, REST —
 * on one thread. Shards share nothing but the instance's read-only part; they
 * meet in their mailboxes. */
#ifndef PF_APP_SHARD_H
#define PF_APP_SHARD_H

#include "app/instance.h"
#include "base/uuid.h"

struct shard;

/* Thread: main, before the loops run. `port` 0: any free one. */
PF_MUST_CHECK enum status shard_create(struct instance *instance, size_t index, int port, struct shard **ret_shard,
                                       char *error, size_t error_len);
int shard_port(const struct shard *shard);
/* Runs the loop on a thread of its own. */
PF_MUST_CHECK enum status shard_start(struct shard *shard);
/* Thread: main. Asks the loop to say goodbye and end, and waits for it. */
void shard_begin_stop(struct shard *shard);
void shard_join(struct shard *shard);
/* After the join: dispatches what is left in the mailbox, frees everything. */
void shard_destroy(struct shard **shard);

/* Thread: any. A portfolio changed in the database. */
void shard_post_hint(struct shard *shard, const struct uuid *portfolio_id);

#endif
